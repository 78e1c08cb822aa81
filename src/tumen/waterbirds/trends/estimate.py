"""Effects, site levels, overdispersion and serial correlation of one design, found in turn until they rest."""

from typing import Literal

import numpy as np
import polars as pl
from scipy.stats import chi2

from tumen.tables import findings
from tumen.waterbirds.trends import kernel
from tumen.waterbirds.trends.design import Design, TrendModel
from tumen.waterbirds.trends.series import Floats, Series

Kind = Literal["imputed", "fitted"]
KINDS: tuple[Kind, Kind] = ("imputed", "fitted")
"""Totals with counts where there are any and the model elsewhere; totals of the model alone."""

STEPS = 200
SETTLED = 1e-9
"""A fit has settled when no effect, nor the serial correlation, moves by more."""

SINGULAR = 1e-11
"""Smallest share of the information's largest eigenvalue (effects scaled to one) that counts as information."""

PATIENCE = 30
"""After so many rounds effects and serial correlation go half their way: they may jump between two values for ever."""

EXACT = 1e-12
"""An overdispersion no larger than this is rounding: the counts follow the model exactly."""

MOST_CORRELATION = 0.99

STEEPEST = 60.0
"""A mean that changes by more than exp(60) within the series is on its way to infinity."""


class Estimate:
    """The fit of one design while it is being made: effects, site levels, overdispersion, serial correlation."""

    def __init__(self, series: Series, plan: Design, model: TrendModel) -> None:
        """Begin without effects."""
        self.series, self.plan, self.model = series, plan, model
        self.counts = kernel.Counts(series.start, series.cell, series.count, series.weight, plan.group)
        self.room = kernel.work(series.cells)
        self.effects = np.zeros(plan.rows.shape[2])
        self.level = np.ones(len(series.sites))
        self.left = np.zeros(len(series.count))
        self.rho, self.sigma, self.steps = 0.0, 1.0, 0
        self.score = np.zeros(plan.rows.shape[:2])
        self.information = np.zeros((len(plan.rows), series.cells, series.cells))
        self.said: list[pl.DataFrame] = []
        self.likelihood = -np.inf

    @property
    def freedom(self) -> int:
        """Counts less site levels and effects."""
        return len(self.series.count) - len(self.series.sites) - len(self.effects)

    @property
    def shape(self) -> Floats:
        """Factors of the cells for each group, 0 where a time is not estimated."""
        return np.where(self.plan.alive, np.exp(np.clip(self.plan.rows @ self.effects, -700, 700)), 0.0)

    def solve(self) -> pl.DataFrame | None:
        """Find the estimates; return the finding that says why there are none, or None."""
        wanted = self.model.overdispersion or self.model.serial
        if wanted and self.freedom <= 0:
            return findings.finding("trend-no-freedom")
        problem = self.climb()
        if problem is None and wanted:
            self.variance()
            if self.sigma > EXACT and self.model.serial:
                problem = self.correlate()
            if problem is None and self.sigma <= EXACT:
                problem = findings.finding("trend-no-spread")
        return problem

    def climb(self) -> pl.DataFrame | None:
        """Maximum likelihood of independent counts, by Newton steps that are halved until they climb."""
        self.place(self.effects)
        for _ in range(STEPS):
            self.steps += 1
            step = self.step()
            if step is None:
                return findings.finding("trend-singular", value=str(len(self.effects)))
            before, was, share = self.likelihood, self.effects, 1.0
            for _ in range(30):
                self.place(was + share * step)
                if self.likelihood >= before - 1e-12 * abs(before):
                    break
                share /= 2
            if np.abs(step).max(initial=0.0) < SETTLED:
                return None
            if np.ptp(self.plan.rows @ self.effects) > STEEPEST:
                break
        return findings.finding("trend-not-converged", value=str(self.steps))

    def correlate(self) -> pl.DataFrame | None:
        """Generalised estimating equations: serial correlation, site levels and effects in turn until they rest."""
        for number in range(STEPS):
            self.steps += 1
            before = self.rho
            if not self.correlation():
                self.said = [findings.finding("trend-serial-no-pairs")]
                return None
            moved, share = self.rho - before, 1.0 if number < PATIENCE else 0.5
            self.rho = before + share * moved
            bad = self.place(self.effects)
            step = self.step() if bad < 0 else None
            if step is not None:
                bad = self.place(self.effects + share * step)
            if bad >= 0:
                name = str(self.series.sites[bad])
                return findings.finding("trend-site-not-estimable", value=name, rho=f"{self.rho:.3f}")
            if step is None:
                return findings.finding("trend-singular", value=str(len(self.effects)))
            self.variance()
            if max(np.abs(step).max(initial=0.0), abs(moved)) < SETTLED:
                return None
        return findings.finding("trend-not-converged", value=str(self.steps))

    def place(self, effects: Floats) -> int:
        """Take effects and solve the site levels; return the first site without a level, or -1."""
        self.effects = effects
        bad, self.likelihood = kernel.levels(self.counts, self.shape, self.rho, self.level, self.room)
        return int(bad)

    def add_up(self) -> None:
        """Fill score and information of the cells at the effects of now."""
        self.score[:], self.information[:] = 0.0, 0.0
        tables = (self.score, self.information)
        kernel.sums(self.counts, self.shape, self.rho, self.level, tables, self.room)

    def step(self) -> Floats | None:
        """Return the step of the effects, or None where the counts do not tell them apart."""
        self.add_up()
        information = self.of_effects(self.plan.rows)
        if not len(information):
            return np.zeros(0)
        scale = np.sqrt(np.maximum(np.diag(information), 0.0))
        if not (np.isfinite(information).all() and (scale > 0).all()):
            return None
        values = np.linalg.eigvalsh(information / np.outer(scale, scale))
        if values[0] < SINGULAR * values[-1]:
            return None
        wanted: Floats = np.linalg.solve(information, np.einsum("gcp,gc->p", self.plan.rows, self.score))
        return wanted

    def of_effects(self, rows: Floats) -> Floats:
        """Return the information on the effects of a design (groups, cells, effects), for a variance of the mean."""
        found: Floats = np.einsum("gcp,gcq->pq", rows, self.information @ rows)
        return (found + found.T) / 2

    def variance(self) -> None:
        """Overdispersion from the residuals, outliers kept out of it if the model asks so."""
        kernel.residuals(self.counts, self.shape, self.level, self.left)
        self.sigma = constrained(self.left**2, self.freedom, self.model.constrained)

    def correlation(self) -> bool:
        """Take serial correlation from the residuals of neighbours in time; return False if there are none."""
        products, pairs = kernel.residuals(self.counts, self.shape, self.level, self.left)
        if pairs == 0:
            return False
        rho = products / pairs / self.sigma if self.sigma > 0 else 0.0
        self.rho = float(np.clip(rho, -MOST_CORRELATION, MOST_CORRELATION))
        self.said = []
        if self.rho != rho:
            self.said = [findings.finding("trend-serial-bounded", value=f"{rho:.3f}", bound=f"{self.rho:.2f}")]
        return True

    def covariance(self) -> Floats:
        """Covariance of the effects."""
        self.add_up()
        return np.asarray(np.linalg.inv(self.of_effects(self.plan.rows)) * self.sigma, dtype=np.float64)

    def goodness(self) -> tuple[float, float]:
        """Return the sum of squared Pearson residuals and the likelihood ratio, 2 sum f log(f / mean)."""
        kernel.residuals(self.counts, self.shape, self.level, self.left)
        one = self.series
        mean = self.level[one.site] * self.shape[self.plan.group[one.site], one.cell] / one.weight
        seen = one.count > 0
        return float((self.left**2).sum()), float(2 * (one.count[seen] * np.log(one.count[seen] / mean[seen])).sum())

    def totals(self, covariance: Floats) -> tuple[dict[Kind, Floats], dict[Kind, Floats]]:
        """Return the totals of the times and their covariances, by kind; NaN at times that are not estimated."""
        rows, shape = self.plan.rows, self.shape
        groups, cells = shape.shape
        flat, square = (groups, cells), (groups, cells, cells)
        into = kernel.Sums(
            np.zeros((groups, 2)),
            np.zeros(flat),
            np.zeros(flat),
            np.zeros(square),
            np.zeros(square),
            np.zeros(square[1:]),
        )
        kernel.totals(self.counts, shape, self.rho, self.level, into, self.room)
        fitted = into.whole[:, 0] @ shape
        counted = np.bincount(self.series.cell, weights=self.series.weight * self.series.count, minlength=cells)
        slope = np.einsum("g,gc,gcp->cp", into.whole[:, 0], shape, rows)
        slope -= np.einsum("gc,gp->cp", shape, np.einsum("gd,gdp->gp", into.whole_pull, rows))
        of_seen = np.einsum("gc,gcp->cp", into.seen, rows) - (into.seen_pull @ rows).sum(axis=0)
        model = self.sigma * np.einsum("g,gc,gd->cd", into.whole[:, 1], shape, shape) + slope @ covariance @ slope.T
        known = self.sigma * into.seen_square.sum(axis=0) + of_seen @ covariance @ of_seen.T
        months = max(1, len(self.series.months))
        sum_up = np.kron(np.eye(cells // months), np.ones(months))
        gone = np.where(self.plan.alive.reshape(-1, months).all(axis=1), 0.0, np.nan)
        blank = gone[:, None] + gone[None, :]
        imputed = model + self.sigma * into.spread - known
        return (
            {"imputed": sum_up @ (fitted + counted - into.seen.sum(axis=0)) + gone, "fitted": sum_up @ fitted + gone},
            {"imputed": sum_up @ imputed @ sum_up.T + blank, "fitted": sum_up @ model @ sum_up.T + blank},
        )


def constrained(squares: Floats, freedom: int, limit: float | None) -> float:
    """Return the overdispersion of squared residuals.

    limit below 1: squares beyond this level of a chi-square (1 degree of freedom, scaled by the overdispersion) are
    left out, and their number taken from the degrees of freedom, until it rests; above 1: squares beyond the third
    quartile by this multiple of the quartiles' distance are left out, the degrees of freedom kept; None or 1: all.

    >>> constrained(np.array([1.0, 1.0, 2.0]), 2, None)
    2.0
    """
    if limit is None or limit == 1:
        return float(squares.sum() / freedom)
    if limit > 1:
        low, high = np.quantile(squares, [0.25, 0.75])
        return float(squares[squares < high + limit * (high - low)].sum() / freedom)
    beyond, left = chi2.ppf(limit, 1), freedom
    sigma = float(squares.sum() / freedom)
    for _ in range(STEPS):
        within = squares < sigma * beyond
        left = freedom - int((~within).sum())
        if left <= 0:
            break
        before, sigma = sigma, float(squares[within].sum() / left)
        if sigma == before:
            break
    return sigma
