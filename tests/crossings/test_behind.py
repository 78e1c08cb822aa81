"""Would anyone have seen it come back?"""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crossings.sightings import PLACES, START, stood

from tumen.crossings.behind import EFFORT, watched_behind
from tumen.measure.geodesy import WGS84

LEFT = pl.DataFrame({"individualID": ["T7"], "fromCountry": ["RU"], "notAfter": [START + timedelta(days=10)]})


def origin(*points: tuple[float, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [("T7", lon, lat) for lon, lat in points], schema=["individualID", "longitude", "latitude"], orient="row"
    )


def days(effort: pl.DataFrame, *points: tuple[float, float], reach: float = 10_000.0) -> float | None:
    found: float | None = watched_behind(LEFT, origin(*points), effort, reach)["watchedBehindDays"].item()
    return found


HOME = PLACES["north/r1"][1:]


def test_only_days_after_it_left_count():
    assert days(stood(("north/r1", "RU", 0, 50)), HOME) == 40
    assert days(stood(("north/r1", "RU", 0, 10)), HOME) == 0
    assert days(stood(("north/r1", "RU", 20, 25), ("north/r1", "RU", 30, 31)), HOME) == 6


def test_cameras_out_of_reach_or_in_another_country_do_not_count():
    # north/r2 is 13.8 km from north/r1.
    assert days(stood(("north/r2", "RU", 0, 50)), HOME) == 0
    assert days(stood(("north/r2", "RU", 0, 50)), HOME, reach=14_000) == 40
    assert days(stood(("north/r2", "RU", 0, 50), ("south/c1", "CN", 0, 50)), PLACES["south/c1"][1:]) == 0


def test_unknown_effort_is_not_zero():
    assert days(stood(("south/c1", "CN", 0, 50)), HOME) is None
    assert days(stood(("north/r1", None, 0, 50)), HOME) is None
    assert days(pl.DataFrame(schema=EFFORT), HOME) is None


@pytest.mark.parametrize("reach", [500.0, 10_000.0, 300_000.0])
@pytest.mark.parametrize("bearing", [0.0, 45.0, 90.0])
def test_the_reach_is_measured_on_the_ellipsoid(reach, bearing):
    lon, lat, _ = WGS84.fwd(*HOME, bearing, reach)
    assert days(stood(("north/r1", "RU", 0, 50)), (lon, lat), reach=reach * 1.0001) == 40
    assert days(stood(("north/r1", "RU", 0, 50)), (lon, lat), reach=reach * 0.9999) == 0


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(sorted(PLACES)), min_size=1, max_size=5),
    st.lists(st.tuples(st.floats(130.5, 131.5), st.floats(42.5, 43.5)), min_size=1, max_size=5),
    st.floats(1_000, 60_000),
)
def test_agrees_with_measuring_every_pair(places, points, reach):
    effort = stood(*((place, "RU", k, 20 + k) for k, place in enumerate(places)))
    expected = 0.0
    for k, place in enumerate(places):
        if min(WGS84.inv(*PLACES[place][1:], *point)[2] for point in points) <= reach:
            expected += max(0, 20 + k - max(10, k))
    assert days(effort, *points, reach=reach) == pytest.approx(expected)
    assert np.isfinite(expected)
