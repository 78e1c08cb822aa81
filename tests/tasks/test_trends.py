"""How do the numbers change: the planted trends, regions, months, indicators; and counts in files of their own."""

from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.estuary import EXAMPLE, copied

from tumen.errors import FormatError, MisuseError
from tumen.tasks import trends as task
from tumen.tasks.study import read_study
from tumen.tasks.trends_files import TrendFile, trend_of_file
from tumen.tasks.waterbird_survey import survey

SWAN, GOOSE, CRANE = "Cygnus cygnus", "Anser cygnoides", "Antigone vipio"


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    return survey(read_study(copied(tmp_path_factory.mktemp("estuary"))))


def estimated(read, **keys):
    return task.estimate(replace(read, study=replace(read.study, trends={"season": "autumn", **keys})))


def overall(answer, kind="imputed"):
    return answer.tables["slopes"].filter(region="all", kind=kind).row(0, named=True)


def codes(answer):
    return {note.code: note.arguments for note in answer.notes}


def test_the_planted_trends_lie_in_their_intervals(read):
    found = {one.parameters["species"]: overall(one) for one in task.estimate(read)}
    planted = pl.read_csv(EXAMPLE / "truth" / "waterbird_trends.csv")
    assert list(found) == planted["scientificName"].to_list() == [SWAN, GOOSE, CRANE]
    for one in planted.iter_rows(named=True):
        slope = found[one["scientificName"]]
        assert slope["low"] <= one["realised"] <= slope["high"]
        assert (slope["from"], slope["upto"]) == (one["firstYear"], one["lastYear"])
    assert [slope["trend"] for slope in found.values()] == ["moderateIncrease", "moderateDecline", "stable"]


def test_a_gap_is_missing_and_no_zero(read):
    (swans,) = estimated(read, species=(SWAN,), places="all")
    data = swans.tables["data"].row(0, named=True)
    counts = swans.tables["counts"]
    assert data["observed"] == counts["count"].drop_nulls().len()
    assert data["observed"] + data["missing"] == data["sites"] * data["years"]
    assert data["missing"] > 0
    assert data["zeros"] == counts.filter(count=0).height
    assert data["birds"] == counts["count"].sum()


def test_regions_are_the_countries_or_the_sites(read):
    (by_country,) = estimated(read, species=(SWAN,))
    assert by_country.tables["data"]["region"].to_list() == ["all", "CN", "KP", "RU"]
    (by_site,) = estimated(read, species=(SWAN,), places="site")
    assert set(by_site.tables["data"]["region"]) == {"all", *by_site.tables["counts"]["site"]}
    total, *parts = by_country.tables["data"]["birds"].to_list()
    assert sum(parts) == pytest.approx(total)


def test_a_bird_nobody_counted_is_misuse_with_the_nearest_name(read):
    with pytest.raises(MisuseError, match=r"a species of the counts; found 'Cygnus olor'.*Cygnus cygnus"):
        estimated(read, species=("Cygnus olor",))
    with pytest.raises(MisuseError, match="a season of the study"):
        other = replace(read, study=replace(read.study, waterbirds={"seasons": {"winter": ((12, 1), (2, 28))}}))
        estimated(other, species=(SWAN,))


def test_unasked_every_bird_with_three_years_has_a_trend(read):
    found = [one.parameters["species"] for one in estimated(read, places="all", overdispersion=False, serial=False)]
    assert {SWAN, GOOSE, CRANE, "waterbirds"} <= set(found)
    assert estimated(read, places="all", last_year=2005) == ()


@pytest.mark.parametrize("years", [(2004, 2004), (1990, 1991)])
def test_one_year_or_none_is_a_stated_result_and_no_trend(read, years):
    first, last = years
    (one,) = estimated(read, species=(SWAN,), first_year=first, last_year=last, smooth=3.0)
    assert one.tables["slopes"]["multiplicative"].drop_nulls().is_empty()
    assert "converged" not in one.tables["data"]["status"]
    assert one.findings.filter(severity="error").height


def test_months_of_a_season_have_effects_of_their_own(read):
    (one,) = estimated(read, species=(CRANE,), places="all", months=True)
    assert set(one.tables["counts"]["month"]) <= {8, 9, 10, 11}
    assert one.tables["counts"]["month"].n_unique() > 1
    assert "trend-months-no-serial" in codes(one)
    assert one.parameters["serial"] is False
    assert one.tables["data"]["status"].to_list() == ["converged"]


def test_change_points_are_years_and_those_that_do_not_matter_go(read):
    (one,) = estimated(read, species=(SWAN,), places="all", model=2, change_points=(2004, 2009), stepwise=True)
    assert one.parameters["changePoints"] == "2004, 2009"
    assert codes(one)["trend-stepwise"]["dropped"] in (0, 1, 2)
    assert overall(one)["multiplicative"] == pytest.approx(1.05, abs=0.02)


def test_a_base_year_has_the_index_one_and_a_smooth_trend_stands_beside(read):
    (one,) = estimated(read, species=(SWAN,), places="all", base=2010, smooth=3.0)
    for name in ("index", "smooth"):
        based = one.tables[name].filter(time=2010)
        assert based["index"].to_list() == pytest.approx([1.0] * based.height)
    assert one.tables["smooth"].height == 12


def test_indicators_are_the_same_for_the_same_seed(read):
    geese = {"geese": (GOOSE, "Anser albifrons"), "all of them": (SWAN, GOOSE, CRANE)}
    keys = {"species": (SWAN, GOOSE, CRANE, "Anser albifrons"), "places": "all", "indicators": geese}
    first, again = (estimated(read, **keys)[-1] for _ in range(2))
    assert first.name == "indicators"
    assert_frame_equal(first.tables["indicator"], again.tables["indicator"])
    other = replace(read, study=replace(read.study, seed=2))
    assert not estimated(other, **keys)[-1].tables["indicator"].equals(first.tables["indicator"])
    assert first.tables["indicator"]["indicator"].unique(maintain_order=True).to_list() == list(geese)
    last = first.tables["indicator"].filter(indicator="all of them").row(-1, named=True)
    assert last["low"] < last["index"] < last["high"]
    assert last["species"] == 3


def test_a_study_without_visits_is_misuse(tmp_path):
    study = copied(tmp_path, parties=["coast-office"])
    for name in ("visits", "counts"):
        file = tmp_path / "coast-office" / f"{name}.csv"
        file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(MisuseError, match="visits of waterbird counts"):
        task.trends(read_study(study))


def test_skylarks_change_as_trim_says(shared_data):
    larks = shared_data / "rtrim_bench" / "skylark.csv"
    slope = overall(trend_of_file(TrendFile(counts=larks)))
    assert slope["multiplicative"] == pytest.approx(1.048923, abs=1e-6)
    assert slope["seMultiplicative"] == pytest.approx(0.014914, abs=1e-6)
    found = trend_of_file(TrendFile(counts=larks, model=2, change_points="all", stepwise=True))
    assert overall(found)["multiplicative"] == pytest.approx(1.047362, abs=1e-6)
    assert codes(found)["trend-stepwise"] == {"dropped": 5}
    kept = found.tables["coefficients"].filter(pl.col("from").is_not_null())["from"].unique().to_list()
    assert sorted(kept) == [1, 2]


def test_a_command_file_of_trim_gives_the_same_slope(shared_data):
    commands = sorted((shared_data / "H1_birds_sites_network_facts" / "trim_skylark").glob("*.tcf"))
    (model,) = [file for file in commands if file.stem.lower().endswith("1c")]
    found = trend_of_file(TrendFile(counts=model))
    assert overall(found)["multiplicative"] == pytest.approx(1.048923, abs=1e-6)
    assert overall(found)["seMultiplicative"] == pytest.approx(0.014914, abs=1e-6)


def test_monthly_oystercatchers_change_as_trim_says(shared_data):
    file = shared_data / "rtrim_bench" / "oystercatcher.csv"
    found = trend_of_file(TrendFile(counts=file, columns={"year": "time"}, serial=False))
    assert overall(found)["multiplicative"] == pytest.approx(0.986320, abs=1e-6)
    assert overall(found)["seMultiplicative"] == pytest.approx(0.002258, abs=1e-6)
    spread = found.tables["tests"].filter(test="overdispersion")["statistic"].item()
    assert spread == pytest.approx(850.796, abs=1e-3)


def test_files_that_are_no_counts_are_refused_with_what_to_do(tmp_path):
    for name, said in (("a.dat", "command file"), ("a.xlsx", "command file")):
        with pytest.raises(FormatError, match=said):
            trend_of_file(TrendFile(counts=tmp_path / name))
    with pytest.raises(FormatError, match="a file of counts"):
        trend_of_file(TrendFile(counts=tmp_path / "none.csv"))
    (tmp_path / "a.tcf").write_text("NTIMES 3\nMODEL 3\nRUN\n")
    with pytest.raises(FormatError, match="names its counts"):
        trend_of_file(TrendFile(counts=tmp_path / "a.tcf"))
    small = tmp_path / "a.csv"
    small.write_text("site,time,count\n" + "".join(f"s{s},{t},{s + t}\n" for s in range(3) for t in range(4)))
    with pytest.raises(MisuseError, match="a column of the file"):
        trend_of_file(TrendFile(counts=small, covariates=("habitat",)))
    with pytest.raises(MisuseError, match="years or all"):
        trend_of_file(TrendFile(counts=small, change_points="first"))
