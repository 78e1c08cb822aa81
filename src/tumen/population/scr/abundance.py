"""How many live where: expected and realised numbers in any region, from one joint fit.

Expected N is what a population of the fitted density holds on average; realised N is the number that was there in this
survey: the animals seen, each where it probably lives, and those that must have been missed. Both add up over regions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import ndtri

from tumen.errors import MisuseError, Text
from tumen.population.scr.fit import Fit
from tumen.population.scr.predict import centres, density, effective_areas, occupied
from tumen.population.scr.regions import totals
from tumen.population.scr.survey import Floats

ABUNDANCE: dict[str, pl.DataType | type[pl.DataType]] = {
    "session": pl.String,
    "regionKind": pl.String,
    "region": pl.String,
    "areaKm2": pl.Float64,
    "expected": pl.Float64,
    "expectedSe": pl.Float64,
    "expectedLow": pl.Float64,
    "expectedHigh": pl.Float64,
    "realised": pl.Float64,
    "realisedSe": pl.Float64,
    "realisedLow": pl.Float64,
    "realisedHigh": pl.Float64,
    "density": pl.Float64,
    "densityLow": pl.Float64,
    "densityHigh": pl.Float64,
}
"""One row per session and region; densities per 100 km2; null where nothing can be estimated."""

FLAT = 1e-3
"""A number that changes by this share along a direction in which the likelihood is flat has no standard error."""
KINDS = {"area": "protectedArea"}
"""How kinds of regions are called in `ABUNDANCE`, where it is not as in `regions.REGIONS`."""

VAGUE = 2.0
"""SE of the logarithm of N beyond which its 95 % interval spans a factor of fifty up and down: it says nothing."""

PER = 100.0
"""Densities are shown per this many km2."""


@dataclass(frozen=True)
class Estimate:
    """An estimate with its standard error and its interval."""

    value: float
    se: float
    low: float
    high: float


def lognormal(value: float, se: float, *, at_least: float = 0.0, confidence: float = 0.95) -> Estimate:
    """Return an estimate whose interval is log-normal above a number that is certain.

    The interval of a count that cannot be below `at_least` (the animals seen) is that of the excess over it.

    >>> found = lognormal(151.3973, 14.31832, at_least=66)
    >>> round(found.low, 3), round(found.high, 3)
    (127.619, 184.352)
    """
    excess = value - at_least
    if not excess > 1e-12 or not np.isfinite(se):
        bound = value if np.isfinite(se) else float("nan")
        return Estimate(value, se, bound, bound)
    spread = float(np.exp(ndtri(0.5 + confidence / 2) * np.sqrt(np.log1p((se / excess) ** 2))))
    return Estimate(value, float(se), at_least + excess / spread, at_least + excess * spread)


class Abundance:
    """Numbers by region of one session of a fit. What every region needs is computed once."""

    def __init__(self, fit: Fit, session: int = 0) -> None:
        """Evaluate the fit and its derivatives over the mask."""
        self.fit, self.session = fit, session
        self.mask = fit.design.parts[session].session.mask
        self.area = self.mask.area
        self.seen = len(fit.design.parts[session].session.animals)
        self.density = density(fit, session)
        self.centres = centres(fit, session)
        self.unseen = occupied(fit, session)[1] - self.centres.sum(axis=0)
        known = fit.covariance is not None
        self.slopes = _slopes(fit, self._surfaces) if known else None

    def _surfaces(self, beta: Floats) -> Floats:
        return occupied(self.fit, self.session, beta)

    def expected(self, share: Floats | None = None) -> Estimate:
        """Return expected N in a region. `share`: (M,) of each cell in it; None: all."""
        inside = np.ones(len(self.area)) if share is None else share
        value = float((self.density * self.area) @ inside)
        return lognormal(
            value, float(np.sqrt(_skewed(self._variance(0, inside, value) + self._sampling(value), value)))
        )

    def realised(self, share: Floats | None = None) -> Estimate:
        """Return realised N in a region: seen animals by the chance that they live there, and missed ones."""
        inside = np.ones(len(self.area)) if share is None else share
        here = self.centres @ inside
        value = float(here.sum() + self.unseen @ inside)
        chance = float((here * (1 - here)).clip(0).sum())
        missed = float(self.unseen @ inside)
        spread, unsure = missed, missed
        if self.fit.model.number == "binomial":  # All of N that were missed are somewhere in the mask.
            spread *= max(0.0, 1 - missed / float(self.unseen.sum()))
            unsure = value
        se = np.sqrt(_skewed(self._variance(1, inside, value) + self._sampling(missed), unsure) + spread + chance)
        certain = max(0.0, float(here.sum()) - 1.96 * float(np.sqrt(chance)))
        return lognormal(value, float(se), at_least=min(certain, value))

    def _variance(self, row: int, inside: Floats, value: float) -> float:
        """Return the variance that uncertain parameters give; NaN where the number moves with what is not known."""
        if self.slopes is None or self.fit.covariance is None:
            return float("nan")
        slope = self.slopes[:, row] @ inside
        if (np.abs(slope @ self.fit.flat) > FLAT * abs(value)).any():
            return float("nan")
        return float(slope @ self.fit.covariance @ slope)

    def _sampling(self, value: float) -> float:
        """Return the variance of the number seen, which a conditional likelihood leaves to be added."""
        if self.fit.model.likelihood == "full":
            return 0.0
        if not self.seen:
            return 0.0
        each = 1 / effective_areas(self.fit, self.session)
        return float((each**2).sum() / each.sum() ** 2) * value**2


def counts(fit: Fit) -> bool:
    """Return whether the data of a fit can say how many there are.

    Without an animal seen twice, only the product of density and detection is known; one animal alone says nothing of
    how numbers vary.
    """
    animals = sum(len(session.animals) for session in fit.sessions)
    return animals > 1 and sum(int(session.captures.count.sum()) for session in fit.sessions) > animals


def bounded(fit: Fit, session: int = 0) -> bool:
    """Return whether the data bound the number of a session, within a factor of exp(1.96 `VAGUE`) up and down."""
    part = fit.design.parts[session]
    if fit.covariance is None:
        return True
    if part.density is None:
        number = Abundance(fit, session).expected()
        return number.value > 0 and number.se <= VAGUE * number.value
    # Expected N depends on the parameters of density alone, and simply.
    block = fit.design.blocks["D"]
    here = density(fit, session) * part.session.mask.area
    slope = part.density.T @ here
    if not here.sum() > 0 or (np.abs(slope @ fit.flat[block]) > FLAT * here.sum()).any():
        return False
    return bool(slope @ fit.covariance[block, block] @ slope <= (VAGUE * here.sum()) ** 2)


def _skewed(variance: float, value: float) -> float:
    """Return the variance of a log-normal number whose logarithm has the variance that the parameters give it."""
    return value**2 * float(np.expm1(variance / value**2)) if value > 0 and variance < value**2 else variance


def _slopes(fit: Fit, function: Callable[[Floats], Floats]) -> Floats:
    """Return (P, ...) derivatives of a function of beta by central differences, a thousandth of an SE wide."""
    known = fit.se if fit.covariance is None else np.sqrt(np.diag(fit.covariance).clip(0))
    found = []
    for j, error in enumerate(known):
        step = np.zeros(len(fit.beta))
        step[j] = 1e-3 * float(np.clip(np.nan_to_num(error, nan=1.0), 1e-3, 1.0))
        found.append((function(fit.beta + step) - function(fit.beta - step)) / (2 * step[j]))
    return np.stack(found)


def abundance(fit: Fit, regions: pl.DataFrame, session: int = 0) -> pl.DataFrame:
    """Return N of the whole mask and of each region (`ABUNDANCE`); regions as `regions.countries` and `.areas` give.

    Countries, with what lies in none, add up to the whole; protected areas need not.
    """
    counted = Abundance(fit, session)
    name = fit.sessions[session].name
    known = counts(fit) and bounded(fit, session)
    rows = [_row(counted, name, "all", None, np.ones(len(counted.area)))]
    for kind, region in regions.select("kind", "region").unique(maintain_order=True).iter_rows():
        share = np.zeros(len(counted.area))
        here = regions.filter(pl.col("kind") == kind, pl.col("region") == region)
        share[here["cell"].to_numpy()] = here["share"].to_numpy()
        rows.append(_row(counted, name, KINDS.get(kind, kind), region, share))
    table = pl.DataFrame(rows, schema=ABUNDANCE, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))
    if known:
        return table
    estimates = [column for column in ABUNDANCE if column not in ("session", "regionKind", "region", "areaKm2")]
    return table.with_columns(pl.lit(None, pl.Float64).alias(column) for column in estimates)


def realised_by_region(fit: Fit, regions: pl.DataFrame, session: int = 0) -> pl.DataFrame:
    """Return realised N by region without its uncertainty: session, regionKind, region, realised."""
    here = occupied(fit, session)[1]
    rows: list[tuple[str, str, str | None, float]] = [(fit.sessions[session].name, "all", None, float(here.sum()))]
    for kind, region, value in totals(regions, here).iter_rows():
        rows.append((fit.sessions[session].name, KINDS.get(kind, kind), region, value))
    columns = ("session", "regionKind", "region", "realised")
    return pl.DataFrame(rows, schema={name: ABUNDANCE[name] for name in columns}, orient="row")


def _row(counted: Abundance, session: str, kind: str, region: str | None, share: Floats) -> tuple[object, ...]:
    area = float(counted.area @ share)
    expected, realised = counted.expected(share), counted.realised(share)
    per = PER / area if area > 0 else float("nan")
    return (
        *(session, kind, region, area),
        *(expected.value, expected.se, expected.low, expected.high),
        *(realised.value, realised.se, realised.low, realised.high),
        *(expected.value * per, expected.low * per, expected.high * per),
    )


def total(estimates: Mapping[str, Estimate], *, at_least: float = 0.0) -> Estimate:
    """Return the sum of independent estimates, as adding up national reports does. `at_least`: animals they list.

    >>> round(total({"CN": Estimate(30, 3, 25, 36), "RU": Estimate(40, 4, 33, 49)}).se, 3)
    5.0
    """
    if not estimates:
        raise MisuseError("at least one estimate", Text("{count}", count=0), "Fit at least one country.")
    value = sum(each.value for each in estimates.values())
    return lognormal(
        value, float(np.sqrt(sum(each.se**2 for each in estimates.values()))), at_least=min(at_least, value)
    )
