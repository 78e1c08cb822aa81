"""How many alleles are there, and whose alone? Counts per group, allelic richness, private alleles.

Groups with more animals show more alleles, so numbers of alleles are compared after they are reduced to one number of
genes g: the expected number of alleles in g genes drawn without replacement, sum over alleles of
1 - C(N - N_i, g) / C(N, g) (Hurlbert 1971 Ecology 52:577; El Mousadik & Petit 1996 Theor Appl Genet 92:832). As in
hierfstat, g is twice the smallest number of individuals typed at any locus in any group unless given.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import gammaln

from tumen.errors import MisuseError, Text
from tumen.population.diversity.estimable import numbers, ratio, reasons
from tumen.population.diversity.genotypes import Floats, Genotypes, Ints


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts by group (rows): individuals typed (G, L), copies of each allele (G, alleles), heterozygotes with it.

    The alleles of all loci lie side by side; `locus` gives the place of the locus of each (alleles,).
    """

    typed: Floats
    copies: Floats
    heterozygotes: Floats
    locus: Ints

    def frequencies(self) -> Floats:
        """Return the frequency of each allele in each group (G, alleles), NaN where nobody is typed."""
        return ratio(self.copies, 2 * self.typed[..., self.locus])

    def sums(self, values: Floats) -> Floats:
        """Return the sums over the alleles of each locus (..., L) of values by allele (..., alleles)."""
        loci = self.typed.shape[-1]
        result = np.zeros((*values.shape[:-1], loci))
        if values.shape[-1]:
            there, first = np.unique(self.locus, return_index=True)
            result[..., there] = np.add.reduceat(values, first, axis=-1)
        return result

    def observed(self) -> Floats:
        """Return the share of heterozygotes in each group at each locus (G, L), NaN where nobody is typed."""
        # A heterozygote is counted with both its alleles.
        return ratio(self.sums(self.heterozygotes) / 2, self.typed)


def tally(genotypes: Genotypes) -> Tally:
    """Return the counts of each group, in the order of `genotypes.sides`.

    >>> from tumen.population.diversity.genotypes import example
    >>> tally(example([("1", "2"), ("1", "1"), ("2", "2")], groups=["RU", "RU", "CN"])).copies.tolist()
    [[0.0, 2.0], [3.0, 1.0]]
    """
    return weighted(genotypes, (genotypes.side[None, :] == np.arange(len(genotypes.sides))[:, None]).astype(np.float64))


def total(genotypes: Genotypes) -> Tally:
    """Return the counts of all individuals together, those of unknown group too, as one group.

    >>> from tumen.population.diversity.genotypes import example
    >>> total(example([("1", "2"), ("1", "1")], groups=["RU", None])).copies.tolist()
    [[3.0, 1.0]]
    """
    return weighted(genotypes, np.ones((1, len(genotypes.individuals))))


def weighted(genotypes: Genotypes, members: Floats) -> Tally:
    """Return the counts of groups that `members` (G, n) describes: how often each individual is in each group.

    >>> from tumen.population.diversity.genotypes import example
    >>> weighted(example([("1", "2"), ("1", "1")]), np.array([[2.0, 0.0]])).copies.tolist()
    [[2.0, 2.0]]
    """
    doses = genotypes.doses
    return Tally(
        members @ genotypes.known.astype(np.float64),
        members @ doses,
        members @ (doses == 1).astype(np.float64),
        np.repeat(np.arange(len(genotypes.loci)), genotypes.widths),
    )


def number(genotypes: Genotypes, genes: int | None = None) -> pl.DataFrame:
    """Return the number of alleles and allelic richness of each group at each locus.

    Columns: group, locus, individuals (typed), alleles, genes (to which richness is reduced), richness, reason. A group
    with fewer than `genes` known genes at a locus has no richness there. Raises `MisuseError` for genes below 1.

    >>> from tumen.population.diversity.genotypes import example
    >>> number(example([("1", "2"), ("1", "1"), None], groups=["RU", "RU", "CN"]), genes=2).rows()[1]
    ('RU', 'L1', 2, 2, 2, 1.5, None)
    """
    if genes is not None and genes < 1:
        raise MisuseError("a number of genes of 1 or more", Text("{genes}", genes=genes), "Give for example 10.")
    counts = tally(genotypes)
    reduced = genes if genes is not None else smallest(counts)
    richness = rarefied(counts, reduced)
    few = 2 * counts.typed < reduced
    frame = grid(genotypes)
    return frame.with_columns(
        individuals=pl.Series(values=counts.typed.ravel().astype(np.int64)),
        alleles=pl.Series(values=counts.sums((counts.copies > 0).astype(np.float64)).ravel().astype(np.int64)),
        genes=pl.lit(reduced, dtype=pl.Int64),
        richness=numbers(richness),
        reason=reasons(counts.typed.shape, ("diversity-no-genotypes", counts.typed == 0), ("diversity-few-genes", few)),
    )


def smallest(counts: Tally) -> int:
    """Return twice the smallest number of individuals typed at any locus in any group where anybody is, or 2."""
    typed = counts.typed[counts.typed > 0]
    return 2 * int(typed.min()) if typed.size else 2


def rarefied(counts: Tally, genes: int) -> Floats:
    """Return the expected number of alleles in `genes` genes of each group at each locus (G, L), NaN if too few."""
    every = 2 * counts.typed[..., counts.locus]
    without = every - counts.copies
    possible = without >= genes
    enough = every >= genes
    left, whole = np.where(possible, without, genes), np.where(enough, every, genes)
    logs = gammaln(left + 1) - gammaln(left - genes + 1) - gammaln(whole + 1) + gammaln(whole - genes + 1)
    absent = np.where(possible, np.exp(logs), 0.0)
    richness = counts.sums(1 - absent)
    richness[2 * counts.typed < genes] = np.nan
    return richness


def frequencies(genotypes: Genotypes) -> pl.DataFrame:
    """Return the frequency of each allele in each group in which its locus is typed, those it is not seen in too.

    Columns: group, locus, allele, copies, frequency.

    >>> from tumen.population.diversity.genotypes import example
    >>> frequencies(example([("1", "2"), ("1", "1")])).rows()
    [('all', 'L1', '1', 3, 0.75), ('all', 'L1', '2', 1, 0.25)]
    """
    counts = tally(genotypes)
    names = [(locus, name) for locus, alleles in zip(genotypes.loci, genotypes.names, strict=True) for name in alleles]
    rows = len(genotypes.sides)
    frame = pl.DataFrame(
        {
            "group": np.repeat(np.array(genotypes.sides, dtype=object), len(names)).tolist(),
            "locus": [locus for locus, _ in names] * rows,
            "allele": [name for _, name in names] * rows,
            "copies": counts.copies.ravel().astype(np.int64),
            "frequency": numbers(counts.frequencies()),
        },
        schema={
            "group": pl.String,
            "locus": pl.String,
            "allele": pl.String,
            "copies": pl.Int64,
            "frequency": pl.Float64,
        },
    )
    return frame.drop_nulls("frequency")


def private(genotypes: Genotypes) -> pl.DataFrame:
    """Return the alleles that one group alone shows, with their copies and frequency there.

    Columns: those of `frequencies`, and unknownCopies: how often individuals of unknown group show the allele. If that
    is not 0, another group may have it. Where only one group exists, nothing can be private and no row is returned.

    >>> from tumen.population.diversity.genotypes import example
    >>> private(example([("1", "2"), ("1", "1"), ("3", "1")], groups=["RU", "CN", "CN"])).rows()
    [('CN', 'L1', '3', 1, 0.25, 0), ('RU', 'L1', '2', 1, 0.5, 0)]
    """
    unknown = weighted(genotypes, (genotypes.side < 0).astype(np.float64)[None]).copies[0].astype(np.int64)
    names = [(locus, name) for locus, alleles in zip(genotypes.loci, genotypes.names, strict=True) for name in alleles]
    lost = pl.DataFrame(names, schema={"locus": pl.String, "allele": pl.String}, orient="row").with_columns(
        unknownCopies=pl.Series(values=unknown, dtype=pl.Int64)
    )
    each = frequencies(genotypes).join(lost, on=["locus", "allele"], how="left", maintain_order="left")
    if len(genotypes.sides) < 2:
        return each.clear()
    groups = pl.col("copies").gt(0).sum().over("locus", "allele")
    return each.filter((pl.col("copies") > 0) & (groups == 1))


def grid(genotypes: Genotypes) -> pl.DataFrame:
    """Return the rows group x locus in the order in which arrays (G, L) lie."""
    sides, loci = genotypes.sides, genotypes.loci
    return pl.DataFrame(
        {"group": [side for side in sides for _ in loci], "locus": list(loci) * len(sides)},
        schema={"group": pl.String, "locus": pl.String},
    )
