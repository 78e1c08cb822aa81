"""Which birds does a row of a form name?  A species by its scientific or its common name, or a group of unidentified.

The names are told by whoever reads: common names with the species they may mean. A name that means two species, or
none, is a finding; a synonym becomes the accepted name, and a finding says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tumen.files.count_form_layout import Grid, Place
from tumen.files.count_form_words import GROUP_OF, UNIDENTIFIED, folded
from tumen.tables.taxa import resolve

Names = Mapping[str, tuple[str, ...]]
"""Common names as `folded` writes them, with the scientific names of the species they may mean."""

_LATIN = re.compile(r"[A-Z][a-z]+(?: [a-z][a-z-]{2,}){1,2}")
_INSIDE = re.compile(r"[(\[]\s*([A-Z][a-z]+(?: [a-z][a-z-]{2,}){1,2})\s*[)\]]")


@dataclass(frozen=True)
class Bird:
    """What a name means: a species or genus, a group, or neither; of a Latin name nobody knows `scientific` has it."""

    scientific: str | None
    group: str | None = None
    problem: str = ""
    also: str = ""


def group_in(text: str) -> tuple[str | None, bool]:
    """Return the group that a text names, and whether it says that they were not identified.

    >>> group_in("Ducks unidentified"), group_in("geese sp."), group_in("DUCKS"), group_in("Mallard")
    (('ducks', True), ('geese', True), ('ducks', False), (None, False))
    """
    word = folded(text)
    if word in GROUP_OF:
        return GROUP_OF[word], False
    bare = " ".join(re.sub(UNIDENTIFIED, " ", " ".join(text.split()).casefold()).split()).strip(" .,()-的")
    return (GROUP_OF[folded(bare)], True) if bare and bare != word and folded(bare) in GROUP_OF else (None, False)


def meant(text: str, names: Names) -> Bird:
    """Return what one name means.

    >>> meant("Grus vipio", {})
    Bird(scientific='Antigone vipio', group=None, problem='form-species-synonym', also='Antigone vipio')
    >>> meant("mallard", {"mallard": ("Anas platyrhynchos",)}).scientific, meant("bird", {}).problem
    ('Anas platyrhynchos', 'form-species-unknown')
    """
    known = names.get(folded(text))
    if known is not None:
        if len(known) > 1:
            return Bird(None, problem="form-species-ambiguous", also=", ".join(known))
        return Bird(known[0])
    group, unidentified = group_in(text)
    if group is not None:
        return Bird(None, group, "" if unidentified else "form-group-total")
    resolution = resolve(text)
    if resolution.problem == "synonym" and resolution.accepted is not None:
        return Bird(resolution.accepted, problem="form-species-synonym", also=resolution.accepted)
    if resolution.accepted is not None:
        # A slip stays as it was written: the check of names tells the nearest one.
        return Bird(text if resolution.problem == "spelling" else resolution.accepted)
    inside = _INSIDE.search(text)
    if inside is not None:
        return meant(inside[1], names)
    return Bird(text if _LATIN.fullmatch(text) else None, problem="form-species-unknown")


def bird_of(grid: Grid, cells: list[tuple[Place, str]], names: Names) -> Bird:
    """Return what the names of a row mean, the first of them first, and say what is wrong with them."""
    birds = [(place, text, meant(text, names)) for place, text in cells]
    place, text, chosen = next(
        (each for each in birds if each[2].problem not in ("form-species-unknown", "form-species-ambiguous")), birds[0]
    )
    if chosen.problem and chosen.problem != "form-group-total":
        grid.say(chosen.problem, place, text, meant=chosen.also)
    for number, (other_place, other_text, other) in enumerate(birds):
        # A common name that nobody knows is no fault beside a scientific one; the other way round it is.
        unknown = number == 0 and other is not chosen
        differs = other.scientific is not None and other.scientific != chosen.scientific
        if chosen.scientific is not None and (unknown or differs):
            grid.say("form-names-disagree", other_place, other_text, taken=chosen.scientific)
    return chosen
