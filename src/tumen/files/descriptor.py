"""Read `datapackage.json`: is it one, which version, whose, and does it say what Camtrap DP requires?

The requirements are those of the Camtrap DP 1.0.2 profile and of the Data Package standard (version 1), in our words.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from tumen.errors import FormatError, MisuseError, Text
from tumen.files.archive import Source, UnreadableError
from tumen.measure.instants import known_zone
from tumen.tables.findings import empty, finding, gather

Descriptor = dict[str, Any]

VERSIONS = ("0.1.6", "1.0", "1.0.1", "1.0.2")
"""Versions of Camtrap DP that are read."""

CURRENT = "1.0.2"
"""The version that is written, and that older ones are brought to."""

STANDARD_URL = "https://raw.githubusercontent.com/tdwg/camtrap-dp"
"""Beginning of the standard's identifiers. They are names; nothing is ever fetched from them."""

SAMPLING_DESIGNS = (
    "simpleRandom",
    "systematicRandom",
    "clusteredRandom",
    "experimental",
    "targeted",
    "opportunistic",
)
CAPTURE_METHODS = ("activityDetection", "timeLapse")
ROLES = ("contact", "principalInvestigator", "rightsHolder", "publisher", "contributor")

_VERSION = re.compile(r"camtrap-dp/v?(\d[^/]*)/")
_NAME = re.compile(r"^[-a-z0-9._/]+$")


@dataclass(frozen=True)
class Identity:
    """Whose package it is: what its descriptor says under "tumen", completed by what the caller said."""

    party: str
    country: str | None
    time_zone: str | None


def read_descriptor(source: Source) -> Descriptor:
    """Return the descriptor; raise `FormatError` where it is not a JSON object with resources."""
    needed = Text("{descriptor} to be a JSON object that lists resources", descriptor=source.descriptor)
    cure = "Export the package again, or mend the file."
    try:
        descriptor = json.loads(source.read(source.descriptor).decode("utf-8-sig"))
    except UnreadableError as error:
        raise FormatError(needed, Text("that it cannot be read: {error}", error=error), cure) from error
    except UnicodeDecodeError as error:
        raise FormatError(needed, "bytes that are not UTF-8 text", cure) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(needed, Text("broken JSON ({error})", error=error), cure) from error
    if not isinstance(descriptor, dict) or not isinstance(descriptor.get("resources"), list):
        raise FormatError(needed, "JSON of another shape", cure)
    return descriptor


def version_of(descriptor: Mapping[str, Any]) -> str | None:
    """Return the Camtrap DP version a descriptor declares, or None.

    >>> version_of({"profile": "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.1/camtrap-dp-profile.json"})
    '1.0.1'
    """
    match = _VERSION.search(str(descriptor.get("profile", "")))
    return match.group(1) if match else None


def identify(
    descriptor: Mapping[str, Any], given: Mapping[str, str | None], fallback: str
) -> tuple[Identity, pl.DataFrame]:
    """Return whose package it is, completed by what was `given` of party, country and timeZone.

    What the package says wins; a contradiction is a finding. A party with a slash, which parts party from individual in
    joint names, and an unknown time zone cannot be used: they are findings, and what was given stands for them. Without
    any party the package's name does, its slashes as hyphens, and a finding says so.
    """
    own = descriptor.get("tumen")
    found: list[pl.DataFrame] = []
    if not isinstance(own, dict):
        if own is not None:
            found.append(_invalid("tumen", own, "an object"))
        own = {}
    said = {field: own[field] for field in ("party", "country", "timeZone") if isinstance(own.get(field), str)}
    name = given.get("party") or str(descriptor.get("name") or fallback).replace("/", "-")
    if "/" in said.get("party", ""):
        found.append(finding("party-with-slash", value=said.pop("party"), used=name))
    elif not (said.get("party") or given.get("party")):
        found.append(finding("party-undeclared", value=name))
    if "timeZone" in said and not _is_zone(said["timeZone"]):
        found.append(_invalid("tumen.timeZone", said.pop("timeZone"), "an IANA time zone"))
    for field, value in given.items():
        if value is not None and said.get(field, value) != value:
            found.append(finding("identity-contradiction", value=said[field], field=field, given=value))
    zone = said.get("timeZone", given.get("timeZone"))
    return Identity(said.get("party") or name, said.get("country", given.get("country")), zone), gather(found)


def check_metadata(descriptor: Mapping[str, Any]) -> pl.DataFrame:
    """Return a finding for every property of the profile that is missing or not as required."""
    found = [finding("metadata-missing", value=field) for field in _missing(descriptor)]
    for field, check, needed in _RULES:
        found += [_invalid(field, value, needed) for value in _values(descriptor, field.split(".")) if not check(value)]
    return gather(found) if found else empty()


def _invalid(field: str, value: object, needed: str) -> pl.DataFrame:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return finding("metadata-invalid", value=shown, field=field, needed=needed)


_REQUIRED = (
    "profile",
    "created",
    "contributors",
    "project",
    "project.title",
    "project.samplingDesign",
    "project.captureMethod",
    "project.individualAnimals",
    "project.observationLevel",
    "spatial",
    "temporal",
    "temporal.start",
    "temporal.end",
    "taxonomic",
)


def _missing(descriptor: Mapping[str, Any]) -> Iterator[str]:
    for field in _REQUIRED:
        *path, last = field.split(".")
        for holder in _values(descriptor, path):
            if isinstance(holder, dict) and last not in holder:
                yield field


def _values(holder: object, path: list[str]) -> Iterator[object]:
    """Yield what stands at a path; a list on the way is walked through."""
    if not path:
        yield holder
    elif isinstance(holder, list):
        for item in holder:
            yield from _values(item, path)
    elif isinstance(holder, dict) and path[0] in holder:
        yield from _values(holder[path[0]], path[1:])


def _is_instant(value: object) -> bool:
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False


def _is_zone(value: str) -> bool:
    try:
        return known_zone(value) == value
    except MisuseError:
        return False


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value)


def _is_geojson(value: object) -> bool:
    return isinstance(value, dict) and "type" in value


def _words(words: tuple[str, ...]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in words


def _all_words(words: tuple[str, ...]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(item in words for item in value)


_RULES: tuple[tuple[str, Callable[[object], bool], str], ...] = (
    ("name", lambda value: bool(_NAME.match(str(value))), "lower-case letters, digits and - . _ /"),
    ("created", _is_instant, "a date and time with UTC offset, like 2023-02-06T11:23:03Z"),
    ("contributors", _is_list, "a list of at least one contributor"),
    ("contributors.role", _words(ROLES), f"one of {', '.join(ROLES)}"),
    ("project", lambda value: isinstance(value, dict), "an object"),
    ("project.samplingDesign", _words(SAMPLING_DESIGNS), f"one of {', '.join(SAMPLING_DESIGNS)}"),
    (
        "project.captureMethod",
        lambda value: _is_list(value) and _all_words(CAPTURE_METHODS)(value),
        f"a list of {', '.join(CAPTURE_METHODS)}",
    ),
    ("project.individualAnimals", lambda value: isinstance(value, bool), "true or false"),
    ("project.observationLevel", _all_words(("media", "event")), "a list of media, event"),
    ("spatial", _is_geojson, "GeoJSON"),
    ("temporal", lambda value: isinstance(value, dict), "an object with start and end"),
    ("temporal.start", _is_date, "a date like 2020-05-30"),
    ("temporal.end", _is_date, "a date like 2020-05-30"),
    ("taxonomic", lambda value: isinstance(value, list), "a list of taxa"),
    ("taxonomic.scientificName", lambda value: isinstance(value, str) and bool(value), "a name"),
)
