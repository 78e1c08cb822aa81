"""A sealed package in memory: three files, an owner's signature, a countersigner's."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import (
    DigestError,
    ExpiredKeyError,
    ExtraFileError,
    ManifestError,
    MissingFileError,
    MixedPackagesError,
    RoleError,
    RollbackError,
    SealError,
    SignatureError,
    UnknownKeyError,
)
from tumen.files.minisign import Signature, new_key
from tumen.sharing.manifest import SIGNED, Manifest, Resource, in_order, signature_name
from tumen.sharing.verify import Known, verify

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
OWNER, SOUTH, STRANGER = (new_key(bytes([number]) * 40) for number in (1, 2, 3))
FILES = {"a.csv": b"abc", "b.csv": b"", "media/호.jpg": b"picture"}


class Trust:
    """The owner and a countersigner are known until the end of 2026."""

    known = {  # noqa: RUF012
        OWNER.key_id: Known("north", frozenset({"owner"}), OWNER.public.key),
        SOUTH.key_id: Known("south", frozenset({"countersigner"}), SOUTH.public.key),
    }

    def key(self, key_id, now):
        if key_id not in self.known:
            raise UnknownKeyError("a", "b", "c")
        if now.year > 2026:
            raise ExpiredKeyError("a", "b", "c")
        return self.known[key_id]


def found(files):
    return {path: (len(data), hashlib.sha256(data).hexdigest()) for path, data in files.items()}


def manifest(**changes):
    listed = in_order(Resource(path, *each) for path, each in found(FILES).items())
    sound = Manifest(package="p", party="north", version=1, created=NOW, resources=listed)
    return replace(sound, **changes)


def signed(data, **signers):
    keys = {SIGNED: OWNER, **{signature_name(party): key for party, key in signers.items()}}
    return {name: key.sign(data, "timestamp:0").to_bytes() for name, key in keys.items()}


def check(data, signatures, files=FILES, now=NOW, newest=None):
    read = {name: Signature.from_bytes(each) for name, each in signatures.items()}
    return verify(data, read, found(files), Trust(), now, newest=newest)


DATA = manifest().to_bytes()
SIGNATURES = signed(DATA, south=SOUTH)


def test_what_was_sealed_is_verified():
    verified = check(DATA, SIGNATURES)
    assert verified.manifest == manifest()
    assert verified.signers == ("north", "south")
    assert verified.digest == hashlib.sha256(DATA).hexdigest()


@given(st.sampled_from([*FILES, "manifest.json", *SIGNATURES]), st.randoms(use_true_random=False))
def test_a_single_flipped_byte_is_refused(name, random):
    everything = {**FILES, "manifest.json": DATA, **SIGNATURES}
    changed = bytearray(everything[name] or b"\0")
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    everything[name] = bytes(changed)
    expected = DigestError if name in FILES else (SignatureError, UnknownKeyError)
    with pytest.raises(expected):
        check(
            everything["manifest.json"],
            {key: everything[key] for key in SIGNATURES},
            {key: everything[key] for key in FILES},
        )


OTHER = manifest(package="q").to_bytes()
SECOND = manifest(version=2, previous=hashlib.sha256(DATA).hexdigest()).to_bytes()
FORK = manifest(version=2, previous="0" * 64).to_bytes()
SHUFFLED = DATA.replace(b'"path":"a.csv"', b'"path":"z.csv"')
RENAMED = {("c.csv" if path == "a.csv" else path): data for path, data in FILES.items()}
EXCHANGED = {**FILES, "a.csv": FILES["b.csv"], "b.csv": FILES["a.csv"]}
DIGEST = hashlib.sha256(DATA).hexdigest()

REFUSED = {
    "a file is missing": (MissingFileError, DATA, SIGNATURES, {"a.csv": b"abc"}, {}),
    "a file was added": (ExtraFileError, DATA, SIGNATURES, {**FILES, "z": b""}, {}),
    "a file was renamed": (MissingFileError, DATA, SIGNATURES, RENAMED, {}),
    "two files were exchanged": (DigestError, DATA, SIGNATURES, EXCHANGED, {}),
    "a file is longer": (DigestError, DATA, SIGNATURES, {**FILES, "b.csv": b" "}, {}),
    "the signature of another package": (SignatureError, DATA, signed(OTHER), FILES, {}),
    "signatures exchanged": (
        RoleError,
        DATA,
        {SIGNED: SIGNATURES[signature_name("south")], signature_name("south"): SIGNATURES[SIGNED]},
        FILES,
        {},
    ),
    "no signature": (SignatureError, DATA, {}, FILES, {}),
    "only a countersignature": (
        SignatureError,
        DATA,
        {signature_name("south"): SIGNATURES[signature_name("south")]},
        FILES,
        {},
    ),
    "a countersigner of another name": (RoleError, DATA, signed(DATA, east=SOUTH), FILES, {}),
    "a stranger's countersignature": (UnknownKeyError, DATA, signed(DATA, south=STRANGER), FILES, {}),
    "another party's package": (RoleError, manifest(party="south").to_bytes(), None, FILES, {}),
    "files listed in another order": (ManifestError, SHUFFLED, None, FILES, {}),
    "another spelling, signed": (ManifestError, DATA + b"\n", None, FILES, {}),
    "no JSON, signed": (ManifestError, b"\0", None, FILES, {}),
    "an expired key": (ExpiredKeyError, DATA, SIGNATURES, FILES, {"now": NOW.replace(year=2027)}),
    "a clock of last year": (ManifestError, DATA, SIGNATURES, FILES, {"now": NOW.replace(year=2025)}),
    "an older version": (RollbackError, DATA, SIGNATURES, FILES, {"newest": {"p": (2, "0" * 64)}}),
    "another version of one number": (MixedPackagesError, DATA, SIGNATURES, FILES, {"newest": {"p": (1, "0" * 64)}}),
    "a version that does not follow": (MixedPackagesError, FORK, None, FILES, {"newest": {"p": (1, DIGEST)}}),
    "files of the version before": (
        MissingFileError,
        manifest(resources=(Resource("z", 0, "0" * 64),)).to_bytes(),
        None,
        FILES,
        {},
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_its_own_error(what):
    error, data, signatures, files, rest = REFUSED[what]
    with pytest.raises(SealError) as caught:
        check(data, signed(data) if signatures is None else signatures, files, **rest)
    assert type(caught.value) is error


def test_versions_that_follow_and_packages_seen_again_are_taken():
    check(SECOND, signed(SECOND), newest={"p": (1, DIGEST)})
    check(DATA, SIGNATURES, newest={"p": (1, DIGEST)})
    check(OTHER, signed(OTHER), newest={"p": (7, "0" * 64)})
    third = manifest(version=3, previous="0" * 64).to_bytes()
    assert check(third, signed(third), newest={"p": (1, DIGEST)}).manifest.version == 3
    check(DATA, SIGNATURES, now=NOW - timedelta(hours=20))


def test_a_wrong_clock_is_told_what_to_do():
    with pytest.raises(ManifestError) as caught:
        check(DATA, SIGNATURES, now=NOW.replace(year=2025))
    assert "2025-11-23" in caught.value.found
    assert "date of this computer" in caught.value.cure


def test_a_renamed_file_is_found_under_its_other_name():
    with pytest.raises(MissingFileError) as caught:
        check(DATA, SIGNATURES, RENAMED)
    assert caught.value.found == "it under the name c.csv: a.csv"


def test_nothing_is_read_before_it_is_verified(monkeypatch):
    monkeypatch.setattr(Manifest, "from_bytes", lambda _: pytest.fail("the manifest was read"))
    with pytest.raises(SignatureError):
        check(DATA, signed(OTHER))
