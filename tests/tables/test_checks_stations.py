"""How coordinates and names of places are written."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import package

from tumen.tables.checks_place import near_name_findings
from tumen.tables.checks_stations import check


def found(*deployments):
    rows = [{"deploymentID": f"d{n}", **row} for n, row in enumerate(deployments)]
    told = pl.concat(check(package(deployments=rows)))
    return [
        (row["code"], row["row"], row["column"], row["value"], json.loads(row["arguments"])) for row in told.to_dicts()
    ]


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [
        ("115°58'", "115.966667"),
        ("115 58", "115.966667"),
        ("115° 58.5'", "115.975"),
        ("115°58'30\"", "115.975"),
        ("115°58′30″ E", "115.975"),
        ("E115°58'30''", "115.975"),
        ("115:58:30", "115.975"),
        ("115.58.30", "115.975"),
        ("115°58'30\"W", "-115.975"),
        ("115 58 30,0 в.д.", "115.975"),
        ("东115度58分30秒", "115.975"),
        ("-115°58'", "-115.966667"),
    ],
)
def test_degrees_and_minutes_with_what_they_would_be(cell, decimal):
    told = [("coordinates-degrees-minutes", 2, "longitude", cell, {"decimal": decimal})]
    assert found({"longitude": cell}) == told


@pytest.mark.parametrize(("cell", "part"), [("115°98'", "98"), ("43.60.15", "60"), ("43°10'75\"", "75")])
def test_there_is_no_such_minute(cell, part):
    assert found({"latitude": cell}) == [("coordinates-no-such-minute", 2, "latitude", cell, {"part": part})]


@pytest.mark.parametrize(
    "cell", ["131.2", "131,2", "1.312e2", "", "unknown", "131.2 E", "131 2002", "2014-01-01", None]
)
def test_other_cells_are_not_degrees_and_minutes(cell):
    assert found({"longitude": cell}) == []


@given(st.floats(-180, 180, allow_subnormal=False))
def test_a_number_is_never_degrees_and_minutes(number):
    assert found({"longitude": f"{number:f}"}) == []


def at(place, latitude, longitude, **over):
    return {"locationID": place, "latitude": latitude, "longitude": longitude, **over}


def test_three_places_at_one_point():
    places = [at(name, "43.1", "131.2") for name in ("a", "b", "c", "a")]
    told = {"count": "3", "places": "a, b, c"}
    assert found(at("z", "43", "131"), *places) == [("coordinates-shared", 3, "latitude", "43.1, 131.2", told)]


def test_two_cameras_of_a_station_or_rounded_coordinates_may_share_a_point():
    assert found(at("a", "43.1", "131.2"), at("b", "43.1", "131.2")) == []
    rounded = [at(name, "43.1", "131.2", coordinateUncertainty="5000") for name in ("a", "b", "c")]
    assert found(*rounded) == []


def test_places_that_look_like_degrees_minutes_and_seconds():
    rows = [at(f"p{n}", f"43.{n:02d}{(7 * n) % 60:02d}", f"131.{59 - n}{(11 * n) % 60:02d}") for n in range(20)]
    assert found(*rows) == [("coordinates-minutes-as-decimals", None, "latitude", "43.0000, 131.5900", {"count": 20})]


def test_one_pair_of_sixty_too_few_places_or_a_grid_are_decimals():
    rows = [at(f"p{n}", f"43.{n:02d}{(7 * n) % 60:02d}", f"131.{59 - n}{(11 * n) % 60:02d}") for n in range(20)]
    assert found(*rows[:19]) == []
    assert found(*rows, at("q", "43.1260", "131.1212")) == []
    assert found(*rows, at("q", "43.6012", "131.1212")) == []
    grid = [at(f"p{n}", f"43.{n:02d}25", f"131.{n:02d}50") for n in range(30)]
    assert found(*grid) == []


def test_places_whose_names_look_the_same():
    told = found(at("A1", "43.1", "131.2"), at("А-01", "43.2", "131.2"), at("A2", "43.3", "131.2"))
    assert told == [("location-names-alike", 3, "locationID", "А-01", {"other": "A1"})]
    assert found(at("A1", "43.1", "131.2"), at("A1", "43.1", "131.2"), at("A11", "43.3", "131.2")) == []


def near(one, other):
    pairs = pl.DataFrame({"row": [3], "value": [one], "other": [other], "metres": [12.4]})
    return near_name_findings(pairs)


def test_names_that_differ_by_one_letter():
    row = near("Kedrovaja", "Kedrovaya").row(0, named=True)
    assert (row["code"], row["row"], row["value"]) == ("location-names-near", 3, "Kedrovaja")
    assert json.loads(row["arguments"]) == {"other": "Kedrovaya", "metres": "12"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Station12", "Station13"),
        ("ridge 7a", "ridge 7b"),
        ("north", "south"),
        ("Ridge", "Bridge"),
        ("Ridge A", "ridgeA"),
    ],
)
def test_names_that_tell_places_apart_are_let_be(one, other):
    assert near(one, other).is_empty()
