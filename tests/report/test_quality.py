"""Findings in words, by kind, the gravest first."""

import polars as pl
import pytest
from tests.report.invented import finding_frame

from tumen.report.document import Grid
from tumen.report.findings_lines import findings_text
from tumen.report.findings_page import findings_html
from tumen.report.quality import counts, finding_texts, quality
from tumen.report.words import Words
from tumen.report.words.catalogues import languages
from tumen.tables.catalogue import CATALOGUE
from tumen.tables.findings import empty, finding, gather

EN, RU = Words("en"), Words("ru")


def test_messages_are_filled_and_translated():
    one = finding("cell-vocabulary", table="individuals", row=2, column="sex", value="femelle", words="female, male")
    assert finding_texts(one, EN)["message"][0] == "femelle in sex is not one of the permitted words: female, male."
    assert finding_texts(one, RU)["message"][0] == "femelle в sex — не из допустимых слов: female, male."


def test_a_country_code_becomes_a_name():
    one = finding("coordinates-outside-country", value="43.1, 131.2", country="CN", kilometres=12)
    assert "outside China, the country declared" in finding_texts(one, EN)["message"][0]
    assert "(Китай)" in finding_texts(one, RU)["message"][0]


def test_every_row_is_kept_and_nothing_else_changes():
    found = finding_frame()
    assert finding_texts(found, RU).drop("message", "cure").equals(found)
    assert finding_texts(empty(), EN).columns[-2:] == ["message", "cure"]


def test_the_grid_counts_every_finding_once():
    blocks = quality(finding_frame(), EN)
    (grid,) = [block for block in blocks if isinstance(block, Grid)]
    assert [row[:3] for row in grid.rows] == [
        ("error", "cell-vocabulary", "6"),
        ("error", "coordinates-zero", "1"),
        ("warning", "event-outside-deployment", "1"),
        ("note", "failures-unreported", "1"),
    ]
    assert grid.rows[0][3][-1] == "… and 3 more"
    assert grid.rows[0][3][0].startswith("Southern Institute · south · individuals · row 2 · sex: ")


def test_counts_are_said_even_when_there_are_none():
    assert counts(finding_frame(), EN) == "7 errors, 1 warning, 1 note"
    assert counts(empty(), RU) == "0 ошибок, 0 предупреждений, 0 заметок"
    assert quality(empty(), EN)[0].text == "The checks found nothing to complain of."


@pytest.mark.parametrize("language", languages())
def test_the_page_of_findings_stands_alone(language: str):
    words = Words(language)
    page = findings_html(finding_frame(), words, packages=("north", "south", "west"))
    assert f'<html lang="{language}">' in page
    assert "http" not in page and "<script" not in page
    assert words.listing(("north", "south", "west")) in page
    assert words.missing == ()
    assert page == findings_html(finding_frame(), Words(language), packages=("north", "south", "west"))


def test_the_page_escapes_what_data_say():
    page = findings_html(finding("cell-required", column="<script>x</script>"), EN)
    assert "<script>" not in page and "&lt;script&gt;x&lt;/script&gt;" in page


def test_the_page_says_when_it_leaves_cases_out():
    many = gather([finding("cell-required", row=row, column="sex") for row in range(2, 300)])
    assert "The first 200 of 298 cases are listed." in findings_html(many, EN)


def test_an_empty_page_says_so():
    assert "The checks found nothing to complain of." in findings_html(empty(), EN, packages=("north",))


def test_rows_for_a_terminal():
    rows = findings_text(finding_frame(), EN)
    assert len(rows) == finding_frame().height
    assert rows[0][:3] == ("error", "cell-vocabulary", "Southern Institute · south · individuals · row 2 · sex")


def test_every_code_of_the_catalogue_can_be_said_in_russian():
    words = Words("ru")
    for code in CATALOGUE.values():
        for text in (code.message, code.cure):
            assert "⟦" not in words._form(text, None, text), code.code
    assert pl.Series(words.missing).is_empty()
