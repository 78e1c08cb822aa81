"""Forms for named protocols: the tables and columns that a count, a passage count or a dossier asks for, and no others.

A protocol leaves out optional columns only: what is filled in is read by the reader of every other form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from tumen.errors import MisuseError, Text, nearest
from tumen.report.form import form
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.forms import SEPARATOR, Form, Listed
from tumen.tables.protocol import TABLES
from tumen.tables.schema import Table

_EVERY = "*"


@dataclass(frozen=True)
class CountProtocol:
    """A named set of tables: the optional columns asked for beside the required ones (`*`: all), and what to know."""

    tables: Mapping[str, tuple[str, ...]]
    guidance: tuple[str, ...]
    listed: bool = False


_SITES = ("countryCode", "latitude", "longitude", "coordinateUncertainty", "area", "countGroup", "partOf", "areaID")
_COUNTS = ("scientificName", "taxonGroup", "count", "minimum", "maximum", "estimated", "comments")

PROTOCOLS: Mapping[str, CountProtocol] = MappingProxyType(
    {
        "awc": CountProtocol(
            {
                "sites": (*_SITES, "ramsarID", "flywayID", "comments"),
                "visits": (_EVERY,),
                "counts": _COUNTS,
            },
            (
                mark("One count of each site in the middle of January, on one day; write the day and the times."),
                mark("Zeros are wanted: write 0 for a species that was looked for and not found."),
                mark("A row of the list whose number stays empty is no row: nothing is known of that species."),
                mark("For another visit copy the rows of the list, with another visitID and other countIDs."),
                mark("Write notCounted as the status of a species that nobody could look for."),
                mark("Write birds that were not identified with their group and without a name."),
            ),
            listed=True,
        ),
        "passage": CountProtocol(
            {
                "sites": (*_SITES, "comments"),
                "visits": (_EVERY,),
                "counts": (*_COUNTS, "partOf", "lifeStage"),
            },
            (
                mark("Count all sites of a count group on one day, on both sides of a border; write the times."),
                mark("Several visits in spring and in autumn: every visit is a row, also one that failed."),
                mark("Zeros are wanted: write 0 for a species that was looked for and not found."),
            ),
        ),
        "dossier": CountProtocol(
            {
                "sheet_texts": (_EVERY,),
                "site_steps": (_EVERY,),
                "statements": (_EVERY,),
                "species_status": (_EVERY,),
                "areas": (_EVERY,),
            },
            (
                mark("Numbers are not written here: they are computed from the counts."),
                mark("Every text has its author, its day, and what it rests on."),
                mark("Write where sources differ as several rows of statements, each with its source."),
            ),
        ),
    }
)
"""The protocols by name."""


def protocol(name: str) -> CountProtocol:
    """Return a protocol by its name; raise `MisuseError` where there is none."""
    if name not in PROTOCOLS:
        raise MisuseError(
            Text("one of the protocols {names}", names=", ".join(PROTOCOLS)), f"'{name}'", nearest(name, PROTOCOLS)
        )
    return PROTOCOLS[name]


def tables_of(asked: CountProtocol) -> list[Table]:
    """Return the tables of a protocol with the columns it asks for.

    >>> [column.name for column in tables_of(protocol("awc"))[2].columns][:4]
    ['countID', 'visitID', 'scientificName', 'taxonGroup']
    """
    return [
        table
        if _EVERY in columns
        else replace(table, columns=tuple(c for c in table.columns if c.required or c.name in columns))
        for table in TABLES.values()
        if (columns := asked.tables.get(table.name)) is not None
    ]


def forms_of(asked: CountProtocol, words: Words, species: Mapping[str, str]) -> list[Form]:
    """Return the forms of a protocol; `species` (scientific name, group) is printed into the counts if it has a list.

    The list is for one visit, whose identifier is printed too; for another visit it is copied below.
    """
    made = [form(table, words) for table in tables_of(asked)]
    if not asked.listed or not species:
        return made
    printed = {
        "sites": ({"siteID": "site-1"},),
        "visits": ({"visitID": "visit-1", "siteID": "site-1"},),
        "counts": tuple(_line(number, name, group, words) for number, (name, group) in enumerate(species.items(), 1)),
    }
    return [replace(each, listed=Listed(printed.get(each.name, ()))) for each in made]


def _line(number: int, name: str, group: str, words: Words) -> dict[str, str]:
    common = words.species(name).common
    return {
        "countID": f"visit-1-{number}",
        "visitID": "visit-1",
        "scientificName": f"{name}{SEPARATOR}{common}" if common else name,
        "taxonGroup": group,
        "status": "counted",
    }
