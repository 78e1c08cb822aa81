"""The fast way to a line against the slow one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString

from tests.measure.ground import SlowLine
from tumen.measure.geodesy import WGS84, distances
from tumen.measure.lines import FEW, Lines


def wiggle(rng, points=2_000, width=0.002, start=(130.0, 42.0)):
    """A crooked line of some 100 m edges that drifts to the north-east."""
    return np.array(start) + np.cumsum(rng.normal([0.0008, 0.0005], width, (points, 2)), axis=0)


def around(rng, line, farthest, count):
    """Points at distances from nothing to `farthest` metres, evenly by order of magnitude."""
    at = line[rng.integers(0, len(line), count)]
    lon, lat, _ = WGS84.fwd(
        at[:, 0].copy(), at[:, 1].copy(), rng.uniform(0, 360, count), farthest ** rng.uniform(0, 1, count)
    )
    return np.asarray(lon), np.asarray(lat)


def test_agrees_with_the_slow_way_from_0_to_1000_km():
    rng = np.random.default_rng(1)
    line = wiggle(rng)
    lon, lat = around(rng, line, 1_000_000.0, 120)
    slow = SlowLine([LineString(line)])
    expected = [slow.distance(x, y) for x, y in zip(lon, lat, strict=True)]
    assert Lines([line]).distances(lon, lat) == pytest.approx(expected, abs=0.5)


def test_many_points_at_once_and_few_have_the_same_distances():
    rng = np.random.default_rng(2)
    line = wiggle(rng)
    lines = Lines([line, np.array([[120.0, 50.0], [160.0, 50.0]])])  # and one long straight edge
    near, far = around(rng, line, 1_000_000.0, 30_000), (rng.uniform(100, 179, 30_000), rng.uniform(-20, 80, 30_000))
    lon, lat = np.concatenate((near[0], far[0])), np.concatenate((near[1], far[1]))
    together = lines.distances(lon, lat)
    some = rng.choice(len(lon), FEW // 2, replace=False)
    assert (lines.distances(lon[some], lat[some]) == together[some]).all()
    assert (lines.distances(lon[::-1], lat[::-1]) == together[::-1]).all()


def test_a_straight_edge_is_straight_in_longitude_and_latitude():
    """Not along the great circle, which would run 180 km farther north."""
    parallel = Lines([np.array([[120.0, 50.0], [150.0, 50.0]])])
    assert parallel.distances(np.array([135.0]), np.array([50.0]))[0] == pytest.approx(0.0, abs=0.01)


def test_points_on_the_line_and_at_its_ends():
    line = np.array([[130.0, 42.0], [130.01, 42.0], [130.01, 42.005]])
    lines = Lines([line])
    assert lines.distances(*line.T) == pytest.approx([0.0, 0.0, 0.0], abs=1e-6)
    assert lines.distances(np.array([130.004]), np.array([42.0]))[0] == pytest.approx(0.0, abs=0.001)
    beyond = distances(130.01, 42.006, 130.01, 42.005)
    assert lines.distances(np.array([130.01]), np.array([42.006]))[0] == pytest.approx(float(beyond), abs=0.001)


def test_across_the_antimeridian_and_near_the_pole():
    across = Lines([np.array([[179.9, 65.0], [180.0, 65.1]]), np.array([[-180.0, 65.1], [-179.9, 65.2]])])
    assert across.distances(np.array([-179.999]), np.array([65.1]))[0] == pytest.approx(47.0, abs=30.0)
    assert across.distances(np.array([180.0, -180.0]), np.array([65.1, 65.1])) == pytest.approx([0.0, 0.0], abs=1e-6)
    pole = Lines([np.array([[0.0, 89.9], [90.0, 89.9]])])
    expected = float(distances(180.0, 89.9, 0.0, 89.9))
    assert pole.distances(np.array([180.0]), np.array([89.9]))[0] == pytest.approx(expected, rel=0.3)


def test_within_leaves_out_what_is_farther_and_nothing_else():
    rng = np.random.default_rng(3)
    line = wiggle(rng)
    lon, lat = around(rng, line, 300_000.0, 20_000)
    lines = Lines([line])
    every = lines.distances(lon, lat)
    for within in (0.5, 30.0, 2_500.0, 40_000.0):
        assert (lines.distances(lon, lat, within) == np.where(every <= within, every, np.inf)).all()


def test_no_line_and_no_coordinates():
    assert Lines([]).distances(np.array([130.0]), np.array([42.0])).tolist() == [np.inf]
    found = Lines([np.array([[130.0, 42.0], [130.0, 43.0]])]).distances(
        np.array([np.nan, 130.0]), np.array([42.5, np.nan])
    )
    assert np.isnan(found).all()
    assert Lines([np.array([[130.0, 42.0], [130.0, 43.0]])]).distances(np.empty(0), np.empty(0)).tolist() == []


def test_a_border_around_the_world_still_works():
    ring = np.column_stack([np.linspace(-180, 180, 721), np.full(721, 10.0)])
    lon, lat = np.random.default_rng(4).uniform(-180, 180, 5_000), np.full(5_000, 11.0)
    assert Lines([ring]).distances(lon, lat) == pytest.approx(np.full(5_000, 110_605.0), abs=100.0)


corners = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=2, max_size=8, unique=True)


@given(corners, st.lists(st.tuples(st.integers(-900, 900), st.integers(-900, 900)), min_size=1, max_size=5))
def test_agrees_with_the_slow_way_on_any_line(line, points):
    corner = np.array(line) / 1_000 + [130.0, 43.0]
    lon, lat = (np.array(points) / 10_000 + [130.0, 43.0]).T
    slow = SlowLine([LineString(corner)])
    expected = [slow.distance(x, y) for x, y in zip(lon, lat, strict=True)]
    assert Lines([corner]).distances(lon, lat) == pytest.approx(expected, abs=0.5)
