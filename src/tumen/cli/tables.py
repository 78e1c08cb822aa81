"""Print tables: as text for people, as JSON or CSV for programs."""

import json
import shutil
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from tumen.cli.language import text


class Format(StrEnum):
    """How tables are printed."""

    text = "text"
    json = "json"
    csv = "csv"


def show(tables: Mapping[str, Any], format: Format, notes: tuple[str, ...] = ()) -> None:
    """Print tables by name, then the notes. CSV takes one table only."""
    if format is Format.json:
        print(
            json.dumps({**{n: rows(t) for n, t in tables.items()}, "notes": list(notes)}, ensure_ascii=False, indent=1)
        )
        return
    if format is Format.csv:
        for frame in tables.values():
            sys.stdout.buffer.write(csv(frame))
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for name, frame in tables.items():
        print(f"{name} ({frame.height})\n\n{text_table(frame, width)}\n")
    for note in notes:
        print(text("note: {note}", note=note))


def show_answer(answer: Any, study: Any, format: Format, language: str, wanted: list[str] | None = None) -> None:
    """Print the tables of an answer to a study, or some of them, then its findings and notes in a language."""
    from tumen.errors import MisuseError, nearest
    from tumen.tasks.names import notes_in

    for name in wanted or ():
        if name not in answer.tables:
            raise MisuseError("a table of the answer", f"'{name}'", nearest(name, answer.tables))
    tables = {name: answer.tables[name] for name in wanted or answer.tables}
    if format is Format.csv and len(tables) != 1:
        raise MisuseError(
            "one table for CSV", ", ".join(tables), text("Name it with --table {name}.", name=next(iter(answer.tables)))
        )
    show(tables, format, notes_in(answer, study, language))
    if format is Format.text and answer.findings is not None and answer.findings.height:
        from tumen.tasks.check import findings_as

        print(findings_as(answer.findings, "text", language, every=False), end="")


def csv(frame: Any) -> bytes:
    """Return a table as CSV."""
    from tumen.tasks.written import table_bytes

    return table_bytes(frame)


def rows(frame: Any) -> list[dict[str, Any]]:
    """Return a table as JSON values; instants in ISO 8601."""
    from tumen.tasks.written import json_rows

    return json_rows(frame)


def text_table(frame: Any, width: int | None = None) -> str:
    """Return a table for a terminal; where it is wider than the terminal, every row becomes a block of lines.

    A missing cell is a dash, never a zero.
    """
    header, body = list(frame.columns), [[cell(value) for value in row] for row in frame.iter_rows()]
    widths = [max([len(name), *(len(row[k]) for row in body)]) for k, name in enumerate(header)]
    if width is not None and sum(widths) + 2 * len(widths) > width:
        label = max(map(len, header), default=0)
        blocks = ["\n".join(f"{name:<{label}}  {text}" for name, text in zip(header, row, strict=True)) for row in body]
        return "\n\n".join(blocks)
    numeric = [dtype.is_numeric() for dtype in frame.dtypes]
    lines = []
    for row in [header, ["─" * size for size in widths], *body]:
        cells = (f"{t:>{w}}" if right else f"{t:<{w}}" for t, w, right in zip(row, widths, numeric, strict=True))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


SMALL = 0.1
"""Size below which a number keeps three figures: two decimals would make a small chance none."""


def cell(value: Any) -> str:
    """Return a value as a person writes it.

    >>> cell(None), cell(3.14159), cell(True), cell(0.0047382)
    ('–', '3.14', 'yes', '0.00474')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        small = 0 < abs(value) < SMALL
        return f"{value:.3g}" if small else f"{value:.2f}" if abs(value) < 1000 else f"{value:.0f}"
    if hasattr(value, "hour"):
        return str(value.strftime("%Y-%m-%d %H:%M"))
    return str(value)
