"""Where the parties put their cameras, when they visit them, and when the cameras fail.

Each party lays a grid of square cells over its own ground (its side of the border, its latitudes, within `reach` of the
border), walks through the cells in rows, takes every k-th from a random start, and puts one station into each: so the
stations are spread evenly, and some stand beside the border. Seconds count from the world's first instant.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.simulate.land import Floats, Land
from tumen.simulate.settings import Party, WorldSettings
from tumen.simulate.streams import stream

DAY = 86_400
INSTALL_DAYS = 20.0
BORDER_KM = 0.3
"""No station stands nearer to the border, so that its side is beyond doubt at the accuracy of a GPS receiver."""
JITTER_KM = 0.2
LAST_GAP_DAYS = 40.0
VISIT_HOURS = (0.0, 8.0)
"""Cameras are visited in daylight, which here is this part of the UTC day."""


@dataclass(frozen=True)
class Station:
    """A place with one camera or a facing pair. `x` and `y` are km in the plane, degrees are rounded to 5 decimals."""

    name: str
    party: Party
    x: float
    y: float
    longitude: float
    latitude: float
    cameras: tuple[str, ...]


@dataclass(frozen=True)
class Deployment:
    """One camera between two visits. `periods` are (start, end, status) without gaps, in seconds like start and end."""

    name: str
    station: Station
    camera: str
    start: int
    end: int
    periods: tuple[tuple[int, int, str], ...]

    def works(self, start: int, end: int) -> bool:
        """Tell whether the camera worked through all of this time."""
        return any(a <= start and end <= b and status == "operating" for a, b, status in self.periods)


def stations(settings: WorldSettings, ground: Land, seed: int) -> tuple[Station, ...]:
    """Return every station of every party. Raises `MisuseError` where a party has fewer cells than stations."""
    found: list[Station] = []
    for party in settings.parties:
        rng = stream(seed, f"stations/{party.name}")
        places = _own_ground(party, settings, ground)
        cell = np.floor(places / settings.cell).astype(int)
        # Rows of cells are walked to and fro, so that neighbours in the list are neighbours on the ground.
        cells = sorted(set(map(tuple, cell.tolist())), key=lambda c: (c[1], c[0] if c[1] % 2 else -c[0]))
        if len(cells) < party.stations:
            raise MisuseError(
                Text("ground for {stations} stations of {name}", stations=party.stations, name=party.name),
                Text("{count} cells", count=len(cells)),
                "Widen reach or its latitudes, or set fewer.",
            )  # fmt: skip
        every = len(cells) / party.stations
        chosen = [cells[int((number + rng.random()) * every)] for number in range(party.stations)]
        for number, one in enumerate(chosen, 1):
            x, y = _spot(places[(cell == one).all(axis=1)], party, ground, rng)
            longitude, latitude = ground.to_degrees(x, y)
            cameras = ("A", "B") if rng.random() < settings.paired else ("A",)
            name = f"{party.prefix}{number:02d}"
            found.append(Station(name, party, x, y, round(float(longitude), 5), round(float(latitude), 5), cameras))
    return tuple(found)


def deployments(sites: tuple[Station, ...], settings: WorldSettings, seed: int) -> tuple[Deployment, ...]:
    """Return every deployment: both cameras of a pair are visited together, each fails on its own."""
    found = []
    for site in sites:
        visits = _visits(settings, stream(seed, f"visits/{site.name}"))
        for camera in site.cameras:
            rng = stream(seed, f"failures/{site.name}{camera}")
            for number, (start, end) in enumerate(visits, 1):
                periods = _periods(start, end, settings, rng)
                found.append(Deployment(f"{site.name}{camera}-{number}", site, camera, start, end, periods))
    return tuple(found)


def stations_table(sites: tuple[Station, ...]) -> pl.DataFrame:
    """Return the true places: stationID, party, countryCode, longitude, latitude, cameras (how many)."""
    return pl.DataFrame(
        {
            "stationID": [site.name for site in sites],
            "party": [site.party.name for site in sites],
            "countryCode": [site.party.country for site in sites],
            "longitude": [site.longitude for site in sites],
            "latitude": [site.latitude for site in sites],
            "cameras": [len(site.cameras) for site in sites],
        },
        schema={
            "stationID": pl.String, "party": pl.String, "countryCode": pl.String, "longitude": pl.Float64,
            "latitude": pl.Float64, "cameras": pl.Int64,
        },
    )  # fmt: skip


def _own_ground(party: Party, settings: WorldSettings, ground: Land) -> Floats:
    places = ground.places
    own = places.country == ground.number(party.country)
    own &= (places.border >= BORDER_KM) & (places.border <= settings.reach)
    own &= (places.latitude > party.south) & (places.latitude < party.north)
    points: Floats = places.points[own]
    return points


def _spot(places: Floats, party: Party, ground: Land, rng: np.random.Generator) -> tuple[float, float]:
    """Choose a place in the cell, moved a little off the grid where that stays in the country."""
    x, y = places[rng.integers(len(places))]
    moved = np.array([[x, y]]) + rng.uniform(-JITTER_KM, JITTER_KM, (1, 2)) / np.sqrt(2)
    stays = ground.country(moved[:, 0], moved[:, 1])[0] == ground.number(party.country)
    x, y = moved[0] if stays else (x, y)
    return float(x), float(y)


def _visits(settings: WorldSettings, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Return the times between visits, in whole minutes."""
    gap = min(LAST_GAP_DAYS, settings.days / 4)
    days = [float(rng.uniform(0, min(INSTALL_DAYS, settings.days / 8)))]
    while True:
        following = days[-1] + float(rng.uniform(*settings.service))
        if following > settings.days - gap:
            break
        days.append(following)
    days.append(settings.days - float(rng.uniform(1, 5)))
    moments = [int(day) * DAY + int(rng.uniform(*VISIT_HOURS) * 60) * 60 for day in days]
    return [(start + 1800 * (number > 0), end) for number, (start, end) in enumerate(pairwise(moments))]


def _periods(
    start: int, end: int, settings: WorldSettings, rng: np.random.Generator
) -> tuple[tuple[int, int, str], ...]:
    """Draw what befell one deployment. The same number of draws is made whatever happens."""
    fate, first, second = rng.random(3)
    length = end - start
    if not settings.failures or fate >= settings.stolen + settings.failed + settings.obstructed:
        return ((start, end, "operating"),)
    if fate < settings.stolen:
        # The pictures are gone with the camera, so it has shown nothing from the last visit on.
        return ((start, end, "stolen"),)
    if fate < settings.stolen + settings.failed:
        broken = start + _minutes(length * (0.15 + 0.8 * first))
        return ((start, broken, "operating"), (broken, end, "failed"))
    covered = start + _minutes(length * (0.1 + 0.6 * first))
    cleared = covered + _minutes(length * (0.05 + 0.2 * second))
    return ((start, covered, "operating"), (covered, cleared, "obstructed"), (cleared, end, "operating"))


def _minutes(seconds: float) -> int:
    return int(seconds // 60) * 60
