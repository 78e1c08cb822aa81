"""Read the sheets of an XLSX workbook: the stored values as text, and everything about them a reader must know.

Written on the XML itself, because what matters here is what libraries for values leave out: formulas without value,
merged and hidden cells, the count of days, and a cell in the last corner of the sheet that would make a dense table of
17 thousand million cells. Cells are held only where they are filled. Macros, links to other workbooks and
drawings are not looked at.
"""

import posixpath
import re
from dataclasses import dataclass, field

from tumen.errors import FormatError, Text
from tumen.files.delimiters import letters
from tumen.files.sheet import MOST_CELLS, Grid, Sheet
from tumen.files.spreadsheet_numbers import date_text, is_too_precise, number_kind, number_text
from tumen.files.workbook_parts import Parts, damaged, local

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class _Book:
    """What the sheets of a workbook share."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    from_1904: bool = False
    strings: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    cells: int = 0


def read_xlsx(parts: Parts) -> list[Sheet]:
    """Return every worksheet in the order of the workbook; raise `FormatError` where its parts cannot be read."""
    book = _read_book(parts)
    sheets = []
    for name, part, hidden in book.sheets:
        reader = _SheetReader(book, Grid(name, hidden))
        parts.parse(part, reader.start, reader.end, reader.characters)
        sheets.append(reader.finish())
    return sheets


def _read_book(parts: Parts) -> _Book:
    book = _Book()
    targets = _relations(parts, "_rels/.rels")
    main = next((path for kind, path in targets.values() if kind == "officeDocument"), "xl/workbook.xml")
    relations = _relations(parts, f"{posixpath.dirname(main)}/_rels/{posixpath.basename(main)}.rels")
    listed: list[tuple[str, str, bool]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "workbookPr":
            book.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif local(name) == "sheet":
            identity = next((value for key, value in attributes.items() if local(key) == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            listed.append((attributes.get("name", ""), identity, hidden))

    parts.parse(main, start, _nothing, _nothing)
    for name, identity, hidden in listed:
        kind, path = relations.get(identity, ("", ""))
        if kind == "worksheet":
            if path not in parts:
                raise damaged(f"sheet {name} is missing")
            book.sheets.append((name, path, hidden))
    for kind, path in relations.values():
        if path in parts and kind == "sharedStrings":
            book.strings = _strings(parts, path)
        elif path in parts and kind == "styles":
            book.kinds = _kinds(parts, path)
    return book


def _relations(parts: Parts, name: str) -> dict[str, tuple[str, str]]:
    """Return kind and path of the parts that a part refers to; those outside the workbook are left out."""
    folder = posixpath.dirname(posixpath.dirname(name))
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if local(element) == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)

    parts.parse(name, start, _nothing, _nothing)
    return found


def _strings(parts: Parts, name: str) -> list[str]:
    """Return the shared strings; the reading aids of Japanese cells (phonetic runs) are no part of the text."""
    strings: list[str] = []
    pieces: list[str] = []
    state = {"text": False, "aid": False}

    def start(element: str, _: dict[str, str]) -> None:
        tag = local(element)
        if tag == "t":
            state["text"] = not state["aid"]
        elif tag == "rPh":
            state["aid"] = True

    def end(element: str) -> None:
        tag = local(element)
        if tag == "t":
            state["text"] = False
        elif tag == "rPh":
            state["aid"] = False
        elif tag == "si":
            strings.append(_unescaped("".join(pieces)))
            pieces.clear()

    def characters(text: str) -> None:
        if state["text"]:
            pieces.append(text)

    parts.parse(name, start, end, characters)
    return strings


def _kinds(parts: Parts, name: str) -> dict[str, str]:
    """Return for each cell style what kind of number it shows ("" for a plain one)."""
    codes: dict[int, str] = {}
    formats: list[int] = []
    inside = {"cellXfs": False}

    def start(element: str, attributes: dict[str, str]) -> None:
        tag = local(element)
        if tag == "numFmt":
            codes[_whole(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            inside[tag] = True
        elif tag == "xf" and inside["cellXfs"]:
            formats.append(_whole(attributes.get("numFmtId", "")))

    def end(element: str) -> None:
        if local(element) == "cellXfs":
            inside["cellXfs"] = False

    parts.parse(name, start, end, _nothing)
    return {str(style): number_kind(number, codes.get(number, "")) for style, number in enumerate(formats)}


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _nothing(*_: object) -> None:
    return None


def _unescaped(text: str) -> str:
    """Replace `_x000D_`, by which XLSX writes characters that XML has not."""
    return _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), text) if "_x" in text else text


class _SheetReader:
    """Receives the elements of one worksheet in order and puts its cells into a grid."""

    def __init__(self, book: _Book, grid: Grid) -> None:
        self.book, self.grid = book, grid
        self.row, self.column = 0, -1
        self.type, self.style, self.value, self.formula = "", "0", "", ""
        self.has_value = self.has_formula = self.collecting = self.aid = False
        self.pieces: list[str] = []
        self.numbers: dict[str, int] = {}
        self.formulas: dict[int, list[int]] = {}
        self.percents: dict[int, list[int]] = {}
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[tuple[int, int]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "f", "t"):
            self.collecting = not self.aid
            self.pieces.clear()
        elif name == "row":
            self.row = _whole(attributes.get("r", "")) or self.row + 1
            self.column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.hidden_rows.append(self.row)
        elif name == "rPh":
            self.aid = True
        elif name in ("mergeCell", "col"):
            self._start_layout(name, attributes)

    def _start_layout(self, name: str, attributes: dict[str, str]) -> None:
        if name == "mergeCell":
            reference = attributes.get("ref", "")
            row, column = _place(reference.partition(":")[0])
            self.grid.note("cell-merged", row, column, reference)
        elif attributes.get("hidden") in ("1", "true"):
            self.hidden_columns.append((_whole(attributes.get("min", "")), _whole(attributes.get("max", ""))))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        else:
            name = reference.rstrip("0123456789")
            column = self.numbers.get(name)
            if column is None:
                column = self.numbers[name] = _column_number(name)
            self.column = column
        self.type = attributes.get("t", "n")
        self.style = attributes.get("s", "0")
        self.value = self.formula = ""
        self.has_value = self.has_formula = False

    def end(self, name: str) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            self._end_cell()
        elif name == "v":
            self.value, self.collecting = "".join(self.pieces), False
            # Programs that compute nothing write an empty value; only a text may be empty and computed.
            self.has_value = bool(self.value.strip()) or self.type == "str"
        elif name == "t":
            if not self.aid:
                self.value += "".join(self.pieces)
                self.has_value = True
            self.collecting = False
        elif name == "f":
            self.formula, self.has_formula, self.collecting = "".join(self.pieces), True, False
        elif name == "rPh":
            self.aid = False

    def characters(self, text: str) -> None:
        if self.collecting:
            self.pieces.append(text)

    def _end_cell(self) -> None:
        if self.has_formula:
            self._count_formula()
        if not self.value or (self.has_formula and not self.has_value):
            return
        self.book.cells += 1
        if self.book.cells > MOST_CELLS:
            raise FormatError(
                Text("a workbook of at most {most} cells", most=MOST_CELLS),
                "a larger one",
                "Save the tables as CSV.",
            )
        if self.type == "s":
            number = _whole(self.value)
            if not self.value.isdecimal() or number >= len(self.book.strings):
                raise damaged(f"{self._cell()}: no shared string {self.value}")
            text = self.book.strings[number]
        elif self.type == "n":
            text = self._number()
        else:
            text = self._other()
        self.grid.put(self.row, self.column, text)

    def _other(self) -> str:
        if self.type == "b":
            return {"1": "true", "0": "false"}.get(self.value, self.value)
        if self.type == "e":
            self.grid.note("cell-error-value", self.row, self.column, self.value, cell=self._cell())
            return self.value
        return _unescaped(self.value)

    def _number(self) -> str:
        kind = self.book.kinds.get(self.style, "")
        if kind == "percent":
            self.percents.setdefault(self.column, []).append(self.row)
        elif kind:
            day = date_text(self.value, kind, self.book.from_1904)
            if day is not None:
                return day
            self.grid.note("cell-date-impossible", self.row, self.column, number_text(self.value), cell=self._cell())
            return number_text(self.value)
        if len(self.value) > 15 and is_too_precise(self.value):
            text = number_text(self.value)
            self.grid.note("cell-precision-lost", self.row, self.column, text, cell=self._cell())
            return text
        return number_text(self.value)

    def _count_formula(self) -> None:
        if self.has_value:
            self.formulas.setdefault(self.column, []).append(self.row)
        else:
            shown = f"={self.formula}" if self.formula else "="
            self.grid.note("cell-formula-empty", self.row, self.column, self._cell(), formula=shown[:200])

    def _cell(self) -> str:
        return f"{letters(self.column)}{self.row}"

    def finish(self) -> Sheet:
        """Report what was counted and lay the cells out."""
        self.grid.note_cells("cell-formula", self.formulas)
        self.grid.note_cells("cell-percent", self.percents)
        if self.hidden_rows:
            self.grid.note("rows-hidden", self.hidden_rows[0], None, count=len(self.hidden_rows))
        ranges = self.hidden_columns
        hidden = [c for c in sorted(self.grid.columns) if any(low <= c + 1 <= high for low, high in ranges)]
        if hidden:
            self.grid.note("columns-hidden", None, None, ", ".join(map(letters, hidden)))
        if self.book.from_1904:
            self.grid.note("workbook-1904", None, None)
        return self.grid.sheet()


def _column_number(name: str) -> int:
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= 16384 or not name.isascii() or not name.isalpha():
        raise damaged(f"column {name}")
    return number - 1


def _place(reference: str) -> tuple[int, int]:
    name = reference.rstrip("0123456789")
    return _whole(reference[len(name) :]), _column_number(name)
