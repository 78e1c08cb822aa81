"""Would anyone have seen it come back?

An animal that crossed once and was not seen again on the old side may have stayed away, or nobody may have looked. What
tells them apart is the effort behind it: camera-days, after it was first seen on the new side, of cameras in the old
country that stood within its reach, that is, near a place where it had been seen there.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.spatial import cKDTree

from tumen.measure.geodesy import distances, ecef
from tumen.tables.schema import UTC, require

EFFORT: dict[str, pl.DataType | type[pl.DataType]] = {
    "deploymentID": pl.String,
    "place": pl.String,
    "party": pl.String,
    "countryCode": pl.String,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "start": UTC,
    "end": UTC,
    "days": pl.Float64,
}
"""One row per interval in which a camera operated. `countryCode` is null where the camera's side is uncertain."""

Numbers = npt.NDArray[np.float64]

RADIUS = 6_371_008.8
"""m: mean radius of the Earth."""
MARGIN = 0.01
"""A round Earth is wrong by less than this share of a distance; only distances that near to the reach are measured
along the ellipsoid."""
DAY = 86_400_000_000.0


def watched_behind(left: pl.DataFrame, origins: pl.DataFrame, effort: pl.DataFrame, reach: float) -> pl.DataFrame:
    """Return the camera-days that stood behind each individual after it left.

    `left`: individualID, fromCountry, notAfter. `origins`: individualID, longitude, latitude of every place where it
    had been seen in the old country. `effort`: `EFFORT`. `reach` in m, along the WGS84 geodesic. Columns: individualID,
    watchedBehindDays; null where no operating interval of the old country is known, which is not the same as 0.
    """
    known = require(effort, EFFORT, "effort").drop_nulls(["countryCode", "longitude", "latitude", "start", "end"])
    places = {key[0]: frame for key, frame in origins.group_by("individualID")}
    cameras = {key[0]: _Cameras(frame) for key, frame in known.group_by("countryCode")}
    days: list[float | None] = []
    for individual, country, not_after in left.select("individualID", "fromCountry", "notAfter").iter_rows():
        behind = cameras.get(country)
        days.append(None if behind is None else behind.days(places[individual], not_after.timestamp() * 1e6, reach))
    return left.select("individualID", watchedBehindDays=pl.Series(days, dtype=pl.Float64))


class _Cameras:
    """The cameras of one country, ready to be asked which of them stood near some places after some instant."""

    def __init__(self, effort: pl.DataFrame) -> None:
        places = effort.select("longitude", "latitude").unique().sort("longitude", "latitude").with_row_index("camera")
        stood = effort.join(places, on=["longitude", "latitude"], how="left")
        self.lon, self.lat = places["longitude"].to_numpy(), places["latitude"].to_numpy()
        self.points = ecef(self.lon, self.lat)
        self.camera = stood["camera"].to_numpy()
        self.start = stood["start"].dt.timestamp("us").to_numpy().astype(np.float64)
        self.end = stood["end"].dt.timestamp("us").to_numpy().astype(np.float64)

    def days(self, places: pl.DataFrame, after: float, reach: float) -> float:
        """Return the days of operation after an instant (µs) of the cameras within `reach` of any of the places."""
        near = self._near(places["longitude"].to_numpy(), places["latitude"].to_numpy(), reach)
        stood = np.maximum(self.end - np.maximum(self.start, after), 0.0)
        # Summed in order of size, so that the order of rows does not matter.
        return float(np.sort(stood[near[self.camera]]).sum() / DAY)

    def _near(self, lon: Numbers, lat: Numbers, reach: float) -> npt.NDArray[np.bool_]:
        points = ecef(lon, lat)
        chord, _ = cKDTree(points).query(self.points)
        apart = 2 * RADIUS * np.arcsin(np.minimum(chord / (2 * RADIUS), 1.0))
        near: npt.NDArray[np.bool_] = apart <= reach * (1 - MARGIN)
        for camera in np.flatnonzero(~near & (apart <= reach * (1 + MARGIN))):
            near[camera] = distances(lon, lat, self.lon[camera], self.lat[camera]).min() <= reach
        return near
