"""The operating calendar: when each station's camera worked, failed, or did not stand at all."""

from datetime import UTC, datetime, time

import polars as pl
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch

from tumen.report import drawing
from tumen.report.figure import Figure
from tumen.report.legend import Entry, draw_key
from tumen.report.palette import FAINT, INK, PAPER, SOFT_INK, Palette, mix
from tumen.report.source import ReportSource
from tumen.report.timeline import time_axis
from tumen.report.words.render import Words

_MOST_HIGH = 8.2
_ROW = 0.115
_LEFT, _RIGHT, _TITLE, _BOTTOM = 1.35, 0.12, 0.27, 0.66
_NAMED = 60


def draw_calendar(source: ReportSource, words: Words, palette: Palette) -> Figure | None:
    """Return a strip for each station, grouped by party; None if no operating period is known."""
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

    def draw(canvas: Canvas) -> None:
        top = size[1]
        for number, (party, stations) in enumerate(groups, 1):
            high = row * len(stations)
            top -= _TITLE + high
            axes = drawing.inches(canvas, (_LEFT, top, drawing.WIDTH - _LEFT - _RIGHT, high))
            drawing.quiet(axes)
            time_axis(axes, span, words)
            axes.tick_params(axis="x", labelbottom=number == len(groups))
            _draw_strips(axes, stations, periods.filter(pl.col("party") == party), _colour(source, palette, party))
            _label(axes, source, words, (party, stations, rows <= _NAMED))
        place = {"loc": "lower left", "bbox_to_anchor": (0.02, 0.03 / size[1]), "ncols": 3, "columnspacing": 2.0}
        draw_key(canvas, _key(source, words), place, chars=40)

    caption = words.text(
        "When cameras operated: a strip for each station. A blank is time without a camera; a dark piece is a camera "
        "that stood and did not work. Neither is an absence of animals."
    )
    alternative = words.text(
        "Operating periods of {stations} stations of {parties} parties.", stations=rows, parties=len(groups)
    )
    return Figure("calendar", "effort", caption, alternative, drawing.render("calendar", size, draw), ("operating",))


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


def _colour(source: ReportSource, palette: Palette, party: str) -> str:
    code = source.parties.filter(pl.col("party") == party)["countryCode"]
    return mix(palette.country(code[0] if len(code) else None), PAPER, 0.78)


def _draw_strips(axes: Axes, stations: list[str], periods: pl.DataFrame, colour: str) -> None:
    place = {name: number for number, name in enumerate(stations)}
    height = 0.72 if len(stations) <= _NAMED else 0.9
    for (name, working), spans in periods.with_columns(working=pl.col("status") == "operating").group_by(
        "place", "working", maintain_order=True
    ):
        starts, ends = date2num(spans["start"].to_list()), date2num(spans["end"].to_list())
        bars = list(zip(starts, ends - starts, strict=True))
        y = place[str(name)] - height / 2
        axes.broken_barh(bars, (y, height), facecolor=colour if working else INK, lw=0, zorder=2 if working else 3)
    axes.set_ylim(len(stations) - 0.4, -0.6)


def _label(axes: Axes, source: ReportSource, words: Words, what: tuple[str, list[str], bool]) -> None:
    party, stations, named = what
    known = source.parties.filter(pl.col("party") == party)["failuresKnown"]
    title = f"{party}: " + words.plural("{count} station", "{count} stations", len(stations))
    if len(known) and not known[0]:
        title += " " + words.text("(failures not recorded: an upper bound)")
    axes.set_title(title, loc="left", fontsize=drawing.NORMAL, fontweight="bold", pad=2.5)
    if named:
        axes.set_yticks(range(len(stations)), [_short(place.removeprefix(f"{party}/")) for place in stations])
        axes.tick_params(axis="y", labelsize=5.2, labelcolor=SOFT_INK, pad=2)
    else:
        axes.set_yticks([])
    axes.axhline(len(stations) - 0.4, color=FAINT, lw=0.5)


def _key(source: ReportSource, words: Words) -> list[Entry]:
    entries = [Entry(words.text("operating"), Patch(facecolor=mix(INK, PAPER, 0.35), lw=0))]
    if (source.operating["status"] != "operating").any():
        entries.append(Entry(words.text("stood and did not work (failed, stolen, obstructed)"), Patch(facecolor=INK, lw=0)))
    entries.append(Entry(words.text("no camera"), Patch(facecolor=PAPER, edgecolor=FAINT, lw=0.5)))
    return entries


def _short(name: str) -> str:
    return name if len(name) <= 26 else name[:12] + "…" + name[-13:]
