"""Read the packages a study or a command names, whatever their format."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from tumen import engine
from tumen.errors import FormatError, MisuseError, StudyError, Text
from tumen.files import (
    camtrap_dp,
    camtrapr,
    count_form,
    darwin_core,
    genotypes,
    image_labels,
    images,
    mapped,
    movebank,
    population_tables,
    smart,
    template,
)
from tumen.files.archive import DESCRIPTOR, Zip
from tumen.files.darwin_core_archive import META
from tumen.tables.examine import Parts
from tumen.tables.findings import gather
from tumen.tables.package import Package, assemble
from tumen.tasks.count_names import common_names
from tumen.tasks.entries import FORMATS, PackageEntry


def read_package(entry: PackageEntry, *, workers: int = 1, progress: engine.Progress = engine.silent) -> Package:
    """Read one package; its format is the declared one, or the one its files show beyond doubt."""
    kind = entry.format or recognise(entry.path)
    told = entry.told(kind)
    if kind == "camtrap-dp":
        return camtrap_dp.read(entry.path, party=entry.party, country=entry.country, time_zone=entry.time_zone)
    if kind == "template":
        return template.read(entry.path, party=entry.party, country=entry.country, time_zone=entry.time_zone)
    if kind == "mapping":
        return _mapped(entry)
    if kind == "camtrapr":
        return _camtrapr(entry)
    if entry.party is None:
        raise StudyError(Text("a party for the format {format}", format=kind), "none", _WHOSE)
    if kind == "images":
        listed = {_LABELS[name]: told.pop(name) for name in _LABELS if name in told}
        said = images.Pictures(time_zone=entry.time_zone, species=entry.species_names, **_renamed(told, _IMAGES))
        pictures = images.read(
            entry.path, party=entry.party, country=entry.country, said=said, workers=workers, progress=progress
        )
        pictures = _listed(pictures, entry.records, listed)
        return pictures if entry.deployments is None else _at(pictures, entry, entry.deployments)
    return _declared(entry, entry.party, kind, told)


_WHOSE = 'Say whose it is: party = "..." in the study, --party for a command.'
_IMAGES = {
    "deploymentPattern": "deployment",
    "speciesTag": "species_tag",
    "individualTag": "individual_tag",
    "positions": "positions",
    "digests": "digests",
}
_LABELS = {"columns": "columns", "scientificName": "species"}
_GENOTYPES = {
    "laboratory": "laboratory",
    "alleles": "kind",
    "loci": "loci",
    "sampleColumn": "sample",
    "missingAlleles": "missing",
    "aloneIsHomozygote": "alone_is_homozygote",
    "encoding": "encoding",
    "layout": "format",
}
_COUNTS = {"coverageTerm": "coverage_term", "coverageWords": "coverage_words"}
_FORMS = {"emptyCells": "empty", "dashes": "dash"}
_POPULATIONS = {"edition": "edition", "source": "source", "letterRanges": "letters", "columns": "columns"}
_PATROLS = {"transport": "methods", "columns": "columns"}
"""Options as a study spells them, and as the readers do."""


def _renamed(told: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names[name]: value for name, value in told.items()}


def _declared(entry: PackageEntry, party: str, kind: str, told: Mapping[str, Any]) -> Package:
    """Read a format that says little of itself."""
    if kind == "genotypes":
        said = {"laboratory": "", "kind": "", **_renamed(told, _GENOTYPES)}
        return genotypes.read(entry.path, party=party, country=entry.country, **said)
    if kind == "dwc-a":
        said = {"time_zone": entry.time_zone, **_renamed(told, _COUNTS)}
        return darwin_core.read(entry.path, entry.records, party=party, country=entry.country, **said)
    if kind == "count-form":
        said = {"names": common_names(entry.species_names), "time_zone": entry.time_zone, **_renamed(told, _FORMS)}
        said["date_format"] = entry.date_format
        return count_form.read(entry.path, party=party, country=entry.country, **said)
    if kind == "population-tables":
        said = _renamed(told, _POPULATIONS)
        return population_tables.read(entry.path, party=party, country=entry.country, **said)
    if kind == "smart":
        said = {"time_zone": entry.time_zone or "", "crs": entry.crs, "date_format": entry.date_format}
        return smart.read(entry.path, party=party, country=entry.country, **{**said, **_renamed(told, _PATROLS)})
    return movebank.read(entry.path, party=party, country=entry.country)


def _listed(pictures: Package, path: Path | None, said: Mapping[str, Any]) -> Package:
    """Return pictures with who is on them, as a list tells."""
    if path is None:
        if said:
            cure = 'Name it: records = "labels.csv"; or leave this out.'
            raise MisuseError(Text("a list of pictures for {names}", names=", ".join(said)), "none", cure)
        return pictures
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FormatError("a list of pictures", Text("no readable file {path}", path=path), "Check records.") from error
    return image_labels.with_labels(pictures, data, **said)


def _at(pictures: Package, entry: PackageEntry, path: Path) -> Package:
    """Return pictures with the deployments of another package, and whatever else only that package holds."""
    told = replace(entry, path=path, format=None, records=None, deployments=None, options={}, species_names={})
    other = read_package(told)
    joined = assemble(
        pictures.name,
        {**other.received, **pictures.received},
        party=pictures.party,
        country=pictures.country or other.country,
        format=pictures.format,
        time_zone=pictures.time_zone or other.time_zone,
        descriptor=other.descriptor,
        kept=other.kept,
        rows=other.rows,
        digests={**other.digests, **pictures.digests},
    )
    # Both were cast when they were read; their findings are those of the two readings.
    return replace(joined, findings=gather([pictures.findings, other.findings]))


def _mapped(entry: PackageEntry) -> Package:
    """Read tables through their mapping, which alone says whose they are."""
    package = mapped.read_mapped(entry.path)
    for needed, given, said in (("party", entry.party, package.party), ("country", entry.country, package.country)):
        if given is not None and given != said:
            raise StudyError(
                Text("the {field} that the mapping names, {said}", field=needed, said=str(said)),
                f"'{given}'",
                "Correct one of them.",
            )
    return package


@contextmanager
def package_in_parts(entry: PackageEntry) -> Iterator[tuple[Package, Mapping[str, Parts]]]:
    """Give a package for checking: with its largest tables in parts where its format can be read so."""
    if (entry.format or recognise(entry.path)) != "camtrap-dp":
        yield read_package(entry), {}
        return
    with camtrap_dp.read_in_parts(entry.path, party=entry.party, country=entry.country, time_zone=entry.time_zone) as (
        package,
        parts,
    ):
        yield package, parts


def is_study(path: Path) -> bool:
    """Say whether a path is a study file: TOML with a section [study]. A file that is no TOML is none."""
    if path.suffix.lower() != ".toml" or not path.is_file():
        return False
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return False
    try:
        return "study" in tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        # Reading it as a study says what is wrong with it.
        return re.search(r"^\s*\[study\]", text, re.MULTILINE) is not None


def recognise(path: Path) -> str:
    """Name the format a path shows beyond doubt.

    Zips and descriptors are Camtrap DP, or Darwin Core where there is a `meta.xml`; a TOML file is a mapping; a
    workbook with our mark is a filled form; a patrol's XML is SMART; a CSV shows it in its header.
    """
    if not path.exists():
        raise FormatError(
            "a package",
            Text("nothing at {path}", path=str(path)),
            "Check the path; a study's paths start at its own folder.",
        )
    ending = path.suffix.lower()
    if path.is_dir():
        return _folder(path)
    if ending == ".zip":
        with Zip(path) as source:
            described = any(PurePosixPath(name).name == META for name in source.names())
            return "dwc-a" if described and DESCRIPTOR not in source else "camtrap-dp"
    if ending in (".json", ".toml"):
        return "camtrap-dp" if ending == ".json" else "mapping"
    if template.is_template(path):
        return "template"
    with path.open("rb") as file:
        start = file.read(4096)
    header = start.split(b"\n", 1)[0].lower()
    if ending == ".xml" and b"patrol" in start.lower():
        return "smart"
    if b"location-long" in header and b"individual-local-identifier" in header:
        return "movebank"
    if b"station" in header:
        return "camtrapr"
    raise FormatError(
        "a package whose format its files show",
        Text("{file}, which begins {start}", file=path.name, start=repr(header[:60].decode("utf-8", "replace"))),
        Text(
            "Say which format it is (one of {formats}), or describe its columns: tumen convert --guess {file} proposes "
            "a mapping.",
            formats=", ".join(FORMATS),
            file=path.name,
        ),
    )


def _folder(path: Path) -> str:
    """Name the format of a folder: described, named like our tables, or with nothing but pictures."""
    if (path / "meta.xml").is_file():
        return "dwc-a"
    if any(path.glob("*.json")):
        return "camtrap-dp"
    if template.tables_in(path):
        return "template"
    return "images" if images.is_folder_of(path) else "camtrap-dp"


def _camtrapr(entry: PackageEntry) -> Package:
    needed = {"party": entry.party, "timeZone": entry.time_zone, "crs": entry.crs}
    lacking = [name for name, value in needed.items() if value is None]
    if entry.party is None or entry.time_zone is None or entry.crs is None:
        raise MisuseError(
            "party, timeZone and crs for camtrapR tables",
            f"no {', '.join(lacking)}",
            'Say for example party = "reserve", timeZone = "Asia/Vladivostok", crs = "EPSG:32652"; none is guessed.',
        )
    return camtrapr.read(
        entry.path,
        entry.records,
        party=entry.party,
        country=entry.country,
        time_zone=entry.time_zone,
        crs=entry.crs,
        date_format=entry.date_format,
        species=entry.species_names,
    )
