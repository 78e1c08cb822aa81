import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.files.delimiters import detect_dialect, letters, read_raw
from tumen.files.text_table import Dialect

SURE = [
    ("a,b\n1,2\n", ","),
    ("a;b\n1,5;2,5\n", ";"),
    ("lat;lon\n43,1;131,2\n44,1;132,2\n", ";"),
    ("1,5;2,5\n3,5;4,5\n", ";"),
    ("a\tb\n1,5\t12:30\n", "\t"),
    ("a|b\nx|y\n", "|"),
    ("a:b\n1:2\n", ":"),
    ("x\n1,5\n2,5\n", ","),
    ("time\n12:30:00\n13:00:00\n", ","),
    ("date,time\n2014-01-01,12:30\n", ","),
    ("url,n\nhttps://a.org/x,1\nhttps://a.org/y,2\n", ","),
    ('a,b\n"x;y",2\n"z;w",3\n', ","),
    ("id;species;note\n1;Panthera pardus;seen, twice\n2;Sus scrofa;a, b\n", ";"),
    ("", ","),
]


@pytest.mark.parametrize(("text", "delimiter"), SURE)
def test_the_delimiter_is_found_and_certain(text, delimiter):
    cut = detect_dialect(text, encoding="cp1251")
    assert cut.dialect == Dialect(delimiter, encoding="cp1251")
    assert cut.certainty >= 0.9
    assert cut.findings["code"].to_list() == ([] if delimiter == "," else ["delimiter-detected"])


def test_what_fits_two_ways_is_doubted():
    cut = detect_dialect("a,b;c\n1,2;3\n4,5;6\n", name="cats")
    (row,) = cut.findings.to_dicts()
    assert (row["code"], row["severity"], row["table"]) == ("delimiter-doubtful", "warning", "cats")
    assert cut.certainty < 0.9
    assert ";" in row["arguments"] + row["value"]


def test_titles_above_the_table_make_it_less_certain_and_not_wrong():
    cut = detect_dialect("Survey, 2014\n\na;b;c\n1;2;3\n1;2;3\n")
    assert cut.dialect.delimiter == ";"
    assert cut.findings["code"].to_list() == ["delimiter-doubtful"]


def test_the_first_line_of_excel_is_believed():
    cut = detect_dialect("sep=;\na;b\n1;2\n")
    assert (cut.dialect.delimiter, cut.certainty) == (";", 1.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [("a,b\r1,2\r", "line-ends-old"), ("a,b\r\n1,2\n", "line-ends-mixed"), ("a,b\r\n1,2\r\n", ""), ("a,b\n", "")],
)
def test_line_ends_are_noted(text, code):
    assert detect_dialect(text).findings["code"].to_list() == ([code] if code else [])


def test_raw_cells_keep_every_record():
    raw = read_raw('Survey\r\rid;n\r1;"a;b"\r\r', Dialect(";"))
    assert raw.columns == ["A", "B"]
    assert raw.rows() == [("Survey", None), (None, None), ("id", "n"), ("1", "a;b")]
    assert read_raw("", Dialect()).is_empty()


@given(st.integers(min_value=0, max_value=16383))
def test_letters_are_distinct_and_short(number):
    assert letters(number).isalpha()
    assert len(letters(number)) <= 3
    assert letters(number) != letters(number + 1)


words = st.text("abcдежк", min_size=1, max_size=6)


@given(st.sampled_from(",;\t|"), st.lists(st.lists(words, min_size=3, max_size=3), min_size=2, max_size=8))
def test_any_table_of_words_is_cut_rightly(delimiter, table):
    text = "".join(delimiter.join(record) + "\n" for record in table)
    assert detect_dialect(text).dialect.delimiter == delimiter
    assert [list(r) for r in read_raw(text, Dialect(delimiter)).rows()] == table


@given(st.text(max_size=60))
def test_any_text_has_a_dialect(text):
    cut = detect_dialect(text)
    assert 0.0 <= cut.certainty <= 1.0
    read_raw(text, cut.dialect)
