"""How do the numbers change? The section of one species, or of an indicator, on change from year to year."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import polars as pl

from tumen.report.cells import capital
from tumen.report.document import Block, Column, Grid, Text
from tumen.report.population import file_name, table
from tumen.report.population_cells import (
    Grids,
    animals,
    between,
    chance,
    closing,
    grids,
    measure,
    name_of,
    no_estimate,
    rate,
    said,
)
from tumen.report.waterbird_tables import TREND_CLASSES
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

TESTS: Mapping[str, str] = MappingProxyType(
    {
        "chiSquare": mark("fit: Pearson’s chi-square"),
        "likelihoodRatio": mark("fit: likelihood ratio"),
        "slope": mark("a slope is needed"),
        "changeOfSlope": mark("a change of slope is needed"),
        "deviations": mark("the years deviate from a line"),
        "covariate": mark("kinds of sites differ"),
        "overdispersion": mark("overdispersion: variance over mean"),
        "serialCorrelation": mark("correlation of a year with the year before"),
        "aic": mark("AIC, up to a constant"),
    }
)
ALL = "all"
_REGIONS = 3
"""Regions that stand side by side in a table; the others are in the file."""


def trends(answer: Answer, pictures: Sequence[Block], words: Words) -> tuple[Block, ...]:
    """Return the section on the trend of one species: sentences, figure, tables, notes, assumptions."""
    every: Grids = (
        (_slopes, "slopes", ("multiplicative",)),
        (_index, "index", ("index",)),
        (_data, "data", ("sites",)),
        (_tests, "tests", ("statistic",)),
    )
    shown = grids(answer, words, every)
    assumptions = _assumptions(words)
    lines = sentences(answer, words)
    if not lines:
        sentence = words.text(
            "{species}: no trend could be computed from these counts, for the reasons below. That does not say that "
            "the numbers are stable.",
            species=name_of(words, answer),
        )
        return (
            *no_estimate(answer, words, sentence),
            *pictures,
            *shown,
            *closing(answer, words, assumptions, notes=False),
        )
    return (*(Text(line) for line in lines), *pictures, *shown, *closing(answer, words, assumptions))


def region_name(region: str, words: Words) -> str:
    """Return what a region of a trend is called: all sites, a country, or a site's own name."""
    if region == ALL:
        return words.text("all sites")
    return words.country(region) if len(region) == 2 and region.isupper() else region


def _overall(answer: Answer) -> pl.DataFrame:
    return table(answer, "slopes").filter(pl.col("kind") == "imputed", pl.col("multiplicative").is_not_null())


def sentences(answer: Answer, words: Words) -> tuple[str, ...]:
    """Return the change of each region in a sentence."""
    lines = []
    for row in _overall(answer).unique("region", keep="first", maintain_order=True).iter_rows(named=True):
        lines.append(
            words.text(
                "{species}, {region}, {first}–{last}: {trend}; each year {slope} times the year before.",
                species=name_of(words, answer),
                region=region_name(row["region"], words),
                first=str(row["from"]),
                last=str(row["upto"]),
                trend=_class(row["trend"], words),
                slope=said(words, *(_times(words, row[part]) for part in ("multiplicative", "low", "high"))),
            )
        )
    return (*lines, *_vanished(answer, words))


def _vanished(answer: Answer, words: Words) -> list[str]:
    """Return the regions in which nothing was left in some year: no yearly change leads through zero."""
    none = table(answer, "totals").filter(pl.col("kind") == "imputed", pl.col("total") == 0)
    return [
        words.text(
            "{species}, {region}: none was counted at any site in {years}. No yearly change leads through zero.",
            species=name_of(words, answer),
            region=region_name(str(region), words),
            years=words.listing(str(year) for year in rows["time"].sort()),
        )
        for (region,), rows in none.group_by("region", maintain_order=True)
    ]


def _times(words: Words, value: float | None) -> str:
    return words.number(value, 3) if value is not None else "–"


def _class(code: str | None, words: Words) -> str:
    return words.text(TREND_CLASSES[code]) if code is not None and code in TREND_CLASSES else "–"


def _slopes(answer: Answer, words: Words) -> tuple[Grid, ...]:
    rows = tuple(
        (
            region_name(row["region"], words),
            f"{row['from']}–{row['upto']}",
            _times(words, row["multiplicative"]),
            between(_times(words, row["low"]), _times(words, row["high"])) or "–",
            chance(words, row["p"]),
            _class(row["trend"], words),
        )
        for row in _overall(answer).iter_rows(named=True)
    )
    columns = (
        Column(words.text("Sites")),
        Column(words.text("Years")),
        Column(words.text("Times the year before"), "right"),
        Column(words.text("95\u00a0% interval"), "right"),
        Column("p", "right"),
        Column(words.text("Class")),
    )
    return (Grid(words.text("Change from year to year"), columns, rows, (file_name(answer, "slopes"),)),)


def _index(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the index of all regions side by side, a row a year."""
    frame = table(answer, "index").filter(pl.col("kind") == "imputed")
    totals = table(answer, "totals").filter(pl.col("kind") == "imputed")
    regions = frame["region"].unique(maintain_order=True).to_list()[:_REGIONS]
    index = {(row["region"], row["time"]): row for row in frame.iter_rows(named=True)}
    birds = {(row["region"], row["time"]): row["total"] for row in totals.iter_rows(named=True)}
    rows = tuple(
        (
            str(year),
            *(
                cell
                for region in regions
                for cell in (_span(index.get((region, year)), words), animals(words, birds.get((region, year))))
            ),
        )
        for year in frame["time"].unique().sort()
    )
    columns = [Column(words.text("Year"))]
    for region in regions:
        columns.append(Column(words.text("{region}: index", region=region_name(region, words)), "right"))
        columns.append(Column(words.text("birds"), "right"))
    note = words.text(
        "The index with its 95\u00a0% interval, and the number over all sites, missing counts filled in by the model. "
        "“–”: not estimable; it is not zero."
    )
    title = words.text("Index and totals by year")
    return (Grid(title, tuple(columns), rows, (file_name(answer, "index"), file_name(answer, "totals")), note),)


def _span(row: Mapping[str, Any] | None, words: Words) -> str:
    if row is None or row["index"] is None:
        return "–"
    span = between(rate(words, row["low"]), rate(words, row["high"]))
    return f"{rate(words, row['index'])} ({span})" if span and row["low"] != row["high"] else rate(words, row["index"])


def _data(answer: Answer, words: Words) -> tuple[Grid, ...]:
    frame = table(answer, "data")
    rows = tuple(
        (
            region_name(row["region"], words),
            *(words.number(row[part]) for part in ("sites", "years", "observed", "missing", "zeros")),
            animals(words, row["birds"]),
        )
        for row in frame.iter_rows(named=True)
    )
    titles = (
        words.text("Sites with birds"),
        words.text("Years"),
        words.text("Counts"),
        words.text("Missing counts"),
        words.text("Zeros"),
        words.text("Birds counted"),
    )
    columns = (Column(words.text("Sites")), *(Column(title, "right") for title in titles))
    return (Grid(words.text("What the trend was computed from"), columns, rows, (file_name(answer, "data"),)),)


def _tests(answer: Answer, words: Words) -> tuple[Grid, ...]:
    rows = tuple(
        (
            region_name(row["region"], words),
            " ".join(filter(None, (capital(words.text(TESTS[row["test"]])), row["about"]))),
            measure(words, row["statistic"], 4),
            measure(words, row["df"]) if row["df"] is not None else "–",
            chance(words, row["p"]),
        )
        for row in table(answer, "tests").iter_rows(named=True)
    )
    columns = (
        Column(words.text("Sites")),
        Column(words.text("Test")),
        Column(words.text("statistic"), "right"),
        Column(words.text("degrees of freedom"), "right"),
        Column("p", "right"),
    )
    return (Grid(words.text("How well the model fits"), columns, rows, (file_name(answer, "tests"),)),)


def _assumptions(words: Words) -> tuple[str, ...]:
    return (
        words.text(
            "Counts that are missing follow the same change as the counts of that year at other sites. Sites that are "
            "left out because they declined would hide the decline."
        ),
        words.text("Every site is counted in the same way in every year; a better telescope looks like more birds."),
        words.text(
            "The classes follow TRIM: the interval of the yearly change against no change, and against 5\u00a0% a year."
        ),
    )


def indicators(answer: Answer, pictures: Sequence[Block], words: Words) -> tuple[Block, ...]:
    """Return the section on indicators of several species."""
    every: Grids = ((_indicator_slopes, "slopes", ("multiplicative",)), (_indicator, "indicator", ("index",)))
    assumptions = (
        words.text("Every species has the same weight, be it common or rare: the indicator is a geometric mean."),
        words.text("The intervals come from drawing each species’ index anew many times within its standard error."),
    )
    return (*pictures, *grids(answer, words, every), *closing(answer, words, assumptions))


def _indicator_slopes(answer: Answer, words: Words) -> tuple[Grid, ...]:
    rows = tuple(
        (
            row["indicator"],
            _times(words, row["multiplicative"]),
            between(_times(words, row["low"]), _times(words, row["high"])) or "–",
            _class(row["trend"], words),
        )
        for row in table(answer, "slopes").iter_rows(named=True)
    )
    columns = (
        Column(words.text("Indicator")),
        Column(words.text("Times the year before"), "right"),
        Column(words.text("95\u00a0% interval"), "right"),
        Column(words.text("Class")),
    )
    return (Grid(words.text("Change of the indicators"), columns, rows, (file_name(answer, "slopes"),)),)


def _indicator(answer: Answer, words: Words) -> tuple[Grid, ...]:
    rows = tuple(
        (
            row["indicator"],
            str(row["time"]),
            measure(words, row["index"]),
            between(measure(words, row["low"]), measure(words, row["high"])) or "–",
            words.number(row["species"]),
        )
        for row in table(answer, "indicator").iter_rows(named=True)
    )
    columns = (
        Column(words.text("Indicator")),
        Column(words.text("Year")),
        Column(words.text("Index"), "right"),
        Column(words.text("95\u00a0% interval"), "right"),
        Column(words.text("Species"), "right"),
    )
    return (Grid(words.text("Indicators by year"), columns, rows, (file_name(answer, "indicator"),)),)
