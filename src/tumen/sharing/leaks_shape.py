"""Has every table of a view the form of its level? Tables, columns, names, times, order, and the text to be written."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from tumen.sharing.choose import OWN_WORDS, WHOSE, allowed, granted
from tumen.sharing.classes import GRANTABLE, Kept
from tumen.sharing.generalise import first_of, last_day_of, last_second_of
from tumen.sharing.kept import FROM
from tumen.sharing.leaks_texts import KEYED, KEYED_PATH
from tumen.sharing.levels import Grant, at_most
from tumen.sharing.view import PLACES, WITHHELD
from tumen.tables.cast import to_text
from tumen.tables.findings import empty, finding
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.schema import OFFSET, Column, Kind, Table

MINE = {animal: party for party, animal in WHOSE.items()}
"""Columns with names of a party, and the column that says whose, in `OWN_WORDS`."""
PICTURES = ("image/jpeg", "image/png")


def shape_leaks(disclosed: Package, grant: Grant) -> Iterator[pl.DataFrame]:
    """Return findings on tables and columns that do not have the form of the level."""
    for name, frame in disclosed.tables.items():
        kept = _kept(name, grant)
        if kept is None or name not in TABLES:
            # Without rows it tells nothing; the standard wants its three tables.
            if frame.height:
                yield finding("leak-table", table=name, count=frame.height)
            continue
        table = TABLES[name]
        for extra in _undeclared(table, kept, frame, disclosed.received.get(name)):
            yield finding("leak-column-undeclared", table=name, column=extra)
        yield from _columns(table, frame, kept, _Asked(grant, disclosed.party))
        yield _written(table, frame, disclosed.received)
        yield _order(table, frame)


class _Asked:
    """What the columns are judged by."""

    def __init__(self, grant: Grant, party: str) -> None:
        self.grant, self.party = grant, party
        self.placed = at_most("generalised", grant.level)
        self.period = "month" if self.placed else "year"

    def frees(self, what: str) -> bool:
        return what in GRANTABLE and granted(GRANTABLE[what], self.grant)


def _kept(name: str, grant: Grant) -> Kept | None:
    """Return what a table lets out; what the owner derives leaves with what it is derived from."""
    if name in FROM or name == "holdings":
        return allowed(name, replace(grant, tables=None))
    return allowed(name, grant)


def _undeclared(table: Table, kept: Kept, frame: pl.DataFrame, received: pl.DataFrame | None) -> list[str]:
    offsets = {column.name + OFFSET for column in table.columns if column.kind is Kind.DATETIME}
    declared = set(table.names) & kept.columns.keys()
    extra = [name for name in frame.columns if name not in declared and name not in offsets]
    return sorted(
        {*extra, *(name for name in (received.columns if received is not None else ()) if name not in declared)}
    )


def _columns(table: Table, frame: pl.DataFrame, kept: Kept, asked: _Asked) -> Iterator[pl.DataFrame]:
    """Return findings on columns with cells that their class does not let out, each with the first row of them."""
    if frame.is_empty():
        return
    judged = [(c.name, *_broken(table, c, kept, asked)) for c in table.columns if c.name in frame.columns]
    counts = frame.select(bad.fill_null(False).sum().alias(name) for name, bad, _ in judged).row(0)
    for (name, bad, code), count in zip(judged, counts, strict=True):
        if count:
            row = int(frame.select(bad.fill_null(False).arg_max()).item()) + 2
            more = {"period": asked.period} if code == "leak-instant" else {}
            yield finding(code, table=table.name, row=row, column=name, count=int(count), **more)


def _broken(table: Table, column: Column, kept: Kept, asked: _Asked) -> tuple[pl.Expr, str]:
    """Return which cells are too much, and the code that says so."""
    name, what = column.name, kept.columns.get(column.name, "detail")
    cell = pl.col(name)
    if name == "filePath":
        return ~cell.str.contains(KEYED_PATH), "leak-column-withheld"
    if name == "fileMediatype":
        return ~cell.is_in([*PICTURES, WITHHELD]), "leak-column-withheld"
    if what in ("fact", "country", "genotype") or asked.frees(what):
        return pl.lit(value=False), "leak-column-withheld"
    if what in ("start", "end", "time", "judged"):
        return _too_exact(column, what, asked.period), "leak-instant"
    hidden = what == "key" and kept.kinds[name] in PLACES and not asked.placed
    if what in ("key", "animal") and not hidden:
        keyed = cell.str.contains(KEYED) | (cell == WITHHELD)
        if table.name in OWN_WORDS and name in MINE:
            keyed = keyed | (pl.col(MINE[name]) == asked.grant.receiver).fill_null(False)
        if table.name in OWN_WORDS and name == "members":
            keyed = cell.str.contains(
                rf"^(?:(?:[^|/]*/[0-9a-f]{{20}}|{_escaped(asked.grant.receiver)}/[^|]*)(?:\||$))+$"
            )
        return ~keyed, "leak-name-not-keyed"
    if what in ("longitude", "latitude", "radius") and asked.placed:
        return pl.lit(value=False), "leak-column-withheld"
    return cell.is_not_null() & (cell.cast(pl.String) != WITHHELD), "leak-column-withheld"


def _escaped(text: str) -> str:
    return "".join(letter if letter.isalnum() else f"\\x{{{ord(letter):x}}}" for letter in text)


def _too_exact(column: Column, what: str, period: str) -> pl.Expr:
    cell = pl.col(column.name)
    if column.kind is Kind.DATE:
        return cell != (last_day_of(cell, period) if what == "end" else first_of(cell, period))
    away = pl.col(column.name + OFFSET).fill_null(0) != 0
    if what == "end":
        return away | (cell != last_second_of(cell, period))
    since = (cell - first_of(cell, period)).dt.total_microseconds()
    if what == "judged":
        # The order within the period, counted in seconds.
        return away | (since % 1_000_000 != 0) | (since >= pl.len() * 1_000_000)
    return away | (since != 0)


def _written(table: Table, frame: pl.DataFrame, received: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return a finding where the text to be written is not that of the values."""
    text = received.get(table.name)
    if text is None or set(frame.columns) != set(table.dtypes):
        return empty()
    same = to_text(table, frame.select(*table.dtypes))
    if text.select(sorted(text.columns)).equals(same.select(sorted(same.columns))):
        return empty()
    return finding("leak-text-differs", table=table.name)


def _order(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a finding where rows are not sorted by their key, or by all they hold."""
    by = [name for name in ([table.key] if table.key else table.names) if name in frame.columns]
    by = [name for name in by if frame[name].null_count() < frame.height]
    if frame.height < 2 or not by:
        return empty()
    if table.key and frame[table.key].null_count() == 0:
        in_order = frame[table.key].is_sorted()
    else:
        cells = frame.select(by)
        in_order = cells.equals(cells.sort(by, maintain_order=True, nulls_last=True))
    return empty() if in_order else finding("leak-order", table=table.name)
