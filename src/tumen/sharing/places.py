"""In which cell is each location told?

A location is told in one cell for ever: that of the ledger, else that of its first point in a fixed order. Rows that
name the same location share its cell. A point of it that lies outside widens the stated radius by whole cells, so that
the radius tells no more of the point than the cell does.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from tumen.measure.geodesy import distances
from tumen.sharing.generalise import ASSUMED_UNCERTAINTY, QUANTA, UNITS, anchors, centres, radius, rounded_up
from tumen.sharing.ledger import Ledger
from tumen.tables import findings

LOCATED: Mapping[str, tuple[str, str]] = {
    "deployments": ("place", "deploymentID"),
    "sites": ("site", "siteID"),
    "samples": ("sample", "sampleID"),
    "searches": ("search", "searchID"),
    "health_events": ("health event", "eventID"),
}
"""Tables with coordinates that leave, the kind of location and the column that names it."""

POINTS = {"location": pl.String, "longitude": pl.Float64, "latitude": pl.Float64, "coordinateUncertainty": pl.Float64}
CELLS = {
    "location": pl.String,
    "column": pl.Int64,
    "row": pl.Int64,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "radius": pl.Float64,
}
"""A location, its finest cell (the owner's secret), and what is told: the centre of the cell and the radius (m)."""

WIDENING = 1.05
"""Cells of one grid are wider nearer to the equator; so much more, at most, in a neighbour (up to 70 degrees)."""


def location(name: str) -> pl.Expr:
    """Return the owner's word for the location of a row: of a camera that of its locationID, where it has one."""
    kind, key = LOCATED[name]
    own = pl.concat_str(pl.lit(kind + "/"), pl.col(key))
    if name == "deployments":
        return pl.coalesce(pl.concat_str(pl.lit("place/"), pl.col("locationID")), own)
    return own


def of_samples(samples: pl.DataFrame, placed: pl.DataFrame, category: int) -> pl.DataFrame:
    """Return what each sample is told: longitude, latitude, radius. `placed`: `CELLS`.

    A sample in the cell of its locationID or in the next is told as that location, with a radius that holds the cells
    around: samples of one place in several cells would tell where between them it lies. Any other has its own cell.
    """
    unit = UNITS[category]
    index = placed.with_columns(pl.col("column") // unit, pl.col("row") // unit)
    own = samples.select(own=location("samples"), place=pl.concat_str(pl.lit("place/"), pl.col("locationID")))
    for name, ending in (("own", ""), ("place", "_of")):
        renamed = index.rename({column: column + ending for column in CELLS if column != "location"})
        own = own.join(renamed, left_on=name, right_on="location", how="left", maintain_order="left")
    steps = pl.max_horizontal((pl.col("column") - pl.col("column_of")).abs(), (pl.col("row") - pl.col("row_of")).abs())
    wide = pl.col("radius_of") + pl.when(steps > 0).then(2 * WIDENING * pl.col("radius")).otherwise(0.0)
    both = pl.max_horizontal(wide, pl.when(steps == 0).then("radius").otherwise(0.0))
    near = (steps <= 1).fill_null(False)
    told = own.select(
        pl.when(near).then("longitude_of").otherwise("longitude").alias("longitude"),
        pl.when(near).then("latitude_of").otherwise("latitude").alias("latitude"),
        pl.when(near).then(both).otherwise("radius").alias("radius"),
    )
    around = rounded_up(told["radius"].fill_null(float("nan")).to_numpy().copy(), QUANTA[category])
    return told.with_columns(pl.Series("radius", around).fill_nan(None))


def points(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return every located row of the tables, in one order whatever their order was."""
    parts = [
        frame.select(
            location(name).alias("location"), "longitude", "latitude", pl.col("coordinateUncertainty").cast(pl.Float64)
        )
        for name, frame in tables.items()
        if name in LOCATED
    ]
    every = pl.concat([pl.DataFrame(schema=POINTS), *parts])
    # Not a number, or no place on Earth, is not a coordinate.
    lon, lat = pl.col("longitude"), pl.col("latitude")
    usable = (lon.abs() <= 180) & (lat.abs() <= 90) & ~((lon == 0) & (lat == 0))
    return every.filter(usable.fill_null(False)).unique().sort("location", "longitude", "latitude")


def cells(placed: pl.DataFrame, category: int, ledger: Ledger) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the cell of every location (`CELLS`) and findings on those that have moved since they were first told.

    `placed` are `points`. The radius holds every point of the location with its own uncertainty.
    """
    if placed.is_empty():
        return pl.DataFrame(schema=CELLS), findings.empty()
    lon, lat = placed["longitude"].to_numpy(), placed["latitude"].to_numpy()
    column, row = anchors(lon, lat)
    own = placed.with_columns(ownColumn=pl.Series(column), ownRow=pl.Series(row))
    first = own.unique("location", keep="first", maintain_order=True).select(
        "location", firstColumn="ownColumn", firstRow="ownRow"
    )
    own = own.join(first, on="location", how="left", maintain_order="left").join(
        ledger.cells(), on="location", how="left", maintain_order="left"
    )
    own = own.with_columns(column=pl.coalesce("column", "firstColumn"), row=pl.coalesce("row", "firstRow"))
    centre = centres(own["column"].to_numpy(), own["row"].to_numpy(), category)
    unit = UNITS[category]
    steps = pl.max_horizontal(
        (pl.col("ownColumn") // unit - pl.col("column") // unit).abs(),
        (pl.col("ownRow") // unit - pl.col("row") // unit).abs(),
    )
    again = (pl.col("firstColumn") // unit != pl.col("column") // unit) | (
        pl.col("firstRow") // unit != pl.col("row") // unit
    )
    stated = pl.col("coordinateUncertainty").fill_nan(None)
    own = own.with_columns(
        steps=steps,
        again=again,
        beyond=pl.when(stated >= 0).then(stated).otherwise(ASSUMED_UNCERTAINTY),
        apart=pl.Series(distances(*centre, lon, lat)),
        longitude=pl.Series(centre[0]),
        latitude=pl.Series(centre[1]),
    )
    told = own.group_by("location", maintain_order=True).agg(
        *(pl.col(name).first() for name in ("column", "row", "longitude", "latitude", "again")),
        pl.col("beyond").max(),
        pl.col("steps").max(),
        (pl.col("apart") + pl.col("beyond")).max().alias("least"),
    )
    at = told["longitude"].to_numpy(), told["latitude"].to_numpy()
    half = radius(*at, category, np.zeros(told.height))
    cells_away = told["steps"].to_numpy()
    wider = np.where(cells_away > 0, 2 * cells_away * WIDENING * half, 0.0)
    # Where even that does not hold a point, near a pole, what holds it counts.
    lacking = np.maximum(told["least"].to_numpy() - half - wider, 0.0)
    around = radius(*at, category, told["beyond"].to_numpy() + wider + lacking)
    found = findings.rows(
        "disclosed-location-moved",
        told.filter("again").select(pl.lit(None, dtype=pl.Int64).alias("row"), value="location"),
        table="",
        column="",
    )
    return told.with_columns(radius=pl.Series(np.asarray(around))).select(*CELLS), found
