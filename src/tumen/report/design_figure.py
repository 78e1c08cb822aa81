"""The effort of a survey: the nights each station worked, party by party and session by session."""

from statistics import median

import polars as pl
from matplotlib.figure import Figure as Canvas

from tumen.report import drawing
from tumen.report.figure import Figure
from tumen.report.palette import FAINT, INK, PAPER, SOFT_INK, mix
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

_ROW, _LEFT, _RIGHT, _BOTTOM = 0.42, 2.3, 0.2, 0.5
MOST = 24
"""Rows that are drawn; the tables have them all."""


def draw_nights(answer: Answer, words: Words) -> Figure | None:
    """Return a dot for each station on the axis of nights, a row for each party and session; None without cameras."""
    nights = answer.tables["units"].filter(pl.col("quantity") == "nights").drop_nulls("value")
    groups = [(str(p), str(s), rows["value"].to_list()) for (p, s), rows in _by_session(nights)][:MOST]
    if not groups:
        return None
    size = (drawing.WIDTH, _ROW * len(groups) + _BOTTOM)
    most = max(max(values) for _, _, values in groups) or 1.0

    def draw(canvas: Canvas) -> None:
        box = (_LEFT, _BOTTOM, drawing.WIDTH - _LEFT - _RIGHT, _ROW * len(groups))
        axes = drawing.inches(canvas, box)
        drawing.quiet(axes, grid="x")
        for place, (_, _, values) in enumerate(groups):
            # Stations with the same nights stand beside each other, so that none hides another.
            offset = [place + 0.28 * ((k * 7 % 11) / 5 - 1) for k in range(len(values))]
            for never, face in ((False, mix(INK, PAPER, 0.45)), (True, PAPER)):
                chosen = [(v, y) for v, y in zip(values, offset, strict=True) if (v == 0) is never]
                if chosen:
                    x, y = zip(*chosen, strict=True)
                    axes.scatter(x, y, s=9, facecolor=face, edgecolor=INK, linewidths=0.4, zorder=3)
            middle = _middle(values)
            axes.plot([middle, middle], [place - 0.38, place + 0.38], color=INK, lw=1.2, zorder=4)
        axes.set_yticks(range(len(groups)), [f"{party}\n{session}" for party, session, _ in groups])
        axes.tick_params(axis="y", labelcolor=INK, labelsize=drawing.SMALL)
        axes.tick_params(axis="x", labelcolor=SOFT_INK)
        axes.set_ylim(len(groups) - 0.5, -0.5)
        axes.set_xlim(-most * 0.03, most * 1.04)
        axes.axvline(0, color=FAINT, lw=0.6)
        axes.set_xlabel(words.text("nights a station worked"), fontsize=drawing.SMALL)

    caption = words.text(
        "Nights each station worked: a dot for each station, a line at the median. A hollow dot is a station that "
        "stood and never worked."
    )
    alternative = " ".join(
        words.text(
            "{party}: stations {count}, median nights {nights}.", party=party, count=len(values), nights=_middle(values)
        )
        for party, _, values in groups
    )
    svg = drawing.render("nights", size, draw, words.language)
    return Figure("nights", "effort", caption, alternative, svg, ("units",))


def _middle(values: list[float]) -> int:
    return round(median(values))


def _by_session(nights: pl.DataFrame) -> list[tuple[tuple[object, ...], pl.DataFrame]]:
    return list(nights.group_by("party", "session", maintain_order=True))
