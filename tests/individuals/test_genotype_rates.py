"""How often a laboratory misreads, told from replicates alone."""

from itertools import combinations_with_replacement

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.individuals.genotype_tables import genotypes, panel

from tumen.errors import ColumnError
from tumen.individuals import genotype_rates
from tumen.individuals.genotype_rates import RATES, rates

FREQUENCIES = (0.6, 0.25, 0.15)


def simulated(rng, *, samples, replicates, dropout, false, frequencies=FREQUENCIES, inbreeding=0.0):
    """Readings of one locus by the model in words: an allele is lost, then one of the two is taken for another."""
    k = len(frequencies)
    typed = {}
    for sample in range(samples):
        one = rng.choice(k, p=frequencies)
        other = one if rng.random() < inbreeding else rng.choice(k, p=frequencies)
        said = []
        for _ in range(replicates):
            shown = [one, other]
            if one != other and rng.random() < dropout:
                shown = [shown[rng.integers(2)]] * 2
            if rng.random() < false:
                place = rng.integers(2)
                shown = list(shown)
                shown[place] = rng.choice([allele for allele in range(k) if allele != shown[place]])
            said.append("/".join(str(100 + 2 * allele) for allele in shown))
        typed[f"s{sample}", "F42"] = said
    return genotypes(typed)


def found(table, loci=None):
    return rates(table, loci).table.row(0, named=True)


def reading_chance(read, true, k, dropout, false):
    """The chance of one reading of one true genotype, path by path."""
    shown = {true: 1.0}
    if true[0] != true[1]:
        shown = {true: 1 - dropout, (true[0],) * 2: dropout / 2, (true[1],) * 2: dropout / 2}
    chance = 0.0
    for (one, other), path in shown.items():
        chance += path * (1 - false) * (read == (one, other))
        for wrong in range(k):
            if wrong != one:
                chance += path * false / 2 / (k - 1) * (read == tuple(sorted((wrong, other))))
            if wrong != other:
                chance += path * false / 2 / (k - 1) * (read == tuple(sorted((one, wrong))))
    return chance


def slow_likelihood(table, k, state):
    """The log-likelihood by its definition: for every sample the sum over all true genotypes."""
    total = 0.0
    for replicates in table.partition_by("sampleID"):
        read = [tuple(sorted((int(a) - 100) // 2 for a in pair))
                for pair in replicates.select("allele1", "allele2").iter_rows()]  # fmt: skip
        likelihood = 0.0
        for one, other in combinations_with_replacement(range(k), 2):
            p, q, f = state.frequencies[one], state.frequencies[other], state.inbreeding
            prior = p * (f + (1 - f) * p) if one == other else 2 * (1 - f) * p * q
            for pair in read:
                prior *= reading_chance(pair, (one, other), k, state.dropout, state.false)
            likelihood += prior
        total += np.log(likelihood)
    return total


def test_the_slow_twin_has_the_same_likelihood_and_its_grid_no_higher_one():
    table = simulated(np.random.default_rng(4), samples=40, replicates=3, dropout=0.15, false=0.05)
    locus = genotype_rates._prepared(genotype_rates.readings(table).table)
    state, settled = genotype_rates._fitted(locus)
    assert settled
    best = slow_likelihood(table, 3, state)
    assert genotype_rates._posterior(locus, state)[1] == pytest.approx(best, abs=1e-8)
    for dropout in (0.5, 0.8, 0.97, 1.03, 1.25, 2.0):
        for false in (0.5, 0.8, 0.97, 1.03, 1.25, 2.0):
            moved = genotype_rates._State(
                state.dropout * dropout, state.false * false, state.frequencies, state.inbreeding
            )
            assert slow_likelihood(table, 3, moved) < best + 1e-6


def test_the_interval_ends_where_the_likelihood_has_fallen():
    """Half of the 95 % quantile of chi-squared with one degree of freedom is 1.92."""
    table = simulated(np.random.default_rng(4), samples=40, replicates=3, dropout=0.15, false=0.05)
    locus = genotype_rates._prepared(genotype_rates.readings(table).table)
    state, _ = genotype_rates._fitted(locus)
    best = slow_likelihood(table, 3, state)
    row = found(table)
    for end in (row["dropoutLow"], row["dropoutHigh"]):
        falls = [
            best - slow_likelihood(table, 3, genotype_rates._State(end, false, state.frequencies, state.inbreeding))
            for false in np.linspace(0.5, 1.6, 12) * state.false
        ]
        # The frequencies give way a little, too: held, the likelihood falls a little more.
        assert 1.90 < min(falls) < 2.1


@pytest.mark.parametrize(
    ("dropout", "false", "replicates", "inbreeding"), [(0.06, 0.01, 3, 0.0), (0.3, 0.05, 2, 0.0), (0.2, 0.03, 3, 0.4)]
)
def test_the_truth_is_recovered(dropout, false, replicates, inbreeding):
    rng = np.random.default_rng(11)
    said = {"samples": 1500, "replicates": replicates, "dropout": dropout, "false": false}
    row = found(simulated(rng, **said, inbreeding=inbreeding))
    assert row["dropoutLow"] < dropout < row["dropoutHigh"]
    assert row["falseAlleleLow"] < false < row["falseAlleleHigh"]
    assert row["dropout"] == pytest.approx(dropout, rel=0.2)
    assert row["falseAllele"] == pytest.approx(false, rel=0.3)
    assert row["compared"] == 1500


@pytest.mark.slow
def test_intervals_cover_as_often_as_they_say():
    rng = np.random.default_rng(2)
    rows = [found(simulated(rng, samples=80, replicates=3, dropout=0.06, false=0.02)) for _ in range(40)]
    assert sum(row["dropoutLow"] <= 0.06 <= row["dropoutHigh"] for row in rows) > 34
    assert sum(row["falseAlleleLow"] <= 0.02 <= row["falseAlleleHigh"] for row in rows) > 34
    assert np.mean([row["dropout"] for row in rows]) == pytest.approx(0.06, abs=0.008)


def test_no_error_seen_is_not_no_error():
    row = found(genotypes({(str(n), "F42"): ("120/124", "120/124") for n in range(30)} | {
        (str(n), "F42"): ("120/120", "120/120") for n in range(30, 60)}))  # fmt: skip
    assert row["dropout"] == pytest.approx(0, abs=1e-4) and row["dropoutLow"] == 0
    # With 60 readings of heterozygotes: 1 - exp(-1.92 / 60) is 0.0315.
    assert row["dropoutHigh"] == pytest.approx(0.0315, abs=0.002)
    assert 0 < row["falseAlleleHigh"] < 0.03


def test_without_replicates_nothing_is_known():
    result = rates(genotypes({("a", "F42"): ("120/124",), ("b", "F42"): ("120/120", None), ("c", "F42"): (None, None)}))
    assert result.table.rows() == [("F42", *[None] * 6, 0)]
    assert result.findings.select("code", "value").rows() == [("rates-without-replicates", "F42")]


def test_where_all_have_one_allele_dropout_cannot_be_seen():
    result = rates(genotypes({(str(n), "F42"): ("120/120",) * 3 for n in range(20)}))
    row = result.table.row(0, named=True)
    assert row["dropout"] is None and row["dropoutHigh"] is None
    assert row["falseAllele"] == pytest.approx(0, abs=1e-4) and row["falseAlleleHigh"] < 0.05
    assert result.findings.select("code", "value").rows() == [("dropout-unknown", "F42")]


def test_half_calls_and_loci_of_sex_chromosomes_are_not_used():
    table = genotypes({("a", "F42"): ("120/", "120/124"), ("a", "ZF"): ("170/182", "170/182")})
    result = rates(table, panel({"locus": "ZF", "sexLinked": True})).table
    assert result.select("locus", "compared").rows() == [("F42", 0)]


def test_replicates_of_two_laboratories_are_not_compared_with_each_other():
    one = genotypes({("a", "F42"): ("120/124",)})
    other = genotypes({("a", "F42"): ("122/126",)}, laboratory="other")
    assert found(pl.concat([one, other]))["compared"] == 0


def test_shapes():
    empty = rates(genotypes({})).table
    assert dict(empty.schema) == RATES and empty.is_empty()
    with pytest.raises(ColumnError):
        rates(pl.DataFrame())


READING = st.tuples(st.sampled_from("123"), st.sampled_from("123")).map("/".join)


@settings(max_examples=5)
@given(st.lists(st.lists(READING, min_size=1, max_size=4), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_the_numbers_of_replicates_matter(samples, random):
    typed = {(str(number), "F42"): said for number, said in enumerate(samples)}
    expected = rates(genotypes(typed)).table
    shuffled = {key: random.sample(said, len(said)) for key, said in random.sample(list(typed.items()), len(typed))}
    again = rates(genotypes(shuffled)).table
    for name in RATES:
        before, after = expected[name].to_list(), again[name].to_list()
        assert before == after if name in ("locus", "compared") else before == pytest.approx(after, abs=1e-4)
