"""What a Darwin Core archive that we wrote keeps of ours: it stands in `dynamicProperties`, under the key `tumen`.

Darwin Core has no term for a site that nobody surveyed, for a species that was not counted or a number that is
withheld, and an occurrence that says neither present nor absent is taken for a presence by whoever reads it. Such rows
are therefore no occurrences: they ride with their event, and are restored when the archive is read again.
"""

import json
from collections.abc import Mapping

import polars as pl

from tumen.tables.protocol import TABLES

KEY = "tumen"
SITE_TERMS: Mapping[str, str] = {
    "siteID": "locationID",
    "siteName": "locality",
    "countryCode": "countryCode",
    "latitude": "decimalLatitude",
    "longitude": "decimalLongitude",
    "coordinateUncertainty": "coordinateUncertaintyInMeters",
}
VISIT_TERMS: Mapping[str, str] = {
    "visitID": "eventID",
    "siteID": "locationID",
    "visitDate": "eventDate",
    "method": "samplingProtocol",
    "comments": "eventRemarks",
}
COUNT_TERMS: Mapping[str, str] = {
    "countID": "occurrenceID",
    "visitID": "eventID",
    "scientificName": "scientificName",
    "count": "individualCount",
    "lifeStage": "lifeStage",
    "comments": "occurrenceRemarks",
}
"""Columns that a term holds as they are. All other columns of the protocol ride in `dynamicProperties`."""

Cells = dict[str, str | None]


def others(row: Mapping[str, str | None], terms: Mapping[str, str]) -> Cells:
    """Return the filled cells of a row that no term holds."""
    return {name: cell for name, cell in row.items() if cell is not None and name not in terms}


def written(ours: Mapping[str, object]) -> str:
    """Return `dynamicProperties` for an event or an occurrence.

    >>> written({"status": "counted"})
    '{"tumen": {"status": "counted"}}'
    """
    return json.dumps({KEY: ours}, ensure_ascii=False, sort_keys=True)


def restored(events: pl.DataFrame, occurrences: pl.DataFrame) -> dict[str, pl.DataFrame] | None:
    """Return the tables `sites`, `visits` and `counts` of an archive that we wrote; None for any other archive."""
    told = _ours(events)
    seen = _ours(occurrences)
    if not told or None in told or None in seen:
        return None
    sites: dict[str, Cells] = {}
    visits: list[Cells] = []
    counts: list[Cells] = []
    for row, own in zip(events.iter_rows(named=True), told, strict=True):
        mine = own or {}
        site = {**_terms(row, SITE_TERMS), **_cells(mine.get("site"))}
        if site["siteID"] is not None and "site" in mine:
            sites.setdefault(site["siteID"], site)
        visits.append({**_terms(row, VISIT_TERMS), **_cells(mine.get("visit"))})
        apart = mine.get("counts")
        counts += [
            {"visitID": _blank(row.get("eventID")), **_cells(each)}
            for each in (apart if isinstance(apart, list) else [])
        ]
    for row, own in zip(occurrences.iter_rows(named=True), seen, strict=True):
        mine = own or {}
        # A higher name stands in for birds that no species was given to.
        unnamed: Cells = {"scientificName": None} if mine.get("unnamed") else {}
        counts.append({**_terms(row, COUNT_TERMS), **_cells(mine), **unnamed})
    made = {"sites": list(sites.values()), "visits": visits, "counts": counts}
    return {name: _frame(rows, name) for name, rows in made.items() if rows}


def _ours(frame: pl.DataFrame) -> list[dict[str, object] | None]:
    if "dynamicProperties" not in frame.columns:
        return [None] * frame.height
    found: list[dict[str, object] | None] = []
    for cell in frame["dynamicProperties"]:
        try:
            read = json.loads(cell or "")
        except (ValueError, RecursionError):
            read = None
        own = read.get(KEY) if isinstance(read, dict) else None
        found.append(own if isinstance(own, dict) else None)
    return found


def _terms(row: Mapping[str, str | None], terms: Mapping[str, str]) -> Cells:
    return {name: _blank(row.get(term)) for name, term in terms.items()}


def _cells(own: object) -> Cells:
    return {str(key): cell for key, cell in own.items() if isinstance(cell, str)} if isinstance(own, dict) else {}


def _blank(cell: str | None) -> str | None:
    return cell or None


def _frame(rows: list[Cells], name: str) -> pl.DataFrame:
    known = [column for column in TABLES[name].names if any(column in row for row in rows)]
    foreign = sorted({column for row in rows for column in row} - set(known))
    return pl.DataFrame(
        [[row.get(column) for column in (*known, *foreign)] for row in rows],
        schema=dict.fromkeys((*known, *foreign), pl.String),
        orient="row",
    )
