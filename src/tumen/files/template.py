"""Forms as an XLSX workbook, and filled forms read back.

The workbook says of itself that it is one of ours (a hidden sheet with the version of the protocol), so that a filled
form needs no mapping: sheets are named like tables, columns like columns, and `failed · did not work` means `failed`.
Cells are text: a spreadsheet program would turn dates into its own numbers and drop leading zeros.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import xlsxwriter

from tumen.errors import FormatError, Text
from tumen.files.archive import LIMITS
from tumen.files.columns import in_order
from tumen.files.decode import decode
from tumen.files.delimiters import detect_dialect
from tumen.files.local_time import read_local_times
from tumen.files.spreadsheet_write import open_workbook
from tumen.files.text_table import read_text_table
from tumen.files.workbook import Workbook, read_workbook
from tumen.tables.findings import finding, gather
from tumen.tables.forms import SEPARATOR, Form, Guide
from tumen.tables.migrations import migrate
from tumen.tables.package import Package, assemble
from tumen.tables.protocol import TABLES, VERSION
from tumen.tables.schema import Kind, Table

MARK = "_tumen"
_WORDS = "_words"
_ROWS = 5000
"""Rows of a form that offer words; below them anything may be written, and the check judges it all the same."""


def write_template(forms: Sequence[Form], guide: Guide, *, language: str) -> bytes:
    """Return a workbook with a sheet for each form and one for their guide; the same forms give the same bytes."""
    buffer = io.BytesIO()
    book = open_workbook(buffer)
    text = book.add_format({"num_format": "@"})
    needed = book.add_format({"bold": True, "num_format": "@", "bg_color": "#0b6e66", "font_color": "#ffffff"})
    optional = book.add_format({"num_format": "@", "bg_color": "#e4e9ec"})
    sheets = {form.name: book.add_worksheet(form.name) for form in forms}
    _write_guide(book, guide)
    offers = book.add_worksheet(_WORDS)
    offers.hide()
    used = 0
    for form in forms:
        sheet = sheets[form.name]
        sheet.set_column(0, len(form.fields) - 1, 18, text)
        sheet.freeze_panes(1, 0)
        for column, field in enumerate(form.fields):
            sheet.write_string(0, column, field.name, needed if field.required else optional)
            sheet.write_comment(0, column, field.hint, {"x_scale": 2.4, "y_scale": 1.5, "author": "Tumen"})
            if field.words:
                for row, word in enumerate(field.words):
                    offers.write_string(row, used, word)
                source = f"={_WORDS}!${_letters(used)}$1:${_letters(used)}${len(field.words)}"
                # A warning, not a stop: what is written against the list is for the check to explain.
                offer = {"validate": "list", "source": source, "error_type": "warning"}
                sheet.data_validation(1, column, _ROWS, column, offer)
                used += 1
    mark = book.add_worksheet(MARK)
    mark.hide()
    for row, (key, value) in enumerate({"protocol": VERSION, "language": language, "guide": guide.title}.items()):
        mark.write_string(row, 0, key)
        mark.write_string(row, 1, value)
    book.close()
    return buffer.getvalue()


def _write_guide(book: xlsxwriter.Workbook, guide: Guide) -> None:
    sheet = book.add_worksheet(guide.title)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    for row, line in enumerate(guide.lines):
        sheet.write_string(row, 0, line)
    top = len(guide.lines) + 1
    for column, (heading, width) in enumerate(zip(guide.headings, (20, 26, 12, 60, 24, 12, 26, 40), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(top, column, heading, bold)
    for row, cells in enumerate(guide.rows, start=top + 1):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, wrapped)


def _letters(column: int) -> str:
    """Return the letters of a column counted from 0.

    >>> _letters(0), _letters(25), _letters(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    while column >= 0:
        column, last = divmod(column, 26)
        name, column = chr(65 + last) + name, column - 1
    return name


def is_template(path: Path) -> bool:
    """Say whether a workbook is one of our forms."""
    if path.suffix.lower() not in (".xlsx", ".ods"):
        return False
    return MARK in [sheet.name for sheet in read_workbook(path, limits=LIMITS).sheets]


def read(
    path: Path | str, *, party: str | None = None, country: str | None = None, time_zone: str | None = None
) -> Package:
    """Return the package of a filled form: a workbook, or a folder of CSV files named like tables.

    Sheets that were left empty are no tables; other sheets are named. Raises `FormatError` for a workbook or a folder
    that is none of our forms. A party that nobody names is that of the file.
    """
    path = Path(path)
    texts, found, digests, version = _of_folder(path) if path.is_dir() else _of_workbook(path)
    texts = {name: in_order(TABLES[name], _meant(TABLES[name], text)) for name, text in texts.items()}
    texts, migrated = migrate(texts, version)
    found.append(migrated)
    if party is None:
        found.append(finding("party-undeclared", value=path.stem))
    if time_zone is not None:
        texts, local = read_local_times(texts, time_zone)
        found.append(local)
    return assemble(
        path.stem,
        texts,
        party=party or path.stem,
        country=country,
        format="template",
        findings=gather(found),
        time_zone=time_zone,
        digests=digests,
    )


Filled = tuple[dict[str, pl.DataFrame], list[pl.DataFrame], dict[str, str], str]
"""The tables as text, what was found in reading them, the files' digests, and the version of the protocol."""


def _of_workbook(path: Path) -> Filled:
    book = read_workbook(path)
    facts = _facts(book, path)
    texts: dict[str, pl.DataFrame] = {}
    found = []
    for sheet in book.sheets:
        if sheet.name in TABLES and sheet.cells.height:
            found.append(sheet.findings.with_columns(table=pl.lit(sheet.name)))
            texts[sheet.name] = sheet.cells
        elif sheet.name not in (*TABLES, MARK, _WORDS, facts.get("guide")) and not sheet.raw.is_empty():
            found.append(finding("sheet-unknown", value=sheet.name))
    return texts, found, {path.name: _digest(path)}, facts.get("protocol", VERSION)


def _of_folder(path: Path) -> Filled:
    """Read the CSV files of a folder that are named like tables; a header alone is a form that was left empty."""
    files = tables_in(path)
    if not files:
        raise FormatError(
            "a folder with files named like tables, such as deployments.csv",
            Text("none in {path}", path=str(path)),
            "Name the files like the tables, or describe them with a mapping.",
        )
    texts, found = {}, []
    for name, file in files.items():
        decoded = decode(file.read_bytes(), name=name)
        cut = detect_dialect(decoded.text, name=name)
        text, read_findings = read_text_table(decoded.text.encode(), name=name, dialect=cut.dialect)
        found += [decoded.findings, cut.findings, read_findings]
        if text.height:
            texts[name] = text
    return texts, found, {file.name: _digest(file) for file in files.values()}, VERSION


def tables_in(folder: Path) -> dict[str, Path]:
    """Return the files of a folder that are named like tables of the protocol."""
    return {name: folder / f"{name}.csv" for name in TABLES if (folder / f"{name}.csv").is_file()}


def _facts(book: Workbook, path: Path) -> Mapping[str, str]:
    for sheet in book.sheets:
        if sheet.name == MARK:
            return {row[0]: row[1] for row in sheet.raw.iter_rows() if len(row) > 1 and row[0] and row[1]}
    needed = "a form made by tumen template"
    cure = "Read other workbooks through a mapping; tumen convert --guess proposes one."
    raise FormatError(needed, Text("a workbook without its mark, {name}", name=path.name), cure)


def _meant(table: Table, cells: pl.DataFrame) -> pl.DataFrame:
    """Leave the meaning behind a word of the protocol, in the columns that offer words."""
    offering = {
        column.name: ("true", "false") if column.kind is Kind.BOOLEAN else column.vocabulary
        for column in table.columns
        if column.name in cells.columns
    }
    word = {name: pl.col(name).str.split(SEPARATOR).list.first() for name in offering}
    return cells.with_columns(
        pl.when(word[name].is_in(words)).then(word[name]).otherwise(pl.col(name)).alias(name)
        for name, words in offering.items()
        if words
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
