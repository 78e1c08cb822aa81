"""The report says for every section at which level its inputs were disclosed."""

import polars as pl
from tests.report.invented import NORTH, SOUTH, make_source

from tumen.report.contents import contents
from tumen.report.document import Grid, Text
from tumen.report.source import DISCLOSED
from tumen.report.words import Words

EN = Words("en")


def shown(*rows):
    told = pl.DataFrame(rows, schema=dict(DISCLOSED), orient="row")
    made = contents(make_source(disclosed=told), (), EN)
    return made, next((section for section in made.sections if section.name == "disclosure"), None)


def test_every_section_that_is_shown_has_the_level_of_each_party():
    document, section = shown(
        ("transborder", NORTH, "crossing"),
        ("transborder", SOUTH, "full"),
        ("effort", SOUTH, "full"),
        ("nowhere", NORTH, "full"),
    )
    titles = {each.name: each.title for each in document.sections}
    (text,) = [block.text for block in section.blocks if isinstance(block, Text)]
    (grid,) = [block for block in section.blocks if isinstance(block, Grid)]
    assert text.startswith(f"{NORTH} did not disclose everything")
    assert [column.title for column in grid.columns] == ["Section", *sorted((NORTH, SOUTH))]
    place = sorted((NORTH, SOUTH)).index(NORTH)
    row = ["full", "full"]
    row[place] = "crossing"
    assert grid.rows == ((titles["transborder"], *row),)
    assert grid.cite == ("disclosure",)


def test_whole_packages_are_said_in_one_sentence():
    _, section = shown(("transborder", NORTH, "full"))
    assert [block.text for block in section.blocks] == [
        "Every package came whole from its owner: all sections rest on full data."
    ]


def test_where_nobody_says_there_is_no_section():
    assert shown()[1] is None


def test_the_table_is_among_those_of_the_report():
    told = pl.DataFrame([("map", NORTH, "generalised")], schema=dict(DISCLOSED), orient="row")
    assert make_source(disclosed=told).tables["disclosure"].equals(told)
    assert "disclosure" not in make_source().tables
