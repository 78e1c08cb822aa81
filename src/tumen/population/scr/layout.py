"""Where should stations stand?  Regular grids and clusters, cut to a polygon."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tumen.errors import MisuseError, Text
from tumen.population.scr.survey import Floats


def grid(area: BaseGeometry, spacing: float, *, number: int | None = None) -> Floats:
    """Return (K, 2) stations on a square grid in a polygon, `spacing` metres apart, from south to north.

    `number`: no more than so many, those nearest to the middle of the polygon. Raises `MisuseError` where no station
    fits.

    >>> grid(shapely.box(0, 0, 4000, 2000), 1000).shape
    (8, 2)
    """
    if not spacing > 0:
        raise MisuseError("a spacing above 0 m", Text("{spacing}", spacing=spacing), "Give one, such as 3000.")
    west, south, east, north = area.bounds
    x, y = (_centred(low, high, spacing) for low, high in ((west, east), (south, north)))
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    kept = places[shapely.intersects_xy(area, places)]
    if not len(kept):
        raise MisuseError(
            "a polygon in which a station fits",
            Text("none at a spacing of {metres} m", metres=round(spacing)),
            "Take a smaller spacing.",
        )
    return _nearest(kept, area, number)


def clusters(area: BaseGeometry, spacing: float, *, size: int = 3, apart: float, number: int | None = None) -> Floats:
    """Return (K, 2) stations in square clusters of `size` x `size`, `apart` metres from each other.

    The middles of clusters stand on a grid `spacing` metres apart; stations outside the polygon are left out. `number`:
    no more than so many clusters.

    >>> clusters(shapely.box(0, 0, 20_000, 10_000), 10_000, size=2, apart=1000).shape
    (8, 2)
    """
    if size < 1 or not apart > 0 or (size - 1) * apart >= spacing:
        raise MisuseError(
            "clusters that are smaller than the distance between them",
            Text("{size} stations, {apart} m apart, every {spacing} m", size=size, apart=apart, spacing=spacing),
            "Take a larger spacing of the clusters, or a smaller one in them.",
        )
    middles = grid(area, spacing, number=number)
    offset = (np.arange(size) - (size - 1) / 2) * apart
    own = np.stack(np.meshgrid(offset, offset), axis=-1).reshape(-1, 2)
    places = (middles[:, None] + own[None]).reshape(-1, 2)
    return np.ascontiguousarray(places[shapely.intersects_xy(area, places)])


def _centred(low: float, high: float, spacing: float) -> Floats:
    """Return as many values as fit in an extent, in its middle."""
    count = max(1, int(np.floor((high - low) / spacing + 1e-9)))
    return np.asarray((low + high) / 2 + (np.arange(count) - (count - 1) / 2) * spacing, np.float64)


def _nearest(places: Floats, area: BaseGeometry, number: int | None) -> Floats:
    if number is None or number >= len(places):
        return places
    if number < 1:
        raise MisuseError("at least one station", Text("{number}", number=number), "Give a number such as 40.")
    middle = np.array([area.centroid.x, area.centroid.y])
    # Rounded, so that stations that are equally far are told apart by their order and not by a last bit.
    far = ((places - middle) ** 2).sum(axis=1).round(3)
    return np.asarray(places[np.sort(np.argsort(far, kind="stable")[:number])])
