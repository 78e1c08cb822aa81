"""Read the tables of a party through its mapping: foreign columns, words, numbers, dates and places become a package.

Every foreign column is mapped, declared to be ignored, or carried along with a note. A cell that cannot be read as
declared is a finding with its row in the file; it keeps its text, unless that text would pass for a value it is not.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from tumen.files.columns import in_order
from tumen.files.mapped_columns import Part, read_part
from tumen.files.mapped_rows import find, widened
from tumen.files.mapped_sheets import How, Sheet, read_sheet
from tumen.files.mapping import FILE, ROW, PackageMapping, TableMapping, read_mapping
from tumen.tables.findings import gather, of_package
from tumen.tables.package import Package, assemble
from tumen.tables.protocol import TABLES

SOURCES: dict[str, pl.DataType | type[pl.DataType]] = {"file": pl.String, "sheet": pl.String, "row": pl.Int64}
"""Where each row of a table came from."""

Key = tuple[Path, How]


def read_mapped(mapping: Path | str) -> Package:
    """Return the package a mapping describes; the paths in it are relative to the mapping.

    Raises `MisuseError` for a mapping that cannot be followed, `FormatError` for a file that is not there, `PlaceError`
    for coordinates that cannot be brought to WGS84 with known accuracy.
    """
    return read_mapped_rows(mapping)[0]


def read_mapped_rows(mapping: Path | str) -> tuple[Package, Mapping[str, pl.DataFrame]]:
    """Return the package and, for each of its tables, where every row came from (`SOURCES`)."""
    declared = read_mapping(Path(mapping))
    sheets = _open(declared)
    carried = _carried(declared, sheets)
    parts = [
        read_part(table, sheets[_key(table)], carried.pop(_key(table)) if number == _home(declared, table) else {})
        for number, table in enumerate(declared.tables)
    ]
    texts, sources = _joined(parts)
    package = assemble(
        declared.name,
        texts,
        party=declared.party,
        country=declared.country,
        format="mapped",
        time_zone=declared.time_zone,
        digests={
            declared.path.name: hashlib.sha256(declared.path.read_bytes()).hexdigest(),
            **{_named(key[0], declared): sheet.digest for key, sheet in sheets.items()},
        },
    )
    own = [part.findings for part in parts] + [sheet.findings for sheet in sheets.values()]
    told = [of_package(part, package.party, package.name) for part in own]
    found = gather([*told, _retold(package.findings, parts, sources)])
    rows = {name: where["row"] for name, where in sources.items()}
    return replace(package, findings=found, rows=rows), sources


def _named(path: Path, declared: PackageMapping) -> str:
    folder = declared.path.parent
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def _key(table: TableMapping) -> Key:
    setting = table.setting
    return table.file, How(
        sheet=table.sheet, header_row=table.header_row, encoding=setting.encoding, delimiter=setting.delimiter
    )


def _open(declared: PackageMapping) -> dict[Key, Sheet]:
    sheets: dict[Key, Sheet] = {}
    for table in declared.tables:
        key = _key(table)
        if key not in sheets:
            sheets[key] = read_sheet(*key, table.table.name)
    return sheets


def _home(declared: PackageMapping, table: TableMapping) -> int:
    """Return which table carries the columns of a sheet that nothing maps: the first that keeps all of its rows."""
    same = [(n, each) for n, each in enumerate(declared.tables) if _key(each) == _key(table)]
    whole = [n for n, each in same if not each.distinct and not each.where and each.unpivot is None]
    return whole[0] if whole else same[0][0]


def _carried(declared: PackageMapping, sheets: Mapping[Key, Sheet]) -> dict[Key, dict[str, str]]:
    """Return the columns of each sheet that no table maps or ignores, and the name each is carried under."""
    carried: dict[Key, dict[str, str]] = {}
    for key, sheet in sheets.items():
        headers = sheet.cells.columns
        tables = [table for table in declared.tables if _key(table) == key]
        used = {find(source, headers) for table in tables for source in _sources(table)}
        used |= {header for table in tables if table.unpivot for header in widened(table.unpivot, headers)}
        home = declared.tables[_home(declared, tables[0])]
        # A column nobody mapped must not slip into the protocol because it happens to bear a name of its.
        taken = (*home.table.dtypes, ROW, FILE)
        carried[key] = {h: f"source:{h}" if h in taken else h for h in headers if h not in used}
    return carried


def _sources(table: TableMapping) -> list[str | int]:
    return [source for column in table.columns for source in column.sources] + [*table.ignore, *table.where]


def _joined(parts: Sequence[Part]) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Put the parts of each table one below the other."""
    texts: dict[str, pl.DataFrame] = {}
    sources: dict[str, pl.DataFrame] = {}
    for name in dict.fromkeys(part.table for part in parts):
        own = [part for part in parts if part.table == name]
        texts[name] = in_order(TABLES[name], pl.concat([part.text for part in own], how="diagonal"))
        sources[name] = pl.concat([part.sources for part in own])
    return texts, sources


def _retold(cast: pl.DataFrame, parts: Sequence[Part], sources: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the findings of the cast with the rows of the files, without those about cells already reported."""
    told = []
    for name, where in sources.items():
        offset = 0
        said = []
        for part in (each for each in parts if each.table == name):
            said.append(part.said.with_columns(pl.col("index") + offset + 2))
            offset += part.text.height
        seen = pl.concat(said).rename({"index": "row"}).unique()
        own = cast.filter(pl.col("table") == name).join(seen, on=["row", "column"], how="anti")
        carried = {column for part in parts if part.table == name for column in part.carried}
        own = own.filter((pl.col("code") != "column-unknown") | ~pl.col("column").is_in(carried))
        numbers = where.select(
            pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("row"), pl.col("row").alias("\x00true")
        )
        own = own.join(numbers, on="row", how="left", maintain_order="left")
        told.append(own.with_columns(pl.col("\x00true").alias("row")).drop("\x00true"))
    return gather(told)
