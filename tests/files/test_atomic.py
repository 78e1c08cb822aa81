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
    with pytest.raises(failure), writing_file(tmp_path / "a.csv", replace=True) as part:
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


def make(folder: Path, name: str, **how) -> None:
    """Make a folder with a file of that name in it, and one deeper."""
    with writing_folder(folder, **how) as part:
        (part / "deep").mkdir()
        (part / "deep" / name).write_text("x")
        (part / name).write_text("x")


def test_a_file_is_replaced_only_when_allowed(tmp_path):
    (tmp_path / "a.zip").write_text("mine")
    with pytest.raises(OutputError, match="a new file"), writing_file(tmp_path / "a.zip"):
        pass
    assert (tmp_path / "a.zip").read_text() == "mine"


def test_a_folder_that_was_made_is_replaced_when_allowed(tmp_path):
    make(tmp_path / "out", "old", made="report")
    with pytest.raises(OutputError, match="an empty or new folder"):
        make(tmp_path / "out", "new", made="report")
    make(tmp_path / "out", "new", made="report", replace=True)
    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == [".tumen", "deep", "new"]


def test_the_mark_says_what_was_made_and_lists_the_files(tmp_path):
    make(tmp_path / "out", "a", made="report")
    assert (tmp_path / "out" / ".tumen").read_text() == "tumen report\na\ndeep/a\n"


def test_a_folder_of_others_is_never_replaced(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis").write_text("mine")
    with pytest.raises(OutputError, match="no mark that tumen made a report"):
        make(tmp_path / "out", "new", made="report", replace=True)
    assert names(tmp_path / "out") == ["thesis"]


def test_what_a_person_put_into_a_made_folder_is_never_removed(tmp_path):
    make(tmp_path / "out", "a", made="package")
    (tmp_path / "out" / "deep" / "IMG_1.jpg").write_text("mine")
    with pytest.raises(OutputError, match=r"deep/IMG_1\.jpg, which tumen did not make"):
        make(tmp_path / "out", "a", made="package", replace=True)
    assert (tmp_path / "out" / "deep" / "IMG_1.jpg").read_text() == "mine"


def test_what_a_system_leaves_in_a_folder_is_no_hindrance(tmp_path):
    make(tmp_path / "out", "a", made="report")
    (tmp_path / "out" / ".DS_Store").write_text("x")
    make(tmp_path / "out", "b", made="report", replace=True)
    assert (tmp_path / "out" / "b").exists()


def test_a_report_does_not_take_the_place_of_a_package(tmp_path):
    make(tmp_path / "out", "a", made="package")
    with pytest.raises(OutputError, match="no mark that tumen made a report"):
        make(tmp_path / "out", "a", made="report", replace=True)


@pytest.mark.parametrize("target", ["in", "in/new", "."])
def test_what_is_read_is_never_written_over(tmp_path, target):
    make(tmp_path / "all" / ".." / "in", "a", made="package")
    where = tmp_path / target
    with pytest.raises(OutputError, match="apart from what is read"):
        make(where, "b", made="package", replace=True, inputs=[tmp_path / "in"])
    assert names(tmp_path / "in") == [".tumen", "a", "deep"]


def test_a_link_to_what_is_read_is_no_way_around(tmp_path):
    make(tmp_path / "in", "a", made="package")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for target, read in (("link", "in"), ("in", "link"), ("link/new", "in")):
        with pytest.raises(OutputError, match="apart from what is read"):
            make(tmp_path / target, "b", made="package", replace=True, inputs=[tmp_path / read])
    with pytest.raises(OutputError):
        make(tmp_path / "loop", "b")


def test_a_file_that_is_read_is_never_written_over(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_text("mine")
    for read in (tmp_path / "in" / "a.zip", tmp_path / "in"):
        with (
            pytest.raises(OutputError, match="apart from what is read"),
            writing_file(tmp_path / "in" / "a.zip", replace=True, inputs=[read]),
        ):
            pass
    assert (tmp_path / "in" / "a.zip").read_text() == "mine"


@pytest.mark.parametrize("target", [".", "..", "/", "../here"])
def test_the_folder_one_stands_in_is_not_written(tmp_path, monkeypatch, target):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(OutputError, match="a folder other than the one you are in"):
        make(Path(target), "a", replace=True)
    assert names(tmp_path / "here") == []


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "out").mkdir()
    with writing_folder(tmp_path / "out") as part:
        (part / "new").write_text("x")
    assert names(tmp_path / "out") == [".tumen", "new"]


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
