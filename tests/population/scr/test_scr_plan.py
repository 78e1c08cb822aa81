from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
import pytest
import shapely
from scipy.special import ndtr, ndtri
from tests.builders import codes

from tumen.errors import MisuseError
from tumen.population.scr.design import design
from tumen.population.scr.expected import expected
from tumen.population.scr.layout import clusters, grid
from tumen.population.scr.mask import Wanted, mask
from tumen.population.scr.plan import PLAN, How, plan
from tumen.population.scr.planned import Assumed, planned
from tumen.population.scr.simulate import link_values
from tumen.population.scr.trials import Trials, power, simulated_power, trials

LEOPARDS = Assumed(density=0.04, detect=0.03, sigma=2500.0)
AREA = shapely.box(0, 0, 20_000, 20_000)


def test_more_nights_see_more_and_wide_grids_see_the_same_animals_seldom() -> None:
    table, said = plan(AREA, [2500.0, 5000.0, 10_000.0], [30, 60], LEOPARDS)
    assert dict(table.schema) == PLAN
    assert table.select("spacing", "nights", "stations", "stationNights").rows() == [
        (2500.0, 30, 64, 1920),
        (2500.0, 60, 64, 3840),
        (5000.0, 30, 16, 480),
        (5000.0, 60, 16, 960),
        (10_000.0, 30, 4, 120),
        (10_000.0, 60, 4, 240),
    ]
    for _, pair in table.group_by("spacing"):
        assert pair["animals"].sort().to_list() == pair.sort("nights")["animals"].to_list()
    share = (table["moved"] / table["animals"]).to_list()
    assert share[0] > share[2] > share[4]
    smaller = table.select(pl.min_horizontal("animals", "recaptures")).to_series()
    assert (smaller**-0.5).to_list() == pytest.approx(table["rse"].to_list())
    assert table["trials"].null_count() == 6
    assert said.select("code", "row").rows() == [
        ("scr-plan-few-animals", 4),
        ("scr-plan-few-animals", 6),
        ("scr-plan-too-wide", 6),
        ("scr-plan-few-animals", 7),
        ("scr-plan-too-wide", 7),
    ]
    assert said["value"].to_list()[2] == "4.0"


def test_a_small_block_is_told() -> None:
    _, said = plan(shapely.box(0, 0, 6000, 6000), [2000.0], [90], replace(LEOPARDS, density=0.5))
    assert codes(said) == ["scr-plan-too-narrow"] and said["value"].to_list() == ["1.6"]


def test_clusters_by_a_layout_of_ones_own() -> None:
    layout = partial(clusters, size=2, apart=1500.0)
    table, _ = plan(AREA, [10_000.0], [60], LEOPARDS, How(layout=layout))
    assert table["stations"].to_list() == [16]
    regular, _ = plan(AREA, [5000.0], [60], LEOPARDS)
    assert table["moved"][0] / table["animals"][0] > regular["moved"][0] / regular["animals"][0]


@pytest.mark.slow
def test_trials_stand_in_the_table() -> None:
    table, said = plan(AREA, [5000.0], [60], replace(LEOPARDS, density=0.1), How(trials=24, seed=3))
    row = table.row(0, named=True)
    assert row["trials"] == 24 and row["failed"] == 0 and said.is_empty()
    assert 0.5 < row["simulatedRse"] / row["rse"] < 2.0
    assert abs(row["bias"]) < 0.2 and row["coverage"] > 0.8


@pytest.mark.slow
def test_surveys_that_give_no_estimate_are_told() -> None:
    table, said = plan(AREA, [10_000.0], [10], LEOPARDS, How(trials=10))
    assert table["failed"][0] > 0
    assert "scr-plan-trials-failed" in codes(said)


def test_a_planned_session_by_kind() -> None:
    xy = grid(AREA, 5000.0)
    counted, seen = planned(xy, 60, replace(LEOPARDS, kind="count")), planned(xy, 60, LEOPARDS)
    assert counted.detectors.usage.shape == (16, 1) and counted.detectors.usage.max() == 60
    assert seen.detectors.usage.shape == (16, 60)
    assert seen.mask.spacing == 1250.0
    with pytest.raises(MisuseError, match="at least one night"):
        planned(xy, 0, LEOPARDS)


def test_finer_cells_change_expected_numbers_little() -> None:
    xy = grid(AREA, 5000.0)
    coarse = planned(xy, 60, LEOPARDS)
    cells, _ = mask(xy, sigma=2500.0, wanted=Wanted(spacing=400.0))
    found = []
    for session in (coarse, replace(coarse, mask=cells)):
        whole = design([session], LEOPARDS.model)
        numbers = expected(whole, link_values(whole, LEOPARDS.values()))
        found.append([numbers.animals, numbers.detections, numbers.recaptures, numbers.moved])
    assert found[0] == pytest.approx(found[1], rel=0.005)


def test_habitat_bounds_where_animals_live() -> None:
    xy = grid(AREA, 5000.0)
    west = shapely.box(-50_000, -50_000, 10_000, 70_000)
    half, whole = planned(xy, 60, LEOPARDS, west), planned(xy, 60, LEOPARDS)
    assert half.mask.xy[:, 0].max() < 10_000 and half.mask.area.sum() == pytest.approx(whole.mask.area.sum() / 2)


def test_trials_by_hand() -> None:
    found = Trials(4, np.array([0.5, 1.0, 2.1]), np.array([0.3, 0.1, 0.4]))
    assert found.failed == 1
    assert found.bias == pytest.approx(0.2) and found.rse == pytest.approx(np.std([0.5, 1.0, 2.1], ddof=1))
    assert found.coverage == pytest.approx(2 / 3)
    nothing = Trials(2, np.zeros(0), np.zeros(0))
    assert (nothing.rse, nothing.bias, nothing.coverage, nothing.failed) == (None, None, None, 2)


def test_power_by_hand() -> None:
    """A halving with an RSE of 20 %, and of 20 % / sqrt(0.5) after."""
    shift = np.log(2) / np.sqrt(np.log(1.04) + np.log(1 + 0.04 / 0.5))
    assert power(0.2, 0.5) == pytest.approx(ndtr(shift - ndtri(0.975)) + ndtr(-shift - ndtri(0.975)))
    assert power(0.2, 1.0) == pytest.approx(0.05) and power(0.2, 1.0, alpha=0.1) == pytest.approx(0.1)
    assert power(0.05, 0.5) > 0.999 > power(0.2, 0.5, rse_after=0.2) > power(0.2, 0.5)
    with pytest.raises(MisuseError, match="an RSE and a ratio above 0"):
        power(0.0, 0.5)


@pytest.mark.slow
def test_simulated_power_is_near_that_of_the_formula() -> None:
    assumed = replace(LEOPARDS, density=0.12)
    session = planned(grid(AREA, 4000.0), 60, assumed)
    whole = design([session], assumed.model)
    rse = trials(session, assumed, 40, 9).rse
    assert rse is not None
    shown, fitted = simulated_power(session, assumed, 0.4, 30, 1)
    assert fitted == 30
    assert shown == pytest.approx(power(rse, 0.4), abs=0.2)
    assert expected(whole, link_values(whole, assumed.values())).rse < rse * 1.5
    assert simulated_power(session, assumed, 1.0, 30, 2)[0] < 0.2


@pytest.mark.slow
def test_trials_are_the_same_at_any_width() -> None:
    session = planned(grid(AREA, 5000.0), 30, LEOPARDS)
    one, two = trials(session, LEOPARDS, 10, 4), trials(session, LEOPARDS, 10, 4, workers=2)
    assert np.array_equal(one.estimates, two.estimates) and one.failed == two.failed
    with pytest.raises(MisuseError, match="at least one trial"):
        trials(session, LEOPARDS, 0, 4)
