"""What did the clock say, and can it be right?

An instant is UTC; beside it stands the offset that was recorded. The rules of time zones are those of the IANA
database: Asia/Vladivostok changed on 26 October 2014, Asia/Pyongyang on 15 August 2015 and 5 May 2018.
"""

from collections.abc import Mapping
from types import MappingProxyType
from zoneinfo import available_timezones

import polars as pl
from polars.exceptions import ComputeError, InvalidOperationError

from tumen.errors import MisuseError, nearest
from tumen.tables.schema import UTC, require

ZONES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CN": ("Asia/Shanghai", "Asia/Urumqi"),
        "JP": ("Asia/Tokyo",),
        "KP": ("Asia/Pyongyang",),
        "KR": ("Asia/Seoul",),
        "MN": ("Asia/Hovd", "Asia/Ulaanbaatar"),
        "RU": (
            "Asia/Anadyr",
            "Asia/Barnaul",
            "Asia/Chita",
            "Asia/Irkutsk",
            "Asia/Kamchatka",
            "Asia/Khandyga",
            "Asia/Krasnoyarsk",
            "Asia/Magadan",
            "Asia/Novokuznetsk",
            "Asia/Novosibirsk",
            "Asia/Omsk",
            "Asia/Sakhalin",
            "Asia/Srednekolymsk",
            "Asia/Tomsk",
            "Asia/Ust-Nera",
            "Asia/Vladivostok",
            "Asia/Yakutsk",
            "Asia/Yekaterinburg",
            "Europe/Astrakhan",
            "Europe/Kaliningrad",
            "Europe/Kirov",
            "Europe/Moscow",
            "Europe/Samara",
            "Europe/Saratov",
            "Europe/Ulyanovsk",
            "Europe/Volgograd",
        ),
    }
)
"""Time zones by country, from the IANA database (zone.tab)."""

WIDE = frozenset({"RU"})
"""Countries so wide that a legal offset can still be the wrong one: the sun is asked as well."""

SUN = 210
"""Minutes by which a legal clock may differ from mean solar time; no inhabited place differs more."""

DAY = 1440

OFFSETS: dict[str, pl.DataType | type[pl.DataType]] = {"instant": UTC, "offset": pl.Int32, "longitude": pl.Float64}


def zone_offset(instants: pl.Series, zone: str) -> pl.Series:
    """Return the offset of a time zone at each instant (UTC), in whole minutes east, as Int32.

    Local mean times from before standard time lose their seconds. Raises `MisuseError` for an unknown zone.

    >>> from datetime import datetime
    >>> change = pl.Series([datetime(2014, 10, 25, 14, 59), datetime(2014, 10, 25, 15)]).dt.replace_time_zone("UTC")
    >>> zone_offset(change, "Asia/Vladivostok").to_list()
    [660, 600]
    """
    return instants.to_frame("instant").select(_offset(known_zone(zone))).to_series().rename(instants.name)


def to_utc(local: pl.Series, zone: str) -> pl.DataFrame:
    """Return the instants of local times without offset, read by the rules of a zone: instant, offset, problem.

    `problem` is null, "ambiguous" (the clock showed it twice) or "nonexistent" (the clock jumped over it). Then instant
    and offset are null: nothing is guessed. Raises `MisuseError` for an unknown zone, and for times that have one.

    >>> from datetime import datetime
    >>> local = pl.Series([datetime(2014, 10, 26, 1, 30), datetime(2014, 10, 26, 2, 30)])
    >>> to_utc(local, "Asia/Vladivostok")["problem"].to_list()
    ['ambiguous', None]
    """
    known_zone(zone)
    if not isinstance(local.dtype, pl.Datetime) or local.dtype.time_zone is not None:
        raise MisuseError("local times without a time zone", f"{local.dtype}", "Convert instants with zone_offset.")
    frame = local.cast(pl.Datetime("us")).to_frame("local").select(
        "local",
        once=pl.col("local").dt.replace_time_zone(zone, ambiguous="null", non_existent="null"),
        some=pl.col("local").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null"),
    )  # fmt: skip
    return frame.select(
        instant=pl.col("once").dt.convert_time_zone("UTC"),
        offset=_offset(zone, "once"),
        problem=pl.when(pl.col("local").is_null() | pl.col("once").is_not_null())
        .then(None)
        .when(pl.col("some").is_null())
        .then(pl.lit("nonexistent"))
        .otherwise(pl.lit("ambiguous")),
    )


def doubtful_offsets(frame: pl.DataFrame, country: str | None, zone: str | None) -> pl.DataFrame:
    """Return for each recorded offset whether it is doubtful, and what was expected: doubtful, expected.

    `frame`: instant (UTC), offset (minutes east), longitude (degrees, or null). An offset of 0 is never doubtful: the
    time was recorded as UTC. With a `zone`, an offset that is not the zone's at that instant is doubtful. Else, in a
    country of `ZONES`, one that no zone of the country has at that instant, and in a `WIDE` one also one that is more
    than 3.5 hours from mean solar time. Elsewhere only the sun is asked. What cannot be told, because the instant, the
    offset or the longitude is missing, is not doubtful. `expected` is "" unless the offset is: the offsets of the zones
    ("+10:00", "+10:00|+11:00"), or the whole hour nearest to the sun. Raises `MisuseError` for an unknown zone.

    >>> from datetime import datetime, UTC as UTC_ZONE
    >>> noon = datetime(2015, 9, 1, 12, tzinfo=UTC_ZONE)
    >>> clock = pl.DataFrame([(noon, 540, 125.8)], schema=OFFSETS, orient="row")
    >>> doubtful_offsets(clock, "KP", None).rows()
    [(True, '+08:30')]
    """
    require(frame, OFFSETS, "instants")
    zones = (known_zone(zone),) if zone is not None else ZONES.get(country or "", ())
    sunny = zone is None and (not zones or country in WIDE)
    # Zones change on quarters of an hour, and mean solar time by a minute with every quarter of a degree: of a million
    # rows few are left.
    rows = frame.lazy().select(
        "offset", quarter=pl.col("instant").dt.truncate("15m"), sun=(pl.col("longitude") * 4).round().cast(pl.Int32)
    )
    quarters = rows.select("quarter").unique().with_columns(_offset(name, "quarter").alias(name) for name in zones)
    legal = pl.concat_list(zones).list.unique().list.sort() if zones else pl.lit([], dtype=pl.List(pl.Int32))
    sets = quarters.select("quarter", legal=legal).collect()
    asked = rows.join(sets.lazy(), on="quarter", how="left", nulls_equal=True, maintain_order="left").select(
        "offset", "sun", legal=pl.when(pl.col("quarter").is_not_null()).then("legal")
    )
    cases = asked.unique().collect()
    answers = [_judge(*case, zoned=bool(zones), sunny=sunny) for case in cases.iter_rows()]
    judged = cases.with_columns(
        doubtful=pl.Series([doubtful for doubtful, _ in answers], dtype=pl.Boolean),
        expected=pl.Series([expected for _, expected in answers], dtype=pl.String),
    )
    names = ["offset", "sun", "legal"]
    back = asked.join(judged.lazy(), on=names, how="left", nulls_equal=True, maintain_order="left")
    return back.select("doubtful", "expected").collect()


def format_offset(minutes: int) -> str:
    """Write an offset as ISO 8601 does.

    >>> format_offset(600), format_offset(-210), format_offset(0)
    ('+10:00', '-03:30', '+00:00')
    """
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def known_zone(zone: str) -> str:
    """Return the name of a time zone unchanged; raise `MisuseError` where there is none of that name.

    >>> known_zone("Asia/Vladivostok")
    'Asia/Vladivostok'
    """
    try:
        pl.select(pl.datetime(2000, 1, 1).dt.replace_time_zone(zone))
    except (ComputeError, InvalidOperationError):
        raise MisuseError("an IANA time zone", f"{zone!r}", _nearest_zone(zone)) from None
    return zone


def _nearest_zone(zone: str) -> str:
    said, _, _ = nearest(zone, available_timezones()).partition("Known:")  # some 500 names follow
    return said.strip() or 'Look it up in the IANA time zone database; it has names like "Asia/Vladivostok".'


def _offset(zone: str, column: str = "instant") -> pl.Expr:
    local = pl.col(column).dt.convert_time_zone(zone)
    return (local.dt.base_utc_offset() + local.dt.dst_offset()).dt.total_minutes().cast(pl.Int32)


def _judge(
    offset: int | None, sun: int | None, legal: list[int] | None, *, zoned: bool, sunny: bool
) -> tuple[bool, str]:
    """Say whether one offset is doubtful and what was expected; `legal` is null where the instant is missing."""
    if not offset or legal is None:
        return False, ""
    illegal = zoned and offset not in legal
    if not illegal and (not sunny or sun is None or _near(offset, sun)):
        return False, ""
    if not zoned and sun is not None:
        return True, format_offset(round(sun / 60) * 60)
    near = [minutes for minutes in legal if sunny and sun is not None and _near(minutes, sun)]
    return True, "|".join(map(format_offset, near or legal))


def _near(offset: int, sun: int) -> bool:
    """Return whether a clock is near the sun. A day more or less is the same clock: the date line runs through Asia."""
    return abs((offset - sun + DAY // 2) % DAY - DAY // 2) <= SUN
