"""What an owner derives from its data so that others can count crossings without them: encounters and camera-days."""

from tumen.tables.cameras import day, integer, number, text
from tumen.tables.individuals import CERTAINTIES, SEXES
from tumen.tables.places import DATES_REVERSED
from tumen.tables.schema import Reference, Table

STAGES = ("adult", "subadult", "juvenile")
SAFE_PATH = r"^portraits/[a-z0-9]+[.](?:jpg|png)$"
COUNTRIES = "^[A-Z]{2}([|][A-Z]{2})*$"

ENCOUNTERS = Table(
    name="encounters",
    origin="Tumen",
    group="individuals",
    meaning="One independent encounter with a named individual, as far as its owner lets it out: the day, the side of "
    "the border, and how far from it at most; no place and no time of day.",
    key="encounterID",
    columns=(
        text(name="encounterID", meaning="Identifier of the encounter.", example="e-71", required=True, unique=True),
        text(
            name="individualID",
            meaning="The animal, by the name that the package gives it.",
            example="T07F",
            required=True,
        ),
        text(name="scientificName", meaning="Scientific name of the species.", example="Panthera pardus"),
        text(name="sex", meaning="Sex, where it is known.", example="female", vocabulary=SEXES),
        text(name="lifeStage", meaning="The oldest life stage recorded in it.", vocabulary=STAGES),
        text(
            name="source",
            meaning="Whether a camera met it, or it was tracked.",
            example="camera",
            required=True,
            vocabulary=("camera", "position"),
        ),
        day(name="startDate", meaning="The UTC day on which it began.", required=True),
        day(name="endDate", meaning="The UTC day on which it ended.", required=True),
        integer(name="detections", meaning="Detections that it holds.", example="3", required=True, minimum=1),
        text(
            name="countryCode",
            meaning="The country in which it certainly was; empty where that is not certain.",
            example="RU",
            pattern="^[A-Z]{2}$",
        ),
        text(
            name="possibleCountries",
            meaning="The countries in which it may have been, separated by |.",
            example="CN|RU",
            pattern=COUNTRIES,
        ),
        number(
            name="borderDistance",
            meaning="Distance to the border, rounded up to a multiple of borderStep: it was no farther than this, and "
            "farther than one step less.",
            unit="m",
            example="4000",
            minimum=0,
        ),
        number(name="borderStep", meaning="What the distance was rounded up to.", unit="m", example="1000", minimum=0),
    ),
    rules=(DATES_REVERSED,),
    reasons=("Its owner computes it with exact coordinates, which stay at home; others count crossings from it.",),
    gotchas=(
        "Encounters of one animal on one day have no order.",
        "A distance is that of the place as its owner knows it, before its uncertainty is taken off or added.",
    ),
)

CAMERA_DAYS = Table(
    name="camera_days",
    origin="Tumen",
    group="effort",
    meaning="How many days cameras worked in a month: of one deployment, or of all in a country.",
    columns=(
        text(
            name="deploymentID",
            meaning="The deployment, as in deployments; empty where the row counts all deployments of the country.",
            example="dep1",
        ),
        text(
            name="countryCode",
            meaning="The country; empty for cameras whose side is not certain.",
            example="RU",
            pattern="^[A-Z]{2}$",
        ),
        day(name="month", meaning="First day of the month, UTC.", example="2014-10-01", required=True),
        integer(
            name="cameraDays",
            meaning="Days that cameras worked in the month, summed over cameras, rounded to whole days.",
            unit="d",
            example="411",
            required=True,
            minimum=0,
        ),
    ),
    references=(Reference("deploymentID", "deployments", "deploymentID"),),
    reasons=("That nobody looked is not that no animal came: effort leaves the owner before any place does.",),
)

PORTRAITS = Table(
    name="portraits",
    origin="Tumen",
    group="individuals",
    meaning="One picture of one animal, cut out of its surroundings and without metadata, as its owner lets it out.",
    key="portraitID",
    columns=(
        text(name="portraitID", meaning="Identifier of the picture.", example="p-12", required=True, unique=True),
        text(name="individualID", meaning="The animal, by the name that the package gives it.", example="T07F"),
        text(name="scientificName", meaning="Scientific name of the species.", example="Panthera pardus"),
        text(name="sex", meaning="Sex, where it is known.", example="female", vocabulary=SEXES),
        text(name="lifeStage", meaning="Age class of the animal.", vocabulary=STAGES),
        text(name="flank", meaning="The flank it shows.", example="left", vocabulary=("left", "right", "both")),
        text(name="certainty", meaning="How sure the observer was of the name.", vocabulary=CERTAINTIES),
        integer(name="year", meaning="The year in which it was taken, UTC.", example="2014"),
        text(name="countryCode", meaning="The country it was taken in.", example="RU", pattern="^[A-Z]{2}$"),
        text(
            name="filePath",
            meaning="Its path below the package's folder.",
            example="portraits/p12.jpg",
            required=True,
            pattern=SAFE_PATH,
        ),
    ),
)

HOLDINGS = Table(
    name="holdings",
    origin="Tumen",
    group="deliberation",
    meaning="What a package holds, and how much of it is in this view: one row per table.",
    key="table",
    columns=(
        text(name="table", meaning="Name of the table.", example="observations", required=True, unique=True),
        integer(name="rows", meaning="Rows that its owner holds.", example="4120", required=True, minimum=0),
        integer(name="disclosed", meaning="Rows in this view.", example="0", required=True, minimum=0),
        integer(name="firstYear", meaning="Year of the earliest record, UTC.", example="2013"),
        integer(name="lastYear", meaning="Year of the latest record, UTC.", example="2015"),
        text(name="species", meaning="Scientific names in it, separated by |.", example="Panthera pardus"),
    ),
)

LABELS = {"camera": "camera", "position": "tracked position"}
"""English labels of the words that cells of these tables may hold."""
