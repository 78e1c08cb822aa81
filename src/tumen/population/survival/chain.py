"""How likely is a life?  The chances that capture histories are made of, and how they change with survival and capture.

Of an animal that is alive at occasion t (from 0): `chi[t]` is the chance that it is never seen after t, `psi[t]` the
chance (POPAN only) that an animal of the super-population has entered, is alive at t and was not seen before t.
Compiled on first use. Rows are classes (sexes), columns occasions.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Chances(NamedTuple):
    """By class and occasion: survival to the next occasion, capture, its complement, never again, first time, entry."""

    phi: Floats
    p: Floats
    q: Floats
    chi: Floats
    psi: Floats
    entry: Floats


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def ahead(phi: Floats, p: Floats, q: Floats, entry: Floats) -> tuple[Floats, Floats]:
    """Return `chi` and `psi`, (C, S) each, of survival (C, S-1) and capture, its complement and entry, (C, S) each.

    chi[S-1] = 1, chi[t] = 1 - phi[t] + phi[t] q[t+1] chi[t+1]; psi[0] = entry[0], psi[t+1] = psi[t] q[t] phi[t] +
    entry[t+1].
    """
    classes, occasions = p.shape
    chi = np.ones((classes, occasions))
    psi = np.zeros((classes, occasions))
    for c in range(classes):
        for t in range(occasions - 2, -1, -1):
            chi[c, t] = 1.0 - phi[c, t] + phi[c, t] * q[c, t + 1] * chi[c, t + 1]
        psi[c, 0] = entry[c, 0]
        for t in range(occasions - 1):
            psi[c, t + 1] = psi[c, t] * q[c, t] * phi[c, t] + entry[c, t + 1]
    return chi, psi


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def back(
    phi: Floats, q: Floats, chances: tuple[Floats, Floats], weights: tuple[Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """Return the derivatives of a function by phi, q and entry, from those by `chances` (chi and psi), `weights`."""
    chi, psi = chances
    classes, occasions = q.shape
    by_chi = weights[0].copy()
    by_psi = weights[1].copy()
    by_phi = np.zeros((classes, occasions - 1))
    by_q = np.zeros((classes, occasions))
    by_entry = np.zeros((classes, occasions))
    for c in range(classes):
        for t in range(occasions - 1):
            later = q[c, t + 1] * chi[c, t + 1]
            by_phi[c, t] += by_chi[c, t] * (later - 1.0)
            by_q[c, t + 1] += by_chi[c, t] * phi[c, t] * chi[c, t + 1]
            by_chi[c, t + 1] += by_chi[c, t] * phi[c, t] * q[c, t + 1]
        for t in range(occasions - 2, -1, -1):
            down = by_psi[c, t + 1]
            by_entry[c, t + 1] += down
            by_psi[c, t] += down * q[c, t] * phi[c, t]
            by_q[c, t] += down * psi[c, t] * phi[c, t]
            by_phi[c, t] += down * psi[c, t] * q[c, t]
        by_entry[c, 0] += by_psi[c, 0]
    return by_phi, by_q, by_entry
