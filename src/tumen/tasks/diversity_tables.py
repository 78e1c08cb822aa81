"""Put statistics of genotypes into the tables of the answer, side by side and between sides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import inf

import numpy as np
import polars as pl

from tumen.population.diversity import hardy_weinberg, heterozygosity, linkage
from tumen.population.diversity.alleles import number, private, tally
from tumen.population.diversity.bottleneck import bottleneck
from tumen.population.diversity.effective_size_ld import effective_size_ld
from tumen.population.diversity.effective_size_sibship import effective_size_sibship
from tumen.population.diversity.effective_size_temporal import Interval, effective_size_temporal
from tumen.population.diversity.genotypes import Genotypes
from tumen.population.diversity.groups import parts
from tumen.population.diversity.migrants import first_generation_migrants
from tumen.population.diversity.ordination import principal_coordinates
from tumen.population.diversity.relatedness import mean_relatedness, queller_goodnight, wang
from tumen.population.diversity.relatedness_panel import relatedness_panel
from tumen.population.diversity.structure import bootstrap_pairs, permuted_pairs
from tumen.tables import findings

Shape = dict[str, pl.DataType | type[pl.DataType]]
TOGETHER = "all"
"""The name of all animals together, those of no certain side among them."""
DAYS_IN_A_YEAR = 365.25
ENOUGH = 5
"""Animals that a group must have typed for the numbers of alleles of others to be reduced to its own."""
GROUPS: Shape = {
    "group": pl.String,
    "individuals": pl.Int64,
    "A": pl.Float64,
    "AR": pl.Float64,
    "He": pl.Float64,
    "Ho": pl.Float64,
    "FIS": pl.Float64,
    "FISlow": pl.Float64,
    "FIShigh": pl.Float64,
    "privateAlleles": pl.Int64,
    "genes": pl.Int64,
    "reason": pl.String,
}
"""Means over loci; AR is that in `genes` genes at every locus; null beside the code of why in `reason`."""
SIZES: Shape = {
    "group": pl.String,
    "method": pl.String,
    "individuals": pl.Int64,
    "loci": pl.Int64,
    "Ne": pl.Float64,
    "infinite": pl.Boolean,
    "low": pl.Float64,
    "high": pl.Float64,
    "reason": pl.String,
}
"""Effective sizes; where nothing limits the size Ne is null and `infinite` true; `high` null beside a `low`: no end."""
TESTS: Mapping[str, str] = {"sign": "signP", "standardised": "standardisedP", "Wilcoxon": "wilcoxonExcessP"}
ESTIMATORS = ("Queller-Goodnight", "Wang")


@dataclass(frozen=True)
class Settled:
    """What the study settles: seed, permutations, least frequency of alleles, years of a generation, and days."""

    seed: int
    permutations: int
    threshold: float
    generation: float | None
    days: Mapping[str, date | None]

    def rng(self, subject: int) -> np.random.Generator:
        """Return the random numbers of one subject: what one table needs changes no other."""
        return np.random.default_rng([self.seed, 7, subject])


def every_table(data: Genotypes, settled: Settled) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Return all tables of the answer and the findings of making them."""
    sizes, about_sizes = size_rows(data, settled)
    shrunk = bottleneck(data, settled.rng(1))
    moved = first_generation_migrants(data, settled.rng(2))
    placed = principal_coordinates(data, axes=2)
    tests = hardy_weinberg.by_group(data, settled.rng(3))
    tables = {
        "groups": group_rows(data, settled.rng(4)),
        "loci": locus_rows(data, tests),
        "differentiation": difference_rows(data, settled),
        "effectiveSize": sizes,
        "bottleneck": bottleneck_rows(shrunk.tests),
        "relatedness": relatedness_rows(data, settled.rng(5)),
        "migrants": moved.table.select(
            "individualID", group="sampledGroup", assigned="bestGroup", ratio="statistic", p="p", reason="reason"
        ),
        "ordination": ordination_rows(placed.coordinates, placed.axes),
        "hardyWeinberg": hardy_weinberg.corrected(tests),
        "linkage": hardy_weinberg.corrected(linkage.pairs(data, settled.rng(6), settled.permutations)),
        "association": linkage.association(data, settled.rng(7), settled.permutations),
    }
    panel = relatedness_panel(data, settled.rng(8))
    return tables, findings.gather([about_sizes, shrunk.findings, moved.findings, placed.findings, panel.findings])


def together(data: Genotypes) -> Genotypes:
    """Return the same genotypes as one group.

    >>> from tumen.population.diversity.genotypes import example
    >>> together(example([("1", "2"), ("1", "1")], groups=["RU", None])).sides
    ('all',)
    """
    return replace(data, groups=(TOGETHER,) * len(data.individuals))


def group_rows(data: Genotypes, rng: np.random.Generator) -> pl.DataFrame:
    """Return the diversity of each group, and of all together where there is more than one (`GROUPS`)."""
    sides = [together(data)] if data.sides in ((), (TOGETHER,)) else [data, together(data)]
    made = [_diversity(one, rng, _genes(data)) for one in sides]
    lone = private(data).group_by("group").agg(privateAlleles=pl.len().cast(pl.Int64))
    several = len(data.sides) > 1
    table = pl.concat(made).join(lone, on="group", how="left", maintain_order="left")
    counted = pl.col("privateAlleles").fill_null(0)
    own = pl.when(pl.lit(several) & (pl.col("group") != TOGETHER)).then(counted)
    few = pl.when(pl.col("AR").is_null()).then(pl.lit("diversity-few-genes"))
    return table.with_columns(privateAlleles=own, reason=pl.coalesce("reason", few)).select(*GROUPS)


def _genes(data: Genotypes) -> int | None:
    """Return in how many genes alleles are compared: as many as every group of `ENOUGH` animals has at every locus.

    A smaller group would make all others as poor as itself; it gets no such number.
    """
    typed = tally(data).typed if data.sides else np.zeros((0, 0))
    large = typed[typed.max(axis=1, initial=0) >= ENOUGH]
    return 2 * int(large[large > 0].min()) if large.size else None


def _diversity(data: Genotypes, rng: np.random.Generator, genes: int | None) -> pl.DataFrame:
    """Return the rows of `GROUPS` without private alleles; richness in as many genes for all."""
    typed = data.of(np.flatnonzero(data.known.any(axis=1)))
    counts = number(typed, genes)
    # A mean over other loci than those of other groups would compare loci, not groups.
    every = pl.when(pl.col("richness").null_count() == 0).then(pl.col("richness").mean())
    means = counts.group_by("group", maintain_order=True).agg(
        A=pl.col("alleles").filter(pl.col("individuals") > 0).mean(),
        AR=every,
        genes=pl.col("genes").first(),
    )
    inner = heterozygosity.inbreeding(typed, rng).select("group", FIS="Fis", FISlow="low", FIShigh="high")
    plain = heterozygosity.of_groups(typed).select("group", "individuals", "He", "Ho", "reason")
    joined = plain.join(means, on="group", how="left", maintain_order="left")
    return joined.join(inner, on="group", how="left", maintain_order="left")


def locus_rows(data: Genotypes, tests: pl.DataFrame) -> pl.DataFrame:
    """Return the diversity of each locus in all animals; hweP: the tests within groups, combined."""
    table = heterozygosity.by_locus(data).select("locus", "alleles", "Ho", "He", typed="individuals", FIS="Fis")
    whole = hardy_weinberg.combined(tests, "locus").select("locus", hweP="p")
    return table.join(whole, on="locus", how="left", maintain_order="left").select(
        "locus", "alleles", "typed", "Ho", "He", "FIS", "hweP"
    )


def difference_rows(data: Genotypes, settled: Settled) -> pl.DataFrame:
    """Return Weir and Cockerham's FST of each two groups, its interval over loci, and its permutation test."""
    spans = bootstrap_pairs(data, settled.rng(9))
    tested = permuted_pairs(data, settled.rng(10), settled.permutations).select("group1", "group2", "p")
    joined = spans.join(tested, on=["group1", "group2"], how="left", maintain_order="left")
    return joined.select(
        groupA="group1", groupB="group2", FST="theta", low="low", high="high", p="p", loci="loci", reason="reason"
    )


def size_rows(data: Genotypes, settled: Settled) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return effective sizes by linkage, sibship and, where the study states a generation, change in time (`SIZES`)."""
    linked = effective_size_ld(data, thresholds=(settled.threshold,))
    kin = effective_size_sibship(data, settled.rng(11))
    every = [
        *(_size(row, "LD", ("jackknifeLow", "jackknifeHigh")) for row in linked.table.iter_rows(named=True)),
        *(_size(row, "sibship", ("low", "high")) for row in kin.table.iter_rows(named=True)),
    ]
    found = [linked.findings, kin.findings]
    if settled.generation is not None:
        for name, part in parts(data):
            row, said = _over_time(part, settled)
            every.append(
                _size({**row, "group": name, "individuals": len(part.individuals)}, "temporal", ("low", "high"))
            )
            found.append(said.with_columns(column=pl.lit("group"), value=pl.lit(name)))
    table = pl.DataFrame(every, schema=SIZES, orient="row")
    named = pl.when(pl.col("group") == "").then(pl.lit(TOGETHER)).otherwise("group")
    return table.with_columns(group=named), findings.gather(found)


def _size(row: Mapping[str, object], method: str, ends: tuple[str, str]) -> tuple[object, ...]:
    size = row.get("effectiveSize")
    low, high = (None if row.get(end) == inf else row.get(end) for end in ends)
    known = None if size is None else size == inf
    ne = None if known is not False else size
    return (row["group"], method, row["individuals"], row.get("loci"), ne, known, low, high, row.get("reason"))


def _over_time(part: Genotypes, settled: Settled) -> tuple[dict[str, object], pl.DataFrame]:
    """Return Jorde and Ryman's estimate between animals first sampled in the earlier and in the later half of the time.

    Animals are of the day of their first sample, so that nobody is in both.
    """
    days = [settled.days.get(name) for name in part.individuals]
    known = [day.toordinal() for day in days if day is not None]
    middle = (min(known) + max(known)) / 2 if known else 0.0
    earlier = np.array([day is not None and day.toordinal() <= middle for day in days], dtype=bool)
    later = np.array([day is not None and day.toordinal() > middle for day in days], dtype=bool)
    gap = 0.0
    if earlier.any() and later.any() and settled.generation:
        when = np.array([0 if day is None else day.toordinal() for day in days], dtype=float)
        gap = float(when[later].mean() - when[earlier].mean()) / DAYS_IN_A_YEAR / settled.generation
    answer = effective_size_temporal(part, earlier, later, Interval(gap))
    return answer.table.filter(estimator="Fs").row(0, named=True), answer.findings


def bottleneck_rows(tests: pl.DataFrame) -> pl.DataFrame:
    """Return the tests for an excess of heterozygosity, a row each: group, model, test, p, loci, excess, reason."""
    each = [
        tests.select(
            "group", "model", pl.lit(name).alias("test"), pl.col(column).alias("p"), "loci", "excess", "reason"
        )
        for name, column in TESTS.items()
    ]
    named = pl.when(pl.col("group") == "").then(pl.lit(TOGETHER)).otherwise("group")
    order = tests.select("group", "model").with_row_index("place")
    joined = pl.concat(each).join(order, on=["group", "model"], how="left", maintain_order="left")
    return joined.sort("place", maintain_order=True).drop("place").with_columns(group=named)


def relatedness_rows(data: Genotypes, rng: np.random.Generator) -> pl.DataFrame:
    """Return the mean relatedness within and between groups by two estimators."""
    held = data if data.sides else together(data)
    made = [
        mean_relatedness(held, estimates, rng).with_columns(estimator=pl.lit(name))
        for name, estimates in zip(ESTIMATORS, (queller_goodnight(held), wang(held)), strict=True)
    ]
    table = pl.concat(made)
    # One pair drawn again is the same pair: that its mean never varies says nothing.
    several = pl.col("pairs") > 1
    table = table.with_columns(pl.when(several).then(name).alias(name) for name in ("low", "high"))
    return table.select(
        groupA="group1", groupB="group2", estimator="estimator", mean="mean", low="low", high="high", pairs="pairs",
        reason="reason",
    )  # fmt: skip


def ordination_rows(coordinates: pl.DataFrame, axes: pl.DataFrame) -> pl.DataFrame:
    """Return each animal's place on two axes, and the share of the variation of each axis."""
    shares = dict(axes.select("axis", "share").iter_rows())
    return coordinates.select(
        "individualID",
        "group",
        *(
            (pl.col(name) if name in coordinates.columns else pl.lit(None, pl.Float64)).alias(name)
            for name in ("axis1", "axis2")
        ),
        *(pl.lit(shares.get(axis), pl.Float64).alias(f"explained{axis}") for axis in (1, 2)),
    )
