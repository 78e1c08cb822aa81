"""Could it have walked there?

Two records of one individual, one after the other, say that it moved at least so far in at most so much time. Where
the positions are uncertain the distance shrinks by both uncertainties; where clocks are, the time grows.
"""

from datetime import timedelta

import polars as pl

from tumen.measure.geodesy import distances
from tumen.tables.schema import UTC, require

TRACK: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "start": UTC,
    "end": UTC,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "coordinateUncertainty": pl.Float64,
    "place": pl.String,
}

STEPS: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "fromPlace": pl.String,
    "toPlace": pl.String,
    "leftAt": UTC,
    "arrivedAt": UTC,
    "distance": pl.Float64,
    "leastDistance": pl.Float64,
    "elapsedHours": pl.Float64,
    "speed": pl.Float64,
    "impossible": pl.Boolean,
}
"""One row per pair of consecutive records."""

HOUR = 3_600_000_000.0
POINT = ["longitude", "latitude"]


def steps(
    track: pl.DataFrame,
    *,
    assumed_uncertainty: float = 30.0,
    clock_slack: timedelta = timedelta(minutes=10),
    max_speed: float = 10.0,
) -> pl.DataFrame:
    """Return the steps between consecutive records of each individual, as `STEPS`.

    `track` has the columns of `TRACK`. Records follow one another by start; ties are broken by end, place, longitude,
    latitude, uncertainty. Records without individual or start have no place in the order and are left out.

    - `distance`: geodesic, m. `leastDistance`: less both uncertainties (`assumed_uncertainty` where none is recorded).
    - `leftAt`: end of the former record. `elapsedHours`: from there to `arrivedAt`; negative where records overlap.
    - `speed`: km/h, the least possible; null where no time passed.
    - `impossible`: the animal would have had to be faster than `max_speed` (km/h), even if the clocks differ by
      `clock_slack`. False where a missing position or end leaves it open.

    >>> from datetime import datetime, UTC as UTC_ZONE
    >>> noon = datetime(2024, 5, 1, 12, tzinfo=UTC_ZONE)
    >>> track = pl.DataFrame(
    ...     [
    ...         ("T7", noon, noon, 130.5, 42.5, None, "a"),
    ...         ("T7", noon + timedelta(hours=1), None, 130.5, 43.0, None, "b"),
    ...     ],
    ...     schema=TRACK, orient="row",
    ... )
    >>> steps(track).select("toPlace", pl.col("speed").round(1), "impossible").rows()
    [('b', 55.5, True)]
    """
    require(track, TRACK, "track")
    order = (
        track.lazy()
        .select(list(TRACK))
        .drop_nulls(["individualID", "start"])
        .sort("individualID", "start", "end", "place", *POINT, "coordinateUncertainty")
        .collect()
    )
    uncertainty = pl.col("coordinateUncertainty")
    # Not recorded: null, and what cannot be an uncertainty.
    order = order.with_columns(
        pl.when(uncertainty >= 0).then(uncertainty).otherwise(assumed_uncertainty).alias("coordinateUncertainty")
    )
    following = (order["individualID"] == order["individualID"].shift(-1)).fill_null(value=False)
    former, later = order.filter(following), order.filter(following.shift(1, fill_value=False))
    metres = _distances(former.select(POINT), later.select(POINT))
    least = (metres - former["coordinateUncertainty"] - later["coordinateUncertainty"]).clip(lower_bound=0.0)
    elapsed = (later["start"] - former["end"]).dt.total_microseconds() / HOUR
    allowed = (elapsed + clock_slack.total_seconds() / 3600).clip(lower_bound=0.0) * max_speed * 1000
    return pl.DataFrame(
        {
            "individualID": former["individualID"],
            "fromPlace": former["place"],
            "toPlace": later["place"],
            "leftAt": former["end"],
            "arrivedAt": later["start"],
            "distance": metres,
            "leastDistance": least,
            "elapsedHours": elapsed,
            "speed": pl.select(pl.when(elapsed > 0).then(least / 1000 / elapsed)).to_series(),
            "impossible": (least > allowed).fill_null(value=False),
        },
        schema=STEPS,
    )


def _distances(former: pl.DataFrame, later: pl.DataFrame) -> pl.Series:
    """Return distances between points row by row; each pair of points is measured once."""
    pairs = former.hstack(later.rename({name: f"later_{name}" for name in POINT}))
    moved = (pairs["longitude"] != pairs["later_longitude"]) | (pairs["latitude"] != pairs["later_latitude"])
    distinct = pairs.filter(moved.fill_null(value=False)).unique()
    lon1, lat1, lon2, lat2 = (distinct[name].to_numpy() for name in pairs.columns)
    measured = distinct.with_columns(pl.Series("metres", distances(lon1, lat1, lon2, lat2), dtype=pl.Float64))
    joined = pairs.join(measured, on=pairs.columns, how="left", maintain_order="left")["metres"]
    nowhere = moved.is_null()
    return pl.select(pl.when(moved).then(joined.fill_nan(None)).when(~nowhere).then(0.0)).to_series()
