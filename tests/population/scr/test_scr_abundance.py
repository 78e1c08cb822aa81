"""N by region: sums, standard errors, and laws."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.population.scr.scr_tiny import caught, survey

from tumen.errors import MisuseError
from tumen.population.scr.abundance import ABUNDANCE, Abundance, Estimate, abundance, lognormal, total
from tumen.population.scr.fit import fit
from tumen.population.scr.model import Model
from tumen.population.scr.predict import centres, density, detected

G = survey()
FIT = fit([G])
AREA = 100.0
"""km2 of the mask: 400 cells of 0.25."""


def regions(*parts: tuple[str, str, np.ndarray]) -> pl.DataFrame:
    """Rows of kind, region, cell, share."""
    frames = [
        pl.DataFrame({"cell": np.flatnonzero(share), "kind": kind, "region": region, "share": share[share > 0]})
        for kind, region, share in parts
    ]
    return pl.concat(frames)


WEST = (G.mask.xy[:, 0] < 4600).astype(float)


def test_expected_n_is_density_times_area_and_its_se_that_of_density():
    found = Abundance(FIT).expected()
    assert found.value == pytest.approx(np.exp(FIT.beta[0]) * AREA)
    # A log-normal whose logarithm has the SE of log D.
    assert found.se == pytest.approx(found.value * np.sqrt(np.expm1(FIT.se[0] ** 2)), rel=1e-5)
    spread = np.exp(1.959964 * np.sqrt(np.log1p((found.se / found.value) ** 2)))
    assert (found.low, found.high) == pytest.approx((found.value / spread, found.value * spread))


def test_realised_n_is_the_seen_and_the_missed():
    found = Abundance(FIT).realised()
    missed = float((density(FIT) * (1 - detected(FIT)) * G.mask.area).sum())
    assert found.value == pytest.approx(len(G.animals) + missed)
    # At the maximum with a flat density both are the same number; what is realised is known better.
    assert found.value == pytest.approx(Abundance(FIT).expected().value, rel=1e-4)
    assert found.se**2 == pytest.approx(Abundance(FIT).expected().se ** 2 - found.value, rel=0.02)
    assert found.low > len(G.animals)


def test_realised_n_of_a_region_counts_centres_by_chance():
    found = Abundance(FIT).realised(WEST)
    missed = float((density(FIT) * (1 - detected(FIT)) * G.mask.area) @ WEST)
    here = centres(FIT) @ WEST
    assert found.value == pytest.approx(here.sum() + missed)
    by_parameters = Abundance(FIT)._variance(1, WEST, found.value)
    skewed = missed**2 * np.expm1(by_parameters / missed**2)
    assert found.se**2 == pytest.approx(skewed + missed + (here * (1 - here)).sum())


@settings(max_examples=15)
@given(st.lists(st.integers(0, 3), min_size=400, max_size=400))
def test_regions_add_up_to_the_whole(owner: list[int]):
    counted, owner = Abundance(FIT), np.array(owner)
    parts = [(owner == number).astype(float) for number in range(4)]
    for estimate in (counted.expected, counted.realised):
        assert sum(estimate(part).value for part in parts) == pytest.approx(estimate().value, rel=1e-12)


def test_the_table_of_numbers_by_region():
    share = WEST.copy()
    share[0] = 0.4
    table = abundance(
        FIT, regions(("country", "CN", share), ("country", "RU", 1 - share), ("area", "park", 0.5 * WEST))
    )
    assert dict(table.schema) == dict(pl.DataFrame(schema=ABUNDANCE).schema)
    assert table.select("regionKind", "region").rows() == [
        ("all", None),
        ("country", "CN"),
        ("country", "RU"),
        ("protectedArea", "park"),
    ]
    whole, west, east, _ = table.rows(named=True)
    for column in ("areaKm2", "expected", "realised"):
        assert west[column] + east[column] == pytest.approx(whole[column], rel=1e-12)
    assert whole["areaKm2"] == pytest.approx(AREA)
    assert whole["density"] == pytest.approx(100 * np.exp(FIT.beta[0]))
    assert whole["densityLow"] == pytest.approx(whole["expectedLow"] * 100 / AREA)


def test_a_region_without_ground_has_no_density():
    row = abundance(FIT, regions(("country", "CN", WEST))).row(1, named=True)
    assert row["density"] is not None
    nothing = abundance(FIT, pl.DataFrame({"cell": [0], "kind": ["country"], "region": ["KP"], "share": [0.0]}))
    row = nothing.row(1, named=True)
    assert (row["areaKm2"], row["expected"], row["density"], row["densityLow"]) == (0.0, 0.0, None, None)


def test_without_a_covariance_there_are_no_intervals():
    table = abundance(fit([G], variance=False), regions(("country", "CN", WEST)))
    for row in table.rows(named=True):
        assert row["expected"] > 0
        for column in ("expectedSe", "expectedLow", "expectedHigh", "realisedSe", "realisedLow", "realisedHigh"):
            assert row[column] is None


def test_n_where_density_is_not_estimable_has_no_interval():
    """No recaptures: N is a few or billions. The SE must not look good because a direction was left out."""
    found = Abundance(fit([caught([(i, i % 5, i % 9) for i in range(8)])])).expected()
    assert np.isnan([found.se, found.low, found.high]).all()


def test_n_where_only_its_split_among_covariates_is_not_known_has_its_interval():
    mask = replace(G.mask, covariates={"a": G.mask.xy[:, 0] / 1e4, "b2": G.mask.xy[:, 0] / 2e4})
    both, alone = (
        Abundance(fit([replace(G, mask=mask)], Model(density=density))).realised() for density in ("a + b2", "a")
    )
    assert (both.value, both.se) == pytest.approx((alone.value, alone.se), rel=1e-3)


def test_a_conditional_fit_has_the_variance_of_the_number_seen():
    conditional = Abundance(fit([G], Model(likelihood="conditional"))).expected()
    full = Abundance(FIT).expected()
    assert conditional.value == pytest.approx(full.value, rel=1e-4)
    assert conditional.se == pytest.approx(full.se, rel=0.02)


def test_a_conditional_fit_of_a_session_without_animals_counts_nobody():
    none = replace(caught([]), name="two")
    found = Abundance(fit([G, none], Model(likelihood="conditional")), 1)
    assert (found.expected().value, found.realised().value) == (0.0, 0.0)


def test_a_lognormal_interval():
    assert lognormal(5.0, 0.0).low == lognormal(5.0, 0.0).high == 5.0
    found = lognormal(20.0, 3.0, at_least=12)
    assert found.low > 12
    assert (found.low - 12) * (found.high - 12) == pytest.approx(64.0)
    assert np.isnan(lognormal(5.0, float("nan")).low)
    assert lognormal(5.0, 1.0, at_least=5.0) == Estimate(5.0, 1.0, 5.0, 5.0)


def test_the_sum_of_national_estimates():
    one, two = Estimate(30, 3, 25, 36), Estimate(40, 4, 33, 49)
    assert (total({"CN": one, "RU": two}).value, total({"CN": one, "RU": two}).se) == (70.0, 5.0)
    assert total({"CN": one}).value == 30.0
    with pytest.raises(MisuseError) as error:
        total({})
    assert str(error.value.found) == "0"


def test_realised_n_of_a_conditional_fit_with_animals_that_differ_is_expected_n():
    """Animals that are hard to see are more of the missed than of the seen."""
    ages = np.array([*(1.0, 3.0, 2.0) * len(G.animals)][: len(G.animals)])
    model = Model(detect="age", likelihood="conditional")
    found = Abundance(fit([replace(G, covariates={"age": ages})], model))
    assert found.realised().value == pytest.approx(found.expected().value, rel=1e-9)


def test_a_fixed_number_is_what_is_there():
    found = Abundance(fit([G], Model(number="binomial")))
    expected, realised = found.expected(), found.realised()
    assert realised.value == pytest.approx(expected.value, rel=1e-12)
    assert realised.se == pytest.approx(expected.se, rel=1e-4)
    assert realised.low > len(G.animals)
    # The number that is there is as uncertain as under a Poisson process.
    assert realised.se == pytest.approx(Abundance(FIT).realised().se, rel=0.1)
    west, east = found.realised(WEST), found.realised(1 - WEST)
    assert west.value + east.value == pytest.approx(realised.value, rel=1e-12)
