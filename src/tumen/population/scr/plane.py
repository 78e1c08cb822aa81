"""Where is a survey in metres?  A plane of its own, in which areas are true and distances nearly so.

Lambert's azimuthal equal-area projection of the WGS84 ellipsoid, centred on the survey. Areas have no error, so
densities have none; lengths are wrong by about c²/8 at an angle c from the centre (Snyder JP (1987), USGS Professional
Paper 1395, page 182): 0.03 % at 300 km, 0.1 % at 570 km.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Proj
from shapely.geometry.base import BaseGeometry

from tumen.errors import PlaceError, Text
from tumen.measure.geodesy import WGS84, ecef, require_lonlat

Floats = NDArray[np.float64]

LARGEST_ERROR = 0.005
"""The largest error of a length (as a share of it) within a survey that is accepted."""

_STEP = 0.02
"""Degrees between the points of an edge that is straight in longitude and latitude: it bends by below 0.2 m."""
_BEARINGS = np.arange(0.0, 360.0, 22.5)


@dataclass(frozen=True)
class Plane:
    """Metres east and north of a centre; `error`: the largest error of a length within `reach` metres of the centre."""

    longitude: float
    latitude: float
    reach: float
    error: float

    @property
    def text(self) -> str:
        """Return the plane in PROJ's words, for maps and for others.

        >>> Plane(130.5, 42.75, 1e5, 1e-5).text
        '+proj=laea +lon_0=130.5 +lat_0=42.75 +ellps=WGS84 +units=m +no_defs'
        """
        return f"+proj=laea +lon_0={self.longitude!r} +lat_0={self.latitude!r} +ellps=WGS84 +units=m +no_defs"

    def to_plane(self, lon: Floats, lat: Floats) -> Floats:
        """Return metres (n, 2) of longitudes and latitudes in degrees; NaN stays NaN.

        >>> Plane(130.5, 42.75, 1e5, 1e-5).to_plane(np.array([130.5]), np.array([42.75])).round(6).tolist()
        [[0.0, 0.0]]
        """
        return _moved(Proj(self.text), np.asarray(lon, np.float64), np.asarray(lat, np.float64), inverse=False)

    def to_lonlat(self, xy: Floats) -> Floats:
        """Return longitudes and latitudes (n, 2) in degrees of metres (n, 2); NaN stays NaN."""
        return _moved(Proj(self.text), xy[:, 0], xy[:, 1], inverse=True)

    def shape(self, geometry: BaseGeometry, within: float | None = None) -> BaseGeometry:
        """Return a geometry in longitude and latitude (edges straight there, RFC 7946) as one in metres.

        Only what lies near is kept: a rectangle of degrees that holds the square of 2 `within` metres (None: twice the
        reach) around the centre; areas of land are cut at its edge. Edges are given points every 0.02°, which bends
        them by below 0.2 m.

        >>> plane = plane_of(np.array([130.5]), np.array([42.5]), margin=100_000)
        >>> round(plane.shape(shapely.box(130, 42, 131, 43)).area / 1e6, 1)
        9130.8
        """
        half = 2 * self.reach if within is None else within
        kept = shapely.intersection(shapely.force_2d(geometry), _square(self, half))
        if kept.is_empty:
            return kept
        fine = shapely.segmentize(kept, _STEP)
        return shapely.transform(fine, lambda lonlat: self.to_plane(lonlat[:, 0], lonlat[:, 1]))


def plane_of(lon: Floats, lat: Floats, *, margin: float = 0.0) -> Plane:
    """Return the plane of a survey whose detectors stand at these longitudes and latitudes (degrees, at least one).

    `margin` (m) is how far beyond them the plane is used: the buffer. The centre is the middle of the places' extent,
    to four decimals of a degree; the order of the places does not matter. Raises `PlaceError` for coordinates that are
    no degrees and where a length would be wrong by more than 0.5 %.

    >>> plane = plane_of(np.array([130.0, 131.0]), np.array([42.5, 43.0]), margin=30_000)
    >>> plane.longitude, plane.latitude, round(plane.error * 100, 4)
    (130.498, 42.7511, 0.0033)
    """
    lonlat = np.column_stack((np.asarray(lon, np.float64), np.asarray(lat, np.float64)))
    if not len(lonlat):
        raise PlaceError("the coordinates of at least one detector", "none", "Give the places of the detectors.")
    require_lonlat(lonlat, "detectors")
    points = ecef(lonlat[:, 0], lonlat[:, 1])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    # The box of earth-centred coordinates knows no antimeridian; geodetic latitude from the ellipsoid's normal.
    longitude = round(float(np.degrees(np.arctan2(middle[1], middle[0]))), 4)
    latitude = round(float(np.degrees(np.arctan2(middle[2], (1 - WGS84.es) * np.hypot(middle[0], middle[1])))), 4)
    count = len(lonlat)
    apart = WGS84.inv(np.full(count, longitude), np.full(count, latitude), lonlat[:, 0], lonlat[:, 1])[2]
    reach = float(np.max(apart)) + margin
    error = _error(longitude, latitude, reach)
    if not error <= LARGEST_ERROR:
        raise PlaceError(
            Text("a survey in whose plane lengths are right to {limit} %", limit=f"{100 * LARGEST_ERROR:g}"),
            Text("one that reaches {reach} km from its middle", reach=f"{reach / 1000:.0f}"),
            "Check the coordinates, or analyse distant parts as sessions of their own.",
        )
    return Plane(longitude, latitude, reach, error)


def _error(longitude: float, latitude: float, reach: float) -> float:
    """Return the largest error of a length, as a share, on the circle `reach` metres from the centre."""
    if reach > 5_000_000:
        return np.inf
    turn = np.ones(len(_BEARINGS))
    lon, lat, _ = WGS84.fwd(longitude * turn, latitude * turn, _BEARINGS, reach * turn)
    factors = Proj(Plane(longitude, latitude, reach, 0.0).text).get_factors(np.asarray(lon), np.asarray(lat))
    scales = np.concatenate([np.atleast_1d(factors.tissot_semimajor), np.atleast_1d(factors.tissot_semiminor)])
    return float(np.abs(scales - 1).max())


def _moved(projection: Proj, first: Floats, second: Floats, *, inverse: bool) -> Floats:
    known = np.isfinite(first) & np.isfinite(second)
    moved = np.full((len(first), 2), np.nan)
    moved[known] = np.column_stack(projection(first[known].copy(), second[known].copy(), inverse=inverse))
    moved[~np.isfinite(moved).all(axis=1)] = np.nan
    return moved


def _square(plane: Plane, half: float) -> BaseGeometry:
    """Return the extent in longitude and latitude of a square around the centre, cut at the antimeridian."""
    side = np.linspace(-half, half, 41)
    edge = np.full(41, half)
    ring = np.concatenate(
        [np.column_stack(pair) for pair in ((side, edge), (side, -edge), (edge, side), (-edge, side))]
    )
    lonlat = plane.to_lonlat(ring)
    east = (lonlat[:, 0] - plane.longitude + 180) % 360 - 180
    south, north = float(lonlat[:, 1].min()), float(lonlat[:, 1].max())
    west, last = plane.longitude + float(east.min()), plane.longitude + float(east.max())
    if np.abs(plane.to_plane(np.zeros(2), np.array([90.0, -90.0]))).max(axis=1).min() <= half:
        # A pole lies in the square: every longitude does.
        return shapely.box(-180, south if plane.latitude > 0 else -90, 180, 90 if plane.latitude > 0 else north)
    boxes = [shapely.box(max(west, -180), south, min(last, 180), north)]
    if west < -180:
        boxes.append(shapely.box(west + 360, south, 180, north))
    if last > 180:
        boxes.append(shapely.box(-180, south, last - 360, north))
    return shapely.union_all(boxes)
