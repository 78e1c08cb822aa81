"""Check packages: everything that is wrong in them, with row, value and cure."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from tumen import engine
from tumen.files.text_table import write_csv
from tumen.measure.geodesy import distances
from tumen.measure.instants import doubtful_offsets, format_offset
from tumen.measure.pace import steps
from tumen.report.findings_page import findings_html, findings_plain
from tumen.report.quality import finding_texts
from tumen.report.words import Words
from tumen.tables import checks, checks_place, findings
from tumen.tables.detections import declared_country, detections
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.rows import ROW, numbered
from tumen.tasks.area import Area, area_of
from tumen.tasks.packages import read_package
from tumen.tasks.study import PackageEntry

CLOCKED = (
    ("deployments", "deploymentStart"),
    ("deployments", "deploymentEnd"),
    ("observations", "eventStart"),
    ("media", "timestamp"),
)
"""Instants whose recorded offset is held against the clocks of their place."""


def check_packages(
    entries: Sequence[PackageEntry],
    area: Area | None = None,
    *,
    workers: int = 1,
    cluster: str | None = None,
    progress: engine.Progress = engine.silent,
) -> pl.DataFrame:
    """Return every finding of every package, in a fixed order whatever the number of workers."""
    work = partial(_check_entry, area=area)
    return findings.gather(engine.run(work, entries, workers=workers, cluster=cluster, progress=progress))


def _check_entry(entry: PackageEntry, area: Area | None) -> pl.DataFrame:
    package = read_package(entry)
    extra = [pace_findings(package)]
    if area is None and package.table("deployments").height:
        extra.append(findings.finding("places-unchecked", table="deployments", column="latitude"))
    own = (findings.of_package(part, package.party, package.name) for part in extra)
    return findings.gather([check(package, area, time_zone=entry.time_zone), *own])


def check(package: Package, area: Area | None, *, time_zone: str | None = None) -> pl.DataFrame:
    """Return the findings of one package: its tables, its clocks and, where an area is given, its places."""
    found = [checks.check(package), *_offsets(package, package.time_zone or time_zone), _moved(package)]
    if area is not None and package.table("deployments").height:
        found += _countries(package, area)
    return findings.gather(findings.of_package(part, package.party, package.name) for part in found)


def pace_findings(package: Package) -> pl.DataFrame:
    """Return the findings on animals that were in two places too far apart in too short a time."""
    return checks_place.pace_findings(steps(track(detections(package))))


def track(seen: pl.DataFrame) -> pl.DataFrame:
    """Return where each animal was when, as far as its name and its place are known: the input of `steps`."""
    return seen.filter(
        pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null(),
        pl.col("certainty").ne_missing("possible"),
    ).rename({"eventStart": "start", "eventEnd": "end"})


SAME_PLACE = 200.0
"""Metres, besides what their uncertainties allow, that the coordinates of one place may differ by."""


def _moved(package: Package) -> pl.DataFrame:
    """Find places whose deployments stand at coordinates too far apart to be one place."""
    points = (
        package.table("deployments")
        .select("locationID", "longitude", "latitude", pl.col("coordinateUncertainty").fill_null(0))
        .drop_nulls()
        .unique()
    )
    pairs = points.join(points, on="locationID", suffix="_other")
    ends = ("longitude", "latitude", "longitude_other", "latitude_other")
    metres = distances(*(pairs[name].to_numpy() for name in ends))
    allowed = SAME_PLACE + pl.col("coordinateUncertainty") + pl.col("coordinateUncertainty_other")
    apart = pairs.with_columns(metresApart=pl.Series(metres, dtype=pl.Float64)).filter(pl.col("metresApart") > allowed)
    return checks_place.moved_findings(apart.group_by("locationID").agg(pl.col("metresApart").max()).sort("locationID"))


def _countries(package: Package, area: Area) -> list[pl.DataFrame]:
    """Hold every deployment against the country declared for it."""
    located = area.locate(
        package.table("deployments").with_columns(
            ROW,
            declared_country(package).alias("declaredCountry"),
            coordinateUncertainty=pl.col("coordinateUncertainty").cast(pl.Float64),
        )
    )
    lon, lat = located["longitude"].to_numpy(), located["latitude"].to_numpy()
    metres, swapped = np.full(located.height, np.nan), np.zeros(located.height, dtype=np.bool_)
    conflict = located["sideBasis"] == "conflict"
    for code in area.countries.codes:
        here = (conflict & (located["declaredCountry"] == code).fill_null(False)).to_numpy()
        if here.any():
            metres[here] = area.countries.distances(code, lon[here], lat[here])
            swapped[here] = area.countries.contains(code, lat[here], lon[here])
    return checks_place.country_findings(
        located.with_columns(pl.Series("metresOutside", metres).fill_nan(None), pl.Series("swappedInside", swapped))
    )


def _offsets(package: Package, time_zone: str | None) -> list[pl.DataFrame]:
    """Hold recorded offsets against the clocks of the place: the declared zone, else the country, else the sun."""
    deployments = package.table("deployments").unique("deploymentID", keep="first")
    places = deployments.select("deploymentID", "longitude", declared_country(package).alias("declaredCountry"))
    found = []
    for table, column in CLOCKED:
        if table not in package.tables:
            continue
        rows = numbered(package, TABLES[table]).filter(pl.col(column).is_not_null())
        rows = rows.drop("longitude", strict=False).join(places, on="deploymentID", how="left", maintain_order="left")
        for (country,), part in rows.group_by("declaredCountry", maintain_order=True):
            frame = part.select(instant=column, offset=column + "_offset", longitude="longitude")
            judged = doubtful_offsets(frame, country if isinstance(country, str) else None, time_zone)
            shown = part.select("row", value="text_" + column, offset=pl.col(column + "_offset")).with_columns(
                judged["doubtful"], judged["expected"]
            )
            doubtful = shown.filter("doubtful").with_columns(
                pl.col("offset").map_elements(format_offset, return_dtype=pl.String)
            )
            found.append(checks_place.offset_findings(doubtful, table=table, column=column))
    return found


def check_paths(
    entries: Sequence[PackageEntry],
    countries: Path | None = None,
    *,
    workers: int = 1,
    cluster: str | None = None,
    progress: engine.Progress = engine.silent,
) -> pl.DataFrame:
    """Check packages against the given countries; without any, places are held against no map."""
    area = None if countries is None else area_of(countries)
    return check_packages(entries, area, workers=workers, cluster=cluster, progress=progress)


SHOWN = 10
"""Rows of one kind of finding that a person is shown in text before the rest is only counted."""


def findings_as(found: pl.DataFrame, format: str, language: str, *, every: bool = False) -> str:
    """Return findings as text, json, csv or html in one language."""
    words = Words(language)
    if format == "html":
        return findings_html(found, words)
    told = finding_texts(found, words)
    if format == "json":
        return json.dumps(told.to_dicts(), ensure_ascii=False, indent=1) + "\n"
    if format == "csv":
        return write_csv(told.select(pl.all().cast(pl.String))).decode("utf-8")
    return findings_plain(found, words, shown=None if every else SHOWN)
