from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.builders import codes
from tests.population.scr import scr_data
from tests.population.scr.scr_worlds import drawn

from tumen.errors import MisuseError
from tumen.population.scr.abundance import Estimate
from tumen.population.scr.fit import Fit, fit
from tumen.population.scr.interval import density_target, parameter_target, wald
from tumen.population.scr.model import Model
from tumen.population.scr.select import average, compare


def density(found: Fit) -> Estimate:
    return wald(found, density_target(found))


@pytest.fixture(scope="module")
def fits() -> dict[str, Fit]:
    survey = drawn(seed=3, D=1.5).sessions
    return {name: fit(survey, model) for name, model in (("null", Model()), ("trend", Model(detect="T")))}


def test_weights_by_hand(fits: dict[str, Fit]) -> None:
    table, said = compare(fits)
    criterion = {name: 2 * len(one.beta) - 2 * one.log_likelihood for name, one in fits.items()}
    count = fits["null"].animals
    corrected = {name: criterion[name] + 2 * k * (k + 1) / (count - k - 1) for name, k in (("null", 3), ("trend", 4))}
    gap = corrected["trend"] - corrected["null"]
    assert table["model"].to_list() == ["null", "trend"]
    assert table["delta"].to_list() == pytest.approx([0.0, gap])
    assert table["weight"].to_list() == pytest.approx([1 / (1 + np.exp(-gap / 2)), 1 / (1 + np.exp(gap / 2))])
    assert table["aicc"].to_list() == pytest.approx([corrected["null"], corrected["trend"]])
    assert said.is_empty()
    by_aic = compare(fits, criterion="AIC")[0]
    assert by_aic["delta"][1] == pytest.approx(criterion["trend"] - criterion["null"])


def test_an_average_by_hand(fits: dict[str, Fit]) -> None:
    weight = dict(compare(fits)[0].select("model", "weight").iter_rows())
    value = {name: one.beta[0] for name, one in fits.items()}
    mean = sum(weight[name] * value[name] for name in fits)
    variance = sum(weight[name] * (fits[name].se[0] ** 2 + (value[name] - mean) ** 2) for name in fits)
    found = average(fits, density)
    assert found.value == pytest.approx(np.exp(mean))
    assert found.se == pytest.approx(np.exp(mean) * np.sqrt(variance))
    assert found.high == pytest.approx(np.exp(mean + 1.959964 * np.sqrt(variance)))


def test_an_average_of_one_model_is_that_model(fits: dict[str, Fit]) -> None:
    one = {"null": fits["null"]}
    assert average(one, density).low == pytest.approx(density(fits["null"]).low)
    chance = average(one, lambda f: wald(f, parameter_target(f, "g0")), scale="logit")
    assert chance.high == pytest.approx(wald(fits["null"], parameter_target(fits["null"], "g0")).high)
    plain = average(one, lambda f: Estimate(-1.0, 0.5, 0.0, 0.0), scale="plain")
    assert (plain.value, plain.se) == (-1.0, 0.5) and plain.low == pytest.approx(-1.97998, abs=1e-5)


def test_models_that_failed_have_no_weight(fits: dict[str, Fit]) -> None:
    failed = replace(fits["trend"], status="scr-not-converged")
    table, said = compare({"null": fits["null"], "failed": failed})
    assert table["weight"].to_list() == [1.0, 0.0] and table["delta"].to_list() == [0.0, None]
    assert codes(said) == ["scr-model-unconverged"] and said["value"].to_list() == ["failed"]
    assert average({"null": fits["null"], "failed": failed}, density).value == pytest.approx(
        density(fits["null"]).value
    )
    with pytest.raises(MisuseError, match="a model with weight"):
        average({"failed": failed}, density)


def test_too_few_animals_for_aicc_are_told() -> None:
    survey = drawn(seed=5, g0=0.02, D=0.3).sessions
    assert len(survey[0].animals) == 3
    found = {"null": fit(survey, Model())}
    table, said = compare(found)
    assert table["aicc"].to_list() == [None] and table["weight"].to_list() == [0.0]
    assert codes(said) == ["scr-aicc-undefined"]
    assert compare(found, criterion="AIC")[0]["weight"].to_list() == [1.0]


def test_fits_that_say_nothing_about_each_other_are_refused(fits: dict[str, Fit]) -> None:
    null = fits["null"]
    conditional = fit(null.sessions, Model(likelihood="conditional"), variance=False)
    with pytest.raises(MisuseError, match="models of one likelihood") as unlike:
        compare({"null": null, "conditional": conditional})
    assert "conditional" in unlike.value.found and unlike.value.cure
    fixed = fit(null.sessions, Model(number="binomial"), variance=False)
    with pytest.raises(MisuseError, match="models of one likelihood"):
        compare({"null": null, "fixed": fixed})
    other = fit(drawn(seed=4, D=1.5).sessions, Model(), variance=False)
    with pytest.raises(MisuseError, match="models of the same data"):
        compare({"null": null, "other": other})
    with pytest.raises(MisuseError, match="at least one fit"):
        compare({})


def test_captures_in_another_order_are_the_same_data(fits: dict[str, Fit]) -> None:
    [session] = fits["null"].sessions
    order = np.random.default_rng(1).permutation(len(session.captures))
    captures = session.captures
    turned = replace(
        captures,
        animal=captures.animal[order],
        occasion=captures.occasion[order],
        detector=captures.detector[order],
        count=captures.count[order],
    )
    again = replace(fits["trend"], sessions=(replace(session, captures=turned),))
    assert compare({"null": fits["null"], "trend": again})[0].height == 2
    coarser = replace(session, mask=replace(session.mask, area=session.mask.area * 2))
    with pytest.raises(MisuseError, match="models of the same data"):
        compare({"null": fits["null"], "trend": replace(fits["trend"], sessions=(coarser,))})


def test_sex_among_the_data_makes_them_other_data(fits: dict[str, Fit]) -> None:
    model = Model(hybrid="sex")
    survey = drawn(model, seed=2, D=1.5, pmix=0.5).sessions
    null, sexed = fit(survey, Model(), variance=False), fit(survey, model, variance=False)
    with pytest.raises(MisuseError, match="models of the same data") as unlike:
        compare({"null": null, "sexed": sexed})
    assert "classes" in unlike.value.found
    by_sex = fit(survey, replace(model, detect="sex"), variance=False)
    assert compare({"sexed": sexed, "by sex": by_sex})[0].height == 2


@pytest.mark.slow
def test_the_possums_prefer_what_secr_does(shared_data: Path) -> None:
    """AIC of the null and the quadratic surface, from secr_bench/fits (possum_null, possum_Ds)."""
    survey = scr_data.possum(shared_data)
    null, surface = fit(survey, Model(), variance=False), fit(survey, Model(density="x + y + x2 + y2 + xy"))
    table = compare({"null": null, "surface": surface}, criterion="AIC")[0]
    likelihood = dict(table.select("model", "logLikelihood").iter_rows())
    assert 2 * (likelihood["surface"] - likelihood["null"]) > 0
    assert table["weight"].sum() == pytest.approx(1.0)
