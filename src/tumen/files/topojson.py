"""TopoJSON to shapely, and the cut of a region out of a world atlas.

TopoJSON (specification version 1, by Bostock and Metcalf) stores every border line once, as an *arc*; a polygon lists
the arcs of its rings, an arc walked backwards as the ones' complement of its number. Two neighbours therefore share
the very same points, and `cut` keeps that: coordinates are only rounded, the same way for both.

Only what country polygons need is read: `Polygon`, `MultiPolygon` and `GeometryCollection` objects, quantised or not.
"""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from tumen.errors import FormatError, PlaceError, Text, nearest

Point = tuple[float, float]
Box = tuple[float, float, float, float]
CORNERS = 3
"""A ring with fewer different points has no area."""


def read_topology(path: Path) -> dict[str, Any]:
    """Return the TopoJSON file at `path` as it stands.

    Raises `FormatError` where the file is not JSON or not a topology.
    """
    try:
        topology = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FormatError(
            "a TopoJSON file",
            Text("{name}, which is not JSON ({error})", name=path.name, error=error),
            "Give another file.",
        ) from error
    if not isinstance(topology, dict) or topology.get("type") != "Topology":
        raise FormatError(
            "a TopoJSON file with type = Topology",
            Text("none in {name}", name=path.name),
            "GeoJSON needs no reading by this module.",
        )
    return topology


def polygons(topology: Mapping[str, Any], name: str, wanted: Mapping[str, str]) -> dict[str, BaseGeometry]:
    """Return the polygons of the object `name` whose id is in `wanted`, by the code `wanted` gives them.

    In the world atlas the id is the ISO 3166-1 number. Degrees are as in the file. Rings that quantising has
    collapsed to fewer than three different points (islets below 200 m) have no area and are left out. Raises
    `FormatError` for an unknown object, an id that is not there or there twice, and for any other kind of geometry.

    >>> triangle = [[0, 0], [1, 0], [0, 1], [-1, -1]]
    >>> world = {"type": "Topology", "transform": {"scale": [0.5, 0.5], "translate": [10, 20]}, "arcs": [triangle],
    ...          "objects": {"lands": {"type": "Polygon", "id": "156", "arcs": [[0]]}}}
    >>> polygons(world, "lands", {"156": "CN"})["CN"].bounds
    (10.0, 20.0, 10.5, 20.5)
    """
    objects = topology["objects"]
    if name not in objects:
        raise FormatError(
            Text("an object {name} in the topology", name=repr(name)), "no such object", nearest(name, objects)
        )
    arcs = [_positions(arc, topology.get("transform")) for arc in topology["arcs"]]
    found: dict[str, BaseGeometry] = {}
    for feature in _leaves(objects[name]):
        code = wanted.get(str(feature.get("id")))
        if code is None:
            continue
        if code in found:
            raise FormatError(Text("one feature for {code}", code=code), "two with its id", "Join them before reading.")
        found[code] = _geometry(feature, arcs)
    lacking = sorted(set(wanted.values()) - set(found))
    if lacking:
        raise FormatError(
            Text("features for {names}", names=", ".join(wanted.values())),
            Text("none for {lacking}", lacking=", ".join(lacking)),
            "Check the ids.",
        )
    return found


def cut(countries: Mapping[str, BaseGeometry], box: Box, decimals: int = 5) -> dict[str, BaseGeometry]:
    """Return the parts of `countries` inside `box` (west, south, east, north), coordinates rounded to `decimals`.

    Where a shared border leaves the box, both neighbours get the same new point, because the intersection of one
    segment with one line differs between them only far below the rounding. Countries outside the box are left out.
    Raises `PlaceError` where rounding would make a polygon invalid or two countries overlap: take more decimals.
    """
    window = shapely.box(*box)
    parts: dict[str, BaseGeometry] = {}
    for code, country in countries.items():
        inside = shapely.transform(country.intersection(window), lambda points: np.round(points, decimals))
        areas = [part for part in shapely.get_parts(inside) if isinstance(part, Polygon) and part.area > 0]
        if areas:
            parts[code] = areas[0] if len(areas) == 1 else MultiPolygon(areas)
    for code, part in parts.items():
        if not part.is_valid:
            raise PlaceError(
                Text("a valid polygon of {code}", code=code), shapely.is_valid_reason(part), "Round to more decimals."
            )
    for (a, first), (b, second) in itertools.combinations(parts.items(), 2):
        if first.intersection(second).area > 0:
            raise PlaceError(
                Text("{a} and {b} that only touch", a=a, b=b), "an overlap after rounding", "Round to more decimals."
            )
    return parts


def feature_collection(parts: Mapping[str, BaseGeometry], properties: Mapping[str, Any]) -> str:
    """Return GeoJSON text (RFC 7946): `properties` at the top, one feature a country, one line a feature.

    >>> print(feature_collection({"CN": shapely.box(0, 0, 1, 1)}, {"name": "square"}))
    {"type": "FeatureCollection", "name": "square", "features": [
    {"type":"Feature","properties":{"countryCode":"CN"},"geometry":{"type":"Polygon","coordinates":[[[1.0,0.0],[1.0,1.0],[0.0,1.0],[0.0,0.0],[1.0,0.0]]]}}
    ]}
    <BLANKLINE>
    """
    lines = []
    for code in sorted(parts):
        anticlockwise = shapely.orient_polygons(parts[code])
        feature = {
            "type": "Feature",
            "properties": {"countryCode": code},
            "geometry": json.loads(shapely.to_geojson(anticlockwise)),
        }
        lines.append(json.dumps(feature, separators=(",", ":")))
    head = json.dumps({"type": "FeatureCollection", **properties}, ensure_ascii=False).removesuffix("}")
    return f'{head}, "features": [\n' + ",\n".join(lines) + "\n]}\n"


def _positions(arc: Sequence[Sequence[float]], transform: Mapping[str, Sequence[float]] | None) -> list[Point]:
    """Return an arc in degrees: quantised arcs are differences of whole numbers."""
    if transform is None:
        return [(float(x), float(y)) for x, y, *_ in arc]
    (scale_x, scale_y), (west, south) = transform["scale"], transform["translate"]
    steps = itertools.accumulate(((x, y) for x, y, *_ in arc), lambda a, b: (a[0] + b[0], a[1] + b[1]))
    return [(x * scale_x + west, y * scale_y + south) for x, y in steps]


def _leaves(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the features under a geometry object, collections opened."""
    if node["type"] == "GeometryCollection":
        for child in node["geometries"]:
            yield from _leaves(child)
    else:
        yield node


def _ring(numbers: Iterable[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    """Return one ring: the arcs end to end, joints kept once."""
    points: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points.extend(arc[1:] if points else arc)
    return points


def _polygons(rings: Sequence[Sequence[int]], arcs: Sequence[Sequence[Point]]) -> list[Polygon]:
    """Return the polygon of these rings (shell, then holes), or nothing where the shell has no area."""
    shell, *holes = (_ring(ring, arcs) for ring in rings)
    if len(set(shell)) < CORNERS:
        return []
    return [Polygon(shell, [hole for hole in holes if len(set(hole)) >= CORNERS])]


def _geometry(feature: Mapping[str, Any], arcs: Sequence[Sequence[Point]]) -> BaseGeometry:
    if feature["type"] == "Polygon":
        return MultiPolygon(_polygons(feature["arcs"], arcs))
    if feature["type"] == "MultiPolygon":
        return MultiPolygon([polygon for rings in feature["arcs"] for polygon in _polygons(rings, arcs)])
    raise FormatError("Polygon or MultiPolygon", str(feature["type"]), "Only country polygons are read here.")
