"""A package: the tables one party contributed, immutable.

Readers (`tumen.files`) bring text, `assemble` casts it once. After that no function re-reads a cell: the typed tables
are what every question uses, the text as it was received is what is written back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import polars as pl

from tumen.errors import MisuseError, nearest
from tumen.tables import findings as finding_rows
from tumen.tables.cast import cast, to_text
from tumen.tables.protocol import TABLES
from tumen.tables.schema import Table


@dataclass(frozen=True, kw_only=True)
class Package:
    """The tables of one party.

    `tables` are typed, `received` is the text they were read from (after migration from an older version), both with
    the same rows in the same order. `kept` holds the resources of others, carried through unchanged. `digests` gives
    the SHA-256 of every file read. `findings` are those of reading and casting; `tumen.tables.checks` finds more.
    `rows` says where each row of a table stands in its file (Int64), where that is not below a header in row 1.
    """

    name: str
    party: str
    country: str | None
    format: str
    tables: Mapping[str, pl.DataFrame]
    received: Mapping[str, pl.DataFrame]
    time_zone: str | None = None
    descriptor: Mapping[str, Any] = field(default_factory=dict)
    kept: Mapping[str, bytes] = field(default_factory=dict)
    findings: pl.DataFrame = field(default_factory=finding_rows.empty)
    digests: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, pl.Series] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame:
        """Return a typed table; empty where the package has none."""
        if name not in TABLES:
            raise MisuseError("a table of the protocol", f"'{name}'", nearest(name, TABLES))
        return self.tables[name] if name in self.tables else TABLES[name].empty()


def assemble(
    name: str,
    texts: Mapping[str, pl.DataFrame],
    *,
    party: str,
    country: str | None = None,
    format: str,
    findings: pl.DataFrame | None = None,
    **rest: Any,
) -> Package:
    """Cast every table and return the package.

    `texts` are frames of text by table name; `rest` are further fields of `Package`.

    >>> text = pl.DataFrame({"deploymentID": ["d1"], "latitude": ["43.1"], "longitude": ["131.2"],
    ...     "deploymentStart": ["2014-01-01T00:00:00Z"], "deploymentEnd": ["2014-02-01T00:00:00Z"]})
    >>> package = assemble("north", {"deployments": text}, party="north-reserve", country="RU", format="camtrap-dp")
    >>> package.table("deployments")["latitude"].item(), package.findings.height
    (43.1, 0)
    """
    typed: dict[str, pl.DataFrame] = {}
    found = [] if findings is None else [findings]
    for table_name, text in texts.items():
        if table_name not in TABLES:
            raise MisuseError("tables of the protocol", f"'{table_name}'", nearest(table_name, TABLES))
        typed[table_name], cast_findings = cast(TABLES[table_name], text)
        found.append(_kept_back(TABLES[table_name], text, cast_findings))
    return Package(
        name=name,
        party=party,
        country=country,
        format=format,
        tables=MappingProxyType(typed),
        received=MappingProxyType(dict(texts)),
        findings=finding_rows.of_package(finding_rows.gather(found), party, name),
        **rest,
    )


def _kept_back(table: Table, text: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Leave out of findings what their owner does not release: the values of rows marked as withheld."""
    if table.withheld is None or table.withheld[0] not in text.columns:
        return found
    column, word = table.withheld
    rows = text.select(row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64), marked=pl.col(column) == word)
    silent = rows.filter("marked")["row"].implode()
    return found.with_columns(
        pl.when(pl.col("row").is_in(silent) & (pl.col("column") != column))
        .then(pl.lit("–"))
        .otherwise("value")
        .alias("value")
    )


def from_typed(name: str, tables: Mapping[str, pl.DataFrame], *, party: str, format: str, **rest: Any) -> Package:
    """Return a package of typed tables, such as a simulated one; its text is the canonical text of the values."""
    texts = {table_name: to_text(TABLES[table_name], frame) for table_name, frame in tables.items()}
    return assemble(name, texts, party=party, format=format, **rest)
