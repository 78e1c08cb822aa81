"""Files that only their recipients can read, as the small tool `age` writes them (https://age-encryption.org/v1).

Anybody can open what Tumen encrypted with `age -d`, and Tumen opens what `age -r` encrypted. Files pass in pieces:
memory does not grow with them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tumen.errors import DecryptError, ExtraError, KeyFileError, LimitError

ENDING = ".age"
_ENCRYPTED = b"age-encryption.org/v1\n"
_SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 how every secret key begins, not one
_LARGEST = 8192


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""
        ...


class Writable(Protocol):
    """What bytes are written to."""

    def write(self, data: bytes, /) -> object:
        """Take all of the bytes."""
        ...


@dataclass(frozen=True, repr=False)
class Identity:
    """A secret key of age. It has no text: printing it shows its recipient only."""

    secret: str = field(repr=False)

    def __repr__(self) -> str:
        """Show to whom files are encrypted, never the secret."""
        return f"Identity({self.recipient})"

    @property
    def recipient(self) -> str:
        """What others encrypt to: one line that begins with age1."""
        return str(_identity(self.secret).to_public())

    def to_file(self, password: str) -> bytes:
        """Return a file of the secret, encrypted by a password as `age -p` does; `age -d -i FILE` takes it."""
        if not password:
            raise KeyFileError("a password for the secret key", "none", "Choose one, and keep it apart from the key.")
        lines = f"# public key: {self.recipient}\n{self.secret}\n"
        return bytes(_age().passphrase.encrypt(lines.encode(), password))


def new_identity() -> Identity:
    """Return a new secret key, from the operating system's random bytes."""
    return Identity(str(_age().x25519.Identity.generate()))


def identity_from_file(data: bytes, password: Callable[[], str]) -> Identity:
    """Read a secret key file of age; `password` is asked only if it has one. Raises `KeyFileError`."""
    if len(data) > _LARGEST:
        raise _no_identity()
    if data.startswith(_ENCRYPTED):
        try:
            data = bytes(_age().passphrase.decrypt(data, password()))
        except (_age().DecryptError, OSError) as error:
            raise KeyFileError("the password of this secret key", "another password", "Try again.") from error
    lines = [line for line in data.decode("utf-8", "replace").splitlines() if line and not line.startswith("#")]
    if len(lines) != 1 or not lines[0].startswith(_SECRET):
        raise _no_identity()
    _identity(lines[0])
    return Identity(lines[0])


def require_recipient(text: str) -> str:
    """Return a recipient of age if it is one; raise `KeyFileError` otherwise."""
    _recipient(text)
    return text


def encrypt(source: Readable, to: Writable, recipients: Iterable[str]) -> None:
    """Encrypt a stream so that each of the recipients can open it; what the streams raise is raised."""
    keys = [_recipient(each) for each in recipients]
    if not keys:
        raise KeyFileError("somebody to encrypt to", "nobody", "Name a recipient.")
    watched = _Watched(source, to, None)
    try:
        _age().encrypt_io(watched, watched, keys)
    except (_age().EncryptError, OSError) as error:
        raise watched.failure or error from error


def decrypt(source: Readable, to: Writable, identities: Iterable[Identity], *, largest: int) -> None:
    """Decrypt a stream; raise `DecryptError` if it is damaged or for others, `LimitError` above `largest` bytes.

    What was written before an error is not to be used.
    """
    keys = [_identity(each.secret) for each in identities]
    watched = _Watched(source, to, largest)
    try:
        if not keys:
            raise _closed()
        _age().decrypt_io(watched, watched, keys)
    except (_age().DecryptError, OSError) as error:
        raise watched.failure or _closed() from error


class _Watched:
    """Streams whose own errors are kept: pyrage turns them into its own."""

    def __init__(self, source: Readable, to: Writable, largest: int | None) -> None:
        self._source, self._to, self._left = source, to, largest
        self.failure: Exception | None = None

    def read(self, size: int) -> bytes:
        try:
            return self._source.read(size)
        except Exception as error:
            self.failure = error
            raise

    def write(self, data: bytes) -> int:
        try:
            if self._left is not None:
                self._left -= len(data)
                if self._left < 0:
                    cure = "Ask the sender for the package anew."
                    raise LimitError("a file of the size that the manifest says", "a larger one", cure)
            self._to.write(data)
        except Exception as error:
            self.failure = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def _closed() -> DecryptError:
    cure = "Copy it again; if it is for you, name the secret key of age that it was encrypted to."
    return DecryptError("a file encrypted to one of the keys at hand", "one for other keys, or a damaged one", cure)


def _no_identity() -> KeyFileError:
    cure = "Name the secret key of age, or make one: tumen key new."
    return KeyFileError("a secret key of age", "something else", cure)


def _identity(secret: str) -> Any:
    age = _age()
    try:
        return age.x25519.Identity.from_str(secret)
    except age.IdentityError as error:
        raise _no_identity() from error


def _recipient(text: str) -> object:
    age = _age()
    try:
        return age.x25519.Recipient.from_str(text)
    except age.RecipientError as error:
        cure = "Ask for it again; it is one line that begins with age1."
        raise KeyFileError("a recipient of age", "something else", cure) from error


def _age() -> Any:
    try:
        import pyrage
    except ImportError as error:
        cure = "Install it with: pip install 'tumen[exchange]'."
        raise ExtraError("the package pyrage for encryption", "it is not installed", cure) from error
    return pyrage
