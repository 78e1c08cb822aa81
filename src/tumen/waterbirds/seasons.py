"""Which season is it?  The largest occasion of each season, and whether the season was counted at all.

A season without adequate data is missing, and never zero. Its number is that of the days that were counted: what came
between two counts nobody knows.
"""

import calendar
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text, nearest
from tumen.tables.waterbirds import SEASONS as KINDS
from tumen.waterbirds.occasion import CODE, REASONS, in_order, informative

DEFAULT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "breeding": ("06-01", "07-31"),
        "autumn": ("08-01", "11-30"),
        "winter": ("12-01", "02-28"),
        "spring": ("03-01", "05-31"),
    }
)
"""The first and the last day of each kind of season, month and day: ours, for the north-east of Asia."""

SEASONS: dict[str, pl.DataType | type[pl.DataType]] = {
    "place": pl.String,
    "kind": pl.String,
    "measure": pl.String,
    "season": pl.String,
    "year": pl.Int64,
    "low": pl.Int64,
    "high": pl.Int64,
    "state": pl.String,
    "date": pl.Date,
    "occasions": pl.Int64,
    "visits": pl.String,
    "reason": pl.String,
}

NONE = -1
"""Where there is no number: every count is larger."""

LEAP = 2024
"""A year that has every day of the year."""

LEAP_DAY = 29


def seasons(occasions: pl.DataFrame, ranges: Mapping[str, tuple[str, str]] = DEFAULT) -> pl.DataFrame:
    """Return one row (`SEASONS`) for each place, measure, season and year that has an occasion.

    `ranges` gives the first and last day ("11-16", "02-28") of the seasons to judge; a range may pass the year, and is
    then named by the year in which it ends: winter by its January. The last of February is its last day in every year.
    Days in no season are left out (`outside` returns them). Ranges that share a day raise `MisuseError`.

    `low` is the largest low of any occasion, `date` and `visits` are those of the first occasion that has it. `high` is
    the largest of the complete occasions; it is null where an incomplete one saw more. `state` is "complete" where
    `high` is known, "partial" where something was counted and is a lower bound only, and "missing" where nothing is
    known: then `low` is null, and `reason` says why. Where anything of a season is withheld, it has no `high`, and
    `reason` is "withheld" whatever else is known.

    >>> day = pl.Series([-20, 10]).cast(pl.Date)
    >>> table = pl.DataFrame({"place": "lake", "kind": "site", "measure": "waterbirds", "date": day, "low": [5, 9],
    ...     "high": [5, None], "visits": ["a", "b"], "reason": ["", "partialCoverage"]})
    >>> seasons(table).select("season", "year", "low", "high", "state").rows()
    [('winter', 1970, 9, None, 'partial')]
    """
    dated = placed(occasions, ranges).filter(pl.col("season").is_not_null())
    dated = _in_order(dated).with_columns(
        says=informative(),
        why=pl.col("reason").replace_strict(CODE, default=CODE[""], return_dtype=pl.Int32),
    )
    if dated.is_empty():
        return pl.DataFrame(schema=SEASONS)
    found = _largest(dated)
    best = found["best"]
    missing, beyond = pl.col("low").is_null(), pl.col("high") < pl.col("low")
    # The number that its owner keeps may be the largest of the season.
    kept = pl.col("anyWhy") == CODE["withheld"]
    silent = dated.filter(pl.col("run").is_in(found.filter(missing)["run"].implode()))
    listed = silent.group_by("run").agg(silentVisits=pl.col("visits").str.join("|"))
    found = found.with_columns(
        date=dated["date"].gather(best),
        bestVisits=dated["visits"].gather(best),
        bestWhy=dated["why"].gather(best),
        **{name: dated[name].gather(found["at"]) for name in ("place", "kind", "measure", "season", "year")},
    ).join(listed, on="run", how="left", maintain_order="left")
    judged = found.with_columns(
        high=pl.when(~beyond.fill_null(value=False) & ~kept).then("high"),
        code=pl.when(missing | kept)
        .then("anyWhy")
        .when(beyond)
        .then("bestWhy")
        .when(pl.col("high").is_null())
        .then("lesserWhy")
        .otherwise("fullWhy"),
        visits=pl.when(missing).then("silentVisits").otherwise("bestVisits"),
        date=pl.when(~missing).then("date"),
    )
    return judged.with_columns(
        state=pl.when(missing)
        .then(pl.lit("missing"))
        .when(pl.col("high").is_null())
        .then(pl.lit("partial"))
        .otherwise(pl.lit("complete")),
        reason=pl.Series(REASONS, dtype=pl.String).gather(judged["code"]),
    ).select(list(SEASONS))


def _largest(dated: pl.DataFrame) -> pl.DataFrame:
    """Return for each run of rows its largest numbers, the row of the first largest low, and why bounds are open.

    The rows of a run lie side by side, so that each is reduced in one pass over the column.
    """
    run = dated["run"].to_numpy()
    starts = np.flatnonzero(np.diff(run, prepend=-1))
    lengths = np.diff(np.append(starts, len(run)))
    says, full = dated["says"].to_numpy(), dated["high"].is_not_null().to_numpy()
    low = np.where(says, dated["low"].to_numpy(), NONE)
    high = dated["high"].fill_null(NONE).to_numpy()
    why, at = dated["why"].to_numpy().astype(np.int64), np.arange(len(run))
    most, most_high = np.maximum.reduceat(low, starts), np.maximum.reduceat(high, starts)

    def least(holds: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return the smallest value of each run where something holds; the row count where it nowhere does."""
        return np.minimum.reduceat(np.where(holds, values, len(run) + len(REASONS)), starts)

    known = pl.DataFrame(
        {
            "run": run[starts],
            "at": starts,
            "low": most,
            "high": most_high,
            "occasions": np.add.reduceat(says.astype(np.int64), starts),
            "lesserWhy": least(says & ~full, why),
            "anyWhy": np.minimum.reduceat(why, starts),
            "best": least(low == np.repeat(most, lengths), at),
            "fullWhy": least(full & (high == np.repeat(most_high, lengths)), why),
        }
    )
    return known.with_columns(
        pl.when(pl.col(name) != NONE).then(name).alias(name) for name in ("low", "high")
    ).with_columns(pl.col("lesserWhy", "fullWhy").clip(upper_bound=CODE[""]))


def _in_order(dated: pl.DataFrame) -> pl.DataFrame:
    """Return occasions by place, kind, measure and date, with `at` (their row) and `run` (the season they are in)."""
    names = ("place", "kind", "measure")
    for name in names:
        words = dated.select(pl.col(name).unique().sort()).with_row_index(name + "Order")
        dated = dated.join(words, on=name, how="left", maintain_order="left")
    dated = dated.with_columns(placeOrder=pl.col("placeOrder") * dated["kindOrder"].n_unique() + pl.col("kindOrder"))
    dated = dated[dated.select(in_order("placeOrder", "measureOrder", "date").arg_sort()).to_series()]
    run = ("placeOrder", "measureOrder", "season", "year")
    # One place and measure passes through its seasons in the order of its days: each is one run of rows.
    new = pl.any_horizontal(pl.col(*run).ne_missing(pl.col(*run).shift(1)))
    return dated.with_columns(at=pl.int_range(pl.len(), dtype=pl.UInt32), run=new.cum_sum().cast(pl.UInt32) - 1)


def placed(frame: pl.DataFrame, ranges: Mapping[str, tuple[str, str]] = DEFAULT) -> pl.DataFrame:
    """Return a frame with `season` and `year` (null outside every season) beside its `date`.

    >>> placed(pl.DataFrame({"date": pl.Series([-20, 200]).cast(pl.Date)})).select("season", "year").rows()
    [('winter', 1970), ('breeding', 1970)]
    """
    table = _days(ranges)
    day = pl.col("date").dt.month().cast(pl.Int32) * 100 + pl.col("date").dt.day()
    season = day.replace_strict(list(table), [name for name, _ in table.values()], default=None, return_dtype=pl.String)
    later = day.replace_strict(list(table), [shift for _, shift in table.values()], default=0, return_dtype=pl.Int64)
    return frame.with_columns(season=season).with_columns(
        year=pl.when(pl.col("season").is_not_null()).then(pl.col("date").dt.year().cast(pl.Int64) + later)
    )


def outside(occasions: pl.DataFrame, ranges: Mapping[str, tuple[str, str]] = DEFAULT) -> pl.DataFrame:
    """Return the occasions whose day is in no season."""
    return placed(occasions, ranges).filter(pl.col("season").is_null()).drop("season", "year")


def _days(ranges: Mapping[str, tuple[str, str]]) -> dict[int, tuple[str, int]]:
    """Return for each day of the year (month * 100 + day) its season, and 1 if that is named by the year after."""
    table: dict[int, tuple[str, int]] = {}
    every = [month * 100 + day for month in range(1, 13) for day in range(1, calendar.monthrange(LEAP, month)[1] + 1)]
    for season, (first, last) in ranges.items():
        if season not in KINDS:
            raise MisuseError("a kind of season", f"'{season}'", nearest(season, KINDS))
        start, end = _day(first), _day(last)
        end = end + 1 if end == 200 + LEAP_DAY - 1 else end
        for day in every:
            passing = end < start
            if (start <= day <= end) if not passing else (day >= start or day <= end):
                if day in table:
                    raise MisuseError(
                        "seasons that share no day",
                        Text(
                            "{day} in {season} and in {other}",
                            day=f"{day // 100:02}-{day % 100:02}",
                            season=season,
                            other=table[day][0],
                        ),
                        "Let one of the two begin later or end earlier.",
                    )
                table[day] = (season, 1 if passing and day >= start else 0)
    return table


def _day(text: str) -> int:
    """Return a month and a day ("11-16") as month * 100 + day."""
    month, _, day = text.partition("-")
    numbers = month.isascii() and month.isdigit() and day.isascii() and day.isdigit()
    if not numbers or not 1 <= int(month) <= 12 or not 1 <= int(day) <= calendar.monthrange(LEAP, int(month))[1]:
        raise MisuseError("a month and a day, as 11-16", f"'{text}'", "Write both with two digits and a hyphen.")
    return int(month) * 100 + int(day)
