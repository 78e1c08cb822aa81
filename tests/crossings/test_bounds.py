"""How often can it have crossed, at least and at most?"""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crossings.sightings import START, Met, slow_bounds

from tumen.crossings.bounds import bounds

SETS = ["RU", "CN", "KP", "CN|RU", "CN|KP", "KP|RU", "CN|KP|RU", ""]
nodes = st.lists(st.tuples(st.sampled_from(SETS), st.sampled_from(["a", "b", None])), min_size=1, max_size=8)


def of(*met: tuple[str, str | None]) -> tuple[int, int]:
    frame = pl.DataFrame(
        {"individualID": ["T7"] * len(met), "sides": [s for s, _ in met], "place": [p for _, p in met]},
        schema_overrides={"place": pl.String},
    )
    _, low, high = bounds(frame).row(0)
    return low, high


def test_certain_sides_leave_no_room():
    assert of(("RU", "a"), ("CN", "b"), ("RU", "a")) == (2, 2)


def test_an_uncertain_encounter_between_may_be_there_and_back():
    assert of(("RU", "a"), ("CN|RU", "b"), ("RU", "a")) == (0, 2)


def test_an_uncertain_encounter_on_the_way_adds_nothing():
    assert of(("RU", "a"), ("CN|RU", "b"), ("CN", "c")) == (1, 1)


def test_one_place_has_one_side():
    assert of(("CN|RU", "a"), ("CN|RU", "a"), ("CN|RU", "a")) == (0, 0)
    assert of(("CN|RU", "a"), ("CN|RU", "b"), ("CN|RU", "a")) == (0, 2)


def test_possible_countries_without_the_last_one_force_a_crossing():
    assert of(("RU", "a"), ("CN|KP", "b")) == (1, 1)


def test_no_country_is_skipped():
    assert of(("RU", "a"), ("", "b"), ("RU", "a")) == (0, 0)
    empty = pl.DataFrame({"individualID": ["T7"], "sides": [""], "place": ["a"]})
    assert bounds(empty).rows() == []


def test_a_long_uncertain_walk_alternates():
    walk = [("RU", "a")] + [("CN|RU", "bc"[k % 2]) for k in range(999)] + [("RU", "a")]
    assert of(*walk) == (0, 1000)


@settings(deadline=None)
@given(nodes)
def test_agrees_with_trying_every_choice(met):
    slow = slow_bounds(Met("T7", place, "north", sides, START, START) for sides, place in met)
    if slow:
        assert of(*met) == slow["T7"]


@settings(deadline=None)
@given(st.lists(nodes, min_size=1, max_size=4))
def test_individuals_do_not_touch_each_other(several):
    met = [(str(who), sides, place) for who, mine in enumerate(several) for sides, place in mine]
    frame = pl.DataFrame(met, schema={"individualID": pl.String, "sides": pl.String, "place": pl.String}, orient="row")
    slow = slow_bounds(Met(who, place, "north", sides, START, START) for who, sides, place in met)
    assert {who: (low, high) for who, low, high in bounds(frame).iter_rows()} == slow
