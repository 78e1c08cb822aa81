"""Read capture histories from CSV: captures, traps with their usage, mask and animals, each with a header.

The columns are secr's: `session` (may be left out where there is one), `animal` or `id`, `occasion`, `trap` or
`detector`, `count`, `alive`; traps with `x`, `y` in metres and the usage either as one cell of values separated by
blanks (`usage`) or as columns named 1, 2, ...; a mask with `area_ha` (hectares) or `area` (km2). Other columns are
covariates: numbers where every cell is one, else words. Files whose columns have other names say so with `names`.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from tumen.errors import FormatError, Text
from tumen.files.text_table import read_text_table
from tumen.tables.capture_histories import MASK, TRAPS, ScrTables
from tumen.tables.cast import cast_cells
from tumen.tables.findings import gather, rows
from tumen.tables.schema import Column, Kind, Table

HECTARES = 100.0
"""Hectares of a km2."""
ONE = "1"
"""The name of the only session where none is given."""
SYNONYMS: Mapping[str, str] = MappingProxyType(
    {"id": "animal", "ID": "animal", "trap": "detector", "trapID": "detector"}
)


def _table(name: str, **columns: tuple[Kind, bool]) -> Table:
    declared = tuple(
        Column(name=column, kind=kind, meaning="", required=required) for column, (kind, required) in columns.items()
    )
    return Table(name=name, meaning="", origin="secr", group="effort", columns=declared)


_CAPTURES = _table(
    "captures",
    session=(Kind.STRING, False),
    animal=(Kind.STRING, True),
    occasion=(Kind.INTEGER, True),
    detector=(Kind.STRING, True),
    count=(Kind.INTEGER, False),
    alive=(Kind.BOOLEAN, False),
)
_TRAPS = _table(
    "traps",
    session=(Kind.STRING, False),
    detector=(Kind.STRING, True),
    x=(Kind.NUMBER, True),
    y=(Kind.NUMBER, True),
    usage=(Kind.STRING, False),
)
_MASK = _table(
    "mask",
    session=(Kind.STRING, False),
    x=(Kind.NUMBER, True),
    y=(Kind.NUMBER, True),
    area_ha=(Kind.NUMBER, False),
    area=(Kind.NUMBER, False),
)
_ANIMALS = _table("animals", session=(Kind.STRING, False), animal=(Kind.STRING, True))


def read_csv_tables(
    captures: bytes,
    traps: bytes,
    *,
    mask: bytes | None = None,
    animals: Sequence[bytes] = (),
    names: Mapping[str, str] | None = None,
) -> tuple[ScrTables, pl.DataFrame]:
    r"""Return the tables that CSV files hold, and the findings.

    `names`: what other columns are called here ({"ANIMAL_ID": "animal"}). A capture without `count` counts once, one
    without `alive` was alive; without a session all is session 1. Several files of animals are stacked. Raises
    `FormatError` where a file lacks a column that it needs.

    >>> tables, found = read_csv_tables(b"animal,occasion,trap\na,1,A\n", b"trap,x,y,1,2\nA,0,0,1,0\n")
    >>> tables.captures.row(0), tables.traps["usage"].to_list(), found.height
    (('1', 'a', 1, 'A', 1, True, 2), [[1.0, 0.0]], 0)
    """
    renamed = {**SYNONYMS, **(names or {})}
    caught, found = _read(_CAPTURES, captures, renamed)
    placed, more = _read(_TRAPS, traps, renamed)
    placed, about_usage = _usage(placed)
    caught = caught.with_columns(
        pl.col("count").fill_null(1) if caught["count"].null_count() == caught.height else pl.col("count"),
        pl.col("alive").fill_null(True) if caught["alive"].null_count() == caught.height else pl.col("alive"),
    )
    parts = [found, more, about_usage]
    cells, living = None, None
    if mask is not None:
        cells, about = read_mask(mask, names)
        parts.append(about)
    if animals:
        read = [_read(_ANIMALS, data, renamed) for data in animals]
        living = pl.concat([frame for frame, _ in read], how="diagonal_relaxed")
        parts += [about for _, about in read]
    sessions = tuple(pl.concat([placed["session"], caught["session"]]).drop_nulls().unique(maintain_order=True)) or (
        ONE,
    )
    if caught["session"].null_count() == caught.height and len(sessions) == 1:
        caught = caught.with_columns(session=pl.lit(sessions[0], dtype=pl.String))
    return ScrTables(sessions, caught, placed, cells, living), gather(parts)


def read_mask(data: bytes, names: Mapping[str, str] | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    r"""Return the mask of a CSV file (`MASK`, its covariates and the line as `row`), and the findings.

    >>> read_mask(b"x,y,area_ha\n0,0,50\n")[0].select("x", "y", "area").rows()
    [(0.0, 0.0, 0.5)]
    """
    cells, found = _read(_MASK, data, {**SYNONYMS, **(names or {})})
    return _areas(cells), found


def _read(table: Table, data: bytes, renamed: Mapping[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    text, found = read_text_table(data, name=table.name)
    text = text.rename(
        {name: renamed[name] for name in text.columns if name in renamed and renamed[name] not in text.columns}
    )
    lacking = [column.name for column in table.columns if column.required and column.name not in text.columns]
    if lacking:
        raise FormatError(
            Text("a file of {table} with column {column}", table=table.name, column=", ".join(lacking)),
            Text("columns {found}", found=", ".join(text.columns) or "-"),
            "Name the columns as secr does, or say which column is which.",
        )
    typed, judged = cast_cells(table, text)
    covered = [_covariate(typed[name]) for name in typed.columns if name not in table.dtypes]
    frame = typed.with_columns(covered).with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("row"))
    return frame, gather([found, judged])


def _covariate(cells: pl.Series) -> pl.Series:
    """Return a column of text as numbers where every cell is one."""
    numbers = cells.cast(pl.Float64, strict=False)
    return numbers if numbers.null_count() == cells.null_count() and numbers.is_not_null().any() else cells


def _usage(traps: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return traps with their usage as a list, from one cell or from columns named 1, 2, ...; null where not told."""
    numbered = sorted((name for name in traps.columns if re.fullmatch(r"[1-9]\d*", name)), key=int)
    found = []
    if numbered:
        usage = [None if all(cell is None for cell in row) else list(row) for row in traps.select(numbered).iter_rows()]
        usage = [None if row is None else [_number(cell) for cell in row] for row in usage]
    else:
        usage = [None if cell is None else [_number(part) for part in cell.split()] for cell in traps["usage"]]
    series = pl.Series("usage", usage, dtype=pl.List(pl.Float64))
    bad = [row is not None and any(value is None for value in row) for row in usage]
    wrong = traps.filter(pl.Series(bad, dtype=pl.Boolean)).select("row", value="detector", expected=pl.lit("usage"))
    found.append(rows("secr-cell-unread", wrong, table="traps", column="usage", arguments=["expected"]))
    return traps.drop(numbered).with_columns(series).select(*TRAPS, pl.exclude(*TRAPS)), gather(found)


def _number(cell: object) -> float | None:
    try:
        return float(str(cell))
    except ValueError:
        return None


def _areas(mask: pl.DataFrame) -> pl.DataFrame:
    """Return the mask with the area of each cell in km2."""
    area = pl.coalesce("area", pl.col("area_ha") / HECTARES)
    return mask.with_columns(area=area).drop("area_ha").select(*MASK, pl.exclude(*MASK))
