"""Read text by a declaration: every cell becomes a typed value, or a finding.

Nothing is repaired. A cell that cannot be read as declared becomes null *and* a finding with its row and text, so that
zero, missing and unreadable never mix.
"""

from collections.abc import Callable, Mapping

import polars as pl

from tumen.tables import findings
from tumen.tables.schema import DTYPES, MISSING, OFFSET, UTC, Column, Kind, Table

TRUE = ("true", "True", "TRUE", "1")
FALSE = ("false", "False", "FALSE", "0")
INTEGER = r"^[+-]?\d+$"
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
LOCAL = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?$"
INSTANT = r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(Z|[+-]\d{2}:?\d{2})$"
DATE = r"^\d{4}-\d{2}-\d{2}$"
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
    raw = text.select(
        pl.when(pl.col(name).is_in(MISSING)).then(None).otherwise(pl.col(name)).alias(name) for name in text.columns
    ).with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("\x00row"))
    found = [_columns(table, text)]
    typed: list[pl.Series] = []
    for column in table.columns:
        if column.name not in text.columns:
            typed.extend(_nulls(column, text.height))
            continue
        values = raw.select(_values(column))
        typed.extend(values.get_columns())
        found.extend(_judge(table, column, raw, values))
    unknown = [raw[name] for name in text.columns if name not in table.dtypes]
    return pl.DataFrame([*typed, *unknown]), findings.gather(found)


def _columns(table: Table, text: pl.DataFrame) -> pl.DataFrame:
    """Judge the header: required columns that are not there, and columns the protocol does not know."""
    lacking = [c.name for c in table.columns if c.required and c.name not in text.columns]
    surplus = [name for name in text.columns if name not in table.names]
    return pl.concat(
        [findings.empty()]
        + [findings.finding("column-missing", table=table.name, column=name) for name in lacking]
        + [findings.finding("column-unknown", table=table.name, column=name) for name in surplus]
    )


def _nulls(column: Column, height: int) -> list[pl.Series]:
    series = [pl.Series(column.name, [None] * height, dtype=DTYPES[column.kind])]
    if column.kind is Kind.DATETIME:
        series.append(pl.Series(column.name + OFFSET, [None] * height, dtype=pl.Int32))
    return series


def _values(column: Column) -> list[pl.Expr]:
    """Return the expressions that read one column; null where the text cannot be read."""
    cell = pl.col(column.name)
    if column.kind is Kind.DATETIME:
        return _instant(column.name)
    readers: Mapping[Kind, Callable[[pl.Expr], pl.Expr]] = {
        Kind.INTEGER: lambda c: pl.when(c.str.contains(INTEGER)).then(c).cast(pl.Int64, strict=False),
        Kind.NUMBER: lambda c: pl.when(c.str.contains(NUMBER)).then(c).cast(pl.Float64, strict=False),
        Kind.BOOLEAN: lambda c: pl.when(c.is_in(TRUE)).then(True).when(c.is_in(FALSE)).then(False),
        Kind.DATE: lambda c: pl.when(c.str.contains(DATE)).then(c).str.to_date("%Y-%m-%d", strict=False),
    }
    reader = readers.get(column.kind)
    return [(reader(cell) if reader else cell).alias(column.name)]


def _instant(name: str) -> list[pl.Expr]:
    """Read `2014-10-26T02:30:00+10:00`, `...+1000` or `...Z` as a UTC instant and the recorded offset in minutes."""
    parts = pl.col(name).str.extract_groups(INSTANT).struct
    local = parts.field("1").str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    zone = parts.field("2").str.replace("Z", "+0000", literal=True).str.replace(":", "", literal=True)
    minutes = zone.str.slice(1, 2).cast(pl.Int32) * 60 + zone.str.slice(3, 2).cast(pl.Int32)
    offset = pl.when(zone.str.starts_with("-")).then(-minutes).otherwise(minutes)
    sane = (offset.abs() < 24 * 60) & local.is_not_null()
    instant = (local - pl.duration(minutes=offset)).dt.replace_time_zone("UTC").cast(UTC)
    return [
        pl.when(sane).then(instant).alias(name),
        pl.when(sane).then(offset).cast(pl.Int32).alias(name + OFFSET),
    ]


def _judge(table: Table, column: Column, raw: pl.DataFrame, values: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the findings of one column that is there."""
    cell = pl.col("value")
    frame = pl.DataFrame(
        [raw["\x00row"].alias("row"), raw[column.name].alias("value"), values[column.name].alias("typed")]
    )
    typed, present = pl.col("typed"), cell.is_not_null()
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
    if column.unique:
        broken.append(("key-duplicate", present & cell.is_duplicated() & ~cell.is_first_distinct(), {}))
    found = []
    for code, condition, arguments in broken:
        rows = frame.filter(condition.fill_null(False))
        if rows.height:
            rows = rows.with_columns(pl.lit(text).alias(name) for name, text in arguments.items())
            found.append(findings.rows(code, rows, table=table.name, column=column.name, arguments=arguments))
    return found


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
