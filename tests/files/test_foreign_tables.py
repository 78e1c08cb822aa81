"""From the bytes of a foreign text file to its cells: decode, find the delimiter, read; whatever the file is like."""

import polars as pl

from tumen.files.decode import decode
from tumen.files.delimiters import detect_dialect, read_raw
from tumen.files.headers import header_doubts
from tumen.files.text_table import read_text_table
from tumen.tables.findings import gather


def read(data: bytes, declared: str | None = None) -> tuple[pl.DataFrame, list[tuple[str, int | None]]]:
    decoded = decode(data, declared=declared, name="cats")
    cut = detect_dialect(decoded.text, name="cats")
    frame, found = read_text_table(decoded.text.encode(), name="cats", dialect=cut.dialect)
    doubts = header_doubts(read_raw(decoded.text[:20_000], cut.dialect), name="cats")
    return frame, gather([decoded.findings, cut.findings, found, doubts]).select("code", "row").rows()


def test_a_chinese_table_in_gb18030():
    text = "相机编号,纬度,布设日期,物种\nK1,43.1,2014-05-12,东北虎\nK2,43.2,2014-02-31,梅花鹿\n"
    frame, found = read(text.encode("gb18030"))
    assert frame.columns == ["相机编号", "纬度", "布设日期", "物种"]
    assert frame.rows()[1] == ("K2", "43.2", "2014-02-31", "梅花鹿")
    assert found == [("encoding-detected", None)]


def test_a_russian_table_with_decimal_commas():
    frame, found = read("станция;широта;вид\r\nК1;43,125;Амурский тигр\r\nК2;42,5;Кабан\r\n".encode("cp1251"))
    assert frame.rows() == [("К1", "43,125", "Амурский тигр"), ("К2", "42,5", "Кабан")]
    assert found == [("delimiter-detected", None), ("encoding-detected", None)]


def test_a_mark_and_lone_carriage_returns():
    frame, found = read("\ufeffid,n\rтигр,1\r".encode())
    assert (frame.columns, frame.rows()) == (["id", "n"], [("тигр", "1")])
    assert found == [("line-ends-old", None)]


def test_a_null_byte_and_a_second_header():
    frame, found = read(b"id,lat,lon\ncode,deg,deg\nk\x001,43.1,131.2\nk2,43.2,131.3\n")
    assert frame["id"].to_list() == ["code", "k\\x001", "k2"]
    assert found == [("header-second-row", 2), ("cell-null-byte", 3)]


def test_two_hundred_columns_and_a_cell_of_a_megabyte():
    header = ",".join(f"c{i}" for i in range(200))
    frame, found = read(f"{header}\n{'x' * 1_000_000}{',1' * 199}\n".encode())
    assert frame.width == 200
    assert frame["c0"].item() == "x" * 1_000_000
    assert found == []


def test_binary_is_findings_and_no_traceback():
    frame, found = read(bytes(range(256)) * 20)
    assert frame.height > 0
    assert {"encoding-doubtful", "line-undecodable"} <= {code for code, _ in found}
