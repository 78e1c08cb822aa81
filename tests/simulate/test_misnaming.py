"""Events with names that are partly wrong."""

from math import inf

import numpy as np
import pytest

from tumen.simulate.misnaming import errors_of_observer, named

ANIMAL = np.repeat(np.arange(20), 5)


def test_an_observer_without_errors_names_every_event_by_its_animal():
    events = named(ANIMAL, np.zeros(3), np.random.default_rng(1))
    assert (events["animal"] == events["individualID"]).all()


def test_an_observer_who_only_excludes_names_nothing():
    assert named(ANIMAL, np.array([0.0, 0.0, 1.0]), np.random.default_rng(1))["individualID"].null_count() == 100


def test_an_animal_whose_events_are_all_split_off_keeps_its_name_at_one_of_them():
    names = named(ANIMAL, np.array([1.0, 0.0, 0.0]), np.random.default_rng(1))["individualID"]
    assert names.n_unique() == 100
    assert names.str.starts_with("ghost").sum() == 80


def test_a_wrong_name_is_that_of_another_animal_of_the_survey():
    events = named(ANIMAL, np.array([0.0, 1.0, 0.0]), np.random.default_rng(1))
    assert (events["animal"] != events["individualID"]).all()
    assert set(events["individualID"]) <= set(events["animal"])


def test_observers_differ_around_their_mean():
    rng = np.random.default_rng(1)
    rates = np.array([errors_of_observer(0.125, 60.0, (0.8, 0.12, 0.08), rng).sum() for _ in range(2000)])
    assert rates.mean() == pytest.approx(0.125, abs=0.004)
    assert rates.std() == pytest.approx((0.125 * 0.875 / 61) ** 0.5, abs=0.004)
    assert errors_of_observer(0.125, inf, (1.0, 0.0, 0.0), rng)[0] == 0.125
