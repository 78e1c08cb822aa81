"""What an analysis returns: tables, notes, parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from tumen.errors import MisuseError, nearest
from tumen.tables.catalogue import NOTES

Value = str | int | float | bool


@dataclass(frozen=True)
class Note:
    """A caution or an assumption: a text of the catalogue and its arguments, put into words when shown.

    >>> Note("sides-uncertian", {"encounters": 3})
    Traceback (most recent call last):
    tumen.errors.MisuseError: a note of the catalogue; found 'sides-uncertian'. Did you mean 'sides-uncertain'? ...
    """

    code: str
    arguments: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a code without words."""
        if self.code not in NOTES:
            raise MisuseError("a note of the catalogue", f"'{self.code}'", nearest(self.code, NOTES))


@dataclass(frozen=True)
class Answer:
    """Tidy tables by name, the notes a careful reader needs, and the parameters that were used."""

    name: str
    tables: Mapping[str, pl.DataFrame]
    notes: tuple[Note, ...] = ()
    parameters: Mapping[str, Value] = field(default_factory=dict)
    findings: pl.DataFrame | None = None
