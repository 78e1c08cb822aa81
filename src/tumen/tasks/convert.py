"""Convert a package from one format to another."""

from pathlib import Path

import polars as pl

from tumen import engine
from tumen.errors import MisuseError, Text, nearest
from tumen.files import camtrap_dp_write, darwin_core_write, genotype_write, geopackage
from tumen.files.archive import is_safe
from tumen.individuals.genotype_consensus import DEFAULT, consensus
from tumen.tables import findings
from tumen.tables.checks import check
from tumen.tables.detections import detections
from tumen.tables.package import Package
from tumen.tasks import clock
from tumen.tasks.entries import PackageEntry
from tumen.tasks.packages import read_package

TARGETS = ("camtrap-dp", "gpkg", "dwc-a", *genotype_write.FORMATS)


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
    if target == "dwc-a":
        left = darwin_core_write.write(package, out, replace=replace, inputs=inputs)
        return findings.gather([*found, findings.of_package(left, package.party, package.name)])
    if target in genotype_write.FORMATS:
        genotypes, joined = _genotypes(package, target)
        lost = genotype_write.write(genotypes, out, target, title=package.name, replace=replace, inputs=inputs)
        found.append(findings.of_package(findings.gather([joined, lost]), package.party, package.name))
        return findings.gather(found)
    layers = {"deployments": package.table("deployments"), "detections": detections(package)}
    geopackage.write(out, layers, replace=replace, inputs=inputs)
    return findings.gather(found)


def _genotypes(package: Package, target: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the genotypes to write: all readings where the format holds replicates, else their consensus.

    Raises `MisuseError` for a package without genotypes, or with those of several laboratories, whose sizes differ.
    """
    table = package.table("genotypes")
    laboratories = table["laboratory"].drop_nulls().unique().sort().to_list()
    if table.is_empty() or len(laboratories) > 1:
        raise MisuseError(
            Text("genotypes of one laboratory to write as {format}", format=target),
            ", ".join(laboratories) or "none",
            "Write those of each laboratory to a file of its own: sizes of two laboratories are not the same.",
        )
    received = package.received["genotypes"]
    if "population" in received.columns:
        table = table.with_columns(received["population"])
    if target == "genemapper" or not table.select(pl.struct("sampleID", "locus").is_duplicated().any()).item():
        return table, findings.empty()
    made = consensus(table.drop("population", strict=False), package.table("loci"))
    said = findings.finding(
        "consensus-written",
        table="genotypes",
        count=made.table.filter(pl.col("replicates") > 1).height,
        heterozygote=DEFAULT.heterozygote,
        homozygote=DEFAULT.homozygote,
    )
    chosen = made.table.select(*genotype_write.WRITTEN)
    if "population" in table.columns:
        of = table.select("sampleID", "population").drop_nulls().unique("sampleID", keep="first")
        chosen = chosen.join(of, on="sampleID", how="left", maintain_order="left")
    return chosen, findings.gather([said, made.findings])


def _left_behind(package: Package) -> pl.DataFrame:
    """Note how many media files the written package names without holding them."""
    paths = package.table("media")["filePath"].drop_nulls().unique()
    count = sum(map(is_safe, paths))
    if not count:
        return findings.empty()
    return findings.finding("media-left-behind", table="media", column="filePath", count=count)
