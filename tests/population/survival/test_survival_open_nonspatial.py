"""With one cell, place tells nothing: the models are those of Cormack, Jolly and Seber, and of Schwarz and Arnason."""

import csv
import json
from math import exp, factorial, log

import numpy as np
import pytest

from tumen.population.scr.survey import Captures, Detectors, Mask, Session
from tumen.population.survival.open_data import gather
from tumen.population.survival.open_fit import fit
from tumen.population.survival.open_likelihood import log_likelihood
from tumen.population.survival.open_model import OpenModel, design

ONE_CELL = Mask(np.zeros((1, 2)), np.ones(1), 1000.0)
TRAP = Detectors(("K",), np.zeros((1, 2)), np.ones((1, 1)), "proximity")


def years(histories, sexes=None, values=()):
    """A session per column of 0 and 1."""
    sessions = []
    for t in range(len(histories[0])):
        rows = [i for i, history in enumerate(histories) if history[t] == "1"]
        zero = np.zeros(len(rows), np.int64)
        captures = Captures(np.arange(len(rows)), zero, zero, zero + 1)
        names = tuple(f"{i:04d}" for i in rows)
        sex = {} if sexes is None else {"sex": np.array([sexes[i] for i in rows], dtype=object)}
        extra = {"flood": float(values[t])} if len(values) else {}
        sessions.append(Session(f"{t + 1}", TRAP, names, captures, ONE_CELL, sex, extra))
    return sessions


def dipper(folder):
    with (folder / "popmodels_bench" / "dipper.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["ch"] for row in rows], [row["sex"][0] for row in rows]


def published(folder, name):
    return json.loads((folder / "popmodels_bench" / f"cjs_dipper_{name}.json").read_text())


CORMACK = {"entry": "captured", "detection": "HN"}


@pytest.mark.parametrize(
    ("name", "model", "values"),
    [
        ("Phi1_p1", {}, ()),
        ("PhiFlood_p1", {"survival": "flood"}, (0, 1, 1, 0, 0, 0, 0)),
        ("Phitime_p1", {"survival": "session"}, ()),
    ],
)
def test_dippers_survive_as_published(shared_data, name, model, values):
    histories, _ = dipper(shared_data)
    result = fit(years(histories, values=values), OpenModel(**CORMACK, **model))
    # With one cell sigma says nothing, and that is what is said of it.
    assert result.status == "open-not-estimable"
    assert result.problems[0] == ("open-not-estimable", "sigma")
    assert result.estimable.tolist() == [name != "sigma" for name in result.names]
    there = published(shared_data, name)
    assert -2 * result.log_likelihood == pytest.approx(there["neg2lnl"], abs=1e-5)
    beta = dict(zip(result.names, result.beta, strict=True))
    assert beta["g0"] == pytest.approx(there["beta"]["p"]["(Intercept)"], abs=1e-3)
    if name == "Phi1_p1":
        # marked stops 1.2e-4 away (0.242030); MARK gives the same highest likelihood at 0.5602 and 0.9026.
        chances = [1 / (1 + exp(-beta[name])) for name in ("phi", "g0")]
        assert chances == pytest.approx([0.5602, 0.9026], abs=5e-5)
        errors = dict(zip(result.names, result.errors, strict=True))
        assert [errors["phi"], errors["g0"]] == pytest.approx(there["beta_se"], rel=1e-3)


def test_dippers_by_sex_and_the_probability_of_their_sexes(shared_data):
    """A known sex is part of the data: given the first capture it is a coin with the share of males."""
    histories, sexes = dipper(shared_data)
    result = fit(years(histories, sexes), OpenModel(**CORMACK, survival="sex"))
    males = sexes.count("M")
    females = len(sexes) - males
    share = males / len(sexes)
    coins = males * log(share) + females * log(1 - share)
    there = published(shared_data, "Phisex_p1")
    assert -2 * (result.log_likelihood - coins) == pytest.approx(there["neg2lnl"], abs=1e-5)
    beta = dict(zip(result.names, result.beta, strict=True))
    assert beta["phi"] == pytest.approx(there["beta"]["Phi"]["(Intercept)"], abs=1e-4)
    assert beta["phi.sexM"] == pytest.approx(there["beta"]["Phi"]["sexMale"], abs=1e-4)
    assert beta["pmix"] == pytest.approx(log(males / females), abs=1e-4)


def test_the_last_survival_and_the_last_detection_cannot_be_told_apart(shared_data):
    histories, _ = dipper(shared_data)
    result = fit(years(histories), OpenModel(**CORMACK, survival="session", detect="session"))
    assert -2 * result.log_likelihood == pytest.approx(published(shared_data, "Phitime_ptime")["neg2lnl"], abs=1e-4)
    lost = {name for name, kept in zip(result.names, result.estimable, strict=True) if not kept}
    assert {"phi.session6", "g0.session7", "sigma"} <= lost
    assert {"phi.session3", "phi.session4"} & lost == set()
    assert np.isnan(result.errors[result.names.index("phi.session6")])


def popan(histories, number, entry, phi, p):
    """Log-likelihood of Schwarz and Arnason with a Poisson number, over all entries and deaths."""
    last = len(histories[0]) - 1

    def chance(history):
        total = 0.0
        for born in range(last + 1):
            for dead in range(born, last + 1):
                if any(c == "1" and not born <= t <= dead for t, c in enumerate(history)):
                    continue
                part = entry[born] * (1 - phi if dead < last else 1)
                part *= phi ** (dead - born)
                for t in range(born, dead + 1):
                    part *= p if history[t] == "1" else 1 - p
                total += part
        return total

    missed = chance("0" * (last + 1))
    value = -number * (1 - missed) - log(factorial(len(histories)))
    return value + sum(log(number * chance(history)) for history in histories)


def test_schwarz_and_arnason_without_place():
    histories = ["1100", "1010", "0110", "0011", "1111", "0001", "0100"]
    plan = design(gather(years(histories)), OpenModel(entry="superpopulation", recruitment="session", detection="HN"))
    assert plan.names == ("D", "phi", "b", "b.session2", "b.session3", "g0", "sigma")
    b = [-1.0, 0.3, -0.2]
    beta = np.array([2.5, 0.7, *b, 0.4, 6.0])
    weights = np.array([1, exp(-1.0), exp(-0.7), exp(-1.2)])
    expected = popan(histories, exp(2.5), weights / weights.sum(), 1 / (1 + exp(-0.7)), 1 / (1 + exp(-0.4)))
    assert log_likelihood(plan, beta) == pytest.approx(expected, abs=1e-10)


def test_when_nobody_is_missed_survival_is_a_share():
    """g0 near 1: survival is who came back, recruits are who came new."""
    histories = ["110", "111", "100", "111", "011", "001", "010", "111"]
    trap = Detectors(("K",), np.zeros((1, 2)), np.full((1, 1), 60.0), "proximity")
    sessions = [Session(s.name, trap, s.animals, s.captures, ONE_CELL, s.covariates) for s in years(histories)]
    plan = design(gather(sessions), OpenModel())
    # lambda0 1 over 60 nights: missed once in 10^26. Alive: 5, 6, 5; came back: 4 of 5, 4 of 6; came new: 2, 1.
    base = [np.log(5.0), 0.0, 0.0, 0.0, 20.0]

    def value(phi, f):
        return log_likelihood(plan, np.array([base[0], np.log(phi / (1 - phi)), np.log(f), *base[3:]]))

    best = value(8 / 11, 0.25)
    assert best > value(8 / 11 + 0.01, 0.25) and best > value(8 / 11 - 0.01, 0.25)
    poisson = {f: sum(k * log(m) - m for k, m in ((2, 5 * f), (1, 5 * (8 / 11 + f) * f))) for f in (0.2, 0.3)}
    # The difference by f is that of Poisson numbers of recruits.
    assert value(8 / 11, 0.3) - value(8 / 11, 0.2) == pytest.approx(poisson[0.3] - poisson[0.2], abs=1e-9)
    result = fit(sessions, OpenModel(entry="captured"))
    assert 1 / (1 + np.exp(-result.beta[0])) == pytest.approx(8 / 11, abs=1e-4)
