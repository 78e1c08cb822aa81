"""Keys and signatures as the small tool `minisign` writes them (Ed25519; https://jedisct1.github.io/minisign/).

Anybody can check what Tumen signed with `minisign -V`, and Tumen takes what `minisign -S` signed. Signatures are made
over the BLAKE2b-512 digest of the data ("ED"), with a trusted comment that is signed too; older ones over the data
itself ("Ed") are verified as well. A file that differs from the one way to write it is refused, so that no byte beside
a signature is free.

Secret keys lie encrypted by a password (scrypt) in files that only their owner can read.
"""

import base64
import binascii
import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tumen.errors import ExtraError, KeyFileError, LimitError, OutputError, SignatureError, Text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

UNTRUSTED = ("signature from minisign secret key", "signature from rsign secret key")
"""First lines of a signature that are taken, as the tools write them. Nobody signs that line: it may say nothing."""

_LEGACY, _PREHASHED = b"Ed", b"ED"
_SCRYPT, _BLAKE2B, _NO_KDF = b"Sc", b"B2", b"\0\0"
_LARGEST = 8192
_COMMENT = "untrusted comment: "
_TRUSTED = "trusted comment: "


@dataclass(frozen=True)
class Cost:
    """How much work a password is, as libsodium counts it; ours takes 256 MB and about a second."""

    operations: int = 1 << 23
    memory: int = 1 << 28


COST = Cost()
_HIGHEST = Cost(1 << 25, 1 << 30)
"""What minisign itself uses. More is no key file but a way to stop a computer."""


@dataclass(frozen=True)
class PublicKey:
    """A public key: the 8 bytes that name it and its 32 bytes."""

    key_id: bytes
    key: bytes

    def to_text(self) -> str:
        """Return the one line of text by which people give a key to each other."""
        return base64.b64encode(_LEGACY + self.key_id + self.key).decode()

    def to_file(self) -> bytes:
        """Return a public key file of minisign."""
        return f"{_COMMENT}minisign public key {spelled(self.key_id)}\n{self.to_text()}\n".encode()

    @classmethod
    def from_text(cls, text: str) -> "PublicKey":
        """Read the line of a key, or a whole public key file; raise `KeyFileError` if it is none.

        >>> PublicKey.from_text("RWRsrSBrkyDfP7vWmNaK5Lb6inQSbv4ABmg4C9TktuXRqAOFoyKlKigB").key_id.hex()
        '6cad206b9320df3f'
        """
        lines = text.strip().splitlines()
        try:
            if not 1 <= len(lines) <= 2 or (len(lines) == 2 and not lines[0].startswith(_COMMENT)):
                raise ValueError
            data = _decoded(lines[-1], 42)
            if data[:2] != _LEGACY:
                raise ValueError
        except ValueError as error:
            cure = "Ask for the key again; it is one line that begins with RW."
            raise KeyFileError("a public key of minisign", "something else", cure) from error
        return cls(data[2:10], data[10:])


@dataclass(frozen=True)
class Signature:
    """A signature with its trusted comment; whose key it is and whether it is right is said by `check`."""

    key_id: bytes
    signature: bytes
    comment: str
    over_comment: bytes
    prehashed: bool = True
    untrusted: str = UNTRUSTED[0]

    def check(self, data: bytes, public: bytes) -> None:
        """Raise `SignatureError` unless the key with these 32 public bytes signed the data and the comment."""
        signed = _blake2b(data) if self.prehashed else data
        right = _verifies(public, self.signature, signed)
        if not right or not _verifies(public, self.over_comment, self.signature + self.comment.encode()):
            needed = Text("a signature of these bytes by the key {key}", key=spelled(self.key_id))
            found = "a signature of other bytes" if not right else "a trusted comment that was changed"
            cure = "Do not use this package; copy it again, or ask its sender for it anew."
            raise SignatureError(needed, found, cure)

    def to_bytes(self) -> bytes:
        """Return the signature file."""
        kind = _PREHASHED if self.prehashed else _LEGACY
        lines = (
            f"{_COMMENT}{self.untrusted}",
            base64.b64encode(kind + self.key_id + self.signature).decode(),
            f"{_TRUSTED}{self.comment}",
            base64.b64encode(self.over_comment).decode(),
        )
        return ("\n".join(lines) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Signature":
        """Read a signature file; raise `SignatureError` for one that minisign would not write so."""
        try:
            if len(data) > _LARGEST:
                raise ValueError
            untrusted, first, comment, second, end = data.decode("utf-8").split("\n")
            body = _decoded(first, 74)
            read = cls(
                key_id=body[2:10],
                signature=body[10:],
                comment=comment.removeprefix(_TRUSTED),
                over_comment=_decoded(second, 64),
                prehashed=body[:2] == _PREHASHED,
                untrusted=untrusted.removeprefix(_COMMENT),
            )
            if end or body[:2] not in (_PREHASHED, _LEGACY) or read.untrusted not in UNTRUSTED:
                raise ValueError
            if read.to_bytes() != data:
                raise ValueError
        except ValueError as error:
            cure = "Copy it again; if it was made with minisign -c, have it made without (-t is for comments)."
            raise SignatureError("a signature as minisign writes it", "something else", cure) from error
        return read


@dataclass(frozen=True, repr=False)
class SecretKey:
    """A secret key. It has no text: printing it shows its name only."""

    key_id: bytes
    seed: bytes = field(repr=False)

    def __repr__(self) -> str:
        """Show whose secret it is, never the secret."""
        return f"SecretKey({spelled(self.key_id)})"

    @property
    def public(self) -> PublicKey:
        """The public key that belongs to it."""
        return PublicKey(self.key_id, self._private().public_key().public_bytes_raw())

    def sign(self, data: bytes, comment: str) -> Signature:
        """Sign data and a trusted comment (one line); the same input gives the same signature.

        >>> key = new_key(bytes(range(40)))
        >>> key.sign(b"text", "timestamp:0").check(b"text", key.public.key)
        """
        if not comment.isprintable() and not comment.replace("\t", "").isprintable():
            raise SignatureError("a comment of one line", "ends of lines in it", "Shorten the comment.")
        private = self._private()
        signature = private.sign(_blake2b(data))
        return Signature(self.key_id, signature, comment, private.sign(signature + comment.encode()))

    def to_file(self, password: str, salt: bytes, cost: Cost = COST) -> bytes:
        """Return a secret key file, encrypted by a password and 32 random bytes, as minisign encrypts it."""
        if not password:
            raise KeyFileError("a password for the secret key", "none", "Choose one, and keep it apart from the key.")
        kept = self.key_id + self.seed + self.public.key
        kept += _checksum(kept)
        mask = _mask(password, salt, cost)
        head = _LEGACY + _SCRYPT + _BLAKE2B + salt + _little(cost.operations) + _little(cost.memory)
        text = base64.b64encode(head + _xor(kept, mask)).decode()
        return f"{_COMMENT}minisign encrypted secret key\n{text}\n".encode()

    def _private(self) -> "Ed25519PrivateKey":
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        except ImportError as error:
            raise _no_cryptography() from error
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def new_key(random: bytes) -> SecretKey:
    """Return the secret key of 40 random bytes: 8 that name it, 32 that are it."""
    if len(random) != 40:
        raise KeyFileError("40 random bytes", f"{len(random)}", "Take them from the operating system.")
    return SecretKey(random[:8], random[8:])


def stamped(when: datetime, file: str) -> str:
    r"""Return the trusted comment that minisign itself would write.

    >>> from datetime import UTC
    >>> stamped(datetime(2026, 11, 23, tzinfo=UTC), "manifest.json")
    'timestamp:1795392000\tfile:manifest.json\thashed'
    """
    return f"timestamp:{int(when.timestamp())}\tfile:{file}\thashed"


def spelled(key_id: bytes) -> str:
    """Return the name of a key as minisign prints it.

    >>> spelled(bytes.fromhex("6cad206b9320df3f"))
    '3FDF20936B20AD6C'
    """
    return f"{int.from_bytes(key_id, 'little'):016X}"


def secret_from_file(data: bytes, password: Callable[[], str]) -> SecretKey:
    """Read a secret key file; `password` is asked only if there is one. Raises `KeyFileError` or `LimitError`."""
    try:
        lines = data.decode("utf-8").strip().splitlines() if len(data) <= _LARGEST else []
        if len(lines) != 2 or not lines[0].startswith(_COMMENT):
            raise ValueError
        body = _decoded(lines[1], 158)
        if body[:2] != _LEGACY or body[2:4] not in (_SCRYPT, _NO_KDF) or body[4:6] != _BLAKE2B:
            raise ValueError
    except ValueError as error:
        cure = "Name the secret key, or make one: tumen key new."
        raise KeyFileError("a secret key of minisign", "something else", cure) from error
    kept = body[54:]
    if body[2:4] == _SCRYPT:
        cost = Cost(int.from_bytes(body[38:46], "little"), int.from_bytes(body[46:54], "little"))
        if cost.operations > _HIGHEST.operations or cost.memory > _HIGHEST.memory:
            cure = "Do not open this key; ask who gave it to you."
            raise LimitError("a key file whose password takes minisign's work at most", "more", cure)
        kept = _xor(kept, _mask(password(), body[6:38], cost))
    key = SecretKey(kept[:8], kept[8:40])
    if kept[72:] != _checksum(kept[:72]) or key.public.key != kept[40:72]:
        raise KeyFileError("the password of this secret key", "another password", "Try again.")
    return key


def read_secret_key(path: Path, password: Callable[[], str]) -> SecretKey:
    """Read a secret key from a file that nobody else can read."""
    return secret_from_file(read_private(path), password)


def read_private(path: Path) -> bytes:
    """Return the bytes of a small file of secrets; raise `KeyFileError` if others can read it.

    On Windows, where rights are not told by a mode, they are not looked at.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise KeyFileError("a file with a key", "something that is no file", "Name the key file.")
            if os.name == "posix" and mode & 0o077:
                needed = Text("a key file {name} that only you can read", name=path.name)
                found = Text("one that others can read (mode {mode})", mode=f"{stat.S_IMODE(mode):o}")
                cure = Text(
                    "If nobody has read it: chmod 600 {name}. Else revoke it and make a new key.", name=path.name
                )
                raise KeyFileError(needed, found, cure)
            return file.read(_LARGEST + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise KeyFileError(Text("a key file {name}", name=path.name), reason, "Name your secret key.") from error


def write_private(path: Path, data: bytes) -> None:
    """Write a new file of secrets that nobody else can read; never replace one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(Text("a new key file {name}", name=path.name), reason, "Name another file.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise OutputError(Text("to write the key file {name}", name=path.name), reason, "Make room.") from error


def _decoded(text: str, length: int) -> bytes:
    """Return the bytes of Base64 that could be spelled in no other way; ValueError otherwise."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("no Base64") from error
    if len(data) != length or base64.b64encode(data).decode() != text:
        raise ValueError("not of this length, or spelled in another way")
    return data


def _blake2b(data: bytes) -> bytes:
    return hashlib.blake2b(data).digest()


def _checksum(kept: bytes) -> bytes:
    return hashlib.blake2b(_LEGACY + kept, digest_size=32).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _little(number: int) -> bytes:
    return number.to_bytes(8, "little")


def _mask(password: str, salt: bytes, cost: Cost) -> bytes:
    """Return 104 bytes of scrypt, its parameters chosen from the cost as libsodium chooses them."""
    operations = max(cost.operations, 32768)
    few = operations < cost.memory // 32
    largest = operations // 32 if few else cost.memory // 1024
    n = 2
    while n <= largest // 2:
        n *= 2
    p = 1 if few else max(1, min(operations // 4 // n, 0x3FFFFFFF) // 8)
    try:
        # What OpenSSL counts of memory is a little more than the tables themselves.
        room = 1024 * (n + p + 2) + (1 << 20)
        return hashlib.scrypt(password.encode(), salt=salt, n=n, r=8, p=p, maxmem=room, dklen=104)
    except (ValueError, MemoryError) as error:
        needed = Text("{memory} MB of memory for the password", memory=cost.memory >> 20)
        raise KeyFileError(needed, "less", "Close other programs, or open the key elsewhere.") from error


def _verifies(public: bytes, signature: bytes, data: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError as error:
        raise _no_cryptography() from error
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _no_cryptography() -> ExtraError:
    cure = "Install it with: pip install 'tumen[exchange]'."
    return ExtraError("the package cryptography for signatures", "it is not installed", cure)
