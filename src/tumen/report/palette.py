"""Colours and shapes: colour says country, shape says party, everywhere.

The six country colours differ in lightness as well as in hue, so that they stay apart for colour-blind readers and
on a grey printer; where two meet in one figure, their shapes differ too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.colors import to_hex, to_rgb

INK = "#1f2a33"
SOFT_INK = "#5a6872"
FAINT = "#c9d1d6"
PAPER = "#ffffff"
SEA = "#e9eff3"
OTHER_LAND = "#f3f2ee"
BOTH = "#2b3a4a"
NONE = "#8a949b"

_COUNTRIES = ("#dd8a00", "#0b6e66", "#6a51a3", "#b1335e", "#5b7a1e", "#4f6b8c")
_SHAPES = ("o", "s", "^", "D", "v", "P", "h", "p", "<", ">")
_DOTS = ("o", "D", "s", "^", "v", "P")


@dataclass(frozen=True)
class Palette:
    """Colours by country and shapes by party, in alphabetical order, so that every figure agrees.

    >>> palette = Palette(("CN", "RU"), ("north", "south"))
    >>> palette.country("RU"), palette.country(None), palette.shape("north")
    ('#0b6e66', '#8a949b', 'o')
    """

    countries: tuple[str, ...]
    parties: tuple[str, ...]

    def country(self, code: str | None) -> str:
        """Return a country's colour; grey for a place whose side is not certain, or a country of no concern."""
        if code is None or code not in self.countries:
            return NONE
        return _COUNTRIES[self.countries.index(code) % len(_COUNTRIES)]

    def dot(self, code: str | None) -> str:
        """Return the shape of a country's encounters, so that grey prints keep them apart."""
        return "x" if code is None or code not in self.countries else _pick(_DOTS, self.countries.index(code))

    def shape(self, party: str) -> str:
        """Return a party's marker."""
        return _pick(_SHAPES, self.parties.index(party))

    def land(self, code: str) -> str:
        """Return the quiet tint of a country's ground."""
        return mix(self.country(code), PAPER, 0.11) if code in self.countries else OTHER_LAND


def mix(colour: str, other: str, share: float) -> str:
    """Return `share` of one colour in another.

    >>> mix("#000000", "#ffffff", 0.2)
    '#cccccc'
    """
    red, green, blue = (a * share + b * (1 - share) for a, b in zip(to_rgb(colour), to_rgb(other), strict=True))
    return str(to_hex((red, green, blue)))


def _pick(shapes: Sequence[str], index: int) -> str:
    return shapes[index % len(shapes)]
