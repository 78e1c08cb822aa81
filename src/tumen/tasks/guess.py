"""Propose a mapping for somebody's own tables, by header and cells, for a person to confirm.

The proposal is TOML with a reason and a certainty at every line. What cannot be known from the tables is left as
`REQUIRED`, and a mapping with that word in it is refused: nothing guessed is ever read unseen.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import polars as pl

from tumen.errors import FormatError, MisuseError, Text
from tumen.files.decode import decode
from tumen.files.delimiters import detect_dialect, read_raw
from tumen.files.headers import take_header
from tumen.files.mapped_sheets import WORKBOOKS, How, read_bytes, read_sheet
from tumen.files.workbook import read_workbook
from tumen.tables.cast import FALSE, TRUE
from tumen.tables.catalogue import guesses as words
from tumen.tables.protocol import VERSION
from tumen.tables.schema import Column, Kind
from tumen.tasks.guess_cells import MISSING, Profile
from tumen.tasks.guess_columns import CERTAIN, Candidate, Match, candidates, key, unit_of

_SURE = 0.95
_LEAST_SCORE = 0.15
_GENUS = ("genus", "род", "属", "속", "төрөл")
MOST_COLUMNS = 20_000
"""Columns of a table that a mapping is proposed for; no table of observations has as many."""
_WIDE = 3
"""Columns headed by scientific names from which a table of counts is taken to be wide."""


class Say(Protocol):
    """Puts a text into a language and fills its {named} places, as `tumen.report.words.Words.text` does."""

    def __call__(self, msgid: str, /, **values: str | int | float) -> str:
        """Return the text."""


def plainly(msgid: str, /, **values: str | int | float) -> str:
    """Say a text in English.

    >>> plainly("{percent} % certain.", percent=90)
    '90 % certain.'
    """
    return msgid.format(**values)


def guess(paths: Sequence[Path], say: Say = plainly) -> str:
    """Return a proposed mapping of tables (CSV, TSV, XLSX, ODS) in TOML; `say` puts its comments into a language.

    The paths in it are relative to the folder that holds all of the tables. Raises `FormatError` for a file that cannot
    be read at all or has more than `MOST_COLUMNS` columns.
    """
    say = _in_one_line(say)
    if not paths:
        raise MisuseError("at least one table", "none", "Name the files to propose a mapping for.")
    folder = paths[0].parent
    while not all(path.is_relative_to(folder) for path in paths):
        folder = folder.parent
    parts = [part for path in paths for part in _file(path, path.relative_to(folder).as_posix(), say)]
    lines = [
        f"# {say(words.INTRO, files=', '.join(path.name for path in paths))}",
        f"# {say(words.MEASURE)}",
        f"# {say(words.OPEN)}",
        "",
    ]
    lines += ["[package]", _line("party", _open(), say(words.PARTY)), f"# country = ... # {say(words.COUNTRY)}"]
    lines.append(f'protocol = "{VERSION}"')
    local = sum(part.local for part in parts)
    if local:
        lines.append(_line("timeZone", _open(), say(words.ZONE, count=local)))
    if any(part.places for part in parts):
        lines.append(_line("crs", _open(), say(words.SYSTEM)))
    for part in parts:
        lines += ["", *part.lines]
    return "\n".join(lines) + "\n"


def _in_one_line(say: Say) -> Say:
    """Keep line breaks and control characters of foreign cells out of the comments, where TOML forbids them."""

    def said(msgid: str, /, **values: str | int | float) -> str:
        return "".join(sign if sign.isprintable() else " " for sign in say(msgid, **values))

    return said


class _Part:
    """The lines of one sheet, and what they need said about the whole package."""

    def __init__(self, lines: list[str], profiles: Sequence[Profile] = ()) -> None:
        self.lines = lines
        self.profiles = profiles
        self.local = 0
        self.places = False


def _file(path: Path, name: str, say: Say) -> list[_Part]:
    data = read_bytes(path)
    if path.suffix.lower() in WORKBOOKS:
        sheets = [sheet for sheet in read_workbook(data).sheets if not sheet.raw.is_empty()]
        return [
            _sheet(path, How(sheet=sheet.name), sheet.raw, [_line("file", name), _line("sheet", sheet.name)], say)
            for sheet in sheets
        ]
    decoded = decode(data)
    cut = detect_dialect(decoded.text)
    lines = [_line("file", name)]
    percent = round(100 * decoded.confidence)
    if decoded.confidence < _SURE:
        example = next((line for line in decoded.text.splitlines() if not line.isascii()), "")[:80]
        said = say(words.ENCODING_OPEN, value=decoded.encoding, percent=percent, example=example)
        lines.append(_line("encoding", _open(), said))
    else:
        lines.append(_line("encoding", decoded.encoding, say(words.ENCODING, percent=percent)))
    certain = say(words.DELIMITER, percent=round(100 * cut.certainty))
    lines.append(_line("delimiter", cut.dialect.delimiter, certain))
    how = How(encoding=decoded.encoding, delimiter=cut.dialect.delimiter)
    return [_sheet(path, how, read_raw(decoded.text, cut.dialect), lines, say)]


def _sheet(path: Path, how: How, raw: pl.DataFrame, lines: list[str], say: Say) -> _Part:
    if raw.width > MOST_COLUMNS:
        raise FormatError(
            Text("a table of at most {most} columns", most=MOST_COLUMNS),
            Text(
                "sheet {name} of {rows} rows and {columns} columns",
                name=how.sheet or path.name,
                rows=raw.height,
                columns=raw.width,
            ),
            "Cut the table into several files, or write the mapping by hand.",
        )
    title = take_header(raw).findings.filter(code="header-title-lines")
    if title.height:
        row = int(json.loads(title["arguments"][0])["likely"])
        how = replace(how, header_row=row)
        lines = [*lines, f"headerRow = {row}  # {say(words.HEADER_ROW)}"]
    sheet = read_sheet(path, how, "")
    profiles = [Profile(name, sheet.cells[name], n) for n, name in enumerate(sheet.cells.columns)]
    wide = [profile for profile in profiles if _is_taxon(profile.header)]
    numbers = {profile.number for profile in wide} if len(wide) >= _WIDE else set()
    narrow = [profile for profile in profiles if profile.number not in numbers]
    if len(wide) >= _WIDE:
        narrow = [*narrow, *_melted(wide, len(profiles))]
    found = candidates(narrow, f"{path.stem} {sheet.name or ''}")
    if len(wide) >= _WIDE:
        found = [each for each in found if each.table.name == "counts"] or found
    part = _Part([], narrow)
    part.lines = ["[[table]]", *_table(found, narrow, say), *lines, *_settings(narrow, say)]
    if len(wide) >= _WIDE:
        part.lines.append(_unpivot(wide, say))
    _columns(part, found[0] if found else None, say)
    return part


def _is_taxon(header: str) -> bool:
    # Most headers have not the shape of a name; looking at them as cells would take most of the time.
    return re.match(r"\s*[A-Z][a-z]+ [a-z]+", header) is not None and Profile(header, _series([header]), 0).taxa > 0


def _series(cells: Sequence[str]) -> pl.Series:
    return pl.Series(list(cells), dtype=pl.String)


def _melted(wide: Sequence[Profile], number: int) -> list[Profile]:
    """Return the two columns that a wide table's counts become."""
    cells = [cell for profile in wide for cell in profile.filled.to_list()]
    return [
        Profile("species", _series([profile.header for profile in wide]), number),
        Profile("number", _series(cells), number + 1),
    ]


def _unpivot(wide: Sequence[Profile], say: Say) -> str:
    listed = ", ".join(_quoted(profile.header) for profile in wide)
    value = f'{{ columns = [{listed}], header = "species", cell = "number", empty = "REQUIRED" }}'
    return f"unpivot = {value}  # {say(words.EMPTY_OPEN)}"


def _table(found: Sequence[Candidate], profiles: Sequence[Profile], say: Say) -> list[str]:
    near = ", ".join(each.table.name for each in found[:3])
    if not found or found[0].score < _LEAST_SCORE:
        return [_line("name", _open(), say(words.TABLE_OPEN, near=near or "-"))]
    best = found[0]
    kept = [match for match in best.matches if match.certainty >= CERTAIN]
    rival = found[1].score if len(found) > 1 else 0.0
    percent = round(100 * min(0.99, max(0.3, 0.5 + (best.score - max(rival, 0.0)))))
    return [_line("name", best.table.name, say(words.TABLE, percent=percent, count=len(kept), all=len(profiles)))]


def _settings(profiles: Sequence[Profile], say: Say) -> list[str]:
    """Return the lines about decimal marks and missing words."""
    lines = []
    marks = {profile.decimal: profile for profile in reversed(profiles) if profile.decimal}
    shown = [
        cell for mark in (",", "?", ".") if mark in marks for cell in marks[mark].distinct if re.search("[.,]", cell)
    ]
    if "?" in marks or {",", "."} <= marks.keys():
        lines.append(_line("decimal", _open(), say(words.DECIMAL_OPEN, example=", ".join(shown[:3]))))
    elif "," in marks:
        lines.append(_line("decimal", ",", say(words.DECIMAL_FOUND, example=shown[0])))
    held = {cell.strip() for profile in profiles for cell in profile.cells.unique() if cell is not None}
    used = [word for word in MISSING if word in held]
    if used:
        listed = ", ".join([_open(), *map(_quoted, used)])
        lines.append(f"missing = [{listed}]  # {say(words.MISSING_OPEN)}")
    return lines


def _columns(part: _Part, chosen: Candidate | None, say: Say) -> None:
    """Add the columns of one table: the proposed, the doubtful as comments, and the required that nothing fits."""
    profiles = part.profiles
    part.lines += ["", "[table.columns]"]
    used: set[int] = set()
    if chosen is not None:
        matches = {match.column.name: match for match in chosen.matches}
        clocks = _clocks(profiles, {match.profile.number for match in chosen.matches})
        for column in chosen.table.columns:
            match = matches.get(column.name)
            sure = match is not None and match.certainty >= CERTAIN
            if match is not None and (sure or not column.required):
                text, numbers = _mapped(match, clocks, part, say)
                used |= numbers if sure else set()
                part.lines.append(text if sure else f"# {text}")
            elif column.required and _is_derived(column, matches):
                part.lines.append(_lacking(column, say))
    rest = [profile.header for profile in profiles if profile.number not in used]
    if rest:
        part.lines.append(f"# {say(words.UNMAPPED, columns=', '.join(rest))}".replace("\n", " "))


def _is_derived(column: Column, matches: Mapping[str, Match]) -> bool:
    """Say whether a required column has to be asked for; the status of a wide table's counts follows from its cells."""
    melted = "count" in matches and matches["count"].profile.header == "number"
    return not ("notCounted" in column.vocabulary and melted)


def _lacking(column: Column, say: Say) -> str:
    meaning = f"{column.meaning} {' | '.join(column.vocabulary)}".strip()
    said = words.LACKING_KEY if column.unique else words.LACKING
    return _line(column.name, _open(), say(said, meaning=meaning))


def _clocks(profiles: Sequence[Profile], used: set[int]) -> dict[int, Profile]:
    """Return the columns of times of day, by the number of the column that they stand behind."""
    return {each.number - 1: each for each in profiles if each.times == 1.0 and each.number not in used}


def _mapped(match: Match, clocks: Mapping[int, Profile], part: _Part, say: Say) -> tuple[str, set[int]]:
    """Return the line of one column and the foreign columns it uses."""
    profile, column = match.profile, match.column
    percent = round(100 * match.certainty)
    because = {
        "header": lambda: say(words.BY_HEADER, percent=percent),
        "alike": lambda: say(words.BY_ALIKE, percent=percent, word=match.word),
        "cells": lambda: say(words.BY_CELLS, percent=percent, example=profile.example[:40]),
    }[match.evidence]()
    reasons = [because]
    if match.certainty < CERTAIN:
        reasons = [say(words.UNSURE, percent=percent)]
    keys: dict[str, str] = {"column": _quoted(profile.header)}
    used = {profile.number}
    if column.kind in (Kind.DATETIME, Kind.DATE):
        clock = clocks.get(profile.number) if column.kind is Kind.DATETIME and not profile.dates.timed else None
        keys = _dated(profile, clock, column, (reasons, say))
        used |= {clock.number} if clock is not None else set()
        part.local += column.kind is Kind.DATETIME
    elif column.name in ("latitude", "longitude"):
        part.places = True
        notation = profile.notation(column.name)
        keys |= {"notation": _quoted(notation)} if notation in ("dm", "dms") else {}
    elif column.kind in (Kind.NUMBER, Kind.INTEGER):
        keys |= _unit(profile, column, (reasons, say))
    elif column.name == "scientificName" and (genus := _genus(profile, part)) is not None:
        keys = {"columns": f"[{_quoted(genus.header)}, {_quoted(profile.header)}]", "join": '" "'}
        used.add(genus.number)
    elif column.vocabulary or column.kind is Kind.BOOLEAN:
        keys |= _words(profile, column, (reasons, say))
    short = len(keys) == 1 and "column" in keys
    value = keys["column"] if short else "{ " + ", ".join(f"{name} = {text}" for name, text in keys.items()) + " }"
    return f"{column.name} = {value}  # {' '.join(reasons)}".replace("\n", " "), used


def _genus(profile: Profile, part: _Part) -> Profile | None:
    """Return the column of the genera where a column of species holds epithets alone."""
    if profile.share(r"^[a-z-]+$") < 1.0:
        return None
    genera = [each for each in part.profiles if key(each.header) in _GENUS and each.share(r"^[A-Z][a-z]+$") == 1.0]
    return genera[0] if genera else None


Reasons = tuple[list[str], Say]


def _dated(profile: Profile, clock: Profile | None, column: Column, why: Reasons) -> dict[str, str]:
    reasons, say = why
    keys = {"column" if clock is None else "date": _quoted(profile.header)}
    if clock is not None:
        keys["time"] = _quoted(clock.header)
    dates = profile.dates
    if len(dates.formats) == 1:
        keys["format"] = _quoted(dates.formats[0])
    elif dates.formats:
        keys["format"] = _open()
        reasons.append(say(words.FORMAT_OPEN, example=profile.example, formats=", ".join(dates.formats)))
    elif profile.serials:
        keys["format"] = _open()
        reasons.append(say(words.FORMAT_OPEN, example=profile.example, formats="excel1900, excel1904"))
    else:
        keys["format"] = _open()
        reasons.append(say(words.FORMAT_NONE, example=profile.example))
    if dates.language is not None:
        keys["language"] = _quoted(dates.language)
    if any("%y" in each for each in dates.formats):
        keys["century"] = _open()
    if column.kind is Kind.DATETIME and clock is None and not dates.timed:
        keys["wholeDay"] = _open()
        reasons.append(say(words.WHOLE_DAY, example=profile.example))
    return keys


def _unit(profile: Profile, column: Column, why: Reasons) -> dict[str, str]:
    """Propose the unit of a header; ask for it where cells have one and the header none."""
    reasons, say = why
    unit = unit_of(profile.header)
    if unit and column.unit:
        return {"unit": _quoted(unit)}
    # One cell such as "73x" in a column of counts is a bad cell, not a unit.
    share = profile.share(r"^\s*[+-]?\d+([.,]\d+)?\s*[^\d\s.,+-]+\.?$")
    if share > 0.5 or (share and column.kind is Kind.NUMBER):
        reasons.append(say(words.UNIT_OPEN, unit=column.unit or "-"))
        return {"unit": _open()}
    return {}


def _words(profile: Profile, column: Column, why: Reasons) -> dict[str, str]:
    """Propose the translation of every word; a word nobody knows is left open."""
    reasons, say = why
    found = profile.translations(column.vocabulary or ("true", "false"))
    own = column.vocabulary or (*TRUE, *FALSE)
    if all(cell in own for cell in found):
        return {}
    if None in found.values():
        reasons.append(say(words.WORDS_OPEN))
    listed = ", ".join(f"{_quoted(cell)} = {_quoted(word) if word else _open()}" for cell, word in found.items())
    return {"words": f"{{ {listed} }}"}


def _open() -> str:
    return '"REQUIRED"'


def _quoted(text: str) -> str:
    """Write a text as TOML does; the escapes of JSON are among TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _line(key: str, value: str, comment: str = "") -> str:
    written = value if value == _open() else _quoted(value)
    return f"{key} = {written}" + (f"  # {comment}" if comment else "")
