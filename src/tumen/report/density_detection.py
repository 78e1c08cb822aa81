"""How far a camera sees: the detection function by sex, and how far each sex moves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from tumen.report import drawing
from tumen.report.figure import Figure
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, draw_key, line
from tumen.report.lines import wrapped
from tumen.report.palette import PAPER, SOFT_INK, mix
from tumen.report.population import file_name, section_name, table
from tumen.report.population_cells import kilometres, known, level, name_of, with_interval
from tumen.report.population_points import Estimate, draw_rows, left_of, numbered, reach, right_of
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

MOST = 6
"""Curves in one figure; the table has them all."""

_Array = npt.NDArray[np.float64]
_COLOURS = ("#b1335e", "#4f6b8c", "#dd8a00", "#0b6e66", "#6a51a3", "#5b7a1e")
_DASHES = ((None, None), (5, 1.6), (2, 1.4), (5, 1.4, 1, 1.4), (1, 1.2), (8, 2))
_SHAPES = ("o", "s", "^", "D", "v", "P")
_LABEL = 20
_TOP, _BOTTOM, _KEY = 0.14, 0.4, 0.26

_FORMS: Mapping[str, Callable[[_Array, float, float, float], _Array]] = MappingProxyType(
    {
        "HN": lambda d, g, s, _: g * np.exp(-d * d / (2 * s * s)),
        "EX": lambda d, g, s, _: g * np.exp(-d / s),
        "HR": lambda d, g, s, z: g * (1 - np.exp(-((np.maximum(d, 1e-9) / s) ** -z))),
        "UN": lambda d, g, s, _: np.where(d <= s, g, 0.0),
    }
)
_HAZARD: Mapping[str, str] = MappingProxyType({"HHN": "HN", "HEX": "EX", "HHR": "HR"})
"""Forms of the hazard, in which expected detections have the shape that the chance has in the others."""


@dataclass(frozen=True)
class _Curve:
    """One detection function: what it is of, its height, scale (m) and shape, each as estimate, low, high."""

    label: str
    height: tuple[float, float | None, float | None]
    sigma: tuple[float, float | None, float | None]
    shape: float


def draw_detection(answer: Answer, sheet: Sheet) -> tuple[Figure, ...]:
    """Return the figure; none where the form is not known, or height or scale were not estimated."""
    words = sheet.words
    given = str(answer.parameters.get("detection", ""))
    form = _HAZARD.get(given, given)
    curves = _curves(table(answer, "parameters"), words)
    if form not in _FORMS or not curves:
        return ()
    rows = [
        Estimate(
            "\n".join(wrapped(curve.label, _LABEL)),
            curve.sigma[0] / 1000,
            (_thousandth(curve.sigma[1]), _thousandth(curve.sigma[2])),
            with_interval(*(kilometres(words, part) for part in curve.sigma)),
            _COLOURS[number % len(_COLOURS)],
            _SHAPES[number % len(_SHAPES)],
        )
        for number, curve in enumerate(curves)
    ]
    name = f"{section_name(answer)}-detection"
    left, right = left_of(rows), right_of(rows)
    half, high = 2.75, 1.75
    size = (drawing.WIDTH, high + _TOP + _BOTTOM + _KEY)

    def draw(canvas: Canvas) -> None:
        axes = drawing.inches(canvas, (0.52, _BOTTOM + _KEY, half, high))
        _draw_curves(axes, curves, form)
        axes.set_ylabel(_height_label(words, hazard=given in _HAZARD), fontsize=drawing.NORMAL, color=SOFT_INK)
        axes.set_xlabel(words.text("km from the centre of activity"), fontsize=drawing.NORMAL, color=SOFT_INK)
        start = 0.52 + half + 0.3 + left
        tall = min(0.42 * len(rows) + 0.1, high)
        points = drawing.inches(canvas, (start, _BOTTOM + _KEY + (high - tall), drawing.WIDTH - start - right, tall))
        numbered(points, words.text("sigma, km"))
        draw_rows(points, rows, (0.0, 1.05 * reach(rows)))
        place = {"loc": "lower left", "bbox_to_anchor": (0.02, 0.02 / size[1]), "ncols": 3, "columnspacing": 1.8}
        draw_key(canvas, _key(curves), place, chars=34)

    caption, alternative = _words(answer, words, rows, banded=any(_has_band(curve) for curve in curves))
    svg = drawing.render(name, size, draw, words.language)
    cited = (file_name(answer, "parameters"),)
    return (Figure(name, section_name(answer), caption, alternative, svg, cited),)


def _curves(parameters: pl.DataFrame, words: Words) -> list[_Curve]:
    """Return a curve for each session and level in which height or scale differ; equal sessions are one."""
    rows = [row for row in parameters.iter_rows(named=True) if known(row["estimate"])]
    heights = [row for row in rows if row["parameter"] in ("g0", "lambda0")]
    scales = [row for row in rows if row["parameter"] == "sigma" and row["estimate"] > 0]
    shapes = [row for row in rows if row["parameter"] == "z"]
    if not heights or not scales:
        return []
    found: dict[tuple[object, ...], list[tuple[str | None, str | None]]] = {}
    made: dict[tuple[object, ...], _Curve] = {}
    keys = dict.fromkeys((row["session"], row["level"]) for row in (*heights, *scales))
    for session, one in keys:
        # A level that only one of the two has would else have a second curve without it.
        if one is None and any(other is not None for where, other in keys if where == session):
            continue
        height, scale, shape = (_of(group, session, one) for group in (heights, scales, shapes))
        if height is None or scale is None:
            continue
        values = (_three(height), _three(scale), 1.0 if shape is None else float(shape["estimate"]))
        key = (one, *values)
        found.setdefault(key, []).append((session, one))
        made[key] = _Curve(level(words, one), *values)
    same = len({one for one, *_ in made}) == len(made)
    curves = []
    for found_key, curve in list(made.items())[:MOST]:
        sessions = [session for session, _ in found[found_key] if session]
        label = curve.label if same else f"{words.listing(sessions) or '–'}, {curve.label}"
        curves.append(_Curve(label, curve.height, curve.sigma, curve.shape))
    return curves


def _of(rows: list[dict[str, object]], session: str | None, one: str | None) -> dict[str, float] | None:
    """Return the row of a session and level; where a parameter does not differ by level, the row of all."""
    for wanted in ((session, one), (session, None), (None, one), (None, None)):
        for row in rows:
            if (row["session"], row["level"]) == wanted:
                return row  # type: ignore[return-value]
    return None


def _three(row: Mapping[str, float]) -> tuple[float, float | None, float | None]:
    return row["estimate"], row["low"], row["high"]


def _draw_curves(axes: Axes, curves: list[_Curve], form: str) -> None:
    drawing.quiet(axes, grid="y")
    far = 4.0 * max(curve.sigma[0] for curve in curves)
    distance = np.linspace(0.0, far, 161)
    shape = _FORMS[form]
    top = 0.0
    for number, curve in enumerate(curves):
        colour = _COLOURS[number % len(_COLOURS)]
        middle = shape(distance, curve.height[0], curve.sigma[0], curve.shape)
        top = max(top, float(middle.max()))
        (height_low, height_high), (near, wide) = curve.height[1:], curve.sigma[1:]
        if height_low is not None and height_high is not None and near is not None and wide is not None and near > 0:
            low = shape(distance, height_low, near, curve.shape)
            upper = shape(distance, height_high, wide, curve.shape)
            top = max(top, min(float(upper.max()), 3 * float(middle.max())))
            axes.fill_between(distance / 1000, low, upper, color=mix(colour, PAPER, 0.45), alpha=0.4, lw=0, zorder=2)
        axes.plot(distance / 1000, middle, color=colour, lw=1.5, dashes=_DASHES[number % len(_DASHES)], zorder=3)
    axes.set_xlim(0, far / 1000)
    axes.set_ylim(0, 1.06 * top)


def _has_band(curve: _Curve) -> bool:
    return None not in (*curve.height, *curve.sigma)


def _key(curves: list[_Curve]) -> list[Entry]:
    return [
        Entry(
            curve.label,
            line(
                _COLOURS[number % len(_COLOURS)],
                1.5,
                dashes=_DASHES[number % len(_DASHES)],
                marker=_SHAPES[number % len(_SHAPES)],
                markersize=4.5,
            ),
        )
        for number, curve in enumerate(curves)
    ]


def _height_label(words: Words, *, hazard: bool) -> str:
    return words.text("expected detections") if hazard else words.text("chance of a detection")


def _words(answer: Answer, words: Words, rows: list[Estimate], *, banded: bool) -> tuple[str, str]:
    caption = words.text(
        "{species}: left, detection at one station on one occasion, by the distance from the centre of activity; "
        "right, sigma, the scale of movement.",
        species=name_of(words, answer),
    )
    if banded:
        caption += " " + words.text(
            "The band runs from the lower to the upper ends of both intervals together, so it is wider than a "
            "95\u00a0% interval of the curve."
        )
    alternative = words.text(
        "Detection by distance. Sigma in kilometres: {parts}.",
        parts=words.listing(f"{row.label} {row.words}" for row in rows),
    )
    return caption, alternative


def _thousandth(metres: float | None) -> float | None:
    return None if metres is None else metres / 1000
