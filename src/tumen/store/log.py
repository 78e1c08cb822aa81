"""What happened here?  A log that cannot be rewritten unseen: every line holds the SHA-256 of the line before.

The log is `log.jsonl`, a line of JSON for each thing that happened. Beside it, `log.head.json` holds the number of
lines and the digest of the last one: a log that was cut shows against it. The head is there before the first line, so
that a log without one is refused. Whoever can write both can still replace the
whole; who notes the head elsewhere (it is printed after every receipt) finds that too: `verify_log(folder, head)`.
"""

import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from tumen.errors import DigestError, RollbackError, Text
from tumen.store.disk import explained, private_folder, read_small, unlinked, write_whole

LOG, HEAD = "log.jsonl", "log.head.json"
START = "0" * 64
"""What the first line holds for the line before."""

Value = str | int | None | list[str]
_LARGEST = 1 << 30
_CURE = "Keep the log as it is for an inquiry, and ask the other parties which packages they sent."


@dataclass(frozen=True)
class Head:
    """How far a log has come: its lines, its bytes, and the SHA-256 of its last line."""

    lines: int = 0
    size: int = 0
    digest: str = START


def append(folder: Path, said: Mapping[str, Value], now: datetime) -> Head:
    """Add a line with what is said, its number, the instant and the digest of the line before; return the new head.

    Let one process do so at a time. What a line lost its end to (power went away while it was written) was never
    confirmed: it is cut, and the next line says how many bytes went (`torn`).
    """
    begin(folder)
    head = _head(folder)
    torn = 0
    for line in _lines(_tail(folder, head)):
        if not line.endswith(b"\n"):
            torn = len(line)
            break
        head = _after(head, line)
    more: dict[str, Value] = {"torn": torn} if torn else {}
    kept = {**said, **more, "number": head.lines + 1, "at": f"{now:%Y-%m-%dT%H:%M:%SZ}", "before": head.digest}
    line = _spelled(kept)
    with explained("the log"):
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(unlinked(folder / LOG), flags, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            file.truncate(head.size)
            file.seek(head.size)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    head = _after(head, line)
    write_whole(folder / HEAD, _spelled(asdict(head)))
    return head


def begin(folder: Path) -> None:
    """Write the head of a log without lines, where there is neither; do so before anything is kept that it tells of."""
    private_folder(folder)
    if not begun(folder):
        _head(folder)
        write_whole(folder / HEAD, _spelled(asdict(Head())))


def begun(folder: Path) -> bool:
    """Say whether the log has a head."""
    return unlinked(folder / HEAD).exists()


def verify_log(folder: Path, noted: Head | None = None) -> Head:
    """Return the head of a whole log; raise `DigestError` if it was changed, `RollbackError` if it was cut.

    `noted` is a head that was written down earlier.
    """
    kept = _head(folder)
    head = Head()
    due = {each.lines: each for each in (kept, noted) if each is not None and each.lines}
    for line in _lines(_tail(folder, head)):
        if not line.endswith(b"\n"):
            break
        head = _after(head, line)
        if head.lines in due and due.pop(head.lines).digest != head.digest:
            raise _changed(head.lines)
    if due:
        needed = Text("a log of {lines} lines or more", lines=max(due))
        raise RollbackError(needed, f"{head.lines}", _CURE)
    return head


def lines(folder: Path) -> Iterator[Mapping[str, Value]]:
    """Yield what the log says, oldest first, as far as it was confirmed."""
    for line in _lines(_tail(folder, Head())):
        if line.endswith(b"\n"):
            yield _read(line, 0)


def _after(head: Head, line: bytes) -> Head:
    """Return the head after a line; raise `DigestError` unless it follows."""
    said = _read(line, head.lines + 1)
    if said.get("before") != head.digest or said.get("number") != head.lines + 1 or _spelled(said) != line:
        raise _changed(head.lines + 1)
    return Head(head.lines + 1, head.size + len(line), hashlib.sha256(line).hexdigest())


def _read(line: bytes, number: int) -> Mapping[str, Value]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise _changed(number)
    return said


def _changed(number: int) -> DigestError:
    return DigestError("a log as it was written", Text("another line {number}", number=number), _CURE)


def _head(folder: Path) -> Head:
    if not begun(folder):
        if unlinked(folder / LOG).exists() and (folder / LOG).stat().st_size:
            raise RollbackError("the head of the log", "none beside a log with lines", _CURE)
        return Head()
    said = _read(read_small(folder / HEAD, 4096), 0)
    lines, size, digest = said.get("lines"), said.get("size"), said.get("digest")
    if not isinstance(lines, int) or not isinstance(size, int) or not isinstance(digest, str):
        raise _changed(0)
    return Head(lines, size, digest)


def _tail(folder: Path, head: Head) -> bytes:
    """Return what stands in the log behind a head; raise `RollbackError` where there is less than the head says."""
    path = unlinked(folder / LOG)
    data = read_small(path, _LARGEST) if path.exists() else b""
    if len(data) < head.size:
        raise RollbackError(Text("a log of {lines} lines or more", lines=head.lines), "fewer", _CURE)
    if head.size and hashlib.sha256(_last(data[: head.size])).hexdigest() != head.digest:
        raise _changed(head.lines)
    return data[head.size :]


def _last(data: bytes) -> bytes:
    return data[data.rfind(b"\n", 0, len(data) - 1) + 1 :]


def _lines(data: bytes) -> Iterator[bytes]:
    # Only at line feeds: `splitlines` would also part lines elsewhere.
    yield from io.BytesIO(data)


def _spelled(said: Mapping[str, Value]) -> bytes:
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()
