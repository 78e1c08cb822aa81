"""How an animal moves: a continuous position with a home and a momentum.

The model is the Ornstein-Uhlenbeck process with foraging (OUF): position is drawn to the activity centre within a
relaxation time of days, velocity forgets itself within hours (Fleming et al. 2014, American Naturalist 183, E154-E167).
Each axis is the difference of two Ornstein-Uhlenbeck processes driven by the same noise, so a path on a regular grid of
time is sampled exactly, by two first-order filters. The stationary standard deviation of position is sigma along each
axis, that of velocity sigma / sqrt(homing * persistence).

The sea is a wall: an animal whose next step would lead into it stands still for that step and sets off anew.
"""

import math
from dataclasses import dataclass

import numpy as np

from tumen.simulate.land import CELL, Floats, Land


@dataclass(frozen=True)
class Gait:
    """Sigma in km, the two relaxation times and the time step in hours."""

    sigma: float
    homing: float
    persistence: float
    step: float

    @property
    def decay(self) -> Floats:
        """The factors by which the two processes shrink in a step: the slow one, the fast one."""
        return np.exp(-self.step / np.array([self.homing, self.persistence]))

    def covariance(self, hours: float) -> Floats:
        """Return the covariance that the two processes gain in some hours; infinite hours give the stationary one."""
        rates = 1 / np.array([self.homing, self.persistence])
        sums = rates[:, None] + rates[None, :]
        gained = (1 - np.exp(-sums * hours)) / sums
        signs = np.array([[1.0, -1.0], [-1.0, 1.0]])
        scale = self.sigma**2 / float(np.sum(signs / sums))
        return scale * signs * gained

    @property
    def speed(self) -> float:
        """Standard deviation of velocity along each axis, km/h."""
        return self.sigma / math.sqrt(self.homing * self.persistence)


def wander(centre: Floats, gait: Gait, ground: Land, rng: np.random.Generator) -> Floats:
    """Return positions (steps x 2, km in the plane) of an animal whose centre at each step is `centre` (steps x 2).

    Every position, and the middle between every two, is walkable ground of `ground`, if the centre is.
    """
    steps = len(centre)
    noise = rng.standard_normal((steps, 2, 2)) @ np.linalg.cholesky(gait.covariance(gait.step)).T
    noise[0] = _start(centre[0], gait, ground, rng)
    path: Floats = centre + _run(noise, gait.decay).sum(axis=-1)
    if _free(path, ground):
        return path
    return _along_the_shore(centre, gait, noise, ground)


def _run(noise: Floats, decay: Floats) -> Floats:
    """Return x with x[n] = decay x[n - 1] + noise[n] along the first axis, in log2(n) passes over the whole array.

    After the pass with lag L every x[n] holds the last 2 L terms of the sum of decay^k noise[n - k].
    """
    x, lag = noise.copy(), 1
    while lag < len(x):
        x[lag:] = x[lag:] + decay**lag * x[:-lag]
        lag *= 2
    return x


def _start(centre: Floats, gait: Gait, ground: Land, rng: np.random.Generator) -> Floats:
    """Draw the two processes of both axes from their stationary law, until the animal stands on land."""
    root = np.linalg.cholesky(gait.covariance(math.inf)).T
    draws = rng.standard_normal((100, 2, 2)) @ root
    places = centre + draws.sum(axis=-1)
    dry = np.flatnonzero(ground.walkable(places[:, 0], places[:, 1]))
    first: Floats = draws[dry[0]] if len(dry) else np.zeros((2, 2))
    return first


def _free(path: Floats, ground: Land) -> bool:
    between = (path[1:] + path[:-1]) / 2
    return bool(ground.walkable(path[:, 0], path[:, 1]).all() and ground.walkable(between[:, 0], between[:, 1]).all())


def _along_the_shore(centre: Floats, gait: Gait, noise: Floats, ground: Land) -> Floats:
    """Walk step by step with the same noise; an animal that would enter the sea stands still and loses its velocity.

    Velocity is minus the rate-weighted sum of the two processes, so standing still at distance z from the centre means
    slow = z r / (r - s), fast = -z s / (r - s), where s and r are the slow and the fast rate.
    """
    slow_rate, fast_rate = 1 / gait.homing, 1 / gait.persistence
    rest_slow, rest_fast = fast_rate / (fast_rate - slow_rate), -slow_rate / (fast_rate - slow_rate)
    slow, fast = (float(factor) for factor in gait.decay)
    path = np.empty_like(centre)
    ((slow_x, fast_x), (slow_y, fast_y)) = noise[0].tolist()
    centres, pushes = centre.tolist(), noise.tolist()
    x, y = centres[0][0] + slow_x + fast_x, centres[0][1] + slow_y + fast_y
    path[0] = x, y
    may_walk = _Steps(ground)
    for step in range(1, len(centres)):
        (push_sx, push_fx), (push_sy, push_fy) = pushes[step]
        slow_x, fast_x = slow * slow_x + push_sx, fast * fast_x + push_fx
        slow_y, fast_y = slow * slow_y + push_sy, fast * fast_y + push_fy
        home_x, home_y = centres[step]
        next_x, next_y = home_x + slow_x + fast_x, home_y + slow_y + fast_y
        if may_walk(next_x, next_y) and may_walk((x + next_x) / 2, (y + next_y) / 2):
            x, y = next_x, next_y
        else:
            slow_x, fast_x = (x - home_x) * rest_slow, (x - home_x) * rest_fast
            slow_y, fast_y = (y - home_y) * rest_slow, (y - home_y) * rest_fast
        path[step] = x, y
    return path


class _Steps:
    """`Land.walkable` for one point at a time, without the cost of arrays."""

    def __init__(self, ground: Land) -> None:
        self.rows = ground.walkable_rows
        self.origin = ground.origin
        self.height, self.width = ground.walkable_cells.shape

    def __call__(self, x: float, y: float) -> bool:
        from_west, from_south = (x - self.origin[0]) / CELL, (y - self.origin[1]) / CELL
        if not (0 <= from_west < self.width and 0 <= from_south < self.height):
            return False
        return self.rows[int(from_south)][int(from_west)]
