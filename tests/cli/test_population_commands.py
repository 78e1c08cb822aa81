"""How many, will they last, what do their genes say: the three commands as a person uses them."""

import csv
import io
import json
import shutil

import pytest

LEOPARD, TIGER = "Panthera pardus", "Panthera tigris"
SECTIONS = """
[density]
sessions = [["2014-10-15", "2014-12-31"]]
spacing = 5000
buffer = 15000
goodness = 0
models = ["HN: D ~ 1, g0 ~ 1, sigma ~ 1"]

[survival]
sessions = [["2014-10-01", "2014-10-31"], ["2014-11-01", "2014-11-30"], ["2014-12-01", "2014-12-31"]]
phi = ["1"]
p = ["1"]

[diversity]
permutations = 19
"""


@pytest.fixture(scope="module")
def study(world, tmp_path_factory):
    """The small world with short sections on its numbers."""
    folder = tmp_path_factory.mktemp("numbers") / "world"
    shutil.copytree(world, folder)
    file = folder / "study.toml"
    # The study of the world may ask for numbers of its own, which take longer.
    whole = file.read_text(encoding="utf-8")
    kept = whole.split("\n[density]")[0]
    file.write_text(kept + SECTIONS, encoding="utf-8")
    return file


@pytest.mark.parametrize("command", ["density", "survival", "diversity"])
def test_every_command_has_help_with_examples_and_its_tables(tumen, command):
    said = tumen(command, "--help")
    assert said.code == 0
    assert f"Example: tumen {command}" in said.out
    assert "--species" in said.out


def test_density_prints_each_species_with_notes_and_what_stands_against_it(tumen, study):
    said = tumen("density", study)
    assert said.code == 0
    assert said.out.index(TIGER) < said.out.index(LEOPARD)
    for table in ("effort", "models", "parameters", "abundance", "doubleCount"):
        assert f"\n{table} (" in said.out
    assert "surface (" not in said.out
    assert "note: " in said.out
    assert "warning  " in said.out or "error  " in said.out


def test_a_surface_is_printed_when_it_is_asked_for(tumen, study):
    said = tumen("density", study, "--species", LEOPARD, "--table", "surface", "--format", "csv")
    assert said.code == 0
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert {"longitude", "latitude", "countryCode", "expected"} <= set(rows[0])


def test_survival_as_json_holds_tables_notes_and_findings_of_every_species(tumen, study):
    said = tumen("survival", study, "--format", "json")
    found = json.loads(said.out)
    assert list(found) == [TIGER, LEOPARD]
    assert {"settings", "survival", "detection", "population", "models", "notes", "findings"} <= set(found[TIGER])
    assert [row["status"] for row in found[LEOPARD]["models"]] == ["survival-few-sightings"]


def test_density_as_json_holds_its_settings_beside_the_table_of_parameters(tumen, study):
    said = tumen("density", study, "--species", LEOPARD, "--format", "json")
    found = json.loads(said.out)[LEOPARD]
    assert found["settings"]["species"] == LEOPARD
    assert {row["parameter"] for row in found["parameters"]} == {"D", "g0", "sigma"}


def test_csv_is_of_one_species_and_one_table(tumen, study):
    assert "--table survival" in tumen("survival", study, "--format", "csv").err
    several = tumen("survival", study, "--table", "models", "--format", "csv")
    assert several.code == 2
    assert "--species" in several.err
    one = tumen("survival", study, "--species", LEOPARD, "--table", "models", "--format", "csv")
    assert one.out.splitlines()[0] == "model,parameters,logLik,aicc,delta,weight,status"
    assert len(one.out.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "nearest"), [(("--table", "survial"), "survival"), (("--species", "Panthera pardis"), LEOPARD)]
)
def test_what_is_not_there_is_refused_with_what_is_near(tumen, study, arguments, nearest):
    said = tumen("survival", study, *arguments)
    assert said.code == 2
    assert nearest in said.err


def test_a_table_that_the_study_does_not_ask_for_is_refused_as_csv(tumen, study):
    said = tumen("survival", study, "--species", LEOPARD, "--table", "spatial", "--format", "csv")
    assert said.code == 2
    assert "'spatial'" in said.err


def test_diversity_prints_sides_and_speaks_the_language_that_is_asked_for(tumen, study):
    said = tumen("diversity", study, "--species", LEOPARD, "--table", "groups", "--language", "ru")
    assert said.code == 0
    assert "groups (" in said.out
    assert "примечание" in said.out or "note: " in said.out


def test_where_nothing_can_be_estimated_the_reasons_are_printed_and_it_is_no_failure(tumen, study, tmp_path):
    folder = tmp_path / "world"
    shutil.copytree(study.parent, folder)
    file = folder / "study.toml"
    text = file.read_text(encoding="utf-8").replace(
        '[["2014-10-01", "2014-10-31"], ["2014-11-01", "2014-11-30"], ["2014-12-01", "2014-12-31"]]',
        '[["2013-08-01", "2013-08-02"], ["2014-12-01", "2014-12-02"]]',
    )
    file.write_text(text, encoding="utf-8")
    said = tumen("survival", file, "--species", TIGER)
    assert said.code == 0
    assert "Nothing could be estimated" in said.out
    assert "error  survival-" in said.out


def test_the_same_command_twice_prints_the_same(tumen, study):
    first, again = (tumen("survival", study, "--species", LEOPARD, "--format", "json").out for _ in range(2))
    assert first == again


def test_species_without_genotypes_are_named(tumen, study, tmp_path):
    folder = tmp_path / "world"
    shutil.copytree(study.parent, folder)
    for table in ("genotypes", "samples", "controls", "loci"):
        for file in folder.glob(f"packages/*/{table}.csv"):
            lines = file.read_text(encoding="utf-8").splitlines()
            file.write_text(lines[0] + "\n", encoding="utf-8")
    said = tumen("diversity", folder / "study.toml")
    assert said.code == 0
    assert f"{LEOPARD}: nothing in the packages to answer from." in said.out


def test_numbers_without_sessions_are_misuse(tumen, world, tmp_path):
    folder = tmp_path / "world"
    shutil.copytree(world, folder)
    file = folder / "study.toml"
    file.write_text(file.read_text(encoding="utf-8").split("\n[density]")[0], encoding="utf-8")
    said = tumen("survival", file)
    assert said.code == 2
    assert "sessions in [survival] or [density]" in said.err
