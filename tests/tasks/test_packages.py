"""The format of a path is what its files show beyond doubt."""

import pytest
from tests.files.packages import TABLES, folder

from tumen.errors import FormatError, StudyError
from tumen.tasks.packages import is_study, recognise
from tumen.tasks.study import read_study


def test_a_folder_shows_what_it_holds(tmp_path):
    assert recognise(folder(tmp_path / "described", TABLES)) == "camtrap-dp"
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "Visits.csv").write_text("visitID\n")
    assert recognise(tmp_path / "forms") == "template"
    (tmp_path / "pictures" / "d1").mkdir(parents=True)
    (tmp_path / "pictures" / "d1" / "a.JPG").write_bytes(b"\xff\xd8")
    assert recognise(tmp_path / "pictures") == "images"
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "meta.xml").write_text("<archive/>")
    assert recognise(tmp_path / "archive") == "dwc-a"


def test_a_table_that_shows_nothing_is_refused_with_a_way_out(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("a,b\n1,2\n")
    with pytest.raises(FormatError, match="--guess t"):
        recognise(table)


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_study_is_known_with_and_without_a_byte_order_mark(start, tmp_path):
    study = tmp_path / "study.toml"
    study.write_text(f'{start}[study]\ntitle = "x"\n[[package]]\npath = "p"\n', encoding="utf-8")
    assert is_study(study)
    assert read_study(study).title == "x"


def test_a_broken_study_is_told_what_is_wrong_as_a_study(tmp_path):
    study = tmp_path / "study.toml"
    study.write_text("[study]\ntitle = x\n")
    assert is_study(study)
    with pytest.raises(StudyError, match="a study in TOML"):
        read_study(study)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[package]\nparty = "p"\n')
    assert not is_study(mapping)
    assert recognise(mapping) == "mapping"
