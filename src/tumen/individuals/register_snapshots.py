"""Which names were one animal at each of many instants?  The register's events are folded once for all of them.

An instant asks for what was known then. From one instant to the next, events that come last are added to the fold as
it stands; only where an undo or an event decided earlier comes in is it folded anew. Instants at which the same pairs
stand under the same names share one crosswalk, and all different ones are computed in one pass.
"""

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from tumen.individuals.register import JOINT_NAMES, KNOWN, crosswalk, local_names
from tumen.individuals.register_events import fold_events, link_events
from tumen.individuals.register_fold import Event, Fold, Rules, order
from tumen.individuals.register_reading import fates, legible, undo_rows
from tumen.tables.individuals import LINKS, ON_PAIRS, REGISTER_EVENTS
from tumen.tables.schema import UTC

SNAPSHOTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "at": UTC,
    "party": pl.String,
    "individualID": pl.String,
    "jointID": pl.String,
    "names": pl.String,
}
"""The crosswalk at several instants: one row per instant and local name."""

_MARK = "\x1f"

_Edges = tuple[tuple[int, int], ...]
_State = tuple[_Edges, tuple[int, ...]]


def crosswalks(
    known: pl.DataFrame,
    links: pl.DataFrame,
    events: pl.DataFrame,
    instants: Iterable[datetime],
    rules: Rules | None = None,
) -> pl.DataFrame:
    """Return `SNAPSHOTS`: at each instant what `crosswalk_at` gives; the arguments are those of that function.

    >>> known = pl.DataFrame([("north", "T7", "Panthera tigris", None)], schema=KNOWN, orient="row")
    >>> day = datetime.fromisoformat("2015-09-01T00:00:00+00:00")
    >>> crosswalks(known, LINKS.empty(), REGISTER_EVENTS.empty(), [day])["jointID"].to_list()
    ['north/T7']
    """
    names = local_names(known)
    read, _ = legible(REGISTER_EVENTS.require(events).with_row_index("row", 2).cast({"row": pl.Int64}), names)
    numbers: dict[_State, int] = {}
    places = [
        (at, numbers.setdefault(state, len(numbers)))
        for at, state in _states(read, link_events(LINKS.require(links), names, None), sorted(set(instants)), rules)
    ]
    of_state = _walked(numbers, names, read)
    table = pl.DataFrame(places, schema={"at": UTC, "state": pl.Int64}, orient="row")
    return table.join(of_state, on="state", how="inner", maintain_order="left_right").select(*SNAPSHOTS)


def _states(
    read: pl.DataFrame, links: list[Event], instants: list[datetime], rules: Rules | None
) -> Iterable[tuple[datetime, _State]]:
    """Return at each instant the pairs that stand, and the rows of the renames in force."""
    rules = rules or Rules()
    spans = read.select("row", "kind", "known", "until", "one").rows()
    judgements = read.filter(pl.col("kind").is_in([*ON_PAIRS, "split"]))
    stream = sorted(fold_events(judgements) + links, key=order)
    undos = undo_rows(read, rules)
    fold, folded = Fold(rules), list[Event]()
    for at in instants:
        alive = {row for row, _, known, until, _ in spans if known <= at and (until is None or until > at)}
        done = fates((undo, about) for undo, about in undos if undo in alive and about in alive)
        now = [
            event
            for event in stream
            if (event.row in alive and event.row not in done) or (event.row == 0 and event.at <= at)
        ]
        if now[: len(folded)] != folded:
            fold, folded = Fold(rules), []
        for event in now[len(folded) :]:
            fold.add(event)
        folded = now
        renamed = {
            name: row for row, kind, _, _, name in spans if kind == "rename" and row in alive and row not in done
        }
        edges = tuple(sorted(key for key, pair in fold.pairs.items() if pair.joined))
        yield at, (edges, tuple(sorted(renamed.values())))


def _walked(states: dict[_State, int], names: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Return the crosswalks of all states; a mark before each party keeps their names apart on the way."""
    marks = pl.DataFrame({"state": range(len(states))}, schema={"state": pl.Int64}).with_columns(
        mark=pl.col("state").cast(pl.String) + _MARK
    )
    known = marks.join(names, how="cross").select(
        pl.concat_str("mark", "party").alias("party"), *(name for name in KNOWN if name != "party")
    )
    ends = names.select("party", "individualID", pl.col("node").cast(pl.Int64))
    edges = pl.DataFrame(
        [(state, one, other) for (pairs, _), state in states.items() for one, other in pairs],
        schema={"state": pl.Int64, "one": pl.Int64, "other": pl.Int64},
        orient="row",
    )
    same = (
        edges.join(marks, on="state")
        .join(ends.rename({"node": "one"}), on="one")
        .join(ends.rename({"party": "otherParty", "individualID": "otherIndividualID", "node": "other"}), on="other")
        .with_columns(
            party=pl.concat_str("mark", "party"), otherParty=pl.concat_str("mark", "otherParty"), verdict=pl.lit("same")
        )
        .select("party", "individualID", "otherParty", "otherIndividualID", "verdict")
    )
    renames = (
        pl.DataFrame(
            [(state, row) for (_, rows), state in states.items() for row in rows],
            schema={"state": pl.Int64, "row": pl.Int64},
            orient="row",
        )
        .join(marks, on="state")
        .join(read, on="row")
        .with_columns(party=pl.concat_str("mark", "party"), jointName=pl.concat_str("mark", "jointName"))
        .select(*JOINT_NAMES)
    )
    walk = crosswalk(known, pl.concat([LINKS.empty(), same], how="diagonal").select(*LINKS.dtypes), renames)
    local = pl.col("party").str.split_exact(_MARK, 1)
    return walk.table.select(
        local.struct.field("field_0").cast(pl.Int64).alias("state"),
        local.struct.field("field_1").alias("party"),
        "individualID",
        pl.col("jointID", "names").str.replace_all(r"\d+" + _MARK, ""),
    )
