"""Trends against rtrim 2.3.1 (../shared/data/rtrim_bench) and TRIM 3.61 (H1, trim_skylark)."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tumen.waterbirds.trends import results
from tumen.waterbirds.trends.fit import TrendFit, TrendModel, fit
from tumen.waterbirds.trends.results import coefficients, index, slopes, totals
from tumen.waterbirds.trends.series import Series, series

BOTH = {"overdispersion": True, "serial": True}
ALL = tuple(range(1, 8))

RTRIM: dict[str, tuple[str, TrendModel]] = {
    "skylark_m1": ("skylark", TrendModel(1)),
    "skylark_m2": ("skylark", TrendModel(2, **BOTH)),
    "skylark_m2_stepwise": ("skylark", TrendModel(2, ALL, stepwise=True, **BOTH)),
    "skylark_m2_cp1234567": ("skylark", TrendModel(2, ALL, **BOTH)),
    "skylark_m3": ("skylark", TrendModel(3)),
    "skylark_m3_sc_od": ("skylark", TrendModel(3, **BOTH)),
    "skylark_m3_hab": ("skylark", TrendModel(3, covariates=("Habitat",), **BOTH)),
    "skylark2_m3_wt": ("skylark2", TrendModel(3, **BOTH)),
    "oystercatcher_m3_month_od": ("oystercatcher", TrendModel(3, overdispersion=True)),
    "oystercatcher_m3_month_od_constrained": (
        "oystercatcher",
        TrendModel(3, overdispersion=True, constrained=0.999),
    ),
    **{f"synth_{sites}": (f"synth_{sites}", TrendModel(3, **BOTH)) for sites in (100, 500, 1000, 2000, 4000)},
}

KINDS = (("fitted", "fitted", "se_fit"), ("imputed", "imputed", "se_imp"))


def counts_of(folder: Path, name: str) -> Series:
    table = pl.read_csv(folder / f"{name}.csv", null_values="NA", infer_schema_length=None)
    if name == "skylark2":
        return series(table, time="year", weight="weight")
    if name == "oystercatcher":
        return series(table, time="year", month="month")
    return series(table, covariates=("Habitat",) if name == "skylark" else ())


@pytest.mark.parametrize("case", RTRIM)
def test_equals_rtrim(shared_data: Path, case: str) -> None:
    folder = shared_data / "rtrim_bench"
    name, model = RTRIM[case]
    found = fit(counts_of(folder, name), model)
    assert found.status == "converged"
    theirs = pl.read_csv(folder / f"{case}_index.csv", null_values="NA", schema_overrides={"se_fit": pl.Float64})
    ours = index(found)
    for kind, value, se in KINDS:
        mine = ours.filter(pl.col("kind") == kind)
        assert mine["time"].to_list() == theirs["time"].to_list()
        assert mine["index"].to_numpy() == pytest.approx(theirs[value].to_numpy(), abs=1e-5)
        assert mine["se"].to_numpy() == pytest.approx(theirs[se].fill_null(0).to_numpy(), abs=1e-5)
    if (folder / f"{case}_totals.csv").exists():
        same_totals(totals(found), pl.read_csv(folder / f"{case}_totals.csv"))
    if (folder / f"{case}.json").exists():
        same_answers(found, json.loads((folder / f"{case}.json").read_text()))
    if (folder / f"{case}_coef.csv").exists():
        same_effects(found, pl.read_csv(folder / f"{case}_coef.csv", schema_overrides={"add": pl.Float64}))


def same_totals(ours: pl.DataFrame, theirs: pl.DataFrame) -> None:
    for kind, value, se in KINDS:
        mine = ours.filter(pl.col("kind") == kind)
        assert mine["total"].to_numpy() == pytest.approx(theirs[value].to_numpy(), abs=0.501)
        assert mine["se"].to_numpy() == pytest.approx(theirs[se].to_numpy(), abs=0.501)


def same_answers(found: TrendFit, theirs: dict[str, Any]) -> None:
    """Compare dispersion, correlation, goodness of fit, overall slopes and Wald tests."""
    if theirs["sig2"] is not None:
        assert found.overdispersion == pytest.approx(theirs["sig2"], abs=1e-5)
    if theirs["rho"] is not None:
        assert found.serial == pytest.approx(theirs["rho"], abs=1e-5)
    fitness = theirs["gof"]
    assert found.chi2 == pytest.approx(fitness["chi2"]["chi2"], rel=1e-6, abs=1e-3)
    assert found.likelihood_ratio == pytest.approx(fitness["LR"]["LR"], abs=1e-3)
    assert found.freedom == fitness["LR"]["df"]
    assert found.aic == pytest.approx(fitness["AIC"], abs=1e-3)
    slope = {row["kind"]: row for row in slopes(found).iter_rows(named=True)}
    for kind in ("imputed", "fitted"):
        (expected,) = theirs[f"slope_{kind}"]
        assert slope[kind]["additive"] == pytest.approx(expected["add"], abs=1e-6)
        assert slope[kind]["seAdditive"] == pytest.approx(expected["se_add"], abs=1e-6)
        assert slope[kind]["multiplicative"] == pytest.approx(expected["mul"], abs=1e-6)
        assert slope[kind]["seMultiplicative"] == pytest.approx(expected["se_mul"], abs=1e-6)
        assert slope[kind]["p"] is None or slope[kind]["p"] == pytest.approx(expected["p"], abs=1e-5)
        said = expected["meaning"].split(" (")[0].replace("decrease", "decline")
        assert slope[kind]["trend"].lower() == said.lower().replace(" ", "")
    known = {(row["test"], row["about"]): row["statistic"] for row in results.tests(found).iter_rows(named=True)}
    wald = theirs["wald"] or {}
    if "slope" in wald:
        assert known["slope", ""] == pytest.approx(wald["slope"]["W"], abs=1e-3)
    if "deviations" in wald:
        assert known["deviations", ""] == pytest.approx(wald["deviations"]["W"], abs=1e-3)
    if "covar" in wald:
        assert known["covariate", "Habitat"] == pytest.approx(wald["covar"]["W"], abs=1e-3)
    if "dslope" in wald:
        ours = {int(about): value for (test, about), value in known.items() if test == "changeOfSlope"}
        assert ours == pytest.approx(dict(zip(wald["dslope"]["cp"], wald["dslope"]["W"], strict=True)), abs=1e-3)


def same_effects(found: TrendFit, theirs: pl.DataFrame) -> None:
    ours = coefficients(found).filter(pl.col("effect").is_in(["slope", "time", "month"]))
    expected = theirs.filter(~((pl.col("add") == 0) & (pl.col("se_add") == 0)))
    for mine, value in (("additive", "add"), ("seAdditive", "se_add"), ("seMultiplicative", "se_mul")):
        assert ours[mine].to_numpy() == pytest.approx(expected[value].to_numpy(), abs=1e-5)


@dataclass
class Printed:
    """What a TRIM 3 file prints."""

    index: list[list[float]]
    totals: list[list[float]]
    slopes: list[list[float]]
    fitness: dict[str, float]


def printed(path: Path) -> Printed:
    text = path.read_text(encoding="latin-1")

    def rows(title: str) -> list[list[float]]:
        lines = text[text.index(title) :].splitlines()[2:]
        return [
            [float(word) for word in line.split()] for line in lines[: next(i for i, x in enumerate(lines) if not x)]
        ]

    slope = re.findall(r"OVERALL SLOPE (?:MODEL|IMPUTED).*\n.*\n\s+(\S+)\s+(\S+)", text)
    names = ("Chi-square", "Likelihood Ratio", "AIC (up to a constant)", "Estimated Overdispersion     =")
    values = {name: re.findall(re.escape(name) + r"\s+(-?[\d.]+)", text) for name in names}
    return Printed(
        rows("Time INDICES"),
        rows("TIME TOTALS"),
        [[float(one) for one in pair] for pair in slope[:2]],
        {name: float(value[-1]) for name, value in values.items() if value},
    )


TRIM3 = {
    "1a": TrendModel(3),
    "1b": TrendModel(3, overdispersion=True),
    "1c": TrendModel(3, **BOTH),
    "1d": TrendModel(2, **BOTH),
    "2a": TrendModel(2, ALL, covariates=("habitat",), **BOTH),
    "2b": TrendModel(3, covariates=("habitat",), **BOTH),
    "3a": TrendModel(2, ALL, stepwise=True, covariates=("habitat",), **BOTH),
    "4a": TrendModel(2),
}


def dat(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    rows = [[float(word) for word in line.split()] for line in path.read_text().splitlines() if line.split()]
    table = pl.DataFrame(rows, schema=list(columns), orient="row")
    whole = [pl.col(name).cast(pl.Int64) for name in ("site", "time", "habitat")]
    return table.with_columns(*whole, pl.col("count").replace(999.0, None))


@pytest.mark.parametrize("case", TRIM3)
def test_equals_trim_3(shared_data: Path, case: str) -> None:
    folder = shared_data / "H1_birds_sites_network_facts" / "trim_skylark"
    columns = ("site", "time", "count", *(("weight",) if case == "4a" else ()), "habitat", "other")
    table = dat(folder / ("skylark_wt.dat" if case == "4a" else "skylark.dat"), columns)
    counts = series(table, weight="weight" if case == "4a" else None, covariates=("habitat",))
    found = fit(counts, TRIM3[case])
    expected = printed(folder / f"skylark-{case}.out")
    for at, kind in ((1, "fitted"), (3, "imputed")):
        mine = index(found, kinds=(kind,))
        assert mine["index"][1:].to_list() == pytest.approx([row[at] for row in expected.index[1:]], abs=1e-4)
        assert mine["se"][1:].to_list() == pytest.approx([row[at + 1] for row in expected.index[1:]], abs=1e-4)
        sums = totals(found, kinds=(kind,))
        assert sums["total"].to_list() == pytest.approx([row[at] for row in expected.totals], abs=0.501)
        assert sums["se"].to_list() == pytest.approx([row[at + 1] for row in expected.totals], abs=0.501)
    slope = slopes(found, kinds=("fitted", "imputed"))
    assert slope["additive"].to_list() == pytest.approx([row[0] for row in expected.slopes], abs=1e-4)
    assert slope["seAdditive"].to_list() == pytest.approx([row[1] for row in expected.slopes], abs=1e-4)
    assert found.chi2 == pytest.approx(expected.fitness["Chi-square"], abs=1e-2)
    assert found.likelihood_ratio == pytest.approx(expected.fitness["Likelihood Ratio"], abs=1e-2)
    assert found.aic == pytest.approx(expected.fitness["AIC (up to a constant)"], abs=1e-2)
    if TRIM3[case].overdispersion:
        assert found.overdispersion == pytest.approx(expected.fitness["Estimated Overdispersion     ="], abs=1e-3)


def test_the_yearly_average_of_the_skylark_is_no_trend(shared_data: Path) -> None:
    table = pl.read_csv(shared_data / "rtrim_bench" / "skylark.csv", null_values="NA")
    average = table.group_by("time").agg(pl.col("count").mean()).sort("time")["count"].to_numpy()
    last = index(fit(series(table)), kinds=("imputed",))["index"][-1]
    assert (round(float(average[-1] / average[0]), 2), round(float(last), 2)) == (2.22, 1.19)
    assert not np.isclose(average[-1] / average[0], last, rtol=0.5)
