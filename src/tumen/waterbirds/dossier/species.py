"""Which species are worth naming in a sheet?  The largest counts, the threatened ones, and those that reach 1 %."""

import polars as pl

from tumen.waterbirds.verdict_lists import in_force

SPECIES: dict[str, pl.DataType | type[pl.DataType]] = {
    "country": pl.String,
    "place": pl.String,
    "scientificName": pl.String,
    "largest": pl.Int64,
    "day": pl.Date,
    "season": pl.String,
    "year": pl.Int64,
    "lists": pl.String,
    "criteria": pl.String,
    "noteworthy": pl.Boolean,
}
"""One row a place and species.

`largest`: the most birds that were surely there at one time (null: nobody knows); `day`, `season`, `year`: when.
`lists`: what lists of threatened species say on the day of the dossier, as "list: category" joined by |. `criteria`:
criteria that the species meets, provisionally meets or may meet, as "criterion: verdict" joined by |. `noteworthy`:
threatened, or with such a criterion.
"""

WATERBIRDS = "waterbirds"
"""The measure of the total of all waterbirds."""

THREATENED = ("CR", "EN", "VU", "listed")
OPEN = ("met", "provisional", "undecided")
"""Verdicts in their order, from the best; the others say nothing for a site."""


def species_of(
    places: tuple[str, ...], country: str, seasons: pl.DataFrame, verdicts: pl.DataFrame, status: pl.DataFrame
) -> pl.DataFrame:
    """Return the species of places (`SPECIES`), the noteworthy ones and the largest counts first.

    A species of which only missing seasons are known is no species of the site.
    """
    counted = seasons.filter(
        pl.col("place").is_in(places) & (pl.col("measure") != WATERBIRDS) & (pl.col("low").fill_null(0) > 0)
    )
    largest = counted.sort("low", "year", "season", descending=[True, True, False]).unique(
        ["place", "measure"], keep="first", maintain_order=True
    )
    named = largest.select("place", scientificName="measure", largest="low", day="date", season="season", year="year")
    joined = (
        named.join(_verdicts(verdicts), on=["place", "scientificName"], how="left")
        .join(_lists(country, status), on="scientificName", how="left")
        .with_columns(pl.lit(country).alias("country"), pl.col("lists").fill_null(""), pl.col("criteria").fill_null(""))
        .with_columns(noteworthy=(pl.col("criteria") != "") | (pl.col("lists") != ""))
    )
    ordered = joined.sort(
        "place", "noteworthy", "largest", "scientificName", descending=[False, True, True, False], nulls_last=True
    )
    return ordered.select(pl.col(name).cast(kind) for name, kind in SPECIES.items())


def _verdicts(verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return the best verdict of each criterion on a species, joined."""
    rank = pl.col("verdict").replace_strict({word: k for k, word in enumerate(OPEN)}, default=None)
    best = (
        verdicts.with_columns(rank=rank.cast(pl.Int64))
        .filter(pl.col("rank").is_not_null() & ~pl.col("measure").fill_null("").is_in(["", WATERBIRDS]))
        .filter(pl.col("counts").fill_null(value=True))
        .sort("place", "measure", "criterion", "rank")
        .unique(["place", "measure", "criterion"], keep="first", maintain_order=True)
    )
    said = pl.concat_str(pl.col("criterion"), pl.lit(": "), pl.col("verdict"))
    return best.group_by("place", scientificName="measure", maintain_order=True).agg(criteria=said.str.join("|"))


def _lists(country: str, status: pl.DataFrame) -> pl.DataFrame:
    """Return the newest category of each list that calls a species threatened, for the world or the country.

    Names and days are read as the verdicts read them; rows of later days were left out before.
    """
    here = status.filter(pl.col("countryCode").is_null() | (pl.col("countryCode") == country))
    categories = here.filter(~pl.col("category").is_in(("native", "introduced")))
    order = ["scientificName", "list", "countryCode", "category"]
    newest = in_force(categories.sort(order, nulls_last=True), None).filter(pl.col("category").is_in(THREATENED))
    newest = newest.sort("scientificName", "list", "countryCode", nulls_last=True)
    said = pl.concat_str(pl.col("list"), pl.lit(": "), pl.col("category"))
    return newest.group_by("scientificName", maintain_order=True).agg(
        lists=said.unique(maintain_order=True).str.join("|")
    )
