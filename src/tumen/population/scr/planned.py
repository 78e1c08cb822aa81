"""A survey that is only planned: what is assumed of the animals, and stations without captures."""

from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from tumen.errors import MisuseError, Text
from tumen.population.scr.mask import Wanted, mask
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Captures, Detectors, Floats, Kind, Session

CELLS_PER_SIGMA = 2.0
"""Cells of a planned mask in one sigma; finer ones change expected numbers by less than 1 %, and cost time."""


@dataclass(frozen=True)
class Assumed:
    """What is taken to be true. `density` per km2; `detect`: g0 or lambda0 of one station in one night; `sigma` m.

    `kind`: of the detectors; cameras are `proximity` (seen or not, each night) or `count`.
    """

    density: float
    detect: float
    sigma: float
    detection: str = "HN"
    kind: Kind = "proximity"

    @property
    def model(self) -> Model:
        """Return the model without covariates."""
        return Model(detection=self.detection)

    def values(self, ratio: float = 1.0) -> dict[str, float]:
        """Return the parameters by name, density times `ratio`."""
        return {"D": ratio * self.density, self.model.first: self.detect, "sigma": self.sigma}


def planned(xy: Floats, nights: int, assumed: Assumed, habitat: BaseGeometry | None = None) -> Session:
    """Return a session without captures: stations at `xy` (K, 2) that work every night, and a mask about them."""
    if nights < 1:
        raise MisuseError("at least one night", Text("{nights}", nights=nights), "Give a number such as 60.")
    names = tuple(f"S{number}" for number in range(1, len(xy) + 1))
    once = assumed.kind in ("count", "binomial")
    usage = np.full((len(xy), 1), float(nights)) if once else np.ones((len(xy), nights))
    wanted = Wanted(spacing=assumed.sigma / CELLS_PER_SIGMA)
    cells, _ = mask(xy, names, sigma=assumed.sigma, habitat=habitat, wanted=wanted)
    none = np.zeros(0, np.int64)
    return Session("plan", Detectors(names, xy, usage, assumed.kind), (), Captures(none, none, none, none), cells)
