"""Forms of counts: every cell is read, told of, or both; empty, dash, nc, cross and zero are five things."""

from pathlib import Path

import openpyxl
import pytest
from tests.builders import codes

from tumen.errors import FormatError, MisuseError
from tumen.files.count_form import read
from tumen.tables.checks import check
from tumen.tables.package import Package

NAMES = {
    "mallard": ("Anas platyrhynchos",),
    "гоголь": ("Bucephala clangula",),
    "goose": ("Anser anser", "Anser fabalis"),
}
FORM = [
    ["Asian Waterbird Census", None, None, None],
    ["Site name:", "Lake Manpho", "Site code", "KP-07"],
    ["Country", "DPR Korea", "Complex", "tumen-mouth"],
    ["Latitude", "42°19' N", "Longitude:", "130.41"],
    ["Datum", "WGS84", "Boundary", "the whole lake"],
    ["Date", "2024-01-14", "Start time: 07:30", None],
    ["Coverage", "partial (60%)", "Groups counted", "geese, ducks, gulls"],
    ["Method", "boat", "Observers", "Kim, Pak"],
    ["Ice", "half frozen", "Weather", "fog"],
    ["Scientific name", "Common name", "Count", "Remarks"],
    ["GEESE", None, None, None],
    ["Anser albifrons", None, "~500", "flying over"],
    ["Anser cygnoides", None, "0", None],
    ["Geese unidentified", None, "200-300", None],
    ["DUCKS", None, None, None],
    [None, "mallard", "500+", None],
    ["Mergus albellus", None, "x", None],
    ["Anas crecca", None, "nc", None],
    ["Anas acuta", None, "-", None],
    ["Spatula clypeata", None, None, None],
    ["Total", None, "1302", None],
    ["Disturbance", "two boats", None, None],
]  # fmt: skip


def book(path: Path, **sheets: list[list[str | None]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def a_form(tmp_path, rows=FORM, **said) -> Package:
    return read(book(tmp_path / "awc.xlsx", lake=rows), party="kp", names=NAMES, **said)


def changed(row: int, column: int, value: str | None) -> list[list[str | None]]:
    rows = [list(cells) for cells in FORM]
    rows[row - 1][column] = value
    return rows


def test_a_form_is_a_site_a_visit_and_its_counts(tmp_path):
    given = a_form(tmp_path, time_zone="Asia/Pyongyang")
    site = given.received["sites"].row(0, named=True)
    assert (site["siteID"], site["siteName"], site["countryCode"], site["countGroup"]) == (
        "KP-07", "Lake Manpho", "KP", "tumen-mouth",
    )  # fmt: skip
    assert (site["latitude"], site["longitude"], site["comments"]) == (
        "42.31666666666667", "130.41", "boundary:the whole lake",
    )  # fmt: skip
    visit = given.received["visits"].row(0, named=True)
    assert (visit["visitID"], visit["visitDate"], visit["visitStart"]) == (
        "KP-07/2024-01-14", "2024-01-14", "2024-01-14T07:30:00+09:00",
    )  # fmt: skip
    assert (visit["coverage"], visit["coveragePercent"], visit["groupsCounted"]) == (
        "partial",
        "60",
        "geese|ducks|gulls",
    )
    assert (visit["method"], visit["ice"], visit["weather"], visit["disturbance"]) == (
        "boat", "half frozen", "fog", "two boats",
    )  # fmt: skip
    assert (visit["observers"], visit["comments"]) == (None, "observers:Kim, Pak")
    counts = given.received["counts"].select(
        "countID", "scientificName", "taxonGroup", "status", "count", "minimum", "maximum", "estimated"
    )
    assert counts.rows() == [
        ("lake!C12", "Anser albifrons", "geese", "counted", "500", None, None, "true"),
        ("lake!C13", "Anser cygnoides", "geese", "counted", "0", None, None, None),
        ("lake!C14", None, "geese", "counted", None, "200", "300", None),
        ("lake!C16", "Anas platyrhynchos", "ducks", "counted", None, "500", None, None),
        ("lake!C17", "Mergellus albellus", "ducks", "counted", None, "1", None, None),
        ("lake!C18", "Anas crecca", "ducks", "notCounted", None, None, None, None),
    ]
    told = given.findings.select("code", "row", "column", "value").sort("row", nulls_last=True).rows()
    assert told == [
        ("form-cell-unread", 1, "A", "Asian Waterbird Census"),
        ("form-species-synonym", 17, "A", "Mergus albellus"),
        ("form-dash", 19, "C", "-"),
        ("form-total-left-out", 21, "A", "Total"),
        ("form-cells-empty", None, "", ""),
        ("local-times-read", None, "visitStart", ""),
    ]
    assert not check(given).filter(severity="error").height


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ((4, 3), "115 deg 98'", "coordinates-no-such-minute"),
        ((5, 1), "Pulkovo 1942", "form-datum"),
        ((6, 1), "04/01/2024", "form-date-unread"),
        ((7, 1), "mostly", "form-word-unread"),
        ((12, 2), "1,200", "form-number-unread"),
        ((16, 1), "goose", "form-species-ambiguous"),
        ((16, 1), "swamp goose", "form-species-unknown"),
        ((14, 0), "Geese", "form-group-total"),
    ],
)
def test_what_cannot_be_read_in_one_way_is_a_finding_with_its_cell(cell, value, code, tmp_path):
    row, column = cell
    given = a_form(tmp_path, changed(row, column, value))
    found = given.findings.filter(code=code)
    assert found.height == 1
    assert (found["table"].item(), found["row"].item()) == ("lake", row)
    assert code not in codes(a_form(tmp_path).findings)
    if code not in ("form-group-total", "form-datum"):
        # What was not understood is still there to be read.
        kept = given.received["sites"]["comments"].to_list() + given.received["visits"]["comments"].to_list()
        assert value in str(kept + given.received["counts"]["comments"].to_list())


def test_an_empty_cell_is_what_was_declared_and_nothing_else(tmp_path):
    given = a_form(tmp_path, empty="notCounted", dash="zero")
    rows = given.received["counts"].select("scientificName", "status", "count").rows()
    assert ("Spatula clypeata", "notCounted", None) in rows
    assert ("Anas acuta", "counted", "0") in rows
    assert "form-dash" not in codes(given.findings)
    with pytest.raises(MisuseError):
        a_form(tmp_path, empty="nothing")


def test_a_wide_list_has_a_visit_in_each_column_and_names_in_other_languages(tmp_path):
    wide = [
        ["Страна", "Россия", None, None],
        ["Участок", "Озеро Лебединое", "Озеро Лебединое", "Бухта Экспедиции"],
        ["Дата", "14.01.2024", "15.01.2024", "14.01.2024"],
        ["Охват", "полный", "полный", "не обследовано"],
        ["Вид", None, None, None],
        ["гоголь", "12", "0", None],
        ["утки неопр.", None, "около 40", None],
    ]
    given = read(book(tmp_path / "wide.xlsx", counts=wide), party="ru", names=NAMES)
    assert given.table("visits").select("visitID", "coverage").rows() == [
        ("Озеро Лебединое/2024-01-14", "complete"),
        ("Озеро Лебединое/2024-01-15", "complete"),
        ("Бухта Экспедиции/2024-01-14", "notSurveyed"),
    ]
    assert given.table("sites").select("siteID", "countryCode").rows() == [
        ("Озеро Лебединое", "RU"), ("Бухта Экспедиции", "RU"),
    ]  # fmt: skip
    assert given.table("counts").select("countID", "scientificName", "taxonGroup", "count", "estimated").rows() == [
        ("counts!B6", "Bucephala clangula", None, 12, None),
        ("counts!C6", "Bucephala clangula", None, 0, None),
        ("counts!C7", None, "ducks", 40, True),
    ]


def test_a_long_list_in_csv_and_two_lists_side_by_side(tmp_path):
    (tmp_path / "long.csv").write_text(
        "地点,日期,学名,数量,天气\n图们江口,2024年1月14日,Grus japonensis,12,晴\n"
        "图们江口,2024年1月14日,Anser fabalis,未计数,晴\n"
        "敬信湿地,2024年1月14日,Anser fabalis,约300,晴\n莲花湖,2024年1月15日,,,雪\n",
        encoding="utf-8",
    )
    given = read(tmp_path / "long.csv", party="cn", country="CN")
    assert given.table("visits").select("siteID", "weather").rows() == [
        ("图们江口", "晴"), ("敬信湿地", "晴"), ("莲花湖", "雪"),
    ]  # fmt: skip
    assert given.table("counts").select("visitID", "status", "count").rows() == [
        ("图们江口/2024-01-14", "counted", 12),
        ("图们江口/2024-01-14", "notCounted", None),
        ("敬信湿地/2024-01-14", "counted", 300),
    ]
    beside = [
        ["Site", "Pond", None, "Date", "2024-01-14", None],
        ["Species", "Count", "Ring", "Species", "Count", None],
        ["Grus grus", "3", "A1", "Anas acuta", "4", None],
    ]
    given = read(book(tmp_path / "two.xlsx", pond=beside), party="x")
    assert given.table("counts").select("countID", "count").rows() == [("pond!B3", 3), ("pond!E3", 4)]
    assert given.findings.filter(code="form-column-unread").select("row", "column", "value").rows() == [
        (2, "C", "Ring")
    ]


def test_several_forms_of_one_site_agree_or_are_told_and_sheets_without_a_list_too(tmp_path):
    later = [list(row) for row in FORM]
    later[5][1], later[2][3] = "2024-01-15", "another"
    path = book(tmp_path / "all.xlsx", one=FORM, two=later, notes=[["read me"]])
    given = read(path, party="kp", names=NAMES)
    assert given.table("visits")["visitID"].to_list() == ["KP-07/2024-01-14", "KP-07/2024-01-15"]
    assert given.findings.filter(code="site-told-differently")["value"].to_list() == ["KP-07"]
    assert given.findings.filter(code="form-sheet-unread")["value"].to_list() == ["notes"]
    with pytest.raises(FormatError, match="list of species"):
        read(book(tmp_path / "none.xlsx", notes=[["read me"]]), party="kp")


def test_no_cell_is_lost_whatever_it_holds(tmp_path):
    """Every cell of a form is in the tables, or in a finding: also where the form is half of one."""
    odd = [
        ["Site", "Pond", None], ["Date", "2024-01-14", "Friday"], ["Species", "Count", "Count"],
        ["Grus grus", "many", "7"],
        [None, "44", None], ["Ducks", "55", None], ["Some words", None, None], ["Date", "2024-01-15", None],
    ]  # fmt: skip
    given = read(book(tmp_path / "odd.xlsx", odd=odd), party="x")
    shown = " ".join(
        str(cell)
        for frame in (*given.received.values(), given.findings.select("value", "arguments"))
        for row in frame.rows()
        for cell in row
    )
    for word in ("Pond", "2024-01-14", "Friday", "many", "7", "44", "55", "Some words", "2024-01-15"):
        assert word in shown, word
