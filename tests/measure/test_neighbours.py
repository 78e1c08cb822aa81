"""Pairs of points that are near each other, and a slow obvious twin."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tumen.measure.geodesy import distances
from tumen.measure.neighbours import near_pairs


def slow_pairs(lon, lat, within):
    return [
        (i, j)
        for i in range(len(lon))
        for j in range(i + 1, len(lon))
        if distances(lon[i], lat[i], lon[j], lat[j]) <= within
    ]


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), max_size=12), st.sampled_from([10.0, 60.0, 500.0]))
def test_the_pairs_are_those_of_the_slow_twin(points, within):
    lon = np.array([180 - 1e-4 * x for x, _ in points])
    lat = np.array([43 + 1e-4 * y for _, y in points])
    i, j, _ = near_pairs(lon, lat, within)
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == slow_pairs(lon, lat, within)


def test_both_sides_of_the_antimeridian_are_near():
    i, j, metres = near_pairs(np.array([179.9999, -179.9999]), np.array([65.0, 65.0]), 30)
    assert (i.tolist(), j.tolist(), metres.round(1).tolist()) == ([0], [1], [9.4])


def test_a_point_without_coordinates_is_near_nobody():
    i, _, _ = near_pairs(np.array([131.2, np.nan, 131.2]), np.array([43.1, 43.1, np.nan]), 30)
    assert i.tolist() == []
