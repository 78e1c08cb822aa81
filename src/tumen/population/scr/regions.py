"""In which country, and in which protected areas, does each cell of the mask lie?

The answer is a table of parts: `cell` (position from 0), `kind` ("country" or "area"), `region`, `share` (of the cell,
above 0). The shares of the countries of a cell add up to 1: what lies in no country, at sea or in the gap that polygons
leave along a border river, is the region `NO_COUNTRY`; where the polygons of two countries overlap because both claim
the ground, the region is named after both ("CN|RU"). Protected areas may overlap, or hold none of a cell: their shares
do not add up to anything.
"""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tumen.errors import MisuseError, Text
from tumen.population.scr.cells import pieces, polygonal
from tumen.population.scr.survey import Floats, Mask

By = Literal["centre", "share"]

NO_COUNTRY = "no country"

REGIONS: dict[str, pl.DataType | type[pl.DataType]] = {
    "cell": pl.Int64,
    "kind": pl.String,
    "region": pl.String,
    "share": pl.Float64,
}

_GRAIN = 1e-4
"""Metres to which overlaps are computed: overlays of outlines that nearly touch are exact only on a grid."""
_THIN = 1e-12
"""A share of a cell below this is rounding."""


def countries(
    cells: Mask, polygons: Mapping[str, BaseGeometry], *, by: By = "centre", habitat: BaseGeometry | None = None
) -> pl.DataFrame:
    """Return the countries of all cells (`REGIONS`): `polygons` in the plane of the mask by ISO alpha-2 code.

    `by` "centre": a cell belongs to the country its centre lies in. "share": to each by its share of the cell's area;
    of a mask made with the area rule "cut", of the part of the cell in `habitat`, which must then be given. Raises
    `MisuseError` for "share" of cut cells without habitat.

    >>> cells = Mask(np.array([[5.0, 5.0], [15.0, 5.0]]), np.full(2, 1e-4), 10.0)
    >>> land = {"CN": shapely.box(0, 0, 8, 10), "RU": shapely.box(8, 0, 18, 10)}
    >>> countries(cells, land).rows()
    [(0, 'country', 'CN', 1.0), (1, 'country', 'RU', 1.0)]
    >>> [(cell, region, round(share, 3)) for cell, _, region, share in countries(cells, land, by="share").rows()]
    [(0, 'CN', 0.8), (0, 'RU', 0.2), (1, 'RU', 0.8), (1, 'no country', 0.2)]
    """
    parts = _apart({code: _around(cells, polygons[code]) for code in sorted(polygons)})
    names = sorted(parts)
    shares = np.column_stack([_share(cells, parts[name], by, habitat) for name in names] or [np.zeros((len(cells), 0))])
    if by == "centre":
        # A centre on the line between two countries lies in the first of them, and in no other.
        first = np.cumsum(shares > 0, axis=1) == 1
        shares = np.where(first & (shares > 0), 1.0, 0.0)
    total = shares.sum(axis=1)
    whole = total > 1 - 1e-9
    shares[whole] /= total[whole, None]
    rest = np.where(whole, 0.0, 1 - total)
    return _table("country", [*names, NO_COUNTRY], np.column_stack((shares, rest)))


def areas(
    cells: Mask, polygons: Mapping[str, BaseGeometry], *, by: By = "centre", habitat: BaseGeometry | None = None
) -> pl.DataFrame:
    """Return the protected areas of all cells (`REGIONS`); a cell may lie in several, or in none (then it has no row).

    `polygons` in the plane of the mask by name or identifier; `by` and `habitat` as for `countries`.
    """
    names = list(polygons)
    shares = [_share(cells, _around(cells, polygons[name]), by, habitat) for name in names]
    return _table("area", names, np.column_stack(shares or [np.zeros((len(cells), 0))]))


def country_of(cells: Mask, regions: pl.DataFrame) -> NDArray[Any]:
    """Return one country for each cell (dtype object), None in no country: a category for models of density.

    Where a cell has shares of several, the country with the largest; of equal ones the first by its code.
    """
    found: NDArray[Any] = np.full(len(cells), None, dtype=object)
    first = (
        regions.filter(pl.col("kind") == "country")
        .sort("cell", "share", "region", descending=[False, True, False])
        .unique("cell", keep="first", maintain_order=True)
        .filter(pl.col("region") != NO_COUNTRY)
    )
    found[first["cell"].to_numpy()] = first["region"].to_numpy().astype(object)
    return found


def matrix(cells: Mask, regions: pl.DataFrame, kind: str = "country") -> tuple[list[str], Floats]:
    """Return the names (R) of the regions of one kind, sorted, and the share (M, R) of each cell in each.

    Draws of animals by cell (draws, M) times these shares are draws by region.

    >>> cells = Mask(np.array([[5.0, 5.0], [15.0, 5.0]]), np.full(2, 1e-4), 10.0)
    >>> names, shares = matrix(cells, countries(cells, {"CN": shapely.box(0, 0, 8, 10)}, by="share"))
    >>> names, shares.round(6).tolist()
    (['CN', 'no country'], [[0.8, 0.2], [0.0, 1.0]])
    """
    here = regions.filter(pl.col("kind") == kind)
    names = sorted(here["region"].unique())
    shares = np.zeros((len(cells), len(names)))
    column = np.searchsorted(np.array(names, dtype=np.str_), here["region"].to_numpy().astype(np.str_))
    shares[here["cell"].to_numpy(), column] = here["share"].to_numpy()
    return names, shares


def totals(regions: pl.DataFrame, values: Floats) -> pl.DataFrame:
    """Return the sum of `values` (M,) over each region by shares: `kind`, `region`, `value`, sorted.

    For expected animals a cell (density times area) it is N by region. Over the countries, the part `NO_COUNTRY`
    among them, it adds up to the sum of all values.

    >>> cells = Mask(np.array([[5.0, 5.0], [15.0, 5.0]]), np.full(2, 1e-4), 10.0)
    >>> parts = countries(cells, {"CN": shapely.box(0, 0, 8, 10)}, by="share")
    >>> totals(parts, np.array([10.0, 2.0])).with_columns(pl.col("value").round(9)).rows()
    [('country', 'CN', 8.0), ('country', 'no country', 4.0)]
    """
    return (
        regions.with_columns((pl.col("share") * pl.Series(values)[regions["cell"]]).alias("value"))
        .group_by("kind", "region", maintain_order=True)
        .agg(pl.col("value").sum())
        .sort("kind", "region")
    )


def _around(cells: Mask, polygon: BaseGeometry) -> BaseGeometry:
    """Return the part of a polygon near the mask; what lies beyond costs time only."""
    if not len(cells):
        return shapely.Polygon()
    half = cells.spacing
    low, high = cells.xy.min(axis=0) - half, cells.xy.max(axis=0) + half
    box = shapely.box(low[0], low[1], high[0], high[1])
    if not polygon.intersects(box):
        return shapely.Polygon()
    return polygonal(shapely.intersection(polygon, box))


def _apart(polygons: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Return the ground of each country alone, and of each set of countries that claim the same ("CN|RU")."""
    apart: dict[str, BaseGeometry] = {}
    for code, polygon in polygons.items():
        left = polygon
        for name, ground in list(apart.items()):
            both = polygonal(shapely.intersection(ground, polygon, grid_size=_GRAIN))
            if both.area > 0:
                apart[f"{name}|{code}"] = both
                apart[name] = polygonal(shapely.difference(ground, polygon, grid_size=_GRAIN))
                left = polygonal(shapely.difference(left, both, grid_size=_GRAIN))
        apart[code] = left
    return {name: ground for name, ground in apart.items() if ground.area > 0}


def _share(cells: Mask, polygon: BaseGeometry, by: By, habitat: BaseGeometry | None) -> Floats:
    if by == "centre":
        shapely.prepare(polygon)
        inside: Floats = shapely.intersects_xy(polygon, cells.xy[:, 0], cells.xy[:, 1]).astype(np.float64)
        return inside
    full = cells.spacing**2
    area = cells.area * 1e6
    cut = area < full * (1 - 1e-9)
    share = pieces(cells.xy, cells.spacing, polygon) / full
    if cut.any():
        if habitat is None:
            raise MisuseError(
                "the habitat by which the cells of the mask were cut",
                Text("{count} cells that are no whole squares", count=int(cut.sum())),
                "Give it, or assign cells to countries by their centre.",
            )
        ground = polygonal(shapely.intersection(polygon, habitat))
        share[cut] = np.minimum(pieces(cells.xy[cut], cells.spacing, ground) / area[cut], 1.0)
    share[share < _THIN] = 0.0
    return share


def _table(kind: str, names: list[str], shares: Floats) -> pl.DataFrame:
    cell, which = np.nonzero(shares > 0)
    return pl.DataFrame(
        {
            "cell": cell.astype(np.int64),
            "kind": pl.Series([kind], dtype=pl.String).new_from_index(0, len(cell)),
            "region": pl.Series(names, dtype=pl.String).gather(which),
            "share": shares[cell, which],
        },
        schema=REGIONS,
    )
