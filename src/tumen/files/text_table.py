"""Read and write one table as text: CSV bytes <-> a frame in which every cell is text.

Nothing is typed here; `tumen.tables.cast` does that. A cell without characters is null, whether quoted or not. Every
record of the file becomes a row, so that row numbers are those of a spreadsheet (the header is row 1); what is wrong
with the text is a finding and never stops the reading.

Cells are exchanged as they are. A cell that begins with `=`, `+`, `-` or `@` is written unchanged, although a
spreadsheet program may take it for a formula: these files are data, to be imported as text.
"""

import codecs
import csv
import io
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tumen.errors import MisuseError, Text
from tumen.tables.catalogue import CATALOGUE
from tumen.tables.findings import FINDINGS, finding, gather

_LF, _CR = 10, 13
_SURROGATE = re.compile("[\udc80-\udcff]")
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True)
class Dialect:
    """How the text is cut into cells; the defaults are those of the Data Package standard.

    Raises `MisuseError` for a delimiter or quote that is not one character.
    """

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        """Refuse marks that cannot separate or quote anything."""
        for role, mark in (("delimiter", self.delimiter), ("quote", self.quote)):
            if len(mark) != 1 or mark in "\r\n\x00" or self.delimiter == self.quote:
                raise MisuseError(
                    Text("a {role} of one character", role=role), repr(mark), "Correct the dialect of the resource."
                )


STANDARD = Dialect()


def read_text_table(data: bytes, *, name: str = "", dialect: Dialect = STANDARD) -> tuple[pl.DataFrame, pl.DataFrame]:
    r"""Return the cells of a CSV file as text, and the findings about the file (`name` is the table they bear).

    A record with too few cells is filled with null, one with too many adds columns named like `(column 25)`; bytes
    that are no text in the stated encoding are shown as `\xNN`. Blank lines at the end are no records.

    >>> frame, findings = read_text_table(b'deploymentID,latitude\nd1,43.1\nd2\n', name="deployments")
    >>> frame.rows()
    [('d1', '43.1'), ('d2', None)]
    >>> findings.select("code", "row").rows()
    [('row-short', 3)]
    """
    text, clean, found = decoded(data, name, dialect.encoding)
    frame = read_regular(text.encode("utf-8"), dialect) if clean else None
    if frame is not None:
        return frame, found
    records, unclosed = cut(text, dialect)
    while records and not records[-1]:
        records.pop()
    if not records:
        return pl.DataFrame(), gather([found, finding("file-empty", table=name)])
    header, about_header = read_header(records[0], name)
    frame, more = read_records(records, header, name, first_row=1)
    if unclosed:
        found = gather([found, finding("quote-unclosed", table=name, row=len(records))])
    return frame.slice(1), gather([found, about_header, more])


def write_csv(frame: pl.DataFrame) -> bytes:
    r"""Return a frame of text as CSV: UTF-8, comma, line feed, quotes only where needed, null as nothing.

    >>> write_csv(pl.DataFrame({"a": ["x, y", None], "b": ["1", "2"]}))
    b'a,b\n"x, y",1\n,2\n'
    """
    if frame.width == 1 and frame.to_series().null_count():
        # A line without any character would not be a record; the empty cell of a single column is quoted.
        lines = ['""' if cell is None else _quoted(cell) for cell in frame.to_series()]
        return "".join(f"{line}\n" for line in [_quoted(frame.columns[0]), *lines]).encode()
    return frame.write_csv(line_terminator="\n", quote_style="necessary", null_value="").encode()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if re.search('[",\r\n]', cell) or not cell else cell


def decoded(data: bytes, name: str, encoding: str) -> tuple[str, bool, pl.DataFrame]:
    """Return the text without byte order mark, and whether all of it is text.

    Bytes that are no text become lone surrogates, which are found again cell by cell.
    """
    findings: list[pl.DataFrame] = []
    try:
        "".encode(encoding)  # refuses codecs that make no text of bytes, and names that are none
        encoding = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        findings.append(finding("encoding-unknown", table=name, value=encoding))
        encoding = "utf-8"
    for mark, marked in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            if encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be") not in (marked, marked[:6]):
                findings.append(finding("encoding-differs", table=name, value=marked, declared=encoding))
            data, encoding = data[len(mark) :], marked
            break
    try:
        return data.decode(encoding), True, gather(findings)
    except UnicodeDecodeError:
        if encoding.startswith("utf-16"):
            # UTF-16 has no spare bytes for surrogates: what cannot be read is escaped at once.
            findings.append(finding("text-undecodable", table=name, value=encoding))
            return data.decode(encoding, "backslashreplace"), True, gather(findings)
        return data.decode(encoding, "surrogateescape"), False, gather(findings)


def read_regular(data: bytes, dialect: Dialect, names: list[str] | None = None) -> pl.DataFrame | None:
    r"""Read text whose every record has as many cells as its header, fast; return None for any other text.

    `names` are the columns of text that begins behind its header. Regular: no null byte, quotes only around whole
    cells, `\n` or `\r\n` between records, no blank line, a header of distinct names, more than one column.
    """
    delimiter, quote = dialect.delimiter.encode(), dialect.quote.encode()
    if not data or b"\x00" in data or len(delimiter) > 1 or len(quote) > 1:
        return None
    data = data if data.endswith(b"\n") else data + b"\n"
    counts = _outside(data, delimiter, quote)
    if counts is None or counts.returns != counts.ends_with_return:
        return None
    records, cells, start = counts.ends, counts.delimiters, 0
    if names is None:
        start = first_end(data, quote)
        (names,), _ = cut(data[:start].decode(), dialect)
        records, cells = records - 1, cells - len(names) + 1
    if len(set(names)) < len(names) or "" in names or len(names) == 1:
        return None
    schema = dict.fromkeys(names, pl.String)
    if not records:
        return pl.DataFrame(schema=schema)
    # Polars refuses a record with too many cells, so that none is short where the sum is right.
    if cells != (len(names) - 1) * records:
        return None
    try:
        frame = pl.read_csv(
            data[start:] if start else data,
            has_header=False,
            schema=schema,
            separator=dialect.delimiter,
            quote_char=dialect.quote,
            infer_schema=False,
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None
    if frame.height != records:
        return None
    return _without_empty(frame) if quote in data else frame


def first_end(data: bytes, quote: bytes) -> int:
    """Return where the first record ends, behind its line feed; 0 where there is no line feed outside quotes."""
    end = data.find(b"\n") + 1
    while end and data.count(quote, 0, end) % 2:
        end = data.find(b"\n", end) + 1
    return end


def last_end(data: bytes, quote: bytes) -> int:
    """Return where the last whole record ends, behind its line feed; 0 where there is no line feed outside quotes."""
    end, odd = data.rfind(b"\n") + 1, None
    while end:
        odd = data.count(quote, 0, end) % 2 if odd is None else odd
        if not odd:
            return end
        before = data.rfind(b"\n", 0, end - 1) + 1
        odd = (odd + data.count(quote, before, end)) % 2
        end = before
    return 0


def _without_empty(frame: pl.DataFrame) -> pl.DataFrame:
    """Return null for cells without characters that were quoted."""
    empty = frame.select((pl.all().str.len_bytes() == 0).any())
    names = [name for name in frame.columns if empty[name].item()]
    return frame.with_columns(pl.when(pl.col(name) != "").then(name).alias(name) for name in names)


@dataclass(frozen=True)
class _Marks:
    """How many marks a text has outside quotes: delimiters, line feeds, carriage returns, and both together."""

    delimiters: int
    ends: int
    returns: int
    ends_with_return: int


def _outside(data: bytes, delimiter: bytes, quote: bytes) -> _Marks | None:
    """Count what stands outside quotes; None where a quote is neither at the edge of a cell nor doubled in one."""
    marks = (delimiter, b"\n", b"\r", b"\r\n")
    octets = np.frombuffer(data, dtype=np.uint8)
    counts = [_count(octets, delimiter), _count(octets, b"\n"), data.count(b"\r"), 0]
    if counts[2]:
        counts[3] = data.count(b"\r\n")
    if quote in data:
        quotes = np.flatnonzero(octets == ord(quote))
        if len(quotes) % 2 or not _quotes_are_regular(octets, quotes, (ord(delimiter), ord(quote))):
            return None
        mark = re.escape(quote)
        inside = b"".join(re.findall(mark + b"[^" + mark + b"]*" + mark, data))
        counts = [count - inside.count(mark) for count, mark in zip(counts, marks, strict=True)]
    return _Marks(*counts)


def _count(octets: NDArray[np.uint8], mark: bytes) -> int:
    """Count a frequent mark, piece by piece so that what is compared stays near the processor."""
    piece = 1 << 18
    return sum(int(np.count_nonzero(octets[at : at + piece] == ord(mark))) for at in range(0, len(octets), piece))


def _quotes_are_regular(octets: NDArray[np.uint8], quotes: NDArray[np.int64], marks: tuple[int, int]) -> bool:
    """Say whether every quote opens or closes a whole cell, or is doubled inside one."""
    delimiter, quote = marks
    if not len(quotes):
        return True
    before = octets[np.maximum(quotes[::2] - 1, 0)]
    before_ok = np.isin(before, (delimiter, quote, _LF)) | (quotes[::2] == 0)
    after = octets[quotes[1::2] + 1]
    return bool(before_ok.all() and np.isin(after, (delimiter, quote, _LF, _CR)).all())


def cut(text: str, dialect: Dialect) -> tuple[list[list[str]], bool]:
    """Cut text into records and cells (a blank line has none), and say whether a quote was left open.

    Quotes that are out of place are kept as characters.
    """
    unclosed = text.count(dialect.quote) % 2 == 1
    with any_size(len(text)):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote)
        return list(reader), unclosed


@contextmanager
def any_size(characters: int) -> Iterator[None]:
    """Let the csv module read cells of as many characters as a text has.

    The limit is one for the whole program: two threads that raise it at once would leave it raised.
    """
    with _LIMIT:
        limit = csv.field_size_limit(max(csv.field_size_limit(), characters + 1))
        try:
            yield
        finally:
            csv.field_size_limit(limit)


_LIMIT = threading.RLock()


def read_records(
    records: list[list[str]], header: list[str], name: str, *, first_row: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return records of any length as text, with a finding for each record and each cell that is not as it should be.

    `first_row` is the row of the first record. Surplus cells become columns named like `(column 25)`.
    """
    width = max((len(record) for record in records), default=0)
    names = list(header)
    for number in range(len(header) + 1, width + 1):
        names.append(_distinct(f"(column {number})", names))
    found = _record_findings(records, names, len(header), (name, first_row))
    cells = [[_visible(cell) or None for cell in record] + [None] * (len(names) - len(record)) for record in records]
    return pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String), orient="row"), found


def read_header(cells: list[str], name: str) -> tuple[list[str], pl.DataFrame]:
    """Return a distinct name for every column."""
    findings = []
    names: list[str] = []
    counts = Counter(cells)
    for number, cell in enumerate(cells, start=1):
        column = _visible(cell)
        if not column:
            column = _distinct(f"(column {number})", [*names, *cells])
            findings.append(finding("header-empty", table=name, row=1, column=column, number=number))
        elif counts[cell] > 1 and column in names:
            findings.append(finding("header-duplicate", table=name, row=1, column=column, number=number))
            column = _distinct(f"{column} (column {number})", [*names, *cells])
        names.append(column)
    return names, gather(findings)


def _distinct(name: str, taken: list[str]) -> str:
    while name in taken:
        name += "'"
    return name


def _record_findings(records: list[list[str]], names: list[str], width: int, where: tuple[str, int]) -> pl.DataFrame:
    """Return a finding for each record and each cell that is not as it should be."""
    table, first_row = where
    found: list[dict[str, object]] = []

    def note(code: str, row: int, column: str = "", value: str = "", **arguments: int) -> None:
        text = json.dumps(arguments, sort_keys=True)
        found.append({"code": code, "row": row, "column": column, "value": value, "arguments": text})

    for row, record in enumerate(records, start=first_row):
        if not record and width > 1:
            note("row-blank", row)
        elif record and len(record) != width:
            code = "row-short" if len(record) < width else "row-long"
            surplus = ", ".join(_visible(cell) for cell in record[width:])
            note(code, row, value=surplus, cells=len(record), columns=width)
        for column, cell in zip(names, record, strict=False):
            if "\x00" in cell:
                note("cell-null-byte", row, column, _visible(cell))
            if _SURROGATE.search(cell):
                note("cell-undecodable", row, column, _visible(cell))
    # One frame for all: a damaged file may have as many findings as rows.
    severities = {code: CATALOGUE[code].severity for code in {str(row["code"]) for row in found}}
    rows = [
        {"severity": severities[str(row["code"])], "party": "", "package": "", "table": table} | row for row in found
    ]
    return pl.DataFrame(rows, schema=FINDINGS)


def _visible(cell: str) -> str:
    r"""Show what is no text as `\xNN`, and a null byte as `\x00`."""
    if "\x00" not in cell and not _SURROGATE.search(cell):
        return cell
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
