"""What is a score worth?

A score orders candidates; it is no probability. From pictures whose animals are known (the same name seen in another
burst; two names of one party) the share of true pairs is counted along the score. The curve may only rise: neighbouring
bins that fall are pooled (isotonic regression), and each share is drawn a little towards one half (Jeffreys' prior), so
that ten true pairs of ten do not claim certainty. The probability holds for candidates like the known ones: as often
true, as well photographed. With few known pairs there is no curve and no probability.

Several scores of a pair (local points, a global vector) are joined by a logistic regression whose weights cannot be
negative, on the same known pairs, before the curve is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
"""One row per bin: its scores (lowest, highest, mean), known pairs and true ones among them, their share with its 95 %
Wilson interval, and the probability the calibration gives there."""


@dataclass(frozen=True)
class Calibration:
    """The curve (`CURVE`; empty when refused), the counts of known pairs, and whether they were too few."""

    curve: pl.DataFrame
    same: int
    different: int
    refused: bool

    def probability(self, scores: pl.Series) -> pl.Series:
        """Return P(same animal | score), null where the calibration was refused or there is no score.

        Between the bins' mean scores it is interpolated; beyond them it stays as it is there.
        """
        if self.refused:
            return pl.Series("probability", [None] * len(scores), dtype=pl.Float64)
        at = self.curve["score"].to_numpy()
        values = np.interp(scores.fill_null(0).to_numpy(), at, self.curve["probability"].to_numpy())
        return pl.select(pl.when(scores.is_not_null()).then(pl.lit(pl.Series(values)))).to_series().alias("probability")


def calibrate(scores: Sequence[float] | pl.Series, same: Sequence[bool] | pl.Series) -> Calibration:
    """Return the probability of a true pair along the score, from known pairs.

    Refused with fewer than 10 pairs of the same animal or fewer than 50 of different ones.

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
    return Calibration(_curve(score, truth), trues, len(truth) - trues, refused=False)


def _curve(score: Doubles, truth: npt.NDArray[np.bool_]) -> pl.DataFrame:
    order = np.argsort(score, kind="stable")
    score, truth = score[order], truth[order]
    blocks = _pooled(_bins(score), truth)
    rows = []
    for low, high in blocks:
        pairs, trues = high - low, int(truth[low:high].sum())
        inner = wilson(trues, pairs)
        share = (trues + 0.5) / (pairs + 1)
        mean = float(score[low:high].mean())
        rows.append(
            (float(score[low]), float(score[high - 1]), mean, pairs, trues, trues / pairs, inner[0], inner[1], share)
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


def known(candidates: pl.DataFrame, pictures: pl.DataFrame) -> pl.DataFrame:
    """Return the known pairs among candidates: columns score, same.

    `candidates` are those of `photo_score.candidates`. The same animal: the query's own name in another burst.
    Different animals: two names of one party, where both are individuals. Names of two parties are not known to be
    either and are left out, as are observations without a name.
    """
    who = pictures.select("picture", queryParty="party", queryKind="kind", queryID="subjectID")
    table = candidates.join(who, on="picture", how="left")
    named = (pl.col("kind") == "individual") & (pl.col("queryKind") == "individual")
    return table.filter(named & (pl.col("party") == pl.col("queryParty"))).select(
        "score", same=pl.col("subjectID") == pl.col("queryID")
    )


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


def fuse(scores: npt.ArrayLike, same: Sequence[bool]) -> Fusion | None:
    """Return the weights with which scores (n, backends) tell known pairs apart best; None with too few known pairs.

    Logistic regression on standardised scores, weights of zero or more (a backend may be worth nothing, never less),
    with a ridge of one so that pairs that are told apart perfectly keep finite weights.
    """
    table, truth = np.asarray(scores, dtype=np.float64), np.asarray(same, dtype=bool)
    if truth.sum() < FEWEST_SAME or (~truth).sum() < FEWEST_DIFFERENT:
        return None
    middle, spread = table.mean(axis=0), table.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    scaled = np.column_stack([np.ones(len(table)), (table - middle) / spread])

    def cost(weights: Doubles) -> tuple[float, Doubles]:
        logit = scaled @ weights
        value = np.logaddexp(0, np.where(truth, -logit, logit)).sum() + 0.5 * (weights[1:] ** 2).sum()
        slope = scaled.T @ (expit(logit) - truth)
        slope[1:] += weights[1:]
        return float(value), slope

    bounds = [(None, None)] + [(0, None)] * table.shape[1]
    found = minimize(cost, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x
    return Fusion(float(found[0]), tuple(map(float, found[1:])), tuple(map(float, middle)), tuple(map(float, spread)))
