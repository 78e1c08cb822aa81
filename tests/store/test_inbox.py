"""What was received stays as it came."""

from dataclasses import replace

import pytest

from tumen.errors import DigestError, SealError
from tumen.store.inbox import Inbox, Record
from tumen.store.trust import TrustStore

RECORD = Record(
    party="north-reserve",
    package="lynx",
    version=1,
    digest="a" * 64,
    previous=None,
    receiver=None,
    created="2026-11-23T06:00:00Z",
    levels=("full",),
    signers=("north-reserve",),
    source="stick",
    received_at="2026-11-23T06:00:00Z",
)


def arrive(inbox, record, text=b"a"):
    with inbox.arriving() as part:
        (part / "data" / "a.csv").write_bytes(text)
        return inbox.keep(part, record)


def test_a_package_is_kept_once_and_never_changed(tmp_path):
    inbox = Inbox(tmp_path)
    assert arrive(inbox, RECORD)
    assert not arrive(inbox, replace(RECORD, source="mail"), b"other")
    assert inbox.records() == (RECORD,)
    file = inbox.data(RECORD.digest) / "a.csv"
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"a", 0o400)
    assert [each.name for each in (tmp_path / "inbox").iterdir()] == [RECORD.digest]


def test_nothing_is_left_of_what_did_not_arrive(tmp_path):
    inbox = Inbox(tmp_path)
    with pytest.raises(ZeroDivisionError), inbox.arriving():
        _ = 1 / 0
    assert list((tmp_path / "inbox").iterdir()) == []
    assert inbox.records() == ()


@pytest.mark.parametrize("digest", ["../../etc", "A" * 64, "a" * 63, "", "a" * 64 + "\n"])
def test_no_path_leads_outside(tmp_path, digest):
    with pytest.raises(DigestError):
        Inbox(tmp_path).data(digest)


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"[" * 3000, b'{"party":1}'])
def test_a_damaged_record_is_said(tmp_path, text):
    inbox = Inbox(tmp_path)
    arrive(inbox, RECORD)
    file = tmp_path / "inbox" / RECORD.digest / "record.json"
    file.chmod(0o600)
    file.write_bytes(text)
    with pytest.raises(DigestError):
        inbox.records()


def test_the_newest_list_is_remembered_and_none_replaced(tmp_path):
    store = TrustStore(tmp_path)
    assert store.newest() is None
    store.remember(2, b"second", {"trust.json.AA.minisig": b"s"})
    store.remember(10, b"tenth", {})
    store.remember(2, b"other", {})
    assert (store.newest().version, store.newest().data) == (10, b"tenth")
    assert (tmp_path / "trust" / "0000000002" / "trust.json").read_bytes() == b"second"
    with pytest.raises(SealError):
        store.remember(11, b"x", {"../trust.json.minisig": b"s"})


@pytest.mark.parametrize("name", ["inbox", f"inbox/{RECORD.digest}", f"inbox/{RECORD.digest}/data"])
def test_an_inbox_that_is_a_link_is_not_followed(tmp_path, name):
    inbox = Inbox(tmp_path / "node")
    (tmp_path / "node").mkdir()
    arrive(inbox, RECORD)
    (tmp_path / "node" / name).rename(tmp_path / "elsewhere")
    (tmp_path / "node" / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SealError, match="symbolic link"):
        inbox.data(RECORD.digest)
    with pytest.raises(SealError, match="symbolic link"):
        arrive(inbox, RECORD)
