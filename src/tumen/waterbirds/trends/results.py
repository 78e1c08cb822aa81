"""Index, totals, slopes, effects and tests of a fitted trend, as tables.

A value that cannot be given is null, with the code of its reason beside it. Intervals are 95 %.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import chi2, norm, t

from tumen.errors import MisuseError, Text
from tumen.waterbirds.trends import wald
from tumen.waterbirds.trends.design import TIMES
from tumen.waterbirds.trends.estimate import KINDS, Kind
from tumen.waterbirds.trends.fitted import TrendFit
from tumen.waterbirds.trends.series import Floats

CONFIDENCE = 0.95

STRONG = 0.05
"""A change of more than this share from one time to the next is strong."""

TREND_CLASSES = ("strongIncrease", "moderateIncrease", "stable", "moderateDecline", "strongDecline", "uncertain")
"""Classes of a slope, by where the interval of the multiplicative slope lies."""

INDEX: dict[str, type[pl.DataType]] = {
    "time": pl.Int64,
    "kind": pl.String,
    "index": pl.Float64,
    "se": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "reason": pl.String,
}
TOTALS = {("total" if name == "index" else name): kind for name, kind in INDEX.items()}
SLOPES: dict[str, type[pl.DataType]] = {
    "from": pl.Int64,
    "upto": pl.Int64,
    "kind": pl.String,
    "additive": pl.Float64,
    "seAdditive": pl.Float64,
    "multiplicative": pl.Float64,
    "seMultiplicative": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
    "trend": pl.String,
    "reason": pl.String,
}
COEFFICIENTS: dict[str, type[pl.DataType]] = {
    "effect": pl.String,
    "covariate": pl.String,
    "category": pl.String,
    "from": pl.Int64,
    "upto": pl.Int64,
    "additive": pl.Float64,
    "seAdditive": pl.Float64,
    "multiplicative": pl.Float64,
    "seMultiplicative": pl.Float64,
}
TESTS: dict[str, type[pl.DataType]] = {
    "test": pl.String,
    "about": pl.String,
    "statistic": pl.Float64,
    "df": pl.Int64,
    "p": pl.Float64,
}


def index(found: TrendFit, base: int | tuple[int, int] | None = None, kinds: Sequence[Kind] = KINDS) -> pl.DataFrame:
    """Return totals relative to the total of a base time, or to the mean total of base times (first, last).

    Without a base: the first time. Where none was left the index is 0 and has no standard error; its upper end is that
    of the total. Columns: time, kind, index, se, low, high, reason. The standard error is that of a
    ratio of correlated totals; the interval is index * exp(+-1.96 se / index). Raises MisuseError where the base is
    not in the series.
    """
    times = found.series.times
    if base is None:
        weights = (np.arange(len(times)) == 0).astype(float)
    else:
        first, last = base if isinstance(base, tuple) else (base, base)
        weights = ((times >= first) & (times <= last)).astype(float)
        if not weights.any():
            raise MisuseError(
                Text("a base from {first} to {last}", first=_end(times, 0), last=_end(times, -1)),
                Text("{first} to {last}", first=first, last=last),
                "Choose a base within the times of the counts.",
            )
        weights /= weights.sum()
    frames = []
    for kind in kinds:
        total, covariance = found.totals_of(kind), found.totals_covariance(kind)
        known = bool(found.alive[weights > 0].all()) and found.converged
        divisor = float(weights[weights > 0] @ total[weights > 0]) if known else np.nan
        if not divisor > 0:
            known, divisor = False, np.nan
        ratio = total / divisor
        inner = np.where(weights > 0, weights, 0.0)
        cover = np.nan_to_num(covariance)
        with_base = cover @ inner
        variance = np.diag(covariance) - 2 * ratio * with_base + ratio**2 * (inner @ cover @ inner)
        se = _root(variance, np.diag(covariance)) / divisor
        spread = _exp(_quantile() * se / np.where(ratio > 0, ratio, np.nan))
        none = found.none_left & known
        most = _most_of_none(found) / divisor
        frames.append(
            _table(
                INDEX,
                time=times,
                kind=[kind] * len(times),
                index=np.where(none, 0.0, ratio),
                se=se,
                low=np.where(none, 0.0, ratio / spread),
                high=np.where(none, most, ratio * spread),
                reason=_reasons(found, "" if known else "trend-base-not-estimable", total),
            )
        )
    return pl.concat(frames) if frames else pl.DataFrame(schema=INDEX)


def totals(found: TrendFit, kinds: Sequence[Kind] = KINDS) -> pl.DataFrame:
    """Return the totals of the times: time, kind, total, se, low, high, reason.

    The interval is the exact one of a Poisson count (Garwood), scaled: total / f is taken for a Poisson count, where
    f = se^2 / total. With f = 1, a plain Poisson total, it is exact; it never falls below zero. Where somebody counted
    and none was left the total is 0, without a standard error.
    """
    times, frames = found.series.times, []
    for kind in kinds:
        total = found.totals_of(kind)
        variance = np.diag(found.totals_covariance(kind))
        low, high = poisson_interval(total, variance, found.overdispersion)
        none = found.none_left
        frames.append(
            _table(
                TOTALS,
                time=times,
                kind=[kind] * len(times),
                total=np.where(none, 0.0, total),
                se=_root(variance, variance),
                low=np.where(none, 0.0, low),
                high=np.where(none, _most_of_none(found), high),
                reason=_reasons(found, ""),
            )
        )
    return pl.concat(frames) if frames else pl.DataFrame(schema=TOTALS)


def _most_of_none(found: TrendFit) -> float:
    """Return the upper end of a total of 0."""
    return float(poisson_interval(np.zeros(1), np.zeros(1), found.overdispersion)[1][0])


def poisson_interval(total: Floats, variance: Floats, at_zero: float = 1.0) -> tuple[Floats, Floats]:
    """Return the bounds of the scaled exact Poisson interval; at_zero: the scale of a total of zero.

    >>> low, high = poisson_interval(np.array([10.0]), np.array([10.0]))
    >>> low.round(3).item(), high.round(3).item()
    (4.795, 18.39)
    """
    tail = (1 - CONFIDENCE) / 2
    scale = np.where(total > 0, variance / np.where(total > 0, total, 1.0), at_zero)
    safe = np.where(scale > 0, scale, np.nan)
    low = np.where(total > 0, safe * chi2.ppf(tail, 2 * total / safe) / 2, total)
    high = safe * chi2.ppf(1 - tail, 2 * total / safe + 2) / 2
    return np.where(scale == 0, total, low), np.where(scale == 0, total, high)


def slopes(found: TrendFit, periods: Sequence[tuple[int, int]] = (), kinds: Sequence[Kind] = KINDS) -> pl.DataFrame:
    """Return the slope of the logarithm of the totals over time, overall or for each period (first, last time).

    Least squares through the logarithms of the totals that can be estimated; the standard error from their
    covariances; p and the interval low to high (of the multiplicative slope) from a t distribution with as many
    degrees of freedom as there are totals, less two. No slope leads through a total of 0: where none was left there is
    none, with the reason. `trend` is `classify(low, high)`.
    """
    times = found.series.times
    rows = []
    for first, last in periods or [(_end(times, 0), _end(times, -1))]:
        for kind in kinds:
            rows.append({"from": first, "upto": last, "kind": kind, **_slope(found, kind, first, last)})
    return pl.DataFrame(rows, schema=SLOPES)


def classify(low: float, high: float) -> str:
    """Return the class of a slope from the interval of its multiplicative form.

    >>> classify(1.06, 1.2), classify(1.01, 1.2), classify(0.96, 1.04), classify(0.9, 1.02), classify(0.9, 0.94)
    ('strongIncrease', 'moderateIncrease', 'stable', 'uncertain', 'strongDecline')
    """
    if low > 1:
        return "strongIncrease" if low > 1 + STRONG else "moderateIncrease"
    if high < 1:
        return "strongDecline" if high < 1 - STRONG else "moderateDecline"
    return "stable" if low > 1 - STRONG and high < 1 + STRONG else "uncertain"


def coefficients(found: TrendFit) -> pl.DataFrame:
    """Return the effects: slopes from change point to change point, time effects, month effects, by category.

    effect: "slope", "time" (against the first time), "month" (against the first month), and for time effects without
    covariates their line ("trend") and their deviations from it ("deviation").
    """
    known = wald.effects(found)
    rows = [
        _coefficient((one.effect, one.covariate, one.category, one.first, one.last), value, variance)
        for one, value, variance in zip(known, found.effects, np.diag(found.covariance), strict=True)
    ]
    if found.converged and found.model.kind == TIMES and not found.model.covariates and found.alive.sum() > 1:
        rows += _deviations(found)
    return pl.DataFrame(rows, schema=COEFFICIENTS, orient="row")


def tests(found: TrendFit) -> pl.DataFrame:
    """Return the tests of a fit: test, about (a change point or a covariate), statistic, df, p.

    test: "chiSquare" and "likelihoodRatio" of the fit; Wald tests "slope", "changeOfSlope", "deviations" from a line,
    "covariate".
    """
    if not found.converged:
        return pl.DataFrame(schema=TESTS)
    rows = [
        ("chiSquare", "", found.chi2, found.freedom),
        ("likelihoodRatio", "", found.likelihood_ratio, found.freedom),
    ]
    single = list(wald.slope(found))
    rows += [("slope", *one) for one in single]
    rows += [("changeOfSlope", *one) for one in wald.changes(found) if not single]
    rows += [("deviations", *one) for one in wald.deviations(found)]
    rows += [("covariate", *one) for one in wald.covariates(found)]
    return pl.DataFrame(
        [(*row, float(chi2.sf(row[2], row[3])) if row[3] > 0 else None) for row in rows], schema=TESTS, orient="row"
    )


def _slope(found: TrendFit, kind: Kind, first: int, last: int) -> dict[str, float | str | None]:
    """Return the values of one row of slopes."""
    times = found.series.times
    spanned = (times >= first) & (times <= last)
    if (found.none_left & spanned).any():
        return {"trend": "uncertain", "reason": "trend-time-no-positive"}
    inside = found.alive & spanned
    if inside.sum() < 2:
        return {"trend": "uncertain", "reason": found.status if not found.converged else "trend-no-counts"}
    total, at = found.totals_of(kind)[inside], times[inside] - times[inside].mean()
    if not (total > 0).all():
        return {"trend": "uncertain", "reason": "trend-time-no-positive"}
    pull = at / (at @ at)
    relative = found.totals_covariance(kind)[np.ix_(inside, inside)] / np.outer(total, total)
    slope = float(pull @ np.log(total))
    se = float(_root(np.array([pull @ relative @ pull]), np.array([np.diag(relative) @ pull**2]))[0])
    freedom = int(inside.sum()) - 2
    spread = _times_se(float(t.ppf((1 + CONFIDENCE) / 2, freedom)) if freedom else np.inf, se)
    low, high = (float(bound) for bound in _exp(np.array([slope - spread, slope + spread])))
    return {
        "additive": slope,
        "seAdditive": se,
        "multiplicative": float(np.exp(slope)),
        "seMultiplicative": float(np.exp(slope) * se),
        "low": low if np.isfinite(spread) else None,
        "high": high if np.isfinite(spread) else None,
        "p": float(2 * t.sf(abs(slope) / se, freedom)) if se > 0 and freedom else None,
        "trend": classify(low, high),
        "reason": "",
    }


def _times_se(quantile: float, se: float) -> float:
    """Return half the width of an interval: none for an estimate without error."""
    return quantile * se if se > 0 else 0.0


def _coefficient(names: tuple[str, str, str, int, int], value: float, variance: float) -> tuple[object, ...]:
    """Return a row of coefficients."""
    se = float(np.sqrt(max(variance, 0.0)))
    return (*names, float(value), se, float(np.exp(value)), float(np.exp(value) * se))


def _deviations(found: TrendFit) -> list[tuple[object, ...]]:
    """Return the line through the time effects, and the deviations from it."""
    times = found.series.times[found.alive]
    mine = np.array([one.effect == "time" for one in wald.effects(found)], bool)
    values = np.concatenate([[0.0], found.effects[mine]])
    covariance = np.zeros((len(times), len(times)))
    covariance[1:, 1:] = found.covariance[np.ix_(mine, mine)]
    pull = (times - times.mean()) / ((times - times.mean()) ** 2).sum()
    away = wald.away_from_line(times)
    line = (("trend", "", "", int(times[0]), int(times[-1])), pull @ values, pull @ covariance @ pull)
    left, spread = away @ values, np.diag(away @ covariance @ away.T)
    return [
        _coefficient(*line),
        *(
            _coefficient(("deviation", "", "", int(time), int(time)), value, variance)
            for time, value, variance in zip(times, left, spread, strict=True)
        ),
    ]


def _exp(values: Floats) -> Floats:
    """Return exponentials; infinite where they are beyond any number."""
    with np.errstate(over="ignore"):
        found: Floats = np.exp(values)
    return found


def _quantile() -> float:
    """Return the normal quantile of the intervals."""
    return float(norm.ppf((1 + CONFIDENCE) / 2))


def _root(variance: Floats, against: Floats) -> Floats:
    """Return square roots; a variance that is nothing beside another, up to rounding, is zero."""
    nothing = variance <= 1e-12 * np.abs(against)
    root: Floats = np.sqrt(np.where(nothing, 0.0, variance))
    return root


def _reasons(found: TrendFit, other: str, total: Floats | None = None) -> list[str]:
    """Say of each time why it has no estimate (at a total of zero: no interval), or the other reason, or nothing."""
    if not found.converged:
        return [found.status] * len(found.series.times)
    time = found.series.cell // max(1, len(found.series.months))
    counted = np.bincount(time, minlength=len(found.series.times)) > 0
    known = found.alive if total is None else found.alive & (total != 0)
    return [
        other if good else ("trend-time-no-positive" if seen else "trend-time-empty")
        for good, seen in zip(known, counted, strict=True)
    ]


def _end(times: npt.NDArray[np.int64], at: int) -> int:
    """Return the first (0) or last (-1) time; 0 of a series without any."""
    return int(times[at]) if len(times) else 0


def _table(schema: dict[str, type[pl.DataType]], **columns: object) -> pl.DataFrame:
    """Return a table; NaN becomes null."""
    return pl.DataFrame(columns, schema=schema).fill_nan(None)
