"""The little map that says where in the world the large one lies."""

import shapely
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import PathPatch, Rectangle

from tumen.report import drawing
from tumen.report.ground import Frame, Sheet, outline
from tumen.report.palette import INK, PAPER, SEA, SOFT_INK, mix

_ZOOM = 7.0


def draw_locator(canvas: Canvas, box: tuple[float, float, float], sheet: Sheet, frame: Frame) -> None:
    """Draw the land around the frame, the frame marked; `box` is left, bottom and width in inches.

    Nothing is drawn where the polygons end near the frame, or do not reach it: a locator cut off by its own data would
    mislead.
    """
    region = sheet.atlas.region
    if not region.countries:
        return
    wide = _around(frame)
    bounds = shapely.total_bounds(list(region.countries.values()))
    if bounds[2] - bounds[0] < 2.5 * (frame.east - frame.west):
        return
    west, east = max(wide.west, bounds[0]), min(wide.east, bounds[2])
    south, north = max(wide.south, bounds[1]), min(wide.north, bounds[3])
    if max(west, frame.west) >= min(east, frame.east) or max(south, frame.south) >= min(north, frame.north):
        return
    shown = Frame(west, south, east, north)
    left, bottom, width = box
    axes = drawing.inches(canvas, (left, bottom, width, width * min(shown.tall, 1.1)))
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_facecolor(SEA)
    axes.set_xticks([])
    axes.set_yticks([])
    edge = mix(SOFT_INK, PAPER, 0.6)
    for code, land in sheet.atlas.land(shown).items():
        axes.add_patch(PathPatch(outline(land), facecolor=sheet.palette.land(code), edgecolor=edge, lw=0.35))
    corner = (frame.west, frame.south)
    size = (frame.east - frame.west, frame.north - frame.south)
    axes.add_patch(Rectangle(corner, *size, facecolor="none", edgecolor=INK, lw=0.9, zorder=3))


def _around(frame: Frame) -> Frame:
    lon, lat = (frame.west + frame.east) / 2, (frame.south + frame.north) / 2
    half_lon, half_lat = (frame.east - frame.west) * _ZOOM / 2, (frame.north - frame.south) * _ZOOM / 2
    return Frame(lon - half_lon, max(lat - half_lat, -89.0), lon + half_lon, min(lat + half_lat, 89.0))
