"""Fits against published ones, closed forms, and data that cannot tell."""

import csv
import json
import sys

import numpy as np
import pytest
from scipy.special import expit
from tests.population.survival.test_survival_likelihood import seen

from tumen.errors import MisuseError
from tumen.population.survival.estimates import direction, estimates, parameters, profile
from tumen.population.survival.fit import fit, hessian
from tumen.population.survival.histories import Histories
from tumen.population.survival.likelihood import problem, score
from tumen.population.survival.models import Model, design
from tumen.population.survival.redraw import redraw


def dipper(folder, sexes=("Female", "Male")):
    with (folder / "popmodels_bench" / "dipper.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["sex"] in sexes]
    return seen(*(row["ch"] for row in rows), sex=[row["sex"] for row in rows], flood=[0, 1, 1, 0, 0, 0, 0])


@pytest.mark.parametrize(
    ("model", "file", "unsure"),
    [
        (Model(), "Phi1_p1", ()),
        (Model("flood"), "PhiFlood_p1", ()),
        (Model("sex"), "Phisex_p1", ()),
        (Model("time"), "Phitime_p1", ()),
        (Model("time", "time"), "Phitime_ptime", ("phi.time6", "p.time7")),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_dippers_are_fitted_as_by_marked(shared_data, model, file, unsure):
    reference = json.loads((shared_data / "popmodels_bench" / f"cjs_dipper_{file}.json").read_text(encoding="utf-8"))
    fitted = fit(dipper(shared_data), model)
    beta = np.array([*reference["beta"]["Phi"].values(), *reference["beta"]["p"].values()])
    clear = np.array([name not in unsure for name in fitted.names])
    assert fitted.status == "converged"
    assert -2 * fitted.log_likelihood == pytest.approx(reference["neg2lnl"], abs=1e-3)
    assert (fitted.estimable == clear).all()
    assert np.abs(score(fitted.problem, fitted.beta)[1]).max() < 1e-5
    # marked stopped short of the maximum of the first model: its own estimates are 6e-6 of -2 ln L lower than ours.
    short = file == "Phi1_p1"
    if short:
        assert score(fitted.problem, beta)[0] < fitted.log_likelihood - 1e-6
    assert fitted.beta[clear] == pytest.approx(beta[clear], abs=1e-3 if short else 1e-4)
    errors = np.sqrt(np.diag(fitted.covariance))
    assert errors[clear] == pytest.approx(np.array(reference["beta_se"])[clear], rel=0.01)
    assert np.isnan(errors[~clear]).all()


def test_the_last_survival_and_capture_of_the_dippers_are_confounded(shared_data):
    fitted = fit(dipper(shared_data), Model("time", "time"))
    assert fitted.count == 11
    assert fitted.problems == ("survival-confounded",)
    assert fitted.findings["arguments"].item() == '{"count": 2, "names": "phi.time6, p.time7"}'
    table = estimates(fitted)
    assert table.filter(state="confounded").select("quantity", "occasion").rows() == [("phi", "6"), ("p", "7")]
    assert table.filter(state="confounded")["low"].null_count() == 2
    assert profile(fitted, direction(fitted, "phi", occasion="6"))[1] == float("inf")


def test_three_occasions_have_a_closed_form():
    # 100 marked at 1: 48 seen at 2, 12 more at 3 only; of those released at 2, a share seen at 3 (Seber 1982).
    texts = ["111"] * 24 + ["110"] * 24 + ["101"] * 12 + ["100"] * 40
    fitted = fit(seen(*texts), Model("time", "time"))
    # p2 = 24 / (24 + 12); phi1 p2 + ... : of 100, 48 + 48 (1 - p2) / p2 were alive at 2; phi2 p3 = 24 / 48.
    p2 = 24 / 36
    table = estimates(fitted)
    assert table.filter(quantity="p", occasion="2")["estimate"].item() == pytest.approx(p2, abs=1e-6)
    assert table.filter(quantity="phi", occasion="1")["estimate"].item() == pytest.approx(0.48 / p2, abs=1e-6)
    last = table.filter(state="confounded")["estimate"].to_list()
    assert len(last) == 2
    assert last[0] * last[1] == pytest.approx(0.5, abs=1e-6)


def test_survival_is_per_year():
    texts = ["111"] * 30 + ["110"] * 20 + ["100"] * 25 + ["101"] * 5
    one, two = fit(seen(*texts)), fit(seen(*texts, intervals=[2.0, 2.0]))
    assert expit(two.beta[0]) ** 2 == pytest.approx(expit(one.beta[0]), abs=1e-6)
    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-8)


def test_differences_of_the_gradient_give_the_curvature():
    exact = np.array([[2.0, 0.5], [0.5, 3.0]])
    assert hessian(lambda beta: exact @ beta + beta**3, np.array([0.1, 0.2])) == pytest.approx(
        exact + np.diag([0.03 * 2, 0.12 * 2]) - np.diag([0.03, 0.12]), abs=1e-9
    )


def test_nobody_seen_is_a_stated_result():
    empty = Histories((), ("1", "2"), np.zeros((0, 2), bool), np.ones(1), (), np.zeros(0, bool), np.ones(2))
    for model in (Model(), Model("sex", "time"), Model("1", "1", "1")):
        fitted = fit(empty, model)
        assert fitted.status == "survival-no-animals"
        assert np.isnan(fitted.beta).all()
        assert estimates(fitted).is_empty()


def test_one_occasion_is_a_stated_result():
    fitted = fit(seen("1", "1"))
    assert fitted.status == "survival-one-occasion"
    assert np.isnan(fitted.log_likelihood)


def test_no_recaptures_are_a_stated_result():
    for model in (Model(), Model("time", "time"), Model("1", "1", "1")):
        fitted = fit(seen("100", "100", "010", "001"), model)
        assert fitted.status == "survival-no-recaptures"
        assert fitted.problems[0] == "survival-no-recaptures"
        assert estimates(fitted).is_empty()


@pytest.mark.parametrize("model", [Model(), Model("time", "time"), Model("1", "1", "1")], ids=lambda m: m.title)
def test_one_animal_is_a_stated_result(model):
    for text in ("1000", "1010", "1111", "0001"):
        fitted = fit(seen(text), model)
        assert "survival-one-animal" in fitted.problems
        assert {"survival-confounded", "survival-boundary"} & set(fitted.problems) or fitted.status != "converged"


def test_all_seen_always_is_a_boundary():
    fitted = fit(seen(*["1111"] * 10))
    assert fitted.problems == ("survival-boundary",)
    assert fitted.count == 2
    assert estimates(fitted)["estimate"].to_list() == pytest.approx([1.0] * 6, abs=1e-3)
    assert estimates(fitted)["standardError"].null_count() == 6
    low, high = profile(fitted, direction(fitted, "p"))
    # (survival and capture are at their best at 1, so p^30 = exp(-1.92))
    assert expit(low) == pytest.approx(np.exp(-1.9207 / 30), abs=1e-4)
    assert high == float("inf")


def test_an_occasion_without_effort_has_no_capture():
    fitted = fit(
        seen(*["1011"] * 10, *["1010"] * 5, *["1000"] * 7, *["0011"] * 4, effort=[1, 0, 1, 1]), Model("1", "time")
    )
    assert fitted.names == ("phi", "p", "p.time4")
    assert "2" not in estimates(fitted).filter(quantity="p")["occasion"].to_list()
    assert fitted.status == "converged"


def test_sex_that_nobody_knows_is_left_out_and_said():
    fitted = fit(seen("110", "101", "111", "100"), Model("sex"))
    assert fitted.names == ("phi", "p")
    assert "survival-one-sex" in fitted.problems


def test_unknown_sex_belongs_to_both():
    rng = np.random.default_rng(5)
    sex = rng.choice(["F", "M"], 4000, p=[0.7, 0.3])
    hidden = rng.random(4000) < 0.4
    start = seen(*["100000"] * 4000, sex=sex.tolist())
    truth = np.array([1.5, -1.5, 0.5])
    lived = redraw(start, design(start, Model("sex")), truth, rng)
    data = Histories(
        lived.animals,
        lived.occasions,
        lived.seen,
        lived.intervals,
        tuple(None if hide else one for one, hide in zip(lived.sex, hidden, strict=True)),
        lived.lost,
        lived.effort,
    )
    fitted = fit(data, Model("sex"))
    assert fitted.names == ("phi", "phi.sexM", "p", "share.M")
    errors = np.sqrt(np.diag(fitted.covariance))
    wanted = np.append(truth, np.log(0.3 / 0.7))
    assert (np.abs(fitted.beta - wanted) < 3 * errors).all()
    full = np.sqrt(np.diag(fit(lived, Model("sex")).covariance))
    assert (full < errors[:3]).all()


def test_collinear_covariates_are_confounded():
    texts = ["1111"] * 9 + ["1101"] * 4 + ["1100"] * 8 + ["1000"] * 9 + ["0111"] * 5 + ["0110"] * 5
    fitted = fit(seen(*texts, a=[0, 1, 2, 3], b=[1, 3, 5, 7]), Model("a + b"))
    assert fitted.status == "converged"
    assert fitted.estimable.tolist() == [False, False, False, True]
    assert estimates(fitted).filter(quantity="phi")["state"].unique().to_list() == ["estimable"]
    alone = fit(seen(*texts, a=[0, 1, 2, 3]), Model("a"))
    assert fitted.aic == pytest.approx(alone.aic, abs=1e-6)


def test_a_super_population_that_is_seen_whole_is_counted():
    # Everybody is seen in every occasion of its life: nobody is missed, and the numbers are what they are.
    texts = ["1100"] * 6 + ["1111"] * 10 + ["0111"] * 8 + ["0011"] * 5 + ["1000"] * 4
    fitted = fit(seen(*texts), Model("time", "1", "time"))
    table = estimates(fitted)
    alive = table.filter(quantity="N")["estimate"].to_list()
    assert alive == pytest.approx([20, 24, 23, 23], abs=0.05)
    assert table.filter(quantity="births")["estimate"].to_list() == pytest.approx([8, 5, 0], abs=0.05)
    assert table.filter(quantity="super")["estimate"].item() == pytest.approx(33, abs=0.05)
    assert table.filter(quantity="phi")["estimate"].to_list() == pytest.approx([16 / 20, 18 / 24, 1], abs=2e-3)
    assert "survival-boundary" in fitted.problems


def test_two_occasions_with_nothing_but_births_and_deaths_known():
    # N phi and entries follow from capture: with p given by a middle occasion, N2 = n2 / p2.
    texts = ["111"] * 24 + ["110"] * 24 + ["101"] * 12 + ["100"] * 40 + ["011"] * 20 + ["010"] * 20 + ["001"] * 30
    fitted = fit(seen(*texts), Model("time", "time", "time"))
    found = estimates(fitted).filter(quantity="N", occasion="2")["estimate"].item()
    # Jolly (1965): p2 = 24 / 36 and 88 seen at 2.
    assert found == pytest.approx(88 / (24 / 36), rel=0.02)


def test_a_climb_that_stops_half_way_is_stated(monkeypatch):
    module = sys.modules["tumen.population.survival.fit"]
    monkeypatch.setattr(module, "maximise", lambda made, start, basis=None: (start, score(made, start)[0]))
    monkeypatch.setattr(
        module, "_polish", lambda made, beta: (beta, module._judge(made, beta, score(made, beta)[1])[0])
    )
    fitted = fit(seen("111", "110", "101", "100", "011"))
    assert fitted.status == "survival-not-converged"
    assert "survival-not-converged" in fitted.problems


def test_starting_values_of_another_length_are_refused():
    with pytest.raises(MisuseError, match="2 starting values"):
        fit(seen("11", "10"), start=np.zeros(3))
    with pytest.raises(MisuseError, match="in this formula"):
        fit(seen("11", "10"), Model("weather"))


def coverage(model, truth, start, worlds):
    inside = np.zeros((worlds, len(truth)), dtype=bool)
    estimated = np.zeros((worlds, len(truth)))
    made = design(start, model)
    for number, rng in enumerate(np.random.default_rng(11).spawn(worlds)):
        table = parameters(fit(redraw(start, made, truth, rng), model))
        low, high, middle = (table[name].to_numpy() for name in ("low", "high", "estimate"))
        inside[number] = (low <= truth) & (truth <= high)
        estimated[number] = middle
    return inside.mean(axis=0), estimated


@pytest.mark.slow
def test_survival_and_capture_are_recovered():
    texts = ["100000"] * 150 + ["010000"] * 100 + ["001000"] * 100 + ["000100"] * 100
    start = seen(*texts, sex=["F", "M"] * 225, trend2=range(6))
    truth = np.array([1.0, -0.5, 0.2, 0.2])
    inside, estimated = coverage(Model("sex", "trend2"), truth, start, 200)
    assert ((inside >= 0.92) & (inside <= 0.985)).all()
    assert np.abs(estimated.mean(axis=0) - truth).max() < 0.05


@pytest.mark.slow
def test_super_populations_are_recovered():
    # 150 seen stands only for the count from which the super-population of 200 is drawn.
    start = seen(*["100000"] * 150)
    model = Model("1", "1", "1")
    truth = np.array([1.0, 0.3, -1.0, np.log(50.0)])
    made = design(start, model)
    inside, total = [], []
    for rng in np.random.default_rng(3).spawn(200):
        drawn = redraw(start, made, truth, rng)
        table = estimates(fit(drawn, model)).filter(quantity="super")
        inside.append(table["low"].item() <= 200 <= table["high"].item())
        total.append(table["estimate"].item())
    assert np.mean(total) == pytest.approx(200, rel=0.02)
    assert 0.92 <= np.mean(inside) <= 0.985


def test_ten_thousand_animals_over_twenty_occasions_are_collapsed():
    rng = np.random.default_rng(1)
    first = rng.integers(0, 19, 10_000)
    start = seen(*("0" * at + "1" + "0" * (19 - at) for at in first), sex=["F", "M"] * 5_000)
    model = Model("sex + time", "sex")
    truth = np.concatenate([[1.0], np.zeros(18), [-0.4, 0.0, 0.5]])[: len(design(start, model).names)]
    data = redraw(start, design(start, model), truth, rng)
    made = problem(data, design(data, model))
    assert made.sums.shape == (2, 100)
    assert made.mixed.shape[0] == 0
    assert fit(data, model).status == "converged"
