"""The key beside or below a figure: entries in groups, long words wrapped, never over the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D

from tumen.report.drawing import NORMAL
from tumen.report.lines import wrapped
from tumen.report.palette import INK

_INDENT = 18.0


@dataclass(frozen=True)
class Entry:
    """One entry of a key: what it looks like and what it means; or the heading of a group."""

    label: str
    look: Any = None
    heading: bool = False


def heading(label: str) -> Entry:
    """Return the heading of a group of entries."""
    return Entry(label, heading=True)


def dot(shape: str, *, face: str, edge: str = INK, size: float = 5.0) -> Line2D:
    """Return the look of a point."""
    return Line2D([], [], linestyle="none", marker=shape, markersize=size, mfc=face, mec=edge, mew=0.6)


def line(colour: str, width: float = 1.2, **style: Any) -> Line2D:
    """Return the look of a line."""
    return Line2D([], [], color=colour, lw=width, **style)


def draw_key(canvas: Canvas, entries: Sequence[Entry], place: dict[str, Any], *, chars: int) -> None:
    """Draw the key; `chars` is where labels wrap; `place` goes to matplotlib's legend."""
    empty = Line2D([], [], linestyle="none", marker="")
    drawn = canvas.legend(
        handles=[empty if entry.look is None else entry.look for entry in entries],
        labels=[_label(entry, chars, first=number == 0) for number, entry in enumerate(entries)],
        labelspacing=0.5,
        handlelength=1.9,
        handletextpad=0.6,
        borderaxespad=0,
        borderpad=0,
        fontsize=NORMAL,
        **place,
    )
    for entry, text in zip(entries, drawn.get_texts(), strict=True):
        if entry.heading:
            text.set_fontweight("bold")
            text.set_x(-_INDENT)


def _label(entry: Entry, chars: int, *, first: bool) -> str:
    lines = wrapped(entry.label, chars)
    return "\n".join(lines if first or not entry.heading else ["", *lines])
