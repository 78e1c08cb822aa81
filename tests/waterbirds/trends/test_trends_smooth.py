import numpy as np
import polars as pl
import pytest

from tumen.errors import MisuseError
from tumen.waterbirds.trends.series import series
from tumen.waterbirds.trends.smooth import Smoothing, change, smooth
from tumen.waterbirds.trends.smooth_fit import Wanted, basis_of, fit


def counts(table, first=1, **columns):
    rows = [
        {"site": f"s{s}", "time": first + t, "count": n, **{name: value[s][t] for name, value in columns.items()}}
        for s, row in enumerate(table)
        for t, n in enumerate(row)
        if n is not None
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def world(rng, curve, *, sites=30, year=0.0, overdispersion=2.0):
    """Counts of a known curve: sites of many sizes, good and bad years, a third of the counts missing."""
    level = rng.normal(np.log(15), 1, sites)[:, None]
    mean = np.exp(level + curve + rng.normal(0, year, len(curve)))
    drawn = rng.negative_binomial(mean / (overdispersion - 1), 1 / overdispersion)
    seen = rng.random(mean.shape) > 0.35
    return [[int(n) if there else None for n, there in zip(*row, strict=True)] for row in zip(drawn, seen, strict=True)]


def slow(frame, penalty, months=0):
    """Every site, time and month an effect of its own, in one dense Newton iteration; `penalty` on the times."""
    sites, times = frame["site"].unique().sort().to_list(), range(frame["time"].min(), frame["time"].max() + 1)
    width = len(sites) + len(times) - 1 + max(0, months - 1)
    design = np.zeros((frame.height, width))
    for row, one in enumerate(frame.iter_rows(named=True)):
        design[row, sites.index(one["site"])] = 1
        if one["time"] > times[0]:
            design[row, len(sites) + one["time"] - times[0] - 1] = 1
        if months and one["month"] > 1:
            design[row, len(sites) + len(times) - 1 + one["month"] - 2] = 1
    # The first time is the base: the penalty does not change when a constant is added to the curve.
    inside = slice(len(sites), len(sites) + len(times) - 1)
    whole = np.zeros((width, width))
    whole[inside, inside] = penalty[1:, 1:]
    count = frame["count"].to_numpy().astype(float)
    effect = np.zeros(width)
    effect[: len(sites)] = np.log(count.mean())
    for _ in range(60):
        mean = np.exp(design @ effect)
        information = design.T @ (mean[:, None] * design) + whole
        effect = effect + np.linalg.solve(information, design.T @ (count - mean) - whole @ effect)
    curve = np.r_[0, effect[inside]]
    covariance = np.zeros((len(times), len(times)))
    covariance[1:, 1:] = np.linalg.inv(information)[inside, inside]
    total = np.exp(effect[: len(sites)]).sum() * np.exp(curve)
    return curve, covariance, total


def spline_penalty(times):
    """Green and Silverman's matrix, from the natural cubic spline itself: integrals of second derivatives."""
    from scipy.interpolate import CubicSpline

    fine = np.linspace(0, times - 1, 6 * (times - 1) + 1)
    bends = CubicSpline(np.arange(times), np.eye(times), bc_type="natural")(fine, 2)
    weights = np.where(np.arange(len(fine)) % 2 == 1, 4, 2)
    weights[[0, -1]] = 1
    return (bends * (weights / 18)[:, None]).T @ bends


def test_the_basis_is_that_of_the_natural_cubic_spline():
    basis = basis_of(7)
    again = (basis.columns * basis.penalty) @ basis.columns.T
    assert again == pytest.approx(spline_penalty(7), abs=1e-9)
    assert basis.columns.T @ basis.columns == pytest.approx(np.eye(6), abs=1e-12)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_declared_curve_is_that_of_the_slow_version(seed):
    frame = counts(world(np.random.default_rng(seed), 0.3 * np.sin(np.arange(9)), sites=12))
    made = fit(series(frame), Wanted(3.5, False, True))
    assert made.degrees == pytest.approx(3.5, abs=1e-5)
    curve, covariance, total = slow(frame, spline_penalty(9) * made.dispersion / made.scales.curve)
    found = smooth(series(frame), Smoothing(df=3.5, deviations=False))
    assert found.curve == pytest.approx(curve, abs=1e-6)
    assert found.covariance == pytest.approx(covariance * made.dispersion, abs=1e-6)
    assert found.totals["total"].to_list() == pytest.approx(total, rel=1e-6)


def test_deviations_are_a_ridge_beside_the_curve():
    """Their sum with the curve is what a penalty of the inverse of both variances gives."""
    frame = counts(world(np.random.default_rng(5), 0.05 * np.arange(12), sites=25, year=0.2))
    made = fit(series(frame), Wanted(None, True, True))
    assert np.sqrt(made.scales.deviation) == pytest.approx(0.2, abs=0.1)
    basis = basis_of(12)
    spread = made.scales.curve / basis.penalty[1:] + made.scales.deviation
    penalty = (basis.columns[:, 1:] / spread) @ basis.columns[:, 1:].T * made.dispersion
    found = smooth(series(frame))
    whole = found.index.filter(kind="fitted")["index"].log().to_numpy()
    assert whole == pytest.approx(slow(frame, penalty)[0], abs=1e-6)
    deviation = found.deviations["deviation"].to_numpy()
    assert whole - found.curve == pytest.approx(deviation - deviation[0], abs=1e-9)
    # What the years do at random stays in doubt in the slope.
    line = np.arange(12) - 5.5
    assert found.slopes["seAdditive"].item() ** 2 > made.scales.deviation / (line @ line)


def test_skylark_as_many_degrees_as_times_is_model_3_and_one_degree_is_model_2(shared_data):
    data = series(pl.read_csv(shared_data / "rtrim_bench" / "skylark.csv", null_values="NA"))
    peer = pl.read_csv(shared_data / "rtrim_bench" / "skylark_m3_index.csv")
    for kind in ("smooth", "fitted"):
        found = smooth(data, Smoothing(df=7, deviations=False, overdispersion=False))
        index = found.index.filter(kind=kind)
        assert index["index"].to_list() == pytest.approx(peer["fitted"].to_list(), abs=1e-6)
        assert index["se"].to_list() == pytest.approx(peer["se_fit"].to_list(), abs=1e-6)
    totals = pl.read_csv(shared_data / "rtrim_bench" / "skylark_m3_totals.csv")
    assert found.totals["total"].to_list() == pytest.approx(totals["fitted"].to_list(), abs=0.5)
    assert found.totals["se"].to_list() == pytest.approx(totals["se_fit"].to_list(), abs=0.5)
    assert found.tests.select("statistic", "df").rows() == [
        pytest.approx((188.144928240761, 140)),
        pytest.approx((184.976626638444, 140)),
    ]
    # TRIM 3.61's output 1d without serial correlation: linear trend, slope 0.0548 (0.0104).
    line = smooth(data, Smoothing(df=1, deviations=False, overdispersion=False))
    assert line.slopes.select("additive", "seAdditive").row(0) == pytest.approx((0.0548, 0.0104), abs=5e-5)
    assert line.tests.select("statistic", "df").rows()[0] == pytest.approx((210.53, 146), abs=5e-3)
    assert line.shape["turn"].to_list() == [""] * 8
    # Along a line, any part of it changes like the whole.
    shared = ("additive", "seAdditive", "low", "high", "p", "trend")
    assert change(line, 3, 7).select(shared).row(0) == pytest.approx(line.slopes.select(shared).row(0))
    with pytest.raises(MisuseError):
        change(line, 7, 9)


def test_months_have_effects_of_their_own():
    rng = np.random.default_rng(3)
    season = [0.0, 1.0, -1.0]
    rows = [
        (f"s{s}", t, m + 1, int(rng.poisson(np.exp(3 + 0.1 * t + season[m]))))
        for s in range(6) for t in range(1, 6) for m in range(3) if rng.random() > 0.3
    ]  # fmt: skip
    frame = pl.DataFrame(rows, ["site", "time", "month", "count"], orient="row")
    found = smooth(series(frame, month="month"), Smoothing(df=4, deviations=False, overdispersion=False))
    curve, covariance, _ = slow(frame, np.zeros((5, 5)), months=3)
    assert found.curve == pytest.approx(curve, abs=1e-6)
    assert found.covariance == pytest.approx(covariance, abs=1e-6)


def test_the_intervals_of_a_known_curve_hold_it_though_years_are_good_and_bad():
    curve = 0.5 * np.cos(2 * np.pi * np.arange(16) / 15)
    held, slopes = [], []
    for seed in range(12):
        found = smooth(series(counts(world(np.random.default_rng(seed), curve, year=0.08))))
        index = found.index.filter(kind="smooth")[1:]
        truth = np.exp(curve - curve[0])[1:]
        held += ((index["low"].to_numpy() <= truth) & (truth <= index["high"].to_numpy())).tolist()
        slopes.append(abs(found.slopes["additive"].item()) < 2 * found.slopes["seAdditive"].item())
    assert np.mean(held) > 0.88
    assert sum(slopes) >= 10


def test_a_turn_is_found_where_it_is_and_none_in_a_line():
    at = np.arange(16)
    for seed in range(3):
        turned = smooth(series(counts(world(np.random.default_rng(seed), 0.15 * np.abs(at - 8), sites=40))))
        upward = turned.shape.filter(turn="upward")["time"].to_list()
        assert 9 in upward
        assert set(upward) <= {7, 8, 9, 10, 11}
        assert turned.shape["direction"][3] == "decline"
        assert turned.shape["direction"][12] == "increase"
        straight = smooth(series(counts(world(np.random.default_rng(seed), 0.05 * at))))
        assert straight.shape.filter(pl.col("turn") != "").height == 0


def test_a_year_without_counts_lies_on_the_curve_and_order_does_not_matter():
    table = world(np.random.default_rng(4), 0.1 * np.arange(8))
    frame = counts(table, first=2001).filter(pl.col("time") != 2004)
    found = smooth(series(frame), Smoothing(df=2, deviations=False, base=2008))
    index = found.index.filter(kind="smooth")
    assert (index["time"].to_list(), index["index"][-1]) == (list(range(2001, 2009)), 1.0)
    assert index["low"][3] < index["index"][3] < index["high"][3]
    again = smooth(series(frame.sample(fraction=1, shuffle=True, seed=1)), found.smoothing)
    assert again.index.equals(found.index)


def test_what_cannot_be_estimated_says_why():
    one = counts([[3, None], [4, None]])
    assert smooth(series(one)).status == "trend-no-counts"
    apart = counts([[3, 4, None, None], [None, None, 5, 6]])
    assert smooth(series(apart), Smoothing(df=3, deviations=False)).status == "trend-singular"
    alone = counts([[3, None, None], [None, 4, None], [None, None, 5]])
    found = smooth(series(alone))
    assert (found.status, found.index.height) == ("trend-singular", 0)
    assert ("trend-singular", "2") in found.findings.select("code", "value").rows()
    assert smooth(series(counts([[3, 5, 7]])), Smoothing(df=2)).status == "trend-no-freedom"
    # Every time an effect of its own: one without birds has none. Two times with counts bear no more than a line.
    zeros = series(counts([[5, 0, 7], [8, 0, 4]]))
    assert not smooth(zeros, Smoothing(df=2, overdispersion=False)).converged
    ends = smooth(series(counts([[16, None, 62]])), Smoothing(df=2, overdispersion=False))
    assert (ends.degrees, ends.deviation) == (pytest.approx(1), None)
    assert ends.index["index"][2] == pytest.approx(62 / 16)
    for wrong in ({"df": 0.5}, {"df": float("nan")}, {"level": 1.0}):
        with pytest.raises(MisuseError):
            Smoothing(**wrong)
    with pytest.raises(MisuseError):
        smooth(series(counts([[3, 5, 7], [3, 4, 5]])), Smoothing(base=9))
