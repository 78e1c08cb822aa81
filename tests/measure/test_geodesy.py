"""Distances that others have measured."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import PlaceError
from tumen.measure.geodesy import WGS84, along, densify, distances, ecef, require_lonlat


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ("TOREY", "MONGOLDAGUUR", 52.099),
        ("TOREY", (117 + 28 / 60, 48.75), 204.949),  # Dalai Lake as its page gives it first
        ("KHURKH", "IZUMI", 2445.081),
        ("KHURKH", "MUNDOK", 1530.320),  # the Chongchon estuary
        ((117 + 28 / 60, 48.75), "DALAI", 22.376),  # and as it gives it last
    ],
)
def test_published_distances_between_wetlands(
    shared_data: Path, one: str | tuple[float, float], other: str | tuple[float, float], kilometres: float
) -> None:
    sites = pl.read_csv(shared_data / "H1_birds_sites_network_facts" / "sites.csv")

    def place(name: str | tuple[float, float]) -> tuple[float, float]:
        return sites.filter(pl.col("id") == name).select("lon", "lat").row(0) if isinstance(name, str) else name

    assert float(distances(*place(one), *place(other))) == pytest.approx(1000 * kilometres, abs=10.0)


def test_arrays_are_broadcast() -> None:
    metres = distances([[130.0], [131.0]], 42.0, [130.0, 131.0], 42.0)
    assert metres.shape == (2, 2)
    assert metres.diagonal().tolist() == [0.0, 0.0]
    assert metres[0, 1] == metres[1, 0] == pytest.approx(82_848, abs=10)


def test_a_missing_coordinate_has_no_distance() -> None:
    metres = distances([130.0, np.nan, 130.0], 42.0, 131.0, [42.0, 42.0, np.nan])
    assert np.isnan(metres).tolist() == [False, True, True]


def test_given_arrays_stay_as_they_are() -> None:
    lon, lat = np.array([130.0]), np.array([42.0])
    distances(lon, lat, 0.0, 0.0)
    assert (lon[0], lat[0]) == (130.0, 42.0)


points = st.tuples(st.floats(-180, 180), st.floats(-89, 89))


@given(points, st.floats(0, 360), st.floats(0, 1_000_000))
def test_a_chord_tells_its_geodesic(start: tuple[float, float], azimuth: float, metres: float) -> None:
    lon, lat, _ = WGS84.fwd(*start, azimuth, metres)
    one, other = ecef(*np.array([start]).T), ecef(np.array([lon]), np.array([lat]))
    arc = along(one, other, np.linalg.norm(other - one, axis=1))
    assert arc[0] == pytest.approx(metres, abs=0.002 if metres < 500_000 else 0.05)


@given(points, points, st.floats(1_000, 1_000_000))
def test_a_denser_line_is_the_same_line(start: tuple[float, float], end: tuple[float, float], step: float) -> None:
    dense = densify(np.array([start, end]), step)
    assert dense[0].tolist() == list(start)
    assert dense[-1].tolist() == list(end)
    assert distances(*dense[:-1].T, *dense[1:].T).max() <= step + 1e-3
    # Straight in longitude and latitude.
    share = np.linspace(0, 1, len(dense))[:, None]
    assert np.abs(dense - (np.array(start) + share * (np.array(end) - np.array(start)))).max() < 1e-9


def test_metres_are_no_degrees() -> None:
    with pytest.raises(PlaceError, match=r"-180\.\.180") as raised:
        require_lonlat(np.array([[130.0, 42.0], [450_000.0, 4_800_000.0]]), "a border")
    assert raised.value.found == "the point (450000, 4.8e+06)"
