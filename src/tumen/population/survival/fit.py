"""Do they survive?  Fit a model by maximum likelihood, and say what the data cannot tell."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize

from tumen.errors import MisuseError, Text
from tumen.population.survival.histories import Histories
from tumen.population.survival.likelihood import Problem, problem, score
from tumen.population.survival.models import Design, Model, design
from tumen.tables import findings

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
FLAT = 1e-4
"""Curvature of ln likelihood per squared unit of the link below which it tells nothing: a standard error over 100."""
EXTREME = 7.0
"""Size of a logit (of ln of the unseen: below minus this) beyond which a chance counts as 0 or 1: 0.0009, 0.9991."""
STEP = 1e-3
STEEP = 1e-2
"""How far, in units of ln likelihood, a Newton step may still promise to climb from a maximum."""
NOTHING = ("survival-no-animals", "survival-one-occasion", "survival-no-recaptures")
"""Findings of data that tell nothing of survival, nor of numbers: nothing is fitted."""
STARTS = ((1.0, 0.0), (2.0, -2.0), (0.0, 2.0))
"""Logits of survival and capture from which to climb; the later ones only where the first fails."""


class Curvature(NamedTuple):
    """How sharp a maximum is.

    Covariance (P, P) with and without NaN for what is flat, estimable (P,), directions (P, K) that are flat inside and
    that only move what is at a boundary, and how much a Newton step promises to climb.
    """

    covariance: Floats
    inverse: Floats
    estimable: Booleans
    confounded: Floats
    edge: Floats
    promise: float


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    `beta` (P,) on the link scale, NaN where nothing could be fitted. `covariance` (P, P): NaN for parameters that
    cannot be told apart or lie at a boundary; None where not asked for. `status`: "converged" or the code of what is
    wrong. `estimable` (P,): False where the data cannot tell a parameter from others. `count`: parameters that can be
    estimated, those at a boundary among them; AIC and AICc use it. `sample`: the sample size of AICc (releases before
    the last occasion for CJS, animals seen for POPAN). `findings`: what a reader should know.
    """

    histories: Histories
    model: Model
    design: Design
    problem: Problem
    beta: Floats
    log_likelihood: float
    status: str
    curvature: Curvature | None
    sample: float
    findings: pl.DataFrame = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters."""
        return self.design.names

    @property
    def covariance(self) -> Floats | None:
        """Return the covariance of the parameters on the link scale."""
        return None if self.curvature is None else self.curvature.covariance

    @property
    def estimable(self) -> Booleans:
        """Return which parameters the data can tell apart."""
        return np.ones(len(self.beta), dtype=bool) if self.curvature is None else self.curvature.estimable

    @property
    def count(self) -> int:
        """Return how many parameters can be estimated."""
        return len(self.beta) - (0 if self.curvature is None else self.curvature.confounded.shape[1])

    @property
    def aic(self) -> float:
        """Return Akaike's criterion."""
        return 2 * self.count - 2 * self.log_likelihood

    @property
    def aicc(self) -> float:
        """Return AIC corrected for small samples; infinite where there are as many parameters as observations."""
        room = self.sample - self.count - 1
        return self.aic + 2 * self.count * (self.count + 1) / room if room > 0 else float("inf")

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """Return the codes of the findings, each once."""
        return tuple(dict.fromkeys(self.findings["code"].to_list()))


def fit(data: Histories, model: Model | None = None, *, start: Floats | None = None, variance: bool = True) -> Fit:
    """Fit survival, capture and, for POPAN, entry by maximum likelihood.

    `start`: (P,) where to begin. Data that cannot support the model give a fit with `status` and findings, no error.
    Sources: Lebreton et al. (1992) Ecol Monogr 62:67-118; Schwarz and Arnason (1996) Biometrics 52:860-873.

    >>> data = Histories(
    ...     tuple("abcde"), ("1", "2", "3"),
    ...     np.array([[1, 1, 1], [1, 1, 0], [1, 0, 1], [1, 0, 0], [0, 1, 1]], dtype=bool),
    ...     np.ones(2), ("F",) * 5, np.zeros(5, dtype=bool), np.ones(3),
    ... )
    >>> fitted = fit(data)
    >>> fitted.status, fitted.names, round(fitted.log_likelihood, 3)
    ('converged', ('phi', 'p'), -6.167)
    """
    model = model or Model()
    made = design(data, model)
    ready = problem(data, made)
    told = _beforehand(data, model)
    sample = float(_releases(data) if model.entry is None else len(data.animals))
    if start is not None and start.shape != (len(made.names),):
        raise MisuseError(
            Text("{count} starting values", count=len(made.names)), f"{start.shape}", "Give one a parameter."
        )
    stopped = [code for code in NOTHING if code in _codes(told)]
    if stopped:
        nothing = np.full(len(made.names), np.nan)
        return Fit(data, model, made, ready, nothing, float("nan"), stopped[0], None, sample, findings.join(told))
    beta, curvature, climbed = _climb(ready, start)
    value = score(ready, beta)[0]
    told += _afterwards(made, curvature, climbed)
    status = "converged" if climbed else "survival-not-converged"
    kept = curvature if variance else None
    return Fit(data, model, made, ready, beta, value, status, kept, sample, findings.join(told))


def hessian(gradient: Callable[[Floats], Floats], beta: Floats) -> Floats:
    """Return the symmetric matrix of second derivatives by fourth-order differences of a gradient: (P, P)."""
    rows = []
    for place in range(len(beta)):
        step = np.zeros(len(beta))
        step[place] = STEP
        near = gradient(beta + step) - gradient(beta - step)
        far = gradient(beta + 2 * step) - gradient(beta - 2 * step)
        rows.append((8.0 * near - far) / (12.0 * STEP))
    whole = np.array(rows).reshape(len(beta), len(beta))
    return (whole + whole.T) / 2


def gradient_at(made: Problem, beta: Floats) -> Floats:
    """Return only the gradient."""
    return score(made, beta)[1]


def maximise(made: Problem, start: Floats, basis: Floats | None = None) -> tuple[Floats, float]:
    """Climb from `start` and return parameters and ln likelihood; `basis` (P, K): only along these directions."""
    along = np.diag(1.0 / made.design.scale) if basis is None else basis

    def down(step: Floats) -> tuple[float, Floats]:
        value, gradient = score(made, start + along @ step)
        return (-value, -(along.T @ gradient)) if np.isfinite(value) else (1e300, np.zeros(len(step)))

    if not along.shape[1]:
        return start, score(made, start)[0]
    found = minimize(down, np.zeros(along.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-7, "maxiter": 1000})
    return start + along @ found.x, -float(found.fun)


def _climb(made: Problem, start: Floats | None) -> tuple[Floats, Curvature, bool]:
    """Return the best of the climbs, its curvature, and whether it is a maximum; try again only where it is not."""
    best: tuple[float, Floats, Curvature, bool] | None = None
    for begin in [_start(made, *pair) for pair in STARTS] if start is None else [start]:
        beta, value = maximise(made, begin)
        if not np.isfinite(value):
            continue
        beta, curvature = _polish(made, beta)
        value = score(made, beta)[0]
        good = curvature.promise < STEEP
        if best is None or value > best[0] + STEEP or (good and not best[3] and value > best[0] - STEEP):
            best = (value, beta, curvature, good)
        if good:
            break
    if best is None:
        raise MisuseError("starting values of a likelihood above 0", "others", "Leave out the start.")
    return best[1], best[2], best[3]


def _start(made: Problem, survival: float, capture: float) -> Floats:
    names = made.design.names
    beta = np.zeros(len(names))
    for name, value in (("phi", survival), ("p", capture), ("unseen", np.log(1.0 + 0.3 * made.animals))):
        if name in names:
            beta[names.index(name)] = value
    return beta


def _polish(made: Problem, beta: Floats) -> tuple[Floats, Curvature]:
    """Take a few Newton steps where the likelihood is curved, and judge the place."""
    for _ in range(4):
        value, gradient = score(made, beta)
        curvature, step = _judge(made, beta, gradient)
        if curvature.promise < 1e-12:
            break
        nearer = beta + step
        if not score(made, nearer)[0] > value:
            break
        beta = nearer
    return beta, curvature


def _judge(made: Problem, beta: Floats, gradient: Floats) -> tuple[Curvature, Floats]:
    """Return the curvature at a place and the Newton step from it."""
    scale = made.design.scale
    information = -hessian(partial(gradient_at, made), beta) / np.outer(scale, scale)
    values, vectors = np.linalg.eigh(information)
    flat = values < max(FLAT, 1e-10 * float(values.max(initial=0.0)))
    curved = vectors[:, ~flat]
    inverse = (curved / values[~flat]) @ curved.T
    step = inverse @ (gradient / scale)
    # A direction that curves upwards is no flat one: the place is no maximum.
    upwards = values < -FLAT
    promise = float(gradient / scale @ step) / 2 + float(np.abs(values[upwards]).sum())
    confounded, edge = _split(made.design, beta, vectors[:, flat] / scale[:, None])
    lost = np.concatenate([confounded, edge], axis=1)
    unknown = (np.abs(lost) * scale[:, None] > 1e-3).any(axis=1)
    inverse = inverse / np.outer(scale, scale)
    covariance = inverse.copy()
    covariance[unknown, :] = np.nan
    covariance[:, unknown] = np.nan
    estimable = np.logical_not((np.abs(confounded) * scale[:, None] > 1e-3).any(axis=1))
    return Curvature(covariance, inverse, estimable, confounded, edge, promise), step / scale


def cells(made: Design) -> tuple[Floats, Booleans]:
    """Return the rows that turn parameters into linear predictors: (cells, P), and which of them are logits."""
    rows = [made.phi.reshape(-1, len(made.names)), made.p[:, made.open].reshape(-1, len(made.names))]
    rows.append(made.entry.reshape(-1, len(made.names)))
    others = [*(made.shares or ()), *(() if made.unseen is None else (made.unseen,))]
    rows.append(np.eye(len(made.names))[others].reshape(-1, len(made.names)))
    whole = np.concatenate(rows)
    logits = np.ones(len(whole), dtype=bool)
    if made.unseen is not None:
        logits[-1] = False
    return whole, logits


def _split(made: Design, beta: Floats, flat: Floats) -> tuple[Floats, Floats]:
    """Part flat directions into those that change something inside and those that only move what is at a boundary."""
    if not flat.shape[1]:
        return flat, flat
    rows, logits = cells(made)
    eta = rows @ beta
    extreme = np.where(logits, np.abs(eta) > EXTREME, eta < -EXTREME)
    if made.unseen is not None:
        # A super-population without end is no boundary that a count can lie at.
        extreme[-1] = bool(eta[-1] < -EXTREME)
    inside, still = _moving(rows[~extreme], flat)
    edge, nowhere = _moving(rows[extreme], still)
    # What moves nothing at all is redundant: covariates that say the same.
    return np.concatenate([inside, nowhere], axis=1), edge


def _moving(rows: Floats, directions: Floats) -> tuple[Floats, Floats]:
    """Part directions (P, K) into those that change these rows and those that do not."""
    if not directions.shape[1] or not len(rows):
        return directions[:, :0], directions
    _, sizes, turned = np.linalg.svd(rows @ directions, full_matrices=True)
    moving = np.zeros(directions.shape[1], dtype=bool)
    moving[: len(sizes)] = sizes > 1e-2
    return directions @ turned[moving].T, directions @ turned[~moving].T


def _releases(data: Histories) -> int:
    """Return the number of releases that could be followed: all sightings before the last occasion but losses."""
    last = len(data.occasions) - 1 - data.seen[:, ::-1].argmax(axis=1) if len(data.occasions) else np.zeros(0)
    return int(data.seen[:, :-1].sum() - (data.lost & (last < len(data.occasions) - 1)).sum())


def _codes(told: list[pl.DataFrame]) -> set[str]:
    return {code for frame in told for code in frame["code"]}


def _beforehand(data: Histories, model: Model) -> list[pl.DataFrame]:
    """Return findings of data that cannot tell what the model asks."""
    told = []
    if not data.animals:
        told.append(findings.finding("survival-no-animals"))
    if len(data.occasions) < 2:
        told.append(findings.finding("survival-one-occasion", occasions=len(data.occasions)))
    elif data.animals and not (data.seen.sum(axis=1) > 1).any():
        told.append(findings.finding("survival-no-recaptures", animals=len(data.animals)))
    known = {sex for sex in data.sex if sex is not None}
    if model.sexed and data.animals and len(known) < 2:
        told.append(findings.finding("survival-one-sex", column="sex", value=", ".join(known), model=model.title))
    if any(model.loose):
        told.append(findings.finding("survival-ends-open", model=model.title, ends=1 + model.loose[1]))
    if len(data.animals) == 1:
        told.append(findings.finding("survival-one-animal", value=data.animals[0]))
    return told


def _afterwards(made: Design, curvature: Curvature, climbed: bool) -> list[pl.DataFrame]:
    told = [] if climbed else [findings.finding("survival-not-converged")]
    for column in _groups(curvature.confounded, made.scale):
        names = [made.names[place] for place in column]
        told.append(findings.finding("survival-confounded", column=names[0], names=", ".join(names), count=len(names)))
    moved = np.flatnonzero((np.abs(curvature.edge) * made.scale[:, None] > 1e-3).any(axis=1))
    if len(moved):
        names = [made.names[place] for place in moved]
        told.append(findings.finding("survival-boundary", column=names[0], names=", ".join(names)))
    return told


def _groups(directions: Floats, scale: Floats) -> list[list[int]]:
    """Return the parameters that flat directions tie together, a list for each group that shares none with others."""
    rows, columns = np.nonzero(np.abs(directions) * scale[:, None] > 1e-3)
    groups: list[set[int]] = []
    for column in sorted(set(columns.tolist())):
        tied = set(rows[columns == column].tolist())
        for other in [group for group in groups if group & tied]:
            groups.remove(other)
            tied |= other
        groups.append(tied)
    return sorted(sorted(group) for group in groups)
