"""The tables of the section on genetic diversity."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from tumen.report.cells import SHOWN, further
from tumen.report.document import Cell, Column, Grid
from tumen.report.population import file_name, table
from tumen.report.population_cells import Row, animals, between, chance, coefficient, measure, with_interval
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

TOGETHER = frozenset({"all", "union", "together"})
_CODE = 2
METHODS: Mapping[str, str] = MappingProxyType(
    {
        "LD": mark("linkage disequilibrium"),
        "sibship": mark("sibship"),
        "temporal": mark("change between samples in time"),
    }
)
_SURE = 0.05


def label(words: Words, group: str | None) -> str:
    """Return what a group is called: a country by its code, all together, or its own name.

    >>> label(Words("en"), "CN"), label(Words("en"), "all"), label(Words("en"), "north")
    ('China', 'together', 'north')
    """
    if group is None or group in TOGETHER:
        return words.text("together")
    return words.country(group) if len(group) == _CODE and group.isupper() else group


def groups(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the diversity of each side."""
    frame = table(answer, "groups")
    rows: list[tuple[Cell, ...]] = [
        (
            label(words, row["group"]),
            words.number(row["individuals"]),
            measure(words, row["A"]),
            measure(words, row["AR"]),
            words.number(row["privateAlleles"]),
            coefficient(words, row["He"]),
            coefficient(words, row["Ho"]),
            with_interval(*(coefficient(words, row[part]) for part in ("FIS", "FISlow", "FIShigh"))),
        )
        for row in frame.iter_rows(named=True)
    ]
    columns = (
        Column(words.text("Side")),
        Column(words.text("Animals typed"), "right"),
        Column("A", "right"),
        Column("AR", "right"),
        Column(words.text("only here"), "right"),
        Column("He", "right"),
        Column("Ho", "right"),
        Column("FIS", "right"),
    )
    note = words.text(
        "A: alleles a locus; AR: the same for samples of equal size; only here: alleles that no other side has. He, "
        "Ho: heterozygosity expected and observed. FIS: inbreeding within the side, 0 for chance mating."
    )
    return (_grid(answer, words.text("Diversity by side"), columns, rows, ("groups", note)),)


def differentiation(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return how far sides differ."""
    frame = table(answer, "differentiation")
    rows: list[tuple[Cell, ...]] = [
        (
            _pair(words, row),
            coefficient(words, row["FST"]),
            between(coefficient(words, row["low"]), coefficient(words, row["high"])) or "–",
            chance(words, row["p"]),
        )
        for row in frame.iter_rows(named=True)
    ]
    columns = (
        Column(words.text("Sides")),
        Column("FST", "right"),
        Column(words.text("95\u00a0% interval"), "right"),
        Column("p", "right"),
    )
    return (_grid(answer, words.text("Difference between sides"), columns, rows, ("differentiation", "")),)


def sizes(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the effective sizes."""
    rows: list[tuple[Cell, ...]] = [
        (label(words, row["group"]), _known(words, METHODS, row["method"]), _effective(words, row), _span(words, row))
        for row in table(answer, "effectiveSize").iter_rows(named=True)
    ]
    columns = (
        Column(words.text("Side")),
        Column(words.text("Method")),
        Column("Ne", "right"),
        Column(words.text("95\u00a0% interval"), "right"),
    )
    note = words.text("“∞”: the sample shows no limit to the size; it is too small to say more.")
    note = note if any("∞" in str(cell) for row in rows for cell in row) else ""
    return (_grid(answer, words.text("Effective population size"), columns, rows, ("effectiveSize", note)),)


def bottleneck(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the tests for a bottleneck."""
    rows: list[tuple[Cell, ...]] = [
        (
            label(words, row["group"]),
            row["model"] or "–",
            words.known(row["test"]) if row["test"] else "–",
            chance(words, row["p"]),
        )
        for row in table(answer, "bottleneck").iter_rows(named=True)
    ]
    columns = (
        Column(words.text("Side")),
        Column(words.text("Model")),
        Column(words.text("Test")),
        Column("p", "right"),
    )
    note = words.text("A small p (below 0.05) speaks for a bottleneck not long ago.")
    return (_grid(answer, words.text("A recent bottleneck?"), columns, rows, ("bottleneck", note)),)


def relatedness(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the mean relatedness within and between sides."""
    frame = table(answer, "relatedness")
    rows: list[tuple[Cell, ...]] = [
        (
            words.text("within {group}", group=label(words, row["groupA"]))
            if row["groupA"] == row["groupB"]
            else _pair(words, row),
            row["estimator"] or "–",
            with_interval(*(coefficient(words, row[part]) for part in ("mean", "low", "high"))),
        )
        for row in frame.iter_rows(named=True)
    ]
    columns = (
        Column(words.text("Pairs")),
        Column(words.text("Estimator")),
        Column(words.text("mean relatedness"), "right"),
    )
    note = words.text("Full sisters and brothers have 0.5, unrelated animals 0 on average; below 0: less than average.")
    return (_grid(answer, words.text("Relatedness"), columns, rows, ("relatedness", note)),)


def migrants(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the animals whose genotype fits another side better than their own, the surest first."""
    frame = table(answer, "migrants")
    other = frame.filter(pl.col("group") != pl.col("assigned")).sort("p", "individualID", nulls_last=True)
    rows: list[tuple[Cell, ...]] = [
        (
            row["individualID"] or "–",
            label(words, row["group"]),
            label(words, row["assigned"]),
            measure(words, row["ratio"]),
            chance(words, row["p"]),
        )
        for row in other.head(SHOWN).iter_rows(named=True)
    ]
    sure = other.filter(pl.col("p") < _SURE).height
    note = words.text(
        "Genotypes that fit another side better than the side they were found on: {count} of {all}, of them {sure} "
        "with p below 0.05.",
        count=other.height,
        all=frame.height,
        sure=sure,
    )
    note = f"{note} {further(words, other.height)}".strip()
    columns = (
        Column(words.text("Individual"), style="code"),
        Column(words.text("found in")),
        Column(words.text("fits best")),
        Column(words.text("log of the ratio of likelihoods"), "right"),
        Column("p", "right"),
    )
    return (_grid(answer, words.text("Animals from the other side"), columns, rows, ("migrants", note)),)


def loci(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the diversity of each locus."""
    frame = table(answer, "loci")
    rows: list[tuple[Cell, ...]] = [
        (
            row["locus"] or "–",
            words.number(row["alleles"]),
            words.number(row["typed"]),
            *(coefficient(words, row[name]) for name in ("Ho", "He", "FIS")),
            chance(words, row["hweP"]),
        )
        for row in frame.head(SHOWN).iter_rows(named=True)
    ]
    columns = (
        Column(words.text("Locus"), style="code"),
        Column(words.text("alleles"), "right"),
        Column(words.text("Animals typed"), "right"),
        Column("Ho", "right"),
        Column("He", "right"),
        Column("FIS", "right"),
        Column(words.text("p, Hardy-Weinberg"), "right"),
    )
    return (_grid(answer, words.text("Diversity by locus"), columns, rows, ("loci", further(words, frame.height))),)


def _grid(
    answer: Answer, title: str, columns: tuple[Column, ...], rows: list[tuple[Cell, ...]], source: tuple[str, str]
) -> Grid:
    name, note = source
    return Grid(title, columns, tuple(rows), (file_name(answer, name),), note)


def _pair(words: Words, row: Row) -> str:
    return words.text("{first} and {last}", first=label(words, row["groupA"]), last=label(words, row["groupB"]))


def _effective(words: Words, row: Row) -> str:
    return "∞" if row["infinite"] else animals(words, row["Ne"])


def _span(words: Words, row: Row) -> str:
    """Return the interval of an effective size; an upper end that is not there is endless if the lower one is."""
    high = "∞" if row["high"] is None and row["low"] is not None else animals(words, row["high"])
    return between(animals(words, row["low"]), high) or "–"


def _known(words: Words, labels: Mapping[str, str], value: str | None) -> str:
    if value is None:
        return "–"
    return words.text(labels[value]) if value in labels else value
