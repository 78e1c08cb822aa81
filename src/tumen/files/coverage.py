"""Complete a package's metadata from its data: whose it is, where, when, which taxa.

Nothing that is there is changed, and nothing is invented: what the data do not show (a title, a sampling design) stays
missing.
"""

import re
from datetime import UTC, datetime
from typing import Any

import polars as pl

from tumen.tables.package import Package
from tumen.tables.protocol import VERSION
from tumen.tables.schema import OFFSET

OWN = "tumen"
"""Property of a descriptor that says whose package it is."""


def complete(package: Package, created: datetime | None) -> dict[str, Any]:
    """Return the package's descriptor with what the standard requires added where the data show it.

    >>> from tumen.tables.package import assemble
    >>> text = pl.DataFrame({"deploymentID": ["d1"], "latitude": ["43.1"], "longitude": ["131.2"],
    ...     "deploymentStart": ["2014-01-01T00:00:00Z"], "deploymentEnd": ["2014-02-01T00:00:00Z"]})
    >>> package = assemble("North 2014", {"deployments": text}, party="north-reserve", country="RU", format="")
    >>> descriptor = complete(package, None)
    >>> descriptor["name"], descriptor["temporal"], descriptor["contributors"]
    ('north-2014', {'start': '2014-01-01', 'end': '2014-02-01'}, [{'title': 'north-reserve', 'role': 'rightsHolder'}])
    """
    descriptor = dict(package.descriptor)
    descriptor.setdefault("name", _slug(package.name))
    descriptor[OWN] = _identity(package)
    if created is not None:
        descriptor.setdefault("created", created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    if "party" in descriptor[OWN]:
        descriptor.setdefault("contributors", [{"title": package.party, "role": "rightsHolder"}])
    if isinstance(descriptor.get("project", {}), dict) and "observations" in package.tables:
        descriptor["project"] = _project(package, descriptor.get("project", {}))
    shown = {"spatial": _spatial(package), "temporal": _temporal(package), "taxonomic": _taxonomic(package)}
    for key, value in shown.items():
        if value is not None:
            descriptor.setdefault(key, value)
    return descriptor


def _slug(name: str) -> str:
    """Return a name as the Data Package standard wants it: lower case, no spaces."""
    return re.sub(r"[^a-z0-9._/-]+", "-", name.lower()).strip("-") or "package"


def _identity(package: Package) -> dict[str, Any]:
    """Return what the package says of itself, completed; a party that was only assumed is not written down."""
    said = package.descriptor.get(OWN)
    own: dict[str, Any] = dict(said) if isinstance(said, dict) else {}
    known = {"party": package.party, "country": package.country, "timeZone": package.time_zone}
    if not package.findings.filter(pl.col("code") == "party-undeclared").is_empty():
        del known["party"]
    return {**{key: value for key, value in known.items() if value is not None}, **own, "protocol": VERSION}


def _project(package: Package, project: dict[str, Any]) -> dict[str, Any]:
    observations = package.tables["observations"]
    shown: dict[str, Any] = {"individualAnimals": observations["individualID"].drop_nulls().len() > 0}
    levels = observations["observationLevel"].drop_nulls().unique().sort().to_list()
    if levels:
        shown["observationLevel"] = levels
    if "media" in package.tables:
        methods = package.tables["media"]["captureMethod"].drop_nulls().unique().sort().to_list()
        if methods:
            shown["captureMethod"] = methods
    return {**shown, **project}


def _points(package: Package) -> pl.DataFrame:
    """Return the longitude and latitude of every deployment and position."""
    tables = [package.tables[name] for name in ("deployments", "positions") if name in package.tables]
    return pl.concat(
        [pl.DataFrame(schema={"longitude": pl.Float64, "latitude": pl.Float64})]
        + [table.select("longitude", "latitude") for table in tables]
    ).drop_nulls()


def _spatial(package: Package) -> dict[str, Any] | None:
    """Return the rectangle that holds every point, as GeoJSON; a range over the date line is not recognised."""
    points = _points(package)
    if points.is_empty():
        return None
    west, south, east, north = points.select(
        pl.min("longitude").alias("w"),
        pl.min("latitude").alias("s"),
        pl.max("longitude").alias("e"),
        pl.max("latitude").alias("n"),
    ).row(0)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _temporal(package: Package) -> dict[str, str] | None:
    """Return the first and the last day, by the clock that was recorded."""
    columns = {"deployments": ("deploymentStart", "deploymentEnd"), "positions": ("timestamp", "timestamp")}
    days = [
        package.tables[name].select(_day(first).alias("start"), _day(last).alias("end"))
        for name, (first, last) in columns.items()
        if name in package.tables
    ]
    if not days:
        return None
    start, end = pl.concat(days).select(pl.min("start"), pl.max("end")).row(0)
    return None if start is None or end is None else {"start": start.isoformat(), "end": end.isoformat()}


def _day(column: str) -> pl.Expr:
    return (pl.col(column) + pl.duration(minutes=pl.col(column + OFFSET).fill_null(0))).dt.date()


def _taxonomic(package: Package) -> list[dict[str, str]] | None:
    names = [
        package.tables[name]["scientificName"]
        for name in ("observations", "individuals", "positions")
        if name in package.tables
    ]
    if not names:
        return None
    return [{"scientificName": name} for name in pl.concat(names).drop_nulls().unique().sort()]
