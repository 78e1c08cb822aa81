import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.simulate.land import Floats, Land
from tumen.simulate.motion import Gait, _along_the_shore, _run, wander
from tumen.simulate.streams import stream

TIGRESS = Gait(sigma=4.93, homing=48, persistence=3, step=0.5)


def slow_run(noise: Floats, decay: Floats) -> Floats:
    """Say it the obvious way."""
    x = [noise[0]]
    for push in noise[1:]:
        x.append(decay * x[-1] + push)
    return np.array(x)


@given(st.integers(1, 70), st.floats(0.1, 0.999), st.floats(0.1, 0.999), st.integers(0, 99))
def test_the_fast_filter_is_the_slow_one(steps: int, slow: float, fast: float, seed: int) -> None:
    noise = stream(seed, "noise").standard_normal((steps, 2, 2))
    decay = np.array([slow, fast])
    assert np.allclose(_run(noise, decay), slow_run(noise, decay))


def in_the_middle(ground: Land, steps: int) -> Floats:
    x, y = ground.plane.transform(np.array([131.0]), np.array([43.5]))
    return np.tile([x[0], y[0]], (steps, 1))


def test_position_and_speed_vary_as_the_model_says(strip: Land) -> None:
    gait = Gait(sigma=2.0, homing=48, persistence=3, step=0.5)
    centre = in_the_middle(strip, 200_000)
    path = wander(centre, gait, strip, stream(1, "a long life"))
    assert (path - centre).std(axis=0) == pytest.approx([2.0, 2.0], rel=0.06)
    # Over half an hour velocity has changed a little, so the displacement falls short of speed times time.
    steps = np.diff(path, axis=0).std(axis=0) / 0.5
    assert steps == pytest.approx([gait.speed, gait.speed], rel=0.08)


def test_the_stationary_variance_is_sigma_squared() -> None:
    assert TIGRESS.covariance(math.inf).sum() == pytest.approx(4.93**2)
    assert TIGRESS.speed == pytest.approx(4.93 / 12)


def test_without_a_shore_the_careful_walk_is_the_fast_one(strip: Land) -> None:
    gait = Gait(sigma=1.0, homing=48, persistence=3, step=0.5)
    centre = in_the_middle(strip, 500)
    noise = stream(3, "noise").standard_normal((500, 2, 2)) @ np.linalg.cholesky(gait.covariance(gait.step)).T
    noise[0] = 0.1
    careful = _along_the_shore(centre, gait, noise, strip)
    assert np.allclose(careful, centre + _run(noise, gait.decay).sum(axis=-1))


@pytest.mark.parametrize("seed", range(5))
def test_nobody_walks_into_the_sea(strip: Land, seed: int) -> None:
    x, y = strip.plane.transform(np.array([131.0]), np.array([43.03]))
    centre = np.tile([x[0], y[0]], (3000, 1))
    path = wander(centre, TIGRESS, strip, stream(seed, "by the sea"))
    between = (path[1:] + path[:-1]) / 2
    assert strip.walkable(path[:, 0], path[:, 1]).all()
    assert strip.walkable(between[:, 0], between[:, 1]).all()


def test_the_shore_does_not_hold_an_animal_for_ever(strip: Land) -> None:
    x, y = strip.plane.transform(np.array([131.0]), np.array([43.03]))
    path = wander(np.tile([x[0], y[0]], (3000, 1)), TIGRESS, strip, stream(1, "by the sea"))
    still = (np.diff(path, axis=0) == 0).all(axis=1)
    assert 0 < still.mean() < 0.5
    assert (path[:, 1] - y[0]).max() > 5


def test_nobody_runs(strip: Land) -> None:
    path = wander(in_the_middle(strip, 20_000), Gait(9.83, 48, 3, 0.5), strip, stream(1, "a tiger"))
    assert np.hypot(*np.diff(path, axis=0).T).max() / 0.5 < 5
