"""Are there enough birds?  The criteria that counts decide: of all waterbirds, and of each population."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.waterbirds.levels import GRADES
from tumen.waterbirds.regularly import KEYS, Regularity, Series, because, judge
from tumen.waterbirds.verdict_rows import shaped

POSITION = ["place", "kind", "measure", "season"]


@dataclass(frozen=True)
class Question:
    """A criterion that counts decide: its name, the kinds of season it asks about, the column with its thresholds.

    It is not asked of the measures in `beside` (place, measure).
    """

    criterion: str
    seasons: Sequence[str] = ()
    threshold: str = "onePercent"
    beside: pl.DataFrame | None = None


def of_total(known: Series, rule: Regularity, question: Question, measure: str, level: tuple[int, str]) -> pl.DataFrame:
    """Judge one measure of every place against one level, given with its basis."""
    rows = _asked(known.frame.select(*KEYS).with_row_index("series"), question).filter(pl.col("measure") == measure)
    thresholds = pl.Series("threshold", [level[0]] * rows.height, dtype=pl.Int64)
    judged = judge(known, rows["series"].cast(pl.Int64).to_numpy(), thresholds, rule)
    placed = rows.select(POSITION).with_columns(threshold=thresholds, basis=pl.lit(level[1]))
    return shaped(pl.concat([placed, judged], how="horizontal").with_columns(criterion=pl.lit(question.criterion)))


def of_populations(
    known: Series, rule: Regularity, question: Question, measures: pl.Series, assigned: pl.DataFrame
) -> pl.DataFrame:
    """Judge each measure of every place against the thresholds assigned to it there, under each edition.

    `assigned` is ASSIGNED: place, scientificName, populationID, edition, onePercent, quarter, basis, inForce, and may
    have kind and season (null: every one), reason (a code: why nothing may be decided by it) and said (codes joined by
    |). A measure to which nothing is assigned is undecided, and so is one whose threshold is missing or only recalled.

    A threshold of an estimate that is only "less than" may truly be lower: who does not reach it is undecided. One of
    an estimate that is only "more than" may truly be higher: met, as is usual practice, and said.
    """
    series = known.frame.select(*KEYS).with_row_index("series")
    rows = _asked(series, question).filter(pl.col("measure").is_in(measures.implode()))
    cases = _cases(rows, assigned, question.threshold).sort("series", maintain_order=True)
    codes = cases["series"].cast(pl.Int64).to_numpy()
    judged = _one_sided(judge(known, codes, cases["threshold"], rule), cases["bound"])
    judged = _below_every(judged, known, codes, rule)
    judged = judged.with_columns(because(cases["unknown"]))
    frame = pl.concat([cases.drop("series", "unknown", "bound"), judged], how="horizontal")
    frame = _compared(frame, _units(cases))
    return shaped(frame.with_columns(criterion=pl.lit(question.criterion)))


def _one_sided(judged: pl.DataFrame, bound: pl.Series) -> pl.DataFrame:
    """Hold verdicts against thresholds that are only an upper ("atMost") or a lower bound ("atLeast") of the true one.

    Fewer birds than an upper bound may still be as many as the true threshold asks for, and no season would settle it.
    """
    side = pl.lit(bound)
    lower = (side == "atMost") & pl.col("verdict").is_in(["notMet", "undecided"]) & (pl.col("seasons") > 0)
    denied = lower & (pl.col("verdict") == "notMet")
    granted = (side == "atLeast") & (pl.col("verdict") == "met") & (pl.col("reason") == "")
    return judged.with_columns(
        verdict=pl.when(denied).then(pl.lit("undecided")).otherwise("verdict"),
        reason=pl.when(denied)
        .then(pl.lit("thresholdAtMost"))
        .when(granted)
        .then(pl.lit("thresholdAtLeast"))
        .otherwise("reason"),
        toFail=pl.when(~lower.fill_null(value=False)).then("toFail"),
    )


def _below_every(judged: pl.DataFrame, known: Series, codes: npt.NDArray[np.int64], rule: Regularity) -> pl.DataFrame:
    """Settle series without a sure threshold that would not even meet one of a single bird: none is smaller."""
    at = np.flatnonzero(judged["reason"].is_in(["thresholdMissing", "thresholdAtMost"]).to_numpy())
    if not at.size:
        return judged
    least = judge(known, codes[at], pl.Series([1] * at.size, dtype=pl.Int64), rule)
    numbered = least.with_columns(row=pl.Series(at, dtype=pl.UInt32), reason=pl.lit("belowEveryThreshold"))
    settled = numbered.filter(pl.col("verdict") == "notMet")
    return judged.with_row_index("row").update(settled, on="row").drop("row")


def _asked(rows: pl.DataFrame, question: Question) -> pl.DataFrame:
    if question.beside is not None and question.beside.height:
        rows = rows.join(question.beside, on=["place", "measure"], how="anti", maintain_order="left")
    return rows.filter(pl.col("season").is_in(list(question.seasons))) if question.seasons else rows


def _cases(rows: pl.DataFrame, assigned: pl.DataFrame, threshold: str) -> pl.DataFrame:
    """Return every series with each threshold that holds for it, and one row without for those that have none."""
    absent = ("season", "reason", "kind", "said")
    given = assigned.with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in absent if name not in assigned.columns
    ).rename({"scientificName": "measure", "season": "only", "kind": "onlyKind"})
    recalled = (pl.col("basis") == "recalled").fill_null(value=False)
    usable = ~recalled & (pl.col("reason").fill_null("") == "")
    given = given.select(
        "place", "measure", "only", "onlyKind", pl.col("populationID", "edition", "basis").fill_null(""),
        pl.col("inForce").fill_null(value=False),
        pl.when(usable).then(threshold).cast(pl.Int64).alias("threshold"),
        pl.when(recalled).then(pl.lit("thresholdRecalled")).alias("unknown"),
        pl.col("reason").fill_null("").alias("thresholdReason"),
        pl.when(pl.col("said").str.contains("threshold-maximum-only", literal=True)).then(pl.lit("atMost"))
        .when(pl.col("said").str.contains("threshold-minimum-only", literal=True)).then(pl.lit("atLeast"))
        .otherwise(pl.lit("")).alias("bound"),
    )  # fmt: skip
    found = rows.join(given, on=["place", "measure"], how="inner")
    for column, only in (("season", "only"), ("kind", "onlyKind")):
        if given[only].null_count() < given.height:
            found = found.filter(pl.col(only).is_null() | (pl.col(only) == pl.col(column)))
    found = found.drop("only", "onlyKind")
    none = rows.join(found.select("series").unique(), on="series", how="anti").with_columns(
        populationID=pl.lit(""), edition=pl.lit(""), basis=pl.lit(""), inForce=pl.lit(None, dtype=pl.Boolean)
    )
    return pl.concat([found, none], how="diagonal")


def _units(cases: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Return where each series begins in cases sorted by series."""
    codes = cases["series"].to_numpy()
    return np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]])[: codes.size])


def _compared(frame: pl.DataFrame, begin: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Say whether another edition decides otherwise, and by which rows of a series the summary goes.

    Those of the editions in force; where none is said to be, those of all that have a threshold; where none has, all.
    """
    if not begin.size:
        return frame.with_columns(flips=pl.lit(value=False), counts=pl.lit(value=True))
    size = np.diff(np.append(begin, frame.height))
    grade = frame["verdict"].replace_strict(dict(zip(GRADES, range(len(GRADES)), strict=True)), return_dtype=pl.Int64)
    value, known = grade.to_numpy(), frame["threshold"].is_not_null().to_numpy()
    force = frame["inForce"].fill_null(value=False).to_numpy()
    flips = _spread(value, known, begin) > 0
    any_force = np.repeat(np.logical_or.reduceat(force, begin), size)
    any_known = np.repeat(np.logical_or.reduceat(known, begin), size)
    counts = np.where(any_force, force, known | ~any_known)
    return frame.with_columns(flips=pl.Series(np.repeat(flips, size) & known), counts=pl.Series(counts))


def _spread(
    value: npt.NDArray[np.int64], where: npt.NDArray[np.bool_], begin: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return how far apart the best and the least grade of each series are."""
    best = np.maximum.reduceat(np.where(where, value, -1), begin)
    least = np.minimum.reduceat(np.where(where, value, len(GRADES)), begin)
    spread: npt.NDArray[np.int64] = best - least
    return spread
