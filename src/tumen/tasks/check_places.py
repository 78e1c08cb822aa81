"""Hold the places of a package against each other and against a map."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from tumen.measure.geodesy import distances, square_kilometres
from tumen.measure.neighbours import near_pairs
from tumen.tables import checks_place, checks_places
from tumen.tables.detections import declared_country
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.rows import ROW, numbered

if TYPE_CHECKING:
    from tumen.tasks.area import Area

SAME_PLACE = 200.0
"""Metres, besides what their uncertainties allow, that the coordinates of one place may differ by."""


def place_findings(package: Package, area: "Area | None") -> list[pl.DataFrame]:
    """Return what is wrong with the places of a package; countries and land are asked only where an area is given."""
    found = [_moved(package), *_near_names(package), *_sites(package), *_areas(package)]
    if area is not None:
        for table, declared in _declared(package).items():
            if package.table(table).height:
                found += _countries(package, area, table, declared)
    return found


PLACED = ("searches", "samples", "health_events", "sites")
"""Tables besides deployments whose rows have coordinates and a `countryCode`."""


def _declared(package: Package) -> dict[str, pl.Expr]:
    """Return the tables whose rows stand somewhere, and the country that is declared for each of their rows."""
    code = pl.col("countryCode")
    # A code that is none has its finding; it is no reason to take another country for the declared one.
    own = (
        pl.when(code.is_null())
        .then(pl.lit(package.country, dtype=pl.String))
        .when(code.str.contains("^[A-Z]{2}$"))
        .then(code)
    )
    return {"deployments": declared_country(package), **dict.fromkeys(PLACED, own)}


def _sites(package: Package) -> list[pl.DataFrame]:
    """Find sites of one name at coordinates too far apart to be one site."""
    if "sites" not in package.tables:
        return []
    pairs = checks_places.namesakes(package)
    ends = ("longitude", "latitude", "otherLongitude", "otherLatitude")
    metres = distances(*(pairs[name].to_numpy() for name in ends))
    return [checks_places.namesake_findings(pairs.with_columns(metresApart=pl.Series(metres, dtype=pl.Float64)))]


def _areas(package: Package) -> list[pl.DataFrame]:
    """Hold the reported areas of protected areas against those of their outlines."""
    if "areas" not in package.tables:
        return []
    rows = numbered(package, TABLES["areas"]).filter(pl.col("geometry").is_not_null(), pl.col("reportedArea") > 0)
    # An outline that is none has its own finding.
    shapes = [shapely.from_wkt(text, on_invalid="ignore") for text in rows["geometry"]]
    computed = [
        square_kilometres(shape) if shape is not None and shapely.is_valid(shape) and _on_earth(shape) else None
        for shape in shapes
    ]
    frame = rows.select("areaID", "row", "reportedArea", computedArea=pl.Series(computed, dtype=pl.Float64))
    return checks_places.area_findings(frame)


def _on_earth(shape: BaseGeometry) -> bool:
    west, south, east, north = shape.bounds
    return (
        shape.geom_type in ("Polygon", "MultiPolygon") and west >= -180 and east <= 180 and south >= -90 and north <= 90
    )


def _moved(package: Package) -> pl.DataFrame:
    """Find places whose deployments stand at coordinates too far apart to be one place."""
    points = (
        package.table("deployments")
        .select("locationID", "longitude", "latitude", pl.col("coordinateUncertainty").fill_null(0))
        .drop_nulls()
        # Coordinates that are no place have their own finding; a distance to them is none.
        .filter(pl.col("latitude").abs() <= 90)
        .unique()
    )
    pairs = points.join(points, on="locationID", suffix="_other")
    ends = ("longitude", "latitude", "longitude_other", "latitude_other")
    metres = distances(*(pairs[name].to_numpy() for name in ends))
    allowed = SAME_PLACE + pl.col("coordinateUncertainty") + pl.col("coordinateUncertainty_other")
    apart = pairs.with_columns(metresApart=pl.Series(metres, dtype=pl.Float64)).filter(pl.col("metresApart") > allowed)
    return checks_place.moved_findings(apart.group_by("locationID").agg(pl.col("metresApart").max()).sort("locationID"))


def _countries(package: Package, area: "Area", table: str, declared: pl.Expr) -> list[pl.DataFrame]:
    """Hold every row of a table against the country declared for it, and against land."""
    located = area.locate(
        package.table(table).with_columns(
            ROW,
            declared.alias("declaredCountry"),
            coordinateUncertainty=pl.col("coordinateUncertainty").cast(pl.Float64),
        )
    )
    lon, lat = located["longitude"].to_numpy(), located["latitude"].to_numpy()
    metres, swapped = np.full(located.height, np.nan), np.zeros(located.height, dtype=np.bool_)
    conflict = located["sideBasis"] == "conflict"
    for code in area.countries.codes:
        here = (conflict & (located["declaredCountry"] == code).fill_null(False)).to_numpy()
        if here.any():
            metres[here] = area.countries.distances(code, lon[here], lat[here])
            swapped[here] = area.countries.contains(code, lat[here], lon[here])
    judged = checks_place.country_findings(
        located.with_columns(pl.Series("metresOutside", metres).fill_nan(None), pl.Series("swappedInside", swapped)),
        table,
    )
    return [*judged, _at_sea(located, area, table)]


def _at_sea(located: pl.DataFrame, area: "Area", table: str) -> pl.DataFrame:
    """Find places farther from all land than they, the map and a river's or a pond's bank can be wrong."""
    placed = located.filter(
        pl.col("longitude").is_between(-180, 180),
        pl.col("latitude").is_between(-90, 90),
        (pl.col("longitude") != 0) | (pl.col("latitude") != 0),
        pl.col("sideBasis") != "conflict",  # has its finding
    )
    countries = area.countries
    lon, lat = placed["longitude"].to_numpy(), placed["latitude"].to_numpy()
    dry = np.zeros(placed.height, dtype=np.bool_)
    for code in countries.codes:
        dry |= countries.contains(code, lon, lat)
    wet = placed.filter(~pl.Series(dry, dtype=pl.Boolean))
    lon, lat = wet["longitude"].to_numpy(), wet["latitude"].to_numpy()
    metres = np.column_stack([countries.distances(code, lon, lat) for code in countries.codes])
    nearest = metres.argmin(axis=1) if wet.height else np.empty(0, np.int64)
    uncertain = pl.col("coordinateUncertainty").fill_null(area.assumed_uncertainty)
    return checks_place.sea_findings(
        wet.with_columns(
            pl.Series("metresFromLand", metres.min(axis=1), dtype=pl.Float64),
            pl.Series("country", [countries.codes[k] for k in nearest], dtype=pl.String),
        ).filter(pl.col("metresFromLand") > uncertain + area.accuracy + area.water_margin),
        table,
    )


NEAR = 50.0
"""Metres within which two places with nearly the same name are probably one."""

CROWDED = 10
"""Places at one very point from which it is the point that is wrong (it has its finding), not their names."""

FAR = 2000.0
"""Metres beyond which places with one name are not parts of one place, such as the two ends of a lake shore."""

NAMESAKES = 3
"""Places with one name above which the name is that of a valley or a reserve, not of a place."""


def _near_names(package: Package) -> list[pl.DataFrame]:
    """Find places whose names differ by a letter though they are one place, and names of places far apart."""
    places = (
        package.table("deployments")
        .select(ROW, "locationID", "locationName", "longitude", "latitude", "coordinateUncertainty")
        .drop_nulls(["locationID", "longitude", "latitude"])
        .unique("locationID", keep="first", maintain_order=True)
        .sort("locationID")
    )
    sparse = places.filter(pl.len().over("longitude", "latitude") <= CROWDED)
    i, j, metres = near_pairs(sparse["longitude"].to_numpy(), sparse["latitude"].to_numpy(), NEAR)
    close = pl.DataFrame(
        {
            "row": sparse["row"].gather(j),
            "value": sparse["locationID"].gather(j),
            "other": sparse["locationID"].gather(i),
            "metres": metres,
        }
    )
    named = places.drop_nulls("locationName")
    named = named.filter(pl.len().over("locationName").is_between(2, NAMESAKES))
    pairs = named.join(named, on="locationName", suffix="_other").filter(
        pl.col("locationID") < pl.col("locationID_other")
    )
    ends = ("longitude", "latitude", "longitude_other", "latitude_other")
    apart = distances(*(pairs[name].to_numpy() for name in ends))
    allowed = FAR + pl.col("coordinateUncertainty").fill_null(0) + pl.col("coordinateUncertainty_other").fill_null(0)
    shared = (
        pairs.with_columns(metresApart=pl.Series(apart, dtype=pl.Float64))
        .filter(pl.col("metresApart") > allowed)
        .group_by("locationName")
        .agg(pl.col("row").min(), pl.col("metresApart").max())
        .join(named.group_by("locationName").agg(count=pl.len()), on="locationName")
        .rename({"locationName": "value"})
        .sort("row")
    )
    return [checks_place.near_name_findings(close), checks_place.shared_name_findings(shared)]
