"""Read a table too large to hold: part by part, each of whole records, with the rows and findings of the whole.

The parts, put together, are what `tumen.files.text_table.read_text_table` returns for the whole file. A part begins
where a record begins; where that is not certain from the quotes alone, the records are cut one by one.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import polars as pl

from tumen.files.archive import UnreadableError
from tumen.files.text_table import STANDARD, Dialect, any_size, cut, last_end, read_header, read_records, read_regular
from tumen.tables.findings import empty, finding, gather

PART = 16 << 20
"""Bytes read at once: some hundred thousand records."""

LONGEST = 64
"""A record longer than so many parts is refused: somewhere a quotation mark is not closed."""

Opening = Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True)
class TextPart:
    """Some records of a table as text: `first_row` is the row of the first as a spreadsheet counts.

    In a regular part line feeds outside quotes end records and nothing else does; its records
    can be found again without reading the others.
    """

    frame: pl.DataFrame
    first_row: int
    findings: pl.DataFrame
    regular: bool = False


@dataclass(frozen=True)
class Wanted:
    """Rows that are to be read once more (sorted), and the first rows of the parts that are known to be regular."""

    rows: pl.Series
    regular: frozenset[int]


def text_parts(
    stream: BinaryIO,
    *,
    name: str = "",
    dialect: Dialect = STANDARD,
    size: int = PART,
    wanted: Wanted | None = None,
) -> Iterator[TextPart]:
    r"""Yield the records of a CSV file in UTF-8, about `size` bytes at a time; the last part may have none.

    With `wanted`, yield only the records of these rows; the parts are those of the same `size` read before.

    Raises `UnreadableError` where one record is longer than `LONGEST` parts.

    >>> parts = text_parts(io.BytesIO(b'a,b\n1,2\n3,4\n5,6\n'), size=8)
    >>> [(part.first_row, part.frame.rows()) for part in parts]
    [(2, [('1', '2')]), (3, [('3', '4'), ('5', '6')]), (5, [])]
    """
    cutting = _Cutting(name, dialect, wanted)
    rest = b""
    first = True
    while True:
        block = stream.read(max(size, 2 * len(rest), len(codecs.BOM_UTF8)))
        last = not block
        if first:
            block, first = block.removeprefix(codecs.BOM_UTF8), False
        part, rest = cutting.take(rest + block, last=last)
        if part is not None:
            yield part
        if last:
            return
        if len(rest) > LONGEST * size:
            raise UnreadableError(f"the record at row {cutting.row} has more than {LONGEST * size} bytes")


class _Cutting:
    """Where the reading of one file stands."""

    def __init__(self, name: str, dialect: Dialect, wanted: Wanted | None) -> None:
        self.name, self.dialect, self.wanted = name, dialect, wanted
        self.quote = dialect.quote.encode()
        self.header: list[str] | None = None
        self.row = 1
        self.quotes = 0

    def take(self, data: bytes, *, last: bool) -> tuple[TextPart | None, bytes]:
        """Return the records that are whole and the bytes that are left; at the end of the file all are whole."""
        end = len(data) if last else last_end(data, self.quote)
        if end and self.wanted and max(self.row, 2) in self.wanted.regular:
            return self._chosen(data[:end], self.wanted.rows), data[end:]
        frame = self._regular(data[:end]) if end else None
        if frame is None:
            return self._irregular(data, last=last)
        self.quotes += data.count(self.quote, 0, end)
        return self._part(frame, [], regular=True), data[end:]

    def _regular(self, data: bytes) -> pl.DataFrame | None:
        try:
            # Text of ASCII letters alone need not be decoded to be known as text.
            data.isascii() or data.decode()
        except UnicodeDecodeError:
            return None
        frame = read_regular(data, self.dialect, self.header)
        if frame is not None and self.header is None:
            self.header, self.row = frame.columns, 2
        return frame

    def _chosen(self, data: bytes, rows: pl.Series) -> TextPart:
        """Return the wanted records of a part that is known to be regular, without reading the others."""
        octets = np.frombuffer(data if data.endswith(b"\n") else data + b"\n", dtype=np.uint8)
        ends = np.flatnonzero(octets == ord("\n")) + 1
        if self.quote in data:
            quotes = np.flatnonzero(octets == ord(self.quote))
            ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
        starts = np.concatenate([[0], ends[:-1]])
        if self.header is None:
            (self.header,), _ = cut(data[: ends[0]].decode(), self.dialect)
            starts, ends, self.row = starts[1:], ends[1:], 2
        here = rows.filter(rows.is_between(self.row, self.row + len(ends) - 1)) - self.row
        lines = b"".join(data[starts[at] : ends[at]] for at in here)
        frame = read_regular(lines, self.dialect, self.header) if lines else None
        part = TextPart(
            pl.DataFrame(schema=dict.fromkeys(self.header, pl.String)) if frame is None else frame, self.row, empty()
        )
        self.row += len(ends)
        return part

    def _irregular(self, data: bytes, *, last: bool) -> tuple[TextPart | None, bytes]:
        """Cut records one by one. The last is not known to be whole, nor blank lines before it to be records."""
        # No letter is cut in two behind a line feed.
        end = len(data) if last else data.rfind(b"\n") + 1
        text = data[:end].decode("utf-8", "surrogateescape")
        records, ends = self._records(text)
        if not last and records:
            records.pop()
        while records and not records[-1]:
            records.pop()
        length = len(text) if last else ends[len(records)]
        rest = text[length:].encode("utf-8", "surrogateescape") + data[end:]
        self.quotes += text.count(self.dialect.quote, 0, length)
        found = []
        if records and self.header is None:
            self.header, about = read_header(records[0], self.name)
            found.append(about)
        if self.header is None:
            found = [finding("file-empty", table=self.name)] if last else []
            return (self._part(pl.DataFrame(), found) if last else None), rest
        if not records and not last:
            return None, rest
        frame, more = read_records(records, self.header, self.name, first_row=self.row)
        found.append(more)
        if self.row == 1:
            frame, self.row = frame.slice(1), 2
        if last and self.quotes % 2:
            found.append(finding("quote-unclosed", table=self.name, row=self.row + frame.height - 1))
        return self._part(frame, found), rest

    def _records(self, text: str) -> tuple[list[list[str]], list[int]]:
        """Return the records, and where each begins; the last number is the end of the text."""
        records: list[list[str]] = []
        places = [0]
        read = 0

        def lines() -> Iterator[str]:
            nonlocal read
            for line in io.StringIO(text, newline=""):
                read += len(line)
                yield line

        with any_size(len(text)):
            reader = csv.reader(lines(), delimiter=self.dialect.delimiter, quotechar=self.dialect.quote)
            for record in reader:
                records.append(record)
                places.append(read)
        return records, places

    def _part(self, frame: pl.DataFrame, found: list[pl.DataFrame], *, regular: bool = False) -> TextPart:
        first_row = self.row
        self.row += frame.height
        if self.wanted is not None:
            rows = self.wanted.rows
            frame = frame[rows.filter(rows.is_between(first_row, self.row - 1)) - first_row]
        return TextPart(frame, first_row, gather(found), regular and self.row > first_row)
