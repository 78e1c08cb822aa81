"""The levels at which a table may leave its owner, and the grant that names one: what a policy gives, a view obeys."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

LEVELS: tuple[str, ...] = ("nothing", "catalogue", "identity", "crossing", "generalised", "full")
"""From the least to the most: every level holds what the one before holds, and more."""

COLUMN_CLASSES: tuple[str, ...] = ("place", "time", "person", "text", "media", "genotype", "name")
"""The classes of columns a policy may grant one by one: they leave as they are, whatever the level coarsens or drops.

`place` are names of places (never coordinates: only the level gives those), `time` instants and days, `person` who did
it, `text` free text, `media` whole pictures and their list (from `generalised`), `name` the party's own names of
animals instead of pseudonyms. `genotype` adds nothing: genotypes are part of `identity`, and leave with the tables of a
grant.
"""

CATEGORIES: tuple[int, ...] = (1, 2, 3, 4)
"""Categories of sensitivity of Chapman (2020): cells of 1, 0.1, 0.01 and 0.001 degree."""


@dataclass(frozen=True)
class Grant:
    """What one receiver may have: the answer of a policy to one question, and all that a view needs to know of it.

    `tables` and `species` are None where nothing is excluded. `columns` are the column classes granted beside the
    level (`COLUMN_CLASSES`); `text` says that free text may leave. `category` is the cell of places at the level
    `generalised` and below (`CATEGORIES`); `step` is what distances to the border are rounded up to, in metres.
    `denied` are column classes that stay at home at every level, `home` tables that a denial keeps at home, derived
    ones too; `whole` are tables granted of all species although `species` limits the others.
    """

    receiver: str
    level: str
    tables: tuple[str, ...] | None = None
    species: tuple[str, ...] | None = None
    columns: frozenset[str] = field(default_factory=frozenset)
    purpose: str = ""
    until: date | None = None
    agreement: str = ""
    category: int = 1
    step: float = 1000.0
    text: bool = False
    denied: frozenset[str] = field(default_factory=frozenset)
    home: frozenset[str] = field(default_factory=frozenset)
    whole: frozenset[str] = field(default_factory=frozenset)


def rank(level: str) -> int:
    """How much a level gives: 0 for `nothing`, 5 for `full`; ValueError for a word that is no level.

    >>> rank("crossing")
    3
    """
    return LEVELS.index(level)


def at_most(level: str, ceiling: str) -> bool:
    """Whether `level` gives no more than `ceiling`.

    >>> at_most("identity", "crossing"), at_most("full", "crossing")
    (True, False)
    """
    return rank(level) <= rank(ceiling)


def lowest(levels: Iterable[str]) -> str:
    """Return the least of several levels; `nothing` where there is none.

    >>> lowest(["full", "crossing"]), lowest([])
    ('crossing', 'nothing')
    """
    return min(levels, key=rank, default="nothing")
