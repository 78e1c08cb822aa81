"""Genotypes in two dimensions by side, and the diversity of each side."""

from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from tumen.report import drawing
from tumen.report.diversity_tables import TOGETHER, label
from tumen.report.figure import Figure
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, dot, draw_key
from tumen.report.palette import BOTH, INK, PAPER, SOFT_INK, Palette, mix
from tumen.report.population import file_name, section_name, table
from tumen.report.population_cells import coefficient, known, measure, name_of
from tumen.report.population_points import ROW, Estimate, draw_rows, numbered, right_of
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

_OTHERS = ("#6a51a3", "#b1335e", "#5b7a1e", "#4f6b8c")
_OTHER_SHAPES = ("^", "v", "P", "h")
_MARGIN, _GAP = 0.06, 0.32


def draw_ordination(answer: Answer, sheet: Sheet) -> tuple[Figure, ...]:
    """Return the genotypes as points by side; none if fewer than three have a place."""
    words = sheet.words
    points = table(answer, "ordination").filter(pl.all_horizontal(pl.col("axis1", "axis2").is_finite()))
    if points.height < 3:
        return ()
    names = points["group"].unique(maintain_order=True).to_list()
    order = sorted(names, key=lambda group: (group is None, group or ""))
    name = f"{section_name(answer)}-ordination"
    high = 3.3
    size = (drawing.WIDTH, high + 0.5)

    def draw(canvas: Canvas) -> None:
        axes = drawing.inches(canvas, (0.5, 0.42, 4.4, high))
        drawing.quiet(axes)
        axes.axhline(0, color=SOFT_INK, lw=0.4, dashes=(2, 3), zorder=1)
        axes.axvline(0, color=SOFT_INK, lw=0.4, dashes=(2, 3), zorder=1)
        for group in order:
            mine = points.filter(pl.col("group").eq_missing(pl.lit(group, pl.String)))
            colour, shape = _look(group, order, sheet.palette)
            look: dict[str, Any] = {
                "s": 26,
                "marker": shape,
                "facecolor": mix(colour, PAPER, 0.85),
                "edgecolor": INK,
                "linewidths": 0.5,
            }
            axes.scatter(mine["axis1"], mine["axis2"], zorder=3, **look)
        axes.margins(_MARGIN)
        axes.set_aspect("equal", adjustable="datalim")
        for set_label, number in ((axes.set_xlabel, 1), (axes.set_ylabel, 2)):
            set_label(_axis(words, points, number), fontsize=drawing.NORMAL, color=SOFT_INK)
        entries = []
        for group in order:
            colour, shape = _look(group, order, sheet.palette)
            count = points.filter(pl.col("group").eq_missing(pl.lit(group, pl.String))).height
            text = f"{label(words, group) if group else words.text('side not certain')} ({words.number(count)})"
            entries.append(Entry(text, dot(shape, face=mix(colour, PAPER, 0.85), size=5)))
        place = {"loc": "upper left", "bbox_to_anchor": (5.1 / drawing.WIDTH, 1 - 0.1 / size[1])}
        draw_key(canvas, entries, place, chars=24)

    caption = words.text(
        "{species}: every point is an animal; the nearer two points, the more alike their genotypes.",
        species=name_of(words, answer),
    )
    alternative = words.text("Genotypes of {count} animals in two dimensions.", count=points.height)
    svg = drawing.render(name, size, draw, words.language)
    cited = (file_name(answer, "ordination"),)
    return (Figure(name, section_name(answer), caption, alternative, svg, cited),)


def draw_diversity(answer: Answer, sheet: Sheet) -> tuple[Figure, ...]:
    """Return alleles, heterozygosity and inbreeding by side; none if no side has any."""
    words = sheet.words
    frame = table(answer, "groups").filter(pl.any_horizontal(pl.col("A", "AR", "He", "Ho").is_finite()))
    if frame.is_empty():
        return ()
    names = frame["group"].to_list()
    panels = [
        (words.text("alleles a locus"), _rows(words, frame, names, ("AR", "A"), sheet.palette)),
        (words.text("heterozygosity"), _rows(words, frame, names, ("He", "Ho"), sheet.palette)),
        (words.text("inbreeding, FIS"), _rows(words, frame, names, ("FIS",), sheet.palette)),
    ]
    panels = [panel for panel in panels if any(known(row.value) for row in panel[1])]
    name = f"{section_name(answer)}-diversity"
    high = ROW * 2 * frame.height + 0.1
    size = (drawing.WIDTH, high + 0.5)

    def draw(canvas: Canvas) -> None:
        start = drawing.margin([label(words, one) for one in names], drawing.NORMAL) + 0.25
        rights = [right_of(rows) for _, rows in panels]
        wide = (drawing.WIDTH - start - sum(rights) - _GAP * (len(panels) - 1)) / len(panels)
        for number, (title, rows) in enumerate(panels):
            left = start + number * (wide + _GAP) + sum(rights[:number])
            axes = drawing.inches(canvas, (left, 0.4, wide, high))
            numbered(axes, title)
            draw_rows(axes, rows, _span(rows))
            _share_labels(axes, rows, first=number == 0, groups=[label(words, one) for one in names])

    caption = words.text(
        "{species}: diversity by side. Filled: alleles in samples of equal size (AR), expected heterozygosity (He), "
        "inbreeding (FIS); hollow: alleles as counted (A), observed heterozygosity (Ho).",
        species=name_of(words, answer),
    )
    alternative = words.text(
        "Expected heterozygosity: {parts}.",
        parts=words.listing(
            f"{label(words, row['group'])} {coefficient(words, row['He'])}" for row in frame.iter_rows(named=True)
        ),
    )
    svg = drawing.render(name, size, draw, words.language)
    cited = (file_name(answer, "groups"),)
    return (Figure(name, section_name(answer), caption, alternative, svg, cited),)


def _rows(
    words: Words, frame: pl.DataFrame, names: list[str | None], columns: tuple[str, ...], palette: Palette
) -> list[Estimate]:
    """Return two rows for each group: the main measure, and the second one hollow; one alone stands between."""
    rows = []
    for row in frame.iter_rows(named=True):
        colour, shape = _look(row["group"], names, palette)
        for place in range(2):
            if place >= len(columns):
                rows.append(Estimate(""))
                continue
            column = columns[place]
            low, high = (row["FISlow"], row["FIShigh"]) if column == "FIS" else (None, None)
            say = measure if column in ("A", "AR") else coefficient
            text = say(words, row[column])
            rows.append(Estimate(column, row[column], (low, high), text, colour, shape, hollow=place == 1))
    return rows


def _span(rows: list[Estimate]) -> tuple[float, float]:
    values = [row.value for row in rows if row.value is not None]
    ends = [end for row in rows for end in row.interval if end is not None]
    low, high = min([0.0, *values, *ends]), max([*values, *ends, 0.0])
    spare = 0.05 * ((high - low) or 1.0)
    return (low - spare if low < 0 else 0.0), high + spare


def _share_labels(axes: Axes, rows: list[Estimate], *, first: bool, groups: list[str]) -> None:
    """Name the measure at each row; the groups, once, at the left of the first panel."""
    axes.tick_params(axis="y", labelcolor=SOFT_INK, labelsize=drawing.SMALL, pad=3)
    for number, group in enumerate(groups):
        if number:
            axes.axhline(2 * number - 0.5, color=mix(SOFT_INK, PAPER, 0.4), lw=0.4, zorder=1)
        if first:
            axes.annotate(
                group,
                (0.0, 2 * number + 0.5),
                xycoords=("axes fraction", "data"),
                xytext=(-20, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=drawing.NORMAL,
            )
    axes.set_ylim(len(rows) - 0.4, -0.6)


def _look(group: str | None, names: list[str | None], palette: Palette) -> tuple[str, str]:
    """Return colour and shape: those of the country, or of a group of another kind."""
    if group is None or group in TOGETHER:
        return BOTH, "D"
    if group in palette.countries:
        return palette.country(group), palette.dot(group)
    others = [name for name in names if name is not None and name not in palette.countries and name not in TOGETHER]
    place = others.index(group) % len(_OTHERS)
    return _OTHERS[place], _OTHER_SHAPES[place]


def _axis(words: Words, points: pl.DataFrame, number: int) -> str:
    share = points[f"explained{number}"].drop_nulls()
    text = words.text("axis {number}", number=number)
    return f"{text} ({words.percent(share[0])})" if share.len() else text
