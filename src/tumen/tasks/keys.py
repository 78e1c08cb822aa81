"""Make keys, list them, and keep the newest trust list of a node: disk, clock and signatures brought together."""

import hashlib
import secrets
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from tumen.errors import (
    KeyFileError,
    ManifestError,
    MisuseError,
    OutputError,
    SealError,
    Text,
    UnknownKeyError,
    nearest,
)
from tumen.files.age_files import Identity, identity_from_file, new_identity
from tumen.files.atomic import writing_file
from tumen.files.locked import locked
from tumen.files.minisign import (
    COST,
    Cost,
    PublicKey,
    SecretKey,
    Signature,
    new_key,
    read_private,
    spelled,
    stamped,
    write_private,
)
from tumen.sharing.trust import LARGEST, NAME, PartyKey, Root, Seen, TrustList, verify_list
from tumen.store import log
from tumen.store.disk import private_folder, unlinked
from tumen.store.trust import TrustStore
from tumen.tables.file_names import refusal
from tumen.tasks import clock

SECRET, PUBLIC, AGE = ".key", ".pub", ".age"
"""Endings of the files of one key: what signs, what others verify with, what opens files encrypted to it."""

_SMALL = 8192


@dataclass(frozen=True)
class Made:
    """What others are told of a new key: the public key and the age recipient; and the files it lies in."""

    public: str
    recipient: str
    files: tuple[Path, ...]


def new(name: str, folder: Path, password: str, *, cost: Cost = COST) -> Made:
    """Make a key that signs and one that opens, both encrypted by the password, in files only their owner can read.

    Raises `KeyFileError` for a name no file can have, `OutputError` where a key of that name is: none is replaced.
    """
    if "/" in name or "\\" in name or refusal(name):
        raise KeyFileError("a name that a file can have", f"'{name[:80]}'", "Use letters, digits and hyphens.")
    files = tuple(folder / f"{name}{ending}" for ending in (SECRET, AGE, PUBLIC))
    there = [path.name for path in files if path.exists()]
    if there:
        raise OutputError("new key files", Text("{name} there", name=there[0]), "Name another; no key is replaced.")
    signing, opening = new_key(secrets.token_bytes(40)), new_identity()
    private_folder(folder, ours=False)
    kept = (signing.to_file(password, secrets.token_bytes(32), cost), opening.to_file(password))
    written: list[Path] = []
    try:
        for path, data in zip(files, kept, strict=False):
            write_private(path, data)
            written.append(path)
        with writing_file(files[2]) as part:
            part.write_bytes(signing.public.to_file() + f"# {opening.recipient}\n".encode())
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return Made(signing.public.to_text(), opening.recipient, files)


@dataclass(frozen=True)
class Shown:
    """One line of a list of keys: whose, its name, its public parts, and what is to be said of it."""

    party: str
    key_id: str
    public: str
    recipient: str
    roles: str
    valid: str


def own_keys(folder: Path) -> tuple[Shown, ...]:
    """Return the public parts of the keys in a folder; raise `KeyFileError` where others can read a secret one."""
    found = []
    for path in sorted(folder.glob(f"*{PUBLIC}")):
        public, recipient = _public_file(path)
        for secret in (path.with_suffix(SECRET), path.with_suffix(AGE)):
            if secret.exists():
                read_private(secret)
        found.append(Shown(path.stem, spelled(public.key_id), public.to_text(), recipient, "", ""))
    return tuple(found)


def _public_file(path: Path) -> tuple[PublicKey, str]:
    """Return the public key of a file, and the recipient that stands behind it ("" for none)."""
    lines = path.read_bytes()[:_SMALL].decode("utf-8", "replace").splitlines()
    recipient = next((line[2:] for line in lines if line.startswith("# age1")), "")
    return PublicKey.from_text("\n".join(line for line in lines if not line.startswith("#"))), recipient


def identity(path: Path, password: Callable[[], str]) -> Identity:
    """Read a secret key of age from a file nobody else can read; `password` is asked only if it has one."""
    return identity_from_file(read_private(path), password)


def passphrase(path: Path) -> str:
    """Return the password on the first line of a file nobody else can read; raise `KeyFileError`."""
    lines = read_private(path).decode("utf-8", "replace").splitlines()
    if not lines or not lines[0]:
        raise KeyFileError("a password on the first line of the file", "none", "Write it there.")
    return lines[0]


def trusted(node: Path) -> TrustList:
    """Return the newest trust list of a node; raise `UnknownKeyError` where it has none.

    Its signatures were verified when it was taken in; whether it has expired is asked with every key.
    """
    kept = TrustStore(node).newest()
    if kept is None:
        cure = "Take one in: tumen key trust trust.json --node NODE --root KEY --root KEY."
        raise UnknownKeyError("a trust list in the node", "none", cure)
    return TrustList.from_bytes(kept.data)


def trust(path: Path, node: Path, roots: Sequence[str] = (), *, now: datetime | None = None) -> TrustList:
    """Verify a trust list and remember it as the newest one of a node.

    `roots` are the root keys (minisign) that were told by voice or on paper: needed for the first list; later the list
    before says them, and others are refused. The signatures lie beside the list as `trust.json.*.minisig`. Raises what
    `verify_list` raises, and `MisuseError` for roots that are missing or others.
    """
    now = now or clock.now()
    data = _bytes(path, LARGEST)
    signatures = {each.name: _bytes(each, _SMALL) for each in sorted(path.parent.glob(f"{path.name}.*.minisig"))}
    read = [Signature.from_bytes(each) for each in signatures.values()]
    store = TrustStore(node)
    private_folder(node)
    with locked(unlinked(node / log.LOG)):
        kept = store.newest()
        before = None if kept is None else TrustList.from_bytes(kept.data)
        root = _root(roots, before)
        seen = None if kept is None else Seen(kept.version, hashlib.sha256(kept.data).hexdigest())
        found = verify_list(data, read, root, now, seen=seen)
        if seen is None or found.version > seen.version:
            named = {each.replace(path.name, NAME, 1): signatures[each] for each in signatures}
            store.remember(found.version, data, named)
            log.append(node, {"what": "trusted", "version": found.version, "list": found.seen.digest}, now)
    return found


def _root(roots: Sequence[str], before: TrustList | None) -> Root:
    given = tuple(sorted({_root_key(each) for each in roots}))
    if before is None:
        if not given:
            cure = "Name two or more with --root, as you were told them by voice or on paper, not as they came."
            raise MisuseError("the root keys for the first list of this node", "none", cure)
        return Root(given)
    if given and given != before.root.keys:
        cure = "Leave --root out: the list before says who signs the next."
        raise MisuseError("the root keys of the list before", "others", cure)
    return before.root


def _root_key(text_or_path: str) -> str:
    path = Path(text_or_path)
    if len(text_or_path) < 256 and path.is_file():
        return _public_file(path)[0].to_text()
    return PublicKey.from_text(text_or_path).to_text()


def draft(source: Path, out: Path, *, previous: Path | None = None, now: datetime | None = None) -> TrustList:
    """Write the list that a TOML file says, ready to be signed; `previous` is the list before (None: the first).

    Raises `ManifestError` for what no list may say.
    """
    try:
        said = tomllib.loads(_bytes(source, LARGEST).decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError("a list in TOML", f"{error}", "Correct it at that place.") from error
    _known(said, ("expires", "root", "threshold", "key"))
    before = None if previous is None else TrustList.from_bytes(_bytes(previous, LARGEST))
    made = TrustList(
        version=1 if before is None else before.version + 1,
        previous=None if before is None else before.seen.digest,
        created=now or clock.now(),
        expires=_needed(_instant(said.get("expires")), "expires"),
        root=Root(tuple(sorted({_text(each) for each in _list(said.get("root"))})), int(said.get("threshold", 2))),
        keys=tuple(sorted(map(_key, _list(said.get("key"))), key=lambda each: (each.party, each.public))),
    )
    with writing_file(out) as part:
        part.write_bytes(made.to_bytes())
    return made


_KEY = {
    "party": "party",
    "public": "public",
    "recipient": "recipient",
    "roles": "roles",
    "validFrom": "valid_from",
    "validUntil": "valid_until",
    "revokedOn": "revoked_on",
}


def _key(said: Any) -> PartyKey:
    if not isinstance(said, dict):
        raise ManifestError("keys as [[key]]", "something else", "Write [[key]] above each.")
    _known(said, tuple(_KEY))
    return PartyKey(
        party=_text(said.get("party")),
        public=_text(said.get("public")),
        recipient=None if said.get("recipient") is None else _text(said["recipient"]),
        roles=tuple(sorted({_text(each) for each in _list(said.get("roles"))})),
        valid_from=_needed(_instant(said.get("validFrom")), "validFrom"),
        valid_until=_instant(said.get("validUntil")),
        revoked_on=_instant(said.get("revokedOn")),
    )


def _known(said: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in said:
        if name not in names:
            raise ManifestError("known words of a list of keys", f"'{name[:80]}'", nearest(name, names))


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise ManifestError("a list of texts", "something else", "Write it in brackets: [...].")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ManifestError("a text", "something else", "Write it in quotation marks.")


def _instant(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(microsecond=0)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time.min, UTC)
    raise ManifestError("a day, or an instant with its offset", "something else", "Write for example 2026-11-23.")


def _needed(value: datetime | None, name: str) -> datetime:
    if value is None:
        raise ManifestError(Text("{name} in the list", name=name), "none", "Write for example 2026-11-23.")
    return value


def sign(path: Path, key: SecretKey, *, now: datetime | None = None) -> Path:
    """Add a signature to a trust list, `trust.json.KEY.minisig` beside it; return that file.

    Read the list before: this signs the bytes as they lie there.
    """
    data = _bytes(path, LARGEST)
    TrustList.from_bytes(data)
    target = path.with_name(f"{path.name}.{spelled(key.key_id)}.minisig")
    with writing_file(target) as part:
        part.write_bytes(key.sign(data, stamped(now or clock.now(), path.name)).to_bytes())
    return target


def listed(found: TrustList) -> tuple[Shown, ...]:
    """Return what a trust list says, a line for each key."""
    return tuple(
        Shown(
            each.party,
            spelled(each.key_id),
            each.public,
            each.recipient or "",
            ", ".join(each.roles),
            _validity(each),
        )
        for each in found.keys
    )


def _validity(each: PartyKey) -> str:
    until = "" if each.valid_until is None else f"{each.valid_until:%F}"
    revoked = "" if each.revoked_on is None else f" revoked {each.revoked_on:%F}"
    return f"{each.valid_from:%F}/{until}{revoked}"


def _bytes(path: Path, largest: int) -> bytes:
    """Return the bytes of a small file that came from outside."""
    try:
        with path.open("rb") as file:
            return file.read(largest + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SealError(Text("a file {name} that can be read", name=path.name), reason, "Check the path.") from error
