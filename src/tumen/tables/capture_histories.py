"""Capture histories as plain tables: who was caught, when and at which detector, and where an animal may live.

Between the programs' files (`tumen.files`) and the sessions that are fitted (`tumen.population.scr`): neither knows the
other. Coordinates are metres in a plane, areas are km2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

Dtypes = Mapping[str, pl.DataType | type[pl.DataType]]

CAPTURES: Dtypes = {
    "session": pl.String,
    "animal": pl.String,
    "occasion": pl.Int64,
    "detector": pl.String,
    "count": pl.Int64,
    "alive": pl.Boolean,
}
"""One row per animal, occasion (from 1) and detector. `alive`: false where the animal died, and was not seen again."""

TRAPS: Dtypes = {
    "session": pl.String,
    "detector": pl.String,
    "x": pl.Float64,
    "y": pl.Float64,
    "usage": pl.List(pl.Float64),
}
"""One row per detector of a session; a null `session` is every session.

`usage`: effort in each occasion, 0 where it did not work; null: the table does not say. Other columns are covariates: a
value for each detector, or a list with one for each occasion.
"""

MASK: Dtypes = {"session": pl.String, "x": pl.Float64, "y": pl.Float64, "area": pl.Float64}
"""One row per cell; a null `session` is every session. `area` in km2. Other columns are covariates."""

ANIMALS: Dtypes = {"session": pl.String, "animal": pl.String}
"""One row per animal of a session; a null `session` is every session. Other columns are covariates (`sex`)."""


@dataclass(frozen=True)
class ScrTables:
    """The tables of a spatial capture-recapture survey: `CAPTURES`, `TRAPS` and, where given, `MASK` and `ANIMALS`.

    `sessions`: names in their order; sessions without captures are among them. `occasions`: how many a session had,
    where a file says so in other ways than by usage.
    """

    sessions: tuple[str, ...]
    captures: pl.DataFrame
    traps: pl.DataFrame
    mask: pl.DataFrame | None = None
    animals: pl.DataFrame | None = None
    occasions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def covariates(table: pl.DataFrame, declared: Dtypes) -> list[str]:
    """Return the names of the columns of a table that are covariates.

    >>> covariates(pl.DataFrame({"session": ["1"], "animal": ["a"], "sex": ["F"], "row": [2]}), ANIMALS)
    ['sex']
    """
    return [name for name in table.columns if name not in declared and name != "row"]
