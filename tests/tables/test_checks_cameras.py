"""Deployments that overlap, and media that stand there twice."""

import json

import polars as pl
from tests.builders import package

from tumen.tables.checks_cameras import check


def found(**tables):
    told = pl.concat(check(package(**tables)))
    return [(row["code"], row["row"], row["value"], json.loads(row["arguments"])) for row in told.iter_rows(named=True)]


def stay(name, start, end, **over):
    return {
        "deploymentID": name,
        "deploymentStart": f"2014-{start}T00:00:00Z",
        "deploymentEnd": f"2014-{end}T00:00:00Z",
        **over,
    }


def test_one_camera_at_two_places_at_once():
    told = found(
        deployments=[
            stay("d1", "01-01", "03-01", cameraID="C1", locationID="ridge"),
            stay("d2", "02-01", "04-01", cameraID="C1", locationID="valley"),
        ]
    )
    arguments = {"camera": "C1", "other": "d1", "start": "2014-02-01T00:00:00Z", "end": "2014-03-01T00:00:00Z"}
    assert told == [("camera-in-two-deployments", 3, "d2", arguments)]


def test_one_camera_twice_at_one_place():
    told = found(
        deployments=[
            stay("d2", "02-01", "04-01", cameraID="C1", locationID="ridge"),
            stay("d1", "01-01", "03-01", cameraID="C1", locationID="ridge"),
        ]
    )
    assert [row[:3] for row in told] == [("deployments-overlap", 2, "d2")]


def test_a_short_deployment_within_a_long_one_and_one_after_both():
    told = found(
        deployments=[
            stay("long", "01-01", "06-01", cameraID="C1", locationID="ridge"),
            stay("short", "02-01", "02-03", cameraID="C1", locationID="ridge"),
            stay("third", "05-01", "07-01", cameraID="C1", locationID="ridge"),
        ]
    )
    assert [(value, arguments["other"]) for _, _, value, arguments in told] == [("short", "long"), ("third", "long")]


def test_paired_cameras_and_the_day_of_a_visit_are_fine():
    paired = [stay("d1", "01-01", "03-01", cameraID="A"), stay("d2", "01-01", "03-01", cameraID="B")]
    assert found(deployments=[{**row, "locationID": "ridge"} for row in paired]) == []
    visit = [stay("d1", "01-01", "03-01", cameraID="A"), stay("d2", "02-28", "04-01", cameraID="A")]
    assert found(deployments=visit) == []


def test_unnamed_cameras_at_one_place_are_told_once_a_place():
    told = found(
        deployments=[stay(f"d{n}", "01-01", "03-01", locationID="ridge") for n in (1, 2, 3)]
        + [stay("d4", "01-01", "03-01", locationID="valley"), stay("d5", "01-01", "03-01")]
    )
    assert told == [("cameras-unnamed-overlap", 3, "ridge", {"count": "2", "deployment": "d2"})]


def medium(number, **over):
    return {"mediaID": f"m{number}", "filePath": f"media/{number}.jpg", **over}


def test_a_file_that_two_rows_are_about():
    told = found(deployments=[{}], media=[medium(1), medium(2), medium(3, filePath="media/1.jpg")])
    assert told == [("media-file-twice", 4, "media/1.jpg", {"count": "2", "firstRow": "2"})]


def test_the_same_picture_in_two_deployments():
    exif = {"exifData": '{"Make": "X", "FileSHA256": "' + "ab" * 32 + '"}'}
    upper = {"exifData": '{"FileSHA256":"' + "AB" * 32 + '"}'}
    other = {"exifData": '{"FileSHA256":"' + "cd" * 32 + '"}'}
    rows = [medium(1, **exif), medium(2, **other), medium(3, deploymentID="d2", **upper)]
    told = found(deployments=[{}, {"deploymentID": "d2"}], media=rows)
    assert told == [("media-picture-twice", 4, "ab" * 32, {"count": "2", "firstRow": "2", "deployment": "d1"})]


def test_one_name_at_one_time_twice_in_one_deployment():
    name = {"fileName": "IMG_1.JPG"}
    told = found(deployments=[{}], media=[medium(1, **name), medium(2, **name)])
    assert told == [("media-name-twice", 3, "IMG_1.JPG", {"count": "2", "firstRow": "2"})]
    later = medium(2, timestamp="2014-01-11T00:00:00Z", **name)
    elsewhere = medium(3, deploymentID="d2", **name)
    assert found(deployments=[{}, {"deploymentID": "d2"}], media=[medium(1, **name), later, elsewhere]) == []
