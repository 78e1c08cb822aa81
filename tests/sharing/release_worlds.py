"""A small reserve beside a straight border, whose owner releases views of it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
from shapely import LineString, box
from tests.builders import package

from tumen.measure.border import Border
from tumen.measure.sides import Countries, locate
from tumen.sharing.derived import SEEN, WORKED
from tumen.sharing.disclose import Derived, Disclosed, disclose
from tumen.sharing.leaks import Around, leaks
from tumen.sharing.ledger import RELEASES, Ledger
from tumen.sharing.levels import Grant
from tumen.tables.package import Package

NOW = datetime(2016, 1, 1, tzinfo=UTC)
SECRET = bytes(range(32))
COUNTRIES = Countries({"CN": box(129, 42, 131, 45), "RU": box(131, 42, 133, 45)})
BORDER = Border.from_lines([("CN|RU", LineString([(131, 42), (131, 45)]))])


def sides(points: pl.DataFrame) -> pl.DataFrame:
    """The map that everybody has."""
    return locate(points, COUNTRIES, BORDER, assumed_uncertainty=0.0, water_margin=0.0)


def reserve(stations: int = 30, records: int = 240, seed: int = 1) -> Package:
    """Stations up to 50 km inside RU and what they recorded in 2014."""
    rng = np.random.default_rng(seed)
    lat, lon = 43 + 0.5 * rng.random(stations), 131.01 + 0.6 * rng.random(stations)
    deployments = [
        {
            "deploymentID": f"ridge-{k:02d}",
            "locationID": f"valley {k:02d}",
            "locationName": f"Barabash spring {k:02d}",
            "latitude": f"{lat[k]:.5f}",
            "longitude": f"{lon[k]:.5f}",
            "deploymentStart": "2013-12-20T03:10:00Z",
            "deploymentEnd": "2014-12-24T05:20:00Z",
            "setupBy": "Ivan Petrov",
        }
        for k in range(stations)
    ]
    where, animal = rng.integers(0, stations, records), rng.integers(0, 6, records)
    minutes = np.sort(rng.integers(0, 360 * 1440, records))
    times = [str(np.datetime64("2013-12-28T00:00") + np.timedelta64(int(m), "m")) + ":17Z" for m in minutes]
    observations = [
        {
            "observationID": f"o{k}",
            "deploymentID": f"ridge-{where[k]:02d}",
            "eventStart": times[k],
            "eventEnd": times[k],
            "individualID": f"tiger-{animal[k]}",
            "scientificName": "Panthera tigris",
            "classificationProbability": "0.9",
        }
        for k in range(records)
    ]
    return package(deployments=deployments, observations=observations)


def owned(truth: Package) -> Derived:
    """What the owner derives: one encounter per record."""
    places = truth.table("deployments").with_columns(
        pl.col("coordinateUncertainty").cast(pl.Float64), declaredCountry=pl.lit(None, dtype=pl.String)
    )
    told = sides(places).select("deploymentID", "locationID", "countryCode", "possibleCountries", "borderDistance")
    seen = (
        truth.table("observations")
        .join(told, on="deploymentID")
        .with_columns(
            source=pl.lit("camera"),
            location=pl.concat_str(pl.lit("place/"), "locationID"),
            start="eventStart",
            end="eventEnd",
            detections=pl.lit(1, dtype=pl.Int64),
        )
    )
    worked = places.select("deploymentID", start="deploymentStart", end="deploymentEnd").join(
        told.select("deploymentID", "countryCode"), on="deploymentID"
    )
    return Derived(seen.select(*SEEN), worked.select(*WORKED))


@dataclass(frozen=True)
class World:
    """An owner's package and its ledger so far."""

    truth: Package
    ledger: Ledger = field(default_factory=Ledger)

    def release(self, grant: Grant) -> Disclosed:
        """A view made by the program."""
        return disclose(self.truth, grant, SECRET, owned(self.truth), self.ledger, NOW)

    def after(self, made: Disclosed) -> "World":
        """The world when a view has left."""
        return replace(self, ledger=made.ledger)

    def found(self, view: Package, grant: Grant, ledger: Ledger, **around: object) -> pl.DataFrame:
        """What the check finds in a view."""
        return leaks(view, grant, truth=self.truth, ledger=ledger, around=Around(locate=sides, **around))


def changed(view: Package, table: str, **columns: pl.Expr | pl.Series) -> Package:
    """The view with columns of one table replaced, as a hand or a fault would."""
    frame = view.tables[table].with_columns(**columns)
    return replace(view, tables={**view.tables, table: frame}, received={})


def told(*rows):
    """A ledger of releases: release, receiver, location, column, row, category, step, distance."""
    names = ("release", "receiver", "location", "column", "row", "category", "step", "borderDistance")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names), orient="row", strict=False)
    blank = {"on": None, "purpose": "", "agreement": "", "level": "", "package": "", "grid": "tumen-grid/1"}
    full = frame.with_columns(*(pl.lit(value).alias(name) for name, value in blank.items()))
    return Ledger(full.select(pl.col(name).cast(dtype) for name, dtype in RELEASES.items()))
