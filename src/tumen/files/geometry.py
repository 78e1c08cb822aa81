"""Read countries and border lines: GeoJSON, and with the extra `geopackage` what GDAL reads (GeoPackage, Shapefile).

Coordinates come out as WGS84 longitude and latitude. What cannot be placed with certainty is refused with a
`PlaceError`: another coordinate system without a transformation of known accuracy, an invalid polygon, a country
without a code. The shapes are never repaired.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from babel.core import get_global
from numpy.typing import NDArray
from pyproj import CRS
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from tumen.errors import ExtraError, PlaceError, Text
from tumen.files.projection import WGS84, is_wgs84, read_crs, to_wgs84

Feature = tuple[BaseGeometry, Mapping[str, Any]]

CODE_PROPERTIES = ("countryCode", "ISO_A2", "iso_a2", "ISO_A2_EH", "ISO_A3", "iso_a3", "ADM0_A3", "adm0_a3")
"""Properties that may hold a country's ISO 3166-1 code, in the order they are tried."""

PAIR_PROPERTIES = (("countryCode", "otherCountryCode"), ("adm0_a3_l", "adm0_a3_r"), ("ADM0_A3_L", "ADM0_A3_R"))
"""Pairs of properties that may hold the two countries of a border line."""

NAME_PROPERTIES = ("areaName", "name", "NAME", "ORIG_NAME", "areaID", "WDPA_PID", "WDPAID")
"""Properties that may hold the name of an area, in the order they are tried."""

_ALPHA_2, _ALPHA_3 = 2, 3


def read_countries(path: Path | str, code_property: str | None = None) -> dict[str, BaseGeometry]:
    """Return the polygon of each country by ISO 3166-1 alpha-2 code, sorted by code.

    The code is taken from `code_property`, else from the first of `CODE_PROPERTIES` that holds one; three-letter codes
    are brought to two. Several polygons of one country are joined. Raises `PlaceError` where the file is not there, a
    polygon is invalid or has no code, or the coordinates are not degrees.
    """
    path = Path(path)
    properties = CODE_PROPERTIES if code_property is None else (code_property,)
    parts: dict[str, list[BaseGeometry]] = {}
    for number, (geometry, fields) in enumerate(_read(path), start=1):
        code = next((code for name in properties if (code := alpha_2(fields.get(name)))), None)
        if code is None:
            raise PlaceError(
                Text("an ISO 3166-1 code for every country in {name}", name=path.name),
                Text("none in feature {number} ({fields})", number=number, fields=_shown(fields)),
                Text(
                    'Add the property "{properties}" with a code like "RU", or take the feature out.',
                    properties=properties[0],
                ),
            )
        if geometry.geom_type not in ("Polygon", "MultiPolygon") or geometry.is_empty:
            needed, found = f"a polygon for {code} in {path.name}", f"a {_kind(geometry)}"
            raise PlaceError(needed, found, "Give the country's area, not its outline or centre.")
        if not geometry.is_valid:
            reason = shapely.is_valid_reason(geometry)
            raise PlaceError(
                Text("a valid polygon for {code} in {name}", code=code, name=path.name),
                reason,
                "Mend it in a GIS (make valid) and look at the result.",
            )
        parts.setdefault(code, []).append(geometry)
    if not parts:
        raise PlaceError(Text("at least one country in {name}", name=path.name), "none", "Check the file.")
    return {code: shapely.union_all(parts[code]) if len(parts[code]) > 1 else parts[code][0] for code in sorted(parts)}


def read_areas(path: Path | str) -> dict[str, BaseGeometry]:
    """Return the polygon of each area by its name (the first of `NAME_PROPERTIES`), in the order of the file.

    Several polygons of one name are joined; an area without a name is called by its number. Raises `PlaceError` where
    the file is not there or a feature is no valid polygon.
    """
    path = Path(path)
    parts: dict[str, list[BaseGeometry]] = {}
    for number, (geometry, fields) in enumerate(_read(path), start=1):
        name = next((str(fields[key]) for key in NAME_PROPERTIES if fields.get(key) not in (None, "")), str(number))
        if geometry.geom_type not in ("Polygon", "MultiPolygon") or geometry.is_empty or not geometry.is_valid:
            raise PlaceError(
                Text("a valid polygon for {area} in {name}", area=name, name=path.name),
                Text("a {kind}", kind=_kind(geometry) if geometry.is_valid else shapely.is_valid_reason(geometry)),
                "Mend it in a GIS (make valid) and look at the result.",
            )
        parts.setdefault(name, []).append(geometry)
    if not parts:
        raise PlaceError(Text("at least one area in {name}", name=path.name), "none", "Check the file.")
    return {name: shapely.union_all(each) if len(each) > 1 else each[0] for name, each in parts.items()}


def read_lines(path: Path | str) -> list[tuple[str, BaseGeometry]]:
    """Return border lines, each with the pair of countries it parts: alpha-2 codes, sorted, like `CN|RU`.

    The countries stand in the properties `countryCode` and `otherCountryCode`, or in Natural Earth's `adm0_a3_l` and
    `adm0_a3_r`. Raises `PlaceError` where a feature is no line or does not say whom it parts.
    """
    path = Path(path)
    lines: list[tuple[str, BaseGeometry]] = []
    for number, (geometry, fields) in enumerate(_read(path), start=1):
        pairs = [(alpha_2(fields.get(one)), alpha_2(fields.get(other))) for one, other in PAIR_PROPERTIES]
        pair = next(((one, other) for one, other in pairs if one and other and one != other), None)
        if pair is None:
            raise PlaceError(
                Text("two countries for every border line in {name}", name=path.name),
                Text("none in feature {number} ({fields})", number=number, fields=_shown(fields)),
                'Add the properties "countryCode" and "otherCountryCode" with codes like "CN" and "RU".',
            )
        if geometry.geom_type not in ("LineString", "MultiLineString") or geometry.is_empty:
            raise PlaceError(
                Text("a line for {pair} in {name}", pair="-".join(pair), name=path.name),
                f"a {_kind(geometry)}",
                "Give the border line.",
            )
        lines += [("|".join(sorted(pair)), line) for line in shapely.get_parts(geometry)]
    if not lines:
        raise PlaceError(Text("at least one border line in {name}", name=path.name), "none", "Check the file.")
    return lines


def about(path: Path | str) -> dict[str, str]:
    """Return what a GeoJSON file says of itself beside its features, in words: source, licence, accuracy and the like.

    Other formats, and files that cannot be read, say nothing here; reading them says what is wrong.
    """
    return {key: text for key, text in _members(Path(path)).items() if isinstance(text, str) and key != "type"}


def accuracy(path: Path | str) -> float | None:
    """Return by how many metres the lines of a GeoJSON file may be wrong, as its member `accuracyMetres` says.

    None where the file does not say it. Raises `PlaceError` where it says something that is no distance.
    """
    stated = _members(Path(path)).get("accuracyMetres")
    if stated is None:
        return None
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated < float("inf"):
        cure = "Write a number without quotation marks, such as 30."
        raise PlaceError(
            Text("accuracyMetres of {name} in metres, 0 or more", name=Path(path).name), f"{stated!r}", cure
        )
    return float(stated)


def _members(path: Path) -> Mapping[str, Any]:
    if path.suffix.lower() not in (".geojson", ".json"):
        return {}
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def alpha_2(code: object) -> str | None:
    """Return a country code as ISO 3166-1 alpha-2, or None for what is none.

    >>> alpha_2("RUS"), alpha_2("kp"), alpha_2("-99"), alpha_2(None)
    ('RU', 'KP', None, None)
    """
    text = str(code or "").strip().upper()
    if not text.isascii() or not text.isalpha():
        return None
    if len(text) == _ALPHA_2:
        return text
    # Babel knows the three-letter codes as aliases; a withdrawn code with several successors is not decided here.
    successors = get_global("territory_aliases").get(text, []) if len(text) == _ALPHA_3 else []
    return str(successors[0]) if len(successors) == 1 else None


def _kind(geometry: BaseGeometry) -> str:
    return f"{'empty ' if geometry.is_empty else ''}{geometry.geom_type}"


def _shown(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in list(fields.items())[:4]) or "no properties"


def _read(path: Path) -> Iterator[Feature]:
    """Yield the features of a file in WGS84 longitude and latitude, without heights."""
    if not path.is_file():
        raise PlaceError(Text("a file of shapes at {path}", path=path), "nothing there", "Check the path.")
    geojson = path.suffix.lower() in (".geojson", ".json")
    features, crs = _read_geojson(path) if geojson else _read_with_gdal(path)
    for geometry, fields in features:
        yield _placed(shapely.force_2d(geometry), crs, path), fields


def _placed(geometry: BaseGeometry, crs: CRS, path: Path) -> BaseGeometry:
    if not is_wgs84(crs):
        geometry = shapely.transform(geometry, lambda xy: _transformed(xy, crs))
    west, south, east, north = geometry.bounds if not geometry.is_empty else (0.0, 0.0, 0.0, 0.0)
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):  # also where one of them is not a number
        raise PlaceError(
            Text("longitude and latitude in degrees in {name}", name=path.name),
            Text(
                "coordinates from {west} {south} to {east} {north}, which look like another coordinate system",
                west=f"{west:g}",
                south=f"{south:g}",
                east=f"{east:g}",
                north=f"{north:g}",
            ),
            "State the system in the file, or convert it to WGS84 (EPSG:4326).",
        )
    return geometry


def _transformed(xy: NDArray[np.float64], crs: CRS) -> NDArray[np.float64]:
    lon, lat, _ = to_wgs84(xy[:, 0], xy[:, 1], crs)
    return np.column_stack([lon, lat])


def _read_geojson(path: Path) -> tuple[list[Feature], CRS]:
    needed = Text("GeoJSON in {name}", name=path.name)
    try:
        content = json.loads(path.read_bytes())
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise PlaceError(
            needed, Text("that it cannot be read ({error})", error=error), "Export the file again."
        ) from error
    features = content.get("features", [content]) if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise PlaceError(needed, "JSON of another shape", "Export the file again.")
    stated = content.get("crs")
    name = stated.get("properties", {}).get("name") if isinstance(stated, dict) else None
    crs = read_crs(str(name)) if name else WGS84
    try:
        return [(shape(each.get("geometry", each)), each.get("properties") or {}) for each in features], crs
    except (ShapelyError, AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise PlaceError(
            needed, Text("a shape that cannot be read ({error})", error=error), "Export the file again."
        ) from error


def _read_with_gdal(path: Path) -> tuple[list[Feature], CRS]:
    try:
        import pyogrio
    except ImportError as error:
        raise ExtraError(
            Text("pyogrio to read {suffix} files", suffix=path.suffix),
            "that it is not installed",
            'Install "tumen[geopackage]", or use GeoJSON.',
        ) from error
    try:
        meta, _, geometries, columns = pyogrio.raw.read(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise PlaceError(
            Text("shapes in {name}", name=path.name),
            Text("that GDAL cannot read them ({error})", error=error),
            "Export the file again.",
        ) from error
    if not meta["crs"]:
        needed = Text("a stated coordinate system in {name}", name=path.name)
        raise PlaceError(needed, "none", "Set it in a GIS, or convert the file to GeoJSON in WGS84.")
    shapes = shapely.from_wkb(geometries)
    if any(each is None for each in shapes):
        raise PlaceError(
            Text("a shape in every feature of {name}", name=path.name), "a feature without one", "Take it out."
        )
    records = [
        {name: column[row] for name, column in zip(meta["fields"], columns, strict=True)} for row in range(len(shapes))
    ]
    return list(zip(shapes, records, strict=True)), read_crs(meta["crs"])
