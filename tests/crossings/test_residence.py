"""Where does it live?"""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from tests.crossings.sightings import (
    HALF_HOUR,
    PLACES,
    START,
    Sighting,
    seen,
    slow_encounters,
    slow_per_country,
    stood,
    walk,
)
from tests.crossings.strategies import sightings

from tumen.crossings.answer import transborder
from tumen.crossings.encounters import encounters, in_order
from tumen.crossings.parameters import CrossingParameters
from tumen.crossings.residence import known_facts, per_country
from tumen.errors import MisuseError

ALWAYS = stood(("north/r1", "RU", 0, 500), ("south/c1", "CN", 0, 500))


def one(*said: Sighting, effort: pl.DataFrame = ALWAYS, **parameters: object) -> dict[str, object]:
    """The row of the only individual."""
    answer = transborder(seen(*said), effort, parameters=CrossingParameters(**parameters))  # type: ignore[arg-type]
    row: dict[str, object] = answer.tables["individuals"].row(0, named=True)
    return row


def status(*said: Sighting, effort: pl.DataFrame = ALWAYS, **parameters: object) -> tuple[object, object, object]:
    row = one(*said, effort=effort, **parameters)
    return row["status"], row["homeCountry"], row["watchedBehindDays"]


def test_a_resident_was_met_in_one_country_only():
    assert status(*walk("T7", "north/r1", "north/r2", "north/r1")) == ("resident", "RU", None)


def test_a_resident_may_have_been_near_the_border():
    row = one(*walk("T7", "north/r1", "north/edge", "north/r1"))
    assert (row["status"], row["countries"], row["possibleCountries"]) == ("resident", "RU", "CN|RU")
    assert (row["crossings"], row["crossingsHigh"]) == (0, 2)


def test_a_disperser_crossed_once_under_cameras_that_would_have_seen_it_return():
    assert status(*walk("T7", "north/r1", "south/c1")) == ("disperser", "CN", 499.0)


def test_without_enough_effort_behind_it_only_crossed_once():
    there = walk("T7", "north/r1", "south/c1")
    assert status(*there, effort=stood(("north/r1", "RU", 0, 30))) == ("crossedOnce", None, 29.0)
    assert status(*there, effort=stood(("north/r1", "RU", 0, 31))) == ("disperser", "CN", 30.0)
    assert status(*there, effort=stood(("north/r1", "RU", 0, 30)), watch_days=29) == ("disperser", "CN", 29.0)


def test_unknown_effort_behind_is_not_zero():
    assert status(*walk("T7", "north/r1", "south/c1"), effort=stood(("south/c1", "CN", 0, 99))) == (
        "crossedOnce",
        None,
        None,
    )


def test_who_may_have_been_back_is_no_disperser():
    assert status(*walk("T7", "north/r1", "south/c1", "south/edge")) == ("crossedOnce", None, 499.0)
    assert status(*walk("T7", "north/r1", "south/edge", "south/c1")) == ("disperser", "CN", 498.0)


def test_a_visitor_spends_less_than_a_third_of_its_nights_away():
    assert status(*walk("T7", *["north/r1"] * 2, "south/c1", *["north/r1"] * 2)) == ("visitor", "RU", None)
    assert status(*walk("T7", "north/r1", "south/c1", "north/r1")) == ("bothSides", None, None)


def test_uncertain_sides_only():
    row = one(*walk("T7", "north/edge", "south/edge"))
    assert (row["status"], row["countries"], row["possibleCountries"], row["crossingsHigh"]) == (
        "sideUnknown",
        "",
        "CN|RU",
        1,
    )


def test_a_crossing_without_a_known_direction():
    row = one(*walk("T7", "north/r1", "east/mouth"), Sighting("T7", 9000, "east/x", sides="CN|KP"))
    assert (row["status"], row["crossings"], row["countries"]) == ("crossedOnce", 1, "RU")


def test_in_no_country_at_all():
    row = one(Sighting("T7", 0, "east/sea"))
    assert (row["status"], row["possibleCountries"], row["crossings"], row["encounters"]) == ("sideUnknown", "", 0, 1)


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        (["juvenile", None], "cub"),
        (["juvenile", "subadult"], "adult"),
        (["adult", None], "adult"),
        ([None, None], "unknown"),
    ],
)
def test_stage(stages, expected):
    assert one(*(Sighting("T7", 60 * k, stage=stage) for k, stage in enumerate(stages)))["stage"] == expected


def test_what_the_parties_know_together():
    facts = known_facts(
        seen(
            Sighting("T7", 0, sex=None, species="Panthera pardus"),
            Sighting("T7", 1, sex="male"),
            Sighting("T7", 2, sex=None),
            Sighting("T8", 0, sex="male"),
            Sighting("T8", 1, sex="female"),
            Sighting("T9", 0, species=None),
        )
    )
    assert facts.select("individualID", "scientificName", "sex").rows() == [
        ("T7", "Panthera tigris", "male"),
        ("T8", "Panthera tigris", None),
        ("T9", None, None),
    ]


def test_per_country():
    said = [
        *walk("T7", "north/r1", "north/r2", "south/c1", "north/edge"),
        Sighting("T7", 5, "north/r1", far=7000, lasts=2),
    ]
    table = transborder(seen(*said), ALWAYS).tables["perCountry"]
    day = timedelta(days=1)
    assert table.rows() == [
        ("T7", "CN", 1, 1, START + 2 * day, START + 2 * day, 1000.0, 990.0, 1010.0),
        ("T7", "RU", 2, 2, START, START + day, 7000.0, 6990.0, 7010.0),
    ]


@settings(deadline=None)
@given(sightings())
def test_per_country_agrees_with_the_slow_version(rows):
    ordered = in_order(seen(*rows))
    table = per_country(encounters(ordered, HALF_HOUR), ordered).drop("maxBorderDistanceLow", "maxBorderDistanceHigh")
    slow = slow_per_country(slow_encounters([row.row for row in rows]))
    assert {(row[0], row[1]): row[2:] for row in table.rows()} == slow


@pytest.mark.parametrize(
    "wrong", [{"max_speed": 0}, {"reach": -1}, {"watch_days": float("nan")}, {"clock_slack": timedelta(-1)}]
)
def test_meaningless_parameters_are_refused(wrong):
    with pytest.raises(MisuseError):
        CrossingParameters(**wrong)


def test_places_are_where_the_tests_say():
    assert PLACES["north/r1"][0] == "RU"
