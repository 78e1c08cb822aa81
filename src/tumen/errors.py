"""Every exception of Tumen, as a tree.

TumenError                  anything a caller may want to catch
└── MisuseError             a call, a study or an option cannot be carried out as given
    ├── StudyError          the study file
    ├── ColumnError         a table handed to a function lacks what the function needs
    ├── PlaceError          borders, polygons, coordinate systems
    ├── FormatError         a source that cannot be read at all
    ├── OutputError         a place that cannot be written
    ├── ExtraError          an optional dependency that is not installed
    └── LanguageError       a language without words

Bad *data* never raise: they are rows of findings (`tumen.tables.findings`). Each error says three things: what was
needed, what was found, what to do.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Self


class Text(str):
    """A text in English that remembers how it was put together, so that it can be said in other languages.

    >>> text = Text("a table of the protocol, not {name}", name="foo")
    >>> text, text.template, dict(text.values)
    ('a table of the protocol, not foo', 'a table of the protocol, not {name}', {'name': 'foo'})
    """

    template: str
    values: Mapping[str, str | int | float]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Fill the {named} places of an English text; what is no number is kept as the text it prints as."""
        kept = {name: value if isinstance(value, int | float) else str(value) for name, value in values.items()}
        text = super().__new__(cls, template.format(**kept))
        text.template, text.values = template, kept
        return text

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, str | int | float]]:
        """Say how to make it again, so that an error keeps its parts on its way between processes."""
        return (self.template,), dict(self.values)


class TumenError(Exception):
    """What was needed, what was found, what to do.

    >>> str(TumenError("a study needs [area]", "no such section", "Add [area] with the countries."))
    'a study needs [area]; found no such section. Add [area] with the countries.'
    """

    def __init__(self, needed: str, found: str, cure: str) -> None:
        """Keep the three parts apart, so that each can be tested and shown on its own."""
        super().__init__(needed, found, cure)
        self.needed = needed
        self.found = found
        self.cure = cure

    def __str__(self) -> str:
        """Join the parts into one sentence and one instruction."""
        return f"{self.needed}; found {self.found}. {self.cure}"


class MisuseError(TumenError):
    """A call, a study or an option cannot be carried out as given."""


class StudyError(MisuseError):
    """The study file asks for something that does not exist, or leaves out something it must say."""


class ColumnError(MisuseError):
    """A table handed to a function lacks a column, or has it with another type."""


class PlaceError(MisuseError):
    """A border, polygon or coordinate system cannot be used."""


class FormatError(MisuseError):
    """A source cannot be read at all: not a folder, not a zip, no descriptor."""


class OutputError(MisuseError):
    """A result cannot be written where it was asked for."""


class ExtraError(MisuseError):
    """An optional dependency is needed and not installed."""


class LanguageError(MisuseError):
    """A language was asked for that has no words."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known word, or all of them.

    >>> nearest("specis", ["species", "period"])
    "Did you mean 'species'? Known: period, species."
    >>> nearest("zzz", ["species", "period"])
    'Known: period, species.'
    """
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1)
    if close:
        return Text("Did you mean '{close}'? Known: {known}.", close=close[0], known=", ".join(words))
    return Text("Known: {known}.", known=", ".join(words))
