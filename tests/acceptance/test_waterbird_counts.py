"""Real counts through the tasks: Kenya as Darwin Core (E2), Dutch oystercatchers by month (rtrim)."""

import csv
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from tests.builders import package
from tumen.tasks.study import parse_study
from tumen.tasks.trends import estimate
from tumen.tasks.waterbird_survey import of_pool, survey
from tumen.tasks.waterbirds import judge

PLOVER = "Dromas ardeola"
COVERED = {
    "Complete, 100%": "complete",
    "Excellent, 75-99%": "complete",
    "Good, 50-75%": "partial",
    "Moderate, 25-50%": "notSurveyed",  # a word of this test, so that there is a visit that was not made
    "": "complete",
}
JANUARY = {"seasons": {"winter": ["01-01", "02-29"]}, "shipped": False}
HEAD = "populationID,scientificName,populationName,source,edition,onePercent,evidence\n"


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def kenya(shared_data, tmp_path_factory):
    """The survey, and the raw rows of its two files."""
    folder = shared_data / "E2_kenya_waterbird_counts_DwC"
    here = tmp_path_factory.mktemp("kenya")
    levels = f"p,{PLOVER},all,Of this test,Test 1,700,published\np,{PLOVER},all,Of this test,Test 2,1400,published\n"
    (here / "thresholds.csv").write_text(HEAD + levels, encoding="utf-8")
    given = {
        "study": {"title": "Mida and Sabaki"},
        "package": [
            {
                "path": str(folder / "events.csv"),
                "records": str(folder / "occurrences.csv"),
                "party": "arocha",
                "country": "KE",
                "format": "dwc-a",
                "timeZone": "Africa/Nairobi",
                "coverageTerm": "samplingEffort",
                "coverageWords": COVERED,
            }
        ],
        "waterbirds": {**JANUARY, "estimates": "thresholds.csv", "levels": {"waterbirds": 5000}},
        "trends": {"species": [PLOVER], "season": "winter"},
    }
    read = survey(parse_study(given, here / "study.toml"))
    return read, rows_of(folder / "events.csv"), rows_of(folder / "occurrences.csv")


def largest(events, occurrences, site, species=None):
    """The largest count of each January or February at a site, by hand: of a species, or of every row together."""
    told = {row["eventID"]: row for row in events if row["locationID"] == site and COVERED[row["samplingEffort"]]
            == "complete"}  # fmt: skip
    of_visit: dict[str, int] = defaultdict(int)
    for row in occurrences:
        if row["eventID"] in told and species in (None, row["scientificName"]):
            of_visit[row["eventID"]] += int(row["individualCount"])
    most: dict[int, int] = {}
    for visit, birds in of_visit.items():
        year, month, _ = map(int, told[visit]["eventDate"].split("-"))
        if month <= 2:
            most[year] = max(most.get(year, 0), birds)
    return most


def test_kenya_loses_no_visit_no_zero_and_no_bird(kenya):
    read, events, occurrences = kenya
    visits, counts = read.table("visits"), read.table("counts")
    assert visits["coverage"].value_counts().sort("coverage").rows() == [
        ("complete", sum(COVERED[row["samplingEffort"]] == "complete" for row in events)),
        ("notSurveyed", 1),
        ("partial", 2),
    ]
    assert counts["count"].sum() == sum(int(row["individualCount"]) for row in occurrences)
    assert counts.filter(count=0).height == sum(row["individualCount"] == "0" for row in occurrences) == 3
    found = judge(read).tables["occasions"]
    (unmade,) = visits.filter(coverage="notSurveyed")["visitID"]
    silent = found.filter(visits=unmade)
    assert silent.height > 1
    assert set(silent["low"]) == {0} and silent["high"].null_count() == silent.height
    assert set(silent["reason"]) == {"notSurveyed"}


def test_the_verdicts_of_mida_are_those_of_its_seasons_by_hand(kenya):
    read, events, occurrences = kenya
    found = judge(read)
    by_hand = largest(events, occurrences, "mida", PLOVER)
    seasons = found.tables["seasons"].filter(place="arocha/mida", measure=PLOVER)
    ours = dict(seasons.filter(pl.col("low") > 0).select("year", "low").rows())
    assert ours.items() >= by_hand.items()
    # Birds known no further than waders may have been crab plovers: only a larger upper end, never a smaller lower one.
    assert (seasons.drop_nulls("high").select(pl.col("high") >= pl.col("low"))).to_series().all()
    full = seasons.filter(state="complete")
    assert set(by_hand) == set(full["year"])
    for edition, level in (("Test 1", 700), ("Test 2", 1400)):
        (row,) = found.tables["verdicts"].filter(
            place="arocha/mida", criterion="R6", measure=PLOVER, edition=edition
        ).iter_rows(named=True)  # fmt: skip
        reached = sum(birds >= level for birds in by_hand.values())
        maybe = full.filter((pl.col("low") < level) & (pl.col("high") >= level)).height
        assert (row["threshold"], row["seasons"], row["reached"], row["open"]) == (level, full.height, reached, maybe)
        assert row["meanLow"] == pytest.approx(sum(by_hand.values()) / len(by_hand))
        sure = 3 * reached >= 2 * len(by_hand) or row["meanLow"] >= level
        possible = 3 * (reached + maybe) >= 2 * len(by_hand) or row["meanHigh"] >= level
        assert row["verdict"] == ("met" if sure else "undecided" if possible else "notMet")


def test_the_waterbirds_of_kenya_are_a_lower_bound_for_no_visit_says_its_groups(kenya):
    read, events, occurrences = kenya
    found = judge(read)
    seasons = found.tables["seasons"].filter(place="arocha/mida", measure="waterbirds")
    assert set(seasons["state"]) == {"partial"}
    low = dict(seasons.select("year", "low").rows())
    # By hand every row, also of ospreys and harriers, which are no waterbirds.
    by_hand = largest(events, occurrences, "mida")
    assert all(0.9 * birds < low[year] <= birds for year, birds in by_hand.items())
    (row,) = found.tables["verdicts"].filter(place="arocha/mida", criterion="R5").iter_rows(named=True)
    assert (row["threshold"], row["verdict"]) == (5000, "met")
    # Lower bounds can meet a level, and never deny it.
    higher = replace(read.study, waterbirds={**read.study.waterbirds, "levels": {"waterbirds": 20000}})
    denied = judge(replace(read, study=higher)).tables["verdicts"].filter(place="arocha/mida", criterion="R5")
    assert denied["verdict"].to_list() == ["undecided"]
    assert "waterbirds-groups-unsaid" in {note.code for note in found.notes}


def test_the_crab_plovers_of_kenya_have_a_trend(kenya):
    (found,) = estimate(kenya[0])
    data = found.tables["data"].row(0, named=True)
    assert data["status"] == "converged"
    assert data["observed"] + data["missing"] == data["sites"] * data["years"]
    (slope,) = found.tables["slopes"].filter(region="all", kind="imputed").iter_rows(named=True)
    assert slope["low"] < slope["multiplicative"] < slope["high"]
    assert (slope["from"], slope["upto"]) == (2000, 2024)


SITES = 12
"""Of 123 sites of oystercatchers the first few tell as much."""


@pytest.fixture(scope="module")
def oystercatchers(shared_data, tmp_path_factory):
    """Months as visits: a number is a count, NA a visit that was not made."""
    raw = [row for row in rows_of(shared_data / "rtrim_bench" / "oystercatcher.csv") if int(row["site"]) <= SITES]
    visits, counts = [], []
    for number, row in enumerate(raw):
        name, made = f"v{number}", row["count"] != "NA"
        day = date(int(row["year"]), int(row["month"]), 15).isoformat()
        said = {"visitID": name, "siteID": row["site"], "visitDate": day}
        visits.append({**said, "coverage": "complete" if made else "notSurveyed", "groupsCounted": "shorebirds"})
        if made:
            bird = {"scientificName": "Haematopus ostralegus", "taxonGroup": "shorebirds", "status": "counted"}
            counts.append({"countID": f"c{number}", "visitID": name, "count": row["count"], **bird})
    sites = [{"siteID": site, "siteName": site} for site in sorted({row["site"] for row in raw})]
    one = package(party="sovon", country="NL", sites=sites, visits=visits, counts=counts)
    here = tmp_path_factory.mktemp("oystercatchers")
    line = "h,Haematopus ostralegus,all,Of this test,Test 1,2000,published\n"
    (here / "thresholds.csv").write_text(HEAD + line, encoding="utf-8")
    given = {
        "study": {"title": "Oystercatchers"},
        "package": [{"path": "sovon"}],
        "waterbirds": {**JANUARY, "estimates": "thresholds.csv"},
    }
    pooled = SimpleNamespace(study=parse_study(given, here / "study.toml"), packages=(one,), area=None)
    return of_pool(pooled), raw


def test_oystercatchers_by_month_lose_no_zero_and_no_gap(oystercatchers):
    read, raw = oystercatchers
    found = judge(read).tables["occasions"].filter(measure="Haematopus ostralegus")
    known = {(row["site"], f"{row['year']}-{int(row['month']):02d}-15"): row["count"] for row in raw}
    assert "0" in known.values() and "NA" in known.values()
    ours = {
        (place.removeprefix("sovon/"), day.isoformat()): "NA" if high is None else str(low)
        for place, day, low, high in found.select("place", "date", "low", "high").rows()
    }
    assert ours == {key: count for key, count in known.items() if key[0] in {site for site, _ in ours}}
    # A site without any bird row is asked for none; it has gaps alone.
    left = {site for site, _ in known} - {site for site, _ in ours}
    assert all(count == "NA" for (site, _), count in known.items() if site in left)


def test_a_site_of_oystercatchers_is_judged_by_its_winters(oystercatchers):
    read, raw = oystercatchers
    rows = judge(read).tables["verdicts"].filter(criterion="R6", season="winter")
    assert rows.height > 3
    for row in rows.iter_rows(named=True):
        most: dict[str, int] = {}
        for one in raw:
            if f"sovon/{one['site']}" == row["place"] and int(one["month"]) <= 2 and one["count"] != "NA":
                most[one["year"]] = max(most.get(one["year"], 0), int(one["count"]))
        reached = sum(birds >= 2000 for birds in most.values())
        assert (row["seasons"], row["reached"], row["open"]) == (len(most), reached, 0), row
        mean = sum(most.values()) / len(most) if most else 0
        regular = len(most) >= 3 and 3 * reached >= 2 * len(most)
        expected = "met" if regular or (len(most) >= 5 and mean >= 2000) else "notMet"
        if len(most) >= 5:
            assert row["verdict"] == expected, row
