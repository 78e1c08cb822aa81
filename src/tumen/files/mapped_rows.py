"""Bring a sheet into the rows a table needs: choose rows, turn a wide table into a long one, find columns by header."""

import difflib
import unicodedata
from collections.abc import Sequence

import polars as pl

from tumen.files.mapped_cells import present
from tumen.files.mapped_sheets import Sheet
from tumen.files.mapping import FILE, ROW, Source, TableMapping, Unpivot
from tumen.tables.findings import empty, finding, gather, rows

NUMBER = "\x00row"
STATUS = "\x00status"
"""Columns beside the foreign ones: the row in the file, and what a cell of a wide table says of the counting."""


def find(source: Source, headers: Sequence[str]) -> str | None:
    r"""Return the header a mapping means: by number, by name, or by name but for blanks and letter forms; else None.

    >>> find("Широта, град", ["№", "Широта,\nград"]), find(1, ["№"]), find("X", ["x"])
    ('Широта,\nград', '№', None)
    """
    if isinstance(source, int):
        return headers[source - 1] if source <= len(headers) else None
    if source in headers:
        return source
    alike = [header for header in headers if _plain(header) == _plain(source)]
    return alike[0] if len(alike) == 1 else None


def nearest_header(source: Source, headers: Sequence[str]) -> str:
    """Return the header that a missing one is most like, or all of them."""
    close = difflib.get_close_matches(str(source), headers, n=1)
    return close[0] if close else ", ".join(headers)


def _plain(header: str) -> str:
    return " ".join(unicodedata.normalize("NFC", header).split())


def arrange(mapping: TableMapping, sheet: Sheet) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the foreign rows a table is made of, with `(row)` and `(file)`, and the findings about them."""
    frame = sheet.cells.with_columns(
        sheet.rows.alias(NUMBER),
        sheet.rows.cast(pl.String).alias(ROW),
        pl.lit(sheet.file).alias(FILE),
    )
    frame, found = _chosen(frame, mapping, sheet)
    if mapping.unpivot is None:
        return frame, found
    frame, more = _long(frame, mapping, mapping.unpivot, sheet)
    return frame, gather([found, more])


def _chosen(frame: pl.DataFrame, mapping: TableMapping, sheet: Sheet) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep the rows that `where` asks for, and note how many were left out."""
    findings = []
    for source, words in mapping.where.items():
        header = find(source, sheet.cells.columns)
        if header is None:
            findings.append(missing(mapping, sheet, source, ""))
            continue
        keep = frame[header].str.strip_chars().is_in([word.strip() for word in words]).fill_null(False)
        out = int((~keep).sum())
        if out:
            findings.append(
                finding(
                    "rows-left-out", table=mapping.table.name, value=header, count=out, file=sheet.file,
                    words=", ".join(words),
                )
            )  # fmt: skip
        frame = frame.filter(keep)
    return frame, gather(findings)


def missing(mapping: TableMapping, sheet: Sheet, source: Source, column: str) -> pl.DataFrame:
    """Return the finding that a column the mapping names is not in the file."""
    return finding(
        "mapped-column-missing",
        table=mapping.table.name,
        column=column,
        value=str(source),
        file=sheet.file,
        near=nearest_header(source, sheet.cells.columns),
    )


def widened(unpivot: Unpivot, headers: Sequence[str]) -> list[str]:
    """Return the headers of the columns that become rows."""
    if unpivot.first is not None:
        return list(headers[unpivot.first - 1 : unpivot.last])
    return [header for source in unpivot.columns if (header := find(source, headers)) is not None]


def _long(
    frame: pl.DataFrame, mapping: TableMapping, unpivot: Unpivot, sheet: Sheet
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make one row of each cell of the chosen columns, in the order of the file, and say what each cell means."""
    headers = sheet.cells.columns
    lost = [source for source in unpivot.columns if find(source, headers) is None]
    findings = [missing(mapping, sheet, source, "") for source in lost]
    chosen = widened(unpivot, headers)
    place = pl.col("\x00header").replace_strict({h: n for n, h in enumerate(chosen)}, default=0, return_dtype=pl.Int64)
    rest = [name for name in frame.columns if name not in chosen]
    long = (
        frame.unpivot(on=chosen, index=rest, variable_name="\x00header", value_name="\x00cell")
        .with_columns(place.alias("\x00place"))
        .sort(NUMBER, "\x00place", maintain_order=True)
    )
    long = long.with_columns(present(long["\x00cell"], mapping.setting.missing).alias("\x00cell"))
    cell = pl.col("\x00cell").str.strip_chars()
    unseen, withheld = cell.is_in(unpivot.not_counted), cell.is_in(unpivot.withheld)
    meanings = {"notCounted": "notCounted", "zero": "counted"}
    long = long.with_columns(
        pl.when(cell.is_null())
        .then(pl.lit(meanings.get(unpivot.empty or ""), pl.String))
        .when(unseen)
        .then(pl.lit("notCounted"))
        .when(withheld)
        .then(pl.lit("withheld"))
        .otherwise(pl.lit("counted"))
        .alias(STATUS),
        pl.when(cell.is_null())
        .then(pl.lit("0" if unpivot.empty == "zero" else None, pl.String))
        .when(~unseen & ~withheld)
        .then("\x00cell")
        .alias("\x00number"),
    )
    findings.append(_undeclared(long, mapping, unpivot))
    if unpivot.empty == "noRow":
        long = long.filter(cell.is_not_null())
    named = {"\x00header": unpivot.header, "\x00number": unpivot.cell}
    return long.drop("\x00place", "\x00cell").rename(named), gather(findings)


def _undeclared(long: pl.DataFrame, mapping: TableMapping, unpivot: Unpivot) -> pl.DataFrame:
    """Return a finding for every empty cell whose meaning nobody declared."""
    if unpivot.empty is not None:
        return empty()
    bad = long.filter(pl.col("\x00cell").is_null()).select(row=NUMBER, header="\x00header")
    return rows("empty-undeclared", bad, table=mapping.table.name, column="", arguments=("header",))
