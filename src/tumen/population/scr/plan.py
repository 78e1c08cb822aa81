"""How many stations, how far apart, for how many nights?  Precision and bias of surveys that are only planned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from shapely.geometry.base import BaseGeometry

from tumen.population.scr.design import design
from tumen.population.scr.expected import Expected, expected
from tumen.population.scr.layout import grid
from tumen.population.scr.planned import Assumed, planned
from tumen.population.scr.simulate import link_values
from tumen.population.scr.survey import Floats
from tumen.population.scr.trials import Trials, trials
from tumen.tables import findings

PLAN: dict[str, pl.DataType | type[pl.DataType]] = {
    "spacing": pl.Float64,
    "nights": pl.Int64,
    "stations": pl.Int64,
    "stationNights": pl.Int64,
    "animals": pl.Float64,
    "detections": pl.Float64,
    "recaptures": pl.Float64,
    "moved": pl.Float64,
    "movements": pl.Float64,
    "rse": pl.Float64,
    "trials": pl.Int64,
    "failed": pl.Int64,
    "simulatedRse": pl.Float64,
    "bias": pl.Float64,
    "coverage": pl.Float64,
}
"""One row per design. `animals` to `movements`: expected (`expected.Expected`). `rse`: of density, approximate.
`simulatedRse`: SD of the estimates over the truth; `bias`: mean estimate over the truth, less 1; `coverage`: share of
95 % intervals that hold the truth; these are null without trials."""
FEW = 10.0
"""Fewer expected animals or recaptures than this are a warning."""
WIDE, NARROW = 3.5, 4.0
"""Spacing above, and extent below so many sigma are told. Conventions."""


@dataclass(frozen=True)
class How:
    """How designs are made and tried.

    `layout`: gives the places of stations for a polygon and a spacing (`layout.grid`, or a partial of
    `layout.clusters`); `habitat`: where animals can live (None: everywhere); `trials`: surveys to simulate for each
    design (0: none).
    """

    layout: Callable[[BaseGeometry, float], Floats] = grid
    habitat: BaseGeometry | None = None
    trials: int = 0
    seed: int = 0
    workers: int = 1


def plan(
    area: BaseGeometry, spacings: Sequence[float], nights: Sequence[int], assumed: Assumed, how: How | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what each spacing (metres) and number of nights would give (`PLAN`), and findings about the designs.

    `area`: the polygon in a metric plane in which stations may stand. Trials of each design have seeds of their own.
    """
    how = how or How()
    rows: list[tuple[float | int | None, ...]] = []
    said: list[pl.DataFrame] = []
    for spacing in spacings:
        xy = how.layout(area, spacing)
        for count in nights:
            session = planned(xy, count, assumed, how.habitat)
            whole = design([session], assumed.model)
            numbers = expected(whole, link_values(whole, assumed.values()))
            seed = how.seed + len(rows)
            tried = trials(session, assumed, how.trials, seed, workers=how.workers) if how.trials else None
            rows.append(_row(spacing, count, len(xy), numbers, tried))
            said += _said(len(rows) + 1, spacing, xy, numbers, assumed, tried)
    return pl.DataFrame(rows, schema=PLAN, orient="row"), findings.join(said)


def _row(
    spacing: float, nights: int, stations: int, numbers: Expected, tried: Trials | None
) -> tuple[float | int | None, ...]:
    simulated = (None,) * 5 if tried is None else (tried.count, tried.failed, tried.rse, tried.bias, tried.coverage)
    seen = (numbers.animals, numbers.detections, numbers.recaptures, numbers.moved, numbers.movements, numbers.rse)
    return (spacing, nights, stations, stations * nights, *seen, *simulated)


def _said(
    row: int, spacing: float, xy: Floats, numbers: Expected, assumed: Assumed, tried: Trials | None
) -> list[pl.DataFrame]:
    found = []
    if min(numbers.animals, numbers.recaptures) < FEW:
        seen, again = f"{numbers.animals:.1f}", f"{numbers.recaptures:.1f}"
        found.append(findings.finding("scr-plan-few-animals", table="plan", row=row, value=seen, recaptures=again))
    if spacing > WIDE * assumed.sigma:
        wide = f"{spacing / assumed.sigma:.1f}"
        found.append(findings.finding("scr-plan-too-wide", table="plan", row=row, column="spacing", value=wide))
    extent = float(np.ptp(xy, axis=0).max())
    if extent < NARROW * assumed.sigma:
        value = f"{extent / assumed.sigma:.1f}"
        found.append(findings.finding("scr-plan-too-narrow", table="plan", row=row, column="spacing", value=value))
    if tried is not None and tried.failed:
        value = str(tried.failed)
        found.append(findings.finding("scr-plan-trials-failed", table="plan", row=row, value=value, trials=tried.count))
    return found
