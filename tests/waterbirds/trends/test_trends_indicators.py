import numpy as np
import polars as pl
import pytest

from tumen.errors import MisuseError
from tumen.waterbirds.trends.indicators import IndicatorRules, indicator, of_totals


def indices(*rows):
    schema = {"species": pl.String, "time": pl.Int64, "index": pl.Float64, "se": pl.Float64}
    return pl.DataFrame(rows, schema, orient="row")


def rng():
    return np.random.default_rng(7)


TWO = indices(
    *(("duck", 2000 + t, i, 0.1 * (t > 0)) for t, i in enumerate([1.0, 2.0, 1.0, 4.0])),
    *(("swan", 2000 + t, i, 0.2 * (t > 0)) for t, i in enumerate([1.0, 0.5, 1.0, 1.0])),
)


def test_a_complete_indicator_is_the_geometric_mean_and_its_error_is_that_of_the_delta_method():
    found = indicator(TWO, rng(), IndicatorRules(simulations=20_000, truncate=None))
    assert found.index["index"].to_list() == pytest.approx([100, 100, 100, 200])
    # The mean of two logarithms has half the root of the sum of their variances; errors here are shares of indices.
    logs = [0, np.hypot(0.1 / 2, 0.2 / 0.5) / 2, np.hypot(0.1, 0.2) / 2, np.hypot(0.1 / 4, 0.2) / 2]
    assert found.index["se"].to_list() == pytest.approx([*(100 * se for se in logs[:3]), 200 * logs[3]], rel=0.03)
    line = (np.arange(4) - 1.5) / 5
    slope = found.slopes.row(0, named=True)
    assert slope["additive"] == pytest.approx(line[3] * np.log(2))
    assert slope["seAdditive"] == pytest.approx(np.sqrt(line**2 @ np.square(logs)), rel=0.03)
    assert (slope["from"], slope["upto"], slope["kind"], slope["trend"]) == (
        2000,
        2003,
        "indicator",
        "strongIncrease",
    )


def test_what_is_known_of_the_years_together_is_drawn_together():
    covariance = np.array([[0, 0, 0], [0, 0.04, 0.04], [0, 0.04, 0.04]])
    one = indices(("duck", 1, 1.0, 0.0), ("duck", 2, 1.0, 0.2), ("duck", 3, 1.0, 0.2))
    rules = IndicatorRules(simulations=4000)
    together = indicator(one, rng(), rules, covariances={"duck": covariance})
    assert together.covariance == pytest.approx(covariance, abs=0.003)
    assert indicator(one, rng(), rules).covariance[1, 2] == pytest.approx(0, abs=0.003)
    with pytest.raises(MisuseError):
        indicator(one, rng(), rules, covariances={"duck": np.eye(2)})


def test_a_species_that_begins_later_counts_from_then_and_pulls_nothing_before():
    late = indices(("a", 1, 1.0, 0.0), ("a", 2, 2.0, 0.0), ("a", 3, 2.0, 0.0), ("b", 2, 1.0, 0.0), ("b", 3, 4.0, 0.0))
    found = indicator(late, rng())
    assert found.index["index"].to_list() == pytest.approx([100, 200, 400])
    assert found.index.select("species", "linked").rows() == [(1, 0), (2, 1), (2, 2)]
    assert found.index["se"].to_list() == pytest.approx([0, 0, 0], abs=1e-9)


def test_a_missing_year_is_no_zero_and_a_year_that_nothing_ties_to_the_base_has_no_index():
    rows = [("a", 1, 1.0, 0.0), ("a", 2, None, None), ("a", 3, 2.0, 0.0), ("b", 1, 1.0, 0.0), ("b", 2, 3.0, 0.0)]
    found = indicator(indices(*rows), rng())
    assert found.index["index"].to_list() == pytest.approx([100, 300, None])
    assert found.species.select("species", "missing").rows() == [("a", 1), ("b", 0)]
    assert found.slopes["upto"].to_list() == [2]


def test_zeros_large_changes_and_uncertain_species_are_treated_as_declared_and_said():
    rows = indices(
        ("gone", 1, 1.0, 0.0), ("gone", 2, 0.0, 0.0), ("gone", 3, 1.0, 0.0),
        ("vague", 1, 1.0, 0.0), ("vague", 2, 1.0, 9.0), ("vague", 3, 1.0, 9.0),
        ("sure", 1, 1.0, 0.0), ("sure", 2, 1.0, 0.0), ("sure", 3, 1.0, 0.0),
        ("bare", 1, 1.0, 0.0), ("bare", 2, 1.0, None), ("none", 1, None, None),
    )  # fmt: skip
    found = indicator(rows, rng())
    assert dict(found.species.select("species", "reason").rows()) == {
        "bare": "seMissing", "gone": "", "none": "noIndex", "sure": "", "vague": "cvTooLarge"
    }  # fmt: skip
    # From 1 to the floor 0.01 is more than tenfold: it is cut to a tenth, and the other species does not change.
    assert found.index["index"].to_list() == pytest.approx([100, 100 / np.sqrt(10), 100])
    assert found.index["truncated"].to_list() == [0, 1, 1]
    assert found.species.filter(pl.col("species") == "gone")["floored"].item() == 1
    bare = indicator(rows, rng(), IndicatorRules(floor=None))
    assert bare.species.filter(pl.col("species") == "gone")["reason"].item() == "zeroWithoutFloor"
    assert bare.index["index"].to_list() == [100, 100, 100]
    assert indicator(rows.filter(species="none"), rng()).status == "trend-no-counts"


def test_the_same_seed_gives_the_same_bytes_in_any_order_of_rows_and_the_base_moves_the_index_only():
    found = indicator(TWO, rng())
    again = indicator(TWO.sample(fraction=1, shuffle=True, seed=3), rng())
    assert again.index.equals(found.index)
    assert again.slopes.equals(found.slopes)
    moved = indicator(TWO, rng(), IndicatorRules(base=2003)).index["index"]
    assert (moved * 2).to_list() == pytest.approx(found.index["index"].to_list())


@pytest.mark.parametrize(
    "rows",
    [[("a", 1, 1.0, 0.0), ("a", 1, 1.0, 0.0)], [("a", 1, -1.0, 0.0)], [("a", 1, 1.0, -0.1)], [(None, 1, 1.0, 0.1)]],
)
def test_what_is_no_index_is_refused(rows):
    with pytest.raises(MisuseError):
        indicator(indices(*rows), rng())


def test_rules_that_make_no_sense_are_refused():
    for wrong in ({"simulations": 1}, {"truncate": 1}, {"floor": 0}, {"most_cv": 0}, {"level": 1}):
        with pytest.raises(MisuseError):
            IndicatorRules(**wrong)
    with pytest.raises(MisuseError):
        indicator(TWO, rng(), IndicatorRules(base=1990))


def test_totals_become_an_index_with_the_covariance_of_its_logarithm():
    covariance = np.array([[4.0, 1.0, 0], [1.0, 9.0, 0], [0, 0, np.nan]])
    frame, logs = of_totals("duck", [1, 2, 3], np.array([10.0, 30.0, np.nan]), covariance, 1)
    variance = 9 / 900 + 4 / 100 - 2 * 1 / 300
    assert frame.rows() == [("duck", 1, 1.0, 0.0), ("duck", 2, 3.0, pytest.approx(3 * np.sqrt(variance)))]
    assert logs[1, 1] == pytest.approx(variance)
    with pytest.raises(MisuseError):
        of_totals("duck", [1, 2, 3], np.array([10.0, 30.0, np.nan]), covariance, 3)
