"""How far is it?  Distances on the WGS84 ellipsoid.

Longitudes and latitudes are degrees, distances metres along the geodesic. A straight edge between two points of a
line or polygon is straight in longitude and latitude, as RFC 7946 (section 3.1.1) says it.
"""

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from tumen.errors import PlaceError, Text

Numbers = npt.NDArray[np.float64]

WGS84 = Geod(ellps="WGS84")
"""The ellipsoid every distance is measured on."""

LONGEST_SERIES = 500_000.0
"""Chords up to this length (m) become geodesics by a closed formula (`along`); its error there is below 2 mm."""


def distances(lon1: npt.ArrayLike, lat1: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike) -> Numbers:
    """Return geodesic distances in metres between pairs of points; the four arrays are broadcast.

    A missing (`nan`) coordinate makes its distance `nan`. Source: Karney CFF (2013), J Geod 87:43-55, through PROJ.

    >>> float(distances(115.5167, 50.0833, 115.1, 49.7).round())
    52097.0
    """
    arrays = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in (lon1, lat1, lon2, lat2)))
    # PROJ reads and writes in place of what it is given: contiguous copies of its own.
    flat = [np.array(a, dtype=np.float64, order="C").ravel() for a in arrays]
    known = np.isfinite(flat[0]) & np.isfinite(flat[1]) & np.isfinite(flat[2]) & np.isfinite(flat[3])
    metres = np.full(flat[0].shape, np.nan)
    metres[known] = WGS84.inv(flat[0][known], flat[1][known], flat[2][known], flat[3][known])[2]
    return metres.reshape(arrays[0].shape)


def ecef(lon: Numbers, lat: Numbers) -> Numbers:
    """Return earth-centred coordinates (n, 3) in metres of points on the ellipsoid.

    >>> ecef(np.array([0.0]), np.array([0.0])).round().tolist()
    [[6378137.0, 0.0, 0.0]]
    """
    east, north = np.radians(lon), np.radians(lat)
    sine, cosine = np.sin(north), np.cos(north)
    normal = WGS84.a / np.sqrt(1 - WGS84.es * sine * sine)
    ring = normal * cosine
    return np.column_stack((ring * np.cos(east), ring * np.sin(east), normal * (1 - WGS84.es) * sine))


def along(start: Numbers, end: Numbers, chord: Numbers) -> Numbers:
    """Return the lengths of geodesics whose straight lines through the Earth have the length `chord`, in metres.

    `start` and `end` are earth-centred coordinates (n, 3). The geodesic is taken for an arc of the circle of curvature
    (Euler's formula) at its middle: errors stay below 2 mm up to 500 km and below 4 cm up to 1,000 km.

    >>> a, b = ecef(np.array([130.0, 131.0]), np.array([42.0, 43.0]))
    >>> arc = along(a[None], b[None], np.array([np.linalg.norm(b - a)]))
    >>> bool(abs(arc[0] - distances(130, 42, 131, 43)) < 0.001)
    True
    """
    es = WGS84.es
    east, north, up = ((start[:, k] + end[:, k]) / 2 for k in range(3))
    up = up / (1 - es)
    length = np.sqrt(east * east + north * north + up * up)
    sine = up / length
    sine2 = sine * sine
    cosine2 = np.maximum(1 - sine2, 1e-12)  # at a pole every direction is a meridian
    step = end - start
    with np.errstate(invalid="ignore", divide="ignore"):
        outward = (step[:, 0] * east + step[:, 1] * north + step[:, 2] * up) / length
        northward2 = (step[:, 2] - sine * outward) ** 2 / cosine2 / (chord * chord)
    northward2 = np.where(chord > 0, np.minimum(northward2, 1.0), 0.0)
    squeeze = 1 - es * sine2
    meridian = WGS84.a * (1 - es) / (squeeze * np.sqrt(squeeze))
    vertical = WGS84.a / np.sqrt(squeeze)
    diameter = 2 / (northward2 / meridian + (1 - northward2) / vertical)
    arcs: Numbers = diameter * np.arcsin(np.minimum(chord / diameter, 1.0))
    return arcs


def densify(line: Numbers, step: float) -> Numbers:
    """Return a line (n, 2) of longitudes and latitudes with points added so that no edge is longer than `step` metres.

    Edges stay straight in longitude and latitude; every given point stays.

    >>> densify(np.array([[130.0, 42.0], [130.0, 42.5]]), 30_000).tolist()
    [[130.0, 42.0], [130.0, 42.25], [130.0, 42.5]]
    """
    return densified(line, np.arange(len(line)) < len(line) - 1, step)[0]


def densified(
    points: Numbers, goes_on: npt.NDArray[np.bool_], step: float
) -> tuple[Numbers, npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the points of many lines, densified; for each its number on its edge, and whether its line goes on.

    `points` (n, 2) holds line after line, and `goes_on` is false at the last point of each. The number is 0 for a given
    point and 1, 2, ... for those added after it.
    """
    here = np.flatnonzero(goes_on)
    pieces = np.ones(len(points), dtype=np.int64)
    pieces[here] = np.maximum(np.ceil(_longest(points[here], points[here + 1]) / step), 1)
    first = np.cumsum(pieces) - pieces
    number = np.arange(pieces.sum()) - np.repeat(first, pieces)
    share = number / np.repeat(pieces, pieces)
    following = np.where(goes_on[:, None], np.roll(points, -1, axis=0), points)
    moved = np.repeat(points, pieces, axis=0) + share[:, None] * np.repeat(following - points, pieces, axis=0)
    return moved, number, np.repeat(goes_on, pieces)


def _longest(start: Numbers, end: Numbers) -> Numbers:
    """Return upper bounds of the lengths (m) of edges that are straight in longitude and latitude."""
    degree = np.pi / 180 * WGS84.a**2 / WGS84.b  # no degree, of longitude or of latitude, is longer
    widest = np.cos(np.radians(np.minimum(np.abs(start[:, 1]), np.abs(end[:, 1]))))
    widest[start[:, 1] * end[:, 1] < 0] = 1.0  # across the equator
    east, north = (end - start).T
    metres: Numbers = degree * np.hypot(east * widest, north)
    return metres


def square_kilometres(geometry: BaseGeometry) -> float:
    """Return the area on the ellipsoid of a polygon or multipolygon in longitude and latitude; holes are taken away.

    >>> from shapely.geometry import box
    >>> round(square_kilometres(box(130, 42, 131, 43)), 1)
    9130.7
    """
    parts = [orient(part) for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    return float(sum(WGS84.geometry_area_perimeter(part)[0] for part in parts)) / 1e6


def require_lonlat(points: Numbers, what: str) -> None:
    """Raise `PlaceError` unless all points (n, 2) can be longitudes and latitudes in degrees."""
    wrong = ~((np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90))
    if wrong.any():
        x, y = points[np.flatnonzero(wrong)[0]]
        raise PlaceError(
            Text("{what} in WGS84 longitude and latitude (degrees, within -180..180 and -90..90)", what=what),
            Text("the point ({x}, {y})", x=f"{x:g}", y=f"{y:g}"),
            "Reproject it to EPSG:4326, and cut it at the antimeridian.",
        )
