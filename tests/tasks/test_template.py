"""A form is made in six languages, filled in by a person, and read back as a package."""

import io

import openpyxl
import polars as pl
import pytest
from tests.builders import codes

from tumen.errors import FormatError, MisuseError, OutputError
from tumen.files.spreadsheet_write import write_workbook
from tumen.files.template import is_template, read
from tumen.report.words.catalogues import languages
from tumen.tables.protocol import TABLES
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
        "sites.csv",
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
