"""How centres move: a kernel that stays inside the mask, against the plain matrix."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.population.survival.survival_open_twin import kernel

from tumen.errors import MisuseError
from tumen.population.scr.survey import Mask
from tumen.population.survival.open_kernel import Still, grid, normal

cells = st.lists(st.tuples(st.integers(-3, 4), st.integers(0, 5)), min_size=1, max_size=12, unique=True)


def mask_of(places, rng):
    return Mask(np.array(places, dtype=float) * 250 + 17, rng.uniform(0.02, 0.06, len(places)), 250.0)


@settings(deadline=None, max_examples=60)
@given(cells, st.floats(20, 5000), st.integers(0, 100))
def test_steps_are_those_of_the_plain_matrix(places, sigma, seed):
    rng = np.random.default_rng(seed)
    mask = mask_of(places, rng)
    move, plain = normal(grid(mask), mask.area, sigma), kernel(mask, sigma)
    mass, value = rng.random((2, len(mask))), rng.random((2, len(mask)))
    assert move.forward(mass) == pytest.approx(mass @ plain, rel=1e-9, abs=1e-12)
    assert move.backward(value) == pytest.approx(value @ plain.T, rel=1e-9, abs=1e-12)
    assert move.forward(mass).sum(axis=1) == pytest.approx(mass.sum(axis=1))
    assert move.backward(np.ones(len(mask))) == pytest.approx(np.ones(len(mask)))


@settings(deadline=None, max_examples=30)
@given(cells, st.floats(80, 3000), st.integers(0, 100))
def test_the_slope_by_sigma(places, sigma, seed):
    rng = np.random.default_rng(seed)
    mask = mask_of(places, rng)
    mass, value = rng.random((3, len(mask))), rng.random((3, len(mask)))

    def total(log):
        return (mass * normal(grid(mask), mask.area, np.exp(log)).backward(value)).sum(axis=1)

    log = np.log(sigma)
    differences = (total(log + 1e-5) - total(log - 1e-5)) / 2e-5
    assert normal(grid(mask), mask.area, sigma).slope(mass, value) == pytest.approx(differences, rel=1e-5, abs=1e-7)


def test_a_short_step_stays_where_it_is():
    mask = mask_of([(0, 0), (1, 0), (1, 1)], np.random.default_rng(0))
    mass = np.array([0.2, 0.5, 0.3])
    assert normal(grid(mask), mask.area, 5.0).forward(mass) == pytest.approx(mass)
    assert Still().forward(mass) is mass
    assert Still().slope(mass, mass) == 0


@pytest.mark.parametrize("xy", [[[0.0, 0.0], [130.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]])
def test_cells_off_the_grid_cannot_be_moved_between(xy):
    mask = Mask(np.array(xy), np.ones(2), 250.0)
    with pytest.raises(MisuseError) as error:
        grid(mask)
    assert error.value.needed == "a mask on a regular grid, for centres that move"
