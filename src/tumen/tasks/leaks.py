"""Look at a view before it leaves: as its maker, with the exact data beside it, and again before it is sealed."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from tumen.errors import SealError, Text
from tumen.sharing.leaks import Around, leaks, seen_leaks
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import Grant
from tumen.tables import findings
from tumen.tables.package import Package
from tumen.tasks.area import Area
from tumen.tasks.entries import PackageEntry
from tumen.tasks.packages import read_package
from tumen.tasks.sealable import stated_grant

PICTURES = ("media", "portraits")
"""Folders of a view with its pictures."""


def leaks_of(view: Package, grant: Grant, owner: tuple[Package, Ledger], area: Area | None) -> pl.DataFrame:
    """Return findings on a view that is about to be written; `owner`: its package, and its ledger with this release."""
    truth, ledger = owner
    around = Around(locate=area.locate if area is not None else None)
    return leaks(view, grant, truth=truth, ledger=ledger, around=around)


def refuse_leaks(folder: Path) -> None:
    """Raise `SealError` where a folder that says it is a view below `full` holds what such a view does not.

    The owner's data are not beside it here, so only what shows by itself is found. Terms of a view that cannot be
    understood, and a view without terms, are refused too.
    """
    grant = stated_grant(folder)
    if grant is None or grant.level in ("full", "nothing"):
        return
    view = read_package(PackageEntry(path=folder))
    found = findings.errors(seen_leaks(view, grant, _files(folder)))
    if found.height:
        codes = ", ".join(found["code"].unique().sort())
        needed = Text("a view that gives no more than its level, {level}", level=grant.level)
        raise SealError(needed, Text("{codes}", codes=codes), "Make it anew with tumen package disclose.")


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for name in PICTURES:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path.read_bytes()
