"""Read [waterbirds] and [trends] of a study: seasons, editions, count groups; which counts are modelled, and how."""

import re
from collections.abc import Mapping
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

from tumen.errors import StudyError, Text, nearest
from tumen.tables.waterbirds import SEASONS
from tumen.tasks.study_values import (
    Reader,
    a_day,
    a_duration,
    a_path,
    a_positive,
    a_truth,
    a_whole,
    a_word,
    section,
    texts,
)

MonthDay = tuple[int, int]


def _a_date(value: Any, what: str, _: Path) -> date:
    return a_day(value, what)


def _month_day(value: Any, what: str) -> MonthDay:
    """Read a day of any year; the 29th of February is one."""
    match = re.fullmatch(r"(\d{2})-(\d{2})", value) if isinstance(value, str) else None
    try:
        day = date(2000, int(match[1]), int(match[2])) if match else None
    except ValueError:
        day = None
    if day is None:
        raise StudyError(
            Text("month and day for {what}", what=what), f"{value!r}", 'Write for example "11-16" for 16 November.'
        )
    return day.month, day.day


def _seasons(value: Any, what: str, _: Path) -> dict[str, tuple[MonthDay, MonthDay]]:
    """Read the first and the last day of the kinds of season; a season may pass the end of a year, none may overlap."""
    if not isinstance(value, dict) or not value:
        cure = 'Write for example { winter = ["11-16", "02-29"], spring = ["03-01", "05-31"] }.'
        raise StudyError(Text("a table of seasons for {what}", what=what), f"{value!r}", cure)
    read: dict[str, tuple[MonthDay, MonthDay]] = {}
    for name, pair in value.items():
        if name not in SEASONS:
            raise StudyError(Text("a kind of season in {what}", what=what), f"'{name}'", nearest(name, SEASONS))
        if not isinstance(pair, list) or len(pair) != 2:
            raise StudyError(
                Text("first and last day for {what}", what=f"{name}, {what}"), f"{pair!r}", 'Write ["12-01", "02-29"].'
            )
        first, last = (_month_day(each, f"{name}, {what}") for each in pair)
        read[name] = (first, last)
    for (one, a), (other, b) in combinations(read.items(), 2):
        if any(_inside(day, b) for day in a) or any(_inside(day, a) for day in b):
            raise StudyError(
                Text("seasons that share no day in {what}", what=what),
                f"{one}, {other}",
                "Let one end before the next.",
            )
    return read


def _inside(day: MonthDay, span: tuple[MonthDay, MonthDay]) -> bool:
    first, last = span
    return first <= day <= last if first <= last else day >= first or day <= last


def _a_year(value: Any, what: str, folder: Path) -> int:
    year = a_whole(value, what, folder)
    if not 1800 <= year <= 2200:
        raise StudyError(Text("a year for {what}", what=what), f"{value!r}", "Write for example 2015.")
    return int(year)


def years_in_order(values: Mapping[str, Any] | None, name: str) -> None:
    """Refuse a section whose first year comes after its last."""
    first, last = ((values or {}).get(key) for key in ("first_year", "last_year"))
    if first is not None and last is not None and last < first:
        raise StudyError(
            Text("a first year before the last in [{section}]", section=name), f"{first}, {last}", "Exchange them."
        )


def _levels(value: Any, what: str, folder: Path) -> dict[str, int]:
    """Read levels that take the place of ours."""
    return section({what: value}, what, {name: (name, a_whole) for name in ("waterbirds", "flyway")}, folder)


def _change_points(value: Any, what: str, folder: Path) -> str | tuple[int, ...]:
    """Read years in which the slope may change: a list of years, or "all"."""
    if value == "all":
        return "all"
    if not isinstance(value, list) or not value:
        raise StudyError(Text('years or "all" for {what}', what=what), f"{value!r}", "Write for example [2004, 2009].")
    return tuple(sorted({_a_year(each, what, folder) for each in value}))


def _model(value: Any, what: str, folder: Path) -> int:
    number = a_whole(value, what, folder)
    if number not in (1, 2, 3):
        raise StudyError(
            Text("1, 2 or 3 for {what}", what=what), f"{value!r}", "1: no change, 2: slopes, 3: every year on its own."
        )
    return int(number)


def _indicators(value: Any, what: str, folder: Path) -> dict[str, tuple[str, ...]]:
    """Read the species of every indicator, by the name of the indicator."""
    if not isinstance(value, dict) or not value:
        cure = 'Write for example { geese = ["Anser albifrons", "Anser cygnoides"] }.'
        raise StudyError(Text("a table of species for {what}", what=what), f"{value!r}", cure)
    return {name: texts(species, f"{name}, {what}", folder) for name, species in value.items()}


WATERBIRDS_KEYS: Mapping[str, tuple[str, Reader]] = {
    "seasons": ("seasons", _seasons),
    "synchronous": ("synchronous", a_duration),
    "pairing": ("pairing", a_duration),
    "species": ("species", texts),
    "estimates": ("estimates", a_path),
    "shipped": ("shipped", a_truth),
    "editions": ("editions", texts),
    "assessedOn": ("assessed_on", _a_date),
    "firstYear": ("first_year", _a_year),
    "lastYear": ("last_year", _a_year),
    "nonNative": ("non_native", texts),
    "levels": ("levels", _levels),
}
"""`estimates` is a file of population estimates of the study's own; `shipped` = false leaves ours out."""
TRENDS_KEYS: Mapping[str, tuple[str, Reader]] = {
    "species": ("species", texts),
    "places": ("places", a_word("all", "country", "site")),
    "season": ("season", a_word(*SEASONS)),
    "months": ("months", a_truth),
    "model": ("model", _model),
    "changePoints": ("change_points", _change_points),
    "stepwise": ("stepwise", a_truth),
    "overdispersion": ("overdispersion", a_truth),
    "serial": ("serial", a_truth),
    "covariates": ("covariates", texts),
    "base": ("base", _a_year),
    "firstYear": ("first_year", _a_year),
    "lastYear": ("last_year", _a_year),
    "smooth": ("smooth", a_positive),
    "indicators": ("indicators", _indicators),
}
WATERBIRD_KEYS: Mapping[str, Mapping[str, tuple[str, Reader]]] = {
    "waterbirds": WATERBIRDS_KEYS,
    "trends": TRENDS_KEYS,
}
