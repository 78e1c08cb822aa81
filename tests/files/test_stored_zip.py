import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import ContainerError, LimitError
from tumen.files import stored_zip
from tumen.files.stored_zip import Member, Writer, members


def packed(*files):
    file = io.BytesIO()
    with Writer(file) as writer:
        for name, data in files:
            writer.begin(name, len(data))
            writer.write(data)
    return file.getvalue()


CONTENTS = st.lists(st.tuples(st.text("aбタ/", min_size=1, max_size=9), st.binary(max_size=40)), max_size=4)


@given(CONTENTS)
def test_what_is_packed_is_found(files):
    data = packed(*files)
    assert [(each.name.decode(), data[each.start : each.end]) for each in members(io.BytesIO(data))] == files


def test_other_programs_open_it():
    with zipfile.ZipFile(io.BytesIO(packed(("a.csv", b"abc"), ("медиа/호.jpg", b"")))) as archive:
        assert archive.testzip() is None
        assert {info.filename: archive.read(info) for info in archive.infolist()} == {
            "a.csv": b"abc",
            "медиа/호.jpg": b"",
        }
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_no_byte_outside_the_members_is_free():
    data = packed(("a.csv", b"abc"), ("б", b"de"))
    inside = {at for each in members(io.BytesIO(data)) for at in range(each.start, each.end)}
    for at in set(range(len(data))) - inside:
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises((ContainerError, LimitError)):
            members(io.BytesIO(bytes(changed)))


@pytest.mark.parametrize(
    "change", [lambda d: d[:-1], lambda d: d + b"x", lambda d: b"x" + d, lambda d: b"", lambda d: d[:20]]
)
def test_bytes_before_behind_or_missing_are_refused(change):
    with pytest.raises(ContainerError):
        members(io.BytesIO(change(packed(("a", b"abc")))))


def test_a_zip_of_another_program_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", b"abc")
    with pytest.raises(ContainerError) as caught:
        members(file)
    assert "unpack it" in caught.value.cure


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_are_a_zip(data):
    try:
        found = members(io.BytesIO(data + b"PK\5\6" + data[:18]))
    except (ContainerError, LimitError):
        return
    assert isinstance(found, tuple)


def test_a_member_that_is_shorter_than_promised_is_refused():
    with pytest.raises(ContainerError), Writer(io.BytesIO()) as writer:
        writer.begin("a", 4)
        writer.write(b"abc")


def test_large_members_are_told_as_zip64(tmp_path):
    five = 5 << 30
    with (tmp_path / "big.zip").open("w+b") as file:
        # Five gigabytes of nothing take no room in a file with holes.
        big, small = Member(b"big", five, 0, 0), Member(b"small", 2, stored_zip.zlib.crc32(b"hi"), five + 53)
        file.write(stored_zip._local(big))
        assert file.tell() + five == small.offset
        file.seek(small.offset)
        file.write(stored_zip._local(small) + b"hi" + stored_zip._tail([big, small]))
        assert members(file) == (big, small)
    with zipfile.ZipFile(tmp_path / "big.zip") as archive:
        assert archive.read("small") == b"hi"
        assert archive.getinfo("big").file_size == five
