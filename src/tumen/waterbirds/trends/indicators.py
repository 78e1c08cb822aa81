"""How do several species do together? One index for a group of species, with Monte Carlo intervals.

The index of a group is the geometric mean of its species' indices, chained from year to year: from one year to the next
it changes by the mean change (of logarithms) of the species that have an index in both. A species that begins later, or
lacks a year, thus counts where it is known and pulls nothing where it is not. The species' indices are drawn again and
again within their standard errors; the spread of the chains is that of the indicator (Soldaat, Pannekoek, Verweij, van
Turnhout and van Strien 2017, Ecological Indicators 81:340-347). The species are taken as they are: an interval says
nothing of other species.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm

from tumen.errors import MisuseError, Text
from tumen.tables.schema import require
from tumen.waterbirds.trends.results import SLOPES, classify
from tumen.waterbirds.trends.series import Floats, Ints

INDICES: dict[str, pl.DataType | type[pl.DataType]] = {
    "species": pl.String,
    "time": pl.Int64,
    "index": pl.Float64,
    "se": pl.Float64,
}
"""What is put together: an index of each species and its standard error; null or no row: not known."""

INDICATOR: dict[str, pl.DataType | type[pl.DataType]] = {
    "time": pl.Int64,
    "index": pl.Float64,
    "se": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "species": pl.Int64,
    "linked": pl.Int64,
    "truncated": pl.Int64,
}
SPECIES: dict[str, pl.DataType | type[pl.DataType]] = {
    "species": pl.String,
    "used": pl.Boolean,
    "reason": pl.String,
    "first": pl.Int64,
    "last": pl.Int64,
    "years": pl.Int64,
    "missing": pl.Int64,
    "floored": pl.Int64,
    "meanCV": pl.Float64,
}

REASONS = ("cvTooLarge", "seMissing", "zeroWithoutFloor", "noIndex")
"""Why a species is left out: it is too uncertain, an index has no standard error, it was 0, it has no index."""

_COUNTED = 0.1
"""Share of its base below which an index does not count for the mean coefficient of variation."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class IndicatorRules:
    """How indices are put together.

    base: the time at which the indicator is 100 and has no error (None: the first). simulations: how many chains.
    truncate: largest change of a species from one time to the next, as a factor (None: none). floor: share of its base
    below which an index is taken as this share and without error, so that a species may go to 0 and come back (None: no
    floor; a species that was 0 is left out). most_cv: a species with a larger mean coefficient of variation is left out
    (None: none is). spans: times from and to which trends are drawn, besides the whole. level: of the intervals.
    """

    base: int | None = None
    simulations: int = 1000
    truncate: float | None = 10.0
    floor: float | None = 0.01
    most_cv: float | None = 3.0
    spans: tuple[tuple[int, int], ...] = ()
    level: float = 0.95

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        for needed, value, right in (
            ("10 or more simulations", self.simulations, self.simulations >= 10),
            ("a largest change above 1", self.truncate, self.truncate is None or self.truncate > 1),
            ("a floor between 0 and 1", self.floor, self.floor is None or 0 < self.floor < 1),
            ("a coefficient of variation above 0", self.most_cv, self.most_cv is None or self.most_cv > 0),
            ("a level between 0 and 1", self.level, 0 < self.level < 1),
        ):
            if not right:
                raise MisuseError(needed, str(value), "Correct the rules of the indicator.")


@dataclass(frozen=True)
class Indicator:
    """An indicator.

    status: "converged", or "trend-no-counts" where no species is left. index (base 100; null where no species ties a
    time to the base): `species` have an index at the time, `linked` also at the time before, of `truncated` of these
    the change was cut. slopes: of the logarithm of the indicator on time, kind "indicator". species: what became of
    each. covariance: of the logarithm of the indicator, NaN where it is null.
    """

    rules: IndicatorRules
    status: str
    index: pl.DataFrame
    slopes: pl.DataFrame
    species: pl.DataFrame
    covariance: Floats


def indicator(
    indices: pl.DataFrame,
    rng: np.random.Generator,
    rules: IndicatorRules | None = None,
    *,
    covariances: Mapping[str, Floats] | None = None,
) -> Indicator:
    """Return the indicator of a group of species.

    indices: `INDICES`, an index of 1 at each species' own base. covariances: for some or all species the covariance of
    the logarithms of their indices, over the times that have one, rising; without it the years of a species are drawn
    independently. The order of rows does not matter. Raises MisuseError for an index or error below 0, a species and
    time given twice, or a base without indices.

    >>> indices = pl.DataFrame({"species": ["a", "a", "b", "b"], "time": [1, 2, 1, 2], "index": [1.0, 2.0, 1.0, 0.5],
    ...                         "se": [0.0, 0.1, 0.0, 0.1]})
    >>> indicator(indices, np.random.default_rng(1)).index["index"].round(6).to_list()
    [100.0, 100.0]
    """
    rules = rules or IndicatorRules()
    require(indices, INDICES, "indices")
    _refuse(indices)
    judged = _judged(indices, rules)
    used = judged.filter("used")["species"].to_list()
    kept = indices.filter(pl.col("species").is_in(used) & pl.col("index").is_not_null())
    if not used:
        empty = pl.DataFrame(schema=INDICATOR)
        return Indicator(rules, "trend-no-counts", empty, pl.DataFrame(schema=SLOPES), judged, np.zeros((0, 0)))
    first, last = int(kept["time"].to_numpy().min()), int(kept["time"].to_numpy().max())
    times = np.arange(first, last + 1)
    base = first if rules.base is None else rules.base
    if base not in kept["time"]:
        raise MisuseError(
            Text("a base from {first} to {last} with indices", first=first, last=last), str(base), "Name another base."
        )
    logs, errors = _tables(kept, used, times, rules)
    point, cut = _steps(logs[None], rules)
    drawn = _drawn(logs, errors, rng, rules, [(covariances or {}).get(name) for name in used])
    steps, _ = _steps(drawn, rules)
    at = int(base - first)
    chain, chains = _chained(point, at)[0], _chained(steps, at)
    covariance = np.full((len(times), len(times)), np.nan)
    known = np.isfinite(chain)
    covariance[np.ix_(known, known)] = np.cov(chains[:, known], rowvar=False)
    there = np.isfinite(logs)
    counts = (there.sum(axis=0), np.r_[0, (there[:, 1:] & there[:, :-1]).sum(axis=0)], np.r_[0, cut[0].sum(axis=0)])
    spans = [(first, last), *rules.spans]
    return Indicator(
        rules,
        "converged",
        _index(times, chain, covariance, counts, rules),
        _slopes(times, chain, chains, spans, rules),
        judged,
        covariance,
    )


def of_totals(
    species: str, times: Sequence[int], totals: Floats, covariance: Floats, base: int
) -> tuple[pl.DataFrame, Floats]:
    """Return the index of a species (`INDICES`) and the covariance of its logarithms, from its totals.

    totals, covariance: of the times, NaN where there is no estimate; such times have no row. Raises MisuseError where
    the base has no total above 0.

    >>> frame, logs = of_totals("a", [1, 2], np.array([10.0, 20.0]), np.diag([1.0, 4.0]), 1)
    >>> frame.rows(), logs.round(3).tolist()
    ([('a', 1, 1.0, 0.0), ('a', 2, 2.0, 0.282842712474619)], [[0.0, 0.0], [0.0, 0.02]])
    """
    known = np.flatnonzero(np.isfinite(totals)).tolist()
    at = [place for place, one in enumerate(known) if times[one] == base and totals[one] > 0]
    if not at:
        raise MisuseError("a base with a total above 0", str(base), "Name another base.")
    index = totals[known] / totals[known][at[0]]
    positive = np.where(totals[known] > 0, totals[known], 1.0)
    logs = covariance[np.ix_(known, known)] / np.outer(positive, positive)
    contrast = np.eye(len(known))
    contrast[:, at[0]] -= 1
    logs = contrast @ logs @ contrast.T
    error = np.sqrt(np.maximum(np.diag(logs), 0))
    rows = {"species": species, "time": [times[one] for one in known], "index": index, "se": index * error}
    return pl.DataFrame(rows, INDICES), logs


def _refuse(indices: pl.DataFrame) -> None:
    """Refuse what no index can be."""
    twice = indices.filter(pl.struct("species", "time").is_duplicated())
    bad = indices.filter(~((pl.col("index") >= 0) & pl.col("index").is_finite()))
    wrong = indices.filter(~((pl.col("se") >= 0) & pl.col("se").is_finite()))
    for needed, rows in (
        ("one index of a species at a time", twice),
        ("indices of 0 or more", bad),
        ("standard errors of 0 or more", wrong),
        ("a species and a time for each index", indices.filter(pl.any_horizontal(pl.col("species", "time").is_null()))),
    ):
        if rows.height:
            raise MisuseError(needed, ", ".join(str(cell) for cell in rows.row(0)), "Correct the table of indices.")


def _judged(indices: pl.DataFrame, rules: IndicatorRules) -> pl.DataFrame:
    """Return each species, and whether it is used."""
    there, zero = pl.col("index").is_not_null(), pl.col("index") == 0
    cv = (pl.col("se") / pl.col("index")).filter((pl.col("index") >= _COUNTED) & (pl.col("se") > 0))
    frame = (
        indices.group_by("species")
        .agg(
            first=pl.col("time").filter(there).min(),
            last=pl.col("time").filter(there).max(),
            years=there.sum().cast(pl.Int64),
            floored=(pl.col("index") < (rules.floor or 0)).sum().cast(pl.Int64),
            meanCV=cv.mean(),
            zeros=zero.sum(),
            bare=(there & pl.col("se").is_null()).sum(),
        )
        .sort("species")
    )
    # Where every error is 0 there is no coefficient of variation, and nothing against the species.
    large = pl.lit(False) if rules.most_cv is None else (pl.col("meanCV") >= rules.most_cv).fill_null(False)
    reason = (
        pl.when(pl.col("years") == 0)
        .then(pl.lit("noIndex"))
        .when(pl.col("bare") > 0)
        .then(pl.lit("seMissing"))
        .when(large)
        .then(pl.lit("cvTooLarge"))
        .when(pl.lit(rules.floor is None) & (pl.col("zeros") > 0))
        .then(pl.lit("zeroWithoutFloor"))
        .otherwise(pl.lit(""))
    )
    return (
        frame.with_columns(reason=reason, missing=pl.col("last") - pl.col("first") + 1 - pl.col("years"))
        .with_columns(used=pl.col("reason") == "")
        .select(pl.col(name).cast(dtype) for name, dtype in SPECIES.items())
    )


def _tables(kept: pl.DataFrame, used: Sequence[str], times: Ints, rules: IndicatorRules) -> tuple[Floats, Floats]:
    """Return the logarithms of indices (species, times; NaN: not known) and their standard errors."""
    logs, errors = np.full((len(used), len(times)), np.nan), np.zeros((len(used), len(times)))
    places = {name: place for place, name in enumerate(used)}
    for name, time, index, se in kept.select("species", "time", "index", "se").iter_rows():
        place, at = places[name], int(time - times[0])
        below = index < (rules.floor or 0.0)
        logs[place, at] = np.log(max(index, rules.floor or 0.0))
        errors[place, at] = 0.0 if below else se / index
    return logs, errors


def _drawn(
    logs: Floats,
    errors: Floats,
    rng: np.random.Generator,
    rules: IndicatorRules,
    covariances: Sequence[Floats | None],
) -> Floats:
    """Return the indices drawn again (simulations, species, times), on the scale of logarithms."""
    drawn = np.empty((rules.simulations, *logs.shape))
    for place, covariance in enumerate(covariances):
        noise = rng.standard_normal((rules.simulations, logs.shape[1])) * errors[place]
        if covariance is not None:
            known = np.flatnonzero(np.isfinite(logs[place]))
            if covariance.shape != (len(known), len(known)):
                raise MisuseError(
                    "a covariance of the times with an index",
                    Text("{rows} rows for {times} times", rows=len(covariance), times=len(known)),
                    "Give the covariance of the logarithms of the species' index.",
                )
            values, vectors = np.linalg.eigh(covariance)
            root = vectors * np.sqrt(np.maximum(values, 0))
            # A time at the floor has no error, whatever the covariance says.
            noise[:, known] = (rng.standard_normal((rules.simulations, len(known))) @ root.T) * (
                errors[place, known] > 0
            )
        drawn[:, place] = logs[place] + noise
    if rules.floor is not None:
        np.maximum(drawn, np.log(rules.floor), out=drawn)
    return drawn


def _steps(logs: Floats, rules: IndicatorRules) -> tuple[Floats, Flags]:
    """Return the mean change of the species from each time to the next (draws, times - 1), and which were cut."""
    changes = np.diff(logs, axis=2)
    cut = np.zeros(changes.shape, dtype=bool)
    if rules.truncate is not None:
        limit = np.log(rules.truncate)
        cut = np.abs(changes) > limit
        changes = np.clip(changes, -limit, limit)
    known = np.isfinite(changes)
    count = known.sum(axis=1)
    total = np.where(known, changes, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0), cut


def _chained(steps: Floats, at: int) -> Floats:
    """Return the chains of changes (draws, times), 0 at the base; NaN beyond a step that nothing is known of."""
    after, before = np.cumsum(steps[:, at:], axis=1), -np.cumsum(steps[:, :at][:, ::-1], axis=1)[:, ::-1]
    return np.hstack([before, np.zeros((len(steps), 1)), after])


def _index(
    times: Ints,
    chain: Floats,
    covariance: Floats,
    counts: tuple[Ints, ...],
    rules: IndicatorRules,
) -> pl.DataFrame:
    z = float(norm.ppf(0.5 + rules.level / 2))
    error = np.sqrt(np.diag(covariance))
    index = 100 * np.exp(chain)
    cells = {"time": times, "index": index, "se": index * error}
    cells |= {"low": index * np.exp(-z * error), "high": index * np.exp(z * error)}
    cells |= dict(zip(("species", "linked", "truncated"), counts, strict=True))
    return pl.DataFrame(cells).select(pl.col(name).cast(dtype) for name, dtype in INDICATOR.items()).fill_nan(None)


def _slopes(
    times: Ints,
    chain: Floats,
    chains: Floats,
    spans: Sequence[tuple[int, int]],
    rules: IndicatorRules,
) -> pl.DataFrame:
    """Return the trends of the indicator: least squares on the logarithm, the error from the slopes of the chains."""
    z = float(norm.ppf(0.5 + rules.level / 2))
    rows = []
    for first, last in spans:
        known = np.isfinite(chain) & (times >= first) & (times <= last)
        if known.sum() < 2:
            continue
        line = times[known] - times[known].mean()
        line = line / (line @ line)
        slope, error = float(line @ chain[known]), float(np.std(chains[:, known] @ line, ddof=1))
        factor, low, high = (float(np.exp(value)) for value in (slope, slope - z * error, slope + z * error))
        p = float(2 * norm.sf(abs(slope) / error)) if error > 1e-12 else None
        ends = (int(times[known][0]), int(times[known][-1]), "indicator")
        rows.append((*ends, slope, error, factor, factor * error, low, high, p, classify(low, high), ""))
    return pl.DataFrame(rows, SLOPES, orient="row")
