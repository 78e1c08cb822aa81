"""Nothing a person has is removed or written over, and what is not carried over is said."""

import json
import shutil

import pytest


@pytest.fixture
def copy(world, tmp_path):
    """A copy of the world as a person has it who made it by hand: nothing in it says that Tumen made it."""
    shutil.copytree(world, tmp_path / "st", ignore=shutil.ignore_patterns(".tumen"))
    return tmp_path / "st"


def tree(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def refused(said):
    assert said.code == 2
    assert said.err.startswith("error: needed ")
    assert len(said.err.strip().splitlines()) == 3


@pytest.mark.parametrize("target", ["north-reserve", "north-reserve/new", "."])
def test_convert_never_writes_over_what_it_reads(tumen, copy, target):
    package = copy / "packages" / "north-reserve"
    (package / "media").mkdir()
    (package / "media" / "m1.jpg").write_bytes(b"mine")
    before = tree(copy)
    for source in (package, package / "datapackage.json"):
        refused(tumen("convert", source, copy / "packages" / target, "--replace"))
    refused(tumen("convert", package, package / "observations.csv", "--to", "gpkg", "--replace"))
    assert tree(copy) == before


def test_convert_never_writes_over_the_tables_it_reads(tumen, tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "stations.csv").write_text(
        "Station,utm_y,utm_x,Setup_date,Retrieval_date\nA,604000,526000,2009-04-02,2009-05-14\n", encoding="utf-8"
    )
    before = tree(tmp_path)
    said = ("--party", "p", "--time-zone", "Asia/Kuala_Lumpur", "--crs", "EPSG:32650", "--replace")
    refused(tumen("convert", tmp_path / "m" / "stations.csv", tmp_path / "m", *said))
    refused(tumen("convert", tmp_path / "m" / "stations.csv", tmp_path / "m" / "stations.csv", "--to", "gpkg", *said))
    assert tree(tmp_path) == before


def test_convert_replaces_what_it_made_and_nothing_a_person_added(tumen, copy, tmp_path):
    package, out = copy / "packages" / "north-reserve", tmp_path / "out"
    assert tumen("convert", package, out).code == 0
    assert tumen("convert", package, out, "--replace").code == 0
    (out / "media").mkdir()
    (out / "media" / "m1.jpg").write_bytes(b"mine")
    refused(tumen("convert", package, out, "--replace"))
    assert (out / "media" / "m1.jpg").read_bytes() == b"mine"


@pytest.mark.parametrize("form", ["zip", "gpkg"])
def test_convert_replaces_a_file_only_when_asked(tumen, copy, tmp_path, form):
    package, out = copy / "packages" / "north-reserve", tmp_path / f"out.{form}"
    target = ("--to", "gpkg") if form == "gpkg" else ()
    out.write_bytes(b"mine")
    refused(tumen("convert", package, out, *target))
    assert out.read_bytes() == b"mine"
    assert tumen("convert", package, out, *target, "--replace").code == 0


@pytest.mark.parametrize("target", [".", "..", "../here"])
def test_the_folder_one_stands_in_is_refused(tumen, tmp_path, monkeypatch, target):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    refused(tumen("simulate", "lower-tumen", target, "--small", "--replace"))
    assert list((tmp_path / "here").iterdir()) == []


def test_simulate_replaces_only_a_world(tumen, copy, tmp_path):
    before = tree(copy)
    refused(tumen("simulate", "lower-tumen", copy, "--small", "--seed", "16", "--replace"))
    assert tree(copy) == before
    assert tumen("simulate", "lower-tumen", tmp_path / "new", "--small", "--seed", "16").code == 0
    assert tumen("simulate", "lower-tumen", tmp_path / "new", "--small", "--seed", "16", "--replace").code == 0


def test_a_simulated_world_lives_on_its_map(world):
    written = json.loads((world / "countries.geojson").read_text(encoding="utf-8"))
    assert written["accuracyMetres"] == 0


def test_convert_says_that_media_are_left_behind(tumen, copy, tmp_path):
    package = copy / "packages" / "north-reserve"
    rows = len((package / "media.csv").read_text(encoding="utf-8").splitlines()) - 1
    said = tumen("convert", package, tmp_path / "out.zip")
    assert "media-left-behind" in said.out
    assert f"{rows} media files" in said.out
    assert "media-left-behind" not in tumen("check", package).out


RECORDS = """\
Station,Species,DateTimeOriginal
A,LeopardCat,2009-05-07 17:11:00
"""


def camtrapr(tumen, folder, *more):
    (folder / "stations.csv").write_text(
        "Station,utm_y,utm_x,Setup_date,Retrieval_date\nA,604000,526000,2009-04-02,2009-05-14\n", encoding="utf-8"
    )
    (folder / "records.csv").write_text(RECORDS, encoding="utf-8")
    said = ("--records", folder / "records.csv", "--party", "p", "--time-zone", "Asia/Kuala_Lumpur")
    return tumen("check", folder / "stations.csv", *said, "--crs", "EPSG:32650", "--format", "json", *more)


def test_scientific_names_are_said_on_the_command_line(tumen, tmp_path):
    def codes(said):
        return {row["code"] for row in json.loads(said.out)}

    assert "species-undeclared" in codes(camtrapr(tumen, tmp_path))
    named = camtrapr(tumen, tmp_path, "--species", "LeopardCat=Prionailurus bengalensis", "--species", "Pig=Sus scrofa")
    assert "species-undeclared" not in codes(named)


@pytest.mark.parametrize("said", [["LeopardCat"], ["=Sus scrofa"], ["Pig="], ["Pig=Sus scrofa", "Pig=Sus barbatus"]])
def test_a_species_that_is_not_said_fully(tumen, tmp_path, said):
    refused(camtrapr(tumen, tmp_path, *(part for each in said for part in ("--species", each))))


def test_a_party_with_a_slash_is_refused(tumen, world):
    refused(tumen("check", world / "packages" / "north-reserve", "--party", "north/reserve"))


def test_local_times_are_read_in_the_zone_that_is_said(tumen, shared_data):
    package = shared_data / "A4_camtrapdp_agouti_rem_position_speed"
    found = json.loads(tumen("check", package, "--time-zone", "Europe/London", "--format", "json").out)
    assert "local-times-read" in {row["code"] for row in found}
    assert "cell-type" not in {row["code"] for row in found}


def test_an_empty_table_is_said_once(tumen, copy):
    file = copy / "packages" / "north-reserve" / "media.csv"
    file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    found = json.loads(tumen("check", copy / "packages" / "north-reserve", "--format", "json").out)
    assert [row["table"] for row in found if row["code"] == "table-empty"] == ["media"]
