"""Read the sheets of an ODS workbook (OpenDocument): the stored values as text, with the same findings as XLSX.

Values are taken from the attributes that carry them (`office:value`, `office:date-value`), not from the text that is
shown, so that formats and decimal commas of a country play no part. Repeated blank rows and cells are skipped, not
unfolded.
"""

import re

from tumen.errors import FormatError, Text
from tumen.files.delimiters import letters
from tumen.files.sheet import MOST_CELLS, Grid, Sheet
from tumen.files.spreadsheet_numbers import is_too_precise, number_text
from tumen.files.workbook_parts import Parts, local, locked

_DURATION = re.compile(r"(-?)PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?")
_NO_FRACTION = re.compile(r"[.,]0+$")
_ERROR = re.compile(r"#[A-ZÄÖÜА-Я/0-9]+[!?]?|(?:Err|Ошибка|错误|오류|エラー):?\s?\d{3}")
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14


def read_ods(parts: Parts) -> list[Sheet]:
    """Return every sheet of the workbook; raise `FormatError` where it is encrypted or cannot be read."""
    if "META-INF/manifest.xml" in parts and b"encryption-data" in parts.read("META-INF/manifest.xml"):
        raise locked()
    reader = _ContentReader()
    parts.parse("content.xml", reader.start, reader.end, reader.characters)
    return reader.sheets


class _ContentReader:
    """Receives the elements of `content.xml` in order; one grid a sheet."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.grid = Grid("")
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.row, self.column, self.cells, self.depth = 0, 0, 0, 0
        self.row_repeat = self.repeat = 1
        self.row_hidden = False
        self.attributes: dict[str, str] = {}
        self.row_cells: list[tuple[int, int, str]] = []
        self.paragraphs: list[str] = []
        self.in_cell = self.in_paragraph = False
        self.aside = 0
        self.formulas: dict[int, list[int]] = {}
        self.percents: dict[int, list[int]] = {}
        self.hidden_rows: list[int] = []
        self.hidden_columns: set[int] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if self.aside or tag in ("annotation", "ruby-text", "shapes", "tracked-changes"):
            self.aside += 1
        elif self.in_cell:
            self._start_text(tag, attributes)
        elif tag in ("table-cell", "covered-table-cell"):
            self.attributes = {local(key): value for key, value in attributes.items() if key != "calcext:value-type"}
            self.attributes["error"] = "yes" if attributes.get("calcext:value-type") == "error" else ""
            self.repeat = _times(self.attributes.get("number-columns-repeated"), _MOST_COLUMNS - self.column)
            self.in_cell, self.paragraphs = True, []
        elif tag == "table-row":
            plain = {local(key): value for key, value in attributes.items()}
            self.row_repeat = _times(plain.get("number-rows-repeated"), _MOST_ROWS - self.row)
            self.row_hidden = plain.get("visibility", "visible") != "visible"
            self.column, self.row_cells = 0, []
        else:
            self._start_layout(tag, {local(key): value for key, value in attributes.items()})

    def _start_layout(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style":
            self.style = attributes.get("name", "")
        elif tag == "table-properties" and attributes.get("display") == "false":
            self.hidden_styles.add(self.style)
        elif tag == "table":
            self.grid = Grid(attributes.get("name", ""), attributes.get("style-name", "") in self.hidden_styles)
            self.row = self.column = 0
            self.formulas, self.percents, self.hidden_rows, self.hidden_columns = {}, {}, [], set()
        elif tag == "table-column":
            repeat = _times(attributes.get("number-columns-repeated"), _MOST_COLUMNS - self.column)
            if attributes.get("visibility", "visible") != "visible":
                self.hidden_columns.update(range(self.column, self.column + repeat))
            self.column += repeat

    def _start_text(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "p":
            self.paragraphs.append("")
            self.in_paragraph = True
        elif self.in_paragraph and tag == "s":
            count = next((value for key, value in attributes.items() if local(key) == "c"), None)
            self.paragraphs[-1] += " " * _times(count, 1 << 16)
        elif self.in_paragraph and tag in ("tab", "line-break"):
            self.paragraphs[-1] += "\t" if tag == "tab" else "\n"

    def characters(self, text: str) -> None:
        if self.in_paragraph and not self.aside:
            self.paragraphs[-1] += text

    def end(self, name: str) -> None:
        tag = local(name)
        if self.aside:
            self.aside -= 1
        elif tag == "p":
            self.in_paragraph = False
        elif tag in ("table-cell", "covered-table-cell"):
            self.in_cell = False
            self._end_cell()
            self.column += self.repeat
        elif tag == "table-row":
            self._end_row()
        elif tag == "table":
            self._end_table()

    def _end_cell(self) -> None:
        row, cell = self.row + 1, f"{letters(self.column)}{self.row + 1}"
        text = self._value(row, cell)
        if "formula" in self.attributes:
            self.formulas.setdefault(self.column, []).append(row)
            if not text and "value-type" not in self.attributes:
                formula = self.attributes["formula"].partition(":")[2][:200]
                self.grid.note("cell-formula-empty", row, self.column, cell, formula=formula)
        wide = _times(self.attributes.get("number-columns-spanned"), _MOST_COLUMNS)
        high = _times(self.attributes.get("number-rows-spanned"), _MOST_ROWS)
        if wide > 1 or high > 1:
            last = f"{letters(self.column + wide - 1)}{self.row + high}"
            self.grid.note("cell-merged", row, self.column, f"{cell}:{last}")
        if text:
            self.row_cells.append((self.column, self.repeat, text))

    def _value(self, row: int, cell: str) -> str:
        shown = "\n".join(self.paragraphs)
        kind = self.attributes.get("value-type", "")
        if self.attributes.get("error") or ("formula" in self.attributes and _ERROR.fullmatch(shown)):
            self.grid.note("cell-error-value", row, self.column, shown, cell=cell)
            return shown
        if kind in ("float", "percentage", "currency"):
            value = self.attributes.get("value", "")
            if kind == "percentage":
                self.percents.setdefault(self.column, []).append(row)
            if len(value) > 15 and is_too_precise(value):
                self.grid.note("cell-precision-lost", row, self.column, number_text(value), cell=cell)
            return number_text(value)
        if kind == "date":
            return _NO_FRACTION.sub("", self.attributes.get("date-value", ""))
        if kind == "time":
            return _time(self.attributes.get("time-value", ""))
        if kind == "boolean":
            return self.attributes.get("boolean-value", "")
        return self.attributes.get("string-value") or shown

    def _end_row(self) -> None:
        if self.row_hidden and (self.row_cells or self.row_repeat == 1):
            self.hidden_rows += range(self.row + 1, self.row + 1 + (self.row_repeat if self.row_cells else 1))
        self.cells += self.row_repeat * sum(repeat for _, repeat, _ in self.row_cells)
        if self.cells > MOST_CELLS:
            raise FormatError(
                Text("a workbook of at most {most} cells", most=MOST_CELLS), "a larger one", "Save the tables as CSV."
            )
        if self.row_cells:
            for row in range(self.row + 1, self.row + 1 + self.row_repeat):
                for column, repeat, text in self.row_cells:
                    for shift in range(repeat):
                        self.grid.put(row, column + shift, text)
        self.row += self.row_repeat

    def _end_table(self) -> None:
        self.grid.note_cells("cell-formula", self.formulas)
        self.grid.note_cells("cell-percent", self.percents)
        if self.hidden_rows:
            self.grid.note("rows-hidden", self.hidden_rows[0], None, count=len(self.hidden_rows))
        hidden = sorted(self.hidden_columns & set(self.grid.columns))
        if hidden:
            self.grid.note("columns-hidden", None, None, ", ".join(map(letters, hidden)))
        self.sheets.append(self.grid.sheet())


def _times(text: str | None, most: int) -> int:
    """Read a number of repetitions, which is never beyond the edge of the sheet."""
    return max(1, min(int(text), most)) if text and text.isdecimal() and len(text) < 10 else 1


def _time(value: str) -> str:
    """Write a duration as spreadsheets show it: PT13H45M00S is 13:45:00."""
    match = _DURATION.fullmatch(value)
    if match is None:
        return value
    sign, hours, minutes, seconds, fraction = match.groups()
    rest = f".{fraction.rstrip('0')}" if fraction and fraction.strip("0") else ""
    return f"{sign}{int(hours or 0):02d}:{int(minutes or 0):02d}:{int(seconds or 0):02d}{rest}"
