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


ESCAPES = {
    **{chr(number): f"\\u{number:04x}" for number in range(32)},
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
"""What a JSON text writes for a character that may not stand in it as itself."""


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
    if frame.is_empty():
        return empty()
    encoded = _encoded(sorted(arguments))
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


def _encoded(names: list[str]) -> pl.Expr:
    """Return the cells of the named columns as `json.dumps` writes an object of texts, letters left as they are."""
    if not names:
        return pl.lit("{}")
    parts: list[pl.Expr] = []
    for number, name in enumerate(names):
        text = pl.col(name).cast(pl.String).fill_null("").str.replace_many(ESCAPES)
        parts += [pl.lit((", " if number else "{") + json.dumps(name, ensure_ascii=False) + ': "'), text, pl.lit('"')]
    return pl.concat_str(*parts, pl.lit("}"))


def join(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Join findings in the order in which they were made."""
    frames = [part for part in parts if part.height]
    return pl.concat(frames) if frames else empty()


def gather(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Join findings into one table in a fixed order: severity, party, package, table, row, column, code."""
    joined = join(parts)
    if joined.is_empty():
        return joined
    keys = ["party", "package", "table", "row", "column", "code", "value", "arguments"]
    return joined.sort(pl.col("severity").cast(pl.Enum(SEVERITIES)).to_physical(), *keys, nulls_last=False)


def shifted(findings: pl.DataFrame, rows: int) -> pl.DataFrame:
    """Return findings of a part of a table with the rows of the whole: `rows` stand before the part.

    >>> shifted(finding("row-blank", table="media", row=2), 100)["row"].item()
    102
    """
    return findings.with_columns(pl.col("row") + rows)


def of_package(findings: pl.DataFrame, party: str, package: str) -> pl.DataFrame:
    """Say whose findings these are, where they do not say so themselves."""
    return findings.with_columns(
        pl.when(pl.col("party") == "").then(pl.lit(party)).otherwise("party").alias("party"),
        pl.when(pl.col("package") == "").then(pl.lit(package)).otherwise("package").alias("package"),
    )


def errors(findings: pl.DataFrame) -> pl.DataFrame:
    """Return only the errors."""
    return findings.filter(pl.col("severity") == "error")
