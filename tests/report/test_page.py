"""The page stands alone, says nothing that data could not be trusted to say, and is the same each time."""

import re
from html.parser import HTMLParser

import polars as pl
import pytest
from tests.report.invented import finding_frame, make_source

from tumen.report.figures import figures
from tumen.report.page import html
from tumen.report.source import ReportSource
from tumen.report.words import Words
from tumen.report.words.catalogues import Catalogue, read
from tumen.tables.answer import Answer

EVIL = '<script>alert("x")</script>'


class Reader(HTMLParser):
    """What a browser would load, link and show."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "href", "xlink:href", "srcset", "data"):
                self.loads.append(value or "")

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def page(source: ReportSource, drawn) -> str:
    return html(
        source, drawn, Words("en"), siblings={"en": "report.html", "ru": "report.ru.html"}, printed="report.pdf"
    )


def test_the_key_sentence_is_on_the_page(page: str):
    said = Reader(page).text.replace("\u00a0", " ")
    assert "3 of 5 tigers (60.0 %, 95 % interval 23.1–88.2 %) were found on both sides of the border." in said


def test_nothing_is_loaded_from_elsewhere(page: str):
    read = Reader(page)
    assert "script" not in read.tags and "link" not in read.tags and "img" not in read.tags
    assert all(load.startswith("#") for load in read.loads)
    assert not re.search(r"url\((?!#|data:)", page)
    assert not re.search(r"@import", page)
    outside = [u for u in re.findall(r"https?://[^\s\"'<)]+", page) if not u.startswith("http://www.w3.org/")]
    assert outside == []


def test_links_stay_in_the_folder(page: str):
    read = Reader(page)
    assert {"report.html", "report.ru.html", "report.pdf", "tables/summary.csv"} <= set(read.links)
    assert all(link[1:] in read.ids for link in read.links if link.startswith("#"))
    assert not any(":" in link or link.startswith("/") for link in read.links)


def test_ids_are_unique(page: str):
    ids = Reader(page).ids
    assert len(ids) == len(set(ids))


def test_the_language_is_said(source: ReportSource, drawn):
    page = html(source, drawn, Words("ru"), siblings={"en": "report.html", "ru": "report.ru.html"})
    assert '<html lang="ru">' in page
    assert re.search(r'<a href="report.ru.html" lang="ru" hreflang="ru" aria-current="page">русский</a>', page)


def test_the_same_source_gives_the_same_bytes(source: ReportSource, drawn_in):
    one, other = (html(source, drawn, Words("ru")) for drawn in (drawn_in("ru"), figures(source, Words("ru"))))
    assert one == other


def test_russian_has_no_english_left(source: ReportSource):
    words = Words("ru")
    page = html(source, figures(source, words), words)
    assert "⟦" not in page and words.missing == ()


def test_what_has_no_translation_is_marked_and_listed(source: ReportSource):
    known = read("ru").forms
    words = Words("ru", Catalogue({text: forms for text, forms in known.items() if text not in ("Methods", "Map")}))
    page = Reader(html(source, figures(source, words), words)).text
    assert "⟦Methods⟧" in page and "⟦Map⟧" in page
    listed = page[page.rindex("Тексты без перевода") :]
    assert "Methods" in listed and "Map" in listed
    assert set(words.missing) == {"Methods", "Map"}


def evil_source() -> ReportSource:
    """The invented study after somebody wrote markup into every name."""
    base = make_source()
    rename = pl.when(pl.col("individualID") == "T01").then(pl.lit(EVIL)).otherwise("individualID").alias("individualID")
    tables = {
        name: frame.with_columns(rename) if "individualID" in frame.columns else frame
        for name, frame in base.crossings.tables.items()
    }
    return make_source(
        title=f"Title {EVIL}",
        parties=base.parties.with_columns(format=pl.lit(EVIL)),
        findings=finding_frame().with_columns(value=pl.lit(EVIL), package=pl.lit(EVIL)),
        crossings=Answer("crossings", tables, base.crossings.notes, base.crossings.parameters),
    )


def test_markup_in_data_is_text(page: str):
    source = evil_source()
    read = Reader(html(source, figures(source, Words("en")), Words("en")))
    assert "script" not in read.tags
    assert read.text.count(EVIL) >= 5


def test_markup_in_data_is_text_in_figures_too():
    source = evil_source()
    for figure in figures(source, Words("en")):
        assert "<script" not in figure.svg


def test_without_individuals_the_page_says_so_and_shows_effort(source: ReportSource):
    empty = {name: frame.clear() for name, frame in source.crossings.tables.items()}
    blank = make_source(crossings=Answer("crossings", empty))
    text = Reader(html(blank, figures(blank, Words("en")), Words("en"))).text
    assert "No individual was identified in the pooled data" in text
    assert "Effort by country" in text and "Crossings" not in text


def test_a_whole_report_without_anything_still_stands(source: ReportSource):
    frames = ("stations", "sightings", "effort", "operating", "findings")
    bare = make_source(
        crossings=Answer("crossings", {name: frame.clear() for name, frame in source.crossings.tables.items()}),
        **{name: getattr(source, name).clear() for name in frames},
    )
    assert figures(bare, Words("en")) == ()
    assert "The checks found nothing to complain of." in html(bare, (), Words("en"))
