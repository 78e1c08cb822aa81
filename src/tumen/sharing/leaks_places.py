"""Can a place be found more exactly than its cell: from the cells, from all releases together, from the border?"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.measure.geodesy import distances
from tumen.sharing.generalise import UNITS, WIDTHS, anchors, centres, radius
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import Grant, at_most
from tumen.sharing.places import LOCATED, points
from tumen.tables.findings import finding
from tumen.tables.package import Package

Numbers = npt.NDArray[np.float64]
Locate = Callable[[pl.DataFrame], pl.DataFrame]

SIDE = 24
"""Points along each side of a cell with which it is asked what the border leaves of it."""
SAMPLES = 30_000
"""Points over the owner's area with which it is asked what a distance alone leaves."""
FEW = 12
"""Points below which what is left is looked at again, closer."""
MARGIN = 0.25
"""Degrees around the owner's places that an attacker takes for its area."""


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


def border_leaks(grant: Grant, truth: Package, ledger: Ledger, locate: Locate | None) -> Iterator[pl.DataFrame]:
    """Return findings on locations that side, distance and cell together tell too exactly.

    What an attacker can do is done: points are spread over the cell, or over the owner's area where no cell is told,
    and those with the side and the distance told are what is left.
    """
    latest = ledger.releases.filter(pl.col("release") == pl.col("release").max()).drop_nulls("borderDistance")
    if latest.is_empty() or not at_most("crossing", grant.level):
        return
    if locate is None:
        yield finding("leak-border-unchecked")
        return
    own = points(truth.tables).unique("location", keep="first", maintain_order=True)
    sided = locate(_asked(own["longitude"].to_numpy(), own["latitude"].to_numpy()))
    own = own.with_columns(sided["countryCode"])
    told = latest.join(own.select("location", "longitude", "latitude", "countryCode"), on="location", how="inner")
    told = told.drop_nulls("countryCode")
    in_cells = told.filter((pl.col("column") >= 0) & pl.col("category").is_in(list(WIDTHS)))
    if in_cells.height:
        yield from _in_cells(in_cells, grant, locate)
    if told.height > in_cells.height:
        yield from _in_area(told.filter(pl.col("column") < 0), own, grant, locate)


def _asked(lon: Numbers, lat: Numbers) -> pl.DataFrame:
    """Return points to be located, exact and without a declared country."""
    frame = pl.DataFrame({"longitude": lon, "latitude": lat})
    return frame.with_columns(coordinateUncertainty=pl.lit(0.0), declaredCountry=pl.lit(None, dtype=pl.String))


def _located(lon: Numbers, lat: Numbers, locate: Locate) -> tuple[npt.NDArray[np.object_], Numbers]:
    sides = locate(_asked(lon, lat))
    return sides["countryCode"].fill_null("").to_numpy(), sides["borderDistance"].fill_null(np.nan).to_numpy()


def _in_cells(told: pl.DataFrame, grant: Grant, locate: Locate) -> Iterator[pl.DataFrame]:
    unit, width = UNITS[grant.category], WIDTHS[grant.category]
    by = ["column", "row", "borderDistance", "step", "countryCode"]
    cells = told.with_columns(pl.col("column") // unit * unit, pl.col("row") // unit * unit)
    groups = cells.group_by(by).len("locations").sort(by)
    lon, lat = centres(groups["column"].to_numpy(), groups["row"].to_numpy(), grant.category)
    east, north = np.meshgrid(*[(np.arange(SIDE) + 0.5) / SIDE - 0.5] * 2)
    spread = [centre[:, None] + offset.ravel()[None, :] * width for centre, offset in ((lon, east), (lat, north))]
    country, metres = _located(spread[0].ravel(), np.clip(spread[1], -90, 90).ravel(), locate)
    left = _fits(country, metres, groups).reshape(len(groups), -1)
    extent = _extents(spread[0], spread[1], left)
    side = np.min(
        [distances(lon, lat, lon + width, lat), distances(lon, lat, lon, np.clip(lat + width, -90, 90))], axis=0
    )
    promised = np.minimum(side, groups["step"].to_numpy()) / 2
    number = groups["locations"].to_numpy()
    pinned = (extent < promised) & (left.mean(axis=1) < 0.5)
    if pinned.any():
        yield finding("leak-border-pins", count=int(number[pinned].sum()), metres=round(float(promised[pinned].max())))
    share = left.mean(axis=1)
    narrowed = (share < 0.5) & ~pinned
    if narrowed.any():
        least = max(1, round(100 * float(share[narrowed].min())))
        yield finding("leak-border-narrows", count=int(number[narrowed].sum()), percent=least)


def _fits(country: npt.NDArray[np.object_], metres: Numbers, groups: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which points have the side and the distance of their group; there are as many points for each group."""
    each = len(metres) // len(groups)
    told, step = (np.repeat(groups[name].to_numpy(), each) for name in ("borderDistance", "step"))
    same = country == np.repeat(groups["countryCode"].to_numpy(), each)
    fits: npt.NDArray[np.bool_] = same & (metres <= told) & (metres > told - step)
    return fits


def _extents(lon: Numbers, lat: Numbers, left: npt.NDArray[np.bool_]) -> Numbers:
    """Return the diagonal (m) of what is left of each row of points; 0 where nothing is."""
    some = left.any(axis=1)
    low_x, high_x = (np.where(left, lon, fill) for fill in (np.inf, -np.inf))
    low_y, high_y = (np.where(left, lat, fill) for fill in (np.inf, -np.inf))
    west, east, south, north = low_x.min(axis=1), high_x.max(axis=1), low_y.min(axis=1), high_y.max(axis=1)
    zero = np.zeros(len(left))
    west, east, south, north = (np.where(some, value, zero) for value in (west, east, south, north))
    return distances(west, south, east, north)


def _in_area(told: pl.DataFrame, own: pl.DataFrame, grant: Grant, locate: Locate) -> Iterator[pl.DataFrame]:
    """Judge distances that are told without cells, over the whole area of the owner."""
    groups = told.group_by("countryCode", "borderDistance", "step").len("locations")
    groups = groups.sort("countryCode", "borderDistance", "step")
    west, east = float(str(own["longitude"].min())) - MARGIN, float(str(own["longitude"].max())) + MARGIN
    south, north = float(str(own["latitude"].min())) - MARGIN, float(str(own["latitude"].max())) + MARGIN
    shrink = float(np.cos(np.radians((south + north) / 2)))
    spacing = float(np.sqrt((east - west) * shrink * (north - south) / SAMPLES))
    lon, lat = (
        axis.ravel() for axis in np.meshgrid(np.arange(west, east, spacing / shrink), np.arange(south, north, spacing))
    )
    country, metres = _located(lon, lat, locate)
    reach = spacing * 111_000
    pinned = 0
    for code, distance, step, locations in groups.iter_rows():
        mine = country == code
        here = mine & (metres <= distance) & (metres > distance - step)
        if here.sum() >= FEW:
            continue
        near = np.flatnonzero((metres <= distance + reach) & (metres > distance - step - reach))[:400]
        fine = (np.arange(8) + 0.5) / 8 - 0.5
        dx, dy = (axis.ravel() * spacing for axis in np.meshgrid(fine / shrink, fine))
        x, y = (lon[near, None] + dx).ravel(), (lat[near, None] + dy).ravel()
        sides, apart = _located(x, y, locate)
        left = (sides == code) & (apart <= distance) & (apart > distance - step)
        pinned += locations if float(_extents(x[None, :], y[None, :], left[None, :])[0]) < step else 0
    if pinned:
        yield finding("leak-border-pins", count=pinned, metres=round(grant.step))
