"""The file of the register's events: read it, and add to its end. What stands in it is never changed.

Events of one file are told apart by their identifiers, which are made from their content: the same decision taken in
twice is seen, and refused.
"""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from tumen.errors import MisuseError, StudyError, Text
from tumen.files.atomic import writing_file
from tumen.files.text_table import read_text_table, write_csv
from tumen.individuals.register_reading import incomplete
from tumen.tables import findings
from tumen.tables.cast import cast
from tumen.tables.individuals import REGISTER_EVENTS
from tumen.tables.schema import OFFSET
from tumen.tasks.study import Study

Row = Mapping[str, str | None]
COLUMNS = tuple(column.name for column in REGISTER_EVENTS.columns)


@dataclass(frozen=True)
class Events:
    """The events of a study: typed, what is wrong with them, and the digest of their file by its name."""

    table: pl.DataFrame = field(default_factory=REGISTER_EVENTS.empty)
    findings: pl.DataFrame = field(default_factory=findings.empty)
    digests: Mapping[str, str] = field(default_factory=dict)


def read_events(study: Study) -> Events:
    """Return the study's events; none where it names no file, or one that does not exist yet."""
    if study.events is None or not study.events.exists():
        return Events()
    try:
        data = study.events.read_bytes()
    except OSError as error:
        raise StudyError(
            "the register's events",
            Text("no readable file {events}", events=study.events),
            "Correct events in [register].",
        ) from error
    text, read = read_text_table(data, name=REGISTER_EVENTS.name)
    table, judged = cast(REGISTER_EVENTS, text)
    found = findings.of_package(findings.gather([read, judged, incomplete(table)]), "", "register")
    named = [name + suffix for name in COLUMNS for suffix in ("", OFFSET) if name + suffix in table.columns]
    return Events(table.select(named), found, {study.events.name: hashlib.sha256(data).hexdigest()})


def events_file(study: Study) -> Path:
    """Return where the study keeps its events; raise `StudyError` where it does not say."""
    if study.events is None:
        raise StudyError(
            "a file for the register's events",
            Text("no events in [register] of {path}", path=study.path),
            'Add events = "register.csv" below [register]; the file need not exist.',
        )
    return study.events


def event_id(row: Row) -> str:
    """Return the identifier of an event, made from all that it says.

    >>> event_id({"kind": "agree", "party": "north", "individualID": "T7"})
    'e-1d96ba908ef1'
    """
    said = "\n".join(f"{name}={row.get(name) or ''}" for name in COLUMNS if name != "eventID")
    return "e-" + hashlib.sha256(said.encode("utf-8")).hexdigest()[:12]


def append(study: Study, rows: Sequence[Row]) -> pl.DataFrame:
    """Add events to the end of the study's file, all of them or none, and return them typed.

    Rows are texts by column, without `eventID`. Raises `MisuseError` for an event that the file holds already, or that
    the table does not allow.
    """
    path = events_file(study)
    before = path.read_bytes() if path.exists() else b""
    named = [{**row, "eventID": event_id(row)} for row in rows]
    text = pl.DataFrame({name: [row.get(name) for row in named] for name in COLUMNS}, schema=_TEXTS)
    table, judged = cast(REGISTER_EVENTS, text)
    wrong = findings.gather([judged, incomplete(table)])
    if wrong.height:
        first = wrong.row(0, named=True)
        raise MisuseError(
            "an event that the table register_events allows",
            Text(
                "{code} in {column}: {value}", code=first["code"], column=first["column"], value=first["value"] or "–"
            ),
            "Correct what was said; `tumen identify history` shows events that stand.",
        )
    held = set(read_events(study).table["eventID"].drop_nulls())
    again = [row["eventID"] for row in named if row["eventID"] in held]
    if again or len({row["eventID"] for row in named}) < len(named):
        raise MisuseError(
            "events that are not in the register yet",
            Text("{count} of {total} that are", count=len(again) or 1, total=len(named)),
            "They were taken in before; nothing was added.",
        )
    with writing_file(path, replace=True) as part:
        part.write_bytes(_joined(before, text))
    return table


_TEXTS = dict.fromkeys(COLUMNS, pl.String)


def _joined(before: bytes, text: pl.DataFrame) -> bytes:
    """Return the file with the new rows behind what it holds, whatever order its columns have; old bytes stay."""
    if not before.strip():
        return write_csv(text)
    header = next(csv.reader(io.StringIO(before.decode("utf-8-sig").split("\n", 1)[0])))
    lacking = [name for name in text.columns if name not in header and text[name].null_count() < text.height]
    if lacking:
        raise MisuseError(
            "a file of events with the columns of register_events",
            Text("one without {columns}", columns=", ".join(lacking)),
            "Add the columns to its first line.",
        )
    rows = text.select(pl.col(name) if name in text.columns else pl.lit(None, pl.String).alias(name) for name in header)
    added = write_csv(rows).split(b"\n", 1)[1]
    return before + (b"" if before.endswith(b"\n") else b"\n") + added
