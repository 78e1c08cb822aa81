"""Print tables: as text for people, as JSON or CSV for programs."""

import json
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Format(StrEnum):
    """How tables are printed."""

    text = "text"
    json = "json"
    csv = "csv"


def show(tables: Mapping[str, Any], format: Format, notes: tuple[str, ...] = ()) -> None:  # noqa: A002
    """Print tables by name, then the notes. CSV takes one table only."""
    if format is Format.json:
        print(json.dumps({**{n: rows(t) for n, t in tables.items()}, "notes": list(notes)}, ensure_ascii=False, indent=1))
        return
    if format is Format.csv:
        for frame in tables.values():
            sys.stdout.buffer.write(csv(frame))
        return
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    for name, frame in tables.items():
        console.print(text_table(name, frame))
    for note in notes:
        console.print(f"note: {note}", markup=False)


def csv(frame: Any) -> bytes:
    """Return a table as CSV."""
    from tumen.tasks.report import table_bytes

    return table_bytes(frame)


def rows(frame: Any) -> list[dict[str, Any]]:
    """Return a table as JSON values; instants in ISO 8601."""
    from tumen.tasks.report import json_rows

    return json_rows(frame)


def text_table(name: str, frame: Any) -> Any:
    """Return a table for a terminal; a missing cell is a dash, never a zero."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(title=f"{name} ({frame.height})", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column, dtype in frame.schema.items():
        table.add_column(column, justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in frame.iter_rows():
        table.add_row(*(Text(cell(value)) for value in row))
    return table


def cell(value: Any) -> str:
    """Return a value as a person writes it.

    >>> cell(None), cell(3.14159), cell(True)
    ('–', '3.14', 'yes')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 1000 else f"{value:.0f}"
    if hasattr(value, "strftime"):
        return str(value.strftime("%Y-%m-%d %H:%M"))
    return str(value)
