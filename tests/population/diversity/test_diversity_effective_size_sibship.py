from itertools import product
from math import inf

import numpy as np
import pytest
from tests.population.diversity.diversity_simulated import children, founders, gametes, of_codes

from tumen.errors import MisuseError
from tumen.population.diversity.dyads import KIN, dyads
from tumen.population.diversity.effective_size_sibship import effective_size_sibship, proportions
from tumen.population.diversity.genotypes import example


def slow_chance(one, other, p, kin):
    """The chance of both genotypes by drawing all genes that are not shared, in order."""
    total = 0.0
    for shared, weight in enumerate(KIN[kin]):
        for genes in product(range(len(p)), repeat=4 - shared):
            first = genes[:2]
            second = {0: genes[2:], 1: (None, genes[-1]), 2: first}[shared]
            for passed in first if shared == 1 else (None,):
                pair = tuple(passed if gene is None else gene for gene in second)
                if sorted(first) == sorted(one) and sorted(pair) == sorted(other):
                    total += weight * np.prod([p[gene] for gene in genes]) / (2 if shared == 1 else 1)
    return total


@pytest.mark.parametrize("kin", list(KIN))
def test_likelihoods_of_pairs_agree_with_drawing_genes(kin):
    p = [0.5, 0.3, 0.2]
    genotypes = [(a, b) for a in range(3) for b in range(a, 3)]
    for one, other in product(genotypes, genotypes):
        data = of_codes(np.array([[one], [other], [(0, 1)], [(2, 2)]]))
        found = dyads(data, np.array(p)).log_likelihood[0, list(KIN).index(kin)]
        ratio = slow_chance(one, other, p, kin) / slow_chance(one, other, p, "unrelated")
        assert np.exp(found) == pytest.approx(ratio)


def test_loci_multiply_and_missing_ones_say_nothing():
    data = example([("1", "1"), ("1", "1"), ("2", "2")], [("1", "2"), None, ("1", "1")])
    pair = dyads(data, np.array([0.5, 0.5, 0.5, 0.5]))
    assert pair.loci.tolist() == [1, 2, 1]
    assert np.exp(pair.log_likelihood[0]).tolist() == pytest.approx([1, 1.5, 2.25, 2])


def test_an_error_keeps_a_mismatch_from_ruling_out_a_parent():
    data = example([("1", "1"), ("2", "2")])
    assert dyads(data, np.array([0.5, 0.5])).log_likelihood[0, 3] == -inf
    assert np.exp(dyads(data, np.array([0.5, 0.5]), 0.01).log_likelihood[0, 3]) == pytest.approx(0.01)


def test_proportions_climb_to_the_most_likely_ones():
    relative = np.random.default_rng(1).random((50, 3))
    found = proportions(relative, np.ones(50), np.full(3, 1 / 3), 1e-12)
    assert found.sum() == pytest.approx(1)
    best = np.log(relative @ found).sum()
    for near in np.random.default_rng(2).dirichlet(found * 200 + 1e-3, 200):
        assert np.log(relative @ near).sum() <= best + 1e-6


def test_a_known_size_is_found_again():
    rng = np.random.default_rng(3)
    inverse, covered = [], 0
    for _ in range(12):
        data = of_codes(children(rng, founders(rng, 30, 15, 10), 40))
        row = effective_size_sibship(data, rng).table.row(0, named=True)
        inverse.append(1 / row["effectiveSize"])
        covered += row["low"] <= 30 <= row["high"]
    assert 1 / np.mean(inverse) == pytest.approx(30, rel=0.15)
    assert covered >= 9


def test_known_full_siblings_are_found():
    rng = np.random.default_rng(4)
    strangers = founders(rng, 20, 15, 10)
    mother, father = founders(rng, 2, 15, 10)
    litter = np.stack([gametes(rng, np.stack([mother] * 3)), gametes(rng, np.stack([father] * 3))], axis=2)
    answer = effective_size_sibship(of_codes(np.concatenate([strangers, litter])), rng)
    likely = answer.pairs.filter(answer.pairs["fullSiblings"] > 0.5)
    assert {("i20", "i21"), ("i20", "i22"), ("i21", "i22")} <= set(likely.select("individual1", "individual2").rows())
    assert answer.table["fullSiblings"][0] == pytest.approx(3 / 253, abs=0.01)


def test_parents_in_the_sample_are_said_and_not_counted_as_siblings():
    rng = np.random.default_rng(5)
    parents = founders(rng, 16, 20, 12)
    young = np.stack([gametes(rng, parents[:8]), gametes(rng, parents[8:])], axis=2)
    answer = effective_size_sibship(of_codes(np.concatenate([parents, young])), rng)
    row = answer.table.row(0, named=True)
    assert row["parentOffspring"] * row["pairs"] == pytest.approx(16, abs=3)
    assert "size-parents-in-sample" in answer.findings["code"].to_list()


@pytest.mark.parametrize(
    ("loci", "reason"),
    [
        ([[("1", "2")] * 4], "size-few-individuals"),
        ([[("1", "1")] * 6], "size-no-variation"),
        ([[None] * 6], "size-few-individuals"),
    ],
)
def test_what_cannot_be_estimated_is_said(loci, reason):
    answer = effective_size_sibship(example(*loci), np.random.default_rng(1))
    assert answer.table["reason"].to_list() == [reason]
    assert answer.findings["code"].to_list() == [reason]


def test_the_same_seed_gives_the_same_numbers():
    data = of_codes(founders(np.random.default_rng(6), 12, 6, 5))
    one, two = (effective_size_sibship(data, np.random.default_rng(9)).table for _ in range(2))
    assert one.equals(two)


def test_refuses_an_error_above_one():
    with pytest.raises(MisuseError, match="error"):
        effective_size_sibship(example([("1", "2")]), np.random.default_rng(1), error=1.5)


def test_no_siblings_are_an_infinite_size():
    # Each animal has alleles of its own: no pair shares any.
    codes = np.stack([np.stack([np.arange(0, 24, 2), np.arange(1, 24, 2)], axis=1)] * 12, axis=1)
    answer = effective_size_sibship(of_codes(codes), np.random.default_rng(1), error=0.0)
    assert answer.table["effectiveSize"].to_list() == [inf]
    assert "size-siblings-none" in answer.findings["code"].to_list()
