"""What did the clock say?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.measure.instants import doubtful_offsets, format_offset, night, to_utc, zone_offset

CHANGES = [
    ("Asia/Vladivostok", datetime(2014, 10, 25, 15, tzinfo=UTC), 660, 600),
    ("Asia/Pyongyang", datetime(2015, 8, 14, 15, tzinfo=UTC), 540, 510),
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15, tzinfo=UTC), 510, 540),
    ("Asia/Ulaanbaatar", datetime(2015, 3, 27, 18, tzinfo=UTC), 480, 540),
    ("Asia/Ulaanbaatar", datetime(2016, 9, 23, 15, tzinfo=UTC), 540, 480),
]


@pytest.mark.parametrize(("zone", "change", "before", "after"), CHANGES)
def test_the_clocks_of_the_region_changed_to_the_minute(zone, change, before, after):
    minutes = [change + timedelta(minutes=m) for m in range(-90, 90)]
    offsets = zone_offset(pl.Series(minutes), zone).to_list()
    assert offsets == [before] * 90 + [after] * 90
    assert offsets == [int(t.astimezone(ZoneInfo(zone)).utcoffset().total_seconds() // 60) for t in minutes]


def test_an_unknown_zone_names_the_nearest():
    with pytest.raises(MisuseError, match="Asia/Vladivostok"):
        zone_offset(pl.Series([datetime(2014, 1, 1, tzinfo=UTC)]), "Asia/Vladivostock")


def test_local_times_that_clocks_showed_twice_or_never_are_not_guessed():
    local = [datetime(2014, 10, 26, 1, 30), datetime(2015, 3, 28, 2, 30), datetime(2014, 10, 26, 3), None]  # noqa: DTZ001
    vladivostok = to_utc(pl.Series(local, dtype=pl.Datetime("us")), "Asia/Vladivostok")
    assert vladivostok["problem"].to_list() == ["ambiguous", None, None, None]
    assert vladivostok["instant"].to_list()[2] == datetime(2014, 10, 25, 17, tzinfo=UTC)
    assert vladivostok["offset"].to_list() == [None, 600, 600, None]
    ulaanbaatar = to_utc(pl.Series(local, dtype=pl.Datetime("us")), "Asia/Ulaanbaatar")
    assert ulaanbaatar["problem"].to_list()[1] == "nonexistent"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)).map(lambda t: t.replace(microsecond=0)))  # noqa: DTZ001
def test_local_time_and_back(instant):
    zone = "Asia/Pyongyang"
    utc = instant.replace(tzinfo=UTC)
    local = utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    row = to_utc(pl.Series([local]), zone).row(0, named=True)
    if row["problem"] is None:
        assert row["instant"] == utc
        assert row["offset"] == zone_offset(pl.Series([utc]), zone).item()
    else:
        assert row["problem"] == "ambiguous"


def doubtful(offset, *, country=None, zone=None, longitude=131.2, when=datetime(2014, 12, 1, tzinfo=UTC)):
    frame = pl.DataFrame(
        {"instant": [when], "offset": [offset], "longitude": [longitude]},
        schema={"instant": pl.Datetime("us", "UTC"), "offset": pl.Int32, "longitude": pl.Float64},
    )
    return doubtful_offsets(frame, country, zone).row(0)


def test_offsets_are_held_against_the_declared_zone():
    assert doubtful(660, zone="Asia/Vladivostok") == (True, "+10:00")
    assert doubtful(600, zone="Asia/Vladivostok")[0] is False
    assert doubtful(660, zone="Asia/Vladivostok", when=datetime(2014, 10, 1, tzinfo=UTC))[0] is False


def test_utc_is_never_doubtful():
    assert doubtful(0, zone="Asia/Vladivostok")[0] is False
    assert doubtful(0)[0] is False


def test_without_a_zone_the_country_and_the_sun_judge():
    assert doubtful(600, country="RU")[0] is False
    assert doubtful(180, country="RU")[0] is True  # Moscow time on a camera in Primorye
    assert doubtful(480, country="CN")[0] is False
    assert doubtful(480, country="CN", longitude=76.0)[0] is False  # Kashgar keeps Beijing time
    assert doubtful(540, country="CN") == (True, "+08:00")
    assert doubtful(510, country="KP", when=datetime(2016, 1, 1, tzinfo=UTC))[0] is False
    assert doubtful(540, country="KP", when=datetime(2016, 1, 1, tzinfo=UTC)) == (True, "+08:30")


def test_without_a_country_only_the_sun_judges():
    assert doubtful(120, country="BE", longitude=4.7)[0] is False
    assert doubtful(600, country=None, longitude=4.7) == (True, "+00:00")
    assert doubtful(600, country=None, longitude=None)[0] is False


@pytest.mark.parametrize("minutes", [-720, -210, 0, 345, 840])
def test_offsets_are_written_as_iso(minutes):
    text = format_offset(minutes)
    assert datetime.fromisoformat(f"2014-01-01T00:00:00{text}").utcoffset() == timedelta(minutes=minutes)


def test_a_night_runs_from_noon_to_noon_by_the_sun():
    # At 131.25 E the sun is 8 h 45 min ahead of UTC: solar noon is at 03:15 UTC.
    frame = pl.DataFrame(
        {
            "start": [
                datetime(2014, 1, 2, 3, 14, tzinfo=UTC),
                datetime(2014, 1, 2, 3, 16, tzinfo=UTC),
                datetime(2014, 1, 3, 3, 14, tzinfo=UTC),
            ],
            "longitude": [131.25] * 3,
        }
    )
    first, second, third = frame.select(night(pl.col("start"), pl.col("longitude")))["start"].to_list()
    assert (second - first, third - second) == (1, 0)
