"""How often was it met?"""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crossings.sightings import (
    HALF_HOUR,
    START,
    Met,
    Sighting,
    seen,
    slow_bounds,
    slow_crossings,
    slow_encounters,
)
from tests.crossings.strategies import sightings

from tumen.crossings.bounds import bounds
from tumen.crossings.encounters import encounters, in_order
from tumen.crossings.find import find_crossings
from tumen.errors import ColumnError


def met(*said: Sighting, independence: timedelta = HALF_HOUR) -> pl.DataFrame:
    return encounters(in_order(seen(*said)), independence)


def minutes(frame: pl.DataFrame) -> list[tuple[float, float, int]]:
    """(start, end, detections) of every encounter."""
    return [
        ((start - START) / timedelta(minutes=1), (end - START) / timedelta(minutes=1), count)
        for start, end, count in frame.select("start", "end", "detections").iter_rows()
    ]


def test_a_burst_of_photographs_is_one_encounter():
    assert minutes(met(Sighting("T7", 0), Sighting("T7", 1), Sighting("T7", 20))) == [(0, 20, 3)]


def test_a_gap_of_exactly_the_independence_starts_a_new_encounter():
    assert minutes(met(Sighting("T7", 0), Sighting("T7", 29.99))) == [(0, 29.99, 2)]
    assert minutes(met(Sighting("T7", 0), Sighting("T7", 30))) == [(0, 0, 1), (30, 30, 1)]


def test_the_gap_counts_from_the_latest_end_so_far():
    # A long event from 0 to 50 with a short one inside: the next photograph at 70 is 20 minutes after the long one.
    assert minutes(met(Sighting("T7", 0, lasts=50), Sighting("T7", 10), Sighting("T7", 70))) == [(0, 70, 3)]


def test_two_places_on_one_side_do_not_interrupt_each_other():
    frame = met(Sighting("T7", 0, "north/r1"), Sighting("T7", 10, "north/r2"), Sighting("T7", 20, "north/r1"))
    assert minutes(frame) == [(0, 20, 2), (10, 10, 1)]


def test_a_walk_over_the_border_and_back_ends_the_encounter():
    frame = met(Sighting("T7", 0, "north/r1"), Sighting("T7", 10, "south/c1"), Sighting("T7", 20, "north/r1"))
    assert minutes(frame) == [(0, 0, 1), (10, 10, 1), (20, 20, 1)]
    assert find_crossings(frame).height == 2


def test_so_does_a_place_whose_side_is_not_certain():
    frame = met(Sighting("T7", 0, "north/edge"), Sighting("T7", 10, "south/edge"), Sighting("T7", 20, "north/edge"))
    assert frame.height == 3
    assert bounds(frame)["crossingsHigh"].to_list() == [2]


def test_a_run_of_positions_on_one_side_is_one_encounter_however_long_the_gaps():
    track = [Sighting("E1", 600 * k, None, sides=side) for k, side in enumerate(["RU", "RU", "CN|RU", "CN", "CN"])]
    frame = met(*track)
    assert minutes(frame) == [(0, 600, 2), (1200, 1200, 1), (1800, 2400, 2)]
    assert frame["place"].to_list() == [None, None, None]
    assert bounds(frame).rows() == [("E1", 1, 1)]


def test_the_encounter_has_the_oldest_stage_and_the_largest_distance():
    frame = met(
        Sighting("T7", 0, stage="juvenile", far=900), Sighting("T7", 1, stage="subadult", far=950), Sighting("T7", 2)
    )
    assert frame.select("stage", "borderDistance", "borderDistanceLow").row(0) == (3, 1000.0, 990.0)
    assert met(Sighting("T7", 0, stage=None))["stage"].item() == 0


def test_each_individual_has_its_own_encounters():
    assert minutes(met(Sighting("T7", 0), Sighting("T8", 5), Sighting("T7", 10))) == [(0, 10, 2), (5, 5, 1)]


def test_nights_run_from_noon_to_noon_by_the_sun():
    # 131.3° E: the sun's noon is at 03:14:48 UTC.
    frame = in_order(seen(Sighting("T7", 3 * 60 + 14), Sighting("T7", 3 * 60 + 15), Sighting("T7", 27 * 60 + 14)))
    nights = frame["night"].to_list()
    assert nights[1] == nights[2] == nights[0] + 1


def test_a_detection_whose_place_is_not_released_has_the_night_of_the_others_longitude():
    there = seen(Sighting("T7", 3 * 60 + 14), Sighting("T7", 3 * 60 + 15))
    hidden = pl.concat([there.head(1), there.tail(1).with_columns(longitude=pl.lit(None, dtype=pl.Float64))])
    assert in_order(hidden)["night"].to_list() == in_order(there)["night"].to_list()
    alone = in_order(seen(Sighting("T7", 0)).with_columns(longitude=pl.lit(None, dtype=pl.Float64)))
    assert alone["night"].null_count() == 0


def test_a_missing_column_is_named():
    with pytest.raises(ColumnError, match="needs column 'countryCode'"):
        in_order(seen(Sighting("T7", 0)).drop("countryCode"))


def said(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    columns = ["individualID", "place", "party", "sides", "start", "end", "detections", "borderDistance", "longitude"]
    return frame.select(columns).rows()


def said_slowly(slow: list[Met]) -> list[tuple[object, ...]]:
    return [
        (
            m.who,
            m.place,
            m.party,
            m.sides,
            m.start,
            m.end,
            len(m.rows),
            max(row["borderDistance"] for row in m.rows),
            m.rows[0]["longitude"],
        )
        for m in slow
    ]


@settings(deadline=None)
@given(sightings(), st.sampled_from([0, 10, 30, 31]))
def test_agrees_with_the_slow_version(rows, independence):
    gap = timedelta(minutes=independence)
    slow = slow_encounters([row.row for row in rows], gap)
    frame = met(*rows, independence=gap)
    assert said(frame) == said_slowly(slow)
    assert find_crossings(frame).drop("fromRow", "toRow").rows() == slow_crossings(slow)
    assert {who: (low, high) for who, low, high in bounds(frame).iter_rows()} == slow_bounds(slow)


@settings(deadline=None)
@given(sightings(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert met(*shuffled).equals(met(*rows))


CERTAIN = {"RU": ["north/r1", "north/r2"], "CN": ["south/c1", "south/c2"], "KP": ["east/k1"]}
walks = st.lists(
    st.tuples(
        st.sampled_from([p for places in CERTAIN.values() for p in places]), st.sampled_from([0, 5, 20, 45, 600])
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None)
@given(walks, st.sets(st.sampled_from(["north/r1", "north/r2", "south/c1", "south/c2", "east/k1"])))
def test_blurred_coordinates_give_bounds_that_hold_the_truth(walked, blurred):
    """Whatever places lose their side, the exact number of crossings stays within the bounds."""
    minute, exact, blurry = 0, [], []
    for place, pause in walked:
        minute += pause
        exact.append(Sighting("T7", minute, place))
        blurry.append(Sighting("T7", minute, place, sides="CN|KP|RU" if place in blurred else None))
    truth = bounds(met(*exact))
    assert truth["crossings"].item() == truth["crossingsHigh"].item() == find_crossings(met(*exact)).height
    _, low, high = bounds(met(*blurry)).row(0)
    assert low <= truth["crossings"].item() <= high
    assert find_crossings(met(*blurry)).height <= low
