"""Bring coordinates to WGS84 longitude and latitude, only where the way there is known to be accurate.

The system is declared, never guessed. The way is the most accurate one that PROJ's registry (EPSG) knows for the place
of the points and that needs no grid that is not installed. What is refused: a way whose accuracy nobody states (PROJ
would return the numbers unchanged, which for the Tokyo datum is 450 m beside the truth), and a way that was made for
another part of the world than that of the points.

Two systems are not left to PROJ:

CGCS2000 (EPSG:4490 and its zones). The registry has no operation from it to WGS84, so PROJ states no accuracy. It is
the frame ITRF97 at epoch 2000.0 on an ellipsoid that differs from that of WGS84 by 0.1 mm; to what a GPS receiver shows
it differs by centimetres (frames) and by the motion of the Eurasian plate since 2000, about 3 cm a year: 0.58 m
in Beijing in 2023. It is taken as coincident with WGS84, as the registry itself does "for many purposes" with the
Russian and Korean systems of the same kind (operations EPSG:9773 for GSK-2011, EPSG:15831 for Korea 2000, 1 m). The
accuracy stated here is 2 m, that of WGS84 itself in the registry (ensemble EPSG:6326).

GCJ-02, the shifted system of Chinese maps, is no datum: see `tumen.measure.gcj02`.
"""

import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import Transformer, TransformerGroup

from tumen.errors import PlaceError, Text
from tumen.measure import gcj02
from tumen.measure.geodesy import distances

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Bounds = tuple[float, float, float, float]

WGS84 = CRS.from_epsg(4326)

GCJ02 = CRS.from_wkt(
    'GEOGCRS["GCJ-02",DATUM["GCJ-02",ELLIPSOID["Krassowsky 1940",6378245,298.3]],CS[ellipsoidal,2],'
    'AXIS["longitude",east],AXIS["latitude",north],ANGLEUNIT["degree",0.0174532925199433]]'
)
"""Stands for GCJ-02, which no registry holds."""

NAMES = {
    "gcj02": "GCJ-02",
    "cgcs2000": "EPSG:4490",
    "sk42": "EPSG:4284",
    "pulkovo1942": "EPSG:4284",
    "sk95": "EPSG:4200",
    "pulkovo1995": "EPSG:4200",
    "gsk2011": "EPSG:7683",
    "korea2000": "EPSG:4737",
    "kgd2002": "EPSG:4737",
    "tokyo": "EPSG:4301",
    "jgd2000": "EPSG:4612",
    "jgd2011": "EPSG:6668",
    "wgs84": "EPSG:4326",
    "worldgeodeticsystem1984": "EPSG:4326",
}
"""Names of systems in degrees that may be declared, without blanks and hyphens, and what they stand for."""

_CODE = re.compile(r"^EPSG:\d{4,6}$", re.IGNORECASE | re.ASCII)
_CGCS2000 = CRS.from_epsg(4490)
_CGCS2000_ACCURACY = 2.0
_CHINA: Bounds = (73.62, 16.7, 134.77, 53.56)
"""The area of use of CGCS2000 in the registry, EPSG:1067."""

_TOKYO = CRS.from_epsg(4301)
_MAINLAND: Bounds = (-180.0, 38.64, 139.0, 90.0)
"""Korea north of its southern part, Manchuria and Primorye: inside the rectangles of operations made for Japan."""

_WORTHLESS = 100.0
"""An operation that states no better accuracy (m) than this says nothing about another one."""


@dataclass(frozen=True)
class Placed:
    """Positions on WGS84 in degrees, not finite where they were not.

    `accuracy` (m) is that of the change of system and adds to the uncertainty of the coordinates. `outside` marks
    positions for which that accuracy is not known: they lie outside the area the change was made for.
    """

    lon: Floats
    lat: Floats
    accuracy: float
    outside: Flags


def read_crs(name: str) -> CRS:
    """Return a coordinate reference system by its name; raise `PlaceError` for an unknown one.

    The name is a code such as `EPSG:32652`, or one of `NAMES`: GCJ-02, SK-42, GSK-2011, Korea 2000, Tokyo, ...

    >>> read_crs("SK-42").to_epsg(), read_crs("GCJ-02").name
    (4284, 'GCJ-02')
    """
    known = NAMES.get(_plain(str(name)), name)
    if known == GCJ02.name:
        return GCJ02
    try:
        return CRS.from_user_input(known)
    except CRSError as error:
        raise PlaceError(
            "a coordinate reference system known to PROJ",
            repr(name),
            'Name it like "EPSG:32652" (UTM zone 52 N, WGS84).',
        ) from error


def read_datum(name: str) -> CRS:
    """Return the system that a cell of a table names; raise `PlaceError` unless it is a code or one of `NAMES`.

    PROJ understands much more, also texts that make it read files. What stands in data must not.

    >>> read_datum("epsg:4326").to_epsg(), read_datum("WGS 84").to_epsg()
    (4326, 4326)
    """
    if _plain(name) in NAMES or _CODE.match(name.strip()):
        return read_crs(name.strip())
    raise PlaceError('the datum as a code such as "EPSG:4326", or by a known name', repr(name), "State it by its code.")


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter not in " -_")


def is_wgs84(crs: CRS) -> bool:
    """Say whether a system already is longitude and latitude on WGS84, in whatever order of axes."""
    return bool(crs.equals(WGS84, ignore_axis_order=True) or crs.to_authority() == ("OGC", "CRS84"))


def require_country(crs: CRS, country: str | None) -> None:
    """Raise `PlaceError` where GCJ-02 is declared for a country that has no such coordinates, or for none.

    The shift is made in mainland China only, and no rule in the numbers tells Hunchun from Khasan.

    >>> require_country(read_crs("GCJ-02"), "CN")
    """
    if crs == GCJ02 and country != "CN":
        raise PlaceError(
            "the country CN for coordinates in GCJ-02, which exist for mainland China only",
            Text("the country {country}, which has none", country=country) if country else "no country said",
            "Declare the country of the party, or name the true coordinate system.",
        )


def to_wgs84(x: Floats, y: Floats, crs: CRS, country: str | None = None) -> tuple[Floats, Floats, float]:
    """Return longitude and latitude in degrees, and the accuracy of the transformation in metres.

    `x` is the easting or the longitude, `y` the northing or the latitude, whatever order of axes the system prescribes.
    Not finite in, not finite out. `country` is needed for GCJ-02 only. Raises `PlaceError` where the accuracy is
    unknown for any of the points.

    >>> lon, lat, accuracy = to_wgs84(np.array([526000.0]), np.array([604000.0]), read_crs("EPSG:32650"))
    >>> round(float(lon[0]), 4), round(float(lat[0]), 4), accuracy
    (117.2347, 5.4644, 0.0)
    """
    placed = place(x, y, crs, country)
    if placed.outside.any():
        first = np.flatnonzero(placed.outside)[:3]
        points = "; ".join(f"{x[i]:g}, {y[i]:g}" for i in first)
        raise PlaceError(
            Text("coordinates in {system} within the area it is known to be accurate for", system=crs.name),
            Text("{count} points outside it, such as {points}", count=int(placed.outside.sum()), points=points),
            "Correct these points, or name the system they are in; points of two systems need two tables.",
        )
    return placed.lon, placed.lat, placed.accuracy


def place(x: Floats, y: Floats, crs: CRS, country: str | None = None) -> Placed:
    """Return positions on WGS84 of coordinates in a system, as `to_wgs84`, with those of unknown accuracy marked.

    Raises `PlaceError` where no way of known accuracy leads from the system to WGS84, and for GCJ-02 in another
    country than China, or in none that was said.

    >>> placed = place(np.array([139.7, 130.3]), np.array([35.7, 42.9]), read_crs("Tokyo"))
    >>> placed.accuracy < 30, placed.outside.tolist()
    (True, [False, True])
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if is_wgs84(crs):
        return Placed(x, y, 0.0, np.zeros(x.shape, dtype=np.bool_))
    if crs == GCJ02:
        require_country(crs, country)
        lon, lat, applied = gcj02.from_gcj02(x, y)
        return Placed(lon, lat, gcj02.ACCURACY, np.isfinite(lon) & np.isfinite(lat) & ~applied)
    base = crs.geodetic_crs
    if base is not None and base.equals(_CGCS2000, ignore_axis_order=True):
        lon, lat = _moved(Transformer.from_crs(crs, base, always_xy=True), x, y)
        return Placed(lon, lat, _CGCS2000_ACCURACY, ~_within(lon, lat, _CHINA))
    return _by_registry(x, y, crs)


def _by_registry(x: Floats, y: Floats, crs: CRS) -> Placed:
    """Place by the best operation for the area of the points; raise `PlaceError` where none has a known accuracy.

    Operations are made for countries and listed with rectangles, which overlap at borders. Where a point lies in the
    rectangles of two, no accuracy better than their difference is claimed.
    """
    ways = [way for way in _ways(crs, x, y) if way.accuracy >= 0]
    if not ways:
        raise PlaceError(
            Text("a transformation of known accuracy from {system} to WGS84", system=crs.name),
            "none whose accuracy is known",
            "Convert the coordinates to WGS84 (EPSG:4326) with a tool you trust, and name that.",
        )
    lon, lat = _moved(ways[0], x, y)
    outside = ~_within(lon, lat, _bounds(ways[0]))
    if crs.geodetic_crs is not None and crs.geodetic_crs.equals(_TOKYO, ignore_axis_order=True):
        outside |= _within(lon, lat, _MAINLAND) & np.isfinite(lon)
    accuracy = float(ways[0].accuracy)
    for other in ways[1:]:
        if other.accuracy < _WORTHLESS:
            other_lon, other_lat = _moved(other, x, y)
            apart = distances(lon, lat, other_lon, other_lat)[_within(lon, lat, _bounds(other)) & ~outside]
            accuracy = max(accuracy, float(np.nanmax(apart, initial=0.0)))
    return Placed(lon, lat, accuracy, outside)


def _ways(crs: CRS, x: Floats, y: Floats) -> list[Transformer]:
    """Return the operations that lead to WGS84 and can be carried out here, the best one first."""
    with warnings.catch_warnings():
        # PROJ warns where its best way needs a grid that is not installed; the accuracy of the next one is stated.
        warnings.simplefilter("ignore")
        try:
            group = TransformerGroup(
                crs, WGS84, always_xy=True, area_of_interest=_area(crs, x, y), allow_ballpark=False
            )
        except ProjError as error:
            raise PlaceError(
                Text("a transformation of known accuracy from {system} to WGS84", system=crs.name),
                Text("none ({reason})", reason=str(error)),
                "Convert the coordinates to WGS84 (EPSG:4326) with a tool you trust, and name that.",
            ) from error
    return list(group.transformers)


def _moved(way: Transformer, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    lon, lat = (np.asarray(each, dtype=np.float64) for each in way.transform(x, y))
    known = np.isfinite(lon) & np.isfinite(lat)
    return np.where(known, lon, np.nan), np.where(known, lat, np.nan)


def _bounds(way: Transformer) -> Bounds:
    area = way.area_of_use
    return (-180.0, -90.0, 180.0, 90.0) if area is None else (area.west, area.south, area.east, area.north)


def _within(lon: Floats, lat: Floats, bounds: Bounds) -> Flags:
    """Say which positions lie in a rectangle, which may cross the antimeridian; unknown ones count as inside."""
    west, south, east, north = bounds
    across = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    inside: Flags = (across & (lat >= south) & (lat <= north)) | ~(np.isfinite(lon) & np.isfinite(lat))
    return inside


def _area(crs: CRS, x: Floats, y: Floats) -> Any:
    """Return roughly where the points lie (AreaOfInterest or None); where there are none, where the system is used."""
    lon, lat = _moved(Transformer.from_crs(crs, WGS84, always_xy=True), x, y)
    inside = np.isfinite(lon) & np.isfinite(lat)
    if not inside.any():
        area = crs.area_of_use
        return None if area is None else AreaOfInterest(area.west, area.south, area.east, area.north)
    lon, lat = lon[inside], lat[inside]
    return AreaOfInterest(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
