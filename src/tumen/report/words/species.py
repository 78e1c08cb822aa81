"""Species that the report's sentences count ("of 45 tigers"), and what any species is called.

Common names are in `tumen.report.words.names`; a species without one goes by its scientific name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tumen.report.words.marking import mark, mark_plural


@dataclass(frozen=True)
class SpeciesName:
    """What to call a species: its scientific name (set in italics), and its common name if there is one."""

    scientific: str
    common: str | None

    @property
    def plain(self) -> str:
        """The common name, else the scientific one.

        >>> SpeciesName("Castor fiber", None).plain
        'Castor fiber'
        """
        return self.common or self.scientific


@dataclass(frozen=True)
class SpeciesTexts:
    """Texts of one species: its name, and "of N ..." for one and for many."""

    name: str
    of: tuple[str, str]


SPECIES: Mapping[str, SpeciesTexts] = MappingProxyType(
    {
        "Panthera tigris": SpeciesTexts(mark("tiger"), mark_plural("of {count} tiger", "of {count} tigers")),
        "Panthera pardus": SpeciesTexts(mark("leopard"), mark_plural("of {count} leopard", "of {count} leopards")),
        "Panthera uncia": SpeciesTexts(
            mark("snow leopard"), mark_plural("of {count} snow leopard", "of {count} snow leopards")
        ),
        "Loxodonta africana": SpeciesTexts(
            mark("African elephant"), mark_plural("of {count} African elephant", "of {count} African elephants")
        ),
    }
)
"""By scientific name; a subspecies goes by the name of its species. The name itself is used where no list has one."""
