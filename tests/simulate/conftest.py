"""Worlds the tests look at: made once, small, never changed."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tumen.files.regions import region
from tumen.simulate.land import Land, land
from tumen.simulate.settings import WorldSettings, small
from tumen.simulate.world import World, world

Countries = Mapping[str, BaseGeometry]


@pytest.fixture(scope="session")
def countries() -> Countries:
    """The real coast and border of the Lower Tumen."""
    return region()


@pytest.fixture(scope="session")
def honest() -> WorldSettings:
    """A small world in which every clock is right."""
    return replace(small(), clocks=False)


@pytest.fixture(scope="session")
def made(countries: Countries) -> World:
    """A small world with wrong clocks."""
    return world(countries, seed=16, settings=small())


@pytest.fixture(scope="session")
def true_world(countries: Countries, honest: WorldSettings) -> World:
    """The same world with right clocks."""
    return world(countries, seed=16, settings=honest)


@pytest.fixture(scope="session")
def strip() -> Land:
    """Two square countries with a straight border at 131 E and the sea south of 43 N."""
    squares = {"CN": shapely.box(130, 43, 131, 44), "RU": shapely.box(131, 43, 132, 44)}
    return land(squares, (129.8, 42.8, 132.2, 44.2), (130.5, 43.2, 131.5, 43.8), ("CN", "RU"))
