"""The arithmetic of smooth trends: a penalised log-linear model of counts with a level for every site.

log mean = site + curve(time) + deviation(time) + month - log weight. The levels of sites are eliminated in closed form:
given the rest, a site's fitted counts add up to its counted ones, so that what is left is the multinomial likelihood of
how each site's birds are spread over its times. The curve is the cubic smoothing spline with a knot at every time
(Green and Silverman 1994, chapter 2), whose penalty leaves straight lines free. In the basis of the penalty's
eigenvectors, the curve and the random deviations of years are independent normal variables, and so is their sum.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh
from scipy.optimize import brentq, minimize

from tumen.waterbirds.trends.series import Floats, Series

ROUNDS = 60
"""Rounds of choosing the variances and fitting; a fit that needs more has not converged."""

SETTLED = 1e-6
"""A fit has settled when its degrees of freedom, overdispersion (as logarithm) and curve move by less."""

SINGULAR = 1e-11
"""Smallest share of the information's largest eigenvalue (effects scaled to one) that counts as information."""

_CLOSE = 1e-3
"""Variances that move by less, as logarithms, are kept."""

VAGUE = 20.0
"""A time effect that is larger, as logarithm, or has a larger standard error, is none: it runs away from no bird."""

_NOTHING = 1e-10
_STEPS = 60
_RANGE = 9.0
_GRID = 13

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Wanted:
    """What is asked: degrees of freedom of the curve (None: chosen), deviations of years, overdispersion."""

    df: float | None
    deviations: bool
    overdispersion: bool


@dataclass(frozen=True)
class Basis:
    """Columns of the time effect (times, times - 1): a straight line first, then the penalty's eigenvectors.

    `penalty` is the eigenvalue of each column, 0 for the line; `pace` divides the line's effect into change per time.
    """

    columns: Floats
    penalty: Floats
    pace: float


@dataclass(frozen=True)
class Scales:
    """How much is random: variance of the curve for a penalty of 1 (infinite: free), variance of the deviations."""

    curve: float
    deviation: float


@dataclass(frozen=True)
class SmoothFit:
    """A fit.

    effect (times - 1, then months - 1): the time effect is `basis.columns @ effect[:times - 1]`, the first month has no
    effect. covariance: of the effect given the counts, both for the present overdispersion. share (times - 1): how much
    of each column of the time effect is the curve's; rest: the variance of the curve that is left when the effect is
    known. level (sites): e to the site's effect. degrees: of the curve; degrees_times: of the time effect; freedom:
    counts less sites, months and degrees_times.
    """

    basis: Basis
    effect: Floats
    covariance: Floats
    share: Floats
    rest: Floats
    level: Floats
    scales: Scales
    dispersion: float
    degrees: float
    degrees_times: float
    pearson: float
    likelihood_ratio: float
    freedom: float


def basis_of(times: int) -> Basis:
    """Return the basis of a smoothing spline with a knot at every time, one time apart.

    >>> basis_of(4).columns.shape, float(basis_of(4).penalty[0])
    ((4, 3), 0.0)
    """
    line: Floats = np.arange(times, dtype=np.float64) - (times - 1) / 2
    pace = float(np.sqrt(line @ line))
    columns: Floats = (line / pace)[:, None]
    if times < 3:
        return Basis(columns, np.zeros(1), pace)
    second = np.zeros((times, times - 2))
    inner = np.arange(times - 2)
    second[inner, inner], second[inner + 1, inner], second[inner + 2, inner] = 1, -2, 1
    band = (
        np.diag(np.full(times - 2, 2 / 3))
        + np.diag(np.full(times - 3, 1 / 6), 1)
        + np.diag(np.full(times - 3, 1 / 6), -1)
    )
    penalty = second @ np.linalg.solve(band, second.T)
    values, vectors = (np.asarray(part, dtype=np.float64) for part in eigh((penalty + penalty.T) / 2))
    return Basis(np.hstack([columns, vectors[:, 2:]]), np.concatenate([[0.0], values[2:]]), pace)


class Model:
    """The likelihood of the time and month effects of a series, the levels of sites eliminated."""

    def __init__(self, series: Series) -> None:
        """Lay out the counts and the columns of the effects."""
        self.times, self.months = len(series.times), max(1, len(series.months))
        self.site, self.start = series.site, series.start[:-1]
        self.time, self.month = series.cell // self.months, series.cell % self.months
        self.count, self.exposure = series.count, 1 / series.weight
        self.sites = len(series.sites)
        self.birds = np.add.reduceat(series.count, self.start)
        self.basis = basis_of(self.times)
        self.size = self.times + self.months - 2
        columns = np.zeros((self.times + self.months, self.size))
        columns[: self.times, : self.times - 1] = self.basis.columns
        inner = np.arange(self.months - 1)
        columns[self.times + 1 + inner, self.times - 1 + inner] = 1
        self.columns = columns
        self.counted = self.sums(self.count)

    def sums(self, values: Floats) -> Floats:
        """Return the sums of a value of counts by time and by month."""
        by_time = np.bincount(self.time, weights=values, minlength=self.times)
        return np.concatenate([by_time, np.bincount(self.month, weights=values, minlength=self.months)])

    def fitted(self, effect: Floats) -> tuple[Floats, Floats, float]:
        """Return the fitted counts, the levels of the sites, and the log-likelihood."""
        raw = self.columns @ effect
        linear = raw[self.time] + raw[self.times + self.month]
        shape = self.exposure * np.exp(np.clip(linear, -300, 300))
        total = np.add.reduceat(shape, self.start)
        level = self.birds / total
        return shape * level[self.site], level, float(self.count @ linear - self.birds @ np.log(total))

    def score(self, fitted: Floats) -> Floats:
        """Return the slope of the log-likelihood."""
        slope: Floats = self.columns.T @ (self.counted - self.sums(fitted))
        return slope

    def information(self, fitted: Floats) -> Floats:
        """Return the information on the effects that is left when the levels of sites are unknown."""
        width = self.times + self.months
        own = np.zeros((width, width))
        cells = np.bincount(self.time * self.months + self.month, weights=fitted, minlength=self.times * self.months)
        own[: self.times, self.times :] = cells.reshape(self.times, self.months)
        own += own.T
        own[np.diag_indices(width)] = self.sums(fitted)
        by_site = np.bincount(self.site * self.times + self.time, weights=fitted, minlength=self.sites * self.times)
        table: Floats = np.asarray(by_site, dtype=np.float64).reshape(self.sites, self.times)
        if self.months > 1:
            by_month = np.bincount(
                self.site * self.months + self.month, weights=fitted, minlength=self.sites * self.months
            )
            table = np.hstack([table, by_month.reshape(self.sites, self.months)])
        table = table / np.sqrt(self.birds)[:, None]
        own[: table.shape[1], : table.shape[1]] -= table.T @ table
        information: Floats = self.columns.T @ own @ self.columns
        return (information + information.T) / 2


@dataclass(frozen=True)
class Working:
    """The likelihood near an effect, divided by the overdispersion: curvature, and pull = curvature @ effect + score.

    `random`: which effects are random; all others are free.
    """

    basis: Basis
    random: Flags
    curvature: Floats
    pull: Floats

    def scale(self, scales: Scales) -> Floats:
        """Return the standard deviation of each random effect; 1 for free ones."""
        deviations = np.ones(len(self.random))
        penalty = np.ones(len(self.random))
        penalty[: len(self.basis.penalty)] = np.where(self.basis.penalty > 0, self.basis.penalty, 1)
        deviations[self.random] = np.sqrt(scales.curve / penalty[self.random] + scales.deviation)
        return deviations

    def scaled(self, scales: Scales) -> tuple[Floats, Floats]:
        """Return the standard deviations, and the precision of the effects divided by them."""
        scale = self.scale(scales)
        return scale, scale[:, None] * self.curvature * scale + np.diag(self.random.astype(np.float64))

    def evidence(self, scales: Scales) -> float:
        """Return the restricted log-likelihood of the variances, up to a constant."""
        scale, precision = self.scaled(scales)
        try:
            root = np.linalg.cholesky(precision)
        except np.linalg.LinAlgError:
            return -np.inf
        half = np.linalg.solve(root, scale * self.pull)
        return float(half @ half / 2 - np.log(np.diag(root)).sum())

    def covariance(self, scales: Scales) -> Floats:
        """Return the covariance of the effects given the counts."""
        scale, precision = self.scaled(scales)
        covariance: Floats = scale[:, None] * np.linalg.inv(precision) * scale
        return covariance

    def split(self, scales: Scales) -> tuple[Floats, Floats]:
        """Return the curve's share of each time effect, and what of its variance the effect leaves open."""
        size = len(self.basis.penalty)
        share, rest = np.ones(size), np.zeros(size)
        random = self.random[:size]
        curve = scales.curve / self.basis.penalty[random]
        whole = curve + scales.deviation
        share[random] = np.divide(curve, whole, out=np.ones(len(whole)), where=whole > 0)
        rest[random] = share[random] * scales.deviation
        # The line of the deviations cannot be told from the line of the curve, and remains in doubt.
        rest[0] = scales.deviation
        return share, rest

    def degrees(self, scales: Scales) -> tuple[float, float]:
        """Return the effective degrees of freedom of the curve and of the whole time effect."""
        size = len(self.basis.penalty)
        scale, precision = self.scaled(scales)
        used = scale[:, None] * np.linalg.solve(precision, scale[:, None] * self.curvature)
        own = np.diag(used)[:size]
        return float(self.split(scales)[0] @ own), float(own.sum())


def choose(working: Working, wanted: Wanted, before: Scales | None) -> Scales:
    """Return the variances: those of the largest restricted likelihood, or with the degrees of freedom asked for."""
    known = np.diag(working.curvature)[1 : len(working.basis.penalty)]
    known = known[known > _NOTHING * np.trace(working.curvature)]
    if not working.random.any() or not len(known):
        return Scales(0.0, 0.0)
    penalty = working.basis.penalty[1:]
    low = float(np.log(penalty.min() / known.max())) - _RANGE
    high = float(np.log(penalty.max() / known.min())) + _RANGE
    least, most = -float(np.log(known.max())) - _RANGE, -float(np.log(known.min())) + _RANGE

    def scales(point: Floats) -> Scales:
        # At the lower end there are no deviations.
        there = wanted.deviations and point[-1] > least
        deviation = float(np.exp(min(point[-1], most))) if there else 0.0
        if wanted.df is None:
            return Scales(float(np.exp(np.clip(point[0], low, high))), deviation)
        return Scales(_curve(working, wanted.df, deviation, (low, high)), deviation)

    axes = [np.linspace(low, high, _GRID)] if wanted.df is None else []
    axes += [np.linspace(least, most, _GRID)] if wanted.deviations else []
    if not axes:
        return scales(np.zeros(1))
    reach = 1.0 if before is None else 0.1
    if before is None:
        grid = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
        first: Floats = max(grid, key=lambda point: working.evidence(scales(point)))
    else:
        place = [np.log(before.curve)] if wanted.df is None else []
        place += [np.log(max(before.deviation, np.exp(least)))] if wanted.deviations else []
        first = np.array(place)
    simplex = np.vstack([first, first + reach * np.eye(len(first))])

    def doubt(point: Floats) -> float:
        return -working.evidence(scales(point))

    best = minimize(
        doubt,
        first,
        method="Nelder-Mead",
        options={"initial_simplex": simplex, "xatol": _CLOSE / 10, "fatol": 1e-9, "maxiter": 400},
    )
    return scales(best.x)


def _curve(working: Working, df: float, deviation: float, bounds: tuple[float, float]) -> float:
    """Return the variance of the curve that gives its degrees of freedom; one degree is a straight line."""
    if df <= 1:
        return 0.0

    def over(point: float) -> float:
        return working.degrees(Scales(float(np.exp(point)), deviation))[0] - df

    low, high = bounds
    if over(low) >= 0:
        return float(np.exp(low))
    return float(np.exp(brentq(over, low, high, xtol=1e-10))) if over(high) > 0 else float(np.exp(high))


def alike(one: Scales, other: Scales) -> bool:
    """Say whether variances have settled."""
    pairs = ((one.curve, other.curve), (one.deviation, other.deviation))
    return all(abs(a - b) <= _CLOSE * max(a, b) for a, b in pairs)


def climb(model: Model, effect: Floats, working: Working, scales: Scales, dispersion: float) -> Floats:
    """Return the effect of the largest penalised likelihood, by Newton steps that are halved until they climb."""
    scale = working.scale(scales)
    random = working.random.astype(np.float64)
    place = np.divide(effect, scale, out=np.zeros_like(effect), where=scale > 0)
    fitted, _, value = model.fitted(scale * place)
    value = value / dispersion - float((random * place) @ place) / 2
    for _ in range(_STEPS):
        precision = scale[:, None] * model.information(fitted) / dispersion * scale + np.diag(random)
        step = np.linalg.solve(precision, scale * model.score(fitted) / dispersion - random * place)
        part = 1.0
        for _ in range(_STEPS):
            trial = place + part * step
            fitted, _, reached = model.fitted(scale * trial)
            reached = reached / dispersion - float((random * trial) @ trial) / 2
            if reached >= value - 1e-10 * abs(value):
                break
            part /= 2
        place, value = trial, reached
        if np.max(np.abs(scale * step)) < 1e-9:
            break
    return scale * place


def tied(information: Floats, birds: float) -> bool:
    """Say whether the counts (of so many birds) tell the free effects apart."""
    if not (np.diag(information) > _NOTHING * birds).all():
        return False
    scale = np.sqrt(np.diag(information))
    values = np.linalg.eigvalsh(information / np.outer(scale, scale))
    return bool(values[0] > SINGULAR * values[-1])


def fit(series: Series, wanted: Wanted) -> SmoothFit | str:
    """Return the fit, or the code of the reason why there is none.

    The variances are chosen by the restricted likelihood of the working model, in turns with the fit (Breslow and
    Clayton 1993); with degrees of freedom declared, the variance of the curve is the one that gives them.
    """
    model = Model(series)
    seen = np.bincount(model.time, weights=model.count, minlength=model.times) > 0
    random = np.zeros(model.size, dtype=bool)
    # A time without birds has an effect only where it is tied to its neighbours.
    random[1 : model.times - 1] = wanted.df is None or wanted.df < model.times - 1 or not seen.all()
    try:
        return _settled(model, random, wanted)
    except np.linalg.LinAlgError:
        return "trend-singular"


def _settled(model: Model, random: Flags, wanted: Wanted) -> SmoothFit | str:
    """Choose variances and fit in turns; LinAlgError where the counts do not tell the effects apart."""
    effect, dispersion, former = np.zeros(model.size), 1.0, 1.0
    scales, before, kept = Scales(0.0, 0.0), np.zeros(0), False
    for number in range(ROUNDS):
        fitted, _, _ = model.fitted(effect)
        information, score = model.information(fitted), model.score(fitted)
        if not tied(information[np.ix_(~random, ~random)], float(model.birds.sum())):
            return "trend-singular"
        curvature = information / dispersion
        working = Working(model.basis, random, curvature, curvature @ effect + score / dispersion)
        if kept:
            # In proportion to the overdispersion they leave the degrees of freedom as they are.
            scales = Scales(scales.curve * dispersion / former, scales.deviation * dispersion / former)
        else:
            chosen = choose(working, wanted, scales if number else None)
            kept = number > 0 and alike(scales, chosen)
            scales = chosen
        former = dispersion
        effect = climb(model, effect, working, scales, dispersion)
        found = _gathered(model, random, effect, scales, dispersion)
        if wanted.overdispersion and found.freedom < SETTLED:
            return "trend-no-freedom"
        dispersion = max(found.pearson / found.freedom, 1e-9) if wanted.overdispersion else 1.0
        now = np.concatenate([[found.degrees, found.degrees_times, np.log(dispersion)], effect])
        settled = len(before) > 0 and bool(np.max(np.abs(now - before)) < SETTLED)
        if settled:
            break
        before = now
    found = _gathered(model, random, effect, scales, dispersion)
    columns = model.columns[: model.times]
    variances = np.einsum("tp,pq,tq->t", columns, found.covariance, columns)
    if variances.max() > VAGUE**2 or np.abs(columns @ effect).max() > VAGUE:
        return "trend-singular"
    return found if settled else "trend-not-converged"


def _gathered(model: Model, random: Flags, effect: Floats, scales: Scales, dispersion: float) -> SmoothFit:
    """Return what an effect and its variances amount to."""
    fitted, level, _ = model.fitted(effect)
    working = Working(model.basis, random, model.information(fitted) / dispersion, np.zeros(model.size))
    degrees, degrees_times = working.degrees(scales)
    share, rest = working.split(scales)
    logs = np.log(np.divide(model.count, fitted, out=np.ones_like(fitted), where=model.count > 0))
    return SmoothFit(
        basis=model.basis,
        effect=effect,
        covariance=working.covariance(scales),
        share=share,
        rest=rest,
        level=level,
        scales=scales,
        dispersion=dispersion,
        degrees=degrees,
        degrees_times=degrees_times,
        pearson=float(np.sum((model.count - fitted) ** 2 / fitted)),
        likelihood_ratio=2 * float(model.count @ logs - (model.count - fitted).sum()),
        freedom=len(model.count) - model.sites - (model.months - 1) - degrees_times,
    )
