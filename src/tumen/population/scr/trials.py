"""How precise would it really be?  Planned surveys simulated and fitted, and the power to see a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import ndtr, ndtri

from tumen import engine
from tumen.errors import MisuseError, Text
from tumen.population.scr.design import design
from tumen.population.scr.fit import CONVERGED, fit
from tumen.population.scr.planned import Assumed
from tumen.population.scr.simulate import link_values, simulate
from tumen.population.scr.survey import Floats, Session

ALPHA = 0.05
"""Level of a test of change."""
BATCH = 8
"""Surveys that are made one after another in one piece of work; it has no bearing on the numbers."""


@dataclass(frozen=True)
class Trials:
    """Simulated surveys of one design.

    `estimates`: density over the truth, of each survey that gave an estimate; `se`: of its logarithm.
    """

    count: int
    estimates: Floats
    se: Floats

    @property
    def failed(self) -> int:
        """Return the number of surveys that gave no estimate."""
        return self.count - len(self.estimates)

    @property
    def rse(self) -> float | None:
        """Return the relative standard error: SD of the estimates over the truth."""
        return float(self.estimates.std(ddof=1)) if len(self.estimates) > 1 else None

    @property
    def bias(self) -> float | None:
        """Return the relative bias."""
        return float(self.estimates.mean() - 1) if len(self.estimates) else None

    @property
    def coverage(self) -> float | None:
        """Return the share of 95 % intervals (Wald, on the log scale) that hold the truth."""
        if not len(self.estimates):
            return None
        return float(np.mean(np.abs(np.log(self.estimates)) <= ndtri(0.975) * self.se))


def trials(
    session: Session, assumed: Assumed, count: int, seed: int, *, ratio: float = 1.0, workers: int = 1
) -> Trials:
    """Return `count` surveys of a planned session, simulated and fitted; density is `ratio` times what is assumed.

    Trial i has its own seed: the numbers are the same at any number of workers.
    """
    if count < 1:
        raise MisuseError("at least one trial", Text("{count}", count=count), "Give a number such as 200.")
    found = _pairs(session, assumed, ratio, engine.seeds(seed, count), workers)
    kept = found[np.isfinite(found).all(axis=1)]
    return Trials(count, np.exp(kept[:, 0]), kept[:, 1])


def _pairs(
    session: Session, assumed: Assumed, ratio: float, seeds: Sequence[np.random.SeedSequence], workers: int
) -> Floats:
    """Return (trials, 2): the log of the estimated density over the truth, and its SE; NaN where there is none."""
    pieces = [seeds[start : start + BATCH] for start in range(0, len(seeds), BATCH)]
    done = engine.run(partial(_tried, session, assumed, ratio), pieces, workers=workers)
    return np.array([pair for batch in done for pair in batch]).reshape(-1, 2)


def _tried(
    session: Session, assumed: Assumed, ratio: float, seeds: Sequence[np.random.SeedSequence]
) -> list[tuple[float, float]]:
    whole = design([session], assumed.model)
    truth = link_values(whole, assumed.values(ratio))
    found = []
    for seed in seeds:
        made = simulate(whole, truth, np.random.default_rng(seed)).sessions
        fitted = fit(made, assumed.model, start=truth) if len(made[0].animals) else None
        good = fitted is not None and fitted.status == CONVERGED and bool(fitted.estimable.all())
        found.append((fitted.beta[0] - truth[0], fitted.se[0]) if fitted is not None and good else (np.nan, np.nan))
    return found


def power(rse: float, ratio: float, *, rse_after: float | None = None, alpha: float = ALPHA) -> float:
    """Return the chance that two surveys show a change of density by the factor `ratio` (two-sided test, level alpha).

    Estimates are taken as log-normal and independent. `rse`: of the first survey; `rse_after`: of the second (None: it
    differs because so many fewer or more animals are seen, rse / sqrt(ratio)). Source: Efford and Boulanger (2019).

    >>> round(power(0.2, 0.5), 3), round(power(0.2, 1.0), 3)
    (0.529, 0.05)
    """
    if not (rse > 0 and ratio > 0 and 0 < alpha < 1):
        raise MisuseError(
            "an RSE and a ratio above 0, alpha between 0 and 1",
            Text("{rse}, {ratio}, {alpha}", rse=rse, ratio=ratio, alpha=alpha),
            "Give a halving as 0.5, an RSE of 20 % as 0.2.",
        )
    after = rse / np.sqrt(ratio) if rse_after is None else rse_after
    shift = abs(np.log(ratio)) / np.sqrt(np.log1p(rse**2) + np.log1p(after**2))
    critical = ndtri(1 - alpha / 2)
    return float(ndtr(shift - critical) + ndtr(-shift - critical))


def simulated_power(
    session: Session, assumed: Assumed, ratio: float, count: int, seed: int, *, workers: int = 1
) -> tuple[float, int]:
    """Return the share of `count` pairs of simulated surveys that show a change by `ratio`, and how many were fitted.

    A pair shows it when the difference of log densities is beyond the critical value (level 0.05) of its own standard
    error. A pair without an estimate shows nothing.
    """
    before = _pairs(session, assumed, 1.0, engine.seeds(seed, 2 * count)[:count], workers)
    after = _pairs(session, assumed, ratio, engine.seeds(seed, 2 * count)[count:], workers)
    good = np.isfinite(before).all(axis=1) & np.isfinite(after).all(axis=1)
    change = after[good, 0] + np.log(ratio) - before[good, 0]
    shown = np.abs(change) > ndtri(1 - ALPHA / 2) * np.hypot(before[good, 1], after[good, 1])
    return float(shown.sum() / count), int(good.sum())
