import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from tests.population.survival.test_survival_likelihood import seen

from tumen.errors import MisuseError
from tumen.population.survival.estimates import direction, estimates, numbers, parameters, profile
from tumen.population.survival.fit import fit
from tumen.population.survival.likelihood import score
from tumen.population.survival.models import Model

TEXTS = ["111"] * 14 + ["110"] * 14 + ["101"] * 4 + ["100"] * 30 + ["011"] * 12 + ["010"] * 10 + ["001"] * 20
PLAIN = seen(*TEXTS, sex=["F", "M"] * 52)


def test_survival_has_an_error_on_both_scales():
    fitted = fit(PLAIN)
    row = estimates(fitted).filter(quantity="phi", occasion="1").row(0, named=True)
    error = np.sqrt(fitted.covariance[0, 0])
    assert row["estimate"] == pytest.approx(expit(fitted.beta[0]))
    assert row["linkError"] == pytest.approx(error, rel=1e-6)
    assert row["standardError"] == pytest.approx(error * row["estimate"] * (1 - row["estimate"]), rel=1e-6)
    assert row["low"] == pytest.approx(expit(fitted.beta[0] - 1.959964 * error), rel=1e-6)
    assert parameters(fitted)["standardError"].to_list() == pytest.approx(np.sqrt(np.diag(fitted.covariance)))


def test_the_variance_is_left_out_where_not_asked_for():
    fitted = fit(PLAIN, variance=False)
    assert fitted.covariance is None
    assert estimates(fitted)["standardError"].null_count() == estimates(fitted).height


@pytest.mark.parametrize("sex", ["F", "M"])
def test_a_profile_interval_is_where_the_likelihood_has_fallen(sex):
    fitted = fit(PLAIN, Model("sex"))
    weights = direction(fitted, "phi", sex=sex)
    for bound in profile(fitted, weights):
        # The slow twin: another optimiser, without our gradient, held to the bound.
        held = minimize(
            lambda beta: -score(fitted.problem, beta)[0],
            fitted.beta,
            method="SLSQP",
            constraints={"type": "eq", "fun": lambda beta, at=bound: weights @ beta - at},
            options={"ftol": 1e-12},
        )
        assert 2 * (fitted.log_likelihood + held.fun) == pytest.approx(3.841459, abs=1e-4)


def test_profiles_and_wald_agree_where_there_are_many_animals():
    fitted = fit(seen(*TEXTS * 50))
    row = parameters(fitted).row(0, named=True)
    assert profile(fitted, direction(fitted, "phi")) == pytest.approx((row["low"], row["high"]), abs=3e-3)


def test_numbers_add_up():
    fitted = fit(PLAIN, Model("sex", "1", "time"))
    table = estimates(fitted)
    for quantity in ("N", "births"):
        by_sex = table.filter((pl.col("quantity") == quantity) & pl.col("sex").is_not_null())
        total = table.filter((pl.col("quantity") == quantity) & pl.col("sex").is_null())
        summed = by_sex.group_by("occasion", maintain_order=True).agg(pl.col("estimate").sum())["estimate"]
        assert summed.to_list() == pytest.approx(total["estimate"].to_list())
    for sex in ("F", "M"):
        assert table.filter(quantity="entry", sex=sex)["estimate"].sum() == pytest.approx(1.0)
    alive, born = numbers(fitted, fitted.beta)
    phi = table.filter(quantity="phi", occasion="1")["estimate"].to_numpy()
    assert alive[:, 1] == pytest.approx(alive[:, 0] * phi + born[:, 0])
    super_count = table.filter(quantity="super")["estimate"].item()
    assert alive[:, 0].sum() + born.sum() == pytest.approx(super_count)


def test_losses_leave_the_population():
    # Animals 32 and 33 were seen at 1 only, 20 was last seen at 2.
    lost = fit(seen(*TEXTS, lost=(20, 32, 33)), Model("1", "1", "1"))
    alive, born = numbers(lost, lost.beta)
    phi = expit(lost.beta[0])
    assert alive[0, 1] == pytest.approx((alive[0, 0] - 2) * phi + born[0, 0])
    assert alive[0, 2] == pytest.approx((alive[0, 1] - 1) * phi + born[0, 1])


def test_growth_is_per_year():
    one = estimates(fit(PLAIN, Model("1", "1", "time")))
    two = estimates(fit(seen(*TEXTS, intervals=[2, 2]), Model("1", "1", "time")))
    wide, narrow = (t.filter(quantity="growth")["estimate"].to_numpy() for t in (one, two))
    assert narrow**2 == pytest.approx(wide, rel=1e-4)


@pytest.mark.parametrize(("p", "known"), [("1", {"growth"}), ("time", set())])
def test_two_occasions_tell_no_numbers(p, known):
    fitted = fit(seen(*["11"] * 11, *["10"] * 2, *["01"] * 4), Model("1", p, "1"))
    table = estimates(fitted)
    assert set(table.filter(state="estimable")["quantity"]) == known
    assert set(table.filter(pl.col("quantity").is_in(["N", "births", "super"]))["state"]) == {"confounded"}


def test_numbers_at_open_ends_are_no_estimates():
    texts = [text + last for text in TEXTS for last in "01"]
    fitted = fit(seen(*texts), Model("time", "time", "time"))
    assert "survival-ends-open" in fitted.problems
    table = estimates(fitted).filter(pl.col("state") == "estimable")
    assert table.filter(quantity="N")["occasion"].to_list() == ["2", "3"]
    assert table.filter(quantity="births")["occasion"].to_list() == ["3"]
    assert table.filter(quantity="growth")["occasion"].to_list() == ["2"]
    assert table.filter(quantity="super").is_empty()
    same = estimates(fit(seen(*texts), Model("1", "time", "time"))).filter(pl.col("state") == "estimable")
    assert same.filter(quantity="N")["occasion"].to_list()[-1] == "4"
    closed = fit(seen(*texts), Model("time", "1", "time"))
    assert "survival-ends-open" not in closed.problems


def test_a_population_that_begins_with_nobody_has_no_estimable_growth():
    # Nobody can have been there at the first occasion: no numbers to divide by, and no warning of it.
    data = seen("00011", "01000", "00001", sex=["F", "M", None], flood=[0, 1, 0, 1, 0])
    table = estimates(fit(data, Model("flood", "sex * time", "trend * sex")))
    assert "estimable" not in table.filter(quantity="growth", occasion="1")["state"].to_list()


def test_unknown_quantities_are_refused():
    fitted = fit(PLAIN)
    with pytest.raises(MisuseError, match="phi or p of a sex"):
        direction(fitted, "phi", occasion="9")
    with pytest.raises(MisuseError, match="a fit with entry"):
        numbers(fitted, fitted.beta)
