"""How many are there: one joint fit, whatever the packages, split by country, with identity error carried."""

from datetime import UTC, datetime

import polars as pl
import pytest
from tests.tasks.border_worlds import grid_survey, in_one, pooled, sighting

from tumen.errors import MisuseError, StudyError
from tumen.report import population
from tumen.tasks.density import answers
from tumen.tasks.written import table_bytes

QUICK = {"sessions": [["2014-01-01", "2014-02-19"]], "spacing": 1500, "buffer": 8000, "goodness": 0}
NULL = {**QUICK, "models": ["HN: D ~ 1, g0 ~ 1, sigma ~ 1"]}


@pytest.fixture(scope="module")
def survey():
    return grid_survey()


def answer(folder, monkeypatch, packages, density, **sections):
    (one,) = answers(pooled(folder, monkeypatch, packages, density=density, **sections))
    return one


def halves(stood, rows):
    """The same survey as two packages of one party: cameras of the west and of the east."""
    west = {each["deploymentID"] for each in stood if float(each["longitude"]) < 131}
    return [
        in_one(
            [each for each in stood if (each["deploymentID"] in west) == side],
            [each for each in rows if (each["deploymentID"] in west) == side],
            name=name,
        )
        for side, name in ((True, "west"), (False, "east"))
    ]


def test_numbers_are_near_the_truth_and_countries_add_up(tmp_path, monkeypatch, survey):
    found = answer(tmp_path, monkeypatch, [in_one(*survey)], NULL)
    table = found.tables["abundance"]
    whole = table.filter(regionKind="all").row(0, named=True)
    sides = table.filter(regionKind="country")
    # Thirty animals lived on 22 x 22 km, 6.2 on 100 km2.
    assert whole["densityLow"] < 6.2 < whole["densityHigh"]
    assert sides["region"].sort().to_list() == ["CN", "RU"]
    for column in ("areaKm2", "expected", "realised"):
        assert sides[column].sum() == pytest.approx(whole[column], rel=1e-9)
    population.check([found])


def test_a_survey_in_two_packages_gives_the_same_fit(tmp_path, monkeypatch, survey):
    one = answer(tmp_path, monkeypatch, [in_one(*survey)], NULL)
    two = answer(tmp_path, monkeypatch, halves(*survey), NULL)
    assert set(one.tables) == set(two.tables)
    for name, table in one.tables.items():
        assert table_bytes(table) == table_bytes(two.tables[name]), name


def test_the_same_study_twice_gives_the_same_bytes(tmp_path, monkeypatch, survey):
    asked = {**NULL, "goodness": 20}
    first, again = (answer(tmp_path, monkeypatch, [in_one(*survey)], asked) for _ in range(2))
    assert {name: table_bytes(table) for name, table in first.tables.items()} == {
        name: table_bytes(table) for name, table in again.tables.items()
    }
    assert first.tables["goodness"].height > 0


def test_national_fits_added_up_count_animals_of_the_border_twice(tmp_path, monkeypatch, survey):
    table = answer(tmp_path, monkeypatch, [in_one(*survey)], NULL).tables["doubleCount"]
    value = dict(table.select("kind", "estimate").filter(pl.col("kind") != "national").iter_rows())
    assert value["sum"] > value["joint"]


def test_names_that_may_be_wrong_widen_the_interval(tmp_path, monkeypatch, survey):
    judgements = [("O. Kim", f"m{k}", f"zoo-{k % 4}", f"{k % 4}" if k % 8 else "ghost") for k in range(48)]
    lines = ["observer,object,animal,name", *(",".join(row) for row in judgements)]
    (tmp_path / "training.csv").write_text("\n".join(lines) + "\n")
    sure = answer(tmp_path, monkeypatch, [in_one(*survey)], NULL)
    drawn = answer(tmp_path, monkeypatch, [in_one(*survey)], NULL, register={"draws": 8, "training": "training.csv"})
    assert sure.tables["abundance"]["identityLow"].null_count() == sure.tables["abundance"].height
    whole = drawn.tables["abundance"].filter(regionKind="all").row(0, named=True)
    assert whole["identityHigh"] - whole["identityLow"] > whole["realisedHigh"] - whole["realisedLow"]
    assert "identity-error-carried" in {note.code for note in drawn.notes}


def test_animals_of_two_parties_that_the_register_joins_are_one(tmp_path, monkeypatch, survey):
    stood, rows = survey
    west = {each["deploymentID"] for each in stood if float(each["longitude"]) < 131}
    parts = [
        (
            [each for each in stood if (each["deploymentID"] in west) == side],
            [each for each in rows if (each["deploymentID"] in west) == side],
        )
        for side in (True, False)
    ]
    both = sorted({each["individualID"] for each in parts[0][1]} & {each["individualID"] for each in parts[1][1]})
    packages = [in_one(*parts[0], name="west"), in_one(*parts[1], party="south-institute", name="east")]
    lines = [
        f"k{n},north-reserve,{name},south-institute,{name},same,certain,both flanks,O. Kim,2015-01-01T00:00:00Z"
        for n, name in enumerate(both)
    ]
    head = "linkID,party,individualID,otherParty,otherIndividualID,verdict,certainty,evidence,observer,decidedAt"
    (tmp_path / "links.csv").write_text("\n".join([head, *lines]) + "\n")
    apart = answer(tmp_path, monkeypatch, packages, NULL)
    joined = answer(tmp_path, monkeypatch, packages, NULL, register={"links": "links.csv"})
    one = answer(tmp_path, monkeypatch, [in_one(*survey)], NULL)
    numbers = [each.tables["abundance"].filter(regionKind="all")["expected"].item() for each in (apart, joined, one)]
    assert len(both) > 0
    assert numbers[1] == pytest.approx(numbers[2], rel=1e-6)
    assert numbers[0] > numbers[1]


def test_animals_without_recaptures_are_a_stated_result(tmp_path, monkeypatch, survey):
    rows = [sighting(f"o{k}", f"c{k:02d}", f"L{k}", datetime(2014, 1, 3 + k, tzinfo=UTC)) for k in range(3)]
    found = answer(tmp_path, monkeypatch, [in_one(survey[0], rows)], NULL)
    assert found.tables["effort"]["detections"].sum() == 3
    assert "no-recaptures" in found.findings["code"]
    # Only the product of density and detection is known then: no number of animals is given.
    assert found.tables["models"]["status"].to_list() == ["scr-not-estimable"]
    assert "abundance" not in found.tables
    assert found.parameters["best"] == "-"


def test_one_animal_seen_often_gives_no_number(tmp_path, monkeypatch, survey):
    rows = [sighting(f"o{k}", f"c{k:02d}", "L1", datetime(2014, 1, 3 + k, tzinfo=UTC)) for k in range(4)]
    found = answer(tmp_path, monkeypatch, [in_one(survey[0], rows)], NULL)
    assert "one-animal" in found.findings["code"]
    assert "abundance" not in found.tables


def test_a_session_that_saw_nobody_has_no_density_of_its_own(tmp_path, monkeypatch, survey):
    """Seeing nobody bounds the number from above; a model with its own density would say 0 (0-0)."""
    asked = {**QUICK, "sessions": [["2014-01-01", "2014-01-25"], ["2014-01-26", "2014-02-19"]]}
    stood, rows = survey
    early = [row for row in rows if row["eventStart"] < "2014-01-26"]
    free = answer(tmp_path, monkeypatch, [in_one(stood, early)], asked)
    assert not any("session" in line for line in free.tables["models"]["model"])
    forced = answer(
        tmp_path, monkeypatch, [in_one(stood, early)], {**asked, "models": ["HN: D ~ session, g0 ~ 1, sigma ~ 1"]}
    )
    whole = forced.tables["abundance"].filter(regionKind="all").sort("session")
    assert whole["expected"][0] > 0
    assert whole.row(1, named=True)["expected"] is None
    assert whole.row(1, named=True)["realised"] is None


def test_a_model_too_large_for_its_animals_has_no_weight(tmp_path, monkeypatch, survey):
    stood, rows = survey
    few = sorted({row["individualID"] for row in rows})[:5]
    kept = [row for row in rows if row["individualID"] in few]
    models = ["HN: D ~ 1, g0 ~ 1, sigma ~ 1", "HN: D ~ x + y, g0 ~ 1, sigma ~ 1"]
    found = answer(tmp_path, monkeypatch, [in_one(stood, kept)], {**QUICK, "models": models})
    table = {row["model"]: row for row in found.tables["models"].rows(named=True)}
    assert table[models[1]]["aicc"] is None
    assert table[models[1]]["weight"] is None
    assert table[models[0]]["weight"] == pytest.approx(1.0)
    assert found.parameters["best"] == models[0]
    assert "scr-aicc-undefined" in found.findings["code"]


def test_a_species_that_nobody_saw_is_said_and_not_zero(tmp_path, monkeypatch, survey):
    asked = {**NULL, "species": ["Panthera tigris"]}
    found = answer(tmp_path, monkeypatch, [in_one(*survey)], asked)
    assert found.parameters["species"] == "Panthera tigris"
    assert "abundance" not in found.tables
    assert found.findings.filter(pl.col("severity") == "error").height > 0


def test_a_study_without_a_session_or_a_period_is_refused(tmp_path, monkeypatch, survey):
    asked = {key: value for key, value in NULL.items() if key != "sessions"}
    with pytest.raises(StudyError, match="sessions in"):
        answer(tmp_path, monkeypatch, [in_one(*survey)], asked)


def test_models_that_cannot_be_compared_are_refused(tmp_path, monkeypatch, survey):
    models = ["HN: D ~ 1, g0 ~ 1, sigma ~ 1", "HN: D ~ 1, g0 ~ 1, sigma ~ 1, binomial N"]
    with pytest.raises(MisuseError, match="one likelihood"):
        answer(tmp_path, monkeypatch, [in_one(*survey)], {**NULL, "models": models})


def test_a_side_on_which_nobody_was_seen_has_its_effort_and_its_share(tmp_path, monkeypatch, survey):
    stood, rows = survey
    west = {each["deploymentID"] for each in stood if float(each["longitude"]) < 131}
    found = answer(
        tmp_path, monkeypatch, [in_one(stood, [each for each in rows if each["deploymentID"] in west])], NULL
    )
    effort = {row["countryCode"]: row for row in found.tables["effort"].iter_rows(named=True)}
    assert (effort["RU"]["animals"], effort["RU"]["cameraDays"]) == (0, effort["CN"]["cameraDays"])
    assert found.tables["abundance"].filter(region="RU")["expected"].item() > 0
