"""Read the packages a study or a command names, whatever their format."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tumen.errors import FormatError, MisuseError, StudyError
from tumen.files import camtrap_dp, camtrapr, movebank
from tumen.tables.examine import Parts
from tumen.tables.package import Package
from tumen.tasks.study import FORMATS, PackageEntry


def read_package(entry: PackageEntry) -> Package:
    """Read one package; its format is the declared one, or the one its files show beyond doubt."""
    kind = entry.format or recognise(entry.path)
    if kind == "camtrap-dp":
        return camtrap_dp.read(entry.path, party=entry.party, country=entry.country, time_zone=entry.time_zone)
    if kind == "camtrapr":
        return _camtrapr(entry)
    if entry.party is None:
        raise StudyError("a party for Movebank tracks", "none", 'Say whose they are: party = "...".')
    return movebank.read(entry.path, party=entry.party, country=entry.country)


@contextmanager
def package_in_parts(entry: PackageEntry) -> Iterator[tuple[Package, Mapping[str, Parts]]]:
    """Give a package for checking: with its largest tables in parts where its format can be read so."""
    if (entry.format or recognise(entry.path)) != "camtrap-dp":
        yield read_package(entry), {}
        return
    with camtrap_dp.read_in_parts(
        entry.path, party=entry.party, country=entry.country, time_zone=entry.time_zone
    ) as (package, parts):
        yield package, parts


def recognise(path: Path) -> str:
    """Name the format a path shows: a folder, zip or descriptor is Camtrap DP, a CSV shows it in its header."""
    if not path.exists():
        raise FormatError("a package", f"nothing at {path}", "Check the path; a study's paths start at its own folder.")
    if path.is_dir() or path.suffix.lower() in (".zip", ".json"):
        return "camtrap-dp"
    with path.open("rb") as file:
        header = file.read(4096).split(b"\n", 1)[0].lower()
    if b"location-long" in header and b"individual-local-identifier" in header:
        return "movebank"
    if b"station" in header:
        return "camtrapr"
    raise FormatError(
        "a Camtrap DP folder or zip, camtrapR's station table or a Movebank table",
        f"{path.name} with the header {header[:60].decode('utf-8', 'replace')!r}",
        f"Say which it is with format = one of {', '.join(FORMATS)}.",
    )


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
