"""How values become words in a cell."""

from collections.abc import Mapping

import polars as pl

from tumen.report.source import ReportSource
from tumen.report.waterbird_tables import LEVEL_NAMES
from tumen.report.words.render import Value, Words

SHOWN = 40
"""Rows of a long table that the report prints; the whole table is in its file."""


def capital(text: str) -> str:
    """Return a text with its first letter large.

    >>> capital("тигр")
    'Тигр'
    """
    return text[:1].upper() + text[1:]


def species_name(words: Words, scientific: object) -> str:
    """Return what to call a species in a cell of its own; a missing name is said, not left blank.

    >>> species_name(Words("en"), "Panthera tigris"), species_name(Words("en"), None)
    ('Tiger', 'Species not stated')
    """
    return capital(words.species(str(scientific)).plain) if scientific else words.text("Species not stated")


def whole(value: object) -> int:
    """Return a count of a table; a table that promises a count and has none is a mistake of ours."""
    if not isinstance(value, int):
        raise TypeError(f"a count is needed, found {value!r}")
    return value


def real(value: object) -> float:
    """Return a measure of a table; see `whole`."""
    if not isinstance(value, int | float):
        raise TypeError(f"a measure is needed, found {value!r}")
    return float(value)


def at_least(words: Words, low: object, high: object) -> str:
    """Return a count and, where uncertain sides allow more, up to how many.

    >>> at_least(Words("en"), 3, 3), at_least(Words("en"), 3, 5)
    ('3', '3–5')
    """
    least, most = whole(low), whole(high)
    return words.number(least) if least == most else f"{words.number(least)}–{words.number(most)}"


def further(words: Words, rows: int) -> str:
    """Return the sentence that says a printed table is cut short; empty if it is whole."""
    if rows <= SHOWN:
        return ""
    return words.text("The first {shown} of {rows} rows; the file has them all.", shown=SHOWN, rows=rows)


def named(arguments: Mapping[str, Value], words: Words) -> dict[str, Value]:
    """Return the arguments of a catalogue text with codes of countries and names of species in words.

    >>> named({"country": "CN", "species": "Panthera tigris", "value": "x"}, Words("ru"))
    {'country': 'Китай', 'species': 'тигр', 'value': 'x'}
    """
    shown = dict(arguments)
    if isinstance(code := shown.get("country"), str):
        shown["country"] = words.countries(code) or "–"
    if isinstance(name := shown.get("species"), str):
        shown["species"] = words.text("any species") if name == "*" else words.species(name).plain
    if isinstance(label := shown.get("quantity"), str):
        shown["quantity"] = words.text(label)
    if isinstance(levels := shown.get("levels"), str):
        shown["levels"] = ", ".join(words.text(LEVEL_NAMES.get(each, each)) for each in levels.split(", "))
    return shown


def with_cubs(source: ReportSource, words: Words, scientific: str | None = None) -> str:
    """Return a sentence, with a space before it, if crossings of cubs (of one species) are among those shown."""
    individuals = source.crossings.tables["individuals"].filter((pl.col("stage") == "cub") & (pl.col("crossings") > 0))
    if scientific is not None:
        individuals = individuals.filter(pl.col("scientificName") == scientific)
    return "" if individuals.is_empty() else " " + words.text("Crossings of cubs are among them.")
