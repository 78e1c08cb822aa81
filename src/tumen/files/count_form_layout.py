"""Where on a sheet stands what?  Labels, their values and the list of species, found by their text alone.

Three layouts are known: a form (site and visit as labels with values, then a list with one number a species), a wide
list (one column a visit, told by rows above), and a long list (each row tells its site, its day and its count).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from tumen.files.count_form_words import LIST_LABELS, SITE_LABELS, VISIT_LABELS, label_of
from tumen.files.delimiters import letters
from tumen.tables.findings import finding

Place = tuple[int, int]
"""A cell: its row from 1, its column from 0."""
Told = dict[str, tuple[Place, str]]
"""What labels say, and in which cell."""

_TOLD = (*SITE_LABELS, *VISIT_LABELS)


@dataclass
class Grid:
    """The filled cells of a sheet, which of them were understood, and what was found."""

    name: str
    cells: dict[Place, str]
    used: set[Place] = field(default_factory=set)
    found: list[pl.DataFrame] = field(default_factory=list)

    def take(self, place: Place) -> str | None:
        """Return a cell and note that it was understood."""
        if place in self.cells:
            self.used.add(place)
        return self.cells.get(place)

    def say(self, code: str, place: Place | None, value: str = "", **arguments: str | int) -> None:
        """Keep a finding about a cell: `cell` is among its arguments."""
        row, column = (None, "") if place is None else (place[0], letters(place[1]))
        if place is not None:
            arguments = {"cell": f"{column}{row}", **arguments}
        self.found.append(finding(code, table=self.name, row=row, column=column, value=value, **arguments))


def grid_of(name: str, raw: pl.DataFrame) -> Grid:
    """Return the filled cells of a sheet; `raw` has no header."""
    cells = {
        (row, column): cell.strip()
        for column, series in enumerate(raw.get_columns())
        for row, cell in enumerate(series.to_list(), start=1)
        if cell is not None and cell.strip()
    }
    return Grid(name, cells)


@dataclass(frozen=True)
class Panel:
    """One list of species: the columns of its names, and of what stands beside them by label."""

    names: tuple[int, ...]
    columns: dict[str, int]
    counts: tuple[int, ...]
    unread: tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """The layout of a sheet (`form`, `wide`, `long`), the row of the header of its list, and the lists."""

    kind: str
    header: int
    panels: tuple[Panel, ...]


def find_layout(grid: Grid) -> Layout | None:
    """Return the layout of a sheet; None where it has no list of species with a header in a known language."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in sorted(grid.cells.items()):
        label = label_of(text)
        if label in LIST_LABELS:
            by_row.setdefault(row, {})[column] = label
    best: int | None = None
    for row, labels in by_row.items():
        kinds = set(labels.values())
        if {"species", "common"} & kinds and "count" in kinds:
            best = row
            break
        if "species" in kinds and best is None:
            best = row
    return None if best is None else _layout(grid, best)


def _layout(grid: Grid, header: int) -> Layout:
    labels = {column: label_of(text) for (row, column), text in sorted(grid.cells.items()) if row == header}
    for column, label in labels.items():
        if label is not None:
            grid.used.add((header, column))
    told = [label for label in labels.values() if label in _TOLD and label != "comments"]
    if "count" in labels.values() and told:
        columns = {label: column for column, label in reversed(labels.items()) if label is not None}
        names = tuple(columns[name] for name in ("species", "common") if name in columns)
        unread = tuple(column for column, label in labels.items() if label is None)
        return Layout("long", header, (Panel(names, columns, (columns["count"],), unread),))
    panels = tuple(_panels(labels))
    if len(panels) == 1 and len(panels[0].counts) != 1:
        return Layout("wide", header, (_wide(grid, header, panels[0]),))
    return Layout("form", header, panels)


def _panels(labels: dict[int, str | None]) -> Iterator[Panel]:
    """Cut the header of a list where a kind of name recurs: lists are often set side by side."""
    parts: list[dict[int, str | None]] = [{}]
    for column, label in labels.items():
        if label in ("species", "common") and (label in parts[-1].values() or "count" in parts[-1].values()):
            parts.append({})
        parts[-1][column] = label
    # A column before the first name, such as a running number, belongs to no list.
    for part in parts:
        columns = {label: column for column, label in reversed(part.items()) if label is not None}
        names = tuple(columns[name] for name in ("species", "common") if name in columns)
        counts = tuple(column for column, label in part.items() if label == "count")
        unread = tuple(column for column, label in part.items() if label is None)
        yield Panel(names, columns, counts, unread)


def _wide(grid: Grid, header: int, panel: Panel) -> Panel:
    """Return the list of a wide sheet: the columns of visits are told by its header or by the rows above it."""
    last = max(panel.names)
    visits = {column for column in (*panel.counts, *panel.unread) if column > last}
    for row in range(1, header):
        label = label_of(next((grid.cells[row, c] for c in range(last + 1) if (row, c) in grid.cells), ""))
        values = [column for (r, column) in grid.cells if r == row and column > last]
        if label in _TOLD and len(values) > 1:
            visits.update(values)
    others = {column for label, column in panel.columns.items() if label != "count"}
    unread = tuple(column for column in panel.unread if column <= last)
    return Panel(panel.names, panel.columns, tuple(sorted(visits - others)), unread)


def told(grid: Grid, rows: range) -> Told:
    """Return the labels in some rows with their values and the cells of these; the first telling of each counts.

    The value stands behind the colon of the label, or in the next filled cell to its right that is no label.
    """
    values: Told = {}
    for place in sorted(place for place in grid.cells if place[0] in rows):
        for label, where, value in _value(grid, place):
            if label not in values:
                values[label] = (where, value)
            elif values[label][1] != value:
                grid.say("form-label-twice", where, value, label=label, first=values[label][1])
    return values


def _value(grid: Grid, place: Place) -> Iterator[tuple[str, Place, str]]:
    text = grid.cells[place]
    label = label_of(text)
    if label in _TOLD and label is not None and place not in grid.used:
        grid.used.add(place)
        right = sorted(column for (row, column) in grid.cells if row == place[0] and column > place[1])
        following = grid.cells[place[0], right[0]] if right else ""
        if right and label_of(following) not in _TOLD and (place[0], right[0]) not in grid.used:
            grid.used.add((place[0], right[0]))
            yield label, (place[0], right[0]), following
        return
    before, colon, behind = text.replace("：", ":").partition(":")
    inside = label_of(before)
    if colon and behind.strip() and inside in _TOLD and inside is not None and place not in grid.used:
        grid.used.add(place)
        yield inside, place, behind.strip()


def by_column(grid: Grid, layout: Layout) -> tuple[Told, dict[int, Told]]:
    """Return what the rows above a wide list tell of all its visits, and of each by its column.

    A site told once is that of all visits; what is told of a visit holds for its own column only.
    """
    panel = layout.panels[0]
    of_all: Told = {}
    each: dict[int, Told] = {column: {} for column in panel.counts}
    single: Told = {}
    for row in range(1, layout.header):
        place = next(((row, c) for c in range(min(panel.counts, default=0)) if (row, c) in grid.cells), None)
        label = None if place is None else label_of(grid.cells[place])
        values = [(row, column) for column in panel.counts if (row, column) in grid.cells]
        if place is None or label not in _TOLD or label is None or not values:
            continue
        if len(values) == 1 and label in SITE_LABELS and len(panel.counts) > 1:
            single[label] = (values[0], grid.cells[values[0]])
        else:
            for value in values:
                each[value[1]][label] = (value, grid.cells[value])
        grid.used.update((place, *values))
    sites_differ = any(name in of for of in each.values() for name in ("siteName", "siteID"))
    for label, (cell, text) in single.items():
        if sites_differ and label not in ("countryCode", "datum"):
            each[cell[1]][label] = (cell, text)
        else:
            of_all[label] = (cell, text)
    return {**told(grid, range(1, layout.header)), **of_all}, each
