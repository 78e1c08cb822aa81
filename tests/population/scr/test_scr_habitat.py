"""What is the ground like in each cell?"""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.measure.grid import Grid
from tumen.population.scr.habitat import distance_to, from_raster, where
from tumen.population.scr.plane import plane_of
from tumen.population.scr.survey import Mask

RASTER = Grid(
    np.array([[1.0, 3.0, 5.0, 5.0], [1.0, 3.0, np.nan, np.nan], [2.0, 2.0, 9.0, 9.0], [2.0, 2.0, 9.0, 9.0]]),
    west=0,
    north=20,
    width=5,
    height=5,
    crs="EPSG:32652",
)
CELLS = Mask(np.array([[5.0, 5.0], [15.0, 5.0], [5.0, 15.0], [15.0, 15.0], [25.0, 5.0]]), np.full(5, 1e-4), 10.0)


def same(xy):
    return xy


def test_the_mean_of_a_fine_raster_is_of_what_is_known():
    values, found = from_raster(CELLS, RASTER, same, "elevation", "mean")
    assert values[:4].tolist() == [2.0, 9.0, 2.0, 5.0]
    assert found.select("code", "column", "value").rows() == [("mask-covariate-outside", "elevation", "1")]


def test_cells_without_a_value_and_outside_are_counted_apart():
    values, found = from_raster(CELLS, RASTER, same, "elevation")
    assert np.isnan(values).tolist() == [False, False, False, True, True]
    assert found.select("code", "value").rows() == [("mask-covariate-outside", "1"), ("mask-covariate-missing", "1")]
    assert json.loads(found["arguments"][0]) == {"cells": 5, "covariate": "elevation"}


def test_a_raster_in_degrees_is_asked_through_the_plane():
    plane = plane_of(np.array([130.5]), np.array([43.0]))
    raster = Grid(np.arange(1e4).reshape(100, 100), west=130, north=43.5, width=0.01, height=0.01, crs="EPSG:4326")
    lonlat = np.array([[130.255, 43.255], [130.755, 42.755]])
    cells = Mask(plane.to_plane(*lonlat.T), np.full(2, 0.01), 100.0)
    values, found = from_raster(cells, raster, plane.to_lonlat, "number")
    assert values.tolist() == [2425.0, 7475.0]
    assert found.is_empty()
    mean = from_raster(Mask(cells.xy, np.full(2, 25.0), 5000.0), raster, plane.to_lonlat, "number", "mean")[0]
    assert mean == pytest.approx([2425.0, 7475.0], abs=60)


def test_habitat_is_where_a_raster_says_so():
    assert where(RASTER, same, least=3.0)(CELLS.xy + 1).tolist() == [False, True, True, True, False]
    assert where(RASTER, same, classes=(2.0, 3.0))(CELLS.xy).tolist() == [True, False, True, False, False]
    for rule in ({}, {"least": 1.0, "classes": (1.0,)}):
        with pytest.raises(MisuseError, match="one rule"):
            where(RASTER, same, **rule)


def test_distances_to_lines_areas_and_nothing():
    xy = np.array([[5.0, 5.0], [5.0, 14.0]])
    assert distance_to(xy, shapely.LineString([(0, 0), (10, 0)])).tolist() == [5.0, 14.0]
    assert distance_to(xy, shapely.MultiPoint([(5, 6), (50, 60)])).tolist() == [1.0, 8.0]
    hole = shapely.box(0, 0, 20, 20).difference(shapely.box(4, 10, 6, 20))
    assert distance_to(xy, hole).tolist() == [5.0, 1.0]
    assert distance_to(xy, hole, edge=False).tolist() == [0.0, 1.0]
    assert np.isnan(distance_to(xy, shapely.Polygon())).all()


coordinate = st.floats(-100, 100)
points = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=8, unique=True)


@settings(max_examples=50)
@given(points, points)
def test_distances_agree_with_the_slow_version(line, places):
    xy = np.array(places)
    slow = [shapely.LineString(line).distance(shapely.Point(place)) for place in places]
    assert distance_to(xy, shapely.LineString(line)) == pytest.approx(slow, abs=1e-9)
