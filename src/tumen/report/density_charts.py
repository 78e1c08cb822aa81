"""How many animals by country: points with intervals, the joint fit against fits of each country alone."""

from dataclasses import dataclass

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from tumen.report import drawing
from tumen.report.density import cell, counted_twice, quantity
from tumen.report.figure import Figure, slug
from tumen.report.ground import Sheet
from tumen.report.legend import Entry, dot, draw_key, line
from tumen.report.palette import BOTH, INK, PAPER, Palette, mix
from tumen.report.population import file_name, section_name, table
from tumen.report.population_cells import Row, animals, country, known, name_of, with_interval
from tumen.report.population_points import ROW, Estimate, draw_rows, left_of, numbered, reach, right_of
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

CHARTS = 4
"""Sessions that have a chart each; the table has them all."""

TWICE = "#9b1c31"
"""The colour of what is counted twice: no country's."""

_TOP, _BOTTOM, _KEY = 0.08, 0.4, 0.42


@dataclass(frozen=True)
class _Content:
    """The rows of one chart; whether fits of each country alone are among them; sessions that have no chart.

    `twice`: the rows of the sum, of the joint fit over the same ground, and of the animals seen in more than one
    country; None: none was, or the sum is no greater.
    """

    rows: list[Estimate]
    alone: bool
    twice: tuple[int, int, int] | None
    hidden: int


def draw_countries(answer: Answer, sheet: Sheet) -> tuple[Figure, ...]:
    """Return a chart for each session: one row a country, all together, and the national fits."""
    abundance, fits = table(answer, "abundance"), table(answer, "doubleCount")
    sessions = abundance["session"].unique(maintain_order=True).to_list()
    figures = []
    for number, session in enumerate(sessions[:CHARTS], 1):
        mine = pl.col("session").eq_missing(pl.lit(session, pl.String))
        content = _content(sheet, abundance.filter(mine), fits.filter(mine), len(sessions) - CHARTS)
        if content is None:
            continue
        name = f"{section_name(answer)}-countries" + (f"-{number}-{slug(str(session))}" if len(sessions) > 1 else "")
        figures.append(_figure(answer, sheet, content, (name, session if len(sessions) > 1 else None)))
    return tuple(figures)


def _content(sheet: Sheet, abundance: pl.DataFrame, fits: pl.DataFrame, hidden: int) -> _Content | None:
    words = sheet.words
    regions = abundance.filter(pl.col("regionKind").is_in(["country", "all"])).sort(pl.col("regionKind") == "all")
    rows = [_region(sheet, row) for row in regions.iter_rows(named=True)]
    if not any(known(row.value) for row in rows):
        return None
    alone = [row for kind in ("national", "sum", "joint") for row in fits.iter_rows(named=True) if row["kind"] == kind]
    if not any(row["kind"] == "national" for row in alone):
        return _Content(rows, False, None, hidden)
    rows = [Estimate(words.text("one joint fit")), *rows, Estimate(words.text("each country fitted alone"))]
    place = {row["kind"]: len(rows) + number for number, row in enumerate(alone)}
    rows += [_fitted(sheet, row) for row in alone]
    if "sum" not in place or "joint" not in place:
        return _Content(rows, True, None, hidden)
    added, joint = rows[place["sum"]].value, rows[place["joint"]].value
    seen = counted_twice({row["kind"]: row for row in alone})
    if added is None or joint is None or not seen or added <= joint or animals(words, added) == animals(words, joint):
        return _Content(rows, True, None, hidden)
    # The bar is so much of the sum; what of the difference lies beside it is of no animal that was seen.
    bar = (max(added - seen, 0.0), added)
    rows.append(Estimate(words.text("counted twice"), None, (None, None), words.number(seen), TWICE, wide=bar))
    return _Content(rows, True, (place["sum"], place["joint"], len(rows) - 1), hidden)


def _region(sheet: Sheet, row: Row) -> Estimate:
    """Return a country, or all together, of the joint fit."""
    words, name, whole = sheet.words, quantity(row), row["regionKind"] == "all"
    return Estimate(
        words.text("together") if whole else country(words, row["region"]) if row["region"] else "–",
        row[name],
        (row[f"{name}Low"], row[f"{name}High"]),
        cell(words, row, name),
        BOTH if whole else sheet.palette.country(row["region"]),
        "D" if whole else _dot(sheet.palette, row["region"]),
        wide=(row["identityLow"], row["identityHigh"]),
    )


def _fitted(sheet: Sheet, row: Row) -> Estimate:
    """Return a country fitted alone, their sum, or the joint fit over the ground of these."""
    words, national = sheet.words, row["kind"] == "national"
    labels = {"sum": words.text("added up"), "joint": words.text("one joint fit, same ground")}
    return Estimate(
        labels[row["kind"]] if not national else country(words, row["countryCode"]) if row["countryCode"] else "–",
        row["estimate"],
        (row["low"], row["high"]),
        with_interval(*(animals(words, row[part]) for part in ("estimate", "low", "high"))),
        sheet.palette.country(row["countryCode"]) if national else BOTH,
        _dot(sheet.palette, row["countryCode"]) if national else "D",
        hollow=row["kind"] != "joint",
    )


def _dot(palette: Palette, code: str | None) -> str:
    """Return the shape of a country; that of one without cameras can be told apart, and filled."""
    return palette.dot(code) if code in palette.countries else "v"


def _figure(answer: Answer, sheet: Sheet, content: _Content, title: tuple[str, str | None]) -> Figure:
    words, (name, session) = sheet.words, title
    high = ROW * len(content.rows) + 0.1
    size = (drawing.WIDTH, high + _TOP + _BOTTOM + _KEY)
    left, right = left_of(content.rows), right_of(content.rows)

    def draw(canvas: Canvas) -> None:
        axes = drawing.inches(canvas, (left, _BOTTOM + _KEY, drawing.WIDTH - left - right, high))
        numbered(axes, words.text("animals"))
        draw_rows(axes, content.rows, (0.0, 1.04 * reach(content.rows)))
        if content.twice is not None:
            _draw_twice(axes, content.rows, content.twice)
        place = {"loc": "lower left", "bbox_to_anchor": (0.02, 0.02 / size[1]), "ncols": 2, "columnspacing": 1.6}
        draw_key(canvas, _key(content, words), place, chars=46)

    caption, alternative = _words(answer, words, content, session)
    svg = drawing.render(name, size, draw, words.language)
    cited = tuple(
        file_name(answer, part) for part in (("abundance", "doubleCount") if content.alone else ("abundance",))
    )
    return Figure(name, section_name(answer), caption, alternative, svg, cited)


def _draw_twice(axes: Axes, rows: list[Estimate], places: tuple[int, int, int]) -> None:
    """Lead from the sum and from the joint fit down to the bar of the animals counted twice."""
    added, joint, twice = places
    for place in (added, joint):
        value = rows[place].value or 0.0
        axes.plot([value, value], [place, twice], color=BOTH, lw=0.6, dashes=(2, 2), zorder=1.5)


def _key(content: _Content, words: Words) -> list[Entry]:
    entries = [
        Entry(words.text("estimate of the joint fit, 95\u00a0% interval"), line(INK, 1.8, marker="o", markersize=5))
    ]
    if any(part is not None for row in content.rows if row.value is not None for part in row.wide):
        entries.append(Entry(words.text("the same with identity error"), line(mix(INK, PAPER, 0.25), 5.0)))
    if content.alone:
        entries.append(Entry(words.text("estimate of a fit to one country"), dot("o", face=PAPER)))
    return entries


def _words(answer: Answer, words: Words, content: _Content, session: str | None) -> tuple[str, str]:
    species = name_of(words, answer)
    caption = words.text("{species}: number of animals by country with 95\u00a0% intervals.", species=species)
    if session is not None:
        caption = words.text("Session {session}.", session=session) + " " + caption
        if content.hidden > 0:
            caption += " " + words.text("Shown: the first {count} sessions; the table has them all.", count=CHARTS)
    alternative = words.text(
        "Number of animals: {parts}.",
        parts=words.listing(f"{row.label} {row.words}" for row in content.rows if not row.heading),
    )
    return caption, alternative
