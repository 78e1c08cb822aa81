"""What is a score worth?

A score orders candidates; it is no probability. Where animals are known (an animal of a party seen again under its own
name; two names of one party), the share of true pairs is counted along the score. What is counted is what is reported:
pairs of animals, each by its best pictures. The best of many comparisons is higher than the best of few, whoever is on
them; so a score counts less what the number of comparisons gives by itself (`growth`).

The probability is a logistic curve along the score, which can only rise. It stays level beyond the scores that the
known pairs bear out, and never comes nearer to certainty than so many known pairs allow. Beside it stands what was
counted: bins of known pairs, pooled until their shares rise. The probability holds for pairs like the known ones: as
often true, as well photographed. With few known pairs there is no curve and no probability.

Several scores of a pair (local points, a global vector) are joined by a logistic regression whose weights cannot be
negative, on the same known pairs, before the curve is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import minimize
from scipy.special import expit

from tumen.errors import MisuseError, Text
from tumen.measure.intervals import wilson

Doubles = npt.NDArray[np.float64]

FEWEST_SAME, FEWEST_DIFFERENT = 10, 50
"""Fewer known pairs than these give no curve."""

RIDGE, CALIBRATING_RIDGE = 1.0, 0.1
"""What holds back the weights of a logistic regression: of several scores, and of the one that is calibrated."""

BEYOND = 100.0
"""The curve goes on to the score at which pictures of different animals would be this many times rarer than at the
highest that two known animals have."""

BIN = 10
"""Each bin of the curve holds at least this many known pairs."""

CURVE: dict[str, pl.DataType | type[pl.DataType]] = {
    "low": pl.Float64,
    "high": pl.Float64,
    "score": pl.Float64,
    "pairs": pl.Int64,
    "same": pl.Int64,
    "share": pl.Float64,
    "shareLow": pl.Float64,
    "shareHigh": pl.Float64,
    "probability": pl.Float64,
}
"""One row per bin: its scores without the growth (lowest, highest, mean), known pairs and true ones among them, their
share with its 95 % Wilson interval, and the probability the calibration gives at the mean."""


@dataclass(frozen=True)
class Calibration:
    """The curve (`CURVE`; empty when refused), the counts of known pairs, and whether they were too few.

    `growth` is what a score gains by itself as comparisons become e (2.718) times as many; `fitted` gives the log-odds
    at scores within `span`.
    """

    curve: pl.DataFrame
    same: int
    different: int
    refused: bool
    growth: float = 0.0
    fitted: "Fusion | None" = None
    span: tuple[float, float] = (0.0, 0.0)

    def probability(self, scores: pl.Series, comparisons: pl.Series | None = None) -> pl.Series:
        """Return P(same animal | score), null where the calibration was refused or there is no score.

        `comparisons` is of how many pairs of pictures each score is the best; of one, if it is left out.
        """
        if self.fitted is None:
            return pl.Series("probability", [None] * len(scores), dtype=pl.Float64)
        own = scores.fill_null(0).to_numpy()
        if comparisons is not None:
            own = without_growth(own, comparisons.to_numpy(), self.growth)
        values = expit(self.fitted.score(np.clip(own, *self.span)[:, None]))
        # With k known pairs of one kind and none against it, Jeffreys' prior leaves 0.5 / (k + 1) to the other.
        bounded = pl.Series(np.clip(values, 0.5 / (self.different + 1), 1 - 0.5 / (self.same + 1)))
        return pl.select(pl.when(scores.is_not_null()).then(pl.lit(bounded))).to_series().alias("probability")


def without_growth(scores: npt.ArrayLike, comparisons: npt.ArrayLike, growth: float) -> Doubles:
    """Return scores less what the best of so many comparisons has by itself.

    >>> without_growth([20.0, 20.0], [1, 100], 2.0).round(1).tolist()
    [20.0, 10.8]
    """
    found: Doubles = np.asarray(scores, np.float64) - growth * np.log(np.maximum(np.asarray(comparisons), 1))
    return found


def growth(scores: npt.ArrayLike, most: int) -> float:
    """Return what the best score of pictures of different animals gains when they are e times as many.

    Where the upper end of scores falls off exponentially, the best of n grows by g ln n, and g is how far, in the mean,
    scores that exceed a bound exceed it. The bound leaves the `most` highest above it, at most half of all.

    >>> round(growth(np.random.default_rng(1).exponential(3.0, 10_000), 1_000), 1)
    3.0
    """
    ordered = np.sort(np.asarray(scores, dtype=np.float64))[::-1]
    above = min(most, len(ordered) // 2)
    return float((ordered[:above] - ordered[above]).mean()) if above else 0.0


def calibrate(
    scores: Sequence[float] | Doubles | pl.Series, same: Sequence[bool] | pl.Series, growth: float = 0.0
) -> Calibration:
    """Return the probability of a true pair along the score, from known pairs.

    `scores` are without the `growth`, which is remembered and bounds the curve. Refused with fewer than 10 pairs of the
    same animal or fewer than 50 of different ones.

    >>> known = calibrate([0.0] * 60 + [30.0] * 20, [False] * 60 + [True] * 20)
    >>> [round(p, 3) for p in known.probability(pl.Series([0.0, 30.0]))]
    [0.008, 0.976]
    >>> calibrate([1.0], [True]).refused
    True
    """
    score, truth = np.asarray(scores, dtype=np.float64), np.asarray(same, dtype=bool)
    if score.shape != truth.shape or not np.isfinite(score).all():
        raise MisuseError(
            "one finite score per known pair",
            Text("{scores} scores for {pairs} pairs", scores=len(score), pairs=len(truth)),
            "Leave out pairs without a score.",
        )
    trues = int(truth.sum())
    if trues < FEWEST_SAME or len(truth) - trues < FEWEST_DIFFERENT:
        return Calibration(pl.DataFrame(schema=CURVE), trues, len(truth) - trues, refused=True)
    highest = float(score.max())
    if growth > 0:
        # What lies far above all that different animals have says no more than that, and would flatten the curve.
        highest = min(highest, float(score[~truth].max()) + growth * float(np.log(BEYOND)))
    span = (float(score.min()), highest)
    fitted = fuse(np.clip(score, *span)[:, None], truth.tolist(), CALIBRATING_RIDGE)
    found = Calibration(pl.DataFrame(schema=CURVE), trues, len(truth) - trues, False, growth, fitted, span)
    table = _curve(score, truth)
    return replace(found, curve=table.with_columns(found.probability(table["score"])).select(*CURVE))


def _curve(score: Doubles, truth: npt.NDArray[np.bool_]) -> pl.DataFrame:
    order = np.argsort(score, kind="stable")
    score, truth = score[order], truth[order]
    blocks = _pooled(_bins(score), truth)
    rows = []
    for low, high in blocks:
        pairs, trues = high - low, int(truth[low:high].sum())
        inner = wilson(trues, pairs)
        mean = float(score[low:high].mean())
        rows.append(
            (float(score[low]), float(score[high - 1]), mean, pairs, trues, trues / pairs, inner[0], inner[1], None)
        )
    return pl.DataFrame(rows, schema=CURVE, orient="row")


def _bins(score: Doubles) -> list[tuple[int, int]]:
    """Return the bounds of bins of at least `BIN` pairs that never part equal scores."""
    bounds, start = [], 0
    for stop in range(1, len(score) + 1):
        parted = stop == len(score) or score[stop] != score[stop - 1]
        if parted and stop - start >= BIN:
            bounds.append((start, stop))
            start = stop
    if start < len(score):
        low = bounds.pop()[0] if bounds else 0
        bounds.append((low, len(score)))
    return bounds


def _pooled(bins: list[tuple[int, int]], truth: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Pool neighbouring bins until their smoothed shares rise (pool adjacent violators)."""
    stack: list[tuple[int, int]] = []
    for block in bins:
        stack.append(block)
        while len(stack) > 1 and _share(stack[-2], truth) >= _share(stack[-1], truth):
            high = stack.pop()[1]
            stack.append((stack.pop()[0], high))
    return stack


def _share(block: tuple[int, int], truth: npt.NDArray[np.bool_]) -> float:
    return (float(truth[block[0] : block[1]].sum()) + 0.5) / (block[1] - block[0] + 1)


@dataclass(frozen=True)
class Fusion:
    """Weights that join several scores of a pair: intercept, one weight per backend, and each score's scale."""

    intercept: float
    weights: tuple[float, ...]
    middle: tuple[float, ...]
    spread: tuple[float, ...]

    def score(self, scores: npt.ArrayLike) -> Doubles:
        """Return the joint score (logit) of pairs (n, backends).

        >>> Fusion(0.0, (1.0, 2.0), (0.0, 0.0), (1.0, 1.0)).score([[1, 1]])
        array([3.])
        """
        table = (np.asarray(scores, dtype=np.float64) - np.array(self.middle)) / np.array(self.spread)
        joint: Doubles = self.intercept + table @ np.array(self.weights)
        return joint


def fuse(scores: npt.ArrayLike, same: Sequence[bool], ridge: float = RIDGE) -> Fusion | None:
    """Return the weights with which scores (n, backends) tell known pairs apart best; None with too few known pairs.

    Logistic regression on standardised scores, weights of zero or more (a backend may be worth nothing, never less),
    with a ridge (of one by default) so that pairs that are told apart perfectly keep finite weights.
    """
    table, truth = np.asarray(scores, dtype=np.float64), np.asarray(same, dtype=bool)
    if truth.sum() < FEWEST_SAME or (~truth).sum() < FEWEST_DIFFERENT:
        return None
    middle, spread = table.mean(axis=0), table.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    scaled = np.column_stack([np.ones(len(table)), (table - middle) / spread])

    def cost(weights: Doubles) -> tuple[float, Doubles]:
        logit = scaled @ weights
        value = np.logaddexp(0, np.where(truth, -logit, logit)).sum() + 0.5 * ridge * (weights[1:] ** 2).sum()
        slope = scaled.T @ (expit(logit) - truth)
        slope[1:] += ridge * weights[1:]
        return float(value), slope

    bounds = [(None, None)] + [(0, None)] * table.shape[1]
    found = minimize(cost, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x
    return Fusion(float(found[0]), tuple(map(float, found[1:])), tuple(map(float, middle)), tuple(map(float, spread)))
