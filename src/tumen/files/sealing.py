"""Write a sealed package: copy and digest every file in one pass, then put it in its place whole.

Memory does not grow with the package. Whatever fails (a full disk, a file that changes, an interrupt), nothing is left
of what was begun. Nothing is ever replaced: a sealed package is never changed, its correction is another one.
"""

import errno
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Event, Lock
from typing import BinaryIO

from tumen import engine
from tumen.errors import OutputError, SealError, Text
from tumen.files.atomic import MARKER, writing_file
from tumen.files.steady import Digest, Listing, StoppedError, listing, read_steadily, side_by_side
from tumen.files.stored_zip import Writer

POLICY = "policy.toml"
"""The owner's policy beside the data: it tells what others receive, so it stays at home."""

_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
"""What systems leave in folders: the names, places and small copies of pictures that were looked at."""

_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Sealing:
    """A package while it is sealed: the digests of its files, what was left out, and where its manifest is put."""

    files: Mapping[str, Digest]
    left_out: tuple[str, ...]
    add: Callable[[str, bytes], None]
    """Add a small file: the manifest first, then signatures sorted by name."""


@contextmanager
def sealing(
    folder: Path, out: Path, *, workers: int = 0, progress: engine.Progress = engine.silent
) -> Iterator[Sealing]:
    """Copy a package folder into a new folder, or a new zip if its name ends in `.zip`, and yield what was copied.

    What is added then (manifest and signatures) and the copies stand at `out` when the block ends without an error.
    `workers` are threads (0: one per core); `progress` is told bytes. Left out are `policy.toml` and `.tumen` at the
    top, empty folders, and what systems leave in folders. Raises `SealError` and below for what may not be sealed,
    `OutputError` where nothing can be written.
    """
    if not folder.is_dir():
        raise SealError("a package folder", "none", "Name the folder that holds datapackage.json.")
    found, left_out = to_seal(folder)
    told = _Told(sum(found.sizes.values()), progress)
    write = _zipped if out.suffix.lower() == ".zip" else _copied
    with write(folder, found, out, workers, told) as (files, add):
        if to_seal(folder)[0].sizes != found.sizes:
            cure = "Let no program write there, and begin again."
            raise SealError("a folder that stays as it is while it is sealed", "other files than before", cure)
        yield Sealing(files, left_out, add)


def to_seal(folder: Path) -> tuple[Listing, tuple[str, ...]]:
    """Return the files of a folder that are sealed, and what is left out; raise `SealError` and below."""
    left_out: list[str] = []

    def stays(path: str) -> bool:
        out = path in (MARKER, POLICY) or PurePosixPath(path).name in _LITTER
        if out:
            left_out.append(path)
        return out

    found = listing(folder, skip=stays)
    sealed = [path for path in found.sizes if path == _MANIFEST or (path.startswith(_MANIFEST) and "/" not in path)]
    if sealed:
        cure = "Name the folder it was made from; what is sealed is not changed."
        raise SealError("a folder that is not sealed yet", Text("{name} in it", name=sealed[0]), cure)
    if not found.sizes:
        raise SealError("files to seal", "none", "Name the folder that holds datapackage.json.")
    return found, tuple(sorted([*left_out, *found.empty]))


class _Told:
    """Count bytes from several threads."""

    def __init__(self, total: int, progress: engine.Progress) -> None:
        self._total, self._done, self._progress, self._lock = total, 0, progress, Lock()

    def add(self, count: int) -> None:
        with self._lock:
            self._done += count
            self._progress(self._done, self._total)


_Written = Iterator[tuple[Mapping[str, Digest], Callable[[str, bytes], None]]]


@contextmanager
def _copied(folder: Path, found: Listing, out: Path, workers: int, told: _Told) -> _Written:
    with writing_new_folder(out, folder) as part:

        def copy(path: str, stop: Event) -> Digest:
            with written(out), (part / path).open("xb") as file:
                return read_steadily(folder, path, _teller(file, stop, told))

        def add(name: str, data: bytes) -> None:
            with written(out), (part / name).open("xb") as file:
                file.write(data)

        with written(out):
            for inside in sorted({str(PurePosixPath(path).parent) for path in found.sizes}):
                (part / inside).mkdir(parents=True, exist_ok=True)
        yield dict(side_by_side(copy, found.sizes, workers)), add


@contextmanager
def _zipped(folder: Path, found: Listing, out: Path, workers: int, told: _Told) -> _Written:
    """Write a zip; one stream of bytes has one writer, whatever the number of workers."""
    with (
        writing_file(out, inputs=(folder,)) as part,
        written(out),
        part.open("r+b") as file,
        Writer(file) as writer,
    ):
        files: dict[str, Digest] = {}

        def take(piece: memoryview) -> None:
            writer.write(piece)
            told.add(len(piece))

        def add(name: str, data: bytes) -> None:
            writer.begin(name, len(data))
            writer.write(data)

        for path, size in found.sizes.items():
            writer.begin(path, size)
            files[path] = read_steadily(folder, path, take)
        yield files, add


def _teller(file: BinaryIO, stop: Event, told: _Told) -> Callable[[memoryview], None]:
    def take(piece: memoryview) -> None:
        if stop.is_set():
            raise StoppedError
        file.write(piece)
        told.add(len(piece))

    return take


@contextmanager
def written(out: Path) -> Iterator[None]:
    """Turn a refusal of the system to write into an `OutputError`; what cannot be read has its own error."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = error.strerror or type(error).__name__
        cure = "Make room there, or name another place. Nothing was left half-written."
        if not full:
            cure = "Name a place that exists and can be written. Nothing was left half-written."
        raise OutputError(Text("to write {name}", name=out.name), reason, cure) from error


@contextmanager
def writing_new_folder(out: Path, source: Path | None = None) -> Iterator[Path]:
    """Yield a new folder beside `out`, which takes its name when the block ends without an error.

    Raises `OutputError` where something has that name already, or where `out` lies in `source` or around it.
    """
    with written(out):
        target = out.resolve()
        inside = source is not None and _within(target, source.resolve())
    if inside or target.exists():
        found = Text("{name} inside the package", name=out.name) if inside else Text("{name} there", name=out.name)
        raise OutputError("a new folder apart from what is sealed", found, "Name another folder.")
    part = target.with_name(f"{target.name}.part-{secrets.token_hex(4)}")
    with written(out):
        part.mkdir()
    try:
        yield part
        with written(out):
            part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _within(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)
