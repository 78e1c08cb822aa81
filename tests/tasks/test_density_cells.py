"""Density from views at the level `generalised`: places are cells, times are months, and the fit knows it."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from tests.tasks.border_worlds import grid_survey, in_one, pooled

from tumen.population.scr.fit import fit
from tumen.population.scr.model import model
from tumen.sharing.disclose import disclose
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import Grant
from tumen.tasks import density
from tumen.tasks.area import area_of
from tumen.tasks.density_cells import level_of
from tumen.tasks.density_survey import survey
from tumen.tasks.disclose import derive

SESSION = {"sessions": [["2014-01-01", "2014-02-19"]], "spacing": 1500, "buffer": 8000, "goodness": 0}
WHOLE = {**SESSION, "occasion": "60d", "models": ["HN: D ~ 1, g0 ~ 1, sigma ~ 1"]}
LEOPARD = "Panthera pardus"


@pytest.fixture
def grounded(tmp_path, monkeypatch):
    def made(category, asked=WHOLE):
        package = in_one(*grid_survey())
        if category:
            whole = pooled(tmp_path, monkeypatch, [package], density=asked)
            grant = Grant("secretariat", "generalised", category=category, columns=frozenset({"name"}))
            owned = derive(package, area_of(whole.study.countries))
            package = disclose(package, grant, b"s" * 32, owned, Ledger(), datetime(2026, 1, 1, tzinfo=UTC)).package
        own = pooled(tmp_path, monkeypatch, [package], density=asked)
        return own, survey(own, LEOPARD, own.study.density)

    return made


def test_detectors_know_their_cells_and_the_fit_is_near_that_of_exact_places(grounded):
    own, ground = grounded(3)
    assert [level_of(package) for package in own.packages] == ["generalised"]
    cell = ground.sessions[0].detectors.cell
    # 0.01 degree at 43 N.
    assert cell[:, 0] == pytest.approx(815, abs=3)
    assert cell[:, 1] == pytest.approx(1111, abs=3)
    told = ground.findings.filter(code="places-in-cells").row(0, named=True)
    assert (told["party"], told["value"], json.loads(told["arguments"])["stations"]) == ("north-reserve", "1111", 36)
    said = model("HN: D ~ 1, g0 ~ 1, sigma ~ 1")
    near, exact = (fit(one.sessions, said) for one in (ground, grounded(0)[1]))
    assert (near.status, exact.status) == ("converged", "converged")
    assert np.abs(near.beta - exact.beta)[[0, 2]].max() < 0.5 * exact.se[[0, 2]].max()
    assert ground.findings.filter(severity="error").is_empty()


def test_cells_wider_than_two_sigmas_are_refused_with_the_reason(grounded):
    own, ground = grounded(2)
    told = ground.findings.filter(code="places-too-coarse-for-density").row(0, named=True)
    assert (told["severity"], told["value"]) == ("error", "11109")
    (found,) = density.answers(own)
    assert "abundance" not in found.tables
    assert "places-too-coarse-for-density" in found.findings["code"]


def test_months_are_too_coarse_for_daily_occasions(grounded):
    _, ground = grounded(3, SESSION)
    assert ground.findings.filter(code="times-too-coarse-for-occasions")["severity"].to_list() == ["error"]
    assert "times-too-coarse-for-occasions" not in grounded(0, SESSION)[1].findings["code"]


def test_exact_places_have_no_cells(grounded):
    _, ground = grounded(0)
    assert ground.sessions[0].detectors.cell is None
    assert not ground.findings["code"].str.starts_with("places-").any()
