"""A report with answers on numbers shows them; one without is the report it was."""

import pytest
from tests.report.invented import make_source
from tests.report.invented_population import density_answer, diversity_answer, survival_answer
from tests.report.test_page import Reader

from tumen.errors import ColumnError
from tumen.report.figures import figures
from tumen.report.page import html
from tumen.report.pdf import pdf
from tumen.report.source import ReportSource
from tumen.report.words import Words
from tumen.tables.answer import Answer

ANSWERS = (density_answer(), survival_answer(), diversity_answer())


def test_a_report_without_such_answers_is_the_report_it_was(source: ReportSource, drawn):
    page = html(make_source(population=()), figures(make_source(population=()), Words("en")), Words("en"))
    assert page == html(source, drawn, Words("en"))
    assert "How many are there?" not in page


def test_the_sections_stand_in_page_and_print():
    source, words = make_source(population=ANSWERS), Words("en")
    drawn = figures(source, words)
    read = Reader(html(source, drawn, words))
    for title in ("How many are there? Tiger", "Will they last? Tiger", "What do their genes say? Leopard"):
        assert title in read.text
    tables = {"tables/density-panthera-tigris-surface.csv", "tables/diversity-panthera-pardus-groups.csv"}
    assert tables <= set(read.links)
    assert len(read.ids) == len(set(read.ids))
    assert all(link[1:] in read.ids for link in read.links if link.startswith("#"))
    assert all(load.startswith("#") for load in read.loads)
    assert "density cell by cell; as private as the stations’ positions" in read.text
    assert "density-panthera-tigris.buffer" in read.text
    assert pdf(source, drawn, words).startswith(b"%PDF-1.")


def test_the_card_of_a_species_has_its_number():
    source = make_source(population=ANSWERS)
    assert "Tiger: the number of animals on 8,950 km² is estimated" in Reader(html(source, (), Words("en"))).text


def test_every_table_of_the_answers_is_written_with_the_report():
    assert "survival-panthera-tigris-spatial" in make_source(population=ANSWERS).tables


def test_an_answer_that_lacks_a_column_is_refused_before_half_a_report_is_drawn():
    short = density_answer().tables["abundance"].drop("expected")
    with pytest.raises(ColumnError, match="no expected"):
        make_source(population=(Answer("density", {"abundance": short}),))


def test_markup_in_data_is_text():
    evil = '<script>alert("x")</script>'
    answer = density_answer((evil, "b"))
    read = Reader(html(make_source(population=(answer,)), (), Words("en")))
    assert "script" not in read.tags and evil in read.text
