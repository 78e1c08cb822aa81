"""Each command does its work and ends as documented."""

import csv
import io
import json
import re
import subprocess
import sys

import pytest

COMMANDS = ("simulate", "template", "check", "convert", "crossings", "report", "exercise")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(tumen, command):
    said = tumen(command, "--help")
    assert said.code == 0
    assert "Example: tumen" in said.out


def test_the_command_alone_shows_its_help(tumen):
    said = tumen("--help")
    assert all(command in said.out for command in COMMANDS)


def test_an_unknown_command_is_misuse(tumen):
    assert tumen("chek").code == 2


def test_crossings_prints_tables_and_their_notes(tumen, world):
    said = tumen("crossings", world / "study.toml", "--table", "summary")
    assert said.code == 0
    assert "summary" in said.out
    assert "onBothSides" in said.out
    assert "note: " in said.out


def test_the_notes_of_an_answer_speak_russian(tumen, world):
    said = tumen("crossings", world / "study.toml", "--table", "summary", "--language", "ru")
    assert "км/ч" in said.out


def test_crossings_as_json_and_csv_say_the_same(tumen, world):
    rows = json.loads(tumen("crossings", world / "study.toml", "--format", "json").out)
    assert set(rows) == {"summary", "joint", "individuals", "perCountry", "crossings", "notes"}
    printed = tumen("crossings", world / "study.toml", "--table", "crossings", "--format", "csv").out
    table = list(csv.DictReader(io.StringIO(printed)))
    assert len(table) == len(rows["crossings"]) == 12
    assert [r["notBefore"] for r in table] == [r["notBefore"] for r in rows["crossings"]]


def test_csv_takes_one_table(tumen, world):
    said = tumen("crossings", world / "study.toml", "--format", "csv")
    assert said.code == 2
    assert "--table summary" in said.err


def test_an_unknown_table_names_the_nearest(tumen, world):
    said = tumen("crossings", world / "study.toml", "--table", "sumary")
    assert said.code == 2
    assert "Did you mean 'summary'?" in said.err


def test_check_ends_with_one_only_for_errors(tumen, world, tmp_path):
    packages = sorted((world / "packages").iterdir())
    clean = tumen("check", *packages)
    assert (clean.code, "0 errors" in clean.out) == (0, True)
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in (world / "packages" / "east-university").iterdir():
        data = file.read_text(encoding="utf-8")
        if file.name == "deployments.csv":
            data = re.sub(r"T(\d\d:)", r"TT\1", data, count=1)
        (broken / file.name).write_text(data, encoding="utf-8")
    found = tumen("check", broken, "--format", "csv")
    assert found.code == 1
    rows = [row for row in csv.DictReader(io.StringIO(found.out)) if row["severity"] == "error"]
    assert [(row["code"], row["row"], row["column"]) for row in rows] == [("cell-type", "2", "deploymentStart")]
    assert rows[0]["cure"].startswith("Write it like")


def test_check_speaks_russian_and_writes_pages(tumen, world):
    package = world / "packages" / "north-reserve"
    assert "ошиб" in tumen("check", package, "--language", "ru").out
    page = tumen("check", package, "--format", "html")
    assert page.out.lstrip().lower().startswith("<!doctype html>")


def test_a_language_without_words_is_refused(tumen, world):
    said = tumen("check", world / "packages" / "north-reserve", "--language", "fr")
    assert said.code == 2
    assert "en, ja, ko, mn, ru, zh-Hans" in said.err


@pytest.mark.slow
def test_the_number_of_workers_does_not_change_the_findings(tumen, world):
    packages = sorted((world / "packages").iterdir())
    one = tumen("check", *packages, "--format", "json")
    assert tumen("check", *packages, "--format", "json", "--workers", "2").out == one.out


def test_convert_writes_what_reads_back_the_same(tumen, world, tmp_path):
    source = world / "packages" / "south-institute"
    assert tumen("convert", source, tmp_path / "again.zip").code == 0
    before = json.loads(tumen("check", source, "--format", "json").out)
    after = json.loads(tumen("check", tmp_path / "again.zip", "--format", "json").out)
    assert after == before


def test_convert_writes_a_geopackage(tumen, world, tmp_path):
    pyogrio = pytest.importorskip("pyogrio")
    assert tumen("convert", world / "packages" / "south-institute", tmp_path / "a.gpkg", "--to", "gpkg").code == 0
    assert sorted(name for name, _ in pyogrio.list_layers(tmp_path / "a.gpkg")) == ["deployments", "detections"]


def test_convert_does_not_overwrite_unasked(tumen, world, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    said = tumen("convert", world / "packages" / "south-institute", tmp_path / "out")
    assert said.code == 2
    assert (tmp_path / "out" / "thesis.txt").read_text() == "mine"


def test_an_unknown_world_names_the_nearest(tumen, tmp_path):
    said = tumen("simulate", "lower-tuman", tmp_path / "x")
    assert said.code == 2
    assert "Did you mean 'lower-tumen'?" in said.err


def test_the_same_seed_gives_the_same_files(tumen, world, tmp_path):
    assert tumen("simulate", "lower-tumen", tmp_path / "again", "--small", "--seed", "16").code == 0
    for file in sorted(p for p in world.rglob("*") if p.is_file()):
        assert (tmp_path / "again" / file.relative_to(world)).read_bytes() == file.read_bytes(), file


@pytest.mark.slow
def test_a_study_run_twice_gives_the_same_bytes(tumen, world, tmp_path):
    for name in ("one", "two"):
        assert tumen("report", world / "study.toml", "-o", tmp_path / name).code == 0
    one = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert {"report.html", "report.pdf", "report.ru.html", "report.ru.pdf", "provenance.json"} <= {str(p) for p in one}
    for name in one:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_heavy_libraries_wait_until_they_are_needed():
    code = (
        "import sys, tumen, tumen.cli.main; "
        "heavy = {'polars', 'numpy', 'scipy', 'matplotlib', 'shapely', 'pyproj', 'babel', 'typst', 'joblib'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert shown.stdout.strip() == "[]"
