"""Who is seen where and when, given where animals live: the random part of detection, and what it comes to on average.

Detections of an animal by a detector are taken as the events of a Poisson process whose rate is the hazard times the
effort. Counts are the events themselves; a proximity detector shows whether there was one; a trap that holds an animal
is that of the first event of the occasion, which is any of them with the same probability. So all kinds of detectors
are drawn from few Poisson numbers, exactly, and not occasion by occasion.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tumen.population.scr import kernel
from tumen.population.scr.design import Design
from tumen.population.scr.formula import variables
from tumen.population.scr.in_cells import drawn
from tumen.population.scr.likelihood import natural
from tumen.population.scr.states import Patterns, patterns, placed
from tumen.population.scr.survey import Captures, Floats, Integers, Kind


@dataclass(frozen=True, eq=False)
class Animals:
    """Where animals live and what they are like: cell of the mask, class, and pattern of covariates, (N,) each."""

    cell: Integers
    group: Integers
    pattern: Integers

    def __len__(self) -> int:
        """Return the number of animals."""
        return len(self.cell)


@dataclass(frozen=True, eq=False)
class Field:
    """One session at one set of parameters, ready to be asked about animals at any cells.

    `detector`: (Q,) of each pair of a detector and a pattern of places; `effort`: (Q, S) of each by occasion.
    `learned`: "" for none, "b" for a response anywhere, "bk" for one at the detector.
    """

    kind: Kind
    detectors: int
    detector: Integers
    effort: Floats
    learned: str
    found: Patterns
    code: int
    theta: Floats
    row_detector: Integers
    row_state: Integers
    distance: Floats

    def hazards(self, animals: Animals) -> Floats:
        """Return (N, learned or not, Q) hazards per unit of effort."""
        found, pairs = self.found, len(self.detector)
        out = np.empty((len(self.row_detector), len(animals)))
        distance = np.ascontiguousarray(self.distance[:, animals.cell])
        kernel.hazards(self.code, distance, self.row_detector, self.row_state, self.theta, out)
        shaped = out.reshape(found.animals, found.learned, found.classes, pairs, len(animals))
        return np.asarray(shaped[animals.pattern, :, animals.group, :, np.arange(len(animals))])


def field(design: Design, beta: Floats, number: int, rng: np.random.Generator | None = None) -> Field:
    """Return a session of a design at parameters on the link scale.

    Detectors that stand somewhere in cells are put at points drawn with `rng`, or without one in the middle.
    """
    part, model, values = design.parts[number], design.model, natural(design, beta)
    detectors = part.session.detectors
    found = patterns(part.session, model)
    detector, _, effort = placed(found, detectors.usage)
    used = variables(model.detect, model.sigma, model.z)
    distance = part.distance
    if part.way is not None and values.cost is not None:
        distance = part.way.distances(values.cost)[0]
    if detectors.cell is not None and rng is not None:
        distance = distance[drawn(len(detectors.names), rng)]
    return Field(
        kind=detectors.kind,
        detectors=len(detectors.names),
        detector=detector,
        effort=effort,
        learned="b" if "b" in used else "bk" if "bk" in used else "",
        found=found,
        code=design.code,
        theta=np.ascontiguousarray(values.theta[part.states]),
        row_detector=part.graph.row_detector,
        row_state=part.graph.row_state,
        distance=distance,
    )


@dataclass(frozen=True, eq=False)
class _Events:
    """Events of the Poisson processes, one element each. `unit`: which of a detector's chances (binomial)."""

    animal: Integers
    pair: Integers
    occasion: Integers
    unit: Integers
    learned: Integers

    def picked(self, which: Integers) -> "_Events":
        return _Events(
            self.animal[which], self.pair[which], self.occasion[which], self.unit[which], self.learned[which]
        )


def encounters(field: Field, hazards: Floats, rng: np.random.Generator) -> Captures:
    """Return captures of animals 0 to N - 1 with these hazards (N, learned or not, Q), in order of animals."""
    events = _events(field, hazards, rng)
    if field.kind == "multi":
        events = events.picked(rng.permutation(len(events.animal)))
    elif field.kind == "binomial":
        keys = np.stack([events.learned, events.animal, events.pair, events.unit])
        events = events.picked(np.unique(keys, axis=1, return_index=True)[1])
    kept = _learning(field, events, len(hazards)) if field.learned else _resolved(field, events)
    occasions = field.effort.shape[1]
    key = (kept.animal * occasions + kept.occasion) * field.detectors + field.detector[kept.pair]
    key, count = np.unique(key, return_counts=True)
    animal, rest = np.divmod(key, occasions * field.detectors)
    occasion, detector = np.divmod(rest, field.detectors)
    whole = field.kind in ("count", "binomial")
    return Captures(animal, occasion, detector, (count if whole else np.ones_like(count)).astype(np.int64))


def _events(field: Field, hazards: Floats, rng: np.random.Generator) -> _Events:
    total = field.effort.sum(axis=1)
    times = rng.poisson(hazards * total)
    animal, learned, pair = np.nonzero(times)
    repeats = times[animal, learned, pair]
    animal, learned, pair = (np.repeat(one, repeats) for one in (animal, learned, pair))
    at = rng.random(len(pair)) * total[pair]
    ends = field.effort.ravel().cumsum()
    last = ends.reshape(field.effort.shape)[:, -1]
    before = np.concatenate([[0.0], last[:-1]])
    place = np.minimum(before[pair] + at, np.nextafter(last[pair], -np.inf))
    occasion = np.searchsorted(ends, place, side="right") - pair * field.effort.shape[1]
    return _Events(animal, pair, occasion, np.floor(at).astype(np.int64), learned)


def _resolved(field: Field, events: _Events) -> _Events:
    """Return what traps that hold an animal leave of shuffled events: one for each animal and occasion."""
    if field.kind != "multi":
        return events
    keys = events.animal * field.effort.shape[1] + events.occasion
    return events.picked(np.unique(keys, return_index=True)[1])


def _learning(field: Field, events: _Events, count: int) -> _Events:
    """Go through the occasions: of each animal (at each detector) only the events of what it has learnt count."""
    known = np.zeros((count, field.detectors if field.learned == "bk" else 1), dtype=np.int64)
    column = field.detector[events.pair] if field.learned == "bk" else np.zeros_like(events.pair)
    order = np.argsort(events.occasion, kind="stable")
    starts = np.searchsorted(events.occasion[order], np.arange(field.effort.shape[1] + 1))
    kept = []
    for first, last in pairwise(starts):
        here = order[first:last]
        here = here[events.learned[here] == known[events.animal[here], column[here]]]
        if field.kind == "multi":
            here = here[np.unique(events.animal[here], return_index=True)[1]]
        known[events.animal[here], column[here]] = 1
        kept.append(here)
    return events.picked(np.concatenate(kept))


def expected_counts(field: Field, hazards: Floats) -> Floats:
    """Return (N, K) expected detections of each animal at each detector, from hazards (N, Q) that do not change."""
    each = np.zeros((len(hazards), len(field.detector)))
    columns, times = np.unique(field.effort, axis=1, return_counts=True)
    for effort, weight in zip(columns.T, times, strict=True):
        each += weight * _in_occasion(field.kind, hazards, effort)
    whole = np.zeros((field.detectors, len(hazards)))
    np.add.at(whole, field.detector, each.T)
    return whole.T


def _in_occasion(kind: Kind, hazards: Floats, effort: Floats) -> Floats:
    if kind == "binomial":
        return np.asarray(-np.expm1(-hazards) * effort)
    exposure = hazards * effort
    if kind == "count":
        return exposure
    if kind == "proximity":
        return np.asarray(-np.expm1(-exposure))
    whole = exposure.sum(axis=1, keepdims=True)
    return np.asarray(exposure * np.where(whole > 0, -np.expm1(-whole) / np.where(whole > 0, whole, 1.0), 0.0))
