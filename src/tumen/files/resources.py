"""Read the resources of a package: our tables as text, everything else as it is.

A resource is declared in `datapackage.json` by a name and either a path (or several, to be joined) or inline data.
Media files are no resources; they stay where they are.
"""

import codecs
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from tumen.errors import MisuseError
from tumen.files.archive import Source, UnreadableError, gunzip, is_safe
from tumen.files.text_parts import PART, TextPart, Wanted, text_parts
from tumen.files.text_table import Dialect, read_text_table
from tumen.tables.examine import PARTED
from tumen.tables.findings import finding, gather
from tumen.tables.protocol import EXTENSION, TABLES
from tumen.tables.schema import Table

MARK = "tumen"
"""Property of a resource's schema that says: this is the protocol's table."""

HEADER = 1 << 16
"""Bytes in which a header is looked for."""


@dataclass(frozen=True)
class Large:
    """From how many bytes on a table is read in parts, and how many bytes a part has."""

    above: int = 48 << 20
    part: int = PART


_UNDERSTOOD: Mapping[str, tuple[object, ...]] = {
    "delimiter": (),
    "quoteChar": (),
    "lineTerminator": (),
    "csvddfVersion": (),
    "doubleQuote": (True,),
    "header": (True,),
    "caseSensitiveHeader": (),
    "skipInitialSpace": (False,),
    "commentChar": (None, ""),
    "escapeChar": (None, ""),
    "nullSequence": (None, ""),
}
"""Settings of a CSV dialect, and for those we cannot follow the values that change nothing."""


@dataclass(frozen=True)
class TextInParts:
    """One of our tables that is too large to hold; each iteration reads it from its beginning.

    Raises `UnreadableError` where the file turns out to be damaged.
    """

    source: Source
    path: str
    name: str
    dialect: Dialect
    size: int = PART
    regular: set[int] = field(default_factory=set)

    def __iter__(self) -> Iterator[TextPart]:
        """Yield the parts in order; the last may have no rows."""
        with self.source.stream(self.path) as stream:
            for part in text_parts(stream, name=self.name, dialect=self.dialect, size=self.size):
                if part.regular:
                    self.regular.add(part.first_row)
                yield part

    def rows(self, numbers: pl.Series) -> Iterator[pl.DataFrame]:
        """Yield the rows of these numbers (sorted, the first row is 2), once all parts have been read."""
        wanted = Wanted(numbers, frozenset(self.regular))
        with self.source.stream(self.path) as stream:
            for part in text_parts(stream, name=self.name, dialect=self.dialect, size=self.size, wanted=wanted):
                yield part.frame


@dataclass
class Resources:
    """What the resources of one package held: our tables, other files, and what is wrong with either.

    A table in `parted` is in `texts` with its columns and without its rows.
    """

    texts: dict[str, pl.DataFrame] = field(default_factory=dict)
    parted: dict[str, TextInParts] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)
    findings: list[pl.DataFrame] = field(default_factory=list)
    declared: frozenset[str] = frozenset()


def read_resources(source: Source, declared: list[Any], large: Large | None = None) -> Resources:
    """Read every declared resource; what cannot be read is a finding, and the rest goes on.

    With `large`, tables of more bytes are not read but left to be read in parts, where that can be done.
    """
    result = Resources()
    names: set[str] = set()
    for number, resource in enumerate(declared, start=1):
        name = resource.get("name") if isinstance(resource, dict) else None
        if not isinstance(name, str) or not name:
            result.findings.append(_invalid(f"number {number}", "it has no name"))
        elif name in names:
            result.findings.append(_invalid(name, "another resource has the same name"))
        else:
            names.add(name)
            if large is None or not _left(source, resource, large, result):
                _read_resource(source, name, resource, result)
    result.declared = frozenset(names)
    return result


def _left(source: Source, resource: Mapping[str, Any], large: Large, result: Resources) -> bool:
    """Leave a table to be read in parts if it is large, ours, one file, and plain UTF-8."""
    name, path = str(resource["name"]), resource.get("path")
    if name not in PARTED or "data" in resource or resource.get("compression"):
        return False
    plain = str(resource.get("encoding") or "utf-8").lower() in ("utf-8", "utf8", "utf-8-sig")
    if not plain or not isinstance(path, str) or PurePosixPath(path).suffix.lower() not in ("", ".csv", ".tsv", ".txt"):
        return False
    if path not in source or source.size(path) <= large.above:
        return False
    try:
        text = TextInParts(source, path, name, _dialect(resource), large.part)
        with source.stream(path) as stream:
            marked = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        if marked:
            return False
        first = next(iter(replace(text, size=min(large.part, HEADER))))
    except UnreadableError:
        return False
    result.parted[name], result.texts[name] = text, first.frame.clear()
    return bool(first.frame.width)


def _invalid(resource: str, reason: str) -> pl.DataFrame:
    return finding("resource-invalid", value=resource, resource=resource, reason=reason)


def _read_resource(source: Source, name: str, resource: Mapping[str, Any], result: Resources) -> None:
    if "data" in resource:
        if name in TABLES:
            _take(name, resource, *_inline(name, resource["data"]), result)
        return
    stated = resource.get("path")
    paths = [path for path in (stated if isinstance(stated, list) else [stated]) if isinstance(path, str) and path]
    if not paths:
        result.findings.append(_invalid(name, "it has neither a path nor data"))
        return
    files = _read_files(source, name, paths, result)
    if files is None:
        return
    if name not in TABLES:
        result.kept.update(files)
        return
    try:
        parts = [_plain(path, resource, content) for path, content in files.items()]
        text, found = read_text_table(_joined(parts), name=name, dialect=_dialect(resource))
    except UnreadableError as error:
        result.findings.append(_unreadable(name, ", ".join(paths), error))
        result.kept.update(files)
        return
    if not _take(name, resource, text, found, result):
        result.kept.update(files)


def _read_files(source: Source, name: str, paths: list[str], result: Resources) -> dict[str, bytes] | None:
    """Return the bytes of every file of a resource, or None (and findings) if one cannot be read."""
    files: dict[str, bytes] = {}
    for path in paths:
        if not is_safe(path):
            result.findings.append(finding("resource-path-unsafe", table=_own(name), value=path, resource=name))
        elif path not in source:
            if name in TABLES:
                result.findings.append(finding("table-missing", table=name, value=path, file=path))
            else:
                result.findings.append(finding("resource-missing", value=path, resource=name))
        else:
            try:
                files[path] = source.read(path)
            except UnreadableError as error:
                result.findings.append(_unreadable(name, path, error))
    return files if len(files) == len(set(paths)) else None


def _own(name: str) -> str:
    return name if name in TABLES else ""


def _unreadable(name: str, path: str, error: UnreadableError) -> pl.DataFrame:
    return finding("resource-unreadable", table=_own(name), value=path, resource=name, reason=str(error))


def _plain(path: str, resource: Mapping[str, Any], content: bytes) -> bytes:
    """Return one file without its compression."""
    packed = path.lower().endswith(".gz") or str(resource.get("compression", "")).lower() in ("gz", "gzip")
    if not packed and PurePosixPath(path).suffix.lower() in (".json", ".xlsx", ".xls", ".parquet", ".zip"):
        raise UnreadableError("only CSV is read")
    return gunzip(content) if packed else content


def _joined(parts: list[bytes]) -> bytes:
    """Return the parts of one table in one, each beginning on a line of its own."""
    ended = [part if part.endswith((b"\n", b"\r")) else part + b"\n" for part in parts[:-1]]
    return b"".join([*ended, parts[-1]])


def _dialect(resource: Mapping[str, Any]) -> Dialect:
    stated = resource.get("dialect") or {}
    if not isinstance(stated, dict):
        raise UnreadableError("its dialect is not written out in the descriptor")
    strange = [key for key, value in stated.items() if not _harmless(key, value)]
    if strange:
        raise UnreadableError(f"its dialect uses {', '.join(sorted(strange))}, which is not supported")
    encoding = str(resource.get("encoding") or "utf-8")
    try:
        return Dialect(str(stated.get("delimiter", ",")), str(stated.get("quoteChar", '"')), encoding)
    except MisuseError as error:
        raise UnreadableError(f"its dialect needs {error.needed}") from error


def _harmless(key: str, value: object) -> bool:
    return key in _UNDERSTOOD and (not _UNDERSTOOD[key] or value in _UNDERSTOOD[key])


def _take(name: str, resource: Mapping[str, Any], text: pl.DataFrame, found: pl.DataFrame, result: Resources) -> bool:
    """Take a table as ours, or leave it as a foreign one that happens to bear the name."""
    lacking = _lacking(TABLES[name], resource, text)
    if lacking:
        result.findings.append(finding("table-foreign", table=name, column=lacking))
        return False
    result.texts[name] = text
    result.findings.append(found)
    return True


def _lacking(table: Table, resource: Mapping[str, Any], text: pl.DataFrame) -> str:
    """Return the column for want of which a table is not the protocol's, or ""."""
    schema = resource.get("schema")
    if table not in EXTENSION or (isinstance(schema, dict) and MARK in schema):
        return ""
    needed = [table.key] if table.key else [column.name for column in table.columns if column.required]
    return next((column for column in needed if column not in text.columns), "")


def _inline(name: str, data: object) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return inline data as text: a list of objects, a list of lists with a header, or CSV as one string."""
    if isinstance(data, str):
        return read_text_table(data.encode(), name=name)
    rows = data if isinstance(data, list) else None
    if rows and all(isinstance(row, list) for row in rows):
        header = [str(cell) for cell in rows[0]]
        rows = [dict(zip(header, row, strict=False)) for row in rows[1:]]
        columns = header
    elif rows is not None and all(isinstance(row, dict) for row in rows):
        columns = list(dict.fromkeys(str(key) for row in rows for key in row))
    else:
        return pl.DataFrame(), _invalid(name, "its inline data are no list of rows")
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    frame = pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String), orient="row")
    return frame, gather([])


def _cell(value: object) -> str | None:
    if isinstance(value, str) or value is None:
        return value or None
    return json.dumps(value, ensure_ascii=False)
