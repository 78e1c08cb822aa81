"""How large populations of waterbirds are, and how long birds stay: what counts are held against."""

import polars as pl

from tumen.tables.cameras import day, integer, number, text
from tumen.tables.places import COUNTRIES
from tumen.tables.schema import Reference, Rule, Table
from tumen.tables.waterbirds import SEASONS

POPULATION_ESTIMATES = Table(
    name="population_estimates",
    origin="Tumen",
    group="waterbirds",
    meaning="How large a biogeographic population is, and its 1 % threshold, as one edition of a source has it.",
    columns=(
        text(name="populationID", meaning="Identifier of the population.", example="av-east-asia", required=True),
        text(name="scientificName", meaning="Scientific name of the species.", example="Antigone vipio", required=True),
        text(name="populationName", meaning="Name of the population.", example="East Asia", required=True),
        text(name="edition", meaning="The edition of the source.", example="WPE5", required=True),
        text(
            name="countryCodes",
            meaning="The countries in which birds of it are met, separated by |; empty where nobody said.",
            example="CN|KP|RU",
            pattern=COUNTRIES,
        ),
        text(
            name="seasons",
            meaning=f"The seasons in which they are met there, separated by |. The words: {', '.join(SEASONS)}.",
            example="autumn|spring",
        ),
        text(
            name="range",
            meaning="Where they are met: a polygon or multipolygon as WKT, longitude before latitude, WGS84.",
            example="POLYGON((120 30, 145 30, 145 55, 120 55, 120 30))",
        ),
        integer(name="startYear", meaning="First year the estimate describes.", example="2006", minimum=1900),
        integer(name="endYear", meaning="Last year the estimate describes.", example="2012", minimum=1900),
        integer(name="minimum", meaning="Lower end of the estimate.", unit="individuals", example="6000", minimum=0),
        integer(name="maximum", meaning="Upper end of the estimate.", unit="individuals", example="7000", minimum=0),
        text(
            name="unit",
            meaning="What was estimated; three birds stand for a pair, one and a half for a mature bird.",
            example="individuals",
            vocabulary=("individuals", "pairs", "matureIndividuals"),
        ),
        text(
            name="meanRule",
            meaning="The mean of minimum and maximum that this edition takes 1 % of.",
            example="geometric",
            vocabulary=("geometric", "arithmetic"),
        ),
        text(
            name="quality",
            meaning="What the estimate rests on.",
            example="census",
            vocabulary=("noEstimate", "bestGuess", "expertOpinion", "census"),
        ),
        integer(
            name="onePercent",
            meaning="The 1 % threshold as published.",
            unit="individuals",
            example="65",
            minimum=1,
        ),
        day(name="inForceFrom", meaning="First day on which this edition is the one to use.", example="2012-11-01"),
        day(name="inForceUntil", meaning="Last day on which it is; empty while it lasts."),
        text(
            name="evidence",
            meaning="How the numbers came here: as published, computed from published ones, or from somebody's memory.",
            example="published",
            vocabulary=("published", "computed", "recalled"),
        ),
        text(name="source", meaning="Where it is published.", example="https://wpp.wetlands.org", required=True),
        text(name="comments", meaning="Anything else."),
    ),
    together=("populationID", "edition"),
    rules=(
        Rule(
            "range-reversed",
            "minimum",
            lambda: pl.col("minimum") > pl.col("maximum"),
            ("minimum", "maximum"),
        ),
        Rule("years-reversed", "endYear", lambda: pl.col("endYear") < pl.col("startYear"), ("startYear", "endYear")),
        Rule(
            "force-reversed",
            "inForceUntil",
            lambda: pl.col("inForceUntil") < pl.col("inForceFrom"),
            ("inForceFrom", "inForceUntil"),
        ),
    ),
    reasons=(
        "Thresholds of one species differ by a factor of two between editions, so a verdict without its edition is "
        "meaningless; every edition is kept beside the others.",
        "onePercent is what was published, not what could be computed: experts override the rule, and say so.",
    ),
    gotchas=(
        "The Waterbird Populations Portal writes -1 for unknown and maximum = minimum + 1 for 'more than the minimum': "
        "leave the unknown cell empty.",
        "Up to the fourth edition of Waterbird Population Estimates thresholds came from the arithmetic mean and were "
        "capped at 20,000; from the fifth they come from the geometric mean without a cap.",
        "The unit is the population, not the species; pairs times 3, or mature individuals times 1.5, give birds.",
    ),
)

STAYS = Table(
    name="stays",
    origin="Tumen",
    group="waterbirds",
    meaning="How long birds of a species stay at a site on passage, as marked or tracked birds showed.",
    columns=(
        text(name="siteID", meaning="The site.", example="site-1", required=True),
        text(name="scientificName", meaning="The species.", example="Grus monacha", required=True),
        text(name="season", meaning="The season.", example="autumn", required=True, vocabulary=SEASONS),
        number(name="meanStay", meaning="Mean length of stay.", unit="days", example="9.5", required=True, minimum=0),
        number(name="minimum", meaning="Lower end of its interval.", unit="days", example="7", minimum=0),
        number(name="maximum", meaning="Upper end of its interval.", unit="days", example="13", minimum=0),
        integer(name="birds", meaning="Birds that it rests on.", unit="individuals", example="9", minimum=1),
        text(name="method", meaning="How it was measured.", example="resightings of rings", required=True),
        text(
            name="source", meaning="Who measured it, and where it is published.", example="Report 2023", required=True
        ),
        text(name="comments", meaning="Anything else."),
    ),
    together=("siteID", "scientificName", "season"),
    references=(Reference("siteID", "sites", "siteID"),),
    rules=(
        Rule("range-reversed", "minimum", lambda: pl.col("minimum") > pl.col("maximum"), ("minimum", "maximum")),
        Rule("stay-zero", "meanStay", lambda: pl.col("meanStay") == 0),
    ),
    reasons=(
        "On passage more birds use a site than are there on any day. Only a measured length of stay turns counts into "
        "the number that passed; without one no turnover is assumed.",
    ),
    gotchas=("A length of stay seen with telescopes ends when the bird is no longer seen: it is a lower bound.",),
)

LABELS = {
    "individuals": "individuals",
    "pairs": "pairs",
    "matureIndividuals": "mature individuals",
    "geometric": "geometric mean",
    "arithmetic": "arithmetic mean",
    "published": "published",
    "computed": "computed from published numbers",
    "recalled": "from memory, not verified",
    "noEstimate": "no estimate",
    "bestGuess": "best guess",
    "expertOpinion": "expert opinion",
    "census": "census",
}
"""English labels of the words that cells of these tables may hold."""
