"""Write to the disk of a node: whole or not at all, and for its owner's eyes only."""

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tumen.errors import OutputError, SealError, Text

_CURE = "Make room, or name a place that can be written; then give the command again."


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn a refusal of the system into an `OutputError` that names no path."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(Text("to write {what}", what=Text(what)), reason, _CURE) from error


def private_folder(path: Path, *, ours: bool = True) -> None:
    """Make a folder, and those around it, that only its owner can look into.

    Raises `SealError` for a symbolic link, and where others may write into it unless it need not be `ours`.
    """
    unlinked(path)
    with explained("the folder of the node"):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = path.stat().st_mode
    # Windows has no such mode, and says that everybody may write.
    if ours and os.name == "posix" and mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise SealError(
            "a folder of the node that only its owner can write", "one that others can write", "Run: chmod 700 FOLDER"
        )


def unlinked(path: Path) -> Path:
    """Return a path of the node; raise `SealError` where it is a symbolic link: the node keeps what it has itself."""
    if path.is_symlink():
        raise SealError(
            "a file or a folder of the node", "a symbolic link", "Remove the link, and put back what stood there."
        )
    return path


def write_whole(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put a small file in its place whole; it is on the disk when this returns."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with explained("what the node remembers"):
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def new_folder(beside: Path) -> Iterator[Path]:
    """Yield a new folder inside `beside`; it is removed at the end unless it was moved away."""
    part = beside / f".part-{secrets.token_hex(8)}"
    with explained("the inbox"):
        part.mkdir(mode=0o700)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def read_small(path: Path, largest: int) -> bytes:
    """Return the bytes of a file that the node wrote; raise `SealError` where it cannot be read."""
    unlinked(path)
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SealError("what the node remembers", reason, "Allow reading it, or mend the disk.") from error
    if len(data) > largest:
        raise SealError("what the node remembers", "a larger file", "Bring back what stood there from a copy.")
    return data
