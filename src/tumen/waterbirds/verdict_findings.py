"""What keeps verdicts from being decided?  Findings about what was asked for, and about thresholds and lists."""

from collections.abc import Collection

import polars as pl

from tumen.tables.findings import finding, gather, join, rows
from tumen.waterbirds.levels import WATERBIRDS
from tumen.waterbirds.verdict_lists import known_to
from tumen.waterbirds.verdicts import Evidence, Verdicts

NAMED = 10
"""How many species a finding names; how many more there are its count says."""


def findings(evidence: Evidence, found: Verdicts) -> pl.DataFrame:
    """Return the findings (shape FINDINGS) about places, thresholds and lists behind verdicts."""
    populations = found.rows.filter(pl.col("criterion").is_in(["R6", "R9"]), pl.col("measure") != "", "counts")
    given = populations.filter(pl.col("populationID") != "")
    missing = _by_population(given.filter(pl.col("reason") == "thresholdMissing"))
    recalled = _by_population(given.filter(pl.col("reason") == "thresholdRecalled"))
    arguments = ("edition", "population", "places")
    table, column = "population_estimates", "onePercent"
    return gather(
        [
            _empty_places(evidence),
            rows("verdict-population-without-threshold", missing, table=table, column=column, arguments=arguments),
            rows("verdict-population-recalled", recalled, table=table, column=column, arguments=arguments),
            _without_threshold(populations),
            _without_status(evidence),
            _no_waterbirds(evidence),
            join([] if evidence.animals else [finding("verdict-animals-not-counted", table="counts")]),
        ]
    )


def asked_for(
    evidence: Evidence, seasons: Collection[str], editions: Collection[str], estimates: pl.DataFrame
) -> pl.DataFrame:
    """Return findings about the seasons and editions that a study asks for and nobody has.

    >>> from tumen.tables.protocol import TABLES
    >>> nothing = Evidence(seasons=pl.DataFrame({"season": ["winter"]}), assigned=pl.DataFrame())
    >>> estimates = TABLES["population_estimates"].empty()
    >>> asked_for(nothing, ["winter", "spring"], ["WPE6"], estimates).select("code", "value").rows()
    [('verdict-edition-unknown', 'WPE6'), ('verdict-season-empty', 'spring')]
    """
    there = set(evidence.seasons["season"].unique())
    known = sorted(estimates["edition"].drop_nulls().unique())
    return gather(
        [
            *(
                finding("verdict-season-empty", table="visits", column="visitDate", value=season)
                for season in seasons
                if season not in there
            ),
            *(
                finding(
                    "verdict-edition-unknown",
                    table="population_estimates",
                    column="edition",
                    value=edition,
                    known=", ".join(known) or "-",
                )
                for edition in editions
                if edition not in known
            ),
        ]
    )


def _empty_places(evidence: Evidence) -> pl.DataFrame:
    counted = evidence.seasons.filter(pl.col("state") != "missing").select("place", "kind").unique()
    empty = evidence.judged_places().join(counted, on=["place", "kind"], how="anti").sort("place")
    named = empty.select(pl.lit(None, dtype=pl.Int64).alias("row"), pl.col("place").alias("value"))
    return rows("verdict-place-empty", named, table="sites", column="siteID")


def _by_population(lacking: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each species, population and edition, with the number of places it matters at."""
    return (
        lacking.group_by("measure", "populationID", "edition")
        .agg(pl.col("place").n_unique().cast(pl.Int64).alias("places"))
        .sort("measure", "populationID", "edition")
        .rename({"measure": "value", "populationID": "population"})
        .with_columns(pl.lit(None, dtype=pl.Int64).alias("row"))
    )


def _without_threshold(populations: pl.DataFrame) -> pl.DataFrame:
    """Return a note on the species to which nowhere a population with a threshold is assigned."""
    none = populations.group_by("measure").agg((pl.col("populationID") == "").all().alias("none"))
    return _named("verdict-species-without-threshold", "counts", none.filter("none")["measure"])


def _without_status(evidence: Evidence) -> pl.DataFrame:
    """Return a note on the species that were recorded and are in no list in force."""
    seen = evidence.seasons.filter(pl.col("low") >= 1, pl.col("measure") != WATERBIRDS)["measure"].unique()
    bare = seen.to_frame().filter(~known_to(pl.col("measure"), evidence.status, evidence.assessed))["measure"]
    return _named("verdict-species-without-status", "species_status", bare)


def _no_waterbirds(evidence: Evidence) -> pl.DataFrame:
    """Return a note on the birds that were recorded and are no part of the waterbirds of a place."""
    seen = evidence.seasons.filter(pl.col("low") >= 1).join(evidence.beside, on=["place", "measure"], how="semi")
    names = seen["measure"].unique()
    return _named("verdict-species-beside", "counts", names.filter(~names.is_in(list(evidence.animals))))


def _named(code: str, table: str, species: pl.Series) -> pl.DataFrame:
    """Return one finding that counts species and names the first of them, or none if there are none."""
    if species.is_empty():
        return join([])
    names = species.sort().to_list()
    shown = ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
    return finding(code, table=table, column="scientificName", value=str(len(names)), count=len(names), species=shown)
