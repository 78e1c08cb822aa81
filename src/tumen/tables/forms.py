"""What a form asks of whoever fills it in: fields, the words they offer, and a guide; in no language of their own."""

from collections.abc import Mapping
from dataclasses import dataclass

SEPARATOR = " · "
"""Between a word of the protocol and its meaning."""


@dataclass(frozen=True)
class Field:
    """One column of a form: its name, what to write there, and the words it offers (empty: anything may be written)."""

    name: str
    required: bool
    hint: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """Rows that are printed into a form: cells by column, the words of the protocol alone."""

    rows: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Form:
    """One table to be filled in, with the rows that are printed into it."""

    name: str
    fields: tuple[Field, ...]
    listed: Listed = Listed()


@dataclass(frozen=True)
class Guide:
    """What the forms ask for, as rows under headings, and what must be known before; `title` names it."""

    title: str
    lines: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
