"""Can a place be found more exactly than its cell: from the cells, or from all releases together?"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from tumen.sharing.generalise import UNITS, WIDTHS, anchors, centres, radius
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import Grant, at_most
from tumen.sharing.places import LOCATED
from tumen.tables.findings import empty, finding
from tumen.tables.package import Package


def cell_leaks(disclosed: Package, grant: Grant, ledger: Ledger) -> Iterator[pl.DataFrame]:
    """Return findings on coordinates that are finer than the grant's cells, or in cells that were never told."""
    if not at_most("generalised", grant.level):
        return
    known = ledger.releases.filter((pl.col("column") >= 0) & (pl.col("receiver") == grant.receiver))
    unit = UNITS[grant.category]
    cells = known.select(pl.col("column") // unit, pl.col("row") // unit).unique()
    for name, told in _placed(disclosed):
        finer, small = _off_grid(name, told, grant)
        if finer.height:
            yield finer
            continue
        yield small
        column, row = anchors(told["longitude"].to_numpy(), told["latitude"].to_numpy())
        here = pl.DataFrame({"column": column // unit, "row": row // unit})
        lost = here.join(cells, on=["column", "row"], how="anti").height
        if lost:
            yield finding("leak-cell-unrecorded", table=name, count=lost)


def grid_leaks(disclosed: Package, grant: Grant) -> Iterator[pl.DataFrame]:
    """Return findings on coordinates that are no centres of the grant's cells, as anybody sees without a ledger."""
    if not at_most("generalised", grant.level):
        return
    for name, told in _placed(disclosed):
        yield from _off_grid(name, told, grant)


def _placed(disclosed: Package) -> Iterator[tuple[str, pl.DataFrame]]:
    for name in LOCATED:
        if name in disclosed.tables:
            yield name, disclosed.tables[name].drop_nulls(["longitude", "latitude"])


def _off_grid(name: str, told: pl.DataFrame, grant: Grant) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return findings on coordinates beside the centres of cells, and on radii that do not hold the cell."""
    lon, lat = told["longitude"].to_numpy(), told["latitude"].to_numpy()
    east, north = centres(*anchors(lon, lat), grant.category)
    off = ~((np.abs(east - lon) < 1e-7) & (np.abs(north - lat) < 1e-7))
    if off.any():
        return finding("leak-cell-finer", table=name, count=int(off.sum()), category=grant.category), empty()
    stated = told["coordinateUncertainty"].cast(pl.Float64).fill_null(0.0).to_numpy()
    small = stated < radius(lon, lat, grant.category, np.zeros(len(lon))) - 0.5
    return empty(), finding("leak-cell-radius", table=name, count=int(small.sum())) if small.any() else empty()


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
