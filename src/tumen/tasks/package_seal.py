"""Seal a package folder, and verify a sealed one: disk, clock and keys brought together."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tumen import engine
from tumen.errors import ManifestError, MissingFileError, MixedPackagesError, SealError, Text, UnknownKeyError
from tumen.files.archive import DESCRIPTOR, Folder, is_url
from tumen.files.atomic import writing_file
from tumen.files.descriptor import read_descriptor
from tumen.files.minisign import PublicKey, SecretKey, read_secret_key, spelled, stamped
from tumen.files.sealed import Sealed, open_sealed
from tumen.files.sealing import POLICY, sealing
from tumen.files.steady import Digest, listing
from tumen.sharing.manifest import ENCRYPTION as AGE
from tumen.sharing.manifest import NAME, SIGNED, Alg, Manifest, Plain, Resource, in_order, signature_name
from tumen.sharing.verify import OWNER, Keys, Known, Newest, Verified, verify_files, verify_manifest
from tumen.tables.file_names import shown
from tumen.tables.protocol import VERSION
from tumen.tasks.clock import now as this_instant
from tumen.tasks.leaks import refuse_leaks
from tumen.tasks.sealable import refuse_strangers, stated_grant

_SLACK = timedelta(days=1)
FULL = "full"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a party says of the package it seals; None: as `datapackage.json` says (id or name, party, licences).

    `level` holds for every file that `levels` does not name; None for that of the view, or "full" (`level_of`).
    `receiver` is that of the view, where it is one (`receiver_of`).
    `encrypted` gives what is inside a file that is encrypted and for whom, by path. `previous` is the sealed version
    that this one supersedes. `created` is None for now. `described` is the folder whose `datapackage.json` says all
    that: None for the one that is sealed, another where that file is encrypted.
    """

    package: str | None = None
    party: str | None = None
    licence: str | None = None
    agreement: str = ""
    receiver: str | None = None
    level: str | None = None
    levels: Mapping[str, str] = field(default_factory=dict)
    encrypted: Mapping[str, tuple[Plain, tuple[str, ...]]] = field(default_factory=dict)
    previous: Path | None = None
    created: datetime | None = None
    described: Path | None = None


@dataclass(frozen=True)
class Sealing:
    """What was sealed: the manifest, the SHA-256 of its bytes, and what of the folder was left out."""

    manifest: Manifest
    digest: str
    left_out: tuple[str, ...]


def seal(
    folder: Path,
    out: Path,
    key: SecretKey,
    *,
    terms: Terms | None = None,
    workers: int = 0,
    progress: engine.Progress = engine.silent,
) -> Sealing:
    """Copy a package folder to `out` (a new folder, or a zip), with a manifest that `key` signs.

    Every file is read once. Raises `SealError` and below for what may not be sealed, `OutputError` where it cannot be
    written; then nothing is left. `progress` is told bytes.
    """
    terms = terms or Terms()
    described = terms.described or folder
    draft = _draft(described, terms)
    terms = replace(terms, level=level_of(described, terms.level))
    if not terms.encrypted:
        # What is encrypted was looked at before.
        refuse_strangers(folder)
        refuse_leaks(folder)
    with sealing(folder, out, workers=workers, progress=progress) as copied:
        manifest = replace(draft, resources=_resources(copied.files, terms))
        data = manifest.to_bytes()
        copied.add(NAME, data)
        copied.add(SIGNED, key.sign(data, stamped(manifest.created, NAME)).to_bytes())
    return Sealing(manifest, hashlib.sha256(data).hexdigest(), copied.left_out)


def level_of(folder: Path, given: str | None = None) -> str:
    """Return the level at which a package folder is sealed: that of the view it says it is, "full" for what is none.

    Raises `SealError` where another one is `given`: a level is what was taken out of the data, not a label on them.
    """
    grant = stated_grant(folder)
    stated = FULL if grant is None else grant.level
    if given is None or given == stated:
        return stated
    if stated == FULL:
        needed = Text("a view at the level {level}", level=shown(given))
        found = "a package of which nothing was withheld"
        raise SealError(needed, found, "Make the view with tumen package disclose, and seal that.")
    needed = Text("the level of the view, {level}", level=stated)
    raise SealError(needed, shown(given), "Leave --level out, or make another view with tumen package disclose.")


def receiver_of(folder: Path, given: str | None = None) -> str | None:
    """Return for whom a package folder is sealed: the receiver of the view it says it is, whoever is `given` for none.

    Raises `SealError` where another one is `given`: what is in a view was chosen for its receiver.
    """
    grant = stated_grant(folder)
    if grant is None:
        return given
    if given not in (None, grant.receiver):
        needed = Text("the receiver of the view, {receiver}", receiver=shown(grant.receiver))
        raise SealError(needed, shown(given or ""), "Make a view for them with tumen package disclose, and seal that.")
    return grant.receiver


def countersign(path: Path, key: SecretKey, party: str, *, created: datetime | None = None) -> Path:
    """Add a party's signature to a sealed package folder; return the new file.

    Verify the package before: this signs the manifest as it lies there.
    """
    if not path.is_dir():
        cure = "Unpack the zip into a folder, and sign there."
        raise SealError("a sealed package folder to add a signature to", "no folder", cure)
    data = open_sealed(path).manifest()
    target = path / signature_name(party)
    with writing_file(target) as part:
        part.write_bytes(key.sign(data, stamped(created or this_instant(), NAME)).to_bytes())
    return target


def verify(
    path: Path,
    keys: Keys,
    *,
    newest: Newest | None = None,
    now: datetime | None = None,
    workers: int = 0,
    progress: engine.Progress = engine.silent,
) -> Verified:
    """Verify a sealed package, a folder or a zip: signatures first, then every file; raise what is wrong.

    `keys` say whose a key is (a trust list, or `one_key`); `newest` is what was seen before (`tumen.sharing.verify`).
    `progress` is told files.
    """
    sealed = open_sealed(path)
    verified = verify_manifest(sealed.manifest(), sealed.signatures(), keys, now or this_instant(), newest=newest)
    check_sizes(sealed, verified.manifest)
    verify_files(verified.manifest, sealed.digests(workers=workers, progress=progress))
    return verified


def check_sizes(sealed: Sealed, manifest: Manifest) -> None:
    """Refuse files that are missing, too many or of another size before anything long is read."""
    stated = manifest.files
    seen = {name: (sealed.sizes[name], "") for name in sealed.names}
    for name, (size, _) in seen.items():
        if name in stated and size == stated[name].size:
            seen[name] = (size, stated[name].sha256)
    verify_files(manifest, seen)


@dataclass(frozen=True)
class OneKey:
    """Trust in a single public key, such as one that was read out over the telephone: its party owns the package."""

    public: PublicKey
    party: str

    def key(self, key_id: bytes, now: datetime, /) -> Known:
        """Return the key if it is this one; it has no dates."""
        if key_id != self.public.key_id:
            found = Text("a signature by the key {key}", key=spelled(key_id))
            cure = "Ask the package's party which key it signs with; a trust list knows several."
            raise UnknownKeyError(Text("the key {key}", key=spelled(self.public.key_id)), found, cure)
        return Known(self.party, frozenset({OWNER}), self.public.key)


def verify_with_key(
    path: Path, public: PublicKey, *, now: datetime | None = None, progress: engine.Progress = engine.silent
) -> Verified:
    """Verify a sealed package with one public key, whose party is the one that the package names.

    Signatures of other parties are not looked at.
    """
    sealed = open_sealed(path)
    data = sealed.manifest()
    own = {name: each for name, each in sealed.signatures().items() if name == SIGNED}
    if SIGNED in own:
        OneKey(public, "").key(own[SIGNED].key_id, now or this_instant())
        own[SIGNED].check(data, public.key)
    # Without a signature `verify_manifest` refuses; with one, the bytes are the key's.
    keys = OneKey(public, Manifest.from_bytes(data).party if SIGNED in own else "")
    verified = verify_manifest(data, own, keys, now or this_instant())
    check_sizes(sealed, verified.manifest)
    verify_files(verified.manifest, sealed.digests(progress=progress))
    return verified


def secret_key(path: Path, password: Callable[[], str]) -> SecretKey:
    """Read a secret key; its password is asked only where it has one. Raises `KeyFileError`."""
    return read_secret_key(path, password)


def public_key(text_or_path: str) -> PublicKey:
    """Return a public key from its line of text, or from a public key file; lines that begin with # are not looked at.

    Raises `KeyFileError`.
    """
    path = Path(text_or_path)
    if len(text_or_path) < 256 and path.is_file():
        lines = path.read_bytes()[:4096].decode("utf-8", "replace").splitlines()
        return PublicKey.from_text("\n".join(line for line in lines if not line.startswith("#")))
    return PublicKey.from_text(text_or_path)


def _draft(folder: Path, terms: Terms) -> Manifest:
    """Return the manifest without its files; all that may be wrong with it is said before anything is copied."""
    said = _said(folder)
    created = terms.created or this_instant()
    before = None if terms.previous is None else open_sealed(terms.previous).manifest()
    earlier = None if before is None else Manifest.from_bytes(before)
    _check_clock(created, said, folder, earlier)
    package, party = terms.package or said.package, terms.party or said.party
    if not package or not party:
        needed = "a package that says its id and its party"
        found = "no id" if not package else "no party"
        raise ManifestError(needed, found, "Say it in datapackage.json, or see tumen package init.")
    if earlier is not None and (earlier.package, earlier.party) != (package, party):
        needed = Text("an earlier version of {package} of {party}", package=package, party=party)
        found = Text("{package} of {party}", package=earlier.package, party=earlier.party)
        raise MixedPackagesError(needed, found, "Name the version that this one supersedes.")
    return Manifest(
        package=package,
        party=party,
        version=1 if earlier is None else earlier.version + 1,
        previous=None if before is None else hashlib.sha256(before).hexdigest(),
        created=created,
        protocol=VERSION,
        licence=terms.licence if terms.licence is not None else said.licence,
        agreement=terms.agreement,
        receiver=receiver_of(folder, terms.receiver),
        alg=Alg(encryption=AGE if terms.encrypted else None),
    )


def _resources(files: Mapping[str, Digest], terms: Terms) -> tuple[Resource, ...]:
    lost = sorted({*terms.levels, *terms.encrypted} - files.keys())
    if lost:
        raise MissingFileError("every file that was described", Text("no {path}", path=shown(lost[0])), "Begin again.")
    return in_order(
        Resource(
            path, each.size, each.sha256, terms.levels.get(path, terms.level or FULL), *terms.encrypted.get(path, ())
        )
        for path, each in files.items()
    )


def _check_clock(now: datetime, said: "_Said", folder: Path, earlier: Manifest | None) -> None:
    """Refuse to date a package before what it holds or supersedes: then the computer's date is wrong."""
    written = datetime.fromtimestamp((folder / DESCRIPTOR).stat().st_mtime, UTC).replace(microsecond=0)
    known = [(written, Text("the file datapackage.json")), (said.created, Text("datapackage.json itself"))]
    limits = [(instant, what, now + _SLACK) for instant, what in known if instant is not None]
    if earlier is not None:
        limits.append((earlier.created, Text("the version before"), now))
    for instant, what, latest in limits:
        if instant > latest:
            needed = "a clock that is right"
            found = Text("today {today}, while {what} is of {then}", today=f"{now:%F}", what=what, then=f"{instant:%F}")
            raise SealError(needed, found, "Correct the date of this computer, or the date there, and seal again.")


@dataclass(frozen=True)
class _Said:
    """What a descriptor says of itself."""

    package: str
    party: str
    licence: str
    created: datetime | None
    resources: tuple[str, ...]


def _said(folder: Path) -> _Said:
    if not folder.is_dir():
        raise SealError("a package folder", "none", "Name the folder that holds datapackage.json.")
    descriptor = read_descriptor(Folder(folder, DESCRIPTOR))
    own = descriptor.get("tumen")
    party = own.get("party") if isinstance(own, dict) else None
    created = descriptor.get("created")
    try:
        instant = datetime.fromisoformat(created) if isinstance(created, str) else None
    except ValueError:
        instant = None
    return _Said(
        package=str(descriptor.get("id") or descriptor.get("name") or ""),
        party=party if isinstance(party, str) else "",
        licence=_licence(descriptor.get("licenses")),
        created=instant.replace(tzinfo=UTC) if instant is not None and instant.tzinfo is None else instant,
        resources=tuple(path for each in descriptor["resources"] for path in _paths(each)),
    )


def _licence(given: Any) -> str:
    """Return the licences of a descriptor on one line: "CC0-1.0 (data); CC-BY-4.0 (media)"."""
    lines = []
    for each in given if isinstance(given, list) else []:
        if isinstance(each, dict):
            name = each.get("name") or each.get("path") or each.get("title")
            lines += [f"{name} ({each['scope']})" if each.get("scope") else str(name)] if name else []
    return "; ".join(lines)


def _paths(resource: Any) -> list[str]:
    given = resource.get("path") if isinstance(resource, dict) else None
    return [path for path in (given if isinstance(given, list) else [given]) if isinstance(path, str)]


@dataclass(frozen=True)
class Readiness:
    """How far a folder can be sealed: its id and party, what is missing, and the policy that was written, if any."""

    package: str
    party: str
    missing: tuple[Text, ...]
    policy: Path | None


def init(folder: Path) -> Readiness:
    """Say what a package folder lacks to be sealed, and put an example of a policy beside its data.

    A `policy.toml` that is there is left alone. Raises `FormatError` where there is no `datapackage.json`.
    """
    said = _said(folder)
    missing: list[Text] = []
    if not said.package:
        missing.append(Text('an id: "id" in datapackage.json, a name that all versions of this package share'))
    if not said.party:
        missing.append(Text('whose it is: "tumen": {{"party": "..."}} in datapackage.json'))
    if not said.licence:
        missing.append(Text('a licence: "licenses" in datapackage.json'))
    missing += [
        Text("the file {path}, which datapackage.json names", path=shown(path))
        for path in said.resources
        if not is_url(path) and not (folder / path).is_file()
    ]
    missing += [
        Text("the file {path} itself instead of its address", path=shown(path))
        for path in said.resources
        if is_url(path)
    ]
    try:
        listing(folder)
    except SealError as error:
        missing.append(Text("{needed}: {found}", needed=error.needed, found=error.found))
    policy = folder / POLICY
    if policy.exists():
        return Readiness(said.package, said.party, tuple(missing), None)
    with writing_file(policy) as part:
        part.write_text(_EXAMPLE.replace("PARTY", said.party or "your-party"), encoding="utf-8")
    return Readiness(said.package, said.party, tuple(missing), policy)


_EXAMPLE = """\
# Who may have what of this package. What no rule grants stays here: without rules nobody receives anything.
# See what a party would receive:  tumen package explain policy.toml --for another-party
# This file is not sealed with the package.

[policy]
party = "PARTY"
version = 1                      # count it up with every change
# from = 2026-01-01              # the policy holds from this day
# until = 2026-12-31             # and to this one

# A grant says who may have which tables of which species, for what, and how much of them.
# Levels, from less to more: catalogue, identity, crossing, generalised, full.
#
# [[grant]]
# to = ["another-party"]         # parties; or roles = ["secretariat"]
# purposes = ["crossings"]       # or "all"
# tables = ["deployments", "media", "observations"]   # or "all"
# species = ["Panthera tigris"]  # or "all"
# level = "crossing"             # the day, the side of the border, the distance to it: no place
# step = 1000                    # metres that distances to the border are rounded up to
# until = 2026-12-31
# agreement = "Memorandum of 3 March 2026"

# A denial caps what is granted, whatever stands above.
#
# [[deny]]
# to = ["another-party"]
# species = ["Panthera pardus"]
# level = "catalogue"            # at most this
"""
