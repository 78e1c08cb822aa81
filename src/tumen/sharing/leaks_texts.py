"""Every text that leaves: cells, file names and metadata, each distinct one once."""

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from tumen.sharing.choose import OWN_WORDS, PAIRED, granted
from tumen.sharing.kept import KEPT
from tumen.sharing.levels import Grant
from tumen.sharing.view import WITHHELD
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.schema import Kind

SAID = {
    "table": pl.String,
    "column": pl.String,
    "row": pl.Int64,
    "value": pl.String,
    "count": pl.Int64,
    "of": pl.String,
}
"""A distinct text: where it first stands (rows as a spreadsheet counts them), how often, and its class (`of`)."""

KEYED = r"^[0-9a-f]{20}$"
"""A keyed name, as `tumen.sharing.pseudonyms` makes it."""
KEYED_PATH = r"^(?:portraits|media)/[0-9a-f]{20}\.(?:jpg|png)$"
DESCRIPTOR = "datapackage.json"
OWN_METADATA = ("created", "dataGeneralizations", "informationWithheld", "licenses", "profile", "resources")
"""Metadata that disclosure and the writer make from the grant alone."""


def said(disclosed: Package, grant: Grant, files: Iterable[str]) -> pl.DataFrame:
    """Return the texts of a view that somebody may have written: no keyed names, no words of a vocabulary."""
    parts = [pl.DataFrame(schema=SAID)]
    for name, frame in disclosed.tables.items():
        # What would be written is searched too where it is not what the values say.
        parts += _cells(name, frame, grant)
        if name in disclosed.received:
            parts += _cells(name, disclosed.received[name], grant)
    paths = [("files", "path", None, path, 1, "media") for path in files]
    metadata = [
        (DESCRIPTOR, key, None, text, 1, "text")
        for key, value in disclosed.descriptor.items()
        if key not in OWN_METADATA
        for text in strings(value)
    ]
    parts.append(pl.DataFrame([*paths, *metadata], schema=SAID, orient="row"))
    every = pl.concat(parts)
    plain = ~pl.col("value").str.contains(KEYED) & ~pl.col("value").str.contains(KEYED_PATH)
    return every.filter(plain & (pl.col("value") != WITHHELD)).unique(["table", "column", "value"], maintain_order=True)


def _cells(name: str, frame: pl.DataFrame, grant: Grant) -> Iterator[pl.DataFrame]:
    if frame.is_empty():
        return
    kept = KEPT[name].columns if name in KEPT else {}
    declared = {column.name: column for column in TABLES[name].columns} if name in TABLES else {}
    for column in frame.columns:
        known = declared.get(column)
        if frame[column].dtype != pl.String or (name in OWN_WORDS and column in PAIRED):
            continue
        # Numbers and times are judged as such; that they are written as they are is asked elsewhere.
        typed = known is not None and known.kind not in (Kind.STRING, Kind.ANY)
        if typed or frame[column].null_count() == frame.height:
            continue
        words = list(known.vocabulary) if known is not None else []
        counted = (
            frame.select(value=column, row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
            .drop_nulls("value")
            .group_by("value")
            .agg(pl.col("row").min(), pl.len().cast(pl.Int64).alias("count"))
            .filter(~pl.col("value").is_in(words))
        )
        what = kept.get(column, "text")
        if what == "animal" and granted("name", grant):
            continue
        yield counted.sort("row").select(
            pl.lit(name).alias("table"), pl.lit(column).alias("column"), "row", "value", "count", of=pl.lit(what)
        )


def strings(value: Any) -> Iterator[str]:
    """Return every text and number, as text, in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, dict):
        yield " ".join(text for one in value.values() for text in strings(one))
    elif isinstance(value, list | tuple):
        yield " ".join(text for one in value for text in strings(one))
