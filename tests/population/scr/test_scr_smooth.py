"""How does density change over the ground?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.population.scr.smooth import TERMS, smooth, trend


def ground(seed=0, count=400):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, [30_000, 18_000], (count, 2)) + np.array([5e5, 4.7e6])


def fitted(columns, values):
    """Return what a regression on an intercept and the columns says."""
    design = np.column_stack((np.ones(len(columns)), columns))
    return design @ np.linalg.lstsq(design, values, rcond=None)[0]


def test_terms_are_of_standardised_coordinates():
    xy = np.array([[0.0, 10.0], [2.0, 10.0], [4.0, 40.0]])
    columns = trend(xy).columns(xy)
    assert columns[:, 0].tolist() == [-1.0, 0.0, 1.0]
    assert columns[:, 1] == pytest.approx((xy[:, 1] - 20) / np.std(xy[:, 1], ddof=1))
    assert columns[:, 2:] == pytest.approx(
        np.column_stack((columns[:, 0] ** 2, columns[:, 1] ** 2, columns[:, 0] * columns[:, 1]))
    )
    assert trend(xy).columns(xy, ("xy", "x")).tolist() == columns[:, [4, 0]].tolist()
    with pytest.raises(MisuseError, match=", ".join(TERMS)):
        trend(xy).columns(xy, ("z",))


def test_cells_in_a_line_have_no_trend_over_both():
    line = np.column_stack((np.arange(20.0), np.zeros(20)))
    with pytest.raises(MisuseError, match="one line"):
        trend(line)
    with pytest.raises(MisuseError, match="one line"):
        smooth(line, 4)
    with pytest.raises(MisuseError):
        smooth(np.column_stack((np.arange(20.0), np.arange(20.0))), 4)


@pytest.mark.parametrize("k", [3, 4, 5, 10, 25])
def test_columns_are_orthogonal_and_of_one_size(k):
    xy = ground()
    columns = smooth(xy, k).columns(xy)
    assert columns.shape == (400, k - 1)
    assert columns.T @ columns / 400 == pytest.approx(np.eye(k - 1), abs=1e-8)
    assert columns.mean(axis=0) == pytest.approx(np.zeros(k - 1), abs=1e-9)


def test_a_plane_needs_no_bend():
    xy = ground()
    plane = 3 + 2e-4 * xy[:, 0] - 5e-4 * xy[:, 1]
    for k in (3, 8):
        assert fitted(smooth(xy, k).columns(xy), plane) == pytest.approx(plane)


def test_more_bends_follow_a_hill_more_closely():
    xy = ground()
    hill = np.exp(-(((xy - xy.mean(axis=0)) / 6000) ** 2).sum(axis=1))
    left = [np.std(hill - fitted(smooth(xy, k).columns(xy), hill)) / np.std(hill) for k in (3, 6, 12, 24)]
    assert left == sorted(left, reverse=True)
    assert left[0] > 0.9 and left[-1] < 0.1


def test_it_is_a_thin_plate():
    # Away from the knots a thin plate solves the biharmonic equation: its Laplacian is harmonic.
    basis = smooth(ground(), 8)
    step = 20.0
    i, j = (each.ravel() for each in np.meshgrid(np.arange(-2, 3), np.arange(-2, 3)))
    weights = {(0, 0): 20, (1, 0): -8, (1, 1): 2, (2, 0): 1}
    stencil = np.array(
        [weights.get(tuple(sorted((abs(a), abs(b)), reverse=True)), 0) for a, b in zip(i, j, strict=True)]
    )
    place = basis.middle + basis.scale * (basis.knots[0] + basis.knots[1]) / 2
    values = basis.columns(place + np.column_stack((i, j)) * step)
    bends = np.abs(stencil @ values)
    laplace = np.abs(
        basis.columns(place + np.array([[1, 0], [-1, 0], [0, 1], [0, -1], [0, 0]]) * step).T @ [1, 1, 1, 1, -4]
    )
    assert (bends < 1e-3 * laplace.max()).all()


def test_one_basis_serves_two_masks():
    xy = ground()
    basis = smooth(xy, 7)
    assert basis.columns(xy[:50]) == pytest.approx(basis.columns(xy)[:50])


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(4, 15), st.sampled_from([1e-3, 0.1, 1.0, 1000.0]), st.randoms())
def test_units_place_and_order_of_cells_change_nothing(seed, k, unit, dice):
    xy = ground(seed, 120)
    values = np.random.default_rng(seed).normal(size=120)
    order = list(range(120))
    dice.shuffle(order)
    other = (xy[order] - [4e5, 4e6]) * unit
    here = smooth(xy, k).columns(xy)
    there = smooth(other, k).columns(other)
    assert there == pytest.approx(here[order], abs=1e-6)
    assert fitted(there, values[order]) == pytest.approx(fitted(here, values)[order], abs=1e-6)


def test_the_same_cells_give_the_same_knots_also_on_a_square_where_many_are_equally_far():
    x, y = np.meshgrid(np.arange(20.0), np.arange(20.0))
    xy = np.column_stack((x.ravel(), y.ravel())) * 500
    order = np.random.default_rng(3).permutation(400)
    assert smooth(xy[order], 9).knots == pytest.approx(smooth(xy, 9).knots, abs=1e-9)


@pytest.mark.parametrize("k", [2, 101, -1])
def test_a_k_that_cannot_be(k):
    with pytest.raises(MisuseError, match="3 to 100"):
        smooth(ground(), k)
