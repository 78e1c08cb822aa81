"""The sections on waterbirds say what is met, what is not known, and how the numbers change, in words and no codes."""

import re
from dataclasses import replace

import polars as pl
import pytest
from tests.estuary import copied
from tests.report.invented import make_source
from tests.report.test_page import Reader
from tests.report.test_report_density import plain, texts
from tests.report.test_report_population import sheet_of

from tumen.report import population
from tumen.report.document import Grid, Points, Text, Warn
from tumen.report.page import html
from tumen.report.trends import indicators, trends
from tumen.report.trends import sentences as changes
from tumen.report.trends_charts import draw_indicators, draw_trends
from tumen.report.waterbirds import sentences, waterbirds
from tumen.report.waterbirds_charts import draw_seasons
from tumen.report.words import Words
from tumen.tables.answer import Answer
from tumen.tasks.study import read_study
from tumen.tasks.trends import estimate
from tumen.tasks.waterbird_survey import survey
from tumen.tasks.waterbirds import judge

CODE = re.compile(r"\b(?:[a-z]+[A-Z][A-Za-z0-9]*|R[1-9]|F[ABC][12]?|None|nan|null)\b")
"""What no reader should see: camelCase, the codes of criteria, and how programs write that there is nothing."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The answers on the estuary: verdicts, two trends, one indicator."""
    read = survey(read_study(copied(tmp_path_factory.mktemp("estuary"))))
    several = {"swans and geese": ("Cygnus cygnus", "Anser cygnoides")}
    asked = replace(
        read.study,
        trends={
            **read.study.trends,
            "species": ("Cygnus cygnus",),
            "places": "country",
            "smooth": 3.0,
            "indicators": several,
        },
    )
    return (judge(read), *estimate(replace(read, study=asked)))


def written(blocks) -> str:
    """Everything a reader sees of some blocks."""
    said = []
    for block in blocks:
        if isinstance(block, Grid):
            said += [block.title, block.note, *(column.title for column in block.columns)]
            said += [
                part for row in block.rows for cell in row for part in (cell if isinstance(cell, tuple) else (cell,))
            ]
        elif isinstance(block, Points):
            said += block.items
        elif isinstance(block, Text | Warn):
            said.append(block.text)
    return plain("\n".join(said))


def grid(blocks, title) -> Grid:
    (one,) = [block for block in blocks if isinstance(block, Grid) and plain(block.title) == title]
    return one


def emptied(answer: Answer) -> Answer:
    return Answer(answer.name, {name: frame.clear() for name, frame in answer.tables.items()}, (), answer.parameters)


def test_the_answers_fit_the_report(made):
    population.check(made)


def test_every_place_has_a_sentence_and_complexes_come_first(made):
    first, *rest = map(plain, sentences(made[0], Words("en")))
    assert first.startswith("river-mouth (China / DPR Korea / Russia): met: ")
    assert len(rest) == made[0].tables["places"].height - 1
    (reeds,) = [line for line in rest if line.startswith("Long Reed Fields (China)")]
    assert "undecided: Ramsar 5" in reeds
    (ponds,) = [line for line in rest if line.startswith("Sickle Ponds (DPR Korea)")]
    assert "Ramsar 6" not in ponds


def test_verdicts_and_the_numbers_behind_them_are_tables_in_words(made):
    blocks = waterbirds(made[0], (), Words("en"))
    verdicts = grid(blocks, "Verdicts")
    assert [column.title for column in verdicts.columns][:2] == ["Site", "Ramsar 2"]
    cells = {row[0]: row for row in verdicts.rows}
    five = [column.title for column in verdicts.columns].index("Ramsar 5")
    assert cells["Whistling Lagoon (Russia)"][five] == "met"
    assert cells["Long Reed Fields (China)"][five] == "undecided"
    assert cells["Sickle Ponds (DPR Korea)"][five] == "not met"
    numbers = grid(blocks, "The numbers behind the verdicts: Long Reed Fields (China)")
    assert any("counted seasons" in str(row[-1]) for row in numbers.rows)
    assert re.search(r"at least [\d,]+", " ".join(str(row[5]) for row in numbers.rows))
    assert "– –" not in plain(written(blocks))
    flips = grid(blocks, "Verdicts that depend on the edition of the estimates")
    cranes = {(row[0], row[3]): row[-1] for row in flips.rows if row[1] == "Ramsar 6" and row[2] == "Hooded crane"}
    by_edition = cranes["Whistling Lagoon (Russia)", "autumn"]
    assert sorted(edition.rsplit(", ", 1)[1] for edition in by_edition) == ["met", "not met"]
    assert grid(blocks, "Turnover on passage").rows


def test_a_signed_statement_is_named_with_its_author(made):
    said = written(waterbirds(made[0], (), Words("en")))
    assert re.search(r"Sickle Ponds \(DPR Korea\): Ramsar 3: .*signed by C\. Example on 1 Mar 2015", said)
    # A draft is no statement.
    assert "Flyway C: exceptional at a stage of life, signed" not in said


def test_a_trend_is_a_sentence_for_each_region(made):
    swans = made[1]
    first, *rest = map(plain, changes(swans, Words("en")))
    assert re.match(
        r"Whooper swan, all sites, 2004–2015: moderate increase; each year 1\.050 \(95 % interval 1\.034–1\.066\)",
        first,
    )
    assert len(rest) == 3
    assert rest[0].startswith("Whooper swan, China")
    blocks = trends(swans, (), Words("en"))
    years = grid(blocks, "Index and totals by year")
    assert [row[0] for row in years.rows] == [str(year) for year in range(2004, 2016)]
    assert years.rows[0][1].startswith("1.00")


def test_an_indicator_has_its_change_and_its_years(made):
    blocks = indicators(made[-1], (), Words("en"))
    (row,) = grid(blocks, "Change of the indicators").rows
    assert row[0] == "swans and geese"
    assert len(grid(blocks, "Indicators by year").rows) == 12


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_reader_sees_a_code(made, language):
    words = Words(language)
    blocks = [waterbirds(made[0], (), words), *(trends(one, (), words) for one in made[1:-1])]
    for own in (*blocks, indicators(made[-1], (), words)):
        # Names of files are cited as they are.
        assert CODE.findall(re.sub(r"[\w-]+\.csv", "", written(own))) == []


def test_the_page_shows_all_sections(made):
    page = Reader(html(make_source(population=made), (), Words("en")))
    for title in ("Does the site qualify?", "How do the numbers change? Whooper swan", "Several species"):
        assert title in page.text
    assert len(page.ids) == len(set(page.ids))
    assert "tables/waterbirds-verdicts.csv" in page.links
    assert "twoThirds" not in page.text and "moderateIncrease" not in page.text


def test_figures_are_the_same_each_time_and_in_words(made, source):
    sheet = sheet_of(source)
    said = []
    for draw, answer in ((draw_seasons, made[0]), (draw_trends, made[1]), (draw_indicators, made[-1])):
        (one,) = draw(answer, sheet)
        said += texts(one)
        assert CODE.search(one.caption + one.alternative) is None
    assert not CODE.search(" ".join(said))
    assert {"counted in full", "smooth trend", "swans and geese"} <= set(said)
    assert draw_indicators(made[-1], sheet)[0].svg == one.svg


def test_answers_without_rows_are_said_and_draw_nothing(made, source):
    sheet, words = sheet_of(source), Words("en")
    assert draw_seasons(emptied(made[0]), sheet) == ()
    assert draw_trends(emptied(made[1]), sheet) == ()
    assert draw_indicators(emptied(made[-1]), sheet) == ()
    for name, body in (("waterbirds", waterbirds), ("trends", trends), ("indicators", indicators)):
        for answer in (Answer(name, {}), next(emptied(one) for one in made if one.name == name)):
            assert "What the method assumes:" in written(body(answer, (), words))
    assert "no trend could be computed" in written(trends(emptied(made[1]), (), words))


def test_a_trend_that_cannot_be_told_is_no_stable_trend(made):
    swans = made[1]
    slopes = swans.tables["slopes"].with_columns(
        pl.lit(None, pl.Float64).alias(name) for name in ("multiplicative", "low", "high", "p")
    )
    said = written(trends(replace(swans, tables={**swans.tables, "slopes": slopes}), (), Words("en")))
    assert "That does not say that the numbers are stable" in said
