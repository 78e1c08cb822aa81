"""Bad input gives findings or one error in three parts; never a traceback, never half a result."""

import io
import json
import shutil
import zipfile

import pytest


def three_parts(said):
    """The three parts of an error, from standard error."""
    lines = said.err.strip().splitlines()
    assert lines[0].startswith("error: needed ")
    assert lines[1].strip().startswith("found")
    return lines


@pytest.fixture
def copy(world, tmp_path):
    """A copy of the world that a test may spoil."""
    shutil.copytree(world, tmp_path / "world")
    return tmp_path / "world"


def without_numbers(copy):
    """The study of a world that asks of crossings only, not for the numbers that take long."""
    file = copy / "study.toml"
    file.write_text(file.read_text(encoding="utf-8").split("\n[density]")[0] + "\n", encoding="utf-8")
    return file


def codes(tumen, package):
    said = tumen("check", package, "--format", "json")
    return said.code, {row["code"] for row in json.loads(said.out)}


def test_an_empty_folder(tumen, tmp_path):
    (tmp_path / "empty").mkdir()
    said = tumen("check", tmp_path / "empty")
    assert said.code == 2
    three_parts(said)


def test_nothing_there(tumen, tmp_path):
    assert "nothing at" in "".join(three_parts(tumen("check", tmp_path / "nowhere")))


def test_a_missing_table(tumen, copy):
    (copy / "packages" / "north-reserve" / "observations.csv").unlink()
    code, found = codes(tumen, copy / "packages" / "north-reserve")
    assert code == 1
    assert "table-missing" in found
    assert tumen("crossings", copy / "study.toml").code == 0


def test_a_header_and_no_rows(tumen, copy):
    file = copy / "packages" / "north-reserve" / "observations.csv"
    file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert "table-empty" in codes(tumen, copy / "packages" / "north-reserve")[1]


def test_a_truncated_zip(tumen, world, tmp_path):
    whole = shutil.make_archive(str(tmp_path / "whole"), "zip", world / "packages" / "north-reserve")
    with open(whole, "rb") as file:  # noqa: PTH123
        (tmp_path / "half.zip").write_bytes(file.read()[:2000])
    said = tumen("check", tmp_path / "half.zip")
    assert said.code == 2
    three_parts(said)


def test_a_zip_that_climbs_out_of_its_folder(tumen, world, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted((world / "packages" / "north-reserve").iterdir()):
            archive.writestr(file.name, file.read_bytes())
        archive.writestr("../escaped.csv", "a,b\n1,2\n")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "evil.zip").write_bytes(packed.getvalue())
    assert "archive-unsafe-name" in codes(tumen, tmp_path / "inner" / "evil.zip")[1]
    assert not (tmp_path / "escaped.csv").exists()


def test_an_unknown_key_names_the_nearest(tumen, copy):
    study = copy / "study.toml"
    study.write_text(study.read_text(encoding="utf-8").replace("independence", "independance"), encoding="utf-8")
    assert "Did you mean 'independence'?" in "".join(three_parts(tumen("crossings", study)))


def test_a_missing_border(tumen, copy):
    (copy / "countries.geojson").unlink()
    assert "countries.geojson" in "".join(three_parts(tumen("crossings", copy / "study.toml")))


def test_no_area_at_all(tumen, copy):
    study = copy / "study.toml"
    text = study.read_text(encoding="utf-8")
    study.write_text("\n".join(line for line in text.splitlines() if not line.startswith(("[area]", "countries"))))
    assert "Add [area]" in "".join(three_parts(tumen("crossings", study)))


def test_one_country_has_no_border(tumen, copy):
    collection = json.loads((copy / "countries.geojson").read_text(encoding="utf-8"))
    collection["features"] = [f for f in collection["features"] if f["properties"]["countryCode"] == "RU"]
    (copy / "countries.geojson").write_text(json.dumps(collection), encoding="utf-8")
    assert "a border between the countries" in "".join(three_parts(tumen("crossings", copy / "study.toml")))


def test_a_border_in_metres_that_says_nothing_about_it(tumen, copy):
    line = {"type": "LineString", "coordinates": [[523000, 604000], [526000, 606000]]}
    features = [{"type": "Feature", "properties": {"left": "CN", "right": "RU"}, "geometry": line}]
    collection = {"type": "FeatureCollection", "features": features}
    (copy / "border.geojson").write_text(json.dumps(collection), encoding="utf-8")
    study = copy / "study.toml"
    text = study.read_text(encoding="utf-8").replace("[area]", '[area]\nborder = "border.geojson"')
    study.write_text(text, encoding="utf-8")
    said = tumen("crossings", study)
    assert said.code == 2
    three_parts(said)


def test_nobody_was_identified(tumen, copy):
    for file in (copy / "packages").glob("*/observations.csv"):
        header, *rows = file.read_text(encoding="utf-8").splitlines()
        at = header.split(",").index("individualID")
        kept = [",".join("" if k == at else cell for k, cell in enumerate(row.split(","))) for row in rows]
        file.write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
        (file.parent / "identifications.csv").unlink(missing_ok=True)
    said = tumen("crossings", copy / "study.toml", "--format", "json")
    assert said.code == 0
    answer = json.loads(said.out)
    assert answer["individuals"] == []
    assert any("nothing can be said about crossings" in note for note in answer["notes"])


def test_one_party_only(tumen, copy):
    study = copy / "study.toml"
    head, *blocks = study.read_text(encoding="utf-8").split("[[package]]")
    tail = blocks[-1][blocks[-1].index("[register]") :]
    study.write_text(head + "[[package]]" + blocks[0] + tail, encoding="utf-8")
    said = tumen("crossings", study, "--format", "json")
    assert said.code == 0
    answer = json.loads(said.out)
    assert all(row["onBothSides"] is None for row in answer["summary"])
    assert {r["individuals"] for r in answer["joint"] if r["area"] == "CN"} <= {None}


def test_an_output_that_cannot_be_written(tumen, copy, tmp_path):
    (tmp_path / "file").write_text("x")
    said = tumen("report", without_numbers(copy), "-o", tmp_path / "file" / "report")
    assert said.code == 2
    three_parts(said)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "world"]


def test_a_failure_half_way_leaves_nothing(tumen, copy, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("tumen.tasks.report.pdf", fail)
    said = tumen("report", without_numbers(copy), "-o", tmp_path / "report")
    assert said.code == 130
    assert sorted(p.name for p in tmp_path.iterdir()) == ["world"]
