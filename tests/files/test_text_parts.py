"""A table read in parts is the table read at once."""

import io

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tumen.files.archive import UnreadableError
from tumen.files.text_parts import Wanted, text_parts
from tumen.files.text_table import read_text_table
from tumen.tables.findings import gather


def whole(data, size):
    """Put the parts together again; check that their rows follow one another."""
    parts = list(text_parts(io.BytesIO(data), name="media", size=size))
    row = parts[0].first_row
    for part in parts:
        assert part.first_row == row
        row += part.frame.height
    frame = pl.concat([part.frame for part in parts], how="diagonal")
    return frame, gather(part.findings for part in parts)


def again(data, size, rows):
    """Read some rows a second time."""
    known = frozenset(part.first_row for part in text_parts(io.BytesIO(data), size=size) if part.regular)
    wanted = Wanted(pl.Series(rows, dtype=pl.Int64), known)
    parts = text_parts(io.BytesIO(data), size=size, wanted=wanted)
    return pl.concat([part.frame for part in parts], how="diagonal")


def agrees(data, size):
    frame, found = whole(data, size)
    expected, expected_findings = read_text_table(data, name="media")
    assert frame.columns == expected.columns
    assert frame.rows() == expected.rows()
    assert found.rows() == expected_findings.rows()
    rows = list(range(2, frame.height + 2, 3))
    assert again(data, size, rows).rows() == expected[::3].rows()


cells = st.text('ab,"\n\r é', max_size=4)
plain = st.text("ab1", max_size=3)


@st.composite
def tables(draw):
    """CSV bytes, from quite regular to quite mad."""
    width = draw(st.integers(1, 3))
    records = draw(
        st.lists(st.lists(draw(st.sampled_from([cells, plain])), min_size=width, max_size=width), max_size=9)
    )
    ends = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    quoted = draw(st.booleans())

    def written(cell):
        return '"' + cell.replace('"', '""') + '"' if quoted and draw(st.booleans()) else cell

    return ends.join(",".join(written(cell) for cell in record) for record in [["h", "i", "j"][:width], *records])


@given(tables(), st.text('ab,"\n\r', max_size=12), st.integers(1, 30))
@example("h,i\n", "\n\n\na,b\n\n\n", 4)
@example('h,i\na,b\n"', "a\nb,c\n", 6)
@example("h,i\na,b\nc,d,e,f\n", "", 5)
@example('h,i\na,x"y\nb,"\n",c\n', "", 5)
def test_parts_of_any_size_are_the_whole(text, tail, size):
    data = (text + tail).encode()
    try:
        agrees(data, size)
    except UnreadableError:
        # One record that is longer than sixty-four parts.
        assert len(data) > 64 * size


@given(st.binary(max_size=40), st.integers(1, 20))
def test_bytes_that_are_no_text_are_told_cell_by_cell(junk, size):
    if junk.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    try:
        agrees(b"\xef\xbb\xbfh,i\n" + junk, size)
    except UnreadableError:
        assert len(junk) > 64 * size - 8


def test_a_quote_that_is_never_closed_ends_the_reading():
    with pytest.raises(UnreadableError, match="row 2"):
        whole(b'h,i\n"a,b\n' + b"c,d\n" * 1000, 8)
