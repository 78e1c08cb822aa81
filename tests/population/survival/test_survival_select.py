import numpy as np
import polars as pl
import pytest
from tests.population.survival.test_survival_fit import dipper
from tests.population.survival.test_survival_likelihood import seen

from tumen.errors import MisuseError
from tumen.population.survival.fit import fit
from tumen.population.survival.models import Model
from tumen.population.survival.select import average, compare

TEXTS = ["111"] * 14 + ["110"] * 14 + ["101"] * 4 + ["100"] * 30 + ["011"] * 12 + ["010"] * 10 + ["001"] * 20


def test_the_dippers_choose_the_flood(shared_data):
    data = dipper(shared_data)
    fits = [fit(data, Model(*m)) for m in (("1",), ("time",), ("sex",), ("time", "time"), ("flood",))]
    table = compare(fits)
    assert table["model"][0] == "phi(flood) p(1)"
    assert table["delta"][0] == 0
    assert table["weight"].sum() == pytest.approx(1)
    # 426 releases before the last occasion; 666.8377 + 4 + 12 / 423.
    plain = table.filter(model="phi(1) p(1)").row(0, named=True)
    assert plain["aicc"] == pytest.approx(666.83766 + 4 + 12 / (426 - 3), abs=1e-4)
    assert plain["weight"] / table["weight"][0] == pytest.approx(np.exp(-plain["delta"] / 2))
    full = table.filter(model="phi(time) p(time)").row(0, named=True)
    assert (full["parameters"], full["count"]) == (12, 11)


def test_overdispersion_makes_models_alike():
    fits = [fit(seen(*TEXTS), Model(*m)) for m in (("1",), ("time",))]
    plain, wide = compare(fits), compare(fits, inflation=3.0)
    assert wide.filter(model="phi(1) p(1)")["aicc"].item() < plain.filter(model="phi(1) p(1)")["aicc"].item()
    both = fits[0].count + 1
    quasi = -2 * fits[0].log_likelihood / 3 + 2 * both + 2 * both * (both + 1) / (fits[0].sample - both - 1)
    assert wide.filter(model="phi(1) p(1)")["aicc"].item() == pytest.approx(quasi)


def test_an_average_carries_the_choice_of_model():
    fits = [fit(seen(*TEXTS), Model(*m)) for m in (("1",), ("trend",))]
    weight = dict(compare(fits).select("model", "weight").iter_rows())
    table = average(fits)
    link, variance = [], []
    for one in fits:
        row = one.design.phi[0, 1]
        link.append(row @ one.beta)
        variance.append(row @ one.covariance @ row)
    w = np.array([weight[one.model.title] for one in fits])
    middle = w @ link
    row = table.filter(occasion="2").row(0, named=True)
    assert row["link"] == pytest.approx(middle)
    assert row["linkError"] == pytest.approx(np.sqrt(w @ (np.array(variance) + (np.array(link) - middle) ** 2)))
    assert row["low"] < row["estimate"] < row["high"]
    assert row["models"] == 2


def test_a_confounded_survival_is_not_averaged():
    fits = [fit(seen(*TEXTS), Model(*m)) for m in (("1",), ("time", "time"))]
    table = average(fits)
    assert table.filter(occasion="2")["models"].item() == 1
    assert table.filter(occasion="2")["weight"].item() < 1


def test_a_model_without_sex_speaks_for_every_sex():
    data = seen(*TEXTS, sex=["F", "M"] * 52)
    table = average([fit(data, Model("sex")), fit(data, Model())])
    assert table["sex"].to_list() == ["F", "F", "M", "M"]
    assert table["models"].to_list() == [2] * 4


def test_models_with_and_without_a_share_of_sexes_are_about_the_same_data():
    # With sex known for nearly all, a mixture and known sexes must rank models alike.
    known = seen(*TEXTS, sex=["F", "M"] * 52)
    partly = seen(*TEXTS, sex=[*(["F", "M"] * 51), "F", None])
    gaps = []
    for data in (known, partly):
        table = compare([fit(data, Model("sex")), fit(data, Model())])
        logs = dict(table.select("model", "minusTwoLogL").iter_rows())
        gaps.append(logs["phi(1) p(1)"] - logs["phi(sex) p(1)"])
        assert table.select((pl.col("count") - pl.col("count").min()).max()).item() == 1
    assert gaps[0] == pytest.approx(gaps[1], abs=0.5)
    assert min(gaps) > -1e-9


def test_models_of_different_animals_are_not_compared():
    with pytest.raises(MisuseError, match="of the same animals"):
        compare([fit(seen(*TEXTS)), fit(seen(*TEXTS[1:]), Model("time"))])
    with pytest.raises(MisuseError, match="of the same animals"):
        compare([fit(seen(*TEXTS)), fit(seen(*TEXTS), Model("1", "1", "1"))])
    with pytest.raises(MisuseError, match="at least one fit"):
        compare([])
