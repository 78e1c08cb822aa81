import base64
import io
import lzma
import struct
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.files import workbooks as wb

from tumen.errors import FormatError
from tumen.files.archive import Limits
from tumen.files.sheet import Sheet
from tumen.files.spreadsheet_numbers import date_text, number_kind, number_text
from tumen.files.workbook import read_workbook


def only(data: bytes) -> Sheet:
    (sheet,) = read_workbook(data).sheets
    return sheet


def places(sheet: Sheet) -> list[tuple[str, int | None, str, str]]:
    return sheet.findings.select("code", "row", "column", "value").rows()


def test_texts_numbers_and_dates_of_a_russian_spreadsheet():
    """As LibreOffice 7.4 saves it: shared strings, DD.MM.YYYY, t="n"; the decimal comma is only shown, not stored."""
    strings = "".join(f"<si><t>{s}</t></si>" for s in ("Станция", "Широта", "Дата", "Снято", "Вид", "К1", "Барс"))
    data = wb.xlsx(
        wb.rows(
            "".join(f'<c r="{column}1" s="0" t="s"><v>{i}</v></c>' for i, column in enumerate("ABCDE")),
            '<c r="A2" t="s"><v>5</v></c><c r="B2" t="n"><v>43.125</v></c><c r="C2" s="1" t="n"><v>41771</v></c>'
            '<c r="D2" s="2" t="n"><v>41771.5729166667</v></c><c r="E2" t="s"><v>6</v></c>',
            wb.text("C3", "31.02.2014"),
        ),
        strings=strings,
    )
    sheet = only(data)
    assert sheet.name == "Лист1"
    assert sheet.cells.rows() == [
        ("К1", "43.125", "2014-05-12", "2014-05-12T13:45:00", "Барс"),
        (None, None, "31.02.2014", None, None),
    ]
    assert sheet.findings.is_empty()


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("0.10000000000000001", "0.1"),
        ("0.30000000000000004", "0.3"),
        ("7.0000000000000009", "7"),
        ("1E3", "1000"),
        ("-0", "0"),
        ("1.5E-5", "0.000015"),
        ("900108001234567", "900108001234567"),
        ("12", "12"),
        ("-0.5", "-0.5"),
        ("1E300", "1e+300"),
        ("abc", "abc"),
    ],
)
def test_a_number_has_no_noise(stored, text):
    assert number_text(stored) == text


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14))
def test_a_number_keeps_fifteen_digits(value):
    assert float(number_text(repr(value))) == pytest.approx(value, rel=1e-14, abs=1e-300)


@given(st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1))
def test_a_whole_number_is_written_whole(value):
    assert number_text(f"{value}.0") == str(value)


def test_more_than_fifteen_digits_are_doubted_and_fifteen_are_not():
    sheet = only(wb.xlsx(wb.rows(wb.number("A1", "900108001234567") + wb.number("B1", "9001080012345670"))))
    assert sheet.raw.row(0) == ("900108001234567", "9001080012345670")
    assert places(sheet) == [("cell-precision-lost", 1, "B", "9001080012345670")]


@pytest.mark.parametrize(
    ("days", "from_1904", "text"),
    [
        ("1", False, "1900-01-01"),
        ("59", False, "1900-02-28"),
        ("60", False, None),
        ("61", False, "1900-03-01"),
        ("0", False, None),
        ("-1", False, None),
        ("2958465", False, "9999-12-31"),
        ("2958466", False, None),
        ("0", True, "1904-01-01"),
        ("40309", True, "2014-05-12"),
        ("41771.99999999", False, "2014-05-12T23:59:59.999"),
        ("41771.999999999", False, "2014-05-13"),
    ],
)
def test_days_are_counted_as_excel_counts_them(days, from_1904, text):
    assert date_text(days, "date", from_1904) == text


@given(st.integers(min_value=61, max_value=2958465))
def test_days_agree_with_openpyxl(days):
    assert date_text(str(days), "date", False) == openpyxl.utils.datetime.from_excel(days).date().isoformat()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", ""),
        ('yyyy"年"m"月"d"日"', "date"),
        ("[$-419]d mmm yyyy;@", "date"),
        ("mmm\\ yy", "date"),
        ("h:mm AM/PM", "time"),
        ("mm:ss.0", "time"),
        ("dd.mm.yyyy hh:mm", "both"),
        ("[h]:mm:ss", "elapsed"),
        ("0.00E+00", ""),
        ("# ##0.00 [$₽-419]", ""),
        ('0.0" days"', ""),
        ("# ?/?", ""),
        ("[Red]0.00", ""),
        ("0.0%", "percent"),
        ("@", ""),
    ],
)
def test_a_date_format_is_recognised(code, kind):
    assert number_kind(170, code) == kind


@pytest.mark.parametrize(
    ("number", "kind"), [(0, ""), (2, ""), (9, "percent"), (14, "date"), (20, "time"), (22, "both"), (46, "elapsed")]
)
def test_a_built_in_format_is_known(number, kind):
    assert number_kind(number) == kind


def test_an_impossible_day_stays_a_number_and_is_reported():
    sheet = only(wb.xlsx(wb.rows(wb.text("A1", "day"), wb.number("A2", "60", 1), wb.number("A3", "61", 1))))
    assert sheet.cells.rows() == [("60",), ("1900-03-01",)]
    assert places(sheet) == [("cell-date-impossible", 2, "A", "60")]


def test_a_number_without_date_format_is_no_date():
    assert only(wb.xlsx(wb.rows(wb.number("A1", "41771")))).raw.row(0) == ("41771",)


def test_days_from_1904_and_a_note_that_says_so():
    sheet = only(wb.xlsx(wb.rows(wb.number("A1", "40309", 1)), from_1904=True))
    assert sheet.raw.row(0) == ("2014-05-12",)
    assert places(sheet) == [("workbook-1904", None, "", "")]


def test_times_and_durations():
    sheet = only(
        wb.xlsx(wb.rows(wb.number("A1", "0.3125", 3) + wb.number("B1", "1.5", 4) + wb.number("C1", "41771.25", 3)))
    )
    assert sheet.raw.row(0) == ("07:30:00", "36:00:00", "2014-05-12T06:00:00")


def test_formulas_are_counted_and_their_values_used():
    cells = '<c r="A1"><f>1+1</f><v>2</v></c>', '<c r="A2" t="str"><f>B1</f><v></v></c>', '<c r="A3"><f>SUM(A1)</f></c>'
    sheet = only(wb.xlsx(wb.rows(*cells)))
    assert sheet.raw.rows() == [("2",)]
    assert places(sheet) == [("cell-formula-empty", 3, "A", "A3"), ("cell-formula", 1, "A", "A1, A2")]
    assert '"count": 2' in sheet.findings["arguments"][1]
    assert '"formula": "=SUM(A1)"' in sheet.findings["arguments"][0]


@pytest.mark.parametrize("empty", ["<v/>", "<v></v>", "<v> </v>", ""])
def test_a_formula_with_an_empty_value_was_never_computed(empty):
    cells = "".join((f'<c r="A1"><f>1+1</f>{empty}</c>', '<c r="B1"><f>1+1</f><v>2</v></c>'))
    sheet = only(wb.xlsx(wb.rows(cells)))
    assert sheet.raw.rows() == [(None, "2")]
    assert places(sheet) == [("cell-formula-empty", 1, "A", "A1"), ("cell-formula", 1, "B", "B1")]


def test_a_formula_written_by_openpyxl_was_never_computed():
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(buffer := io.BytesIO())
    assert places(only(buffer.getvalue())) == [("cell-formula-empty", 1, "A", "A1")]


def test_percent_is_stored_as_a_share_and_that_is_said():
    sheet = only(wb.xlsx(wb.rows(wb.number("A1", "0.5", 5), wb.number("A2", "0.25", 5))))
    assert sheet.raw.rows() == [("0.5",), ("0.25",)]
    assert places(sheet) == [("cell-percent", 1, "A", "A1, A2")]
    shown = wb.cell("50 %", 'office:value-type="percentage" office:value="0.5"')
    assert places(only(wb.ods(wb.table(wb.row(shown))))) == [("cell-percent", 1, "A", "A1")]


def test_rows_out_of_order_are_put_in_their_place():
    sheet = '<sheetData><row r="3"><c r="A3"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    assert only(wb.xlsx(sheet)).raw.rows() == [("1",), (None,), ("3",)]


def test_errors_and_booleans():
    sheet = only(
        wb.xlsx(wb.rows('<c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="b"><v>1</v></c><c r="C1" t="b"><v>0</v></c>'))
    )
    assert sheet.raw.row(0) == ("#REF!", "true", "false")
    assert places(sheet) == [("cell-error-value", 1, "A", "#REF!")]


def test_merged_header_cells():
    sheet = only(
        wb.xlsx(
            wb.rows(
                wb.text("A1", "Station") + wb.text("B1", "Position"),
                wb.text("B2", "lat") + wb.text("C2", "lon"),
                wb.text("A3", "K1") + wb.number("B3", "43.1") + wb.number("C3", "131.2"),
                wb.text("A4", "K2") + wb.number("B4", "43.2") + wb.number("C4", "131.3"),
            )
            + '<mergeCells count="2"><mergeCell ref="B1:C1"/><mergeCell ref="A1:A2"/></mergeCells>'
        )
    )
    assert places(sheet) == [("cell-merged", 1, "A", "A1:A2"), ("cell-merged", 1, "B", "B1:C1")]
    headed = sheet.headed()
    assert headed.cells.columns == ["Station", "Position", "(column 3)"]
    assert headed.findings.select("code", "row").rows() == [("header-second-row", 2), ("header-empty", 1)]
    assert sheet.headed(2).cells.rows() == [("K1", "43.1", "131.2"), ("K2", "43.2", "131.3")]


def test_hidden_sheets_rows_and_columns_are_read_and_noted():
    sheet = (
        '<cols><col min="2" max="3" hidden="1"/></cols>'
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="2" hidden="1"><c r="A2"><v>3</v></c></row></sheetData>'
    )
    sheet = only(wb.xlsx(sheet, states=("veryHidden",)))
    assert sheet.hidden
    assert sheet.raw.rows() == [("1", "2"), ("3", None)]
    assert places(sheet) == [
        ("columns-hidden", None, "", "B"),
        ("sheet-hidden", None, "", ""),
        ("rows-hidden", 2, "", ""),
    ]


def test_row_numbers_are_those_of_the_spreadsheet():
    sheet = only(wb.xlsx('<sheetData><row r="3"><c r="B3"><v>1</v></c></row><row><c><v>2</v></c></row></sheetData>'))
    assert sheet.raw.rows() == [(None, None), (None, None), (None, "1"), ("2", None)]


def test_rich_text_reading_aids_and_escapes():
    strings = (
        "<si><r><t>Амур</t></r><r><t>ский</t></r></si>"
        '<si><t>熊</t><rPh sb="0" eb="1"><t>クマ</t></rPh></si><si><t>a_x000D_b_x0000_</t></si>'
    )
    sheet = only(
        wb.xlsx(
            wb.rows('<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>'),
            strings=strings,
        )
    )
    assert sheet.raw.row(0) == ("Амурский", "熊", "a\rb\\x00")
    assert places(sheet) == [("cell-control-character", 1, "C", "a\rb\\x00")]


def test_a_cell_in_the_last_corner_is_not_laid_out():
    sheet = only(
        wb.xlsx(
            '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
            '<row r="1048576"><c r="A1048576"><v>5</v></c><c r="XFD1048576"><v>2</v></c></row></sheetData>'
        )
    )
    assert sheet.raw.rows() == [("1",)]
    assert places(sheet) == [("cell-far-away", 1048576, "A", "A1048576")]
    assert sheet.findings["arguments"][0] == '{"count": 2}'


def test_two_hundred_columns_and_a_cell_of_a_megabyte():
    wide = "".join(wb.number(f"{wb_letters(i)}1", str(i)) for i in range(200))
    assert only(wb.xlsx(wb.rows(wide))).raw.width == 200
    assert only(wb.xlsx(wb.rows(wb.text("A1", "x" * 1_000_000)))).raw.item() == "x" * 1_000_000


def wb_letters(number: int) -> str:
    return openpyxl.utils.get_column_letter(number + 1)


def test_values_agree_with_openpyxl():
    book = openpyxl.Workbook()
    cells = [["id", "n", "share"], ["k1", 3, 0.25], ["k2", -7, 1e-7], [None, 12345678901, 43.123456789]]
    for record in cells:
        book.active.append(record)
    buffer = io.BytesIO()
    book.save(buffer)
    raw = only(buffer.getvalue()).raw
    for record, expected in zip(raw.rows(), cells, strict=True):
        for found, value in zip(record, expected, strict=True):
            assert found == value if isinstance(value, str | None) else float(found) == value


def test_an_empty_sheet_has_no_cells():
    sheet = only(wb.xlsx("<sheetData/>"))
    assert sheet.raw.is_empty()
    assert sheet.headed().findings["code"].to_list() == ["file-empty"]


def test_a_sheet_is_named_or_the_only_filled_one():
    book = read_workbook(wb.xlsx(wb.rows(wb.number("A1", "1")), "<sheetData/>"))
    assert book.sheet().name == "Лист1"
    assert book.sheet("Лист2").raw.is_empty()
    with pytest.raises(FormatError, match="a sheet named x; found the sheets Лист1, Лист2"):
        book.sheet("x")
    with pytest.raises(FormatError, match="one filled sheet"):
        read_workbook(wb.xlsx(wb.rows(wb.number("A1", "1")), wb.rows(wb.number("A1", "1")))).sheet()


# id;day;n and К1;12.05.2014;0,1 saved by LibreOffice 7.4 in the old binary format, packed.
OLD = lzma.decompress(
    base64.b85decode(
        "{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;1&M_DqR3*Grk;#Fn3_|q=YHL-W+x(g7T4u+=$92y5B}ytZz3dxl37pjyYI?yil3&c;H;L"
        ")#7`XsE3l?Y>&fFdVO&`pX0*Ow;@D$6wmn^H|AdDnkv5M=DYA7{V7+(qUbFUDk{_3Pg3eA;S;x|!24M~578c~!gH6l8WBk@;AgS|"
        "y#m=uG?az-tHqawM$kPByNFBPDi)m{*~#<(h(VaW<9#yWOqU`a`KPKs+uEAlJyx3{yj;g$%2O*L1S1cSdxs)b*V7A3tfEc60hK?d"
        "g`bEz&~nmEH_KQ@4eiA2G}T)aE%(^9yK*8f@1xUVrzP&dvw<ewO*|T6rNBb8tWK%T_5yquzk{O;-2@(H`o+cdKjLYq{K2?6cY8CE"
        "I2r^l`EbM4L{w*1^v>_2oVK|Jub>HSLm?k6^LNM~>Tr48oNSViDc1$<UPl{!X`EEe-_?A$W@xIsSQX%h131p$jlqmLxb)2FV_=zx"
        "NZkoZIHn`^ro%pA8h~{Wsy&!G7?oo*hn=HVE>O|V3+?kBVr@uCPf>uiG2prtYLS}&I8fy4AvXb={&sZfMBr;cMEV3x_LHZk&r#(("
        "y`pyK{uCtmo<_1QvHUf;)Y2K+Zy-7GqB{SLSYQNM%o~*7=wSt7xP8_qyy0zE5DBJ79{Iom^sOt1NGOl3&9=Y^DBAM9QQss2lpffh"
        "*OFn9g_ry4=5XTecU>1EN~MRD?R)c{lfbY?1sWR#=4t%OpL1zhgCAnAVY7`iQE*67K*r(cC}TYRg|&vH^`r^YU_-7YYS(J-`5&9H"
        "LW1fqJowWjv9NNAtHOfgkf-x>pySWEfoGtx`wDT@Ij!ImMUMm4rWkzIiJQirQ?6ds)6H~P^Fo@&2EMtNWg!^|j35qvT#IIj*j+c^"
        "RP_S>m^%t#egp!#wZ5DtO^{<sOT!cfnNR`wkM)<f)=F~;VyaF&5$8I*_9Q|vh$j0qx}Ks>8H;I);R{hwT)j=?$cizzP=3fVT7g|d"
        "a_7Hx@mv6j_(Rk)8_h1__C6ii$GBH{Hn7((G`JG#ZEf6=Pw%ig@)}}p4m=dKDheX%XNu`rN1jeQnu9TAh#Elwp|R6=YHLg16tq|y"
        "N1doeZ<e&l!*ghmQGSt~3WdgC&VsVDGy(g%g9f#wLFE=~KbJTWdzg@5ieo4Fa8as%jL_{UqA`oC9GCnhGd*V3p_?igP!j>Cq`2?F"
        "I^acJ_74ql*tQ&Bs3L+mx_XDtH3e6iG16h8t;2Phcp(D+Z^c*vP#b}t&oLaMb$zVzgy4a5iuE(Zz+AXA@yKP~*}Ra>8t+zHTWGb~"
        "r0C$Fe<JL`Oj1hKhNLg^yl<~<3~n}_sn!}Q`3g-8L{5iv#0b@e2q!&4RZyM#Sjjt5j_-Ws+W-InOYcy%K3yi{00G7bfGhw23Tv9^"
        "vBYQl0ssI200dcD"
    )
)


def test_the_old_binary_format():
    sheet = only(OLD)
    assert sheet.cells.rows() == [("К1", "2014-05-12", "0.1")]
    assert places(sheet) == [("workbook-binary", None, "", "")]


OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(
    ("data", "needed"),
    [
        (b"", "an XLSX, ODS or XLS workbook"),
        (b"a,b\n1,2\n", "an XLSX, ODS or XLS workbook"),
        (b"PK\x03\x04 cut off", "a whole XLSX, ODS or XLS workbook"),
        (wb.zipped({"a.txt": "x"}), "an XLSX, ODS or XLS workbook"),
        (wb.zipped({"_rels/.rels": "<a><b></a>"}), "a whole XLSX, ODS or XLS workbook"),
        (wb.zipped({"_rels/.rels": "<Relationships/>"}), "a whole XLSX, ODS or XLS workbook"),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "a workbook without password"),
        (OLE + bytes(2000), "a whole XLSX, ODS or XLS workbook"),
        (wb.xlsx(wb.rows('<c r="A1" t="s"><v>7</v></c>')), "a whole XLSX, ODS or XLS workbook"),
        (wb.xlsx(wb.rows('<c r="AAAA1"><v>7</v></c>')), "a whole XLSX, ODS or XLS workbook"),
        (wb.ods(wb.table(), **{"META-INF/manifest.xml": "<m:encryption-data/>"}), "a workbook without password"),
    ],
    ids=["empty", "text", "cut", "zip", "xml", "no-book", "encrypted", "old", "string", "column", "ods-encrypted"],
)
def test_what_cannot_be_read_is_said_in_three_parts(data, needed):
    with pytest.raises(FormatError) as caught:
        read_workbook(data)
    assert caught.value.needed == needed
    assert caught.value.found
    assert caught.value.cure


def test_a_missing_file_is_misuse(tmp_path: Path):
    with pytest.raises(FormatError, match="a workbook file"):
        read_workbook(tmp_path / "none.xlsx")


def test_entities_are_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    data = wb.xlsx("<sheetData/>")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = bomb.encode()
    with pytest.raises(FormatError, match="document type"):
        read_workbook(wb.zipped(parts))


def test_a_zip_that_looks_like_ten_gigabytes_is_refused():
    data = bytearray(wb.xlsx(wb.rows(wb.number("A1", "1"))))
    # The central directory states the size of a member at offset 24 of its entry.
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 0xFFFFFFF0)
    with pytest.raises(FormatError, match="would inflate to 4294967280 bytes"):
        read_workbook(bytes(data))


def test_a_bomb_is_refused():
    data = wb.xlsx(wb.rows(wb.text("A1", "0" * 2_000_000)))
    with pytest.raises(FormatError, match="would inflate"):
        read_workbook(data, limits=Limits(ratio=100, ratio_from=100_000))


def test_an_ods_of_a_russian_office():
    data = wb.ods(
        wb.table(
            "<table:table-column table:number-columns-repeated='2'/><table:table-column table:visibility='collapse'/>",
            wb.row(wb.cell("Станция"), wb.cell("Широта"), wb.cell("Дата"), wb.cell("Время")),
            wb.row(
                wb.cell("К1"),
                wb.cell("43,13", 'office:value-type="float" office:value="43.125"'),
                wb.cell("12.05.2014", 'office:value-type="date" office:date-value="2014-05-12"'),
                wb.cell("07:30", 'office:value-type="time" office:time-value="PT07H30M00S"'),
                attributes="table:number-rows-repeated='2'",
            ),
            wb.row(wb.cell(), attributes="table:number-rows-repeated='1048000'"),
        ),
        wb.table(wb.row(wb.cell("x")), name="скрытый", style="ta2"),
    )
    first, second = read_workbook(data).sheets
    assert first.cells.rows() == [("К1", "43.125", "2014-05-12", "07:30:00")] * 2
    assert places(first) == [("columns-hidden", None, "", "C")]
    assert (second.name, second.hidden) == ("скрытый", True)


def test_formulas_errors_merged_cells_and_notes_of_ods():
    data = wb.ods(
        wb.table(
            wb.row(
                wb.cell("2", 'table:formula="of:=1+1" office:value-type="float" office:value="2"'),
                wb.cell("#ДЕЛ/0!", 'table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"'),
                wb.cell("", 'table:formula="of:=[.A1]"'),
                wb.cell(
                    "да", 'office:value-type="boolean" office:boolean-value="true" table:number-columns-spanned="2"'
                ),
                "<table:covered-table-cell/>",
                "<table:table-cell><office:annotation><text:p>note</text:p></office:annotation>"
                '<text:p>a<text:s text:c="2"/>b</text:p><text:p>c</text:p></table:table-cell>',
            ),
        )
    )
    sheet = only(data)
    assert sheet.raw.row(0) == ("2", "#ДЕЛ/0!", None, "true", None, "a  b\nc")
    assert places(sheet) == [
        ("cell-error-value", 1, "B", "#ДЕЛ/0!"),
        ("cell-formula-empty", 1, "C", "C1"),
        ("cell-merged", 1, "D", "D1:E1"),
        ("cell-formula", 1, "A", "A1"),
        ("cell-formula", 1, "B", "B1"),
        ("cell-formula", 1, "C", "C1"),
    ]


def test_repeated_filled_cells_beyond_all_measure_are_refused():
    filled = wb.cell("x", "table:number-columns-repeated='16384'")
    with pytest.raises(FormatError, match="cells"):
        read_workbook(wb.ods(wb.table(wb.row(filled, attributes="table:number-rows-repeated='1048576'"))))


@given(st.binary(max_size=200))
def test_no_bytes_cause_a_traceback(data):
    for head in (b"", b"PK\x03\x04", OLE):
        with pytest.raises(FormatError):
            read_workbook(head + data)


@given(st.lists(st.lists(st.text(max_size=5), min_size=2, max_size=2), min_size=1, max_size=5))
def test_texts_survive_a_workbook(table):
    book = openpyxl.Workbook()
    allowed = [[c if c.isprintable() and not c.startswith("=") else "x" for c in record] for record in table]
    for record in allowed:
        book.active.append(record)
    for record in book.active.iter_rows():
        for cell in record:
            cell.data_type = "s"
    buffer = io.BytesIO()
    book.save(buffer)
    raw = only(buffer.getvalue()).raw
    expected = [[c or None for c in record] for record in allowed]
    padded = pl.DataFrame(expected, orient="row", schema=["A", "B"], strict=False).cast(pl.String)
    assert [r for r in raw.rows() if any(r)] == [tuple(c for c in r[: raw.width]) for r in padded.rows() if any(r)]
