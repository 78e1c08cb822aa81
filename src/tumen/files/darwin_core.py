"""Read waterbird counts published as Darwin Core: events with occurrences, in an archive or as two bare CSV files.

Each event becomes a visit, each place of events a site, each occurrence a count. An archive of another kind (camera
traps, single records without events) is not made into counts: its files are kept as they are, and a finding says so.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict, Unpack

import polars as pl

from tumen.errors import MisuseError, Text
from tumen.files.columns import in_order
from tumen.files.darwin_core_archive import COREID, Archive, Sheet, read_archive, read_pair
from tumen.files.darwin_core_counts import read_occurrences
from tumen.files.darwin_core_events import Meant, cell, read_events
from tumen.files.darwin_core_ours import restored
from tumen.measure.instants import known_zone
from tumen.tables.findings import finding, gather
from tumen.tables.package import Package, assemble
from tumen.tables.protocol import TABLES

_MACHINE = "MachineObservation"


class Declared(TypedDict):
    """What Darwin Core does not say of itself.

    `time_zone` is the IANA name of the zone in which the events' times of day are given. Darwin Core has no term for
    coverage: `coverage_term` names the one that holds it here (such as `samplingEffort`), `coverage_words` what its
    cells mean (`{"Complete, 100%": "complete", "Good, 50-75%": "partial"}`); the empty word means empty cells.
    """

    time_zone: NotRequired[str | None]
    coverage_term: NotRequired[str | None]
    coverage_words: NotRequired[Mapping[str, str]]


def read(
    path: Path | str,
    occurrences: Path | str | None = None,
    *,
    party: str,
    country: str | None = None,
    **declared: Unpack[Declared],
) -> Package:
    """Return the package of one party: tables `sites`, `visits` and `counts`; see `Declared` for what may be said.

    `path` is a zip or a folder with `meta.xml`, a folder with `events.csv` and `occurrences.csv`, or the table of
    events, with that of `occurrences` named beside it. An archive of `tumen.files.darwin_core_write` gives back the
    rows it was written from. Raises `FormatError` where nothing can be read, `MisuseError`
    where coverage is declared in words that the protocol does not have or the time zone is unknown.
    """
    path = Path(path)
    meant = _meant(declared)
    archive = read_archive(path) if occurrences is None else read_pair(path, Path(occurrences))
    events, found = archive.sheet("Event"), archive.sheet("Occurrence")
    texts: dict[str, pl.DataFrame] = {}
    same: dict[str, dict[str, str]] = {}
    used: list[Sheet] = []
    if events is None or not events.core or found is None or _by_machines(found.cells):
        archive.findings.append(_not_counts(archive, found))
    elif (ours := restored(events.cells, found.cells)) is not None:
        used, texts = [events, found], ours
    else:
        used = [events, found]
        texts, same = _read_counts(events.cells, found.cells, meant, archive)
    kept = dict(archive.kept)
    for sheet in archive.sheets:
        if sheet not in used:
            kept.update(sheet.files)
            if used:
                name = ", ".join(sheet.files)
                archive.findings.append(
                    finding("extension-kept", value=sheet.kind, file=name, count=sheet.cells.height)
                )
    return assemble(
        path.stem,
        {name: in_order(TABLES[name], text) for name, text in texts.items()},
        party=party,
        country=country,
        format="dwc-a",
        findings=gather(archive.findings),
        time_zone=meant.time_zone,
        descriptor={"darwinCore": same} if same else {},
        kept=kept,
        digests=archive.digests,
    )


def _meant(declared: Declared) -> Meant:
    words = dict(declared.get("coverage_words") or {})
    column = next(column for column in TABLES["visits"].columns if column.name == "coverage")
    strange = sorted(set(words.values()) - set(column.vocabulary))
    if strange:
        raise MisuseError(
            Text("coverage in the words {words}", words=", ".join(column.vocabulary)),
            ", ".join(strange),
            "Say for each word of the table which of these it means.",
        )
    zone = declared.get("time_zone")
    return Meant(None if zone is None else known_zone(zone), declared.get("coverage_term"), words)


def _read_counts(
    events: pl.DataFrame, occurrences: pl.DataFrame, meant: Meant, archive: Archive
) -> tuple[dict[str, pl.DataFrame], dict[str, dict[str, str]]]:
    texts, event_terms, found = read_events(events, meant)
    archive.findings += found
    event_of: dict[str, str] = {}
    if COREID in events.columns:
        pairs = events.select(cell(events, COREID).alias("id"), texts["visits"]["visitID"]).drop_nulls()
        event_of = dict(pairs.iter_rows())
    counts, occurrence_terms, found = read_occurrences(occurrences, event_of)
    archive.findings += found
    same = {"event": event_terms, "occurrence": occurrence_terms}
    for table, terms in (("visits", event_terms), ("counts", occurrence_terms)):
        if terms:
            archive.findings.append(finding("terms-constant", table=table, value=", ".join(terms)))
    return texts | {"counts": counts}, {kind: terms for kind, terms in same.items() if terms}


def _by_machines(occurrences: pl.DataFrame) -> bool:
    """Say whether every occurrence was recorded by a machine: a camera's pictures are no count of a site."""
    basis = cell(occurrences, "basisOfRecord")
    return bool(occurrences.height and occurrences.select((basis == _MACHINE).fill_null(False).all()).item())


def _not_counts(archive: Archive, occurrences: Sheet | None) -> pl.DataFrame:
    kinds = ", ".join(f"{sheet.kind} ({sheet.cells.height})" for sheet in archive.sheets)
    files = ", ".join(name for sheet in archive.sheets for name in sheet.files)
    code = "archive-by-machines" if occurrences and _by_machines(occurrences.cells) else "archive-without-counts"
    return finding(code, value=kinds, files=files)
