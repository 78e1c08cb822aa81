"""Folders that may be sealed, and all that may not."""

import errno
import hashlib
import os
import shutil
import socket
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import (
    ChangedFileError,
    ContainerError,
    ExtraFileError,
    LimitError,
    ManifestError,
    OutputError,
    SealError,
    UnsafePathError,
)
from tumen.files import sealed as reading
from tumen.files import sealing as writing
from tumen.files import steady
from tumen.files.sealed import open_sealed, unpack
from tumen.files.sealing import sealing
from tumen.files.stored_zip import Writer

FILES = {"a.csv": b"abc", "media/empty.jpg": b"", "media/호랑이.jpg": b"picture"}


def folder(path, files=FILES):
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


@pytest.fixture
def source(tmp_path):
    return folder(tmp_path / "source")


def seal(source, out, **rest):
    with sealing(source, out, **rest) as made:
        made.add("manifest.json", b"{}")
    return made


def digests(files):
    return {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()}


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_what_is_sealed_is_found_again(source, tmp_path, name):
    told = []
    made = seal(source, tmp_path / name, progress=lambda done, total: told.append((done, total)))
    assert {path: (each.size, each.sha256) for path, each in made.files.items()} == digests(FILES)
    sealed = open_sealed(tmp_path / name)
    assert sealed.names == tuple(FILES)
    assert sealed.manifest() == b"{}"
    assert sealed.digests() == digests(FILES)
    assert told[-1] == (10, 10)
    assert sorted(each.name for each in tmp_path.iterdir()) == [name, "source"]


NAMES = st.text("aйЖ虎ᠪé 1-_", min_size=1, max_size=12).filter(lambda name: steady.refusal(name) is None)


@settings(max_examples=20)
@given(st.dictionaries(NAMES, st.binary(max_size=2000), min_size=1, max_size=5))
def test_a_zip_and_a_folder_hold_the_same_bytes(tmp_path_factory, files):
    if steady.clash(files):
        return
    place = tmp_path_factory.mktemp("round")
    source = folder(place / "source", files)
    seal(source, place / "one.zip")
    seal(source, place / "two.zip")
    assert (place / "one.zip").read_bytes() == (place / "two.zip").read_bytes()
    assert unpack(place / "one.zip", place / "out") == digests(files)
    assert {path.name: path.read_bytes() for path in (place / "out").iterdir()} == {**files, "manifest.json": b"{}"}
    with zipfile.ZipFile(place / "one.zip") as archive:
        assert archive.testzip() is None
    shutil.rmtree(place)


def test_what_stays_at_home_is_told(source, tmp_path):
    folder(source, {".tumen": b"", "policy.toml": b"", "media/Thumbs.db": b"", ".DS_Store": b""})
    (source / "nothing").mkdir()
    made = seal(source, tmp_path / "out")
    assert made.left_out == (".DS_Store", ".tumen", "media/Thumbs.db", "nothing/", "policy.toml")
    assert set(made.files) == set(FILES)


def link(source):
    (source / "link.csv").symlink_to("a.csv")


def link_to_folder(source):
    (source / "more").symlink_to(source / "media")


def bound_socket(source):
    here = os.getcwd()  # noqa: PTH109
    os.chdir(source)  # the path of a socket may not be long
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("door")
    finally:
        os.chdir(here)


def pipe(source):
    os.mkfifo(source / "pipe")


def only_case(source):
    folder(source, {"media/IMG_1.JPG": b"", "media/img_1.jpg": b""})


def reserved(source):
    folder(source, {"aux.csv": b""})


def turning(source):
    folder(source, {"gpj.\u202eexe": b""})


def no_text(source):
    (source / os.fsdecode(b"\xff.csv")).write_bytes(b"")


def long_path(source):
    folder(source, {"/".join(["a" * 99] * 3): b""})


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (link, "link.csv"),
        (link_to_folder, "more"),
        (bound_socket, "door"),
        (pipe, "pipe"),
        (only_case, "media/IMG_1.JPG and media/img_1.jpg"),
        (reserved, "aux.csv"),
        (turning, "\\u202e"),
        (no_text, "\\udcff"),
        (long_path, "more than 240 characters"),
    ],
)
def test_what_may_not_travel_is_refused(source, tmp_path, bad, said):
    bad(source)
    for out in ("out", "out.zip"):
        with pytest.raises(UnsafePathError) as caught:
            seal(source, tmp_path / out)
        assert said in caught.value.found
        assert caught.value.cure
    assert [each.name for each in tmp_path.iterdir()] == ["source"]
    (source / "manifest.json").write_bytes(b"{}")
    with pytest.raises(UnsafePathError):
        open_sealed(source)


def test_a_sealed_folder_and_an_empty_one_are_not_sealed(source, tmp_path):
    (tmp_path / "empty").mkdir()
    for bad in (tmp_path / "empty", tmp_path / "nowhere", source / "a.csv"):
        with pytest.raises(SealError):
            seal(bad, tmp_path / "out")
    (source / "manifest.json.minisig").write_bytes(b"")
    with pytest.raises(SealError) as caught:
        seal(source, tmp_path / "out")
    assert "manifest.json.minisig" in caught.value.found


def grows(path):
    with path.open("ab") as file:
        file.write(b"more")


def same_size_and_time(path):
    before = path.stat()
    path.write_bytes(b"ABC")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(path):
    other = path.with_name("other")
    other.write_bytes(b"xyz")
    other.rename(path)


def taken_away(path):
    path.unlink()


@pytest.mark.parametrize("change", [grows, same_size_and_time, replaced, taken_away])
@pytest.mark.parametrize("out", ["out", "out.zip"])
def test_a_file_that_changes_while_it_is_read_is_refused(source, tmp_path, change, out):
    def now(done, total):
        if done == 3:  # the first file was read to its end, and is still open
            change(source / "a.csv")

    with pytest.raises(ChangedFileError) as caught:
        seal(source, tmp_path / out, progress=now, workers=1)
    assert caught.value.found == "a.csv"
    assert [each.name for each in tmp_path.iterdir()] == ["source"]


def test_a_file_that_comes_while_others_are_read_is_refused(source, tmp_path):
    with pytest.raises(SealError):
        seal(source, tmp_path / "out", progress=lambda *_: (source / "new.csv").write_bytes(b""))
    assert [each.name for each in tmp_path.iterdir()] == ["source"]


class Full:
    """A file on a disk that is full after the first bytes."""

    def __init__(self, file):
        self.file = file

    def write(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    def __getattr__(self, name):
        return getattr(self.file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()


@pytest.mark.parametrize("out", ["out", "out.zip"])
def test_a_full_disk_leaves_nothing(source, tmp_path, monkeypatch, out):
    real = writing.Path.open

    def opened(path, mode="r", *rest, **more):
        file = real(path, mode, *rest, **more)
        return Full(file) if mode in ("xb", "r+b") else file

    monkeypatch.setattr(writing.Path, "open", opened)
    with pytest.raises(OutputError) as caught:
        seal(source, tmp_path / out)
    assert caught.value.found == "No space left on device"
    assert "Make room" in caught.value.cure
    assert [each.name for each in tmp_path.iterdir()] == ["source"]


def test_an_interrupt_leaves_nothing(source, tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    for out in ("out", "out.zip"):
        with pytest.raises(KeyboardInterrupt):
            seal(source, tmp_path / out, progress=stop)
    assert [each.name for each in tmp_path.iterdir()] == ["source"]


def test_nothing_is_replaced_or_put_inside_the_package(source, tmp_path):
    for out in ("out", "out.zip"):
        seal(source, tmp_path / out)
        with pytest.raises(OutputError):
            seal(source, tmp_path / out)
        with pytest.raises(OutputError):
            seal(source, source / out)
    with pytest.raises(OutputError):
        seal(source, tmp_path / "nowhere" / "out")


def test_a_sealed_folder_holds_nothing_else(source, tmp_path):
    seal(source, tmp_path / "out")
    (tmp_path / "out" / "nothing").mkdir()
    with pytest.raises(ExtraFileError):
        open_sealed(tmp_path / "out")
    with pytest.raises(ManifestError):
        open_sealed(source)
    with pytest.raises(SealError):
        open_sealed(tmp_path / "nowhere")


def test_a_zip_with_names_that_lead_out_is_not_opened(tmp_path):
    for name, error in (("../a", UnsafePathError), ("z", ContainerError), ("a", ManifestError)):
        with (tmp_path / "bad.zip").open("w+b") as file, Writer(file) as zipped:
            for each in (["manifest.json"] if name == "z" else []) + [name]:
                zipped.begin(each, 0)
        with pytest.raises(error):
            open_sealed(tmp_path / "bad.zip")


def test_large_manifests_and_many_files_are_not_read(source, tmp_path, monkeypatch):
    seal(source, tmp_path / "out")
    monkeypatch.setattr(reading, "LARGEST_MANIFEST", 1)
    with pytest.raises(LimitError):
        open_sealed(tmp_path / "out").manifest()
    monkeypatch.setattr(steady, "MOST", 2)
    with pytest.raises(LimitError):
        open_sealed(tmp_path / "out")


def test_memory_does_not_grow_with_the_package(source, tmp_path):
    with (source / "large.bin").open("wb") as file:
        file.truncate(64 << 20)
    tracemalloc.start()
    try:
        seal(source, tmp_path / "out.zip")
        open_sealed(tmp_path / "out.zip").digests()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 << 20


def test_a_failure_in_one_thread_ends_the_others(source, tmp_path):
    def work(piece, stop):
        if piece == 0:
            raise ValueError
        assert stop.wait(10)

    with pytest.raises(ValueError):
        list(steady.side_by_side(work, range(5), workers=2))
