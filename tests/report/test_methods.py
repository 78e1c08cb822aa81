"""What was pooled, how it was done, and what the numbers do not say."""

import polars as pl
from tests.report.invented import NORTH, make_source

from tumen.report.contents import contents
from tumen.report.document import Grid
from tumen.report.methods import boundaries, cautions, files, methods, provenance
from tumen.report.pooled import pooled
from tumen.report.source import ReportSource
from tumen.report.words import Words
from tumen.tables.answer import Answer

EN = Words("en")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_what_was_pooled_adds_up(source: ReportSource):
    text, parties, effort = pooled(source, EN)
    days = source.parties["cameraDays"].sum()
    assert plain(text.text) == (
        f"The data of 3 parties were pooled: 20 stations with 40 deployments and ≤ {days:,.0f} camera-days "
        "(China, Russia)."
    )
    assert parties.total and plain(parties.rows[-1][5]) == f"≤ {days:,.0f}"
    assert [row[0] for row in effort.rows] == ["China", "Russia"]


def test_an_upper_bound_is_marked_and_a_known_effort_is_not(source: ReportSource):
    _, parties, _ = pooled(source, EN)
    days = {row[0]: row[5] for row in parties.rows}
    assert days["Southern Institute"].startswith("≤") and not days[NORTH].startswith("≤")
    assert "at most this" in parties.note


def test_tracks_alone_say_that_effort_is_unknown():
    base = make_source()
    parties = base.parties.head(1).with_columns(
        stations=pl.lit(0), deployments=pl.lit(0), cameraDays=None, effortKnown=False, failuresKnown=False
    )
    empty = {name: getattr(base, name).clear() for name in ("stations", "sightings", "effort", "operating")}
    tracked = make_source(parties=parties.cast(dict(base.parties.schema)), **empty)
    text, grid, warn = pooled(tracked, EN)
    assert "They hold no cameras." in text.text
    assert grid.rows[0][5] == "unknown"
    assert "absence from one side means nothing" in warn.text
    (points,) = cautions(tracked, EN)
    assert any("Where effort is unknown" in item for item in points.items)
    assert not any("failures" in item for item in points.items)
    assert "effort" not in {section.name for section in contents(tracked, (), EN).sections}


def test_methods_state_the_independence_that_was_used(source: ReportSource):
    points, grid = methods(source, EN)
    assert any("less than 30 minutes apart" in item for item in points.items)
    assert ("maxSpeedKmPerHour", "10") in grid.rows


def test_methods_without_individuals_do_not_speak_of_crossings(source: ReportSource):
    empty = {name: frame.clear() for name, frame in source.crossings.tables.items()}
    points, *_ = methods(make_source(crossings=Answer("crossings", empty)), EN)
    assert not any("cross" in item.lower() or "Wilson" in item for item in points.items)


def test_the_answer_s_notes_are_cautions_in_words(source: ReportSource):
    (points,) = cautions(source, Words("ru"))
    assert points.items[0].startswith("Встреч слишком близко к границе, чтобы установить сторону, — 3;")
    assert any("это не значит, что их не было" in item for item in points.items)


def test_the_boundary_statement_takes_no_side(source: ReportSource):
    statement, origin = boundaries(source, EN)
    assert "express no opinion on the legal status" in statement.text
    assert origin.text.endswith("Invented for this test.")


def test_provenance_names_version_seed_and_every_input(source: ReportSource):
    text, grid = provenance(source, EN)
    assert text.text.startswith("Made with Tumen 0.1.0; seed: 7.")
    assert [row[0] for row in grid.rows] == ["Northern Reserve", "Southern Institute"]
    assert grid.rows[0][3] == "a" * 16 + "…"


def test_every_cited_table_exists(source: ReportSource, drawn):
    document = contents(source, drawn, EN)
    grids = [block for section in document.sections for block in section.blocks if isinstance(block, Grid)]
    cited = {name for grid in grids for name in grid.cite} | {name for figure in drawn for name in figure.tables}
    assert cited <= set(source.tables)
    assert [row[0] for row in files(source, EN).rows] == [f"tables/{name}.csv" for name in source.tables]
    assert all(row[1] for row in files(source, EN).rows)
