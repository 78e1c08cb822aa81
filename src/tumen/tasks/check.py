"""Check packages: everything that is wrong in them, with row, value and cure."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from tumen import engine
from tumen.files.spreadsheet_write import harmless
from tumen.files.text_table import write_csv
from tumen.measure.pace import steps
from tumen.report.findings_lines import findings_plain
from tumen.report.quality import finding_texts
from tumen.report.words import Words
from tumen.sharing.levels import LEVELS
from tumen.tables import checks_place, findings
from tumen.tables.checks import CHECKS
from tumen.tables.detections import detections
from tumen.tables.examine import Checks, examine
from tumen.tables.package import Package
from tumen.tasks import clock
from tumen.tasks.check_clocks import clock_checks
from tumen.tasks.check_places import place_findings
from tumen.tasks.entries import PackageEntry
from tumen.tasks.packages import package_in_parts

if TYPE_CHECKING:
    from tumen.tasks.area import Area


def check_packages(
    entries: Sequence[PackageEntry],
    area: "Area | None" = None,
    *,
    quick: bool = False,
    workers: int = 1,
    cluster: str | None = None,
    progress: engine.Progress = engine.silent,
) -> pl.DataFrame:
    """Return every finding of every package, in a fixed order whatever the number of workers.

    `quick` asks only what the schema of a table can say: cells, keys and references.
    """
    work = partial(_check_entry, area=area, quick=quick)
    return findings.gather(engine.run(work, entries, workers=workers, cluster=cluster, progress=progress))


def _check_entry(entry: PackageEntry, area: "Area | None", *, quick: bool) -> pl.DataFrame:
    with package_in_parts(entry) as (package, parts):
        if quick:
            return examine(package, Checks(), parts)
        checks = every_check(area, time_zone=entry.time_zone)
        return examine(package, replace(checks, as_a_whole=(*checks.as_a_whole, partial(_apart, area=area))), parts)


def check(
    package: Package, area: "Area | None", *, time_zone: str | None = None, now: datetime | None = None
) -> pl.DataFrame:
    """Return the findings of one package: its tables, its clocks and, where an area is given, its places.

    `now` is the instant beyond which everything lies in the future; without it, this one.
    """
    return examine(package, every_check(area, time_zone=time_zone, now=now))


def every_check(area: "Area | None", *, time_zone: str | None = None, now: datetime | None = None) -> Checks:
    """Return all checks of a package: of its tables, its clocks and, where an area is given, its places."""
    places = Checks(as_a_whole=(partial(place_findings, area=area),))
    return CHECKS + clock_checks(time_zone, clock.now() if now is None else now) + places


def _apart(package: Package, area: "Area | None") -> list[pl.DataFrame]:
    """Return what a package is told by itself; with others, animals are held together and places have a map."""
    # Centres of cells and first days of months are no positions between which an animal walked.
    found = [] if coarsened(package) else [pace_findings(package)]
    placed = [
        name for name in ("deployments", "searches", "samples", "health_events", "sites") if name in package.tables
    ]
    if area is None:
        for name in (name for name in placed if package.table(name).height):
            found.append(findings.finding("places-unchecked", table=name, column="latitude"))
    return found


def coarsened(package: Package) -> bool:
    """Say whether a package tells places or times more coarsely than they were recorded: a view below `full`."""
    own = package.descriptor.get("tumen")
    terms = own.get("disclosure") if isinstance(own, dict) else None
    return isinstance(terms, dict) and terms.get("level") in LEVELS and terms["level"] != "full"


def pace_findings(package: Package) -> pl.DataFrame:
    """Return the findings on animals that were in two places too far apart in too short a time."""
    return checks_place.pace_findings(steps(track(detections(package))))


def track(seen: pl.DataFrame) -> pl.DataFrame:
    """Return where each animal was when, as far as its name and its place are known: the input of `steps`."""
    return seen.filter(
        pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null(),
        pl.col("certainty").ne_missing("possible"),
    ).rename({"eventStart": "start", "eventEnd": "end"})


def check_paths(
    entries: Sequence[PackageEntry],
    countries: Path | None = None,
    *,
    quick: bool = False,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
) -> pl.DataFrame:
    """Check packages against the given countries; without any, places are held against no map."""
    area = None
    if countries is not None:
        # Borders bring geometry with them, which takes longer to load than most packages to check.
        from tumen.tasks.area import area_of

        area = area_of(countries)
    return check_packages(entries, area, quick=quick, workers=workers, progress=progress)


SHOWN = 10
"""Rows of one kind of finding that a person is shown in text before the rest is only counted."""


def findings_as(found: pl.DataFrame, format: str, language: str, *, every: bool = False) -> str:
    """Return findings as text, json, csv or html in one language."""
    words = Words(language)
    if format == "html":
        # The page brings fonts and figures with it, which take longer to load than most packages to check.
        from tumen.report.findings_page import findings_html

        return findings_html(found, words)
    if format == "json":
        parts = (finding_texts(part, words).to_dicts() for part in found.iter_slices(SLICE))
        rows = ",\n".join(json.dumps(part, ensure_ascii=False, indent=1)[2:-2] for part in parts)
        return f"[\n{rows}\n]\n" if rows else "[]\n"
    if format == "csv":
        # A list for people, who open it in a spreadsheet program: what a cell says must not act there.
        return write_csv(harmless(finding_texts(found, words).select(pl.all().cast(pl.String)))).decode("utf-8")
    return findings_plain(found, words, shown=None if every else SHOWN)


SLICE = 10_000
"""Findings that are turned into JSON at once: as objects they take many times the room they have in a table."""
