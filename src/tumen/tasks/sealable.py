"""What of a folder may be sealed: what the package says of itself, strictly read, and no file that stays at home."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from tumen.errors import ExtraFileError, SealError, Text
from tumen.files.archive import DESCRIPTOR, Folder, UnreadableError
from tumen.files.descriptor import read_descriptor
from tumen.files.sealing import to_seal
from tumen.files.text_table import read_text_table
from tumen.sharing.ledger import RELEASES
from tumen.sharing.levels import CATEGORIES, COLUMN_CLASSES, LEVELS, Grant
from tumen.tables.file_names import shown

HEAD = 1 << 16
"""Bytes of a file that are looked at for a key."""

FARTHEST = 40_100_000
"""Metres around the Earth: no step is as long."""

_ANEW = "Make the view anew with tumen package disclose."
_HOME = "Keep it outside the package folder, and seal again."
_SECRET, _AGE = b"tumen secret of pseudonyms/", b"age-encryption.org/v1"
_WITHIN = (b"AGE-SECRET-KEY-", b"PRIVATE KEY-----")
_KEY_LINES = (b"RWRTY0Iy", b"RWQAAEIy")
"""How the second line of minisign's secret keys begins: with a password, and without."""


def stated_grant(folder: Path) -> Grant | None:
    """Return the grant that a package folder says it was made by; None where it is no view. Raises `SealError`."""
    return grant_in(read_descriptor(Folder(folder, DESCRIPTOR)))


def grant_in(descriptor: Mapping[str, Any]) -> Grant | None:
    """Return the grant that a descriptor states; raise `SealError` for one that cannot be understood in full.

    What is not said is the least that can be granted.

    >>> grant_in({"tumen": {"disclosure": {"level": "crossing", "receiver": "south"}}}).level
    'crossing'
    >>> grant_in({"tumen": {"party": "north"}}) is None
    True
    """
    own = descriptor.get("tumen", {})
    if not isinstance(own, dict):
        raise _unread("tumen")
    if own.get("disclosure") is None:
        names = [str(descriptor.get(key, "")) for key in ("id", "name")]
        if any(name.startswith("view-") for name in names):
            needed = "a view that says its level and its receiver"
            raise SealError(needed, "a package named like a view that says neither", _ANEW)
        return None
    said = own["disclosure"]
    level = said.get("level") if isinstance(said, dict) else None
    if not isinstance(level, str) or level not in LEVELS:
        needed = Text("one of the levels {levels} in datapackage.json", levels=", ".join(LEVELS))
        raise SealError(needed, "another word, or none", _ANEW)
    receiver = said.get("receiver")
    if not isinstance(receiver, str) or not receiver.strip():
        raise _unread("receiver")
    columns = _classes(said, "columns")
    return Grant(
        receiver=receiver,
        level=level,
        columns=columns - {"text"},
        text="text" in columns,
        until=_day(said.get("until")),
        category=_category(said.get("category")),
        step=_step(said.get("borderStep")),
        denied=_classes(said, "denied"),
    )


def _classes(said: Mapping[str, Any], key: str) -> frozenset[str]:
    given = said.get(key, [])
    if not isinstance(given, list) or any(each not in COLUMN_CLASSES for each in given):
        raise _unread(key)
    return frozenset(given)


def _day(value: Any) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise _unread("until") from error


def _category(value: Any) -> int:
    if value is None:
        # Below `generalised` there are no cells.
        return CATEGORIES[0]
    if not isinstance(value, int) or isinstance(value, bool) or value not in CATEGORIES:
        raise _unread("category")
    return value


def _step(value: Any) -> float:
    if value is None:
        return Grant("", "nothing").step
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < FARTHEST:
        raise _unread("borderStep")
    return float(value)


def _unread(key: str) -> SealError:
    needed = Text("terms of a view that can be read in datapackage.json: {key}", key=key)
    return SealError(needed, "another value, or none", _ANEW)


def refuse_strangers(folder: Path) -> None:
    """Refuse a folder with a key, a secret or a ledger in it, or with a file that the package does not name.

    Raises `SealError`, or `ExtraFileError`, which names the first such file and counts them.
    """
    descriptor = read_descriptor(Folder(folder, DESCRIPTOR))
    files = to_seal(folder)[0].sizes
    for path in files:
        what = _secret(folder / path)
        if what is not None:
            raise SealError("files that may leave", Text("{path}: {what}", path=shown(path), what=what), _HOME)
    named = {DESCRIPTOR, *_resources(descriptor)}
    others = sorted(set(files) - named)
    if others:
        others = sorted(set(others) - _pictures(folder, named & set(files)))
    if others:
        found = Text("{path}, of {count} that it does not name", path=shown(others[0]), count=len(others))
        cure = "List it among the resources or the media, or keep it outside the package folder."
        raise ExtraFileError("files that datapackage.json or a table of the package names", found, cure)


def _secret(path: Path) -> Text | None:
    """Return what a file is that never leaves; None where it may."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    lines = [line.strip() for line in start.splitlines()]
    first = lines[0] if lines else b""
    if first.startswith(_SECRET):
        return Text("the secret of your pseudonyms")
    if {name.encode() for name in RELEASES} <= {cell.strip(b' "') for cell in first.split(b",")}:
        return Text("the ledger of your releases")
    comment = first.startswith(b"untrusted comment:") and b"secret key" in first and b"signature from" not in first
    if comment or any(line.startswith(_KEY_LINES) for line in lines) or any(each in head for each in _WITHIN):
        return Text("a secret key")
    # What is encrypted already may be a key with a password: nobody can look inside.
    if first.startswith((_AGE, b"-----BEGIN AGE ENCRYPTED FILE-----")):
        return Text("a file that is encrypted already")
    return None


def _resources(descriptor: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for each in descriptor["resources"]:
        given = each.get("path") if isinstance(each, dict) else None
        found.update(_plain(path) for path in (given if isinstance(given, list) else [given]) if isinstance(path, str))
    return found


def _plain(path: str) -> str:
    return PurePosixPath(path).as_posix()


def _pictures(folder: Path, tables: Collection[str]) -> set[str]:
    """Return the files that tables of the package name in their column filePath."""
    found: set[str] = set()
    for name in tables:
        if PurePosixPath(name).suffix.lower() not in (".csv", ".tsv", ".gz"):
            continue
        try:
            text, _ = read_text_table(Folder(folder, DESCRIPTOR).read(name), name=name)
        except UnreadableError:
            # What cannot be read names nothing.
            continue
        if "filePath" in text.columns:
            found.update(_plain(path) for path in text["filePath"].drop_nulls().unique())
    return found
