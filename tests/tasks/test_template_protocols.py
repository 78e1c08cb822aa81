"""Forms of named protocols: only what each asks for, and a printed list in which an empty number is nothing."""

import openpyxl
import pytest
from tests.builders import codes

from tumen.errors import MisuseError
from tumen.files.template import read
from tumen.report.count_protocols import PROTOCOLS
from tumen.tables.checks import check
from tumen.tables.protocol import TABLES
from tumen.tasks.template import template


def sheet_rows(book, name):
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


def fill(book, name, row, **cells):
    columns = {cell.value: cell.column for cell in book[name][1]}
    for column, value in cells.items():
        book[name].cell(row, columns[column], value)


def test_people_type_only_numbers_into_the_january_form(tmp_path):
    path = tmp_path / "january.xlsx"
    template(["waterbirds"], path, "ko", protocol="awc", country="KP")
    book = openpyxl.load_workbook(path)
    listed = [row[2] for row in sheet_rows(book, "counts")[1:]]
    assert len(listed) > 150
    crane, goose = listed.index("Grus monacha · 갯두루미") + 2, listed.index("Anser anser") + 2
    duck = listed.index("Aix galericulata") + 2 if "Aix galericulata" in listed else crane + 1
    fill(book, "sites", 2, siteName="Mouth", countryCode="KP")
    fill(book, "visits", 2, visitDate="2024-01-14", coverage="complete", groupsCounted="all")
    fill(book, "counts", crane, count="12")
    fill(book, "counts", goose, count="0")
    fill(book, "counts", duck, status="notCounted")
    book.save(path)
    given = read(path, party="kp")
    counts = given.table("counts").sort("count", nulls_last=True)
    assert counts.select("scientificName", "status", "count").rows()[:2] == [
        ("Anser anser", "counted", 0), ("Grus monacha", "counted", 12),
    ]  # fmt: skip
    assert counts["status"].to_list() == ["counted", "counted", "notCounted"]
    assert counts["taxonGroup"].to_list()[:2] == ["geese", "cranes"]
    left = given.findings.filter(code="form-rows-unfilled")["arguments"].item()
    assert left == f'{{"count": {len(listed) - 3}}}'
    assert set(codes(given.findings)) == {"form-rows-unfilled"}
    assert check(given).filter(severity="error").is_empty()
    # Findings count rows as the sheet shows them.
    fill(book, "counts", crane, count="a dozen")
    book.save(path)
    assert read(path, party="kp").findings.filter(code="cell-type")["row"].to_list() == [crane]


def test_a_counted_row_without_a_number_is_still_an_error_where_nothing_was_printed(tmp_path):
    path = tmp_path / "passage.xlsx"
    template([], path, "en", protocol="passage")
    book = openpyxl.load_workbook(path)
    assert len(sheet_rows(book, "counts")) == 1
    fill(book, "counts", 2, countID="c1", visitID="v1", scientificName="Grus grus", status="counted")
    book.save(path)
    assert "count-missing" in codes(check(read(path, party="kp")))


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_form_of_a_protocol_has_all_that_is_required(name, tmp_path):
    template([], tmp_path / "forms.xlsx", "mn", protocol=name)
    book = openpyxl.load_workbook(tmp_path / "forms.xlsx")
    for table in PROTOCOLS[name].tables:
        header = sheet_rows(book, table)[0]
        assert {column.name for column in TABLES[table].columns if column.required} <= set(header)
        assert set(header) <= set(TABLES[table].names)
    template([], tmp_path / "forms", "en", protocol=name)
    assert (tmp_path / "forms" / "guide.csv").is_file()


def test_a_protocol_nobody_knows_and_tables_beside_one_are_refused(tmp_path):
    with pytest.raises(MisuseError, match="awc"):
        template([], tmp_path / "a.xlsx", "en", protocol="acw")
    with pytest.raises(MisuseError, match="alone"):
        template(["cameras"], tmp_path / "a.xlsx", "en", protocol="awc")
