"""Did the numbers bend? A smooth trend of counts with gaps: no line, and no jump from year to year.

A log-linear model with a level for each site, a smooth curve of time, and where wanted a random deviation of each year
from it. How smooth the curve is follows from the counts (restricted likelihood) or is declared as degrees of freedom:
1 is TRIM's linear trend (model 2), one less than the times gives each time an effect of its own (model 3). Intervals
are those of the curve given the counts, normal on the scale of logarithms. See docs/methods/smooth-trends.md.
"""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.stats import chi2, norm

from tumen.errors import MisuseError, Text
from tumen.tables import findings
from tumen.waterbirds.trends.results import INDEX, SLOPES, TOTALS, classify
from tumen.waterbirds.trends.series import Floats, Series
from tumen.waterbirds.trends.smooth_fit import ROUNDS, Model, SmoothFit, Wanted, fit

LEAST_TIMES = 5
"""Times with counts below which deviations of years are not told from the curve."""

SHAPE = {
    "time": pl.Int64,
    **dict.fromkeys(("change", "low", "high"), pl.Float64),
    "direction": pl.String,
    **dict.fromkeys(("bend", "seBend", "bendLow", "bendHigh"), pl.Float64),
    "turn": pl.String,
}
TESTS = {"test": pl.String, "about": pl.String, **dict.fromkeys(("statistic", "df", "p"), pl.Float64)}
"""Tests of the fit; the degrees of freedom of a curve need not be whole."""

DEVIATIONS = {"time": pl.Int64, **dict.fromkeys(("deviation", "se"), pl.Float64)}


@dataclass(frozen=True)
class Smoothing:
    """How smooth, and from where the index counts.

    df: degrees of freedom of the curve, 1 a line on the scale of logarithms; None: chosen by restricted likelihood.
    deviations: each year deviates at random from the curve, in the same way at all sites; without them a curve takes
    good and bad years for news about the trend, and its intervals are too narrow. overdispersion: the variance is a
    multiple of the mean. base: the time at which the index is 1; None: the first. level: of the intervals.
    """

    df: float | None = None
    deviations: bool = True
    overdispersion: bool = True
    base: int | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.df is not None and not 1 <= self.df < np.inf:
            raise MisuseError(
                "1 or more degrees of freedom", str(self.df), "Give 1 for a line, more for a curve that bends more."
            )
        if not 0 < self.level < 1:
            raise MisuseError("a level between 0 and 1", f"{self.level}", "Give 0.95 for 95 %.")


@dataclass(frozen=True)
class Smooth:
    """A smooth trend, or why there is none.

    status: "converged", or the code of the finding that says why nothing was estimated; then the frames have no rows.
    times: all from the first to the last. curve, covariance: logarithm of the index of the curve and its covariance,
    0 at the base. index ("smooth": the curve; "fitted": the curve and the year's deviation), totals ("fitted": of all
    sites in all times), slopes (overall: the straight line closest to the curve), shape (change at each time as a
    factor per time; bend: the curve's second difference, `turn` where its interval leaves out 0), deviations (of
    logarithms), tests (goodness of fit). degrees: effective degrees of freedom of the curve, fewer than declared where
    the counts have too few times. overdispersion; deviation: standard deviation of the years, None where not fitted.
    """

    smoothing: Smoothing
    status: str
    findings: pl.DataFrame
    times: tuple[int, ...] = ()
    base: int | None = None
    curve: Floats = field(default_factory=lambda: np.zeros(0))
    covariance: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    index: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=INDEX))
    totals: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TOTALS))
    slopes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SLOPES))
    shape: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SHAPE))
    deviations: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DEVIATIONS))
    tests: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TESTS))
    degrees: float = np.nan
    overdispersion: float = np.nan
    deviation: float | None = None

    @property
    def converged(self) -> bool:
        """Whether there are estimates."""
        return self.status == "converged"


def smooth(series: Series, smoothing: Smoothing | None = None) -> Smooth:
    """Fit a smooth trend to the counts of a series.

    A fit that is not possible is a result: its `status` is the code of the finding that says why. Raises MisuseError
    where the base is no time of the series.

    >>> from tumen.waterbirds.trends.series import series
    >>> counts = pl.DataFrame({"site": ["a"] * 3 + ["b"] * 3, "time": [1, 2, 3] * 2, "count": [10, 21, 40, 5, 10, 20]})
    >>> found = smooth(series(counts), Smoothing(df=1))
    >>> found.slopes.select(pl.col("multiplicative").round(2), "trend").rows()
    [(1.98, 'strongIncrease')]
    """
    smoothing = smoothing or Smoothing()
    times = np.unique(series.cell // max(1, len(series.months)))
    if len(times) < 2:
        return _none(series, smoothing, "trend-no-counts")
    base = int(series.times[0]) if smoothing.base is None else smoothing.base
    if base not in series.times:
        raise MisuseError(
            Text("a base from {first} to {last}", first=series.times[0], last=series.times[-1]),
            str(base),
            "Name a time of the counts.",
        )
    # With fewer times, a deviation of each year and a bend of the curve are one and the same.
    deviations = smoothing.deviations and len(times) >= LEAST_TIMES
    made = fit(series, Wanted(smoothing.df, deviations, smoothing.overdispersion))
    if isinstance(made, str):
        return _none(series, smoothing, made)
    return _result(series, smoothing, made, base)


def change(found: Smooth, first: int, last: int) -> pl.DataFrame:
    """Return how far the curve went from one time to another: a row like those of `slopes`, kind "change", per time.

    Raises MisuseError for times outside the series, or a trend that was not estimated.

    >>> from tumen.waterbirds.trends.series import series
    >>> counts = pl.DataFrame({"site": ["a"] * 3 + ["b"] * 3, "time": [1, 2, 3] * 2, "count": [10, 21, 40, 5, 10, 20]})
    >>> change(smooth(series(counts), Smoothing(df=1)), 2, 3).select("from", "upto", "kind").rows()
    [(2, 3, 'change')]
    """
    if not found.converged or first not in found.times or last not in found.times or first >= last:
        raise MisuseError(
            "two times of an estimated trend, the earlier first", f"{first}, {last}", "Name two times of the series."
        )
    ends = np.zeros(len(found.times))
    ends[[found.times.index(first), found.times.index(last)]] = -1 / (last - first), 1 / (last - first)
    se = float(np.sqrt(max(float(ends @ found.covariance @ ends), 0.0)))
    z = float(norm.ppf(0.5 + found.smoothing.level / 2))
    return _slope((first, last, "change"), float(ends @ found.curve), se, z)


def _none(series: Series, smoothing: Smoothing, code: str) -> Smooth:
    effects = len(series.times) - 1 + max(0, len(series.months) - 1)
    value = {"trend-singular": str(effects), "trend-not-converged": str(ROUNDS)}.get(code, "")
    said = findings.finding(code, value=value)
    return Smooth(smoothing, code, findings.join([series.findings, said]))


def _result(series: Series, smoothing: Smoothing, made: SmoothFit, base: int) -> Smooth:
    size = len(series.times) - 1
    columns, known = made.basis.columns, made.covariance[:size, :size]
    own = made.share[:, None] * known * made.share + np.diag(made.rest)
    effect = made.effect[:size]
    at = int(np.flatnonzero(series.times == base)[0])
    from_base = columns - columns[at]
    curve, whole = from_base @ (made.share * effect), from_base @ effect
    covariance, around = from_base @ own @ from_base.T, from_base @ known @ from_base.T
    times = series.times.tolist()
    z = float(norm.ppf(0.5 + smoothing.level / 2))
    fitted = made.scales.deviation > 0
    deviation = columns @ ((1 - made.share) * effect)
    open_ = columns @ (((1 - made.share)[:, None] * known * (1 - made.share)) + np.diag(made.rest)) @ columns.T
    return Smooth(
        smoothing,
        "converged",
        series.findings,
        times=tuple(times),
        base=base,
        curve=curve,
        covariance=covariance,
        index=pl.concat([_index(times, "smooth", curve, covariance, z), _index(times, "fitted", whole, around, z)]),
        totals=_totals(series, made, z),
        slopes=_slope(
            (times[0], times[-1], "smooth"), effect[0] / made.basis.pace, np.sqrt(own[0, 0]) / made.basis.pace, z
        ),
        shape=_shape(times, curve, covariance, z),
        deviations=pl.DataFrame({"time": times, "deviation": deviation, "se": np.sqrt(np.diag(open_))}, DEVIATIONS)
        if fitted
        else pl.DataFrame(schema=DEVIATIONS),
        tests=_tests(made),
        degrees=made.degrees,
        overdispersion=made.dispersion,
        deviation=float(np.sqrt(made.scales.deviation)) if fitted else None,
    )


def _index(times: list[int], kind: str, logs: Floats, covariance: Floats, z: float) -> pl.DataFrame:
    se = np.sqrt(np.maximum(np.diag(covariance), 0))
    index = np.exp(logs)
    cells = {"time": times, "kind": [kind] * len(times), "index": index, "se": index * se}
    return pl.DataFrame({**cells, "low": np.exp(logs - z * se), "high": np.exp(logs + z * se), "reason": ""}, INDEX)


def _totals(series: Series, made: SmoothFit, z: float) -> pl.DataFrame:
    """Return the totals over all sites at each time, counted there or not, with errors by the delta method."""
    model = Model(series)
    fitted, level, _ = model.fitted(made.effect)
    raw = model.columns @ made.effect
    by_month = np.exp(raw[model.times :])
    factor = np.exp(raw[: model.times]) * by_month.sum()
    total = level.sum() * factor
    rows = model.columns[: model.times] + (by_month / by_month.sum()) @ model.columns[model.times :]
    levels = model.columns.T @ model.sums(fitted * (level / model.birds)[model.site])
    slope = total[:, None] * rows - factor[:, None] * levels
    variance = np.einsum("tp,pq,tq->t", slope, made.covariance, slope)
    variance += made.dispersion * factor**2 * (level**2 / model.birds).sum()
    se = np.sqrt(variance)
    times = series.times.tolist()
    cells = {"time": times, "kind": ["fitted"] * len(times), "total": total, "se": se}
    spread = np.exp(z * se / total)
    return pl.DataFrame({**cells, "low": total / spread, "high": total * spread, "reason": ""}, TOTALS)


def _slope(about: tuple[int, int, str], additive: float, se: float, z: float) -> pl.DataFrame:
    """Return a row of slopes; the interval and the class are those of the factor per time."""
    factor = float(np.exp(additive))
    low, high = float(np.exp(additive - z * se)), float(np.exp(additive + z * se))
    row = (*about, additive, se, factor, factor * se, low, high)
    p = float(2 * norm.sf(abs(additive) / se)) if se > 0 else None
    return pl.DataFrame([(*row, p, classify(low, high), "")], SLOPES, orient="row")


def _shape(times: list[int], curve: Floats, covariance: Floats, z: float) -> pl.DataFrame:
    """Return how fast the curve changes at each time, and how it bends there."""
    count = len(times)
    first = np.zeros((count, count))
    inner = np.arange(1, count - 1)
    first[inner, inner + 1], first[inner, inner - 1] = 0.5, -0.5
    first[0, :2], first[-1, -2:] = (-1, 1), (-1, 1)
    second = np.zeros((count, count))
    second[inner, inner - 1], second[inner, inner], second[inner, inner + 1] = 1, -2, 1
    (change, se), (bend, se_bend) = (
        (m @ curve, np.sqrt(np.maximum(np.diag(m @ covariance @ m.T), 0))) for m in (first, second)
    )
    frame = pl.DataFrame(
        {
            "time": times,
            "change": np.exp(change),
            "low": np.exp(change - z * se),
            "high": np.exp(change + z * se),
            "bend": bend,
            "seBend": se_bend,
            "bendLow": bend - z * se_bend,
            "bendHigh": bend + z * se_bend,
        }
    )
    ends = pl.col("time").is_in([times[0], times[-1]])
    bends = ("bend", "seBend", "bendLow", "bendHigh")
    frame = frame.with_columns(pl.when(~ends).then(name).alias(name) for name in bends)
    straight = pl.col("seBend") < 1e-12
    return frame.with_columns(
        direction=_sign(pl.col("low") > 1, pl.col("high") < 1, ("increase", "decline")),
        turn=_sign(~straight & (pl.col("bendLow") > 0), ~straight & (pl.col("bendHigh") < 0), ("upward", "downward")),
    ).select(*(pl.col(name).cast(dtype) for name, dtype in SHAPE.items()))


def _sign(above: pl.Expr, below: pl.Expr, words: tuple[str, str]) -> pl.Expr:
    return pl.when(above).then(pl.lit(words[0])).when(below).then(pl.lit(words[1])).otherwise(pl.lit(""))


def _tests(made: SmoothFit) -> pl.DataFrame:
    """Return how well the model fits counts that vary as Poisson numbers; degrees of freedom may be fractions."""
    rows = [
        (name, "", value, made.freedom, float(chi2.sf(value, made.freedom)) if made.freedom > 1e-6 else None)
        for name, value in (("chiSquare", made.pearson), ("likelihoodRatio", made.likelihood_ratio))
    ]
    return pl.DataFrame(rows, TESTS, orient="row")
