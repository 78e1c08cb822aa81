import pytest

from tumen.files.bare_table import read_bare_table

TEXT = "название;дата\nустье реки Туманной;2015-01-10\nозеро Хасан у границы;2015-01-11\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_that_of_the_header(delimiter):
    frame, _ = read_bare_table(TEXT.replace(";", delimiter).encode(), "visits")
    assert frame.columns == ["название", "дата"]
    assert frame.height == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_the_encoding_is_found(encoding):
    frame, found = read_bare_table(TEXT.encode(encoding), "visits")
    assert frame["название"].to_list() == ["устье реки Туманной", "озеро Хасан у границы"]
    assert ("encoding-detected" in found["code"].to_list()) == (encoding == "windows-1251")


def test_an_empty_file_is_a_finding():
    frame, found = read_bare_table(b"", "visits")
    assert frame.width == 0
    assert found["code"].to_list() == ["file-empty"]
