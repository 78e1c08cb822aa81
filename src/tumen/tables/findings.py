"""A finding is a problem in data, as a row.

Checks never stop at the first problem and never repair one: they return rows of the shape `FINDINGS`. A row carries a
code and the arguments of its message; the words live in the catalogue (`tumen.tables.catalogue`) in English and are
translated when they are shown. Rows are counted as a spreadsheet counts them: the header is row 1.
"""

import json
from collections.abc import Iterable

import polars as pl

from tumen.tables.catalogue import CATALOGUE

SEVERITIES = ("error", "warning", "note")
"""error: the value cannot be used; warning: it can, and is doubtful; note: something a reader should know."""

FINDINGS: dict[str, pl.DataType | type[pl.DataType]] = {
    "code": pl.String,
    "severity": pl.String,
    "party": pl.String,
    "package": pl.String,
    "table": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "arguments": pl.String,
}


def empty() -> pl.DataFrame:
    """Return a findings table without rows."""
    return pl.DataFrame(schema=FINDINGS)


def finding(
    code: str,
    *,
    table: str = "",
    row: int | None = None,
    column: str = "",
    value: str = "",
    **arguments: str | int | float,
) -> pl.DataFrame:
    """Return one finding as a frame of one row.

    >>> finding("table-missing", table="media", file="media.csv").select("code", "severity", "arguments").row(0)
    ('table-missing', 'error', '{"file": "media.csv"}')
    """
    return pl.DataFrame(
        [
            {
                "code": code,
                "severity": CATALOGUE[code].severity,
                "party": "",
                "package": "",
                "table": table,
                "row": row,
                "column": column,
                "value": value,
                "arguments": json.dumps(arguments, ensure_ascii=False, sort_keys=True),
            }
        ],
        schema=FINDINGS,
    )


def rows(
    code: str, frame: pl.DataFrame, *, table: str, column: str, value: str = "value", arguments: Iterable[str] = ()
) -> pl.DataFrame:
    """Return one finding for each row of `frame`.

    `frame` has `row` (Int64, as a spreadsheet counts) and, if named, `value` and the argument columns. Argument values
    are written as text; a null is written as an empty text.

    >>> rows("key-duplicate", pl.DataFrame({"row": [3], "value": ["a"]}), table="media", column="mediaID")["row"].item()
    3
    """
    names = sorted(arguments)
    encoded = (
        pl.struct(pl.col(name).cast(pl.String).fill_null("") for name in names).map_elements(
            lambda cells: json.dumps(cells, ensure_ascii=False, sort_keys=True), return_dtype=pl.String
        )
        if names
        else pl.lit("{}")
    )
    if frame.is_empty():
        return empty()
    shown = pl.col(value).cast(pl.String).fill_null("") if value in frame.columns else pl.lit("")
    return frame.select(
        pl.lit(code).alias("code"),
        pl.lit(CATALOGUE[code].severity).alias("severity"),
        pl.lit("").alias("party"),
        pl.lit("").alias("package"),
        pl.lit(table).alias("table"),
        pl.col("row").cast(pl.Int64),
        pl.lit(column).alias("column"),
        shown.alias("value"),
        encoded.alias("arguments"),
    )


def gather(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Join findings into one table in a fixed order: severity, party, package, table, row, column, code."""
    frames = [part for part in parts if part.height]
    if not frames:
        return empty()
    order = pl.col("severity").replace_strict(dict(zip(SEVERITIES, range(3), strict=True)), return_dtype=pl.Int8)
    keys = [order, "party", "package", "table", "row", "column", "code", "value", "arguments"]
    return pl.concat(frames).sort(keys, nulls_last=False)


def of_package(findings: pl.DataFrame, party: str, package: str) -> pl.DataFrame:
    """Say whose findings these are, where they do not say so themselves."""
    return findings.with_columns(
        pl.when(pl.col("party") == "").then(pl.lit(party)).otherwise("party").alias("party"),
        pl.when(pl.col("package") == "").then(pl.lit(package)).otherwise("package").alias("package"),
    )


def errors(findings: pl.DataFrame) -> pl.DataFrame:
    """Return only the errors."""
    return findings.filter(pl.col("severity") == "error")
