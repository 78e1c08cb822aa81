"""Individuals, who identified them, how the parties' names are linked, and where tracked animals were."""

import polars as pl

from tumen.tables.schema import Column, Kind, Reference, Rule, Table

CERTAINTIES = ("certain", "probable", "possible")
SEXES = ("female", "male")

INDIVIDUALS = Table(
    name="individuals",
    origin="Tumen",
    group="individuals",
    meaning="The animals a party knows, by the party's own names. Names mean nothing outside their party.",
    key="individualID",
    columns=(
        Column(
            name="individualID",
            kind=Kind.STRING,
            meaning="The party's local name of the animal, as in observations.individualID.",
            example="T07F",
            required=True,
            unique=True,
        ),
        Column(
            name="scientificName",
            kind=Kind.STRING,
            meaning="Scientific name of the species.",
            example="Panthera tigris",
            required=True,
        ),
        Column(name="sex", kind=Kind.STRING, meaning="Sex; empty when not known.", example="female", vocabulary=SEXES),
        Column(name="birthDate", kind=Kind.DATE, meaning="Day of birth, if known to the day.", example="2013-06-01"),
        Column(name="deathDate", kind=Kind.DATE, meaning="Day of death, if known.", example="2015-02-11"),
        Column(name="motherID", kind=Kind.STRING, meaning="The mother's individualID.", example="T02F"),
        Column(
            name="knownFlanks",
            kind=Kind.STRING,
            meaning="Which flanks the party has photographs of.",
            example="left",
            vocabulary=("left", "right", "both"),
        ),
        Column(name="comments", kind=Kind.STRING, meaning="Anything else."),
    ),
    references=(Reference("motherID", "individuals", "individualID"),),
    gotchas=(
        "An animal known only by its left flank and one known only by its right may be the same animal.",
        "An empty sex means 'not known', never 'both' or 'other'.",
    ),
)

IDENTIFICATIONS = Table(
    name="identifications",
    origin="Tumen",
    group="individuals",
    meaning="One judgement of one observer: this observation or media file shows this individual.",
    key="identificationID",
    columns=(
        Column(
            name="identificationID",
            kind=Kind.STRING,
            meaning="Identifier of the judgement.",
            example="id-0001",
            required=True,
            unique=True,
        ),
        Column(name="observationID", kind=Kind.STRING, meaning="The observation judged.", example="obs1"),
        Column(name="mediaID", kind=Kind.STRING, meaning="The media file judged.", example="m1"),
        Column(name="sampleID", kind=Kind.STRING, meaning="The sample judged, where genes named it.", example="s1"),
        Column(
            name="individualID",
            kind=Kind.STRING,
            meaning="The individual it was judged to be, by the party's local name.",
            example="T07F",
            required=True,
        ),
        Column(
            name="flank",
            kind=Kind.STRING,
            meaning="The flank the judgement rests on.",
            example="left",
            vocabulary=("left", "right", "both"),
        ),
        Column(
            name="certainty",
            kind=Kind.STRING,
            meaning="How sure the observer was. 'possible' is kept on record and not used in answers.",
            example="certain",
            required=True,
            vocabulary=CERTAINTIES,
        ),
        Column(name="identifiedBy", kind=Kind.STRING, meaning="Who judged.", example="Observer A", required=True),
        Column(
            name="blind",
            kind=Kind.BOOLEAN,
            meaning="Whether the observer judged without knowing others' judgements.",
            example="true",
        ),
        Column(
            name="method",
            kind=Kind.STRING,
            meaning="What the judgement rests on.",
            example="photo",
            required=True,
            vocabulary=("photo", "genotype", "collar", "other"),
        ),
        Column(
            name="identifiedAt",
            kind=Kind.DATETIME,
            meaning="When it was judged.",
            example="2015-04-02T10:00:00+10:00",
        ),
        Column(name="comments", kind=Kind.STRING, meaning="Anything else."),
    ),
    references=(
        Reference("observationID", "observations", "observationID"),
        Reference("mediaID", "media", "mediaID"),
        Reference("sampleID", "samples", "sampleID"),
    ),
    rules=(
        Rule(
            "identification-without-object",
            "observationID",
            lambda: pl.all_horizontal(pl.col("observationID", "mediaID", "sampleID").is_null()),
        ),
    ),
    gotchas=("Judgements are added, never changed: a correction is a new row by its observer.",),
)

LINKS = Table(
    name="links",
    origin="Tumen",
    group="individuals",
    meaning="The register's events: a judgement whether two parties' local names mean the same animal.",
    key="linkID",
    columns=(
        Column(
            name="linkID",
            kind=Kind.STRING,
            meaning="Identifier of the event.",
            example="link-0001",
            required=True,
            unique=True,
        ),
        Column(name="party", kind=Kind.STRING, meaning="One party.", example="north-reserve", required=True),
        Column(
            name="individualID",
            kind=Kind.STRING,
            meaning="That party's local name of the animal.",
            example="T07F",
            required=True,
        ),
        Column(
            name="otherParty", kind=Kind.STRING, meaning="The other party.", example="south-institute", required=True
        ),
        Column(
            name="otherIndividualID",
            kind=Kind.STRING,
            meaning="The other party's local name of the animal.",
            example="22",
            required=True,
        ),
        Column(
            name="verdict",
            kind=Kind.STRING,
            meaning="Same animal, different animals, or not decided. The latest verdict on a pair holds.",
            example="same",
            required=True,
            vocabulary=("same", "different", "undecided"),
        ),
        Column(
            name="certainty",
            kind=Kind.STRING,
            meaning="How sure the judges were.",
            example="certain",
            vocabulary=CERTAINTIES,
        ),
        Column(
            name="evidence",
            kind=Kind.STRING,
            meaning="What the verdict rests on: flanks, photographs, genotype, place and time.",
            example="both flanks, 4 photographs",
            required=True,
        ),
        Column(
            name="observer", kind=Kind.STRING, meaning="Who judged.", example="Observer A; Observer B", required=True
        ),
        Column(
            name="decidedAt",
            kind=Kind.DATETIME,
            meaning="When it was judged. A later event on the same pair overrides an earlier one; both stay.",
            example="2015-09-15T10:00:00+08:00",
            required=True,
        ),
        Column(name="comments", kind=Kind.STRING, meaning="Anything else."),
    ),
    gotchas=(
        "A wrong link is not deleted: a later event with verdict 'different' undoes it.",
        "Links join through: A same as B and B same as C makes A the same as C.",
    ),
)

POSITIONS = Table(
    name="positions",
    origin="Tumen",
    group="individuals",
    meaning="Where a tracked, known individual was. Positions say where it was seen to be, never where it was not.",
    key="positionID",
    columns=(
        Column(
            name="positionID",
            kind=Kind.STRING,
            meaning="Identifier of the position.",
            example="329723310",
            required=True,
            unique=True,
        ),
        Column(
            name="individualID",
            kind=Kind.STRING,
            meaning="The party's local name of the animal.",
            example="Salif Keita",
            required=True,
        ),
        Column(name="scientificName", kind=Kind.STRING, meaning="Scientific name.", example="Loxodonta africana"),
        Column(
            name="timestamp",
            kind=Kind.DATETIME,
            meaning="Instant of the position.",
            example="2008-03-22T17:00:00Z",
            required=True,
        ),
        Column(
            name="latitude",
            kind=Kind.NUMBER,
            meaning="WGS84 latitude.",
            unit="degree",
            example="15.653505",
            required=True,
            minimum=-90,
            maximum=90,
        ),
        Column(
            name="longitude",
            kind=Kind.NUMBER,
            meaning="WGS84 longitude.",
            unit="degree",
            example="-2.1601667",
            required=True,
            minimum=-180,
            maximum=180,
        ),
        Column(
            name="coordinateUncertainty",
            kind=Kind.NUMBER,
            meaning="Radius around the position that holds the true one.",
            unit="m",
            example="15",
            minimum=0,
        ),
        Column(
            name="outlier",
            kind=Kind.BOOLEAN,
            meaning="Whether the owner marked the position as wrong. Such positions are kept and not used.",
            example="false",
        ),
        Column(name="sensorType", kind=Kind.STRING, meaning="Kind of sensor.", example="gps"),
        Column(name="tagID", kind=Kind.STRING, meaning="The tag's own identifier.", example="267"),
        Column(name="comments", kind=Kind.STRING, meaning="Anything else."),
    ),
    gotchas=("Tracked positions carry no effort: an animal without a tag is invisible to them.",),
)

LABELS = {
    "female": "female",
    "male": "male",
    "left": "left",
    "right": "right",
    "both": "both",
    "certain": "certain",
    "probable": "probable",
    "possible": "possible",
    "photo": "photograph",
    "genotype": "genotype",
    "collar": "collar",
    "other": "other",
    "same": "the same animal",
    "different": "different animals",
    "undecided": "undecided",
}
"""English labels of the words that cells of these tables may hold."""
