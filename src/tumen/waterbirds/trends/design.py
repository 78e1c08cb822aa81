"""How the mean of a count depends on its time: a line with bends, a level for each time, or neither.

The logarithm of the mean of a count is the level of its site plus a row of the design times the effects. Sites of the
same covariate categories share their rows: they are a group.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tumen.errors import MisuseError, Text
from tumen.waterbirds.trends.series import Floats, Ints, Series

LEVEL, LINE, TIMES = 1, 2, 3
"""No time effect; a line, bent at change points; an effect for each time."""


@dataclass(frozen=True)
class TrendModel:
    """What is fitted.

    kind: 1 no time effect, 2 a line bent at `changepoints` (times; none: one line from the first time; before the
    first change point the line is level), 3 an effect for each time. stepwise (2): leave out and take in change points
    by Wald tests. overdispersion: the variance is a multiple of the mean. serial: counts of a site correlate from time
    to time. covariates: names; each category gets its own time effects. constrained: level in (0, 1) beyond which a
    squared residual does not count for the overdispersion, or a multiple above 1 of the quartiles' distance.
    """

    kind: int = TIMES
    changepoints: tuple[int, ...] = ()
    stepwise: bool = False
    overdispersion: bool = False
    serial: bool = False
    covariates: tuple[str, ...] = ()
    constrained: float | None = None
    enter: float = 0.15
    remove: float = 0.20

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.kind not in (LEVEL, LINE, TIMES):
            raise MisuseError("model 1, 2 or 3", str(self.kind), "Choose 1 no time effect, 2 lines, 3 time effects.")
        if self.kind != LINE and (self.changepoints or self.stepwise):
            raise MisuseError(
                "model 2 for change points", Text("model {kind}", kind=self.kind), "Leave them out, or use model 2."
            )
        if self.kind == LEVEL and self.covariates:
            raise MisuseError("model 2 or 3 for covariates", "model 1", "Leave the covariates out.")
        if self.constrained is not None and (self.constrained <= 0 or not (self.overdispersion or self.serial)):
            raise MisuseError(
                "overdispersion to constrain, and a level above 0",
                str(self.constrained),
                "Ask for overdispersion, or leave the constraint out.",
            )
        if not 0 < self.enter <= self.remove < 1:
            raise MisuseError(
                "0 < enter <= remove < 1", f"{self.enter}, {self.remove}", "Use 0.15 and 0.20, as TRIM does."
            )


@dataclass(frozen=True)
class Effect:
    """One number of the design: what kind ("slope", "time", "month"), of which category, from when until when."""

    effect: str
    covariate: str
    category: str
    first: int
    last: int


@dataclass(frozen=True)
class Design:
    """Rows (groups, cells, effects), the group of each site, and what the effects mean.

    alive (times, months flattened as cells): False where there is nothing to estimate the cell from.
    """

    rows: Floats
    group: Ints
    effects: tuple[Effect, ...]
    alive: npt.NDArray[np.bool_]


def design(series: Series, model: TrendModel, alive: npt.NDArray[np.bool_]) -> Design:
    """Return the design of a model on the times of a series.

    alive (times): the times that model 3 can estimate. Raises MisuseError for change points that are no times of the
    series but its last, and for serial correlation of monthly counts.
    """
    basis, effects = _basis(series, model, alive)
    names = [series.covariate(name) for name in model.covariates]
    group, combinations = _groups([one.codes for one in names], len(series.sites))
    months = max(1, len(series.months))
    blocks = np.zeros((len(combinations), len(series.times), basis.shape[1]))
    blocks[:] = basis
    parts = [blocks]
    for number, covariate in enumerate(names):
        for level in range(1, len(covariate.levels)):
            mine = np.asarray([combination[number] == level for combination in combinations], dtype=float)
            parts.append(blocks * mine[:, None, None])
            effects += [
                Effect(one.effect, covariate.name, covariate.levels[level], one.first, one.last)
                for one in effects[: basis.shape[1]]
            ]
    rows = np.repeat(np.concatenate(parts, axis=2), months, axis=1)
    if months > 1:
        of_month = np.tile(np.eye(months)[:, 1:], (len(series.times), 1))
        rows = np.concatenate([rows, np.broadcast_to(of_month, (len(rows), *of_month.shape))], axis=2)
        effects += [Effect("month", "", "", int(month), int(month)) for month in series.months[1:]]
    return Design(np.ascontiguousarray(rows), group, tuple(effects), np.repeat(alive, months))


def changepoints(series: Series, model: TrendModel) -> tuple[int, ...]:
    """Return the change points of model 2, sorted; MisuseError for one that no line can start from."""
    points = tuple(sorted(set(model.changepoints))) or (int(series.times[0]),)
    known = set(series.times[:-1].tolist())
    for point in points:
        if point not in known:
            raise MisuseError(
                Text("change points from {first} to {last}", first=series.times[0], last=series.times[-2]),
                str(point),
                "A change point is a time of the series, and not its last.",
            )
    return points


def _basis(series: Series, model: TrendModel, alive: npt.NDArray[np.bool_]) -> tuple[Floats, list[Effect]]:
    """Return the time part for one category: (times, effects)."""
    times = series.times
    if model.kind == LEVEL:
        return np.zeros((len(times), 0)), []
    if model.kind == LINE:
        points = changepoints(series, model)
        ends = (*points[1:], int(times[-1]))
        basis = np.column_stack(
            [np.clip(times, first, last) - first for first, last in zip(points, ends, strict=True)]
        ).astype(np.float64)
        return basis, [Effect("slope", "", "", first, last) for first, last in zip(points, ends, strict=True)]
    known = np.flatnonzero(alive)[1:]
    basis = np.zeros((len(times), len(known)))
    basis[known, np.arange(len(known))] = 1.0
    return basis, [Effect("time", "", "", int(times[at]), int(times[at])) for at in known]


def _groups(codes: Sequence[Ints], sites: int) -> tuple[Ints, list[tuple[int, ...]]]:
    """Return the group of each site and the category codes of each group."""
    if not codes:
        return np.zeros(sites, np.int64), [()]
    table, group = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
    return group.reshape(-1).astype(np.int64), [tuple(row) for row in table.tolist()]
