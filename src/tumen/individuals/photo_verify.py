"""Do the matched points lie as one body would place them?

Each match carries a position, a size and a turn in both pictures, and so says where its neighbours should lie: a local
view of the change between the pictures. Two matches agree when each foresees the other; the nearer they are, the more
exactly they must. A coat that bends, or an animal seen from another side, breaks one plane for the whole body but not
the agreement of neighbours, so that no homography is asked for. The largest body of matches that agree, each with a
good part of it, is what is counted and drawn. No chance is involved: the same matches give the same body.
"""

import numba
import numpy as np
import numpy.typing as npt

from tumen.individuals.photo_features import Features

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

MOST = 400
"""No more matches of a pair than this are held against each other, the heaviest first."""

FIXED, GROWING = 0.02, 0.25
"""A match may miss by this share of the chip's diagonal, and by this share of its distance from the match it is
foreseen by: SIFT knows a turn to some 10 degrees and a size to some 15 %, and coats bend."""

SIZES = 2.0
"""Two agreeing matches change in size by factors no further apart than this."""

TURNS = np.pi / 4
"""Two agreeing matches turn by angles no further apart than this."""

APART = 0.02
"""Points nearer than this share of the diagonal are one place: the second best match must lie elsewhere."""


def nearest(a: Features, b: Features) -> tuple[Places, Floats, Floats]:
    """Return for every point of `a` its nearest point of `b`, how far that is, and how far the nearest elsewhere is.

    Numbers of points of `b` (-1 where `b` has none), and Euclidean distances between descriptors, 2 (the largest)
    where there is none. Elsewhere is more than 2 % of the diagonal of `b` from the nearest point.

    >>> from tumen.individuals.photo_features import empty
    >>> [len(part) for part in nearest(empty(9, 9, "sift"), empty(9, 9, "sift"))]
    [0, 0, 0]
    """
    if not len(a) or not len(b):
        none = np.full(len(a), 2, np.float32)
        return np.full(len(a), -1, np.int64), none, none.copy()
    alike = a.descriptors @ b.descriptors.T
    radius = APART * np.hypot(b.width, b.height)
    best, first, second = _two(alike, b.points, np.float32(radius * radius))
    return best, _distance(first), _distance(second)


def _distance(alike: Floats) -> Floats:
    """Return Euclidean distances from inner products of unit vectors."""
    return np.sqrt(np.maximum(2 - 2 * alike, 0))


@numba.njit(cache=True)
def _two(alike: Floats, points: Floats, square: np.float32) -> tuple[Places, Floats, Floats]:  # pragma: no cover
    rows, columns = alike.shape
    best = np.zeros(rows, np.int64)
    first = np.full(rows, np.float32(-1))
    second = np.full(rows, np.float32(-1))
    for row in range(rows):
        line = alike[row]
        at = 0
        top = line[0]
        for column in range(1, columns):
            if line[column] > top:
                top = line[column]
                at = column
        best[row], first[row] = at, top
        x, y = points[at, 0], points[at, 1]
        other = np.float32(-1)
        for column in range(columns):
            if line[column] > other:
                dx, dy = points[column, 0] - x, points[column, 1] - y
                if dx * dx + dy * dy > square:
                    other = line[column]
        second[row] = other
    return best, first, second


def body(a: Features, b: Features, pairs: Places, weights: Floats) -> npt.NDArray[np.bool_]:
    """Return which matches belong to the heaviest body of matches that agree.

    `pairs` (m, 2) are numbers of points of `a` and `b`, `weights` (m,) what each match is worth (not negative). A place
    of either picture belongs to one match at most: the heaviest.

    >>> from tumen.individuals.photo_features import empty
    >>> body(empty(9, 9, "sift"), empty(9, 9, "sift"), np.zeros((0, 2), np.int64), np.zeros(0, np.float32)).sum()
    np.int64(0)
    """
    kept = np.zeros(len(pairs), dtype=bool)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -weights))[:MOST]
    order = order[weights[order] > 0]
    order = order[_single(a, b, pairs[order])]
    if len(order) < 3:
        return kept
    one, other = a.points[pairs[order, 0]], b.points[pairs[order, 1]]
    agree = _agree(one, other, float(np.hypot(b.width, b.height)))
    agree &= _agree(other, one, float(np.hypot(a.width, a.height))).T
    kept[order[_densest(agree, weights[order])]] = True
    return kept


def _single(a: Features, b: Features, pairs: Places) -> npt.NDArray[np.int64]:
    """Return the matches, heaviest first, that are the first at their place in both pictures."""
    chosen: list[int] = []
    taken: tuple[set[tuple[int, int]], set[tuple[int, int]]] = (set(), set())
    places = []
    for features, column in ((a, 0), (b, 1)):
        step = APART / 2 * np.hypot(features.width, features.height)
        places.append((features.points[pairs[:, column], :2] / step).round().astype(int))
    for match, (x, y, u, v) in enumerate(np.hstack(places).tolist()):
        if (x, y) in taken[0] or (u, v) in taken[1]:
            continue
        taken[0].add((x, y))
        taken[1].add((u, v))
        chosen.append(match)
    return np.array(chosen, dtype=np.int64)


def _agree(one: Floats, other: Floats, diagonal: float) -> npt.NDArray[np.bool_]:
    """Return whether match i (row) foresees match j (column): place, size and turn in the other picture."""
    growth = np.log(other[:, 2] / one[:, 2])
    turn = other[:, 3] - one[:, 3]
    zoom = np.exp(growth)
    cosine, sine = zoom * np.cos(turn), zoom * np.sin(turn)
    dx, dy = one[None, :, 0] - one[:, None, 0], one[None, :, 1] - one[:, None, 1]
    missed_x = other[:, None, 0] + cosine[:, None] * dx - sine[:, None] * dy - other[None, :, 0]
    missed_y = other[:, None, 1] + sine[:, None] * dx + cosine[:, None] * dy - other[None, :, 1]
    far = np.hypot(other[None, :, 0] - other[:, None, 0], other[None, :, 1] - other[:, None, 1])
    near = np.hypot(missed_x, missed_y) <= FIXED * diagonal + GROWING * far
    sizes = np.abs(growth[None, :] - growth[:, None]) <= np.log(SIZES)
    turns = np.abs((turn[None, :] - turn[:, None] + np.pi) % (2 * np.pi) - np.pi) <= TURNS
    return np.asarray(near & sizes & turns)


def _densest(agree: npt.NDArray[np.bool_], weights: Floats) -> npt.NDArray[np.int64]:
    """Return the members of the heaviest group in which each agrees with a third of the group's weight."""
    worth = weights.astype(np.float64)
    seed = int(np.argmax(agree @ worth))
    members = agree[seed].copy()
    members[seed] = True
    # Neighbours of neighbours may join: a bent body does not agree with one match throughout.
    for _ in range(10):
        support = agree[:, members] @ worth[members]
        now = (support >= worth[members].sum() / 3) & (agree[:, members].sum(axis=1) >= 3)
        if not now.any():
            return np.zeros(0, dtype=np.int64)
        if np.array_equal(now, members):
            break
        members = now
    return np.flatnonzero(members)


def own_weights(a: Features, b: Features, ratio: float = 0.85) -> tuple[Places, Floats]:
    """Return matches (m, 2) from `a` to `b` and their weights, judged by this pair of pictures alone.

    A match weighs what its distance lacks to `ratio` times that of the second best place, times the foreground.
    """
    best, first, second = nearest(a, b)
    if not len(a) or not len(b):
        return np.zeros((0, 2), np.int64), np.zeros(0, np.float32)
    weights = np.maximum(1 - first / np.maximum(ratio * second, 1e-6), 0) * np.sqrt(a.weights * b.weights[best])
    pairs = np.column_stack([np.arange(len(a)), best])
    used = weights > 0
    return pairs[used], weights[used].astype(np.float32)


def correspondences(a: Features, b: Features) -> Floats:
    """Return the verified points of a pair of pictures for drawing: (m, 4) x, y, otherX, otherY in pixels of the chips.

    >>> from tumen.individuals.photo_features import empty
    >>> correspondences(empty(9, 9, "sift"), empty(9, 9, "sift")).shape
    (0, 4)
    """
    pairs, weights = own_weights(a, b)
    pairs = pairs[body(a, b, pairs, weights)]
    return np.hstack([a.points[pairs[:, 0], :2], b.points[pairs[:, 1], :2]]).astype(np.float32)
