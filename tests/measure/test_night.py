"""In which night was it?"""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tumen.measure.night import night


def nights(*rows):
    frame = pl.DataFrame(rows, schema={"start": pl.Datetime("us", "UTC"), "longitude": pl.Float64}, orient="row")
    return frame.select(night(pl.col("start"), pl.col("longitude")))["start"].to_list()


def test_a_night_runs_from_noon_to_noon_by_the_sun():
    # At 131.25 E the sun is 8 h 45 min ahead of UTC: solar noon is at 03:15 UTC.
    noon = datetime(2014, 1, 2, 3, 15, tzinfo=UTC)
    minute = timedelta(minutes=1)
    instants = (noon - minute, noon + minute, noon + timedelta(days=1) - minute)
    before, after, next_before = nights(*((instant, 131.25) for instant in instants))
    assert (after - before, next_before - after) == (1, 0)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)), st.floats(-180, 180))  # noqa: DTZ001
def test_a_day_later_is_the_next_night_and_the_place_decides(start, longitude):
    instant = start.replace(tzinfo=UTC)
    first, second = nights((instant, longitude), (instant + timedelta(days=1), longitude))
    assert second - first == 1
    solar = instant + timedelta(hours=longitude / 15)
    expected = (solar - timedelta(hours=12)).date().toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()
    into_the_day = (solar - timedelta(hours=12)).timestamp() % 86_400
    if 0.001 < into_the_day < 86_399.999:  # at solar noon itself, rounding decides
        assert first == expected
