"""What would be seen of an open population that we know?  Lives and detections drawn from the model of `open_model`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tumen.population.scr.survey import Captures, Detectors, Floats, Kind, Mask, Session
from tumen.population.survival.open_data import SEXES
from tumen.population.survival.open_kernel import Move, Still, grid, normal


@dataclass(frozen=True)
class Truth:
    """Rates to draw from; pairs are female and male. `density` per km2 in the first session, `sigma` and `move` metres.

    `survival` and `recruits` are per year, `move` 0 for centres that stay; detections follow lambda0 exp(-d^2 / (2
    sigma^2)) (HHN). `male`: share of males among animals that enter; `known`: share of animals whose sex is known.
    """

    density: float
    survival: tuple[float, float]
    recruits: float
    lambda0: tuple[float, float]
    sigma: tuple[float, float]
    move: float = 0.0
    male: float = 0.5
    known: float = 1.0


def simulate(
    mask: Mask, detectors: Sequence[Detectors], truth: Truth, rng: np.random.Generator
) -> tuple[list[Session], list[int]]:
    """Return a session for each of the detectors, a year apart, and the true number of animals in each.

    >>> sessions = example()
    >>> [session.name for session in sessions]
    ['2013', '2014', '2015']
    """
    move: Move = normal(grid(mask), mask.area, truth.move) if truth.move > 0 else Still()
    chance = mask.area / mask.area.sum()
    cell, male = np.zeros(0, np.int64), np.zeros(0, np.int64)
    names: list[str] = []
    alive = np.zeros(0, np.int64)
    sessions, numbers = [], []
    known: list[bool] = []
    for t, place in enumerate(detectors):
        recruits = truth.density * mask.area.sum() if t == 0 else truth.recruits * len(alive)
        if t:
            alive = alive[rng.random(len(alive)) < np.array(truth.survival)[male[alive]]]
            if truth.move > 0:
                for animal in alive.tolist():
                    cell[animal] = _step(move, int(cell[animal]), len(mask), rng)
        count = int(rng.poisson(recruits))
        cell = np.concatenate([cell, rng.choice(len(mask), count, p=chance)])
        male = np.concatenate([male, (rng.random(count) < truth.male).astype(np.int64)])
        known += (rng.random(count) < truth.known).tolist()
        alive = np.concatenate([alive, np.arange(len(names), len(cell))])
        names += [f"A{number:04d}" for number in range(len(names), len(cell))]
        numbers.append(len(alive))
        captures, animals = _capture(place, mask.xy[cell[alive]], male[alive], truth, rng)
        who = alive[animals]
        sex = np.array([SEXES[male[a]] if known[a] else None for a in who.tolist()], dtype=object)
        sessions.append(
            Session(str(2013 + t), place, tuple(names[a] for a in who.tolist()), captures, mask, {"sex": sex})
        )
    return sessions, numbers


def _step(move: Move, cell: int, cells: int, rng: np.random.Generator) -> int:
    mass = np.zeros(cells)
    mass[cell] = 1
    chance = move.forward(mass)
    return int(rng.choice(cells, p=chance / chance.sum()))


def _capture(
    place: Detectors, centres: Floats, male: np.ndarray, truth: Truth, rng: np.random.Generator
) -> tuple[Captures, np.ndarray]:
    """Draw detections; return them and the positions of the animals that were seen."""
    square = ((centres[:, None] - place.xy) ** 2).sum(axis=2)
    sigma, lambda0 = np.array(truth.sigma)[male][:, None], np.array(truth.lambda0)[male][:, None]
    hazard = (lambda0 * np.exp(-square / (2 * sigma**2)))[:, None, :] * place.usage.T
    if place.kind == "count":
        drawn = rng.poisson(hazard)
    elif place.kind == "proximity":
        drawn = (rng.random(hazard.shape) < -np.expm1(-hazard)).astype(np.int64)
    else:
        total = hazard.sum(axis=2, keepdims=True)
        caught = rng.random(total.shape) < -np.expm1(-total)
        cut = rng.random(total.shape) * total
        which = (np.cumsum(hazard, axis=2) <= cut).sum(axis=2, keepdims=True)
        drawn = (caught & (np.arange(hazard.shape[2]) == which)).astype(np.int64)
    animal, occasion, detector = (array.astype(np.int64) for array in np.nonzero(drawn))
    seen, rows = np.unique(animal, return_inverse=True)
    return Captures(rows.astype(np.int64), occasion, detector, drawn[drawn > 0].astype(np.int64)), seen


def world(
    cells: int, cameras: int, spacing: float, kind: Kind = "proximity", nights: int = 10
) -> tuple[Mask, Detectors]:
    """Return a square mask of `cells` by `cells`, and `cameras` by `cameras` detectors, two cells apart."""
    line = (np.arange(cells) - (cells - 1) / 2) * spacing
    xy = np.array([[x, y] for y in line for x in line])
    mask = Mask(xy, np.full(len(xy), spacing**2 / 1e6), spacing)
    points = (np.arange(cameras) - (cameras - 1) / 2) * 2 * spacing
    places = np.array([[x, y] for y in points for x in points])
    names = tuple(f"C{number:03d}" for number in range(len(places)))
    return mask, Detectors(names, places, np.ones((len(places), nights)), kind)


def example() -> list[Session]:
    """Return three small years of generated detections, always the same."""
    mask, cameras = world(12, 4, 500.0)
    truth = Truth(0.6, (0.8, 0.7), 0.3, (0.15, 0.2), (600.0, 800.0))
    return simulate(mask, [cameras] * 3, truth, np.random.default_rng(5))[0]
