import pytest

from tumen.errors import FormatError
from tumen.files.movebank import read

TRACK = """\
event-id,visible,timestamp,location-long,location-lat,manually-marked-outlier,location-error-numerical,individual-taxon-canonical-name,tag-local-identifier,individual-local-identifier,sensor-type,study-name
1,true,2008-03-22 17:00:00.000,-2.16,15.65,,12,Loxodonta africana,267,Salif,gps,S
2,false,2008-03-22 18:00:00.000,-2.17,15.66,,,Loxodonta africana,267,Salif,gps,S
3,true,2008-03-22 19:00:00.250,,,true,,Loxodonta africana,267,Salif,gps,S
"""


def package(tmp_path, text: str = TRACK):
    (tmp_path / "track.csv").write_text(text, encoding="utf-8")
    return read(tmp_path / "track.csv", party="p", country="ML")


def test_every_row_is_a_position(tmp_path):
    given = package(tmp_path)
    positions = given.table("positions")
    assert positions.select("positionID", "individualID", "tagID", "sensorType").row(0) == ("1", "Salif", "267", "gps")
    assert positions["timestamp"][0].isoformat() == "2008-03-22T17:00:00+00:00"
    assert positions["coordinateUncertainty"].to_list() == [12.0, None, None]
    assert positions.height == 3
    assert given.table("individuals").select("individualID", "scientificName").rows() == [
        ("Salif", "Loxodonta africana")
    ]


def test_what_the_owner_marked_as_wrong_is_an_outlier_and_kept(tmp_path):
    assert package(tmp_path).table("positions")["outlier"].to_list() == [False, True, True]


def test_without_marks_nothing_is_said(tmp_path):
    text = TRACK.replace("visible", "seen").replace("manually-marked-outlier", "mark")
    assert package(tmp_path, text).table("positions")["outlier"].to_list() == [None, None, None]


def test_findings(tmp_path):
    found = package(tmp_path).findings.select("code", "row", "column").rows()
    assert ("cell-required", 4, "latitude") in found
    assert ("cell-required", 4, "longitude") in found
    assert ("time-fraction-dropped", None, "timestamp") in found
    assert ("column-unknown", None, "study-name") in found


@pytest.mark.parametrize("mark", [".", "_"])
def test_names_as_other_programs_pass_them_on(tmp_path, mark):
    header, rest = TRACK.split("\n", 1)
    assert package(tmp_path, header.replace("-", mark) + "\n" + rest).table("positions").height == 3


def test_without_identifiers_rows_are_numbered(tmp_path):
    given = package(tmp_path, TRACK.replace("event-id", "number"))
    assert given.table("positions")["positionID"].to_list() == ["row-2", "row-3", "row-4"]


def test_no_track(tmp_path):
    with pytest.raises(FormatError, match="a Movebank table"):
        read(tmp_path / "none.csv", party="p")
    with pytest.raises(FormatError, match="Movebank's column location-lat"):
        package(tmp_path, TRACK.replace("location-lat", "lat"))
