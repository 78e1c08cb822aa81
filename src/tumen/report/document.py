"""The report as a plain structure: sections of blocks, in words, before it becomes a page or a print.

The web page and the printed document show the same `Document`, so that they cannot say different things.
"""

from dataclasses import dataclass

from tumen.report.figure import Figure

Cell = str | tuple[str, ...]
"""One cell: a text, or several lines."""


@dataclass(frozen=True)
class Column:
    """One column of a table: its heading, `left` or `right`, and how it is set: `text` or `code`."""

    title: str
    align: str = "left"
    style: str = "text"


@dataclass(frozen=True)
class Grid:
    """A table: what it shows, columns, rows of cells; `total` sets the last row apart; `cite` are files it shows."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    cite: tuple[str, ...]
    note: str = ""
    total: bool = False
    kind: str = "grid"


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    kind: str = "text"


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]
    kind: str = "points"


@dataclass(frozen=True)
class Warn(Text):
    """A sentence that must not be overlooked."""

    kind: str = "warn"


@dataclass(frozen=True)
class Card:
    """One key result: what it is about, the number, and the sentences that say what it means."""

    title: str
    scientific: str
    number: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Cards:
    """The key results side by side."""

    cards: tuple[Card, ...]
    kind: str = "cards"


@dataclass(frozen=True)
class Picture:
    """A figure, numbered."""

    figure: Figure
    label: str
    kind: str = "picture"


Block = Grid | Text | Points | Warn | Cards | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; `name` is its anchor."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A whole report in one language: title, the facts of its title block, sections.

    `notice` is what a reader must know of the words themselves; empty if they were reviewed.
    """

    language: str
    title: str
    kicker: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    notice: str = ""
