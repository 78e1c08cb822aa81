"""What is the ground like in each cell?  Covariates of the mask from rasters, borders and shores."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tumen.errors import MisuseError, Text
from tumen.measure.grid import Grid
from tumen.population.scr.survey import Floats, Mask
from tumen.tables.findings import finding, join

Flags = NDArray[np.bool_]
Way = Callable[[Floats], Floats]
"""From the plane of the mask (n, 2) to the coordinates of a raster (n, 2): the same plane, or `Plane.to_lonlat`."""
How = Literal["nearest", "mean"]


def from_raster(cells: Mask, grid: Grid, way: Way, name: str, how: How = "nearest") -> tuple[Floats, pl.DataFrame]:
    """Return a covariate (M,) of the cells from a raster, NaN where it says nothing, and findings that count those.

    "nearest": the raster's cell under the centre (for classes, and rasters coarser than the mask). "mean": of the
    raster's cells with their centre in the cell's square, as far as they hold a value (for finer rasters).

    >>> grid = Grid(np.array([[1.0, 2.0], [3.0, np.nan]]), west=0, north=20, width=10, height=10, crs="EPSG:32652")
    >>> cells = Mask(np.array([[5.0, 5.0], [15.0, 5.0], [35.0, 5.0]]), np.full(3, 1e-4), 10.0)
    >>> values, found = from_raster(cells, grid, lambda xy: xy, "elevation")
    >>> values.tolist(), found.select("code", "value").rows()
    ([3.0, nan, nan], [('mask-covariate-outside', '1'), ('mask-covariate-missing', '1')])
    """
    centre = way(cells.xy)
    values, outside = grid.nearest(centre[:, 0], centre[:, 1])
    if how == "mean":
        half = cells.spacing / 2
        corners = np.stack([way(cells.xy + np.array([i, j]) * half) for i in (-1, 1) for j in (-1, 1)])
        low, high = corners.min(axis=0), corners.max(axis=0)
        values = grid.mean((low[:, 0], low[:, 1], high[:, 0], high[:, 1]))[0]
        outside &= np.isnan(values)
    return values, _unknown(values, outside, name)


def where(
    grid: Grid, way: Way, *, least: float | None = None, classes: tuple[float, ...] = ()
) -> Callable[[Floats], Flags]:
    """Return the rule that a place is habitat: where the raster holds at least `least`, or one of `classes`.

    Places outside the raster or without a value are no habitat. Raises `MisuseError` unless one rule is given.

    >>> grid = Grid(np.array([[1.0, 2.0, np.nan]]), west=0, north=1, width=1, height=1, crs="EPSG:32652")
    >>> where(grid, lambda xy: xy, classes=(2.0,))(np.array([[0.5, 0.5], [1.5, 0.5], [2.5, 0.5]])).tolist()
    [False, True, False]
    """
    if (least is None) == (not classes):
        raise MisuseError(
            "one rule for what is habitat",
            Text("least {least} and classes {classes}", least=str(least), classes=str(classes)),
            "Give the least value of habitat, or the classes that are habitat.",
        )

    def is_habitat(xy: Floats) -> Flags:
        at = way(xy)
        values, _ = grid.nearest(at[:, 0], at[:, 1])
        if least is None:
            return np.isin(values, classes)
        # Not a number is not at least anything.
        found: Flags = values >= least
        return found

    return is_habitat


def distance_to(xy: Floats, geometry: BaseGeometry, *, edge: bool = True) -> Floats:
    """Return metres (n,) from places (n, 2) to a geometry in the plane: a border, a shore, the edge of an area.

    `edge`: of a polygon its outline (inside as outside, never 0 within); otherwise 0 within it. NaN for no geometry.

    >>> distance_to(np.array([[5.0, 5.0], [5.0, 14.0]]), shapely.box(0, 0, 20, 10)).tolist()
    [5.0, 4.0]
    >>> distance_to(np.array([[5.0, 5.0], [5.0, 14.0]]), shapely.box(0, 0, 20, 10), edge=False).tolist()
    [0.0, 4.0]
    """
    if geometry.is_empty:
        return np.full(len(xy), np.nan)
    lines = shapely.boundary(geometry) if shapely.get_dimensions(geometry) == 2 else geometry
    pieces = _segments(lines)
    # The tree over single edges makes a long coastline cheap.
    tree = shapely.STRtree(pieces)
    which, apart = tree.query_nearest(shapely.points(xy), return_distance=True, all_matches=False)
    metres = np.full(len(xy), np.nan)
    metres[which[0]] = apart
    if not edge and shapely.get_dimensions(geometry) == 2:
        shapely.prepare(geometry)
        metres[shapely.intersects_xy(geometry, xy[:, 0], xy[:, 1])] = 0.0
    return metres


def _segments(geometry: BaseGeometry) -> NDArray[np.object_]:
    """Return the single edges of lines, or the points of points."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    points, line = shapely.get_coordinates(parts, return_index=True)
    follows = line[1:] == line[:-1]
    if not follows.any():
        found: NDArray[np.object_] = shapely.points(points)
        return found
    edges: NDArray[np.object_] = shapely.linestrings(np.stack((points[:-1][follows], points[1:][follows]), axis=1))
    return edges


def _unknown(values: Floats, outside: Flags, name: str) -> pl.DataFrame:
    """Count the cells about which a raster says nothing."""
    empty = np.isnan(values) & ~outside
    found = []
    for code, flags in (("mask-covariate-outside", outside), ("mask-covariate-missing", empty)):
        if flags.any():
            count = str(int(flags.sum()))
            found.append(finding(code, table="mask", column=name, value=count, cells=len(values), covariate=name))
    return join(found)
