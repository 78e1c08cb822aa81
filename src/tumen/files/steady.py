"""List the files of a folder and read them, and notice what is no plain file or changes meanwhile.

What is sealed or verified must be what lies there: no link that shows another file tomorrow, no socket, no file that a
camera is still writing to.
"""

import errno
import hashlib
import os
import stat
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TypeVar

from tumen.errors import ChangedFileError, LimitError, SealError, Text, UnsafePathError
from tumen.tables.file_names import clash, refusal, shown

PIECE = 1 << 18
"""Bytes that are read at once; more do not stay in the processor between reading, SHA-256 and writing."""

MOST = 200_000
"""Files of a package."""

_OPEN = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))

Taken = TypeVar("Taken")
Piece = TypeVar("Piece")


@dataclass(frozen=True)
class Digest:
    """Size and SHA-256 of a file."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Listing:
    """Sizes of files by path in the order of their UTF-8 bytes, and the folders that have nothing in them."""

    sizes: Mapping[str, int]
    empty: tuple[str, ...]


def listing(folder: Path, *, skip: Callable[[str], bool] = lambda _: False) -> Listing:
    """List every file of a folder, at any depth.

    Files for which `skip` holds are not looked at. Raises `UnsafePathError` for links, sockets and the like, for names
    that some system cannot hold and for names that differ in large and small letters only; `LimitError` for too many.
    """
    sizes: dict[str, int] = {}
    empty: list[str] = []
    waiting = deque([""])
    while waiting:
        inside = waiting.popleft()
        entries = _entries(folder, inside)
        if not entries and inside:
            empty.append(inside)
        for entry in entries:
            path = inside + entry.name
            if skip(path):
                continue
            if _is_folder(entry, path):
                waiting.append(path + "/")
            else:
                sizes[path] = _size(entry, path)
        if len(sizes) + len(waiting) > MOST:
            cure = "Make several packages of it."
            raise LimitError(Text("at most {most} files and folders", most=MOST), "more", cure)
    require_portable([*sizes, *(path[:-1] for path in empty)])
    return Listing({path: sizes[path] for path in sorted(sizes, key=str.encode)}, tuple(sorted(empty)))


def require_portable(paths: Collection[str]) -> None:
    """Raise `UnsafePathError` unless every computer can hold files of these names beside each other."""
    for path in paths:
        reason = refusal(path)
        if reason:
            found = Text("{path}: {reason}", path=shown(path), reason=reason)
            raise UnsafePathError("names that every computer can hold", found, "Rename that file or folder.")
    same = clash(paths)
    if same:
        found = Text("{one} and {other}", one=shown(same[0]), other=shown(same[1]))
        cure = "Rename one of them: on Windows and macOS they are one."
        raise UnsafePathError("names that differ by more than large and small letters", found, cure)


def _entries(folder: Path, inside: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder / inside) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise _unreadable(inside or ".", error) from error


def _is_folder(entry: os.DirEntry[str], path: str) -> bool:
    if entry.is_symlink():
        cure = "Put the file itself in its place, or take the link away."
        raise UnsafePathError("files, not links", Text("the link {path}", path=shown(path)), cure)
    return entry.is_dir(follow_symlinks=False)


def _size(entry: os.DirEntry[str], path: str) -> int:
    try:
        state = entry.stat(follow_symlinks=False)
    except FileNotFoundError as error:
        raise _changed(path) from error
    if not stat.S_ISREG(state.st_mode):
        raise UnsafePathError(
            "files", Text("{path}, which is a socket, a pipe or a device", path=shown(path)), "Take it out."
        )
    return state.st_size


def read_steadily(folder: Path, path: str, take: Callable[[memoryview], None]) -> Digest:
    """Give every piece of a file to `take`, and return its digest.

    Raises `ChangedFileError` if it is another file, or was written to, before its end was reached.
    """
    digest, total = hashlib.sha256(), 0
    buffer = memoryview(bytearray(PIECE))
    try:
        descriptor = os.open(folder / path, _OPEN)
    except OSError as error:
        # It was there, and no link, when the folder was listed.
        raise _changed(path) if error.errno in (errno.ENOENT, errno.ELOOP) else _unreadable(path, error) from error
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise _changed(path)
        while count := _piece(file.readinto, buffer, path):
            digest.update(buffer[:count])
            take(buffer[:count])
            total += count
            if total > before.st_size:
                raise _changed(path)
        after = os.fstat(descriptor)
    try:
        now = (folder / path).lstat()
    except OSError as error:
        raise _changed(path) from error
    if not _state(before) == _state(after) == _state(now) or total != before.st_size:
        raise _changed(path)
    return Digest(total, digest.hexdigest())


def _piece(readinto: Callable[[memoryview], int | None], buffer: memoryview, path: str) -> int:
    try:
        return readinto(buffer) or 0
    except OSError as error:
        raise _unreadable(path, error) from error


def _state(seen: os.stat_result) -> tuple[int, ...]:
    # The time of the last change of a file's state (ctime) tells of writing that set the time of writing back.
    changed = seen.st_ctime_ns if os.name == "posix" else 0
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, changed


def _changed(path: str) -> ChangedFileError:
    cure = "Let no program write there (a camera's copy, a sync client), and begin again."
    return ChangedFileError("files that stay as they are while they are read", shown(path), cure)


def _unreadable(path: str, error: OSError) -> SealError:
    reason = error.strerror or type(error).__name__
    found = Text("{path} ({reason})", path=shown(path), reason=reason)
    return SealError("files that can be read", found, "Allow reading it, or mend the disk or stick.")


class StoppedError(Exception):
    """Another thread failed. Never leaves `tumen.files`."""


def side_by_side(
    work: Callable[[Piece, Event], Taken], pieces: Iterable[Piece], workers: int = 0
) -> Iterator[tuple[Piece, Taken]]:
    """Yield pieces with their results, in order, from threads: reading, SHA-256 and writing leave Python free.

    `workers` is their number, 0 for one per core. When one piece fails, the event that each got is set, the others end
    at their next opportunity, and the failure is raised.
    """
    width = max(1, min(workers or os.cpu_count() or 1, 8))
    stop, queue = Event(), deque(pieces)
    with ThreadPoolExecutor(width) as pool:
        running: deque[tuple[Piece, Future[Taken]]] = deque()
        try:
            while queue or running:
                while queue and len(running) < 2 * width:
                    piece = queue.popleft()
                    running.append((piece, pool.submit(work, piece, stop)))
                piece, future = running.popleft()
                yield piece, future.result()
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
