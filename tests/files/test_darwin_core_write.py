"""An archive of events keeps zeros, gaps and withheld numbers; peers lose them."""

import zipfile

import polars as pl
import pytest
from tests.builders import codes

from tumen.errors import MisuseError
from tumen.files.bare_table import read_bare_table
from tumen.files.darwin_core import read
from tumen.files.darwin_core_write import write
from tumen.tables.package import Package, assemble

SITES = {
    "siteID": ["a", "b", "c"], "siteName": ["Mouth", "Creek", "Pond"], "countryCode": ["KP", "RU", "RU"],
    "latitude": ["42.3", None, "1"], "longitude": ["130.7", None, "1"], "countGroup": ["tumen-mouth", None, None],
}  # fmt: skip
VISITS = {
    "visitID": ["v1", "v2"],
    "siteID": ["a", "b"],
    "visitDate": ["2024-01-14", "2024-01-14"],
    "visitStart": ["2024-01-14T08:00:00+09:00", None],
    "visitEnd": ["2024-01-14T12:00:00+09:00", None],
    "coverage": ["partial", "notSurveyed"],
    "coveragePercent": ["60", None],
    "groupsCounted": ["geese|ducks", None],
    "method": ["boat", None],
    "ice": ["half, frozen", None],
    "comments": ["a | b", "storm"],
}
COUNTS = {
    "countID": ["c1", "c2", "c3", "c4", "c5", "c6", "c7"],
    "visitID": ["v1", "v1", "v1", "v1", "v1", "v1", "v2"],
    "scientificName": [
        "Anser fabalis", "Anser cygnoides", "Anas acuta", "Anas crecca", None, "Aix galericulata", "Grus grus",
    ],
    "taxonGroup": ["geese", "geese", None, None, "ducks", None, None],
    "status": ["counted", "counted", "notCounted", "withheld", "counted", "counted", "notCounted"],
    "count": ["120", "0", None, None, None, None, None],
    "minimum": ["100", None, None, None, "200", None, None],
    "maximum": ["150", None, None, None, "300", "50", None],
    "comments": [None, "looked \"twice\"\nwith care", None, "asked for by the owner", None, None, None],
}  # fmt: skip


def package(**tables) -> Package:
    texts = {"sites": SITES, "visits": VISITS, "counts": COUNTS} | tables
    frames = {name: pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String)) for name, cells in texts.items()}
    return assemble("estuary", frames, party="estuary", format="template")


def rows(given: Package, table: str, key: str) -> list[dict]:
    return given.table(table).sort(key).rows(named=True)


def test_what_was_written_is_read_back_whole(tmp_path):
    given = package()
    found = write(given, tmp_path / "counts.zip")
    again = read(tmp_path / "counts.zip", party="estuary")
    assert rows(again, "visits", "visitID") == rows(given, "visits", "visitID")
    assert rows(again, "counts", "countID") == rows(given, "counts", "countID")
    assert rows(again, "sites", "siteID") == rows(given, "sites", "siteID")[:2]
    assert again.findings.is_empty()
    assert codes(found) == ["archive-counts-apart", "archive-site-unvisited", "archive-without-metadata"]
    write(given, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "counts.zip").read_bytes()


def test_others_read_zeros_as_absences_and_no_gap_as_a_presence(tmp_path):
    write(package(), tmp_path / "counts.zip")
    with zipfile.ZipFile(tmp_path / "counts.zip") as archive:
        occurrences, _ = read_bare_table(archive.read("occurrence.csv"), "counts")
        events, _ = read_bare_table(archive.read("event.csv"), "visits")
    assert occurrences.select("occurrenceID", "scientificName", "individualCount", "occurrenceStatus").rows() == [
        ("c1", "Anser fabalis", "120", "present"),
        ("c2", "Anser cygnoides", "0", "absent"),
        ("c5", "Aves", None, "present"),
    ]
    assert events["samplingEffort"].to_list() == [
        "coverage: partial; covered: 60 %; groups counted: geese, ducks; not counted: Anas acuta; "
        "withheld: Anas crecca",
        "coverage: notSurveyed; not counted: Grus grus",
    ]
    assert events["eventTime"].to_list() == ["08:00:00+09:00/12:00:00+09:00", None]


def test_a_number_that_is_withheld_leaves_nowhere(tmp_path):
    withheld = COUNTS | {"count": ["120", "0", None, "98765", None, None, None]}
    write(package(counts=withheld), tmp_path / "counts")
    assert not any("98765" in file.read_text("utf-8") for file in (tmp_path / "counts").iterdir())


def test_counts_of_no_visit_are_told_and_a_package_without_visits_is_refused(tmp_path):
    stray = COUNTS | {"visitID": ["v1", "v9", "v1", "v1", "v1", "v1", "v2"]}
    found = write(package(counts=stray), tmp_path / "counts.zip")
    assert found.filter(code="archive-count-without-visit")["value"].to_list() == ["c2"]
    with pytest.raises(MisuseError, match="visits"):
        write(assemble("x", {}, party="x", format="template"), tmp_path / "x.zip")


def test_the_kenyan_counts_lose_no_zero_on_the_way_out_and_in(tmp_path, shared_data):
    folder = shared_data / "E2_kenya_waterbird_counts_DwC"
    words = {
        "Complete, 100%": "complete", "Excellent, 75-99%": "partial", "Good, 50-75%": "partial",
        "Moderate, 25-50%": "partial", "": "notSurveyed",
    }  # fmt: skip
    given = read(
        folder / "events.csv", folder / "occurrences.csv", party="arocha", time_zone="Africa/Nairobi",
        coverage_term="samplingEffort", coverage_words=words,
    )  # fmt: skip
    assert given.table("counts").filter(count=0).height == 3
    assert given.table("visits").filter(coverage="notSurveyed").height == 229
    write(given, tmp_path / "kenya.zip")
    again = read(tmp_path / "kenya.zip", party="arocha")
    for table, key in (("sites", "siteID"), ("visits", "visitID"), ("counts", "countID")):
        assert rows(again, table, key) == rows(given, table, key)
