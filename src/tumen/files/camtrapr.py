"""Read the tables of the R package camtrapR: a station table and, if there is one, a record table.

Each station row becomes a deployment, each problem period an operating period with status "failed", each record an
observation, each file name a media file, each individual a row of `individuals`. A station that was set up more than
once or with several cameras gives deployments named `station__session__camera`. Setup, retrieval and problem days
without time of day are whole days, as camtrapR counts them: they begin at 00:00:00 and end at 23:59:59 local time.

Columns that camtrapR computes from the time of the record are left out; every other column goes to the tags.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict, Unpack

import polars as pl

from tumen.errors import FormatError, MisuseError, Text
from tumen.files.camtrapr_records import read_records
from tumen.files.camtrapr_stations import Setting, read_stations
from tumen.files.columns import in_order
from tumen.files.projection import read_crs
from tumen.files.text_table import Dialect, read_text_table
from tumen.tables.findings import gather
from tumen.tables.package import Package, assemble
from tumen.tables.protocol import TABLES


class Declared(TypedDict):
    """What camtrapR's tables do not say of themselves.

    `time_zone` is the IANA name of the cameras' clocks, `crs` the system of the coordinates (`EPSG:4326` for longitude
    and latitude), `date_format` the `strptime` format of the dates where it is not beyond doubt, `species` the
    scientific names of the words in the column `Species`.
    """

    time_zone: str
    crs: str
    date_format: NotRequired[str | None]
    species: NotRequired[Mapping[str, str]]


def read(
    stations: Path | str,
    records: Path | str | None = None,
    *,
    party: str,
    country: str | None = None,
    **declared: Unpack[Declared],
) -> Package:
    """Return the package of one party from camtrapR's tables; see `Declared` for what must be said about them.

    Raises `MisuseError` where the time zone or the coordinate system is not given, or the dates can be read in more
    than one way; `FormatError` where a file is not there or is no such table; `PlaceError` where the coordinates cannot
    be brought to WGS84 with known accuracy.
    """
    for needed in ("time_zone", "crs"):
        if not declared.get(needed):
            cure = 'It cannot be guessed. Say it, for example time_zone="Asia/Vladivostok", crs="EPSG:32652".'
            raise MisuseError(Text("{needed} for camtrapR tables", needed=needed), "none", cure)
    stations = Path(stations)
    digests: dict[str, str] = {}
    setting = Setting(declared["time_zone"], declared.get("date_format"), declared.get("species", {}), country)
    table, found = _read_table(stations, "deployments", digests)
    texts, keys, more = read_stations(table, read_crs(declared["crs"]), setting)
    findings = [found, more]
    if records is not None:
        table, found = _read_table(Path(records), "observations", digests)
        record_texts, more = read_records(table, keys, setting)
        texts |= record_texts
        findings += [found, more]
    return assemble(
        stations.stem,
        {name: in_order(TABLES[name], text) for name, text in texts.items()},
        party=party,
        country=country,
        format="camtrapr",
        findings=gather(findings),
        time_zone=declared["time_zone"],
        digests=digests,
    )


def _read_table(path: Path, name: str, digests: dict[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one CSV as text, separated by commas or, as R writes it in many countries, by semicolons."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FormatError(
            Text("camtrapR's table {path}", path=path), error.strerror or "no such file", "Check the path."
        ) from error
    digests[path.name] = hashlib.sha256(data).hexdigest()
    header = data.split(b"\n", 1)[0]
    semicolons = header.count(b";") > header.count(b",")
    return read_text_table(data, name=name, dialect=Dialect(delimiter=";") if semicolons else Dialect())
