"""What was seen?  A session in one row, and by country: the numbers to look at before anything is fitted."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.spatial.distance import pdist

from tumen.population.scr.mask import start_sigma
from tumen.population.scr.survey import Floats, Integers, Session

SUMMARY: dict[str, pl.DataType | type[pl.DataType]] = {
    "session": pl.String,
    "animals": pl.Int64,
    "detections": pl.Int64,
    "detectors": pl.Int64,
    "detectorsUsed": pl.Int64,
    "occasions": pl.Int64,
    "effort": pl.Float64,
    "recaptures": pl.Int64,
    "recapturedAnimals": pl.Int64,
    "spatialRecaptures": pl.Int64,
    "meanMaxDistance": pl.Float64,
    "rpsv": pl.Float64,
    "spacing": pl.Float64,
    "extent": pl.Float64,
}
"""A session in numbers.

`detectorsUsed`: with a detection. `effort`: sum of the usage. `recaptures`: detections beyond the first of each animal.
`recapturedAnimals`: seen twice or more; `spatialRecaptures`: seen at two detectors or more. `meanMaxDistance` (m): mean
of the largest distance between detections of an animal, over animals seen twice or more (null: none). `rpsv` (m): root
pooled spatial variance per axis (Calhoun & Casby 1958), a first guess of sigma (null: none). `spacing` (m): mean
distance of a detector to the nearest other; `extent` (m): largest distance between detectors (null: one detector).
"""

BY_COUNTRY: dict[str, pl.DataType | type[pl.DataType]] = {
    "session": pl.String,
    "countryCode": pl.String,
    "detectors": pl.Int64,
    "detectorsUsed": pl.Int64,
    "effort": pl.Float64,
    "animals": pl.Int64,
    "detections": pl.Int64,
    "spatialRecaptures": pl.Int64,
}
"""What was seen on each side; an animal that was seen on both counts in both. A null country is not known.

`spatialRecaptures`: animals seen at two detectors or more of that side. One that was seen at a single detector on each
side is none there, and one of the session, so the sides need not add up to the session.
"""


def describe(sessions: Session | Sequence[Session]) -> pl.DataFrame:
    """Return one row for each session (`SUMMARY`)."""
    given = [sessions] if isinstance(sessions, Session) else sessions
    return pl.DataFrame([_described(session) for session in given], schema=SUMMARY)


def by_country(sessions: Session | Sequence[Session]) -> pl.DataFrame:
    """Return one row for each session and country (`BY_COUNTRY`), by the detectors' covariate `country`."""
    given = [sessions] if isinstance(sessions, Session) else sessions
    rows = []
    for session in given:
        captures, detectors = session.captures, session.detectors
        countries = detectors.covariates.get("country", np.full(len(detectors.names), None, dtype=object))
        for country in sorted(set(countries), key=lambda code: (code is None, code or "")):
            own = np.array([code == country for code in countries], dtype=bool)
            here = own[captures.detector]
            pairs = np.unique(np.column_stack((captures.animal, captures.detector))[here], axis=0)
            places = np.unique(pairs[:, 0], return_counts=True)[1]
            rows.append(
                {
                    "session": session.name,
                    "countryCode": country,
                    "detectors": int(own.sum()),
                    "detectorsUsed": len(np.unique(captures.detector[here])),
                    "effort": float(detectors.usage[own].sum()),
                    "animals": len(np.unique(captures.animal[here])),
                    "detections": int(captures.count[here].sum()),
                    "spatialRecaptures": int((places > 1).sum()),
                }
            )
    return pl.DataFrame(rows, schema=BY_COUNTRY)


def places_of(session: Session) -> list[Floats]:
    """Return for each animal the places (n, 2) where it was seen, one row for each time."""
    captures = session.captures
    at = np.repeat(captures.detector, captures.count)
    who = np.repeat(captures.animal, captures.count)
    return [session.detectors.xy[at[who == animal]] for animal in range(len(session.animals))]


def times_and_places(session: Session) -> tuple[Integers, Integers]:
    """Return for each animal how often it was seen, and at how many detectors: (n,) and (n,)."""
    captures, count = session.captures, len(session.animals)
    times = np.bincount(captures.animal, captures.count, minlength=count).astype(np.int64)
    pairs = np.unique(np.column_stack((captures.animal, captures.detector)), axis=0)
    return times, np.bincount(pairs[:, 0], minlength=count).astype(np.int64)


def sigma_of(session: Session) -> float | None:
    """Return a first guess of sigma in metres (`mask.start_sigma`); None where no animal was seen at two places."""
    captures = session.captures
    return start_sigma(
        session.detectors.xy, np.repeat(captures.animal, captures.count), np.repeat(captures.detector, captures.count)
    )


def _described(session: Session) -> dict[str, object]:
    captures, detectors = session.captures, session.detectors
    times, places = times_and_places(session)
    moved = [_widest(xy) for xy, seen in zip(places_of(session), times, strict=True) if seen > 1]
    several = len(detectors.names) > 1
    apart = np.sqrt(((detectors.xy[:, None] - detectors.xy[None]) ** 2).sum(axis=2)) if several else np.zeros((0, 0))
    return {
        "session": session.name,
        "animals": len(session.animals),
        "detections": int(captures.count.sum()),
        "detectors": len(detectors.names),
        "detectorsUsed": len(np.unique(captures.detector)),
        "occasions": detectors.occasions,
        "effort": float(detectors.usage.sum()),
        "recaptures": int((times - 1).sum()),
        "recapturedAnimals": int((times > 1).sum()),
        "spatialRecaptures": int((places > 1).sum()),
        "meanMaxDistance": float(np.mean(moved)) if moved else None,
        "rpsv": sigma_of(session),
        "spacing": float(np.min(apart + np.diag(np.full(len(apart), np.inf)), axis=1).mean()) if several else None,
        "extent": float(apart.max()) if several else None,
    }


def _widest(xy: Floats) -> float:
    return float(pdist(xy).max()) if len(xy) > 1 else 0.0
