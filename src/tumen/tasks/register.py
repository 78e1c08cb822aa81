"""Add events to the joint register, and show what it holds: names on any day, and the story of one animal."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from tumen.errors import MisuseError, nearest
from tumen.individuals.register import CROSSWALK
from tumen.individuals.register_fold import Rules
from tumen.individuals.register_history import history as story
from tumen.tables.answer import Answer, Note
from tumen.tables.detections import detections
from tumen.tables.package import Package
from tumen.tasks.clock import now
from tumen.tasks.packages import read_package
from tumen.tasks.pool import Registered, registered
from tumen.tasks.register_file import Row, append, events_file, read_events
from tumen.tasks.study import Study

DECIDES = ("link", "merge", "split", "undo", "rename", "die")
"""Events that an adjudicator makes; the others are an observer's."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a person said, as typed: animals as "party/name", `about` an eventID, `on` the day of a death."""

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


def add(study: Study, said: Said, *, at: datetime | None = None) -> Answer:
    """Add one event (at this instant, unless told otherwise) and return where its pairs stand now.

    Raises `MisuseError` for an animal or an event that the study does not have: nothing is added then.
    """
    events_file(study)
    packages, seen = _read(study)
    before = registered(study, packages, seen)
    for name in filter(None, (said.one, said.other, *said.members)):
        _animal(before, name)
    row = _row(study, said, at or now())
    added = append(study, [row])
    after = registered(study, packages, seen)
    event = added["eventID"].item()
    mine = [name for name in (f"{row['party']}/{row['individualID']}", said.other, *said.members) if name]
    about = after.findings.filter(
        pl.col("table") == "register_events", pl.col("row") == read_events(study).table.height + 1
    )
    return Answer(
        name="register",
        tables={
            "event": added.select("eventID", "kind", "party", "individualID", "otherParty", "otherIndividualID"),
            "standing": _touching(after.walk.standing.table, mine),
            "names": _of_names(after.walk.table, mine),
        },
        notes=(Note("register-event-added", {"event": event, "kind": said.kind}),),
        findings=about,
    )


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
    known = register.walk.table.select(name=pl.concat_str("party", pl.lit("/"), "individualID"))["name"].to_list()
    if name not in known:
        raise MisuseError("an animal of the study, as party/name", f"'{name}'", nearest(name, known))
    party, _, local = name.partition("/")
    return party, local


def _read(study: Study) -> tuple[tuple[Package, ...], pl.DataFrame]:
    packages = tuple(read_package(entry) for entry in study.packages)
    return packages, pl.concat([detections(package) for package in packages])


def _row(study: Study, said: Said, at: datetime) -> Row:
    """Return an event as texts; an undo stands with the animals of the event it is about."""
    one, other = said.one.split("/", 1), said.other.split("/", 1)
    if said.kind == "undo":
        events = read_events(study).table
        about = events.filter(pl.col("eventID") == said.about)
        if about.is_empty():
            held = events["eventID"].drop_nulls().to_list()
            raise MisuseError("an event of the register", f"'{said.about}'", nearest(said.about, held))
        first = about.row(0, named=True)
        one = [first["party"], first["individualID"]]
    return {
        "kind": said.kind,
        "party": one[0],
        "individualID": one[1],
        "otherParty": other[0] or None,
        "otherIndividualID": other[1] if said.other else None,
        "aboutEventID": said.about or None,
        "members": "|".join(said.members) or None,
        "jointName": said.name or None,
        "deathDate": None if said.on is None else said.on.isoformat(),
        "observer": said.observer,
        "role": "adjudicator" if said.kind in DECIDES else "observer",
        "blind": None if said.blind is None else str(said.blind).lower(),
        "certainty": said.certainty,
        "evidence": said.evidence,
        "decidedAt": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _touching(table: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return the pairs one of whose ends is among some names."""
    one = pl.concat_str("party", pl.lit("/"), "individualID").is_in(names)
    other = pl.concat_str("otherParty", pl.lit("/"), "otherIndividualID").is_in(names)
    return table.filter(one | other).drop("row")


def _of_names(table: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    return table.select(*CROSSWALK).filter(pl.concat_str("party", pl.lit("/"), "individualID").is_in(names))
