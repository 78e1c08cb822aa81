"""What a report is made from: one value, from which every sentence, table and figure is drawn.

The tables of `ReportSource.tables` are the ones a reader finds as `tables/NAME.csv`; the report cites them by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from tumen.errors import ColumnError, Text
from tumen.report import population
from tumen.tables.answer import Answer
from tumen.tables.findings import FINDINGS

Shape = Mapping[str, pl.DataType | type[pl.DataType]]

_INSTANT = pl.Datetime("us", "UTC")

PARTIES: Shape = MappingProxyType(
    {
        "party": pl.String,  # name of the organisation
        "countryCode": pl.String,  # its country, ISO alpha-2; null: not said
        "format": pl.String,  # how its data came: "camtrap-dp", "camtrapr", "movebank", ...
        "stations": pl.Int64,  # places with at least one deployment
        "deployments": pl.Int64,
        "cameraDays": pl.Float64,  # days operated, inside the study's period; null: effort unknown
        "detections": pl.Int64,  # of animals with a name of their own, of the study's species
        "individuals": pl.Int64,  # the party's own (local) individuals
        "effortKnown": pl.Boolean,  # false for tracks
        "failuresKnown": pl.Boolean,  # false: no operating periods, so cameraDays is an upper bound
    }
)
STATIONS: Shape = MappingProxyType(
    {
        "party": pl.String,
        "place": pl.String,  # "party/locationID", the key of a station
        "countryCode": pl.String,  # null where the side is not certain
        "possibleCountries": pl.String,  # codes joined by "|"
        "longitude": pl.Float64,
        "latitude": pl.Float64,
        "coordinateUncertainty": pl.Float64,  # m; null: not said
        "deployments": pl.Int64,
        "cameraDays": pl.Float64,  # 0: never operated in the period; null: effort unknown
        "failedDays": pl.Float64,  # days of recorded failure; null: failures were not recorded
    }
)
SIGHTINGS: Shape = MappingProxyType(
    {
        "party": pl.String,
        "place": pl.String,
        "scientificName": pl.String,  # one of the study's species
        "detections": pl.Int64,  # observations, identified or not; never 0: a station that saw none has no row
        "nights": pl.Int64,  # nights (local dates) with at least one detection
    }
)
EFFORT: Shape = MappingProxyType(
    {
        "countryCode": pl.String,  # null: stations whose side is not certain
        "stations": pl.Int64,
        "deployments": pl.Int64,
        "cameraDays": pl.Float64,  # null: effort unknown
        "failuresKnown": pl.Boolean,
    }
)
OPERATING: Shape = MappingProxyType(
    {
        "party": pl.String,
        "place": pl.String,
        "start": _INSTANT,
        "end": _INSTANT,
        "status": pl.String,  # operating | failed | stolen | obstructed
    }
)
TRACKS: Shape = MappingProxyType(
    {
        "individualID": pl.String,  # joint identity
        "scientificName": pl.String,
        "instant": _INSTANT,
        "longitude": pl.Float64,
        "latitude": pl.Float64,
        "countryCode": pl.String,  # null where the side is not certain
    }
)
DISCLOSED: Shape = MappingProxyType(
    {
        "section": pl.String,  # the anchor of a section
        "party": pl.String,
        "level": pl.String,  # at which its data were disclosed; several joined by ", ", the least first
    }
)

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "parties": PARTIES,
        "stations": STATIONS,
        "sightings": SIGHTINGS,
        "effort": EFFORT,
        "operating": OPERATING,
        "tracks": TRACKS,
        "findings": FINDINGS,
    }
)

_ANSWER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "encounters": ("individualID", "scientificName", "party", "place", "countryCode", "start", "end", "longitude"),
        "crossings": ("individualID", "scientificName", "fromCountry", "toCountry", "notBefore", "notAfter"),
        "individuals": ("individualID", "scientificName", "names", "sex", "stage", "countries", "status"),
        "perCountry": ("individualID", "countryCode", "encounters", "nights", "maxBorderDistance"),
        "joint": ("scientificName", "stage", "area", "individuals"),
        "summary": ("scientificName", "stage", "union", "onBothSides", "share", "shareLow", "shareHigh"),
    }
)


@dataclass(frozen=True)
class Input:
    """One file that was read: whose it is, its name inside the package, and its SHA-256 digest in hexadecimal."""

    party: str
    package: str
    file: str
    sha256: str


@dataclass(frozen=True)
class Provenance:
    """What it takes to compute the report again.

    `version` of Tumen; `seed` of the study (None: nothing random was used); `parameters` as they were in force;
    `inputs`, every file that was read, the study itself among them.
    """

    version: str
    seed: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True)
class Region:
    """The ground under the maps, WGS84 longitude and latitude.

    `countries`: polygons by ISO alpha-2 code. `border`: lines with the pair of codes they part. `origin`: a sentence
    on where both come from and how accurate they are, in the words of their maker; empty if nothing is known.
    """

    countries: Mapping[str, BaseGeometry]
    border: tuple[tuple[tuple[str, str], LineString | MultiLineString], ...] = ()
    origin: str = ""


@dataclass(frozen=True)
class ReportSource:
    """One study, computed: every number of the report, once.

    Frames have the columns of `SHAPES`; `crossings` is the answer of the crossings analysis. `species` are scientific
    names in the order of the study; `period` is the study's, or None if it asks for everything. `languages` are those
    the report is written in, the first is the one that `report.html` has.
    `population`: answers on density, survival and diversity, one of each name and species, in the order they are read.
    `disclosed`: at which level was disclosed what a section rests on; no rows where nobody says.
    """

    title: str
    species: tuple[str, ...]
    period: tuple[date, date] | None
    languages: tuple[str, ...]
    parties: pl.DataFrame
    stations: pl.DataFrame
    sightings: pl.DataFrame
    effort: pl.DataFrame
    operating: pl.DataFrame
    tracks: pl.DataFrame
    findings: pl.DataFrame
    crossings: Answer
    region: Region
    provenance: Provenance
    population: tuple[Answer, ...] = ()
    disclosed: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=dict(DISCLOSED)))

    def __post_init__(self) -> None:
        """Refuse tables that lack a column, before half a report is drawn."""
        for name, shape in SHAPES.items():
            _require(name, getattr(self, name), tuple(shape))
        for name, columns in _ANSWER.items():
            if name not in self.crossings.tables:
                raise ColumnError(
                    Text("table '{name}' in the answer on crossings", name=name),
                    "no such table",
                    "Pass it, even empty.",
                )
            _require(name, self.crossings.tables[name], columns)
        _require("disclosure", self.disclosed, tuple(DISCLOSED))
        population.check(self.population)

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """Every table of the report by the name under which it is cited: `tables/NAME.csv`."""
        own = {name: getattr(self, name) for name in SHAPES}
        if self.disclosed.height:
            own["disclosure"] = self.disclosed
        return {**own, **self.crossings.tables, **population.tables(self.population)}

    @property
    def country_codes(self) -> tuple[str, ...]:
        """The countries in which something was recorded or a camera stood, in alphabetical order."""
        seen = pl.concat(
            [
                self.stations["countryCode"],
                self.parties["countryCode"],
                self.crossings.tables["perCountry"]["countryCode"],
            ]
        )
        return tuple(sorted(seen.drop_nulls().unique()))

    @property
    def effort_known(self) -> bool:
        """Whether every party's effort is known; false as soon as one gave tracks only."""
        return bool(self.parties["effortKnown"].all())


def _require(name: str, frame: pl.DataFrame, columns: tuple[str, ...]) -> None:
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise ColumnError(
            Text("columns {columns} in the report's table '{name}'", columns=", ".join(columns), name=name),
            f"no {', '.join(absent)}",
            "Fill them; a column without values is null, not absent.",
        )
