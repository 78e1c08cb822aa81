"""How many are there on each side, on both, and together?

The joint table counts every joint identity once. It sets beside that what adding the national lists, or the parties'
lists, would have given: an animal that lives on both sides stands in both lists. Cubs are counted apart; an individual
whose stage was never recorded counts with the adults, and a note says how many there are.

A country where no camera worked and no animal of the species was tracked has no count: null, never 0.
"""

import polars as pl

from tumen.measure.intervals import wilson

JOINT: dict[str, pl.DataType | type[pl.DataType]] = {
    "scientificName": pl.String,
    "stage": pl.String,
    "area": pl.String,
    "individuals": pl.Int64,
}
"""One row per species, stage and area. Areas: each country ("RU", everyone seen there), each combination that occurs
("CN|RU", those seen in exactly these), "union" (everyone), "sideUnknown" (those without a certain side)."""

SUMMARY: dict[str, pl.DataType | type[pl.DataType]] = {
    "scientificName": pl.String,
    "stage": pl.String,
    "union": pl.Int64,
    "onBothSides": pl.Int64,
    "share": pl.Float64,
    "shareLow": pl.Float64,
    "shareHigh": pl.Float64,
    "addingCountries": pl.Int64,
    "addingParties": pl.Int64,
    "excessCountries": pl.Int64,
    "excessParties": pl.Int64,
    "crossings": pl.Int64,
    "crossingsHigh": pl.Int64,
}
"""One row per species and stage. `share` is `onBothSides` of `union` with its Wilson 95 % interval; both are null where
fewer than two countries were surveyed. The excesses are what the lists added count too much: those on a certain side
counted again for each further country, and everyone counted again for each further party."""

SURVEYED: dict[str, pl.DataType | type[pl.DataType]] = {"countryCode": pl.String, "cameraDays": pl.Float64}
"""Countries of the study and the camera-days in them; 0 or null where none are known."""

GROUP = ["scientificName", "stage"]


def counted_stage() -> pl.Expr:
    """Return the stage an individual is counted under: cub, or adult (which an unknown stage counts with)."""
    return pl.when(pl.col("stage") == "cub").then(pl.lit("cub")).otherwise(pl.lit("adult")).alias("stage")


def looked_at(surveyed: pl.DataFrame, individuals: pl.DataFrame) -> pl.DataFrame:
    """Return for each species and country whether an animal could have shown there.

    It could where cameras worked, and where the species was in fact seen, by a camera of unknown effort or by its
    track. Columns: scientificName, countryCode, looked.
    """
    seen = individuals.select("scientificName", countryCode=pl.col("countries").str.split("|")).explode("countryCode")
    seen = seen.filter(pl.col("countryCode") != "").unique().with_columns(looked=True)
    species = individuals.select("scientificName").unique()
    worked = surveyed.group_by("countryCode").agg(looked=(pl.col("cameraDays") > 0).fill_null(False).any())
    every = species.join(worked, how="cross")
    return (
        pl.concat([every.select(seen.columns), seen])
        .group_by("scientificName", "countryCode")
        .agg(pl.any("looked"))
        .sort("scientificName", "countryCode")
    )


def joint_table(individuals: pl.DataFrame, looked: pl.DataFrame) -> pl.DataFrame:
    """Return how many individuals each area holds. Columns: those of `JOINT`."""
    rows = individuals.with_columns(counted_stage())
    groups = rows.select(GROUP).unique()
    split = rows.with_columns(country=pl.col("countries").str.split("|"))
    single = (
        groups.join(looked, on="scientificName", nulls_equal=True)
        .join(
            split.explode("country").group_by(*GROUP, countryCode="country").agg(individuals=pl.len()),
            on=[*GROUP, "countryCode"],
            how="left",
            nulls_equal=True,
        )
        .select(*GROUP, area="countryCode", individuals=pl.when("looked").then(pl.col("individuals").fill_null(0)))
    )
    several = (
        rows.filter(pl.col("countries").str.contains("|", literal=True))
        .group_by(*GROUP, area="countries")
        .agg(individuals=pl.len())
    )
    whole = rows.group_by(GROUP).agg(union=pl.len(), sideUnknown=(pl.col("countries") == "").sum())
    areas = [
        frame.select(*GROUP, "area", pl.col("individuals").cast(pl.Int64)).with_columns(kind=pl.lit(kind))
        for kind, frame in enumerate((single, several, *(_area(whole, name) for name in ("union", "sideUnknown"))))
    ]
    return pl.concat(areas).sort(*GROUP, "kind", "area").select(*JOINT)


def _area(whole: pl.DataFrame, name: str) -> pl.DataFrame:
    return whole.select(*GROUP, area=pl.lit(name), individuals=name)


def summary(individuals: pl.DataFrame, parties: pl.DataFrame, looked: pl.DataFrame) -> pl.DataFrame:
    """Return one row per species and stage. Columns: those of `SUMMARY`.

    `parties`: individualID, party, one row for each party that saw an individual.
    """
    saw = parties.group_by("individualID").agg(parties=pl.col("party").n_unique())
    sides = looked.filter("looked").group_by("scientificName").agg(sides=pl.len())
    countries = pl.when(pl.col("countries") == "").then(0).otherwise(pl.col("countries").str.count_matches(r"\|") + 1)
    rows = (
        individuals.with_columns(counted_stage(), seenIn=countries.cast(pl.Int64))
        .join(saw, on="individualID", how="left")
        .group_by(GROUP)
        .agg(
            union=pl.len().cast(pl.Int64),
            both=(pl.col("seenIn") > 1).sum().cast(pl.Int64),
            certain=(pl.col("seenIn") > 0).sum().cast(pl.Int64),
            addingCountries=pl.sum("seenIn"),
            addingParties=pl.sum("parties").cast(pl.Int64),
            crossings=pl.sum("crossings"),
            crossingsHigh=pl.sum("crossingsHigh"),
        )
        .join(sides, on="scientificName", how="left", nulls_equal=True)
        .sort(GROUP)
        .with_columns(
            onBothSides=pl.when(pl.col("sides") > 1).then("both"),
            excessCountries=pl.col("addingCountries") - pl.col("certain"),
            excessParties=pl.col("addingParties") - pl.col("union"),
        )
    )
    bounds = [
        (None, None) if both is None else wilson(both, union)
        for both, union in rows["onBothSides", "union"].iter_rows()
    ]
    return rows.with_columns(
        share=pl.col("onBothSides") / pl.col("union"),
        shareLow=pl.Series([low for low, _ in bounds], dtype=pl.Float64),
        shareHigh=pl.Series([high for _, high in bounds], dtype=pl.Float64),
    ).select(*SUMMARY)
