"""Where do stations stand whose party tells their places as cells?  Capture histories that know it.

A view at the level `generalised` names its cells' category; a place in it is the middle of a cell, and the camera
stands anywhere in that cell (`tumen.population.scr.in_cells`).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from tumen.population.scr.histories import Histories
from tumen.population.scr.plane import Plane
from tumen.population.scr.start import spread_of
from tumen.population.scr.survey import Floats, Session
from tumen.sharing.generalise import WIDTHS
from tumen.tables import findings
from tumen.tables.package import Package
from tumen.tasks.pool import Pool

WIDEST = 2.0
"""Widths of cells, in sigmas, above which no density is estimated: docs/methods/places-in-cells.md."""

FORBID = ("places-too-coarse-for-density", "times-too-coarse-for-occasions")


def level_of(package: Package) -> str:
    """Return the level at which a package was disclosed; one that says nothing came from its owner whole: "full"."""
    return str(_terms(package).get("level") or "full")


def by_month(package: Package) -> bool:
    """Say whether a package tells the times of its observations to the month only."""
    freed = _terms(package).get("columns") or ()
    return level_of(package) == "generalised" and "time" not in freed and package.table("observations").height > 0


def _terms(package: Package) -> Mapping[str, Any]:
    own = package.descriptor.get("tumen")
    terms = own.get("disclosure") if isinstance(own, Mapping) else None
    return terms if isinstance(terms, Mapping) else {}


def widths(pooled: Pool) -> pl.DataFrame:
    """Return the deployments whose places are told as cells: party, deploymentID, degrees (width of the cell)."""
    parts = [pl.DataFrame(schema={"party": pl.String, "deploymentID": pl.String, "degrees": pl.Float64})]
    for package in pooled.packages:
        width = WIDTHS.get(_terms(package).get("category") or 0)
        if level_of(package) == "generalised" and width is not None:
            own = package.table("deployments").select(pl.lit(package.party).alias("party"), "deploymentID")
            parts.append(own.with_columns(degrees=pl.lit(width)))
    return pl.concat(parts).unique(["party", "deploymentID"], maintain_order=True)


def told_as_cells(pooled: Pool, made: Histories) -> tuple[Histories, pl.DataFrame]:
    """Return histories whose detectors know their cells, and findings by party: how wide the cells are beside sigma.

    Where no place is told as a cell, the histories are as they were.
    """
    told = widths(pooled)
    if told.is_empty():
        return made, findings.empty()
    cameras = made.stations.cameras.join(told, on=["party", "deploymentID"], how="inner")
    own = cameras.group_by("station").agg(pl.col("degrees").max())
    degrees = dict(own.select("station", "degrees").iter_rows())
    sessions = tuple(_with_cells(session, made.plane, degrees) for session in made.sessions)
    wide = [session.detectors.cell for session in sessions if session.detectors.cell is not None]
    if not wide:
        return made, findings.empty()
    metres = float(max(cell.max(initial=0.0) for cell in wide))
    parties = cameras.group_by("party").agg(stations=pl.col("station").n_unique()).sort("party")
    return replace(made, sessions=sessions), _judged(parties, metres, sigma_of(sessions, metres))


def sigma_of(sessions: tuple[Session, ...], metres: float) -> float | None:
    """Return sigma from the spread of captures, less what cells of a width put to it; None where they hide it."""
    spreads = [spread for session in sessions if (spread := spread_of(session)) is not None]
    squared = float(np.median(spreads)) ** 2 - metres**2 / 12 if spreads else 0.0
    return float(np.sqrt(squared)) if squared > 0 else None


def trusted(found: pl.DataFrame) -> bool:
    """Say whether density may be estimated: findings name no place or time that was told too coarsely for it."""
    return found.filter(pl.col("code").is_in(FORBID)).is_empty()


def _judged(parties: pl.DataFrame, metres: float, sigma: float | None) -> pl.DataFrame:
    ratio = np.inf if sigma is None else metres / sigma
    code = "places-in-cells" if ratio <= WIDEST else "places-too-coarse-for-density"
    shown = f"< {metres / WIDEST:.0f}" if sigma is None else f"{sigma:.0f}"
    told = []
    for party, count in parties.iter_rows():
        one = findings.finding(
            code,
            table="deployments",
            column="coordinateUncertainty",
            value=f"{metres:.0f}",
            stations=count,
            sigma=shown,
        )
        told.append(one.with_columns(party=pl.lit(party)))
    return findings.gather(told)


def _with_cells(session: Session, plane: Plane, degrees: Mapping[str, float]) -> Session:
    """Return a session whose detectors know the cells that they stand in; 0 for exact places."""
    detectors = session.detectors
    width = np.array([degrees.get(name, 0.0) for name in detectors.names], dtype=np.float64)
    if not width.any():
        return session
    lon, lat = plane.to_lonlat(detectors.xy).T

    def apart(east: Floats, north: Floats) -> Floats:
        gap = plane.to_plane(lon + east, lat + north) - plane.to_plane(lon - east, lat - north)
        return np.asarray(np.hypot(gap[:, 0], gap[:, 1]))

    nothing = np.zeros(len(width))
    cell = np.stack([apart(width / 2, nothing), apart(nothing, width / 2)], axis=1)
    return replace(session, detectors=replace(detectors, cell=cell))
