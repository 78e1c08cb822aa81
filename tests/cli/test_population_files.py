"""How many, will they last, what do their genes say: asked of plain files of other programs."""

import csv
import io
import json
import shutil

import pytest

PLACES = [(f"T{row}{column}", 100 * row, 100 * column) for row in range(4) for column in range(4)]
SEEN = ["a,1,T00", "a,2,T01", "a,4,T00", "b,1,T11", "b,3,T12", "c,2,T22", "c,3,T22", "c,4,T32", "d,1,T33", "e,4,T02"]
HISTORIES = ["1100", "1010", "1111", "0110", "0101", "0011", "1000", "0100", "0010", "1001", "0111", "1110"]
GENEPOP = """cats
L1
L2
POP
n1 , 120122 200204
n2 , 122122 200200
n3 , 120120 202204
POP
s1 , 126126 204206
s2 , 124126 206206
s3 , 126128 204204
"""


@pytest.fixture
def survey(tmp_path):
    """The options that name a small survey."""
    (tmp_path / "captures.csv").write_text("animal,occasion,trap\n" + "\n".join(SEEN) + "\n")
    (tmp_path / "traps.csv").write_text("trap,x,y\n" + "".join(f"{n},{x},{y}\n" for n, x, y in PLACES))
    files = ["--captures", tmp_path / "captures.csv", "--traps", tmp_path / "traps.csv"]
    ground = ["--buffer", 400, "--spacing", 50, "--goodness", 0]
    return [*files, "--detector", "multi", *ground, "--model", "HN: D ~ 1, g0 ~ 1, sigma ~ 1"]


@pytest.fixture
def histories(tmp_path):
    (tmp_path / "h.csv").write_text("ch\n" + "\n".join(HISTORIES) + "\n")
    return ["--histories", tmp_path / "h.csv", "--interval", 1, "--phi", "1", "--p", "1"]


@pytest.fixture
def genotypes(tmp_path):
    (tmp_path / "cats.gen").write_text(GENEPOP)
    return ["--genotypes", tmp_path / "cats.gen", "--permutations", 19]


def test_density_of_files_is_printed_with_notes_and_findings(tumen, survey):
    said = tumen("density", *survey)
    assert said.code == 0
    assert "── captures.csv" in said.out
    for table in ("effort", "models", "parameters", "abundance"):
        assert f"\n{table} (" in said.out
    assert "note: Animals may live in" in said.out


def test_density_of_files_as_json_and_csv_say_the_same(tumen, survey):
    found = json.loads(tumen("density", *survey, "--format", "json").out)
    assert set(found) == {"settings", "effort", "models", "parameters", "abundance", "notes", "findings"}
    printed = tumen("density", *survey, "--table", "abundance", "--format", "csv").out
    [row] = csv.DictReader(io.StringIO(printed))
    assert float(row["density"]) == pytest.approx(found["abundance"][0]["density"])


def test_survival_of_files_is_printed(tumen, histories):
    said = tumen("survival", *histories, "--format", "json", "--table", "survival")
    rows = json.loads(said.out)["survival"]
    assert [row["year"] for row in rows] == ["1–2", "2–3", "3–4"]
    assert 0 < rows[0]["estimate"] < 1


def test_diversity_of_files_is_printed_by_population(tumen, genotypes):
    said = tumen("diversity", *genotypes, "--table", "groups", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [(row["group"], row["individuals"]) for row in rows][-1] == ("all", "6")
    assert len(rows) == 3


@pytest.mark.parametrize("command", ["density", "survival", "diversity"])
def test_a_study_and_files_at_once_are_misuse(tumen, command, request):
    given = request.getfixturevalue({"density": "survey", "survival": "histories", "diversity": "genotypes"}[command])
    said = tumen(command, "study.toml", *given)
    assert said.code == 2
    assert "needed a study, or files" in said.err
    assert "study.toml and --" in said.err
    assert "Leave one out" in said.err


@pytest.mark.parametrize(
    ("command", "lacking"),
    [
        (["density", "--detector", "multi"], "--captures, --traps"),
        (["density", "--captures", "c", "--traps", "t"], "--detector"),
        (["survival", "--interval", "1"], "--histories"),
        (["diversity", "--layout", "genepop"], "--genotypes"),
        (["density", "--format", "json"], "--captures, --traps, --detector"),
        (["survival", "--format", "json"], "--histories"),
        (["diversity", "--format", "json"], "--genotypes"),
    ],
)
def test_neither_a_study_nor_all_files_is_misuse(tumen, command, lacking):
    said = tumen(*command)
    assert said.code == 2
    assert "needed a study, or files: --" in said.err
    assert f"add {lacking}." in said.err


@pytest.mark.parametrize(
    ("more", "match"),
    [
        (["--species", "Panthera tigris"], "--species"),
        (["--table", "abundanc"], "abundance"),
        (["--format", "csv"], "--table"),
        (["--format", "csv", "--table", "goodness"], "These are there"),
        (["--column", "WHO"], "--column ANIMAL_ID=animal"),
        (["--write-secr", "out"], "--write-secr"),
        (["--model", "HM: D ~ 1"], "HN"),
    ],
)
def test_what_files_cannot_answer_is_misuse(tumen, survey, more, match):
    said = tumen("density", *survey, *more)
    assert said.code == 2
    assert match in said.err


def test_files_with_errors_are_told_and_nothing_is_estimated(tumen, survey):
    with survey[1].open("a") as file:
        file.write("f,1,T99\n")
    said = tumen("density", *survey)
    assert said.code == 0
    assert "Nothing could be estimated" in said.out
    assert "capture-at-unknown-detector" in said.out


def test_a_study_is_written_for_secr(tumen, world, tmp_path):
    section = '\n[density]\nsessions = [["2014-10-15", "2014-12-31"]]\nspacing = 5000\nbuffer = 15000\n'
    folder = tmp_path / "world"
    shutil.copytree(world, folder)
    file = folder / "study.toml"
    file.write_text(file.read_text(encoding="utf-8").split("\n[density]")[0] + section, encoding="utf-8")
    said = tumen("density", file, "--species", "Panthera pardus", "--write-secr", tmp_path / "out")
    assert said.code == 0
    assert said.out.splitlines()[-1] == str(tmp_path / "out" / "panthera-pardus")
    assert {each.name for each in (tmp_path / "out" / "panthera-pardus").iterdir()} == {
        "captures.csv", "traps.csv", "mask.csv", "individuals.csv"
    }  # fmt: skip
    again = tumen("density", file, "--species", "Panthera pardus", "--write-secr", tmp_path / "out")
    assert again.code == 2
    assert "--replace" in again.err
