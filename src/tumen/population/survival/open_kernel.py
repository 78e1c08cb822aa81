"""Where does the centre of an animal's range lie a year later?  Fixed, or moved by a normal kernel inside the mask.

`Still`: where it was. `Normal`: from cell x to cell y with probability K(x, y) = a(y) k(y - x) / Z(x), where k is the
density of two independent normal steps of `sigma` metres (up to its constant), a(y) the area of a cell and Z(x) makes
rows sum to 1: nobody leaves the mask. On a regular grid the sum over cells is a product of two small matrices, one per
axis, so nothing is truncated (steps with a factor below 1e-150, 26 sigma, count as 0).
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from tumen.errors import MisuseError
from tumen.population.scr.survey import Floats, Integers, Mask

TINY = 1e-150


class Move(Protocol):
    """How mass moves from year to year; arrays are (..., M)."""

    @property
    def still(self) -> bool:
        """Say whether nobody moves."""
        ...

    def forward(self, mass: Floats) -> Floats:
        """Return where mass at cells is a year later."""
        ...

    def backward(self, value: Floats) -> Floats:
        """Return, for each cell, the mean of a value over where one is a year later."""
        ...

    def slope(self, mass: Floats, value: Floats) -> Floats:
        """Return the derivative of sum(mass * backward(value)) by ln sigma; one number per row."""
        ...


class Grid(NamedTuple):
    """Cells of a mask on a grid: `flat` (M,) places in a grid of `rows` by `columns`, `spacing` metres apart."""

    flat: Integers
    rows: int
    columns: int
    spacing: float


def grid(mask: Mask) -> Grid:
    """Return where the cells stand on the regular grid that the mask's spacing spans.

    Raises `MisuseError` where they do not stand on one.

    >>> mask = Mask(np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 200.0]]), np.full(3, 0.01), 100.0)
    >>> grid(mask).flat.tolist(), grid(mask).rows, grid(mask).columns
    ([0, 1, 4], 3, 2)
    """
    steps = (mask.xy - mask.xy.min(axis=0)) / mask.spacing
    whole = np.rint(steps)
    if np.abs(steps - whole).max() > 1e-3 or len(np.unique(whole, axis=0)) < len(mask):
        raise MisuseError(
            "a mask on a regular grid, for centres that move",
            "cells off the grid, or two in one place",
            'Make the mask with one spacing along both axes, or choose movement "static".',
        )
    column, row = whole.astype(np.int64).T
    columns = int(column.max()) + 1
    return Grid(row * columns + column, int(row.max()) + 1, columns, mask.spacing)


class Still:
    """Centres stay where they are."""

    still = True

    def forward(self, mass: Floats) -> Floats:
        """Return the same mass."""
        return mass

    def backward(self, value: Floats) -> Floats:
        """Return the same value."""
        return value

    def slope(self, mass: Floats, value: Floats) -> Floats:
        """Return 0: nothing depends on a sigma."""
        return np.zeros(mass.shape[:-1])


@dataclass(frozen=True, eq=False)
class Normal:
    """Centres move by a normal kernel inside the mask. Made by `normal`."""

    grid: Grid
    area: Floats
    across: Floats
    along: Floats
    across_slope: Floats
    along_slope: Floats
    total: Floats
    total_slope: Floats
    still: bool = False

    def forward(self, mass: Floats) -> Floats:
        """Return where mass at cells is a year later: shape (..., M)."""
        return self.area * _convolve(self.grid, self.along, mass / self.total, self.across)

    def backward(self, value: Floats) -> Floats:
        """Return the mean of a value over where one is a year later: shape (..., M)."""
        return _convolve(self.grid, self.along, self.area * value, self.across) / self.total

    def slope(self, mass: Floats, value: Floats) -> Floats:
        """Return the derivative of sum(mass * backward(value)) by ln sigma: shape (...)."""
        weighted = self.area * value
        plain = _convolve(self.grid, self.along, weighted, self.across)
        change = _convolve(self.grid, self.along_slope, weighted, self.across)
        change += _convolve(self.grid, self.along, weighted, self.across_slope)
        change -= self.total_slope / self.total * plain
        slope: Floats = np.einsum("...m,...m->...", mass / self.total, change)
        return slope


def normal(places: Grid, area: Floats, sigma: float) -> Normal:
    """Return the kernel of standard deviation `sigma` metres along each axis.

    >>> mask = Mask(np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 200.0]]), np.full(3, 0.01), 100.0)
    >>> move = normal(grid(mask), mask.area, 80.0)
    >>> bool(np.allclose(move.forward(np.eye(3)).sum(axis=1), 1))
    True
    """
    across, across_slope = _steps(places.columns, places.spacing / sigma)
    along, along_slope = _steps(places.rows, places.spacing / sigma)
    total = _convolve(places, along, area, across)
    change = _convolve(places, along_slope, area, across) + _convolve(places, along, area, across_slope)
    return Normal(places, area, across, along, across_slope, along_slope, total, change)


def _steps(count: int, unit: float) -> tuple[Floats, Floats]:
    """Return exp(-z^2 / 2) between places of an axis and its derivative by ln sigma."""
    place = np.arange(count) * unit
    square = (place[:, None] - place) ** 2
    step = np.exp(-0.5 * square)
    step[step < TINY] = 0
    slope: Floats = step * square
    return step, slope


def _convolve(places: Grid, along: Floats, value: Floats, across: Floats) -> Floats:
    """Return sum over cells x of value(x) along(row x, row y) across(column x, column y), at every cell y."""
    full = np.zeros((*value.shape[:-1], places.rows * places.columns))
    full[..., places.flat] = value
    square = full.reshape(*value.shape[:-1], places.rows, places.columns)
    spread: Floats = (along @ square @ across).reshape(full.shape)[..., places.flat]
    return spread
