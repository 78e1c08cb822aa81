"""The map of density: cells in colour, the border, the coast, and the stations it was estimated from.

The map shows no place that the report's other maps do not: the cells lie around its stations. Where no station may be
drawn, no cell is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, inf, isfinite, log10, radians

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from tumen.report import drawing
from tumen.report.figure import Figure, slug
from tumen.report.ground import (
    KM_PER_DEGREE,
    Frame,
    Sheet,
    draw_graticule,
    draw_ground,
    draw_names,
    draw_scale,
    frame_around,
    outline,
)
from tumen.report.legend import Entry, dot, draw_key, heading, line
from tumen.report.locator import draw_locator
from tumen.report.palette import INK, PAPER, SOFT_INK, mix
from tumen.report.places import drawable, not_shown, usable
from tumen.report.population import file_name, section_name, table
from tumen.report.population_cells import measure, name_of
from tumen.report.source import ReportSource
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

MAPS = 4
"""Sessions that have a map each; the tables have them all."""

_KEY = 1.72
_LEFT, _BOTTOM, _TOP = 0.24, 0.26, 0.06
_CLASSES = 7
_PALE, _DEEP = 0.02, 0.86
"""The part of the colour scale that is used: never paper white, never ink black."""
_OVERLAP = 1.04
"""Cells are drawn a little larger than they are, so that no hairline parts them."""

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Content:
    """One map: its cells with `value`, what that is, the limits of its classes, stations, frame, points left out."""

    cells: pl.DataFrame
    quantity: str
    limits: tuple[float, ...]
    stations: pl.DataFrame
    frame: Frame
    unplaced: int
    hidden: int


def draw_density_maps(answer: Answer, source: ReportSource, sheet: Sheet) -> tuple[Figure, ...]:
    """Return a map for each session; none where there is no surface, or no station to draw it around."""
    surface = table(answer, "surface").filter(usable())
    quantity = next((name for name in ("realised", "expected") if surface[name].is_finite().any()), None)
    stations, left_out = drawable(source.stations)
    if quantity is None or stations.is_empty():
        return ()
    cells = surface.with_columns(value=pl.col(quantity))
    limits = _limits([value for value in cells["value"] if value is not None and isfinite(value)])
    sessions = cells["session"].unique(maintain_order=True).to_list()
    figures = []
    for number, session in enumerate(sessions[:MAPS], 1):
        mine = cells.filter(pl.col("session").eq_missing(pl.lit(session, pl.String)))
        frame = frame_around(mine["longitude"].to_list(), mine["latitude"].to_list(), tall=(0.6, 0.92))
        content = _Content(mine, quantity, limits, stations, frame, left_out, len(sessions) - MAPS)
        name = f"{section_name(answer)}-map" + (f"-{number}-{slug(str(session))}" if len(sessions) > 1 else "")
        figures.append(_figure(answer, sheet, content, (name, session if len(sessions) > 1 else None)))
    return tuple(figures)


def _figure(answer: Answer, sheet: Sheet, content: _Content, title: tuple[str, str | None]) -> Figure:
    words, (name, session) = sheet.words, title
    wide = drawing.WIDTH - _LEFT - _KEY - 0.16
    high = wide * content.frame.tall
    size = (drawing.WIDTH, high + _BOTTOM + _TOP)

    def draw(canvas: Canvas) -> None:
        axes = drawing.inches(canvas, (_LEFT, _BOTTOM, wide, high))
        land = draw_ground(axes, sheet, content.frame)
        _draw_cells(axes, content)
        edge = mix(SOFT_INK, PAPER, 0.7)
        for shape in land.values():
            axes.add_patch(PathPatch(outline(shape), facecolor="none", edgecolor=edge, lw=0.4, zorder=1.9))
        draw_graticule(axes, content.frame, words)
        _draw_stations(axes, content.stations)
        draw_names(axes, land, sheet, _crowded(content))
        draw_scale(axes, content.frame, words)
        place = {"loc": "upper left", "bbox_to_anchor": (1 - (_KEY - 0.04) / drawing.WIDTH, 1 - _TOP / size[1])}
        draw_key(canvas, _key(content, words, border=bool(sheet.atlas.region.border)), place, chars=24)
        corner = (drawing.WIDTH - _KEY + 0.04, _BOTTOM, _KEY - 0.1)
        draw_locator(canvas, corner, sheet, content.frame)

    caption, alternative = _words(answer, words, content, session)
    svg = drawing.render(name, size, draw, words.language)
    return Figure(name, section_name(answer), caption, alternative, svg, (file_name(answer, "surface"), "stations"))


def _limits(values: Sequence[float]) -> tuple[float, ...]:
    """Return round limits of the classes, from 0 up; the last class is open, so that a few peaks do not hide the rest.

    >>> _limits([0.0, 0.4, 0.9, 1.3])
    (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, inf)
    >>> _limits([0.0, 0.0])
    (0.0, inf)
    """
    high = float(np.quantile(values, 0.99))
    if high <= 0:
        high = max(values)
    if high <= 0:
        return (0.0, inf)
    power = 10.0 ** floor(log10(high / _CLASSES))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if high <= size * power * _CLASSES)
    count = max(int(np.ceil(round(high / step, 9))) - 1, 1)
    return (*(round(float(step * k), 9) for k in range(count + 1)), inf)


def _colours(limits: Sequence[float]) -> list[str]:
    """Return a colour for each class, pale to deep, of even steps to the eye in colour and in grey."""
    scale = mpl.colormaps["magma_r"]
    count = len(limits) - 1
    return [to_hex(scale(float(share))) for share in np.linspace(_PALE, _DEEP, max(count, 2))][:count]


def _draw_cells(axes: Axes, content: _Content) -> None:
    """Draw each class as one shape: small, and without seams between the cells."""
    squares = _squares(content.cells)
    value = content.cells["value"].fill_null(np.nan).to_numpy()
    for low, high, colour in zip(content.limits, content.limits[1:], _colours(content.limits), strict=False):
        mine = squares[(value >= low) & (value < high)]
        if mine.size:
            axes.add_patch(PathPatch(outline(_joined(mine)), facecolor=colour, edgecolor="none", lw=0, zorder=1.6))
    unknown = squares[~np.isfinite(value)]
    if unknown.size:
        look = {"facecolor": PAPER, "edgecolor": mix(SOFT_INK, PAPER, 0.5), "hatch": "xxxx", "lw": 0.3}
        axes.add_patch(PathPatch(outline(_joined(unknown)), zorder=1.6, **look))


def _joined(squares: npt.NDArray[np.object_]) -> BaseGeometry:
    return shapely.union_all(squares)


def _squares(cells: pl.DataFrame) -> npt.NDArray[np.object_]:
    """Return the cells as squares on the ground, turned as the grid of their plane is turned against the meridians."""
    lon, lat = cells["longitude"].to_numpy(), cells["latitude"].to_numpy()
    squeeze = np.cos(np.radians(lat))
    side, turn = _grid(lon, lat, cells["areaKm2"])
    half = side * _OVERLAP / 2 / KM_PER_DEGREE * 2**0.5
    corners = np.radians(45 + 90 * np.arange(4)) + turn
    x = lon[:, None] + half * np.cos(corners)[None, :] / squeeze[:, None]
    y = lat[:, None] + half * np.sin(corners)[None, :]
    return np.asarray(shapely.polygons(np.stack((x, y), axis=2)))


def _grid(lon: _Array, lat: _Array, area: pl.Series) -> tuple[float, float]:
    """Return the side of a cell in km and the turn of the grid in radians, from how near neighbours lie."""
    given = area.drop_nulls()
    side = float(np.sqrt(given.max())) if given.len() else 0.0  # type: ignore[arg-type]
    if lon.size < 2:
        return side or 1.0, 0.0
    scale = cos(radians(float(np.median(lat))))
    points = np.column_stack((lon * scale, lat)) * KM_PER_DEGREE
    away, who = (np.asarray(found) for found in cKDTree(points).query(points, k=2))
    step = points[who[:, 1]] - points
    # A grid looks the same after a quarter turn: four times the angle is free of that, and can be averaged.
    angle = np.exp(4j * np.arctan2(step[:, 1], step[:, 0])).mean()
    return side or float(np.median(away[:, 1])), float(np.angle(angle) / 4)


def _draw_stations(axes: Axes, stations: pl.DataFrame) -> None:
    silent = stations.filter(pl.col("cameraDays") == 0)
    stood = stations.filter(pl.col("cameraDays").is_null() | (pl.col("cameraDays") > 0))
    axes.scatter(silent["longitude"], silent["latitude"], s=13, marker="x", color=INK, linewidths=0.8, zorder=4)
    axes.scatter(
        stood["longitude"],
        stood["latitude"],
        s=11,
        marker="o",
        facecolor=PAPER,
        edgecolor=INK,
        linewidths=0.6,
        zorder=5,
    )


def _crowded(content: _Content) -> tuple[_Array, _Array]:
    """Return where no name should stand: on stations, and on dark cells."""
    deep = content.cells.filter(pl.col("value") >= content.limits[min(1, len(content.limits) - 2)])
    deep = deep.gather_every(max(1, deep.height // 300))
    both = [content.stations.select("longitude", "latitude"), deep.select("longitude", "latitude")]
    points = pl.concat(both)
    return points["longitude"].to_numpy(), points["latitude"].to_numpy()


def _key(content: _Content, words: Words, *, border: bool) -> list[Entry]:
    entries = [heading(words.text("Animals per 100 km²"))]
    spans = list(zip(content.limits, content.limits[1:], _colours(content.limits), strict=False))
    for low, high, colour in reversed(spans):
        label = f"{words.exact(low)}–{words.exact(high)}" if isfinite(high) else f"≥\u00a0{words.exact(low)}"
        entries.append(Entry(label, Patch(facecolor=colour, edgecolor=INK, lw=0.3)))
    if not content.cells["value"].is_finite().fill_null(value=False).all():
        hatched = Patch(facecolor=PAPER, edgecolor=mix(SOFT_INK, PAPER, 0.5), hatch="xxxxxx", lw=0.3)
        entries.append(Entry(words.text("not estimable"), hatched))
    entries += [heading(words.text("Stations")), Entry(words.text("station"), dot("o", face=PAPER, size=3.8))]
    if (content.stations["cameraDays"] == 0).any():
        cross = Line2D([], [], linestyle="none", marker="x", color=INK, markersize=3.8, mew=0.8)
        entries.append(Entry(words.text("never operated in the period"), cross))
    if border:
        entries += [heading(words.text("Lines")), Entry(words.text("border"), line(INK, 0.9, dashes=(5, 1.6, 1, 1.6)))]
    return entries


def _words(answer: Answer, words: Words, content: _Content, session: str | None) -> tuple[str, str]:
    species = name_of(words, answer)
    said = (
        words.text(
            "{species}: density of centres of activity, given who was detected where. A dark spot is where an animal "
            "that was seen has its centre; it is not where every animal of the area is.",
            species=species,
        )
        if content.quantity == "realised"
        else words.text("{species}: the density of centres of activity that the model expects.", species=species)
    )
    caption = words.text("Session {session}.", session=session) + " " + said if session is not None else said
    if session is not None and content.hidden > 0:
        caption += " " + words.text("Shown: the first {count} sessions; the table has them all.", count=MAPS)
    largest = content.cells["value"].max()
    alternative = words.text(
        "Map of density: {cells} cells, up to {largest} animals per 100 km²; stations: {stations}.",
        cells=content.cells.height,
        largest=measure(words, largest if isinstance(largest, float) else None),
        stations=content.stations.height,
    )
    return caption + not_shown(words, content.frame.outside, content.unplaced), alternative
