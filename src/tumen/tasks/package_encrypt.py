"""Seal a package so that each file can be read by the recipients of its level only, and open what is ours.

An encrypted file `observations.csv` lies in the package as `observations.csv.age`. The manifest holds the digest of
both: of the bytes that lie there, so that whoever has no key (a courier) can verify the whole chain, and of the file
inside, behind 32 random bytes that only the recipients can read, so that nobody else can try out guesses at it.
"""

import base64
import hashlib
import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from tumen import engine
from tumen.errors import (
    ChangedFileError,
    DecryptError,
    DigestError,
    LimitError,
    ManifestError,
    OutputError,
    SealError,
    Text,
    UnsafePathError,
)
from tumen.files.age_files import ENDING, Identity, Readable, Writable, decrypt, encrypt, require_recipient
from tumen.files.minisign import SecretKey
from tumen.files.sealing import to_seal, written
from tumen.sharing.manifest import Manifest, Plain, Resource
from tumen.tables.file_names import clash, refusal, shown
from tumen.tasks import clock
from tumen.tasks.keys import trusted
from tumen.tasks.leaks import refuse_leaks
from tumen.tasks.package_seal import Sealing, Terms, level_of, seal
from tumen.tasks.sealable import refuse_strangers

SALT = 32
"""Random bytes before a file whose digest is told."""


def seal_encrypted(
    folder: Path,
    out: Path,
    key: SecretKey,
    recipients: Mapping[str, Collection[str]],
    *,
    terms: Terms | None = None,
    progress: engine.Progress = engine.silent,
) -> Sealing:
    """Seal as `seal` does, with the files of each level in `recipients` encrypted to these age recipients.

    Files of other levels stay in the clear. What is encrypted is written beside `out` first, and removed at the end.
    """
    terms = terms or Terms()
    # What is encrypted cannot be looked at later.
    refuse_strangers(folder)
    refuse_leaks(folder)
    with encrypted(folder, out, recipients, terms) as (copy, changed, left_out):
        sealed = seal(copy, out, key, terms=changed, progress=progress)
    return replace(sealed, left_out=tuple(sorted({*left_out, *sealed.left_out})))


def recipients(named: Iterable[str], node: Path | None = None, *, now: datetime | None = None) -> tuple[str, ...]:
    """Return the age recipients of names: recipients themselves, or parties of a node's trust list; sorted.

    Raises `KeyFileError` for what is neither, `UnknownKeyError` for a party without a recipient.
    """
    found: set[str] = set()
    for name in named:
        if node is None or name.startswith("age1"):
            found.add(require_recipient(name))
        else:
            found.update(trusted(node).recipients(name, now or clock.now()))
    return tuple(sorted(found))


@contextmanager
def encrypted(
    folder: Path, beside: Path, recipients: Mapping[str, Collection[str]], terms: Terms
) -> Iterator[tuple[Path, Terms, tuple[str, ...]]]:
    """Yield a copy of a package folder with its files encrypted by level, the terms to seal it, and what was left out.

    Clear files are hard links where the disk can; the copy is gone at the end. Raises `KeyFileError` for what is no
    recipient, `SealError` and below for what may not be sealed.
    """
    to = {level: tuple(sorted({require_recipient(each) for each in named})) for level, named in recipients.items()}
    found, left_out = to_seal(folder)
    if beside.resolve().is_relative_to(folder.resolve()):
        raise OutputError(
            "a place apart from what is sealed", Text("{name} inside it", name=beside.name), "Name another."
        )
    level = level_of(terms.described or folder, terms.level)
    levels = {path: terms.levels.get(path, level) for path in found.sizes}
    with written(beside), TemporaryDirectory(prefix=f".{beside.name}.", dir=beside.resolve().parent) as named:
        copy = Path(named)
        inside: dict[str, tuple[Plain, tuple[str, ...]]] = {}
        said: dict[str, str] = {}
        for path, each in levels.items():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            if each not in to:
                _link(folder / path, copy / path)
                said[path] = each
                continue
            name = path + ENDING
            if name in levels:
                raise UnsafePathError("names that stay apart when encrypted", shown(name), "Rename that file.")
            inside[name] = _encrypted(folder, path, copy / name, to[each]), to[each]
            said[name] = each
        described = terms.described or folder
        yield copy, replace(terms, levels=said, encrypted=inside, described=described), left_out


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(source, target, follow_symlinks=False)


def _encrypted(folder: Path, path: str, target: Path, recipients: tuple[str, ...]) -> Plain:
    """Encrypt a file; return what the manifest says of its inside."""
    salt = secrets.token_bytes(SALT)
    try:
        with (folder / path).open("rb") as source, target.open("xb") as file:
            before = _state(os.fstat(source.fileno()))
            read = _Read(source, hashlib.sha256(salt))
            encrypt(read, file, recipients)
            after = _state(os.fstat(source.fileno()))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        found = Text("{path} ({reason})", path=shown(path), reason=reason)
        raise SealError(
            "files that can be read, and room to encrypt them", found, "Make room; see the rights."
        ) from error
    if before != after or read.size != before[0] or _state((folder / path).lstat()) != before:
        cure = "Let no program write there, and begin again."
        raise ChangedFileError("files that stay as they are while they are read", shown(path), cure)
    kept = BytesIO()
    encrypt(BytesIO(salt), kept, recipients)
    return Plain(read.size, read.digest.hexdigest(), base64.b64encode(kept.getvalue()).decode())


def _state(seen: os.stat_result) -> tuple[int, ...]:
    return seen.st_size, seen.st_mtime_ns, seen.st_dev, seen.st_ino


class _Read:
    """A file that is digested while it is read."""

    def __init__(self, source: Readable, digest: "hashlib._Hash") -> None:
        self._source, self.digest, self.size = source, digest, 0

    def read(self, size: int) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        self.size += len(data)
        return data


@dataclass(frozen=True)
class Opened:
    """What could be decrypted, and what is for others: names in the package, with and without `.age`."""

    opened: tuple[str, ...]
    closed: tuple[str, ...]


def inner_names(manifest: Manifest) -> Mapping[str, str]:
    """Return, by their names in the package, the names that encrypted files have when they are opened.

    Raises `ManifestError` or `UnsafePathError` where a name is missing, unsafe, or that of another file.
    """
    names: dict[str, str] = {}
    for each in manifest.resources:
        if each.plain is None:
            continue
        name = each.path.removesuffix(ENDING)
        reason = refusal(name) if name != each.path else "no name without .age"
        if reason:
            found = Text("{path}: {reason}", path=shown(each.path), reason=Text(reason))
            raise UnsafePathError("encrypted files with names that every computer can hold", found, _ANEW)
        names[each.path] = name
    every = [*names.values(), *(each.path for each in manifest.resources if each.plain is None)]
    same = clash(every) or (("a file", "one that is encrypted") if len(set(every)) < len(every) else None)
    if same:
        found = Text("{one} and {other}", one=shown(same[0]), other=shown(same[1]))
        raise ManifestError("names that stay apart when opened", found, _ANEW)
    return names


_ANEW = "Ask its sender to seal it anew."


def open_encrypted(manifest: Manifest, files: Path, into: Path, identities: Iterable[Identity]) -> Opened:
    """Decrypt what is ours of a verified package from folder `files` into folder `into`.

    What cannot be opened with the keys at hand stays closed. Raises `DigestError` or `LimitError` where the inside is
    not what the manifest says, `OutputError` where it cannot be written.
    """
    names, keys = inner_names(manifest), tuple(identities)
    opened, closed = [], []
    for path, name in names.items():
        each = manifest.files[path]
        salt = _salt(each, keys)
        if salt is None:
            closed.append(path)
            continue
        _open(each, salt, files / path, into / name, keys)
        opened.append(name)
    return Opened(tuple(opened), tuple(closed))


def _salt(each: Resource, keys: tuple[Identity, ...]) -> bytes | None:
    """Return the salt of a file; None if it is for others."""
    if each.plain is None or each.plain.salt is None:
        return b""
    try:
        kept = BytesIO()
        decrypt(BytesIO(base64.b64decode(each.plain.salt, validate=True)), kept, keys, largest=SALT)
    except DecryptError:
        return None
    except ValueError as error:
        raise ManifestError("a salt as it was encrypted", "something else", _ANEW) from error
    return kept.getvalue()


def _open(each: Resource, salt: bytes, source: Path, target: Path, keys: tuple[Identity, ...]) -> None:
    plain = each.plain
    if plain is None or plain.size >= each.size:
        raise LimitError("a file inside that is smaller than the encrypted one", "a larger one", _ANEW)
    with written(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file, target.open("xb") as to:
            into = _Written(to, hashlib.sha256(salt))
            decrypt(file, into, keys, largest=plain.size)
    if (into.size, into.digest.hexdigest()) != (plain.size, plain.sha256):
        cure = "Do not use it: its sender says that another file is inside. Ask them to seal it anew."
        raise DigestError("the file inside as it was sealed", Text("another {path}", path=shown(each.path)), cure)


class _Written:
    """A file that is digested while it is written."""

    def __init__(self, to: Writable, digest: "hashlib._Hash") -> None:
        self._to, self.digest, self.size = to, digest, 0

    def write(self, data: bytes) -> None:
        self._to.write(data)
        self.digest.update(data)
        self.size += len(data)
