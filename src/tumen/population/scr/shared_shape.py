"""Hazards that differ in height only are summed without a row for each: sixty nights of a trend cost one shape.

Where a profile adds up hazards of one detector in many states with the same sigma (occasions under `t` or `T`), their
shape is computed once. The sum of -log(1 - a f) over heights a is a short series in f with the moments of the heights
wherever a f is small, which is nearly everywhere; close to the detector it is taken term by term.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tumen.population.scr.graph import Graph, Sums
from tumen.population.scr.survey import Floats, Integers

WORTH = 4
"""Hazards of a detector, on average, from which sharing their shape is worth it."""


@dataclass(frozen=True, eq=False)
class Bundles:
    """Sums of hazards with one shape: bundle b adds those of members pointer[b] to pointer[b + 1] to row `row[b]`.

    `detector`: of each bundle; `state`, `weight`: of each member. All states of a bundle have the same sigma.
    """

    rows: int
    row: Integers
    detector: Integers
    pointer: Integers
    state: Integers
    weight: Floats

    @property
    def where(self) -> tuple[Integers, Integers, Integers]:
        """Return row, detector and first member, as the kernel takes them."""
        return self.row, self.detector, self.pointer

    @property
    def members(self) -> tuple[Integers, Floats]:
        """Return state and weight of the members, as the kernel takes them."""
        return self.state, self.weight


_NONE = np.zeros(0, np.int64)
NO_BUNDLES = Bundles(0, _NONE, _NONE, np.zeros(1, np.int64), _NONE, np.zeros(0))


def shared(graph: Graph, sigma: Floats) -> tuple[Graph, Bundles]:
    """Return the graph with bundles in place of many hazards, numbered after the hazards that are left.

    `sigma`: (C, columns) design matrix of sigma, whose equal rows are states with the same sigma.
    """
    hazards, sums = len(graph.row_detector), graph.profiles
    alike = np.unique(sigma, axis=0, return_inverse=True)[1].ravel()[graph.row_state]
    kind = graph.row_detector * (alike.max(initial=0) + 1) + alike
    profile = np.repeat(np.arange(len(sums)), np.diff(sums.pointer))
    taken = np.zeros(len(sums.source), dtype=bool)
    direct = sums.source < hazards
    found: list[tuple[int, Integers]] = []
    for p in range(len(sums)):
        own = np.flatnonzero(direct & (profile == p))
        kinds = kind[sums.source[own]]
        if len(own) < WORTH * max(1, len(np.unique(kinds))):
            continue
        taken[own] = True
        order = own[np.argsort(kinds, kind="stable")]
        found.append((p, order))
    if not found:
        return graph, NO_BUNDLES
    return _rebuilt(graph, taken, found, kind, profile)


def _rebuilt(
    graph: Graph, taken: NDArray[np.bool_], found: list[tuple[int, Integers]], kind: Integers, profile: Integers
) -> tuple[Graph, Bundles]:
    hazards, sums = len(graph.row_detector), graph.profiles
    edges = np.concatenate([own for _, own in found])
    row = np.repeat(np.arange(len(found)), [len(own) for _, own in found])
    members = sums.source[edges]
    first = np.concatenate([[True], (np.diff(row) != 0) | (np.diff(kind[members]) != 0)])
    starts = np.flatnonzero(first)
    bundles = Bundles(
        rows=len(found),
        row=row[starts].astype(np.int64),
        detector=graph.row_detector[members[starts]],
        pointer=np.append(starts, len(edges)).astype(np.int64),
        state=graph.row_state[members],
        weight=np.ascontiguousarray(sums.weight[edges]),
    )
    used = np.zeros(hazards, dtype=bool)
    used[sums.source[~taken & (sums.source < hazards)]] = True
    used[graph.term_source[graph.term_source < hazards]] = True
    left = int(used.sum())
    if left + len(starts) > hazards // 2:  # Most hazards are needed by themselves: nothing would be saved.
        return graph, NO_BUNDLES
    moved = left + len(found) - hazards
    number = np.where(used, np.cumsum(used) - 1, -1)

    def renumbered(source: Integers) -> Integers:
        return np.where(source < hazards, number[np.minimum(source, hazards - 1)], source + moved).astype(np.int64)

    # An edge of weight 1 from each profile to its bundles' row, before its other edges.
    whose = np.concatenate([[p for p, _ in found], profile[~taken]]).astype(np.int64)
    source = np.concatenate([left + np.arange(len(found)), renumbered(sums.source[~taken])])
    weight = np.concatenate([np.ones(len(found)), sums.weight[~taken]])
    order = np.argsort(whose, kind="stable")
    pointer = np.concatenate([[0], np.cumsum(np.bincount(whose, minlength=len(sums)))]).astype(np.int64)
    lean = replace(
        graph,
        row_detector=graph.row_detector[used],
        row_state=graph.row_state[used],
        profiles=Sums(pointer, source[order].astype(np.int64), weight[order]),
        term_source=renumbered(graph.term_source),
    )
    return lean, bundles
