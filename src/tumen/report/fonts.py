"""The letters of figures, pages and prints: where they are, and small copies of them for a web page.

Figures are set in DejaVu Sans, which comes with matplotlib and has Latin, Cyrillic (with Mongolian Ө and Ү) and the
signs for sexes; documents are set in Libertinus Serif, which comes with Typst. Chinese, Korean and Japanese letters are
those of Noto Sans and Noto Serif, which the extra `fonts` installs. The same Chinese character is drawn differently in
China, Korea and Japan: the reader's language decides whose form is taken.

A page carries the letters it uses, so that it looks the same on a computer that has never heard of the font.
"""

import base64
import io
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from tumen.errors import ExtraError, Text


@dataclass(frozen=True)
class EastAsian:
    """The fonts of one East Asian script as one package ships them."""

    package: str
    sans: str
    serif: str
    sans_file: str


EAST_ASIAN: Mapping[str, EastAsian] = MappingProxyType(
    {
        "zh-Hans": EastAsian("pylopdf_fonts_zh_cn", "Noto Sans SC", "Noto Serif SC", "NotoSansSC-Regular.otf"),
        "ko": EastAsian("pylopdf_fonts_ko", "Noto Sans KR", "Noto Serif KR", "NotoSansKR-Regular.otf"),
        "ja": EastAsian("pylopdf_fonts_jp", "Noto Sans JP", "Noto Serif JP", "NotoSansJP-Regular.otf"),
    }
)
"""By language. A document in one of them falls back on the others for names it quotes."""

_FACES = (
    ("DejaVuSans.ttf", "normal", "normal"),
    ("DejaVuSans-Bold.ttf", "bold", "normal"),
    ("DejaVuSans-Oblique.ttf", "normal", "italic"),
)


def folder() -> Path:
    """Return the folder of the figures' own fonts."""
    import matplotlib as mpl  # a page without figures does not pay for loading it

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def folders(language: str) -> list[Path]:
    """Return every folder a print in `language` needs; those of other languages' letters only if they are installed.

    Raises `ExtraError` if the language needs fonts that are not installed.
    """
    return [folder(), *(path for path, _ in _installed(language))]


def sans(language: str) -> list[str]:
    """Return the families of a figure in `language`, the first that has a letter being taken.

    >>> sans("ja")[:2]
    ['DejaVu Sans', 'Noto Sans JP']
    """
    return ["DejaVu Sans", *(font.sans for _, font in _installed(language))]


def sans_files(language: str) -> list[Path]:
    """Return the files of the East Asian families of `sans`."""
    return [path / font.sans_file for path, font in _installed(language)]


def serif(language: str) -> list[str]:
    """Return the families of a document in `language`, the first that has a letter being taken.

    >>> serif("ko")[:2]
    ['Libertinus Serif', 'Noto Serif KR']
    """
    return ["Libertinus Serif", *(font.serif for _, font in _installed(language)), "DejaVu Sans"]


def families(language: str) -> str:
    """Return the East Asian families of a page in `language` as CSS; system fonts if none is installed.

    They stand before all others: what the page carries of them has wide letters only, and Chromium leaves the first
    words of a page unreadable where such a family stands behind one that the computer does not have.

    >>> families("ko").split(", ")[0]
    "'Noto Sans KR'"
    """
    return ", ".join(f"'{font.sans}'" for _, font in _installed(language)) or "'Noto Sans'"


def is_wide(letter: str) -> bool:
    """Say whether a letter is as wide as it is high, as Chinese, Japanese and Korean ones are.

    >>> is_wide("虎"), is_wide("호"), is_wide("Ө")
    (True, True, False)
    """
    return unicodedata.east_asian_width(letter) in "WF"


def face_rules(figures: frozenset[str], page: frozenset[str], language: str) -> str:
    """Return CSS that carries the letters of `figures` in their three faces, and the wide letters of the `page`.

    A wide letter is carried once, from the first family of `sans(language)` that has it.
    """
    own = frozenset(letter for letter in figures if not is_wide(letter))
    rules = [_rule("DejaVu Sans", folder() / name, own, weight, style) for name, weight, style in _FACES] if own else []
    left = frozenset(letter for letter in figures | page if is_wide(letter))
    for path, font in _installed(language) if left else []:
        held = left & _letters(path / font.sans_file)
        if held:
            rules.append(_rule(font.sans, path / font.sans_file, held, "normal", "normal"))
        left -= held
    return "\n".join(rules)


def _installed(language: str) -> list[tuple[Path, EastAsian]]:
    """Return the East Asian fonts that are installed, those of `language` first."""
    order = sorted(EAST_ASIAN, key=lambda other: other != language)
    found = [(path, EAST_ASIAN[other]) for other in order if (path := _place(EAST_ASIAN[other].package)) is not None]
    if language in EAST_ASIAN and EAST_ASIAN[language] not in [font for _, font in found]:
        raise ExtraError(
            Text("the fonts of the language {language}", language=language),
            Text("no package {package}", package=EAST_ASIAN[language].package),
            "Install them with: pip install 'tumen[fonts]'.",
        )
    return found


@cache
def _place(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


@cache
def _letters(path: Path) -> frozenset[str]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _rule(family: str, path: Path, letters: Iterable[str], weight: str, style: str) -> str:
    data = base64.b64encode(_subset(path, frozenset(letters))).decode()
    return (
        f"@font-face{{font-family:'{family}';font-weight:{weight};font-style:{style};"
        f"src:url(data:font/woff;base64,{data}) format('woff')}}"
    )


@cache
def _subset(path: Path, letters: frozenset[str]) -> bytes:
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont

    options = subset.Options(flavor="woff", hinting=False, layout_features=["kern"], notdef_outline=True)
    options.name_IDs = []
    options.drop_tables += ["FFTM"]
    font = TTFont(path, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, letters)))
    subsetter.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=False)
    return buffer.getvalue()
