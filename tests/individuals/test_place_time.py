"""Could both have been the same animal, by where and when they were?"""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import ColumnError
from tumen.individuals import place_time as module
from tumen.individuals.place_time import PAIR, PLACE_TIME, PRESENCES, of_samples, ordered, place_time
from tumen.measure.geodesy import distances

NOON = datetime(2014, 5, 1, 12, tzinfo=UTC)
T7, P22 = ("north", "individual", "T7"), ("south", "individual", "22")
BOTH = pl.DataFrame([(*T7, *P22)], schema=list(PAIR), orient="row")


def was(subject, hours, north, *, east=130.5, within=None, until=None):
    """A presence so many hours after noon; `until` makes it a span, hours None an unknown beginning."""
    early = None if hours is None else NOON + timedelta(hours=hours)
    late = early if until is None else NOON + timedelta(hours=until)
    return (*subject, early, late, east, north, within)


def of(*presences, **limits):
    frame = pl.DataFrame(presences, schema=PRESENCES, orient="row")
    return place_time(BOTH, frame, **limits).row(0, named=True)


def test_two_places_at_once_are_impossible():
    found = of(was(T7, 0, 42.5), was(P22, 0.5, 43.0))
    assert found["kmApart"] == pytest.approx(55.544, abs=0.001)
    assert found["daysApart"] == pytest.approx(0.5 / 24)
    assert found["hardestKm"] == pytest.approx(55.544 - 0.060, abs=0.001)  # 30 m are granted to each
    assert found["speed"] == pytest.approx(55.484 / (40 / 60), rel=1e-3)  # and ten minutes to the clocks
    assert found["impossible"] is True


def test_a_walk_of_a_day_is_possible():
    found = of(was(T7, 0, 42.5), was(P22, 24, 43.0))
    assert found["impossible"] is False
    assert found["speed"] == pytest.approx(55.484 / (24 + 1 / 6), rel=1e-3)


def test_uncertain_positions_may_be_the_same_place():
    found = of(was(T7, 0, 42.5, within=30_000.0), was(P22, 0, 43.0, within=30_000.0))
    assert (found["speed"], found["hardestKm"], found["impossible"]) == (0.0, 0.0, False)
    assert found["kmApart"] == pytest.approx(55.544, abs=0.001)  # what was recorded is not made smaller


def test_what_cannot_be_an_uncertainty_counts_as_none():
    assert of(was(T7, 0, 42.5, within=-1.0), was(P22, 0, 43.0))["hardestKm"] == pytest.approx(55.484, abs=0.001)


def test_the_hardest_two_records_count_and_the_nearest_stay_visible():
    found = of(was(T7, 0, 42.5), was(T7, 200, 43.0), was(P22, 0.5, 43.0), was(P22, 210, 43.0))
    assert (found["kmApart"], found["impossible"]) == (0.0, True)
    assert found["hardestHours"] == pytest.approx(0.5)
    assert (found["presences"], found["otherPresences"]) == (2, 2)


def test_a_clock_may_be_wrong_by_as_much_as_is_granted():
    apart = (was(T7, 0, 42.5), was(P22, 0.5, 43.0))
    assert of(*apart, clock_slack=timedelta(hours=6))["impossible"] is False
    assert of(*apart, max_speed=90.0)["impossible"] is False


def test_a_sample_of_unknown_age_contradicts_nothing():
    found = of(was(T7, 0, 42.5), was(P22, None, 47.0, until=1))
    assert (found["speed"], found["impossible"]) == (None, False)
    assert found["daysApart"] == 0.0
    assert of(was(T7, 24, 42.5), was(P22, None, 47.0, until=1))["daysApart"] == pytest.approx(23 / 24)


def test_a_span_is_used_at_its_most_generous():
    found = of(was(T7, 0, 42.5), was(P22, -10, 43.0, until=2))
    assert found["hardestHours"] == 10.0
    assert found["daysApart"] == 0.0


def test_who_was_nowhere_is_not_hidden():
    found = of(was(T7, 0, 42.5), (*P22, NOON, NOON, None, None, None))
    assert [found[name] for name in ("kmApart", "daysApart", "speed")] == [None, None, None]
    assert (found["impossible"], found["presences"], found["otherPresences"]) == (False, 1, 0)


def test_every_pair_has_its_row_in_its_order():
    pairs = pl.DataFrame([(*P22, *T7), (*T7, "south", "sample", "s1")], schema=list(PAIR), orient="row")
    table = place_time(pairs, pl.DataFrame(schema=PRESENCES))
    assert table.select(PAIR).equals(pairs)
    assert dict(table.schema) == PLACE_TIME


def test_a_column_that_is_missing_is_named():
    with pytest.raises(ColumnError, match="otherID"):
        place_time(BOTH.drop("otherID"), pl.DataFrame(schema=PRESENCES))


def test_many_presences_are_taken_in_blocks(monkeypatch):
    rng = np.random.default_rng(1)
    presences = [was(who, float(h), float(n)) for who in (T7, P22) for h, n in rng.uniform(0, 40, (30, 2))]
    once = of(*presences)
    monkeypatch.setattr(module, "BLOCK", 70)
    assert of(*presences) == once


def slow(presences, slack=1 / 6, assumed=30.0):
    """The same, one pair of presences after the other."""
    ones, others = ([p for p in presences if p[:3] == who] for who in (T7, P22))
    km, days, speed = [], [], []
    for one in ones:
        for other in others:
            metres = float(distances(one[5], one[6], other[5], other[6]))
            least = max(0.0, metres - 2 * assumed) / 1000
            hours = abs((one[3] - other[3]).total_seconds()) / 3600
            km.append(metres / 1000)
            days.append(hours / 24)
            speed.append(least / (hours + slack))
    return min(km), min(days), max(speed)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 500), st.integers(0, 40)), min_size=2, max_size=12))
def test_it_is_what_looking_at_every_two_gives(drawn):
    presences = [was(T7, 0, 42.0), was(P22, 1, 42.0)]
    presences += [was(T7 if mine else P22, hours, 42 + tenth / 10) for mine, hours, tenth in drawn]
    found = of(*presences)
    assert (found["kmApart"], found["daysApart"], found["speed"]) == pytest.approx(slow(presences), abs=1e-4)


def test_a_day_of_collection_is_as_wide_as_its_zone_is_unknown():
    frame = pl.DataFrame(
        {
            "party": ["north"] * 2,
            "kind": ["sample"] * 2,
            "subjectID": ["s1", "s2"],
            "collectedOn": [date(2015, 3, 2)] * 2,
            "ageDays": [0, None],
            "longitude": [130.5] * 2,
            "latitude": [42.5] * 2,
            "coordinateUncertainty": [None] * 2,
        }
    )
    found = of_samples(frame)
    assert dict(found.schema) == PRESENCES
    assert found["earliest"].to_list() == [datetime(2015, 2, 28, 10, tzinfo=UTC), None]
    assert found["latest"].to_list() == [datetime(2015, 3, 3, 14, tzinfo=UTC)] * 2


def test_a_pair_is_turned_so_that_the_smaller_subject_is_first():
    pairs = pl.DataFrame(
        [(*P22, *T7), (*T7, *P22), (*T7, *T7), ("a", "sample", "1", "a", "individual", "2")],
        schema=list(PAIR),
        orient="row",
    )
    assert ordered(pairs).rows() == [(*T7, *P22), (*T7, *P22), ("a", "individual", "2", "a", "sample", "1")]
