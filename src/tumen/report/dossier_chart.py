"""The seasons of a dossier against the threshold: what was surely there, what may have been, and what is missing."""

from dataclasses import dataclass
from math import ceil
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from tumen.report import drawing
from tumen.report.dossier_cells import measure_name, place_name
from tumen.report.dossier_words import word
from tumen.report.figure import Figure
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, draw_key, line
from tumen.report.lines import wrapped
from tumen.report.palette import BOTH, INK, PAPER, SOFT_INK, mix
from tumen.waterbirds.dossier import Dossier

PANELS = 12
"""The most panels that are drawn; the table has them all."""

_COLUMNS, _HIGH, _HEAD, _FOOT, _GAP, _LEFT = 3, 1.15, 0.5, 0.24, 0.14, 0.5
_DECIDED = ("met", "provisional", "undecided")


@dataclass(frozen=True)
class _Panel:
    """One place, measure and season: its years, and the threshold it is held against."""

    place: str
    measure: str
    season: str
    threshold: int
    years: pl.DataFrame


def draw_seasons(made: Dossier, sheet: Sheet) -> Figure | None:
    """Return the largest count of each season, for the places and measures nearest to a criterion; None without any."""
    panels, left_out = _panels(made)
    if not panels:
        return None
    words = sheet.words
    rows = ceil(len(panels) / _COLUMNS)
    size = (drawing.WIDTH, rows * (_HIGH + _HEAD + _FOOT) + 0.62)
    countries = dict(made.tables["sites"].select("place", "country").iter_rows())

    def draw(canvas: Canvas) -> None:
        wide = (drawing.WIDTH - _LEFT * _COLUMNS - _GAP * (_COLUMNS - 1)) / _COLUMNS
        for number, panel in enumerate(panels):
            column, row = number % _COLUMNS, number // _COLUMNS
            left = _LEFT + column * (wide + _GAP + _LEFT)
            bottom = size[1] - (row + 1) * (_HIGH + _HEAD + _FOOT) + _FOOT
            axes = drawing.inches(canvas, (left, bottom, wide, _HIGH))
            colour = sheet.palette.country(countries.get(panel.place) or None)
            if panel.place == made.place and made.kind == "group":
                colour = BOTH
            _draw_panel(axes, panel, colour, sheet)
            title = [
                *wrapped(place_name(made, words, panel.place), 34)[:1],
                *wrapped(measure_name(words, panel.measure).split(" (")[0], 30)[:1],
                word(words, panel.season),
            ]
            text = f"{title[0]}\n{title[1]}, {title[2]}"
            axes.set_title(text, fontsize=drawing.NORMAL, loc="left", x=-0.16, linespacing=1.3)
        place = {"loc": "lower left", "bbox_to_anchor": (_LEFT / drawing.WIDTH, 0.03 / size[1]), "ncols": 2}
        draw_key(canvas, _key(sheet), place, chars=44)

    caption = words.text(
        "The largest count of each season against the threshold (in brackets), for the species nearest to it. An upper "
        "end above the bar: more may have been there, because not all was counted or two sides counted on "
        "different days."
    )
    if left_out:
        caption += " " + words.text("Shown: {shown} of {all}.", shown=len(panels), all=len(panels) + left_out)
    alternative = words.text("Bars of the largest counts in {count} panels.", count=len(panels))
    svg = drawing.render("dossier-seasons", size, draw, words.language)
    return Figure("dossier-seasons", "criteria", caption, alternative, svg, ())


def _panels(made: Dossier) -> tuple[list[_Panel], int]:
    """Return the places, measures and seasons with a threshold, the best verdicts first; and how many are left out."""
    rank = pl.col("verdict").replace_strict({word: k for k, word in enumerate(_DECIDED)}, default=len(_DECIDED))
    keys = ["place", "measure", "season"]
    rows = (
        made.tables["evidence"]
        .filter(pl.col("threshold").is_not_null() & pl.col("season").is_not_null())
        .with_columns(_rank=rank, _ratio=pl.col("largest").fill_null(0) / pl.col("threshold"))
        .sort("_rank", "_ratio", *keys, "criterion", "edition", descending=[False, True, *[False] * 5])
        .unique(keys, keep="first", maintain_order=True)
    )
    found = []
    for row in rows.iter_rows(named=True):
        years = made.tables["seasons"].filter(
            (pl.col("place") == row["place"])
            & (pl.col("measure") == row["measure"])
            & (pl.col("season") == row["season"])
        )
        if years["low"].drop_nulls().len():
            found.append(_Panel(row["place"], row["measure"], row["season"], row["threshold"], years.sort("year")))
    return found[:PANELS], max(0, len(found) - PANELS)


def _draw_panel(axes: Axes, panel: _Panel, colour: str, sheet: Sheet) -> None:
    words = sheet.words
    rows: list[dict[str, Any]] = list(panel.years.iter_rows(named=True))
    top = 1.12 * max(panel.threshold, *(row["high"] or row["low"] or 0 for row in rows))
    for row in rows:
        year, low, high = row["year"], row["low"], row["high"]
        if low is None or row["state"] == "missing":
            axes.text(year, 0.02 * top, "?", ha="center", va="bottom", color=SOFT_INK, fontsize=drawing.NORMAL)
            continue
        open_end = high is None
        face = colour if low >= panel.threshold else mix(colour, PAPER, 0.45)
        axes.bar([year], [low], width=0.66, facecolor=face, edgecolor=INK, lw=0.3, zorder=2)
        end = top if open_end else high
        if open_end or high > low:
            axes.plot([year, year], [low, end], color=INK, lw=0.7, zorder=3, dashes=(2, 1.6) if open_end else (1, 0))
            if not open_end:
                axes.plot([year - 0.15, year + 0.15], [high, high], color=INK, lw=0.7, zorder=3)
    axes.axhline(panel.threshold, color=INK, lw=0.8, dashes=(4, 2), zorder=4)
    years = [row["year"] for row in rows]
    first, last = min(years), max(years)
    axes.set_xlim(first - 0.7, max(last, first + 3) + 0.7)
    axes.set_ylim(0, top)
    drawing.quiet(axes, grid="y")
    step = max(1, ceil((last - first + 1) / 5))
    ticks = list(range(first, last + 1, step))
    axes.set_xticks(ticks, [str(year) for year in ticks])
    marks = [0, panel.threshold]
    axes.set_yticks(marks, [words.number(0), f"({words.number(panel.threshold)})"])
    largest = max(rows, key=lambda row: row["low"] or 0)
    axes.annotate(
        words.number(largest["low"]),
        (largest["year"], largest["low"]),
        xytext=(0, 1.5),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=drawing.SMALL,
        zorder=6,
        bbox={"facecolor": PAPER, "alpha": 0.75, "edgecolor": "none", "pad": 0.4},
    )


def _key(sheet: Sheet) -> list[Entry]:
    words = sheet.words
    tint = mix(SOFT_INK, PAPER, 0.45)
    return [
        Entry(words.text("at or above the threshold"), Patch(facecolor=SOFT_INK, edgecolor=INK, lw=0.3)),
        Entry(words.text("below the threshold"), Patch(facecolor=tint, edgecolor=INK, lw=0.3)),
        Entry(words.text("more may have been there (dashed: nobody knows how many)"), line(INK, 0.8)),
        Entry(words.text("no adequate count"), Line2D([], [], linestyle="none", marker="$?$", color=SOFT_INK)),
    ]
