"""Verified, opened, checked, kept, logged; or refused, with nothing kept."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import numpy as np
import pytest
from tests.sharing.parties import NOW, key, party_key, trust_list

from tumen.errors import (
    DigestError,
    ExpiredKeyError,
    FreezeError,
    KeyFileError,
    ManifestError,
    MisuseError,
    MixedPackagesError,
    RevokedKeyError,
    RoleError,
    RollbackError,
    SealError,
    UnknownKeyError,
)
from tumen.files.age_files import new_identity
from tumen.store import log
from tumen.store.trust import TrustStore
from tumen.tasks.package_encrypt import recipients, seal_encrypted
from tumen.tasks.package_receive import holdings, holdings_sha256, open_package, receive, verified_log
from tumen.tasks.package_seal import Terms, seal, verify

SOUTH = new_identity()
LATER = NOW + timedelta(days=30)
DESCRIPTOR = {
    "id": "lynx",
    "name": "lynx",
    "profile": "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2/camtrap-dp-profile.json",
    "tumen": {"party": "north-reserve"},
    "licenses": [{"name": "CC0-1.0"}],
    "resources": [{"name": "deployments", "path": "deployments.csv", "profile": "tabular-data-resource"}],
}
CAMERAS = "deploymentID,latitude,longitude,deploymentStart,deploymentEnd\nd1,43.1,131.2,{start},2014-03-01T00:00:00Z\n"


@pytest.fixture
def lynx(tmp_path):
    """A package folder of north-reserve."""
    folder = tmp_path / "lynx"
    folder.mkdir()
    (folder / "datapackage.json").write_text(json.dumps(DESCRIPTOR))
    (folder / "deployments.csv").write_text(CAMERAS.format(start="2014-01-01T00:00:00Z"))
    (folder / "policy.toml").write_text("secret plans")
    return folder


@pytest.fixture
def node(tmp_path):
    (tmp_path / "node").mkdir()
    listed = trust_list(party_key("north-reserve"), party_key("south-institute", recipient=SOUTH.recipient))
    TrustStore(tmp_path / "node").remember(1, listed.to_bytes(), {})
    return tmp_path / "node"


def sealed(lynx, name, **terms):
    out = lynx.with_name(name)
    seal(lynx, out, key("north-reserve"), terms=Terms(**{"created": NOW, **terms}))
    return out


@pytest.fixture(autouse=True)
def _old_enough(lynx):
    import os

    for each in lynx.iterdir():
        os.utime(each, (NOW.timestamp(), NOW.timestamp()))


def said(node):
    return [(each["what"], each.get("standing") or each.get("error")) for each in log.lines(node)]


def test_a_package_is_kept_with_where_it_came_from(lynx, node):
    received = receive(sealed(lynx, "one.zip"), node, now=LATER)
    record = received.record
    assert (record.party, record.package, record.version, record.signers) == (
        "north-reserve",
        "lynx",
        1,
        ("north-reserve",),
    )
    assert (record.source, record.received_at, record.levels) == ("one.zip", "2026-12-23T06:00:00Z", ("full",))
    assert record.unread is None
    kept = holdings(node)[0]
    assert sorted(each.name for each in kept.data.iterdir()) == ["datapackage.json", "deployments.csv"]
    assert said(node) == [("received", "newest")]
    assert log.verify_log(node) == received.head


def test_errors_in_the_data_mark_a_package_and_do_not_lose_it(lynx, node):
    (lynx / "deployments.csv").write_text(CAMERAS.format(start="in spring"))
    record = receive(sealed(lynx, "one"), node, now=LATER).record
    assert (record.errors > 0, record.sound) == (True, False)
    assert "cell-type" in (holdings(node)[0].data.parent / "findings.csv").read_text()


def test_what_is_no_package_at_all_is_kept_and_said(lynx, node):
    out = sealed(lynx, "one")
    (lynx / "datapackage.json").write_text('{"resources": [], "id": "lynx", "tumen": {"party": "north-reserve"}}')
    assert receive(out, node, now=LATER).record.unread is None
    (lynx / "deployments.csv").unlink()
    record = receive(sealed(lynx, "two", previous=out), node, now=LATER).record
    assert record.unread is not None or record.errors


def test_corrections_supersede_and_remain_in_any_order(lynx, node):
    one = sealed(lynx, "one")
    two = sealed(lynx, "two.zip", previous=one)
    assert receive(two, node, now=LATER).standing == "newest"
    assert receive(one, node, now=LATER).standing == "superseded"
    assert receive(two, node, now=LATER).standing == "known"
    assert [(each.record.version, each.standing) for each in holdings(node)] == [(1, "superseded"), (2, "newest")]
    before = holdings_sha256(node)
    other = lynx.with_name("other")
    (lynx / "deployments.csv").write_text("deploymentID\n")
    seal(lynx, other, key("north-reserve"), terms=Terms(created=NOW, previous=one))
    with pytest.raises(MixedPackagesError):
        receive(other, node, now=LATER)
    assert holdings_sha256(node) == before


def test_what_was_changed_on_the_way_is_refused_and_nothing_kept(lynx, node):
    one = sealed(lynx, "one")
    for first in (True, False):
        (one / "deployments.csv").write_text(CAMERAS.format(start="2014-01-02T00:00:00Z"))
        with pytest.raises(DigestError):
            receive(one, node, now=LATER)
        if first:
            assert holdings(node) == ()
            shutil.rmtree(one)
            receive(sealed(lynx, "one"), node, now=LATER)
    assert [what for what, _ in said(node)] == ["refused", "received", "refused"]
    assert [each.name for each in (node / "inbox").iterdir()] == [holdings(node)[0].record.digest]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"valid_until": NOW}, ExpiredKeyError),
        ({"revoked_on": NOW}, RevokedKeyError),
        ({"roles": ("courier",)}, SealError),
        ({"party": "somebody"}, SealError),
    ],
)
def test_a_key_that_may_not_seal_is_refused(lynx, node, fields, error):
    listed = trust_list(replace(party_key("north-reserve"), **fields), version=2, previous="0" * 64)
    TrustStore(node).remember(2, listed.to_bytes(), {})
    with pytest.raises(error):
        receive(sealed(lynx, "one"), node, now=LATER)
    assert holdings(node) == ()


def test_without_a_fresh_list_nothing_is_received(lynx, node, tmp_path):
    one = sealed(lynx, "one")
    with pytest.raises(FreezeError):
        receive(one, node, now=NOW + timedelta(days=365))
    with pytest.raises(UnknownKeyError, match="a trust list in the node"):
        receive(one, tmp_path / "new", now=LATER)


def test_a_courier_verifies_the_chain_and_reads_nothing(lynx, node):
    to = recipients(["south-institute"], node, now=LATER)
    out = lynx.with_name("one.zip")
    made = seal_encrypted(lynx, out, key("north-reserve"), {"full": to}, terms=Terms(created=NOW))
    assert [each.path for each in made.manifest.resources] == ["datapackage.json.age", "deployments.csv.age"]
    assert made.left_out == ("policy.toml",)
    assert not [each for each in lynx.parent.iterdir() if each.name.startswith(".")]
    assert b"131.2" not in out.read_bytes()
    assert b"secret plans" not in out.read_bytes()
    assert verify(out, trust_list(), now=LATER).signers == ("north-reserve",)
    record = receive(out, node, now=LATER).record
    assert (record.opened, len(record.closed), record.unread) == ((), 2, "closed")


def test_the_recipient_opens_it_and_gets_every_byte(lynx, node):
    out = lynx.with_name("one")
    seal_encrypted(lynx, out, key("north-reserve"), {"full": [SOUTH.recipient]}, terms=Terms(created=NOW))
    record = receive(out, node, identities=[new_identity(), SOUTH], now=LATER).record
    assert (record.opened, record.closed, record.unread) == (("datapackage.json", "deployments.csv"), (), None)
    open_package(node, "lynx", lynx.with_name("opened"))
    for name in record.opened:
        assert (lynx.with_name("opened") / name).read_bytes() == (lynx / name).read_bytes()


def test_files_are_encrypted_by_their_level(lynx, node):
    out = lynx.with_name("one")
    terms = Terms(created=NOW, levels={"datapackage.json": "catalogue"})
    made = seal_encrypted(lynx, out, key("north-reserve"), {"full": [SOUTH.recipient]}, terms=terms)
    assert {each.path: (each.level, each.plain is not None) for each in made.manifest.resources} == {
        "datapackage.json": ("catalogue", False),
        "deployments.csv.age": ("full", True),
    }
    record = receive(out, node, now=LATER).record
    assert (record.closed, record.errors > 0) == (("deployments.csv.age",), True)


def test_the_same_file_has_another_digest_each_time(lynx):
    made = [
        seal_encrypted(lynx, lynx.with_name(name), key("north-reserve"), {"full": [SOUTH.recipient]})
        for name in ("one", "two")
    ]
    first, second = (each.manifest.files["deployments.csv.age"].plain for each in made)
    assert first.size == second.size
    assert first.sha256 != second.sha256


def test_a_sender_who_says_another_file_is_inside_is_found(lynx, node, monkeypatch):
    from tumen.tasks import package_encrypt

    honest = package_encrypt._encrypted
    monkeypatch.setattr(package_encrypt, "_encrypted", lambda *said: replace(honest(*said), sha256="0" * 64))
    out = lynx.with_name("one")
    seal_encrypted(lynx, out, key("north-reserve"), {"full": [SOUTH.recipient]}, terms=Terms(created=NOW))
    with pytest.raises(DigestError, match="the file inside"):
        receive(out, node, identities=[SOUTH], now=LATER)
    assert holdings(node) == ()


def view(folder, **changes):
    """Make a package folder the view that south-institute receives at the level identity."""
    terms = {"level": "identity", "receiver": "south-institute", **changes}
    own = {"party": "north-reserve", "disclosure": terms}
    (folder / "datapackage.json").write_text(json.dumps({**DESCRIPTOR, "tumen": own, "resources": []}))
    (folder / "deployments.csv").unlink()
    return folder


def test_a_view_is_received_as_what_it_is(lynx, node):
    record = receive(sealed(view(lynx), "one"), node, identities=[SOUTH], now=LATER)
    assert (record.record.receiver, record.record.levels) == ("south-institute", ("identity",))
    assert not record.for_another


def test_what_is_for_another_is_said(lynx, node):
    out = sealed(lynx, "one", receiver="south-institute")
    assert receive(out, node, identities=[new_identity()], now=LATER).for_another


@pytest.mark.parametrize(
    ("inside", "signed", "error"),
    [
        ({"receiver": "east"}, {}, ManifestError),
        ({"receiver": None}, {}, SealError),
        ({"level": "full"}, {}, ManifestError),
        ({"level": ["full"]}, {}, SealError),
        ({}, {"party": "south-institute"}, RoleError),
    ],
)
def test_a_package_that_says_other_than_its_manifest_is_refused(lynx, node, monkeypatch, inside, signed, error):
    from tumen.tasks import package_seal

    # A sender whose tool looks at nothing.
    level, receiver = ("identity", "south-institute")
    monkeypatch.setattr(package_seal, "level_of", lambda *said: level)
    monkeypatch.setattr(package_seal, "receiver_of", lambda *said: receiver)
    monkeypatch.setattr(package_seal, "refuse_leaks", lambda folder: None)
    source, out = view(lynx, **inside), lynx.with_name("one")
    owner = signed.get("party", "north-reserve")
    seal(source, out, key(owner), terms=Terms(created=NOW, **signed))
    with pytest.raises(error):
        receive(out, node, identities=[SOUTH], now=LATER)
    assert holdings(node) == ()
    assert said(node)[0][0] == "refused"


def test_who_is_no_recipient_is_refused(lynx, node):
    with pytest.raises(KeyFileError):
        recipients(["south-institute"])
    with pytest.raises(UnknownKeyError):
        recipients(["north-reserve"], node, now=LATER)
    with pytest.raises(SealError):
        seal_encrypted(lynx, lynx.with_name("one"), key("north-reserve"), {"full": ["age1x"]})
    assert not lynx.with_name("one").exists()


def test_what_was_not_received_cannot_be_opened(lynx, node, tmp_path):
    receive(sealed(lynx, "one"), node, now=LATER)
    with pytest.raises(MisuseError, match="lynx"):
        open_package(node, "linx", tmp_path / "out")
    with pytest.raises(MisuseError):
        open_package(node, "lynx", tmp_path / "out", version=2)


def test_what_was_kept_and_not_written_down_is_written_down_next_time(lynx, node):
    one = sealed(lynx, "one")
    log.begin(node)
    before = (node / log.HEAD).read_bytes()
    receive(one, node, now=LATER)
    (node / log.LOG).unlink()
    (node / log.HEAD).write_bytes(before)
    assert receive(one, node, now=LATER).standing == "known"
    assert said(node) == [("found", None)]
    assert receive(one, node, now=LATER).head.lines == 1


@pytest.mark.parametrize("gone", ["head", "log and head", "head and lines", "inbox"])
def test_a_log_that_was_cut_or_an_inbox_that_was_emptied_is_refused(lynx, node, gone):
    one = sealed(lynx, "one")
    two = sealed(lynx, "two", previous=one)
    log.begin(node)
    empty = (node / log.HEAD).read_bytes()
    receive(one, node, now=LATER)
    receive(two, node, now=LATER)
    if gone == "inbox":
        shutil.rmtree(holdings(node)[1].data.parent)
    else:
        (node / log.HEAD).unlink()
    if "lines" in gone:
        (node / log.LOG).write_bytes(b"")
        (node / log.HEAD).write_bytes(empty)
    if "log" in gone:
        (node / log.LOG).unlink()
    with pytest.raises(RollbackError):
        verified_log(node)
    with pytest.raises(RollbackError):
        receive(two, node, now=LATER)


NASTY = (None, True, -1, 1e308, "", "x" * 5000, [], {}, [[]], {"a": []}, "\u0000", "../../etc", "http://x/y",
         10**400, "hex", "undefined", "Asia/../x", "/dev/zero", ["a", 1])  # fmt: skip


def spots(value, path=()):
    for name, inside in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, name)
        if isinstance(inside, dict | list):
            yield from spots(inside, (*path, name))


def test_no_contents_that_somebody_signed_keep_others_out(lynx, node):
    random = np.random.default_rng(9)
    first = {**DESCRIPTOR["resources"][0], "encoding": "utf-8", "dialect": {"delimiter": ","}}
    whole = {**DESCRIPTOR, "created": "2014-01-01T00:00:00Z", "project": {"title": "x"}, "resources": [first]}
    every = list(spots(whole))
    chosen = [(("resources", 0, "encoding"), "\u0000"), (("resources", 0, "encoding"), "hex")]
    chosen += [(("resources", 0, "path"), "x" * 5000), (("resources", 0, "path"), "a\u0000b")]
    chosen += [(every[random.integers(len(every))], NASTY[random.integers(len(NASTY))]) for _ in range(36)]
    out = lynx.with_name("p")
    made = seal(lynx, out, key("north-reserve"), terms=Terms(created=NOW))
    for number, (path, value) in enumerate(chosen):
        changed = json.loads(json.dumps(whole))
        holder = changed
        for name in path[:-1]:
            holder = holder[name]
        holder[path[-1]] = value
        signed_anew(made.manifest, out, f"p{number}", json.dumps(changed).encode())
        try:
            receive(out, node, now=LATER)
        except SealError:
            # Refused, as one whose own party differs is; the log says so and the next is read.
            continue
    assert receive(sealed(lynx, "last"), node, now=LATER).record.unread is None
    assert len(holdings(node)) > 25
    assert verified_log(node).lines == 41


def signed_anew(manifest, out, name, data):
    """Put another description into a sealed folder and sign that, as nobody's program would."""
    (out / "datapackage.json").write_bytes(data)
    listed = [
        replace(each, size=len(data), sha256=sha256(data).hexdigest()) if each.path == "datapackage.json" else each
        for each in manifest.resources
    ]
    spelled = replace(manifest, package=name, resources=tuple(listed)).to_bytes()
    (out / "manifest.json").write_bytes(spelled)
    (out / "manifest.json.minisig").write_bytes(key("north-reserve").sign(spelled, "x").to_bytes())


def test_behind_a_log_that_was_changed_nothing_is_received(lynx, node):
    one = sealed(lynx, "one")
    two = sealed(lynx, "two", previous=one)
    receive(one, node, now=LATER)
    (node / log.LOG).write_bytes((node / log.LOG).read_bytes().replace(b'"errors":', b'"errorz":'))
    with pytest.raises(DigestError, match="a log"):
        receive(two, node, now=LATER)
    assert [each.record.version for each in holdings(node)] == [1]
