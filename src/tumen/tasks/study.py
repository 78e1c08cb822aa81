"""Read a study: species, area, border, period, packages, parameters, seed.

A study is the unit of reproducibility. Nothing in it is guessed: an unknown key is refused with the nearest known one,
and relative paths are relative to the study file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from tumen.errors import StudyError, Text, nearest
from tumen.tables.design import Design
from tumen.tasks.entries import FORMATS, OPTIONS, PackageEntry, option
from tumen.tasks.study_design import DESIGN_KEYS
from tumen.tasks.study_identify import IDENTIFY_KEYS, REGISTER_KEYS
from tumen.tasks.study_population import POPULATION_KEYS
from tumen.tasks.study_values import (
    Reader,
    a_country,
    a_duration,
    a_path,
    a_period,
    a_positive,
    a_text,
    a_whole,
    names,
    section,
    texts,
)
from tumen.tasks.study_waterbirds import WATERBIRD_KEYS, years_in_order


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study as it was read; `path` is the file, every other path is absolute or relative to the caller.

    `accuracy` is that of the countries' polygons in metres: a point nearer to a border is on no certain side. `cell` is
    the side of the report's effort cells in metres, `names` a list of names that come before those that ship,
    `usage` the country whose names are taken where they differ within a language. `events` is the file of the
    register's events (it may not exist yet), `draws` how many resampled registers carry identity error forward (0:
    none), `training` a file of judgements on known animals, `register` the rules by which judgements stand, `identify`
    all of [identify]; `density`, `survival`, `diversity`, `waterbirds`, `trends` their sections, None where none is.
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
    events: Path | None = None
    draws: int = 0
    training: Path | None = None
    register: Mapping[str, Any] = field(default_factory=dict)
    identify: Mapping[str, Any] = field(default_factory=dict)
    crossings: Mapping[str, Any] = field(default_factory=dict)
    cell: float = 10_000.0
    names: Path | None = None
    usage: str = ""
    design: Design = field(default_factory=Design)
    density: Mapping[str, Any] | None = None
    survival: Mapping[str, Any] | None = None
    diversity: Mapping[str, Any] | None = None
    waterbirds: Mapping[str, Any] | None = None
    trends: Mapping[str, Any] | None = None


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
    sections = (
        "study",
        "area",
        "package",
        "register",
        "identify",
        "crossings",
        "density",
        "survival",
        "diversity",
        "waterbirds",
        "trends",
        "report",
        "design",
    )
    for name in given:
        if name not in sections:
            raise StudyError("known sections of a study", f"'{name}'", nearest(name, sections))
    folder = path.parent
    study = section(given, "study", STUDY_KEYS, folder)
    area = section(given, "area", AREA_KEYS, folder)
    register = section(given, "register", REGISTER_KEYS, folder)
    files = {name: register.pop(name) for name in ("links", "events", "draws", "training") if name in register}
    identify = section(given, "identify", IDENTIFY_KEYS, folder)
    crossings = section(given, "crossings", CROSSINGS_KEYS, folder)
    report = section(given, "report", REPORT_KEYS, folder)
    design = Design(**section(given, "design", DESIGN_KEYS, folder))
    answers: dict[str, Any] = {
        name: section(given, name, keys, folder) if name in given else None
        for name, keys in {**POPULATION_KEYS, **WATERBIRD_KEYS}.items()
    }
    for name in WATERBIRD_KEYS:
        years_in_order(answers[name], name)
    entries = given.get("package")
    if not isinstance(entries, list) or not entries:
        raise StudyError("at least one [[package]]", "none", 'Add [[package]] with path = "...".')
    packages = tuple(_entry(each, folder) for each in entries)
    if "title" not in study:
        raise StudyError("a title in [study]", "none", 'Add title = "...".')
    if "countries" in area and "region" in area:
        raise StudyError("countries or region in [area]", "both", "Keep the one that is meant.")
    return Study(
        path=path,
        packages=packages,
        **study,
        **area,
        **files,
        **report,
        **answers,
        register=register,
        identify=identify,
        crossings=crossings,
        design=design,
    )


def _entry(given: Any, folder: Path) -> PackageEntry:
    """Return one [[package]]; what only its format needs to be told goes to its options."""
    fields = section({"package": given}, "package", PACKAGE_KEYS, folder)
    options = {name: fields.pop(name) for name in OPTIONS if name in fields}
    return PackageEntry(**fields, options=options)


def _format(value: Any, what: str, folder: Path) -> str:
    name = a_text(value, what, folder)
    if name not in FORMATS:
        raise StudyError(Text("a known format for {what}", what=what), f"'{name}'", nearest(name, FORMATS))
    return name


def _languages(value: Any, what: str, folder: Path) -> tuple[str, ...]:
    named = texts(value, what, folder)
    if len(set(named)) < len(named):
        raise StudyError(Text("every language once in {what}", what=what), f"{value!r}", "Take out the second mention.")
    return named


def _option(name: str, value: Any, _: str, __: Path) -> Any:
    return option(name, value)


STUDY_KEYS: Mapping[str, tuple[str, Reader]] = {
    "title": ("title", a_text),
    "species": ("species", texts),
    "period": ("period", a_period),
    "seed": ("seed", a_whole),
    "languages": ("languages", _languages),
}
AREA_KEYS: Mapping[str, tuple[str, Reader]] = {
    "countries": ("countries", a_path),
    "countryProperty": ("code_property", a_text),
    "region": ("region", a_text),
    "border": ("border", a_path),
    "accuracy": ("accuracy", a_positive),
}
PACKAGE_KEYS: Mapping[str, tuple[str, Reader]] = {
    "path": ("path", a_path),
    "party": ("party", a_text),
    "country": ("country", a_country),
    "format": ("format", _format),
    "timeZone": ("time_zone", a_text),
    "records": ("records", a_path),
    "crs": ("crs", a_text),
    "dateFormat": ("date_format", a_text),
    "speciesNames": ("species_names", names),
    "deployments": ("deployments", a_path),
    **{name: (name, partial(_option, name)) for name in OPTIONS},
}
CROSSINGS_KEYS: Mapping[str, tuple[str, Reader]] = {
    "independence": ("independence", a_duration),
    "maxSpeed": ("max_speed", a_positive),
    "clockSlack": ("clock_slack", a_duration),
    "assumedUncertainty": ("assumed_uncertainty", a_positive),
    "waterMargin": ("water_margin", a_positive),
    "widestWater": ("widest_water", a_positive),
    "reach": ("reach", a_positive),
    "watchDays": ("watch_days", a_positive),
}
REPORT_KEYS: Mapping[str, tuple[str, Reader]] = {
    "cell": ("cell", a_positive),
    "names": ("names", a_path),
    "usage": ("usage", a_country),
}
