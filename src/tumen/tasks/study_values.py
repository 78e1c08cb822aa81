"""Read the values of a study file: each reader takes one value, says what it is for, and refuses what it is not.

`what` names the key for the reader of the error; `folder` is that of the study, which relative paths are relative to.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from tumen.errors import StudyError, Text, nearest

Reader = Callable[[Any, str, Path], Any]


def section(
    given: Mapping[str, Any], name: str, keys: Mapping[str, tuple[str, Reader]], folder: Path
) -> dict[str, Any]:
    """Return the values of one section by the names of the fields they fill."""
    values = given.get(name, {})
    if not isinstance(values, Mapping):
        raise StudyError(
            Text("a section [{section}]", section=name),
            f"{values!r}",
            Text("Write [{section}] on a line of its own.", section=name),
        )
    result: dict[str, Any] = {}
    for key, value in values.items():
        if key not in keys:
            raise StudyError(Text("known keys in [{section}]", section=name), f"'{key}'", nearest(key, keys))
        field, reader = keys[key]
        result[field] = reader(value, f"{key} in [{name}]", folder)
    if name == "package" and "path" not in result:
        raise StudyError("a path in every [[package]]", "one without", 'Add path = "...".')
    return result


def a_text(value: Any, what: str, _: Path) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise StudyError(Text("a text for {what}", what=what), f"{value!r}", "Write it between quotation marks.")
    return value


def a_path(value: Any, what: str, folder: Path) -> Path:
    """Read a path, relative to the folder of the study."""
    return folder / a_text(value, what, folder)


def a_country(value: Any, what: str, folder: Path) -> str:
    """Read a country code."""
    code = a_text(value, what, folder)
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise StudyError(
            Text("an ISO 3166 code of two capitals for {what}", what=what), f"'{code}'", 'Write for example "RU".'
        )
    return code


def texts(value: Any, what: str, folder: Path) -> tuple[str, ...]:
    """Read a list of texts."""
    if not isinstance(value, list) or not value:
        raise StudyError(
            Text("a list of texts for {what}", what=what), f"{value!r}", 'Write for example ["Panthera tigris"].'
        )
    return tuple(a_text(item, what, folder) for item in value)


def names(value: Any, what: str, folder: Path) -> dict[str, str]:
    """Read a table of names."""
    if not isinstance(value, dict) or not value:
        cure = 'Write for example { LeopardCat = "Prionailurus bengalensis" }.'
        raise StudyError(Text("a table of names for {what}", what=what), f"{value!r}", cure)
    return {word: a_text(name, f"{word} of {what}", folder) for word, name in value.items()}


def a_whole(value: Any, what: str, _: Path) -> int:
    """Read a whole number of 0 or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise StudyError(
            Text("a whole number of 0 or more for {what}", what=what), f"{value!r}", "Write for example 7."
        )
    return value


def a_positive(value: Any, what: str, _: Path) -> float:
    """Read a number above 0."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < float("inf"):
        raise StudyError(Text("a number above 0 for {what}", what=what), f"{value!r}", "Write for example 10.")
    return float(value)


def a_day(value: Any, what: str) -> date:
    """Read a day, as TOML or as a text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise StudyError(Text("days for {what}", what=what), f"{value!r}", 'Write for example "2013-08-01".') from error


def a_period(value: Any, what: str, _: Path) -> tuple[datetime, datetime]:
    """Return the first instant of the first day and the last excluded instant of the last day, in UTC."""
    if not isinstance(value, list) or len(value) != 2:
        raise StudyError(
            Text("first and last day for {what}", what=what), f"{value!r}", 'Write ["2013-08-01", "2015-07-31"].'
        )
    first, last = (a_day(day, what) for day in value)
    if last < first:
        raise StudyError(
            Text("a first day before the last for {what}", what=what),
            Text("{first} and {last}", first=first, last=last),
            "Exchange them.",
        )
    midnight = datetime.min.time()
    return (
        datetime.combine(first, midnight, UTC),
        datetime.combine(last + timedelta(days=1), midnight, UTC),
    )


_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


def a_duration(value: Any, what: str, folder: Path) -> timedelta:
    """Read a duration such as "30min"."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)", a_text(value, what, folder).strip())
    if not match:
        raise StudyError(
            Text("a duration for {what}", what=what), f"'{value}'", 'Write for example "30min", "1h" or "2d".'
        )
    return timedelta(seconds=float(match[1]) * _UNITS[match[2]])


def in_days(value: Any, what: str, folder: Path) -> float:
    """Read a duration above 0, in days."""
    days = a_duration(value, what, folder) / timedelta(days=1)
    if days <= 0:
        raise StudyError(Text("a duration above 0 for {what}", what=what), f"'{value}'", 'Write for example "5d".')
    return days


def sessions(value: Any, what: str, _: Path) -> tuple[tuple[date, date], ...]:
    """Return the first and the last day of every session, in the order given; they may not share a day."""
    if not isinstance(value, list) or not value or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        cure = 'Write [["2014-01-01", "2014-03-31"], ["2015-01-01", "2015-03-31"]].'
        raise StudyError(Text("first and last day of each session for {what}", what=what), f"{value!r}", cure)
    sessions = [(a_day(first, what), a_day(last, what)) for first, last in value]
    for first, last in sessions:
        if last < first:
            raise StudyError(
                Text("a first day before the last for {what}", what=what),
                Text("{first} and {last}", first=first, last=last),
                "Exchange them.",
            )
    ordered = sorted(sessions)
    for earlier, later in pairwise(ordered):
        if later[0] <= earlier[1]:
            cure = "Let one session end before the next begins."
            raise StudyError(
                Text("sessions that share no day for {what}", what=what),
                Text("{later} and {earlier}", later=later[0], earlier=earlier[1]),
                cure,
            )
    return tuple(ordered)


def a_bound(value: Any, what: str, _: Path) -> float:
    """Read a number of 0 or more."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < float("inf"):
        raise StudyError(Text("a number of 0 or more for {what}", what=what), f"{value!r}", "Write for example 60.")
    return float(value)


def a_truth(value: Any, what: str, _: Path) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise StudyError(Text("true or false for {what}", what=what), f"{value!r}", "Write true or false.")
    return value


def a_share(value: Any, what: str, _: Path) -> float:
    """Read a number between 0 and 1, both excluded."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1:
        raise StudyError(
            Text("a number between 0 and 1 for {what}", what=what), f"{value!r}", "Write for example 0.01."
        )
    return float(value)


def a_word(*words: str) -> Reader:
    """Return a reader of one of some words."""

    def read(value: Any, what: str, folder: Path) -> str:
        word = a_text(value, what, folder)
        if word not in words:
            raise StudyError(Text("a known word for {what}", what=what), f"'{word}'", nearest(word, words))
        return word

    return read
