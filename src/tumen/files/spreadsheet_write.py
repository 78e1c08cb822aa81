"""Write tables as an XLSX workbook for people: every cell is text, nothing in it is ever computed.

A cell that begins with `=`, `+`, `-`, `@`, tab or carriage return is a formula to a spreadsheet program that opens a
CSV file, and could act on the reader's computer. In a workbook the cell says itself that it is text (string type,
text format, and the mark a program keeps when the cell is edited), so the value stays unaltered. CSV has no such mark:
`harmless` sets an apostrophe before such cells, and is meant for CSV handed to people only. CSV data files
(`tumen.files.text_table`) are never altered, because they are read back.

The same tables give the same bytes.
"""

import datetime as dt
import io
from collections.abc import Mapping

import polars as pl
import xlsxwriter

from tumen.errors import MisuseError, Text

FIRST_CHARACTERS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so may be taken for a formula."""
_MOST_ROWS, _MOST_COLUMNS, _MOST_CHARACTERS = 1 << 20, 1 << 14, 32_767
_NOT_IN_NAMES = frozenset("[]:*?/\\")
_LONGEST_NAME = 31
_EPOCH = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)


def write_workbook(sheets: Mapping[str, pl.DataFrame]) -> bytes:
    """Return an XLSX workbook with one sheet a table: names in row 1, every cell typed as text, null as an empty cell.

    Raises `MisuseError` for a name no sheet can have, and for a table or a cell larger than a sheet can hold: nothing
    is cut off.

    >>> write_workbook({"a": pl.DataFrame({"x": ["=1+1"]})})[:2]
    b'PK'
    """
    buffer = io.BytesIO()
    book = open_workbook(buffer)
    text = book.add_format({"num_format": "@", "quote_prefix": True})
    plain = book.add_format({"num_format": "@"})
    header = book.add_format({"bold": True, "num_format": "@"})
    if not sheets:
        raise MisuseError("at least one table", "none", "Give a table for each sheet.")
    for name, frame in sheets.items():
        _refuse_unwritable(name, frame, sheets)
        sheet = book.add_worksheet(name)
        for column, title in enumerate(frame.columns):
            sheet.write_string(0, column, title, header)
            cells = frame.to_series(column).cast(pl.String)
            for row, cell in enumerate(cells, start=1):
                if cell is not None:
                    sheet.write_string(row, column, cell, text if cell.startswith(FIRST_CHARACTERS) else plain)
        sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def open_workbook(buffer: io.BytesIO) -> xlsxwriter.Workbook:
    """Return an empty workbook that takes no text for a formula, number or link, and bears a fixed date."""
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": _EPOCH})
    return book


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Set an apostrophe before every cell that a spreadsheet program may take for a formula; for CSV shown to people.

    Numbers are formulas to nobody: a cell like `-3.5` stays.

    >>> harmless(pl.DataFrame({"a": ["=1+1", "-3.5", "-", "x"]}))["a"].to_list()
    ["'=1+1", '-3.5', "'-", 'x']
    """
    cell = pl.col(pl.String)
    risky = cell.str.contains(r"^[=+\-@\t\r]") & ~cell.str.contains(r"^[+-]?[0-9]+([.,][0-9]+)?$")
    return frame.with_columns(pl.when(risky).then("'" + cell).otherwise(cell).name.keep())


def _refuse_unwritable(name: str, frame: pl.DataFrame, sheets: Mapping[str, pl.DataFrame]) -> None:
    alike = [other for other in sheets if other.lower() == name.lower()]
    odd = (
        not name or len(name) > _LONGEST_NAME or set(name) & _NOT_IN_NAMES or name.startswith("'") or name.endswith("'")
    )
    if odd or len(alike) > 1:
        raise MisuseError(
            Text("a sheet name of 1 to {most} characters without []:*?/\\, used once", most=_LONGEST_NAME),
            repr(name),
            "Choose a shorter name.",
        )
    longest = max((frame[c].cast(pl.String).str.len_chars().max() or 0 for c in frame.columns), default=0)
    if frame.height >= _MOST_ROWS or frame.width > _MOST_COLUMNS or int(str(longest)) > _MOST_CHARACTERS:
        raise MisuseError(
            "a table that fits on a sheet (1,048,575 rows, 16,384 columns, 32,767 characters a cell)",
            Text(
                "{rows} rows, {columns} columns, {longest} characters",
                rows=frame.height,
                columns=frame.width,
                longest=int(str(longest)),
            ),
            "Write it as CSV.",
        )
