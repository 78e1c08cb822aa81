"""Read Camtrap DP: 1.0, 1.0.1, 1.0.2, and 0.1.6 brought to 1.0.2.

A package is a folder, a zip or a descriptor file. It is never refused for what is in it: a missing table, a metadata
property that is not there or a cell that cannot be read are findings. Resources and columns of others are carried
through unchanged; media files are not touched.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl

from tumen.files import camtrap_dp_016
from tumen.files.archive import Source, open_source
from tumen.files.camtrap_dp_parts import TableParts
from tumen.files.descriptor import (
    CURRENT,
    VERSIONS,
    Descriptor,
    check_metadata,
    identify,
    read_descriptor,
    version_of,
)
from tumen.files.local_time import read_local_times
from tumen.files.resources import Large, Resources, TextInParts, read_resources
from tumen.measure.instants import known_zone
from tumen.tables.findings import finding, gather
from tumen.tables.migrations import migrate
from tumen.tables.package import Package, assemble
from tumen.tables.protocol import STANDARD, TABLES, VERSION

LARGE = Large()
_UPGRADES = {"0.1.6": camtrap_dp_016.upgrade}


def read(
    path: Path | str, *, party: str | None = None, country: str | None = None, time_zone: str | None = None
) -> Package:
    """Return the package at `path`: a folder, a zip, or a descriptor (`*.json`) with its tables beside it.

    `party`, `country` (ISO 3166-1 alpha-2) and `time_zone` (IANA) fill in what the package does not say of itself;
    where it says otherwise, it wins and a finding tells of the contradiction. Times without UTC offset are read as
    local times of the time zone, and a finding says so; without a zone they are no instants. Raises `FormatError` only
    when there is no package: nothing there, a damaged zip, no descriptor or one that is not JSON; `MisuseError` for an
    unknown time zone.
    """
    with open_source(Path(path)) as source:
        return _package(source, Path(path), _given(party, country, time_zone))[0]


@contextmanager
def read_in_parts(
    path: Path | str,
    *,
    party: str | None = None,
    country: str | None = None,
    time_zone: str | None = None,
    large: Large = LARGE,
) -> Iterator[tuple[Package, Mapping[str, TableParts]]]:
    """Give the package at `path` without the rows of its largest tables, and these tables in parts.

    Takes and raises what `read` does. A package of an older version of the standard or of the protocol is held at once.
    The parts can be read as long as the context lasts.
    """
    with open_source(Path(path)) as source:
        package, parted = _package(source, Path(path), _given(party, country, time_zone), large)
        yield package, {name: TableParts(text, package) for name, text in parted.items()}


def _given(party: str | None, country: str | None, time_zone: str | None) -> dict[str, str | None]:
    return {"party": party, "country": country, "timeZone": time_zone and known_zone(time_zone)}


def _package(
    source: Source, path: Path, given: dict[str, str | None], large: Large | None = None
) -> tuple[Package, Mapping[str, TextInParts]]:
    descriptor = read_descriptor(source)
    current = _protocol(descriptor) == VERSION
    resources = read_resources(source, descriptor["resources"], large if current else None)
    version, found = _version(descriptor, resources)
    if version in _UPGRADES and resources.parted:
        return _package(source, path, given)
    identity, about_identity = identify(descriptor, given, path.stem)
    findings = [source.findings, *resources.findings, found, about_identity]
    texts = resources.texts
    if version in _UPGRADES:
        descriptor, texts, found = _UPGRADES[version](descriptor, texts)
        findings.append(found)
    texts, found = migrate(texts, _protocol(descriptor))
    findings.append(found)
    if identity.time_zone is not None:
        texts, found = read_local_times(texts, identity.time_zone)
        findings.append(found)
    if _is_camera_package(descriptor, resources):
        lacking = [table.name for table in STANDARD if table.name not in resources.declared]
        findings += [finding("table-not-declared", table=name) for name in lacking]
        findings.append(check_metadata(descriptor))
    package = assemble(
        str(descriptor.get("name") or path.stem),
        texts,
        party=identity.party,
        country=identity.country,
        format="camtrap-dp",
        findings=gather(findings),
        time_zone=identity.time_zone,
        descriptor=descriptor,
        kept=resources.kept,
        digests=source.digests,
    )
    if resources.parted:
        # The headers of these tables are judged with their parts, which may have more columns.
        judged = pl.col("code").is_in(["column-missing", "column-unknown"]) & pl.col("table").is_in(
            list(resources.parted)
        )
        package = replace(package, findings=package.findings.filter(~judged))
    return package, resources.parted


def _protocol(descriptor: Descriptor) -> str:
    """Return the version of the protocol a package says it follows; one that says nothing follows that of today."""
    own = descriptor.get("tumen")
    stated = own.get("protocol") if isinstance(own, dict) else None
    return stated if isinstance(stated, str) else VERSION


def _version(descriptor: Descriptor, resources: Resources) -> tuple[str, pl.DataFrame]:
    """Return the version to read a package as.

    An unknown version is read as the known one whose columns it has: `start` instead of `deploymentStart` and the
    like were given up with 1.0.
    """
    stated = version_of(descriptor)
    if stated in VERSIONS and stated is not None:
        return stated, gather([])
    old = any(
        new not in resources.texts[table].columns and before in resources.texts[table].columns
        for table, columns in camtrap_dp_016.RENAMED.items()
        if table in resources.texts
        for before, new in columns.items()
        if before not in ("comments", "tags")
    )
    version = "0.1.6" if old else CURRENT
    if not _is_camera_package(descriptor, resources):
        return version, gather([])
    return version, finding("version-unknown", value=stated or str(descriptor.get("profile", "")), version=version)


def _is_camera_package(descriptor: Descriptor, resources: Resources) -> bool:
    """Say whether the standard's requirements apply; a package of tracks or of links alone need not follow them."""
    declared = resources.declared & TABLES.keys()
    return version_of(descriptor) is not None or not declared or any(table.name in declared for table in STANDARD)
