"""Convert a package from one format to another."""

from pathlib import Path

import polars as pl

from tumen import engine
from tumen.errors import MisuseError, nearest
from tumen.files import camtrap_dp_write, geopackage
from tumen.files.archive import is_safe
from tumen.tables import findings
from tumen.tables.checks import check
from tumen.tables.detections import detections
from tumen.tables.package import Package
from tumen.tasks import clock
from tumen.tasks.entries import PackageEntry
from tumen.tasks.packages import read_package

TARGETS = ("camtrap-dp", "gpkg")


def convert(
    entry: PackageEntry,
    out: Path,
    target: str,
    *,
    replace: bool = False,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
) -> pl.DataFrame:
    """Read one package, write it, and return every finding about it and about what the target still lacks.

    Media files are not copied; a finding counts those that only the paths now tell of. What was read is never written
    over: `OutputError`.
    """
    if target not in TARGETS:
        raise MisuseError("a format that can be written", f"'{target}'", nearest(target, TARGETS))
    package = read_package(entry, workers=workers, progress=progress)
    found = [check(package)]
    # A descriptor stands for the folder it lies in.
    source = entry.path.parent if entry.path.suffix.lower() == ".json" else entry.path
    inputs = [path for path in (source, entry.records, entry.deployments) if path is not None]
    if target == "camtrap-dp":
        lacking = camtrap_dp_write.write(package, out, created=clock.now(), replace=replace, inputs=inputs)
        found += [findings.of_package(part, package.party, package.name) for part in (lacking, _left_behind(package))]
        return findings.gather(found)
    layers = {"deployments": package.table("deployments"), "detections": detections(package)}
    geopackage.write(out, layers, replace=replace, inputs=inputs)
    return findings.gather(found)


def _left_behind(package: Package) -> pl.DataFrame:
    """Note how many media files the written package names without holding them."""
    paths = package.table("media")["filePath"].drop_nulls().unique()
    count = sum(map(is_safe, paths))
    if not count:
        return findings.empty()
    return findings.finding("media-left-behind", table="media", column="filePath", count=count)
