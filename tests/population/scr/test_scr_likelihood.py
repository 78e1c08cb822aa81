"""The compiled likelihood is that of the slow twin; its gradient and Hessian are those of differences."""

from dataclasses import replace

import numpy as np
import pytest
from tests.population.scr.scr_tiny import fixes, point, survey, world
from tests.population.scr.scr_twin import twin

from tumen.population.scr import likelihood
from tumen.population.scr.design import design
from tumen.population.scr.fit import fit, information_matrix
from tumen.population.scr.kernel import CODES
from tumen.population.scr.likelihood import log_likelihood, score
from tumen.population.scr.model import Model
from tumen.population.scr.survey import KINDS, Kind

REMOVED = np.array([3, 2, 3, 3, 3])


def alike(kind: Kind) -> dict[str, object]:
    """A survey in which all detectors worked always."""
    detectors = world(kind, seed=20).detectors
    return {"detectors": replace(detectors, usage=np.ones((5, 4)))}


CASES = {f"{kind} {form}": ([world(kind)], Model(detection=form)) for kind in KINDS for form in CODES}
CASES |= {
    f"{kind} {effect}": ([world(kind, seed=2)], Model(detect=effect))
    for kind in KINDS
    for effect in ("b", "bk", "t", "T", "road + snow", "b * road", "bk + T", "snow : b")
}
CASES |= {
    "sigma learns": ([world(seed=4)], Model(detection="HHN", sigma="bk", detect="1")),
    "sigma of each occasion": ([world("multi", seed=4)], Model(detection="HEX", sigma="t", detect="road")),
    "z by road": ([world("count", seed=5)], Model(detection="HHR", z="road", sigma="snow")),
    "two classes": ([world(seed=6)], Model(detect="h2", sigma="h2", classes=2)),
    "two classes of one survey, learning": ([world("multi", seed=6)], Model(detect="h2 * b", classes=2)),
    "sex": ([world(seed=7)], Model(detect="sex", sigma="sex", hybrid="sex")),
    "sex, learning at a place": ([world("count", seed=7)], Model(detect="sex * bk", sigma="sex", hybrid="sex")),
    "sex, conditional": ([world("multi")], Model(detect="sex", sigma="sex", hybrid="sex", likelihood="conditional")),
    "conditional": ([world(seed=8)], Model(likelihood="conditional")),
    "covariates of animals": (
        [world(seed=8)],
        Model(detect="age + origin * b", sigma="origin", likelihood="conditional"),
    ),
    "binomial N": ([world(seed=9)], Model(number="binomial", density="forest")),
    "binomial N and sex": ([world(seed=9)], Model(number="binomial", detect="sex", hybrid="sex")),
    "density": ([world(seed=10)], Model(density="forest * country")),
    "two sessions": (
        [world(seed=11), world("multi", seed=12, name="two", animals=7)],
        Model(density="session + forest", detect="session", sigma="year"),
    ),
    "two sessions and sex": (
        [world(seed=11), world(seed=12, name="two", animals=7)],
        Model(density="year", detect="sex + session", mixture="session", hybrid="sex"),
    ),
    "two sessions, conditional": (
        [world(seed=11), world(seed=12, name="two", animals=7)],
        Model(detect="age + session", likelihood="conditional"),
    ),
    "a session without animals": ([world(seed=13), world(seed=14, name="two", animals=0)], Model(detect="session")),
    # Every occasion alike: the compiled form has two profiles for all animals.
    **{
        f"alike, {kind} {effect}": ([world(kind, seed=20, **alike(kind))], Model(detect=effect))
        for kind in ("multi", "proximity")
        for effect in ("b", "bk", "b + road")
    },
    "given distances": (
        [world(seed=15, distance=np.random.default_rng(5).uniform(100, 4000, (5, 12)))],
        Model(detection="EX"),
    ),
    "telemetry": ([world(seed=16, fixes=fixes())], Model()),
}


def removed(kind: str, seed: int = 17):
    """The second animal died in the third occasion, so it has no captures later."""
    whole = world(kind, seed)
    kept = (whole.captures.animal != 1) | (whole.captures.occasion <= 2)
    assert 1 in whole.captures.animal[kept]
    captures = type(whole.captures)(
        *(getattr(whole.captures, part)[kept] for part in ("animal", "occasion", "detector", "count"))
    )
    return replace(whole, captures=captures, last=REMOVED)


CASES |= {
    f"removed, {kind} {effect}": ([removed(kind)], Model(detect=effect))
    for kind in ("multi", "proximity")
    for effect in ("1", "b", "bk", "t")
}


def at(whole) -> np.ndarray:
    beta = point(whole.names)
    if whole.model.detection == "UN":  # Every animal within reach of its detectors; no distance close to the radius.
        beta[whole.blocks["sigma"]] = np.log(3500.0)
    return beta


@pytest.mark.parametrize("name", CASES)
def test_the_likelihood_is_that_of_the_slow_twin(name: str):
    sessions, model = CASES[name]
    whole = design(sessions, model)
    beta = at(whole)
    assert log_likelihood(whole, beta) == pytest.approx(twin(sessions, model, whole.names, beta), rel=1e-9, abs=1e-9)


def differences(whole, beta):
    """Central differences at two steps, the error of the second order taken out (Richardson)."""
    found = []
    for j in range(len(beta)):
        step = np.zeros(len(beta))
        step[j] = 1e-3
        wide, narrow = (
            (log_likelihood(whole, beta + step * f) - log_likelihood(whole, beta - step * f)) / (2e-3 * f)
            for f in (2.0, 1.0)
        )
        found.append((4 * narrow - wide) / 3)
    return np.array(found)


@pytest.mark.parametrize("name", CASES)
def test_the_gradient_is_that_of_differences(name: str):
    sessions, model = CASES[name]
    whole = design(sessions, model)
    beta = at(whole)
    value, gradient = score(whole, beta)
    assert value == log_likelihood(whole, beta)
    np.testing.assert_allclose(gradient, differences(whole, beta), rtol=1e-6, atol=2e-8 * max(1, abs(value)))


def grid(rough, **changes):
    """A mask on a grid, so that ways lead from cell to cell."""
    x, y = np.meshgrid(np.arange(8) * 500.0, np.arange(6) * 500.0)
    base = world(seed=18)
    mask = type(base.mask)(np.stack([x.ravel(), y.ravel()], axis=1), np.full(48, 0.25), 500.0, {"rough": rough})
    return replace(base, mask=mask, **changes)


@pytest.mark.parametrize("number", ["poisson", "binomial"])
def test_the_gradient_by_the_cost_of_movement(number):
    rough = np.random.default_rng(4).normal(size=48)
    whole = design([grid(rough)], Model(movement="rough", number=number))
    assert whole.names[-1] == "cost.rough"
    beta = np.array([1.2, -1.0, np.log(900.0), 0.3])
    slope = score(whole, beta)[1]
    np.testing.assert_allclose(slope[:-1], differences(whole, beta)[:-1], rtol=1e-6, atol=1e-7)
    # The least-cost way changes from one to another at some costs: a step so small that it meets none of these.
    step = np.array([0, 0, 0, 1e-6])
    by_cost = (log_likelihood(whole, beta + step) - log_likelihood(whole, beta - step)) / 2e-6
    assert slope[-1] == pytest.approx(by_cost, rel=1e-6)


def test_without_an_effect_on_cost_ways_are_a_little_longer_than_straight_lines():
    whole = design([grid(np.zeros(48))], Model(movement="rough"))
    straight = design([grid(np.zeros(48))], Model())
    found, by_cost = whole.parts[0].way.distances(0.7)
    # Knight's moves: at most 2.8 % longer; up to half a cell where a detector stands off the middle of its own.
    assert np.all(found <= 1.028 * straight.parts[0].distance + 2 * 500)
    assert np.all(by_cost == 0)


def test_the_hessian_is_that_of_a_more_exact_difference():
    base = survey()
    sexes = np.array([*"FM" * len(base.animals)][: len(base.animals)], dtype=object)
    found = fit([replace(base, covariates={"sex": sexes})], Model(detect="sex", sigma="sex", hybrid="sex"))
    whole, beta = found.design, found.beta
    exact = np.empty((len(beta), len(beta)))
    for j in range(len(beta)):
        step = np.zeros(len(beta))
        step[j] = 5e-3
        one, two, four = (
            (score(whole, beta - step * f)[1] - score(whole, beta + step * f)[1]) / (1e-2 * f) for f in (1.0, 2.0, 4.0)
        )
        better, good = (4 * one - two) / 3, (4 * two - four) / 3
        exact[j] = (16 * better - good) / 15
    information = information_matrix(whole, beta, found.se)
    scale = np.sqrt(np.diag(exact))
    np.testing.assert_allclose(information / scale / scale[:, None], exact / scale / scale[:, None], atol=2e-6)
    np.testing.assert_array_equal(information, information.T)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", [Model(detect="b"), Model(detect="sex", hybrid="sex", density="forest")])
def test_a_survey_in_parts_of_the_mask_gives_the_same_numbers(kind, model, monkeypatch):
    base = world(kind, seed=19)
    rng = np.random.default_rng(0)
    mask = type(base.mask)(
        rng.uniform(-2000, 5000, (1000, 2)), rng.uniform(0.01, 0.1, 1000), 200.0, {"forest": rng.normal(size=1000)}
    )
    whole = design([replace(base, mask=mask)], model)
    beta = point(whole.names)
    at_once, slope = score(whole, beta)
    monkeypatch.setattr(likelihood, "BLOCK", 1)
    monkeypatch.setattr(likelihood, "ROOM", 1)
    in_parts, slope_in_parts = score(whole, beta)
    assert in_parts == at_once
    np.testing.assert_allclose(slope_in_parts, slope, rtol=1e-11)
