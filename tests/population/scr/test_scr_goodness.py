from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.builders import codes
from tests.population.scr import scr_data
from tests.population.scr.scr_worlds import SEXES, drawn, small

from tumen.errors import MisuseError
from tumen.population.scr.design import design
from tumen.population.scr.encounters import Animals, encounters, expected_counts, field
from tumen.population.scr.fit import Fit, fit
from tumen.population.scr.goodness import FREQUENCIES, STATISTICS, TESTS, goodness
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Kind


@pytest.fixture(scope="module")
def fitted() -> Fit:
    return fit(drawn(seed=3, D=1.5).sessions, Model())


def test_what_was_seen_stands_beside_what_was_expected(fitted: Fit) -> None:
    found = goodness(fitted, 40, 1)
    assert dict(found.tests.schema) == TESTS and dict(found.frequencies.schema) == FREQUENCIES
    assert found.tests["statistic"].to_list() == [*STATISTICS, "timesSeen", "detectorsVisited"]
    rows = {(row[1], row[2]): row[3:] for row in found.frequencies.iter_rows()}
    captures = fitted.sessions[0].captures
    times = np.bincount(np.bincount(captures.animal), minlength=9)
    assert rows["animals", None][0] == fitted.animals
    assert rows["detections", None][0] == len(captures)
    assert [rows["timesSeen", k][0] for k in (1, 2, 3)] == times[1:4].tolist()
    assert sum(rows["timesSeen", k][0] for k in range(1, 9)) == fitted.animals
    low, high = rows["animals", None][2:]
    assert low < rows["animals", None][1] < high
    assert found.by_detector["observed"].sum() == len(captures)
    assert ((found.by_detector["low"] <= found.by_detector["expected"]).all()) is True


@pytest.mark.slow
def test_the_numbers_are_the_same_at_any_width(fitted: Fit) -> None:
    one, two = goodness(fitted, 24, 5), goodness(fitted, 24, 5, workers=2)
    assert one.tests.equals(two.tests) and one.by_detector.equals(two.by_detector)


@pytest.mark.slow
def test_true_models_are_seldom_called_unlike_the_data() -> None:
    """24 surveys of the model itself: p-values neither small nor large on the whole."""
    values = []
    for seed in range(24):
        survey = drawn(seed=100 + seed, D=1.5).sessions
        values.append(goodness(fit(survey, Model()), 40, seed).tests["p"].to_numpy())
    found = np.array(values)
    assert (np.abs(found.mean(axis=0) - 0.5) < 0.25).all()
    assert (found < 0.05).mean() < 0.1


@pytest.mark.slow
def test_bears_that_come_back_to_a_snare_are_not_the_null_models(shared_data: Path) -> None:
    """Black bears learn where bait is: the null model fails in how many detectors they visit, bk less so."""
    bears = scr_data.blackbear(shared_data)
    null, learned = (goodness(fit(bears, Model(detect=detect)), 40, 1) for detect in ("1", "bk"))
    told = dict(null.tests.select("statistic", "p").iter_rows())
    assert told["detectorsVisited"] < 0.05
    assert "scr-unlike-data" in codes(null.findings)
    assert null.findings["value"].str.contains("detectorsVisited").any()
    again = dict(learned.tests.select("statistic", "p").iter_rows())
    assert told["animalDetector"] < 0.05 < again["animalDetector"]
    far = [one.tests["observed"][4] / one.tests["expected"][4] for one in (null, learned)]
    assert far[0] > 1.5 * far[1]


@pytest.mark.parametrize("kind", ["multi", "proximity", "count", "binomial"])
def test_expected_detections_are_the_mean_of_many(kind: Kind) -> None:
    usage = np.where(np.arange(16)[:, None] % 3 == 0, np.array([0.0, 2.0, 1.0]), 1.0)
    whole = design([small(kind, usage=usage)], Model())
    spot = field(whole, np.array([0.0, -1.0, np.log(900.0)]), 0)
    cells = np.full(4000, 140)
    nothing = np.zeros(4000, np.int64)
    hazards = spot.hazards(Animals(cells, nothing, nothing))
    wanted = expected_counts(spot, hazards[:1, 0])[0]
    captures = encounters(spot, hazards, np.random.default_rng(1))
    found = np.bincount(captures.detector, captures.count, 16) / 4000
    assert np.abs(found - wanted).max() < 4 * np.sqrt(wanted.max() / 4000)


def test_classes_and_a_fixed_number_are_drawn_too() -> None:
    model = Model(detect="sex", hybrid="sex", number="binomial")
    survey = drawn(model, seed=2, D=1.5, pmix=0.5, **{"g0.sexM": 1.0}).sessions
    found = goodness(fit(survey, model), 20, 1)
    assert found.tests["draws"].to_list() == [20] * 5
    assert len(SEXES["sex"]) == 4


def test_a_parameter_that_is_hardly_estimated_stays_where_it_is() -> None:
    """Every animal at one detector: sigma may be as small as one likes."""
    found = fit(drawn(seed=1, sigma=30.0, g0=0.6, D=3.0).sessions, Model())
    assert found.status == "converged" and not found.se[2] < 100
    told = goodness(found, 20, 1)
    places = told.frequencies.filter(pl.col("what") == "detectorsVisited")
    assert places["observed"].to_list() == [9.0] + [0.0] * 7
    assert places["expected"][0] > 5 and places["expected"][1] == pytest.approx(0, abs=0.5)


def test_two_sessions_are_judged_apart() -> None:
    sessions = [replace(drawn(seed=k).sessions[0], name=str(k)) for k in (1, 2)]
    found = goodness(fit(sessions, Model()), 20, 1)
    assert found.tests["session"].to_list() == ["1"] * 5 + ["2"] * 5
    assert found.frequencies.filter(pl.col("what") == "animals")["observed"].to_list() == [
        len(session.animals) for session in sessions
    ]


def test_misuse_is_refused(fitted: Fit) -> None:
    with pytest.raises(MisuseError, match="at least 20 draws"):
        goodness(fitted, 5, 1)
    with pytest.raises(MisuseError, match="with its covariance"):
        goodness(replace(fitted, covariance=None), 20, 1)
    with pytest.raises(MisuseError, match="a full-likelihood fit"):
        goodness(fit(fitted.sessions, Model(likelihood="conditional")), 20, 1)
