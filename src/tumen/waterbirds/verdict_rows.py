"""How is a verdict written down?  One row for each place, criterion, measure, population, edition and season."""

from collections.abc import Iterable

import polars as pl

VERDICTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "place": pl.String,
    "kind": pl.String,
    "criterion": pl.String,
    "measure": pl.String,
    "populationID": pl.String,
    "edition": pl.String,
    "season": pl.String,
    "threshold": pl.Int64,
    "verdict": pl.String,
    "way": pl.String,
    "seasons": pl.Int64,
    "reached": pl.Int64,
    "open": pl.Int64,
    "missing": pl.Int64,
    "meanLow": pl.Float64,
    "meanHigh": pl.Float64,
    "largest": pl.Int64,
    "toMeet": pl.Int64,
    "toFail": pl.Int64,
    "reason": pl.String,
    "flips": pl.Boolean,
    "inForce": pl.Boolean,
    "counts": pl.Boolean,
    "basis": pl.String,
    "thresholdReason": pl.String,
    "statedBy": pl.String,
    "statedOn": pl.Date,
}
"""The columns of VERDICTS.

`counts`: the row is one of those that the summary goes by (its edition is in force, or none is); `basis`: what the
threshold rests on; `thresholdReason`: why there is none, as the thresholds have it; `statedBy` and `statedOn`: who
judged in words, and when.
"""

EMPTY_TEXT = ("measure", "populationID", "edition", "season", "way", "reason", "basis", "thresholdReason", "statedBy")
ZERO = ("seasons", "reached", "open", "missing")


def shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table with every column of VERDICTS; texts that are not given are empty, counts of seasons 0."""
    absent = [name for name in VERDICTS if name not in frame.columns]
    filled = frame.with_columns(pl.lit(_default(name), dtype=VERDICTS[name]).alias(name) for name in absent)
    return filled.select(pl.col(name).cast(kind) for name, kind in VERDICTS.items())


def _default(name: str) -> str | int | bool | None:
    if name in EMPTY_TEXT:
        return ""
    if name in ZERO:
        return 0
    return {"flips": False, "counts": True}.get(name)


def joined(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Join rows of verdicts."""
    frames = [part for part in parts if part.height]
    return pl.concat(frames) if frames else pl.DataFrame(schema=VERDICTS)
