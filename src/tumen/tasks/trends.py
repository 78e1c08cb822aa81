"""Answer a study's question: how do the numbers change? A trend of each species, and indicators of several."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from tumen import engine
from tumen.errors import MisuseError, nearest
from tumen.tables.answer import Answer
from tumen.tasks.pool import Pool
from tumen.tasks.study import Study
from tumen.tasks.trend_counts import counts_of, most_counted, occasions_of
from tumen.tasks.trend_fits import ALL, Asked, Fitted, Region, answered, fit_region
from tumen.tasks.trend_indicators import indicators
from tumen.tasks.waterbird_survey import Survey, counted, of_pool, survey
from tumen.tasks.waterbirds import season_ranges, until
from tumen.waterbirds.birds import accepted

FEWEST = 3
"""Years with birds in them that a species unasked for must have; one asked for is tried with any."""


def trends(study: Study, *, progress: engine.Progress = engine.silent) -> tuple[Answer, ...]:
    """Read the packages of a study and estimate the trends that it asks for."""
    total = 2 * len(study.packages)
    read = survey(study, progress=lambda done, _: progress(done, total))
    if not counted(read):
        raise MisuseError("visits of waterbird counts in a package of the study", "none", "Add a package with visits.")
    made = estimate(read)
    progress(total, total)
    return made


def answers(pooled: Pool) -> tuple[Answer, ...]:
    """Return the answers of a pool; none where nobody counted waterbirds."""
    read = of_pool(pooled)
    return estimate(read) if counted(read) else ()


def estimate(read: Survey) -> tuple[Answer, ...]:
    """Return one answer for each species, and one for the indicators if the study has any."""
    wanted = dict(read.study.trends or {})
    ranges = season_ranges(dict(read.study.waterbirds or {}))
    season = wanted.get("season")
    if season is not None and season not in ranges:
        raise MisuseError("a season of the study", f"'{season}'", nearest(season, ranges))
    waterbirds = dict(read.study.waterbirds or {})
    read, _ = until(read, waterbirds.get("assessed_on") or date.max)
    days = occasions_of(read)
    season = season or most_counted(days, ranges)
    asked = Asked.of(wanted)
    made: dict[str, Fitted] = {}
    for measure in _measures(days, wanted):
        counts = _in_years(counts_of(read, days, measure, season, months=asked.months), wanted)
        if measure not in _named(wanted) and counts.filter(pl.col("count") > 0)["time"].n_unique() < FEWEST:
            continue
        made[measure] = Fitted(measure, counts, tuple(_regions(counts, str(wanted.get("places", "country")), asked)))
    complexes = _complexes(read)
    found = [answered(one, asked, {"season": season}, complexes=complexes) for one in made.values()]
    several = wanted.get("indicators")
    return (*found, *((indicators(several, made, asked, read.study.seed, season),) if several else ()))


def _complexes(read: Survey) -> tuple[str, ...]:
    """Return the complexes of which several sites are added up."""
    named = read.table("sites").filter(pl.col("partOf").is_null())["countGroup"].drop_nulls()
    return tuple(named.filter(named.is_duplicated()).unique().sort())


def _measures(days: pl.DataFrame, wanted: Mapping[str, Any]) -> list[str]:
    """Return what trends are wanted of: the species asked for, or every one with enough years of birds."""
    known = days["measure"].unique().sort().to_list()
    named = _named(wanted)
    for name in named:
        if name not in known:
            raise MisuseError("a species of the counts", f"'{name}'", nearest(name, known))
    return list(named) if wanted.get("species") else known


def _named(wanted: Mapping[str, Any]) -> tuple[str, ...]:
    several = (name for names in (wanted.get("indicators") or {}).values() for name in names)
    named = (*wanted.get("species", ()), *several)
    return tuple(dict.fromkeys(name if name == "waterbirds" else accepted(name) for name in named))


def _in_years(counts: pl.DataFrame, wanted: Mapping[str, Any]) -> pl.DataFrame:
    first, last = wanted.get("first_year"), wanted.get("last_year")
    if first is not None:
        counts = counts.filter(pl.col("time") >= first)
    return counts if last is None else counts.filter(pl.col("time") <= last)


def _regions(counts: pl.DataFrame, places: str, asked: Asked) -> list[Region]:
    """Return the fits of all sites together and, as asked, of each country or site."""
    column = {"country": "countryCode", "site": "site"}.get(places)
    fits = [fit_region(ALL, counts, asked)]
    if column is not None:
        parts = counts[column].drop_nulls().unique().sort().to_list()
        if len(parts) > 1:
            fits += [fit_region(part, counts.filter(pl.col(column) == part), asked) for part in parts]
    return fits
