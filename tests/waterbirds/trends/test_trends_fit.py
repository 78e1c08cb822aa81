import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.waterbirds.trends.trends_twin import Floats, twin

from tumen.errors import MisuseError
from tumen.waterbirds.trends import results
from tumen.waterbirds.trends.estimate import constrained
from tumen.waterbirds.trends.fit import TrendFit, TrendModel, fit
from tumen.waterbirds.trends.results import index, slopes, totals
from tumen.waterbirds.trends.series import Series, series

BOTH = {"overdispersion": True, "serial": True}


def world(seed: int, sites: int = 9, times: int = 7, missing: float = 0.3) -> tuple[Floats, Floats]:
    """Counts with gaps, every site and time with a positive one, and weights."""
    random = np.random.default_rng(seed)
    counts = random.poisson(random.gamma(4.0, 5.0, (sites, times)) * 1.1 ** np.arange(times)).astype(float)
    counts[random.random(counts.shape) < missing] = np.nan
    counts[np.arange(sites), np.arange(sites) % times] = 12.0
    return counts, random.uniform(0.5, 2.0, counts.shape)


def table(counts: Floats, weight: Floats | None = None) -> pl.DataFrame:
    site, time = np.indices(counts.shape)
    columns = {"site": site.ravel() + 1, "time": time.ravel() + 1, "count": counts.ravel()}
    made = pl.DataFrame(columns).with_columns((pl.col("site") % 2).alias("half"))
    return made if weight is None else made.with_columns(pl.Series("weight", weight.ravel()))


def counts(text: str) -> Series:
    """One line a site, one word a time, a dot where it was not counted."""
    rows = [
        {"site": f"s{at}", "time": time, "count": None if word == "." else float(word)}
        for at, line in enumerate(text.strip().splitlines())
        for time, word in enumerate(line.split(), start=1)
    ]
    return series(pl.DataFrame(rows, schema={"site": pl.String, "time": pl.Int64, "count": pl.Float64}))


def same(found: TrendFit, slow: object, tolerance: float = 1e-6) -> None:
    assert found.status == "converged"
    assert found.effects == pytest.approx(slow.effects, abs=tolerance)  # type: ignore[attr-defined]
    assert found.covariance == pytest.approx(slow.covariance, abs=tolerance)  # type: ignore[attr-defined]
    for kind, total, variance in zip(("fitted", "imputed"), slow.totals, slow.variances, strict=True):  # type: ignore[attr-defined]
        assert found.totals_of(kind) == pytest.approx(total, rel=tolerance)  # type: ignore[arg-type]
        scale = np.sqrt(np.outer(np.diag(variance), np.diag(variance)))
        assert found.totals_covariance(kind) / scale == pytest.approx(variance / scale, abs=1e-5)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("dispersed", "serial"), [(False, False), (True, False), (True, True)])
def test_time_effects_equal_the_slow_twin(seed: int, dispersed: bool, serial: bool) -> None:
    cells, weight = world(seed)
    found = fit(series(table(cells, weight), weight="weight"), TrendModel(3, overdispersion=dispersed, serial=serial))
    slow = twin(cells, np.eye(7)[:, 1:], weight, dispersed, serial)
    same(found, slow)
    assert found.overdispersion == pytest.approx(slow.sigma if dispersed else 1.0)
    assert found.serial == (pytest.approx(slow.rho, abs=1e-6) if serial else None)


def test_a_bent_line_with_a_covariate_equals_the_slow_twin() -> None:
    cells, weight = world(5)
    times = np.arange(1.0, 8.0)
    line = np.column_stack([np.clip(times, 2, 4) - 2, np.clip(times, 4, 7) - 4])
    odd = np.arange(1, 10) % 2 == 1
    basis = np.concatenate([np.broadcast_to(line, (9, 7, 2)), odd[:, None, None] * line], axis=2)
    model = TrendModel(2, (2, 4), covariates=("half",), **BOTH)
    found = fit(series(table(cells), covariates=("half",)), model)
    same(found, twin(cells, basis, np.ones_like(weight), True, True))


def test_monthly_counts_equal_the_slow_twin() -> None:
    cells, _ = world(7, sites=6, times=12)
    months = table(cells).with_columns((pl.col("time") - 1) // 3 + 2000, ((pl.col("time") - 1) % 3 + 1).alias("month"))
    found = fit(series(months, month="month"), TrendModel(3, overdispersion=True))
    year, month = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    slow = twin(
        cells, np.column_stack([np.eye(4)[year][:, 1:], np.eye(3)[month][:, 1:]]), np.ones(cells.shape), True, False
    )
    of_year = np.kron(np.eye(4), np.ones(3))
    assert found.effects == pytest.approx(slow.effects, abs=1e-7)
    assert found.totals_of() == pytest.approx(of_year @ slow.totals[1])
    assert found.totals_covariance() == pytest.approx(of_year @ slow.variances[1] @ of_year.T, rel=1e-6, abs=1e-6)


def test_complete_counts_give_their_own_totals() -> None:
    found = fit(counts("10 20 5\n1 2 3"))
    assert found.totals_of("imputed") == pytest.approx([11, 22, 8])
    assert np.diag(found.totals_covariance("imputed")) == pytest.approx([11, 22, 8])


def test_a_gap_is_filled_from_the_other_sites() -> None:
    found = fit(counts("10 20\n5 ."))
    assert found.totals_of("imputed") == pytest.approx([15, 30])


def test_where_somebody_counted_and_none_was_left_the_total_is_zero_and_no_slope_leads_through_it() -> None:
    found = fit(counts("4 0 9 . 5\n3 0 . . 8"))
    got = index(found, kinds=("imputed",))
    assert got["reason"].to_list() == ["", "trend-time-no-positive", "", "trend-time-empty", ""]
    assert [value is None for value in got["index"]] == [False, False, False, True, False]
    assert got.row(1, named=True)["index"] == got.row(1, named=True)["low"] == 0
    assert got.row(1, named=True)["high"] > 0
    assert got.row(1, named=True)["se"] is None
    assert totals(found, kinds=("imputed",))["total"][1] == 0
    vanished = fit(counts("100 200 400 0 0\n90 180 390 0 0"))
    (slope,) = slopes(vanished, kinds=("imputed",)).iter_rows(named=True)
    assert (slope["multiplicative"], slope["trend"], slope["reason"]) == (None, "uncertain", "trend-time-no-positive")
    assert np.isnan(found.totals_covariance()[1]).all()


def test_a_base_whose_total_is_zero_gives_no_index() -> None:
    got = index(fit(counts("0 4 9\n0 3 5"), TrendModel(2)), kinds=("imputed",))
    assert got["index"].null_count() == 3
    assert got["reason"].to_list() == ["trend-time-no-positive", *["trend-base-not-estimable"] * 2]


def test_the_first_time_as_a_base_without_estimate_gives_no_index() -> None:
    got = index(fit(counts("0 4 9\n. 3 5")))
    assert got["index"].null_count() == len(got)
    assert set(got["reason"]) == {"trend-time-no-positive", "trend-base-not-estimable"}


def test_a_line_goes_through_a_year_without_counts_and_says_so() -> None:
    found = fit(counts("4 . 9\n8 . 18"), TrendModel(2))
    assert found.totals_of("imputed") == pytest.approx([12, 18, 27])
    assert "trend-interpolated" in found.findings["code"]
    assert "trend-interpolated" not in fit(counts("4 6 9\n8 1 18"), TrendModel(2)).findings["code"]


@pytest.mark.parametrize(
    ("text", "model", "status"),
    [
        ("0 0 0", TrendModel(3), "trend-no-counts"),
        ("5 . .\n7 . .", TrendModel(2), "trend-no-counts"),
        ("5 4 . .\n7 3 . .\n. . 5 2\n. . 1 9", TrendModel(3), "trend-singular"),
        ("5 4 0\n7 3 0", TrendModel(2, (1, 2)), "trend-segment-no-positive"),
        ("5 . 4\n7 3 2", TrendModel(3, overdispersion=True), "converged"),
        ("5 . .\n7 3 2", TrendModel(3, overdispersion=True), "trend-no-freedom"),
        ("10 20 40\n10 20 40", TrendModel(2, serial=True), "trend-no-spread"),
        (
            ". 30 . . . 5\n6 3 3 3 . 0\n0 0 0 0 0 .\n5 0 . 0 . 3\n0 0 . 14 12 6",
            TrendModel(2, serial=True),
            "trend-site-not-estimable",
        ),
        ("9 9 9 0 0\n8 8 8 0 0", TrendModel(2, (1, 3)), "trend-segment-no-positive"),
        ("5 4 3\n. 0 4\n0 . 3\n0 0 3", TrendModel(2, (1, 2)), "converged"),
        # without half steps the serial correlation jumps between 0.28 and 0.33 for ever
        ("0 1 . 5 6 . 138 .\n0 2 1 0 1 . 0 .\n1 4 2 2 . 2 4 5", TrendModel(2, serial=True), "converged"),
        ("0 1 . 5 6 . 138 .\n0 2 1 0 1 . 0 .\n1 4 2 2 . 2 4 5", TrendModel(3, serial=True), "converged"),
    ],
)
def test_a_fit_that_is_not_possible_is_a_result(text: str, model: TrendModel, status: str) -> None:
    found = fit(counts(text), model)
    assert found.status == status
    if status != "converged":
        assert found.findings["code"][-1] == status
        assert index(found)["reason"].to_list() == [status] * index(found).height
        assert slopes(found)["trend"].to_list() == ["uncertain", "uncertain"]
        assert results.tests(found).is_empty()


def test_without_neighbours_in_time_there_is_no_serial_correlation() -> None:
    found = fit(counts("5 . 4 . 8\n7 . 2 . 9\n3 . 4 . 2"), TrendModel(2, serial=True))
    assert (found.status, found.serial) == ("converged", 0.0)
    assert "trend-serial-no-pairs" in found.findings["code"]


def test_a_serial_correlation_beyond_what_is_possible_is_bounded_and_said() -> None:
    cells = counts(
        "1 1 1 1 1 1 90 99 99 90 90 99\n9 9 9 9 9 9 9 9 9 9 9 9\n8 9 8 9 8 9 8 9 8 9 8 9\n5 5 6 5 6 5 5 6 5 5 5 5"
    )
    found = fit(cells, TrendModel(1, serial=True, constrained=0.9))
    assert (found.status, found.serial) == ("converged", 0.99)
    assert found.findings["code"].to_list() == ["trend-serial-bounded"]
    assert fit(cells, TrendModel(1, serial=True)).findings.is_empty()


def test_a_category_without_positive_counts_at_a_time_is_named() -> None:
    cells = pl.DataFrame(
        {"site": ["a", "a", "b", "b"], "time": [1, 2, 1, 2], "count": [3, 4, 5, 0], "land": ["x", "x", "y", "y"]}
    )
    found = fit(series(cells, covariates=("land",)), TrendModel(covariates=("land",)))
    last = found.findings.row(-1, named=True)
    assert (last["code"], last["value"], last["column"]) == ("trend-category-no-positive", "y", "land")
    assert fit(series(cells)).converged


def test_sites_without_the_covariate_are_left_out_and_counted() -> None:
    cells, _ = world(3)
    known = table(cells).with_columns(pl.when(pl.col("site") != 4).then(pl.col("half").cast(pl.String)).alias("half"))
    made = series(known, covariates=("half",))
    found = fit(made, TrendModel(2, covariates=("half",)))
    assert found.used is not None
    assert (len(made.sites), len(found.used.sites)) == (9, 8)
    assert found.findings.filter(pl.col("code") == "trend-sites-left-out")["value"].to_list() == ["1"]
    assert len(fit(made, TrendModel(2)).level) == 9


def test_change_points_that_say_nothing_are_dropped() -> None:
    found = fit(counts("64 32 16 8 4\n128 64 32 16 8\n64 33 15 8 4"), TrendModel(2, stepwise=True))
    assert (found.model.changepoints, found.dropped) == ((1,), (2, 3, 4))
    bent = fit(counts("900 450 225 450 900\n800 400 200 400 800"), TrendModel(2, stepwise=True))
    assert bent.model.changepoints == (1, 3)


@pytest.mark.parametrize(
    "model",
    [
        TrendModel(2, (3,)),
        TrendModel(3, covariates=("land",)),
        lambda: TrendModel(4),
        lambda: TrendModel(3, (1,)),
        lambda: TrendModel(1, covariates=("land",)),
        lambda: TrendModel(3, constrained=0.99),
        lambda: TrendModel(2, stepwise=True, enter=0.3),
    ],
)
def test_a_model_that_cannot_be_meant_is_refused(model: object) -> None:
    with pytest.raises(MisuseError):
        fit(counts("1 2 3\n4 5 6"), model() if callable(model) else model)  # type: ignore[arg-type]


def test_serial_correlation_of_monthly_counts_is_refused() -> None:
    months = pl.DataFrame({"site": ["a"] * 4, "time": [1, 1, 2, 2], "month": [1, 2, 1, 2], "count": [4, 5, 6, 7]})
    with pytest.raises(MisuseError):
        fit(series(months, month="month"), TrendModel(serial=True))


def test_outliers_may_be_kept_out_of_the_overdispersion() -> None:
    squares = np.concatenate([np.ones(99), [1000.0]])
    assert constrained(squares, 90, None) == pytest.approx(1099 / 90)
    assert constrained(squares, 90, 0.999) == pytest.approx(99 / 89)
    assert constrained(np.concatenate([np.linspace(0, 2, 99), [1000.0]]), 90, 3.0) == pytest.approx(99 / 90)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.sampled_from([TrendModel(2), TrendModel(3, **BOTH)]))
def test_order_and_names_do_not_matter_and_counts_scale(seed: int, factor: int, model: TrendModel) -> None:
    cells, _ = world(seed)
    first = fit(series(table(cells)), model)
    shuffled = table(cells).sample(fraction=1.0, shuffle=True, seed=seed)
    renamed = shuffled.with_columns(("x" + (100 - pl.col("site")).cast(pl.String)).alias("site"))
    assert fit(series(renamed), model).totals_of() == pytest.approx(first.totals_of(), rel=1e-6, abs=1e-6)
    plain, scaled = fit(series(table(cells)), TrendModel(3)), fit(series(table(cells * factor)), TrendModel(3))
    for kind in ("fitted", "imputed"):
        assert scaled.totals_of(kind) == pytest.approx(factor * plain.totals_of(kind))
        assert scaled.totals_covariance(kind) == pytest.approx(
            factor * plain.totals_covariance(kind), rel=1e-6, abs=1e-6
        )
