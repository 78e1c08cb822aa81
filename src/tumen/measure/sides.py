"""On which side of the border is it?

A side is claimed only where it is certain, or where the owner declared one that the coordinates allow. Certain means
that the whole disk of a point's uncertainty lies in one country. A point in no polygon is in water or outside: near one
bank it is on that bank's side, in the middle of border water it may be on either, far from any coast it is in no
country. A point in a border river is not abroad.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from tumen.errors import MisuseError, PlaceError
from tumen.measure.border import Border
from tumen.measure.geodesy import Numbers, require_lonlat
from tumen.measure.lines import Lines

Flags = npt.NDArray[np.bool_]

BETWEEN = "|"
COAST = 22_224.0
"""m: twelve nautical miles, the widest territorial sea (UNCLOS, article 3). Beyond it a point is in no country."""
SHORTEST_DEGREE = 110_500.0
"""m: no degree of latitude is shorter, nor one of longitude at the equator."""
POINT = ["longitude", "latitude", "coordinateUncertainty", "declaredCountry"]
ADDED: dict[str, pl.DataType | type[pl.DataType]] = {
    "countryCode": pl.String,
    "possibleCountries": pl.String,
    "sideBasis": pl.String,
    "borderDistance": pl.Float64,
    "borderDistanceLow": pl.Float64,
    "borderDistanceHigh": pl.Float64,
}
"""What `locate` adds. `sideBasis`: position, declared, uncertain, conflict, outside, unknown."""


@dataclass(frozen=True)
class Countries:
    """Country polygons by ISO 3166-1 alpha-2 code, WGS84.

    >>> Countries({"CN": shapely.box(130, 42, 131, 43), "RU": shapely.box(131, 42, 132, 43)}).codes
    ('CN', 'RU')
    """

    polygons: Mapping[str, BaseGeometry]

    def __post_init__(self) -> None:
        """Refuse what is no polygon on the globe."""
        if not self.polygons:
            raise PlaceError("at least one country", "none", "Give polygons with a country code.")
        for code, polygon in self.polygons.items():
            if polygon.geom_type not in ("Polygon", "MultiPolygon") or polygon.is_empty:
                raise PlaceError(f"a polygon for {code}", f"{polygon.geom_type}", "Give Polygon or MultiPolygon.")
            require_lonlat(shapely.get_coordinates(polygon), f"the polygon of {code}")
            if not polygon.is_valid:
                raise PlaceError(
                    f"a valid polygon for {code}",
                    shapely.is_valid_reason(polygon),
                    "Mend the polygon at that place; a repaired guess could move a border.",
                )
            shapely.prepare(polygon)

    @property
    def codes(self) -> tuple[str, ...]:
        """The countries in alphabetical order."""
        return tuple(sorted(self.polygons))

    @cached_property
    def _outlines(self) -> dict[str, Lines]:
        return {
            code: Lines([shapely.get_coordinates(ring) for ring in _rings(self.polygons[code])]) for code in self.codes
        }

    def holding(self, lon: Numbers, lat: Numbers) -> Flags:
        """Return for each point and country, in the order of `codes`, whether the country's polygon holds it."""
        return np.column_stack([shapely.intersects_xy(self.polygons[code], lon, lat) for code in self.codes])

    def perhaps_within(self, lon: Numbers, lat: Numbers, reach: Numbers) -> Flags:
        """Return for each point and country whether the polygon may lie within `reach` metres: a cheap first sieve.

        No country that does is missed; some that do not are kept.
        """
        # A degree of longitude is shortest where the reach ends, towards the pole.
        poleward = np.minimum(np.abs(lat) + reach / SHORTEST_DEGREE, 89.9)
        degrees = reach / (SHORTEST_DEGREE * np.cos(np.radians(poleward)))
        points = shapely.points(lon, lat)
        return np.column_stack([shapely.dwithin(self.polygons[code], points, degrees) for code in self.codes])

    def distances(self, lon: Numbers, lat: Numbers) -> Numbers:
        """Return the metres from each point to each country's outline."""
        return np.column_stack([self._outlines[code].distances(lon, lat) for code in self.codes])


def locate(
    points: pl.DataFrame,
    countries: Countries,
    border: Border | None = None,
    *,
    assumed_uncertainty: float = 30.0,
    water_margin: float = 500.0,
    coast: float = COAST,
) -> pl.DataFrame:
    """Add to each point its country, the countries it may be in, and its distance to the border.

    `points` has longitude, latitude (degrees), coordinateUncertainty (m; null: `assumed_uncertainty`) and
    declaredCountry (code or null). Adds `ADDED`: countryCode is null unless certain or declared; possibleCountries are
    codes joined by "|", "" outside every country; distances are metres to the border of its country, or of any where it
    has none, with bounds for the uncertainty; null without `border`.

    Of a point in no polygon, at dA from the nearest country and dB from another: it is outside when dA exceeds `coast`;
    the other is possible too while dB - dA is at most twice the larger of the uncertainty and `water_margin`, that is
    while the point is that near to the median line.

    >>> halves = Countries({"CN": shapely.box(130, 42, 130.999, 43), "RU": shapely.box(131.001, 42, 132, 43)})
    >>> points = pl.DataFrame({"longitude": [130.5, 131.0, 140.0], "latitude": [42.5] * 3,
    ...     "coordinateUncertainty": [None] * 3, "declaredCountry": [None, "RU", None]},
    ...     schema_overrides={"coordinateUncertainty": pl.Float64, "declaredCountry": pl.String})
    >>> locate(points, halves).select("countryCode", "possibleCountries", "sideBasis").rows()
    [('CN', 'CN', 'position'), ('RU', 'CN|RU', 'declared'), (None, '', 'outside')]
    """
    if assumed_uncertainty < 0 or water_margin < 0:
        raise MisuseError("lengths of zero or more", f"{min(assumed_uncertainty, water_margin):g}", "Correct the sign.")
    if points.is_empty():
        return points.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in ADDED.items())
    distinct = points.select(POINT).unique(maintain_order=True)
    lon, lat = distinct["longitude"].to_numpy().astype(np.float64), distinct["latitude"].to_numpy().astype(np.float64)
    known = np.isfinite(lon) & np.isfinite(lat)
    uncertainty = distinct["coordinateUncertainty"].fill_null(assumed_uncertainty).to_numpy().astype(np.float64)
    possible = np.zeros((distinct.height, len(countries.codes)), dtype=np.bool_)
    possible[known] = _possible(countries, lon[known], lat[known], uncertainty[known], (water_margin, coast))
    placed = _named(distinct, countries.codes, possible, known).with_columns(uncertainty=pl.Series(uncertainty))
    return points.join(
        _with_distances(placed, border, lon, lat).select(*POINT, *ADDED),
        on=POINT,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )


def _possible(
    countries: Countries, lon: Numbers, lat: Numbers, uncertainty: Numbers, water: tuple[float, float]
) -> Flags:
    """Return for each point and country whether the point may be in it."""
    margin, coast = water
    possible = countries.holding(lon, lat)
    dry = np.flatnonzero(possible.any(axis=1))
    sieved = countries.perhaps_within(lon[dry], lat[dry], uncertainty[dry])
    close = dry[(sieved & ~possible[dry]).any(axis=1)]
    if len(close):
        possible[close] |= countries.distances(lon[close], lat[close]) <= uncertainty[close, None]
    wet = np.flatnonzero(~possible.any(axis=1))
    blur = 2 * np.maximum(uncertainty[wet], margin)
    some = countries.perhaps_within(lon[wet], lat[wet], coast + uncertainty[wet] + blur).any(axis=1)
    wet, blur = wet[some], blur[some]
    if len(wet):
        metres = countries.distances(lon[wet], lat[wet])
        nearest = metres.min(axis=1)
        near = nearest - uncertainty[wet] <= coast
        possible[wet] = (metres - nearest[:, None] <= blur[:, None]) & near[:, None]
    return possible


def _named(distinct: pl.DataFrame, codes: tuple[str, ...], possible: Flags, known: Flags) -> pl.DataFrame:
    """Return the points with the country each is in, those it may be in, and how that is known."""
    # As many texts as there are combinations, not as there are points.
    numbers = possible @ (1 << np.arange(len(codes)))
    texts = {
        int(n): BETWEEN.join(code for bit, code in enumerate(codes) if int(n) >> bit & 1) for n in np.unique(numbers)
    }
    declared = pl.col("declaredCountry")
    among = pl.col("possibleCountries").str.split(BETWEEN).list.contains(declared).fill_null(False)
    unmapped = declared.is_not_null() & ~declared.is_in(codes) & (pl.col("possibleCountries") == "")
    return (
        distinct.with_columns(
            pl.Series("number", numbers).replace_strict(texts, return_dtype=pl.String).alias("possibleCountries"),
            pl.Series("known", known),
            pl.Series("count", possible.sum(axis=1)),
        )
        .with_columns(
            sideBasis=pl.when(~pl.col("known"))
            .then(pl.when(declared.is_null()).then(pl.lit("unknown")).otherwise(pl.lit("declared")))
            .when(unmapped | (among & (pl.col("count") > 1)))
            .then(pl.lit("declared"))
            .when(declared.is_not_null() & ~among)
            .then(pl.lit("conflict"))
            .when(pl.col("count") == 1)
            .then(pl.lit("position"))
            .when(pl.col("count") > 1)
            .then(pl.lit("uncertain"))
            .otherwise(pl.lit("outside"))
        )
        .with_columns(
            countryCode=pl.when(pl.col("sideBasis") == "declared")
            .then(declared)
            .when(pl.col("sideBasis") == "position")
            .then("possibleCountries")
        )
        .with_columns(
            possibleCountries=pl.when((pl.col("sideBasis") == "declared") & (pl.col("count") == 0))
            .then(declared)
            .otherwise("possibleCountries")
        )
    )


def _with_distances(placed: pl.DataFrame, border: Border | None, lon: Numbers, lat: Numbers) -> pl.DataFrame:
    """Add the distance to the border and its bounds."""
    if border is None:
        metres = pl.Series([None] * placed.height, dtype=pl.Float64)
    else:
        country = placed["countryCode"].to_numpy().astype(object)
        measured = border.distances(lon, lat, country)
        metres = pl.Series(np.where(np.isfinite(measured), measured, np.nan)).fill_nan(None)
    return placed.with_columns(borderDistance=metres).with_columns(
        borderDistanceLow=(pl.col("borderDistance") - pl.col("uncertainty")).clip(0),
        borderDistanceHigh=pl.col("borderDistance") + pl.col("uncertainty"),
    )


def _rings(polygon: BaseGeometry) -> list[BaseGeometry]:
    rings: list[BaseGeometry] = []
    for part in shapely.get_parts(polygon).tolist():
        rings += [part.exterior, *part.interiors]
    return rings
