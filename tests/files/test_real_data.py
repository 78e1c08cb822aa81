"""Real packages, as their owners published them: row counts, every planted error, and nothing lost on the way back."""

import json
from datetime import UTC, datetime

import polars as pl
import pytest
from tests.files.packages import faults

from tumen.files import camtrap_dp, camtrapr, movebank
from tumen.files.camtrap_dp_write import write
from tumen.files.geometry import read_countries
from tumen.tables.catalogue import CATALOGUE

A1 = "A1_camtrapdp_tdwg_example/package"
A2 = "A2_mica_muskrat_coypu_BE_NL_DE"
A4 = "A4_camtrapdp_agouti_rem_position_speed"
A5 = "A5_camtrapR_individual_records"
F8 = "F8_elephant_mali_burkina/salif_keita_movebank.csv"


def heights(package) -> dict[str, int]:
    return {name: table.height for name, table in package.tables.items()}


def words(package) -> list[str]:
    """Every finding in words; raises where a message needs an argument that the finding lacks."""
    return [
        CATALOGUE[row["code"]].message.format(**row, **json.loads(row["arguments"]))
        for row in package.findings.iter_rows(named=True)
    ]


def severe(package) -> pl.DataFrame:
    return package.findings.filter(pl.col("severity") == "error")


def test_the_standards_example(shared_data):
    package = camtrap_dp.read(shared_data / A1, party="inbo", country="BE")
    assert heights(package) == {"deployments": 4, "media": 423, "observations": 549}
    assert package.findings.select("code", "table").rows() == [("table-foreign", "individuals")]
    # Pictures lie in the folder; they are not loaded.
    assert package.kept == {}
    assert sorted(package.digests) == ["datapackage.json", "deployments.csv", "media.csv", "observations.csv"]


@pytest.mark.parametrize("ending", ["", ".zip"])
def test_the_standards_example_survives_writing_and_reading(shared_data, tmp_path, ending):
    package = camtrap_dp.read(shared_data / A1, party="inbo", country="BE")
    path = tmp_path / f"out{ending}"
    assert write(package, path).is_empty()
    again = camtrap_dp.read(path)
    for name, text in package.received.items():
        assert again.received[name].equals(text)
        assert again.tables[name].equals(package.tables[name])
    own = {"party": "inbo", "country": "BE", "protocol": "0.2"}
    assert again.descriptor == {**package.descriptor, "tumen": own, "resources": again.descriptor["resources"]}
    assert again.descriptor["resources"] == package.descriptor["resources"]
    assert again.findings["code"].to_list() == ["table-foreign"]


def test_the_standards_example_is_valid_when_written(shared_data, tmp_path):
    write(camtrap_dp.read(shared_data / A1, party="inbo", country="BE"), tmp_path / "out")
    assert faults(tmp_path / "out", shared_data) == []


def test_the_bytes_of_every_table_of_the_standards_example_come_back(shared_data, tmp_path):
    write(camtrap_dp.read(shared_data / A1), tmp_path / "out")
    for name in ("deployments.csv", "media.csv", "observations.csv"):
        received = (shared_data / A1 / name).read_bytes().replace(b"\r\n", b"\n")
        assert (tmp_path / "out" / name).read_bytes().splitlines() == received.splitlines()


def test_the_whole_of_mica_has_595_deployments_and_lacks_two_tables(shared_data):
    package = camtrap_dp.read(shared_data / A2 / "full_0.1.6_no_observations", party="mica")
    assert heights(package) == {"deployments": 595}
    assert severe(package).select("code", "table").rows() == [
        ("table-missing", "media"),
        ("table-missing", "observations"),
    ]
    deployments = package.table("deployments")
    assert deployments["deploymentStart"].null_count() == deployments["deploymentEnd"].null_count() == 0
    assert deployments["deploymentStart"].min().isoformat() == "2019-09-18T07:11:08+00:00"
    # 475 deployments bear a tag, 94 a comment, as in the file.
    assert deployments["deploymentTags"].drop_nulls().len() == 475
    assert deployments["deploymentComments"].drop_nulls().len() == 94


def test_the_sample_of_mica_is_brought_to_the_new_version(shared_data, tmp_path):
    package = camtrap_dp.read(shared_data / A2 / "sample_0.1.6", party="mica")
    assert heights(package) == {"deployments": 4, "media": 283, "observations": 27}
    assert severe(package).is_empty()
    changed = {
        (code, table, column, value): json.loads(arguments)
        for code, table, column, value, arguments in package.findings.select(
            "code", "table", "column", "value", "arguments"
        ).rows()
    }
    assert changed["value-migrated", "media", "captureMethod", "motion detection"]["count"] == 280
    assert changed["value-migrated", "media", "captureMethod", "time lapse"]["count"] == 3
    assert changed["value-migrated", "observations", "cameraSetupType", "TRUE"] == {"became": "setup", "count": 2}
    assert changed["value-emptied", "observations", "sex", "unknown"] == {"count": 14}
    assert changed["column-folded", "media", "sequenceID", ""] == {"became": "mediaComments", "count": 283}
    write(package, tmp_path / "out")
    assert faults(tmp_path / "out", shared_data) == []
    again = camtrap_dp.read(tmp_path / "out")
    assert all(again.received[name].equals(text) for name, text in package.received.items())
    assert "package-migrated" not in again.findings["code"].to_list()


def test_every_planted_error_of_the_broken_copy_is_found_in_its_row(shared_data):
    path = shared_data / A2 / "deliberate_errors_0.1.6" / "datapackage_for_parsing_issues.json"
    package = camtrap_dp.read(path, party="mica")
    assert heights(package) == {"deployments": 4, "media": 4, "observations": 4}
    # An observation's one timestamp became its start and its end, so each of its two errors is found in both.
    assert sorted(severe(package).select("table", "row", "column", "value", "code").rows()) == [
        ("deployments", 2, "deploymentStart", "2020-07-29TT05:29:41Z", "cell-type"),
        ("deployments", 3, "deploymentStart", "2020-06-1921:00:00Z", "cell-type"),
        ("media", 3, "timestamp", "2020-07-29TTT05:29:42Z", "cell-type"),
        ("observations", 2, "eventEnd", "2020-07-29TT05:29:41Z", "cell-type"),
        ("observations", 2, "eventStart", "2020-07-29TT05:29:41Z", "cell-type"),
        ("observations", 3, "eventEnd", "2020-07-2905:38:55Z", "cell-type"),
        ("observations", 3, "eventStart", "2020-07-2905:38:55Z", "cell-type"),
    ]


def test_an_agouti_export_without_offsets(shared_data):
    package = camtrap_dp.read(shared_data / A4, party="zsl")
    assert heights(package) == {"deployments": 4, "media": 346, "observations": 21}
    times = severe(package).filter(pl.col("table") == "media")
    assert times.select("code", "column").unique().rows() == [("instant-without-offset", "timestamp")]
    assert times.height == 346
    # Position and speed were never columns of 0.1.6: they stay, as text, under their own names.
    assert package.table("observations")["speed"].drop_nulls().len() > 0


def test_agouti_is_read_in_the_zone_of_its_cameras(shared_data):
    package = camtrap_dp.read(shared_data / A4, party="zsl", time_zone="Europe/London")
    assert severe(package).filter(code="cell-type").is_empty()
    assert severe(package).filter(code="instant-without-offset").is_empty()
    notes = package.findings.filter(code="local-times-read")
    counts = {(row["table"], row["column"]): json.loads(row["arguments"])["count"] for row in notes.to_dicts()}
    assert counts == {
        ("deployments", "deploymentStart"): 4,
        ("deployments", "deploymentEnd"): 4,
        ("media", "timestamp"): 346,
        ("observations", "eventStart"): 21,
        ("observations", "eventEnd"): 21,
        ("observations", "classificationTimestamp"): 21,
    }
    assert package.table("media")["timestamp"][0].isoformat() == "2017-10-02T17:06:43+00:00"
    assert package.table("media")["timestamp_offset"].unique().to_list() == [60]


SABAH = {"party": "sabah", "country": "MY", "time_zone": "Asia/Kuala_Lumpur", "crs": "EPSG:32650"}


@pytest.mark.parametrize(
    ("stations", "records", "expected"),
    [
        ("camtraps", "recordTableIndividualSample", (3, 1, 21, 3)),
        ("camtraps", "recordTableSample", (3, 1, 39, None)),
        ("camtrapsMultiSeason", "recordTableIndividualSampleMultiSeason", (7, 3, 31, 3)),
        ("camtrapsMultiSeason", "recordTableSampleMultiSeason", (7, 3, 78, None)),
    ],
)
def test_camtraprs_samples(shared_data, stations, records, expected):
    folder = shared_data / A5
    package = camtrapr.read(folder / f"{stations}.csv", folder / f"{records}.csv", **SABAH)
    found = heights(package)
    names = ("deployments", "operating_periods", "observations", "individuals")
    assert tuple(found.get(name) for name in names) == expected
    assert severe(package).is_empty()
    deployments = package.table("deployments")
    assert set(package.table("observations")["deploymentID"]) <= set(deployments["deploymentID"])
    # Borneo, Sabah.
    assert deployments["longitude"].is_between(117.20, 117.24).all()
    assert deployments["latitude"].is_between(5.46, 5.50).all()


def test_camtraprs_tables_are_valid_camtrap_dp_but_for_what_nobody_knows(shared_data, tmp_path):
    folder = shared_data / A5
    package = camtrapr.read(folder / "camtraps.csv", folder / "recordTableIndividualSample.csv", **SABAH)
    lacking = write(package, tmp_path / "out", created=datetime(2026, 1, 1, tzinfo=UTC))
    unknown = ["project.captureMethod", "project.samplingDesign", "project.title"]
    assert lacking["value"].to_list() == unknown
    assert sorted(faults(tmp_path / "out", shared_data)) == [
        f"$.project: '{name.removeprefix('project.')}' is a required property" for name in unknown
    ]


def test_camtraprs_problem_is_the_end_of_station_c(shared_data):
    periods = camtrapr.read(shared_data / A5 / "camtraps.csv", **SABAH).received["operating_periods"]
    assert periods.select("deploymentID", "start", "end", "status").rows() == [
        ("StationC", "2009-05-12T00:00:00+08:00", "2009-05-17T23:59:59+08:00", "failed")
    ]


def test_the_records_of_two_seasons_go_to_their_own(shared_data):
    folder = shared_data / A5
    package = camtrapr.read(
        folder / "camtrapsMultiSeason.csv", folder / "recordTableIndividualSampleMultiSeason.csv", **SABAH
    )
    observations = package.table("observations")
    seasons = observations["deploymentID"].str.slice(-4)
    assert seasons.to_list() == observations["eventStart"].dt.year().cast(pl.String).to_list()


def test_an_elephants_track(shared_data):
    package = movebank.read(shared_data / F8, party="save", country="ML")
    assert heights(package) == {"individuals": 1, "positions": 21_972}
    assert severe(package).is_empty()
    positions = package.table("positions")
    assert positions["individualID"].unique().to_list() == ["Salif Keita"]
    assert positions["timestamp"].null_count() == 0
    assert positions["positionID"].is_unique().all()


def test_a_track_survives_writing_and_reading(shared_data, tmp_path):
    package = movebank.read(shared_data / F8, party="save", country="ML")
    assert write(package, tmp_path / "out.zip").is_empty()
    again = camtrap_dp.read(tmp_path / "out.zip")
    assert again.tables["positions"].equals(package.tables["positions"])
    assert (again.party, again.country) == ("save", "ML")


def test_every_finding_about_real_data_can_be_put_into_words(shared_data):
    packages = [
        camtrap_dp.read(shared_data / A1),
        camtrap_dp.read(shared_data / A2 / "sample_0.1.6"),
        camtrap_dp.read(shared_data / A2 / "full_0.1.6_no_observations"),
        camtrap_dp.read(shared_data / A4),
        camtrapr.read(shared_data / A5 / "camtraps.csv", shared_data / A5 / "recordTableSample.csv", **SABAH),
    ]
    assert all("{" not in text for package in packages for text in words(package))


@pytest.mark.parametrize(
    ("window", "countries"),
    [
        ("benelux_de", ["BE", "DE", "FR", "NL"]),
        ("mali_burkina", ["BF", "ML", "NE"]),
        ("tumen_ne_asia", ["CN", "KP", "RU"]),
        ("wakhan_khunjerab", ["AF", "CN", "IN", "PK", "TJ"]),
    ],
)
def test_countries_of_openstreetmap(shared_data, window, countries):
    assert list(read_countries(shared_data / "F1_borders_OSM_10m" / f"{window}.geojson")) == countries
