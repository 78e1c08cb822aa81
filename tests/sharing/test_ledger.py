"""What has left decides what may leave."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tumen.sharing.ledger import EXACT, LOCATIONS, Ledger, record, refusals
from tumen.sharing.levels import Grant

NOW = datetime(2015, 1, 1, tzinfo=UTC)


def told(category=2, step=None, location="place/a"):
    return pl.DataFrame([(location, 5, 6, category, step, None)], schema=LOCATIONS, orient="row")


def after(first, then, *, receiver="south", agreement="", until=None):
    ledger = record(Ledger(), first, Grant("south", "generalised", agreement="A"), "north", NOW)
    grant = Grant(receiver, "generalised", agreement=agreement, until=until)
    return refusals(ledger, then, grant, NOW)["code"].to_list()


@pytest.mark.parametrize(
    ("then", "more", "codes"),
    [
        (told(2), {}, []),
        (told(1), {}, []),
        (told(3), {}, ["release-finer"]),
        (told(EXACT), {}, ["release-finer"]),
        (told(3), {"agreement": "A"}, ["release-finer"]),
        (told(3), {"agreement": "B"}, []),
        (told(3), {"receiver": "east"}, []),
        (told(3, location="place/b"), {}, []),
        (told(2), {"until": date(2014, 12, 31)}, ["release-after-end"]),
        (told(2), {"until": date(2015, 1, 1)}, []),
    ],
)
def test_a_finer_cell_needs_a_new_agreement(then, more, codes):
    assert after(told(2), then, **more) == codes


@pytest.mark.parametrize(
    ("step", "more", "codes"),
    [
        (1000.0, {}, []),
        (2000.0, {}, []),
        (500.0, {}, ["release-finer-step"]),
        (500.0, {"agreement": "B"}, []),
        (1500.0, {}, ["release-steps-cross"]),
        (1500.0, {"agreement": "B"}, ["release-steps-cross"]),
        (1500.0, {"receiver": "east"}, ["release-steps-cross"]),
        (500.0, {"receiver": "east"}, []),
    ],
)
def test_steps_that_cross_are_refused_whoever_asks(step, more, codes):
    assert after(told(0, 1000.0), told(0, step), **more) == codes


def test_another_grid_is_refused():
    ledger = record(Ledger(), told(2), Grant("south", "generalised"), "north", NOW)
    other = Ledger(ledger.releases.with_columns(grid=pl.lit("tumen-grid/0")))
    found = refusals(other, told(2), Grant("east", "generalised", agreement="new"), NOW)
    assert found.select("code", "value").rows() == [("release-other-grid", "place/a")]


def test_a_release_of_no_place_is_remembered():
    ledger = record(Ledger(), told().clear(), Grant("south", "identity"), "north", NOW)
    assert ledger.releases.select("release", "receiver", "level", "location").rows() == [(1, "south", "identity", "")]
