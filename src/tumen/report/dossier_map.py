"""The sites of a dossier on a map: outlines where they are known, points where they are not."""

from dataclasses import dataclass

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from tumen.report import drawing
from tumen.report.dossier_cells import country_name
from tumen.report.figure import Figure
from tumen.report.ground import (
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
from tumen.report.palette import INK, PAPER, mix
from tumen.report.places import not_shown, usable
from tumen.waterbirds.dossier import Dossier

NAMED = 16
"""Sites whose names stand beside the map; the others have their numbers, in the order of the sections on fields."""

_KEY = 1.72
_LEFT, _BOTTOM, _TOP = 0.24, 0.26, 0.06


@dataclass(frozen=True)
class _Place:
    """One site: its number on the map, name, country, point and outline."""

    number: int
    name: str
    country: str
    point: tuple[float, float] | None
    shape: BaseGeometry | None


def draw_sites(made: Dossier, sheet: Sheet) -> Figure | None:
    """Return the map of the sites shown; None if none of them has a place."""
    places = _places(made)
    placed = [place for place in places if place.point or place.shape is not None]
    if not placed:
        return None
    words, palette = sheet.words, sheet.palette
    frame = _frame(placed)
    wide = drawing.WIDTH - _LEFT - _KEY - 0.16
    high = wide * frame.tall
    size = (drawing.WIDTH, high + _BOTTOM + _TOP)

    def draw(canvas: Canvas) -> None:
        axes = drawing.inches(canvas, (_LEFT, _BOTTOM, wide, high))
        land = draw_ground(axes, sheet, frame)
        draw_graticule(axes, frame, words)
        crowded = [_middle(place) for place in placed]
        taken = shapely.union_all([place.shape for place in placed if place.shape is not None and place.shape.is_valid])
        free = {code: shape.difference(taken) for code, shape in land.items()}
        for place in placed:
            _draw_place(axes, place, palette.country(place.country or None))
        draw_names(axes, free, sheet, (np.array([x for x, _ in crowded]), np.array([y for _, y in crowded])))
        draw_scale(axes, frame, words)
        place_of_key = {"loc": "upper left", "bbox_to_anchor": (1 - (_KEY - 0.04) / drawing.WIDTH, 1 - _TOP / size[1])}
        draw_key(canvas, _key(placed, sheet), place_of_key, chars=24)
        draw_locator(canvas, (drawing.WIDTH - _KEY + 0.04, _BOTTOM, _KEY - 0.1), sheet, frame)

    caption = words.text("The sites of this dossier. A shape is the outline that its owner gave; a point has none.")
    caption += not_shown(words, frame.outside, len(places) - len(placed))
    alternative = words.text("Map of {count} sites.", count=len(placed))
    svg = drawing.render("dossier-map", size, draw, words.language)
    return Figure("dossier-map", "map", caption, alternative, svg, ())


def _places(made: Dossier) -> list[_Place]:
    sites = made.tables["sites"].with_columns(usable())
    found = []
    for number, row in enumerate(sites.iter_rows(named=True), 1):
        point = (row["longitude"], row["latitude"]) if row["usable"] else None
        found.append(_Place(number, row["siteName"] or row["place"], row["country"], point, _shape(row["outline"])))
    return found


def _shape(text: str | None) -> BaseGeometry | None:
    if not text:
        return None
    try:
        shape = shapely.from_wkt(text)
    except ShapelyError:
        return None
    return None if shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon") else shape


def _middle(place: _Place) -> tuple[float, float]:
    if place.shape is not None:
        inside = place.shape.representative_point()
        return (float(inside.x), float(inside.y))
    return place.point or (0.0, 0.0)


def _frame(places: list[_Place]) -> Frame:
    lon, lat = [], []
    for place in places:
        if place.point:
            lon.append(place.point[0])
            lat.append(place.point[1])
        if place.shape is not None:
            west, south, east, north = place.shape.bounds
            lon += [west, east]
            lat += [south, north]
    return frame_around(lon, lat, tall=(0.72, 1.1))


def _draw_place(axes: Axes, place: _Place, colour: str) -> None:
    if place.shape is not None:
        axes.add_patch(
            PathPatch(outline(place.shape), facecolor=mix(colour, PAPER, 0.45), edgecolor=colour, lw=1.0, zorder=3)
        )
    x, y = _middle(place)
    if place.shape is None:
        axes.plot([x], [y], marker="o", markersize=6, mfc=colour, mec=INK, mew=0.5, zorder=4)
    axes.annotate(
        str(place.number),
        (x, y),
        xytext=(0, 0) if place.shape is not None else (5, 4),
        textcoords="offset points",
        fontsize=drawing.LARGE,
        fontweight="bold",
        ha="center" if place.shape is not None else "left",
        va="center" if place.shape is not None else "bottom",
        zorder=5,
    )


def _key(places: list[_Place], sheet: Sheet) -> list[Entry]:
    words, palette = sheet.words, sheet.palette
    entries = [heading(words.text("Sites"))]
    entries += [Entry(f"{place.number}  {place.name}") for place in places[:NAMED]]
    if len(places) > NAMED:
        entries.append(Entry(words.text("… and {count} more", count=len(places) - NAMED)))
    entries.append(heading(words.text("Colour: country")))
    for code in sorted({place.country for place in places}):
        colour = palette.country(code or None)
        look: Patch | Line2D = Patch(facecolor=mix(colour, PAPER, 0.45), edgecolor=colour, lw=0.8)
        if not any(place.country == code and place.shape is not None for place in places):
            look = dot("o", face=colour)
        entries.append(Entry(country_name(words, code), look))
    if sheet.atlas.region.border:
        entries += [heading(words.text("Lines")), Entry(words.text("border"), line(INK, 0.9, dashes=(5, 1.6, 1, 1.6)))]
    return entries
