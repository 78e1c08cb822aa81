"""Dates as people write them, in six languages."""

import polars as pl
import pytest

from tumen.files.mapped_dates import read_days, read_instants
from tumen.files.mapping_values import Setting
from tumen.tables.months import MONTHS


def day(
    cell: str, *formats: str, language: str | None = None, century: int | None = None
) -> tuple[str | None, str | None]:
    setting = Setting(formats=formats, language=language, century=century)
    return read_days(pl.Series([cell]), setting).select("text", "problem").row(0)


def instant(cell: str, *formats: str, time: str | None = None, **rest: object) -> tuple[str | None, str | None]:
    setting = Setting(**{"time_zone": "Asia/Vladivostok", "formats": formats, **rest})
    times = None if time is None else pl.Series([time])
    return read_instants(pl.Series([cell]), times, setting).select("text", "problem").row(0)


@pytest.mark.parametrize(
    ("cell", "written", "language"),
    [
        ("12 January 2015", "%d %B %Y", "en"),
        ("12-Jan-2015", "%d-%b-%Y", "en"),
        ("12 января 2015", "%d %B %Y", "ru"),
        ("12 янв. 2015 г.", "%d %b %Y г.", "ru"),
        ("2015年1月12日", "%Y年%m月%d日", None),
        ("2015年一月12日", "%Y年%B%d日", "zh-Hans"),
        ("2015년 1월 12일", "%Y년 %m월 %d일", None),
        ("2015년 일월 12일", "%Y년 %B %d일", "ko"),
        ("2015年1月12日", "%Y年%B%d日", "ja"),
        ("2015 оны 1-р сарын 12", "%Y оны %B %d", "mn"),
        ("2015 оны нэгдүгээр сарын 12", "%Y оны %B %d", "mn"),
        ("12.1.2015", "%d.%m.%Y", None),
        ("42016", "excel1900", None),
        ("40554", "excel1904", None),
        (" 2015/01/12 ", "%Y/%m/%d", None),
        ("２０１５／１／１２", "%Y/%m/%d", None),
    ],
)
def test_one_day_in_many_hands(cell, written, language):
    assert day(cell, written, language=language) == ("2015-01-12", None)


@pytest.mark.parametrize("language", MONTHS)
def test_every_language_has_twelve_months(language):
    assert sorted(set(MONTHS[language].values())) == list(range(1, 13))


@pytest.mark.parametrize(
    ("cell", "written", "problem"),
    [
        ("31.02.2014", "%d.%m.%Y", "date-impossible"),
        ("29.02.2014", "%d.%m.%Y", "date-impossible"),
        ("12.13.2014", "%d.%m.%Y", "date-impossible"),
        ("12.03.14", "%d.%m.%Y", "year-two-digits"),
        ("12/03/2014", "%d.%m.%Y", "date-unread"),
        ("spring", "%d.%m.%Y", "date-unread"),
        ("١٢.٠١.٢٠١٥", "%d.%m.%Y", "date-unread"),
        ("12 мартобря 2014", "%d %B %Y", "date-unread"),
        ("60", "excel1900", "date-impossible"),
        ("0", "excel1900", "date-impossible"),
        ("41000 or so", "excel1900", "date-unread"),
    ],
)
def test_what_is_no_day(cell, written, problem):
    assert day(cell, written, language="ru") == (None, problem)


def test_the_days_around_the_one_excel_invented():
    assert [day(cell, "excel1900")[0] for cell in ("1", "59", "61")] == ["1900-01-01", "1900-02-28", "1900-03-01"]


def test_two_digits_are_read_in_the_declared_century():
    assert day("12.03.14", "%d.%m.%y", century=2000) == ("2014-03-12", None)


def test_several_formats_are_tried_and_a_day_two_of_them_differ_about_is_none():
    formats = ("%d/%m/%Y", "%m/%d/%Y")
    assert day("14/05/2009", *formats) == ("2009-05-14", None)
    assert day("05/14/2009", *formats) == ("2009-05-14", None)
    assert day("02/04/2009", *formats) == (None, "date-ambiguous")
    assert day("04/04/2009", *formats) == ("2009-04-04", None)


@pytest.mark.parametrize(
    ("cell", "written", "text"),
    [
        ("12.03.2014 8:05", "%d.%m.%Y %H:%M", "2014-03-12T08:05:00+11:00"),
        ("12.03.2014 8:05 PM", "%d.%m.%Y %I:%M %p", "2014-03-12T20:05:00+11:00"),
        ("2014-03-12 下午 8:05", "%Y-%m-%d %p %I:%M", "2014-03-12T20:05:00+11:00"),
        ("2014-03-12 오전 12:05", "%Y-%m-%d %p %I:%M", "2014-03-12T00:05:00+11:00"),
        ("41710.5", "excel1900", "2014-03-12T12:00:00+11:00"),
        ("2014-03-12T08:05:00+08:00", "%Y-%m-%d", "2014-03-12T08:05:00+08:00"),
        ("12.03.2014 08:05 +0800", "%d.%m.%Y %H:%M %z", "2014-03-12T08:05:00+08:00"),
    ],
)
def test_an_instant_keeps_the_offset_of_its_zone_or_its_own(cell, written, text):
    assert instant(cell, written) == (text, None)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("12.03.2014 24:00", "time-impossible"),
        ("12.03.2014 12:60", "time-impossible"),
        ("26.10.2014 01:30", "time-ambiguous"),
        ("27.03.2011 02:30", "time-nonexistent"),
        ("12.03.2014", "date-unread"),
    ],
)
def test_what_is_no_instant(cell, problem):
    assert instant(cell, "%d.%m.%Y %H:%M") == (None, problem)


def test_a_date_without_time_needs_to_be_explained():
    assert instant("12.03.2014", "%d.%m.%Y") == (None, "date-needs-time")
    assert instant("12.03.2014", "%d.%m.%Y", whole_day="end") == ("2014-03-12T23:59:59+11:00", None)


@pytest.mark.parametrize(
    ("time", "formats", "text"),
    [
        ("8:05", (), "2014-03-12T08:05:00+11:00"),
        ("49680", ("seconds",), "2014-03-12T13:48:00+11:00"),
        ("0.5", ("excelDay",), "2014-03-12T12:00:00+11:00"),
        ("8h05", ("%Hh%M",), "2014-03-12T08:05:00+11:00"),
    ],
)
def test_a_time_of_its_own(time, formats, text):
    assert instant("12.03.2014", "%d.%m.%Y", time=time, time_formats=formats) == (text, None)


@pytest.mark.parametrize(
    ("time", "formats", "problem"),
    [
        ("24:00", (), "time-impossible"),
        ("noon", (), "time-unread"),
        ("86400", ("seconds",), "time-impossible"),
        ("1.5", ("excelDay",), "time-impossible"),
    ],
)
def test_a_time_of_its_own_that_is_none(time, formats, problem):
    assert instant("12.03.2014", "%d.%m.%Y", time=time, time_formats=formats) == (None, problem)


def test_without_a_zone_a_local_time_is_no_instant():
    assert instant("2014-03-12 08:05", time_zone=None) == (None, "instant-without-offset")
