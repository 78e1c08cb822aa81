"""How diverse, and how inbred? Heterozygosity seen and expected, by locus and group, and FIS.

Four numbers go by the name of expected heterozygosity, and each is named for what it is here, with p_i the frequency of
allele i among n individuals (2n genes) and Ho the share of heterozygotes:

Hexp   1 - sum p_i^2: biased downwards in small samples; what adegenet's `summary` and `Hs` print.
He     2n / (2n - 1) (1 - sum p_i^2): Nei (1978, Genetics 89:583), unbiased under Hardy-Weinberg proportions.
Hs     n / (n - 1) (1 - sum p_i^2 - Ho / 2n): Nei & Chesser (1983, Ann Hum Genet 47:253), unbiased under inbreeding
       too; what hierfstat's `basic.stats` prints.
Ht     what is expected if all groups were one, groups weighing equally (`basic`).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.population.diversity.alleles import Tally, grid, tally, total
from tumen.population.diversity.estimable import means, numbers, ratio, reasons
from tumen.population.diversity.genotypes import Floats, Genotypes

BASIC = ("Ho", "Hs", "Ht", "Dst", "Htp", "Dstp", "Fst", "Fstp", "Fis", "Dest", "Gstpp")
"""Columns of `basic`, as hierfstat names them; Gstpp is G''ST."""


def by_group(genotypes: Genotypes) -> pl.DataFrame:
    """Return the heterozygosities and FIS of each group at each locus.

    Columns: group, locus, individuals (typed), Ho, Hexp, He, Hs, Fis (1 - Ho / Hs), reason. A number that does not
    exist is null, and the reason says why: nobody typed, one individual only, one allele only (Fis).

    >>> from tumen.population.diversity.genotypes import example
    >>> by_group(example([("1", "2"), ("1", "1")])).drop("locus").row(0)
    ('all', 2, 0.5, 0.375, 0.5, 0.5, 0.0, None)
    """
    return _heterozygosities(tally(genotypes), grid(genotypes))


def by_locus(genotypes: Genotypes) -> pl.DataFrame:
    """Return the heterozygosities of all individuals together at each locus, as adegenet's `summary` does.

    Columns: locus, individuals (typed), alleles, Ho, Hexp, He, Hs, Fis, reason. Individuals of unknown group are in it.
    A mixture of groups that differ has fewer heterozygotes than Hardy-Weinberg proportions say (Wahlund).

    >>> from tumen.population.diversity.genotypes import example
    >>> by_locus(example([("1", "2"), ("1", "1")], groups=["RU", None])).drop("locus").row(0)
    (2, 2, 0.5, 0.375, 0.5, 0.5, 0.0, None)
    """
    frame = pl.DataFrame({"locus": list(genotypes.loci)}, schema={"locus": pl.String})
    result = _heterozygosities(total(genotypes), frame)
    alleles = pl.Series("alleles", genotypes.widths)
    return result.with_columns(alleles).select("locus", "individuals", "alleles", *result.columns[2:])


def of_groups(genotypes: Genotypes) -> pl.DataFrame:
    """Return the means of `by_group` over the loci at which each number exists.

    Columns: group, individuals (in the group), loci (typed), Ho, Hexp, He, Hs, Fis (1 - mean Ho / mean Hs over loci
    with both), reason.

    >>> from tumen.population.diversity.genotypes import example
    >>> of_groups(example([("1", "2"), ("1", "1")], [("1", "1"), ("1", "1")])).row(0)
    ('all', 2, 2, 0.25, 0.1875, 0.25, 0.25, 0.0, None)
    """
    counts = tally(genotypes)
    loci = counts.typed.shape[1]
    parts = _parts(counts)
    seen, within = _both(parts)
    fis = 1 - ratio(seen.sum(axis=1), within.sum(axis=1))
    single = np.isnan(parts["Hs"]).all(axis=1)
    return pl.DataFrame({"group": list(genotypes.sides)}, schema={"group": pl.String}).with_columns(
        individuals=pl.Series(values=np.bincount(genotypes.side + 1, minlength=len(genotypes.sides) + 1)[1:]),
        loci=pl.Series(values=(counts.typed > 0).sum(axis=1), dtype=pl.Int64),
        **{name: numbers(means(parts[name], axis=1)) for name in ("Ho", "Hexp", "He", "Hs")},
        Fis=numbers(fis),
        reason=reasons(
            fis.shape,
            ("diversity-no-genotypes", (counts.typed == 0).all(axis=1) if loci else True),
            ("diversity-one-individual", single),
            ("diversity-one-allele", np.isnan(fis)),
        ),
    )


@dataclass(frozen=True)
class Basic:
    """hierfstat's `basic.stats`: a row per locus (`loci`), and a row for all of them (`overall`)."""

    loci: pl.DataFrame
    overall: pl.DataFrame


def basic(genotypes: Genotypes) -> Basic:
    """Return Nei's (1987) gene diversities and fixation indices per locus and over all loci, as `basic.stats` does.

    Columns: locus (not in `overall`), groups (typed there; in `overall`: loci used), those of `BASIC`, reason. Groups
    weigh equally; n is the harmonic mean of the individuals typed per group. Dest is Jost's (2008) D; Gstpp is
    G''ST of Meirmans & Hedrick (2011), Fstp / (1 - Hs). Over loci: diversities are means of those that exist, indices
    are made from these means. With one group, what is between groups does not exist.

    >>> from tumen.population.diversity.genotypes import example
    >>> two = example([("1", "2"), ("1", "1"), ("2", "2"), ("2", "2")], groups=["RU", "RU", "CN", "CN"])
    >>> basic(two).loci.select("groups", "Ho", "Hs", "Fst", "Dest").row(0)
    (2, 0.25, 0.25, 0.5, 0.6666666666666666)
    """
    parts = nei(tally(genotypes))
    groups = (tally(genotypes).typed > 0).sum(axis=0)
    frame = pl.DataFrame({"locus": list(genotypes.loci)}, schema={"locus": pl.String}).with_columns(
        groups=pl.Series(values=groups, dtype=pl.Int64),
        **{name: numbers(parts[name]) for name in BASIC},
        reason=_between(groups, parts),
    )
    pooled = indices({name: means(parts[name], axis=-1) for name in ("Ho", "Hs", "Ht", "Dst", "Htp", "Dstp")})
    used = int((~np.isnan(parts["Hs"])).sum())
    overall = pl.DataFrame({"loci": [used]}, schema={"loci": pl.Int64}).with_columns(
        **{name: numbers(pooled[name]) for name in BASIC},
        reason=_between(groups.max(initial=0, keepdims=True), {name: np.atleast_1d(pooled[name]) for name in BASIC}),
    )
    return Basic(frame, overall)


def nei(counts: Tally) -> dict[str, Floats]:
    """Return the numbers of `BASIC` per locus (..., L) from counts (..., G, L): leading axes are sets of groups."""
    there = counts.typed > 0
    groups = there.sum(axis=-2).astype(np.float64)
    size = ratio(groups, np.nansum(ratio(1.0, counts.typed), axis=-2))
    p = np.where(there[..., counts.locus], counts.frequencies(), 0.0)
    within = ratio(counts.sums(p**2).sum(axis=-2), groups)
    mixed = counts.sums(ratio(p.sum(axis=-2), groups[..., counts.locus]) ** 2)
    observed = means(counts.observed(), axis=-2)
    hs = ratio(size, size - 1) * (1 - within - observed / 2 / size)
    ht = 1 - mixed + hs / size / groups.clip(1) - observed / 2 / size / groups.clip(1)
    dst = ht - hs
    dstp = ratio(groups, groups - 1) * dst
    return indices({"Ho": observed, "Hs": hs, "Ht": ht, "Dst": dst, "Htp": hs + dstp, "Dstp": dstp})


def indices(parts: dict[str, Floats]) -> dict[str, Floats]:
    """Return diversities (Ho, Hs, Ht, Dst, Htp, Dstp) with the indices made from them added."""
    fstp = ratio(parts["Dstp"], parts["Htp"])
    return {
        **parts,
        "Fst": ratio(parts["Dst"], parts["Ht"]),
        "Fstp": fstp,
        "Fis": 1 - ratio(parts["Ho"], parts["Hs"]),
        "Dest": ratio(parts["Dstp"], 1 - parts["Hs"]),
        "Gstpp": ratio(fstp, 1 - parts["Hs"]),
    }


def inbreeding(
    genotypes: Genotypes, rng: np.random.Generator, replicates: int = 1000, level: float = 0.95
) -> pl.DataFrame:
    """Return FIS of each group over loci, with the interval of a bootstrap over loci.

    Columns: group, loci (used), Fis (1 - mean Ho / mean Hs), low, high (percentiles of `replicates` resamples of the
    loci), replicates, reason. Loci are drawn alike for all groups. A group with fewer than two loci has no interval.
    Raises `MisuseError` for fewer than 2 replicates or a level outside 0 to 1.

    >>> from tumen.population.diversity.genotypes import example
    >>> one = example([("1", "2"), ("1", "1")], [("1", "2"), ("1", "2")])
    >>> inbreeding(one, np.random.default_rng(1)).row(0)
    ('all', 2, -0.5, -1.0, 0.0, 1000, None)
    """
    refuse(replicates, level)
    seen, within = _both(_parts(tally(genotypes)))
    loci = seen.shape[1]
    drawn = resampled(loci, replicates, rng)
    fis = 1 - ratio(seen.sum(axis=1), within.sum(axis=1))
    again = 1 - ratio(seen @ drawn.T, within @ drawn.T)
    used = (within > 0).sum(axis=1)
    low, high = interval(again, level)
    few = used < 2
    return pl.DataFrame({"group": list(genotypes.sides)}, schema={"group": pl.String}).with_columns(
        loci=pl.Series(values=used, dtype=pl.Int64),
        Fis=numbers(fis),
        low=numbers(np.where(few, np.nan, low)),
        high=numbers(np.where(few, np.nan, high)),
        replicates=pl.lit(replicates, dtype=pl.Int64),
        reason=_group_reasons(genotypes, few),
    )


def resampled(loci: int, replicates: int, rng: np.random.Generator) -> Floats:
    """Return how often each locus is drawn in each resample of the loci (replicates, loci).

    >>> resampled(3, 4, np.random.default_rng(1)).sum(axis=1).tolist()
    [3.0, 3.0, 3.0, 3.0]
    """
    if not loci:
        return np.zeros((replicates, 0))
    return rng.multinomial(loci, np.full(loci, 1 / loci), size=replicates).astype(np.float64)


def interval(values: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the percentiles that enclose `level` of the values that exist in each row (rows, replicates).

    >>> [bound.tolist() for bound in interval(np.array([[0.0, 1.0, 2.0, np.nan]]), 0.5)]
    [[0.5], [1.5]]
    """
    bounds = np.full((2, len(values)), np.nan)
    for row, one in enumerate(values):
        there = one[~np.isnan(one)]
        if there.size:
            bounds[:, row] = np.quantile(there, [(1 - level) / 2, (1 + level) / 2])
    return bounds[0], bounds[1]


def refuse(replicates: int, level: float) -> None:
    """Raise `MisuseError` for a bootstrap that says nothing."""
    if replicates < 2:
        raise MisuseError("2 replicates or more", Text("{count}", count=replicates), "Give for example 1000.")
    if not 0 < level < 1:
        raise MisuseError("a level between 0 and 1", Text("{level}", level=level), "Give for example 0.95.")


def _parts(counts: Tally) -> dict[str, Floats]:
    """Return Ho, Hexp, He and Hs of each group at each locus (G, L), NaN where they do not exist."""
    typed = counts.typed
    seen = counts.observed()
    biased = np.where(typed > 0, 1 - counts.sums(np.nan_to_num(counts.frequencies()) ** 2), np.nan)
    return {
        "Ho": seen,
        "Hexp": biased,
        "He": np.where(typed > 0, ratio(2 * typed, 2 * typed - 1), np.nan) * biased,
        "Hs": ratio(typed, typed - 1) * (biased - ratio(seen, 2 * typed)),
    }


def _both(parts: dict[str, Floats]) -> tuple[Floats, Floats]:
    """Return Ho and Hs with 0 where Hs does not exist."""
    there = ~np.isnan(parts["Hs"])
    return np.where(there, parts["Ho"], 0.0), np.where(there, parts["Hs"], 0.0)


def _heterozygosities(counts: Tally, frame: pl.DataFrame) -> pl.DataFrame:
    parts = _parts(counts)
    fis = 1 - ratio(parts["Ho"], parts["Hs"])
    return frame.with_columns(
        individuals=pl.Series(values=counts.typed.ravel().astype(np.int64)),
        **{name: numbers(values) for name, values in parts.items()},
        Fis=numbers(fis),
        reason=reasons(
            fis.shape,
            ("diversity-no-genotypes", counts.typed == 0),
            ("diversity-one-individual", counts.typed == 1),
            ("diversity-one-allele", np.isnan(fis)),
        ),
    )


def _group_reasons(genotypes: Genotypes, few: Floats) -> pl.Series:
    """Say why a group has no FIS or no interval."""
    typed = tally(genotypes).typed
    parts = _parts(tally(genotypes))
    return reasons(
        few.shape,
        ("diversity-no-genotypes", (typed == 0).all(axis=1)),
        ("diversity-one-individual", np.isnan(parts["Hs"]).all(axis=1)),
        ("diversity-one-allele", (np.nan_to_num(parts["Hs"]) == 0).all(axis=1)),
        ("diversity-few-loci", few),
    )


def _between(groups: Floats, parts: dict[str, Floats]) -> pl.Series:
    """Say why a locus lacks one of the numbers of `basic`."""
    return reasons(
        groups.shape,
        ("diversity-no-genotypes", groups == 0),
        ("diversity-one-individual", np.isnan(parts["Hs"])),
        ("diversity-one-group", groups == 1),
        ("diversity-one-allele", np.isnan(parts["Fst"]) | np.isnan(parts["Fis"])),
    )
