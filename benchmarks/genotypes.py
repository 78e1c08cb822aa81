"""Who is who by genotype: likelihood against counting, in errors, in probabilities, and in CPU seconds.

    python benchmarks/genotypes.py --worlds 30
    python benchmarks/genotypes.py --data ../shared/data

Worlds are simulated panels like the Amur leopard's (`tumen.simulate.genetics`): 13 loci, heterozygosity 0.35 to
0.43, 40 animals, 120 samples read once, dropout 6 %, 20 % missing, litters of three. Counting is given its best
threshold with the truth in hand: the one with the fewest wrong pairs over all worlds of a kind. False merges are pairs
of two animals in one group, as a share of all pairs of two animals; false splits pairs of one animal in two groups, as
a share of all pairs of one animal. Counted in two ways: as allelematch does (a missing allele is half a mismatch), and
with missing loci left out of account. With --data, allelematch's own samples and times are added.
"""

import argparse
import resource
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from tumen.individuals.genotype_group import Settings, group
from tumen.individuals.genotype_likelihood import all_ratios, frequencies, model, pair_ratios, rates_of
from tumen.individuals.genotype_matrix import GenotypeMatrix, matrix
from tumen.individuals.genotype_mismatch import group_by_mismatch, labels
from tumen.individuals.genotype_prior import posterior
from tumen.simulate.genetics import PanelSettings, panel_survey
from tumen.simulate.laboratories import Errors

THRESHOLDS = range(1, 10)


def main() -> None:
    """Print every number."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--worlds", type=int, default=30)
    options.add_argument("--data", type=Path, help="folder with D4_allelematch and allelematch_bench")
    options.add_argument("--large", type=int, default=20_000, help="samples of the largest panel")
    given = options.parse_args()
    for false_allele, families in ((0.01, 6), (0.06, 6), (0.01, 0), (0.03, 8)):
        worlds(given.worlds, false_allele, families)
    if given.data is not None:
        real(given.data)
    large(given.large)


def worlds(count: int, false_allele: float, families: int) -> None:
    """Group the samples of simulated worlds by both methods; print errors and how right the probabilities are."""
    settings = PanelSettings(
        families=families,
        replicates=1,
        mixed=0.0,
        second=0.0,
        shifted=False,
        errors=Errors(dropout=0.06, false_allele=false_allele, missing=0.20, failed=0.0),
    )
    counted = {(way, most): np.zeros(4) for way in ("half", "left out") for most in THRESHOLDS}
    likely, chances, truths, seconds = np.zeros(4), [], [], 0.0
    for number in range(count):
        genotypes, animal = read(settings, number)
        for most in THRESHOLDS:
            counted["half", most] += wrong(labels(group_by_mismatch(genotypes, most), genotypes), animal)
            counted["left out", most] += wrong(without_missing(genotypes, most), animal)
        start = time.process_time()
        found = group(genotypes, Settings(), np.random.default_rng(number))
        seconds += time.process_time() - start
        likely += wrong(found.labels, animal)
        first, second = np.triu_indices(len(animal), 1)
        chances.append(posterior(pair_ratios(found.model, first, second), found.shares)[0])
        truths.append(animal[first] == animal[second])
    print(f"\n{count} worlds, false alleles {false_allele:.0%}, {families} litters of 3 among 40 animals")
    for way in ("half", "left out"):
        best = min(THRESHOLDS, key=lambda most: counted[way, most][:2].sum())
        show(f"counting, missing {way}, at {best}", counted[way, best])
    show(f"likelihood ({seconds / count:.2f} CPU s a world)", likely)
    reliability(np.concatenate(chances), np.concatenate(truths))


def read(settings: PanelSettings, seed: int) -> tuple[GenotypeMatrix, np.ndarray]:
    """Return the readings of a world, without the sex marker, and whose they are."""
    survey = panel_survey(settings, seed)
    sizes = survey.readings[:, 0, :-1]
    rows = []
    for number, locus in enumerate(survey.panel.loci[:-1]):
        for sample, (one, two) in enumerate(sizes[:, number].tolist()):
            pair = (str(one), str(two)) if one else (None, None)
            rows.append((f"s{sample}", locus, *pair))
    names = ["sampleID", "locus", "allele1", "allele2"]
    return matrix(pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")), survey.animal


def without_missing(genotypes: GenotypeMatrix, most: int) -> np.ndarray:
    """Group by the alleles that differ at the loci both have, complete linkage: kinder to samples with holes."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    codes, known = genotypes.codes, genotypes.known
    differing = ((codes[:, None] != codes[None]).sum(axis=3) * (known[:, None] & known[None])).sum(axis=2)
    return fcluster(linkage(squareform(differing, checks=False), "complete"), most, "distance")


def wrong(groups: np.ndarray, animal: np.ndarray) -> np.ndarray:
    """Return pairs wrongly joined, pairs wrongly torn, pairs of two animals, pairs of one."""
    first, second = np.triu_indices(len(animal), 1)
    joined, same = groups[first] == groups[second], animal[first] == animal[second]
    return np.array([(joined & ~same).sum(), (~joined & same).sum(), (~same).sum(), same.sum()], dtype=float)


def show(name: str, counts: np.ndarray) -> None:
    """Print the errors of one method."""
    merges, splits, two, one = counts
    print(
        f"  {name:44s} false merges {merges / two:.5f} ({merges:.0f})  false splits {splits / one:.3f} ({splits:.0f})"
    )


def reliability(chance: np.ndarray, truth: np.ndarray) -> None:
    """Print how often pairs of one stated probability are one animal."""
    print("  stated -> true (pairs)")
    worst = 0.0
    for place in range(10):
        inside = np.minimum((chance * 10).astype(int), 9) == place
        stated, true = float(chance[inside].mean()), float(truth[inside].mean())
        worst = max(worst, abs(stated - true))
        print(f"    {stated:.3f} -> {true:.3f} ({inside.sum()})")
    print(f"  largest difference {worst * 100:.1f} points")


def real(folder: Path) -> None:
    """Group allelematch's samples, and the simulated panels on which it was timed."""
    print("\nallelematch's samples: wrong merges + wrong splits (pairs)")
    for number in (1, 2, 3):
        genotypes, animal = given_samples(folder / "D4_allelematch" / f"amExample{number}.csv")
        by_count = {
            most: wrong(labels(group_by_mismatch(genotypes, most), genotypes), animal)[:2] for most in THRESHOLDS
        }
        best = min(by_count, key=lambda most: by_count[most].sum())
        likely = wrong(group(genotypes, Settings(), np.random.default_rng(1)).labels, animal)[:2]
        print(
            f"  example {number}: counting at its best ({best}) {by_count[best].tolist()}, likelihood {likely.tolist()}"
        )
    genotypes, animal = given_samples(folder / "allelematch_bench" / "synth_2000.csv")
    timed("counting, 2,000 samples x 10 loci", lambda: group_by_mismatch(genotypes, 4))
    tables = model(genotypes, frequencies(genotypes), rates_of(genotypes.loci))
    timed("likelihood of all pairs, 2,000 samples", lambda: all_ratios(tables))
    timed("grouping by likelihood, 2,000 samples", lambda: group(genotypes, Settings(), np.random.default_rng(1)))
    print(f"  wrong: {wrong(group(genotypes, Settings(), np.random.default_rng(1)).labels, animal)[:2].tolist()}")


def given_samples(path: Path) -> tuple[GenotypeMatrix, np.ndarray]:
    """Return the genotypes of a CSV file with two columns per locus, and whose they are."""
    table = pl.read_csv(path, infer_schema=False)
    names: Sequence[str] = [
        name[:-1] for name in table.columns if name.endswith("a") and f"{name[:-1]}b" in table.columns
    ]
    part = [
        table.select(
            "sampleId",
            locus=pl.lit(name),
            allele1=pl.col(f"{name}a").replace(["-99", ""], [None, None]),
            allele2=pl.col(f"{name}b").replace(["-99", ""], [None, None]),
        ).rename({"sampleId": "sampleID"})
        for name in names
    ]
    animal = np.unique(table["knownIndividual"].to_numpy(), return_inverse=True)[1]
    return matrix(pl.concat(part)), animal


def large(samples: int) -> None:
    """Group a panel of many samples; print seconds and memory."""
    rng = np.random.default_rng(1)
    animals, loci, kinds = int(0.4 * samples), 10, 8
    shares = rng.dirichlet(np.full(kinds, 3.0), size=loci)
    owner = np.concatenate([np.arange(animals), rng.integers(0, animals, samples - animals)])
    codes = np.stack([rng.choice(kinds, size=(animals, 2), p=share) for share in shares], axis=1)[owner]
    lost = (codes[:, :, 0] != codes[:, :, 1]) & (rng.random((samples, loci)) < 0.04)
    codes[lost] = codes[lost][:, :1]
    codes = np.sort(codes, axis=2)
    codes[rng.random((samples, loci)) < 0.03] = -1
    names = tuple(str(102 + 2 * kind) for kind in range(kinds))
    genotypes = GenotypeMatrix(
        tuple(str(number) for number in range(samples)),
        tuple(f"L{number}" for number in range(loci)),
        (names,) * loci,
        codes.astype(np.int16),
    )
    print(f"\n{samples:,} samples x {loci} loci of {animals:,} animals")
    timed("counting", lambda: group_by_mismatch(genotypes, 4))
    timed("grouping by likelihood", lambda: group(genotypes, Settings(), np.random.default_rng(1)))
    found = group(genotypes, Settings(), np.random.default_rng(1)).labels
    print(f"  animals found {len(np.unique(found)):,}")


def timed(name: str, work: object) -> None:
    """Print the CPU seconds of some work, and the largest memory so far."""
    start = time.process_time()
    work()  # type: ignore[operator]
    seconds = time.process_time() - start
    print(
        f"  {name:44s} {seconds:6.3f} CPU s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB so far"
    )


if __name__ == "__main__":
    main()
