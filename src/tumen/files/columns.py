"""Bring text that was read from another format into a table's columns."""

import polars as pl

from tumen.tables.schema import Table


def in_order(table: Table, text: pl.DataFrame) -> pl.DataFrame:
    """Return the declared columns in their order, then the unknown ones; optional columns that lack are added, empty.

    A required column that lacks is not added: its absence is for the cast to report.

    >>> from tumen.tables.cameras import OPERATING_PERIODS
    >>> in_order(OPERATING_PERIODS, pl.DataFrame({"note": ["x"], "end": ["y"]})).columns
    ['end', 'comments', 'note']
    """
    lacking = [column.name for column in table.columns if column.name not in text.columns and not column.required]
    text = text.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)
    declared = [name for name in table.names if name in text.columns]
    return text.select(declared + [name for name in text.columns if name not in table.names])
