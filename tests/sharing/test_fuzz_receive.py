"""100,000 inputs that nobody sealed: each is refused by an error of the tree, and nothing is written elsewhere."""

import io
import json
import resource
import shutil

import numpy as np
import pytest
from tests.sharing.parties import LONG_AGO, NOW, key, root, signed, trust_list

from tumen.errors import SealError, TumenError
from tumen.files.minisign import Signature
from tumen.files.stored_zip import Writer, members
from tumen.sharing.canonical import from_bytes, to_bytes
from tumen.sharing.manifest import Alg, Manifest, Plain, Resource
from tumen.sharing.trust import TrustList, verify_list
from tumen.sharing.verify import verify_manifest
from tumen.store.trust import TrustStore
from tumen.tables.file_names import refusal
from tumen.tasks.package_receive import receive
from tumen.tasks.package_seal import Terms, seal

LIST = trust_list()
DIGEST = "ab" * 32
NASTY = (
    b"../", b"\0", b"/", b"\\", b"CON", b"\xff\xfe", b"\xe2\x80\xae", b"[" * 50, b"{", b'"', b"1e999", b"-1", b"NaN",
    b"99999999999999999999", b"null", b"true", b"\r\n", b"PK\5\6", b"PK\1\2", b"\xff" * 8, b" ", b"\\u0000", b"",
)  # fmt: skip
VALUES = (
    None,
    True,
    -1,
    1 << 60,
    1.5,
    "",
    "../x",
    "a\0b",
    "CON",
    "x" * 5000,
    [],
    {},
    [[]],
    "ab" * 32,
    "\ud800",
    "nul.age",
)


def a_manifest():
    inside = Resource("a.csv.age", 9, DIGEST, "full", Plain(3, DIGEST, "c2FsdA=="), ("age1a",))
    clear = Resource("media/호랑이.jpg", 4, DIGEST, "crossing")
    said = {"package": "леопард", "party": "north-reserve", "version": 2, "previous": DIGEST, "created": LONG_AGO}
    return Manifest(**said, resources=(inside, clear), alg=Alg(encryption="age-v1")).to_bytes()


def a_zip():
    file = io.BytesIO()
    with Writer(file) as writer:
        for name, data in (("a.csv", b"abc"), ("b.csv", b""), ("manifest.json", b"{}")):
            writer.begin(name, len(data))
            writer.write(data)
    return file.getvalue()


def mutated(data, draw):
    """Return bytes changed once or twice: a bit, a slice out, a slice twice, something nasty in, or cut."""
    for kind, at, length, what in draw:
        start = at % (len(data) + 1)
        end = start + length % 40
        if kind == 0 and data:
            start %= len(data)
            data = data[:start] + bytes([data[start] ^ (1 << what % 8)]) + data[start + 1 :]
        elif kind == 1:
            data = data[:start] + data[end:]
        elif kind == 2:
            data = data[:end] + data[start:]
        elif kind == 3:
            data = data[:start] + NASTY[what % len(NASTY)] + data[end if what % 2 else start :]
        elif kind == 4:
            data = data[:start]
    return data


def draws(count, seed):
    numbers = np.random.default_rng(seed).integers(0, 1 << 30, (count, 2, 4))
    numbers[:, :, 0] %= 5
    numbers[::2, 1, 0] = 9  # every other one is changed once only
    return numbers.tolist()


def changed(value, draw):
    """Return a value of JSON with one thing in it replaced, left out or added."""
    copy = json.loads(json.dumps(value))
    holders, waiting = [], [copy]
    while waiting:
        each = waiting.pop()
        holders.append(each)
        waiting += [
            inside for inside in (each.values() if isinstance(each, dict) else each) if isinstance(inside, dict | list)
        ]
    kind, at, which, what = draw
    holder = holders[at % len(holders)]
    names = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    if isinstance(holder, dict) and (kind == 0 or not names):
        holder["more" if what % 2 else "path"] = VALUES[what % len(VALUES)]
    elif names and kind == 1:
        del holder[names[which % len(names)]]
    elif names:
        holder[names[which % len(names)]] = VALUES[what % len(VALUES)]
    return copy


def safe(read):
    assert all(refusal(each.path) is None for each in read.resources)
    assert len(read.resources) <= 10


def respelled(data, draw):
    """Return a manifest or a list that is spelled right and says something else; None where JSON cannot say it."""
    try:
        return to_bytes(changed(from_bytes(data, largest=1 << 20), draw))
    except SealError:
        return None


def refused(parse, data):
    try:
        return parse(data)
    except TumenError:
        return None


def zipped(data):
    found = members(io.BytesIO(data))
    assert all(0 <= each.start <= each.end <= len(data) for each in found)


def fuzz_manifests(manifest):
    for draw in draws(30_000, 1):
        refused(lambda data: safe(Manifest.from_bytes(data)), mutated(manifest, draw))
    for draw in draws(13_000, 2):
        refused(lambda data: safe(Manifest.from_bytes(data)), respelled(manifest, draw[0]) or manifest)
    return 43_000


def fuzz_signatures(signature):
    for draw in draws(25_000, 3):
        data = mutated(signature, draw)
        read = refused(Signature.from_bytes, data)
        assert read is None or read.to_bytes() == data
    return 25_000


def fuzz_zips(archive):
    for draw in draws(20_000, 4):
        refused(zipped, mutated(archive, draw))
    return 20_000


def fuzz_lists(listed):
    for draw in draws(6_000, 5):
        refused(TrustList.from_bytes, respelled(listed, draw[0]) or mutated(listed, draw))
    known, both = root("ann", "bob"), signed(listed, "ann", "bob")
    for draw in draws(3_000, 7):
        data = mutated(listed, draw)
        read = refused(lambda data: verify_list(data, both, known, NOW), data)
        assert read is None or data == listed
    return 9_000


def fuzz_verify(manifest, signature):
    whole = {"manifest.json.minisig": Signature.from_bytes(signature)}
    for draw in draws(3_000, 6):
        data = mutated(manifest, draw)
        verified = refused(lambda data: verify_manifest(data, whole, LIST, NOW), data)
        assert verified is None or data == manifest
    return 3_000


@pytest.mark.slow
def test_no_parser_is_surprised():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    manifest = a_manifest()
    signature = signed(manifest, "north-reserve")[0].to_bytes()
    tried = fuzz_manifests(manifest) + fuzz_signatures(signature) + fuzz_zips(a_zip())
    assert tried + fuzz_lists(LIST.to_bytes()) + fuzz_verify(manifest, signature) == 100_000
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000  # kilobytes


@pytest.fixture
def node(tmp_path):
    """A node that trusts the three parties."""
    (tmp_path / "node").mkdir()
    TrustStore(tmp_path / "node").remember(1, LIST.to_bytes(), {})
    return tmp_path / "node"


def files_outside(folder):
    return sorted(
        each for each in folder.rglob("*") if each.is_file() and "node" not in each.relative_to(folder).parts[:1]
    )


@pytest.mark.slow
def test_the_receiver_takes_nothing_that_nobody_sealed(tmp_path, node):
    source = tmp_path / "source"
    source.mkdir()
    said = {"id": "lynx", "tumen": {"party": "north-reserve"}, "licenses": [{"name": "CC0-1.0"}]}
    (source / "datapackage.json").write_text(json.dumps({**said, "resources": [{"name": "a", "path": "a.csv"}]}))
    (source / "a.csv").write_bytes(b"a,b\n1,2\n")
    seal(source, tmp_path / "good.zip", key("north-reserve"), terms=Terms(created=None))
    seal(source, tmp_path / "good", key("north-reserve"))
    good, folder = (tmp_path / "good.zip").read_bytes(), tmp_path / "good"
    parts = {each.name: each.read_bytes() for each in folder.iterdir()}
    here, path = files_outside(tmp_path), tmp_path / "sent.zip"
    for draw in draws(150, 8):
        path.write_bytes(mutated(good, draw))
        if path.read_bytes() != good:
            with pytest.raises(SealError):
                receive(path, node)
    path.unlink()
    sent = tmp_path / "sent"
    for number, draw in enumerate(draws(150, 9)):
        # A party that may sign, and says what no manifest may say.
        data = respelled(parts["manifest.json"], draw[0]) if number % 2 else mutated(parts["manifest.json"], draw)
        if data is None or data == parts["manifest.json"]:
            continue
        sent.mkdir()
        for name, each in parts.items():
            (sent / name).write_bytes(each)
        (sent / "manifest.json").write_bytes(data)
        (sent / "manifest.json.minisig").write_bytes(signed(data, "north-reserve")[0].to_bytes())
        try:
            kept = receive(sent, node)
        except SealError:
            continue
        finally:
            shutil.rmtree(sent)
        assert kept.record.party == "north-reserve"
    assert files_outside(tmp_path) == here
    allowed = {"inbox", "trust", "log.jsonl", "log.head.json"}
    assert {each.name for each in node.iterdir()} <= allowed
    assert not [each.name for each in (node / "inbox").iterdir() if len(each.name) != 64]
