"""What did the clock say?  UTC instants, recorded offsets, and the rules of time zones.

The rules are those of the time-zone database, which changes: Vladivostok went from UTC+11 to UTC+10 on 26 October 2014,
Pyongyang from UTC+9 to +8:30 on 15 August 2015 and back on 5 May 2018. An offset of zero is never doubted: an instant
recorded in UTC is right everywhere.
"""

from collections.abc import Mapping
from types import MappingProxyType
from zoneinfo import available_timezones

import polars as pl

from tumen.errors import MisuseError, nearest

ZONES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CN": ("Asia/Shanghai",),
        "JP": ("Asia/Tokyo",),
        "KP": ("Asia/Pyongyang",),
        "KR": ("Asia/Seoul",),
        "MN": ("Asia/Ulaanbaatar", "Asia/Hovd"),
        "RU": (
            "Europe/Kaliningrad",
            "Europe/Moscow",
            "Europe/Samara",
            "Asia/Yekaterinburg",
            "Asia/Omsk",
            "Asia/Krasnoyarsk",
            "Asia/Irkutsk",
            "Asia/Chita",
            "Asia/Yakutsk",
            "Asia/Vladivostok",
            "Asia/Magadan",
            "Asia/Sakhalin",
            "Asia/Srednekolymsk",
            "Asia/Kamchatka",
        ),
    }
)
"""Zones of the countries whose clocks are held against the database. China's official time is that of Shanghai."""

FARTHEST_FROM_THE_SUN = 3.5 * 60
"""Minutes by which official clocks may differ from mean solar time; western China comes nearest to it, with 3.1 h."""

NIGHT = 24 * 3_600_000_000
HOUR_ANGLE = NIGHT / 360
"""Microseconds of mean solar time per degree of longitude."""


def require_zone(zone: str) -> str:
    """Return the name of a zone of the database; raise `MisuseError` naming the nearest known one."""
    known = available_timezones()
    if zone not in known:
        near = nearest(zone, known).split(" Known")[0]
        cure = near if near.startswith("Did") else 'Write a name such as "Asia/Vladivostok".'
        raise MisuseError("a zone of the time-zone database", f"'{zone}'", cure)
    return zone


def zone_offset(instants: pl.Series, zone: str) -> pl.Series:
    """Return the offset of a zone at UTC instants, in minutes east.

    >>> from datetime import UTC, datetime
    >>> around = pl.Series([datetime(2014, 10, 25, 14, 59, tzinfo=UTC), datetime(2014, 10, 25, 16, 0, tzinfo=UTC)])
    >>> zone_offset(around, "Asia/Vladivostok").to_list()
    [660, 600]
    """
    local = instants.dt.convert_time_zone(require_zone(zone))
    offset = local.dt.base_utc_offset() + local.dt.dst_offset()
    return offset.dt.total_minutes().cast(pl.Int32)


def to_utc(local: pl.Series, zone: str) -> pl.DataFrame:
    """Return instants of local clock times: columns instant (UTC), offset (minutes), problem.

    `problem` is "ambiguous" where clocks showed the time twice and "nonexistent" where they skipped it; the instant is
    then null, never guessed.

    >>> from datetime import datetime
    >>> clock = pl.Series([datetime(2014, 10, 26, 1, 30), datetime(2014, 10, 26, 12)])
    >>> to_utc(clock, "Asia/Vladivostok")["problem"].to_list()
    ['ambiguous', None]
    """
    zone = require_zone(zone)
    frame = pl.DataFrame({"local": local.cast(pl.Datetime("us"))}).with_columns(
        early=_in_zone(zone, "earliest"), late=_in_zone(zone, "latest")
    )
    twice = pl.col("early") != pl.col("late")
    instant = pl.when(~twice).then(pl.col("early").dt.convert_time_zone("UTC"))
    offset = (
        pl.col("local").dt.replace_time_zone("UTC") - pl.col("early").dt.convert_time_zone("UTC")
    ).dt.total_minutes()
    return frame.select(
        instant.cast(pl.Datetime("us", "UTC")).alias("instant"),
        pl.when(~twice).then(offset).cast(pl.Int32).alias("offset"),
        pl.when(pl.col("local").is_null())
        .then(None)
        .when(pl.col("early").is_null())
        .then(pl.lit("nonexistent"))
        .when(twice)
        .then(pl.lit("ambiguous"))
        .otherwise(None)
        .alias("problem"),
    )


def _in_zone(zone: str, which: str) -> pl.Expr:
    return pl.col("local").dt.replace_time_zone(zone, ambiguous=pl.lit(which), non_existent="null")


def doubtful_offsets(frame: pl.DataFrame, country: str | None, zone: str | None) -> pl.DataFrame:
    """Say which recorded offsets no clock at that place and time showed: columns doubtful, expected.

    `frame` has instant (UTC), offset (minutes, as recorded) and longitude (degrees, null: not known). `zone` is the
    declared zone; without one the zones of `country` count, and near enough to the sun; without a known country only
    the sun. `expected` is a text such as "+10:00" or "+09:00|+10:00" for messages. Null instants are not doubtful.

    >>> from datetime import UTC, datetime
    >>> winter = pl.DataFrame({"instant": [datetime(2014, 12, 1, tzinfo=UTC)] * 2, "offset": [660, 600],
    ...     "longitude": [131.2, 131.2]}, schema_overrides={"offset": pl.Int32})
    >>> doubtful_offsets(winter, "RU", "Asia/Vladivostok").rows()
    [(True, '+10:00'), (False, '+10:00')]
    """
    offset = frame["offset"]
    sun = frame["longitude"].cast(pl.Float64) * 4
    if zone is None and country not in ZONES:
        wrong = (offset - sun).abs() > FARTHEST_FROM_THE_SUN
        expected = (sun / 60).round(0).cast(pl.Int32) * 60
        told = expected.map_elements(format_offset, return_dtype=pl.String)
        return pl.DataFrame({"doubtful": ((offset != 0) & wrong).fill_null(False), "expected": told})
    zones = (zone,) if zone is not None else ZONES[country or ""]
    shown = pl.DataFrame([zone_offset(frame["instant"], name).alias(name) for name in zones])
    if zone is None:
        # A zone whose clocks are far from the sun here is a zone of another part of the country.
        shown = shown.with_columns(
            pl.when(((pl.col(name) - sun).abs() <= FARTHEST_FROM_THE_SUN).fill_null(True))
            .then(pl.col(name))
            .alias(name)
            for name in zones
        )
    known = shown.select(pl.concat_list(zones).list.drop_nulls().list.unique().list.sort().alias("known"))["known"]
    judged = pl.DataFrame({"offset": offset, "known": known, "instant": frame["instant"]})
    return judged.select(
        ((pl.col("offset") != 0) & pl.col("instant").is_not_null() & ~pl.col("known").list.contains(pl.col("offset")))
        .fill_null(False)
        .alias("doubtful"),
        pl.col("known")
        .list.eval(pl.element().map_elements(format_offset, return_dtype=pl.String))
        .list.join("|")
        .alias("expected"),
    )


def format_offset(minutes: int) -> str:
    """Return an offset as it is written.

    >>> format_offset(510), format_offset(-210), format_offset(0)
    ('+08:30', '-03:30', '+00:00')
    """
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def night(start: pl.Expr, longitude: pl.Expr) -> pl.Expr:
    """Return the number of the night of an instant: days from noon to noon, mean solar time at the longitude."""
    solar = start.dt.timestamp("us") + (longitude * HOUR_ANGLE).cast(pl.Int64)
    return ((solar - NIGHT // 2).floordiv(NIGHT)).cast(pl.Int32)
