"""Checking by design, forms, mappings and exercises, as a person types them."""

import json

import pytest

STATIONS = (
    "Камера;Участок;Широта;Долгота;Установлена;Снята\n"
    "K-1;Хребет;43,10422;131,22017;01.03.2014;05.05.2014\n"
    "K-2;Ручей;43,11400;131,23111;02.03.2014;06.05.2014\n"
    "K-3;Перевал;43,12950;131,24044;13.03.2014;07.05.2014\n"
)


def codes(said):
    return {row["code"] for row in json.loads(said.out)}


def test_a_study_stands_for_its_packages_and_its_ground(tumen, world):
    said = tumen("check", world / "study.toml", "--format", "json")
    assert said.code == 0
    parties = {"coast-office", "east-university", "north-reserve", "south-institute"}
    assert {row["party"] for row in json.loads(said.out)} == parties
    assert "places-unchecked" not in codes(said)


def test_a_quick_check_asks_only_what_a_schema_can_say(tumen, world, tmp_path):
    package = world / "packages" / "north-reserve"
    broken = tmp_path / "north"
    broken.mkdir()
    for file in package.iterdir():
        if file.is_file():
            (broken / file.name).write_bytes(file.read_bytes())
    table = (broken / "deployments.csv").read_text().splitlines()
    (broken / "deployments.csv").write_text("\n".join([*table, table[1]]) + "\n")
    quick = tumen("check", broken, "--quick", "--format", "json")
    every = tumen("check", broken, "--format", "json")
    assert quick.code == every.code == 1
    assert "key-duplicate" in codes(quick)
    assert codes(quick) < codes(every)


def test_the_design_is_shown_with_its_effort(tumen, world):
    said = tumen("check", world / "study.toml", "--design")
    assert said.code == 0
    assert "distance to the nearest other station" in said.out
    assert "authorea.com" in said.out
    tables = json.loads(tumen("check", world / "study.toml", "--design", "--format", "json").out)
    assert set(tables) == {"design", "units", "rules", "findings"}
    assert all(row["source"] for row in tables["rules"])


def test_two_studies_have_no_design_together(tumen, world):
    said = tumen("check", world / "study.toml", world / "study.toml", "--design")
    assert said.code == 2
    assert "packages or one study" in said.err


def test_a_mapping_is_proposed_completed_and_read(tumen, tmp_path):
    (tmp_path / "камеры.csv").write_bytes(STATIONS.encode("cp1251"))
    proposed = tumen("convert", tmp_path / "камеры.csv", "--guess")
    assert proposed.code == 0
    assert "REQUIRED" in proposed.out
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(proposed.out, encoding="utf-8")
    refused = tumen("check", mapping)
    assert refused.code == 2
    assert "REQUIRED" in refused.err and "Traceback" not in refused.err
    decided = {
        'party = "REQUIRED"': 'party = "north-reserve"',
        'timeZone = "REQUIRED"': 'timeZone = "Asia/Vladivostok"',
        'crs = "REQUIRED"': 'crs = "EPSG:4326"',
        'deploymentID = "REQUIRED"': 'deploymentID = "Камера"',
        'format = "%d.%m.%Y", wholeDay = "REQUIRED"': 'format = "%d.%m.%Y", wholeDay = "start"',
        'format = "REQUIRED", wholeDay = "REQUIRED"': 'format = "%d.%m.%Y", wholeDay = "end"',
    }
    text = proposed.out
    for open_, closed in decided.items():
        assert open_ in text
        text = text.replace(open_, closed)
    mapping.write_text(text, encoding="utf-8")
    said = tumen("convert", mapping, tmp_path / "out")
    assert said.code == 0, said.err
    written = (tmp_path / "out" / "deployments.csv").read_text(encoding="utf-8")
    assert "43.10422" in written and "131.22017" in written
    assert "2014-03-01T00:00:00" in written


def test_forms_are_made_and_never_overwrite_what_a_person_made(tumen, tmp_path):
    form = tmp_path / "cameras.xlsx"
    assert tumen("template", "cameras", "-o", form, "--language", "ko").code == 0
    assert form.read_bytes()[:2] == b"PK"
    again = tumen("template", "cameras", "-o", form)
    assert again.code == 2
    assert "a file at" in again.err
    assert tumen("check", form, "--party", "north-reserve").code == 0
    wrong = tumen("template", "camera", "-o", tmp_path / "x.xlsx")
    assert wrong.code == 2 and "Did you mean 'cameras'?" in wrong.err


@pytest.mark.slow
def test_an_exercise_is_made_and_marked(tumen, tmp_path):
    folder = tmp_path / "exercise"
    assert tumen("exercise", "6", folder, "--language", "mn").code == 0
    marked = tumen("exercise", "6", folder, "--mark")
    assert marked.code == 0
    assert "0" in marked.out
    assert tumen("exercise", "7", tmp_path / "x").code == 2
