"""A folder of pictures and a list of who is on them become observations."""

import pytest
from PIL import Image
from tests.builders import codes

from tumen.errors import FormatError, MisuseError
from tumen.files import images
from tumen.files.image_labels import with_labels


@pytest.fixture
def folder(tmp_path):
    for name in ("north/a.jpg", "north/b.jpg", "south/b.jpg", "c.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    return images.read(tmp_path, party="reserve")


def seen(package):
    joined = package.table("observations").join(package.table("media"), on="mediaID")
    return joined.sort("filePath", "observationID").select(
        "filePath", "individualID", "observationTags", "scientificName", "eventID"
    )


def test_each_row_of_a_list_becomes_an_observation(folder):
    data = b"file,individual,flank,species,event\nnorth/a.jpg,T7,Left,Panthera tigris,e1\nc.jpg,,,Panthera tigris,\n"
    assert seen(with_labels(folder, data)).rows() == [
        ("c.jpg", None, None, "Panthera tigris", None),
        ("north/a.jpg", "T7", "flank:left", "Panthera tigris", "e1"),
    ]


def test_columns_of_other_names_are_told_and_one_species_holds_for_all(folder):
    data = b"path,identity,view\nnorth/a.jpg,T7,RIGHT\n"
    told = {"file": "path", "individual": "identity", "flank": "view"}
    package = with_labels(folder, data, columns=told, species="Panthera onca")
    assert seen(package).rows() == [("north/a.jpg", "T7", "flank:right", "Panthera onca", None)]


def test_a_name_alone_is_enough_where_only_one_file_bears_it(folder):
    package = with_labels(folder, b"file,individual\na.jpg,T7\nb.jpg,T8\nnorth\\b.jpg,T9\n./south/b.jpg,T10\n")
    assert seen(package)["individualID"].to_list() == ["T7", "T9", "T10"]
    lost = package.findings.filter(package.findings["code"] == "label-without-picture")
    assert lost.select("row", "value").rows() == [(3, "b.jpg")]


def test_two_rows_for_one_picture_are_two_animals(folder):
    package = with_labels(folder, b"file,individual\nc.jpg,T7\nc.jpg,T8\n")
    assert package.table("observations")["observationID"].n_unique() == 2


def test_a_view_nobody_knows_is_no_flank_and_is_told(folder):
    package = with_labels(folder, b"file,individual,flank\na.jpg,T7,front-left\nc.jpg,T8,left\n")
    assert seen(package)["observationTags"].to_list() == ["flank:left", None]
    assert "label-view-unknown" in codes(package.findings)
    assert "label-view-unknown" not in codes(with_labels(folder, b"file,flank\nc.jpg,left\n").findings)


def test_a_list_without_files_or_with_unknown_columns_is_refused(folder):
    with pytest.raises(FormatError, match="a list with a column file"):
        with_labels(folder, b"individual\nT7\n")
    with pytest.raises(MisuseError, match="a column that a list of pictures may have"):
        with_labels(folder, b"file\nc.jpg\n", columns={"fil": "file"})
    with pytest.raises(MisuseError, match="the column path in the list"):
        with_labels(folder, b"file\nc.jpg\n", columns={"file": "path"})
