"""How fast must it have been?

Two records of one animal imply a speed: the shortest way between them, less what their coordinates may be wrong by,
over the time between. A speed no animal keeps up means that a clock or an identity is wrong.
"""

from datetime import timedelta

import polars as pl

from tumen.measure.geodesy import distances
from tumen.tables.schema import UTC

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
"""One row per pair of consecutive records; distances in m, `speed` in km/h: null where no time passed."""

MAX_SPEED = 10.0
"""km/h. A limit of our own for telling errors of clock or identity; not a published limit of any animal."""
CLOCK_SLACK = timedelta(minutes=10)
"""How far two clocks may disagree before a time between them is doubted."""


def steps(
    track: pl.DataFrame,
    *,
    assumed_uncertainty: float = 30.0,
    clock_slack: timedelta = CLOCK_SLACK,
    max_speed: float = MAX_SPEED,
) -> pl.DataFrame:
    """Return the steps between consecutive records of each individual, in order of time. Columns: `STEPS`.

    `track` has individualID, start, end (UTC), longitude, latitude (degrees), coordinateUncertainty (m or null) and
    place (null: none). A step from a record that has not ended to one that has begun takes no time. Ties in time are
    broken by place and coordinates.

    >>> from datetime import UTC as utc, datetime
    >>> track = pl.DataFrame({"individualID": ["T7", "T7"], "start": [datetime(2014, 1, 1, 0, tzinfo=utc),
    ...     datetime(2014, 1, 1, 1, tzinfo=utc)], "end": [datetime(2014, 1, 1, 0, tzinfo=utc)] * 2,
    ...     "longitude": [131.0, 131.0], "latitude": [43.0, 44.0], "coordinateUncertainty": [None, None],
    ...     "place": ["a", "b"]})
    >>> steps(track).select(pl.col("distance", "speed").round(1), "impossible").rows()
    [(111102.5, 111.0, True)]
    """
    ordered = track.sort("individualID", "start", "end", "place", "longitude", "latitude", nulls_last=True)
    pairs = (
        ordered.select(
            "individualID",
            "start",
            "end",
            "place",
            "longitude",
            "latitude",
            uncertainty=pl.col("coordinateUncertainty").cast(pl.Float64).fill_null(assumed_uncertainty),
        )
        .with_columns(
            # Sorted by individual, so a plain shift does; it is several times faster than one within each individual.
            pl.col("individualID", "end", "place", "longitude", "latitude", "uncertainty").shift().name.prefix("last_")
        )
        .filter(pl.col("individualID") == pl.col("last_individualID"), pl.col("last_end").is_not_null())
    )
    ends = ["last_longitude", "last_latitude", "longitude", "latitude"]
    distinct = pairs.select(ends).unique(maintain_order=True)
    metres = distances(*(distinct[name].to_numpy() for name in ends))
    far = distinct.with_columns(distance=pl.Series(metres).fill_nan(None))
    least = (pl.col("distance") - pl.col("uncertainty") - pl.col("last_uncertainty")).clip(0)
    elapsed = (pl.col("start") - pl.col("last_end")).dt.total_microseconds().clip(0) / 3.6e9
    allowed = max_speed * 1000 * (elapsed + clock_slack.total_seconds() / 3600)
    return pairs.join(far, on=ends, how="left", maintain_order="left").select(
        "individualID",
        fromPlace="last_place",
        toPlace="place",
        leftAt="last_end",
        arrivedAt="start",
        distance="distance",
        leastDistance=least,
        elapsedHours=elapsed,
        speed=pl.when(elapsed > 0).then(least / 1000 / elapsed),
        impossible=(least > allowed).fill_null(False),
    )
