"""Read a declared mapping: a TOML file that says how a party's own tables become tables of the protocol.

Nothing in a mapping is guessed. An unknown key is refused with the nearest known one, a decision that is still marked
`REQUIRED` (as `tumen convert --guess` leaves it) is refused by name, and so is a mapping that leaves out what the cells
cannot say themselves: the coordinate system, the time zone, the order of day and month.

    [package]
    party = "north-reserve"
    country = "RU"
    timeZone = "Asia/Vladivostok"
    crs = "EPSG:4326"
    decimal = ","
    missing = ["-", "н/д"]

    [[table]]
    name = "deployments"
    file = "stations.xlsx"
    sheet = "Лист1"
    headerRow = 2
    ignore = ["Примечание"]

    [table.columns]
    deploymentID = "№ камеры"
    latitude = { column = "Широта", notation = "dms" }
    longitude = { column = "Долгота", notation = "dms" }
    deploymentStart = { date = "Дата", time = "Время", format = "%d.%m.%Y" }
    deploymentEnd = { column = "Снята", format = "%d.%m.%Y", wholeDay = "end" }
    setupBy = { value = "Patrol 3" }

Settings (decimal, thousands, missing, crs, timeZone, format, timeFormat, language, century, wholeDay, notation,
encoding, delimiter) may stand in `[package]`, in a `[[table]]` and, as far as they concern cells, at a column; the
nearest one holds. `(row)` and `(file)` are columns every file has.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tumen.errors import MisuseError, Text
from tumen.files.mapping_values import (
    Given,
    Setting,
    country,
    flag,
    known,
    positive,
    reference,
    references,
    regex,
    settings,
    text,
    texts,
    words,
)
from tumen.tables.protocol import TABLES, VERSION
from tumen.tables.schema import Column, Kind, Table

PACKAGE_KEYS = ("party", "country", "name", "protocol")
TABLE_KEYS = ("name", "file", "sheet", "headerRow", "ignore", "where", "distinct", "unpivot", "columns")
COLUMN_KEYS = ("column", "columns", "join", "value", "date", "time", "match", "words", "prefix", "unit")
UNPIVOT_KEYS = ("columns", "from", "to", "header", "cell", "empty", "notCounted", "withheld")
EMPTY = ("notCounted", "zero", "noRow")
"""What an empty cell of a wide table may mean: nobody counted, nothing was there, or the row says nothing of it."""

ROW, FILE = "(row)", "(file)"
"""Columns that every file has: the row number as a spreadsheet counts, and the name of the file."""

Source = str | int
"""A foreign column: its header, or its number from 1."""


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """Where one column of the protocol comes from and how its cells are written.

    Exactly one of `columns`, `value` and `date` is given. `words` translates whole cells; `match` takes the first group
    of a regular expression out of a cell; `prefix` is put before what came of it.
    """

    target: Column
    columns: tuple[Source, ...] = ()
    join: str = ""
    value: str | None = None
    date: Source | None = None
    time: Source | None = None
    match: str = ""
    words: Mapping[str, str] | None = None
    prefix: str = ""
    unit: str = ""
    setting: Setting

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every foreign column it reads."""
        return (*self.columns, *(source for source in (self.date, self.time) if source is not None))


@dataclass(frozen=True, kw_only=True)
class Unpivot:
    """How a wide table becomes a long one: one row for each cell of the chosen columns.

    The columns are named, or are all from number `first` to number `last`. `header` and `cell` name the two columns
    that arise. `empty` says what an empty cell means, None that nobody said.
    """

    columns: tuple[Source, ...] = ()
    first: int | None = None
    last: int | None = None
    header: str
    cell: str
    empty: str | None = None
    not_counted: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TableMapping:
    """How one sheet fills one table of the protocol; several may fill one table, and one sheet several tables."""

    table: Table
    file: Path
    sheet: str | int | None = None
    header_row: int = 1
    columns: tuple[ColumnMapping, ...]
    ignore: tuple[Source, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    distinct: bool = False
    unpivot: Unpivot | None = None
    setting: Setting
    country: str | None = None


@dataclass(frozen=True, kw_only=True)
class PackageMapping:
    """A mapping as it was read; `path` is the file, the paths of the tables are relative to the caller."""

    path: Path
    name: str
    party: str
    country: str | None = None
    time_zone: str | None = None
    tables: tuple[TableMapping, ...]


def read_mapping(path: Path) -> PackageMapping:
    """Read and judge a mapping file; raise `MisuseError` naming the first thing that is wrong."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        found = Text("no file {path}", path=str(path))
        raise MisuseError("a mapping file", found, "Give the path of a mapping in TOML.") from error
    except (OSError, UnicodeDecodeError) as error:
        cure = Text("Check {path}.", path=str(path))
        raise MisuseError("a mapping that can be read as UTF-8", str(error), cure) from error
    except tomllib.TOMLDecodeError as error:
        cure = Text("Correct {path} at that place.", path=str(path))
        raise MisuseError("a mapping in TOML", str(error), cure) from error
    return parse_mapping(given, path)


def parse_mapping(given: Mapping[str, Any], path: Path) -> PackageMapping:
    """Turn the contents of a mapping file into a `PackageMapping`.

    >>> mapping = parse_mapping({"package": {"party": "north"}, "table": [
    ...     {"name": "individuals", "file": "cats.csv", "columns": {"individualID": "Кличка"}}]}, Path("m.toml"))
    >>> mapping.tables[0].columns[0].columns
    ('Кличка',)
    """
    _refuse_undecided(given)
    for section in given:
        known(section, ("package", "table"), "sections of a mapping")
    own = Given(given.get("package"), "[package]")
    own.refuse_unknown((*PACKAGE_KEYS, *Setting.keys))
    setting = settings(own, Setting())
    protocol = own.read("protocol", text)
    if protocol not in (None, VERSION):
        today = Text('Check the columns against the protocol and write protocol = "{version}".', version=VERSION)
        raise MisuseError(Text("a mapping for protocol {version}", version=VERSION), f"{protocol}", today)
    party = own.need("party", text, 'Say whose tables these are: party = "...".')
    if "/" in party:
        cure = "Write it without: joint names are party/individual."
        raise MisuseError("a party without a slash", f"'{party}'", cure)
    code = own.read("country", country)
    tables = given.get("table")
    if not isinstance(tables, list) or not tables:
        raise MisuseError("at least one [[table]] in the mapping", "none", 'Add [[table]] with name = "..." and file.')
    return PackageMapping(
        path=path,
        name=own.read("name", text) or path.stem,
        party=party,
        country=code,
        time_zone=setting.time_zone,
        tables=tuple(
            replace(_table(Given(table, Text("[[table]] {number}", number=n)), path.parent, setting), country=code)
            for n, table in enumerate(tables, start=1)
        ),
    )


def _refuse_undecided(given: Mapping[str, Any]) -> None:
    """Raise `MisuseError` naming every decision that a proposed mapping left to its user."""
    undecided = _undecided(given, "")
    if undecided:
        cure = "Write what holds for your tables in place of REQUIRED; the comments in the file say what to look at."
        raise MisuseError(
            "a mapping without open decisions", Text("REQUIRED at {undecided}", undecided=", ".join(undecided)), cure
        )


def _undecided(value: Any, place: str) -> list[str]:
    if isinstance(value, Mapping):
        return [each for key, inner in value.items() for each in _undecided(inner, f"{place}.{key}".lstrip("."))]
    if isinstance(value, list):
        return [each for n, inner in enumerate(value, start=1) for each in _undecided(inner, f"{place}[{n}]")]
    return [place] if value == "REQUIRED" else []


def _table(own: Given, folder: Path, above: Setting) -> TableMapping:
    own.refuse_unknown((*TABLE_KEYS, *Setting.keys))
    name = own.need("name", text, "Name the table of the protocol it fills.")
    table = TABLES[known(name, TABLES, "tables of the protocol")]
    own = Given(own.values, Text("{place} ({table})", place=own.place, table=name))
    setting = settings(own, above)
    columns = Given(own.values.get("columns"), Text("[table.columns] of {place}", place=own.place))
    mapped = tuple(_column(Given.short(columns, key), table, key, setting) for key in columns.values)
    sheet = own.values.get("sheet")
    mapping = TableMapping(
        table=table,
        file=folder / own.need("file", text, 'Say which file: file = "stations.xlsx".'),
        sheet=None if sheet is None else reference(sheet, own.at("sheet")),
        header_row=own.read("headerRow", positive) or 1,
        columns=mapped,
        ignore=own.read("ignore", references) or (),
        where={key: texts(value, own.at("where")) for key, value in Given(own.values.get("where", {}), "where").items},
        distinct=own.read("distinct", flag) or False,
        unpivot=_unpivot(own) if "unpivot" in own.values else None,
        setting=setting,
    )
    _need_system(mapping, own.place)
    return mapping


def _need_system(mapping: TableMapping, place: str) -> None:
    """Refuse coordinates whose system nobody stated."""
    places = [column for column in mapping.columns if column.target.name in ("longitude", "latitude")]
    if any(column.value is None and column.setting.crs is None for column in places):
        cure = 'Say crs = "EPSG:4326" for longitude and latitude as GPS receivers show them, or name the other system.'
        raise MisuseError(Text("the coordinate system (crs) in {place}", place=place), "none", cure)


def _column(own: Given, table: Table, name: str, above: Setting) -> ColumnMapping:
    target = table.column(name)
    own.refuse_unknown((*COLUMN_KEYS, *Setting.cell_keys))
    kinds = [key for key in ("column", "columns", "value", "date") if key in own.values]
    if len(kinds) != 1:
        found = ", ".join(kinds) or "none of them"
        needed = Text("one of column, columns, value and date in {place}", place=own.place)
        raise MisuseError(needed, found, 'Write for example column = "Широта".')
    one = own.read("column", reference)
    several = own.read("columns", references) or ()
    if len(several) > 1 and "join" not in own.values:
        raise MisuseError(Text("join in {place}", place=own.place), "none", 'Say what goes between: join = " ".')
    column = ColumnMapping(
        target=target,
        columns=several if one is None else (one,),
        join=own.read("join", lambda value, what: text(value, what, empty=True)) or "",
        value=own.read("value", text),
        date=own.read("date", reference),
        time=own.read("time", reference),
        match=own.read("match", regex) or "",
        words=own.read("words", words),
        prefix=own.read("prefix", text) or "",
        unit=own.read("unit", text) or "",
        setting=settings(own, above),
    )
    _judge(column, own)
    return column


def _judge(column: ColumnMapping, own: Given) -> None:
    """Refuse a column that leaves open how its cells are to be read, or translates into words nobody knows."""
    target, setting = column.target, column.setting
    for word in (column.words or {}).values():
        if target.vocabulary and word:
            known(word, target.vocabulary, Text("words of {column}", column=target.name))
    if column.value is not None:
        if target.vocabulary:
            known(column.value, target.vocabulary, Text("words of {column}", column=target.name))
        return
    if column.date is not None and target.kind is not Kind.DATETIME:
        found = Text("the column {column} of kind {kind}", column=target.name, kind=target.kind.value)
        raise MisuseError(Text("an instant for {place}", place=own.place), found, "Write column in place of date.")
    if target.kind is Kind.DATETIME and setting.formats:
        _judge_instant(column, own)


def _judge_instant(column: ColumnMapping, own: Given) -> None:
    setting = column.setting
    if setting.time_zone is None and not all("%z" in each for each in setting.formats):
        cure = 'Say timeZone = "Asia/Vladivostok", or whatever zone the clock was set to.'
        raise MisuseError(Text("the time zone of {place}", place=own.place), "none", cure)
    bare = any("%" in each and "%H" not in each and "%I" not in each for each in setting.formats)
    if bare and column.time is None and setting.whole_day is None:
        needed = Text("what a date without time of day means in {place}", place=own.place)
        raise MisuseError(needed, "no wholeDay", 'Say wholeDay = "start" (00:00:00) or wholeDay = "end" (23:59:59).')


def _unpivot(table: Given) -> Unpivot:
    own = Given(table.values["unpivot"], Text("unpivot of {place}", place=table.place))
    own.refuse_unknown(UNPIVOT_KEYS)
    columns = own.read("columns", references) or ()
    first, last = own.read("from", positive), own.read("to", positive)
    if bool(columns) == (first is not None):
        needed = Text("the columns to turn into rows in {place}", place=own.place)
        found = "both columns and from" if columns else "neither columns nor from"
        raise MisuseError(needed, found, 'Write columns = ["...", "..."] or from = 5.')
    empty = own.read("empty", text)
    if empty is not None:
        known(empty, EMPTY, "meanings of an empty cell")
    return Unpivot(
        columns=columns,
        first=first,
        last=last,
        header=own.need("header", text, 'Name the column their headers go to, such as header = "species".'),
        cell=own.need("cell", text, 'Name the column their cells go to, such as cell = "number".'),
        empty=empty,
        not_counted=own.read("notCounted", texts) or (),
        withheld=own.read("withheld", texts) or (),
    )
