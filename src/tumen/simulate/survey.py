"""What a party writes down and gives away: the tables of its package."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tumen.measure.geodesy import distances
from tumen.simulate.cameras import Deployment
from tumen.simulate.clocks import WrongClock, offsets
from tumen.simulate.naming import Catalogue, Judged
from tumen.simulate.settings import Party, WorldSettings
from tumen.simulate.streams import stream
from tumen.simulate.walks import instants
from tumen.tables.cameras import DEPLOYMENTS, OPERATING_PERIODS
from tumen.tables.individuals import IDENTIFICATIONS, INDIVIDUALS
from tumen.tables.observations import MEDIA, OBSERVATIONS
from tumen.tables.package import Package, from_typed
from tumen.tables.protocol import VERSION
from tumen.tables.schema import OFFSET, Table

STAGES = {"adult": "adult", "subadult": "subadult", "cub": "juvenile"}
GPS_METRES = 10


@dataclass(frozen=True)
class Holding:
    """All that one party holds: its deployments, sightings with their judgements, names and clock errors."""

    party: Party
    deployments: tuple[Deployment, ...]
    seen: tuple[Judged, ...]
    catalogue: Catalogue
    clocks: Mapping[str, WrongClock]


@dataclass(frozen=True)
class Event:
    """What a camera recorded at one time: the pictures, and whom or what they show."""

    deployment: Deployment
    shots: tuple[int, ...]
    shown: tuple[Judged, ...] = ()
    other: str = ""
    count: int = 1


def package(holding: Holding, settings: WorldSettings, seed: int) -> tuple[Package, dict[int, str]]:
    """Return the package of a party, and the observationID of each of its sightings by their number."""
    party = holding.party
    events = _events(holding, settings, seed)
    observations, identifications, numbers = _observations(holding, events, settings)
    tables = {
        "deployments": _deployments(holding, settings),
        "media": _media(holding, events, settings),
        "observations": observations,
        "operating_periods": _operating_periods(holding, settings),
        "individuals": _individuals(holding),
    }
    if party.keeps_identifications:
        tables["identifications"] = identifications
    made = from_typed(
        party.name,
        tables,
        party=party.name,
        country=party.country,
        format="simulated",
        time_zone=party.zone or "UTC",
        descriptor=_descriptor(holding, settings),
    )
    return made, numbers


def _typed(table: Table, columns: Mapping[str, Any]) -> pl.DataFrame:
    """Return a typed frame of a table: the given columns, nulls for the others."""
    height = len(next(iter(columns.values())))
    return pl.DataFrame({name: columns.get(name, [None] * height) for name in table.dtypes}, schema=table.dtypes)


def _written(name: str, seconds: list[int], zone: str, settings: WorldSettings) -> dict[str, pl.Series]:
    """Return an instant column and its recorded offset by the rules of the zone."""
    moments = instants(np.array(seconds, float), settings)
    return {name: moments, name + OFFSET: offsets(moments, zone)}


def _recorded(
    name: str, times: list[tuple[Deployment, int]], holding: Holding, settings: WorldSettings
) -> dict[str, pl.Series]:
    """Return what cameras recorded: like `_written`, with the errors of their clocks."""
    errors = [holding.clocks.get(deployment.name) for deployment, _ in times]
    seconds = [second + (error.seconds if error else 0) for (_, second), error in zip(times, errors, strict=True)]
    columns = _written(name, seconds, holding.party.zone, settings)
    stale = pl.Series([error.minutes if error else None for error in errors], dtype=pl.Int32)
    frame = pl.DataFrame({"rule": columns[name + OFFSET], "stale": stale})
    return {name: columns[name], name + OFFSET: frame.select(pl.coalesce("stale", "rule")).to_series()}


def _events(holding: Holding, settings: WorldSettings, seed: int) -> list[Event]:
    """Return everything the party's cameras recorded, by deployment and time."""
    together: dict[tuple[str, tuple[int, ...]], list[Judged]] = defaultdict(list)
    for one in holding.seen:
        together[one.sighting.deployment.name, one.sighting.shots].append(one)
    events = [Event(shown[0].sighting.deployment, key[1], tuple(shown)) for key, shown in together.items()]
    for deployment in holding.deployments:
        rng = stream(seed, f"others/{deployment.name}")
        for kind, rate in settings.others:
            days = (deployment.end - deployment.start) / 86_400
            for second in rng.uniform(deployment.start, deployment.end - 60, rng.poisson(rate * days / 100)):
                count = int(rng.geometric(0.6)) if " " in kind else 1
                if deployment.works(int(second), int(second) + 60):
                    events.append(Event(deployment, (int(second),), other=kind, count=count))
    return sorted(events, key=lambda event: (event.deployment.name, event.shots))


def _deployments(holding: Holding, settings: WorldSettings) -> pl.DataFrame:
    party, rows = holding.party, holding.deployments
    places = [_given(one.station.longitude, one.station.latitude, settings.snap) for one in rows]
    return _typed(
        DEPLOYMENTS,
        {
            "deploymentID": [one.name for one in rows],
            "locationID": [one.station.name for one in rows],
            "latitude": [latitude for _, latitude, _ in places],
            "longitude": [longitude for longitude, _, _ in places],
            "coordinateUncertainty": [metres for _, _, metres in places],
            **_written("deploymentStart", [one.start for one in rows], party.zone, settings),
            **_written("deploymentEnd", [one.end for one in rows], party.zone, settings),
            "setupBy": [f"Team {party.prefix}"] * len(rows),
            "cameraID": [one.station.name + one.camera for one in rows],
            "cameraHeight": [0.5] * len(rows),
            "baitUse": [False] * len(rows),
            "deploymentTags": [f"countryCode:{party.country}"] * len(rows),
        },
    )


def _given(longitude: float, latitude: float, snap: float) -> tuple[float, float, int]:
    """Return the coordinates a party gives away, and their uncertainty: a cell's diagonal where they are snapped."""
    if not snap:
        return longitude, latitude, GPS_METRES
    x, y = round(round(longitude / snap) * snap, 6), round(round(latitude / snap) * snap, 6)
    # Towards the equator cells are widest.
    low = min(abs(y - snap / 2), abs(y + snap / 2))
    diagonal = distances(x - snap / 2, low, x + snap / 2, low + snap)
    return x, y, int(np.ceil(diagonal))


def _operating_periods(holding: Holding, settings: WorldSettings) -> pl.DataFrame:
    rows = [(one.name, *period) for one in holding.deployments for period in one.periods]
    zone = holding.party.zone
    return _typed(
        OPERATING_PERIODS,
        {
            "deploymentID": [name for name, *_ in rows],
            **_written("start", [start for _, start, _, _ in rows], zone, settings),
            **_written("end", [end for _, _, end, _ in rows], zone, settings),
            "status": [status for *_, status in rows],
        },
    )


def _media(holding: Holding, events: list[Event], settings: WorldSettings) -> pl.DataFrame:
    times = [(event.deployment, second) for event in events for second in event.shots]
    files = [f"{number:05d}" for number in range(1, len(times) + 1)]
    return _typed(
        MEDIA,
        {
            "mediaID": [f"m{name}" for name in files],
            "deploymentID": [deployment.name for deployment, _ in times],
            "captureMethod": ["activityDetection"] * len(times),
            **_recorded("timestamp", times, holding, settings),
            "filePath": [f"media/{one.name}/{name}.jpg" for (one, _), name in zip(times, files, strict=True)],
            "filePublic": [False] * len(times),
            "fileName": [f"{name}.jpg" for name in files],
            "fileMediatype": ["image/jpeg"] * len(times),
        },
    )


def _observations(
    holding: Holding, events: list[Event], settings: WorldSettings
) -> tuple[pl.DataFrame, pl.DataFrame, dict[int, str]]:
    """Return observations, identifications, and the observationID of every sighting by its number."""
    rows: list[dict[str, Any]] = []
    judged: list[dict[str, Any]] = []
    numbers: dict[int, str] = {}
    first: list[tuple[Deployment, int]] = []
    last: list[tuple[Deployment, int]] = []
    for event_number, event in enumerate(events, 1):
        for one in event.shown or (None,):
            row = _other_row(event) if one is None else _cat_row(one, holding.catalogue)
            row |= {"observationID": f"o{len(rows) + 1:05d}", "eventID": f"e{event_number:05d}"}
            rows.append(row | {"deploymentID": event.deployment.name})
            first.append((event.deployment, event.shots[0]))
            last.append((event.deployment, event.shots[-1]))
            if one is not None:
                numbers[one.number] = row["observationID"]
                judged += _identification(row["observationID"], one, holding.catalogue)
    columns = {name: [row.get(name) for row in rows] for name in _WRITTEN}
    count = len(rows)
    observations = _typed(
        OBSERVATIONS,
        {
            **columns,
            **_recorded("eventStart", first, holding, settings),
            **_recorded("eventEnd", last, holding, settings),
            "observationLevel": ["event"] * count,
            "classificationMethod": ["human"] * count,
        },
    )
    identifications = _typed(
        IDENTIFICATIONS,
        {
            "identificationID": [f"i{number:05d}" for number in range(1, len(judged) + 1)],
            **{name: [row[name] for row in judged] for name in ("observationID", "individualID", "flank", "certainty")},
            "identifiedBy": [f"Observer {holding.party.prefix}1"] * len(judged),
            "method": ["photo"] * len(judged),
        },
    )
    return observations, identifications, numbers


_WRITTEN = (
    "observationID", "deploymentID", "eventID", "observationType", "scientificName", "count", "lifeStage", "sex",
    "individualID",
)  # fmt: skip


def _other_row(event: Event) -> dict[str, Any]:
    """Return what is not one of the world's animals: people, nothing, prey."""
    if " " not in event.other:
        return {"observationType": event.other, "count": 1 if event.other == "human" else None}
    return {"observationType": "animal", "scientificName": event.other, "count": event.count}


def _cat_row(one: Judged, known: Catalogue) -> dict[str, Any]:
    named = one.named
    return {
        "observationType": "animal",
        "scientificName": one.animal.species.name,
        "count": 1,
        "lifeStage": STAGES[(named or one.animal).stage],
        "sex": known.sexes[named.truth_id] if named else None,
        "individualID": known.names[named.truth_id] if named else None,
    }


def _identification(observation: str, one: Judged, known: Catalogue) -> list[dict[str, Any]]:
    """Return the row of `identifications`; one that is only possible stays on record if the animal has a name."""
    if one.meant is None or one.meant.truth_id not in known.names:
        return []
    name = known.names[one.meant.truth_id]
    return [{"observationID": observation, "individualID": name, "flank": one.flank, "certainty": one.certainty}]


def _individuals(holding: Holding) -> pl.DataFrame:
    known = holding.catalogue
    flanks: dict[str, set[str]] = defaultdict(set)
    for one in holding.seen:
        if one.named is not None:
            flanks[one.named.truth_id].add(one.flank)
    seen = {truth: "both" if len(flanks[truth]) > 1 else next(iter(flanks[truth])) for truth in known.names}
    return _typed(
        INDIVIDUALS,
        {
            "individualID": list(known.names.values()),
            "scientificName": [known.animals[truth].species.name for truth in known.names],
            "sex": [known.sexes[truth] for truth in known.names],
            "motherID": [known.names.get(known.animals[truth].mother or "") for truth in known.names],
            "knownFlanks": [seen[truth] for truth in known.names],
        },
    )


def _descriptor(holding: Holding, settings: WorldSettings) -> dict[str, Any]:
    """Return the metadata Camtrap DP requires; the writer adds profile and resources."""
    party = holding.party
    sites = {one.station.name: one.station for one in holding.deployments}.values()
    places = [_given(site.longitude, site.latitude, settings.snap) for site in sites]
    west, east = min(x for x, _, _ in places), max(x for x, _, _ in places)
    south, north = min(y for _, y, _ in places), max(y for _, y, _ in places)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    animals = [*(species.name for species in settings.species), *(kind for kind, _ in settings.others if " " in kind)]
    return {
        "name": party.name,
        "title": f"Simulated camera-trap data of {party.name}",
        "description": "Made by tumen simulate. No animal, camera or place in it is real.",
        "created": settings.ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "contributors": [{"title": party.name, "role": "rightsHolder"}],
        "project": {
            "title": "Simulated monitoring of tigers and leopards",
            "samplingDesign": "systematicRandom",
            "captureMethod": ["activityDetection"],
            "individualAnimals": True,
            "observationLevel": ["event"],
        },
        "coordinatePrecision": settings.snap or 0.00001,
        "spatial": {"type": "Polygon", "coordinates": [ring]},
        "temporal": {"start": settings.start.isoformat(), "end": settings.end.isoformat()},
        "taxonomic": [{"scientificName": name} for name in animals],
        "tumen": {
            "party": party.name,
            "country": party.country,
            "timeZone": party.zone or "UTC",
            "protocol": VERSION,
        },
    }
