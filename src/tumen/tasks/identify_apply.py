"""Take the decisions that a page of review saved into the register. Every decision is one more event.

What an observer saw is known from the page's own table (`pages/<digest>.csv`): a decision counts only on a pair that
the page showed, in the role and as blind as the page was made. Applying a file twice changes nothing.

- Two named animals: `agree` or `disagree` of an observer; of an adjudicator `link` (two parties) or `merge` (one), and
  `disagree`, which as an adjudicator's says that they are two animals. Undecided is no event.
- An observation or a sample and a named animal of the same party, judged the same: a row of `identifications` for that
  party, in `identifications-<party>.csv` in the folder of results. A party's package is never written to.
- Everything, also what changes nothing yet, stands in `decisions.csv`.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from tumen import engine
from tumen.files.locked import locked
from tumen.individuals.place_time import PAIR
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tables.detections import judgements
from tumen.tables.individuals import IDENTIFICATIONS, REGISTER_EVENTS
from tumen.tables.package import Package
from tumen.tasks.clock import now as the_clock
from tumen.tasks.identify_decisions import Decision, DecisionsFile, person, read_decisions, spelled
from tumen.tasks.identify_results import DECISIONS, append_result, page_table, read_result, slug
from tumen.tasks.packages import read_package
from tumen.tasks.register_file import append, check_file, read_events
from tumen.tasks.study import Study
from tumen.tasks.written import as_text

Row = dict[str, str | None]

IDENTIFIED = tuple(column.name for column in IDENTIFICATIONS.columns)

SAID = tuple(
    name for name in REGISTER_EVENTS.names if name not in ("eventID", "score", "probability", "recordedAt", "comments")
)
"""What makes a judgement the same one: not what programs add to it, which may be computed anew."""


def apply(study: Study, folder: Path, decisions: Path, *, now: datetime | None = None) -> Answer:
    """Take a file of decisions in; return what was added as tables `events`, `identifications` and `decisions`.

    Raises `FormatError` for a file that holds no decisions, `StudyError` where the study names no file of events.
    """
    given = read_decisions(decisions, the_clock() if now is None else now)
    found = [given.findings]
    shown = page_table(folder, given.page)
    refused = _of_another_page(given, shown, study)
    found.append(refused)
    if shown is None or findings.errors(refused).height:
        return _answer(given, _Added(), found)
    seen = {row[: len(PAIR)]: _Seen(*row[len(PAIR) :]) for row in shown.select(*PAIR, *_Seen.COLUMNS).iter_rows()}
    packages = engine.run(read_package, study.packages)
    usable, unknown = _known_ones(given, seen, packages)
    found.append(unknown)
    with _alone(study, folder):
        observer = _as_known(given.observer if shown.is_empty() else shown["observer"][0], study, folder, packages)
        given = replace(given, observer=observer, decisions=usable)
        added, before, told = _new(study, folder, given, seen)
        added = _written(study, folder, added, now)
    found += told
    if before:
        found.append(findings.finding("decisions-applied-before", count=before))
    return _answer(given, added, found)


@contextmanager
def _alone(study: Study, folder: Path) -> Iterator[None]:
    """Let nobody else read or add until what was read has been added to; always in this order, so that none waits."""
    if study.events is None:
        with locked(folder / "decisions.csv"):
            yield
    else:
        with locked(study.events), locked(folder / "decisions.csv"):
            yield


@dataclass(frozen=True)
class _Seen:
    """What a page's table says of a pair beside its names."""

    method: str
    score: float | None
    probability: float | None

    COLUMNS = ("method", "score", "probability")


def _as_known(observer: str, study: Study, folder: Path, packages: Sequence[Package]) -> str:
    """Return the observer's name as the register and the decisions spell it already."""
    events = [*(package.table("register_events") for package in packages), read_events(study).table]
    taken = read_result(folder, "decisions", {"observer": pl.String})
    tables = events if taken is None else [*events, taken]
    return spelled(observer, [name for table in tables for name in table["observer"]])


@dataclass(frozen=True)
class _Added:
    """Rows of text that are new; `identifications` by party. `kept` counts decisions that change nothing yet."""

    decisions: tuple[Row, ...] = ()
    events: tuple[Row, ...] = ()
    identifications: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    kept: int = 0


def _of_another_page(given: DecisionsFile, shown: pl.DataFrame | None, study: Study) -> pl.DataFrame:
    """Return findings on a file that is of no page of ours, or says other things of it than are so."""
    if shown is None:
        return findings.finding("decisions-page-unknown", column="page", value=given.page[:64])
    found = []
    if given.study != study.title:
        found.append(
            findings.finding("decisions-other-study", column="study", value=given.study[:60], made=study.title)
        )
    if shown.is_empty():
        return findings.gather(found)
    made = shown.row(0, named=True)
    found += [
        findings.finding("decisions-page-differs", column=column, value=_cell(said), made=_cell(made[column]))
        for column, said in (("role", given.role), ("blind", given.blind))
        if made[column] != said
    ]
    if person(made["observer"]) != person(given.observer):
        found.append(
            findings.finding("decisions-other-observer", column="observer", value=given.observer, made=made["observer"])
        )
    return findings.gather(found)


def _cell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _known_ones(
    given: DecisionsFile, seen: Mapping[tuple[str, ...], _Seen], packages: Sequence[Package]
) -> tuple[tuple[Decision, ...], pl.DataFrame]:
    """Return the decisions on pairs that the page showed and that the packages still hold, in the order of time."""
    names = {name for package in packages for name in _names(package)}
    usable, found = [], []
    for decision in sorted(given.decisions, key=lambda each: (each.decided, each.pair)):
        lost = [side for side in (decision.pair[:3], decision.pair[3:]) if side not in names]
        if decision.pair not in seen:
            found.append(findings.finding("decision-pair-unknown", value=decision.shown))
        elif lost:
            found += [findings.finding("decision-name-unknown", value=f"{side[0]}/{side[2]}") for side in lost]
        else:
            usable.append(decision)
    return tuple(usable), findings.gather(found)


def _names(package: Package) -> set[tuple[str, ...]]:
    """Return every subject that a package knows as (party, kind, name)."""
    named = {
        ("individual", name)
        for table in ("individuals", "observations", "identifications", "positions")
        for name in package.table(table)["individualID"].drop_nulls()
    }
    # A name that identifications gave to an observation alone is a name too.
    named |= {("individual", name) for name in judgements(package)["judgedID"].drop_nulls()}
    named |= {("observation", name) for name in package.table("observations")["observationID"].drop_nulls()}
    named |= {("sample", name) for name in package.table("samples")["sampleID"].drop_nulls()}
    return {(package.party, kind, name) for kind, name in named}


def _new(
    study: Study, folder: Path, given: DecisionsFile, seen: Mapping[tuple[str, ...], _Seen]
) -> tuple[_Added, int, list[pl.DataFrame]]:
    """Return what is new of the decisions, how many were taken in before, and findings on those that wait."""
    old = read_result(folder, "decisions", {"decisionID": pl.String})
    known = set() if old is None else set(old["decisionID"])
    held = set(as_text(read_events(study).table.select(SAID)).rows())
    rows: list[Row] = []
    events: list[Row] = []
    identified: dict[str, list[Row]] = {}
    told: list[pl.DataFrame] = []
    before = kept = 0
    for decision in given.decisions:
        row = _row(decision, given)
        if row["decisionID"] in known:
            before += 1
            continue
        rows.append(row)
        shown = seen[decision.pair]
        event, judgement = _event(decision, given, shown), _identification(decision, given, shown.method)
        if event is not None and tuple(event.get(name) for name in SAID) not in held:
            events.append(event)
        if judgement is not None:
            party, cells = judgement
            if cells is None:
                told.append(_of_another_party(decision))
                kept += 1
            else:
                identified.setdefault(party, []).append(cells)
        kept += event is None and judgement is None
    lists = {party: tuple(_unwritten(folder, party, cells)) for party, cells in sorted(identified.items())}
    return _Added(tuple(rows), tuple(events), lists, kept), before, told


def _instant(decision: Decision) -> str:
    return f"{decision.decided:%Y-%m-%dT%H:%M:%SZ}"


def _row(decision: Decision, given: DecisionsFile) -> Row:
    row: Row = {
        "page": given.page,
        "observer": given.observer,
        "role": given.role,
        "blind": _cell(given.blind),
        **dict(zip(PAIR, decision.pair, strict=True)),
        "verdict": decision.verdict,
        "certainty": decision.certainty,
        "flank": decision.flank,
        "note": decision.note or None,
        "decidedAt": _instant(decision),
    }
    return {"decisionID": _identifier("d", row), **row}


def _identifier(letter: str, row: Row) -> str:
    said = "\n".join(f"{name}={value or ''}" for name, value in row.items())
    return f"{letter}-" + hashlib.sha256(said.encode("utf-8")).hexdigest()[:16]


def _evidence(decision: Decision, given: DecisionsFile) -> str:
    """Return what the verdict rests on, so that another person can look at it: the page, and what was seen."""
    seen = f": {decision.note}" if decision.note else ""
    return f"review page {given.page[:12]}{seen}"


def _event(decision: Decision, given: DecisionsFile, shown: _Seen) -> Row | None:
    """Return the event of a verdict on two named animals, with what the proposal said of them; None for any other."""
    party, kind, name, other_party, other_kind, other_name = decision.pair
    if decision.verdict == "undecided" or kind != "individual" or other_kind != "individual":
        return None
    if given.role == "observer":
        event = "agree" if decision.verdict == "same" else "disagree"
    elif decision.verdict == "different":
        event = "disagree"
    else:
        event = "merge" if party == other_party else "link"
    return {
        "kind": event,
        "party": party,
        "individualID": name,
        "otherParty": other_party,
        "otherIndividualID": other_name,
        "observer": given.observer,
        "role": given.role,
        "blind": _cell(given.blind),
        "certainty": decision.certainty,
        "method": shown.method,
        "flank": decision.flank,
        "score": _digits(shown.score),
        "probability": _digits(shown.probability),
        "evidence": _evidence(decision, given),
        "decidedAt": _instant(decision),
    }


def _digits(value: float | None) -> str | None:
    """Return a number in full, as tables are written; nothing where there is none."""
    return None if value is None else repr(value)


def _identification(decision: Decision, given: DecisionsFile, method: str) -> tuple[str, Row | None] | None:
    """Return the party and the row of `identifications`; no row for an animal that another party named."""
    one, other = decision.pair[:3], decision.pair[3:]
    if decision.verdict != "same" or {one[1], other[1]} not in (
        {"individual", "observation"},
        {"individual", "sample"},
    ):
        return None
    thing, animal = (other, one) if one[1] == "individual" else (one, other)
    if thing[0] != animal[0]:
        return thing[0], None
    row: Row = {
        f"{thing[1]}ID": thing[2],
        "individualID": animal[2],
        "flank": decision.flank,
        "certainty": decision.certainty,
        "identifiedBy": given.observer,
        "blind": _cell(given.blind),
        "method": method if method in ("photo", "genotype") else "other",
        "identifiedAt": _instant(decision),
        "comments": _evidence(decision, given),
    }
    return thing[0], {"identificationID": _identifier("i", row), **row}


def _of_another_party(decision: Decision) -> pl.DataFrame:
    one, other = decision.pair[:3], decision.pair[3:]
    thing, animal = (other, one) if one[1] == "individual" else (one, other)
    return findings.finding(
        "decision-other-party",
        column="individualID",
        value=f"{thing[0]}/{thing[2]}",
        individual=f"{animal[0]}/{animal[2]}",
        party=thing[0],
    )


def _list_of(party: str) -> str:
    """Return the name of a party's list; parties whose names differ in signs only have lists of their own."""
    name = slug(party)
    return f"identifications-{name}" + ("" if name == party else f"-{hashlib.sha256(party.encode()).hexdigest()[:6]}")


def _unwritten(folder: Path, party: str, rows: Sequence[Row]) -> list[Row]:
    old = read_result(folder, _list_of(party), {"identificationID": pl.String})
    known = set() if old is None else set(old["identificationID"])
    return [row for row in rows if row["identificationID"] not in known]


def _written(study: Study, folder: Path, added: _Added, now: datetime | None) -> _Added:
    """Add the rows to their files; return them as they stand there.

    What fails in between is taken in by applying the file again.
    """
    inputs = [study.path, *(entry.path for entry in study.packages)]
    if added.events:
        check_file(study)
    for party, rows in added.identifications.items():
        if rows:
            append_result(folder / f"{_list_of(party)}.csv", _frame(rows, IDENTIFIED), inputs=inputs)
    if added.events:
        events = as_text(append(study, added.events, now=now).select(REGISTER_EVENTS.names))
        added = replace(added, events=tuple(events.iter_rows(named=True)))
    if added.decisions:
        append_result(folder / "decisions.csv", _frame(added.decisions, tuple(DECISIONS)), inputs=inputs)
    return added


def _frame(rows: Sequence[Row], columns: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in columns}, schema=dict.fromkeys(columns, pl.String)
    )


def _answer(given: DecisionsFile, added: _Added, found: Sequence[pl.DataFrame]) -> Answer:
    identified = [row for rows in added.identifications.values() for row in rows]
    counts: dict[str, str | int] = {
        "observer": given.observer,
        "decisions": len(added.decisions),
        "events": len(added.events),
        "identifications": len(identified),
    }
    notes = [Note("decisions-taken", counts)]
    if added.kept:
        notes.append(Note("decisions-kept", {"decisions": added.kept}))
    return Answer(
        "decisions",
        {
            "events": _frame(added.events, REGISTER_EVENTS.names),
            "identifications": _frame(identified, IDENTIFIED),
            "decisions": _frame(added.decisions, tuple(DECISIONS)),
        },
        notes=tuple(notes),
        findings=findings.gather(found),
    )
