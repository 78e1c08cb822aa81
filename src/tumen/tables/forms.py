"""What a form asks of whoever fills it in: fields, the words they offer, and a guide; in no language of their own."""

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
class Form:
    """One table to be filled in."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Guide:
    """What the forms ask for, as rows under headings, and what must be known before; `title` names it."""

    title: str
    lines: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
