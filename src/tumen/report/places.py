"""Which places can stand on a map, and how many cannot."""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.spatial import cKDTree

from tumen.report.ground import KM_PER_DEGREE
from tumen.report.words.render import Words

FAR = 300.0
"""Kilometres: a station in no certain country and farther than this from every other would stretch the map."""


def usable() -> pl.Expr:
    """Return whether longitude and latitude can be a place: there, in range, and not both 0.

    >>> points = pl.DataFrame({"longitude": [131.0, 0.0, 200.0, None], "latitude": [43.0, 0.0, 43.0, 43.0]})
    >>> points.select(usable()).to_series().to_list()
    [True, False, False, False]
    """
    longitude, latitude = pl.col("longitude").fill_null(np.nan), pl.col("latitude").fill_null(np.nan)
    within = longitude.is_between(-180, 180) & latitude.is_between(-90, 90)
    return (within & ~((longitude == 0) & (latitude == 0))).alias("usable")


def drawable(stations: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the stations that a map shows, and how many it leaves out.

    Left out is what has no usable coordinates; and what stands in no country of the region, or in another than its
    owner declares, and is farther than `FAR` from every station that is not so. If no station is certain, as where the
    region does not cover the study, one is left out if it is that far from all others.

    `stations` has the columns of `tumen.report.source.STATIONS`.
    """
    placed = stations.filter(usable())
    # One possible country that is not the station's country: its owner declared another. Two: it is near a border.
    doubtful = placed.select(
        pl.col("countryCode").is_null() & ~pl.col("possibleCountries").fill_null("").str.contains("|", literal=True)
    ).to_series()
    if not doubtful.any():
        return placed, stations.height - placed.height
    points = _on_the_globe(placed)
    certain = ~doubtful.to_numpy()
    if certain.any():
        away = np.asarray(cKDTree(points[certain]).query(points)[0])
    elif placed.height > 1:
        away = np.asarray(cKDTree(points).query(points, k=2)[0])[:, 1]
    else:
        away = np.zeros(placed.height)
    near = pl.Series(away <= 2 * np.sin(np.radians(FAR / KM_PER_DEGREE) / 2))
    shown = placed.filter(near | ~doubtful)
    if shown.is_empty():
        shown = placed
    return shown, stations.height - shown.height


def not_shown(words: Words, outside: int, stations: int, positions: int = 0) -> str:
    """Return the sentences, each with a space before it, that say what a map leaves out; empty if it shows all.

    `outside`: points beyond the frame. `stations`: those that `drawable` left out. `positions`: of tracked animals,
    without usable coordinates.
    """
    said = ""
    if outside:
        said += " " + words.plural(
            "{count} point lies far outside and is not shown.",
            "{count} points lie far outside and are not shown.",
            outside,
        )
    if stations:
        said += " " + words.plural(
            "{count} station is not drawn: its coordinates are unusable, or lie in no certain country and far from all "
            "other stations.",
            "{count} stations are not drawn: their coordinates are unusable, or lie in no certain country and far from "
            "all other stations.",
            stations,
        )
    if positions:
        said += " " + words.plural(
            "{count} position with unusable coordinates is not drawn.",
            "{count} positions with unusable coordinates are not drawn.",
            positions,
        )
    return said


def _on_the_globe(places: pl.DataFrame) -> npt.NDArray[np.float64]:
    """Return points on a sphere of radius 1, between which straight lines grow with the distance on the ground."""
    lon, lat = (np.radians(places[name].to_numpy()) for name in ("longitude", "latitude"))
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
