"""How many birds passed?  On passage more birds use a site than are there on any day: an estimate from known stays.

The number of birds that passed is the area under the curve of counts (bird-days), divided by the mean length of stay
(as for shorebirds in Condor 108:792-807, 2006, doi 10.1650/0010-5422(2006)108[792:ESNAMS]2.0.CO;2). Between two
counts the curve is a straight line; before the first and after the last count of a season nothing is added, so that
the area is a lower bound where birds were there already or still. The numbers stand beside the counts and never
replace one.
"""

from collections.abc import Mapping

import polars as pl

from tumen.waterbirds.birds import accepted
from tumen.waterbirds.occasion import informative
from tumen.waterbirds.seasons import DEFAULT, placed

LEAST = 3
"""Days of counting that an area needs: ours. Two counts make a line, and say nothing of the peak between them."""

TURNOVER: dict[str, pl.DataType | type[pl.DataType]] = {
    "place": pl.String,
    "measure": pl.String,
    "season": pl.String,
    "year": pl.Int64,
    "days": pl.Int64,
    "first": pl.Date,
    "last": pl.Date,
    "birdDaysLow": pl.Float64,
    "birdDaysHigh": pl.Float64,
    "meanStay": pl.Float64,
    "passedLow": pl.Float64,
    "passed": pl.Float64,
    "passedHigh": pl.Float64,
    "largest": pl.Int64,
    "reason": pl.String,
}


def turnover(
    occasions: pl.DataFrame,
    stays: pl.DataFrame,
    ranges: Mapping[str, tuple[str, str]] = DEFAULT,
    *,
    least: int = LEAST,
) -> pl.DataFrame:
    """Return one row (`TURNOVER`) for each season of a site and species whose length of stay is in the table `stays`.

    `birdDaysLow` and `birdDaysHigh` are the areas under the lows and the highs, between the `first` and the `last` of
    `days` days of counting; `largest` is the largest low. `passed` is birdDaysLow over the mean stay, `passedLow` over
    its maximum, `passedHigh` birdDaysHigh over its minimum; an end of the stay that is not given leaves its bound null.
    Numbers of birds are not rounded. With fewer than `least` days there are no areas (reason "tooFewDays"); without
    a high on each day there is no upper one ("noUpperEnd").

    >>> day = pl.Series([100, 110, 120]).cast(pl.Date)
    >>> seen = pl.DataFrame({"place": "a", "kind": "site", "measure": "Grus monacha", "date": day, "low": [0, 50, 0],
    ...     "high": [0, 60, 0], "reason": ""})
    >>> stay = pl.DataFrame({"siteID": ["a"], "scientificName": ["Grus monacha"], "season": ["spring"],
    ...     "meanStay": [5.0], "minimum": [4.0], "maximum": [None]}, schema_overrides={"maximum": pl.Float64})
    >>> turnover(seen, stay).select("birdDaysLow", "birdDaysHigh", "passedLow", "passed", "passedHigh").row(0)
    (500.0, 600.0, None, 100.0, 150.0)
    """
    key = ["place", "measure", "season", "year"]
    known = stays.filter(pl.col("meanStay") > 0).select(
        place="siteID",
        measure=pl.col("scientificName").map_elements(accepted, return_dtype=pl.String),
        season="season",
        meanStay="meanStay",
        shortest=pl.when(pl.col("minimum") > 0).then("minimum"),
        longest="maximum",
    )
    seen = placed(occasions.filter((pl.col("kind") == "site") & informative()), ranges)
    seen = seen.filter(pl.col("season").is_not_null()).join(
        known.select("place", "measure", "season").unique(), on=["place", "measure", "season"], how="semi"
    )
    gap = (pl.col("date") - pl.col("date").shift(1)).dt.total_days().over(key)
    area = [
        ((pl.col(name) + pl.col(name).shift(1)).over(key) * gap / 2.0).alias("area_" + name) for name in ("low", "high")
    ]
    sums = (
        seen.sort(*key, "date")
        .with_columns(area)
        .group_by(key, maintain_order=True)
        .agg(
            days=pl.len().cast(pl.Int64),
            first=pl.col("date").first(),
            last=pl.col("date").last(),
            birdDaysLow=pl.col("area_low").sum(),
            birdDaysHigh=pl.when(pl.col("high").is_not_null().all()).then(pl.col("area_high").sum()),
            largest=pl.col("low").max(),
        )
    )
    enough = pl.col("days") >= least
    sums = sums.with_columns(
        birdDaysLow=pl.when(enough).then("birdDaysLow"), birdDaysHigh=pl.when(enough).then("birdDaysHigh")
    )
    return (
        sums.join(known, on=["place", "measure", "season"], how="inner", maintain_order="left")
        .with_columns(
            passedLow=pl.col("birdDaysLow") / pl.col("longest"),
            passed=pl.col("birdDaysLow") / pl.col("meanStay"),
            passedHigh=pl.col("birdDaysHigh") / pl.col("shortest"),
            reason=pl.when(~enough)
            .then(pl.lit("tooFewDays"))
            .when(pl.col("birdDaysHigh").is_null())
            .then(pl.lit("noUpperEnd"))
            .otherwise(pl.lit("")),
        )
        .select(list(TURNOVER))
    )
