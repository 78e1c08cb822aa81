"""What a package says of places and clocks, held against a map and the time-zone database."""

import json
from dataclasses import replace

import pytest
import shapely
from tests.builders import codes, package

from tumen.measure.border import derive
from tumen.measure.sides import Countries
from tumen.tasks.area import Area
from tumen.tasks.check import _apart, check, coarsened, findings_as, pace_findings

HALVES = {"CN": shapely.box(129, 42, 131, 44), "RU": shapely.box(131, 42, 133, 44)}


@pytest.fixture(scope="module")
def area():
    """Two countries that meet at 131 degrees east."""
    return Area(
        countries=Countries(HALVES),
        polygons=HALVES,
        border=derive(HALVES),
        origin="",
        accuracy=0.0,
        assumed_uncertainty=30.0,
        water_margin=500.0,
        digests={},
    )


def found(area, *deployments, country="RU", **tables):
    rows = [{"deploymentID": f"d{n}", **row} for n, row in enumerate(deployments, start=1)]
    findings = check(package(country=country, deployments=rows, **tables), area)
    return findings.filter(findings["code"] != "failures-unreported")


def test_a_camera_in_its_declared_country_is_fine(area):
    assert found(area, {"longitude": "131.5", "latitude": "43"}).is_empty()


def test_a_camera_outside_its_declared_country_says_how_far(area):
    findings = found(area, {"longitude": "130.9", "latitude": "43"})
    assert findings.select("code", "row").rows() == [("coordinates-outside-country", 2)]
    # 0.1 degree of longitude at 43 N is 8.2 km on the ellipsoid.
    assert json.loads(findings["arguments"].item()) == {"country": "RU", "kilometres": "8.2"}


def test_exchanged_coordinates_are_named_whichever_way_the_map_tells(area):
    findings = found(area, {"longitude": "43.0", "latitude": "131.5"})
    assert sorted(findings["code"]) == ["cell-above-maximum", "coordinates-exchanged"]
    mirrored = {"XA": shapely.box(10, 40, 12, 42), "XB": shapely.box(40, 10, 42, 12)}
    elsewhere = Area(
        countries=Countries(mirrored),
        polygons=mirrored,
        border=derive(mirrored),
        origin="",
        accuracy=0.0,
        assumed_uncertainty=30.0,
        water_margin=500.0,
        digests={},
    )
    swapped = found(elsewhere, {"longitude": "41", "latitude": "11"}, country="XA")
    assert swapped["code"].to_list() == ["coordinates-swapped"]


def test_a_camera_on_the_border_has_no_side_unless_it_declares_one(area):
    line = {"longitude": "131.0001", "latitude": "43", "coordinateUncertainty": "100"}
    assert found(area, line).is_empty()
    undecided = found(area, line, country=None)
    assert undecided["code"].to_list() == ["country-undecided"]


def test_a_country_that_is_not_on_the_map(area):
    findings = found(area, {"longitude": "131.5", "latitude": "43"}, country="FR")
    assert findings["code"].to_list() == ["country-not-on-map"]


def test_zero_coordinates_are_one_finding_and_not_a_place_abroad(area):
    assert found(area, {"longitude": "0", "latitude": "0"})["code"].to_list() == ["coordinates-zero"]


def test_one_place_at_two_places(area):
    twice = [{"locationID": "ridge", "cameraID": x, "longitude": x, "latitude": "43"} for x in ("131.5", "131.6")]
    findings = found(area, *twice)
    assert findings.select("code", "value").rows() == [("location-moved", "ridge")]
    assert json.loads(findings["arguments"].item()) == {"kilometres": "8.2"}
    near = [{"locationID": "ridge", "cameraID": x, "longitude": x, "latitude": "43"} for x in ("131.5", "131.501")]
    assert found(area, *near).is_empty()


def test_an_offset_that_no_clock_there_showed(area):
    winter = {"deploymentStart": "2014-12-01T00:00:00+11:00", "deploymentEnd": "2015-01-01T00:00:00+10:00"}
    findings = found(area, {"longitude": "131.5", "latitude": "43", **winter})
    # Both offsets are legal somewhere in far eastern Russia; the declared zone knows better.
    zoned = check(package(deployments=[{"longitude": "131.5", **winter}]), area, time_zone="Asia/Vladivostok")
    assert zoned.filter(code="offset-doubtful").select("row", "column", "value").rows() == [
        (2, "deploymentStart", "2014-12-01T00:00:00+11:00")
    ]
    assert findings.filter(findings["severity"] == "error").is_empty()


DESCRIPTORS = (
    {},
    {"tumen": ["x"]},
    {"tumen": {"disclosure": {"level": "full"}}},
    {"tumen": {"disclosure": {"level": ["generalised"]}}},
    {"tumen": {"disclosure": {"level": "generalised", "columns": ["time"]}}},
    {"tumen": {"disclosure": {"level": "crossing"}}},
)


def test_one_animal_in_two_places_too_far_apart_in_too_short_a_time():
    seen = package(
        deployments=[{}, {"deploymentID": "d2", "latitude": "43.6"}],
        observations=[
            {"individualID": "T7"},
            {
                "observationID": "o2",
                "deploymentID": "d2",
                "individualID": "T7",
                "eventStart": "2014-01-10T01:01:00Z",
                "eventEnd": "2014-01-10T01:01:00Z",
            },
        ],
    )
    finding = pace_findings(seen).row(0, named=True)
    assert (finding["code"], finding["value"]) == ("individual-too-fast", "T7")
    coarse = [coarsened(replace(seen, descriptor=descriptor)) for descriptor in DESCRIPTORS]
    assert coarse == [False, False, False, False, True, True]
    for descriptor, told in zip(DESCRIPTORS, coarse, strict=True):
        codes = {code for found in _apart(replace(seen, descriptor=descriptor), None) for code in found["code"]}
        assert ("individual-too-fast" in codes) is not told
    # Half a degree of latitude is 55.6 km, an hour after leaving.
    assert json.loads(finding["arguments"])["kilometres"] == "55.5"


def test_an_area_is_held_against_its_outline():
    outline = "POLYGON ((130 42, 131 42, 131 43, 130 43, 130 42))"
    area = {"areaID": "a1", "name": "Ridge", "countryCode": "RU", "geometry": outline, "reportedArea": "9130"}
    assert codes(check(package(areas=[area]), None)) == []
    # Hectares where square kilometres are asked for; the ellipsoid has 9130.7 km2 there.
    found = check(package(areas=[{**area, "reportedArea": "913000"}]), None)
    assert codes(found) == ["area-unit-doubtful"]
    assert '"computed": "9131' in found["arguments"].item()


def test_one_site_has_one_place():
    # Dalai Lake on one page: 48 33 N 117 30 E and 48 45 N 117 28 E, 22.4 km apart.
    one = {"siteID": "s1", "siteName": "Dalai Lake", "countryCode": "CN", "latitude": "48.55", "longitude": "117.5"}
    other = {**one, "siteID": "s2", "siteName": "Dalai  lake", "latitude": "48.75", "longitude": "117.4667"}
    found = check(package(sites=[one, other]), None)
    assert found.select("code", "row", "value").rows() == [("place-two-coordinates", 3, "Dalai  lake")]
    assert '"kilometres": "22.4"' in found["arguments"].item()


def test_every_cure_stands_below_the_cases_it_mends():
    birds = [{"scientificName": "Anser cygnoid"}, {"observationID": "o2", "scientificName": "Anas penelope"}]
    found = check(package(deployments=[{}], observations=birds), None)
    plain = findings_as(found, "text", "en")
    synonym, misspelt = plain.index("Write Mareca penelope"), plain.index("Anser cygnoides")
    assert plain.index("Anas penelope is") < synonym
    assert plain.index("Anser cygnoid ") < misspelt
    two = [{"scientificName": "Anas penelope"}, {"observationID": "o2", "scientificName": "Anas strepera"}]
    for format in ("text", "html"):
        shown = findings_as(check(package(deployments=[{}], observations=two), None), format, "en")
        assert "Write Mareca penelope" in shown
        assert "Write Mareca strepera" in shown


def test_findings_as_csv_hold_no_formula():
    found = check(package(deployments=[{"latitude": '=HYPERLINK("x")'}]), None)
    shown = findings_as(found, "csv", "en")
    assert ',"\'=HYPERLINK(""x"")",' in shown
    assert '"value": "=HYPERLINK(\\"x\\")"' in findings_as(found, "json", "en")
