"""Write beside the target, then rename: a result is there whole or not at all.

On any failure, an interrupt included, what was begun is removed and what stood there before is untouched. What Tumen
did not make it does not remove: a folder is replaced only while it holds nothing but the files Tumen wrote into it,
which are listed in a file `.tumen` inside, and never when it is, holds or lies in something that was read.
"""

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tumen.errors import OutputError, Text

MARKER = ".tumen"
"""File in every folder that Tumen makes: on the first line what made it, then the names of the files in it, sorted."""

_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
"""Files that systems leave in any folder a person looks at; nobody misses them."""


@contextmanager
def writing_file(path: Path | str, *, replace: bool = False, inputs: Sequence[Path] = ()) -> Iterator[Path]:
    """Yield a path beside `path` to write to; put it in the place of `path` at the end.

    An existing file is replaced only when `replace` is true, and never when it is one of the `inputs` or lies in one.
    Raises `OutputError` where nothing may or can be written.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with writing_file(Path(folder.name) / "a.txt") as part:
    ...     _ = part.write_text("whole")
    >>> [file.name for file in Path(folder.name).iterdir()]
    ['a.txt']
    >>> folder.cleanup()
    """
    path = _resolved(path)
    if path.is_dir():
        raise OutputError("a file name to write to", Text("the folder {path}", path=path), "Name another file.")
    with _explained(path):
        _refuse_inputs(path, inputs)
    if path.exists() and not replace:
        raise OutputError(
            "a new file", Text("a file at {path}", path=path), "Name another, or allow replacing it with --replace."
        )
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
def writing_folder(
    path: Path | str, *, made: str = "folder", replace: bool = False, inputs: Sequence[Path] = ()
) -> Iterator[Path]:
    """Yield a new folder beside `path` to fill; put it in the place of `path` at the end.

    `made` is the word for what is made ("report"); it goes into the folder's `.tumen`. A folder that holds something is
    replaced only when `replace` is true, as a whole, and only if such a thing was made there before and no other file
    was added since. `inputs` are the files and folders that were read. Raises `OutputError` where the folder may not
    or cannot be written.
    """
    path = _resolved(path)
    if path.exists() and not path.is_dir():
        raise OutputError("a folder to write to", Text("a file at {path}", path=path), "Name another folder.")
    with _explained(path):
        if Path.cwd().is_relative_to(path):
            needed = "a folder other than the one you are in"
            raise OutputError(needed, f"{path}", "Name a new folder, such as one inside it.")
    with _explained(path):
        _refuse_inputs(path, inputs)
        if path.is_dir() and any(path.iterdir()):
            _refuse_others(path, made, replace=replace)
    part = _beside(path, "part")
    with _explained(path):
        part.mkdir()
    try:
        with _explained(path):
            yield part
            (part / MARKER).write_text("\n".join([f"tumen {made}", *_files(part)]) + "\n", encoding="utf-8")
            _put_in_place(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _refuse_others(path: Path, made: str, *, replace: bool) -> None:
    """Raise unless a folder with files in it may be replaced: it was asked for, and all of it is Tumen's."""
    if not replace:
        cure = "Name another, or allow replacing it with --replace."
        raise OutputError("an empty or new folder", Text("{path} with files in it", path=path), cure)
    needed = Text("an empty folder, or one in which tumen made a {made}, to replace it", made=made)
    marker = path / MARKER
    first, *listed = marker.read_text(encoding="utf-8", errors="replace").split("\n") if marker.is_file() else [""]
    if first != f"tumen {made}":
        found = Text("{path} with files in it and no mark that tumen made a {made} there", path=path, made=made)
        raise OutputError(needed, found, "Name another folder, or empty this one yourself.")
    others = sorted(set(_files(path)) - set(listed))
    if others:
        shown = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
        found = Text("{path} with {shown}, which tumen did not make", path=path, shown=shown)
        raise OutputError(needed, found, "Name another folder, or move these files out of it.")


def _files(folder: Path) -> list[str]:
    """Return the names of all files at any depth, sorted, without the folder's own marker and what systems leave."""
    files = (file for file in folder.rglob("*") if file.is_symlink() or not file.is_dir())
    names = (file.relative_to(folder).as_posix() for file in files if file.name not in _LITTER)
    return sorted(name for name in names if name != MARKER)


def _refuse_inputs(path: Path, inputs: Sequence[Path]) -> None:
    """Raise if the target is, holds or lies in something that was read, whatever name or link leads there."""
    for each in map(_resolved, inputs):
        if _within(path, each) or _within(each, path):
            relation = "" if path == each else ("inside " if _within(path, each) else "around ")
            raise OutputError(
                "a place to write apart from what is read", f"{path}, {relation}{each}", "Name another place."
            )


def _within(inner: Path, outer: Path) -> bool:
    return outer.exists() and any(each.exists() and each.samefile(outer) for each in (inner, *inner.parents))


def _resolved(path: Path | str) -> Path:
    try:
        return Path(path).resolve()
    except RuntimeError as error:  # a link that leads to itself
        raise OutputError(
            Text("to write {path}", path=path), "a link that leads to itself", "Name another place."
        ) from error


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
            Text("to write {path}", path=path),
            Text("that it cannot be written ({reason})", reason=reason),
            "Name a place that exists and can be written.",
        ) from error
