"""Which version holds?  Where a package stands among those held before: order of arrival does not matter.

Packages come by stick, late, twice and out of order. What a node holds in the end depends only on which ones came: the
newest version of each package is the one that counts, older ones stay as superseded, and two that cannot both be right
(the same number with other contents, a version that does not follow on the one before) are refused.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tumen.errors import MixedPackagesError, Text
from tumen.tables.file_names import shown

NEWEST, SUPERSEDED, KNOWN = "newest", "superseded", "known"


@dataclass(frozen=True)
class Held:
    """A version of a package: whose, which, its number, the SHA-256 of its manifest and of the one before."""

    party: str
    package: str
    version: int
    digest: str
    previous: str | None = None


def standing(one: Held, held: Iterable[Held]) -> str:
    """Return where a version stands among others: `newest`, `superseded` by one of them, or `known` already.

    Packages are one only if their party is one: nobody supersedes another party's package. Raises `MixedPackagesError`.

    >>> second = Held("north", "lynx", 2, "b" * 64, "a" * 64)
    >>> standing(Held("north", "lynx", 1, "a" * 64), [second]), standing(second, [])
    ('superseded', 'newest')
    """
    others = [each for each in held if (each.party, each.package) == (one.party, one.package)]
    for other in others:
        if other.digest == one.digest:
            return KNOWN
        first, then = sorted((one, other), key=lambda each: each.version)
        if first.version == then.version or (then.version == first.version + 1 and then.previous != first.digest):
            needed = Text("one line of versions of {package} of {party}", package=shown(one.package), party=one.party)
            found = Text("another version {version} than the one held", version=other.version)
            cure = "Ask its party which is right, and why both were sealed. Do not use either until you know."
            raise MixedPackagesError(needed, found, cure)
    return SUPERSEDED if any(each.version > one.version for each in others) else NEWEST


def newest(held: Iterable[Held]) -> Mapping[tuple[str, str], Held]:
    """Return the newest version of each package, by party and package, sorted."""
    found: dict[tuple[str, str], Held] = {}
    for each in sorted(held, key=lambda each: (each.party, each.package, each.version)):
        found[each.party, each.package] = each
    return found


def holdings_digest(held: Iterable[Held]) -> str:
    """Return one SHA-256 of all newest versions: two nodes with the same one hold the same.

    >>> holdings_digest([]) == holdings_digest([Held("north", "lynx", 1, "a" * 64)])
    False
    """
    lines = (f"{each.party}\n{each.package}\n{each.digest}\n" for each in newest(held).values())
    return hashlib.sha256("".join(lines).encode()).hexdigest()
