"""Hold the clocks of a package against the zones of its places, the sun, and the camera beside."""

from datetime import datetime
from functools import partial

import numpy as np
import polars as pl

from tumen.measure.clocks import drift
from tumen.measure.instants import doubtful_offsets, format_offset
from tumen.measure.neighbours import near_pairs
from tumen.measure.sun import elevation, solar_hour
from tumen.tables import checks_clocks, checks_place
from tumen.tables.detections import declared_country
from tumen.tables.examine import Checks
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.rows import ROW, numbered

CLOCKED = (
    ("deployments", "deploymentStart"),
    ("deployments", "deploymentEnd"),
    ("observations", "eventStart"),
    ("media", "timestamp"),
)
"""Instants whose recorded offset is held against the clocks of their place."""


def clock_checks(time_zone: str | None, now: datetime) -> Checks:
    """Return the checks of clocks by zones, sun and neighbours, and of what lies after `now`."""
    return Checks(
        by_row=(partial(_offsets, time_zone=time_zone), partial(checks_clocks.ahead, now=now)),
        summed=(partial(checks_clocks.dated, now=now),),
        by_deployment=(checks_clocks.ordered, _doubted),
        needed=checks_clocks.NEEDED,
        beside=_pairs,
    )


def _doubted(package: Package) -> list[pl.DataFrame]:
    return checks_clocks.admitted(package, [_half_day(package), _against_sun(package), _drift(package)])


def _offsets(package: Package, *, time_zone: str | None) -> list[pl.DataFrame]:
    """Hold recorded offsets against the clocks of the place: the declared zone, else the country, else the sun."""
    time_zone = package.time_zone or time_zone
    deployments = package.table("deployments").unique("deploymentID", keep="first")
    places = deployments.select("deploymentID", "longitude", declared_country(package).alias("declaredCountry"))
    found = []
    for table, column in CLOCKED:
        if table not in package.tables:
            continue
        # An offset of 0 says that the time was recorded as UTC, and is never doubtful.
        offset = pl.col(column + "_offset")
        if not package.table(table).select((offset != 0).any()).item():
            continue
        rows = numbered(package, TABLES[table]).filter(pl.col(column).is_not_null(), offset != 0)
        rows = rows.drop("longitude", strict=False).join(places, on="deploymentID", how="left", maintain_order="left")
        for (country,), part in rows.group_by("declaredCountry", maintain_order=True):
            frame = part.select(instant=column, offset=column + "_offset", longitude="longitude")
            judged = doubtful_offsets(frame, country if isinstance(country, str) else None, time_zone)
            shown = part.select("row", value="text_" + column, offset=pl.col(column + "_offset")).with_columns(
                judged["doubtful"], judged["expected"]
            )
            doubtful = shown.filter("doubtful").with_columns(
                pl.col("offset").map_elements(format_offset, return_dtype=pl.String)
            )
            found.append(checks_place.offset_findings(doubtful, table=table, column=column))
    return found


PEOPLE = ("human", "vehicle")


def _half_day(package: Package) -> pl.DataFrame:
    """Ask at which hours by the sun people came by."""
    places = package.table("deployments").select("deploymentID", "longitude").drop_nulls()
    hour = solar_hour(pl.col("eventStart"), pl.col("longitude"))
    day = pl.col("eventStart").dt.date()
    hours = (
        package.table("observations")
        .select(ROW, "deploymentID", "eventStart", "observationType")
        .filter(pl.col("observationType").is_in(PEOPLE), pl.col("eventStart").is_not_null())
        .join(places.unique("deploymentID", keep="first"), on="deploymentID", how="inner", maintain_order="left")
        .select("deploymentID", "row", day=day, hour=hour)
    )
    return checks_clocks.half_day_findings(hours)


def _against_sun(package: Package) -> pl.DataFrame:
    """Hold pictures whose EXIF data tell day from night against the height of the sun."""
    places = package.table("deployments").select("deploymentID", "longitude", "latitude", "featureType")
    pictures = (
        package.table("media")
        .select(ROW, "deploymentID", "timestamp", "exifData")
        .drop_nulls()
        .with_columns(light=checks_clocks.light(pl.col("exifData")))
        .filter(pl.col("light").is_not_null())
        .join(places.unique("deploymentID", keep="first"), on="deploymentID", how="inner", maintain_order="left")
        .drop_nulls(["longitude", "latitude"])
    )
    seconds = pictures["timestamp"].dt.epoch("us").to_numpy() / 1e6
    height = elevation(seconds, pictures["longitude"].to_numpy(), pictures["latitude"].to_numpy())
    return checks_clocks.sun_findings(pictures.with_columns(elevation=pl.Series(height, dtype=pl.Float64)))


PAIRED = 30.0
"""Metres within which two cameras are taken to watch the same animals pass."""

ROUNDED = 1000
"""Metres of uncertainty from which being at one point says nothing about standing together."""

PARTNERS = 8
"""Cameras beside one camera above which they are an array, or at coordinates that are not theirs."""

PASSAGE = pl.duration(minutes=5)
"""Quiet time after which an animal of the same species is a new event: a burst of pictures is one."""


def _drift(package: Package) -> pl.DataFrame:
    """Compare the clocks of cameras that stood together by the animals both saw."""
    pairs = _pairs(package)
    involved = pl.concat([pairs["value"], pairs["other"]]).unique(maintain_order=True)
    observations = package.table("observations").select(
        "deploymentID", "eventStart", "observationType", "scientificName"
    )
    kinds = observations["scientificName"].drop_nulls().unique(maintain_order=True)
    # Numbers sort faster than names: a million observations are sorted here.
    events = (
        observations.filter(pl.col("observationType") == "animal", pl.col("eventStart").is_not_null())
        .join(pl.DataFrame({"deploymentID": involved}).with_row_index("deployment"), on="deploymentID", how="inner")
        .join(pl.DataFrame({"scientificName": kinds}).with_row_index("kind"), on="scientificName", how="inner")
        .select("deployment", "kind", "eventStart")
        .sort("deployment", "kind", "eventStart")
        .filter(
            (pl.col("eventStart").diff() > PASSAGE)
            | (pl.struct("deployment", "kind").rle_id().diff() != 0)
            | (pl.int_range(pl.len()) == 0)
        )
        .select("deployment", pl.col("eventStart").dt.epoch("us") / 1e6, pl.col("kind").cast(pl.Int64))
    )
    seen = {
        involved[int(str(deployment))]: (part["eventStart"].to_numpy(), part["kind"].to_numpy())
        for (deployment,), part in events.group_by("deployment")
    }
    told = []
    for row, one, other in pairs.select("row", "value", "other").iter_rows():
        if one in seen and other in seen:
            (mine, my_kinds), (theirs, their_kinds) = seen[one], seen[other]
            judged = drift(mine, theirs, (my_kinds, their_kinds))
            if judged is not None:
                told.append((row, one, other, judged.seconds, judged.per_day, judged.pairs))
    schema = {"row": pl.Int64, "value": pl.String, "other": pl.String, "seconds": pl.Float64, "perDay": pl.Float64}
    return checks_clocks.drift_findings(pl.DataFrame(told, schema={**schema, "count": pl.Int64}, orient="row"))


def _pairs(package: Package) -> pl.DataFrame:
    """Return deployments of different cameras that stood at one place at one time: row, value, other."""
    deployments = (
        package.table("deployments")
        .with_columns(ROW)
        .unique("deploymentID", keep="first", maintain_order=True)
        .filter(pl.col("coordinateUncertainty").fill_null(0) < ROUNDED)
        .select(
            "row", "deploymentID", "locationID", "cameraID", "longitude", "latitude", "deploymentStart", "deploymentEnd"
        )
        .drop_nulls(["longitude", "latitude", "deploymentStart", "deploymentEnd"])
    )
    points = deployments.select("longitude", "latitude").unique(maintain_order=True).with_row_index("point")
    i, j, _ = near_pairs(points["longitude"].to_numpy(), points["latitude"].to_numpy(), PAIRED)
    every = np.arange(points.height)
    both = pl.DataFrame(
        {"point": np.concatenate((every, i, j)), "point_other": np.concatenate((every, j, i))},
        schema={"point": pl.UInt32, "point_other": pl.UInt32},
    )
    standing = deployments.join(points, on=["longitude", "latitude"], how="left").drop("longitude", "latitude")
    beside = standing.join(both, on="point").join(standing, left_on="point_other", right_on="point", suffix="_other")
    by_name = standing.drop_nulls("locationID").join(standing, on="locationID", suffix="_other")
    columns = [name + end for end in ("", "_other") for name in ("row", "deploymentID", "cameraID")]
    shared = pl.min_horizontal("deploymentEnd", "deploymentEnd_other") - pl.max_horizontal(
        "deploymentStart", "deploymentStart_other"
    )
    pairs = (
        pl.concat([frame.filter(shared > pl.duration(days=1)).select(columns) for frame in (beside, by_name)])
        # By name, so that the order of rows does not say whose clock is ahead.
        .filter(pl.col("deploymentID") < pl.col("deploymentID_other"))
        .filter(pl.col("cameraID").ne_missing(pl.col("cameraID_other")) | pl.col("cameraID").is_null())
        .unique(["row", "row_other"])
        .sort("row", "row_other")
    )
    partners = pl.concat([pairs["row"], pairs["row_other"]]).value_counts()
    crowded = partners.filter(pl.col("count") > PARTNERS)["row"]
    alone = ~(pl.col("row").is_in(crowded.implode()) | pl.col("row_other").is_in(crowded.implode()))
    return pairs.filter(alone).select("row", value="deploymentID", other="deploymentID_other")
