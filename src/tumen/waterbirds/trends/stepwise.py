"""Which bends of a line are needed? Change points leave and enter by tests until none moves.

Begin with all (where those cannot be told apart, with fewer: the ones followed by the fewest positive counts go);
leave out the one whose change of slope has the largest p of a Wald test, if that is above
`model.remove`; then take in the one outside with the smallest p of a score test, if its Wald test in the larger model
is below `model.enter`. The last change point stays.
"""

from dataclasses import replace

import numpy as np
import polars as pl
from scipy.stats import chi2

from tumen.waterbirds.trends.design import TrendModel, design
from tumen.waterbirds.trends.estimate import Estimate
from tumen.waterbirds.trends.fitted import TrendFit, fit_one
from tumen.waterbirds.trends.series import Floats, Series
from tumen.waterbirds.trends.wald import changes


def select(whole: Series, series: Series, model: TrendModel, said: list[pl.DataFrame]) -> TrendFit:
    """Return the fit with the change points that are needed; those left out are in `dropped`."""
    every = model.changepoints or tuple(int(time) for time in series.times[:-1])
    points = _supported(series, tuple(sorted(set(every))))
    found = fit_one(whole, series, replace(model, changepoints=points), said)
    while not found.converged and len(points) > 1:
        points = _thinned(series, points)
        found = fit_one(whole, series, replace(model, changepoints=points), said)
    seen = {points}
    while found.converged:
        smaller = _smaller(found, points)
        if smaller is None or smaller in seen:
            break
        points = smaller
        seen.add(points)
        found = fit_one(whole, series, replace(model, changepoints=points), said)
        larger = _larger(found, every, series) if found.converged else None
        if larger is None or larger in seen:
            continue
        tried = fit_one(whole, series, replace(model, changepoints=larger), said)
        (entered,) = set(larger) - set(points)
        if tried.converged and dict(zip(larger, _p(tried), strict=True))[entered] < model.enter:
            points, found = larger, tried
            seen.add(points)
    return replace(found, model=replace(found.model, stepwise=True), dropped=tuple(sorted(set(every) - set(points))))


def _supported(series: Series, points: tuple[int, ...]) -> tuple[int, ...]:
    """Leave out change points after which no positive count comes before the next."""
    time = series.times[series.cell // max(1, len(series.months))][series.count > 0]
    kept: list[int] = []
    end = int(series.times[-1])
    for point in reversed(points):
        if ((time > point) & (time <= end)).any():
            kept.insert(0, point)
            end = point
    return tuple(kept)


def _thinned(series: Series, points: tuple[int, ...]) -> tuple[int, ...]:
    """Leave out the change point, not the first, that has the fewest positive counts before the next."""
    time = series.times[series.cell // max(1, len(series.months))][series.count > 0]
    ends = (*points[1:], int(series.times[-1]))
    after = [int(((time > point) & (time <= end)).sum()) for point, end in zip(points, ends, strict=True)]
    fewest = 1 + int(np.argmin(after[1:]))
    return points[:fewest] + points[fewest + 1 :]


def _p(found: TrendFit) -> list[float]:
    """Return the p of the change of slope at each change point."""
    return [float(chi2.sf(statistic, freedom)) for _, statistic, freedom in changes(found)]


def _smaller(found: TrendFit, points: tuple[int, ...]) -> tuple[int, ...] | None:
    """Leave out the least needed change point, if one may go."""
    p = _p(found)
    worst = int(np.argmax(p))
    if len(points) == 1 or p[worst] <= found.model.remove:
        return None
    return points[:worst] + points[worst + 1 :]


def _larger(found: TrendFit, every: tuple[int, ...], series: Series) -> tuple[int, ...] | None:
    """Take in the change point outside with the smallest p of a score test, if that is below the level."""
    points = found.model.changepoints
    outside = [point for point in every if point not in points]
    best: tuple[float, tuple[int, ...]] | None = None
    state = _at(found, series)
    for point in outside:
        larger = tuple(sorted((*points, point)))
        if _supported(series, larger) != larger:
            continue
        rows = design(series, replace(found.model, kind=2, changepoints=larger), np.ones(len(series.times), bool)).rows
        p = _score(state, found.overdispersion, rows, rows.shape[2] - len(found.effects))
        if p < found.model.enter and (best is None or p < best[0]):
            best = (p, larger)
    return best[1] if best else None


def _at(found: TrendFit, series: Series) -> Estimate:
    """Return score and information of the cells at the estimates."""
    plan = design(series, found.model, np.ones(len(series.times), bool))
    state = Estimate(series, plan, found.model)
    state.effects, state.level, state.rho = found.effects, found.level.copy(), found.serial or 0.0
    state.add_up()
    return state


def _score(state: Estimate, sigma: float, rows: Floats, more: int) -> float:
    """Return the p of a score test of a larger design that has `more` effects than the fitted one."""
    score = np.einsum("gcp,gc->p", rows, state.score)
    information = state.of_effects(rows)
    if np.linalg.matrix_rank(information) < len(information):
        return 1.0
    return float(chi2.sf(score @ np.linalg.solve(information, score) / sigma, more))
