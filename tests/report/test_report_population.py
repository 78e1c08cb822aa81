"""Answers on numbers: their tables are read by type, named by species, and estimates are said with their intervals."""

import re

import polars as pl
import pytest
from tests.report.invented import LEOPARD, TIGER, make_source
from tests.report.invented_population import density_answer, diversity_answer, nothing, survival_answer

from tumen.errors import ColumnError, MisuseError
from tumen.report.document import Grid, Picture, Points, Warn
from tumen.report.figure import Figure
from tumen.report.figures import figures
from tumen.report.ground import Atlas, Sheet
from tumen.report.palette import Palette
from tumen.report.population import SHAPES, about, check, file_name, parameters, section_name, table, tables
from tumen.report.population_cells import no_estimate, said, status, with_interval
from tumen.report.population_points import Estimate, reach
from tumen.report.population_sections import headlines, population_figures, population_sections
from tumen.report.source import ReportSource
from tumen.report.words import Words
from tumen.tables.answer import Answer, Note
from tumen.tables.catalogue import CATALOGUE
from tumen.tables.findings import finding

ANSWERS = (density_answer(), survival_answer(), diversity_answer())


def sheet_of(source: ReportSource, language: str = "en") -> Sheet:
    return Sheet(
        Words(language), Palette(source.country_codes, tuple(sorted(source.parties["party"]))), Atlas(source.region)
    )


def numbered(drawn: tuple[Figure, ...]):
    return lambda name: tuple(Picture(figure, "Figure") for figure in drawn if figure.section == name)


def test_a_table_that_an_answer_leaves_out_is_empty_with_its_columns():
    assert table(Answer("density", {}), "abundance").columns == list(SHAPES["density"]["abundance"])
    assert table(Answer("density", {}), "abundance").is_empty()


def test_untyped_nulls_and_not_a_number_are_read_as_not_estimable():
    shape = SHAPES["survival"]["spatial"]
    given = pl.DataFrame({"parameter": ["phi", "gamma"], "estimate": [float("nan"), 0.2], "se": [None, None]})
    given = given.with_columns(low=pl.lit(None), high=pl.lit(None), session=pl.lit(None), sex=pl.lit(None))
    read = table(Answer("survival", {"spatial": given}), "spatial")
    assert read.schema == dict(shape)
    assert read["estimate"].to_list() == [None, 0.2]


def test_years_may_be_numbers_and_may_be_called_intervals():
    given = pl.DataFrame(
        {"interval": [2014], "sex": [None], "estimate": [0.8], "se": [0.1], "low": [0.6], "high": [0.9]}
    )
    assert table(Answer("survival", {"survival": given}), "survival")["year"].to_list() == ["2014"]


def test_further_columns_do_no_harm_and_missing_ones_are_refused():
    buffer = density_answer().tables["buffer"]
    more = Answer("density", {"buffer": buffer.with_columns(change=pl.lit(0.0))})
    assert table(more, "buffer").columns == list(SHAPES["density"]["buffer"])
    with pytest.raises(ColumnError, match="no abundance"):
        check([Answer("density", {"buffer": buffer.drop("abundance")})])


def test_only_answers_on_numbers_are_taken_and_each_once():
    check(ANSWERS)
    with pytest.raises(MisuseError, match="density, survival, diversity"):
        check([Answer("crossings", {})])
    with pytest.raises(MisuseError, match="one answer of each name and species"):
        check([density_answer(), density_answer()])


def test_tables_of_two_species_have_two_names():
    both = (density_answer(), density_answer(species=LEOPARD))
    assert "density-panthera-tigris-abundance" in tables(both)
    assert "density-panthera-pardus-abundance" in tables(both)
    assert set(about(both, Words("en"))) == set(tables(both))


def test_parameters_say_of_which_answer_they_are():
    assert parameters([density_answer()]) == {
        "density-panthera-tigris.detection": "HN",
        "density-panthera-tigris.buffer": 25000.0,
        "density-panthera-tigris.spacing": 4000.0,
    }


def test_an_estimate_without_an_interval_is_said_to_have_none():
    assert said(Words("en"), "34", "–", "–") == "34 (without an interval)"
    assert with_interval("34", "–", "–") == "34"


def test_how_a_fit_ended_is_said_in_the_words_of_the_catalogue():
    words = Words("en")
    assert status(words, "failures-unreported") == CATALOGUE["failures-unreported"].message
    assert status(words, "cell-vocabulary") == "cell-vocabulary"  # its words need values


def test_why_there_is_no_estimate_is_said_by_findings_models_and_notes():
    found = finding("table-empty", table="detections")
    answer = nothing(density_answer(), Note("no-individuals"), findings=found)
    warn, reasons = no_estimate(answer, Words("en"), "Nothing.")
    assert isinstance(warn, Warn) and isinstance(reasons, Points)
    text = " ".join(reasons.items)
    assert "Table detections has a header and no rows." in text
    assert "Model D ~ forest, g0 ~ bk, sigma ~ sex, pmix:" in text
    assert "No detection of an identified individual was left" in text


def test_an_answer_without_any_reason_says_that():
    _, reasons = no_estimate(Answer("density", {}), Words("en"), "Nothing.")
    assert reasons.items == ("The analysis gives no reason.",)


def test_one_endless_interval_does_not_press_the_others_together():
    assert reach([Estimate("a", 10.0, (5.0, float("inf"))), Estimate("b", 8.0, (6.0, 12.0))]) == 30.0


@pytest.fixture(scope="module")
def drawn(source: ReportSource):
    return population_figures(ANSWERS, source, sheet_of(source))


def test_every_answer_has_a_section_with_its_figures(drawn):
    sections = population_sections(ANSWERS, numbered(drawn), Words("en"))
    assert [section.name for section in sections] == [section_name(answer) for answer in ANSWERS]
    assert [section.title for section in sections] == [
        "How many are there? Tiger", "Will they last? Tiger", "What do their genes say? Leopard",
    ]  # fmt: skip
    assert {figure.section for figure in drawn} == {section.name for section in sections}
    assert sum(isinstance(block, Picture) for section in sections for block in section.blocks) == len(drawn)


def test_sections_cite_only_tables_that_the_report_has(source: ReportSource, drawn):
    sections = population_sections(ANSWERS, numbered(drawn), Words("en"))
    cited = {name for section in sections for block in section.blocks if isinstance(block, Grid) for name in block.cite}
    cited |= {name for figure in drawn for name in figure.tables}
    assert cited <= {*tables(ANSWERS), *source.tables}


def test_the_same_answers_give_the_same_figures(source: ReportSource, drawn):
    assert population_figures(ANSWERS, source, sheet_of(source)) == drawn


def test_figures_of_two_species_do_not_share_names(source: ReportSource):
    both = (density_answer(), density_answer(species=LEOPARD))
    names = [figure.name for figure in population_figures(both, source, sheet_of(source))]
    assert len(names) == len(set(names)) == 8


def test_the_card_of_a_species_gets_its_number():
    assert headlines(ANSWERS, Words("en"), TIGER)[0].startswith(
        "Tiger: the number of animals on 8,950 km² is estimated"
    )
    assert headlines(ANSWERS, Words("en"), LEOPARD) == ()
    assert headlines([nothing(density_answer())], Words("en"), TIGER) == ()


def test_markup_in_names_is_text_in_figures(source: ReportSource):
    evil = '<script>alert("x")</script>'
    answer = density_answer((evil, "b"))
    renamed = answer.tables["goodness"].with_columns(statistic=pl.lit(evil))
    answer = Answer("density", {**answer.tables, "goodness": renamed}, (), answer.parameters)
    drawn = population_figures([answer], source, sheet_of(source))
    assert not any("<script" in figure.svg for figure in drawn)
    assert all(re.fullmatch(r"[a-z0-9-]+", figure.name) for figure in drawn)


def test_a_report_without_such_answers_has_no_more_figures(source: ReportSource):
    assert population_figures((), source, sheet_of(source)) == ()
    assert population_sections((), numbered(()), Words("en")) == ()
    assert not any("density" in figure.name for figure in figures(make_source(), Words("en")))


@pytest.mark.parametrize("language", ["ru", "ja"])
def test_every_language_can_draw_and_say_them(source: ReportSource, language: str):
    drawn = population_figures(ANSWERS, source, sheet_of(source, language))
    assert len(population_sections(ANSWERS, numbered(drawn), Words(language))) == 3
    assert file_name(ANSWERS[0], "surface") in drawn[0].tables
