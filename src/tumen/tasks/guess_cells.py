"""What do the cells of a foreign column look like?  The evidence behind a proposed mapping."""

import math
import re
from dataclasses import dataclass
from functools import cache, cached_property

import polars as pl

from tumen.files.mapped_cells import figures, plain, present
from tumen.files.mapped_dates import read_days
from tumen.files.mapped_formats import pattern
from tumen.files.mapped_places import read_degree
from tumen.files.mapping_values import Setting
from tumen.tables.months import MONTHS
from tumen.tables.synonyms import WORDS
from tumen.tables.taxa import resolve

SAMPLE = 2000
"""Distinct cells of a column that are looked at."""

MISSING = ("-", "–", "—", "н/д", "нет данных", "-9999", "n/a", "?", "缺失", "자료없음", "データなし")
"""Cells that may mean missing, or none: they are no evidence, and the proposal asks about them."""

_DAYS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%m.%d.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%Y年%m月%d日", "%Y년 %m월 %d일", "%Y년%m월%d일", "%Y оны %m сарын %d", "%Y оны %m-р сарын %d", "%Y %m %d"),
    *("%d.%m.%y", "%m/%d/%y", "%d/%m/%y", "%y.%m.%d"),
)
_NAMED = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%d-%b-%Y", "%Y оны %B %d", "%d %B %Y г.")
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", "T%H:%M")
_CLOCK = r"^\s*([01]?[0-9]|2[0-3])[:：][0-5][0-9]([:：][0-5][0-9])?\s*$"
_FILE = r"(?i)\.(jpe?g|png|tiff?|avi|mov|mp4|m4v|wav|mp3)\s*$"
_SERIAL = r"^[2-6][0-9]{4}([.,][0-9]+)?$"
_NUMBER = r"^\s*[+-]?[0-9]+([.,][0-9]+)?\s*$"
_GROUPED = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+$"


@dataclass(frozen=True)
class Dates:
    """The formats that fit every date of a column, the language of their months, and whether they hold a time."""

    formats: tuple[str, ...]
    language: str | None = None

    @property
    def timed(self) -> bool:
        """Whether the formats hold a time of day."""
        return any("%H" in each for each in self.formats)


@dataclass(frozen=True)
class Profile:
    """The cells of one column; every share is between 0 and 1, of its distinct filled cells."""

    header: str
    cells: pl.Series
    number: int

    @cached_property
    def filled(self) -> pl.Series:
        """The filled cells."""
        return present(self.cells, MISSING).drop_nulls()

    @cached_property
    def distinct(self) -> list[str]:
        """Different cells, the first ones."""
        return self.filled.unique(maintain_order=True).head(SAMPLE).to_list()

    @property
    def example(self) -> str:
        """The first cell."""
        return self.distinct[0] if self.distinct else ""

    @property
    def unique(self) -> bool:
        """Whether no filled cell occurs twice and none is empty."""
        return bool(self.distinct) and self.filled.n_unique() == len(self.cells)

    def share(self, regex: str) -> float:
        """Return how many of the cells fit a pattern."""
        return sum(bool(re.search(regex, cell)) for cell in self.distinct) / max(1, len(self.distinct))

    @cached_property
    def numbers(self) -> list[float]:
        """The cells that are numbers by either decimal mark."""
        read = (figures(plain(cell), Setting(decimal=mark)) for cell in self.distinct for mark in _marks(cell))
        return [number for each in read if each is not None and math.isfinite(number := float(each))]

    @cached_property
    def numeric(self) -> float:
        """How many of the cells are numbers."""
        return min(1.0, len(self.numbers) / len(self.distinct)) if self.distinct else 0.0

    @cached_property
    def whole(self) -> bool:
        """Whether all numbers are whole."""
        return bool(self.numbers) and all(number == int(number) for number in self.numbers)

    @cached_property
    def times(self) -> float:
        """How many of the cells are times of day."""
        return self.share(_CLOCK)

    @cached_property
    def files(self) -> float:
        """How many of the cells are names of media files."""
        return self.share(_FILE)

    @cached_property
    def serials(self) -> bool:
        """Whether all cells could be days as spreadsheets count them."""
        return bool(self.distinct) and self.share(_SERIAL) == 1.0

    @cached_property
    def taxa(self) -> float:
        """How many of the cells are scientific names of the region."""
        shaped = [cell for cell in self.distinct[:200] if re.match(r"^[A-Z][a-z]+ [a-z]+", cell)]
        return sum(int(resolve(cell).problem != "unknown") for cell in shaped) / max(1, len(self.distinct[:200]))

    @cached_property
    def dates(self) -> Dates:
        """The date formats that fit every cell."""
        cells = pl.Series(self.distinct, dtype=pl.String)
        if cells.is_empty() or self.share(r"^[^0-9]*[0-9][0-9\D]*[0-9]") < 1.0 or self.share(_NUMBER) > 0.0:
            return Dates(())
        for language, days in ((None, _DAYS), *((language, _NAMED) for language in MONTHS)):
            likely = [each + time for each in days for time in _TIMES if _may(self.example, each + time, language)]
            fitting = [each for each in likely if _fits(cells, each, language)]
            if fitting:
                return Dates(tuple(fitting), language)
        return Dates(())

    def notation(self, axis: str) -> str | None:
        """Return the notation in which every cell is an angle of an axis; None where none fits."""
        for notation in ("decimal", "dm", "dms"):
            settings = [Setting(notation=notation, decimal=mark) for mark in (".", ",")]
            if self.distinct and all(
                any(read_degree(cell, axis, setting)[0] is not None for setting in settings) for cell in self.distinct
            ):
                return notation
        return None

    def translations(self, vocabulary: tuple[str, ...]) -> dict[str, str | None]:
        """Return the cells with the word of the vocabulary each means; None for a cell nobody knows."""
        known = {word.casefold(): word for word in vocabulary}
        for word in vocabulary:
            known |= {synonym: word for synonym in WORDS.get(word, ()) if synonym not in known}
        return {cell: known.get(plain(cell).casefold()) for cell in self.distinct}

    @cached_property
    def decimal(self) -> str | None:
        """The decimal mark its numbers show: "," or ".", "?" where they can be read both ways, None for neither."""
        if not self.numeric or self.dates.formats:
            return None
        commas = [cell for cell in self.distinct if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", plain(cell))]
        points = [cell for cell in self.distinct if re.fullmatch(r"[+-]?[0-9]*\.[0-9]+", plain(cell))]
        if commas and points:
            return "?"
        if points:
            return "."
        return None if not commas else "?" if all(re.match(_GROUPED, plain(cell)) for cell in commas) else ","


def _marks(cell: str) -> tuple[str, ...]:
    return (",",) if "," in cell else (".",)


@cache
def _shape(written: str, language: str | None) -> re.Pattern[str]:
    return re.compile(pattern(written, language).regex)


def _may(example: str, written: str, language: str | None) -> bool:
    """Say quickly whether one cell has the shape of a format."""
    return _shape(written, language).match(example.strip()) is not None


def _fits(cells: pl.Series, written: str, language: str | None) -> bool:
    # Which century a year of two digits means is asked of the user; any will do to see whether the format fits.
    setting = Setting(formats=(written,), language=language, century=2000)
    read = read_days(cells, setting)
    return read["problem"].null_count() == len(cells) and read["text"].null_count() == 0
