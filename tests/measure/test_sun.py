"""The height of the sun, held against published values."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from tumen.measure.sun import elevation, solar_hour


def height(instant, longitude, latitude):
    seconds = datetime.fromisoformat(instant).timestamp()
    return elevation(np.array([seconds]), np.array([longitude]), np.array([latitude])).item()


def test_the_example_of_the_solar_position_algorithm():
    # Reda & Andreas (2004), NREL/TP-560-34302, table A5.1: zenith 50.11162 at 820 mbar and 11 degrees Celsius, of
    # which refraction is 0.01633.
    assert 90 - height("2003-10-17T12:30:30-07:00", -105.1786, 39.742476) == pytest.approx(50.11162 + 0.01633, abs=0.01)


def test_the_example_of_astronomical_algorithms():
    # Meeus (1998), example 25.a: 1992 October 13, 0h dynamical time: declination -7.78507. At the north pole the sun
    # stands as high as its declination.
    assert height("1992-10-13T00:00:00+00:00", 0, 90) == pytest.approx(-7.78507, abs=0.01)


def refracted(instant, longitude, latitude):
    return height(instant, longitude, latitude) + 0.833


@pytest.mark.parametrize(
    ("instant", "longitude", "latitude"),
    [
        # Greenwich, the solstices and an equinox of 2024: sunrise and sunset as almanacs print them, to the minute.
        ("2024-06-20T04:43:00+01:00", 0.0, 51.48),
        ("2024-06-20T21:21:00+01:00", 0.0, 51.48),
        ("2024-12-21T08:04:00+00:00", 0.0, 51.48),
        ("2024-12-21T15:53:00+00:00", 0.0, 51.48),
    ],
)
def test_sunrise_and_sunset_have_the_upper_edge_of_the_sun_on_the_horizon(instant, longitude, latitude):
    # The sun climbs a sixth of a degree in a minute there.
    assert refracted(instant, longitude, latitude) == pytest.approx(0, abs=0.2)


def test_the_equinox_and_the_solstices_at_the_pole():
    assert height("2024-03-20T03:06:00+00:00", 0, 90) == pytest.approx(0, abs=0.01)
    assert height("2024-06-20T20:51:00+00:00", 0, 90) == pytest.approx(23.436, abs=0.01)
    assert height("2024-06-20T20:51:00+00:00", 0, -90) == pytest.approx(-23.436, abs=0.01)


def test_an_unknown_place_has_no_sun():
    assert np.isnan(elevation(np.array([0.0, 0.0]), np.array([np.nan, 10.0]), np.array([10.0, np.nan]))).all()


def test_the_hour_by_the_sun_goes_with_the_longitude():
    noon = datetime(2014, 1, 2, 12, tzinfo=UTC)
    seen = pl.DataFrame({"start": [noon] * 4, "longitude": [0.0, 131.2, -105.0, 180.0]})
    assert seen.select(solar_hour(pl.col("start"), pl.col("longitude")))["start"].to_list() == [12, 20, 5, 0]
