"""How different are the sides? Weir and Cockerham's F, theta and f: by allele, locus, overall and between two groups.

The variance of each allele's frequency is split (Weir & Cockerham 1984, Evolution 38:1358) into a between groups, b
between individuals within groups and c between the two genes of an individual. With r groups of n_i typed individuals
(mean n, n_c = (r n - sum n_i^2 / r n) / (r - 1)), allele frequencies p_i (weighted mean p, variance s^2 with r - 1) and
shares h_i of heterozygotes with the allele (weighted mean h):

a = n / n_c (s^2 - (p (1 - p) - (r - 1) / r s^2 - h / 4) / (n - 1))
b = n / (n - 1) (p (1 - p) - (r - 1) / r s^2 - (2 n - 1) / 4 n h)
c = h / 2
F = 1 - sum c / sum (a + b + c),  theta = sum a / sum (a + b + c),  f = 1 - sum c / sum (b + c)

A group counts at the loci where it has anybody typed. Individuals of unknown group are in none of it.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.population.diversity.alleles import Tally, tally, weighted
from tumen.population.diversity.estimable import numbers, ratio, reasons
from tumen.population.diversity.genotypes import Flags, Floats, Genotypes, Ints
from tumen.population.diversity.heterozygosity import indices, interval, nei, refuse, resampled

CELLS = 4_000_000
"""Numbers to hold at a time when groups are permuted."""


class Components(NamedTuple):
    """Variance components of each allele (..., alleles): between groups, individuals, and genes of an individual."""

    between: Floats
    individuals: Floats
    genes: Floats


def components(counts: Tally) -> Components:
    """Return the variance components of each allele (..., alleles) from counts (..., G, L), NaN where there are none.

    They do not exist at a locus with fewer than two groups, or with one individual in each.
    """
    typed = counts.typed
    every = typed.sum(axis=-2)
    groups = (typed > 0).sum(axis=-2).astype(np.float64)
    mean = ratio(every, groups)
    spread = ratio(every - ratio((typed**2).sum(axis=-2), every), groups - 1)
    # From here on by allele: what is of a locus is repeated for its alleles.
    locus = counts.locus
    n, r, size, nc = every[..., locus], groups[..., locus], mean[..., locus], spread[..., locus]
    p = ratio(counts.copies.sum(axis=-2), 2 * n)
    frequency = ratio(counts.copies, 2 * typed[..., locus])
    gaps = np.where(typed[..., locus] > 0, typed[..., locus] * (frequency - p[..., None, :]) ** 2, 0.0)
    variance = ratio(gaps.sum(axis=-2), (r - 1) * size)
    h = ratio(counts.heterozygotes.sum(axis=-2), n)
    inner = p * (1 - p) - ratio(r - 1, r) * variance
    less = size - 1
    return Components(
        ratio(size, nc) * (variance - ratio(inner - h / 4, less)),
        ratio(size, less) * (inner - ratio(2 * size - 1, 4 * size) * h),
        np.where(np.isnan(variance) | (less == 0), np.nan, h / 2),
    )


@dataclass(frozen=True)
class Fixation:
    """F, theta, f of each allele, each locus, and over all loci."""

    alleles: pl.DataFrame
    loci: pl.DataFrame
    overall: pl.DataFrame


def fixation(genotypes: Genotypes) -> Fixation:
    """Return Weir and Cockerham's statistics of the groups.

    Columns: locus, allele (where they apply), groups (typed; in `overall`: loci used), between, individuals, genes (the
    variance components a, b, c; of a locus their sums over alleles), F, theta, f, reason.

    >>> from tumen.population.diversity.genotypes import example
    >>> two = example([("1", "2"), ("1", "1"), ("2", "2"), ("2", "2")], groups=["RU", "RU", "CN", "CN"])
    >>> fixation(two).overall.select("between", "individuals", "genes").row(0)
    (0.5, 0.0, 0.25)
    """
    counts = tally(genotypes)
    parts = components(counts)
    sums = Components(*(counts.sums(part) for part in parts))
    used = ~np.isnan(sums.between) & (genotypes.widths > 0)
    typed = (counts.typed > 0).sum(axis=0)
    totals = Components(*(np.where(used, part, 0.0).sum(keepdims=True) for part in sums))
    names = [(locus, name) for locus, alleles in zip(genotypes.loci, genotypes.names, strict=True) for name in alleles]
    alleles = pl.DataFrame(names, schema={"locus": pl.String, "allele": pl.String}, orient="row")
    loci = pl.DataFrame({"locus": list(genotypes.loci)}, schema={"locus": pl.String})
    shared = typed.max(initial=0, keepdims=True)
    return Fixation(
        _table(alleles, parts, _reasons(typed[counts.locus], parts)),
        _table(
            loci.with_columns(groups=pl.Series(values=typed, dtype=pl.Int64)),
            Components(*(np.where(used, part, np.nan) for part in sums)),
            _reasons(typed, sums),
        ),
        _table(
            pl.DataFrame({"loci": [int(used.sum())]}, schema={"loci": pl.Int64}),
            Components(*(np.where(used.any(), part, np.nan) for part in totals)),
            _reasons(shared, Components(*(np.where(used.any(), part, np.nan) for part in totals))),
        ),
    )


def pairwise(genotypes: Genotypes) -> pl.DataFrame:
    """Return how different each two groups are.

    Columns: group1, group2 (names in order), loci (used for theta), theta (Weir and Cockerham), Fst and Fstp (Nei's
    Fst of `basic`; Fstp is what hierfstat's `pairwise.neifst` prints), Dest (Jost), Gstpp (G''ST), reason.

    >>> from tumen.population.diversity.genotypes import example
    >>> two = example([("1", "2"), ("1", "1"), ("2", "2"), ("2", "2")], groups=["RU", "RU", "CN", "CN"])
    >>> pairwise(two).select("group1", "group2", pl.col("theta").round(4)).row(0)
    ('CN', 'RU', 0.6667)
    """
    counts = tally(genotypes)
    one, other = np.triu_indices(len(genotypes.sides), 1)
    both = _pairs(counts, one, other)
    theta, used = _theta(both)
    parts = nei(both)
    kept = {name: _mean(parts[name]) for name in ("Ho", "Hs", "Ht", "Dst", "Htp", "Dstp")}
    made = indices(kept)
    empty = (both.typed.sum(axis=-1) == 0).any(axis=-1)
    alone = used == 0
    return _named(genotypes, one, other).with_columns(
        loci=pl.Series(values=used, dtype=pl.Int64),
        theta=numbers(theta),
        **{name: numbers(made[name]) for name in ("Fst", "Fstp", "Dest", "Gstpp")},
        reason=reasons(
            theta.shape,
            ("diversity-no-genotypes", empty | ((both.typed > 0).all(axis=-2).sum(axis=-1) == 0)),
            ("diversity-one-individual", alone),
            ("diversity-one-allele", np.isnan(theta)),
        ),
    )


def bootstrap(
    genotypes: Genotypes, rng: np.random.Generator, replicates: int = 1000, level: float = 0.95
) -> pl.DataFrame:
    """Return F, theta, f over all loci with intervals of a bootstrap over loci.

    Columns: statistic, value, low, high (percentiles), loci, replicates, reason. With fewer than two loci that have
    variance components there is no interval.

    >>> from tumen.population.diversity.genotypes import example
    >>> two = example([("1", "2"), ("1", "1"), ("2", "2")], [("1", "1"), ("1", "2"), ("2", "2")],
    ...     groups=["RU", "RU", "CN"])
    >>> bootstrap(two, np.random.default_rng(1)).columns
    ['statistic', 'value', 'low', 'high', 'loci', 'replicates', 'reason']
    """
    refuse(replicates, level)
    parts, used = _by_locus(tally(genotypes))
    here = Components(*(part[..., used] for part in parts))
    drawn = resampled(int(used.sum()), replicates, rng)
    value = np.array(_statistics(Components(*(part.sum() for part in here))))
    again = np.array(_statistics(Components(*(drawn @ part for part in here))))
    few = np.full(3, drawn.shape[1] < 2)
    low, high = interval(again, level)
    return pl.DataFrame({"statistic": ["F", "theta", "f"]}).with_columns(
        value=numbers(value),
        low=numbers(np.where(few, np.nan, low)),
        high=numbers(np.where(few, np.nan, high)),
        loci=pl.lit(int(used.sum()), dtype=pl.Int64),
        replicates=pl.lit(replicates, dtype=pl.Int64),
        reason=reasons((3,), (_why(genotypes), np.isnan(value)), ("diversity-few-loci", few)),
    )


def bootstrap_pairs(
    genotypes: Genotypes, rng: np.random.Generator, replicates: int = 1000, level: float = 0.95
) -> pl.DataFrame:
    """Return theta of each two groups with the interval of a bootstrap over loci (the same draws for all pairs).

    Columns: group1, group2, theta, low, high, loci, replicates, reason.

    >>> from tumen.population.diversity.genotypes import example
    >>> bootstrap_pairs(example([("1", "2")]), np.random.default_rng(1)).height
    0
    """
    refuse(replicates, level)
    one, other = np.triu_indices(len(genotypes.sides), 1)
    parts, used = _by_locus(_pairs(tally(genotypes), one, other))
    between, every = _filled(parts, used)
    drawn = resampled(len(genotypes.loci), replicates, rng)
    low, high = interval(ratio(between @ drawn.T, every @ drawn.T), level)
    theta = ratio(between.sum(axis=-1), every.sum(axis=-1))
    few = used.sum(axis=-1) < 2
    return _named(genotypes, one, other).with_columns(
        theta=numbers(theta),
        low=numbers(np.where(few, np.nan, low)),
        high=numbers(np.where(few, np.nan, high)),
        loci=pl.Series(values=used.sum(axis=-1), dtype=pl.Int64),
        replicates=pl.lit(replicates, dtype=pl.Int64),
        reason=pairwise(genotypes)["reason"].fill_null(reasons(theta.shape, ("diversity-few-loci", few)).rename("few")),
    )


def permuted(genotypes: Genotypes, rng: np.random.Generator, permutations: int = 999) -> pl.DataFrame:
    """Test theta over all loci by moving individuals between groups at random, the groups keeping their sizes.

    Columns: theta, p (share of permutations, the data being one of them, with a theta at least as high), permutations,
    standardError (of p, of the Monte Carlo), reason.

    >>> from tumen.population.diversity.genotypes import example
    >>> two = example([("1", "1")] * 4 + [("2", "2")] * 4, groups=["RU"] * 4 + ["CN"] * 4)
    >>> permuted(two, np.random.default_rng(1), 99).select("theta", "p").row(0)
    (1.0, 0.07)
    """
    result = _tested(genotypes, rng, permutations)
    return pl.DataFrame(
        {
            "theta": numbers(result.theta),
            "p": numbers(result.p),
            "permutations": [permutations],
            "standardError": numbers(result.error),
            "reason": reasons((1,), (_why(genotypes), np.isnan(result.theta))),
        }
    )


def permuted_pairs(genotypes: Genotypes, rng: np.random.Generator, permutations: int = 999) -> pl.DataFrame:
    """Test theta of each two groups by moving individuals between the two at random.

    Columns: group1, group2, theta, p, permutations, standardError, reason. Many pairs are many tests: correct them
    (`hardy_weinberg.corrected`).

    >>> from tumen.population.diversity.genotypes import example
    >>> two = example([("1", "1")] * 4 + [("2", "2")] * 4, groups=["RU"] * 4 + ["CN"] * 4)
    >>> permuted_pairs(two, np.random.default_rng(1), 99).select("group1", "group2", "theta", "p").row(0)
    ('CN', 'RU', 1.0, 0.07)
    """
    one, other = np.triu_indices(len(genotypes.sides), 1)
    results = [
        _tested(genotypes.of(np.isin(genotypes.side, pair)), rng, permutations)
        for pair in zip(one.tolist(), other.tolist(), strict=True)
    ]
    values = [np.array([part[number].item() for part in results], dtype=np.float64) for number in range(3)]
    return _named(genotypes, one, other).with_columns(
        theta=numbers(values[0]),
        p=numbers(values[1]),
        permutations=pl.lit(permutations, dtype=pl.Int64),
        standardError=numbers(values[2]),
        reason=pairwise(genotypes)["reason"],
    )


class Share(NamedTuple):
    """Theta, the share of permutations that reach it, and the standard error of that share, each (1,)."""

    theta: Floats
    p: Floats
    error: Floats


def _tested(genotypes: Genotypes, rng: np.random.Generator, permutations: int) -> Share:
    if permutations < 1:
        raise MisuseError("1 permutation or more", Text("{count}", count=permutations), "Give for example 999.")
    here = genotypes.of(genotypes.side >= 0)
    theta = _theta(tally(here))[0][None]
    if np.isnan(theta).any():
        return Share(theta, np.full(1, np.nan), np.full(1, np.nan))
    places = np.arange(len(here.sides))[:, None]
    chunk = max(1, CELLS // max(1, places.size * (len(here.individuals) + here.doses.shape[1])))
    above, left = 1, permutations
    while left:
        count = min(chunk, left)
        sides = rng.permuted(np.broadcast_to(here.side, (count, here.side.size)), axis=1)
        members = (sides[:, None, :] == places).astype(np.float64)
        again = _theta(weighted(here, members))[0]
        # A hair's breadth: the same table reached in another order must count as equal.
        above += int((again >= theta - 1e-12).sum())
        left -= count
    p = np.full(1, above / (permutations + 1))
    return Share(theta, p, np.sqrt(p * (1 - p) / permutations))


def _statistics(parts: Components) -> tuple[Floats, Floats, Floats]:
    """Return F, theta, f from variance components or their sums."""
    within = parts.individuals + parts.genes
    every = parts.between + within
    return 1 - ratio(parts.genes, every), ratio(parts.between, every), 1 - ratio(parts.genes, within)


def _by_locus(counts: Tally) -> tuple[Components, Flags]:
    """Return the components summed over the alleles of each locus (..., L), and which loci have them."""
    sums = Components(*(counts.sums(part) for part in components(counts)))
    typed = np.zeros(counts.typed.shape[-1], dtype=np.bool_)
    typed[counts.locus] = True
    return sums, ~np.isnan(sums.between) & typed


def _theta(counts: Tally) -> tuple[Floats, Ints]:
    """Return theta over all loci that have variance components, and how many have."""
    sums, used = _by_locus(counts)
    between, every = _filled(sums, used)
    return ratio(between.sum(axis=-1), every.sum(axis=-1)), used.sum(axis=-1)


def _filled(sums: Components, used: Flags) -> tuple[Floats, Floats]:
    """Return the variance between groups, and all of it, at each locus, 0 where there is none."""
    return np.where(used, sums.between, 0.0), np.where(used, sums.between + sums.individuals + sums.genes, 0.0)


def _pairs(counts: Tally, one: Ints, other: Ints) -> Tally:
    """Return the counts of pairs of groups (pairs, 2, ...)."""
    pairs = np.stack([one, other], axis=1)
    return Tally(counts.typed[pairs], counts.copies[pairs], counts.heterozygotes[pairs], counts.locus)


def _mean(values: Floats) -> Floats:
    """Return the mean over loci of what exists (pairs,)."""
    there = ~np.isnan(values)
    return ratio(np.where(there, values, 0.0).sum(axis=-1), there.sum(axis=-1))


def _named(genotypes: Genotypes, one: Ints, other: Ints) -> pl.DataFrame:
    sides = genotypes.sides
    return pl.DataFrame(
        {"group1": [sides[place] for place in one.tolist()], "group2": [sides[place] for place in other.tolist()]},
        schema={"group1": pl.String, "group2": pl.String},
    )


def _table(frame: pl.DataFrame, parts: Components, why: pl.Series) -> pl.DataFrame:
    inbreeding, theta, within = _statistics(parts)
    return frame.with_columns(
        between=numbers(parts.between),
        individuals=numbers(parts.individuals),
        genes=numbers(parts.genes),
        F=numbers(inbreeding),
        theta=numbers(theta),
        f=numbers(within),
        reason=why,
    )


def _why(genotypes: Genotypes) -> str:
    """Return why there is no statistic over all loci, where there is none."""
    return fixation(genotypes).overall["reason"].item() or ""


def _reasons(typed: Ints, parts: Components) -> pl.Series:
    """Say why there are no components (too few groups or individuals) or no ratios (no variation)."""
    return reasons(
        typed.shape,
        ("diversity-no-genotypes", typed == 0),
        ("diversity-one-group", typed == 1),
        ("diversity-one-individual", np.isnan(parts.between)),
        ("diversity-one-allele", np.isnan(np.array(_statistics(parts))).any(axis=0)),
    )
