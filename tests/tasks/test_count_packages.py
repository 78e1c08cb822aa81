"""Counts come in as forms and go out as Darwin Core, by the tasks that commands and studies use."""

import polars as pl
import pytest

from tumen.errors import MisuseError
from tumen.files.spreadsheet_write import write_workbook
from tumen.tasks.convert import convert
from tumen.tasks.entries import PackageEntry, spoken
from tumen.tasks.packages import read_package, recognise

ROWS = [
    ("Country", "Monaco", ""), ("Site", "조사지 A", ""), ("Date", "03/02/2024", ""), ("학명", "국명", "개체수"),
    ("", "큰고니", "12"), ("", "마도요", "-"), ("", "우리 오리", "3"),
]  # fmt: skip


def entry(tmp_path, **said) -> PackageEntry:
    frame = pl.DataFrame(ROWS[1:], schema=list(ROWS[0]), orient="row").with_columns(
        pl.when(pl.all() != "").then(pl.all())
    )
    (tmp_path / "awc.xlsx").write_bytes(write_workbook({"form": frame}))
    return PackageEntry(path=tmp_path / "awc.xlsx", party="kr", country="KR", format="count-form", **said)


def test_common_names_of_the_lists_and_of_the_study_are_species(tmp_path):
    said = {"date_format": "%d/%m/%Y", "options": spoken(["dashes=notCounted"])}
    given = read_package(entry(tmp_path, species_names={"우리 오리": "Anas zonorhyncha"}, **said))
    assert given.table("counts").select("scientificName", "status", "count").rows() == [
        ("Cygnus cygnus", "counted", 12),
        ("Numenius arquata", "notCounted", None),
        ("Anas zonorhyncha", "counted", 3),
    ]
    assert given.table("visits")["visitDate"].item().isoformat() == "2024-02-03"
    # A country nobody knows is told, and the declared one holds.
    assert given.findings.filter(code="form-word-unread").select("row", "column", "value").rows() == [
        (1, "B", "Monaco")
    ]
    assert given.table("sites")["countryCode"].to_list() == ["KR"]


def test_an_archive_that_was_written_is_known_again(tmp_path):
    convert(entry(tmp_path, date_format="%d/%m/%Y"), tmp_path / "out.zip", "dwc-a")
    assert recognise(tmp_path / "out.zip") == "dwc-a"
    again = read_package(PackageEntry(path=tmp_path / "out.zip", party="kr"))
    assert again.table("counts")["count"].to_list() == [12, 3]


def test_what_an_empty_cell_means_is_for_forms_alone(tmp_path):
    with pytest.raises(MisuseError, match="emptyCells"):
        PackageEntry(path=tmp_path, options={"emptyCells": "zero"}).told("dwc-a")
