"""Areas, borders, rasters, searches and coordinates: each check on a case that fails it and on one that passes."""

import json

import polars as pl
import pytest
from tests.builders import codes, package

from tumen.tables import findings
from tumen.tables.checks import rules
from tumen.tables.checks_places import area_findings, check, namesake_findings, namesakes
from tumen.tables.examine import key_ring, references
from tumen.tables.protocol import TABLES

SQUARE = "POLYGON((130 42, 131 42, 131 43, 130 43, 130 42))"
AREA = {"areaID": "a1", "name": "Daursky", "countryCode": "RU"}
BORDER = {
    "borderID": "b1",
    "countryA": "CN",
    "countryB": "RU",
    "status": "agreed",
    "geometry": "LINESTRING(130.6 42.42, 130.7 42.3)",
    "source": "a map",
}
RASTER = {
    "rasterID": "r1",
    "name": "Elevation",
    "path": "rasters/dem.tif",
    "variable": "elevation",
    "crs": "EPSG:32652",
    "source": "a survey",
}
SEARCH = {
    "searchID": "s1",
    "method": "footPatrol",
    "searchStart": "2014-01-15T08:00:00+10:00",
    "searchEnd": "2014-01-15T17:00:00+10:00",
}


def found(**tables):
    """Every finding of a package: of its cells, its rows, and of the checks of places."""
    one = package(**tables)
    parts = [one.findings, *check(one), *references(one, key_ring(one))]
    for table in one.tables:
        parts += rules(one, TABLES[table])
    return findings.gather(parts)


def area(**cells):
    return found(areas=[{**AREA, **cells}])


def border(**cells):
    return found(borders=[{**BORDER, **cells}])


def arguments(result):
    return json.loads(result["arguments"].item())


def test_clean_tables():
    assert area(geometry=SQUARE, reportedArea="32", wdpaID="1", marine="terrestrial").is_empty()
    assert area(geometry=None).is_empty()
    assert border().is_empty()
    assert found(rasters=[RASTER], searches=[SEARCH]).is_empty()


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        ("somewhere near the lake", "geometry-unreadable"),
        ("42.4, 130.6", "geometry-unreadable"),
        ("POLYGON((130 42, 131 42, 131 43))", "geometry-unreadable"),
        ("POLYGON((130,5 42, 131 42, 131 43, 130,5 42))", "geometry-unreadable"),
        ("SRID=4326;" + SQUARE, "geometry-unreadable"),
        ("POLYGON EMPTY", "geometry-empty"),
        ("POINT(130 42)", "geometry-kind"),
        ("LINESTRING(130 42, 131 42)", "geometry-kind"),
        ("GEOMETRYCOLLECTION(" * 200_000, "geometry-kind"),
        ("POLYGON((500000 4700000, 501000 4700000, 501000 4701000, 500000 4700000))", "geometry-outside"),
        ("POLYGON((nan 42, 131 42, 131 43, nan 42))", "geometry-unreadable"),
        ("POLYGON((1e999 42, 131 42, 131 43, 1e999 42))", "geometry-outside"),
        ("POLYGON((42 130, 42 131, 43 131, 42 130))", "geometry-exchanged"),
        ("POLYGON((42 130, 42 131, 93 131, 42 130))", "geometry-outside"),
        ("POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))", "geometry-invalid"),
        ("POLYGON((179 65, -179 65, -179 66, 179 66, 179 65))", "geometry-across-antimeridian"),
    ],
)
def test_outlines_that_cannot_be_used(geometry, code):
    result = area(geometry=geometry)
    assert result.select("code", "table", "row", "column").rows() == [(code, "areas", 2, "geometry")]
    assert len(result["value"].item()) <= 61


@pytest.mark.parametrize(
    "geometry",
    [
        SQUARE,
        "  " + SQUARE.lower(),
        "MULTIPOLYGON(((130 42, 131 42, 131 43, 130 42)), ((140 42, 141 42, 141 43, 140 42)))",
        "POLYGON((179 65, 180 65, 180 66, 179 66, 179 65))",
        "MULTIPOLYGON(((179 65, 180 65, 180 66, 179 65)), ((-180 65, -179 65, -179 66, -180 65)))",
        "POLYGON((-180 89, 180 90, 179 89, -180 89))",
    ],
)
def test_outlines_that_can(geometry):
    assert "error" not in area(geometry=geometry)["severity"]


def test_all_bad_geometries_are_told_with_their_rows():
    result = found(
        areas=[{**AREA, "areaID": str(n), "geometry": g} for n, g in enumerate(["?", SQUARE, "POLYGON EMPTY"])]
    )
    assert result.select("code", "row").rows() == [("geometry-unreadable", 2), ("geometry-empty", 4)]


def test_what_is_wrong_with_an_outline_is_said():
    assert arguments(area(geometry="POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))")) == {"reason": "Self-intersection[0.5 0.5]"}
    assert arguments(area(geometry="POLYGON((42 130, 42 131, 43 131, 42 130))")) == {"x": "42", "y": "130"}
    assert arguments(area(geometry="POINT(130 42)")) == {"kind": "Point", "expected": "Polygon / MultiPolygon"}


def test_borders_are_lines():
    assert codes(border(geometry=SQUARE)) == ["geometry-kind"]
    assert codes(border(geometry="LINESTRING(nan 65, 179 65)")) == ["geometry-outside"]
    assert codes(border(geometry="LINESTRING(179 65, -179 65)")) == ["geometry-across-antimeridian"]
    assert border(geometry="MULTILINESTRING((130 42, 131 42), (132 42, 133 42))").is_empty()


def test_a_border_of_a_country_with_itself():
    result = border(countryB="CN")
    assert result.select("code", "column", "value").rows() == [("border-with-itself", "countryB", "CN")]


def test_a_disputed_border_is_explained():
    result = border(status="disputed")
    assert result.select("code", "severity").rows() == [("border-unexplained", "warning")]
    assert border(status="disputed", comments="another line is drawn by a third country").is_empty()


def test_the_years_of_a_border():
    assert codes(border(validFrom="1992-01-01", validUntil="1991-12-31")) == ["validity-reversed"]
    assert border(validFrom="1991-12-31", validUntil="1991-12-31").is_empty()


@pytest.mark.parametrize(
    ("marine", "take", "wrong"),
    [
        ("terrestrial", "all", True),
        ("terrestrial", "notApplicable", False),
        ("terrestrial", "notReported", False),
        ("marine", "notApplicable", True),
        ("coastal", "part", False),
        (None, "all", False),
        ("marine", None, False),
    ],
)
def test_no_take_belongs_to_the_sea(marine, take, wrong):
    assert codes(area(marine=marine, noTake=take)) == (["no-take-contradicts"] if wrong else [])


def test_one_number_of_the_world_database_for_two_areas():
    rows = [{**AREA, "wdpaID": "7"}, {**AREA, "areaID": "a2", "wdpaID": "7"}, {**AREA, "areaID": "a3", "wdpaID": "8"}]
    result = found(areas=rows)
    assert result.select("code", "row", "value").rows() == [("area-twice", 3, "7")]
    assert arguments(result) == {"otherRow": "2"}


def test_parts_of_an_area_have_numbers_of_their_own():
    parts = [{**AREA, "wdpaID": "7", "wdpaPID": "7_A"}, {**AREA, "areaID": "a2", "wdpaID": "7", "wdpaPID": "7_B"}]
    assert found(areas=parts).is_empty()
    parts[1]["wdpaPID"] = "7_A"
    assert codes(found(areas=parts)) == ["area-twice"]
    parts[1]["wdpaPID"] = None
    assert codes(found(areas=parts)) == ["area-twice"]


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../dem.tif",
        "a/../../dem.tif",
        "C:\\dem.tif",
        "a\\dem.tif",
        "~/dem.tif",
        "https://example.org/dem.tif",
        "file:dem.tif",
        "./dem.tif",
        "a//dem.tif",
        "..",
    ],
)
def test_rasters_outside_the_package(path):
    result = found(rasters=[{**RASTER, "path": path}])
    assert result.select("code", "value").rows() == [("raster-path-unsafe", path)]


@pytest.mark.parametrize("path", ["dem.tif", "rasters/лес 2020..v2.tif", "a.b/c.tif", ".hidden/x.tif"])
def test_rasters_inside_the_package(path):
    assert found(rasters=[{**RASTER, "path": path}]).is_empty()


def test_the_days_of_a_raster():
    assert codes(found(rasters=[{**RASTER, "startDate": "2020-02-01", "endDate": "2020-01-01"}])) == ["dates-reversed"]


def test_a_search_that_ends_before_it_starts():
    result = found(searches=[{**SEARCH, "searchEnd": "2014-01-15T07:59:59+10:00"}])
    assert result.select("code", "value").rows() == [("search-ends-before-start", "2014-01-15T07:59:59+10:00")]


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        ("42.6", "130.6", []),
        ("90", "-180", []),
        (None, None, []),
        ("42.6", None, ["coordinates-half"]),
        (None, "130.6", ["coordinates-half"]),
        ("0", "0", ["coordinates-zero"]),
        ("130.6", "42.6", ["cell-above-maximum", "coordinates-exchanged"]),
    ],
)
def test_coordinates_of_searches_and_sites(latitude, longitude, expected):
    where = {"latitude": latitude, "longitude": longitude}
    assert codes(found(searches=[{**SEARCH, **where}])) == expected
    assert codes(found(sites=[{"siteID": "s", "siteName": "Lake", **where}])) == expected


def computed(reported, outline):
    return pl.DataFrame(
        {"areaID": ["a1"], "row": [2], "reportedArea": [reported], "computedArea": [outline]},
        schema={"areaID": pl.String, "row": pl.Int64, "reportedArea": pl.Float64, "computedArea": pl.Float64},
    )


@pytest.mark.parametrize(
    ("reported", "outline", "expected"),
    [
        (32.0, 31.0, []),
        (32.0, 35.0, []),
        (32.0, 40.0, ["area-differs"]),
        (3200.0, 32.0, ["area-unit-doubtful"]),
        (0.32, 32.0, ["area-unit-doubtful"]),
        (None, 32.0, []),
        (32.0, None, []),
        (0.0, 32.0, []),
    ],
)
def test_reported_areas_against_outlines(reported, outline, expected):
    assert codes(findings.gather(area_findings(computed(reported, outline)))) == expected


def test_a_differing_area_says_both_numbers():
    result = findings.gather(area_findings(computed(32.0, 40.0)))
    assert arguments(result) == {"areaID": "a1", "computed": "40.0", "percent": "-20.0"}
    assert result["value"].item() == "32.0"


def test_two_coordinates_of_one_lake():
    """One page gives Dalai Lake at 48°33' N 117°30' E and at 48°45' N 117°28' E, 22.4 km apart."""
    rows = [
        {"siteID": "d1", "siteName": "Dalai Lake", "countryCode": "CN", "latitude": "48.55", "longitude": "117.5"},
        {"siteID": "d2", "siteName": "dalai-lake", "countryCode": "CN", "latitude": "48.75", "longitude": "117.4667"},
        {"siteID": "d3", "siteName": "Dalai Lake", "countryCode": "MN", "latitude": "47", "longitude": "110"},
        {"siteID": "d4", "siteName": "Dalai Lake", "countryCode": "CN"},
    ]
    pairs = namesakes(package(sites=rows))
    assert pairs.select("name", "row", "otherRow", "latitude", "otherLatitude", "uncertainty").rows() == [
        ("dalai-lake", 3, 2, 48.75, 48.55, 0.0)
    ]
    result = namesake_findings(pairs.with_columns(metresApart=pl.lit(22_376.0)))
    assert result.select("code", "severity", "row", "value").rows() == [
        ("place-two-coordinates", "note", 3, "dalai-lake")
    ]
    assert arguments(result) == {"otherRow": "2", "kilometres": "22.4"}


def test_coordinates_within_their_uncertainty_agree():
    rows = [
        {"siteID": n, "siteName": "Lake", "latitude": "42", "longitude": "130", "coordinateUncertainty": "600"}
        for n in "ab"
    ]
    pairs = namesakes(package(sites=rows))
    assert pairs["uncertainty"].item() == 1200
    assert namesake_findings(pairs.with_columns(metresApart=pl.lit(1200.0))).is_empty()
    assert namesake_findings(pairs.with_columns(metresApart=pl.lit(1201.0))).height == 1
