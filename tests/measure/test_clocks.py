"""Drift between two clocks: simulated with known drift, and against a slow obvious twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.measure.clocks import WINDOW, Drift, _pairs, drift

DAY = 86_400.0


def same(n):
    return np.zeros(n, dtype=np.int64)


def passages(rng, n=40, days=90):
    """Animals that pass both cameras within seconds, at times drawn from `days` days."""
    first = np.sort(rng.uniform(0, days * DAY, n))
    return first, first + rng.normal(0, 5, n)


@pytest.mark.parametrize("offset", [-43_200.0, -3600.0, -300.0, 0.0, 90.0, 900.0, 25_200.0])
def test_a_constant_offset_is_found(offset):
    first, second = passages(np.random.default_rng(1))
    found = drift(first, second + offset, (same(40), same(40)))
    assert found is not None
    assert found.seconds == pytest.approx(offset, abs=5)
    assert found.per_day == 0


def test_a_clock_that_gains_every_day_is_found_with_its_slope():
    first, second = passages(np.random.default_rng(2))
    found = drift(first, second + 12.0 * first / DAY, (same(40), same(40)))
    assert found is not None
    assert found.per_day == pytest.approx(12, abs=0.3)
    assert found.seconds == pytest.approx(12 * np.median(first) / DAY, abs=15)


def test_half_the_animals_pass_only_one_camera():
    rng = np.random.default_rng(3)
    first, second = passages(rng)
    strays = np.sort(np.concatenate((second + 300, rng.uniform(0, 90 * DAY, 40))))
    found = drift(first, strays, (same(40), same(80)))
    assert found is not None
    assert found.seconds == pytest.approx(300, abs=5)


def test_cameras_that_saw_different_animals_agree_on_nothing():
    told = [
        drift(np.sort(rng.uniform(0, 30 * DAY, 200)), np.sort(rng.uniform(0, 30 * DAY, 200)), (same(200), same(200)))
        for rng in map(np.random.default_rng, range(20))
    ]
    assert told == [None] * 20


def test_only_like_is_paired():
    first = np.arange(6) * DAY
    assert drift(first, first + 300, (np.zeros(6, int), np.ones(6, int))) is None
    assert drift(first, first + 300, (same(6), same(6))) == Drift(300.0, 0.0, 6)


def test_four_pairs_say_nothing():
    first = np.arange(4) * DAY
    assert drift(first, first + 300, (same(4), same(4))) is None


def test_no_events_say_nothing():
    assert drift(np.empty(0), np.empty(0), (same(0), same(0))) is None


def slow_pairs(first, second):
    """Every pair of events each of which is the nearest of the other, the earlier of two equally near."""
    first, second = sorted(set(first)), sorted(set(second))
    found = []
    for mine in first:
        theirs = min(second, key=lambda other: (abs(other - mine), other))
        back = min(first, key=lambda other: (abs(other - theirs), other))
        if back == mine and abs(theirs - mine) <= WINDOW:
            found.append((mine, theirs - mine))
    return found


times = st.lists(st.integers(0, 40_000).map(float), min_size=1, max_size=15)


@given(times, times)
def test_the_pairs_are_those_of_the_slow_twin(first, second):
    at, apart = _pairs(np.unique(first), np.unique(second))
    assert list(zip(at.tolist(), apart.tolist(), strict=True)) == slow_pairs(first, second)
