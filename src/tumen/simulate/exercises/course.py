"""The six exercises of the course, each made from a seed."""

from collections.abc import Mapping
from types import MappingProxyType

from shapely.geometry.base import BaseGeometry

from tumen.errors import MisuseError, Text
from tumen.simulate.exercises import animals, birds, clocks, effort, laboratory, places
from tumen.simulate.exercises.ground import clean
from tumen.simulate.exercises.key import Made
from tumen.simulate.streams import stream

ON_GROUND = MappingProxyType({1: clocks.make, 2: places.make, 3: effort.make, 4: animals.make})
"""Exercises with cameras: made from a world on a map."""
IN_TABLES = MappingProxyType({5: laboratory.make, 6: birds.make})
"""Exercises without a map."""
NUMBERS = (*ON_GROUND, *IN_TABLES)
TRIES = 50
"""Worlds that are tried for one seed: not every small world has room for every error."""


def made(number: int, countries: Mapping[str, BaseGeometry], *, seed: int) -> Made:
    """Return an exercise; `countries` are polygons in WGS84 by ISO alpha-2 code, on both sides of a border.

    The same number, countries and seed give the same exercise. Raises `MisuseError` for a number there is not, and for
    a seed for which no world had room.

    >>> made(6, {}, seed=1).planted[0].cause
    'zeroNotCounted'
    """
    if number not in NUMBERS:
        known = Text("Known: {known}.", known=", ".join(map(str, NUMBERS)))
        raise MisuseError("the number of an exercise", str(number), known)
    rng = stream(seed, f"exercise/{number}")
    if number in IN_TABLES:
        return IN_TABLES[number](seed, rng)
    for attempt in range(TRIES):
        found = ON_GROUND[number](clean(countries, seed * TRIES + attempt), rng)
        if found is not None:
            return found
    raise MisuseError("a seed whose world has room for the exercise", str(seed), "Give another seed.")
