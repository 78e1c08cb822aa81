"""What does a Chinese map show?  The shift between WGS84 and GCJ-02, the system of maps published in mainland China.

The official rule was never published. What is used everywhere is the formula that became known with a program of a
map maker and that open implementations share (eviltransform, MIT licence; PRCoords, CC0): a sum of sines in metres,
turned into degrees on the ellipsoid of 1940. It is written here from its published form.

The shift exists in law only for places in mainland China. The formula's own test is a rectangle, which also holds
Korea, Primorye and much of Mongolia: the functions say where they applied the shift, and whoever calls them has to know
the country. A position in Khasan or Rason has no GCJ-02 coordinates, however near it lies to Hunchun.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

RECTANGLE = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east and north of the rectangle in which the formula shifts a WGS84 position."""

ACCURACY = 10.0
"""How far (m) the formula may be from what Chinese maps really show.

The inverse itself is exact to less than 1 mm. Against control points of a map service the open formula was off by
3.4 m on average with a standard deviation of 2.7 m (test printed by pygcj, https://pypi.org/project/pygcj/); mean and
two and a half deviations are 10 m.
"""

_AXIS = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_ROUNDS = 12
_HAIR = 1e-9


class Shifted(NamedTuple):
    """Longitudes and latitudes in degrees, and where the shift was applied; elsewhere they are as given."""

    lon: Numbers
    lat: Numbers
    applied: npt.NDArray[np.bool_]


def to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Shifted:
    """Return the GCJ-02 coordinates of WGS84 positions (degrees).

    Outside the rectangle, and where a coordinate is not finite, nothing is applied.

    >>> shifted = to_gcj02([116.404, 131.9, 140.0], [39.915, 43.1, 43.0])
    >>> shifted.lon.round(6).tolist(), shifted.applied.tolist()
    ([116.410244, 131.906839, 140.0], [True, True, False])
    """
    east, north = _pair(lon, lat)
    applied = _inside(east, north)
    step_east, step_north = _steps(np.where(applied, east, 105.0), np.where(applied, north, 35.0))
    return Shifted(np.where(applied, east + step_east, east), np.where(applied, north + step_north, north), applied)


def from_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Shifted:
    """Return the WGS84 positions of GCJ-02 coordinates (degrees), by iteration to less than 1 mm.

    A pair that is no image of a position inside the rectangle is returned as given, and marked as not applied.

    >>> east, north, applied = from_gcj02(*to_gcj02([130.35], [42.86])[:2])
    >>> bool(abs(east[0] - 130.35) < 1e-9), bool(abs(north[0] - 42.86) < 1e-9), bool(applied[0])
    (True, True, True)
    """
    east, north = _pair(lon, lat)
    finite = np.isfinite(east) & np.isfinite(north)
    target_east, target_north = np.where(finite, east, 105.0), np.where(finite, north, 35.0)
    found_east, found_north = target_east.copy(), target_north.copy()
    for _ in range(_ROUNDS):
        # The shift changes by less than a hundredth of the way over which it is taken: each round gains two digits.
        step_east, step_north = _steps(found_east, found_north)
        found_east, found_north = target_east - step_east, target_north - step_north
    # A position on the very edge of the rectangle comes back within a hair of it.
    applied = finite & _inside(found_east, found_north, _HAIR)
    return Shifted(np.where(applied, found_east, east), np.where(applied, found_north, north), applied)


def _pair(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    east, north = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    return east, north


def _inside(lon: Numbers, lat: Numbers, more: float = 0.0) -> npt.NDArray[np.bool_]:
    west, south, east, north = RECTANGLE
    inside: npt.NDArray[np.bool_] = (lon >= west - more) & (lon <= east + more)
    inside &= (lat >= south - more) & (lat <= north + more)
    return inside


def _steps(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
    """Return the shift of WGS84 positions, in degrees of longitude and of latitude."""
    x, y = lon - 105.0, lat - 35.0
    root, product = 0.1 * np.sqrt(np.abs(x)), 0.1 * x * y
    ripple = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    metres_north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + product + 2.0 * root + ripple
    metres_north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    metres_north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y / 30.0 * np.pi)) * 2.0 / 3.0
    metres_east = 300.0 + x + 2.0 * y + 0.1 * x * x + product + root + ripple
    metres_east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    metres_east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    latitude = np.radians(lat)
    squeeze = 1.0 - _ECCENTRICITY2 * np.sin(latitude) ** 2
    meridian = _AXIS * (1.0 - _ECCENTRICITY2) / (squeeze * np.sqrt(squeeze))
    parallel = _AXIS / np.sqrt(squeeze) * np.cos(latitude)
    return np.degrees(metres_east / parallel), np.degrees(metres_north / meridian)
