"""A fitted trend, and how one design is fitted to a series."""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.tables import findings
from tumen.waterbirds.trends.design import LINE, TIMES, Design, TrendModel, design
from tumen.waterbirds.trends.estimate import Estimate, Kind
from tumen.waterbirds.trends.series import Floats, Series

CONVERGED = "converged"


@dataclass(frozen=True)
class TrendFit:
    """A fitted trend, or why there is none.

    status: "converged", or the code of the finding that says why nothing was estimated; then every array of estimates
    is empty. findings: the series' and the fit's. used: the part of the series that was fitted (sites without a needed
    covariate and times without a positive count left out); level: one a site of it. effects, covariance: of the
    design's effects. overdispersion: 1 if not asked for; serial: None if not asked for. chi2, likelihood_ratio,
    freedom: goodness of fit. totals, variances: by kind, one a time, NaN at a time that is not estimated. steps:
    rounds of the fit. dropped: change points that were not kept by the selection.
    """

    series: Series
    model: TrendModel
    status: str
    findings: pl.DataFrame
    used: Series | None = None
    design: Design | None = None
    effects: Floats = field(default_factory=lambda: np.zeros(0))
    covariance: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    level: Floats = field(default_factory=lambda: np.zeros(0))
    overdispersion: float = 1.0
    serial: float | None = None
    chi2: float = np.nan
    likelihood_ratio: float = np.nan
    freedom: int = 0
    steps: int = 0
    totals: dict[Kind, Floats] = field(default_factory=dict)
    variances: dict[Kind, Floats] = field(default_factory=dict)
    dropped: tuple[int, ...] = ()

    @property
    def converged(self) -> bool:
        """Whether there are estimates."""
        return self.status == CONVERGED

    @property
    def aic(self) -> float:
        """Akaike's criterion up to a constant: likelihood ratio less twice the degrees of freedom."""
        return self.likelihood_ratio - 2 * self.freedom

    @property
    def alive(self) -> npt.NDArray[np.bool_]:
        """Which times have estimates."""
        return np.isfinite(self.totals_of("fitted"))

    @property
    def none_left(self) -> npt.NDArray[np.bool_]:
        """Which times were counted and had no bird at any site: their totals are zero, not missing."""
        time = self.series.cell // max(1, len(self.series.months))
        counted = np.bincount(time, minlength=len(self.series.times)) > 0
        birds = np.bincount(time, weights=self.series.count, minlength=len(self.series.times))
        none: npt.NDArray[np.bool_] = counted & (birds == 0) & ~self.alive & self.converged
        return none

    def totals_with_none(self, kind: Kind = "imputed") -> tuple[Floats, Floats]:
        """Totals and their covariance with 0 at the times at which none was left; NaN only where nobody counted."""
        total, covariance = self.totals_of(kind).copy(), self.totals_covariance(kind).copy()
        total[self.none_left] = 0.0
        covariance[self.none_left, :] = 0.0
        covariance[:, self.none_left] = 0.0
        return total, covariance

    def totals_of(self, kind: Kind = "imputed") -> Floats:
        """Totals of all times (sum of count times weight over sites, and months), NaN where there is no estimate."""
        return self.totals[kind] if self.converged else np.full(len(self.series.times), np.nan)

    def totals_covariance(self, kind: Kind = "imputed") -> Floats:
        """Covariance of the totals of all times (times, times), NaN where there is no estimate."""
        return self.variances[kind] if self.converged else np.full((len(self.series.times),) * 2, np.nan)


def fit_one(whole: Series, series: Series, model: TrendModel, said: list[pl.DataFrame]) -> TrendFit:
    """Fit one design, without selection, to a part of a whole series."""
    alive = _alive(series, model)
    plan = design(series, model, alive)
    if not alive.all():
        series = part(series, np.ones(len(series.sites), bool), plan.alive[series.cell])
    if model.kind == TIMES:
        lacking = _lacking(series, model)
        if lacking is not None:
            return no_fit(whole, model, [*said, lacking])
    state = Estimate(series, plan, model)
    problem = state.solve()
    if problem is not None:
        return no_fit(whole, model, [*said, _segment(series, plan, model, problem)])
    if model.kind == LINE:
        said = [*said, *_drawn(series)]
    covariance = state.covariance()
    totals, variances = state.totals(covariance)
    squares, ratio = state.goodness()
    return TrendFit(
        whole,
        model,
        CONVERGED,
        findings.join([whole.findings, *said, *state.said]),
        series,
        plan,
        state.effects,
        covariance,
        state.level,
        state.sigma,
        state.rho if model.serial else None,
        squares,
        ratio,
        state.freedom,
        state.steps,
        totals,
        variances,
    )


def _alive(series: Series, model: TrendModel) -> npt.NDArray[np.bool_]:
    """Return the times that can be estimated: all, but with time effects only those with a positive count."""
    if model.kind != TIMES:
        return np.ones(len(series.times), bool)
    return np.bincount(time_of(series), weights=series.count, minlength=len(series.times)) > 0


def _lacking(series: Series, model: TrendModel) -> pl.DataFrame | None:
    """Say which category has no positive count at a time that others have."""
    alive = _alive(series, model)
    for name in model.covariates:
        covariate = series.covariate(name)
        table = np.zeros((len(covariate.levels), len(series.times)))
        np.add.at(table, (covariate.codes[series.site], time_of(series)), series.count)
        none = np.argwhere((table == 0) & alive)
        if len(none):
            level, time = covariate.levels[none[0, 0]], int(series.times[none[0, 1]])
            return findings.finding("trend-category-no-positive", column=name, value=level, covariate=name, time=time)
    return None


def _segment(series: Series, plan: Design, model: TrendModel, problem: pl.DataFrame) -> pl.DataFrame:
    """Say which stretch of a bent line has no positive count, if that is why a fit failed; else return the problem."""
    positive = _alive(series, TrendModel(TIMES))
    for one in plan.effects:
        if model.kind == LINE and one.effect == "slope" and not one.covariate:
            inside = (series.times > one.first) & (series.times <= one.last)
            if not positive[inside].any():
                return findings.finding(
                    "trend-segment-no-positive", column="time", value=str(one.first + 1), time=one.last
                )
    return problem


def _drawn(series: Series) -> list[pl.DataFrame]:
    """Say which totals are drawn from the line alone."""
    counted = np.bincount(time_of(series), minlength=len(series.times))
    return [findings.finding("trend-interpolated", column="time", value=str(at)) for at in series.times[counted == 0]]


def no_fit(series: Series, model: TrendModel, said: list[pl.DataFrame]) -> TrendFit:
    """Return the result of a fit that was not possible; the last finding says why."""
    return TrendFit(series, model, str(said[-1]["code"][0]), findings.join([series.findings, *said]))


def part(series: Series, sites: npt.NDArray[np.bool_], counts: npt.NDArray[np.bool_]) -> Series:
    """Return the series with some of its sites and some of their counts; sites left without a count go too."""
    lengths = np.bincount(series.site[counts], minlength=len(series.sites))
    sites = sites & (lengths > 0)
    return replace(
        series,
        sites=series.sites.filter(pl.Series(sites, dtype=pl.Boolean)),
        start=np.concatenate([[0], np.cumsum(lengths[sites])]).astype(np.int64),
        cell=series.cell[counts],
        count=series.count[counts],
        weight=series.weight[counts],
        covariates=tuple(replace(one, codes=one.codes[sites]) for one in series.covariates),
    )


def time_of(series: Series) -> npt.NDArray[np.int64]:
    """Return the position of the time of each count."""
    return series.cell // max(1, len(series.months))
