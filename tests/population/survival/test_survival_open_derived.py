"""Numbers of each year: who lived when, against every life there could be, and laws that hold among the quantities."""

import numpy as np
import polars as pl
import pytest
from tests.population.survival import survival_open_twin as twin
from tests.population.survival.test_survival_open_likelihood import FEMALE, MASK, RICH, parameters, three

from tumen.errors import MisuseError
from tumen.population.survival.open_data import SEXES, gather
from tumen.population.survival.open_derived import alive, quantities, surface
from tumen.population.survival.open_fit import OpenFit, fit
from tumen.population.survival.open_model import OpenModel, design
from tumen.population.survival.open_simulate import Truth, example, simulate, world


def at(plan, beta):
    """A fit that stands at given parameters."""
    size = len(beta)
    return OpenFit(plan, plan.names, beta, np.eye(size) * 0.01, 0.0, "converged", (), np.ones(size, bool), 0.0, beta, 0)


@pytest.mark.parametrize("movement", ["static", "normal"])
@pytest.mark.parametrize("entry", ["recruitment", "superpopulation"])
def test_who_lived_when_agrees_with_every_life_there_could_be(movement, entry):
    sessions = three("proximity")
    plan = design(gather(sessions, [1.0, 2.5]), OpenModel(**RICH, movement=movement, entry=entry))
    beta = parameters(plan)
    sexes = {name: SEXES.index(sex) if sex else None for name, sex in FEMALE.items()}
    there = twin.full(sessions, twin.natural(plan, beta), sexes)[1]
    found = alive(at(plan, beta))
    assert found.unseen == pytest.approx([there[None, t] for t in range(3)], abs=1e-10)
    for row, name in enumerate(plan.data.animals):
        assert found.animals[row] == pytest.approx([there[name, t] for t in range(3)], abs=1e-10)


@pytest.mark.parametrize("movement", ["static", "normal"])
def test_the_map_of_a_year_holds_all_who_lived(movement):
    plan = design(gather(three("multi")), OpenModel(**RICH, movement=movement))
    here = at(plan, parameters(plan))
    found = alive(here)
    for t in range(3):
        total = (surface(here, t) * MASK.area).sum()
        assert total == pytest.approx(found.animals[:, t].sum() + found.unseen[t], abs=1e-9)


def test_given_capture_nothing_is_said_of_earlier_years_and_of_others():
    plan = design(gather(three("proximity")), OpenModel(entry="captured"))
    here = at(plan, parameters(plan))
    found = alive(here)
    first = plan.data.first
    assert np.array_equal(np.isnan(found.animals), np.arange(3) < first[:, None])
    assert np.all(np.isnan(found.unseen))
    assert set(quantities(here)["quantity"]) == {"survival", "lambda0", "sigma"}
    with pytest.raises(MisuseError) as error:
        surface(here, 0)
    assert error.value.found == "a model given capture"


def value(table, quantity, session=None, sex=None):
    rows = table.filter(
        (pl.col("quantity") == quantity) & pl.col("session").eq_missing(session) & pl.col("sex").eq_missing(sex)
    )
    assert rows.height == 1
    return rows.row(0, named=True)


def test_numbers_grow_by_survival_and_recruitment():
    table = quantities(fit(example(), OpenModel(survival="session")))
    for before, after in (("2013", "2014"), ("2014", "2015")):
        number = value(table, "expectedNumber", before)["estimate"]
        later = value(table, "expectedNumber", after)["estimate"]
        survival = value(table, "survival", before)["estimate"]
        recruitment = value(table, "recruitment", before)["estimate"]
        assert later == pytest.approx(number * (survival + recruitment))
        assert value(table, "growth", before)["estimate"] == pytest.approx(later / number)
        assert later == pytest.approx(number * survival + value(table, "entry", after)["estimate"])


def test_rates_of_two_years_are_per_year():
    years = example()
    slow = quantities(fit([years[0], years[2]], intervals=[2.0]))
    rate = value(slow, "survival", "2013")["estimate"] + value(slow, "recruitment", "2013")["estimate"]
    numbers = [value(slow, "expectedNumber", year)["estimate"] for year in ("2013", "2015")]
    assert numbers[1] / numbers[0] == pytest.approx(rate**2)


def test_sexes_add_up():
    table = quantities(fit(example(), OpenModel(survival="sex", sigma="sex")))
    for year in ("2013", "2014", "2015"):
        parts = [value(table, "expectedNumber", year, sex)["estimate"] for sex in SEXES]
        assert sum(parts) == pytest.approx(value(table, "expectedNumber", year)["estimate"])
    assert 0 < value(table, "shareMale")["estimate"] < 1


def test_realised_numbers_are_no_fewer_than_were_surely_there():
    result = fit(example())
    table = quantities(result)
    for t, year in enumerate(("2013", "2014", "2015")):
        sure = ((result.design.data.first <= t) & (result.design.data.last >= t)).sum()
        row = value(table, "realisedNumber", year)
        assert sure < row["lower"] < row["estimate"] < row["upper"]
        assert row["standardError"] > 0


def test_an_interval_of_a_chance_stays_between_0_and_1():
    table = quantities(fit(example()), level=0.999)
    row = value(table, "survival", "2013")
    assert 0 < row["lower"] < row["estimate"] < row["upper"] < 1
    assert row["upper"] - row["lower"] > 0.3


def test_standard_errors_of_rates_are_those_of_the_link_scale():
    result = fit(example())
    table = quantities(result)
    place = result.names.index("sigma")
    sigma = value(table, "sigma", "2013")
    assert sigma["standardError"] == pytest.approx(sigma["estimate"] * result.errors[place], rel=1e-6)
    assert sigma["lower"] == pytest.approx(np.exp(result.beta[place] - 1.959964 * result.errors[place]), rel=1e-6)
    phi = value(table, "survival", "2014")
    slope = phi["estimate"] * (1 - phi["estimate"])
    assert phi["standardError"] == pytest.approx(slope * result.errors[result.names.index("phi")], rel=1e-6)


def test_when_everybody_is_seen_the_number_is_known():
    mask, cameras = world(8, 4, 500.0, "count", 60)
    truth = Truth(1.5, (0.7, 0.7), 0.3, (0.5, 0.5), (900.0, 900.0))
    years, numbers = simulate(mask, [cameras] * 3, truth, np.random.default_rng(4))
    result = fit(years)
    found = alive(result)
    assert found.animals.sum(axis=0) + found.unseen == pytest.approx(numbers, abs=1e-6)
    table = quantities(result)
    for year, number in zip(("2013", "2014", "2015"), numbers, strict=True):
        assert value(table, "realisedNumber", year)["estimate"] == pytest.approx(number, abs=1e-6)
