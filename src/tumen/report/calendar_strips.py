"""The operating calendar: when each station's camera worked, failed, or did not stand at all."""

from datetime import UTC, datetime, time

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch

from tumen.report import drawing
from tumen.report.figure import Figure
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, draw_key
from tumen.report.palette import FAINT, INK, PAPER, SOFT_INK, Palette, mix
from tumen.report.source import ReportSource
from tumen.report.timeline import short, time_axis
from tumen.report.words.render import Words

_MOST_HIGH = 5.8
_ROW = 0.115
_RIGHT, _TITLE, _BOTTOM = 0.12, 0.27, 0.66
_TINY = 5.2
_NAMED = 60


def draw_calendar(source: ReportSource, sheet: Sheet) -> Figure | None:
    """Return a strip for each station, grouped by party; None if no operating period is known."""
    words, palette = sheet.words, sheet.palette
    periods = source.operating
    if periods.is_empty():
        return None
    groups = [
        (party, _stations(source.stations, periods, party))
        for party in palette.parties
        if (periods["party"] == party).any()
    ]
    rows = sum(len(stations) for _, stations in groups)
    row = min(_ROW, (_MOST_HIGH - _TITLE * len(groups)) / rows)
    size = (drawing.WIDTH, row * rows + _TITLE * len(groups) + _BOTTOM)
    span = _span(source)
    names = [short(_name(place, party)) for party, stations in groups for place in stations] if rows <= _NAMED else []
    left = drawing.margin(names, _TINY)
    colours = _colours(source.stations, palette)

    def draw(canvas: Canvas) -> None:
        top = size[1]
        for number, (party, stations) in enumerate(groups, 1):
            high = row * len(stations)
            top -= _TITLE + high
            axes = drawing.inches(canvas, (left, top, drawing.WIDTH - left - _RIGHT, high))
            drawing.quiet(axes)
            time_axis(axes, span, words)
            axes.tick_params(axis="x", labelbottom=number == len(groups))
            _draw_strips(axes, stations, periods.filter(pl.col("party") == party), colours)
            _label(axes, source, words, (party, stations, rows <= _NAMED))
        place = {"loc": "lower left", "bbox_to_anchor": (0.02, 0.03 / size[1]), "ncols": 3, "columnspacing": 2.0}
        draw_key(canvas, _key(source, words), place, chars=40)

    caption = words.text(
        "When cameras operated: a strip for each station. A blank is time without a camera; a dark piece is a camera "
        "that stood and did not work. Neither is an absence of animals."
    )
    alternative = words.text(
        "Operating periods. Stations: {stations}; parties: {parties}.", stations=rows, parties=len(groups)
    )
    svg = drawing.render("calendar", size, draw, sheet.words.language)
    return Figure(
        "calendar",
        "effort",
        caption,
        alternative,
        svg,
        ("operating",),
    )


def _stations(stations: pl.DataFrame, periods: pl.DataFrame, party: str) -> list[str]:
    own = periods.filter(pl.col("party") == party).group_by("place").agg(pl.min("start"))
    silent = stations.filter((pl.col("party") == party) & ~pl.col("place").is_in(own["place"].to_list()))["place"]
    return [*own.sort("start", "place")["place"], *silent.sort()]


def _span(source: ReportSource) -> tuple[datetime, datetime]:
    first, last = source.operating["start"].min(), source.operating["end"].max()
    if source.period is not None:
        low, high = (datetime.combine(day, time(), UTC) for day in source.period)
        first, last = max(first, low), min(last, high)  # type: ignore[type-var]
    return first, last  # type: ignore[return-value]


def _colours(stations: pl.DataFrame, palette: Palette) -> dict[str, str]:
    return {
        place: mix(palette.country(code), PAPER, 0.78)
        for place, code in stations.select("place", "countryCode").iter_rows()
    }


def _draw_strips(axes: Axes, stations: list[str], periods: pl.DataFrame, colours: dict[str, str]) -> None:
    row = {name: number for number, name in enumerate(stations)}
    height = 0.72 if len(stations) <= _NAMED else 0.9
    for (place, working), spans in periods.with_columns(working=pl.col("status") == "operating").group_by(
        "place", "working", maintain_order=True
    ):
        name = str(place)
        starts, ends = (drawing.moments(spans[edge].to_list()) for edge in ("start", "end"))
        bars = [(start, end - start) for start, end in zip(starts, ends, strict=True)]
        box = (row[name] - height / 2, height)
        axes.broken_barh(bars, box, facecolor=colours[name] if working else INK, lw=0, zorder=2 if working else 3)
    axes.set_ylim(len(stations) - 0.4, -0.6)


def _label(axes: Axes, source: ReportSource, words: Words, what: tuple[str, list[str], bool]) -> None:
    party, stations, named = what
    known = source.parties.filter(pl.col("party") == party)["failuresKnown"]
    title = f"{party}: " + words.plural("{count} station", "{count} stations", len(stations))
    if len(known) and not known[0]:
        title += " " + words.text("(failures not recorded: an upper bound)")
    axes.set_title(title, loc="left", fontsize=drawing.NORMAL, fontweight="bold", pad=2.5)
    if named:
        axes.set_yticks(range(len(stations)), [short(_name(place, party)) for place in stations])
        axes.tick_params(axis="y", labelsize=_TINY, labelcolor=SOFT_INK, pad=2)
    else:
        axes.set_yticks([])
    axes.axhline(len(stations) - 0.4, color=FAINT, lw=0.5)


def _key(source: ReportSource, words: Words) -> list[Entry]:
    entries = [Entry(words.text("operating"), Patch(facecolor=mix(INK, PAPER, 0.35), lw=0))]
    if (source.operating["status"] != "operating").any():
        entries.append(
            Entry(words.text("stood and did not work (failed, stolen, obstructed)"), Patch(facecolor=INK, lw=0))
        )
    entries.append(Entry(words.text("no camera"), Patch(facecolor=PAPER, edgecolor=FAINT, lw=0.5)))
    return entries


def _name(place: str, party: str) -> str:
    return place.removeprefix(f"{party}/")
