"""Make indicators of several species from their trends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from tumen.tables import findings
from tumen.tables.answer import Answer, Note, Value
from tumen.tasks.trend_fits import ALL, Asked, Fitted
from tumen.waterbirds.birds import accepted
from tumen.waterbirds.trends.fitted import TrendFit
from tumen.waterbirds.trends.indicators import INDICES, Indicator, IndicatorRules, indicator, of_totals
from tumen.waterbirds.trends.series import Floats


@dataclass(frozen=True)
class _Members:
    """The species of an indicator: their indices, the covariances of these, and those without any."""

    indices: pl.DataFrame
    covariances: dict[str, Floats]
    without: tuple[str, ...]


def indicators(
    several: Mapping[str, tuple[str, ...]], made: Mapping[str, Fitted], asked: Asked, seed: int, season: str
) -> Answer:
    """Return the indicators: each of its species' trends over all sites; the same seed gives the same numbers."""
    found: dict[str, Indicator] = {}
    notes = []
    for number, (name, species) in enumerate(several.items()):
        members = _members([_called(one) for one in species], made, asked)
        rng = np.random.default_rng([seed, number])
        base = asked.base if asked.base is not None and (members.indices["time"] == asked.base).any() else None
        one = indicator(members.indices, rng, IndicatorRules(base=base), covariances=members.covariances)
        found[name] = one
        left = [*members.without, *one.species.filter(~pl.col("used"))["species"]]
        if left:
            notes.append(Note("indicator-species-left", {"indicator": name, "species": ", ".join(sorted(set(left)))}))
    tables = {
        "indicator": _stacked(found, "index"),
        "slopes": _stacked(found, "slopes"),
        "members": _stacked(found, "species"),
    }
    settings: dict[str, Value] = {"season": season, "simulations": IndicatorRules().simulations, "seed": seed}
    return Answer("indicators", tables, tuple(notes), settings, findings.empty())


def _stacked(found: Mapping[str, Indicator], part: Literal["index", "slopes", "species"]) -> pl.DataFrame:
    """Return one table of all indicators, with the name of each."""
    frames: list[pl.DataFrame] = [
        getattr(one, part).select(pl.lit(name).alias("indicator"), pl.all()) for name, one in found.items()
    ]
    return pl.concat(frames)


def _members(species: list[str], made: Mapping[str, Fitted], asked: Asked) -> _Members:
    """Return the indices of species over all sites, each relative to its own first year with birds."""
    frames, covariances, without = [pl.DataFrame(schema=INDICES)], {}, []
    for name in dict.fromkeys(species):
        fit = _overall(made[name]) if name in made else None
        base = _first(fit, asked.base) if fit is not None else None
        if fit is None or base is None:
            without.append(name)
            continue
        times = fit.series.times.tolist()
        frame, logs = of_totals(name, times, *fit.totals_with_none(), base)
        frames.append(frame)
        covariances[name] = logs
    return _Members(pl.concat(frames), covariances, tuple(without))


def _first(fit: TrendFit, base: int | None) -> int | None:
    """Return the base of a species: the one asked for where it has birds then, else its first year with birds."""
    totals = fit.totals_of()
    known = [
        int(time) for time, total in zip(fit.series.times, totals, strict=True) if np.isfinite(total) and total > 0
    ]
    if base is not None and base in known:
        return base
    return known[0] if known else None


def _overall(fitted: Fitted) -> TrendFit:
    return next(region.fit for region in fitted.regions if region.name == ALL)


def _called(name: str) -> str:
    return name if name == "waterbirds" else accepted(name)
