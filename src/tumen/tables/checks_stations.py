"""Do coordinates and names say what was meant?  Degrees and minutes, shared points, names that look the same."""

import polars as pl

from tumen.tables import findings
from tumen.tables.cast import NUMBER
from tumen.tables.package import Package
from tumen.tables.rows import ROW
from tumen.tables.schema import MISSING
from tumen.tables.spelling import looks

HEMISPHERE = r"(?:[NSEWnsew北南东東西]|[сСюЮвВзЗ]\.?\s*(?:[шдШД]\.?)?)?"
SEXAGESIMAL = (
    rf"^\s*{HEMISPHERE}\s*([+-]?\d{{1,3}})\s*(?:[°º˚dD度]|[:\s])\s*(\d{{1,2}}(?:[.,]\d+)?)"
    rf"(?:\s*(?:['′’`´m分]|[:\s])\s*(\d{{1,2}}(?:[.,]\d+)?)\s*(?:\"|″|”|''|′′|s|秒)?)?\s*['′’`´m分]?\s*{HEMISPHERE}\s*$"
)
"""Degrees, minutes and perhaps seconds, with or without signs and letters of a hemisphere, in the ways people write."""

DOTTED = r"^(\D*\d{1,3})\.(\d{1,2})\."
"""Degrees and minutes with a dot after each, as in 43.60.15."""

SAME_POINT = 3
"""Places at one very point that are a mistake; two may be the two cameras of one station."""

ROUNDED = 1000
"""Metres of uncertainty from which coordinates are taken to be rounded on purpose, so that places may share them."""

POINTS = 20
"""Places needed before decimals are judged: by chance all of so many pairs of pairs are below 60 once in 10^9."""

VARIED = 10
"""Different second pairs of decimals needed: coordinates rounded to a grid have few, and they may all be small."""


def check(package: Package) -> list[pl.DataFrame]:
    """Return the findings about how coordinates and names of places are written."""
    found = []
    for table, received in package.received.items():
        for column in {"latitude", "longitude"} & set(received.columns):
            found += _sexagesimal(received[column], table, column)
    return [*found, *_shared(package), *_minutes_as_decimals(package), *_alike(package)]


def _sexagesimal(cells: pl.Series, table: str, column: str) -> list[pl.DataFrame]:
    """Find cells that are no number because they are degrees and minutes."""
    odd = (
        pl.DataFrame({"value": cells})
        .with_columns(ROW)
        .filter(pl.col("value").is_not_null() & ~pl.col("value").is_in(MISSING) & ~pl.col("value").str.contains(NUMBER))
        .with_columns(parts=pl.col("value").str.replace(DOTTED, "$1:$2:").str.extract_groups(SEXAGESIMAL))
        .with_columns(
            pl.col("parts").struct.field(str(n + 1)).str.replace(",", ".", literal=True).cast(pl.Float64).alias(name)
            for n, name in enumerate(("degrees", "minutes", "seconds"))
        )
        .filter(pl.col("minutes").is_not_null(), pl.col("degrees").abs() <= 180)
    )
    part = pl.when(pl.col("minutes") >= 60).then("minutes").when(pl.col("seconds") >= 60).then("seconds")
    magnitude = pl.col("degrees").abs() + pl.col("minutes") / 60 + pl.col("seconds").fill_null(0) / 3600
    below = pl.col("value").str.contains(r"^\s*-|[SWsw南西]|[юЮзЗ]")
    judged = odd.with_columns(
        part=part.map_elements(lambda number: f"{number:g}", return_dtype=pl.String),
        decimal=pl.when(below).then(-magnitude).otherwise(magnitude).round(6),
    )
    return [
        findings.rows(
            "coordinates-degrees-minutes",
            judged.filter(pl.col("part").is_null()),
            table=table,
            column=column,
            arguments=("decimal",),
        ),
        findings.rows(
            "coordinates-no-such-minute",
            judged.filter(pl.col("part").is_not_null()),
            table=table,
            column=column,
            arguments=("part",),
        ),
    ]


def _shared(package: Package) -> list[pl.DataFrame]:
    """Find points at which several places are said to be."""
    points = (
        package.table("deployments")
        .with_columns(ROW)
        .filter(pl.all_horizontal(pl.col("locationID", "latitude", "longitude").is_not_null()))
        .filter(pl.col("coordinateUncertainty").fill_null(0) < ROUNDED)
        .filter((pl.col("latitude") != 0) | (pl.col("longitude") != 0))
        .group_by("latitude", "longitude")
        .agg(pl.col("locationID").unique().sort(), pl.col("row").min())
        .with_columns(count=pl.col("locationID").list.len())
        .filter(pl.col("count") >= SAME_POINT)
        .sort("row")
    )
    few = pl.col("locationID").list.head(10).list.join(", ")
    shown = points.with_columns(
        value=pl.concat_str("latitude", pl.lit(", "), "longitude"),
        places=pl.when(pl.col("count") > 10).then(few + ", …").otherwise(few),
    )
    return [
        findings.rows(
            "coordinates-shared", shown, table="deployments", column="latitude", arguments=("count", "places")
        )
    ]


def _minutes_as_decimals(package: Package) -> list[pl.DataFrame]:
    """Doubt coordinates in which no pair of decimals is ever 60 or more, as minutes and seconds never are."""
    received = package.received.get("deployments")
    if received is None or not {"latitude", "longitude"} <= set(received.columns):
        return []
    points = received.select("latitude", "longitude").unique(maintain_order=True)
    pairs = points.with_columns(
        pl.col(column).str.extract(r"^[+-]?\d{1,3}\.(\d{3,})$").str.pad_end(4, "0").alias("\x00" + column)
        for column in ("latitude", "longitude")
    ).drop_nulls()
    if pairs.height < POINTS or pairs.height < points.drop_nulls().height:
        return []
    for column in ("\x00latitude", "\x00longitude"):
        minutes = pairs[column].str.slice(0, 2).cast(pl.Int64)
        seconds = pairs[column].str.slice(2, 2).cast(pl.Int64)
        if (minutes >= 60).any() or (seconds >= 60).any() or seconds.n_unique() < VARIED:
            return []
    first = pairs.sort("latitude", "longitude").row(0, named=True)
    value = f"{first['latitude']}, {first['longitude']}"
    code = "coordinates-minutes-as-decimals"
    return [findings.finding(code, table="deployments", column="latitude", value=value, count=pairs.height)]


def _alike(package: Package) -> list[pl.DataFrame]:
    """Find places whose identifiers look the same to the eye and are different to a computer."""
    places = (
        package.table("deployments")
        .select(ROW, "locationID")
        .drop_nulls()
        .unique("locationID", keep="first", maintain_order=True)
    )
    looking = places.with_columns(
        pl.col("locationID").map_elements(looks, return_dtype=pl.String, skip_nulls=True).alias("look")
    ).with_columns(other=pl.col("locationID").min().over("look"))
    # An identifier without a letter or digit looks like nothing.
    found = looking.filter((pl.col("other") != pl.col("locationID")) & (pl.col("look") != "")).with_columns(
        value="locationID"
    )
    return [
        findings.rows("location-names-alike", found, table="deployments", column="locationID", arguments=("other",))
    ]
