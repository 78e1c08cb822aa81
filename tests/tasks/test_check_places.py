"""Places held against land, and against each other's names."""

import json
from pathlib import Path

import pytest
import shapely
from tests.builders import package

from tumen.measure.border import derive
from tumen.measure.sides import Countries
from tumen.tasks.area import Area, area_of
from tumen.tasks.check_places import place_findings

HALVES = {"CN": shapely.box(129, 42, 131, 44), "RU": shapely.box(131, 42, 133, 44)}


def area(accuracy=0.0, polygons=HALVES):
    """Two countries that meet at 131 degrees east, with sea around them."""
    return Area(
        countries=Countries(polygons),
        polygons=polygons,
        border=derive(polygons),
        origin="",
        accuracy=accuracy,
        assumed_uncertainty=30.0,
        water_margin=500.0,
        digests={},
    )


def found(*deployments, country=None, ground=None):
    rows = [{"deploymentID": f"d{n}", **row} for n, row in enumerate(deployments, start=1)]
    told = place_findings(package(country=country, deployments=rows), ground)
    return [
        (row["code"], row["row"], row["value"], json.loads(row["arguments"]))
        for frame in told
        for row in frame.to_dicts()
    ]


def test_a_camera_in_the_sea_says_how_far_the_land_is():
    sea = {"latitude": "43", "longitude": "133.1"}
    # 0.1 degree of longitude at 43 N is 8.2 km; the coast is nearest, RU.
    told = [("place-in-sea", 2, "43.0, 133.1", {"country": "RU", "kilometres": "8.2"})]
    assert found(sea, ground=area()) == told
    assert found({**sea, "longitude": "133.4"}, ground=area())[0][3] == {"country": "RU", "kilometres": "32.6"}


def test_a_camera_on_land_on_the_beach_or_as_far_out_as_the_map_may_be_wrong():
    assert found({"latitude": "43", "longitude": "132.9"}, ground=area()) == []
    # 400 m out: within the margin of a bank.
    assert found({"latitude": "43", "longitude": "133.005"}, ground=area()) == []
    sea = {"latitude": "43", "longitude": "133.1"}
    assert found(sea, ground=area(accuracy=8000.0)) == []
    assert found({**sea, "coordinateUncertainty": "8000"}, ground=area()) == []
    assert found(sea, ground=None) == []


def test_a_place_that_contradicts_its_country_is_not_told_twice():
    told = found({"latitude": "43", "longitude": "133.4"}, country="CN", ground=area())
    assert [code for code, *_ in told] == ["coordinates-outside-country"]


def test_the_name_of_a_shipped_region_is_a_map():
    ground = area_of(Path("northeast_asia"))
    assert ground.accuracy == 3000
    at_sea = found({"latitude": "42", "longitude": "133.5"}, ground=ground)
    assert [code for code, *_ in at_sea] == ["place-in-sea"]
    assert at_sea[0][3]["country"] == "RU"
    assert found({"latitude": "43.5", "longitude": "132.2"}, ground=ground) == []


def at(place, latitude="43.1", longitude="131.2", **over):
    return {"locationID": place, "latitude": latitude, "longitude": longitude, **over}


def test_one_place_with_two_spellings():
    # 0.0001 degree of latitude is 11 m.
    told = found(at("Kedrovaya"), at("Kedrovaja", "43.1001"))
    assert told == [("location-names-near", 2, "Kedrovaya", {"metres": "11", "other": "Kedrovaja"})]
    assert found(at("Kedrovaya"), at("Kedrovaja", "43.101")) == []
    assert found(at("Station12"), at("Station13")) == []


def test_a_point_shared_by_many_places_is_not_asked_for_spellings():
    assert found(*[at(f"Place {letter}x") for letter in "abcdefghijkl"]) == []


def test_one_name_for_places_far_apart():
    told = found(at("p1", locationName="Ridge 12"), at("p2", "43.2", locationName="Ridge 12"))
    # A tenth of a degree of latitude is 11.1 km.
    assert told == [("location-name-shared", 2, "Ridge 12", {"count": "2", "kilometres": "11.1"})]


@pytest.mark.parametrize("places", [2, 4])
def test_a_valley_or_a_shore_may_have_places_of_one_name(places):
    latitudes = ["43.1", "43.11"] if places == 2 else ["43.1", "43.2", "43.3", "43.4"]
    assert found(*[at(f"p{n}", lat, locationName="Ridge 12") for n, lat in enumerate(latitudes)]) == []


SITE = {"siteID": "lake", "siteName": "Lake Manpho"}
SAMPLE = {"sampleID": "s1", "collectedOn": "2014-01-01", "material": "hair"}
SEARCH = {
    "searchID": "w1",
    "method": "footPatrol",
    "searchStart": "2014-01-01T00:00:00Z",
    "searchEnd": "2014-01-01T02:00:00Z",
}
EVENT = {"eventID": "e1", "scientificName": "Panthera tigris", "eventDate": "2014-01-01", "kind": "dead"}
PLACED = pytest.mark.parametrize(
    ("table", "row"), [("sites", SITE), ("samples", SAMPLE), ("searches", SEARCH), ("health_events", EVENT)]
)


def placed(table, row, country=None, ground=None):
    """What is said of one row that stands somewhere, without any camera."""
    told = place_findings(package(country=country, **{table: [row]}), ground or area())
    return [(r["table"], r["code"], r["row"], json.loads(r["arguments"])) for f in told for r in f.to_dicts()]


@PLACED
def test_rows_of_other_tables_stand_in_the_country_they_declare(table, row):
    # Half a degree of longitude at 43 N is 40.8 km.
    in_china = {**row, "latitude": "43", "longitude": "130.5"}
    told = [(table, "coordinates-outside-country", 2, {"country": "RU", "kilometres": "40.8"})]
    assert placed(table, {**in_china, "countryCode": "RU"}) == told
    assert placed(table, in_china, country="RU") == told
    assert placed(table, {**in_china, "countryCode": "CN"}, country="RU") == []
    assert placed(table, in_china) == []


@PLACED
def test_rows_of_other_tables_stand_on_land(table, row):
    at_sea = {**row, "latitude": "43", "longitude": "133.1"}
    assert placed(table, at_sea) == [(table, "place-in-sea", 2, {"country": "RU", "kilometres": "8.2"})]
    assert placed(table, {**row, "latitude": "43", "longitude": "132.9"}) == []


def test_an_unreadable_country_is_not_replaced_by_that_of_the_package():
    in_china = {**SITE, "latitude": "43", "longitude": "130.5"}
    assert placed("sites", {**in_china, "countryCode": "china"}, country="RU") == []


def test_a_site_without_coordinates_has_no_place_that_could_be_wrong():
    assert placed("sites", {**SITE, "countryCode": "RU"}) == []


def test_exchanged_coordinates_of_a_sample():
    west = area(polygons={"CN": shapely.box(80, 40, 85, 45), "KZ": shapely.box(75, 40, 80, 45)})
    sample = {**SAMPLE, "latitude": "82", "longitude": "43", "countryCode": "CN"}
    told = placed("samples", sample, ground=west)
    assert told == [("samples", "coordinates-swapped", 2, {"country": "CN"})]
    assert placed("samples", {**sample, "latitude": "43", "longitude": "82"}, ground=west) == []


def test_which_side_of_a_border_is_asked_of_cameras_alone():
    border = {"latitude": "43", "longitude": "131"}
    assert [code for code, *_ in found(border, ground=area())] == ["country-undecided"]
    assert placed("sites", {**SITE, **border}) == []
