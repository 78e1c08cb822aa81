"""What collared animals say of sigma."""

import numpy as np

from tumen.population.scr.survey import Fixes, Floats


def spread(fixes: Fixes) -> tuple[float, float, float]:
    """Return degrees of freedom, squares about each animal's mean (m2), and the log-likelihood's constant.

    The places of an animal are normal about its centre with standard deviation sigma in each direction. With a flat
    prior on the centre, integrating it out leaves log L = constant - degrees log(sigma) - squares / (2 sigma^2) with
    degrees = 2 (f - 1) for f fixes; an animal with one fix says nothing.

    >>> degrees, squares, _ = spread(Fixes(np.array([0, 0]), np.array([[0.0, 0.0], [2.0, 0.0]])))
    >>> degrees, squares
    (2.0, 2.0)
    """
    count: Floats = np.bincount(fixes.animal).astype(np.float64)
    kept = count > 0
    centre: Floats = np.stack([np.bincount(fixes.animal, weights=fixes.xy[:, axis]) for axis in (0, 1)], axis=1)
    centre = centre / np.maximum(count, 1.0)[:, None]
    squares = float(((fixes.xy - centre[fixes.animal]) ** 2).sum())
    degrees = float(2 * (count[kept] - 1).sum())
    constant = -0.5 * degrees * np.log(2 * np.pi) - float(np.log(count[kept]).sum())
    return degrees, squares, float(constant)
