"""The print opens, has its pages, and is the same each time."""

import re
from dataclasses import replace

import polars as pl
import pytest
from tests.report.invented import make_source

from tumen.report.document import Column, Grid
from tumen.report.pdf import column_widths, pdf
from tumen.report.source import ReportSource
from tumen.report.words import Words
from tumen.report.words.catalogues import languages


def pages(printed: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", printed))


@pytest.mark.parametrize("language", languages())
def test_it_is_a_pdf_of_several_pages(source: ReportSource, drawn_in, language: str):
    printed = pdf(source, drawn_in(language), Words(language))
    assert printed.startswith(b"%PDF-1.") and printed.rstrip().endswith(b"%%EOF")
    assert 6 <= pages(printed) <= 14
    assert b"/CreationDate" not in printed and b"/ModDate" not in printed


def test_the_same_source_gives_the_same_bytes(source: ReportSource, drawn):
    assert pdf(source, drawn, Words("en")) == pdf(source, drawn, Words("en"))


def test_marks_of_typst_in_data_are_text(source: ReportSource):
    parties = source.parties.with_columns(format=pl.lit('#panic("x") *b* $x$ [y] \\ @z <w> `q` // ~ ='))
    marked = make_source(title='#import "x.typ" *t* <label> @ref $1$', parties=parties)
    assert pages(pdf(marked, (), Words("en"))) >= 3


def test_a_long_table_goes_over_pages(source: ReportSource):
    record = source.provenance
    many = replace(record, inputs=record.inputs * 100)
    assert pages(pdf(make_source(provenance=many), (), Words("en"))) > pages(pdf(source, (), Words("en"))) + 2


def test_a_column_is_never_narrower_than_its_longest_word():
    grid = Grid("", (Column("Species"), Column("parliamentary")), (("a " * 200, "b " * 200),), ())
    assert column_widths(grid)[1] >= len("parliamentary")
    assert sum(column_widths(grid)) <= 118
