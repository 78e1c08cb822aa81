"""A form is made in six languages, filled in by a person, and read back as a package."""

import datetime as dt
import io

import openpyxl
import polars as pl
import pytest
from tests.builders import codes

from tumen.errors import FormatError, MisuseError, OutputError
from tumen.files.spreadsheet_write import write_workbook
from tumen.files.template import is_template, read
from tumen.report.words.catalogues import languages
from tumen.tables.checks import check
from tumen.tables.protocol import TABLES
from tumen.tasks.packages import recognise
from tumen.tasks.template import template

DEPLOYMENT = {
    "deploymentID": "d1",
    "locationID": "007",
    "latitude": "43.1",
    "longitude": "131.2",
    "deploymentStart": "2014-01-01T00:00:00Z",
    "deploymentEnd": "2014-03-01T00:00:00Z",
    "featureType": "trailGame · game trail",
    "baitUse": "false · no",
    "deploymentComments": "adult · said the ranger",
}


def fill(path, **tables):
    """Write rows into a form the way a person does."""
    book = openpyxl.load_workbook(path)
    for name, rows in tables.items():
        columns = {cell.value: cell.column for cell in book[name][1]}
        for number, row in enumerate(rows, start=2):
            for column, value in row.items():
                book[name].cell(number, columns[column], value)
    book.save(path)


def test_a_filled_form_is_a_package(tmp_path):
    path = tmp_path / "north.xlsx"
    template(["cameras", "operating_periods"], path, "en")
    period = {"deploymentID": "d1", "start": "2014-01-05T00:00:00Z", "end": "2014-01-06T00:00:00Z"}
    fill(path, deployments=[DEPLOYMENT], operating_periods=[{**period, "status": "failed · did not work"}])
    package = read(path, party="north-reserve", country="RU")
    assert set(package.tables) == {"deployments", "operating_periods"}
    row = package.table("deployments").row(0, named=True)
    assert (row["locationID"], row["featureType"], row["baitUse"]) == ("007", "trailGame", False)
    # Only words that were offered are cut; what a person wrote elsewhere stays whole.
    assert row["deploymentComments"] == "adult · said the ranger"
    assert package.table("operating_periods")["status"].item() == "failed"
    assert package.findings.is_empty()


def test_what_is_written_against_the_list_is_a_finding(tmp_path):
    path = tmp_path / "north.xlsx"
    template(["operating_periods"], path, "en")
    period = {"deploymentID": "d1", "start": "2014-01-05T00:00:00Z", "end": "2014-01-06T00:00:00Z"}
    fill(path, operating_periods=[{**period, "status": "kaputt · broken"}])
    found = read(path, party="p").findings
    assert found.select("code", "row", "column", "value").rows() == [
        ("cell-vocabulary", 2, "status", "kaputt · broken")
    ]


@pytest.mark.parametrize("language", languages())
def test_the_form_offers_words_in_the_language_and_reads_them_back(language, tmp_path):
    path = tmp_path / "form.xlsx"
    template(["operating_periods"], path, language)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "operating_periods"
    assert [cell.value for cell in book["operating_periods"][1]] == list(TABLES["operating_periods"].names)
    offered = [cell.value for cell in book["_words"]["A"]]
    assert [word.split(" · ")[0] for word in offered] == ["operating", "failed", "stolen", "obstructed"]
    assert len({word.split(" · ")[-1] for word in offered}) == 4
    assert not any("⟦" in str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    period = {"deploymentID": "d1", "start": "2014-01-05T00:00:00Z", "end": "2014-01-06T00:00:00Z"}
    fill(path, operating_periods=[{**period, "status": offered[3]}])
    assert read(path, party="p").table("operating_periods")["status"].item() == "obstructed"


def test_every_table_has_a_form_and_the_same_form_has_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        template(list(TABLES), tmp_path / name, "en")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert is_template(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx", party="p").tables == {}


def test_an_unknown_sheet_is_named_and_an_empty_one_is_not(tmp_path):
    path = tmp_path / "north.xlsx"
    template(["operating_periods"], path, "en")
    book = openpyxl.load_workbook(path)
    book.create_sheet("Sheet3")["A1"] = "my notes"
    book.create_sheet("Sheet4")
    book.save(path)
    package = read(path)
    assert codes(package.findings) == ["party-undeclared", "sheet-unknown"]
    assert package.findings["value"].to_list() == ["Sheet3", "north"]


def test_forms_as_csv_are_headers_and_a_guide(tmp_path):
    template(["waterbirds"], tmp_path / "forms", "en")
    assert sorted(path.name for path in (tmp_path / "forms").glob("*.csv")) == [
        "counts.csv",
        "guide.csv",
        "population_estimates.csv",
        "sheet_texts.csv",
        "site_steps.csv",
        "sites.csv",
        "species_status.csv",
        "stays.csv",
        "visits.csv",
    ]
    header = (tmp_path / "forms" / "visits.csv").read_text()
    assert header == ",".join(TABLES["visits"].names) + "\n"
    guide = pl.read_csv(io.BytesIO((tmp_path / "forms" / "guide.csv").read_bytes()), infer_schema=False)
    coverage = guide.filter(pl.col("Column") == "coverage").row(0, named=True)
    assert coverage["Must be told"] == "yes"
    assert coverage["Permitted words"].splitlines()[0].startswith("complete")


def test_misuse(tmp_path):
    with pytest.raises(MisuseError, match="Did you mean 'deployments'"):
        template(["deployment"], tmp_path / "x.xlsx", "en")
    (tmp_path / "mine.xlsx").write_bytes(write_workbook({"a": pl.DataFrame({"x": ["1"]})}))
    with pytest.raises(OutputError):
        template(["deployments"], tmp_path / "mine.xlsx", "en")
    assert not is_template(tmp_path / "mine.xlsx")
    with pytest.raises(FormatError, match="a form made by tumen template"):
        read(tmp_path / "mine.xlsx", party="p")


def test_forms_filled_in_as_csv_are_read_as_they_are(tmp_path):
    template(["operating_periods", "deployments"], tmp_path / "forms", "en")
    header = (tmp_path / "forms" / "operating_periods.csv").read_text()
    row = 'd1;2014-01-05T00:00:00Z;2014-01-06T00:00:00Z;"failed · не работала";дождь\n'
    # A Russian spreadsheet program saves with semicolons and in its own encoding.
    filled = (header.replace(",", ";") + row * 3).encode("cp1251")
    (tmp_path / "forms" / "operating_periods.csv").write_bytes(filled)
    package = read(tmp_path / "forms", party="p")
    assert list(package.tables) == ["operating_periods"]
    assert package.table("operating_periods")["status"].to_list() == ["failed"] * 3
    assert package.table("operating_periods")["comments"].to_list() == ["дождь"] * 3
    (tmp_path / "empty").mkdir()
    with pytest.raises(FormatError, match="files named like tables"):
        read(tmp_path / "empty", party="p")


PERIOD = {
    "deploymentID": "d1",
    "start": "2014-01-05T00:00:00Z",
    "end": "2014-01-06T00:00:00Z",
    "status": "failed",
}
VISIT = {"visitID": "v1", "siteID": "s1"}


def places(package):
    return package.findings.select("code", "row", "column", "value").rows()


def test_files_named_in_capitals_and_separated_by_tabs_are_read(tmp_path):
    line = ",".join(PERIOD) + "\n" + ",".join(PERIOD.values()) + "\n"
    (tmp_path / "Operating_Periods.CSV").write_text(line)
    (tmp_path / "deployments.tsv").write_text("deploymentID\tlatitude\nd1\t43.1\nd2\t43.2\n")
    assert recognise(tmp_path) == "template"
    package = read(tmp_path, party="p")
    assert package.table("operating_periods")["deploymentID"].to_list() == ["d1"]
    assert package.table("deployments")["latitude"].to_list() == [43.1, 43.2]
    assert set(package.digests) == {"Operating_Periods.CSV", "deployments.tsv"}
    assert "file-unread" not in codes(package.findings)


def test_files_that_are_no_table_are_named_and_the_guide_is_not(tmp_path):
    template(["operating_periods"], tmp_path / "forms", "en")
    for name in ("operating_period.csv", "operating_periods.TSV", "notes.txt", "old.xlsx", "map.jpg"):
        (tmp_path / "forms" / name).write_text("x,y\n1,2\n")
    unread = read(tmp_path / "forms", party="p").findings.filter(code="file-unread")
    assert unread["value"].to_list() == ["notes.txt", "old.xlsx", "operating_period.csv", "operating_periods.TSV"]
    assert unread["severity"].unique().to_list() == ["warning"]
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "notes.csv").write_text("x,y\n1,2\n")
    assert recognise(tmp_path / "others") == "camtrap-dp"


def test_midnight_of_a_date_is_the_date_and_nothing_else_is(tmp_path):
    path = tmp_path / "north.xlsx"
    template(["visits"], path, "en")
    days = (
        dt.datetime.combine(dt.date(2020, 1, 15), dt.time()),
        "2020-01-16T00:00:00",
        "2020-01-17T06:00:00",
        "43845",
        "2020-01-18",
    )
    fill(path, visits=[{**VISIT, "visitID": f"v{i}", "visitDate": day} for i, day in enumerate(days)])
    package = read(path, party="p")
    read_days = [dt.date(2020, 1, 15), dt.date(2020, 1, 16), None, None, dt.date(2020, 1, 18)]
    assert package.table("visits")["visitDate"].to_list() == read_days
    assert [place for place in places(package) if place[2] == "visitDate"] == [
        ("cell-type", 4, "visitDate", "2020-01-17T06:00:00"),
        ("cell-type", 5, "visitDate", "43845"),
    ]


def test_blank_rows_are_reported_once_and_are_no_records(tmp_path):
    path = tmp_path / "north.xlsx"
    template(["operating_periods"], path, "en")
    local = {**PERIOD, "start": "2014-03-30 02:30:00", "end": "2014-03-31 00:00:00"}
    fill(path, operating_periods=[PERIOD, {}, {"status": " "}, {**PERIOD, "end": "soon"}, {}, local])
    package = read(path, party="p", time_zone="Europe/Berlin")
    assert package.table("operating_periods").height == 3
    assert package.rows["operating_periods"].to_list() == [2, 5, 7]
    blank = package.findings.filter(code="row-blank")
    assert blank["row"].to_list() == [3, 4, 6]
    assert package.findings["party"].unique().to_list() == ["p"]
    found = places(package)
    assert ("cell-type", 5, "end", "soon") in found
    assert ("time-nonexistent", 7, "start", "2014-03-30 02:30:00") in found
    assert "cell-required" not in codes(package.findings)


def test_checks_count_the_rows_of_the_form(tmp_path):
    path = tmp_path / "north.xlsx"
    template(["operating_periods", "deployments"], path, "en")
    fill(path, deployments=[{}, DEPLOYMENT], operating_periods=[PERIOD, {}, {**PERIOD, "deploymentID": "d2"}])
    found = check(read(path, party="p")).filter(code="reference-missing")
    assert found.select("table", "row", "value").rows() == [("operating_periods", 4, "d2")]


def test_blank_rows_of_a_csv_file_are_reported_once(tmp_path):
    line = ",".join(PERIOD.values()) + "\n"
    header = ",".join(PERIOD) + "\n"
    (tmp_path / "operating_periods.csv").write_text(header + line + "\n,,,\n" + line.replace("failed", "kaputt"))
    package = read(tmp_path, party="p")
    assert package.table("operating_periods").height == 2
    assert places(package)[0] == ("cell-vocabulary", 5, "status", "kaputt")
    assert package.findings.filter(code="row-blank")["row"].to_list() == [3, 4]


def test_a_form_of_blank_rows_is_an_empty_form(tmp_path):
    path = tmp_path / "north.xlsx"
    template(["operating_periods"], path, "en")
    fill(path, operating_periods=[{}, {"status": " "}])
    assert read(path, party="p").tables == {}


def test_cells_in_a_column_without_name_are_one_finding_and_empty_columns_are_none(tmp_path):
    path = tmp_path / "north.xlsx"
    template(["operating_periods"], path, "en")
    fill(path, operating_periods=[PERIOD, {**PERIOD, "start": "2014-01-06T00:00:00Z", "end": "2014-01-07T00:00:00Z"}])
    book = openpyxl.load_workbook(path)
    for row in (2, 3):
        book["operating_periods"].cell(row, 12, "why?")
    book.save(path)
    package = read(path, party="p")
    assert [place[:3] for place in places(package)] == [("column-unknown", None, "(column 12)")]
    assert package.received["operating_periods"]["(column 12)"].to_list() == ["why?", "why?"]
    header, line = ",".join(PERIOD), ",".join(PERIOD.values())
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "operating_periods.csv").write_text(f"{header},,\n{line},,\n{line},,\n")
    columns = read(tmp_path / "forms", party="p").findings["column"].to_list()
    assert not [column for column in columns if column.startswith("(column")]


@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.XLS", "x.ods"])
def test_an_output_with_another_ending_is_misuse(name, tmp_path):
    with pytest.raises(MisuseError, match=r"an output that ends in \.xlsx") as raised:
        template(["counts"], tmp_path / name, "en")
    assert raised.value.found == f"'{name}'"
    assert raised.value.cure
    assert not (tmp_path / name).exists()
