"""Draw one figure as SVG: same bytes for the same source, text kept as text, no drawing state left behind."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas

from tumen.report import fonts
from tumen.report.lines import run
from tumen.report.palette import FAINT, INK, SOFT_INK

WIDTH = 6.7
"""Inches: the text width of an A4 page with 20 mm margins."""
SMALL, NORMAL, LARGE = 6.5, 7.25, 8.5
"""Sizes of type in points."""

_STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "font.size": NORMAL,
        "text.color": INK,
        "text.usetex": False,
        "text.parse_math": False,
        "axes.edgecolor": SOFT_INK,
        "axes.labelcolor": INK,
        "axes.linewidth": 0.5,
        "axes.titlesize": LARGE,
        "axes.unicode_minus": True,
        "xtick.color": SOFT_INK,
        "ytick.color": SOFT_INK,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "xtick.major.width": 0.4,
        "ytick.major.width": 0.4,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "legend.fontsize": NORMAL,
        "legend.frameon": False,
        "hatch.linewidth": 0.45,
        "path.simplify": True,
        "path.simplify_threshold": 0.1,
        "svg.fonttype": "none",
    }
)

_EPOCH, _DAY = datetime(1970, 1, 1, tzinfo=UTC), 86_400
_FALLBACK = "Verdana, sans-serif"
_FAMILIES = re.compile(r"'DejaVu Sans'(?:, '[^']*')*")
_COORDINATES = re.compile(r'(?<= )(d|x|y|points)="([^"]*)"')
_LONG = re.compile(r"(\d\.\d\d)\d+")


def render(name: str, size: tuple[float, float], draw: Callable[[Canvas], None], language: str) -> str:
    """Return the SVG text of a figure of `size` inches that `draw` fills; `name` keeps its inner ids apart."""
    for path in fonts.sans_files(language):
        _register(path)
    style: Any = {**_STYLE, "font.family": fonts.sans(language), "svg.hashsalt": name}
    with mpl.rc_context(style):
        canvas = Canvas(figsize=size, dpi=72, facecolor="none")
        FigureCanvasSVG(canvas)
        draw(canvas)
        buffer = io.BytesIO()
        canvas.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, facecolor="none")
    return _tidy(buffer.getvalue().decode(), name)


@cache
def _register(path: Path) -> None:
    """Tell matplotlib of a font file once; its own search knows only what the system has installed.

    The file has one weight; it stands in for the others too, which matplotlib would otherwise complain of.
    """
    manager = font_manager.fontManager
    manager.addfont(path)
    plain = manager.ttflist[-1]
    manager.ttflist += [replace(plain, weight="bold"), replace(plain, style="italic")]


def inches(canvas: Canvas, box: tuple[float, float, float, float]) -> Axes:
    """Return axes whose left, bottom, width and height are given in inches of the figure."""
    width, height = canvas.get_size_inches()
    left, bottom, wide, high = box
    return canvas.add_axes((left / width, bottom / height, wide / width, high / height))


def margin(labels: Sequence[str], size: float) -> float:
    """Return the inches that labels of a type size need to the left of axes.

    >>> margin([], 7.0), round(margin(["T01"], 7.0), 2), round(margin(["虎一"], 7.0), 2)
    (0.2, 0.39, 0.42)
    """
    longest = max(map(run, labels), default=0)
    return 0.2 if not longest else 0.2 + longest * size * 0.64 / 72


def quiet(axes: Axes, *, grid: str | None = None) -> None:
    """Leave only what carries meaning: no box, faint lines along one axis if asked."""
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    if grid == "x":
        axes.grid(axis="x", color=FAINT, linewidth=0.4)
    elif grid == "y":
        axes.grid(axis="y", color=FAINT, linewidth=0.4)


def moments(instants: Sequence[datetime]) -> list[float]:
    """Return instants as places on a time axis: matplotlib's days.

    >>> from datetime import UTC
    >>> moments([datetime(1970, 1, 2, 12, tzinfo=UTC)])
    [1.5]
    """
    return [(instant - _EPOCH).total_seconds() / _DAY for instant in instants]


def _tidy(svg: str, name: str) -> str:
    """Drop what only editors read, shorten coordinates to 1/100 point, keep ids unique across figures of one page."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    used = set(re.findall(r"[\"(]#([^\")]+)[\")]", body))
    body = re.sub(r' id="([^"]+)"', lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", body)
    body = re.sub(r"([\"(])#([^\")]+)([\")])", lambda f: f"{f[1]}#{name}-{f[2]}{f[3]}" if f[2] in used else f[0], body)
    body = _COORDINATES.sub(_shorten, body)
    return _FAMILIES.sub(lambda found: f"{found[0]}, {_FALLBACK}", body).rstrip() + "\n"


def _shorten(found: re.Match[str]) -> str:
    return f'{found[1]}="{_LONG.sub(_two_decimals, found[2])}"'


def _two_decimals(found: re.Match[str]) -> str:
    return found[1]
