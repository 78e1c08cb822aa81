"""A policy in words: what a party would receive, and what not."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.sharing.explain import Line
from tumen.sharing.levels import Grant
from tumen.sharing.policy import Policy

GIVEN: Mapping[str, str] = MappingProxyType(
    {
        "catalogue": mark("that the package exists: species, years, how many rows"),
        "identity": mark("who the animals are: flank pictures without metadata, genotypes, sex, year, country; "
                         "no place, no day"),
        "crossing": mark("the same, and the UTC day, the side of the border, and the distance to it rounded up"),
        "generalised": mark("the same, and the cell of a grid in which it was; dates to the month"),
        "full": mark("everything, exact"),
    }
)  # fmt: skip
REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "policyNotYet": mark("the policy does not hold yet"),
        "policyEnded": mark("the policy has ended"),
        "noRule": mark("no rule gives anything"),
        "otherReceiver": mark("no rule names this receiver"),
        "otherPurpose": mark("no rule names this purpose"),
        "otherTable": mark("no rule names these tables"),
        "otherSpecies": mark("no rule names this species"),
        "ruleNotYet": mark("the rule does not hold yet"),
        "ruleEnded": mark("the rule has ended"),
        "denied": mark("a rule denies it"),
    }
)
CELLS: Mapping[int, str] = MappingProxyType({1: "1°", 2: "0.1°", 3: "0.01°", 4: "0.001°"})


def explained(policy: Policy, lines: Iterable[Line], receiver: str, words: Words) -> tuple[str, ...]:
    """Return the lines of an explanation: for each purpose and species what leaves, then what does not."""
    said = [
        words.text("What {party} gives to {receiver}, by version {version} of its policy:", party=policy.party,
                   receiver=receiver, version=str(policy.version))
    ]  # fmt: skip
    every = list(lines)
    given = [line for line in every if line.decision.grant is not None]
    if not given:
        said += ["", words.text("Nothing."), "", *(_why(line, words) for line in every[:1])]
        return tuple(said)
    for line in given:
        said += ["", _heading(line, words), *(f"  {one}" for one in _gives(line, words))]
    said += ["", words.text("Nothing else leaves:"), *(f"  {one}" for one in dict.fromkeys(
        f"{_heading(line, words)} {_why(line, words)}" for line in every if line.decision.grant is None
    ))]  # fmt: skip
    return tuple(said)


def _heading(line: Line, words: Words) -> str:
    purpose = line.purpose if line.purpose is not None else words.text("any other purpose")
    species = words.species(line.species).plain if line.species else words.text("any other species")
    return words.text("For {purpose}, of {species}:", purpose=purpose, species=species)


def _gives(line: Line, words: Words) -> list[str]:
    grant = line.decision.grant
    if grant is None:
        return []
    said = [
        words.text("Level {level}: {meaning}.", level=grant.level, meaning=words.text(GIVEN[grant.level])),
        words.text("Tables: {tables}.", tables=", ".join(line.tables)),
        *_finely(grant, words),
    ]
    if grant.columns or grant.text:
        named = sorted({*grant.columns, *(["text"] if grant.text else [])})
        said.append(words.text("Also: {columns}.", columns=", ".join(named)))
    if grant.denied:
        said.append(words.text("Never, at any level: {columns}.", columns=", ".join(sorted(grant.denied))))
    until = words.day(grant.until) if grant.until is not None else words.text("until it is taken back")
    said.append(
        words.text("Until: {until}. Agreement: {agreement}. Rules: {rules}.", until=until,
                   agreement=grant.agreement or "–", rules=", ".join(map(str, line.decision.rules)))
    )  # fmt: skip
    return said


def _finely(grant: Grant, words: Words) -> list[str]:
    """Return how finely places are told, where the level tells any."""
    said = []
    if grant.level in ("crossing", "generalised"):
        said.append(words.text("Distances to the border in steps of {metres} m.", metres=words.number(grant.step)))
    if grant.level == "generalised":
        said.append(words.text("Places in cells of {cell}.", cell=CELLS[grant.category]))
    return said


def _why(line: Line, words: Words) -> str:
    code = line.decision.reason
    return words.text(REFUSED[code]) if code in REFUSED else code
