"""Read named bytes from a folder, a zip or beside a descriptor file, without ever leaving it.

A package comes from another party, so its names are not trusted. Nothing is extracted: members of a zip are inflated
in memory, within stated limits, and a name that points outside (absolute, with a drive letter, a backslash or `..`, or
a symbolic link that leads out) is not read. The digest of every file that was read is kept.
"""

import gzip
import hashlib
import io
import lzma
import re
import stat
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import BinaryIO, Self, TypeVar, cast

import polars as pl

from tumen.errors import FormatError, Text
from tumen.tables.findings import empty, finding, gather

Said = TypeVar("Said")

DESCRIPTOR = "datapackage.json"
"""Name of the file that makes a folder or a zip a Data Package."""

_DRIVE = re.compile(r"^[A-Za-z]:")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True)
class Limits:
    """What a zip or a gzip may inflate to, in bytes and in parts of its packed size.

    A camera-trap table of ten million rows has about 2 GB; text with long repetitions packs to a hundredth. What
    exceeds these limits is a mistake or an attack.
    """

    member: int = 2 << 30
    total: int = 8 << 30
    ratio: int = 250
    ratio_from: int = 32 << 20


LIMITS = Limits()


class UnreadableError(Exception):
    """One file of a source cannot be read; the rest can. Never leaves `tumen.files`."""


def is_url(name: str) -> bool:
    """Say whether a name is an address and not a file.

    >>> is_url("https://example.org/media.csv"), is_url("media.csv")
    (True, False)
    """
    return bool(_SCHEME.match(name))


def is_safe(name: str) -> bool:
    r"""Say whether a relative name stays inside its folder on every operating system.

    >>> [is_safe(n) for n in ("media/a.csv", "../a.csv", "/a.csv", "C:a.csv", "a\\b.csv", "a/../../b.csv", "")]
    [True, False, False, False, False, False, False]
    """
    if not name or "\\" in name or "\x00" in name or name.startswith(("/", "~")) or _DRIVE.match(name):
        return False
    return not is_url(name) and ".." not in PurePosixPath(name).parts


class Source(ABC):
    """One way to read files from a folder, a zip or the folder of a descriptor.

    `descriptor` is the name of the descriptor inside the source; `findings` what is wrong with the container itself.
    """

    def __init__(self, path: Path, descriptor: str, findings: pl.DataFrame | None = None) -> None:
        """Remember where the source is; `_digests` grows as files are read."""
        self.path = path
        self.descriptor = descriptor
        self.findings = empty() if findings is None else findings
        self._digests: dict[str, str] = {}

    @abstractmethod
    def names(self) -> list[str]:
        """Return the names of all files that may be read, sorted, with `/` between folders."""

    @abstractmethod
    def _bytes(self, name: str) -> bytes:
        """Return the stored bytes of one safe, existing name."""

    def __contains__(self, name: str) -> bool:
        """Say whether a file of this name may be read."""
        return name in self.names()

    @property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of every file read so far, by name."""
        return MappingProxyType(dict(sorted(self._digests.items())))

    @abstractmethod
    def size(self, name: str) -> int:
        """Return how many bytes a file has; 0 where it cannot be told."""

    @abstractmethod
    def _stream(self, name: str) -> BinaryIO:
        """Return an open stream of the stored bytes of one safe, existing name."""

    def stream(self, name: str) -> BinaryIO:
        """Return the bytes of one file to be read piece by piece, and closed; no digest is kept.

        Raises `UnreadableError` with the reason if that is not possible; damage may only show while it is read.
        """
        if not is_safe(name):
            raise UnreadableError("its name points outside the package")
        return self._stream(PurePosixPath(name).as_posix())

    def close(self) -> None:
        """Let go of the file, if one is held open."""
        return None

    def __enter__(self) -> Self:
        """Return the source itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file, if one is held open."""
        self.close()

    def read(self, name: str) -> bytes:
        """Return the bytes of one file; raise `UnreadableError` with the reason if that is not possible."""
        if not is_safe(name):
            raise UnreadableError("its name points outside the package")
        data = self._bytes(PurePosixPath(name).as_posix())
        self._digests[name] = hashlib.sha256(data).hexdigest()
        return data


class Folder(Source):
    """Files of a folder, at any depth. Symbolic links that lead out of it are refused."""

    def names(self) -> list[str]:
        """Return the names of all regular files that lie inside the folder."""
        root = self.path.resolve()
        files = (file for file in self.path.rglob("*") if file.is_file() and file.resolve().is_relative_to(root))
        return sorted(file.relative_to(self.path).as_posix() for file in files)

    def __contains__(self, name: str) -> bool:
        """Say whether the file is there (whether it may be read is said by `read`)."""
        try:
            return is_safe(name) and (self.path / name).is_file()
        except (OSError, ValueError):  # a name that no file can have
            return False

    def size(self, name: str) -> int:
        """Return how many bytes a file has; 0 where it cannot be told."""
        try:
            return (self.path / name).stat().st_size if is_safe(name) else 0
        except OSError:
            return 0

    def _bytes(self, name: str) -> bytes:
        with self._stream(name) as file:
            try:
                return file.read()
            except OSError as error:
                raise UnreadableError(error.strerror or type(error).__name__) from error

    def _stream(self, name: str) -> BinaryIO:
        file = self.path / name
        try:
            if not file.resolve(strict=True).is_relative_to(self.path.resolve()):
                raise UnreadableError("it is a symbolic link that leads out of the package")
            return file.open("rb")
        except OSError as error:
            raise UnreadableError(error.strerror or type(error).__name__) from error


class Zip(Source):
    """Members of a zip file, read in memory. One common top folder is taken as the package folder."""

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        """List the members once; raise `FormatError` where the file is no complete zip."""
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise FormatError(
                "a complete zip file",
                Text("{path} that cannot be opened as one ({error})", path=path, error=error),
                "Get the file once more.",
            ) from error
        self._limits = limits
        self._members, findings = _members(self._zip, limits)
        self._top = _top_folder(self._members)
        super().__init__(path, DESCRIPTOR, findings)

    def close(self) -> None:
        """Close the zip."""
        self._zip.close()

    def names(self) -> list[str]:
        """Return the names of the members that may be read, without the common top folder."""
        return sorted(name.removeprefix(self._top) for name in self._members)

    def __contains__(self, name: str) -> bool:
        """Say whether there is a member of this name that may be read."""
        return self._top + PurePosixPath(name).as_posix() in self._members

    def size(self, name: str) -> int:
        """Return how many bytes a member has when inflated; 0 where there is none."""
        member = self._members.get(self._top + PurePosixPath(name).as_posix())
        return member.file_size if member else 0

    def _bytes(self, name: str) -> bytes:
        with self._stream(name) as stream:
            return stream.read()

    def _stream(self, name: str) -> BinaryIO:
        member = self._members.get(self._top + name)
        if member is None:
            raise UnreadableError("no such file")
        if member.flag_bits & 0x1:
            raise UnreadableError("it is encrypted")
        return cast(BinaryIO, _Member(self._zip, member))


class _Member(io.RawIOBase):
    """A member of a zip, read piece by piece; damage is an `UnreadableError` like that of any other file."""

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        self._stream = self._said(lambda: archive.open(member))

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        return self._said(lambda: self._stream.read(size))

    def close(self) -> None:
        """Let go of the member."""
        self._stream.close()
        super().close()

    def _said(self, what: Callable[[], Said]) -> Said:
        try:
            # zipfile says NotImplementedError of a way of packing it does not know.
            return what()
        except (
            zipfile.BadZipFile,
            OSError,
            EOFError,
            ValueError,
            NotImplementedError,
            zlib.error,
            lzma.LZMAError,
        ) as e:
            raise UnreadableError(f"the zip is damaged here ({e})") from e


def _members(archive: zipfile.ZipFile, limits: Limits) -> tuple[dict[str, zipfile.ZipInfo], pl.DataFrame]:
    """Return the members that may be read, and a finding for each that may not."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    counts = Counter(info.filename for info in infos)
    members: dict[str, zipfile.ZipInfo] = {}
    found = [finding("archive-duplicate-name", value=name, count=n) for name, n in counts.items() if n > 1]
    total = 0
    for info in infos:
        # zipfile cuts names at a null byte and turns "\" into "/" on Windows; the name as stored is what counts.
        link = stat.S_ISLNK(info.external_attr >> 16)
        if link or not is_safe(info.orig_filename):
            found.append(finding("archive-unsafe-name", value=info.orig_filename.replace("\x00", "\\0")))
        elif _inflates_too_far(info, limits) or total + info.file_size > limits.total:
            found.append(
                finding("archive-too-large", value=info.filename, bytes=info.file_size, packed=info.compress_size)
            )
        elif counts[info.filename] == 1:
            total += info.file_size
            members[info.filename] = info
    return members, gather(found)


def _inflates_too_far(info: zipfile.ZipInfo, limits: Limits) -> bool:
    # The stated size can be trusted: zipfile never inflates more than that, and then checks the sum.
    bomb = info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(info.compress_size, 1)
    return bomb or info.file_size > limits.member


def _top_folder(names: Mapping[str, zipfile.ZipInfo]) -> str:
    """Return "name/" when the only descriptor of a zip lies in a single top folder, else ""."""
    if DESCRIPTOR in names:
        return ""
    tops = [name.removesuffix(DESCRIPTOR) for name in names if name.count("/") == 1 and name.endswith("/" + DESCRIPTOR)]
    return tops[0] if len(tops) == 1 else ""


def open_source(path: Path | str, limits: Limits = LIMITS) -> Source:
    """Open a folder, a zip or a descriptor file (`*.json`) for reading.

    Raises `FormatError` when there is nothing to read: no such path, an empty folder, a damaged zip, or no
    `datapackage.json` in it. A descriptor file may have any name; its resources lie beside it.
    """
    path = Path(path)
    if path.is_dir():
        return _open_folder(path)
    if not path.is_file():
        raise FormatError(
            "a folder, a zip or a descriptor (.json)", Text("nothing at {path}", path=path), "Check the path."
        )
    if path.suffix.lower() == ".json":
        return Folder(path.parent, path.name)
    if path.suffix.lower() != ".zip" and not zipfile.is_zipfile(path):
        raise FormatError(
            "a folder, a zip or a descriptor (.json)",
            Text("{path}, which is none of them", path=path),
            "Name the folder that holds datapackage.json. For tables of other programs use `tumen convert`.",
        )
    source = Zip(path, limits)
    if source.descriptor not in source:
        source.close()
        raise FormatError(
            Text("a {descriptor} in the zip or in its one top folder", descriptor=DESCRIPTOR),
            Text(
                "{value} in {path} that may be read and no {descriptor} among them",
                value=_count(source.names()),
                path=path,
                descriptor=DESCRIPTOR,
            ),
            "Pack the package folder again.",
        )
    return source


def _open_folder(path: Path) -> Folder:
    if (path / DESCRIPTOR).is_file():
        return Folder(path, DESCRIPTOR)
    entries = sorted(path.iterdir())
    inner = [entry.name for entry in entries if (entry / DESCRIPTOR).is_file()]
    others = [entry.name for entry in entries if entry.suffix.lower() == ".json"]
    cure = Text("Add {descriptor}, or name the folder that holds it.", descriptor=DESCRIPTOR)
    if inner:
        cure = Text("Name the package folder itself: {names}.", names=", ".join(str(path / name) for name in inner))
    elif others:
        cure = Text(
            "If one of these describes the package, name it: {names}.",
            names=", ".join(str(path / name) for name in others),
        )
    found = "an empty folder" if not entries else f"{_count(entries)} and no {DESCRIPTOR}"
    raise FormatError(Text("a {descriptor} in {path}", descriptor=DESCRIPTOR, path=path), found, cure)


def _count(things: list[Path] | list[str]) -> str:
    return "1 file" if len(things) == 1 else f"{len(things)} files"


def gunzip(data: bytes, limits: Limits = LIMITS) -> bytes:
    """Inflate gzip bytes within the limits; raise `UnreadableError` where that is not possible."""
    ceiling = min(limits.member, max(limits.ratio_from, limits.ratio * len(data)))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            inflated = stream.read(ceiling + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError(f"its gzip compression is damaged ({error})") from error
    if len(inflated) > ceiling:
        raise UnreadableError("it inflates beyond the permitted size")
    return inflated
