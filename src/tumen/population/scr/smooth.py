"""How does density change over the ground?  Columns of a model that are functions of the place.

`trend`: the terms x, y, x2, y2, xy of standardised coordinates. `smooth`: a thin-plate regression spline s(x, y, k)
(Duchon 1977; Wood 2003, J R Stat Soc B 65:95-114) on k knots, which are spread over the mask by farthest points and
then moved to the middles of the cells nearest to them. It has k - 1 columns: the two coordinates and k - 3 bends; the
constant belongs to the intercept. The columns are orthogonal to each other and to the constant over the cells, so a fit
does not depend on units. They are fixed functions without penalty: the wiggliness is chosen by k, and k by AIC.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from tumen.errors import MisuseError, Text
from tumen.population.scr.survey import Floats

TERMS = ("x", "y", "x2", "y2", "xy")
_ROUNDS = 30


@dataclass(frozen=True, eq=False)
class Trend:
    """Standardised coordinates: (x - mean) / SD of the cells, per axis, SD with n - 1 (as secr does)."""

    mean: Floats
    deviation: Floats

    def columns(self, xy: Floats, terms: tuple[str, ...] = TERMS) -> Floats:
        """Return the terms (n, len(terms)) at places (n, 2); raise `MisuseError` for an unknown term."""
        x, y = ((xy - self.mean) / self.deviation).T
        known = {"x": x, "y": y, "x2": x * x, "y2": y * y, "xy": x * y}
        unknown = [term for term in terms if term not in known]
        if unknown:
            raise MisuseError(
                Text("terms among {known}", known=", ".join(TERMS)),
                Text("{term}", term=unknown[0]),
                "Take one of them.",
            )
        return np.column_stack([known[term] for term in terms])


@dataclass(frozen=True, eq=False)
class Smooth:
    """A smooth surface: `knots` (k, 2) in units of `scale` from `middle`; `turn` makes its columns orthogonal.

    The columns of one basis are the same functions on every mask, so that sessions share coefficients.
    """

    middle: Floats
    scale: float
    knots: Floats
    bend: Floats
    turn: Floats

    def columns(self, xy: Floats) -> Floats:
        """Return the basis functions (n, k - 1) at places (n, 2) in metres."""
        raw = _raw((xy - self.middle) / self.scale, self.knots, self.bend)
        found: Floats = (np.column_stack((np.ones(len(xy)), raw)) @ self.turn)[:, 1:]
        return found


def trend(xy: Floats) -> Trend:
    """Return the standardisation of the cells (M, 2) of all masks together.

    >>> trend(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 4.0], [0.0, 4.0]])).columns(np.array([[1.0, 2.0]])).tolist()
    [[0.0, 0.0, 0.0, 0.0, 0.0]]
    """
    deviation = xy.std(axis=0, ddof=1) if len(xy) > 1 else np.zeros(2)
    if not (deviation > 0).all():
        raise MisuseError(
            "cells at different x and different y for a trend", "cells in one line", "Leave x, y and s(x, y) out."
        )
    return Trend(xy.mean(axis=0), deviation)


def smooth(xy: Floats, k: int) -> Smooth:
    """Return the basis s(x, y, k) over the cells (M, 2) of all masks together; k - 1 columns, k at least 3.

    The order of the cells does not matter, nor the unit, nor where the mask lies. Raises `MisuseError` for a k below 3
    or above a quarter of the cells, and for cells in one line.

    >>> cells = np.stack(np.meshgrid(np.arange(10.0), np.arange(10.0)), axis=-1).reshape(-1, 2)
    >>> columns = smooth(cells, 5).columns(cells)
    >>> columns.shape, np.abs(columns.mean(axis=0)).max() < 1e-12, columns.std(axis=0).round(9).tolist()
    ((100, 4), np.True_, [1.0, 1.0, 1.0, 1.0])
    """
    if not 3 <= k <= max(len(xy) // 4, 0):
        raise MisuseError(
            Text("a k of 3 to {most} in s(x, y, k)", most=len(xy) // 4),
            Text("{k}", k=k),
            "Take a k between 4 and 20: each adds a parameter.",
        )
    trend(xy)
    # One scale for both axes: a thin plate bends alike in all directions.
    middle = xy.mean(axis=0)
    scale = float(np.sqrt(((xy - middle) ** 2).sum(axis=1).mean() / 2))
    standard = (xy - middle) / scale
    knots = _knots(standard, k) if k > 3 else np.zeros((0, 2))
    bend = _free(knots)
    design = np.column_stack((np.ones(len(xy)), _raw(standard, knots, bend)))
    upper = np.asarray(np.linalg.qr(design, mode="r"))
    upper *= np.where(np.diag(upper) < 0, -1.0, 1.0)[:, None]
    if np.abs(np.diag(upper)).min() < 1e-9 * np.abs(np.diag(upper)).max():
        raise MisuseError(
            "cells that are spread enough for so many bends", Text("k = {k}", k=k), "Take a smaller k in s(x, y, k)."
        )
    turn = np.linalg.solve(upper, np.eye(len(upper))) * np.sqrt(len(xy))
    return Smooth(middle, scale, knots, bend, turn)


def _raw(xy: Floats, knots: Floats, bend: Floats) -> Floats:
    """Return x, y and the bends at places in standard units."""
    if not len(knots):
        return xy
    return np.column_stack((xy, _plate(cdist(xy, knots)) @ bend))


def _plate(distance: Floats) -> Floats:
    """Return r² log r, 0 at 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value: Floats = np.where(distance > 0, distance**2 * np.log(distance), 0.0)
    return value


def _free(knots: Floats) -> Floats:
    """Return the combinations (k, k - 3) of the knots' functions that hold no plane."""
    if not len(knots):
        return np.zeros((0, 0))
    plane = np.column_stack((np.ones(len(knots)), knots))
    return np.ascontiguousarray(np.linalg.qr(plane, mode="complete").Q[:, 3:])


def _knots(xy: Floats, k: int) -> Floats:
    """Return k knots (k, 2) spread over the cells: farthest points first, then each in the middle of its cells."""
    order = np.lexsort((xy[:, 1].round(9), xy[:, 0].round(9)))
    cells = xy[order]
    apart: NDArray[np.float64] = np.full(len(cells), np.inf)
    chosen = [int(np.argmin((cells**2).sum(axis=1).round(9)))]
    for _ in range(k - 1):
        apart = np.minimum(apart, ((cells - cells[chosen[-1]]) ** 2).sum(axis=1))
        # Rounded, so that places that are equally far are told apart by their order and not by a last bit.
        chosen.append(int(np.argmax(apart.round(9))))
    knots = cells[chosen]
    for _ in range(_ROUNDS):
        mine = np.argmin(cdist(cells, knots).round(9), axis=1)
        count = np.bincount(mine, minlength=k)
        sums = np.column_stack([np.bincount(mine, cells[:, axis], minlength=k) for axis in range(2)])
        moved = np.where(count[:, None] > 0, sums / np.maximum(count, 1)[:, None], knots)
        if np.abs(moved - knots).max() < 1e-12:
            break
        knots = moved
    return knots
