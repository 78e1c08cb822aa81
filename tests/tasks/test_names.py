"""The names a study brings are read, or refused with what to do."""

import hashlib

import pytest

from tumen.errors import MisuseError, StudyError
from tumen.tasks.names import own_names
from tumen.tasks.study import parse_study

TIGER = "kind,name,language,region,text,source,reviewed\nspecies,Panthera tigris,en,,Amur tiger,us,true\n"


def study(folder, **report):
    return parse_study({"study": {"title": "T"}, "package": [{"path": "p"}], "report": report}, folder / "study.toml")


def test_a_study_without_names_has_none(tmp_path):
    assert own_names(study(tmp_path)) == (None, {})


def test_names_are_read_beside_the_study_with_their_digest(tmp_path):
    data = b"\xef\xbb\xbf" + TIGER.encode()
    (tmp_path / "names.csv").write_bytes(data)
    names, digests = own_names(study(tmp_path, names="names.csv"))
    assert names["species", "Panthera tigris", "en"][""].text == "Amur tiger"
    assert digests == {"names.csv": hashlib.sha256(data).hexdigest()}


@pytest.mark.parametrize("data", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, data):
    if data is not None:
        (tmp_path / "names.csv").write_bytes(data)
    with pytest.raises(StudyError, match=r"no readable file .*names\.csv"):
        own_names(study(tmp_path, names="names.csv"))


def test_a_wrong_row_is_refused(tmp_path):
    (tmp_path / "names.csv").write_text(TIGER.replace(",en,", ",English,"), encoding="utf-8")
    with pytest.raises(MisuseError, match=r"a known language in row 2 of names\.csv"):
        own_names(study(tmp_path, names="names.csv"))
