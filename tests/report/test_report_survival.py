"""The section on survival says how many survive a year, with intervals; or why it cannot."""

import polars as pl
from tests.report.invented_population import nothing, survival_answer
from tests.report.test_report_density import plain, texts
from tests.report.test_report_population import sheet_of

from tumen.report.document import Grid, Points, Text, Warn
from tumen.report.source import ReportSource
from tumen.report.survival import estimated, sentences, survival
from tumen.report.survival_chart import draw_survival
from tumen.report.words import Words
from tumen.tables.answer import Answer, Note


def changed(**tables) -> Answer:
    answer = survival_answer()
    return Answer("survival", {**answer.tables, **tables}, answer.notes, answer.parameters)


def constant() -> Answer:
    rates = survival_answer().tables["survival"].head(2).with_columns(year=pl.lit(None, pl.String))
    return changed(survival=rates)


def test_the_section_opens_with_survival_of_each_sex():
    first, second, *_ = survival(survival_answer(), (), Words("en"))
    assert isinstance(first, Text) and first.text == (
        "Tiger: of the animals alive, this share was alive and still there a year later: females from 0.79 (0.66–0.89) "
        "to 0.88 (0.75–0.98), by year, males from 0.62 (0.49–0.72) to 0.74 (0.61–0.84), by year."
    )
    assert plain(second.text) == "Estimated number of animals in 2017: 39 (95 % interval 33–48)."


def test_survival_that_is_the_same_every_year_is_one_number():
    assert plain(sentences(constant(), Words("en"))[0]).endswith(
        "females 0.84 (95 % interval 0.71–0.94), males 0.71 (95 % interval 0.58–0.81)."
    )


def test_what_cannot_be_estimated_is_said_first_and_why():
    answer = nothing(survival_answer(), Note("no-individuals"))
    assert not estimated(answer)
    warn, reasons, *rest = survival(answer, (), Words("en"))
    assert isinstance(warn, Warn) and "could not be estimated" in warn.text
    assert isinstance(reasons, Points) and len(reasons.items) == 2
    assert [block.title for block in rest if isinstance(block, Grid)] == ["Models compared"]


def test_numbers_recruits_and_growth_stand_side_by_side():
    (grid,) = [
        block for block in survival(survival_answer(), (), Words("en")) if isinstance(block, Grid)
        and block.title == "Numbers over the years"
    ]  # fmt: skip
    assert [column.title for column in grid.columns][:3] == ["Year", "Animals", "Recruits"]
    assert grid.rows[0] == ("2013", "29 (23–38)", "–", "–")
    assert grid.rows[1] == ("2014", "31 (25–40)", "6.2 (3.2–11)", "1.05 (0.85–1.29)")


def test_the_spatial_model_says_what_its_letters_mean():
    (grid,) = [
        block
        for block in survival(survival_answer(), (), Words("en"))
        if isinstance(block, Grid) and "spatial" in block.title
    ]
    assert grid.rows[0] == (("phi", "survival"), "–", "females", "0.81", "0.050", "0.69–0.89")


def test_a_panel_is_drawn_for_survival_numbers_and_growth(source: ReportSource):
    (figure,) = draw_survival(survival_answer(), sheet_of(source))
    said = texts(figure)
    assert {"Survival to the next year", "Number of animals", "Growth from year to year", "females", "males"} <= set(
        said
    )
    assert figure.tables == ("survival-panthera-tigris-survival", "survival-panthera-tigris-population")


def test_only_what_there_is_has_a_panel(source: ReportSource):
    answer = changed(population=survival_answer().tables["population"].clear())
    (figure,) = draw_survival(answer, sheet_of(source))
    assert "Number of animals" not in texts(figure)
    assert draw_survival(nothing(survival_answer()), sheet_of(source)) == ()
    assert draw_survival(Answer("survival", {}), sheet_of(source)) == ()


def test_an_endless_interval_does_not_hide_the_others(source: ReportSource):
    numbers = (
        survival_answer()
        .tables["population"]
        .with_columns(high=pl.when(pl.col("year") == "2015").then(float("inf")).otherwise("high"))
    )
    (figure,) = draw_survival(changed(population=numbers), sheet_of(source))
    assert "inf" not in figure.svg and "nan" not in figure.svg
