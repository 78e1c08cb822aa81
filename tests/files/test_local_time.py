import polars as pl
import pytest

from tumen.errors import MisuseError
from tumen.files.local_time import find_format, with_offset

VLADIVOSTOK = "Asia/Vladivostok"


def read(cells: list[str | None], zone: str = VLADIVOSTOK, day="start", date_format: str = "%Y-%m-%d"):
    series, found = with_offset(
        pl.Series("t", cells, dtype=pl.String), date_format, zone, day=day, where=("observations", "eventStart")
    )
    return series.to_list(), found.select("code", "row", "value").rows()


def test_the_offset_follows_the_rules_of_the_zone_at_that_time():
    assert read(["2014-10-25 12:00:00", "2014-10-27 12:00:00"])[0] == [
        "2014-10-25T12:00:00+11:00",
        "2014-10-27T12:00:00+10:00",
    ]


def test_a_zone_of_a_half_hour_and_one_to_the_west():
    assert read(["2016-01-01 12:00"], "Asia/Pyongyang")[0] == ["2016-01-01T12:00:00+08:30"]
    assert read(["2016-01-01T12:00"], "America/St_Johns")[0] == ["2016-01-01T12:00:00-03:30"]


def test_a_time_that_was_shown_twice_is_not_chosen():
    assert read(["2014-10-26 01:30:00"]) == (
        ["2014-10-26 01:30:00"],
        [("time-ambiguous", 2, "2014-10-26 01:30:00")],
    )


def test_a_time_that_was_never_shown():
    cells, found = read([None, "2014-03-30 02:30:00"], "Europe/Brussels")
    assert cells == [None, "2014-03-30 02:30:00"]
    assert found == [("time-nonexistent", 3, "2014-03-30 02:30:00")]


def test_a_date_alone_is_the_first_or_the_last_second_of_its_day():
    assert read(["2014-01-01"])[0] == ["2014-01-01T00:00:00+11:00"]
    cells, found = read(["2014-01-01", "2014-01-02 8:05"], day="end")
    assert cells == ["2014-01-01T23:59:59+11:00", "2014-01-02T08:05:00+11:00"]
    assert found == [("date-without-time", None, "")]


def test_what_is_no_date_stays_for_the_cast_to_find():
    assert read(["31/02/2014", "1/3/2014", "NA", "2014-03-01", "1/3/14", "1/3/2014 25:00"], date_format="%d/%m/%Y")[
        0
    ] == [
        "31/02/2014",
        "2014-03-01T00:00:00+11:00",
        None,
        "2014-03-01",
        "1/3/14",
        "1/3/2014 25:00",
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2009-04-02", "2009-05-14 10:00:00"], "%Y-%m-%d"),
        (["02/04/2009", "14/05/2009", None, ""], "%d/%m/%Y"),
        (["04/02/2009", "05/14/2009"], "%m/%d/%Y"),
        (["2.4.2009", "14.5.2009"], "%d.%m.%Y"),
        (["2009/4/2"], "%Y/%m/%d"),
        (["2009:04:02 10:11:12"], "%Y:%m:%d"),
        (["2009-04-02", "soon"], "%Y-%m-%d"),
        ([None], "%Y-%m-%d"),
    ],
)
def test_a_format_is_found_where_only_one_fits(cells, expected):
    found, note = find_format([pl.Series(cells, dtype=pl.String)], None, "Setup_date")
    assert found == expected
    assert note["code"].to_list() == ([] if expected == "%Y-%m-%d" else ["date-format-found"])


@pytest.mark.parametrize(
    "cells", [["02/04/2009", "03/05/2009"], ["April 2nd"], ["02/04/09"], ["14/05/2009", "05/14/2009"]]
)
def test_a_format_is_never_guessed(cells):
    with pytest.raises(MisuseError, match="dates of one certain format in Setup_date") as caught:
        find_format([pl.Series(cells)], None, "Setup_date")
    assert "date_format" in caught.value.cure


def test_a_declared_format_must_be_one():
    assert find_format([pl.Series(["02/04/2009"])], "%m/%d/%Y", "Setup_date")[0] == "%m/%d/%Y"
    with pytest.raises(MisuseError, match="a date format with %Y, %m and %d"):
        find_format([], "dd/mm/yyyy", "Setup_date")


def test_a_zone_that_is_none():
    with pytest.raises(MisuseError, match="an IANA time zone"):
        read(["2014-01-01"], "Asia/Vladivostock")
