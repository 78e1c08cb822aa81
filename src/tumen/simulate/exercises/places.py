"""Exercise 2: coordinates and names of stations that are not what was meant."""

from datetime import timedelta

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tumen.simulate.exercises.key import Decoy, Made, Planted
from tumen.simulate.exercises.plant import Row, Sheets, name, opened, shuffled, span
from tumen.simulate.world import World

CAUSES = dict.fromkeys(
    ("exchanged", "degreesMinutes", "minutesAsDecimals", "inSea", "overBorder", "lookalike", "moved"), ""
)
STATEMENTS = {"moreDecimals": "false", "snappedSide": "unclear"}

DEGREE = 111.2
"""Kilometres of a degree of latitude."""
SEA = (131.0, 42.2, 133.0, 43.3)
"""Where a point in the sea is looked for: west, south, east, north."""
OFFSHORE = (0.06, 0.2)
"""Degrees from the own coast; no other country may be nearer than three times that."""
MOVED_KM = (1.5, 4.0)
CYRILLIC = {"E": "Е"}
"""The first letter of the names of a party's stations, and the Cyrillic letter that looks the same."""


def make(made: World, rng: np.random.Generator) -> Made | None:
    """Plant wrong places in the packages of a world; None where it has no room for them."""
    every = tuple(opened(package) for package in made.packages)
    north, south, east = every
    # Who visits a station twice measures it twice: places are the same to some metres.
    own = [shuffled(_twice(sheets), rng) for sheets in every]
    if len(own[0]) < 7 or len(own[1]) < 3 or not own[2]:
        return None
    remeasured, border = own[0].pop(), _at_border(north, own[0], made.countries["CN"])
    own[0].remove(border)
    _shift(north.find("deployments", locationID=remeasured)[-1], 0.03, rng)
    clean = tuple(sheets.closed() for sheets in every)
    abroad = max(_places(south), key=lambda place: made.countries["RU"].distance(shapely.Point(*_point(south, place))))
    planted = [
        _exchanged(north, own[0][0]),
        _at(north, own[0][1], "inSea", _sea(made, rng)),
        _at(north, own[0][2], "overBorder", _point(south, abroad)),
        _renamed(north, own[0][3], own[0][3].replace("0", "", 1) if "0" in own[0][3] else own[0][3].lower()),
        _degrees_and_minutes(south, own[1][0]),
        _minutes_as_decimals(south, own[1][1]),
        _moved(south, own[1][2], rng),
        _renamed(east, own[2][0], CYRILLIC["E"] + own[2][0][1:]),
    ]
    return Made(
        packages=tuple(sheets.closed() for sheets in every),
        clean=clean,
        causes=CAUSES,
        planted=tuple(planted),
        decoys=(Decoy(remeasured, "remeasured"), Decoy(border, "atBorder")),
        statements=STATEMENTS,
    )


def _places(sheets: Sheets) -> list[str]:
    return sorted({name(row, "locationID") for row in sheets.tables["deployments"]})


def _twice(sheets: Sheets) -> list[str]:
    """Return the stations with deployments one after another."""
    rows = {place: sheets.find("deployments", locationID=place) for place in _places(sheets)}
    return [place for place, of in rows.items() if len({span(row) for row in of}) > 1]


def _later(sheets: Sheets, place: str) -> list[Row]:
    """Return the deployments of a station from its last visit on."""
    rows = sheets.find("deployments", locationID=place)
    last = max(span(row)[0] for row in rows)
    return [row for row in rows if span(row)[0] > last - timedelta(days=1)]


def _point(sheets: Sheets, place: str) -> tuple[float, float]:
    row = sheets.find("deployments", locationID=place)[0]
    return float(name(row, "longitude")), float(name(row, "latitude"))


def _at_border(sheets: Sheets, places: list[str], abroad: BaseGeometry) -> str:
    return min(places, key=lambda place: abroad.distance(shapely.Point(*_point(sheets, place))))


def _written(row: Row, longitude: float, latitude: float) -> None:
    row |= {"longitude": f"{longitude:.5f}", "latitude": f"{latitude:.5f}"}


def _shift(row: Row, kilometres: float, rng: np.random.Generator) -> None:
    angle = float(rng.uniform(0, 2 * np.pi))
    longitude, latitude = float(name(row, "longitude")), float(name(row, "latitude"))
    east, north = kilometres * np.cos(angle), kilometres * np.sin(angle)
    _written(row, longitude + east / (DEGREE * np.cos(np.radians(latitude))), latitude + north / DEGREE)


def _sea(made: World, rng: np.random.Generator) -> tuple[float, float]:
    """Return a point off the coast of RU and off no other."""
    while True:
        point = shapely.Point(rng.uniform(SEA[0], SEA[2]), rng.uniform(SEA[1], SEA[3]))
        away = made.countries["RU"].distance(point)
        others = [polygon.distance(point) for code, polygon in made.countries.items() if code != "RU"]
        if OFFSHORE[0] < away < OFFSHORE[1] and min(others) > 3 * away:
            return point.x, point.y


def _error(sheets: Sheets, place: str, cause: str, finding: str, *also: str) -> Planted:
    named = {place, *also}
    rows = [n for each in sorted(named) for n in sheets.rows("deployments", locationID=each)]
    return Planted(item=place, cause=cause, finding=finding, table="deployments", rows=tuple(rows), also=also)


def _exchanged(sheets: Sheets, place: str) -> Planted:
    for row in sheets.find("deployments", locationID=place):
        row |= {"longitude": row["latitude"], "latitude": row["longitude"]}
    return _error(sheets, place, "exchanged", "coordinates-exchanged")


def _at(sheets: Sheets, place: str, cause: str, point: tuple[float, float]) -> Planted:
    for row in sheets.find("deployments", locationID=place):
        _written(row, *point)
    return _error(sheets, place, cause, "place-in-sea" if cause == "inSea" else "coordinates-outside-country")


def _degrees_and_minutes(sheets: Sheets, place: str) -> Planted:
    for row in sheets.find("deployments", locationID=place):
        for column in ("longitude", "latitude"):
            degrees, rest = divmod(float(name(row, column)), 1)
            row[column] = f"{degrees:.0f}°{min(rest * 60, 59.99):05.2f}'"
    return _error(sheets, place, "degreesMinutes", "coordinates-degrees-minutes")


def _minutes_as_decimals(sheets: Sheets, place: str) -> Planted:
    """Write 42°45'16" as 42.4516 at the last visit."""
    for row in _later(sheets, place):
        for column in ("longitude", "latitude"):
            seconds = round(float(name(row, column)) * 3600)
            row[column] = f"{seconds // 3600}.{seconds // 60 % 60:02d}{seconds % 60:02d}"
    return _error(sheets, place, "minutesAsDecimals", "location-moved")


def _moved(sheets: Sheets, place: str, rng: np.random.Generator) -> Planted:
    kilometres = float(rng.uniform(*MOVED_KM))
    rows = _later(sheets, place)
    _shift(rows[0], kilometres, rng)
    for row in rows[1:]:
        row |= {"longitude": rows[0]["longitude"], "latitude": rows[0]["latitude"]}
    return _error(sheets, place, "moved", "location-moved")


def _renamed(sheets: Sheets, place: str, other: str) -> Planted:
    for row in _later(sheets, place):
        row["locationID"] = other
    return _error(sheets, place, "lookalike", "location-names-alike", other)
