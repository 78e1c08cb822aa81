import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import shape

from tumen.errors import PlaceError
from tumen.files.regions import _ABOUT, ACCURACY, NORTHEAST_ASIA, about, names, region, text, text_as_truth
from tumen.files.topojson import feature_collection

COUNTRIES = region()


@pytest.mark.parametrize(
    ("name", "longitude", "latitude", "code"),
    [
        ("Hunchun", 130.37, 42.86, "CN"),
        ("Khasan", 130.64, 42.43, "RU"),
        ("Vladivostok", 131.90, 43.12, "RU"),
        ("Slavyanka", 131.38, 42.86, "RU"),
        ("Sonbong", 130.40, 42.34, "KP"),
        ("Rason", 130.30, 42.25, "KP"),
        ("Sokcho", 128.55, 38.20, "KR"),
    ],
)
def test_towns_are_in_their_country(name: str, longitude: float, latitude: float, code: str) -> None:
    found = [one for one, country in COUNTRIES.items() if country.contains(shapely.Point(longitude, latitude))]
    assert found == [code], name


def test_the_region_holds_valid_polygons_of_four_countries() -> None:
    assert sorted(COUNTRIES) == ["CN", "KP", "KR", "RU"]
    for country in COUNTRIES.values():
        assert country.is_valid
        assert shapely.box(*NORTHEAST_ASIA).covers(country)


@pytest.mark.parametrize(("one", "other"), [("CN", "RU"), ("CN", "KP"), ("KP", "RU"), ("KP", "KR")])
def test_neighbours_share_every_point_of_their_border(one: str, other: str) -> None:
    shared = COUNTRIES[one].intersection(COUNTRIES[other])
    assert {part.geom_type for part in shapely.get_parts(shared)} == {"LineString"}
    ends = set(map(tuple, shapely.get_coordinates(shared).tolist()))
    for code in (one, other):
        assert ends <= set(map(tuple, shapely.get_coordinates(COUNTRIES[code]).tolist()))


def test_no_gap_lies_between_neighbours() -> None:
    """All land together has no hole and no part but islands: a gap between neighbours would be one."""
    land = shapely.union_all(list(COUNTRIES.values()))
    assert sum(len(part.interiors) for part in shapely.get_parts(land)) == 0
    for (a, first), (b, second) in itertools.combinations(COUNTRIES.items(), 2):
        assert first.intersection(second).area == 0, (a, b)


def test_the_file_says_source_licence_and_accuracy() -> None:
    said = about()
    assert "Natural Earth" in said["source"]
    assert "public domain" in said["licence"]
    assert "1:10 million" in said["accuracy"]
    assert "no opinion" in said["disclaimer"]


def test_the_file_is_small_rounded_and_written_by_the_writer() -> None:
    written = text()
    assert len(written) < 300_000
    collection = json.loads(written)
    numbers = np.concatenate([shapely.get_coordinates(country).ravel() for country in COUNTRIES.values()])
    assert np.array_equal(numbers, np.round(numbers, 5))
    head = {key: value for key, value in collection.items() if key not in ("type", "features")}
    assert feature_collection(COUNTRIES, head) == written


def test_the_accuracy_stands_in_the_file_as_a_number() -> None:
    assert json.loads(text())["accuracyMetres"] == ACCURACY["northeast_asia"] == 3000
    assert feature_collection(COUNTRIES, _ABOUT) == text()


def test_in_a_simulated_world_the_map_is_the_truth() -> None:
    true, shipped = json.loads(text_as_truth()), json.loads(text())
    assert true["features"] == shipped["features"]
    assert true["accuracyMetres"] == 0
    assert "simulated world" in true["accuracy"]
    assert true["source"] == shipped["source"]


def test_an_unknown_region_names_the_known() -> None:
    with pytest.raises(PlaceError, match="northeast_asia"):
        region("northeast asia")
    assert names() == ["northeast_asia"]


def test_the_line_is_as_far_from_openstreetmaps_as_the_file_says(shared_data: Path) -> None:
    """Lower Tumen, points every 100 m of our CN-RU line: median 1.2 km, 95 % within 2.9 km."""
    source = shared_data / "F1_borders_OSM_10m" / "tumen_ne_asia.geojson"
    features = json.loads(source.read_text(encoding="utf-8"))["features"]
    plane = Transformer.from_crs("EPSG:4326", "+proj=aeqd +lat_0=43 +lon_0=131 +datum=WGS84", always_xy=True)

    def metres(geometry: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(geometry, lambda p: np.column_stack(plane.transform(p[:, 0], p[:, 1])))

    osm = {feature["properties"]["iso_a3"]: metres(shape(feature["geometry"])) for feature in features}
    window = metres(shapely.segmentize(shapely.box(130, 42.3, 131.5, 43.6), 0.05))
    # A river may lie between OpenStreetMap's land polygons.
    line = osm["CHN"].boundary.intersection(osm["RUS"].buffer(400))
    ours = metres(COUNTRIES["CN"].intersection(COUNTRIES["RU"])).intersection(window)
    points = shapely.points(shapely.get_coordinates(shapely.segmentize(ours, 100)))
    distances = shapely.distance(points, line)
    assert np.median(distances) == pytest.approx(1200, abs=50)
    assert np.quantile(distances, 0.95) == pytest.approx(2900, abs=50)
