from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.population.scr import scr_data
from tests.population.scr.scr_worlds import drawn

from tumen import engine
from tumen.errors import MisuseError
from tumen.population.scr.bootstrap import Bootstrap, bootstrap, converged, intervals, quantities
from tumen.population.scr.fit import Fit, fit
from tumen.population.scr.model import Model
from tumen.population.scr.simulate import simulate


@pytest.fixture(scope="module")
def fitted() -> Fit:
    return fit(drawn(seed=3, D=1.5).sessions, Model())


def only_sigma(found: Fit) -> Mapping[str, float]:
    return {"log sigma": float(found.beta[2])}


@pytest.mark.slow
def test_the_numbers_are_the_same_at_any_width(fitted: Fit) -> None:
    here, there = bootstrap(fitted, 20, 7), bootstrap(fitted, 20, 7, workers=2)
    assert here.draws.equals(there.draws)
    assert here.outcomes.equals(there.outcomes)
    assert np.array_equal(here.betas, there.betas)
    more = bootstrap(fitted, 23, 7)
    assert np.array_equal(more.betas[:20], here.betas)


@pytest.mark.slow
def test_the_spread_of_refits_is_the_standard_error(fitted: Fit) -> None:
    found = bootstrap(fitted, 200, 1)
    assert found.failed == 0 and found.findings.is_empty()
    assert found.betas.std(axis=0, ddof=1) == pytest.approx(fitted.se, rel=0.25)
    told = intervals(found)
    assert told["quantity"].to_list() == ["g0", "sigma", "D one", "N one"]
    density = told.row(2, named=True)
    assert density["estimate"] == pytest.approx(np.exp(fitted.beta[0]))
    assert abs(density["bias"]) < 0.2 * density["estimate"]
    assert density["low"] < density["estimate"] < density["high"]
    assert density["draws"] == 200


def test_refits_are_those_of_a_fit_from_the_data(fitted: Fit) -> None:
    """A refit from the estimates ends where a fit that begins from the data does."""
    found = bootstrap(fitted, 2, 11)
    rng = np.random.default_rng(engine.seeds(11, 2)[1])
    again = fit(simulate(fitted.design, fitted.beta, rng).sessions, Model())
    assert found.betas[1] == pytest.approx(again.beta, abs=2e-3)
    assert found.outcomes["logLikelihood"][1] == pytest.approx(again.log_likelihood, abs=1e-4)
    assert found.outcomes["animals"][1] == again.animals


def test_a_measure_of_ones_own(fitted: Fit) -> None:
    found = bootstrap(fitted, 2, 1, measure=only_sigma, run=partial(engine.run, progress=engine.silent))
    assert found.draws["quantity"].to_list() == ["log sigma", "log sigma"]
    assert found.draws["estimate"].to_list() == pytest.approx(found.betas[:, 2].tolist())


def test_surveys_that_cannot_be_fitted_are_counted_and_said() -> None:
    """So few animals that some simulated surveys see nobody."""
    session = drawn(seed=3).sessions[0]
    rare = fit([session], Model())
    shifted = replace(rare, beta=rare.beta - np.array([4.0, 0.0, 0.0]))
    found = bootstrap(shifted, 12, 2)
    assert 0 < found.failed < 12
    statuses = found.outcomes["status"].value_counts()
    assert set(statuses["status"]) <= {"converged", "scr-not-converged", "scr-simulated-unusable"}
    nobody = found.outcomes.filter(pl.col("animals") == 0)
    assert nobody.height > 0 and set(nobody["status"]) == {"scr-simulated-unusable"}
    assert found.findings["code"].to_list() == ["scr-bootstrap-failed"]
    assert found.findings["value"].to_list() == [str(found.failed)]
    assert np.isnan(found.betas).any(axis=1).sum() == found.failed
    assert found.draws["draw"].n_unique() == 12 - found.failed


def made(values: list[float]) -> Bootstrap:
    draws = pl.DataFrame({"draw": range(len(values)), "quantity": ["N"] * len(values), "estimate": values})
    return Bootstrap({"N": 10.0}, draws, np.zeros((0, 1)), pl.DataFrame({"status": []}), pl.DataFrame())


def test_intervals_by_hand() -> None:
    found = made([8.0, 10.0, 12.0, 14.0, 16.0])
    assert intervals(found, level=0.5).select("low", "high", "mean", "bias").row(0) == (10.0, 14.0, 12.0, 2.0)
    assert intervals(found, level=0.5, method="basic").select("low", "high").row(0) == (6.0, 10.0)
    assert intervals(found, level=0.5, method="log").select("low", "high").row(0) == (100 / 14, 10.0)
    assert intervals(made([8.0])).select("low", "high", "draws").row(0) == (None, None, 1)


def test_misuse_is_refused(fitted: Fit) -> None:
    with pytest.raises(MisuseError, match="at least one draw"):
        bootstrap(fitted, 0, 1)
    with pytest.raises(MisuseError, match="a fit that has converged"):
        bootstrap(replace(fitted, status="scr-not-converged"), 3, 1)
    with pytest.raises(MisuseError, match="a method percentile, basic or log"):
        intervals(made([1.0, 2.0]), level=95)


def test_a_refit_that_is_not_at_its_maximum_is_told(fitted: Fit) -> None:
    assert converged(fitted, fitted.covariance)
    assert not converged(replace(fitted, gradient=np.full(3, 5.0)), fitted.covariance)
    assert not converged(replace(fitted, status="scr-no-likelihood"), fitted.covariance)


def test_quantities_of_two_sessions() -> None:
    sessions = [replace(drawn(seed=k).sessions[0], name=str(k)) for k in (1, 2)]
    found = quantities(fit(sessions, Model(density="session"), variance=False))
    area = sessions[0].mask.area.sum()
    assert found["N 2"] == pytest.approx(found["D 2"] * area)
    assert list(found) == ["g0", "sigma", "D 1", "N 1", "D 2", "N 2"]


@pytest.mark.slow
def test_the_big_cats_are_simulated_and_fitted_again(shared_data: Path) -> None:
    found = bootstrap(fit(scr_data.bigcat(shared_data), Model()), 6, 1)
    assert found.failed == 0
    assert found.outcomes["animals"].mean() == pytest.approx(66, abs=12)
