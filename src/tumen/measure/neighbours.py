"""Who stands near whom?  Pairs of points no farther apart than some metres."""

import numpy as np
import numpy.typing as npt

from tumen.measure.geodesy import Numbers, distances, ecef

Indices = npt.NDArray[np.int64]


def near_pairs(lon: Numbers, lat: Numbers, within: float) -> tuple[Indices, Indices, Numbers]:
    """Return the pairs of points (i < j) within a distance of each other, and their distances in metres.

    Points with a missing coordinate are near nobody.

    >>> i, j, metres = near_pairs(np.array([131.2, 131.3, 131.2]), np.array([43.1, 43.1, 43.1001]), 30)
    >>> i.tolist(), j.tolist(), metres.round(1).tolist()
    ([0], [2], [11.1])
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if len(known) < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    # scipy takes longer to load than most packages to check.
    from scipy.spatial import cKDTree

    # A chord is never longer than its geodesic, so no pair is missed; those a hair too far are sorted out below.
    pairs = cKDTree(ecef(lon[known], lat[known])).query_pairs(within, output_type="ndarray")
    pairs = known[pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]]
    i, j = pairs[:, 0], pairs[:, 1]
    metres = distances(lon[i], lat[i], lon[j], lat[j])
    close = metres <= within
    return i[close], j[close], metres[close]
