"""The log-likelihood of a spatial capture-recapture model and its exact gradient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, expit, gammaln, logsumexp

from tumen.population.scr import kernel
from tumen.population.scr.collars import by_animal
from tumen.population.scr.design import Design, Part
from tumen.population.scr.in_cells import Means, mixed
from tumen.population.scr.survey import Fixes, Floats, Integers

FEWEST = 64
"""Cells of a part at least."""
BLOCK = 2_000_000
"""Bytes of rows to work on at once, so that they stay in the processor's own memory: the mask is taken in parts."""
ROOM = 256_000_000
"""Bytes of rows to keep for the way back; those of a larger survey are computed twice instead."""


@dataclass(frozen=True, eq=False)
class Natural:
    """Parameters on their natural scale.

    `theta`: (C, 3) g0 or lambda0, sigma, z of each state; `slope`: their derivative by the linear predictor. `share`:
    (sessions, classes). `density`: per session (M,) per km2, or None. `cost`: effect on the cost of movement, or None.
    """

    theta: Floats
    slope: Floats
    share: Floats
    density: tuple[Floats | None, ...]
    cost: float | None = None


@dataclass(frozen=True, eq=False)
class Integrals:
    """What one session comes to.

    `posterior`: (A, M) share of each row of the graph (an animal in a class) at each cell; the rows of one animal sum
    to 1 together. `seen`: (patterns, classes, M) probability of being seen at least once. `log`: (n,) log of the
    integral of each animal over cells and classes.
    """

    posterior: Floats
    responsibility: Floats
    seen: Floats
    log: Floats


def natural(design: Design, beta: Floats) -> Natural:
    """Return the parameters on their natural scale."""
    blocks, model = design.blocks, design.model
    first = design.detect @ beta[blocks[model.first]]
    sigma = np.exp(design.sigma @ beta[blocks["sigma"]])
    z = np.exp(design.z @ beta[blocks["z"]]) if "z" in blocks else np.ones(len(sigma))
    if model.first == "g0":
        a = expit(first)
        by = a * (1 - a)
    else:
        a = by = np.exp(first)
    if "pmix" in blocks:
        second = expit(design.mixture @ beta[blocks["pmix"]])
        share = np.stack([1 - second, second], axis=1)
    else:
        share = np.ones((len(design.parts), 1))
    density = tuple(None if part.density is None else np.exp(part.density @ beta[blocks["D"]]) for part in design.parts)
    cost = float(beta[blocks["cost"]][0]) if "cost" in blocks else None
    return Natural(np.stack([a, sigma, z], axis=1), np.stack([by, sigma, z], axis=1), share, density, cost)


def log_likelihood(design: Design, beta: Floats) -> float:
    """Return the log-likelihood at parameters on the link scale, with every combinatorial constant of the model."""
    return _evaluate(design, beta, with_score=False)[0]


def score(design: Design, beta: Floats) -> tuple[float, Floats]:
    """Return the log-likelihood and its exact gradient by the parameters on the link scale."""
    return _evaluate(design, beta, with_score=True)


def _evaluate(design: Design, beta: Floats, *, with_score: bool) -> tuple[float, Floats]:
    values = natural(design, beta)
    total, gradient = 0.0, np.zeros(len(beta))
    if not np.all(np.isfinite(values.theta)) or np.any(values.theta[:, :2] <= 0):
        return -np.inf, gradient
    g_theta = np.zeros_like(values.theta)
    for number, part in enumerate(design.parts):
        pass_ = Pass(design, part, values, number)
        total += pass_.value()
        if not np.isfinite(total):
            return -np.inf, gradient
        if with_score:
            pass_.back(g_theta[part.states], gradient)
    if with_score:
        g_link = g_theta * values.slope
        gradient[design.blocks[design.model.first]] += design.detect.T @ g_link[:, 0]
        gradient[design.blocks["sigma"]] += design.sigma.T @ g_link[:, 1]
        if "z" in design.blocks:
            gradient[design.blocks["z"]] += design.z.T @ g_link[:, 2]
    total += _telemetry(design, values, gradient)
    return float(total), gradient


def integrals(design: Design, beta: Floats, number: int) -> Integrals:
    """Return the integrals over the mask of one session at given parameters."""
    pass_ = Pass(design, design.parts[number], natural(design, beta), number)
    pass_.value()
    return Integrals(
        pass_.rows * pass_.responsibility[:, None], pass_.responsibility, -np.expm1(-pass_.unseen), pass_.log
    )


class Pass:
    """One session at one set of parameters: forwards to the likelihood, backwards to the gradient."""

    def __init__(self, design: Design, part: Part, values: Natural, number: int) -> None:
        """Cut the mask into parts whose rows stay in the processor's own memory."""
        self.design, self.part, self.number = design, part, number
        self.graph, self.bundles, self.model = part.lean, part.bundles, design.model
        self.theta = np.ascontiguousarray(values.theta[part.states])
        self.share = values.share[number]
        area = part.session.mask.area
        density = values.density[number]
        self.weight = area if density is None else density * area
        graph = self.graph
        rows = (
            len(graph.row_detector)
            + self.bundles.rows
            + len(graph.profiles)
            + len(graph.term_source)
            + 2 * len(graph.row_animal)
        )
        step = max(FEWEST, BLOCK // (8 * max(rows, 1)))
        cells = len(area)
        self.chunks = [slice(start, min(start + step, cells)) for start in range(0, cells, step)]
        self.keeps = 8 * rows * cells <= ROOM
        self.kept: list[tuple[Floats, Floats, Floats]] = []
        self.distance, self.by_cost = part.distance, np.zeros((0, 0))
        if part.way is not None and values.cost is not None:
            self.distance, self.by_cost = part.way.distances(values.cost)

    def value(self) -> float:
        """Return the session's log-likelihood; keep what the way back needs."""
        graph, count = self.graph, len(self.part.session.animals)
        self.fill()
        each = np.empty(len(graph.row_animal))
        kernel.integrate(self.rows, self.weight, each)
        with np.errstate(divide="ignore"):
            each += np.log(self.share)[graph.row_class]
        self.log = _by_animal(each, graph.row_animal, count)
        with np.errstate(invalid="ignore"):
            self.responsibility = np.exp(each - self.log[graph.row_animal])
        self.missed = np.exp(-self.unseen)
        self.seen = np.einsum("m,amx,x->a", self.share, 1 - self.missed, self.weight)
        return float(self.log.sum() + graph.constant + self._number(count))

    def fill(self) -> None:
        """Compute the log probabilities of histories, `rows`, and of not being seen, minus `unseen`, by cell."""
        graph, cells = self.graph, len(self.weight)
        self.rows = np.empty((len(graph.row_animal), cells))
        self.unseen = np.empty((*graph.unseen.shape, cells))
        for chunk in self.chunks:
            h, profiles, terms = self._forward(chunk)
            rows = np.empty((len(graph.animals), profiles.shape[1]))
            sums = graph.animals
            kernel.sums(sums.pointer, sums.source, sums.weight, profiles, terms, rows)
            if self.part.means is None:
                self.rows[:, chunk], self.unseen[:, :, chunk] = rows, profiles[graph.unseen]
            else:
                self.rows[:, chunk], unseen = of_units(self.part.means, mixed(rows)[0])
                self.unseen[:, :, chunk] = unseen.reshape(*graph.unseen.shape, -1)
            if self.keeps:
                self.kept.append((h, profiles, terms))

    def _number(self, count: int) -> float:
        """Return what the number of animals seen adds.

        Animals are told apart, so the histories of n animals can stand in n! orders; every form counts them alike.
        """
        if self.model.likelihood == "conditional":
            return float(gammaln(count + 1)) - float(np.log(self.seen)[self.graph.pattern].sum())
        caught = float(self.seen[0])
        if self.model.number == "poisson":
            return -caught
        whole = float(self.weight.sum())
        if whole <= count or caught >= whole:
            return -np.inf
        missed = (whole - count) * np.log1p(-caught / whole)
        return float(gammaln(whole + 1) - gammaln(whole - count + 1) - count * np.log(whole) + missed)

    def _forward(self, chunk: slice) -> tuple[Floats, Floats, Floats]:
        graph, whole = self.graph, len(self.chunks) == 1
        distance = self.distance if whole else np.ascontiguousarray(self.distance[:, chunk])
        cells = distance.shape[1]
        single = len(graph.row_detector)
        h = np.empty((single + self.bundles.rows, cells))
        kernel.hazards(self.design.code, distance, graph.row_detector, graph.row_state, self.theta, h[:single])
        if self.bundles.rows:
            kernel.bundled(self.design.code, distance, self.bundles.where, self.bundles.members, self.theta, h[single:])
        profiles = np.empty((len(graph.profiles), cells))
        sums = graph.profiles
        kernel.sums(sums.pointer, sums.source, sums.weight, h, profiles, profiles)
        terms = np.empty((len(graph.term_source), cells))
        kernel.terms(graph.term_source, graph.term_kind, graph.term_effort, h, profiles, terms)
        return h, profiles, terms

    def back(self, g_theta: Floats, gradient: Floats) -> None:
        """Add to the gradient by the natural parameters of the states, and by the link of density and shares."""
        graph, count = self.graph, len(self.part.session.animals)
        g_unseen, g_seen_weight, per_seen = self._number_back(count)
        self.rows *= self.responsibility[:, None]
        if "D" in self.design.blocks and self.part.density is not None:
            g_log_density = self.rows.sum(axis=0) + g_seen_weight * self.weight
            gradient[self.design.blocks["D"]] += self.part.density.T @ g_log_density
        if "pmix" in self.design.blocks:
            second = graph.row_class == 1
            by_second = float(self.responsibility[second].sum() - self.share[1] * self.responsibility.sum())
            each = np.einsum("amx,x->am", 1 - self.missed, self.weight)
            by_second += float((per_seen * (each[:, 1] - each[:, 0])).sum() * self.share[0] * self.share[1])
            block = self.design.blocks["pmix"]
            gradient[block] += self.design.mixture[self.number] * by_second
        self.pass_on(g_unseen, g_theta, gradient)

    def pass_on(self, g_unseen: Floats, g_theta: Floats, gradient: Floats) -> None:
        """Add what the derivatives by `rows` (they stand in it now) and by `unseen` mean for the detection function."""
        for number in range(len(self.chunks)):
            g_cost = self._back(number, g_unseen, g_theta)
            if "cost" in self.design.blocks:
                gradient[self.design.blocks["cost"]] += g_cost

    def _number_back(self, count: int) -> tuple[Floats, Floats, Floats]:
        """Return the derivatives by the profiles of the unseen, by a cell's weight, and by the integral of being seen.

        The animals' own part of the derivative by a cell's weight is not in it.
        """
        if self.model.likelihood == "conditional":
            per_seen = -np.bincount(self.graph.pattern, minlength=len(self.seen)) / self.seen
            by_weight = np.zeros(len(self.weight))
        else:
            here = np.einsum("m,mx->x", self.share, 1 - self.missed[0])
            if self.model.number == "poisson":
                per_seen, by_weight = np.array([-1.0]), -here
            else:
                per_seen, by_weight = self._binomial_back(count, here)
        by_unseen = per_seen[:, None, None] * self.share[None, :, None] * self.weight * self.missed
        return by_unseen, by_weight, per_seen

    def _binomial_back(self, count: int, here: Floats) -> tuple[Floats, Floats]:
        whole, caught = float(self.weight.sum()), float(self.seen[0])
        left = 1 - caught / whole
        by_seen = -(whole - count) / (whole * left)
        by_whole = (
            digamma(whole + 1)
            - digamma(whole - count + 1)
            - count / whole
            + np.log(left)
            + (whole - count) * caught / (whole * whole * left)
        )
        return np.array([by_seen]), by_whole + by_seen * here

    def _back(self, number: int, g_unseen: Floats, g_theta: Floats) -> float:
        graph, chunk, whole = self.graph, self.chunks[number], len(self.chunks) == 1
        h, profiles, terms = self.kept[number] if self.keeps else self._forward(chunk)
        g_rows = np.ascontiguousarray(self.rows[:, chunk])
        distance = self.distance if whole else np.ascontiguousarray(self.distance[:, chunk])
        g_h, g_profiles, g_terms = np.zeros_like(h), np.zeros_like(profiles), np.zeros_like(terms)
        sums, g_exposed = graph.animals, g_unseen[:, :, chunk].reshape(graph.unseen.size, -1)
        if self.part.means is not None:
            units = np.empty((len(sums), profiles.shape[1]))
            kernel.sums(sums.pointer, sums.source, sums.weight, profiles, terms, units)
            g_rows = to_points(self.part.means, mixed(units)[1], g_rows, g_exposed)
        kernel.sums_back(sums.pointer, sums.source, sums.weight, g_profiles, g_terms, g_rows)
        if self.part.means is None:
            np.add.at(g_profiles, graph.unseen.ravel(), g_exposed)
        kernel.terms_back(
            (graph.term_source, graph.term_kind, graph.term_effort), h, profiles, g_h, g_profiles, g_terms
        )
        sums = graph.profiles
        kernel.sums_back(sums.pointer, sums.source, sums.weight, g_h, g_profiles, g_profiles)
        g_distance = np.zeros_like(distance) if self.by_cost.size else np.zeros((0, 0))
        rows = (graph.row_detector, graph.row_state)
        single = len(graph.row_detector)
        gradients = (g_h[:single], g_theta, g_distance)
        kernel.hazards_back(self.design.code, distance, rows, self.theta, h[:single], gradients)
        if self.bundles.rows:
            gradients = (g_h[single:], g_theta, g_distance)
            where, members = self.bundles.where, self.bundles.members
            kernel.bundled_back(self.design.code, distance, where, members, self.theta, gradients)
        return float((g_distance * self.by_cost[:, chunk]).sum()) if self.by_cost.size else 0.0


def of_units(means: Means, units: Floats) -> tuple[Floats, Floats]:
    """Return (A, M) rows of animals and (patterns x classes, M) exposures as sums of units (U, M)."""
    made = []
    for sums in (means.animals, means.unseen):
        out = np.empty((len(sums), units.shape[1]))
        kernel.sums(sums.pointer, sums.source, sums.weight, np.ascontiguousarray(units), out, out)
        made.append(out)
    return made[0], made[1]


def to_points(means: Means, shares: Floats, g_rows: Floats, g_unseen: Floats) -> Floats:
    """Return (9 U, M) derivatives by units at points. `shares`: (U, 9, M) of the points in each unit."""
    g_units = np.zeros((len(shares), shares.shape[2]))
    for sums, g_out in ((means.animals, g_rows), (means.unseen, np.ascontiguousarray(g_unseen))):
        kernel.sums_back(sums.pointer, sums.source, sums.weight, g_units, g_units[:0], g_out)
    return np.asarray((g_units[:, None, :] * shares).reshape(-1, shares.shape[2]))


def _by_animal(each: Floats, animal: Integers, count: int) -> Floats:
    """Return the log of the sum over the rows of each animal."""
    if len(each) == count:
        return each.copy()
    both = np.full((count, 2), -np.inf)
    second = np.concatenate([[False], animal[1:] == animal[:-1]]) if len(animal) else np.zeros(0, bool)
    both[animal, second.astype(int)] = each
    return np.asarray(logsumexp(both, axis=1))


def _telemetry(design: Design, values: Natural, gradient: Floats) -> float:
    """Return what collared animals say of sigma, and add its derivative.

    Around its centre an animal's places are normal with standard deviation sigma in each direction; the unknown centre
    is integrated out, so an animal with f fixes has 2 (f - 1) degrees of freedom. A collared animal of known class says
    something of that class; collars are not put on at random, so nothing is learnt from it of the shares. One of
    unknown class belongs to each with its share.
    """
    total = 0.0
    for number, part in enumerate(design.parts):
        fixes = part.session.fixes
        if fixes is None or not len(fixes.animal):
            continue
        degrees, squares, constant = by_animal(fixes)
        states = part.states.start + np.arange(max(len(design.labels), 1)) * part.places
        sigma = values.theta[states, 1]
        each = constant[:, None] - degrees[:, None] * np.log(sigma) - squares[:, None] / (2 * sigma**2)
        weight, unknown = _of_classes(fixes, design.labels, len(degrees), values.share[number])
        with np.errstate(divide="ignore"):
            joint = each + np.log(weight)
        whole = np.asarray(logsumexp(joint, axis=1))
        total += float(whole.sum())
        belongs = np.exp(joint - whole[:, None])
        by_log = (belongs * (squares[:, None] / sigma**2 - degrees[:, None])).sum(axis=0)
        gradient[design.blocks["sigma"]] += by_log @ design.sigma[states]
        if "pmix" in design.blocks and unknown.any():
            second = float((belongs[unknown, 1] - values.share[number, 1]).sum())
            gradient[design.blocks["pmix"]] += design.mixture[number] * second
    return total


def _of_classes(fixes: Fixes, labels: tuple[str, ...], count: int, share: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return (animals, classes) weights of the classes of collared animals, and whose class is unknown."""
    told = [fixes.classes[i] if i < len(fixes.classes) else None for i in range(count)]
    known = np.array([label in labels for label in told], dtype=bool)
    weight = np.tile(share, (count, 1))
    for i in np.flatnonzero(known):
        weight[i] = [float(label == told[i]) for label in labels]
    return weight, ~known
