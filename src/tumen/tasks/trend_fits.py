"""Fit one trend for each region of a measure, and put its tables side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tumen.tables import findings
from tumen.tables.answer import Answer, Note, Value
from tumen.waterbirds.trends import results
from tumen.waterbirds.trends.design import LINE, TrendModel
from tumen.waterbirds.trends.fit import fit
from tumen.waterbirds.trends.fitted import TrendFit
from tumen.waterbirds.trends.series import Series, series
from tumen.waterbirds.trends.smooth import Smooth, Smoothing, smooth

ALL = "all"
"""All sites together."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which model is wanted of a trend.

    `change_points` are years, or "all" (every year but the last); `smooth` the degrees of freedom of a smooth trend
    beside it, None for none.
    """

    model: int = 3
    change_points: str | tuple[int, ...] = ()
    stepwise: bool = False
    overdispersion: bool = True
    serial: bool = True
    covariates: tuple[str, ...] = ()
    months: bool = False
    base: int | None = None
    smooth: float | None = None

    @classmethod
    def of(cls, section: Mapping[str, Any]) -> "Asked":
        """Return what a section of a study asks for; what it does not name is ours."""
        return cls(**{name: section[name] for name in cls.__dataclass_fields__ if name in section})

    def points(self, known: Series) -> tuple[int, ...]:
        """Return the change points that lie in the years of a series before its last."""
        years = [int(time) for time in known.times[:-1]]
        if self.change_points == "all":
            return tuple(years)
        return tuple(int(point) for point in self.change_points if int(point) in years)

    def of_series(self, known: Series) -> TrendModel:
        """Return the model for a series."""
        return TrendModel(
            kind=self.model,
            changepoints=self.points(known),
            stepwise=self.stepwise,
            overdispersion=self.overdispersion,
            # Of monthly counts neighbours in the table are months and not years.
            serial=self.serial and not self.months,
            covariates=self.covariates,
        )


@dataclass(frozen=True)
class Region:
    """The trend of one region: its counts, its fit and, if asked for, its smooth trend."""

    name: str
    fit: TrendFit
    smooth: Smooth | None


@dataclass(frozen=True)
class Fitted:
    """All trends of one measure. `counts` has site, time, (month), count and the covariates."""

    measure: str
    counts: pl.DataFrame
    regions: tuple[Region, ...]


def fit_region(name: str, counts: pl.DataFrame, asked: Asked, *, weight: str | None = None) -> Region:
    """Fit the trend of a region."""
    known = series(
        counts, month="month" if asked.months else None, weight=weight, covariates=_usable(counts, asked, name)
    )
    model = asked.of_series(known)
    if asked.covariates and not known.covariates:
        model = TrendModel(**{**_plain(model), "covariates": ()})
    found = fit(known, model)
    curve = None if asked.smooth is None else smooth(known, Smoothing(df=asked.smooth, base=_base(known, asked)))
    return Region(name, found, curve)


def _usable(counts: pl.DataFrame, asked: Asked, region: str) -> tuple[str, ...]:
    """Return the covariates of a region: one that has a single value there tells nothing apart."""
    if region == ALL:
        return asked.covariates
    return tuple(name for name in asked.covariates if counts[name].n_unique() > 1)


def _plain(model: TrendModel) -> dict[str, Any]:
    return {name: getattr(model, name) for name in TrendModel.__dataclass_fields__}


def _base(known: Series, asked: Asked) -> int | None:
    """Return the base of a region: the one asked for, or the first time where it was not counted then."""
    return asked.base if asked.base is not None and asked.base in known.times else None


def answered(fitted: Fitted, asked: Asked, settings: Mapping[str, Value], *, complexes: Sequence[str] = ()) -> Answer:
    """Return the answer on one measure; `complexes` are those of which several sites are added up."""
    tables = {
        "data": pl.concat([_data(region) for region in fitted.regions]),
        "slopes": _stacked(fitted.regions, lambda one: results.slopes(one.fit)),
        "index": _stacked(fitted.regions, lambda one: results.index(one.fit, _base(one.fit.series, asked))),
        "totals": _stacked(fitted.regions, lambda one: results.totals(one.fit)),
        "coefficients": _stacked(fitted.regions, lambda one: results.coefficients(one.fit)),
        "tests": _stacked(fitted.regions, lambda one: pl.concat([results.tests(one.fit), _scale(one.fit)])),
        "counts": fitted.counts,
    }
    smooths = [region for region in fitted.regions if region.smooth is not None]
    if smooths:
        tables["smooth"] = _stacked(smooths, _curve)
    said = findings.gather(
        [one.fit.findings for one in fitted.regions]
        + [one.smooth.findings for one in smooths if one.smooth is not None]
    ).unique(maintain_order=True)
    return Answer("trends", tables, _notes(fitted, asked, complexes), _parameters(fitted, asked, settings), said)


def _stacked(regions: Sequence[Region], make: Callable[[Region], pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([make(one).select(pl.lit(one.name).alias("region"), pl.all()) for one in regions])


def _curve(region: Region) -> pl.DataFrame:
    """Return the smooth trend of a region that has one."""
    if region.smooth is None:
        return pl.DataFrame()
    return region.smooth.index.filter(pl.col("kind") == "smooth").drop("kind")


def _data(region: Region) -> pl.DataFrame:
    """Return what a trend was computed from; what was left out is in the findings."""
    known = region.fit.used or region.fit.series
    cells = len(known.sites) * known.cells
    return pl.DataFrame(
        {
            "region": [region.name],
            "status": [region.fit.status],
            "sites": [len(known.sites)],
            "years": [len(known.times)],
            "observed": [len(known.count)],
            "missing": [cells - len(known.count)],
            "zeros": [int((known.count == 0).sum())],
            "birds": [float(known.count.sum())],
        }
    )


def _scale(found: TrendFit) -> pl.DataFrame:
    """Return overdispersion and serial correlation as rows beside the tests."""
    rows = []
    if found.converged and (found.model.overdispersion or found.model.serial):
        rows.append(("overdispersion", "", found.overdispersion, None, None))
    if found.converged and found.serial is not None:
        rows.append(("serialCorrelation", "", found.serial, None, None))
    if found.converged and np.isfinite(found.aic):
        rows.append(("aic", "", found.aic, None, None))
    return pl.DataFrame(rows, schema=results.TESTS, orient="row")


def _notes(fitted: Fitted, asked: Asked, complexes: Sequence[str]) -> tuple[Note, ...]:
    notes = []
    for column, code in (("ranged", "trend-ranges-middle"), ("unidentified", "trend-unidentified-low")):
        counts = fitted.counts.filter(column).height if column in fitted.counts.columns else 0
        if counts:
            notes.append(Note(code, {"counts": counts}))
    if complexes:
        notes.append(Note("trend-complexes-added", {"complexes": ", ".join(complexes)}))
    others = [one.name for one in fitted.regions if asked.base is not None and _base(one.fit.series, asked) is None]
    if others:
        notes.append(Note("trend-base-other", {"base": str(asked.base), "regions": ", ".join(others)}))
    wanted = len(asked.change_points) if asked.change_points != "all" else 0
    short = [one.name for one in fitted.regions if wanted and len(asked.points(one.fit.series)) < wanted]
    if short:
        notes.append(Note("trend-change-points-left", {"regions": ", ".join(short)}))
    if asked.smooth is not None and (asked.covariates or (asked.serial and not asked.months)):
        notes.append(Note("trend-smooth-plain", {}))
    if asked.serial and asked.months:
        notes.append(Note("trend-months-no-serial", {}))
    if asked.model == LINE and asked.stepwise:
        dropped = {point for one in fitted.regions for point in one.fit.dropped}
        notes.append(Note("trend-stepwise", {"dropped": len(dropped)}))
    return tuple(notes)


def _parameters(fitted: Fitted, asked: Asked, settings: Mapping[str, Value]) -> dict[str, Value]:
    points = asked.change_points
    return {
        "species": fitted.measure,
        **settings,
        "model": asked.model,
        "changePoints": points if isinstance(points, str) else ", ".join(map(str, points)) or "none",
        "stepwise": asked.stepwise,
        "overdispersion": asked.overdispersion,
        "serial": asked.serial and not asked.months,
        "covariates": ", ".join(asked.covariates) or "none",
        "months": asked.months,
        "base": asked.base if asked.base is not None else "first year",
        "smooth": asked.smooth if asked.smooth is not None else "none",
    }
