"""Can the estimate be trusted? The buffer, the fit, and whether effort was where the ground is."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch

from tumen.population.scr.regions import NO_COUNTRY
from tumen.report import drawing
from tumen.report.figure import Figure
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, draw_key
from tumen.report.palette import FAINT, INK, PAPER, SOFT_INK, mix
from tumen.report.population import file_name, section_name, table
from tumen.report.population_cells import chance, country, known, measure, name_of, statistic
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

_HALF, _TOP, _BOTTOM, _GAP = 1.6, 0.3, 0.42, 0.42
_BAR = 0.24
COVERAGE: Mapping[str, str] = MappingProxyType(
    {
        "areaKm2": mark("area"),
        "stations": mark("stations"),
        "cameraDays": mark("camera-days"),
        "animals": mark("animals seen"),
        "detections": mark("detections"),
        "spatialRecaptures": mark("at another station again"),
    }
)


def draw_diagnostics(answer: Answer, sheet: Sheet) -> tuple[Figure, ...]:
    """Return the panels for which there are numbers: buffer, goodness of fit, coverage of effort."""
    buffers = table(answer, "buffer").drop_nulls(["buffer", "density"]).sort("buffer")
    # Of several sessions the one that agrees least with the model is drawn; the table has them all.
    tests = (
        table(answer, "goodness")
        .filter(pl.all_horizontal(pl.col("observed", "low", "high").is_finite()))
        .sort("p", nulls_last=True, maintain_order=True)
        .unique("statistic", keep="first", maintain_order=True)
    )
    cover = _cover(answer)
    upper = [part for part, there in (("buffer", buffers.height > 1), ("goodness", tests.height > 0)) if there]
    if not upper and not cover:
        return ()
    words = sheet.words
    low_high = len(cover) * _BAR + 0.5 if cover else 0.0
    high = (_TOP + _HALF + _BOTTOM if upper else 0.0) + (low_high + _TOP if cover else 0.0)
    name = f"{section_name(answer)}-diagnostics"

    def draw(canvas: Canvas) -> None:
        base = high - _TOP - _HALF
        if "buffer" in upper:
            axes = drawing.inches(canvas, (0.52, base, 2.55, _HALF))
            _draw_buffer(axes, buffers, answer.parameters.get("buffer"), words)
        if "goodness" in upper:
            names = [statistic(words, name) for name in tests["statistic"]]
            left = drawing.margin(names, drawing.NORMAL)
            start = (3.35 if "buffer" in upper else 0.0) + left
            axes = drawing.inches(canvas, (start, base, drawing.WIDTH - start - 0.55, _HALF))
            _draw_goodness(axes, tests, names, words)
            title = words.text("Survey against simulated surveys")
            canvas.text(
                (start - left + 0.1) / drawing.WIDTH, (base + _HALF + 0.09) / high, title, fontsize=drawing.LARGE
            )
        if cover:
            left = drawing.margin([words.text(COVERAGE[name]) for name, _ in cover], drawing.NORMAL)
            box = (left, 0.5, drawing.WIDTH - left - 0.1, len(cover) * _BAR)
            _draw_cover(drawing.inches(canvas, box), cover, sheet)
            place = {"loc": "lower left", "bbox_to_anchor": (0.02, 0.02 / high), "ncols": 5, "columnspacing": 1.6}
            draw_key(canvas, _key(cover, sheet), place, chars=34)

    caption = _caption(answer, words, upper, covered=bool(cover))
    svg = drawing.render(name, (drawing.WIDTH, high), draw, words.language)
    measured = ("abundance",) if cover and cover[0][0] == "areaKm2" else ()
    used = (*upper, *(("effort", *measured) if cover else ()))
    cited = tuple(file_name(answer, part) for part in used)
    return (Figure(name, section_name(answer), caption, caption, svg, cited),)


def _cover(answer: Answer) -> list[tuple[str, dict[str | None, float]]]:
    """Return each measure with its amount by country, over all sessions; none where one country has everything."""
    effort = table(answer, "effort")
    area = (
        table(answer, "abundance")
        .filter(pl.col("regionKind") == "country")
        .group_by("region")
        .agg(pl.col("areaKm2").max())
        .drop_nulls()
        # Ground in no country is as uncertain as a station of no certain side.
        .with_columns(pl.when(pl.col("region") != NO_COUNTRY).then("region"))
    )
    codes = set(effort["countryCode"]) | set(area["region"].drop_nulls())
    if effort.is_empty() or len(codes) < 2:
        return []
    found: list[tuple[str, dict[str | None, float]]] = []
    if area.height:
        found.append(("areaKm2", dict(area.sort("region", nulls_last=True).iter_rows())))
    for name in COVERAGE:
        if name == "areaKm2" or effort[name].null_count():
            continue
        sums = effort.group_by("countryCode").agg(pl.col(name).sum()).sort("countryCode", nulls_last=True)
        if sums[name].sum():
            found.append((name, dict(sums.iter_rows())))
    return found


def _draw_buffer(axes: Axes, buffers: pl.DataFrame, used: object, words: Words) -> None:
    drawing.quiet(axes, grid="y")
    axes.plot(buffers["buffer"] / 1000, buffers["density"], "-o", color=INK, lw=1.1, ms=3.4, zorder=3)
    top = buffers["density"].max()
    axes.set_ylim(0, 1.15 * top if isinstance(top, float) and top > 0 else 1)
    if isinstance(used, int | float) and known(used):
        axes.axvline(used / 1000, color=SOFT_INK, lw=0.8, dashes=(3, 2), zorder=2)
        text = words.text("used: {buffer} km", buffer=words.exact(used / 1000))
        axes.annotate(
            text,
            (used / 1000, 0.04),
            xycoords=("data", "axes fraction"),
            xytext=(-3, 0),
            textcoords="offset points",
            ha="right",
            fontsize=drawing.SMALL,
            color=SOFT_INK,
        )
    axes.set_title(words.text("Density by buffer"), loc="left", fontsize=drawing.LARGE)
    axes.set_ylabel(words.text("per 100 km²"), fontsize=drawing.NORMAL, color=SOFT_INK)
    axes.set_xlabel(words.text("buffer, km"), fontsize=drawing.NORMAL, color=SOFT_INK)


def _draw_goodness(axes: Axes, tests: pl.DataFrame, names: list[str], words: Words) -> None:
    """Draw every statistic on its own scale: its interval of simulated surveys is the grey bar."""
    drawing.quiet(axes)
    low, high = -0.5, 1.5
    for place, row in enumerate(tests.iter_rows(named=True)):
        width = (row["high"] - row["low"]) or 1.0
        at = (row["observed"] - row["low"]) / width
        axes.plot([0, 1], [place, place], color=FAINT, lw=7, solid_capstyle="butt", zorder=2)
        shown = min(max(at, low), high)
        inside = 0 <= at <= 1
        marker = "o" if shown == at else "<" if at < low else ">"
        axes.plot([shown], [place], marker, color=INK if inside else "#9b1c31", ms=5.5, mec=PAPER, mew=0.6, zorder=4)
        said = words.text("p {p}", p=chance(words, row["p"]))
        axes.annotate(
            said,
            (1.0, place),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=drawing.SMALL,
        )
    axes.set_xlim(low - 0.08, high + 0.08)
    axes.set_ylim(max(tests.height, 3) - 0.4, -0.6)
    axes.set_yticks(range(tests.height), names)
    axes.tick_params(axis="y", labelcolor=INK, labelsize=drawing.NORMAL)
    axes.set_xticks([])


def _draw_cover(axes: Axes, cover: list[tuple[str, dict[str | None, float]]], sheet: Sheet) -> None:
    """Draw the share of each country in every measure."""
    drawing.quiet(axes)
    words = sheet.words
    for place, (_, amounts) in enumerate(cover):
        total, start = sum(amounts.values()), 0.0
        for code in _codes(cover):
            share = amounts.get(code, 0.0) / total
            colour = sheet.palette.country(code)
            axes.barh(place, share, left=start, height=0.72, color=colour, edgecolor=PAPER, linewidth=0.8)
            if share > 0.06:
                number = (
                    measure(words, amounts[code]) if isinstance(amounts[code], float) else words.number(amounts[code])
                )
                axes.text(
                    start + share / 2,
                    place,
                    number,
                    ha="center",
                    va="center",
                    fontsize=drawing.SMALL,
                    color=_on(colour),
                )
            start += share
    axes.set_xlim(0, 1)
    axes.set_ylim(len(cover) - 0.4, -0.6)
    axes.set_xticks([])
    axes.set_yticks(range(len(cover)), [words.text(COVERAGE[name]) for name, _ in cover])
    axes.tick_params(axis="y", labelcolor=INK, labelsize=drawing.NORMAL)
    axes.set_title(words.text("Was effort where the ground is?"), loc="left", fontsize=drawing.LARGE)


def _on(colour: str) -> str:
    """Return the ink that is readable on a colour."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 130 else PAPER


def _codes(cover: list[tuple[str, dict[str | None, float]]]) -> list[str | None]:
    every = {code for _, amounts in cover for code in amounts}
    return [*sorted(code for code in every if code is not None), *([None] if None in every else [])]


def _key(cover: list[tuple[str, dict[str | None, float]]], sheet: Sheet) -> list[Entry]:
    words = sheet.words
    return [
        Entry(
            country(words, code),
            Patch(facecolor=sheet.palette.country(code), edgecolor=mix(INK, PAPER, 0.6), lw=0.3),
        )
        for code in _codes(cover)
    ]


def _caption(answer: Answer, words: Words, upper: list[str], *, covered: bool) -> str:
    parts = [words.text("{species}: can the estimate be trusted?", species=name_of(words, answer))]
    if "buffer" in upper:
        parts.append(words.text("The density should be level where the buffer that was used lies."))
    if "goodness" in upper:
        parts.append(
            words.text(
                "A grey bar holds 95\u00a0% of the surveys simulated from the fit, each statistic on its own scale; "
                "the point is the survey. A point outside its bar says that the model misses something."
            )
        )
    if covered:
        parts.append(
            words.text(
                "Bars: the share of each country. A country with much ground and little effort rests on the model more "
                "than on what was seen."
            )
        )
    return " ".join(parts)
