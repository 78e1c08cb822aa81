"""Read the ground a study stands on: countries, border, and how accurate they are."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from shapely.geometry.base import BaseGeometry

from tumen.errors import PlaceError, StudyError, Text
from tumen.files import geometry, regions
from tumen.measure.border import Border, derive
from tumen.measure.sides import Countries, locate
from tumen.tasks.study import Study

ASSUMED_UNCERTAINTY = 30.0
"""Metres by which coordinates without a stated uncertainty are taken to be uncertain."""

WATER_MARGIN = 500.0
"""Metres from the middle of border water beyond which a side is certain."""


@dataclass(frozen=True)
class Area:
    """Countries and border, ready to be asked; `accuracy` (m) widens the uncertainty of every point."""

    countries: Countries
    polygons: Mapping[str, BaseGeometry]
    border: Border
    origin: str
    accuracy: float
    assumed_uncertainty: float
    water_margin: float
    digests: Mapping[str, str]

    def locate(self, points: pl.DataFrame) -> pl.DataFrame:
        """Add the side of every point (`tumen.measure.sides.locate`); the map's own error counts as uncertainty."""
        stated = pl.col("coordinateUncertainty")
        lon, lat = pl.col("longitude"), pl.col("latitude")
        # Coordinates that are no place have their finding; here they are as good as none.
        usable = (lon.abs() <= 180) & (lat.abs() <= 90) & ~((lon == 0) & (lat == 0))
        widened = points.with_columns(
            stated.alias("\x00stated"),
            lon.alias("\x00lon"),
            lat.alias("\x00lat"),
            stated.fill_null(self.assumed_uncertainty) + self.accuracy,
            pl.when(usable).then(lon).alias("longitude"),
            pl.when(usable).then(lat).alias("latitude"),
        )
        placed = locate(
            widened,
            self.countries,
            self.border,
            assumed_uncertainty=self.assumed_uncertainty + self.accuracy,
            water_margin=self.water_margin,
        )
        given = {"coordinateUncertainty": "\x00stated", "longitude": "\x00lon", "latitude": "\x00lat"}
        return placed.with_columns(pl.col(kept).alias(name) for name, kept in given.items()).drop(given.values())


def read_area(study: Study) -> Area:
    """Read the countries and the border of a study; derive the border where none is given."""
    digests: dict[str, str] = {}
    if study.countries is not None:
        polygons = geometry.read_countries(study.countries, study.code_property)
        origin = _origin(geometry.about(study.countries))
        accuracy = max(study.accuracy, geometry.accuracy(study.countries) or 0.0)
        digests[study.countries.name] = _digest(study.countries)
    elif study.region is not None:
        polygons = regions.region(study.region)
        about = regions.about(study.region)
        origin = _origin(about)
        accuracy = max(study.accuracy, regions.ACCURACY[study.region])
        digests[f"region {study.region}"] = hashlib.sha256(regions.text(study.region).encode()).hexdigest()
    else:
        raise StudyError(
            "the countries of the area",
            "no [area] with countries or region",
            'Add [area] with countries = "countries.geojson" (polygons with countryCode) or region = "northeast_asia".',
        )
    widest = study.crossings.get("widest_water", 5000.0)
    if study.border is None:
        border = derive(polygons, widest_water=widest)
    else:
        border = Border.from_lines(geometry.read_lines(study.border))
        digests[study.border.name] = _digest(study.border)
    if not border.lines():
        raise PlaceError(
            "a border between the countries",
            Text(
                "none: {polygons} do not touch within {widest} m",
                polygons=", ".join(sorted(polygons)),
                widest=f"{widest:g}",
            ),
            "Give the countries of both sides, a border file, or a larger widestWater in [crossings].",
        )
    return Area(
        countries=Countries(polygons),
        polygons=polygons,
        border=border,
        origin=origin,
        accuracy=accuracy,
        assumed_uncertainty=study.crossings.get("assumed_uncertainty", ASSUMED_UNCERTAINTY),
        water_margin=study.crossings.get("water_margin", WATER_MARGIN),
        digests=digests,
    )


def area_of(countries: Path) -> Area:
    """Return the area of a file of countries, with every choice at its default; a single country has no border.

    Where there is no such file, the name of a shipped region means that region.
    """
    if str(countries) in regions.names() and not countries.exists():
        return _shipped(str(countries))
    polygons = geometry.read_countries(countries)
    return Area(
        countries=Countries(polygons),
        polygons=polygons,
        border=derive(polygons),
        origin=_origin(geometry.about(countries)),
        accuracy=geometry.accuracy(countries) or 0.0,
        assumed_uncertainty=ASSUMED_UNCERTAINTY,
        water_margin=WATER_MARGIN,
        digests={countries.name: _digest(countries)},
    )


def _shipped(name: str) -> Area:
    polygons = regions.region(name)
    return Area(
        countries=Countries(polygons),
        polygons=polygons,
        border=derive(polygons),
        origin=_origin(regions.about(name)),
        accuracy=regions.ACCURACY[name],
        assumed_uncertainty=ASSUMED_UNCERTAINTY,
        water_margin=WATER_MARGIN,
        digests={f"region {name}": hashlib.sha256(regions.text(name).encode()).hexdigest()},
    )


def _origin(about: Mapping[str, str]) -> str:
    """Return what a map says of itself, in its own words."""
    return " ".join(about[key].rstrip(".") + "." for key in ("source", "licence", "accuracy") if about.get(key))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
