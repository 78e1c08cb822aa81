"""The dossier in PDF, DOCX and JSON: the same bytes each time, and what it must say is in it."""

import io
import json
import re
import sys

import pytest
from tests.report.invented_estuary import inputs, released, road, texts

from tumen.errors import ExtraError
from tumen.report import dossier as report
from tumen.report.document import Grid
from tumen.report.pdf import printed
from tumen.report.words import Words
from tumen.waterbirds.dossier import Dossier, dossier

docx = pytest.importorskip("docx")


@pytest.fixture(scope="module")
def made() -> Dossier:
    return dossier("estuary", "RIS", inputs(road()))


def everything(document) -> str:
    texts = [document.title, *(text for fact in document.facts for text in fact)]
    for section in document.sections:
        for block in section.blocks:
            texts.append(repr(block) if not hasattr(block, "figure") else block.figure.caption + block.figure.svg)
    return "\n".join(texts)


@pytest.mark.parametrize("language", ["ko"])
def test_it_is_a_pdf_of_several_pages(made, language):
    made_of = report.pdf(made, Words(language), version="1.0")
    assert made_of.startswith(b"%PDF-1.") and b"/CreationDate" not in made_of
    assert 6 <= len(re.findall(rb"/Type\s*/Page\b", made_of)) <= 12


def test_the_same_dossier_gives_the_same_bytes(made):
    document = report.document(made, Words("en"))
    assert printed(document, Words("en"), "Tumen") == report.pdf(made, Words("en"))


def test_the_docx_says_the_same_and_is_the_same_each_time(made):
    data = report.docx(made, Words("en"))
    assert data == report.docx(made, Words("en"))
    file = docx.Document(io.BytesIO(data))
    grids = [
        block
        for section in report.document(made, Words("en")).sections
        for block in section.blocks
        if isinstance(block, Grid)
    ]
    assert [len(table.rows) for table in file.tables] == [len(grid.rows) + 1 for grid in grids]
    assert len(file.inline_shapes) == 3
    assert file.core_properties.created.year == file.core_properties.modified.year == 1980
    assert "Part of China: not released." in [paragraph.text for paragraph in file.paragraphs]


def test_without_the_extra_it_says_what_to_install(made, monkeypatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(ExtraError, match=re.escape('Install "tumen[documents]"')):
        report.docx(made, Words("en"))


def test_what_was_not_released_is_in_no_rendering(made):
    said = everything(report.document(made, Words("en")))
    assert "Part of China: not released." in said
    assert "terraces" not in said and "west" not in said.replace("West", "")


def test_gaps_conflicts_verdicts_and_turns_are_said(made):
    said = everything(report.document(made, Words("en")))
    for text in (
        "Russia: the next step is “approved in the country”; it is the turn of the Administrative Authority.",
        "China: waiting for the release of its part.",
        "another edition decides otherwise",
        "1 more season at it would meet it",
        "3,500-odd ha",
        "Data manager of the party",
        "also in: ru",
        "IUCN Red List: VU, R6: undecided",
    ):
        assert text in said, text


def test_the_json_names_the_parts_that_are_absent(made):
    value = json.loads(report.json(made))
    assert (value["notReleased"], value["whole"], value["asOf"]) == (["CN"], None, "2024-03-01")
    assert report.json(made) == report.json(dossier("estuary", "RIS", inputs(road())))


def test_the_flyway_sheet_marks_what_is_from_memory():
    sheet = dossier("estuary", "SIS", inputs(released("KP")), own="east")
    said = everything(report.document(sheet, Words("en")))
    assert "Area *" in said and "Country *" not in said
    assert "from memory and not verified" in said


def test_a_dossier_of_which_nothing_is_released_says_so():
    empty = dossier("estuary", "RIS", inputs())
    said = everything(report.document(empty, Words("en")))
    assert "Part of DPR Korea: not released." in said and "Lake Manpho" not in said


def test_markup_in_data_is_text():
    named = inputs().sites.with_columns(siteName=inputs().sites["siteName"] + ' <b>"&#panic() $x$')
    made = dossier("estuary", "RIS", inputs(sites=named), own="east")
    assert report.pdf(made, Words("en")).startswith(b"%PDF")


def test_signed_words_come_before_a_draft_in_the_readers_language():
    own = {"siteID": "east/manpho", "field": "14", "party": "east"}
    given = texts(
        [
            {**own, "language": "ru", "text": "Муссон.", "status": "signed"},
            {**own, "text": "Monsoon.", "status": "draft"},
        ]
    )
    sheet = dossier("east/manpho", "RIS", inputs(texts=given), own="east")
    said = everything(report.document(sheet, Words("en")))
    assert 0 < said.index("[ru] Муссон.") < said.index("Monsoon.")
    assert "Monsoon." not in everything(report.document(sheet, Words("ru")))
