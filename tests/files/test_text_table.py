import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.files.text_table import Dialect, read_regular, read_text_table, write_csv


def codes(findings: pl.DataFrame) -> list[tuple[str, int | None]]:
    return findings.select("code", "row").rows()


def test_every_cell_is_text_and_nothing_is_typed():
    frame, findings = read_text_table(b"a,b\n007,NA\nnan,1e3\n")
    assert frame.rows() == [("007", "NA"), ("nan", "1e3")]
    assert findings.is_empty()


def test_an_empty_cell_is_null_whether_quoted_or_not():
    frame, _ = read_text_table(b'a,b\n,""\n')
    assert frame.rows() == [(None, None)]


def test_quotes_commas_and_line_breaks_inside_cells():
    frame, findings = read_text_table(b'a,b\r\n"he said ""no""","one\r\ntwo"\r\n"x, y",z\r\n')
    assert frame.rows() == [('he said "no"', "one\r\ntwo"), ("x, y", "z")]
    assert findings.is_empty()


def test_blanks_around_a_cell_stay():
    assert read_text_table(b"a,b\n 1 ,#2\n")[0].rows() == [(" 1 ", "#2")]


def test_a_byte_order_mark_is_no_part_of_the_first_name():
    frame, findings = read_text_table(b"\xef\xbb\xbfa,b\n1,2\n")
    assert frame.columns == ["a", "b"]
    assert findings.is_empty()


def test_utf_16_is_recognised_by_its_mark_and_reported():
    frame, findings = read_text_table("a,b\nЛеопард,豹\n".encode("utf-16"), name="media")
    assert frame.rows() == [("Леопард", "豹")]
    assert codes(findings) == [("encoding-differs", None)]


def test_a_declared_encoding_is_used():
    data = "a,b\nБарс,тигр\n".encode("cp1251")
    frame, findings = read_text_table(data, dialect=Dialect(encoding="windows-1251"))
    assert frame.rows() == [("Барс", "тигр")]
    assert findings.is_empty()


def test_an_unknown_encoding_is_a_finding():
    frame, findings = read_text_table(b"a,b\n1,2\n", dialect=Dialect(encoding="utf-9"))
    assert frame.height == 1
    assert codes(findings) == [("encoding-unknown", None)]


def test_a_declared_dialect_is_used():
    frame, _ = read_text_table(b"a;b\n'1;0';2,5\n", dialect=Dialect(delimiter=";", quote="'"))
    assert frame.rows() == [("1;0", "2,5")]


@pytest.mark.parametrize("mark", ["", ";;", "\n"])
def test_a_delimiter_is_one_character(mark):
    with pytest.raises(MisuseError, match="a delimiter of one character"):
        Dialect(delimiter=mark)


def test_ragged_rows_keep_every_cell_and_name_their_row():
    frame, findings = read_text_table(b"a,b\n1,2\n3\n4,5,6,7\n", name="media")
    assert frame.rows() == [("1", "2", None, None), ("3", None, None, None), ("4", "5", "6", "7")]
    assert frame.columns == ["a", "b", "(column 3)", "(column 4)"]
    assert codes(findings) == [("row-short", 3), ("row-long", 4)]
    assert findings["value"].to_list() == ["", "6, 7"]


def test_a_blank_line_between_rows_counts_as_a_row_and_blank_lines_at_the_end_do_not():
    frame, findings = read_text_table(b"a,b\n1,2\n\n3,4\n\n\n")
    assert frame.rows() == [("1", "2"), (None, None), ("3", "4")]
    assert codes(findings) == [("row-blank", 3)]


def test_a_bad_byte_is_shown_and_located():
    frame, findings = read_text_table(b"a,b\n1,2\nCaf\xe9,3\n", name="media")
    assert frame.rows() == [("1", "2"), ("Caf\\xe9", "3")]
    assert findings.select("code", "row", "column", "value").row(0) == ("cell-undecodable", 3, "a", "Caf\\xe9")


def test_a_null_byte_is_shown_and_located():
    frame, findings = read_text_table(b"a,b\n1\x00,2\n")
    assert frame.rows() == [("1\\x00", "2")]
    assert codes(findings) == [("cell-null-byte", 2)]


def test_duplicate_and_empty_header_cells_lose_no_column():
    frame, findings = read_text_table(b"a,a,,b\n1,2,3,4\n")
    assert frame.columns == ["a", "a (column 2)", "(column 3)", "b"]
    assert frame.rows() == [("1", "2", "3", "4")]
    assert sorted(codes(findings)) == [("header-duplicate", 1), ("header-empty", 1)]


@pytest.mark.parametrize("data", [b"a,b\n", b"a,b", b"\xef\xbb\xbfa,b\r\n"])
def test_header_only(data):
    frame, findings = read_text_table(data, name="media")
    assert frame.columns == ["a", "b"]
    assert frame.height == 0
    assert codes(findings) == []


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_empty_file(data):
    frame, findings = read_text_table(data, name="media")
    assert frame.shape == (0, 0)
    assert codes(findings) == [("file-empty", None)]


def test_a_quote_that_is_never_closed():
    frame, findings = read_text_table(b'a,b\n1,2\n"3,4\n5,6\n')
    assert frame.rows()[0] == ("1", "2")
    assert ("quote-unclosed", 3) in codes(findings)


def test_quotes_inside_an_unquoted_cell_are_characters():
    assert read_text_table(b'a,b\n12" lens,5" x "y"\n')[0].rows() == [('12" lens', '5" x "y"')]


def test_old_line_ends():
    assert read_text_table(b"a,b\r1,2\r3,4\r")[0].rows() == [("1", "2"), ("3", "4")]


def test_a_cell_longer_than_the_csv_module_allows():
    cell = b"x" * 200_000
    assert read_text_table(b"a\n" + cell + b"\n")[0].item() == cell.decode()


cells = st.text(
    alphabet=st.one_of(
        st.sampled_from("\",;\r\n\t =+-@'#é豹"), st.characters(exclude_categories=["Cs"], min_codepoint=1)
    ),
    max_size=6,
)


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=5))
def test_what_is_written_is_read_back(rows):
    frame = pl.DataFrame(
        [[cell or None for cell in row] for row in rows], schema={"a": pl.String, "b": pl.String}, orient="row"
    )
    assert read_text_table(write_csv(frame))[0].equals(frame)


@given(st.lists(cells, max_size=5))
def test_one_column_keeps_its_empty_cells(column):
    frame = pl.DataFrame({"a": [cell or None for cell in column]}, schema={"a": pl.String})
    assert read_text_table(write_csv(frame))[0].equals(frame)


def slow_cells(text: str) -> list[list[str | None]]:
    """Say it the obvious way."""
    return [[cell or None for cell in record] for record in csv.reader(io.StringIO(text, newline=""))][1:]


@given(st.text(alphabet='a,"\n\r ', max_size=24))
def test_the_fast_way_agrees_with_the_slow_one_or_declines(tail):
    text = "x,y\n" + tail
    fast = read_regular(text.encode(), Dialect())
    assert fast is None or [list(row) for row in fast.rows()] == slow_cells(text)


@pytest.mark.parametrize("tail", ["1,2\n3,4\n", '"1","2"\r\n"a""b",\r\n', '"a\nb",c'])
def test_regular_files_are_read_the_fast_way(tail):
    assert read_regular(("x,y\n" + tail).encode(), Dialect()) is not None


@pytest.mark.parametrize("encoding", ["\0", "a\0b", "hex", "undefined", "x" * 5000])
def test_an_encoding_that_is_none_is_told_and_the_text_read(encoding):
    frame, findings = read_text_table(b"a,b\n1,2\n", dialect=Dialect(encoding=encoding))
    assert frame.rows() == [("1", "2")]
    assert codes(findings) == [("encoding-unknown", None)]
