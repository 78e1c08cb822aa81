from collections import Counter
from itertools import product
from math import prod

import numpy as np
import pytest
from tests.population.diversity.diversity_simulated import children, of_codes
from tests.population.diversity.diversity_worlds import wide

from tumen.errors import MisuseError
from tumen.population.diversity.bottleneck import Models, bottleneck, sum_of_chances
from tumen.population.diversity.coalescent_alleles import (
    INFINITE,
    STEPWISE,
    equilibrium_diversity,
    matching_theta,
    two_phase,
)
from tumen.population.diversity.genotypes import example, genotypes
from tumen.population.diversity.m_ratio import m_ratio


def ewens(genes, alleles):
    """The expected gene diversity given the number of alleles, by Ewens' (1972) sampling formula.

    An allele holds a given gene together with a - 1 others with a chance from Stirling numbers of the first kind.
    """
    scaled = np.zeros((genes + 1, alleles + 1))
    scaled[0, 0] = 1
    for m, j in product(range(1, genes + 1), range(1, alleles + 1)):
        scaled[m, j] = (scaled[m - 1, j] * (m - 1) + scaled[m - 1, j - 1]) / m
    return 1 - sum(
        scaled[genes - a, alleles - 1] / scaled[genes, alleles] / genes * (a - 1) / (genes - 1)
        for a in range(1, genes + 1)
    )


@pytest.mark.parametrize(("genes", "alleles"), [(40, 5), (20, 2), (12, 9)])
def test_infinite_alleles_agree_with_ewens_formula(genes, alleles):
    drawn = equilibrium_diversity(genes, alleles, INFINITE, 20000, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(ewens(genes, alleles), abs=4 * drawn.std() / 20000**0.5)


def slow_sample(rng, genes, theta, single, geometric):
    """The coalescent with its tree: lineages join backwards, mutations fall on branches forwards."""
    below = {number: [number] for number in range(genes)}
    alleles = np.zeros(genes, dtype=int)
    while len(below) > 1:
        time = rng.exponential(2 / (len(below) * (len(below) - 1)))
        for branch in below.values():
            for _ in range(rng.poisson(theta / 2 * time)):
                step = 1 if rng.random() < single else rng.geometric(geometric)
                alleles[branch] += step if rng.random() < 0.5 else -step
        one, other = rng.choice(list(below), 2, replace=False)
        below[one] = below[one] + below.pop(other)
    return alleles


@pytest.mark.parametrize("mutation", [STEPWISE, two_phase(0.7, 12.0)])
def test_steps_agree_with_a_tree(mutation):
    rng = np.random.default_rng(2)
    theta = matching_theta(14, 4, mutation, rng)
    kept = []
    while len(kept) < 400:
        counts = np.array(list(Counter(slow_sample(rng, 14, theta, *mutation).tolist()).values()))
        if len(counts) == 4:
            kept.append(14 / 13 * (1 - ((counts / 14) ** 2).sum()))
    drawn = equilibrium_diversity(14, 4, mutation, 4000, rng)
    error = (np.var(kept) / len(kept) + drawn.var() / len(drawn)) ** 0.5
    assert drawn.mean() == pytest.approx(np.mean(kept), abs=4 * error)


def test_stepwise_samples_are_more_diverse_than_infinite_alleles():
    rng = np.random.default_rng(3)
    infinite, stepwise = (equilibrium_diversity(60, 6, model, 2000, rng).mean() for model in (INFINITE, STEPWISE))
    assert stepwise > infinite + 0.03


def test_two_phase_steps_have_the_variance_asked_for():
    geometric = two_phase(0.9, 12.0).geometric
    assert (1 - geometric) / geometric**2 == pytest.approx(12)
    with pytest.raises(MisuseError, match="single steps"):
        two_phase(1.2, 12)


def test_a_number_of_alleles_that_no_sample_has_is_said():
    assert equilibrium_diversity(60, 59, STEPWISE, 5, np.random.default_rng(1)) is None


def test_the_sum_of_unequal_chances_by_counting():
    chances = np.array([0.2, 0.7, 0.4])
    slow = [0.0] * 4
    for wins in product((0, 1), repeat=3):
        slow[sum(wins)] += prod(c if w else 1 - c for c, w in zip(chances, wins, strict=True))
    assert sum_of_chances(chances).tolist() == pytest.approx(slow)


def stationary(rng, loci, genes, theta):
    """Genotypes of a population at equilibrium under infinite alleles, by Hoppe's urn."""
    columns = []
    for _ in range(loci):
        urn = [0]
        while len(urn) < genes:
            fresh = rng.random() < theta / (theta + len(urn))
            urn.append(max(urn) + 1 if fresh else urn[rng.integers(len(urn))])
        columns.append(rng.permutation(urn).reshape(-1, 2))
    return np.stack(columns, axis=1)


def test_equilibrium_is_seldom_called_a_bottleneck_and_a_shrunken_population_mostly():
    rng = np.random.default_rng(4)
    models = Models({"IAM": INFINITE})
    called = {"equilibrium": 0, "shrunken": 0}
    for _ in range(20):
        before = stationary(rng, 12, 400, 3.0)
        after = children(rng, children(rng, before[:8], 8), 60)
        for name, codes in (("equilibrium", before[:30]), ("shrunken", after[:30])):
            tests = bottleneck(of_codes(codes), rng, models=models, replicates=300).tests
            called[name] += tests["wilcoxonExcessP"][0] < 0.05
    assert called["equilibrium"] <= 4
    assert called["shrunken"] >= 15


def test_numbers_of_a_locus_by_hand():
    data = example([("1", "1"), ("1", "2"), ("2", "3"), ("3", "3")])
    row = bottleneck(data, np.random.default_rng(1), replicates=200).loci.row(0, named=True)
    assert (row["genes"], row["alleles"]) == (8, 3)
    assert row["observedDiversity"] == pytest.approx(8 / 7 * (1 - (9 + 4 + 9) / 64))
    assert row["standardised"] == pytest.approx(
        (row["observedDiversity"] - row["equilibriumDiversity"]) / row["deviation"]
    )


def test_modes_of_frequencies():
    data = example([("1", "2")] + [("1", "1")] * 9, [("1", "2")] * 5 + [("1", "1")] * 5)
    modes = bottleneck(data, np.random.default_rng(1), replicates=10).modes
    # 0.95 and 0.05; 0.75 and 0.25
    assert modes["alleles"].to_list() == [1, 0, 1, 0, 0, 0, 0, 1, 0, 1]
    assert modes["shifted"].to_list() == [False] * 10


def test_a_frequency_of_a_tenth_is_in_the_first_class():
    modes = bottleneck(example([("1", "2")] + [("1", "1")] * 4), np.random.default_rng(1), replicates=10).modes
    assert modes["alleles"].to_list() == [1, 0, 0, 0, 0, 0, 0, 0, 1, 0]


def test_few_loci_and_animals_are_said():
    answer = bottleneck(example([("1", "2"), ("1", "1")]), np.random.default_rng(1), replicates=10)
    assert set(answer.findings["code"]) == {"bottleneck-few-loci", "bottleneck-standardised-few", "bottleneck-mode-few"}
    nothing = bottleneck(example([("1", "1"), ("1", "1")]), np.random.default_rng(1))
    assert nothing.findings["code"].to_list() == ["bottleneck-no-loci"]
    assert nothing.tests["reason"].to_list() == ["bottleneck-no-loci"] * 3


def test_cats_of_nancy(shared_data):
    data = genotypes(wide(shared_data / "genetics_bench" / "nancycats.csv")).genotypes
    answer = bottleneck(data.of(data.side < 3), np.random.default_rng(1), replicates=200)
    assert answer.tests["loci"].to_list() == [9] * 9
    excess = answer.tests.pivot("model", index="group", values="excess")
    assert (excess["IAM"] >= excess["SMM"]).all()


def test_m_ratio_by_hand_and_where_there_is_none():
    data = example(
        [("100", "104"), ("110", "110")],
        [("100", "103"), ("110", "110")],
        [("A", "B"), ("A", "A")],
        [("120", "120"), ("120", "120")],
        [("100", "103"), ("105", "105")],
    )
    answer = m_ratio(data, {"L1": 2, "L5": 2})
    assert answer.table.select("range", "mRatio", "reason").rows() == [
        (5, 3 / 6, None),
        (None, None, "m-ratio-no-repeat"),
        (None, None, "m-ratio-no-lengths"),
        (None, None, "m-ratio-no-variation"),
        (None, None, "m-ratio-off-ladder"),
    ]
    assert answer.means.rows() == [("all", 1, 0.5)]


def test_a_repeat_taken_from_the_alleles_is_said():
    answer = m_ratio(example([("100", "104"), ("112", "112")]))
    assert answer.table.select("repeat", "range", "mRatio").row(0) == (4, 3, 0.75)
    assert answer.findings["code"].to_list() == ["m-ratio-repeat-taken"]
    with pytest.raises(MisuseError, match="base pair"):
        m_ratio(example([("100", "104")]), {"L1": 0})


def test_a_locus_with_more_alleles_than_equilibrium_gives_is_left_out_and_said():
    many = [(str(2 * n), str(2 * n + 2)) for n in range(100, 160, 2)]
    answer = bottleneck(example(many), np.random.default_rng(1), models=Models({"SMM": STEPWISE}), replicates=5)
    assert answer.loci["reason"].to_list() == ["bottleneck-alleles-unreached"]
    assert "bottleneck-alleles-unreached" in answer.findings["code"].to_list()
    assert answer.tests["reason"].to_list() == ["bottleneck-no-loci"]
