"""Tables of likelihood against slow twins that go through every true genotype, dropout and false allele."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.individuals.genotype_worlds import leopards

from tumen.errors import MisuseError
from tumen.individuals.genotype_likelihood import (
    DESCENT,
    FALSE_ALLELE,
    LEAST_RATE,
    Rates,
    all_ratios,
    frequencies,
    genotypes_of,
    model,
    pair_ratios,
    pairs_above,
    rates_of,
    reading_table,
    relation_tables,
)
from tumen.individuals.genotype_matrix import GenotypeMatrix, from_arrays

SHARES = np.array([0.5, 0.3, 0.2])


def slow_reading(true: tuple[int, int], alleles: int, dropout: float, false: float) -> dict[tuple[int, int], float]:
    """Every way one reading can go: nothing lost, or one allele; then each copy right, or another allele."""
    found: dict[tuple[int, int], float] = {}
    a, b = true
    lost = [((a, b), 1.0)] if a == b else [((a, b), 1 - dropout), ((a, a), dropout / 2), ((b, b), dropout / 2)]
    for (one, two), chance in lost:
        for read in product(range(alleles), repeat=2):
            both = chance
            for was, is_now in zip((one, two), read, strict=True):
                both *= 1 - false / 2 if was == is_now else false / 2 / (alleles - 1)
            key = (min(read), max(read))
            found[key] = found.get(key, 0.0) + both
    return found


def slow_relation(share: np.ndarray, relation: int) -> dict[tuple[tuple[int, int], tuple[int, int]], float]:
    """Every way two animals can come by four alleles; the copies by descent are written out one by one."""
    found: dict[tuple[tuple[int, int], tuple[int, int]], float] = {}
    zero, one, two = DESCENT[relation]

    def add(first: tuple[int, int], second: tuple[int, int], chance: float) -> None:
        key = (tuple(sorted(first)), tuple(sorted(second)))
        found[key] = found.get(key, 0.0) + chance

    for a, b in product(range(share.size), repeat=2):
        own = share[a] * share[b]
        add((a, b), (a, b), two * own)
        for c in range(share.size):
            add((a, b), (a, c), one * own * share[c] / 2)
            add((a, b), (b, c), one * own * share[c] / 2)
            for d in range(share.size):
                add((a, b), (c, d), zero * own * share[c] * share[d])
    return found


@pytest.mark.parametrize("relation", range(4))
def test_relations_are_those_of_every_way_to_inherit(relation: int):
    table = relation_tables(SHARES)[relation]
    expected = slow_relation(SHARES, relation)
    names = [tuple(pair) for pair in genotypes_of(3).tolist()]
    for row, first in enumerate(names):
        for column, second in enumerate(names):
            assert table[row, column] == pytest.approx(expected.get((first, second), 0.0), abs=1e-12)


def test_siblings_agree_as_often_as_pid_sib_says():
    two, four = (SHARES**2).sum(), (SHARES**4).sum()
    assert np.trace(relation_tables(SHARES)[1]) == pytest.approx(0.25 + 0.5 * two + 0.5 * two**2 - 0.25 * four)
    assert np.trace(relation_tables(SHARES)[3]) == pytest.approx(2 * two**2 - four)


@pytest.mark.parametrize("theta", [0.0, 0.03, 0.4])
def test_chances_add_to_one_and_both_animals_are_alike(theta: float):
    tables = relation_tables(SHARES, theta)
    assert tables.sum(axis=(1, 2)) == pytest.approx(np.ones(4))
    assert tables == pytest.approx(tables.transpose(0, 2, 1))


def test_coancestry_makes_strangers_alike():
    # Balding and Nichols: two draws are both the allele with p (theta + (1 - theta) p).
    tables = relation_tables(np.array([0.9, 0.1]), 0.1)
    assert tables[0, 2, 2] == pytest.approx(0.1 * (0.1 + 0.9 * 0.1))
    assert tables[3, 2, 2] > relation_tables(np.array([0.9, 0.1]))[3, 2, 2]


def test_alleles_that_are_not_put_back_make_strangers_less_alike():
    less = relation_tables(SHARES, -0.02)
    assert less.sum(axis=(1, 2)) == pytest.approx(np.ones(4))
    assert np.trace(less[3]) < np.trace(relation_tables(SHARES)[3])
    assert (less >= 0).all()


@given(st.integers(2, 4), st.floats(0, 0.5), st.floats(0.001, 0.3))
def test_readings_are_those_of_every_dropout_and_false_allele(alleles: int, dropout: float, false: float):
    table = reading_table(alleles, dropout, false)
    names = [tuple(pair) for pair in genotypes_of(alleles).tolist()]
    for row, true in enumerate(names):
        expected = slow_reading(true, alleles, dropout, false)
        assert table[row] == pytest.approx([expected[name] for name in names], abs=1e-12)


def test_one_allele_is_always_read_as_itself():
    assert reading_table(1, 0.2, 0.1).tolist() == [[1.0]]


def slow_ratio(read: tuple[tuple[int, int], tuple[int, int]], relation: int, rates: tuple[float, float]) -> float:
    """ln of the chance of two readings under a relation, over unrelated, through every pair of true genotypes."""
    chance = []
    for kind in (relation, 3):
        total = 0.0
        for (first, second), together in slow_relation(SHARES, kind).items():
            one, two = slow_reading(first, 3, *rates), slow_reading(second, 3, *rates)
            total += together * one[read[0]] * two[read[1]]
        chance.append(total)
    return float(np.log(chance[0] / chance[1]))


def test_ratios_of_pairs_are_those_of_every_true_genotype_and_error():
    rates = (0.1, 0.03)
    pairs = list(product([tuple(pair) for pair in genotypes_of(3).tolist()], repeat=2))
    columns = [[(str(a), str(b)) for pair in pairs for a, b in pair]]
    genotypes = from_arrays(*columns)
    found = model(genotypes, (SHARES,), Rates(np.array([rates[0]]), np.array([rates[1]])))
    first = np.arange(0, 2 * len(pairs), 2)
    ratios = pair_ratios(found, first, first + 1)
    for relation in range(3):
        expected = [slow_ratio(pair, relation, rates) for pair in pairs]
        assert ratios[relation] == pytest.approx(expected, abs=1e-5)


def three() -> GenotypeMatrix:
    return from_arrays(
        [("1", "2"), ("1", "1"), ("3", "4")], [("5", "6"), None, ("5", "6")], [None, ("7", "8"), ("7", "8")]
    )


def test_a_locus_that_one_lacks_says_nothing():
    whole = three()
    only = from_arrays([("1", "2"), ("1", "1"), ("3", "4")])
    rates = rates_of(whole.loci)
    a, b = np.array([0]), np.array([1])
    alone = pair_ratios(model(only, frequencies(only), rates_of(only.loci)), a, b)
    assert pair_ratios(model(whole, frequencies(whole), rates), a, b) == pytest.approx(alone)


def test_without_a_common_locus_nothing_is_said():
    two = from_arrays([("1", "2"), None], [None, ("1", "2")])
    found = model(two, frequencies(two), rates_of(two.loci))
    assert pair_ratios(found, np.array([0]), np.array([1])).tolist() == [[0.0], [0.0], [0.0]]


def test_a_lost_allele_weighs_less_than_a_changed_one():
    # 1/2 and 1/1 may be one animal that lost an allele; 1/2 and 1/3 need a false allele.
    genotypes = from_arrays([("1", "2"), ("1", "1"), ("1", "3"), ("2", "2"), ("3", "3")])
    found = model(genotypes, (np.full(3, 1 / 3),), Rates(np.array([0.06]), np.array([0.01])))
    lost, changed = pair_ratios(found, np.array([0, 0]), np.array([1, 2]))[0]
    assert lost > changed + 1


def test_all_pairs_at_once_are_the_pairs_one_by_one():
    world = leopards(1, samples=60)
    found = model(world.genotypes, frequencies(world.genotypes), rates_of(world.genotypes.loci))
    first, second = (rows.ravel() for rows in np.indices((60, 60)))
    assert all_ratios(found).reshape(3, -1) == pytest.approx(pair_ratios(found, first, second), abs=1e-4)


@settings(max_examples=10)
@given(st.floats(-3, 8))
def test_pairs_above_are_those_of_all_pairs(least: float):
    world = leopards(2, samples=50)
    found = model(world.genotypes, frequencies(world.genotypes), rates_of(world.genotypes.loci))
    first, second = pairs_above(found, least)
    expected = np.argwhere(np.triu(all_ratios(found)[0] >= np.float32(least), 1))
    assert sorted(zip(first.tolist(), second.tolist(), strict=True)) == [tuple(pair) for pair in expected.tolist()]


def test_frequencies_are_drawn_towards_equal_shares():
    genotypes = from_arrays([("1", "2"), ("1", "1")])
    assert frequencies(genotypes)[0].tolist() == [3.5 / 5, 1.5 / 5]


def test_an_animal_that_was_sampled_often_can_count_once():
    genotypes = from_arrays([("1", "1"), ("1", "1"), ("2", "2")])
    assert frequencies(genotypes, np.array([0.5, 0.5, 1.0]))[0].tolist() == [0.5, 0.5]


def test_rates_are_taken_from_the_table_and_never_nothing():
    table = pl.DataFrame({"locus": ["A", "B"], "dropout": [0.1, None], "falseAllele": [0.0, None]})
    found = rates_of(("A", "B"), table)
    assert found.dropout.tolist() == [0.1, 0.1]
    assert found.false_allele.tolist() == [LEAST_RATE, LEAST_RATE]
    assert rates_of(("A",)).false_allele.tolist() == [FALSE_ALLELE]


@pytest.mark.parametrize(("rate", "theta"), [(6.0, 0.0), (0.06, 1.0), (0.06, -0.6)])
def test_what_is_no_chance_is_refused(rate: float, theta: float):
    genotypes = from_arrays([("1", "2")])
    with pytest.raises(MisuseError, match="from"):
        model(genotypes, frequencies(genotypes), Rates(np.array([rate]), np.array([0.01])), theta=theta)
