"""Read a sealed package, a folder or a zip: its manifest, its signatures, and the digests of all its files.

Nothing in a file is looked at here beyond its bytes: who may sign, and what must be there, is said by
`tumen.sharing.verify` from what this module returns.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import BinaryIO

from tumen import engine
from tumen.errors import (
    ChangedFileError,
    ContainerError,
    ExtraFileError,
    LimitError,
    ManifestError,
    SealError,
    Text,
    UnsafePathError,
)
from tumen.files.minisign import Signature
from tumen.files.sealing import writing_new_folder, written
from tumen.files.steady import MOST, PIECE, Digest, StoppedError, listing, read_steadily, require_portable, side_by_side
from tumen.files.stored_zip import Member, members
from tumen.tables.file_names import shown

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 << 20
LARGEST_SIGNATURE = 8192

Found = tuple[int, str]
"""Size and SHA-256."""


def is_signature(name: str) -> bool:
    """Say whether a name is that of a signature of the manifest.

    >>> is_signature("manifest.json.minisig"), is_signature("manifest.json.south.minisig"), is_signature("a.minisig")
    (True, True, False)
    """
    return name.startswith(f"{MANIFEST}.") and name.endswith(".minisig") and "/" not in name


@dataclass(frozen=True)
class Sealed:
    """A sealed package that was found: where it is, and the sizes of its files (`names`: those that are sealed)."""

    path: Path
    sizes: Mapping[str, int]
    members: Mapping[str, Member] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The files without the manifest and its signatures."""
        return tuple(name for name in self.sizes if name != MANIFEST and not is_signature(name))

    def manifest(self) -> bytes:
        """Return the manifest's bytes."""
        return self.read(MANIFEST, LARGEST_MANIFEST)

    def signatures(self) -> dict[str, Signature]:
        """Return the signatures by file name."""
        names = [name for name in self.sizes if is_signature(name)]
        return {name: Signature.from_bytes(self.read(name, LARGEST_SIGNATURE)) for name in names}

    def read(self, name: str, largest: int) -> bytes:
        """Return the bytes of one file of at most `largest` bytes."""
        if self.sizes[name] > largest:
            found = Text("{size} bytes", size=self.sizes[name])
            needed = Text("{name} of at most {largest} bytes", name=shown(name), largest=largest)
            raise LimitError(needed, found, "Ask the sender for the package anew.")
        kept = bytearray()
        self._give(name, kept.extend)
        return bytes(kept)

    def digests(self, *, workers: int = 0, progress: engine.Progress = engine.silent) -> dict[str, Found]:
        """Return size and SHA-256 of every sealed file; `workers` are threads, `progress` is told files."""
        return self._each(None, workers, progress)

    def copy(self, into: Path, *, workers: int = 0, progress: engine.Progress = engine.silent) -> dict[str, Found]:
        """Copy every file, manifest and signatures too, into an empty folder; return what `digests` returns.

        The digests are of the bytes that were copied, so that what was verified is what is kept.
        """
        with written(into):
            for inside in sorted({(into / name).parent for name in self.sizes}):
                inside.mkdir(parents=True, exist_ok=True)
        found = self._each(into, workers, progress)
        return {name: found[name] for name in self.names}

    def _each(self, into: Path | None, workers: int, progress: engine.Progress) -> dict[str, Found]:
        names = self.names if into is None else tuple(self.sizes)

        def work(name: str, stop: Event) -> Found:
            if into is None:
                return self._give(name, len, stop)
            with written(into), (into / name).open("xb") as file:
                return self._give(name, file.write, stop)

        found: dict[str, Found] = {}
        for name, each in side_by_side(work, names, workers):
            found[name] = each
            progress(len(found), len(names))
        return found

    def _give(self, name: str, to: Callable[[memoryview], object], stop: Event | None = None) -> Found:
        def take(piece: memoryview) -> None:
            if stop is not None and stop.is_set():
                raise StoppedError
            to(piece)

        if self.members is None:
            digest = read_steadily(self.path, name, take)
        else:
            digest = _read_member(self.path, self.members[name], take)
        return digest.size, digest.sha256


def open_sealed(path: Path) -> Sealed:
    """List a sealed package; nothing of its contents is read yet.

    Raises `UnsafePathError` for links, sockets and names that some system cannot hold, `ContainerError` for a zip that
    is damaged or was packed by another program, `ExtraFileError` for empty folders, `ManifestError` where there is no
    manifest, `LimitError` for more files than a package has.
    """
    if path.is_dir():
        found = listing(path)
        if found.empty:
            cure = "Remove it; if you did not put it there, ask where the package came from."
            raise ExtraFileError("only files that were sealed", Text("also {path}", path=shown(found.empty[0])), cure)
        sealed = Sealed(path, found.sizes)
    elif path.is_file():
        with _opened(path) as file:
            found_members = members(file)
        inside = {_name(member): member for member in found_members}
        sealed = Sealed(path, {name: member.size for name, member in inside.items()}, inside)
        _check_zip(sealed, len(found_members))
    else:
        raise SealError("a sealed package, a folder or a zip", "nothing there", "Check the path.")
    _require_manifest(sealed)
    return sealed


def _require_manifest(sealed: Sealed) -> None:
    if MANIFEST not in sealed.sizes:
        cure = "Name the package folder itself; if it is, it is not sealed: tumen package seal."
        raise ManifestError(Text("a {name} in the package", name=MANIFEST), "none", cure)


def unpack(path: Path, out: Path, *, workers: int = 0) -> dict[str, Found]:
    """Write the files of a sealed zip, as they are in it, into a new folder; return the digests of what was written."""
    sealed = open_sealed(path)
    with writing_new_folder(out, path) as part:
        return sealed.copy(part, workers=workers)


def _check_zip(sealed: Sealed, count: int) -> None:
    if count > MOST:
        raise LimitError(Text("at most {most} files", most=MOST), f"{count}", "Make several packages of it.")
    require_portable(sealed.sizes)
    _require_manifest(sealed)
    order = [*sorted(sealed.names, key=str.encode), MANIFEST, *sorted(filter(is_signature, sealed.sizes))]
    if list(sealed.sizes) != order or count != len(order):
        cure = "Unpack it and name the folder."
        raise ContainerError("files in the order in which they are sealed, then the manifest", "another order", cure)


def _name(member: Member) -> str:
    try:
        return member.name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnsafePathError("names in UTF-8", "another name", "Do not unpack it; ask who sent it.") from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SealError("a package that can be read", reason, "Allow reading it, or mend the disk or stick.") from error


def _read_member(path: Path, member: Member, take: Callable[[memoryview], object]) -> Digest:
    digest, left = hashlib.sha256(), member.size
    buffer = memoryview(bytearray(min(PIECE, max(left, 1))))
    with _opened(path) as file:
        file.seek(member.start)
        while left:
            count = file.readinto(buffer[: min(left, PIECE)])  # type: ignore[attr-defined]
            if not count:
                cure = "Let no program write to it, and begin again."
                raise ChangedFileError("a zip that stays as it is while it is read", "a shorter one", cure)
            digest.update(buffer[:count])
            take(buffer[:count])
            left -= count
    return Digest(member.size, digest.hexdigest())
