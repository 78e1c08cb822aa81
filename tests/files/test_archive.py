import gzip
import hashlib
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import FormatError
from tumen.files.archive import Limits, UnreadableError, gunzip, is_safe, open_source


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def codes(source) -> list[tuple[str, str]]:
    return source.findings.select("code", "value").rows()


def test_a_folder_and_a_zip_give_the_same_bytes_and_digests(tmp_path):
    members = {"datapackage.json": b"{}", "data/media.csv": b"a,b\n"}
    folder = tmp_path / "package"
    for name, data in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    for path in (folder, zipped(tmp_path / "package.zip", members)):
        with open_source(path) as source:
            assert source.names() == ["data/media.csv", "datapackage.json"]
            assert source.read("data/media.csv") == b"a,b\n"
            assert source.digests == {"data/media.csv": hashlib.sha256(b"a,b\n").hexdigest()}


def test_a_descriptor_may_have_any_name(tmp_path):
    (tmp_path / "mica.json").write_text("{}")
    (tmp_path / "media.csv").write_text("a")
    with open_source(tmp_path / "mica.json") as source:
        assert source.descriptor == "mica.json"
        assert source.read("media.csv") == b"a"


def test_a_zip_with_one_top_folder(tmp_path):
    path = zipped(tmp_path / "a.zip", {"north/datapackage.json": b"{}", "north/media.csv": b"a", "readme": b""})
    with open_source(path) as source:
        assert source.read("media.csv") == b"a"


@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/passwd", "C:/evil.csv", "a/../../evil.csv", "a\\evil.csv", "~/evil", "..\\evil.csv"]
)
def test_unsafe_members_are_reported_and_not_read(tmp_path, name):
    path = zipped(tmp_path / "a.zip", {"datapackage.json": b"{}", name: b"evil", "media.csv": b"a"})
    with open_source(path) as source:
        assert codes(source) == [("archive-unsafe-name", name)]
        assert source.names() == ["datapackage.json", "media.csv"]
        with pytest.raises(UnreadableError):
            source.read(name)


def test_a_member_that_is_a_symbolic_link_is_not_read(tmp_path):
    path = zipped(tmp_path / "a.zip", {"datapackage.json": b"{}"})
    link = zipfile.ZipInfo("media.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with open_source(path) as source:
        assert codes(source) == [("archive-unsafe-name", "media.csv")]
        assert "media.csv" not in source


def test_members_of_one_name_are_not_read(tmp_path):
    path = zipped(tmp_path / "a.zip", {"datapackage.json": b"{}", "media.csv": b"a"})
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("media.csv", b"b")
    with open_source(path) as source:
        assert codes(source) == [("archive-duplicate-name", "media.csv")]
        assert "media.csv" not in source


@pytest.mark.parametrize(
    "limits",
    [Limits(member=100), Limits(total=100), Limits(ratio=10, ratio_from=100)],
    ids=["member", "total", "ratio"],
)
def test_members_that_inflate_too_far_are_not_read(tmp_path, limits):
    path = zipped(tmp_path / "a.zip", {"datapackage.json": b"{}", "media.csv": b"0" * 5000})
    with open_source(path, limits) as source:
        assert codes(source) == [("archive-too-large", "media.csv")]
        assert source.names() == ["datapackage.json"]


def test_a_truncated_zip(tmp_path):
    path = zipped(tmp_path / "a.zip", {"datapackage.json": b"{}", "media.csv": b"a,b\n" * 99})
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(FormatError, match="a complete zip file"):
        open_source(path)


def test_a_damaged_member_leaves_the_others_readable(tmp_path):
    path = zipped(tmp_path / "a.zip", {"datapackage.json": b"{}", "media.csv": b"abcdef" * 9}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"abcdefabcdef", b"abcdefabcdeX", 1))
    with open_source(path) as source:
        assert source.read("datapackage.json") == b"{}"
        with pytest.raises(UnreadableError, match="damaged"):
            source.read("media.csv")


def test_an_encrypted_member(tmp_path):
    path = zipped(tmp_path / "a.zip", {"datapackage.json": b"{}", "media.csv": b"a"})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(bytes(data))
    with open_source(path) as source, pytest.raises(UnreadableError, match="encrypted"):
        source.read("media.csv")


def test_nothing_to_read(tmp_path):
    with pytest.raises(FormatError, match="nothing at"):
        open_source(tmp_path / "none")
    with pytest.raises(FormatError, match="found an empty folder"):
        open_source(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(FormatError, match=r"found 1 file and no datapackage\.json"):
        open_source(tmp_path)
    with pytest.raises(FormatError, match="which is none of them"):
        open_source(tmp_path / "notes.txt")
    with pytest.raises(FormatError, match=r"found 1 file in .* and no datapackage\.json"):
        open_source(zipped(tmp_path / "a.zip", {"media.csv": b""}))


def test_the_error_names_the_folder_that_was_meant(tmp_path):
    (tmp_path / "north").mkdir()
    (tmp_path / "north" / "datapackage.json").write_text("{}")
    with pytest.raises(FormatError) as caught:
        open_source(tmp_path)
    assert str(tmp_path / "north") in caught.value.cure


def test_a_symbolic_link_that_leads_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "secret.csv").write_text("x")
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "datapackage.json").write_text("{}")
    (folder / "media.csv").symlink_to(tmp_path / "secret.csv")
    with open_source(folder) as source:
        assert source.names() == ["datapackage.json"]
        with pytest.raises(UnreadableError, match="symbolic link"):
            source.read("media.csv")


def test_gzip_within_limits():
    assert gunzip(gzip.compress(b"a,b\n")) == b"a,b\n"
    with pytest.raises(UnreadableError, match="beyond the permitted size"):
        gunzip(gzip.compress(b"0" * 5000), Limits(ratio=2, ratio_from=100))
    with pytest.raises(UnreadableError, match="damaged"):
        gunzip(gzip.compress(b"a,b\n" * 99)[:-12])
    with pytest.raises(UnreadableError, match="damaged"):
        gunzip(b"no gzip")


@given(st.text(alphabet="ab./\\:~C", max_size=10))
def test_a_safe_name_never_leaves_its_folder(name):
    root = Path("/root-of-package")
    inside = Path(str(root / name)).parts[: len(root.parts)] == root.parts and ".." not in Path(name).parts
    assert not is_safe(name) or inside


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "a/" * 5000 + "b"])
def test_a_name_that_no_file_can_have_is_not_there(tmp_path, name):
    (tmp_path / "datapackage.json").write_text("{}")
    assert name not in open_source(tmp_path)
