"""How a table declares what it holds.

A `Table` is the single source: `tumen.tables.cast` reads text by it, `tumen.tables.checks` judges by it, the writers
derive Table Schemas from it and `docs/data-model.md` is generated from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import polars as pl

from tumen.errors import ColumnError, Text, nearest

UTC = pl.Datetime("us", "UTC")
OFFSET = "_offset"
"""Suffix of the column beside every datetime: the recorded offset in minutes east of UTC."""

MISSING = ("", "NA", "NaN", "nan")
"""Cells that mean "missing" (Camtrap DP 1.0.2, Table Schema `missingValues`)."""


class Kind(StrEnum):
    """The kinds of value a column may hold, by their Table Schema names."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    DATE = "date"
    ANY = "any"


DTYPES: Mapping[Kind, pl.DataType | type[pl.DataType]] = MappingProxyType(
    {
        Kind.STRING: pl.String,
        Kind.INTEGER: pl.Int64,
        Kind.NUMBER: pl.Float64,
        Kind.BOOLEAN: pl.Boolean,
        Kind.DATETIME: UTC,
        Kind.DATE: pl.Date,
        Kind.ANY: pl.String,
    }
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: what it means, in which unit, and what a valid cell is."""

    name: str
    kind: Kind
    meaning: str
    example: str = ""
    required: bool = False
    unique: bool = False
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    vocabulary: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """Cells of `column` must occur in `to_column` of `to_table`; an empty cell refers to nothing."""

    column: str
    to_table: str
    to_column: str


@dataclass(frozen=True)
class Rule:
    """A row is faulty where `broken()` is true. `broken` sees typed columns; null counts as not broken.

    `column` is the one to look at, `arguments` are the columns whose values the finding's message needs.
    """

    code: str
    column: str
    broken: Callable[[], pl.Expr]
    arguments: tuple[str, ...] = ()


GROUPS = (
    "cameras",
    "effort",
    "individuals",
    "genetics",
    "health",
    "waterbirds",
    "places",
    "network",
    "deliberation",
)
"""The parts of the protocol, in the order in which they are shown."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of the protocol.

    `origin` says whose it is: "Camtrap DP 1.0.2" or "Tumen"; `group` is the part of the protocol it belongs to, one of
    `GROUPS`. `key` is the column that names a row; `together` are columns whose values in one row may not recur in
    another. `withheld` is a column and the word in it that keeps the row's values back: no finding prints them.
    `reasons` say why the table is as it is, `gotchas` are the mistakes people make with it.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    origin: str
    group: str
    key: str = ""
    together: tuple[str, ...] = ()
    withheld: tuple[str, str] | None = None
    references: tuple[Reference, ...] = ()
    rules: tuple[Rule, ...] = ()
    reasons: tuple[str, ...] = ()
    gotchas: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The declared column names, in the declared order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return one declared column."""
        for column in self.columns:
            if column.name == name:
                return column
        raise ColumnError(Text("a column of table '{name}'", name=self.name), f"'{name}'", nearest(name, self.names))

    @property
    def dtypes(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        """Column names and types of a typed frame; each datetime is followed by its recorded offset."""
        dtypes: dict[str, pl.DataType | type[pl.DataType]] = {}
        for column in self.columns:
            dtypes[column.name] = DTYPES[column.kind]
            if column.kind is Kind.DATETIME:
                dtypes[column.name + OFFSET] = pl.Int32
        return dtypes

    def empty(self) -> pl.DataFrame:
        """Return a typed frame without rows."""
        return pl.DataFrame(schema=self.dtypes)

    def require(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return `frame` unchanged if it has every declared column with its type; raise `ColumnError` otherwise."""
        return require(frame, self.dtypes, self.name)


def require(frame: pl.DataFrame, dtypes: Mapping[str, pl.DataType | type[pl.DataType]], name: str) -> pl.DataFrame:
    """Return `frame` unchanged if it has the named columns with their types; raise `ColumnError` otherwise.

    >>> require(pl.DataFrame({"a": [1]}), {"a": pl.Int64}, "demo").height
    1
    """
    for column, dtype in dtypes.items():
        found = frame.schema.get(column)
        if found is None:
            raise ColumnError(
                Text("{name} needs column '{column}'", name=name, column=column),
                "no such column",
                Text("See docs/data-model.md#{name}.", name=name),
            )
        if found != dtype:
            raise ColumnError(
                Text("{name} needs column '{column}' of type {dtype}", name=name, column=column, dtype=dtype),
                Text("type {found}", found=found),
                Text("See docs/data-model.md#{name}.", name=name),
            )
    return frame
