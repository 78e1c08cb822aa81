import numpy as np
import pytest

from tumen.errors import PlaceError
from tumen.files.projection import read_crs, to_wgs84


def one(x: float, y: float, crs: str) -> tuple[float, float, float]:
    lon, lat, accuracy = to_wgs84(np.array([x]), np.array([y]), read_crs(crs))
    return float(lon[0]), float(lat[0]), accuracy


def test_degrees_on_wgs84_pass_unchanged_in_either_order_of_axes():
    assert one(131.2, 43.1, "EPSG:4326") == (131.2, 43.1, 0.0)
    assert one(131.2, 43.1, "OGC:CRS84") == (131.2, 43.1, 0.0)


def test_utm():
    # The central meridian of zone 52 is 129 E; on the equator, 500,000 m east is that meridian.
    lon, lat, accuracy = one(500_000, 0, "EPSG:32652")
    assert (lon, lat, accuracy) == (pytest.approx(129), pytest.approx(0, abs=1e-9), 0.0)


def test_a_datum_with_a_known_accuracy():
    # Pulkovo 1942 to WGS84 moves a point of the Russian Far East by about 100 m.
    lon, lat, accuracy = one(131.2, 43.1, "EPSG:4284")
    assert 0 < accuracy <= 20
    assert 1e-4 < abs(lon - 131.2) + abs(lat - 43.1) < 3e-3


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4555"])
def test_a_datum_without_one_is_refused(crs):
    with pytest.raises(PlaceError, match="a transformation of known accuracy"):
        one(125.0, 43.0, crs)


def test_a_datum_whose_best_way_is_not_installed_is_refused():
    with pytest.raises(PlaceError, match="grids that are not installed"):
        one(-100.0, 40.0, "EPSG:4267")


def test_an_unknown_system():
    with pytest.raises(PlaceError, match="known to PROJ"):
        read_crs("UTM 52")


def test_what_is_no_number_stays_none():
    lon, lat, _ = one(float("nan"), 604_000, "EPSG:32650")
    assert not np.isfinite(lon)
    assert not np.isfinite(lat)
