import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import PlaceError
from tumen.files.regions import region
from tumen.simulate.land import NOWHERE, SHORE, Land, land

COUNTRIES = region()
GROUND = land(COUNTRIES, (130.0, 42.3, 131.5, 43.5), (130.2, 42.5, 131.3, 43.3), ("CN", "RU"))

longitudes = st.floats(130.01, 131.49)
latitudes = st.floats(42.31, 43.49)


@given(longitudes, latitudes)
def test_the_plane_and_back_is_the_same_place(longitude: float, latitude: float) -> None:
    back = GROUND.to_degrees(*GROUND.plane.transform(np.array([longitude]), np.array([latitude])))
    assert np.allclose([back[0][0], back[1][0]], [longitude, latitude], atol=1e-9)


@given(longitudes, latitudes)
def test_the_country_of_a_point_is_that_of_its_polygon(longitude: float, latitude: float) -> None:
    number = GROUND.country(*GROUND.plane.transform(np.array([longitude]), np.array([latitude])))[0]
    point = shapely.Point(longitude, latitude)
    inside = [code for code in GROUND.codes if COUNTRIES[code].contains(point)]
    # A straight side in degrees and its image in the plane differ by centimetres.
    nearby = min(COUNTRIES[code].boundary.distance(point) for code in GROUND.codes) < 1e-5
    assert nearby or inside == ([] if number == NOWHERE else [GROUND.codes[number]])


@given(longitudes, latitudes)
def test_walkable_ground_is_land(longitude: float, latitude: float) -> None:
    walkable = GROUND.walkable(*GROUND.plane.transform(np.array([longitude]), np.array([latitude])))[0]
    land_there = any(COUNTRIES[code].contains(shapely.Point(longitude, latitude)) for code in GROUND.codes)
    assert land_there or not walkable


def test_a_kilometre_of_the_plane_is_a_kilometre_on_the_ground(strip: Land) -> None:
    x, y = strip.plane.transform(np.array([131.0, 131.0]), np.array([43.0, 43.5]))
    assert np.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(55.550, abs=0.02)


def test_the_shore_is_kept_away_from_and_the_border_is_not(strip: Land) -> None:
    x, y = strip.plane.transform(np.array([131.0, 131.0, 130.5]), np.array([43.5, 43.0 + SHORE / 2 / 111, 43.0]))
    assert strip.walkable(x, y).tolist() == [True, False, False]


def test_outside_the_area_is_nowhere(strip: Land) -> None:
    far = np.array([1e4])
    assert strip.country(far, far).tolist() == [NOWHERE]
    assert strip.walkable(far, far).tolist() == [False]


def test_places_of_the_core_know_how_far_the_border_is(strip: Land) -> None:
    places = strip.places
    x, _ = strip.plane.transform(np.array([131.0]), np.array([43.5]))
    assert np.allclose(places.border, np.abs(places.points[:, 0] - x[0]), atol=0.2)
    assert set(places.country.tolist()) == {0, 1}


def test_countries_without_a_common_line_make_no_world() -> None:
    apart = {"CN": shapely.box(130, 43, 130.9, 44), "RU": shapely.box(131, 43, 132, 44)}
    with pytest.raises(PlaceError, match="a border between CN and RU"):
        land(apart, (129, 42, 133, 45), (129, 42, 133, 45), ("CN", "RU"))


def test_a_side_outside_the_area_makes_no_world() -> None:
    with pytest.raises(PlaceError, match="country RU in the area"):
        land(COUNTRIES, (125, 42, 127, 44), (125, 42, 127, 44), ("CN", "RU"))


def test_an_unknown_country_has_no_number(strip: Land) -> None:
    with pytest.raises(PlaceError):
        strip.number("MN")
