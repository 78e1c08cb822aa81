"""An older package is read as the newest protocol names things; a newer one is refused in words."""

import polars as pl

from tumen.tables.migrations import STEPS, Step, migrate
from tumen.tables.protocol import TABLES, VERSION

OLD = Step(
    since="1",
    until="2",
    tables={"failures": "operating_periods"},
    columns={("operating_periods", "camera"): "deploymentID"},
    words={("operating_periods", "status"): {"broken": "failed", "lost": "stolen"}},
)
NEXT = Step(since="2", until="3", columns={("operating_periods", "note"): "comments"})


def table():
    return pl.DataFrame({"camera": ["d1", "d2"], "status": ["broken", "operating"], "note": ["rain", None]})


def test_every_step_between_is_taken_in_order():
    tables, found = migrate({"failures": table()}, "1", [OLD, NEXT])
    assert list(tables) == ["operating_periods"]
    assert tables["operating_periods"].columns == ["deploymentID", "status", "comments"]
    assert tables["operating_periods"]["status"].to_list() == ["failed", "operating"]
    # One table, two columns, one word.
    assert found.select("code", "severity", "arguments").rows() == [
        ("protocol-older", "note", '{"changes": 4, "newest": "3"}')
    ]


def test_a_package_of_today_is_left_alone():
    tables, found = migrate({"operating_periods": table()}, "3", [OLD, NEXT])
    assert tables["operating_periods"].equals(table())
    assert found.is_empty()


def test_a_name_of_today_beside_the_old_one_is_not_overwritten():
    both = pl.DataFrame({"camera": ["d1"], "deploymentID": ["d9"]})
    tables, _ = migrate({"operating_periods": both}, "1", [OLD])
    assert tables["operating_periods"].equals(both)


def test_an_unknown_version_is_an_error_and_nothing_is_renamed():
    tables, found = migrate({"failures": table()}, "9.9", [OLD, NEXT])
    assert tables["failures"].equals(table())
    assert found.select("code", "severity", "value").rows() == [("protocol-unknown", "error", "9.9")]


def test_the_steps_lead_without_a_gap_to_the_protocol_of_today():
    assert STEPS[-1].until == VERSION
    assert [step.since for step in STEPS[1:]] == [step.until for step in STEPS[:-1]]
    for step in STEPS:
        assert {table for table, _ in (*step.columns, *step.words)} <= set(TABLES)
