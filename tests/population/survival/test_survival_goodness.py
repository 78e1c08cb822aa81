import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.population.survival.test_survival_fit import dipper
from tests.population.survival.test_survival_likelihood import seen

from tumen.errors import MisuseError
from tumen.population.survival.fit import fit
from tumen.population.survival.goodness import bootstrap, deviance, goodness, independence
from tumen.population.survival.models import Model, design
from tumen.population.survival.redraw import redraw


def test_the_female_dippers_pass_as_published(shared_data):
    """R2ucare 1.0.0, vignette "Introduction to R2ucare", page docs/articles/vignette_R2ucare.html, printed digits."""
    found = goodness(dipper(shared_data, sexes=("Female",)))
    table = found.components.filter(pl.col("df") > 0)
    printed = {
        "3.SR": ([0.858, 3.586, 0.437, 0.103, 0.001], "chi-square"),
        "3.SM": ([1.542, 0, 0.499], "exact"),
        "2.CT": ([0, 0, 0, 3.25], "exact"),
    }
    for name, (statistics, method) in printed.items():
        rows = table.filter(test=name)
        assert rows["statistic"].to_list() == pytest.approx(statistics, abs=6e-4)
        assert set(rows["method"]) == {method}
    assert table.filter(test="2.CL").is_empty()
    assert (found.df, found.inflation) == (12, 1.0)
    assert found.statistic == pytest.approx(10.276, abs=1e-3)
    assert found.p == pytest.approx(0.592, abs=5e-4)
    assert found.findings.is_empty()


def test_sexes_are_tested_apart(shared_data):
    both = goodness(dipper(shared_data), by_sex=True)
    females = goodness(dipper(shared_data, sexes=("Female",)))
    males = goodness(dipper(shared_data, sexes=("Male",)))
    assert both.statistic == pytest.approx(females.statistic + males.statistic)
    assert both.df == females.df + males.df


def test_passing_animals_are_noticed():
    # Half of the newly seen are passing through and never come back.
    rng = np.random.default_rng(2)
    start = seen(*["1000000"] * 150, *["0100000"] * 150, *["0010000"] * 150, *["0001000"] * 150)
    stay = redraw(start, design(start, Model()), np.array([1.5, 0.5]), rng)
    assert goodness(stay).p > 0.01
    passing = np.arange(600) % 2 == 0
    first = stay.seen.argmax(axis=1)[:, None] == np.arange(7)
    mixed = replace(stay, seen=np.where(passing[:, None], first, stay.seen))
    found = goodness(mixed)
    assert found.p < 1e-6
    assert found.inflation > 2
    assert found.findings["code"].to_list() == ["survival-unfit"]


def test_too_few_sightings_cannot_be_tested():
    found = goodness(seen("100", "010", "011"))
    assert found.df == 0
    assert np.isnan(found.p)
    assert found.findings["code"].to_list() == ["survival-untestable"]


def test_sparse_columns_are_pooled_with_their_neighbour():
    table = np.array([[10.0, 8.0, 1.0, 0.0], [12.0, 9.0, 0.0, 1.0]])
    pooled = np.array([[10.0, 9.0], [12.0, 10.0]])
    assert independence(table.copy())[:2] == pytest.approx(independence(pooled)[:2])
    assert independence(np.array([[3.0, 0.0], [1.0, 0.0]])) == (
        0.0,
        0,
        pytest.approx(float("nan"), nan_ok=True),
        "none",
    )


def test_the_deviance_is_against_every_history_having_its_own_chance():
    # Released at 1: 4 seen again and 6 not; the plain model with one interval fits that exactly.
    assert deviance(fit(seen(*["11"] * 4, *["10"] * 6))) == pytest.approx(0.0, abs=1e-5)
    rich = fit(seen(*["111"] * 9, *["110"] * 4, *["101"] * 2, *["100"] * 8), Model("time", "time"))
    assert deviance(rich) == pytest.approx(0.0, abs=1e-5)


def test_a_true_model_passes_the_bootstrap_and_does_so_at_any_width():
    start = seen(*["10000"] * 60, *["01000"] * 40)
    data = redraw(start, design(start, Model()), np.array([0.8, 0.3]), np.random.default_rng(3))
    one = bootstrap(fit(data), np.random.default_rng(1), draws=20)
    again = bootstrap(fit(data), np.random.default_rng(1), draws=20, workers=2)
    assert one.drawn.tolist() == again.drawn.tolist()
    assert one.p > 0.05
    assert one.findings.is_empty()


def test_a_model_without_time_is_noticed_by_the_bootstrap():
    start = seen(*["10000"] * 300, *["01000"] * 200, trap=[0, 1, -2, 2, -2])
    truth = np.array([1.5, 0.0, 1.0])
    data = redraw(start, design(start, Model("1", "trap")), truth, np.random.default_rng(8))
    found = bootstrap(fit(data), np.random.default_rng(1), draws=20)
    assert found.p == pytest.approx(1 / 21)
    assert found.inflation > 2
    assert found.findings["code"].to_list() == ["survival-unfit"]


def test_a_super_population_can_be_drawn_again():
    start = seen(*["10000"] * 60)
    model = Model("1", "1", "1")
    data = redraw(start, design(start, model), np.array([0.8, 0.3, -1, 3.0]), np.random.default_rng(8))
    found = bootstrap(fit(data, model), np.random.default_rng(1), draws=10)
    assert len(found.drawn) == 10
    assert found.p > 0.05


def test_draws_that_cannot_be_fitted_are_said(monkeypatch):
    monkeypatch.setattr(sys.modules["tumen.population.survival.goodness"], "_again", lambda fitted, rng: float("nan"))
    found = bootstrap(fit(seen("111", "110", "101", "100", "011")), np.random.default_rng(1), draws=3)
    assert found.findings["code"].to_list() == ["survival-redraws-failed", "survival-untestable"]
    assert np.isnan(found.p)


def test_only_a_fit_that_converged_is_drawn_again():
    with pytest.raises(MisuseError, match="a fit that has converged"):
        bootstrap(fit(seen("1")), np.random.default_rng(1))
