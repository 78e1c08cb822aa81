"""Where every animal was, step by step, and when it changed country."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely

from tumen.simulate.animals import Animal
from tumen.simulate.land import Codes, Floats, Land
from tumen.simulate.motion import Gait, wander
from tumen.simulate.settings import WorldSettings
from tumen.simulate.streams import stream
from tumen.tables.schema import UTC


@dataclass(frozen=True)
class Walk:
    """The path of an animal: positions (n x 2, km), their countries, and the first one's number in the grid of time."""

    first: int
    places: Floats
    country: Codes


def walks(animals: tuple[Animal, ...], settings: WorldSettings, ground: Land, seed: int) -> dict[str, Walk]:
    """Return the path of every animal by truthID. A cub's is the part of its mother's in which it is with her."""
    hours = np.arange(settings.steps, dtype=float) * (settings.step / 60)
    found: dict[str, Walk] = {}
    for animal in animals:
        if animal.mother is not None:
            with_her = np.flatnonzero((hours >= animal.present[0]) & (hours <= animal.present[1]))
            mother = found[animal.mother]
            found[animal.truth_id] = Walk(
                first=int(with_her[0]) if len(with_her) else 0,
                places=mother.places[with_her],
                country=mother.country[with_her],
            )
            continue
        gait = Gait(animal.sigma, settings.homing, settings.persistence, settings.step / 60)
        places = wander(animal.centre(hours), gait, ground, stream(seed, f"path/{animal.truth_id}"))
        found[animal.truth_id] = Walk(0, places, ground.country(places[:, 0], places[:, 1]))
    return found


def paths_table(found: Mapping[str, Walk], settings: WorldSettings, ground: Land) -> pl.DataFrame:
    """Return every position of every animal: truthID, instant, longitude, latitude, countryCode."""
    parts = []
    for truth_id, walk in found.items():
        longitude, latitude = ground.to_degrees(walk.places[:, 0], walk.places[:, 1])
        steps = np.arange(walk.first, walk.first + len(walk.places), dtype=float)
        parts.append(
            pl.DataFrame(
                {
                    "truthID": pl.repeat(truth_id, len(steps), eager=True),
                    "instant": instants(steps * settings.step * 60, settings),
                    "longitude": longitude,
                    "latitude": latitude,
                    "countryCode": country_words(walk.country, ground),
                }
            )
        )
    return pl.concat(parts)


def crossings_table(found: Mapping[str, Walk], settings: WorldSettings, ground: Land) -> pl.DataFrame:
    """Return every change of country on a path: truthID, instant, fromCountry, toCountry, longitude, latitude.

    A change is made between two steps; its place is where the straight line between them first leaves the first
    country, its instant follows from an even pace along that line. An animal that leaves and returns within a step is
    not noticed.
    """
    columns = ("truthID", "instant", "fromCountry", "toCountry", "longitude", "latitude")
    parts = [_changes(truth_id, walk, settings, ground) for truth_id, walk in found.items()]
    empty = pl.DataFrame(
        schema={
            "truthID": pl.String, "instant": UTC, "fromCountry": pl.String, "toCountry": pl.String,
            "longitude": pl.Float64, "latitude": pl.Float64,
        }
    )  # fmt: skip
    return pl.concat([empty, *(part.select(columns) for part in parts)])


def instants(seconds: Floats, settings: WorldSettings) -> pl.Series:
    """Return UTC instants from seconds since the world began, to the second."""
    start = np.datetime64(settings.begins.replace(tzinfo=None), "us")
    moments = start + np.round(np.asarray(seconds, float)).astype(np.int64) * np.timedelta64(1_000_000, "us")
    return pl.Series(moments.astype("datetime64[us]")).dt.replace_time_zone("UTC").cast(UTC)


def country_words(numbers: Codes, ground: Land) -> pl.Series:
    """Return ISO codes from the numbers of countries; null on water."""
    words = dict(enumerate(ground.codes))
    return pl.Series(numbers).replace_strict(words, default=None, return_dtype=pl.String)


def _changes(truth_id: str, walk: Walk, settings: WorldSettings, ground: Land) -> pl.DataFrame:
    before = np.flatnonzero(walk.country[1:] != walk.country[:-1])
    start, end = walk.places[before], walk.places[before + 1]
    share = np.zeros(len(before))
    for number in np.unique(walk.country[before]):
        chosen = walk.country[before] == number
        share[chosen] = _leaving(start[chosen], end[chosen], ground.polygons[number].boundary)
    x, y = (start + (end - start) * share[:, None]).T
    longitude, latitude = ground.to_degrees(x, y)
    return pl.DataFrame(
        {
            "truthID": pl.repeat(truth_id, len(before), eager=True),
            "instant": instants((walk.first + before + share) * settings.step * 60, settings),
            "fromCountry": country_words(walk.country[before], ground),
            "toCountry": country_words(walk.country[before + 1], ground),
            "longitude": longitude,
            "latitude": latitude,
        }
    )


def _leaving(start: Floats, end: Floats, outline: shapely.Geometry) -> Floats:
    """Return the share of each straight way at which it first meets the outline."""
    ways = shapely.linestrings(np.stack([start, end], axis=1))
    shapely.prepare(outline)
    meetings, owner = shapely.get_coordinates(shapely.intersection(ways, outline), return_index=True)
    share = np.ones(len(ways))
    length = np.linalg.norm(end - start, axis=1)[owner]
    np.minimum.at(share, owner, np.linalg.norm(meetings - start[owner], axis=1) / length)
    return share
