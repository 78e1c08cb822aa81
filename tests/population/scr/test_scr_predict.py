"""What a fit says of parameters, detection and where animals live, against sums written out."""

from dataclasses import replace

import numpy as np
import pytest
from tests.population.scr.scr_tiny import caught, point, survey, world
from tests.population.scr.scr_twin import Twin, logistic

from tumen.errors import MisuseError
from tumen.population.scr.design import design
from tumen.population.scr.fit import Fit, fit
from tumen.population.scr.model import Model
from tumen.population.scr.predict import (
    centres,
    class_probabilities,
    density,
    detected,
    effective_areas,
    link_row,
    parameters,
)
from tumen.population.scr.survey import Session


def at(sessions: list[Session], model: Model) -> Fit:
    """A fit that was never maximised: parameters of a chosen point."""
    whole = design(sessions, model)
    count = len(whole.names)
    return Fit(
        sessions=tuple(sessions),
        model=model,
        design=whole,
        beta=point(whole.names),
        covariance=np.eye(count) * 0.01,
        log_likelihood=0.0,
        gradient=np.zeros(count),
        decrement=0.0,
        status="converged",
        problems=(),
        estimable=np.ones(count, dtype=bool),
        evaluations=0,
    )


SEX = at([world(seed=7)], Model(detect="sex", sigma="sex", hybrid="sex", density="forest"))
TWIN = Twin(SEX.sessions[0], SEX.model, dict(zip(SEX.names, SEX.beta, strict=True)))


def test_density_is_that_of_the_covariates():
    forest = SEX.sessions[0].mask.covariates["forest"]
    np.testing.assert_allclose(density(SEX), np.exp(SEX.beta[0] + SEX.beta[1] * forest), rtol=1e-12)
    assert np.all(density(SEX, beta=SEX.beta + np.eye(len(SEX.beta))[0]) > density(SEX))


def test_detection_is_the_mean_over_classes():
    expected = [
        sum(share * (1 - TWIN.history(None, x, facts)) for facts, share, _ in TWIN.classes()) for x in range(12)
    ]
    np.testing.assert_allclose(detected(SEX), expected, rtol=1e-10)


def test_centres_are_the_posterior_of_each_animal():
    found = centres(SEX)
    assert found.shape == (5, 12)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-12)
    weights, sexes = TWIN.weights(), SEX.sessions[0].covariates["sex"]
    for i in range(5):
        each = np.array(
            [
                sum(
                    share * weights[x] * TWIN.history(i, x, facts)
                    for facts, share, value in TWIN.classes()
                    if sexes[i] in (None, value)
                )
                for x in range(12)
            ]
        )
        np.testing.assert_allclose(found[i], each / each.sum(), rtol=1e-9)


def test_the_class_of_an_animal_is_known_or_a_probability():
    found = class_probabilities(SEX)
    assert found[[0, 1, 3, 4]].tolist() == [[1, 0], [0, 1], [0, 1], [1, 0]]
    weights = TWIN.weights()
    both = [
        share * sum(weights[x] * TWIN.history(2, x, facts) for x in range(12)) for facts, share, _ in TWIN.classes()
    ]
    np.testing.assert_allclose(found[2], np.array(both) / sum(both), rtol=1e-9)
    assert class_probabilities(at([world()], Model())).tolist() == [[1.0]] * 5


def test_density_after_a_conditional_fit_is_the_sum_over_the_areas_of_the_seen():
    found = at([world(seed=8)], Model(detect="age", likelihood="conditional"))
    twin = Twin(found.sessions[0], found.model, dict(zip(found.names, found.beta, strict=True)))
    areas = [twin.seen({"age": age}) for age in found.sessions[0].covariates["age"]]
    np.testing.assert_allclose(effective_areas(found), areas, rtol=1e-10)
    np.testing.assert_allclose(density(found), np.full(12, sum(1 / a for a in areas)), rtol=1e-10)
    # Each seen animal stands for 1 / a animals of the population.
    expected = [
        sum(
            (1 - twin.history(None, x, {"age": age})) / area
            for age, area in zip(found.sessions[0].covariates["age"], areas, strict=True)
        )
        / sum(1 / area for area in areas)
        for x in range(12)
    ]
    np.testing.assert_allclose(detected(found), expected, rtol=1e-10)


def test_parameters_at_stated_levels():
    g0, by_sex = (SEX.beta[SEX.names.index(name)] for name in ("g0", "g0.sexM"))
    assert parameters(SEX)["g0"] == pytest.approx(logistic(g0))
    assert parameters(SEX, sex="M")["g0"] == pytest.approx(logistic(g0 + by_sex))
    assert parameters(SEX)["pmix"] == pytest.approx(logistic(SEX.beta[-1]))
    assert set(parameters(SEX)) == {"g0", "sigma", "pmix"}
    hazard = at([world("count", seed=5)], Model(detection="HHR", z="road"))
    assert set(parameters(hazard)) == {"lambda0", "sigma", "z"}
    assert parameters(hazard, road="yes")["z"] != parameters(hazard)["z"]
    assert parameters(hazard)["sigma"] == pytest.approx(1500.0)


def test_levels_that_are_not_there_are_refused():
    with pytest.raises(MisuseError) as error:
        parameters(SEX, sex="X")
    assert (str(error.value.needed), str(error.value.found)) == ("a value of sex: F, M", "'X'")
    with pytest.raises(MisuseError) as error:
        parameters(SEX, season="wet")
    assert (str(error.value.needed), str(error.value.found)) == ("levels of what the model names: sex", "'season'")


def test_a_row_gives_the_linear_predictor():
    row = link_row(SEX, "sigma", {"sex": "M"})
    assert row.tolist() == [float(name.startswith("sigma")) for name in SEX.names]


def test_each_session_is_asked_for_itself():
    sessions = [survey(), replace(survey(seed=5, count=60), name="two")]
    found = fit(sessions, Model(density="session"))
    assert density(found, 1)[0] > density(found, 0)[0]
    assert len(centres(found, 1)) == len(sessions[1].animals)
    np.testing.assert_allclose(detected(found, 0), detected(found, 1), rtol=1e-12)


def test_an_animal_lives_near_where_it_was_seen():
    session = caught([(0, s, 0) for s in range(5)] + [(1, 0, 8), (1, 1, 8), (1, 2, 5), (0, 2, 1)])
    found = fit([session])
    mean = centres(found) @ session.mask.xy
    assert np.hypot(*(mean[0] - session.detectors.xy[0])) < 1200
    assert np.hypot(*(mean[1] - session.detectors.xy[8])) < 1200
