"""Receive a package: verify it, open what is ours, check it, keep it, and write down that it came."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tumen import engine
from tumen.errors import (
    FormatError,
    ManifestError,
    MisuseError,
    OutputError,
    RoleError,
    RollbackError,
    SealError,
    Text,
    UnknownKeyError,
    nearest,
)
from tumen.files.age_files import Identity
from tumen.files.archive import DESCRIPTOR, Folder
from tumen.files.descriptor import read_descriptor
from tumen.files.locked import locked
from tumen.files.sealed import MANIFEST, Sealed, is_signature, open_sealed
from tumen.files.sealing import writing_new_folder, written
from tumen.sharing.manifest import Manifest
from tumen.sharing.standing import KNOWN, NEWEST, SUPERSEDED, Held, holdings_digest, newest, standing
from tumen.sharing.verify import Keys, Verified, verify_files, verify_manifest
from tumen.store import log
from tumen.store.disk import private_folder, unlinked
from tumen.store.inbox import DATA, SEAL, Inbox, Record
from tumen.tables import findings
from tumen.tables.file_names import shown
from tumen.tasks import clock
from tumen.tasks.check import check_packages, findings_as
from tumen.tasks.entries import PackageEntry
from tumen.tasks.keys import trusted
from tumen.tasks.package_encrypt import inner_names, open_encrypted
from tumen.tasks.package_seal import check_sizes
from tumen.tasks.sealable import grant_in

CLOSED = "closed"
"""Why a package is not checked whose description is encrypted to others."""


@dataclass(frozen=True)
class Received:
    """What was received: its record, where it stands (`newest`, `superseded`, `known`), the log's head.

    `for_another`: its manifest names a receiver to whom none of our keys belongs.
    """

    record: Record
    standing: str
    head: log.Head
    for_another: bool = False


def receive(
    path: Path,
    node: Path,
    *,
    identities: Sequence[Identity] = (),
    now: datetime | None = None,
    progress: engine.Progress = engine.silent,
) -> Received:
    """Verify a sealed package by the node's trust list, open what is ours, check it, keep it and log it.

    Nothing is kept of what cannot be verified: then one `SealError` says why, and the log that it came. Errors in the
    data are findings: the package is kept, and marked. What came before is `known` and nothing changes; a version
    older than the newest is kept as `superseded`. `progress` is told files.
    """
    now = now or clock.now()
    private_folder(node)
    with locked(unlinked(node / log.LOG)):
        keys = trusted(node)
        lacking = _unlogged(node)
        if lacking is not None:
            # Power went away between keeping it and writing that down.
            said: dict[str, log.Value] = {"what": "found", "manifest": lacking.digest, "package": lacking.package}
            log.append(node, said, now)
        try:
            return _received(path, node, keys, tuple(identities), now, progress)
        except SealError as error:
            log.append(node, {"what": "refused", "error": type(error).__name__, "source": _source(path)}, now)
            raise


def _received(
    path: Path,
    node: Path,
    keys: Keys,
    identities: tuple[Identity, ...],
    now: datetime,
    progress: engine.Progress,
) -> Received:
    inbox = Inbox(node)
    sealed = open_sealed(path)
    verified = verify_manifest(sealed.manifest(), sealed.signatures(), keys, now)
    stands = standing(held_as(verified.manifest, verified.digest), map(_held, inbox.records()))
    check_sizes(sealed, verified.manifest)
    if stands == KNOWN:
        verify_files(verified.manifest, sealed.digests(progress=progress))
        record = inbox.record(verified.digest)
        return Received(record, stands, log.verify_log(node))
    inner_names(verified.manifest)  # refused before anything is copied
    with inbox.arriving() as part:
        _copied(sealed, verified.manifest, part, progress)
        opened = open_encrypted(verified.manifest, part / SEAL, part / DATA, identities)
        record = replace(
            _record(verified, _source(path), now),
            opened=tuple(sorted(opened.opened)),
            closed=tuple(sorted(opened.closed)),
        )
        _compared(part / DATA, verified.manifest)
        record, found = _checked(part / DATA, record)
        log.begin(node)
        inbox.keep(part, record, found)
    return Received(record, stands, _logged(node, record, stands, now), _for_another(record, node, identities, now))


def _for_another(record: Record, node: Path, identities: tuple[Identity, ...], now: datetime) -> bool:
    """Say whether a package names a receiver whose keys are not ours; without keys of ours nobody knows."""
    if record.receiver is None or not identities:
        return False
    try:
        theirs = trusted(node).recipients(record.receiver, now)
    except UnknownKeyError:
        return True
    return not {each.recipient for each in identities} & set(theirs)


def _compared(data: Path, manifest: Manifest) -> None:
    """Refuse a package whose own description says another party, receiver or level than what was signed."""
    try:
        descriptor = read_descriptor(Folder(data, DESCRIPTOR))
    except FormatError:
        # It is kept, and marked as what cannot be read.
        return
    own = descriptor.get("tumen")
    party = own.get("party") if isinstance(own, dict) else None
    if party is not None and party != manifest.party:
        needed = Text("a package of {party}, who signed it", party=manifest.party)
        raise RoleError(needed, Text("one that says it is of {party}", party=shown(str(party))), _ANEW)
    grant = grant_in(descriptor)
    if grant is None:
        return
    if grant.receiver != manifest.receiver:
        needed = Text("a view for {receiver}, as the manifest says", receiver=manifest.receiver or "-")
        raise ManifestError(needed, Text("one for {receiver}", receiver=shown(grant.receiver)), _ANEW)
    levels = sorted({each.level for each in manifest.resources} - {grant.level})
    if levels:
        needed = Text("a view at the level {level}, as the manifest says", level=levels[0])
        raise ManifestError(needed, Text("one at the level {level}", level=grant.level), _ANEW)


_ANEW = "Ask its sender to seal it anew."


def _logged(node: Path, record: Record, stands: str, now: datetime) -> log.Head:
    said: dict[str, log.Value] = {
        "what": "received",
        "party": record.party,
        "package": record.package,
        "version": record.version,
        "manifest": record.digest,
        "standing": stands,
        "signers": list(record.signers),
        "source": record.source,
        "opened": len(record.opened),
        "closed": len(record.closed),
        "errors": record.errors,
    }
    if record.unread is not None:
        said["unread"] = record.unread
    return log.append(node, said, now)


def _copied(sealed: Sealed, manifest: Manifest, part: Path, progress: engine.Progress) -> None:
    """Copy what came, verify the copies, and put what is no data apart."""
    verify_files(manifest, sealed.copy(part / DATA, progress=progress))
    apart = [name for name in sealed.sizes if name == MANIFEST or is_signature(name)]
    for name in [*apart, *(each.path for each in manifest.resources if each.plain is not None)]:
        target = part / SEAL / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            (part / DATA / name).rename(target)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise OutputError("to write the inbox", reason, "Make room, or name another node.") from error


def _record(verified: Verified, source: str, now: datetime) -> Record:
    manifest = verified.manifest
    return Record(
        party=manifest.party,
        package=manifest.package,
        version=manifest.version,
        digest=verified.digest,
        previous=manifest.previous,
        receiver=manifest.receiver,
        created=f"{manifest.created:%Y-%m-%dT%H:%M:%SZ}",
        levels=tuple(sorted({each.level for each in manifest.resources})),
        signers=verified.signers,
        source=source,
        received_at=f"{now:%Y-%m-%dT%H:%M:%SZ}",
    )


def _source(path: Path) -> str:
    """Return the name of what came, without the folders around it."""
    return path.resolve().name[:300].encode("utf-8", "replace").decode()


def _checked(data: Path, record: Record) -> tuple[Record, bytes]:
    """Return the record with what the checks found; what cannot be read at all is said, and kept all the same."""
    nothing = findings_as(findings.empty(), "csv", "en").encode()
    if not (data / DESCRIPTOR).is_file():
        return replace(record, unread=CLOSED if record.closed else "no datapackage.json"), nothing
    try:
        found = check_packages([PackageEntry(path=data, format="camtrap-dp")])
        listed = findings_as(found, "csv", "en").encode()
    except Exception as error:  # noqa: BLE001 - what one party wrote must not keep out what the others sent
        return replace(record, unread=type(error).__name__), nothing
    counts = dict(found.group_by("severity").len().iter_rows())
    counted = replace(
        record, errors=counts.get("error", 0), warnings=counts.get("warning", 0), notes=counts.get("note", 0)
    )
    return counted, listed


def held_as(manifest: Manifest, digest: str) -> Held:
    """Return what decides where a package stands."""
    return Held(manifest.party, manifest.package, manifest.version, digest, manifest.previous)


def _held(record: Record) -> Held:
    return Held(record.party, record.package, record.version, record.digest, record.previous)


@dataclass(frozen=True)
class Holding:
    """A package of a node: its record, where it stands among the others, and the folder of what can be read of it."""

    record: Record
    standing: str
    data: Path


def holdings(node: Path) -> tuple[Holding, ...]:
    """Return all packages of a node with where they stand now, by party, package and version."""
    inbox = Inbox(node)
    records = inbox.records()
    first = {each.digest for each in newest(map(_held, records)).values()}
    return tuple(
        Holding(each, NEWEST if each.digest in first else SUPERSEDED, inbox.data(each.digest)) for each in records
    )


def verified_log(node: Path) -> log.Head:
    """Return the head of the node's log; raise `DigestError` if it was changed, `RollbackError` if it was cut.

    It is cut, too, where it does not tell of what the inbox holds, or tells of a package that is not there.
    """
    _unlogged(node)
    return log.verify_log(node)


def _unlogged(node: Path) -> Record | None:
    """Return the one package that was kept and not yet written down, if any; raise where log and inbox differ more."""
    log.verify_log(node)
    kept = {each.digest: each for each in Inbox(node).records()}
    if kept and not log.begun(node):
        raise RollbackError(Text("the head of the log"), Text("none beside packages that were received"), _DIFFER)
    told = {each.get("manifest") for each in log.lines(node) if each.get("what") in ("received", "found")}
    lacking = [each for digest, each in kept.items() if digest not in told]
    if len(lacking) > 1 or told - kept.keys():
        raise RollbackError(Text("a log and an inbox that tell of the same packages"), Text("others"), _DIFFER)
    return lacking[0] if lacking else None


_DIFFER = "Keep the node as it is for an inquiry; bring back log and inbox from a copy, or begin another node."


def holdings_sha256(node: Path) -> str:
    """Return one SHA-256 of the newest version of every package: nodes with the same one hold the same."""
    return holdings_digest(map(_held, Inbox(node).records()))


def open_package(
    node: Path, package: str, out: Path, *, version: int | None = None, party: str | None = None
) -> Holding:
    """Write what can be read of a received package (its newest version, unless told) into a new folder.

    Raises `MisuseError` where the node has none of that name, or several parties have one.
    """
    named = [each for each in holdings(node) if each.record.package == package]
    if not named:
        known = {each.record.package for each in holdings(node)}
        raise MisuseError("a package that was received", f"'{package[:80]}'", nearest(package, known))
    found = [
        each
        for each in named
        if party in (None, each.record.party)
        and (each.standing == NEWEST if version is None else each.record.version == version)
    ]
    if len(found) != 1:
        told = ", ".join(f"{each.record.version} ({each.record.party})" for each in named)
        cure = "Say --party and --version."
        raise MisuseError("one package of that name", Text("versions {told}", told=told), cure)
    out.parent.mkdir(parents=True, exist_ok=True)
    with writing_new_folder(out, found[0].data) as part, written(part):
        # Contents only: what was received is read-only, what is opened is yours.
        shutil.copytree(found[0].data, part, copy_function=shutil.copyfile, dirs_exist_ok=True)
    return found[0]
