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
    degrees, squares, constant = by_animal(fixes)
    return float(degrees.sum()), float(squares.sum()), float(constant.sum())


def by_animal(fixes: Fixes) -> tuple[Floats, Floats, Floats]:
    """Return the same for each collared animal, three arrays; an animal without a fix has zeros."""
    count: Floats = np.bincount(fixes.animal).astype(np.float64)
    centre: Floats = np.stack([np.bincount(fixes.animal, weights=fixes.xy[:, axis]) for axis in (0, 1)], axis=1)
    centre = centre / np.maximum(count, 1.0)[:, None]
    gap = ((fixes.xy - centre[fixes.animal]) ** 2).sum(axis=1)
    squares: Floats = np.bincount(fixes.animal, weights=gap, minlength=len(count)).astype(np.float64)
    degrees = 2 * np.maximum(count - 1, 0.0)
    constant = -0.5 * degrees * np.log(2 * np.pi) - np.log(np.maximum(count, 1.0))
    return degrees, squares, constant
