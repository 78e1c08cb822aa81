"""Put fitted models into the tables of the answer: models, parameters, numbers by region, surfaces, effort."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from tumen.population.scr.abundance import abundance, bounded, counts, lognormal
from tumen.population.scr.fit import CONVERGED, Fit
from tumen.population.scr.formula import variables
from tumen.population.scr.model import THREE
from tumen.population.scr.predict import inverse_link, link_row
from tumen.population.scr.states import OCCASION
from tumen.population.scr.summary import by_country, describe
from tumen.population.scr.surface import shares, surface
from tumen.population.scr.survey import Floats
from tumen.tasks.density_survey import Survey

MODELS: dict[str, type[pl.DataType]] = {
    "model": pl.String,
    "parameters": pl.Int64,
    "logLik": pl.Float64,
    "aicc": pl.Float64,
    "delta": pl.Float64,
    "weight": pl.Float64,
    "status": pl.String,
}
PARAMETERS: dict[str, type[pl.DataType]] = {
    "parameter": pl.String,
    "session": pl.String,
    "level": pl.String,
    "estimate": pl.Float64,
    "se": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "unit": pl.String,
}
EFFORT: dict[str, type[pl.DataType]] = {
    "session": pl.String,
    "countryCode": pl.String,
    "stations": pl.Int64,
    "occasions": pl.Int64,
    "cameraDays": pl.Float64,
    "animals": pl.Int64,
    "detections": pl.Int64,
    "spatialRecaptures": pl.Int64,
}
Z = 1.959963984540054


def model_rows(fits: Sequence[Fit]) -> pl.DataFrame:
    """Return the models by AICc (`MODELS`); those without an estimate, or too few animals for one, without weight."""
    criterion = {id(f): f.aicc for f in fits if standing(f) == CONVERGED and f.aicc is not None}
    best = min(criterion.values(), default=0.0)
    weights = {key: float(np.exp(-0.5 * (value - best))) for key, value in criterion.items()}
    whole = sum(weights.values())
    rows = [
        (
            f.model.title,
            len(f.beta),
            f.log_likelihood if np.isfinite(f.log_likelihood) else None,
            criterion.get(id(f)),
            criterion[id(f)] - best if id(f) in criterion else None,
            weights[id(f)] / whole if id(f) in weights else None,
            standing(f),
        )
        for f in sorted(fits, key=_order)
    ]
    return pl.DataFrame(rows, schema=MODELS, orient="row")


def standing(fitted: Fit) -> str:
    """Return the status of a fit: "converged" only where it also says how many there are."""
    if fitted.status != CONVERGED:
        return fitted.status
    said = counts(fitted) and any(bounded(fitted, number) for number in range(len(fitted.sessions)))
    return CONVERGED if said else "scr-not-estimable"


def _order(fitted: Fit) -> tuple[bool, float, int, str]:
    usable = standing(fitted) == CONVERGED
    aicc = fitted.aicc if usable and fitted.aicc is not None else np.inf
    return not usable, aicc, len(fitted.beta), fitted.model.title


def best_of(fits: Sequence[Fit]) -> Fit | None:
    """Return the fit with the lowest AICc among those that say how many there are.

    A model with too many parameters for its animals has no AICc and comes last; among such the smallest is taken.
    """
    return min((f for f in fits if standing(f) == CONVERGED), key=_order, default=None)


def parameter_rows(fitted: Fit, density: pl.DataFrame) -> pl.DataFrame:
    """Return the parameters on their natural scale, at every level they differ by (`PARAMETERS`).

    `density`: rows of `abundance`, from which D of each session comes.
    """
    rows: list[tuple[object, ...]] = []
    whole = density.filter(pl.col("regionKind") == "all")
    columns = ("session", "density", "densityLow", "densityHigh", "expected", "expectedSe")
    for session, value, low, high, expected, se in whole.select(columns).iter_rows():
        error = None if se is None or not expected or value is None else value * se / expected
        rows.append(("D", session, None, value, error, low, high, "per 100 km2"))
    model = fitted.model
    formulas = {model.first: model.detect, "sigma": model.sigma}
    if model.detection in THREE:
        formulas["z"] = model.z
    if model.mixed:
        formulas["pmix"] = model.mixture
    for parameter, formula in formulas.items():
        for session, level, levels in _levels(fitted, formula):
            shown = level if parameter != "pmix" else fitted.design.labels[1]
            rows.append((parameter, session, shown, *_natural(fitted, parameter, levels), _unit(parameter)))
    if "cost" in fitted.design.blocks:
        place = fitted.design.blocks["cost"].start
        value, se = float(fitted.beta[place]), float(fitted.se[place])
        rows.append(("cost", None, model.movement, value, se, value - Z * se, value + Z * se, "1"))
    return pl.DataFrame(rows, schema=PARAMETERS, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def _unit(parameter: str) -> str:
    return "m" if parameter == "sigma" else "1"


def _levels(fitted: Fit, formula: str) -> list[tuple[str | None, str | None, dict[str, float | str]]]:
    """Return the session, the level in words, and the levels themselves, for which a formula has values of its own."""
    used = variables(formula)
    found: list[tuple[str | None, str | None, dict[str, float | str]]] = [(None, None, {})]
    for name in used:
        if name in fitted.design.levels and name not in OCCASION:
            values: Sequence[float | str] = fitted.design.levels[name]
        elif name in ("b", "bk", "h2"):
            values = (0.0, 1.0)
        else:
            continue
        words: dict[float | str, str] = {0.0: "1", 1.0: "2"} if name == "h2" else {0.0: "before", 1.0: "after"}
        found = [
            (
                str(value) if name == "session" else session,
                level if name == "session" else ", ".join(filter(None, (level, words.get(value, str(value))))),
                {**levels, name: value},
            )
            for session, level, levels in found
            for value in values
        ]
    return found


def _natural(
    fitted: Fit, parameter: str, levels: dict[str, float | str]
) -> tuple[float, float | None, float | None, float | None]:
    """Return the natural value with its standard error, and its interval from the link scale."""
    row = link_row(fitted, parameter, levels)
    centre = float(row @ fitted.beta)
    value = float(inverse_link(parameter, centre))
    if fitted.covariance is None or not fitted.estimable[row != 0].all():
        return value, None, None, None
    spread = float(np.sqrt(row @ fitted.covariance @ row))
    slope = value * (1 - value) if parameter in ("g0", "pmix") else value
    low, high = (float(inverse_link(parameter, centre + sign * Z * spread)) for sign in (-1, 1))
    return value, slope * spread, low, high


def abundance_rows(fitted: Fit, survey: Survey) -> pl.DataFrame:
    """Return numbers by region of all sessions."""
    return pl.concat([abundance(fitted, survey.regions, number) for number in range(len(fitted.sessions))])


def with_identity(table: pl.DataFrame, drawn: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Add the interval of realised N that carries identity error: variance within the fit and between the draws.

    The draws' mean takes the place of the estimate, for names that were split count an animal twice (Rubin's rules:
    total variance = within + (1 + 1/m) between). Without draws, or where too few could be fitted, the columns are null.
    """
    keys = ["session", "regionKind", "region"]
    empty = table.with_columns(identityLow=pl.lit(None, pl.Float64), identityHigh=pl.lit(None, pl.Float64))
    if len(drawn) < 2:
        return empty
    every = pl.concat(drawn).group_by(keys).agg(mean=pl.col("realised").mean(), between=pl.col("realised").var())
    joined = table.join(every, on=keys, how="left", nulls_equal=True, maintain_order="left")
    lows: list[float | None] = []
    highs: list[float | None] = []
    columns = ("mean", "between", "realised", "realisedSe", "realisedLow", "realisedHigh")
    for mean, between, value, se, low, high in joined.select(columns).iter_rows():
        if mean is None or between is None or se is None:
            lows.append(None)
            highs.append(None)
            continue
        # The number that is certain, above which the recorded interval is log-normal.
        certain = (low * high - value**2) / (low + high - 2 * value) if low + high > 2 * value else 0.0
        spread = float(np.sqrt(se**2 + (1 + 1 / len(drawn)) * between))
        estimate = lognormal(mean, spread, at_least=min(max(certain, 0.0), 0.9 * mean))
        lows.append(estimate.low)
        highs.append(estimate.high)
    return table.with_columns(
        identityLow=pl.Series(lows, dtype=pl.Float64), identityHigh=pl.Series(highs, dtype=pl.Float64)
    )


def surface_rows(fitted: Fit, survey: Survey) -> pl.DataFrame:
    """Return the density of every cell with its place and country, of the sessions of which the data say something."""
    told = [number for number in range(len(fitted.sessions)) if bounded(fitted, number)]
    whole = pl.concat([surface(fitted, number) for number in told])
    xy: Floats = whole.select("x", "y").to_numpy()
    lonlat = survey.plane.to_lonlat(np.ascontiguousarray(xy))
    country = survey.sessions[0].mask.covariates["country"]
    return whole.select(
        "session",
        pl.Series("longitude", lonlat[:, 0]),
        pl.Series("latitude", lonlat[:, 1]),
        "areaKm2",
        pl.Series("countryCode", list(country) * len(told), dtype=pl.String),
        "expected",
        "realised",
    )


def share_rows(fitted: Fit, survey: Survey) -> pl.DataFrame:
    """Return each animal's shares of both sides."""
    whole = pl.concat([shares(fitted, survey.regions, number) for number in range(len(fitted.sessions))])
    return whole.rename({"region": "countryCode"})


def effort_rows(survey: Survey) -> pl.DataFrame:
    """Return what was done and seen, by session and side; days are those of all cameras, two of a station count two."""
    described = describe(survey.sessions).select("session", "occasions")
    side = survey.made.stations.places.select("station", "countryCode")
    days = survey.made.days.join(side, on="station", how="left")
    days = days.group_by("session", "countryCode").agg(pl.col("cameraDays").sum())
    sides = (
        by_country(survey.sessions)
        .join(described, on="session", how="left", maintain_order="left")
        .join(days, on=["session", "countryCode"], how="left", nulls_equal=True, maintain_order="left")
    )
    return sides.select(
        "session",
        "countryCode",
        stations="detectors",
        occasions="occasions",
        cameraDays="cameraDays",
        animals="animals",
        detections="detections",
        spatialRecaptures="spatialRecaptures",
    ).cast(EFFORT)  # type: ignore[arg-type]
