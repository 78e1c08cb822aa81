"""How large is the breeding population, judged by chance associations between loci?  Effective size by linkage.

In a small population alleles of different, unlinked loci are associated by chance. Burrows' composite r2 measures it
from genotypes whose phase is not known; what remains after the part that sampling alone makes tells the effective
number of breeders that gave rise to the sample. For alleles a and b of two loci and the S individuals known at both,
with doses x and y of 0, 1 or 2 copies,

    r2 = (S / (S - 1))^2  cov(x, y)^2 / (var(x) var(y))

which is Weir's (1979) estimate with the departure from Hardy-Weinberg proportions. It is averaged over the pairs of
alleles of two loci, and then over the pairs of loci with the weights n S^2, n = k1 k2 being the number of independent
pairs of alleles (k is the number of alleles used, less one where none was dropped); so Peel et al. (2013) weigh
missing data. The part due to sampling is taken off pair by pair with the same weights. Waples (2006) gives it and the
size, for random mating and monogamy, with S now the harmonic mean:

    S >= 30   E = 1/S + 3.19/S^2                 Ne = (1/3 + sqrt(1/9 - 2.76 r')) / 2r'
                                     monogamy:   Ne = (2/3 + sqrt(4/9 - 7.2 r')) / 2r'
    S < 30    E = 0.0018 + 0.907/S + 4.44/S^2    Ne = (0.308 + sqrt(0.308^2 - 2.08 r')) / 2r'
                                     monogamy:   Ne = (0.618 + sqrt(0.618^2 - 5.24 r')) / 2r'

with r' = r2 - E. Where r' is not above 0 the data hold no sign of a finite size: the estimate is infinite, which says
that the population is large *or* that the sample is too small to see that it is small. Rare alleles bias the estimate
upwards; alleles with a frequency below the threshold (Pcrit) are left out, 0 leaving out none.

Sources: Weir (1979) Biometrics 35:235; Waples (2006) Conserv Genet 7:167; Waples & Do (2008) Mol Ecol Resour 8:753;
Peel et al. (2013) Mol Ecol Resour 13:243; Jones, Ovenden & Wang (2016) Heredity 117:217.
"""

from dataclasses import dataclass
from math import inf, nan, sqrt
from typing import Any, Literal

import numpy as np
import polars as pl
from scipy.stats import chi2

from tumen.errors import MisuseError
from tumen.population.diversity.genotypes import Flags, Floats, Genotypes, Ints
from tumen.population.diversity.groups import parts, shares
from tumen.tables import findings

Mating = Literal["random", "monogamy"]

THRESHOLDS = (0.05, 0.02, 0.01, 0.0)
"""The smallest allele frequencies used in turn, as LDNe and NeEstimator print them."""

FEWEST = 3
"""Individuals below which nothing is estimated: two always give the largest possible association."""

SIZES: dict[str, pl.DataType | type[pl.DataType]] = {
    "group": pl.String,
    "threshold": pl.Float64,
    "individuals": pl.Int64,
    "loci": pl.Int64,
    "comparisons": pl.Int64,
    "harmonicSample": pl.Float64,
    "r2": pl.Float64,
    "expectedR2": pl.Float64,
    "effectiveSize": pl.Float64,
    "rawSize": pl.Float64,
    "parametricLow": pl.Float64,
    "parametricHigh": pl.Float64,
    "jackknifeLow": pl.Float64,
    "jackknifeHigh": pl.Float64,
    "reason": pl.String,
}
"""One row per group and threshold.

`loci` with variation, `comparisons` independent pairs of alleles, `harmonicSample` their weighted harmonic mean number
of individuals, `expectedR2` the part of `r2` due to sampling. `effectiveSize` is infinity where `r2` is no larger than
that, and `rawSize` what the formula gives then: a negative number, as other programs print it. Where nothing can be
estimated the numbers are null and `reason` is the code of why.
"""


@dataclass(frozen=True, eq=False)
class EffectiveSizes:
    """Estimates (`SIZES`) and what to know about them."""

    table: pl.DataFrame
    findings: pl.DataFrame


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over the individuals known at the loci of two alleles, for all pairs of alleles (A, A).

    `count` individuals; `dose` sum of the doses of the row's allele; `product` of the doses of both; `square` of the
    squared doses of the row's allele.
    """

    count: Floats
    dose: Floats
    product: Floats
    square: Floats

    def without(self, doses: Floats, known: Floats) -> "Sums":
        """Return the sums without one individual with such doses (A,), known (A,) or not (0) at their loci."""
        return Sums(
            self.count - np.outer(known, known),
            self.dose - np.outer(doses, known),
            self.product - np.outer(doses, doses),
            self.square - np.outer(doses**2, known),
        )


@dataclass(frozen=True)
class Association:
    """The mean r2 over pairs of loci, the part due to sampling, the harmonic mean sample, independent comparisons."""

    r2: float
    expected: float
    sample: float
    comparisons: int


def effective_size_ld(
    data: Genotypes, *, thresholds: tuple[float, ...] = THRESHOLDS, mating: Mating = "random", level: float = 0.95
) -> EffectiveSizes:
    """Return the effective size of each group by linkage disequilibrium, for each threshold (`SIZES`).

    Two intervals: the parametric one takes r2 as a mean of squares of as many independent numbers as there are
    comparisons, and is too narrow where loci share individuals; the other takes their number from the jackknife over
    individuals (Jones et al. 2016), which is the one to use. Where no group is known, all individuals are one group:
    individuals of several populations together make the estimate too small. Raises `MisuseError` for a threshold that
    is no frequency or a level that is none.

    >>> from tumen.population.diversity.genotypes import example
    >>> one = effective_size_ld(example([("1", "2"), ("1", "1"), ("2", "2")]), thresholds=(0.0,))
    >>> one.table.select("effectiveSize", "reason").row(0)
    (None, 'size-no-pairs')
    """
    if not 0 < level < 1 or any(not 0 <= threshold < 0.5 for threshold in thresholds):
        raise MisuseError(
            "thresholds from 0 to 0.5 and a level between 0 and 1",
            f"{thresholds}, {level}",
            "Give 0.05, 0.02, 0.01 or 0, and 0.95 for 95 %.",
        )
    rows: list[dict[str, object]] = []
    said: list[pl.DataFrame] = []
    for name, part in parts(data):
        for threshold in thresholds:
            row = {"group": name, "threshold": threshold} | _estimated(part, threshold, mating, level)
            rows.append(row)
            said.append(_said(row))
    return EffectiveSizes(pl.DataFrame(rows, schema=SIZES), findings.join(said))


def size_from_drift(drift: float, sample: float, mating: Mating = "random") -> float:
    """Return the effective size from the part of r2 that sampling does not explain (Waples 2006).

    Negative where `drift` is. Where the sample is so associated that the root has no value it is taken as 0, as other
    programs do: the size is then a few animals, and no more can be said.

    >>> round(size_from_drift(0.01, 50), 2)
    31.12
    """
    half, factor = {
        ("random", True): (1 / 3, 2.76),
        ("random", False): (0.308, 2.08),
        ("monogamy", True): (2 / 3, 7.2),
        ("monogamy", False): (0.618, 5.24),
    }[mating, sample >= 30]
    return inf if drift == 0 else (half + sqrt(max(half * half - factor * drift, 0.0))) / (2 * drift)


def _estimated(part: Genotypes, threshold: float, mating: Mating, level: float) -> dict[str, object]:
    """Return the numbers of one row."""
    typed = int(part.known.any(axis=1).sum())
    if typed < FEWEST:
        return {"individuals": typed, "reason": "size-few-individuals"}
    frequencies = shares(part)
    copies = np.nan_to_num(frequencies)
    varies = np.array(
        [(copies[a:b] > 0).sum() > 1 for a, b in zip(part.offsets[:-1], part.offsets[1:], strict=True)], dtype=bool
    )
    kept = (copies > 0) & (copies >= threshold) & (copies < 1) & np.repeat(varies, part.widths)
    locus = np.repeat(np.arange(len(part.loci)), part.widths)
    found, first = np.unique(locus[kept], return_index=True)
    used, starts = found.astype(np.int64), first.astype(np.int64)
    row: dict[str, object] = {"individuals": typed, "loci": len(used)}
    free = _free(copies, locus, kept, used)
    if len(used) < 2:
        return row | {"reason": "size-no-pairs"}
    doses, known = part.doses[:, kept], part.known[:, locus[kept]].astype(float)
    sums = Sums(known.T @ known, doses.T @ known, doses.T @ doses, (doses**2).T @ known)
    whole = _association(sums, starts, free)
    if whole is None:
        return row | {"reason": "size-no-pairs"}
    left = [_association(sums.without(doses[place], known[place]), starts, free) for place in range(len(doses))]
    again = np.array([one.r2 for one in left if one is not None])
    variance = (len(again) - 1) / len(again) * float(((again - again.mean()) ** 2).sum()) if len(again) > 1 else nan
    effective = 2 * whole.r2**2 / variance if variance > 0 else nan
    raw = size_from_drift(whole.r2 - whole.expected, whole.sample, mating)
    low, high = _interval(whole, float(whole.comparisons), mating, level)
    jack_low, jack_high = _interval(whole, effective, mating, level)
    return row | {
        "comparisons": whole.comparisons,
        "harmonicSample": whole.sample,
        "r2": whole.r2,
        "expectedR2": whole.expected,
        "effectiveSize": raw if raw > 0 else inf,
        "rawSize": raw,
        "parametricLow": low,
        "parametricHigh": high,
        "jackknifeLow": jack_low,
        "jackknifeHigh": jack_high,
        "reason": None,
    }


def _free(copies: Floats, locus: Ints, kept: Flags, used: Ints) -> Floats:
    """Return the number of independent alleles of each locus: one less than used, where none was dropped."""
    alleles = np.array([kept[locus == place].sum() for place in used], dtype=float)
    all_alleles = np.array([(copies[locus == place] > 0).sum() for place in used])
    return np.asarray(alleles - (alleles == all_alleles))


def _association(sums: Sums, starts: Ints, free: Floats) -> Association | None:
    """Return the mean r2 over the pairs of loci; None where no pair of loci varies."""
    counted = np.maximum(sums.count, 1)
    mean = sums.dose / counted
    spread = sums.square / counted - mean**2
    joint = sums.product / counted - mean * mean.T
    varies = (sums.count >= FEWEST - 1) & (spread > 1e-12) & (spread.T > 1e-12)
    scaled = np.where(varies, sums.count / np.maximum(sums.count - 1, 1), 0.0)
    squares = scaled**2 * joint**2 / np.where(varies, spread * spread.T, 1.0)
    over = _blocks(squares, starts)
    number = _blocks(varies.astype(float), starts)
    sample = sums.count[np.ix_(starts, starts)]
    first, second = np.triu_indices(len(starts), 1)
    comparisons = np.outer(free, free)[first, second]
    chosen = (number[first, second] > 0) & (comparisons > 0)
    if not chosen.any():
        return None
    first, second, comparisons = first[chosen], second[chosen], comparisons[chosen]
    size = sample[first, second]
    weight = comparisons * size**2
    r2 = over[first, second] / number[first, second]
    return Association(
        float(weight @ r2 / weight.sum()),
        float(weight @ _sampling(size) / weight.sum()),
        float(comparisons.sum() / (comparisons / size).sum()),
        int(comparisons.sum()),
    )


def _blocks(matrix: Floats, starts: Ints) -> Floats:
    """Return the sums over the alleles of each pair of loci (L, L)."""
    summed: Floats = np.add.reduceat(np.add.reduceat(matrix, starts, axis=0), starts, axis=1)
    return summed


def _sampling(size: Floats) -> Floats:
    """Return the r2 that a sample of such a size makes on its own (Waples 2006)."""
    small: Floats = 0.0018 + 0.907 / size + 4.44 / size**2
    return np.where(size >= 30, 1 / size + 3.19 / size**2, small)


def _interval(whole: Association, freedom: float, mating: Mating, level: float) -> tuple[float | None, float | None]:
    """Return the bounds of the size where r2 has the freedom of a mean of so many squares; None where unknown."""
    if not freedom > 0:
        return None, None
    bounds = [
        size_from_drift(whole.r2 * freedom / float(chi2.ppf(tail, freedom)) - whole.expected, whole.sample, mating)
        for tail in (0.5 - level / 2, 0.5 + level / 2)
    ]
    low, high = (bound if bound > 0 else inf for bound in bounds)
    return low, high


def _said(row: dict[str, object]) -> pl.DataFrame:
    """Return the findings about one row."""
    group, threshold = str(row["group"]), float(str(row["threshold"]))
    about: dict[str, Any] = {"table": "genotypes", "column": "group", "value": group}
    if row["reason"] is not None:
        return findings.finding(str(row["reason"]), **about, method="LD", threshold=threshold, fewest=FEWEST)
    numbers: dict[str, Any] = {"threshold": threshold, "method": "LD"}
    said = [
        findings.finding(
            "size-panel",
            **about,
            **numbers,
            individuals=int(str(row["individuals"])),
            loci=int(str(row["loci"])),
            comparisons=int(str(row["comparisons"])),
        )
    ]
    size, high, low = (row[name] for name in ("effectiveSize", "jackknifeHigh", "jackknifeLow"))
    if size == inf:
        said.append(findings.finding("size-infinite", **about, **numbers))
    elif high == inf:
        said.append(findings.finding("size-upper-infinite", **about, **numbers, low=round(float(str(low)), 1)))
    return findings.join(said)
