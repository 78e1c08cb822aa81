"""Which languages have words, and what their catalogues say."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from babel.core import Locale
from babel.messages.pofile import read_po

from tumen.errors import LanguageError, nearest

SOURCE = "en"
"""The language the program is written in."""

_PLURALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": ("one", "other"),
        "ru": ("one", "few", "many"),
        "zh-Hans": ("other",),
        "ko": ("other",),
        "ja": ("other",),
        "mn": ("one", "other"),
    }
)
"""CLDR's plural categories, in the order in which the language's catalogue lists its forms."""

Forms = Mapping[str, tuple[str, ...]]
"""English text -> its forms in the language: one, or one for each plural category."""


@dataclass(frozen=True)
class Catalogue:
    """The words of one language: the forms of every text, and the texts whose words nobody has reviewed.

    A translation made by a machine is marked `fuzzy` in the file, as translators' programs mark what needs work; it is
    used, counted here, and announced where it is shown. Reviewing an entry takes the mark away.
    """

    forms: Forms
    unreviewed: frozenset[str] = frozenset()


def languages() -> tuple[str, ...]:
    """Return the languages that have words, English first.

    >>> languages()
    ('en', 'ru', 'zh-Hans', 'ko', 'ja', 'mn')
    """
    found = {entry.name for entry in files(__package__).iterdir() if entry.is_dir()}
    return tuple(name for name in _PLURALS if name == SOURCE or name in found)


def require(language: str) -> str:
    """Return `language` if there are words for it; `LanguageError` names those that exist.

    >>> require("rus")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    tumen.errors.LanguageError: ... found 'rus'. Did you mean 'ru'? Known: en, ja, ko, mn, ru, zh-Hans.
    """
    if language not in languages():
        raise LanguageError("a language that has words", f"'{language}'", nearest(language, languages()))
    return language


@cache
def read(language: str) -> Catalogue:
    """Return the catalogue of one language; empty for English."""
    if require(language) == SOURCE:
        return Catalogue(MappingProxyType({}))
    with files(__package__).joinpath(language, "LC_MESSAGES", "tumen.po").open("rb") as stream:
        parsed = read_po(stream, locale=language.replace("-", "_"), abort_invalid=True)
    texts: dict[str, tuple[str, ...]] = {}
    unreviewed = set()
    for message in parsed:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        given = message.string or ""
        forms = (given,) if isinstance(given, str) else tuple(given)
        if all(forms):
            texts[key] = forms
            if message.fuzzy:
                unreviewed.add(key)
    return Catalogue(MappingProxyType(texts), frozenset(unreviewed))


def plural_index(language: str, count: int) -> int:
    """Return which form of a plural text fits `count`.

    >>> [plural_index("ru", n) for n in (1, 2, 5, 11, 21, 104)]
    [0, 1, 2, 2, 0, 1]
    """
    forms = _PLURALS[language]
    return forms.index(Locale.parse(language, sep="-").plural_form(count)) if len(forms) > 1 else 0
