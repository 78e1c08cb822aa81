"""Keep what was computed from a picture, so that it is computed once.

An entry is found by the picture's bytes (their SHA-256), the box, the name of what computed it and its settings: the
name of the file is the digest of all of them, and they stand in the file once more. A file is never trusted: it is
read without running anything in it, and only as far as it has the arrays that were asked for, with their types and
shapes. Whatever else it holds, it counts as not there.
"""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumen.errors import OutputError
from tumen.files.atomic import writing_file

LARGEST = 64 << 20
"""Bytes that an entry may unfold to: four times ten thousand descriptors of 400 numbers."""

_ABOUT = "about"
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)


@dataclass(frozen=True)
class Shape:
    """What an array must be: its type, and its shape, with None where any length will do.

    >>> Shape("float32", (None, 4)).fits(np.zeros((7, 4), dtype=np.float32))
    True
    """

    dtype: str
    shape: tuple[int | None, ...]

    def fits(self, array: NDArray[Any]) -> bool:
        """Say whether an array is one: finite, where it could be otherwise."""
        if array.dtype != np.dtype(self.dtype) or array.ndim != len(self.shape):
            return False
        if any(length is not None and length != found for length, found in zip(self.shape, array.shape, strict=True)):
            return False
        return array.dtype.kind != "f" or bool(np.isfinite(array).all())


@dataclass(frozen=True)
class Key:
    """What an entry belongs to; `settings` are plain values that JSON can hold."""

    digest: str
    box: tuple[float | None, ...]
    backend: str
    settings: Mapping[str, str | int | float | bool]

    @property
    def text(self) -> str:
        """The key in one fixed spelling."""
        told = {
            "backend": self.backend,
            "box": list(self.box),
            "digest": self.digest,
            "settings": dict(self.settings),
        }
        return json.dumps(told, sort_keys=True, ensure_ascii=True)

    @property
    def file(self) -> str:
        """The name of the entry's file."""
        short = re.sub(r"[^A-Za-z0-9.]+", "_", self.backend)[:40]
        return f"{hashlib.sha256(self.text.encode()).hexdigest()[:40]}-{short}.npz"


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def load(folder: Path, key: Key, shapes: Mapping[str, Shape]) -> Mapping[str, NDArray[Any]] | None:
    """Return the arrays of an entry, or None where there is none that can be believed."""
    path = folder / key.file
    try:
        # The whole file first: it is small, and nobody can exchange it between two looks.
        if path.stat().st_size > LARGEST:
            return None
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(member.file_size for member in packed.infolist()) > LARGEST:
                return None
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            about = stored[_ABOUT]
            if about.dtype != np.uint8 or about.tobytes() != key.text.encode():
                return None
            arrays = {name: np.asarray(stored[name]) for name in shapes}
    except _UNREADABLE:
        return None
    return MappingProxyType(arrays) if all(shape.fits(arrays[name]) for name, shape in shapes.items()) else None


def exists(folder: Path, key: Key) -> bool:
    """Say whether there is a file for an entry, whatever is in it."""
    return (folder / key.file).is_file()


def store(folder: Path, key: Key, arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Keep an entry, whole or not at all; say whether it could be kept.

    Computing goes on where nothing can be kept, such as on a full disk: what is lost is time.
    """
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **{_ABOUT: np.frombuffer(key.text.encode(), dtype=np.uint8), **arrays})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with writing_file(folder / key.file, replace=True) as part:
            part.write_bytes(file.getvalue())
    except (OutputError, OSError):
        return False
    return True
