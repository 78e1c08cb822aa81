"""Read forms of waterbird counts, such as those of the Asian Waterbird Census, from XLSX, ODS, XLS and CSV.

No form is known by its place on the sheet: labels are found by their text in six languages
(`tumen.files.count_form_words`), and every cell that nobody understood is a finding with its place. An empty cell of a
list makes no row, a dash neither, and both are told; 0 is a count; "nc" was not counted; a cross is a bird at least.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NotRequired, TypedDict, Unpack

import polars as pl

from tumen.errors import FormatError, MisuseError, Text
from tumen.files.columns import in_order
from tumen.files.count_form_cells import read_day
from tumen.files.count_form_layout import Grid, Layout, Told, by_column, find_layout, grid_of, told
from tumen.files.count_form_list import How, counted_rows
from tumen.files.count_form_species import Names
from tumen.files.count_form_visits import Row, read_site, read_visit
from tumen.files.count_form_words import SITE_LABELS, VISIT_LABELS, folded
from tumen.files.decode import decode
from tumen.files.delimiters import detect_dialect, read_raw
from tumen.files.local_time import read_local_times
from tumen.files.mapped_sheets import read_bytes
from tumen.files.workbook import read_workbook
from tumen.measure.instants import known_zone
from tumen.tables.findings import finding, gather
from tumen.tables.package import Package, assemble
from tumen.tables.protocol import TABLES

_TEXT = (".csv", ".tsv", ".txt")
_BOOKS = (".xlsx", ".ods", ".xls")
EMPTY = ("noRow", "notCounted", "zero")
"""What an empty cell or a dash in a list of species may be declared to mean."""


class Declared(TypedDict):
    """What a form does not say of itself.

    `names` are common names with their species; `time_zone` is that of the times of day, `date_format` (`%d/%m/%Y`)
    that of dates in which day and month could be exchanged. `empty` and `dash` say what an empty cell and a dash mean.
    """

    names: NotRequired[Names]
    time_zone: NotRequired[str | None]
    date_format: NotRequired[str | None]
    empty: NotRequired[str]
    dash: NotRequired[str]


@dataclass
class _Forms:
    """What was read so far, and how."""

    country: str | None
    said: tuple[str | None, str | None]
    how: How
    sites: dict[str, Row] = field(default_factory=dict)
    visits: list[Row] = field(default_factory=list)
    counts: list[Row] = field(default_factory=list)
    found: list[pl.DataFrame] = field(default_factory=list)
    stated: set[str | None] = field(default_factory=set)
    recognised: int = 0


def read(path: Path | str, *, party: str, country: str | None = None, **declared: Unpack[Declared]) -> Package:
    """Return the package of one party: tables `sites`, `visits` and `counts`; see `Declared` for what may be said.

    `path` is a workbook with a form on each sheet, a CSV with one form, or a folder of such files. A visit is known by
    its site and day, a count by its sheet and cell. Raises `FormatError` where no sheet holds a list of species under a
    known header, `MisuseError` for an unknown time zone or an unknown meaning of empty cells.
    """
    path = Path(path)
    zone = declared.get("time_zone")
    forms = _Forms(
        country,
        (None if zone is None else known_zone(zone), declared.get("date_format")),
        How(
            {folded(name): species for name, species in declared.get("names", {}).items()},
            _meaning(declared.get("empty", "noRow")),
            _meaning(declared.get("dash", "noRow")),
        ),
    )
    files = _files(path)
    for file in files:
        for name, raw, found in _sheets(file, prefixed=len(files) > 1):
            forms.found.append(found)
            _read_sheet(grid_of(name, raw), forms)
    if not forms.recognised:
        raise FormatError(
            "a sheet with a list of species: a header such as Scientific name, and one such as Count",
            Text("none in {path}", path=path.name),
            "Write the headers in one of the six languages, or read the table through a mapping.",
        )
    return _assembled(forms, path, files, (party, country))


def _meaning(word: str) -> str:
    if word not in EMPTY:
        cure = "Say what an empty cell or a dash means."
        raise MisuseError(Text("one of {words}", words=", ".join(EMPTY)), f"'{word}'", cure)
    return word


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in (*_TEXT, *_BOOKS) and file.is_file())
    if not files:
        raise FormatError("workbooks or CSV files with forms", Text("none in {path}", path=path), "Check the path.")
    return files


def _sheets(file: Path, *, prefixed: bool) -> list[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """Return the name, the cells and the findings of every sheet of a file."""
    if file.suffix.lower() in _BOOKS:
        sheets = read_workbook(file).sheets
        before = f"{file.stem}/" if prefixed else ""
        return [
            (before + sheet.name, sheet.raw, sheet.findings.with_columns(table=pl.lit(before + sheet.name)))
            for sheet in sheets
        ]
    decoded = decode(read_bytes(file), name=file.stem)
    cut = detect_dialect(decoded.text, name=file.stem)
    return [(file.stem, read_raw(decoded.text, cut.dialect), gather([decoded.findings, cut.findings]))]


def _read_sheet(grid: Grid, forms: _Forms) -> None:
    layout = find_layout(grid)
    if layout is None:
        if grid.cells:
            forms.found.append(finding("form-sheet-unread", table=grid.name, value=grid.name, count=len(grid.cells)))
        return
    forms.recognised += 1
    {"form": _read_form, "wide": _read_wide, "long": _read_long}[layout.kind](grid, layout, forms)
    _left(grid, layout)
    forms.found += grid.found


def _left(grid: Grid, layout: Layout) -> None:
    """Report every cell that nobody understood: those of a column without a known header as one."""
    columns = {column for panel in layout.panels for column in panel.unread}
    for place in sorted(set(grid.cells) - grid.used):
        row, column = place
        if column not in columns or row < layout.header:
            grid.say("form-cell-unread", place, grid.cells[place])
        elif row == layout.header:
            below = [r for (r, c) in grid.cells if c == column and r > row]
            grid.say("form-column-unread", place, grid.cells[place], count=len(below))


def _rows(grid: Grid, layout: Layout) -> range:
    return range(layout.header + 1, max(row for row, _ in grid.cells) + 1)


def _read_form(grid: Grid, layout: Layout, forms: _Forms) -> None:
    below = told(grid, _rows(grid, layout))
    visit = _visit(grid, {**below, **told(grid, range(1, layout.header))}, forms)
    for panel in layout.panels:
        if len(panel.counts) == 1 and panel.names:
            forms.counts += counted_rows(grid, panel, _rows(grid, layout), {panel.counts[0]: visit}, forms.how)


def _read_wide(grid: Grid, layout: Layout, forms: _Forms) -> None:
    of_all, each = by_column(grid, layout)
    panel = layout.panels[0]
    visits: dict[int, str] = {}
    for column in panel.counts:
        own: Told = {**of_all, **each[column]}
        place = (layout.header, column)
        text = grid.cells.get(place)
        if text is not None and place not in grid.used:
            _headed(grid, place, own, forms)
        if not {"siteName", "siteID", "visitDate"} & {*each[column], *own}:
            below = [row for (row, c) in grid.cells if c == column and row > layout.header]
            grid.say("form-column-unread", place, text or "", count=len(below))
            grid.used.update((row, column) for row in (layout.header, *below))
            continue
        visits[column] = _visit(grid, own, forms)
    forms.counts += counted_rows(grid, panel, _rows(grid, layout), visits, forms.how)


def _headed(grid: Grid, place: tuple[int, int], own: Told, forms: _Forms) -> None:
    """Read the head of a column of numbers: a day, or else the name of a site that nothing else names."""
    text = grid.cells[place]
    if "visitDate" not in own and read_day(text, forms.said[1]) is not None:
        own["visitDate"] = (place, text)
    elif "siteName" not in own and "siteID" not in own:
        own["siteName"] = (place, text)
    else:
        return
    grid.used.add(place)


def _read_long(grid: Grid, layout: Layout, forms: _Forms) -> None:
    block = told(grid, range(1, layout.header))
    panel = layout.panels[0]
    labels = [label for label in (*SITE_LABELS, *VISIT_LABELS) if label in panel.columns and label != "comments"]
    ids: dict[tuple[str | None, ...], str] = {}
    by_visit: dict[int, str] = {}
    for row in _rows(grid, layout):
        places = {label: (row, panel.columns[label]) for label in labels}
        own = {label: (place, grid.cells[place]) for label, place in places.items() if place in grid.cells}
        # A row with a day and no species is a visit at which nothing was written down.
        if "visitDate" in own or any((row, column) in grid.cells for column in (*panel.names, *panel.counts)):
            grid.used.update(place for place, _ in own.values())
            told_here = {**block, **own}
            key = tuple(told_here[label][1] if label in told_here else None for label in labels)
            if key not in ids:
                ids[key] = _visit(grid, told_here, forms)
            by_visit[row] = ids[key]
    for visit in dict.fromkeys(by_visit.values()):
        rows = [row for row, of in by_visit.items() if of == visit]
        forms.counts += counted_rows(grid, panel, rows, {panel.counts[0]: visit}, forms.how)


def _visit(grid: Grid, block: Told, forms: _Forms) -> str:
    """Keep a visit and its site; return the identifier of the visit."""
    site = read_site(grid, block, forms.country)
    key = site["siteID"]
    if key is None:
        grid.say("form-site-missing", None)
    elif key not in forms.sites:
        forms.sites[key] = site
    else:
        _same(forms.sites[key], site, forms)
    if "datum" in block:
        forms.stated.add(key)
    visit = read_visit(grid, block, forms.said)
    if "visitDate" not in block:
        grid.say("form-date-missing", None)
    name = f"{key or grid.name}/{visit['visitDate'] or grid.name}"
    taken = {row["visitID"] for row in forms.visits}
    number = next(n for n in range(1, len(taken) + 2) if (name if n == 1 else f"{name} ({n})") not in taken)
    identifier = name if number == 1 else f"{name} ({number})"
    forms.visits.append({"visitID": identifier, "siteID": key, **visit})
    return identifier


def _same(first: Row, again: Row, forms: _Forms) -> None:
    """Complete a site from another form of it, and say where the two differ."""
    for column, value in again.items():
        if value is None or value == first.get(column):
            continue
        if first.get(column) is None:
            first[column] = value
        else:
            values = f"{first[column]}; {value}"
            forms.found.append(
                finding(
                    "site-told-differently", table="sites", column=column, value=str(first["siteID"]), values=values
                )
            )


def _assembled(forms: _Forms, path: Path, files: list[Path], whose: tuple[str, str | None]) -> Package:
    tables = {"sites": list(forms.sites.values()), "visits": forms.visits, "counts": forms.counts}
    texts = {
        name: in_order(TABLES[name], pl.DataFrame(rows, schema=dict.fromkeys(_columns(name), pl.String)))
        for name, rows in tables.items()
        if rows
    }
    unstated = sum(1 for site in forms.sites.values() if site.get("latitude") and site["siteID"] not in forms.stated)
    if unstated:
        forms.found.append(finding("datum-unstated", table="sites", column="latitude", count=unstated))
    if forms.said[0] is not None:
        texts, found = read_local_times(texts, forms.said[0])
        forms.found.append(found)
    return assemble(
        path.stem,
        texts,
        party=whose[0],
        country=whose[1],
        format="count-form",
        findings=gather(forms.found),
        time_zone=forms.said[0],
        digests={file.name: hashlib.sha256(read_bytes(file)).hexdigest() for file in files},
    )


def _columns(name: str) -> tuple[str, ...]:
    return TABLES[name].names
