"""Hazards that differ in height only share one shape: the same likelihood and gradient with far fewer rows."""

from dataclasses import replace

import numpy as np
import pytest
from tests.population.scr.scr_tiny import caught, point
from tests.population.scr.scr_twin import twin

from tumen.population.scr.design import Design, design
from tumen.population.scr.likelihood import log_likelihood, score
from tumen.population.scr.model import Model
from tumen.population.scr.shared_shape import NO_BUNDLES
from tumen.population.scr.survey import KINDS

SEEN = [(0, 0, 0), (0, 3, 1), (1, 2, 4), (1, 4, 5), (2, 1, 8)]
"""Three animals at nine detectors in five occasions; 40 of the 45 hazards are in sums only."""


def apart(whole: Design) -> Design:
    """The same design with a row for each hazard."""
    parts = tuple(replace(part, lean=part.graph, bundles=NO_BUNDLES) for part in whole.parts)
    return replace(whole, parts=parts)


def trending(form: str, detect: str = "T", **changes) -> Design:
    """A survey in which four hazards of a detector and more differ in height only."""
    rough = np.random.default_rng(4).normal(size=400)
    session = caught(SEEN, **changes)
    session = replace(session, mask=replace(session.mask, covariates={"rough": rough}))
    usage = session.detectors.usage.copy()
    usage[2] *= 2.0
    return design([replace(session, detectors=replace(session.detectors, usage=usage))], Model(form, detect=detect))


@pytest.mark.parametrize("form", ["HN", "HHN", "EX", "HEX"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "multi"])
@pytest.mark.parametrize("detect", ["T", "t"])
def test_shared_shapes_give_the_numbers_of_the_slow_twin(form, kind, detect):
    whole = trending(form, detect, kind=kind)
    beta = point(whole.names)
    [part] = whole.parts
    assert (len(part.graph.row_detector), len(part.lean.row_detector), part.bundles.rows) == (45, 5, 1)
    sessions = [part.session]
    expected = twin(sessions, whole.model, whole.names, beta)
    assert log_likelihood(whole, beta) == pytest.approx(expected, rel=1e-9)
    value, gradient = score(whole, beta)
    plain, slope = score(apart(whole), beta)
    assert value == pytest.approx(plain, rel=1e-12)
    np.testing.assert_allclose(gradient, slope, rtol=1e-9, atol=1e-11)


def test_shapes_that_depend_on_the_occasion_are_not_shared():
    whole = design([caught(SEEN)], Model(detect="T", sigma="T"))
    assert whole.parts[0].bundles is NO_BUNDLES
    assert whole.parts[0].lean is whole.parts[0].graph


def test_forms_without_a_height_apart_from_their_shape_are_not_shared():
    assert trending("HR").parts[0].bundles is NO_BUNDLES


def test_nothing_is_shared_where_every_hazard_is_needed_by_itself():
    assert design([caught(SEEN, kind="multi")], Model(detect="t")).parts[0].bundles is NO_BUNDLES


def test_the_gradient_by_the_cost_of_movement_passes_through_shared_shapes():
    session = trending("HN").parts[0].session
    whole = design([session], Model(detect="T", movement="rough"))
    assert whole.parts[0].bundles.rows == 1
    beta = np.array([1.2, -1.0, 0.1, np.log(900.0), 0.3])
    np.testing.assert_allclose(score(whole, beta)[1], score(apart(whole), beta)[1], rtol=1e-9, atol=1e-11)
