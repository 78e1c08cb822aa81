import json
from datetime import UTC, datetime
from pathlib import Path

import frictionless
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.files.packages import DEPLOYMENTS, TABLES, descriptor, faults, folder, unpacked

from tumen.errors import OutputError
from tumen.files.camtrap_dp import read
from tumen.files.camtrap_dp_write import write
from tumen.tables.package import Package, assemble, from_typed
from tumen.tables.protocol import EXTENSION
from tumen.tables.protocol import TABLES as PROTOCOL

MADE = {"party": "north-reserve", "country": "RU", "format": "made"}


def same(one: Package, other: Package) -> bool:
    return (
        one.received.keys() == other.received.keys()
        and all(one.received[name].equals(other.received[name]) for name in one.received)
        and all(one.tables[name].equals(other.tables[name]) for name in one.tables)
        and one.kept == other.kept
        and (one.party, one.country, one.time_zone) == (other.party, other.country, other.time_zone)
    )


def tree(path: Path) -> dict[str, bytes]:
    files = (file for file in path.rglob("*") if file.is_file() and file.name != ".tumen")
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


def test_what_was_read_is_written_back_cell_by_cell(tmp_path):
    cells = DEPLOYMENTS.replace(b"43.1,", b"43.100,").replace(b"d1,", b'"d, 1",')
    package = read(folder(tmp_path / "p", TABLES | {"deployments.csv": cells}))
    assert write(package, tmp_path / "out").is_empty()
    assert (tmp_path / "out" / "deployments.csv").read_bytes() == cells
    assert same(package, read(tmp_path / "out"))


def test_writing_twice_gives_the_same_bytes(tmp_path):
    package = read(folder(tmp_path / "p"))
    write(package, tmp_path / "a")
    write(read(tmp_path / "a"), tmp_path / "b")
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    write(package, tmp_path / "a.zip")
    write(package, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert tree(unpacked(tmp_path / "a.zip", tmp_path / "c")) == tree(tmp_path / "a")


def test_resources_columns_and_properties_of_others_survive(tmp_path):
    extra = [{"name": "weather", "path": "w/rain.csv"}, {"name": "individuals", "data": [{"id": 1}]}]
    files = TABLES | {"w/rain.csv": b"\xff\x00not even text"}
    resources = [*descriptor()["resources"], *extra]
    package = read(folder(tmp_path / "p", files, resources=resources, homepage="https://example.org", ours={"a": [1]}))
    write(package, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    assert (written["homepage"], written["ours"], written["resources"][3:]) == (
        "https://example.org",
        {"a": [1]},
        extra,
    )
    assert (tmp_path / "out" / "w" / "rain.csv").read_bytes() == b"\xff\x00not even text"
    assert same(package, read(tmp_path / "out"))


def test_a_table_that_was_not_there_is_not_written_as_an_empty_one(tmp_path):
    package = read(folder(tmp_path / "p", {"deployments.csv": DEPLOYMENTS}))
    write(package, tmp_path / "out")
    again = read(tmp_path / "out")
    assert sorted(tree(tmp_path / "out")) == ["datapackage.json", "deployments.csv"]
    assert again.findings["code"].to_list() == package.findings["code"].to_list() == ["table-missing", "table-missing"]


def own_tables() -> dict[str, pl.DataFrame]:
    texts = {
        "deployments": {"deploymentID": "d1", "latitude": "43.1", "longitude": "131.2",
                        "deploymentStart": "2014-01-01T00:00:00+11:00", "deploymentEnd": "2014-03-01T00:00:00+11:00"},
        "media": {"mediaID": "m1", "deploymentID": "d1", "captureMethod": "activityDetection",
                  "timestamp": "2014-01-10T08:00:00+11:00", "filePath": "media/m1.jpg", "filePublic": "false",
                  "fileMediatype": "image/jpeg"},
        "observations": {"observationID": "o1", "deploymentID": "d1", "mediaID": "m1",
                         "eventStart": "2014-01-10T08:00:00+11:00", "eventEnd": "2014-01-10T08:00:00+11:00",
                         "observationLevel": "media", "observationType": "animal",
                         "scientificName": "Panthera pardus", "individualID": "L1"},
        "operating_periods": {"deploymentID": "d1", "start": "2014-02-01T00:00:00+11:00",
                              "end": "2014-02-03T00:00:00+11:00", "status": "failed"},
        "individuals": {"individualID": "L1", "scientificName": "Panthera pardus", "sex": "female",
                        "birthDate": "2010-06-01", "motherID": "L1"},
        "identifications": {"identificationID": "i1", "observationID": "o1", "individualID": "L1", "flank": "left",
                            "certainty": "certain", "identifiedBy": "A", "blind": "true", "method": "photo",
                            "identifiedAt": "2014-05-01T00:00:00Z"},
        "links": {"linkID": "k1", "party": "a", "individualID": "L1", "otherParty": "b", "otherIndividualID": "7",
                  "verdict": "same", "evidence": "flanks", "observer": "A", "decidedAt": "2014-05-01T00:00:00Z"},
        "positions": {"positionID": "p1", "individualID": "L1", "timestamp": "2014-01-01T00:00:00Z",
                      "latitude": "43.5", "longitude": "131.5", "outlier": "false"},
    }  # fmt: skip
    return {
        name: pl.DataFrame({column: [cells.get(column)] for column in PROTOCOL[name].names},
                           schema=dict.fromkeys(PROTOCOL[name].names, pl.String))
        for name, cells in texts.items()
    }  # fmt: skip


def test_every_table_of_ours_is_valid_by_the_reference_validator(tmp_path, shared_data):
    project = {"title": "North", "samplingDesign": "targeted"}
    package = assemble(
        "North 2014", own_tables(), party="north-reserve", country="RU", format="made", descriptor={"project": project}
    )
    assert package.findings.is_empty()
    assert write(package, tmp_path / "out", created=datetime(2014, 4, 1, tzinfo=UTC)).is_empty()
    assert faults(tmp_path / "out", shared_data) == []
    again = read(tmp_path / "out")
    assert again.findings.is_empty()
    assert again.tables.keys() == package.tables.keys()
    assert all(again.tables[name].equals(package.tables[name]) for name in package.tables)


@pytest.mark.parametrize("table", EXTENSION, ids=lambda table: table.name)
def test_a_row_of_examples_is_valid_by_the_reference_validator(table, tmp_path, shared_data):
    """The examples that the documentation gives for the columns make a valid row, for us and for frictionless."""
    inward = {reference.column for reference in table.references if reference.to_table == table.name}
    row = {c.name: c.example for c in table.columns if c.example and c.name not in inward}
    assert {column.name for column in table.columns if column.required} <= row.keys()
    package = assemble("examples", {table.name: pl.DataFrame({name: [cell] for name, cell in row.items()})}, **MADE)
    assert package.findings.is_empty()
    write(package, tmp_path / "out")
    report = frictionless.Package(str(tmp_path / "out" / "datapackage.json")).validate()
    told = [error.message for task in report.tasks for error in task.errors]
    assert told == []
    again = read(tmp_path / "out")
    assert again.table(table.name).equals(package.table(table.name))


def test_the_reference_validator_sees_what_is_broken(tmp_path, shared_data):
    tables = own_tables()
    tables["individuals"] = tables["individuals"].with_columns(sex=pl.lit("femelle"), motherID=pl.lit("nobody"))
    package = assemble("n", tables, party="p", format="made")
    write(package, tmp_path / "out")
    found = " ".join(faults(tmp_path / "out", shared_data))
    assert "femelle" in found
    assert "foreign key" in found
    assert "'created' is a required property" in found


def test_metadata_are_completed_from_the_data_and_never_invented(tmp_path):
    package = assemble(
        "North 2014", own_tables(), party="north-reserve", country="RU", format="made", time_zone="Asia/Vladivostok"
    )
    lacking = write(package, tmp_path / "out")
    assert lacking.select("code", "party", "value").rows() == [
        ("metadata-missing", "north-reserve", "created"),
        ("metadata-missing", "north-reserve", "project.samplingDesign"),
        ("metadata-missing", "north-reserve", "project.title"),
    ]
    written = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    assert "title" not in written
    assert written["name"] == "north-2014"
    assert written["contributors"] == [{"title": "north-reserve", "role": "rightsHolder"}]
    assert written["temporal"] == {"start": "2014-01-01", "end": "2014-03-01"}
    assert written["spatial"]["coordinates"][0][0] == [131.2, 43.1]
    assert written["spatial"]["coordinates"][0][2] == [131.5, 43.5]
    assert written["taxonomic"] == [{"scientificName": "Panthera pardus"}]
    assert written["project"] == {
        "individualAnimals": True,
        "observationLevel": ["media"],
        "captureMethod": ["activityDetection"],
    }
    assert written["tumen"] == {
        "party": "north-reserve",
        "country": "RU",
        "timeZone": "Asia/Vladivostok",
        "protocol": "0.2",
    }


def test_an_assumed_party_is_not_written_down(tmp_path):
    write(read(folder(tmp_path / "p", tumen=None)), tmp_path / "out")
    assert json.loads((tmp_path / "out" / "datapackage.json").read_text())["tumen"] == {"protocol": "0.2"}


def test_typed_tables_without_text_are_written_from_their_values(tmp_path):
    package = assemble("n", own_tables(), party="p", format="made")
    typed = from_typed("n", package.tables, party="p", format="made")
    write(typed, tmp_path / "out")
    assert all(read(tmp_path / "out").tables[name].equals(table) for name, table in package.tables.items())


def test_media_files_are_copied_only_when_asked(tmp_path):
    path = folder(tmp_path / "p", TABLES | {"media/m1.jpg": b"picture"})
    package = read(path)
    assert "media/m1.jpg" not in package.digests
    write(package, tmp_path / "without")
    assert not (tmp_path / "without" / "media").exists()
    for target in (tmp_path / "with", tmp_path / "with.zip"):
        assert write(package, target, media=path).is_empty()
    assert (tmp_path / "with" / "media" / "m1.jpg").read_bytes() == b"picture"
    assert (unpacked(tmp_path / "with.zip", tmp_path / "u") / "media" / "m1.jpg").read_bytes() == b"picture"
    assert write(package, tmp_path / "lacking", media=tmp_path)["code"].to_list() == ["media-missing"]


def test_a_foreign_table_is_never_overwritten(tmp_path):
    resources = [*descriptor()["resources"], {"name": "individuals", "data": [{"id": 1}]}]
    package = read(folder(tmp_path / "p", resources=resources))
    ours = own_tables()["individuals"]
    both = assemble(
        package.name,
        dict(package.received) | {"individuals": ours},
        party="p",
        format="made",
        findings=package.findings,
        descriptor=package.descriptor,
    )
    with pytest.raises(OutputError, match="the name individuals"):
        write(both, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_kept_resource_may_not_lead_out(tmp_path):
    package = assemble("n", own_tables(), party="p", format="made", kept={"../evil.csv": b""})
    with pytest.raises(OutputError, match="resources inside the package"):
        write(package, tmp_path / "out")


def test_an_occupied_folder(tmp_path):
    package = read(folder(tmp_path / "p"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_text("x")
    with pytest.raises(OutputError, match="an empty or new folder"):
        write(package, tmp_path / "out")
    with pytest.raises(OutputError, match="no mark that tumen made a package"):
        write(package, tmp_path / "out", replace=True)
    assert tree(tmp_path / "out") == {"old.txt": b"x"}
    (tmp_path / "out" / "old.txt").unlink()
    write(package, tmp_path / "out")
    write(package, tmp_path / "out", replace=True)
    with pytest.raises(OutputError, match="apart from what is read"):
        write(package, tmp_path / "out", replace=True, inputs=[tmp_path / "out"])


def test_an_existing_zip(tmp_path):
    package = read(folder(tmp_path / "p"))
    write(package, tmp_path / "out.zip")
    with pytest.raises(OutputError, match="a new file"):
        write(package, tmp_path / "out.zip")
    write(package, tmp_path / "out.zip", replace=True)
    with pytest.raises(OutputError, match="apart from what is read"):
        write(package, tmp_path / "out.zip", replace=True, inputs=[tmp_path / "out.zip"])


# Any text at all, with what CSV finds hard more often than chance.
words = st.text(
    st.one_of(st.sampled_from("\",;\r\n\t |'=+@й豹"), st.characters(exclude_categories=["Cs"], min_codepoint=1)),
    max_size=8,
)
cells = st.one_of(st.none(), words.filter(bool), st.sampled_from(["NA", "nan", "TRUE", "-1", "1e3", "43.10"]))
stamps = st.builds(
    "{:%Y-%m-%dT%H:%M:%S}{}".format,
    st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 (the offset is drawn beside it)
    st.sampled_from(["Z", "+0000", "+11:00", "-03:30", "+05:45", "+1000"]),
)
unknown = st.lists(st.sampled_from(["sector", "Сектор", "a b", "x,y", 'q"q']), unique=True, max_size=2)


@st.composite
def tables(draw: st.DrawFn, name: str) -> pl.DataFrame:
    """A table as text: any of its columns in any order, some unknown ones, any cells, valid or not."""
    declared = draw(st.permutations(PROTOCOL[name].names))
    keep = draw(st.integers(1, len(declared)))
    columns = [
        *dict.fromkeys([*([PROTOCOL[name].key] if PROTOCOL[name].key else []), *declared[:keep]]),
        *draw(unknown),
    ]
    height = draw(st.integers(0, 3))
    column = st.lists(st.one_of(cells, stamps), min_size=height, max_size=height)
    return pl.DataFrame({each: draw(column) for each in columns}, schema=dict.fromkeys(columns, pl.String))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=60
)
@given(
    texts=st.fixed_dictionaries(
        {"deployments": tables("deployments")},
        optional={name: tables(name) for name in ("media", "observations", "individuals", "positions")},
    ),
    zipped=st.booleans(),
)
def test_any_package_is_read_back_as_it_was(tmp_path, texts, zipped):
    package = assemble("any", texts, party="p", country="RU", format="made")
    path = tmp_path / ("out.zip" if zipped else "out")
    write(package, path, replace=True)
    assert same(package, read(path))
