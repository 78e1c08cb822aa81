"""Where does it live?

Each individual's encounters, nights and crossings say whether it lives on one side, visits the other, lives on both, or
crossed once and stayed. A status is given only where the data can carry it:

- `resident`: all certain encounters in one country, and no crossing is certain;
- `disperser`: one crossing, not seen behind since (not even at a place that may lie behind), while cameras within its
  earlier reach stood there for at least `watch_days` camera-days;
- `crossedOnce`: one crossing, and too little effort behind it to say more;
- `visitor`: two crossings or more, and less than a third of its nights outside its main country;
- `bothSides`: two crossings or more otherwise;
- `sideUnknown`: no encounter with a certain side.
"""

from dataclasses import dataclass

import polars as pl

from tumen.crossings.behind import watched_behind
from tumen.crossings.parameters import CrossingParameters
from tumen.tables.schema import UTC

PER_COUNTRY: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "countryCode": pl.String,
    "encounters": pl.Int64,
    "nights": pl.Int64,
    "firstSeen": UTC,
    "lastSeen": UTC,
    "maxBorderDistance": pl.Float64,
    "maxBorderDistanceLow": pl.Float64,
    "maxBorderDistanceHigh": pl.Float64,
}
"""One row per individual and certain country. Nights run from noon to noon by the sun; distances in m."""

INDIVIDUALS: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "scientificName": pl.String,
    "names": pl.String,
    "sex": pl.String,
    "stage": pl.String,
    "countries": pl.String,
    "possibleCountries": pl.String,
    "encounters": pl.Int64,
    "nights": pl.Int64,
    "crossings": pl.Int64,
    "crossingsHigh": pl.Int64,
    "status": pl.String,
    "homeCountry": pl.String,
    "watchedBehindDays": pl.Float64,
    "firstSeen": UTC,
    "lastSeen": UTC,
}
"""One row per joint identity. `crossings` is the least number, `crossingsHigh` the most that uncertain sides allow."""

VISIT_SHARE = 3
"""A visitor spends less than one night in this many outside its main country. A limit of our own."""


@dataclass(frozen=True)
class History:
    """What is known of every individual before its status: see `tumen.crossings` for who makes which table."""

    facts: pl.DataFrame
    ordered: pl.DataFrame
    met: pl.DataFrame
    found: pl.DataFrame
    crossed: pl.DataFrame
    by_country: pl.DataFrame


def individuals(history: History, effort: pl.DataFrame, parameters: CrossingParameters) -> pl.DataFrame:
    """Return one row per individual, in their order. Columns: those of `INDIVIDUALS`."""
    left = one_way(history.found, history.crossed)
    watched = watched_behind(left, origins(left, history.ordered), effort, parameters.reach)
    back = perhaps_back(left, history.met).with_columns(perhapsBack=True)
    rows = history.facts
    for more in (
        seen(history.met, history.ordered),
        main_country(history.by_country),
        history.crossed,
        left.select("individualID", "toCountry"),
        watched,
        back,
    ):
        rows = rows.join(more, on="individualID", how="left", maintain_order="left")
    # Who was met in no country at all has no row among countries and bounds: it was seen in none, and crossed nothing.
    counts = ("crossings", "crossingsHigh", "countriesSeen", "mainNights", "sideNights")
    rows = rows.with_columns(
        *(pl.col(name).fill_null(0) for name in counts),
        pl.col("countries").fill_null(""),
        pl.col("perhapsBack").fill_null(False),
    )
    return with_status(rows, parameters.watch_days).sort("individualID").select(*INDIVIDUALS)


def known_facts(detections: pl.DataFrame) -> pl.DataFrame:
    """Return per individual what its detections agree on: individualID, scientificName, names, sex.

    The species is the one most detections name (of equals, the first in the alphabet). A sex that only some detections
    know counts; two that contradict each other count as not known. Both contradictions are findings elsewhere.
    """
    facts = detections.group_by("individualID", "scientificName", "names", "sex").len()
    species = (
        facts.drop_nulls("scientificName")
        .group_by("individualID", "scientificName")
        .agg(pl.sum("len"))
        .sort("individualID", -pl.col("len").cast(pl.Int64), "scientificName")
        .unique("individualID", keep="first", maintain_order=True)
        .drop("len")
    )
    sex = pl.col("sex").drop_nulls()
    return (
        facts.group_by("individualID")
        .agg(pl.min("names"), sex=pl.when(sex.n_unique() == 1).then(sex.first()))
        .join(species, on="individualID", how="left")
        .sort("individualID")
    )


def per_country(met: pl.DataFrame, ordered: pl.DataFrame) -> pl.DataFrame:
    """Return one row per individual and certain country, in their order. Columns: those of `PER_COUNTRY`."""
    keys = ["individualID", "countryCode"]
    distances = ("borderDistance", "borderDistanceLow", "borderDistanceHigh")
    nights = ordered.group_by(keys).agg(nights=_nights())
    return (
        met.filter(pl.col("countryCode").is_not_null())
        .group_by(keys)
        .agg(
            pl.len().cast(pl.Int64).alias("encounters"),
            pl.min("start").alias("firstSeen"),
            pl.max("end").alias("lastSeen"),
            *(pl.max(name).alias("max" + name[0].upper() + name[1:]) for name in distances),
        )
        .join(nights, on=keys, how="left")
        .sort(keys)
        .select(*PER_COUNTRY)
    )


def _nights() -> pl.Expr:
    return pl.col("night").drop_nulls().n_unique().cast(pl.Int64)


def one_way(found: pl.DataFrame, crossed: pl.DataFrame) -> pl.DataFrame:
    """Return the crossings of those individuals that certainly crossed once, and no more than once.

    A crossing faster than an animal moves is no base for saying where it lives.
    """
    once = crossed.filter(pl.col("crossings") == 1).select("individualID")
    return found.filter(~pl.col("impossible")).join(once, on="individualID", how="semi", maintain_order="left")


def origins(left: pl.DataFrame, ordered: pl.DataFrame) -> pl.DataFrame:
    """Return where the individuals of `left` had been seen in the country they left: individualID, coordinates."""
    return (
        ordered.lazy()
        .select("individualID", "countryCode", "longitude", "latitude")
        .join(left.lazy().select("individualID", countryCode="fromCountry"), on=["individualID", "countryCode"])
        .select("individualID", "longitude", "latitude")
        .drop_nulls()
        .unique()
        .collect()
    )


def perhaps_back(left: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """Return the individuals of `left` that were met, after they left, where they may have been back: individualID."""
    doubtful = met.filter(pl.col("countryCode").is_null()).select("individualID", "start", pl.col("sides"))
    return (
        doubtful.join(left.select("individualID", "fromCountry", "notAfter"), on="individualID")
        .filter(
            pl.col("start") >= pl.col("notAfter"),
            pl.col("sides").cast(pl.String).str.split("|").list.contains(pl.col("fromCountry").cast(pl.String)),
        )
        .select("individualID")
        .unique()
    )


def seen(met: pl.DataFrame, ordered: pl.DataFrame) -> pl.DataFrame:
    """Return what all encounters of an individual say together, before its status.

    Columns: individualID, stage, possibleCountries, encounters, nights, firstSeen, lastSeen. Stage: `cub` when every
    recorded life stage is juvenile, `adult` when one is not, `unknown` when none was recorded.
    """
    sides = (
        met.select("individualID", "sides")
        .unique()
        .with_columns(country=pl.col("sides").cast(pl.String).str.split("|"))
        .explode("country")
        .group_by("individualID")
        .agg(possibleCountries=pl.col("country").filter(pl.col("country") != "").unique().sort().str.join("|"))
    )
    nights = ordered.group_by("individualID").agg(nights=_nights())
    return (
        met.group_by("individualID")
        .agg(
            pl.len().cast(pl.Int64).alias("encounters"),
            pl.min("start").alias("firstSeen"),
            pl.max("end").alias("lastSeen"),
            pl.max("stage"),
        )
        .with_columns(
            stage=pl.when(pl.col("stage") == 0)
            .then(pl.lit("unknown"))
            .when(pl.col("stage") == 1)
            .then(pl.lit("cub"))
            .otherwise(pl.lit("adult"))
        )
        .join(nights, on="individualID", how="left")
        .join(sides, on="individualID", how="left")
        .sort("individualID")
    )


def with_status(rows: pl.DataFrame, watch_days: float) -> pl.DataFrame:
    """Add `status` and `homeCountry`. The home is the resident's, visitor's main, or disperser's new country.

    `rows`: crossings, countriesSeen (number of certain countries), mainCountry (most nights), mainNights, sideNights
    (sum over countries), toCountry (of an only crossing), watchedBehindDays, perhapsBack.
    """
    crossings, countries = pl.col("crossings"), pl.col("countriesSeen")
    stayed = (pl.col("watchedBehindDays") >= watch_days).fill_null(False) & ~pl.col("perhapsBack")
    outside = pl.col("sideNights") - pl.col("mainNights")
    status = (
        pl.when(countries == 0)
        .then(pl.lit("sideUnknown"))
        .when(crossings == 0)
        .then(pl.lit("resident"))
        .when((crossings == 1) & stayed)
        .then(pl.lit("disperser"))
        .when(crossings == 1)
        .then(pl.lit("crossedOnce"))
        .when((countries > 1) & (VISIT_SHARE * outside < pl.col("sideNights")))
        .then(pl.lit("visitor"))
        .otherwise(pl.lit("bothSides"))
    )
    home = (
        pl.when(pl.col("status").is_in(["resident", "visitor"]))
        .then("mainCountry")
        .when(pl.col("status") == "disperser")
        .then("toCountry")
    )
    return rows.with_columns(status=status).with_columns(homeCountry=home)


def main_country(by_country: pl.DataFrame) -> pl.DataFrame:
    """Return per individual its certain countries and the one with most nights (of equals, the first by code).

    Columns: individualID, countries ("CN|RU"), countriesSeen, mainCountry, mainNights, sideNights.
    """
    return (
        by_country.sort("individualID", "countryCode")
        .with_columns(pl.col("countryCode").cast(pl.String))
        .group_by("individualID", maintain_order=True)
        .agg(
            countries=pl.col("countryCode").str.join("|"),
            countriesSeen=pl.len().cast(pl.Int64),
            mainCountry=pl.col("countryCode").sort_by("nights", descending=True, maintain_order=True).first(),
            mainNights=pl.max("nights"),
            sideNights=pl.sum("nights"),
        )
    )
