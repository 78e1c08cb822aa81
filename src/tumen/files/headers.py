"""Which row of a table is its header, and does it look like one?

By default the first row is the header, and another one is taken only when it is declared. What looks like a title
above the header, or like a second header row below it, is reported and never skipped: only its author knows.
"""

import re
from dataclasses import dataclass

import polars as pl

from tumen.errors import FormatError, Text
from tumen.tables.findings import finding, gather, rows

_NUMBER = re.compile(r"[\s(\[]*[-+]?\d[\d\s.,:/T°'′\"″Z年月日年월일г%+-]*[)\]]*\s*", re.IGNORECASE)
_MISSING = frozenset(
    (
        "na",
        "n/a",
        "nan",
        "null",
        "none",
        "-",
        "–",
        "—",
        "?",
        ".",
        "нет",
        "н/д",
        "нд",
        "无",
        "缺",
        "없음",
        "なし",
        "無",
        "үгүй",
    )
)
_UNIT = re.compile(
    r"[(\[]?(m|km|cm|mm|m²|km2|ha|°|deg|degrees?|°c|s|min|h|days?|%|n|[dmy]{1,4}[./-][dmy]{1,2}[./-][dmy]{2,4}|h+:m+(:s+)?"
    r"|м|км|см|мм|га|град\.?|шт\.?|米|公里|公顷|度|미터|メートル|只|头|マリ|마리|頭|羽)[)\]]?",
    re.IGNORECASE,
)
_LOOKED_AT = 20


@dataclass(frozen=True)
class Headed:
    """The rows below a header, under its names; the first of them is row `row + 1` of the spreadsheet or file."""

    cells: pl.DataFrame
    row: int
    findings: pl.DataFrame


def take_header(raw: pl.DataFrame, *, row: int = 1, name: str = "") -> Headed:
    """Name the columns of raw cells (text, no header yet) by one of their rows, counted from 1.

    An empty name becomes `(column 3)`, a repeated one `name (column 3)`, each with a finding, as in
    `tumen.files.text_table`. Blank rows below stay, as rows of nulls. Raises `FormatError` for a row that is not there.

    >>> raw = pl.DataFrame({"A": ["Survey 7", "id", "k1"], "B": [None, "n", "3"], "C": [None, "day", "2014-01-02"]})
    >>> take_header(raw, row=2).cells.rows()
    [('k1', '3', '2014-01-02')]
    >>> take_header(raw).findings["code"].to_list()[0]
    'header-title-lines'
    """
    if raw.is_empty() and row == 1:
        return Headed(pl.DataFrame(), row, finding("file-empty", table=name))
    if not 1 <= row <= raw.height:
        raise FormatError(
            Text("a header in row {row} of {name}", row=row, name=name),
            Text("{height} rows", height=raw.height),
            "Correct headerRow.",
        )
    names, found = _names(raw, row, name)
    cells = raw.slice(row)
    cells.columns = names
    blank = (
        cells.with_row_index("row", offset=row + 1).filter(pl.all_horizontal(pl.col(names).is_null())).select("row")
        if names
        else pl.DataFrame(schema={"row": pl.Int64})
    )
    found += [rows("row-blank", blank, table=name, column=""), header_doubts(raw, row=row, name=name)]
    return Headed(cells, row, gather(found))


def _names(raw: pl.DataFrame, row: int, table: str) -> tuple[list[str], list[pl.DataFrame]]:
    header = [cell or "" for cell in raw.row(row - 1)]
    names: list[str] = []
    found = []
    for number, cell in enumerate(header, start=1):
        column = cell
        if not cell.strip():
            column = _distinct(f"(column {number})", [*names, *header])
            found.append(finding("header-empty", table=table, row=row, column=column, number=number))
        elif cell in names:
            found.append(finding("header-duplicate", table=table, row=row, column=cell, number=number))
            column = _distinct(f"{cell} (column {number})", [*names, *header])
        names.append(column)
    return names, found


def _distinct(name: str, taken: list[str]) -> str:
    while name in taken:
        name += "'"
    return name


def header_doubts(raw: pl.DataFrame, *, row: int = 1, name: str = "") -> pl.DataFrame:
    """Return a finding where the row taken as header looks like a title, or the next one like a second header.

    The first 20 rows of the cells are enough.
    """
    head = [[(cell or "").strip() for cell in record] for record in raw.slice(row - 1, _LOOKED_AT).rows()]
    if (ahead := _header_below(head)) is not None:
        value = ", ".join(cell for cell in head[ahead] if cell)[:200]
        return finding("header-title-lines", table=name, row=row, value=value, likely=row + ahead)
    if len(head) > 1 and _second_header(head):
        return finding("header-second-row", table=name, row=row + 1, value=", ".join(c for c in head[1] if c)[:200])
    return gather([])


def _header_below(head: list[list[str]]) -> int | None:
    """Return how far below a title the header seems to be: the first row of names as wide as the rows under it."""
    widths = [sum(map(bool, record)) for record in head]
    usual = max(widths[1:], default=0)
    if usual < 3 or widths[0] > usual / 2:
        return None
    for number, record in enumerate(head[1:-1], start=1):
        if widths[number] >= 0.75 * usual and not any(_is_number(cell) for cell in record if cell):
            return number
    return None


def _second_header(head: list[list[str]]) -> bool:
    """Say whether the second row repeats, continues or explains the header, by comparison with the rows below it."""
    header, second, below = head[0], head[1], head[2:]
    filled = [(above, cell, column) for column, (above, cell) in enumerate(zip(header, second, strict=True)) if cell]
    filled = [(above, cell, column) for above, cell, column in filled if cell.lower() not in _MISSING]
    if not filled or any(_is_number(cell) for _, cell, _ in filled):
        return False
    repeats = sum(above.lower() == cell.lower() for above, cell, _ in filled)
    units = sum(bool(_UNIT.fullmatch(cell)) for _, cell, _ in filled)
    continues = sum(not above for above, _, _ in filled)
    contrast = sum(_is_numeric(column, below) for _, _, column in filled)
    if len(filled) >= 2 and (repeats > len(filled) / 2 or units > len(filled) / 2):
        return True
    return contrast >= 2 or (continues >= 1 and contrast >= 1)


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell))


def _is_numeric(column: int, below: list[list[str]]) -> bool:
    cells = [record[column] for record in below if record[column] and record[column].lower() not in _MISSING]
    return len(cells) >= 2 and all(_is_number(cell) for cell in cells)
