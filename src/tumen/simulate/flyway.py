"""A flyway of any size, for benchmarks: counts of many sites, species and years, drawn at once.

Unlike the estuary it follows no bird: expected numbers are a site's size times a species' size times a trend times a
season, counts are negative binomial around them. All names are invented.
"""

from datetime import date

import numpy as np
import polars as pl

from tumen.tables.protocol import TABLES
from tumen.tables.waterbirds import BIRD_GROUPS

DAYS = ((1, 14), (4, 8), (4, 22), (10, 8), (10, 24))
"""Days of the visits of a year: one in winter, two in spring and two in autumn."""
COUNTRIES = ("RU", "CN", "KP")
"""Sites belong to them in turn, each to the party `party-` and the code."""
MISSED, PARTLY, WITHHELD, ABSENT = 0.15, 0.15, 0.01, 0.4
"""Shares: visits that nobody made, that covered a part, counts withheld, and species that a site never has."""
SIZE = 1.5
"""Size of the negative binomial."""
GROUPED = 4
"""Of so many sets of three successive sites one is a count group."""


def flyway(
    sites: int, species: int, years: int, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return sites, visits and counts as the tables of the protocol have them, with a column `party`.

    Every visit that was made has a row of each species, so there are about 4.25 * sites * species * years counts.
    The years end with 2020.

    >>> rng = np.random.default_rng(1)
    >>> places, visits, counts = flyway(6, 4, 3, rng)
    >>> places.height, visits.height, counts["scientificName"].n_unique()
    (6, 90, 4)
    """
    places = _sites(sites, rng)
    visits = _visits(places, years, rng)
    return places, visits, _counts(visits, sites, species, rng)


def _shaped(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with all columns of a table of the protocol, and `party`."""
    missing = {name: kind for name, kind in TABLES[table].dtypes.items() if name not in frame.columns}
    whole = frame.with_columns(*(pl.lit(None, kind).alias(name) for name, kind in missing.items()))
    return whole.select(*TABLES[table].dtypes, "party")


def _sites(sites: int, rng: np.random.Generator) -> pl.DataFrame:
    number = np.arange(sites)
    country = pl.Series(np.array(COUNTRIES)[number % 3])
    whole = (number // 3 % GROUPED == 0) & (number // 3 * 3 + 3 <= sites)
    frame = pl.DataFrame(
        {
            "number": number,
            "countryCode": country,
            "grouped": whole,
            "longitude": rng.uniform(120, 140, sites),
            "latitude": rng.uniform(30, 55, sites),
        }
    ).with_columns(
        party=pl.format("party-{}", "countryCode"),
        siteName=pl.format("Site {} (simulated)", "number"),
        countGroup=pl.when("grouped").then(pl.format("group-{}", pl.col("number") // 3)),
    )
    return _shaped("sites", frame.with_columns(siteID=pl.format("{}/s{}", "party", "number")))


def _visits(places: pl.DataFrame, years: int, rng: np.random.Generator) -> pl.DataFrame:
    days = pl.DataFrame(
        {"visitDate": [date(year, *day) for year in range(2021 - years, 2021) for day in DAYS]}
    ).with_row_index("turn")
    frame = places.select("siteID", "party").with_row_index("site").join(days, how="cross", maintain_order="left")
    drawn = rng.random(frame.height)
    # The sites of a group are counted on one day in some years only.
    late = np.where(rng.random(frame.height) < 0.5, rng.integers(0, 4, frame.height), 0)
    return _shaped(
        "visits",
        frame.with_columns(drawn=drawn, late=late)
        .with_columns(
            visitID=pl.format("{}-{}", "siteID", "turn"),
            visitDate=pl.col("visitDate") + pl.duration(days="late"),
            coverage=pl.when(pl.col("drawn") < MISSED)
            .then(pl.lit("notSurveyed"))
            .when(pl.col("drawn") < MISSED + PARTLY)
            .then(pl.lit("partial"))
            .otherwise(pl.lit("complete")),
        )
        .with_columns(
            coveragePercent=pl.when(pl.col("coverage") == "partial").then(50.0),
            groupsCounted=pl.when(pl.col("coverage") != "notSurveyed").then(pl.lit("all")),
        ),
    )


def _counts(visits: pl.DataFrame, sites: int, species: int, rng: np.random.Generator) -> pl.DataFrame:
    made = (visits["coverage"] != "notSurveyed").to_numpy()
    turns = visits.height // sites
    site = np.repeat(np.arange(sites), turns)[made]
    year = (np.tile(np.arange(turns), sites) // len(DAYS))[made]
    kind = np.tile(np.arange(turns) % len(DAYS), sites)[made]
    half = (visits["coverage"] == "partial").to_numpy()[made]
    season = np.array([0.1, 0.5, 0.4, 1.0, 0.8])[kind] * np.where(half, 0.5, 1.0)
    slope = rng.normal(0, 0.04, species)
    size = rng.lognormal(3, 1.5, species)
    suited = rng.lognormal(0, 1, (sites, species)) * (rng.random((sites, species)) > ABSENT)
    mean = size * suited[site] * season[:, None] * np.exp(slope * year[:, None])
    birds = rng.poisson(mean * rng.gamma(SIZE, 1 / SIZE, mean.shape)).ravel()
    shown = rng.random(birds.size) >= WITHHELD
    names = pl.DataFrame(
        {
            "scientificName": [f"Avis simulata-{number:03d}" for number in range(species)],
            "taxonGroup": [BIRD_GROUPS[number % len(BIRD_GROUPS)] for number in range(species)],
        }
    )
    frame = visits.filter(pl.Series(made)).select("visitID", "party").join(names, how="cross", maintain_order="left")
    return _shaped(
        "counts",
        frame.with_columns(pl.Series("number", birds), pl.Series("shown", shown))
        .with_row_index("row")
        .with_columns(
            countID=pl.format("c{}", "row"),
            status=pl.when("shown").then(pl.lit("counted")).otherwise(pl.lit("withheld")),
            count=pl.when("shown").then("number"),
        ),
    )
