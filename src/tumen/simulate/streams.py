"""One stream of random numbers for each named subject.

A world asks for its numbers by subject: `path/tiger-03`, `failures/R012A`. Each subject has a stream of its own,
derived from the seed and the name alone. So a subject that is added later (photographs, genotypes, birds) never
changes the others, a world without failures has the same animals on the same paths, and one more leopard leaves the
tigers alone.
"""

import numpy as np

from tumen.errors import MisuseError


def stream(seed: int, subject: str) -> np.random.Generator:
    """Return the generator of a subject: the same for the same seed and name, independent of all others.

    The bytes of the name are the spawn key of a `numpy.random.SeedSequence`. Raises `MisuseError` for a negative seed
    or an empty name.

    >>> first, again = stream(1, "path/tiger-03"), stream(1, "path/tiger-03")
    >>> bool(first.random() == again.random())
    True
    >>> bool(stream(1, "path/tiger-04").random() == stream(1, "path/tiger-03").random())
    False
    """
    if seed < 0:
        raise MisuseError("a seed of 0 or more", str(seed), "Give another seed.")
    if not subject:
        raise MisuseError("the name of a subject", "an empty name", "Name what the random numbers are for.")
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=tuple(subject.encode())))
