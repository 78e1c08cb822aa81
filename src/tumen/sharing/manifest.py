"""What is in the package?  The manifest: every file with its size and its digest, and whose they are.

The manifest is what is signed. It is written as RFC 8785 JSON (`tumen.sharing.canonical`), so that equal manifests are
equal bytes, and read without mercy: a key too many or too few, a value of another kind, a path that some computer could
not hold, files out of order, all are refused. Read it only after its signature has been verified
(`tumen.sharing.verify`).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from tumen.errors import LimitError, ManifestError, Text, UnsafePathError
from tumen.sharing.canonical import from_bytes, to_bytes
from tumen.sharing.levels import LEVELS
from tumen.tables.file_names import clash, refusal, shown

FORMAT = "tumen-package/1"
NAME = "manifest.json"
"""The manifest's own file name; its owner's signature is beside it as `manifest.json.minisig`."""

SIGNED = f"{NAME}.minisig"
DIGEST, SIGNATURE, ENCRYPTION = "sha-256", "minisign-ed25519", "age-v1"
LARGEST = 64 << 20
"""Bytes of a manifest that is read: room for 200,000 files."""

MOST = 200_000
"""Files of a package."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CREATED = "%Y-%m-%dT%H:%M:%SZ"
_ANEW = "Ask its sender to seal it anew."


@dataclass(frozen=True)
class Alg:
    """What digests, signatures and encryption are made with. National algorithms would be other words here."""

    digest: str = DIGEST
    signature: str = SIGNATURE
    encryption: str | None = None


@dataclass(frozen=True)
class Plain:
    """The file inside an encrypted one: its size and SHA-256 of the salt followed by its bytes.

    `salt` is text that only the file's recipients can read (the salt encrypted to them): in the clear it would let
    anybody who holds the manifest try out guesses at what the file says. It is null where nothing can be guessed.
    """

    size: int
    sha256: str
    salt: str | None = None


@dataclass(frozen=True)
class Resource:
    """One file of a package as it lies there: path, bytes, SHA-256, and the level at which it is disclosed.

    `plain` and `recipients` (age recipients, sorted) are given where the file is encrypted.
    """

    path: str
    size: int
    sha256: str
    level: str = "full"
    plain: Plain | None = None
    recipients: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a party signs of a package.

    `package` is the name that all versions of a package share, `version` counts them from 1, `previous` is the SHA-256
    of the manifest before (null for version 1). `created` is an instant in whole seconds. `receiver` is null where a
    package is for everybody who may have it. Raises `ManifestError` or `UnsafePathError` for what may not be said.

    >>> manifest = Manifest(package="lynx", party="north", version=1, created=datetime(2026, 11, 23, tzinfo=UTC),
    ...     licence="CC-BY-4.0", resources=(Resource("a.csv", 3, "0" * 64),))
    >>> Manifest.from_bytes(manifest.to_bytes()) == manifest
    True
    """

    package: str
    party: str
    version: int
    created: datetime
    previous: str | None = None
    protocol: str = ""
    licence: str = ""
    agreement: str = ""
    receiver: str | None = None
    resources: tuple[Resource, ...] = ()
    alg: Alg = field(default_factory=Alg)
    format: str = FORMAT

    def __post_init__(self) -> None:
        """Check everything once; a manifest that exists can be relied on."""
        if self.format != FORMAT:
            raise ManifestError(f"{FORMAT}", _quoted(self.format), "Get a newer or older tumen that reads it.")
        _check_alg(self.alg)
        for name in ("package", "party"):
            _check_word(name, getattr(self, name), empty=False)
        for name in ("protocol", "licence", "agreement"):
            _check_word(name, getattr(self, name), empty=True)
        if self.receiver is not None:
            _check_word("receiver", self.receiver, empty=False)
        _check_versions(self.version, self.previous)
        if self.created.tzinfo is None or self.created.microsecond or self.created.utcoffset():
            raise ManifestError("created as whole seconds of UTC", f"{self.created}", "Round the instant.")
        _check_resources(self.resources, self.alg)

    def to_bytes(self) -> bytes:
        """Return the bytes that are signed; raise `LimitError` for more than a reader takes."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        said["created"] = self.created.strftime(_CREATED)
        said["alg"] = asdict(self.alg)
        said["resources"] = [
            {**asdict(each), "recipients": None if each.recipients is None else list(each.recipients)}
            for each in self.resources
        ]
        data = to_bytes(said)
        if len(data) > LARGEST:
            cure = "Make several packages of it."
            raise LimitError(Text("a manifest of at most {most} bytes", most=LARGEST), f"{len(data)}", cure)
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> "Manifest":
        """Read a manifest that was verified; raise `ManifestError`, `UnsafePathError` or `LimitError`."""
        said = _keys(from_bytes(data, largest=LARGEST), cls)
        resources = _kind(said["resources"], list, "resources")
        if len(resources) > MOST:
            raise LimitError(Text("at most {most} files", most=MOST), f"{len(resources)}", _ANEW)
        said["resources"] = tuple(_resource(each) for each in resources)
        said["alg"] = Alg(**_texts(_keys(said["alg"], Alg), optional=("encryption",)))
        said["version"] = _kind(said["version"], int, "version")
        said["created"] = _instant(said["created"])
        return cls(**_texts(said, optional=("previous", "receiver"), others=_OTHERS))

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's bytes: the name of this version of the package, which the next one cites."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def files(self) -> Mapping[str, Resource]:
        """The resources by path."""
        return {each.path: each for each in self.resources}


_OTHERS = ("resources", "alg", "version", "created")


def in_order(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Return resources as a manifest lists them: sorted by the UTF-8 bytes of their paths.

    >>> [each.path for each in in_order([Resource("b/a", 0, ""), Resource("b", 0, ""), Resource("B", 0, "")])]
    ['B', 'b', 'b/a']
    """
    return tuple(sorted(resources, key=lambda each: each.path.encode()))


def signature_name(party: str | None = None) -> str:
    """Return the file name of the owner's signature, or of a party's that countersigned.

    >>> signature_name(), signature_name("south-institute")
    ('manifest.json.minisig', 'manifest.json.south-institute.minisig')
    """
    return SIGNED if party is None else f"{NAME}.{party}.minisig"


def signer(file_name: str) -> str | None:
    """Return the party that a signature's file name names, "" for the owner's; None if it is no signature.

    >>> signer("manifest.json.minisig"), signer("manifest.json.south.minisig"), signer("a.csv"), signer("manifest.json")
    ('', 'south', None, None)
    """
    if file_name == SIGNED:
        return ""
    start, end = f"{NAME}.", ".minisig"
    inside = file_name.startswith(start) and file_name.endswith(end) and len(file_name) > len(start) + len(end)
    return file_name[len(start) : -len(end)] if inside else None


def _keys(value: Any, shape: type) -> dict[str, Any]:
    """Return an object that has exactly the keys of a dataclass."""
    said: dict[str, Any] = _kind(value, dict, "object")
    expected = {each.name for each in fields(shape)}
    others = sorted(said.keys() ^ expected)
    if others:
        word = "unknown" if others[0] in said else "missing"
        found = Text("the key '{key}' {word}", key=shown(others[0]), word=word)
        raise ManifestError(Text("the keys {keys}", keys=", ".join(sorted(expected))), found, _ANEW)
    return said


def _kind(value: Any, kind: type, what: str) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ManifestError(Text("a {kind} as {what}", kind=_KINDS[kind], what=what), _KINDS[type(value)], _ANEW)
    return value


_KINDS = {dict: "object", list: "list", str: "text", int: "whole number", bool: "truth value", type(None): "null"}


def _texts(said: dict[str, Any], *, optional: tuple[str, ...], others: tuple[str, ...] = ()) -> dict[str, Any]:
    for name, value in said.items():
        if name not in others and not (value is None and name in optional):
            _kind(value, str, name)
    return said


def _resource(value: Any) -> Resource:
    said = _keys(value, Resource)
    if said["plain"] is not None:
        plain = _keys(said["plain"], Plain)
        _kind(plain["size"], int, "size")
        said["plain"] = Plain(**_texts(plain, optional=("salt",), others=("size",)))
    if said["recipients"] is not None:
        recipients = _kind(said["recipients"], list, "recipients")
        said["recipients"] = tuple(_kind(each, str, "recipient") for each in recipients)
    _kind(said["size"], int, "size")
    return Resource(**_texts(said, optional=(), others=("size", "plain", "recipients")))


def _instant(value: Any) -> datetime:
    text = _kind(value, str, "created")
    try:
        instant = datetime.strptime(text, _CREATED).replace(tzinfo=UTC)
    except ValueError as error:
        needed = "created as an instant like 2026-11-23T06:00:00Z"
        raise ManifestError(needed, _quoted(text), _ANEW) from error
    # strptime also takes 2026-1-2 for 2026-01-02; there is one spelling only.
    if instant.year < 1000 or instant.strftime(_CREATED) != text:
        raise ManifestError("created as an instant like 2026-11-23T06:00:00Z", _quoted(text), _ANEW)
    return instant


def _check_alg(alg: Alg) -> None:
    known = (alg.digest, alg.signature, alg.encryption or ENCRYPTION)
    if known != (DIGEST, SIGNATURE, ENCRYPTION):
        needed = f"{DIGEST}, {SIGNATURE}, {ENCRYPTION}"
        found = _quoted(", ".join(known))
        raise ManifestError(
            Text("the algorithms {names}", names=needed), found, "Get a tumen that knows the others, or ask for these."
        )


def _check_word(name: str, value: str, *, empty: bool) -> None:
    """Refuse what cannot be printed on one line; a party and a package also go into file names."""
    if (not value and not empty) or len(value) > 200 or any(unicodedata.category(c)[0] == "C" for c in value):
        needed = Text("a {name} of at most 200 letters on one line", name=name)
        raise ManifestError(needed, _quoted(value), "Correct it and seal anew.")
    if name in ("party", "receiver") and value and ("/" in value or refusal(value)):
        needed = Text("a {name} that can stand in a file name", name=name)
        raise ManifestError(needed, _quoted(value), "Use letters, digits and hyphens.")


def _check_versions(version: int, previous: str | None) -> None:
    if not 1 <= version < 1 << 31:
        raise ManifestError("a version from 1 on", f"{version}", "Count versions from 1.")
    if (previous is None) != (version == 1) or (previous is not None and not _SHA256.fullmatch(previous)):
        needed = "the SHA-256 of the manifest before, from version 2 on"
        found = Text("version {version} with {previous}", version=version, previous=_quoted(previous or "none"))
        raise ManifestError(needed, found, "Seal the new version from the one before.")


def _check_resources(resources: tuple[Resource, ...], alg: Alg) -> None:
    for each in resources:
        _check_path(each.path)
        _check_numbers(each.size, each.sha256)
        if each.level not in LEVELS[1:]:
            needed = Text("a level of {levels}", levels=", ".join(LEVELS[1:]))
            raise ManifestError(needed, _quoted(each.level), "Correct the level of this file.")
        _check_encryption(each, alg)
    paths = [each.path.encode() for each in resources]
    if any(one >= other for one, other in pairwise(paths)):
        raise ManifestError("files sorted by name, each once", "another order", _ANEW)
    same = clash(each.path for each in resources)
    if same:
        found = Text("{one} and {other}", one=shown(same[0]), other=shown(same[1]))
        cure = "Rename one of them: on Windows and macOS they are one file."
        raise UnsafePathError("names that differ by more than large and small letters", found, cure)


def _check_path(path: str) -> None:
    reason = refusal(path)
    if reason:
        found = Text("{path}: {reason}", path=shown(path), reason=reason)
        raise UnsafePathError("names that every computer can hold", found, "Rename that file.")
    if path == NAME or signer(path) is not None:
        raise UnsafePathError(Text("no file called {path}", path=path), "one", "It is the manifest's name; rename it.")


def _check_numbers(size: int, digest: str) -> None:
    if not 0 <= size < 1 << 53:
        raise ManifestError("a size in bytes", f"{size}", _ANEW)
    if not _SHA256.fullmatch(digest):
        raise ManifestError("a SHA-256 as 64 hexadecimal digits", _quoted(digest), _ANEW)


def _check_encryption(each: Resource, alg: Alg) -> None:
    if (each.plain is None) != (each.recipients is None):
        raise ManifestError("recipients of an encrypted file, and of no other", _quoted(each.path), _ANEW)
    if each.plain is None or each.recipients is None:
        return
    _check_numbers(each.plain.size, each.plain.sha256)
    if alg.encryption is None:
        raise ManifestError("the algorithm of encryption", "none", _ANEW)
    if not each.recipients or list(each.recipients) != sorted(set(each.recipients)):
        raise ManifestError("recipients sorted, each once", _quoted(", ".join(each.recipients)), _ANEW)
    words = (*each.recipients, each.plain.salt or "x")
    if any(not word.isascii() or not word.isprintable() or not 0 < len(word) <= 16_384 for word in words):
        raise ManifestError("recipients and salts as plain text", "something else", _ANEW)


def _quoted(value: str) -> str:
    return f"'{shown(value)}'"
