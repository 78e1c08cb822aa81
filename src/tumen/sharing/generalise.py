"""How exactly is a place or a time told?

A place is told as the centre of a cell of one fixed grid over the whole Earth, whose cells are 1, 0.1, 0.01 and 0.001
degree wide (categories 1 to 4 of Chapman 2020, Current Best Practices for Generalizing Sensitive Species Occurrence
Data). Cells of a finer category lie wholly in one of the coarser, and nothing is random: neither averaging nor laying
views over each other tells more than the finest cell. A time is told as the month or the year it lies in.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.measure.geodesy import distances

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

GRID = "tumen-grid/1"
"""Name of the grid: whole degrees are edges of every category. A ledger refuses to mix grids."""

WIDTHS = {1: 1.0, 2: 0.1, 3: 0.01, 4: 0.001}
"""Degrees of a cell by category."""
UNITS = {1: 1000, 2: 100, 3: 10, 4: 1}
"""Width of a cell in cells of the finest category."""
QUANTA = {1: 10_000, 2: 1_000, 3: 100, 4: 10}
"""Metres that a stated radius is rounded up to, so that it does not tell places apart."""
ASSUMED_UNCERTAINTY = 30.0
"""Metres by which coordinates without a stated uncertainty are taken to be uncertain."""
PERIODS = {"month": "1mo", "year": "1y", "day": "1d"}


def anchors(lon: Numbers, lat: Numbers) -> tuple[Indices, Indices]:
    """Return the column and row of the finest cell that holds each point; -1 where a point is no place.

    A point on an edge belongs to the cell east or north of it; at the poles and at 180 degrees to the last cell.

    >>> [index.tolist() for index in anchors(np.array([131.22017]), np.array([43.10422]))]
    [[311220], [133104]]
    """
    placed = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    column, row = (
        # Whole numbers of 1e-7 degree (1 cm): so 0.29 is never a hair below itself.
        np.clip(np.rint((np.where(placed, value, 0.0) + half) * 1e7).astype(np.int64) // 10_000, 0, last)
        for value, half, last in ((lon, 180, 359_999), (lat, 90, 179_999))
    )
    return np.where(placed, column, -1), np.where(placed, row, -1)


def centres(column: Indices, row: Indices, category: int) -> tuple[Numbers, Numbers]:
    """Return longitude and latitude of the centre of the cell of a category; NaN where there is no place.

    >>> [float(value[0]) for value in centres(np.array([311220]), np.array([133104]), 3)]
    [131.225, 43.105]
    """
    unit = _unit(category)
    lon, lat = (
        np.where(index < 0, np.nan, np.round((index // unit + 0.5) * unit / 1000 - half, 4))
        for index, half in ((column, 180), (row, 90))
    )
    return lon, lat


def radius(lon: Numbers, lat: Numbers, category: int, beyond: Numbers) -> Numbers:
    """Return a radius (m) around each centre that surely holds the cell and `beyond` (m) of it, rounded up.

    The same for all points of a cell, so it does not tell where in the cell they lie.

    >>> radius(np.array([131.225]), np.array([43.105]), 3, np.array([30.0])).tolist()
    [800.0]
    """
    half = WIDTHS[category] / 2
    _unit(category)
    corners = [
        distances(lon, lat, lon + east * half, np.clip(lat + north * half, -90, 90))
        for east in (-1, 1)
        for north in (-1, 1)
    ]
    return rounded_up(np.max(corners, axis=0) + beyond, QUANTA[category])


def rounded_up(metres: Numbers, step: float) -> Numbers:
    """Return distances rounded up to a multiple of a step; 0 stays 0 and NaN stays NaN.

    >>> rounded_up(np.array([0.0, 1.0, 1000.0, 1000.5]), 1000).tolist()
    [0.0, 1000.0, 1000.0, 2000.0]
    """
    if not step > 0:
        raise MisuseError("a step above 0 m", Text("{step}", step=step), "Give the step of the policy.")
    rounded: Numbers = np.ceil(metres / step) * step
    return rounded


def _unit(category: int) -> int:
    if category not in UNITS:
        raise MisuseError("a category from 1 to 4", str(category), "See docs/methods/disclosure.md.")
    return UNITS[category]


def first_of(value: pl.Expr, period: str) -> pl.Expr:
    """Return the first instant (or day) of the period, "month" or "year" of UTC, in which a value lies.

    >>> from datetime import date
    >>> frame = pl.DataFrame({"d": [date(2014, 10, 26)]})
    >>> frame.select(first=first_of(pl.col("d"), "month"), last=last_day_of(pl.col("d"), "year")).row(0)
    (datetime.date(2014, 10, 1), datetime.date(2014, 12, 31))
    """
    return value.dt.truncate(PERIODS[period])


def last_day_of(value: pl.Expr, period: str) -> pl.Expr:
    """Return the last day of the period in which a day lies."""
    return value.dt.truncate(PERIODS[period]).dt.offset_by(PERIODS[period]).dt.offset_by("-1d")


def last_second_of(value: pl.Expr, period: str) -> pl.Expr:
    """Return the last second of the period in which an instant lies."""
    return value.dt.truncate(PERIODS[period]).dt.offset_by(PERIODS[period]).dt.offset_by("-1s")
