import numpy as np
import pytest
from tests.individuals.genotype_worlds import leopards

from tumen.individuals.genotype_group import Settings, group
from tumen.individuals.genotype_likelihood import (
    Rates,
    all_ratios,
    frequencies,
    model,
    pair_ratios,
    rates_of,
    relation_tables,
)
from tumen.individuals.genotype_matrix import GenotypeMatrix, from_arrays
from tumen.individuals.genotype_prior import (
    SLACK,
    candidates,
    likely_rates,
    log_odds,
    posterior,
    prior,
    relation,
)


def rich(relations: tuple[int, int, int, int], seed: int) -> tuple[GenotypeMatrix, tuple[np.ndarray, ...]]:
    """Samples in pairs, so many of each relation, at 30 loci of six alleles: relations are plain."""
    rng = np.random.default_rng(seed)
    share = np.full(6, 1 / 6)
    tables = relation_tables(share)
    columns = []
    pairs = np.repeat(np.arange(4), relations)
    for _ in range(30):
        column = []
        for kind in pairs:
            place = rng.choice(tables[kind].size, p=tables[kind].ravel() / tables[kind].sum())
            column += list(np.unravel_index(place, tables[kind].shape))
        columns.append(column)
    low, high = np.tril_indices(6)[1], np.tril_indices(6)[0]
    codes = np.stack([np.stack([low[column], high[column]], axis=1) for column in columns], axis=1).astype(np.int16)
    names = tuple(str(number) for number in range(len(codes)))
    loci = tuple(f"L{number}" for number in range(30))
    return GenotypeMatrix(names, loci, (tuple("abcdef"),) * 30, codes), (share,) * 30


def test_the_shares_of_relations_are_found():
    genotypes, shares = rich((6, 8, 5, 20), 1)
    found = model(genotypes, shares, Rates(np.full(30, 0.001), np.full(30, 0.001)))
    pairs = candidates(found)
    everything = 78 * 77 / 2
    mixture = prior(found, pairs, np.random.default_rng(1)) * everything
    assert mixture[0] == pytest.approx(6, abs=0.5)
    assert mixture[1] == pytest.approx(8, abs=3)
    assert mixture[2] == pytest.approx(5, abs=3)


def test_candidates_are_all_pairs_above_the_cut():
    world = leopards(3, samples=60)
    found = model(world.genotypes, frequencies(world.genotypes), rates_of(world.genotypes.loci))
    pairs = candidates(found)
    expected = int(np.triu(all_ratios(found)[0] >= np.log(60) - SLACK, 1).sum())
    assert pairs.first.size == expected
    assert (pairs.first < pairs.second).all()


@pytest.mark.parametrize("samples", [0, 1])
def test_without_pairs_all_are_unrelated(samples: int):
    genotypes = from_arrays([("1", "2")] * 2).of(np.arange(samples))
    found = model(genotypes, frequencies(genotypes), rates_of(genotypes.loci))
    assert prior(found, candidates(found), np.random.default_rng(1)).tolist() == [0.0, 0.0, 0.0, 1.0]


@pytest.mark.parametrize(("dropout", "false"), [(0.02, 0.03), (0.15, 0.005)])
def test_rates_come_near_those_with_which_the_samples_were_read(dropout: float, false: float):
    world = leopards(4, animals=30, samples=240, dropout=dropout, false=false, litters=0.0)
    rates = group(world.genotypes, Settings(), np.random.default_rng(1)).rates
    assert rates.dropout[0] == pytest.approx(dropout, abs=0.05)
    assert rates.false_allele[0] == pytest.approx(false, abs=0.02)


def test_without_a_pair_of_one_animal_rates_stay():
    genotypes = from_arrays(*[[("1", "2"), ("3", "4")]] * 12)
    found = model(genotypes, frequencies(genotypes), rates_of(genotypes.loci))
    start = rates_of(genotypes.loci)
    assert likely_rates(found, candidates(found), np.array([1e-6, 0.0, 0.0, 1.0]), start) is start


def test_odds_and_probability_say_the_same():
    ratios = np.array([[9.0, -2.0], [6.0, 1.0], [3.0, 0.5]])
    shares = np.array([0.01, 0.02, 0.005, 0.965])
    chance = posterior(ratios, shares)
    assert chance.sum(axis=0) == pytest.approx([1.0, 1.0])
    assert np.exp(log_odds(ratios, shares)) == pytest.approx(chance[0] / (1 - chance[0]))


def test_bayes_by_hand():
    # One animal 9 times likelier than unrelated, before at 1 to 9: even.
    assert posterior(np.log([[9.0], [1.0], [1.0]]), np.array([0.1, 0.0, 0.0, 0.9]))[0].tolist() == pytest.approx([0.5])


def test_a_relation_is_named_only_where_it_is_probable():
    assert relation(np.array([[0.01], [0.96], [0.02], [0.01]])) == ["fullSibling"]
    assert relation(np.array([[0.50], [0.50], [0.0], [0.0]])) == ["undecided"]


def test_pairs_that_were_drawn_stand_for_the_others():
    genotypes, shares = rich((4, 0, 0, 30), 2)
    found = model(genotypes, shares, Rates(np.full(30, 0.001), np.full(30, 0.001)))
    pairs = candidates(found)
    assert pairs.first.size < 34
    assert pair_ratios(found, pairs.first, pairs.second) == pytest.approx(pairs.ratios)
