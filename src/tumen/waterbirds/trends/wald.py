"""Is a slope, a change of slope, a deviation from a line, a covariate needed? Wald tests of a fit."""

from collections.abc import Iterator

import numpy as np

from tumen.waterbirds.trends.design import LINE, TIMES, Effect
from tumen.waterbirds.trends.fitted import TrendFit
from tumen.waterbirds.trends.series import Floats, Ints

Test = tuple[str, float, int]
"""What was tested, the statistic, its degrees of freedom."""


def wald(found: TrendFit, contrasts: Floats) -> tuple[float, int]:
    """Return the statistic that contrasts (tests, effects) are all zero, and its degrees of freedom."""
    values = contrasts @ found.effects
    spread = contrasts @ found.covariance @ contrasts.T
    return float(values @ np.linalg.solve(spread, values)), len(contrasts)


def effects(found: TrendFit) -> tuple[Effect, ...]:
    """Return what the effects of a fit mean."""
    return found.design.effects if found.design is not None else ()


def changes(found: TrendFit) -> Iterator[Test]:
    """Test the change of slope at each change point, all categories together; at the first, the slope itself."""
    known = effects(found)
    firsts = [one.first for one in known if one.effect == "slope" and not one.covariate]
    for number, point in enumerate(firsts):
        rows = []
        for at, one in enumerate(known):
            if one.effect == "slope" and one.first == point:
                row = np.zeros(len(known))
                row[at] = 1.0
                if number:
                    row[at - 1] = -1.0
                rows.append(row)
        yield str(point), *wald(found, np.array(rows))


def slope(found: TrendFit) -> Iterator[Test]:
    """Test the slope of a line without bends, all categories together."""
    known = np.array([one.effect == "slope" for one in effects(found)], bool)
    firsts = {one.first for one in effects(found) if one.effect == "slope"}
    if found.model.kind == LINE and len(firsts) == 1:
        yield "", *wald(found, np.eye(len(known))[known])


def covariates(found: TrendFit) -> Iterator[Test]:
    """Test the effects of each covariate."""
    for name in found.model.covariates:
        mine = np.array([one.covariate == name for one in effects(found)], bool)
        if mine.any():
            yield name, *wald(found, np.eye(len(mine))[mine])


def deviations(found: TrendFit) -> Iterator[Test]:
    """Test whether time effects without covariates deviate from a line."""
    if found.model.kind != TIMES or found.model.covariates:
        return
    known = effects(found)
    mine = np.array([one.effect == "time" for one in known], bool)
    line = away_from_line(found.series.times[found.alive])[:-2, 1:] if mine.sum() > 1 else np.zeros((0, 0))
    if len(line):
        contrasts = np.zeros((len(line), len(known)))
        contrasts[:, mine] = line
        yield "", *wald(found, contrasts)


def away_from_line(times: Ints) -> Floats:
    """Return the matrix (times, times) that takes a least-squares line out of values at the times."""
    centred = np.column_stack([np.ones(len(times)), times - np.mean(times)])
    away: Floats = np.eye(len(times)) - centred @ np.linalg.solve(centred.T @ centred, centred.T)
    return away
