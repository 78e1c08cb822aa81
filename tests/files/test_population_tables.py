"""Official tables of populations: read as they are published, with what is doubtful said."""

import json

import polars as pl
import pytest

from tumen.errors import FormatError, MisuseError
from tumen.files.population_tables import read
from tumen.files.spreadsheet_write import write_workbook
from tumen.tables.checks import check
from tumen.tasks.entries import PackageEntry, spoken
from tumen.tasks.packages import read_package

PORTAL = """population_id,scientificname,name,publication,minimum,maximum,startyear,endyear,quality,onepercent,yearset,x
1,Anser cygnoides,E Asia,WPE5,60000,78000,2000,2010,Expert opinion,680,2012,EAAF
1,Anser cygnoides,E Asia,CSR1,-1,-1,0,0,No estimate,-1,2022,EAAF
2,Larus saundersi,all,WPE5,"14,400",14401,2008,2008,Census based,140,2012,EAAF
"""
BOUNDS = ("minimum", "maximum", "startYear", "endYear", "onePercent")


def table(tmp_path, text, name="table.csv", **said):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    one = read(path, party="office", **said)
    return one, one.table("population_estimates")


def codes(one):
    return [(row["code"], row["row"], json.loads(row["arguments"]).get("count")) for row in one.findings.to_dicts()]


def test_the_portals_own_columns(tmp_path):
    one, rows = table(tmp_path, PORTAL)
    assert rows.select("populationID", "edition", "quality", *BOUNDS).rows() == [
        ("1", "WPE5", "expertOpinion", 60_000, 78_000, 2000, 2010, 680),
        ("1", "CSR1", "noEstimate", None, None, None, None, None),
        ("2", "WPE5", "census", 14_400, None, 2008, 2008, 140),
    ]
    assert rows["comments"][0] == "1 % set in 2012"
    assert set(rows["evidence"]) == {"published"}
    assert rows["source"].to_list() == ["WPE5", "CSR1", "WPE5"]
    assert sorted(codes(one), key=str) == [
        ("column-unknown", None, None),
        ("sizes-open-ended", None, 1),
        ("sizes-unknown", None, 3),
        ("years-unknown", None, 2),
    ]
    assert rows["x"].to_list() == ["EAAF"] * 3


def test_the_headings_of_the_pages_in_a_workbook(tmp_path):
    frame = pl.DataFrame(
        {
            "Species": ["Aythya baeri", "Mergus squamatus"],
            "Population": ["all", "all"],
            "Size": ["<1 000", "4 660"],
            "Size - Year": ["2011", "2012 - 2014"],
            "Size estimate quality": ["Best guess", "Census based"],
            "1% Threshold": ["10", "45"],
            "Notes": ["", "1,940 pairs"],
        }
    )
    one, rows = table(tmp_path, write_workbook({"table": frame}), name="t.xlsx", edition="WPE5", source="portal, 2024")
    assert rows.select(*BOUNDS).rows() == [(None, 1_000, 2011, 2011, 10), (4_660, 4_660, 2012, 2014, 45)]
    assert rows["populationID"].to_list() == ["Aythya baeri: all", "Mergus squamatus: all"]
    assert rows["comments"].to_list() == ["size as written: <1 000", "1,940 pairs; size as written: 4 660"]
    assert set(rows["source"]) == {"portal, 2024"}
    assert codes(one) == [("size-of-pairs-perhaps", 3, None), ("population-named", None, 2)]


def test_letters_of_old_editions_are_read_as_told_and_never_guessed(tmp_path):
    text = "species,population,size,edition\nCygnus cygnus,E Asia,B,WPE1\nCygnus olor,E Asia,C,WPE1\n"
    text += "Anser anser,all,>1000000,WPE1\n"
    (tmp_path / "old.csv").write_text(text)
    options = spoken(["letterRanges.B=10000-25000"])
    entry = PackageEntry(path=tmp_path / "old.csv", party="office", format="population-tables", options=options)
    one = read_package(entry)
    rows = one.table("population_estimates")
    assert rows.select("minimum", "maximum").rows() == [(None, 25_000), (None, None), (1_000_000, None)]
    wrong = check(one).filter(pl.col("severity") == "error")
    assert wrong.select("code", "row", "column", "value").rows() == [("size-letter", 3, "minimum", "C")]


def test_sizes_that_cannot_be_read_are_found_each(tmp_path):
    text = (
        "species,population,size,onepercent,edition,id\nA b,all,many,ten,WPE5,1\nC d,all,56-98k,0,WPE5,2\nE f,all,"
        + "9" * 5000
        + ",,WPE5,3\n"
    )
    one, rows = table(tmp_path, text)
    assert rows.select("minimum", "maximum", "onePercent").rows() == [(None, None, None)] * 3
    wrong = one.findings.filter(pl.col("code") == "size-unreadable").select("row", "column", "value").rows()
    assert sorted(wrong) == [
        (2, "minimum", "many"),
        (2, "onePercent", "ten"),
        (3, "minimum", "56-98k"),
        (4, "minimum", "9" * 5000),
    ]


def test_blank_rows_are_no_populations_and_rows_stay_those_of_the_sheet(tmp_path):
    one, rows = table(tmp_path, "species,size,edition,id\n,,,\nA b,many,WPE5,1\nA b,100,WPE5,\n")
    assert rows.height == 2
    wrong = one.findings.filter(pl.col("severity") == "error").select("code", "row", "column").rows()
    assert wrong == [("size-unreadable", 3, "minimum"), ("cell-required", 4, "populationID")]
    assert one.findings.filter(pl.col("code") == "row-blank")["row"].to_list() == [2]


def test_what_the_reader_must_be_told(tmp_path):
    with pytest.raises(MisuseError, match="edition"):
        table(tmp_path, "species,size\nA b,100\n")
    with pytest.raises(FormatError, match="species"):
        table(tmp_path, "bird,size\nswan,100\n", edition="WPE5")
    with pytest.raises(MisuseError, match="heading"):
        table(tmp_path, "species,size\nA b,100\n", edition="WPE5", columns={"populationName": "flyway"})
    _, rows = table(
        tmp_path, "Latin,size\nA b,100\n", edition="WPE5", columns={"scientificName": "Latin", "onePercent": "size"}
    )
    assert rows.select("scientificName", "onePercent", "minimum").rows() == [("A b", 100, None)]


def test_an_unreadable_number_leaves_no_half_of_an_estimate(tmp_path):
    head = "populationID,scientificName,publication,minimum,maximum,onepercent\n"
    one, rows = table(
        tmp_path,
        head
        + 'a,Anser albifrons,WPE5,"12,500",160.000,\n'
        + "b,Anser albifrons,WPE5,1.600,12500,\n"
        + "c,Anser albifrons,WPE5,1000,4000,1.600\n"
        + "d,Anser albifrons,WPE5,1000,4000,\n",
    )
    assert rows.select("minimum", "maximum", "onePercent").rows() == [(None,) * 3] * 3 + [(1000, 4000, None)]
    found = one.findings.select("code", "row", "column", "value").rows()
    assert sorted(found) == [
        ("size-set-aside", 2, "minimum", "12500"),
        ("size-set-aside", 3, "maximum", "12500"),
        ("size-set-aside", 4, "maximum", "4000"),
        ("size-set-aside", 4, "minimum", "1000"),
        ("size-unreadable", 2, "maximum", "160.000"),
        ("size-unreadable", 3, "minimum", "1.600"),
        ("size-unreadable", 4, "onePercent", "1.600"),
    ]
