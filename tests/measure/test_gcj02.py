import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.measure.gcj02 import RECTANGLE, from_gcj02, to_gcj02
from tumen.measure.geodesy import distances

# WGS84 latitude and longitude, GCJ-02 latitude and longitude: the test values of eviltransform (python/tests.py; its
# shanghai, shenzhen and beijing) and of coordtransform (test/app.js).
PUBLISHED = [
    (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
    (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
    (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
    (39.915, 116.404, 39.91640428150164, 116.41024449916938),
]
WEST, SOUTH, EAST, NORTH = RECTANGLE


@pytest.mark.parametrize(("lat", "lon", "shifted_lat", "shifted_lon"), PUBLISHED)
def test_published_pairs(lat, lon, shifted_lat, shifted_lon):
    shifted = to_gcj02([lon], [lat])
    assert shifted.lon[0] == pytest.approx(shifted_lon, abs=1e-12)
    assert shifted.lat[0] == pytest.approx(shifted_lat, abs=1e-12)
    back = from_gcj02([shifted_lon], [shifted_lat])
    assert back.lon[0] == pytest.approx(lon, abs=1e-9)
    assert back.lat[0] == pytest.approx(lat, abs=1e-9)
    assert back.applied.all()


@given(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
def test_there_and_back_is_the_same_place_within_a_millimetre(lon, lat):
    there = to_gcj02([lon], [lat])
    back = from_gcj02(there.lon, there.lat)
    assert distances(back.lon, back.lat, [lon], [lat])[0] < 1e-3
    assert there.applied.all()


@given(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
def test_the_shift_is_that_of_a_map_and_not_of_a_typing_error(lon, lat):
    shifted = to_gcj02([lon], [lat])
    assert distances(shifted.lon, shifted.lat, [lon], [lat])[0] < 2000


def test_outside_the_rectangle_nothing_is_shifted_and_it_is_said():
    for shift in (to_gcj02, from_gcj02):
        shifted = shift([140.0, 130.3, -77.2], [43.0, 60.0, 38.8])
        assert shifted.lon.tolist() == [140.0, 130.3, -77.2]
        assert shifted.lat.tolist() == [43.0, 60.0, 38.8]
        assert shifted.applied.tolist() == [False, False, False]


def test_the_rectangle_holds_khasan_so_the_country_must_be_known():
    assert to_gcj02([130.64], [42.43]).applied.all()


def test_what_is_no_number_stays_none():
    shifted = from_gcj02([np.nan, 130.3], [42.9, np.inf])
    assert shifted.applied.tolist() == [False, False]
    assert np.isnan(shifted.lon[0])
    assert np.isinf(shifted.lat[1])
