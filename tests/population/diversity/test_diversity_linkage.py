from itertools import combinations, permutations
from statistics import fmean, pvariance

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.population.diversity.diversity_worlds import close, table, wide, worlds

from tumen.errors import MisuseError
from tumen.population.diversity.genotypes import example, genotypes
from tumen.population.diversity.linkage import association, differences, pairs


def rng(seed=1):
    return np.random.default_rng(seed)


def slow_difference(one, two):
    """How many alleles of one genotype have no partner in the other."""
    if one is None or two is None:
        return 0
    left = list(two)
    for allele in one:
        if allele in left:
            left.remove(allele)
    return len(left)


def slow_association(people):
    """Ia and rbarD of genotypes (one list of loci per individual)."""
    people = [loci for loci in people if any(loci)]
    couples = list(combinations(people, 2))
    if not couples:
        return None, None
    each = [[slow_difference(*pair) for pair in zip(a, b, strict=True)] for a, b in couples]
    variances = [pvariance(column) for column in zip(*each, strict=True)]
    if sum(value > 0 for value in variances) < 2:
        return None, None
    whole = pvariance([sum(row) for row in each])
    cross = sum((v * w) ** 0.5 for v, w in combinations(variances, 2))
    return whole / sum(variances) - 1, (whole - sum(variances)) / (2 * cross)


def people_of(rows, group):
    loci = sorted({locus for _, locus, *_ in rows})
    found = {}
    for who, locus, one, two, side in rows:
        if group is None or side == group:
            found.setdefault(who, dict.fromkeys(loci))[locus] = None if one is None else (one, two)
    return [list(parts.values()) for parts in found.values()]


def slow_r2(one, two):
    """Mean squared correlation of copies over pairs of alleles that vary, and how many vary at each locus."""
    total, varied = 0.0, ([], [])
    for side, loci in enumerate((one, two)):
        for allele in sorted({name for pair in loci for name in pair}):
            copies = [pair.count(allele) for pair in loci]
            if len(set(copies)) > 1:
                varied[side].append(copies)
    for x in varied[0]:
        for y in varied[1]:
            covariance = fmean(a * b for a, b in zip(x, y, strict=True)) - fmean(x) * fmean(y)
            total += covariance**2 / (pvariance(x) * pvariance(y))
    k, m = len(varied[0]), len(varied[1])
    return (total / (k * m) if k * m else None), (k - 1) * (m - 1) if k and m else 0


def test_differences_count_alleles_without_a_partner():
    found = example([("1", "2"), ("1", "1"), ("3", "3"), None])
    assert differences(found)[0].tolist() == [[0, 1, 2, 0], [1, 0, 2, 0], [2, 2, 0, 0], [0, 0, 0, 0]]


@settings(max_examples=60)
@given(worlds())
def test_the_index_agrees_with_the_slow_version(rows):
    for row in association(genotypes(table(rows)).genotypes, rng(), 0).rows(named=True):
        slow = slow_association(people_of(rows, row["group"]))
        assert close((row["Ia"], row["rbarD"]), slow, 1e-8)
        assert (row["reason"] is None) == (row["Ia"] is not None)


def test_the_index_is_as_poppr_prints_it(shared_data):
    folder = shared_data / "genetics_bench"
    found = association(genotypes(wide(folder / "nancycats.csv")).genotypes, rng(), 0)
    printed = pl.read_csv(folder / "poppr.csv").select("Pop", theirs="Ia", theirD="rbarD")
    both = found.with_columns(pl.col("group").fill_null("Total")).join(printed, left_on="group", right_on="Pop")
    assert both.height == 18
    assert (both["Ia"] - both["theirs"]).abs().max() < 1e-13
    assert (both["rbarD"] - both["theirD"]).abs().max() < 1e-14


def test_the_permutation_test_finds_the_share_of_all_orders():
    one = [("1", "1"), ("1", "2"), ("2", "2"), ("1", "3")]
    two = [("5", "5"), ("5", "6"), ("6", "6"), ("6", "7")]
    found = association(example(one, two), rng(), 5000).row(0, named=True)
    reached = 0
    orders = list(permutations(two))
    for order in orders:
        reached += slow_association([list(pair) for pair in zip(one, order, strict=True)])[0] >= found["Ia"] - 1e-12
    assert abs(found["p"] - reached / len(orders)) < 4 * found["standardError"]
    assert found["permutations"] == 5000


@settings(max_examples=60)
@given(worlds(smallest=2))
def test_two_loci_agree_with_the_slow_version(rows):
    found = pairs(genotypes(table(rows)).genotypes, rng(), 0)
    for row in found.filter(pl.col("group").is_not_null()).rows(named=True):
        both = {}
        for who, locus, one, two, side in rows:
            if side == row["group"] and one is not None:
                both.setdefault(who, {})[locus] = (one, two)
        kept = [part for part in both.values() if row["locus1"] in part and row["locus2"] in part]
        r2, df = slow_r2([part[row["locus1"]] for part in kept], [part[row["locus2"]] for part in kept])
        assert row["individuals"] == len(kept)
        if df == 0:
            assert (row["r2"], row["T2"], row["p"]) == (None, None, None)
            assert row["reason"] is not None
        else:
            assert close((row["r2"], row["T2"], row["df"]), (r2, r2 * df * len(kept), df), 1e-8)


def test_the_pair_permutation_test_finds_the_share_of_all_orders():
    one = [("1", "1"), ("1", "2"), ("2", "2"), ("1", "1"), ("2", "2")]
    two = [("5", "5"), ("5", "6"), ("6", "6"), ("5", "6"), ("6", "6")]
    row = pairs(example(one, two), rng(), 5000).row(0, named=True)
    values = [slow_r2(one, list(order))[0] for order in permutations(two)]
    share = sum(value >= row["r2"] * (1 - 1e-9) for value in values) / len(values)
    assert abs(row["p"] - share) < 4 * row["standardError"]


def test_groups_together_are_the_sums_of_the_groups(shared_data):
    found = genotypes(wide(shared_data / "genetics_bench" / "nancycats.csv")).genotypes
    table_ = pairs(found, rng(), 19)
    assert table_.height == 36 * 18
    assert table_.equals(pairs(found, rng(), 19))
    for _, part in table_.group_by("locus1", "locus2"):
        whole = part.filter(pl.col("group").is_null()).row(0, named=True)
        each = part.filter(pl.col("group").is_not_null(), pl.col("reason").is_null())
        assert whole["T2"] == pytest.approx(each["T2"].sum())
        assert whole["df"] == each["df"].sum()
        assert whole["individuals"] == each["individuals"].sum()
    lacking = table_.filter(pl.col("reason").is_not_null())
    assert lacking["group"].unique().to_list() == ["P17"]
    assert lacking["reason"].unique().to_list() == ["diversity-no-genotypes"]


@pytest.mark.parametrize(
    ("loci", "reason"),
    [
        ([[None, None], [None, None]], "diversity-no-genotypes"),
        ([[("1", "2"), None], [("1", "2"), None]], "diversity-one-individual"),
        ([[("1", "1"), ("1", "1")], [("1", "2"), ("1", "1")]], "diversity-few-loci"),
    ],
)
def test_where_there_is_no_index_the_reason_is_said(loci, reason):
    row = association(example(*loci), rng(), 9).row(0, named=True)
    assert (row["Ia"], row["rbarD"], row["p"], row["reason"]) == (None, None, None, reason)


def test_a_locus_without_variation_has_no_contrast():
    found = pairs(example([("1", "1"), ("1", "1")], [("1", "2"), ("1", "1")]), rng(), 9)
    assert found["reason"].to_list() == ["diversity-no-contrast"] * 2
    assert found["T2"].to_list() == [None, None]


def test_negative_permutations_are_refused_and_none_give_no_p():
    with pytest.raises(MisuseError, match="0 permutations or more"):
        association(example([("1", "2")]), rng(), -1)
    same = [("1", "1"), ("1", "2"), ("2", "2")]
    assert association(example(same, same), rng(), 0).select("p", "permutations").row(0) == (None, 0)


@settings(max_examples=30)
@given(worlds(), st.randoms())
def test_order_names_and_an_empty_locus_do_not_matter(rows, random):
    people = {who: side for who, *_, side in rows}
    other = [(who, locus, one and f"z{one}", two and f"z{two}", side) for who, locus, one, two, side in rows]
    other += [(who, "empty", None, None, side) for who, side in people.items()]
    random.shuffle(other)
    first, second = (association(genotypes(table(part)).genotypes, rng(), 0) for part in (rows, other))
    for one, two in zip(first.rows(), second.rows(), strict=True):
        assert close(one, two, 1e-8)
