"""The map: stations by party and camera-days, the border, and what crossed it."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.patheffects import Normal, Stroke

from tumen.report import drawing
from tumen.report.cells import with_cubs
from tumen.report.figure import Figure, slug
from tumen.report.ground import Frame, Sheet, draw_graticule, draw_ground, draw_names, draw_scale, frame_around
from tumen.report.legend import Entry, dot, draw_key, heading, line
from tumen.report.locator import draw_locator
from tumen.report.palette import INK, NONE, PAPER, SOFT_INK, Palette, mix
from tumen.report.places import drawable, not_shown, usable
from tumen.report.source import ReportSource
from tumen.report.words.render import Words

_KEY = 1.72
_LEFT, _BOTTOM, _TOP = 0.24, 0.26, 0.06


@dataclass(frozen=True)
class _Content:
    """What one map shows, in the order in which it is drawn; and how many stations and positions it cannot show."""

    stations: pl.DataFrame
    moves: pl.DataFrame
    track: pl.DataFrame
    frame: Frame
    unplaced: tuple[int, int]


def draw_map(source: ReportSource, sheet: Sheet, scientific: str | None) -> Figure | None:
    """Return the map of one species' movements (None: of the stations alone); None if there is no place to show."""
    words, palette = sheet.words, sheet.palette
    content = _content(source, scientific)
    if content is None:
        return None
    wide = drawing.WIDTH - _LEFT - _KEY - 0.16
    high = wide * content.frame.tall

    def draw(canvas: Canvas) -> None:
        axes = drawing.inches(canvas, (_LEFT, _BOTTOM, wide, high))
        land = draw_ground(axes, sheet, content.frame)
        draw_graticule(axes, content.frame, words)
        crowded = (content.stations["longitude"].to_numpy(), content.stations["latitude"].to_numpy())
        _draw_track(axes, content.track, palette)
        _draw_stations(axes, content.stations, palette)
        _draw_moves(axes, content.moves, palette)
        draw_names(axes, land, sheet, crowded if crowded[0].size else _thin(content.track))
        draw_scale(axes, content.frame, words)
        place = {"loc": "upper left", "bbox_to_anchor": (1 - (_KEY - 0.04) / drawing.WIDTH, 1 - _TOP / size[1])}
        draw_key(canvas, _key(source, content, words, palette), place, chars=24)
        corner = (drawing.WIDTH - _KEY + 0.04, _BOTTOM, _KEY - 0.1)
        draw_locator(canvas, corner, sheet, content.frame)

    size = (drawing.WIDTH, high + _BOTTOM + _TOP)
    name = "map" if scientific is None else f"map-{slug(scientific)}"
    caption, alternative = _words(source, content, words, scientific)
    tables = ("stations",) if scientific is None else ("stations", "crossings")
    tables = (*tables, "tracks") if content.track.height else tables
    svg = drawing.render(name, size, draw, sheet.words.language)
    return Figure(name, "map", caption, alternative, svg, tables)


def _content(source: ReportSource, scientific: str | None) -> _Content | None:
    stations, left_out = drawable(source.stations)
    whole = source.tracks.filter(pl.col("scientificName") == pl.lit(scientific))
    track = whole.filter(usable())
    crossings = source.crossings.tables["crossings"].filter(pl.col("scientificName") == pl.lit(scientific))
    lon = [*stations["longitude"], *track["longitude"]]
    lat = [*stations["latitude"], *track["latitude"]]
    if not lon:
        return None
    frame = frame_around(lon, lat, tall=(0.72, 1.22))
    unplaced = (left_out, whole.height - track.height)
    return _Content(stations, _moves(crossings, stations), track.sort("individualID", "instant"), frame, unplaced)


def _moves(crossings: pl.DataFrame, stations: pl.DataFrame) -> pl.DataFrame:
    """Return from which station to which, and how often. A tracked animal's crossings are seen in its track."""
    spot = stations.select("place", "longitude", "latitude")
    return (
        crossings.join(spot, left_on="fromPlace", right_on="place")
        .join(spot, left_on="toPlace", right_on="place", suffix="To")
        .group_by("longitude", "latitude", "longitudeTo", "latitudeTo", "toCountry")
        .len("times")
        .sort("times", "longitude", "latitude", "longitudeTo", "latitudeTo")
    )


def _draw_track(axes: Axes, track: pl.DataFrame, palette: Palette) -> None:
    """Draw each step in the colour of the country it starts in; grey where that is not certain."""
    for _, path in track.group_by("individualID", maintain_order=True):
        lon, lat = path["longitude"].to_numpy(), path["latitude"].to_numpy()
        code = path["countryCode"].fill_null("").to_numpy()
        edges = np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1], [True]]))
        for country in [*palette.countries, ""]:
            x, y = [], []
            for first, after in pairwise(edges):
                if code[first] == country:
                    # One point further: the step out of the country starts in it.
                    x += [*lon[first : after + 1], np.nan]
                    y += [*lat[first : after + 1], np.nan]
            axes.plot(x, y, color=palette.country(country or None), lw=0.45, alpha=0.85, zorder=3.5)


def _draw_stations(axes: Axes, stations: pl.DataFrame, palette: Palette) -> None:
    most = _most(stations)
    silent = stations.filter(pl.col("cameraDays") == 0)
    axes.scatter(silent["longitude"], silent["latitude"], s=16, marker="x", color=SOFT_INK, linewidths=0.9, zorder=4)
    others = stations.filter(pl.col("cameraDays").is_null() | (pl.col("cameraDays") != 0))
    for (party, code), own in others.group_by("party", "countryCode", maintain_order=True):
        colour = palette.country(None if code is None else str(code))
        axes.scatter(
            own["longitude"],
            own["latitude"],
            s=[_area(days, most) for days in own["cameraDays"]],
            marker=palette.shape(str(party)),
            facecolor=[PAPER if days is None else mix(colour, PAPER, 0.8) for days in own["cameraDays"]],
            edgecolor=INK,
            linewidths=0.45,
            zorder=5,
        )


def _draw_moves(axes: Axes, moves: pl.DataFrame, palette: Palette) -> None:
    for row in moves.iter_rows(named=True):
        colour = mix(palette.country(row["toCountry"]), INK, 0.8)
        width = _width(row["times"])
        axes.add_patch(
            FancyArrowPatch(
                (row["longitude"], row["latitude"]),
                (row["longitudeTo"], row["latitudeTo"]),
                connectionstyle="arc3,rad=0.22",
                arrowstyle="-|>,head_length=3.6,head_width=1.9",
                mutation_scale=1.0,
                shrinkA=2.5,
                shrinkB=2.5,
                lw=width,
                color=colour,
                zorder=6,
                path_effects=[Stroke(linewidth=width + 1.5, foreground=PAPER, alpha=0.75), Normal()],
            )
        )


def _key(source: ReportSource, content: _Content, words: Words, palette: Palette) -> list[Entry]:
    stations, moves = content.stations, content.moves
    entries = [heading(words.text("Colour: country"))]
    for code in palette.countries:
        entries.append(Entry(words.country(code), Patch(facecolor=palette.country(code), edgecolor=INK, lw=0.4)))
    if stations["countryCode"].null_count() or content.track["countryCode"].null_count():
        entries.append(Entry(words.text("side not certain"), Patch(facecolor=NONE, edgecolor=INK, lw=0.4)))
    parties = [party for party in palette.parties if (stations["party"] == party).any()]
    if len(parties) > 1:
        entries.append(heading(words.text("Shape: party")))
        entries += [Entry(party, dot(palette.shape(party), face=mix(INK, PAPER, 0.25))) for party in parties]
    if stations.height:
        entries += _effort_entries(stations, words)
    lines = [Entry(words.text("border"), line(INK, 0.9, dashes=(5, 1.6, 1, 1.6)))] if source.region.border else []
    if moves.height:
        look = Line2D([], [], color=INK, lw=1.0, marker=">", markevery=[1], markersize=4.5)
        lines.append(Entry(words.text("movement over the border, in the colour of the country entered"), look))
    if content.track.height:
        lines.append(Entry(words.text("track, in the colour of the country"), line(SOFT_INK, 0.8)))
    return entries + ([heading(words.text("Lines")), *lines] if lines else [])


def _effort_entries(stations: pl.DataFrame, words: Words) -> list[Entry]:
    most = _most(stations)
    entries = []
    if most > 0:
        entries.append(heading(words.text("Size: camera-days")))
        steps = sorted({_round(most * share) for share in (0.25, 1.0)})
        for days in steps:
            look = dot("o", face=mix(INK, PAPER, 0.25), size=_area(days, most) ** 0.5)
            entries.append(Entry(words.number(days), look))
    if (stations["cameraDays"] == 0).any():
        look = Line2D([], [], linestyle="none", marker="x", color=SOFT_INK, markersize=4)
        entries.append(Entry(words.text("never operated in the period"), look))
    if stations["cameraDays"].null_count():
        entries.append(Entry(words.text("effort unknown"), dot("o", face=PAPER)))
    return entries


def _words(source: ReportSource, content: _Content, words: Words, scientific: str | None) -> tuple[str, str]:
    if scientific is None:
        caption = words.text("Stations of all parties.")
        alternative = words.text("Map of the stations. Their number: {count}.", count=content.stations.height)
    else:
        name = words.species(scientific).plain
        times = int(content.moves["times"].sum())
        caption = words.text("{species}: stations and movements over the border.", species=_capital(name))
        if content.track.height:
            caption = words.text("{species}: positions and the side they were on.", species=_capital(name))
        if times:
            caption += " " + words.plural(
                "An arrow leads from the last place before a crossing to the first place after it; it is not the path. "
                "{count} crossing is drawn.",
                "An arrow leads from the last place before a crossing to the first place after it; it is not the path. "
                "{count} crossings are drawn.",
                times,
            )
            caption += with_cubs(source, words, scientific)
        alternative = words.text(
            "Map. Stations: {stations}; crossings of the border: {crossings}; species: {species}.",
            stations=content.stations.height,
            crossings=times,
            species=name,
        )
    return caption + not_shown(words, content.frame.outside, *content.unplaced), alternative


def _thin(track: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    every = track.gather_every(max(1, track.height // 200))
    return every["longitude"].to_numpy(), every["latitude"].to_numpy()


def _most(stations: pl.DataFrame) -> float:
    largest = stations["cameraDays"].max()
    return float(largest) if isinstance(largest, float) else 0.0


def _area(days: float | None, most: float) -> float:
    return 13.0 if days is None or most <= 0 else 9.0 + 42.0 * days / most


def _width(times: int) -> float:
    return min(0.8 + 0.35 * (times - 1), 3.0)


def _round(value: float) -> float:
    digits = len(str(int(max(value, 1)))) - 1
    return max(float(round(value, -digits)), 1.0)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
