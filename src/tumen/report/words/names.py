"""What is a species or a place called?  Names by language and region, each with where it was seen.

`names.csv` has one row per name: `kind` (species or place), `name` (the scientific name, or the English key of a
place), `language`, `region` (empty, or the ISO 3166-1 code of the country whose usage it is), `text` (as it stands
inside a sentence), `source` and `reviewed` (by a native speaker). Usages of several countries stand side by side and
none is corrected. A study may bring a list of its own with the same columns; its names come first.

A name is never borrowed from another language: what has no name here has none, and `Words.nameless` says so.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from tumen.errors import MisuseError, Text, nearest
from tumen.tables.taxa import resolve

COLUMNS = ("kind", "name", "language", "region", "text", "source", "reviewed")
KINDS = ("species", "place")
LANGUAGES = ("en", "ru", "zh-Hans", "zh-Hant", "ko", "ja", "mn")
"""Languages a name may be in: those of the program, and Chinese in traditional characters."""

_MAY_BE_EMPTY = ("region",)
_REGION = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True)
class Name:
    """One name: its text, what it was seen in, whether a native speaker has reviewed it."""

    text: str
    source: str
    reviewed: bool


Names = Mapping[tuple[str, str, str], Mapping[str, Name]]
"""(kind, name, language) -> region -> name; region "" is usage that is nobody's in particular."""


@cache
def shipped() -> Names:
    """Return the names that ship with the program.

    >>> shipped()["species", "Grus monacha", "ko"]["KP"].text
    '갯두루미'
    """
    with files(__package__).joinpath("names.csv").open(encoding="utf-8") as stream:
        return parse(stream.read(), "names.csv")


def parse(text: str, what: str) -> Names:
    r"""Return the names of a CSV text; raise `MisuseError` naming the first row of `what` that is wrong.

    >>> own = parse("kind,name,language,region,text,source,reviewed\nspecies,Panthera tigris,en,,Amur tiger,us,true\n",
    ...     "our.csv")
    >>> own["species", "Panthera tigris", "en"][""]
    Name(text='Amur tiger', source='us', reviewed=True)
    """
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise MisuseError(Text("names in CSV in {file}", file=what), str(error), "Correct the file.") from error
    header = rows[0] if rows else []
    if sorted(header) != sorted(COLUMNS):
        needed = Text("the columns {columns} in {file}", columns=", ".join(COLUMNS), file=what)
        raise MisuseError(needed, ", ".join(header) or "none", "Give each of them once and no other.")
    names: dict[tuple[str, str, str], dict[str, Name]] = {}
    for number, cells in enumerate(rows[1:], start=2):
        if not cells:
            continue
        where = Text("row {row} of {file}", row=number, file=what)
        if len(cells) != len(header):
            raise MisuseError(where, Text("{count} cells", count=len(cells)), "Give one cell for each column.")
        row = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
        _judge(row, where)
        usages = names.setdefault((row["kind"], _accepted(row["kind"], row["name"]), row["language"]), {})
        if row["region"] in usages:
            raise MisuseError(where, f"'{row['name']}'", "Keep one row for each name, language and region.")
        usages[row["region"]] = Name(row["text"], row["source"], row["reviewed"] == "true")
    return MappingProxyType({key: MappingProxyType(usages) for key, usages in names.items()})


def name_of(kind: str, name: str, language: str, region: str = "", own: Names | None = None) -> Name | None:
    """Return what a species or place is called in a language; None if the lists do not say.

    The usage of `region` comes first, then that of no region in particular, then that of other regions if they all
    agree. A name of the study's `own` list comes before one that ships. A subspecies goes by the name of its species,
    an older scientific name by that of the accepted one.

    >>> name_of("species", "Panthera tigris altaica", "ja").text
    'トラ'
    >>> [name_of("species", "Panthera tigris", "ko", region).text for region in ("KR", "KP")]
    ['호랑이', '조선범']
    >>> name_of("species", "Panthera tigris", "de") is None
    True
    """
    accepted = _accepted(kind, name)
    species = " ".join(accepted.split()[:2]) if kind == "species" else accepted
    for names in (own or {}, shipped()):
        for candidate in dict.fromkeys((accepted, species)):
            found = _usage(names.get((kind, candidate, language), {}), region)
            if found is not None:
                return found
    return None


def _usage(usages: Mapping[str, Name], region: str) -> Name | None:
    for wanted in (region, ""):
        if wanted in usages:
            return usages[wanted]
    texts = {usage.text for usage in usages.values()}
    return usages[min(usages)] if len(texts) == 1 else None


@cache
def _accepted(kind: str, name: str) -> str:
    """Return the accepted scientific name of a species that is listed under an older one; else the name."""
    if kind != "species":
        return name
    resolution = resolve(name)
    return resolution.accepted if resolution.accepted and resolution.problem == "synonym" else name


def _judge(row: Mapping[str, str], where: Text) -> None:
    for column in COLUMNS:
        if not row[column] and column not in _MAY_BE_EMPTY:
            needed = Text("a value for {column} in {where}", column=column, where=where)
            raise MisuseError(needed, "none", "Only region may be empty.")
    for column, known in (("kind", KINDS), ("language", LANGUAGES), ("reviewed", ("true", "false"))):
        if row[column] not in known:
            needed = Text("a known {column} in {where}", column=column, where=where)
            raise MisuseError(needed, f"'{row[column]}'", nearest(row[column], known))
    if row["region"] and not _REGION.fullmatch(row["region"]):
        needed = Text("an ISO 3166 code of two capitals for region in {where}", where=where)
        raise MisuseError(needed, f"'{row['region']}'", 'Write for example "KP", or nothing.')
