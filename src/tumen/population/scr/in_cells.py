"""Where does a detector stand whose place is told as a cell?  Anywhere in it, with the same chance.

The probability of what an animal and a detector had to do with each other, all occasions together, is then the mean
over the cell of what it would be at each place: a detector that saw an animal thirty times stood near it each time.
(The mean of the hazard in its stead takes every detection for a new draw of the place: with cells 2 sigma wide density
came out a fifth too low.) The mean is taken at nine points with the weights of Gauss and Legendre. That the detector
stands at one place for all animals is not used: docs/methods/places-in-cells.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tumen.errors import MisuseError, Text
from tumen.population.scr.formula import variables
from tumen.population.scr.graph import Graph, Sums
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Floats, Integers, Session

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(3)
POINTS = 9
"""Points of a cell."""
SHARES: Floats = np.asarray(np.outer(_WEIGHTS, _WEIGHTS).ravel() / 4, dtype=np.float64)
"""Weights of the points; they add up to 1."""
_OFFSETS = np.stack(np.meshgrid(_NODES, _NODES, indexing="ij"), axis=-1).reshape(-1, 2) / 2


@dataclass(frozen=True, eq=False)
class Means:
    """How rows come from means over cells.

    A unit is what a detector had to do with an animal, or with one that it never saw; the graph's rows of animals are
    units at points, nine for each. `animals`: rows of animals as sums of units; `unseen`: minus the logarithm of being
    seen by nobody, by pattern and class.
    """

    animals: Sums
    unseen: Sums

    @property
    def units(self) -> int:
        """Return the number of units."""
        return int(max(self.animals.source.max(initial=-1), self.unseen.source.max(initial=-1))) + 1


def points(xy: Floats, cell: Floats) -> Floats:
    """Return (9 K, 2) metres of the points of the cells around `xy` (K, 2) that are `cell` (K, 2) metres wide.

    >>> points(np.zeros((1, 2)), np.array([[1000.0, 0.0]]))[:, 0].round().tolist()
    [-387.0, -387.0, -387.0, 0.0, 0.0, 0.0, 387.0, 387.0, 387.0]
    """
    return np.asarray((xy[:, None, :] + cell[:, None, :] * _OFFSETS).reshape(-1, 2))


def drawn(detectors: int, rng: np.random.Generator) -> Integers:
    """Return for each detector the row of distances of a point of its cell, drawn by its weight."""
    return np.asarray(detectors + POINTS * np.arange(detectors) + rng.choice(POINTS, size=detectors, p=SHARES))


def mixed(rows: Floats) -> tuple[Floats, Floats]:
    """Return the logarithms of the means over points, (U, M), and the share of each point in them, (U, 9, M).

    `rows`: (9 U, M) log probabilities at points.
    """
    at = rows.reshape(-1, POINTS, rows.shape[1])
    top = at.max(axis=1)
    shares = np.exp(at - top[:, None, :])
    shares *= SHARES[None, :, None]
    mean = shares.sum(axis=1)
    shares /= mean[:, None, :]
    return top + np.log(mean), shares


def refuse(session: Session, model: Model) -> None:
    """Raise `MisuseError` for what the mean over a cell cannot be taken apart by detector for."""
    used = variables(model.detect, model.sigma, model.z)
    for wrong, found, cure in (
        (session.detectors.kind == "multi", "traps that hold an animal", "Take detectors of kind proximity."),
        ("b" in used or "bk" in used, "a learned response", "Leave it out."),
        (session.last is not None, "animals that were removed", "End the session, or ask for exact places."),
        (model.movement is not None, "a cost of movement", "Leave it out, or ask for exact places."),
        (model.detection == "UN", "the uniform form", "Take HN, EX, HR or their hazards."),
    ):
        if wrong:
            raise MisuseError(Text("exact places of detectors in session {name}", name=session.name), found, cure)


def in_cells(graph: Graph, detectors: int) -> tuple[Graph, Means]:
    """Return the graph of units at points, and how animals come from their means.

    `graph`: of a session without learning, competition or removal (`refuse`): the exposure of an animal is a sum of
    hazards, and every term is of one hazard.
    """
    hazards = len(graph.row_detector)
    exposures = [_by_detector(graph, p) for p in range(len(graph.profiles))]
    profiles, rows, found = _List(), _List(), dict[tuple[object, ...], int]()
    lasting: dict[tuple[int, int], int] = {}
    for p, own in enumerate(exposures):
        for k, (source, weight) in own.items():
            lasting[p, k] = len(profiles.source) // POINTS
            for q in range(POINTS):
                profiles.add(source * POINTS + q, weight)
    split = len(profiles.source)

    def unit(p: int, k: int, terms: tuple[tuple[int, float], ...] = ()) -> int:
        if (p, k, terms) not in found:
            found[p, k, terms] = len(found)
            weight = np.array([-1.0, *(weight for _, weight in terms)])
            for q in range(POINTS):
                at = [lasting[p, k] * POINTS + q, *(split + term * POINTS + q for term, _ in terms)]
                rows.add(np.array(at, np.int64), weight)
        return found[p, k, terms]

    unseen, animals = _List(), _List()
    for p in graph.unseen.ravel().tolist():
        own_units = np.array([unit(p, k) for k in exposures[p]], np.int64)
        unseen.add(own_units, np.full(len(own_units), -1.0))
    for row in range(len(graph.animals)):
        p, met = _history(graph, row)
        own_units = np.array([unit(p, k, tuple(met.get(k, ()))) for k in exposures[p]], np.int64)
        animals.add(own_units, np.ones(len(own_units)))
    made = replace(
        graph,
        row_detector=np.asarray((detectors + POINTS * graph.row_detector[:, None] + np.arange(POINTS)).ravel()),
        row_state=np.repeat(graph.row_state, POINTS),
        profiles=profiles.sums(),
        term_source=np.asarray((graph.term_source[:, None] * POINTS + np.arange(POINTS)).ravel()),
        term_kind=np.repeat(graph.term_kind, POINTS),
        term_effort=np.repeat(graph.term_effort, POINTS),
        animals=rows.sums(),
    )
    if (graph.term_source >= hazards).any():
        raise AssertionError("a term of a sum of hazards")  # `refuse` leaves none.
    return made, Means(animals.sums(), unseen.sums())


class _List:
    """Rows of sums while they are collected."""

    def __init__(self) -> None:
        self.source: list[Integers] = []
        self.weight: list[Floats] = []

    def add(self, source: Integers, weight: Floats) -> None:
        self.source.append(source)
        self.weight.append(weight)

    def sums(self) -> Sums:
        lengths = [len(each) for each in self.source]
        return Sums(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.concatenate([*self.source, np.zeros(0, np.int64)]),
            np.concatenate([*self.weight, np.zeros(0)]),
        )


def _by_detector(graph: Graph, profile: int) -> Mapping[int, tuple[Integers, Floats]]:
    """Return the hazards of a profile and their weights, by detector."""
    own = slice(graph.profiles.pointer[profile], graph.profiles.pointer[profile + 1])
    source, weight = graph.profiles.source[own], graph.profiles.weight[own]
    whose = graph.row_detector[source]
    return {int(k): (source[whose == k], weight[whose == k]) for k in np.unique(whose)}


def _history(graph: Graph, row: int) -> tuple[int, dict[int, list[tuple[int, float]]]]:
    """Return the profile of an animal's exposure, and its terms with their weights by detector."""
    own = slice(graph.animals.pointer[row], graph.animals.pointer[row + 1])
    split = len(graph.profiles)
    exposure, met = -1, dict[int, list[tuple[int, float]]]()
    for source, weight in zip(graph.animals.source[own].tolist(), graph.animals.weight[own].tolist(), strict=True):
        if source < split:
            exposure = source
        else:
            k = int(graph.row_detector[graph.term_source[source - split]])
            met.setdefault(k, []).append((source - split, weight))
    return exposure, {k: sorted(terms) for k, terms in met.items()}
