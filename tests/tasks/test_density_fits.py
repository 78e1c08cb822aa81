"""Fits of several models, how far their mask reaches, and N by buffer."""

from dataclasses import replace

import numpy as np
import pytest

from tumen.errors import MisuseError
from tumen.population.scr.mask import Wanted, mask
from tumen.population.scr.model import Model, model
from tumen.population.scr.survey import Captures, Detectors, Session
from tumen.tasks.density_fits import bias, by_buffer, fits_of, refuse_unlike, widest


def survey(buffer: float, detectors: int = 5) -> Session:
    """Animals on a grid of detectors 100 m apart, seen at neighbours."""
    xy = np.array([(100.0 * i, 100.0 * j) for i in range(detectors) for j in range(detectors)])
    names = tuple(f"T{k}" for k in range(len(xy)))
    cells, _ = mask(xy, names, wanted=Wanted(spacing=30.0, buffer=buffer))
    seen = [(0, 0, 0), (0, 1, 1), (1, 0, 6), (1, 2, 7), (1, 3, 6), (2, 1, 12), (2, 3, 17), (3, 0, 24), (4, 2, 20)]
    animal, occasion, detector = (np.array(column, dtype=np.int64) for column in zip(*seen, strict=True))
    captures = Captures(animal, occasion, detector, np.ones(len(seen), np.int64))
    stood = Detectors(names, xy, np.ones((len(xy), 4)), "proximity")
    return Session("one", stood, tuple("abcde"), captures, cells)


@pytest.fixture(scope="module")
def fitted():
    fits, found = fits_of([survey(400.0)], [Model()], "mice")
    assert found.is_empty()
    return fits[0]


def test_bias_falls_with_the_reach_and_ends_at_nothing(fitted):
    values = [bias(fitted, [reach]) for reach in (50.0, 100.0, 200.0, 400.0)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.05
    assert values[-1] < 1e-3
    assert all(np.isfinite(values))


def test_the_worst_session_counts():
    sessions = [survey(400.0), replace(survey(400.0), name="two")]
    fits, _ = fits_of(sessions, [Model()], "mice")
    assert bias(fits[0], [400.0, 50.0]) == pytest.approx(bias(fits[0], [50.0, 50.0]))


def test_the_widest_sigma_is_that_of_those_that_range_farthest(fitted):
    assert widest(fitted) == pytest.approx(float(np.exp(fitted.beta[2])))


def test_n_grows_with_the_ground_and_density_settles(fitted):
    rows = by_buffer(fitted, 400.0)
    assert rows["buffer"].to_list() == [200.0, 250.0, 300.0, 350.0, 400.0]
    assert rows["areaKm2"].is_sorted()
    assert rows["abundance"].is_sorted()
    assert rows["density"][-2] == pytest.approx(rows["density"][-1], rel=1e-3)


def test_a_model_that_cannot_be_fitted_is_a_finding_and_the_others_stand():
    fits, found = fits_of([survey(400.0)], [Model(density="elevation"), Model()], "mice")
    assert [each.model for each in fits] == [Model()]
    assert found.filter(code="scr-no-fit")["value"].to_list() == ["mice"]


def test_models_that_cannot_be_compared_are_refused():
    refuse_unlike([model("HN: D ~ 1"), model("EX: D ~ 1")])
    with pytest.raises(MisuseError, match="one likelihood"):
        refuse_unlike([model("HN: D ~ 1"), model("HN: g0 ~ 1, conditional")])
    with pytest.raises(MisuseError, match="one likelihood"):
        refuse_unlike([model("HN: D ~ 1"), model("HN: D ~ 1, classes by sex")])
