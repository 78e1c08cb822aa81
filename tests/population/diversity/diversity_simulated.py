"""Populations with known truth, for tests of what is estimated from genotypes."""

import numpy as np
import polars as pl

from tumen.population.diversity.genotypes import TABLE, genotypes


def of_codes(codes, groups=None):
    """Return genotypes from codes (n, L, 2), negative where not known; alleles are 100, 102, ..."""
    rows = []
    for number, animal in enumerate(codes.tolist()):
        for locus, (one, other) in enumerate(animal):
            known = (None, None) if one < 0 else (str(100 + 2 * one), str(100 + 2 * other))
            rows.append((f"i{number}", f"L{locus}", *known, groups[number] if groups else "all"))
    return genotypes(pl.DataFrame(rows, schema=TABLE, orient="row")).genotypes


def founders(rng, animals, loci, alleles):
    """Return unrelated animals with equally frequent alleles."""
    return rng.integers(0, alleles, (animals, loci, 2))


def children(rng, parents, count):
    """Return the young of random pairs of different parents."""
    mothers = rng.integers(0, len(parents), count)
    fathers = (mothers + rng.integers(1, len(parents), count)) % len(parents)
    return np.stack([gametes(rng, parents[mothers]), gametes(rng, parents[fathers])], axis=2)


def gametes(rng, animals):
    """Return one allele per locus of each animal."""
    passed = rng.integers(0, 2, animals.shape[:2])
    return np.take_along_axis(animals, passed[:, :, None], axis=2)[:, :, 0]


def wright_fisher(rng, animals, loci, alleles, generations):
    """Return a population of constant size after some generations of random mating."""
    now = founders(rng, animals, loci, alleles)
    for _ in range(generations):
        now = children(rng, now, animals)
    return now
