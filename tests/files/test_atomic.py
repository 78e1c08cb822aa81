import os
from pathlib import Path

import pytest

from tumen.errors import OutputError
from tumen.files.atomic import writing_file, writing_folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_whole(tmp_path):
    with writing_file(tmp_path / "a.csv") as part:
        part.write_text("x")
        assert names(tmp_path) == [part.name] != ["a.csv"]
    assert names(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file(tmp_path, failure):
    (tmp_path / "a.csv").write_text("old")
    with pytest.raises(failure), writing_file(tmp_path / "a.csv") as part:
        part.write_text("half")
        raise failure
    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "old"


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_no_folder(tmp_path, failure):
    with pytest.raises(failure), writing_folder(tmp_path / "out") as part:
        (part / "half").write_text("x")
        raise failure
    assert names(tmp_path) == []


def test_a_filled_folder_is_replaced_only_when_allowed(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old").write_text("x")
    with pytest.raises(OutputError, match="an empty or new folder"), writing_folder(tmp_path / "out"):
        pass
    with writing_folder(tmp_path / "out", replace=True) as part:
        (part / "new").write_text("x")
    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == ["new"]


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "out").mkdir()
    with writing_folder(tmp_path / "out") as part:
        (part / "new").write_text("x")
    assert names(tmp_path / "out") == ["new"]


def test_a_folder_that_is_not_there_cannot_be_written_into(tmp_path):
    with pytest.raises(OutputError, match="to write"), writing_file(tmp_path / "no" / "a.csv"):
        pass
    with pytest.raises(OutputError, match="to write"), writing_folder(tmp_path / "no" / "out"):
        pass


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "out").write_text("x")
    with pytest.raises(OutputError, match="a folder to write to"), writing_folder(tmp_path / "out"):
        pass
    with pytest.raises(OutputError, match="a file name to write to"), writing_file(tmp_path):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="to write"), writing_folder(tmp_path / "out"):
        pass
    tmp_path.chmod(0o700)


def test_the_result_may_be_read_by_others_as_usual(tmp_path):
    (tmp_path / "usual").mkdir()
    with writing_folder(tmp_path / "out"):
        pass
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode
