"""Sites, visits and counts of waterbirds, and the population estimates that counts are held against."""

import polars as pl

from tumen.tables.cameras import boolean, day, instant, integer, number, text
from tumen.tables.places import POINT, POINT_RULES, country
from tumen.tables.schema import Reference, Rule, Table

BIRD_GROUPS = (
    "divers",
    "grebes",
    "pelicans",
    "cormorants",
    "herons",
    "storks",
    "ibises",
    "swans",
    "geese",
    "ducks",
    "cranes",
    "rails",
    "shorebirds",
    "gulls",
    "terns",
    "otherWaterbirds",
)
"""The groups by which a visit says what it counted: ours, coarse, as people divide the work of a count."""

COUNT_GROUPS = (*BIRD_GROUPS, "otherAnimals")
"""The groups of a count: of waterbirds, and other animals of wetlands, which are no part of a total of waterbirds."""

SEASONS = ("breeding", "autumn", "winter", "spring")
"""The kinds of season that are judged separately."""

SITES = Table(
    name="sites",
    origin="Tumen",
    group="waterbirds",
    meaning="A place where waterbirds are counted.",
    key="siteID",
    columns=(
        text(name="siteID", meaning="Identifier of the site.", example="site-1", required=True, unique=True),
        text(name="siteName", meaning="Name of the site.", example="Lake Manpho", required=True),
        country(name="countryCode", meaning="The country it lies in.", example="KP"),
        *POINT,
        number(name="area", meaning="Area of the site.", unit="ha", example="3200", minimum=0),
        text(
            name="countGroup",
            meaning="The complex it belongs to: sites, also of several countries, that the same birds use in one day.",
            example="tumen-mouth",
        ),
        text(
            name="partOf",
            meaning="The siteID of the site of which it is a count unit, counted on its own.",
            example="site-0",
        ),
        text(name="areaID", meaning="The area whose outline it has.", example="area-1"),
        text(name="ramsarID", meaning="Its number in the list of Ramsar Sites.", example="683"),
        text(name="flywayID", meaning="Its number in the Flyway Site Network.", example="EAAF045"),
        text(name="comments", meaning="Anything else."),
    ),
    references=(Reference("partOf", "sites", "siteID"), Reference("areaID", "areas", "areaID")),
    rules=POINT_RULES,
    reasons=(
        "The same birds feed on one side of a border and rest on the other: only a declared countGroup says that two "
        "national counts may hold the same birds.",
    ),
    gotchas=(
        "Where sources give two coordinates or areas of a site, write each into statements with its source, and the "
        "one you use here.",
        "area is in hectares here, and in square kilometres in areas, as their registers have it.",
    ),
)

VISITS = Table(
    name="visits",
    origin="Tumen",
    group="waterbirds",
    meaning="One visit to a site on one day: what was covered, and which groups were counted.",
    key="visitID",
    columns=(
        text(name="visitID", meaning="Identifier of the visit.", example="v-2024-01", required=True, unique=True),
        text(name="siteID", meaning="The site.", example="site-1", required=True),
        day(name="visitDate", meaning="The day of the visit where it took place.", required=True),
        instant(name="visitStart", meaning="When counting began."),
        instant(name="visitEnd", meaning="When counting ended."),
        text(
            name="coverage",
            meaning="How much of the site was counted. 'notSurveyed' says that nobody counted, not that no bird came.",
            example="complete",
            required=True,
            vocabulary=("complete", "partial", "notSurveyed"),
        ),
        number(
            name="coveragePercent",
            meaning="Share of the site that was counted.",
            unit="%",
            example="60",
            minimum=0,
            maximum=100,
        ),
        text(
            name="groupsCounted",
            meaning=f"The groups that were counted, separated by |, or all. The words: {', '.join(COUNT_GROUPS)}.",
            example="geese|ducks|swans",
        ),
        text(
            name="method",
            meaning="From where it was counted.",
            example="ground",
            vocabulary=("ground", "boat", "aerial", "drone", "roost"),
        ),
        integer(name="observers", meaning="Number of people who counted.", unit="people", example="2", minimum=1),
        text(name="water", meaning="State of the water.", example="low"),
        text(name="ice", meaning="State of the ice.", example="half frozen"),
        text(name="tide", meaning="State of the tide.", example="high"),
        text(name="weather", meaning="Weather during the count.", example="fog, wind 3 m/s"),
        text(name="disturbance", meaning="What disturbed the birds.", example="two boats"),
        text(name="comments", meaning="Anything else."),
    ),
    references=(Reference("siteID", "sites", "siteID"),),
    rules=(
        Rule(
            "visit-ends-before-start",
            "visitEnd",
            lambda: pl.col("visitEnd") < pl.col("visitStart"),
            ("visitStart", "visitEnd"),
        ),
        Rule(
            "coverage-unexplained",
            "coverage",
            lambda: (
                (pl.col("coverage") == "partial")
                & pl.col("coveragePercent").is_null()
                & pl.col("groupsCounted").is_null()
            ),
        ),
        Rule(
            "coverage-contradicts",
            "coveragePercent",
            lambda: (
                ((pl.col("coverage") == "complete") & (pl.col("coveragePercent") < 100))
                | ((pl.col("coverage") == "notSurveyed") & (pl.col("coveragePercent") > 0))
            ),
            ("coverage",),
        ),
    ),
    reasons=(
        "A trend treats a missing count as unknown and a zero as a zero. Averages of a published series whose gaps "
        "were skipped say that it grew by 122 %, where a model that knows the gaps says 19 %.",
    ),
    gotchas=(
        "A planned visit that failed is a row with coverage notSurveyed; without it nobody knows that it was planned.",
        "An empty groupsCounted means 'not said', never 'all'.",
        "Counts of two sites of one complex add up only if they are synchronous: give visitStart and visitEnd.",
    ),
)

COUNTS = Table(
    name="counts",
    origin="Tumen",
    group="waterbirds",
    meaning="The birds of one species, or of one group of unidentified birds, at one visit.",
    withheld=("status", "withheld"),
    key="countID",
    columns=(
        text(name="countID", meaning="Identifier of the count.", example="c1", required=True, unique=True),
        text(name="visitID", meaning="The visit.", example="v-2024-01", required=True),
        text(
            name="scientificName",
            meaning="Scientific name of the species; empty for birds known only by their group.",
            example="Antigone vipio",
        ),
        text(
            name="taxonGroup",
            meaning="The group they belong to.",
            example="cranes",
            vocabulary=COUNT_GROUPS,
        ),
        text(
            name="status",
            meaning="Whether they were counted, not counted, or counted and withheld from this package.",
            example="counted",
            required=True,
            vocabulary=("counted", "notCounted", "withheld"),
        ),
        integer(
            name="count",
            meaning="Number of birds; 0 says that they were looked for and none was there.",
            unit="individuals",
            example="157",
            minimum=0,
        ),
        integer(
            name="minimum",
            meaning="Smallest number that the observer holds possible.",
            unit="individuals",
            example="150",
            minimum=0,
        ),
        integer(
            name="maximum",
            meaning="Largest number that the observer holds possible.",
            unit="individuals",
            example="170",
            minimum=0,
        ),
        boolean(name="estimated", meaning="Whether the number was estimated and not counted out.", example="false"),
        text(name="partOf", meaning="The countID of the total that this number is a part of.", example="c0"),
        text(
            name="lifeStage",
            meaning="Age class of the birds.",
            example="juvenile",
            vocabulary=("adult", "subadult", "juvenile"),
        ),
        text(name="comments", meaning="Anything else."),
    ),
    references=(Reference("visitID", "visits", "visitID"), Reference("partOf", "counts", "countID")),
    rules=(
        Rule(
            "count-of-nothing",
            "scientificName",
            lambda: pl.col("scientificName").is_null() & pl.col("taxonGroup").is_null(),
        ),
        Rule(
            "range-reversed",
            "minimum",
            lambda: (pl.col("minimum") > pl.col("maximum")) & pl.col("status").ne_missing("withheld"),
            ("minimum", "maximum"),
        ),
        Rule(
            "count-under-minimum",
            "count",
            lambda: (pl.col("count") < pl.col("minimum")) & pl.col("status").ne_missing("withheld"),
            ("minimum",),
        ),
        Rule(
            "count-over-maximum",
            "count",
            lambda: (pl.col("count") > pl.col("maximum")) & pl.col("status").ne_missing("withheld"),
            ("maximum",),
        ),
        Rule(
            "count-though-not-counted",
            "count",
            lambda: (
                (pl.col("status") == "notCounted")
                & pl.any_horizontal(pl.col("count", "minimum", "maximum").is_not_null())
            ),
        ),
        # No finding shows a number of this status: it would publish what the package is to withhold.
        Rule(
            "count-though-withheld",
            "status",
            lambda: (
                (pl.col("status") == "withheld")
                & pl.any_horizontal(pl.col("count", "minimum", "maximum").is_not_null())
            ),
        ),
    ),
    reasons=(
        "Zero, missing and withheld are three different things from the form to the map: 0 is a result, notCounted a "
        "gap, withheld a number that its owner keeps.",
        "Unidentified birds count towards a site's total of waterbirds: a row with a group and no species keeps them.",
    ),
    gotchas=(
        "Zeros are wanted: a species that was looked for and not found needs its row.",
        "Rows are added up unless partOf says that one is a part of another: adults and young of a flock whose total "
        "is a row of its own need partOf.",
        "The sum of the highest counts of different days is no count: birds come and go.",
    ),
)

LABELS = {
    "breeding": "breeding season",
    "autumn": "autumn",
    "winter": "winter",
    "spring": "spring",
    "otherAnimals": "other animals of wetlands",
    "complete": "complete",
    "partial": "partial",
    "notSurveyed": "not surveyed",
    "ground": "from the ground",
    "boat": "from a boat",
    "aerial": "from an aircraft",
    "drone": "with a drone",
    "roost": "at a roost",
    "divers": "divers",
    "grebes": "grebes",
    "pelicans": "pelicans",
    "cormorants": "cormorants",
    "herons": "herons and egrets",
    "storks": "storks",
    "ibises": "ibises and spoonbills",
    "swans": "swans",
    "geese": "geese",
    "ducks": "ducks",
    "cranes": "cranes",
    "rails": "rails and coots",
    "shorebirds": "shorebirds",
    "gulls": "gulls",
    "terns": "terns",
    "otherWaterbirds": "other waterbirds",
    "counted": "counted",
    "notCounted": "not counted",
    "withheld": "counted and withheld",
    "adult": "adult",
    "subadult": "subadult",
    "juvenile": "juvenile",
}
"""English labels of the words that cells of these tables may hold."""
