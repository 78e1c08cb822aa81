"""Which points of a line can be the nearest, seen from afar?

A point of a set can be nearest to somewhere at distance d only if a ball of radius d touches it and holds no other
point of the set. The circles around the triangles of a Delaunay triangulation are the largest such balls.
"""

import numpy as np

from tumen.measure.geodesy import Numbers


def largest_balls(nodes: Numbers) -> Numbers:
    """Return for each node the radius (m) of the largest ball that touches it and holds no other node.

    On a sphere a stereographic map keeps circles circles, so the triangulation of the map is that of the sphere. Where
    no map can be made, every node is taken to be in reach from everywhere: slower, and as right.
    """
    # scipy takes longer to load than most packages to check, and is loaded when a border is measured.
    from scipy.spatial import Delaunay, QhullError

    everywhere = np.full(len(nodes), np.inf)
    plane = _stereographic(nodes)
    if plane is None:
        return everywhere
    _, own, copies = np.unique(plane, axis=0, return_index=True, return_inverse=True)
    # Nodes on one circle, as along a parallel, have no single triangulation, and Qhull would be very long about it:
    # each moves by a centimetre in the map.
    shaken = plane[own] + 1e-9 * np.sin(1e4 * np.arange(2.0 * len(own)) ** 1.5).reshape(-1, 2)
    try:
        triangles = Delaunay(shaken)
    except (QhullError, ValueError):  # fewer than three nodes
        return everywhere
    corners = triangles.simplices
    radius = _circumradius(*(nodes[own[corners[:, k]]] for k in range(3)))
    ball = np.zeros(len(own))
    for k in range(3):
        np.maximum.at(ball, corners[:, k], radius)
    ball[triangles.convex_hull.ravel()] = np.inf
    ball[triangles.coplanar[:, 0]] = np.inf  # left out of the triangulation
    return ball[copies.ravel()]


def _stereographic(nodes: Numbers) -> Numbers | None:
    """Map nodes to the plane, seen from opposite their middle; None where they lie all around the Earth."""
    middle = nodes.mean(axis=0)
    length = float(np.linalg.norm(middle))
    unit = nodes / np.linalg.norm(nodes, axis=1)[:, None]
    axis = middle / max(length, 1.0)
    height = unit @ axis
    if length < 1_000.0 or height.min() < -0.9:
        return None
    right = np.cross(axis, np.eye(3)[np.argmin(np.abs(axis))])
    right /= np.linalg.norm(right)
    plane: Numbers = np.column_stack((unit @ right, unit @ np.cross(axis, right))) / (1 + height)[:, None]
    return plane


def _circumradius(a: Numbers, b: Numbers, c: Numbers) -> Numbers:
    """Return the radius of the circle through three points; `inf` where they lie on one line."""
    sides = np.linalg.norm(b - c, axis=1) * np.linalg.norm(a - c, axis=1) * np.linalg.norm(a - b, axis=1)
    area2 = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(area2 > 0, sides / (2 * area2), np.inf)
