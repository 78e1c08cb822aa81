"""What do their genes say? The section of one species on genetic diversity and exchange between sides."""

from collections.abc import Sequence

import polars as pl

from tumen.report.diversity_tables import bottleneck, differentiation, groups, label, loci, migrants, relatedness, sizes
from tumen.report.document import Block, Text
from tumen.report.population import table
from tumen.report.population_cells import Grids, closing, coefficient, grids, known, name_of, no_estimate, said
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

_GRIDS: Grids = (
    (groups, "groups", ("A", "AR", "He", "Ho", "FIS")),
    (differentiation, "differentiation", ("FST",)),
    (sizes, "effectiveSize", ("Ne", "infinite")),
    (bottleneck, "bottleneck", ("p",)),
    (relatedness, "relatedness", ("mean",)),
    (migrants, "migrants", ("assigned",)),
    (loci, "loci", ("Ho", "He")),
)


def diversity(answer: Answer, pictures: Sequence[Block], words: Words) -> tuple[Block, ...]:
    """Return the section on genetic diversity: sentences, figures, tables, notes, assumptions."""
    shown = grids(answer, words, _GRIDS)
    assumptions = _assumptions(answer, words)
    if not estimated(answer):
        sentence = words.text(
            "{species}: genetic diversity could not be estimated from these data, for the reasons below. That "
            "says nothing of how much there is.",
            species=name_of(words, answer),
        )
        return (
            *no_estimate(answer, words, sentence),
            *pictures,
            *shown,
            *closing(answer, words, assumptions, notes=False),
        )
    opening = (Text(line) for line in sentences(answer, words))
    return (*opening, *pictures, *shown, *closing(answer, words, assumptions))


def estimated(answer: Answer) -> bool:
    """Return whether any diversity or difference could be estimated."""
    found = table(answer, "groups").select("A", "AR", "He", "Ho")
    values = [value for row in found.iter_rows() for value in row] + list(table(answer, "differentiation")["FST"])
    return any(known(value) for value in values)


def sentences(answer: Answer, words: Words) -> tuple[str, ...]:
    """Return what a reader needs: diversity of each side, and how far the sides differ."""
    lines = []
    parts = [
        words.text(
            "{group} {value} (animals: {count})",
            group=label(words, row["group"]),
            value=coefficient(words, row["He"]),
            count=row["individuals"] if row["individuals"] is not None else "–",
        )
        for row in table(answer, "groups").iter_rows(named=True)
        if known(row["He"])
    ]
    if parts:
        lines.append(
            words.text(
                "{species}: the chance that two copies of a gene differ (He) is: {parts}.",
                species=name_of(words, answer),
                parts=words.listing(parts),
            )
        )
    for row in table(answer, "differentiation").filter(pl.col("FST").is_not_null()).iter_rows(named=True):
        value = said(words, *(coefficient(words, row[part]) for part in ("FST", "low", "high")))
        lines.append(
            words.text(
                "Difference between {groupA} and {groupB} (FST; 0: none): {value}.",
                groupA=label(words, row["groupA"]),
                groupB=label(words, row["groupB"]),
                value=value,
            )
        )
    if not lines:
        lines.append(words.text("{species}: the tables have the estimates.", species=name_of(words, answer)))
    return tuple(lines)


def _assumptions(answer: Answer, words: Words) -> tuple[str, ...]:
    items = [
        words.text("The animals typed are a fair sample of their side: not one family more than others."),
        words.text("Loci are inherited independently, and selection does not favour their alleles."),
        words.text("Genotypes are right: an allele that failed to show looks like inbreeding (FIS above 0)."),
    ]
    if table(answer, "effectiveSize").height:
        items.append(
            words.text(
                "The effective size is of a population that breeds within itself, in generations that do not overlap. "
                "An animal that comes in, or generations that overlap, move it; an endless upper end means that the "
                "sample is too small to say."
            )
        )
    if table(answer, "bottleneck").height:
        items.append(
            words.text(
                "The tests for a bottleneck take the population to have been of one size before, and depend on how "
                "alleles change (the model)."
            )
        )
    if table(answer, "migrants").height:
        items.append(
            words.text(
                "An animal can be traced only to sides that were sampled; one from elsewhere is given to the nearest."
            )
        )
    return tuple(items)
