import numpy as np
import pytest

from tumen.errors import PlaceError
from tumen.files.projection import is_wgs84, place, read_crs, read_datum, require_country, to_wgs84
from tumen.measure.geodesy import distances

AXIS_KRASSOVSKY, FLATTENING_KRASSOVSKY = 6378245.0, 1 / 298.3
AXIS_BESSEL, FLATTENING_BESSEL = 6377397.155, 1 / 299.1528128
AXIS_WGS84, FLATTENING_WGS84 = 6378137.0, 1 / 298.257223563


def one(x: float, y: float, crs: str) -> tuple[float, float, float]:
    lon, lat, accuracy = to_wgs84(np.array([x]), np.array([y]), read_crs(crs), country="CN")
    return float(lon[0]), float(lat[0]), accuracy


def apart(a: tuple[float, float, float], b: tuple[float, float]) -> float:
    return float(distances(a[0], a[1], b[0], b[1]))


def helmert(lon, lat, axis, flattening, shift, rotation=(0.0, 0.0, 0.0), ppm=0.0):
    """The change of datum written out: to earth-centred metres, shifted and turned (coordinate frame), and back."""
    east, north = np.radians(lon), np.radians(lat)
    e2 = flattening * (2 - flattening)
    normal = axis / np.sqrt(1 - e2 * np.sin(north) ** 2)
    x, y, z = (
        normal * np.cos(north) * np.cos(east),
        normal * np.cos(north) * np.sin(east),
        normal * (1 - e2) * np.sin(north),
    )
    rx, ry, rz = np.radians(np.array(rotation) / 3600)
    scale = 1 + ppm * 1e-6
    turned = (x + rz * y - ry * z, -rz * x + y + rx * z, ry * x - rx * y + z)
    x, y, z = (scale * part + step for part, step in zip(turned, shift, strict=True))
    e2 = FLATTENING_WGS84 * (2 - FLATTENING_WGS84)
    ring = np.hypot(x, y)
    north = np.arctan2(z, ring * (1 - e2))
    for _ in range(10):
        normal = AXIS_WGS84 / np.sqrt(1 - e2 * np.sin(north) ** 2)
        north = np.arctan2(z + e2 * normal * np.sin(north), ring)
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(north))


def test_degrees_on_wgs84_pass_unchanged_in_either_order_of_axes():
    assert one(131.2, 43.1, "EPSG:4326") == (131.2, 43.1, 0.0)
    assert one(131.2, 43.1, "OGC:CRS84") == (131.2, 43.1, 0.0)


def test_utm():
    # The central meridian of zone 52 is 129 E; on the equator, 500,000 m east is that meridian.
    lon, lat, accuracy = one(500_000, 0, "EPSG:32652")
    assert (lon, lat, accuracy) == (pytest.approx(129), pytest.approx(0, abs=1e-9), 0.0)


def test_utm_outside_its_zone_is_no_change_of_datum_and_passes():
    assert one(1_000_000, 4_800_000, "EPSG:32652")[2] == 0.0


def test_sk_42_by_the_russian_standard():
    # EPSG:5044, from GOST R 51794-2008: 23.57, -140.95, -79.8 m; 0, -0.35, -0.79 seconds; -0.22 ppm; 3 m.
    expected = helmert(
        131.9, 43.1, AXIS_KRASSOVSKY, FLATTENING_KRASSOVSKY, (23.57, -140.95, -79.8), (0, -0.35, -0.79), -0.22
    )
    given = one(131.9, 43.1, "SK-42")
    assert apart(given, expected) < 0.01
    assert given[2] == 3.0
    assert 50 < apart(given, (131.9, 43.1)) < 150


def test_zones_of_the_soviet_map():
    # Zone 22 has the central meridian 129 E; its number stands before the easting of 500 km.
    lon, lat, accuracy = one(22_500_000, 4_774_000, "EPSG:28422")
    assert lon == pytest.approx(one(129.0, 43.1, "EPSG:4284")[0], abs=1e-6)
    assert lat == pytest.approx(43.1, abs=0.01)
    assert accuracy == 3.0


def test_the_origin_of_the_japanese_datum():
    # Before and since the law of 2002 (139 44 40.5020 E, 35 39 17.5148 N; 139 44 28.8759 E, 35 39 29.1572 N).
    old = (139 + 44 / 60 + 40.5020 / 3600, 35 + 39 / 60 + 17.5148 / 3600)
    new = (139 + 44 / 60 + 28.8759 / 3600, 35 + 39 / 60 + 29.1572 / 3600)
    given = one(*old, "Tokyo")
    assert apart(given, new) <= given[2]


def test_tokyo_datum_moves_by_450_m_and_never_by_nothing():
    # EPSG:15484: -146.414, 507.337, 680.507 m; 9 m.
    expected = helmert(139.7, 35.7, AXIS_BESSEL, FLATTENING_BESSEL, (-146.414, 507.337, 680.507))
    given = one(139.7, 35.7, "EPSG:4301")
    assert apart(given, expected) < 0.01
    assert given[2] == 9.0
    assert 400 < apart(given, (139.7, 35.7)) < 500
    assert one(0, 0, "EPSG:30169")[2] == 9.0


def test_tokyo_datum_in_korea_has_parameters_of_its_own():
    # EPSG:1305: -147, 506, 687 m; 4 m. The rectangle of the Japanese operation holds Seoul too.
    expected = helmert(127, 37.5, AXIS_BESSEL, FLATTENING_BESSEL, (-147, 506, 687))
    given = one(127, 37.5, "Tokyo")
    assert apart(given, expected) < 0.01


def test_where_two_countries_operations_overlap_no_better_accuracy_is_claimed_than_their_difference():
    # Fukuoka is Japanese and lies in the rectangle of the Korean operation, which says 4 m.
    lon, lat, accuracy = one(130.4, 33.6, "Tokyo")
    japanese = helmert(130.4, 33.6, AXIS_BESSEL, FLATTENING_BESSEL, (-146.414, 507.337, 680.507))
    assert accuracy > 4
    assert apart((lon, lat, accuracy), japanese) <= accuracy + 0.01


@pytest.mark.parametrize(("lon", "lat"), [(130.3, 42.3), (130.3, 42.9), (131.9, 43.1)])
def test_tokyo_datum_on_the_mainland_north_of_korea_is_refused(lon, lat):
    with pytest.raises(PlaceError, match="within the area") as caught:
        one(lon, lat, "Tokyo")
    assert f"{lon:g}, {lat:g}" in caught.value.found


@pytest.mark.parametrize(
    ("crs", "x", "y"),
    [
        ("GSK-2011", 131.9, 43.1),
        ("SK-95", 131.9, 43.1),
        ("Korea 2000", 127.0, 37.5),
        ("EPSG:5179", 1_000_000, 2_000_000),
        ("EPSG:5186", 200_000, 600_000),
        ("JGD2011", 139.7, 35.7),
        ("EPSG:6677", 0, 0),
    ],
)
def test_datums_known_to_a_metre(crs, x, y):
    assert one(x, y, crs)[2] == 1.0


def test_cgcs2000_is_wgs84_to_two_metres():
    lon, lat, accuracy = one(130.3, 42.9, "CGCS2000")
    assert (lon, lat, accuracy) == (130.3, 42.9, 2.0)
    # On the central meridian of the zone: EPSG:4511 is 129 E without, EPSG:4500 with the zone's number in the easting.
    lon, lat, accuracy = one(500_000, 4_750_000, "EPSG:4511")
    assert (lon, accuracy) == (pytest.approx(129.0), 2.0)
    assert one(22_500_000, 4_750_000, "EPSG:4500")[:2] == pytest.approx((lon, lat))


def test_cgcs2000_far_from_china_is_refused():
    with pytest.raises(PlaceError, match="within the area"):
        one(139.7, 35.7, "EPSG:4490")


def test_gcj_02_is_taken_back_to_the_place():
    # Beijing in eviltransform's tests.
    lon, lat, accuracy = one(116.38404722455657, 39.91334545536069, "gcj-02")
    assert (lon, lat) == pytest.approx((116.377817, 39.911954), abs=1e-9)
    assert accuracy == 10.0
    assert not is_wgs84(read_crs("GCJ-02"))


def test_gcj_02_where_there_is_none_is_refused():
    with pytest.raises(PlaceError, match="within the area"):
        one(139.7, 35.7, "GCJ-02")


@pytest.mark.parametrize("country", ["RU", "KP", None])
def test_gcj_02_needs_a_party_in_china(country):
    with pytest.raises(PlaceError, match="mainland China only"):
        require_country(read_crs("GCJ-02"), country)
    with pytest.raises(PlaceError, match="mainland China only"):
        to_wgs84(np.array([130.6]), np.array([42.5]), read_crs("GCJ-02"), country)
    require_country(read_crs("EPSG:4326"), country)
    require_country(read_crs("GCJ-02"), "CN")


@pytest.mark.parametrize(("crs", "x", "y"), [("EPSG:4555", 125.0, 43.0), ("EPSG:4214", 116.4, 39.9)])
def test_a_datum_whose_accuracy_nobody_states_is_refused(crs, x, y):
    with pytest.raises(PlaceError, match="a transformation of known accuracy"):
        one(x, y, crs)


def test_korea_2000_north_of_the_republic_is_refused():
    with pytest.raises(PlaceError, match="KGD2002"):
        one(130.3, 42.3, "Korea 2000")


def test_without_the_grid_of_the_best_way_the_next_one_and_its_accuracy_are_used():
    assert one(-100.0, 40.0, "EPSG:4267")[2] >= 7.0


def test_points_of_unknown_accuracy_are_marked_and_the_others_are_placed():
    placed = place(np.array([139.7, 130.3, np.nan]), np.array([35.7, 42.9, 40.0]), read_crs("Tokyo"))
    assert placed.outside.tolist() == [False, True, False]
    assert np.isnan(placed.lon[2])
    assert np.isnan(placed.lat[2])


def test_a_datum_in_data_is_a_code_or_a_known_name():
    assert read_datum(" EPSG:4490 ").to_epsg() == 4490
    assert read_datum("World Geodetic System 1984").to_epsg() == 4326
    for name in ("+proj=longlat +nadgrids=/etc/passwd", "old map", "EPSG:", '{"type": "GeographicCRS"}', "urn:x"):
        with pytest.raises(PlaceError, match="the datum as a code"):
            read_datum(name)
    with pytest.raises(PlaceError, match="known to PROJ"):
        read_datum("EPSG:99999")


def test_an_unknown_system():
    for name in ("UTM 52", "BD-09"):
        with pytest.raises(PlaceError, match="known to PROJ"):
            read_crs(name)


def test_what_is_no_number_stays_none():
    lon, lat, _ = one(float("nan"), 604_000, "EPSG:32650")
    assert not np.isfinite(lon)
    assert not np.isfinite(lat)
