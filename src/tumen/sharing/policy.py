"""What may leave, to whom, for what? A policy that people can read and sign, and the decision it comes to.

A policy denies by default: only what a rule grants may leave, up to its level, to its receivers, for its purposes, on
the days it holds. A denial caps whatever is granted. Granting more never gives less, and denying more never gives more.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tumen.errors import FormatError, Text, nearest
from tumen.sharing.kept import FROM, of_species
from tumen.sharing.levels import CATEGORIES, COLUMN_CLASSES, LEVELS, Grant, at_most, lowest, rank
from tumen.tables.protocol import TABLES
from tumen.tables.taxa import resolve

ROLES = ("owner", "countersigner", "courier", "secretariat")
"""The roles that a trust list gives to parties, and a rule may name in place of them."""
EVERYTHING = "all"
"""Stands for every table, every species or every purpose; it has to be written."""
REASONS = (
    "granted",
    "capped",
    "policyNotYet",
    "policyEnded",
    "noRule",
    "otherReceiver",
    "otherPurpose",
    "otherTable",
    "otherSpecies",
    "ruleNotYet",
    "ruleEnded",
    "denied",
)
"""Why a decision is as it is; of several reasons for nothing the one that came nearest to a grant."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: a grant up to `level`, or a denial of all above it.

    `number` is its place in the file, from 1, grants and denials counted together. `parties` and `roles` are the
    receivers; `purposes`, `tables` and `species` are None for all. `first` and `last` are days, None for open.
    """

    number: int
    grants: bool
    parties: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    purposes: tuple[str, ...] | None = None
    tables: tuple[str, ...] | None = None
    species: tuple[str, ...] | None = None
    level: str = "nothing"
    columns: frozenset[str] = frozenset()
    text: bool = False
    category: int = 1
    step: float = 1000.0
    first: date | None = None
    last: date | None = None
    agreement: str = ""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The policy of one party: who it is, from when until when it holds, and its rules in their order."""

    party: str
    version: int
    rules: tuple[Rule, ...]
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked: by whom, in which roles, for what, on which day, of which table and species (None: of any)."""

    receiver: str
    purpose: str
    on: date
    roles: frozenset[str] = frozenset()
    table: str | None = None
    species: str | None = None


@dataclass(frozen=True)
class Decision:
    """What a policy says to a request: the level, why, by which rules (their numbers), and the grant, if any."""

    level: str
    reason: str
    rules: tuple[int, ...] = ()
    grant: Grant | None = None


def decide(policy: Policy, request: Request) -> Decision:
    """Return what a policy gives; nothing by default.

    >>> policy = read_policy('''
    ... [policy]
    ... party = "north"
    ... version = 1
    ... [[grant]]
    ... to = ["south"]
    ... purposes = ["crossings"]
    ... tables = ["observations"]
    ... species = ["Panthera tigris"]
    ... level = "crossing"
    ... ''')
    >>> asked = Request(receiver="south", purpose="crossings", on=date(2015, 1, 1), table="observations",
    ...                 species="Panthera tigris")
    >>> decide(policy, asked).level
    'crossing'
    >>> from dataclasses import replace
    >>> decide(policy, replace(asked, receiver="east")).reason
    'otherReceiver'
    """
    if policy.first is not None and request.on < policy.first:
        return Decision("nothing", "policyNotYet")
    if policy.last is not None and request.on > policy.last:
        return Decision("nothing", "policyEnded")
    held = [(rule, _mismatch(rule, request)) for rule in policy.rules]
    grants = [rule for rule, missed in held if rule.grants and not missed]
    if not grants:
        nearly = [missed for rule, missed in held if rule.grants]
        return Decision("nothing", max(nearly, key=REASONS.index, default="noRule"))
    caps = [rule for rule, missed in held if not rule.grants and not missed]
    caps += [rule for rule in _caps_of_sources(policy, request) if rule not in caps]
    given = max((rule.level for rule in grants), key=rank)
    level = lowest([given, *(rule.level for rule in caps)])
    rules = tuple(rule.number for rule in (*grants, *caps))
    if level == "nothing":
        return Decision(level, "denied", rules)
    grant = _grant(request, level, grants, caps)
    if policy.last is not None and (grant.until is None or policy.last < grant.until):
        grant = replace(grant, until=policy.last)
    return Decision(level, "granted" if level == given else "capped", rules, grant)


def covers(denied: str, name: str) -> bool:
    """Say whether a denial of one name holds for another: however it is spelt, a synonym, or a name in or around it.

    >>> covers("Panthera tigris", "panthera tigris altaica"), covers("Uncia uncia", "Panthera uncia")
    (True, True)
    >>> covers("Panthera tigris", "Panthera pardus")
    False
    """
    ruled, asked = _words(denied), _words(name)
    shorter = min(len(ruled), len(asked))
    # A record of the genus, or of the species of a denied subspecies, may be of what is denied.
    return ruled[:shorter] == asked[:shorter]


def _words(name: str) -> tuple[str, ...]:
    """Return the words of the accepted name, without the authors and "sp." of names that are in no list."""
    words = (resolve(name).accepted or name).casefold().replace("_", " ").split()
    head = resolve(" ".join([words[0].capitalize(), *words[1:2]])).accepted if len(words) > 2 else None
    if head is not None and " " in head:
        words = [*head.casefold().split(), *words[2:]]
    return tuple(word for word in words if word not in ("sp.", "sp", "spp.", "cf.", "aff."))


def _caps_of_sources(policy: Policy, request: Request) -> list[Rule]:
    """Return the denials that hold for every table from which the asked one is derived; none where one is free."""
    every = []
    for source in FROM.get(request.table or "", ()):
        asked = replace(request, table=source)
        caps = [rule for rule in policy.rules if not rule.grants and not _mismatch(rule, asked)]
        if not caps:
            return []
        every += caps
    return list(dict.fromkeys(every))


def _mismatch(rule: Rule, request: Request) -> str:
    """Return why a rule does not hold for a request; empty where it does."""
    if request.receiver not in rule.parties and not request.roles & set(rule.roles):
        return "otherReceiver"
    if rule.purposes is not None and request.purpose not in rule.purposes:
        return "otherPurpose"
    if not _of_table(rule, request.table):
        return "otherTable"
    if not _of_species(rule, request):
        return "otherSpecies"
    if rule.first is not None and request.on < rule.first:
        return "ruleNotYet"
    if rule.last is not None and request.on > rule.last:
        return "ruleEnded"
    return ""


def _of_table(rule: Rule, table: str | None) -> bool:
    """Say whether a rule names a table; a grant of what a table is derived from, or what it lists, includes it."""
    if rule.tables is None or table in rule.tables:
        return True
    if not rule.grants:
        return table is None
    return table == "holdings" or any(one in rule.tables for one in FROM.get(table or "", ()))


def _of_species(rule: Rule, request: Request) -> bool:
    """Say whether a rule is of a species: a denial as soon as it may be meant, a grant only where it surely is."""
    if rule.species is None:
        return True
    named = request.table is None or of_species(request.table)
    if rule.grants:
        return named and request.species in rule.species
    asked = request.species
    return asked is None or not named or any(covers(one, asked) for one in rule.species)


def _grant(request: Request, level: str, grants: Iterable[Rule], caps: Iterable[Rule]) -> Grant:
    """Join the rules that hold: each says how finely only where its own level reaches that far."""
    rules = list(grants)
    placed = [rule for rule in rules if at_most("generalised", rule.level)]
    bordered = [rule for rule in rules if at_most("crossing", rule.level)]
    denied = frozenset().union(*(rule.columns for rule in caps))
    ends = [rule.last for rule in rules if rule.level == max((one.level for one in rules), key=rank)]
    return Grant(
        receiver=request.receiver,
        level=level,
        tables=None if request.table is None else (request.table,),
        species=None if request.species is None else (request.species,),
        columns=frozenset().union(*(rule.columns for rule in rules)) - denied,
        purpose=request.purpose,
        until=None if any(end is None for end in ends) else max(end for end in ends if end is not None),
        agreement="; ".join(dict.fromkeys(rule.agreement for rule in rules if rule.agreement)),
        category=max((rule.category for rule in placed), default=1),
        step=min((rule.step for rule in bordered), default=1000.0),
        text=any(rule.text for rule in rules) and "text" not in denied,
        denied=denied,
    )


def decide_all(policies: Iterable[Policy], request: Request) -> Decision:
    """Return what several policies give together: the least of them; nothing where there is none."""
    decisions = [decide(policy, request) for policy in policies]
    if not decisions:
        return Decision("nothing", "noRule")
    least = min(decisions, key=lambda one: rank(one.level))
    if least.grant is None:
        return least
    grants = [one.grant for one in decisions if one.grant is not None]
    ends = [one.until for one in grants if one.until is not None]
    joint = Grant(
        receiver=request.receiver,
        level=least.level,
        tables=least.grant.tables,
        species=least.grant.species,
        columns=frozenset.intersection(*(one.columns for one in grants)),
        purpose=request.purpose,
        until=min(ends, default=None),
        agreement="; ".join(dict.fromkeys(one.agreement for one in grants if one.agreement)),
        category=min(one.category for one in grants),
        step=max(one.step for one in grants),
        text=all(one.text for one in grants),
        denied=frozenset().union(*(one.denied for one in grants)),
    )
    return Decision(least.level, least.reason, least.rules, joint)


_POLICY_KEYS = ("party", "version", "from", "until")
_RULE_KEYS = (
    "to",
    "roles",
    "purposes",
    "tables",
    "species",
    "level",
    "columns",
    "text",
    "category",
    "step",
    "from",
    "until",
    "agreement",
)


def read_policy(text: str) -> Policy:
    """Read a policy in TOML; raise `FormatError` naming the first thing that is wrong.

    Nothing has a default that gives: receivers, purposes, tables, species and level have to be written, and `all` has
    to be written where all is meant. `full` needs an agreement and a last day.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormatError("a policy in TOML", str(error), "Correct the file at that place.") from error
    _known(given, ("policy", "grant", "deny"), "a policy")
    head = given.get("policy")
    if not isinstance(head, Mapping):
        raise FormatError("a section [policy]", "none", "Add [policy] with party and version.")
    _known(head, _POLICY_KEYS, "[policy]")
    version = head.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FormatError("a version of 1 or more in [policy]", repr(version), "Count it up with every change.")
    rules: list[Rule] = []
    for kind in ("grant", "deny"):
        many = given.get(kind, [])
        if not isinstance(many, list):
            raise FormatError(Text("rules as [[{kind}]]", kind=kind), repr(many), "Write two brackets on each side.")
        rules += [_rule(one, kind == "grant", len(rules) + place) for place, one in enumerate(many, start=1)]
    return Policy(
        party=_text(head.get("party"), "party in [policy]"),
        version=version,
        rules=tuple(rules),
        first=_day(head.get("from"), "from in [policy]"),
        last=_day(head.get("until"), "until in [policy]"),
    )


def _rule(given: Any, grants: bool, number: int) -> Rule:
    where = f"[[{'grant' if grants else 'deny'}]] {number}"
    if not isinstance(given, Mapping):
        raise FormatError(Text("keys in {where}", where=where), repr(given), "Write a key a line.")
    _known(given, _RULE_KEYS, where)
    parties, roles = _texts(given, "to", where), _texts(given, "roles", where)
    if not parties and not roles:
        raise FormatError(Text("receivers in {where}: to or roles", where=where), "none", 'Write to = ["party"].')
    for role in roles:
        _one_of(role, ROLES, Text("a role in {where}", where=where))
    level = _one_of(given.get("level", None if grants else "nothing"), LEVELS, Text("a level in {where}", where=where))
    columns = frozenset(_texts(given, "columns", where))
    for column in columns:
        _one_of(column, COLUMN_CLASSES, Text("a class of columns in {where}", where=where))
    category = given.get("category", 1)
    if category not in CATEGORIES or isinstance(category, bool):
        raise FormatError(Text("a category from 1 to 4 in {where}", where=where), repr(category), "1 is the coarsest.")
    step = given.get("step", 1000.0)
    if not isinstance(step, int | float) or isinstance(step, bool) or not step > 0:
        raise FormatError(Text("a step in metres in {where}", where=where), repr(step), "Write for example 1000.")
    last = _day(given.get("until"), f"until in {where}")
    agreement = str(given.get("agreement", ""))
    if grants and level == "full" and (not agreement or last is None):
        raise FormatError(
            Text("an agreement and a last day for full in {where}", where=where),
            Text("agreement {agreement}, until {last}", agreement=agreement or "-", last=str(last or "-")),
            "Name both: everything leaves only under an agreement that ends.",
        )
    return Rule(
        number=number,
        grants=grants,
        parties=parties,
        roles=roles,
        purposes=_all_or(given, "purposes", where, needed=grants),
        tables=_tables(given, where, needed=grants),
        species=_all_or(given, "species", where, needed=grants),
        level=level,
        columns=columns,
        text=bool(given.get("text", False)),
        category=int(category),
        step=float(step),
        first=_day(given.get("from"), f"from in {where}"),
        last=last,
        agreement=agreement,
    )


def _tables(given: Mapping[str, Any], where: str, *, needed: bool) -> tuple[str, ...] | None:
    tables = _all_or(given, "tables", where, needed=needed)
    for table in tables or ():
        _one_of(table, tuple(TABLES), Text("a table of the protocol in {where}", where=where))
    return tables


def _all_or(given: Mapping[str, Any], key: str, where: str, *, needed: bool) -> tuple[str, ...] | None:
    """Return names, or None for all: which has to be written in a grant, and is meant by silence in a denial."""
    if key not in given and not needed:
        return None
    if given.get(key) == EVERYTHING:
        return None
    names = _texts(given, key, where)
    if not names:
        raise FormatError(
            Text('{key} in {where}: names, or "all"', key=key, where=where),
            "none",
            Text('Write {key} = ["..."].', key=key),
        )
    return names


def _texts(given: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = given.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise FormatError(Text("a list of texts for {key} in {where}", key=key, where=where), repr(value),
                          Text('Write {key} = ["..."].', key=key))  # fmt: skip
    return tuple(value)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FormatError(Text("a text for {what}", what=what), repr(value), "Write it between quotation marks.")
    return value


def _day(value: Any, what: str) -> date | None:
    if value is None:
        return None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise FormatError(Text("a day for {what}", what=what), repr(value), "Write for example 2016-12-31.")
    return value


def _one_of(value: Any, known: tuple[str, ...], needed: Text) -> str:
    if not isinstance(value, str) or value not in known:
        raise FormatError(needed, repr(value), nearest(str(value), known))
    return value


def _known(given: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in given:
        if key not in keys:
            raise FormatError(Text("known keys in {where}", where=where), f"'{key}'", nearest(key, keys))
