"""Whatever the bytes: findings or one error of ours, never a traceback of something else."""

import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.files.packages import DEPLOYMENTS, TABLES, descriptor, folder

from tumen.errors import FormatError, TumenError
from tumen.files import camtrap_dp, camtrapr, geometry, movebank

fuzzed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
bytes_of_tables = st.one_of(
    st.binary(max_size=80),
    st.lists(st.sampled_from([DEPLOYMENTS[:40], DEPLOYMENTS[40:], b'"', b",", b"\n", b"\r", b"\x00", b"\xff"])).map(
        b"".join
    ),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "path", "data", "role"]), inner)
    ),
    max_leaves=6,
)


@fuzzed
@given(data=bytes_of_tables)
@example(data=b"\xff\xfea")
def test_any_bytes_as_a_table(tmp_path, data):
    package = camtrap_dp.read(folder(tmp_path / "p", TABLES | {"deployments.csv": data}))
    assert package.party == "north-reserve"


@fuzzed
@given(field=st.sampled_from([*descriptor(), "tumen"]), value=anything)
def test_any_value_in_the_descriptor(tmp_path, field, value):
    path = folder(tmp_path / "p")
    (path / "datapackage.json").write_text(json.dumps(descriptor() | {field: value}), encoding="utf-8")
    if field == "resources" and not isinstance(value, list):
        with pytest.raises(FormatError):
            camtrap_dp.read(path)
    else:
        camtrap_dp.read(path)


@fuzzed
@given(field=st.sampled_from(list(descriptor())), value=anything)
def test_any_value_in_an_old_descriptor(tmp_path, field, value):
    old = descriptor(profile=descriptor()["profile"].replace("1.0.2", "0.1.6"))
    path = folder(tmp_path / "p")
    content = old | {field: value, "resources": old["resources"]}
    (path / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
    camtrap_dp.read(path)


@fuzzed
@given(data=st.data())
def test_a_damaged_zip(tmp_path, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder(tmp_path / "p").iterdir()):
            archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes(), zipfile.ZIP_DEFLATED)
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.zip"
    path.write_bytes(bytes(content[: data.draw(st.integers(1, len(content)))]))
    try:
        camtrap_dp.read(path)
    except FormatError as error:
        assert error.cure


@fuzzed
@given(data=bytes_of_tables)
def test_any_bytes_as_tables_of_others(tmp_path, data):
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    for read in (
        lambda: movebank.read(path, party="p"),
        lambda: camtrapr.read(path, party="p", time_zone="Asia/Vladivostok", crs="EPSG:4326"),
        lambda: geometry.read_countries(path.rename(tmp_path / "countries.geojson")),
    ):
        with pytest.raises(TumenError):
            read()
