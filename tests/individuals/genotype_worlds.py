"""Panels with known animals, made apart from `tumen.simulate`, so that the two check each other."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.individuals.genotype_matrix import GenotypeMatrix, matrix


@dataclass(frozen=True)
class World:
    """Read genotypes and the animal behind each sample."""

    genotypes: GenotypeMatrix
    animal: np.ndarray


def leopards(
    seed: int,
    *,
    animals: int = 40,
    samples: int = 160,
    dropout: float = 0.06,
    false: float = 0.01,
    litters: float = 0.6,
) -> World:
    """13 loci, heterozygosity 0.35 to 0.43, 20 % missing; `litters`: share of families with two or three cubs."""
    rng = np.random.default_rng(seed)
    loci = 13
    while True:
        shares = [rng.dirichlet(np.ones(rng.choice([2, 3, 4], p=[0.5, 0.4, 0.1]))) for _ in range(loci)]
        if 0.35 <= np.mean([1 - (share**2).sum() for share in shares]) <= 0.43:
            break
    kinds = np.array([share.size for share in shares])
    born: list[np.ndarray] = []
    while len(born) < animals:
        parents = np.stack([rng.choice(share.size, size=(2, 2), p=share) for share in shares], axis=1)
        if rng.random() >= litters:
            born.append(parents[0])
            continue
        for _ in range(rng.integers(2, 4)):
            passed = [parents[side][np.arange(loci), rng.integers(0, 2, loci)] for side in range(2)]
            born.append(np.stack(passed, axis=1))
    weight = rng.gamma(2.0, 1.0, animals)
    animal = rng.choice(animals, size=samples, p=weight / weight.sum())
    read = np.array(born[:animals])[animal]
    shape = read.shape[:2]
    lost = (read[:, :, 0] != read[:, :, 1]) & (rng.random(shape) < dropout)
    seen = np.take_along_axis(read, rng.integers(0, 2, shape)[:, :, None], 2)
    read = np.where(lost[:, :, None], seen, read)
    for sample, locus in np.argwhere(rng.random(shape) < false):
        side = rng.integers(0, 2)
        read[sample, locus, side] = (read[sample, locus, side] + rng.integers(1, kinds[locus])) % kinds[locus]
    read = np.sort(read, axis=2)
    read[rng.random(shape) < 0.2] = -1
    return World(
        GenotypeMatrix(
            tuple(f"s{number:03d}" for number in range(samples)),
            tuple(f"L{number:02d}" for number in range(loci)),
            tuple(tuple(str(100 + 2 * kind) for kind in range(count)) for count in kinds),
            read.astype(np.int16),
        ),
        animal,
    )


def wrong_pairs(groups: np.ndarray, animal: np.ndarray) -> tuple[int, int]:
    """Pairs of two animals in one group, and pairs of one animal in two groups."""
    first, second = np.triu_indices(len(animal), 1)
    joined, same = groups[first] == groups[second], animal[first] == animal[second]
    return int((joined & ~same).sum()), int((~joined & same).sum())


def from_allelematch(table: pl.DataFrame) -> World:
    """Samples with sampleId, knownIndividual and two columns a locus; -99 and an empty cell are missing."""
    names = [name[:-1] for name in table.columns if name.endswith("a") and f"{name[:-1]}b" in table.columns]
    missing = ["-99", ""]
    parts = [
        table.select(
            sampleID="sampleId",
            locus=pl.lit(name),
            allele1=pl.col(f"{name}a").replace(missing, [None, None]),
            allele2=pl.col(f"{name}b").replace(missing, [None, None]),
        )
        for name in names
    ]
    return World(matrix(pl.concat(parts)), np.unique(table["knownIndividual"].to_numpy(), return_inverse=True)[1])
