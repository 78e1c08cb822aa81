"""A world with known truth: what happened, and what the parties wrote down of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from shapely.geometry.base import BaseGeometry

from tumen.simulate.animals import animals_table, centres_table, population
from tumen.simulate.cameras import Deployment, deployments, stations, stations_table
from tumen.simulate.clocks import wrong_clocks
from tumen.simulate.encounters import meetings, sightings
from tumen.simulate.land import land
from tumen.simulate.naming import Catalogue, Judged, catalogue, judge, links, names_table
from tumen.simulate.settings import WorldSettings
from tumen.simulate.survey import Holding, package
from tumen.simulate.walks import crossings_table, instants, paths_table, walks
from tumen.tables.package import Package
from tumen.tables.schema import UTC

Schema = dict[str, pl.DataType | type[pl.DataType]]

DETECTIONS: Schema = {
    "truthID": pl.String,
    "scientificName": pl.String,
    "start": UTC,
    "end": UTC,
    "countryCode": pl.String,
    "stationID": pl.String,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "party": pl.String,
    "deploymentID": pl.String,
    "observationID": pl.String,
    "individualID": pl.String,
    "identified": pl.Boolean,
}
PLANTED: Schema = {
    "party": pl.String,
    "package": pl.String,
    "table": pl.String,
    "key": pl.String,
    "kind": pl.String,
    "detail": pl.String,
    "seconds": pl.Int64,
}
VISIBLE: Schema = {
    "truthID": pl.String,
    "fromCountry": pl.String,
    "toCountry": pl.String,
    "notBefore": UTC,
    "notAfter": UTC,
}


@dataclass(frozen=True, kw_only=True)
class World:
    """The truth (frames) and what is known of it (packages and links).

    Truth, all instants UTC and all degrees WGS84:

    - `animals`: truthID, scientificName, sex, stage (adult, subadult, cub), kind (resident, crosser, disperser, cub),
      birth, mother, sigma (m), presentFrom, presentUntil, fate (alive, independent, died).
    - `centres`: truthID, validFrom, validUntil, longitude, latitude, countryCode.
    - `paths`: truthID, instant, longitude, latitude, countryCode, at every step.
    - `crossings`: truthID, instant, fromCountry, toCountry, longitude, latitude: every change of country on a path.
    - `stations`: stationID, party, countryCode, longitude, latitude, cameras.
    - `detections`: one row per observation of an animal of the world: who it truly was, the true start and end, the
      true country and place, the party's rows that record it, and `identified`: whether it was given its own name.
    - `names`: party, individualID, truthID: whom a local name stands for.
    - `habitat` (not a table): the polygon in which all centres lie.
    - `planted`: party, package, table, key (of the row), kind, detail, seconds (recorded minus true, where it is
      about time).
    """

    settings: WorldSettings
    seed: int
    countries: Mapping[str, BaseGeometry]
    animals: pl.DataFrame
    centres: pl.DataFrame
    paths: pl.DataFrame
    crossings: pl.DataFrame
    stations: pl.DataFrame
    detections: pl.DataFrame
    names: pl.DataFrame
    planted: pl.DataFrame
    packages: tuple[Package, ...]
    links: pl.DataFrame
    habitat: BaseGeometry

    def truth(self) -> dict[str, pl.DataFrame]:
        """Return the tables of truth that are small enough to be written beside the packages; paths once a day."""
        daily = pl.col("instant").dt.time() == pl.time(0, 0, 0)
        return {
            "animals": self.animals,
            "centres": self.centres,
            "paths": self.paths.filter(daily),
            "crossings": self.crossings,
            "stations": self.stations,
            "detections": self.detections,
            "names": self.names,
            "planted": self.planted,
            "visible_crossings": visible_crossings(self),
        }


def world(countries: Mapping[str, BaseGeometry], *, seed: int, settings: WorldSettings | None = None) -> World:
    """Make a world on the given country polygons (ISO alpha-2 code -> WGS84 polygon).

    The same countries, seed and settings give the same world, byte for byte. Raises `PlaceError` where the polygons
    have no border in the settings' area, `MisuseError` where there is no room for what the settings ask for.

    >>> from datetime import date
    >>> import shapely
    >>> from tumen.simulate.settings import small
    >>> halves = {"CN": shapely.box(129, 42, 130.9, 45), "RU": shapely.box(130.9, 42, 133, 45)}
    >>> made = world(halves, seed=1, settings=small())
    >>> [package.name for package in made.packages]
    ['north-reserve', 'south-institute', 'east-university']
    """
    settings = settings or WorldSettings()
    ground = land(countries, settings.area, settings.core, settings.sides)
    animals = population(settings, ground, seed)
    paths = walks(animals, settings, ground, seed)
    sites = stations(settings, ground, seed)
    deployed = deployments(sites, settings, seed)
    held = sightings(meetings(animals, paths, sites, settings, ground, seed), deployed)
    judged = judge(held, settings)
    catalogues = [catalogue(party, judged, seed) for party in settings.parties]
    holdings = [_holding(one, deployed, judged, settings, seed) for one in catalogues]
    made = [package(holding, settings, seed) for holding in holdings]
    linked, planted_links = links(catalogues, settings, seed)
    found = [_detections(holding, numbers, settings) for holding, (_, numbers) in zip(holdings, made, strict=True)]
    planted = [row for holding, (_, numbers) in zip(holdings, made, strict=True) for row in _planted(holding, numbers)]
    return World(
        settings=settings,
        seed=seed,
        countries=countries,
        animals=animals_table(animals, settings),
        centres=centres_table(animals, settings, ground),
        paths=paths_table(paths, settings, ground),
        crossings=crossings_table(paths, settings, ground),
        stations=stations_table(sites),
        detections=pl.concat(found).sort("start", "deploymentID", "observationID"),
        names=names_table(catalogues),
        planted=pl.DataFrame(planted + planted_links, schema=PLANTED),
        packages=tuple(one for one, _ in made),
        links=linked,
        habitat=ground.habitat(settings.reach, settings.sides),
    )


def visible_crossings(made: World) -> pl.DataFrame:
    """Return what the cameras could show: each change of country between two successive true detections of an animal.

    Only detections that got their own name count. One row a change: truthID, fromCountry, toCountry, notBefore (the
    end of the last detection before), notAfter (the start of the first after). Written as a plain loop, to be
    believed.
    """
    rows = []
    seen = made.detections.filter("identified").sort("truthID", "start", "end")
    for (truth_id,), detections in seen.group_by("truthID", maintain_order=True):
        country, until = None, None
        for start, end, here in detections.select("start", "end", "countryCode").iter_rows():
            if country is not None and here != country:
                rows.append((truth_id, country, here, until, start))
            if country == here and until is not None:
                until = max(until, end)
            else:
                country, until = here, end
    return pl.DataFrame(rows, schema=VISIBLE, orient="row")


def _holding(
    known: Catalogue, deployed: tuple[Deployment, ...], judged: list[Judged], settings: WorldSettings, seed: int
) -> Holding:
    """Gather what one party holds."""
    own = tuple(one for one in deployed if one.station.party == known.party)
    seen = tuple(one for one in judged if one.party == known.party)
    used = {one.sighting.deployment.name for one in seen if one.named is not None}
    wrong = wrong_clocks([one for one in own if one.name in used], known.party, settings, seed)
    return Holding(known.party, own, seen, known, wrong)


def _detections(holding: Holding, numbers: Mapping[int, str], settings: WorldSettings) -> pl.DataFrame:
    """Return the truth behind each observation of an animal of the world."""
    seen, names = holding.seen, holding.catalogue.names
    sites = [one.sighting.deployment.station for one in seen]
    return pl.DataFrame(
        {
            "truthID": [one.animal.truth_id for one in seen],
            "scientificName": [one.animal.species.name for one in seen],
            "start": instants(np.array([one.sighting.shots[0] for one in seen], float), settings),
            "end": instants(np.array([one.sighting.shots[-1] for one in seen], float), settings),
            "countryCode": [site.party.country for site in sites],
            "stationID": [site.name for site in sites],
            "longitude": [site.longitude for site in sites],
            "latitude": [site.latitude for site in sites],
            "party": [holding.party.name] * len(seen),
            "deploymentID": [one.sighting.deployment.name for one in seen],
            "observationID": [numbers[one.number] for one in seen],
            "individualID": [names[one.named.truth_id] if one.named else None for one in seen],
            "identified": [one.named == one.animal for one in seen],
        },
        schema=DETECTIONS,
    )


def _planted(holding: Holding, numbers: Mapping[int, str]) -> list[dict[str, object]]:
    """Return the errors planted in a package: wrong clocks and wrong names."""
    head = {"party": holding.party.name, "package": holding.party.name}
    clocks: list[dict[str, object]] = [
        {"table": "deployments", "key": name, "kind": error.kind, "detail": error.detail, "seconds": error.seconds}
        for name, error in sorted(holding.clocks.items())
    ]
    mistakes: list[dict[str, object]] = [
        {
            "table": "observations",
            "key": numbers[one.number],
            "kind": "misidentified",
            "detail": f"{one.animal.truth_id} taken for {one.named.truth_id}",
            "seconds": None,
        }
        for one in holding.seen
        if one.named is not None and one.named != one.animal
    ]
    return [head | error for error in [*clocks, *mistakes]]
