"""A log that was rewritten, cut or put in another order is found."""

import json
from datetime import UTC, datetime

import pytest

from tumen.errors import DigestError, RollbackError
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
