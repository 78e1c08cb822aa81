from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from shapely.geometry.base import BaseGeometry

from tumen.errors import MisuseError
from tumen.simulate.animals import Animal, animals_table, centres_table, population
from tumen.simulate.land import Land, land
from tumen.simulate.settings import LEOPARD, TIGER, WorldSettings

SETTINGS = WorldSettings()


@pytest.fixture(scope="module")
def ground(countries: Mapping[str, BaseGeometry]) -> Land:
    return land(countries, SETTINGS.area, SETTINGS.core, SETTINGS.sides)


@pytest.fixture(scope="module")
def animals(ground: Land) -> tuple[Animal, ...]:
    return population(SETTINGS, ground, 1)


def distance(ground: Land, place: tuple[float, float]) -> float:
    places = ground.places
    return float(places.border[np.argmin(np.hypot(*(places.points - np.array(place)).T))])


def test_every_animal_has_a_name_of_its_own(animals: tuple[Animal, ...]) -> None:
    assert len({animal.truth_id for animal in animals}) == len(animals)


def test_there_are_as_many_adults_and_young_as_asked_for(animals: tuple[Animal, ...]) -> None:
    for species in (TIGER, LEOPARD):
        own = [animal for animal in animals if animal.species == species]
        adults = [animal.sex for animal in own if animal.stage == "adult"]
        assert (adults.count("female"), adults.count("male")) == (species.females, species.males)
        assert sum(animal.kind == "disperser" for animal in own) == species.dispersers


def test_crossers_live_by_the_border_and_residents_do_not(ground: Land, animals: tuple[Animal, ...]) -> None:
    for animal in animals:
        metres = distance(ground, animal.homes[0])
        if animal.kind == "crosser":
            assert metres <= animal.species.near * animal.sigma + 0.1
        if animal.kind == "resident":
            assert metres >= animal.species.far * animal.sigma - 0.1


def test_dispersers_change_sides_once(ground: Land, animals: tuple[Animal, ...]) -> None:
    young = [animal for animal in animals if animal.kind == "disperser"]
    centres = centres_table(animals, SETTINGS, ground)
    for animal in young:
        first, last = centres.filter(pl.col("truthID") == animal.truth_id)["countryCode"]
        assert {first, last} == {"CN", "RU"}
        assert animal.move is not None
        path = animal.centre(np.arange(0, SETTINGS.days * 24.0))
        assert tuple(path[0]) == pytest.approx(animal.homes[0])
        assert tuple(path[-1]) == pytest.approx(animal.homes[1])


def test_a_cub_lives_with_its_mother_from_den_to_independence(animals: tuple[Animal, ...]) -> None:
    cubs = [animal for animal in animals if animal.kind == "cub"]
    grown = {animal.truth_id: animal for animal in animals if animal.kind != "cub"}
    assert cubs
    for cub in cubs:
        assert cub.mother is not None
        assert grown[cub.mother].sex == "female"
        assert cub.homes == grown[cub.mother].homes
        born = (cub.birth - SETTINGS.start) / timedelta(hours=1)
        assert cub.present[0] >= born + 60 * 24 or cub.present[0] == 0
        assert cub.present[1] <= min(born + 26 * 30.44 * 24, SETTINGS.days * 24)


def test_as_many_cubs_die_as_published() -> None:
    """41-47 % of cubs die in their first year; those that died in the den are not in the world."""
    assert 0.41 <= TIGER.cub_deaths <= 0.47


def test_one_more_leopard_leaves_the_others_alone(ground: Land, animals: tuple[Animal, ...]) -> None:
    more = replace(SETTINGS, species=(TIGER, replace(LEOPARD, males=LEOPARD.males + 1)))
    others = {animal.truth_id: animal.homes for animal in population(more, ground, 1)}
    same_kind = {a.truth_id: a.homes for a in animals}
    assert all(others[name] == homes for name, homes in same_kind.items())
    assert len(others) == len(same_kind) + 1


def test_a_world_without_room_is_refused(ground: Land) -> None:
    with pytest.raises(MisuseError, match="room in"):
        population(replace(SETTINGS, reach=5.0), ground, 1)


def test_the_table_says_metres_and_instants(animals: tuple[Animal, ...]) -> None:
    table = animals_table(animals, SETTINGS)
    assert table.filter(pl.col("truthID") == "tiger-01")["sigma"].item() == pytest.approx(4930)
    assert table["presentUntil"].max() == SETTINGS.ends
    assert (table["presentFrom"] < table["presentUntil"]).all()
