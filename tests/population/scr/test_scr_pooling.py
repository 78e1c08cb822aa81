"""Occasions made into fewer ones."""

import numpy as np
import pytest
from tests.population.scr.test_scr_problems import survey

from tumen.errors import MisuseError
from tumen.population.scr.pooling import pool_occasions

SEEN = [("a", 1, "A"), ("a", 2, "A"), ("a", 3, "B"), ("b", 2, "A")]


def rows(session):
    c = session.captures
    return list(zip(c.animal.tolist(), c.occasion.tolist(), c.detector.tolist(), c.count.tolist(), strict=True))


def test_two_days_become_one_occasion():
    made = pool_occasions(survey(SEEN, occasions=3), 2)
    assert rows(made) == [(0, 0, 0, 1), (0, 1, 1, 1), (1, 0, 0, 1)]
    assert made.detectors.usage.tolist() == [[2, 1], [2, 1]]
    assert made.detectors.kind == "proximity"


def test_seen_or_not_becomes_times_out_of_the_days():
    made = pool_occasions(survey(SEEN, occasions=3), 3, into="binomial")
    assert rows(made) == [(0, 0, 0, 2), (0, 0, 1, 1), (1, 0, 0, 1)]
    assert made.detectors.usage.tolist() == [[3], [3]]


def test_counts_are_summed():
    made = pool_occasions(survey(SEEN, occasions=3, kind="count"), 3)
    assert rows(made) == [(0, 0, 0, 2), (0, 0, 1, 1), (1, 0, 0, 1)]


def test_a_width_of_one_changes_nothing():
    one = survey(SEEN, occasions=3)
    assert rows(pool_occasions(one, 1)) == rows(one)
    assert np.array_equal(pool_occasions(one, 1).detectors.usage, one.detectors.usage)


@pytest.mark.parametrize(
    ("kind", "into", "width", "usage"),
    [
        ("multi", None, 2, 1.0),
        ("proximity", "count", 2, 1.0),
        ("count", "binomial", 2, 1.0),
        ("proximity", "binomial", 2, 0.5),
        ("proximity", None, 0, 1.0),
        ("proximity", "single", 2, 1.0),
    ],
)
def test_what_would_mean_something_else_is_refused(kind, into, width, usage):
    with pytest.raises(MisuseError):
        pool_occasions(survey(SEEN[:1], occasions=3, kind=kind, usage=usage), width, into=into)


def test_covariates_that_change_within_an_occasion_are_refused():
    steady = survey(SEEN, occasions=4, detector_values={"rain": np.array([[1.0, 1, 2, 2], [3, 3, 4, 4]])})
    assert pool_occasions(steady, 2).detectors.covariates["rain"].tolist() == [[1, 2], [3, 4]]
    with pytest.raises(MisuseError, match="does not change"):
        pool_occasions(steady, 3)


def test_an_animal_that_died_keeps_the_occasions():
    with pytest.raises(MisuseError, match="died"):
        pool_occasions(survey(SEEN, occasions=3, values={"removedAfter": np.array([3.0, np.nan])}), 3)
