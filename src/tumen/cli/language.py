"""In which language the command line speaks: that of TUMEN_LANGUAGE, else of the system, else English."""

import os
from functools import cache
from typing import TYPE_CHECKING

from tumen.errors import Text, TumenError

if TYPE_CHECKING:
    from tumen.report.words import Words

_SYSTEM = {"ru": "ru", "ko": "ko", "ja": "ja", "mn": "mn", "zh_cn": "zh-Hans", "zh_sg": "zh-Hans", "zh_hans": "zh-Hans"}
"""Languages with words, by the beginning of the system's name for them; Chinese by its script."""


@cache
def language() -> str:
    """Return the language: what TUMEN_LANGUAGE says, else the first known one of LC_ALL, LC_MESSAGES and LANG."""
    chosen = os.environ.get("TUMEN_LANGUAGE")
    if chosen:
        from tumen.report.words.catalogues import languages

        # What is no language is refused by `require_language`, once there is somebody to tell.
        return chosen if chosen in languages() else "en"
    said = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return of_system(next(filter(None, said), ""))


def require_language() -> None:
    """Raise `LanguageError` if TUMEN_LANGUAGE names a language without words."""
    chosen = os.environ.get("TUMEN_LANGUAGE")
    if chosen:
        from tumen.report.words.catalogues import require

        require(chosen)


def of_system(name: str) -> str:
    """Return the language of a system's name for it; English for one without words.

    >>> of_system("zh_CN.UTF-8"), of_system("ru_RU"), of_system("zh_TW.UTF-8"), of_system("C")
    ('zh-Hans', 'ru', 'en', 'en')
    """
    known = name.lower().replace("-", "_")
    return next((own for start, own in _SYSTEM.items() if known.startswith(start)), "en")


@cache
def words() -> "Words":
    """Return the words of the command line's language."""
    from tumen.report.words import Words

    return Words(language())


def text(template: str, /, **values: str | int | float) -> str:
    """Return a text of the command line in its language; English costs no catalogue.

    >>> text("{count} rows", count=3)
    '3 rows'
    """
    if language() == "en":
        return template.format(**values)
    return words().text(template, **values)


def help_text(*paragraphs: str, examples: tuple[str, ...] = ()) -> str:
    """Return the help of a command: paragraphs in the language, examples as they are typed.

    >>> print(help_text("Does it.", examples=("tumen do",)))
    Does it.
    <BLANKLINE>
    Example: tumen do
    """
    return "\n\n".join([*paragraphs, *(f"{text('Example:')} {example}" for example in examples)])


def explained(error: TumenError) -> str:
    """Return an error's three parts, one below the other, in the language as far as they have words."""
    labels = (text("error: needed"), text("found"), text("do"))
    needed, found, cure = (_said(part) for part in (error.needed, error.found, error.cure))
    if language() == "en":
        return f"error: needed {needed}\n       found  {found}\n       {cure}"
    return "\n".join(f"{label}: {part}" for label, part in zip(labels, (needed, found, cure), strict=True))


def _said(part: str) -> str:
    """Return a part of an error: in words where it was written as a text, as it is where it is a value."""
    if language() == "en":
        return part
    if isinstance(part, Text):
        return words().text(part.template, **part.values)
    return words().known(part)
