"""The likelihood of an open population against its slow twin, and its gradient against differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.population.survival import survival_open_twin as twin

from tumen.population.scr.survey import Captures, Detectors, Mask, Session
from tumen.population.survival import open_likelihood
from tumen.population.survival.open_data import SEXES, gather
from tumen.population.survival.open_likelihood import log_likelihood, score
from tumen.population.survival.open_model import OpenModel, design

# Four cells in an L, of unequal area, and a detector beside two of them.
MASK = Mask(
    np.array([[0.0, 0.0], [500.0, 0.0], [1000.0, 0.0], [0.0, 500.0]]),
    np.array([0.25, 0.25, 0.1, 0.2]),
    500.0,
    {"prey": np.array([1.0, 2.0, 0.5, 3.0])},
)
USAGE = {
    "proximity": [[1.0, 2.0, 1.0], [1.0, 0.0, 1.5]],
    "count": [[1.0, 2.0, 1.0], [1.0, 0.0, 1.5]],
    "multi": [[1.0, 2.0, 1.0], [1.0, 0.0, 1.5]],
    "binomial": [[3.0, 4.0, 2.0], [1.0, 0.0, 2.0]],
}
FEMALE = {"a": "F", "b": "M", "c": None, "d": "F", "e": None}


def session(name, kind, rows, distance=None):
    """Rows of (animal, occasion, detector, count)."""
    names = tuple(dict.fromkeys(row[0] for row in rows))
    columns = np.array([[names.index(row[0]), *row[1:]] for row in rows], dtype=np.int64).reshape(-1, 4).T
    detectors = Detectors(("K1", "K2"), np.array([[100.0, 50.0], [600.0, 200.0]]), np.array(USAGE[kind]), kind)
    sex = {"sex": np.array([FEMALE[n] for n in names], dtype=object)}
    return Session(name, detectors, names, Captures(*columns), MASK, sex, distance=distance)


def three(kind):
    """a: all years; b: first and last; c: second, twice; d: last only; e: first two."""
    many = 2 if kind in ("count", "binomial") else 1
    both = [] if kind == "multi" else [("a", 0, 1, 1)]
    return [
        session("Y1", kind, [("a", 0, 0, 1), *both, ("b", 2, 1, many), ("e", 1, 0, 1)]),
        session("Y2", kind, [("e", 2, 1, 1), ("c", 0, 0, many), ("c", 2, 0, 1), ("a", 1, 0, 1)]),
        session("Y3", kind, [("d", 0, 1, 1), ("b", 2, 0, 1), ("a", 2, 1, many)]),
    ]


RICH = {"survival": "session + sex", "recruitment": "session", "detect": "session + sex", "sigma": "sex"}


def parameters(plan, seed=0):
    rng = np.random.default_rng(seed)
    middle = {"D": 1.5, "phi": 0.6, "f": -1.0, "b": -1.0, "lambda0": -1.2, "g0": -1.0, "sigma": 6.0, "move": 5.8}
    return np.array([middle.get(name, rng.normal(0, 0.3)) for name in plan.names])


@pytest.mark.parametrize("kind", ["proximity", "count", "multi", "binomial"])
@pytest.mark.parametrize("detection", ["HN", "HHN", "EX", "HEX"])
def test_one_session_is_a_closed_population(kind, detection):
    one = three(kind)[:1]
    plan = design(gather(one), OpenModel(detection=detection))
    assert plan.names == ("D", "lambda0" if detection in ("HHN", "HEX") else "g0", "sigma")
    beta = parameters(plan)
    assert log_likelihood(plan, beta) == pytest.approx(twin.closed(one[0], twin.natural(plan, beta)), abs=1e-10)


@pytest.mark.parametrize("kind", ["proximity", "count", "multi", "binomial"])
@pytest.mark.parametrize("movement", ["static", "normal"])
@pytest.mark.parametrize("entry", ["recruitment", "superpopulation", "captured"])
def test_three_years_agree_with_every_life_there_could_be(kind, movement, entry):
    sessions = three(kind)
    model = OpenModel(**RICH, detection="HN" if kind == "count" else "HHN", entry=entry, movement=movement)
    plan = design(gather(sessions, [1.0, 2.5]), model)
    beta = parameters(plan)
    sexes = {name: SEXES.index(sex) if sex else None for name, sex in FEMALE.items()}
    rates = twin.natural(plan, beta)
    expected = twin.captured(sessions, rates, sexes) if entry == "captured" else twin.full(sessions, rates, sexes)[0]
    assert log_likelihood(plan, beta) == pytest.approx(expected, abs=1e-9)


def test_a_surface_and_distances_that_are_not_straight():
    crooked = np.array([[300.0, 800.0, 100.0, 400.0], [900.0, 200.0, 500.0, 700.0]])
    sessions = [session(s.name, "proximity", [], crooked) for s in three("proximity")]
    full = three("proximity")
    sessions = [
        Session(s.name, s.detectors, f.animals, f.captures, MASK, f.covariates, distance=crooked)
        for s, f in zip(sessions, full, strict=True)
    ]
    plan = design(gather(sessions), OpenModel(surface="prey", movement="normal"))
    beta = parameters(plan)
    expected = twin.full(sessions, twin.natural(plan, beta), {})[0]
    assert log_likelihood(plan, beta) == pytest.approx(expected, abs=1e-9)
    flat = design(gather(sessions), OpenModel(movement="normal"))
    assert abs(log_likelihood(flat, beta) - expected) > 0.01


@pytest.mark.parametrize("kind", ["proximity", "count", "multi", "binomial"])
@pytest.mark.parametrize("detection", ["HN", "HHN", "EX", "HEX"])
@pytest.mark.parametrize("movement", ["static", "normal"])
@pytest.mark.parametrize("entry", ["recruitment", "superpopulation", "captured"])
def test_the_gradient_is_the_slope(kind, detection, movement, entry):
    plan = design(
        gather(three(kind), [1.0, 2.5]), OpenModel(**RICH, detection=detection, entry=entry, movement=movement)
    )
    beta = parameters(plan, 1)
    value, slope = score(plan, beta)
    assert value == log_likelihood(plan, beta)
    step = 1e-5 * np.eye(len(beta))
    differences = [(log_likelihood(plan, beta + h) - log_likelihood(plan, beta - h)) / 2e-5 for h in step]
    assert slope == pytest.approx(np.array(differences), rel=1e-6, abs=2e-7)


def test_chunks_of_animals_change_nothing(monkeypatch):
    plan = design(gather(three("multi"), [1.0, 2.5]), OpenModel(**RICH, movement="normal"))
    value, slope = score(plan, parameters(plan))
    monkeypatch.setattr(open_likelihood, "BUDGET", 2 * 24)
    again, pieces = score(plan, parameters(plan))
    assert again == pytest.approx(value, abs=1e-11)
    assert pieces == pytest.approx(slope, abs=1e-10)


def test_far_detections_do_not_underflow():
    sessions = three("proximity")
    plan = design(gather(sessions), OpenModel())
    beta = parameters(plan)
    beta[plan.names.index("sigma")] = np.log(12.0)
    value, slope = score(plan, beta)
    assert value < -500 and np.isfinite(value) and np.all(np.isfinite(slope))


def test_what_cannot_happen_has_no_likelihood():
    mask = Mask(MASK.xy, MASK.area, MASK.spacing, {"prey": np.array([0.0, 0.0, 0.0, 1.0])})
    sessions = [
        Session(s.name, s.detectors, s.animals, s.captures, mask, distance=np.array([[1, 1, 1, np.inf]] * 2))
        for s in three("proximity")
    ]
    plan = design(gather(sessions), OpenModel(surface="prey"))
    value, slope = score(plan, parameters(plan))
    assert value == -np.inf
    assert np.all(np.isnan(slope))


histories = st.lists(
    st.tuples(st.sampled_from("abcde"), st.integers(0, 2), st.integers(0, 1), st.integers(1, 3)),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[:3],
).map(lambda rows: [row for row in rows if row[1:3] != (1, 1)])


@settings(deadline=None, max_examples=25)
@given(st.lists(histories, min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_animals_and_captures_does_not_matter(years, random):
    if not any(years):
        return
    sessions = [session(f"Y{t}", "count", rows) for t, rows in enumerate(years)]
    mixed = [session(f"Y{t}", "count", random.sample(rows, len(rows))) for t, rows in enumerate(years)]
    values = []
    for given_so in (sessions, mixed):
        plan = design(gather(given_so), OpenModel(survival="sex", movement="normal"))
        values.append(score(plan, parameters(plan)))
    assert values[0][0] == pytest.approx(values[1][0], abs=1e-10)
    assert values[0][1] == pytest.approx(values[1][1], abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(st.lists(histories, min_size=2, max_size=3))
def test_counts_of_nights_taken_together_say_the_same(years):
    """Three occasions or one of their usage: the log-likelihoods differ by what holds no parameter."""
    if not any(years):
        return
    apart = [session(f"Y{t}", "count", rows) for t, rows in enumerate(years)]
    together = []
    for s in apart:
        sums = {}
        for a, k, y in zip(*(getattr(s.captures, n).tolist() for n in ("animal", "detector", "count")), strict=True):
            sums[a, k] = sums.get((a, k), 0) + y
        columns = np.array([[a, 0, k, y] for (a, k), y in sums.items()], dtype=np.int64).reshape(-1, 4).T
        whole = Detectors(s.detectors.names, s.detectors.xy, s.detectors.usage.sum(axis=1, keepdims=True), "count")
        together.append(Session(s.name, whole, s.animals, Captures(*columns), MASK, s.covariates))
    plans = [design(gather(sessions), OpenModel(detect="session")) for sessions in (apart, together)]
    betas = [parameters(plans[0], seed) for seed in (1, 2)]
    betas[1][-1] += 0.4
    first, second = ([log_likelihood(plan, beta) for beta in betas] for plan in plans)
    assert first[0] - second[0] == pytest.approx(first[1] - second[1], abs=1e-9)


@settings(deadline=None, max_examples=15)
@given(st.lists(histories, min_size=2, max_size=2))
def test_a_session_in_which_nobody_looked_says_nothing(years):
    if not any(years):
        return
    sessions = [session(f"Y{t}", "count", rows) for t, rows in enumerate(years)]
    off = Detectors(("K1", "K2"), sessions[0].detectors.xy, np.zeros((2, 1)), "count")
    none = Captures(*(np.zeros(0, np.int64) for _ in range(4)))
    between = [sessions[0], Session("blank", off, (), none, MASK), sessions[1]]
    # Recruits that die before anybody looks are seen by nobody, so two years of one are one interval of two.
    plans = [design(gather(sessions, [2.0]), OpenModel()), design(gather(between, [1.0, 1.0]), OpenModel())]
    beta = parameters(plans[0])
    assert log_likelihood(plans[0], beta) == pytest.approx(log_likelihood(plans[1], beta), abs=1e-9)
