"""Convert a package from one format to another."""

from pathlib import Path

import polars as pl

from tumen.errors import MisuseError, OutputError, nearest
from tumen.files import camtrap_dp_write, geopackage
from tumen.tables import findings
from tumen.tables.checks import check
from tumen.tables.detections import detections
from tumen.tasks import clock
from tumen.tasks.packages import read_package
from tumen.tasks.study import PackageEntry

TARGETS = ("camtrap-dp", "gpkg")


def convert(entry: PackageEntry, out: Path, target: str, *, replace: bool = False) -> pl.DataFrame:
    """Read one package, write it, and return every finding about it and about what the target still lacks."""
    if target not in TARGETS:
        raise MisuseError("a format that can be written", f"'{target}'", nearest(target, TARGETS))
    package = read_package(entry)
    found = [check(package)]
    if target == "camtrap-dp":
        lacking = camtrap_dp_write.write(package, out, created=clock.now(), replace=replace)
        found.append(findings.of_package(lacking, package.party, package.name))
        return findings.gather(found)
    if out.exists() and not replace:
        raise OutputError("a new file", f"{out}", "Name another, or allow replacing it with --replace.")
    geopackage.write(out, {"deployments": package.table("deployments"), "detections": detections(package)})
    return findings.gather(found)
