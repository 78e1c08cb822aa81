from pathlib import Path

import pytest

from tumen.errors import FormatError, MisuseError, PlaceError
from tumen.files.camtrapr import read

STATIONS = """\
Station,utm_y,utm_x,Setup_date,Retrieval_date,Problem1_from,Problem1_to
A,604000,526000,02/04/2009,14/05/2009,,
B,606000,523000,03/04/2009,16/05/2009,12/05/2009,16/05/2009
"""
RECORDS = """\
Station,Species,Individual,DateTimeOriginal,Date,Directory,FileName,note
A,Prionailurus bengalensis,1,2009-05-07 17:11:00,2009-05-07,pics,a1.JPG,dark
B,Prionailurus bengalensis,2,2009-04-21 00:40:00,2009-04-21,pics,b1.JPG,
"""
SABAH = {"party": "sabah", "time_zone": "Asia/Kuala_Lumpur", "crs": "EPSG:32650"}


def package(tmp_path: Path, stations: str = STATIONS, records: str | None = RECORDS, **said):
    (tmp_path / "stations.csv").write_text(stations, encoding="utf-8")
    if records is not None:
        (tmp_path / "records.csv").write_text(records, encoding="utf-8")
    return read(tmp_path / "stations.csv", None if records is None else tmp_path / "records.csv", **{**SABAH, **said})


def codes(package) -> list[str]:
    return package.findings["code"].to_list()


def test_stations_become_deployments(tmp_path):
    deployments = package(tmp_path).received["deployments"]
    assert deployments.select("deploymentID", "locationID", "deploymentStart", "deploymentEnd").rows() == [
        ("A", "A", "2009-04-02T00:00:00+08:00", "2009-05-14T23:59:59+08:00"),
        ("B", "B", "2009-04-03T00:00:00+08:00", "2009-05-16T23:59:59+08:00"),
    ]
    assert float(deployments["longitude"][0]) == pytest.approx(117.23471, abs=1e-5)
    assert float(deployments["latitude"][0]) == pytest.approx(5.46437, abs=1e-5)


def test_problems_become_failed_periods_and_nothing_else_is_made_up(tmp_path):
    assert package(tmp_path).received["operating_periods"].rows() == [
        ("B", "2009-05-12T00:00:00+08:00", "2009-05-16T23:59:59+08:00", "failed", "Problem1")
    ]


def test_a_problem_with_one_date_is_a_finding_and_stays(tmp_path):
    given = package(tmp_path, STATIONS.replace("12/05/2009,16/05/2009\n", "12/05/2009,\n"), None)
    assert given.received["operating_periods"]["end"].to_list() == [None]
    assert "problem-incomplete" in codes(given)
    assert given.findings.filter(code="problem-incomplete")["row"].item() == 3
    assert "cell-required" in codes(given)


def test_records_become_observations_media_and_individuals(tmp_path):
    given = package(tmp_path)
    filled = ("observationID", "deploymentID", "mediaID", "eventStart", "eventEnd", "observationLevel",
              "observationType", "scientificName", "individualID", "observationTags")  # fmt: skip
    assert given.received["observations"].select(filled).rows() == [
        ("record-2", "A", "a1.JPG", "2009-05-07T17:11:00+08:00", "2009-05-07T17:11:00+08:00", "media", "animal",
         "Prionailurus bengalensis", "1", "note:dark"),
        ("record-3", "B", "b1.JPG", "2009-04-21T00:40:00+08:00", "2009-04-21T00:40:00+08:00", "media", "animal",
         "Prionailurus bengalensis", "2", None),
    ]  # fmt: skip
    assert given.table("media").select("mediaID", "deploymentID", "filePath", "filePublic", "fileMediatype").rows() == [
        ("a1.JPG", "A", "pics/a1.JPG", False, "image/jpeg"),
        ("b1.JPG", "B", "pics/b1.JPG", False, "image/jpeg"),
    ]
    assert given.table("individuals").select("individualID", "scientificName").rows() == [
        ("1", "Prionailurus bengalensis"),
        ("2", "Prionailurus bengalensis"),
    ]


def test_what_was_decided_is_told(tmp_path):
    assert sorted(set(codes(package(tmp_path)))) == [
        "column-computed",
        "coordinates-transformed",
        "date-format-found",
        "date-without-time",
    ]


def test_without_file_names_an_observation_is_an_event_and_there_are_no_media(tmp_path):
    given = package(tmp_path, records="Station,Species,DateTimeOriginal\nA,Panthera pardus,2009-05-07 17:11:00\n")
    assert given.table("observations")["observationLevel"].to_list() == ["event"]
    assert given.table("media").height == 0
    assert "individuals" not in given.tables


def test_without_a_record_table_there_are_no_observations(tmp_path):
    assert set(package(tmp_path, records=None).tables) == {"deployments", "operating_periods"}


def test_one_file_with_two_animals_is_one_media_row(tmp_path):
    given = package(
        tmp_path,
        records=RECORDS.replace("B,Prionailurus bengalensis,2", "A,Prionailurus bengalensis,2").replace(
            "b1.JPG", "a1.JPG"
        ),
    )
    assert given.table("media").height == 1
    assert given.table("observations")["mediaID"].to_list() == ["a1.JPG", "a1.JPG"]


def test_equal_file_names_in_two_folders_are_two_files(tmp_path):
    given = package(tmp_path, records=RECORDS.replace("pics,b1.JPG", "other,a1.JPG"))
    assert given.table("media")["mediaID"].to_list() == ["pics/a1.JPG", "other/a1.JPG"]
    assert given.table("observations")["mediaID"].to_list() == ["pics/a1.JPG", "other/a1.JPG"]


def paths(given) -> list[tuple[str, str]]:
    return given.table("media").select("mediaID", "filePath").rows()


@pytest.mark.parametrize("folder", ["C:/Users/anna/pics", "/volumes/anna/pics/", "D:\\pics", "../anna", "~/pics"])
def test_folders_of_somebodys_computer_are_not_passed_on(tmp_path, folder):
    given = package(tmp_path, records=RECORDS.replace("pics", folder))
    assert paths(given) == [("a1.JPG", "A/a1.JPG"), ("b1.JPG", "B/b1.JPG")]
    note = given.findings.filter(code="path-shortened")
    assert note.select("severity", "table", "column", "arguments").rows() == [
        ("note", "media", "filePath", '{"count": 2}')
    ]
    for name in ("media", "observations"):
        assert "anna" not in given.received[name].write_csv()


def test_a_path_inside_the_file_name_is_not_passed_on_either(tmp_path):
    given = package(tmp_path, records=RECORDS.replace("pics,a1.JPG", ",C:\\Users\\anna\\a1.JPG"))
    assert paths(given) == [("a1.JPG", "A/a1.JPG"), ("b1.JPG", "pics/b1.JPG")]
    assert given.table("observations")["mediaID"].to_list() == ["a1.JPG", "b1.JPG"]


def test_equal_names_in_two_folders_of_a_computer_stay_two_files(tmp_path):
    same = RECORDS.replace("B,Prionailurus", "A,Prionailurus").replace("b1.JPG", "a1.JPG")
    given = package(tmp_path, records=same.replace("pics", "C:/x/cat", 1).replace("pics", "C:/x/leopard", 1))
    assert paths(given) == [("A/1/a1.JPG", "A/1/a1.JPG"), ("A/2/a1.JPG", "A/2/a1.JPG")]
    assert given.table("observations")["mediaID"].to_list() == ["A/1/a1.JPG", "A/2/a1.JPG"]


def test_addresses_and_relative_folders_stay(tmp_path):
    given = package(tmp_path, records=RECORDS.replace("pics,b1", "https://example.org/pics,b1"))
    assert [path for _, path in paths(given)] == ["pics/a1.JPG", "https://example.org/pics/b1.JPG"]
    assert "path-shortened" not in codes(given)


SEASONS = """\
Station,x,y,Setup_date,Retrieval_date,session,camera
A,117.2,5.4,2009-04-02,2009-05-14,2009,1
A,117.2,5.4,2009-04-02,2009-05-14,2009,2
A,117.2,5.4,2010-04-02,2010-05-14,2010,1
B,117.3,5.5,2010-04-02,2010-05-14,2010,1
"""


def test_deployments_are_named_by_as_little_as_tells_them_apart(tmp_path):
    given = package(tmp_path, SEASONS, None, crs="EPSG:4326")
    assert given.table("deployments")["deploymentID"].to_list() == [
        "A__2009__1",
        "A__2009__2",
        "A__2010__1",
        "B__2010__1",
    ]
    assert given.table("deployments")["deploymentGroups"].to_list()[0] == "session:2009"
    assert given.table("deployments")["cameraID"].to_list() == ["1", "2", "1", "1"]
    one_camera = "\n".join(line for line in SEASONS.splitlines() if not line.endswith(",2")) + "\n"
    given = package(tmp_path, one_camera, None, crs="EPSG:4326")
    assert given.table("deployments")["deploymentID"].to_list() == ["A__2009", "A__2010", "B__2010"]


def test_a_record_belongs_to_the_deployment_of_its_station_camera_and_time_or_to_none(tmp_path):
    records = """\
Station,Species,DateTimeOriginal,camera
A,Panthera pardus,2009-04-10 10:00:00,2
A,Panthera pardus,2010-04-10 10:00:00,
A,Panthera pardus,2009-04-10 10:00:00,
A,Panthera pardus,2012-04-10 10:00:00,1
B,Panthera pardus,2012-04-10 10:00:00,1
C,Panthera pardus,2009-04-10 10:00:00,1
"""
    given = package(tmp_path, SEASONS, records, crs="EPSG:4326")
    assert given.table("observations")["deploymentID"].to_list() == [
        "A__2009__2",
        "A__2010__1",
        "A",
        "A",
        "B__2010__1",
        "C",
    ]
    undecided = given.findings.filter(code="record-without-deployment")
    assert undecided.select("row", "value").rows() == [(4, "2009-04-10 10:00:00"), (5, "2012-04-10 10:00:00")]


def test_numbers_that_repeat_from_species_to_species_are_told_apart(tmp_path):
    given = package(tmp_path, records=RECORDS.replace("bengalensis,2", "planiceps,1"))
    assert given.table("observations")["individualID"].to_list() == [
        "Prionailurus bengalensis:1",
        "Prionailurus planiceps:1",
    ]
    assert "individuals-qualified" in codes(given)


def test_scientific_names_are_declared_not_guessed(tmp_path):
    coded = RECORDS.replace("Prionailurus bengalensis", "LeopardCat")
    given = package(tmp_path, records=coded)
    assert given.findings.filter(code="species-undeclared").select("value", "severity").rows() == [
        ("LeopardCat", "warning")
    ]
    given = package(tmp_path, records=coded, species={"LeopardCat": "Prionailurus bengalensis"})
    assert given.table("observations")["scientificName"].unique().to_list() == ["Prionailurus bengalensis"]
    assert "species-undeclared" not in codes(given)


def test_other_columns_of_stations_become_tags(tmp_path):
    given = package(tmp_path, SEASONS.replace("session,camera", "habitat,elevation"), None, crs="EPSG:4326")
    assert given.table("deployments")["deploymentTags"].to_list()[0] == "habitat:2009 | elevation:1"


def test_semicolons(tmp_path):
    given = package(tmp_path, STATIONS.replace(",", ";"), RECORDS.replace(",", ";"))
    assert given.table("deployments").height == given.table("observations").height == 2


@pytest.mark.parametrize("said", [{"time_zone": ""}, {"crs": ""}])
def test_zone_and_coordinate_system_are_never_guessed(tmp_path, said):
    with pytest.raises(MisuseError, match="for camtrapR tables") as caught:
        package(tmp_path, **said)
    assert "cannot be guessed" in caught.value.cure


def test_dates_that_can_be_read_two_ways(tmp_path):
    doubtful = STATIONS.replace("14/05", "12/05").replace("16/05", "11/05")
    with pytest.raises(MisuseError, match="dates of one certain format"):
        package(tmp_path, doubtful, None)
    given = package(tmp_path, doubtful, date_format="%m/%d/%Y")
    assert given.received["deployments"]["deploymentStart"][0] == "2009-02-04T00:00:00+08:00"


def test_files_that_are_none(tmp_path):
    with pytest.raises(FormatError, match="camtrapR's table"):
        read(tmp_path / "none.csv", **SABAH)
    with pytest.raises(FormatError, match="a column setup_date in camtrapR's station table"):
        package(tmp_path, "Station,x,y\nA,1,2\n", None)
    with pytest.raises(FormatError, match="a column station in camtrapR's station table"):
        package(tmp_path, "", None)
    with pytest.raises(FormatError, match="a column Problem1_to"):
        package(tmp_path, STATIONS.replace("Problem1_to", "comment"), None)
    with pytest.raises(FormatError, match="a column species in camtrapR's record table"):
        package(tmp_path, records="Station\nA\n")


def test_coordinates_that_are_none_are_kept_for_the_cast(tmp_path):
    given = package(tmp_path, STATIONS.replace("604000", "unknown"), None)
    assert given.received["deployments"]["latitude"][0] == "unknown"
    assert "cell-type" in codes(given)


def test_degrees_under_a_projected_system(tmp_path):
    with pytest.raises(PlaceError, match="which are degrees"):
        package(tmp_path, SEASONS.replace("x,y", "longitude,latitude"), None)
