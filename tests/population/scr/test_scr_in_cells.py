"""A detector whose place is told as a cell stands at one place in it; the likelihood is the mean over the cell."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import gammaln, logsumexp
from tests.population.scr.scr_tiny import world
from tests.population.scr.scr_worlds import ASSUMED, small

from tumen.errors import MisuseError
from tumen.population.scr.design import design
from tumen.population.scr.encounters import field
from tumen.population.scr.fit import fit
from tumen.population.scr.in_cells import POINTS, SHARES, points
from tumen.population.scr.likelihood import log_likelihood, score
from tumen.population.scr.model import Model, model
from tumen.population.scr.simulate import simulate_from

CASES = {
    "HHN: D ~ forest, lambda0 ~ road, sigma ~ 1": "count",
    "HN: D ~ 1, g0 ~ t, sigma ~ 1": "proximity",
    "HR: D ~ 1, g0 ~ sex, sigma ~ 1, classes by sex": "binomial",
    "EX: D ~ 1, g0 ~ snow, sigma ~ road": "proximity",
}


def told(kind="proximity", width=900.0, **changes):
    session = world(kind, seed=4, **changes)
    return replace(session, detectors=replace(session.detectors, cell=np.full((5, 2), width)))


def start(whole):
    beta = np.full(len(whole.names), 0.1)
    for name, value in (("g0", -1.0), ("lambda0", -1.0), ("sigma", 7.0), ("z", 1.2), ("D", 0.3)):
        if name in whole.names:
            beta[whole.names.index(name)] = value
    return beta


@pytest.mark.parametrize("text", CASES)
def test_cells_of_no_width_are_exact_places(text):
    session = told(CASES[text], 0.0)
    exact = replace(session, detectors=replace(session.detectors, cell=None))
    whole, other = design([session], model(text)), design([exact], model(text))
    beta = start(whole)
    assert log_likelihood(whole, beta) == pytest.approx(log_likelihood(other, beta), abs=1e-9)
    np.testing.assert_allclose(score(whole, beta)[1], score(other, beta)[1], atol=1e-8)


@pytest.mark.parametrize("text", CASES)
def test_the_gradient_is_exact(text):
    whole = design([told(CASES[text])], model(text))
    beta = start(whole)
    steps = 1e-5 * np.eye(len(beta))
    numeric = [(log_likelihood(whole, beta + e) - log_likelihood(whole, beta - e)) / 2e-5 for e in steps]
    np.testing.assert_allclose(score(whole, beta)[1], numeric, rtol=1e-5, atol=1e-5)


def test_a_twin_that_goes_through_animals_cells_detectors_and_points():
    session = told("count")
    whole = design([session], model("HHN: D ~ 1, lambda0 ~ 1, sigma ~ 1"))
    beta = np.array([0.3, -1.0, 7.0])
    density, height, sigma = np.exp(beta)
    detectors, captures, mask = session.detectors, session.captures, session.mask
    place = points(detectors.xy, detectors.cell).reshape(5, POINTS, 2)
    weight, missed = density * mask.area, np.zeros(len(mask))
    history = np.zeros((len(session.animals), len(mask)))
    for k in range(5):
        for x in range(len(mask)):
            h = height * np.exp(-((place[k] - mask.xy[x]) ** 2).sum(axis=1) / (2 * sigma**2))
            missed[x] += np.log(SHARES @ np.exp(-detectors.usage[k].sum() * h))
            for i in range(len(session.animals)):
                own = -detectors.usage[k].sum() * h
                for a, s, d, y in zip(
                    captures.animal, captures.occasion, captures.detector, captures.count, strict=True
                ):
                    if (a, d) == (i, k):
                        own = own + y * np.log(detectors.usage[k, s] * h) - gammaln(y + 1)
                history[i, x] += np.log(SHARES @ np.exp(own))
    expected = logsumexp(history, axis=1, b=weight[None]).sum() - (weight * (1 - np.exp(missed))).sum()
    assert log_likelihood(whole, beta) == pytest.approx(float(expected), rel=1e-12)


def test_the_points_have_the_moments_of_a_uniform_cell():
    place = points(np.array([[10.0, 20.0]]), np.array([[6.0, 12.0]]))
    assert SHARES @ place == pytest.approx([10, 20])
    assert SHARES @ (place - [10, 20]) ** 2 == pytest.approx([3, 12])
    assert SHARES.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("said", "kind", "found"),
    [
        (Model(), "multi", "traps that hold an animal"),
        (Model(detect="bk"), "proximity", "a learned response"),
        (Model(movement="forest"), "proximity", "a cost of movement"),
        (Model(detection="UN"), "proximity", "the uniform form"),
    ],
)
def test_what_needs_exact_places_is_refused(said, kind, found):
    with pytest.raises(MisuseError) as error:
        design([told(kind)], said)
    assert error.value.found == found


def test_a_simulated_survey_puts_each_detector_at_a_point_of_its_cell():
    whole = design([told()], Model())
    beta, rng = start(whole), np.random.default_rng(2)
    middle, one, other = field(whole, beta, 0), field(whole, beta, 0, rng), field(whole, beta, 0, rng)
    assert one.distance.shape == (5, 12)
    assert (one.distance != other.distance).any()
    assert (middle.distance[:5] == whole.parts[0].distance[:5]).all()


def test_sigma_is_not_too_large_where_cells_are_twice_as_wide_as_it():
    """Six worlds of sixteen detectors anywhere in nine cells; more are in docs/methods/places-in-cells.md."""
    width, found = 1600.0, []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        ground = small()
        placed = replace(ground, detectors=replace(ground.detectors, xy=rng.uniform(-1600, 3200, (16, 2))))
        (session,) = simulate_from([placed], Model(), {**ASSUMED, "D": 1.5}, rng).sessions
        moved = (np.floor(session.detectors.xy / width) + 0.5) * width
        naive = replace(session.detectors, xy=moved)
        surveys = (
            session,
            *(replace(session, detectors=each) for each in (naive, replace(naive, cell=np.full((16, 2), width)))),
        )
        found.append([fit([each], variance=False).beta for each in surveys])
    exact, naive, aware = np.exp(np.mean(found, axis=0)[:, 2]) / ASSUMED["sigma"]
    assert abs(aware - exact) < 0.5 * (naive - exact)
    assert naive > 1.05 * exact
