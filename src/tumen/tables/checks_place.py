"""What a package can be asked once `tumen.measure` has put it on a map and on a clock.

Each function takes a table that was computed elsewhere and turns what is wrong in it into findings; no arithmetic of
places happens here.
"""

import polars as pl

from tumen.tables import findings
from tumen.tables.spelling import edits, looks


def country_findings(located: pl.DataFrame, table: str) -> list[pl.DataFrame]:
    """Judge the rows of a table against the country declared for them.

    `located` has per row of the table: row, longitude, latitude, declaredCountry, sideBasis, metresOutside (distance
    to the declared country), swappedInside (whether the exchanged coordinates lie in it).
    """
    zero = (pl.col("longitude") == 0) & (pl.col("latitude") == 0)
    conflict = located.filter((pl.col("sideBasis") == "conflict") & ~zero).with_columns(
        value=pl.concat_str("latitude", pl.lit(", "), "longitude"),
        country=pl.col("declaredCountry"),
        kilometres=(pl.col("metresOutside") / 1000).round(1),
    )
    swapped = conflict.filter(pl.col("swappedInside"))
    outside = conflict.filter(~pl.col("swappedInside") & pl.col("metresOutside").is_not_null())
    unmapped = conflict.filter(pl.col("metresOutside").is_null())
    # Only the side of a camera is asked for later.
    undecided = located.filter(pl.col("sideBasis") == "uncertain").height if table == "deployments" else 0
    found = [
        findings.rows("coordinates-swapped", swapped, table=table, column="latitude", arguments=("country",)),
        findings.rows(
            "coordinates-outside-country",
            outside,
            table=table,
            column="latitude",
            arguments=("country", "kilometres"),
        ),
    ]
    found.append(findings.rows("country-not-on-map", unmapped, table=table, column="latitude", arguments=("country",)))
    if undecided:
        found.append(findings.finding("country-undecided", table=table, column="latitude", count=undecided))
    return found


def moved_findings(places: pl.DataFrame) -> pl.DataFrame:
    """Name places with several coordinates. `places` has locationID and metresApart."""
    moved = places.select(
        row=pl.lit(None, dtype=pl.Int64), value="locationID", kilometres=(pl.col("metresApart") / 1000).round(1)
    )
    return findings.rows("location-moved", moved, table="deployments", column="locationID", arguments=("kilometres",))


def offset_findings(judged: pl.DataFrame, *, table: str, column: str) -> pl.DataFrame:
    """Judge recorded offsets. `judged` has row, value (the text), offset (as text), expected (as text), doubtful."""
    return findings.rows(
        "offset-doubtful",
        judged.filter(pl.col("doubtful")),
        table=table,
        column=column,
        arguments=("offset", "expected"),
    )


def pace_findings(steps: pl.DataFrame) -> pl.DataFrame:
    """Name individuals that were recorded in two places too far apart in too short a time.

    `steps` has individualID, leastDistance (m), elapsedHours, speed (km/h or null), impossible.
    """
    fast = steps.filter(pl.col("impossible")).select(
        row=pl.lit(None, dtype=pl.Int64),
        value="individualID",
        kilometres=(pl.col("leastDistance") / 1000).round(1),
        hours=pl.col("elapsedHours").round(2),
        speed=pl.when(pl.col("speed").is_null()).then(pl.lit("∞")).otherwise(pl.col("speed").round(0).cast(pl.String)),
    )
    return findings.rows(
        "individual-too-fast",
        fast,
        table="observations",
        column="individualID",
        arguments=("kilometres", "hours", "speed"),
    )


def sea_findings(points: pl.DataFrame, table: str) -> pl.DataFrame:
    """Name points of a table that are on no land.

    `points` has row, latitude, longitude, metresFromLand and the nearest country.
    """
    shown = points.with_columns(
        value=pl.concat_str("latitude", pl.lit(", "), "longitude"),
        kilometres=(pl.col("metresFromLand") / 1000).round(1),
    )
    return findings.rows("place-in-sea", shown, table=table, column="latitude", arguments=("kilometres", "country"))


LONG_NAME = 6
"""Letters a name needs for one of them to be a slip."""


def near_name_findings(pairs: pl.DataFrame) -> pl.DataFrame:
    """Name places close together whose names differ by one letter.

    `pairs` has row, value and other (names, in this order), metres. A digit that differs, or the last letter, tells
    stations and the cameras of one station apart: such names are let be.
    """
    slips = [_slip(one, other) for one, other in zip(pairs["value"].to_list(), pairs["other"].to_list(), strict=True)]
    found = pairs.filter(pl.Series(slips, dtype=pl.Boolean)).with_columns(pl.col("metres").round(0).cast(pl.Int64))
    return findings.rows(
        "location-names-near", found, table="deployments", column="locationID", arguments=("other", "metres")
    )


def _slip(one: str, other: str) -> bool:
    if min(len(one), len(other)) < LONG_NAME or one[-1] != other[-1]:
        return False
    if [letter for letter in one if letter.isdigit()] != [letter for letter in other if letter.isdigit()]:
        return False
    return looks(one) != looks(other) and edits(one, other, 1) == 1


def shared_name_findings(places: pl.DataFrame) -> pl.DataFrame:
    """Name names of several places. `places` has row, value (the name), count and metresApart."""
    shown = places.with_columns(kilometres=(pl.col("metresApart") / 1000).round(1))
    return findings.rows(
        "location-name-shared", shown, table="deployments", column="locationName", arguments=("count", "kilometres")
    )
