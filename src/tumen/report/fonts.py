"""The letters of the figures: where they are for a print, and a small copy of them for a web page.

Figures are set in DejaVu Sans, which comes with matplotlib and has Latin, Cyrillic and the signs for sexes. A page
carries the letters it uses, so that it looks the same on a telephone that has never heard of the font. The document is
set in Libertinus Serif, which comes with Typst.
"""

import base64
import io
from functools import cache
from pathlib import Path

import matplotlib as mpl
from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

_FACES = (
    ("DejaVuSans.ttf", "normal", "normal"),
    ("DejaVuSans-Bold.ttf", "bold", "normal"),
    ("DejaVuSans-Oblique.ttf", "normal", "italic"),
)


def folder() -> Path:
    """Return the folder of the figures' fonts."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def face_rules(letters: frozenset[str]) -> str:
    """Return CSS that carries the letters in the three faces that figures use."""
    rules = []
    for name, weight, style in _FACES:
        data = base64.b64encode(_subset(name, letters)).decode()
        rules.append(
            f"@font-face{{font-family:'DejaVu Sans';font-weight:{weight};font-style:{style};"
            f"src:url(data:font/woff;base64,{data}) format('woff')}}"
        )
    return "\n".join(rules)


@cache
def _subset(name: str, letters: frozenset[str]) -> bytes:
    options = subset.Options(flavor="woff", hinting=False, layout_features=["kern"], notdef_outline=True)
    options.name_IDs = []
    options.drop_tables += ["FFTM"]
    font = TTFont(folder() / name, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, letters)))
    subsetter.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=False)
    return buffer.getvalue()
