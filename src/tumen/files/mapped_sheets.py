"""Open the files a mapping names: one sheet of cells as text, with the row numbers a person sees in the file."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from tumen.errors import FormatError, Text
from tumen.files.decode import decode
from tumen.files.delimiters import detect_dialect, read_raw
from tumen.files.headers import take_header
from tumen.files.text_table import Dialect, read_text_table
from tumen.files.workbook import read_workbook
from tumen.tables.findings import gather

WORKBOOKS = (".xlsx", ".xlsm", ".ods", ".xls")
"""Endings of the files that are workbooks; every other file is a text table."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The cells of one sheet under its header; `rows` are their numbers in the file. `digest` is that of the file.

    In a workbook dates may be cells of a kind of their own, which come as ISO 8601 whatever they look like there.
    """

    file: str
    name: str | None
    cells: pl.DataFrame
    rows: pl.Series
    findings: pl.DataFrame
    digest: str
    workbook: bool = False


@dataclass(frozen=True, kw_only=True)
class How:
    """How a file is to be opened, as far as that was declared."""

    sheet: str | int | None = None
    header_row: int = 1
    encoding: str | None = None
    delimiter: str | None = None


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file; raise `FormatError` where there is none that can be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        needed = Text("the table {path} of the mapping", path=str(path))
        cure = "Check the path; a mapping's paths start at its own folder."
        raise FormatError(needed, error.strerror or "no such file", cure) from error


def read_sheet(path: Path, how: How, table: str) -> Sheet:
    """Return one sheet of a file; `table` is the one that findings about the text bear. Blank rows are left out."""
    data = read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    if path.suffix.lower() in WORKBOOKS:
        return _read_workbook(path, data, how, digest)
    decoded = decode(data, declared=how.encoding, name=table)
    found = [decoded.findings]
    dialect = Dialect(how.delimiter) if how.delimiter else None
    if dialect is None:
        cut = detect_dialect(decoded.text, name=table)
        dialect = cut.dialect
        found.append(cut.findings)
    text = decoded.text.encode("utf-8", "backslashreplace")
    if how.header_row == 1:
        cells, more = read_text_table(text, name=table, dialect=Dialect(dialect.delimiter, dialect.quote))
    else:
        raw = read_raw(decoded.text, dialect)
        headed = take_header(raw, row=how.header_row, name=table)
        cells, more = headed.cells, headed.findings
    return _sheet(
        Sheet(
            file=path.name,
            name=None,
            cells=cells,
            rows=_rows(cells, how),
            findings=gather([*found, more]),
            digest=digest,
        )
    )


def _read_workbook(path: Path, data: bytes, how: How, digest: str) -> Sheet:
    book = read_workbook(data)
    if isinstance(how.sheet, int):
        names = [sheet.name for sheet in book.sheets]
        if how.sheet > len(names):
            needed = Text("sheet number {number} of {path}", number=how.sheet, path=path.name)
            raise FormatError(needed, ", ".join(names), "Name the sheet.")
        chosen = book.sheets[how.sheet - 1]
    else:
        chosen = book.sheet(how.sheet)
    headed = chosen.headed(how.header_row)
    found = gather([chosen.findings, headed.findings])
    return _sheet(
        Sheet(
            file=path.name,
            name=chosen.name,
            cells=headed.cells,
            rows=_rows(headed.cells, how),
            findings=found,
            digest=digest,
            workbook=True,
        )
    )


def _rows(cells: pl.DataFrame, how: How) -> pl.Series:
    first = how.header_row + 1
    return pl.int_range(first, first + cells.height, dtype=pl.Int64, eager=True)


def _sheet(sheet: Sheet) -> Sheet:
    """Leave out blank rows; the others keep their numbers."""
    if not sheet.cells.width:
        return sheet
    filled = sheet.cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return replace(sheet, cells=sheet.cells.filter(filled), rows=sheet.rows.filter(filled))
