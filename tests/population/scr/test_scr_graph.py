"""A survey is compiled to few sums; captures that cannot have happened are refused."""

from dataclasses import replace

import numpy as np
import pytest
from tests.population.scr.scr_tiny import caught, survey, world

from tumen.errors import MisuseError
from tumen.population.scr.graph import compiled
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Captures, Session


def test_a_survey_without_effects_has_one_exposure_for_all_animals():
    found = compiled(survey(), Model(), ())
    assert len(found.profiles) == 1
    assert len(found.row_detector) == 9
    assert found.unseen.tolist() == [[0]]


def test_a_learned_response_has_one_exposure_for_each_first_occasion():
    session = survey(seed=1)
    first = {int(session.captures.occasion[session.captures.animal == i].min()) for i in range(len(session.animals))}
    found = compiled(session, Model(detect="b"), ())
    # Never learnt; one occasion naive and one learnt; one for each first occasion but the last.
    assert len(found.profiles) == 3 + len(first - {4})
    assert len(found.row_detector) == 18


def test_terms_of_equal_captures_are_made_once():
    session = caught([(0, 0, 4), (0, 1, 4), (0, 2, 4), (1, 0, 4)])
    found = compiled(session, Model(), ())
    assert len(found.term_source) == 1
    assert found.animals.weight.tolist() == [-1.0, 3.0, -1.0, 1.0]


def test_an_animal_of_unknown_class_has_a_row_in_each():
    found = compiled(world(), Model(detect="sex", hybrid="sex"), ("F", "M"))
    assert found.row_animal.tolist() == [0, 1, 2, 2, 3, 4]
    assert found.row_class.tolist() == [0, 1, 0, 1, 1, 0]


def test_a_session_that_does_not_name_the_classes_knows_none():
    session = replace(world(), covariates={})
    assert compiled(session, Model(hybrid="sex"), ("F", "M")).row_class.tolist() == [0, 1] * 5


@pytest.mark.parametrize(
    ("kind", "usage", "count", "constant"),
    [
        ("proximity", 2.0, 1, 0.0),
        ("multi", 2.0, 1, np.log(2.0)),
        ("count", 2.0, 3, np.log(2.0**3 / 6)),
        ("binomial", 4.0, 3, np.log(4.0)),
    ],
)
def test_what_holds_no_parameter_is_a_constant(kind, usage, count, constant):
    session = caught([(0, 0, 4)], kind)
    session = replace(
        session,
        detectors=replace(session.detectors, usage=np.full((9, 5), usage)),
        captures=replace(session.captures, count=np.array([count])),
    )
    assert compiled(session, Model(), ()).constant == pytest.approx(constant)


def refused(session: Session) -> MisuseError:
    with pytest.raises(MisuseError) as error:
        compiled(session, Model(), ())
    return error.value


def test_a_capture_where_nothing_worked_is_refused():
    session = caught([(0, 0, 4), (0, 1, 5)])
    usage = np.ones((9, 5))
    usage[5, 1] = 0
    error = refused(replace(session, detectors=replace(session.detectors, usage=usage)))
    assert str(error.needed) == "captures at detectors that worked"
    assert str(error.found) == "a0 at d5 in occasion 2, 1 times; usage 0"
    assert str(error.cure) == "Correct the usage, or leave the capture out and say so."


@pytest.mark.parametrize(
    ("kind", "count"), [("proximity", 2), ("multi", 2), ("binomial", 2), ("count", 0), ("proximity", 0)]
)
def test_a_count_that_cannot_be_is_refused(kind, count):
    session = caught([(0, 0, 4)], kind)
    error = refused(replace(session, captures=replace(session.captures, count=np.array([count]))))
    assert str(error.found) == f"a0 at d4 in occasion 1, {count} times; usage 1"
    assert "count of 1 or more" in str(error.needed)


def test_an_animal_held_in_two_traps_at_once_is_refused():
    error = refused(caught([(0, 0, 4), (0, 0, 5)], "multi"))
    assert str(error.found) == "a0 at d5 in occasion 1, 1 times; usage 1"
    assert compiled(caught([(0, 0, 4), (0, 0, 5)], "proximity"), Model(), ()).constant == 0.0


def test_the_same_capture_in_two_rows_is_refused():
    assert "one row for each detector" in str(refused(caught([(0, 0, 4), (0, 0, 4)], "count")).needed)


def test_a_capture_after_removal_is_refused():
    session = caught([(0, 0, 4), (0, 3, 4)])
    assert str(refused(replace(session, last=np.array([2]))).needed) == "no capture of an animal after its removal"
    assert len(compiled(replace(session, last=np.array([3])), Model(), ()).animals) == 1


def test_an_animal_that_was_never_caught_is_refused():
    session = caught([(0, 0, 4)])
    error = refused(replace(session, animals=("a0", "ghost")))
    assert str(error.found) == "ghost without a capture"


def test_both_learned_responses_at_once_are_refused():
    with pytest.raises(MisuseError) as error:
        compiled(caught([(0, 0, 4)]), Model(detect="b", sigma="bk"), ())
    assert str(error.value.found) == "both b and bk"


def test_a_session_without_animals_is_compiled():
    none = Captures(*(np.zeros(0, np.int64) for _ in range(4)))
    found = compiled(replace(caught([]), captures=none), Model(detect="bk"), ())
    assert (len(found.animals), found.constant) == (0, 0.0)
