"""What does a raster say at a place?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.measure.grid import Grid

NONE = np.nan


def grid(rows, **place):
    return Grid(np.array(rows, dtype=float), **({"west": 100, "north": 50, "width": 10, "height": 10} | place), crs="-")


def at(raster, *points):
    x, y = np.array(points, dtype=float).T
    return raster.nearest(x, y)


def test_rows_run_from_north_to_south():
    values, outside = at(grid([[1, 2], [3, 4]]), (105, 45), (115, 45), (105, 35), (115, 35))
    assert values.tolist() == [1, 2, 3, 4]
    assert not outside.any()


def test_an_edge_belongs_to_the_cell_east_or_south_of_it_and_the_last_edge_to_the_last_cell():
    values, outside = at(grid([[1, 2], [3, 4]]), (110, 45), (105, 40), (120, 30), (100, 50))
    assert values.tolist() == [2, 3, 4, 1]
    assert not outside.any()


def test_outside_and_empty_are_two_things():
    values, outside = at(grid([[1, NONE]]), (115, 45), (121, 45), (99, 45), (105, 51))
    assert np.isnan(values).all()
    assert outside.tolist() == [False, True, True, True]


def test_a_place_that_is_not_known_is_outside():
    values, outside = at(grid([[1]]), (NONE, 45))
    assert np.isnan(values[0]) and outside[0]


def slow_mean(raster, box):
    west, south, east, north = box
    found, centres = [], 0
    for i in range(raster.shape[0]):
        for j in range(raster.shape[1]):
            x = raster.west + (j + 0.5) * raster.width
            y = raster.north - (i + 0.5) * raster.height
            if west <= x < east and south <= y < north:
                centres += 1
                if np.isfinite(raster.values[i, j]):
                    found.append(raster.values[i, j])
    return (np.mean(found) if found else NONE), centres, len(found)


@given(
    st.lists(
        st.lists(st.sampled_from([0.0, 1.0, 2.5, -7.0, 1e6, NONE]), min_size=5, max_size=5), min_size=1, max_size=6
    ),
    st.tuples(*[st.integers(-30, 90)] * 4),
)
def test_means_agree_with_the_slow_version(rows, corners):
    raster = grid(rows, west=0, north=50)
    west, east = sorted(corners[:2])
    south, north = sorted(corners[2:])
    # A quarter keeps every edge away from every centre.
    box = (west + 0.25, south + 0.25, east + 0.25, north + 0.25)
    expected, centres, known = slow_mean(raster, box)
    values, share = raster.mean(tuple(np.array([edge]) for edge in box))
    if centres:
        assert values[0] == pytest.approx(expected, nan_ok=True, rel=1e-9, abs=1e-9)
        x0, x1 = np.floor((np.array([box[0], box[2]])) / 10 + 0.5)
        y0, y1 = np.floor((np.array([box[1], box[3]])) / 10 + 0.5)
        assert share[0] == pytest.approx(known / ((x1 - x0) * (y1 - y0)))


def test_a_box_without_a_centre_takes_the_cell_it_lies_in():
    values, known = grid([[1, 2]]).mean(tuple(np.array([v]) for v in (111.0, 41.0, 112.0, 42.0)))
    assert (values[0], known[0]) == (2.0, 1.0)


def test_what_is_no_grid_is_refused():
    with pytest.raises(MisuseError, match="numbers or missing"):
        grid([[np.inf]])
    with pytest.raises(MisuseError, match="size"):
        grid([[1.0]], width=0)
