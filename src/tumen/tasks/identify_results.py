"""The folder of results: write tables to it, read what earlier steps wrote, and keep who was shown what.

Results are our own tables; they are still read as text and cast strictly, because a person may have opened them in a
spreadsheet program in between.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import polars as pl
from polars.exceptions import InvalidOperationError

from tumen.errors import FormatError, MisuseError, OutputError, Text
from tumen.files.atomic import writing_file
from tumen.files.text_table import read_text_table, write_csv
from tumen.individuals.place_time import PAIR
from tumen.tables.schema import UTC
from tumen.tasks.study import Study
from tumen.tasks.written import table_bytes

Types = Mapping[str, pl.DataType | type[pl.DataType]]

DECISIONS: dict[str, pl.DataType | type[pl.DataType]] = {
    "decisionID": pl.String,
    "page": pl.String,
    "observer": pl.String,
    "role": pl.String,
    "blind": pl.Boolean,
    **dict.fromkeys(PAIR, pl.String),
    "verdict": pl.String,
    "certainty": pl.String,
    "flank": pl.String,
    "note": pl.String,
    "decidedAt": UTC,
}
"""Every decision that was taken in, on pairs of every kind; verdicts that no table can hold stay here."""

SHOWN: dict[str, pl.DataType | type[pl.DataType]] = {
    "page": pl.String,
    "observer": pl.String,
    "role": pl.String,
    "blind": pl.Boolean,
    **dict.fromkeys(PAIR, pl.String),
    "method": pl.String,
    "score": pl.Float64,
    "probability": pl.Float64,
}
"""What a page showed to whom: one row per pair; `method` is what its evidence was (photo, genotype, several, other).
`score` (of photographs) and `probability` are those of the proposal, kept for the events; no blind page shows them."""

PAGES = "pages"
"""Folder, in the folder of results, with a table `SHOWN` for every page, named by its digest."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


def read_result(folder: Path, name: str, types: Types) -> pl.DataFrame | None:
    """Return the named columns of a table of results, typed; None where the table was not written.

    Raises `FormatError` where a column is missing or a cell cannot be what the column holds.
    """
    path = folder / f"{name}.csv"
    if not path.is_file():
        return None
    text, _ = read_text_table(path.read_bytes(), name=name)
    missing = [column for column in types if column not in text.columns]
    if missing:
        raise FormatError(
            Text("the columns of {name}", name=path.name),
            Text("no column {columns}", columns=", ".join(missing)),
            "Run the step that writes it again.",
        )
    try:
        return text.select(_typed(column, dtype) for column, dtype in types.items())
    except InvalidOperationError as error:
        reason = str(error).partition("\n")[0]
        raise FormatError(
            Text("values that {name} may hold", name=path.name), reason, "Run the step that writes it again."
        ) from error


def _typed(column: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    cell = pl.col(column).cast(pl.String)
    if dtype == pl.Boolean:
        return cell.replace_strict({"true": True, "false": False}, return_dtype=pl.Boolean).alias(column)
    if isinstance(dtype, pl.Datetime):
        return cell.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us").dt.replace_time_zone("UTC").alias(column)
    return cell.cast(dtype)


def needed(table: pl.DataFrame | None, name: str, command: str) -> pl.DataFrame:
    """Return a table of results that must be there; raise `MisuseError` with the command that makes it."""
    if table is None:
        raise MisuseError(
            Text("{name} in the folder of results", name=f"{name}.csv"),
            "no such file",
            Text("Run first: {command}", command=command),
        )
    return table


def write_results(folder: Path, study: Study, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write each table as `NAME.csv`; raise `OutputError` for a folder inside a package, or one that cannot be made."""
    refuse_inside(folder, study)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            Text("a folder for results, {folder}", folder=folder),
            error.strerror or type(error).__name__,
            "Name another folder with -o.",
        ) from error
    for name, frame in tables.items():
        with writing_file(folder / f"{name}.csv", replace=True) as part:
            part.write_bytes(table_bytes(frame))


def refuse_inside(folder: Path, study: Study) -> None:
    """Raise `OutputError` if results would be written into a package: nothing that was read is changed."""
    target = folder.resolve()
    for entry in study.packages:
        source = entry.path.resolve()
        if target.is_relative_to(source if source.is_dir() else source / "-"):
            raise OutputError(
                "a folder for results outside the packages",
                Text("{folder}, in the package {source}", folder=folder, source=source),
                "Name another folder with -o.",
            )


def write_result(path: Path, table: pl.DataFrame, *, inputs: Sequence[Path] = ()) -> None:
    """Write a table of text in the place of an earlier one, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with writing_file(path, replace=True, inputs=inputs) as part:
        part.write_bytes(write_csv(table))


def append_result(path: Path, table: pl.DataFrame, *, inputs: Sequence[Path] = ()) -> None:
    """Add rows of text to the end of a table of results; what stands in it keeps every byte.

    Raises `FormatError` where the table that is there has other columns.
    """
    before = path.read_bytes() if path.is_file() else b""
    head, rows = write_csv(table).split(b"\n", 1)
    if before and before.split(b"\n", 1)[0] != head:
        raise FormatError(
            Text("the columns of {name} as Tumen writes them", name=path.name), "others", "Move the file away."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with writing_file(path, replace=True, inputs=inputs) as part:
        part.write_bytes((before or head + b"\n") + rows)


def page_table(folder: Path, digest: str) -> pl.DataFrame | None:
    """Return what the page of a digest showed; None for a page that was not made here."""
    if not _DIGEST.fullmatch(digest):
        return None
    return read_result(folder / PAGES, digest, SHOWN)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal; nothing where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def slug(name: str) -> str:
    """Return a name as a part of a file's name, in whatever letters it has.

    >>> slug("О. Ким / 2"), slug("../..")
    ('О-Ким-2', 'unnamed')
    """
    return "-".join(re.findall(r"[^\W_]+", name))[:60] or "unnamed"


def pairs_of(rows: Iterable[Sequence[object]]) -> pl.DataFrame:
    """Return a frame of pairs from tuples of six texts."""
    return pl.DataFrame([tuple(row) for row in rows], schema=dict.fromkeys(PAIR, pl.String), orient="row")
