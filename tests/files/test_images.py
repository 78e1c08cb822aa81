"""A folder of pictures becomes media and observations; where the pictures were taken stays in the pictures."""

import json

import polars as pl
import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base
from tests.builders import codes

from tumen.errors import FormatError, MisuseError
from tumen.files import images
from tumen.files.exif import hierarchical_tags
from tumen.files.images import Pictures

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:lr="http://ns.adobe.com/lightroom/1.0/"><lr:hierarchicalSubject><rdf:Bag>{items}'
    "</rdf:Bag></lr:hierarchicalSubject></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def picture(path, time="2014:10:25 23:30:00", *, offset=None, tags=(), position=False, flash=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[Base.Make] = "RECONYX"
    exif[Base.DateTime] = "2020:01:01 00:00:00"
    inner = exif.get_ifd(IFD.Exif)
    if time:
        inner[Base.DateTimeOriginal] = time
    if offset:
        inner[Base.OffsetTimeOriginal] = offset
    inner[Base.Flash] = flash
    inner[Base.ExposureTime] = 0.025
    inner[Base.BodySerialNumber] = "SECRET-77"
    if position:
        places = exif.get_ifd(IFD.GPSInfo)
        places[1], places[2], places[3], places[4] = "N", (43.0, 6.0, 15.0), "E", (131.0, 13.0, 12.0)
    items = "".join(f"<rdf:li>{tag}</rdf:li>" for tag in tags)
    Image.new("RGB", (8, 8)).save(path, exif=exif, xmp=XMP.format(items=items).encode() if tags else None)


def read(folder, **said):
    return images.read(folder, party="north-reserve", said=Pictures(**said))


def test_a_picture_becomes_a_row_with_its_time_and_what_it_says_of_light(tmp_path):
    picture(tmp_path / "d1" / "IMG_1.JPG", offset="+11:00", flash=1)
    package = read(tmp_path)
    row = package.table("media").row(0, named=True)
    assert row["deploymentID"] == "d1"
    assert row["timestamp"].isoformat() == "2014-10-25T12:30:00+00:00"
    assert row["timestamp_offset"] == 660
    assert (row["filePath"], row["fileName"], row["fileMediatype"]) == ("d1/IMG_1.JPG", "IMG_1.JPG", "image/jpeg")
    held = json.loads(row["exifData"])
    assert held.pop("FileSHA256") == package.digests["d1/IMG_1.JPG"]
    assert held == {"ExposureTime": 0.025, "Flash": 1, "Make": "RECONYX"}
    assert package.findings.is_empty()


def test_a_local_time_needs_a_declared_zone(tmp_path):
    picture(tmp_path / "d1" / "a.jpg")
    assert codes(read(tmp_path).findings) == ["instant-without-offset"]
    package = read(tmp_path, time_zone="Asia/Vladivostok")
    assert package.table("media")["timestamp"].item().isoformat() == "2014-10-25T12:30:00+00:00"


def test_positions_stay_in_the_pictures_unless_asked_for(tmp_path):
    picture(tmp_path / "d1" / "a.jpg", offset="+11:00", position=True)
    package = read(tmp_path)
    assert "GPS" not in package.table("media")["exifData"].item()
    assert codes(package.findings) == ["image-positions-left"]
    asked = read(tmp_path, positions=True)
    held = json.loads(asked.table("media")["exifData"].item())
    assert held["GPSLatitude"] == pytest.approx(43.1041667)
    assert held["GPSLongitude"] == pytest.approx(131.22)
    assert codes(asked.findings) == ["image-positions-copied"]


def test_nothing_that_tells_a_camera_or_its_owner_is_copied(tmp_path):
    picture(tmp_path / "d1" / "a.jpg", offset="+11:00")
    assert "SECRET" not in read(tmp_path).table("media").write_csv()


def test_tags_become_observations(tmp_path):
    picture(tmp_path / "d1" / "a.jpg", offset="+11:00", tags=["Species|Panthera pardus", "individual|T07"])
    picture(tmp_path / "d1" / "b.jpg", offset="+11:00", tags=["Species|Roe Deer"])
    picture(tmp_path / "d1" / "c.jpg", offset="+11:00")
    package = read(tmp_path)
    seen = package.table("observations").select("deploymentID", "scientificName", "individualID", "observationLevel")
    assert seen.rows() == [("d1", "Panthera pardus", "T07", "media"), ("d1", "Roe Deer", None, "media")]
    assert package.table("observations")["mediaID"].is_in(package.table("media")["mediaID"].implode()).all()
    assert package.findings.select("code", "value").rows() == [("species-undeclared", "Roe Deer")]
    told = read(tmp_path, species={"Roe Deer": "Capreolus pygargus"})
    assert told.table("observations")["scientificName"].to_list() == ["Panthera pardus", "Capreolus pygargus"]
    assert told.findings.is_empty()


def test_several_species_and_individuals_in_one_picture_are_not_paired(tmp_path):
    tags = ["Species|Panthera pardus", "Species|Panthera tigris", "individual|T07"]
    picture(tmp_path / "d1" / "a.jpg", offset="+11:00", tags=tags)
    package = read(tmp_path)
    assert package.table("observations").select("scientificName", "individualID").rows() == [
        ("Panthera pardus", None),
        ("Panthera tigris", None),
    ]
    assert package.findings.select("code", "row", "value").rows() == [("image-tags-ambiguous", 2, "d1/a.jpg")]


def test_every_file_that_tells_no_time_or_no_place_is_named(tmp_path):
    picture(tmp_path / "d1" / "a.jpg", time=None)
    picture(tmp_path / "d1" / "b.jpg", time="0000:00:00 00:00:00")
    picture(tmp_path / "loose.jpg", offset="+11:00")
    (tmp_path / "d1" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00garbage")
    (tmp_path / "d1" / "film.mp4").write_bytes(b"\x00" * 64)
    (tmp_path / "d1" / "Thumbs.db").write_bytes(b"x")
    package = read(tmp_path)
    found = package.findings.filter(pl.col("code").str.starts_with("image-")).select("code", "value")
    assert found.sort("code", "value").rows() == [
        ("image-other-files", ""),
        ("image-recordings", ""),
        ("image-unreadable", "d1/broken.jpg"),
        ("image-without-deployment", "loose.jpg"),
        ("image-without-time", "d1/a.jpg"),
        ("image-without-time", "d1/b.jpg"),
    ]
    # Nothing is dropped: every medium is a row, with or without a time.
    assert package.table("media").height == 5


def test_a_deployment_may_stand_in_the_name_of_the_file(tmp_path):
    picture(tmp_path / "Leopard" / "StationA__2009(1).jpg", offset="+08:00")
    package = read(tmp_path, deployment=r"/(?P<deployment>[^/_]+)__")
    assert package.table("media")["deploymentID"].to_list() == ["StationA"]


def test_tags_that_could_unfold_without_end_are_not_read():
    bomb = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert hierarchical_tags(bomb) == ((), "it declares a document type, which is not read")
    assert hierarchical_tags(b"<a><b></a>")[0] == ()


def test_names_do_not_change_when_the_folder_is_read_again_on_more_cores(tmp_path):
    for number in range(12):
        picture(tmp_path / f"d{number % 3}" / f"{number}.jpg", offset="+11:00")
    images.TOGETHER, kept = 3, images.TOGETHER
    try:
        one = images.read(tmp_path, party="p")
        two = images.read(tmp_path, party="p", workers=2)
    finally:
        images.TOGETHER = kept
    assert one.table("media").equals(two.table("media"))


def test_misuse_is_refused_in_three_parts(tmp_path):
    with pytest.raises(FormatError, match="a folder of pictures"):
        read(tmp_path / "none")
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(FormatError, match="1 files, none of them such"):
        read(tmp_path)
    for pattern in ("(", "^([^/]+)/"):
        with pytest.raises(MisuseError, match="pattern"):
            read(tmp_path, deployment=pattern)


def test_the_tags_of_camtrapr_pictures_give_its_record_table(shared_data):
    home = shared_data / "A5_camtrapR_individual_records"
    package = read(
        home / "pictures" / "sample_images_indiv_tag",
        time_zone="Asia/Kuala_Lumpur",
        deployment=r"/(?P<deployment>[^/_]+)__",
        species={"Leopard Cat": "Prionailurus bengalensis"},
    )
    media = package.table("media").select("mediaID", "fileName")
    seen = package.table("observations").join(media, on="mediaID")
    ours = {
        (row["fileName"], row["deploymentID"], row["individualID"], row["eventStart"].strftime("%F %T"))
        for row in seen.with_columns(pl.col("eventStart").dt.convert_time_zone("Asia/Kuala_Lumpur")).iter_rows(
            named=True
        )
    }
    table = pl.read_csv(home / "recordTableIndividualSample.csv", infer_schema=False)
    theirs = set(table.select("FileName", "Station", "Individual", "DateTimeOriginal").rows())
    # The record table keeps one picture an hour; every record is a tagged picture with the same station, name and time.
    assert len(ours) == 26
    assert len(theirs) == 21
    assert theirs <= ours
