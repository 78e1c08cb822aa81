"""Surveys for the timings of spatial capture-recapture: secr's inputs where they are at hand, else simulated alike."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tumen.files.secr_csv import read_csv_tables
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Captures, Detectors, Kind, Mask, Session
from tumen.population.scr.tables import sessions_of

Floats = npt.NDArray[np.float64]
SPACING, BUFFER, NIGHTS = 3_000.0, 15_500.0, 60
FEMALE, MALE = (0.025, 2_500.0), (0.012, 4_000.0)
"""g0 and sigma of the simulated cats: 60 % females, the sex of 15 % unknown."""


@dataclass(frozen=True)
class Case:
    """One fit to time. `bar` in CPU seconds, `memory` in MB, `secr` in seconds of secr 5.5.0 (None: no such figure)."""

    title: str
    model: Model
    sessions: Callable[[Path | None], list[Session]]
    bar: float | None = None
    memory: float | None = None
    secr: str = ""
    slow: bool = False


def lattice(across: int, down: int) -> Floats:
    """Return places `SPACING` apart, (across * down, 2) metres."""
    x, y = np.meshgrid(np.arange(across) * SPACING, np.arange(down) * SPACING, indexing="ij")
    return np.stack([x.ravel(), y.ravel()], axis=1)


def cells(xy: Floats, count: int) -> Mask:
    """Return a mask of about `count` square cells that reaches `BUFFER` metres beyond the stations."""
    low, high = xy.min(axis=0) - BUFFER, xy.max(axis=0) + BUFFER
    spacing = float(np.sqrt(np.prod(high - low) / count))
    x, y = (np.arange(start + spacing / 2, end, spacing) for start, end in zip(low, high, strict=True))
    centres = np.stack([part.ravel() for part in np.meshgrid(x, y, indexing="ij")], axis=1)
    ridge = np.sin(centres[:, 0] / 9_000.0) + np.cos(centres[:, 1] / 7_000.0)
    return Mask(centres, np.full(len(centres), spacing**2 / 1e6), spacing, {"ridge": ridge})


@dataclass(frozen=True)
class World:
    """What a simulated survey is to be: `animals` are those seen."""

    stations: tuple[int, int] = (10, 15)
    mask: int = 5_000
    animals: int = 66
    kind: Kind = "proximity"
    seed: int = 1
    name: str = "1"


def survey(world: World) -> Session:
    """Return a simulated survey. Animals are drawn until as many have been seen as are wanted."""
    rng = np.random.default_rng(world.seed)
    xy = lattice(*world.stations)
    mask = cells(xy, world.mask)
    rows: list[npt.NDArray[np.int64]] = []
    sexes: list[str | None] = []
    while len(sexes) < world.animals:
        female = rng.random() < 0.6
        height, sigma = FEMALE if female else MALE
        gap = ((xy - mask.xy[rng.integers(len(mask))]) ** 2).sum(axis=1)
        chance = np.broadcast_to(height * np.exp(-gap / (2 * sigma**2)), (NIGHTS, len(xy)))
        times = rng.poisson(chance) if world.kind == "count" else (rng.random(chance.shape) < chance).astype(int)
        if times.any():
            night, station = np.nonzero(times)
            rows.append(np.stack([np.full(len(night), len(sexes)), night, station, times[night, station]]))
            sexes.append(None if rng.random() < 0.15 else "F" if female else "M")
    captures = np.concatenate(rows, axis=1).astype(np.int64)
    effects = {f"c{number}": rng.normal(size=len(xy)) for number in range(1, 13)}
    return Session(
        name=world.name,
        detectors=Detectors(
            tuple(f"S{number}" for number in range(len(xy))), xy, np.ones((len(xy), NIGHTS)), world.kind, effects
        ),
        animals=tuple(f"A{number}" for number in range(len(sexes))),
        captures=Captures(*(np.ascontiguousarray(row) for row in captures)),
        mask=mask,
        covariates={"sex": np.array(sexes, dtype=object)},
    )


def bigcat(mask: int) -> Callable[[Path | None], list[Session]]:
    """Return what gives the 150 stations, 60 nights and 66 animals: secr's input, or simulated anew without it."""

    def sessions(folder: Path | None) -> list[Session]:
        if folder is None:
            return [survey(World(mask=mask))]
        return given(folder / f"bigcat_m{mask}")

    return sessions


def bears(folder: Path | None) -> list[Session]:
    """Return the black bears that secr ships; none without --data."""
    return [] if folder is None else given(folder / "blackbear")


def given(folder: Path) -> list[Session]:
    """Return the survey of a folder with captures.csv, traps.csv, mask.csv and individuals.csv."""
    tables, found = read_csv_tables(
        (folder / "captures.csv").read_bytes(),
        (folder / "traps.csv").read_bytes(),
        mask=(folder / "mask.csv").read_bytes(),
        animals=[file.read_bytes() for file in sorted(folder.glob("individuals*.csv"))],
        names={"Sex": "sex"},
    )
    if not found.is_empty():
        raise SystemExit(str(found))
    return sessions_of(tables, "proximity")


def ranges(_: Path | None) -> list[Session]:
    """Return three ranges of 40 cameras and 9,000 mask points, 14 animals seen in each, counts over 60 nights."""
    shape = World((5, 8), mask=9_000, animals=14, kind="count")
    return [survey(replace(shape, seed=number, name=f"range {number}")) for number in (1, 2, 3)]


def least_cost(_: Path | None) -> list[Session]:
    """Return the simulated cats on a mask with a ridge; distances change in every step of the fit."""
    return [survey(World())]


def large(_: Path | None) -> list[Session]:
    """Return 500 stations and 20,000 mask points."""
    return [survey(World((20, 25), mask=20_000, animals=220))]


SESSION = Model("HHN", density="session", detect="session", sigma="session")
BY_SEX = Model(detect="sex", sigma="sex", hybrid="sex")
CASES = {
    "null5": Case("null, 5,000 mask points", Model(), bigcat(5_000), 1.0, None, "55.5"),
    "null20": Case("null, 20,000 mask points", Model(), bigcat(20_000), 4.0, 1_000, "202"),
    "sex": Case("sex as hybrid mixture, 5,000", BY_SEX, bigcat(5_000), 3.0, None, "367"),
    "b": Case("g0 ~ b, 5,000", Model(detect="b"), bigcat(5_000), 10.0, None, "28 one evaluation"),
    "bk": Case("g0 ~ bk, 5,000", Model(detect="bk"), bigcat(5_000), 10.0, None, "29 one evaluation"),
    "bears": Case("black bears, g0 ~ bk", Model(detect="bk"), bears, 1.5, None, "73"),
    "sessions": Case("three sessions, session effects on D, lambda0, sigma", SESSION, ranges, 5.0),
    "T": Case("g0 ~ T, 5,000", Model(detect="T"), bigcat(5_000), None, None, "54 one evaluation", slow=True),
    "t": Case("g0 ~ t, 60 nights, 5,000", Model(detect="t"), bigcat(5_000), slow=True),
    "movement": Case("least-cost movement, 5,000", Model(movement="ridge"), least_cost, slow=True),
    "large": Case("null, 20,000 mask points x 500 stations, 220 animals", Model(), large, slow=True),
}
