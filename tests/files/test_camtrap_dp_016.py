import json

import polars as pl
from tests.files.packages import descriptor, folder

from tumen.files.camtrap_dp import read
from tumen.files.camtrap_dp_016 import upgrade


def text(**columns: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def upgraded(name: str, **columns: list[str | None]) -> tuple[pl.DataFrame, list[tuple]]:
    _, texts, found = upgrade({}, {name: text(**columns)})
    found = found.filter(pl.col("code") != "package-migrated")
    return texts[name], [(code, column, value, json.loads(a)) for code, column, value, a in
                         found.select("code", "column", "value", "arguments").rows()]  # fmt: skip


def test_renamed_columns_keep_their_cells_malformed_or_not():
    table, found = upgraded(
        "deployments", start=["2020-07-29TT05:29:41Z"], end=["2020-08-08T04:20:40+0000"], cameraInterval=["0"]
    )
    assert table.select("deploymentStart", "deploymentEnd", "cameraDelay").row(0) == (
        "2020-07-29TT05:29:41Z",
        "2020-08-08T04:20:40+0000",
        "0",
    )
    assert found == [
        ("column-renamed", "cameraInterval", "", {"became": "cameraDelay", "count": 1}),
        ("column-renamed", "end", "", {"became": "deploymentEnd", "count": 1}),
        ("column-renamed", "start", "", {"became": "deploymentStart", "count": 1}),
    ]


def test_session_and_array_become_groups():
    table, _ = upgraded("deployments", session=["spring", None, "x|y"], array=["A1", "A2", None])
    assert table["deploymentGroups"].to_list() == ["session:spring | array:A1", "array:A2", "session:x/y"]


def test_bait_and_features_that_the_new_words_cannot_say_go_to_the_tags():
    table, _ = upgraded(
        "deployments",
        baitUse=["none", "scent", "TRUE", None],
        featureType=["road paved", "other", "none", "culvert"],
        tags=["a", "b", None, None],
    )
    assert table["baitUse"].to_list() == ["false", "true", "TRUE", None]
    assert table["featureType"].to_list() == ["roadPaved", None, None, "culvert"]
    assert table["deploymentTags"].to_list() == ["a", "b | baitUse:scent | featureType:other", None, None]


def test_words_of_observations():
    table, found = upgraded(
        "observations",
        timestamp=["2020-07-29T05:29:41Z"] * 4,
        mediaID=[None, "m1", None, ""],
        cameraSetup=["TRUE", "FALSE", None, "FALSE"],
        lifeStage=["offspring", "unknown", "adult", None],
        sex=["unknown", "male", "unknown", None],
        countNew=["2", None, None, None],
        taxonID=["DGPL", None, None, None],
    )
    assert table["eventStart"].to_list() == table["eventEnd"].to_list() == ["2020-07-29T05:29:41Z"] * 4
    assert table["observationLevel"].to_list() == ["event", "media", "event", "event"]
    assert table["cameraSetupType"].to_list() == ["setup", None, None, None]
    assert table["lifeStage"].to_list() == ["juvenile", None, "adult", None]
    assert table["sex"].to_list() == [None, "male", None, None]
    assert table["observationTags"].to_list() == ["taxonID:DGPL | countNew:2", None, None, None]
    assert ("value-emptied", "sex", "unknown", {"count": 2}) in found
    assert ("value-migrated", "lifeStage", "offspring", {"became": "juvenile", "count": 1}) in found
    assert ("column-filled", "eventEnd", "eventStart", {"count": 4}) in found
    assert ("column-folded", "taxonID", "", {"became": "observationTags", "count": 1}) in found


def test_media_are_not_called_public_because_nobody_said_so():
    table, found = upgraded("media", mediaID=["m1"], sequenceID=["s1"], comments=["dark"])
    assert table.select("filePublic", "mediaComments").row(0) == ("false", "dark | sequenceID:s1")
    assert ("column-filled", "filePublic", "false", {"count": 1}) in found


def test_columns_that_the_old_version_did_not_know_either_stay():
    table, _ = upgraded("observations", speed=["0.6"], angle=["0.58"])
    assert table.select("speed", "angle").row(0) == ("0.6", "0.58")


def test_metadata_in_the_new_words(tmp_path):
    project = {
        "_id": "x",
        "title": "North",
        "samplingDesign": "simple random",
        "captureMethod": ["motion detection", "time lapse"],
        "animalTypes": ["unmarked", "marked"],
        "classificationLevel": "sequence",
        "sequenceInterval": 120,
    }
    package = read(
        folder(
            tmp_path / "p",
            profile=descriptor()["profile"].replace("1.0.2", "0.1.6"),
            project=project,
            contributors=[{"title": "A", "role": "author"}, {"title": "B", "role": "contributor"}],
            taxonomic=[
                {"scientificName": "Lutra lutra", "vernacularNames": {"en": "otter", "ru": "выдра", "rus": "выдра"}}
            ],
        )
    )
    assert package.descriptor["project"] == {
        "id": "x",
        "title": "North",
        "samplingDesign": "simpleRandom",
        "captureMethod": ["activityDetection", "timeLapse"],
        "individualAnimals": True,
        "observationLevel": ["event"],
        "sequenceInterval": 120,
    }
    assert package.descriptor["contributors"] == [
        {"title": "A", "role": "contributor", "formerRole": "author"},
        {"title": "B", "role": "contributor"},
    ]
    assert package.descriptor["taxonomic"][0]["vernacularNames"] == {"eng": "otter", "rus": "выдра"}
    assert (
        not package.findings["code"].str.starts_with("metadata-").filter(package.findings["severity"] != "note").any()
    )
