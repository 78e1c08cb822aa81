"""Read the ground that animals may live on: land, habitat, countries, protected areas, and covariates of its cells."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from tumen.errors import StudyError, Text
from tumen.files import geometry
from tumen.files.raster_grid import read_raster
from tumen.measure.grid import Grid
from tumen.population.scr.habitat import distance_to, from_raster, where
from tumen.population.scr.mask import Habitat
from tumen.population.scr.plane import Plane
from tumen.population.scr.survey import Floats, Mask
from tumen.tables import findings
from tumen.tasks.pool import Pool

WIDEST = 400_000.0
"""Metres around the cameras within which the ground is looked at."""
RASTERS = (".asc", ".tif", ".tiff")
BORDER = "borderDistance"
"""The covariate that every cell has: kilometres to the nearest border."""


@dataclass(frozen=True)
class Ground:
    """What a mask is made on, in the plane of a survey.

    `habitat`: where centres may lie; `land`; `countries` and protected `areas` by name; `border`; `rasters` of
    covariates by name; `findings` about the files.
    """

    plane: Plane
    habitat: Habitat
    land: BaseGeometry
    countries: Mapping[str, BaseGeometry]
    areas: Mapping[str, BaseGeometry]
    border: BaseGeometry
    rasters: Mapping[str, Grid]
    findings: pl.DataFrame


def read_ground(pooled: Pool, asked: Mapping[str, Any], plane: Plane) -> Ground:
    """Return the ground of a study as [density] draws it."""
    polygons = {code: plane.shape(shape, within=WIDEST) for code, shape in pooled.area.polygons.items()}
    polygons = {code: shape for code, shape in polygons.items() if not shape.is_empty}
    land = shapely.unary_union(list(polygons.values()))
    crs, told = asked.get("raster_crs"), [findings.empty()]
    habitat: Habitat = land
    path: Path | None = asked.get("habitat")
    if path is not None:
        habitat, found = _habitat(path, asked, plane)
        told.append(found)
    protected: Path | None = asked.get("protected_areas")
    named = {} if protected is None else geometry.read_areas(protected)
    kept = {name: plane.shape(shape, within=WIDEST) for name, shape in named.items()}
    rasters = {}
    for name, raster in asked.get("covariates", {}).items():
        rasters[name], found = read_raster(raster, _own(raster, crs))
        told.append(found)
    return Ground(
        plane=plane,
        habitat=habitat,
        land=land,
        countries=polygons,
        areas={name: shape for name, shape in kept.items() if not shape.is_empty},
        border=plane.shape(shapely.union_all([line for _, line in pooled.area.border.lines()]), within=WIDEST),
        rasters=rasters,
        findings=findings.gather(told),
    )


def covariates(ground: Ground, cells: Mask) -> tuple[dict[str, Floats], pl.DataFrame]:
    """Return what models may say density or movement depends on, by cell, and findings on cells without a value.

    The distance to the border is in kilometres. Values of a raster, taken under the middle of each cell, count in
    standard deviations from their mean over the mask, so that effects can be compared; where a raster holds the same
    everywhere, they are 0.
    """
    values = {BORDER: distance_to(cells.xy, ground.border) / 1000}
    told = [findings.empty()]
    for name, grid in ground.rasters.items():
        read, found = from_raster(cells, grid, _way(ground.plane, grid.crs), name)
        spread = float(np.nanstd(read)) if np.isfinite(read).any() else 0.0
        values[name] = (read - np.nanmean(read)) / spread if spread > 0 else np.where(np.isfinite(read), 0.0, np.nan)
        told.append(found)
    return values, findings.gather(told)


def ground_digests(asked: Mapping[str, Any]) -> dict[str, str]:
    """Return the SHA-256 of the files that the ground is read from, by name."""
    return {path.name: hashlib.sha256(_bytes(path)).hexdigest() for path in ground_files(asked)}


def ground_files(asked: Mapping[str, Any]) -> list[Path]:
    """Return the files that [density] names: habitat, protected areas, rasters."""
    single = [asked[key] for key in ("habitat", "protected_areas") if key in asked]
    return [*single, *asked.get("covariates", {}).values()]


def _habitat(path: Path, asked: Mapping[str, Any], plane: Plane) -> tuple[Habitat, pl.DataFrame]:
    """Return habitat from polygons, or from a raster with the classes or the least value that count."""
    if path.suffix.lower() not in RASTERS:
        shapes = geometry.read_areas(path)
        whole: BaseGeometry = shapely.unary_union([plane.shape(shape, within=WIDEST) for shape in shapes.values()])
        return whole, findings.empty()
    classes, least = asked.get("habitat_classes", ()), asked.get("habitat_least")
    if not classes and least is None:
        raise StudyError(
            "habitatClasses or habitatLeast for a raster of habitat",
            "neither",
            "Write which classes are habitat, or from which value on.",
        )
    grid, found = read_raster(path, _own(path, asked.get("raster_crs")))
    return where(grid, _way(plane, grid.crs), least=least, classes=classes), found


def _own(path: Path, crs: str | None) -> str | None:
    """Return the system that is declared for a raster which does not state its own."""
    return crs if path.suffix.lower() == ".asc" else None


def _way(plane: Plane, crs: str) -> Callable[[Floats], Floats]:
    """Return the way from metres in the plane to the coordinates of a raster."""
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    def way(xy: Floats) -> Floats:
        lonlat = plane.to_lonlat(xy)
        return np.stack(transformer.transform(lonlat[:, 0], lonlat[:, 1]), axis=1)

    return way


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StudyError(
            Text("a file {path}", path=path), Text("{error}", error=error), "Correct its path in the study."
        ) from error
