import polars as pl
import pytest

from tumen.errors import FormatError
from tumen.files.delimiters import read_raw
from tumen.files.headers import header_doubts, take_header
from tumen.files.text_table import Dialect

GOOD = "station,lat,lon,day,species\nK1,43.1,131.2,2014-01-02,Panthera pardus\nK2,43.2,131.3,2014-01-03,Sus scrofa\n"


def doubts(text: str, row: int = 1) -> list[tuple[str, int | None]]:
    return header_doubts(read_raw(text, Dialect()), row=row).select("code", "row").rows()


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "name\nK1\nK2\n",
        "station,species\nK1,Panthera pardus\nK2,Sus scrofa\n",
        "id,a,b\nK1,NA,NA\nK2,1,2\nK3,3,4\n",
        "id,a,b\nK1,нет,-\nK2,1,2\nK3,3,4\n",
        "id,sex,age\nK1,F,12\nK2,M,3\nK3,,4\n",
        "id,a\n",
        "",
    ],
)
def test_a_plain_header_raises_no_doubt(text):
    assert doubts(text) == []


@pytest.mark.parametrize(
    "second",
    ["станция,широта,долгота,дата,вид", ",(°),(°),dd.mm.yyyy,", "Station,Lat,Lon,Day,Species", "код,°,°,,", ",m,m,,"],
)
def test_a_second_header_row_is_an_error_and_stays(second):
    text = GOOD.replace("\n", f"\n{second}\n", 1)
    assert doubts(text) == [("header-second-row", 2)]
    headed = take_header(read_raw(text, Dialect()), name="cats")
    assert headed.cells.height == 3
    assert headed.findings["table"].to_list()[0] == "cats"


def test_a_header_continued_below_a_merged_cell():
    assert doubts("station,position,,n\n,lat,lon,\nK1,43.1,131.2,3\nK2,43.2,131.3,4\n") == [("header-second-row", 2)]


def test_titles_above_the_header_are_an_error_that_names_the_likely_row():
    text = "Winter survey of leopards,,,,\n,,,,\n" + GOOD
    assert doubts(text) == [("header-title-lines", 1)]
    found = header_doubts(read_raw(text, Dialect()))
    assert '"likely": 3' in found["arguments"][0]
    assert doubts(text, row=3) == []


def test_a_declared_header_keeps_the_rows_of_the_file():
    headed = take_header(read_raw("Winter survey,,,,\n\n" + GOOD, Dialect()), row=3)
    assert headed.cells.columns == ["station", "lat", "lon", "day", "species"]
    assert headed.cells.rows()[0][0] == "K1"
    assert headed.row == 3
    assert headed.findings.is_empty()


def test_names_that_are_missing_or_repeated():
    headed = take_header(pl.DataFrame([["a", "", "a"], ["1", "2", "3"]], schema=["A", "B", "C"], orient="row"))
    assert headed.cells.columns == ["a", "(column 2)", "a (column 3)"]
    assert headed.findings.select("code", "row", "column").rows() == [
        ("header-duplicate", 1, "a"),
        ("header-empty", 1, "(column 2)"),
    ]


def test_a_blank_row_stays_and_is_reported():
    headed = take_header(read_raw("a,b\n1,2\n,\n3,4\n", Dialect()))
    assert headed.cells.rows() == [("1", "2"), (None, None), ("3", "4")]
    assert headed.findings.select("code", "row").rows() == [("row-blank", 3)]


def test_a_header_row_that_is_not_there_is_misuse():
    with pytest.raises(FormatError, match="a header in row 9 of cats; found 2 rows"):
        take_header(read_raw("a,b\n1,2\n", Dialect()), row=9, name="cats")
