"""Which trust list was the newest?  Every list that a node took in, by version, with its signatures.

The newest one is the one that holds. Older ones stay, to show later what was trusted when. The store does not judge: it
keeps what `tumen.sharing.trust` verified.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tumen.errors import SealError
from tumen.store.disk import new_folder, private_folder, read_small, unlinked, write_whole

FOLDER = "trust"
_LIST = "trust.json"
_LARGEST = 4 << 20


@dataclass(frozen=True)
class Remembered:
    """A list that was taken in: its version and its bytes."""

    version: int
    data: bytes


class TrustStore:
    """The lists of one node, below its folder."""

    def __init__(self, node: Path) -> None:
        """Nothing is read or written yet."""
        self._folder = node / FOLDER

    def newest(self) -> Remembered | None:
        """Return the newest list; None where none was taken in yet."""
        versions = self._versions()
        if not versions:
            return None
        return Remembered(versions[-1], read_small(self._folder / _name(versions[-1]) / _LIST, _LARGEST))

    def remember(self, version: int, data: bytes, signatures: Mapping[str, bytes]) -> None:
        """Keep a list that was verified, with its signatures by file name. A version that is kept is never replaced."""
        if version in self._versions():
            return
        private_folder(self._folder)
        if any(not name.startswith(f"{_LIST}.") or "/" in name or "\\" in name for name in signatures):
            raise SealError("signatures of the trust list", "another file", "Name its signatures trust.json.*.minisig.")
        with new_folder(self._folder) as part:
            for name, each in {**signatures, _LIST: data}.items():
                write_whole(part / name, each)
            part.rename(self._folder / _name(version))

    def _versions(self) -> list[int]:
        if not unlinked(self._folder).is_dir():
            return []
        names = (each.name for each in self._folder.iterdir())
        return sorted(int(name) for name in names if name.isascii() and name.isdigit())


def _name(version: int) -> str:
    return f"{version:010d}"
