"""Where does the sun stand?  Its height over the horizon at an instant and a place, and the hour by the sun.

The low-accuracy solar coordinates of Meeus J (1998), Astronomical Algorithms, 2nd ed., chapter 25 (0.01 degree), with
the mean sidereal time of chapter 12. Without refraction, which lifts the sun by half a degree at the horizon and by
less than 0.1 degree above 10 degrees. Good to 0.02 degree from 1950 to 2050.
"""

import numpy as np
import polars as pl

from tumen.measure.geodesy import Numbers
from tumen.measure.night import DAY, HOUR_ANGLE

J2000_SECONDS = 946_728_000.0
"""The epoch J2000.0 (1 January 2000, 12:00) in seconds since 1970."""

DYNAMICAL = 67.0
"""Seconds that dynamical time is ahead of UTC in this century so far; the sun moves 0.0008 degree in them."""


def elevation(seconds: Numbers, lon: Numbers, lat: Numbers) -> Numbers:
    """Return the height of the sun's middle over the horizon in degrees, below it negative; `nan` stays `nan`.

    `seconds` are UTC, since 1970; `lon` and `lat` degrees.

    >>> noon = np.array([np.datetime64("2014-06-21T03:15").astype("datetime64[s]").astype(float)])
    >>> elevation(noon, np.array([131.2]), np.array([43.1])).round(1).tolist()
    [70.3]
    """
    days = (np.asarray(seconds, dtype=np.float64) - J2000_SECONDS) / 86_400
    right_ascension, declination = _equatorial((days + DYNAMICAL / 86_400) / 36_525)
    sidereal = 280.46061837 + 360.98564736629 * days
    hour_angle = np.radians((sidereal + lon) % 360) - right_ascension
    north = np.radians(lat)
    sine = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(hour_angle)
    height: Numbers = np.degrees(np.arcsin(np.clip(sine, -1, 1)))
    return height


def _equatorial(centuries: Numbers) -> tuple[Numbers, Numbers]:
    """Return the sun's apparent right ascension and declination in radians."""
    mean_longitude = 280.46646 + (36_000.76983 + 0.0003032 * centuries) * centuries
    anomaly = np.radians(357.52911 + (35_999.05029 - 0.0001537 * centuries) * centuries)
    centre = (
        (1.914602 - (0.004817 + 0.000014 * centuries) * centuries) * np.sin(anomaly)
        + (0.019993 - 0.000101 * centuries) * np.sin(2 * anomaly)
        + 0.000289 * np.sin(3 * anomaly)
    )
    node = np.radians(125.04 - 1934.136 * centuries)
    apparent = np.radians(mean_longitude + centre - 0.00569 - 0.00478 * np.sin(node))
    tilt = np.radians(23.4392911 - 0.0130042 * centuries + 0.00256 * np.cos(node))
    sine = np.sin(apparent)
    right_ascension: Numbers = np.arctan2(np.cos(tilt) * sine, np.cos(apparent))
    declination: Numbers = np.arcsin(np.sin(tilt) * sine)
    return right_ascension, declination


def solar_hour(instant: pl.Expr, longitude: pl.Expr) -> pl.Expr:
    """Return the hour of the day, 0 to 23, by the mean sun at a longitude.

    >>> from datetime import UTC, datetime
    >>> seen = pl.DataFrame({"start": [datetime(2014, 1, 2, 3, 16, tzinfo=UTC)], "longitude": [131.25]})
    >>> seen.select(solar_hour(pl.col("start"), pl.col("longitude"))).item()
    12
    """
    solar = instant.dt.timestamp("us") + (longitude * HOUR_ANGLE).cast(pl.Int64)
    return (solar % DAY).floordiv(DAY // 24).cast(pl.Int32)
