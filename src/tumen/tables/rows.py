"""The rows of a table as a person finds them again: with their number in a spreadsheet and the text of their times."""

import polars as pl

from tumen.tables.package import Package
from tumen.tables.schema import Kind, Table

ROW = pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("row")


def numbered(package: Package, table: Table) -> pl.DataFrame:
    """Return a typed table with its `row` as a spreadsheet counts, and the text of its datetimes as `text_NAME`."""
    received = package.received[table.name]
    texts = [
        received[column.name].alias("text_" + column.name)
        if column.name in received.columns
        else pl.lit(None, dtype=pl.String).alias("text_" + column.name)
        for column in table.columns
        if column.kind is Kind.DATETIME
    ]
    return package.table(table.name).with_columns(ROW, *texts)
