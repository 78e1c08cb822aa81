"""Few states, however long the survey: patterns, their columns, and effort by pattern."""

from dataclasses import replace

import numpy as np
import pytest
from tests.population.scr.scr_tiny import world

from tumen.errors import MisuseError
from tumen.population.scr.model import Model
from tumen.population.scr.states import classes, columns, levels, patterns, placed
from tumen.population.scr.survey import Captures, Detectors, Session


def states(session: Session, model: Model) -> dict[str, list]:
    found = columns(session, model, patterns(session, model), levels([session], model))
    return {name: values.tolist() for name, values in found.items()}


def long_survey(nights: int) -> Session:
    base = world(animals=2)
    usage = np.ones((5, nights))
    detectors = replace(base.detectors, usage=usage, covariates={"road": base.detectors.covariates["road"]})
    return replace(base, detectors=detectors)


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (Model(), 1),
        (Model(detect="b"), 2),
        (Model(detect="bk", sigma="bk"), 2),
        (Model(detect="road"), 2),
        (Model(detect="road * b"), 4),
        (Model(detect="h2", classes=2), 2),
        (Model(detect="sex + b", hybrid="sex"), 4),
    ],
)
def test_sixty_nights_are_as_few_states_as_the_model_tells_apart(model: Model, count: int):
    assert patterns(long_survey(60), model).count == count


def test_an_effect_of_time_has_a_state_for_each_occasion():
    session = long_survey(6)
    assert patterns(session, Model(detect="t")).places == 6
    found = states(session, Model(detect="T"))
    assert found["T"] == [0, 1, 2, 3, 4, 5]
    assert found["t"] == ["1", "2", "3", "4", "5", "6"]


def test_the_columns_of_states_name_what_differs():
    found = states(world(), Model(detect="sex * b", hybrid="sex"))
    assert found["b"] == [0, 0, 1, 1]
    assert found["sex"] == ["F", "M", "F", "M"]
    assert found["session"] == ["one"] * 4
    assert found["year"] == [1.0] * 4
    assert states(world(), Model(detect="h2", classes=2))["h2"] == [0, 1]


def test_each_place_has_the_covariates_of_its_detector_and_occasion():
    session = world(seed=3)
    model = Model(detect="road + snow")
    found, values = patterns(session, model), states(session, model)
    covariates = session.detectors.covariates
    for k in range(5):
        for s in range(4):
            assert values["road"][found.place[k, s]] == covariates["road"][k]
            assert values["snow"][found.place[k, s]] == covariates["snow"][k, s]


def test_animals_of_equal_covariates_share_a_pattern():
    session, model = world(), Model(detect="age + origin", likelihood="conditional")
    found, values = patterns(session, model), states(session, model)
    assert found.animals == 4
    assert [values["age"][p] for p in found.animal] == [1, 3, 2, 1, 3]
    assert [values["origin"][p] for p in found.animal] == ["born", "came", "came", "born", "born"]


def test_a_full_likelihood_has_no_place_for_covariates_of_animals():
    with pytest.raises(MisuseError) as error:
        patterns(world(), Model(detect="age"))
    assert str(error.value.found) == "a full likelihood"
    assert "conditional" in str(error.value.cure)


def test_the_classes_are_two_values():
    assert classes([world()], Model(hybrid="sex")) == ("F", "M")
    assert classes([world()], Model(classes=2)) == ("1", "2")
    assert classes([world()], Model()) == ()


@pytest.mark.parametrize(
    ("values", "found"), [(["F"] * 5, "1: F"), ([None] * 5, "0: -"), (["F", "M", "X", None, "F"], "3: F, M, X")]
)
def test_other_than_two_classes_are_refused(values: list, found: str):
    session = replace(world(), covariates={"sex": np.array(values, dtype=object)})
    with pytest.raises(MisuseError) as error:
        classes([session], Model(hybrid="sex"))
    assert str(error.value.needed) == "two values of sex among the animals"
    assert str(error.value.found) == found


def test_classes_are_words():
    session = replace(world(), covariates={"sex": np.array([0.0, 1.0, np.nan, 0.0, 1.0])})
    with pytest.raises(MisuseError) as error:
        classes([session], Model(hybrid="sex"))
    assert str(error.value.found) == "numbers"


def test_levels_are_those_of_all_sessions():
    one, two = world(seed=1), world(seed=2, name="two")
    two = replace(two, covariates={"origin": np.array(["lost"] * 5, dtype=object)})
    found = levels([two, one], Model())
    assert found["session"] == ("two", "one")
    assert found["t"] == ("1", "2", "3", "4")
    assert found["origin"] == ("born", "came", "lost")


def test_effort_is_kept_by_detector_pattern_and_occasion():
    usage = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 0.0], [3.0, 3.0, 0.5]])
    base = world(animals=1)
    detectors = type(base.detectors)(("a", "b", "c"), np.zeros((3, 2)), usage, "proximity")
    found = patterns(replace(base, detectors=detectors, captures=type(base.captures)(*[np.zeros(1, int)] * 4)), Model())
    detector, place, effort = placed(found, usage)
    assert detector.tolist() == [0, 2]
    assert place.tolist() == [0, 0]
    assert effort.tolist() == [[1.0, 0.0, 2.0], [3.0, 3.0, 0.5]]


def test_a_session_without_detectors_is_refused_in_words():
    nowhere = Detectors((), np.zeros((0, 2)), np.zeros((0, 4)), "proximity")
    session = world(detectors=nowhere, animals=0, captures=Captures(*np.zeros((4, 0), np.int64)))
    with pytest.raises(MisuseError, match="detectors in session one; found none"):
        patterns(session, Model())
    with pytest.raises(MisuseError, match="detectors in session one; found none"):
        columns(session, Model(), patterns(world(), Model()), levels([world()], Model()))
