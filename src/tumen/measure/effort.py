"""When did the camera work?

"Not operating" is not "no detection". A camera works from the start to the end of its deployment, except while a
failure is on record. Where somebody recorded the periods in which it worked, those hold instead.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tumen.errors import MisuseError
from tumen.tables.schema import UTC, require

INTERVALS: dict[str, pl.DataType | type[pl.DataType]] = {
    "deploymentID": pl.String,
    "start": UTC,
    "end": UTC,
    "days": pl.Float64,
}
"""One row per interval in which a camera worked; one row with null `start` and `end` for one that never did (0 days) or
of which it is not known (null days)."""

STOOD: dict[str, pl.DataType | type[pl.DataType]] = {
    "deploymentID": pl.String,
    "deploymentStart": UTC,
    "deploymentEnd": UTC,
}

PERIODS: dict[str, pl.DataType | type[pl.DataType]] = {
    "deploymentID": pl.String,
    "start": UTC,
    "end": UTC,
    "status": pl.String,
}

FAILURES = ("failed", "stolen", "obstructed")
DAY = 86_400_000_000.0
"""Microseconds of a camera-day."""


def operating(
    deployments: pl.DataFrame, operating_periods: pl.DataFrame, period: tuple[datetime, datetime] | None = None
) -> pl.DataFrame:
    """Return the intervals in which each camera worked, as `INTERVALS`, by deployment and start.

    `deployments`: deploymentID, deploymentStart, deploymentEnd. `operating_periods`: deploymentID, start, end, status
    (operating, or one of `FAILURES`). `period`: first instant of the study (it counts) and its end (it does not), both
    with a time zone; a naive datetime raises `MisuseError`.

    An interval holds its start and not its end; intervals that touch or overlap are one. Rows of one deploymentID are
    taken together. A period without start or end, or that does not end after it starts, cannot be used: the result is
    computed as if it were not there (`usable` tells which these are; the checks of the tables make findings of them). A
    deployment whose own start or end is missing, or that ends before it starts, has unknown effort: null, not 0.

    >>> from datetime import UTC as UTC_ZONE
    >>> instants = [datetime(2024, 5, day, tzinfo=UTC_ZONE) for day in (1, 3, 4, 11)]
    >>> dtype = pl.Datetime("us", "UTC")
    >>> placed = pl.DataFrame({"deploymentID": ["d1"], "deploymentStart": instants[:1], "deploymentEnd": instants[3:]})
    >>> placed = placed.cast({"deploymentStart": dtype, "deploymentEnd": dtype})
    >>> failed = pl.DataFrame({"deploymentID": ["d1"], "start": instants[1:2], "end": instants[2:3]})
    >>> failed = failed.cast({"start": dtype, "end": dtype}).with_columns(status=pl.lit("failed"))
    >>> operating(placed, failed)["days"].to_list()
    [2.0, 7.0]
    """
    require(deployments, STOOD, "deployments")
    require(operating_periods, PERIODS, "operating_periods")
    stood = deployments.select("deploymentID", start="deploymentStart", end="deploymentEnd").drop_nulls("deploymentID")
    known = stood.filter(pl.col("start") <= pl.col("end"))
    unknown = stood.select("deploymentID").unique().join(known, on="deploymentID", how="anti")
    periods = operating_periods.filter(usable()).join(known, on="deploymentID", how="semi")
    worked = periods.filter(pl.col("status") == "operating")
    failed = periods.filter(pl.col("status").is_in(FAILURES))
    layers = [(known, 1), (worked, 2), (failed, 4)]
    if period is not None:
        layers.append((known.select("deploymentID").unique().with_columns(_study(period)), 8))
    intervals = _sweep(layers, always_worked=worked, always_in_study=period is None)
    never = known.select("deploymentID").unique().join(intervals, on="deploymentID", how="anti")
    empty = pl.concat([never.with_columns(days=pl.lit(0.0)), unknown.with_columns(days=pl.lit(None, dtype=pl.Float64))])
    return pl.concat([intervals, empty], how="diagonal").select(list(INTERVALS)).sort("deploymentID", "start")


def usable() -> pl.Expr:
    """Return the expression that is true for operating periods with a start and a later end."""
    return (pl.col("start") < pl.col("end")).fill_null(value=False)


def nights(intervals: pl.DataFrame) -> pl.DataFrame:
    """Return the camera-days of each deployment from what `operating` returned: deploymentID, days.

    A day is 24 hours of work, by whatever clock. 0 where the camera never worked, null where that is not known.

    >>> nights(pl.DataFrame({"deploymentID": ["d1", "d1", "d2"], "days": [2.0, 7.0, None]})).rows()
    [('d1', 9.0), ('d2', None)]
    """
    known = pl.col("days").is_not_null().any()
    return (
        intervals.group_by("deploymentID", maintain_order=True)
        .agg(days=pl.when(known).then(pl.col("days").sum()))
        .sort("deploymentID")
    )


def _study(period: tuple[datetime, datetime]) -> list[pl.Expr]:
    start, end = period
    if start.tzinfo is None or end.tzinfo is None:
        raise MisuseError("a study period with a time zone", f"{start} to {end}", "Give both ends in UTC.")
    # A period that ends before it starts holds nothing: both its ends fall on one instant.
    return [pl.lit(start).cast(UTC).alias("start"), pl.lit(max(start, end)).cast(UTC).alias("end")]


def _sweep(
    layers: list[tuple[pl.DataFrame, int]], *, always_worked: pl.DataFrame, always_in_study: bool
) -> pl.DataFrame:
    """Walk through the ends of all intervals in time and keep the stretches in which the camera worked.

    Layers: 1 deployed, 2 recorded as operating, 4 failed, 8 within the study. Between two neighbouring ends nothing
    changes, so it is enough to count how many intervals of each layer are open.
    """
    ends = [
        frame.select("deploymentID", at=column, **{f"open{n}": pl.lit(step if n == layer else 0) for n in (1, 2, 4, 8)})
        for frame, layer in layers
        for column, step in (("start", 1), ("end", -1))
    ]
    at = pl.concat(ends).group_by("deploymentID", "at").agg(pl.col("^open.$").sum()).sort("deploymentID", "at")
    counts = at.with_columns(pl.col("^open.$").cum_sum().over("deploymentID"))
    recorded = pl.col("deploymentID").is_in(always_worked["deploymentID"].unique().to_list())
    works = (
        (pl.col("open1") > 0)
        & ((pl.col("open2") > 0) | ~recorded)
        & (pl.col("open4") == 0)
        & ((pl.col("open8") > 0) | always_in_study)
    )
    stretches = counts.select(
        "deploymentID", start="at", end=pl.col("at").shift(-1).over("deploymentID"), works=works
    ).with_columns(run=pl.struct("deploymentID", "works").rle_id())
    return (
        stretches.filter("works")
        .group_by("run", maintain_order=True)
        .agg(pl.first("deploymentID", "start"), pl.last("end"))
        .with_columns(days=(pl.col("end") - pl.col("start")).dt.total_microseconds() / DAY)
        .select(list(INTERVALS))
    )


@dataclass(frozen=True)
class Operation:
    """Which part of each day each station was watched: one row of `fraction` a station, one column a day.

    0: a camera stood there and none worked. NaN: none stood there, or it is not known from when to when one did.
    """

    stations: tuple[str, ...]
    days: tuple[date, ...]
    fraction: NDArray[np.float64]


def operation(
    deployments: pl.DataFrame,
    operating_periods: pl.DataFrame,
    period: tuple[datetime, datetime] | None = None,
    *,
    station: str = "deploymentID",
    clock: timedelta = timedelta(0),
) -> Operation:
    """Return the part of each day in which each station was watched: the camera operation matrix.

    `deployments`, `operating_periods` and `period` are those of `operating`; `station` is the column of `deployments`
    that names the station, and rows without one are left out. A station is watched while any of its cameras works.
    Days begin at midnight of a clock that is `clock` ahead of UTC; the first and the last day of a period that does not
    begin at midnight are counted in part. Without a period the days are those from the first start to the last end.

    >>> from datetime import UTC as UTC_ZONE
    >>> placed = pl.DataFrame({"deploymentID": ["d1"], "deploymentStart": [datetime(2024, 5, 1, 12, tzinfo=UTC_ZONE)],
    ...                        "deploymentEnd": [datetime(2024, 5, 3, 6, tzinfo=UTC_ZONE)]})
    >>> placed = placed.cast({"deploymentStart": UTC, "deploymentEnd": UTC})
    >>> operation(placed, pl.DataFrame(schema=PERIODS)).fraction.tolist()
    [[0.5, 1.0, 0.25]]
    """
    require(deployments, {**STOOD, station: pl.String}, "deployments")
    worked = operating(deployments, operating_periods, period).drop_nulls("start")
    names = deployments.select("deploymentID", station=station).unique().drop_nulls()
    stood = deployments.select("deploymentID", start="deploymentStart", end="deploymentEnd").filter(usable())
    if period is not None:
        first, last = (pl.lit(end).cast(UTC) for end in period)
        stood = stood.with_columns(pl.max_horizontal("start", first), pl.min_horizontal("end", last)).filter(usable())
    stations = names["station"].unique().sort()
    spans = [_microseconds(frame.join(names, on="deploymentID"), stations, clock) for frame in (worked, stood)]
    begins, ends = period or (stood["start"].min(), stood["end"].max())
    if not isinstance(begins, datetime) or not isinstance(ends, datetime) or begins >= ends:
        return Operation(tuple(stations), (), np.empty((len(stations), 0)))
    dates = pl.Series([begins, ends - timedelta(microseconds=1)]).cast(UTC) + clock
    day = dates.dt.epoch("us") // int(DAY)
    shape = (len(stations), int(day[1] - day[0]) + 1)
    at_work, placed = (_per_day(*span, int(day[0]), shape) for span in spans)
    fraction = np.where(placed > 0, at_work / DAY, np.nan)
    days = tuple(dates.dt.date()[0] + timedelta(days=number) for number in range(shape[1]))
    return Operation(tuple(stations), days, fraction)


def _microseconds(
    intervals: pl.DataFrame, stations: pl.Series, clock: timedelta
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the number of the station, start and end of intervals of which none of one station overlap."""
    ordered = intervals.select("station", "start", "end").sort("station", "start")
    reached = pl.col("end").cum_max().shift(1).over("station")
    runs = ordered.with_columns(run=((pl.col("start") > reached).fill_null(value=True)).cum_sum().over("station"))
    merged = runs.group_by("station", "run", maintain_order=True).agg(pl.col("start").min(), pl.col("end").max())
    row = merged["station"].replace_strict(stations, pl.int_range(len(stations), eager=True), return_dtype=pl.Int64)
    start, end = ((merged[name] + clock).dt.epoch("us").to_numpy() for name in ("start", "end"))
    return row.cast(pl.Int64).to_numpy(), start, end


def _per_day(
    row: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64], first: int, shape: tuple[int, int]
) -> NDArray[np.int64]:
    """Share out intervals over days, in microseconds.

    The whole days of an interval are a step up on its first day and a step down on the day of its end; what is missing
    before the start is taken from the first, and what lies after midnight of the last is given to it.
    """
    whole = int(DAY)
    change = np.zeros((shape[0], shape[1] + 1), dtype=np.int64)
    from_day, to_day = start // whole - first, end // whole - first
    np.add.at(change, (row, from_day), whole)
    np.add.at(change, (row, to_day), -whole)
    parts = np.cumsum(change, axis=1)
    np.subtract.at(parts, (row, from_day), start % whole)
    np.add.at(parts, (row, to_day), end % whole)
    return parts[:, : shape[1]]
