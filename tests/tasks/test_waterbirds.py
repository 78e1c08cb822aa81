"""Does the site qualify: the planted verdicts, and what a study may say that changes them."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.estuary import EXAMPLE, PARTIES, copied

from tumen.errors import MisuseError, StudyError
from tumen.tables.findings import finding
from tumen.tasks import waterbirds as task
from tumen.tasks.study import read_study
from tumen.tasks.waterbird_survey import of_pool, sound, survey

NORTH, SOUTH, COAST = "north-reserve/RM-N", "south-institute/RM-S", "coast-office/RM-C"
A, B = "Example edition A (simulated)", "Example edition B (simulated)"
EDITIONS = {"editions": (A, B), "assessed_on": date(2016, 1, 1)}


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    return survey(read_study(copied(tmp_path_factory.mktemp("estuary"))))


@pytest.fixture(scope="module")
def answer(read):
    return task.judge(read)


def judged(read, **keys):
    return task.judge(replace(read, study=replace(read.study, waterbirds={**EDITIONS, **keys})))


def row(answer, table, **keys):
    return answer.tables[table].filter(**keys).row(0, named=True)


def codes(answer):
    return {note.code: note.arguments for note in answer.notes}


def test_every_planted_verdict_is_found(answer):
    planted = pl.read_csv(EXAMPLE / "truth" / "waterbird_verdicts.csv").fill_null("")
    assert planted.height == 15
    for one in planted.iter_rows(named=True):
        keys = {name: one[name] for name in ("place", "kind", "criterion")}
        if one["season"]:
            found = row(answer, "verdicts", **keys, **{name: one[name] for name in ("measure", "edition", "season")})
        else:
            found = row(answer, "summary", **keys)
        assert found["verdict"] == one["expected"], one


def test_a_verdict_that_hangs_on_the_edition_says_so(answer):
    cranes = answer.tables["verdicts"].filter(place=NORTH, criterion="R6", measure="Grus monacha", season="autumn")
    assert dict(cranes.select("edition", "verdict").rows()) == {A: "met", B: "notMet"}
    assert cranes["flips"].all()
    geese = answer.tables["verdicts"].filter(place=NORTH, criterion="R6", measure="Anser albifrons", season="autumn")
    assert not geese["flips"].any()


def test_a_half_counted_site_is_undecided_and_its_seasons_partial(answer):
    seasons = answer.tables["seasons"].filter(place=SOUTH, measure="waterbirds", season="autumn")
    assert seasons.filter(state="complete").height == 2
    assert (seasons.filter(state="partial")["low"] > 0).all()
    assert seasons.filter(pl.col("state") != "complete")["high"].null_count() == seasons.height - 2
    judged = row(answer, "verdicts", place=SOUTH, criterion="R5", season="autumn")
    assert judged["seasons"] < 3 or judged["reached"] * 3 < 2 * judged["seasons"]
    assert judged["toMeet"] is not None


def test_it_says_what_it_was_judged_by(answer):
    said = codes(answer)
    assert said["waterbirds-assessed"] == {"day": "2016-01-01", "editions": f"{A}, {B}"}
    assert "flyway" in said["waterbirds-levels-recalled"]["levels"]
    assert said["waterbirds-thresholds-missing"]["species"] == "Anas crecca, Branta canadensis"
    assert answer.parameters["waterbirds"] == 20000
    assert answer.parameters["seasons"].startswith("breeding 06-01..07-31; autumn 08-01..11-30")


def test_a_bird_without_a_threshold_is_undecided_and_never_not_met(answer):
    teal = answer.tables["verdicts"].filter(pl.col("criterion").is_in(["R6", "FB1"]), measure="Anas crecca")
    assert teal.height
    assert set(teal["verdict"]) == {"undecided"}
    assert teal["reason"].str.contains("thresholdMissing").all()


def test_one_party_alone_judges_its_own_sites_as_before(read, answer, tmp_path):
    alone = task.judge(survey(read_study(copied(tmp_path, parties=["coast-office"]))))
    assert set(alone.tables["places"]["place"]) == {COAST, "coast-office/OS"}
    # The estimates are the north's, so only numbers of birds stay as they were.
    for table in ("seasons", "occasions"):
        whole = answer.tables[table].filter(pl.col("place").str.starts_with("coast-office/"))
        assert_frame_equal(alone.tables[table], whole, check_row_order=False)
    assert row(alone, "summary", place=COAST, criterion="R5")["verdict"] == "notMet"
    assert row(alone, "summary", place=COAST, criterion="R6")["verdict"] == "undecided"


def test_a_site_is_not_asked_for_birds_of_another_site_of_its_complex(read, answer):
    teal = answer.tables["seasons"].filter(measure="Anas crecca")
    named = read.table("counts").filter(scientificName="Anas crecca").join(read.table("visits"), on="visitID")
    assert COAST not in named["siteID"]
    assert set(teal.filter(kind="site")["place"]) == {
        site.replace("RM-N1", "RM-N") for site in named["siteID"].unique() if not site.endswith("RM-N2")
    }
    # Of the complex it is known in full, though only one site has a row of it.
    assert teal.filter(place="river-mouth", state="complete").height


def test_the_order_of_packages_does_not_matter(answer, tmp_path):
    turned = task.judge(survey(read_study(copied(tmp_path, parties=PARTIES[::-1]))))
    for name, frame in answer.tables.items():
        assert_frame_equal(turned.tables[name], frame, check_row_order=False, rel_tol=1e-12)
    assert turned.notes == answer.notes


def test_a_pool_is_judged_like_its_study(read, answer):
    class Pooled:
        study, packages, area = read.study, read.packages, None

    again = task.judge(of_pool(Pooled))
    assert_frame_equal(again.tables["summary"], answer.tables["summary"])


def test_without_visits_it_is_misuse(tmp_path):
    study = copied(tmp_path, parties=["coast-office"], sections="")
    for name in ("visits", "counts"):
        file = tmp_path / "coast-office" / f"{name}.csv"
        file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(MisuseError, match="visits of waterbird counts"):
        task.waterbirds(read_study(study))


def test_one_place_can_be_asked_for_and_a_wrong_one_names_the_nearest(tmp_path):
    study = read_study(copied(tmp_path, parties=["coast-office"], sections="[waterbirds]\nspecies = ['Grus monacha']"))
    only = task.waterbirds(study, place=COAST)
    assert set(only.tables["verdicts"]["place"]) == {COAST}
    assert set(only.tables["seasons"]["measure"]) <= {"Grus monacha", "waterbirds"}
    with pytest.raises(MisuseError, match=f"Did you mean '{COAST}'"):
        task.waterbirds(study, place="coast-ofice/RM-C")


def test_estimates_of_the_studys_own_decide(read, tmp_path):
    file = tmp_path / "own.csv"
    head = "populationID,scientificName,populationName,source,edition,onePercent,evidence\n"
    file.write_text(head + "t,Anas crecca,all,Field notes,Mine 2015,1,published\n", encoding="utf-8")
    # One bird of a species is 1 % of it, says the file, and the teal are met where they were undecided.
    found = judged(read, estimates=file, editions=("Mine 2015",))
    met = row(found, "verdicts", place=NORTH, criterion="R6", measure="Anas crecca", season="autumn")
    assert (met["threshold"], met["verdict"], met["edition"]) == (1, "met", "Mine 2015")
    file.write_text(head + "t,Anas crecca,all,Field notes,Mine 2015,many,published\n", encoding="utf-8")
    found = judged(read, estimates=file, editions=("Mine 2015",))
    assert found.findings.filter(code="cell-type", table="population_estimates", row=2, value="many").height == 1
    with pytest.raises(StudyError, match="a file of population estimates"):
        judged(read, estimates=tmp_path / "none.csv")


def test_the_shipped_estimates_can_be_left_out(tmp_path):
    # The party of the coast brings no estimates.
    coast = survey(read_study(copied(tmp_path, parties=["coast-office"], sections="")))
    with_ours, without = (
        task.judge(
            replace(coast, study=replace(coast.study, waterbirds={"shipped": shipped, "assessed_on": date(2026, 1, 1)}))
        )
        for shipped in (True, False)
    )
    spoonbills = with_ours.tables["assigned"].filter(scientificName="Platalea minor", inForce=True)
    assert spoonbills["edition"].unique().to_list() == ["International census 2025"]
    assert without.tables["assigned"]["onePercent"].drop_nulls().is_empty()
    # Only what would not even meet a threshold of one bird is not met.
    unmet = without.tables["verdicts"].filter(pl.col("criterion").is_in(["R6", "FB1"]), verdict="notMet")
    assert set(unmet["reason"]) <= {"belowEveryThreshold"}
    assert "met" not in without.tables["verdicts"].filter(criterion="R6")["verdict"]
    assert codes(without)["waterbirds-assessed"]["editions"] == "–"


def test_levels_of_the_study_decide_and_are_no_longer_recalled(read):
    assert row(judged(read), "summary", place=COAST, criterion="R5")["verdict"] == "notMet"
    found = judged(read, levels={"waterbirds": 50, "flyway": 50})
    assert row(found, "summary", place=COAST, criterion="R5")["verdict"] == "met"
    assert "flyway" not in codes(found)["waterbirds-levels-recalled"]["levels"].split(", ")
    assert (found.parameters["waterbirds"], found.parameters["flywayWaterbirds"]) == (50, 50)


def test_introduced_birds_are_no_part_of_the_waterbirds(read, answer):
    keys = {"place": COAST, "measure": "waterbirds", "kind": "site"}
    was = answer.tables["occasions"].filter(**keys).sort("date")
    mallard = answer.tables["occasions"].filter(**{**keys, "measure": "Anas platyrhynchos"}).sort("date")
    now = judged(read, non_native=("Anas platyrhynchos",)).tables["occasions"].filter(**keys).sort("date")
    assert mallard["low"].sum() > 0
    assert (was["low"] - now["low"]).to_list() == mallard["low"].to_list()


def test_days_that_count_as_one_are_the_studys_to_say(read, answer):
    wider = judged(read, synchronous=timedelta(days=3), pairing=timedelta(days=7))
    together = [
        one.tables["occasions"].filter(kind="group", measure="waterbirds", synchronous=True).height
        for one in (answer, wider)
    ]
    assert together[0] < together[1]


def test_seasons_and_years_are_the_studys_to_say(read):
    found = judged(read, seasons={"autumn": ((9, 1), (11, 30))}, first_year=2010, last_year=2012)
    assert set(found.tables["seasons"]["season"]) == {"autumn"}
    assert set(found.tables["seasons"]["year"]) == {2010, 2011, 2012}
    assert found.parameters["seasons"] == "autumn 09-01..11-30"
    assert "waterbirds-outside-seasons" in codes(found)
    # Three seasons and no fourth: the mean of three cannot be more than provisional.
    assert row(found, "verdicts", place=NORTH, criterion="R5")["seasons"] <= 3


def test_a_study_without_ground_is_judged(read):
    assert (read.area, read.study.countries, read.study.region) == (None, None, None)


def test_an_estimate_with_a_number_that_cannot_be_read_gives_no_threshold():
    """12,500 to 1.600 must not become 'more than 12,500': 1 % of that is lower."""
    table = pl.DataFrame({"minimum": [12_500, 100], "maximum": [None, 200], "onePercent": [None, None]})
    typed = table.cast(pl.Int64)
    unread = finding("cell-type", table="population_estimates", row=2, column="maximum", value="1.600")
    assert sound(typed, unread).rows() == [(None, None, None), (100, 200, None)]
