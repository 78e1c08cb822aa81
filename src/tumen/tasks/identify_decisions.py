"""Read a file of decisions, which came from outside: it is judged cell by cell, and nothing in it is trusted.

A file that is none is an error; in a file of decisions each entry that is none is a finding, and the others go on.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from tumen.errors import FormatError, Text
from tumen.individuals.place_time import PAIR
from tumen.report.review import FORMAT, VERSION
from tumen.report.review_source import ROLES
from tumen.tables import findings
from tumen.tables.individuals import CERTAINTIES

LARGEST = 8_000_000
"""Bytes of a file that is read at most: some 20,000 decisions with notes."""
LONGEST = 300
"""Letters of a name."""
LONGEST_NOTE = 1000
LATE = timedelta(days=1)
"""By how much a clock may be ahead before a decision counts as one to come."""

VERDICTS = ("same", "different", "undecided")
FLANKS = ("left", "right", "both")
KINDS = ("individual", "observation", "sample")
KEYS = frozenset({"format", "version", "study", "page", "observer", "role", "blind", "decisions"})
FORMULAS = "=+-@"
"""A cell that begins with one of these, of whatever width, is a formula to a spreadsheet program."""
ENTRY = frozenset({*PAIR, "verdict", "certainty", "flank", "note", "decidedAt"})
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_CURE = "Save the decisions from the page again."


@dataclass(frozen=True)
class Decision:
    """One usable decision; `pair` has the order of `PAIR`."""

    pair: tuple[str, ...]
    verdict: str
    certainty: str | None
    flank: str | None
    note: str
    decided: datetime

    @property
    def shown(self) -> str:
        """The pair as findings print it."""
        party, _, name, other, _, other_name = self.pair
        return f"{party}/{name}, {other}/{other_name}"


@dataclass(frozen=True)
class DecisionsFile:
    """Whose decisions they are, on which page, and those that can be used; the others are findings."""

    study: str
    page: str
    observer: str
    role: str
    blind: bool
    decisions: tuple[Decision, ...]
    findings: pl.DataFrame


def read_decisions(path: Path, now: datetime) -> DecisionsFile:
    """Read a file of decisions; raise `FormatError` where it is none."""
    given = _object(path)
    head = _head(given)
    usable: list[Decision] = []
    found: list[pl.DataFrame] = []
    for number, entry in enumerate(given["decisions"], start=1):
        wrong = _wrong(entry)
        if wrong is not None:
            column, value = wrong
            found.append(findings.finding("decision-malformed", column=column, value=value, number=number))
            continue
        decision = _decision(entry)
        refused = _refusals(decision, now)
        found += refused
        if not refused:
            usable.append(decision)
    counts: dict[tuple[str, ...], int] = {}
    for decision in usable:
        counts[decision.pair] = counts.get(decision.pair, 0) + 1
    twice = {decision.shown: None for decision in usable if counts[decision.pair] > 1}
    found += [findings.finding("decision-twice", value=shown) for shown in twice]
    return DecisionsFile(*head, tuple(each for each in usable if counts[each.pair] == 1), findings.gather(found))


def _refusals(decision: Decision, now: datetime) -> list[pl.DataFrame]:
    """Return findings on a well-formed decision that cannot be taken in as it is."""
    found = []
    if is_formula(decision.note):
        found.append(
            findings.finding(
                "decision-note-formula", column="note", value=decision.shown, beginning=_short(decision.note)[:20]
            )
        )
    if decision.decided > now + LATE:
        said = f"{decision.decided:%Y-%m-%dT%H:%M:%SZ}"
        found.append(findings.finding("decision-in-the-future", column="decidedAt", value=decision.shown, decided=said))
    return found


def _object(path: Path) -> dict[str, Any]:
    needed = "a file of decisions that a page of review saved"
    try:
        if path.stat().st_size > LARGEST:
            raise FormatError(needed, Text("more than {bytes} bytes", bytes=LARGEST), _CURE)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FormatError(needed, Text("no readable file {path}", path=path), "Give the path of the file.") from error
    except UnicodeDecodeError as error:
        raise FormatError(needed, "bytes that are no text in UTF-8", _CURE) from error
    try:
        given = json.loads(text, object_pairs_hook=_once, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise FormatError(needed, "text that is no JSON", _CURE) from error
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise FormatError(needed, "something else", _CURE)
    if given.get("version") != VERSION or isinstance(given.get("version"), bool):
        raise FormatError(
            Text("decisions of version {version}", version=VERSION),
            Text("version {version}", version=str(given.get("version"))[:20]),
            "Make the page with this version of Tumen.",
        )
    return given


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; one that says a thing twice is refused, for nobody knows which holds."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key twice")
    return made


def _refused(_: str) -> NoReturn:
    raise ValueError("no number of JSON")


def _head(given: Mapping[str, Any]) -> tuple[str, str, str, str, bool]:
    """Return study, page, observer, role and blind; raise `FormatError` unless all and nothing else is there."""
    wrong = sorted(KEYS ^ set(given))
    for key in ("study", "page", "observer"):
        if not wrong and not _is_name(given[key]):
            wrong = [key]
    if not wrong and given["role"] not in ROLES:
        wrong = ["role"]
    if not wrong and not isinstance(given["blind"], bool):
        wrong = ["blind"]
    if not wrong and not isinstance(given["decisions"], list):
        wrong = ["decisions"]
    if wrong:
        shown = ", ".join(repr(key)[:40] for key in wrong[:5])
        raise FormatError("what the head of a file of decisions holds, and nothing else", shown, _CURE)
    return given["study"], given["page"], given["observer"].strip(), given["role"], given["blind"]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST and not _CONTROL.search(value)


def _wrong(entry: object) -> tuple[str, str] | None:
    """Return the first column that holds what it may not, and what it holds; None for a good decision."""
    if not isinstance(entry, dict):
        return "decisions", _short(entry)
    if set(entry) != ENTRY:
        return "decisions", ", ".join(sorted(map(_short, ENTRY ^ set(entry)))[:5])
    good = {
        **{name: _is_name(entry[name]) for name in PAIR},
        "verdict": _among(entry["verdict"], VERDICTS),
        "flank": entry["flank"] is None or _among(entry["flank"], FLANKS),
        "note": _is_note(entry["note"]),
        "decidedAt": _instant(entry["decidedAt"]) is not None,
    }
    good["kind"] = good["kind"] and _among(entry["kind"], KINDS)
    good["otherKind"] = good["otherKind"] and _among(entry["otherKind"], KINDS)
    sure = _among(entry["certainty"], CERTAINTIES)
    good["certainty"] = sure or (entry["certainty"] is None and entry["verdict"] == "undecided")
    return next(((name, _short(entry[name])) for name, fine in good.items() if not fine), None)


def _among(value: object, known: tuple[str, ...]) -> bool:
    return isinstance(value, str) and value in known


def is_formula(text: str) -> bool:
    """Say whether a spreadsheet program would take a text for a formula.

    >>> is_formula("=1+1"), is_formula("＝1"), is_formula(" -5"), is_formula("scar = deep"), is_formula("")
    (True, True, True, False, False)
    """
    return unicodedata.normalize("NFKC", text).lstrip()[:1] in tuple(FORMULAS)


def person(name: str) -> str:
    """Return what two spellings of one person's name have in common.

    >>> person("O.  Kim") == person(" o. KIM") != person("O Kim")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def spelled(name: str, known: Iterable[str | None]) -> str:
    """Return a name as it was first spelled among the known ones, so that nobody is two by a capital or a blank.

    >>> spelled("o. kim", ["A. Petrova", "O. Kim", "O. KIM"]), spelled("J. Lee", [])
    ('O. Kim', 'J. Lee')
    """
    return next((other for other in known if other is not None and person(other) == person(name)), name)


def _is_note(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NOTE and not _CONTROL.search(value)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, default=str)
    return _CONTROL.sub("?", text)[:60]


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _decision(entry: Mapping[str, Any]) -> Decision:
    decided = _instant(entry["decidedAt"])
    return Decision(
        tuple(entry[name] for name in PAIR),
        entry["verdict"],
        entry["certainty"],
        entry["flank"],
        entry["note"].strip(),
        datetime.min.replace(tzinfo=UTC) if decided is None else decided,
    )
