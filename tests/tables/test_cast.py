"""Every cell becomes a typed value, or a finding."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import codes, package, text_table

from tumen.tables.cameras import DEPLOYMENTS, OPERATING_PERIODS
from tumen.tables.cast import cast, to_text
from tumen.tables.observations import MEDIA, OBSERVATIONS


def cell(table, column, value):
    """Cast a table of one row in which one cell has `value`."""
    typed, found = cast(table, text_table(table.name, [{column: value}]))
    return typed[column].item(), codes(found)


def test_an_instant_is_utc_and_its_offset_is_recorded():
    typed, found = cast(DEPLOYMENTS, text_table("deployments", [{"deploymentStart": "2014-10-26T02:30:00+11:00"}]))
    assert typed["deploymentStart"].item() == datetime(2014, 10, 25, 15, 30, tzinfo=UTC)
    assert typed["deploymentStart_offset"].item() == 660
    assert found.is_empty()


@pytest.mark.parametrize(
    ("text", "minutes"), [("Z", 0), ("+00:00", 0), ("+0830", 510), ("-03:30", -210), ("+14:00", 840)]
)
def test_offsets(text, minutes):
    typed, _ = cast(DEPLOYMENTS, text_table("deployments", [{"deploymentStart": f"2014-10-26T12:00:00{text}"}]))
    assert typed["deploymentStart_offset"].item() == minutes
    assert typed["deploymentStart"].item() == datetime(2014, 10, 26, 12, tzinfo=UTC) - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    [
        "2020-07-29TT05:29:41Z",
        "2020-06-1921:00:00Z",
        "2014-02-31T00:00:00Z",
        "2014-01-01T25:00:00Z",
        "2014-01-01T00:00:00+25:00",
        "2014-01-01 00:00:00Z",
        "01/02/2014",
        "soon",
    ],
)
def test_a_malformed_instant_is_a_finding_and_never_a_guess(text):
    assert cell(DEPLOYMENTS, "deploymentStart", text) == (None, ["cell-type"])


@pytest.mark.parametrize(
    ("column", "text", "value", "expected"),
    [
        ("latitude", "43.10", 43.1, []),
        ("latitude", "-.5", -0.5, []),
        ("latitude", "4.3e1", 43.0, []),
        ("latitude", "43,1", None, ["cell-type"]),
        ("latitude", "91", 91.0, ["cell-above-maximum"]),
        ("latitude", "-91", -91.0, ["cell-below-minimum"]),
        ("latitude", None, None, ["cell-required"]),
        ("latitude", "NA", None, ["cell-required"]),
        ("latitude", "0", 0.0, []),
        ("coordinateUncertainty", "0", 0, ["cell-below-minimum"]),
        ("coordinateUncertainty", "1.5", None, ["cell-type"]),
        ("coordinateUncertainty", "99999999999999999999", None, ["cell-type"]),
        ("coordinateUncertainty", "", None, []),
        ("baitUse", "TRUE", True, []),
        ("baitUse", "0", False, []),
        ("baitUse", "yes", None, ["cell-type"]),
        ("featureType", "trailGame", "trailGame", []),
        ("featureType", "trail", "trail", ["cell-vocabulary"]),
        ("locationName", "=1+1", "=1+1", []),
    ],
)
def test_cells_of_deployments(column, text, value, expected):
    assert cell(DEPLOYMENTS, column, text) == (value, expected)


@pytest.mark.parametrize(
    ("path", "valid"),
    [
        ("media/IMG0001.JPG", True),
        ("https://example.org/assets/1/file", True),
        ("IMG.JPG.", True),
        ("../secret.jpg", False),
        ("media/../../secret.jpg", False),
        ("/etc/passwd", False),
        ("~/x.jpg", False),
        ("./x.jpg", False),
    ],
)
def test_a_file_path_stays_in_its_package(path, valid):
    assert cell(MEDIA, "filePath", path)[1] == ([] if valid else ["cell-pattern"])


@pytest.mark.parametrize("text", ["2020-06-19T21:00:00", "2020-06-19 21:00"])
def test_a_local_time_is_asked_for_its_offset(text):
    assert cell(DEPLOYMENTS, "deploymentStart", text) == (None, ["instant-without-offset"])


def test_all_findings_of_a_row_are_reported_with_row_and_text():
    rows = [{}, {"observationID": "o1", "sex": "femelle", "count": "0", "eventStart": "x"}]
    _, found = cast(OBSERVATIONS, text_table("observations", rows))
    assert sorted(found.select("code", "row", "column", "value").rows()) == [
        ("cell-below-minimum", 3, "count", "0"),
        ("cell-type", 3, "eventStart", "x"),
        ("cell-vocabulary", 3, "sex", "femelle"),
        ("key-duplicate", 3, "observationID", "o1"),
    ]


def test_the_first_of_three_equal_keys_is_not_blamed():
    _, found = cast(DEPLOYMENTS, text_table("deployments", [{}, {}, {}]))
    assert found["row"].to_list() == [3, 4]


def test_a_missing_required_column_is_one_finding_and_an_unknown_column_is_kept():
    text = text_table("deployments", [{"coulour": "red"}, {"deploymentID": "d2"}]).drop("latitude")
    typed, found = cast(DEPLOYMENTS, text)
    assert found.select("code", "column").rows() == [("column-missing", "latitude"), ("column-unknown", "coulour")]
    assert typed["latitude"].to_list() == [None, None]
    assert typed["coulour"].to_list() == ["red", None]


def test_a_header_only_table_has_no_rows_and_every_column():
    typed, found = cast(DEPLOYMENTS, text_table("deployments", [{}]).head(0))
    assert typed.schema == DEPLOYMENTS.empty().schema
    assert found.is_empty()


instants = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(lambda t: t.replace(microsecond=0))  # noqa: DTZ001
offsets = st.integers(-14 * 60, 14 * 60)


@given(st.lists(st.tuples(instants, offsets, instants, offsets), max_size=8))
def test_typed_values_survive_being_written_and_read(rows):
    typed = pl.DataFrame(
        {
            "deploymentID": ["d"] * len(rows),
            "start": [r[0].replace(tzinfo=UTC) for r in rows],
            "start_offset": [r[1] for r in rows],
            "end": [r[2].replace(tzinfo=UTC) for r in rows],
            "end_offset": [r[3] for r in rows],
            "status": ["failed"] * len(rows),
            "comments": [None] * len(rows),
        },
        schema=OPERATING_PERIODS.dtypes,
    )
    again, found = cast(OPERATING_PERIODS, to_text(OPERATING_PERIODS, typed))
    assert again.equals(typed)
    assert found.is_empty()


@given(st.floats(-90, 90))
def test_numbers_survive_being_written_and_read(latitude):
    typed, _ = cast(DEPLOYMENTS, text_table("deployments", [{}]))
    typed = typed.with_columns(latitude=pl.lit(latitude))
    assert cast(DEPLOYMENTS, to_text(DEPLOYMENTS, typed))[0]["latitude"].item() == latitude


def test_a_number_that_is_withheld_is_not_printed_even_if_it_cannot_be_read():
    rows = [
        {"countID": "c1", "visitID": "v1", "status": "withheld", "count": "73x"},
        {"countID": "c2", "visitID": "v1", "status": "counted", "count": "74x"},
    ]
    found = package(counts=rows).findings
    assert found.select("code", "row", "column", "value").rows() == [
        ("cell-type", 2, "count", "–"),
        ("cell-type", 3, "count", "74x"),
    ]
