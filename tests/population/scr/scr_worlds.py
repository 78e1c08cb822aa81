"""Small invented surveys: sixteen detectors 1 km apart, a mask of 500 m cells about them, no captures yet."""

from collections.abc import Mapping

import numpy as np

from tumen.population.scr.design import design
from tumen.population.scr.model import Model
from tumen.population.scr.simulate import Simulated, link_values, simulate
from tumen.population.scr.survey import Captures, Covariate, Detectors, Fixes, Floats, Kind, Mask, Session

ASSUMED = {"D": 1.0, "g0": 0.15, "sigma": 800.0}


def small(
    kind: Kind = "proximity",
    occasions: int = 5,
    *,
    usage: Floats | None = None,
    name: str = "one",
    animals: Mapping[str, Covariate] | None = None,
    fixes: Fixes | None = None,
    spacing: float = 500.0,
) -> Session:
    """`animals`: covariates of animals, each caught once."""
    xy = np.stack(np.meshgrid(np.arange(4), np.arange(4)), axis=-1).reshape(-1, 2) * 1000.0
    ground = np.arange(-2500.0, 5501.0, spacing)
    cells = np.stack(np.meshgrid(ground, ground), axis=-1).reshape(-1, 2)
    covariates = animals or {}
    count = len(next(iter(covariates.values()))) if covariates else 0
    return Session(
        name,
        Detectors(
            tuple(f"d{k}" for k in range(16)),
            xy,
            np.ones((16, occasions)) if usage is None else usage,
            kind,
            {"road": np.arange(16) % 2.0},
        ),
        tuple(f"a{i}" for i in range(count)),
        Captures(np.arange(count), np.full(count, occasions - 1), np.arange(count) + 1, np.ones(count, np.int64)),
        Mask(cells, np.full(len(cells), spacing**2 / 1e6), spacing, {"slope": cells[:, 0] / 5000}),
        covariates,
        fixes=fixes,
    )


SEXES: dict[str, Covariate] = {"sex": np.array(["F", "M", "F", None], dtype=object)}


def drawn(model: Model | None = None, seed: int = 1, kind: Kind = "proximity", **values: float) -> Simulated:
    """A survey of the small world under a model."""
    model = model or Model()
    whole = design([small(kind, animals=SEXES if model.hybrid else None)], model)
    return simulate(whole, link_values(whole, {**ASSUMED, **values}), np.random.default_rng(seed))
