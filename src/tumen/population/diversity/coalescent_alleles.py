"""What do alleles look like at equilibrium?  Gene diversity of samples with so many alleles, by coalescent simulation.

The genealogy of n genes is drawn forwards: with k lineages the next event is a mutation of one of them with chance
theta / (theta + k - 1) and the split of one of them otherwise, any lineage being as likely; the draw ends when the n-th
lineage would split. This is Kingman's coalescent with mutation (theta = 4 Ne mu), without its tree. A mutation makes

- infinite alleles: an allele never seen before;
- stepwise: a length one repeat longer or shorter;
- two phases: one repeat with chance `single`, else a number of repeats from the geometric distribution.

Samples with the observed number of alleles are kept. Under infinite alleles their composition does not depend on theta
(Ewens 1972), so any theta gives the same answer; under the other models it depends on it weakly, and theta is where the
expected number of alleles is the observed one. Compiled on first use.
"""

from math import log, sqrt
from typing import NamedTuple

import numba
import numpy as np

from tumen.errors import MisuseError
from tumen.population.diversity.genotypes import Floats, Ints

ROOM = 20001
"""Alleles that a sample may pass through; a draw that leaves the room is not kept."""


class Mutation(NamedTuple):
    """How alleles change: chance of a single step (-1: every mutation is a new allele), and the geometric parameter."""

    single: float
    geometric: float


INFINITE = Mutation(-1.0, 1.0)
STEPWISE = Mutation(1.0, 1.0)


def two_phase(single: float, variance: float) -> Mutation:
    """Return the model with single steps and otherwise steps whose geometric number has such a variance.

    >>> two_phase(0.9, 12.0).geometric
    0.25
    """
    if not 0 <= single <= 1 or variance <= 0:
        raise MisuseError(
            "a share of single steps from 0 to 1 and a variance above 0", f"{single}, {variance}", "Give 0.9 and 12."
        )
    return Mutation(single, (sqrt(1 + 4 * variance) - 1) / (2 * variance))


def equilibrium_diversity(
    genes: int, alleles: int, mutation: Mutation, replicates: int, rng: np.random.Generator
) -> Floats | None:
    """Return the gene diversities (replicates,) of samples with so many alleles; None where they are too rare.

    Gene diversity is Nei's, n / (n - 1) (1 - sum p^2). Raises `MisuseError` for numbers that make no sample.

    >>> equilibrium_diversity(10, 10, INFINITE, 3, np.random.default_rng(1)).round(6).tolist()
    [1.0, 1.0, 1.0]
    """
    if not 2 <= alleles <= genes or replicates < 1:
        raise MisuseError(
            "two alleles or more, no more than genes, and a replicate",
            f"{alleles} of {genes}, {replicates}",
            "Count again.",
        )
    theta = matching_theta(genes, alleles, mutation, rng)
    found, kept = _kept(rng, genes, alleles, theta, mutation.single, mutation.geometric, replicates, 100 * replicates)
    return found if kept == replicates else None


def matching_theta(genes: int, alleles: int, mutation: Mutation, rng: np.random.Generator) -> float:
    """Return the theta with which so many alleles are expected, within the error of 200 draws.

    >>> round(matching_theta(20, 4, INFINITE, np.random.default_rng(1)), 2)
    1.21
    """
    low, high = log(1e-4), log(1e4)
    exact = mutation.single < 0
    for _ in range(40 if exact else 16):
        middle = (low + high) / 2
        theta = float(np.exp(middle))
        if exact:
            expected = float((theta / (theta + np.arange(genes))).sum())
        elif theta > 300:
            # Such a theta gives more alleles than any sample of microsatellites has, and long draws.
            expected = float(genes)
        else:
            expected = _mean(rng, genes, theta, mutation.single, mutation.geometric, 200)
        low, high = (middle, high) if expected < alleles else (low, middle)
    return float(np.exp((low + high) / 2))


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _draw(  # noqa: PLR0913
    rng: np.random.Generator, genes: int, theta: float, single: float, geometric: float, state: Ints, counts: Ints
) -> int:
    """Draw a sample into `state` (genes,) and `counts` (alleles,); return the number of alleles, 0 if given up."""
    middle = counts.shape[0] // 2
    state[0] = middle
    state[1] = middle
    counts[middle] = 2
    lineages = 2
    alleles = 1
    fresh = 0
    while True:
        at = int(rng.random() * lineages)
        if rng.random() * (theta + lineages - 1) < theta:
            old = state[at]
            if single < 0:
                new = fresh if fresh != middle else fresh + 1
                fresh = new + 1
            else:
                step = 1
                if single < 1 and rng.random() >= single:
                    step = 1 + int(np.log(1.0 - rng.random()) / np.log(1.0 - geometric)) if geometric < 1 else 1
                new = old + step if rng.random() < 0.5 else old - step
            if new < 0 or new >= counts.shape[0]:
                _forget(counts, state, lineages)
                return 0
            counts[old] -= 1
            if counts[old] == 0:
                alleles -= 1
            if counts[new] == 0:
                alleles += 1
            counts[new] += 1
            state[at] = new
        else:
            if lineages == genes:
                return alleles
            state[lineages] = state[at]
            counts[state[at]] += 1
            lineages += 1


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _forget(counts: Ints, state: Ints, lineages: int) -> None:
    """Put the counts back to 0."""
    for at in range(lineages):
        counts[state[at]] = 0


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _mean(rng: np.random.Generator, genes: int, theta: float, single: float, geometric: float, draws: int) -> float:
    """Return the mean number of alleles."""
    state = np.zeros(genes, dtype=np.int64)
    counts = np.zeros(ROOM, dtype=np.int64)
    total = 0.0
    for _ in range(draws):
        alleles = _draw(rng, genes, theta, single, geometric, state, counts)
        if alleles > 0:
            _forget(counts, state, genes)
        total += alleles
    return total / draws


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _kept(  # noqa: PLR0913
    rng: np.random.Generator,
    genes: int,
    alleles: int,
    theta: float,
    single: float,
    geometric: float,
    replicates: int,
    most: int,
) -> tuple[Floats, int]:
    """Return the gene diversities of the draws with so many alleles, and how many there are after `most` draws."""
    state = np.zeros(genes, dtype=np.int64)
    counts = np.zeros(ROOM, dtype=np.int64)
    found = np.zeros(replicates)
    kept = 0
    for _ in range(most):
        seen = _draw(rng, genes, theta, single, geometric, state, counts)
        if seen == 0:
            continue
        squares = 0.0
        for gene in range(genes):
            squares += counts[state[gene]]
        _forget(counts, state, genes)
        if seen != alleles:
            continue
        found[kept] = genes / (genes - 1.0) * (1.0 - squares / (genes * genes))
        kept += 1
        if kept == replicates:
            break
    return found, kept
