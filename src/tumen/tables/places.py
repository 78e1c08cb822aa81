"""Protected areas, borders and rasters, and how any table says where a place is."""

from functools import partial

import polars as pl

from tumen.tables.cameras import day, integer, number, text
from tumen.tables.schema import Rule, Table

country = partial(text, pattern=r"^[A-Z]{2}$", example="RU")
"""A column that holds one ISO 3166-1 alpha-2 code."""

COUNTRIES = r"^[A-Z]{2}( ?\| ?[A-Z]{2})*$"
"""What a cell of several ISO 3166-1 alpha-2 codes looks like."""

POINT = (
    number(
        name="latitude",
        meaning="WGS84 latitude.",
        unit="degree",
        example="42.67",
        minimum=-90,
        maximum=90,
    ),
    number(
        name="longitude",
        meaning="WGS84 longitude.",
        unit="degree",
        example="130.61",
        minimum=-180,
        maximum=180,
    ),
    number(
        name="coordinateUncertainty",
        meaning="Radius of the smallest circle around the point that holds the place.",
        unit="m",
        example="100",
        minimum=1,
    ),
)
"""The columns of a table that may say where a place is."""

POINT_RULES = (
    Rule(
        "coordinates-zero",
        "latitude",
        lambda: (pl.col("latitude") == 0) & (pl.col("longitude") == 0),
    ),
    Rule(
        "coordinates-exchanged",
        "latitude",
        lambda: pl.col("latitude").abs().is_between(90, 180, closed="right") & (pl.col("longitude").abs() <= 90),
        ("latitude", "longitude"),
    ),
    Rule(
        "coordinates-half",
        "latitude",
        lambda: pl.col("latitude").is_null() != pl.col("longitude").is_null(),
    ),
)
"""What can be wrong with such columns in one row."""

DATES_REVERSED = Rule(
    "dates-reversed", "endDate", lambda: pl.col("endDate") < pl.col("startDate"), ("startDate", "endDate")
)
"""For tables with startDate and endDate."""

AREAS = Table(
    name="areas",
    origin="Tumen",
    group="places",
    meaning="A protected or designated area, with the columns that the World Database on Protected Areas has for it.",
    key="areaID",
    columns=(
        text(name="areaID", meaning="Identifier of the area.", example="area-1", required=True, unique=True),
        text(name="name", meaning="Name of the area in English or in Latin letters.", example="Daursky", required=True),
        text(name="originalName", meaning="Name in the language and script of its country.", example="Даурский"),
        country(name="countryCode", meaning="The country it lies in.", required=True),
        text(name="designation", meaning="What it is designated as.", example="Strict Nature Reserve"),
        text(
            name="designationType",
            meaning="Under whose law it is designated.",
            example="national",
            vocabulary=("national", "international", "regional", "notApplicable"),
        ),
        text(
            name="iucnCategory",
            meaning="Management category of IUCN.",
            example="Ia",
            vocabulary=("Ia", "Ib", "II", "III", "IV", "V", "VI", "notReported", "notApplicable", "notAssigned"),
        ),
        text(
            name="internationalCriteria",
            meaning="Criteria under which an international designation was made, separated by |.",
            example="2|5|6",
        ),
        text(
            name="marine",
            meaning="Whether it lies on land, in the sea, or in both.",
            example="coastal",
            vocabulary=("terrestrial", "coastal", "marine"),
        ),
        number(name="reportedArea", meaning="Area as its authority reports it.", unit="km2", example="32", minimum=0),
        text(
            name="noTake",
            meaning="Whether taking fish and other life from the sea is forbidden in it.",
            example="part",
            vocabulary=("all", "part", "none", "notReported", "notApplicable"),
        ),
        text(
            name="status",
            meaning="How far the designation has come.",
            example="designated",
            vocabulary=("proposed", "inscribed", "adopted", "designated", "established"),
        ),
        integer(name="statusYear", meaning="Year of that status.", example="2018", minimum=1600, maximum=2200),
        text(name="governance", meaning="Who decides about it.", example="Federal or national ministry or agency"),
        text(name="managementAuthority", meaning="Who manages it.", example="Ministry of Land"),
        text(name="managementPlan", meaning="Its management plan: title, year or address.", example="Plan 2020-2025"),
        text(name="wdpaID", meaning="Its number in the World Database on Protected Areas.", example="902304"),
        text(name="wdpaPID", meaning="The number of its part (zone) there.", example="902304_A"),
        text(
            name="geometry",
            meaning="Its outline: a polygon or multipolygon as WKT, longitude before latitude, WGS84.",
            example="POLYGON((130.5 42.3, 130.7 42.3, 130.7 42.5, 130.5 42.3))",
        ),
        text(name="source", meaning="Where outline and figures are from.", example="Boundary map 2019"),
        text(name="comments", meaning="Anything else."),
    ),
    rules=(
        Rule(
            "no-take-contradicts",
            "noTake",
            lambda: (
                pl.when(pl.col("marine") == "terrestrial")
                .then(pl.col("noTake").is_in(("all", "part", "none")))
                .otherwise(pl.col("noTake") == "notApplicable")
                & pl.col("marine").is_not_null()
            ),
            ("marine",),
        ),
    ),
    reasons=(
        "Registers of Ramsar Sites and of protected areas share no key and are joined by names today; areaID, wdpaID "
        "and the ramsarID of sites are kept apart so that no name has to be matched.",
        "One place may carry several designations with different outlines: each is a row.",
    ),
    gotchas=(
        "reportedArea is in square kilometres; registers of wetlands report hectares (1 km2 = 100 ha).",
        "The World Database on Protected Areas writes 0 for an unknown year: leave statusYear empty.",
        "Areas overlap, also across a border: their areas may not be added up.",
        "An area of which only a point is known has no geometry; a circle drawn around the point is not its outline.",
    ),
)

BORDERS = Table(
    name="borders",
    origin="Tumen",
    group="places",
    meaning="A line between two countries, as a named source draws it.",
    key="borderID",
    columns=(
        text(name="borderID", meaning="Identifier of the line.", example="cn-ru-1", required=True, unique=True),
        country(name="countryA", meaning="The country on one side.", required=True),
        country(name="countryB", meaning="The country on the other side.", example="CN", required=True),
        text(
            name="status",
            meaning="What the line is.",
            example="agreed",
            required=True,
            vocabulary=("agreed", "disputed", "indefinite", "lineOfControl"),
        ),
        number(
            name="accuracy",
            meaning="How far the drawn line may lie from the true one.",
            unit="m",
            example="500",
            minimum=0,
        ),
        text(
            name="geometry",
            meaning="The line: a linestring or multilinestring as WKT, longitude before latitude, WGS84.",
            example="LINESTRING(130.60 42.42, 130.70 42.30)",
            required=True,
        ),
        text(name="source", meaning="Who draws it so.", example="Natural Earth 5.1.1", required=True),
        day(name="validFrom", meaning="First day on which it was drawn so."),
        day(name="validUntil", meaning="Last day on which it was drawn so."),
        text(name="comments", meaning="Anything else; who disputes the line, and which."),
    ),
    rules=(
        Rule("border-with-itself", "countryB", lambda: pl.col("countryA") == pl.col("countryB")),
        Rule(
            "border-unexplained",
            "status",
            lambda: pl.col("status").is_in(("disputed", "indefinite")) & pl.col("comments").is_null(),
        ),
        Rule(
            "validity-reversed",
            "validUntil",
            lambda: pl.col("validUntil") < pl.col("validFrom"),
            ("validFrom", "validUntil"),
        ),
    ),
    reasons=(
        "Software that draws one line as the only one angers half of its readers: a line carries its source and "
        "status, and several may stand beside each other.",
    ),
    gotchas=(
        "A line simplified for a small map is kilometres off in places: give its accuracy, or a side will be claimed "
        "that nobody knows.",
    ),
)

RASTERS = Table(
    name="rasters",
    origin="Tumen",
    group="places",
    meaning="A raster file that rides along with the package, and what its cells mean.",
    key="rasterID",
    columns=(
        text(name="rasterID", meaning="Identifier of the raster.", example="dem-1", required=True, unique=True),
        text(name="name", meaning="Name of the raster.", example="Elevation of the Lower Tumen", required=True),
        text(name="path", meaning="Its path below the package's folder.", example="rasters/dem.tif", required=True),
        text(name="variable", meaning="What a cell holds.", example="elevation", required=True),
        text(name="unit", meaning="Unit of the cells; empty for classes.", example="m"),
        text(
            name="crs",
            meaning="Its coordinate reference system, as AUTHORITY:CODE.",
            example="EPSG:32652",
            required=True,
            pattern=r"^[A-Za-z]+:[0-9A-Za-z]+$",
        ),
        number(name="resolution", meaning="Width of a cell.", unit="m", example="30", minimum=1e-6),
        day(name="startDate", meaning="First day it describes."),
        day(name="endDate", meaning="Last day it describes."),
        text(name="source", meaning="Where it is from.", example="Copernicus DEM GLO-30", required=True),
        text(name="licence", meaning="Under which licence it may be used.", example="CC-BY-4.0"),
        text(name="legend", meaning="What classes mean, as number=word, separated by |.", example="1=forest|2=water"),
        text(name="comments", meaning="Anything else."),
    ),
    rules=(
        Rule(
            "raster-path-unsafe",
            "path",
            lambda: pl.col("path").str.contains(
                r"^[/\\~]|^[A-Za-z][A-Za-z0-9+.-]*:|\\|(?:^|/)\.\.?(?:/|$)|//|[\x00-\x1f]"
            ),
        ),
        DATES_REVERSED,
    ),
    reasons=("A map of unknown date, unit or licence cannot be used in a joint report, however fine its cells.",),
    gotchas=(
        "unit is the unit of the cells' values, not of their width.",
        "A cell without data is none with the value 0: say in the file which value means 'no data'.",
    ),
)

LABELS = {
    "national": "national",
    "international": "international",
    "regional": "regional",
    "notApplicable": "not applicable",
    "Ia": "Ia: strict nature reserve",
    "Ib": "Ib: wilderness area",
    "II": "II: national park",
    "III": "III: natural monument or feature",
    "IV": "IV: habitat or species management area",
    "V": "V: protected landscape or seascape",
    "VI": "VI: protected area with sustainable use of natural resources",
    "notReported": "not reported",
    "notAssigned": "not assigned",
    "terrestrial": "on land",
    "coastal": "on land and in the sea",
    "marine": "in the sea",
    "all": "all of it",
    "part": "part of it",
    "none": "none of it",
    "proposed": "proposed",
    "inscribed": "inscribed",
    "adopted": "adopted",
    "designated": "designated",
    "established": "established",
    "agreed": "agreed",
    "disputed": "disputed",
    "indefinite": "indefinite",
    "lineOfControl": "line of control",
}
"""English labels of the words that cells of these tables may hold."""
