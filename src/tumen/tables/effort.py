"""Searches: the effort of people, who walk, drive or fly; that of cameras is in `tumen.tables.cameras`."""

import polars as pl

from tumen.tables.cameras import instant, integer, number, text
from tumen.tables.places import POINT, POINT_RULES, country
from tumen.tables.schema import Reference, Rule, Table

SEARCHES = Table(
    name="searches",
    origin="Tumen",
    group="effort",
    meaning="One search or patrol by people: how, when, where and how far, whether or not anything was found.",
    key="searchID",
    columns=(
        text(name="searchID", meaning="Identifier of the search.", example="p-2014-031", required=True, unique=True),
        text(
            name="method",
            meaning="How it was searched.",
            example="snowTracking",
            required=True,
            vocabulary=(
                "footPatrol",
                "vehiclePatrol",
                "boatPatrol",
                "horsePatrol",
                "aerialSurvey",
                "snowTracking",
                "scatSurvey",
                "dogSurvey",
                "other",
            ),
        ),
        instant(name="searchStart", meaning="When the search began.", required=True),
        instant(name="searchEnd", meaning="When the search ended.", required=True),
        *POINT,
        number(name="distance", meaning="Length of the way searched.", unit="m", example="8400", minimum=0),
        integer(name="observers", meaning="Number of people who searched.", unit="people", example="3", minimum=1),
        country(name="countryCode", meaning="The country it was in."),
        text(name="areaID", meaning="The protected area it was in.", example="area-1"),
        text(name="team", meaning="Who searched.", example="Patrol 3"),
        text(name="target", meaning="What was looked for: a species, a sign or an act.", example="Panthera pardus"),
        text(name="comments", meaning="Anything else."),
    ),
    references=(Reference("areaID", "areas", "areaID"),),
    rules=(
        Rule(
            "search-ends-before-start",
            "searchEnd",
            lambda: pl.col("searchEnd") < pl.col("searchStart"),
            ("searchStart", "searchEnd"),
        ),
        *POINT_RULES,
    ),
    reasons=(
        "What was found can be compared between places and years only per kilometre or hour searched, so a search "
        "that found nothing is a row like any other.",
    ),
    gotchas=(
        "Leave distance empty where it was not measured; 0 says that nobody moved.",
        "distance is the way of the team, not the sum of the ways of its members.",
        "A patrol's target matters: one that looked for snares says nothing about the absence of tracks.",
    ),
)

LABELS = {
    "footPatrol": "patrol on foot",
    "vehiclePatrol": "patrol by vehicle",
    "boatPatrol": "patrol by boat",
    "horsePatrol": "patrol on horseback",
    "aerialSurvey": "survey from the air",
    "snowTracking": "tracking in snow",
    "scatSurvey": "search for scats",
    "dogSurvey": "search with a dog",
    "other": "other",
}
"""English labels of the words that cells of this table may hold."""
