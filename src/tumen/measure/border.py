"""How far is it to the border?

A border is a set of lines, each with the two countries it parts. It is given, or derived from the countries' polygons
(`tumen.measure.median`): where they touch, the line they share; where a river or another gap lies between them, the
line halfway between the banks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from tumen.errors import PlaceError, Text
from tumen.measure.geodesy import Numbers, require_lonlat
from tumen.measure.lines import Lines
from tumen.measure.median import boundary_lines


@dataclass(frozen=True)
class Border:
    """Border lines in WGS84 longitude and latitude, each with the sorted codes of two countries ("CN|RU")."""

    pieces: tuple[tuple[str, LineString], ...]
    _prepared: dict[str, Lines] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def from_lines(cls, lines: Iterable[tuple[str, BaseGeometry]]) -> "Border":
        """Make a border of lines with their pairs of country codes ("RU|CN", in either order).

        Raises `PlaceError` for a pair that is not two codes, for a geometry that is not a line, for coordinates that
        are no longitudes and latitudes, and for an edge longer than half a turn of longitude.

        >>> border = Border.from_lines([("RU|CN", LineString([(130.6, 42.4), (131.0, 43.0)]))])
        >>> [pair for pair, _ in border.lines()]
        ['CN|RU']
        """
        return cls(tuple((_pair(pair), line) for pair, geometry in lines for line in _lines(pair, geometry)))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all countries that the border touches, sorted."""
        return tuple(sorted({code for pair, _ in self.pieces for code in pair.split("|")}))

    def lines(self) -> list[tuple[str, LineString]]:
        """Return the lines and their pairs, for maps."""
        return list(self.pieces)

    def distances(
        self,
        lon: npt.ArrayLike,
        lat: npt.ArrayLike,
        country: Sequence[str | None] | npt.NDArray[np.object_] | None = None,
    ) -> Numbers:
        """Return the geodesic distance in metres from each point to the nearest point of the border, right to 0.4 m.

        With `country`, a code or None for each point, only the borders of that country count; None stands for every
        border. `inf` where there is no border to measure to; `nan` where a coordinate is missing.

        >>> border = Border.from_lines([("CN|RU", LineString([(130.0, 42.0), (130.0, 43.0)]))])
        >>> border.distances([130.5, 130.5], [42.5, 42.5], ["RU", "KP"]).round().tolist()
        [41099.0, inf]
        """
        east = np.atleast_1d(np.asarray(lon, dtype=np.float64))
        north = np.atleast_1d(np.asarray(lat, dtype=np.float64))
        if country is None:
            return self._of("").distances(east, north)
        metres = np.full(len(east), np.nan)
        wanted = np.array([code or "" for code in country], dtype=np.str_)
        for code in np.unique(wanted):
            here = np.flatnonzero(wanted == code)
            metres[here] = self._of(str(code)).distances(east[here], north[here])
        return metres

    def _of(self, code: str) -> Lines:
        """Return the prepared lines of one country, or of all ("")."""
        if code not in self._prepared:
            lines = [line for pair, line in self.pieces if not code or code in pair.split("|")]
            self._prepared[code] = Lines([shapely.get_coordinates(line) for line in lines])
        return self._prepared[code]


def derive(countries: Mapping[str, BaseGeometry], *, widest_water: float = 5000.0) -> Border:
    """Derive the border from country polygons (ISO alpha-2 code -> polygon, WGS84 longitude and latitude).

    Where two countries touch (gaps below 1 m count as touching) the border is the line they share. Where water, or
    any other gap, up to `widest_water` metres wide parts them, it is the line halfway between the banks; where they
    overlap, the line halfway through the overlap. Lines of three countries meet in one point. Wider water has no
    border: give one, or a larger `widest_water`. Raises `PlaceError` for invalid polygons and for coordinates that are
    not degrees.

    >>> from shapely import box
    >>> border = derive({"CN": box(130, 42, 131, 43), "RU": box(131, 42, 132, 43)})
    >>> [(pair, line.wkt) for pair, line in border.lines()]
    [('CN|RU', 'LINESTRING (131 42, 131 43)')]
    """
    for code, polygon in countries.items():
        require_polygon(code, polygon)
    return _derived(tuple((code, shapely.to_wkb(land)) for code, land in countries.items()), widest_water)


@lru_cache(maxsize=4)
def _derived(countries: tuple[tuple[str, bytes], ...], widest_water: float) -> Border:
    """Derive a border once for the same land: a study, its checks and its report ask for the same one again."""
    return Border.from_lines(boundary_lines({code: shapely.from_wkb(land) for code, land in countries}, widest_water))


def require_polygon(code: str, polygon: BaseGeometry) -> None:
    """Raise `PlaceError` unless a country is a valid, non-empty polygon in WGS84 longitude and latitude."""
    if not isinstance(polygon, BaseGeometry) or shapely.get_type_id(polygon) not in (3, 6) or polygon.is_empty:
        found = polygon.geom_type if isinstance(polygon, BaseGeometry) else type(polygon).__name__
        raise PlaceError(
            Text("a polygon for country {code}", code=code),
            Text("an empty or other geometry ({found})", found=found),
            "Give its land area.",
        )
    require_lonlat(shapely.get_coordinates(polygon), f"the polygon of country {code}")
    if not polygon.is_valid:
        raise PlaceError(
            Text("a valid polygon for country {code}", code=code),
            shapely.is_valid_reason(polygon),
            "Repair it where it was made, and look at what the repair changed.",
        )


def _pair(text: str) -> str:
    codes = sorted(text.split("|"))
    if len(codes) != 2 or not all(codes) or codes[0] == codes[1]:
        raise PlaceError('two different country codes for a border line ("CN|RU")', f'"{text}"', "Name both sides.")
    return "|".join(codes)


def _lines(pair: str, geometry: BaseGeometry) -> list[LineString]:
    """Return the single lines of a border geometry, in the plane."""
    if not isinstance(geometry, BaseGeometry) or shapely.get_type_id(geometry) not in (1, 2, 5):
        found = geometry.geom_type if isinstance(geometry, BaseGeometry) else type(geometry).__name__
        raise PlaceError(
            Text("a line for the border {pair}", pair=pair), found, "Give lines; polygons belong under countries."
        )
    lines = [LineString(part.coords) for part in shapely.get_parts(shapely.force_2d(geometry)) if not part.is_empty]
    for line in lines:
        points = shapely.get_coordinates(line)
        require_lonlat(points, f"the border {pair}")
        if (np.abs(np.diff(points[:, 0])) > 180).any():
            raise PlaceError(
                Text("edges of the border {pair} shorter than 180° of longitude", pair=pair),
                "a longer one",
                "Cut the line at the antimeridian, as RFC 7946 says.",
            )
    return lines
