"""What collared animals say of sigma."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import multivariate_normal
from tests.population.scr.scr_tiny import survey

from tumen.population.scr.collars import spread
from tumen.population.scr.design import design
from tumen.population.scr.fit import fit
from tumen.population.scr.likelihood import log_likelihood
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Fixes

G = survey()


def places(animals: int, each: int, sigma: float, seed: int = 1) -> Fixes:
    rng = np.random.default_rng(seed)
    centres = np.repeat(rng.uniform(0, 9000, (animals, 2)), each, axis=0)
    return Fixes(np.repeat(np.arange(animals), each), centres + rng.normal(0, sigma, centres.shape))


def value(fixes: Fixes, sigma: float) -> float:
    degrees, squares, constant = spread(fixes)
    return constant - degrees * np.log(sigma) - squares / (2 * sigma**2)


def test_the_centre_is_integrated_out():
    """With a wide flat prior on the centre: the density of the fixes times the area of the prior."""
    fixes = places(1, 4, 700.0)
    x, y = np.meshgrid(np.arange(-4000, 13000, 50.0), np.arange(-4000, 13000, 50.0))
    for sigma in (500.0, 900.0):
        total = np.zeros(x.shape)
        for fx, fy in fixes.xy:
            total += -np.log(2 * np.pi * sigma**2) - ((x - fx) ** 2 + (y - fy) ** 2) / (2 * sigma**2)
        assert value(fixes, sigma) == pytest.approx(np.log(np.exp(total).sum() * 50.0**2), abs=1e-6)


def test_it_is_the_density_of_the_differences_between_fixes():
    fixes = places(1, 3, 700.0)
    gaps = fixes.xy[1:] - fixes.xy[0]
    covariance = 800.0**2 * (np.eye(2) + 1)
    expected = sum(multivariate_normal(np.zeros(2), covariance).logpdf(gaps[:, axis]) for axis in (0, 1))
    assert value(fixes, 800.0) == pytest.approx(expected, abs=1e-10)


def test_an_animal_with_one_fix_says_nothing():
    assert spread(Fixes(np.array([0, 1]), np.array([[0.0, 0.0], [5.0, 5.0]]))) == (0.0, 0.0, 0.0)
    one, none = fit([replace(G, fixes=places(1, 1, 800.0))]), fit([G])
    np.testing.assert_allclose(one.beta, none.beta, atol=1e-6)


def test_the_best_sigma_is_the_root_of_squares_over_degrees():
    fixes = places(4, 30, 700.0)
    degrees, squares, _ = spread(fixes)
    assert degrees == 2 * 4 * 29
    best = minimize_scalar(lambda s: -value(fixes, s), bounds=(100, 3000), method="bounded").x
    assert best == pytest.approx(np.sqrt(squares / degrees), rel=1e-4)


def test_animals_may_be_numbered_with_gaps():
    fixes = places(2, 5, 700.0)
    apart = Fixes(fixes.animal * 7, fixes.xy)
    assert spread(apart) == pytest.approx(spread(fixes))


def test_collars_make_sigma_more_certain_and_move_it_to_theirs():
    alone, with_collars = fit([G]), fit([replace(G, fixes=places(5, 100, 800.0))])
    assert with_collars.status == "converged"
    assert with_collars.se[2] < 0.3 * alone.se[2]
    assert np.exp(with_collars.beta[2]) == pytest.approx(800.0, rel=0.05)


def test_it_adds_to_the_likelihood_of_the_captures():
    fixes = places(3, 6, 700.0)
    beta = np.array([-0.6, -0.9, np.log(800.0)])
    both = log_likelihood(design([replace(G, fixes=fixes)], Model()), beta)
    assert both - log_likelihood(design([G], Model()), beta) == pytest.approx(value(fixes, 800.0), abs=1e-8)
