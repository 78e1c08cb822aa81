"""How far would the estimates wander?  Parametric bootstrap: simulate from the fit, fit again, many times."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import polars as pl

from tumen import engine
from tumen.errors import MisuseError, Text
from tumen.population.scr.design import Design, design
from tumen.population.scr.fit import CONVERGED, Fit, fit
from tumen.population.scr.model import Model
from tumen.population.scr.predict import density, parameters
from tumen.population.scr.simulate import simulate
from tumen.population.scr.survey import Floats, Session
from tumen.tables import findings

Measure = Callable[[Fit], Mapping[str, float]]
"""What to take from a fit. It must be picklable (a function of a module)."""

DRAWS: dict[str, pl.DataType | type[pl.DataType]] = {
    "draw": pl.Int64,
    "quantity": pl.String,
    "estimate": pl.Float64,
}
OUTCOMES: dict[str, pl.DataType | type[pl.DataType]] = {
    "draw": pl.Int64,
    "status": pl.String,
    "animals": pl.Int64,
    "detections": pl.Int64,
    "logLikelihood": pl.Float64,
}
"""`status`: converged, `scr-not-converged`, or `scr-simulated-unusable` where the data could not be fitted at all."""
INTERVALS: dict[str, pl.DataType | type[pl.DataType]] = {
    "quantity": pl.String,
    "estimate": pl.Float64,
    "mean": pl.Float64,
    "bias": pl.Float64,
    "se": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "draws": pl.Int64,
    "method": pl.String,
}
BATCH = 4
"""Draws that are made one after another in one piece of work; it has no bearing on the numbers."""
CLOSE = 1e-3
"""A refit counts as converged when a Newton step would raise its log-likelihood by less than this."""
MANY = 0.05
"""A share of draws without an estimate above this is a warning."""


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Refits of simulated surveys.

    `estimates`: what the fit itself gives. `draws` (`DRAWS`): the same of each refit that converged. `betas`:
    (draws, P) on the link scale, NaN where a refit did not converge. `outcomes` (`OUTCOMES`): one row for each draw.
    `findings`: how many failed.
    """

    estimates: Mapping[str, float]
    draws: pl.DataFrame
    betas: Floats
    outcomes: pl.DataFrame
    findings: pl.DataFrame

    @property
    def failed(self) -> int:
        """Return the number of draws without an estimate."""
        return int((self.outcomes["status"] != CONVERGED).sum())


@dataclass(frozen=True, eq=False)
class _Recipe:
    """What a worker needs. Compiled designs are larger than what they are made of, and are made there again."""

    sessions: tuple[Session, ...]
    model: Model
    beta: Floats
    covariance: Floats | None
    measure: Measure


@dataclass(frozen=True, eq=False)
class _Draw:
    number: int
    status: str
    animals: int
    detections: int
    log_likelihood: float
    beta: Floats
    values: Mapping[str, float]


def quantities(fitted: Fit) -> dict[str, float]:
    """Return the natural parameters at their reference levels, and density (per km2) and N of each session."""
    found = parameters(fitted)
    for number, session in enumerate(fitted.sessions):
        area = session.mask.area
        count = float(density(fitted, number) @ area)
        found[f"D {session.name}"] = count / float(area.sum())
        found[f"N {session.name}"] = count
    return found


def bootstrap(
    fitted: Fit,
    draws: int,
    seed: int,
    *,
    measure: Measure = quantities,
    workers: int = 1,
    run: Callable[..., list[list[_Draw]]] = engine.run,
) -> Bootstrap:
    """Return `draws` refits of surveys simulated from a fit.

    Draw i has its own seed, so the numbers are the same at any number of workers. `measure`: what to take from each
    refit. `run`: `engine.run` or a partial of it (a cluster, a display of progress). Refits start from the estimates;
    one that does not converge, or a simulated survey that cannot be fitted (nobody seen, one class only), has no
    estimate and is counted. Raises `MisuseError` for less than one draw and for a fit that has not converged.
    """
    if draws < 1:
        raise MisuseError("at least one draw", Text("{draws}", draws=draws), "Give a number such as 1000.")
    if fitted.status != CONVERGED:
        raise MisuseError("a fit that has converged", Text("{status}", status=fitted.status), "Use a simpler model.")
    recipe = _Recipe(fitted.sessions, fitted.model, fitted.beta, fitted.covariance, measure)
    numbered = list(enumerate(engine.seeds(seed, draws)))
    pieces = [numbered[start : start + BATCH] for start in range(0, draws, BATCH)]
    done = [draw for batch in run(partial(_batch, recipe), pieces, workers=workers) for draw in batch]
    rows = [(d.number, name, value) for d in done for name, value in d.values.items()]
    outcomes = [(d.number, d.status, d.animals, d.detections, d.log_likelihood) for d in done]
    table = pl.DataFrame(outcomes, schema=OUTCOMES, orient="row").with_columns(pl.col("logLikelihood").fill_nan(None))
    return Bootstrap(
        estimates=dict(measure(fitted)),
        draws=pl.DataFrame(rows, schema=DRAWS, orient="row"),
        betas=np.array([d.beta for d in done]),
        outcomes=table,
        findings=_said(Counter(d.status for d in done), draws),
    )


def _batch(recipe: _Recipe, numbered: list[tuple[int, np.random.SeedSequence]]) -> list[_Draw]:
    whole = design(recipe.sessions, recipe.model)
    return [_drawn(recipe, whole, number, np.random.default_rng(seed)) for number, seed in numbered]


def _drawn(recipe: _Recipe, whole: Design, number: int, rng: np.random.Generator) -> _Draw:
    made = simulate(whole, recipe.beta, rng)
    animals = sum(len(session.animals) for session in made.sessions)
    detections = sum(int(session.captures.count.sum()) for session in made.sessions)
    nothing = np.full(len(recipe.beta), np.nan)
    try:
        found = fit(made.sessions, recipe.model, start=recipe.beta, variance=False)
    except MisuseError:
        return _Draw(number, "scr-simulated-unusable", animals, detections, float("nan"), nothing, {})
    if not converged(found, recipe.covariance):
        return _Draw(number, "scr-not-converged", animals, detections, found.log_likelihood, nothing, {})
    values = recipe.measure(found)
    return _Draw(number, CONVERGED, animals, detections, found.log_likelihood, found.beta, values)


def converged(found: Fit, covariance: Floats | None) -> bool:
    """Return whether a refit without variance is at its maximum, judged with the covariance of the fit before it."""
    if found.status != CONVERGED or not np.all(np.isfinite(found.beta)):
        return False
    metric = np.eye(len(found.beta)) if covariance is None else covariance
    return 0.5 * float(found.gradient @ metric @ found.gradient) < CLOSE


def _said(count: Counter[str], draws: int) -> pl.DataFrame:
    failed = draws - count[CONVERGED]
    if not failed:
        return findings.empty()
    code = "scr-bootstrap-failed" if failed > MANY * draws else "scr-bootstrap-some-failed"
    unusable = count["scr-simulated-unusable"]
    return findings.finding(code, table="density", value=str(failed), draws=draws, unusable=unusable)


def intervals(
    found: Bootstrap, *, level: float = 0.95, method: Literal["percentile", "basic", "log"] = "percentile"
) -> pl.DataFrame:
    """Return an interval of each quantity (`INTERVALS`) over the draws that converged.

    "percentile": quantiles of the draws. "basic": twice the estimate minus the opposite quantile, which corrects for
    bias; "log": the same on a logarithmic scale, for positive quantities. Fewer than two draws give no interval.
    """
    if method not in ("percentile", "basic", "log") or not 0 < level < 1:
        raise MisuseError(
            "a method percentile, basic or log, and a level between 0 and 1",
            Text("'{method}' and {level}", method=method, level=level),
            "Give percentile and 0.95.",
        )
    tails = [(1 - level) / 2, (1 + level) / 2]
    rows: list[tuple[object, ...]] = []
    for name, estimate in found.estimates.items():
        values = found.draws.filter(pl.col("quantity") == name)["estimate"].to_numpy()
        if len(values) < 2:
            rows.append((name, estimate, None, None, None, None, None, len(values), method))
            continue
        low, high = np.quantile(values, tails)
        if method == "basic":
            low, high = 2 * estimate - high, 2 * estimate - low
        elif method == "log":
            low, high = estimate**2 / high, estimate**2 / low
        mean, se = float(values.mean()), float(values.std(ddof=1))
        rows.append((name, estimate, mean, mean - estimate, se, float(low), float(high), len(values), method))
    return pl.DataFrame(rows, schema=INTERVALS, orient="row")
