"""Forms as an XLSX workbook, and filled forms read back.

The workbook says of itself that it is one of ours (a hidden sheet with the version of the protocol), so that a filled
form needs no mapping: sheets are named like tables, columns like columns, and `failed · did not work` means `failed`.
Cells are text: a spreadsheet program would turn dates into its own numbers and drop leading zeros.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from tumen.errors import FormatError, Text
from tumen.files.archive import LIMITS
from tumen.files.columns import in_order
from tumen.files.decode import decode
from tumen.files.delimiters import detect_dialect
from tumen.files.local_time import read_local_times
from tumen.files.spreadsheet_write import open_workbook
from tumen.files.text_table import read_text_table
from tumen.files.workbook import Workbook, read_workbook
from tumen.tables.examine import in_file
from tumen.tables.findings import finding, gather, of_package, rows
from tumen.tables.forms import SEPARATOR, Form, Guide
from tumen.tables.migrations import migrate
from tumen.tables.package import Package, assemble
from tumen.tables.protocol import TABLES, VERSION
from tumen.tables.schema import Kind, Table

MARK = "_tumen"
_WORDS = "_words"
_ROWS = 5000
"""Rows of a form that offer words; below them anything may be written, and the check judges it all the same."""
_ENDINGS = (".csv", ".tsv")
_SAID = ("count", "minimum", "maximum", "estimated", "partOf", "lifeStage", "comments")
"""Columns of counts in which a person writes; a printed row with none of them says nothing of its species."""
_TABLES = (*_ENDINGS, ".txt", ".xlsx", ".xls", ".ods")
_UNNAMED = r"^\(column \d+\)'*$"
"""How the readers call a column without a name."""


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
        _print_rows(sheet, form)
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
    facts = {"protocol": VERSION, "language": language, "guide": guide.title}
    if any(form.listed.rows for form in forms):
        facts["listed"] = "counts"
    for row, (key, value) in enumerate(facts.items()):
        mark.write_string(row, 0, key)
        mark.write_string(row, 1, value)
    book.close()
    return buffer.getvalue()


def _print_rows(sheet: Worksheet, form: Form) -> None:
    """Print the rows of a list, with the words as they are offered."""
    for row, cells in enumerate(form.listed.rows, start=1):
        for column, field in enumerate(form.fields):
            if field.name in cells:
                word = cells[field.name]
                offered = next((each for each in field.words if each.split(SEPARATOR)[0] == word), word)
                sheet.write_string(row, column, offered)


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

    Sheets that were left empty are no tables; other sheets and files are named. Blank rows are no records, and the
    others keep their numbers. Raises `FormatError` for a workbook or a folder that is none of our forms. A party that
    nobody names is that of the file.
    """
    path = Path(path)
    texts, found, digests, facts = _of_folder(path) if path.is_dir() else _of_workbook(path)
    texts = {name: in_order(TABLES[name], _meant(TABLES[name], text)) for name, text in texts.items()}
    texts, migrated = migrate(texts, facts.get("protocol", VERSION))
    texts, places, blank = _without_blank_rows(texts, facts.get("listed"))
    found += [migrated, *_not_yet(blank, gather(found))]
    if party is None:
        found.append(finding("party-undeclared", value=path.stem))
    # What is found below counts the rows that are left.
    local = gather([])
    if time_zone is not None:
        texts, local = read_local_times(texts, time_zone)
    package = assemble(
        path.stem,
        texts,
        party=party or path.stem,
        country=country,
        format="template",
        findings=local,
        time_zone=time_zone,
        digests=digests,
        rows=places,
    )
    told = of_package(gather(found), package.party, package.name)
    return replace(package, findings=gather([told, in_file(package.findings, package)]))


def _without_blank_rows(
    texts: Mapping[str, pl.DataFrame], listed: str | None
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.Series], list[pl.DataFrame]]:
    """Return the tables without rows in which nothing is written, where the other rows stand, and what was left out.

    In the table into which a list was printed (`listed`), a row as it was printed is one of these: nobody said anything
    of its species.
    """
    filled: dict[str, pl.DataFrame] = {}
    places: dict[str, pl.Series] = {}
    found = []
    for name, text in texts.items():
        blank = text.select(pl.all_horizontal(_is_blank(pl.all()))).to_series()
        unfilled = _is_unfilled(text) if name == listed else pl.repeat(False, text.height, eager=True)
        if blank.any() or unfilled.any():
            numbers = pl.Series("row", range(2, text.height + 2), dtype=pl.Int64)
            found.append(rows("row-blank", numbers.filter(blank).to_frame(), table=name, column=""))
            if unfilled.any():
                found.append(finding("form-rows-unfilled", table=name, count=int(unfilled.sum())))
            kept = ~(blank | unfilled)
            text, places[name] = text.filter(kept), numbers.filter(kept)
        if text.height:
            filled[name] = text
    return filled, {name: numbers for name, numbers in places.items() if name in filled}, found


def _not_yet(blank: Sequence[pl.DataFrame], found: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the findings of blank rows that the reader of the file did not report."""
    return [each.join(found, on=["code", "table", "row"], how="anti") for each in blank]


def _is_unfilled(counts: pl.DataFrame) -> pl.Series:
    """Say of each row of a printed list of species whether it is as it was printed."""
    said = [name for name in _SAID if name in counts.columns]
    if "status" not in counts.columns:
        return pl.repeat(False, counts.height, eager=True)
    left = (pl.col("status") == "counted") & pl.all_horizontal(_is_blank(pl.col(said)))
    return counts.select(left.fill_null(False)).to_series()


def _is_blank(cells: pl.Expr) -> pl.Expr:
    return cells.is_null() | (cells.str.strip_chars() == "")


def _without_empty_columns(cells: pl.DataFrame) -> pl.DataFrame:
    """Leave out columns that have neither a name nor a cell."""
    unnamed = cells.select(pl.col(_UNNAMED)).columns
    return cells.drop(name for name in unnamed if cells.select(_is_blank(pl.col(name)).all()).item())


Filled = tuple[dict[str, pl.DataFrame], list[pl.DataFrame], dict[str, str], Mapping[str, str]]
"""The tables as text, what was found in reading them, the files' digests, and what the form says of itself."""


def _of_workbook(path: Path) -> Filled:
    book = read_workbook(path)
    facts = _facts(book, path)
    texts: dict[str, pl.DataFrame] = {}
    found = []
    for sheet in book.sheets:
        cells = sheet.cells if sheet.name in TABLES else pl.DataFrame()
        if cells.height:
            found.append(sheet.findings.with_columns(table=pl.lit(sheet.name)))
            texts[sheet.name] = _without_empty_columns(cells)
        elif sheet.name not in (*TABLES, MARK, _WORDS, facts.get("guide")) and not sheet.raw.is_empty():
            found.append(finding("sheet-unknown", value=sheet.name))
    return texts, found, {path.name: _digest(path)}, facts


def _of_folder(path: Path) -> Filled:
    """Read the CSV files of a folder that are named like tables; a header alone is a form that was left empty."""
    files = tables_in(path)
    if not files:
        raise FormatError(
            "a folder with files named like tables, such as deployments.csv",
            Text("none in {path}", path=str(path)),
            "Name the files like the tables, or describe them with a mapping.",
        )
    others = sorted(set(path.iterdir()) - set(files.values()))
    others = [file for file in others if file.suffix.lower() in _TABLES and file.name.lower() != "guide.csv"]
    texts: dict[str, pl.DataFrame] = {}
    found = [finding("file-unread", value=file.name) for file in others if file.is_file()]
    for name, file in files.items():
        decoded = decode(file.read_bytes(), name=name)
        cut = detect_dialect(decoded.text, name=name)
        text, read_findings = read_text_table(decoded.text.encode(), name=name, dialect=cut.dialect)
        kept = _without_empty_columns(text)
        empty = [column for column in text.columns if column not in kept.columns]
        said = (pl.col("code") != "header-empty") | ~pl.col("column").is_in(empty)
        found += [decoded.findings, cut.findings, read_findings.filter(said)]
        if kept.height:
            texts[name] = kept
    return texts, found, {file.name: _digest(file) for file in files.values()}, {}


def tables_in(folder: Path) -> dict[str, Path]:
    """Return the files of a folder that are named like tables of the protocol, in capital or in small letters.

    Of several files of one table it is the one that is named exactly like it, or the first.
    """
    files = [file for file in folder.iterdir() if file.suffix.lower() in _ENDINGS and file.is_file()]
    files.sort(key=lambda file: (file.suffix != ".csv", file.stem not in TABLES, file.suffix, file.name))
    named: dict[str, Path] = {}
    for file in files:
        named.setdefault(file.stem.lower(), file)
    return {name: named[name] for name in TABLES if name in named}


def _facts(book: Workbook, path: Path) -> Mapping[str, str]:
    for sheet in book.sheets:
        if sheet.name == MARK:
            return {row[0]: row[1] for row in sheet.raw.iter_rows() if len(row) > 1 and row[0] and row[1]}
    needed = "a form made by tumen template"
    cure = "Read other workbooks through a mapping; tumen convert --guess proposes one."
    raise FormatError(needed, Text("a workbook without its mark, {name}", name=path.name), cure)


def _meant(table: Table, cells: pl.DataFrame) -> pl.DataFrame:
    """Leave the meaning behind a word of the protocol, in the columns that offer words; and of a date the date.

    Programs store a date with the time 00:00:00; other times of a date stay, and are errors.
    """
    offering = {
        column.name: ("true", "false") if column.kind is Kind.BOOLEAN else column.vocabulary
        for column in table.columns
        if column.name in cells.columns
    }
    # No scientific name holds the sign; the lists that we print have the common name behind it.
    names = [name for name in ("scientificName",) if name in cells.columns]
    days = [column.name for column in table.columns if column.kind is Kind.DATE and column.name in cells.columns]
    word = {name: pl.col(name).str.split(SEPARATOR).list.first() for name in offering}
    return (
        cells.with_columns(
            pl.when(word[name].is_in(words)).then(word[name]).otherwise(pl.col(name)).alias(name)
            for name, words in offering.items()
            if words
        )
        .with_columns(pl.col(name).str.split(SEPARATOR).list.first() for name in names)
        .with_columns(pl.col(name).str.replace(r"^(\d{4}-\d{2}-\d{2})T00:00:00$", "${1}") for name in days)
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
