"""Very small random surveys, with everything that may differ; and a survey on a grid that a model can be fitted to."""

import numpy as np

from tumen.population.scr.survey import Captures, Detectors, Fixes, Kind, Mask, Session


def world(kind: Kind = "proximity", seed: int = 1, name: str = "one", animals: int = 5, **changes) -> Session:
    """Five detectors, four occasions, twelve cells; efforts differ, some are 0; categories and numbers everywhere."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 3000, (5, 2))
    shape = (5, 4)
    usage = rng.choice([0.5, 1.0, 1.0, 2.5], shape) if kind != "binomial" else rng.integers(1, 5, shape).astype(float)
    usage[rng.random(shape) < 0.2] = 0.0
    usage[0] = np.maximum(usage[0], 1.0)
    rows = []
    for i in range(animals):
        found = []
        for s in range(4):
            working = np.flatnonzero(usage[:, s])
            here = working[rng.random(len(working)) < 0.3]
            for k in here[:1] if kind == "multi" else here:
                most = int(usage[k, s]) if kind == "binomial" else 3
                found.append((i, s, k, rng.integers(1, most + 1) if kind in ("count", "binomial") else 1))
        rows += found or [(i, int(rng.integers(4)), 0, 1)]
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    parts = {
        "name": name,
        "detectors": Detectors(
            tuple(f"d{k}" for k in range(5)),
            xy,
            usage,
            kind,
            {
                "road": np.array(["no", "yes"], dtype=object)[rng.integers(0, 2, 5)],
                "snow": rng.integers(0, 2, shape).astype(float),
            },
        ),
        "animals": tuple(f"a{i}" for i in range(animals)),
        "captures": Captures(*np.ascontiguousarray(table.T)),
        "mask": Mask(
            rng.uniform(-1000, 4000, (12, 2)),
            rng.uniform(0.5, 2.0, 12),
            1000.0,
            {"forest": rng.normal(size=12), "country": np.array(["CN", "RU"], dtype=object)[rng.integers(0, 2, 12)]},
        ),
        "covariates": {
            "sex": np.array(["F", "M", None, "M", "F", None, "F"], dtype=object)[:animals],
            "age": np.array([1.0, 3.0, 2.0, 1.0, 3.0, 2.0, 1.0])[:animals],
            "origin": np.array(["born", "came", "came", "born", "born", "came", "born"], dtype=object)[:animals],
        },
        "values": {"year": float(seed)},
    }
    return Session(**(parts | changes))


def fixes(seed: int = 3) -> Fixes:
    rng = np.random.default_rng(seed)
    return Fixes(np.array([0, 0, 0, 1, 2, 2], np.int64), rng.normal(0, 900, (6, 2)))


def point(names, seed: int = 7) -> np.ndarray:
    """Parameters at which every world above has a likelihood that is not tiny."""
    rng = np.random.default_rng(seed)
    start = {"D": 0.4, "g0": -1.0, "lambda0": -1.2, "sigma": np.log(1500.0), "z": np.log(3.0), "pmix": -0.3}
    return np.array([start.get(n, 0.25 * rng.normal()) for n in names])


def grid(side: int = 20, spacing: float = 500.0, **covariates) -> Mask:
    x, y = np.meshgrid(np.arange(side) * spacing, np.arange(side) * spacing)
    area = np.full(side * side, (spacing / 1000) ** 2)
    return Mask(np.stack([x.ravel(), y.ravel()], axis=1), area, spacing, covariates)


def caught(rows, kind: Kind = "proximity", side: int = 3, **changes) -> Session:
    """Detectors 1 km apart in a square amid the grid, five occasions; rows of animal, occasion, detector."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    xy = np.array([(3500 + 1000.0 * (k % side), 3500 + 1000.0 * (k // side)) for k in range(side * side)])
    animals = int(table[:, 0].max()) + 1 if len(table) else 0
    parts = {
        "name": "one",
        "detectors": Detectors(tuple(f"d{k}" for k in range(len(xy))), xy, np.ones((len(xy), 5)), kind),
        "animals": tuple(f"a{i}" for i in range(animals)),
        "captures": Captures(*np.ascontiguousarray(table.T), np.ones(len(table), np.int64)),
        "mask": grid(),
    }
    return Session(**(parts | changes))


def survey(seed: int = 0, count: int = 25, g0: float = 0.3, sigma: float = 800.0, side: int = 3) -> Session:
    """Animals drawn over the grid and seen with a half-normal g."""
    rng = np.random.default_rng(seed)
    rows, seen = [], 0
    for _ in range(count):
        centre = rng.uniform(1500, 7500, 2)
        own = []
        for k in range(side * side):
            gap = np.hypot(3500 + 1000.0 * (k % side) - centre[0], 3500 + 1000.0 * (k // side) - centre[1])
            chance = g0 * np.exp(-(gap**2) / (2 * sigma**2))
            own += [(seen, s, k) for s in range(5) if rng.random() < chance]
        rows += own
        seen += bool(own)
    return caught(rows, side=side)
