"""What would this party receive? A policy from where one receiver stands: each purpose, species and table."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from tumen.sharing.policy import Decision, Policy, Request, decide
from tumen.tables.protocol import TABLES


@dataclass(frozen=True)
class Line:
    """What a receiver gets of one species for one purpose: tables with the same decision, in the protocol's order.

    `purpose` and `species` are None for every one that no rule names.
    """

    purpose: str | None
    species: str | None
    tables: tuple[str, ...]
    decision: Decision


UNNAMED = "\x00"
"""Stands for a purpose or species that no rule names."""


def explain(policy: Policy, receiver: str, on: date, roles: Iterable[str] = ()) -> tuple[Line, ...]:
    """Return, for each purpose and species that a rule names and for all others, what is given and what is not.

    >>> from tumen.sharing.policy import Rule
    >>> rule = Rule(number=1, grants=True, parties=("south",), purposes=("crossings",), tables=("samples",),
    ...             species=("Panthera tigris",), level="identity")
    >>> lines = explain(Policy(party="north", version=1, rules=(rule,)), "south", date(2015, 1, 1))
    >>> [(line.species, line.decision.level) for line in lines][:2], lines[0].tables
    ([('Panthera tigris', 'identity'), ('Panthera tigris', 'nothing')], ('holdings', 'samples'))
    """
    held = frozenset(roles)
    lines = []
    for purpose in _named(policy, "purposes"):
        for species in _named(policy, "species"):
            grouped: dict[Decision, list[str]] = {}
            for table in TABLES:
                request = Request(
                    receiver=receiver,
                    purpose=purpose,
                    on=on,
                    roles=held,
                    table=table,
                    species=None if species == UNNAMED else species,
                )
                grouped.setdefault(_without_table(decide(policy, request)), []).append(table)
            lines += [
                Line(_shown(purpose), _shown(species), tuple(tables), decision)
                for decision, tables in sorted(grouped.items(), key=lambda one: one[0].level == "nothing")
            ]
    return tuple(lines)


def _without_table(decision: Decision) -> Decision:
    """Return a decision that is the same for tables that are treated alike."""
    if decision.grant is None:
        return Decision(decision.level, decision.reason, decision.rules)
    return replace(decision, grant=replace(decision.grant, tables=None))


def _named(policy: Policy, what: str) -> tuple[str, ...]:
    """Return every name that a rule has, in order, and after them what no rule names."""
    names = [name for rule in policy.rules for name in getattr(rule, what) or ()]
    return (*dict.fromkeys(names), UNNAMED)


def _shown(name: str) -> str | None:
    return None if name == UNNAMED else name
