"""The transborder table from what parties disclosed at the level `crossing` is that from their whole packages."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from tests.builders import package
from tests.tasks.border_worlds import camera, countries, pooled, sighting

from tumen.report.contents import contents
from tumen.report.document import Grid
from tumen.report.page import html as page
from tumen.report.words import Words
from tumen.sharing.disclose import disclose
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import Grant
from tumen.tables import findings
from tumen.tasks.area import area_of
from tumen.tasks.crossings import answer
from tumen.tasks.disclose import derive
from tumen.tasks.sources import report_source

STEP = 1000.0
FIRST = datetime(2014, 1, 1, tzinfo=UTC)
RAW = frozenset({"name"})
LINK = {
    "linkID": "l1",
    "party": "north-reserve",
    "individualID": "T7",
    "otherParty": "south-institute",
    "otherIndividualID": "22",
    "certainty": "certain",
    "verdict": "same",
    "observer": "A; B",
    "decidedAt": "2015-09-15T10:00:00+08:00",
}


def day(number):
    return FIRST + timedelta(days=number)


def owners():
    """T7 of the north is 22 of the south and crossed twice; T9 and 31 stay, T3 was met on an uncertain side."""
    stood = [camera(name, x, y, FIRST, day(90)) for name, x, y in (("n1", 3.2, 0), ("n2", 8.7, 4), ("edge", 0.002, 9))]
    north = package(
        deployments=stood,
        links=[LINK],
        observations=[
            *(sighting(f"a{n}", "n1", "T7", day(n), sex="male", stage="adult") for n in (1, 2, 40)),
            sighting("b1", "n2", "T7", day(41), sex="male", stage="adult"),
            *(sighting(f"c{n}", "n2", "T9", day(n), sex="female", stage="adult") for n in (5, 25)),
            sighting("d1", "edge", "T3", day(7)),
            sighting("d2", "n1", "T3", day(9)),
        ],
    )
    south = package(
        party="south-institute",
        country="CN",
        name="south",
        deployments=[camera("s1", -2.4, 1, FIRST, day(90))],
        observations=[
            sighting("e1", "s1", "22", day(20), sex="male", stage="adult"),
            *(sighting(f"f{n}", "s1", "31", day(n), stage="juvenile") for n in (3, 4, 60)),
        ],
    )
    return [north, south]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("views")
    area = area_of(countries(folder))
    grant = Grant("secretariat", "crossing", step=STEP, columns=RAW)
    views = [disclose(one, grant, b"s" * 32, derive(one, area), Ledger(), day(400)).package for one in owners()]
    assert all(view.table(name).is_empty() for view in views for name in ("deployments", "observations"))
    with pytest.MonkeyPatch.context() as patch:
        return tuple(answer(pooled(folder, patch, packages)) for packages in (owners(), views))


def test_the_joint_table_and_the_summary_are_the_same(both):
    whole, views = both
    assert views.tables["joint"].equals(whole.tables["joint"])
    assert views.tables["summary"].equals(whole.tables["summary"])
    assert whole.tables["summary"]["onBothSides"].sum() == 1
    assert whole.tables["summary"]["crossings"].sum() == 2


def test_crossings_are_the_same_to_the_day(both):
    keys = ("individualID", "fromCountry", "toCountry", pl.col("notBefore").dt.date(), pl.col("notAfter").dt.date())
    whole, views = (one.tables["crossings"].select(*keys) for one in both)
    assert views.equals(whole)


def test_distances_are_the_same_within_the_step(both):
    whole, views = (one.tables["perCountry"] for one in both)
    assert views.select("individualID", "countryCode", "encounters").equals(
        whole.select("individualID", "countryCode", "encounters")
    )
    more = views["maxBorderDistance"] - whole["maxBorderDistance"]
    assert more.is_between(0, STEP).all()
    assert (views["maxBorderDistance"] % STEP == 0).all()


def test_the_answer_says_whose_encounters_were_derived(both):
    whole, views = both
    note = next(note for note in views.notes if note.code == "encounters-derived")
    assert note.arguments == {"parties": "north-reserve, south-institute"}
    assert "encounters-derived" not in [note.code for note in whole.notes]
    assert views.tables["individuals"]["watchedBehindDays"].is_null().all()


def test_the_report_says_at_which_level_its_sections_were_disclosed(tmp_path, monkeypatch):
    north, south = owners()
    view = disclose(
        north,
        Grant("secretariat", "crossing", step=STEP, columns=RAW),
        b"s" * 32,
        derive(north, area_of(countries(tmp_path))),
        Ledger(),
        day(400),
    ).package
    mixed = pooled(tmp_path, monkeypatch, [view, south])
    source = report_source(mixed, answer(mixed), findings.empty(), "0" * 64)
    levels = {(section, party): level for section, party, level in source.disclosed.iter_rows()}
    assert levels["transborder", "north-reserve"] == "crossing"
    assert levels["transborder", "south-institute"] == "full"
    assert ("map", "north-reserve") not in levels
    assert source.parties.filter(party="north-reserve")["individuals"].item() == 3
    written = contents(source, (), Words("en"))
    (grid,) = [
        block
        for each in written.sections
        if each.name == "disclosure"
        for block in each.blocks
        if isinstance(block, Grid)
    ]
    assert ("Transborder table", "crossing", "full") in grid.rows
    assert page(source, (), Words("en")).count("Levels of disclosure") >= 1
