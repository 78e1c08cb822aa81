from collections import Counter
from itertools import permutations
from math import factorial, prod

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.population.diversity.diversity_worlds import table, wide, worlds

from tumen.errors import MisuseError
from tumen.population.diversity.genotype_tables import enumerated
from tumen.population.diversity.genotypes import example, genotypes
from tumen.population.diversity.hardy_weinberg import by_group, chi_square, combined, corrected, exact, pooled


def rng(seed=1):
    return np.random.default_rng(seed)


def paired(genes):
    return tuple(sorted(Counter(tuple(sorted(genes[i : i + 2])) for i in range(0, len(genes), 2)).items()))


def chance(counted):
    """The probability of a table of genotypes, given its alleles (Levene 1949)."""
    n = sum(times for _, times in counted)
    alleles = Counter()
    for (one, two), times in counted:
        alleles[one] += times
        alleles[two] += times
    heterozygotes = sum(times for (one, two), times in counted if one != two)
    above = factorial(n) * prod(map(factorial, alleles.values())) * 2**heterozygotes
    return above / (factorial(2 * n) * prod(factorial(times) for _, times in counted))


def slow_exact(pairs):
    """Every order of the genes, and the tables they make."""
    genes = [gene for pair in pairs for gene in pair]
    tables = {paired(order) for order in permutations(genes)}
    seen = chance(paired(genes))
    return sum(chance(one) for one in tables if chance(one) <= seen * (1 + 1e-9))


small = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=4)


@settings(max_examples=25)
@given(small)
def test_the_exact_test_is_the_sum_over_every_table(pairs):
    found = exact(np.array(pairs), rng())
    assert found.method == "enumeration"
    assert found.p == pytest.approx(slow_exact(pairs), rel=1e-9)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=5).filter(lambda counts: sum(counts) % 2 == 0))
def test_all_tables_together_have_the_probability_one(counts):
    within, every = enumerated(np.array(sorted(counts)), 1e9, 10_000_000)
    assert every == pytest.approx(1, abs=1e-9)
    assert within == every


def test_two_alleles_are_the_distribution_of_heterozygotes():
    """Of two alleles, the number of heterozygotes is the whole table: 21 copies of the rarer one in 100 animals."""
    pairs = [(0, 0)] * 4 + [(0, 1)] * 13 + [(1, 1)] * 83
    chances = {}
    for heterozygotes in range(1, 22, 2):
        rare = (21 - heterozygotes) // 2
        counted = [((0, 0), rare), ((0, 1), heterozygotes), ((1, 1), 100 - rare - heterozygotes)]
        chances[heterozygotes] = chance(counted)
    assert sum(chances.values()) == pytest.approx(1)
    p = sum(value for value in chances.values() if value <= chances[13] * (1 + 1e-9))
    assert exact(np.array(pairs), rng()).p == pytest.approx(p, rel=1e-9)


def test_random_tables_agree_with_every_table_within_their_error(shared_data):
    found = genotypes(wide(shared_data / "genetics_bench" / "nancycats.csv")).genotypes
    every = by_group(found, rng())
    drawn = by_group(found, rng(2), permutations=4000, filled=0)
    both = every.join(drawn, on=["group", "locus"], suffix="_drawn").filter(pl.col("method") == "enumeration")
    assert both.height > 100
    assert both["method_drawn"].unique().to_list() == ["permutation"]
    error = ((both["p"] * (1 - both["p"]) / 4000).sqrt() + 1 / 4000).to_numpy()
    assert (np.abs(both["p"] - both["p_drawn"]).to_numpy() < 4.5 * error).all()


def test_chi_square_of_all_cats_is_as_pegas_prints_it(shared_data):
    folder = shared_data / "genetics_bench"
    found = pooled(genotypes(wide(folder / "nancycats.csv")).genotypes, rng(), permutations=100)
    printed = pl.read_csv(folder / "pegas_hwtest.csv").rename({"": "locus", "chi^2": "theirs", "df": "theirDf"})
    both = found.join(printed, on="locus")
    assert both.height == 9
    assert (both["chiSquare"] / both["theirs"] - 1).abs().max() < 1e-13
    assert (both["df"] == both["theirDf"]).all()
    # pegas prints 1 - pchisq, which cannot be smaller than the rounding of 1.
    assert (both["pChiSquare"] - both["Pr(chi^2 >)"]).abs().max() < 2.3e-16
    assert both["method"].unique().to_list() == ["permutation"]
    assert both["p"].min() == pytest.approx(1 / 101)


def test_every_table_is_exact_and_random_tables_say_how_many_and_how_sure():
    pairs = np.array([(0, 0)] * 4 + [(0, 1)] * 2 + [(1, 1)] * 5)
    every, drawn = exact(pairs, rng()), exact(pairs, rng(), 5000, 0)
    assert (every.permutations, every.error) == (None, None)
    assert drawn.permutations == 5000
    assert drawn.error == pytest.approx((drawn.p * (1 - drawn.p) / 5000) ** 0.5)
    assert drawn == exact(pairs, rng(), 5000, 0)
    assert drawn != exact(pairs, rng(2), 5000, 0)


def test_chi_square_of_four_homozygotes():
    assert chi_square(np.array([(0, 0), (0, 0), (1, 1), (1, 1)])) == (4.0, 1)


@pytest.mark.parametrize(
    ("locus", "reason"),
    [
        ([None, None], "diversity-no-genotypes"),
        ([("1", "2"), None], "diversity-one-individual"),
        ([("1", "1"), ("1", "1")], "diversity-one-allele"),
    ],
)
def test_where_nothing_can_be_tested_the_reason_is_said(locus, reason):
    row = by_group(example(locus), rng()).row(0, named=True)
    assert (row["p"], row["method"], row["chiSquare"], row["reason"]) == (None, None, None, reason)


def test_tests_combine_over_loci_over_groups_and_all_together():
    tests = pl.DataFrame(
        {"group": ["a", "a", "b", "b"], "locus": ["x", "y", "x", "y"], "p": [0.05, 0.05, None, None]},
        schema_overrides={"p": pl.Float64},
    )
    a, b = combined(tests, "group").rows()
    assert a[:2] == ("a", 2)
    assert a[2:5] == (pytest.approx(11.9829291), 4, pytest.approx(0.0174786614))
    assert b == ("b", 0, None, 0, None, "diversity-no-test")
    assert combined(tests, "locus")["tests"].to_list() == [1, 1]
    assert combined(tests, "locus")["p"].to_list() == pytest.approx([0.05, 0.05])
    assert combined(tests)["p"].item() == pytest.approx(0.0174786614)


def slow_corrected(values):
    there = sorted(value for value in values if value is not None)
    m = len(there)
    holm, false = {}, {}
    for place, value in enumerate(there):
        holm[value] = min(1, max((m - before) * there[before] for before in range(place + 1)))
        false[value] = min(1, min(m / (after + 1) * there[after] for after in range(place, m)))
    return holm, false


@settings(max_examples=50)
@given(st.lists(st.none() | st.integers(1, 10**6).map(lambda part: part / 10**6), unique=True, max_size=8))
def test_corrections_agree_with_the_slow_version(values):
    found = corrected(pl.DataFrame({"p": values}, schema={"p": pl.Float64}))
    holm, false = slow_corrected(values)
    for p, one, other in found.rows():
        assert one == (None if p is None else pytest.approx(holm[p]))
        assert other == (None if p is None else pytest.approx(false[p]))


def test_no_permutation_is_refused():
    with pytest.raises(MisuseError, match="1 permutation"):
        by_group(example([("1", "2")]), rng(), 0)


@settings(max_examples=30)
@given(worlds(), st.randoms())
def test_order_and_names_of_alleles_do_not_matter(rows, random):
    other = [(who, locus, one and f"z{one}", two and f"z{two}", side) for who, locus, one, two, side in rows]
    random.shuffle(other)
    keys = ("group", "locus")
    first, second = (by_group(genotypes(table(part)).genotypes, rng()).sort(keys) for part in (rows, other))
    for one, two in zip(first["p"], second["p"], strict=True):
        assert one == (None if two is None else pytest.approx(two, rel=1e-9))
    assert first["reason"].to_list() == second["reason"].to_list()
