from itertools import combinations
from statistics import fmean
from time import process_time

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.population.diversity.diversity_worlds import close, digits, expected, table, wide, worlds

from tumen.errors import MisuseError
from tumen.population.diversity.genotypes import example, genotypes
from tumen.population.diversity.structure import (
    bootstrap,
    bootstrap_pairs,
    fixation,
    pairwise,
    permuted,
    permuted_pairs,
)


def nancy(shared_data):
    return genotypes(wide(shared_data / "genetics_bench" / "nancycats.csv")).genotypes


def slow_components(groups, allele):
    """a, b, c of one allele from the genotypes of each group, as equations 2 to 4 of Weir & Cockerham (1984) stand."""
    groups = [pairs for pairs in groups if pairs]
    r = len(groups)
    sizes = [len(pairs) for pairs in groups]
    if r < 2 or sum(sizes) == r:
        return None
    n_bar = fmean(sizes)
    n_c = (r * n_bar - sum(n**2 for n in sizes) / (r * n_bar)) / (r - 1)
    p = [sum(pair.count(allele) for pair in pairs) / (2 * len(pairs)) for pairs in groups]
    h = [sum((one == allele) != (two == allele) for one, two in pairs) / len(pairs) for pairs in groups]
    p_bar = sum(n * q for n, q in zip(sizes, p, strict=True)) / (r * n_bar)
    s2 = sum(n * (q - p_bar) ** 2 for n, q in zip(sizes, p, strict=True)) / ((r - 1) * n_bar)
    h_bar = sum(n * q for n, q in zip(sizes, h, strict=True)) / (r * n_bar)
    spread = p_bar * (1 - p_bar) - (r - 1) / r * s2
    a = n_bar / n_c * (s2 - 1 / (n_bar - 1) * (spread - h_bar / 4))
    b = n_bar / (n_bar - 1) * (spread - (2 * n_bar - 1) / (4 * n_bar) * h_bar)
    return a, b, h_bar / 2


def slow_sums(rows, locus):
    groups = sorted({side for *_, side in rows if side is not None})
    parts = [
        [(one, two) for _, where, one, two, side in rows if (where, side) == (locus, group) and one] for group in groups
    ]
    names = {one for _, where, one, _, _ in rows if where == locus} | {
        two for _, where, _, two, _ in rows if where == locus
    }
    each = [slow_components(parts, name) for name in sorted(names - {None})]
    if not each or each[0] is None:
        return None
    return tuple(map(sum, zip(*each, strict=True)))


@given(worlds())
def test_components_agree_with_the_slow_version(rows):
    found = fixation(genotypes(table(rows)).genotypes)
    whole = []
    for row in found.loci.rows(named=True):
        slow = slow_sums(rows, row["locus"])
        assert close((row["between"], row["individuals"], row["genes"]), slow or (None,) * 3)
        whole.append(slow)
    used = [sums for sums in whole if sums is not None]
    overall = found.overall.row(0, named=True)
    assert overall["loci"] == len(used)
    totals = tuple(map(sum, zip(*used, strict=True))) if used else (None,) * 3
    assert close((overall["between"], overall["individuals"], overall["genes"]), totals)


def test_loci_are_as_pegas_prints_them(shared_data):
    printed = pl.read_csv(shared_data / "genetics_bench" / "pegas_Fst.csv").rename({"": "locus"})
    both = fixation(nancy(shared_data)).loci.join(printed, on="locus")
    assert both.height == 9
    for ours, theirs in (("F", "Fit"), ("theta", "Fst"), ("f", "Fis")):
        assert (both[ours] - both[theirs]).abs().max() < 2e-15


def test_all_loci_are_as_hierfstat_prints_them(shared_data):
    overall = fixation(nancy(shared_data)).overall.row(0, named=True)
    assert overall["theta"] == pytest.approx(0.084949594074, abs=5e-13)
    assert overall["f"] == pytest.approx(0.12058900869, abs=5e-12)


def test_pairs_are_as_hierfstat_prints_them_where_both_groups_are_typed(shared_data):
    folder = shared_data / "genetics_bench"
    found = pairwise(nancy(shared_data))
    assert found.height == 136
    theirs = expected(folder / "hierfstat_pairwise_WCfst.csv", "printed").rename({"locus": "group1", "group": "group2"})
    both = found.join(theirs, on=["group1", "group2"])
    typed = both.filter(pl.col("group2") != "P17")
    assert typed.height == 120
    assert (typed["theta"] - typed["printed"]).abs().max() < 1e-14
    theirs = expected(folder / "hierfstat_pairwise_Neifst.csv", "nei").rename({"locus": "group1", "group": "group2"})
    both = found.join(theirs, on=["group1", "group2"])
    assert both.height == 136
    assert (both["Fstp"] - both["nei"]).abs().max() < 5.01e-5


def test_pairs_with_the_group_untyped_at_a_locus_differ_from_hierfstat_as_explained(shared_data):
    """hierfstat puts the variance within P02 at the locus P17 lacks below the line, with nothing above it."""
    frame = wide(shared_data / "genetics_bench" / "nancycats.csv")
    rows = [row for row in frame.rows() if row[4] in ("P02", "P17")]
    found = pairwise(genotypes(frame).genotypes).filter(pl.col("group1") == "P02", pl.col("group2") == "P17")
    sums = {locus: slow_sums(rows, locus) for locus in frame["locus"].unique().to_list()}
    assert sums["fca45"] is None
    between, *within = map(sum, zip(*(part for part in sums.values() if part), strict=True))
    assert found.select("loci", "theta").row(0) == (8, pytest.approx(between / (between + sum(within)), abs=1e-14))
    pairs = [(one, two) for _, locus, one, two, side in rows if (locus, side) == ("fca45", "P02")]
    n = len(pairs)
    alone = 0.0
    for allele in {name for pair in pairs for name in pair}:
        p = sum(pair.count(allele) for pair in pairs) / (2 * n)
        h = sum((one == allele) != (two == allele) for one, two in pairs) / n
        alone += n / (n - 1) * (p * (1 - p) - (2 * n - 1) / (4 * n) * h) + h / 2
    assert between / (between + sum(within) + alone) == pytest.approx(0.126420034361573, abs=1e-14)


def test_the_diploid_example_of_hierfstat_agrees_with_the_slow_version(shared_data):
    frame = digits(shared_data / "D3_hierfstat" / "diploid.csv")
    rows = [row if row[2] and row[3] else (*row[:2], None, None, row[4]) for row in frame.rows()]
    found = fixation(genotypes(frame).genotypes).loci
    for row in found.rows(named=True):
        assert close((row["between"], row["individuals"], row["genes"]), slow_sums(rows, row["locus"]))
    assert found.filter(pl.col("theta").is_null())["reason"].to_list() == ["diversity-one-allele"] * 2


def test_pairs_of_seventeen_groups_take_well_under_a_tenth_of_a_second(shared_data):
    found = nancy(shared_data)
    pairwise(found)
    start = process_time()
    pairwise(found)
    assert process_time() - start < 0.1


def test_groups_that_share_nothing_are_wholly_different():
    found = example([("1", "1")] * 3 + [("2", "2")] * 3, groups=["RU"] * 3 + ["CN"] * 3)
    row = pairwise(found).row(0, named=True)
    assert (row["group1"], row["group2"], row["theta"]) == ("CN", "RU", 1.0)
    assert row["Dest"] == pytest.approx(1)


def test_one_group_has_no_theta_and_a_reason():
    found = example([("1", "2"), ("1", "1")])
    assert fixation(found).loci["reason"].item() == "diversity-one-group"
    overall = fixation(found).overall.row(0, named=True)
    assert (overall["theta"], overall["reason"]) == (None, "diversity-one-group")
    assert pairwise(found).is_empty()
    assert permuted(found, np.random.default_rng(1), 9).select("theta", "p", "reason").row(0) == (
        None,
        None,
        "diversity-one-group",
    )
    assert bootstrap(found, np.random.default_rng(1))["reason"].to_list() == ["diversity-one-group"] * 3


def test_a_locus_of_one_allele_has_no_theta_and_a_reason():
    found = example([("1", "1"), ("1", "1"), ("1", "1")], groups=["RU", "RU", "CN"])
    assert fixation(found).loci.select("theta", "reason").row(0) == (None, "diversity-one-allele")
    assert pairwise(found).select("theta", "Fst", "reason").row(0) == (None, None, "diversity-one-allele")


def test_one_individual_in_each_group_has_no_theta_and_a_reason():
    found = example([("1", "2"), ("1", "1")], groups=["RU", "CN"])
    assert fixation(found).loci.select("theta", "reason").row(0) == (None, "diversity-one-individual")
    assert pairwise(found).select("theta", "reason").row(0) == (None, "diversity-one-individual")


def test_nobody_typed_is_null():
    found = example([None, None], groups=["RU", "CN"])
    assert fixation(found).loci.select("groups", "between", "theta", "reason").row(0) == (
        0,
        None,
        None,
        "diversity-no-genotypes",
    )
    assert pairwise(found).select("loci", "theta", "reason").row(0) == (0, None, "diversity-no-genotypes")


def test_intervals_are_reproducible_and_hold_the_estimate(shared_data):
    found = nancy(shared_data)
    first = bootstrap(found, np.random.default_rng(3))
    assert first.equals(bootstrap(found, np.random.default_rng(3)))
    assert first["statistic"].to_list() == ["F", "theta", "f"]
    assert ((first["low"] < first["value"]) & (first["value"] < first["high"])).all()
    pairs = bootstrap_pairs(found, np.random.default_rng(3))
    assert pairs.equals(bootstrap_pairs(found, np.random.default_rng(3)))
    assert (pairs["theta"] - pairwise(found)["theta"]).abs().max() < 1e-14
    assert ((pairs["low"] < pairs["theta"]) & (pairs["theta"] < pairs["high"])).all()


def test_the_bootstrap_over_two_loci_takes_the_three_ways_to_draw_them():
    found = example(
        [("1", "1"), ("1", "2"), ("2", "2"), ("2", "2")],
        [("1", "1"), ("1", "2"), ("1", "2"), ("2", "2")],
        groups=["RU", "RU", "CN", "CN"],
    )
    row = bootstrap_pairs(found, np.random.default_rng(1), level=0.999).row(0, named=True)
    alone = [fixation(found).loci["theta"][place] for place in (0, 1)]
    assert row["low"] == pytest.approx(min(alone))
    assert row["high"] == pytest.approx(max(alone))


def test_one_locus_has_no_interval_and_a_reason():
    found = example([("1", "1"), ("1", "2"), ("2", "2")], groups=["RU", "RU", "CN"])
    row = bootstrap(found, np.random.default_rng(1)).row(1, named=True)
    assert row["value"] is not None
    assert (row["low"], row["high"], row["reason"]) == (None, None, "diversity-few-loci")
    row = bootstrap_pairs(found, np.random.default_rng(1)).row(0, named=True)
    assert (row["low"], row["high"], row["reason"]) == (None, None, "diversity-few-loci")


def test_the_permutation_test_finds_the_share_of_all_ways_to_divide_the_animals():
    pairs = [("1", "1"), ("1", "2"), ("1", "1"), ("2", "2"), ("2", "2"), ("1", "2")]
    found = example(pairs, groups=["RU"] * 3 + ["CN"] * 3)
    theta = fixation(found).overall["theta"].item()
    reached = 0
    ways = list(combinations(range(6), 3))
    for way in ways:
        sides = ["RU" if place in way else "CN" for place in range(6)]
        reached += fixation(example(pairs, groups=sides)).overall["theta"].item() >= theta - 1e-12
    row = permuted(found, np.random.default_rng(1), 4000).row(0, named=True)
    assert abs(row["p"] - reached / len(ways)) < 4 * row["standardError"]
    assert row["permutations"] == 4000
    assert permuted_pairs(found, np.random.default_rng(2), 4000)["p"].item() == pytest.approx(row["p"], abs=0.05)


def test_permutations_are_reproducible(shared_data):
    found = nancy(shared_data)
    few = found.of(np.isin(found.side, [0, 1, 2]))
    first = permuted_pairs(few, np.random.default_rng(3), 99)
    assert first.equals(permuted_pairs(few, np.random.default_rng(3), 99))
    assert first["group1"].to_list() == ["P01", "P01", "P02"]
    assert permuted(few, np.random.default_rng(3), 99).equals(permuted(few, np.random.default_rng(3), 99))


def test_no_permutation_is_refused():
    with pytest.raises(MisuseError, match="1 permutation"):
        permuted(example([("1", "2")]), np.random.default_rng(1), 0)


@settings(max_examples=50)
@given(worlds(), st.randoms())
def test_order_names_and_an_empty_locus_do_not_matter(rows, random):
    people = {who: side for who, *_, side in rows}
    other = [(who, locus, one and f"z{one}", two and f"z{two}", side) for who, locus, one, two, side in rows]
    other += [(who, "empty", None, None, side) for who, side in people.items()]
    random.shuffle(other)
    first, second = (genotypes(table(part)).genotypes for part in (rows, other))
    a = pairwise(first).select("group1", "group2", "loci", "theta").rows()
    b = pairwise(second).select("group1", "group2", "loci", "theta").rows()
    for one, two in zip(a, b, strict=True):
        assert close(one, two, 1e-7)
    assert close(
        fixation(first).overall.select("loci", "between", "individuals", "genes").row(0),
        fixation(second).overall.select("loci", "between", "individuals", "genes").row(0),
    )


def test_a_test_of_one_individual_in_each_group_says_so():
    found = example([("1", "2"), ("1", "1")], [("1", "2"), ("1", "1")], groups=["RU", "CN"])
    rng = np.random.default_rng(1)
    assert permuted(found, rng, 9)["reason"].item() == "diversity-one-individual"
    assert permuted_pairs(found, rng, 9).select("theta", "p", "reason").row(0) == (
        None,
        None,
        "diversity-one-individual",
    )
    assert bootstrap(found, rng)["reason"].to_list() == ["diversity-one-individual"] * 3
    assert bootstrap_pairs(found, rng).select("theta", "low", "reason").row(0) == (
        None,
        None,
        "diversity-one-individual",
    )
