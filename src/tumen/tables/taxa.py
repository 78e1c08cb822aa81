"""Which animal does a scientific name mean?  Names resolved offline against the list of the region.

The list is ours (`tumen.tables.taxa_list`); it follows the Mammal Diversity Database and the IOC World Bird List. A
name that is not in it may be perfectly right: it is then unknown, which is no fault of the data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from tumen.tables.spelling import edits
from tumen.tables.taxa_list import HIGHER, SPECIES

HYBRID_WORDS = frozenset({"x", "×"})
RANKLESS = frozenset({"sp", "sp.", "spp", "spp.", "indet.", "indet"})
"""Words after a name that say: not determined further."""

LEAST = 7
"""Letters an epithet needs for two of them to be taken for slips; short epithets of different species are too near."""


@dataclass(frozen=True)
class Taxon:
    """A name of the list: its rank, its class, and the names read as it."""

    name: str
    rank: str
    of_class: str
    synonyms: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resolution:
    """What a name means: the accepted name (None if unknown), and what is wrong with the name as it was written.

    `problem` is empty, `synonym` (an older or rejected name), `spelling` (a slip; `accepted` is the nearest name) or
    `unknown` (not in the list: nothing was checked).
    """

    accepted: str | None
    problem: str


def _read() -> dict[str, Taxon]:
    taxa = {name: Taxon(name, rank, "") for rank, names in HIGHER.items() for name in names}
    for of_class, lines in SPECIES.items():
        for line in lines.strip().splitlines():
            words = line.replace("~", "=~").split("=")
            name, others = words[0].strip(), [word.strip() for word in words[1:]]
            genus = name.split()[0]
            taxa[genus] = Taxon(genus, "genus", of_class)
            taxa[name] = Taxon(
                name,
                "species" if name.count(" ") == 1 else "subspecies",
                of_class,
                tuple(other for other in others if not other.startswith("~")),
                tuple(other[1:].strip() for other in others if other.startswith("~")),
            )
    return taxa


TAXA: Mapping[str, Taxon] = MappingProxyType(_read())
"""The accepted names of the list, with the genera and the higher names above them."""

SYNONYMS: Mapping[str, str] = MappingProxyType(
    {other: taxon.name for taxon in TAXA.values() for other in taxon.synonyms}
)
BESIDE: Mapping[str, str] = MappingProxyType({other: taxon.name for taxon in TAXA.values() for other in taxon.beside})
"""Names that authorities use beside the accepted ones."""

_KNOWN: Mapping[str, str] = MappingProxyType({**{name: name for name in TAXA}, **SYNONYMS, **BESIDE})
"""Every name of the list, and the accepted name it means."""

_GENERA = frozenset(name.split()[0] for name in _KNOWN if " " in name)


@cache
def resolve(name: str) -> Resolution:
    """Return what a scientific name means.

    A subspecies of the list, and the first of a species of the list, resolves to itself; "Anas sp." and
    "Larus canus/cachinnans" mean their genus.

    >>> resolve("Panthera tigris"), resolve("Uncia uncia")
    (Resolution(accepted='Panthera tigris', problem=''), Resolution(accepted='Panthera uncia', problem='synonym'))
    >>> resolve("panthera  tigris Linnaeus, 1758") == resolve("Panthera tigirs")
    True
    >>> resolve("Puma concolor")
    Resolution(accepted=None, problem='unknown')
    """
    known = _exact(name)
    if known is not None:
        return known
    tidy = _tidy(name)
    if tidy != name and (known := _exact(tidy)) is not None:
        return Resolution(known.accepted, known.problem or "spelling")
    shortened = _without_author(tidy)
    if shortened in _KNOWN and (" " in shortened or shortened == tidy):
        return Resolution(_KNOWN[shortened], "synonym" if shortened in SYNONYMS else "spelling")
    near = _nearest(tidy)
    if near is None and shortened != tidy:
        near = _nearest(shortened)
    return Resolution(None, "unknown") if near is None else Resolution(_KNOWN[near], "spelling")


def _exact(name: str) -> Resolution | None:
    if name in TAXA:
        return Resolution(name, "")
    if name in BESIDE:
        return Resolution(BESIDE[name], "")
    if name in SYNONYMS:
        return Resolution(SYNONYMS[name], "synonym")
    words = name.split()
    undetermined = len(words) == 2 and words[1] in RANKLESS
    if words and words[0] in TAXA and (undetermined or "/" in name):
        return Resolution(words[0], "")
    if len(words) == 3 and words[1] == words[2] and " ".join(words[:2]) in TAXA:
        return Resolution(name, "")
    return None


def _tidy(name: str) -> str:
    """Return a name with single spaces, hyphens as spaces, and capitals where scientific names have them."""
    words = name.replace("_", " ").replace("-", " ").replace("\u00a0", " ").split()
    if not words:
        return ""
    first = words[0][:1].upper() + words[0][1:].lower()
    # An author keeps its capital: only words in capitals throughout are taken for part of the name.
    rest = [word.lower() if word.isupper() and len(word) > 3 else word for word in words[1:]]
    return " ".join([first, *_epithet_lower(rest)])


def _epithet_lower(words: list[str]) -> list[str]:
    """Return the words with the first in small letters when that makes it an epithet of the list."""
    if words and words[0].lower() in _EPITHETS:
        return [words[0].lower(), *words[1:]]
    return words


_EPITHETS = frozenset(word for name in _KNOWN for word in name.split()[1:])


def _without_author(name: str) -> str:
    """Return the words of a name before its author: the genus and the epithets, which have no capital."""
    words = name.split()
    kept = words[:1]
    for word in words[1:3]:
        if not (word.isalpha() and word.islower()):
            break
        kept.append(word)
    return " ".join(kept)


def _nearest(name: str) -> str | None:
    """Return the only name of the list within a slip or two, if there is one."""
    words = name.split()
    if len(words) < 2 or HYBRID_WORDS & set(words):
        return None
    best: dict[int, set[str]] = {}
    for known in _candidates(name):
        allowed = 2 if len(known.split()[-1]) >= LEAST else 1
        apart = edits(name, known, allowed)
        if apart <= allowed and known.count(" ") == name.count(" "):
            best.setdefault(apart, set()).add(known)
    if not best:
        return None
    nearest = best[min(best)]
    # Two names of the list equally near: which one was meant cannot be said, unless they mean the same animal.
    return min(nearest) if len({_KNOWN[name] for name in nearest}) == 1 else None


def _candidates(name: str) -> list[str]:
    genus, epithet = name.split()[0], name.split()[-1]
    return [
        known
        for known in _KNOWN
        if " " in known
        and (known[0] == name[0])
        and abs(len(known) - len(name)) <= 2
        # One of the two words must be right, or nearly: a slip changes letters, not words.
        and (edits(known.split()[0], genus, 2) <= 2 and edits(known.split()[-1], epithet, 2) <= 2)
    ]
