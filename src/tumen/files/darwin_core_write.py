"""Write counts of waterbirds as a Darwin Core archive with sampling events: events, occurrences and `meta.xml`.

A zero is an occurrence that is absent, with the number 0. What is neither present nor absent (not counted, withheld, a
range that may be none) is no occurrence, for programs take a status that is not there for a presence; it rides with its
event. What a visit covered is told in `samplingEffort` in words, and exactly in `dynamicProperties`.
"""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import polars as pl

from tumen.errors import MisuseError
from tumen.files.atomic import writing_file, writing_folder
from tumen.files.darwin_core_archive import META
from tumen.files.darwin_core_ours import COUNT_TERMS, SITE_TERMS, VISIT_TERMS, Cells, others, written
from tumen.files.text_table import write_csv
from tumen.tables.cast import to_text
from tumen.tables.findings import finding, gather
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES, VERSION

_TERMS = "http://rs.tdwg.org/dwc/terms/"
_EVENT = (
    "eventID",
    "eventDate",
    "eventTime",
    "samplingProtocol",
    "samplingEffort",
    "eventRemarks",
    "locationID",
    "locality",
    "countryCode",
    "decimalLatitude",
    "decimalLongitude",
    "geodeticDatum",
    "coordinateUncertaintyInMeters",
    "dynamicProperties",
)
_OCCURRENCE = (
    "eventID",
    "occurrenceID",
    "basisOfRecord",
    "scientificName",
    "vernacularName",
    "individualCount",
    "occurrenceStatus",
    "lifeStage",
    "occurrenceRemarks",
    "dynamicProperties",
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NUMBERS = ("count", "minimum", "maximum")


def write(package: Package, path: Path | str, *, replace: bool = False, inputs: Sequence[Path] = ()) -> pl.DataFrame:
    """Write sites, visits and counts to `path`, a zip if its name ends in `.zip`, else a folder; return findings.

    Reading the archive again gives the same rows (`tumen.files.darwin_core.read`). Findings tell what stays behind:
    sites without a visit, counts without a visit, other tables. Raises `MisuseError` for a package without visits,
    `OutputError` when `path` cannot be written. Equal packages give equal bytes.
    """
    path = Path(path)
    sites, visits, counts = (_rows(package, name) for name in ("sites", "visits", "counts"))
    if not visits:
        raise MisuseError("visits to write as events", "none", "Read a package with tables visits and counts.")
    files, apart = _files(sites, visits, counts)
    if path.suffix.lower() == ".zip":
        with writing_file(path, replace=replace, inputs=inputs) as part, zipfile.ZipFile(part, "w") as archive:
            for name, data in files.items():
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    else:
        with writing_folder(path, made="package", replace=replace, inputs=inputs) as folder:
            for name, data in files.items():
                (folder / name).write_bytes(data)
    return gather([*_left(package, sites, visits, counts), *_apart(apart)])


def _rows(package: Package, name: str) -> list[Cells]:
    text = package.received.get(name)
    if text is None:
        text = to_text(TABLES[name], package.table(name))
    return text.rows(named=True)


def _files(
    sites: Sequence[Cells], visits: Sequence[Cells], counts: Sequence[Cells]
) -> tuple[dict[str, bytes], list[Cells]]:
    known = {site["siteID"]: site for site in sites if site.get("siteID")}
    apart: dict[str | None, list[Cells]] = {}
    occurrences: list[Cells] = []
    events = _identifiers(visits)
    for count in counts:
        status = _status(count)
        if count.get("visitID") not in events:
            continue
        if status is None:
            apart.setdefault(count.get("visitID"), []).append(_kept_back(count))
        else:
            occurrences.append(_occurrence(count, status))
    kept = [count for each in apart.values() for count in each]
    told = [_event(visit, known.get(visit.get("siteID")), apart.pop(visit.get("visitID"), [])) for visit in visits]
    files = {
        META: _meta().encode(),
        "event.csv": write_csv(_table(told, _EVENT)),
        "occurrence.csv": write_csv(_table(occurrences, _OCCURRENCE)),
    }
    return files, kept


def _identifiers(visits: Sequence[Cells]) -> set[str]:
    return {identifier for visit in visits if (identifier := visit.get("visitID"))}


def _table(rows: Sequence[Cells], terms: Sequence[str]) -> pl.DataFrame:
    cells = [[row.get(term) for term in terms] for row in rows]
    return pl.DataFrame(cells, schema=dict.fromkeys(terms, pl.String), orient="row")


def _status(count: Cells) -> str | None:
    """Return `present` or `absent`; None where the row says neither."""
    if count.get("status") != "counted":
        return None
    number, least = _whole(count.get("count")), _whole(count.get("minimum"))
    if number is not None:
        return "present" if number else "absent"
    return "present" if least else None


def _whole(cell: str | None) -> int | None:
    return int(cell) if cell is not None and cell.strip().isascii() and cell.strip().isdigit() else None


def _kept_back(count: Cells) -> Cells:
    """Return the row of a count that is no occurrence; a number that is to be withheld does not come along."""
    withheld = count.get("status") == "withheld"
    return {name: cell for name, cell in count.items() if cell is not None and not (withheld and name in _NUMBERS)}


def _occurrence(count: Cells, status: str) -> Cells:
    group = count.get("taxonGroup")
    unnamed = not count.get("scientificName")
    own: dict[str, object] = dict(others(count, COUNT_TERMS))
    if unnamed:
        own["unnamed"] = True
    return {
        **{term: count.get(name) for name, term in COUNT_TERMS.items()},
        "basisOfRecord": "HumanObservation",
        **({"scientificName": "Animalia" if group == "otherAnimals" else "Aves"} if unnamed else {}),
        "vernacularName": f"{group}, not identified" if unnamed and group else None,
        "occurrenceStatus": status,
        "dynamicProperties": written(own),
    }


def _event(visit: Cells, known: Cells | None, apart: Sequence[Cells]) -> Cells:
    site = known or {}
    own: dict[str, object] = {"protocol": VERSION, "visit": others(visit, VISIT_TERMS)}
    if known is not None:
        own["site"] = others(site, SITE_TERMS)
    if apart:
        own["counts"] = list(apart)
    return {
        **{term: site.get(name) for name, term in SITE_TERMS.items()},
        **{term: visit.get(name) for name, term in VISIT_TERMS.items()},
        "eventTime": _times(visit),
        "samplingEffort": _effort(visit, apart),
        "geodeticDatum": "EPSG:4326" if site.get("latitude") else None,
        "dynamicProperties": written(own),
    }


def _times(visit: Cells) -> str | None:
    """Return the times of day for other programs; our own columns hold the instants."""
    start, end = ((visit.get(name) or "").partition("T")[2] for name in ("visitStart", "visitEnd"))
    return f"{start}/{end}" if start and end else start or None


def _effort(visit: Cells, apart: Sequence[Cells]) -> str | None:
    """Say in words how much was covered, which groups were counted, and which species were not."""
    said = [f"coverage: {visit['coverage']}"] if visit.get("coverage") else []
    if visit.get("coveragePercent"):
        said.append(f"covered: {visit['coveragePercent']} %")
    if visit.get("groupsCounted"):
        said.append(f"groups counted: {str(visit['groupsCounted']).replace('|', ', ')}")
    for status, words in (("notCounted", "not counted"), ("withheld", "withheld")):
        names = [
            str(each.get("scientificName") or each.get("taxonGroup") or "?")
            for each in apart
            if each.get("status") == status
        ]
        if names:
            said.append(f"{words}: {', '.join(dict.fromkeys(names))}")
    return "; ".join(said) or None


def _left(
    package: Package, sites: Sequence[Cells], visits: Sequence[Cells], counts: Sequence[Cells]
) -> list[pl.DataFrame]:
    visited, events = {visit.get("siteID") for visit in visits}, _identifiers(visits)
    unvisited = [site for site in sites if site.get("siteID") not in visited]
    lost = [count for count in counts if count.get("visitID") not in events]
    tables = [name for name in (*package.received, *package.kept) if name not in ("sites", "visits", "counts")]
    found = []
    if unvisited:
        value = str(unvisited[0].get("siteID") or "")
        found.append(finding("archive-site-unvisited", table="sites", value=value, count=len(unvisited)))
    if lost:
        value = str(lost[0].get("countID") or "")
        found.append(finding("archive-count-without-visit", table="counts", value=value, count=len(lost)))
    if tables:
        found.append(finding("archive-tables-left", value=", ".join(sorted(tables))))
    return [*found, finding("archive-without-metadata")]


def _apart(counts: Sequence[Cells]) -> list[pl.DataFrame]:
    if not counts:
        return []
    return [
        finding("archive-counts-apart", table="counts", value=str(counts[0].get("countID") or ""), count=len(counts))
    ]


def _meta() -> str:
    parts = []
    for tag, key, kind, file, terms in (
        ("core", "id", "Event", "event.csv", _EVENT),
        ("extension", "coreid", "Occurrence", "occurrence.csv", _OCCURRENCE),
    ):
        fields = "".join(f'<field index="{n}" term="{_TERMS}{term}"/>' for n, term in enumerate(terms))
        settings: Mapping[str, str] = {
            "rowType": _TERMS + kind,
            "encoding": "UTF-8",
            "fieldsTerminatedBy": ",",
            "linesTerminatedBy": "\\n",
            "fieldsEnclosedBy": '"',
            "ignoreHeaderLines": "1",
        }
        attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in settings.items())
        parts.append(
            f'<{tag} {attributes}><files><location>{file}</location></files><{key} index="0"/>{fields}</{tag}>'
        )
    archive = f'<archive xmlns="http://rs.tdwg.org/dwc/text/">{"".join(parts)}</archive>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{archive}\n'
