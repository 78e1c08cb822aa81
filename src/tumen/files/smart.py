"""Read patrols exported from SMART (Spatial Monitoring and Reporting Tool) as searches: the effort, and nothing else.

A patrol has legs, a leg has days: each day of a leg is one search. From XML (`Patrols > Export`) everything is known:
when the day began and ended, how far the track goes, how many people went. From a CSV of a query only what its columns
say. Tracks are measured, not copied, and neither are the names of people or what they found: a note counts them.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import NotRequired, TypedDict, Unpack

import polars as pl

from tumen.errors import FormatError, MisuseError, Text
from tumen.files.archive import Folder, Source, UnreadableError, Zip
from tumen.files.columns import in_order
from tumen.files.markup import read_xml
from tumen.files.smart_methods import check_methods
from tumen.files.smart_table import read_table
from tumen.files.smart_xml import is_patrol, read_patrols
from tumen.measure.instants import known_zone
from tumen.tables.effort import SEARCHES
from tumen.tables.findings import finding, gather
from tumen.tables.package import Package, assemble


class Declared(TypedDict):
    """What SMART's exports do not say of themselves.

    `time_zone` is the IANA name of the zone of all dates and times. `methods` gives the protocol's method for a word of
    the conservation area's own list of transports (`{"Elephant": "other"}`). For a CSV: `crs` is the system its X and Y
    were exported in, `date_format` the `strptime` format of its dates where they leave a doubt, `columns` what its
    headers are called where they are not English (`{"Patrol ID": "Код патруля"}`). `keep` carries the exported files
    on as they are, with their tracks and names.
    """

    time_zone: str
    methods: NotRequired[Mapping[str, str]]
    crs: NotRequired[str | None]
    date_format: NotRequired[str | None]
    columns: NotRequired[Mapping[str, str]]
    keep: NotRequired[bool]


def read(path: Path | str, *, party: str, country: str | None = None, **declared: Unpack[Declared]) -> Package:
    """Return the package of one party with the table `searches`; see `Declared` for what must be said.

    `path` is a patrol's XML, a folder or a zip of them, or the CSV of a query. Raises `MisuseError` where the time zone
    is not given or something is declared that does not exist, `FormatError` where nothing can be read, `PlaceError`
    where the coordinates of a CSV cannot be brought to WGS84.
    """
    path = Path(path)
    if not declared.get("time_zone"):
        cure = 'Say it, for example time_zone="Asia/Vladivostok"; it cannot be guessed.'
        raise MisuseError("time_zone for patrols from SMART", "none", cure)
    zone = known_zone(declared["time_zone"])
    methods = check_methods(declared.get("methods") or {})
    files, digests, found = _files(path)
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        said = (declared.get("crs"), declared.get("date_format"), declared.get("columns") or {}, country)
        searches, more = read_table(next(iter(files.values())), zone, methods, said)
    else:
        searches, more = _read_xml(files, zone, methods)
    searches, repeated = _distinct(searches)
    return assemble(
        path.stem,
        {"searches": in_order(SEARCHES, searches)},
        party=party,
        country=country,
        format="smart",
        findings=gather([*found, *more, repeated]),
        time_zone=zone,
        kept=files if declared.get("keep") else {},
        digests=digests,
    )


def _files(path: Path) -> tuple[dict[str, bytes], dict[str, str], list[pl.DataFrame]]:
    """Return the exported files by name, their digests, and what is wrong with their container."""
    if path.is_dir() or path.suffix.lower() == ".zip":
        with Folder(path, "") if path.is_dir() else Zip(path) as source:
            return _from(source)
    try:
        data = path.read_bytes()
    except OSError as error:
        needed = Text("patrols exported from SMART at {path}", path=str(path))
        raise FormatError(needed, error.strerror or "no such file", "Check the path.") from error
    return {path.name: data}, {path.name: hashlib.sha256(data).hexdigest()}, []


def _from(source: Source) -> tuple[dict[str, bytes], dict[str, str], list[pl.DataFrame]]:
    files: dict[str, bytes] = {}
    found = [source.findings]
    for name in source.names():
        if PurePosixPath(name).suffix.lower() == ".xml":
            try:
                files[name] = source.read(name)
            except UnreadableError as error:
                found.append(finding("resource-unreadable", value=name, resource="patrol", reason=str(error)))
    if not files:
        needed = Text("patrols as XML in {path}", path=source.path.name)
        raise FormatError(needed, "none", "Export patrols from SMART (Patrols > Export), or name the CSV of a query.")
    return files, dict(source.digests), found


def _read_xml(
    files: Mapping[str, bytes], zone: str, methods: Mapping[str, str]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Read every file that is a patrol; a file that is none, or is broken, is a finding where there are others."""
    patrols, found = [], []
    for name, data in files.items():
        try:
            root = read_xml(data, name)
        except FormatError as error:
            if len(files) == 1:
                raise
            found.append(finding("resource-unreadable", value=name, resource="patrol", reason=error.found))
            continue
        if is_patrol(root):
            patrols.append(root)
        elif len(files) > 1:
            reason = f"it is no patrol of SMART but {root.name}"
            found.append(finding("resource-unreadable", value=name, resource="patrol", reason=reason))
    if not patrols:
        raise FormatError(
            "a patrol exported from SMART as XML",
            Text("none in {files}", files=", ".join(list(files)[:5])),
            "Export patrols from SMART (Patrols > Export).",
        )
    searches, more = read_patrols(patrols, zone, methods)
    return searches, [*found, *more]


def _distinct(searches: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the searches with a number added where several bear one identifier, and report those."""
    counted = searches.with_columns(
        pl.len().over("searchID").alias("\x00times"),
        pl.int_range(1, pl.len() + 1).over("searchID").alias("\x00nth"),
    )
    repeated = counted.filter((pl.col("\x00times") > 1) & (pl.col("\x00nth") == 1))
    found = [
        finding("patrol-legs-repeated", table="searches", column="searchID", value=name, count=times)
        for name, times in repeated.select("searchID", "\x00times").rows()
    ]
    numbered = pl.concat_str("searchID", pl.lit("#"), pl.col("\x00nth").cast(pl.String))
    named = counted.with_columns(pl.when(pl.col("\x00nth") > 1).then(numbered).otherwise("searchID").alias("searchID"))
    return named.drop("\x00times", "\x00nth"), gather(found)
