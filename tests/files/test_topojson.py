import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from tumen.errors import FormatError, PlaceError
from tumen.files.topojson import cut, feature_collection, polygons, read_topology

# Two unit squares side by side; the shared side is arc 0, walked upwards by the left one and downwards by the right.
PAIR: dict[str, Any] = {
    "type": "Topology",
    "arcs": [[[1, 0], [1, 1]], [[1, 1], [0, 1], [0, 0], [1, 0]], [[1, 0], [2, 0], [2, 1], [1, 1]]],
    "objects": {
        "lands": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "1", "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "2", "arcs": [[[2, -1]]]},
                {"type": "Polygon", "properties": {"name": "no id"}, "arcs": [[0, 1]]},
            ],
        }
    },
}
CODES = {"1": "AA", "2": "BB"}


def test_neighbours_share_their_arc() -> None:
    found = polygons(PAIR, "lands", CODES)
    assert found["AA"].equals(shapely.box(0, 0, 1, 1))
    assert found["BB"].equals(shapely.box(1, 0, 2, 1))
    assert found["AA"].intersection(found["BB"]).equals(shapely.LineString([(1, 0), (1, 1)]))


def test_quantised_arcs_are_differences() -> None:
    arcs = [[[10, 0], [0, 10]], [[10, 10], [-10, 0], [0, -10], [10, 0]], [[10, 0], [10, 0], [0, 10], [-10, 0]]]
    quantised = PAIR | {"arcs": arcs, "transform": {"scale": [0.1, 0.1], "translate": [100, 40]}}
    found = polygons(quantised, "lands", CODES)
    assert found["BB"].equals_exact(shapely.box(101, 40, 102, 41), 1e-9) or found["BB"].bounds == (101, 40, 102, 41)


def test_a_hole_stays_a_hole_and_a_collapsed_ring_is_left_out() -> None:
    arcs = [
        [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]],
        [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]],
        [[9, 9], [9, 9], [9, 9]],
    ]
    land = {"type": "MultiPolygon", "id": "1", "arcs": [[[0], [1]], [[2]]]}
    found = polygons({"type": "Topology", "arcs": arcs, "objects": {"lands": land}}, "lands", {"1": "AA"})
    assert found["AA"].area == 15
    assert len(shapely.get_parts(found["AA"])) == 1


@pytest.mark.parametrize(
    ("name", "wanted", "needed"),
    [("land", CODES, "object 'land'"), ("lands", {"3": "CC"}, "features for CC")],
)
def test_what_is_not_there_is_said(name: str, wanted: dict[str, str], needed: str) -> None:
    with pytest.raises(FormatError) as error:
        polygons(PAIR, name, wanted)
    assert needed in error.value.needed


def test_two_features_with_one_id_are_refused() -> None:
    twice = PAIR["objects"]["lands"]["geometries"][:1] * 2
    topology = PAIR | {"objects": {"lands": {"type": "GeometryCollection", "geometries": twice}}}
    with pytest.raises(FormatError, match="one feature for AA"):
        polygons(topology, "lands", {"1": "AA"})


def test_lines_are_refused() -> None:
    topology = PAIR | {"objects": {"lands": {"type": "LineString", "id": "1", "arcs": [0]}}}
    with pytest.raises(FormatError, match="LineString"):
        polygons(topology, "lands", {"1": "AA"})


def test_a_cut_gives_both_neighbours_the_same_new_points() -> None:
    slanted = shapely.Polygon([(0, 0), (1, 0), (1.3333333, 1), (0, 1)])
    right = shapely.Polygon([(1, 0), (2, 0), (2, 1), (1.3333333, 1)])
    parts = cut({"AA": slanted, "BB": right}, (0, 0.1, 2, 0.77), decimals=3)
    shared = parts["AA"].intersection(parts["BB"])
    assert shared.geom_type == "LineString"
    assert set(shapely.get_coordinates(parts["AA"]).ravel()) <= {0, 0.1, 0.77, 1.033, 1.257}


def test_a_country_outside_the_box_is_left_out() -> None:
    assert set(cut({"AA": shapely.box(0, 0, 1, 1), "BB": shapely.box(1, 0, 2, 1)}, (0, 0, 0.5, 1))) == {"AA"}


def test_a_cut_that_rounding_spoils_is_refused() -> None:
    thin = shapely.Polygon([(0, 0), (1, 0.4), (2, 0), (2, 1), (1, 0.45), (0, 1)])
    with pytest.raises(PlaceError, match="a valid polygon of AA"):
        cut({"AA": thin}, (-1, -1, 3, 3), decimals=0)
    with pytest.raises(PlaceError, match="only touch"):
        cut({"AA": shapely.box(0, 0, 1, 1), "BB": shapely.box(0.5, 0, 2, 1)}, (0, 0, 2, 1))


def test_geojson_says_what_it_is_and_reads_back() -> None:
    squares = {"BB": shapely.box(1, 0, 2, 1), "AA": shapely.box(0, 0, 1, 1)}
    collection = json.loads(feature_collection(squares, {"licence": "public domain"}))
    assert collection["licence"] == "public domain"
    assert [feature["properties"]["countryCode"] for feature in collection["features"]] == ["AA", "BB"]
    assert all(shape(feature["geometry"]).exterior.is_ccw for feature in collection["features"])


def test_a_file_that_is_no_topology_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "countries.json"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(FormatError, match="not JSON"):
        read_topology(file)
    file.write_text('{"type": "FeatureCollection"}', encoding="utf-8")
    with pytest.raises(FormatError, match="Topology"):
        read_topology(file)
    file.write_text(json.dumps(PAIR), encoding="utf-8")
    assert polygons(read_topology(file), "lands", CODES).keys() == {"AA", "BB"}
