"""The index of a species by year, with its interval and its smooth trend, region by region."""

from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from tumen.report import drawing
from tumen.report.figure import Figure
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, draw_key, line
from tumen.report.palette import INK, PAPER, SOFT_INK, mix
from tumen.report.population import file_name, section_name, table
from tumen.report.population_cells import name_of
from tumen.report.trends import ALL, region_name
from tumen.tables.answer import Answer

_COLUMNS, _MOST = 3, 6
_HIGH, _TOP, _FOOT, _LEFT, _GAP = 1.3, 0.3, 0.28, 0.42, 0.45
_KEY = 0.3
_SMOOTH = "#dd8a00"


def draw_trends(answer: Answer, sheet: Sheet) -> tuple[Figure, ...]:
    """Return one figure with a panel a region; none without an index."""
    words = sheet.words
    index = table(answer, "index").filter(pl.col("kind") == "imputed", pl.col("index").is_not_null())
    smooth = table(answer, "smooth").filter(pl.col("index").is_not_null())
    regions = index["region"].unique(maintain_order=True).to_list()[:_MOST]
    panels = [
        (
            region_name(region, words),
            sheet.palette.country(region) if region != ALL else INK,
            index.filter(pl.col("region") == region),
            smooth.filter(pl.col("region") == region),
        )
        for region in regions
    ]
    caption = words.text(
        "{species}: index by year with 95\u00a0% intervals; the base year is 1. The line across is no change.",
        species=name_of(words, answer),
    )
    return _figure(answer, sheet, panels, (caption, file_name(answer, "index")))


def draw_indicators(answer: Answer, sheet: Sheet) -> tuple[Figure, ...]:
    """Return one figure with a panel an indicator."""
    frame = table(answer, "indicator").filter(pl.col("index").is_not_null())
    panels = [(str(name), INK, own, own.clear()) for (name,), own in frame.group_by("indicator", maintain_order=True)]
    caption = sheet.words.text(
        "Indicators of several species by year with 95\u00a0% intervals. The line across is no change."
    )
    return _figure(answer, sheet, panels[:_MOST], (caption, file_name(answer, "indicator")))


Panel = tuple[str, str, pl.DataFrame, pl.DataFrame]


def _figure(answer: Answer, sheet: Sheet, panels: list[Panel], told: tuple[str, str]) -> tuple[Figure, ...]:
    """Return the figure of some panels: title, colour, index, smooth trend."""
    if not panels:
        return ()
    words = sheet.words
    caption, cite = told
    lines = -(-len(panels) // _COLUMNS)
    smoothed = any(smooth.height for *_, smooth in panels)
    foot = _KEY if smoothed else 0.0
    size = (drawing.WIDTH, lines * (_HIGH + _TOP + _FOOT) + foot)
    wide = (drawing.WIDTH - _LEFT - _GAP * (_COLUMNS - 1)) / _COLUMNS

    def draw(canvas: Canvas) -> None:
        for number, panel in enumerate(panels):
            bottom = size[1] - (number // _COLUMNS + 1) * (_HIGH + _TOP + _FOOT) + _FOOT
            left = _LEFT + number % _COLUMNS * (wide + _GAP)
            _draw_panel(drawing.inches(canvas, (left, bottom, wide, _HIGH)), panel)
        if smoothed:
            place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.02, 0.02 / size[1]), "ncols": 2}
            keyed = [
                Entry(words.text("each year on its own"), line(INK, 1.0, marker="o", markersize=3)),
                Entry(words.text("smooth trend"), line(_SMOOTH, 1.6)),
            ]
            draw_key(canvas, keyed, place, chars=34)

    name = f"{section_name(answer)}-index"
    alternative = words.text("Index by year: {panels}.", panels=words.listing(title for title, *_ in panels))
    svg = drawing.render(name, size, draw, words.language)
    return (Figure(name, section_name(answer), caption, alternative, svg, (cite,)),)


def _draw_panel(axes: Axes, panel: Panel) -> None:
    title, colour, own, smooth = panel
    drawing.quiet(axes, grid="y")
    base = own["index"].first()
    rows = own.sort("time")
    years, values = rows["time"].to_list(), rows["index"].to_list()
    axes.axhline(100.0 if isinstance(base, float) and base > 20 else 1.0, color=SOFT_INK, lw=0.8, dashes=(3, 2))
    if smooth.height:
        ordered = smooth.sort("time")
        band = mix(_SMOOTH, PAPER, 0.25)
        axes.fill_between(
            ordered["time"].to_list(), ordered["low"].to_list(), ordered["high"].to_list(), color=band, lw=0, zorder=1
        )
        axes.plot(ordered["time"].to_list(), ordered["index"].to_list(), color=_SMOOTH, lw=1.6, zorder=2)
    for row in rows.filter(pl.col("low").is_not_null() & pl.col("high").is_not_null()).iter_rows(named=True):
        ends = [max(row["low"], 0.0), row["high"]]
        axes.plot([row["time"]] * 2, ends, color=colour, lw=1.1, solid_capstyle="butt", zorder=3)
    axes.plot(years, values, color=colour, lw=0.8, marker="o", ms=3.4, mec=PAPER, mew=0.4, zorder=4)
    top = max([*values, *(high for high in rows["high"] if high is not None)], default=1.0)
    axes.set_ylim(0, 1.06 * min(top, 3 * max(values)))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.set_title(title, loc="left", fontsize=drawing.LARGE)
