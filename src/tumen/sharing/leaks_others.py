"""What do two views tell together that one alone does not?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.sharing.choose import OWN_WORDS, PAIRED
from tumen.sharing.generalise import UNITS, anchors
from tumen.sharing.leaks_texts import KEYED
from tumen.sharing.levels import Grant
from tumen.tables.findings import finding
from tumen.tables.package import Package

FINGERPRINTS = (
    ("observations", "deploymentID", ("scientificName", "count", "eventStart")),
    ("observations", "individualID", ("scientificName", "sex", "eventStart")),
    ("encounters", "individualID", ("scientificName", "source", "startDate")),
)
"""Table, the name to recognise, and the columns of its rows by which it is recognised; times by their month."""
RECORDS = 3
"""Records a name needs to be recognised by them."""


@dataclass(frozen=True)
class Earlier:
    """A view that has left before: to whom, its category of cells, and the view."""

    receiver: str
    category: int
    package: Package


def linked(disclosed: Package, grant: Grant, earlier: tuple[Earlier, ...]) -> Iterator[pl.DataFrame]:
    """Return findings on names that two receivers share, that can be recognised, and on places that have moved."""
    for one in earlier:
        if one.receiver == grant.receiver:
            yield from _moved(disclosed, grant, one)
        else:
            yield from _shared(disclosed, one)
            yield from _recognised(disclosed, one)


def _shared(disclosed: Package, one: Earlier) -> Iterator[pl.DataFrame]:
    before = [frame[column] for name, frame in one.package.tables.items() for column in _named(name, frame)]
    if not before:
        return
    known = pl.concat([names.alias("name") for names in before]).unique()
    known = known.filter(known.str.contains(KEYED).fill_null(False))
    for name, frame in disclosed.tables.items():
        for column in _named(name, frame):
            count = frame[column].drop_nulls().unique().is_in(known.implode()).sum()
            if count:
                yield finding("leak-name-shared", table=name, column=column, value=one.receiver, count=int(count))


def _named(name: str, frame: pl.DataFrame) -> list[str]:
    """Return columns with keyed names; names of other parties are theirs."""
    return [
        column
        for column in frame.columns
        if frame[column].dtype == pl.String
        and not (name in OWN_WORDS and column in PAIRED)
        and len(first := frame[column].drop_nulls().head(1))
        and first.str.contains(KEYED).all()
    ]


def _recognised(disclosed: Package, one: Earlier) -> Iterator[pl.DataFrame]:
    for name, column, by in FINGERPRINTS:
        if name not in disclosed.tables or name not in one.package.tables:
            continue
        here, there = (_prints(package.tables[name], column, by) for package in (disclosed, one.package))
        count = here.join(there, on="print", how="inner").height
        if count:
            yield finding("leak-linkable", table=name, column=column, value=one.receiver, count=count)


def _prints(frame: pl.DataFrame, column: str, by: tuple[str, ...]) -> pl.DataFrame:
    """Return the fingerprint of every name that no other name has: the sum of the hashes of its rows."""
    rows = frame.select(column, *by).drop_nulls(column)
    rows = rows.with_columns(
        pl.col(name).cast(pl.Date).dt.truncate("1mo") for name in by if rows[name].dtype.is_temporal()
    )
    hashed = rows.select(column, hash=pl.struct(*by).hash(seed=0))
    prints = hashed.group_by(column).agg(
        pl.len().alias("rows"), print=pl.struct(pl.len().alias("n"), pl.col("hash").sum().alias("sum"))
    )
    several = prints.filter(pl.col("rows") >= RECORDS)
    return several.unique("print", keep="none").select("print")


def _moved(disclosed: Package, grant: Grant, one: Earlier) -> Iterator[pl.DataFrame]:
    """Return a finding on places that the same receiver has been told elsewhere: two cells tell where they overlap."""
    if "deployments" not in disclosed.tables or "deployments" not in one.package.tables:
        return
    both = (
        disclosed.tables["deployments"]
        .join(one.package.tables["deployments"], on="deploymentID", suffix="Before")
        .drop_nulls(["longitude", "latitude", "longitudeBefore", "latitudeBefore"])
    )
    if both.is_empty():
        return
    unit = UNITS[min(grant.category, one.category)]
    now = anchors(both["longitude"].to_numpy(), both["latitude"].to_numpy())
    before = anchors(both["longitudeBefore"].to_numpy(), both["latitudeBefore"].to_numpy())
    apart = int(np.sum((now[0] // unit != before[0] // unit) | (now[1] // unit != before[1] // unit)))
    if apart:
        yield finding("leak-cells-overlap", table="deployments", column="longitude", count=apart)
