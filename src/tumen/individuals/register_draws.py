"""Which animals might it have been, if some links and some names are wrong?  Resampled registers.

A draw is one way in which things may have been: each link is true with its probability, and each event belongs to the
animal that error rates of observers make plausible (`tumen.individuals.identity_moves`), within the catalogue of its
party and its species. A table computed from every draw instead of from the register alone has an interval that includes
identity error. Two limits: links are drawn independently of each other, and where and when an event took place is not
looked at, so a wrong name may send it to an animal far away.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tumen.errors import MisuseError, Text
from tumen.individuals.identity_error import error_draws, true_animals
from tumen.individuals.register_events import CrosswalkAt
from tumen.tables import findings
from tumen.tables.individuals import LINKS
from tumen.tables.schema import require

Ints = npt.NDArray[np.int64]

NAMED_EVENTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "party": pl.String,
    "detectionID": pl.String,
    "individualID": pl.String,
    "scientificName": pl.String,
    "eventID": pl.String,
}
"""Detections under the parties' own names. Those with one `eventID` were named together and stay together; a detection
without one is an event of its own."""

LINK_CHANCES: dict[str, pl.DataType | type[pl.DataType]] = {
    "party": pl.String,
    "individualID": pl.String,
    "otherParty": pl.String,
    "otherIndividualID": pl.String,
    "probability": pl.Float64,
}
"""Pairs of local names and the probability that they mean one animal; pairs that are not listed do not."""

DRAWS: dict[str, pl.DataType | type[pl.DataType]] = {
    "draw": pl.Int64,
    "party": pl.String,
    "detectionID": pl.String,
    "jointID": pl.String,
}
"""One row per draw and detection: the animal it was of in that draw."""

_PAIR = ["party", "individualID", "otherParty", "otherIndividualID"]


def link_chances(walk: CrosswalkAt, links: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the probability of each link (`LINK_CHANCES`), and findings.

    Pairs that stand, and pairs that wait for a judgement, have the latest probability given in their events. One that
    stands without any counts as certain and is a finding, as are the pairs that the table `links` joins; one that
    waits without any is left out. Pairs judged different, undone or split are no links.
    """
    states = walk.standing.table
    standing = pl.col("state") == "standing"
    waiting = pl.col("state").is_in(["proposed", "awaitingSecondObserver", "awaitingAdjudicator", "disputed"])
    of_events = states.filter(standing | (waiting & pl.col("probability").is_not_null()))
    joint = walk.table.select("party", "individualID", "jointID")
    older = (
        LINKS.require(links)
        .filter(pl.col("verdict") == "same")
        .join(joint, on=["party", "individualID"])
        .join(
            joint.rename({"party": "otherParty", "individualID": "otherIndividualID", "jointID": "otherJointID"}),
            on=["otherParty", "otherIndividualID"],
        )
        .filter(pl.col("jointID") == pl.col("otherJointID"))
        .select(_PAIR)
    )
    turned = {"party": "otherParty", "individualID": "otherIndividualID"}
    turned |= {there: here for here, there in turned.items()}
    known = pl.concat([states.select(_PAIR), states.select(_PAIR).rename(turned).select(_PAIR)])
    certain = older.unique().join(known, on=_PAIR, how="anti").sort(_PAIR).with_columns(row=pl.lit(None, pl.Int64))
    unsaid = pl.concat(
        [of_events.filter(pl.col("probability").is_null()).select(*_PAIR, "row"), certain.select(*_PAIR, "row")]
    ).with_columns(
        value=pl.format("{}/{}, {}/{}", *_PAIR),
    )
    chances = pl.concat([of_events.select(*LINK_CHANCES), certain.select(*_PAIR, pl.lit(1.0).alias("probability"))])
    return (
        chances.with_columns(pl.col("probability").fill_null(1.0)),
        findings.rows("link-without-probability", unsaid, table="register_events", column="probability"),
    )


def draws(
    detections: pl.DataFrame, links: pl.DataFrame, rates: pl.DataFrame | None, count: int, rng: np.random.Generator
) -> pl.DataFrame:
    """Return `count` resampled registers (`DRAWS`): count x named detections rows.

    `detections` has the columns of `NAMED_EVENTS`; those without a name are left out. `links` is `LINK_CHANCES`.
    `rates` is `IDENTITY_RATES` of observers (an observer not among them named the events), or None for names without
    error. An animal is called by the smallest of its local names, and by its event where it has none.

    >>> seen = pl.DataFrame({"party": ["n", "s"], "detectionID": ["1", "2"], "individualID": ["T7", "22"],
    ...     "scientificName": ["Panthera tigris"] * 2, "eventID": ["1", "2"]})
    >>> link = pl.DataFrame([("n", "T7", "s", "22", 0.8)], schema=LINK_CHANCES, orient="row")
    >>> drawn = draws(seen, link, None, 1000, np.random.default_rng(1))
    >>> round(drawn.filter(detectionID="2")["jointID"].eq("n/T7").mean(), 1)
    0.8
    """
    if count < 1:
        raise MisuseError("at least one draw", Text("{count}", count=count), "Ask for 200 or more.")
    named = (
        require(detections, NAMED_EVENTS, "detections")
        .drop_nulls(["party", "individualID"])
        .with_columns(
            name=pl.concat_str("party", pl.lit("/"), "individualID"),
            catalogue=pl.struct("party", "scientificName").rank("dense").cast(pl.Int64) - 1,
        )
        .with_columns(
            event=pl.struct("catalogue", "name", pl.coalesce("eventID", "detectionID")).rank("dense").cast(pl.Int64) - 1
        )
        .sort("event", "detectionID")
    )
    events = named.unique("event", keep="first", maintain_order=True)
    if events.is_empty():
        return pl.DataFrame(schema=DRAWS)
    labels = (
        events.select("catalogue", "name", "party", "individualID", "scientificName").unique().sort("name", "catalogue")
    )
    labels = labels.with_row_index("label").cast({"label": pl.Int64})
    label = events.join(labels, on=["catalogue", "name"], how="left", maintain_order="left")["label"].to_numpy()
    of_event, of_label, room = _animals(events["catalogue"].to_numpy(), label, rates, count, rng)
    pairs, chances = _between(require(links, LINK_CHANCES, "links"), labels)
    joint = np.empty((count, events.height), dtype=np.int64)
    for draw in range(count):
        true = pairs[rng.random(len(chances)) < chances]
        ends = (of_label[draw][true[:, 0]], of_label[draw][true[:, 1]])
        group = connected_components(coo_array((np.ones(len(true)), ends), shape=(room, room)), directed=False)[1]
        joint[draw] = _called(group[of_label[draw]], group[of_event[draw]])
    nameless = events.select(pl.format("{} (event {})", "name", pl.coalesce("eventID", "detectionID"))).to_series()
    names = pl.concat([labels["name"], nameless])
    rows = joint[:, named["event"].to_numpy()]
    return pl.DataFrame(
        {
            "draw": np.repeat(np.arange(count), named.height),
            "party": pl.concat([named["party"]] * count),
            "detectionID": pl.concat([named["detectionID"]] * count),
            "jointID": names.gather(rows.ravel()),
        },
        schema=DRAWS,
    )


def _animals(
    catalogue: Ints, label: Ints, rates: pl.DataFrame | None, count: int, rng: np.random.Generator
) -> tuple[Ints, Ints, int]:
    """Return the animal of each event and of each name in each draw, numbered over all catalogues, and how many fit."""
    of_event = np.tile(label, (count, 1))
    of_label = np.tile(np.arange(label.max() + 1), (count, 1))
    first = int(label.max()) + 1
    if rates is None:
        return of_event, of_label, first
    first = 0
    for one in np.unique(catalogue):
        here = np.flatnonzero(catalogue == one)
        held, names = np.unique(label[here], return_inverse=True)
        drawn = true_animals(names, error_draws(rates, count, rng), rng)
        of_event[:, here] = drawn.animal + first
        of_label[:, held] = drawn.owner + first
        first += here.size + 1
    return of_event, of_label, first


def _between(links: pl.DataFrame, labels: pl.DataFrame) -> tuple[Ints, npt.NDArray[np.float64]]:
    """Return the links between names of one species that have events, as pairs of labels, and their probabilities."""
    number = labels.select("party", "individualID", "label", "scientificName")
    ends = links.join(number, on=["party", "individualID"], how="inner").join(
        number.select(
            otherParty="party", otherIndividualID="individualID", otherLabel="label", otherName="scientificName"
        ),
        on=["otherParty", "otherIndividualID"],
        how="inner",
    )
    same = ends.filter(pl.col("scientificName").eq_missing(pl.col("otherName"))).sort("label", "otherLabel")
    return same.select("label", "otherLabel").to_numpy().reshape(-1, 2), same["probability"].to_numpy()


def _called(label_group: npt.NDArray[np.int32], event_group: npt.NDArray[np.int32]) -> Ints:
    """Return the name of each event's animal: that of its first label, or of its first event after all labels."""
    both = np.concatenate([label_group, event_group])
    first = np.full(int(both.max()) + 1, both.size, dtype=np.int64)
    np.minimum.at(first, both, np.arange(both.size))
    called: Ints = first[event_group]
    return called
