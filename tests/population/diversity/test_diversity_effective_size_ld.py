from itertools import combinations
from math import inf

import numpy as np
import pytest
from tests.population.diversity.diversity_simulated import of_codes, wright_fisher
from tests.population.diversity.diversity_worlds import wide

from tumen.errors import MisuseError
from tumen.population.diversity.effective_size_ld import effective_size_ld, size_from_drift
from tumen.population.diversity.genotypes import example, genotypes


@pytest.mark.parametrize(
    ("sample", "mating", "size"),
    [
        (50, "random", (1 / 3 + (1 / 9 - 0.0276) ** 0.5) / 0.02),
        (50, "monogamy", (2 / 3 + (4 / 9 - 0.072) ** 0.5) / 0.02),
        (29, "random", (0.308 + (0.308**2 - 0.0208) ** 0.5) / 0.02),
        (29, "monogamy", (0.618 + (0.618**2 - 0.0524) ** 0.5) / 0.02),
    ],
)
def test_the_formulas_of_waples_2006(sample, mating, size):
    assert size_from_drift(0.01, sample, mating) == pytest.approx(size)


def test_a_drift_below_zero_is_a_negative_size_and_none_is_infinite():
    assert size_from_drift(-0.01, 50) < 0
    assert size_from_drift(0.0, 50) == inf
    assert size_from_drift(0.2, 50) == pytest.approx(1 / 3 / 0.4)  # the root has no value there


def slow_r2(codes, threshold):
    """Weir's composite r2 by counting genotypes, and the sampling part, pair by pair."""
    loci = codes.shape[1]
    shares, kept, free = {}, {}, {}
    for locus in range(loci):
        known = [allele for animal in codes for allele in animal[locus] if allele >= 0]
        shares[locus] = {a: known.count(a) / len(known) for a in set(known)}
        kept[locus] = [a for a, p in shares[locus].items() if p >= threshold and len(shares[locus]) > 1]
        free[locus] = len(kept[locus]) - (len(kept[locus]) == len(shares[locus]))
    total = expected = weights = comparisons = inverse = 0.0
    for one, other in combinations(range(loci), 2):
        animals = [(a[one].tolist(), a[other].tolist()) for a in codes if a[one][0] >= 0 and a[other][0] >= 0]
        n, found = len(animals), []
        for i in kept[one]:
            for j in kept[other]:
                p = sum(x.count(i) for x, _ in animals) / 2 / n
                q = sum(y.count(j) for _, y in animals) / 2 / n
                both = sum(x.count(i) * y.count(j) for x, y in animals) / 2 / n
                homozygous = [
                    sum(z.count(a) == 2 for z in side) / n
                    for a, side in ((i, [x for x, _ in animals]), (j, [y for _, y in animals]))
                ]
                delta = (both - 2 * p * q) * n / (n - 1)
                below = (p * (1 - p) + homozygous[0] - p * p) * (q * (1 - q) + homozygous[1] - q * q)
                if below > 1e-12:
                    found.append(delta**2 / below)
        if not found or not free[one] * free[other]:
            continue
        pairs = free[one] * free[other]
        e = 1 / n + 3.19 / n**2 if n >= 30 else 0.0018 + 0.907 / n + 4.44 / n**2
        total += pairs * n * n * sum(found) / len(found)
        expected += pairs * n * n * e
        weights += pairs * n * n
        comparisons += pairs
        inverse += pairs / n
    return total / weights, expected / weights, comparisons, comparisons / inverse


@pytest.mark.parametrize(("seed", "threshold"), [(1, 0.0), (2, 0.05), (3, 0.1), (4, 0.02)])
def test_agrees_with_counting_genotypes_also_where_some_are_missing(seed, threshold):
    rng = np.random.default_rng(seed)
    codes = np.minimum(rng.integers(0, 5, (24, 5, 2)), rng.integers(0, 5, (24, 5, 2)))
    codes[rng.random((24, 5)) < 0.15] = -1
    row = effective_size_ld(of_codes(codes), thresholds=(threshold,)).table.row(0, named=True)
    r2, expected, comparisons, sample = slow_r2(codes, threshold)
    assert row["r2"] == pytest.approx(r2, rel=1e-10)
    assert row["expectedR2"] == pytest.approx(expected, rel=1e-10)
    assert (row["comparisons"], row["harmonicSample"]) == (comparisons, pytest.approx(sample))


def test_the_jackknife_leaves_out_one_individual_at_a_time():
    rng = np.random.default_rng(7)
    codes = rng.integers(0, 3, (12, 4, 2))
    row = effective_size_ld(of_codes(codes), thresholds=(0.0,)).table.row(0, named=True)
    again = [slow_r2(np.delete(codes, place, axis=0), 0.0)[0] for place in range(12)]
    variance = 11 / 12 * sum((one - np.mean(again)) ** 2 for one in again)
    freedom = 2 * row["r2"] ** 2 / variance
    from scipy.stats import chi2

    drift = row["r2"] * freedom / chi2.ppf(0.025, freedom) - row["expectedR2"]
    assert row["jackknifeLow"] == pytest.approx(size_from_drift(drift, row["harmonicSample"]))


def test_a_known_size_is_found_again():
    rng = np.random.default_rng(1)
    inverse, covered = [], 0
    for _ in range(25):
        data = of_codes(wright_fisher(rng, 30, 20, 10, 8))
        row = effective_size_ld(data, thresholds=(0.05,)).table.row(0, named=True)
        inverse.append(1 / row["effectiveSize"])
        covered += row["jackknifeLow"] <= 30 <= row["jackknifeHigh"]
    assert 1 / np.mean(inverse) == pytest.approx(30, rel=0.12)
    assert covered >= 21


def test_unassociated_loci_say_infinite_and_give_a_lower_bound():
    rng = np.random.default_rng(5)
    answer = effective_size_ld(of_codes(rng.integers(0, 6, (120, 12, 2))), thresholds=(0.05,))
    row = answer.table.row(0, named=True)
    assert row["effectiveSize"] == inf or row["jackknifeHigh"] == inf
    assert row["jackknifeLow"] > 100
    said = answer.findings["code"].to_list()
    assert "size-panel" in said
    assert {"size-infinite", "size-upper-infinite"} & set(said)


@pytest.mark.parametrize(
    ("loci", "reason"),
    [
        ([[("1", "2"), ("1", "1")], [("1", "2"), ("1", "1")]], "size-few-individuals"),
        ([[("1", "2"), ("1", "1"), ("2", "2")]], "size-no-pairs"),
        ([[("1", "2"), ("1", "1"), ("2", "2")], [("1", "1")] * 3], "size-no-pairs"),
        ([[("1", "2"), ("1", "1"), None, None], [None, None, ("1", "2"), ("1", "1")]], "size-no-pairs"),
        ([[None, None, None]], "size-few-individuals"),
    ],
)
def test_what_cannot_be_estimated_is_said(loci, reason):
    answer = effective_size_ld(example(*loci), thresholds=(0.0,))
    assert answer.table["reason"].to_list() == [reason]
    assert answer.table["effectiveSize"].to_list() == [None]
    assert answer.findings["code"].to_list() == [reason]


def test_refuses_a_threshold_that_is_no_frequency():
    with pytest.raises(MisuseError, match="thresholds"):
        effective_size_ld(example([("1", "2")]), thresholds=(0.7,))


def test_cats_of_nancy_have_an_estimate_in_each_colony(shared_data):
    data = genotypes(wide(shared_data / "genetics_bench" / "nancycats.csv")).genotypes
    table = effective_size_ld(data, thresholds=(0.05,)).table
    assert table["reason"].null_count() == 17
    assert table["loci"].max() == 9
    assert (table["jackknifeLow"] <= table["effectiveSize"]).all()
    assert (table["effectiveSize"] <= table["jackknifeHigh"]).all()
    # Colonies of stray cats: no lower bound is above a few dozen breeders.
    assert table["jackknifeLow"].max() < 40
