"""The ground under every map: land, borders, graticule, scale, at the right aspect for the latitude."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, log10, radians

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from tumen.report.drawing import NORMAL, SMALL
from tumen.report.palette import INK, PAPER, SEA, SOFT_INK, Palette, mix
from tumen.report.source import Region
from tumen.report.words.render import Words

KM_PER_DEGREE = 111.195
"""Kilometres in one degree of a great circle of the mean Earth; drawing only, no figure in a table comes from it."""
_FAR = 12.0
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 45, 90)
_FINE, _SMALLEST = 1500, 160
"""Parts of a map's width: how finely lines are kept, and how wide the smallest pond is."""
_Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """What a map shows: degrees west, south, east, north; and how many points lie outside of it."""

    west: float
    south: float
    east: float
    north: float
    outside: int = 0

    @property
    def squeeze(self) -> float:
        """Width of a degree of longitude relative to one of latitude, at the middle of the map."""
        return max(cos(radians((self.south + self.north) / 2)), 0.05)

    @property
    def tall(self) -> float:
        """Height over width, on the ground."""
        return (self.north - self.south) / ((self.east - self.west) * self.squeeze)

    @property
    def kilometres(self) -> float:
        """Width on the ground."""
        return (self.east - self.west) * self.squeeze * KM_PER_DEGREE


def frame_around(longitude: Sequence[float], latitude: Sequence[float], *, tall: tuple[float, float]) -> Frame:
    """Return a frame around points, `tall` giving the least and greatest height over width.

    One wrong coordinate must not shrink the study to a dot: points more than 12 times as far from the middle as
    nine tenths of the others are left outside, and counted.

    >>> frame_around([130, 131], [42, 43], tall=(0.8, 1.2)).outside
    0
    >>> frame_around([*np.linspace(130, 131, 20), 0], [*np.linspace(42, 43, 20), 0], tall=(0.8, 1.2)).outside
    1
    """
    lon, lat = np.asarray(longitude, dtype=float), np.asarray(latitude, dtype=float)
    squeeze = max(cos(radians(float(np.median(lat)))), 0.05)
    away = np.hypot((lon - np.median(lon)) * squeeze, lat - np.median(lat))
    near = away <= max(_FAR * float(np.quantile(away, 0.9)), 0.05)
    west, east, south, north = lon[near].min(), lon[near].max(), lat[near].min(), lat[near].max()
    wide, high = max((east - west) * squeeze, 0.06) * 1.16, max(north - south, 0.06) * 1.16
    wide, high = max(wide, high / tall[1]), max(high, wide * tall[0])
    middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
    half_lon, half_lat = wide / squeeze / 2, high / 2
    return Frame(
        float(middle_lon - half_lon),
        float(middle_lat - half_lat),
        float(middle_lon + half_lon),
        float(middle_lat + half_lat),
        int((~near).sum()),
    )


class Atlas:
    """The region's land and borders, cut and thinned for each frame once, however many maps show it."""

    def __init__(self, region: Region) -> None:
        """Keep the region; nothing is cut before a map asks."""
        self.region = region
        self._land: dict[Frame, Mapping[str, BaseGeometry]] = {}

    def land(self, frame: Frame) -> Mapping[str, BaseGeometry]:
        """Return the land of each country inside the frame, without ponds and islets too small to be seen."""
        if frame not in self._land:
            wide = frame.east - frame.west
            box = (frame.west, frame.south, frame.east, frame.north)
            cut = {code: shapely.clip_by_rect(shape, *box) for code, shape in sorted(self.region.countries.items())}
            thin = {code: _visible(shape.simplify(wide / _FINE), wide) for code, shape in cut.items()}
            self._land[frame] = {code: shape for code, shape in thin.items() if not shape.is_empty}
        return self._land[frame]

    def borders(self, frame: Frame) -> list[BaseGeometry]:
        """Return the lines inside the frame."""
        box = (frame.west, frame.south, frame.east, frame.north)
        fine = (frame.east - frame.west) / _FINE
        return [shapely.clip_by_rect(line, *box).simplify(fine) for _, line in self.region.border]


@dataclass(frozen=True)
class Sheet:
    """What every figure is drawn with: words, colours and the ground."""

    words: Words
    palette: Palette
    atlas: Atlas


def draw_ground(axes: Axes, sheet: Sheet, frame: Frame) -> Mapping[str, BaseGeometry]:
    """Draw land, sea and borders; return the land of each country inside the frame."""
    axes.set_xlim(frame.west, frame.east)
    axes.set_ylim(frame.south, frame.north)
    axes.set_aspect(1 / frame.squeeze)
    land = sheet.atlas.land(frame)
    axes.set_facecolor(SEA if land else PAPER)
    edge = mix(SOFT_INK, PAPER, 0.45)
    for code, shape in land.items():
        axes.add_patch(PathPatch(outline(shape), facecolor=sheet.palette.land(code), edgecolor=edge, lw=0.35, zorder=1))
    for line in sheet.atlas.borders(frame):
        _draw_border(axes, line)
    return land


def draw_graticule(axes: Axes, frame: Frame, words: Words, *, left: bool = True, wanted: int = 4) -> None:
    """Draw meridians and parallels with their degrees; those of latitude only if `left`."""
    lons, lon_decimals = _ticks(frame.west, frame.east, wanted)
    lats, lat_decimals = _ticks(frame.south, frame.north, wanted)
    axes.set_xticks(lons, [_degrees(value, lon_decimals, words) for value in lons])
    axes.set_yticks(lats, [_degrees(value, lat_decimals, words) for value in lats] if left else [""] * len(lats))
    axes.grid(color=mix(SOFT_INK, PAPER, 0.35), linewidth=0.3, linestyle=(0, (1, 2.2)), zorder=1.5)
    axes.tick_params(length=2, width=0.4, pad=2)
    for label in axes.get_yticklabels():
        label.set_rotation(90)
        label.set_verticalalignment("center")


def draw_scale(axes: Axes, frame: Frame, words: Words) -> None:
    """Draw a bar of a round number of kilometres, true at the middle latitude."""
    length = _round_down(frame.kilometres * 0.28)
    share = length / frame.kilometres
    left, base, high = 0.03, 0.028, 0.011
    for start, colour in ((0.0, INK), (0.5, PAPER)):
        axes.add_patch(
            PathPatch(
                Path.unit_rectangle().transformed(
                    Affine2D().scale(share / 2, high).translate(left + share * start, base)
                ),
                facecolor=colour,
                edgecolor=INK,
                lw=0.4,
                transform=axes.transAxes,
                zorder=9,
            )
        )
    text = words.text("{length} km", length=words.number(length) if length >= 1 else words.number(length, 1))
    label = axes.text(left, base + high + 0.008, text, transform=axes.transAxes, fontsize=SMALL, zorder=9, va="bottom")
    label.set_bbox({"facecolor": PAPER, "alpha": 0.6, "edgecolor": "none", "pad": 0.6})


def draw_names(axes: Axes, land: Mapping[str, BaseGeometry], sheet: Sheet, crowded: tuple[_Array, _Array]) -> None:
    """Write each country's name where there is most room: far from edges and from the crowded points."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    frame = Frame(west, south, east, north)
    wide = axes.get_window_extent().width
    for code, shape in land.items():
        half = (len(sheet.words.country(code)) * 5.0 / 2 + 6) / wide
        spot = _roomiest(shape, crowded, frame, half)
        if spot is None:
            continue
        colour = mix(sheet.palette.country(code), INK, 0.65) if code in sheet.palette.countries else SOFT_INK
        axes.text(
            *spot,
            sheet.words.country(code),
            fontsize=NORMAL + 0.75,
            fontstyle="italic",
            color=colour,
            ha="center",
            va="center",
            zorder=3,
            clip_on=True,
        )


def _visible(shape: BaseGeometry, wide: float) -> BaseGeometry:
    least = (wide / _SMALLEST) ** 2
    parts = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and part.area >= least:
            rings = [ring for ring in part.interiors if Polygon(ring).area >= least]
            parts.append(Polygon(part.exterior, rings))
    return shapely.multipolygons(parts) if parts else Polygon()


def _draw_border(axes: Axes, line: BaseGeometry) -> None:
    for part in shapely.get_parts(line):
        if part.is_empty or part.geom_type != "LineString":
            continue
        lon, lat = np.asarray(part.coords).T
        axes.plot(lon, lat, color=PAPER, lw=2.4, alpha=0.85, zorder=2, solid_capstyle="butt")
        axes.plot(lon, lat, color=INK, lw=0.9, zorder=2.1, dashes=(5, 1.6, 1, 1.6))


def outline(shape: BaseGeometry) -> Path:
    """Return polygons, holes and all, as one path."""
    rings = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and not part.is_empty:
            rings += [np.asarray(ring.coords) for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*[Path(ring, closed=True) for ring in rings]) if rings else Path(np.empty((0, 2)))


def _roomiest(
    shape: BaseGeometry, crowded: tuple[_Array, _Array], frame: Frame, half: float
) -> tuple[float, float] | None:
    """Return the middle of the roomiest place for a name `half` as wide as this share of the frame."""
    if half >= 0.5:  # the name is wider than the map
        return None
    span, rise = frame.east - frame.west, frame.north - frame.south
    whole = shape
    shape = shapely.clip_by_rect(
        shape, frame.west + half * span, frame.south + 0.03 * rise, frame.east - half * span, frame.north - 0.03 * rise
    )
    # The lower left corner belongs to the scale.
    shape = shape.difference(shapely.box(frame.west, frame.south, frame.west + 0.34 * span, frame.south + 0.1 * rise))
    if shape.area == 0:
        return None
    west, south, east, north = shape.bounds
    lon, lat = (grid.ravel() for grid in np.meshgrid(np.linspace(west, east, 42), np.linspace(south, north, 42)))
    points = shapely.points(lon, lat)
    inside = shapely.contains(shape, points)
    if not inside.any():
        return None
    lon, lat, points = lon[inside], lat[inside], points[inside]
    # Both ends of a name should lie in its country, with room around; where the land is too narrow, its middle does.
    ends = [shapely.points(lon + side * half * span, lat) for side in (-1, 1)]
    held = shapely.contains(whole, ends[0]) & shapely.contains(whole, ends[1])
    room = shapely.distance(shape.boundary, points)
    if held.any():
        clear = np.minimum(*(shapely.distance(whole.boundary, end) for end in ends))
        room = np.where(held, np.minimum(room, clear), 0.0)
    # A name is three times as wide as high, so sideways room counts a third.
    for x, y in zip(*crowded, strict=True):
        room = np.minimum(room, np.hypot((lon - x) / 3, lat - y))
    best = int(np.argmax(room))
    return (float(lon[best]), float(lat[best])) if room[best] > rise * 0.012 else None


def _ticks(low: float, high: float, wanted: int) -> tuple[list[float], int]:
    step = next((s for s in _STEPS if (high - low) / s <= wanted), _STEPS[-1])
    decimals = 0 if step >= 1 else 2 if step in (0.25, 0.01, 0.02, 0.05) else 1
    return [float(k * step) for k in range(ceil(low / step), floor(high / step) + 1)], decimals


def _degrees(value: float, decimals: int, words: Words) -> str:
    return f"{words.number(value, decimals)}°"


def _round_down(length: float) -> float:
    power = 10.0 ** floor(log10(length))
    return float(next(step * power for step in (5, 2, 1) if step * power <= length))
