"""Vectors of a joint fit: a Parquet file of numbers, with what it says of itself."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tumen.errors import FormatError, Text
from tumen.files.atomic import writing_file


def write(frame: pl.DataFrame, path: Path, about: dict[str, str]) -> None:
    """Write a new file with `about` in its metadata."""
    with writing_file(path) as part:
        frame.write_parquet(part, metadata=about)


def read(path: Path, columns: Sequence[str]) -> tuple[dict[str, str], pl.DataFrame]:
    """Return what a file says of itself, and its table; raise `FormatError` for another file or other columns."""
    try:
        about = dict(pl.read_parquet_metadata(path))
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        found = Text("{kind} in {name}", kind=type(error).__name__, name=path.name)
        raise FormatError("vectors of a joint fit", found, "Copy the message anew, or ask its sender.") from error
    if frame.columns != list(columns):
        raise FormatError(
            Text("columns {columns}", columns=", ".join(columns)),
            Text("{columns} in {name}", columns=", ".join(frame.columns), name=path.name),
            "Ask the sender for vectors of this request.",
        )
    return about, frame
