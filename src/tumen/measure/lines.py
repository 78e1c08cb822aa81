"""How far is it to a line?  Geodesic distances from many points to polylines.

The line is cut into pieces of at most `STEP` metres, whose ends are its *nodes*. Straight lines through the Earth order
points almost as geodesics do, so the nearest node is looked for in three dimensions, where neither poles nor the
antimeridian exist. What makes a million points cheap:

- Seen from afar, the bends of a river do not exist (`tumen.measure.balls`): each of `RINGS` keeps only the nodes that
  can be nearest from beyond it.
- Neighbouring points search as a group. The middle of the group tells which few nodes can be nearest to any of them.

Within `NEAR` of the line the foot of the perpendicular is found exactly. Beyond, the nearest node stands for it: a
piece of length h errs by at most h² / 8d, that is 0.4 m at 1 km and 0.1 m from 4 km on. Neither other points nor their
order change the distance of a point: whichever way is taken, it ends at the same node.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from tumen.measure.balls import largest_balls
from tumen.measure.geodesy import LONGEST_SERIES, WGS84, Numbers, along, densified, distances, ecef

Indices = npt.NDArray[np.int64]

STEP = 56.0
"""m: longest piece of a line."""
NEAR = 1_000.0
"""m: within this distance the foot of the perpendicular is found exactly."""
RINGS = ((NEAR, 1), (4_000.0, 2), (16_000.0, 8), (64_000.0, 16), (256_000.0, 32))
"""Distance (m) from which on a ring's nodes suffice, and which of the points added on a long edge it keeps."""
THINNED = 2.0
"""m: by so much the nearest node that a ring kept may be farther than the nearest of all."""
FAR = RINGS[-1][0]
"""m: beyond, the chord alone does not tell which of two nodes is nearer along the geodesic."""
MARGIN = 0.8
"""A node stays in a ring although the largest ball that touches it is smaller by this factor: the map is no sphere."""
FEW = 2_000
"""Up to so many points, or a fifth of the nodes, to prepare rings and groups costs more than it saves."""
SHORT = 4_000.0
"""m: a search that ends here needs no rings."""
GROUP = 32
"""Points that search together."""
PAIRS = 300_000
"""Pairs of point and node that are compared at a time, so that they stay in the cache."""
CURVATURE = (WGS84.a * (1 - WGS84.es), WGS84.a / np.sqrt(1 - WGS84.es))
"""m: smallest and largest radius of curvature of the ellipsoid."""


@dataclass(frozen=True)
class _Ring:
    """The nodes that can be nearest to a point at the distance `start` (m) or farther, up to `end`."""

    start: float
    end: float
    every: int
    nodes: Indices
    tree: Any  # a cKDTree


class Lines:
    """Polylines, prepared once for any number of questions. Lines are arrays (n, 2) of longitude and latitude.

    >>> meridian = Lines([np.array([[130.0, 42.0], [130.0, 43.0]])])
    >>> meridian.distances(np.array([130.5]), np.array([42.5])).round().tolist()
    [41099.0]
    """

    def __init__(self, lines: list[Numbers]) -> None:
        """Cut the lines into pieces; all else waits until it is needed."""
        points = np.concatenate([np.empty((0, 2)), *lines])
        goes_on = np.ones(len(points), dtype=np.bool_)
        goes_on[np.cumsum([len(line) for line in lines if len(line)], dtype=np.int64) - 1] = False
        self._lonlat, self._number, self._goes_on = densified(points, goes_on, STEP)
        self._nodes = ecef(self._lonlat[:, 0], self._lonlat[:, 1])
        start = np.flatnonzero(self._goes_on)
        pieces = np.linalg.norm(self._nodes[start + 1] - self._nodes[start], axis=1)
        self._half = float(pieces.max()) / 2 if len(pieces) else 0.0

    def distances(self, lon: Numbers, lat: Numbers, within: float = np.inf) -> Numbers:
        """Return the geodesic distance (m) of each point to the nearest point of the lines, right to 0.4 m.

        `inf` where there is no line, or none within `within` metres; `nan` where a coordinate is missing.
        """
        metres = np.full(len(lon), np.inf)
        known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        metres[~(np.isfinite(lon) & np.isfinite(lat))] = np.nan
        if len(self._nodes) and len(known):
            metres[known] = self._distances(lon[known], lat[known], within)
            metres[metres > within] = np.inf
        return metres

    def _distances(self, lon: Numbers, lat: Numbers, within: float) -> Numbers:
        if len(lon) <= max(FEW, len(self._nodes) // 5):
            return self._ordered(lon, lat, within, grouped=False)
        order = _neighbours(lon, lat)
        metres = np.empty(len(lon))
        metres[order] = self._ordered(lon[order], lat[order], within, grouped=True)
        return metres

    def _ordered(self, lon: Numbers, lat: Numbers, within: float, *, grouped: bool) -> Numbers:
        points = ecef(lon, lat)
        # A chord is shorter than its arc, and the foot of a perpendicular less than half a piece from a node.
        reach = within + self._half
        if grouped:
            chord, node = self._by_groups(points, reach)
        else:
            chord, node = self._search((self._every,), points, reach)
            self._weigh(self._every, points, chord, node)
        metres = np.full(len(points), np.inf)
        for some in _batches(np.flatnonzero(np.isfinite(chord)), 30_000):
            there = self._nodes[node[some]]
            straight = np.linalg.norm(
                points[some] - there, axis=1
            )  # again, so that every way gives the same last digit
            metres[some] = along(points[some], there, straight)
            near, far = some[straight <= NEAR], some[straight > LONGEST_SERIES]
            metres[near] = self._feet(points[near])
            metres[far] = distances(lon[far], lat[far], *self._lonlat[node[far]].T)
        return metres

    def _feet(self, points: Numbers) -> Numbers:
        """Return distances to the nearest point of any piece, for points so near that a chord is as long as its arc.

        The node at either end of the nearest piece is at most sqrt(c² + half²) away, where c is the distance to the
        nearest node: so many nodes are looked at until the last of them is farther than that.
        """
        metres = np.full(len(points), np.inf)
        left, several = np.arange(len(points)), 4
        while len(left):
            several = min(several, len(self._nodes))
            chord, node = _query(self._every.tree, points[left], several)
            for k in range(several):
                foot = np.minimum(
                    self._to_piece(points[left], node[:, k] - 1), self._to_piece(points[left], node[:, k])
                )
                metres[left] = np.minimum(metres[left], np.minimum(foot, chord[:, k]))
            enough = (chord[:, -1] ** 2 > chord[:, 0] ** 2 + self._half**2) | (several == len(self._nodes))
            left, several = left[~enough], several * 4
        return metres

    def _to_piece(self, points: Numbers, start: Indices) -> Numbers:
        """Return the distance of each point to the piece that starts at a node; `inf` where none starts there."""
        is_piece = (start >= 0) & self._goes_on[start]
        foot, end = self._nodes[start], self._nodes[np.where(is_piece, start + 1, start)]
        step, away = end - foot, points - foot
        length2 = np.maximum(np.einsum("ij,ij->i", step, step), 1e-12)
        share = np.clip(np.einsum("ij,ij->i", step, away) / length2, 0, 1)
        metres: Numbers = np.where(is_piece, np.linalg.norm(away - share[:, None] * step, axis=1), np.inf)
        return metres

    # --- rings of nodes ---------------------------------------------------------------------------------------------

    @cached_property
    def _every(self) -> _Ring:
        return _Ring(0.0, np.inf, 1, np.arange(len(self._nodes)), _tree(self._nodes))

    @cached_property
    def _rings(self) -> tuple[_Ring, ...]:
        """The rings from near to far; the first has every node."""
        some = np.flatnonzero(self._number % 2 == 0)
        ball = np.zeros(len(self._nodes))
        ball[some] = largest_balls(self._nodes[some])
        rings = [_Ring(0.0, NEAR, 1, self._every.nodes, self._every.tree)]
        for (start, every), end in zip(RINGS, [*(start for start, _ in RINGS[1:]), np.inf], strict=True):
            if every == 1:
                rings.append(_Ring(start, end, 1, self._every.nodes, self._every.tree))
                continue
            # A node that is kept speaks for those beside it that are not.
            beside = ball.copy()
            for k in range(2, every, 2):
                beside[k:] = np.maximum(beside[k:], ball[:-k])
                beside[:-k] = np.maximum(beside[:-k], ball[k:])
            nodes = np.flatnonzero((beside >= MARGIN * start) & (self._number % every == 0))
            rings.append(_Ring(start, end, every, nodes, _tree(self._nodes[nodes])))
        return tuple(rings)

    # --- the nearest node -------------------------------------------------------------------------------------------

    def _search(self, rings: tuple[_Ring, ...], points: Numbers, reach: float) -> tuple[Numbers, Indices]:
        """Return chord and number of the kept node nearest to each point; `inf` where none is within reach."""
        chord, node = np.full(len(points), np.inf), np.zeros(len(points), dtype=np.int64)
        left = np.arange(len(points))
        for ring in rings:
            if not len(left) or ring.start > reach:
                break
            found, which = _query(ring.tree, points[left], 1, min(ring.end, reach))
            here = np.isfinite(found[:, 0])
            chord[left[here]], node[left[here]] = found[here, 0], ring.nodes[which[here, 0]]
            left = left[~here]
        return chord, node

    def _weigh(self, ring: _Ring, points: Numbers, chord: Numbers, node: Indices) -> None:
        """Find, in place, the node nearest along the geodesic, for points so far that chords may mislead."""
        for some in _batches(np.flatnonzero(np.isfinite(chord) & (chord > FAR)), 1_000):
            which, counts = _balls(ring, points[some], chord[some] + _slack(chord[some]))
            chord[some], node[some] = self._nearest_of(ring, points[some], which, counts)

    def _by_groups(self, points: Numbers, reach: float) -> tuple[Numbers, Indices]:
        """Return chord and number of the node nearest to each point; each `GROUP` of points searches together."""
        groups = np.arange(len(points)).reshape(-1, GROUP)
        members = points.reshape(-1, GROUP, 3)
        middle = members.mean(axis=1)
        radius = np.linalg.norm(members - middle[:, None], axis=2).max(axis=1)
        rings = self._rings if reach > SHORT else (self._every,)
        apart, nearest = self._search(rings, middle, reach + float(radius.max()))
        least = apart - radius - THINNED
        chord, node = np.full(len(points), np.inf), np.zeros(len(points), dtype=np.int64)
        single = groups[least < NEAR if reach > SHORT else least <= reach].ravel()
        chord[single], node[single] = self._single(points[single], reach)
        for ring in rings[1:]:
            inside = (least >= ring.start) & (least < ring.end) & (least <= reach)
            for some in _batches(np.flatnonzero(inside), 4_000):
                which, counts = self._candidates(ring, middle[some], radius[some], apart[some], nearest[some])
                for rows in _portions(counts * GROUP):
                    of_rows = which[counts[: rows.start].sum() : counts[: rows.stop].sum()]
                    asked = groups[some[rows]].T.ravel()
                    chord[asked], node[asked] = self._nearest_of(
                        ring, points[asked], np.tile(of_rows, GROUP), np.tile(counts[rows], GROUP)
                    )
        chord[chord > reach] = np.inf
        return chord, node

    def _single(self, points: Numbers, reach: float) -> tuple[Numbers, Indices]:
        """Do as `_search` with rings that keep every node in reach, so that the nearest of all is found."""
        if reach <= SHORT:
            return self._search((self._every,), points, reach)
        near, nearer = self._rings[0], self._rings[1]
        last = _Ring(nearer.start, np.inf, 1, nearer.nodes, nearer.tree)
        chord, node = self._search((near, last), points, reach)
        self._weigh(last, points, chord, node)
        return chord, node

    def _candidates(
        self, ring: _Ring, middle: Numbers, radius: Numbers, apart: Numbers, nearest: Indices
    ) -> tuple[Indices, Indices]:
        """Return the nodes that can be nearest to some point of each group, one group after another, and their counts.

        A node n is out if the plane halfway between it and the node m nearest to the middle leaves the whole ball of
        the group on m's side.
        """
        slack = THINNED + np.where(apart + radius > FAR, _slack(apart + radius), 0.0)
        which, counts = _balls(ring, middle, apart + 2 * radius + slack)
        group = np.repeat(np.arange(len(middle)), counts)
        node, rival = self._nodes[which], self._nodes[nearest][group]
        to_node, to_rival = node - middle[group], rival - middle[group]
        behind = np.einsum("ij,ij->i", to_node, to_node) - np.einsum("ij,ij->i", to_rival, to_rival)
        allowed = slack * (2 * (apart + radius) + slack)
        keep = behind <= 2 * radius[group] * np.linalg.norm(node - rival, axis=1) + allowed[group]
        return which[keep], np.bincount(group[keep], minlength=len(middle))

    def _nearest_of(self, ring: _Ring, points: Numbers, which: Indices, counts: Indices) -> tuple[Numbers, Indices]:
        """Return chord and number of the nearest of each point's candidates, which follow one another in `which`."""
        point = np.repeat(np.arange(len(points)), counts)
        apart2 = self._apart2(points, point, which)
        shortest = np.sqrt(np.minimum.reduceat(apart2, np.cumsum(counts) - counts))
        allowed = shortest + (THINNED if ring.every > 1 else 1e-6)
        far = np.flatnonzero(shortest > FAR)
        allowed[far] += _slack(shortest[far])
        good = np.flatnonzero(apart2 <= (allowed * allowed)[point])
        point, which = point[good], which[good]
        if ring.every > 1:
            if len(far):
                point, which = self._nearly_nearest(points, point, which, THINNED)
            point, which = self._beside(ring, points, point, which)
        point, which = self._nearly_nearest(points, point, which, 0.0)
        first = np.flatnonzero(np.diff(point, prepend=-1))  # of equals
        return np.sqrt(self._apart2(points, point[first], which[first])), which[first]

    def _nearly_nearest(
        self, points: Numbers, point: Indices, node: Indices, allowed: float
    ) -> tuple[Indices, Indices]:
        """Keep the pairs that are, along the geodesic, at most `allowed` metres longer than the point's shortest."""
        metres = np.sqrt(self._apart2(points, point, node))
        far = np.flatnonzero(metres > FAR)
        metres[far] = along(points[point[far]], self._nodes[node[far]], metres[far])
        shortest = np.minimum.reduceat(metres, np.flatnonzero(np.diff(point, prepend=-1)))
        keep = np.flatnonzero(metres <= shortest[point] + allowed)
        return point[keep], node[keep]

    def _beside(self, ring: _Ring, points: Numbers, point: Indices, node: Indices) -> tuple[Indices, Indices]:
        """Add to pairs of point and kept node the nodes the ring left out that are nearest on the same long edge."""
        tried = [node]
        for side in (-1, 1):
            neighbour = np.clip(node + side, 0, len(self._nodes) - 1)
            edge = self._nodes[neighbour] - self._nodes[node]
            pieces = np.einsum("ij,ij->i", points[point] - self._nodes[node], edge)
            pieces /= np.maximum(np.einsum("ij,ij->i", edge, edge), 1e-6)
            foot = np.clip(np.rint(pieces), 0, ring.every).astype(np.int64)
            tried += [node + side * (foot + k) for k in (-1, 0, 1)]
        tried += self._descend(ring, points[point], node)
        several = np.clip(np.column_stack(tried), 0, len(self._nodes) - 1)
        return np.repeat(point, several.shape[1]), several.ravel()

    def _descend(self, ring: _Ring, points: Numbers, node: Indices) -> list[Indices]:
        """Follow the line to where it is nearest along the geodesic, if pairs are so far apart that chords mislead."""
        step = self._nodes[node] - points
        far = np.flatnonzero(np.einsum("ij,ij->i", step, step) > LONGEST_SERIES**2)
        if not len(far):
            return []
        at, moved = points[far], node.copy()
        for stride in 2 ** np.arange(ring.every.bit_length())[::-1]:
            tried = np.clip(moved[far] + stride * np.array([[0], [-1], [1]]), 0, len(self._nodes) - 1)
            there = self._nodes[tried]
            metres = np.stack([along(at, some, np.linalg.norm(some - at, axis=1)) for some in there])
            moved[far] = np.take_along_axis(tried, metres.argmin(axis=0)[None], axis=0)[0]
        return [moved]

    def _apart2(self, points: Numbers, point: Indices, node: Indices) -> Numbers:
        step = self._nodes[node]
        step -= points[point]
        squares: Numbers = np.einsum("ij,ij->i", step, step)
        return squares


def _neighbours(lon: Numbers, lat: Numbers) -> Indices:
    """Return an order in which each `GROUP` of points lies together: strips by longitude, cut by latitude.

    The last point is repeated until the last group is full.
    """
    wide = int(np.ceil(np.sqrt(len(lon) / GROUP))) * GROUP
    order = np.argsort(lon)
    strips = np.append(order, np.repeat(order[-1], -len(order) % wide)).reshape(-1, wide)
    rows: Indices = np.take_along_axis(strips, np.argsort(lat[strips], axis=1), axis=1)
    return rows.ravel()


def _batches(numbers: Indices, size: int) -> list[Indices]:
    return [numbers[k : k + size] for k in range(0, len(numbers), size)]


def _portions(work: Indices) -> list[slice]:
    """Cut rows into runs of about `PAIRS` pairs of work."""
    ends = np.flatnonzero(np.diff(np.cumsum(work) // PAIRS, append=-1)) + 1
    return [slice(int(a), int(b)) for a, b in zip([0, *ends[:-1]], ends, strict=True)]


def _query(tree: Any, points: Numbers, several: int, within: float = np.inf) -> tuple[Numbers, Indices]:
    """Return distances and numbers, (n, several), of the nodes nearest to each point; `inf` beyond `within`."""
    apart, which = tree.query(points, k=list(range(1, several + 1)), distance_upper_bound=within)
    return np.asarray(apart, dtype=np.float64), np.asarray(which, dtype=np.int64)


def _balls(ring: _Ring, middle: Numbers, radius: Numbers) -> tuple[Indices, Indices]:
    """Return the nodes of a ring in each ball, one ball after another, and how many they are."""
    lists = ring.tree.query_ball_point(middle, radius, return_sorted=True)
    counts = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    return ring.nodes[np.fromiter(chain.from_iterable(lists), dtype=np.int64, count=int(counts.sum()))], counts


def _slack(chord: Numbers) -> Numbers:
    """Return by how many metres two geodesics with chords of the same length may differ, and one metre more."""
    short, long = (2 * r * np.arcsin(np.minimum(chord / (2 * r), 1.0)) for r in CURVATURE)
    slack: Numbers = np.abs(short - long) + 1.0
    return slack


def _tree(nodes: Numbers) -> Any:
    """Return a cKDTree of points; scipy takes longer to load than most packages to check, and is loaded when needed."""
    from scipy.spatial import cKDTree

    return cKDTree(nodes)
