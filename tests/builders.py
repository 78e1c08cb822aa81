"""Small packages written as a person would say them."""

from collections.abc import Mapping, Sequence

import polars as pl

from tumen.tables.package import Package, assemble
from tumen.tables.protocol import TABLES

Row = Mapping[str, str | None]

DEPLOYMENT = {
    "deploymentID": "d1",
    "latitude": "43.1",
    "longitude": "131.2",
    "deploymentStart": "2014-01-01T00:00:00Z",
    "deploymentEnd": "2014-03-01T00:00:00Z",
}
OBSERVATION = {
    "observationID": "o1",
    "deploymentID": "d1",
    "eventStart": "2014-01-10T00:00:00Z",
    "eventEnd": "2014-01-10T00:01:00Z",
    "observationLevel": "event",
    "observationType": "animal",
    "scientificName": "Panthera pardus",
}
MEDIUM = {
    "mediaID": "m1",
    "deploymentID": "d1",
    "timestamp": "2014-01-10T00:00:00Z",
    "filePath": "media/m1.jpg",
    "filePublic": "false",
    "fileMediatype": "image/jpeg",
}
DEFAULTS: Mapping[str, Row] = {"deployments": DEPLOYMENT, "observations": OBSERVATION, "media": MEDIUM}


def text_table(name: str, rows: Sequence[Row]) -> pl.DataFrame:
    """A table as text: the given cells over the defaults, in the declared order of columns."""
    filled = [{**DEFAULTS.get(name, {}), **row} for row in rows]
    given = {column for row in filled for column in row}
    declared = [c for c in TABLES[name].names if c in given]
    unknown = sorted(given - set(declared))
    return pl.DataFrame(
        {c: [row.get(c) for row in filled] for c in [*declared, *unknown]},
        schema={c: pl.String for c in [*declared, *unknown]},
    )


def package(
    party: str = "north-reserve", country: str | None = "RU", name: str = "north", **tables: Sequence[Row]
) -> Package:
    """A package of one party; `deployments=[{}]` gives one valid deployment."""
    texts = {table: text_table(table, rows) for table, rows in tables.items()}
    return assemble(name, texts, party=party, country=country, format="camtrap-dp")


def codes(findings: pl.DataFrame) -> list[str]:
    """The codes of findings, sorted."""
    return sorted(findings["code"].to_list())
