"""Where could somebody be seen?  Cameras at one place are one detector."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tumen.measure.geodesy import distances
from tumen.measure.neighbours import near_pairs
from tumen.tables import findings
from tumen.tables.schema import UTC, require

CAMERAS: dict[str, pl.DataType | type[pl.DataType]] = {
    "party": pl.String,
    "deploymentID": pl.String,
    "place": pl.String,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "countryCode": pl.String,
    "deploymentStart": UTC,
    "deploymentEnd": UTC,
}
"""Deployments of all parties, each with its place and its country."""

SPREAD = 100.0
"""Metres between cameras of one place beyond which the place is doubtful."""


@dataclass(frozen=True)
class Stations:
    """Who stands where: `cameras` (party, deploymentID, station), one row a camera, and `places`, one row a station.

    `places`: station, longitude, latitude (mean of its cameras' places), countryCode (null: unknown, or several),
    cameras (their number); by name.
    """

    cameras: pl.DataFrame
    places: pl.DataFrame
    findings: pl.DataFrame


def stations(cameras: pl.DataFrame, *, within: float | None = None) -> Stations:
    """Join cameras (`CAMERAS`) at one `place` into stations, and with `within` also those that many metres apart.

    Nearness is handed on: cameras in a row are one station. It is called by the smallest name of its places. Cameras
    without coordinates are a finding and belong to none.

    >>> rows = [("n", f"d{k}", f"n/{place}", 131.2, 43.1, "RU", None, None) for k, place in enumerate("aab")]
    >>> stations(pl.DataFrame(rows, schema=CAMERAS, orient="row")).places.select("station", "cameras").rows()
    [('n/a', 2), ('n/b', 1)]
    """
    known = require(cameras, CAMERAS, "cameras").unique(["party", "deploymentID"]).sort("party", "deploymentID")
    own = pl.concat_str("party", pl.lit("/"), "deploymentID")
    known = known.with_columns(place=pl.coalesce("place", own))
    placed = (pl.col("longitude").is_finite() & pl.col("latitude").is_finite()).fill_null(False)
    lost = known.filter(~placed)
    found = [_told("camera-without-place", lost, "longitude")]
    known = known.filter(placed)
    group = _groups(known, within)
    named = known.with_columns(pl.Series("group", group)).with_columns(station=pl.col("place").min().over("group"))
    places, about = _places(named, max(SPREAD, within or 0.0))
    return Stations(named.select("party", "deploymentID", "station"), places, findings.gather([*found, *about]))


def _told(code: str, cameras: pl.DataFrame, column: str, **arguments: str) -> pl.DataFrame:
    """Return a finding for each camera, with its party."""
    told = cameras.select(
        row=pl.lit(None, dtype=pl.Int64), value="deploymentID", **{k: pl.col(v) for k, v in arguments.items()}
    )
    made = findings.rows(code, told, table="deployments", column=column, arguments=list(arguments))
    return made if made.is_empty() else made.with_columns(party=cameras["party"])


def _groups(cameras: pl.DataFrame, within: float | None) -> NDArray[np.int32]:
    """Return for each camera the number of its station."""
    place = cameras["place"].rank("dense").to_numpy().astype(np.int64) - 1
    count = len(cameras)
    first = np.full(place.max() + 1 if count else 0, -1)
    first[place[::-1]] = np.arange(count)[::-1]
    i, j = np.arange(count), first[place]
    if within is not None:
        near = near_pairs(cameras["longitude"].to_numpy(), cameras["latitude"].to_numpy(), within)
        i, j = np.concatenate([i, near[0]]), np.concatenate([j, near[1]])
    graph = coo_array((np.ones(len(i)), (i, j)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1]) if count else np.empty(0, np.int32)


def _places(named: pl.DataFrame, spread: float) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    rows, found = [], []
    for (station,), own in named.sort("station", "longitude", "latitude").group_by("station", maintain_order=True):
        points = own.select("longitude", "latitude").unique(maintain_order=True)
        lon, lat = points["longitude"].to_numpy(), points["latitude"].to_numpy()
        # Around the first, so that a station on the antimeridian is not put on the other side of the earth.
        east = (lon - lon[0] + 180) % 360 - 180
        middle = float((lon[0] + east.mean() + 180) % 360 - 180) if len(lon) > 1 else float(lon[0])
        i, j = np.triu_indices(len(lon), 1)
        widest = float(distances(lon[i], lat[i], lon[j], lat[j]).max()) if len(i) else 0.0
        if widest > spread:
            found.append(
                findings.finding(
                    "station-spread", table="deployments", column="longitude", value=str(station), metres=round(widest)
                )
            )
        countries = own["countryCode"].drop_nulls().unique().sort().to_list()
        if len(countries) > 1:
            found.append(
                findings.finding(
                    "station-of-two-countries",
                    table="deployments",
                    column="longitude",
                    value=str(station),
                    countries=", ".join(countries),
                )
            )
        rows.append((station, middle, float(lat.mean()), countries[0] if len(countries) == 1 else None, own.height))
    schema = {
        "station": pl.String,
        "longitude": pl.Float64,
        "latitude": pl.Float64,
        "countryCode": pl.String,
        "cameras": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row"), found
