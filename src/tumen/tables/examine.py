"""Check a package whose largest tables come in parts, with the findings of a package that is held at once.

A check says something of a row that follows from the row itself; or it sums up over rows; or it needs all rows of a
deployment, or all of an animal. `Checks` sorts them by that. Held at once, a package is given to all of them. In
parts, a check is given the smallest package that it can judge by: a part of the table; the rows of some deployments;
the rows that name an animal or are like another row. Rows of findings are then counted as in the whole table.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

import polars as pl

from tumen.tables import findings
from tumen.tables.cast import repeated_keys
from tumen.tables.keys import Keys
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.schema import Kind, Reference, Table

Check = Callable[[Package], Iterable[pl.DataFrame]]
KeyRing = Mapping[tuple[str, str], Keys]

PARTED = ("media", "observations")
"""Tables that may come in parts, those referred to first. All others are held at once."""

COUNT = r'"count": ("?)(\d+)("?)'
"""Where the arguments of a finding, as JSON text, hold its count."""

REPEATED = {"deploymentID", "observationType", "scientificName"}
"""Columns that hold few different words."""

ROWS_AT_ONCE = 1_000_000
"""Rows of whole deployments that are judged together."""


@dataclass(frozen=True)
class Checks:
    """The checks of a package, by what they must see.

    - `by_row`: a row and the tables that are held at once; its findings bear the table of that row.
    - `summed`: the rows of one table; findings of its parts that differ only in row and `count` are one.
    - `by_deployment`: the columns `needed` (by table) of all rows of a deployment, and of those that `beside` pairs
      with it (columns value, other).
    - `as_a_whole`: all rows that name an animal or are like another in one of `alike` (by table), and the tables that
      are held at once. An argument that is a row of the same table is called `firstRow`.
    """

    by_row: tuple[Check, ...] = ()
    summed: tuple[Check, ...] = ()
    by_deployment: tuple[Check, ...] = ()
    as_a_whole: tuple[Check, ...] = ()
    needed: Mapping[str, tuple[str | pl.Expr, ...]] = field(default_factory=dict)
    alike: Mapping[str, tuple[tuple[pl.Expr, ...], ...]] = field(default_factory=dict)
    beside: Callable[[Package], pl.DataFrame] | None = None

    def __add__(self, other: "Checks") -> "Checks":
        """Return the checks of both."""
        return Checks(
            self.by_row + other.by_row,
            self.summed + other.summed,
            self.by_deployment + other.by_deployment,
            self.as_a_whole + other.as_a_whole,
            {**self.needed, **other.needed},
            {**self.alike, **other.alike},
            self.beside or other.beside,
        )


class Parts(Protocol):
    """A table in parts. Each is a package: the piece of the table, beside the tables that are held at once."""

    def __iter__(self) -> Iterator[Package]:
        """Yield the parts in the order of their rows; their findings are those of reading them."""

    def rows(self, numbers: pl.Series) -> Package:
        """Return the rows of these numbers (sorted, the first row is 2), read once more."""


def examine(package: Package, checks: Checks, parts: Mapping[str, Parts] = MappingProxyType({})) -> pl.DataFrame:
    """Return every finding of a package; `parts` are those of its tables that it does not hold itself."""
    if parts:
        return Examination(package, checks).run(parts)
    found = [*references(package, key_ring(package))]
    for check in (*checks.by_row, *checks.summed, *checks.by_deployment, *checks.as_a_whole):
        found += check(package)
    found += empty_tables({name: frame.height for name, frame in package.tables.items()}, package)
    told = [package.findings, *(in_file(part, package) for part in found if part.height)]
    return findings.gather(findings.of_package(part, package.party, package.name) for part in told)


def in_file(found: pl.DataFrame, package: Package) -> pl.DataFrame:
    """Return findings with the rows of the files that the tables came from, which reading findings bear already."""
    for name, rows in package.rows.items():
        places = pl.DataFrame({"table": name, "row": pl.int_range(2, len(rows) + 2, eager=True), "\x00there": rows})
        found = (
            found.join(places, on=["table", "row"], how="left", maintain_order="left")
            .with_columns(pl.coalesce("\x00there", "row").alias("row"))
            .drop("\x00there")
        )
    return found


def empty_tables(heights: Mapping[str, int], package: Package) -> list[pl.DataFrame]:
    """Find tables that have a header and no rows."""
    return [
        findings.finding("table-empty", table=name)
        for name, height in heights.items()
        if not height and package.received[name].width
    ]


def key_ring(package: Package) -> dict[tuple[str, str], Keys]:
    """Return the keys of every column that a table of the package refers to, where the table is there."""
    ring: dict[tuple[str, str], Keys] = {}
    for name in package.tables:
        for reference in TABLES[name].references:
            target = (reference.to_table, reference.to_column)
            if target not in ring and reference.to_table in package.tables:
                ring[target] = Keys([reference.to_column])
                ring[target].add(package.table(reference.to_table))
    return ring


def references(package: Package, ring: KeyRing) -> Iterator[pl.DataFrame]:
    """Find cells that refer to rows that do not exist; a missing table is a finding of its own, not one per cell."""
    for name in package.tables:
        for reference in TABLES[name].references:
            if reference.to_table in package.tables:
                yield _broken(package.table(name), TABLES[name], reference, ring)


def _broken(frame: pl.DataFrame, table: Table, reference: Reference, ring: KeyRing) -> pl.DataFrame:
    cells = frame[reference.column]
    lost = ~ring[reference.to_table, reference.to_column].hold(cells)
    if not lost.any():
        return findings.empty()
    rows = frame.select(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("row"), value=cells).filter(lost)
    rows = rows.with_columns(toTable=pl.lit(reference.to_table), toColumn=pl.lit(reference.to_column))
    arguments = ("toTable", "toColumn")
    return findings.rows("reference-missing", rows, table=table.name, column=reference.column, arguments=arguments)


class Examination:
    """What is known of a package while the parts of its largest tables go by."""

    def __init__(self, package: Package, checks: Checks) -> None:
        """Begin with the tables that are held at once; the others are there, and empty."""
        self.package, self.checks = package, checks
        self.ring = key_ring(package)
        self.found: list[pl.DataFrame] = [package.findings]
        self.summed: list[pl.DataFrame] = []
        self.keys: dict[str, dict[str, Keys]] = {}
        self.again: dict[str, dict[str, pl.Series]] = {}
        self.deployed: dict[str, list[pl.DataFrame]] = {}
        self.named: dict[str, list[Package]] = {}
        self.rows: dict[str, list[pl.Series]] = {}
        self.heights: dict[str, int] = {}

    def run(self, parts: Mapping[str, Parts]) -> pl.DataFrame:
        """Look at every part once, and at rows that are like others once more."""
        for name in (name for name in PARTED if name in parts):
            self._prepare(name)
            for part in parts[name]:
                self._part(name, part)
            self.again[name] = {key: keys.alike() for key, keys in self.keys[name].items()}
            self.keys[name].clear()
            for table, column in self.ring:
                if table == name:
                    self.ring[table, column].forget_rows()
        small = replace(self.package, tables={n: t for n, t in self.package.tables.items() if n not in parts})
        self.found += references(self.package, self.ring)
        for check in (*self.checks.by_row, *self.checks.summed):
            self.found += check(small)
        self.found += [*summed(self.summed), *self._by_deployment(small), *self._as_a_whole(parts)]
        heights = {name: frame.height for name, frame in self.package.tables.items()}
        self.found += empty_tables({**heights, **self.heights}, self.package)
        own = (findings.of_package(part, self.package.party, self.package.name) for part in self.found)
        return findings.gather(own)

    def _prepare(self, name: str) -> None:
        self.heights[name] = 0
        self.named[name], self.rows[name], self.deployed[name] = [], [], []
        self.keys[name] = {column.name: Keys([column.name]) for column in TABLES[name].columns if column.unique}
        for table, column in self.ring:
            if table == name:
                self.ring[table, column] = self.keys[name].setdefault(column, Keys([column]))
        for number, expressions in enumerate(self.checks.alike.get(name, ())):
            self.keys[name][f"alike {number}"] = Keys(expressions)

    def _part(self, name: str, part: Package) -> None:
        """Judge a part by itself, and keep of it what must be judged with others."""
        before, frame = self.heights[name], part.table(name)
        self.heights[name] += frame.height
        for keys in self.keys[name].values():
            keys.add(frame)
        piece = replace(part, tables={**self.package.tables, name: frame})
        referring = (r for r in TABLES[name].references if r.to_table in piece.tables)
        judged = [_broken(frame, TABLES[name], reference, self.ring) for reference in referring]
        for check in self.checks.by_row:
            judged += check(piece)
        self.found += [part.findings, *(findings.shifted(found.filter(table=name), before) for found in judged)]
        for check in self.checks.summed:
            self.summed += [findings.shifted(found.filter(table=name), before) for found in check(piece)]
        rows = pl.Series("row", range(before + 2, before + 2 + frame.height), dtype=pl.UInt32)
        if name in self.checks.needed:
            self.deployed[name].append(_compact(frame.select(self.checks.needed[name]).with_columns(rows)))
        kept = frame.select(self._names_an_animal(name)).to_series()
        if kept.any():
            self.named[name].append(_cut(part, name, kept))
            self.rows[name].append(rows.filter(kept))

    def _names_an_animal(self, name: str) -> pl.Expr:
        if name != "observations":
            return pl.repeat(False, pl.len())
        judged = self.package.table("identifications")
        by = [pl.col(key).is_in(judged[key].drop_nulls().implode()) for key in ("observationID", "mediaID")]
        return pl.any_horizontal(pl.col("individualID").is_not_null(), *by).fill_null(False)

    def _by_deployment(self, small: Package) -> Iterator[pl.DataFrame]:
        """Judge deployments together with all of their rows, some at a time."""
        large = list(self.deployed)
        alone = findings.join(found for check in self.checks.by_deployment for found in check(self.package))
        yield alone
        pairs = self.checks.beside(small) if self.checks.beside else pl.DataFrame()
        for deployments in _groups([*self.deployed.values()], pairs):
            here = {
                name: pl.concat([part.filter(_among(deployments)) for part in parts], how="diagonal")
                for name, parts in self.deployed.items()
            }
            rows = {name: frame["row"] for name, frame in here.items()}
            tables = {name: self._widened(name, frame) for name, frame in here.items()}
            group = replace(self.package, tables={**self.package.tables, **tables})
            found = findings.join(found for check in self.checks.by_deployment for found in check(group))
            # What is said of the other tables alone is said of each group of deployments again.
            yield _mapped(found.join(alone, on=found.columns, how="anti", nulls_equal=True), rows)
        for name in large:
            self.deployed[name].clear()

    def _widened(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Return rows with the columns that are needed, as they are typed."""
        types = self.package.table(name).select(self.checks.needed[name]).schema
        lacking = [
            pl.lit(None, dtype=dtype).alias(column) for column, dtype in types.items() if column not in frame.columns
        ]
        return frame.with_columns(*lacking).select(pl.col(column).cast(dtype) for column, dtype in types.items())

    def _as_a_whole(self, parts: Mapping[str, Parts]) -> Iterator[pl.DataFrame]:
        """Judge rows that name an animal, or that are like others, with the tables that are held at once."""
        tables, received = dict(self.package.tables), dict(self.package.received)
        rows: dict[str, pl.Series] = {}
        for name in self.heights:
            again = self.again[name]
            numbers = pl.concat([*again.values(), pl.Series([], dtype=pl.Int64)]).unique().sort()
            kept = [*self.named[name]]
            if len(numbers):
                alike = parts[name].rows(numbers)
                frame = alike.table(name).with_columns(row=numbers)
                for column in TABLES[name].columns:
                    if column.unique:
                        yield repeated_keys(
                            TABLES[name], column.name, frame.filter(pl.col("row").is_in(again[column.name].implode()))
                        )
                kept.append(alike)
            rows[name] = pl.concat([*self.rows[name], numbers.cast(pl.UInt32)])
            if kept:
                order = rows[name].to_frame("row").with_row_index("at").unique("row", keep="first").sort("row")
                tables[name] = pl.concat([part.table(name) for part in kept], how="diagonal")[order["at"]]
                received[name] = pl.concat([part.received[name] for part in kept], how="diagonal")[order["at"]]
                rows[name] = order["row"]
        whole = replace(self.package, tables=tables, received=received)
        for check in self.checks.as_a_whole:
            for found in check(whole):
                yield _mapped(found, rows)


def _cut(part: Package, name: str, kept: pl.Series) -> Package:
    """Return the rows of a part that are kept, with the text of their times."""
    texts = [c.name for c in TABLES[name].columns if c.kind is Kind.DATETIME and c.name in part.received[name].columns]
    frames = (part.table(name).select(list(TABLES[name].dtypes)), part.received[name].select(texts))
    # A filter leaves the letters of all rows in memory; new texts hold their own alone.
    typed, received = (
        frame.filter(kept).with_columns(
            pl.concat_str(column, pl.lit("")) for column, dtype in frame.schema.items() if dtype == pl.String
        )
        for frame in frames
    )
    return replace(part, tables={name: typed}, received={name: received})


def _compact(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame without columns that are empty, and whose few words are numbers; names of files stay texts."""
    filled = [
        name for name in frame.columns if frame[name].null_count() < frame.height or name in ("row", "deploymentID")
    ]
    return frame.select(pl.col(name).cast(pl.Categorical) if name in REPEATED else name for name in filled)


def _among(deployments: pl.Series) -> pl.Expr:
    return pl.col("deploymentID").is_in(deployments.implode(), nulls_equal=True)


def _groups(tables: list[list[pl.DataFrame]], pairs: pl.DataFrame) -> Iterator[pl.Series]:
    """Share out the deployments so that those of a pair are together and a group has not many rows."""
    parts = [part["deploymentID"].value_counts(name="rows") for parts in tables for part in parts]
    if not parts:
        return
    counts = dict(pl.concat(parts).group_by("deploymentID").agg(pl.col("rows").sum()).sort("deploymentID").rows())
    leader = _leaders(counts, pairs)
    together: dict[str | None, list[str | None]] = {}
    for deployment in counts:
        together.setdefault(leader.get(deployment, deployment), []).append(deployment)
    group: list[str | None] = []
    rows = 0
    for members in together.values():
        group += members
        rows += sum(counts[member] for member in members)
        if rows >= ROWS_AT_ONCE:
            yield pl.Series(group, dtype=pl.String).cast(pl.Categorical)
            group, rows = [], 0
    if group:
        yield pl.Series(group, dtype=pl.String).cast(pl.Categorical)


def _leaders(deployments: Iterable[str | None], pairs: pl.DataFrame) -> dict[str | None, str | None]:
    """Return one deployment of all that are joined by pairs, for each of them."""
    leader = {deployment: deployment for deployment in deployments}
    if pairs.is_empty():
        return leader

    def first(one: str | None) -> str | None:
        while leader.setdefault(one, one) != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for one, other in pairs.select("value", "other").iter_rows():
        leader[first(one)] = first(other)
    return {one: first(one) for one in list(leader)}


def summed(parts: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Return one finding of those that say the same of a value in several parts: the first, with the `count` of all."""
    found = findings.join(parts)
    if found.is_empty():
        return []
    same = ["code", "table", "column", "value"]
    count = pl.col("arguments").str.extract(COUNT, 2).cast(pl.Int64)
    total = (
        found.with_columns(total=count)
        .group_by(same, maintain_order=True)
        .agg(pl.all().exclude("total").sort_by("row").first(), pl.col("total").sum())
        .with_columns(
            pl.col("arguments").str.replace(COUNT, pl.concat_str(pl.lit('"count": ${1}'), "total", pl.lit("${3}")))
        )
    )
    return [total.select(found.columns)]


def _mapped(found: pl.DataFrame, rows: Mapping[str, pl.Series]) -> pl.DataFrame:
    """Return findings of some rows of a table with the rows of the whole; `rows` has these, by table."""
    parts = [found.filter(~pl.col("table").is_in(list(rows)))]
    for name, numbers in rows.items():
        mine = found.filter(table=name)
        if mine.height:
            parts.append(mine.with_columns(numbers.cast(pl.Int64).gather(mine["row"] - 2), _first_row(numbers)))
    return findings.join(parts)


def _first_row(numbers: pl.Series) -> pl.Expr:
    def told(arguments: str) -> str:
        said = json.loads(arguments)
        if "firstRow" in said:
            said["firstRow"] = str(numbers[int(said["firstRow"]) - 2])
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    arguments = pl.col("arguments")
    has = arguments.str.contains('"firstRow"', literal=True)
    return pl.when(has).then(arguments.map_elements(told, return_dtype=pl.String)).otherwise(arguments)
