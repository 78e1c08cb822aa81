"""Who lives in the world, and where: residents, crossers, dispersers, mothers and cubs.

- A *resident* has its centre `Species.far` sigma or more from the border, a *crosser* within `Species.near` sigma.
- A *disperser* is a young animal that moves its centre once, from one side to the other, and stays there.
- A *cub* walks with its mother from the day it leaves the den, 60 days old, until it dies, becomes independent, or the
  world ends.

Adults neither die nor arrive. Times are hours since the world's first instant.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.simulate.land import Floats, Land, Truths
from tumen.simulate.settings import Species, WorldSettings
from tumen.simulate.streams import stream
from tumen.tables.schema import UTC

Point = tuple[float, float]
DEN_DAYS = 60
MONTH_DAYS = 30.44
SHORE_KM = 2.0
MOVE_DAYS = (10.0, 25.0)
MOVE_KM = (15.0, 70.0)
LIKELY_BIRTH = (-420.0, 90.0)
"""Litters are born from this many days before the world's first day to this many before its last."""


@dataclass(frozen=True, kw_only=True)
class Animal:
    """One animal as it truly is. `homes` are its one or two centres in the plane, `move` when it goes between them."""

    truth_id: str
    species: Species
    sex: str
    stage: str
    kind: str
    birth: date
    sigma: float
    homes: tuple[Point, ...]
    present: tuple[float, float]
    mother: str | None = None
    move: tuple[float, float] | None = None
    fate: str = "alive"

    def centre(self, hours: Floats) -> Floats:
        """Return the activity centre at each hour (n x 2, km): a disperser's goes from one home to the other evenly."""
        first, last = np.array(self.homes[0]), np.array(self.homes[-1])
        if self.move is None:
            return np.broadcast_to(first, (len(hours), 2)).copy()
        begin, end = self.move
        share = np.clip((hours - begin) / (end - begin), 0, 1)[:, None]
        centres: Floats = first * (1 - share) + last * share
        return centres


def population(settings: WorldSettings, ground: Land, seed: int) -> tuple[Animal, ...]:
    """Return every animal of the world: species in the order of the settings, adults, young, then cubs by mother.

    Raises `MisuseError` where the area has no place for an animal of the kind asked for.
    """
    homes = _Homes(settings, ground)
    found: list[Animal] = []
    for species in settings.species:
        grown = _adults(species, settings, homes, seed) + _dispersers(species, settings, homes, seed)
        mothers = [animal for animal in grown if animal.sex == "female" and animal.stage == "adult"]
        found += grown + [cub for mother in mothers for cub in _litter(mother, settings, seed)]
    return tuple(found)


class _Homes:
    """The places where a centre may lie: walkable cells of the core area, some kilometres from the shore."""

    def __init__(self, settings: WorldSettings, ground: Land) -> None:
        places = ground.places
        x, y = places.points.T
        fit = places.border <= settings.reach
        for angle in np.arange(8) * math.pi / 4:
            fit &= ground.walkable(x + SHORE_KM * math.cos(angle), y + SHORE_KM * math.sin(angle))
        self.ground = ground
        self.points, self.country, self.border = places.points[fit], places.country[fit], places.border[fit]

    def draw(self, side: str, nearest: float, farthest: float, rng: np.random.Generator) -> Point:
        """Draw a home on one side of the border, between two distances (km) from it."""
        number = self.ground.number(side)
        fit: Truths = (self.country == number) & (self.border >= nearest) & (self.border <= farthest)
        choice = np.flatnonzero(fit)
        if not len(choice):
            raise MisuseError(
                Text(
                    "room in {side} between {nearest} and {farthest} km from the border",
                    side=side,
                    nearest=f"{nearest:.1f}",
                    farthest=f"{farthest:.1f}",
                ),
                "none in the core area",
                "Widen core or reach, or lower the species' sigma or far.",
            )  # fmt: skip
        x, y = self.points[rng.choice(choice)]
        return float(x), float(y)

    def joined(self, first: Point, second: Point) -> bool:
        """Tell whether the straight way between two homes is land, and neither a hop nor a journey."""
        (from_x, from_y), (to_x, to_y) = first, second
        length = math.dist(first, second)
        if not MOVE_KM[0] <= length <= MOVE_KM[1]:
            return False
        share = np.linspace(0, 1, int(length / 0.2))
        return bool(self.ground.walkable(from_x + share * (to_x - from_x), from_y + share * (to_y - from_y)).all())


def _adults(species: Species, settings: WorldSettings, homes: _Homes, seed: int) -> list[Animal]:
    found = []
    for number in range(1, species.females + species.males + 1):
        truth_id = f"{species.label}-{number:02d}"
        rng = stream(seed, f"home/{truth_id}")
        sex = "female" if number <= species.females else "male"
        sigma = species.sigma_female if sex == "female" else species.sigma_male
        kind = "crosser" if _is_crosser(species, number) else "resident"
        side = settings.sides[int(rng.integers(2))]
        nearest, farthest = (0.0, species.near * sigma) if kind == "crosser" else (species.far * sigma, math.inf)
        found.append(
            Animal(
                truth_id=truth_id,
                species=species,
                sex=sex,
                stage="adult",
                kind=kind,
                birth=settings.start - timedelta(days=float(rng.uniform(3.5, 10)) * 365.25),
                sigma=sigma,
                homes=(homes.draw(side, nearest, farthest, rng),),
                present=(0.0, settings.days * 24.0),
            )
        )
    return found


def _is_crosser(species: Species, number: int) -> bool:
    """Spread the crossers evenly over the numbers, so that both sexes have them."""
    return math.floor(number * species.crossers) > math.floor((number - 1) * species.crossers)


def _dispersers(species: Species, settings: WorldSettings, homes: _Homes, seed: int) -> list[Animal]:
    """Return the young that change sides; their range is as wide as a female's."""
    found = []
    sigma = species.sigma_female
    for number in range(1, species.dispersers + 1):
        truth_id = f"{species.label}-young-{number}"
        rng = stream(seed, f"home/{truth_id}")
        sex = ("female", "male")[int(rng.integers(2))]
        turn = int(rng.integers(2))
        origin, goal = settings.sides[turn], settings.sides[1 - turn]
        begin = round(float(rng.uniform(0.3, 0.6)) * settings.days)
        length = round(min(float(rng.uniform(*MOVE_DAYS)), settings.days / 10))
        months = float(rng.normal(*species.independence))
        for _ in range(500):
            ends = (
                homes.draw(origin, species.far * sigma, math.inf, rng),
                homes.draw(goal, species.far * sigma, math.inf, rng),
            )
            if homes.joined(*ends):
                break
        else:
            raise MisuseError(
                Text(
                    "a way by land between {origin} and {goal} for {truth_id}",
                    origin=origin,
                    goal=goal,
                    truth_id=truth_id,
                ),
                "none",
                "Widen core or reach.",
            )
        found.append(
            Animal(
                truth_id=truth_id,
                species=species,
                sex=sex,
                stage="subadult",
                kind="disperser",
                birth=settings.start + timedelta(days=begin - months * MONTH_DAYS),
                sigma=sigma,
                homes=ends,
                present=(0.0, settings.days * 24.0),
                move=(begin * 24.0, (begin + length) * 24.0),
            )
        )
    return found


def _litter(mother: Animal, settings: WorldSettings, seed: int) -> list[Animal]:
    """Return the cubs of a mother that are seen outside the den within the world, or none."""
    species = mother.species
    rng = stream(seed, f"litter/{mother.truth_id}")
    breeds = rng.random() < species.litters
    born = float(rng.uniform(LIKELY_BIRTH[0], settings.days - LIKELY_BIRTH[1]))
    size = max(1, round(float(rng.normal(species.litter_mean, species.litter_sd))))
    if not breeds:
        return []
    monthly = -math.log(1 - species.cub_deaths) / 12
    found = []
    for number in range(1, size + 1):
        sex = ("female", "male")[int(rng.integers(2))]
        life = float(rng.exponential(1 / monthly))
        ends = {
            "alive": float(settings.days),
            "independent": born + float(rng.normal(*species.independence)) * MONTH_DAYS,
            "died": born + life * MONTH_DAYS if life <= 12 else math.inf,
        }
        fate = min(ends, key=lambda word: ends[word])
        since, until = max(0.0, born + DEN_DAYS), ends[fate]
        if until - since > 1:
            found.append(
                Animal(
                    truth_id=f"{mother.truth_id}-cub-{number}",
                    species=species,
                    sex=sex,
                    stage="cub",
                    kind="cub",
                    birth=settings.start + timedelta(days=math.floor(born)),
                    sigma=mother.sigma,
                    homes=mother.homes,
                    present=(math.ceil(since * 24), math.floor(until * 24)),
                    mother=mother.truth_id,
                    fate=fate,
                )
            )
    return found


def animals_table(animals: tuple[Animal, ...], settings: WorldSettings) -> pl.DataFrame:
    """Return one row per animal: who it is, of which kind, and when it was there to be seen. `sigma` is in metres."""
    return pl.DataFrame(
        {
            "truthID": [a.truth_id for a in animals],
            "scientificName": [a.species.name for a in animals],
            "sex": [a.sex for a in animals],
            "stage": [a.stage for a in animals],
            "kind": [a.kind for a in animals],
            "birth": [a.birth for a in animals],
            "mother": [a.mother for a in animals],
            "sigma": [a.sigma * 1000 for a in animals],
            "presentFrom": [settings.begins + timedelta(hours=a.present[0]) for a in animals],
            "presentUntil": [settings.begins + timedelta(hours=a.present[1]) for a in animals],
            "fate": [a.fate for a in animals],
        },
        schema={
            "truthID": pl.String, "scientificName": pl.String, "sex": pl.String, "stage": pl.String,
            "kind": pl.String, "birth": pl.Date, "mother": pl.String, "sigma": pl.Float64, "presentFrom": UTC,
            "presentUntil": UTC, "fate": pl.String,
        },
    )  # fmt: skip


def centres_table(animals: tuple[Animal, ...], settings: WorldSettings, ground: Land) -> pl.DataFrame:
    """Return the activity centres, cubs left out (theirs is the mother's): a disperser has two, and goes in between."""
    rows = []
    for animal in animals:
        if animal.kind == "cub":
            continue
        moments = (0.0, *(animal.move or ()), settings.days * 24.0)
        for number, (x, y) in enumerate(animal.homes):
            longitude, latitude = ground.to_degrees(x, y)
            country = ground.country(np.array([x]), np.array([y]))[0]
            since, until = moments[2 * number], moments[2 * number + 1]
            rows.append(
                (
                    animal.truth_id,
                    settings.begins + timedelta(hours=since),
                    settings.begins + timedelta(hours=until),
                    round(float(longitude), 5),
                    round(float(latitude), 5),
                    ground.codes[country],
                )
            )
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "truthID": pl.String, "validFrom": UTC, "validUntil": UTC, "longitude": pl.Float64, "latitude": pl.Float64,
        "countryCode": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
