"""Sessions of an open population: what is put together, and what is refused."""

import numpy as np
import pytest

from tumen.errors import MisuseError
from tumen.population.scr.survey import Captures, Detectors, Mask, Session
from tumen.population.survival.open_data import CHANCE, COUNT, PATTERN, gather

MASK = Mask(np.array([[0.0, 0.0], [500.0, 0.0]]), np.full(2, 0.25), 500.0)
USAGE = np.array([[1.0, 1.0, 2.0], [1.0, 1.0, 0.0]])


def session(name, rows, kind="proximity", mask=MASK, usage=USAGE, **more):
    """Rows of (animal, occasion, detector, count)."""
    names = more.pop("animals", tuple(dict.fromkeys(row[0] for row in rows)))
    columns = np.array([[names.index(row[0]), *row[1:]] for row in rows], dtype=np.int64).reshape(-1, 4).T
    return Session(name, Detectors(("K1", "K2"), MASK.xy, usage, kind), names, Captures(*columns), mask, **more)


ONE = [("a", 0, 0, 1), ("b", 1, 1, 1)]
TWO = [("b", 0, 0, 1), ("c", 2, 0, 1), ("c", 0, 0, 1), ("c", 1, 0, 1)]


def terms(year, row):
    part = slice(year.begin[row], year.begin[row + 1])
    return list(zip(*(getattr(year, n)[part].tolist() for n in ("term", "where", "unit", "times")), strict=True))


def test_one_name_is_one_animal():
    data = gather([session("Y1", ONE), session("Y2", TWO)])
    assert data.animals == ("a", "b", "c")
    assert data.row.tolist() == [[0, -1], [1, 0], [-1, 1]]
    assert data.first.tolist() == [0, 0, 1]
    assert data.last.tolist() == [0, 1, 1]
    assert data.intervals.tolist() == [1.0]


def test_a_named_animal_that_was_never_seen_is_not_in_the_data():
    data = gather([session("Y1", ONE, animals=("z", "a", "b"))])
    assert data.animals == ("a", "b")


def test_nights_of_one_usage_are_one_term():
    data = gather([session("Y2", TWO)])
    assert terms(data.years[0], 1) == [(CHANCE, 0, 1.0, 2.0), (CHANCE, 0, 2.0, 1.0)]
    assert data.years[0].usage.tolist() == [4.0, 2.0]


def test_counts_are_one_term_a_detector_and_their_factorials_stand_apart():
    data = gather([session("Y1", [("a", 0, 0, 3), ("a", 2, 0, 2)], "count")])
    assert terms(data.years[0], 0) == [(COUNT, 0, 1.0, 5.0)]
    assert data.constant[0, 0] == pytest.approx(-np.log(6) - np.log(2) + 2 * np.log(2))


def test_chances_that_were_taken():
    data = gather([session("Y1", [("a", 2, 0, 2)], "binomial", usage=USAGE * 2)])
    assert terms(data.years[0], 0) == [(CHANCE, 0, 1.0, 2.0)]
    assert data.constant[0, 0] == pytest.approx(np.log(6))


def test_traps_that_hold_one_animal_compete_by_the_usage_of_the_night():
    data = gather([session("Y2", TWO, "multi")])
    assert data.years[0].patterns.tolist() == [[1.0, 1.0], [2.0, 0.0]]
    assert terms(data.years[0], 1) == [(COUNT, 0, 1.0, 3.0), (PATTERN, 0, 1.0, 2.0), (PATTERN, 1, 1.0, 1.0)]
    assert data.constant[2 - 1, 0] == pytest.approx(np.log(2))


def test_sex_is_what_any_session_says():
    said = [
        session("Y1", ONE, covariates={"sex": np.array(["F", None], dtype=object)}),
        session("Y2", TWO, covariates={"sex": np.array(["M", None], dtype=object)}),
    ]
    assert gather(said).sex.tolist() == [0, 1, -1]


def test_values_that_every_session_has_and_that_are_numbers():
    sessions = [
        session("Y1", ONE, values={"year": 2013, "snow": 0.2}),
        session("Y2", TWO, values={"year": 2014, "who": "x"}),
    ]
    assert {name: values.tolist() for name, values in gather(sessions).values.items()} == {"year": [2013.0, 2014.0]}


OTHER = Mask(MASK.xy + 1, MASK.area, 500.0)
F_FIRST = {"sex": np.array(["F", "F"], dtype=object)}
M_THEN = {"sex": np.array(["M", "M"], dtype=object)}


@pytest.mark.parametrize(
    ("sessions", "intervals", "needed", "found"),
    [
        ([], None, "sessions", "none"),
        ([session("Y1", ONE), session("Y2", TWO)], [1, 2], "1 intervals above 0", "1, 2"),
        ([session("Y1", ONE), session("Y2", TWO)], [0], "1 intervals above 0", "0"),
        ([session("Y1", ONE), session("Y2", TWO, mask=OTHER)], None, "one mask", "another mask in session Y2"),
        ([session("Y1", ONE, animals=("a", "a", "b"))], None, "a name for each animal", "a twice in session Y1"),
        ([session("Y1", [("a", 2, 1, 1)])], None, "captures at detectors that worked", "1 where usage is 0"),
        ([session("Y1", [("a", 0, 0, 2)])], None, "captures as detectors of kind proximity", "in session Y1"),
        ([session("Y1", [("a", 0, 0, 1)] * 2)], None, "captures as detectors of kind proximity", "in session Y1"),
        ([session("Y1", [("a", 0, 0, 1), ("a", 0, 1, 1)], "multi")], None, "kind multi", "in session Y1"),
        ([session("Y1", [("a", 0, 0, 0)], "count")], None, "kind count", "in session Y1"),
        ([session("Y1", [("a", 0, 0, 3)], "binomial")], None, "no more successes", "more in session Y1"),
        ([session("Y1", ONE, covariates={"sex": np.array(["X", None], dtype=object)})], None, "one sex", "X for a"),
        (
            [session("Y1", ONE, covariates=F_FIRST), session("Y2", TWO, covariates=M_THEN)],
            None,
            "one sex",
            "M for b in session Y2",
        ),
    ],
)
def test_what_cannot_be_is_refused(sessions, intervals, needed, found):
    with pytest.raises(MisuseError) as error:
        gather(sessions, intervals)
    assert needed in error.value.needed
    assert found in error.value.found
