"""Survival, numbers and growth over the years, with intervals."""

from dataclasses import dataclass

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from tumen.report import drawing
from tumen.report.figure import Figure
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, draw_key, line
from tumen.report.palette import INK, PAPER, SOFT_INK
from tumen.report.population import file_name, section_name, table
from tumen.report.population_cells import level, name_of
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

_TOP, _BOTTOM, _HIGH, _LEFT, _GAP = 0.28, 0.4, 1.75, 0.42, 0.5
_KEY = 0.26
_LOOKS = (("#b1335e", "o"), ("#4f6b8c", "s"), ("#dd8a00", "^"))
_TICKS = 7
_APART = 0.16
_FAR = 3.0


@dataclass(frozen=True)
class _Panel:
    """One panel: its title, series of rows by label, where its axis ends (None: as the data say), a line across."""

    title: str
    series: list[tuple[str, pl.DataFrame]]
    top: float | None
    across: float | None
    cite: str


def draw_survival(answer: Answer, sheet: Sheet) -> tuple[Figure, ...]:
    """Return one figure of up to three panels; none if there is nothing by year, or only one number."""
    words = sheet.words
    panels = [panel for panel in _panels(answer, words) if panel.series]
    if sum(rows.height for panel in panels for _, rows in panel.series) < 2:
        return ()
    keyed = (
        [label for label, _ in panels[0].series] if panels[0].cite == "survival" and len(panels[0].series) > 1 else []
    )
    foot = _BOTTOM + (_KEY if keyed else 0.0)
    size = (drawing.WIDTH, _TOP + _HIGH + foot)
    wide = (drawing.WIDTH - _LEFT - 0.06 - _GAP * (len(panels) - 1)) / max(len(panels), 2)
    name = f"{section_name(answer)}-years"

    def draw(canvas: Canvas) -> None:
        for number, panel in enumerate(panels):
            axes = drawing.inches(canvas, (_LEFT + number * (wide + _GAP), foot, wide, _HIGH))
            _draw_panel(axes, panel, words)
        if keyed:
            place = {"loc": "lower left", "bbox_to_anchor": (0.02, 0.02 / size[1]), "ncols": 3, "columnspacing": 1.8}
            entries = [
                Entry(label, line(_LOOKS[k % 3][0], 1.2, marker=_LOOKS[k % 3][1], markersize=4.5))
                for k, label in enumerate(keyed)
            ]
            draw_key(canvas, entries, place, chars=34)

    caption = words.text(
        "{species}: estimates by year with 95\u00a0% intervals. A year without a point could not be estimated.",
        species=name_of(words, answer),
    )
    alternative = words.text("Estimates by year: {panels}.", panels=words.listing(panel.title for panel in panels))
    svg = drawing.render(name, size, draw, words.language)
    cited = tuple(dict.fromkeys(file_name(answer, panel.cite) for panel in panels))
    return (Figure(name, section_name(answer), caption, alternative, svg, cited),)


def _panels(answer: Answer, words: Words) -> list[_Panel]:
    rates = table(answer, "survival").filter(pl.col("estimate").is_not_null())
    by_sex = [(level(words, sex), rows) for (sex,), rows in rates.group_by("sex", maintain_order=True)]
    counted = table(answer, "population").filter(pl.col("estimate").is_not_null())
    panels = [_Panel(words.text("Survival to the next year"), by_sex, 1.0, None, "survival")]
    for kind, title, across in (
        ("N", words.text("Number of animals"), None),
        ("lambda", words.text("Growth from year to year"), 1.0),
    ):
        rows = counted.filter(pl.col("quantity") == kind)
        panels.append(_Panel(title, [(title, rows)] if rows.height else [], None, across, "population"))
    return panels


def _draw_panel(axes: Axes, panel: _Panel, words: Words) -> None:
    drawing.quiet(axes, grid="y")
    years = _in_order([year for _, rows in panel.series for year in rows["year"]])
    top = panel.top or _top(panel)
    if panel.across is not None:
        axes.axhline(panel.across, color=SOFT_INK, lw=0.8, dashes=(3, 2), zorder=2)
    for number, (_, rows) in enumerate(panel.series):
        colour, marker = _LOOKS[number % len(_LOOKS)] if len(panel.series) > 1 else (INK, "o")
        shift = (number - (len(panel.series) - 1) / 2) * _APART
        for row in rows.iter_rows(named=True):
            x = years.index(row["year"]) + shift
            low, high = row["low"], row["high"]
            if low is not None or high is not None:
                ends = [low or 0.0, top if high is None else min(high, top)]
                axes.plot([x, x], ends, color=colour, lw=1.4, solid_capstyle="butt", zorder=3, clip_on=False)
                if high is None or high > top:
                    axes.plot([x], [top], "^", color=colour, ms=4, mew=0, zorder=3, clip_on=False)
            axes.plot([x], [row["estimate"]], marker, color=colour, mec=PAPER, mew=0.6, ms=5.6, zorder=4, clip_on=False)
    axes.set_ylim(0, top)
    axes.set_xlim(-0.5, len(years) - 0.5)
    # A span of years is written over two lines.
    labels = [(year or words.text("all years")).replace("–", "–\n") for year in years]
    step = -(-len(years) // _TICKS)
    axes.set_xticks(range(0, len(years), step), labels[::step])
    axes.set_title(panel.title, loc="left", fontsize=drawing.LARGE)


def _in_order(years: list[str | None]) -> list[str | None]:
    """Return the years, each once, in order; what is no year comes last."""
    return sorted(set(years), key=lambda year: (year is None, year or ""))


def _top(panel: _Panel) -> float:
    largest = max(value for _, rows in panel.series for value in rows["estimate"])
    ends = [value for _, rows in panel.series for value in rows["high"] if value is not None]
    return 1.06 * min(max([largest, *ends, panel.across or 0.0]), _FAR * largest) or 1.0
