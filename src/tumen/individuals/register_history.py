"""What happened to this animal in the register?  Its story, an event a row."""

from datetime import datetime

import polars as pl

from tumen.errors import MisuseError, nearest
from tumen.individuals.register import local_names
from tumen.individuals.register_events import Standing, standing
from tumen.individuals.register_fold import START, Rules
from tumen.individuals.register_reading import known_at, upto
from tumen.individuals.register_snapshots import crosswalks
from tumen.tables.individuals import LINKS, REGISTER_EVENTS
from tumen.tables.schema import UTC

HISTORY: dict[str, pl.DataType | type[pl.DataType]] = {
    "decidedAt": UTC,
    "recordedAt": UTC,
    "table": pl.String,
    "row": pl.Int64,
    "eventID": pl.String,
    "kind": pl.String,
    "name": pl.String,
    "other": pl.String,
    "observer": pl.String,
    "observerParty": pl.String,
    "role": pl.String,
    "blind": pl.Boolean,
    "certainty": pl.String,
    "method": pl.String,
    "probability": pl.Float64,
    "evidence": pl.String,
    "effect": pl.String,
    "undoneBy": pl.String,
    "jointID": pl.String,
    "names": pl.String,
}
"""One row per event, in the order in which they became known. `kind` of a row of `links` is its verdict. `effect` is
read, undone or withoutEffect (it could not be read, or its maker may not); `jointID` and `names` are those of the
animal as the register knew it then."""


def history(
    known: pl.DataFrame,
    links: pl.DataFrame,
    events: pl.DataFrame,
    animal: tuple[str, str],
    at: datetime | None = None,
    rules: Rules | None = None,
) -> pl.DataFrame:
    """Return the story of the animal that a party names so, (party, individualID), up to an instant (`HISTORY`).

    All events that name it are told, those that name an animal it was ever linked or agreed to be the same as, and the
    undos of these. Raises `MisuseError` for an animal that is not in `known`.
    """
    names = local_names(known)
    asked = "/".join(animal)
    if asked not in names["name"]:
        raise MisuseError("an animal some package contains", f"'{asked}'", nearest(asked, names["name"].to_list()))
    told = upto(_told(LINKS.require(links), REGISTER_EVENTS.require(events)), at)
    told = _about(told, _family(told, asked)).with_columns(known=known_at()).sort("known", "decidedAt", "table", "row")
    own_links = links[_places(told, "links")]
    own_events = events[_places(told, "register_events")]
    # The names that these events speak of are all it takes to know where the animal stands.
    spoken = pl.concat([told["name"], told["other"], told["members"].explode(), pl.Series([asked])]).drop_nulls()
    few = known.filter(pl.concat_str("party", pl.lit("/"), "individualID").is_in(spoken.unique().implode()))
    now = standing(few, own_events, links=own_links, at=at, rules=rules)
    # What has no instant counts as known from the start.
    told = told.with_columns(pl.col("known").fill_null(START))
    stood = crosswalks(few, own_links, own_events, told["known"].unique(), rules)
    after = told.select("known").join(
        stood.filter(party=animal[0], individualID=animal[1]),
        left_on="known",
        right_on="at",
        how="left",
        maintain_order="left",
    )
    return _effects(told, now).with_columns(after.select("jointID", "names")).select(*HISTORY)


def _told(links: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Return links and events in one shape, with the names they speak of."""
    names = {
        "name": pl.concat_str("party", pl.lit("/"), "individualID"),
        "other": pl.concat_str("otherParty", pl.lit("/"), "otherIndividualID"),
    }
    older = links.with_row_index("row", 2).select(
        pl.col("row").cast(pl.Int64),
        pl.lit("links").alias("table"),
        *(pl.col(name) for name in ("decidedAt", "observer", "certainty", "evidence")),
        eventID="linkID",
        kind="verdict",
        **names,
    )
    newer = events.with_row_index("row", 2).with_columns(
        pl.col("row").cast(pl.Int64),
        table=pl.lit("register_events"),
        members=pl.col("members").str.split("|").list.eval(pl.element().str.strip_chars()),
        **names,
    )
    return pl.concat([newer, older], how="diagonal")


def _family(told: pl.DataFrame, asked: str) -> set[str]:
    """Return the names that were ever said to mean the same animal as the one asked for."""
    said = told.filter(pl.col("kind").is_in(["same", "agree", "link", "merge"])).select("name", "other").drop_nulls()
    near: dict[str, set[str]] = {}
    for one, other in said.rows():
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    family, ahead = {asked}, [asked]
    while ahead:
        fresh = near.get(ahead.pop(), set()) - family
        family |= fresh
        ahead.extend(fresh)
    return family


def _about(told: pl.DataFrame, family: set[str]) -> pl.DataFrame:
    """Return the rows that speak of the family, with the undos of these, and the undos of those."""
    names = pl.Series(sorted(family))
    speaks = (
        pl.col("name").is_in(names.implode())
        | pl.col("other").is_in(names.implode()).fill_null(False)
        | (pl.col("members").list.set_intersection(names.to_list()).list.len() > 0).fill_null(False)
    )
    told = told.with_columns(told=speaks.fill_null(False))
    while True:
        ids = told.filter("told")["eventID"].drop_nulls().implode()
        more = told.with_columns(told=pl.col("told") | pl.col("aboutEventID").is_in(ids).fill_null(False))
        if more["told"].sum() == told["told"].sum():
            return told.filter("told")
        told = more


def _places(told: pl.DataFrame, table: str) -> list[int]:
    """Return which rows of a table are told, counted from 0."""
    places: list[int] = (told.filter(table=table)["row"].sort() - 2).to_list()
    return places


def _effects(told: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """Say of each event whether it was read, undone (and by which event), or had no effect."""
    rows = pl.Series(_places(told, "register_events"), dtype=pl.Int64) + 2
    read = rows.gather(standing.active["row"] - 2).implode()
    undos = pl.Series(list(standing.undone_by.values()), dtype=pl.String).implode()
    undone = pl.DataFrame(
        {"eventID": list(standing.undone_by), "undoneBy": list(standing.undone_by.values())},
        schema={"eventID": pl.String, "undoneBy": pl.String},
    )
    is_read = (
        (pl.col("table") == "links")
        | pl.col("row").is_in(read)
        | ((pl.col("kind") == "undo") & pl.col("eventID").is_in(undos).fill_null(False))
    )
    return (
        told.join(undone, on="eventID", how="left", maintain_order="left")
        .with_columns(
            undoneBy=pl.when(pl.col("table") == "register_events").then("undoneBy"),
        )
        .with_columns(
            effect=pl.when(pl.col("undoneBy").is_not_null())
            .then(pl.lit("undone"))
            .when(is_read)
            .then(pl.lit("read"))
            .otherwise(pl.lit("withoutEffect"))
        )
    )
