"""Which names were one animal at each of many instants?"""

import time
from datetime import timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.individuals.test_register_events import (
    ALL,
    DAY,
    FOUR,
    RULES,
    agreed,
    event,
    events,
    known,
    said_events,
    told,
)
from tests.individuals.test_register_events import link as older

from tumen.individuals.register_events import crosswalk_at
from tumen.individuals.register_history import history
from tumen.individuals.register_snapshots import SNAPSHOTS, crosswalks
from tumen.tables.individuals import LINKS


def test_each_instant_has_what_was_known_then():
    said = events(
        *agreed(1, "n/1", "s/1"),
        event(3, "rename", "s/1", jointName="Leo"),
        event(4, "undo", aboutEventID="e1"),
        event(5, "rename", "n/2", jointName="Leo"),
    )
    days = [DAY + timedelta(days=day) for day in (1, 2, 3, 4, 5)]
    told = crosswalks(FOUR, LINKS.empty(), said, days)
    assert told.schema == pl.Schema(SNAPSHOTS)
    assert told.filter(party="n", individualID="1")["names"].to_list() == [
        "n/1",
        "n/1 = s/1",
        "n/1 = s/1",
        "n/1",
        "n/1",
    ]
    assert told.filter(party="s", individualID="1")["jointID"].to_list() == ["s/1", "n/1", "Leo", "Leo", "Leo"]
    assert told.filter(party="n", individualID="2")["jointID"].to_list() == ["n/2"] * 5


def test_links_between_species_are_not_used_here_either():
    two = pl.concat([known("n/1"), known("s/1", species="Panthera pardus")])
    told = crosswalks(two, older("n/1", "s/1", "same", 1), events(), [DAY + timedelta(days=2)])
    assert told["jointID"].to_list() == ["n/1", "s/1"]


@settings(deadline=None, max_examples=20)
@given(said_events, st.lists(st.integers(0, 20), min_size=12, max_size=12), st.integers(0, 14), RULES)
def test_it_is_the_crosswalk_of_every_instant(said, recorded, day, rules):
    rows = [
        {**row, "recordedAt": DAY + timedelta(days=when) if when else None, "eventID": f"e{k % 9}"}
        for k, (row, when) in enumerate(zip(told(said), recorded, strict=False))
    ]
    days = [DAY + timedelta(days=k) for k in range(0, 21, 4)]
    links = older("a/1", "b/1", "same", day)
    many = crosswalks(ALL, links, events(*rows), days, rules)
    for at in days:
        one = crosswalk_at(ALL, links, events(*rows), at, rules).table
        assert many.filter(pl.col("at") == at).drop("at").equals(one)


def test_the_history_of_two_hundred_events_is_quick():
    pairs = [("n/1", f"s/{k}") for k in range(50)]
    said = [row for k, (one, other) in enumerate(pairs) for row in agreed(k, one, other)]
    said += [event(60 + k, "undo", aboutEventID=f"e{k}") for k in range(50)]
    names = known("n/1", *(f"s/{k}" for k in range(50)))
    start = time.process_time()
    story = history(names, LINKS.empty(), events(*said), ("n", "1"))
    assert time.process_time() - start < 2  # A fifth of a second on a quiet machine.
    assert story.height == 200
    assert story["names"].to_list()[-1] == "n/1"
    assert story["names"].to_list()[149].count("=") == 50
