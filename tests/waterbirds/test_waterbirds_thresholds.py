"""1 % and 0.25 % of populations, to the digit: cases V1 and V2 of the facts."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.tables.protocol import TABLES
from tumen.waterbirds.thresholds import THRESHOLDS, birds, exact_percent, one_percent, quarter, rounded, thresholds


def estimates(*rows):
    schema = TABLES["population_estimates"].empty().schema
    return pl.DataFrame([{**dict.fromkeys(schema), "edition": "WPE5", **row} for row in rows], schema=schema)


def one(low, high, **cells):
    return thresholds(estimates({"minimum": low, "maximum": high, **cells})).row(0, named=True)


V1 = [
    (60_000, 78_000, 680, 690),
    (56_000, 98_000, 740, 770),
    (157_000, 194_000, 1_700, 1_800),
    (231_000, 283_000, 2_600, 2_600),
    (7_100, 9_600, 85, 85),
    (14_400, 14_400, 140, 140),
    (4_660, 4_660, 45, 45),
    (2_725, 2_725, 25, 25),
    (500, 1_000, 7, 8),
    (800_000, 1_600_000, 11_300, 12_000),
    (10_000, 10_000, 100, 100),
    (5_820, 5_820, 60, 60),
    (6_000, 7_000, 65, 65),
    (14_000, 19_000, 160, 170),
    (500_000, 1_000_000, 7_100, 7_500),
    (425_000, 425_000, 4_300, 4_300),
]


@pytest.mark.parametrize(("low", "high", "geometric", "arithmetic"), V1)
def test_v1_one_percent_of_both_rules(low, high, geometric, arithmetic):
    assert one_percent(low, high) == one(low, high)["onePercent"] == geometric
    assert one_percent(low, high, "arithmetic") == one(low, high, edition="WPE 4")["onePercent"] == arithmetic


@pytest.mark.parametrize(
    ("low", "high", "exact"), [(60_000, 78_000, 684.1), (56_000, 98_000, 740.8), (500, 1000, 7.07)]
)
def test_v1_before_rounding(low, high, exact):
    assert exact_percent(low, high) == pytest.approx(exact, abs=0.05)
    assert one(low, high)["exact"] == exact_percent(low, high)


@pytest.mark.parametrize(
    ("low", "high", "fewest"), [(10_000, 10_000, 25), (500_000, 1_000_000, 1_768), (32_000, 32_000, 80), (100, 100, 1)]
)
def test_the_quarter_is_of_one_percent_before_rounding(low, high, fewest):
    assert quarter(exact_percent(low, high)) == one(low, high)["quarter"] == fewest


def test_v2_157_curlews_are_a_quarter_and_no_whole_and_so_are_3500_teal():
    curlew, teal = one(32_000, 32_000), one(500_000, 1_000_000)
    assert curlew["quarter"] == 80 <= 157 < curlew["onePercent"] == 320
    assert teal["quarter"] == 1_768 <= 3_500 < teal["onePercent"] == 7_100


@pytest.mark.parametrize(
    ("birds", "low", "high", "whole", "staging"),
    [
        (10_000, 19_300, 19_300, True, True),  # Hooded Crane, Cheonsu
        (400, 11_600, 11_600, True, True),
        (56_300, 231_000, 283_000, True, True),  # White-fronted Goose, Sanhuanpao
        (2_500, 56_000, 98_000, True, True),  # Swan Goose, Dalai
        (20_000, 157_000, 194_000, True, True),  # bean geese, Hwaseong
        (17_510, 1_500_000, 1_500_000, True, True),  # Mallard
        (3_500, 500_000, 1_000_000, False, True),  # Baikal Teal
        (1_234, 32_000, 32_000, True, True),  # Far Eastern Curlew
        (157, 32_000, 32_000, False, True),  # and at Yeonsu
        (500, 14_400, 14_400, True, True),  # Saunders's Gull
        (100, 14_400, 14_400, False, True),  # 100 of them: not of one estimate,
        (100, 7_100, 9_600, True, True),  # and of the other
    ],
)
def test_v2_counts_against_the_level(birds, low, high, whole, staging):
    row = one(low, high)
    assert (birds >= row["onePercent"], birds >= row["quarter"]) == (whole, staging)


def test_published_wins_and_a_difference_is_said():
    same, other = one(500_000, 1_000_000, onePercent=7_100), one(425_000, 425_000, onePercent=4_250)
    assert (same["basis"], same["said"], same["quarter"]) == ("published", "", 1_768)
    assert (other["onePercent"], other["computed"], other["said"]) == (4_250, 4_300, "threshold-differs")
    assert other["quarter"] == 1_063  # a quarter of what the experts set
    assert one(10_000, 10_000, onePercent=100)["quarter"] == 25
    alone = one(None, None, onePercent=30)
    assert (alone["quarter"], alone["reason"]) == (8, "")


@pytest.mark.parametrize(
    ("cells", "percent", "rule"),
    [
        ({"minimum": 5_000_000, "maximum": 9_000_000, "edition": "WPE4"}, 20_000, "capped"),
        ({"minimum": 1_999_000, "maximum": 1_999_000, "edition": "WPE4"}, 20_000, "arithmetic"),
        ({"minimum": 5_000_000, "maximum": 9_000_000}, 67_100, "geometric"),
        ({"minimum": 1_000_000, "maximum": 1_000_001}, 20_000, "million"),
        ({"minimum": 1_000_000, "edition": "census 2020"}, 10_000, "minimumOnly"),
        ({"minimum": 60_000, "maximum": 78_000, "meanRule": "arithmetic"}, 690, "arithmetic"),
        ({"minimum": 60_000, "maximum": 78_000, "meanRule": "geometric", "edition": "WPE4"}, 680, "geometric"),
        ({"minimum": 1_940, "maximum": 1_940, "unit": "pairs"}, 60, "geometric"),
        ({"minimum": 1_000, "maximum": 1_000, "unit": "matureIndividuals"}, 15, "geometric"),
        ({"minimum": 14_400, "maximum": 14_401}, 140, "minimumOnly"),
        ({"maximum": 1_000}, 10, "maximumOnly"),
        ({"minimum": 30, "maximum": 30}, 1, "geometric"),
    ],
)
def test_the_rule_of_an_edition_and_of_one_bound(cells, percent, rule):
    row = thresholds(estimates(cells)).row(0, named=True)
    assert (row["onePercent"], row["rule"], row["reason"]) == (percent, rule, "")


@pytest.mark.parametrize(
    ("cells", "reason", "basis"),
    [
        ({}, "threshold-size-unknown", "computed"),
        ({"minimum": 0, "maximum": 500}, "threshold-estimate-zero", "computed"),
        ({"minimum": 6_000, "maximum": 7_000, "evidence": "recalled"}, "threshold-recalled", "recalled"),
        ({"onePercent": 65, "evidence": "recalled"}, "threshold-recalled", "recalled"),
        ({"onePercent": 65, "evidence": "computed"}, "", "computed"),
    ],
)
def test_what_decides_nothing_says_why(cells, reason, basis):
    row = thresholds(estimates(cells)).row(0, named=True)
    assert (row["reason"], row["basis"]) == (reason, basis)
    assert (row["onePercent"] is None) == (reason in ("threshold-size-unknown", "threshold-estimate-zero"))


def test_nothing_from_nothing_and_misuse():
    assert thresholds(estimates()).schema == THRESHOLDS
    with pytest.raises(MisuseError):
        birds(3, "nests")
    with pytest.raises(MisuseError):
        exact_percent(7_000, 6_000)


@settings(max_examples=60)
@given(st.integers(1, 10**8), st.integers(0, 10**8), st.sampled_from(["geometric", "arithmetic"]))
def test_columns_and_numbers_agree_and_a_larger_population_has_no_smaller_threshold(low, more, rule):
    row = one(low, low + more, meanRule=rule)
    if row["rule"] == rule:
        assert row["onePercent"] == one_percent(low, low + more, rule)
        assert row["quarter"] == quarter(exact_percent(low, low + more, rule))
        assert rounded(exact_percent(low, low + more, rule)) <= rounded(exact_percent(low, low + more + 1, rule))
    assert one_percent(low, low + more) <= one_percent(low, low + more, "arithmetic")


@pytest.mark.parametrize(
    ("edition", "rule"),
    [
        ("WPE-4", "arithmetic"),
        ("WPE 4 (2006)", "arithmetic"),
        ("Waterbird Population Estimates 4", "arithmetic"),
        ("Waterbird Population Estimates - Fourth Edition", "arithmetic"),
        ("wpe 2006", "arithmetic"),
        ("WPE5 2012", "geometric"),
        ("Waterbird Population Estimates, 5th edition", "geometric"),
        ("Jia et al. 2016", "geometric"),
    ],
)
def test_an_edition_is_known_however_it_is_spelt(edition, rule):
    made = one(60_000, 78_000, edition=edition)
    assert (made["rule"], made["onePercent"], made["reason"]) == (rule, {"geometric": 680, "arithmetic": 690}[rule], "")


@pytest.mark.parametrize("edition", ["WPE4/WPE5", "WPE 4-5", "WPE5, CSR1", "WPE"])
def test_a_name_of_two_editions_or_of_none_has_no_threshold(edition):
    made = one(60_000, 78_000, edition=edition, onePercent=680)
    assert (made["onePercent"], made["quarter"], made["reason"]) == (None, None, "threshold-edition-unclear")
    assert thresholds(estimates()).is_empty() and one(60, 78, edition=None)["rule"] == "geometric"
