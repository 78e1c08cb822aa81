"""Read dates and times as a mapping declares them, in any of the six languages, into ISO 8601.

Nothing is guessed: a cell is read by the declared format or not at all; a local time gets its offset from the declared
zone, and a time that clocks showed twice or never gets none.
"""

import re
from collections.abc import Sequence

import polars as pl

from tumen.files.mapped_formats import CLOCKS, EXCEL, ISO, Pattern, pattern
from tumen.files.mapping_values import Setting
from tumen.measure.instants import to_utc
from tumen.tables.cast import INSTANT
from tumen.tables.months import MONTHS

_CLOCK_FORMATS = ("%H:%M:%S", "%H:%M")
_AFTERNOON = r"^(?i:p|下午|午後|오후)"
_FEBRUARY_29 = 60
"""The day that Excel counts in 1900 and that never was."""

_NO_DAY = pl.lit(None, pl.Date)
_NO_CLOCK = pl.lit(None, pl.Int64)

Parts = pl.DataFrame
"""day (Date), clock (seconds since midnight or null), zone (text), fraction (whether one was there), problem."""


def read_days(cells: pl.Series, setting: Setting) -> pl.DataFrame:
    """Read days as `YYYY-MM-DD`; returns `text`, `problem`, and `clock` where a time of day was left out.

    >>> read_days(pl.Series(["12 января 2015", "31.02.2015"]),
    ...           Setting(formats=("%d %B %Y", "%d.%m.%Y"), language="ru")).select("text", "problem").rows()
    [('2015-01-12', None), (None, 'date-impossible')]
    """
    parts = _read(cells, setting.formats or ("%Y-%m-%d",), setting)
    return parts.select(
        text=pl.when(pl.col("problem").is_null()).then(pl.col("day").dt.strftime("%Y-%m-%d")),
        problem="problem",
        clock="clock",
    )


def read_instants(cells: pl.Series, times: pl.Series | None, setting: Setting) -> pl.DataFrame:
    """Read instants as ISO 8601 with their offset; returns `text`, `problem`, `bare` and `fraction`.

    `times` are the cells of a separate column of times, or None. A cell that states its own offset in ISO 8601 keeps
    it. `bare` says where a date without time of day was taken as the declared end of the day.

    >>> read_instants(pl.Series(["01.03.2015", "2.3.2015"]), pl.Series(["8:05", "24:00"]),
    ...               Setting(formats=("%d.%m.%Y",), time_zone="Asia/Vladivostok")).select("text", "problem").rows()
    [('2015-03-01T08:05:00+10:00', None), (None, 'time-impossible')]
    """
    parts = _read(cells, setting.formats or ISO, setting)
    if times is not None:
        clocks = _clocks(times, setting.time_formats or _CLOCK_FORMATS, setting)
        parts = parts.with_columns(
            clocks["clock"],
            problem=pl.coalesce("problem", clocks["problem"]),
            fraction=pl.col("fraction") | clocks["fraction"],
        )
    parts = _whole_days(parts.with_columns(cells.alias("cell")), setting.whole_day)
    stamped = _stamped(parts, setting.time_zone)
    kept = pl.col("cell").str.strip_chars().str.contains(INSTANT) if times is None else pl.lit(False)
    return stamped.select(
        text=pl.when(kept).then(pl.col("cell").str.strip_chars()).otherwise("text"),
        problem=pl.when(~kept).then("problem"),
        bare=pl.col("bare") & ~kept,
        fraction=pl.col("fraction").fill_null(False) & ~kept,
    )


def _whole_days(parts: pl.DataFrame, whole_day: str | None) -> pl.DataFrame:
    """Give dates without time of day the declared one, or the problem that none was declared."""
    bare = pl.col("day").is_not_null() & pl.col("clock").is_null() & pl.col("problem").is_null()
    if whole_day is None:
        lacking = pl.when(bare).then(pl.lit("date-needs-time"))
        return parts.with_columns(problem=pl.coalesce("problem", lacking), bare=pl.lit(False))
    clock = 0 if whole_day == "start" else 24 * 3600 - 1
    return parts.with_columns(clock=pl.when(bare).then(pl.lit(clock, pl.Int64)).otherwise("clock"), bare=bare)


def _stamped(parts: pl.DataFrame, zone: str | None) -> pl.DataFrame:
    """Add `text`: the local time with the offset that was stated, else with that of the zone."""
    fine = pl.col("problem").is_null() & pl.col("day").is_not_null()
    parts = parts.with_columns(
        local=pl.when(fine).then(pl.col("day").cast(pl.Datetime("us")) + pl.duration(seconds="clock"))
    )
    stated = pl.col("zone").str.replace(r"^([+-][0-9]{2}):?([0-9]{2})$", "${1}:${2}")
    if zone is None:
        written, lacking = pl.lit(None, pl.String), pl.lit("instant-without-offset")
        problem = pl.when(fine & pl.col("zone").is_null()).then(lacking)
    else:
        instants = to_utc(parts["local"], zone)
        parts = parts.with_columns(instants["offset"], unsure=instants["problem"])
        written = _offset(pl.col("offset"))
        problem = pl.when(pl.col("zone").is_null()).then("time-" + pl.col("unsure"))
    local = pl.col("local").dt.strftime("%Y-%m-%dT%H:%M:%S")
    return parts.with_columns(
        text=pl.concat_str(local, pl.coalesce(stated, written)),
        problem=pl.coalesce("problem", problem),
    )


def _offset(minutes: pl.Expr) -> pl.Expr:
    sign = pl.when(minutes < 0).then(pl.lit("-")).otherwise(pl.lit("+"))
    hours, rest = minutes.abs() // 60, minutes.abs() % 60
    return pl.concat_str(sign, hours.cast(pl.String).str.zfill(2), pl.lit(":"), rest.cast(pl.String).str.zfill(2))


def _read(cells: pl.Series, formats: Sequence[str], setting: Setting) -> Parts:
    """Read cells by the first format that fits; two that fit and disagree are a problem of their own."""
    text = _plain(cells)
    readings = [_by_format(text, each, setting) for each in formats]
    days = [f"day{n}" for n in range(len(readings))]
    joined = pl.concat(
        [part.rename({name: f"{name}{n}" for name in part.columns}) for n, part in enumerate(readings)],
        how="horizontal",
    )

    def first(name: str, of: str = "") -> pl.Expr:
        chosen = pl.lit(None)
        for n in reversed(range(len(readings))):
            chosen = pl.when(pl.col(f"{of or name}{n}").is_not_null()).then(f"{name}{n}").otherwise(chosen)
        return chosen.alias(name)

    doubtful = pl.min_horizontal(days) != pl.max_horizontal(days)
    read = pl.any_horizontal(pl.col(days).is_not_null())
    # Of several reasons why a cell is no date the first that is more than "does not fit" is told.
    reasons = [pl.when(pl.col(f"problem{n}") != "date-unread").then(f"problem{n}") for n in range(len(readings))]
    clocks = [pl.when(pl.col(f"day{n}").is_not_null()).then(f"problem{n}") for n in range(len(readings))]
    return joined.select(
        first("day"),
        first("clock", "day").cast(pl.Int64),
        first("zone", "day").cast(pl.String),
        first("fraction", "day").cast(pl.Boolean).fill_null(False),
        problem=pl.when(doubtful)
        .then(pl.lit("date-ambiguous"))
        .when(read)
        .then(pl.coalesce(*clocks))
        .when(pl.lit(text).is_not_null())
        .then(pl.coalesce(*reasons, pl.lit("date-unread"))),
    )


def _plain(cells: pl.Series) -> pl.Series:
    """Return cells without blanks around them, full-width figures and marks as everybody's."""
    return cells.to_frame("x").select(pl.col("x").str.normalize("NFKC").str.strip_chars()).to_series()


def _by_format(text: pl.Series, written: str, setting: Setting) -> Parts:
    if written in EXCEL:
        return _excel(text, written)
    shape = pattern(written, setting.language)
    groups = _groups(text, shape, setting)
    month = pl.col("m").cast(pl.Int64) if "m" in shape.groups else pl.col("B")
    year = pl.col("Y").cast(pl.Int64) if "Y" in shape.groups else pl.col("y").cast(pl.Int64) + setting.century
    iso = pl.concat_str(
        year.cast(pl.String).str.zfill(4),
        month.cast(pl.String).str.zfill(2),
        pl.col("d").str.zfill(2),
        separator="-",
    )
    parts = _clock(groups, shape.groups).with_columns(fits=pl.col("d").is_not_null())
    parts = parts.with_columns(day=iso.str.to_date("%Y-%m-%d", strict=False))
    short = _two_digits(text, written, setting)
    return parts.select(
        "day",
        "clock",
        "zone",
        "fraction",
        problem=pl.when(~pl.col("fits") & short)
        .then(pl.lit("year-two-digits"))
        .when(~pl.col("fits"))
        .then(pl.lit("date-unread"))
        .when(pl.col("day").is_null())
        .then(pl.lit("date-impossible"))
        .otherwise("problem"),
    )


def _two_digits(text: pl.Series, written: str, setting: Setting) -> pl.Series:
    """Say which cells would fit if the year were written with two digits."""
    if "%Y" not in written:
        return pl.Series([False] * len(text), dtype=pl.Boolean)
    return text.str.contains(pattern(written.replace("%Y", "%y"), setting.language).regex).fill_null(False)


def _groups(text: pl.Series, shape: Pattern, setting: Setting) -> pl.DataFrame:
    """Return one column of text for each group of a pattern; the month by name becomes its number."""
    frame = text.str.extract_groups(shape.regex).struct.unnest()
    if "B" in frame.columns:
        name = pl.col("B").str.to_lowercase().str.strip_chars_end(".").str.replace_all(r"\s+", " ")
        months = MONTHS[setting.language or ""]
        frame = frame.with_columns(B=name.replace_strict(dict(months), default=None, return_dtype=pl.Int64))
    return frame


def _clock(groups: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Add `clock` (seconds since midnight), `zone`, `fraction` and the problem of a time that no clock shows."""

    def number(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Int64) if name in names else pl.lit(0, pl.Int64)

    hour = number("H")
    limits = [number("M") < 60, number("S") < 60, hour < 24]
    if "I" in names:
        later = pl.col("p").str.contains(_AFTERNOON)
        hour = number("I") % 12 + pl.when(later).then(12).otherwise(0)
        limits.append(number("I").is_between(1, 12))
    timed = "H" in names or "I" in names
    clock = hour * 3600 + number("M") * 60 + number("S") if timed else _NO_CLOCK
    fraction = (number("f") != 0).fill_null(False)
    wrong = ~pl.all_horizontal(limits)
    return groups.with_columns(
        clock=clock,
        zone=pl.col("z") if "z" in names else pl.lit(None, pl.String),
        fraction=fraction,
        problem=pl.when(wrong).then(pl.lit("time-impossible")) if timed else pl.lit(None, pl.String),
    )


def _clocks(text: pl.Series, formats: Sequence[str], setting: Setting) -> pl.DataFrame:
    """Read a column of times of day: clock, problem, fraction."""
    text = _plain(text)
    readings = [_numeric_clock(text, each) if each in CLOCKS else _written_clock(text, each) for each in formats]
    joined = pl.concat(
        [part.rename({name: f"{name}{n}" for name in part.columns}) for n, part in enumerate(readings)],
        how="horizontal",
    )
    span = range(len(readings))
    # The formats of one column are read in their order: a time that fits two of them means the same by both.
    return joined.select(
        clock=pl.coalesce(*(f"clock{n}" for n in span)),
        fraction=pl.any_horizontal(*(f"fraction{n}" for n in span)),
        problem=pl.when(pl.all_horizontal(pl.col(f"clock{n}").is_null() for n in span) & pl.lit(text).is_not_null())
        .then(pl.coalesce(*(f"problem{n}" for n in span), pl.lit("time-unread"))),
    )  # fmt: skip


def _written_clock(text: pl.Series, written: str) -> pl.DataFrame:
    shape = pattern(written, None)
    parts = _clock(text.str.extract_groups(shape.regex).struct.unnest(), shape.groups)
    return parts.select(pl.when(pl.col("problem").is_null()).then("clock").alias("clock"), "fraction", "problem")


def _numeric_clock(text: pl.Series, written: str) -> pl.DataFrame:
    number = text.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    seconds = number if written == "seconds" else (number * 86_400).round()
    whole = seconds.floor().cast(pl.Int64, strict=False)
    frame = pl.DataFrame({"number": number, "clock": whole, "seconds": seconds})
    inside = pl.col("seconds").is_between(0, 86_400, closed="left")
    return frame.select(
        clock=pl.when(inside).then("clock"),
        fraction=(pl.col("seconds") != pl.col("clock")).fill_null(False),
        problem=pl.when(~inside).then(pl.lit("time-impossible")),
    )


def _excel(text: pl.Series, written: str) -> Parts:
    """Read the days that spreadsheets count; the part of a day behind the point is the time, to the nearest second."""
    frame = pl.DataFrame({"text": text}).with_columns(
        number=pl.when(pl.col("text").str.contains(r"^[0-9]{1,7}([.,][0-9]+)?$"))
        .then(pl.col("text").str.replace(",", ".", literal=True))
        .cast(pl.Float64)
    )
    frame = frame.with_columns(seconds=((pl.col("number") % 1) * 86_400).round().cast(pl.Int64))
    frame = frame.with_columns(count=pl.col("number").floor().cast(pl.Int64) + pl.col("seconds") // 86_400)
    if written == "excel1904":
        day = pl.date(1904, 1, 1) + pl.duration(days="count")
        unreal = pl.lit(False)
    else:
        # Excel took over from an older program a 29 February 1900, and counts from 1 January 1900 as day 1.
        start = pl.when(pl.col("count") < _FEBRUARY_29).then(pl.date(1899, 12, 31)).otherwise(pl.date(1899, 12, 30))
        day = start + pl.duration(days="count")
        unreal = (pl.col("count") == _FEBRUARY_29) | (pl.col("count") < 1)
    timed = pl.col("text").str.contains("[.,]")
    return frame.select(
        day=pl.when(~unreal).then(day).otherwise(_NO_DAY),
        clock=pl.when(timed).then(pl.col("seconds") % 86_400),
        zone=pl.lit(None, pl.String),
        fraction=pl.lit(False),
        problem=pl.when(pl.col("number").is_null())
        .then(pl.lit("date-unread"))
        .when(unreal)
        .then(pl.lit("date-impossible")),
    )


def expected(setting: Setting, *, day: bool) -> str:
    """Say how the cells were declared to be written, for a finding."""
    formats = setting.formats or (("%Y-%m-%d",) if day else ISO)
    return re.sub(r"\s+", " ", ", ".join(formats))
