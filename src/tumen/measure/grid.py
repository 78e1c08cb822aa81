"""What does a raster say at a place?  Cells of equal size with one number each.

A raster has rows from north to south and columns from west to east, in degrees or metres of its own coordinate system.
A cell that holds no value is not a number, and never zero.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumen.errors import MisuseError, Text

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Grid:
    """A raster: `values` (rows, columns), NaN where there is none; the first row is the northernmost.

    `west` and `north`: the outer corner of the first cell. `width` and `height` of a cell, > 0, all in units of `crs`
    ("EPSG:4326": degrees of longitude and latitude).

    >>> Grid(np.array([[1.0, 2.0], [3.0, np.nan]]), west=130, north=43, width=0.5, height=0.5, crs="EPSG:4326").shape
    (2, 2)
    """

    values: Floats
    west: float
    north: float
    width: float
    height: float
    crs: str
    _sums: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no grid of numbers."""
        if self.values.ndim != 2 or not self.values.size or np.isinf(self.values).any():
            raise MisuseError(
                "a raster of rows and columns whose values are numbers or missing",
                Text("an array of shape {shape}, or an infinite value", shape=str(self.values.shape)),
                "Give finite numbers, and say which value means that there is none.",
            )
        frame = (self.west, self.north, self.width, self.height)
        if not (np.isfinite(frame).all() and self.width > 0 and self.height > 0):
            raise MisuseError(
                "a raster whose place is known and whose cells have a size",
                Text("{frame}", frame=str(frame)),
                "Give the outer corner of the first cell, and width and height above 0.",
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Return the number of rows and of columns."""
        return self.values.shape[0], self.values.shape[1]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return the west, south, east and north edge."""
        rows, columns = self.shape
        return self.west, self.north - rows * self.height, self.west + columns * self.width, self.north

    def nearest(self, x: Floats, y: Floats) -> tuple[Floats, Flags]:
        """Return the value of the cell each point lies in, and which points lie outside the raster.

        A value is NaN outside the raster and where the cell holds none. A point on an edge belongs to the cell east or
        south of it; on the outermost edges to the last cell.

        >>> grid = Grid(np.array([[1.0, 2.0]]), west=0, north=1, width=1, height=1, crs="EPSG:32652")
        >>> values, outside = grid.nearest(np.array([0.2, 1.7, 2.1]), np.array([0.5, 0.5, 0.5]))
        >>> values.tolist(), outside.tolist()
        ([1.0, 2.0, nan], [False, False, True])
        """
        rows, columns = self.shape
        west, south, east, north = self.bounds
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        row = _cells((self.north - y[inside]) / self.height, rows - 1)
        column = _cells((x[inside] - self.west) / self.width, columns - 1)
        values = np.full(np.shape(x), np.nan)
        values[inside] = self.values[row, column]
        return values, ~inside

    def mean(self, box: tuple[Floats, Floats, Floats, Floats]) -> tuple[Floats, Floats]:
        """Return the mean of the raster's cells whose centre lies in each box, and which share of them holds a value.

        `box`: west, south, east and north of each, arrays of equal length; the edges in the west and south belong to
        it. Centres beyond the raster count as holding no value. Where no centre lies in a box, its value is that of the
        cell its middle lies in. NaN where nothing is known.

        >>> grid = Grid(np.array([[1.0, 2.0], [4.0, np.nan]]), west=0, north=2, width=1, height=1, crs="EPSG:32652")
        >>> values, known = grid.mean(tuple(np.array([v]) for v in (0.0, 0.0, 2.0, 2.0)))
        >>> round(float(values[0]), 4), float(known[0])
        (2.3333, 0.75)
        """
        rows, columns = self.shape
        west, south, east, north = box
        first, last = (np.ceil((edge - self.west) / self.width - 0.5).astype(np.int64) for edge in (west, east))
        top, bottom = (
            np.floor((self.north - edge) / self.height - 0.5).astype(np.int64) + 1 for edge in (north, south)
        )
        centres = np.maximum(last - first, 0) * np.maximum(bottom - top, 0)
        left, right = np.clip(first, 0, columns), np.clip(last, 0, columns)
        up, down = np.clip(top, 0, rows), np.clip(bottom, 0, rows)
        sums, counts, middle = self._totals()
        count = _within(counts, up, down, left, right)
        total = _within(sums, up, down, left, right)
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.where(count > 0, total / count + middle, np.nan)
            known = np.where(centres > 0, count / centres, 0.0)
        small = centres == 0
        if small.any():
            values[small] = self.nearest((west + east)[small] / 2, (south + north)[small] / 2)[0]
            known[small] = np.isfinite(values[small])
        return values, known

    def _totals(self) -> tuple[Floats, Integers, float]:
        """Return running sums of values and of their number from the first corner, so that any box is four look-ups."""
        if not self._sums:
            there = np.isfinite(self.values)
            # Without the mean the sums stay small and lose no digits.
            middle = float(self.values[there].mean()) if there.any() else 0.0
            filled = np.where(there, self.values - middle, 0.0)
            self._sums["all"] = (_running(filled), _running(there.astype(np.int64)), middle)
        totals: tuple[Floats, Integers, float] = self._sums["all"]
        return totals


def _cells(position: Floats, last: int) -> Integers:
    return np.clip(np.floor(position).astype(np.int64), 0, last)


def _running(values: NDArray[Any]) -> NDArray[Any]:
    sums = np.zeros((values.shape[0] + 1, values.shape[1] + 1), dtype=values.dtype)
    np.cumsum(np.cumsum(values, axis=0), axis=1, out=sums[1:, 1:])
    return sums


def _within(sums: NDArray[Any], up: Integers, down: Integers, left: Integers, right: Integers) -> NDArray[Any]:
    down, right = np.maximum(up, down), np.maximum(left, right)
    total: NDArray[Any] = sums[down, right] - sums[up, right] - sums[down, left] + sums[up, left]
    return total
