"""Write a package as Camtrap DP 1.0.2: a folder or a zip.

Cells are written as they were received; tables without received text are written from their values. Our own tables ride
along with a Table Schema made from their declaration. Metadata the standard requires are completed from the data where
that is possible (place, time, taxa, level of observation); a title or a sampling design is never invented, and what is
still missing comes back as findings. Equal packages give equal bytes.
"""

import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from tumen.errors import OutputError, Text
from tumen.files.archive import DESCRIPTOR, is_safe
from tumen.files.atomic import MARKER, writing_file, writing_folder
from tumen.files.coverage import complete
from tumen.files.descriptor import CURRENT, STANDARD_URL, check_metadata
from tumen.files.table_schema import table_schema
from tumen.files.text_table import write_csv
from tumen.tables.cast import to_text
from tumen.tables.findings import finding, gather, of_package
from tumen.tables.package import Package
from tumen.tables.protocol import STANDARD, TABLES
from tumen.tables.schema import Table

_STALE = ("data", "dialect", "compression", "bytes", "hash")
"""Properties of a received resource that say nothing true of the file that is written for it."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can state; a constant, so that equal packages are equal files."""


def write(
    package: Package,
    path: Path | str,
    *,
    created: datetime | None = None,
    media: Path | None = None,
    replace: bool = False,
    inputs: Sequence[Path] = (),
) -> pl.DataFrame:
    """Write `package` to `path`, a zip if its name ends in `.zip`, else a folder; return what the standard still lacks.

    `created` is used where the package does not say when it was made. `media` is the folder from which the media files
    named by relative paths are copied; without it they stay where they are. An existing zip, or a folder in which a
    package was written before, is replaced only when `replace` is true; `inputs` are what the package was read from.
    Raises `OutputError` when `path` cannot be written; then nothing is left half done.
    """
    path = Path(path)
    texts = _texts(package)
    files, entries = _files(package, texts)
    descriptor = complete(package, created)
    descriptor["resources"] = entries
    found = _copied(package, media) if media else {}
    findings = [finding("media-missing", value=name) for name, file in found.items() if file is None]
    if any(table.name in texts for table in STANDARD):
        descriptor["profile"] = f"{STANDARD_URL}/{CURRENT}/camtrap-dp-profile.json"
        findings.append(check_metadata(descriptor))
    files = {DESCRIPTOR: json.dumps(descriptor, ensure_ascii=False, indent=2).encode() + b"\n", **files}
    copies = {name: file for name, file in found.items() if file is not None and name not in files}
    if path.suffix.lower() == ".zip":
        with writing_file(path, replace=replace, inputs=inputs) as part:
            _write_zip(part, files, copies)
    else:
        with writing_folder(path, made="package", replace=replace, inputs=inputs) as part:
            _write_folder(part, files, copies)
    return of_package(gather(findings), package.party, package.name)


def _texts(package: Package) -> dict[str, pl.DataFrame]:
    """Return every table as text: as received, else from its values."""
    texts = {name: text for name, text in package.received.items() if name in TABLES}
    for name, values in package.tables.items():
        texts.setdefault(name, to_text(TABLES[name], values))
    return {name: texts[name] for name in TABLES if name in texts}


def _files(package: Package, texts: Mapping[str, pl.DataFrame]) -> tuple[dict[str, bytes], list[Any]]:
    """Return the files to write and the resources that declare them, received ones in their place."""
    files = dict(sorted(package.kept.items()))
    for kept in files:
        if not is_safe(kept) or kept in (DESCRIPTOR, MARKER):
            raise OutputError(
                "resources inside the package", Text("a resource at {kept}", kept=kept), "Rename that resource."
            )
    _refuse_double_names(package, texts)
    entries: list[Any] = []
    written: set[str] = set()
    received = package.descriptor.get("resources", [])
    declared: list[Any] = [*received, *({"name": name} for name in texts)]
    for number, entry in enumerate(declared):
        name = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(name, str) and name in texts and name not in written:
            written.add(name)
            entry = _entry(TABLES[name], entry, texts, files)
            files[entry["path"]] = write_csv(texts[name])
            entries.append(entry)
        elif number < len(received):
            entries.append(_brought_up(entry))
    return files, entries


def _refuse_double_names(package: Package, texts: Mapping[str, pl.DataFrame]) -> None:
    foreign = package.findings.filter(pl.col("code") == "table-foreign")["table"]
    for name in foreign:
        if name in texts:
            needed, found = f"the name {name} for the protocol's table", "a resource of others of that name"
            raise OutputError(needed, found, "Rename the other resource in datapackage.json.")


def _brought_up(entry: Any) -> Any:
    """Return a received declaration unchanged, except that a standard table we do not hold follows the new version."""
    if isinstance(entry, dict) and entry.get("name") in {table.name for table in STANDARD}:
        return {**entry, "schema": _standard_schema(entry["name"])}
    return entry


def _standard_schema(name: str) -> str:
    return f"{STANDARD_URL}/{CURRENT}/{name}-table-schema.json"


def _entry(
    table: Table, received: Mapping[str, Any], texts: Mapping[str, pl.DataFrame], taken: Mapping[str, bytes]
) -> dict[str, Any]:
    """Return the declaration of one of our tables, with what the received one said of title, licence and the like."""
    stated = received.get("path")
    usable = isinstance(stated, str) and is_safe(stated) and stated.lower().endswith(".csv") and stated not in taken
    path = str(stated) if usable else f"{table.name}.csv"
    if path in taken:
        raise OutputError(
            Text("the file name {path} for a table", path=path), "a resource of others of that name", "Rename that one."
        )
    schema: Any = _standard_schema(table.name)
    if table not in STANDARD:
        schema = table_schema(table, texts[table.name].columns, texts.keys())
    return {
        "name": table.name,
        **{key: value for key, value in received.items() if key not in _STALE},
        "path": path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _copied(package: Package, folder: Path) -> dict[str, Path | None]:
    """Return where each media file named by a relative path lies; None where it is not there."""
    paths = package.table("media")["filePath"].drop_nulls().unique(maintain_order=True)
    inside = folder.resolve()
    found: dict[str, Path | None] = {}
    for name in paths:
        if is_safe(name):
            file = (folder / name).resolve()
            found[name] = file if file.is_file() and file.is_relative_to(inside) else None
    return found


def _write_folder(folder: Path, files: Mapping[str, bytes], copies: Mapping[str, Path]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    for name, file in copies.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / name)


def _write_zip(path: Path, files: Mapping[str, bytes], copies: Mapping[str, Path]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(_member(name), data, zipfile.ZIP_DEFLATED)
        for name, file in copies.items():
            # Pictures do not get smaller.
            archive.writestr(_member(name), file.read_bytes(), zipfile.ZIP_STORED)


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info
