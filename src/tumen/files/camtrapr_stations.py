"""camtrapR's station table: deployments and the periods in which a camera failed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

import numpy as np
import polars as pl
from pyproj import CRS

from tumen.errors import FormatError, PlaceError, Text
from tumen.files.local_time import find_format, with_offset
from tumen.files.projection import is_wgs84, to_wgs84
from tumen.files.tags import joined, tag
from tumen.tables.findings import finding, gather, rows
from tumen.tables.schema import MISSING

_PROBLEM = re.compile(r"^problem(\d+)_(from|to)$")
_X = ("utm_x", "x", "easting", "longitude", "long", "lon", "decimallongitude")
_Y = ("utm_y", "y", "northing", "latitude", "lat", "decimallatitude")
_DEGREES = ("longitude", "long", "lon", "decimallongitude")


@dataclass(frozen=True)
class Setting:
    """What was declared about the tables: the clocks' zone, the format of dates, scientific names, the country."""

    zone: str
    date_format: str | None = None
    species: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None


def pick(table: pl.DataFrame, *names: str) -> str | None:
    """Return the first column that bears one of the names, whatever its case."""
    known = {column.lower(): column for column in reversed(table.columns)}
    return next((known[name] for name in names if name in known), None)


def need(table: pl.DataFrame, what: str, *names: str) -> str:
    """Return the column that bears one of the names; raise `FormatError` where there is none."""
    column = pick(table, *names)
    if column is None:
        found = ", ".join(table.columns) or "no columns"
        raise FormatError(
            Text("a column {names} in camtrapR's {what} table", names=names[0], what=what),
            found,
            "Rename the column that holds it.",
        )
    return column


def read_stations(
    table: pl.DataFrame, crs: CRS, setting: Setting
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame, pl.DataFrame]:
    """Return deployments and operating periods as text, the keys to find a deployment by, and the findings.

    The keys are `deploymentID, station, session, camera, start, end`, one row per station row.
    """
    station = need(table, "station", "station")
    setup, retrieval = need(table, "station", "setup_date"), need(table, "station", "retrieval_date")
    session, camera = pick(table, "session"), pick(table, "camera")
    problems = _problem_columns(table)
    dates = [setup, retrieval, *(column for pair in problems.values() for column in pair.values())]
    date_format, found = find_format([table[name] for name in dates], setting.date_format, ", ".join(dates))
    findings = [found]
    instants: dict[str, pl.Series] = {}
    for column, target, day in ((setup, "deploymentStart", "start"), (retrieval, "deploymentEnd", "end")):
        where = ("deployments", target)
        instants[target], found = with_offset(
            table[column], date_format, setting.zone, day="start" if day == "start" else "end", where=where
        )
        findings.append(found)
    longitude, latitude, uncertainty, found, places = _coordinates(table, crs, setting.country)
    findings.append(found)
    used = {station, setup, retrieval, *places, *dates}
    identifiers = _identifiers(table, station, session, camera)
    others = [column for column in table.columns if column not in used | {session, camera}]
    deployments = table.select(
        identifiers,
        pl.col(station).alias("locationID"),
        pl.lit(latitude).alias("latitude"),
        pl.lit(longitude).alias("longitude"),
        pl.lit(uncertainty).alias("coordinateUncertainty"),
        pl.lit(instants["deploymentStart"]).alias("deploymentStart"),
        pl.lit(instants["deploymentEnd"]).alias("deploymentEnd"),
        _optional(camera).alias("cameraID"),
        joined(*([tag(session, "session")] if session else [pl.lit(None, pl.String)])).alias("deploymentGroups"),
        joined(pl.lit(None, pl.String), *(tag(column) for column in others)).alias("deploymentTags"),
    )
    texts = {"deployments": deployments}
    if problems:
        texts["operating_periods"], found = _failures(table, deployments, problems, (date_format, setting.zone))
        findings.append(found)
    keys = pl.DataFrame(
        [
            deployments["deploymentID"],
            table[station].alias("station"),
            table.with_columns(_optional(session).alias("session"))["session"],
            table.with_columns(_optional(camera).alias("camera"))["camera"],
            as_instant(instants["deploymentStart"]).alias("start"),
            as_instant(instants["deploymentEnd"]).alias("end"),
        ]
    )
    return texts, keys, gather(findings)


def as_instant(text: pl.Series) -> pl.Series:
    """Return ISO 8601 text with offset as UTC instants; null where there is none."""
    return text.str.to_datetime("%Y-%m-%dT%H:%M:%S%:z", time_unit="us", time_zone="UTC", strict=False)


def _optional(column: str | None) -> pl.Expr:
    if column is None:
        return pl.lit(None, pl.String)
    return pl.when(~pl.col(column).is_in(MISSING)).then(pl.col(column))


def _identifiers(table: pl.DataFrame, station: str, session: str | None, camera: str | None) -> pl.Expr:
    """Name each deployment by as little as tells them apart: station, then session, then camera."""
    chosen = [station]
    for column in (session, camera):
        if column is not None and table.select(chosen).is_duplicated().any():
            chosen.append(column)
    return pl.concat_str([pl.col(name) for name in chosen], separator="__", ignore_nulls=True).alias("deploymentID")


def _problem_columns(table: pl.DataFrame) -> dict[int, dict[str, str]]:
    """Return the columns of each numbered problem: `{1: {"from": "Problem1_from", "to": "Problem1_to"}}`."""
    problems: dict[int, dict[str, str]] = {}
    for column in table.columns:
        match = _PROBLEM.match(column.lower())
        if match:
            problems.setdefault(int(match.group(1)), {})[match.group(2)] = column
    for number, pair in problems.items():
        if len(pair) < len(("from", "to")):
            missing = f"Problem{number}_{'to' if 'from' in pair else 'from'}"
            raise FormatError(
                Text("a column {missing} in camtrapR's station table", missing=missing),
                "only its counterpart",
                "Add it.",
            )
    return dict(sorted(problems.items()))


def _failures(
    table: pl.DataFrame, deployments: pl.DataFrame, problems: Mapping[int, Mapping[str, str]], how: tuple[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one row per problem period, first by problem number, then by station row."""
    parts, findings = [], []
    for number, pair in problems.items():
        filled = [~pl.col(name).fill_null("").is_in(MISSING) for name in pair.values()]
        chosen = table.with_row_index("\x00row", 2).with_columns(deployments["deploymentID"].alias("\x00id"))
        chosen = chosen.filter(pl.any_horizontal(filled))
        halves = chosen.filter(~pl.all_horizontal(filled)).select(
            pl.col("\x00row").alias("row"), pl.coalesce(*pair.values()).alias("value"), pl.lit(number).alias("number")
        )
        findings.append(
            rows("problem-incomplete", halves, table="deployments", column=pair["from"], arguments=("number",))
        )
        where = "operating_periods"
        start, found = with_offset(chosen[pair["from"]], *how, day="start", where=(where, "start"))
        end, more = with_offset(chosen[pair["to"]], *how, day="end", where=(where, "end"))
        findings += [found, more]
        comment = pl.Series("comments", [f"Problem{number}"] * chosen.height, dtype=pl.String)
        status = pl.Series("status", ["failed"] * chosen.height, dtype=pl.String)
        parts.append(
            pl.DataFrame(
                [chosen["\x00id"].alias("deploymentID"), start.alias("start"), end.alias("end"), status, comment]
            )
        )
    return pl.concat(parts), gather(findings)


Coordinates = tuple[pl.Series, pl.Series, str | None, pl.DataFrame, tuple[str, str]]


def _coordinates(table: pl.DataFrame, crs: CRS, country: str | None) -> Coordinates:
    """Return longitude and latitude as text, their uncertainty in metres, a note, and the columns they came from.

    The uncertainty is what the way to WGS84 adds; how well the place itself was measured the table does not say.
    """
    x, y = need(table, "station", *_X), need(table, "station", *_Y)
    if x.lower() in _DEGREES and crs.is_projected:
        raise PlaceError(
            Text("coordinates in {name}", name=crs.name),
            Text("columns {x} and {y}, which are degrees", x=x, y=y),
            'Say crs="EPSG:4326" for degrees.',
        )
    if is_wgs84(crs):
        return table[x].alias("longitude"), table[y].alias("latitude"), None, gather([]), (x, y)
    values = table.select(pl.col(x, y).str.strip_chars().cast(pl.Float64, strict=False))
    lon, lat, accuracy = to_wgs84(values[x].to_numpy(), values[y].to_numpy(), crs, country)
    note = finding("coordinates-transformed", table="deployments", value=crs.name, accuracy=accuracy, count=len(lon))
    # A coordinate that is no number, or lies outside its system, stays as it was, for the cast to find.
    texts = [
        pl.select(pl.when(pl.lit(np.isfinite(new))).then(pl.lit(new).cast(pl.String)).otherwise(pl.lit(table[old])))
        .to_series()
        .alias(name)
        for name, old, new in (("longitude", x, lon), ("latitude", y, lat))
    ]
    uncertainty = str(ceil(accuracy)) if accuracy else None
    return texts[0], texts[1], uncertainty, note, (x, y)
