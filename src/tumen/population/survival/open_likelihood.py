"""How probable are the histories of all animals, and which way does each parameter change it?

Full likelihood: numbers that enter are Poisson, lives independent, so with Lambda the expected number of animals seen
at least once and L_i an animal's part (see `open_hmm`), summed over the classes that its sex allows,

    ln L = -Lambda + sum of ln L_i - ln n!

`entry="captured"`: each animal given its first session, what was seen of it there included: ln of L_i over the same sum
without the sessions after the first, over all classes; its sex, where known, is part of the data.
"""

from collections.abc import Iterator

import numpy as np
from scipy.special import gammaln, logsumexp

from tumen.population.scr.survey import Floats, Integers
from tumen.population.survival import open_emission, open_hmm
from tumen.population.survival.open_hmm import Batch, Chain, Slopes
from tumen.population.survival.open_kernel import Move, Still, grid, normal
from tumen.population.survival.open_model import Design, Rates, rates

BUDGET = 12_000_000
"""Numbers (animals x cells x sessions x classes) that are carried together."""


class Evaluation:
    """The likelihood at one point: what the animals share (`psi`, `chi`, per class), and passes over the animals."""

    def __init__(self, design: Design, beta: Floats) -> None:
        """Work out rates, hazards, and the recursions that all animals share."""
        self.design, self.data = design, design.data
        self.rates: Rates = rates(design, beta)
        years = self.data.years
        self.curves = [
            [(design.form, float(self.rates.base[t, c]), float(self.rates.sigma[t, c])) for c in range(design.classes)]
            for t in range(len(years))
        ]
        quiet = [[open_emission.quiet(years[t], *curve) for curve in self.curves[t]] for t in range(len(years))]
        self.hazard = np.array([[pair[0] for pair in pairs] for pairs in quiet])
        self.patterns = [[pair[1] for pair in pairs] for pairs in quiet]
        moves = _moves(design, self.rates)
        surface = design.start_surface()
        captured = design.model.entry == "captured"
        self.chains = [
            Chain(self.rates.survive[c], self.rates.enter[c], surface, np.exp(-self.hazard[:, c]), moves, captured)
            for c in range(design.classes)
        ]
        self.psi = [open_hmm.before(chain) for chain in self.chains]
        self.chi = [open_hmm.after(chain) for chain in self.chains]

    def expected(self) -> float:
        """Return the expected number of animals seen at least once."""
        return float(sum((psi * (1 - chain.quiet)).sum() for psi, chain in zip(self.psi, self.chains, strict=True)))

    def chunks(self) -> Iterator[Integers]:
        """Yield the animals, as many together as fit in memory."""
        size = max(1, BUDGET // (self.hazard.size))
        for start in range(0, len(self.data.animals), size):
            yield np.arange(start, min(start + size, len(self.data.animals)))

    def batch(self, who: Integers, c: int) -> Batch:
        """Return the animals `who`, neighbours in the data, with their log-probabilities in class c."""
        first, last = self.data.first[who], self.data.last[who]
        members, seen = [], []
        for t, year in enumerate(self.data.years):
            there = np.flatnonzero((first <= t) & (last >= t))
            logs = np.repeat(-self.hazard[t, c][None], len(there), axis=0)
            rows = self.rows(who, t)
            if rows[1] > rows[0]:
                here = self.data.row[who[there], t] >= 0
                logs[here] += open_emission.seen(year, rows, self.curves[t][c], self.patterns[t][c])
            members.append(there)
            seen.append(logs)
        return Batch(first, last, tuple(members), tuple(seen))

    def rows(self, who: Integers, t: int) -> tuple[int, int]:
        """Return the range of rows of session t that belong to neighbouring animals."""
        rows = self.data.row[who, t]
        rows = rows[rows >= 0]
        return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)

    def allowed(self, who: Integers) -> Floats:
        """Return (C, n): 0 where an animal may be of the class, minus infinity where its sex says no."""
        sex = self.data.sex[who]
        if self.design.classes == 1:
            return np.zeros((1, len(who)))
        return np.array([np.where((sex == -1) | (sex == c), 0.0, -np.inf) for c in range(2)])


def log_likelihood(design: Design, beta: Floats) -> float:
    """Return the log-likelihood at parameters on the link scale; minus infinity where the data cannot happen."""
    return _passes(Evaluation(design, beta), None)


def score(design: Design, beta: Floats) -> tuple[float, Floats]:
    """Return the log-likelihood and its (P,) gradient.

    >>> from tumen.population.survival.open_data import gather
    >>> from tumen.population.survival.open_model import OpenModel, design
    >>> from tumen.population.survival.open_simulate import example
    >>> plan = design(gather(example()), OpenModel())
    >>> value, slope = score(plan, np.log([0.02, 2.0, 0.3, 0.2, 600.0]))
    >>> bool(value == log_likelihood(plan, np.log([0.02, 2.0, 0.3, 0.2, 600.0]))), slope.shape
    (True, (5,))
    """
    point = Evaluation(design, beta)
    slopes = [Slopes.zero(len(design.data.years), len(design.data.mask)) for _ in point.chains]
    gradient = np.zeros(len(beta))
    value = _passes(point, (slopes, gradient))
    if not np.isfinite(value):
        return -np.inf, np.full(len(beta), np.nan)
    for c, chain in enumerate(point.chains):
        open_hmm.close(chain, point.psi[c], point.chi[c], slopes[c], 1.0)
        gradient += np.tensordot(slopes[c].survive, point.rates.survive_slope[c], 1)
        gradient += np.tensordot(slopes[c].enter, point.rates.enter_slope[c], 1)
        for t, year in enumerate(design.data.years):
            none = np.zeros_like(point.patterns[t][c])
            part = open_emission.quiet_slope(year, point.curves[t][c], -slopes[c].quiet[t], none)
            _add(design, gradient, (t, c), part)
        gradient[design.place["move"]] += slopes[c].move.sum()
    return value, gradient


def _passes(point: Evaluation, found: tuple[list[Slopes], Floats] | None) -> float:
    """Go over the animals; return the log-likelihood, and add derivatives to what is `found`."""
    design, data = point.design, point.data
    captured = design.model.entry == "captured"
    value = 0.0 if captured else -point.expected() - float(gammaln(len(data.animals) + 1))
    later = np.arange(len(data.years)) > data.first[:, None]
    value += float(data.constant[later].sum() if captured else data.constant.sum())
    for who in point.chunks():
        batches = [point.batch(who, c) for c in range(design.classes)]
        passed = [
            open_hmm.forward(chain, batch, psi, chi)
            for chain, batch, psi, chi in zip(point.chains, batches, point.psi, point.chi, strict=True)
        ]
        logs = np.array([log for _, log in passed]) + point.allowed(who)
        total = logsumexp(logs, axis=0)
        value += float(total.sum())
        starts, start_log = _starts(point, batches) if captured else ([], np.zeros(len(who)))
        value -= float(start_log.sum())
        if found is None or not np.isfinite(value):
            continue
        for c, batch in enumerate(batches):
            weight = np.exp(logs[c] - total)
            weights = _weights(point, (c, batch), (*passed[c], weight), found[0][c])
            if captured:
                _subtract(batch, np.exp(starts[c] - start_log[:, None, None])[:, 0], weights, found[0][c], point.psi[c])
            _rows(point, (who, c, batch), weights, found)
    return value if np.isfinite(value) else -np.inf


def _weights(
    point: Evaluation, of: tuple[int, Batch], passed: tuple[tuple[Floats, ...], Floats, Floats], slopes: Slopes
) -> tuple[Floats, ...]:
    """Return the weights on the members' log-probabilities, and add the rest to the slopes."""
    c, batch = of
    ways, log, weight = passed
    # An animal of the other sex has no weight; its own log-probability stays out of 0 times infinity.
    safe = np.where(np.isfinite(log), log, 0.0)
    return open_hmm.backward(point.chains[c], batch, ways, safe, (point.chi[c], weight, slopes))


def _starts(point: Evaluation, batches: list[Batch]) -> tuple[list[Floats], Floats]:
    """Return (n, 1, M) log-probabilities of each animal's first session by class, and (n,) their sum over all."""
    starts = []
    for c, batch in enumerate(batches):
        logs = np.empty((len(batch.first), 1, point.hazard.shape[2]))
        with np.errstate(divide="ignore"):
            for t, members in enumerate(batch.members):
                new = batch.first[members] == t
                logs[members[new], 0] = np.log(point.psi[c][t]) + batch.seen[t][new]
        starts.append(logs)
    return starts, logsumexp(np.concatenate(starts, axis=1), axis=(1, 2))


def _subtract(batch: Batch, share: Floats, weights: tuple[Floats, ...], slopes: Slopes, psi: Floats) -> None:
    """Take the derivatives of the first session away: `share` (n, M) is its posterior in the class."""
    for t, members in enumerate(batch.members):
        new = batch.first[members] == t
        part = share[members[new]]
        weights[t][new] -= part
        there = psi[t] > 0
        slopes.psi[t, there] -= part.sum(axis=0)[there] / psi[t, there]


def _rows(
    point: Evaluation, of: tuple[Integers, int, Batch], weights: tuple[Floats, ...], found: tuple[list[Slopes], Floats]
) -> None:
    """Turn weights on log-probabilities into derivatives by detection parameters."""
    who, c, batch = of
    slopes, gradient = found
    for t, year in enumerate(point.data.years):
        slopes[c].quiet[t] += weights[t].sum(axis=0)
        rows = point.rows(who, t)
        if rows[1] == rows[0]:
            continue
        here = point.data.row[who[batch.members[t]], t] >= 0
        curve, totals = point.curves[t][c], point.patterns[t][c]
        inner = np.zeros_like(totals)
        part = open_emission.seen_slope(year, rows, curve, np.ascontiguousarray(weights[t][here]), (totals, inner))
        if inner.size:
            part = part + open_emission.quiet_slope(year, curve, np.zeros(totals.shape[1]), inner)
        _add(point.design, gradient, (t, c), part)


def _add(design: Design, gradient: Floats, at: tuple[int, int], part: Floats) -> None:
    gradient[design.place["base"]] += part[0] * design.base[at]
    gradient[design.place["sigma"]] += part[1] * design.sigma[at]


def _moves(design: Design, found: Rates) -> tuple[Move, ...]:
    if design.place["move"].stop == design.place["move"].start:
        return tuple(Still() for _ in found.move)
    places = grid(design.data.mask)
    made: dict[float, Move] = {}
    for sigma in found.move.tolist():
        if sigma not in made:
            made[sigma] = normal(places, design.data.mask.area, sigma)
    return tuple(made[sigma] for sigma in found.move.tolist())
