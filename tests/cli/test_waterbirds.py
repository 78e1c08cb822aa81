"""Does the site qualify, and how do the numbers change: the two commands as a person uses them."""

import csv
import io
import json
import re

import pytest
from tests.estuary import copied

CODES = re.compile(
    r"notMet|needsStatement|twoThirds|meanOfMaxima|openBounds|tooFewSeasons|partialCounts|thresholdMissing|byR\d"
    r"|statementMissing|noListedSpecies|moderateIncrease|strongDecline|imputed|converged|chiSquare|\bR[1-9]\b|\bFB1\b"
)
SHORT = """
[waterbirds]
editions = ["Example edition A (simulated)", "Example edition B (simulated)"]
assessedOn = 2016-01-01
species = ["Anser albifrons", "Grus monacha", "Cygnus cygnus"]
[trends]
species = ["Cygnus cygnus", "Anser cygnoides"]
season = "autumn"
places = "all"
indicators = { both = ["Cygnus cygnus", "Anser cygnoides"] }
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return copied(tmp_path_factory.mktemp("estuary"), parties=["north-reserve"], sections=SHORT)


@pytest.fixture(scope="module")
def counts(tmp_path_factory):
    """Three sites of six years that grow by a tenth each, one gap."""
    lines = [f"s{s},{2000 + t},{'' if (s, t) == (1, 3) else round(50 * (s + 1) * 1.1**t)}" for s in range(3)
             for t in range(6)]  # fmt: skip
    file = tmp_path_factory.mktemp("counts") / "counts.csv"
    file.write_text("place,year,count\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(("command", "said"), [("waterbirds", "--dossier"), ("trends", "--change-points")])
def test_both_commands_have_help_with_examples_and_their_tables(tumen, command, said):
    help_ = tumen(command, "--help")
    assert help_.code == 0
    assert f"Example: tumen {command}" in help_.out
    assert said in help_.out and "--table" in help_.out


def test_verdicts_are_printed_in_words_with_notes(tumen, study):
    said = tumen("waterbirds", study)
    assert said.code == 0
    assert "\nsummary (" in said.out and "\nnumbers (" in said.out
    assert "seasons (" not in said.out
    assert not CODES.search(said.out)
    assert re.search(r"north-reserve/RM-N +Ramsar 5 +met +autumn +\d+ +By two thirds of the seasons", said.out)
    assert "note: Assessed as of 2016-01-01" in said.out
    # Nobody reads a list of thirteen species in a line.
    assert max(map(len, said.out.splitlines())) < 400


def test_verdicts_as_json_and_csv_keep_codes_nulls_and_every_row(tumen, study):
    found = json.loads(tumen("waterbirds", study, "--format", "json").out)
    assert list(found) == ["settings", "summary", "numbers", "notes", "findings"]
    assert {row["verdict"] for row in found["summary"]} >= {"met", "needsStatement"}
    assert any(row["toMeet"] is None for row in found["summary"])
    table = tumen("waterbirds", study, "--table", "summary", "--format", "csv")
    assert len(list(csv.DictReader(io.StringIO(table.out)))) == len(found["summary"])


def test_one_place_is_judged_alone_and_a_wrong_one_names_the_nearest(tumen, study):
    said = tumen("waterbirds", study, "--place", "north-reserve/RM-N", "--table", "seasons", "--format", "csv")
    assert {row["place"] for row in csv.DictReader(io.StringIO(said.out))} == {"north-reserve/RM-N"}
    wrong = tumen("waterbirds", study, "--place", "north-reserve/RMN")
    assert wrong.code == 2
    assert "a site or complex of the study" in wrong.err and "north-reserve/RM-N" in wrong.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("waterbirds", "--table", "sumary"), "Did you mean 'summary'?"),
        (("waterbirds", "--format", "csv"), "--table summary"),
        (("waterbirds", "--dossier", "north-reserve/RM-N"), "Add -o FOLDER."),
        (("trends", "--table", "slope"), "Did you mean 'slopes'?"),
        (("trends", "--species", "Cygnus olor"), "a species of the counts"),
        (("trends", "--table", "slopes", "--format", "csv"), "--species"),
        (("trends", "--model", "2"), "Leave one out"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_what_to_do(tumen, study, arguments, said):
    command, *rest = arguments
    ended = tumen(command, study, *rest)
    assert ended.code == 2
    assert said in ended.err
    assert ended.out == ""


def test_trends_are_printed_for_each_species_and_indicator(tumen, study):
    said = tumen("trends", study)
    assert said.code == 0
    assert (
        said.out.index("── Cygnus cygnus ") < said.out.index("── Anser cygnoides ") < said.out.index("── indicators ")
    )
    for table in ("data", "slopes", "index", "tests", "indicator"):
        assert f"\n{table} (" in said.out
    assert "increase" in said.out and "all sites" in said.out
    assert not CODES.search(said.out)


def test_trends_as_json_and_csv_keep_their_codes(tumen, study):
    found = json.loads(tumen("trends", study, "--format", "json").out)
    assert list(found) == ["Cygnus cygnus", "Anser cygnoides", "indicators"]
    assert found["Cygnus cygnus"]["slopes"][0]["kind"] == "imputed"
    one = tumen("trends", study, "--species", "Cygnus cygnus", "--table", "slopes", "--format", "csv")
    assert one.code == 0
    assert "imputed" in one.out


def test_other_languages_have_no_english_codes(tumen, study):
    for command in ("waterbirds", "trends"):
        said = tumen(command, study, "--language", "ru")
        assert said.code == 0
        assert not CODES.search(said.out)


def test_counts_of_a_file_are_modelled(tumen, counts):
    named = ("--counts", counts, "--column", "year=time", "--column", "place=site")
    said = tumen("trends", *named, "--no-serial", "--smooth", "2", "--table", "slopes", "--table", "smooth")
    assert said.code == 0
    assert "── counts.csv " in said.out and "\nsmooth (" in said.out and "1.10" in said.out
    slopes = tumen("trends", *named, "--model", "2", "--change-points", "all", "--stepwise", "--format", "json")
    found = json.loads(slopes.out)
    assert found["settings"]["changePoints"] == "all"
    assert found["data"][0]["missing"] == 1
    assert found["slopes"][0]["multiplicative"] == pytest.approx(1.1, abs=0.01)


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("counts.dat", (), "give the command file that names it"),
        ("none.csv", (), "Check the path"),
        ("counts.csv", ("--column", "year"), "HERE=MEANING"),
        ("counts.csv", ("--species", "Cygnus cygnus"), "files hold one"),
        ("counts.csv", ("--column", "year=time", "--column", "place=site", "--change-points", "x"), "2004,2009"),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_what_to_do(tumen, counts, name, more, said):
    ended = tumen("trends", "--counts", counts.parent / name, *more)
    assert ended.code == 2
    assert said in ended.err


def test_a_study_or_files_but_not_neither(tumen):
    said = tumen("trends")
    assert said.code == 2
    assert "--counts" in said.err


def test_a_study_without_counts_is_refused(tumen, tmp_path):
    study = copied(tmp_path, parties=["coast-office"], sections="")
    for name in ("visits", "counts"):
        file = tmp_path / "coast-office" / f"{name}.csv"
        file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    for command in ("waterbirds", "trends"):
        said = tumen(command, study)
        assert said.code == 2
        assert "Add a package with visits." in said.err
