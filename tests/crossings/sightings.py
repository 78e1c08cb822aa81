"""Detections as a person would say them, and the obvious way to answer about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from typing import Any

import polars as pl

from tumen.crossings.behind import EFFORT
from tumen.crossings.encounters import LOCATED
from tumen.tables import schema

START = datetime(2014, 1, 1, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
SHAPE = {**LOCATED, "eventStart": schema.UTC, "eventEnd": schema.UTC}
PLACES: dict[str, tuple[str, float, float]] = {
    # sides, longitude, latitude: a strip of border between 131.0 and 131.1
    "north/r1": ("RU", 131.30, 43.0),
    "north/r2": ("RU", 131.20, 43.1),
    "north/edge": ("CN|RU", 131.05, 43.0),
    "south/edge": ("CN|RU", 131.06, 43.1),
    "south/c1": ("CN", 130.90, 43.0),
    "south/c2": ("CN", 130.80, 43.1),
    "east/mouth": ("CN|KP|RU", 130.60, 42.4),
    "east/k1": ("KP", 130.40, 42.3),
    "east/sea": ("", 131.50, 42.0),
}


@dataclass(frozen=True)
class Sighting:
    """One detection. `minute` counts from `START`; `place` is a key of `PLACES`, or None for a tracked position."""

    who: str
    minute: float
    place: str | None = "north/r1"
    lasts: float = 0
    sides: str | None = None
    party: str | None = None
    stage: str | None = "adult"
    species: str | None = "Panthera tigris"
    sex: str | None = None
    certainty: str | None = None
    lon: float | None = None
    far: float = 1000.0
    uncertainty: float | None = None

    @property
    def row(self) -> dict[str, Any]:
        sides, lon, lat = PLACES.get(self.place or "", ("RU", 131.3, 43.0))
        sides = sides if self.sides is None else self.sides
        certain = bool(sides) and "|" not in sides
        start = START + timedelta(minutes=self.minute)
        return {
            "detectionID": "o",
            "party": self.party or (self.place or "north").split("/")[0],
            "individualID": self.who,
            "names": self.who,
            "scientificName": self.species,
            "sex": self.sex,
            "lifeStage": self.stage,
            "certainty": self.certainty,
            "eventStart": start,
            "eventEnd": start + timedelta(minutes=self.lasts),
            "place": self.place,
            "deploymentID": self.place,
            "longitude": lon if self.lon is None else self.lon,
            "latitude": lat,
            "coordinateUncertainty": self.uncertainty,
            "declaredCountry": None,
            "source": "position" if self.place is None else "camera",
            "countryCode": sides if certain else None,
            "possibleCountries": sides,
            "borderDistance": self.far,
            "borderDistanceLow": self.far - 10,
            "borderDistanceHigh": self.far + 10,
        }


def seen(*sightings: Sighting) -> pl.DataFrame:
    return pl.DataFrame([sighting.row for sighting in sightings], schema=SHAPE)


def walk(who: str, *places: str, hours: float = 24, **same: Any) -> list[Sighting]:
    """One sighting after another, `hours` apart."""
    return [Sighting(who, 60 * hours * k, place, **same) for k, place in enumerate(places)]


def stood(*rows: tuple[str, str | None, float, float]) -> pl.DataFrame:
    """Cameras as (place, country, first day, last day) of operation."""
    return pl.DataFrame(
        [
            {
                "deploymentID": place,
                "place": place,
                "party": place.split("/")[0],
                "countryCode": country,
                "longitude": PLACES[place][1],
                "latitude": PLACES[place][2],
                "start": START + timedelta(days=first),
                "end": START + timedelta(days=last),
                "days": last - first,
            }
            for place, country, first, last in rows
        ],
        schema=EFFORT,
    )


@dataclass
class Met:
    """An encounter, the slow way."""

    who: str
    place: str | None
    party: str
    sides: str
    start: datetime
    end: datetime
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def certain(self) -> bool:
        return bool(self.sides) and "|" not in self.sides


def slow_order(row: dict[str, Any]) -> tuple[Any, ...]:
    spot = (0, row["party"]) if row["place"] is None else (1, row["place"])
    sides = row["countryCode"] or row["possibleCountries"]
    return row["eventStart"], spot, sides, row["eventEnd"], row["longitude"], row["latitude"], row["party"]


def slow_encounters(rows: Sequence[dict[str, Any]], independence: timedelta = HALF_HOUR) -> list[Met]:
    """Walk through the detections of each individual with a list of encounters that may still go on."""
    met: list[Met] = []
    for who in sorted({row["individualID"] for row in rows}):
        going_on: dict[tuple[str | None, str], Met] = {}
        here: tuple[Any, ...] | None = None
        for row in sorted((row for row in rows if row["individualID"] == who), key=slow_order):
            sides = row["countryCode"] or row["possibleCountries"]
            side = (sides,) if row["countryCode"] else (sides, row["place"])
            if side != here:
                going_on, here = {}, side
            spot = (row["place"], row["party"] if row["place"] is None else "")
            last = going_on.get(spot)
            if last is None or (row["place"] is not None and row["eventStart"] - last.end >= independence):
                last = Met(who, row["place"], row["party"], sides, row["eventStart"], row["eventEnd"])
                going_on[spot] = last
                met.append(last)
            last.end = max(last.end, row["eventEnd"])
            last.rows.append(row)
    return met


def slow_crossings(met: Iterable[Met]) -> list[tuple[Any, ...]]:
    """Return (who, from, to, not before, not after, from place, to place)."""
    found = []
    certain = [m for m in met if m.certain]
    for who in sorted({m.who for m in certain}):
        mine = [m for m in certain if m.who == who]
        latest = mine[0]
        for last, now in pairwise(mine):
            if last.sides != now.sides:
                found.append((who, last.sides, now.sides, latest.end, now.start, latest.place, now.place))
                latest = now
            elif now.end >= latest.end:
                latest = now
    return found


def slow_bounds(met: Iterable[Met]) -> dict[str, tuple[int, int]]:
    """Try every choice of a country for every encounter in turn."""
    bounds = {}
    met = list(met)
    for who in sorted({m.who for m in met}):
        nodes = [(m.sides, m.place) for m in met if m.who == who and m.sides]
        nodes = [node for k, node in enumerate(nodes) if k == 0 or node != nodes[k - 1]]
        if nodes:
            changes = [
                sum(a != b for a, b in pairwise(choice)) for choice in product(*(s.split("|") for s, _ in nodes))
            ]
            bounds[who] = min(changes), max(changes)
    return bounds


def slow_night(row: dict[str, Any]) -> int:
    solar = (row["eventStart"] - datetime(1970, 1, 1, tzinfo=UTC)) + timedelta(hours=row["longitude"] / 15)
    return (solar - timedelta(hours=12)).days


def slow_per_country(met: Iterable[Met]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return (encounters, nights, first, last, greatest border distance) by individual and country."""
    found = {}
    met = list(met)
    for key in sorted({(m.who, m.sides) for m in met if m.certain}):
        mine = [m for m in met if (m.who, m.sides) == key]
        rows = [row for m in mine for row in m.rows]
        found[key] = (
            len(mine),
            len({slow_night(row) for row in rows}),
            min(m.start for m in mine),
            max(m.end for m in mine),
            max(row["borderDistance"] for row in rows),
        )
    return found
