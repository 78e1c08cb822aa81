"""Which column of the protocol is a foreign column most like?  By its header in six languages, and by its cells."""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from tumen.tables.protocol import TABLES
from tumen.tables.schema import Column, Kind, Table
from tumen.tables.synonyms import FILES, HEADERS
from tumen.tasks.guess_cells import Profile

CERTAIN = 0.6
"""From this certainty on a column is proposed; below it is only mentioned."""
MENTIONED = 0.4
_ALIKE = 0.86
_BY_CELLS = ("scientificName", "filePath")
"""Columns that are told by their cells, whatever their header says."""

_UNIT = re.compile(
    r"(?:[\[(（,，]|\s)\s*(m|km|cm|м|км|см|米|公里|미터|メートル|ha|га|公顷|s|с|сек|秒|초|°|град|度|도|deg)\.?\s*[\])）]?\s*$"
)

_BRACKETS = re.compile(r"\s*[\[(（][^\])）]*[\])）]\s*$")


@dataclass(frozen=True)
class Match:
    """A foreign column taken for one of the protocol: how certain (0 to 1) and by what evidence.

    `evidence` is `header`, `alike` (the header resembles `word`) or `cells`.
    """

    profile: Profile
    column: Column
    certainty: float
    evidence: str
    word: str = ""

    @property
    def exact(self) -> bool:
        """Whether the header is the column's own name; nothing its cells hold can speak against that."""
        return _is_exact(self.profile.header, self.column.name)


def _is_exact(header: str, name: str) -> bool:
    return header.strip().casefold() == name.casefold()


@dataclass(frozen=True)
class Candidate:
    """A table of the protocol that a sheet may fill, with the columns it would fill."""

    table: Table
    matches: tuple[Match, ...]
    score: float


def unit_of(header: str) -> str:
    """Return the unit that stands at the end of a header; "" for none.

    >>> unit_of("Высота, м"), unit_of("height (cm)"), unit_of("habitat")
    ('м', 'cm', '')
    """
    found = _UNIT.search(header)
    return found[1] if found else ""


def key(header: str) -> str:
    """Return a header in the form in which headers are compared: small letters, no marks, no unit.

    >>> key("№ Камеры "), key("Height (m)"), key("deploymentID")
    ('№ камеры', 'height', 'deployment id')
    """
    text = unicodedata.normalize("NFKC", _UNIT.sub("", _BRACKETS.sub("", header) or header)).replace("No", "№")
    text = re.sub(r"([a-z])([A-Z])", r"\1 \2", text).casefold()
    return " ".join(re.sub(r"[^\w№]+|_", " ", text).split())


@cache
def words_for(name: str) -> tuple[str, ...]:
    """Return the compared forms of everything a column is called."""
    own = [key(name), re.sub(r" id$", "", key(name))]
    return tuple(dict.fromkeys([*own, *(key(word) for word in HEADERS.get(name, ()) if word)]))


_NONE = (0.0, "")


def by_header(header: str, name: str) -> tuple[float, str]:
    """Return how well a header fits a column (0 to 1), and the word it fits."""
    return fitting(header).get(name, _NONE)


@lru_cache(maxsize=32_768)
def fitting(header: str) -> Mapping[str, tuple[float, str]]:
    """Return the columns that a header fits at all, with how well (0 to 1) and the word it fits.

    >>> fitting("Latitude")["latitude"]
    (1.0, 'latitude')
    """
    said = key(header)
    fits = {name: _fit(said, name) for word in _near(said) for name in _names()[word]}
    return {name: fit for name, fit in fits.items() if fit[0] > 0.0}


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Return every word that a column is called, with the names of the columns that are called so."""
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(column.name for table in TABLES.values() for column in table.columns):
        for word in words_for(name):
            found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}


@cache
def _joined() -> dict[str, list[str]]:
    """Return the words by their form without spaces."""
    found: dict[str, list[str]] = {}
    for word in _names():
        found.setdefault(word.replace(" ", ""), []).append(word)
    return found


@cache
def _sized() -> dict[int, list[tuple[str, frozenset[str]]]]:
    """Return the words and their letters, by their length."""
    found: dict[int, list[tuple[str, frozenset[str]]]] = {}
    for word in _names():
        found.setdefault(len(word), []).append((word, frozenset(word)))
    return found


def _near(said: str) -> list[str]:
    """Return the words that a header is, begins with, or may resemble: of like length, and mostly of its letters."""
    near = [*_joined().get(said.replace(" ", ""), ())]
    near += [said[:end] for end in range(1, len(said)) if said[:end] in _names()]
    letters = frozenset(said)
    for size in range(4, 2 * len(said) if len(said) > 3 else 0):
        together = size + len(said)
        if 2 * min(size, len(said)) < _ALIKE * together:
            continue
        # Each letter that only one of the two has is a sign that cannot fit.
        spare, lost = len(said) - _ALIKE * together / 2, size - _ALIKE * together / 2
        near += [
            word for word, own in _sized().get(size, ()) if len(letters - own) <= spare and len(own - letters) <= lost
        ]
    return near


def _fit(said: str, name: str) -> tuple[float, str]:
    best, closest = 0.0, ""
    for rank, word in enumerate(words_for(name)):
        if said == word or said.replace(" ", "") == word.replace(" ", ""):
            # The standard's own name and the first synonyms say more than a word such as "date".
            return (1.0 if rank == 0 else 0.95 if " " in word or len(word) > 4 else 0.85), word
        ratio = _likeness(said, word)
        if ratio >= _ALIKE and ratio * 0.8 > best:
            best, closest = ratio * 0.8, word
        if len(word) > 2 and (said.startswith(word + " ") or (not word.isascii() and said.startswith(word))):
            best, closest = max((best, closest), (0.7, word))
    return best, closest


def _likeness(one: str, other: str) -> float:
    """Return how alike two words are, 0 where that cannot reach what counts."""
    shorter, longer = sorted((len(one), len(other)))
    if shorter <= 3 or 2 * shorter / (shorter + longer) < _ALIKE:
        return 0.0
    matcher = difflib.SequenceMatcher(None, one, other)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def by_cells(profile: Profile, column: Column) -> float:
    """Return how well the cells fit a column: 0 cannot be, 0.5 says nothing, 1 speaks for it."""
    if not profile.distinct:
        return 0.5
    if column.name in ("latitude", "longitude"):
        return _place(profile, column.name)
    if column.kind in (Kind.DATETIME, Kind.DATE):
        return 1.0 if profile.dates.formats else 0.6 if profile.serials else 0.3 if profile.times == 1.0 else 0.0
    if column.kind in (Kind.NUMBER, Kind.INTEGER):
        numeric = max(profile.numeric, profile.share(r"^\s*[+-]?\d+([.,]\d+)?\s*\S{1,3}$"))
        return 0.0 if numeric < 0.8 else 0.7 if profile.whole or column.kind is Kind.NUMBER else 0.0
    if column.kind is Kind.BOOLEAN:
        words = profile.translations(("true", "false")).values()
        return sum(word is not None for word in words) / max(1, len(words))
    return _text(profile, column)


def _place(profile: Profile, name: str) -> float:
    limit = 90 if name == "latitude" else 180
    if profile.notation(name) in ("dm", "dms"):
        return 1.0
    if profile.numeric < 0.9:
        return 0.0
    inside = all(abs(number) <= limit for number in profile.numbers)
    return 0.9 if inside and not profile.whole else 0.5


def _text(profile: Profile, column: Column) -> float:
    if column.vocabulary:
        words = profile.translations(column.vocabulary).values()
        known = sum(word is not None for word in words) / max(1, len(words))
        return 0.2 + 0.8 * known if len(words) <= 60 else 0.0
    if column.name == "scientificName":
        return 0.1 + 0.9 * profile.taxa
    if column.name in ("filePath", "fileName"):
        return profile.files
    if column.unique:
        return 0.8 if profile.unique else 0.1
    return 0.3 if profile.dates.formats or profile.times == 1.0 else 0.5


def judge(profile: Profile, column: Column) -> Match | None:
    """Return the match of a foreign column with one of the protocol; None where nothing speaks for it.

    A column that bears a name of the protocol is that column: its bad cells are findings when it is read.
    """
    header, word = by_header(profile.header, column.name)
    if header == 0.0 and column.name not in _BY_CELLS:
        return None
    cells = by_cells(profile, column)
    if cells == 0.0 and profile.distinct and not _is_exact(profile.header, column.name):
        return None
    if header == 0.0:
        return Match(profile, column, 0.65, "cells") if cells >= 0.8 else None
    certainty = round(header * (0.65 + 0.35 * cells), 2)
    return Match(profile, column, certainty, "header" if header >= 0.85 else "alike", word)


def candidates(profiles: Sequence[Profile], names: str) -> list[Candidate]:
    """Return the tables a sheet may fill, the best first; `names` are the names of its file and sheet."""
    found = [_candidate(table, profiles, names.casefold()) for table in TABLES.values()]
    return sorted((each for each in found if each.matches), key=lambda each: (-each.score, each.table.name))


def _candidate(table: Table, profiles: Sequence[Profile], names: str) -> Candidate:
    columns = {column.name: column for column in table.columns}
    told = [name for name in _BY_CELLS if name in columns]
    judged = [
        match
        for profile in profiles
        for name in dict.fromkeys([*fitting(profile.header), *told])
        if name in columns and (match := judge(profile, columns[name]))
    ]
    judged.sort(
        key=lambda match: (
            not match.exact,
            -match.certainty,
            match.profile.number,
            table.names.index(match.column.name),
        )
    )
    taken: dict[str, Match] = {}
    used: set[int] = set()
    for match in judged:
        if match.column.name not in taken and match.profile.number not in used and match.certainty >= MENTIONED:
            taken[match.column.name] = match
            used.add(match.profile.number)
    kept = [match for match in taken.values() if match.certainty >= CERTAIN]
    fits = sum(match.certainty for match in kept)
    required = [column for column in table.columns if column.required]
    lacking = sum(column.name not in {match.column.name for match in kept} for column in required)
    named = any(part in names for part in FILES.get(table.name, (table.name,)))
    # A table that leaves columns unexplained or its own required ones empty is less likely the right one.
    score = fits / max(1, len(profiles)) - 0.5 * lacking / max(1, len(required)) + (0.3 if named else 0.0)
    return Candidate(table, tuple(sorted(taken.values(), key=lambda m: table.names.index(m.column.name))), score)
