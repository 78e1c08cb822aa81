"""Timelines of the animals found in more than one country: where each was when, and when it must have crossed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch, Polygon
from matplotlib.transforms import blended_transform_factory

from tumen.report import drawing
from tumen.report.figure import Figure, slug
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, dot, draw_key, line
from tumen.report.palette import FAINT, INK, PAPER, SOFT_INK, Palette, mix
from tumen.report.source import ReportSource
from tumen.report.words.render import Words

ON_ONE_PAGE = 40
"""Animals in one figure; more go on to further figures."""

_ROW, _TOP, _BOTTOM, _RIGHT = 0.21, 0.1, 0.28, 0.12
_KEY = 0.42
_SEX = {"female": "♀", "male": "♂"}


@dataclass(frozen=True)
class _Row:
    """One animal: its name, its encounters in order of time, its crossings."""

    label: str
    encounters: pl.DataFrame
    crossings: pl.DataFrame

    @property
    def tracked(self) -> bool:
        """Whether it wore a transmitter: runs of positions instead of meetings at cameras."""
        return bool(self.encounters["place"].null_count())


def draw_timelines(source: ReportSource, sheet: Sheet) -> tuple[Figure, ...]:
    """Return the timelines, one figure for each species and `ON_ONE_PAGE` animals; none if nothing crossed."""
    figures = []
    for species in source.species:
        rows = _rows(source, species)
        pages = [rows[k : k + ON_ONE_PAGE] for k in range(0, len(rows), ON_ONE_PAGE)]
        for number, page in enumerate(pages, 1):
            name = f"timeline-{slug(species)}" + (f"-{number}" if len(pages) > 1 else "")
            figures.append(_figure(sheet, (name, species, page, (number, len(pages)))))
    return tuple(figures)


def _rows(source: ReportSource, species: str) -> list[_Row]:
    tables = source.crossings.tables
    crossers = (
        tables["individuals"]
        .filter((pl.col("scientificName") == species) & pl.col("countries").str.contains("|", literal=True))
        .sort("firstSeen", "individualID")
    )
    rows = []
    for who, sex, stage in crossers.select("individualID", "sex", "stage").iter_rows():
        mine = pl.col("individualID") == who
        marks = [_SEX.get(sex or "", ""), "•" if stage == "cub" else ""]
        label = " ".join(part for part in (str(who), *marks) if part)
        rows.append(
            _Row(
                label,
                tables["encounters"].filter(mine).sort("start", "end"),
                tables["crossings"].filter(mine).sort("notBefore"),
            )
        )
    return rows


def _figure(sheet: Sheet, what: tuple[str, str, list[_Row], tuple[int, int]]) -> Figure:
    words, palette = sheet.words, sheet.palette
    name, species, rows, (number, of) = what
    row_high = 0.34 if len(rows) < 6 else _ROW
    high = row_high * len(rows) + 0.1
    size = (drawing.WIDTH, high + _TOP + _BOTTOM + _KEY)
    left = drawing.margin([short(row.label) for row in rows], drawing.NORMAL)

    def draw(canvas: Canvas) -> None:
        axes = drawing.inches(canvas, (left, _BOTTOM + _KEY, drawing.WIDTH - left - _RIGHT, high))
        drawing.quiet(axes)
        _time_axis(axes, rows, words)
        for place, row in enumerate(rows):
            if place % 2 == 0:
                axes.axhspan(place - 0.5, place + 0.5, color=mix(FAINT, PAPER, 0.22), zorder=0, lw=0)
            _draw_row(axes, place, row, palette)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks(range(len(rows)), [short(row.label) for row in rows])
        axes.tick_params(axis="y", labelcolor=INK, labelsize=drawing.NORMAL, pad=4)
        place_key = {"loc": "lower left", "bbox_to_anchor": (0.02, 0.02 / size[1]), "ncols": 3, "columnspacing": 1.6}
        draw_key(canvas, _key(rows, words, palette), place_key, chars=34)

    caption, alternative = _words(words, species, rows, (number, of))
    svg = drawing.render(name, size, draw, sheet.words.language)
    return Figure(
        name,
        "timelines",
        caption,
        alternative,
        svg,
        ("encounters", "crossings"),
    )


def _draw_row(axes: Axes, place: int, row: _Row, palette: Palette) -> None:
    """Draw one animal: a line where it stayed in a country, a wedge pair where it crossed, a dot per encounter."""
    half = 0.27
    for before, after, left, right in row.crossings.select(
        "fromCountry", "toCountry", "notBefore", "notAfter"
    ).iter_rows():
        start, end = drawing.moments([left, right])
        tints = mix(palette.country(before), PAPER, 0.45), mix(palette.country(after), PAPER, 0.45)
        below = [(start, place - half), (start, place + half), (end, place + half)]
        above = [(start, place - half), (end, place - half), (end, place + half)]
        axes.add_patch(Polygon(below, closed=True, facecolor=tints[0], lw=0, zorder=2))
        axes.add_patch(Polygon(above, closed=True, facecolor=tints[1], lw=0, zorder=2))
    for code, start, end in _stays(row.encounters):
        width = 6.5 if row.tracked else 1.3
        axes.plot([start, end], [place] * 2, color=palette.country(code), lw=width, zorder=3, solid_capstyle="butt")
    if row.tracked:
        return
    for (code,), seen in row.encounters.group_by("countryCode", maintain_order=True):
        shape = palette.dot(None if code is None else str(code))
        colour = palette.country(None if code is None else str(code))
        style: dict[str, Any] = {"color": colour} if shape == "x" else {"facecolor": colour, "edgecolor": PAPER}
        axes.scatter(
            drawing.moments(seen["start"].to_list()),
            [place] * seen.height,
            marker=shape,
            s=17,
            linewidths=0.5,
            zorder=4,
            **style,
        )


def _stays(encounters: pl.DataFrame) -> list[tuple[str, float, float]]:
    """Return spans between the first and last of consecutive encounters whose country is certain and the same."""
    run = (pl.col("countryCode") != pl.col("countryCode").shift(1)).fill_null(True).cum_sum().alias("run")
    spans = (
        encounters.drop_nulls("countryCode")
        .with_columns(run)
        .group_by("run", maintain_order=True)
        .agg(pl.first("countryCode"), pl.first("start"), pl.last("end"))
    )
    starts, ends = (drawing.moments(spans[edge].to_list()) for edge in ("start", "end"))
    return list(zip(spans["countryCode"].to_list(), starts, ends, strict=True))


def _time_axis(axes: Axes, rows: list[_Row], words: Words) -> None:
    first = min(row.encounters["start"].min() for row in rows)  # type: ignore[type-var]
    last = max(row.encounters["end"].max() for row in rows)  # type: ignore[type-var]
    time_axis(axes, (_instant(first), _instant(last)), words)


def time_axis(axes: Axes, span: tuple[datetime, datetime], words: Words) -> None:
    """Mark years and, where there is room, months; days are UTC."""
    low, high = drawing.moments(span)
    margin = max((high - low) * 0.02, 1.0)
    axes.set_xlim(low - margin, high + margin)
    step = next((s for s in (1, 2, 3, 6, 12) if (high - low) / 30.4 / s <= 14), 12 * ceil_years(high - low))
    ticks, labels = [], []
    for year in range(span[0].year - 1, span[1].year + 2):
        if step > 12 and year % (step // 12):
            continue
        for month in range(1, 13, min(step, 12)):
            instant = datetime(year, month, 1, tzinfo=UTC)
            (moment,) = drawing.moments([instant])
            if low - margin <= moment <= high + margin:
                ticks.append(moment)
                labels.append(_tick(instant, step, words, first=len(ticks) == 1))
    axes.set_xticks(ticks, labels)
    axes.xaxis.set_tick_params(pad=3, labelcolor=SOFT_INK)
    transform = blended_transform_factory(axes.transData, axes.transAxes)
    for tick in ticks:
        axes.plot([tick, tick], [0, 1], transform=transform, color=FAINT, lw=0.4, zorder=1)


def ceil_years(days: float) -> int:
    """Return after how many years to set a mark, so that at most 14 fit."""
    return int(np.ceil(days / 365.25 / 14))


def _tick(instant: datetime, step: int, words: Words, *, first: bool) -> str:
    if step >= 12:
        return str(instant.year)
    month = words.month(date(instant.year, instant.month, 1))
    return f"{month}\n{instant.year}" if first or instant.month == 1 else month


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(value)
    return value


def _key(rows: list[_Row], words: Words, palette: Palette) -> list[Entry]:
    codes = sorted({code for row in rows for code in row.encounters["countryCode"].drop_nulls()})
    tracked = all(row.tracked for row in rows)
    entries = []
    for code in codes:
        colour = palette.country(code)
        look = line(colour, 5.0) if tracked else dot(palette.dot(code), face=colour, edge=PAPER, size=5.2)
        label = words.text("in {country}", country=words.country(code))
        entries.append(Entry(label, look))
    if not tracked and any(row.encounters["countryCode"].null_count() for row in rows):
        entries.append(Entry(words.text("side not certain"), dot("x", face=SOFT_INK, edge=SOFT_INK, size=4)))
    window = Patch(facecolor=mix(INK, PAPER, 0.25), lw=0)
    entries.append(Entry(words.text("between two countries: crossed at an unknown moment within"), window))
    if any(mark in row.label for row in rows for mark in _SEX.values()):
        entries.append(Entry(words.text("♀ female, ♂ male")))
    if any("•" in row.label for row in rows):
        entries.append(Entry(words.text("• cub")))
    return entries


def _words(words: Words, species: str, rows: list[_Row], page: tuple[int, int]) -> tuple[str, str]:
    name = words.species(species).plain
    times = sum(row.crossings.height for row in rows)
    caption = words.text(
        "{species}: when each animal found in more than one country was seen, and where. Two-coloured bars are the "
        "windows in which it must have crossed, from the colour on the left to the colour on the right. Days are UTC.",
        species=name[:1].upper() + name[1:],
    )
    if page[1] > 1:
        caption += " " + words.text("Part {number} of {of}.", number=page[0], of=page[1])
    alternative = words.text(
        "Timelines. Animals: {animals}; crossings: {crossings}; species: {species}.",
        animals=len(rows),
        crossings=times,
        species=name,
    )
    return caption, alternative


def short(label: str) -> str:
    """Return a long name with its middle left out.

    >>> short("T01"), short("north-reserve/female-2013-07")
    ('T01', 'north-rese…ale-2013-07')
    """
    return label if len(label) <= 22 else label[:10] + "…" + label[-11:]
