"""Which languages have words, and what their catalogues say."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from babel.core import Locale
from babel.messages.pofile import read_po

from tumen.errors import LanguageError, nearest

SOURCE = "en"
"""The language the program is written in."""

_PLURALS: Mapping[str, tuple[str, ...]] = MappingProxyType({"en": ("one", "other"), "ru": ("one", "few", "many")})
"""CLDR's plural categories, in the order in which the language's catalogue lists its forms."""

Catalogue = Mapping[str, tuple[str, ...]]
"""English text -> its forms in the language: one, or one for each plural category."""


def languages() -> tuple[str, ...]:
    """Return the languages that have words, English first.

    >>> languages()
    ('en', 'ru')
    """
    found = (entry.name for entry in files(__package__).iterdir() if entry.is_dir())
    return (SOURCE, *sorted(name for name in found if name in _PLURALS))


def require(language: str) -> str:
    """Return `language` if there are words for it; `LanguageError` names those that exist.

    >>> require("rus")
    Traceback (most recent call last):
        ...
    tumen.errors.LanguageError: a language that has words; found 'rus'. Did you mean 'ru'? Known: en, ru.
    """
    if language not in languages():
        raise LanguageError("a language that has words", f"'{language}'", nearest(language, languages()))
    return language


@cache
def read(language: str) -> Catalogue:
    """Return the catalogue of one language; empty for English. Doubtful ("fuzzy") entries count as missing."""
    if require(language) == SOURCE:
        return MappingProxyType({})
    with files(__package__).joinpath(language, "LC_MESSAGES", "tumen.po").open("rb") as stream:
        parsed = read_po(stream, locale=language, abort_invalid=True)
    texts: dict[str, tuple[str, ...]] = {}
    for message in parsed:
        if not message.id or message.fuzzy:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        given = message.string or ""
        forms = (given,) if isinstance(given, str) else tuple(given)
        if all(forms):
            texts[key] = forms
    return MappingProxyType(texts)


def plural_index(language: str, count: int) -> int:
    """Return which form of a plural text fits `count`.

    >>> [plural_index("ru", n) for n in (1, 2, 5, 11, 21, 104)]
    [0, 1, 2, 2, 0, 1]
    """
    return _PLURALS[language].index(Locale.parse(language).plural_form(count))
