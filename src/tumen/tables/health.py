"""Assays and how well they do, tests of samples, and animals found sick, hurt or dead."""

import polars as pl

from tumen.tables.cameras import day, integer, number, text
from tumen.tables.places import POINT, POINT_RULES
from tumen.tables.schema import Reference, Rule, Table

TITRATIONS = ("virusNeutralisation", "haemagglutinationInhibition", "elisa")
"""Methods that measure an amount, so that their outcome hangs on a cut-off."""
FALLING = ("pcr", "rtPcr")
"""Methods whose reading may fall as there is more (a cycle threshold)."""
DEATHS = ("dead", "killed")
"""Events after which an animal is no longer seen alive."""

ASSAYS = Table(
    name="assays",
    origin="Tumen",
    group="health",
    meaning="A way of testing for a pathogen, its cut-off, and how often it was right where the truth was known.",
    key="assayID",
    columns=(
        text(name="assayID", meaning="Identifier of the assay.", example="CDV-VN", required=True, unique=True),
        text(name="name", meaning="Its name, with maker and kit.", example="CDV neutralisation", required=True),
        text(
            name="pathogen",
            meaning="What it looks for; say whether antibody, antigen or genome in the name.",
            example="canine distemper virus",
            required=True,
        ),
        text(
            name="method",
            meaning="The method.",
            example="virusNeutralisation",
            required=True,
            vocabulary=(
                "virusNeutralisation",
                "elisa",
                "haemagglutinationInhibition",
                "immunochromatography",
                "pcr",
                "rtPcr",
                "culture",
                "histology",
                "microscopy",
                "sequencing",
                "other",
            ),
        ),
        number(
            name="cutoff",
            meaning="The reading from which a result is called positive, unless tests.cutoff says otherwise.",
            example="32",
        ),
        text(
            name="cutoffUnit",
            meaning="Unit of cutoff and of tests.titre; 1/dilution for a titre.",
            example="1/dilution",
        ),
        integer(
            name="sensitivityPositive",
            meaning="Of the truly positive samples it was tried on, how many it called positive.",
            example="42",
            minimum=0,
        ),
        integer(
            name="sensitivityTested",
            meaning="How many truly positive samples it was tried on.",
            example="44",
            minimum=0,
        ),
        integer(
            name="specificityNegative",
            meaning="Of the truly negative samples it was tried on, how many it called negative.",
            example="54",
            minimum=0,
        ),
        integer(
            name="specificityTested",
            meaning="How many truly negative samples it was tried on.",
            example="62",
            minimum=0,
        ),
        text(name="source", meaning="Where these counts come from, and in which species.", example="validation 2016"),
        text(name="comments", meaning="Anything else."),
    ),
    rules=(
        Rule(
            "assay-counts-reversed",
            "sensitivityPositive",
            lambda: pl.col("sensitivityPositive") > pl.col("sensitivityTested"),
        ),
        Rule(
            "assay-counts-reversed",
            "specificityNegative",
            lambda: pl.col("specificityNegative") > pl.col("specificityTested"),
        ),
        Rule(
            "assay-counts-halved",
            "sensitivityPositive",
            lambda: pl.col("sensitivityPositive").is_null() != pl.col("sensitivityTested").is_null(),
        ),
        Rule(
            "assay-counts-halved",
            "specificityNegative",
            lambda: pl.col("specificityNegative").is_null() != pl.col("specificityTested").is_null(),
        ),
        Rule(
            "cutoff-without-unit",
            "cutoff",
            lambda: pl.col("cutoff").is_not_null() & pl.col("cutoffUnit").is_null(),
        ),
    ),
    reasons=(
        "Sensitivity and specificity are kept as counts, not as percentages: 21 of 22 and 210 of 220 are the same "
        "percentage and not the same knowledge.",
    ),
    gotchas=(
        "A test validated in dogs or domestic cats may do worse in tigers and leopards: say the species in source.",
        "Where the specificity is 75 % and fewer than 25 % of the samples were positive, all positives may be false. "
        "A prevalence without the test's accuracy cannot be corrected.",
        "The same kit with another cut-off is another assay: its sensitivity and specificity differ.",
    ),
)

TESTS = Table(
    name="tests",
    origin="Tumen",
    group="health",
    meaning="One result of one assay on one sample. Negative results are rows too.",
    key="testID",
    columns=(
        text(name="testID", meaning="Identifier of the test.", example="t1", required=True, unique=True),
        text(name="sampleID", meaning="The sample tested.", example="NR-2015-014", required=True),
        text(name="assayID", meaning="The assay.", example="CDV-VN", required=True),
        text(name="laboratory", meaning="Who tested it.", example="south-institute", required=True),
        day(name="testedOn", meaning="Day of the test.", example="2015-05-02", required=True),
        text(name="lot", meaning="Lot of the kit or of the reagents.", example="L2207"),
        number(name="cutoff", meaning="Cut-off of this test, where it is not that of the assay.", example="16"),
        number(
            name="titre",
            meaning="The reading, in the unit of the cut-off: 1:64 is 64. It grows with what is looked for; only of "
            "pcr and rtPcr it may be a cycle threshold, which falls.",
            example="64",
            minimum=0,
        ),
        text(
            name="outcome",
            meaning="What the laboratory concluded. inconclusive: neither; invalid: the test itself failed.",
            example="positive",
            required=True,
            vocabulary=("positive", "negative", "inconclusive", "invalid"),
        ),
        text(name="comments", meaning="Anything else."),
    ),
    references=(
        Reference("sampleID", "samples", "sampleID"),
        Reference("assayID", "assays", "assayID"),
    ),
    reasons=(
        "The cut-off is recorded with each result: positive at 1:8 and positive at 1:32 are two statements.",
        "The titre is kept beside the outcome, so that results can be judged again at one common cut-off.",
    ),
    gotchas=(
        "Enter negative results: without them there is no denominator and no prevalence.",
        "An antibody says that the animal met the pathogen or its vaccine at some time, not that it is ill.",
        "inconclusive is not negative; invalid is not inconclusive.",
        "A titre of 'below 1:8' is not 0 and not 8: leave titre empty and say it in comments.",
    ),
)

HEALTH_EVENTS = Table(
    name="health_events",
    origin="Tumen",
    group="health",
    meaning="Animals found sick, injured or dead, killed, rescued or vaccinated.",
    key="eventID",
    columns=(
        text(name="eventID", meaning="Identifier of the event.", example="h1", required=True, unique=True),
        text(
            name="scientificName",
            meaning="Scientific name of the species.",
            example="Panthera tigris",
            required=True,
        ),
        text(name="individualID", meaning="The animal, by the party's local name, if known.", example="T07F"),
        day(name="eventDate", meaning="Local day of the event, or on which it was found.", required=True),
        *POINT,
        text(
            name="countryCode",
            meaning="Country of the place, ISO 3166-1 alpha-2.",
            example="RU",
            pattern="^[A-Z]{2}$",
        ),
        text(
            name="kind",
            meaning="What was found or done. killed: by people, their machines or traps; dead: otherwise or unknown.",
            example="dead",
            required=True,
            vocabulary=("sick", "injured", "dead", "killed", "rescued", "vaccinated"),
        ),
        integer(name="count", meaning="How many animals.", example="1", minimum=1),
        text(
            name="cause",
            meaning="The cause, if it was found out; unknown: looked for and not found; empty: not looked for.",
            example="disease",
            vocabulary=(
                "disease",
                "poaching",
                "roadAccident",
                "conflict",
                "trap",
                "starvation",
                "fight",
                "natural",
                "unknown",
                "other",
            ),
        ),
        text(name="signs", meaning="Signs of illness or injury.", example="seizures, no fear of people"),
        text(name="sampleID", meaning="A sample taken from it.", example="NR-2015-014"),
        text(name="reportedBy", meaning="Who reported it.", example="Patrol 3"),
        text(name="comments", meaning="Anything else."),
    ),
    references=(
        Reference("individualID", "individuals", "individualID"),
        Reference("sampleID", "samples", "sampleID"),
    ),
    rules=(
        *POINT_RULES,
        Rule(
            "event-count-missing",
            "count",
            # A named animal is one animal.
            lambda: pl.col("kind").is_in(DEATHS) & pl.col("count").is_null() & pl.col("individualID").is_null(),
            ("kind",),
        ),
        Rule(
            "event-count-of-individual",
            "count",
            lambda: pl.col("individualID").is_not_null() & (pl.col("count") > 1),
            ("individualID",),
        ),
    ),
    reasons=(
        "An alert needs events as they are reported, before a cause is known: cause may stay empty and be filled in a "
        "later version of the package.",
        "Vaccinations stand here because a vaccinated animal has antibodies: a test after it says something else.",
    ),
    gotchas=(
        "An empty count is not one animal.",
        "'disease' as a cause needs a test: refer to the sample.",
        "No reported event does not mean no sick animal: events carry no effort.",
    ),
)

LABELS = {
    "virusNeutralisation": "virus neutralisation",
    "elisa": "ELISA",
    "haemagglutinationInhibition": "haemagglutination inhibition",
    "immunochromatography": "immunochromatography",
    "pcr": "PCR",
    "rtPcr": "real-time PCR",
    "culture": "culture",
    "histology": "histology",
    "microscopy": "microscopy",
    "sequencing": "sequencing",
    "other": "other",
    "positive": "positive",
    "negative": "negative",
    "inconclusive": "inconclusive",
    "invalid": "invalid",
    "sick": "sick",
    "injured": "injured",
    "dead": "found dead",
    "killed": "killed",
    "rescued": "rescued",
    "vaccinated": "vaccinated",
    "disease": "disease",
    "poaching": "poaching",
    "roadAccident": "road accident",
    "conflict": "conflict with people",
    "trap": "trap or snare",
    "starvation": "starvation",
    "fight": "fight with another animal",
    "natural": "natural",
    "unknown": "unknown",
}
"""English labels of the words that cells of these tables may hold."""
