"""The section on genetic diversity says how much each side has and how far sides differ; or why it cannot."""

import polars as pl
from tests.report.invented_population import diversity_answer, nothing
from tests.report.test_report_density import plain, texts
from tests.report.test_report_population import sheet_of

from tumen.report.diversity import diversity, estimated, sentences
from tumen.report.diversity_charts import draw_diversity, draw_ordination
from tumen.report.document import Grid, Points, Warn
from tumen.report.source import ReportSource
from tumen.report.words import Words
from tumen.tables.answer import Answer, Note


def grids(answer: Answer) -> dict[str, Grid]:
    return {block.title: block for block in diversity(answer, (), Words("en")) if isinstance(block, Grid)}


def test_the_section_opens_with_diversity_and_difference():
    first, second = sentences(diversity_answer(), Words("en"))
    assert first == (
        "Leopard: the chance that two copies of a gene differ (He) is: China 0.482 (animals: 12), Russia 0.497 "
        "(animals: 22), together 0.499 (animals: 34)."
    )
    assert plain(second) == ("Difference between China and Russia (FST; 0: none): 0.028 (95 % interval 0.004–0.059).")


def test_what_cannot_be_estimated_is_said_first_and_why():
    answer = nothing(diversity_answer(), Note("no-individuals"))
    assert not estimated(answer)
    warn, reasons, *_ = diversity(answer, (), Words("en"))
    assert isinstance(warn, Warn) and isinstance(reasons, Points)
    assert "Diversity by side" not in grids(answer)


def test_an_endless_size_is_said_to_be_a_small_sample():
    sizes = grids(diversity_answer())["Effective population size"]
    assert sizes.rows[0] == ("China", "linkage disequilibrium", "∞", "11–∞")
    assert sizes.rows[1] == ("Russia", "linkage disequilibrium", "25", "14–58")
    assert "too small to say more" in sizes.note


def test_a_size_that_is_not_estimable_is_neither_endless_nor_zero():
    sizes = (
        diversity_answer()
        .tables["effectiveSize"]
        .with_columns(
            infinite=pl.lit(value=False),
            Ne=pl.lit(None, pl.Float64),
            low=pl.lit(None, pl.Float64),
            high=pl.lit(None, pl.Float64),
        )
    )
    answer = Answer("diversity", {**diversity_answer().tables, "effectiveSize": sizes})
    assert grids(answer)["Effective population size"].rows[1][2:] == ("–", "–")


def test_animals_from_the_other_side_are_listed_the_surest_first():
    grid = grids(diversity_answer())["Animals from the other side"]
    assert [row[0] for row in grid.rows] == ["L03", "L17"]
    assert "2 of 3, of them 1 with p below 0.05" in grid.note


def test_relatedness_is_within_and_between_sides():
    rows = grids(diversity_answer())["Relatedness"].rows
    assert [row[0] for row in rows] == ["within China", "within Russia", "China and Russia"]
    assert rows[2][2] == "-0.020 (-0.050 – 0.020)"


def test_the_points_are_animals_by_side_without_their_names(source: ReportSource):
    (figure,) = draw_ordination(diversity_answer(), sheet_of(source))
    assert {"China (12)", "Russia (22)", "axis 1 (18.2 %)"} <= set(texts(figure))
    assert "L01" not in figure.svg


def test_two_points_are_no_picture(source: ReportSource):
    two = Answer("diversity", {"ordination": diversity_answer().tables["ordination"].head(2)})
    assert draw_ordination(two, sheet_of(source)) == ()


def test_groups_that_are_no_countries_keep_their_names(source: ReportSource):
    points = (
        diversity_answer()
        .tables["ordination"]
        .with_columns(group=pl.col("group").replace("CN", "north").replace("RU", "south"))
    )
    (figure,) = draw_ordination(Answer("diversity", {"ordination": points}), sheet_of(source))
    assert {"north (12)", "south (22)"} <= set(texts(figure))


def test_diversity_is_drawn_by_side(source: ReportSource):
    (figure,) = draw_diversity(diversity_answer(), sheet_of(source))
    said = texts(figure)
    assert {"China", "Russia", "together", "heterozygosity", "alleles a locus", "0.482", "2.94"} <= set(said)
    assert draw_diversity(nothing(diversity_answer()), sheet_of(source)) == ()
