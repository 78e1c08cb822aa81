"""Borders derived from land, and how far they are."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, Point, Polygon, box

from tests.measure.ground import SlowLine, countries
from tumen.errors import PlaceError
from tumen.measure.border import Border, derive
from tumen.measure.geodesy import distances

METRE = 1 / 111_320  # degrees of longitude at the equator


@pytest.fixture(scope="module")
def tumen(shared_data):
    return derive(countries(shared_data, "tumen_ne_asia"))


def line(*points):
    return LineString(points)


# --- given -----------------------------------------------------------------------------------------------------------


def test_pairs_are_sorted_and_lines_kept_apart():
    border = Border.from_lines([("RU|CN", MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]]))])
    assert [(pair, piece.wkt) for pair, piece in border.lines()] == [
        ("CN|RU", "LINESTRING (0 0, 1 1)"),
        ("CN|RU", "LINESTRING (2 2, 3 3)"),
    ]
    assert border.codes == ("CN", "RU")


@pytest.mark.parametrize(
    ("pair", "geometry", "needed"),
    [
        ("CN", line((0, 0), (1, 1)), "two different country codes"),
        ("CN|CN", line((0, 0), (1, 1)), "two different country codes"),
        ("CN|RU", box(0, 0, 1, 1), "a line for the border"),
        ("CN|RU", line((450_000, 4_800_000), (450_100, 4_800_000)), "longitude and latitude"),
        ("CN|RU", line((179, 60), (-179, 60)), "shorter than 180°"),
    ],
)
def test_what_is_no_border_is_refused(pair, geometry, needed):
    with pytest.raises(PlaceError, match=needed):
        Border.from_lines([(pair, geometry)])


def test_each_country_has_its_own_border():
    border = Border.from_lines([("CN|RU", line((130, 42), (130, 43))), ("CN|KP", line((129, 42), (129, 43)))])
    lon, lat = np.full(5, 130.2), np.full(5, 42.5)
    near, far = float(distances(130.2, 42.5, 130, 42.5)), float(distances(130.2, 42.5, 129, 42.5))
    found = border.distances(lon, lat, ["RU", "CN", "KP", "MN", None])
    assert found == pytest.approx([near, near, far, np.inf, near], abs=100)
    assert found[3] == np.inf
    assert border.distances(lon[:1], lat[:1]) == found[:1]


def test_no_border_is_infinitely_far():
    assert Border.from_lines([]).distances([130.0], [42.0]).tolist() == [np.inf]


# --- derived ---------------------------------------------------------------------------------------------------------


def test_countries_that_share_an_edge():
    border = derive({"RU": box(1, 0, 2, 1), "CN": box(0, 0, 1, 1)})
    assert [(pair, piece.equals(line((1, 0), (1, 1)))) for pair, piece in border.lines()] == [("CN|RU", True)]


def test_corners_of_one_side_only_do_not_matter():
    jagged = Polygon([(1, 0), (2, 0), (2, 1), (1, 1), (1, 0.7), (1, 0.4)])
    border = derive({"RU": jagged, "CN": box(0, 0, 1, 1)})
    drawn = shapely.union_all([piece for _, piece in border.lines()])
    assert shapely.hausdorff_distance(drawn, line((1, 0), (1, 1)), densify=0.01) < 3 * METRE


def test_the_border_runs_halfway_through_a_river():
    border = derive({"CN": box(0, 0, 0.1, 0.1), "RU": box(0.101, 0, 0.2, 0.1)})  # 111 m of water
    found = border.distances([0.1, 0.101, 0.1005], [0.05, 0.05, 0.05])
    assert found == pytest.approx([55.7, 55.7, 0.0], abs=1.0)
    assert {pair for pair, _ in border.lines()} == {"CN|RU"}


def test_water_that_is_too_wide_has_no_border():
    apart = {"CN": box(0, 0, 0.1, 0.1), "RU": box(0.15, 0, 0.2, 0.1)}  # 5.6 km
    assert derive(apart).lines() == []
    assert derive(apart, widest_water=6_000).distances([0.125], [0.05]) == pytest.approx([0.0], abs=1.0)


def test_disputed_land_is_halved():
    border = derive({"CN": box(0, 0, 0.1, 0.1), "RU": box(0.099, 0, 0.2, 0.1)})
    assert border.distances([0.099, 0.1, 0.0995], [0.05, 0.05, 0.05]) == pytest.approx([55.7, 55.7, 0.0], abs=1.0)


def test_a_line_into_the_open_sea_is_cut_off():
    border = derive({"CN": box(0, 0, 0.1, 0.1), "RU": box(0.1, 0, 0.2, 0.1)})
    assert all(-1e-9 <= y <= 0.1 + 1e-9 for _, piece in border.lines() for _, y in piece.coords)


def test_a_border_across_a_pond_is_one_line():
    pond = box(0.098, 0.04, 0.101, 0.06)
    border = derive({"CN": box(0, 0, 0.1, 0.1) - pond, "RU": box(0.1, 0, 0.2, 0.1) - pond})
    drawn = shapely.union_all([piece for _, piece in border.lines()])
    grown = drawn.buffer(2 * METRE)
    assert grown.geom_type == "Polygon"
    assert grown.intersects(Point(0.1, 0.0)) and grown.intersects(Point(0.1, 0.1))


def test_three_rivers_meet_in_one_point():
    west, east = box(0, 0, 0.0995, 0.0995), box(0.1005, 0, 0.2, 0.0995)
    border = derive({"CN": west, "RU": east, "KP": box(0, 0.1005, 0.2, 0.2)})
    ends = [{Point(piece.coords[k]) for pair, piece in border.lines() if pair == wanted for k in (0, -1)}
            for wanted in ("CN|KP", "CN|RU", "KP|RU")]  # fmt: skip
    (meeting,) = set.intersection(*ends)
    assert meeting.distance(Point(0.1, 0.1)) < 60 * METRE


def test_across_the_antimeridian():
    west, east = box(179, 65, 180, 66), box(-180, 65, -179, 66)
    border = derive({"RU": west - box(179.999, 65, 180, 66), "US": east})
    assert [pair for pair, _ in border.lines()] == ["RU|US"]
    assert border.distances([179.9995], [65.5]) == pytest.approx([0.0], abs=1.0)
    assert border.distances([-179.99], [65.5])[0] == pytest.approx(
        float(distances(179.9995, 65.5, -179.99, 65.5)), abs=1
    )


@pytest.mark.parametrize(
    ("polygon", "needed"),
    [
        (Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "a valid polygon for country RU"),
        (Point(0, 0), "a polygon for country RU"),
        (Polygon(), "a polygon for country RU"),
        (box(450_000, 4_800_000, 450_100, 4_800_100), "longitude and latitude"),
    ],
)
def test_what_is_no_country_is_refused(polygon, needed):
    with pytest.raises(PlaceError, match=needed):
        derive({"CN": box(0, 0, 1, 1), "RU": polygon})


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-0.002, 0.002), min_size=5, max_size=5), st.floats(20, 2_000))
def test_the_line_is_as_far_from_either_bank(bends, width):
    """A river of varying course between two banks: the median is equidistant, up to the spacing of the samples."""
    west = [(0.1 + bend, 0.02 * k) for k, bend in enumerate(bends)]
    east = [(x + width * METRE, y) for x, y in west]
    banks = {"CN": Polygon([(0, 0), *west, (0, 0.08)]), "RU": Polygon([(0.3, 0), *east, (0.3, 0.08)])}
    lines = [shapely.get_coordinates(piece) for _, piece in derive(banks).lines()]
    middle = np.concatenate([piece[1:-1] for piece in lines])
    middle = middle[(middle[:, 1] > 0.02) & (middle[:, 1] < 0.06)]
    for point in shapely.points(middle):
        apart = (point.distance(banks["CN"]) - point.distance(banks["RU"])) / METRE
        assert abs(apart) <= 2.0 + width / 20


# --- real ------------------------------------------------------------------------------------------------------------


def near_and_far(rng, border, bounds, count):
    """Points over a window, points on the line, and points beside it."""
    west, south, east, north = bounds
    on = np.concatenate([shapely.get_coordinates(piece) for _, piece in border.lines()])
    on = on[rng.integers(0, len(on), count)]
    beside = on + rng.normal(0, 0.01, on.shape)
    anywhere = np.column_stack((rng.uniform(west, east, count), rng.uniform(south, north, count)))
    return np.concatenate((on, beside, anywhere)).T


def test_tumen_against_the_slow_way(tumen):
    lon, lat = near_and_far(np.random.default_rng(5), tumen, (127.0, 40.5, 136.0, 47.0), 40)
    slow = SlowLine([piece for _, piece in tumen.lines()])
    expected = [slow.distance(x, y) for x, y in zip(lon, lat, strict=True)]
    assert tumen.distances(lon, lat) == pytest.approx(expected, abs=0.5)


def test_mali_and_burkina_against_the_slow_way(shared_data):
    border = derive(countries(shared_data, "mali_burkina"))
    lon, lat = near_and_far(np.random.default_rng(6), border, (-4.0, 13.5, 0.5, 16.5), 40)
    for code in ("BF", "ML", "NE"):
        slow = SlowLine([piece for pair, piece in border.lines() if code in pair.split("|")])
        expected = [slow.distance(x, y) for x, y in zip(lon, lat, strict=True)]
        assert border.distances(lon, lat, [code] * len(lon)) == pytest.approx(expected, abs=0.5)


def test_the_three_countries_meet_near_fangchuan(tumen):
    ends = [{tuple(np.round(piece.coords[k], 9)) for pair, piece in tumen.lines() if pair == wanted for k in (0, -1)}
            for wanted in ("CN|KP", "CN|RU", "KP|RU")]  # fmt: skip
    (meeting,) = set.intersection(*ends)
    # The monument stands at 42.42 N, 130.64 E.
    assert float(distances(*meeting, 130.64, 42.42)) < 1_000


def test_lengths_of_the_tumen_borders(tumen):
    def kilometres(wanted):
        pieces = [shapely.get_coordinates(piece) for pair, piece in tumen.lines() if pair == wanted]
        return sum(distances(*piece[:-1].T, *piece[1:].T).sum() for piece in pieces) / 1000

    assert kilometres("KP|RU") == pytest.approx(18, abs=3)  # 17.3 km on land and river, and a little of the mouth
    assert 800 < kilometres("CN|KP") < 950
