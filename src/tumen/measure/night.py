"""In which night was it?  Nights are counted from noon to noon by the sun, so that none is cut in two at midnight."""

import polars as pl

DAY = 24 * 3_600_000_000
HOUR_ANGLE = DAY / 360
"""Microseconds of mean solar time per degree of longitude."""


def night(start: pl.Expr, longitude: pl.Expr) -> pl.Expr:
    """Return the number of the night of a UTC instant: days from noon to noon, mean solar time at the longitude.

    >>> from datetime import UTC, datetime
    >>> noon = [datetime(2014, 1, 2, 3, minute, tzinfo=UTC) for minute in (14, 16)]
    >>> seen = pl.DataFrame({"start": noon, "longitude": [131.25, 131.25]})
    >>> seen.select(night(pl.col("start"), pl.col("longitude")))["start"].diff().to_list()
    [None, 1]
    """
    solar = start.dt.timestamp("us") + (longitude * HOUR_ANGLE).cast(pl.Int64)
    return ((solar - DAY // 2).floordiv(DAY)).cast(pl.Int32)
