"""The likelihoods against slow twins that add up every possible life, and the gradients against differences."""

from dataclasses import replace
from itertools import product
from math import exp, lgamma, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.population.survival.histories import Histories
from tumen.population.survival.likelihood import problem, score
from tumen.population.survival.models import Model, design


def seen(*texts, sex=None, lost=(), intervals=None, effort=None, **covariates):
    """Histories as people write them: "101" was seen at the first and last of three occasions."""
    width = len(texts[0])
    return Histories(
        animals=tuple(f"a{number}" for number in range(len(texts))),
        occasions=tuple(str(number + 1) for number in range(width)),
        seen=np.array([[letter == "1" for letter in text] for text in texts]),
        intervals=np.ones(width - 1) if intervals is None else np.array(intervals, dtype=float),
        sex=tuple(sex) if sex else (None,) * len(texts),
        lost=np.array([number in lost for number in range(len(texts))]),
        effort=np.ones(width) if effort is None else np.array(effort, dtype=float),
        covariates={name: np.array(values, dtype=float) for name, values in covariates.items()},
    )


def inverse_logit(value):
    return 1 / (1 + exp(-value))


def one_life(history, lost, born, died, phi, p):
    """The chance of a history given that the animal entered at `born` and `died` is its last occasion alive."""
    chance = 1.0
    gone = max(place for place, hit in enumerate(history) if hit) if lost else None
    for at, hit in enumerate(history):
        if gone is not None and at > gone:
            continue
        alive = born <= at <= died
        chance *= (p[at] if hit else 1 - p[at]) if alive else (0.0 if hit else 1.0)
    return chance


def history_chance(history, lost, born, phi, p):
    """Add up all times of death after birth; a lost animal leaves at its last capture whatever would have come."""
    width = len(history)
    total = 0.0
    for died in range(born, width):
        survive = np.prod(phi[born:died])
        end = 1.0 if died == width - 1 else 1 - phi[died]
        total += survive * end * one_life(history, lost, born, died, phi, p)
    return total


def chances_of(data, made, beta, c):
    phi = [inverse_logit(row @ beta) ** years for row, years in zip(made.phi[c], data.intervals, strict=True)]
    p = [inverse_logit(row @ beta) if works else 0.0 for row, works in zip(made.p[c], made.open, strict=True)]
    return phi, p


def shares_of(made, beta):
    if made.shares is None:
        return [1.0] * len(made.classes)
    raw = [1.0, *(exp(beta[place]) for place in made.shares)]
    return [value / sum(raw) for value in raw]


def slow_cjs(data, model, beta):
    made = design(data, model)
    share = shares_of(made, beta)
    total = 0.0
    for row, sex, lost in zip(data.seen.tolist(), data.sex, data.lost.tolist(), strict=True):
        first = row.index(True)
        chance = 0.0
        for c, label in enumerate(made.classes):
            if len(made.classes) > 1 and sex is not None and sex != label:
                continue
            phi, p = chances_of(data, made, beta, c)
            # Given the first capture: only what follows it counts.
            chance += share[c] * history_chance(row[first:], lost, 0, phi[first:], [1.0, *p[first + 1 :]])
        total += log(chance)
    return total


def slow_popan(data, model, beta):
    made = design(data, model)
    share = shares_of(made, beta)
    width = len(data.occasions)
    unseen = exp(beta[-1])
    hidden = 0.0
    chance = [0.0] * len(data.animals)
    for c, label in enumerate(made.classes):
        phi, p = chances_of(data, made, beta, c)
        raw = [1.0, *(exp(row @ beta) for row in made.entry[c])]
        for born in range(width):
            weight = share[c] * raw[born] / sum(raw)
            hidden += weight * history_chance([False] * width, False, born, phi, p)
            for place, (row, sex, lost) in enumerate(
                zip(data.seen.tolist(), data.sex, data.lost.tolist(), strict=True)
            ):
                if len(made.classes) == 1 or sex is None or sex == label:
                    chance[place] += weight * history_chance(row, lost, born, phi, p)
    count = len(data.animals)
    ways = lgamma(count + unseen + 1) - lgamma(unseen + 1)
    return ways + unseen * log(hidden) + sum(log(value) for value in chance)


ALL = [text for text in ("".join(t) for t in product("01", repeat=4)) if "1" in text]
MIXED = seen(
    *ALL,
    sex=["F", "M", None] * 5,
    lost=(3, 9, 14),
    intervals=[1.0, 0.5, 2.0],
    effort=[1.0, 2.0, 0.5, 3.0],
    flood=[1.0, 0.0, 1.0, 9.0],
)
IDLE = seen("1001", "1011", "0011", "1000", "0010", sex="FMFMM", effort=[1, 0, 1, 1], flood=[1, 0, 0, 2])
MODELS = [
    Model(),
    Model("sex", "time"),
    Model("sex * time", "sex + time"),
    Model("flood + trend", "trend : sex"),
    Model("1", "1", "1"),
    Model("sex", "sex", "sex"),
    Model("time", "sex", "time"),
    Model("flood", "sex * time", "trend * sex"),
]


def some_parameters(data, model, seed=0):
    count = len(design(data, model).names)
    return np.random.default_rng(seed).normal(0, 0.7, count)


@pytest.mark.parametrize("data", [MIXED, IDLE], ids=["mixed", "idle"])
@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.title)
def test_the_likelihood_is_the_sum_over_every_life(data, model):
    beta = some_parameters(data, model)
    slow = slow_cjs if model.entry is None else slow_popan
    assert score(problem(data, design(data, model)), beta)[0] == pytest.approx(slow(data, model, beta), abs=1e-10)


@pytest.mark.parametrize("data", [MIXED, IDLE], ids=["mixed", "idle"])
@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.title)
def test_the_gradient_agrees_with_differences(data, model):
    made = problem(data, design(data, model))
    beta = some_parameters(data, model, seed=1)
    steps = 1e-5 * np.eye(len(beta))
    slow = [(score(made, beta + step)[0] - score(made, beta - step)[0]) / 2e-5 for step in steps]
    assert score(made, beta)[1] == pytest.approx(np.array(slow), abs=1e-7)


def test_chances_of_all_histories_after_a_first_capture_add_up_to_one():
    total = 0.0
    for rest in product("01", repeat=3):
        data = seen("1" + "".join(rest), intervals=[1, 2, 0.3])
        total += exp(score(problem(data, design(data, Model("time", "time"))), np.linspace(-1, 1, 6))[0])
    assert total == pytest.approx(1.0, abs=1e-12)


def test_chances_of_all_histories_of_a_super_population_add_up_to_one():
    model = Model("time", "time", "time")
    made = design(MIXED, model)
    beta = np.append(np.linspace(-1, 1, len(made.names) - 1), log(3.0))
    # With one animal seen and u unseen: ln (1 + u) + u ln(hidden) + ln chance.
    ones = [replace(seen(text), intervals=MIXED.intervals) for text in ALL]
    values = [score(problem(one, design(one, model)), beta)[0] for one in ones]
    twos = [score(problem(one, design(one, model)), np.append(beta[:-1], log(6.0)))[0] for one in ones]
    hidden = exp((twos[0] - values[0] - log(7) + log(4)) / 3)
    assert sum(exp(value - log(4)) / hidden**3 for value in values) + hidden == pytest.approx(1.0, abs=1e-10)


texts = st.lists(st.sampled_from(ALL), min_size=1, max_size=12)


@settings(max_examples=40)
@given(texts, st.randoms(use_true_random=False), st.sampled_from(MODELS))
def test_the_order_of_animals_does_not_matter(rows, random, model):
    sex = [random.choice(["F", "M", None]) for _ in rows]
    order = random.sample(range(len(rows)), len(rows))
    one = seen(*rows, "1100", "1010", sex=[*sex, "F", "M"], flood=[0, 1, 0, 0])
    other = seen(
        "1010", "1100", *(rows[i] for i in order), sex=["M", "F", *(sex[i] for i in order)], flood=[0, 1, 0, 0]
    )
    beta = some_parameters(one, model)
    first, second = (score(problem(data, design(data, model)), beta) for data in (one, other))
    assert first[0] == pytest.approx(second[0], abs=1e-9)
    assert first[1] == pytest.approx(second[1], abs=1e-9)


@settings(max_examples=40)
@given(texts, st.sampled_from([model for model in MODELS if model.entry is None]))
def test_twice_the_animals_is_twice_the_likelihood(rows, model):
    sexes = ["F", "M", *([None] * len(rows))]
    one = seen("1100", "1010", *rows, sex=sexes, flood=[0, 1, 0, 0])
    two = seen("1100", "1010", *rows, "1100", "1010", *rows, sex=sexes * 2, flood=[0, 1, 0, 0])
    beta = some_parameters(one, model)
    once, twice = (score(problem(data, design(data, model)), beta) for data in (one, two))
    assert twice[0] == pytest.approx(2 * once[0], abs=1e-9)
    assert twice[1] == pytest.approx(2 * once[1], abs=1e-9)


def test_an_animal_lost_at_capture_says_nothing_about_later():
    alive, lost = seen("110", "101"), seen("110", "101", lost=(0,))
    model, beta = Model(), np.array([0.3, -0.2])
    gone = score(problem(alive, design(alive, model)), beta)[0] - score(problem(lost, design(lost, model)), beta)[0]
    phi, p = inverse_logit(0.3), inverse_logit(-0.2)
    assert gone == pytest.approx(log(1 - phi * p))
