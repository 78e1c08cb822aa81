"""What did the clock say?  What zones did, minute by minute, and which recorded offsets cannot be right."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import ColumnError, MisuseError
from tumen.measure.instants import OFFSETS, ZONES, doubtful_offsets, format_offset, to_utc, zone_offset

CHANGES = [
    ("Asia/Vladivostok", datetime(2014, 10, 25, 15, tzinfo=UTC), 660, 600),
    ("Asia/Vladivostok", datetime(2011, 3, 26, 16, tzinfo=UTC), 600, 660),
    ("Asia/Pyongyang", datetime(2015, 8, 14, 15, tzinfo=UTC), 540, 510),
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15, tzinfo=UTC), 510, 540),
    ("Asia/Ulaanbaatar", datetime(2015, 3, 27, 18, tzinfo=UTC), 480, 540),
    ("Asia/Ulaanbaatar", datetime(2015, 9, 25, 15, tzinfo=UTC), 540, 480),
    ("Asia/Ulaanbaatar", datetime(2016, 3, 25, 18, tzinfo=UTC), 480, 540),
    ("Asia/Ulaanbaatar", datetime(2016, 9, 23, 15, tzinfo=UTC), 540, 480),
    ("Asia/Shanghai", datetime(2015, 6, 1, tzinfo=UTC), 480, 480),
]


def instants(*values):
    return pl.Series("instant", list(values), dtype=pl.Datetime("us", "UTC"))


def local_times(*values):
    """Clock times as they are written, without offset."""
    return pl.Series([None if v is None else datetime.fromisoformat(v) for v in values], dtype=pl.Datetime("us"))


def clock(*rows):
    return pl.DataFrame(list(rows), schema=OFFSETS, orient="row")


def slow_offset(instant, zone):
    return int(instant.astimezone(ZoneInfo(zone)).utcoffset().total_seconds() // 60)


def moments(first, last):
    return st.datetimes(datetime.fromisoformat(first), datetime.fromisoformat(last))


@pytest.mark.parametrize(("zone", "change", "before", "after"), CHANGES)
def test_minute_by_minute_around_a_change(zone, change, before, after):
    minutes = [change + timedelta(minutes=m) for m in range(-180, 181)]
    offsets = zone_offset(instants(*minutes), zone).to_list()
    assert offsets == [slow_offset(m, zone) for m in minutes]
    assert offsets == [before] * 180 + [after] * 181


@given(moments("1990-01-01", "2030-01-01"), st.sampled_from(sorted({z for zones in ZONES.values() for z in zones})))
def test_agrees_with_zoneinfo(moment, zone):
    aware = moment.replace(tzinfo=UTC)
    assert zone_offset(instants(aware), zone).to_list() == [slow_offset(aware, zone)]


def test_missing_instants_have_no_offset():
    assert zone_offset(instants(None), "Asia/Tokyo").to_list() == [None]
    assert zone_offset(instants(), "Asia/Tokyo").dtype == pl.Int32


def test_an_unknown_zone_names_the_nearest():
    with pytest.raises(MisuseError, match="Asia/Vladivostok") as raised:
        zone_offset(instants(), "Asia/Vladivostock")
    assert raised.value.needed == "an IANA time zone"
    assert len(str(raised.value)) < 200


def test_local_times_are_read_by_the_rules_and_never_guessed():
    shown_twice, jumped_over = "2014-10-26T01:30", "2011-03-27T02:30"
    local = local_times("2014-10-26T00:59", shown_twice, "2014-10-26T02:00", jumped_over, None)
    assert to_utc(local, "Asia/Vladivostok").rows() == [
        (datetime(2014, 10, 25, 13, 59, tzinfo=UTC), 660, None),
        (None, None, "ambiguous"),
        (datetime(2014, 10, 25, 16, 0, tzinfo=UTC), 600, None),
        (None, None, "nonexistent"),
        (None, None, None),
    ]


def test_a_time_with_a_zone_is_no_local_time():
    with pytest.raises(MisuseError, match="local times"):
        to_utc(instants(), "Asia/Tokyo")


@given(moments("2000-01-01", "2025-01-01"), st.sampled_from(["Asia/Vladivostok", "Asia/Pyongyang", "Europe/Berlin"]))
def test_local_time_and_back(moment, zone):
    utc = moment.replace(tzinfo=UTC)
    local = utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    instant, offset, problem = to_utc(local_times(local.isoformat()), zone).row(0)
    if problem is None:
        assert instant == utc
        assert offset == zone_offset(instants(utc), zone).item()
    else:
        assert (instant, offset, problem) == (None, None, "ambiguous")


def doubtful(offset, *, country=None, zone=None, longitude=131.2, when=datetime(2014, 12, 1, tzinfo=UTC)):
    return doubtful_offsets(clock((when, offset, longitude)), country, zone).row(0)


def test_offsets_are_held_against_the_declared_zone():
    assert doubtful(660, zone="Asia/Vladivostok") == (True, "+10:00")
    assert doubtful(600, zone="Asia/Vladivostok") == (False, "")
    assert doubtful(660, zone="Asia/Vladivostok", when=datetime(2014, 10, 1, tzinfo=UTC)) == (False, "")
    assert doubtful(600, zone="Asia/Vladivostok", when=datetime(2014, 10, 1, tzinfo=UTC)) == (True, "+11:00")


def test_utc_is_never_doubtful_nor_is_what_cannot_be_told():
    for country, zone in (("RU", None), ("CN", "Asia/Shanghai"), (None, None)):
        assert doubtful(0, country=country, zone=zone)[0] is False
        assert doubtful(None, country=country, zone=zone)[0] is False
        assert doubtful(660, country=country, zone=zone, when=None)[0] is False
    assert doubtful(600, country=None, longitude=None)[0] is False


def test_without_a_zone_any_legal_offset_near_the_sun_passes():
    assert doubtful(600, country="RU")[0] is False
    # Moscow's offset is legal in Russia, but not in Primorye; +08:45 is near the sun, but nobody's.
    assert doubtful(180, country="RU") == (True, "+06:00|+07:00|+08:00|+09:00|+10:00|+11:00|+12:00")
    assert doubtful(525, country="RU")[0] is True
    assert doubtful(525, country="RU", longitude=None)[0] is True
    assert doubtful(180, country="RU", longitude=None)[0] is False


def test_chukotka_lies_beyond_the_date_line():
    assert doubtful(720, country="RU", longitude=-172.0)[0] is False


def test_china_keeps_one_time_and_its_west_another():
    assert doubtful(480, country="CN")[0] is False
    assert doubtful(480, country="CN", longitude=76.0)[0] is False  # Kashgar keeps Beijing time
    assert doubtful(360, country="CN", longitude=76.0)[0] is False  # or that of the sun
    assert doubtful(540, country="CN") == (True, "+06:00|+08:00")


def test_pyongyang_time():
    own, japanese = 510, 540
    for year, right, wrong in ((2014, japanese, own), (2016, own, japanese), (2019, japanese, own)):
        when = datetime(year, 9, 1, tzinfo=UTC)
        assert doubtful(right, country="KP", when=when) == (False, "")
        assert doubtful(wrong, country="KP", when=when) == (True, format_offset(right))


def test_mongolian_summer_of_2015():
    rows = [(datetime(2015, month, 1, tzinfo=UTC), 540, 107.0) for month in (3, 6, 10)]
    judged = doubtful_offsets(clock(*rows), "MN", None)
    assert judged.rows() == [(True, "+07:00|+08:00"), (False, ""), (True, "+07:00|+08:00")]


def test_elsewhere_only_the_sun_is_asked():
    assert doubtful(120, country="BE", longitude=4.7)[0] is False
    assert doubtful(600, country=None, longitude=4.7) == (True, "+00:00")
    assert doubtful(60, country="BR", longitude=-54.0) == (True, "-04:00")


def test_an_instant_column_of_another_type_is_misuse():
    with pytest.raises(ColumnError, match="offset"):
        doubtful_offsets(pl.DataFrame({"instant": instants()}), "RU", None)


@given(st.integers(-1439, 1439))
def test_offsets_are_written_as_iso_8601(minutes):
    written = datetime(2020, 1, 1, tzinfo=timezone(timedelta(minutes=minutes))).isoformat()[-6:]
    assert format_offset(minutes) == written


recorded = st.tuples(
    moments("2010-01-01", "2020-01-01").map(lambda m: m.replace(tzinfo=UTC)),
    st.sampled_from([0, 180, 480, 510, 540, 600, 660, None]),
    st.sampled_from([20.0, 107.0, 131.0, -172.0, None]),
)
places = st.sampled_from(["RU", "KP", "MN", "FR", None])


@given(st.lists(recorded, max_size=8), places, st.randoms())
def test_row_order_does_not_matter(rows, country, random):
    order = random.sample(range(len(rows)), len(rows))
    judged = doubtful_offsets(clock(*rows), country, None)
    assert doubtful_offsets(clock(*rows)[order], country, None).equals(judged[order])


@given(st.lists(recorded, max_size=8), places)
def test_agrees_with_asking_every_zone_and_the_sun(rows, country):
    expected = []
    for when, offset, longitude in rows:
        legal = [slow_offset(when, zone) for zone in ZONES.get(country, ())]
        sun = None if longitude is None else longitude * 4
        far = sun is not None and offset is not None and all(abs(offset - sun + d) > 210 for d in (-1440, 0, 1440))
        wrong = bool(legal) and offset not in legal
        expected.append(offset not in (0, None) and (wrong or (far and (not legal or country == "RU"))))
    assert doubtful_offsets(clock(*rows), country, None)["doubtful"].to_list() == expected


@given(st.lists(recorded, max_size=8), places, st.sampled_from(["Asia/Vladivostok", "Europe/Moscow", "Asia/Tokyo"]))
def test_the_zone_an_instant_is_written_in_does_not_matter(rows, country, zone):
    elsewhere = [(when.astimezone(ZoneInfo(zone)), offset, longitude) for when, offset, longitude in rows]
    assert doubtful_offsets(clock(*elsewhere), country, None).equals(doubtful_offsets(clock(*rows), country, None))
