"""At which character is a text cut into cells, and how sure is that?

A delimiter is the character that gives every record the same number of cells, outside quotes. A comma may also be the
decimal sign and a colon belongs to times: each of them is consistent in the rows of numbers, but not in the header.
"""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

import polars as pl

from tumen.files.text_table import Dialect, any_size
from tumen.tables.findings import finding, gather

_CANDIDATES = (",", ";", "\t", "|", ":")
_RECORDS = 300
_CHARACTERS = 1 << 18
_DOUBTFUL = 0.9
_CHANCE = 0.1
_STATED = re.compile(r"sep=(.)\r?(?:\n|\r|$)")
_NUMERIC = re.compile(r"[\s\d;\t|.+-]*")
_SHOWN = {"\t": "tab", "|": "|"}


@dataclass(frozen=True)
class Cut:
    """The dialect of a text, how certain its delimiter is (0 to 1), and what a reader should know about it."""

    dialect: Dialect
    certainty: float
    findings: pl.DataFrame


def detect_dialect(text: str, *, name: str = "", encoding: str = "utf-8") -> Cut:
    r"""Return the delimiter of a text that has been decoded; `encoding` is what the dialect is to state.

    A first line `sep=;`, as spreadsheet programs write it, is believed. A text in which no candidate occurs is a table
    of one column. A comma that is certain is no finding, for it is the standard.

    >>> cut = detect_dialect("Код;Широта\nK1;43,1\nK2;43,25\n")
    >>> cut.dialect.delimiter, cut.certainty
    (';', 1.0)
    """
    found = [line_ends(text, name=name)]
    if stated := _STATED.match(text):
        found.append(finding("delimiter-detected", table=name, row=1, value=_shown(stated.group(1)), percent=100))
        return Cut(Dialect(stated.group(1), encoding=encoding), 1.0, gather(found))
    head, whole = _head(text)
    scores = {mark: _score(head, mark, whole) for mark in _CANDIDATES}
    ranking = sorted(_CANDIDATES, key=lambda mark: -scores[mark])
    best, second = ranking[:2]
    certainty = _certainty(scores[best], scores[second], head)
    percent = int(100 * certainty)
    if certainty < _DOUBTFUL:
        others = ", ".join(_shown(mark) for mark in ranking[1:] if scores[mark] > 0) or "-"
        found.append(
            finding("delimiter-doubtful", table=name, value=_shown(best), percent=percent, alternatives=others)
        )
    elif best != "," or certainty < 1.0:
        found.append(finding("delimiter-detected", table=name, value=_shown(best), percent=percent))
    return Cut(Dialect(best, encoding=encoding), certainty, gather(found))


def line_ends(text: str, *, name: str = "") -> pl.DataFrame:
    r"""Return a note where lines end with a lone carriage return, or in different ways.

    >>> line_ends("a,b\r1,2\r")["code"].to_list()
    ['line-ends-old']
    """
    pairs = text.count("\r\n")
    returns, feeds = text.count("\r") - pairs, text.count("\n") - pairs
    kinds = {"CR LF": pairs, "LF": feeds, "CR": returns}
    used = {kind: count for kind, count in kinds.items() if count}
    if len(used) > 1:
        return finding("line-ends-mixed", table=name, value=", ".join(f"{k}: {n}" for k, n in used.items()))
    if returns:
        return finding("line-ends-old", table=name)
    return gather([])


def read_raw(text: str, dialect: Dialect) -> pl.DataFrame:
    r"""Return every record of a text as a row of text, without taking any of them as a header.

    Columns are named like those of a spreadsheet (A, B, ...); short records are filled with null; empty cells are null.

    >>> read_raw("Winter survey\na,b\n1,2\n", Dialect()).rows()
    [('Winter survey', None), ('a', 'b'), ('1', '2')]
    """
    records = _cut(text, dialect.delimiter, dialect.quote)
    while records and not any(records[-1]):
        records.pop()
    width = max((len(record) for record in records), default=0)
    cells = [[cell or None for cell in record] + [None] * (width - len(record)) for record in records]
    return pl.DataFrame(cells, schema=dict.fromkeys(map(letters, range(width)), pl.String), orient="row")


def letters(number: int) -> str:
    """Name a column as a spreadsheet does: 0 is A, 25 is Z, 26 is AA.

    >>> [letters(n) for n in (0, 25, 26, 701, 702, 16383)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD']
    """
    name = ""
    number += 1
    while number:
        number, digit = divmod(number - 1, 26)
        name = chr(65 + digit) + name
    return name


def _shown(mark: str) -> str:
    return _SHOWN.get(mark, mark)


def _cut(text: str, delimiter: str, quote: str = '"') -> list[list[str]]:
    with any_size(len(text)):
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote))


def _head(text: str) -> tuple[str, bool]:
    """Return the beginning of a text, and whether that is all of it."""
    return text[:_CHARACTERS], len(text) <= _CHARACTERS


def _score(head: str, mark: str, whole: bool) -> float:
    """Return how well a delimiter explains a text: 0 not at all, near 1 wholly."""
    records = [record for record in _cut(head, mark)[: _RECORDS + 1] if record]
    if not whole and len(records) > 1 and len(records) <= _RECORDS:
        records.pop()
    widths = Counter(len(record) for record in records)
    if not records or set(widths) == {1}:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    consistent = count / len(records)
    header = records[0]
    score = consistent * (1 - 0.3 / width)
    if mark == ":":
        # Addresses and times have colons in every row; tables separated by them are rare.
        score *= 0.5
    if mark in ",:" and len(header) in (1, width) and _cuts_numbers(records, header, width):
        # The header of numbers with a decimal comma has no comma itself; a first row of numbers is no header.
        score *= 0.0 if len(header) == 1 else 0.4
    elif len(header) != width:
        # Titles stand above a header now and then; a mark that only occurs within cells is more common.
        score *= 0.5
    return score if score >= _CHANCE else 0.0


def _cuts_numbers(records: list[list[str]], header: list[str], width: int) -> bool:
    """Say whether a mark cuts numbers and times in two, rather than cells from each other."""
    if len(header) == width and not all(_NUMERIC.fullmatch(cell) for cell in header):
        return False
    return all(_NUMERIC.fullmatch(cell) for record in records[1:] for cell in record)


def _certainty(best: float, second: float, head: str) -> float:
    if best == 0.0:
        return 1.0
    if second == 0.0 and best > 0.4:
        return 1.0
    apart = (best - second) / best
    return round(min(1.0, best * 1.2, 0.5 + 1.5 * apart), 3)
