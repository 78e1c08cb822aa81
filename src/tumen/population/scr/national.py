"""What would each country have counted alone?  National fits beside the joint one, and their double count."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from tumen.population.scr.abundance import Abundance, Estimate, bounded, counts, total
from tumen.population.scr.fit import CONVERGED, Fit, fit
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Captures, Covariate, Detectors, Floats, Mask, Session

DOUBLE_COUNT: dict[str, pl.DataType | type[pl.DataType]] = {
    "session": pl.String,
    "countryCode": pl.String,
    "kind": pl.String,
    "animals": pl.Int64,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "status": pl.String,
}
"""`kind` national: a country's own cameras and catalogue, over the ground within the buffer of its own cameras on
whichever side; sum: of these; joint: the joint fit over the same ground counted once."""


def own(session: Session, country: Covariate, code: str, buffer: float) -> Session | None:
    """Return what one country would have: its detectors, the animals they saw, and the mask within `buffer` of them.

    `country`: (K,) of each detector. None where it has no detectors.
    """
    detectors = session.detectors
    mine = np.flatnonzero(country == code)
    if not len(mine):
        return None
    number = np.full(len(detectors.names), -1)
    number[mine] = np.arange(len(mine))
    kept = number[session.captures.detector] >= 0
    animals, renamed = np.unique(session.captures.animal[kept], return_inverse=True)
    near = within(session.mask, detectors.xy[mine], buffer)
    return replace(
        session,
        detectors=Detectors(
            tuple(detectors.names[k] for k in mine),
            detectors.xy[mine],
            detectors.usage[mine],
            detectors.kind,
            {name: values[mine] for name, values in detectors.covariates.items()},
            None if detectors.cell is None else detectors.cell[mine],
        ),
        animals=tuple(session.animals[i] for i in animals),
        captures=Captures(
            renamed.ravel().astype(np.int64),
            session.captures.occasion[kept],
            number[session.captures.detector[kept]].astype(np.int64),
            session.captures.count[kept],
        ),
        mask=cells(session.mask, near),
        covariates={name: values[animals] for name, values in session.covariates.items()},
        distance=None if session.distance is None else session.distance[np.ix_(mine, np.flatnonzero(near))],
        last=None if session.last is None else session.last[animals],
    )


def within(mask: Mask, xy: Floats, buffer: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which cells (M,) have their middle within `buffer` metres of a detector."""
    return np.asarray(cKDTree(xy).query(mask.xy)[0] <= buffer * (1 + 1e-9))


def cells(mask: Mask, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Mask:
    """Return the kept cells of a mask."""
    chosen = {name: values[kept] for name, values in mask.covariates.items()}
    return Mask(mask.xy[kept], mask.area[kept], mask.spacing, chosen)


def double_count(joint: Fit, countries: Sequence[Covariate], buffer: float) -> pl.DataFrame:
    """Return national estimates, their sum, and the joint estimate over the same ground (`DOUBLE_COUNT`).

    `countries`: for each session (K,) the country of each detector, None where it is not known. The same model is
    fitted to each country's own sessions together; where it cannot be, its rows say so and there is no sum. The joint
    estimate is realised N over the union of the national masks, each cell once.
    """
    codes = sorted({str(code) for each in countries for code in each if code is not None})
    alone = {code: _sessions_of(joint, countries, code, buffer) for code in codes}
    national = {code: _national([s for s in own_ if s is not None], joint.model) for code, own_ in alone.items()}
    rows: list[tuple[object, ...]] = []
    for number, whole in enumerate(joint.sessions):
        here = {code: alone[code][number] for code in codes}
        there = {code: session for code, session in here.items() if session is not None}
        found = {code: national[code][0].get(whole.name) for code in there}
        ground = np.zeros(len(whole.mask), dtype=bool)
        for code, session in there.items():
            ground |= within(whole.mask, session.detectors.xy, buffer)
            status = national[code][1]
            rows.append(_row(whole.name, code, "national", len(session.animals), found[code], status))
        known = {code: estimate for code, estimate in found.items() if estimate is not None}
        if not there:  # Where no country has a station there is nothing to add up, and no ground to compare on.
            continue
        counted = sum(len(session.animals) for session in there.values())
        added = total(known, at_least=counted) if known and len(known) == len(there) else None
        rows.append(_row(whole.name, None, "sum", counted, added, CONVERGED if added else "scr-national-missing"))
        one = Abundance(joint, number).realised(ground.astype(float)) if bounded(joint, number) else None
        status = joint.status if one else "scr-not-estimable"
        rows.append(_row(whole.name, None, "joint", len(whole.animals), one, status))
    return pl.DataFrame(rows, schema=DOUBLE_COUNT, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def _sessions_of(joint: Fit, countries: Sequence[Covariate], code: str, buffer: float) -> list[Session | None]:
    return [own(session, country, code, buffer) for session, country in zip(joint.sessions, countries, strict=True)]


def _national(alone: Sequence[Session], model: Model) -> tuple[dict[str, Estimate], str]:
    """Return a country's realised N of each session by its own data, or why there is none."""
    animals = sum(len(session.animals) for session in alone)
    if animals < 2 or sum(int(session.captures.count.sum()) for session in alone) <= animals:
        return {}, "no-recaptures"
    hybrid = model.hybrid
    known = {v for s in alone for v in s.covariates.get(hybrid or "", ()) if v is not None}
    if hybrid is not None and len(known) < 2:
        return {}, "sex-of-one-kind"
    fitted = fit(alone, model)
    if fitted.covariance is None or fitted.status != CONVERGED:
        return {}, fitted.status
    told = [number for number in range(len(alone)) if counts(fitted) and bounded(fitted, number)]
    if not told:
        return {}, "scr-not-estimable"
    return {fitted.sessions[number].name: Abundance(fitted, number).realised() for number in told}, fitted.status


def _row(
    session: str, code: str | None, kind: str, animals: int, estimate: Estimate | None, status: str
) -> tuple[object, ...]:
    if estimate is None:
        return session, code, kind, animals, None, None, None, status
    return session, code, kind, animals, estimate.value, estimate.low, estimate.high, status
