"""What a careful reader must know about an answer on crossings."""

from collections.abc import Iterator, Mapping

import polars as pl

from tumen.crossings.parameters import CrossingParameters
from tumen.tables.answer import Note


def cautions(
    tables: Mapping[str, pl.DataFrame], usable: pl.DataFrame, looked: pl.DataFrame, parameters: CrossingParameters
) -> list[Note]:
    """Return the notes that the six tables call for.

    `usable` are the detections they were made from, `looked` is from `tumen.crossings.joint.looked_at`.
    """
    return [
        *_effort(usable, looked),
        *_sides(tables),
        *_stages(tables["individuals"]),
        *_limits(tables, parameters),
    ]


def _effort(usable: pl.DataFrame, looked: pl.DataFrame) -> Iterator[Note]:
    tracking = usable.filter(pl.col("source") == "position")["party"].unique().sort()
    if tracking.len():
        yield Note("effort-unknown", {"parties": ", ".join(tracking)})
    by_species = (
        usable.select("scientificName")
        .unique()
        .join(
            looked.filter("looked").group_by("scientificName").agg(pl.col("countryCode").sort()),
            on="scientificName",
            how="left",
            nulls_equal=True,
        )
    )
    for species, countries in by_species.sort("scientificName").iter_rows():
        if countries is None:
            yield Note("no-side-surveyed", {"species": species or "?"})
        elif len(countries) == 1:
            yield Note("one-side-surveyed", {"species": species or "?", "country": countries[0]})


def _sides(tables: Mapping[str, pl.DataFrame]) -> Iterator[Note]:
    met = tables["encounters"].filter(pl.col("countryCode").is_null())
    uncertain = met.filter(pl.col("possibleCountries").fill_null("") != "").height
    if uncertain:
        yield Note("sides-uncertain", {"encounters": uncertain})
    if met.height > uncertain:
        yield Note("encounters-in-no-country", {"encounters": met.height - uncertain})
    hidden = int(tables["individuals"]["crossings"].sum()) - tables["crossings"].height
    if hidden:
        yield Note("crossings-unlisted", {"crossings": hidden})


def _stages(individuals: pl.DataFrame) -> Iterator[Note]:
    unknown = individuals.filter(pl.col("stage") == "unknown").height
    if unknown:
        yield Note("stage-unknown", {"individuals": unknown})


def _limits(tables: Mapping[str, pl.DataFrame], parameters: CrossingParameters) -> Iterator[Note]:
    impossible = tables["crossings"].filter("impossible").height
    if impossible:
        yield Note("crossings-impossible", {"crossings": impossible, "speed": f"{parameters.max_speed:g}"})
    unwatched = tables["individuals"].filter(pl.col("status") == "crossedOnce").height
    if unwatched:
        yield Note("crossed-once", {"individuals": unwatched})
    yield Note(
        "limits-declared",
        {
            "speed": f"{parameters.max_speed:g}",
            "reach": f"{parameters.reach / 1000:g}",
            "days": f"{parameters.watch_days:g}",
        },
    )
