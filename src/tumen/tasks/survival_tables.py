"""Put fitted survival models into the tables of the answer: models, survival, capture, numbers, the spatial model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import expit

from tumen.population.scr.abundance import PER, lognormal
from tumen.population.survival.estimates import direction, estimates, profile
from tumen.population.survival.fit import EXTREME, Fit
from tumen.population.survival.goodness import Bootstrap, Goodness
from tumen.population.survival.open_derived import quantities
from tumen.population.survival.open_fit import OpenFit
from tumen.population.survival.select import average, compare

Shape = dict[str, pl.DataType | type[pl.DataType]]
MODELS: Shape = {
    "model": pl.String,
    "parameters": pl.Int64,
    "logLik": pl.Float64,
    "aicc": pl.Float64,
    "delta": pl.Float64,
    "weight": pl.Float64,
    "status": pl.String,
}
"""`parameters` that can be estimated; `status` converged, or the code of what is wrong."""
ESTIMATE: Shape = {"estimate": pl.Float64, "se": pl.Float64, "low": pl.Float64, "high": pl.Float64}
RATES: Shape = {"session": pl.String, "year": pl.String, "sex": pl.String, **ESTIMATE, "status": pl.String}
"""Survival per year from a session to the next, or capture in a session. `status` is estimable, or the code of why
there is no estimate or no standard error."""
POPULATION: Shape = {"session": pl.String, "year": pl.String, "quantity": pl.String, **ESTIMATE, "status": pl.String}
SPATIAL: Shape = {
    "parameter": pl.String,
    "session": pl.String,
    "sex": pl.String,
    **ESTIMATE,
    "unit": pl.String,
    "status": pl.String,
}
GOODNESS: Shape = {
    "test": pl.String,
    "sex": pl.String,
    "occasion": pl.String,
    "statistic": pl.Float64,
    "df": pl.Int64,
    "p": pl.Float64,
    "inflation": pl.Float64,
    "method": pl.String,
}
ENOUGH = 0.5
"""Share of the weight that models must have in which a number can be estimated, for their average to stand for all."""
STATES: Mapping[str, str] = {"confounded": "survival-confounded", "boundary": "survival-boundary"}
FEW = "survival-few-sightings"
"""Code of a model that has as many parameters as there are observations: it has no AICc, and is not used."""
NUMBERS = ("N", "births", "growth")
SHOWN: Mapping[str, tuple[str, str, float]] = {
    "survival": ("phi", "per year", 1.0),
    "recruitment": ("gamma", "per animal and year", 1.0),
    "growth": ("lambda", "per year", 1.0),
    "density": ("D", "per 100 km2", PER),
    "realisedNumber": ("N", "animals", 1.0),
    "g0": ("g0", "1", 1.0),
    "lambda0": ("lambda0", "1", 1.0),
    "sigma": ("sigma", "m", 1.0),
    "move": ("sigmaCentre", "m", 1.0),
    "shareMale": ("pmix", "1", 1.0),
}
"""What the numbers of the spatial model are called here, their units, and by what they are multiplied."""
OF_SESSIONS = ("density", "realisedNumber")
"""Numbers of the spatial model that are each session's own, even where they are equal."""


@dataclass(frozen=True)
class Years:
    """What occasions are called: names of the sessions, and the label of each on an axis of years."""

    names: tuple[str, ...]
    labels: tuple[str, ...]

    def of(self, name: str) -> str:
        """Return the label of an occasion."""
        return self.labels[self.names.index(name)]

    def between(self, name: str) -> str:
        """Return the label of the interval that begins at an occasion."""
        place = self.names.index(name)
        return f"{self.labels[place]}–{self.labels[place + 1]}"


def model_rows(fits: Sequence[Fit], inflation: float = 1.0) -> pl.DataFrame:
    """Return the models by AICc, or QAICc with an inflation above 1 (`MODELS`); those that failed last."""
    compared = compare(fits, inflation=inflation)
    known = pl.col("delta").is_not_null()
    few = (pl.col("status") == "converged") & pl.col("aicc").is_infinite()
    return (
        compared.select(
            "model",
            parameters="count",
            logLik=pl.col("minusTwoLogL") / -2,
            aicc=pl.when(pl.col("aicc").is_finite()).then("aicc"),
            delta="delta",
            weight=pl.when(known).then("weight"),
            status=pl.when(few).then(pl.lit(FEW)).otherwise("status"),
        )
        .with_columns(pl.col("logLik").fill_nan(None))
        .select(pl.col(name).cast(kind) for name, kind in MODELS.items())
    )


def best_of(fits: Sequence[Fit], inflation: float = 1.0) -> Fit | None:
    """Return the fit with the lowest AICc among those that converged; None if none did."""
    first = compare(fits, inflation=inflation).row(0, named=True)
    return next(one for one in fits if one.model.title == first["model"]) if first["delta"] is not None else None


def _unusable(fits: Sequence[Fit]) -> str:
    """Return the code of why none of these models can be used."""
    return FEW if any(one.status == "converged" for one in fits) else fits[0].status


def rate_rows(fits: Sequence[Fit], quantity: str, years: Years, inflation: float = 1.0) -> pl.DataFrame:
    """Return survival ("phi") or capture ("p") averaged over models (`RATES`).

    What can be estimated only in models of little weight is taken from the best model: at a boundary with its profile
    interval, else null with why.
    """
    names = fits[0].histories.occasions
    occasions = names[:-1] if quantity == "phi" else names[1:]
    known = sorted({sex for one in fits for sex in one.design.classes if sex is not None})
    sexes: list[str | None] = [*known] if known else [None]
    best, made = best_of(fits, inflation), _averaged(fits, quantity, inflation)
    own = {} if best is None else _states(best, quantity)
    rows = []
    for sex in sexes:
        for name in occasions:
            label = years.between(name) if quantity == "phi" else years.of(name)
            whole = made.get((sex, name))
            if whole is not None:
                part: tuple[object, ...] = (*_averaged_rate(whole), "estimable")
            elif best is None:
                part = (None, None, None, None, _unusable(fits))
            else:
                key = sex if len(best.design.classes) > 1 else None
                part = _of_best(best, quantity, (key, name), own.get((key, name)), inflation)
            rows.append((name, label, sex, *part))
    return pl.DataFrame(rows, schema=RATES, orient="row")


def population_rows(fits: Sequence[Fit], years: Years, inflation: float = 1.0) -> pl.DataFrame:
    """Return animals at each session, entries before it and growth after it, averaged over models (`POPULATION`).

    Where the best model says that nobody was missed, how many were has no standard error, and N has no interval. Else
    the interval of N is log-normal above the animals seen in the session: there were no fewer.
    """
    seen = dict(zip(fits[0].histories.occasions, fits[0].histories.seen.sum(axis=0).tolist(), strict=True))
    names = fits[0].histories.occasions
    best = best_of(fits, inflation)
    none_missed = best is not None and best.beta[best.names.index("unseen")] < -EXTREME
    rows = []
    for quantity, occasions in zip(NUMBERS, (names, names[1:], names[:-1]), strict=True):
        made = _averaged(fits, quantity, inflation)
        own = {} if best is None else _states(best, quantity)
        for name in occasions:
            label = years.between(name) if quantity == "growth" else years.of(name)
            whole, known = made.get((None, name)), own.get((None, name))
            if quantity == "N" and none_missed and known is not None and known["state"] != "confounded":
                part: tuple[object, ...] = (known["estimate"], None, None, None, STATES["boundary"])
            elif whole is not None and quantity == "N":
                part = _counted(whole, seen[name])
            elif whole is not None:
                error = whole["estimate"] * whole["linkError"]
                part = (whole["estimate"], error, whole["low"], whole["high"], "estimable")
            elif known is not None and known["state"] == "boundary":
                part = (known["estimate"], None, None, None, STATES["boundary"])
            else:
                part = (None, None, None, None, _unusable(fits) if best is None else STATES["confounded"])
            rows.append((name, label, "lambda" if quantity == "growth" else quantity, *part))
    return pl.DataFrame(rows, schema=POPULATION, orient="row")


def goodness_rows(tested: Goodness, drawn: Bootstrap | None) -> pl.DataFrame:
    """Return the tests of the data, of all together, and the bootstrap of the deviance (`GOODNESS`)."""
    inflation = tested.inflation if tested.df else None
    parts = tested.components.with_columns(inflation=pl.lit(None, pl.Float64)).select(*GOODNESS)
    whole = ("all", None, None, tested.statistic if tested.df else None, tested.df, tested.p, inflation, "chi-square")
    rows: list[tuple[object, ...]] = [whole]
    if drawn is not None:
        rows.append(("bootstrap", None, None, drawn.deviance, None, drawn.p, drawn.inflation, f"{len(drawn.drawn)}"))
    last = pl.DataFrame(rows, schema=GOODNESS, orient="row")
    return pl.concat([parts, last]).with_columns(pl.col("statistic", "p", "inflation").fill_nan(None))


def spatial_rows(fitted: OpenFit) -> pl.DataFrame:
    """Return what the spatial open model says (`SPATIAL`); what is the same in every session, once without it."""
    if not np.isfinite(fitted.beta).all():
        empty = [(name, None, None, None, None, None, None, None, fitted.status) for name in fitted.names]
        return pl.DataFrame(empty, schema=SPATIAL, orient="row")
    rows: list[tuple[object, ...]] = []
    table = quantities(fitted).filter(pl.col("quantity").is_in(list(SHOWN)))
    for (quantity, sex), part in table.group_by("quantity", "sex", maintain_order=True):
        name, unit, factor = SHOWN[str(quantity)]
        numbers = part.select("estimate", "standardError", "lower", "upper")
        alike = quantity not in OF_SESSIONS and _alike(numbers)
        for row in part.head(1 if alike else part.height).iter_rows(named=True):
            values = [row[key] for key in ("estimate", "standardError", "lower", "upper")]
            scaled = [None if value is None else factor * value for value in values]
            state = "estimable" if row["standardError"] is not None else _why(fitted)
            rows.append((name, None if alike else row["session"], sex, *scaled, unit, state))
    return pl.DataFrame(rows, schema=SPATIAL, orient="row")


def _alike(numbers: pl.DataFrame) -> bool:
    """Say whether estimates and their errors are the same in all rows but for rounding."""
    spans = numbers.select((pl.all().max() - pl.all().min()) / pl.all().abs().max())
    nulls = numbers.null_count().row(0)
    return all(count in (0, numbers.height) for count in nulls) and all((span or 0) < 1e-6 for span in spans.row(0))


def _why(fitted: OpenFit) -> str:
    """Return the code of why a number of a spatial model has no standard error."""
    codes = [code for code, _ in fitted.problems if code in ("open-at-bound", "open-not-estimable")]
    return codes[0] if codes else fitted.status if fitted.status != "converged" else "open-not-estimable"


def _averaged(fits: Sequence[Fit], quantity: str, inflation: float) -> dict[tuple[str | None, str], dict[str, float]]:
    """Return averages by sex and occasion, where models with enough of the weight have one."""
    table = average(fits, quantity, inflation=inflation).filter(pl.col("weight") >= ENOUGH)
    return {(row["sex"], row["occasion"]): row for row in table.iter_rows(named=True)}


def _averaged_rate(row: Mapping[str, float]) -> tuple[float, float, float, float]:
    value = row["estimate"]
    return value, value * (1 - value) * row["linkError"], row["low"], row["high"]


def _counted(row: Mapping[str, float], seen: int) -> tuple[object, ...]:
    """Return a number of animals with an interval above those seen; without one where it says that none was missed."""
    value, error = row["estimate"], row["estimate"] * row["linkError"]
    if value <= seen:
        return (value, None, None, None, STATES["boundary"])
    found = lognormal(value, error, at_least=seen)
    return (value, error, found.low, found.high, "estimable")


def _states(fitted: Fit, quantity: str) -> dict[tuple[str | None, str], dict[str, object]]:
    table = estimates(fitted).filter(quantity=quantity)
    return {(row["sex"], row["occasion"]): row for row in table.iter_rows(named=True)}


def _of_best(
    best: Fit, quantity: str, key: tuple[str | None, str], row: Mapping[str, object] | None, inflation: float
) -> tuple[object, ...]:
    """Return estimate, error, interval and status of a rate that the best model cannot give an error to."""
    if row is None:
        # A session without effort has no chance of capture.
        return (None, None, None, None, "survival-occasion-idle")
    if row["state"] != "boundary":
        return (None, None, None, None, STATES["confounded"])
    if inflation > 1:
        return (row["estimate"], None, None, None, STATES["boundary"])
    low, high = profile(best, direction(best, quantity, sex=key[0], occasion=key[1]))
    return (row["estimate"], None, float(expit(low)), float(expit(high)), STATES["boundary"])
