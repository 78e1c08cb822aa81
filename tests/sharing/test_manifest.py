import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import LimitError, ManifestError, TumenError, UnsafePathError
from tumen.sharing.canonical import from_bytes, to_bytes
from tumen.sharing.manifest import Alg, Manifest, Plain, Resource, in_order, signature_name, signer

DIGEST = "ab" * 32
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
WHOLE = Manifest(
    package="леопард-2015",
    party="north-reserve",
    version=2,
    previous=DIGEST,
    created=NOW,
    protocol="0.2",
    licence="CC-BY-4.0",
    agreement="Memorandum",
    receiver="south-institute",
    resources=in_order(
        [
            Resource("media/호랑이.jpg", 0, DIGEST, "crossing"),
            Resource("a.csv.age", 9, DIGEST, "full", Plain(3, DIGEST, "c2FsdA=="), ("age1a", "age1b")),
        ]
    ),
    alg=Alg(encryption="age-v1"),
)


def test_a_manifest_comes_back_from_its_bytes():
    data = WHOLE.to_bytes()
    assert Manifest.from_bytes(data) == WHOLE
    assert data == rfc8785.dumps(json.loads(data))
    assert list(json.loads(data)) == sorted(json.loads(data))
    assert [each.path for each in WHOLE.resources] == ["a.csv.age", "media/호랑이.jpg"]


def said(**changes):
    """The manifest as JSON, with other values."""
    return rfc8785.dumps({**json.loads(WHOLE.to_bytes()), **changes})


def resource(**changes):
    kept = {"path": "a", "size": 1, "sha256": DIGEST, "level": "full", "plain": None, "recipients": None}
    return said(resources=[{**kept, **changes}])


SOUND = {"size": 1, "sha256": DIGEST, "salt": None}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (said(more=1), ManifestError),
        (rfc8785.dumps({"format": "tumen-package/1"}), ManifestError),
        (said(format="tumen-package/2"), ManifestError),
        (said(version=0), ManifestError),
        (said(version=True), ManifestError),
        (said(version="2"), ManifestError),
        (said(version=1), ManifestError),
        (said(previous=None), ManifestError),
        (said(previous="x"), ManifestError),
        (said(created="2026-1-2T00:00:00Z"), ManifestError),
        (said(created="2026-11-23T06:00:00+00:00"), ManifestError),
        (said(party=""), ManifestError),
        (said(party="a/b"), ManifestError),
        (said(party="../a"), ManifestError),
        (said(package="a\nb"), ManifestError),
        (said(licence=None), ManifestError),
        (said(alg={"digest": "md5", "signature": "minisign-ed25519", "encryption": None}), ManifestError),
        (said(alg={"digest": "sha-256"}), ManifestError),
        (said(resources={}), ManifestError),
        (said(resources=[1]), ManifestError),
        (resource(size=-1), ManifestError),
        (resource(size="1"), ManifestError),
        (resource(sha256="AB" * 32), ManifestError),
        (resource(level="nothing"), ManifestError),
        (resource(level="all"), ManifestError),
        (resource(plain=SOUND), ManifestError),
        (resource(recipients=["age1a"]), ManifestError),
        (resource(plain=SOUND, recipients=[]), ManifestError),
        (resource(plain=SOUND, recipients=["b", "a"]), ManifestError),
        (resource(plain=SOUND, recipients=["a b\n"]), ManifestError),
        (resource(path="../a"), UnsafePathError),
        (resource(path="manifest.json"), UnsafePathError),
        (resource(path="manifest.json.south.minisig"), UnsafePathError),
        (resource(path="a" * 300), UnsafePathError),
        (said(resources=[json.loads(resource(path=p))["resources"][0] for p in ("b", "a")]), ManifestError),
        (said(resources=[json.loads(resource(path=p))["resources"][0] for p in ("a", "a")]), ManifestError),
        (said(resources=[json.loads(resource(path=p))["resources"][0] for p in ("A", "a")]), UnsafePathError),
    ],
)
def test_what_may_not_be_said_is_refused(data, error):
    with pytest.raises(error):
        Manifest.from_bytes(data)


def test_sound_variants_are_read():
    assert Manifest.from_bytes(resource()).resources[0].path == "a"
    assert Manifest.from_bytes(resource(plain=SOUND, recipients=["a"])).resources[0].recipients == ("a",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[1, 2]",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":"\\u0041"}',
        b'{"a":1}\n',
        b'\xef\xbb\xbf{"a":1}',
        b'"\xff"',
        b'"\\ud800"',
        b"9007199254740993",
        b"9" * 5000,
        b"[" * 100_000,
        b"[" * 900 + b"]" * 900,
    ],
)
def test_json_of_another_spelling_is_refused(data):
    with pytest.raises(ManifestError):
        Manifest.from_bytes(data)


def test_a_manifest_without_end_is_not_read():
    with pytest.raises(LimitError):
        from_bytes(b"[1,2,3]", largest=6)


WHOLE_NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE_NUMBERS | st.text('aЖ虎\n"\\/\x7f'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("aЖ虎😀"), inner),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_written_is_read(value):
    assert from_bytes(to_bytes(value), largest=10_000) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_in_words(data):
    with pytest.raises(TumenError):
        Manifest.from_bytes(data)


def test_names_of_signatures():
    assert signer(signature_name("восток")) == "восток"
    assert signer(signature_name()) == ""
    assert [signer(name) for name in ("manifest.json", "manifest.json..minisig", "x/manifest.json.minisig")] == [
        None
    ] * 3


def test_a_manifest_is_only_made_sound():
    with pytest.raises(ManifestError):
        replace(WHOLE, created=NOW.replace(tzinfo=None))
    with pytest.raises(ManifestError):
        replace(WHOLE, alg=Alg())
