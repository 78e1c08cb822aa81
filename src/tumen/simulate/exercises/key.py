"""What was planted, and what the right answers are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from tumen.tables.package import Package

WORDS = ("true", "false", "unclear")
"""What may be said of a statement."""


@dataclass(frozen=True, kw_only=True)
class Planted:
    """One error that was planted.

    `item` is what names it, `also` are names that mean the same. `table` and `rows` (as a spreadsheet counts) are where
    it stands; a learner may give the row. `cause` is a word of the exercise. Where a number is asked, `value` is it and
    `tolerance` how far off it may be; without `signed` only the amount counts. `finding` is the code under which a
    check tells of it.
    """

    item: str
    cause: str
    finding: str
    table: str
    rows: tuple[int, ...] = ()
    also: tuple[str, ...] = ()
    value: float | None = None
    tolerance: float = 0.0
    signed: bool = True


@dataclass(frozen=True)
class Decoy:
    """Something that looks wrong and is right; `why` is a word of the exercise."""

    item: str
    why: str


@dataclass(frozen=True)
class Number:
    """A number that is asked: its name, what it is about, the right value, and how far off an answer may be."""

    name: str
    item: str
    value: float
    tolerance: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Made:
    """An exercise that was made.

    `packages` (and `links`, where the register is part of it) are what the learner gets; `clean` are the packages as
    they were before anything was planted. `causes` are the permitted words, each with the unit of the value that is
    asked for it ("" for none). `statements` are to be judged: name -> one of `WORDS`.
    """

    packages: tuple[Package, ...]
    clean: tuple[Package, ...]
    causes: Mapping[str, str]
    planted: tuple[Planted, ...]
    decoys: tuple[Decoy, ...]
    statements: Mapping[str, str]
    numbers: tuple[Number, ...] = ()
    links: pl.DataFrame | None = field(default=None)
    study: bool = False
