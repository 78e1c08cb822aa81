"""Does the model fit at all?  Tests 2 and 3 of its assumptions, and a parametric bootstrap of the deviance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import chi2, fisher_exact

from tumen import engine
from tumen.errors import MisuseError
from tumen.population.survival.fit import Fit, fit
from tumen.population.survival.histories import Counts, Histories, collapse
from tumen.population.survival.redraw import redraw
from tumen.tables import findings

Floats = NDArray[np.float64]
FEW = 2.0
"""Expected counts below this are pooled, and a table of two columns that still has one is tested exactly."""
COMPONENTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "test": pl.String,
    "sex": pl.String,
    "occasion": pl.String,
    "statistic": pl.Float64,
    "df": pl.Int64,
    "p": pl.Float64,
    "method": pl.String,
}


@dataclass(frozen=True, eq=False)
class Seen:
    """Animals of one group at all occasions: `before` (n, S) seen earlier, `next` (n, S) when seen next, S if never."""

    seen: NDArray[np.bool_]
    released: NDArray[np.bool_]
    before: NDArray[np.bool_]
    next: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Goodness:
    """`components` (columns `COMPONENTS`), and in total: statistic, df, p, variance inflation (c-hat, at least 1)."""

    components: pl.DataFrame
    statistic: float
    df: int
    p: float
    inflation: float
    findings: pl.DataFrame


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Deviance of the data and of data sets drawn from the fit; chance of so much; c-hat: deviance over their mean."""

    deviance: float
    drawn: Floats
    p: float
    inflation: float
    findings: pl.DataFrame


def goodness(data: Histories, *, by_sex: bool = False) -> Goodness:
    """Test whether animals seen at one occasion are alike afterwards, as phi(time) p(time) supposes.

    3.SR: are animals seen for the first time seen again as often as others? 3.SM: as soon? 2.CT: are animals seen at an
    occasion seen at the next as often as those known to live and not seen? 2.CL: as soon after the next? A table with
    too few counts is pooled, then tested exactly, its p turned into a chi-square of one degree of freedom. `by_sex`:
    apart for each sex, those of unknown sex too. Source: Burnham et al. (1987), Am Fish Soc Monogr 5; names as there.

    >>> data = Histories(
    ...     ("a", "b"), ("1", "2", "3"), np.array([[1, 1, 0], [0, 1, 1]], dtype=bool),
    ...     np.ones(2), (None, None), np.zeros(2, dtype=bool), np.ones(3),
    ... )
    >>> goodness(data).df
    1
    """
    sexes = sorted({sex for sex in data.sex if sex is not None})
    groups = [(sex, np.array([one == sex for one in data.sex], dtype=bool)) for sex in [*sexes, None]]
    if not by_sex:
        groups = [(None, np.ones(len(data.animals), dtype=bool))]
    rows = [row for sex, members in groups if members.any() for row in _components(data, members, sex)]
    table = pl.DataFrame(rows, schema=COMPONENTS, orient="row")
    statistic, df = float(table["statistic"].sum()), int(table["df"].sum())
    if not df:
        told = findings.finding("survival-untestable", value="TEST2, TEST3")
        return Goodness(table, statistic, df, float("nan"), 1.0, told)
    p = float(chi2.sf(statistic, df))
    inflation = max(statistic / df, 1.0)
    return Goodness(table, statistic, df, p, inflation, _verdict(p, inflation))


def bootstrap(
    fitted: Fit,
    rng: np.random.Generator,
    *,
    draws: int = 200,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
) -> Bootstrap:
    """Return how the deviance of the data compares with that of data sets drawn from the fit and fitted again.

    The deviance is against a model in which every history has its own chance, given where and in which sex it began
    (for POPAN: given that it was seen). Results depend on `rng` and not on `workers`. Raises `MisuseError` for a fit
    that has not converged.
    """
    if fitted.status != "converged":
        raise MisuseError("a fit that has converged", fitted.status, "Use a simpler model.")
    observed = deviance(fitted)
    work = partial(_again, fitted)
    found = engine.run(work, rng.spawn(draws), workers=workers, progress=progress)
    drawn = np.array([value for value in found if np.isfinite(value)], dtype=float)
    told = []
    if len(drawn) < draws:
        told.append(findings.finding("survival-redraws-failed", failed=draws - len(drawn), draws=draws))
    if not len(drawn) or drawn.mean() <= 0:
        told.append(findings.finding("survival-untestable", value="bootstrap"))
        return Bootstrap(observed, drawn, float("nan"), 1.0, findings.join(told))
    p = float((1 + (drawn >= observed).sum()) / (1 + len(drawn)))
    inflation = max(observed / float(drawn.mean()), 1.0)
    return Bootstrap(observed, drawn, p, inflation, findings.join([*told, _verdict(p, inflation)]))


def deviance(fitted: Fit) -> float:
    """Return twice the ln likelihood that the model falls short of one with a chance for every history."""
    counts = collapse(fitted.histories)
    entering = fitted.design.unseen is not None
    whole = _saturated(counts, entering, len(fitted.design.classes) > 1)
    value = fitted.log_likelihood
    if entering:
        total = len(fitted.histories.animals) + float(np.exp(fitted.beta[fitted.design.unseen]))
        value -= _binomial_part(total, len(fitted.histories.animals))
    return 2.0 * (whole - value)


def _binomial_part(total: float, animals: int) -> float:
    """Return the largest ln likelihood of how many of a super-population were seen, with its N! / (N - n)!."""
    hidden = total - animals
    share = animals / total
    rest = hidden * np.log1p(-share) if hidden > 0 else 0.0
    return float(gammaln(total + 1) - gammaln(hidden + 1) + animals * np.log(share) + rest)


def _saturated(counts: Counts, entering: bool, sexed: bool) -> float:
    """Return ln likelihood when every history has its own chance, given its cohort."""
    first = counts.seen.argmax(axis=1) if not entering else np.zeros(len(counts.number), dtype=np.int64)
    # In CJS with everyone's sex known the sexes are given; in a mixture they are part of what is explained.
    apart = sexed and not entering and bool((counts.sex >= 0).all())
    cohort = first * (len(counts.sexes) + 1) + (counts.sex if apart else 0)
    members = counts.number
    if not sexed:
        # Without sex in the model, histories that differ in sex only are one.
        _, alike = np.unique(np.column_stack([counts.seen, counts.lost]), axis=0, return_inverse=True)
        members = np.asarray(np.bincount(alike.ravel(), weights=counts.number), dtype=np.float64)
        cohort = np.zeros(len(members), dtype=np.int64)
        cohort[alike.ravel()] = first
    _, place = np.unique(cohort, return_inverse=True)
    sizes = np.bincount(place.ravel(), weights=members)[place.ravel()]
    return float((members * np.log(members / sizes)).sum())


def _again(fitted: Fit, rng: np.random.Generator) -> float:
    """Return the deviance of one data set drawn from the fit, NaN where the model cannot be fitted to it."""
    drawn = redraw(fitted.histories, fitted.design, fitted.beta, rng)
    if not drawn.animals:
        return float("nan")
    known = {sex for sex in drawn.sex if sex is not None}
    if len(fitted.design.classes) > 1 and len(known) < len(fitted.design.classes):
        return float("nan")
    again = fit(drawn, fitted.model, start=_kept(fitted, drawn))
    return deviance(again) if again.status == "converged" else float("nan")


def _kept(fitted: Fit, drawn: Histories) -> Floats | None:
    """Return where to start: the fit itself, unless the drawn data have another design."""
    mixed = fitted.design.unseen is not None or (None in drawn.sex) == (None in fitted.histories.sex)
    return np.clip(fitted.beta, -5.0, 5.0 + fitted.beta.clip(min=0) * (fitted.beta > 5)) if mixed else None


def _verdict(p: float, inflation: float) -> pl.DataFrame:
    if p >= 0.05:
        return findings.empty()
    return findings.finding("survival-unfit", inflation=f"{inflation:.2f}", chance=f"{p:.4f}")


def _components(
    data: Histories, members: NDArray[np.bool_], sex: str | None
) -> Iterator[tuple[str, str | None, str, float, int, float, str]]:
    """Yield a row of `COMPONENTS` for each test and occasion of a group."""
    group = _followed(replace_members(data, members))
    for name, table in TESTS:
        for at in range(1, len(data.occasions) - 1):
            statistic, df, p, method = independence(table(group, at))
            yield name, sex, data.occasions[at], statistic, df, p, method


def replace_members(data: Histories, members: NDArray[np.bool_]) -> Histories:
    """Return the histories of some of the animals, (n,) True."""
    kept = np.flatnonzero(members)
    return replace(
        data,
        animals=tuple(data.animals[place] for place in kept),
        seen=data.seen[kept],
        sex=tuple(data.sex[place] for place in kept),
        lost=data.lost[kept],
    )


def _followed(data: Histories) -> Seen:
    count, occasions = data.seen.shape
    later = np.full((count, occasions), occasions, dtype=np.int64)
    before = np.zeros((count, occasions), dtype=bool)
    for at in range(occasions - 2, -1, -1):
        later[:, at] = np.where(data.seen[:, at + 1], at + 1, later[:, at + 1])
    for at in range(1, occasions):
        before[:, at] = before[:, at - 1] | data.seen[:, at - 1]
    released = data.seen & ~((later == occasions) & data.lost[:, None])
    return Seen(data.seen, released, before, later)


def _seen_again(group: Seen, at: int) -> Floats:
    """3.SR: rows first seen now or before, columns seen again or not."""
    new, old = group.released[:, at] & ~group.before[:, at], group.released[:, at] & group.before[:, at]
    again = group.next[:, at] < group.seen.shape[1]
    return np.array([[(row & again).sum(), (row & ~again).sum()] for row in (new, old)], dtype=float)


def _how_soon(group: Seen, at: int) -> Floats:
    """3.SM: rows first seen now or before, columns when next seen."""
    new, old = group.released[:, at] & ~group.before[:, at], group.released[:, at] & group.before[:, at]
    return _next(group, at, (new, old), at + 1)


def _next_time(group: Seen, at: int) -> Floats:
    """2.CT: rows seen now or not (and known to live), columns next seen at the next occasion or later."""
    whole = _next(group, at, (group.seen[:, at], ~group.seen[:, at] & group.before[:, at]), at + 1)
    return np.column_stack([whole[:, :1], whole[:, 1:].sum(axis=1)])


def _after_next(group: Seen, at: int) -> Floats:
    """2.CL: the same rows, of those not seen at the next occasion; columns when next seen."""
    return _next(group, at, (group.seen[:, at], ~group.seen[:, at] & group.before[:, at]), at + 2)


def _next(group: Seen, at: int, rows: tuple[NDArray[np.bool_], ...], start: int) -> Floats:
    """Return counts of animals of each row by the occasion at which they are next seen, from `start` on."""
    width = group.seen.shape[1]
    return np.array([np.bincount(group.next[row, at], minlength=width + 1)[start:width] for row in rows], dtype=float)


TESTS: tuple[tuple[str, Callable[[Seen, int], Floats]], ...] = (
    ("3.SR", _seen_again),
    ("3.SM", _how_soon),
    ("2.CT", _next_time),
    ("2.CL", _after_next),
)


def independence(table: Floats) -> tuple[float, int, float, str]:
    """Return statistic, degrees of freedom, p and method ("chi-square", "exact" or "none") of a table of two rows.

    >>> [round(float(x), 3) for x in independence(np.array([[10.0, 10.0], [5.0, 15.0]]))[:3]]
    [2.667, 1.0, 0.102]
    """
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or (table.sum(axis=1) == 0).any():
        return 0.0, 0, float("nan"), "none"
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    while table.shape[1] > 2 and expected.min() < FEW:
        # The column with the least is joined to its smaller neighbour: occasions stay in order.
        place = int(table.sum(axis=0).argmin())
        beside = [one for one in (place - 1, place + 1) if 0 <= one < table.shape[1]]
        other = min(beside, key=lambda one: float(table[:, one].sum()))
        table[:, other] += table[:, place]
        table = np.delete(table, place, axis=1)
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if expected.min() < FEW:
        p = min(float(fisher_exact(table.astype(np.int64))[1]), 1.0)
        return float(chi2.isf(p, 1)), 1, p, "exact"
    statistic = float(((table - expected) ** 2 / expected).sum())
    df = table.shape[1] - 1
    return statistic, df, float(chi2.sf(statistic, df)), "chi-square"
