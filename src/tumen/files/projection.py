"""Bring coordinates to WGS84 longitude and latitude, only where the way there is known to be accurate.

A change of datum whose accuracy PROJ does not know, or whose best way needs a grid that is not installed, can be wrong
by hundreds of metres without a sign. It is refused.
"""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import Transformer, TransformerGroup

from tumen.errors import PlaceError

Floats = NDArray[np.float64]

WGS84 = CRS.from_epsg(4326)


def read_crs(name: str) -> CRS:
    """Return a coordinate reference system by its name, such as `EPSG:32650`; raise `PlaceError` for an unknown one."""
    try:
        return CRS.from_user_input(name)
    except CRSError as error:
        raise PlaceError(
            "a coordinate reference system known to PROJ",
            repr(name),
            'Name it like "EPSG:32652" (UTM zone 52 N, WGS84).',
        ) from error


def is_wgs84(crs: CRS) -> bool:
    """Say whether a system already is longitude and latitude on WGS84, in whatever order of axes."""
    return bool(crs.equals(WGS84, ignore_axis_order=True) or crs.to_authority() == ("OGC", "CRS84"))


def to_wgs84(x: Floats, y: Floats, crs: CRS) -> tuple[Floats, Floats, float]:
    """Return longitude and latitude in degrees, and the accuracy of the transformation in metres.

    `x` is the easting or the longitude, `y` the northing or the latitude, whatever order of axes the system prescribes.
    Not finite in, not finite out. Raises `PlaceError` where the accuracy is unknown.

    >>> lon, lat, accuracy = to_wgs84(np.array([526000.0]), np.array([604000.0]), read_crs("EPSG:32650"))
    >>> round(float(lon[0]), 4), round(float(lat[0]), 4), accuracy
    (117.2347, 5.4644, 0.0)
    """
    if is_wgs84(crs):
        return x, y, 0.0
    transformer = _best(crs, x, y)
    lon, lat = transformer.transform(x, y)
    return np.asarray(lon), np.asarray(lat), float(transformer.accuracy)


def _best(crs: CRS, x: Floats, y: Floats) -> Transformer:
    """Return the best operation for the area of the points; raise `PlaceError` if it is not known to be accurate."""
    needed = f"a transformation of known accuracy from {crs.name} to WGS84"
    cure = "Convert the coordinates to WGS84 (EPSG:4326) with a tool you trust, and name that."
    with warnings.catch_warnings():
        # PROJ warns where its best way is not installed; that case is refused below.
        warnings.simplefilter("ignore")
        try:
            group = TransformerGroup(
                crs, WGS84, always_xy=True, area_of_interest=_area(crs, x, y), allow_ballpark=False
            )
        except ProjError as error:
            raise PlaceError(needed, f"none ({error})", cure) from error
    if group.transformers and not group.best_available:
        grids = sorted({grid.short_name for way in group.unavailable_operations for grid in way.grids})
        raise PlaceError(needed, f"that the best one needs grids that are not installed ({', '.join(grids)})", cure)
    if not group.transformers or group.transformers[0].accuracy < 0:
        raise PlaceError(needed, "none whose accuracy is known", cure)
    return group.transformers[0]


def _area(crs: CRS, x: Floats, y: Floats) -> Any:
    """Return roughly where the points lie (AreaOfInterest or None), to choose among regional transformations."""
    lon, lat = Transformer.from_crs(crs, WGS84, always_xy=True).transform(x, y)
    inside = np.isfinite(lon) & np.isfinite(lat)
    if not inside.any():
        return None
    lon, lat = np.asarray(lon)[inside], np.asarray(lat)[inside]
    return AreaOfInterest(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
