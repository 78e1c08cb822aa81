"""Does a row stand alone? A single record of a species, or a single camera, tells of one place and one time."""

from collections.abc import Iterator

import polars as pl

from tumen.tables.findings import finding
from tumen.tables.package import Package

MONTH = 31
"""Camera-days below which a month of a country may be one camera's."""
WHEN = {"observations": "eventStart", "samples": "collectedOn", "health_events": "eventDate"}
"""Tables with species, and when their rows were recorded."""


def rare(disclosed: Package) -> Iterator[pl.DataFrame]:
    """Return findings on records that are alone in their cell and month, and on months of single cameras."""
    for name, when in WHEN.items():
        if name not in disclosed.tables:
            continue
        frame = disclosed.tables[name]
        if name == "observations":
            places = disclosed.table("deployments").select("deploymentID", "longitude", "latitude")
            frame = frame.select("scientificName", "deploymentID", when).join(places, on="deploymentID", how="left")
        usable = frame.drop_nulls(["scientificName", "longitude", "latitude"])
        by = ["scientificName", "longitude", "latitude", pl.col(when).dt.truncate("1mo").alias("month")]
        single = usable.group_by(by).len().filter(pl.col("len") == 1).height
        if single:
            yield finding("leak-rare", table=name, column="scientificName", count=single)
    if "camera_days" in disclosed.tables:
        few = disclosed.tables["camera_days"].filter(
            pl.col("deploymentID").is_null() & (pl.col("cameraDays") <= MONTH) & (pl.col("cameraDays") > 0)
        )
        if few.height:
            yield finding("leak-few-cameras", table="camera_days", column="cameraDays", count=few.height)
