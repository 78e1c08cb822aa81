"""A log that was rewritten, cut or put in another order is found."""

import json
from datetime import UTC, datetime

import pytest

from tumen.errors import DigestError, RollbackError, SealError
from tumen.store import log

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def node(tmp_path):
    for number in range(4):
        log.append(tmp_path, {"what": "received", "package": f"p\u2028{number}", "files": number}, NOW)
    return tmp_path


def rewrite(node, change):
    path = node / log.LOG
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(change(lines)))


def test_a_whole_log_says_what_happened(node):
    head = log.verify_log(node)
    assert (head.lines, head.size) == (4, (node / log.LOG).stat().st_size)
    assert [each["files"] for each in log.lines(node)] == [0, 1, 2, 3]
    assert (node / log.LOG).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda lines: [lines[0], lines[1].replace(b'"files":1', b'"files":7'), *lines[2:]], DigestError),
        (lambda lines: [*lines[:3], lines[3].replace(b'"files":3', b'"files":7')], DigestError),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], DigestError),
        (lambda lines: [lines[0], *lines[2:]], DigestError),
        (lambda lines: lines[1:], DigestError),
        (lambda lines: lines[:3], RollbackError),
        (lambda _: [], RollbackError),
        (lambda lines: [lines[0], *lines], DigestError),
        (lambda lines: [*lines[:3], b"[" * 2000 + b"\n" + lines[3]], DigestError),
    ],
)
def test_what_was_done_to_a_log_is_found(node, change, error):
    rewrite(node, change)
    with pytest.raises(error):
        log.verify_log(node)


def test_nothing_is_added_behind_a_log_that_was_cut(node):
    rewrite(node, lambda lines: lines[:2])
    with pytest.raises(RollbackError):
        log.append(node, {"what": "received"}, NOW)


def test_a_log_and_its_head_rewritten_together_differ_from_a_head_that_was_noted(node, tmp_path_factory):
    noted = log.verify_log(node)
    other = tmp_path_factory.mktemp("other")
    for _ in range(5):
        log.append(other, {"what": "received"}, NOW)
    assert log.verify_log(other).lines == 5
    with pytest.raises(DigestError):
        log.verify_log(other, noted)
    assert log.verify_log(node, noted) == noted


def test_a_line_that_power_cut_short_is_cut_and_told(node):
    with (node / log.LOG).open("ab") as file:
        file.write(b'{"what":"rec')
    assert log.verify_log(node).lines == 4
    log.append(node, {"what": "received"}, NOW)
    assert json.loads((node / log.LOG).read_bytes().splitlines()[-1])["torn"] == 12
    assert log.verify_log(node).lines == 5


def test_a_line_whose_head_was_not_written_any_more_counts(node):
    before = (node / log.HEAD).read_bytes()
    log.append(node, {"what": "received", "files": 9}, NOW)
    (node / log.HEAD).write_bytes(before)
    assert log.append(node, {"what": "received"}, NOW).lines == 6
    assert log.verify_log(node).lines == 6


def test_a_log_whose_head_is_gone_is_refused(node):
    (node / log.HEAD).unlink()
    rewrite(node, lambda lines: lines[:2])
    with pytest.raises(RollbackError, match="head"):
        log.verify_log(node)
    with pytest.raises(RollbackError, match="head"):
        log.append(node, {"what": "received"}, NOW)


def test_the_head_is_there_before_the_first_line(tmp_path):
    log.begin(tmp_path)
    assert log.verify_log(tmp_path) == log.Head()
    assert log.begun(tmp_path)


@pytest.mark.parametrize("name", [log.LOG, log.HEAD])
def test_a_log_that_is_a_link_is_refused(node, tmp_path_factory, name):
    moved = tmp_path_factory.mktemp("elsewhere") / name
    (node / name).rename(moved)
    (node / name).symlink_to(moved)
    before = moved.read_bytes()
    for act in (log.verify_log, lambda folder: log.append(folder, {"what": "received"}, NOW)):
        with pytest.raises(SealError, match="symbolic link"):
            act(node)
    assert moved.read_bytes() == before


def test_a_node_that_others_can_write_is_refused(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o770)
    with pytest.raises(SealError, match="chmod"):
        log.append(tmp_path / "shared", {"what": "received"}, NOW)
    assert list((tmp_path / "shared").iterdir()) == []
    log.append(tmp_path / "new", {"what": "received"}, NOW)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
