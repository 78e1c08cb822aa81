"""Write to the disk of a node: whole or not at all, and for its owner's eyes only."""

import os
import secrets
import shutil
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


def private_folder(path: Path) -> None:
    """Make a folder, and those around it, that only its owner can look into."""
    with explained("the folder of the node"):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)


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
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SealError("what the node remembers", reason, "Allow reading it, or mend the disk.") from error
    if len(data) > largest:
        raise SealError("what the node remembers", "a larger file", "Bring back what stood there from a copy.")
    return data
