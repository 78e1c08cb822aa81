"""The joint fit of several parties from their vectors: the likelihood that pooled data would have had.

The coordinator holds no captures and no places. At each point of the search it asks every party for its vectors
(`federated`), adds them up, and integrates over the cells; the search itself is that of `fit`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from tumen.errors import MisuseError, Text
from tumen.population.scr.abundance import Estimate, lognormal
from tumen.population.scr.design import Design, Part, design
from tumen.population.scr.federated import Agreement, Seen, Vectors, absent, detection
from tumen.population.scr.fit import Evaluate, coarser, maximum
from tumen.population.scr.likelihood import Natural, Pass, natural
from tumen.population.scr.model import HAZARD
from tumen.population.scr.start import SHAPE_Z, WIDER
from tumen.population.scr.survey import Covariate, Floats

HEIGHTS = (0.002, 0.01, 0.05, 0.2)
"""Heights of the detection function that are tried as a start."""
SCALES = (0.8, 1.5)
"""Shares of the spread of captures that are tried as sigma: animals seen by two parties range farther than each saw."""


class Ask(Protocol):
    """How vectors come from the parties: by call in one process, by files between several."""

    def __call__(self, points: Sequence[Floats], *, coarse: bool) -> Mapping[str, Sequence[tuple[Vectors, ...]]]:
        """Return what every party says: for each point the vectors of all sessions."""


@dataclass(frozen=True, eq=False)
class Joint:
    """The joint fit: as `fit.Fit`, without the data.

    `density`: (M,) animals per km2 in each cell, by session; `slopes`: (M, P) derivatives of their logarithms. `area`:
    (M,) km2 of the cells. `animals`: seen by anybody, over all sessions. `evaluations`: points at which the whole mask
    was asked for.
    """

    names: tuple[str, ...]
    beta: Floats
    covariance: Floats | None
    log_likelihood: float
    status: str
    problems: tuple[str, ...]
    estimable: NDArray[np.bool_]
    density: tuple[Floats, ...]
    slopes: tuple[Floats, ...]
    area: Floats
    animals: int
    evaluations: int

    @property
    def se(self) -> Floats:
        """Return the standard errors on the link scale; NaN where there are none."""
        if self.covariance is None:
            return np.full(len(self.beta), np.nan)
        return np.where(self.estimable, np.sqrt(np.clip(np.diag(self.covariance), 0, None)), np.nan)

    def expected(self, share: Floats | None = None, session: int = 0) -> Estimate:
        """Return expected N in a region, as `abundance` does. `share`: (M,) of each cell in it; None: all."""
        here = self.density[session] * self.area * (1.0 if share is None else share)
        value = float(here.sum())
        if self.covariance is None or not value > 0:
            return Estimate(value, float("nan"), float("nan"), float("nan"))
        slope = here @ self.slopes[session]
        moves = (slope != 0) & ~self.estimable
        variance = float("nan") if moves.any() else float(slope @ self.covariance @ slope)
        return lognormal(value, value * float(np.sqrt(np.expm1(variance / value**2))))


def federated(agreed: Agreement, seen: Mapping[str, Sequence[Seen]], ask: Ask, *, start: Floats | None = None) -> Joint:
    """Return the maximum-likelihood fit to the data of all parties, of which none leaves its place.

    `seen`: what each party says of its animals (`Party.seen`); `ask`: how its vectors come. `start`: (P,) on the link
    scale; None: from what the parties said. The order of parties changes nothing. Raises `MisuseError` where nobody
    saw an animal, two parties contradict each other about a sex, or an answer lacks a party or does not fit the mask.
    """
    whole = joint_design(agreed, seen)
    return joint_fit(whole, seen, Together(whole, seen, ask), start=start)


def joint_fit(
    whole: Design, seen: Mapping[str, Sequence[Seen]], evaluate: Evaluate, *, start: Floats | None = None
) -> Joint:
    """Return the fit of a joint design (`joint_design`), with whatever gives log-likelihoods and gradients."""
    found = maximum(whole, _start(whole, seen, evaluate) if start is None else start, evaluate=evaluate)
    slopes = [np.zeros((len(part.session.mask), len(found.beta))) for part in whole.parts]
    for slope, part in zip(slopes, whole.parts, strict=True):
        slope[:, whole.blocks["D"]] = part.density
    surfaces = natural(whole, found.beta).density
    return Joint(
        names=found.names,
        beta=found.beta,
        covariance=found.covariance,
        log_likelihood=found.log_likelihood,
        status=found.status,
        problems=found.problems,
        estimable=found.estimable,
        density=tuple(surface for surface in surfaces if surface is not None),
        slopes=tuple(slopes),
        area=whole.parts[0].session.mask.area,
        animals=found.animals,
        evaluations=found.evaluations,
    )


def joint_design(agreed: Agreement, seen: Mapping[str, Sequence[Seen]]) -> Design:
    """Return the design of all animals together; its one detector lends the form and is never evaluated."""
    sessions = []
    for number, closed in enumerate(agreed.sessions):
        classes: dict[str, str | None] = {}
        for party in sorted(seen):
            own = seen[party][number]
            for animal, told in zip(own.animals, own.classes, strict=True):
                if None not in (told, classes.get(animal)) and told != classes[animal]:
                    raise MisuseError(
                        Text("one {name} for animal {animal}", name=agreed.model.hybrid or "", animal=animal),
                        Text("{one} and {other}", one=classes[animal] or "", other=told or ""),
                        "Settle it in the register, and let the parties answer anew.",
                    )
                classes[animal] = classes.get(animal) or told
        names = sorted(classes)
        session = absent(closed, agreed, names)
        told_all: Covariate = np.array([classes[name] for name in names], dtype=object)
        known = {} if agreed.model.hybrid is None else {agreed.model.hybrid: told_all}
        sessions.append(replace(session, covariates=known))
    if not any(session.animals for session in sessions):
        raise MisuseError(
            "animals that were seen",
            Text("{count} parties without a capture", count=len(seen)),
            "A survey that saw nobody bounds density from above; it does not estimate it.",
        )
    return design(sessions, agreed.model, agreed.levels)


class Together:
    """The joint log-likelihood and its gradient at points, from what the parties say (`fit.Evaluate`)."""

    def __init__(self, whole: Design, seen: Mapping[str, Sequence[Seen]], ask: Ask) -> None:
        """Keep who is asked, and which of the joint animals are whose."""
        self.whole, self.seen, self.ask = whole, {party: seen[party] for party in sorted(seen)}, ask

    def __call__(self, design: Design, points: Sequence[Floats]) -> list[tuple[float, Floats]]:
        """Return the log-likelihood and its gradient at each point; the design's mask says on which mask."""
        given = self.ask(points, coarse=on_thinned(design, self.whole))
        missing = sorted(set(self.seen) - set(given))
        if missing:
            raise MisuseError(
                Text("an answer of every party: {names}", names=", ".join(sorted(self.seen))),
                Text("none of {names}", names=", ".join(missing)),
                "Ask them again; a fit without a party would be a fit of other data.",
            )
        return [
            self._at(design, beta, {party: given[party][number] for party in self.seen})
            for number, beta in enumerate(points)
        ]

    def _at(self, design: Design, beta: Floats, given: Mapping[str, tuple[Vectors, ...]]) -> tuple[float, Floats]:
        values, total, gradient = natural(design, beta), 0.0, np.zeros(len(beta))
        unused = np.zeros_like(values.theta)
        for number, part in enumerate(design.parts):
            told = [(self.seen[party][number], given[party][number]) for party in self.seen]
            _fitting(part, told, 1 + len(detection(design)))
            found = _Sum(design, part, values, number, _added(part, told))
            total += found.value() + sum(vectors.constant for _, vectors in told)
            if not np.isfinite(total):
                return -np.inf, np.zeros(len(beta))
            found.back(unused, gradient)
        return float(total), gradient


def on_thinned(design: Design, whole: Design) -> bool:
    """Say whether a design is that on the thinned mask."""
    return len(design.parts[0].session.mask) < len(whole.parts[0].session.mask)


class _Sum(Pass):
    """One session whose rows come from the parties."""

    def __init__(self, design: Design, part: Part, values: Natural, number: int, added: tuple[Floats, Floats]) -> None:
        super().__init__(design, part, values, number)
        self.added = added

    def fill(self) -> None:
        """Take the rows as they were added up."""
        rows, exposure = self.added
        self.rows, self.unseen = rows[:, 0].copy(), exposure[None, :, 0]

    def pass_on(self, g_unseen: Floats, g_theta: Floats, gradient: Floats) -> None:
        """Add the gradient by the parameters of detection, from the derivatives of the rows."""
        rows, exposure = self.added
        for place, j in enumerate(detection(self.design), start=1):
            gradient[j] += float((self.rows * rows[:, place]).sum() + (g_unseen[0] * exposure[:, place]).sum())


def _added(part: Part, told: Sequence[tuple[Seen, Vectors]]) -> tuple[Floats, Floats]:
    """Return rows of all animals and exposures, each summed over the parties, with their derivatives."""
    graph, names = part.graph, part.session.animals
    whole = np.sum([vectors.exposure for _, vectors in told], axis=0)
    rows = -whole[graph.row_class]
    at = {
        (names[int(animal)], int(group)): row
        for row, (animal, group) in enumerate(zip(graph.row_animal, graph.row_class, strict=True))
    }
    for seen, vectors in told:
        for own, (animal, group) in enumerate(zip(vectors.animals, vectors.groups, strict=True)):
            row = at.get((seen.animals[int(animal)], int(group)))
            # A class that another party knows the animal not to have is of no account.
            if row is not None:
                rows[row] += vectors.rows[own] + vectors.exposure[int(group)]
    return rows, whole


def _fitting(part: Part, told: Sequence[tuple[Seen, Vectors]], width: int) -> None:
    """Refuse vectors that are of other cells, parameters or classes."""
    shape = (part.graph.unseen.shape[1], width, len(part.session.mask))
    for seen, vectors in told:
        rows = (len(vectors.animals), *shape[1:])
        short = len(seen.animals) > len(set(vectors.animals.tolist()))
        if vectors.exposure.shape != shape or vectors.rows.shape != rows or short:
            raise MisuseError(
                Text("vectors of {shape} classes, parameters and cells, with every animal", shape=str(shape)),
                Text("{shape}, {count} animals", shape=str(vectors.exposure.shape), count=len(vectors.animals)),
                "Let every party answer with the same agreement.",
            )
        if not (np.isfinite(vectors.exposure).all() and np.isfinite(vectors.rows).all()):
            raise MisuseError("numbers in every vector", "values that are none", "Let that party answer anew.")


def _start(whole: Design, seen: Mapping[str, Sequence[Seen]], evaluate: Evaluate) -> Floats:
    """Return a point to begin from: the best of few heights and scales, each with the density that suits it."""
    coarse, model = coarser(whole), whole.model
    every = [session for party in sorted(seen) for session in seen[party]]
    degrees = sum(each.degrees for each in every)
    squares = sum(each.squares for each in every)
    mask = whole.parts[0].session.mask
    spread = float(np.sqrt(squares / degrees)) if squares > 0 else 3 * mask.spacing
    spread = max(spread, mask.spacing) * WIDER.get(model.detection, 1.0)
    area = len(whole.parts) * float(mask.area.sum())
    animals = sum(len(part.session.animals) for part in whole.parts)
    first, sigma, density = (whole.blocks[name].start for name in (model.first, "sigma", "D"))
    points = []
    for height in HEIGHTS:
        for scale in SCALES:
            beta = np.zeros(len(whole.names))
            beta[first] = np.log(height) if model.detection in HAZARD else logit(height)
            beta[sigma], beta[density] = np.log(scale * spread), np.log(animals / area)
            if "z" in whole.blocks:
                beta[whole.blocks["z"].start] = np.log(SHAPE_Z)
            points.append(beta)
    best, most = points[0], -np.inf
    for beta, (value, gradient) in zip(points, evaluate(coarse, points), strict=True):
        # By the log of density the gradient is n - q: q animals would be seen. Density n / q of it is the best.
        expected = animals - gradient[density]
        if not (np.isfinite(value) and expected > 0):
            continue
        better = value + animals * np.log(animals / expected) - animals + expected
        if better > most:
            most, best = better, beta.copy()
            best[density] += np.log(animals / expected)
    return best
