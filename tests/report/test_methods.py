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
        f"The data of 3 parties were pooled: 20 stations with 40 deployments; camera-days: ≤ {days:,.0f} "
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
        format=pl.lit("movebank"),
        stations=pl.lit(0),
        deployments=pl.lit(0),
        cameraDays=None,
        effortKnown=False,
        failuresKnown=False,
    )
    empty = {name: getattr(base, name).clear() for name in ("stations", "sightings", "effort", "operating")}
    tracked = make_source(parties=parties.cast(dict(base.parties.schema)), **empty)
    text, grid, warn = pooled(tracked, EN)
    assert text.text == "The data of 1 party hold no cameras (China, Russia)."
    assert grid.rows[0][5] == "unknown"
    assert warn.text.startswith("Northern Reserve gave positions of tracked animals, not cameras.")
    assert "absence from one side means nothing" in warn.text
    (points,) = cautions(tracked, EN)
    assert any("Where effort is unknown" in item for item in points.items)
    assert not any("failures" in item for item in points.items)
    assert "effort" not in {section.name for section in contents(tracked, (), EN).sections}


def parties_with(**changes) -> ReportSource:
    """The invented study with one party only, changed."""
    base = make_source()
    parties = base.parties.head(1).with_columns(**{name: pl.lit(value) for name, value in changes.items()})
    return make_source(parties=parties.cast(dict(base.parties.schema)))


NO_CAMERAS = {"stations": 0, "deployments": 0, "cameraDays": None, "effortKnown": False}


def test_a_package_of_headers_is_not_taken_for_tracks():
    for form in ("camtrap-dp", "movebank"):
        *_, warn = pooled(parties_with(format=form, detections=0, **NO_CAMERAS), EN)
        assert warn.text.startswith("Northern Reserve brought no cameras and no positions of tracked animals")


def test_tracks_besides_cameras_do_not_deny_the_cameras():
    text, *_, warn = pooled(parties_with(effortKnown=False), EN)
    assert "camera-days: 3,356" in text.text and "no cameras" not in text.text
    assert warn.text.startswith("Northern Reserve gave positions of tracked animals besides cameras.")


def test_cameras_of_unknown_effort_are_not_taken_for_tracks():
    text, *_, warn = pooled(parties_with(cameraDays=None, effortKnown=False), EN)
    assert "9 stations with 18 deployments; camera-days: unknown" in text.text
    assert warn.text == (
        "How long the cameras of Northern Reserve operated is unknown, so absence there means nothing."
    )


def test_one_party_pools_nothing():
    text, grid, *_ = pooled(parties_with(), EN)
    assert text.text.startswith("The data of 1 party hold 9 stations with 18 deployments;")
    assert not grid.total


def test_at_most_nothing_is_nothing():
    _, grid, *_ = pooled(parties_with(cameraDays=0.0, failuresKnown=False), EN)
    assert grid.rows[0][5] == "0" and grid.note == ""


def test_detections_of_a_party_are_said_to_be_of_named_animals(source: ReportSource):
    _, grid, *_ = pooled(source, EN)
    assert grid.columns[6].title == "Detections of named animals"


def test_tracks_alone_are_not_photographed(source: ReportSource):
    empty = {name: getattr(source, name).clear() for name in ("stations", "sightings", "effort", "operating")}
    tracked = make_source(**empty)
    said = [item for block in (*cautions(tracked, EN), methods(tracked, EN)[0]) for item in block.items]
    assert "The numbers count animals that were tracked. They are not an estimate of how many live there." in said
    assert "Cubs are counted apart from adults." in said
    assert not any("photographed" in item or "a camera sees" in item or "no camera" in item for item in said)


def test_cameras_and_tracks_are_both_named(source: ReportSource):
    track = source.tracks.clear(1)
    (points,) = cautions(make_source(tracks=track), EN)
    assert any("photographed and recognised, or tracked" in item for item in points.items)
    (points,) = cautions(source, EN)
    assert any("photographed and recognised. They" in item for item in points.items)


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
