"""How probable are a year's detections of an animal whose centre is known?  Compiled, with derivatives.

For one session and one class of animals: `quiet` sums usage times hazard over the detectors, `seen` adds the terms of
each animal that was seen (see `open_data`). Both go over the mask cell by cell and keep no detectors-by-cells array.
Derivatives are by the link-scale intercept (ln lambda0, or logit g0) and by ln sigma. Hazards are carried with their
logarithm and its derivatives, so that far cells neither underflow nor divide zero by zero. Compiled on first use.

Forms: HN and EX are probabilities g = g0 k(d), with hazard -ln(1 - g); HHN and HEX are hazards lambda0 k(d);
k = exp(-d^2 / (2 sigma^2)) for HN and HHN, exp(-d / sigma) for EX and HEX.
"""

import math

import numba
import numpy as np

from tumen.population.scr.survey import Floats
from tumen.population.survival.open_data import CHANCE, PATTERN, Year

FORMS = ("HN", "HHN", "EX", "HEX")
EXPONENTIAL = (False, False, True, True)
HAZARD = (False, True, False, True)
SMALL = 0.01
"""Below it ln(exp(z) - 1) is ln z + z/2 + z^2/24 to 4e-12."""
FAR, NEAR = -55.0, -25.0
"""ln of a hazard that adds nothing to a sum (1e-24), and of one that is its own ln(exp(z) - 1) to 1e-11."""
NEGLIGIBLE = 1e-18
"""Posterior weight of a cell below which it adds nothing to a derivative."""


def quiet(year: Year, form: int, base: float, sigma: float) -> tuple[Floats, Floats]:
    """Return (M,) expected hazard of all detectors, and (G, M) of each pattern of usage.

    `base` is lambda0, or g0 for forms that are probabilities.
    """
    total, patterns = _quiet(year, _curve(form, base, sigma))
    return total, patterns


def seen(year: Year, rows: tuple[int, int], curve: tuple[int, float, float], patterns: Floats) -> Floats:
    """Return (rows, M) terms of seen animals from row `rows[0]` up to `rows[1]`; `curve` is form, base and sigma."""
    found: Floats = _seen(year, rows[0], rows[1], _curve(*curve), patterns)
    return found


def quiet_slope(year: Year, curve: tuple[int, float, float], weight: Floats, patterns: Floats) -> Floats:
    """Return the derivative of sum(weight * total) + sum(patterns * pattern totals) by both parameters."""
    found: Floats = _quiet_slope(year, _curve(*curve), weight, patterns)
    return found


def seen_slope(
    year: Year, rows: tuple[int, int], curve: tuple[int, float, float], weight: Floats, patterns: tuple[Floats, Floats]
) -> Floats:
    """Return the derivative of sum(weight * seen) by both parameters, by way of the detectors' own hazards.

    What goes by way of pattern totals `patterns[0]` is added to `patterns[1]`, for `quiet_slope`.
    """
    found: Floats = _seen_slope(year, rows[0], rows[1], _curve(*curve), weight, patterns)
    return found


def _curve(form: int, base: float, sigma: float) -> tuple[int, float, float, float]:
    """Add the logarithm of the base; a probability stays below 1, where its hazard would be infinite."""
    if not HAZARD[form]:
        base = min(base, 1 - 1e-12)
    return form, base, sigma, math.log(base)


@numba.njit(cache=True)
def _value(year, curve, k, x):  # type: ignore[no-untyped-def]
    """Return the logarithm of g or lambda at a cell, and its derivative by ln sigma."""
    form, top, sigma = curve[0], curve[3], curve[2]
    if year.distance.size:
        square = year.distance[k, x] ** 2
    else:
        square = (year.detectors[k, 0] - year.cells[x, 0]) ** 2 + (year.detectors[k, 1] - year.cells[x, 1]) ** 2
    if EXPONENTIAL[form]:
        slope = math.sqrt(square) / sigma
        return top - slope, slope
    slope = square / (sigma * sigma)
    return top - 0.5 * slope, slope


@numba.njit(cache=True)
def _hazard(curve, log, slope):  # type: ignore[no-untyped-def]
    """Return hazard, its logarithm, and the derivatives of the logarithm by both parameters."""
    value = math.exp(log)
    if HAZARD[curve[0]]:
        return value, log, 1.0, slope
    if value < 1e-10:
        return value, log, 1.0 - curve[1], slope
    hazard = -math.log1p(-value)
    ratio = value / ((1.0 - value) * hazard)
    return hazard, math.log(hazard), ratio * (1.0 - curve[1]), ratio * slope


@numba.njit(cache=True)
def _log_chance(z, log):  # type: ignore[no-untyped-def]
    """Return ln(exp(z) - 1), given ln z too."""
    if z < SMALL:
        return log + 0.5 * z + z * z / 24.0
    if z > 30.0:
        return z
    return math.log(math.expm1(z))


@numba.njit(cache=True)
def _log_ratio(z):  # type: ignore[no-untyped-def]
    """Return ln((exp(z) - 1) / z) and its derivative."""
    if z < SMALL:
        return 0.5 * z + z * z / 24.0, 0.5 + z / 12.0
    if z > 30.0:
        return z - math.log(z), 1.0 - 1.0 / z
    return math.log(math.expm1(z) / z), 1.0 / -math.expm1(-z) - 1.0 / z


@numba.njit(cache=True)
def _quiet(year, curve):  # type: ignore[no-untyped-def]
    cells, kinds = year.cells.shape[0], year.patterns.shape[0]
    total, patterns = np.zeros(cells), np.zeros((kinds, cells))
    for x in range(cells):
        for k in range(year.usage.size):
            log, slope = _value(year, curve, k, x)
            if year.usage[k] == 0.0 or log < FAR:
                continue
            hazard = _hazard(curve, log, slope)[0]
            total[x] += year.usage[k] * hazard
            for g in range(kinds):
                patterns[g, x] += year.patterns[g, k] * hazard
    return total, patterns


@numba.njit(cache=True)
def _seen(year, start, stop, curve, patterns):  # type: ignore[no-untyped-def]
    cells = year.cells.shape[0]
    out = np.zeros((stop - start, cells))
    for r in range(start, stop):
        for c in range(year.begin[r], year.begin[r + 1]):
            term, place, unit, times = year.term[c], year.where[c], year.unit[c], year.times[c]
            log_unit = math.log(unit)
            for x in range(cells):
                if term == PATTERN:
                    out[r - start, x] += times * _log_ratio(patterns[place, x])[0]
                    continue
                log, slope = _value(year, curve, place, x)
                # Where it matters to no digit, the hazard is g or lambda, and exp(z) - 1 is z.
                if log + max(log_unit, 0.0) > NEAR:
                    hazard, log, _, _ = _hazard(curve, log, slope)
                    if term == CHANCE:
                        log = _log_chance(unit * hazard, log_unit + log) - log_unit
                out[r - start, x] += times * (log + (log_unit if term == CHANCE else 0.0))
    return out


@numba.njit(cache=True)
def _quiet_slope(year, curve, weight, patterns):  # type: ignore[no-untyped-def]
    total = np.zeros(2)
    for x in range(year.cells.shape[0]):
        for k in range(year.usage.size):
            log, slope = _value(year, curve, k, x)
            if year.usage[k] == 0.0 or log < FAR:
                continue
            share = weight[x] * year.usage[k]
            for g in range(year.patterns.shape[0]):
                share += patterns[g, x] * year.patterns[g, k]
            if share != 0.0:
                hazard, _, first, second = _hazard(curve, log, slope)
                total[0] += share * hazard * first
                total[1] += share * hazard * second
    return total


@numba.njit(cache=True)
def _seen_slope(year, start, stop, curve, weight, patterns):  # type: ignore[no-untyped-def]
    total = np.zeros(2)
    for r in range(start, stop):
        for c in range(year.begin[r], year.begin[r + 1]):
            term, place, unit, times = year.term[c], year.where[c], year.unit[c], year.times[c]
            for x in range(year.cells.shape[0]):
                share = times * weight[r - start, x]
                if abs(share) < NEGLIGIBLE:
                    continue
                if term == PATTERN:
                    patterns[1][place, x] += share * _log_ratio(patterns[0][place, x])[1]
                    continue
                log, slope = _value(year, curve, place, x)
                hazard, _, first, second = _hazard(curve, log, slope)
                if term == CHANCE:
                    z = unit * hazard
                    share *= 1.0 if z < 1e-12 else z / -math.expm1(-z)
                total[0] += share * first
                total[1] += share * second
    return total
