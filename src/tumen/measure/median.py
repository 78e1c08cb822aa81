"""Where is the border, if only the land on either side is known?

Where two countries have the same edge, or banks that touch, the border is that edge. Elsewhere the banks are sampled,
the more closely the nearer the other bank is. In the Voronoi diagram of the samples, the edges between samples of
different countries are the line halfway between the banks; where three countries meet, three such lines do. Edges that
leave for the open sea, with both banks on one side of them, are cut off.

Distances are compared in a stereographic map around the middle of the countries. It keeps angles, so that halfway on
the map is halfway on the ground; its scale is taken out where widths are compared.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Proj
from scipy.spatial import Voronoi, cKDTree
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from tumen.measure.geodesy import WGS84, Numbers, densified, ecef

Indices = npt.NDArray[np.int64]
Pieces = list[Numbers]
"""For each country an array (n, 2, 2): pieces of banks, each with two ends of two coordinates."""

TOUCHING = 1.0
"""m: banks nearer than this touch, and the border is the bank."""
LONGEST = 200.0
"""m: longest piece of bank that is judged as a whole."""
CLOSEST, WIDEST = 2.0, 50.0
"""m: limits of the distance between samples."""
FINENESS = 5.0
"""Samples stand this many times closer together than the banks are apart."""
SMOOTHING = 0.5
"""m: by how much the line may move to leave out needless corners."""
OVERLAP = 1e-10
"""Square degrees (about 1 m²): smaller overlaps of two countries are rounding."""
JOIN = 30.0
"""m: a halfway line that ends so near to where the banks meet is led there."""
NOBODY = -1


def boundary_lines(countries: Mapping[str, BaseGeometry], widest: float) -> list[tuple[str, LineString]]:
    """Return border lines and their pairs of codes, in a fixed order; see `tumen.measure.border.derive`."""
    codes = sorted(countries)
    land = _without_overlaps([countries[code] for code in codes])
    shared, banks = _common_edges([_edges(polygon) for polygon in land])
    found = list(shared)
    if sum(len(edges) > 0 for edges in banks) > 1:
        plane = _Plane(np.concatenate(banks).reshape(-1, 2))
        pieces = [plane.project(_cut(edges, LONGEST)) for edges in banks]
        hidden = plane.project(_cut(np.concatenate([np.empty((0, 2, 2)), *(edges for _, edges in shared)]), LONGEST))
        touching, samples, ends = _sort_out(pieces, hidden, plane, widest)
        halfway = _halfway(samples, ends, land, plane, widest)
        found += [(pair, plane.unproject(_smooth(edges))) for pair, edges in (*touching, *halfway)]
    lines = [(f"{codes[a]}|{codes[b]}", line) for (a, b), edges in found for line in _merge(edges)]
    return sorted(lines, key=lambda each: (each[0], shapely.get_coordinates(each[1]).tolist()))


class _Plane:
    """A stereographic map around the middle of some points."""

    def __init__(self, points: Numbers) -> None:
        x, y, z = ecef(points[:, 0], points[:, 1]).mean(axis=0)
        middle = {"lon_0": np.degrees(np.arctan2(y, x)), "lat_0": np.degrees(np.arctan2(z, np.hypot(x, y)))}
        self._proj = Proj(proj="stere", ellps="WGS84", **middle)

    def project(self, points: Numbers) -> Numbers:
        """Map longitudes and latitudes (..., 2) to metres."""
        return np.stack(self._proj(points[..., 0].copy(), points[..., 1].copy()), axis=-1)

    def unproject(self, points: Numbers) -> Numbers:
        """Map metres (..., 2) to longitudes and latitudes."""
        return np.stack(self._proj(points[..., 0].copy(), points[..., 1].copy(), inverse=True), axis=-1)

    @staticmethod
    def scale(points: Numbers) -> Numbers:
        """Return how many map metres a metre is at each point (..., 2)."""
        scale: Numbers = 1 + (points[..., 0] ** 2 + points[..., 1] ** 2) / (4 * WGS84.a * WGS84.b)
        return scale


# --- what the polygons share ----------------------------------------------------------------------------------------


def _without_overlaps(land: list[BaseGeometry]) -> list[BaseGeometry]:
    """Return the countries without the land that two of them claim: that is a gap like any other."""
    for a, b in combinations(range(len(land)), 2):
        one, other = land[a], land[b]
        if shapely.intersects(one, other) and shapely.area(shapely.intersection(one, other)) > OVERLAP:
            land[a], land[b] = shapely.difference(one, other), shapely.difference(other, one)
    return land


def _edges(polygon: BaseGeometry) -> Numbers:
    """Return the edges of all rings of a polygon, (n, 2, 2)."""
    rings = [shapely.get_coordinates(ring) for part in shapely.get_parts(polygon) for ring in _rings(part)]
    return np.concatenate([np.empty((0, 2, 2)), *(np.stack((ring[:-1], ring[1:]), axis=1) for ring in rings)])


def _rings(polygon: BaseGeometry) -> Iterator[BaseGeometry]:
    yield shapely.get_exterior_ring(polygon)
    for k in range(shapely.get_num_interior_rings(polygon)):
        yield shapely.get_interior_ring(polygon, k)


def _common_edges(countries: Pieces) -> tuple[list[tuple[tuple[int, int], Numbers]], Pieces]:
    """Return the edges that two countries have in common, by pair, and of each country the edges it has alone."""
    edges = np.concatenate(countries)
    country = np.repeat(np.arange(len(countries)), [len(own) for own in countries])
    backwards = (edges[:, 0, 0] > edges[:, 1, 0]) | (
        (edges[:, 0, 0] == edges[:, 1, 0]) & (edges[:, 0, 1] > edges[:, 1, 1])
    )
    alike = np.where(backwards[:, None, None], edges[:, ::-1], edges).reshape(-1, 4)
    order = np.lexsort((country, *alike.T))
    same = (alike[order[1:]] == alike[order[:-1]]).all(axis=1)
    first, second = order[:-1][same], order[1:][same]
    shared = []
    for pair in sorted({(int(a), int(b)) for a, b in zip(country[first], country[second], strict=True) if a != b}):
        here = (country[first] == pair[0]) & (country[second] == pair[1])
        shared.append((pair, edges[np.sort(first[here])]))
    alone = np.ones(len(edges), dtype=np.bool_)
    alone[first], alone[second] = False, False
    return shared, [edges[(country == k) & alone] for k in range(len(countries))]


def _cut(edges: Numbers, step: float) -> Numbers:
    """Cut edges, straight in longitude and latitude, into pieces of at most `step` metres."""
    points, _, goes_on = densified(edges.reshape(-1, 2), np.tile([True, False], len(edges)), step)
    start = np.flatnonzero(goes_on)
    return np.stack((points[start], points[start + 1]), axis=1)


# --- banks ----------------------------------------------------------------------------------------------------------


def _sort_out(
    pieces: Pieces, hidden: Numbers, plane: _Plane, widest: float
) -> tuple[list[tuple[tuple[int, int], Numbers]], tuple[Numbers, Indices], Numbers]:
    """Return the pieces that touch another country's bank, by pair; samples and whose bank each is; where banks meet.

    Samples of common and touching edges are nobody's: they keep apart banks that do not see each other across land.
    """
    touching, facing, inland = [], [], [hidden]
    for k, own in enumerate(pieces):
        others = np.concatenate([other for j, other in enumerate(pieces) if j != k])
        whose = np.repeat([j for j in range(len(pieces)) if j != k], [len(p) for j, p in enumerate(pieces) if j != k])
        touch, neighbour, faces = _split(own, others, plane, widest, touching=True)
        touching += [((k, int(j)), touch[whose[neighbour] == j]) for j in np.unique(whose[neighbour]) if j > k]
        inland.append(touch)
        facing.append(faces)
    samples = [np.unique(faces.reshape(-1, 2), axis=0) for faces in facing]
    _, _, hidden = _split(np.concatenate(inland), np.concatenate(facing), plane, widest, touching=False)
    points, first, counts = np.unique(np.concatenate(samples), axis=0, return_index=True, return_counts=True)
    country = np.repeat(np.arange(len(pieces)), [len(own) for own in samples])[first]
    # Where two banks meet, the common point is left out, and nobody's samples near it: the halfway line begins there.
    ends, own = points[counts > 1], counts == 1
    nobody = np.unique(hidden.reshape(-1, 2), axis=0)
    if len(ends) and len(nobody):
        nobody = nobody[_nearest(ends, nobody)[0] > 2 * CLOSEST * plane.scale(nobody)]
    country = np.append(country[own], np.full(len(nobody), NOBODY))
    return touching, (np.concatenate((points[own], nobody)), country), ends


def _split(
    pieces: Numbers, banks: Numbers, plane: _Plane, widest: float, *, touching: bool
) -> tuple[Numbers, Indices, Numbers]:
    """Halve pieces until each touches a bank (if that is asked), or is short beside its distance from it.

    Returns the pieces that touch, the number of what each touches, and those that have a bank within `widest`.
    """
    others = shapely.STRtree(shapely.linestrings(banks))
    touch: list[Numbers] = [np.empty((0, 2, 2))]
    touched: list[Indices] = [np.empty(0, dtype=np.int64)]
    facing: list[Numbers] = [np.empty((0, 2, 2))]
    while len(pieces):
        limit = widest * float(plane.scale(pieces).max())
        (which, neighbour), apart = others.query_nearest(
            shapely.linestrings(pieces), max_distance=limit, return_distance=True, all_matches=False
        )
        pieces = pieces[which]
        scale = plane.scale(pieces[:, 0])
        meets = (apart <= TOUCHING * scale) & touching
        for share in (0, 0.25, 0.5, 0.75, 1):
            on_piece = pieces[meets, 0] + share * (pieces[meets, 1] - pieces[meets, 0])
            meets[meets] = _distance(on_piece, others) <= TOUCHING * scale[meets]
        touch.append(pieces[meets])
        touched.append(neighbour[meets])
        length = np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1)
        short = ~meets & (length <= np.clip(apart / FINENESS, CLOSEST * scale, WIDEST * scale))
        facing.append(pieces[short])
        long = pieces[~meets & ~short]
        middle = long.mean(axis=1)
        pieces = np.concatenate((np.stack((long[:, 0], middle), axis=1), np.stack((middle, long[:, 1]), axis=1)))
    return np.concatenate(touch), np.concatenate(touched), np.concatenate(facing)


def _distance(points: Numbers, others: shapely.STRtree) -> Numbers:
    _, apart = others.query_nearest(shapely.points(points), return_distance=True, all_matches=False)
    return np.asarray(apart, dtype=np.float64)


# --- the line halfway -----------------------------------------------------------------------------------------------


def _halfway(
    samples: tuple[Numbers, Indices], ends: Numbers, land: list[BaseGeometry], plane: _Plane, widest: float
) -> list[tuple[tuple[int, int], Numbers]]:
    """Return the line halfway between the samples of different countries, by pair, as edges on the map."""
    points, country = samples
    if len(set(country.tolist()) - {NOBODY}) < 2:
        return []
    low, high = points.min(axis=0), points.max(axis=0)
    reach = float((high - low).max()) + 10 * widest
    frame = (low + high) / 2 + 3 * reach * np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])  # bounds every cell
    # Straight banks put many samples on one circle, which Qhull does not like: each moves by up to a centimetre.
    shaken = points + 0.01 * np.sin(1e4 * np.arange(2.0 * len(points)) ** 1.5).reshape(-1, 2)
    diagram = Voronoi(np.concatenate((shaken, frame)))
    country = np.append(country, [NOBODY] * 4)
    vertices, ridge = diagram.vertices, np.array(diagram.ridge_vertices)
    between = np.sort(country[diagram.ridge_points], axis=1)
    parts = (between[:, 0] != between[:, 1]) & (between[:, 0] != NOBODY) & (ridge.min(axis=1) >= 0)
    ridge, between, banks = ridge[parts], between[parts], points[diagram.ridge_points[parts]]
    away = np.linalg.norm(vertices[ridge] - banks[:, :1], axis=2) / plane.scale(vertices[ridge])
    middle = vertices[ridge].mean(axis=1)
    on_land = _in_any(land, plane.unproject(middle)) & (away.min(axis=1) > CLOSEST + TOUCHING)
    keep = np.flatnonzero((away.max(axis=1) <= widest / 2) & ~on_land & (ridge[:, 0] != ridge[:, 1]))
    apart = np.linalg.norm(banks[:, 0] - banks[:, 1], axis=1) / plane.scale(middle)
    keep = keep[_prune(ridge[keep], away[keep], apart[keep], len(vertices))]
    edges, between = _lead(vertices, ridge[keep], between[keep], ends, plane)
    pairs = sorted({(int(a), int(b)) for a, b in between})
    return [(pair, edges[(between == pair).all(axis=1)]) for pair in pairs]


def _lead(vertices: Numbers, ridge: Indices, between: Indices, ends: Numbers, plane: _Plane) -> tuple[Numbers, Indices]:
    """Return ridges as edges, with an edge more for every loose end near a point where the banks meet."""
    edges = vertices[ridge]
    if not len(ends) or not len(ridge):
        return edges, between
    loose = np.bincount(ridge.ravel(), minlength=len(vertices))[ridge] == 1
    which, side = np.nonzero(loose)
    start = edges[which, side]
    gap, nearest = _nearest(ends, start)
    near = gap <= JOIN * plane.scale(start)
    added = np.stack((start[near], ends[nearest[near]]), axis=1)
    return np.concatenate((edges, added)), np.concatenate((between, between[which[near]]))


def _nearest(nodes: Numbers, points: Numbers) -> tuple[Numbers, Indices]:
    apart, which = cKDTree(nodes).query(points)
    return np.asarray(apart, dtype=np.float64), np.asarray(which, dtype=np.int64)


def _in_any(land: list[BaseGeometry], points: Numbers) -> npt.NDArray[np.bool_]:
    inside = np.zeros(len(points), dtype=np.bool_)
    for polygon in land:
        shapely.prepare(polygon)
        inside |= shapely.contains_xy(polygon, points[:, 0], points[:, 1])
    return inside


def _prune(ridge: Indices, away: Numbers, apart: Numbers, vertices: int) -> Indices:
    """Return the ridges that stay when loose ends are cut that see both banks on one side (within 60°)."""
    outer = np.where(away[:, 0] > away[:, 1], ridge[:, 0], ridge[:, 1])
    sideways = apart < away.max(axis=1)
    stays = np.ones(len(ridge), dtype=np.bool_)
    while True:
        degree = np.bincount(ridge[stays].ravel(), minlength=vertices)
        loose = stays & sideways & (degree[outer] == 1)
        if not loose.any():
            return np.flatnonzero(stays)
        stays &= ~loose


def _smooth(edges: Numbers) -> Numbers:
    """Leave out corners that do not matter; where lines meet they stay."""
    lines = shapely.simplify(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(edges))), SMOOTHING)
    points = [shapely.get_coordinates(line) for line in lines]
    return np.concatenate([np.stack((line[:-1], line[1:]), axis=1) for line in points])


def _merge(edges: Numbers) -> list[LineString]:
    """Join edges of longitude and latitude to lines; an edge across the antimeridian is cut there."""
    across = np.abs(edges[:, 0, 0] - edges[:, 1, 0]) > 180
    whole = [edges[~across]]
    for (lon1, lat1), (lon2, lat2) in edges[across]:
        side = np.copysign(180.0, lon1)
        share = (side - lon1) / (lon2 + 2 * side - lon1)
        lat = lat1 + share * (lat2 - lat1)
        whole.append(np.array([[[lon1, lat1], [side, lat]], [[-side, lat], [lon2, lat2]]]))
    cut = np.concatenate(whole)
    cut = cut[(cut[:, 0] != cut[:, 1]).any(axis=1)]
    return list(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(cut)))) if len(cut) else []
