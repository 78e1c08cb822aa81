"""Published shares and their intervals, and the law they follow."""

from math import isnan, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from tumen.errors import MisuseError
from tumen.measure.intervals import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (19, 45, 29.0, 56.7),  # leopards known on both sides
        (15, 89, 10.5, 26.0),
        (3, 40, 2.6, 19.9),
        (15, 71, 13.2, 32.0),
        (25, 101, 17.4, 34.0),
        (126, 464, 23.3, 31.4),
    ],
)
def test_published_intervals(successes: int, trials: int, low: float, high: float) -> None:
    assert tuple(round(100 * bound, 1) for bound in wilson(successes, trials)) == (low, high)


def test_no_trials_say_nothing() -> None:
    assert all(isnan(bound) for bound in wilson(0, 0))


def test_none_and_all_end_exactly_at_0_and_1() -> None:
    assert wilson(0, 7)[0] == 0.0
    assert wilson(7, 7)[1] == 1.0


@pytest.mark.parametrize(("successes", "trials", "level"), [(5, 4, 0.95), (-1, 4, 0.95), (1, 4, 1.0), (1, 4, 95)])
def test_nonsense_is_refused(successes: int, trials: int, level: float) -> None:
    with pytest.raises(MisuseError, match="between 0 and"):
        wilson(successes, trials, level)


@given(st.integers(1, 500), st.data())
def test_bounds_solve_the_score_equation(trials: int, data: st.DataObject) -> None:
    """The slow twin: the bounds are the shares from which the observed one is 1.96 standard errors away."""
    successes = data.draw(st.integers(0, trials))
    observed = successes / trials

    def score(share: float) -> float:
        return (observed - share) ** 2 - 1.959963984540054**2 * share * (1 - share) / trials

    low, high = wilson(successes, trials)
    assert low <= observed <= high
    if 0 < successes < trials:
        assert low == pytest.approx(brentq(score, 0.0, observed), abs=1e-9)
        assert high == pytest.approx(brentq(score, observed, 1.0), abs=1e-9)


def test_more_trials_make_it_narrower() -> None:
    widths = [high - low for low, high in (wilson(n, 2 * n) for n in (5, 50, 500, 5000))]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == pytest.approx(2 * 1.96 * sqrt(0.25 / 10_000), rel=1e-3)
