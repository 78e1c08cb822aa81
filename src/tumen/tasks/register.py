"""Add events to the joint register, and show what it holds: names on any day, and the story of one animal."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from tumen.errors import MisuseError, Text, nearest
from tumen.files.locked import locked
from tumen.individuals.register import CROSSWALK
from tumen.individuals.register_events import CrosswalkAt, crosswalk_at
from tumen.individuals.register_fold import Rules
from tumen.individuals.register_history import history as story
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tables.detections import detections
from tumen.tables.package import Package
from tumen.tasks.clock import now
from tumen.tasks.packages import read_package
from tumen.tasks.pool import Registered, registered
from tumen.tasks.register_file import Row, append, as_events, check_file, events_file, read_events, refused
from tumen.tasks.study import Study

DECIDES = ("link", "merge", "split", "rename", "die")
"""Events that an adjudicator makes; the others are an observer's unless said otherwise."""

LONGEST = 300
"""Letters of a name."""
LONGEST_EVIDENCE = 1000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NO_EFFECT = ("register-needs-adjudicator", "register-name-taken")
"""Findings of an event that changes nothing although it can be read."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a person said, as typed: animals as "party/name", `about` an eventID, `on` the day of a death.

    `blind` is None where nobody said; such a judgement does not count as blind. `adjudicator` is for events that both
    observers and adjudicators make.
    """

    kind: str
    observer: str
    evidence: str
    one: str = ""
    other: str = ""
    members: tuple[str, ...] = ()
    about: str = ""
    name: str = ""
    on: date | None = None
    certainty: str | None = None
    blind: bool | None = None
    adjudicator: bool = False
    probability: float | None = None


def add(study: Study, said: Said, *, at: datetime | None = None) -> Answer:
    """Add one event (at this instant, unless told otherwise) and return where its pairs stand now.

    Raises `MisuseError` for an animal or an event that the study does not have, for words that may not stand in the
    file, and for an event that would change nothing: nothing is added then. Doubts are findings of the answer.
    """
    said = _clean(said)
    check_file(study)
    packages, seen = _read(study)
    with locked(events_file(study)):
        before = registered(study, packages, seen)
        row = _row(study, before, said, at or now())
        _refuse_without_effect(before, row, Rules(**study.register))
        added = append(study, [row])
        last = read_events(study).table.height + 1
    after = registered(study, packages, seen)
    mine = [name for name in (f"{row['party']}/{row['individualID']}", said.other, *said.members) if name]
    about = after.findings.filter(
        pl.col("table") == "register_events", pl.col("package") == "register", pl.col("row") == last
    )
    return Answer(
        name="register",
        tables={
            "event": added.select("eventID", "kind", "party", "individualID", "otherParty", "otherIndividualID"),
            "standing": _touching(after.walk.standing.table, mine),
            "names": _of_names(after.walk.table, mine),
        },
        notes=(Note("register-event-added", {"event": added["eventID"].item(), "kind": said.kind}),),
        findings=about,
    )


def _clean(said: Said) -> Said:
    """Return what was said with single blanks; raise `MisuseError` for words that may not stand in the file."""
    if said.probability is not None and not 0 <= said.probability <= 1:
        raise MisuseError("a probability from 0 to 1", f"{said.probability}", "Give a number such as 0.97.")
    return replace(
        said,
        observer=_words("observer", said.observer, LONGEST),
        evidence=_words("evidence", said.evidence, LONGEST_EVIDENCE),
        name=_words("jointName", said.name, LONGEST) if said.kind == "rename" else "",
    )


def _words(column: str, given: str, longest: int) -> str:
    """Return free text on one line, which a spreadsheet does not take for a formula."""
    control = _CONTROL.search(given)
    if control:
        raise MisuseError(
            Text("text on one line for {column}", column=column),
            Text("the control character U+{number}", number=f"{ord(control.group()):04X}"),
            "Write it on one line, without tabs.",
        )
    text = " ".join(given.split())
    if not text:
        raise MisuseError(Text("text for {column}", column=column), "nothing but blanks", "Write at least one word.")
    if text[0] in "=+-@\uff1d\uff0b\uff0d\uff20":
        raise MisuseError(
            Text("text for {column} that no spreadsheet takes for a formula", column=column),
            Text("text that begins with '{sign}'", sign=text[0]),
            "Begin it with a letter.",
        )
    if len(text) > longest:
        raise MisuseError(
            Text("text of at most {longest} letters for {column}", longest=longest, column=column),
            Text("{count} letters", count=len(text)),
            "Write it shorter.",
        )
    return text


def _refuse_without_effect(before: Registered, row: Row, rules: Rules) -> None:
    """Try an event on the register as it stands; raise `MisuseError` where it cannot be read or changes nothing."""
    event = as_events([row]).select(*before.events.columns)
    walk = crosswalk_at(before.known, before.links, pl.concat([before.events, event]), None, rules)
    last = before.events.height + 2
    found = walk.findings.filter(pl.col("table") == "register_events", pl.col("row") == last)
    wrong = found.filter((pl.col("severity") == "error") | pl.col("code").is_in(_NO_EFFECT))
    if wrong.height:
        raise refused(wrong)
    if not _has_effect(before.walk, walk, event.row(0, named=True), last):
        doubts = findings.gather([found.filter(pl.col("severity") != "note")])
        if doubts.height:
            raise refused(doubts)
        raise MisuseError(
            "an event that changes something",
            Text("'{kind}' that changes nothing in the register", kind=row["kind"]),
            "Nothing was added. `tumen identify history` shows what was undone or split before.",
        )


def _has_effect(before: CrosswalkAt, after: CrosswalkAt, event: dict[str, object], row: int) -> bool:
    """Say whether an event was read, and, of a split, whether it cut anything."""
    if event["kind"] == "undo":
        return event["eventID"] in after.standing.undone_by.values()
    if event["kind"] == "split":
        return not after.standing.table.equals(before.standing.table)
    return row in after.standing.active["row"]


def names(study: Study, day: date | None = None) -> Answer:
    """Return the crosswalk and where each pair stands, now or as it was known at the end of a day (UTC)."""
    packages, seen = _read(study)
    at = None if day is None else datetime.combine(day + timedelta(days=1), time.min, UTC) - timedelta(microseconds=1)
    register = registered(study, packages, seen, at)
    walk = register.walk
    return Answer(
        name="register",
        tables={"names": walk.table.select(*CROSSWALK), "standing": walk.standing.table.drop("row")},
        findings=register.findings,
    )


def history(study: Study, name: str) -> Answer:
    """Return everything the register holds on the joint animal that a local name is part of, oldest first."""
    packages, seen = _read(study)
    register = registered(study, packages, seen)
    animal = _animal(register, name)
    told = story(register.known, register.links, register.events, animal, rules=Rules(**study.register))
    own = register.walk.table.filter(pl.col("party") == animal[0], pl.col("individualID") == animal[1])
    return Answer(name="register", tables={"names": own.select(*CROSSWALK), "history": told})


def _animal(register: Registered, name: str) -> tuple[str, str]:
    """Return party and name of an animal; raise `MisuseError` for one that the study does not have."""
    names = register.walk.table.select("party", "individualID").rows()
    known = {f"{party}/{local}": (party, local) for party, local in names}
    if name not in known:
        raise MisuseError("an animal of the study, as party/name", f"'{name}'", nearest(name, known))
    return known[name]


def _read(study: Study) -> tuple[tuple[Package, ...], pl.DataFrame]:
    packages = tuple(read_package(entry) for entry in study.packages)
    return packages, pl.concat([detections(package) for package in packages])


def _row(study: Study, register: Registered, said: Said, at: datetime) -> Row:
    """Return an event as texts; an undo stands with the animals of the event it is about."""
    other = _animal(register, said.other) if said.other else (None, None)
    one = _undone(study, said.about) if said.kind == "undo" else _animal(register, said.one)
    for name in said.members:
        _animal(register, name)
        if "|" in name:
            raise MisuseError(
                "names without '|' in a split",
                f"'{name}'",
                "Let the party write this name without '|', which stands between the names that leave.",
            )
    adjudicates = said.kind in DECIDES or said.adjudicator
    return {
        "kind": said.kind,
        "party": one[0],
        "individualID": one[1],
        "otherParty": other[0],
        "otherIndividualID": other[1],
        "aboutEventID": said.about or None,
        "members": "|".join(said.members) or None,
        "jointName": said.name or None,
        "deathDate": None if said.on is None else said.on.isoformat(),
        "observer": said.observer,
        "role": "adjudicator" if adjudicates else "observer",
        "blind": None if said.blind is None else str(said.blind).lower(),
        "certainty": said.certainty,
        "probability": None if said.probability is None else repr(said.probability),
        "evidence": said.evidence,
        "decidedAt": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _undone(study: Study, event: str) -> tuple[str, str]:
    """Return party and name of the animal that an event of the study's file is about."""
    events = read_events(study).table
    about = events.filter(pl.col("eventID") == event)
    if about.is_empty():
        held = events["eventID"].drop_nulls().to_list()
        raise MisuseError("an event of the register", f"'{event}'", nearest(event, held))
    party, name = about.select("party", "individualID").row(0)
    return party, name


def _touching(table: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return the pairs one of whose ends is among some names."""
    one = pl.concat_str("party", pl.lit("/"), "individualID").is_in(names)
    other = pl.concat_str("otherParty", pl.lit("/"), "otherIndividualID").is_in(names)
    return table.filter(one | other).drop("row")


def _of_names(table: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    return table.select(*CROSSWALK).filter(pl.concat_str("party", pl.lit("/"), "individualID").is_in(names))
