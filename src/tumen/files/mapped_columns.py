"""Fill the columns of one table from one sheet, as its mapping declares them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from tumen.errors import PlaceError, Text
from tumen.files.mapped_cells import present, read_matches, read_numbers, read_words
from tumen.files.mapped_dates import expected, read_days, read_instants
from tumen.files.mapped_formats import ISO
from tumen.files.mapped_places import read_degrees, wrong_part
from tumen.files.mapped_rows import NUMBER, STATUS, arrange, find, missing
from tumen.files.mapped_sheets import Sheet
from tumen.files.mapping import FILE, ROW, ColumnMapping, TableMapping
from tumen.files.mapping_values import Setting
from tumen.files.projection import is_wgs84, place, read_crs, require_country
from tumen.tables.cast import DATE, INSTANT, INTEGER
from tumen.tables.cast import NUMBER as A_NUMBER
from tumen.tables.findings import finding, gather, rows
from tumen.tables.schema import Column, Kind

_READABLE = {Kind.INTEGER: INTEGER, Kind.NUMBER: A_NUMBER, Kind.DATE: DATE, Kind.DATETIME: INSTANT}
"""Texts that the cast would take for a value."""

_SHOWN = 10
"""Rows that one finding about a word names before the rest is only counted."""


@dataclass
class Part:
    """What one sheet gave to one table.

    `text` are its columns, `sources` where each row came from, `said` the cells (index, column) that findings already
    speak of, `carried` the names of columns that only came along.
    """

    table: str
    text: pl.DataFrame
    sources: pl.DataFrame
    findings: pl.DataFrame
    said: pl.DataFrame
    carried: tuple[str, ...] = ()


@dataclass
class _Reading:
    """The cells of one column while they are read."""

    column: ColumnMapping
    text: pl.Series
    stated: pl.Series
    """The cells as the file states them."""
    header: str
    problems: list[pl.DataFrame] = field(default_factory=list)
    """index, value, problem"""
    notes: list[pl.DataFrame] = field(default_factory=list)

    def take(self, read: pl.DataFrame) -> None:
        """Use what a reader made of the cells: `text`, `problem`."""
        bad = pl.DataFrame({"value": self.text, "problem": read["problem"]}).with_row_index("index")
        self.problems.append(bad.filter(pl.col("problem").is_not_null()))
        self.text = read["text"]


def read_part(mapping: TableMapping, sheet: Sheet, carried: Mapping[str, str]) -> Part:
    """Return the columns a sheet gives to a table; `carried` are foreign columns and the names they keep."""
    frame, found = arrange(mapping, sheet)
    findings = [found]
    readings: dict[str, _Reading] = {}
    for column in mapping.columns:
        reading = _start(_typed(column, sheet), mapping, sheet, frame, findings)
        if reading is not None:
            _read(reading)
            readings[column.target.name] = reading
    findings += _to_wgs84(readings, mapping)
    text = pl.DataFrame(
        [_settled(reading).alias(name) for name, reading in readings.items()]
        + [frame[header].alias(name) for header, name in carried.items() if header in frame.columns]
    )
    text = _with_status(text, frame, mapping)
    rows_of = frame[NUMBER] if frame.height else pl.Series(NUMBER, [], dtype=pl.Int64)
    keep, notes = _distinct(text, mapping, sheet)
    findings += notes
    found, said = _told(readings, rows_of, keep, mapping)
    findings += [found, _unmapped(carried, mapping, sheet)]
    sources = pl.DataFrame({"row": rows_of.filter(keep)}).select(
        pl.lit(sheet.file).alias("file"), pl.lit(sheet.name, pl.String).alias("sheet"), "row"
    )
    return Part(mapping.table.name, text.filter(keep), sources, gather(findings), said, tuple(carried.values()))


def _typed(column: ColumnMapping, sheet: Sheet) -> ColumnMapping:
    """Let the numbers and dates of a workbook be read as its own cells come, beside the declared formats."""
    if not sheet.workbook:
        return column
    setting = replace(column.setting, typed=True)
    if not setting.formats:
        return replace(column, setting=setting)
    formats = (*setting.formats, *(each for each in ISO if each not in setting.formats))
    times = (*setting.time_formats, *(("%H:%M:%S",) if setting.time_formats else ()))
    return replace(column, setting=replace(setting, formats=formats, time_formats=times))


def _start(
    column: ColumnMapping, mapping: TableMapping, sheet: Sheet, frame: pl.DataFrame, findings: list[pl.DataFrame]
) -> _Reading | None:
    """Return the cells one column is read from; None where the file lacks a column of them."""
    headers = [name for name in frame.columns if not name.startswith("\x00")]
    order = [*sheet.cells.columns, *(name for name in headers if name not in sheet.cells.columns)]
    names = {source: find(source, order) for source in column.sources}
    lacking = [source for source, name in names.items() if name is None or name not in headers]
    if lacking:
        findings += [missing(mapping, sheet, source, column.target.name) for source in lacking]
        return None
    if column.value is not None:
        same = pl.Series([column.value] * frame.height, dtype=pl.String)
        return _Reading(column, same, same, "")
    used = [name for name in names.values() if name is not None]
    cells = frame.select(
        present(frame[name], () if name in (ROW, FILE) else column.setting.missing).alias(name)
        for name in dict.fromkeys(used)
    )
    if column.date is not None:
        joined = cells.select(pl.concat_str(used, separator=" ", ignore_nulls=True).replace("", None)).to_series()
        reading = _Reading(column, cells[used[0]], joined, ", ".join(used))
        times = cells[used[1]] if column.time is not None else None
        _instants(reading, times)
        return reading
    joined = cells.select(pl.concat_str(used, separator=column.join, ignore_nulls=True)).to_series()
    empty = cells.select(pl.all_horizontal(pl.all().is_null())).to_series()
    text = joined.to_frame("x").select(pl.when(~empty).then("x")).to_series()
    return _Reading(column, text, text, ", ".join(used))


def _read(reading: _Reading) -> None:
    """Read the cells of one column by everything its mapping says, in the order: match, words, kind, prefix."""
    column, target = reading.column, reading.column.target
    if column.value is not None or column.date is not None:
        return
    if column.match:
        reading.take(read_matches(reading.text, column.match))
    if column.words is not None:
        read = read_words(reading.text, column.words)
        if target.kind in _READABLE:
            # Of numbers and dates only some cells are words; the others are read as what they are.
            read = read.with_columns(problem=pl.lit(None, pl.String))
        reading.take(read)
    _by_kind(reading, target)
    if column.prefix:
        reading.text = reading.text.to_frame("x").select(pl.lit(column.prefix) + pl.col("x")).to_series()


def _by_kind(reading: _Reading, target: Column) -> None:
    column, setting = reading.column, reading.column.setting
    if target.kind is Kind.DATETIME:
        _instants(reading, None)
    elif target.kind is Kind.DATE:
        read = read_days(reading.text, setting)
        reading.take(read)
        count = int(read["clock"].is_not_null().sum())
        if count:
            reading.notes.append(_count_note("time-of-day-left-out", reading, count))
    elif target.kind in (Kind.NUMBER, Kind.INTEGER):
        if target.name in ("longitude", "latitude"):
            reading.take(read_degrees(reading.text, target.name, setting))
        else:
            reading.take(read_numbers(reading.text, setting, column.unit, target.unit))
        if target.kind is Kind.INTEGER:
            reading.text = reading.text.str.replace(r"\.0*$", "")


def _instants(reading: _Reading, times: pl.Series | None) -> None:
    setting = reading.column.setting
    dates = reading.text
    read = read_instants(dates, times, setting)
    if times is not None:
        reading.text = reading.stated
    reading.take(read.select("text", "problem"))
    bare, fraction = int(read["bare"].sum()), int(read["fraction"].sum())
    if bare:
        rule = "00:00:00" if setting.whole_day == "start" else "23:59:59"
        note = _count_note("date-without-time", reading, bare, rule=rule, zone=setting.time_zone or "")
        reading.notes.append(note)
    if fraction:
        reading.notes.append(_count_note("time-fraction-dropped", reading, fraction))


def _count_note(code: str, reading: _Reading, count: int, **arguments: str) -> pl.DataFrame:
    return finding(code, table="", row=None, column=reading.column.target.name, count=count, **arguments)


def _settled(reading: _Reading) -> pl.Series:
    """Return the text of a column; a cell with a problem keeps what the file states, unless the cast would take it."""
    bad = [problem["index"] for problem in reading.problems if problem.height]
    if not bad:
        return reading.text
    index = pl.concat(bad)
    pattern = _READABLE.get(reading.column.target.kind)
    frame = pl.DataFrame({"text": reading.text, "stated": reading.stated}).with_row_index("index")
    safe = ~pl.col("stated").str.contains(pattern) if pattern else pl.lit(True)
    broken = pl.col("index").is_in(index.implode())
    return frame.select(
        pl.when(~broken).then("text").when(safe).then("stated").otherwise(pl.lit(None, pl.String))
    ).to_series()


def _to_wgs84(readings: Mapping[str, _Reading], mapping: TableMapping) -> list[pl.DataFrame]:
    """Bring longitude and latitude to WGS84 where another system was declared."""
    lon, lat = readings.get("longitude"), readings.get("latitude")
    if lon is None or lat is None or lon.column.setting.crs is None or lon.column.value is not None:
        return []
    if lon.column.setting.crs != lat.column.setting.crs:
        found = Text("{crs} and {crs2}", crs=lon.column.setting.crs, crs2=lat.column.setting.crs)
        raise PlaceError("one coordinate system for longitude and latitude", found, "Correct the mapping.")
    crs = read_crs(lon.column.setting.crs)
    if is_wgs84(crs):
        return []
    require_country(crs, mapping.country)
    x, y = (reading.text.cast(pl.Float64, strict=False) for reading in (lon, lat))
    placed = place(x.fill_null(np.nan).to_numpy(), y.fill_null(np.nan).to_numpy(), crs)
    # A point outside the area the change was made for has no known accuracy: it is refused as one that has no place.
    done = np.isfinite(placed.lon) & np.isfinite(placed.lat) & ~placed.outside
    for reading, values in ((lon, placed.lon), (lat, placed.lat)):
        moved = pl.Series(values).cast(pl.String)
        lost = pl.Series(~done) & reading.text.is_not_null()
        problem = pl.select(pl.when(lost).then(pl.lit("coordinate-outside-system"))).to_series()
        text = pl.select(pl.when(pl.Series(done)).then(moved)).to_series()
        reading.take(pl.DataFrame({"text": text, "problem": problem}))
    count = int(done.sum())
    name = mapping.table.name
    accuracy = placed.accuracy
    return [finding("coordinates-transformed", table=name, value=crs.name, accuracy=accuracy, count=count)]


def _with_status(text: pl.DataFrame, frame: pl.DataFrame, mapping: TableMapping) -> pl.DataFrame:
    """Add whether a cell of a wide table was counted, where the table asks and nothing else says it."""
    known = [column.name for column in mapping.table.columns if "notCounted" in column.vocabulary]
    if STATUS in frame.columns and known and known[0] not in text.columns:
        return text.with_columns(frame[STATUS].alias(known[0]))
    return text


def _distinct(text: pl.DataFrame, mapping: TableMapping, sheet: Sheet) -> tuple[pl.Series, list[pl.DataFrame]]:
    """Say which rows a table of distinct rows keeps: the first of equal ones, none without a key."""
    if not mapping.distinct or not text.width:
        return pl.Series([True] * text.height, dtype=pl.Boolean), []
    key = mapping.table.key
    keyed = text[key].is_not_null() if key in text.columns else pl.Series([True] * text.height, dtype=pl.Boolean)
    first = text.select(pl.struct(pl.all()).is_first_distinct()).to_series()
    notes = []
    for code, count in (("rows-without-key", (~keyed).sum()), ("rows-repeated", (keyed & ~first).sum())):
        if count:
            notes.append(finding(code, table=mapping.table.name, column=key, count=int(count), file=sheet.file))
    return keyed & first, notes


def _told(
    readings: Mapping[str, _Reading], numbers: pl.Series, keep: pl.Series, mapping: TableMapping
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the findings about cells with their rows in the file, and the cells they speak of."""
    table = mapping.table.name
    kept = pl.DataFrame({"row": numbers, "keep": keep}).with_row_index("index").filter("keep")
    kept = kept.with_row_index("place").select("index", "row", pl.col("place").cast(pl.Int64))
    findings, said = [], [pl.DataFrame(schema={"index": pl.Int64, "column": pl.String})]
    for name, reading in readings.items():
        findings += [note.with_columns(pl.lit(table).alias("table")) for note in reading.notes]
        every = pl.concat([*reading.problems, _NO_PROBLEM]).join(kept, on="index").sort("row")
        said.append(every.select(pl.col("place").alias("index"), pl.lit(name).alias("column")))
        for (code,), bad in every.group_by("problem", maintain_order=True):
            findings.append(_problem(str(code), bad, reading, table))
    return gather(findings), pl.concat(said)


_NO_PROBLEM = pl.DataFrame(schema={"index": pl.UInt32, "value": pl.String, "problem": pl.String})


def _problem(code: str, bad: pl.DataFrame, reading: _Reading, table: str) -> pl.DataFrame:
    target, setting = reading.column.target, reading.column.setting
    if code == "word-untranslated":
        words = bad.group_by("value", maintain_order=True).agg(
            pl.col("row").min(), pl.len().alias("count"), pl.col("row").head(_SHOWN).alias("rows")
        )
        words = words.with_columns(
            pl.col("rows").cast(pl.List(pl.String)).list.join(", "), header=pl.lit(reading.header)
        )
        return rows(code, words, table=table, column=target.name, arguments=("count", "rows", "header"))
    arguments = {"header": reading.header, "expected": _expected(reading.column, setting)}
    if code in ("time-ambiguous", "time-nonexistent"):
        arguments = {"zone": setting.time_zone or ""}
    if code == "instant-without-offset":
        arguments = {}
    if code == "coordinates-no-such-minute":
        arguments = {}
        bad = bad.with_columns(pl.col("value").map_elements(wrong_part, return_dtype=pl.String).alias("part"))
    shown = bad.with_columns(pl.lit(text).alias(name) for name, text in arguments.items())
    names = [*arguments, *(["part"] if "part" in shown.columns else [])]
    return rows(code, shown, table=table, column=target.name, arguments=names)


def _expected(column: ColumnMapping, setting: Setting) -> str:
    """Say how cells were declared to be written."""
    kind = column.target.kind
    if column.match:
        return column.match
    if kind in (Kind.DATE, Kind.DATETIME):
        times = (", ".join(setting.time_formats),) if column.time is not None and setting.time_formats else ()
        return " | ".join((expected(setting, day=kind is Kind.DATE), *times))
    if column.target.name in ("longitude", "latitude"):
        return setting.notation
    marks = f"1{setting.thousands}234{setting.decimal}5"
    return f"{marks} {column.unit}".strip()


def _unmapped(carried: Mapping[str, str], mapping: TableMapping, sheet: Sheet) -> pl.DataFrame:
    return gather(
        finding("column-unmapped", table=mapping.table.name, column=name, value=header, file=sheet.file, became=name)
        for header, name in carried.items()
    )
