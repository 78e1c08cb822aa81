"""The ground of a world: a plane in kilometres, where animals may walk, and whose country a point is in.

Longitude and latitude are projected once (transverse Mercator around the middle of the area, WGS84); within 100 km of
the middle its scale errs by less than 2 parts in 10,000. All motion happens in that plane.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from tumen.errors import PlaceError, Text, nearest

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Truths = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]

CELL = 0.4
"""Side of a grid cell, km."""
SHORE = 0.35
"""Animals keep this far from the sea and from the edge of the world, km: more than half a cell's diagonal, so that a
cell whose middle is that far from the shore is land altogether."""
NOWHERE = -1
MIXED = -2
_DENSE = 0.01


@dataclass(frozen=True)
class Places:
    """Points of the core (n x 2, km), their latitudes, the numbers of their countries, and km to the border."""

    points: Floats
    latitude: Floats
    country: Codes
    border: Floats


@dataclass(frozen=True)
class Land:
    """The area of a world. `codes` are the countries in it; the number of a country is its place in `codes`."""

    codes: tuple[str, ...]
    polygons: tuple[BaseGeometry, ...]
    border: BaseGeometry
    plane: Transformer
    core: Box
    origin: tuple[float, float]
    walkable_cells: Truths
    country_cells: Codes

    def habitat(self, reach: float, sides: tuple[str, str]) -> BaseGeometry:
        """Return where centres may lie, in degrees: in the core, on two sides, within `reach` km of the border."""
        near = shapely.union_all([self.polygons[self.number(side)] for side in sides]).intersection(
            self.border.buffer(reach)
        )
        degrees = shapely.transform(
            near.simplify(0.05), lambda points: np.column_stack(self.to_degrees(points[:, 0], points[:, 1]))
        )
        return shapely.make_valid(shapely.set_precision(degrees.intersection(shapely.box(*self.core)), 1e-5))

    def to_degrees(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return WGS84 longitude and latitude of points of the plane."""
        longitude, latitude = self.plane.transform(np.asarray(x, float), np.asarray(y, float), direction="INVERSE")
        return np.asarray(longitude), np.asarray(latitude)

    def walkable(self, x: Floats, y: Floats) -> Truths:
        """Tell which points an animal may stand on: land, away from the shore and from the world's edge."""
        rows, columns = self._cells(x, y)
        inside = self._inside(rows, columns)
        answer = np.zeros(np.shape(x), bool)
        answer[inside] = self.walkable_cells[rows[inside], columns[inside]]
        return answer

    def country(self, x: Floats, y: Floats) -> Codes:
        """Return the number of the country of each point, `NOWHERE` on water and outside the area; exact."""
        rows, columns = self._cells(x, y)
        inside = self._inside(rows, columns)
        answer = np.full(np.shape(x), NOWHERE, np.int8)
        answer[inside] = self.country_cells[rows[inside], columns[inside]]
        mixed = answer == MIXED
        if mixed.any():
            answer[mixed] = _exact(self.polygons, x[mixed], y[mixed])
        return answer

    def number(self, code: str) -> int:
        """Return the number of a country."""
        if code not in self.codes:
            raise PlaceError(
                Text("country {code} in the area", code=code), ", ".join(self.codes), nearest(code, self.codes)
            )
        return self.codes.index(code)

    @cached_property
    def places(self) -> "Places":
        """Every walkable cell of the core, by its middle: what homes and stations are chosen from."""
        rows, columns = np.nonzero(self.walkable_cells)
        x = self.origin[0] + (columns.astype(float) + 0.5) * CELL
        y = self.origin[1] + (rows.astype(float) + 0.5) * CELL
        longitude, latitude = self.to_degrees(x, y)
        west, south, east, north = self.core
        inside = (longitude > west) & (longitude < east) & (latitude > south) & (latitude < north)
        points = np.column_stack([x[inside], y[inside]])
        # Points of the line 50 m apart: a distance of 300 m is at most 1 m too long.
        line = cKDTree(shapely.get_coordinates(shapely.segmentize(self.border, 0.05)))
        border = np.asarray(line.query(points)[0], float)
        return Places(points, latitude[inside], self.country(points[:, 0], points[:, 1]), border)

    @cached_property
    def walkable_rows(self) -> list[list[bool]]:
        """The walkable cells as plain lists, for walkers that ask about one point at a time."""
        rows: list[list[bool]] = self.walkable_cells.tolist()
        return rows

    def _cells(self, x: Floats, y: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        columns = np.floor((np.asarray(x) - self.origin[0]) / CELL).astype(np.int64)
        rows = np.floor((np.asarray(y) - self.origin[1]) / CELL).astype(np.int64)
        return rows, columns

    def _inside(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> Truths:
        height, width = self.walkable_cells.shape
        inside: Truths = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        return inside


def land(countries: Mapping[str, BaseGeometry], area: Box, core: Box, sides: tuple[str, str]) -> Land:
    """Return the ground of a world in `area` (degrees) of the given countries (WGS84 polygons by code).

    Homes and stations lie in `core`, a box inside the area; the rest is for walking.
    The border of the world is the line shared by the two `sides`. Raises `PlaceError` where a side is not in the area
    or the two have no common line there.
    """
    window = shapely.box(*area)
    inside = {code: countries[code].intersection(window) for code in sorted(countries)}
    codes = tuple(code for code, part in inside.items() if part.area > 0)
    for side in sides:
        if side not in codes:
            raise PlaceError(
                Text("country {side} in the area", side=side), ", ".join(codes) or "no country", nearest(side, codes)
            )
    shared = _lines(inside[sides[0]].intersection(inside[sides[1]]))
    if shared.is_empty:
        raise PlaceError(
            Text("a border between {sides} and {sides2}", sides=sides[0], sides2=sides[1]),
            "none in the area",
            "Choose another area.",
        )
    west, south, east, north = area
    middle = f"+proj=tmerc +lon_0={(west + east) / 2} +lat_0={(south + north) / 2} +datum=WGS84 +units=km"
    plane = Transformer.from_crs("EPSG:4326", middle, always_xy=True)
    polygons = tuple(_project(inside[code], plane) for code in codes)
    ground = shapely.union_all(polygons)
    left, bottom, right, top = ground.bounds
    columns, rows = int((right - left) / CELL) + 1, int((top - bottom) / CELL) + 1
    x, y = np.meshgrid(left + (np.arange(columns) + 0.5) * CELL, bottom + (np.arange(rows) + 0.5) * CELL)
    inner = ground.buffer(-SHORE)
    shapely.prepare(inner)
    cells = _exact(polygons, x.ravel(), y.ravel()).reshape(rows, columns)
    cells[_touched(polygons, (left, bottom), cells.shape)] = MIXED
    return Land(
        codes=codes,
        polygons=polygons,
        border=_project(shared, plane),
        plane=plane,
        core=core,
        origin=(left, bottom),
        walkable_cells=shapely.contains_xy(inner, x, y),
        country_cells=cells,
    )


def _project(shape: BaseGeometry, plane: Transformer) -> BaseGeometry:
    """Project a shape; long sides are split first, because a straight line in degrees is not straight in the plane."""
    return shapely.transform(
        shapely.segmentize(shape, _DENSE), lambda points: np.column_stack(plane.transform(points[:, 0], points[:, 1]))
    )


def _lines(shape: BaseGeometry) -> BaseGeometry:
    """Return the lines of an intersection, without the points where countries only touch."""
    return shapely.union_all([part for part in shapely.get_parts(shape) if part.length > 0 and part.area == 0])


def _exact(polygons: tuple[BaseGeometry, ...], x: Floats, y: Floats) -> Codes:
    answer = np.full(np.shape(x), NOWHERE, np.int8)
    for number, polygon in enumerate(polygons):
        shapely.prepare(polygon)
        answer[shapely.contains_xy(polygon, x, y)] = number
    return answer


def _touched(polygons: tuple[BaseGeometry, ...], origin: tuple[float, float], shape: tuple[int, ...]) -> Truths:
    """Return the cells an outline passes, or may pass: those of points a quarter cell apart, and their neighbours."""
    outline = shapely.segmentize(shapely.union_all([polygon.boundary for polygon in polygons]), CELL / 4)
    points = shapely.get_coordinates(outline)
    columns = np.floor((points[:, 0] - origin[0]) / CELL).astype(int)
    rows = np.floor((points[:, 1] - origin[1]) / CELL).astype(int)
    touched = np.zeros(shape, bool)
    for up in (-1, 0, 1):
        for right in (-1, 0, 1):
            touched[np.clip(rows + up, 0, shape[0] - 1), np.clip(columns + right, 0, shape[1] - 1)] = True
    return touched
