"""Where is a survey in metres?"""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import PlaceError
from tumen.measure.geodesy import distances, square_kilometres
from tumen.population.scr.plane import LARGEST_ERROR, plane_of

LON, LAT = np.array([130.2, 131.4, 130.9]), np.array([42.4, 43.6, 43.0])


def test_there_and_back():
    plane = plane_of(LON, LAT)
    back = plane.to_lonlat(plane.to_plane(LON, LAT))
    assert np.abs(back - np.column_stack((LON, LAT))).max() < 1e-8  # a millimetre


def test_a_place_that_is_not_known_stays_so():
    plane = plane_of(LON, LAT)
    xy = plane.to_plane(np.array([np.nan, 130.5]), np.array([43.0, 43.0]))
    assert np.isnan(xy[0]).all() and np.isfinite(xy[1]).all()


def test_the_order_of_detectors_does_not_matter():
    assert plane_of(LON[::-1], LAT[::-1]) == plane_of(LON, LAT)


@settings(max_examples=30)
@given(st.floats(-180, 180), st.floats(-75, 75), st.floats(0.05, 4), st.integers(0, 10_000))
def test_lengths_are_right_within_the_stated_error(lon, lat, size, seed):
    rng = np.random.default_rng(seed)
    east = (lon + rng.uniform(-size, size, 12) + 180) % 360 - 180
    north = lat + rng.uniform(-size, size, 12)
    plane = plane_of(east, north)
    xy = plane.to_plane(east, north)
    true = distances(east[:-1], north[:-1], east[1:], north[1:])
    flat = np.hypot(*np.diff(xy, axis=0).T)
    assert np.abs(flat / true - 1).max() <= plane.error * 1.01 + 1e-9
    assert plane.error < LARGEST_ERROR


def test_areas_are_true():
    # The meridians are geodesics; the parallels are given points, as the plane gives them.
    square = shapely.segmentize(shapely.box(130, 42, 131, 43), 0.002)
    plane = plane_of(LON, LAT, margin=200_000)
    assert plane.shape(square).area / 1e6 == pytest.approx(square_kilometres(square), rel=1e-7)


def test_what_lies_far_away_is_cut():
    plane = plane_of(LON, LAT)
    assert plane.shape(shapely.box(10, 40, 20, 50)).is_empty
    half = plane.shape(shapely.box(130.7, -80, 131, 80), within=50_000)
    assert 95_000 < half.bounds[3] - half.bounds[1] < 110_000


def test_a_survey_on_both_sides_of_the_antimeridian():
    lon, lat = np.array([179.5, -179.5]), np.array([65.0, 65.0])
    plane = plane_of(lon, lat, margin=50_000)
    assert abs(plane.longitude) == 180
    assert np.hypot(*np.diff(plane.to_plane(lon, lat), axis=0)[0]) < 50_000
    west, east = plane.shape(shapely.box(179, 64.9, 180, 65.1)), plane.shape(shapely.box(-180, 64.9, -179, 65.1))
    assert west.area == pytest.approx(east.area, rel=1e-6)
    assert west.bounds[2] == pytest.approx(0, abs=1e-6)


def test_a_survey_too_wide_for_one_plane_is_refused():
    with pytest.raises(PlaceError, match=r"0\.5 %"):
        plane_of(np.array([100.0, 140.0]), np.array([45.0, 45.0]))
    with pytest.raises(PlaceError, match=r"0\.5 %"):
        plane_of(np.array([0.0, 170.0]), np.array([-80.0, 80.0]))


def test_coordinates_that_are_no_degrees_are_refused():
    with pytest.raises(PlaceError, match="degrees"):
        plane_of(np.array([526000.0]), np.array([4700000.0]))
    with pytest.raises(PlaceError, match="at least one"):
        plane_of(np.array([]), np.array([]))
