"""Does a threatened species occur here?  The part of Ramsar's second criterion that a list decides."""

import datetime as dt

import polars as pl

from tumen.waterbirds.birds import accepted
from tumen.waterbirds.levels import THREATENED, WATERBIRDS
from tumen.waterbirds.verdict_rows import shaped

ORIGINS = ("native", "introduced")
"""The categories that say where a species comes from."""

LISTED: dict[str, pl.DataType | type[pl.DataType]] = {
    "place": pl.String,
    "kind": pl.String,
    "measure": pl.String,
    "list": pl.String,
    "category": pl.String,
    "countryCode": pl.String,
    "assessedOn": pl.Date,
    "source": pl.String,
    "seasons": pl.Int64,
    "largest": pl.Int64,
    "visits": pl.String,
}
"""The evidence: which list has which species how, since when, in how many seasons it was seen, and most of it where."""


def in_force(status: pl.DataFrame, assessed: dt.date | None) -> pl.DataFrame:
    """Return of each list the newest category of each species that was in force on a day (without one: the newest).

    Names become the accepted ones, by which species are counted. A row without a day stands where no dated one does.

    >>> from tumen.tables.protocol import TABLES
    >>> crane = {"scientificName": "Grus vipio", "list": "IUCN", "category": "VU", "source": "x"}
    >>> status = pl.concat([TABLES["species_status"].empty(), pl.DataFrame([crane])], how="diagonal")
    >>> in_force(status, dt.date(2020, 1, 1)).select("scientificName", "category").rows()
    [('Antigone vipio', 'VU')]
    """
    names = {name: accepted(name) for name in status["scientificName"].drop_nulls().unique()}
    named = status.with_columns(pl.col("scientificName").replace(names))
    there = pl.col("assessedOn").is_null() | (
        pl.lit(value=True) if assessed is None else pl.col("assessedOn") <= assessed
    )
    each = ["scientificName", "list", "countryCode"]
    ordered = named.filter(there).sort("assessedOn", nulls_last=False, maintain_order=True)
    return ordered.unique(each, keep="last", maintain_order=True)


def known_to(measure: pl.Expr, status: pl.DataFrame, assessed: dt.date | None) -> pl.Expr:
    """Return whether a list in force has a measure, or the species of which it is a subspecies."""
    names = in_force(status, assessed)["scientificName"].implode()
    return measure.is_in(names) | measure.str.split(" ").list.head(2).list.join(" ").is_in(names)


def listed(seasons: pl.DataFrame, places: pl.DataFrame, status: pl.DataFrame, assessed: dt.date | None) -> pl.DataFrame:
    """Return the species of the three threatened categories that were recorded at each place, with their evidence.

    A category that holds for one country counts at places of that country alone (`countryCode` of `places`, several
    separated by |); one without a country counts everywhere.
    """
    # Whether a species is native says nothing of whether it is threatened, in whatever list it stands.
    threatened = in_force(status.filter(~pl.col("category").is_in(ORIGINS)), assessed).filter(
        pl.col("category").is_in(THREATENED)
    )
    seen = (
        seasons.filter(
            pl.col("low") >= 1,
            pl.col("measure") != WATERBIRDS,
            pl.col("measure").is_in(threatened["scientificName"].unique().implode()),
        )
        .sort("low", descending=True, maintain_order=True)
        .group_by("place", "kind", "measure", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("seasons"), pl.col("low").max().alias("largest"), pl.col("visits").first())
    )
    found = seen.join(threatened.rename({"scientificName": "measure"}), on="measure", how="inner")
    own = places.select("place", "kind", _countries(places).alias("own"))
    here = pl.col("countryCode").is_null() | pl.col("own").list.contains(pl.col("countryCode")).fill_null(value=False)
    held = found.join(own, on=["place", "kind"], how="left").filter(here)
    return held.select(pl.col(name).cast(kind) for name, kind in LISTED.items()).sort("place", "measure", "list")


def _countries(places: pl.DataFrame) -> pl.Expr:
    if "countryCode" not in places.columns:
        return pl.lit(None, dtype=pl.List(pl.String))
    return pl.col("countryCode").cast(pl.String).str.split("|")


def of_lists(places: pl.DataFrame, found: pl.DataFrame, unlisted: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the second criterion: one a listed species, or one a place without any.

    Whether presence is regular is not asked; `seasons` says in how many it was seen. Where no listed species was
    recorded, nothing is denied: other animals, plants and communities count too, and need a statement; where species
    of the counts are in no list (`unlisted`: place, kind), the list itself is missing.
    """
    species = found.group_by("place", "kind", "measure", maintain_order=True).agg(
        pl.col("list").unique(maintain_order=True).str.join("|").alias("edition"),
        pl.col("seasons").first(),
        pl.col("seasons").first().alias("reached"),
        pl.col("largest").first(),
    )
    met = species.with_columns(verdict=pl.lit("met"), way=pl.lit("list"), basis=pl.lit("published"))
    position = ["place", "kind"]
    others = places.select(position).join(species, on=position, how="anti")
    missing = others.join(unlisted, on=position, how="semi").with_columns(
        verdict=pl.lit("undecided"), reason=pl.lit("listMissing")
    )
    rest = others.join(unlisted, on=position, how="anti").with_columns(
        verdict=pl.lit("needsStatement"), reason=pl.lit("noListedSpecies")
    )
    parts = [shaped(part.with_columns(criterion=pl.lit("R2"))) for part in (met, missing, rest)]
    return pl.concat(parts)
