"""Which events of the register can be read, and which were undone?

What cannot be read has no effect, and is a finding: events without an instant or without a cell they need, events that
share an identifier and say different things, names that nobody knows.

Two instants are told apart. `decidedAt` is when somebody judged, as that person says, and orders the events.
`recordedAt` is when the program wrote the event down, and says since when the register has known it; where it is empty
`decidedAt` stands for it. So no event that is added later changes what was known before.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from functools import partial

import polars as pl

from tumen.individuals.register_fold import Rules
from tumen.tables import findings
from tumen.tables.individuals import ON_PAIRS, REGISTER_EVENTS

LATE_DAYS = 30
"""An event recorded more days than these after it was decided is a finding."""

_rows = partial(findings.rows, table=REGISTER_EVENTS.name)


def person(name: str) -> str:
    """Return what the name of an observer is compared by, so that one person under two spellings counts once.

    Compatible signs count as one (NFKC), capitals and small letters too; blanks at the ends and signs that cannot be
    seen are left out, and several blanks count as one.

    >>> {person("O. Kim"), person("o.  kim "), person("Ｏ. Ｋim")}
    {'o. kim'}
    """
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", name) if unicodedata.category(sign) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())


def known_at() -> pl.Expr:
    """Return since when the register has known an event."""
    return pl.coalesce("recordedAt", "decidedAt")


def incomplete(events: pl.DataFrame) -> pl.DataFrame:
    """Return findings for events that lack a cell they need or judge an animal against itself.

    Checking a package finds them too; this is for events that stand in no package.
    """
    frame = REGISTER_EVENTS.require(events).with_row_index("row", 2)
    rules = [(rule.code, rule.column, rule.broken(), rule.arguments) for rule in REGISTER_EVENTS.rules]
    rules.append(("register-event-incomplete", "observer", pl.col("observer").is_null(), ("kind",)))
    return findings.gather(
        _rows(
            code, frame.filter(broken.fill_null(False)).with_columns(value=column), column=column, arguments=arguments
        )
        for code, column, broken, arguments in rules
    )


def upto(frame: pl.DataFrame, at: datetime | None) -> pl.DataFrame:
    """Return the rows of events or links that were known at an instant, with those that have none."""
    if at is None:
        return frame
    known = known_at() if "recordedAt" in frame.columns else pl.col("decidedAt")
    return frame.filter((known <= at).fill_null(True))


def readable(events: pl.DataFrame, names: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the events that can be read, with the numbers of their names, in the order of time; and findings."""
    read, found = legible(events, names)
    return read.filter(pl.col("until").is_null()), found


def legible(events: pl.DataFrame, names: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the events that can be read for a time, and findings.

    Their columns are those of `events`, and `person` (what the observer is compared by), `known` (since when they
    were known), `until` (when another event took the same identifier, else null), `one`, `other`, `leaving`.
    """
    dated = events.filter(pl.col("decidedAt").is_not_null())
    undated = events.filter(pl.col("decidedAt").is_null()).with_columns(value="eventID")
    content = [name for name in REGISTER_EVENTS.dtypes if not name.endswith("_offset") and name != "recordedAt"]
    # An event that several registers hold is one event, known since the first of them recorded it.
    distinct = (
        _persons(dated)
        .with_columns(known=known_at())
        .sort("known", "row")
        .unique(content, keep="first", maintain_order=True)
    )
    several = pl.col("eventID").is_duplicated() & pl.col("eventID").is_not_null()
    second = pl.col("known").sort().get(1, null_on_oob=True).over("eventID")
    distinct = distinct.with_columns(until=pl.when(several).then(second))
    ambiguous = distinct.filter(several).with_columns(value="eventID")
    whole = distinct
    for rule in REGISTER_EVENTS.rules:
        whole = whole.filter(~rule.broken().fill_null(False))
    number = names.select("party", "individualID", pl.col("node").cast(pl.Int64))
    whole = whole.join(number.rename({"node": "one"}), on=["party", "individualID"], how="left").join(
        number.rename({"party": "otherParty", "individualID": "otherIndividualID", "node": "other"}),
        on=["otherParty", "otherIndividualID"],
        how="left",
    )
    whole, lost = _members(whole, names)
    clear = whole.filter(pl.col("until").is_null())
    pair = pl.col("kind").is_in(ON_PAIRS)
    missing = [
        _rows(
            "register-unknown-individual",
            clear.filter(wrong).with_columns(
                value=pl.concat_str(pl.col(party), pl.lit("/"), pl.col(name), ignore_nulls=True)
            ),
            column=name,
        )
        for wrong, party, name in (
            (pl.col("one").is_null() & (pl.col("kind") != "undo"), "party", "individualID"),
            (pl.col("other").is_null() & pair, "otherParty", "otherIndividualID"),
        )
    ]
    read = whole.filter(
        pl.col("kind").is_not_null() & (pl.col("person") != ""),
        (pl.col("kind") == "undo") | pl.col("one").is_not_null(),
        ~pair | pl.col("other").is_not_null(),
    ).sort("decidedAt", "known", "row")
    return read, [
        _rows("register-event-without-instant", undated, column="decidedAt"),
        _rows("register-event-ambiguous", ambiguous, column="eventID"),
        *missing,
        lost,
        *_instants(distinct),
        _spellings(read),
    ]


def _persons(events: pl.DataFrame) -> pl.DataFrame:
    """Return events with what their observers are compared by; null where there is none."""
    names = events["observer"].drop_nulls().unique()
    table = pl.DataFrame(
        {"observer": names, "person": [person(name) for name in names]},
        schema={"observer": pl.String, "person": pl.String},
    )
    return events.join(table, on="observer", how="left", maintain_order="left")


def _instants(events: pl.DataFrame) -> list[pl.DataFrame]:
    """Find events that were recorded long after they were decided, or before."""
    shown = "%Y-%m-%dT%H:%M:%SZ"
    frame = events.drop_nulls("recordedAt").with_columns(
        value="eventID",
        late=pl.col("recordedAt") - pl.col("decidedAt"),
        decided=pl.col("decidedAt").dt.strftime(shown),
        recorded=pl.col("recordedAt").dt.strftime(shown),
    )
    late = frame.filter(pl.col("late") > pl.duration(days=LATE_DAYS)).with_columns(days=pl.col("late").dt.total_days())
    return [
        _rows("register-recorded-late", late, column="recordedAt", arguments=["decided", "days"]),
        _rows(
            "register-decided-later",
            frame.filter(pl.col("late") < pl.duration(days=0)),
            column="decidedAt",
            arguments=["decided", "recorded"],
        ),
    ]


def _spellings(events: pl.DataFrame) -> pl.DataFrame:
    """Find observers whose names are spelt in several ways: the first event with each spelling but the first."""
    spelt = (
        events.sort("known", "row")
        .unique("observer", keep="first", maintain_order=True)
        .with_columns(other=pl.col("observer").first().over("person"), value="observer")
        .filter(pl.col("observer") != pl.col("other"))
    )
    return _rows("register-observer-spellings", spelt, column="observer", arguments=["other"])


def _members(events: pl.DataFrame, names: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return events with the numbers of the names that leave in a split, and findings for the unknown ones."""
    listed = (
        events.filter(pl.col("kind") == "split")
        .select("row", name=pl.col("members").str.split("|"))
        .explode("name")
        .with_columns(pl.col("name").str.strip_chars())
        .filter(pl.col("name") != "")
        .join(names.select("name", pl.col("node").cast(pl.Int64)), on="name", how="left", maintain_order="left")
    )
    clear = events.filter(pl.col("until").is_null())["row"]
    unknown = listed.filter(pl.col("node").is_null(), pl.col("row").is_in(clear.implode())).with_columns(value="name")
    leaving = listed.drop_nulls("node").group_by("row").agg(leaving=pl.col("node").unique().sort())
    return (
        events.join(leaving, on="row", how="left"),
        _rows("register-unknown-individual", unknown, column="members"),
    )


def cancelled(events: pl.DataFrame, rules: Rules) -> tuple[dict[str, str], list[pl.DataFrame]]:
    """Return cancelled events with the undo of each, by their identifiers, and findings on undos without effect."""
    undos = _undos(events, rules)
    valid = undos.filter(pl.col("fault").is_null()).select("row", "aboutRow")
    names = dict(events.select("row", "eventID").rows())
    found = [
        _rows(code, undos.filter(pl.col("fault") == code), column=column, arguments=arguments)
        for code, column, arguments in (
            ("register-undo-unknown", "aboutEventID", ()),
            ("register-undo-earlier", "decidedAt", ()),
            ("register-undo-not-entitled", "observer", ("observer", "made")),
        )
    ]
    return {names[about]: names[undo] for about, undo in fates(valid.rows()).items()}, found


def undo_rows(events: pl.DataFrame, rules: Rules) -> list[tuple[int, int]]:
    """Return the rows of each undo that counts and of what it cancels, in the order in which undos were recorded."""
    valid = _undos(events, rules).filter(pl.col("fault").is_null()).select("row", "aboutRow")
    return [(undo, about) for undo, about in valid.rows()]


def fates(undos: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return the rows of cancelled events, with the row of the undo of each.

    An undo stands behind what it cancels, so from the last undo backwards each one's fate is known before it is read.

    >>> fates([(3, 2), (4, 3)])
    {3: 4}
    """
    done: dict[int, int] = {}
    for undo, about in reversed(list(undos)):
        if undo not in done:
            done[about] = undo
    return done


def _undos(events: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Return the undos with the row of what each cancels and the code of what is wrong with it, as they were recorded.

    What the program recorded decides which of two came first; `decidedAt` has seconds only and comes from outside.
    """
    place = ("known", "decidedAt", "row")
    ranked = events.sort(*place).with_row_index("place")
    target = ranked.select(
        aboutEventID="eventID", aboutRow="row", made="observer", madeBy="person", madeAt="place"
    ).drop_nulls("aboutEventID")
    undos = (
        ranked.filter(pl.col("kind") == "undo")
        .join(target, on="aboutEventID", how="left", maintain_order="left")
        .with_columns(value="aboutEventID")
    )
    own = (pl.col("person") == pl.col("madeBy")) | (pl.col("role") == "adjudicator").fill_null(False)
    stranger = ~own if rules.adjudicator else pl.lit(False)
    return undos.with_columns(
        fault=pl.when(pl.col("aboutRow").is_null())
        .then(pl.lit("register-undo-unknown"))
        .when(pl.col("madeAt") >= pl.col("place"))
        .then(pl.lit("register-undo-earlier"))
        .when(stranger)
        .then(pl.lit("register-undo-not-entitled"))
    )
