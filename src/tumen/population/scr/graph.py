"""Compile one session into the graph of sums that the kernel runs: what each animal's history adds up to."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.special import gammaln

from tumen.errors import MisuseError, Text
from tumen.population.scr.formula import variables
from tumen.population.scr.kernel import LOG, LOG_EXPM1, LOG_EXPM1_RATIO
from tumen.population.scr.model import Model
from tumen.population.scr.states import Patterns, patterns, placed
from tumen.population.scr.survey import Floats, Integers, Session


@dataclass(frozen=True, eq=False)
class Sums:
    """Rows that are weighted sums of other rows: those of row i are elements pointer[i] to pointer[i + 1]."""

    pointer: Integers
    source: Integers
    weight: Floats

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.pointer) - 1


@dataclass(frozen=True, eq=False)
class Graph:
    """One session, compiled. R hazards, P profiles, T terms, A rows (an animal in a class it may belong to).

    `unseen`: profile of an animal that was never seen, by animal pattern and class. `constant`: the part of the
    log-likelihood that holds no parameter (multiplicities of counts, efforts).
    """

    row_detector: Integers
    row_state: Integers
    profiles: Sums
    term_source: Integers
    term_kind: Integers
    term_effort: Floats
    animals: Sums
    row_animal: Integers
    row_class: Integers
    unseen: Integers
    pattern: Integers
    constant: float


@dataclass
class _Rows:
    """Rows of sums while they are collected; a row asked for twice is made once."""

    source: list[Integers] = field(default_factory=list)
    weight: list[Floats] = field(default_factory=list)
    known: dict[tuple[object, ...], int] = field(default_factory=dict)

    def add(self, source: Iterable[int] | Integers, weight: Iterable[float] | Floats) -> int:
        self.source.append(np.asarray(source, np.int64))
        self.weight.append(np.asarray(weight, np.float64))
        return len(self.source) - 1

    def sums(self) -> Sums:
        lengths = [len(part) for part in self.source]
        return Sums(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.concatenate([*self.source, np.zeros(0, np.int64)]),
            np.concatenate([*self.weight, np.zeros(0)]),
        )


def compiled(session: Session, model: Model, labels: tuple[str, ...]) -> Graph:
    """Return the graph of a session. `labels`: the two values of the hybrid covariate, in order (or of a mixture).

    Raises `MisuseError` for a capture at a detector that did not work in that occasion.
    """
    return _Compiler(session, model, labels).graph()


class _Compiler:
    """Everything that is looked up again while the histories are gone through."""

    def __init__(self, session: Session, model: Model, labels: tuple[str, ...]) -> None:
        self.session, self.labels, self.model = session, labels, model
        self.found: Patterns = patterns(session, model)
        self.k, self.place, self.effort = placed(self.found, session.detectors.usage)
        self.pair = {(int(k), int(p)): q for q, (k, p) in enumerate(zip(self.k, self.place, strict=True))}
        self.total = self.effort.sum(axis=1)
        self.alike = bool((self.effort == self.effort[:, :1]).all())
        used = (model.detect, model.sigma, model.z)
        self.anywhere = self.found.learned == 2 and any("b" in variables(text) for text in used)
        self.here = self.found.learned == 2 and any("bk" in variables(text) for text in used)
        if self.anywhere and self.here:
            raise MisuseError("one learned response", "both b and bk", "Use one of them.")
        self.profiles, self.terms = _Rows(), dict[tuple[int, int, float], int]()
        self.hazards = self.found.animals * self.found.learned * self.found.classes * len(self.k)
        self.constant = 0.0

    def row(self, pattern: int, learned: int, group: int, q: Integers | int) -> Integers | int:
        """Return the hazard row (or rows) of pairs of detector and place."""
        block = (pattern * self.found.learned + learned) * self.found.classes + group
        return block * len(self.k) + q

    def graph(self) -> Graph:
        found = self.found
        blocks = np.arange(found.animals * found.learned * found.classes)
        unseen = np.array(
            [[self.naive(a, m) for m in range(found.classes)] for a in range(found.animals)], np.int64
        ).reshape(found.animals, found.classes)
        rows, row_animal, row_class = _Rows(), [], []
        for animal, events in enumerate(self.events()):
            for group in self.groups(animal):
                profile, added = self.history(animal, group, events)
                # Terms stand after the profiles, whose number is known only at the end: they are negative till then.
                rows.add([profile, *(-1 - term for term in added)], [-1.0, *added.values()])
                row_animal.append(animal)
                row_class.append(group)
            self.constant += self.multiplicity(events)
        sums = rows.sums()
        source = np.where(sums.source < 0, len(self.profiles.source) - 1 - sums.source, sums.source)
        keys = np.array(list(self.terms), dtype=float).reshape(-1, 3)
        return Graph(
            row_detector=np.tile(self.k, len(blocks)),
            row_state=(blocks[:, None] * found.places + self.place).ravel(),
            profiles=self.profiles.sums(),
            term_source=keys[:, 0].astype(np.int64),
            term_kind=keys[:, 1].astype(np.int64),
            term_effort=np.ascontiguousarray(keys[:, 2]),
            animals=Sums(sums.pointer, source, sums.weight),
            row_animal=np.array(row_animal, np.int64),
            row_class=np.array(row_class, np.int64),
            unseen=unseen,
            pattern=found.animal,
            constant=self.constant,
        )

    def events(self) -> list[list[tuple[int, int, int]]]:
        """Return (occasion, detector, count) of each animal, by occasion and detector."""
        captures = self.session.captures
        _possible(self.session)
        found: list[list[tuple[int, int, int]]] = [[] for _ in self.session.animals]
        for i, s, k, y in zip(captures.animal, captures.occasion, captures.detector, captures.count, strict=True):
            found[i].append((int(s), int(k), int(y)))
        return [sorted(own) for own in found]

    def groups(self, animal: int) -> tuple[int, ...]:
        """Return the classes an animal may belong to."""
        if self.model.hybrid is not None:
            known = self.session.covariates.get(self.model.hybrid)
            value = None if known is None else known[animal]
            return (0, 1) if value is None else (self.labels.index(value),)
        return tuple(range(self.found.classes))

    def naive(self, pattern: int, group: int, end: int | None = None) -> int:
        """Return the profile of an animal that never learns, over all occasions or up to its end."""
        total = self.total if end is None else self.effort[:, :end].sum(axis=1)
        q = np.flatnonzero(total)
        return self._made(("naive", pattern, group, total.tobytes()), self.row(pattern, 0, group, q), total[q])

    def occasion(self, pattern: int, learned: int, group: int, s: int) -> int:
        """Return the profile of one occasion: the sum of hazards over detectors."""
        effort = self.effort[:, s]
        q = np.flatnonzero(effort)
        key = ("occasion", pattern, learned, group, effort.tobytes())
        return self._made(key, self.row(pattern, learned, group, q), effort[q])

    def _made(self, key: tuple[object, ...], source: Integers | int, weight: Floats) -> int:
        if key not in self.profiles.known:
            self.profiles.known[key] = self.profiles.add(np.asarray(source), weight)
        return self.profiles.known[key]

    def history(self, animal: int, group: int, events: list[tuple[int, int, int]]) -> tuple[int, dict[int, float]]:
        """Return the profile of an animal's whole exposure, and the terms of its captures with their weights."""
        pattern = int(self.found.animal[animal])
        first = events[0][0] if events else self.session.detectors.occasions
        met: dict[int, int] = {}
        for s, k, _ in events:
            met.setdefault(k, s)
        added: dict[int, float] = {}
        for s, k, y in events:
            learned = int((self.anywhere and s > first) or (self.here and s > met[k]))
            q = self.pair[k, int(self.found.place[k, s])]
            hazard = int(self.row(pattern, learned, group, q))
            for term, weight in self.added(hazard, float(self.session.detectors.usage[k, s]), y):
                added[term] = added.get(term, 0.0) + weight
            if self.session.detectors.kind == "multi":
                caught = self.competing(pattern, group, s, first, met)
                term = self.term(self.hazards + caught, LOG_EXPM1_RATIO, 1.0)
                added[term] = added.get(term, 0.0) + 1.0
        end = self.session.detectors.occasions
        if self.session.last is not None:
            end = int(self.session.last[animal]) + 1
        return self.exposure(pattern, group, end, first, met), added

    def added(self, hazard: int, usage: float, count: int) -> list[tuple[int, float]]:
        """Return what one capture adds: its term and weight."""
        kind = self.session.detectors.kind
        if kind == "proximity":
            return [(self.term(hazard, LOG_EXPM1, usage), 1.0)]
        if kind == "binomial":
            return [(self.term(hazard, LOG_EXPM1, 1.0), float(count))]
        return [(self.term(hazard, LOG, 1.0), float(count if kind == "count" else 1))]

    def term(self, source: int, kind: int, effort: float) -> int:
        return self.terms.setdefault((source, kind, effort), len(self.terms))

    def exposure(self, pattern: int, group: int, end: int, first: int, met: dict[int, int]) -> int:
        """Return the profile of all hazards an animal was exposed to up to its end, before and after it learnt."""
        if self.anywhere and first + 1 < end:
            return self.since(pattern, group, first, end)
        naive = self.naive(pattern, group, end)
        if not self.here or not met:
            return naive
        return self._moved(naive, pattern, group, [(k, s + 1, end) for k, s in met.items()])

    def competing(self, pattern: int, group: int, s: int, first: int, met: dict[int, int]) -> int:
        """Return the profile of all traps in an occasion, to an animal with this past."""
        if not self.here:
            return self.occasion(pattern, int(self.anywhere and s > first), group, s)
        before = [(k, s, s + 1) for k, when in met.items() if when < s]
        whole = self.occasion(pattern, 0, group, s)
        return self._moved(whole, pattern, group, before) if before else whole

    def _moved(self, base: int, pattern: int, group: int, spans: list[tuple[int, int, int]]) -> int:
        """Return a profile in which detectors are learnt from one occasion up to before another."""
        source, weight = [self.hazards + base], [1.0]
        for k, start, end in sorted(spans):
            for q in np.flatnonzero(self.k == k):
                moved = float(self.effort[q, start:end].sum())
                if moved:
                    source += [int(self.row(pattern, 0, group, int(q))), int(self.row(pattern, 1, group, int(q)))]
                    weight += [-moved, moved]
        return self._made(("moved", *source, *weight), np.array(source), np.array(weight))

    def since(self, pattern: int, group: int, first: int, end: int) -> int:
        """Return the profile of an animal that has learnt everywhere after its first occasion."""
        key = ("since", pattern, group, first, end)
        if key in self.profiles.known:
            return self.profiles.known[key]
        if self.alike:  # Every occasion alike: two profiles serve all animals.
            one = [self.occasion(pattern, learned, group, 0) for learned in (0, 1)]
            return self._made(key, self.hazards + np.array(one), np.array([first + 1.0, end - first - 1.0]))
        before, after = self.effort[:, : first + 1].sum(axis=1), self.effort[:, first + 1 : end].sum(axis=1)
        q = np.arange(len(self.k))
        source = np.concatenate([self.row(pattern, 0, group, q), self.row(pattern, 1, group, q)])
        weight = np.concatenate([before, after])
        return self._made(key, source[weight != 0], weight[weight != 0])

    def multiplicity(self, events: list[tuple[int, int, int]]) -> float:
        """Return the logarithm of what holds no parameter in the probability of a history."""
        kind = self.session.detectors.kind
        if kind == "proximity" or not events:
            return 0.0
        usage = np.array([self.session.detectors.usage[k, s] for s, k, _ in events])
        count = np.array([y for _, _, y in events], dtype=float)
        if kind == "multi":
            return float(np.log(usage).sum())
        if kind == "count":
            return float((count * np.log(usage) - gammaln(count + 1)).sum())
        return float((gammaln(usage + 1) - gammaln(count + 1) - gammaln(usage - count + 1)).sum())


def _possible(session: Session) -> None:
    """Refuse the first capture that cannot have happened. `problems.problems` finds them all."""
    captures, detectors = session.captures, session.detectors
    never = sorted(set(range(len(session.animals))) - set(captures.animal.tolist()))
    if never:
        raise MisuseError(
            "animals that were caught",
            Text("{animal} without a capture", animal=session.animals[never[0]]),
            "Leave out animals that were never caught: how many these are is what is estimated.",
        )
    usage = detectors.usage[captures.detector, captures.occasion]
    most = usage if detectors.kind == "binomial" else np.full(len(usage), np.inf if detectors.kind == "count" else 1.0)
    held = np.stack([captures.animal, captures.occasion, captures.detector], axis=1)
    held = held[:, :2] if detectors.kind == "multi" else held
    _, first = np.unique(held, axis=0, return_index=True)
    again = np.ones(len(usage), dtype=bool)
    again[first] = False
    last = detectors.occasions - 1 if session.last is None else session.last[captures.animal]
    for wrong, needed, cure in (
        (usage <= 0, "captures at detectors that worked", "Correct the usage, or leave the capture out and say so."),
        (
            (captures.count < 1) | ((usage > 0) & (captures.count > most)),
            "a count of 1 or more, not above the chances there were (1 where detectors do not count)",
            "Correct the count, or the kind of detector.",
        ),
        (
            again,
            "one capture of an animal in an occasion (in traps that hold it), or one row for each detector",
            "Add the counts up, or take detectors of kind 'proximity'.",
        ),
        (
            captures.occasion > last,
            "no capture of an animal after its removal",
            "Correct the occasion of its removal.",
        ),
    ):
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            found = Text(
                "{animal} at {detector} in occasion {occasion}, {count} times; usage {usage}",
                animal=session.animals[captures.animal[at]],
                detector=detectors.names[captures.detector[at]],
                occasion=int(captures.occasion[at]) + 1,
                count=int(captures.count[at]),
                usage=f"{usage[at]:g}",
            )
            raise MisuseError(needed, found, cure)
