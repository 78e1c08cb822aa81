"""What will a survey see?  Expected numbers of animals, detections and recaptures of a design, without simulation.

With one animal at x, every number is a closed form of the hazards there; integrated over density they are expectations
over populations and surveys (Efford and Boulanger 2019, Methods Ecol Evol 10:1529-1535, for E(n), E(r) and E(m)).
"""

from dataclasses import dataclass

import numpy as np

from tumen.errors import MisuseError
from tumen.population.scr.design import Design
from tumen.population.scr.encounters import Animals, Field, expected_counts, field
from tumen.population.scr.likelihood import natural
from tumen.population.scr.survey import Floats

CHUNK = 2_000_000
"""Hazards to hold at once."""


@dataclass(frozen=True)
class Expected:
    """Expected numbers of one session.

    `animals`: different ones seen, E(n). `detections`: of all of them. `recaptures`: detections beyond the first of
    each animal, E(r). `moved`: animals seen at two detectors or more. `movements`: recaptures at another detector than
    the detection before, E(m): exact for counts, and for `multi` where all occasions have one effort; elsewhere as if
    each detection fell at random on the detectors by their shares, for the order within an occasion is not told.
    """

    animals: float
    detections: float
    recaptures: float
    moved: float
    movements: float

    @property
    def rse(self) -> float:
        """Return the relative standard error of density to expect: 1 / sqrt(the smaller of E(n) and E(r)).

        It leaves out what sigma and g0 are confounded in: where animals are seldom seen at two detectors it is too low
        (see docs/methods/scr-inference.md), and simulation says by how much.
        """
        smaller = min(self.animals, self.recaptures)
        return float(smaller**-0.5) if smaller > 0 else float("inf")


def expected(whole: Design, beta: Floats, number: int = 0) -> Expected:
    """Return the expected numbers of a session of a design at parameters on the link scale.

    Exact but for `movements` where said. Raises `MisuseError` for learned responses (simulate these) and for a
    conditional likelihood, which has no density.
    """
    part, values, found = whole.parts[number], natural(whole, beta), field(whole, beta, number)
    surface = values.density[number]
    if surface is None or found.learned:
        raise MisuseError(
            "a full likelihood without learned responses",
            "another model",
            "Simulate it.",
        )
    weight = surface * part.session.mask.area
    total = np.zeros(4)
    step = max(1, CHUNK // max(1, len(found.detector) * found.found.classes))
    for start in range(0, len(weight), step):
        cells = np.arange(start, min(start + step, len(weight)))
        for group, share in enumerate(values.share[number]):
            alike = np.zeros_like(cells)
            hazards = found.hazards(Animals(cells, alike + group, alike))[:, 0]
            total += share * (weight[cells] @ _at(found, hazards))
    seen, detections, moved, movements = total.tolist()
    return Expected(seen, detections, detections - seen, moved, movements)


def _at(found: Field, hazards: Floats) -> Floats:
    """Return (cells, 4) for an animal there: seen, detections, seen at two detectors, movements."""
    counts = expected_counts(found, hazards)
    exposure = hazards @ found.effort.sum(axis=1)
    seen, detections = -np.expm1(-exposure), counts.sum(axis=1)
    shares = counts / np.maximum(detections, 1e-300)[:, None]
    movements = (detections - seen) * (1 - (shares**2).sum(axis=1))
    return np.stack([seen, detections, seen - _only_one(found, hazards), movements], axis=1)


def _only_one(found: Field, hazards: Floats) -> Floats:
    """Return (cells,) the probability of being seen, and by one detector only."""
    whole = hazards @ found.effort.sum(axis=1)
    if found.kind != "multi":
        each = np.zeros((found.detectors, len(hazards)))
        np.add.at(each, found.detector, (hazards * found.effort.sum(axis=1)).T)
        return np.asarray((np.exp(each - whole) * -np.expm1(-each)).sum(axis=0))
    columns, times = np.unique(found.effort, axis=1, return_counts=True)
    log = np.zeros((found.detectors, len(hazards)))
    for effort, weight in zip(columns.T, times, strict=True):
        exposure = hazards * effort
        sums = exposure.sum(axis=1)
        caught = -np.expm1(-sums) / np.where(sums > 0, sums, 1.0)
        here = np.zeros_like(log)
        np.add.at(here, found.detector, (exposure * caught[:, None]).T)
        log += weight * np.log(np.exp(-sums) + here)
    return np.asarray((np.exp(log) - np.exp(-whole)).clip(0).sum(axis=0))
