"""Cameras at one place are one detector."""

from datetime import UTC, datetime

import polars as pl
import pytest
from tests.builders import codes

from tumen.population.scr.stations import CAMERAS, stations

FROM, TO = datetime(2014, 3, 1, tzinfo=UTC), datetime(2014, 4, 1, tzinfo=UTC)


def camera(
    name: str, place: str | None, lon: float | None, lat: float | None = 43.1, *, country: str | None = "RU", party="n"
):
    return (party, name, place and f"{party}/{place}", lon, lat, country, FROM, TO)


def joined(*rows, within: float | None = None):
    return stations(pl.DataFrame(rows, schema=CAMERAS, orient="row"), within=within)


def test_cameras_of_one_place_are_a_station_in_their_middle():
    made = joined(camera("d1", "a", 131.2), camera("d2", "a", 131.2004), camera("d3", "b", 131.3))
    assert made.cameras["station"].to_list() == ["n/a", "n/a", "n/b"]
    assert made.places.row(0) == ("n/a", pytest.approx(131.2002), 43.1, "RU", 2)
    assert made.findings.is_empty()


def test_cameras_without_a_place_stand_for_themselves():
    assert joined(camera("d1", None, 131.2)).places["station"].to_list() == ["n/d1"]


def test_places_within_a_distance_are_one_station_from_camera_to_camera():
    row = [camera(f"d{k}", f"p{k}", 131.2 + 0.0005 * k) for k in range(3)]  # 41 m apart
    assert joined(*row, within=50).places.select("station", "cameras").rows() == [("n/p0", 3)]
    assert joined(*row, within=30).places.height == 3
    assert joined(*row).places.height == 3


def test_two_parties_at_one_ridge_are_one_station_only_if_asked():
    rows = (camera("d1", "a", 131.2), camera("d1", "x", 131.2, party="s"))
    assert joined(*rows).places.height == 2
    assert joined(*rows, within=1).places["station"].to_list() == ["n/a"]


def test_a_station_that_is_spread_is_doubtful():
    made = joined(camera("d1", "a", 131.2), camera("d2", "a", 131.21))
    found = made.findings.row(0, named=True)
    assert (found["code"], found["value"], found["arguments"]) == ("station-spread", "n/a", '{"metres": 814}')


def test_a_camera_without_coordinates_belongs_to_no_station():
    made = joined(camera("d1", "a", None), camera("d2", "b", 131.2))
    assert codes(made.findings) == ["camera-without-place"]
    assert made.findings.row(0, named=True)["party"] == "n"
    assert made.places["station"].to_list() == ["n/b"]


def test_a_station_in_two_countries_counts_for_none():
    made = joined(camera("d1", "a", 131.2), camera("d2", "a", 131.2001, country="CN"))
    assert codes(made.findings) == ["station-of-two-countries"]
    assert made.places["countryCode"].to_list() == [None]


def test_a_station_on_the_antimeridian_stays_there():
    made = joined(camera("d1", "a", 179.9999, 66.0), camera("d2", "a", -179.9999, 66.0))
    assert abs(made.places["longitude"].item()) == pytest.approx(180.0)
    assert made.findings.is_empty()


def test_no_cameras_are_no_stations():
    assert joined().places.height == 0
