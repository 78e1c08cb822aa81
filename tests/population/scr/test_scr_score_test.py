from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.builders import codes
from tests.population.scr import scr_data
from tests.population.scr.scr_worlds import drawn

from tumen.errors import MisuseError
from tumen.population.scr.fit import Fit, fit
from tumen.population.scr.model import Model
from tumen.population.scr.score_test import score_test, score_tests

LARGER = (Model(detect="b"), Model(detect="bk"), Model(detect="T"), Model(sigma="T"), Model(density="x + y"))


def ratio(found: Fit, larger: Model) -> float:
    return 2 * (fit(found.sessions, larger, variance=False).log_likelihood - found.log_likelihood)


@pytest.mark.slow
def test_scores_agree_with_likelihood_ratios_for_the_mice(shared_data: Path) -> None:
    found = fit(scr_data.captdata(shared_data), Model())
    for larger in LARGER:
        told = score_test(found, larger)
        assert told.statistic == pytest.approx(ratio(found, larger), rel=0.02)
        assert told.degrees == len(told.added) == (2 if larger.density != "1" else 1)


@pytest.mark.slow
def test_scores_agree_with_likelihood_ratios_for_the_possums(shared_data: Path) -> None:
    found = fit(scr_data.possum(shared_data), Model())
    for larger in (Model(density="x + y"), Model(detect="b")):
        assert score_test(found, larger).statistic == pytest.approx(ratio(found, larger), rel=0.02)


def test_the_statistic_by_hand() -> None:
    """For one new parameter it is U² over its information given the others."""
    found = fit(drawn(seed=3, D=1.5).sessions, Model())
    told = score_test(found, Model(detect="T"))
    assert told.added == ("g0.T",)
    assert told.statistic is not None and told.p is not None
    assert told.statistic == pytest.approx(ratio(found, Model(detect="T")), rel=0.1, abs=0.02)
    from math import erfc, sqrt

    assert told.p == pytest.approx(erfc(sqrt(told.statistic / 2)), rel=1e-9)


@pytest.mark.slow
def test_an_effect_that_is_there_is_found_and_ranked_first() -> None:
    model = Model(detect="bk")
    found = fit(drawn(model, seed=3, D=2.0, **{"g0.bk": 2.0}).sessions, Model())
    table, said = score_tests(found, [Model(density="slope"), Model(detect="T"), model])
    assert table["added"][0] == "g0.bk" and table["p"][0] < 1e-3 and table["aicChange"][0] < -5
    assert table["degrees"].to_list() == [1, 1, 1] and said.is_empty()


@pytest.mark.slow
def test_under_the_smaller_model_the_statistic_is_chi_squared() -> None:
    values = []
    for seed in range(60):
        found = fit(drawn(seed=200 + seed, D=1.5).sessions, Model())
        values.append(score_test(found, Model(detect="T")).statistic)
    found_mean = np.mean([value for value in values if value is not None])
    assert abs(found_mean - 1.0) < 3.5 * np.sqrt(2 / 60)


def test_models_that_are_not_nested_are_refused() -> None:
    found = fit(drawn(seed=3, D=1.5).sessions, Model(detect="T"))
    for other in (Model(detect="T"), Model(), Model(detect="b"), Model(detect="T", classes=2)):
        with pytest.raises(MisuseError, match="is nested"):
            score_test(found, other)
    with pytest.raises(MisuseError, match="is nested"):
        score_test(found, Model(detection="EX", detect="T + b"))
    with pytest.raises(MisuseError, match="a fit that has converged"):
        score_test(replace(found, status="scr-not-converged"), Model(detect="T + b"))


def test_information_that_is_not_positive_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = fit(drawn(seed=3, D=1.5).sessions, Model())
    flat = lambda *_: np.diag([1.0, 1.0, -1.0, 1.0])  # noqa: E731
    monkeypatch.setattr("tumen.population.scr.score_test.information_matrix", flat)
    table, said = score_tests(found, [Model(detect="T")])
    assert table["statistic"].to_list() == [None] and codes(said) == ["scr-score-undefined"]
