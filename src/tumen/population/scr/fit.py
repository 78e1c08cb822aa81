"""Fit a spatial capture-recapture model: maximise the likelihood, and say how well that went."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from tumen.errors import MisuseError, Text
from tumen.population.scr.design import Design, design, thinned
from tumen.population.scr.likelihood import natural, score
from tumen.population.scr.model import Model
from tumen.population.scr.start import start_values
from tumen.population.scr.survey import Floats, Session

CONVERGED = "converged"
COARSE_CELLS = 900
"""Cells of the thinned mask on which the search begins."""
DECREMENT = 1e-6
"""A maximum counts as found when a Newton step would raise the log-likelihood by less than this."""
LIMIT = 10.0
"""A logit or logarithm whose standard error is larger (a factor of 20,000 either way) is not estimated."""
STEP = 1e-4
"""Step of the differences of exact gradients that make the Hessian, in SDs of the parameter where these are known."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    `beta`: (P,) estimates on the link scale, named by `names`; `covariance`: (P, P), None where the information matrix
    has no inverse or was not asked for. `estimable`: (P,) whether the data inform the parameter. `status`: "converged",
    or the code of what went wrong; `problems`: codes of all that a reader should know. `decrement`: what a Newton step
    would still add to the log-likelihood. `evaluations`: of likelihood and gradient on the whole mask. `flat`: (P, F)
    directions in which the log-likelihood does not change; `covariance` leaves them out.
    """

    sessions: tuple[Session, ...]
    model: Model
    design: Design
    beta: Floats
    covariance: Floats | None
    log_likelihood: float
    gradient: Floats
    decrement: float
    status: str
    problems: tuple[str, ...]
    estimable: NDArray[np.bool_]
    evaluations: int
    flat: Floats = field(default_factory=lambda: np.zeros((0, 0)))

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters on the link scale."""
        return self.design.names

    @property
    def animals(self) -> int:
        """Return the number of animals seen, over all sessions."""
        return sum(len(session.animals) for session in self.sessions)

    @property
    def se(self) -> Floats:
        """Return the standard errors on the link scale; NaN where there are none."""
        if self.covariance is None:
            return np.full(len(self.beta), np.nan)
        return np.where(self.estimable, np.sqrt(np.clip(np.diag(self.covariance), 0, None)), np.nan)

    @property
    def aic(self) -> float:
        """Return Akaike's information criterion."""
        return 2 * len(self.beta) - 2 * self.log_likelihood

    @property
    def aicc(self) -> float | None:
        """Return the criterion corrected for a small number of animals; None where there are too few for it."""
        count, size = len(self.beta), self.animals
        return self.aic + 2 * count * (count + 1) / (size - count - 1) if size > count + 1 else None


def fit(
    sessions: Sequence[Session],
    model: Model | None = None,
    *,
    start: Floats | None = None,
    variance: bool = True,
) -> Fit:
    """Return the maximum-likelihood fit of a model to the sessions of a survey.

    `start`: (P,) values on the link scale to begin from; None: from the data. `variance`: whether to compute the
    covariance (bootstraps need none). Animals must have been seen: without any, `MisuseError`; data that are too thin
    for the model are a stated result (`status`, `problems`), not an error.
    """
    model = model or Model()
    if not any(len(session.animals) for session in sessions):
        raise MisuseError(
            "animals that were seen",
            Text("{count} sessions without a capture", count=len(sessions)),
            "A survey that saw nobody bounds density from above; it does not estimate it.",
        )
    return maximum(design(sessions, model), start, variance=variance)


class Evaluate(Protocol):
    """How log-likelihoods and their gradients at several points come to be: computed here, or by others."""

    def __call__(self, design: Design, points: Sequence[Floats]) -> Sequence[tuple[float, Floats]]:
        """Return the log-likelihood and its gradient at each point on the link scale."""


def scores(design: Design, points: Sequence[Floats]) -> Sequence[tuple[float, Floats]]:
    """Return the log-likelihood and its gradient at each point, from the data of the design itself."""
    return [score(design, beta) for beta in points]


def maximum(whole: Design, start: Floats | None = None, *, variance: bool = True, evaluate: Evaluate = scores) -> Fit:
    """Return the fit of a compiled design; `start` and `variance` as in `fit`.

    `evaluate`: what gives log-likelihoods, on the whole mask and on a thinned one. Points that do not depend on each
    other are asked for together.
    """
    begin, information = _approach(whole, start, evaluate)
    objective = _Objective(whole, evaluate)
    beta = _maximised(objective, begin, information)
    if not np.isfinite(objective.value):
        return _failed(whole, beta, objective)
    if not variance:
        return _judged(whole, beta, objective, None)
    hessian = information_matrix(whole, beta, _spread(information), evaluate=evaluate)
    beta, hessian = _polished(objective, beta, hessian)
    return _judged(whole, beta, objective, hessian)


class _Objective:
    """Minus the log-likelihood, as SciPy wants it; remembers the best point it has seen."""

    def __init__(self, whole: Design, evaluate: Evaluate) -> None:
        self.design, self.evaluate, self.count = whole, evaluate, 0
        self.value, self.gradient, self.beta = -np.inf, np.zeros(len(whole.names)), np.zeros(len(whole.names))

    def __call__(self, beta: Floats) -> tuple[float, Floats]:
        value, gradient = self.evaluate(self.design, [np.array(beta)])[0]
        self.count += 1
        if value > self.value and np.isfinite(value):
            self.value, self.gradient, self.beta = value, gradient, np.array(beta)
        if not np.isfinite(value):
            return 1e10, np.zeros(len(beta))
        return -value, -gradient


def coarser(whole: Design) -> Design:
    """Return the design on the thinned mask on which a search begins; a small mask stays as it is."""
    factor = max(1, round(np.sqrt(max(len(part.session.mask) for part in whole.parts) / COARSE_CELLS)))
    return replace(whole, parts=tuple(thinned(part, factor) for part in whole.parts)) if factor > 1 else whole


def _approach(whole: Design, start: Floats | None, evaluate: Evaluate) -> tuple[Floats, Floats | None]:
    """Return a point near the maximum and the information there, found on a thinned mask."""
    coarse = coarser(whole)
    if start is not None:
        if start.shape != (len(whole.names),):
            raise MisuseError(
                Text("{count} start values: {names}", count=len(whole.names), names=", ".join(whole.names)),
                Text("shape {shape}", shape=str(start.shape)),
                "Give one value on the link scale for each.",
            )
        starts = [start]
    else:
        starts = start_values(coarse)
    best, least = starts[0], np.inf
    for begin in starts:
        objective = _Objective(coarse, evaluate)
        minimize(objective, begin, jac=True, method="BFGS", options={"gtol": 1e-3, "maxiter": 200})
        if np.isfinite(objective.value) and -objective.value < least:
            best, least = objective.beta, -objective.value
    if not np.isfinite(least):
        return best, None
    return best, information_matrix(coarse, best, evaluate=evaluate)


def information_matrix(
    whole: Design, beta: Floats, spread: Floats | None = None, *, evaluate: Evaluate = scores
) -> Floats:
    """Return (P, P) minus the second derivatives of the log-likelihood, by central differences of its exact gradient.

    `spread`: (P,) a scale for each parameter, such as its standard error.
    """
    count = len(beta)
    scale = np.ones(count) if spread is None else spread
    hessian = np.zeros((count, count))
    steps = STEP * 10 * scale
    moved = list(range(count))
    if whole.model.detection == "UN":  # The likelihood is a step in the radius: it has no curvature there.
        moved = [j for j in moved if not whole.blocks["sigma"].start <= j < whole.blocks["sigma"].stop]
    points = [beta + sign * steps[j] * np.eye(count)[j] for j in moved for sign in (1.0, -1.0)]
    gradients = [gradient for _, gradient in evaluate(whole, points)]
    for number, j in enumerate(moved):
        up, down = gradients[2 * number], gradients[2 * number + 1]
        hessian[j] = (down - up) / (2 * steps[j])
    return 0.5 * (hessian + hessian.T)


def _spread(information: Floats | None) -> Floats | None:
    if information is None:
        return None
    diagonal = np.diag(information)
    return np.clip(1 / np.sqrt(np.where(diagonal > 1e-8, diagonal, 1.0)), 1e-3, 1.0)


def _maximised(objective: _Objective, begin: Floats, information: Floats | None) -> Floats:
    inverse = _inverse(information)
    options = {"gtol": 1e-4, "maxiter": 300, "hess_inv0": np.eye(len(begin)) if inverse is None else inverse}
    minimize(objective, begin, jac=True, method="BFGS", options=options)  # type: ignore[call-overload]
    return objective.beta if np.isfinite(objective.value) else begin


def _inverse(information: Floats | None) -> Floats | None:
    """Return the inverse of a matrix that is safely positive definite, else None."""
    if information is None or not np.all(np.isfinite(information)):
        return None
    low, high = np.linalg.eigvalsh(information)[[0, -1]]
    if low <= 1e-9 * max(high, 1.0):
        return None
    inverse = cho_solve(cho_factor(information), np.eye(len(information)))
    return np.asarray(0.5 * (inverse + inverse.T))


def _polished(objective: _Objective, beta: Floats, hessian: Floats) -> tuple[Floats, Floats]:
    """Take Newton steps while they still add; return where they end and the information there."""
    for _ in range(8):
        inverse = _inverse(hessian)
        if inverse is None:
            break
        before, step = objective.value, inverse @ objective.gradient
        if 0.5 * float(objective.gradient @ step) < DECREMENT:
            break
        objective(beta + step)
        if objective.value <= before:
            break
        beta = objective.beta
    return beta, hessian


def _judged(whole: Design, beta: Floats, objective: _Objective, hessian: Floats | None) -> Fit:
    """Return the fit with what can be said of it."""
    estimable = np.ones(len(beta), dtype=bool)
    covariance, decrement, flat = None, float("nan"), np.zeros((len(beta), 0))
    problems: list[str] = []
    if hessian is not None:
        covariance, estimable, flat = _covariance(hessian)
        if covariance is not None:
            estimable &= ~_vague(whole, covariance)
        if covariance is not None:
            decrement = 0.5 * float(objective.gradient @ covariance @ objective.gradient)
        if not estimable.all():
            problems.append("scr-not-estimable")
    problems += _edges(whole, beta)
    status = CONVERGED
    if hessian is not None and (covariance is None or not decrement < 1e-3):
        status = "scr-not-converged"
        problems.insert(0, status)
    return Fit(
        sessions=tuple(part.session for part in whole.parts),
        model=whole.model,
        design=whole,
        beta=beta,
        covariance=covariance,
        log_likelihood=objective.value,
        gradient=objective.gradient,
        decrement=decrement,
        status=status,
        problems=tuple(problems),
        estimable=estimable,
        evaluations=objective.count,
        flat=flat,
    )


def _covariance(hessian: Floats) -> tuple[Floats | None, NDArray[np.bool_], Floats]:
    """Return the inverse of the information on what the data inform, which parameters these are, and (P, F) the rest.

    Directions in which the log-likelihood is flat (eigenvalues of the scaled information near 0) are left out; every
    parameter that takes part in one is not estimable.
    """
    diagonal = np.diag(hessian)
    if not np.all(np.isfinite(hessian)):
        return None, np.zeros(len(hessian), dtype=bool), np.zeros((len(hessian), 0))
    flat = diagonal <= 1e-6
    scale = 1 / np.sqrt(np.where(flat, 1.0, diagonal))
    values, vectors = np.linalg.eigh(hessian * scale[:, None] * scale)
    weak = values < 1e-6
    if np.any(values < -1e-3):
        return None, np.zeros(len(hessian), dtype=bool), np.zeros((len(hessian), 0))
    estimable = ~flat & ~(np.abs(vectors[:, weak]) > 0.1).any(axis=1)
    inverse = np.where(weak, 0.0, 1 / np.where(weak, 1.0, values))
    covariance = (vectors * inverse) @ vectors.T
    rest = vectors[:, weak] * scale[:, None]
    rest = rest / np.abs(rest).max(axis=0, initial=1e-300)
    return np.asarray(covariance * scale[:, None] * scale), estimable, rest


def _vague(whole: Design, covariance: Floats) -> NDArray[np.bool_]:
    """Return which parameters (P,) belong to a part of the model that is nowhere known to within `LIMIT`."""
    rows = {whole.model.first: whole.detect, "sigma": whole.sigma, "z": whole.z, "pmix": whole.mixture}
    if "D" in whole.blocks:
        rows["D"] = np.concatenate([part.density for part in whole.parts if part.density is not None])
    vague = np.zeros(len(covariance), dtype=bool)
    for name, block in whole.blocks.items():
        if name in rows:
            variance = np.einsum("ri,ij,rj->r", rows[name], covariance[block, block], rows[name])
            vague[block] = not (variance <= LIMIT**2).any()
    return vague


def _edges(whole: Design, beta: Floats) -> list[str]:
    """Return codes for estimates at the edge of what they can be, and for a sigma that the mask cannot hold."""
    values = natural(whole, beta)
    problems = []
    if whole.model.first == "g0" and (values.theta[:, 0] > 1 - 1e-4).any():
        problems.append("scr-g0-at-one")
    if (values.theta[:, 0] < 1e-9).any():
        problems.append("scr-detection-at-zero")
    if whole.model.mixed and (values.share < 1e-4).any():
        problems.append("scr-share-at-edge")
    for part in whole.parts:
        sigma = values.theta[part.states, 1].max()
        extent = np.ptp(part.session.mask.xy, axis=0).max() if len(part.session.mask) else 0.0
        if sigma > 0.5 * extent:
            problems.append("scr-sigma-beyond-mask")
        if sigma < 0.5 * part.session.mask.spacing:
            problems.append("scr-sigma-below-spacing")
    return list(dict.fromkeys(problems))


def _failed(whole: Design, beta: Floats, objective: _Objective) -> Fit:
    return Fit(
        sessions=tuple(part.session for part in whole.parts),
        model=whole.model,
        design=whole,
        beta=beta,
        covariance=None,
        log_likelihood=float("nan"),
        gradient=objective.gradient,
        decrement=float("nan"),
        status="scr-no-likelihood",
        problems=("scr-no-likelihood",),
        estimable=np.zeros(len(beta), dtype=bool),
        evaluations=objective.count,
    )
