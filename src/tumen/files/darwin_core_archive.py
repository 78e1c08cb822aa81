r"""The tables of a Darwin Core archive, as its `meta.xml` describes them, or of bare CSV files headed by its terms.

The descriptor says which file holds which kind of row, how its text is cut into cells, and which column is which term;
a term may also have one value for all rows (`default`). Nothing is fetched: a file named by an address is a finding.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import polars as pl

from tumen.errors import FormatError, MisuseError, Text
from tumen.files.archive import Folder, Source, UnreadableError, Zip, is_safe, is_url
from tumen.files.bare_table import read_bare_table
from tumen.files.markup import Element, read_xml
from tumen.files.text_table import Dialect, read_text_table
from tumen.tables.findings import finding

META = "meta.xml"
COREID = "\x00id"
"""The column by which the rows of an extension belong to rows of the core, in both."""

_ESCAPES = (("\\t", "\t"), ("\\n", "\n"), ("\\r", "\r"), ("\\\\", "\\"))
_NO_QUOTE = "\x01"
_LINE_END = re.compile(rb"\r\n|\n|\r")
_EVENT_FILES = ("event", "events", "event_core")
_OCCURRENCE_FILES = ("occurrence", "occurrences", "occurrence_core")


@dataclass
class Sheet:
    """One table of an archive: its kind of row (`Event`, `Occurrence`, ...), its cells by term, its files."""

    kind: str
    cells: pl.DataFrame
    core: bool
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Archive:
    """What was read: the tables, files that belong to none, and what is wrong."""

    sheets: list[Sheet] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    findings: list[pl.DataFrame] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)

    def sheet(self, kind: str) -> Sheet | None:
        """Return the first table with this kind of row."""
        return next((sheet for sheet in self.sheets if sheet.kind == kind), None)


def local_name(term: str) -> str:
    """Return the name of a term without its namespace or prefix.

    >>> local_name("http://rs.tdwg.org/dwc/terms/eventID"), local_name("dwc:eventID"), local_name("eventID")
    ('eventID', 'eventID', 'eventID')
    """
    return re.split(r"[/#:]", term.strip())[-1]


def read_archive(path: Path) -> Archive:
    """Return the tables of a zip with `meta.xml`, of a folder with one, or of a folder of bare CSV files.

    Raises `FormatError` where there is neither, or the descriptor or the core cannot be read.
    """
    if path.is_dir():
        with Folder(path, META) as source:
            return _described(source, "") if META in source else _bare(source)
    if not path.is_file():
        raise FormatError("a Darwin Core archive", Text("nothing at {path}", path=str(path)), "Check the path.")
    if path.name == META:
        with Folder(path.parent, META) as source:
            return _described(source, "")
    with Zip(path) as source:
        tops = [name.removesuffix(META) for name in source.names() if PurePosixPath(name).name == META]
        top = min(tops, key=len, default=None)
        if top is None or top.count("/") > 1:
            raise FormatError(
                Text("{file} in the zip", file=META),
                Text("none in {path}", path=path.name),
                "Export a Darwin Core archive, or unpack the zip and name the folder that holds its tables.",
            )
        archive = _described(source, top)
        archive.findings.append(source.findings)
        return archive


def read_pair(events: Path, occurrences: Path) -> Archive:
    """Return the two tables of bare CSV files headed by Darwin Core's terms."""
    archive = Archive()
    for kind, path, core in (("Event", events, True), ("Occurrence", occurrences, False)):
        with Folder(path.parent, path.name) as source:
            _take_bare(source, path.name, kind, core, archive)
    return archive


def _described(source: Source, top: str) -> Archive:
    archive = Archive()
    root = read_xml(_read(source, top + META), top + META)
    cores = list(root.all("core"))
    if root.name != "archive" or len(cores) != 1:
        raise FormatError(
            Text("one core in {file}", file=top + META),
            Text("{count} in the element {name}", count=len(cores), name=root.name),
            "Export the archive again.",
        )
    for part, core in ((cores[0], True), *((extension, False) for extension in root.all("extension"))):
        _take_described(source, top, part, core, archive)
    named = {name for sheet in archive.sheets for name in sheet.files} | {top + META}
    metadata = root.get("metadata")
    for name in source.names():
        if name not in named and PurePosixPath(name).name in ("eml.xml", metadata):
            archive.kept[name] = source.read(name)
    archive.digests = dict(source.digests)
    return archive


def _read(source: Source, name: str) -> bytes:
    try:
        return source.read(name)
    except UnreadableError as error:
        raise FormatError(
            Text("{file} of the archive", file=name), Text("{reason}", reason=str(error)), "Get the file once more."
        ) from error


def _take_described(source: Source, top: str, part: Element, core: bool, archive: Archive) -> None:
    kind = local_name(part.get("rowType") or "")
    files: dict[str, bytes] = {}
    locations = [entry.text.strip() for group in part.all("files") for entry in group.all("location")]
    reason = "" if locations else "it names no file"
    for location in locations:
        if is_url(location) or not is_safe(location):
            reason = "its file is named by an address or lies outside the archive"
        elif top + location not in source:
            reason = "there is no such file"
        else:
            try:
                files[top + location] = source.read(top + location)
            except UnreadableError as error:
                reason = str(error)
    if not reason:
        try:
            cells, found = _cells(files.values(), part, kind)
            archive.sheets.append(Sheet(kind, cells, core, files))
            archive.findings += found
            return
        except MisuseError as error:
            reason = f"it needs {error.needed}"
    if core:
        raise FormatError(
            Text("the core of the archive ({files})", files=", ".join(locations)), reason, "Export it again."
        )
    archive.kept.update(files)
    archive.findings.append(
        finding("resource-unreadable", value=", ".join(locations), resource=kind or "?", reason=reason)
    )


def _cells(files: Iterable[bytes], part: Element, kind: str) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the rows of one part of the archive under the names of their terms, and the findings."""
    names, copies, defaults = _terms(part)
    delimiter = _unescaped(part.attributes.get("fieldsTerminatedBy", ","))
    quote = _unescaped(part.attributes.get("fieldsEnclosedBy", '"')) or _NO_QUOTE
    dialect = Dialect(delimiter, quote, part.get("encoding") or "utf-8")
    skipped = part.get("ignoreHeaderLines") or "0"
    if not skipped.isascii() or not skipped.isdigit():
        raise MisuseError("a number in ignoreHeaderLines", skipped, "Export the archive again.")
    frames, findings = [], []
    for data in files:
        if dialect.encoding.lower().replace("-", "").startswith("utf16"):
            data = data.decode(dialect.encoding, "backslashreplace").encode()
            dialect = Dialect(delimiter, quote)
        body = data.removeprefix(b"\xef\xbb\xbf")
        for _ in range(int(skipped)):
            end = _LINE_END.search(body)
            body = body[end.end() :] if end else b""
        header = delimiter.join(names).encode(dialect.encoding if body else "utf-8", "replace") + b"\n"
        frame, found = read_text_table(header + body, name=_table(kind), dialect=dialect)
        frames.append(frame if frame.width else pl.DataFrame(schema=dict.fromkeys(names, pl.String)))
        findings.append(found)
    cells = pl.concat(frames, how="diagonal").with_columns(pl.col(old).alias(new) for new, old in copies.items())
    for term, value in defaults.items():
        filled = pl.col(term) if term in cells.columns else pl.lit(None, pl.String)
        cells = cells.with_columns(pl.coalesce(filled, pl.lit(value)).alias(term))
    return cells, findings


def _table(kind: str) -> str:
    return {"Event": "visits", "Occurrence": "counts"}.get(kind, "")


def _unescaped(text: str) -> str:
    for written, meant in _ESCAPES:
        text = text.replace(written, meant)
    return text


def _terms(part: Element) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """Return the name of each column by its position, the columns that repeat one of these, and the defaults.

    The identifier by which extensions belong to the core is such a repeated column.
    """
    names: dict[int, str] = {}
    copies: dict[str, str] = {}
    defaults: dict[str, str] = {}
    taken: set[str] = {COREID}
    for entry in part.all("field"):
        term = local_name(entry.get("term") or "")
        while not term or term in taken:
            term += "'"
        taken.add(term)
        index = entry.get("index")
        if index is not None:
            first = names.setdefault(_position(index), term)
            if first != term:
                copies[term] = first
        if entry.get("default") is not None:
            defaults[term] = entry.attributes["default"]
    for entry in (*part.all("id"), *part.all("coreid")):
        position = _position(entry.get("index") or "")
        copies[COREID] = names.setdefault(position, "(id)")
    width = max(names, default=-1) + 1
    return [names.get(i, f"(column {i + 1})") for i in range(width)], copies, defaults


def _position(index: str) -> int:
    if not index.isascii() or not index.isdigit() or int(index) > 10_000:
        raise MisuseError("a column's number in meta.xml", repr(index), "Export the archive again.")
    return int(index)


def _bare(source: Source) -> Archive:
    """Read a folder that holds a table of events and one of occurrences, by their names."""
    archive = Archive()
    tables = {
        PurePosixPath(name).stem.lower(): name
        for name in source.names()
        if "/" not in name and PurePosixPath(name).suffix.lower() in (".csv", ".txt", ".tsv")
    }
    for kind, stems, core in (("Event", _EVENT_FILES, True), ("Occurrence", _OCCURRENCE_FILES, False)):
        found = [tables[stem] for stem in stems if stem in tables]
        if len(found) != 1:
            raise FormatError(
                Text(
                    "{file}, or one table of events and one of occurrences, in {path}", file=META, path=source.path.name
                ),
                Text("{count} tables named like {name}", count=len(found), name=f"{stems[0]}.csv"),
                "Name the two tables themselves.",
            )
        _take_bare(source, found[0], kind, core, archive)
    return archive


def _take_bare(source: Source, name: str, kind: str, core: bool, archive: Archive) -> None:
    data = _read(source, name)
    archive.digests.update(source.digests)
    frame, found = read_bare_table(data, _table(kind))
    plain: dict[str, str] = {}
    for column in frame.columns:
        term = local_name(column) or column
        plain[column] = column if term in plain.values() else term
    archive.sheets.append(Sheet(kind, frame.rename(plain), core, {name: data}))
    archive.findings.append(found)
