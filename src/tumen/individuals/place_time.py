"""Could both have been the same animal, by where and when they were?

Place and time speak for no identity: two leopards use one trail. They speak against one when a single animal would
have had to be in two places too far apart at once. What is not known speaks for nothing, and no candidate is hidden:
every pair that was asked about has its row.
"""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.measure.geodesy import along, ecef
from tumen.tables.schema import UTC, require

SUBJECT = ("party", "kind", "subjectID")
OTHER = ("otherParty", "otherKind", "otherID")
PAIR = (*SUBJECT, *OTHER)
"""A pair of subjects. It is unordered and written once: the smaller triple of texts first."""

PRESENCES: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(SUBJECT, pl.String),
    "earliest": UTC,
    "latest": UTC,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "coordinateUncertainty": pl.Float64,
}
"""Where a subject was, at some moment from `earliest` to `latest`. A photograph has one instant, twice the same; a
sample was left some time before it was found, so `earliest` is null where nobody judged its age."""

PLACE_TIME: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(PAIR, pl.String),
    "kmApart": pl.Float64,
    "daysApart": pl.Float64,
    "speed": pl.Float64,
    "hardestKm": pl.Float64,
    "hardestHours": pl.Float64,
    "impossible": pl.Boolean,
    "presences": pl.Int64,
    "otherPresences": pl.Int64,
}
"""One row per pair. `kmApart`: the smallest distance between a place of one and a place of the other. `daysApart`: the
smallest time between them. `speed`: the greatest speed (km/h) that any two presences ask of one animal; `hardestKm` and
`hardestHours` are of those two. `presences` counts those with a place."""

HOUR = 3_600_000_000.0
AROUND = timedelta(hours=14)
"""A local day begins at most this long before, and ends at most this long after, the same day in UTC."""
BLOCK = 1_000_000
"""Pairs of presences that are held in memory at once."""

Numbers = npt.NDArray[np.float64]


def ordered(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return pairs with the smaller subject first, other columns as they are; one that is no pair is left out.

    >>> pair = dict(zip(PAIR, ("south", "individual", "22", "north", "individual", "T7"), strict=True))
    >>> ordered(pl.DataFrame([pair])).row(0)
    ('north', 'individual', 'T7', 'south', 'individual', '22')
    """
    same = pl.lit(True)
    after = pl.lit(False)
    for one, other in reversed(list(zip(SUBJECT, OTHER, strict=True))):
        after = (pl.col(one) > pl.col(other)) | ((pl.col(one) == pl.col(other)) & after)
        same = same & (pl.col(one) == pl.col(other))
    turned = [
        pl.when(after).then(pl.col(b)).otherwise(pl.col(a)).alias(a)
        for a, b in (*zip(SUBJECT, OTHER, strict=True), *zip(OTHER, SUBJECT, strict=True))
    ]
    return pairs.filter(~same).with_columns(turned)


def of_samples(samples: pl.DataFrame) -> pl.DataFrame:
    """Return the presences of samples that are given as (party, kind, subjectID, collectedOn, ageDays, place).

    The place is `longitude`, `latitude`, `coordinateUncertainty`. The day is a local one of an unknown zone, so it is
    widened by `AROUND` on both sides; a sample of `ageDays` days was left at most one day more before that.

    >>> from datetime import date
    >>> found = pl.DataFrame({"party": ["north"], "kind": ["sample"], "subjectID": ["s1"],
    ...     "collectedOn": [date(2015, 3, 2)], "ageDays": [3], "longitude": [130.5], "latitude": [42.5],
    ...     "coordinateUncertainty": [None]})
    >>> [str(moment)[:16] for moment in of_samples(found).select("earliest", "latest").row(0)]
    ['2015-02-25 10:00', '2015-03-03 14:00']
    """
    day = pl.col("collectedOn").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    age = pl.duration(days=pl.col("ageDays") + 1)
    return samples.select(
        *SUBJECT,
        (day - age - AROUND).cast(UTC).alias("earliest"),
        (day + timedelta(days=1) + AROUND).cast(UTC).alias("latest"),
        pl.col("longitude", "latitude", "coordinateUncertainty").cast(pl.Float64),
    )


def place_time(
    pairs: pl.DataFrame,
    presences: pl.DataFrame,
    *,
    assumed_uncertainty: float = 30.0,
    clock_slack: timedelta = timedelta(minutes=10),
    max_speed: float = 10.0,
) -> pl.DataFrame:
    """Return what place and time say about each pair of subjects, as `PLACE_TIME`, in the order of `pairs`.

    `pairs` has the columns `PAIR`, `presences` those of `PRESENCES`; presences without a place are not used. For every
    two presences the distance is made as small as their uncertainties allow (`assumed_uncertainty`, metres, where none
    is recorded), the time as long as what is known of the moments and `clock_slack` allow; the speed that is left is
    needed. A pair is `impossible` above `max_speed` (km/h); it is false, never null, where nothing is known.

    >>> from datetime import datetime, UTC as ZONE
    >>> noon = datetime(2024, 5, 1, 12, tzinfo=ZONE)
    >>> seen = pl.DataFrame([("north", "individual", "T7", noon, noon, 130.5, 42.5, None),
    ...     ("south", "individual", "22", noon, noon, 130.5, 43.0, None)], schema=PRESENCES, orient="row")
    >>> pair = pl.DataFrame([("north", "individual", "T7", "south", "individual", "22")], schema=list(PAIR),
    ...     orient="row")
    >>> place_time(pair, seen).select(pl.col("kmApart").round(1), "daysApart", "impossible").row(0)
    (55.5, 0.0, True)
    """
    require(pairs, dict.fromkeys(PAIR, pl.String), "pairs")
    require(presences, PRESENCES, "presences")
    known = presences.drop_nulls(["longitude", "latitude"])
    subjects = {key: _Presences(part, assumed_uncertainty) for key, part in known.group_by(*SUBJECT)}
    slack = clock_slack.total_seconds() / 3600
    rows = []
    for pair in pairs.select(*PAIR).iter_rows():
        one, other = subjects.get(pair[:3]), subjects.get(pair[3:])
        counts = (one.size if one else 0, other.size if other else 0)
        if one is None or other is None:
            rows.append((*pair, None, None, None, None, None, False, *counts))
            continue
        km, days, hardest = _nearest(one, other, slack)
        speed, of_km, of_hours = hardest if hardest is not None else (None, None, None)
        rows.append((*pair, km, days, speed, of_km, of_hours, speed is not None and speed > max_speed, *counts))
    return pl.DataFrame(rows, schema=PLACE_TIME, orient="row")


class _Presences:
    """The presences of one subject as arrays: places in earth-centred metres, moments in hours."""

    def __init__(self, frame: pl.DataFrame, assumed: float) -> None:
        self.size = frame.height
        # Cameras stand still: the distance between two of them is measured once.
        places, place = np.unique(frame.select("longitude", "latitude").to_numpy(), axis=0, return_inverse=True)
        self.place = place.ravel()
        self.at = ecef(places[:, 0], places[:, 1])
        recorded = frame["coordinateUncertainty"].to_numpy().astype(np.float64)
        # Not recorded: null, and what cannot be an uncertainty.
        with np.errstate(invalid="ignore"):
            self.radius = np.where(recorded >= 0, recorded, assumed)
        self.earliest = _hours(frame["earliest"])
        self.latest = _hours(frame["latest"])


def _hours(moments: pl.Series) -> Numbers:
    """Return hours since 1970, nan where not known."""
    hours: Numbers = moments.dt.timestamp("us").cast(pl.Float64).to_numpy() / HOUR
    return hours


def _nearest(
    one: _Presences, other: _Presences, slack: float
) -> tuple[float, float | None, tuple[float, float, float] | None]:
    """Return the smallest distance (km) and time (d), and the hardest speed (km/h) with its km and hours."""
    km, days = np.inf, np.inf
    hardest: tuple[float, float, float] | None = None
    for rows in _blocks(one.size, other.size):
        places, place = np.unique(one.place[rows], return_inverse=True)
        metres = _metres(one.at[places], other.at)[place][:, other.place]
        apart, most = _hours_between(one, other, rows)
        km = min(km, float(metres.min()) / 1000)
        if not np.isnan(apart).all():
            days = min(days, float(np.nanmin(apart)) / 24)
        least = np.maximum(metres - one.radius[rows, None] - other.radius[None, :], 0.0) / 1000
        with np.errstate(divide="ignore", invalid="ignore"):
            speed = np.where(least > 0, least / (most + slack), 0.0)
        speed = np.where(np.isnan(most), -1.0, speed)
        at = np.unravel_index(int(speed.argmax()), speed.shape)
        found = float(speed[at])
        if found >= 0 and (hardest is None or found > hardest[0]):
            hardest = (found, float(least[at]), float(most[at]))
    return km, (None if np.isinf(days) else days), hardest


def _blocks(height: int, width: int) -> Iterator[slice]:
    step = max(1, BLOCK // width)
    return (slice(start, start + step) for start in range(0, height, step))


def _metres(one: Numbers, other: Numbers) -> Numbers:
    start = np.repeat(one, len(other), axis=0)
    end = np.tile(other, (len(one), 1))
    chord = np.sqrt(((end - start) ** 2).sum(axis=1))
    return along(start, end, chord).reshape(len(one), len(other))


def _hours_between(one: _Presences, other: _Presences, rows: slice) -> tuple[Numbers, Numbers]:
    """Return the least and the most time between every two presences; nan where it is not known."""
    forth = other.earliest[None, :] - one.latest[rows, None]
    back = one.earliest[rows, None] - other.latest[None, :]
    # A moment that is not known cannot keep two presences apart; where neither is known, nothing is.
    least = np.where(np.isnan(forth) & np.isnan(back), np.nan, np.maximum(np.fmax(forth, back), 0.0))
    most = np.maximum(other.latest[None, :] - one.earliest[rows, None], one.latest[rows, None] - other.earliest)
    return least, most
