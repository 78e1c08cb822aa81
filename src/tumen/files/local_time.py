"""Turn local dates and times, as tables of other programs hold them, into text with a UTC offset.

Nothing is guessed: a date format is used when it was declared, or when it is the only known one that fits; the offset
follows from the declared time zone, and a local time that clocks showed twice or never gets none.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import polars as pl

from tumen.errors import MisuseError, Text
from tumen.measure.instants import to_utc
from tumen.tables.findings import finding, gather, rows
from tumen.tables.protocol import TABLES
from tumen.tables.schema import MISSING, Kind

KNOWN_FORMATS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y:%m:%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%Y",
    "%m.%d.%Y",
)
"""Date formats that may be recognised; a two-digit year never is."""

_DIGITS = {"%Y": r"\d{4}", "%m": r"\d{1,2}", "%d": r"\d{1,2}", "%y": r"\d{2}"}
_LOCAL = r"^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$"
_TIME = r"[ T](\d{1,2}:\d{2}(?::\d{2})?)$"

Day = Literal["start", "end"]
"""What a date without time of day stands for: its first or its last second."""


def find_format(cells: Sequence[pl.Series], declared: str | None, what: str) -> tuple[str, pl.DataFrame]:
    """Return the date format of some columns, and a note if it was found rather than declared.

    A known format that fits every cell is taken, or else one that fits some, if there is only one such format. Raises
    `MisuseError` where several fit (02/04/2009) or none, asking for the format.

    >>> find_format([pl.Series(["02/04/2009", "14/05/2009"])], None, "Setup_date")[0]
    '%d/%m/%Y'
    """
    if declared is not None:
        if sorted(re.findall("%[A-Za-z]", declared.split(" ")[0])) not in (["%Y", "%d", "%m"], ["%d", "%m", "%y"]):
            raise MisuseError(
                Text("a date format with %Y, %m and %d for {what}", what=what),
                declared,
                'Write for example "%d/%m/%Y".',
            )
        return declared.split(" ")[0], gather([])
    present = pl.concat([_present(series.rename("")) for series in cells]).drop_nulls()
    fits = {known: int(_dates(present, known).is_not_null().sum()) for known in KNOWN_FORMATS}
    whole = [known for known, count in fits.items() if count == len(present)]
    some = whole or [known for known, count in fits.items() if count]
    if present.is_empty() or some == [KNOWN_FORMATS[0]]:
        return KNOWN_FORMATS[0], gather([])
    if len(some) == 1:
        return some[0], finding("date-format-found", column=what, value=some[0])
    examples = ", ".join(present.unique(maintain_order=True).head(3))
    fitting = f"{examples}, which fit {' and '.join(some)}" if some else f"{examples}, which fit no known format"
    raise MisuseError(
        Text("dates of one certain format in {what}", what=what),
        fitting,
        'Say which, for example date_format="%d/%m/%Y".',
    )


def with_offset(
    cells: pl.Series, date_format: str, zone: str, *, day: Day, where: tuple[str, str]
) -> tuple[pl.Series, pl.DataFrame]:
    """Return local dates or times as ISO 8601 text with the zone's offset, and what stood in the way.

    A date without time of day means the first or the last second of that day (`day`). `where` is the table and column
    for the findings. A cell that is no date stays as it is, and so does a time that clocks showed twice or never: the
    cast reports either as no instant.
    """
    text = _present(cells)
    dates = _dates(text, date_format)
    times = text.str.extract(_TIME)
    midnight = "00:00:00" if day == "start" else "23:59:59"
    clock = pl.select(
        pl.when(times.is_null()).then(pl.lit(midnight)).when(times.str.len_chars() <= len("00:00")).then(times + ":00")
        .otherwise(times).alias("clock")
    ).to_series()  # fmt: skip
    stamp = dates.dt.strftime("%Y-%m-%d") + " " + clock.str.zfill(len("00:00:00"))
    placed, found = _placed(text, stamp, zone, where)
    table, column = where
    bare = int((dates.is_not_null() & times.is_null()).sum())
    if bare:
        found.append(finding("date-without-time", table=table, column=column, count=bare, rule=midnight, zone=zone))
    return placed, gather(found)


def read_local_times(texts: Mapping[str, pl.DataFrame], zone: str) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Give every time without offset in the tables that of a time zone, and note how many there were in each column.

    Only whole times such as `2017-10-02 18:06:43`, with a blank or a T, are local times; other cells stay as they are,
    and so does a time that clocks showed twice or never, which is a finding.

    >>> media = pl.DataFrame({"timestamp": ["2017-10-02 18:06:43", "2017-11-02T18:06:43Z", "soon"]})
    >>> texts, found = read_local_times({"media": media}, "Europe/London")
    >>> texts["media"]["timestamp"].to_list(), found["arguments"].item()
    (['2017-10-02T18:06:43+01:00', '2017-11-02T18:06:43Z', 'soon'], '{"count": 1, "zone": "Europe/London"}')
    """
    read = dict(texts)
    found: list[pl.DataFrame] = []
    for name, text in texts.items():
        instants = [column.name for column in TABLES[name].columns if column.kind is Kind.DATETIME]
        for column in (each for each in instants if each in text.columns):
            stamp = text[column].str.extract_groups(_LOCAL).struct.unnest()
            local = stamp.select(pl.concat_str("1", "2", separator=" ")).to_series()
            count = len(local) - local.null_count()
            if count:
                placed, problems = _placed(text[column], local, zone, (name, column))
                read[name] = read[name].with_columns(placed)
                found += [*problems, finding("local-times-read", table=name, column=column, count=count, zone=zone)]
    return read, gather(found)


def _placed(
    text: pl.Series, stamp: pl.Series, zone: str, where: tuple[str, str]
) -> tuple[pl.Series, list[pl.DataFrame]]:
    """Return cells with the zone's offset; `stamp` is their date and time, null where the cell stays as it is."""
    local = stamp.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
    instants = to_utc(local, zone)
    frame = pl.DataFrame(
        {"row": pl.int_range(2, len(text) + 2, dtype=pl.Int64, eager=True), "value": text, "local": local}
    ).with_columns(instants["instant"], instants["offset"], instants["problem"])
    table, column = where
    found = [
        rows(f"time-{problem}", bad, table=table, column=column, arguments=("zone",))
        for problem in ("ambiguous", "nonexistent")
        if (bad := frame.filter(pl.col("problem") == problem).with_columns(zone=pl.lit(zone))).height
    ]
    return frame.select(pl.coalesce(_written(), "value").alias(text.name)).to_series(), found


def _present(cells: pl.Series) -> pl.Series:
    return cells.to_frame("x").select(pl.when(~pl.col("x").is_in(MISSING)).then("x").alias(cells.name)).to_series()


def _dates(text: pl.Series, date_format: str) -> pl.Series:
    """Return the dates of cells that follow the format exactly, with or without a time behind; null for the others."""
    pattern = re.sub("%[A-Za-z]", lambda part: f"({_DIGITS[part.group()]})", re.escape(date_format))
    date = text.str.extract(f"^({pattern})(?:{_TIME}|$)")
    return date.str.to_date(date_format, strict=False)


def _written() -> pl.Expr:
    """Return the local time with its offset as text; null where no instant was found."""
    minutes = pl.col("offset").abs()
    zone = pl.concat_str(
        pl.when(pl.col("offset") < 0).then(pl.lit("-")).otherwise(pl.lit("+")),
        (minutes // 60).cast(pl.String).str.zfill(2),
        pl.lit(":"),
        (minutes % 60).cast(pl.String).str.zfill(2),
    )
    local = pl.when(pl.col("instant").is_not_null()).then(pl.col("local")).dt.strftime("%Y-%m-%dT%H:%M:%S")
    return pl.concat_str(local, zone)
