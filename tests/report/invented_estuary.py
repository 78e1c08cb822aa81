"""An invented estuary of three countries: one part is designated, one is undecided, one is not released."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from tumen.waterbirds.dossier import SHAPES, Inputs, dossier

DAY = date(2024, 3, 1)
SWAN, CRANE, STINT = "Cygnus olor", "Antigone vipio", "Calidris ruficollis"

Row = dict[str, Any]

SITES: Sequence[Row] = (
    {
        "place": "east/manpho",
        "party": "east",
        "siteName": "Lake Manpho",
        "countryCode": "KP",
        "countGroup": "estuary",
        "longitude": 130.58,
        "latitude": 42.36,
        "area": 3200.0,
        "areaID": "east/a1",
        "ramsarID": "2342",
    },
    {
        "place": "north/delta",
        "party": "north",
        "siteName": "Northern delta",
        "countryCode": "RU",
        "countGroup": "estuary",
        "longitude": 130.72,
        "latitude": 42.45,
        "area": 5400.0,
    },
    {
        "place": "west/terraces",
        "party": "west",
        "siteName": "Western terraces",
        "countryCode": "CN",
        "countGroup": "estuary",
        "longitude": 130.5,
        "latitude": 42.55,
        "area": 5874.0,
    },
)
AREAS: Sequence[Row] = (
    {
        "areaID": "east/a1",
        "party": "east",
        "name": "Rason reserve",
        "designation": "Migratory Bird Reserve",
        "reportedArea": 32.0,
        "managementAuthority": "City Environmental Protection",
        "geometry": "POLYGON((130.52 42.32, 130.64 42.31, 130.66 42.38, 130.56 42.41, 130.52 42.32))",
        "source": "Boundary map 2017",
    },
)
STATEMENTS: Sequence[Row] = (
    {
        "party": "east",
        "subject": "Lake Manpho",
        "attribute": "area",
        "value": "3,200",
        "unit": "ha",
        "source": "Sheet 2020",
        "statedOn": date(2020, 5, 1),
    },
    {
        "party": "east",
        "subject": "Lake Manpho",
        "attribute": "area",
        "value": "3,500-odd",
        "unit": "ha",
        "source": "News 2021",
        "statedOn": date(2021, 6, 1),
    },
    {"party": "north", "subject": "KP", "attribute": "accession", "value": "April 2018", "source": "Report, para 21"},
    {"party": "north", "subject": "KP", "attribute": "accession", "value": "May 2018", "source": "Report, para 22"},
    {"party": "west", "subject": "Western terraces", "attribute": "area", "value": "8000", "unit": "ha", "source": "W"},
    {"party": "north", "subject": "Western terraces", "attribute": "area", "value": "60 km", "source": "N"},
)
TEXTS: Sequence[Row] = (
    {"siteID": "east/manpho", "field": "16", "text": "Coastal lagoon with reed.", "status": "draft", "party": "east"},
    {"siteID": "east/manpho", "field": "0", "text": "A lagoon behind a bar.", "status": "signed", "party": "east"},
    {
        "siteID": "east/manpho",
        "field": "0",
        "text": "A newer draft.",
        "status": "draft",
        "party": "east",
        "writtenOn": date(2024, 1, 1),
    },
    {
        "siteID": "east/manpho",
        "field": "0",
        "language": "ru",
        "text": "Лагуна за косой.",
        "status": "signed",
        "party": "east",
    },
    {
        "siteID": "east/manpho",
        "field": "C1",
        "text": "The only lagoon of its kind.",
        "status": "signed",
        "party": "east",
    },
    {"siteID": "east/manpho", "field": "30", "text": "Somebody else's words.", "status": "signed", "party": "west"},
)
STATUS: Sequence[Row] = (
    {
        "scientificName": CRANE,
        "list": "IUCN Red List",
        "category": "VU",
        "assessedOn": date(2018, 8, 7),
        "source": "iucnredlist.org",
    },
)
SUMMARY: Sequence[Row] = (
    {"place": "east/manpho", "criterion": "R6", "verdict": "met", "species": 1, "seasons": 5, "edition": "Test 1"},
    {"place": "east/manpho", "criterion": "R5", "verdict": "notMet", "species": 0, "seasons": 5},
    {"place": "east/manpho", "criterion": "R1", "verdict": "needsStatement"},
    {
        "place": "north/delta",
        "criterion": "R6",
        "verdict": "undecided",
        "species": 1,
        "seasons": 2,
        "edition": "Test 1",
    },
    {"place": "west/terraces", "criterion": "R6", "verdict": "notMet", "seasons": 3, "edition": "Test 1"},
    {"place": "estuary", "criterion": "R5", "verdict": "provisional", "seasons": 3},
)
VERDICTS: Sequence[Row] = (
    {
        "place": "east/manpho",
        "criterion": "R6",
        "measure": SWAN,
        "populationID": "co",
        "edition": "Test 1",
        "season": "spring",
        "threshold": 45,
        "verdict": "met",
        "way": "twoThirds",
        "seasons": 5,
        "reached": 4,
        "open": 0,
        "missing": 1,
        "meanLow": 90.0,
        "meanHigh": 104.2,
        "largest": 180,
        "flips": True,
        "basis": "published",
    },
    {
        "place": "north/delta",
        "criterion": "R6",
        "measure": CRANE,
        "populationID": "av",
        "edition": "Test 1",
        "season": "autumn",
        "threshold": 65,
        "verdict": "undecided",
        "seasons": 2,
        "reached": 1,
        "open": 1,
        "missing": 1,
        "meanLow": 55.0,
        "largest": 80,
        "toMeet": 1,
        "toFail": 2,
        "flips": False,
    },
)


def maxima(place: str, measure: str, season: str, *years: tuple[int, int | None, int | None]) -> list[Row]:
    """Seasons of a measure: year, the least and the most that may have been there."""
    return [
        {
            "place": place,
            "measure": measure,
            "season": season,
            "year": year,
            "low": low,
            "high": high,
            "state": "missing" if low is None else "complete" if high == low else "partial",
            "date": None if low is None else date(year, 4, 10),
        }
        for year, low, high in years
    ]


SEASONS: Sequence[Row] = (
    *maxima(
        "east/manpho",
        SWAN,
        "spring",
        (2018, 60, 60),
        (2019, 40, 40),
        (2020, 120, 150),
        (2022, 180, 180),
        (2023, 50, 60),
    ),
    *maxima("east/manpho", STINT, "spring", (2018, 12, 12)),
    *maxima("north/delta", CRANE, "autumn", (2021, 80, 80), (2022, None, None), (2023, 30, None)),
    *maxima("west/terraces", STINT, "autumn", (2021, 9999, 9999)),
)
TRENDS: Sequence[Row] = (
    {
        "place": "east/manpho",
        "measure": SWAN,
        "season": "spring",
        "from": 2018,
        "upto": 2023,
        "trend": "uncertain",
        "multiplicative": 1.083,
    },
)
PARTIES: Sequence[Row] = (
    {"party": "east", "countryCode": "KP"},
    {"party": "north", "countryCode": "RU"},
    {"party": "west", "countryCode": "CN"},
    {"party": "ministry", "countryCode": "RU"},
)


def frame(name: str, rows: Sequence[Row]) -> pl.DataFrame:
    """A table of the inputs: absent cells are null."""
    shape = SHAPES[name]
    return pl.DataFrame([{column: row.get(column) for column in shape} for row in rows], schema=dict(shape))


def step(country: str, name: str, state: str = "done", **more: Any) -> Row:
    """One stated step."""
    party = {"KP": "east", "RU": "north", "CN": "west"}[country]
    given = {"siteID": "estuary", "statedOn": date(2023, 6, 1), "actor": f"Ministry of {country}", "party": party}
    return {**given, "countryCode": country, "step": name, "state": state, **more}


def texts(rows: Sequence[Row]) -> pl.DataFrame:
    """Texts of sheets with an author, a day and a source."""
    given = {
        "sheet": "RIS",
        "language": "en",
        "author": "A. Kim",
        "writtenOn": date(2023, 1, 1),
        "source": "Survey 2022",
    }
    return frame("texts", [{**given, **row} for row in rows])


def inputs(steps: Sequence[Row] = (), **changed: pl.DataFrame) -> Inputs:
    """The tables of the estuary, some of them replaced."""
    given = {
        "sites": frame("sites", SITES),
        "areas": frame("areas", AREAS),
        "statements": frame("statements", STATEMENTS),
        "texts": texts(TEXTS),
        "steps": frame("steps", steps),
        "status": frame("status", STATUS),
        "summary": frame("summary", SUMMARY),
        "verdicts": frame("verdicts", VERDICTS),
        "seasons": frame("seasons", SEASONS),
        "trends": frame("trends", TRENDS),
        "parties": frame("parties", PARTIES),
    }
    return Inputs(**{**given, **changed}, asOf=DAY)


@cache
def digest(country: str, sheet: str = "RIS") -> str:
    """What the owners of a part sign now."""
    party = {"KP": "east", "RU": "north", "CN": "west"}[country]
    made = dossier("estuary", sheet, inputs(), own=party)
    return next(part.digest for part in made.parts if part.country == country)


def released(*countries: str) -> list[Row]:
    """Steps by which parts are signed and released as they are now."""
    return [
        step(country, name, digest=digest(country), document=f"Letter {country}")
        for country in countries
        for name in ("signed", "released")
    ]


def road() -> list[Row]:
    """The eastern part is designated and released, the northern one released and waiting for its country."""
    national = ("surveyed", "assessed", "consulted", "approved")
    return [
        *[step("KP", name) for name in national],
        step("KP", "designated", document="List of Ramsar Sites, 2018"),
        *[step("RU", name) for name in national[:3]],
        step("RU", "approved", "underWay", party="ministry"),
        *released("KP", "RU"),
    ]
