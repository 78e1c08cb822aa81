"""Fits of open populations: what is found, what cannot be found, and what is said of it."""

import numpy as np
import polars as pl
import pytest

from tumen.errors import MisuseError
from tumen.population.scr.survey import Captures, Detectors, Session
from tumen.population.survival.open_data import gather
from tumen.population.survival.open_derived import quantities, stated
from tumen.population.survival.open_fit import fit
from tumen.population.survival.open_likelihood import log_likelihood, score
from tumen.population.survival.open_model import OpenModel, design
from tumen.population.survival.open_simulate import Truth, example, simulate, world


def renamed(session, names=None, **more):
    kept = {
        n: getattr(session, n) for n in ("name", "detectors", "animals", "captures", "mask", "covariates", "values")
    }
    if names is not None:
        kept["animals"] = tuple(names)
    return Session(**{**kept, **more})


def moving():
    """Three years of animals whose centres move by some 900 m a year."""
    mask, cameras = world(12, 5, 500.0)
    truth = Truth(0.8, (0.8, 0.8), 0.3, (0.3, 0.3), (600.0, 600.0), 900.0)
    return simulate(mask, [cameras] * 3, truth, np.random.default_rng(11))[0]


def emptied(session):
    none = Captures(*(np.zeros(0, np.int64) for _ in range(4)))
    return renamed(session, (), captures=none, covariates={})


def test_a_fit_is_the_top_of_the_hill():
    result = fit(moving(), OpenModel(movement="normal"))
    assert result.status == "converged"
    assert result.problems == ()
    assert 0 <= result.decrement < 1e-5
    assert np.all(result.eigenvalues > 0)
    value, slope = score(result.design, result.beta)
    assert value == result.log_likelihood
    assert np.abs(slope * result.errors).max() < 1e-3
    for place, error in enumerate(result.errors):
        for side in (-1, 1):
            tried = result.beta.copy()
            tried[place] += side * error
            assert log_likelihood(result.design, tried) < value
    assert result.aic == pytest.approx(2 * 6 - 2 * value)
    assert result.aicc > result.aic


def test_the_covariance_is_the_inverse_of_the_curvature():
    result = fit(example())
    size, step = len(result.beta), 2e-3
    hessian = np.zeros((size, size))
    for i, j in np.ndindex(size, size):
        for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            tried = result.beta.copy()
            tried[i] += a * step
            tried[j] += b * step
            hessian[i, j] -= a * b * log_likelihood(result.design, tried) / (4 * step * step)
    assert result.covariance == pytest.approx(np.linalg.inv(hessian), rel=2e-3, abs=1e-5)


def test_centres_that_stay_have_no_length_of_step():
    """Below the spacing the likelihood is flat: the step is said not to be told, and the rest is as without it."""
    result, still = fit(example(), OpenModel(movement="normal")), fit(example())
    assert result.status == "open-not-estimable"
    assert result.problems == (("open-not-estimable", "move"), ("open-move-below-spacing", "move"))
    assert result.beta[:-1] == pytest.approx(still.beta, abs=1e-3)
    assert result.errors[:-1] == pytest.approx(still.errors, rel=1e-3)


def test_a_start_at_which_the_data_cannot_happen_does_not_converge():
    far = np.array([-1.0, 1.0, -1.0, -2.0, np.log(5000.0)])
    years = [renamed(s, distance=np.full((len(s.detectors.names), len(s.mask)), np.inf)) for s in example()]
    result = fit(years, start=far)
    assert result.status == "open-not-converged"
    assert result.log_likelihood == -np.inf
    assert stated(result).row(0, named=True)["severity"] == "error"


def test_starting_values_do_not_matter():
    first = fit(moving(), OpenModel(movement="normal"))
    again = fit(moving(), OpenModel(movement="normal"), start=first.beta + 0.4, variance=False)
    assert again.beta == pytest.approx(first.beta, abs=2e-4)
    assert again.covariance is None
    assert np.all(np.isnan(again.errors))


def test_per_animal_and_superpopulation_are_one_model_where_every_year_has_its_own():
    years = example()
    apart = fit(years, OpenModel(survival="session", recruitment="session"))
    together = fit(years, OpenModel(survival="session", recruitment="session", entry="superpopulation"))
    assert apart.log_likelihood == pytest.approx(together.log_likelihood, abs=1e-5)
    tables = [quantities(f).filter(of("expectedNumber"))["estimate"].to_list() for f in (apart, together)]
    assert tables[0] == pytest.approx(tables[1], rel=1e-3)


def of(quantity):
    return pl.col("quantity") == quantity


def test_one_session_is_no_open_population():
    with pytest.raises(MisuseError) as error:
        fit(example()[:1])
    assert (error.value.needed, error.value.found) == ("two or more sessions for an open population", "1")


def test_nobody_seen_again_tells_nothing_of_survival():
    strangers = [renamed(s, [f"{s.name}-{name}" for name in s.animals]) for s in example()]
    result = fit(strangers)
    assert result.status == "open-no-recaptures"
    assert np.all(np.isnan(result.beta)) and not result.estimable.any() and result.covariance is None
    assert stated(result).select("code", "severity").rows() == [("open-no-recaptures", "error")]
    with pytest.raises(MisuseError) as error:
        quantities(result)
    assert error.value.found == "open-no-recaptures"


def test_nobody_seen_at_all():
    result = fit([emptied(s) for s in example()])
    assert [code for code, _ in result.problems] == ["open-no-recaptures"] + ["open-session-empty"] * 3


def test_a_year_without_detections_is_said_and_its_rates_are_not_told():
    years = example()
    years[2] = emptied(years[2])
    result = fit(years, OpenModel(detect="session"))
    lost = {name for name, kept in zip(result.names, result.estimable, strict=True) if not kept}
    assert "lambda0.session2015" in lost
    assert result.status in ("open-at-bound", "open-not-estimable")
    assert ("open-session-empty", "2015") in result.problems
    rows = stated(result).filter(of_code("open-session-empty"))
    assert rows.select("severity", "value").rows() == [("note", "2015")]


def of_code(code):
    return pl.col("code") == code


def test_all_who_were_seen_lived_on_so_survival_is_at_its_limit():
    years = example()[:2]
    everybody = [renamed(years[0]), renamed(years[0], name="again")]
    result = fit(everybody)
    assert result.status in ("open-at-bound", "open-not-estimable")
    assert "phi" in dict((parameter, code) for code, parameter in result.problems)
    table = quantities(result)
    row = table.filter(of("survival")).row(0, named=True)
    assert row["estimate"] > 0.99
    assert row["standardError"] is None and row["lower"] is None


def test_nobody_of_known_sex_makes_two_groups_without_names():
    years = [renamed(s, covariates={}) for s in example()]
    result = fit(years, OpenModel(sigma="sex"))
    assert ("open-sex-unknown", "") in result.problems
    assert stated(result).filter(of_code("open-sex-unknown")).height == 1


def test_a_mask_too_coarse_for_the_steps_is_said():
    mask, cameras = world(10, 4, 500.0, nights=40)
    truth = Truth(1.0, (0.8, 0.8), 0.2, (0.3, 0.3), (500.0, 500.0))
    years, _ = simulate(mask, [cameras] * 2, truth, np.random.default_rng(1))
    result = fit(years, OpenModel(movement="normal"))
    assert ("open-move-below-spacing", "move") in result.problems


def test_a_mask_too_narrow_for_sigma_is_said():
    mask, cameras = world(6, 3, 300.0, nights=20)
    truth = Truth(8.0, (0.8, 0.8), 0.2, (0.05, 0.05), (3000.0, 3000.0))
    years, _ = simulate(mask, [cameras] * 2, truth, np.random.default_rng(1))
    assert ("open-sigma-wide", "sigma") in fit(years).problems


@pytest.mark.parametrize("start", [[0.0, 1.0], [np.nan] * 5])
def test_starts_that_do_not_fit(start):
    with pytest.raises(MisuseError) as error:
        fit(example(), start=np.array(start))
    assert error.value.needed == "5 starting values"


@pytest.mark.parametrize(
    ("model", "needed"),
    [
        (OpenModel(detection="HR"), "detection: one of HN, HHN, EX, HEX"),
        (OpenModel(entry="births"), "entry: one of recruitment, superpopulation, captured"),
        (OpenModel(movement="normall"), "movement: one of static, normal"),
        (OpenModel(survival="sx"), "a linear model of 1, session, sex"),
        (OpenModel(recruitment="sex"), "a linear model of 1, session"),
        (OpenModel(surface="prey"), "prey: a number of 0 or more for each cell of the mask, not all 0"),
    ],
)
def test_models_that_are_not_known(model, needed):
    with pytest.raises(MisuseError) as error:
        design(gather(example()), model)
    assert error.value.needed == needed


def test_a_value_of_the_sessions_counts_from_its_mean():
    years = [renamed(s, values={"year": 2013 + t}) for t, s in enumerate(example())]
    plan = design(gather(years), OpenModel(survival="year", detect="year"))
    assert plan.names == ("D", "phi", "phi.year", "f", "lambda0", "lambda0.year", "sigma")
    assert plan.base[:, 0].tolist() == [[1, -1], [1, 0], [1, 1]]
    assert plan.phi[:, 0].tolist() == [[1, -1], [1, 0]]


def test_detectors_that_changed_between_years():
    mask, cameras = world(12, 5, 500.0)
    half = Detectors(cameras.names[:10], cameras.xy[:10], cameras.usage[:10], "proximity")
    truth = Truth(0.8, (0.8, 0.8), 0.3, (0.15, 0.15), (600.0, 600.0))
    years, _ = simulate(mask, [cameras, half, cameras], truth, np.random.default_rng(2))
    assert fit(years).status == "converged"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["proximity", "multi"])
def test_the_truth_is_found_again(kind):
    """12 worlds of some 40 animals: every parameter's mean error is within three standard errors of none."""
    mask, cameras = world(13, 5, 500.0, kind, 12)
    truth = Truth(1.0, (0.75, 0.75), 0.3, (0.15, 0.15), (600.0, 600.0), 500.0)
    there = np.array([0.0, np.log(3), np.log(0.3), np.log(0.15), np.log(600), np.log(500)])
    scaled, inside = [], []
    for seed in range(12):
        years, _ = simulate(mask, [cameras] * 4, truth, np.random.default_rng(seed))
        result = fit(years, OpenModel(movement="normal"))
        assert result.status == "converged"
        scaled.append((result.beta - there) / result.errors)
        inside.append(np.abs(scaled[-1]) < 1.96)
    assert np.abs(np.mean(scaled, axis=0)).max() < 3 / np.sqrt(12)
    assert np.mean(inside) > 0.88
