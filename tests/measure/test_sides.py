"""In which country is it?"""

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box

from tests.measure.ground import countries as real_countries
from tumen.errors import ColumnError, PlaceError
from tumen.measure.border import Border, derive
from tumen.measure.geodesy import distances
from tumen.measure.sides import POINTS, SIDES, Countries, locate

METRE = 1 / 111_320  # degrees of longitude at the equator

# CN | 111 m of river | RU, and the sea in the south.
LAND = {"CN": box(0, 0, 0.1, 0.1), "RU": box(0.101, 0, 0.2, 0.1)}
TWO = Countries(LAND)
RIVER = derive(LAND)


def points(*rows):
    """(longitude, latitude, uncertainty, declared); the last two may be left out."""
    return pl.DataFrame([(*row, *[None] * (4 - len(row))) for row in rows], schema=POINTS, orient="row")


def judged(*row, countries=TWO, border=RIVER, **margins):
    return locate(points(row), countries, border, **margins).select(list(SIDES)[:3]).row(0)


def test_well_inside_a_country():
    assert judged(0.05, 0.05) == ("CN", "CN", "position")
    assert judged(0.15, 0.05, 30.0, "RU") == ("RU", "RU", "position")


def test_uncertainty_that_reaches_the_other_country_decides_nothing():
    near = 0.1 - 20 * METRE  # 131 m from the other bank
    assert judged(near, 0.05, 100.0) == ("CN", "CN", "position")
    assert judged(near, 0.05, 140.0) == (None, "CN|RU", "uncertain")
    assert judged(near, 0.05, 140.0, "RU") == ("RU", "CN|RU", "declared")
    assert judged(near, 0.05, 140.0, "KP") == (None, "CN|RU", "conflict")


def test_a_declaration_that_the_position_contradicts_is_not_believed():
    assert judged(0.05, 0.05, 30.0, "RU") == (None, "CN", "conflict")


def test_a_point_in_a_border_river_is_not_abroad():
    assert judged(0.1005, 0.05) == (None, "CN|RU", "uncertain")
    assert judged(0.1005, 0.05, 5.0, "CN") == ("CN", "CN|RU", "declared")
    assert judged(0.1002, 0.05, 5.0, water_margin=10.0) == ("CN", "CN", "position")  # clearly at the near bank


def test_the_sea_belongs_to_the_coast_for_twelve_miles():
    assert judged(0.05, -0.1) == ("CN", "CN", "position")  # 11 km off
    assert judged(0.1005, -0.1) == (None, "CN|RU", "uncertain")
    assert judged(0.05, -0.25) == (None, "", "outside")  # 28 km
    assert judged(0.05, -0.25, coast=30_000.0) == (None, "CN|RU", "uncertain")  # RU is only 0.6 km farther


def test_a_declaration_where_no_polygon_is():
    assert judged(0.05, -0.25, None, "RU") == (None, "", "conflict")  # 28 km from a country whose land is known
    assert judged(0.05, -0.25, None, "BE") == ("BE", "BE", "declared")  # nothing is known against it


def test_a_lake_inside_a_country_is_in_it():
    lake = {"CN": box(0, 0, 0.1, 0.1) - box(0.02, 0.02, 0.04, 0.04), "RU": LAND["RU"]}
    assert judged(0.03, 0.03, countries=Countries(lake)) == ("CN", "CN", "position")


def test_disputed_land_is_in_either():
    both = Countries({"CN": box(0, 0, 0.12, 0.1), "RU": box(0.1, 0, 0.2, 0.1)})
    assert judged(0.11, 0.05, countries=both) == (None, "CN|RU", "uncertain")


def test_without_a_position_only_a_declaration_helps():
    assert judged(None, None, None, "RU") == ("RU", "RU", "declared")
    assert judged(None, None) == (None, "", "unknown")
    assert judged(0.05, None) == (None, "", "unknown")
    assert judged(float("nan"), 0.05) == (None, "", "unknown")
    assert judged(450_000.0, 4_800_000.0, None, "CN") == ("CN", "CN", "declared")


def test_unrecorded_uncertainty_is_assumed():
    near = 0.1 - 20 * METRE
    for uncertainty in (None, float("nan"), -5.0):
        assert judged(near, 0.05, uncertainty, assumed_uncertainty=100.0)[2] == "position"
        assert judged(near, 0.05, uncertainty, assumed_uncertainty=140.0)[2] == "uncertain"


def test_one_country_only():
    alone = Countries({"CN": LAND["CN"]})
    assert judged(0.1005, 0.05, countries=alone) == ("CN", "CN", "position")


def test_three_countries_at_once():
    three = Countries({**LAND, "KP": box(0, 0.101, 0.2, 0.2)})
    assert judged(0.1005, 0.1005, countries=three) == (None, "CN|KP|RU", "uncertain")
    assert judged(0.0999, 0.0999, 200.0, countries=three)[1] == "CN|KP|RU"


def test_distances_to_the_border_and_their_bounds():
    located = locate(points((0.05, 0.05, 100.0), (0.1, 0.05, 100.0), (None, None, None, "RU")), TWO, RIVER)
    middle = float(distances(0.05, 0.05, 0.1005, 0.05))
    assert located["borderDistance"].to_list() == pytest.approx([middle, 55.7, None], abs=1)
    assert located["borderDistanceLow"].to_list() == pytest.approx([middle - 100, 0.0, None], abs=1)
    assert located["borderDistanceHigh"].to_list() == pytest.approx([middle + 100, 155.7, None], abs=1)


def test_the_border_that_counts_is_that_of_the_country():
    border = Border.from_lines(
        [("CN|RU", LineString([(0.1005, 0), (0.1005, 0.1)])), ("CN|KP", LineString([(0.2, 0), (0.2, 0.1)]))]
    )
    located = locate(points((0.19, 0.05), (0.05, 0.05), (0.19, 0.05, None, "CN")), TWO, border)
    assert located["countryCode"].to_list() == ["RU", "CN", None]
    to_river, to_east = float(distances(0.19, 0.05, 0.1005, 0.05)), float(distances(0.19, 0.05, 0.2, 0.05))
    # Where the country is in doubt, the nearest border of any.
    assert located["borderDistance"].to_list()[::2] == pytest.approx([to_river, to_east], abs=1)


def test_no_border_no_distance():
    assert locate(points((0.05, 0.05)), TWO)["borderDistance"].to_list() == [None]
    elsewhere = Border.from_lines([("KP|KR", LineString([(1, 0), (1, 1)]))])
    assert locate(points((0.05, 0.05)), TWO, elsewhere)["borderDistance"].to_list() == [None]


def test_other_columns_and_the_order_of_rows_stay():
    frame = points((0.05, 0.05), (0.15, 0.05), (0.05, 0.05)).with_row_index("n")
    located = locate(frame, TWO, RIVER)
    assert located.columns == [*frame.columns, *SIDES]
    assert located["n"].to_list() == [0, 1, 2]
    assert located["countryCode"].to_list() == ["CN", "RU", "CN"]
    assert {name: located.schema[name] for name in SIDES} == SIDES
    assert locate(frame.clear(), TWO, RIVER).schema == located.schema


@pytest.mark.parametrize(
    ("polygons", "needed"),
    [
        ({}, "at least one country"),
        ({"CHN": LAND["CN"]}, "alpha-2"),
        ({"CN": Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])}, "a valid polygon for country CN"),
        ({"CN": Point(0, 0)}, "a polygon for country CN"),
    ],
)
def test_what_is_no_country_is_refused(polygons, needed):
    with pytest.raises(PlaceError, match=needed):
        Countries(polygons)


def test_a_missing_column_is_misuse():
    with pytest.raises(ColumnError, match="declaredCountry"):
        locate(points((0.05, 0.05)).drop("declaredCountry"), TWO)


def slow(longitude, latitude, uncertainty, declared):
    """The rules one by one, with distances measured to many points of every shore."""
    if longitude is None:
        return (declared, declared or "", "declared" if declared else "unknown")
    point = Point(longitude, latitude)

    def metres(polygon):
        if polygon.intersects(point):
            return 0.0
        shore = shapely.segmentize(polygon.exterior, 5 * METRE)
        return float(distances(longitude, latitude, *shapely.get_coordinates(shore).T).min())

    apart = {code: metres(polygon) for code, polygon in LAND.items()}
    nearest = min(apart.values())
    reach = uncertainty if nearest == 0 else nearest + 2 * max(uncertainty, 500.0)
    possible = [] if nearest > 22_224 else [code for code in sorted(apart) if apart[code] <= reach]
    text = "|".join(possible)
    if declared is None:
        basis = ("outside", "position", "uncertain")[len(possible)]
        return (text if basis == "position" else None, text, basis)
    if declared in possible:
        return (declared, text, "position" if len(possible) == 1 else "declared")
    if not possible and declared not in LAND:
        return (declared, declared, "declared")
    return (None, text, "conflict")


where = st.one_of(
    st.tuples(st.integers(-60, 260), st.integers(-60, 160)).map(lambda p: (p[0] / 1000 + 1e-5, p[1] / 1000 + 1e-5)),
    st.tuples(st.integers(0, 40), st.just(0)).map(lambda p: (0.099 + p[0] / 10_000 + 1e-5, 0.05)),
    st.just((None, None)),
)
rows = st.lists(
    st.tuples(where, st.sampled_from([10.0, 77.0, 401.0, 3_003.0]), st.sampled_from([None, "CN", "RU", "KP"])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(rows, st.randoms())
def test_agrees_with_the_rules_one_by_one_in_any_order(drawn, random):
    flat = [(*place, uncertainty, declared) for place, uncertainty, declared in drawn]
    located = locate(points(*flat), TWO, RIVER)
    assert located.select(list(SIDES)[:3]).rows() == [slow(*row) for row in flat]
    order = random.sample(range(len(flat)), len(flat))
    assert locate(points(*flat)[order], TWO, RIVER).equals(located[order])


# --- real ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tumen(shared_data):
    polygons = real_countries(shared_data, "tumen_ne_asia")
    return Countries(polygons), derive(polygons)


def test_in_the_river_at_fangchuan(tumen):
    """Below the three-country point the polygons leave out the Tumen; the river is in none of them, and not abroad."""
    countries, border = tumen
    river = (130.6345, 42.4175)
    assert not any(polygon.intersects(Point(river)) for polygon in countries.polygons.values())
    assert judged(*river, 20.0, countries=countries, border=border) == (None, "CN|KP|RU", "uncertain")
    assert judged(*river, 20.0, "RU", countries=countries, border=border) == ("RU", "CN|KP|RU", "declared")
    assert locate(points(river), countries, border)["borderDistance"][0] < 200


def test_places_of_the_region(tumen):
    countries, border = tumen
    known = {
        (131.8855, 43.1155): "RU",  # Vladivostok
        (130.3660, 42.8625): "CN",  # Hunchun
        (130.3900, 42.2500): "KP",  # Rason
        (131.3900, 43.1000): "RU",  # Barabash
    }
    located = locate(points(*known), countries, border)
    assert located["countryCode"].to_list() == list(known.values())
    assert located["sideBasis"].unique().to_list() == ["position"]


def test_many_points_and_few_have_the_same_sides(tumen):
    countries, border = tumen
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(127, 136, 30_000), rng.uniform(40.5, 47, 30_000)
    frame = points(*zip(lon.tolist(), lat.tolist(), strict=True))
    located = locate(frame, countries, border)
    assert locate(frame[:500], countries, border).equals(located[:500])
    assert located["sideBasis"].value_counts().sort("sideBasis")["sideBasis"].to_list() == [
        "outside",
        "position",
        "uncertain",
    ]


def test_an_elephant_changes_country_and_does_not_flicker(shared_data):
    """Salif Keita, 2008 to 2010: twelve excursions from Mali, as a person counts them on a map."""
    polygons = real_countries(shared_data, "mali_burkina")
    track = pl.read_csv(shared_data / "F8_elephant_mali_burkina" / "salif_keita_movebank.csv").sort("timestamp")
    track = track.select(
        longitude="location-long",
        latitude="location-lat",
        coordinateUncertainty=pl.lit(None, dtype=pl.Float64),
        declaredCountry=pl.lit(None, dtype=pl.String),
    )
    located = locate(track, Countries(polygons), derive(polygons))

    def changes(sides):
        return sides.ne_missing(sides.shift(1))[1:].sum()

    naive = pl.Series([""] * track.height)
    for code, polygon in polygons.items():
        inside = pl.Series(shapely.contains_xy(polygon, track["longitude"].to_numpy(), track["latitude"].to_numpy()))
        naive = naive.to_frame("side").select(pl.when(inside).then(pl.lit(code)).otherwise("side").alias("side"))[
            "side"
        ]
    certain = located.drop_nulls("countryCode")
    assert changes(naive) == 224  # in and out of the water that the polygons leave out
    assert changes(certain["countryCode"]) == 24
    assert located.height - certain.height == 4
    visits = certain.filter(pl.col("countryCode") == "BF")
    assert visits["borderDistance"].max() == pytest.approx(10_319, abs=1)
