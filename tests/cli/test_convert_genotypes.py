"""Genotypes from the format of one program to that of another."""

import pytest

CERVUS = "ID,F42a,F42b,F115a,F115b\nc1,99,103,210,210\nc2,103,0,0,0\n"
GENEMAPPER = """\
Sample File\tSample Name\tMarker\tAllele 1\tAllele 2
c1_1\tc1\tF42\t99\t103
c1_2\tc1\tF42\t103\t99
c1_3\tc1\tF42\t99\t99
c2_1\tc2\tF42\t99\t99
c2_2\tc2\tF42\t103\t103
"""
SAID = ("--from", "genotypes", "--party", "north", "--say", "laboratory=lab", "--say", "alleles=size")


@pytest.fixture
def source(tmp_path):
    def written(text):
        path = tmp_path / "cats.txt"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("genepop", "cats\nF42\nF115\nPOP\nc1 , 099103 210210\nc2 , 103000 000000\n"),
        ("genalex", "2,2,1,2\ncats,,,1\nSample,Pop,F42,,F115,\nc1,1,99,103,210,210\nc2,1,103,0,0,0\n"),
        ("cervus", CERVUS),
        ("structure", "\t\tF42\tF115\nc1\t1\t99\t210\nc1\t1\t103\t210\nc2\t1\t103\t-9\nc2\t1\t-9\t-9\n"),
    ],
)
def test_convert_writes_files_of_genotypes(tumen, source, tmp_path, target, expected):
    out = tmp_path / "out.txt"
    assert tumen("convert", source(CERVUS), out, "--to", target, *SAID).code == 0
    assert out.read_text(encoding="utf-8") == expected
    again = tmp_path / "again.txt"
    assert tumen("convert", out, again, "--to", "cervus", *SAID).code == 0
    assert again.read_text(encoding="utf-8") == CERVUS


def test_replicates_become_a_consensus_and_it_is_said(tumen, source, tmp_path):
    out = tmp_path / "out.csv"
    said = tumen("convert", source(GENEMAPPER), out, "--to", "cervus", *SAID)
    assert said.code == 0
    assert out.read_text(encoding="utf-8") == "ID,F42a,F42b\nc1,99,103\nc2,0,0\n"
    assert "consensus-written" in said.out and "consensus-unresolved" in said.out


def test_genemapper_keeps_the_replicates(tumen, source, tmp_path):
    out = tmp_path / "out.txt"
    assert tumen("convert", source(GENEMAPPER), out, "--to", "genemapper", *SAID).code == 0
    lines = out.read_text(encoding="utf-8").split("\n")
    assert lines[1:4] == ["c1_1\tc1\t\tF42\t99\t103", "c1_2\tc1\t\tF42\t103\t99", "c1_3\tc1\t\tF42\t99\t99"]


def test_a_package_without_genotypes_is_refused(tumen, tmp_path):
    folder = tmp_path / "north"
    folder.mkdir()
    rows = "deploymentID,latitude,longitude,deploymentStart,deploymentEnd\n"
    rows += "d1,43.1,131.2,2014-01-01T00:00:00Z,2014-03-01T00:00:00Z\n"
    (folder / "deployments.csv").write_text(rows, encoding="utf-8")
    (folder / "datapackage.json").write_text(
        '{"name": "north", "resources": [{"name": "deployments", "path": "deployments.csv"}]}', encoding="utf-8"
    )
    said = tumen("convert", folder, tmp_path / "out.txt", "--to", "genepop", "--party", "north", "--country", "RU")
    assert said.code == 2
    assert "genotypes of one laboratory to write as genepop" in said.err
    assert not (tmp_path / "out.txt").exists()
