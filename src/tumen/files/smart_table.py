"""The CSV of a query in SMART: a table of places of observation, or one of patrols.

Its headers are in the language of whoever exported it; English ones are known, others have to be declared. A table of
observations gives one search per day of a leg that has any, from the first to the last of them: a patrol that found
nothing is not in it. A table of patrols gives one search per leg, in whole days.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from tumen.errors import FormatError, MisuseError, nearest
from tumen.files.bare_table import read_bare_table
from tumen.files.local_time import find_format, with_offset
from tumen.files.projection import place, read_crs
from tumen.files.smart_methods import methods_of
from tumen.files.tags import joined, tag
from tumen.tables.findings import finding, rows
from tumen.tables.schema import MISSING

HEADERS = (
    "Patrol ID",
    "Type",
    "Patrol Start Date",
    "Patrol End Date",
    "Station",
    "Team",
    "Objective",
    "Mandate",
    "Armed",
    "Patrol Leg ID",
    "Leader",
    "Pilot",
    "Members",
    "Patrol Leg Start Date",
    "Patrol Leg End Date",
    "Patrol Transport Type",
    "Waypoint ID",
    "Waypoint Date",
    "Waypoint Time",
    "X",
    "Y",
)
"""The English headers of SMART's queries that are read."""

Said = tuple[str | None, str | None, Mapping[str, str], str | None]
"""Coordinate system, format of dates, names of columns, country."""


def read_table(
    data: bytes, zone: str, methods: Mapping[str, str], said: Said
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return searches as text, and the findings.

    Raises `FormatError` where the columns that name a patrol and its dates are not there, `MisuseError` where the
    dates can be read in several ways or X and Y come without a coordinate system.
    """
    frame, found = read_bare_table(data, "searches")
    table = _named(frame, said[2])
    if "Patrol ID" not in table.columns:
        listed = ", ".join(table.columns[:12]) or "no columns"
        raise FormatError(
            "a column Patrol ID in the CSV of a SMART query",
            listed,
            'Say what it is called: columns={"Patrol ID": ...}.',
        )
    if {"Waypoint Date", "Waypoint Time"} <= set(table.columns):
        searches, more = _by_day(table, zone, methods, said)
    else:
        searches, more = _by_leg(table, zone, methods, said)
    return searches, [found, *more]


def _named(frame: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """Return the table under SMART's English headers, whatever their case and however a map program joined them."""
    for name in columns:
        if name not in HEADERS:
            raise MisuseError("columns of SMART's queries", f"'{name}'", nearest(name, HEADERS))
    known = {_plain(name): name for name in HEADERS} | {_plain(own): name for name, own in columns.items()}
    names: dict[str, str] = {}
    for column in frame.columns:
        name = known.get(_plain(column), column)
        names[column] = column if name in names.values() else name
    return frame.rename(names).select(
        pl.when(~pl.col(name).is_in(MISSING)).then(pl.col(name)).alias(name) for name in names.values()
    )


def _plain(header: str) -> str:
    return " ".join(header.replace("_", " ").casefold().split())


def _col(table: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in table.columns else pl.lit(None, pl.String)


def _first(table: pl.DataFrame, *names: str) -> list[pl.Expr]:
    return [_col(table, name).drop_nulls().first().alias(name) for name in names]


_KEPT = ("Type", "Station", "Team", "Objective", "Mandate", "Armed", "Patrol Transport Type")


def _by_day(
    table: pl.DataFrame, zone: str, methods: Mapping[str, str], said: Said
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Make one search of the places of observation of each day of a leg."""
    crs_name, declared, _, country = said
    date_format, noted = find_format([table["Waypoint Date"]], declared, "Waypoint Date")
    days = table["Waypoint Date"].str.strip_chars().str.to_date(date_format, strict=False)
    clock = _clock(table["Waypoint Time"])
    stamp = table.select(pl.concat_str(pl.lit(days).dt.strftime("%Y-%m-%d"), pl.lit(" "), pl.lit(clock)).alias("s"))
    numbered = table.with_columns(
        stamp.to_series().alias("\x00stamp"),
        _col(table, "Patrol Leg ID").fill_null("?").alias("\x00leg"),
        pl.lit(days).dt.strftime("%Y-%m-%d").alias("\x00day"),
        pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("row"),
    )
    bad = numbered.filter(pl.col("\x00stamp").is_null()).select(
        pl.lit(None, pl.Int64).alias("row"),
        pl.col("row").alias("line"),
        pl.concat_str("Waypoint Date", "Waypoint Time", separator=" ", ignore_nulls=True).alias("value"),
    )
    findings = [
        noted,
        rows("patrol-waypoint-time-unread", bad, table="searches", column="searchStart", arguments=("line",)),
    ]
    lon, lat, accuracy, found = _coordinates(numbered, crs_name, country)
    findings += found
    located = numbered.with_columns(lon, lat)
    keys = ["Patrol ID", "\x00leg", "\x00day"]
    by_time = pl.col("\x00stamp").arg_min()
    grouped = located.group_by(keys, maintain_order=True).agg(
        pl.col("\x00stamp").min().alias("first"),
        pl.col("\x00stamp").max().alias("last"),
        pl.col("longitude").get(by_time, null_on_oob=True),
        pl.col("latitude").get(by_time, null_on_oob=True),
        *_first(located, *_KEPT),
        pl.len().alias("\x00observations"),
        pl.struct(_col(located, "Waypoint ID").alias("id"), "\x00stamp").n_unique().alias("\x00places"),
    )
    start, found_start = with_offset(grouped["first"], "%Y-%m-%d", zone, day="start", where=("searches", "searchStart"))
    end, found_end = with_offset(grouped["last"], "%Y-%m-%d", zone, day="end", where=("searches", "searchEnd"))
    findings += [
        found_start,
        found_end,
        finding("patrol-times-from-waypoints", table="searches", column="searchStart", count=grouped.height),
        finding("patrol-by-waypoints", table="searches", count=grouped.height),
        finding(
            "patrol-observations-not-copied",
            table="searches",
            count=int(grouped["\x00observations"].sum()),
            points=int(grouped["\x00places"].sum()),
        ),
        finding("patrol-track-missing", table="searches", column="distance", count=grouped.height),
    ]
    where = {"longitude": grouped["longitude"], "latitude": grouped["latitude"]}
    searches, found = _searches(grouped, keys, (start, end), methods)
    return _with_places(searches, where, accuracy), [*findings, *found]


def _by_leg(
    table: pl.DataFrame, zone: str, methods: Mapping[str, str], said: Said
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Make one search of each leg, or of each patrol where the table does not tell its legs apart."""
    pairs = (("Patrol Leg Start Date", "Patrol Leg End Date"), ("Patrol Start Date", "Patrol End Date"))
    pair = next((pair for pair in pairs if set(pair) <= set(table.columns)), None)
    if pair is None:
        raise FormatError(
            "the columns Patrol Start Date and Patrol End Date, or Waypoint Date and Waypoint Time",
            ", ".join(table.columns[:12]),
            "Say what they are called with columns, or export patrols as XML.",
        )
    date_format, noted = find_format([table[name] for name in pair], said[1], " and ".join(pair))
    keyed = table.with_columns(_col(table, "Patrol Leg ID").alias("\x00leg"))
    keys = ["Patrol ID", "\x00leg"]
    # A query of observations without their times repeats a leg for each of them.
    grouped = keyed.group_by(keys, maintain_order=True).agg(*_first(keyed, *pair, *_KEPT))
    start, found_start = with_offset(
        grouped[pair[0]], date_format, zone, day="start", where=("searches", "searchStart")
    )
    end, found_end = with_offset(grouped[pair[1]], date_format, zone, day="end", where=("searches", "searchEnd"))
    searches, found = _searches(grouped, keys, (start, end), methods)
    findings = [noted, found_start, found_end, *found]
    findings.append(finding("patrol-track-missing", table="searches", column="distance", count=grouped.height))
    return searches, findings


def _searches(
    grouped: pl.DataFrame, keys: list[str], times: tuple[pl.Series, pl.Series], methods: Mapping[str, str]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    pairs = grouped.select(pl.col("Type", "Patrol Transport Type").fill_null("")).rows()
    chosen, found = methods_of(pairs, methods)
    searches = grouped.select(
        pl.concat_str(keys, separator="/", ignore_nulls=True).alias("searchID"),
        pl.Series("method", chosen, dtype=pl.String),
        times[0].alias("searchStart"),
        times[1].alias("searchEnd"),
        pl.col("Team").alias("team"),
        pl.col("Mandate").alias("target"),
        joined(
            pl.lit(None, pl.String),
            tag("Patrol Transport Type", "transport"),
            tag("Type", "patrolType"),
            tag("Station", "station"),
            tag("Armed", "armed"),
            tag("Objective", "objective"),
        ).alias("comments"),
    )
    return searches, found


def _with_places(searches: pl.DataFrame, where: Mapping[str, pl.Series], accuracy: float) -> pl.DataFrame:
    known = pl.col("longitude").is_not_null()
    radius = pl.when(known).then(pl.lit(f"{max(accuracy, 1.0):g}")) if accuracy else pl.lit(None, pl.String)
    return searches.with_columns(**where).with_columns(radius.alias("coordinateUncertainty"))


def _clock(cells: pl.Series) -> pl.Series:
    """Return times of day as HH:MM:SS; twelve hours are read where AM or PM says which."""
    text = cells.str.strip_chars().str.replace(r"\.\d+$", "").str.to_uppercase()
    formats = ("%H:%M:%S", "%I:%M:%S %p", "%H:%M", "%I:%M %p")
    read = [pl.lit(text).str.to_time(each, strict=False) for each in formats]
    return pl.select(pl.coalesce(read).dt.strftime("%H:%M:%S").alias("clock")).to_series()


def _coordinates(
    table: pl.DataFrame, crs_name: str | None, country: str | None
) -> tuple[pl.Series, pl.Series, float, list[pl.DataFrame]]:
    """Return longitude and latitude as text, the accuracy of the change of system, and the findings."""
    if not {"X", "Y"} <= set(table.columns):
        nothing = pl.Series([None] * table.height, dtype=pl.String)
        return nothing.alias("longitude"), nothing.alias("latitude"), 0.0, []
    if crs_name is None:
        raise MisuseError(
            "crs for the columns X and Y of SMART's table",
            "none",
            'Say in which system they were exported, for example crs="EPSG:4326" for degrees.',
        )
    crs = read_crs(crs_name)
    numbers = table.select(pl.col("X", "Y").str.strip_chars().cast(pl.Float64, strict=False))
    placed = place(numbers["X"].to_numpy(), numbers["Y"].to_numpy(), crs, country)
    findings = []
    if placed.accuracy:
        count = int(np.isfinite(placed.lon).sum())
        findings.append(
            finding("coordinates-transformed", table="searches", value=crs.name, accuracy=placed.accuracy, count=count)
        )
    odd = table.with_columns(pl.lit(placed.outside).alias("\x00out")).filter("\x00out")
    # A row of the export is no row of the searches: the coordinates themselves are what can be found again.
    shown = odd.select(
        pl.lit(None, pl.Int64).alias("row"),
        pl.concat_str("X", "Y", separator=" ").alias("value"),
        pl.lit(crs.name).alias("system"),
    )
    findings.append(
        rows("coordinates-outside-system", shown, table="searches", column="longitude", arguments=("system",))
    )
    usable = ~placed.outside
    texts = [
        pl.Series(name, np.where(usable, values, np.nan)).fill_nan(None).cast(pl.String)
        for name, values in (("longitude", placed.lon), ("latitude", placed.lat))
    ]
    return texts[0], texts[1], placed.accuracy, findings
