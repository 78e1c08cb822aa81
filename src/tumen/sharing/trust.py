"""Whose key is this?  A signed list of the parties' keys, and the rules by which a newer list takes its place.

The list is signed by at least `threshold` of the root keys, which different people hold, so that no single one of them
can name a key. A receiver knows the root keys from the beginning (told by voice, on paper) or from the list before:

1. The signatures are checked on the list's bytes with the root keys known before. Nothing of it is read earlier.
2. The list is read; where it names other root keys, as many of those must have signed too.
3. It must not be older than the newest one seen, nor another of the same number, nor one that does not follow on it.
4. It must be valid now: a list that has expired may be one that somebody holds in place of a newer.
"""

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from tumen.errors import (
    ExpiredKeyError,
    FreezeError,
    LimitError,
    ManifestError,
    MixedPackagesError,
    RevokedKeyError,
    RollbackError,
    SignatureError,
    Text,
    UnknownKeyError,
)
from tumen.sharing.canonical import from_bytes, to_bytes
from tumen.sharing.verify import AHEAD, MOST_SIGNATURES, Known, Signature
from tumen.tables.file_names import refusal, shown

FORMAT = "tumen-trust/1"
NAME = "trust.json"
"""The list's file name; its signatures are beside it as `trust.json.KEY.minisig`."""

ROLES = ("countersigner", "courier", "owner", "secretariat")
LARGEST = 4 << 20
"""Bytes of a list that is read."""

MOST = 10_000
"""Keys of a list."""

LEAST = 2
"""Root keys that must sign, at least: one alone, stolen or forced, must not be enough."""

_INSTANT = "%Y-%m-%dT%H:%M:%SZ"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_AGE = re.compile(r"age1[02-9ac-hj-np-z]{20,100}")
_ANEW = "Ask those who hold the root keys for the list anew."
_LIST = "trust list"


@dataclass(frozen=True)
class Root:
    """The keys that sign lists (public keys of minisign, sorted), and how many of them must."""

    keys: tuple[str, ...]
    threshold: int = LEAST

    def __post_init__(self) -> None:
        """Refuse what one person alone could sign, or nobody."""
        if list(self.keys) != sorted(set(self.keys)):
            raise ManifestError("root keys sorted, each once", "another order", _ANEW)
        if len(self.publics) != len(self.keys):
            raise ManifestError("root keys with different names", "two of one name", _ANEW)
        if not LEAST <= self.threshold <= len(self.keys):
            needed = Text("root keys of whom at least {least} must sign", least=LEAST)
            found = Text("{threshold} of {count}", threshold=self.threshold, count=len(self.keys))
            raise ManifestError(needed, found, "Name at least two root keys, held by different people.")

    @property
    def publics(self) -> dict[bytes, bytes]:
        """The 32 public bytes by the 8 that name the key."""
        return dict(public_bytes(each) for each in self.keys)


@dataclass(frozen=True, kw_only=True)
class PartyKey:
    """A key of a party: `public` as minisign spells it, `recipient` as age does (null: nothing is encrypted to it).

    `valid_from` is included, `valid_until` and `revoked_on` are not: from that instant on the key is none.
    """

    party: str
    public: str
    roles: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime | None = None
    revoked_on: datetime | None = None
    recipient: str | None = None

    def __post_init__(self) -> None:
        """Check everything once."""
        _check_party(self.party)
        public_bytes(self.public)
        if not self.roles or list(self.roles) != sorted(set(self.roles)) or not set(self.roles) <= set(ROLES):
            raise ManifestError(Text("roles of {roles}, sorted", roles=", ".join(ROLES)), _quoted(self.roles), _ANEW)
        if self.recipient is not None and not _AGE.fullmatch(self.recipient):
            raise ManifestError("a recipient of age, age1...", _quoted([self.recipient]), _ANEW)
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ManifestError("a key that is valid from before its end", "an end before it", _ANEW)

    @property
    def key_id(self) -> bytes:
        """The 8 bytes that name the key."""
        return public_bytes(self.public)[0]

    def to_value(self) -> dict[str, Any]:
        """Return what the list says of the key."""
        return {
            "party": self.party,
            "keyId": spelled(self.key_id),
            "public": self.public,
            "recipient": self.recipient,
            "roles": list(self.roles),
            "validFrom": _said(self.valid_from),
            "validUntil": _said(self.valid_until),
            "revokedOn": _said(self.revoked_on),
        }

    def check_valid(self, now: datetime) -> None:
        """Raise `RevokedKeyError` or `ExpiredKeyError` unless the key is one now."""
        named = {"key": spelled(self.key_id), "party": self.party}
        if self.revoked_on is not None and self.revoked_on <= now:
            found = Text("the key {key} of {party}, revoked on {day}", **named, day=f"{self.revoked_on:%F}")
            cure = Text("Do not use it; ask {party} to sign again with the key it has now.", party=self.party)
            raise RevokedKeyError("a key that its party stands by", found, cure)
        if now < self.valid_from or (self.valid_until is not None and self.valid_until <= now):
            until = "-" if self.valid_until is None else f"{self.valid_until:%F}"
            outside = Text(
                "the key {key} of {party}, valid from {start} until {until}",
                **named,
                start=f"{self.valid_from:%F}",
                until=until,
            )
            do = "Check the date of this computer; if it is right, ask for a package that was signed anew."
            raise ExpiredKeyError(Text("a key that is valid on {day}", day=f"{now:%F}"), outside, do)


@dataclass(frozen=True)
class Seen:
    """The newest list that was seen before: its version and the SHA-256 of its bytes."""

    version: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class TrustList:
    """Whose keys are whose. It is what `tumen.sharing.verify` asks (`Keys`); make it with `verify_list`.

    `version` counts from 1, `previous` is the SHA-256 of the list before, `expires` the instant by which a newer one
    must have come.
    """

    version: int
    created: datetime
    expires: datetime
    root: Root
    keys: tuple[PartyKey, ...]
    previous: str | None = None

    def __post_init__(self) -> None:
        """Check what holds between the parts."""
        if not 1 <= self.version < 1 << 31 or (self.previous is None) != (self.version == 1):
            needed = "a version from 1 on, and from 2 on the list before"
            raise ManifestError(needed, f"{self.version}", _ANEW)
        if self.previous is not None and not _SHA256.fullmatch(self.previous):
            raise ManifestError("the list before as a SHA-256", _quoted([self.previous]), _ANEW)
        if self.expires <= self.created:
            raise ManifestError("a list that expires after it was made", "one that expired before", _ANEW)
        if len(self.keys) > MOST:
            raise LimitError(Text("at most {most} keys", most=MOST), f"{len(self.keys)}", _ANEW)
        order = [(each.party, each.public) for each in self.keys]
        if any(one >= other for one, other in pairwise(order)) or len({each.key_id for each in self.keys}) < len(order):
            raise ManifestError("keys sorted by party, each once", "another order", _ANEW)

    def to_bytes(self) -> bytes:
        """Return the bytes that are signed."""
        return to_bytes(
            {
                "format": FORMAT,
                "version": self.version,
                "previous": self.previous,
                "created": _said(self.created),
                "expires": _said(self.expires),
                "root": {"keys": list(self.root.keys), "threshold": self.root.threshold},
                "keys": [each.to_value() for each in self.keys],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "TrustList":
        """Read a list whose signatures were verified; raise `ManifestError` or `LimitError`."""
        said = _object(from_bytes(data, largest=LARGEST, what=_LIST), _LIST_KEYS)
        if said["format"] != FORMAT:
            raise ManifestError(FORMAT, "another format", "Get a newer or older tumen that reads it.")
        root = _object(said["root"], ("keys", "threshold"))
        return cls(
            version=_of(said["version"], int),
            previous=_of(said["previous"], str, None),
            created=_instant(said["created"]),
            expires=_instant(said["expires"]),
            root=Root(tuple(_of(each, str) for each in _of(root["keys"], list)), _of(root["threshold"], int)),
            keys=tuple(_party_key(each) for each in _of(said["keys"], list)),
        )

    @property
    def seen(self) -> Seen:
        """What a receiver remembers of it."""
        return Seen(self.version, hashlib.sha256(self.to_bytes()).hexdigest())

    def key(self, key_id: bytes, now: datetime, /) -> Known:
        """Return what is known of a key.

        Raises `UnknownKeyError`, `ExpiredKeyError` or `RevokedKeyError`; `FreezeError` when the list has expired.
        """
        self.check_fresh(now)
        for each in self.keys:
            if each.key_id == key_id:
                each.check_valid(now)
                return Known(each.party, frozenset(each.roles), public_bytes(each.public)[1])
        found = Text("the key {key}", key=spelled(key_id))
        needed = Text("a key in version {version} of the trust list", version=self.version)
        raise UnknownKeyError(needed, found, "Ask who sent this whose key it is; get the newest list: tumen key trust.")

    def recipients(self, party: str, now: datetime) -> tuple[str, ...]:
        """Return what files for a party are encrypted to: the age recipients of its valid keys, sorted.

        Raises `UnknownKeyError` where it has none, `FreezeError` when the list has expired.
        """
        self.check_fresh(now)
        found = {each.recipient for each in self.keys if each.party == party and _valid(each, now)} - {None}
        if not found:
            cure = "Ask the party for its age recipient, and have it put into the list."
            raise UnknownKeyError(Text("a recipient of {party} in the trust list", party=party), "none", cure)
        return tuple(sorted(each for each in found if each is not None))

    def check_fresh(self, now: datetime) -> None:
        """Raise `FreezeError` when a newer list should have come, `ManifestError` when this one was made after now."""
        if now >= self.expires:
            needed = Text("a trust list that is valid on {day}", day=f"{now:%F}")
            found = Text("version {version}, which expired on {day}", version=self.version, day=f"{self.expires:%F}")
            cure = "Check the date of this computer; if it is right, get the newest list: tumen key trust."
            raise FreezeError(needed, found, cure)
        if self.created > now + AHEAD:
            found = Text("{created}, where this computer's clock says {now}", created=self.created, now=f"{now:%F}")
            raise ManifestError("a trust list that was made before now", found, "Check the date of this computer.")


def verify_list(
    data: bytes, signatures: Iterable[Signature], root: Root, now: datetime, *, seen: Seen | None = None
) -> TrustList:
    """Return the list of these bytes if it may take the place of the one seen before; raise what is wrong.

    `root` are the root keys known before. Raises `SignatureError` for too few or wrong signatures, `UnknownKeyError`
    for one by no root key, `RollbackError`, `MixedPackagesError` (another of that number, or one that does not follow),
    `FreezeError`, `ManifestError` or `LimitError`.
    """
    if len(data) > LARGEST:
        found = Text("{size} bytes", size=len(data))
        raise LimitError(Text("a trust list of at most {largest} bytes", largest=LARGEST), found, _ANEW)
    signatures = tuple(signatures)
    if len(signatures) > MOST_SIGNATURES:
        raise LimitError(Text("at most {most} signatures", most=MOST_SIGNATURES), f"{len(signatures)}", _ANEW)
    _check_signed(data, signatures, root, "known before")
    read = TrustList.from_bytes(data)
    if read.root != root:
        _check_signed(data, signatures, read.root, "of the new list")
    known = {**root.publics, **read.root.publics}
    for each in signatures:
        if each.key_id not in known:
            found = Text("a signature by the key {key}", key=spelled(each.key_id))
            raise UnknownKeyError(
                "signatures by root keys only", found, "Take that signature away, or ask whose it is."
            )
    if seen is not None:
        _check_follows(read, hashlib.sha256(data).hexdigest(), seen)
    read.check_fresh(now)
    return read


def _check_signed(data: bytes, signatures: Sequence[Signature], root: Root, which: str) -> None:
    publics = root.publics
    signed = set()
    for each in signatures:
        if each.key_id in publics:
            each.check(data, publics[each.key_id])
            signed.add(each.key_id)
    if len(signed) < root.threshold:
        needed = Text("signatures by {count} of the root keys {which}", count=root.threshold, which=Text(which))
        cure = "Copy all signatures beside the list. After a change of root keys, take in the lists between first."
        raise SignatureError(needed, f"{len(signed)}", cure)


def _check_follows(read: TrustList, digest: str, seen: Seen) -> None:
    if read.version < seen.version:
        needed = Text("version {version} of the trust list or a newer one", version=seen.version)
        cure = "Keep the newer one; it may be that somebody offers an old list to bring a revoked key back."
        raise RollbackError(needed, Text("version {version}", version=read.version), cure)
    same = read.version == seen.version and digest != seen.digest
    if same or (read.version == seen.version + 1 and read.previous != seen.digest):
        found = Text("another version {version} than the one seen before", version=seen.version)
        cure = "Ask those who hold the root keys which one is right, and why there are two. Use neither until you know."
        raise MixedPackagesError("one line of versions of the trust list", found, cure)


def public_bytes(text: str) -> tuple[bytes, bytes]:
    """Return the name (8 bytes) and the key (32) of a public key as minisign spells it; raise `ManifestError`.

    >>> spelled(public_bytes("RWRsrSBrkyDfP7vWmNaK5Lb6inQSbv4ABmg4C9TktuXRqAOFoyKlKigB")[0])
    '3FDF20936B20AD6C'
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != 42 or data[:2] != b"Ed" or base64.b64encode(data).decode() != text:
        cure = "Ask for the key again; it is one line that begins with RW."
        raise ManifestError("a public key of minisign", "something else", cure)
    return data[2:10], data[10:]


def spelled(key_id: bytes) -> str:
    """Return the name of a key as minisign prints it."""
    return f"{int.from_bytes(key_id, 'little'):016X}"


def _valid(each: PartyKey, now: datetime) -> bool:
    try:
        each.check_valid(now)
    except (RevokedKeyError, ExpiredKeyError):
        return False
    return True


_LIST_KEYS = ("format", "version", "previous", "created", "expires", "root", "keys")
_KEY_KEYS = ("party", "keyId", "public", "recipient", "roles", "validFrom", "validUntil", "revokedOn")


def _party_key(value: Any) -> PartyKey:
    said = _object(value, _KEY_KEYS)
    read = PartyKey(
        party=_of(said["party"], str),
        public=_of(said["public"], str),
        recipient=_of(said["recipient"], str, None),
        roles=tuple(_of(each, str) for each in _of(said["roles"], list)),
        valid_from=_instant(said["validFrom"]),
        valid_until=None if said["validUntil"] is None else _instant(said["validUntil"]),
        revoked_on=None if said["revokedOn"] is None else _instant(said["revokedOn"]),
    )
    if said["keyId"] != spelled(read.key_id):
        raise ManifestError("the name that the key itself has", "another name", _ANEW)
    return read


def _object(value: Any, names: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict) or value.keys() != set(names):
        needed = Text("a trust list with {names}", names=", ".join(names))
        raise ManifestError(needed, "others, more or fewer", _ANEW)
    return value


def _of(value: Any, kind: type, *others: None) -> Any:
    if (value is None and others) or (isinstance(value, kind) and not isinstance(value, bool)):
        return value
    raise ManifestError("a trust list with values of their kinds", "another kind of value", _ANEW)


def _instant(value: Any) -> datetime:
    text = _of(value, str)
    try:
        instant = datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)
    except ValueError:
        instant = None
    # strptime also takes 2026-1-2 for 2026-01-02; there is one spelling only.
    if instant is None or instant.year < 1000 or _said(instant) != text:
        raise ManifestError("an instant like 2026-11-23T06:00:00Z", _quoted([text]), _ANEW)
    return instant


def _said(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    if instant.tzinfo is None or instant.microsecond or instant.utcoffset():
        raise ManifestError("whole seconds of UTC", f"{instant}", "Round the instant.")
    return instant.strftime(_INSTANT)


def _check_party(party: str) -> None:
    """Refuse what cannot be printed on one line or stand in a file name."""
    plain = 0 < len(party) <= 200 and not any(unicodedata.category(letter)[0] == "C" for letter in party)
    if not plain or "/" in party or refusal(party):
        cure = "Use letters, digits and hyphens."
        raise ManifestError("a party that can stand in a file name", _quoted([party]), cure)


def _quoted(values: Iterable[str]) -> str:
    return f"'{shown(', '.join(values))}'"
