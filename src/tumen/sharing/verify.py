"""Is it what they sealed?  Bytes in, a verified manifest out, or one error.

The order is the protection:

1. Every signature is checked on the manifest's bytes with the key that the trust list names for it, valid now. Nothing
   of the manifest is read before.
2. The manifest is read; its party must be the signer's, who must own data; a countersigner must be the party that the
   signature's file name says.
3. The version must not be older than the newest one seen, nor another one of the same number, nor one that does not
   follow on it; the manifest must not come from the future.
4. Every file must be there with its size and digest, and no other.

The arithmetic of signatures is the caller's (`tumen.files.minisign`), as are the clock, the disk and what was seen.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tumen.errors import (
    DigestError,
    ExtraFileError,
    LimitError,
    ManifestError,
    MissingFileError,
    MixedPackagesError,
    RoleError,
    RollbackError,
    SignatureError,
    Text,
)
from tumen.sharing.manifest import SIGNED, Manifest, signer
from tumen.tables.file_names import shown

MOST_SIGNATURES = 64
AHEAD = timedelta(days=1)
"""How far a sender's clock may be ahead of ours."""

OWNER, COUNTERSIGNER = "owner", "countersigner"


@dataclass(frozen=True)
class Known:
    """A key that may be relied on: whose it is, what it may do (`owner`, `countersigner`, ...), its 32 public bytes."""

    party: str
    roles: frozenset[str]
    public: bytes


class Keys(Protocol):
    """Who is behind a key: a trust list, or one known public key."""

    def key(self, key_id: bytes, now: datetime, /) -> Known:
        """Return what is known of a key; raise `UnknownKeyError`, `ExpiredKeyError` or `RevokedKeyError`."""
        ...


class Signature(Protocol):
    """A signature as it was read: of which key, and how to check it. `tumen.files.minisign.Signature` is one."""

    @property
    def key_id(self) -> bytes:
        """The 8 bytes that name the key."""
        ...

    def check(self, data: bytes, public: bytes, /) -> None:
        """Raise `SignatureError` unless the key with these 32 public bytes signed this data."""
        ...


@dataclass(frozen=True)
class Verified:
    """A manifest that may be relied on, the parties that signed it (owner first), and the SHA-256 of its bytes."""

    manifest: Manifest
    signers: tuple[str, ...]
    digest: str


Files = Mapping[str, tuple[int, str]]
"""Size and SHA-256 by path."""

Newest = Mapping[str, tuple[int, str]]
"""The newest version seen and the SHA-256 of its manifest, by package id."""


def verify(
    manifest_bytes: bytes,
    signatures: Mapping[str, Signature],
    files: Files,
    keys: Keys,
    now: datetime,
    *,
    newest: Newest | None = None,
) -> Verified:
    """Return what was verified; raise the one error that says what is wrong (`tumen.errors.SealError` and below).

    `signatures` are by file name (`manifest.json.minisig`, `manifest.json.PARTY.minisig`); `files` are all other files
    of the package, as found. `newest` is what the receiver saw before: version and manifest digest by package id.
    """
    verified = verify_manifest(manifest_bytes, signatures, keys, now, newest=newest)
    verify_files(verified.manifest, files)
    return verified


def verify_manifest(
    manifest_bytes: bytes,
    signatures: Mapping[str, Signature],
    keys: Keys,
    now: datetime,
    *,
    newest: Newest | None = None,
) -> Verified:
    """Verify all but the files, which may take long: signatures, signers, version, date."""
    signers = _signers(manifest_bytes, signatures, keys, now)
    manifest = Manifest.from_bytes(manifest_bytes)
    _check_signers(manifest, signers)
    digest = hashlib.sha256(manifest_bytes).hexdigest()
    if newest is not None and manifest.package in newest:
        _check_version(manifest, digest, *newest[manifest.package])
    if manifest.created > now + AHEAD:
        found = Text("{created}, where this computer's clock says {now}", created=manifest.created, now=f"{now:%F}")
        cure = "Check the date of this computer; if it is right, ask the sender to correct theirs and to seal anew."
        raise ManifestError("a package that was sealed before now", found, cure)
    parties = tuple(signers[name].party for name in sorted(signers, key=lambda name: (name != SIGNED, name)))
    return Verified(manifest, parties, digest)


def verify_files(manifest: Manifest, files: Files) -> None:
    """Raise `MissingFileError`, `ExtraFileError` or `DigestError` unless the files are those of the manifest."""
    expected = manifest.files
    missing, extra = sorted(expected.keys() - files.keys()), sorted(files.keys() - expected.keys())
    if missing:
        digests = {files[name][1]: name for name in extra}
        renamed = digests.get(expected[missing[0]].sha256)
        found = _listed(Text("no"), missing)
        if renamed is not None:
            found = Text("it under the name {name}: {path}", name=shown(renamed), path=shown(missing[0]))
        raise MissingFileError("every file that was sealed", found, "Copy the package again, whole.")
    if extra:
        cure = "Remove what does not belong there; if you did not put it there, ask where the package came from."
        raise ExtraFileError("only files that were sealed", _listed(Text("also"), extra), cure)
    others = sorted(path for path, each in expected.items() if files[path] != (each.size, each.sha256))
    if others:
        cure = "Copy the package again; if this stays so, ask the sender for it anew."
        raise DigestError("files as they were sealed", _listed(Text("another"), others), cure)


def _listed(word: Text, paths: list[str]) -> Text:
    if len(paths) == 1:
        return Text("{word} {path}", word=word, path=shown(paths[0]))
    more = len(paths) - 1
    return Text("{word} {path}, and {more} more of this kind", word=word, path=shown(paths[0]), more=more)


def _signers(data: bytes, signatures: Mapping[str, Signature], keys: Keys, now: datetime) -> dict[str, Known]:
    if SIGNED not in signatures:
        cure = "Copy the package again, whole; a package without it is not sealed."
        raise SignatureError(Text("the owner's signature {name}", name=SIGNED), "none", cure)
    if len(signatures) > MOST_SIGNATURES:
        raise LimitError(Text("at most {most} signatures", most=MOST_SIGNATURES), f"{len(signatures)}", _ANEW)
    known: dict[str, Known] = {}
    for name, signature in sorted(signatures.items()):
        known[name] = keys.key(signature.key_id, now)
        signature.check(data, known[name].public)
    return known


_ANEW = "Ask the sender for the package anew."


def _check_signers(manifest: Manifest, signers: Mapping[str, Known]) -> None:
    for name, known in signers.items():
        expected = signer(name) or manifest.party
        roles = {OWNER} if name == SIGNED else {OWNER, COUNTERSIGNER}
        if known.party != expected or not roles & known.roles:
            needed = Text(
                "{name} by {party} as {role}", name=shown(name), party=expected, role=" or ".join(sorted(roles))
            )
            found = Text(
                "the key of {party} as {roles}", party=known.party, roles=", ".join(sorted(known.roles)) or "nothing"
            )
            raise RoleError(needed, found, "Ask the package's party who sealed it; do not use it until you know.")


def _check_version(manifest: Manifest, digest: str, version: int, seen: str) -> None:
    package = manifest.package
    if manifest.version < version:
        needed = Text("version {version} of {package} or a newer one", version=version, package=package)
        found = Text("version {version}", version=manifest.version)
        raise RollbackError(needed, found, "Keep the newer one; ask the sender if this one was meant to be new.")
    same = manifest.version == version and digest != seen
    follows = manifest.version == version + 1 and manifest.previous != seen
    if same or follows:
        needed = Text("one line of versions of {package}", package=package)
        found = Text("another version {version} than the one seen before", version=version)
        cure = "Ask the sender which of the two is right, and why both were sealed. Do not use either until you know."
        raise MixedPackagesError(needed, found, cure)
