"""When, and which way?"""

from datetime import timedelta

import polars as pl
import pytest
from tests.crossings.sightings import HALF_HOUR, PLACES, START, Sighting, seen

from tumen.crossings.encounters import encounters, in_order
from tumen.crossings.find import find_crossings, paced
from tumen.crossings.parameters import CrossingParameters
from tumen.measure.geodesy import distances


def crossings(*said: Sighting, **parameters: float) -> pl.DataFrame:
    ordered = in_order(seen(*said))
    return paced(find_crossings(encounters(ordered, HALF_HOUR)), ordered, CrossingParameters(**parameters))


def window(frame: pl.DataFrame) -> list[tuple[str, str, float, float]]:
    minute = timedelta(minutes=1)
    return [
        (a, b, (start - START) / minute, (end - START) / minute)
        for a, b, start, end in frame.select("fromCountry", "toCountry", "notBefore", "notAfter").iter_rows()
    ]


def test_the_window_is_from_the_last_there_to_the_first_here():
    said = [
        Sighting("T7", 0),
        Sighting("T7", 100, lasts=2),
        Sighting("T7", 900, "south/c1"),
        Sighting("T7", 1500, "south/c1"),
    ]
    assert window(crossings(*said)) == [("RU", "CN", 102, 900)]


def test_an_uncertain_encounter_between_is_passed_over():
    said = [Sighting("T7", 0), Sighting("T7", 400, "north/edge"), Sighting("T7", 900, "south/c1")]
    assert window(crossings(*said)) == [("RU", "CN", 0, 900)]


def test_the_last_encounter_on_the_old_side_is_the_one_that_ends_last():
    said = [
        Sighting("T7", 0, "north/r1", lasts=40),
        Sighting("T7", 10, "north/r2"),
        Sighting("T7", 900, "south/c1"),
    ]
    frame = crossings(*said)
    assert window(frame) == [("RU", "CN", 40, 900)]
    assert frame["fromPlace"].to_list() == ["north/r1"]


def test_ties_in_time_are_settled_by_place():
    said = [Sighting("T7", 0, "south/c1"), Sighting("T7", 0, "north/r1"), Sighting("T7", 900, "south/c1")]
    assert window(crossings(*said)) == [("RU", "CN", 0, 0)]


def test_distance_and_speed_are_the_least_that_the_coordinates_allow():
    said = [Sighting("T7", 0, uncertainty=500), Sighting("T7", 600, "south/c1", uncertainty=1500)]
    row = crossings(*said).row(0, named=True)
    metres = float(distances(*PLACES["north/r1"][1:], *PLACES["south/c1"][1:]))
    assert row["distance"] == pytest.approx(metres)
    assert row["elapsedHours"] == 10
    assert row["speed"] == pytest.approx((metres - 2000) / 1000 / 10)
    assert row["impossible"] is False


def test_a_crossing_faster_than_the_fastest_is_marked():
    said = [Sighting("T7", 0), Sighting("T7", 120, "south/c1")]  # 32.6 km in 2 hours
    assert crossings(*said)["impossible"].to_list() == [True]
    assert crossings(*said, max_speed=20)["impossible"].to_list() == [False]


def test_the_clocks_may_disagree_a_little():
    near = {"sides": "CN", "lon": 131.31}  # 814 m from north/r1, at the same instant
    said = [Sighting("T7", 0), Sighting("T7", 0, "zone/z", **near)]
    row = crossings(*said).row(0, named=True)
    assert (row["speed"], row["impossible"]) == (None, False)
    assert crossings(*said, max_speed=4)["impossible"].to_list() == [True]


def test_two_sides_at_once_are_impossible_however_near():
    said = [Sighting("T7", 0, lasts=5), Sighting("T7", 1, "zone/z", sides="CN", lon=131.3)]
    row = crossings(*said).row(0, named=True)
    assert (row["elapsedHours"], row["speed"], row["impossible"]) == (pytest.approx(-4 / 60), None, True)


def test_without_coordinates_there_is_no_distance():
    frame = seen(Sighting("T7", 0), Sighting("T7", 600, "south/c1")).with_columns(
        longitude=pl.lit(None, dtype=pl.Float64), latitude=pl.lit(None, dtype=pl.Float64)
    )
    ordered = in_order(frame)
    row = paced(find_crossings(encounters(ordered, HALF_HOUR)), ordered, CrossingParameters()).row(0, named=True)
    assert (row["distance"], row["speed"], row["impossible"]) == (None, None, False)


def test_many_crossings_keep_their_order():
    places = ["north/r1", "south/c1"] * 600
    frame = crossings(*(Sighting("T7", 600 * k, place) for k, place in enumerate(places)))
    assert frame.height == 1199
    assert frame["notBefore"].is_sorted()
    assert frame["distance"].n_unique() == 1
