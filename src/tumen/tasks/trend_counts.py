"""Turn the seasons of sites into the counts that a trend is fitted to: one number a site and year, or none."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from tumen.tables.waterbirds import SEASONS
from tumen.tasks.study_waterbirds import MonthDay
from tumen.tasks.waterbird_survey import Survey
from tumen.tasks.waterbirds import daily, season_ranges
from tumen.waterbirds.seasons import placed, seasons

TREND_COUNTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "site": pl.String,
    "countryCode": pl.String,
    "time": pl.Int64,
    "month": pl.Int64,
    "count": pl.Float64,
    "ranged": pl.Boolean,
    "unidentified": pl.Boolean,
}
"""A site, a year (a winter has that of its January) and, if months are asked for, a month; null: not counted in full.

`ranged`: the count is the middle of a range that the observers gave. `unidentified`: birds of its group were not
identified that day; the count is without them, for they would count for every species of the group.
"""
Range = Mapping[str, tuple[MonthDay, MonthDay]]


def counts_of(read: Survey, days: pl.DataFrame, measure: str, season: str, *, months: bool) -> pl.DataFrame:
    """Return the counts of one measure in one kind of season, for every site that ever counted it in full."""
    ranges = season_ranges(dict(read.study.waterbirds or {}))
    own = days.filter(pl.col("kind") == "site", pl.col("measure") == measure)
    if months:
        dated = placed(own, ranges).filter(pl.col("season") == season)
        full = pl.col("complete")
        each = dated.group_by("place", "year", pl.col("date").dt.month().cast(pl.Int64).alias("month")).agg(
            low=pl.when(full).then("low").max(),
            high=pl.when(full).then("high").max(),
            reason=pl.when((pl.col("reason") == "unidentified").any()).then(pl.lit("unidentified")),
        )
    else:
        each = seasons(own, ranges).filter(pl.col("season") == season)
        full = pl.col("state") == "complete"
        each = each.with_columns(
            month=pl.lit(None, pl.Int64), low=pl.when(full).then("low"), high=pl.when(full).then("high")
        )
    vague = (pl.col("reason") == "unidentified").fill_null(False)
    codes = read.table("sites").select("countryCode", place="siteID")
    made = each.join(codes, on="place", how="left").select(
        "countryCode",
        "month",
        site="place",
        time="year",
        count=pl.when(vague).then(pl.col("low")).otherwise((pl.col("low") + pl.col("high")) / 2),
        ranged=((pl.col("low") != pl.col("high")) & ~vague).fill_null(False),
        unidentified=(vague & pl.col("low").is_not_null()).fill_null(False),
    )
    seen = made.group_by("site").agg(pl.col("count").is_not_null().any().alias("seen")).filter("seen")
    ordered = made.join(seen, on="site", how="semi").sort("site", "time", "month")
    return ordered.select(pl.col(name).cast(kind) for name, kind in TREND_COUNTS.items())


def most_counted(days: pl.DataFrame, ranges: Mapping[str, tuple[str, str]]) -> str:
    """Return the kind of season in which most days at sites were counted in full; of equals the first of the year."""
    dated = placed(days.filter(pl.col("kind") == "site", pl.col("complete")), ranges)
    tally = dict(dated.drop_nulls("season").group_by("season").agg(pl.len()).iter_rows())
    return max(SEASONS, key=lambda season: (tally.get(season, 0), -SEASONS.index(season)))


def occasions_of(read: Survey) -> pl.DataFrame:
    """Return the occasions of all sites and complexes, as the verdicts take them, for the species of the trends."""
    asked: dict[str, Any] = dict(read.study.waterbirds or {})
    asked.pop("species", None)
    return daily(read, asked)
