"""Can these lives have been lived?  Ages, mothers, births and deaths, held against each other and the records."""

import polars as pl

from tumen.tables import findings
from tumen.tables.detections import detections
from tumen.tables.package import Package
from tumen.tables.rows import ROW
from tumen.tables.taxa import resolve

GROWN = ("adult", "subadult")
A_DAY = pl.duration(days=1)
"""Birth and death are local days, records are UTC instants: a day apart they contradict nothing."""


def check(package: Package) -> list[pl.DataFrame]:
    """Return the findings about ages, mothers, births and deaths."""
    found = [*_mothers(package), *_dead_before_born(package)]
    dated = package.table("individuals").filter(pl.any_horizontal(pl.col("birthDate", "deathDate").is_not_null()))
    staged = package.table("observations")["lifeStage"].null_count() < package.table("observations").height
    if dated.height or staged:
        seen = detections(package).filter(pl.col("certainty").ne_missing("possible"))
        found += [*_grew_younger(seen), *_outlived(seen, package)]
    return found


def _dead_before_born(package: Package) -> list[pl.DataFrame]:
    broken = (
        package.table("individuals")
        .with_columns(ROW)
        .filter(pl.col("deathDate") < pl.col("birthDate"))
        .select("row", "birthDate", value="deathDate")
    )
    return [
        findings.rows("death-before-birth", broken, table="individuals", column="deathDate", arguments=("birthDate",))
    ]


def _mothers(package: Package) -> list[pl.DataFrame]:
    """Hold every animal against the one that is given as its mother."""
    listed = package.table("individuals").with_columns(ROW)
    mothers = listed.unique("individualID", keep="first").select(
        motherID="individualID",
        motherSpecies="scientificName",
        motherSex="sex",
        motherBirthDate="birthDate",
        motherDeathDate="deathDate",
    )
    pairs = (
        listed.filter(pl.col("motherID").is_not_null())
        .join(mothers, on="motherID", how="inner", maintain_order="left")
        .rename({"individualID": "individual", "scientificName": "species"})
        .with_columns(value="motherID")
    )
    itself = pl.col("individual") == pl.col("motherID")
    other = pairs.filter(~itself)
    young = other.filter(pl.col("motherBirthDate") >= pl.col("birthDate"))
    dead = other.filter(pl.col("motherDeathDate") < pl.col("birthDate"))
    male = other.filter(pl.col("motherSex") == "male")
    strange = other.filter(species(pl.col("motherSpecies")) != species(pl.col("species")))
    judged = (
        ("mother-itself", pairs.filter(itself), ()),
        ("mother-male", male, ("individual",)),
        ("mother-not-older", young, ("individual", "motherBirthDate", "birthDate")),
        ("mother-dead-at-birth", dead, ("individual", "motherDeathDate", "birthDate")),
        ("mother-other-species", strange, ("individual", "motherSpecies", "species")),
    )
    return [
        findings.rows(code, frame, table="individuals", column="motherID", arguments=arguments)
        for code, frame, arguments in judged
    ]


def species(names: pl.Expr) -> pl.Expr:
    """Return the accepted species of names, two words each: a subspecies or a synonym is no other species.

    >>> names = pl.Series("name", ["Panthera tigris altaica", "Uncia uncia irbis", "Puma concolor"])
    >>> names.to_frame().select(species(pl.col("name")))["name"].to_list()
    ['Panthera tigris', 'Panthera uncia', 'Puma concolor']
    """
    return names.map_elements(_species, return_dtype=pl.String)


def _species(name: str) -> str:
    first = " ".join(name.split()[:2])
    # A subspecies that is not in the list may stand under a species that is.
    known = resolve(name).accepted or resolve(first).accepted or first
    return " ".join(known.split()[:2])


def _grew_younger(seen: pl.DataFrame) -> list[pl.DataFrame]:
    """Find animals that are juvenile a day or more after they were not; an adult after a subadult is let be.

    Observers differ about subadults and adults. Between a juvenile and either of them nobody does for long.
    """
    staged = seen.filter(pl.col("lifeStage").is_not_null()).sort("eventStart", "detectionID")
    grown = (
        staged.filter(pl.col("lifeStage").is_in(GROWN))
        .group_by("individualID", maintain_order=True)
        .agg(pl.col("eventStart").first().alias("grown"), pl.col("lifeStage").first())
    )
    later = (
        staged.filter(lifeStage="juvenile")
        .drop("lifeStage")
        .join(grown, on="individualID", how="inner", maintain_order="left")
        .filter(pl.col("eventStart") - pl.col("grown") >= A_DAY)
        .unique("individualID", keep="first", maintain_order=True)
        .sort("individualID")
        .select(
            "lifeStage",
            row=pl.lit(None, dtype=pl.Int64),
            value="individualID",
            juvenileOn=pl.col("eventStart").dt.date(),
            grownOn=pl.col("grown").dt.date(),
        )
    )
    return [
        findings.rows(
            "individual-grew-younger",
            later,
            table="observations",
            column="lifeStage",
            arguments=("lifeStage", "juvenileOn", "grownOn"),
        )
    ]


def _outlived(seen: pl.DataFrame, package: Package) -> list[pl.DataFrame]:
    """Find animals that were recorded before their birth or after their death."""
    listed = (
        package.table("individuals")
        .with_columns(ROW)
        .unique("individualID", keep="first", maintain_order=True)
        .select("row", "individualID", "birthDate", "deathDate")
    )
    records = seen.select("individualID", "eventStart").join(listed, on="individualID", how="inner")
    day = pl.col("eventStart").dt.date()
    after = records.filter(day > pl.col("deathDate") + A_DAY)
    before = records.filter(day < pl.col("birthDate") - A_DAY)
    return [
        _times("seen-after-death", after, "deathDate"),
        _times("seen-before-birth", before, "birthDate"),
    ]


def _times(code: str, records: pl.DataFrame, column: str) -> pl.DataFrame:
    counted = (
        records.group_by("individualID", "row", column)
        .agg(pl.len().alias("count"), pl.col("eventStart").min().dt.date().alias("seenOn"))
        .sort("row")
        .with_columns(value="individualID")
    )
    return findings.rows(code, counted, table="individuals", column=column, arguments=(column, "count", "seenOn"))
