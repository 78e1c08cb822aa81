"""A fit finds the maximum, says how well that went, and states what the data do not tell."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.population.scr.scr_tiny import caught, grid, survey

from tumen.errors import MisuseError
from tumen.population.scr.design import design
from tumen.population.scr.fit import Fit, fit, information_matrix
from tumen.population.scr.likelihood import log_likelihood
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Captures, Detectors, Mask, Session

G = survey()
SEXED = replace(G, covariates={"sex": np.array([*"FM" * len(G.animals)][: len(G.animals)], dtype=object)})


def test_a_fit_is_a_maximum():
    found = fit([G])
    assert (found.status, found.problems) == ("converged", ())
    assert found.names == ("D", "g0", "sigma")
    assert np.abs(found.gradient @ np.linalg.cholesky(found.covariance)).max() < 1e-3
    for step in 0.05 * np.eye(3):
        for moved in (found.beta + step, found.beta - step):
            assert log_likelihood(found.design, moved) < found.log_likelihood
    np.testing.assert_allclose(np.linalg.inv(found.covariance), information_matrix(found.design, found.beta), rtol=1e-3)


def test_the_start_does_not_change_the_maximum():
    found, far = fit([G]), fit([G], start=np.array([2.0, -3.0, np.log(1500.0)]))
    np.testing.assert_allclose(far.beta, found.beta, atol=1e-4)
    assert far.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-8)


def test_a_start_of_another_length_is_refused():
    with pytest.raises(MisuseError) as error:
        fit([G], start=np.zeros(2))
    assert str(error.value.needed) == "3 start values: D, g0, sigma"
    assert str(error.value.found) == "shape (2,)"


def test_without_variance_there_is_no_covariance():
    found = fit([G], variance=False)
    assert found.covariance is None
    assert np.isnan(found.se).all()
    np.testing.assert_allclose(found.beta, fit([G]).beta, atol=1e-3)


def test_the_criteria():
    found, n = fit([G]), len(G.animals)
    assert found.aic == pytest.approx(6 - 2 * found.log_likelihood)
    assert found.aicc == pytest.approx(found.aic + 24 / (n - 4))
    assert fit([caught([(0, 0, 4), (0, 1, 4), (0, 2, 5)])]).aicc is None


def test_full_and_conditional_likelihood_have_one_detection_function():
    full, conditional = fit([G]), fit([G], Model(likelihood="conditional"))
    np.testing.assert_allclose(conditional.beta, full.beta[1:], atol=1e-4)


def test_the_hazard_form_and_counts():
    """Proximity in one occasion of five-fold effort, and the same fives as counts of a Poisson."""
    counts = replace(G, detectors=replace(G.detectors, kind="count"))
    proximity, poisson = fit([G], Model(detection="HHN")), fit([counts], Model(detection="HHN"))
    assert poisson.status == "converged"
    assert poisson.beta[1] < proximity.beta[1]  # A one says "once", not "at least once".


# Laws


def same(first: Fit, second: Fit) -> None:
    np.testing.assert_allclose(second.beta, first.beta, atol=2e-5)
    np.testing.assert_allclose(second.se, first.se, rtol=1e-4)
    assert second.log_likelihood == pytest.approx(first.log_likelihood, abs=1e-8)


def shuffled(session: Session, seed: int) -> Session:
    """The same survey with animals, detectors, captures and cells in another order."""
    rng = np.random.default_rng(seed)
    n, k, m = len(session.animals), len(session.detectors.names), len(session.mask)
    animals, detectors, cells = rng.permutation(n), rng.permutation(k), rng.permutation(m)
    rows = rng.permutation(len(session.captures))
    old, captures = session.detectors, session.captures
    return replace(
        session,
        detectors=Detectors(tuple(old.names[i] for i in detectors), old.xy[detectors], old.usage[detectors], old.kind),
        animals=tuple(session.animals[i] for i in animals),
        captures=Captures(
            np.argsort(animals)[captures.animal][rows],
            captures.occasion[rows],
            np.argsort(detectors)[captures.detector][rows],
            captures.count[rows],
        ),
        mask=Mask(session.mask.xy[cells], session.mask.area[cells], session.mask.spacing),
        covariates={name: values[animals] for name, values in session.covariates.items()},
    )


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1), effect=st.sampled_from(["1", "bk", "t", "sex"]))
def test_order_does_not_matter(seed: int, effect: str):
    model = Model(detect=effect, hybrid="sex" if effect == "sex" else None)
    one, two = design([SEXED], model), design([shuffled(SEXED, seed)], model)
    beta = np.linspace(-1.2, -0.8, len(one.names))
    beta[one.blocks["sigma"]] = np.log(850.0)
    assert log_likelihood(two, beta) == pytest.approx(log_likelihood(one, beta), abs=1e-9)


def test_a_fit_does_not_depend_on_order():
    same(fit([G]), fit([shuffled(G, 1)]))


@settings(max_examples=10)
@given(scale=st.floats(0.01, 100.0))
def test_units_do_not_matter(scale: float):
    """Metres times s and areas times s squared: D is per larger unit, all else is as before."""
    mask = Mask(G.mask.xy * scale, G.mask.area * scale**2, G.mask.spacing * scale)
    scaled = replace(G, detectors=replace(G.detectors, xy=G.detectors.xy * scale), mask=mask)
    beta = np.array([-0.6, -0.9, np.log(800.0)])
    moved = beta + np.array([-2 * np.log(scale), 0, np.log(scale)])
    before, after = design([G], Model()), design([scaled], Model())
    assert log_likelihood(after, moved) == pytest.approx(log_likelihood(before, beta), abs=1e-7)


def test_a_fit_in_feet_is_that_in_metres():
    scale = 1 / 0.3048
    mask = Mask(G.mask.xy * scale, G.mask.area * scale**2, G.mask.spacing * scale)
    feet = fit([replace(G, detectors=replace(G.detectors, xy=G.detectors.xy * scale), mask=mask)])
    metres = fit([G])
    np.testing.assert_allclose(feet.beta - metres.beta, [-2 * np.log(scale), 0, np.log(scale)], atol=2e-5)
    np.testing.assert_allclose(feet.se, metres.se, rtol=1e-4)


@settings(max_examples=10)
@given(cell=st.integers(0, 399), share=st.floats(0.01, 0.99))
def test_a_cell_in_two_parts_at_one_place_changes_nothing(cell: int, share: float):
    mask = G.mask
    area = np.append(mask.area, mask.area[cell] * (1 - share))
    area[cell] *= share
    split = replace(G, mask=Mask(np.vstack([mask.xy, mask.xy[cell]]), area, mask.spacing))
    beta = np.array([-0.6, -0.9, np.log(800.0)])
    values = [log_likelihood(design([session], Model()), beta) for session in (G, split)]
    assert values[1] == pytest.approx(values[0], abs=1e-9)


def test_a_covariate_that_is_one_for_all_sessions_pools_them():
    """Two sessions alike: the same estimates, half the variance."""
    one, two = fit([G]), fit([G, replace(G, name="two")])
    np.testing.assert_allclose(two.beta, one.beta, atol=2e-5)
    np.testing.assert_allclose(two.covariance, one.covariance / 2, rtol=1e-3)


def test_effects_of_sessions_on_everything_are_separate_fits():
    other = replace(survey(seed=5, count=40), name="two")
    both = fit([G, other], Model(density="session", detect="session", sigma="session"))
    alone = [fit([session]) for session in (G, other)]
    assert both.log_likelihood == pytest.approx(sum(found.log_likelihood for found in alone), abs=1e-6)
    np.testing.assert_allclose(both.beta[::2], alone[0].beta, atol=1e-4)
    np.testing.assert_allclose(both.beta[::2] + both.beta[1::2], alone[1].beta, atol=1e-4)


# What the data do not tell


def refused(session: Session | None, model: Model | None = None) -> MisuseError:
    with pytest.raises(MisuseError) as error:
        fit([session] if session else [], model)
    return error.value


def unknown(found: Fit) -> set[str]:
    return {name for name, known in zip(found.names, found.estimable, strict=True) if not known}


def test_a_survey_that_saw_nobody_is_refused():
    error = refused(caught([]))
    assert str(error.needed) == "animals that were seen"
    assert str(error.found) == "1 sessions without a capture"
    assert str(error.cure) == "A survey that saw nobody bounds density from above; it does not estimate it."
    assert str(refused(None).found) == "0 sessions without a capture"


def test_one_animal_is_a_fit_with_wide_intervals():
    found = fit([caught([(0, 0, 4), (0, 1, 4), (0, 2, 5)])])
    assert found.status == "converged"
    assert found.se[0] > 1.0


def test_one_animal_seen_once_says_nothing_of_density():
    found = fit([caught([(0, 0, 4)])])
    assert "scr-not-estimable" in found.problems
    assert unknown(found) >= {"D", "g0"}
    assert np.isnan(found.se[0])


def test_all_at_one_of_the_traps_is_a_sigma_of_nothing():
    found = fit([caught([(i, s, 4) for i in range(5) for s in range(i + 1)])])
    assert set(found.problems) == {"scr-not-estimable", "scr-sigma-below-spacing"}
    assert unknown(found) == {"sigma"}


def test_a_single_detector_is_a_stated_result():
    found = fit([caught([(i, s, 0) for i in range(5) for s in range(i + 1)], side=1)])
    assert "scr-not-estimable" in found.problems


def test_without_recaptures_density_and_detection_are_one_number():
    found = fit([caught([(i, i % 5, i % 9) for i in range(8)])])
    assert "scr-not-estimable" in found.problems
    assert unknown(found) >= {"D", "g0"}


def test_collinear_covariates_are_not_estimable_and_the_rest_is():
    mask = replace(G.mask, covariates={"a": G.mask.xy[:, 0] / 1e4, "b2": G.mask.xy[:, 0] / 2e4})
    found = fit([replace(G, mask=mask)], Model(density="a + b2"))
    assert found.problems == ("scr-not-estimable",)
    assert unknown(found) == {"D.a", "D.b2"}
    alone = fit([replace(G, mask=mask)], Model(density="a"))
    assert found.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(found.se[-2:], alone.se[-2:], rtol=1e-3)


def test_a_covariate_without_contrast_is_not_estimable():
    found = fit([replace(G, mask=replace(G.mask, covariates={"a": np.ones(400)}))], Model(density="a"))
    assert unknown(found) == {"D", "D.a"}


def test_classes_that_differ_in_nothing_have_no_share():
    found = fit([G], Model(classes=2))
    assert unknown(found) == {"pmix"}
    assert found.log_likelihood == pytest.approx(fit([G]).log_likelihood, abs=1e-6)


def test_a_sigma_beyond_the_mask_is_said():
    rng = np.random.default_rng(5)
    rows = [(i, s, k) for i in range(8) for s in range(5) for k in range(9) if rng.random() < 0.3]
    assert "scr-sigma-beyond-mask" in fit([caught(rows)]).problems


def test_a_radius_is_looked_for_and_is_not_estimable_by_slopes():
    found = fit([G], Model(detection="UN"))
    assert (found.status, unknown(found)) == ("converged", {"sigma"})
    # The best of the radii tried: no worse than any with which every animal can be.
    for radius in (1500.0, 1800.0, 2500.0):
        begin = np.array([found.beta[0], found.beta[1], np.log(radius)])
        assert fit([G], Model(detection="UN"), start=begin).log_likelihood < found.log_likelihood + 0.5


def test_a_mask_without_area_has_no_likelihood():
    found = fit([replace(G, mask=replace(G.mask, area=np.zeros(400)))])
    assert (found.status, found.problems) == ("scr-no-likelihood", ("scr-no-likelihood",))
    assert found.covariance is None


@pytest.mark.parametrize(
    ("model", "needed", "found"),
    [
        (Model(density="elevation"), "one of session in this formula", "'elevation'"),
        (Model(detect="seks"), "one of T, b, bk, session, t in this formula", "'seks'"),
        (Model(sigma="elevation"), "one of T, b, bk, session, t in this formula", "'elevation'"),
        (Model(detection="HR", z="road"), "one of T, b, bk, session, t in this formula", "'road'"),
        (Model(classes=2, mixture="road"), "one of session in this formula", "'road'"),
        (Model(movement="rough"), "a number called rough in every cell of the mask", "covariates -"),
        (Model(hybrid="sex", detect="sex"), "two values of sex among the animals", "0: -"),
    ],
)
def test_unknown_names_are_refused(model: Model, needed: str, found: str):
    error = refused(G, model)
    assert (str(error.needed), str(error.found)) == (needed, found)
    assert str(error.cure)


def test_density_by_a_covariate_that_is_missing_somewhere_is_refused():
    mask = replace(G.mask, covariates={"forest": np.where(np.arange(400) == 3, np.nan, 1.0)})
    error = refused(replace(G, mask=mask), Model(density="forest"))
    assert (str(error.needed), str(error.found)) == ("a value of forest everywhere", "1 missing")


def test_a_mask_without_cells_and_sessions_of_one_name_are_refused():
    empty = replace(G, mask=Mask(np.zeros((0, 2)), np.zeros(0), 500.0))
    assert str(refused(empty).found) == "none in session one"
    with pytest.raises(MisuseError) as error:
        fit([G, G])
    assert str(error.value.found) == "one twice"


def test_a_mask_in_one_line_is_good_enough_without_a_trend():
    line = grid()
    kept = line.xy[:, 1] == 4500.0
    found = fit([replace(G, mask=Mask(line.xy[kept], line.area[kept], 500.0))])
    assert np.isfinite(found.log_likelihood)


def test_a_session_without_animals_bounds_density():
    none = replace(caught([]), name="two", covariates={"sex": np.zeros(0, dtype=object)})
    both = fit([SEXED, none])
    assert both.beta[0] < fit([SEXED]).beta[0] - 0.3
    model = Model(detect="sex", likelihood="conditional")
    np.testing.assert_allclose(fit([SEXED, none], model).beta, fit([SEXED], model).beta, atol=1e-4)
