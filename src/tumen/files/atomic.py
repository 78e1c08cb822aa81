"""Write beside the target, then rename: a result is there whole or not at all.

On any failure, an interrupt included, what was begun is removed and what stood there before is untouched.
"""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tumen.errors import OutputError


@contextmanager
def writing_file(path: Path | str) -> Iterator[Path]:
    """Yield a path beside `path` to write to; put it in the place of `path` at the end.

    An existing file is replaced. Raises `OutputError` where nothing can be written.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with writing_file(Path(folder.name) / "a.txt") as part:
    ...     _ = part.write_text("whole")
    >>> [file.name for file in Path(folder.name).iterdir()]
    ['a.txt']
    >>> folder.cleanup()
    """
    path = Path(path)
    if path.is_dir():
        raise OutputError("a file name to write to", f"the folder {path}", "Name another file.")
    part = _beside(path, "part")
    with _explained(path):
        part.touch(exist_ok=False)
    try:
        with _explained(path):
            yield part
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def writing_folder(path: Path | str, *, replace: bool = False) -> Iterator[Path]:
    """Yield a new folder beside `path` to fill; put it in the place of `path` at the end.

    A folder that holds something is replaced only when `replace` is true, and then as a whole. Raises `OutputError`
    where it may not or cannot be written.
    """
    path = Path(path)
    if path.exists() and not path.is_dir():
        raise OutputError("a folder to write to", f"a file at {path}", "Name another folder.")
    with _explained(path):
        occupied = path.is_dir() and any(path.iterdir())
    if occupied and not replace:
        raise OutputError("an empty or new folder", f"{path} with files in it", "Name another, or allow replacing it.")
    part = _beside(path, "part")
    with _explained(path):
        part.mkdir()
    try:
        with _explained(path):
            yield part
            _put_in_place(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _put_in_place(part: Path, path: Path) -> None:
    """Exchange the folders; bring the old one back if the new one cannot take its place."""
    if not path.exists():
        part.replace(path)
        return
    old = _beside(path, "old")
    path.replace(old)
    try:
        part.replace(path)
    except BaseException:
        old.replace(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f"{path.name}.{kind}-{secrets.token_hex(4)}")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn a refusal of the system into an `OutputError`."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(
            f"to write {path}", f"that it cannot be written ({reason})", "Name a place that exists and can be written."
        ) from error
