"""How many lived in each year, how many survived, came and went?  What a fitted open population says.

Expected numbers are those of the model. Realised numbers are of the animals that lived: each animal seen counts with
its probability to be alive and in the region at the session, given all that was seen of it, and those never seen with
their expected number. The standard error of a realised number holds both that the parameters are estimates (derivatives
of the number by them) and that lives are chance given the parameters; its interval leaves no fewer than the animals
that were surely there.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.stats import norm

from tumen.errors import MisuseError
from tumen.population.scr.survey import Floats
from tumen.population.survival import open_hmm
from tumen.population.survival.open_data import SEXES
from tumen.population.survival.open_fit import OpenFit
from tumen.population.survival.open_hmm import Slopes
from tumen.population.survival.open_likelihood import Evaluation
from tumen.population.survival.open_model import Design, rates
from tumen.tables import findings

SCHEMA = {
    "quantity": pl.String,
    "session": pl.String,
    "sex": pl.String,
    "estimate": pl.Float64,
    "standardError": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
}
STEP = 1e-4
Row = tuple[str, str | None, str | None, float, float | None, float | None, float | None]


class Value(NamedTuple):
    """One quantity: its name, session, sex (None: both), estimate, and scale of its interval (ln or logit)."""

    quantity: str
    session: str | None
    sex: str | None
    estimate: float
    scale: str


class Alive(NamedTuple):
    """Who lived at each session, given the data: `animals` (n, T) probability, `unseen` (T,) expected number."""

    animals: Floats
    unseen: Floats


def quantities(fit: OpenFit, level: float = 0.95) -> pl.DataFrame:
    """Return a row per quantity, session and sex, with standard error and interval (null where not estimable).

    `survival`, `growth`, `recruitment` per year, for the interval that begins at the session; `entry`: animals that
    enter by the session; `expectedNumber`, `density` (per km2); `realisedNumber`; `lambda0` or `g0`, `sigma`, `move`
    (metres, per year), `shareMale`. Conditional on capture there are no numbers.

    >>> from tumen.population.survival.open_fit import fit
    >>> from tumen.population.survival.open_simulate import example
    >>> table = quantities(fit(example()))
    >>> table.filter(pl.col("quantity") == "realisedNumber").height
    3
    """
    _fitted(fit)
    values = _model_values(fit.design, fit.beta)
    slope = _differences(lambda beta: np.array([value.estimate for value in _model_values(fit.design, beta)]), fit)
    wide = float(norm.ppf(0.5 + level / 2))
    rows = [_row(value, _error(slope[place], fit), wide) for place, value in enumerate(values)]
    if fit.design.model.entry != "captured":
        rows += _realised(fit, wide)
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def stated(fit: OpenFit) -> pl.DataFrame:
    """Return what a reader of a fit must know, as findings."""
    return findings.join(findings.finding(code, table="captures", value=value) for code, value in fit.problems)


def alive(fit: OpenFit, beta: Floats | None = None) -> Alive:
    """Return the probability that each animal seen lived in the region at each session, and how many others did.

    Given capture, nothing is said of sessions before the first (NaN) nor of others (NaN).
    """
    point = Evaluation(fit.design, fit.beta if beta is None else beta)
    count, sessions = fit.design.data.row.shape
    found = np.zeros((count, sessions))
    ahead, back = _reach(point)
    for who in point.chunks():
        batches, passed, weights = _posterior(point, who)
        for c, (batch, (ways, log)) in enumerate(zip(batches, passed, strict=True)):
            scratch = Slopes.zero(sessions, point.hazard.shape[2])
            known = (point.chi[c], weights[c], scratch)
            posterior = open_hmm.backward(point.chains[c], batch, ways, np.where(np.isfinite(log), log, 0.0), known)
            for t, members in enumerate(batch.members):
                new, ending = batch.first[members] == t, batch.last[members] == t
                found[who[members], t] += weights[c][members]
                ends = members[ending]
                last = weights[c][ends, None] * np.exp(ways[t][ending] - log[ends, None])
                found[who[ends], t + 1 :] += last @ ahead[c][t].T
                if not point.chains[c].captured:
                    found[who[members[new]], :t] += posterior[t][new] @ back[c][t].T
    unseen = np.zeros(sessions)
    for chain, psi, chi in zip(point.chains, point.psi, point.chi, strict=True):
        unseen += (psi * chain.quiet * chi).sum(axis=1)
    if fit.design.model.entry == "captured":
        found[np.arange(sessions) < fit.design.data.first[:, None]] = np.nan
        unseen[:] = np.nan
    return Alive(found, unseen)


def surface(fit: OpenFit, session: int) -> Floats:
    """Return (M,) animals per km2 with their centre in each cell at a session (0, 1, ...): seen ones and others."""
    _fitted(fit)
    if fit.design.model.entry == "captured":
        raise MisuseError(
            "numbers for a map of density",
            "a model given capture",
            'Fit with entry "recruitment" or "superpopulation".',
        )
    point = Evaluation(fit.design, fit.beta)
    total: Floats = np.zeros(point.hazard.shape[2])
    for c, slopes in enumerate(_lives(point)):
        total += slopes.quiet[session] + point.psi[c][session] * point.chains[c].quiet[session] * point.chi[c][session]
    return total / fit.design.data.mask.area


def _lives(point: Evaluation) -> list[Slopes]:
    """Return slopes whose `quiet` (T, M) is the expected number of animals seen that live in each cell."""
    sessions, _, cells = point.hazard.shape
    slopes = [Slopes.zero(sessions, cells) for _ in point.chains]
    for who in point.chunks():
        batches, passed, weights = _posterior(point, who)
        for c, (batch, (ways, log)) in enumerate(zip(batches, passed, strict=True)):
            known = (point.chi[c], weights[c], slopes[c])
            safe = np.where(np.isfinite(log), log, 0.0)
            parts = open_hmm.backward(point.chains[c], batch, ways, safe, known)
            for t, part in enumerate(parts):
                slopes[c].quiet[t] += part.sum(axis=0)
    for chain, psi, chi, slope in zip(point.chains, point.psi, point.chi, slopes, strict=True):
        open_hmm.close(chain, psi, chi, slope, 0.0)
    return slopes


def _posterior(point: Evaluation, who):  # type: ignore[no-untyped-def]
    """Return batches and forward passes by class, and (C, n) posterior of each animal's class."""
    batches = [point.batch(who, c) for c in range(len(point.chains))]
    passed = [
        open_hmm.forward(chain, batch, psi, chi)
        for chain, batch, psi, chi in zip(point.chains, batches, point.psi, point.chi, strict=True)
    ]
    logs = np.array([log for _, log in passed]) + point.allowed(who)
    weights = np.exp(logs - logs.max(axis=0))
    return batches, passed, weights / weights.sum(axis=0)


def _reach(point: Evaluation) -> tuple[list[list[Floats]], list[list[Floats]]]:
    """Return for each class and session what an animal there means for others.

    `ahead[c][l]` (T - 1 - l, M): probability to live at each later session and not to be seen after l, if alive at l.
    `back[c][f]` (f, M): of animals alive at f and not seen before, the share that lived at each earlier session.
    """
    ahead: list[list[Floats]] = []
    back: list[list[Floats]] = []
    for chain, psi, chi in zip(point.chains, point.psi, point.chi, strict=True):
        count, cells = psi.shape
        later = np.zeros((count, count, cells))
        former = np.zeros((count, count, cells))
        for target in range(count):
            later[target, target], former[target, target] = chi[target], psi[target]
            for t in range(target - 1, -1, -1):
                later[t, target] = chain.survive[t] * chain.moves[t].backward(chain.quiet[t + 1] * later[t + 1, target])
            for t in range(target + 1, count):
                mass = chain.quiet[t - 1] * former[t - 1, target]
                former[t, target] = chain.survive[t - 1] * chain.moves[t - 1].forward(mass)
        share = np.divide(former, psi[:, None], out=np.zeros_like(former), where=psi[:, None] > 0)
        ahead.append([later[t, t + 1 :] for t in range(count)])
        back.append([share[t, :t] for t in range(count)])
    return ahead, back


def _fitted(fit: OpenFit) -> None:
    if not np.all(np.isfinite(fit.beta)):
        raise MisuseError("a fit with estimates", fit.status, "See what the status says to do.")


def _model_values(design: Design, beta: Floats) -> list[Value]:
    """Return what follows from the parameters alone, in a fixed order."""
    found, data = rates(design, beta), design.data
    sexes = [None] if design.classes == 1 else list(SEXES)
    gaps, values = data.intervals, []
    for c, sex in enumerate(sexes):
        for t, gap in enumerate(gaps):
            values.append(Value("survival", data.sessions[t], sex, found.survive[c, t] ** (1 / gap), "logit"))
        base = "lambda0" if design.model.detection in ("HHN", "HEX") else "g0"
        for t, name in enumerate(data.sessions):
            values.append(Value(base, name, sex, found.base[t, c], "ln" if base == "lambda0" else "logit"))
            values.append(Value("sigma", name, sex, found.sigma[t, c], "ln"))
    if design.place["move"].stop > design.place["move"].start:
        values.append(Value("move", None, None, float(np.exp(beta[design.place["move"]][0])), "ln"))
    if design.classes == 2:
        values.append(Value("shareMale", None, None, float(1 / (1 + np.exp(-beta[-1]))), "logit"))
    if design.model.entry != "captured":
        values += _numbers(design, found.survive, found.enter)
    return values


def _numbers(design: Design, survive: Floats, enter: Floats) -> list[Value]:
    data, area = design.data, design.data.mask.area.sum()
    alive = enter.copy()
    for t in range(survive.shape[1]):
        alive[:, t + 1] += alive[:, t] * survive[:, t]
    total, values = alive.sum(axis=0), []
    for t, name in enumerate(data.sessions):
        values.append(Value("expectedNumber", name, None, total[t], "ln"))
        values.append(Value("density", name, None, total[t] / area, "ln"))
        values.append(Value("entry", name, None, enter[:, t].sum(), "ln"))
        if design.classes == 2:
            values += [Value("expectedNumber", name, sex, alive[c, t], "ln") for c, sex in enumerate(SEXES)]
    for t, gap in enumerate(data.intervals):
        growth = (total[t + 1] / total[t]) ** (1 / gap)
        # Per animal alive and year: what growth holds beyond the survival of those alive.
        stay = ((alive[:, t] * survive[:, t]).sum() / total[t]) ** (1 / gap)
        values.append(Value("growth", data.sessions[t], None, growth, "ln"))
        values.append(Value("recruitment", data.sessions[t], None, growth - stay, "ln"))
    return values


def _differences(function: Callable[[Floats], Floats], fit: OpenFit) -> Floats:
    """Return (values, P) derivatives by central differences, 0 for what is not estimable."""
    columns = []
    for place in range(len(fit.beta)):
        move = np.zeros(len(fit.beta))
        move[place] = STEP
        columns.append((function(fit.beta + move) - function(fit.beta - move)) / (2 * STEP))
    slopes: Floats = np.array(columns).T
    return slopes


def _error(slope: Floats, fit: OpenFit) -> float:
    """Return a standard error; NaN where the quantity rests on a parameter without one."""
    if fit.covariance is None or np.any(np.abs(slope[~fit.estimable]) > 1e-8):
        return np.nan
    kept = fit.estimable
    return float(np.sqrt(slope[kept] @ fit.covariance[np.ix_(kept, kept)] @ slope[kept]))


def _row(value: Value, error: float, wide: float) -> Row:
    """Return a row of the table, with the interval made on the quantity's scale."""
    estimate = float(value.estimate)
    known = (value.quantity, value.session, value.sex, estimate)
    if not np.isfinite(error) or estimate <= 0 or (value.scale == "logit" and estimate >= 1):
        return (*known, None, None, None)
    if value.scale == "ln":
        factor = np.exp(wide * error / estimate)
        return (*known, error, estimate / factor, estimate * factor)
    middle, spread = np.log(estimate / (1 - estimate)), wide * error / (estimate * (1 - estimate))
    low, high = 1 / (1 + np.exp(-(middle - spread))), 1 / (1 + np.exp(-(middle + spread)))
    return (*known, error, float(low), float(high))


def _realised(fit: OpenFit, wide: float) -> list[Row]:
    """Return the realised numbers: interval by a log-normal distribution of those not surely there."""
    data = fit.design.data
    best = alive(fit)
    number = best.animals.sum(axis=0) + best.unseen
    chance = (best.animals * (1 - best.animals)).sum(axis=0) + best.unseen

    def total(beta: Floats) -> Floats:
        parts = alive(fit, beta)
        sums: Floats = parts.animals.sum(axis=0) + parts.unseen
        return sums

    slope = _differences(total, fit)
    rows: list[Row] = []
    for t, name in enumerate(data.sessions):
        error = float(np.sqrt(_error(slope[t], fit) ** 2 + max(chance[t], 0.0)))
        sure = float(((data.first <= t) & (data.last >= t)).sum())
        rest = number[t] - sure
        known = ("realisedNumber", name, None, float(number[t]))
        if not np.isfinite(error) or rest <= 0:
            rows.append((*known, None, None, None))
            continue
        factor = float(np.exp(wide * np.sqrt(np.log1p((error / rest) ** 2))))
        rows.append((*known, error, sure + rest / factor, sure + rest * factor))
    return rows
