"""Has the population been through a bottleneck?  Heterozygosity excess, and the mode of allele frequencies.

When a population shrinks it loses rare alleles faster than heterozygosity, so for some generations it is more
heterozygous than a population at equilibrium with as many alleles. Per locus the observed gene diversity is held
against those of simulated samples with the same numbers of genes and alleles (`coalescent_alleles`), under infinite
alleles (IAM), stepwise mutation (SMM) and two phases (TPM). Over loci (Cornuet & Luikart 1996; Luikart & Cornuet 1998):

- sign test: how many loci have an excess over the mean of their simulations, against the chance at each locus that a
  simulated sample has one (the exact distribution of a sum of unequal chances);
- standardised differences: sum of (observed - mean) / sd over the root of the number of loci, held against the normal
  distribution; it asks for 20 loci;
- Wilcoxon's signed ranks of observed - mean: one-sided for an excess, and two-sided; the one for few loci.

Mode shift (Luikart et al. 1998): without a bottleneck alleles with a frequency up to 0.1 are the most numerous class;
the authors ask for about 30 individuals and 5 to 20 loci that vary.

The answer depends on the model of mutation, which is not known; a test under IAM alone proves little for
microsatellites. A structured population, or immigrants, look like growth or like a bottleneck.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl
from scipy.special import ndtr
from scipy.stats import wilcoxon

from tumen.population.diversity.coalescent_alleles import (
    INFINITE,
    STEPWISE,
    Mutation,
    equilibrium_diversity,
    two_phase,
)
from tumen.population.diversity.genotypes import Floats, Genotypes
from tumen.population.diversity.groups import parts
from tumen.tables import findings

LOCI: dict[str, pl.DataType | type[pl.DataType]] = {
    "group": pl.String,
    "locus": pl.String,
    "model": pl.String,
    "genes": pl.Int64,
    "alleles": pl.Int64,
    "observedDiversity": pl.Float64,
    "equilibriumDiversity": pl.Float64,
    "deviation": pl.Float64,
    "standardised": pl.Float64,
    "asHigh": pl.Float64,
    "reason": pl.String,
}
"""One row per group, locus that varies and model; `deviation` is the sd of the simulated diversities, `standardised`
(observed - mean) / sd, `asHigh` the share of simulated samples at least as diverse as the observed one."""

TESTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "group": pl.String,
    "model": pl.String,
    "loci": pl.Int64,
    "excess": pl.Int64,
    "expectedExcess": pl.Float64,
    "signP": pl.Float64,
    "standardised": pl.Float64,
    "standardisedP": pl.Float64,
    "wilcoxonExcessP": pl.Float64,
    "wilcoxonP": pl.Float64,
    "reason": pl.String,
}
"""One row per group and model. `excess` loci are above equilibrium; `signP`, `standardisedP` and `wilcoxonExcessP` are
one-sided for an excess, `wilcoxonP` is two-sided. Null where nothing can be tested, with the code in `reason`."""

MODES: dict[str, pl.DataType | type[pl.DataType]] = {
    "group": pl.String,
    "above": pl.Float64,
    "upTo": pl.Float64,
    "alleles": pl.Int64,
    "shifted": pl.Boolean,
}
"""Ten classes of frequency per group: alleles of varying loci in each; `shifted`: not the first class leads."""

ENOUGH_LOCI = 5
"""With fewer loci no pattern of signs reaches a one-sided P of 0.05 (1/2^4 = 0.0625)."""


@dataclass(frozen=True)
class Models:
    """The models of mutation by name. The share of single steps and the variance of TPM are choices, not facts."""

    models: dict[str, Mutation] = field(
        default_factory=lambda: {"IAM": INFINITE, "TPM": two_phase(0.9, 12.0), "SMM": STEPWISE}
    )


@dataclass(frozen=True, eq=False)
class Bottleneck:
    """Loci (`LOCI`), tests (`TESTS`), modes (`MODES`), and what to know about them."""

    loci: pl.DataFrame
    tests: pl.DataFrame
    modes: pl.DataFrame
    findings: pl.DataFrame


def bottleneck(
    data: Genotypes, rng: np.random.Generator, *, models: Models | None = None, replicates: int = 1000
) -> Bottleneck:
    """Return the tests for a recent bottleneck in each group.

    >>> from tumen.population.diversity.genotypes import example
    >>> bottleneck(example([("1", "1"), ("1", "1")]), np.random.default_rng(1)).tests["reason"].unique().to_list()
    ['bottleneck-no-loci']
    """
    chosen = (models or Models()).models
    per_locus: list[dict[str, object]] = []
    tests: list[dict[str, object]] = []
    modes: list[dict[str, object]] = []
    said: list[pl.DataFrame] = []
    for name, part in parts(data):
        seen = _seen(part)
        for model, mutation in chosen.items():
            rows = [_locus(counts, mutation, replicates, rng) for counts in seen.values()]
            per_locus += [
                {"group": name, "locus": locus, "model": model} | row[0] for locus, row in zip(seen, rows, strict=True)
            ]
            tests.append({"group": name, "model": model} | _test([row for row in rows if row[1] is not None]))
        modes += _modes(name, list(seen.values()))
        said.append(_said(name, part, len(seen)))
    unreached = [row for row in per_locus if row["reason"] is not None]
    said += [
        findings.finding(
            "bottleneck-alleles-unreached",
            table="genotypes",
            column="locus",
            value=str(row["locus"]),
            group=str(row["group"]),
            model=str(row["model"]),
        )
        for row in unreached
    ]
    return Bottleneck(
        pl.DataFrame(per_locus, schema=LOCI),
        pl.DataFrame(tests, schema=TESTS),
        pl.DataFrame(modes, schema=MODES),
        findings.join(said),
    )


def sum_of_chances(chances: Floats) -> Floats:
    """Return the distribution (n + 1,) of the number of successes of n trials with unequal chances.

    >>> sum_of_chances(np.array([0.5, 0.25])).tolist()
    [0.375, 0.5, 0.125]
    """
    found = np.ones(1)
    for chance in chances:
        found = np.convolve(found, [1 - chance, chance])
    return found


def _seen(part: Genotypes) -> dict[str, Floats]:
    """Return the counts of the alleles seen at the loci that vary."""
    totals = part.doses.sum(axis=0)
    counts = {locus: totals[part.offsets[place] : part.offsets[place + 1]] for place, locus in enumerate(part.loci)}
    return {locus: count[count > 0] for locus, count in counts.items() if (count > 0).sum() > 1}


def _locus(
    counts: Floats, mutation: Mutation, replicates: int, rng: np.random.Generator
) -> tuple[dict[str, object], tuple[float, float, float] | None]:
    """Return the row of one locus, and its difference, standardised difference and chance of an excess."""
    genes = int(counts.sum())
    observed = genes / (genes - 1) * (1 - float(((counts / genes) ** 2).sum()))
    row: dict[str, object] = {"genes": genes, "alleles": len(counts), "observedDiversity": observed}
    drawn = equilibrium_diversity(genes, len(counts), mutation, replicates, rng)
    if drawn is None:
        return row | {"reason": "bottleneck-alleles-unreached"}, None
    mean, deviation = float(drawn.mean()), float(drawn.std(ddof=1)) if replicates > 1 else 0.0
    standardised = (observed - mean) / deviation if deviation > 1e-12 else 0.0
    row |= {
        "equilibriumDiversity": mean,
        "deviation": deviation,
        "standardised": standardised,
        # Rounding must not make a simulated sample equal to the observed one another.
        "asHigh": float((drawn >= observed - 1e-12).mean()),
        "reason": None,
    }
    return row, (observed - mean, standardised, float((drawn > mean + 1e-12).mean()))


def _test(rows: list[tuple[dict[str, object], tuple[float, float, float] | None]]) -> dict[str, object]:
    """Return the tests over loci."""
    numbers = np.array([row[1] for row in rows], dtype=float).reshape(-1, 3)
    # A locus on which all simulated samples agree says nothing: with as many alleles as genes, for example.
    numbers = numbers[(numbers[:, 2] > 0) & (numbers[:, 2] < 1)]
    if not len(numbers):
        return {"loci": 0, "reason": "bottleneck-no-loci"}
    difference, standardised, chance = numbers.T
    excess = int((difference > 0).sum())
    score = float(standardised.sum() / np.sqrt(len(numbers)))
    method: Literal["exact", "approx"] = "exact" if len(numbers) <= 50 else "approx"
    return {
        "loci": len(numbers),
        "excess": excess,
        "expectedExcess": float(chance.sum()),
        "signP": float(sum_of_chances(chance)[excess:].sum()),
        "standardised": score,
        "standardisedP": float(ndtr(-score)),
        "wilcoxonExcessP": float(wilcoxon(difference, alternative="greater", method=method).pvalue),
        "wilcoxonP": float(wilcoxon(difference, method=method).pvalue),
        "reason": None,
    }


def _modes(name: str, seen: list[Floats]) -> list[dict[str, object]]:
    """Return the classes of frequency of one group."""
    edges = np.linspace(0, 1, 11)
    shares = np.concatenate([counts / counts.sum() for counts in seen]) if seen else np.zeros(0)
    # A frequency of 0.1 belongs to the first class; rounding must not move it.
    places = np.clip(np.ceil(shares * 10 - 1e-9).astype(int) - 1, 0, 9)
    counts = np.bincount(places, minlength=10)
    shifted = bool(counts[0] < counts.max()) if seen else None
    return [
        {"group": name, "above": edges[at], "upTo": edges[at + 1], "alleles": int(counts[at]), "shifted": shifted}
        for at in range(10)
    ]


def _said(name: str, part: Genotypes, loci: int) -> pl.DataFrame:
    """Return the findings about one group."""
    about: dict[str, Any] = {"table": "genotypes", "column": "group", "value": name}
    if not loci:
        return findings.finding("bottleneck-no-loci", **about)
    said = []
    if loci < ENOUGH_LOCI:
        said.append(findings.finding("bottleneck-few-loci", **about, loci=loci, enough=ENOUGH_LOCI))
    if loci < 20:
        said.append(findings.finding("bottleneck-standardised-few", **about, loci=loci))
    individuals = int(part.known.any(axis=1).sum())
    if individuals < 30 or loci < ENOUGH_LOCI:
        said.append(findings.finding("bottleneck-mode-few", **about, individuals=individuals, loci=loci))
    return findings.join(said)
