"""How do survival, recruitment and numbers fit the years best?  Maximum likelihood of an open population.

SciPy's L-BFGS-B climbs on the link scale with exact gradients, in steps scaled by the curvature at the start; Newton
steps with a Hessian from differences of exact gradients finish. The proof of convergence is the Newton decrement, g'
H^-1 g / 2: about the log-likelihood still to be won. Parameters at a bound, or along which the likelihood is flat
(eigenvalues of the scaled Hessian), are named and have no standard error. Nothing of this raises: `status` says it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tumen.errors import MisuseError, Text
from tumen.population.scr.survey import Floats, Session
from tumen.population.survival.open_data import OpenData, gather
from tumen.population.survival.open_likelihood import Evaluation, log_likelihood, score
from tumen.population.survival.open_model import Design, OpenModel, design, rates

CONVERGED = "converged"
STOPPING = ("open-not-converged", "open-at-bound", "open-not-estimable")
DECREMENT = 1e-5
"""Log-likelihood still to be won below which a fit has converged."""
FLAT = 1e-5
"""Eigenvalue of the Hessian scaled to a diagonal of 1, below which a direction is flat."""
WEAK = 1e-4
"""Second derivative below which a parameter is not told by the data: its standard error would be above 100."""
WIDE = 12.0
"""How far parameters may go on the link scale: logits in all, logarithms from where they start."""


@dataclass(frozen=True, eq=False)
class OpenFit:
    """A fitted open population.

    `names`, `beta` (P,) on the link scale, `covariance` (P, P) with NaN for what is not estimable, or None.
    `estimable`: (P,). `status`: "converged" or the code of a finding; `problems`: (code, parameter or "") of all.
    `decrement`: log-likelihood still to be won. `eigenvalues`: of the scaled Hessian, ascending. `gradients`: number
    of gradients that it took.
    """

    design: Design
    names: tuple[str, ...]
    beta: Floats
    covariance: Floats | None
    log_likelihood: float
    status: str
    problems: tuple[tuple[str, str], ...]
    estimable: NDArray[np.bool_]
    decrement: float
    eigenvalues: Floats
    gradients: int

    @property
    def aic(self) -> float:
        """Return Akaike's criterion."""
        return 2 * len(self.names) - 2 * self.log_likelihood

    @property
    def aicc(self) -> float:
        """Return it corrected for few animals; infinite where there are no more animals than parameters and one."""
        count, size = len(self.design.data.animals), len(self.names)
        return self.aic + 2 * size * (size + 1) / (count - size - 1) if count > size + 1 else np.inf

    @property
    def errors(self) -> Floats:
        """Return (P,) standard errors on the link scale, NaN where there is none."""
        if self.covariance is None:
            return np.full(len(self.names), np.nan)
        return np.sqrt(np.diag(self.covariance))


class _Hill:
    """Minus the log-likelihood, counting its gradients."""

    def __init__(self, plan: Design) -> None:
        self.plan, self.count = plan, 0

    def __call__(self, beta: Floats) -> tuple[float, Floats]:
        self.count += 1
        value, slope = score(self.plan, beta)
        return (-value, -slope) if np.isfinite(value) else (np.inf, np.zeros(len(beta)))

    def hessian(self, beta: Floats, free: NDArray[np.bool_], step: float = 1e-4) -> Floats:
        """Return the second derivatives of the free parameters, by central differences of gradients."""
        rows = []
        for place in np.flatnonzero(free):
            move = np.zeros(len(beta))
            move[place] = step
            rows.append((self(beta + move)[1] - self(beta - move)[1])[free] / (2 * step))
        matrix = np.array(rows).reshape(free.sum(), free.sum())
        return 0.5 * (matrix + matrix.T)


def fit(
    sessions: Sequence[Session],
    model: OpenModel | None = None,
    *,
    intervals: Sequence[float] | None = None,
    start: Floats | None = None,
    variance: bool = True,
) -> OpenFit:
    """Fit an open population to sessions in order of time, `intervals` years apart (default 1).

    Raises `MisuseError` for fewer than two sessions, and what `gather` and `design` refuse. Where no animal was seen in
    two sessions nothing is fitted: status `open-no-recaptures`.

    >>> from tumen.population.survival.open_simulate import example
    >>> result = fit(example())
    >>> result.status, result.names
    ('converged', ('D', 'phi', 'f', 'lambda0', 'sigma'))
    """
    if len(sessions) < 2:
        raise MisuseError(
            "two or more sessions for an open population",
            Text("{count}", count=len(sessions)),
            "Fit one session as a closed population, or add the sessions of other years.",
        )
    data = gather(sessions, intervals)
    plan = design(data, OpenModel() if model is None else model)
    problems = _doubts(plan)
    if not np.any(data.last > data.first):
        return _nothing(plan, (("open-no-recaptures", ""), *problems))
    begin = starts(plan) if start is None else np.asarray(start, dtype=np.float64)
    if begin.shape != (len(plan.names),) or not np.all(np.isfinite(begin)):
        raise MisuseError(
            Text("{count} starting values", count=len(plan.names)),
            Text("{found}", found=str(begin.tolist())),
            Text("Give one on the link scale for each of {names}.", names=", ".join(plan.names)),
        )
    hill = _Hill(plan)
    low, high = _bounds(plan, begin)
    beta = _climb(hill, begin, (low, high))
    return _finish(hill, beta, (low, high), problems, variance=variance)


def _doubts(plan: Design) -> tuple[tuple[str, str], ...]:
    """Return what a reader should know before anything is fitted."""
    doubts = []
    if plan.classes == 2 and np.all(plan.data.sex == -1) and len(plan.data.animals):
        doubts.append(("open-sex-unknown", ""))
    empty = np.flatnonzero((plan.data.row < 0).all(axis=0))
    return (*doubts, *(("open-session-empty", plan.data.sessions[t]) for t in empty))


def _nothing(plan: Design, problems: tuple[tuple[str, str], ...]) -> OpenFit:
    size = len(plan.names)
    none = np.full(size, np.nan)
    return OpenFit(
        plan, plan.names, none, None, np.nan, problems[0][0], problems, np.zeros(size, bool), np.nan, none, 0
    )


def starts(plan: Design) -> Floats:
    """Return starting values: sigma and the hazard from the captures themselves, density from the number seen."""
    beta = np.zeros(len(plan.names))
    spread, hazard = _curve(plan.data)
    first = {
        "phi": 1.0,
        "rec": np.log(0.3),
        "base": np.log(hazard),
        "sigma": np.log(spread),
        "move": np.log(max(spread, plan.data.mask.spacing)),
    }
    for key, value in first.items():
        block = plan.place[key]
        if block.stop > block.start:
            beta[block.start] = value
    if plan.place["pmix"].stop > plan.place["pmix"].start:
        sex = plan.data.sex
        beta[-1] = np.log((np.sum(sex == 1) + 1) / (np.sum(sex == 0) + 1))
    if plan.classes == 2 and np.all(plan.data.sex == -1):
        # Two classes that begin alike would stay alike.
        beta += np.array([0.3 if name.endswith("sexM") else 0.0 for name in plan.names])
    if plan.model.entry != "captured":
        seen = Evaluation(plan, beta).expected()
        beta[0] = np.log(len(plan.data.animals) / seen) if seen > 0 else 0.0
    return beta


def _curve(data: OpenData) -> tuple[float, float]:
    """Return a first sigma and hazard: spread around each animal's own mean, and captures there would be without it."""
    square, free, captures, reach = 0.0, 0.0, 0.0, 0.0
    middles: list[tuple[int, Floats]] = []
    for t, year in enumerate(data.years):
        for r in range(len(year.begin) - 1):
            part = slice(year.begin[r], year.begin[r + 1])
            own = year.term[part] < 2
            xy, times = year.detectors[year.where[part][own]], year.times[part][own]
            middle = (times[:, None] * xy).sum(axis=0) / times.sum()
            square += float((times[:, None] * (xy - middle) ** 2).sum())
            free += 2 * (times.sum() - 1)
            captures += times.sum()
            middles.append((t, middle))
    width = float(np.ptp(data.mask.xy, axis=0).max()) + data.mask.spacing
    spread = np.sqrt(square / free) if free > 0 and square > 0 else width / 10
    spread = float(np.clip(spread, data.mask.spacing / 4, width / 4))
    for t, middle in middles:
        year = data.years[t]
        distance = ((year.detectors - middle) ** 2).sum(axis=1)
        reach += float(year.usage @ np.exp(-distance / (2 * spread**2)))
    return spread, float(np.clip(captures / max(reach, 1e-9), 1e-4, 0.9))


def _bounds(plan: Design, begin: Floats) -> tuple[Floats, Floats]:
    """Return how far each parameter may go; effects as far as WIDE either way."""
    low, high = begin - WIDE, begin + WIDE
    for key in ("sigma", "move"):
        block = plan.place[key]
        if block.stop > block.start:
            # From a hundredth of a cell, where nothing moves and nobody reaches a detector, to 100 times the mask.
            low[block.start] = np.log(plan.data.mask.spacing / 100)
            high[block.start] = np.log(100 * (np.ptp(plan.data.mask.xy, axis=0).max() + plan.data.mask.spacing))
    return low, high


def _climb(hill: _Hill, begin: Floats, bounds: tuple[Floats, Floats]) -> Floats:
    """Return the highest point that L-BFGS-B finds, with steps scaled by the curvature at the start."""
    base = hill(begin)[1]
    steps = 1e-4 * np.eye(len(begin))
    curve = np.array([(hill(begin + step)[1] - base)[place] / 1e-4 for place, step in enumerate(steps)])
    scale = 1 / np.sqrt(np.maximum(np.abs(curve), 1.0))

    def scaled(place: Floats) -> tuple[float, Floats]:
        value, slope = hill(place * scale)
        return value, slope * scale

    limits = list(zip(bounds[0] / scale, bounds[1] / scale, strict=True))
    found = minimize(
        scaled,
        begin / scale,
        jac=True,
        method="L-BFGS-B",
        bounds=limits,
        options={"maxiter": 300, "ftol": 1e-10, "gtol": 1e-4},
    )
    best: Floats = np.clip(found.x * scale, *bounds)
    return best


def _finish(
    hill: _Hill,
    beta: Floats,
    bounds: tuple[Floats, Floats],
    problems: tuple[tuple[str, str], ...],
    *,
    variance: bool,
) -> OpenFit:
    """Take Newton steps, judge what is estimable, and say how it ended."""
    plan = hill.plan
    value, slope = hill(beta)
    for _ in range(5):
        free, matrix, loose = _curvature(hill, beta, bounds)
        inverse = _inverse(matrix, loose)
        step = np.zeros(len(beta))
        step[free] = -inverse @ slope[free]
        decrement = float(-0.5 * slope @ step)
        if 0 <= decrement < DECREMENT * 1e-3:
            break
        better = _step(hill, (beta, value), np.clip(step, -1, 1), bounds)
        if better is None:
            break
        beta, value, slope = better
        decrement = np.inf
    if not np.isfinite(decrement):
        free, matrix, loose = _curvature(hill, beta, bounds)
        inverse = _inverse(matrix, loose)
        decrement = float(0.5 * slope[free] @ inverse @ slope[free])
    estimable = free.copy()
    estimable[np.flatnonzero(free)[loose]] = False
    eigenvalues = _eigen(matrix)[0]
    named = [("open-at-bound", plan.names[place]) for place in np.flatnonzero(~free)]
    named += [("open-not-estimable", plan.names[place]) for place in np.flatnonzero(free)[loose]]
    # At a top every direction that the data tell falls away.
    told = _eigen(matrix[np.ix_(~loose, ~loose)])[0]
    if not np.isfinite(value) or not 0 <= decrement < DECREMENT or np.any(told <= 0):
        named = [("open-not-converged", ""), *named]
    named += _scales(plan, beta)
    covariance = None
    if variance:
        covariance = np.full((len(beta), len(beta)), np.nan)
        kept = np.flatnonzero(estimable)
        inner = ~loose
        covariance[np.ix_(kept, kept)] = inverse[np.ix_(inner, inner)]
    every = (*named, *problems)
    # What leaves every estimate usable does not change the status.
    stopping = [code for code, _ in named if code in STOPPING]
    status = stopping[0] if stopping else CONVERGED
    return OpenFit(
        plan, plan.names, beta, covariance, -value, status, every, estimable, decrement, eigenvalues, hill.count
    )


def _scales(plan: Design, beta: Floats) -> list[tuple[str, str]]:
    """Return doubts about distances that the mask is too coarse or too narrow for."""
    mask, doubts = plan.data.mask, []
    if plan.model.movement == "normal" and beta[plan.place["move"]][0] < np.log(mask.spacing / 2):
        doubts.append(("open-move-below-spacing", "move"))
    if 2 * rates(plan, beta).sigma.max() > np.ptp(mask.xy, axis=0).max() + mask.spacing:
        doubts.append(("open-sigma-wide", "sigma"))
    return doubts


def _curvature(
    hill: _Hill, beta: Floats, bounds: tuple[Floats, Floats]
) -> tuple[NDArray[np.bool_], Floats, NDArray[np.bool_]]:
    """Return which parameters are off their bounds, their Hessian, and which of those the data do not tell."""
    free = (beta > bounds[0] + 1e-6) & (beta < bounds[1] - 1e-6)
    matrix = hill.hessian(beta, free)
    loose = np.abs(np.diag(matrix)) < WEAK
    values, vectors = _eigen(matrix)
    for place in np.flatnonzero(np.abs(values) < FLAT):
        loose |= np.abs(vectors[:, place]) > 0.1
    return free, matrix, loose


def _eigen(matrix: Floats) -> tuple[Floats, Floats]:
    """Return eigenvalues and vectors of a Hessian scaled to a diagonal of 1."""
    scale = 1 / np.sqrt(np.maximum(np.abs(np.diag(matrix)), WEAK))
    values, vectors = np.linalg.eigh(matrix * scale * scale[:, None])
    return values, vectors


def _inverse(matrix: Floats, loose: NDArray[np.bool_]) -> Floats:
    """Return the inverse over parameters that are told by the data, 0 elsewhere."""
    inverse = np.zeros(matrix.shape)
    kept = np.ix_(~loose, ~loose)
    if not loose.all():
        inverse[kept] = np.linalg.pinv(matrix[kept], hermitian=True)
    return inverse


def _step(
    hill: _Hill, at: tuple[Floats, float], step: Floats, bounds: tuple[Floats, Floats]
) -> tuple[Floats, float, Floats] | None:
    """Return a better point along a step, halved up to ten times; None where there is none."""
    beta, value = at
    for halving in range(10):
        tried = np.clip(beta + step * 0.5**halving, *bounds)
        if -log_likelihood(hill.plan, tried) < value:
            return (tried, *hill(tried))
    return None
