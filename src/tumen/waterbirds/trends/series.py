"""Counts of many sites at many times, with gaps: what a trend is fitted to.

A series is checked once; a fit trusts it. What cannot be used is left out and said in its findings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.errors import ColumnError, MisuseError, Text
from tumen.tables import findings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_TIMES = 1000
"""More times than this between the first and the last is taken for a mistake in the codes."""


@dataclass(frozen=True)
class Covariate:
    """A property of sites in categories; the first level is the baseline.

    codes (sites): the level's number, -1 where it is missing or changes within the site.
    """

    name: str
    levels: tuple[str, ...]
    codes: Ints


@dataclass(frozen=True)
class Series:
    """Counts of sites at times, and perhaps months, site after site.

    sites: names, sorted; times: every whole number from the first time to the last, also those without a count;
    months: the month codes, sorted, empty if the counts have none. A cell is `time * max(1, months) + month`, both as
    positions. The usable counts of site `s` are `start[s]:start[s + 1]` in `cell` (rising), `count` and `weight`;
    every other cell is missing. Sites without a positive count, and months without one, are not in it.
    """

    sites: pl.Series
    times: Ints
    months: Ints
    start: Ints
    cell: Ints
    count: Floats
    weight: Floats
    covariates: tuple[Covariate, ...]
    findings: pl.DataFrame

    @property
    def cells(self) -> int:
        """Number of cells of one site: times, or times by months."""
        return len(self.times) * max(1, len(self.months))

    @property
    def site(self) -> Ints:
        """Site position of every count."""
        return np.repeat(np.arange(len(self.sites)), np.diff(self.start))

    @property
    def grid(self) -> Floats:
        """Counts as (sites, cells), NaN where missing. Large for many sites."""
        table = np.full((len(self.sites), self.cells), np.nan)
        table[self.site, self.cell] = self.count
        return table

    def covariate(self, name: str) -> Covariate:
        """Return a covariate by its name; MisuseError if there is none."""
        for one in self.covariates:
            if one.name == name:
                return one
        raise MisuseError(
            Text("a covariate named {name}", name=name),
            ", ".join(one.name for one in self.covariates) or "none",
            "Name a covariate of the series.",
        )


def series(  # noqa: PLR0913
    frame: pl.DataFrame,
    *,
    site: str = "site",
    time: str = "time",
    month: str | None = None,
    count: str = "count",
    weight: str | None = None,
    covariates: Sequence[str] = (),
) -> Series:
    """Return the counts of a table, checked.

    frame: a row for each site and time (and month): site (any type, read as text), time and month (whole numbers),
    count (a number; null or NaN is missing), weight (above 0; 1 if not named), covariates (read as categories, one
    value for each site). Sites and times without a row are missing, not zero. Raises ColumnError where a column is
    not there or of another type.

    >>> counts = pl.DataFrame({"site": ["a", "a", "b"], "time": [1, 2, 2], "count": [3, None, 4]})
    >>> made = series(counts)
    >>> made.times.tolist(), made.count.tolist(), made.cell.tolist()
    ([1, 2], [3.0, 4.0], [0, 1])
    """
    rows = _rows(frame, (site, time, month, count, weight), covariates)
    kept, said = _usable(rows)
    kept, more = _positive(kept)
    times = _times(kept)
    months = kept["month"].unique().sort().to_numpy().astype(np.int64) if month else np.zeros(0, np.int64)
    kept = kept.sort("site", "time", "month")
    names = kept["site"].unique(maintain_order=True)
    lengths = kept.group_by("site", maintain_order=True).len()["len"].to_numpy()
    cell = kept["time"].to_numpy().astype(np.int64) - (times[0] if len(times) else 0)
    if month:
        cell = cell * max(1, len(months)) + np.searchsorted(months, kept["month"].to_numpy())
    made, about = _covariates(rows, names, covariates)
    return Series(
        sites=names,
        times=times,
        months=months,
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        cell=np.ascontiguousarray(cell, dtype=np.int64),
        count=kept["count"].to_numpy().astype(np.float64),
        weight=kept["weight"].to_numpy().astype(np.float64),
        covariates=made,
        findings=findings.join([*said, *more, *_empty_times(kept, times), *about]),
    )


def _rows(
    frame: pl.DataFrame, columns: tuple[str, str, str | None, str, str | None], covariates: Sequence[str]
) -> pl.DataFrame:
    """Return row, site, time, month, count, weight and the covariates as "covariate N"."""
    site, time, month, count, weight = columns
    for name in (*(each for each in columns if each), *covariates):
        if name not in frame.columns:
            raise ColumnError(
                Text("a column {column}", column=name), ", ".join(frame.columns), "Name the columns of the counts."
            )
    for name in (each for each in (time, month) if each):
        if not (frame.schema[name].is_integer() or frame.schema[name] == pl.Null):
            raise ColumnError(
                Text("whole numbers in {column}", column=name), str(frame.schema[name]), "Give years or time numbers."
            )
    for name in (each for each in (count, weight) if each):
        if not (frame.schema[name].is_numeric() or frame.schema[name] == pl.Null):
            raise ColumnError(
                Text("numbers in {column}", column=name), str(frame.schema[name]), "Give counts as numbers."
            )
    return frame.select(
        (pl.int_range(pl.len(), dtype=pl.Int64) + 2).alias("row"),
        pl.col(site).cast(pl.String).alias("site"),
        pl.col(time).cast(pl.Int64).alias("time"),
        (pl.col(month).cast(pl.Int64) if month else pl.lit(0, pl.Int64)).alias("month"),
        pl.col(count).cast(pl.Float64).fill_nan(None).alias("count"),
        (pl.col(weight).cast(pl.Float64) if weight else pl.lit(1.0)).alias("weight"),
        *(pl.col(name).cast(pl.String).alias(f"covariate {number}") for number, name in enumerate(covariates)),
    )


def _usable(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the rows with a count that can be used, and what is wrong with the others."""
    said = []

    def leave(kept: pl.DataFrame, code: str, bad: pl.Expr, column: str) -> pl.DataFrame:
        wrong = kept.filter(bad).with_columns(pl.col(column).alias("value"))
        said.append(findings.rows(code, wrong, table="", column=column, arguments=("site", "time")))
        return kept.filter(~bad)

    kept = leave(rows, "trend-site-unnamed", pl.col("site").is_null(), "site")
    kept = leave(kept, "trend-time-missing", pl.col("time").is_null() | pl.col("month").is_null(), "time")
    kept = leave(kept, "trend-row-duplicate", pl.struct("site", "time", "month").is_duplicated(), "count")
    kept = kept.filter(pl.col("count").is_not_null())
    kept = leave(kept, "trend-count-infinite", ~pl.col("count").is_finite(), "count")
    kept = leave(kept, "trend-count-negative", pl.col("count") < 0, "count")
    sound = pl.col("weight").is_finite() & (pl.col("weight") > 0)
    kept = leave(kept, "trend-weight-bad", ~sound.fill_null(False), "weight")
    leave(kept, "trend-count-fraction", pl.col("count") != pl.col("count").round(), "count")
    return kept, said


def _positive(kept: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Leave out months and sites without a positive count, and say so."""
    said = []
    for column, code in (("month", "trend-month-no-positive"), ("site", "trend-site-no-positive")):
        none = kept.group_by(column).agg((pl.col("count") > 0).any().alias("any"), pl.col("row").min())
        none = none.filter(~pl.col("any")).sort("row").rename({column: "value"})
        if column == "month" and kept.get_column("month").n_unique() < 2:
            continue
        said.append(findings.rows(code, none, table="", column=column))
        kept = kept.filter(~pl.col(column).is_in(none["value"].implode()))
    return kept, said


def _times(kept: pl.DataFrame) -> Ints:
    """Return every time from the first to the last."""
    if kept.is_empty():
        return np.zeros(0, np.int64)
    first, last = cast(int, kept["time"].min()), cast(int, kept["time"].max())
    if last - first >= MOST_TIMES:
        raise MisuseError(
            Text("at most {most} times from the first to the last", most=MOST_TIMES),
            Text("times from {first} to {last}", first=first, last=last),
            "Number the times one after the other.",
        )
    return np.arange(first, last + 1, dtype=np.int64)


def _empty_times(kept: pl.DataFrame, times: Ints) -> list[pl.DataFrame]:
    """Say which times have no count, and which have none above zero."""
    of_time = kept.group_by("time").agg(pl.col("count").max().alias("most"))
    table = pl.DataFrame({"value": times}).join(of_time, left_on="value", right_on="time", how="left").sort("value")
    table = table.with_columns(pl.lit(None, pl.Int64).alias("row"))
    return [
        findings.rows("trend-time-empty", table.filter(pl.col("most").is_null()), table="", column="time"),
        findings.rows("trend-time-no-positive", table.filter(pl.col("most") == 0), table="", column="time"),
    ]


def _covariates(
    rows: pl.DataFrame, sites: pl.Series, names: Sequence[str]
) -> tuple[tuple[Covariate, ...], list[pl.DataFrame]]:
    """Return the covariates of the sites, and the sites without exactly one value."""
    made, said = [], []
    order = pl.DataFrame({"site": sites}, schema={"site": pl.String})
    for number, name in enumerate(names):
        column = f"covariate {number}"
        of_site = rows.group_by("site").agg(
            pl.col(column).unique().drop_nulls().sort().alias("values"),
            pl.col(column).null_count().alias("blank"),
            pl.col("row").min(),
        )
        of_site = order.join(of_site, on="site", how="left", maintain_order="left").with_columns(
            pl.col("values").list.join("; ").alias("value"), pl.lit(name).alias("covariate")
        )
        different = pl.col("values").list.len()
        missing, changing = (different == 0) | ((pl.col("blank") > 0) & (different == 1)), different > 1
        for code, bad in (("trend-covariate-missing", missing), ("trend-covariate-changes", changing)):
            said.append(
                findings.rows(code, of_site.filter(bad), table="", column=name, arguments=("site", "covariate"))
            )
        one = of_site.select(pl.when(~missing & ~changing).then(pl.col("values").list.first()))["values"]
        levels = _ordered(one.drop_nulls().unique().to_list())
        if len(levels) < 2:
            said.append(findings.finding("trend-covariate-single", column=name, value=name))
        codes = one.replace_strict({level: at for at, level in enumerate(levels)}, default=-1, return_dtype=pl.Int64)
        made.append(Covariate(name, levels, codes.fill_null(-1).to_numpy().astype(np.int64)))
    return tuple(made), said


def _ordered(levels: list[str]) -> tuple[str, ...]:
    """Sort levels as numbers where all are whole numbers, else as text."""
    if all(level.lstrip("-").isdigit() for level in levels):
        return tuple(sorted(levels, key=int))
    return tuple(sorted(levels))
