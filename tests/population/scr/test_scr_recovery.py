"""Does the whole of it get the truth back?  Simulated surveys, fitted, and how often the intervals hold the truth."""

import numpy as np
import pytest
from tests.population.scr.scr_worlds import ASSUMED, SEXES, small

from tumen import engine
from tumen.population.scr.design import design
from tumen.population.scr.fit import Fit, fit
from tumen.population.scr.interval import parameter_target, wald
from tumen.population.scr.likelihood import log_likelihood
from tumen.population.scr.model import Model
from tumen.population.scr.profile import profile
from tumen.population.scr.simulate import link_values, simulate

TRUTH = {**ASSUMED, "D": 2.0}
NULL = Model()


def survey(seed: np.random.SeedSequence) -> Fit:
    whole = design([small("proximity", 6)], NULL)
    made = simulate(whole, link_values(whole, TRUTH), np.random.default_rng(seed))
    return fit(made.sessions, NULL)


@pytest.fixture(scope="module")
def fits() -> list[Fit]:
    return engine.run(survey, engine.seeds(42, 200), workers=1)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say(fits: list[Fit]) -> None:
    assert all(found.status == "converged" for found in fits)
    for name, value in TRUTH.items():
        held = [low <= value <= high for low, high in (_wald(found, name) for found in fits)]
        assert 0.92 <= np.mean(held) <= 0.98, name


def _wald(found: Fit, name: str) -> tuple[float, float]:
    one = wald(found, parameter_target(found, name))
    return one.low, one.high


@pytest.mark.slow
def test_estimates_are_about_right_on_average(fits: list[Fit]) -> None:
    truth = link_values(fits[0].design, TRUTH)
    found = np.array([one.beta for one in fits])
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    # Maximum likelihood has a bias of the order of a tenth of a standard error here.
    assert (np.abs(found.mean(axis=0) - truth) < 3 * error + 0.1 * found.std(axis=0)).all()
    assert np.mean([one.se for one in fits], axis=0) == pytest.approx(found.std(axis=0, ddof=1), rel=0.15)


@pytest.mark.slow
def test_profile_intervals_hold_the_truth_too(fits: list[Fit]) -> None:
    held = []
    for found in fits[:100]:
        one = profile(found, parameter_target(found, "D"))
        assert one.low is not None and one.high is not None
        held.append(one.low <= TRUTH["D"] <= one.high)
    assert 0.89 <= np.mean(held) <= 1.0


@pytest.mark.slow
def test_twice_the_drop_from_the_maximum_to_the_truth_is_chi_squared(fits: list[Fit]) -> None:
    """Three parameters: mean 3, and 5 % above 7.81. A simulator or a likelihood that errs shows here."""
    drops = []
    for found in fits:
        truth = link_values(found.design, TRUTH)
        drops.append(2 * (found.log_likelihood - log_likelihood(found.design, truth)))
    assert np.mean(drops) == pytest.approx(3.0, abs=0.6)
    assert 0.015 <= np.mean(np.array(drops) > 7.814728) <= 0.09


@pytest.mark.slow
def test_classes_and_learning_are_recovered_from_a_rich_survey() -> None:
    model = Model(detect="sex + bk", sigma="sex", hybrid="sex")
    values = {"D": 12.0, "g0": 0.1, "sigma": 700.0, "g0.sexM": -0.7, "g0.bk": 1.0, "sigma.sexM": 0.5, "pmix": 0.4}
    whole = design([small("multi", 8, animals=SEXES)], model)
    truth = link_values(whole, values)
    made = simulate(whole, truth, np.random.default_rng(5))
    found = fit(made.sessions, model)
    assert found.status == "converged"
    assert (np.abs(found.beta - truth) < 3 * found.se).all()
    assert (found.se < 0.5).all()
