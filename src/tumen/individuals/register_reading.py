"""Which events of the register can be read, and which were undone?

What cannot be read has no effect, and is a finding: events without an instant or without a cell they need, events that
share an identifier and say different things, names that nobody knows.
"""

from datetime import datetime
from functools import partial

import polars as pl

from tumen.individuals.register_fold import Rules
from tumen.tables import findings
from tumen.tables.individuals import ON_PAIRS, REGISTER_EVENTS

_rows = partial(findings.rows, table=REGISTER_EVENTS.name)


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
    """Return the rows up to an instant, with those that have none."""
    return frame if at is None else frame.filter((pl.col("decidedAt") <= at).fill_null(True))


def readable(events: pl.DataFrame, names: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the events that can be read, with the numbers of their names, in the order of time; and findings."""
    dated = events.filter(pl.col("decidedAt").is_not_null())
    undated = events.filter(pl.col("decidedAt").is_null()).with_columns(value="eventID")
    content = [name for name in REGISTER_EVENTS.dtypes if not name.endswith("_offset")]
    distinct = dated.sort("row").unique(content, keep="first", maintain_order=True)
    several = pl.col("eventID").is_duplicated() & pl.col("eventID").is_not_null()
    ambiguous = distinct.filter(several).with_columns(value="eventID")
    whole = distinct.filter(~several)
    for rule in REGISTER_EVENTS.rules:
        whole = whole.filter(~rule.broken().fill_null(False))
    number = names.select("party", "individualID", pl.col("node").cast(pl.Int64))
    whole = whole.join(number.rename({"node": "one"}), on=["party", "individualID"], how="left").join(
        number.rename({"party": "otherParty", "individualID": "otherIndividualID", "node": "other"}),
        on=["otherParty", "otherIndividualID"],
        how="left",
    )
    whole, lost = _members(whole, names)
    pair = pl.col("kind").is_in(ON_PAIRS)
    missing = [
        _rows(
            "register-unknown-individual",
            whole.filter(wrong).with_columns(
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
        pl.col("kind").is_not_null() & pl.col("observer").is_not_null(),
        (pl.col("kind") == "undo") | pl.col("one").is_not_null(),
        ~pair | pl.col("other").is_not_null(),
    ).sort("decidedAt", "eventID", *[name for name in content if name not in ("decidedAt", "eventID")])
    return read, [
        _rows("register-event-without-instant", undated, column="decidedAt"),
        _rows("register-event-ambiguous", ambiguous, column="eventID"),
        *missing,
        lost,
    ]


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
    unknown = listed.filter(pl.col("node").is_null()).with_columns(value="name")
    leaving = listed.drop_nulls("node").group_by("row").agg(leaving=pl.col("node").unique().sort())
    return (
        events.join(leaving, on="row", how="left"),
        _rows("register-unknown-individual", unknown, column="members"),
    )


def cancelled(events: pl.DataFrame, rules: Rules) -> tuple[dict[str, str], list[pl.DataFrame]]:
    """Return cancelled events with the undo of each, by their identifiers, and findings on undos without effect.

    An undo is later than what it cancels, so from the last undo backwards each one's fate is known before it is read.
    """
    target = events.select(aboutEventID="eventID", made="observer", madeAt="decidedAt", found=pl.lit(True)).drop_nulls(
        "aboutEventID"
    )
    undos = (
        events.filter(pl.col("kind") == "undo")
        .join(target, on="aboutEventID", how="left", maintain_order="left")
        .with_columns(value="aboutEventID")
    )
    unknown = pl.col("found").is_null()
    earlier = ~unknown & (pl.col("madeAt") >= pl.col("decidedAt"))
    own = pl.col("observer").eq_missing(pl.col("made")) | (pl.col("role") == "adjudicator").fill_null(False)
    stranger = ~unknown & ~earlier & ~own if rules.adjudicator else pl.lit(False)
    done: dict[str, str] = {}
    valid = undos.filter(~unknown & ~earlier & ~stranger).select("eventID", "aboutEventID")
    for undo, about in reversed(valid.rows()):
        if undo not in done:
            done[about] = undo
    return done, [
        _rows("register-undo-unknown", undos.filter(unknown), column="aboutEventID"),
        _rows("register-undo-earlier", undos.filter(earlier), column="decidedAt"),
        _rows("register-undo-not-entitled", undos.filter(stranger), column="observer", arguments=["observer", "made"]),
    ]
