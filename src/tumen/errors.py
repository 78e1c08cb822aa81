"""Every exception of Tumen, as a tree.

TumenError                  anything a caller may want to catch
├── MisuseError             a call, a study or an option cannot be carried out as given
│   ├── StudyError          the study file
│   ├── ColumnError         a table handed to a function lacks what the function needs
│   ├── PlaceError          borders, polygons, coordinate systems
│   ├── FormatError         a source that cannot be read at all
│   ├── OutputError         a place that cannot be written
│   ├── ExtraError          an optional dependency that is not installed
│   └── LanguageError       a language without words
└── SealError               what is to be sealed, or came sealed, is not as it must be
    ├── ManifestError       the manifest cannot be read
    ├── UnsafePathError     a name that leaves the package, or that some system cannot hold
    ├── MissingFileError    a file that the manifest names is not there
    ├── ExtraFileError      a file that the manifest does not name is there
    ├── DigestError         a file is not the one that was sealed
    ├── MixedPackagesError  parts of two packages, or two packages with one name
    ├── ChangedFileError    a file changed while it was read
    ├── SignatureError      a signature is missing, damaged or not made over these bytes
    ├── UnknownKeyError     a key that the trust list does not name
    ├── ExpiredKeyError     a key that is not valid at this time
    ├── RevokedKeyError     a key that its party took back
    ├── RoleError           a key that may not do this
    ├── RollbackError       older than what was already seen
    ├── FreezeError         so old that something newer may be held back
    ├── DecryptError        cannot be opened with the keys at hand
    ├── ContainerError      a zip that is damaged, or not made as sealing makes it
    ├── LimitError          larger, longer or deeper than allowed
    └── KeyFileError        a file of keys that others can read, or that cannot be opened

Bad *data* never raise: they are rows of findings (`tumen.tables.findings`). Each error says three things: what was
needed, what was found, what to do. No part of a `SealError` ever holds a key, a plaintext or a path outside the
package.
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


class SealError(TumenError):
    """Something that is to be sealed, or came sealed, is not as it must be."""


class ManifestError(SealError):
    """The manifest cannot be read, or says something that it may not say."""


class UnsafePathError(SealError):
    """A name leaves the package, or some operating system could not hold the file."""


class MissingFileError(SealError):
    """A file that the manifest names is not there."""


class ExtraFileError(SealError):
    """A file is there that the manifest does not name."""


class DigestError(SealError):
    """A file is not the one that was sealed: its size or its digest differs."""


class MixedPackagesError(SealError):
    """Parts of two packages stand together, or two packages bear one name and version."""


class ChangedFileError(SealError):
    """A file changed while it was read."""


class SignatureError(SealError):
    """A signature is missing, damaged, or not made over these bytes."""


class UnknownKeyError(SealError):
    """A key is not named in the trust list."""


class ExpiredKeyError(SealError):
    """A key is not valid at this time: not yet, or no longer."""


class RevokedKeyError(SealError):
    """A key was taken back by its party."""


class RoleError(SealError):
    """A key may not do this: its role or its party is another."""


class RollbackError(SealError):
    """Something is older than what was already seen."""


class FreezeError(SealError):
    """Something is so old that a newer one may be held back."""


class DecryptError(SealError):
    """Something cannot be opened with the keys at hand."""


class ContainerError(SealError):
    """A zip is damaged, or not made as sealing makes it."""


class LimitError(SealError):
    """Something is larger, longer or deeper than allowed."""


class KeyFileError(SealError):
    """A file of keys can be read by others, is damaged, or cannot be opened."""


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
