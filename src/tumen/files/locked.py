"""One at a time: a lock on a file that is read, added to and written again.

The lock is the system's, on a file `<name>.lock` beside the locked one, so that a process that ends, however it ends,
holds it no longer. The lock file is removed afterwards; on Windows an empty one may stay.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tumen.errors import OutputError, Text

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

WAIT = 30.0
"""Seconds to wait for another that holds the lock."""
_STEP = 0.05
"""Seconds between two looks."""

_guard = threading.Lock()
_held: dict[Path, threading.RLock] = {}
_open: dict[Path, list[int]] = {}


@contextmanager
def locked(path: Path | str, *, wait: float = WAIT) -> Iterator[None]:
    """Hold the lock of a file, which need not exist, until the block ends.

    Blocks within blocks of one thread on one file are allowed; other threads and other processes wait, at most `wait`
    seconds. Raises `OutputError` where it is held for longer, or where no lock file can be made.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with locked(Path(folder.name) / "register.csv"), locked(Path(folder.name) / "register.csv"):
    ...     [file.name for file in Path(folder.name).iterdir()]
    ['register.csv.lock']
    >>> folder.cleanup()
    """
    path = Path(os.path.realpath(path))
    with _guard:
        mine = _held.setdefault(path, threading.RLock())
    if not mine.acquire(timeout=wait):
        raise _busy(path)
    try:
        files = _open.setdefault(path, [])
        if files:  # this thread holds it already
            yield
            return
        lock = path.with_name(f"{path.name}.lock")
        file = _acquired(path, lock, wait)
        files.append(file)
        try:
            yield
        finally:
            files.clear()
            _release(file, lock)
    finally:
        mine.release()


def _acquired(path: Path, lock: Path, wait: float) -> int:
    """Return the open lock file, locked; look again and again until it is free."""
    pause = threading.Event()
    for _ in range(max(round(wait / _STEP), 1)):
        try:
            file = _taken(lock)
        except OSError as error:
            raise OutputError(
                Text("to write {path}", path=path),
                Text("that it cannot be written ({reason})", reason=error.strerror or type(error).__name__),
                "Name a place that exists and can be written.",
            ) from error
        if file is not None:
            return file
        pause.wait(_STEP)
    raise _busy(path)


def _taken(lock: Path) -> int | None:
    """Return the open lock file if it is free now, else None."""
    try:
        file = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        # Another's file that is about to go; without any file the folder is closed to us.
        if lock.exists():
            return None
        raise
    try:
        if _lock(file) and _still_there(file, lock):
            return file
    except BaseException:
        os.close(file)
        raise
    os.close(file)
    return None


def _still_there(file: int, lock: Path) -> bool:
    """Say whether the name still leads to the locked file; who held it before may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(file), lock.stat())
    except FileNotFoundError:
        return False


def _lock(file: int) -> bool:
    """Lock an open file for this process alone; say whether it was free."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _release(file: int, lock: Path) -> None:
    """Remove the lock file while it is held, so that nobody else's is removed, and let go."""
    with suppress(OSError):  # Windows removes no open file; an empty one stays
        lock.unlink()
    if sys.platform == "win32":
        with suppress(OSError):
            msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_UN)
    os.close(file)


def _busy(path: Path) -> OutputError:
    return OutputError(
        Text("to write {path} alone", path=path),
        "that another program is writing it",
        "Wait until it has ended, then give the command again.",
    )
