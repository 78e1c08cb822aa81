"""The largest number of each season against the level that it is held against."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from tumen.report import drawing
from tumen.report.cells import capital
from tumen.report.figure import Figure
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, draw_key, line
from tumen.report.lines import wrapped
from tumen.report.palette import FAINT, INK, PAPER, SOFT_INK, mix
from tumen.report.population import file_name, section_name, table
from tumen.report.waterbird_tables import SEASON_WORDS
from tumen.report.waterbirds import measure_name
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

_COLUMNS, _MOST = 3, 9
_HIGH, _TOP, _FOOT, _LEFT, _GAP = 1.15, 0.5, 0.3, 0.5, 0.56
_KEY = 0.34
_LEVEL = "#b1335e"
_CHARS = 30


def draw_seasons(answer: Answer, sheet: Sheet) -> tuple[Figure, ...]:
    """Return one figure with a panel for each verdict that comes nearest its level; none if nothing was counted."""
    words = sheet.words
    chosen = _chosen(answer)
    if chosen.is_empty():
        return ()
    panels = list(chosen.iter_rows(named=True))
    lines = -(-len(panels) // _COLUMNS)
    size = (drawing.WIDTH, lines * (_HIGH + _TOP + _FOOT) + _KEY)
    wide = (drawing.WIDTH - _LEFT - _GAP * (_COLUMNS - 1)) / _COLUMNS
    names = {row["place"]: row["name"] or row["place"] for row in table(answer, "places").iter_rows(named=True)}
    seasons = table(answer, "seasons")

    def draw(canvas: Canvas) -> None:
        for number, row in enumerate(panels):
            across, down = number % _COLUMNS, number // _COLUMNS
            bottom = size[1] - (down + 1) * (_HIGH + _TOP + _FOOT) + _FOOT
            axes = drawing.inches(canvas, (_LEFT + across * (wide + _GAP), bottom, wide, _HIGH))
            own = seasons.filter(
                pl.col("place") == row["place"], pl.col("measure") == row["measure"], pl.col("season") == row["season"]
            )
            _draw_panel(axes, own, row, _title(row, names, words))
        place = {"loc": "lower left", "bbox_to_anchor": (0.02, 0.02 / size[1]), "ncols": 4, "columnspacing": 1.4}
        draw_key(canvas, _key(words), place, chars=26)

    caption = words.text(
        "The largest number of each season, and the level it is held against. A light bar: it may have been as many; "
        "an open end: nobody knows how many more."
    )
    alternative = words.text("Largest numbers by season in {count} panels.", count=len(panels))
    name = f"{section_name(answer)}-seasons"
    svg = drawing.render(name, size, draw, words.language)
    return (Figure(name, section_name(answer), caption, alternative, svg, (file_name(answer, "seasons"),)),)


def _chosen(answer: Answer) -> pl.DataFrame:
    """Return the rows whose panels are drawn: of each place those that come nearest, one criterion a measure."""
    frame = table(answer, "numbers").filter(pl.col("criterion").is_in(("R5", "R6", "R9")))
    frame = frame.unique(["place", "measure", "season"], keep="first", maintain_order=True)
    frame = frame.with_columns(order=pl.int_range(pl.len()).over("place"))
    return frame.sort("order", "place", maintain_order=True).head(_MOST).sort("place", "order", maintain_order=True)


def _title(row: Mapping[str, Any], names: Mapping[str, str], words: Words) -> str:
    what = f"{capital(measure_name(row['measure'], words))}, {words.text(SEASON_WORDS[row['season']])}"
    return "\n".join((*wrapped(names.get(row["place"], row["place"]), _CHARS)[:1], *wrapped(what, _CHARS)[:2]))


def _draw_panel(axes: Axes, own: pl.DataFrame, row: Mapping[str, Any], title: str) -> None:
    drawing.quiet(axes, grid="y")
    years = [year for year in own["year"].unique().sort() if year is not None]
    level = row["threshold"]
    known = [value for column in ("low", "high") for value in own[column] if value is not None]
    top = 1.12 * max([*known, level or 0, 1])
    for season in own.iter_rows(named=True):
        x, low, high = season["year"], season["low"], season["high"]
        if low is None or season["state"] == "missing":
            axes.plot([x], [0], "x", color=SOFT_INK, ms=4, mew=0.9, clip_on=False, zorder=4)
            continue
        colour = INK if season["state"] == "complete" else SOFT_INK
        axes.bar([x], [low], width=0.62, color=colour, zorder=3)
        if high is None:
            axes.plot([x], [low + 0.04 * top], "^", color=colour, ms=3.4, mew=0, zorder=4, clip_on=False)
        elif high > low:
            axes.bar([x], [high - low], bottom=[low], width=0.62, color=mix(INK, PAPER, 0.25), zorder=3)
    if level is not None:
        axes.axhline(level, color=_LEVEL, lw=1.0, dashes=(4, 2), zorder=5)
    axes.set_ylim(0, top)
    if years:
        axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
        step = max(1, -(-(years[-1] - years[0] + 1) // 5))
        axes.set_xticks(range(years[0], years[-1] + 1, step))
    axes.yaxis.set_major_locator(_few())
    axes.set_title(title, loc="left", fontsize=drawing.NORMAL)


def _few() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=4, integer=True)


def _key(words: Words) -> list[Entry]:
    return [
        Entry(words.text("counted in full"), line(INK, 5)),
        Entry(words.text("may have been as many"), line(mix(INK, PAPER, 0.25), 5)),
        Entry(words.text("counted in part: at least as many"), line(SOFT_INK, 5)),
        Entry(words.text("level"), line(_LEVEL, 1.0, dashes=(4, 2))),
        Entry(words.text("not counted"), line(FAINT, 0, marker="x", markeredgecolor=SOFT_INK, markersize=4)),
    ]
