"""What one list shows that adding national lists does not: the bars of the joint table."""

from dataclasses import dataclass

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch

from tumen.report import drawing
from tumen.report.figure import Figure
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, draw_key
from tumen.report.palette import BOTH, INK, NONE, PAPER, Palette
from tumen.report.source import ReportSource
from tumen.report.words.render import Words

_ROW = 0.27
_LEFT, _RIGHT, _TITLE, _BOTTOM = 2.05, 0.3, 0.3, 0.42


@dataclass(frozen=True)
class _Bar:
    """One bar: its label, its parts as (colour key, animals), its total."""

    label: str
    parts: tuple[tuple[str, int], ...]
    total: int


def draw_lists(source: ReportSource, sheet: Sheet) -> Figure | None:
    """Return the bars of each species' independent animals; None if no individual was identified."""
    words, palette = sheet.words, sheet.palette
    groups = [(species, _bars(source, words, species)) for species in source.species]
    groups = [(species, bars) for species, bars in groups if bars]
    if not groups:
        return None
    heights = [_TITLE + _ROW * len(bars) for _, bars in groups]
    size = (drawing.WIDTH, sum(heights) + _BOTTOM)
    most = max(bar.total for _, bars in groups for bar in bars)

    def draw(canvas: Canvas) -> None:
        top = size[1]
        for (species, bars), high in zip(groups, heights, strict=True):
            box = (_LEFT, top - high, drawing.WIDTH - _LEFT - _RIGHT, high - _TITLE)
            axes = drawing.inches(canvas, box)
            _draw_bars(axes, bars, palette, most)
            name = words.species(species)
            axes.set_title(
                name.plain[:1].upper() + name.plain[1:],
                loc="left",
                x=-_LEFT / box[2] + 0.004,
                pad=3,
                fontsize=drawing.LARGE,
                style="normal" if name.common else "italic",
            )
            top -= high
        key = [
            Entry(words.text("only in {country}", country=words.country(c)), _patch(palette.country(c)))
            for c in palette.countries
        ]
        key.append(Entry(words.text("in more than one country"), _patch(BOTH)))
        if any(part == "" for _, bars in groups for bar in bars for part, _ in bar.parts):
            key.append(Entry(words.text("side not certain"), _patch(NONE)))
        place = {"loc": "lower left", "bbox_to_anchor": (0.004, 0.03 / size[1]), "ncols": 3, "columnspacing": 2.0}
        draw_key(canvas, key, place, chars=30)

    caption = words.text(
        "National lists and the joint list. An animal on two national lists is counted twice when lists are added; "
        "the joint list counts it once."
    )
    joint = source.crossings.tables["joint"]
    if (joint.filter(pl.col("individuals") > 0)["stage"] == "cub").any():
        caption += " " + words.text("Cubs are left out.")
    alternative = " ".join(
        f"{words.species(species).plain}: " + ", ".join(f"{bar.label} {words.number(bar.total)}" for bar in bars) + "."
        for species, bars in groups
    )
    svg = drawing.render("lists", size, draw, sheet.words.language)
    return Figure(
        "lists",
        "results",
        caption,
        alternative,
        svg,
        ("joint", "summary"),
    )


def _bars(source: ReportSource, words: Words, species: str) -> list[_Bar]:
    joint = (
        source.crossings.tables["joint"]
        .filter((pl.col("scientificName") == species) & (pl.col("stage") != "cub"))
        .drop_nulls("individuals")
    )
    totals = dict(joint.group_by("area").agg(pl.sum("individuals")).iter_rows())
    union = totals.get("union", 0)
    if not union:
        return []
    combined = {area: n for area, n in totals.items() if "|" in area}
    single = {a: n for a, n in totals.items() if "|" not in a and a not in ("union", "sideUnknown")}
    only = {code: n - sum(m for area, m in combined.items() if code in area.split("|")) for code, n in single.items()}
    several = sum(combined.values())
    codes = sorted(single)
    bars = [
        _Bar(
            words.text("list of {country}", country=words.country(code)),
            ((code, only[code]), ("|", single[code] - only[code])),
            single[code],
        )
        for code in codes
    ]
    unsure = totals.get("sideUnknown", 0)
    tail = (("", unsure),) if unsure else ()
    joined = (*((code, only[code]) for code in codes), ("|", several), *tail)
    bars.append(_Bar(words.text("joint list"), joined, union))
    added = tuple(part for code in codes for part in ((code, only[code]), ("|", single[code] - only[code])))
    bars.append(_Bar(words.text("national lists added up"), added, sum(single.values())))
    return bars


def _draw_bars(axes: Axes, bars: list[_Bar], palette: Palette, most: int) -> None:
    drawing.quiet(axes)
    for place, bar in enumerate(bars):
        left = 0
        for key, count in bar.parts:
            if not count:
                continue
            colour = BOTH if key == "|" else palette.country(key or None)
            axes.barh(place, count, left=left, height=0.68, color=colour, edgecolor=PAPER, linewidth=0.8)
            if count / most > 0.035:
                ink = INK if key in palette.countries and palette.countries.index(key) == 0 else PAPER
                axes.text(
                    left + count / 2,
                    place,
                    str(count),
                    ha="center",
                    va="center_baseline",
                    color=ink,
                    fontsize=drawing.SMALL,
                )
            left += count
        axes.text(
            left + most * 0.012, place, str(bar.total), va="center_baseline", fontweight="bold", fontsize=drawing.NORMAL
        )
    axes.set_yticks(range(len(bars)), [bar.label for bar in bars])
    axes.tick_params(axis="y", labelcolor=INK, labelsize=drawing.NORMAL)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlim(0, most * 1.06)
    axes.set_xticks([])


def _patch(colour: str) -> Patch:
    return Patch(facecolor=colour, lw=0)
