"""The values a mapping may hold, each read once and refused by name where it is not what it must be."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar

import polars as pl
from polars.exceptions import ComputeError, InvalidOperationError

from tumen.errors import MisuseError, Text, nearest
from tumen.files.mapped_formats import judge_format, judge_time_format
from tumen.measure.instants import known_zone
from tumen.tables.months import MONTHS

NOTATIONS = ("decimal", "dm", "dms")
"""How an angle may be written: 43.1042, 43°06.25', 43°06'15"."""

T = TypeVar("T")
Reader = Callable[[Any, str], T]


def known(word: str, words: Iterable[str], what: str) -> str:
    """Return a word that is one of `words`; raise `MisuseError` naming the nearest one otherwise."""
    if word not in (known_words := tuple(words)):
        raise MisuseError(Text("known {what}", what=what), f"'{word}'", nearest(str(word), known_words))
    return word


class Given:
    """One section of a mapping, with the place to name in errors."""

    def __init__(self, values: Any, place: str) -> None:
        """Refuse what is no section."""
        if not isinstance(values, Mapping):
            found = "no such section" if values is None else repr(values)
            raise MisuseError(Text("a section {place}", place=place), found, "See docs/mapping.md.")
        self.values: Mapping[str, Any] = values
        self.place = place

    @classmethod
    def short(cls, section: "Given", key: str) -> "Given":
        """Return the section of one column; a header or a number alone is short for `{ column = ... }`."""
        value = section.values[key]
        return cls({"column": value} if isinstance(value, str | int) else value, f"{key} in {section.place}")

    @property
    def items(self) -> Iterable[tuple[str, Any]]:
        """Every key with its value."""
        return self.values.items()

    def at(self, key: str) -> str:
        """Name the place of a key."""
        return f"{key} in {self.place}"

    def refuse_unknown(self, keys: Iterable[str]) -> None:
        """Raise `MisuseError` for a key nobody knows."""
        for key in self.values:
            known(key, keys, Text("keys in {place}", place=self.place))

    def read(self, key: str, reader: Reader[T]) -> T | None:
        """Return a value; None where it is not given."""
        return reader(self.values[key], self.at(key)) if key in self.values else None

    def need(self, key: str, reader: Reader[T], cure: str) -> T:
        """Return a value that must be given."""
        value = self.read(key, reader)
        if value is None:
            raise MisuseError(self.at(key), "none", cure)
        return value


def text(value: Any, what: str, *, empty: bool = False) -> str:
    """Return a text."""
    if not isinstance(value, str) or not (value.strip() or empty):
        raise MisuseError(Text("a text for {what}", what=what), f"{value!r}", "Write it between quotation marks.")
    return value


def texts(value: Any, what: str) -> tuple[str, ...]:
    """Return a list of texts."""
    if not isinstance(value, list):
        raise MisuseError(
            Text("a list of texts for {what}", what=what), f"{value!r}", 'Write for example ["-", "n/a"].'
        )
    return tuple(text(item, what) for item in value)


def one_or_more(value: Any, what: str) -> tuple[str, ...]:
    """Return a text or a list of texts as a list."""
    return texts(value, what) if isinstance(value, list) else (text(value, what),)


def reference(value: Any, what: str) -> str | int:
    """Return the name of a column, or its number from 1."""
    return positive(value, what) if isinstance(value, int) else text(value, what)


def references(value: Any, what: str) -> tuple[str | int, ...]:
    """Return a list of columns."""
    if not isinstance(value, list) or not value:
        raise MisuseError(
            Text("a list of columns for {what}", what=what), f"{value!r}", 'Write for example ["X", "Y"].'
        )
    return tuple(reference(item, what) for item in value)


def positive(value: Any, what: str) -> int:
    """Return a whole number of 1 or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise MisuseError(
            Text("a whole number of 1 or more for {what}", what=what), f"{value!r}", "Write for example 2."
        )
    return value


def flag(value: Any, what: str) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise MisuseError(
            Text("true or false for {what}", what=what), f"{value!r}", "Write it without quotation marks."
        )
    return value


def country(value: Any, what: str) -> str:
    """Return an ISO 3166 code of two letters."""
    code = text(value, what)
    if not re.fullmatch(r"[A-Z]{2}", code):
        needed = Text("an ISO 3166 code of two capitals for {what}", what=what)
        raise MisuseError(needed, f"'{code}'", 'Write for example "RU".')
    return code


def regex(value: Any, what: str) -> str:
    """Return a regular expression with a group, of the kind that takes time linear in the length of a cell."""
    written = text(value, what)
    try:
        pl.Series([""]).str.extract(written)
        groups = len(pl.Series([""]).str.extract_groups(written).struct.fields)
    except (ComputeError, InvalidOperationError) as error:
        raise MisuseError(Text("a regular expression for {what}", what=what), f"'{written}'", "Correct it.") from error
    if not groups:
        needed = Text("a regular expression with a group in brackets for {what}", what=what)
        raise MisuseError(needed, f"'{written}'", "Put brackets around the part that is meant.")
    return written


def words(value: Any, what: str) -> Mapping[str, str]:
    """Return the translations of cells; an empty text means missing."""
    if not isinstance(value, Mapping) or not value:
        needed = Text("a table of words for {what}", what=what)
        raise MisuseError(needed, f"{value!r}", 'Write for example { "самка" = "female" }.')
    return {cell: text(word, f"{cell} in {what}", empty=True) for cell, word in value.items()}


def _mark(value: Any, what: str) -> str:
    mark = text(value, what, empty=True)
    if len(mark) != 1 or mark.isalnum():
        raise MisuseError(Text("one mark for {what}", what=what), f"{value!r}", 'Write for example ",".')
    return mark


def _zone(value: Any, what: str) -> str:
    return known_zone(text(value, what))


def _choice(choices: Iterable[str]) -> Reader[str]:
    return lambda value, what: known(text(value, what), choices, Text("values of {what}", what=what))


def _century(value: Any, what: str) -> int:
    if not isinstance(value, int) or value % 100 or not 1000 <= value <= 2900:
        raise MisuseError(Text("a century for {what}", what=what), f"{value!r}", "Write 2000 for 2000 to 2099.")
    return value


def _formats(value: Any, what: str) -> tuple[str, ...]:
    return tuple(judge_format(each, what) for each in one_or_more(value, what))


def _time_formats(value: Any, what: str) -> tuple[str, ...]:
    return tuple(judge_time_format(each, what) for each in one_or_more(value, what))


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How cells and files are written, as far as it was declared.

    `typed` is not declared but known: the cells come from a workbook, whose own numbers have a decimal point and whose
    own dates are ISO 8601, however they look there.
    """

    keys: ClassVar[tuple[str, ...]] = ()
    cell_keys: ClassVar[tuple[str, ...]] = ()

    decimal: str = "."
    thousands: str = ""
    missing: tuple[str, ...] = ()
    crs: str | None = None
    time_zone: str | None = None
    formats: tuple[str, ...] = ()
    time_formats: tuple[str, ...] = ()
    language: str | None = None
    century: int | None = None
    whole_day: str | None = None
    notation: str = "decimal"
    encoding: str | None = None
    delimiter: str | None = None
    typed: bool = False


_SETTINGS: Mapping[str, tuple[str, Reader[Any]]] = {
    "decimal": ("decimal", _mark),
    "thousands": ("thousands", _mark),
    "missing": ("missing", texts),
    "crs": ("crs", text),
    "timeZone": ("time_zone", _zone),
    "format": ("formats", _formats),
    "timeFormat": ("time_formats", _time_formats),
    "language": ("language", _choice(MONTHS)),
    "century": ("century", _century),
    "wholeDay": ("whole_day", _choice(("start", "end"))),
    "notation": ("notation", _choice(NOTATIONS)),
    "encoding": ("encoding", text),
    "delimiter": ("delimiter", _mark),
}
Setting.keys = tuple(_SETTINGS)
Setting.cell_keys = tuple(key for key in _SETTINGS if key not in ("encoding", "delimiter"))


def settings(own: Given, above: Setting) -> Setting:
    """Return the settings of a section: its own, else those above it."""
    given: dict[str, Any] = {
        name: own.read(key, reader) for key, (name, reader) in _SETTINGS.items() if key in own.values
    }
    setting = replace(above, **given)
    if setting.decimal == setting.thousands:
        found = Text("{mark} for both", mark=repr(setting.decimal))
        raise MisuseError(
            Text("two marks for decimal and thousands in {place}", place=own.place), found, "Correct one."
        )
    if any("%B" in each or "%b" in each for each in setting.formats) and setting.language is None:
        needed = Text("the language of the month names in {place}", place=own.place)
        raise MisuseError(needed, "none", 'Say for example language = "ru".')
    if any("%y" in each for each in setting.formats) and setting.century is None:
        needed = Text("the century of years of two digits in {place}", place=own.place)
        raise MisuseError(needed, "none", "Say century = 2000 for the years 2000 to 2099.")
    return setting
