"""The commands density, survival and diversity on real data in other programs' files: printed JSON against references.

Sources: secr 5.5.0 (secr_bench, B1, B8), marked 1.2.8 (popmodels_bench), hierfstat 0.5.11, adegenet 2.1.10 and poppr
(genetics_bench). secr's densities are per hectare, ours per 100 km2: 1 / ha is 10,000 per 100 km2.
"""

import csv
import io
import json
import sys
from pathlib import Path

import polars as pl
import pytest

from tumen.cli.main import run

pytestmark = pytest.mark.slow
PER_HA = 10_000.0


@pytest.fixture
def printed(capfd, monkeypatch):
    """Run a command of files and return the JSON that it prints."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["tumen", *map(str, arguments), "--format", "json"])
        run_to_end()
        return json.loads(capfd.readouterr().out)

    return call


def run_to_end() -> None:
    try:
        run()
    except SystemExit as stop:
        assert not stop.code


def numbers(found: dict) -> dict[str, tuple[float, float]]:
    return {row["parameter"]: (row["estimate"], row["se"]) for row in found["parameters"]}


def agrees(found: dict, expected: dict[str, tuple[float, float]]) -> None:
    """Estimates within 0.5 %, standard errors within 2 %."""
    ours = numbers(found)
    for name, (value, se) in expected.items():
        factor = PER_HA if name == "D" else 1.0
        assert ours[name][0] == pytest.approx(value * factor, rel=5e-3), name
        assert ours[name][1] == pytest.approx(se * factor, rel=0.02), name


def codes(found: dict) -> set[str]:
    return {row["code"] for row in found["findings"]}


def survey(shared: Path, captures: str, traps: str, mask: str) -> list[object]:
    text, bench = shared / "B8_secr_package_datasets", shared / "secr_bench"
    mask_file = bench / mask / "mask.csv"
    return ["density", "--captures", text / captures, "--traps", text / traps, "--mask", mask_file, "--goodness", 0]


def test_captdata(printed, shared_data: Path):
    files = survey(shared_data, "capt.txt", "trap.txt", "captdata")
    found = printed(*files, "--detector", "single", "--model", "HN: D ~ 1, g0 ~ 1, sigma ~ 1")
    agrees(found, {"D": (5.4798005, 0.6467405), "g0": (0.2731905, 0.0270512), "sigma": (29.3658329, 1.3049377)})
    assert numbers(found)["D"][0] / 100 == pytest.approx(547.98, abs=0.05)  # per km2
    [row] = found["abundance"]
    assert row["expected"] == pytest.approx(116.3203, rel=1e-4)
    assert found["models"][0]["logLik"] == pytest.approx(-759.0257457, abs=1e-4)
    assert found["effort"][0]["detections"] == 235
    assert "detector-single" in codes(found)


def test_captdata_on_a_mask_of_our_own(printed, shared_data: Path):
    """The mask by rule is not secr's; density changes by less than 0.5 %."""
    text = shared_data / "B8_secr_package_datasets"
    found = printed(
        *("density", "--captures", text / "capt.txt", "--traps", text / "trap.txt", "--detector", "multi"),
        *("--goodness", 0),
    )
    assert numbers(found)["D"][0] == pytest.approx(5.4798005 * PER_HA, rel=5e-3)
    assert "scr-buffer-bias" not in codes(found)


@pytest.mark.parametrize(
    ("form", "log", "expected"),
    [
        (
            "HN",
            -144.0015169,
            {"D": (0.02236296, 0.0065425), "g0": (0.05146525, 0.02170419), "sigma": (257.91598, 44.74591)},
        ),
        (
            "EX",
            -144.7082864,
            {"D": (0.0222994, 0.0066109), "g0": (0.12478233, 0.05981383), "sigma": (166.08026, 36.02355)},
        ),
    ],
)
def test_stoat(printed, shared_data: Path, form, log, expected):
    files = survey(shared_data, "stoatcapt.txt", "stoattrap.txt", "stoat")
    found = printed(*files, "--detector", "multi", "--model", f"{form}: D ~ 1, g0 ~ 1, sigma ~ 1")
    agrees(found, expected)
    assert found["models"][0]["logLik"] == pytest.approx(log, abs=1e-4)
    assert "mask-sessions-by-number" in codes(found)


def test_possum(printed, shared_data: Path):
    bench = shared_data / "secr_bench" / "possum"
    found = printed(
        *("density", "--captures", bench / "captures.csv", "--traps", bench / "traps.csv"),
        *("--mask", bench / "mask.csv", "--detector", "multi", "--goodness", 0),
    )
    agrees(found, {"D": (1.6917946, 0.1744342), "g0": (0.1922428, 0.0218172), "sigma": (51.4958866, 2.556639)})
    assert found["abundance"][0]["expected"] == pytest.approx(346.4795, rel=1e-4)
    assert "scr-buffer-bias" not in codes(found)


def test_tigers_of_nagarahole(printed, shared_data: Path, tmp_path: Path):
    """Columns have SPACECAP's names; the mask is the habitat, 33.6 ha a pixel, as in the reference fit."""
    folder = shared_data / "B1_nagarahole_tigers_SPACECAP"
    habitat = pl.read_csv(folder / "tigerHabitat.csv").filter(pl.col("HABITAT") == 1)
    habitat.select(x="X_COORD", y="Y_COORD", area_ha=pl.lit(33.6)).write_csv(tmp_path / "mask.csv")
    said = ["LOC_ID=detector", "ANIMAL_ID=animal", "SO=occasion", "X_COORD=x", "Y_COORD=y"]
    found = printed(
        *("density", "--captures", folder / "tigerCH.csv", "--traps", folder / "tigerTraps.csv"),
        *("--mask", tmp_path / "mask.csv", "--detector", "proximity", "--goodness", 0),
        *(word for pair in said for word in ("--column", pair)),
    )
    ours = numbers(found)
    assert ours["D"] == pytest.approx((12.62449, 2.492375), rel=0.005)
    assert ours["g0"] == pytest.approx((0.01541473, 0.004199386), rel=0.005)
    assert ours["sigma"] == pytest.approx((1977.181, 225.14), rel=0.005)
    assert (found["effort"][0]["animals"], found["effort"][0]["occasions"]) == (44, 48)


DIPPER = {
    # -2 log L of marked, and Phi of the first interval.
    "1": (666.8376689, 0.5602),
    "time": (659.7300853, 0.6258),
}


@pytest.mark.parametrize("phi", DIPPER)
def test_survival_of_dippers(printed, shared_data: Path, phi):
    file = shared_data / "popmodels_bench" / "dipper.csv"
    found = printed("survival", "--histories", file, "--interval", 1, "--phi", phi, "--p", "1")
    [model] = found["models"]
    assert -2 * model["logLik"] == pytest.approx(DIPPER[phi][0], abs=1e-3)
    assert found["survival"][0]["estimate"] == pytest.approx(DIPPER[phi][1], abs=1e-4)
    assert found["settings"]["animals"] == 294


def test_survival_of_dippers_by_sex(printed, shared_data: Path):
    file = shared_data / "popmodels_bench" / "dipper.csv"
    found = printed("survival", "--histories", file, "--interval", 1, "--phi", "sex", "--p", "1")
    by_sex = {row["sex"]: row["estimate"] for row in found["survival"]}
    # logit: 0.20364163 for females, 0.07928539 more for males.
    assert by_sex == pytest.approx({"Female": 0.550735, "Male": 0.570263}, abs=1e-4)
    assert -2 * found["models"][0]["logLik"] == pytest.approx(666.6762043, abs=1e-3)


def test_survival_of_dippers_in_years_of_flood(printed, shared_data: Path, tmp_path: Path):
    """Floods hold for the second and third interval."""
    years = "".join(f"{year},{year},{int(year in (2, 3))}\n" for year in range(1, 8))
    (tmp_path / "years.csv").write_text("occasion,time,flood\n" + years)
    file = shared_data / "popmodels_bench" / "dipper.csv"
    said = ("--occasions", tmp_path / "years.csv", "--phi", "flood", "--p", "1")
    found = printed("survival", "--histories", file, *said)
    assert -2 * found["models"][0]["logLik"] == pytest.approx(660.1027746, abs=1e-3)
    rates = [row["estimate"] for row in found["survival"]]
    assert rates[:2] == pytest.approx([0.607095, 0.468843], abs=1e-4)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_diversity_of_the_cats_of_nancy(printed, shared_data: Path):
    bench = shared_data / "genetics_bench"
    file = shared_data / "D1_adegenet_nancycats_microbov" / "nancycats.gen"
    tables = [word for name in ("groups", "loci", "differentiation") for word in ("--table", name)]
    found = printed("diversity", "--genotypes", file, "--permutations", 99, *tables)
    assert (found["settings"]["individuals"], found["settings"]["loci"]) == (237, 9)
    groups = {f"P{int(row['group']):02d}": row for row in found["groups"] if row["group"] != "all"}
    assert len(groups) == 17
    each = rows_of(bench / "hierfstat_Ho_pop.csv")
    for group, row in groups.items():
        values = [float(locus[group]) for locus in each if locus[group] not in ("NA", "NaN")]
        assert row["Ho"] == pytest.approx(sum(values) / len(values), abs=1e-4), group
    for row in rows_of(bench / "poppr.csv"):
        if row["Pop"] in groups:
            assert groups[row["Pop"]]["He"] == pytest.approx(float(row["Hexp"]), abs=1e-9), row["Pop"]
    for row, reference in zip(found["loci"], rows_of(bench / "adegenet_summary.csv"), strict=True):
        assert (row["locus"], row["alleles"]) == (reference["locus"], int(reference["n_alleles"]))
        assert row["Ho"] == pytest.approx(float(reference["Hobs"]), abs=1e-12)
    distances = {row[""]: row for row in rows_of(bench / "hierfstat_pairwise_WCfst.csv")}
    assert len(found["differentiation"]) == 17 * 16 / 2
    for row in found["differentiation"]:
        one, other = (f"P{int(row[name]):02d}" for name in ("groupA", "groupB"))
        if "P17" in (one, other):  # It lacks a locus, at which hierfstat keeps the variance of the other group.
            continue
        assert row["FST"] == pytest.approx(float(distances[one][other]), abs=1e-9), (one, other)


def test_the_same_cats_in_a_sheet_give_the_same_numbers(printed, shared_data: Path):
    file = shared_data / "genetics_bench" / "nancycats.csv"
    sheet = ("--layout", "columns", "--sample", "id", "--population", "pop")
    found = printed("diversity", "--genotypes", file, *sheet, "--permutations", 9, "--table", "differentiation")
    first = next(row for row in found["differentiation"] if (row["groupA"], row["groupB"]) == ("P01", "P10"))
    assert first["FST"] == pytest.approx(0.057436220423643, abs=1e-9)
