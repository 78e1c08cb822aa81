"""How related are two animals?  Estimates for all pairs, and their means within and between groups.

Relatedness r is the expected share of alleles of one animal that are identical by descent with those of another: 1/2
for parent and offspring and for full siblings, 1/4 for half siblings, 0 for animals that are as related as two drawn
from the reference, and below 0 for less related ones.

Queller & Goodnight (1989): with alleles a, b of x and c, d of y, their frequencies p, and [..] 1 where equal, summed
over the loci known of both,

    r_xy = sum ( ([ac] + [ad] + [bc] + [bd]) / 2 - p_a - p_b )  /  sum ( 1 + [ab] - p_a - p_b )

and r is the mean of r_xy and r_yx. A locus with two alleles at which one of them is heterozygous adds nothing to the
denominator of that one: such loci alone leave a pair without an estimate. Frequencies are those of all individuals
given, or with `leave_out` those without the two animals of the pair, which undoes the bias that a small sample has.

Wang (2002): pairs at a locus are alike (both alleles, class 1), share an allele with one of them homozygous (2), share
one, both heterozygous (3), or none. With a_m the unbiased sum of p^m, the classes of animals that share two alleles by
descent with chance D and one with chance F are expected to be

    P1 = b + c F + (1 - b) D      P2 = d + e F - d D      P3 = f + g F - f D
    b = 2 a2^2 - a4     c = a2 - 2 a2^2 + a4     d = 4 (a3 - a4)     e = 2 (a2 - 3 a3 + 2 a4)
    f = 4 (a2 - a2^2 - 2 a3 + 2 a4)              g = 1 - 7 a2 + 4 a2^2 + 10 a3 - 8 a4

Loci are averaged with weights 1 / (2 a2 - a3); the equations (9) and (10) of the paper then give F and D, and
r = F/2 + D. The a_m come from falling factorials of the counts of alleles, which is the paper's correction for small
samples.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.population.diversity.genotypes import Flags, Floats, Genotypes, Ints
from tumen.population.diversity.groups import shares
from tumen.tables import findings

Estimator = Literal["queller-goodnight", "wang"]

PAIRS: dict[str, pl.DataType | type[pl.DataType]] = {
    "individual1": pl.String,
    "individual2": pl.String,
    "group1": pl.String,
    "group2": pl.String,
    "loci": pl.Int64,
    "quellerGoodnight": pl.Float64,
    "wang": pl.Float64,
}
"""One row per pair; `loci` known of both. An estimate is null where the loci of the pair cannot give one."""

MEANS: dict[str, pl.DataType | type[pl.DataType]] = {
    "estimator": pl.String,
    "group1": pl.String,
    "group2": pl.String,
    "pairs": pl.Int64,
    "mean": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "reason": pl.String,
}
"""Means over pairs within (`group1` = `group2`) and between groups, with bounds from drawing individuals again."""


@dataclass(frozen=True, eq=False)
class Relatedness:
    """Pairs (`PAIRS`) and what to know about them."""

    pairs: pl.DataFrame
    findings: pl.DataFrame


def relatedness(data: Genotypes, *, leave_out: bool = False) -> Relatedness:
    """Return the relatedness of all pairs (`PAIRS`) by both estimators.

    Frequencies come from all individuals given; give the individuals of one population to ask within it. `leave_out`
    concerns Queller & Goodnight alone: Wang's estimator corrects in its own way.

    >>> from tumen.population.diversity.genotypes import example
    >>> relatedness(example([("1", "1"), ("1", "1"), ("2", "2")])).pairs["quellerGoodnight"].round(6).to_list()
    [1.0, -1.25, -1.25]
    """
    first, second = np.triu_indices(len(data.individuals), 1)
    known = data.known.astype(float)
    loci = (known @ known.T)[first, second]
    queller = queller_goodnight(data, leave_out=leave_out)[first, second]
    wangs = wang(data)[first, second]
    names = np.array(data.individuals, dtype=object)
    groups = np.array(data.groups, dtype=object)
    table = pl.DataFrame(
        {
            "individual1": names[first].tolist(),
            "individual2": names[second].tolist(),
            "group1": groups[first].tolist(),
            "group2": groups[second].tolist(),
            "loci": loci.astype(np.int64),
            "quellerGoodnight": queller,
            "wang": wangs,
        },
        schema=PAIRS,
    ).with_columns(pl.col("quellerGoodnight", "wang").fill_nan(None))
    return Relatedness(table, _said(table))


def queller_goodnight(data: Genotypes, frequencies: Floats | None = None, *, leave_out: bool = False) -> Floats:
    """Return the estimates (n, n), symmetric, nan where there is none and on the diagonal.

    `frequencies` of the alleles side by side, those of the individuals by default.

    >>> from tumen.population.diversity.genotypes import example
    >>> data = example([("1", "2"), ("1", "3")], [("1", "1"), ("1", "2")])
    >>> round(float(queller_goodnight(data, np.array([0.25, 0.25, 0.5, 0.5, 0.5]))[0, 1]), 6)
    -0.5
    """
    count = len(data.individuals)
    over, under = np.zeros((count, count)), np.zeros((count, count))
    p = shares(data) if frequencies is None else frequencies
    for place in range(len(data.loci)):
        columns = slice(int(data.offsets[place]), int(data.offsets[place + 1]))
        known = data.known[:, place]
        both = np.outer(known, known)
        if columns.start == columns.stop or not known.any():
            continue
        alleles = np.maximum(data.alleles[:, place], 0)
        doses = data.doses[:, columns]
        alike = doses @ doses.T / 2
        own = p[columns][alleles].sum(axis=1)[:, None]
        if leave_out:
            own = _left_out(doses, alleles, known)
        same = (alleles[:, 0] == alleles[:, 1])[:, None]
        with np.errstate(invalid="ignore"):
            over += np.where(both, alike - own, 0.0)
            under += np.where(both, 1.0 + same - own, 0.0)
    # What is left of a sum of cancelling numbers is rounding, not information.
    ratio = np.divide(over, under, out=np.full_like(over, np.nan), where=np.abs(under) > 1e-9)
    np.fill_diagonal(ratio, np.nan)
    return np.asarray((ratio + ratio.T) / 2)


def wang(data: Genotypes, frequencies: Floats | None = None) -> Floats:
    """Return the estimates (n, n), symmetric, nan where there is none and on the diagonal.

    Given frequencies are taken as known; those of the individuals are corrected for their number.

    >>> from tumen.population.diversity.genotypes import example
    >>> data = example([("1", "2"), ("1", "2")])
    >>> round(float(wang(data, np.array([0.25, 0.75]))[0, 1]), 6)
    1.0
    """
    count = len(data.individuals)
    sums = np.zeros((9, count, count))
    weights = np.zeros((count, count))
    for place in range(len(data.loci)):
        columns = slice(int(data.offsets[place]), int(data.offsets[place + 1]))
        known = data.known[:, place]
        doses = data.doses[:, columns]
        p = None if frequencies is None else frequencies[columns]
        moments = _moments(doses.sum(axis=0)) if p is None else power_sums(p)
        if moments is None or moments[0] >= 1 - 1e-12 or 2 * moments[0] - moments[1] <= 0:
            continue
        weight = np.outer(known, known) / (2 * moments[0] - moments[1])
        weights += weight
        alleles = int(((doses.sum(axis=0) if p is None else p) > 0).sum())
        values: tuple[Floats | float, ...] = (*expected_classes(moments, alleles), *_classes(doses))
        for place_of, value in enumerate(values):
            sums[place_of] += weight * value
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = solve(sums / weights)
    estimate[~np.isfinite(estimate)] = np.nan
    np.fill_diagonal(estimate, np.nan)
    return np.asarray(estimate)


def power_sums(p: Floats) -> tuple[float, float, float]:
    """Return the sums of squares, cubes and fourth powers of known frequencies.

    >>> power_sums(np.array([0.5, 0.5]))
    (0.5, 0.25, 0.125)
    """
    return float((p**2).sum()), float((p**3).sum()), float((p**4).sum())


def expected_classes(
    moments: tuple[float, float, float], alleles: int
) -> tuple[float, float, float, float, float, float]:
    """Return b, c, d, e, f, g of Wang (2002) from the sums of squares, cubes and fourth powers of frequencies.

    With two alleles class 3 cannot be: f and g are 0 then, also where the sums come from a sample and say otherwise.

    >>> expected_classes((0.5, 0.25, 0.125), 2)
    (0.375, 0.125, 0.5, 0.0, 0.0, 0.0)
    """
    a2, a3, a4 = moments
    return (
        2 * a2**2 - a4,
        a2 - 2 * a2**2 + a4,
        4 * (a3 - a4),
        2 * (a2 - 3 * a3 + 2 * a4),
        4 * (a2 - a2**2 - 2 * a3 + 2 * a4) if alleles > 2 else 0.0,
        1 - 7 * a2 + 4 * a2**2 + 10 * a3 - 8 * a4 if alleles > 2 else 0.0,
    )


def solve(means: Floats) -> Floats:
    """Return r from the weighted means of b, c, d, e, f, g and of the classes P1, P2, P3 (9, ...), equations 9 and 10.

    Where no locus has more than two alleles there is no third class, and the first two give F and D.

    >>> full_siblings = (0.375 + 0.125 * 0.5 + 0.625 * 0.25, 0.5 - 0.5 * 0.25, 0.0)
    >>> float(solve(np.array([0.375, 0.125, 0.5, 0.0, 0.0, 0.0, *full_siblings])))
    0.5
    """
    b, c, d, e, f, g, one, two, three = means
    two_classes = ((one - b) * d + (1 - b) * (two - d)) / 2 + e * (one - b) - c * (two - d)
    determinant = c * d + (1 - b) * e
    under = (
        (1 - b) ** 2 * (e**2 * f + d * g**2)
        - (1 - b) * (e * f - d * g) ** 2
        + 2 * c * d * f * (1 - b) * (g + e)
        + c**2 * d * f * (d + f)
    )
    shared = (
        d * f * ((e + g) * (1 - b) + c * (d + f)) * (one - 1)
        + d * (1 - b) * (g * (1 - b - d) + f * (c + e)) * three
        + f * (1 - b) * (e * (1 - b - f) + d * (c + g)) * two
    )
    double = (
        c * d * f * (e + g) * (one + 1 - 2 * b)
        + ((1 - b) * (f * e**2 + d * g**2) - (e * f - d * g) ** 2) * (one - b)
        + c * (d * g - e * f) * (d * three - f * two)
        - c**2 * d * f * (three + two - d - f)
        - c * (1 - b) * (d * g * three + e * f * two)
    )
    alone = f == 0
    return np.asarray(np.where(alone, two_classes, shared / 2 + double) / np.where(alone, determinant, under))


def mean_relatedness(
    data: Genotypes, estimates: Floats, rng: np.random.Generator, *, draws: int = 1000, level: float = 0.95
) -> pl.DataFrame:
    """Return the mean estimate (n, n; nan where none) of pairs within and between groups (`MEANS`, no estimator named).

    The bounds come from drawing the individuals of each group again; pairs of an individual with itself are left out.

    >>> from tumen.population.diversity.genotypes import example
    >>> data = example([("1", "1"), ("1", "1"), ("2", "2")], groups=["RU", "RU", "CN"])
    >>> table = mean_relatedness(data, queller_goodnight(data), np.random.default_rng(1))
    >>> table.select("group1", "group2", "pairs", "mean", "reason").rows()[0]
    ('CN', 'CN', 0, None, 'relatedness-no-pairs')
    """
    if draws < 1 or not 0 < level < 1:
        raise MisuseError(
            "a draw or more and a level between 0 and 1",
            Text("{draws}, {level}", draws=draws, level=level),
            "Give 1000.",
        )
    held = np.isfinite(estimates)
    values = np.where(held, estimates, 0.0)
    members = [np.flatnonzero(data.side == place) for place in range(len(data.sides))]
    times = np.zeros((draws, len(data.individuals)))
    for group in members:
        times[:, group] = rng.multinomial(len(group), np.full(len(group), 1 / len(group)), size=draws)
    rows: list[dict[str, object]] = []
    for one, first in enumerate(members):
        for other, second in enumerate(members[one:], start=one):
            block = np.ix_(first, second)
            pairs = int(held[block].sum()) // (2 if one == other else 1)
            row: dict[str, object] = {"group1": data.sides[one], "group2": data.sides[other], "pairs": pairs}
            if not pairs:
                rows.append(row | {"reason": "relatedness-no-pairs"})
                continue
            drawn = np.einsum("di,di->d", times[:, first] @ values[block], times[:, second])
            number = np.einsum("di,di->d", times[:, first] @ held[block].astype(float), times[:, second])
            again = drawn[number > 0] / number[number > 0]
            bounds = np.quantile(again, [0.5 - level / 2, 0.5 + level / 2]).tolist() if len(again) else (None, None)
            mean = float(values[block].sum() / held[block].sum())
            rows.append(row | {"mean": mean, "low": bounds[0], "high": bounds[1], "reason": None})
    return pl.DataFrame(rows, schema={name: kind for name, kind in MEANS.items() if name != "estimator"})


def _left_out(doses: Floats, alleles: Ints, known: Flags) -> Floats:
    """Return the summed frequencies of the alleles of x (rows) in the sample without x and y (columns)."""
    totals = doses.sum(axis=0)
    rest = totals.sum() - 2.0 * known[:, None] - 2.0 * known[None, :]
    left = sum(totals[alleles[:, copy]][:, None] - _copies(doses, alleles[:, copy]) for copy in (0, 1))
    return np.asarray(np.divide(left, rest, out=np.zeros_like(rest), where=rest > 0))


def _copies(doses: Floats, allele: Ints) -> Floats:
    """Return the copies of an allele of x (rows) that x and y (columns) have together."""
    own = doses[np.arange(len(doses)), allele][:, None]
    return np.asarray(own + doses[:, allele].T)


def _moments(counts: Floats) -> tuple[float, float, float] | None:
    """Return unbiased sums of squares, cubes and fourth powers of frequencies; None for fewer than four genes."""
    total = counts.sum()
    if total < 4:
        return None
    over, under, found = counts.astype(float), float(total), []
    for step in (1, 2, 3):
        over, under = over * (counts - step), under * (total - step)
        found.append(float(over.sum() / under))
    return found[0], found[1], found[2]


def _classes(doses: Floats) -> tuple[Floats, Floats, Floats]:
    """Return whether pairs (n, n) are of class 1, 2 or 3."""
    product = doses @ doses.T
    homozygous = (doses == 2).any(axis=1)
    number = homozygous[:, None].astype(int) + homozygous[None, :]
    # Products of doses: alike 4 (both homozygous) or 2 (both heterozygous); one of each 2; two heterozygotes sharing 1.
    one = ((number == 2) & (product == 4)) | ((number == 0) & (product == 2))
    two = (number == 1) & (product == 2)
    three = (number == 0) & (product == 1)
    return one.astype(float), two.astype(float), three.astype(float)


def _said(table: pl.DataFrame) -> pl.DataFrame:
    """Return findings about pairs without an estimate."""
    said = []
    for column in ("quellerGoodnight", "wang"):
        count = table[column].null_count()
        if count:
            said.append(
                findings.finding(
                    "relatedness-no-estimate", table="genotypes", value=str(count), total=table.height, estimator=column
                )
            )
    return findings.join(said)
