"""The file of the register's events: read it, and add to its end. What stands in it is never changed.

Events of one file are told apart by their identifiers, which are made from their content: the same decision taken in
twice is seen, and refused. Reading, judging and writing happen under the lock of the file (`tumen.files.locked`), so
that of two programs that add at once neither loses what it adds.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tumen.errors import MisuseError, StudyError, Text
from tumen.files.atomic import writing_file
from tumen.files.locked import locked
from tumen.files.text_table import read_text_table, write_csv
from tumen.individuals.register_reading import incomplete
from tumen.tables import findings
from tumen.tables.cast import cast
from tumen.tables.catalogue import CATALOGUE
from tumen.tables.individuals import REGISTER_EVENTS
from tumen.tables.schema import OFFSET
from tumen.tasks.clock import now as the_clock
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
    """Return the identifier of an event, made from all that it says; when it was recorded is not said by anybody.

    >>> event_id({"kind": "agree", "party": "north", "individualID": "T7"})
    'e-1d96ba908ef1'
    """
    said = "\n".join(f"{name}={row.get(name) or ''}" for name in COLUMNS if name not in ("eventID", "recordedAt"))
    return "e-" + hashlib.sha256(said.encode("utf-8")).hexdigest()[:12]


def as_events(rows: Sequence[Row]) -> pl.DataFrame:
    """Return events given as texts by column, without `eventID`, typed as `register_events`.

    Raises `MisuseError` for an event that the table does not allow.
    """
    table, judged = cast(REGISTER_EVENTS, _named(rows))
    wrong = findings.gather([judged, incomplete(table)])
    if wrong.height:
        raise refused(wrong)
    return table


def refused(wrong: pl.DataFrame) -> MisuseError:
    """Return the error that says the first of some findings on an event that is not added."""
    first = wrong.row(0, named=True)
    shown = {"column": first["column"], "value": first["value"] or "–", "table": first["table"], "row": first["row"]}
    return MisuseError(
        "an event that can be added to the register",
        Text("one with the finding {code}, so nothing was added", code=first["code"]),
        Text(CATALOGUE[first["code"]].message, **{**shown, **json.loads(first["arguments"])}),
    )


def check_file(study: Study) -> None:
    """Raise `MisuseError` where events cannot be added to the study's file as it stands."""
    path = events_file(study)
    _header(path, _bytes(path))


def append(study: Study, rows: Sequence[Row], *, now: datetime | None = None) -> pl.DataFrame:
    """Add events to the end of the study's file, all of them or none, and return them typed.

    Rows are texts by column, without `eventID` and `recordedAt`, which is `now` (None: this instant). Raises
    `MisuseError` for an event that the file holds already, or that the table does not allow, and for a file that is no
    table of events in UTF-8 with commas; `OutputError` where another program is writing the file.
    """
    path = events_file(study)
    with locked(path):
        before = _bytes(path)
        header = _header(path, before)
        recorded = f"{(now or the_clock()).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        dated = [{**row, "recordedAt": recorded} for row in rows]
        table = as_events(dated)
        held = set(read_events(study).table["eventID"].drop_nulls())
        again = table["eventID"].is_in(list(held)).sum()
        if again or table["eventID"].n_unique() < table.height:
            raise MisuseError(
                "events that are not in the register yet",
                Text("{count} of {total} that are", count=again or 1, total=table.height),
                "They were taken in before; nothing was added.",
            )
        with writing_file(path, replace=True) as part:
            part.write_bytes(_joined(before, header, _named(dated)))
    return table


_TEXTS = dict.fromkeys(COLUMNS, pl.String)


def _named(rows: Sequence[Row]) -> pl.DataFrame:
    named = [{**row, "eventID": event_id(row)} for row in rows]
    return pl.DataFrame({name: [row.get(name) for row in named] for name in COLUMNS}, schema=_TEXTS)


def _bytes(path: Path) -> bytes:
    """Return what the file holds; nothing where it does not exist."""
    try:
        return path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise StudyError(
            "the register's events", Text("no readable file {events}", events=path), "Correct events in [register]."
        ) from error


def _header(path: Path, data: bytes) -> list[str]:
    """Return the columns of the file, none where it is empty; raise where nothing can be added to it safely."""
    needed = Text("a table of events in {path}, in UTF-8 with commas between the cells", path=path)
    cure = "Save it from the spreadsheet as CSV UTF-8 with commas; nothing was added."
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MisuseError(needed, "text in another encoding", cure) from error
    if "\0" in text:
        raise MisuseError(needed, "text in another encoding", cure)
    if not text.strip():
        return []
    header = next(csv.reader(io.StringIO(text, newline="")))
    delimiter = next((mark for mark in ";\t|" if mark in header[0]), None)
    if delimiter is not None:
        found = Text("'{delimiter}' between the cells", delimiter={"\t": "tab"}.get(delimiter, delimiter))
        raise MisuseError(needed, found, cure)
    if len(set(header)) < len(header):
        twice = sorted({name for name in header if header.count(name) > 1})
        raise MisuseError(needed, Text("several columns called {columns}", columns=", ".join(twice)), cure)
    _, read = read_text_table(data, name=REGISTER_EVENTS.name)
    if read.filter(pl.col("code") == "quote-unclosed").height:
        raise MisuseError(needed, "a quotation mark that is never closed", "Close it; nothing was added.")
    return header


def _joined(before: bytes, header: list[str], text: pl.DataFrame) -> bytes:
    """Return the file with the new rows behind what it holds, whatever order its columns have; old records stay."""
    if not header:
        return write_csv(text)
    lacking = [name for name in text.columns if name not in header and text[name].null_count() < text.height]
    if lacking:
        raise MisuseError(
            "a file of events with the columns of register_events",
            Text("one without {columns}", columns=", ".join(lacking)),
            "Add the columns to its first line.",
        )
    rows = text.select(pl.col(name) if name in text.columns else pl.lit(None, pl.String).alias(name) for name in header)
    added = write_csv(rows).split(b"\n", 1)[1]
    # Empty lines at the end are no records; in the middle they would be.
    return before.rstrip(b"\r\n") + (b"\r\n" if before.endswith(b"\r\n") else b"\n") + added
