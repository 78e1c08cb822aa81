"""The forms of the protocol: each table as a sheet to be filled in, and a guide to it in the reader's language.

A word of a vocabulary is offered as `failed · did not work`: the word of the protocol, which is the same in every
language, and what it means. `tumen.files.template` reads the word and leaves the meaning.
"""

from collections.abc import Sequence

from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.forms import SEPARATOR, Field, Form, Guide
from tumen.tables.schema import Column, Kind, Table
from tumen.tables.vocabularies import LABELS

KINDS = {
    Kind.STRING: mark("text"),
    Kind.INTEGER: mark("whole number"),
    Kind.NUMBER: mark("number"),
    Kind.BOOLEAN: mark("true or false"),
    Kind.DATETIME: mark("date and time with the offset from UTC"),
    Kind.DATE: mark("date: year-month-day"),
    Kind.ANY: mark("text"),
}

GUIDE = (
    mark("Table"),
    mark("Column"),
    mark("Must be told"),
    mark("What to write"),
    mark("Kind"),
    mark("Unit"),
    mark("Example"),
    mark("Permitted words"),
)
"""Headings of the guide."""


def form(table: Table, words: Words) -> Form:
    """Return the form of a table.

    >>> from tumen.tables.cameras import OPERATING_PERIODS
    >>> form(OPERATING_PERIODS, Words("en")).fields[3].words[1]
    'failed · did not work'
    """
    return Form(table.name, tuple(_field(column, words) for column in table.columns))


def guide(tables: Sequence[Table], words: Words) -> Guide:
    """Return the guide to the forms of some tables."""
    rows = [
        (
            table.name,
            column.name,
            words.text("yes") if column.required else "",
            words.text(column.meaning),
            words.text(KINDS[column.kind]),
            words.text(column.unit) if column.unit else "",
            column.example,
            "\n".join(offered(column, words)),
        )
        for table in tables
        for column in table.columns
    ]
    lines = [
        words.text("Fill in one sheet for each table. Do not change the names in the first row."),
        words.text("Leave a cell empty if the value is not known. Write zero only where it was looked for."),
        words.text("Write times with their offset from UTC, such as 2014-10-26T02:30:00+10:00."),
        words.text("Run tumen check on the filled file, and read every finding."),
        *(f"{table.name}: {words.text(gotcha)}" for table in tables for gotcha in table.gotchas),
    ]
    headings = tuple(words.text(heading) for heading in GUIDE)
    title = words.text("Guide")
    notice = words.notice()
    return Guide(title, (*lines, *([notice] if notice else [])), headings, tuple(rows))


def offered(column: Column, words: Words) -> tuple[str, ...]:
    """Return the words a cell may hold, each with its meaning where that says more."""
    if column.kind is Kind.BOOLEAN:
        return (f"true{SEPARATOR}{words.text('yes')}", f"false{SEPARATOR}{words.text('no')}")
    return tuple(_offer(word, words.text(LABELS[word])) for word in column.vocabulary)


def _offer(word: str, meaning: str) -> str:
    return word if word == meaning else f"{word}{SEPARATOR}{meaning}"


def _field(column: Column, words: Words) -> Field:
    kind = words.text(KINDS[column.kind])
    lines = [words.text(column.meaning), f"({kind}, {words.text(column.unit)})" if column.unit else f"({kind})"]
    if column.required:
        lines.append(words.text("Must be told."))
    if column.example:
        lines.append(words.text("Example:") + " " + column.example)
    return Field(column.name, column.required, "\n".join(lines), offered(column, words))
