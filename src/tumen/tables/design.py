"""What does a survey have to be like?  The quantities of a design, and rules about them.

A quantity is measured from the tables. A rule says which values of it a protocol asks for, for one species and one
method, and who says so: a rule without a source cannot be made. Where no rule speaks, a quantity is shown and not
judged; where a rule speaks and the tables do not tell, that is said, and is never a pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import polars as pl

from tumen.errors import MisuseError, Text, nearest
from tumen.tables.design_quantities import METHODS as METHODS
from tumen.tables.design_quantities import QUANTITIES as QUANTITIES

ANY_SPECIES = "*"
VERDICTS = ("met", "notMet", "notDeclared", "notMeasured")
"""notDeclared: measured, and no rule judges it. notMeasured: a rule judges it, and the tables do not tell it."""


@dataclass(frozen=True, kw_only=True)
class DesignRule:
    """A value that a protocol asks for; raises `MisuseError` for one that no quantity, bound or source stands behind.

    `protocol` is the set it belongs to. `at_least` and `at_most` are in the unit of the quantity; a rule with neither
    says that the quantity is not judged. `evidence`: "seen" in the source, "derived" from it as `why` says, or
    "declared" by the study.

    >>> DesignRule(protocol="study", species="*", quantity="nights", at_least=30.0, source="ours").comparison
    'atLeast'
    """

    protocol: str
    species: str
    quantity: str
    source: str
    at_least: float | None = None
    at_most: float | None = None
    evidence: str = "declared"
    why: str = ""

    def __post_init__(self) -> None:
        """Refuse a rule nobody could check."""
        if self.quantity not in QUANTITIES:
            raise MisuseError("a quantity of the design", f"'{self.quantity}'", nearest(self.quantity, QUANTITIES))
        if not self.source.strip():
            found = Text("a rule about {quantity} without one", quantity=self.quantity)
            raise MisuseError("a source for every rule", found, "Say who asks for it.")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            found = Text("{low} and {high}", low=self.at_least, high=self.at_most)
            raise MisuseError("a least value that is not above the greatest", found, "Exchange them.")

    @property
    def code(self) -> str:
        """The code of the finding when it is broken."""
        return QUANTITIES[self.quantity].code

    @property
    def method(self) -> str:
        """The method it is about."""
        return QUANTITIES[self.quantity].method

    @property
    def comparison(self) -> str:
        """How the value is held against it: atLeast, atMost, between, or notJudged."""
        if self.at_least is not None:
            return "atLeast" if self.at_most is None else "between"
        return "notJudged" if self.at_most is None else "atMost"


@dataclass(frozen=True, kw_only=True)
class HomeRange:
    """A published home range, from which sigma follows (`tumen.tables.design_rules.sigma`)."""

    species: str
    sex: str
    square_kilometres: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Design:
    """What a study says of its design.

    `sessions`: first and last day of each. `gap`: days without any camera that part two sessions where none are
    declared. `occasion`: length of an occasion in days. `cell`: side of a grid cell in km. `buffer`: km around the
    cameras. `protocols`: the shipped sets of rules that hold instead of the usual ones. `rules`: the study's own.
    """

    sessions: tuple[tuple[date, date], ...] = ()
    gap: float = 7.0
    occasion: float | None = None
    cell: float = 4.0
    buffer: float | None = None
    protocols: tuple[str, ...] | None = None
    rules: tuple[DesignRule, ...] = ()


MEASURED: dict[str, pl.DataType | type[pl.DataType]] = {
    "party": pl.String,
    "session": pl.String,
    "species": pl.String,
    "quantity": pl.String,
    "of": pl.String,
    "value": pl.Float64,
}
"""One row per unit on which a quantity was measured: whose (empty: of several parties), in which session (empty: all
of the data), of which species (empty: of any), which quantity, on what, and its value; null where it is not known."""


def measured(units: pl.DataFrame, quantity: str, *, party: str, session: str = "", species: str = "") -> pl.DataFrame:
    """Return units (of, value) as rows of `MEASURED`."""
    texts = {"party": party, "session": session, "species": species, "quantity": quantity}
    told = units.with_columns(pl.lit(text).alias(name) for name, text in texts.items())
    return told.select(list(MEASURED)).cast({"value": pl.Float64, "of": pl.String})


JUDGED: dict[str, pl.DataType | type[pl.DataType]] = {
    "party": pl.String,
    "method": pl.String,
    "session": pl.String,
    "species": pl.String,
    "quantity": pl.String,
    "unit": pl.String,
    "units": pl.Int64,
    "unknown": pl.Int64,
    "minimum": pl.Float64,
    "median": pl.Float64,
    "maximum": pl.Float64,
    "total": pl.Float64,
    "statistic": pl.String,
    "value": pl.Float64,
    "comparison": pl.String,
    "atLeast": pl.Float64,
    "atMost": pl.Float64,
    "outside": pl.Int64,
    "verdict": pl.String,
    "protocol": pl.String,
    "source": pl.String,
}
"""One row per quantity, party and session, and rule about it. `units` were measured, of `unknown` more it is not known;
`total` is their sum,
`value` the `statistic` of them, which the rule judges; `outside` of the units lie outside the rule themselves."""


def choose(
    shipped: Sequence[DesignRule], design: Design, species: Sequence[str], usual: Sequence[str]
) -> tuple[DesignRule, ...]:
    """Return the rules that hold: for each species and quantity the study's own, else the shipped ones.

    A rule for a species goes before one for any, the study's before both. `species` are those in hand, besides those
    the study's own rules name. `usual` are the protocols that hold where the study names none. Raises `MisuseError` for
    a protocol that does not exist.

    >>> ours = DesignRule(protocol="study", species="*", quantity="nights", at_least=9.0, source="ours")
    >>> theirs = DesignRule(protocol="p", species="Panthera pardus", quantity="nights", at_least=5.0, source="theirs")
    >>> [rule.at_least for rule in choose([theirs], Design(rules=(ours,)), ["Panthera pardus"], ["p"])]
    [9.0]
    >>> [rule.at_least for rule in choose([theirs], Design(), ["Panthera pardus"], ["p"])]
    [5.0]
    """
    known = {rule.protocol for rule in shipped}
    for protocol in design.protocols or ():
        if protocol not in known:
            raise MisuseError("a protocol that ships", f"'{protocol}'", nearest(protocol, known))
    held = [rule for rule in shipped if rule.protocol in (usual if design.protocols is None else design.protocols)]
    named = [*species, *(rule.species for rule in design.rules if rule.species != ANY_SPECIES)]
    chosen: dict[DesignRule, None] = {}
    for quantity in QUANTITIES:
        for name in dict.fromkeys(named or [ANY_SPECIES]):
            for source, whose in product((design.rules, held), (name, ANY_SPECIES)):
                found = [rule for rule in source if rule.quantity == quantity and rule.species == whose]
                if found:
                    chosen.update(dict.fromkeys(found))
                    break
    return tuple(chosen)
