"""When did a camera work?

A camera worked from `deploymentStart` to `deploymentEnd`, or in the periods it is said to have been operating where
there are any, without the periods in which it is said not to have worked. "Not operating" is not "no detection".
"""

from datetime import datetime

import polars as pl

from tumen.tables.cameras import NOT_OPERATING
from tumen.tables.schema import UTC

INTERVALS: dict[str, pl.DataType | type[pl.DataType]] = {
    "deploymentID": pl.String,
    "start": UTC,
    "end": UTC,
    "days": pl.Float64,
}
DAY = 86_400_000_000.0
KEYS = ["deploymentID", "start", "end"]


def operating(
    deployments: pl.DataFrame, operating_periods: pl.DataFrame, period: tuple[datetime, datetime] | None = None
) -> pl.DataFrame:
    """Return the intervals in which each camera worked: deploymentID, start, end (UTC), days.

    `period` cuts them (start included, end excluded). Intervals of one deployment neither touch nor overlap. A
    deployment that never worked has one row of zero days with null start and end, so that it is not lost. A deployment
    or period without start or end, or that ends before it starts, cannot be used (each is a finding elsewhere): the
    period is passed over, the deployment has zero days.

    >>> from datetime import UTC as utc
    >>> camera = pl.DataFrame({"deploymentID": ["d1"], "deploymentStart": [datetime(2014, 1, 1, tzinfo=utc)],
    ...     "deploymentEnd": [datetime(2014, 1, 11, tzinfo=utc)]})
    >>> failure = pl.DataFrame({"deploymentID": ["d1"], "start": [datetime(2014, 1, 3, tzinfo=utc)],
    ...     "end": [datetime(2014, 1, 8, tzinfo=utc)], "status": ["failed"]})
    >>> operating(camera, failure)["days"].to_list()
    [2.0, 3.0]
    """
    stood = deployments.select("deploymentID", start="deploymentStart", end="deploymentEnd")
    stood = stood.drop_nulls("deploymentID").unique("deploymentID", keep="first", maintain_order=True)
    whole = stood.filter(pl.col("start") < pl.col("end"))
    usable = operating_periods.filter(pl.col("start") < pl.col("end"))
    said = usable.filter(pl.col("status") == "operating").select(KEYS)
    worked = pl.concat([said, whole.join(said, on="deploymentID", how="anti")])
    failed = usable.filter(pl.col("status").is_in(NOT_OPERATING)).select(KEYS)
    cut = (
        whole
        if period is None
        else whole.with_columns(start=_later("start", period[0]), end=_earlier("end", period[1]))
    )
    intervals = _without(_within(_merged(worked), cut), _merged(failed))
    intervals = intervals.with_columns(days=(pl.col("end") - pl.col("start")).dt.total_microseconds() / DAY)
    idle = stood.join(intervals, on="deploymentID", how="anti").select(
        "deploymentID", pl.lit(None, dtype=UTC).alias("start"), pl.lit(None, dtype=UTC).alias("end"), days=pl.lit(0.0)
    )
    return pl.concat([intervals.select(*INTERVALS), idle.select(*INTERVALS)]).sort("deploymentID", "start")


def nights(intervals: pl.DataFrame) -> pl.DataFrame:
    """Return the operating time of each deployment in days of 24 hours: deploymentID, days."""
    return intervals.group_by("deploymentID").agg(pl.col("days").sum()).sort("deploymentID")


def _later(column: str, instant: datetime) -> pl.Expr:
    return pl.max_horizontal(pl.col(column), pl.lit(instant).cast(UTC))


def _earlier(column: str, instant: datetime) -> pl.Expr:
    return pl.min_horizontal(pl.col(column), pl.lit(instant).cast(UTC))


def _merged(intervals: pl.DataFrame) -> pl.DataFrame:
    """Join intervals of one deployment that overlap or touch."""
    return (
        intervals.sort(KEYS)
        .with_columns(reached=pl.col("end").cum_max().shift().over("deploymentID"))
        .with_columns(run=(pl.col("start") > pl.col("reached")).fill_null(True).cum_sum())
        .group_by("deploymentID", "run")
        .agg(pl.col("start").min(), pl.col("end").max())
        .sort(KEYS)
        .select(KEYS)
    )


def _within(intervals: pl.DataFrame, bounds: pl.DataFrame) -> pl.DataFrame:
    """Cut intervals to the one bound of their deployment."""
    return (
        intervals.join(bounds.rename({"start": "first", "end": "last"}), on="deploymentID", how="inner")
        .select("deploymentID", start=pl.max_horizontal("start", "first"), end=pl.min_horizontal("end", "last"))
        .filter(pl.col("start") < pl.col("end"))
        .sort(KEYS)
    )


def _without(intervals: pl.DataFrame, failures: pl.DataFrame) -> pl.DataFrame:
    """Take failures away. Both are merged, so that the gaps between a deployment's failures are what is left of it."""
    hit = intervals.join(failures, on="deploymentID", how="semi")
    gaps = failures.with_columns(
        before=pl.col("end").shift().over("deploymentID"), after=pl.col("start").shift(-1).over("deploymentID")
    )
    ahead = gaps.filter(pl.col("before").is_null()).select(
        "deploymentID", pl.lit(None, dtype=UTC).alias("first"), pl.col("start").alias("last")
    )
    behind = gaps.select("deploymentID", pl.col("end").alias("first"), pl.col("after").alias("last"))
    left = (
        hit.join(pl.concat([ahead, behind]), on="deploymentID", how="inner")
        .select("deploymentID", start=pl.max_horizontal("start", "first"), end=pl.min_horizontal("end", "last"))
        .filter(pl.col("start") < pl.col("end"))
    )
    untouched = intervals.join(failures, on="deploymentID", how="anti")
    return pl.concat([untouched.select(KEYS), left.select(KEYS)]).sort(KEYS)
