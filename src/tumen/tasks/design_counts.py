"""How were waterbirds counted?  In which weeks, on the same day, in how many years, from visits and sites."""

from collections.abc import Sequence

import polars as pl

from tumen.tables.design import MEASURED, measured
from tumen.tables.package import Package

SEASONS = ("winter", "spring", "summer", "autumn")
"""December to February, March to May, and so on; a winter has the year of its January."""


def measure_counts(party: str, packages: Sequence[Package]) -> pl.DataFrame:
    """Return what the visits of one party tell of their design, as `MEASURED`.

    A visit with coverage notSurveyed is none: nobody counted.
    """
    visits = visits_of(packages)
    if visits.is_empty():
        return pl.DataFrame(schema=MEASURED)
    quantities = (
        ("midwinterVisits", _midwinter(visits)),
        ("daysFromMidMonth", visits.select(of="visitID", value=_from_mid_month())),
        ("seasonsCounted", _years(visits)),
    )
    return pl.concat([measured(units, quantity, party=party) for quantity, units in quantities if units.height])


def measure_groups(packages: Sequence[Package]) -> pl.DataFrame:
    """Return how much of each count group was counted on one day, over all parties.

    A group is all sites that bear its name, whoever counts them; a group of one site has nothing to be counted with.
    """
    frames = [
        p.table("sites").select(pl.lit(p.party).alias("party"), "siteID", "countGroup").drop_nulls() for p in packages
    ]
    sites = pl.concat(frames).unique(["party", "siteID"], keep="first", maintain_order=True)
    size = sites.group_by("countGroup").agg(sites=pl.len())
    visits = pl.concat([visits_of([p]).with_columns(party=pl.lit(p.party)) for p in packages])
    days = (
        visits.join(sites, on=["party", "siteID"], how="inner")
        .group_by("countGroup", "season", "year", "visitDate")
        .agg(counted=pl.struct("party", "siteID").n_unique())
        .join(size.filter(pl.col("sites") > 1), on="countGroup", how="inner")
    )
    best = (
        days.group_by("countGroup", "season", "year")
        .agg(value=(pl.col("counted") / pl.col("sites")).max())
        .sort("countGroup", "year", "season")
    )
    return measured(best.select(of=_named("countGroup"), value="value"), "sameDay", party="")


def visits_of(packages: Sequence[Package]) -> pl.DataFrame:
    """Return the visits on which somebody counted: visitID, siteID, visitDate, coverage, season, year."""
    frames = [
        package.table("visits")
        .select("visitID", "siteID", "visitDate", "coverage")
        .filter(pl.col("visitDate").is_not_null(), pl.col("coverage").ne_missing("notSurveyed"))
        for package in packages
    ]
    month = pl.col("visitDate").dt.month().cast(pl.Int32)
    number = {month: SEASONS[month % 12 // 3] for month in range(1, 13)}
    return pl.concat(frames).with_columns(
        season=month.replace_strict(number, return_dtype=pl.String),
        year=pl.col("visitDate").dt.year() + (month == 12).cast(pl.Int32),
    )


def _midwinter(visits: pl.DataFrame) -> pl.DataFrame:
    """Return the winter visits of each site ever counted in winter, in each winter of the party's series."""
    winter = visits.filter(pl.col("season") == "winter").drop_nulls("siteID")
    if winter.is_empty():
        return pl.DataFrame(schema={"of": pl.String, "value": pl.Float64})
    years = pl.DataFrame({"year": winter["year"].unique().sort()}).select(
        pl.int_ranges(pl.col("year").min(), pl.col("year").max() + 1, dtype=pl.Int32).explode().alias("year")
    )
    asked = winter.select("siteID").unique().sort("siteID").join(years.unique().sort("year"), how="cross")
    counted = winter.group_by("siteID", "year").agg(value=pl.len())
    return asked.join(counted, on=["siteID", "year"], how="left", maintain_order="left").select(
        of=pl.concat_str("siteID", pl.col("year").cast(pl.String), separator=" · "), value=pl.col("value").fill_null(0)
    )


def _years(visits: pl.DataFrame) -> pl.DataFrame:
    """Return in how many years each site was wholly counted in each season."""
    whole = visits.filter(pl.col("coverage") == "complete").drop_nulls("siteID")
    counted = whole.group_by("siteID", "season").agg(value=pl.col("year").n_unique()).sort("siteID", "season")
    return counted.select(of=pl.concat_str("siteID", "season", separator=" · "), value="value")


def _from_mid_month() -> pl.Expr:
    """Return the days from a date to the nearest 15th."""
    day = pl.col("visitDate")
    here = day.dt.truncate("1mo")
    fifteenths = (here.dt.offset_by(step) + pl.duration(days=14) for step in ("-1mo", "0mo", "1mo"))
    return pl.min_horizontal((day - fifteenth).dt.total_days().abs() for fifteenth in fifteenths)


def _named(group: str) -> pl.Expr:
    return pl.concat_str(group, "season", pl.col("year").cast(pl.String), separator=" · ")
