import io
import zipfile

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.files.spreadsheet_write import harmless, write_workbook
from tumen.files.workbook import read_workbook

RISKY = ["=1+1", "+7 423", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', "=cmd|'/c calc'!A0"]


def test_what_begins_like_a_formula_is_text_for_every_program():
    data = write_workbook({"cats": pl.DataFrame({"note": RISKY})})
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    cells = [sheet.cell(row, 1) for row in range(2, 2 + len(RISKY))]
    assert [cell.data_type for cell in cells] == ["s"] * len(RISKY)
    assert all(cell.quotePrefix and cell.number_format == "@" for cell in cells)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_numbers_dates_and_links_stay_text():
    table = pl.DataFrame({"a": ["007", "1e3", "2014-05-12", "http://example.org", "TRUE", None]})
    (sheet,) = read_workbook(write_workbook({"a": table})).sheets
    assert sheet.cells["a"].to_list() == ["007", "1e3", "2014-05-12", "http://example.org", "TRUE"]
    assert sheet.findings.is_empty()


def test_the_same_tables_give_the_same_bytes():
    tables = {"Лист1": pl.DataFrame({"вид": ["тигр"]}), "b": pl.DataFrame({"x": [None]}, schema={"x": pl.String})}
    assert write_workbook(tables) == write_workbook(tables)


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "a[1]", "'a"])
def test_a_name_no_sheet_can_have_is_misuse(name):
    with pytest.raises(MisuseError, match="a sheet name"):
        write_workbook({name: pl.DataFrame({"a": ["1"]})})


def test_two_names_that_differ_by_capitals_are_misuse():
    with pytest.raises(MisuseError, match="used once"):
        write_workbook({"a": pl.DataFrame({"a": ["1"]}), "A": pl.DataFrame({"a": ["1"]})})


def test_nothing_is_cut_off():
    with pytest.raises(MisuseError, match="fits on a sheet"):
        write_workbook({"a": pl.DataFrame({"a": ["x" * 40_000]})})
    with pytest.raises(MisuseError, match="at least one table"):
        write_workbook({})


def test_an_apostrophe_disarms_a_csv_for_people_and_leaves_numbers():
    cells = [*RISKY, "-3.5", "+7", "43,1", "a=b", "", None]
    disarmed = harmless(pl.DataFrame({"a": cells, "n": range(len(cells))}))
    kept = ["-2", "-3.5", "+7", "43,1", "a=b", "", None]
    assert disarmed["a"].to_list() == [c if c in kept else f"'{c}" for c in cells]
    assert disarmed["n"].to_list() == list(range(len(cells)))


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8)


@settings(max_examples=40)
@given(st.lists(st.tuples(text, text), min_size=1, max_size=6))
def test_what_is_written_is_read_back_equal(records):
    frame = pl.DataFrame(records, schema={"a": pl.String, "b": pl.String}, orient="row")
    (sheet,) = read_workbook(write_workbook({"s": frame})).sheets
    assert sheet.cells.equals(frame)
