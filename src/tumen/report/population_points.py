"""Points with their intervals: one row an estimate, its name on the left, its number on the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from matplotlib.axes import Axes

from tumen.report import drawing
from tumen.report.palette import INK, PAPER, SOFT_INK, mix

ROW = 0.235
"""Inches of a row."""
_FAR = 3.0
"""An interval is cut off at so many times the largest estimate."""


@dataclass(frozen=True)
class Estimate:
    """One row: its label, value and interval (None: not estimable), the words at its right, and how it looks.

    `wide` is a second, wider interval drawn behind the first. `hollow` points are not the main ones of a figure. A row
    without a value and without words is a heading.
    """

    label: str
    value: float | None = None
    interval: tuple[float | None, float | None] = (None, None)
    words: str = ""
    colour: str = INK
    marker: str = "o"
    hollow: bool = False
    wide: tuple[float | None, float | None] = (None, None)

    @property
    def heading(self) -> bool:
        """Whether the row only names those that follow."""
        return self.value is None and not self.words


def reach(rows: Sequence[Estimate]) -> float:
    """Return how far an axis from 0 must go; one endless interval must not press all others together.

    >>> reach([Estimate("a", 10.0, (5.0, 20.0)), Estimate("b", 4.0, (1.0, 900.0))])
    30.0
    """
    largest = max((row.value for row in rows if row.value is not None and isfinite(row.value)), default=1.0)
    ends = [high for row in rows for high in (row.interval[1], row.wide[1]) if high is not None]
    return min(max([largest, *ends]), _FAR * largest) or 1.0


def draw_rows(axes: Axes, rows: Sequence[Estimate], span: tuple[float, float]) -> None:
    """Draw the rows from above to below on an axis of this span; what runs out of it ends in an arrow."""
    for place, row in enumerate(rows):
        _draw_one(axes, place, row, span)
    axes.set_xlim(*span)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [row.label for row in rows])
    axes.tick_params(axis="y", labelcolor=INK, labelsize=drawing.NORMAL, pad=6)
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        if row.heading:
            label.set_fontweight("bold")
    for place, row in enumerate(rows):
        if row.words:
            axes.annotate(
                row.words,
                (1.0, place),
                xycoords=("axes fraction", "data"),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                fontsize=drawing.NORMAL,
            )


def _draw_one(axes: Axes, place: float, row: Estimate, span: tuple[float, float]) -> None:
    for interval, width, colour in (
        (row.wide, 5.0, mix(row.colour, PAPER, 0.25)),
        (row.interval, 1.0 if row.hollow else 1.8, row.colour),
    ):
        low, high = interval
        if low is None and high is None:
            continue
        ends = [span[0] if low is None else max(low, span[0]), span[1] if high is None else min(high, span[1])]
        axes.plot(ends, [place, place], color=colour, lw=width, solid_capstyle="butt", zorder=3, clip_on=False)
        if high is None or high > span[1]:
            axes.plot([span[1]], [place], ">", color=colour, ms=4.5, mew=0, zorder=3, clip_on=False)
    if row.value is not None and isfinite(row.value):
        axes.plot(
            [row.value],
            [place],
            row.marker,
            mfc=PAPER if row.hollow else row.colour,
            mec=row.colour if row.hollow else PAPER,
            mew=1.0 if row.hollow else 0.7,
            ms=5.2 if row.hollow else 6.4,
            zorder=4,
            clip_on=False,
        )


def numbered(axes: Axes, label: str) -> None:
    """Dress the axis of numbers."""
    drawing.quiet(axes, grid="x")
    axes.set_xlabel(label, fontsize=drawing.NORMAL)
    axes.xaxis.label.set_color(SOFT_INK)


def left_of(rows: Sequence[Estimate]) -> float:
    """Return the inches that the labels need."""
    return drawing.margin([line for row in rows for line in row.label.split("\n")], drawing.NORMAL) + 0.02


def right_of(rows: Sequence[Estimate]) -> float:
    """Return the inches that the words at the right need."""
    return drawing.margin([row.words for row in rows], drawing.NORMAL)
