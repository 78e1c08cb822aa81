"""Fewer occasions: neighbouring ones made into one, where nothing that is fitted tells them apart."""

from dataclasses import replace

import numpy as np

from tumen.errors import MisuseError, Text, nearest
from tumen.population.scr.survey import Captures, Covariate, Kind, Session

INTO: tuple[Kind, ...] = ("proximity", "count", "binomial")


def pool_occasions(session: Session, width: int, *, into: Kind | None = None) -> Session:
    """Return a session whose occasions are `width` of the former ones; the last may be of fewer.

    Usage is summed. `into`: what the detectors become (None: what they are): `count` sums the times an animal was seen,
    `proximity` keeps whether it was, `binomial` (from proximity) counts out of the whole number of occasions in which
    the detector worked. From proximity, `count` and `proximity` lose what a hazard within an occasion means only where
    usage or learned responses differ within the new occasion. Raises `MisuseError` for detectors that hold an animal
    (it could be in several at once), for binomial from a usage that is not 0 or 1, for count from proximity (seen twice
    in an occasion was never counted), for a covariate of detectors that changes within a new occasion, and for an
    animal that died.
    """
    detectors, captures = session.detectors, session.captures
    kind: Kind = into or detectors.kind
    _refuse(session, width, kind)
    groups = np.arange(detectors.occasions) // width
    count = int(groups[-1]) + 1 if len(groups) else 0
    usage = np.zeros((len(detectors.names), count))
    np.add.at(usage.T, groups, detectors.usage.T)
    keys = np.column_stack((captures.animal, groups[captures.occasion], captures.detector)).reshape(-1, 3)
    pooled, inverse = np.unique(keys, axis=0, return_inverse=True)
    times = np.bincount(inverse.ravel(), captures.count, minlength=len(pooled)).astype(np.int64)
    animal, occasion, detector = (np.ascontiguousarray(pooled[:, k]) for k in range(3))
    made = Captures(animal, occasion, detector, np.ones_like(times) if kind == "proximity" else times)
    covariates = {name: _pooled(name, values, width) for name, values in detectors.covariates.items()}
    return replace(session, detectors=replace(detectors, usage=usage, kind=kind, covariates=covariates), captures=made)


def _refuse(session: Session, width: int, kind: Kind) -> None:
    own = session.detectors.kind
    if width < 1:
        raise MisuseError("a width of 1 occasion or more", Text("{width}", width=width), "Give a whole number.")
    if kind not in INTO:
        raise MisuseError(
            Text("pooled occasions of kind {kinds}", kinds=", ".join(INTO)), f"'{kind}'", nearest(kind, INTO)
        )
    if (
        own == "multi"
        or (own != kind and own != "proximity" and kind != "proximity")
        or (own, kind) == ("proximity", "count")
    ):
        raise MisuseError(
            "occasions that can be pooled",
            Text("{own} to become {kind}", own=own, kind=kind),
            "Pool proximity into proximity or binomial, count into count or proximity, binomial into binomial.",
        )
    if kind == "binomial" and own == "proximity" and not np.isin(session.detectors.usage, (0.0, 1.0)).all():
        raise MisuseError(
            "a usage of 0 or 1 to count out of",
            "other values",
            "Pool into proximity, or make histories of whole occasions.",
        )
    if "removedAfter" in session.covariates:
        raise MisuseError("animals that were alive throughout", "one that died", "Keep the occasions as they are.")


def _pooled(name: str, values: Covariate, width: int) -> Covariate:
    if values.ndim == 1:
        return values
    first = values[:, ::width]
    if not np.array_equal(np.repeat(first, width, axis=1)[:, : values.shape[1]], values):
        raise MisuseError(
            Text("a covariate {name} that does not change within a new occasion", name=name),
            "one that does",
            "Pool fewer occasions, or leave the covariate out.",
        )
    return first
