"""What values do the data still allow?  Intervals by profile likelihood.

The interval holds every value at which the log-likelihood, maximised over all else, is less than half the chi-squared
quantile below its maximum. Its ends are found by root finding on the signed root of twice that drop, which is nearly a
straight line in the value.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy.optimize import minimize
from scipy.special import ndtri

from tumen.errors import MisuseError, Text
from tumen.population.scr.fit import Fit
from tumen.population.scr.interval import INTERVALS, Target
from tumen.population.scr.likelihood import score
from tumen.population.scr.survey import Floats
from tumen.tables import findings

FARTHEST = 10.0
"""Standard errors from the estimate beyond which an end counts as open; an SE above 1 on the link is taken as 1."""
AFAR = 20.0
"""Parameters are not followed farther than this from their estimates, on the link scale."""
CLOSE = 1e-4
"""An end counts as found when the signed root is this close to its quantile."""
HIGHER = 1e-3
"""A log-likelihood on the way above the fit's by more than this is told."""
ROUNDS = 40


@dataclass(frozen=True, eq=False)
class Profile:
    """An interval by profile likelihood, on the natural scale.

    `low`, `high`: None where open. `points`: (n, 2) of the values on the link scale that were tried, and the
    log-likelihood maximised at each, in order of the values. `findings`: open ends, and a maximum above the fit's.
    """

    name: str
    estimate: float
    low: float | None
    high: float | None
    level: float
    points: Floats
    findings: pl.DataFrame

    def table(self) -> pl.DataFrame:
        """Return the interval as a row of `INTERVALS`."""
        row = (self.name, self.estimate, None, self.low, self.high, self.level, "profile")
        return pl.DataFrame([row], schema=INTERVALS, orient="row")


def profile(fitted: Fit, target: Target, *, level: float = 0.95) -> Profile:
    """Return the profile-likelihood interval of a target (`interval.parameter_target` and others).

    An end is open where the log-likelihood does not fall far enough within ten standard errors. Raises `MisuseError`
    for a fit without a likelihood and a level that is none.
    """
    if not 0 < level < 1 or not np.isfinite(fitted.log_likelihood):
        raise MisuseError(
            "a fit with a likelihood, and a level between 0 and 1",
            Text("{status} and {level}", status=fitted.status, level=level),
            "Fit a simpler model, or give 0.95.",
        )
    search = _Search(fitted, target, float(ndtri(0.5 + level / 2)))
    low, high = search.end(-1), search.end(1)
    said = [
        findings.finding("scr-profile-open", table="density", value=target.name, side=side)
        for side, value in (("lower", low), ("upper", high))
        if value is None
    ]
    gain = max(value for _, value in search.points) - fitted.log_likelihood
    if gain > HIGHER:
        said.append(findings.finding("scr-profile-higher", table="density", value=target.name, gain=round(gain, 4)))
    return Profile(
        name=target.name,
        estimate=target.natural(search.centre),
        low=None if low is None else target.natural(low),
        high=None if high is None else target.natural(high),
        level=level,
        points=np.array(sorted(search.points)),
        findings=findings.join(said),
    )


class _Search:
    """Follow the maximum as the target moves away from its estimate, to one side and then to the other."""

    def __init__(self, fitted: Fit, target: Target, quantile: float) -> None:
        self.fitted, self.target, self.quantile = fitted, target, quantile
        self.centre, gradient = target.value(fitted, fitted.beta)
        # A covariance that holds a flat direction is no guide.
        known = fitted.covariance is not None and bool(fitted.estimable.all()) and bool((fitted.se < 3).all())
        self.covariance = fitted.covariance if known and fitted.covariance is not None else np.eye(len(fitted.beta))
        self.se = min(float(np.sqrt(gradient @ self.covariance @ gradient)), 1.0)
        # The parameter that gives way so that the target holds: that which the target leans on most, in its own scale.
        spread = np.sqrt(np.clip(np.diag(self.covariance), 1e-12, None))
        self.given = int(np.argmax(np.abs(gradient) * (spread if target.cells is None else 1.0)))
        if target.cells is not None:
            self.given = fitted.design.blocks["D"].start
        self.free = np.flatnonzero(np.arange(len(fitted.beta)) != self.given)
        self.points = [(self.centre, fitted.log_likelihood)]

    def end(self, side: Literal[-1, 1]) -> float | None:
        """Return the end of the interval on a side; None where it is open.

        The root lies between `inner`, not far enough, and `outer`, too far (None: not met yet).
        """
        # The straight line that the signed root would be if the likelihood were normal leads to the first guess.
        inner: tuple[float, float] = (0.0, 0.0)
        outer: tuple[float, float] | None = None
        beta, step = self.fitted.beta, self.quantile * self.se
        for _ in range(ROUNDS):
            value, beta = self.maximised(self.centre + side * step, beta)
            root = float(np.sqrt(max(2 * (self.fitted.log_likelihood - value), 0.0)))
            if abs(root - self.quantile) < CLOSE:
                return self.centre + side * step
            if root < self.quantile:
                if step >= FARTHEST * self.quantile * self.se / 1.96:
                    return None
                inner = (step, root)
            else:
                outer = (step, root)
            step = self._next(inner, outer)
        return self.centre + side * step

    def _next(self, inner: tuple[float, float], outer: tuple[float, float] | None) -> float:
        farthest = FARTHEST * self.quantile * self.se / 1.96
        if outer is None:
            ahead = inner[0] * self.quantile / max(inner[1], 0.4 * self.quantile)
            return float(min(max(1.05 * ahead, inner[0] + 0.02 * self.se), farthest))
        width = outer[0] - inner[0]
        guess = inner[0] + width * (self.quantile - inner[1]) / max(outer[1] - inner[1], 1e-300)
        return float(min(max(guess, inner[0] + 0.02 * width), outer[0] - 0.02 * width))

    def maximised(self, value: float, near: Floats) -> tuple[float, Floats]:
        """Return the largest log-likelihood with the target at a value, and where it is."""
        begin = self.held(near[self.free], value)

        if len(self.free):
            inverse = self.covariance[np.ix_(self.free, self.free)]
            options: dict[str, object] = {"gtol": 1e-4, "maxiter": 200}
            if np.all(np.isfinite(inverse)) and np.linalg.eigvalsh(inverse)[0] > 1e-12:
                options["hess_inv0"] = 0.5 * (inverse + inverse.T)
            objective = _Held(self, value, begin[self.free])
            with np.errstate(over="ignore", invalid="ignore"):
                minimize(objective, objective.free, jac=True, method="BFGS", options=options)  # type: ignore[call-overload]
            begin = self.held(objective.free, value)
        log = float(score(self.fitted.design, begin)[0])
        self.points.append((value, log))
        return log, begin

    def held(self, free: Floats, value: float) -> Floats:
        """Return beta with these free parameters, and the target at a value.

        For N the intercept of log density gives way: log N is that plus what does not depend on it.
        """
        beta = np.empty(len(self.fitted.beta))
        beta[self.free] = free
        beta[self.given] = 0.0
        rest, slope = self.target.value(self.fitted, beta)
        beta[self.given] = (value - rest) / slope[self.given]
        return beta


class _Held:
    """Minus the log-likelihood with the target held at a value, as SciPy wants it; remembers the best point."""

    def __init__(self, search: _Search, value: float, begin: Floats) -> None:
        self.search, self.value = search, value
        self.best, self.free = np.inf, begin

    def __call__(self, free: Floats) -> tuple[float, Floats]:
        search = self.search
        beta = search.held(free, self.value)
        if not np.abs(beta - search.fitted.beta).max() < AFAR:
            return 1e10, np.zeros(len(free))
        log, gradient = score(search.fitted.design, beta)
        if not np.isfinite(log):
            return 1e10, np.zeros(len(free))
        if -log < self.best:
            self.best, self.free = -log, np.array(free)
        slope = search.target.value(search.fitted, beta)[1]
        return -log, -(gradient[search.free] - gradient[search.given] * slope[search.free] / slope[search.given])
