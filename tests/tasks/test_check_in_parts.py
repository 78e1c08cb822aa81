"""A package checked in parts has the findings of the package checked at once."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import text_table

from tumen.files import camtrap_dp
from tumen.files.resources import Large
from tumen.files.text_table import write_csv
from tumen.tables import examine as examination
from tumen.tables.examine import examine
from tumen.tasks.check import _apart, every_check

CHECKS = every_check(None, now=datetime(2026, 1, 1, tzinfo=UTC))
CHECKS = replace(CHECKS, as_a_whole=(*CHECKS.as_a_whole, partial(_apart, area=None)))


def written(folder, **tables):
    resources = []
    for name, text in tables.items():
        (folder / f"{name}.csv").write_bytes(write_csv(text))
        resources.append({"name": name, "path": f"{name}.csv"})
    text = {"name": "north", "profile": "camtrap-dp-1.0.2", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(text), encoding="utf-8")
    return folder


def both(folder, size, monkeypatch, rows=3):
    monkeypatch.setattr(examination, "ROWS_AT_ONCE", rows)
    at_once = examine(camtrap_dp.read(folder), CHECKS)
    with camtrap_dp.read_in_parts(folder, large=Large(0, size)) as (package, parts):
        assert set(parts) == {"media", "observations"}
        in_parts = examine(package, CHECKS, parts)
    return at_once, in_parts


def column(*values):
    return st.sampled_from(values)


ids = column("a", "b", "c", "d", "e", "f", None)
deployed = column("d1", "d2", "d3", "d4", None)
instants = column(
    "2014-01-10T00:00:00Z",
    "2014-01-10T05:00:00+0800",
    "2014-01-12T00:00:00Z",
    "2015-01-12T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "2031-01-01T00:00:00Z",
    "2014-02-31T00:00:00Z",
    "2014-01-10 00:00:00",
    None,
)
deployments = st.fixed_dictionaries(
    {
        "deploymentID": deployed,
        "locationID": column("L1", "L2", None),
        "cameraID": column("c1", "c2", None),
        "deploymentStart": instants,
    }
)
media = st.fixed_dictionaries(
    {
        "mediaID": ids,
        "deploymentID": deployed,
        "timestamp": instants,
        "filePath": column("m/1.jpg", "m/2.jpg", "m/3.jpg", "../4.jpg"),
        "fileName": column("1.jpg", "2.jpg", None),
        "exifData": column('{"FileSHA256": "%s"}' % ("a" * 64), '{"Flash": 25}', None),
    }
)
observations = st.fixed_dictionaries(
    {
        "observationID": ids,
        "deploymentID": deployed,
        "mediaID": ids,
        "eventStart": instants,
        "eventEnd": instants,
        "observationType": column("animal", "human", "Animal"),
        "scientificName": column("Panthera pardus", "Panthera pardis", "Felis pardus", "No name", None),
        "individualID": column("A", "B", None),
        "sex": column("female", "male", None),
        "lifeStage": column("adult", "juvenile", None),
        "count": column("1", "0", "many", None),
    }
)
judgements = st.fixed_dictionaries(
    {"observationID": ids, "mediaID": ids, "individualID": column("A", "C"), "certainty": column("certain", "possible")}
)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15)
@given(
    st.lists(deployments, min_size=1, max_size=4),
    st.lists(media, min_size=1, max_size=8),
    st.lists(observations, min_size=1, max_size=8),
    st.lists(judgements, max_size=3),
    st.integers(150, 2000),
)
def test_in_parts_and_at_once(tmp_path_factory, monkeypatch, placed, pictures, seen, judged, size):
    tables = {"deployments": placed, "media": pictures, "observations": seen}
    if judged:
        tables["identifications"] = judged
    folder = written(tmp_path_factory.mktemp("p"), **{name: text_table(name, rows) for name, rows in tables.items()})
    at_once, in_parts = both(folder, size, monkeypatch)
    assert in_parts.rows() == at_once.rows()


@pytest.mark.parametrize("size", [3_000, 20_000])
def test_the_standards_example_in_parts(shared_data, monkeypatch, size):
    at_once, in_parts = both(shared_data / "A1_camtrapdp_tdwg_example" / "package", size, monkeypatch, rows=100)
    assert in_parts.rows() == at_once.rows()


def test_a_damaged_end_is_told_and_what_lies_before_it_is_judged(tmp_path, monkeypatch):
    folder = written(
        tmp_path,
        deployments=text_table("deployments", [{}]),
        media=text_table("media", [{}]),
        observations=text_table("observations", [{"count": "0"}]),
    )
    with (folder / "observations.csv").open("ab") as file:
        file.write(b'"never closed\n' + b"x,y\n" * 10_000)
    _, found = both(folder, 300, monkeypatch)
    told = found.filter(pl.col("table") == "observations").select("code", "row").rows()
    assert ("cell-below-minimum", 2) in told
    assert ("resource-unreadable", None) in told
