"""When could somebody be seen?  Sessions are windows of time, cut into occasions; usage is the share watched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tumen.errors import MisuseError, Text
from tumen.population.scr.survey import Floats
from tumen.tables.schema import UTC, require

A_DAY = timedelta(days=1)
_DAY = 86_400_000_000
_MICROSECOND = timedelta(microseconds=1)

WORKED: dict[str, pl.DataType | type[pl.DataType]] = {"station": pl.String, "start": UTC, "end": UTC}
"""Intervals in which a camera of a station worked; they may overlap."""


@dataclass(frozen=True)
class Window:
    """A session: its first instant (it counts) and its end (it does not), with a zone; `values`: its covariates."""

    name: str
    start: datetime
    end: datetime
    values: Mapping[str, float | str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Refuse a window without a time zone, and one that holds nothing."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise MisuseError("a session with a time zone", f"{self.start} to {self.end}", "Give both ends in UTC.")
        if self.start >= self.end:
            raise MisuseError(
                "a session that ends after it starts", f"{self.start} to {self.end}", "Correct the session's dates."
            )


@dataclass(frozen=True)
class Cut:
    """How a session is cut into occasions of equal `length`.

    The first occasion is the one that holds the start of the session, counting from midnight of the session's first day
    by a clock that is `clock` ahead of UTC: 10 h for the days of a clock ten hours ahead, -2 h for its nights from noon
    to noon. The clock does not change within a session. What of the first and the last occasion lies outside the
    session was not watched.
    """

    length: timedelta = A_DAY
    clock: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        """Refuse a length of nothing."""
        if self.length <= timedelta(0):
            raise MisuseError(
                "occasions of some length", Text("{length}", length=self.length), "Give a length above 0."
            )

    def starts(self, window: Window) -> NDArray[np.int64]:
        """Return when each occasion of a session begins, and when the last ends: S + 1 microseconds since 1970 (UTC).

        >>> from datetime import timezone
        >>> noon = datetime(2014, 3, 1, 12, tzinfo=timezone.utc)
        >>> len(Cut().starts(Window("a", noon, noon + 2 * A_DAY))) - 1
        3
        """
        first, last = instants(pl.Series([window.start, window.end], dtype=UTC))
        length, clock = self.length // _MICROSECOND, self.clock // _MICROSECOND
        midnight = (first + clock) // _DAY * _DAY - clock
        begin = midnight + (first - midnight) // length * length
        count = -((begin - last) // length)
        return np.asarray(begin + length * np.arange(count + 1), dtype=np.int64)


def instants(series: pl.Series) -> NDArray[np.int64]:
    """Return instants as microseconds since 1970 (UTC)."""
    return series.dt.epoch("us").to_numpy()


def apart(windows: Sequence[Window]) -> None:
    """Raise `MisuseError` where two sessions have one name or share time: a detection would count in both."""
    ordered = sorted(windows, key=lambda window: window.start)
    for former, later in pairwise(ordered):
        if later.start < former.end:
            raise MisuseError(
                "sessions that do not share time",
                Text("{former} and {later}", former=former.name, later=later.name),
                "Let the later session start where the former ends.",
            )
    if len({window.name for window in windows}) < len(windows):
        raise MisuseError("sessions with names of their own", "a name that is given twice", "Name each session once.")


def usage(worked: pl.DataFrame, stations: Sequence[str], window: Window, cut: Cut) -> Floats:
    """Return the share of each occasion in which at least one camera of a station worked: (K, S), 0 to 1.

    `worked`: `WORKED`; `stations`: the K names. Several cameras at once count once.

    >>> from datetime import timezone
    >>> day = datetime(2014, 3, 1, tzinfo=timezone.utc)
    >>> rows = [("A", day, day + A_DAY * 1.5), ("A", day, day + A_DAY)]
    >>> usage(pl.DataFrame(rows, schema=WORKED, orient="row"), ["A"], Window("1", day, day + 2 * A_DAY), Cut()).tolist()
    [[1.0, 0.5]]
    """
    edges = cut.starts(window)
    length = int(edges[1] - edges[0])
    parts = np.zeros((len(stations), len(edges) - 1), dtype=np.int64)
    first, last = instants(pl.Series([window.start, window.end], dtype=UTC))
    number = {station: k for k, station in enumerate(stations)}
    for station, start, end in _merged(
        require(worked, WORKED, "worked").filter(pl.col("station").is_in(list(stations)))
    ):
        low, high = max(start, first), min(end, last)
        if low >= high:
            continue
        a, b = (low - edges[0]) // length, (high - 1 - edges[0]) // length
        row = parts[number[station]]
        row[a : b + 1] += length
        row[a] -= low - edges[a]
        row[b] -= edges[b + 1] - high
    return parts / length


def _merged(worked: pl.DataFrame) -> list[tuple[str, int, int]]:
    """Return the intervals of each station so that none overlap, as microseconds."""
    ordered = worked.filter(pl.col("start") < pl.col("end")).sort("station", "start", "end")
    reached = pl.col("end").cum_max().shift(1).over("station")
    runs = ordered.with_columns(run=((pl.col("start") > reached).fill_null(value=True)).cum_sum())
    merged = runs.group_by("run", maintain_order=True).agg(
        pl.col("station").first(), pl.col("start").min().dt.epoch("us"), pl.col("end").max().dt.epoch("us")
    )
    return list(merged.select("station", "start", "end").iter_rows())
