import gzip
import json
import zipfile

import polars as pl
import pytest
from tests.files.packages import DEPLOYMENTS, MEDIA, TABLES, descriptor, folder

from tumen.errors import FormatError, MisuseError
from tumen.files.camtrap_dp import read


def codes(package, *columns: str) -> list[tuple]:
    return package.findings.select("code", *columns).rows()


def heights(package) -> dict[str, int]:
    return {name: table.height for name, table in package.tables.items()}


def test_a_complete_package_has_no_findings(tmp_path):
    package = read(folder(tmp_path / "p"))
    assert package.findings.is_empty()
    assert heights(package) == {"deployments": 2, "media": 1, "observations": 1}
    assert (package.name, package.party, package.country) == ("north-2014", "north-reserve", "RU")
    assert package.time_zone == "Asia/Vladivostok"
    assert set(package.digests) == {"datapackage.json", *TABLES}


def test_folder_zip_and_descriptor_are_the_same_package(tmp_path):
    path = folder(tmp_path / "p")
    (path / "north.json").write_bytes((path / "datapackage.json").read_bytes())
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for file in path.iterdir():
            archive.write(file, f"inside/{file.name}")
    expected = read(path)
    for other in (path / "north.json", tmp_path / "p.zip"):
        package = read(other)
        assert all(package.tables[name].equals(expected.tables[name]) for name in expected.tables)
        assert package.findings.is_empty()


def test_recorded_offsets_are_kept(tmp_path):
    start = read(folder(tmp_path / "p")).table("deployments").row(0, named=True)
    assert start["deploymentStart"].isoformat() == "2013-12-31T13:00:00+00:00"
    assert start["deploymentStart_offset"] == 660


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"resources": 1}', "\xff", "[" * 100_000])
def test_a_descriptor_that_is_none(tmp_path, text):
    (tmp_path / "datapackage.json").write_text(text, encoding="latin-1")
    with pytest.raises(FormatError, match=r"datapackage\.json to be a JSON object that lists resources"):
        read(tmp_path)


def test_a_missing_file_is_a_finding_and_the_rest_is_read(tmp_path):
    package = read(folder(tmp_path / "p", {"deployments.csv": DEPLOYMENTS}))
    assert heights(package) == {"deployments": 2}
    assert sorted(codes(package, "table")) == [("table-missing", "media"), ("table-missing", "observations")]


def test_a_table_that_is_not_declared(tmp_path):
    resources = descriptor()["resources"][:2]
    package = read(folder(tmp_path / "p", resources=resources))
    assert codes(package, "table") == [("table-not-declared", "observations")]


def test_header_only(tmp_path):
    package = read(folder(tmp_path / "p", TABLES | {"media.csv": TABLES["media.csv"].split(b"\n")[0]}))
    assert heights(package)["media"] == 0
    # That a table is empty is said once, by the checks.
    assert codes(package, "table") == []


def test_an_empty_file(tmp_path):
    package = read(folder(tmp_path / "p", TABLES | {"media.csv": b""}))
    assert ("file-empty", "media") in codes(package, "table")
    assert heights(package)["media"] == 0


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "C:\\media.csv", "https://example.org/media.csv"])
def test_a_path_that_leaves_the_package(tmp_path, path):
    (tmp_path / "secret.csv").write_text("mediaID\nm1\n")
    resources = descriptor()["resources"]
    resources[1]["path"] = path
    package = read(folder(tmp_path / "p", resources=resources))
    assert codes(package, "table", "value") == [("resource-path-unsafe", "media", path)]
    assert "media" not in package.tables


def test_a_link_that_leaves_the_package(tmp_path):
    (tmp_path / "secret.csv").write_bytes(TABLES["media.csv"])
    path = folder(tmp_path / "p")
    (path / "media.csv").unlink()
    (path / "media.csv").symlink_to(tmp_path / "secret.csv")
    package = read(path)
    assert codes(package, "table") == [("resource-unreadable", "media")]


def test_a_zip_with_a_path_that_leaves_it(tmp_path):
    path = folder(tmp_path / "p")
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for file in path.iterdir():
            archive.write(file, file.name)
        archive.writestr("../evil.csv", "x")
    package = read(tmp_path / "p.zip")
    assert codes(package, "value") == [("archive-unsafe-name", "../evil.csv")]
    assert heights(package)["deployments"] == 2
    assert not (tmp_path / "evil.csv").exists()


def test_compressed_and_split_tables(tmp_path):
    first, *rest = DEPLOYMENTS.splitlines()
    resources = descriptor()["resources"]
    resources[0]["path"] = ["d/1.csv.gz", "d/2.csv"]
    files = TABLES | {"d/1.csv.gz": gzip.compress(first + b"\n" + rest[0]), "d/2.csv": rest[1]}
    package = read(folder(tmp_path / "p", files, resources=resources))
    assert package.table("deployments")["deploymentID"].to_list() == ["d1", "d2"]
    assert package.findings.is_empty()


def test_a_dialect_and_an_encoding(tmp_path):
    resources = descriptor()["resources"]
    resources[0] |= {"dialect": {"delimiter": ";"}, "encoding": "windows-1251"}
    data = DEPLOYMENTS.decode().replace(",", ";").replace("d2", "Хребет").encode("cp1251")
    package = read(folder(tmp_path / "p", TABLES | {"deployments.csv": data}, resources=resources))
    assert package.table("deployments")["deploymentID"].to_list() == ["d1", "Хребет"]


def test_a_dialect_that_cannot_be_followed(tmp_path):
    resources = descriptor()["resources"]
    resources[0]["dialect"] = {"header": False}
    package = read(folder(tmp_path / "p", resources=resources))
    assert codes(package, "table") == [("resource-unreadable", "deployments")]
    assert package.kept == {"deployments.csv": DEPLOYMENTS}


@pytest.mark.parametrize(
    "data",
    [
        [{"deploymentID": "d1", "latitude": 43.5, "baitUse": True, "habitat": None}],
        [["deploymentID", "latitude", "baitUse", "habitat"], ["d1", 43.5, True, ""]],
        "deploymentID,latitude,baitUse,habitat\nd1,43.5,true,\n",
    ],
)
def test_inline_data(tmp_path, data):
    resources = descriptor()["resources"]
    resources[0] = {"name": "deployments", "data": data}
    package = read(folder(tmp_path / "p", resources=resources))
    row = package.table("deployments").row(0, named=True)
    assert (row["deploymentID"], row["latitude"], row["baitUse"], row["habitat"]) == ("d1", 43.5, True, None)
    assert package.received["deployments"].rows() == [("d1", "43.5", "true", None)]


@pytest.mark.parametrize(
    "resource", ["media", {"path": "x.csv"}, {"name": "extra"}, {"name": "media", "path": "b.csv"}]
)
def test_a_resource_that_is_none(tmp_path, resource):
    package = read(folder(tmp_path / "p", resources=[*descriptor()["resources"], resource]))
    assert codes(package) == [("resource-invalid",)]
    assert len(package.descriptor["resources"]) == 4


def test_resources_of_others_are_kept(tmp_path):
    extra = {"name": "weather", "path": "extra/weather.csv", "note": "ours"}
    files = TABLES | {"extra/weather.csv": b"day,rain\n"}
    package = read(folder(tmp_path / "p", files, resources=[*descriptor()["resources"], extra]))
    assert package.kept == {"extra/weather.csv": b"day,rain\n"}
    assert package.descriptor["resources"][3] == extra
    assert package.findings.is_empty()


def test_a_foreign_table_that_bears_our_name_is_not_cast(tmp_path):
    foreign = [
        {"name": "individuals", "data": [{"id": 1, "individualName": "Reinaert"}]},
        {"name": "positions", "path": "positions.csv"},
    ]
    files = TABLES | {"positions.csv": b"x,y\n1,2\n"}
    package = read(folder(tmp_path / "p", files, resources=[*descriptor()["resources"], *foreign]))
    assert codes(package, "table", "column") == [
        ("table-foreign", "individuals", "individualID"),
        ("table-foreign", "positions", "positionID"),
    ]
    assert package.kept == {"positions.csv": b"x,y\n1,2\n"}
    assert not {"individuals", "positions"} & set(package.tables)


def test_our_tables_are_known_by_their_key_or_by_their_mark(tmp_path):
    ours = [
        {"name": "individuals", "data": [{"individualID": "L1", "scientificName": "Panthera pardus"}]},
        {"name": "positions", "data": [{"x": 1}], "schema": {"fields": [], "tumen": {"table": "positions"}}},
    ]
    package = read(folder(tmp_path / "p", resources=[*descriptor()["resources"], *ours]))
    assert heights(package) | {"individuals": 1, "positions": 1} == heights(package)
    assert ("column-missing", "positions") in codes(package, "table")


def test_what_the_profile_requires(tmp_path):
    project = {
        "samplingDesign": "by chance",
        "captureMethod": [],
        "individualAnimals": "yes",
        "observationLevel": ["media"],
    }
    package = read(
        folder(tmp_path / "p", created="06/02/2023", spatial=None, project=project, temporal={"start": "2014"})
    )
    assert sorted(package.findings.select("code", pl.col("value")).rows()) == [
        ("metadata-invalid", "06/02/2023"),
        ("metadata-invalid", "2014"),
        ("metadata-invalid", "[]"),
        ("metadata-invalid", "by chance"),
        ("metadata-invalid", "yes"),
        ("metadata-missing", "project.title"),
        ("metadata-missing", "spatial"),
        ("metadata-missing", "temporal.end"),
    ]


@pytest.mark.parametrize("version", ["1.0", "1.0.1", "1.0.2"])
def test_known_versions(tmp_path, version):
    profile = descriptor()["profile"].replace("1.0.2", version)
    assert read(folder(tmp_path / "p", profile=profile)).findings.is_empty()


def test_an_unknown_version_is_read_as_the_one_whose_columns_it_has(tmp_path):
    profile = descriptor()["profile"].replace("1.0.2", "3.0")
    package = read(folder(tmp_path / "new", profile=profile))
    assert package.findings.select("code", "value", "arguments").rows() == [
        ("version-unknown", "3.0", '{"version": "1.0.2"}')
    ]
    old = TABLES | {"deployments.csv": DEPLOYMENTS.replace(b"deploymentStart", b"start")}
    package = read(folder(tmp_path / "old", old, profile=None))
    assert "deploymentStart" in package.received["deployments"].columns
    assert {"version-unknown", "package-migrated"} <= set(package.findings["code"])


def test_the_caller_fills_in_who_it_is(tmp_path):
    package = read(folder(tmp_path / "p", tumen=None), party="north-reserve", country="RU")
    assert (package.party, package.country) == ("north-reserve", "RU")
    assert package.findings.is_empty()


def test_the_package_wins_over_the_caller(tmp_path):
    package = read(folder(tmp_path / "p"), party="someone", country="CN")
    assert (package.party, package.country) == ("north-reserve", "RU")
    assert sorted(codes(package, "value", "arguments")) == [
        ("identity-contradiction", "RU", '{"field": "country", "given": "CN"}'),
        ("identity-contradiction", "north-reserve", '{"field": "party", "given": "someone"}'),
    ]


def test_a_party_is_never_assumed_in_silence(tmp_path):
    package = read(folder(tmp_path / "p", tumen={}))
    assert package.party == "north-2014"
    assert codes(package, "value", "severity") == [("party-undeclared", "north-2014", "note")]


def test_a_party_with_a_slash_cannot_be_joined_with_individuals(tmp_path):
    said = {"party": "north/reserve", "country": "RU"}
    package = read(folder(tmp_path / "p", tumen=said))
    assert package.party == "north-2014"
    assert codes(package, "value", "severity", "arguments") == [
        ("party-with-slash", "north/reserve", "error", '{"used": "north-2014"}')
    ]
    assert read(tmp_path / "p", party="north").party == "north"


def test_a_name_with_a_slash_stands_for_a_party_without_it(tmp_path):
    package = read(folder(tmp_path / "p", tumen={}, name="org/north"))
    assert package.party == "org-north"
    assert codes(package, "value") == [("party-undeclared", "org-north")]


def local(tables):
    """The tables with every time as the camera showed it, without offset."""
    return {name: data.replace(b"+11:00", b"") for name, data in tables.items()}


def test_times_without_offset_are_read_in_the_declared_zone_and_it_is_said(tmp_path):
    whole = read(folder(tmp_path / "whole"))
    for name, said, zone in (
        ("a", {"party": "north-reserve", "country": "RU"}, "Asia/Vladivostok"),
        ("b", {"party": "north-reserve", "country": "RU", "timeZone": "Asia/Vladivostok"}, None),
    ):
        package = read(folder(tmp_path / name, local(TABLES), tumen=said), time_zone=zone)
        assert package.time_zone == "Asia/Vladivostok"
        assert all(package.tables[table].equals(whole.tables[table]) for table in whole.tables)
        assert codes(package, "table", "column", "severity", "arguments") == [
            ("local-times-read", table, column, "note", f'{{"count": {count}, "zone": "Asia/Vladivostok"}}')
            for table, column, count in (
                ("deployments", "deploymentEnd", 2),
                ("deployments", "deploymentStart", 2),
                ("media", "timestamp", 1),
                ("observations", "eventEnd", 1),
                ("observations", "eventStart", 1),
            )
        ]


def test_times_without_offset_and_without_a_zone_are_no_instants(tmp_path):
    package = read(folder(tmp_path / "p", local(TABLES), tumen={"party": "north"}))
    assert {code for (code,) in codes(package)} == {"instant-without-offset"}
    assert package.table("media")["timestamp"].to_list() == [None]


def test_a_local_time_that_clocks_showed_twice_stays_as_it_is(tmp_path):
    twice = MEDIA.replace(b"2014-01-10T08:00:00+11:00", b"2014-10-26 01:30:00")
    package = read(folder(tmp_path / "p", TABLES | {"media.csv": twice}))
    assert package.received["media"]["timestamp"].to_list() == ["2014-10-26 01:30:00"]
    assert sorted(codes(package, "row")) == [
        ("instant-without-offset", 2),
        ("local-times-read", None),
        ("time-ambiguous", 2),
    ]


def test_a_time_zone_that_is_none(tmp_path):
    package = read(folder(tmp_path / "p", tumen={"party": "north", "timeZone": "Mars/Olympus"}))
    assert package.time_zone is None
    assert codes(package, "value") == [("metadata-invalid", "Mars/Olympus")]
    with pytest.raises(MisuseError, match="an IANA time zone"):
        read(tmp_path / "p", time_zone="Mars/Olympus")


def test_a_time_zone_that_contradicts_the_package(tmp_path):
    package = read(folder(tmp_path / "p"), time_zone="Asia/Shanghai")
    assert package.time_zone == "Asia/Vladivostok"
    assert codes(package, "arguments") == [
        ("identity-contradiction", '{"field": "timeZone", "given": "Asia/Shanghai"}')
    ]


def test_a_package_of_tracks_need_not_be_camtrap_dp(tmp_path):
    positions = {
        "name": "positions",
        "data": "positionID,individualID,timestamp,latitude,longitude\n1,E,2014-01-01T00:00:00Z,1,2\n",
    }
    path = tmp_path / "datapackage.json"
    path.write_text(json.dumps({"name": "tracks", "resources": [positions], "tumen": {"party": "p"}}))
    assert read(tmp_path).findings.is_empty()


def test_an_unknown_column_stays_as_text(tmp_path):
    data = DEPLOYMENTS.replace(b"deploymentEnd\n", b"deploymentEnd,sector\n").replace(b"+11:00\n", b"+11:00,007\n")
    package = read(folder(tmp_path / "p", TABLES | {"deployments.csv": data}))
    assert package.table("deployments")["sector"].to_list() == ["007", "007"]
    assert codes(package, "column") == [("column-unknown", "sector")]
