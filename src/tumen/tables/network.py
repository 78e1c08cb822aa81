"""How places are tied together: ties, indicators, law, assessments, and statements that may disagree."""

import polars as pl

from tumen.tables.cameras import day, integer, number, text
from tumen.tables.places import COUNTRIES, DATES_REVERSED
from tumen.tables.schema import Reference, Rule, Table

TIES = Table(
    name="ties",
    origin="Tumen",
    group="network",
    meaning="A tie between two places: water, birds or people connect them, as some evidence says.",
    key="tieID",
    columns=(
        text(name="tieID", meaning="Identifier of the tie.", example="tie-1", required=True, unique=True),
        text(name="fromPlace", meaning="The areaID or siteID of one place.", example="area-1", required=True),
        text(name="toPlace", meaning="The areaID or siteID of the other.", example="area-2", required=True),
        text(
            name="kind",
            meaning="What ties them: one landscape (physical), animals (ecological) or people (human).",
            example="ecological",
            required=True,
            vocabulary=("physical", "ecological", "human"),
        ),
        text(name="topic", meaning="What moves or is shared.", example="White-naped Crane"),
        text(
            name="stage",
            meaning="How far people work together.",
            example="communication",
            vocabulary=("communication", "collaboration", "coordination"),
        ),
        text(name="evidence", meaning="What shows the tie.", example="ring A12 read at both", required=True),
        day(name="startDate", meaning="First day on which it is shown."),
        day(name="endDate", meaning="Last day on which it is shown."),
        number(name="strength", meaning="How strong it is.", example="39", minimum=0),
        text(name="strengthUnit", meaning="Unit of the strength.", example="tracked birds per year"),
        text(name="comments", meaning="Anything else."),
    ),
    rules=(
        Rule("tie-to-itself", "toPlace", lambda: pl.col("fromPlace") == pl.col("toPlace")),
        Rule(
            "strength-without-unit",
            "strength",
            lambda: pl.col("strength").is_not_null() & pl.col("strengthUnit").is_null(),
        ),
        DATES_REVERSED,
    ),
    reasons=(
        "Cooperation differs by topic and over the years: a pair of places has one row per topic and stage, with its "
        "dates, not one word for good.",
    ),
    gotchas=(
        "No tie in the table means that nobody showed one, not that there is none.",
        "The stages are those of NEASPEC; another scale, such as IUCN's levels, goes into assessments.",
    ),
)

INDICATORS = Table(
    name="indicators",
    origin="Tumen",
    group="network",
    meaning="One year's value of a series that describes a pressure on a place, its state, or a response.",
    columns=(
        text(name="indicatorID", meaning="Identifier of the series.", example="lake-area", required=True),
        text(name="placeID", meaning="The areaID or siteID it describes.", example="area-1", required=True),
        text(
            name="role",
            meaning="Whether it is a pressure, the state, or a response.",
            example="state",
            required=True,
            vocabulary=("pressure", "state", "response"),
        ),
        text(name="name", meaning="What is measured.", example="Area of open water in July", required=True),
        integer(name="year", meaning="The year.", example="2017", required=True, minimum=1800, maximum=2200),
        number(name="value", meaning="The value; empty where none is known for the year.", example="550"),
        text(name="unit", meaning="Unit of the value; empty for shares and scores.", example="km2"),
        text(name="source", meaning="Where the value is from.", example="Field report 2017", required=True),
        text(name="comments", meaning="Anything else."),
    ),
    together=("indicatorID", "placeID", "year"),
    gotchas=(
        "Lakes of the steppe fill and dry over decades: a series shorter than one cycle shows no trend.",
        "An empty value says 'not known for this year'; 0 is a value.",
    ),
)

INSTRUMENTS = Table(
    name="instruments",
    origin="Tumen",
    group="network",
    meaning="A treaty, agreement, law or other text that binds somebody.",
    key="instrumentID",
    columns=(
        text(name="instrumentID", meaning="Identifier of the text.", example="dipa-1994", required=True, unique=True),
        text(name="title", meaning="Its title.", example="Agreement on the area 'Dauria'", required=True),
        text(
            name="kind",
            meaning="What it is.",
            example="agreement",
            required=True,
            vocabulary=("treaty", "agreement", "memorandum", "law", "regulation", "resolution", "other"),
        ),
        text(
            name="countryCodes",
            meaning="The countries it binds, separated by |.",
            example="CN|MN|RU",
            pattern=COUNTRIES,
        ),
        day(name="adoptedOn", meaning="The day it was signed or adopted.", example="1994-03-29"),
        day(name="inForceFrom", meaning="First day in force."),
        day(name="inForceUntil", meaning="Last day in force; empty while it holds."),
        text(name="language", meaning="Language of the text, as BCP 47 has it.", example="ru"),
        text(name="source", meaning="Where it is published.", example="https://www.ecolex.org", required=True),
        text(name="comments", meaning="Anything else."),
    ),
    rules=(
        Rule(
            "force-reversed",
            "inForceUntil",
            lambda: pl.col("inForceUntil") < pl.col("inForceFrom"),
            ("inForceFrom", "inForceUntil"),
        ),
    ),
    gotchas=(
        "Signing, ratifying and coming into force are different days; where sources disagree on one, write each into "
        "statements.",
    ),
)

PROVISIONS = Table(
    name="provisions",
    origin="Tumen",
    group="network",
    meaning="What one article of an instrument says on one topic, so that countries can be compared.",
    key="provisionID",
    columns=(
        text(name="provisionID", meaning="Identifier of the row.", example="p1", required=True, unique=True),
        text(name="instrumentID", meaning="The instrument.", example="dipa-1994", required=True),
        text(name="article", meaning="The article or paragraph.", example="3(2)", required=True),
        text(name="topic", meaning="What it is about.", example="hunting of waterbirds", required=True),
        text(
            name="effect",
            meaning="What it does.",
            example="prohibits",
            required=True,
            vocabulary=("requires", "prohibits", "permits", "establishes", "other"),
        ),
        text(name="summary", meaning="What it says, in a sentence.", example="No hunting in spring.", required=True),
        text(name="comments", meaning="Anything else."),
    ),
    references=(Reference("instrumentID", "instruments", "instrumentID"),),
    gotchas=("A summary is the reader's; the article it cites is the law.",),
)

ASSESSMENTS = Table(
    name="assessments",
    origin="Tumen",
    group="network",
    meaning="The answer to one question of a set of questions about one place.",
    columns=(
        text(name="assessmentID", meaning="Identifier of one filled-in set.", example="a-2024", required=True),
        text(name="questionSet", meaning="The set of questions.", example="transboundary-readiness", required=True),
        text(name="version", meaning="Version of the set.", example="1.0", required=True),
        text(name="placeID", meaning="The areaID or siteID it is about.", example="area-1", required=True),
        text(name="questionID", meaning="The question.", example="q12", required=True),
        text(name="answer", meaning="The answer in words.", example="A joint plan is drafted."),
        number(name="score", meaning="The score of the answer; empty where it was not scored.", example="2", minimum=0),
        number(name="maximum", meaning="The best score the question has.", example="3", minimum=0),
        text(name="assessedBy", meaning="Who answered.", example="Site manager", required=True),
        day(name="assessedOn", meaning="When it was answered.", required=True),
        text(name="evidence", meaning="What the answer rests on.", example="Minutes of 2023-11-02"),
        text(name="comments", meaning="Anything else."),
    ),
    together=("assessmentID", "questionID"),
    rules=(
        Rule("score-above-maximum", "score", lambda: pl.col("score") > pl.col("maximum"), ("maximum",)),
        Rule(
            "score-without-maximum",
            "score",
            lambda: pl.col("score").is_not_null() & pl.col("maximum").is_null(),
        ),
    ),
    gotchas=("A question that does not apply has no score; 0 is the worst one.",),
)

STATEMENTS = Table(
    name="statements",
    origin="Tumen",
    group="network",
    meaning="What a source says about a subject. Statements may contradict each other, and stay.",
    key="statementID",
    columns=(
        text(name="statementID", meaning="Identifier of the statement.", example="st-1", required=True, unique=True),
        text(name="subject", meaning="What it is about.", example="Rason Migratory Bird Reserve", required=True),
        text(name="attribute", meaning="Which property it gives.", example="area", required=True),
        text(name="value", meaning="The value, as the source writes it.", example="3200", required=True),
        text(name="unit", meaning="Unit of the value.", example="ha"),
        text(name="source", meaning="Who says so, and where.", example="Site sheet 2020", required=True),
        day(name="statedOn", meaning="When it was said."),
        text(name="language", meaning="Language of the source, as BCP 47 has it.", example="en"),
        text(name="comments", meaning="Anything else."),
    ),
    reasons=(
        "Official papers disagree: one report dates the same accession to April and to May 2018, one site has areas of "
        "3,200 and 3,500 ha, and one page two coordinates 22 km apart. Which holds is for people to decide, in the "
        "open; a field that was overwritten hides it.",
    ),
    gotchas=(
        "Write the value as the source has it, with its unit in unit: rounding or converting it is another statement.",
        "A source that corrects itself makes a new row; do not take the old one out.",
    ),
)

LABELS = {
    "physical": "physical",
    "ecological": "ecological",
    "human": "human",
    "communication": "communication",
    "collaboration": "collaboration",
    "coordination": "coordination",
    "pressure": "pressure",
    "state": "state",
    "response": "response",
    "treaty": "treaty",
    "agreement": "agreement",
    "memorandum": "memorandum",
    "law": "law",
    "regulation": "regulation",
    "resolution": "resolution",
    "other": "other",
    "requires": "requires",
    "prohibits": "prohibits",
    "permits": "permits",
    "establishes": "establishes",
}
"""English labels of the words that cells of these tables may hold."""
