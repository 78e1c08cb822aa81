from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.population.scr.scr_worlds import ASSUMED, SEXES, drawn, small

from tumen.errors import MisuseError
from tumen.population.scr.design import design
from tumen.population.scr.encounters import Animals, encounters, field
from tumen.population.scr.expected import expected
from tumen.population.scr.fit import information_matrix
from tumen.population.scr.likelihood import score
from tumen.population.scr.model import Model
from tumen.population.scr.simulate import link_values, simulate, simulate_from
from tumen.population.scr.summary import times_and_places
from tumen.population.scr.survey import Fixes, Kind, Session

UNEVEN = np.where(np.arange(16)[:, None] % 3 == 0, np.array([0.0, 2.0, 1.0, 0.0, 1.0]), 1.0)
COLLARS = Fixes(np.repeat([0, 1], 4), np.arange(16.0).reshape(8, 2) * 100)

CASES: dict[str, tuple[Model, Session, dict[str, float]]] = {
    "multi": (Model(), small("multi", usage=UNEVEN), {}),
    "proximity": (Model(), small("proximity", usage=UNEVEN), {}),
    "count": (Model(detection="HHN"), small("count", usage=UNEVEN), {"lambda0": 0.3}),
    "binomial": (Model(), small("binomial", 2, usage=np.full((16, 2), 3.0)), {}),
    "b multi": (Model(detect="b"), small("multi"), {"g0.b": 0.9}),
    "bk multi": (Model(detect="bk"), small("multi", usage=UNEVEN), {"g0.bk": 1.2}),
    "b proximity": (Model(detect="b"), small(usage=UNEVEN), {"g0.b": -0.7}),
    "bk proximity": (Model(detect="bk", sigma="bk"), small(), {"g0.bk": 0.9, "sigma.bk": 0.1}),
    "bk count": (Model(detect="bk"), small("count"), {"g0.bk": 0.6}),
    "b binomial": (Model(detect="b"), small("binomial", 3, usage=np.full((16, 3), 2.0)), {"g0.b": 0.6}),
    "trend and roads": (Model(detect="T + road"), small("multi"), {"g0.T": -0.2, "g0.road": 0.5}),
    "surface": (Model(density="slope"), small(), {"D.slope": 0.8}),
    "sex": (
        Model(detect="sex", sigma="sex", hybrid="sex"),
        small(animals=SEXES),
        {"pmix": 0.4, "g0.sexM": -0.5, "sigma.sexM": 0.3},
    ),
    "two classes": (Model(detect="h2", classes=2), small("count"), {"pmix": 0.3, "g0.h2": 1.5}),
    "fixed number": (Model(number="binomial"), small(), {"D": 0.8719723}),
    "collars": (Model(), small(fixes=COLLARS), {}),
    "least-cost ways": (Model(movement="slope"), small(), {"cost.slope": 0.8}),
    "hazard rate": (Model(detection="HR"), small(), {"z": 4.0}),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_gradient_at_the_truth_is_zero_on_average(case: str) -> None:
    """What is simulated is what the likelihood describes: the score has mean 0 and variance the information."""
    model, session, extra = CASES[case]
    whole = design([session], model)
    values = {name: value for name, value in {**ASSUMED, **extra}.items() if name in whole.names}
    truth = link_values(whole, values)
    rng = np.random.default_rng(20)
    gradients, information = [], np.zeros((len(truth), len(truth)))
    for number in range(120):
        made = design(simulate(whole, truth, rng).sessions, model)
        gradients.append(score(made, truth)[1])
        if number < 10:
            information += information_matrix(made, truth) / 10
    found = np.array(gradients)
    standard = found.mean(axis=0) / (found.std(axis=0, ddof=1) / np.sqrt(len(found)))
    assert np.abs(standard).max() < 3.6, standard
    spread = np.diag(np.cov(found.T)) / np.diag(information)
    assert (spread > 0.4).all() and (spread < 2.5).all(), spread


def test_covariates_of_animals_under_a_conditional_likelihood_are_drawn_as_they_occur() -> None:
    sessions = drawn(kind="multi", seed=4).sessions
    count = len(sessions[0].animals)
    weight = np.arange(count) % 3.0
    given_ = replace(sessions[0], covariates={"weight": weight, "colour": weight})
    model = Model(detect="weight", likelihood="conditional")
    whole = design([given_], model)
    made = simulate(whole, link_values(whole, {"g0": 0.1, "g0.weight": 0.5, "sigma": 800.0}), np.random.default_rng(3))
    assert set(made.sessions[0].covariates["weight"]) == {0.0, 1.0, 2.0}
    assert "colour" not in made.sessions[0].covariates


@pytest.mark.parametrize("kind", ["multi", "proximity", "count", "binomial"])
def test_numbers_are_those_expected(kind: Kind) -> None:
    session = small(kind, usage=np.round(UNEVEN))
    whole = design([session], Model())
    truth = link_values(whole, ASSUMED)
    rng = np.random.default_rng(8)
    seen = []
    for _ in range(400):
        made = simulate(whole, truth, rng).sessions[0]
        times, places = times_and_places(made)
        seen.append((len(times), times.sum(), times.sum() - len(times), (places > 1).sum()))
    found = expected(whole, truth)
    wanted = np.array([found.animals, found.detections, found.recaptures, found.moved])
    error = np.std(seen, axis=0) / np.sqrt(len(seen))
    assert (np.abs(np.mean(seen, axis=0) - wanted) < 3.6 * error).all()


def step_by_step(session: Session, truth: dict[str, float], where: np.ndarray, rng: np.random.Generator) -> list[int]:
    """Say it the obvious way: detections of animals at `where` by traps that they come to like, night after night."""
    counts = []
    for x in where:
        met = np.zeros(16, bool)
        times = 0
        for s in range(session.detectors.occasions):
            logit = np.log(truth["g0"] / (1 - truth["g0"])) + truth["g0.bk"] * met
            far = np.hypot(*(session.detectors.xy - session.mask.xy[x]).T)
            chance = np.exp(-0.5 * (far / truth["sigma"]) ** 2) / (1 + np.exp(-logit))
            hazard = -np.log1p(-chance) * session.detectors.usage[:, s]
            if rng.random() < -np.expm1(-hazard.sum()):
                met[rng.choice(16, p=hazard / hazard.sum())] = True
                times += 1
        counts.append(times)
    return counts


@pytest.mark.slow
def test_learning_at_traps_agrees_with_the_slow_version() -> None:
    values = {**ASSUMED, "g0.bk": 1.5}
    session = small("multi", usage=UNEVEN)
    whole = design([session], Model(detect="bk"))
    spot = field(whole, link_values(whole, values), 0)
    where = np.full(1500, int(np.argmin(np.abs(session.mask.xy - 1500).sum(axis=1))))
    nothing = np.zeros(len(where), np.int64)
    captures = encounters(spot, spot.hazards(Animals(where, nothing, nothing)), np.random.default_rng(1))
    fast = np.bincount(np.bincount(captures.animal, minlength=1500), minlength=6)
    slow = np.bincount(step_by_step(session, values, where, np.random.default_rng(2)), minlength=6)
    assert np.abs(fast - slow).max() < 4 * np.sqrt(1500 * 0.25 * 2)
    assert abs(fast @ np.arange(6) - slow @ np.arange(6)) < 4 * np.sqrt(2 * 1500 * 1.5)


@given(st.integers(0, 10_000), st.sampled_from(sorted(CASES)))
def test_a_simulated_survey_is_a_survey(seed: int, case: str) -> None:
    model, session, extra = CASES[case]
    whole = design([session], model)
    truth = link_values(whole, {k: v for k, v in {**ASSUMED, **extra}.items() if k in whole.names})
    made = simulate(whole, truth, np.random.default_rng(seed))
    [one], [who] = made.sessions, made.truth
    captures = one.captures
    assert (one.detectors.usage[captures.detector, captures.occasion] > 0).all()
    assert set(captures.animal.tolist()) == set(range(len(one.animals)))
    assert sorted(who.animal[who.animal >= 0].tolist()) == list(range(len(one.animals)))
    keys = np.stack([captures.animal, captures.occasion, captures.detector])
    assert np.unique(keys, axis=1).shape == keys.shape
    if one.detectors.kind == "multi":
        assert np.unique(keys[:2], axis=1).shape[1] == keys.shape[1]
    if one.detectors.kind in ("multi", "proximity"):
        assert (captures.count == 1).all()
    if one.detectors.kind == "binomial":
        assert (captures.count <= one.detectors.usage[captures.detector, captures.occasion]).all()


def test_the_same_seed_gives_the_same_survey() -> None:
    one, two, other = drawn(seed=5), drawn(seed=5), drawn(seed=6)
    assert np.array_equal(one.sessions[0].captures.detector, two.sessions[0].captures.detector)
    assert not np.array_equal(one.truth[0].cell, other.truth[0].cell)


def test_a_fixed_number_is_fixed_and_what_is_left_over_comes_by_chance() -> None:
    area = float(small().mask.area.sum())
    sizes = {len(drawn(Model(number="binomial"), seed, D=50.0 / area).truth[0]) for seed in range(5)}
    halves = [len(drawn(Model(number="binomial"), seed, D=50.5 / area).truth[0]) for seed in range(60)]
    assert sizes == {50}
    assert set(halves) == {50, 51} and 15 < halves.count(51) < 45


def test_sex_is_unknown_as_often_as_it_was() -> None:
    made = [drawn(Model(hybrid="sex"), seed, pmix=0.5).sessions[0].covariates["sex"] for seed in range(40)]
    values = [value for covariate in made for value in covariate]
    assert 0.19 < values.count(None) / len(values) < 0.31
    assert set(values) == {"F", "M", None}


def test_nobody_lives_where_density_is_nothing() -> None:
    whole = design([small()], Model(density="slope"))
    truth = link_values(whole, {**ASSUMED, "D": 5.0, "D.slope": 100.0, "g0": 0.01})
    truth[0] = -105.0
    made = simulate(whole, truth, np.random.default_rng(0))
    assert len(made.truth[0]) > 0 and (small().mask.xy[made.truth[0].cell, 0] > 4000).all()


def test_a_density_in_the_wrong_unit_is_refused() -> None:
    with pytest.raises(MisuseError, match="at most 10000000 animals"):
        drawn(D=1e9)


def test_a_survey_of_nobody_sees_nobody() -> None:
    made = drawn(D=1e-9)
    assert made.sessions[0].animals == () and len(made.sessions[0].captures) == 0


def test_sessions_are_drawn_apart() -> None:
    made = simulate_from(
        [small(name="2020"), small(name="2021")],
        Model(density="session"),
        {**ASSUMED, "D.session2021": -40.0},
        np.random.default_rng(0),
    )
    assert len(made.sessions[0].animals) > 0 and made.sessions[1].animals == ()
    assert made.sessions[0].animals[0] == "2020-1"


def test_collars_stay_as_many_and_scatter_by_sigma() -> None:
    model, session, _ = CASES["collars"]
    made = simulate_from([session], model, ASSUMED, np.random.default_rng(1)).sessions[0].fixes
    assert made is not None and np.array_equal(made.animal, COLLARS.animal)


def test_values_that_are_no_parameters_are_refused() -> None:
    whole = design([small()], Model())
    with pytest.raises(MisuseError, match="values of D, g0, sigma") as unknown:
        link_values(whole, {**ASSUMED, "sigm": 1.0})
    assert "'sigma'" in str(unknown.value)
    with pytest.raises(MisuseError, match="Give sigma"):
        link_values(whole, {"D": 1.0, "g0": 0.1})
    with pytest.raises(MisuseError, match="a g0 above 0"):
        link_values(whole, {**ASSUMED, "g0": 1.5})


def test_link_values_are_on_the_link_scale() -> None:
    whole = design([small()], Model(detect="b"))
    found = link_values(whole, {"D": 2.0, "g0": 0.5, "sigma": 1000.0})
    assert found.tolist() == pytest.approx([np.log(2.0), 0.0, 0.0, np.log(1000.0)])
