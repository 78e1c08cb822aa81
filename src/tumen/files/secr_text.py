"""Read secr's text files: detectors (ID x y, usage, / covariates) and captures (session ID occasion detector).

Cells are separated by blanks or tabs, or by commas where a line has one; what follows `#` is a comment. Usage stands
behind the coordinates, one value an occasion, or as one word of 0 and 1 (`11011`), as secr reads it. Covariates stand
behind `/` (detectors) or at the end of the line (captures); their names are those in a comment above that has as many
words, else V1, V2, ... A negative occasion says that the animal died in it. An animal called NONE is none: its line
says how many occasions the session had, and stands for sessions in which nobody was caught.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from tumen.errors import FormatError, MisuseError, Text, nearest
from tumen.tables.capture_histories import CAPTURES, TRAPS, ScrTables
from tumen.tables.findings import finding, gather, rows

Format = Literal["trapID", "XY"]
FORMATS = ("trapID", "XY")
NOBODY = "NONE"
SNAP = 0.01
"""Metres within which coordinates of a capture are those of a detector."""

_MISSING = ("NA", "")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Caught:
    """What a file of captures holds: `CAPTURES` (with `x`, `y` for "XY"), animals, sessions in order, and occasions."""

    captures: pl.DataFrame
    animals: pl.DataFrame
    sessions: tuple[str, ...]
    occasions: Mapping[str, int]
    findings: pl.DataFrame


@dataclass(frozen=True)
class _Line:
    number: int
    cells: list[str]
    behind: list[str]


def read_secr(
    captures: bytes, traps: bytes | Mapping[str, bytes], *, fmt: Format = "trapID"
) -> tuple[ScrTables, pl.DataFrame]:
    r"""Return the tables of a file of captures and of the files of its detectors, and the findings.

    `traps`: one file for all sessions, or one for each session by name. `fmt`: captures name the detector, or give its
    coordinates ("XY"). Lines that cannot be read are findings and no rows. Raises `FormatError` for bytes that are no
    UTF-8 text or hold no line.

    >>> tables, found = read_secr(b"# my data\n1 a 1 A\n1 a -2 B\n2 NONE 2 A\n", b"A 0 0 11\nB 0 30 01\n")
    >>> tables.captures.select("session", "animal", "occasion", "alive").rows()
    [('1', 'a', 1, True), ('1', 'a', 2, False)]
    >>> tables.sessions, tables.occasions, found.height
    (('1', '2'), {'2': 2}, 0)
    """
    caught = read_captures(captures, fmt=fmt)
    parts = [caught.findings]
    if isinstance(traps, bytes):
        placed, about = read_traps(traps)
        parts.append(about)
        sessions = caught.sessions
    else:
        read = [(name, *read_traps(data)) for name, data in traps.items()]
        parts += [about for _, _, about in read]
        named = [frame.with_columns(session=pl.lit(name, dtype=pl.String)) for name, frame, _ in read]
        placed = pl.concat([pl.DataFrame(schema={**TRAPS, "row": pl.Int64}), *named], how="diagonal_relaxed")
        sessions = tuple(dict.fromkeys([*traps, *caught.sessions]))
    table = caught.captures
    if fmt == "XY":
        table, about = _snapped(table, placed)
        parts.append(about)
    return ScrTables(sessions, table, placed, None, caught.animals, caught.occasions), gather(parts)


def read_traps(data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    r"""Return the detectors of a file (`TRAPS`, its covariates and the line as `row`; no session), and the findings.

    >>> frame, found = read_traps(b"# Detector x y / slope\nA 0 0 1 0.5 / 12\nB 0 30 1 1 / NA\n")
    >>> frame.select("detector", "usage", "slope").rows()
    [('A', [1.0, 0.5], 12.0), ('B', [1.0, 1.0], None)]
    """
    lines, comments = _lines(data, "traps")
    found: list[pl.DataFrame] = []
    kept, width = [], max(len(line.behind) for line in lines)
    for line in lines:
        x, y = (_number(cell) for cell in (*line.cells[1:3], "", "")[:2])
        usage = _usage(line.cells[3:])
        if len(line.cells) < 3:
            found.append(_short("traps", line, "ID x y"))
        elif x is None or y is None:
            found.append(_unread("traps", line, "x", " ".join(line.cells[1:3]), "x y"))
        elif usage is not None and None in usage:
            found.append(_unread("traps", line, "usage", " ".join(line.cells[3:]), "usage"))
        elif len(line.behind) not in (0, width):
            found.append(_short("traps", line, f"/ {width}"))
        else:
            kept.append((None, line.cells[0], x, y, usage, line.number, *_present(line.behind, width)))
    names = _names(comments, "/", width)
    schema = {**TRAPS, "row": pl.Int64, **dict.fromkeys(names, pl.String)}
    return _typed(pl.DataFrame(kept, schema=schema, orient="row"), names), gather(found)


def read_captures(data: bytes, *, fmt: Format = "trapID") -> Caught:
    r"""Return what a file of captures holds; each line is one capture.

    >>> read_captures(b"# Session ID Occasion Detector sex\n1 a 1 A F\n1 b 1 A NA\n").animals.rows()
    [('1', 'a', 'F'), ('1', 'b', None)]
    """
    if fmt not in FORMATS:
        raise MisuseError(
            Text("a format of captures: {formats}", formats=", ".join(FORMATS)), f"'{fmt}'", nearest(fmt, FORMATS)
        )
    lines, comments = _lines(data, "captures")
    own = 4 if fmt == "trapID" else 5
    found: list[pl.DataFrame] = []
    kept, sessions, occasions = [], list[str](), dict[str, int]()
    width = max(len(line.cells) + len(line.behind) for line in lines) - own
    for line in lines:
        cells = [*line.cells, *line.behind]
        if len(cells) < 3 or (len(cells) < own and cells[1] != NOBODY):
            found.append(_short("captures", line, str(own)))
            continue
        occasion = int(cells[2]) if _WHOLE.fullmatch(cells[2]) else 0
        if not occasion:
            found.append(_unread("captures", line, "occasion", cells[2], "occasion"))
            continue
        sessions.append(cells[0])
        if cells[1] == NOBODY:
            occasions[cells[0]] = max(abs(occasion), occasions.get(cells[0], 0))
            continue
        x, y = (_number(cell) for cell in cells[3:5]) if fmt == "XY" else (None, None)
        if fmt == "XY" and (x is None or y is None):
            found.append(_unread("captures", line, "x", " ".join(cells[3:5]), "x y"))
            continue
        detector = cells[3] if fmt == "trapID" else None
        row = (cells[0], cells[1], abs(occasion), detector, 1, occasion > 0, line.number, x, y)
        kept.append((*row, *_present(cells[own:], width)))
    names = _names(comments, None, max(width, 0), own)
    schema = {**CAPTURES, "row": pl.Int64, "x": pl.Float64, "y": pl.Float64, **dict.fromkeys(names, pl.String)}
    table = pl.DataFrame(kept, schema=schema, orient="row")
    animals, about = _animals(table, names)
    captures = table.drop(names) if fmt == "XY" else table.drop([*names, "x", "y"])
    return Caught(captures, animals, tuple(dict.fromkeys(sessions)), occasions, gather([*found, *about]))


def _lines(data: bytes, table: str) -> tuple[list[_Line], list[str]]:
    """Return the lines that hold something, and the comments above the first of them."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(
            Text("a file of {table} as UTF-8 text", table=table),
            Text("bytes that are none, at {position}", position=error.start),
            "Save the file as UTF-8 text.",
        ) from error
    lines: list[_Line] = []
    comments: list[str] = []
    for number, line in enumerate(re.split("\r\n|\r|\n", text), start=1):
        content, mark, comment = line.partition("#")
        if mark and not content.strip() and not lines:
            comments.append(comment)
        front, _, behind = content.partition("/")
        if content.strip():
            lines.append(_Line(number, _cut(front, content), _cut(behind, content)))
    if not lines:
        raise FormatError(Text("a file of {table} with lines", table=table), "none", "Give the file that secr reads.")
    return lines, comments


def _cut(part: str, line: str) -> list[str]:
    if "," not in line:
        return part.split()
    cells = [cell.strip().strip('"') for cell in part.strip().strip(",").split(",")]
    return cells if part.strip() else []


def _usage(cells: Sequence[str]) -> list[float | None] | None:
    """Return usage; None where there is none. One word of several 0 and 1 has one for each occasion."""
    if not cells:
        return None
    if len(cells) == 1 and re.fullmatch("[01]{2,}", cells[0]):
        return [float(digit) for digit in cells[0]]
    return [_number(cell) for cell in cells]


def _number(cell: str) -> float | None:
    return float(cell) if _NUMBER.fullmatch(cell) else None


def _present(cells: Sequence[str], width: int) -> list[str | None]:
    filled = [*cells, *[""] * (width - len(cells))]
    return [None if cell in _MISSING else cell for cell in filled]


def _names(comments: Sequence[str], mark: str | None, width: int, before: int = 0) -> list[str]:
    """Return the names of covariates, from the last comment that has as many words as a line."""
    for comment in reversed(comments):
        _, found, behind = comment.partition(mark) if mark else ("", " ", " ".join(comment.split()[before:]))
        words = behind.split()
        fits = mark is not None or len(comment.split()) == before + width
        if found and fits and len(words) == width == len(set(words)):
            return words
    return [f"V{number}" for number in range(1, width + 1)]


def _typed(table: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return covariates as numbers where every cell is one."""
    kept = []
    for name in names:
        numbers = table[name].cast(pl.Float64, strict=False)
        whole = numbers.null_count() == table[name].null_count() and numbers.is_not_null().any()
        kept.append(numbers if whole else table[name])
    return table.with_columns(kept)


def _animals(table: pl.DataFrame, names: Sequence[str]) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return what the captures say of each animal, and a finding where they say two things."""
    found = []
    keys = ["session", "animal"]
    for name in names:
        told = table.drop_nulls(name).group_by(keys).agg(pl.col("row").min(), pl.col(name).unique(maintain_order=True))
        several = told.filter(pl.col(name).list.len() > 1).sort("row")
        frame = several.select("row", value="animal", values=pl.col(name).list.join(", "))
        found.append(rows("secr-animal-differs", frame, table="captures", column=name, arguments=["values"]))
    first = table.group_by(keys, maintain_order=True).agg(pl.col(name).drop_nulls().first() for name in names)
    return _typed(first.select(*keys, *names), names), found


def _snapped(captures: pl.DataFrame, traps: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Name the detectors of captures that give their place; a finding for each where none stands."""
    parts = []
    for (session,), own in captures.group_by("session", maintain_order=True):
        here = traps.filter(pl.col("session").is_null() | (pl.col("session") == str(session)))
        if here.is_empty():
            parts.append(own.with_columns(far=pl.lit(True)))
            continue
        apart, which = cKDTree(here.select("x", "y").to_numpy()).query(own.select("x", "y").to_numpy())
        near = here["detector"].gather(np.atleast_1d(which))
        parts.append(own.with_columns(detector=near, far=pl.Series(np.atleast_1d(apart) > SNAP)))
    table = pl.concat(parts) if parts else captures.with_columns(far=pl.lit(False))
    lost = table.filter("far")
    value = pl.format("{}, {}", "x", "y")
    found = rows("secr-detector-not-found", lost.select("row", value=value), table="captures", column="x")
    return table.filter(~pl.col("far")).drop("far", "x", "y").sort("row"), found


def _short(table: str, line: _Line, expected: str) -> pl.DataFrame:
    count = len(line.cells) + len(line.behind)
    return finding("secr-line-unread", table=table, row=line.number, value=str(count), expected=expected)


def _unread(table: str, line: _Line, column: str, value: str, expected: str) -> pl.DataFrame:
    return finding("secr-cell-unread", table=table, row=line.number, column=column, value=value, expected=expected)
