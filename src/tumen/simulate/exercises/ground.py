"""The clean world that the exercises with cameras start from: small, without errors, and with enough to look at."""

from collections.abc import Mapping
from dataclasses import replace

from shapely.geometry.base import BaseGeometry

from tumen.simulate.settings import LEOPARD, TIGER, WorldSettings, small
from tumen.simulate.world import World, world


def settings() -> WorldSettings:
    """Return the settings: no wrong clocks, animals that are met and named more often than in the field.

    >>> settings().clocks
    False
    """
    tiger = replace(TIGER, females=3, males=2, dispersers=1, litters=0.5, crossers=0.7)
    leopard = replace(LEOPARD, females=5, males=3, dispersers=1, litters=0.5, crossers=0.7)
    base = small()
    return replace(
        base,
        species=(tiger, leopard),
        parties=tuple(replace(party, identified=0.85) for party in base.parties),
        clocks=False,
        encounter=0.9,
        paired=0.5,
        others=(("Cervus nippon", 8.0), ("Sus scrofa", 3.0), ("human", 3.0), ("blank", 1.0)),
    )


def clean(countries: Mapping[str, BaseGeometry], seed: int) -> World:
    """Return the clean world of a seed."""
    return world(countries, seed=seed, settings=settings())
