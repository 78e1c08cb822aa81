"""Can a place be found more exactly than its cell: from the cells, or from all releases together?"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from tumen.sharing.generalise import UNITS, WIDTHS, anchors, centres, radius
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import Grant, at_most
from tumen.sharing.places import LOCATED
from tumen.tables.findings import finding
from tumen.tables.package import Package


def cell_leaks(disclosed: Package, grant: Grant, ledger: Ledger) -> Iterator[pl.DataFrame]:
    """Return findings on coordinates that are finer than the grant's cells, or in cells that were never told."""
    if not at_most("generalised", grant.level):
        return
    known = ledger.releases.filter((pl.col("column") >= 0) & (pl.col("receiver") == grant.receiver))
    unit = UNITS[grant.category]
    cells = known.select(pl.col("column") // unit, pl.col("row") // unit).unique()
    for name in LOCATED:
        if name not in disclosed.tables:
            continue
        told = disclosed.tables[name].drop_nulls(["longitude", "latitude"])
        lon, lat = told["longitude"].to_numpy(), told["latitude"].to_numpy()
        column, row = anchors(lon, lat)
        east, north = centres(column, row, grant.category)
        off = ~((np.abs(east - lon) < 1e-7) & (np.abs(north - lat) < 1e-7))
        if off.any():
            yield finding("leak-cell-finer", table=name, count=int(off.sum()), category=grant.category)
            continue
        stated = told["coordinateUncertainty"].cast(pl.Float64).fill_null(0.0).to_numpy()
        small = stated < radius(lon, lat, grant.category, np.zeros(len(lon))) - 0.5
        if small.any():
            yield finding("leak-cell-radius", table=name, count=int(small.sum()))
        here = pl.DataFrame({"column": column // unit, "row": row // unit})
        lost = here.join(cells, on=["column", "row"], how="anti").height
        if lost:
            yield finding("leak-cell-unrecorded", table=name, count=lost)


def ledger_leaks(ledger: Ledger) -> Iterator[pl.DataFrame]:
    """Return findings on locations of which all releases together tell more than any of them."""
    placed = ledger.releases.filter((pl.col("column") >= 0) & pl.col("category").is_in(list(WIDTHS)))
    unit = pl.col("category").min().replace_strict(UNITS, return_dtype=pl.Int64)
    cells = placed.group_by("location").agg(
        apart=((pl.col("column") // unit).n_unique() > 1)
        | ((pl.col("row") // unit).n_unique() > 1)
        | (pl.col("grid").n_unique() > 1)
    )
    overlapping = cells.filter("apart").height
    if overlapping:
        yield finding("leak-cells-overlap", count=overlapping)
    told = ledger.releases.drop_nulls(["step", "borderDistance"])
    left = told.group_by("location").agg(
        width=pl.col("borderDistance").min() - (pl.col("borderDistance") - pl.col("step")).max(),
        step=pl.col("step").min(),
        zero=pl.col("borderDistance").max() == 0,
    )
    narrow = left.filter((pl.col("width") < pl.col("step") * (1 - 1e-9)) & ~pl.col("zero")).height
    if narrow:
        yield finding("leak-distances-narrow", count=narrow)
