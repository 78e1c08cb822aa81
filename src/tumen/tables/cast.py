"""Read text by a declaration: every cell becomes a typed value, or a finding.

Nothing is repaired. A cell that cannot be read as declared becomes null *and* a finding with its row and text, so that
zero, missing and unreadable never mix.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC as UTC_ZONE
from datetime import datetime

import polars as pl

from tumen.tables import findings
from tumen.tables.schema import DTYPES, MISSING, OFFSET, Column, Kind, Table

TRUE = ("true", "True", "TRUE", "1")
FALSE = ("false", "False", "FALSE", "0")
SPACE = (
    "\t\n\v\f\r \x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    + ("\u2028\u2029\u202f\u205f\u3000")
)
"""Blanks that may stand around a number, as the standard's reference reader takes them away."""

INTEGER = r"^[+-]?[0-9]+$"
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
LOCAL = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?$"
ZONE = r"(Z|[+-](?:2[0-3]|[01][0-9]):?[0-5][0-9])$"
PLAIN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]" + ZONE
"""The spelling of an instant that nearly every table holds, and that is read fastest."""

INSTANT = (
    r"^([0-9]{4})-(1[0-2]|0?[1-9])-(3[01]|[12][0-9]|[0 ]?[1-9])[Tt](2[0-3]|[01]?[0-9]):([0-5]?[0-9]):([0-5]?[0-9])"
    + ZONE
)
"""Every spelling that Python reads by `%Y-%m-%dT%H:%M:%S%z`, save offsets with seconds and digits of other scripts."""

EARLIEST, LATEST = datetime(1, 1, 1, tzinfo=UTC_ZONE), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC_ZONE)
"""No calendar here knows a time outside these; an offset may lead there."""

DATE = r"^([0-9]{4})-(1[0-2]|0?[1-9])-(3[01]|[12][0-9]|[0 ]?[1-9])$"
EXAMPLES: Mapping[Kind, str] = {
    Kind.INTEGER: "12",
    Kind.NUMBER: "12.5",
    Kind.BOOLEAN: "true",
    Kind.DATETIME: "2014-10-26T02:30:00+10:00",
    Kind.DATE: "2014-10-26",
}


def cast(table: Table, text: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the typed frame and the findings of a table read as text.

    `text` has only String columns; null and the words of `MISSING` mean missing. The typed frame has the same rows in
    the same order, the declared columns first, then the unknown ones as text. A missing column is added as nulls.

    >>> from tumen.tables.cameras import OPERATING_PERIODS
    >>> text = pl.DataFrame({"deploymentID": ["d1"], "start": ["2014-10-26T02:30:00+10:00"], "end": ["soon"],
    ...                      "status": ["failed"]})
    >>> typed, found = cast(OPERATING_PERIODS, text)
    >>> typed["start"].item().isoformat(), typed["start_offset"].item(), typed["end"].item()
    ('2014-10-25T16:30:00+00:00', 600, None)
    >>> found.select("code", "row", "column", "value").row(0)
    ('cell-type', 2, 'end', 'soon')
    """
    typed, found = cast_cells(table, text)
    parts = [judge_header(table, text.columns), found]
    for column in table.columns:
        if column.unique and column.name in text.columns:
            parts.append(repeated_keys(table, column.name, typed))
    return typed, findings.gather(parts)


def cast_cells(table: Table, text: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the typed frame and the findings of its cells, each by itself: what may be asked of a part of a table."""
    present = _present(text)
    # Most tables have columns without any value.
    values = _values([c for c in table.columns if c.name in present and present[c.name].count()], present)
    typed: list[pl.Series] = []
    judged: list[tuple[Column, pl.Series, pl.Series]] = []
    for column in table.columns:
        read = values.get(column.name) or _nulls(column, text.height)
        typed.extend(read)
        if column.name in values or (column.required and column.name in present):
            judged.append((column, present[column.name], read[0]))
    unknown = [present[name] for name in text.columns if name not in table.dtypes]
    return pl.DataFrame([*typed, *unknown]), findings.join(_judge(table, judged))


def _present(text: pl.DataFrame) -> dict[str, pl.Series]:
    """Return the cells of every column, null where their text means "missing"."""
    # One query for all columns: of small tables, each query by itself would take longer than what it asks.
    missing = text.select(pl.all().is_in(MISSING))
    return {
        cells.name: cells.set(mask, None) if mask.any() else cells
        for cells, mask in zip(text.iter_columns(), missing.iter_columns(), strict=True)
    }


def judge_header(table: Table, names: Collection[str]) -> pl.DataFrame:
    """Judge the header: required columns that are not there, and columns the protocol does not know."""
    lacking = [c.name for c in table.columns if c.required and c.name not in names]
    surplus = [name for name in names if name not in table.names]
    return findings.join(
        [findings.finding("column-missing", table=table.name, column=name) for name in lacking]
        + [findings.finding("column-unknown", table=table.name, column=name) for name in surplus]
    )


def repeated_keys(table: Table, name: str, cells: pl.DataFrame) -> pl.DataFrame:
    """Find cells of a unique column that repeat the cell of a former row. `cells` may have `row`, else it is counted.

    >>> from tumen.tables.cameras import DEPLOYMENTS
    >>> repeated_keys(DEPLOYMENTS, "deploymentID", pl.DataFrame({"deploymentID": ["a", "b", "a"]}))["row"].to_list()
    [4]
    """
    row = pl.col("row") if "row" in cells.columns else pl.int_range(2, pl.len() + 2, dtype=pl.Int64)
    rows = cells.select(row.alias("row"), value=pl.col(name)).drop_nulls("value")
    # Equal hashes are looked for first, as numbers; the cells that have one are compared themselves.
    hashes = rows["value"].hash()
    if hashes.n_unique() == len(hashes):
        return findings.empty()
    alike = rows.filter(hashes.is_duplicated())
    return findings.rows(
        "key-duplicate", alike.filter(~pl.col("value").is_first_distinct()), table=table.name, column=name
    )


def _nulls(column: Column, height: int) -> list[pl.Series]:
    series = [pl.Series(column.name, [None], dtype=DTYPES[column.kind])]
    if column.kind is Kind.DATETIME:
        series.append(pl.Series(column.name + OFFSET, [None], dtype=pl.Int32))
    return [nulls.new_from_index(0, height) for nulls in series]


def _values(columns: Sequence[Column], cells: Mapping[str, pl.Series]) -> dict[str, list[pl.Series]]:
    """Read the cells of some columns; null where their text cannot be read. An instant is followed by its offset."""
    readers: Mapping[Kind, Callable[[pl.Expr], pl.Expr]] = {
        Kind.INTEGER: _integer,
        Kind.NUMBER: _number,
        Kind.BOOLEAN: lambda c: pl.when(c.is_in(TRUE)).then(True).when(c.is_in(FALSE)).then(False),
        Kind.DATE: _date,
    }
    values = {c.name: _instants(cells[c.name]) if c.kind is Kind.DATETIME else [cells[c.name]] for c in columns}
    read = [c for c in columns if c.kind in readers]
    if read:
        frame = pl.DataFrame([cells[c.name] for c in read])
        told = frame.select(readers[c.kind](pl.col(c.name)).alias(c.name) for c in read)
        values |= {series.name: [series] for series in told.iter_columns()}
    return values


def _integer(cell: pl.Expr) -> pl.Expr:
    bare = cell.str.strip_chars(SPACE)
    return pl.when(bare.str.contains(INTEGER)).then(bare).cast(pl.Int64, strict=False)


def _number(cell: pl.Expr) -> pl.Expr:
    bare = cell.str.strip_chars(SPACE)
    value = bare.cast(pl.Float64, strict=False)
    # Text beyond the range of numbers, such as 1e400, would come out as infinite.
    return pl.when(value.is_finite() & bare.str.contains(NUMBER)).then(value)


def _date(cell: pl.Expr) -> pl.Expr:
    parts = cell.str.extract_groups(DATE).struct
    day = pl.concat_str(parts.field("1"), _two(parts.field("2")), _two(parts.field("3")), separator="-")
    return pl.when(parts.field("1") != "0000").then(day).str.to_date("%Y-%m-%d", strict=False)


def _two(digits: pl.Expr) -> pl.Expr:
    return digits.str.strip_chars().str.zfill(2)


def _instants(cells: pl.Series) -> list[pl.Series]:
    """Read `2014-10-26T02:30:00+10:00`, `...+1000` or `...Z` as UTC instants and their recorded offsets in minutes."""
    name, cell = cells.name, pl.col("cell")
    frame, plain = cells.to_frame("cell"), cell.str.contains(PLAIN)
    usual, zulu = frame.select(usual=plain.all(), zulu=cell.str.ends_with("Z").all()).row(0)
    if not usual:
        frame = frame.select(cell=pl.when(plain).then(cell).otherwise(_plain(pl.when(~plain).then(cell))))
    local = cell.str.head(19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", time_zone="UTC", strict=False)
    offset = pl.lit(0, dtype=pl.Int32)
    zones = cell.str.slice(19)
    spelt = [] if zulu else frame.select(zones.drop_nulls().unique()).to_series().to_list()
    if spelt:
        offset = zones.replace_strict(spelt, [_minutes(zone) for zone in spelt], return_dtype=pl.Int32).cast(pl.Int32)
        local = local - pl.duration(minutes=offset)
    read = frame.select(local=local, offset=offset)
    known = pl.col("local").is_between(EARLIEST, LATEST)
    return list(
        read.select(
            pl.when(known).then("local").alias(name), pl.when(known).then("offset").alias(name + OFFSET)
        ).iter_columns()
    )


def _plain(cell: pl.Expr) -> pl.Expr:
    """Return instants in one spelling, with two digits wherever one will do; null for what is no instant."""
    part = cell.str.extract_groups(INSTANT).struct.field
    day = pl.concat_str(part("1"), _two(part("2")), _two(part("3")), separator="-")
    time = pl.concat_str((_two(part(number)) for number in ("4", "5", "6")), separator=":")
    return pl.concat_str(day, pl.lit("T"), time, part("7"))


def _minutes(zone: str) -> int:
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return -minutes if zone[0] == "-" else minutes


def _judge(table: Table, judged: Sequence[tuple[Column, pl.Series, pl.Series]]) -> list[pl.DataFrame]:
    """Return the findings of the cells of columns that are there; of each its text and its values."""
    broken: list[tuple[Column, pl.Series, str, dict[str, str]]] = []
    frame: list[pl.Series] = []
    masks: list[pl.Expr] = []
    for number, (column, cells, values) in enumerate(judged):
        frame += [cells.alias(f"value{number}"), values.alias(f"typed{number}")]
        for code, condition, arguments in _rules(column, pl.col(f"value{number}"), pl.col(f"typed{number}")):
            masks.append(condition.fill_null(False).alias(str(len(broken))))
            broken.append((column, cells, code, arguments))
    if not broken:
        return []
    found = []
    for mask, (column, cells, code, arguments) in zip(pl.DataFrame(frame).select(masks), broken, strict=True):
        if mask.any():
            rows = cells.to_frame("value").select(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("row"), "value")
            rows = rows.filter(mask).with_columns(pl.lit(text).alias(name) for name, text in arguments.items())
            found.append(findings.rows(code, rows, table=table.name, column=column.name, arguments=arguments))
    return found


def _rules(column: Column, cell: pl.Expr, typed: pl.Expr) -> list[tuple[str, pl.Expr, dict[str, str]]]:
    """Return what a column's declaration forbids: the code, where it is so, and what is said of it."""
    present = cell.is_not_null()
    broken: list[tuple[str, pl.Expr, dict[str, str]]] = []
    if column.required:
        broken.append(("cell-required", cell.is_null(), {}))
    broken += _unread(column, cell, present & typed.is_null())
    if column.minimum is not None:
        broken.append(("cell-below-minimum", typed < column.minimum, {"limit": f"{column.minimum:g}"}))
    if column.maximum is not None:
        broken.append(("cell-above-maximum", typed > column.maximum, {"limit": f"{column.maximum:g}"}))
    if column.vocabulary:
        words = ", ".join(column.vocabulary)
        broken.append(("cell-vocabulary", present & ~cell.is_in(column.vocabulary), {"words": words}))
    if column.pattern:
        broken.append(("cell-pattern", ~cell.str.contains(column.pattern), {"example": column.example}))
    return broken


def _unread(column: Column, cell: pl.Expr, unread: pl.Expr) -> list[tuple[str, pl.Expr, dict[str, str]]]:
    """Return what to say of cells whose text is no value of their kind; a local time lacks only its offset."""
    if column.kind not in EXAMPLES:
        return []
    said = {"kind": column.kind.value, "example": column.example or EXAMPLES[column.kind]}
    if column.kind is not Kind.DATETIME:
        return [("cell-type", unread, said)]
    local = cell.str.contains(LOCAL)
    return [("instant-without-offset", unread & local, {}), ("cell-type", unread & ~local, said)]


def to_text(table: Table, values: pl.DataFrame) -> pl.DataFrame:
    """Return the canonical text of a typed frame, which casts back to the same values.

    Datetimes are written with their recorded offset, or as UTC (`Z`) where none was recorded. Unknown columns follow
    the declared ones; declared columns that are wholly empty and optional stay in.

    >>> from tumen.tables.cameras import OPERATING_PERIODS
    >>> to_text(OPERATING_PERIODS, OPERATING_PERIODS.empty()).columns
    ['deploymentID', 'start', 'end', 'status', 'comments']
    """
    table.require(values)
    offsets = {column.name + OFFSET for column in table.columns if column.kind is Kind.DATETIME}
    unknown = [name for name in values.columns if name not in table.names and name not in offsets]
    return values.select(*(_text(column) for column in table.columns), *unknown)


def _text(column: Column) -> pl.Expr:
    cell = pl.col(column.name)
    if column.kind is Kind.DATETIME:
        offset = pl.col(column.name + OFFSET)
        local = (cell + pl.duration(minutes=offset.fill_null(0))).dt.strftime("%Y-%m-%dT%H:%M:%S")
        hours, minutes = offset.abs() // 60, offset.abs() % 60
        zone = pl.concat_str(
            pl.when(offset < 0).then(pl.lit("-")).otherwise(pl.lit("+")),
            hours.cast(pl.String).str.zfill(2),
            pl.lit(":"),
            minutes.cast(pl.String).str.zfill(2),
        )
        written = pl.when(offset.fill_null(0) == 0).then(pl.lit("Z")).otherwise(zone)
        return pl.concat_str(local, written).alias(column.name)
    if column.kind is Kind.BOOLEAN:
        return pl.when(cell).then(pl.lit("true")).when(~cell).then(pl.lit("false")).alias(column.name)
    if column.kind is Kind.DATE:
        return cell.dt.strftime("%Y-%m-%d").alias(column.name)
    return cell.cast(pl.String).alias(column.name)
