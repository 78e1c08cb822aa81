import json
import sys

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, box, mapping

from tumen.errors import ColumnError, ExtraError, OutputError, PlaceError
from tumen.files import geopackage
from tumen.files.geometry import about, accuracy, read_countries, read_lines

NORTH, SOUTH = box(130, 43, 132, 44), box(130, 42, 132, 43)


def collection(path, *features, **members):
    """Write features (geometry, properties) as GeoJSON, with further members."""
    content = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": p, "geometry": g and mapping(g)} for g, p in features],
        **members,
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path):
    return tmp_path / "countries.geojson"


@pytest.mark.parametrize("name", ["countryCode", "ISO_A2", "iso_a2"])
def test_two_letter_codes(file, name):
    countries = read_countries(collection(file, (NORTH, {name: "RU"}), (SOUTH, {name: "CN"})))
    assert list(countries) == ["CN", "RU"]
    assert countries["RU"].equals(NORTH)


def test_three_letter_codes(file):
    assert list(read_countries(collection(file, (NORTH, {"iso_a3": "RUS"}), (SOUTH, {"ISO_A3": "PRK"})))) == [
        "KP",
        "RU",
    ]


def test_a_named_property(file):
    collection(file, (NORTH, {"land": "RU", "countryCode": "XX"}))
    assert list(read_countries(file, "land")) == ["RU"]


def test_natural_earths_placeholder_is_passed_over(file):
    assert list(read_countries(collection(file, (NORTH, {"ISO_A2": "-99", "ISO_A3": "NOR"})))) == ["NO"]


def test_several_polygons_of_one_country_are_joined(file):
    countries = read_countries(
        collection(file, (NORTH, {"countryCode": "RU"}), (box(134, 43, 135, 44), {"countryCode": "RU"}))
    )
    assert isinstance(countries["RU"], MultiPolygon)


def test_a_country_without_a_code(file):
    with pytest.raises(PlaceError, match="none in feature 2") as caught:
        read_countries(collection(file, (NORTH, {"countryCode": "RU"}), (SOUTH, {"name": "China"})))
    assert "countryCode" in caught.value.cure


def test_an_invalid_polygon_names_the_country_and_the_place(file):
    bow = shapely.Polygon([(130, 43), (132, 44), (132, 43), (130, 44)])
    with pytest.raises(PlaceError, match=r"a valid polygon for RU .*Self-intersection\[131 43.5\]"):
        read_countries(collection(file, (bow, {"countryCode": "RU"})))


def test_a_point_is_no_country(file):
    with pytest.raises(PlaceError, match="found a Point"):
        read_countries(collection(file, (Point(131, 43), {"countryCode": "RU"})))


def test_metres_without_a_word_look_like_another_system(file):
    with pytest.raises(PlaceError, match="look like another coordinate system"):
        read_countries(collection(file, (box(500_000, 4_700_000, 510_000, 4_710_000), {"countryCode": "RU"})))


def utm(crs):
    return {"crs": {"type": "name", "properties": {"name": crs}}}


def test_a_stated_system_is_transformed(file):
    square = box(500_000, 4_760_000, 510_000, 4_770_000)
    country = read_countries(collection(file, (square, {"countryCode": "RU"}), **utm("urn:ogc:def:crs:EPSG::32652")))[
        "RU"
    ]
    assert country.bounds == pytest.approx((129.0, 42.99, 129.12, 43.08), abs=0.01)
    country = read_countries(collection(file, (NORTH, {"countryCode": "RU"}), **utm("urn:ogc:def:crs:OGC:1.3:CRS84")))[
        "RU"
    ]
    assert country.equals(NORTH)


def test_a_system_without_known_accuracy_is_refused(file):
    with pytest.raises(PlaceError, match="known accuracy"):
        read_countries(collection(file, (NORTH, {"countryCode": "CN"}), **utm("EPSG:4555")))


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"features": 3}', '{"features": [{"geometry": {"type": "Polygon"}}]}']
)
def test_a_file_that_is_no_geojson(file, text):
    file.write_text(text)
    with pytest.raises(PlaceError, match="GeoJSON"):
        read_countries(file)


def test_a_missing_file_and_an_empty_one(file):
    with pytest.raises(PlaceError, match="nothing there"):
        read_countries(file)
    with pytest.raises(PlaceError, match="at least one country"):
        read_countries(collection(file))


def test_lines_say_whom_they_part(file):
    line, other = LineString([(130, 43), (132, 43)]), LineString([(132, 43), (133, 43)])
    collection(
        file,
        (line, {"countryCode": "RU", "otherCountryCode": "CN"}),
        (shapely.MultiLineString([line, other]), {"adm0_a3_l": "PRK", "adm0_a3_r": "CHN"}),
    )
    lines = read_lines(file)
    assert [pair for pair, _ in lines] == ["CN|RU", "CN|KP", "CN|KP"]
    assert [geometry.wkt for _, geometry in lines] == [line.wkt, line.wkt, other.wkt]


@pytest.mark.parametrize("fields", [{}, {"countryCode": "RU"}, {"countryCode": "RU", "otherCountryCode": "RU"}])
def test_a_line_that_parts_nobody(file, fields):
    with pytest.raises(PlaceError, match="two countries for every border line"):
        read_lines(collection(file, (LineString([(0, 0), (1, 1)]), fields)))


def test_a_file_says_how_accurate_it_is(file):
    collection(file, (NORTH, {"countryCode": "RU"}), accuracyMetres=3000, source="Natural Earth")
    assert accuracy(file) == 3000.0
    assert about(file) == {"source": "Natural Earth"}
    assert accuracy(collection(file, (NORTH, {"countryCode": "RU"}), accuracyMetres=0)) == 0.0
    assert accuracy(collection(file, (NORTH, {"countryCode": "RU"}))) is None
    assert accuracy(file.with_name("other.gpkg")) is None


@pytest.mark.parametrize("stated", ["3000", -1, True, float("inf"), float("nan"), [1]])
def test_an_accuracy_that_is_no_distance(file, stated):
    with pytest.raises(PlaceError, match="accuracyMetres of countries"):
        accuracy(collection(file, (NORTH, {"countryCode": "RU"}), accuracyMetres=stated))


@pytest.mark.parametrize("ending", ["gpkg", "shp"])
def test_other_formats_are_read_with_their_system(tmp_path, ending):
    path = tmp_path / f"countries.{ending}"
    square = shapely.to_wkb(np.array([box(500_000, 4_760_000, 510_000, 4_770_000)]))
    codes = [np.array(["RUS"], dtype=object)]
    pyogrio.raw.write(path, square, codes, ["ISO_A3"], geometry_type="Polygon", crs="EPSG:32652")
    assert read_countries(path)["RU"].bounds == pytest.approx((129.0, 42.99, 129.12, 43.08), abs=0.01)


def test_a_shapefile_without_a_system_is_refused(tmp_path):
    path = tmp_path / "countries.shp"
    square = shapely.to_wkb(np.array([NORTH]))
    with pytest.warns(UserWarning, match="crs"):
        pyogrio.raw.write(path, square, [np.array(["RUS"], dtype=object)], ["ISO_A3"], geometry_type="Polygon")
    with pytest.raises(PlaceError, match="a stated coordinate system"):
        read_countries(path)


def test_a_file_that_gdal_cannot_read(tmp_path):
    (tmp_path / "countries.gpkg").write_text("no")
    with pytest.raises(PlaceError, match="GDAL cannot read"):
        read_countries(tmp_path / "countries.gpkg")


def test_the_extra_is_asked_for_by_name(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    (tmp_path / "countries.gpkg").write_text("no")
    with pytest.raises(ExtraError) as caught:
        read_countries(tmp_path / "countries.gpkg")
    assert "tumen[geopackage]" in caught.value.cure
    with pytest.raises(ExtraError):
        geopackage.write(tmp_path / "a.gpkg", {"a": pl.DataFrame()})


STATIONS = pl.DataFrame(
    {
        "deploymentID": ["d1", "d2"],
        "longitude": [131.2, None],
        "latitude": [43.1, None],
        "nights": [12, None],
        "bait": [True, None],
        "start": ["2014-01-01T00:00:00Z", None],
        "distance": [1.5, None],
    }
).with_columns(pl.col("start").str.to_datetime("%Y-%m-%dT%H:%M:%S%#z", time_zone="UTC"))


def test_a_geopackage_is_read_back(tmp_path):
    crossing = shapely.to_wkb(LineString([(131, 43), (131, 42)]))
    lines = pl.DataFrame({"individualID": ["T1"], "geometry": [crossing]})
    geopackage.write(tmp_path / "a.gpkg", {"stations": STATIONS, "crossings": lines})
    assert [tuple(row) for row in pyogrio.list_layers(tmp_path / "a.gpkg")] == [
        ("stations", "Point"),
        ("crossings", "LineString"),
    ]
    meta, _, geometry, fields = pyogrio.raw.read(tmp_path / "a.gpkg", layer="stations")
    assert meta["crs"] == "EPSG:4326"
    assert shapely.from_wkb(geometry)[0].equals(Point(131.2, 43.1))
    assert geometry[1] is None
    values = dict(zip(meta["fields"], fields, strict=True))
    assert list(values["deploymentID"]) == ["d1", "d2"]
    assert list(values["start"]) == ["2014-01-01T00:00:00Z", None]
    assert values["nights"][0] == 12
    assert np.isnan(values["nights"][1])
    assert np.isnan(values["distance"][1])
    meta, _, geometry, _ = pyogrio.raw.read(tmp_path / "a.gpkg", layer="crossings")
    assert shapely.from_wkb(geometry)[0].wkt == "LINESTRING (131 43, 131 42)"


def test_equal_tables_give_equal_files(tmp_path):
    for name in ("a.gpkg", "b.gpkg"):
        geopackage.write(tmp_path / name, {"stations": STATIONS})
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.gpkg", "b.gpkg"]


def test_an_existing_geopackage_is_replaced_only_when_asked(tmp_path):
    (tmp_path / "a.gpkg").write_bytes(b"mine")
    with pytest.raises(OutputError, match="a new file"):
        geopackage.write(tmp_path / "a.gpkg", {"stations": STATIONS})
    with pytest.raises(OutputError, match="apart from what is read"):
        geopackage.write(tmp_path / "a.gpkg", {"stations": STATIONS}, replace=True, inputs=[tmp_path])
    assert (tmp_path / "a.gpkg").read_bytes() == b"mine"
    geopackage.write(tmp_path / "a.gpkg", {"stations": STATIONS}, replace=True)
    assert (tmp_path / "a.gpkg").read_bytes() != b"mine"


def test_a_geopackage_that_cannot_be_written(tmp_path):
    with pytest.raises(ColumnError, match="columns longitude and latitude"):
        geopackage.write(tmp_path / "a.gpkg", {"stations": STATIONS.drop("latitude")})
    with pytest.raises(OutputError):
        geopackage.write(tmp_path / "a.gpkg", {})
    with pytest.raises(OutputError):
        geopackage.write(tmp_path / "none" / "a.gpkg", {"stations": STATIONS})
    assert list(tmp_path.iterdir()) == []
