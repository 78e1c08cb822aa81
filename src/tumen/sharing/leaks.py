"""Does the view give away more than it should? What is searched before a view is sealed.

Disclosure makes a view; this looks at one as a stranger does who has the owner's data beside it. It trusts nothing
that the view says of itself, and it does not know how the view was made. `docs/methods/leak-check.md` says what is
searched and what cannot be found.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from tumen.sharing.leaks_border import Locate, border_leaks
from tumen.sharing.leaks_descriptor import descriptor_leaks
from tumen.sharing.leaks_media import media_leaks
from tumen.sharing.leaks_numbers import coordinate_leaks, day_leaks
from tumen.sharing.leaks_others import Earlier, linked
from tumen.sharing.leaks_places import cell_leaks, grid_leaks, ledger_leaks
from tumen.sharing.leaks_rare import rare
from tumen.sharing.leaks_shape import shape_leaks
from tumen.sharing.leaks_texts import said
from tumen.sharing.leaks_words import animal_leaks, word_leaks
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import Grant
from tumen.tables import findings
from tumen.tables.package import Package


@dataclass(frozen=True)
class Around:
    """What an attacker may have beside the view.

    `earlier`: views that have left before, to whomever. `locate`: gives points (`tumen.measure.sides.POINTS`) their
    side and their distance to the border, from a map that everybody has; without it no distance is checked.
    """

    earlier: tuple[Earlier, ...] = ()
    locate: Locate | None = None


NOTHING = Around()
WRITTEN = ("spatial", "temporal", "taxonomic", "project", "resources", "id", "version")
"""Metadata that the writer completes from the tables of the view, or that the standard asks for."""


def leaks(
    disclosed: Package,
    grant: Grant,
    *,
    truth: Package,
    ledger: Ledger,
    media: Mapping[str, bytes] | Iterable[tuple[str, bytes]] | None = None,
    around: Around = NOTHING,
) -> pl.DataFrame:
    """Return findings on what a view gives beyond its grant; it may be sealed where none is an error.

    `truth`: the owner's package. `ledger`: with this release in it. `media`: files of the view, by path; those in
    `disclosed.kept` where it is None. At the level `full` nothing is held back and nothing is searched.

    >>> from tumen.sharing.disclose import Derived, disclose
    >>> from datetime import UTC, datetime
    >>> from tumen.tables.package import assemble
    >>> text = pl.DataFrame({"deploymentID": ["ridge"], "latitude": ["43.10422"], "longitude": ["131.22017"],
    ...     "deploymentStart": ["2014-01-05T07:00:00Z"], "deploymentEnd": ["2014-02-01T00:00:00Z"]})
    >>> truth = assemble("north", {"deployments": text}, party="north-reserve", country="RU", format="camtrap-dp")
    >>> grant = Grant("south", "generalised", category=2)
    >>> made = disclose(truth, grant, bytes(32), Derived(), Ledger(), datetime(2015, 1, 1, tzinfo=UTC))
    >>> leaks(made.package, grant, truth=truth, ledger=made.ledger).height
    0
    >>> leaks(truth, grant, truth=truth, ledger=made.ledger)["code"].unique().sort().to_list()
    ['leak-cell-finer', 'leak-instant', 'leak-name', 'leak-name-not-keyed', 'leak-text-differs']
    """
    if grant.level == "full":
        return findings.empty()
    files = disclosed.kept if media is None else media
    names, bare = media_leaks(disclosed, files)
    texts = said(disclosed, grant, names)
    found = [
        *shape_leaks(disclosed, grant),
        *cell_leaks(disclosed, grant, ledger),
        *ledger_leaks(ledger),
        *border_leaks(grant, truth, ledger, around.locate),
        *word_leaks(texts, disclosed, truth, grant),
        *animal_leaks(disclosed, truth, grant),
        *coordinate_leaks(texts, disclosed, truth, grant),
        *day_leaks(texts, truth, grant),
        *descriptor_leaks(disclosed),
        *rare(disclosed),
        *linked(disclosed, grant, around.earlier),
        bare,
    ]
    return findings.of_package(findings.gather(found), disclosed.party, disclosed.name)


def seen_leaks(disclosed: Package, grant: Grant, media: Iterable[tuple[str, bytes]]) -> pl.DataFrame:
    """Return findings on what shows by itself, without the owner's data: in form, grid, files and metadata.

    The descriptor may have been written; what the writer reads off the tables is left aside.
    """
    if grant.level == "full":
        return findings.empty()
    made = {key: value for key, value in disclosed.descriptor.items() if key not in WRITTEN}
    bare = replace(disclosed, descriptor=made)
    _, pictures = media_leaks(bare, media)
    return findings.of_package(
        findings.gather([*shape_leaks(bare, grant), *grid_leaks(bare, grant), *descriptor_leaks(bare), pictures]),
        bare.party,
        bare.name,
    )
