"""Tables of answers as they are written: CSV for people and programs, values for JSON."""

from typing import Any

import polars as pl

from tumen.files.text_table import write_csv


def table_bytes(frame: pl.DataFrame) -> bytes:
    """Return a table as the CSV of a report."""
    return write_csv(as_text(frame))


def json_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return a table as values JSON has; instants and days are texts in ISO 8601."""
    instants = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
    days = [name for name, dtype in frame.schema.items() if dtype == pl.Date]
    return frame.with_columns(
        pl.col(instants).dt.strftime("%Y-%m-%dT%H:%M:%SZ"), pl.col(days).dt.strftime("%Y-%m-%d")
    ).to_dicts()


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table as text: instants in ISO 8601 UTC, numbers in full, missing cells empty."""
    columns = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Datetime):
            column = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif dtype == pl.Boolean:
            column = pl.when(column).then(pl.lit("true")).when(~column).then(pl.lit("false")).alias(name)
        columns.append(column.cast(pl.String))
    return frame.select(columns)
