"""What do a map, the side and the distance to the border tell of a place? What an attacker can do is done here.

Points are spread over the cell, or over the owner's area where no cell is told; those with the side and the distance
that were told are what is left of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.measure.geodesy import distances
from tumen.sharing.generalise import UNITS, WIDTHS, centres
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import Grant, at_most
from tumen.sharing.places import points
from tumen.tables.findings import finding
from tumen.tables.package import Package

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Locate = Callable[[pl.DataFrame], pl.DataFrame]

SIDE = 24
"""Points along each side of a cell."""
SAMPLES = 30_000
"""Points over the owner's area."""
FEW = 12
"""Points below which what is left is looked at again, closer."""
CLOSER = 8
"""Points along each side of a point that is looked at again."""
MOST = 400
"""Points that are looked at again; where there are more, much is left."""
MARGIN = 0.25
"""Degrees around the owner's places that an attacker takes for its area."""
ACROSS = 2.0
"""Steps: what is left must be wider than this, or than half of its cell."""


def border_leaks(grant: Grant, truth: Package, ledger: Ledger, locate: Locate | None) -> Iterator[pl.DataFrame]:
    """Return findings on locations that side, distance and cell together tell too exactly.

    `ledger`: its latest release is the one to judge. `locate`: see `tumen.sharing.leaks.Around`.
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
    told = latest.join(own.select("location", "countryCode"), on="location", how="inner").drop_nulls("countryCode")
    placed = (pl.col("column") >= 0) & pl.col("category").is_in(list(WIDTHS))
    in_cells, alone = told.filter(placed), told.filter(pl.col("column") < 0)
    if in_cells.height:
        yield from _in_cells(in_cells, grant, locate)
    if alone.height:
        yield from _in_area(alone, own, locate)


def _asked(lon: Numbers, lat: Numbers) -> pl.DataFrame:
    """Return points to be located, exact and without a declared country."""
    frame = pl.DataFrame({"longitude": lon, "latitude": lat})
    return frame.with_columns(coordinateUncertainty=pl.lit(0.0), declaredCountry=pl.lit(None, dtype=pl.String))


@dataclass(frozen=True)
class _Points:
    """Points with their sides and distances (m), each array of one shape; `reach` (m) is how far apart they lie."""

    lon: Numbers
    lat: Numbers
    country: npt.NDArray[np.object_]
    metres: Numbers
    reach: float

    def fit(self, told: "_Told", slack: float = 0.0) -> Flags:
        """Return which points have the side and the distance that were told, or lie within `slack` (m) of it."""
        near = (self.metres <= told.distance + slack) & (self.metres > told.distance - told.step - slack)
        # Across the border, only what is next to it may lie on the other side after all.
        fits: Flags = near & ((self.country == told.country) | (self.metres < slack))
        return fits


@dataclass(frozen=True)
class _Told:
    """What was told: single values, or columns with one row for each row of points."""

    country: npt.NDArray[np.object_]
    distance: Numbers
    step: Numbers

    def one(self, row: int) -> "_Told":
        return _Told(self.country[row], self.distance[row], self.step[row])


def _told(groups: pl.DataFrame) -> _Told:
    country, distance, step = (groups[name].to_numpy()[:, None] for name in ("countryCode", "borderDistance", "step"))
    return _Told(country, distance, step)


def _points(lon: Numbers, lat: Numbers, reach: float, locate: Locate) -> _Points:
    lat = np.clip(lat, -90, 90)
    sides = locate(_asked(lon.ravel(), lat.ravel()))
    country = sides["countryCode"].fill_null("").to_numpy().reshape(lon.shape)
    metres = sides["borderDistance"].fill_null(np.nan).to_numpy().reshape(lon.shape)
    return _Points(lon, lat, country, metres, reach)


def _in_cells(told: pl.DataFrame, grant: Grant, locate: Locate) -> Iterator[pl.DataFrame]:
    """Judge distances that are told together with cells."""
    unit, width = UNITS[grant.category], WIDTHS[grant.category]
    cells = told.with_columns(pl.col("column") // unit * unit, pl.col("row") // unit * unit)
    by = ["column", "row", "borderDistance", "step", "countryCode"]
    groups = cells.group_by(by).len("locations").sort(by)
    lon, lat = centres(groups["column"].to_numpy(), groups["row"].to_numpy(), grant.category)
    across = np.minimum(
        distances(lon - width / 2, lat, lon + width / 2, lat),
        distances(lon, np.clip(lat - width / 2, -90, 90), lon, np.clip(lat + width / 2, -90, 90)),
    )
    offset = np.meshgrid(*[((np.arange(SIDE) + 0.5) / SIDE - 0.5) * width] * 2)
    reach = width * 111_700 / SIDE
    x, y = (centre[:, None] + axis.ravel()[None, :] for centre, axis in zip((lon, lat), offset, strict=True))
    spread, said = _points(x, y, reach, locate), _told(groups)
    left, near = spread.fit(said), spread.fit(said, reach)
    few = left.sum(axis=1) < FEW
    extent = np.where(few, _extents(x, y, near), _extents(x, y, left))
    # A thin band between the points is as much as its part of the band around it.
    thin = near.mean(axis=1) * (said.step / (said.step + 2 * reach))[:, 0]
    share = np.where(few, thin, left.mean(axis=1))
    promised = np.minimum(across / 2, ACROSS * groups["step"].to_numpy())
    for row in np.flatnonzero(few & (extent < promised + 3 * reach)).tolist():
        extent[row] = _closer(spread, near[row], said.one(row), locate, row=row)
    pinned, number = (extent < promised) & (share < 0.5), groups["locations"].to_numpy()
    if pinned.any():
        yield finding("leak-border-pins", count=int(number[pinned].sum()), metres=round(float(promised[pinned].max())))
    narrowed = (share < 0.5) & ~pinned
    if narrowed.any():
        least = max(1, round(100 * float(share[narrowed].min())))
        yield finding("leak-border-narrows", count=int(number[narrowed].sum()), percent=least)


def _closer(spread: _Points, near: Flags, told: _Told, locate: Locate, *, row: int | None = None) -> float:
    """Return the extent (m) of what is left around some points, each looked at with many."""
    lon, lat = (spread.lon, spread.lat) if row is None else (spread.lon[row], spread.lat[row])
    here = np.flatnonzero(near)
    if len(here) > MOST:
        return np.inf
    half = spread.reach / 111_000 * ((np.arange(CLOSER) + 0.5) / CLOSER - 0.5)
    shrink = np.maximum(np.cos(np.radians(lat[here]))[:, None], 0.01)
    dx, dy = (axis.ravel()[None, :] for axis in np.meshgrid(half, half))
    fine = _points(lon[here, None] + dx / shrink, lat[here, None] + dy, spread.reach / CLOSER, locate)
    left = fine.fit(told)
    return float(_extents(fine.lon.reshape(1, -1), fine.lat.reshape(1, -1), left.reshape(1, -1))[0])


def _extents(lon: Numbers, lat: Numbers, left: Flags) -> Numbers:
    """Return the diagonal (m) of what is left of each row of points; 0 where nothing is."""
    some = left.any(axis=1)
    edges = [
        np.where(some, edge, 0.0)
        for edge in (
            np.where(left, lon, np.inf).min(axis=1),
            np.where(left, lat, np.inf).min(axis=1),
            np.where(left, lon, -np.inf).max(axis=1),
            np.where(left, lat, -np.inf).max(axis=1),
        )
    ]
    return distances(*edges)


def _in_area(told: pl.DataFrame, own: pl.DataFrame, locate: Locate) -> Iterator[pl.DataFrame]:
    """Judge distances that are told without cells, over the whole area of the owner."""
    groups = told.group_by("countryCode", "borderDistance", "step").len("locations")
    groups = groups.sort("countryCode", "borderDistance", "step")
    lon, lat = own["longitude"].to_numpy(), own["latitude"].to_numpy()
    west, east, south, north = (
        lon.min() - MARGIN, lon.max() + MARGIN, lat.min() - MARGIN, lat.max() + MARGIN
    )  # fmt: skip
    shrink = float(np.cos(np.radians((south + north) / 2)))
    spacing = float(np.sqrt((east - west) * shrink * (north - south) / SAMPLES))
    x, y = np.meshgrid(np.arange(west, east, spacing / shrink), np.arange(south, north, spacing))
    spread, said = _points(x.ravel(), y.ravel(), spacing * 111_700, locate), _told(groups)
    pinned, widest = 0, 0.0
    for row, locations in enumerate(groups["locations"].to_list()):
        one = said.one(row)
        across = ACROSS * float(one.step[0])
        left = spread.fit(one)
        if left.sum() >= FEW:
            extent = float(_extents(spread.lon[None, :], spread.lat[None, :], left[None, :])[0])
        else:
            extent = _closer(spread, spread.fit(one, spread.reach), one, locate)
        if extent < across:
            pinned, widest = pinned + locations, max(widest, across)
    if pinned:
        yield finding("leak-border-pins", count=pinned, metres=round(widest))
