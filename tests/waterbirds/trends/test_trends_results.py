import numpy as np
import polars as pl
import pytest
from scipy.stats import t

from tumen.errors import MisuseError
from tumen.waterbirds.trends import results
from tumen.waterbirds.trends.fit import TrendFit, TrendModel, fit
from tumen.waterbirds.trends.results import classify, coefficients, index, poisson_interval, slopes, totals
from tumen.waterbirds.trends.series import series


def found(model: TrendModel | None = None) -> TrendFit:
    """Two sites that were always counted: 15, 30, 60, 90."""
    counts = pl.DataFrame(
        {"site": ["a"] * 4 + ["b"] * 4, "time": [1, 2, 3, 4] * 2, "count": [10, 20, 40, 60, 5, 10, 20, 30]}
    )
    return fit(series(counts), model)


def test_the_base_may_be_a_time_or_a_mean_of_times() -> None:
    assert index(found(), kinds=("imputed",))["index"].to_list() == pytest.approx([1, 2, 4, 6])
    assert index(found(), 3, kinds=("imputed",))["index"].to_list() == pytest.approx([0.25, 0.5, 1, 1.5])
    period = index(found(), (1, 2), kinds=("fitted",))
    assert period["index"].to_list() == pytest.approx([15 / 22.5, 30 / 22.5, 60 / 22.5, 4])
    # independent Poisson totals: variance of 90 / 22.5 by hand
    assert period["se"][3] == pytest.approx(np.sqrt(90 + 16 * (15 + 30) / 4) / 22.5)


def test_the_base_itself_has_no_error() -> None:
    row = index(found(), 2).row(1, named=True)
    assert (row["index"], row["se"], row["low"], row["high"]) == (1.0, 0.0, 1.0, 1.0)


def test_a_base_outside_is_misuse() -> None:
    with pytest.raises(MisuseError, match="1 to 4"):
        index(found(), 9)


def test_the_interval_of_a_poisson_total_is_exact() -> None:
    low, high = poisson_interval(np.array([10.0, 0.0, 40.0, 5.0]), np.array([10.0, 0.0, 160.0, 0.0]))
    assert low == pytest.approx([4.7954, 0.0, 4 * 4.7954, 5.0], abs=1e-3)
    assert high == pytest.approx([18.3904, 3.6889, 4 * 18.3904, 5.0], abs=1e-3)
    got = totals(found(), kinds=("imputed",)).row(0, named=True)
    assert (got["total"], got["se"]) == (pytest.approx(15), pytest.approx(np.sqrt(15)))
    assert (got["low"], got["high"]) == (pytest.approx(8.3954, abs=1e-3), pytest.approx(24.7402, abs=1e-3))


def test_the_slope_is_a_line_through_the_logarithms_of_the_totals() -> None:
    row = slopes(found(), kinds=("imputed",)).row(0, named=True)
    pull = np.array([-1.5, -0.5, 0.5, 1.5]) / 5
    slope = float(pull @ np.log([15, 30, 60, 90]))
    se = float(np.sqrt((pull**2 / [15, 30, 60, 90]).sum()))
    assert (row["additive"], row["seAdditive"]) == (pytest.approx(slope), pytest.approx(se))
    assert row["p"] == pytest.approx(2 * t.sf(slope / se, 2))
    assert row["low"] == pytest.approx(np.exp(slope - t.ppf(0.975, 2) * se))
    assert row["trend"] == "strongIncrease"


def test_a_slope_of_two_times_has_no_interval() -> None:
    row = slopes(found(), [(1, 2)], kinds=("imputed",)).row(0, named=True)
    assert (row["multiplicative"], row["low"], row["p"], row["trend"]) == (pytest.approx(2), None, None, "uncertain")


@pytest.mark.parametrize(
    ("low", "high", "name"),
    [
        (1.051, 1.2, "strongIncrease"),
        (1.05, 1.2, "moderateIncrease"),
        (1.0, 1.04, "stable"),
        (0.951, 1.049, "stable"),
        (0.95, 1.02, "uncertain"),
        (0.98, 1.05, "uncertain"),
        (0.9, 0.99, "moderateDecline"),
        (0.8, 0.95, "moderateDecline"),
        (0.8, 0.949, "strongDecline"),
        (0.0, np.inf, "uncertain"),
    ],
)
def test_classes(low: float, high: float, name: str) -> None:
    assert classify(low, high) == name


def test_effects_and_tests_say_what_they_are_about() -> None:
    bent = found(TrendModel(2, (1, 3)))
    assert coefficients(bent).select("effect", "from", "upto").rows() == [("slope", 1, 3), ("slope", 3, 4)]
    assert results.tests(bent)["test"].to_list() == ["chiSquare", "likelihoodRatio", "changeOfSlope", "changeOfSlope"]
    effects = coefficients(found())
    times = effects.filter(pl.col("effect") == "time")
    assert times["multiplicative"].to_list() == pytest.approx([2, 4, 6])
    parts = dict(
        effects.filter(pl.col("effect") != "time").select("effect", "additive").group_by("effect").sum().rows()
    )
    assert parts["deviation"] == pytest.approx(0, abs=1e-12)
    assert results.tests(found())["test"].to_list()[2:] == ["deviations"]
    assert results.tests(found(TrendModel(2)))["test"].to_list()[2:] == ["slope"]


def test_a_model_without_change_has_a_flat_line_without_error() -> None:
    row = slopes(found(TrendModel(1)), kinds=("fitted",)).row(0, named=True)
    assert (row["multiplicative"], row["seMultiplicative"], row["p"]) == (pytest.approx(1), 0.0, None)
