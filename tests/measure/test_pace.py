"""How fast must it have been?"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from tumen.measure.pace import STEPS, steps
from tumen.tables.schema import UTC as INSTANT

SHAPE = {
    "individualID": pl.String,
    "start": INSTANT,
    "end": INSTANT,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "coordinateUncertainty": pl.Float64,
    "place": pl.String,
}
HOUR_0 = datetime(2014, 1, 1, tzinfo=UTC)


def seen(*rows):
    """(who, hour, longitude, latitude) or with an uncertainty."""
    return pl.DataFrame(
        [
            (who, HOUR_0 + timedelta(hours=h), HOUR_0 + timedelta(hours=h), lon, lat, rest[0] if rest else None, None)
            for who, h, lon, lat, *rest in rows
        ],
        schema=SHAPE,
        orient="row",
    )


def test_a_walk_is_possible_and_a_flight_is_not():
    found = steps(seen(("T7", 0, 131.0, 43.0), ("T7", 10, 131.0, 43.5), ("T7", 11, 131.0, 44.5)))
    assert found["impossible"].to_list() == [False, True]
    assert found["speed"].round(1).to_list() == [5.5, 111.1]


def test_uncertain_coordinates_are_given_the_benefit():
    certain = seen(("T7", 0, 131.0, 43.0), ("T7", 1, 131.0, 43.15))
    blurred = seen(("T7", 0, 131.0, 43.0, 13_800.0), ("T7", 1, 131.0, 43.15, 13_800.0))
    assert steps(certain)["impossible"].item() is True
    assert steps(blurred).select("leastDistance", "speed", "impossible").row(0) == (0.0, 0.0, False)


def test_two_places_at_once():
    both = steps(seen(("T7", 0, 131.0, 43.0), ("T7", 0, 131.0, 43.5)))
    assert both.select("elapsedHours", "speed", "impossible").row(0) == (0.0, None, True)
    near = steps(seen(("T7", 0, 131.0, 43.0), ("T7", 0, 131.0, 43.01)))
    assert near["impossible"].item() is False  # 1.1 km within the ten minutes clocks may disagree


def test_the_same_place_and_unknown_places_imply_nothing():
    assert steps(seen(("T7", 0, 131.0, 43.0), ("T7", 0, 131.0, 43.0)))["impossible"].item() is False
    unknown = steps(seen(("T7", 0, 131.0, 43.0), ("T7", 1, None, None)))
    assert unknown.select("distance", "impossible").row(0) == (None, False)


def test_records_that_overlap_at_one_place_are_possible():
    track = seen(("T7", 0, 131.0, 43.0), ("T7", 1, 131.0, 43.0)).with_columns(end=pl.col("start") + timedelta(hours=3))
    assert steps(track).select("elapsedHours", "speed", "impossible").row(0) == (-2.0, None, False)


def test_records_that_overlap_at_two_places_are_not():
    track = seen(("T7", 0, 131.0, 43.0), ("T7", 1, 131.0, 43.01)).with_columns(end=pl.col("start") + timedelta(hours=3))
    assert steps(track).select("speed", "impossible").row(0) == (None, True)


def test_records_without_individual_or_start_have_no_place_in_the_order():
    track = seen(("T7", 0, 131.0, 43.0), (None, 1, 131.0, 44.0), ("T7", 2, 131.0, 43.0), (None, 3, 131.0, 44.0))
    assert steps(track)["elapsedHours"].to_list() == [2.0]
    late = track.with_columns(start=pl.when(pl.int_range(pl.len()) < 2).then("start"))
    assert steps(late).is_empty()


def test_a_record_without_end_leaves_the_time_open():
    track = seen(("T7", 0, 131.0, 43.0), ("T7", 1, 131.0, 45.0)).with_columns(end=pl.lit(None, dtype=INSTANT))
    step = steps(track).row(0, named=True)
    assert (step["leftAt"], step["elapsedHours"], step["speed"], step["impossible"]) == (None, None, None, False)
    assert step["distance"] == pytest.approx(222_200, abs=200)


def test_nobody_moves_between_animals():
    assert dict(steps(seen(("A", 0, 131.0, 43.0), ("B", 1, 10.0, 3.0))).schema) == STEPS
    assert steps(seen(("A", 0, 131.0, 43.0), ("B", 1, 10.0, 3.0))).is_empty()


records = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.integers(0, 20), st.sampled_from([131.0, 131.2]), st.sampled_from([43.0, 43.3])
    ),
    max_size=12,
)


@given(records)
def test_agrees_with_walking_through_the_records(rows):
    geod = Geod(ellps="WGS84")
    expected = []
    for who in sorted({r[0] for r in rows}):
        track = sorted(r[1:] for r in rows if r[0] == who)
        for (h0, x0, y0), (h1, x1, y1) in pairwise(track):
            far = geod.inv(x0, y0, x1, y1)[2]
            least = max(0.0, far - 60)
            expected.append((who, far, h1 - h0, least > 10_000 * (h1 - h0 + 1 / 6)))
    found = steps(seen(*rows))
    assert found["individualID"].to_list() == [e[0] for e in expected]
    assert found["distance"].to_list() == pytest.approx([e[1] for e in expected], abs=1e-6)
    assert found["elapsedHours"].to_list() == pytest.approx([e[2] for e in expected])
    assert found["impossible"].to_list() == [e[3] for e in expected]


@given(records, st.randoms())
def test_row_order_does_not_matter(rows, random):
    assert steps(seen(*random.sample(rows, len(rows)))).equals(steps(seen(*rows)))
