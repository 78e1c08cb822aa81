import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize
from tests.population.scr import scr_data
from tests.population.scr.scr_worlds import drawn

from tumen.errors import MisuseError
from tumen.population.scr.abundance import Abundance
from tumen.population.scr.fit import Fit, fit
from tumen.population.scr.interval import (
    density_target,
    number_target,
    parameter_target,
    wald,
    wald_table,
)
from tumen.population.scr.likelihood import log_likelihood, natural
from tumen.population.scr.model import Model
from tumen.population.scr.profile import profile

SURFACE = Model(density="slope", detect="sex", hybrid="sex")


@pytest.fixture(scope="module")
def fitted() -> Fit:
    values = {"D.slope": 0.5, "g0.sexM": 0.6, "pmix": 0.4}
    return fit(drawn(SURFACE, seed=2, D=1.5, **values).sessions, SURFACE)


@pytest.fixture(scope="module")
def stoat(shared_data: Path) -> Fit:
    return fit(scr_data.stoat(shared_data), Model())


def test_intervals_of_the_stoats_are_those_of_secr(stoat: Fit, shared_data: Path) -> None:
    """Limits of secr 5.5 (stoat_HN.json in secr_bench), D there per ha."""
    table = wald_table(stoat)
    assert table["parameter"].to_list() == ["D", "N", "g0", "sigma"]
    rows = {row["parameter"]: row for row in table.iter_rows(named=True)}
    told = json.loads((shared_data / "secr_bench" / "fits" / "stoat_HN.json").read_text())["predicted"]["all"]
    for name, unit in (("D", 100.0), ("g0", 1.0), ("sigma", 1.0)):
        assert rows[name]["estimate"] == pytest.approx(unit * told[name]["estimate"], rel=1e-4)
        assert rows[name]["low"] == pytest.approx(unit * told[name]["lcl"], rel=2e-3)
        assert rows[name]["high"] == pytest.approx(unit * told[name]["ucl"], rel=2e-3)


@pytest.mark.slow
def test_the_profile_of_the_stoats_density_is_that_of_secr(stoat: Fit) -> None:
    """secr-tests: confint(stoat.model.HN, 'D') is 0.01275125-0.04055662 per ha."""
    found = profile(stoat, parameter_target(stoat, "D"))
    assert found.low is not None and found.high is not None
    assert found.low == pytest.approx(1.275125, rel=1e-4)
    assert found.high == pytest.approx(4.055662, rel=1e-4)
    assert found.findings.is_empty()


def test_number_and_its_gradient(fitted: Fit) -> None:
    inside = (fitted.sessions[0].mask.xy[:, 0] > 1000).astype(float)
    for target in (number_target(fitted), number_target(fitted, inside=inside), density_target(fitted)):
        gradient = target.value(fitted, fitted.beta)[1]
        for j in range(len(fitted.beta)):
            step = np.eye(len(fitted.beta))[j] * 1e-6
            slope = (target.value(fitted, fitted.beta + step)[0] - target.value(fitted, fitted.beta - step)[0]) / 2e-6
            assert gradient[j] == pytest.approx(slope, abs=1e-6)
    surface = natural(fitted.design, fitted.beta).density[0]
    assert surface is not None
    assert np.exp(number_target(fitted, inside=inside).value(fitted, fitted.beta)[0]) == pytest.approx(
        float((surface * fitted.sessions[0].mask.area) @ inside)
    )


def test_wald_intervals_of_number_agree_with_the_abundance(fitted: Fit) -> None:
    found, other = wald(fitted, number_target(fitted)), Abundance(fitted).expected()
    assert found.value == pytest.approx(other.value)
    # Here the delta method; there the SE of the log-normal with the same logarithm. The intervals are one.
    assert other.se == pytest.approx(found.value * np.sqrt(np.expm1((found.se / found.value) ** 2)), rel=1e-4)
    assert (found.low, found.high) == pytest.approx((other.low, other.high), rel=1e-4)


def test_levels_say_whose_parameter(fitted: Fit) -> None:
    male = wald(fitted, parameter_target(fitted, "g0", {"sex": "M"}))
    female = wald(fitted, parameter_target(fitted, "g0"))
    effect = wald(fitted, parameter_target(fitted, "g0.sexM"))
    logit = [np.log(one.value / (1 - one.value)) for one in (female, male)]
    assert effect.value == pytest.approx(logit[1] - logit[0])
    assert 0 < female.low < female.value < female.high < 1
    names = wald_table(fitted)["parameter"].to_list()
    assert names == ["D", "N", "g0", "sigma", "pmix", "D.slope", "g0.sexM"]


def test_the_cost_of_movement_is_an_effect() -> None:
    model = Model(movement="slope")
    found = fit(drawn(model, seed=1, D=3.0, **{"cost.slope": 0.8}).sessions, model)
    assert wald_table(found)["parameter"].to_list() == ["D", "N", "g0", "sigma", "cost.slope"]
    one = wald(found, parameter_target(found, "cost.slope"))
    assert one.low < 0.8 < one.high and one.value == found.beta[3]


def test_several_sessions_have_a_density_each() -> None:
    sessions = [replace(drawn(seed=k).sessions[0], name=str(k)) for k in (1, 2)]
    table = wald_table(fit(sessions, Model(density="session")))
    assert table["parameter"].to_list() == ["D 1", "N 1", "D 2", "N 2", "g0", "sigma", "D.session2"]
    ratio = table["estimate"][2] / table["estimate"][0]
    assert np.log(ratio) == pytest.approx(table["estimate"][6])


def slow_profile(found: Fit, index: int, value: float) -> float:
    """Maximise over all else without gradients."""
    free = [j for j in range(len(found.beta)) if j != index]

    def minus(rest: np.ndarray) -> float:
        beta = found.beta.copy()
        beta[index], beta[free] = value, rest
        return -log_likelihood(found.design, beta)

    options = {"xatol": 1e-5, "fatol": 1e-7, "maxiter": 2000, "maxfev": 2000}
    return -float(minimize(minus, found.beta[free], method="Nelder-Mead", options=options).fun)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["g0.sexM", "sigma", "D.slope"])
def test_the_ends_of_a_profile_are_where_the_slow_version_has_them(fitted: Fit, name: str) -> None:
    found = profile(fitted, parameter_target(fitted, name), level=0.9)
    index = fitted.names.index(name)
    for end in (found.low, found.high):
        assert end is not None
        value = np.log(end) if name == "sigma" else end
        drop = 2 * (fitted.log_likelihood - slow_profile(fitted, index, value))
        assert drop == pytest.approx(2.705543, abs=2e-3)
    assert found.points[:, 1].max() == fitted.log_likelihood
    assert found.table().row(0)[:3] == (name, found.estimate, None)


@pytest.mark.slow
def test_number_over_a_surface_is_profiled_with_every_coefficient_free(fitted: Fit) -> None:
    found = profile(fitted, number_target(fitted))
    near = wald(fitted, number_target(fitted))
    assert found.low is not None and found.high is not None
    assert found.low == pytest.approx(near.low, rel=0.1) and found.high == pytest.approx(near.high, rel=0.15)
    inner = profile(fitted, number_target(fitted), level=0.5)
    assert inner.low is not None and inner.high is not None
    assert found.low < inner.low < found.estimate < inner.high < found.high


def test_an_interval_without_end_is_said_to_be_open() -> None:
    """Every animal at one detector: sigma may be as small as one likes, but not large."""
    session = drawn(seed=1, sigma=30.0, g0=0.6, D=3.0).sessions[0]
    found = fit([session], Model())
    told = profile(found, parameter_target(found, "sigma"))
    assert told.low is None and told.high == pytest.approx(177.9, rel=0.01)
    assert told.findings.select("code", "value", "arguments").rows() == [
        ("scr-profile-open", "sigma", '{"side": "lower"}')
    ]
    assert told.table().row(0)[3:5] == (None, told.high)


def test_nothing_is_known_where_nobody_was_seen_twice() -> None:
    session = drawn(seed=3, sigma=3000.0, g0=0.02, D=0.3).sessions[0]
    assert len(session.captures) == len(session.animals) == 6
    found = fit([session], Model())
    for name in ("D", "g0", "sigma"):
        told = profile(found, parameter_target(found, name))
        assert (told.low, told.high) == (None, None)
        assert told.findings["code"].to_list() == ["scr-profile-open"] * 2


def test_a_maximum_above_that_of_the_fit_is_told(fitted: Fit) -> None:
    worse = fitted.beta + np.array([0.3, 0, 0, 0, 0, 0])
    spoilt = replace(fitted, beta=worse, log_likelihood=log_likelihood(fitted.design, worse))
    assert "scr-profile-higher" in profile(spoilt, parameter_target(spoilt, "sigma")).findings["code"].to_list()


def test_misuse_is_refused(fitted: Fit) -> None:
    with pytest.raises(MisuseError, match="one of D") as unknown:
        parameter_target(fitted, "sigam")
    assert "Did you mean 'sigma'" in unknown.value.cure
    with pytest.raises(MisuseError, match="a level between 0 and 1"):
        profile(fitted, parameter_target(fitted, "D"), level=95)
    conditional = fit(drawn(seed=3).sessions, Model(likelihood="conditional"), variance=False)
    with pytest.raises(MisuseError, match="a full likelihood for an interval"):
        number_target(conditional)
    assert np.isnan(wald(conditional, parameter_target(conditional, "sigma")).low)
