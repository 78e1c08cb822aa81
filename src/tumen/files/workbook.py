"""Read a workbook (XLSX, ODS or the old binary XLS): its sheets as cells of text, with findings.

Only stored values are read. Nothing in a workbook is run or followed: no formula, macro or link. Dates are ISO 8601
text without offset, for spreadsheets know no time zones; a number that is not formatted as a date stays a number.
"""

import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from tumen.errors import FormatError, Text
from tumen.files.archive import LIMITS, Limits
from tumen.files.delimiters import letters
from tumen.files.sheet import Grid, Sheet
from tumen.files.spreadsheet_numbers import is_too_precise, number_text
from tumen.files.workbook_ods import read_ods
from tumen.files.workbook_parts import Parts, damaged, locked
from tumen.files.workbook_xlsx import read_xlsx

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MOST_OLD = 256 << 20

_Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


@dataclass(frozen=True)
class Workbook:
    """The sheets of a workbook, in its order; hidden ones too."""

    sheets: tuple[Sheet, ...]

    def sheet(self, name: str | None = None) -> Sheet:
        """Return a sheet by its name, or the only one that holds anything; raise `FormatError` if that is not plain."""
        names = ", ".join(sheet.name for sheet in self.sheets) or "-"
        if name is not None:
            found = [sheet for sheet in self.sheets if sheet.name == name]
            needed: str = Text("a sheet named {name}", name=name)
        else:
            found = [sheet for sheet in self.sheets if not sheet.raw.is_empty()]
            needed = "a workbook with one filled sheet, or the name of a sheet"
        if len(found) != 1:
            raise FormatError(needed, Text("the sheets {names}", names=names), "Name one of these sheets.")
        return found[0]


def read_workbook(source: Path | bytes, *, limits: Limits = LIMITS) -> Workbook:
    """Return all sheets of a workbook file.

    Raises `FormatError` where it cannot be read at all: damaged, encrypted, no workbook, or larger than the limits.
    Findings bear the sheet as table, and rows and letters as the spreadsheet shows them.

    >>> from tumen.files.spreadsheet_write import write_workbook
    >>> import polars as pl
    >>> book = read_workbook(write_workbook({"cats": pl.DataFrame({"name": ["Леопард"], "seen": ["3"]})}))
    >>> book.sheet("cats").cells.rows()
    [('Леопард', '3')]
    """
    head = _beginning(source)
    if head.startswith(_OLE):
        return Workbook(tuple(_read_old(source)))
    if not head.startswith(b"PK"):
        raise FormatError(
            "an XLSX, ODS or XLS workbook", "a file of another kind", "If it is a text table, read it as CSV."
        )
    parts = Parts(source, limits)
    try:
        if "content.xml" in parts:
            return Workbook(tuple(read_ods(parts)))
        if "xl/workbook.bin" in parts or "_rels/.rels" not in parts:
            raise FormatError("an XLSX, ODS or XLS workbook", "a zip of another kind", "Open it and save it as XLSX.")
        return Workbook(tuple(read_xlsx(parts)))
    finally:
        parts.close()


def _beginning(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source[:8]
    try:
        with source.open("rb") as file:
            return file.read(8)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FormatError(
            "a workbook file", Text("{path}: {reason}", path=str(source), reason=reason), "Check the path."
        ) from error


def _read_old(source: Path | bytes) -> list[Sheet]:
    """Read the old binary format, of which only values are known; a table of it is never vast (65,536 x 256)."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    if _ENCRYPTED in data:
        raise locked()
    if len(data) > _MOST_OLD:
        raise damaged(f"{len(data)} bytes")
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return [
                _old_sheet(meta, book.get_sheet_by_name(meta.name))
                for meta in book.sheets_metadata
                if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
    except python_calamine.PasswordError as error:
        raise locked() from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise damaged(str(error)) from error


def _old_sheet(meta: python_calamine.SheetMetadata, values: python_calamine.CalamineSheet) -> Sheet:
    grid = Grid(meta.name, meta.visible != python_calamine.SheetVisibleEnum.Visible)
    grid.note("workbook-binary", None, None)
    for (top, left), (bottom, right) in values.merged_cell_ranges or []:
        cells = f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"
        grid.note("cell-merged", top + 1, left, cells)
    for row, record in enumerate(values.to_python(skip_empty_area=False), start=1):
        for column, value in enumerate(record):
            if value != "":
                grid.put(row, column, _old_text(grid, row, column, value))
    return grid.sheet()


def _old_text(grid: Grid, row: int, column: int, value: _Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if is_too_precise(repr(value)):
            grid.note("cell-precision-lost", row, column, number_text(repr(value)), cell=f"{letters(column)}{row}")
        return number_text(repr(value))
    if isinstance(value, str):
        return value
    if isinstance(value, dt.timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return value.isoformat()
