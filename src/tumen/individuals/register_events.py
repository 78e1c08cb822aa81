"""Where does the joint register stand?  Its events, read in the order of time, on any date.

Events are only ever added, so what held at an instant is what the events recorded up to it say. Three kinds of them
are not read: those that cannot be (no instant, an empty cell they need, an unknown animal), those that a later undo
cancelled, and those made by somebody who may not. All of these are findings or stay visible in the history. The rest
is folded (`tumen.individuals.register_fold`) into the state of each pair, and pairs that stand go into the crosswalk
together with the older table `links`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import polars as pl

from tumen.individuals.register import JOINT_NAMES, Crosswalk, crosswalk, local_names
from tumen.individuals.register_fold import START, Event, Fold, Rules, notes_on, order
from tumen.individuals.register_reading import cancelled, readable, upto
from tumen.tables import findings
from tumen.tables.individuals import LINKS, ON_PAIRS, REGISTER_EVENTS
from tumen.tables.schema import UTC

Types = dict[str, pl.DataType | type[pl.DataType]]

STATES = (
    "proposed",
    "awaitingSecondObserver",
    "awaitingAdjudicator",
    "disputed",
    "standing",
    "different",
    "undone",
    "split",
)
"""Where a pair may stand. Only `standing` joins it; `different` and `split` say that it is two animals."""

STANDING: Types = {
    "party": pl.String,
    "individualID": pl.String,
    "otherParty": pl.String,
    "otherIndividualID": pl.String,
    "state": pl.String,
    "verdict": pl.String,
    "agreed": pl.String,
    "disagreed": pl.String,
    "adjudicator": pl.String,
    "probability": pl.Float64,
    "since": UTC,
    "row": pl.Int64,
}
"""One row per pair that events are about. `agreed` and `disagreed` name the observers by their latest judgements, with
their parties; `verdict` is null while the pair waits for its first one, and stays `different` while a pair that was cut
waits; `since` and `row` are those of the event that brought it here."""

DEATHS: Types = {
    "party": pl.String,
    "individualID": pl.String,
    "deathDate": pl.Date,
    "decidedAt": UTC,
    "row": pl.Int64,
}
"""Recorded deaths; an empty `deathDate` means only that the animal was dead at `decidedAt`."""

_TABLE = "register_events"
_rows = partial(findings.rows, table=_TABLE)


@dataclass(frozen=True)
class Standing:
    """Where the register stands: `STANDING`, its verdicts as rows of `links`, joint names, deaths, and findings.

    `active` are the events that could be read and were not undone, in the order of time; `undone_by` tells which undo
    cancelled which of the others.
    """

    table: pl.DataFrame
    links: pl.DataFrame
    names: pl.DataFrame
    deaths: pl.DataFrame
    active: pl.DataFrame
    undone_by: Mapping[str, str]
    findings: pl.DataFrame


@dataclass(frozen=True)
class CrosswalkAt(Crosswalk):
    """The crosswalk at an instant, and where the pairs behind it stand."""

    standing: Standing


def crosswalk_at(
    known: pl.DataFrame,
    links: pl.DataFrame,
    events: pl.DataFrame,
    at: datetime | None = None,
    rules: Rules | None = None,
) -> CrosswalkAt:
    """Join local names into joint identities, as `links` and the register's events had it at an instant (None: now).

    `known` has the columns of `tumen.individuals.register.KNOWN`; `links` and `events` are the typed tables `links` and
    `register_events`. On a pair that both are about the later holds. A joint identity is called by its latest rename,
    or by the smallest of its local names. Findings name the table and the row as a spreadsheet shows it.

    >>> known = pl.DataFrame({"party": ["north", "south"], "individualID": ["T7", "22"],
    ...     "scientificName": ["Panthera tigris"] * 2, "sex": [None, "male"]})
    >>> said = [("1", "agree", "A"), ("2", "agree", "B"), ("3", "link", "C")]
    >>> events = pl.concat([REGISTER_EVENTS.empty(), pl.DataFrame([{"eventID": number, "kind": kind, "observer": who,
    ...     "party": "north", "individualID": "T7", "otherParty": "south", "otherIndividualID": "22", "blind": True,
    ...     "role": "adjudicator" if kind == "link" else "observer", "evidence": "left flank",
    ...     "decidedAt": datetime(2015, 9, int(number), tzinfo=START.tzinfo)} for number, kind, who in said],
    ...     schema_overrides={"decidedAt": UTC})], how="diagonal")
    >>> crosswalk_at(known, LINKS.empty(), events).table["jointID"].to_list()
    ['north/T7', 'north/T7']
    >>> crosswalk_at(known, LINKS.empty(), events, datetime(2015, 9, 2, tzinfo=START.tzinfo)).table["jointID"].to_list()
    ['north/T7', 'south/22']
    """
    before = upto(LINKS.require(links).with_row_index("row", 2).cast({"row": pl.Int64}), at)
    held = standing(known, events, links=links, at=at, rules=rules)
    walk = crosswalk(known, pl.concat([before.drop("row"), held.links.drop("row")]), held.names)
    both = pl.concat([before.select("row", of=pl.lit("links")), held.links.select("row", of=pl.lit(_TABLE))])
    found = (
        walk.findings.join(both.with_row_index("joined", 2), left_on="row", right_on="joined", how="left")
        .with_columns(
            row=pl.when(pl.col("table") == "links").then(pl.col("row_right").cast(pl.Int64)).otherwise("row"),
            table=pl.when(pl.col("table") == "links").then(pl.coalesce("of", "table")).otherwise("table"),
        )
        .select(*findings.FINDINGS)
    )
    deaths = _two_deaths(held.deaths, walk.table)
    return CrosswalkAt(walk.table, findings.gather([found, held.findings, deaths]), held)


def standing(
    known: pl.DataFrame,
    events: pl.DataFrame,
    *,
    links: pl.DataFrame | None = None,
    at: datetime | None = None,
    rules: Rules | None = None,
) -> Standing:
    """Fold events into the state of each pair at an instant; `links` tells which names a split may take apart."""
    rules = rules or Rules()
    names = local_names(known)
    events = upto(REGISTER_EVENTS.require(events).with_row_index("row", 2).cast({"row": pl.Int64}), at)
    read, unread = readable(events, names)
    undone_by, undos = cancelled(read, rules)
    usable = read.filter(pl.col("kind") != "undo")
    undone = usable.filter(pl.col("eventID").is_in(list(undone_by)))
    active = usable.filter(~pl.col("eventID").is_in(list(undone_by)).fill_null(False))
    judgements = active.filter(pl.col("kind").is_in([*ON_PAIRS, "split"]))
    stream = fold_events(judgements) + link_events(links, names, at)
    fold = Fold(rules).all(sorted(stream, key=order), fold_events(undone.filter(pl.col("kind").is_in(ON_PAIRS))))
    table = _table(fold, names)
    return Standing(
        table.select(*STANDING),
        _as_links(table),
        _latest(active, "rename").select(*JOINT_NAMES),
        active.filter(pl.col("kind") == "die").select(*DEATHS),
        active.select("row", *REGISTER_EVENTS.dtypes),
        undone_by,
        findings.gather([*unread, *undos, _said([*fold.said, *notes_on(fold)], names)]),
    )


def after_death(detections: pl.DataFrame, deaths: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return a finding for each recorded death after which the animal was seen, under whichever of its names.

    `detections` has party, individualID (local names) and eventStart; `deaths` is `DEATHS`, `table` the crosswalk. A
    day of death ends where it ends last on Earth, twelve hours after its end in UTC.
    """
    joint = table.select("party", "individualID", "jointID")
    last = (
        detections.join(joint, on=["party", "individualID"], how="inner")
        .group_by("jointID")
        .agg(seen=pl.col("eventStart").max())
    )
    end = pl.coalesce(
        pl.col("deathDate").cast(pl.Datetime("us")).dt.replace_time_zone("UTC").dt.offset_by("36h"), "decidedAt"
    )
    broken = (
        deaths.join(joint, on=["party", "individualID"], how="inner", maintain_order="left")
        .join(last, on="jointID", how="inner", maintain_order="left")
        .filter(pl.col("seen") > end)
        .with_columns(
            value=pl.concat_str("party", pl.lit("/"), "individualID"),
            died=pl.coalesce("deathDate", pl.col("decidedAt").dt.date()),
            seen=pl.col("seen").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
    )
    return _rows("register-seen-after-death", broken, column="deathDate", arguments=["seen", "died"])


def fold_events(frame: pl.DataFrame) -> list[Event]:
    """Return judgements as the fold reads them."""
    columns = frame.select(
        "row",
        "kind",
        "one",
        pl.col("other").fill_null(-1),
        "leaving",
        "observer",
        pl.col("observerParty").fill_null(""),
        pl.col("role").fill_null("observer"),
        pl.col("blind").fill_null(False),
        "probability",
        "decidedAt",
        "person",
        "known",
    )
    return [
        Event(row, kind, one, other, tuple(out or ()), *rest) for row, kind, one, other, out, *rest in columns.rows()
    ]


def link_events(links: pl.DataFrame | None, names: pl.DataFrame, at: datetime | None) -> list[Event]:
    """Return the rows of `links` between known names as events."""
    if links is None or links.is_empty():
        return []
    number = names.select("party", "individualID", pl.col("node").cast(pl.Int64))
    frame = (
        upto(links, at)
        .join(number.rename({"node": "one"}), on=["party", "individualID"], how="inner")
        .join(
            number.rename({"party": "otherParty", "individualID": "otherIndividualID", "node": "other"}),
            on=["otherParty", "otherIndividualID"],
            how="inner",
        )
        .filter(pl.col("one") != pl.col("other"))
        .select("one", "other", pl.col("verdict").fill_null("undecided"), pl.col("decidedAt").fill_null(START))
        .sort("decidedAt", "one", "other", "verdict")
    )
    return [
        Event(0, f"link-{verdict}", one, other, (), "", "", "", False, None, when, "", when)
        for one, other, verdict, when in frame.rows()
    ]


def _table(fold: Fold, names: pl.DataFrame) -> pl.DataFrame:
    """Return `STANDING` of every pair that events are about, and since when its verdict is in force (`said`)."""
    local = names.select("party", "individualID").rows()
    rows: list[dict[str, Any]] = []
    for (low, high), pair in sorted(fold.pairs.items()):
        if not (pair.touched or pair.undone):
            continue
        decider = pair.decided.event.observer if pair.decided is not None else None
        rows.append(
            {
                **dict(zip(tuple(STANDING)[:4], (*local[low], *local[high]), strict=True)),
                "state": pair.state if pair.touched else "undone",
                "verdict": pair.verdict,
                "agreed": _voices(pair.voices(True)),
                "disagreed": _voices(pair.voices(False)),
                "adjudicator": decider,
                "probability": pair.probability,
                "since": pair.since if pair.row else None,
                "row": pair.row or None,
                "said": pair.said,
            }
        )
    return pl.DataFrame(rows, schema={**STANDING, "said": UTC})


def _voices(votes: list[Event]) -> str:
    return ", ".join(
        sorted(f"{vote.observer} ({vote.observer_party})" if vote.observer_party else vote.observer for vote in votes)
    )


def _as_links(table: pl.DataFrame) -> pl.DataFrame:
    """Return the register's verdicts as rows of `links`, with the row of the event behind each."""
    said = table.filter(pl.col("verdict").is_not_null()).select(
        "row",
        *list(STANDING)[:4],
        "verdict",
        linkID=pl.format("register_events {}", "row"),
        evidence=pl.col("state"),
        observer=pl.coalesce("adjudicator", "agreed"),
        decidedAt="said",
    )
    blank = pl.DataFrame(schema={"row": pl.Int64, **LINKS.dtypes})
    return pl.concat([blank, said], how="diagonal").select("row", *LINKS.dtypes)


def _latest(active: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Return the last event of a kind on each local name."""
    return active.filter(pl.col("kind") == kind).unique(["party", "individualID"], keep="last", maintain_order=True)


def _said(said: list[tuple[str, int, Any, dict[str, str]]], names: pl.DataFrame) -> pl.DataFrame:
    """Return what the fold found doubtful as findings."""
    known = names["name"].to_list()
    found = []
    for code in sorted({code for code, *_ in said}):
        rows = [
            {
                "row": row,
                "value": ", ".join(known[n] for n in value) if isinstance(value, tuple) else known[value],
                **more,
            }
            for its, row, value, more in said
            if its == code
        ]
        arguments = [name for name in rows[0] if name not in ("row", "value")]
        column = COLUMNS.get(code, "individualID")
        found.append(_rows(code, pl.DataFrame(rows), column=column, arguments=arguments))
    return findings.gather(found)


COLUMNS = {
    "register-needs-adjudicator": "role",
    "register-program-vote": "role",
    "register-not-blind": "blind",
    "register-voted-twice": "observer",
    "register-voted-after-link": "decidedAt",
    "register-adjudicator-observed": "observer",
    "register-adjudicators-disagree": "kind",
    "register-parties-disagree": "observerParty",
    "register-split-not-member": "members",
}
"""The column of an event that each doubt is about."""


def _two_deaths(deaths: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Find animals with several days of death."""
    several = (
        deaths.drop_nulls("deathDate")
        .join(table.select("party", "individualID", "jointID"), on=["party", "individualID"], how="inner")
        .group_by("jointID")
        .agg(pl.col("row").max(), days=pl.col("deathDate").unique().sort())
        .filter(pl.col("days").list.len() > 1)
        .sort("row")
        .with_columns(pl.col("days").cast(pl.List(pl.String)).list.join(", "), value="jointID")
    )
    return _rows("register-two-deaths", several, column="deathDate", arguments=["days"])
