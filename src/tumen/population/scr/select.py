"""Which model?  Models compared by AIC or AICc, and estimates averaged over them."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from tumen.errors import MisuseError, Text
from tumen.population.scr.abundance import Estimate
from tumen.population.scr.fit import CONVERGED, Fit
from tumen.population.scr.survey import Floats, Session
from tumen.tables import findings

Criterion = Literal["AICc", "AIC"]

MODELS: dict[str, pl.DataType | type[pl.DataType]] = {
    "model": pl.String,
    "title": pl.String,
    "status": pl.String,
    "parameters": pl.Int64,
    "logLikelihood": pl.Float64,
    "aic": pl.Float64,
    "aicc": pl.Float64,
    "delta": pl.Float64,
    "weight": pl.Float64,
}
"""One row per model, the best first. `delta`: of the criterion to the best model's; null, with weight 0, for a model
that has not converged or has too many parameters for AICc."""


def compare(fits: Mapping[str, Fit], *, criterion: Criterion = "AICc") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the models (`MODELS`) by weight, and findings about those without one.

    `fits`: by a name of the model. Raises `MisuseError` for fits of different data, or of different likelihoods, whose
    values say nothing about each other. Source: Burnham and Anderson (2002), Model Selection and Multimodel Inference.
    """
    weight, delta = _weights(fits, criterion)
    rows, said = [], []
    for k, (name, one) in enumerate(fits.items()):
        gap = float(delta[k]) if np.isfinite(delta[k]) else None
        log = one.log_likelihood if np.isfinite(one.log_likelihood) else None
        aic = one.aic if log is not None else None
        aicc = one.aicc if log is not None else None
        rows.append((name, one.model.title, one.status, len(one.beta), log, aic, aicc, gap, float(weight[k])))
        if one.status != CONVERGED:
            said.append(findings.finding("scr-model-unconverged", table="density", value=name, status=one.status))
        elif gap is None:
            said.append(findings.finding("scr-aicc-undefined", table="density", value=name))
    table = pl.DataFrame(rows, schema=MODELS, orient="row")
    return table.sort("delta", nulls_last=True, maintain_order=True), findings.join(said)


def average(
    fits: Mapping[str, Fit],
    quantity: Callable[[Fit], Estimate],
    *,
    criterion: Criterion = "AICc",
    scale: Literal["log", "logit", "plain"] = "log",
    level: float = 0.95,
) -> Estimate:
    """Return a quantity averaged over models, with a standard error that holds the choice among them.

    `quantity`: gives the natural value of a fit and its standard error, such as
    `lambda fit: interval.wald(fit, interval.density_target(fit))`, or an estimate of `abundance.Abundance`. Values are
    averaged on `scale`: log for density, number, lambda0 and sigma, logit for g0, plain for effects. The unconditional
    variance is sum w (se² + (value - mean)²) (Burnham and Anderson 2004, equation 4), the interval symmetric on that
    scale. Models without weight do not count.
    """
    weight, _ = _weights(fits, criterion)
    kept = [(w, quantity(one)) for w, one in zip(weight, fits.values(), strict=True) if w > 0]
    if not kept:
        raise MisuseError("a model with weight", "none that has converged", "Fit a simpler model.")
    w = np.array([each for each, _ in kept])
    values, se = _on(scale, [found for _, found in kept])
    mean = float(w @ values)
    spread = float(np.sqrt(w @ (se**2 + (values - mean) ** 2)))
    half = float(ndtri(0.5 + level / 2)) * spread
    low, middle, high = (_back(scale, each) for each in (mean - half, mean, mean + half))
    slope = {"log": middle, "logit": middle * (1 - middle), "plain": 1.0}[scale]
    return Estimate(middle, slope * spread, low, high)


def _on(scale: str, found: list[Estimate]) -> tuple[Floats, Floats]:
    """Return values and standard errors on a scale."""
    value = np.array([each.value for each in found])
    se = np.array([each.se for each in found])
    if scale == "log":
        return np.log(value), se / value
    if scale == "logit":
        return np.asarray(logit(value)), se / (value * (1 - value))
    return value, se


def _back(scale: str, value: float) -> float:
    return float(np.exp(value) if scale == "log" else expit(value) if scale == "logit" else value)


def _weights(fits: Mapping[str, Fit], criterion: Criterion) -> tuple[Floats, Floats]:
    """Return weights (0 where there is none) and deltas (NaN)."""
    _comparable(fits)
    value = np.array([_criterion(one, criterion) for one in fits.values()])
    good = np.isfinite(value)
    if not good.any():
        return np.zeros(len(value)), np.full(len(value), np.nan)
    delta = value - value[good].min()
    weight = np.where(good, np.exp(-np.where(good, delta, 0.0) / 2), 0.0)
    return weight / weight.sum(), delta


def _criterion(one: Fit, criterion: Criterion) -> float:
    value = one.aic if criterion == "AIC" else one.aicc
    return float("nan") if one.status != CONVERGED or value is None else value


def _comparable(fits: Mapping[str, Fit]) -> None:
    if not fits:
        raise MisuseError("at least one fit", "none", "Fit a model.")
    (first_name, first), *others = fits.items()
    for name, one in others:
        kinds = [" ".join((each.model.likelihood, each.model.number)) for each in (first, one)]
        if kinds[0] != kinds[1]:
            raise MisuseError(
                "models of one likelihood",
                Text("{first}: {a}; {second}: {b}", first=first_name, a=kinds[0], second=name, b=kinds[1]),
                "Compare full with full and conditional with conditional likelihoods.",
            )
        if first.model.hybrid != one.model.hybrid:
            raise MisuseError(
                "models of the same data",
                Text("{first} and {second}, whose classes of animals differ", first=first_name, second=name),
                "Fit all with the same hybrid covariate; its formulas need not name it.",
            )
        if not same_data(first.sessions, one.sessions):
            raise MisuseError(
                "models of the same data",
                Text("{first} and {second} of different surveys or masks", first=first_name, second=name),
                "Fit all of them to the same sessions.",
            )


def same_data(first: tuple[Session, ...], second: tuple[Session, ...]) -> bool:
    """Return whether two fits are of the same captures, effort, animals removed and mask."""
    if len(first) != len(second):
        return False
    return all(a is b or _same(a, b) for a, b in zip(first, second, strict=True))


def _same(a: Session, b: Session) -> bool:
    if a.detectors.kind != b.detectors.kind or (a.last is None) != (b.last is None):
        return False
    if (a.distance is None) != (b.distance is None) or (a.fixes is None) != (b.fixes is None):
        return False
    return all(np.array_equal(x, y) for x, y in zip(_arrays(a), _arrays(b), strict=True))


def _arrays(session: Session) -> list[NDArray[Any]]:
    found: list[NDArray[Any]] = [np.array([len(session.animals)]), session.detectors.xy, session.detectors.usage]
    # Captures in any order are the same captures.
    captures = session.captures
    columns = np.stack([captures.animal, captures.occasion, captures.detector, captures.count])
    found += [columns[:, np.lexsort(columns[::-1])], session.mask.xy, session.mask.area]
    found += [each for each in (session.last, session.distance) if each is not None]
    return found if session.fixes is None else [*found, session.fixes.animal, session.fixes.xy]
