"""Do loci go together? The index of association over all loci, and the disequilibrium of each two.

The index of association asks whether individuals that differ at one locus differ at others too. With d_l the number of
alleles (0 to 2) by which two individuals differ at locus l, D = sum d_l over all pairs of individuals, V_o the variance
of D and v_l that of d_l: I_A = V_o / sum v_l - 1 (Brown et al. 1980, Genetics 96:523) and
rbarD = (V_o - sum v_l) / (2 sum over l < m of sqrt(v_l v_m)), which does not grow with the number of loci (Agapow &
Burt 2001, Mol Ecol Notes 1:101). As in poppr, a pair of which one is not typed at a locus counts as alike there.

Two loci are compared by the composite disequilibrium (Weir 1979, Biometrics 35:235), which needs neither phase nor
Hardy-Weinberg proportions: r is the correlation of the copies of an allele of one locus with those of an allele of the
other. Over the k x m pairs of alleles, T2 = (k - 1)(m - 1) / k m  sum n r^2, near chi-square with (k - 1)(m - 1)
degrees of freedom (Zaykin, Pudovkin & Weir 2008, Genetics 180:533). Both are tested by exchanging whole genotypes of
a locus between individuals of a group, so that neither rare alleles nor inbreeding nor differences between groups raise
alarm. Compiled on first use.
"""

from itertools import combinations
from typing import NamedTuple

import numba
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import chi2

from tumen.errors import MisuseError, Text
from tumen.population.diversity.genotypes import Flags, Floats, Genotypes, Ints

INDEX: dict[str, pl.DataType | type[pl.DataType]] = {
    "group": pl.String,
    "individuals": pl.Int64,
    "loci": pl.Int64,
    "Ia": pl.Float64,
    "rbarD": pl.Float64,
    "p": pl.Float64,
    "permutations": pl.Int64,
    "standardError": pl.Float64,
    "reason": pl.String,
}
"""One row per group, and one (group null) of all individuals. `loci`: those at which the pairs differ variably."""

PAIRS: dict[str, pl.DataType | type[pl.DataType]] = {
    "group": pl.String,
    "locus1": pl.String,
    "locus2": pl.String,
    "individuals": pl.Int64,
    "r2": pl.Float64,
    "T2": pl.Float64,
    "df": pl.Int64,
    "pChiSquare": pl.Float64,
    "p": pl.Float64,
    "permutations": pl.Int64,
    "standardError": pl.Float64,
    "reason": pl.String,
}
"""One row per group and two loci, and one (group null) of all groups together: sums of T2 and df, mean of r2 weighted
by individuals, permuted within groups. `r2`: mean over pairs of alleles."""


def association(genotypes: Genotypes, rng: np.random.Generator, permutations: int = 999) -> pl.DataFrame:
    """Return the index of association (`INDEX`) of each group and of all individuals, with a permutation test.

    p is the share of permutations, the data being one of them, with an index at least as high (the same for both
    indices, which rise together). 0 permutations: no test. The row of all individuals mixes groups: where they differ,
    loci go together for that reason alone. Individuals of whom nothing is known are left out.

    >>> from tumen.population.diversity.genotypes import example
    >>> same = [("1", "1"), ("1", "2"), ("2", "2"), ("1", "1")]
    >>> association(example(same, same), np.random.default_rng(1), 99).select("group", pl.col("Ia").round(9)).row(0)
    ('all', 1.0)
    """
    _refuse(permutations)
    typed = np.asarray(genotypes.known.any(axis=1), dtype=np.bool_)
    sets: list[tuple[str | None, Flags]] = [
        (name, genotypes.side == place) for place, name in enumerate(genotypes.sides)
    ]
    sets.append((None, typed))
    rows = [(name, *_index(genotypes.of(members & typed), rng, permutations)) for name, members in sets]
    return pl.DataFrame(rows, schema=INDEX, orient="row")


def pairs(genotypes: Genotypes, rng: np.random.Generator, permutations: int = 999) -> pl.DataFrame:
    """Return the disequilibrium (`PAIRS`) of each two loci, in each group and in all groups together.

    0 permutations: no permutation test. Many pairs are many tests: correct them (`hardy_weinberg.corrected`).

    >>> from tumen.population.diversity.genotypes import example
    >>> same = [("1", "1"), ("1", "2"), ("2", "2"), ("1", "2")]
    >>> pairs(example(same, same), np.random.default_rng(1), 99).select(pl.col("r2", "T2").round(9), "df").row(0)
    (1.0, 4.0, 1)
    """
    _refuse(permutations)
    rows: list[tuple[object, ...]] = []
    places = range(len(genotypes.sides))
    for one, other in combinations(range(len(genotypes.loci)), 2):
        both = genotypes.known[:, one] & genotypes.known[:, other]
        names = (genotypes.loci[one], genotypes.loci[other])
        each: list[tuple[object, ...]] = []
        together = np.zeros(permutations + 1)
        for place in places:
            row, statistics = _pair(_doses(genotypes, both & (genotypes.side == place), one, other), rng, permutations)
            together += statistics
            each.append(row)
        rows += [(name, *names, *row) for name, row in zip(genotypes.sides, each, strict=True)]
        rows.append((None, *names, *_together(each, together)))
    return pl.DataFrame(rows, schema=PAIRS, orient="row")


class Doses(NamedTuple):
    """Two loci of a group: alleles (n, 2) of each; mean and standard deviation (2, alleles) of the copies of each.

    An allele of which all have the same number of copies cannot correlate: its deviation is 0, and it is passed over.
    """

    one: Ints
    other: Ints
    scale1: Floats
    scale2: Floats
    varied: int
    df: int
    reason: str | None


def _doses(genotypes: Genotypes, members: Flags, one: int, other: int) -> Doses:
    first, second = _scale(genotypes, members, one), _scale(genotypes, members, other)
    varied = [int((scale[1] > 0).sum()) for scale in (first, second)]
    df = max(varied[0] - 1, 0) * max(varied[1] - 1, 0)
    size = int(members.sum())
    few = "diversity-no-genotypes" if size == 0 else "diversity-one-individual"
    reason = few if size < 2 else None if df else "diversity-no-contrast"
    alleles = [genotypes.alleles[members, locus] for locus in (one, other)]
    return Doses(alleles[0], alleles[1], first, second, varied[0] * varied[1], df, reason)


def _scale(genotypes: Genotypes, members: Flags, locus: int) -> Floats:
    """Return mean and standard deviation of the copies of each allele of a locus (2, alleles)."""
    copies = genotypes.doses[members, genotypes.offsets[locus] : genotypes.offsets[locus + 1]]
    if not len(copies):
        return np.zeros((2, copies.shape[1]))
    return np.stack([copies.mean(axis=0), copies.std(axis=0)])


def _pair(part: Doses, rng: np.random.Generator, permutations: int) -> tuple[tuple[object, ...], Floats]:
    """Return a row of `PAIRS` from `individuals` on, and T2 of data and permutations (0 where there is no test)."""
    size = len(part.one)
    if part.reason is not None:
        return (size, *(None,) * 7, part.reason), np.zeros(permutations + 1)
    squares = _squares(part.one, part.other, part.scale1, part.scale2, permutations, rng)
    mean = squares / part.varied
    statistics = mean * part.df * size
    return (size, float(mean[0]), *_judged(statistics, part.df), None), statistics


def _together(each: list[tuple[object, ...]], statistics: Floats) -> tuple[object, ...]:
    """Return the row of all groups from `individuals` on, from the rows of the groups and the sums of T2."""
    rows = pl.DataFrame(each, schema=dict(list(PAIRS.items())[3:]), orient="row")
    used = rows.filter(pl.col("reason").is_null())
    if used.is_empty():
        typed = int(rows["individuals"].sum())
        return (typed, *(None,) * 7, "diversity-no-contrast" if typed else "diversity-no-genotypes")
    size = int(used["individuals"].sum())
    mean = used.select((pl.col("r2") * pl.col("individuals")).sum()).item() / size
    return (size, mean, *_judged(statistics, int(used["df"].sum())), None)


def _judged(statistic: Floats, df: int) -> tuple[object, ...]:
    """Return T2, df, its chi-square p, and p, permutations and standard error from T2 of the data and permutations."""
    first, again = float(statistic[0]), statistic[1:]
    return (first, df, float(chi2.sf(first, df)), *_share(int((again >= first * (1 - 1e-9)).sum()), again.size))


def _share(above: int, permutations: int) -> tuple[float | None, int, float | None]:
    """Return the share of permutations that reach the data, the data being one of them, and its standard error."""
    if not permutations:
        return None, 0, None
    p = (above + 1) / (permutations + 1)
    return p, permutations, float(np.sqrt(p * (1 - p) / permutations))


@numba.njit(cache=True)
def _squares(one, other, scale1, scale2, permutations, rng):  # type: ignore[no-untyped-def]
    """Return the sum over pairs of alleles of the squared correlation: of the data, then of permutations."""
    size = one.shape[0]
    result = np.empty(permutations + 1)
    order = np.arange(size)
    products = np.zeros((scale1.shape[1], scale2.shape[1]))
    for round_ in range(permutations + 1):
        if round_:
            for last in range(size - 1, 0, -1):
                place = int(rng.random() * (last + 1))
                order[last], order[place] = order[place], order[last]
        products[:] = 0
        for i in range(size):
            j = order[i]
            for copy1 in range(2):
                for copy2 in range(2):
                    products[one[i, copy1], other[j, copy2]] += 1
        result[round_] = _correlated(products / size, scale1, scale2)
    return result


@numba.njit(cache=True)
def _correlated(products, scale1, scale2):  # type: ignore[no-untyped-def]
    """Return the sum of squared correlations from the mean products of copies of two alleles."""
    total = 0.0
    for a in range(scale1.shape[1]):
        for b in range(scale2.shape[1]):
            if scale1[1, a] > 0 and scale2[1, b] > 0:
                r = (products[a, b] - scale1[0, a] * scale2[0, b]) / (scale1[1, a] * scale2[1, b])
                total += r * r
    return total


def _index(genotypes: Genotypes, rng: np.random.Generator, permutations: int) -> tuple[object, ...]:
    """Return a row of `INDEX` from `individuals` on."""
    apart = differences(genotypes)
    size = len(genotypes.individuals)
    one, other = np.triu_indices(size, 1)
    each = apart[:, one, other].astype(np.float64)
    variances = each.var(axis=1) if one.size else np.zeros(len(genotypes.loci))
    used = variances > 0
    loci = int(used.sum())
    empty = (None,) * 5
    if not genotypes.known.any():
        return size, loci, *empty, "diversity-no-genotypes"
    if size < 2:
        return size, loci, *empty, "diversity-one-individual"
    if loci < 2:
        return size, loci, *empty, "diversity-few-loci"
    whole, parts = float(each.sum(axis=0).var()), float(variances.sum())
    roots = np.sqrt(variances)
    cross = float(roots.sum() ** 2 - parts)
    # The variance of each locus and the mean of D are the same in every permutation: V_o rises with sum D^2 alone.
    squares = _permuted(*_kinds(genotypes, np.flatnonzero(used)), permutations, rng)
    above = int((squares >= (each.sum(axis=0) ** 2).sum() - 0.5).sum())
    return size, loci, whole / parts - 1, (whole - parts) / cross, *_share(above, permutations), None


def differences(genotypes: Genotypes) -> Ints:
    """Return by how many alleles (0 to 2) each two individuals differ at each locus (L, n, n), 0 where not both typed.

    >>> from tumen.population.diversity.genotypes import example
    >>> differences(example([("1", "2"), ("1", "1"), ("3", "3"), None]))[0, 0].tolist()
    [0, 1, 2, 0]
    """
    size = len(genotypes.individuals)
    result = np.zeros((len(genotypes.loci), size, size), dtype=np.int64)
    for locus in range(len(genotypes.loci)):
        copies = genotypes.doses[:, genotypes.offsets[locus] : genotypes.offsets[locus + 1]]
        known = genotypes.known[:, locus]
        shared = np.minimum(copies[:, None, :], copies[None, :, :]).sum(axis=2)
        result[locus] = np.where(known[:, None] & known[None, :], 2 - shared, 0)
    return result


def _kinds(genotypes: Genotypes, loci: Ints) -> tuple[Ints, NDArray[np.int8]]:
    """Return the number of each individual's genotype (L, n), and by how many alleles two genotypes differ (L, g, g).

    An unknown genotype is one of them, which differs from none.
    """
    size = len(genotypes.individuals)
    apart = differences(genotypes)
    kinds = np.zeros((loci.size, size), dtype=np.int64)
    firsts = []
    for place, locus in enumerate(loci.tolist()):
        _, first, kind = np.unique(genotypes.alleles[:, locus], axis=0, return_index=True, return_inverse=True)
        kinds[place] = kind.reshape(-1)
        firsts.append(first)
    most = max(first.size for first in firsts)
    between = np.zeros((loci.size, most, most), dtype=np.int8)
    for place, (locus, first) in enumerate(zip(loci.tolist(), firsts, strict=True)):
        between[place, : first.size, : first.size] = apart[locus][np.ix_(first, first)]
    return kinds, between


@numba.njit(cache=True)
def _permuted(kinds, between, permutations, rng):  # type: ignore[no-untyped-def]
    """Return the sum over pairs of individuals of D^2, the genotypes being permuted at each locus on its own."""
    loci, size = kinds.shape
    result = np.zeros(permutations)
    mixed = kinds.copy()
    row = np.empty(size, dtype=np.int64)
    for round_ in range(permutations):
        for locus in range(loci):
            for last in range(size - 1, 0, -1):
                place = int(rng.random() * (last + 1))
                mixed[locus, last], mixed[locus, place] = mixed[locus, place], mixed[locus, last]
        total = 0
        for i in range(1, size):
            row[:i] = 0
            for locus in range(loci):
                here, there = between[locus, mixed[locus, i]], mixed[locus]
                for j in range(i):
                    row[j] += here[there[j]]
            for j in range(i):
                total += row[j] * row[j]
        result[round_] = total
    return result


def _refuse(permutations: int) -> None:
    if permutations < 0:
        raise MisuseError("0 permutations or more", Text("{count}", count=permutations), "Give for example 999.")
