"""The effort map: it tells "a camera stood here and did not see it" from "no camera stood here"."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np
import polars as pl
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from shapely.geometry.base import BaseGeometry

from tumen.report import drawing
from tumen.report.figure import Figure
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
from tumen.report.legend import Entry, dot, draw_key, line
from tumen.report.palette import INK, PAPER, SOFT_INK, mix
from tumen.report.places import drawable, not_shown
from tumen.report.source import ReportSource
from tumen.report.words.render import Words

_CELLS = (1, 2, 5, 10, 20, 50, 100, 200)
_MOST_ACROSS = 16
_LEFT, _GAP, _BOTTOM, _TITLE = 0.24, 0.18, 0.26, 0.24


@dataclass(frozen=True)
class _Panel:
    """One species on the map: which stations saw it, of those with a place."""

    scientific: str
    stations: pl.DataFrame  # with `seen` (bool)


def draw_effort(source: ReportSource, sheet: Sheet) -> tuple[Figure, ...]:
    """Return the effort maps, two species to a figure; none if no camera has a place."""
    stations, left_out = drawable(source.stations)
    if stations.is_empty():
        return ()
    frame = frame_around(stations["longitude"].to_list(), stations["latitude"].to_list(), tall=(0.72, 1.35))
    panels = [_panel(source, stations, species) for species in source.species]
    pairs = [panels[k : k + 2] for k in range(0, len(panels), 2)]
    return tuple(
        _figure(source, sheet, (frame, pair, "effort" if len(pairs) == 1 else f"effort-{number}", left_out))
        for number, pair in enumerate(pairs, 1)
    )


def cell_size(kilometres: float) -> int:
    """Return the side of a grid cell in km: 10, unless the map is so wide or narrow that it would say nothing.

    >>> [cell_size(k) for k in (12, 90, 240, 900)]
    [1, 10, 20, 100]
    """
    return next((size for size in _CELLS if kilometres / size <= _MOST_ACROSS), _CELLS[-1])


def _panel(source: ReportSource, stations: pl.DataFrame, species: str) -> _Panel:
    saw = source.sightings.filter((pl.col("scientificName") == species) & (pl.col("detections") > 0))
    return _Panel(species, stations.with_columns(seen=pl.col("place").is_in(saw["place"].to_list())))


def _figure(source: ReportSource, sheet: Sheet, drawn: tuple[Frame, list[_Panel], str, int]) -> Figure:
    frame, panels, name, left_out = drawn
    words = sheet.words
    several = len(panels) > 1
    wide = (drawing.WIDTH - _LEFT - _GAP - 0.05) / 2 if several else 4.4
    high = wide * frame.tall
    entries = _key(source, panels, words, cell_size(frame.kilometres))
    key_high = 0.62 if several else 0.0
    size = (drawing.WIDTH, high + _BOTTOM + _TITLE + key_high)

    def draw(canvas: Canvas) -> None:
        for column, panel in enumerate(panels):
            box = (_LEFT + column * (wide + _GAP), _BOTTOM + key_high, wide, high)
            axes = drawing.inches(canvas, box)
            land = draw_ground(axes, sheet, frame)
            _hatch_cells(axes, frame, panel.stations, land)
            draw_graticule(axes, frame, words, left=column == 0)
            _draw_cameras(axes, panel.stations)
            places = (panel.stations["longitude"].to_numpy(), panel.stations["latitude"].to_numpy())
            draw_names(axes, land, sheet, places)
            draw_scale(axes, frame, words)
            _title(axes, words, panel.scientific)
        place = (
            {"loc": "lower left", "bbox_to_anchor": (_LEFT / size[0], 0.02 / size[1]), "ncols": 2, "columnspacing": 2.0}
            if several
            else {"loc": "upper left", "bbox_to_anchor": ((_LEFT + wide + 0.2) / size[0], 1 - _TITLE / size[1])}
        )
        draw_key(canvas, entries, place, chars=52 if several else 27)

    caption, alternative = _words(panels, words, cell_size(frame.kilometres))
    caption += not_shown(words, frame.outside, left_out)
    svg = drawing.render(name, size, draw, sheet.words.language)
    return Figure(
        name,
        "effort",
        caption,
        alternative,
        svg,
        ("stations", "sightings"),
    )


def _title(axes: Axes, words: Words, scientific: str) -> None:
    name = words.species(scientific)
    title = name.plain[:1].upper() + name.plain[1:]
    axes.set_title(title, loc="left", fontsize=drawing.LARGE, pad=4, style="normal" if name.common else "italic")


def _hatch_cells(axes: Axes, frame: Frame, stations: pl.DataFrame, land: Mapping[str, BaseGeometry]) -> None:
    """Hatch the cells of the land in which no camera operated (nor was of unknown effort)."""
    if not land:
        return
    high = cell_size(frame.kilometres) / KM_PER_DEGREE
    wide = high / frame.squeeze
    stood = stations.filter(pl.col("cameraDays").is_null() | (pl.col("cameraDays") > 0))
    column = np.floor(stood["longitude"].to_numpy() / wide).astype(int)
    row = np.floor(stood["latitude"].to_numpy() / high).astype(int)
    taken = set(zip(column.tolist(), row.tolist(), strict=True))
    empty = [
        shapely.box(c * wide, r * high, (c + 1) * wide, (r + 1) * high)
        for c in range(floor(frame.west / wide), ceil(frame.east / wide))
        for r in range(floor(frame.south / high), ceil(frame.north / high))
        if (c, r) not in taken
    ]
    unwatched = shapely.intersection(shapely.union_all(empty), shapely.union_all(list(land.values())))
    look: dict[str, Any] = {"facecolor": "none", "edgecolor": mix(SOFT_INK, PAPER, 0.55), "hatch": "////", "lw": 0.3}
    axes.add_patch(PathPatch(outline(unwatched), zorder=1.8, **look))


def _draw_cameras(axes: Axes, stations: pl.DataFrame) -> None:
    looks: tuple[tuple[pl.Expr, dict[str, Any]], ...] = (
        ((pl.col("cameraDays") > 0) & ~pl.col("seen"), {"marker": "o", "s": 15, "facecolor": PAPER, "edgecolor": INK}),
        (pl.col("seen"), {"marker": "o", "s": 19, "facecolor": INK, "edgecolor": PAPER}),
        ((pl.col("cameraDays") == 0) & ~pl.col("seen"), {"marker": "x", "s": 14, "color": INK}),
        (pl.col("cameraDays").is_null() & ~pl.col("seen"), {"marker": "o", "s": 4, "color": SOFT_INK}),
    )
    for order, (which, look) in enumerate(looks):
        chosen = stations.filter(which)
        if chosen.height:
            axes.scatter(chosen["longitude"], chosen["latitude"], linewidths=0.7, zorder=4 + order, **look)


def _key(source: ReportSource, panels: list[_Panel], words: Words, cell: int) -> list[Entry]:
    stations = panels[0].stations
    hatched = Patch(facecolor="none", edgecolor=mix(SOFT_INK, PAPER, 0.55), hatch="//////", lw=0.3)
    entries = [
        Entry(words.text("camera operated and saw the species"), dot("o", face=INK, edge=PAPER, size=5.4)),
        Entry(words.text("camera operated and did not see it"), dot("o", face=PAPER, size=4.4)),
    ]
    if (stations["cameraDays"] == 0).any():
        cross = Line2D([], [], linestyle="none", marker="x", color=INK, markersize=3.8, mew=0.8)
        entries.append(Entry(words.text("camera never operated in the period"), cross))
    if stations["cameraDays"].null_count():
        look = Line2D([], [], linestyle="none", marker="o", color=SOFT_INK, markersize=2)
        entries.append(Entry(words.text("effort unknown"), look))
    if source.region.countries:
        entries.append(Entry(words.text("no camera stood in this cell of {cell} km", cell=cell), hatched))
    if source.region.border:
        entries.append(Entry(words.text("border"), line(INK, 0.9, dashes=(5, 1.6, 1, 1.6))))
    return entries


def _words(panels: list[_Panel], words: Words, cell: int) -> tuple[str, str]:
    caption = words.text(
        "Where cameras stood and what they saw. In a hatched cell of {cell} km no camera stood: nothing is known "
        "there. A filled dot is a camera that saw the species, whether or not anyone recognised the animal; a hollow "
        "dot is a camera that operated and did not see it.",
        cell=cell,
    )
    parts = [
        words.text(
            "{species}: stations that saw it: {seen}; all stations: {stations}.",
            species=words.species(panel.scientific).plain,
            seen=int(panel.stations["seen"].sum()),
            stations=panel.stations.height,
        )
        for panel in panels
    ]
    return caption, " ".join(parts)
