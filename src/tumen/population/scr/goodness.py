"""Could the model have given these data?  Goodness of fit by Monte Carlo.

For each draw, parameters are drawn about the estimates, centres and classes of the seen animals from what the data say
of them, and animals that were missed from where they may live; given these, what was seen is compared with what was to
be expected, and so is a survey simulated from the same draw. The share of draws in which the simulated survey is as far
off as the real one is the p-value (Choo, Sutherland and Johnston 2024, Methods Ecol Evol, after Gelman et al. 1996).
Frequencies (animals seen once, twice, at so many detectors) are held against surveys simulated as a whole at the
estimates. The data have been used to fit the model they are held against, so p-values of a true model lean towards the
middle and above: a small one says something, a large one little.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from tumen import engine
from tumen.errors import MisuseError, Text
from tumen.population.scr.design import Design
from tumen.population.scr.encounters import Animals, Field, encounters, expected_counts, field
from tumen.population.scr.fit import CONVERGED, Fit
from tumen.population.scr.likelihood import integrals, natural
from tumen.population.scr.simulate import simulate
from tumen.population.scr.survey import Captures, Floats, Integers, Session
from tumen.tables import findings

TESTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "session": pl.String,
    "statistic": pl.String,
    "observed": pl.Float64,
    "expected": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
    "draws": pl.Int64,
}
"""Freeman-Tukey sums of (sqrt(seen) - sqrt(expected))². `animalDetector`, `animal`, `detector`: over detections given
the centres; `timesSeen`, `detectorsVisited`: over numbers of animals (as many as there are, spread as expected).
`observed`: mean over draws for the data; `expected`, `low`, `high`: mean and 95 % range for simulated surveys; `p`:
chance of so much or more."""


FREQUENCIES: dict[str, pl.DataType | type[pl.DataType]] = {
    "session": pl.String,
    "what": pl.String,
    "value": pl.Int64,
    "observed": pl.Float64,
    "expected": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
"""`what`: animals, detections, timesSeen (animals seen `value` times), detectorsVisited (animals seen at `value`
detectors); the last value of each stands for itself and more."""

BY_DETECTOR: dict[str, pl.DataType | type[pl.DataType]] = {
    "session": pl.String,
    "detector": pl.String,
    "observed": pl.Float64,
    "expected": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
STATISTICS = ("animalDetector", "animal", "detector")
CLASSES = 8
"""Frequencies from this on are one class."""
INNER = 40
"""Surveys simulated to find what is expected under learned responses, for which there is no closed form here."""
UNLIKELY = 0.05
FLAT = 3.0
"""A standard error above this on the link scale is of a parameter that is hardly estimated."""
RANGE = (0.025, 0.975)
BATCH = 8


@dataclass(frozen=True, eq=False)
class Goodness:
    """What was seen beside what was to be expected.

    `tests` (`TESTS`), `frequencies` (`FREQUENCIES`), `by_detector` (`BY_DETECTOR`), and findings about statistics that
    are unlike the model.
    """

    tests: pl.DataFrame
    frequencies: pl.DataFrame
    by_detector: pl.DataFrame
    findings: pl.DataFrame


@dataclass(frozen=True, eq=False)
class _Draw:
    """One draw of one session.

    `discrepancy`: (2, 3) of data and of a simulation given centres; `frequency`, `detector`: frequencies and detections
    by detector of a survey simulated as a whole.
    """

    discrepancy: Floats
    frequency: Integers
    detector: Integers


def goodness(
    fitted: Fit,
    draws: int,
    seed: int,
    *,
    workers: int = 1,
    run: Callable[..., list[list[list[_Draw]]]] = engine.run,
) -> Goodness:
    """Return how well a fit agrees with its data, from `draws` draws (100 or more).

    Draw i has its own seed: the numbers are the same at any number of workers. `run`: `engine.run` or a partial of it
    (a cluster, a display of progress). Raises `MisuseError` for a fit that has
    not converged or has no covariance, and for a conditional likelihood (the missed animals are not modelled there).
    """
    if fitted.status != CONVERGED or fitted.covariance is None or fitted.model.likelihood == "conditional":
        raise MisuseError(
            "a full-likelihood fit that has converged, with its covariance",
            Text("{status}, {likelihood}", status=fitted.status, likelihood=fitted.model.likelihood),
            "Fit with likelihood 'full' and variance=True.",
        )
    if draws < 20:
        raise MisuseError("at least 20 draws", Text("{draws}", draws=draws), "Give 100 or more.")
    numbered = engine.seeds(seed, draws)
    pieces = [numbered[start : start + BATCH] for start in range(0, draws, BATCH)]
    done = [one for batch in run(partial(_batch, fitted), pieces, workers=workers) for one in batch]
    parts = [_judged(session, [one[k] for one in done]) for k, session in enumerate(fitted.sessions)]
    tests = pl.concat([part[0] for part in parts])
    unlike = tests.filter(pl.col("p") < UNLIKELY).select(
        row=pl.lit(None, dtype=pl.Int64),
        value=pl.concat_str("statistic", pl.lit(" "), "session"),
        chance=pl.col("p").round(3),
    )
    said = findings.rows("scr-unlike-data", unlike, table="density", column="", arguments=["chance"])
    return Goodness(tests, pl.concat([part[1] for part in parts]), pl.concat([part[2] for part in parts]), said)


def _batch(fitted: Fit, seeds: list[np.random.SeedSequence]) -> list[list[_Draw]]:
    return [_drawn(fitted, np.random.default_rng(seed)) for seed in seeds]


def _drawn(fitted: Fit, rng: np.random.Generator) -> list[_Draw]:
    if fitted.covariance is None:
        raise MisuseError("a covariance", "none", "Fit with variance=True.")
    whole = fitted.design
    # What the data say next to nothing of stays at its estimate: a draw of it would be no value it could have.
    known = fitted.estimable & (np.nan_to_num(fitted.se, nan=np.inf) < FLAT)
    covariance = np.where(np.outer(known, known), fitted.covariance, 0.0)
    beta = rng.multivariate_normal(fitted.beta, covariance, check_valid="ignore", method="eigh")
    made = simulate(whole, fitted.beta, rng).sessions
    found = []
    for number, session in enumerate(fitted.sessions):
        discrepancy = _discrepancies(whole, beta, number, rng)
        new = made[number].captures
        at = np.bincount(new.detector, new.count, len(session.detectors.names)).astype(np.int64)
        found.append(_Draw(discrepancy, _frequency(new), at))
    return found


def _discrepancies(whole: Design, beta: Floats, number: int, rng: np.random.Generator) -> Floats:
    """Return (2, 3): the statistics of the data, and of a survey simulated given the same centres."""
    session, spot = whole.parts[number].session, field(whole, beta, number)
    animals = _placed(whole, beta, number, rng)
    hazards = spot.hazards(animals)
    mean = _mean(spot, hazards, rng)
    shape = (len(animals), len(session.detectors.names))
    data = _table(session.captures, shape)
    new = _table(encounters(spot, hazards, rng), shape)
    return np.stack([_freeman_tukey(data, mean), _freeman_tukey(new, mean)])


def _placed(whole: Design, beta: Floats, number: int, rng: np.random.Generator) -> Animals:
    """Return animals: the seen ones where they may live given the data, then those that may have been missed."""
    part, values, found = whole.parts[number], natural(whole, beta), integrals(whole, beta, number)
    count, cells = len(part.session.animals), len(part.session.mask)
    cell, group = np.zeros(count, np.int64), np.zeros(count, np.int64)
    rows = part.graph.row_animal
    order = np.concatenate([[0], np.flatnonzero(np.diff(rows)) + 1]) if count else np.zeros(0, np.int64)
    ends = np.concatenate([order[1:], [len(rows)]]) if count else np.zeros(0, np.int64)
    for start, end in zip(order, ends, strict=True):
        weight = found.posterior[start:end].ravel().cumsum()
        row, where = divmod(int(np.searchsorted(weight, rng.random() * weight[-1], side="right")), cells)
        cell[rows[start]], group[rows[start]] = where, part.graph.row_class[start + row]
    surface = values.density[number]
    if surface is None:
        raise MisuseError("a full likelihood", "a conditional one", "Fit with likelihood 'full'.")
    missed = (surface * part.session.mask.area) * (1 - found.seen[0]) * values.share[number][:, None]
    fixed = whole.model.number == "binomial"
    total = float(surface @ part.session.mask.area)
    more = max(0, round(total) - count) if fixed else int(rng.poisson(missed.sum()))
    lost_group, lost = np.divmod(rng.choice(missed.size, size=more, p=missed.ravel() / missed.sum()), cells)
    cell, group = np.concatenate([cell, lost]), np.concatenate([group, lost_group])
    return Animals(cell.astype(np.int64), group.astype(np.int64), np.zeros(len(cell), np.int64))


def _mean(spot: Field, hazards: Floats, rng: np.random.Generator) -> Floats:
    """Return (N, K) expected detections."""
    if not spot.learned:
        return expected_counts(spot, hazards[:, 0])
    shape = (len(hazards), spot.detectors)
    return np.asarray(sum(_table(encounters(spot, hazards, rng), shape) for _ in range(INNER)) / INNER)


def _table(captures: Captures, shape: tuple[int, int]) -> Floats:
    found = np.zeros(shape)
    np.add.at(found, (captures.animal, captures.detector), captures.count)
    return found


def _freeman_tukey(seen: Floats, mean: Floats) -> Floats:
    pairs = ((seen, mean), (seen.sum(axis=1), mean.sum(axis=1)), (seen.sum(axis=0), mean.sum(axis=0)))
    return np.array([((np.sqrt(a) - np.sqrt(b)) ** 2).sum() for a, b in pairs])


def _frequency(captures: Captures) -> Integers:
    """Return animals, detections, animals seen 1, 2, ... times, and animals seen at 1, 2, ... detectors."""
    times = np.bincount(captures.animal, captures.count).astype(np.int64)
    pairs = np.unique(captures.animal * (captures.detector.max(initial=0) + 1) + captures.detector)
    places = np.bincount(pairs // (captures.detector.max(initial=0) + 1), minlength=len(times))
    classes = [np.bincount(np.minimum(one[one > 0], CLASSES), minlength=CLASSES + 1)[1:] for one in (times, places)]
    return np.concatenate([[np.count_nonzero(times), times.sum()], *classes]).astype(np.int64)


def _judged(session: Session, draws: list[_Draw]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    discrepancy = np.array([draw.discrepancy for draw in draws])
    rows: list[tuple[object, ...]] = []
    for k, name in enumerate(STATISTICS):
        rows.append((session.name, name, *_compared(discrepancy[:, 0, k], discrepancy[:, 1, k]), len(draws)))
    frequency = np.array([draw.frequency for draw in draws])
    observed, mean = _frequency(session.captures), frequency.mean(axis=0)
    for name, where in (("timesSeen", slice(2, 2 + CLASSES)), ("detectorsVisited", slice(2 + CLASSES, None))):
        far = _shape(frequency[:, where], mean[where])
        own = _shape(observed[None, where], mean[where])
        rows.append((session.name, name, *_compared(np.full(len(far), own[0]), far), len(draws)))
    labels: list[tuple[str, int | None]] = [("animals", None), ("detections", None)]
    labels += [(name, value) for name in ("timesSeen", "detectorsVisited") for value in range(1, CLASSES + 1)]
    low, high = np.quantile(frequency, RANGE, axis=0)
    frequencies = [
        (session.name, *label, *each) for label, *each in zip(labels, observed, mean, low, high, strict=True)
    ]
    return (
        pl.DataFrame(rows, schema=TESTS, orient="row"),
        pl.DataFrame(frequencies, schema=FREQUENCIES, orient="row"),
        _by_detector(session, np.array([draw.detector for draw in draws])),
    )


def _shape(counts: Integers, mean: Floats) -> Floats:
    """Return (draws,) how far numbers of animals (draws, classes) are from as many spread as the mean is.

    How many animals were seen in all is no test, for density is fitted to it.
    """
    wanted = counts.sum(axis=1, keepdims=True) * mean / max(float(mean.sum()), 1e-300)
    return np.asarray(((np.sqrt(counts) - np.sqrt(wanted)) ** 2).sum(axis=1))


def _compared(data: Floats, simulated: Floats) -> tuple[float, float, float, float, float]:
    low, high = np.quantile(simulated, RANGE)
    chance = (1 + np.count_nonzero(simulated >= data)) / (1 + len(data))
    return float(data.mean()), float(simulated.mean()), float(low), float(high), float(chance)


def _by_detector(session: Session, detections: Integers) -> pl.DataFrame:
    captures, names = session.captures, session.detectors.names
    low, high = np.quantile(detections, RANGE, axis=0)
    return pl.DataFrame(
        {
            "session": [session.name] * len(names),
            "detector": list(names),
            "observed": np.bincount(captures.detector, captures.count, len(names)).astype(float),
            "expected": detections.mean(axis=0),
            "low": low,
            "high": high,
        },
        schema=BY_DETECTOR,
    )
