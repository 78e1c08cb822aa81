"""How much of each square cell lies in a polygon?"""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tumen.population.scr.survey import Floats

_BLOCK = 16
"""Cells a side of the blocks a polygon is cut to first: a cell at its edge then meets few of its points."""


def squares(xy: Floats, spacing: float) -> NDArray[np.object_]:
    """Return the square cells around centres (M, 2) as polygons."""
    half = spacing / 2
    boxes: NDArray[np.object_] = shapely.box(xy[:, 0] - half, xy[:, 1] - half, xy[:, 0] + half, xy[:, 1] + half)
    return boxes


def polygonal(geometry: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a geometry: where two outlines touch, an intersection also holds lines and points.

    >>> polygonal(shapely.GeometryCollection([shapely.Point(5, 5), shapely.box(0, 0, 1, 1)])).geom_type
    'MultiPolygon'
    """
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def pieces(xy: Floats, spacing: float, polygon: BaseGeometry) -> Floats:
    """Return the area (M,) in square metres of the part of each cell (centres (M, 2), metres) within a polygon.

    Whole cells have spacing² exactly, cells beside it 0 exactly.

    >>> pieces(np.array([[50.0, 50.0], [150.0, 50.0], [950.0, 50.0]]), 100.0, shapely.box(0, 0, 130, 500)).tolist()
    [10000.0, 3000.0, 0.0]
    """
    area = np.zeros(len(xy))
    for whole, cells, part in _blocks(xy, spacing, polygon):
        if whole:
            area[cells] = spacing**2
        else:
            area[cells] = _cut(squares(xy[cells], spacing), spacing, part)
    return area


def _cut(boxes: NDArray[np.object_], spacing: float, part: BaseGeometry) -> Floats:
    shapely.prepare(part)
    inside = shapely.contains(part, boxes)
    edge = np.flatnonzero(~inside & shapely.intersects(part, boxes))
    area = np.where(inside, spacing**2, 0.0)
    area[edge] = np.minimum(shapely.area(shapely.intersection(boxes[edge], part)), spacing**2)
    return area


def _blocks(xy: Floats, spacing: float, polygon: BaseGeometry) -> list[tuple[bool, NDArray[np.int64], BaseGeometry]]:
    """Return the cells of each block that the polygon meets: whether it covers all of it, which, and its part there."""
    if not len(xy) or polygon.is_empty:
        return []
    side = _BLOCK * spacing
    corner = xy.min(axis=0) - spacing / 2
    place = np.floor((xy - corner) / side).astype(np.int64)
    key = place[:, 1] * (int(place[:, 0].max()) + 1) + place[:, 0]
    order = np.argsort(key, kind="stable")
    _, first = np.unique(key[order], return_index=True)
    groups = np.split(order, first[1:])
    low = np.array([xy[group].min(axis=0) for group in groups]) - spacing / 2
    high = np.array([xy[group].max(axis=0) for group in groups]) + spacing / 2
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    shapely.prepare(polygon)
    whole = shapely.contains(polygon, boxes)
    meets = shapely.intersects(polygon, boxes)
    found = []
    for k in np.flatnonzero(meets):
        part = boxes[k] if whole[k] else polygonal(shapely.intersection(polygon, boxes[k]))
        found.append((bool(whole[k]), groups[k], part))
    return found
