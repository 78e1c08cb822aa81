"""A zip that is one exact sequence of bytes: members stored, in the order given, all of 1 January 1980.

Equal contents give equal files, and a file that is not byte for byte what this module would write from its own contents
is refused, so that nothing can hide between its members. Any zip program can open it. Sizes above 4 GB use zip64.
"""

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from tumen.errors import ContainerError, LimitError, Text

LARGEST_DIRECTORY = 64 << 20
"""Bytes of the list of members that is read."""

_BIG = 0xFFFFFFFF
_DATE = 0x21
_UTF8 = 0x0800
_REGULAR = 0o100644 << 16
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_CUT = "Copy it again; if another program packed it, unpack it and name the folder."


@dataclass(frozen=True)
class Member:
    """One file of a zip: its name, size, CRC-32, and where its header begins."""

    name: bytes
    size: int
    crc: int
    offset: int

    @property
    def start(self) -> int:
        """Where its bytes begin."""
        return self.offset + len(_local(self))

    @property
    def end(self) -> int:
        """Where the next member begins."""
        return self.start + self.size


class Writer:
    """Write members one after the other, each in pieces, then the list of them.

    >>> import io
    >>> file = io.BytesIO()
    >>> with Writer(file) as writer:
    ...     writer.begin("a.txt", 3)
    ...     writer.write(b"abc")
    >>> [(each.name, each.size) for each in members(file)]
    [(b'a.txt', 3)]
    """

    def __init__(self, file: BinaryIO) -> None:
        """Write to an open, empty file that can be sought in."""
        self._file = file
        self._members: list[Member] = []
        self._open: tuple[str, int] | None = None
        self._crc = self._written = self._at = 0

    def begin(self, name: str, size: int) -> None:
        """Begin a member of exactly `size` bytes."""
        self._finish()
        self._open, self._crc, self._written = (name, size), 0, 0
        self._file.write(_local(Member(name.encode(), size, 0, self._at)))

    def write(self, data: bytes | memoryview) -> None:
        """Add bytes to the member."""
        self._file.write(data)
        self._crc = zlib.crc32(data, self._crc)
        self._written += len(data)

    def _finish(self) -> None:
        if self._open is None:
            return
        name, size = self._open
        if self._written != size:
            raise ContainerError(Text("{size} bytes", size=size), f"{self._written}", "Begin again.")
        member = Member(name.encode(), size, self._crc, self._at)
        self._file.seek(self._at)
        self._file.write(_local(member))
        self._file.seek(member.end)
        self._members.append(member)
        self._open, self._at = None, member.end

    def __enter__(self) -> "Writer":
        """Return the writer."""
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Write the list of members, unless something failed."""
        if kind is None:
            self._finish()
            self._file.write(_tail(self._members))


def members(file: BinaryIO) -> tuple[Member, ...]:
    """Return the members of a zip as this module writes it; raise `ContainerError` or `LimitError` for any other.

    The members' bytes are not read.
    """
    whole = file.seek(0, os.SEEK_END)
    count, size, offset = _directory(file, whole)
    if size > LARGEST_DIRECTORY:
        raise LimitError(Text("a list of members of at most {most} bytes", most=LARGEST_DIRECTORY), f"{size}", _CUT)
    if offset + size > whole:
        raise _another("a list of members that is not in it")
    tail = _read(file, offset, whole - offset) if whole - offset <= size + 98 else b""
    found = tuple(_parsed(tail[:size], count))
    if (found[-1].end if found else 0) != offset or _tail(found) != tail:
        raise _another("a list of members written in another way")
    for each in found:
        header = _local(each)
        if _read(file, each.offset, len(header)) != header:
            raise _another("a member written in another way")
    return found


def _directory(file: BinaryIO, whole: int) -> tuple[int, int, int]:
    """Return how many members there are, and the size and the place of their list."""
    if whole < _END.size:
        raise _another("too few bytes")
    mark, _, _, _, count, size, offset, _ = _END.unpack(_read(file, whole - _END.size, _END.size))
    if mark != b"PK\5\6":
        raise _another("no list of members at its end")
    back = _END.size + _LOCATOR.size + _END64.size
    if (count == 0xFFFF or size == _BIG or offset == _BIG) and whole >= back:
        mark, _, _, _, _, _, _, count, size, offset = _END64.unpack(_read(file, whole - back, _END64.size))
        if mark != b"PK\6\6":
            raise _another("no list of members at its end")
    return count, size, offset


def _parsed(directory: bytes, count: int) -> Iterator[Member]:
    """Yield what the list says of names, sizes and sums; all else is compared with what would be written."""
    at = begin = 0
    for _ in range(count):
        if at + _CENTRAL.size > len(directory):
            raise _another("fewer members than it says")
        fields = _CENTRAL.unpack_from(directory, at)
        crc, size, named, extra = fields[7], fields[9], fields[10], fields[11]
        at += _CENTRAL.size
        name, more = directory[at : at + named], directory[at + named : at + named + extra]
        at += named + extra
        if size == _BIG and len(more) >= 12:
            size = int.from_bytes(more[4:12], "little")
        member = Member(name, size, crc, begin)
        begin = member.end
        yield member


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    data = file.read(size)
    if len(data) != size:
        raise _another("fewer bytes than it says")
    return data


def _another(found: str) -> ContainerError:
    return ContainerError("a whole zip as tumen package seal writes it", found, _CUT)


def _local(member: Member) -> bytes:
    big = member.size >= _BIG
    extra = struct.pack("<HHQQ", 1, 16, member.size, member.size) if big else b""
    size = _BIG if big else member.size
    fixed = (b"PK\3\4", 45 if big else 20, _UTF8, 0, 0, _DATE, member.crc, size, size, len(member.name), len(extra))
    return _LOCAL.pack(*fixed) + member.name + extra


def _central(member: Member) -> bytes:
    big, far = member.size >= _BIG, member.offset >= _BIG
    values = [*([member.size] * 2 if big else []), *([member.offset] if far else [])]
    extra = struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values) if values else b""
    size, version = _BIG if big else member.size, 45 if values else 20
    fixed = (b"PK\1\2", 3 << 8 | version, version, _UTF8, 0, 0, _DATE, member.crc, size, size)
    rest = (len(member.name), len(extra), 0, 0, 0, _REGULAR, _BIG if far else member.offset)
    return _CENTRAL.pack(*fixed, *rest) + member.name + extra


def _tail(found: Sequence[Member]) -> bytes:
    """Return the list of members and all that follows."""
    directory = b"".join(map(_central, found))
    count, size, offset = len(found), len(directory), found[-1].end if found else 0
    more = b""
    if count >= 0xFFFF or size >= _BIG or offset >= _BIG:
        more = _END64.pack(b"PK\6\6", 44, 3 << 8 | 45, 45, 0, 0, count, count, size, offset)
        more += _LOCATOR.pack(b"PK\6\7", 0, offset + size, 1)
    few, short, near = min(count, 0xFFFF), min(size, _BIG), min(offset, _BIG)
    return directory + more + _END.pack(b"PK\5\6", 0, 0, few, few, short, near, 0)
