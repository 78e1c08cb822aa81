"""When, and which way?

A crossing is a change of country between consecutive encounters whose sides are certain; uncertain ones in between are
passed over. The animal crossed at some unknown moment from the end of its last encounter on the old side to the start
of its first on the new one, so a crossing is an interval, never an instant. A country without cameras can never appear
in one: no crossing found is not evidence that none happened.
"""

import numpy as np
import polars as pl

from tumen.crossings.parameters import CrossingParameters
from tumen.measure.pace import steps
from tumen.tables.schema import UTC

CROSSINGS: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "scientificName": pl.String,
    "fromCountry": pl.String,
    "toCountry": pl.String,
    "notBefore": UTC,
    "notAfter": UTC,
    "fromPlace": pl.String,
    "toPlace": pl.String,
    "distance": pl.Float64,
    "elapsedHours": pl.Float64,
    "speed": pl.Float64,
    "impossible": pl.Boolean,
}
"""One row per crossing. `distance` in m; `speed` in km/h, the least that uncertain coordinates allow, null where no
time passed; `impossible`: faster than the fastest, even with the clocks' slack, or on both sides at once."""

HOUR = 3_600_000_000.0
"""µs."""


def find_crossings(met: pl.DataFrame) -> pl.DataFrame:
    """Return one row per change of certain country between consecutive encounters of an individual.

    `met` are `tumen.crossings.encounters.encounters`, in order. When two encounters on one side overlap, the one that
    ends last is the last. Columns: individualID, fromCountry, toCountry, notBefore, notAfter, fromPlace, toPlace, and
    `fromRow` and `toRow`, the row numbers of the last detection on the old side and the first on the new.
    """
    stays = _stays(met.filter(pl.col("countryCode").is_not_null()))
    before = stays.select(pl.all().name.prefix("from_")).shift()
    return (
        pl.concat([stays, before], how="horizontal")
        .filter(pl.col("individualID") == pl.col("from_individualID"))
        .select(
            "individualID",
            fromCountry="from_countryCode",
            toCountry="countryCode",
            notBefore="from_end",
            notAfter="start",
            fromPlace="from_lastPlace",
            toPlace="place",
            fromRow="from_last",
            toRow="first",
        )
    )


def _stays(certain: pl.DataFrame) -> pl.DataFrame:
    """Return the runs of encounters of one individual in one country, with the encounter that ends last."""
    opens = np.flatnonzero(certain.select(_opens()).to_series().to_numpy())
    if not opens.size:
        return certain.select(
            "individualID", "countryCode", "start", "end", "place", "first", "last", lastPlace="place"
        )
    end = certain["end"].dt.timestamp("us").to_numpy()
    latest = np.maximum.reduceat(end, opens)
    lengths = np.diff(np.append(opens, end.size))
    at_latest = np.where(end == np.repeat(latest, lengths), np.arange(end.size), -1)
    final = certain[np.maximum.reduceat(at_latest, opens)]
    return certain[opens].select(
        "individualID",
        "countryCode",
        "start",
        final["end"],
        "place",
        "first",
        final["last"],
        final["place"].alias("lastPlace"),
    )


def _opens() -> pl.Expr:
    individual, country = pl.col("individualID"), pl.col("countryCode")
    return ((individual != individual.shift()) | (country != country.shift())).fill_null(True)


def paced(found: pl.DataFrame, ordered: pl.DataFrame, parameters: CrossingParameters) -> pl.DataFrame:
    """Add how far and how fast each crossing was: distance, elapsedHours, speed, impossible (see `CROSSINGS`).

    A crossing that would have ended before it began has no speed: the individual was on two sides at once, which is
    impossible however near they are.
    """
    where = ("longitude", "latitude", "coordinateUncertainty")
    ends = pl.concat(
        [
            found.select(
                # Each crossing is a track of two records; equal lengths keep the order of numbers.
                individualID=pl.int_range(pl.len()).cast(pl.String).str.zfill(9),
                start=at,
                end=at,
                place=pl.lit(side),
            ).hstack(ordered[found[row]].select(*where))
            for side, row, at in (("1 old", "fromRow", "notBefore"), ("2 new", "toRow", "notAfter"))
        ]
    )
    step = steps(
        ends,
        assumed_uncertainty=parameters.assumed_uncertainty,
        clock_slack=parameters.clock_slack,
        max_speed=parameters.max_speed,
    )
    elapsed = (pl.col("notAfter") - pl.col("notBefore")).dt.total_microseconds() / HOUR
    return found.hstack(step.select("distance", "speed", "impossible")).with_columns(
        elapsedHours=elapsed,
        speed=pl.when(elapsed > 0).then("speed"),
        impossible=pl.col("impossible") | (elapsed < 0),
    )
