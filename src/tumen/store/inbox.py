"""What was received?  Packages as they came, each under the SHA-256 of its manifest, never changed afterwards.

    inbox/DIGEST/seal/       the manifest, its signatures, and the files that are still encrypted
    inbox/DIGEST/data/       the package as it can be read: files that came in the clear, and those that were decrypted
    inbox/DIGEST/record.json where it came from, who signed it, when, and what the checks found
    inbox/DIGEST/findings.csv

What came twice is kept once. A correction is another package; the one it supersedes stays.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tumen.errors import DigestError, Text
from tumen.store.disk import explained, new_folder, private_folder, read_small, unlinked, write_whole

FOLDER, SEAL, DATA = "inbox", "seal", "data"
RECORD, FINDINGS = "record.json", "findings.csv"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LARGEST = 64 << 20


@dataclass(frozen=True, kw_only=True)
class Record:
    """Where a package came from: what its manifest says, who signed it, and how it was received.

    `source` is the name of the folder or file it came in, `received_at` an instant (UTC). `opened` are the files that
    were decrypted, `closed` those that could not be (names without folder of the node). `errors`, `warnings` and
    `notes` count findings; `unread` says why the package could not be checked (null: it was).
    """

    party: str
    package: str
    version: int
    digest: str
    previous: str | None
    receiver: str | None
    created: str
    levels: tuple[str, ...]
    signers: tuple[str, ...]
    source: str
    received_at: str
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    errors: int = 0
    warnings: int = 0
    notes: int = 0
    unread: str | None = None

    @property
    def sound(self) -> bool:
        """Whether it was checked and has no errors."""
        return self.unread is None and not self.errors


class Inbox:
    """The packages of one node, below its folder."""

    def __init__(self, node: Path) -> None:
        """Nothing is read or written yet."""
        self._folder = node / FOLDER

    def records(self) -> tuple[Record, ...]:
        """Return every package that was received, by party, package, version and digest."""
        if not unlinked(self._folder).is_dir():
            return ()
        names = (each.name for each in self._folder.iterdir() if _DIGEST.fullmatch(each.name))
        found = (self.record(name) for name in names)
        return tuple(sorted(found, key=lambda each: (each.party, each.package, each.version, each.digest)))

    def record(self, digest: str) -> Record:
        """Return the record of a package that is there."""
        said = _read(read_small(self._place(digest) / RECORD, _LARGEST))
        if said.digest != digest:
            raise _damaged()
        return said

    def data(self, digest: str) -> Path:
        """Return the folder of what can be read of a package."""
        return self._place(digest) / DATA

    def seal(self, digest: str) -> Path:
        """Return the folder of the manifest, its signatures and what is still encrypted."""
        return self._place(digest) / SEAL

    @contextmanager
    def arriving(self) -> Iterator[Path]:
        """Yield a new folder with empty folders `seal` and `data`; it is removed unless `keep` put it in its place."""
        private_folder(self._folder)
        with new_folder(self._folder) as part:
            with explained("the inbox"):
                (part / SEAL).mkdir()
                (part / DATA).mkdir()
            yield part

    def keep(self, part: Path, record: Record, findings: bytes = b"") -> bool:
        """Put what arrived in its place; say whether it was new. What is there already stays as it is."""
        target = self._place(record.digest)
        if target.exists():
            return False
        write_whole(part / FINDINGS, findings)
        write_whole(part / RECORD, _spelled(record))
        with explained("the inbox"):
            for file in part.rglob("*"):
                if file.is_file():
                    file.chmod(0o400)
            part.rename(target)
        return True

    def _place(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise DigestError("the SHA-256 of a manifest", "something else", "List them: tumen package open.")
        place = unlinked(self._folder) / digest
        for each in (place, place / SEAL, place / DATA):
            unlinked(each)
        return place


def _spelled(record: Record) -> bytes:
    return (json.dumps(asdict(record), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


_TUPLES = ("levels", "signers", "opened", "closed")


def _read(data: bytes) -> Record:
    try:
        said: Mapping[str, Any] = json.loads(data)
        if said.keys() != {each.name for each in fields(Record)}:
            raise ValueError
        return Record(**{**said, **{name: tuple(said[name]) for name in _TUPLES}})
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged() from error


def _damaged() -> DigestError:
    cure = "Keep it for an inquiry; ask its party to send the package again, into another node."
    return DigestError("a record as it was written", Text("another one"), cure)
