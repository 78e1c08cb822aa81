"""One sheet of a workbook as cells of text, whatever the format it came in.

Readers put the filled cells into a `Grid`, which stays small however far apart they lie; from it a frame is made whose
rows are those of the spreadsheet (the first row of the frame is row 1, blank rows are rows of nulls).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from tumen.errors import FormatError, Text
from tumen.files.delimiters import letters
from tumen.files.headers import Headed, take_header
from tumen.tables.catalogue import CATALOGUE
from tumen.tables.findings import FINDINGS, gather

MOST_CELLS = 20_000_000
"""More filled cells than this are not read from one workbook."""
_MOST_AREA = 4 * MOST_CELLS
_ROWS_APART, _COLUMNS_APART = 1_000, 50
_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, all its cells as text (columns A, B, ...; no header taken), and what is wrong with them.

    Findings bear the name of the sheet as table, the rows of the spreadsheet and its letters as columns.
    """

    name: str
    raw: pl.DataFrame
    findings: pl.DataFrame
    hidden: bool = False

    @property
    def cells(self) -> pl.DataFrame:
        """The rows below row 1, under the names that stand in row 1."""
        return self.headed().cells

    def headed(self, row: int = 1) -> Headed:
        """Take another row as the header; its findings say when that row does not look like one."""
        return take_header(self.raw, row=row, name=self.name)


@dataclass
class Grid:
    """The filled cells of a sheet while it is being read: per column their rows (from 1) and texts."""

    name: str
    hidden: bool = False
    columns: dict[int, tuple[list[int], list[str]]] = field(default_factory=dict)
    found: list[dict[str, object]] = field(default_factory=list)

    def put(self, row: int, column: int, text: str) -> None:
        """Keep the text of one cell."""
        if column not in self.columns:
            self.columns[column] = ([], [])
        rows, texts = self.columns[column]
        rows.append(row)
        texts.append(text)

    def note(self, code: str, row: int | None, column: int | None, value: str = "", **arguments: str | int) -> None:
        """Keep a finding about one cell, or about the sheet."""
        self.found.append(
            {
                "code": code,
                "severity": CATALOGUE[code].severity,
                "party": "",
                "package": "",
                "table": self.name,
                "row": row,
                "column": "" if column is None else letters(column),
                "value": value,
                "arguments": json.dumps(arguments, ensure_ascii=False, sort_keys=True),
            }
        )

    def note_cells(self, code: str, columns: Mapping[int, list[int]]) -> None:
        """Keep a finding for each column that holds cells of a kind: how many, and the first of them."""
        for column, rows in sorted(columns.items()):
            first = ", ".join(f"{letters(column)}{row}" for row in rows[:3])
            self.note(code, rows[0], column, first, count=len(rows))

    def count(self) -> int:
        """Return how many cells are filled."""
        return sum(len(rows) for rows, _ in self.columns.values())

    def sheet(self) -> Sheet:
        """Lay the cells out; raise `FormatError` where they are too many or too far apart."""
        if self.hidden:
            self.note("sheet-hidden", None, None)
        self._leave_far_cells()
        height = max((max(rows) for rows, _ in self.columns.values()), default=0)
        width = max(self.columns, default=-1) + 1
        if height * width > _MOST_AREA:
            raise FormatError(
                Text("a sheet of at most {most} cells", most=_MOST_AREA),
                Text("sheet {name} of {rows} rows and {columns} columns", name=self.name, rows=height, columns=width),
                "Save the table as CSV, or delete what stands far from it.",
            )
        frame = pl.DataFrame({letters(c): self._column(c, height) for c in range(width)})
        frame = self._visible(frame)
        return Sheet(self.name, frame, gather([pl.DataFrame(self.found, schema=FINDINGS)]), self.hidden)

    def _column(self, column: int, height: int) -> pl.Series:
        rows, texts = self.columns.get(column, ([], []))
        cells: list[str | None] = [None] * height
        for row, text in zip(rows, texts, strict=True):
            cells[row - 1] = text or None
        return pl.Series(cells, dtype=pl.String)

    def _leave_far_cells(self) -> None:
        """Leave out, and report, cells that lie behind a wide gap, if the sheet would be vast with them."""
        height = max((max(rows) for rows, _ in self.columns.values()), default=0)
        if height * (max(self.columns, default=0) + 1) <= max(1_000_000, 100 * self.count()):
            return
        last_column = _before_gap(sorted(self.columns), _COLUMNS_APART)
        near = {c: cells for c, cells in self.columns.items() if c <= last_column}
        last_row = _before_gap(sorted({row for rows, _ in near.values() for row in rows}), _ROWS_APART)
        far: list[tuple[int, int]] = []
        kept: dict[int, tuple[list[int], list[str]]] = {}
        for column, (rows, texts) in self.columns.items():
            inside = [i for i, row in enumerate(rows) if row <= last_row and column <= last_column]
            far += [(row, column) for row in rows if row > last_row or column > last_column]
            if inside:
                kept[column] = ([rows[i] for i in inside], [texts[i] for i in inside])
        self.columns = kept
        if far:
            row, column = min(far)
            self.note("cell-far-away", row, column, f"{letters(column)}{row}", count=len(far))

    def _visible(self, frame: pl.DataFrame) -> pl.DataFrame:
        r"""Show characters that are no text as `\xNN`."""
        for index, name in enumerate(frame.columns):
            if not frame[name].str.contains(_CONTROL).any():
                continue
            cells = frame[name].to_list()
            for row, cell in enumerate(cells, start=1):
                if cell is not None and (shown := _shown(cell)) != cell:
                    cells[row - 1] = shown
                    self.note("cell-control-character", row, index, shown[:200], cell=f"{name}{row}")
            frame = frame.with_columns(pl.Series(name, cells, dtype=pl.String))
        return frame


def _shown(cell: str) -> str:
    return "".join(f"\\x{ord(c):02x}" if (c < " " and c not in "\t\n\r") or c == "\x7f" else c for c in cell)


def _before_gap(places: Iterable[int], apart: int) -> int:
    last = -1
    for place in places:
        if last >= 0 and place - last > apart:
            break
        last = place
    return last
