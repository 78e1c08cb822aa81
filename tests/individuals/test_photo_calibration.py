import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.individuals.photo_calibration import CURVE, calibrate, fuse, growth
from tumen.measure.intervals import wilson


def drawn(rng: np.random.Generator, pairs: int) -> tuple[list[float], list[bool]]:
    """Known pairs whose true probability is the logistic function of the score less five."""
    scores = rng.uniform(0, 10, pairs)
    return scores.tolist(), (rng.random(pairs) < 1 / (1 + np.exp(5 - scores))).tolist()


def test_a_curve_gives_the_shares_it_was_drawn_from() -> None:
    found = calibrate(*drawn(np.random.default_rng(1), 4000))
    asked = [1.0, 3.0, 5.0, 7.0, 9.0]
    expected = [1 / (1 + np.exp(5 - score)) for score in asked]
    assert np.allclose(found.probability(pl.Series(asked)), expected, atol=0.08)
    assert not found.refused
    assert found.same + found.different == 4000


@given(seed=st.integers(0, 2**16), pairs=st.integers(80, 300))
@settings(max_examples=25)
def test_a_higher_score_is_never_less_probable(seed: int, pairs: int) -> None:
    scores, same = drawn(np.random.default_rng(seed), pairs)
    found = calibrate(np.round(scores).tolist(), same)
    if found.refused:
        return
    chances = found.probability(pl.Series(np.linspace(-1, 12, 60)))
    assert (chances.diff().drop_nulls() >= 0).all()
    assert ((chances > 0) & (chances < 1)).all()


def test_the_curve_shows_its_counts_and_intervals() -> None:
    found = calibrate([0.0] * 60 + [30.0] * 20, [False] * 60 + [True] * 20)
    assert dict(found.curve.schema) == CURVE
    assert found.curve.select("low", "high", "pairs", "same").rows() == [(0, 0, 60, 0), (30, 30, 20, 20)]
    assert found.curve.select("shareLow", "shareHigh").row(1) == wilson(20, 20)
    assert found.curve["probability"].to_list() == pytest.approx([0.5 / 61, 20.5 / 21])
    assert found.curve["pairs"].sum() == 80 and found.curve["same"].sum() == 20


@pytest.mark.parametrize(("same", "different"), [(9, 100), (100, 49), (0, 0)])
def test_too_few_known_pairs_give_no_probability(same: int, different: int) -> None:
    scores = [float(n % 7) for n in range(same + different)]
    found = calibrate(scores, [True] * same + [False] * different)
    assert found.refused and found.curve.is_empty()
    assert (found.same, found.different) == (same, different)
    assert found.probability(pl.Series([5.0])).to_list() == [None]


def test_equal_scores_are_one_bin() -> None:
    found = calibrate([1.0] * 100, [True] * 30 + [False] * 70)
    assert found.curve.height == 1
    assert found.probability(pl.Series([0.0, None, 9.0])).to_list() == pytest.approx([0.3, None, 0.3])


def test_a_score_that_is_no_number_is_misuse() -> None:
    with pytest.raises(MisuseError, match="one finite score"):
        calibrate([1.0, float("nan")], [True, False])


def test_the_best_of_many_comparisons_counts_less_than_the_best_of_few() -> None:
    rng = np.random.default_rng(3)
    same = np.arange(400) % 4 == 0
    found = calibrate(rng.exponential(2, 400) + 8 * same, same, growth=2.0)
    scores, comparisons = pl.Series([12.0] * 3), pl.Series([1, 10, 1000])
    chances = found.probability(scores, comparisons).to_list()
    assert chances[0] > chances[1] > chances[2]
    assert chances[0] == found.probability(scores)[0]


def test_growth_is_what_the_best_of_many_gains() -> None:
    """The best of 300 drawn from an exponential of scale 4 is on average 4 ln(300/3) above the best of 3."""
    rng = np.random.default_rng(4)
    rate = growth(rng.exponential(4, 20_000), 2_000)
    few, many = (rng.exponential(4, (2000, count)).max(axis=1).mean() for count in (3, 300))
    assert rate * np.log(100) == pytest.approx(many - few, rel=0.1)
    assert growth([], 5) == growth([7.0], 5) == growth([3.0] * 9, 5) == 0.0


def test_a_few_scores_far_above_all_do_not_flatten_the_curve() -> None:
    rng = np.random.default_rng(5)
    scores = np.concatenate([rng.exponential(1, 200), rng.uniform(8, 20, 40), [5e4, 9e4]])
    found = calibrate(scores, (np.arange(242) >= 200).tolist(), growth=1.0)
    low, high = found.probability(pl.Series([1.0, 9.0]))
    assert low < 0.05 and high > 0.9


def test_certainty_is_bounded_by_the_number_of_known_pairs() -> None:
    found = calibrate([0.0] * 50 + [90.0] * 10, [False] * 50 + [True] * 10)
    assert found.probability(pl.Series([-9.0, 999.0])).to_list() == pytest.approx([0.5 / 51, 1 - 0.5 / 11])


def test_fusion_gives_a_worthless_backend_no_weight_and_a_good_one_more() -> None:
    rng = np.random.default_rng(1)
    same = np.arange(600) % 5 == 0
    good, noise = same * 2.0 + rng.standard_normal(600), rng.standard_normal(600)
    fusion = fuse(np.column_stack([good, noise, -good]), same.tolist())
    assert fusion is not None
    assert fusion.weights[0] > 10 * fusion.weights[1]
    assert fusion.weights[2] == 0
    joint = fusion.score(np.column_stack([good, noise, -good]))
    assert np.corrcoef(joint, good)[0, 1] > 0.99


def test_fusion_of_two_half_good_backends_beats_each() -> None:
    rng = np.random.default_rng(2)
    same = np.arange(1000) % 5 == 0
    table = same[:, None] * 1.5 + rng.standard_normal((1000, 2))
    fusion = fuse(table, same.tolist())
    assert fusion is not None

    def area(score: np.ndarray) -> float:
        return float((score[same][:, None] > score[~same][None]).mean())

    assert area(fusion.score(table)) > max(area(table[:, 0]), area(table[:, 1])) + 0.03


def test_too_few_known_pairs_give_no_fusion() -> None:
    assert fuse([[1.0, 2.0]] * 20, [True] * 20) is None
