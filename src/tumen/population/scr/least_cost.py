"""How far is it for the animal?  Distances along the cheapest way over the mask.

The cells of the mask are the nodes of a graph. A step leads to one of the 8 neighbours, or with 16 also by a knight's
move; what a knight's move passes over does not count. A cell costs exp(alpha · covariates) a metre. What a step between
two cells costs can be said in two ways, which differ by little where cost changes slowly:

- mean "cost": length times the mean of the two costs (Royle et al. 2013, Ecology 94:287-294; in gdistance a transition
  of 1 / mean(x) over costs, with geographic correction).
- mean "conductance": length divided by the mean of the two conductances, 1 / cost (what secr does unless told
  otherwise, `nedist`; its `noneuc` is the conductance, so that a coefficient of it is the negative of alpha).

gdistance moves detectors to the centre of the cell they stand in; here they stay where they stand, and the first step
leads from there to the neighbours of that cell. With alpha = 0 distances are those of the lattice: longer than straight
lines by at most 8.3 % with 8 neighbours, 2.8 % with 16.

The derivative by alpha follows from the envelope theorem: the way does not change under a small change of alpha, so
the derivative is the sum of the derivatives of its steps. Where two ways cost the same it is that of one of them.
"""

from dataclasses import dataclass
from typing import Literal

import numba
import numpy as np
from numpy.typing import NDArray

from tumen.errors import MisuseError, Text
from tumen.population.scr.survey import Floats, Mask

Integers = NDArray[np.int64]
Neighbours = Literal[8, 16]
Mean = Literal["cost", "conductance"]

_LARGEST = 200
_KINGS = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))
_KNIGHTS = ((-2, -1), (-2, 1), (-1, -2), (-1, 2), (1, -2), (1, 2), (2, -1), (2, 1))
STEPS: Integers = np.array((*_KINGS, *_KNIGHTS), dtype=np.int64)
"""Steps in columns and rows: 8 to neighbours, then 8 knight's moves."""


@dataclass(frozen=True, eq=False)
class LeastCost:
    """`distance`: (K, M) metres, infinite where no way leads; `derivative`: (J, K, M), by each alpha, 0 where infinite.

    `metres`: (K, M) true length of the ways, infinite where there is none.
    """

    distance: Floats
    derivative: Floats
    metres: Floats


@dataclass(frozen=True, eq=False)
class Graph:
    """The steps between cells of a mask and from detectors, without their costs; made once for many alphas.

    `links`: (M, neighbours) cells one step away, -1 where there is none. `lengths`: (neighbours,) metres. `first`:
    (K, neighbours + 1) cells one step from each detector, -1 for none; `leads`: (K, neighbours + 1) metres there;
    `home`: (K,) the cell a detector stands in, -1 for none. `mean`: of what a step takes the mean.
    """

    links: Integers
    lengths: Floats
    first: Integers
    leads: Floats
    home: Integers
    mean: Mean


def graph(xy: Floats, cells: Mask, neighbours: Neighbours = 16, mean: Mean = "cost") -> Graph:
    """Return the graph of detectors at `xy` (K, 2) and a mask on a square lattice.

    Raises `MisuseError` for a mask that is no such lattice, and for other numbers of neighbours than 8 and 16.
    """
    if neighbours not in (8, 16):
        raise MisuseError("8 or 16 neighbours", Text("{count}", count=neighbours), "Take 16: its ways are straighter.")
    if mean not in ("cost", "conductance"):
        raise MisuseError('a mean of "cost" or of "conductance"', repr(mean), "Take one of them.")
    if not len(cells):
        raise MisuseError("a mask with at least one cell", "none", "Check the habitat of the mask.")
    corner = cells.xy.min(axis=0)
    place = (cells.xy - corner) / cells.spacing
    lattice = np.rint(place).astype(np.int64)
    if np.abs(place - lattice).max() > 0.01 or len(np.unique(lattice, axis=0)) < len(lattice):
        raise MisuseError(
            "a mask whose cells lie on one square lattice",
            "cells beside it, or two at one place",
            "Make the mask anew with one spacing.",
        )
    size = lattice.max(axis=0) + 5
    # A margin of two empty cells on each side spares every question whether a step leaves the mask.
    number = np.full(size, -1, dtype=np.int64)
    number[lattice[:, 0] + 2, lattice[:, 1] + 2] = np.arange(len(lattice))
    steps = STEPS[:neighbours]
    links = np.column_stack([number[lattice[:, 0] + 2 + i, lattice[:, 1] + 2 + j] for i, j in steps])
    lengths = np.hypot(steps[:, 0], steps[:, 1]) * cells.spacing
    near = np.rint((xy - corner) / cells.spacing).astype(np.int64) + 2
    around = np.concatenate([np.zeros((1, 2), dtype=np.int64), steps])
    first = np.column_stack([_look(number, near + step) for step in around])
    leads = np.hypot(*np.moveaxis(cells.xy[first] - xy[:, None, :], 2, 0))
    return Graph(np.ascontiguousarray(links), lengths, first, leads, first[:, 0].copy(), mean)


def least_cost(
    xy: Floats,
    cells: Mask,
    covariates: Floats,
    alpha: float | Floats,
    *,
    neighbours: Neighbours = 16,
    mean: Mean = "cost",
) -> LeastCost:
    """Return the cost distances from detectors at `xy` (K, 2) to the cells of a mask, and their derivatives by alpha.

    As `ways` over a `graph` made for this once.

    >>> line = Mask(np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]]), np.full(3, 0.01), 100.0)
    >>> found = least_cost(np.array([[0.0, 0.0]]), line, np.array([0.0, 0.0, 1.0]), np.log(3.0))
    >>> found.distance.round(6).tolist(), found.derivative.round(6).tolist()
    ([[0.0, 100.0, 300.0]], [[[0.0, 0.0, 150.0]]])
    """
    return ways(graph(xy, cells, neighbours, mean), covariates, alpha)


def ways(known: Graph, covariates: Floats, alpha: float | Floats) -> LeastCost:
    """Return the cost distances of a graph from its detectors to its cells, and their derivatives by alpha.

    `covariates`: (M,) or (M, J) on the log scale of cost; `alpha`: J values. A detector in no cell costs on its first
    step what the cell it leads to costs. Raises `MisuseError` where a covariate is missing and where a cost is infinite
    or 0.
    """
    levels = covariates[:, None] if covariates.ndim == 1 else covariates
    slopes = np.atleast_1d(np.asarray(alpha, np.float64))
    count = len(known.links)
    if levels.shape != (count, len(slopes)):
        raise MisuseError(
            Text("covariates of cost of shape {shape}", shape=str((count, len(slopes)))),
            Text("shape {shape}", shape=str(levels.shape)),
            "Give one value for each cell and alpha.",
        )
    missing = int((~np.isfinite(levels)).any(axis=1).sum())
    if missing:
        raise MisuseError(
            "covariates of cost that are known in every cell",
            Text("{count} cells without", count=missing),
            "Fill the raster where it was made, or leave these cells out of the mask.",
        )
    exponent = levels @ slopes
    if np.abs(exponent).max() > _LARGEST:
        raise MisuseError(
            Text("costs between exp(-{limit}) and exp({limit})", limit=_LARGEST),
            Text("exp of {low} to {high}", low=f"{exponent.min():g}", high=f"{exponent.max():g}"),
            "Scale the covariate, or take a smaller alpha.",
        )
    inverse = known.mean == "conductance"
    weight = np.exp(-exponent if inverse else exponent)
    marginal = np.ascontiguousarray(levels * weight[:, None])
    steps, starts = (known.links, known.lengths), (known.first, known.leads, known.home)
    distance, derivative, metres = _ways(steps, starts, weight, marginal, inverse)
    return LeastCost(distance, derivative, metres)


def _look(number: Integers, at: Integers) -> Integers:
    """Return the cell at each lattice place, -1 for none and beyond the lattice."""
    inside = ((at >= 0) & (at < np.array(number.shape))).all(axis=1)
    found = np.full(len(at), -1, dtype=np.int64)
    found[inside] = number[at[inside, 0], at[inside, 1]]
    return found


@numba.njit(cache=True)
def _ways(steps, starts, weight, marginal, inverse):  # type: ignore[no-untyped-def]
    """Dijkstra from each detector; cells are settled in the order of their distance, so a way's sums are ready.

    `weight` is the cost of each cell, or its conductance (`inverse`); `marginal` that times each covariate.
    """
    detectors, cells, slopes = len(starts[0]), len(weight), marginal.shape[1]
    distance = np.full((detectors, cells), np.inf)
    metres = np.full((detectors, cells), np.inf)
    derivative = np.zeros((slopes, detectors, cells))
    costs = (weight, marginal, inverse)
    # A cell stands in the heap at most once: `where` says at which place, -1 not yet, -2 settled.
    heap = np.empty(cells, dtype=np.int64)
    where = np.empty(cells, dtype=np.int64)
    for k in range(detectors):
        where[:] = -1
        way = (distance[k], metres[k], derivative[:, k])
        size = _begin(starts, k, costs, way, (heap, where))
        while size > 0:
            cell = heap[0]
            size -= 1
            heap[0] = heap[size]
            where[heap[0]] = 0
            where[cell] = -2
            if size > 0:
                _sink(heap, where, distance[k], size)
            size = _spread(steps, cell, costs, way, (heap, where, size))
    return distance, derivative, metres


@numba.njit(cache=True)
def _begin(starts, k, costs, way, queue):  # type: ignore[no-untyped-def]
    """Reach the cells around a detector; return how many are in the heap."""
    first, leads, home = starts
    heap, where = queue
    size = 0
    for i in range(first.shape[1]):
        cell = first[k, i]
        if cell >= 0:
            own = home[k] if home[k] >= 0 else cell
            _step(-1, own, cell, leads[k, i], costs, way)
            heap[size] = cell
            where[cell] = size
            size += 1
            _rise(heap, where, way[0], where[cell])
    return size


@numba.njit(cache=True)
def _spread(steps, cell, costs, way, queue):  # type: ignore[no-untyped-def]
    """Reach the neighbours of a settled cell where the way through it is cheaper; return how many are in the heap."""
    links, lengths = steps
    heap, where, size = queue
    best = way[0]
    for i in range(links.shape[1]):
        other = links[cell, i]
        if other < 0 or where[other] == -2:
            continue
        if best[cell] + _price(cell, other, lengths[i], costs) < best[other]:
            _step(cell, cell, other, lengths[i], costs, way)
            if where[other] == -1:
                heap[size] = other
                where[other] = size
                size += 1
            _rise(heap, where, best, where[other])
    return size


@numba.njit(cache=True)
def _price(one, other, length, costs):  # type: ignore[no-untyped-def]
    """Return what a step between two cells costs."""
    mean = 0.5 * (costs[0][one] + costs[0][other])
    return length / mean if costs[2] else length * mean


@numba.njit(cache=True)
def _step(before, own, cell, length, costs, way):  # type: ignore[no-untyped-def]
    """Write down the way to a cell that goes on from `before` (-1: from the detector), where a metre costs as `own`."""
    best, metres, derivative = way
    weight, marginal, inverse = costs
    best[cell] = (best[before] if before >= 0 else 0.0) + _price(own, cell, length, costs)
    metres[cell] = (metres[before] if before >= 0 else 0.0) + length
    # d(length / mean) = -length / mean² d(mean), and d(conductance) = -covariate conductance: the signs cancel.
    mean = 0.5 * (weight[own] + weight[cell])
    change = length / (mean * mean) if inverse else length
    for j in range(marginal.shape[1]):
        slope = derivative[j, before] if before >= 0 else 0.0
        derivative[j, cell] = slope + change * 0.5 * (marginal[own, j] + marginal[cell, j])


@numba.njit(cache=True)
def _rise(heap, where, best, at):  # type: ignore[no-untyped-def]
    cell = heap[at]
    while at > 0:
        above = (at - 1) // 4
        if best[heap[above]] <= best[cell]:
            break
        heap[at] = heap[above]
        where[heap[at]] = at
        at = above
    heap[at] = cell
    where[cell] = at


@numba.njit(cache=True)
def _sink(heap, where, best, size):  # type: ignore[no-untyped-def]
    at = 0
    cell = heap[0]
    while True:
        low = 4 * at + 1
        if low >= size:
            break
        least = low
        for below in range(low + 1, min(low + 4, size)):
            if best[heap[below]] < best[heap[least]]:
                least = below
        if best[heap[least]] >= best[cell]:
            break
        heap[at] = heap[least]
        where[heap[at]] = at
        at = least
    heap[at] = cell
    where[cell] = at
