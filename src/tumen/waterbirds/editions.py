"""Which edition of the estimates is the one to use on a day?

Parties take the estimates that are in force when a site is assessed, and a verdict without its edition is meaningless:
every edition stays beside the others, and one is marked. Where nobody says which, the newest is taken, and said.
"""

import datetime as dt

import polars as pl

from tumen.tables.one_percent import LAST_ARITHMETIC, series
from tumen.waterbirds.birds import accepted
from tumen.waterbirds.thresholds import thresholds

YEARS = {("WPE", 4): 2006, ("WPE", 5): 2012, ("CSR", 1): 2022}
"""When editions appeared whose names do not say it."""


def edition_year() -> pl.Expr:
    """Return the year of an edition: the one in its name, else the known one, else the last year it describes.

    >>> rows = pl.DataFrame({"edition": ["Jia et al. 2016", "WPE5", "second"], "endYear": [None, 2010, 2020],
    ...     "startYear": [None, None, 2001]})
    >>> rows.select(edition_year()).to_series().to_list()
    [2016, 2012, 2020]
    """
    named = pl.col("edition").str.extract(r"(?:^|\D)((?:19|20)\d\d)(?:\D|$)", 1).cast(pl.Int64)
    known = pl.lit(None, pl.Int64)
    for (name, number), year in YEARS.items():
        said = (
            series() == number
            if name == "WPE"
            else pl.col("edition").str.contains(rf"(?i)^\s*{name}[\s-]*{number}\s*$")
        )
        known = pl.when(said).then(pl.lit(year, pl.Int64)).otherwise(known)
    # Of the first three only the order is of use: each is older than the fourth.
    first = pl.when(series() < LAST_ARITHMETIC).then(YEARS["WPE", LAST_ARITHMETIC] - LAST_ARITHMETIC + series())
    return pl.coalesce(named, known, first, pl.col("endYear").cast(pl.Int64), pl.col("startYear").cast(pl.Int64))


def later(day: dt.date) -> pl.Expr:
    """Say whether an edition without dates appeared after the year of a day; one without any year may be older."""
    dated = pl.col("inForceFrom").is_not_null() | pl.col("inForceUntil").is_not_null()
    return ~dated & (edition_year() > day.year).fill_null(value=False)


def in_force(estimates: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Return the thresholds of all editions, with `inForce` for each; shape `THRESHOLDS`, in the order of `estimates`.

    Of each population (populationID and the accepted name of its species) at most one row is in force: one whose dates
    hold `day`; else, of the rows without dates, the newest edition that was there in the year of `day`, with
    `threshold-edition-assumed` in `said` where there was a choice. A recalled row is in force only where there is no
    other, and never decides. Where an edition has a population with different thresholds, such as from two parties, the
    larger one is in force, and it is said (`threshold-contradicted`).

    >>> from tumen.tables.protocol import TABLES
    >>> row = {"populationID": "av", "scientificName": "Antigone vipio", "populationName": "East Asia", "minimum": 6000,
    ...        "maximum": 7000, "source": "slides", "edition": "2013"}
    >>> newer = {**row, "edition": "2025", "minimum": 13_100, "maximum": 13_100}
    >>> estimates = pl.concat([TABLES["population_estimates"].empty(), pl.DataFrame([row, newer])], how="diagonal")
    >>> in_force(estimates, dt.date(2026, 1, 1)).select("edition", "onePercent", "inForce", "said").rows()
    [('2013', 65, False, ''), ('2025', 130, True, 'threshold-edition-assumed')]
    """
    key = ["taxon", "populationID"]
    names = {name: accepted(name) for name in estimates["scientificName"].drop_nulls().unique()}
    dated = pl.col("inForceFrom").is_not_null() | pl.col("inForceUntil").is_not_null()
    holds = (pl.col("inForceFrom").fill_null(dt.date.min) <= day) & (
        day <= pl.col("inForceUntil").fill_null(dt.date.max)
    )
    made = thresholds(estimates).with_row_index("at")
    ranked = estimates.with_row_index("at").select(
        "at",
        "populationID",
        made["onePercent"],
        taxon=pl.col("scientificName").replace(names),
        recalled=(pl.col("evidence") == "recalled").fill_null(False),
        rank=pl.when(dated & holds).then(0).when(~dated & ~later(day)).then(1).otherwise(2),
        since=pl.col("inForceFrom"),
        year=edition_year(),
        name=pl.col("edition"),
    )
    # Of rows that contradict each other the larger threshold goes first.
    chosen = ranked.sort(
        "recalled", "rank", "since", "year", "name", "onePercent", "at",
        descending=[False, False, True, True, True, True, False],
        nulls_last=[False, False, True, True, True, False, False],
    )  # fmt: skip
    same = [*key, "name"]
    first = (
        chosen.with_columns(contradicted=pl.col("onePercent").filter(~pl.col("recalled")).n_unique().over(same) > 1)
        .filter(pl.col("rank") < 2)
        .group_by(key, maintain_order=True)
        .agg(
            pl.col("at", "rank", "contradicted").first(),
            choice=pl.col("name").filter(pl.col("rank") == 1).n_unique() > 1,
        )
    )
    told = first.select("at", "contradicted", assumed=(pl.col("rank") == 1) & pl.col("choice"))
    told = made.join(told, on="at", how="left", maintain_order="left")
    said = pl.concat_str(
        pl.when(pl.col("said") != "").then("said"),
        pl.when("assumed").then(pl.lit("threshold-edition-assumed")),
        pl.when("contradicted").then(pl.lit("threshold-contradicted")),
        separator="|",
        ignore_nulls=True,
    )
    return told.with_columns(inForce=pl.col("assumed").is_not_null(), said=said.fill_null("")).select(made.columns[1:])
