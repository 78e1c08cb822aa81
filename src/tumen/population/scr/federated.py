"""What one party computes of a joint likelihood, where its data lie: vectors over the cells of the agreed mask.

Detectors of several parties see an animal independently of each other, given its centre. So the log probability of an
animal's history at a cell is the sum of what each party's detectors say of it, and so is its gradient. A party needs
nothing of the others for its part; what the parts come to together is `federated_fit`. What a vector reveals stands in
docs/methods/federated.md: with the stations' exact places in it, it gives these places away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from tumen.errors import MisuseError, Text
from tumen.population.scr import kernel
from tumen.population.scr.design import Design, Part, design
from tumen.population.scr.fit import coarser
from tumen.population.scr.formula import variables
from tumen.population.scr.in_cells import POINTS, mixed
from tumen.population.scr.likelihood import Natural, natural, of_units
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Captures, Detectors, Floats, Integers, Kind, Mask, Session

FEWEST = 5
"""Stations that a party must have in a session to answer, unless another number was agreed."""
KINDS: tuple[Kind, ...] = ("proximity", "count", "binomial")


@dataclass(frozen=True)
class Closed:
    """A session as all agreed on it: its name, its number of occasions, its covariates."""

    name: str
    occasions: int
    values: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Agreement:
    """What all parties agreed on before anything is computed: model, ground, time, and words.

    `levels`: the values of every category that the model names, in their order: the two sexes, and those of covariates
    of detectors. `fewest`: stations that a party must have in a session. Raises `MisuseError` for a model whose
    likelihood does not come apart by party.
    """

    model: Model
    mask: Mask
    sessions: tuple[Closed, ...]
    kind: Kind = "proximity"
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fewest: int = FEWEST

    def __post_init__(self) -> None:
        """Refuse what has to see all data in one place."""
        model = self.model
        used = variables(model.detect, model.sigma, model.z)
        for wrong, found, cure in (
            ("b" in used, "a response to any capture (b)", "Take bk, which each detector knows for itself, or none."),
            (model.classes == 2, "a mixture of unknown classes (h2)", "Take classes by sex, or none."),
            (model.likelihood != "full", "a conditional likelihood", "Take the full likelihood."),
            (model.number != "poisson", "a fixed number of animals (binomial N)", "Take a Poisson number."),
            (model.movement is not None, "a cost of movement that is estimated", "Agree on it, and give distances."),
            (model.detection == "UN", "the uniform form, which has no gradient", "Take HN, EX, HR or their hazards."),
            (self.kind not in KINDS, f"detectors of kind {self.kind}", "Take proximity, count or binomial detectors."),
            (
                model.hybrid is not None and len(self.levels.get(model.hybrid, ())) != 2,
                "classes whose two values nobody agreed on",
                "Write both values among the levels.",
            ),
        ):
            if wrong:
                raise MisuseError("a model whose likelihood comes apart by party", found, cure)


@dataclass(frozen=True)
class Seen:
    """One party's animals in one session, by their joint pseudonyms: class (None: unknown) and captures of each.

    `stations`: with effort. `squares`, `degrees`: of the distances of captures from their animal's mean (m2).
    """

    animals: tuple[str, ...]
    classes: tuple[str | None, ...]
    captures: tuple[int, ...]
    stations: int
    squares: float
    degrees: int


@dataclass(frozen=True, eq=False)
class Vectors:
    """What one party's detectors say in one session at one point.

    `animals`: its own by row, `groups`: their classes. `rows`: (rows, 1 + P, M) log probability of the history of each,
    and its derivatives by the P parameters of detection. `exposure`: (classes, 1 + P, M) the sum of hazards, which is
    minus the log probability of being missed. `constant`: the part without parameters.
    """

    animals: Integers
    groups: Integers
    rows: Floats
    exposure: Floats
    constant: float


class Party:
    """One party's sessions, compiled for an agreement.

    `sessions`: with joint pseudonyms as names of animals, on any mask (the agreed one is put in its place). Sessions in
    which the party had no detector may be absent. Raises `MisuseError` for sessions that were not agreed on, removed
    animals, collars, and fewer stations than was agreed.
    """

    def __init__(self, sessions: Sequence[Session], agreed: Agreement) -> None:
        """Compile the likelihood of the party's own detectors."""
        self.agreed = agreed
        given = {session.name: session for session in sessions}
        unknown = sorted(set(given) - {closed.name for closed in agreed.sessions})
        if unknown:
            cure = "Take the agreed sessions."
            raise MisuseError("sessions that were agreed on", Text("{names}", names=", ".join(unknown)), cure)
        self.sessions = tuple(self._agreed(given.get(closed.name), closed) for closed in agreed.sessions)
        self.design = design(self.sessions, agreed.model, agreed.levels)
        self.coarse = coarser(self.design)

    def _agreed(self, session: Session | None, closed: Closed) -> Session:
        if session is None:
            return absent(closed, self.agreed)
        stations = int((session.detectors.usage > 0).any(axis=1).sum())
        for wrong, found, cure in (
            (session.detectors.kind != self.agreed.kind, session.detectors.kind, "Make histories of the agreed kind."),
            (
                session.detectors.occasions != closed.occasions,
                Text("{count} occasions", count=session.detectors.occasions),
                "Cut the session as was agreed.",
            ),
            (session.last is not None, "animals that were removed", "Fit these data in one place, or end the session."),
            (session.fixes is not None, "collared animals", "Leave the telemetry out."),
            (
                stations < self.agreed.fewest,
                Text("{count} stations", count=stations),
                "Too few stations to hide among: leave the session out, or agree on fewer.",
            ),
        ):
            if wrong:
                raise MisuseError(
                    Text(
                        "session {name} as agreed: kind {kind}, {occasions} occasions, {fewest} stations or more",
                        name=closed.name,
                        kind=self.agreed.kind,
                        occasions=closed.occasions,
                        fewest=self.agreed.fewest,
                    ),
                    found,
                    cure,
                )
        return replace(session, mask=self.agreed.mask, values=closed.values)

    def seen(self) -> tuple[Seen, ...]:
        """Return the party's animals and what the search starts from, by session."""
        return tuple(_seen(session, self.agreed.model.hybrid) for session in self.sessions)

    def answer(self, beta: Floats, *, coarse: bool = False) -> tuple[Vectors, ...]:
        """Return the vectors of every session at a point on the link scale; `coarse`: on the thinned mask."""
        whole = self.coarse if coarse else self.design
        values = natural(whole, beta)
        return tuple(_vectors(whole, part, values) for part in whole.parts)


def absent(closed: Closed, agreed: Agreement, animals: Sequence[str] = ()) -> Session:
    """Return a session with one detector that never worked; `animals` are caught by it, where it only lends its form.

    With animals the detector works, so that the histories can be compiled.
    """
    model, levels = agreed.model, agreed.levels
    mask_own = {*closed.values, "session", "t", "T", "bk", model.hybrid}
    named = [name for name in variables(model.detect, model.sigma, model.z) if name not in mask_own]
    count = np.arange(len(animals), dtype=np.int64)
    nothing = np.zeros(len(animals), np.int64)
    detectors = Detectors(
        ("-",),
        np.ascontiguousarray(agreed.mask.xy[:1]),
        np.full((1, closed.occasions), float(len(animals) > 0)),
        agreed.kind,
        {name: np.array([levels[name][0]], dtype=object) if name in levels else np.zeros(1) for name in named},
    )
    captures = Captures(count, nothing, nothing, nothing + 1)
    return Session(closed.name, detectors, tuple(animals), captures, agreed.mask, {}, closed.values)


def detection(whole: Design) -> tuple[int, ...]:
    """Return the positions of the parameters of the detection function among all parameters."""
    names = (whole.model.first, "sigma", "z")
    return tuple(j for name in names if name in whole.blocks for j in range(len(whole.names))[whole.blocks[name]])


def _seen(session: Session, hybrid: str | None) -> Seen:
    captures, count = session.captures, len(session.animals)
    times = np.bincount(captures.animal, weights=captures.count, minlength=count)
    xy, weight = session.detectors.xy[captures.detector], captures.count.astype(float)
    sums = [np.bincount(captures.animal, weights=weight * xy[:, axis], minlength=count) for axis in (0, 1)]
    middle = np.stack(sums, axis=1) / np.maximum(times, 1)[:, None]
    known = session.covariates.get(hybrid or "")
    return Seen(
        animals=session.animals,
        classes=tuple([None] * count if hybrid is None or known is None else known.tolist()),
        captures=tuple(times.astype(int).tolist()),
        stations=int((session.detectors.usage > 0).any(axis=1).sum()),
        squares=float((weight * ((xy - middle[captures.animal]) ** 2).sum(axis=1)).sum()),
        degrees=int(2 * np.maximum(times - 1, 0).sum()),
    )


def _vectors(whole: Design, part: Part, values: Natural) -> Vectors:
    """Return the rows of one session with their derivatives, all layers of the graph gone through forwards."""
    if part.means is not None:
        part = replace(part, graph=part.lean)
    graph, theta = part.graph, np.ascontiguousarray(values.theta[part.states])
    cells = part.distance.shape[1]
    h = np.empty((len(graph.row_detector), cells))
    kernel.hazards(whole.code, part.distance, graph.row_detector, graph.row_state, theta, h)
    profiles = np.empty((len(graph.profiles), cells))
    sums = graph.profiles
    kernel.sums(sums.pointer, sums.source, sums.weight, h, profiles, profiles)
    terms = np.empty((len(graph.term_source), cells))
    kernel.terms(graph.term_source, graph.term_kind, graph.term_effort, h, profiles, terms)
    per_term = _per_term(part, h, profiles)
    every = detection(whole)
    rows = np.empty((len(graph.row_animal), 1 + len(every), cells))
    exposure = np.empty((graph.unseen.shape[1], 1 + len(every), cells))
    slopes = _slopes(whole.code, part, theta, h)
    for place, j in enumerate((-1, *every)):
        if j >= 0:
            h = _by_parameter(whole, part, values, slopes, j)
            profiles = np.empty_like(profiles)
            kernel.sums(sums.pointer, sums.source, sums.weight, h, profiles, profiles)
            both = np.concatenate([h, profiles])
            terms = per_term * both[graph.term_source]
        own = np.empty((len(graph.animals), cells))
        kernel.sums(graph.animals.pointer, graph.animals.source, graph.animals.weight, profiles, terms, own)
        if part.means is None:
            rows[:, place], exposure[:, place] = own, profiles[graph.unseen[0]]
            continue
        if j < 0:
            units, shares = mixed(own)
        else:
            units = (shares * own.reshape(-1, POINTS, cells)).sum(axis=1)
        rows[:, place], exposure[:, place] = of_units(part.means, units)
    return Vectors(graph.row_animal, graph.row_class, rows, exposure, graph.constant)


def _per_term(part: Part, h: Floats, profiles: Floats) -> Floats:
    """Return (T, M) derivatives of the terms by their source rows."""
    graph = part.graph
    source = np.concatenate([h, profiles])[graph.term_source]
    effort = graph.term_effort[:, None]
    log: NDArray[np.bool_] = (graph.term_kind == kernel.LOG)[:, None]
    return np.where(log, 1 / source, effort / -np.expm1(-effort * source))


def _slopes(code: int, part: Part, theta: Floats, h: Floats) -> tuple[Floats, Floats, Floats]:
    """Return (R, M) derivatives of the hazards by their height, sigma and z on the natural scale."""
    of = theta[part.graph.row_state][:, :, None]
    a, sigma, z = of[:, 0], of[:, 1], of[:, 2]
    d = part.distance[part.graph.row_detector] / sigma
    hazard = code in kernel.HAZARD_FORMS
    if code <= kernel.HEX:
        by_log_height = h if hazard else np.expm1(h)
        power = d * d if code <= kernel.HHN else d
        return by_log_height / a, by_log_height * power / sigma, np.zeros_like(h)
    f = (h if hazard else -np.expm1(-h)) / a
    per = np.ones_like(h) if hazard else 1 / (1 - np.minimum(a * f, kernel.NEAR_ONE))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        q = d ** (-z)
        tail = np.where(q < kernel.LARGE, np.exp(-q) * q, 0.0)
        by_z = np.where(tail > 0, -tail * np.log(d), 0.0)
    return per * f, per * a * tail * z / sigma, per * a * by_z


def _by_parameter(whole: Design, part: Part, values: Natural, slopes: tuple[Floats, ...], j: int) -> Floats:
    """Return (R, M) derivatives of the hazards by parameter j on the link scale."""
    rows = (whole.detect, whole.sigma, whole.z)
    for place, name in enumerate((whole.model.first, "sigma", "z")):
        block = whole.blocks.get(name, slice(0, 0))
        if block.start <= j < block.stop:
            per_state = (values.slope[:, place] * rows[place][:, j - block.start])[part.states]
            return np.asarray(slopes[place] * per_state[part.graph.row_state][:, None])
    raise AssertionError(j)  # `detection` names these blocks only.
