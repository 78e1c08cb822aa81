"""Encounters that an owner derived, as the detections that crossings are counted from.

A view at the level `crossing` tells of an encounter the days, the side of the border and the distance to it, and no
place. Each becomes one detection from midnight of its first to midnight of its last day, at a place of its own, for
which place it was nobody says; its owner has already brought detections together.
"""

import polars as pl

from tumen.measure.sides import SIDES
from tumen.tables.detections import DETECTIONS
from tumen.tables.package import Package
from tumen.tables.schema import UTC

MET: dict[str, pl.DataType | type[pl.DataType]] = {**DETECTIONS, **SIDES}
"""Detections with their sides."""


def has(package: Package) -> bool:
    """Say whether a package tells encounters."""
    return package.table("encounters").height > 0


def met(package: Package) -> pl.DataFrame:
    """Return the encounters of a package as detections with sides (`MET`), under the party's own names.

    `borderDistance` is what the owner told, the true distance rounded up to a step; its lower bound is one step less.
    A country that is certain was decided by the owner; where several are possible, none is taken.
    """
    frame = package.table("encounters")
    country, distance = pl.col("countryCode"), pl.col("borderDistance")
    nothing = pl.lit(None, dtype=pl.Float64)
    return frame.drop_nulls(["individualID", "startDate"]).select(
        pl.col("encounterID").alias("detectionID"),
        pl.lit(package.party).alias("party"),
        "individualID",
        "scientificName",
        "sex",
        "lifeStage",
        # Names that are only possible stay with their owner.
        pl.lit(None, dtype=pl.String).alias("certainty"),
        pl.col("startDate").cast(UTC).alias("eventStart"),
        pl.max_horizontal("startDate", "endDate").cast(UTC).alias("eventEnd"),
        pl.concat_str(pl.lit(package.party + "/"), "encounterID").alias("place"),
        pl.lit(None, dtype=pl.String).alias("deploymentID"),
        nothing.alias("longitude"),
        nothing.alias("latitude"),
        nothing.alias("coordinateUncertainty"),
        pl.lit(None, dtype=pl.String).alias("declaredCountry"),
        "source",
        "countryCode",
        pl.coalesce("possibleCountries", country, pl.lit("")).alias("possibleCountries"),
        pl.when(country.is_not_null()).then(pl.lit("position")).otherwise(pl.lit("uncertain")).alias("sideBasis"),
        distance.alias("borderDistance"),
        (distance - pl.col("borderStep").fill_null(0.0)).clip(0.0).alias("borderDistanceLow"),
        distance.alias("borderDistanceHigh"),
    )


def days_by_country(package: Package) -> pl.DataFrame:
    """Return the camera-days that a package tells: countryCode, month (its first instant), days."""
    return package.table("camera_days").select(
        "countryCode", pl.col("month").cast(UTC), pl.col("cameraDays").cast(pl.Float64).alias("days")
    )
