"""In which country is it?

A point is certain to be in a country only if no other country comes within its uncertainty. Country polygons have holes
where water is, and borders run through rivers: a point that is in no polygon is judged by the land around it, and is
abroad only where one country is clearly nearer than the next. What a position cannot decide, a declared country can;
what a declared country contradicts is a conflict, and then neither is believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from tumen.errors import PlaceError
from tumen.measure.border import Border, require_polygon
from tumen.measure.geodesy import Numbers
from tumen.measure.lines import Lines
from tumen.tables.schema import require

Flags = npt.NDArray[np.bool_]

POINTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "coordinateUncertainty": pl.Float64,
    "declaredCountry": pl.String,
}

SIDES: dict[str, pl.DataType | type[pl.DataType]] = {
    "countryCode": pl.String,
    "possibleCountries": pl.String,
    "sideBasis": pl.String,
    "borderDistance": pl.Float64,
    "borderDistanceLow": pl.Float64,
    "borderDistanceHigh": pl.Float64,
}
"""What `locate` adds. `sideBasis`: position, declared, uncertain, conflict, outside or unknown."""


@dataclass(frozen=True)
class Countries:
    """The land of countries: ISO alpha-2 code -> valid polygon in WGS84 longitude and latitude.

    Raises `PlaceError` for anything else; nothing is repaired. Polygons may overlap where countries disagree: a point
    there is in either.

    >>> from shapely import box
    >>> Countries({"RU": box(131, 42, 132, 43), "CN": box(130, 42, 131, 43)}).codes
    ('CN', 'RU')
    """

    polygons: Mapping[str, BaseGeometry]
    _prepared: dict[str, Lines] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is no country."""
        if not self.polygons:
            raise PlaceError("the polygon of at least one country", "none", "Give the countries of both sides.")
        for code, polygon in self.polygons.items():
            if not (len(code) == 2 and code.isascii() and code.isupper()):
                raise PlaceError("ISO 3166-1 alpha-2 codes for countries", f"{code!r}", 'Write "RU", not "RUS".')
            require_polygon(code, polygon)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the countries, sorted."""
        return tuple(sorted(self.polygons))

    def contains(self, code: str, lon: Numbers, lat: Numbers) -> Flags:
        """Return which points lie in the polygon of one country, or on its edge."""
        polygon = self.polygons[code]
        shapely.prepare(polygon)
        inside: Flags = shapely.intersects_xy(polygon, lon, lat)
        return inside

    def distances(self, code: str, lon: Numbers, lat: Numbers, within: float = np.inf) -> Numbers:
        """Return geodesic distances (m) to the edge of one country's land; `inf` beyond `within`."""
        if code not in self._prepared:
            rings = shapely.get_parts(shapely.boundary(self.polygons[code]))
            self._prepared[code] = Lines([shapely.get_coordinates(ring) for ring in rings])
        metres = np.full(len(lon), np.inf)
        near = np.flatnonzero(_near_box(shapely.bounds(self.polygons[code]), lon, lat, within))
        metres[near] = self._prepared[code].distances(lon[near], lat[near], within)
        return metres


def locate(
    frame: pl.DataFrame,
    countries: Countries,
    border: Border | None = None,
    *,
    assumed_uncertainty: float = 30.0,
    water_margin: float = 500.0,
    coast: float = 22_224.0,
) -> pl.DataFrame:
    """Return `frame` with the side of every point and its distance to the border: the columns of `SIDES`.

    `frame` needs `longitude`, `latitude`, `coordinateUncertainty` (m; null, not a number or negative means that none
    was recorded, and `assumed_uncertainty` holds) and `declaredCountry`. Where coordinates are missing, or cannot be
    degrees, there is no position. The rules, in their order:

    - `possibleCountries`: a point in a polygon may be in every country whose land its uncertainty reaches. A point in
      no polygon may be in the nearest country A, or in any whose land is not farther than A's by more than
      2 max(uncertainty, `water_margin`); in none ("") if A is farther than `coast` (12 nautical miles).
    - `position`: one country is possible, and no other was declared.
    - `uncertain`: several are possible, and none was declared.
    - `declared`: the declared country is one of several possible ones; or there is no position; or the point is in none
      of the countries, and the declared one is not among those whose polygons are known.
    - `conflict`: the declared country is not possible. `possibleCountries` stays what the position says.
    - `outside`: no country is possible or declared. `unknown`: neither position nor declaration.

    `countryCode` is null unless the basis is `position` or `declared`. `borderDistance` is measured to the borders of
    that country, else to the nearest border; its bounds are one uncertainty apart from it and never below 0. All three
    are null without a position, without a border, and where the country has no border.
    """
    require(frame, POINTS, "points")
    names = list(POINTS)
    distinct = frame.select(names).unique(maintain_order=True).with_row_index("\x00point")
    if distinct.height == frame.height:
        return frame.with_columns(_judge(frame, countries, border, (assumed_uncertainty, water_margin, coast)))
    judged = distinct.hstack(_judge(distinct, countries, border, (assumed_uncertainty, water_margin, coast)))
    point = frame.select(names).join(
        distinct.select("\x00point", *names), on=names, how="left", nulls_equal=True, maintain_order="left"
    )["\x00point"]
    return frame.with_columns(judged.select(list(SIDES))[point])


def _judge(
    points: pl.DataFrame, countries: Countries, border: Border | None, margins: tuple[float, float, float]
) -> pl.DataFrame:
    """Return the columns of `SIDES` for distinct points."""
    assumed, water_margin, coast = margins
    lon, lat = (points[name].fill_null(np.nan).to_numpy().copy() for name in ("longitude", "latitude"))
    placed = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    lon[~placed], lat[~placed] = np.nan, np.nan
    recorded = points["coordinateUncertainty"].fill_null(np.nan).to_numpy()
    uncertainty = np.where(recorded >= 0, recorded, assumed)  # nan is not
    possible = np.zeros((len(lon), len(countries.codes)), dtype=np.bool_)
    here = np.flatnonzero(placed)
    possible[here] = _possible(countries, lon[here], lat[here], uncertainty[here], water_margin, coast)
    sets, which = _sets(possible, countries.codes)
    sides = _decide(points["declaredCountry"], sets, which, placed, countries.codes)
    return sides.hstack(_border_distances(sides, border, lon, lat, uncertainty))


def _possible(
    countries: Countries, lon: Numbers, lat: Numbers, uncertainty: Numbers, water_margin: float, coast: float
) -> Flags:
    """Return for each point and country whether the point may be in it."""
    possible = np.column_stack([countries.contains(code, lon, lat) for code in countries.codes])
    on_land = possible.any(axis=1)
    land, sea = np.flatnonzero(on_land), np.flatnonzero(~on_land)
    for k, code in enumerate(countries.codes):
        elsewhere = land[~possible[land, k]]
        possible[elsewhere, k] = _reach(countries, code, lon[elsewhere], lat[elsewhere], uncertainty[elsewhere])
    if len(sea):
        margin = 2 * np.maximum(uncertainty[sea], water_margin)
        farthest = coast + float(margin.max())
        apart = np.column_stack([countries.distances(c, lon[sea], lat[sea], farthest) for c in countries.codes])
        nearest = apart.min(axis=1)
        near = (nearest <= coast)[:, None] & (apart <= (nearest + margin)[:, None])
        possible[sea] = near & np.isfinite(apart)
    return possible


def _reach(countries: Countries, code: str, lon: Numbers, lat: Numbers, uncertainty: Numbers) -> Flags:
    """Return which uncertainties reach the land of a country; a few large ones do not slow the search of the others."""
    reached = np.zeros(len(lon), dtype=np.bool_)
    size = np.ceil(np.log2(np.maximum(uncertainty, 1.0)) / 3)
    for step in np.unique(size):
        here = np.flatnonzero(size == step)
        within = float(uncertainty[here].max())
        reached[here] = countries.distances(code, lon[here], lat[here], within) <= uncertainty[here]
    return reached


def _near_box(box: Numbers, lon: Numbers, lat: Numbers, within: float) -> Flags:
    """Return which points may lie within some metres of a box in longitude and latitude: a quick way to say no."""
    west, south, east, north = box
    margin = within / 110_000.0  # no degree of latitude is shorter
    near: Flags = (lat >= south - margin) & (lat <= north + margin)
    highest = max(abs(south), abs(north)) + margin
    if highest < 89:
        margin /= np.cos(np.radians(highest))
        if west - margin >= -180 and east + margin <= 180:
            near &= (lon >= west - margin) & (lon <= east + margin)
    return near


def _sets(possible: Flags, codes: tuple[str, ...]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the distinct sets of countries as text, and which of them each point has."""
    key = np.zeros(len(possible), dtype=np.int64)
    for first in range(0, len(codes), 30):
        bits = possible[:, first : first + 30]
        key = np.unique((key << bits.shape[1]) + bits @ (1 << np.arange(bits.shape[1])), return_inverse=True)[1]
    _, example, which = np.unique(key, return_index=True, return_inverse=True)
    return ["|".join(compress(codes, row)) for row in possible[example]], which


def _decide(
    declared: pl.Series, sets: list[str], which: npt.NDArray[np.int64], placed: Flags, codes: tuple[str, ...]
) -> pl.DataFrame:
    """Hold what the position allows against what was declared."""
    said, possible = pl.col("declared"), pl.col("possible")
    several = possible.str.contains("|", literal=True)
    agrees = possible.str.split("|").list.contains(said)
    known = said.is_in(list(codes))
    basis = (
        pl.when(~pl.col("placed")).then(pl.when(said.is_null()).then(pl.lit("unknown")).otherwise(pl.lit("declared")))
        .when(possible == "").then(
            pl.when(said.is_null()).then(pl.lit("outside")).when(known).then(pl.lit("conflict")).otherwise(pl.lit("declared"))
        )
        .when(said.is_null()).then(pl.when(several).then(pl.lit("uncertain")).otherwise(pl.lit("position")))
        .when(~agrees).then(pl.lit("conflict"))
        .when(several).then(pl.lit("declared"))
        .otherwise(pl.lit("position"))
    )  # fmt: skip
    table = pl.DataFrame({"possible": pl.Series(sets, dtype=pl.String)[which], "placed": placed}).with_columns(
        declared.alias("declared")
    )
    cases = table.unique(maintain_order=True).with_columns(basis.alias("sideBasis"))
    cases = cases.with_columns(
        pl.when(pl.col("sideBasis") == "position").then(possible)
        .when(pl.col("sideBasis") == "declared").then(said)
        .alias("countryCode"),
        pl.when(~pl.col("placed") | (possible == "")).then(
            pl.when(pl.col("sideBasis") == "declared").then(said).otherwise(pl.lit(""))
        ).otherwise(possible).alias("possibleCountries"),
    )  # fmt: skip
    joined = table.join(
        cases, on=["possible", "placed", "declared"], how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.select("countryCode", "possibleCountries", "sideBasis")


def _border_distances(
    sides: pl.DataFrame, border: Border | None, lon: Numbers, lat: Numbers, uncertainty: Numbers
) -> pl.DataFrame:
    """Return the distance of every point to the border of its country, with its bounds; null where there is none."""
    metres = np.full(len(lon), np.nan)
    here = np.flatnonzero(np.isfinite(lon))
    if border is not None and len(here):
        country = sides["countryCode"].fill_null("").to_numpy()
        # A country with one neighbour among the given shares its lines; all others are asked once each.
        metres[here] = border.distances(lon[here], lat[here], country[here])
    metres[~np.isfinite(metres)] = np.nan
    table = pl.DataFrame(
        {
            "borderDistance": metres,
            "borderDistanceLow": np.maximum(metres - uncertainty, 0.0),
            "borderDistanceHigh": metres + uncertainty,
        }
    )
    return table.fill_nan(None)
