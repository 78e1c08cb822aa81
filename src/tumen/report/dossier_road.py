"""The road to the designation as a picture: one line a part, one station a step."""

from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D

from tumen.report import drawing
from tumen.report.dossier_cells import country_name
from tumen.report.dossier_words import word
from tumen.report.figure import Figure
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, draw_key
from tumen.report.lines import wrapped
from tumen.report.palette import FAINT, INK, NONE, PAPER, SOFT_INK
from tumen.waterbirds.dossier import Dossier
from tumen.waterbirds.dossier.steps import CHAINS, JOINT

_ROW, _HEAD, _KEY, _LEFT, _RIGHT = 0.46, 0.62, 0.46, 1.25, 0.4


def draw_road(made: Dossier, sheet: Sheet) -> Figure | None:
    """Return how far each part is; parts that were not released have an empty line with their country's name."""
    steps = made.tables["steps"]
    chain = [*CHAINS[made.sheet], *([JOINT] if (steps["step"] == JOINT).any() else [])]
    countries = [*(part.country for part in made.parts), *made.absent]
    if not made.parts:
        return None
    words = sheet.words
    high = _ROW * len(countries)
    size = (drawing.WIDTH, high + _HEAD + _KEY)

    def draw(canvas: Canvas) -> None:
        wide = drawing.WIDTH - _LEFT - _RIGHT
        axes = drawing.inches(canvas, (_LEFT, _KEY, wide, high))
        axes.set_xlim(-0.5, len(chain) - 0.5)
        axes.set_ylim(len(countries) - 0.5, -0.5)
        drawing.quiet(axes)
        names = ["\n".join(wrapped(country_name(words, code), 18)) for code in countries]
        axes.set_yticks(range(len(countries)), names, fontsize=drawing.NORMAL)
        axes.set_xticks([])
        for place, step in enumerate(chain):
            text = "\n".join(wrapped(word(words, step), 11))
            axes.text(place, -0.62, text, ha="center", va="bottom", fontsize=drawing.SMALL, color=INK, linespacing=1.15)
        for line, country in enumerate(countries):
            if country in made.absent:
                axes.plot([0, len(chain) - 1], [line, line], color=FAINT, lw=1.2, dashes=(1, 2), zorder=1)
                text = words.text("not released")
                axes.text(0, line - 0.12, text, ha="left", va="bottom", fontsize=drawing.SMALL, color=SOFT_INK)
                continue
            own = {row["step"]: row for row in steps.filter(pl.col("country") == country).iter_rows(named=True)}
            axes.plot([0, len(chain) - 1], [line, line], color=FAINT, lw=1.2, zorder=1)
            for place, step in enumerate(chain):
                if step in own:
                    _draw_step(axes, (place, line), own[step], sheet.palette.country(country or None))
        place_of_key = {"loc": "lower left", "bbox_to_anchor": (0.24 / drawing.WIDTH, 0.03 / size[1]), "ncols": 3}
        draw_key(canvas, _key(sheet), place_of_key, chars=30)

    caption = words.text("The steps of each part. A step that was stated without what shows it does not hold.")
    alternative = words.text("Steps of {count} parts.", count=len(countries))
    svg = drawing.render("dossier-steps", size, draw, words.language)
    return Figure("dossier-steps", "steps", caption, alternative, svg, ())


def _draw_step(axes: Axes, spot: tuple[int, int], row: dict[str, Any], colour: str) -> None:
    x, y = spot
    if row["turn"]:
        axes.plot([x], [y], marker="o", markersize=15, mfc="none", mec=INK, mew=1.0, zorder=2)
    if row["holds"]:
        axes.plot([x], [y], marker="o", markersize=9, mfc=colour, mec=INK, mew=0.5, zorder=3)
    elif row["code"]:
        axes.plot([x], [y], marker="X", markersize=8.5, mfc=PAPER, mec=INK, mew=0.9, zorder=3)
    elif row["state"] == "underWay":
        axes.plot(
            [x],
            [y],
            marker="o",
            markersize=9,
            mfc=colour,
            mec=INK,
            mew=0.5,
            zorder=3,
            fillstyle="left",
            markerfacecoloralt=PAPER,
        )
    else:
        axes.plot([x], [y], marker="o", markersize=6, mfc=PAPER, mec=NONE, mew=0.8, zorder=3)


def _key(sheet: Sheet) -> list[Entry]:
    words = sheet.words

    def look(marker: str, size: float, **style: Any) -> Line2D:
        return Line2D([], [], linestyle="none", marker=marker, markersize=size, mec=INK, mew=0.6, **style)

    return [
        Entry(words.text("done"), look("o", 6.5, mfc=SOFT_INK)),
        Entry(words.text("under way"), look("o", 6.5, mfc=SOFT_INK, fillstyle="left", markerfacecoloralt=PAPER)),
        Entry(words.text("stated, and does not hold"), look("X", 6.5, mfc=PAPER)),
        Entry(words.text("nothing stated, or not begun"), look("o", 4.5, mfc=PAPER)),
        Entry(words.text("the next step of the part"), look("o", 9.5, mfc="none")),
    ]
