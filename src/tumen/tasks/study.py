"""Read a study: species, area, border, period, packages, parameters, seed.

A study is the unit of reproducibility. Nothing in it is guessed: an unknown key is refused with the nearest known one,
and relative paths are relative to the study file.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from tumen.errors import MisuseError, StudyError, Text, nearest
from tumen.tables.design import ANY_SPECIES, Design, DesignRule
from tumen.tables.design_quantities import METHODS, QUANTITIES
from tumen.tables.design_rules import PROTOCOLS
from tumen.tasks.entries import FORMATS, OPTIONS, PackageEntry, option


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study as it was read; `path` is the file, every other path is absolute or relative to the caller.

    `accuracy` is that of the countries' polygons in metres: a point nearer to a border is on no certain side. `cell` is
    the side of the report's effort cells in metres, `names` a list of names that come before those that ship,
    `usage` the country whose names are taken where they differ within a language.
    """

    path: Path
    title: str
    packages: tuple[PackageEntry, ...]
    species: tuple[str, ...] = ()
    period: tuple[datetime, datetime] | None = None
    seed: int = 0
    languages: tuple[str, ...] = ("en",)
    countries: Path | None = None
    region: str | None = None
    code_property: str | None = None
    border: Path | None = None
    accuracy: float = 0.0
    links: Path | None = None
    crossings: Mapping[str, Any] = field(default_factory=dict)
    cell: float = 10_000.0
    names: Path | None = None
    usage: str = ""
    design: Design = field(default_factory=Design)


def read_study(path: Path) -> Study:
    """Read and judge a study file; raise `StudyError` naming the first thing that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise StudyError("a study file", Text("no file {path}", path=path), "Give the path of a study.toml.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(
            "a study file that can be read as UTF-8", str(error), Text("Check {path}.", path=path)
        ) from error
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError("a study in TOML", f"{error}", Text("Correct {path} at that place.", path=path)) from error
    return parse_study(given, path)


def parse_study(given: Mapping[str, Any], path: Path) -> Study:
    """Turn the contents of a study file into a `Study`."""
    sections = ("study", "area", "package", "register", "crossings", "report", "design")
    for section in given:
        if section not in sections:
            raise StudyError("known sections of a study", f"'{section}'", nearest(section, sections))
    folder = path.parent
    study = _section(given, "study", STUDY_KEYS, folder)
    area = _section(given, "area", AREA_KEYS, folder)
    register = _section(given, "register", REGISTER_KEYS, folder)
    crossings = _section(given, "crossings", CROSSINGS_KEYS, folder)
    report = _section(given, "report", REPORT_KEYS, folder)
    design = Design(**_section(given, "design", DESIGN_KEYS, folder))
    entries = given.get("package")
    if not isinstance(entries, list) or not entries:
        raise StudyError("at least one [[package]]", "none", 'Add [[package]] with path = "...".')
    packages = tuple(_entry(each, folder) for each in entries)
    if "title" not in study:
        raise StudyError("a title in [study]", "none", 'Add title = "...".')
    if "countries" in area and "region" in area:
        raise StudyError("countries or region in [area]", "both", "Keep the one that is meant.")
    return Study(
        path=path, packages=packages, **study, **area, **register, **report, crossings=crossings, design=design
    )


def _entry(given: Any, folder: Path) -> PackageEntry:
    """Return one [[package]]; what only its format needs to be told goes to its options."""
    fields = _section({"package": given}, "package", PACKAGE_KEYS, folder)
    options = {name: fields.pop(name) for name in OPTIONS if name in fields}
    return PackageEntry(**fields, options=options)


def _section(
    given: Mapping[str, Any], section: str, keys: Mapping[str, tuple[str, "Reader"]], folder: Path
) -> dict[str, Any]:
    """Return the values of one section by the names of the fields they fill."""
    values = given.get(section, {})
    if not isinstance(values, Mapping):
        raise StudyError(
            Text("a section [{section}]", section=section),
            f"{values!r}",
            Text("Write [{section}] on a line of its own.", section=section),
        )
    result: dict[str, Any] = {}
    for key, value in values.items():
        if key not in keys:
            raise StudyError(Text("known keys in [{section}]", section=section), f"'{key}'", nearest(key, keys))
        name, reader = keys[key]
        result[name] = reader(value, f"{key} in [{section}]", folder)
    if section == "package" and "path" not in result:
        raise StudyError("a path in every [[package]]", "one without", 'Add path = "...".')
    return result


Reader = Callable[[Any, str, Path], Any]


def _text(value: Any, what: str, _: Path) -> str:
    if not isinstance(value, str) or not value.strip():
        raise StudyError(Text("a text for {what}", what=what), f"{value!r}", "Write it between quotation marks.")
    return value


def _path(value: Any, what: str, folder: Path) -> Path:
    return folder / _text(value, what, folder)


def _country(value: Any, what: str, folder: Path) -> str:
    code = _text(value, what, folder)
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise StudyError(
            Text("an ISO 3166 code of two capitals for {what}", what=what), f"'{code}'", 'Write for example "RU".'
        )
    return code


def _format(value: Any, what: str, folder: Path) -> str:
    name = _text(value, what, folder)
    if name not in FORMATS:
        raise StudyError(Text("a known format for {what}", what=what), f"'{name}'", nearest(name, FORMATS))
    return name


def _texts(value: Any, what: str, folder: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise StudyError(
            Text("a list of texts for {what}", what=what), f"{value!r}", 'Write for example ["Panthera tigris"].'
        )
    return tuple(_text(item, what, folder) for item in value)


def _languages(value: Any, what: str, folder: Path) -> tuple[str, ...]:
    named = _texts(value, what, folder)
    if len(set(named)) < len(named):
        raise StudyError(Text("every language once in {what}", what=what), f"{value!r}", "Take out the second mention.")
    return named


def _names(value: Any, what: str, folder: Path) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        cure = 'Write for example { LeopardCat = "Prionailurus bengalensis" }.'
        raise StudyError(Text("a table of names for {what}", what=what), f"{value!r}", cure)
    return {word: _text(name, f"{word} of {what}", folder) for word, name in value.items()}


def _whole(value: Any, what: str, _: Path) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise StudyError(
            Text("a whole number of 0 or more for {what}", what=what), f"{value!r}", "Write for example 7."
        )
    return value


def _positive(value: Any, what: str, _: Path) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < float("inf"):
        raise StudyError(Text("a number above 0 for {what}", what=what), f"{value!r}", "Write for example 10.")
    return float(value)


def _date(value: Any, what: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise StudyError(Text("days for {what}", what=what), f"{value!r}", 'Write for example "2013-08-01".') from error


def _period(value: Any, what: str, _: Path) -> tuple[datetime, datetime]:
    """Return the first instant of the first day and the last excluded instant of the last day, in UTC."""
    if not isinstance(value, list) or len(value) != 2:
        raise StudyError(
            Text("first and last day for {what}", what=what), f"{value!r}", 'Write ["2013-08-01", "2015-07-31"].'
        )
    first, last = (_date(day, what) for day in value)
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


def _duration(value: Any, what: str, folder: Path) -> timedelta:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)", _text(value, what, folder).strip())
    if not match:
        raise StudyError(
            Text("a duration for {what}", what=what), f"'{value}'", 'Write for example "30min", "1h" or "2d".'
        )
    return timedelta(seconds=float(match[1]) * _UNITS[match[2]])


def _days(value: Any, what: str, folder: Path) -> float:
    days = _duration(value, what, folder) / timedelta(days=1)
    if days <= 0:
        raise StudyError(Text("a duration above 0 for {what}", what=what), f"'{value}'", 'Write for example "5d".')
    return days


def _sessions(value: Any, what: str, _: Path) -> tuple[tuple[date, date], ...]:
    """Return the first and the last day of every session, in the order given; they may not share a day."""
    if not isinstance(value, list) or not value or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        cure = 'Write [["2014-01-01", "2014-03-31"], ["2015-01-01", "2015-03-31"]].'
        raise StudyError(Text("first and last day of each session for {what}", what=what), f"{value!r}", cure)
    sessions = [(_date(first, what), _date(last, what)) for first, last in value]
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


def _protocols(value: Any, what: str, folder: Path) -> tuple[str, ...]:
    if value == []:
        return ()
    named = _texts(value, what, folder)
    for name in named:
        if name not in PROTOCOLS:
            raise StudyError(Text("protocols that ship for {what}", what=what), f"'{name}'", nearest(name, PROTOCOLS))
    return named


def _bound(value: Any, what: str, _: Path) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < float("inf"):
        raise StudyError(Text("a number of 0 or more for {what}", what=what), f"{value!r}", "Write for example 60.")
    return float(value)


def _quantity(value: Any, what: str, folder: Path) -> str:
    name = _text(value, what, folder)
    if name not in QUANTITIES:
        raise StudyError(Text("a known quantity for {what}", what=what), f"'{name}'", nearest(name, QUANTITIES))
    return name


def _method(value: Any, what: str, folder: Path) -> str:
    name = _text(value, what, folder)
    if name not in METHODS:
        raise StudyError(Text("a known method for {what}", what=what), f"'{name}'", nearest(name, METHODS))
    return name


def _judged(value: Any, what: str, _: Path) -> bool:
    if not isinstance(value, bool):
        raise StudyError(
            Text("true or false for {what}", what=what), f"{value!r}", "Write judged = false to show without judging."
        )
    return value


def _rules(value: Any, what: str, folder: Path) -> tuple[DesignRule, ...]:
    if not isinstance(value, list):
        raise StudyError(
            Text("a list of rules for {what}", what=what), f"{value!r}", "Write each below a line [[design.rule]]."
        )
    return tuple(_rule(_section({"design.rule": each}, "design.rule", RULE_KEYS, folder)) for each in value)


def _rule(given: dict[str, Any]) -> DesignRule:
    """Make one rule of the study's own: what it is about, what it asks for, and who says so."""
    judged, method = given.pop("judged", True), given.pop("method", None)
    for needed, example in (("quantity", '"nights"'), ("source", '"our protocol 2024"')):
        if needed not in given:
            raise StudyError(
                Text("a {needed} in every [[design.rule]]", needed=needed),
                "one without",
                Text("Add {needed} = {example}.", needed=needed, example=example),
            )
    if judged != ("at_least" in given or "at_most" in given):
        cure = "Give atLeast, atMost or both; or judged = false and neither."
        raise StudyError(
            "a value in every [[design.rule]] that judges", Text("that of {given}", given=given["quantity"]), cure
        )
    own = QUANTITIES[given["quantity"]].method
    if method not in (None, own):
        cure = Text('Write method = "{own}", or leave it out.', own=own)
        raise StudyError(Text("the method of {given} in [[design.rule]]", given=given["quantity"]), f"'{method}'", cure)
    try:
        return DesignRule(protocol="study", **{"species": ANY_SPECIES, **given})
    except MisuseError as error:
        raise StudyError(error.needed, error.found, error.cure) from error


def _option(name: str, value: Any, _: str, __: Path) -> Any:
    return option(name, value)


STUDY_KEYS: Mapping[str, tuple[str, Reader]] = {
    "title": ("title", _text),
    "species": ("species", _texts),
    "period": ("period", _period),
    "seed": ("seed", _whole),
    "languages": ("languages", _languages),
}
AREA_KEYS: Mapping[str, tuple[str, Reader]] = {
    "countries": ("countries", _path),
    "countryProperty": ("code_property", _text),
    "region": ("region", _text),
    "border": ("border", _path),
    "accuracy": ("accuracy", _positive),
}
PACKAGE_KEYS: Mapping[str, tuple[str, Reader]] = {
    "path": ("path", _path),
    "party": ("party", _text),
    "country": ("country", _country),
    "format": ("format", _format),
    "timeZone": ("time_zone", _text),
    "records": ("records", _path),
    "crs": ("crs", _text),
    "dateFormat": ("date_format", _text),
    "speciesNames": ("species_names", _names),
    "deployments": ("deployments", _path),
    **{name: (name, partial(_option, name)) for name in OPTIONS},
}
REGISTER_KEYS: Mapping[str, tuple[str, Reader]] = {"links": ("links", _path)}
CROSSINGS_KEYS: Mapping[str, tuple[str, Reader]] = {
    "independence": ("independence", _duration),
    "maxSpeed": ("max_speed", _positive),
    "clockSlack": ("clock_slack", _duration),
    "assumedUncertainty": ("assumed_uncertainty", _positive),
    "waterMargin": ("water_margin", _positive),
    "widestWater": ("widest_water", _positive),
    "reach": ("reach", _positive),
    "watchDays": ("watch_days", _positive),
}
REPORT_KEYS: Mapping[str, tuple[str, Reader]] = {
    "cell": ("cell", _positive),
    "names": ("names", _path),
    "usage": ("usage", _country),
}
DESIGN_KEYS: Mapping[str, tuple[str, Reader]] = {
    "sessions": ("sessions", _sessions),
    "gap": ("gap", _days),
    "occasion": ("occasion", _days),
    "cell": ("cell", _positive),
    "buffer": ("buffer", _positive),
    "protocols": ("protocols", _protocols),
    "rule": ("rules", _rules),
}
RULE_KEYS: Mapping[str, tuple[str, Reader]] = {
    "species": ("species", _text),
    "method": ("method", _method),
    "quantity": ("quantity", _quantity),
    "atLeast": ("at_least", _bound),
    "atMost": ("at_most", _bound),
    "judged": ("judged", _judged),
    "source": ("source", _text),
}
