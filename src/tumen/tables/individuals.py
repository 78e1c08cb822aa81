"""Individuals, who identified them, how the parties' names are linked, and where tracked animals were."""

import polars as pl

from tumen.tables.cameras import boolean, day, instant, number, text
from tumen.tables.schema import Reference, Rule, Table

CERTAINTIES = ("certain", "probable", "possible")
SEXES = ("female", "male")

INDIVIDUALS = Table(
    name="individuals",
    origin="Tumen",
    group="individuals",
    meaning="The animals a party knows, by the party's own names. Names mean nothing outside their party.",
    key="individualID",
    columns=(
        text(
            name="individualID",
            meaning="The party's local name of the animal, as in observations.individualID.",
            example="T07F",
            required=True,
            unique=True,
        ),
        text(
            name="scientificName",
            meaning="Scientific name of the species.",
            example="Panthera tigris",
            required=True,
        ),
        text(name="sex", meaning="Sex; empty when not known.", example="female", vocabulary=SEXES),
        day(name="birthDate", meaning="Day of birth, if known to the day.", example="2013-06-01"),
        day(name="deathDate", meaning="Day of death, if known.", example="2015-02-11"),
        text(name="motherID", meaning="The mother's individualID.", example="T02F"),
        text(
            name="knownFlanks",
            meaning="Which flanks the party has photographs of.",
            example="left",
            vocabulary=("left", "right", "both"),
        ),
        text(name="comments", meaning="Anything else."),
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
        text(
            name="identificationID",
            meaning="Identifier of the judgement.",
            example="id-0001",
            required=True,
            unique=True,
        ),
        text(name="observationID", meaning="The observation judged.", example="obs1"),
        text(name="mediaID", meaning="The media file judged.", example="m1"),
        text(name="sampleID", meaning="The sample judged, where genes named it.", example="s1"),
        text(
            name="individualID",
            meaning="The individual it was judged to be, by the party's local name.",
            example="T07F",
            required=True,
        ),
        text(
            name="flank",
            meaning="The flank the judgement rests on.",
            example="left",
            vocabulary=("left", "right", "both"),
        ),
        text(
            name="certainty",
            meaning="How sure the observer was. 'possible' is kept on record and not used in answers.",
            example="certain",
            required=True,
            vocabulary=CERTAINTIES,
        ),
        text(name="identifiedBy", meaning="Who judged.", example="Observer A", required=True),
        boolean(
            name="blind",
            meaning="Whether the observer judged without knowing others' judgements.",
            example="true",
        ),
        text(
            name="method",
            meaning="What the judgement rests on.",
            example="photo",
            required=True,
            vocabulary=("photo", "genotype", "collar", "other"),
        ),
        instant(name="identifiedAt", meaning="When it was judged.", example="2015-04-02T10:00:00+10:00"),
        text(name="comments", meaning="Anything else."),
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
        text(name="linkID", meaning="Identifier of the event.", example="link-0001", required=True, unique=True),
        text(name="party", meaning="One party.", example="north-reserve", required=True),
        text(name="individualID", meaning="That party's local name of the animal.", example="T07F", required=True),
        text(name="otherParty", meaning="The other party.", example="south-institute", required=True),
        text(
            name="otherIndividualID",
            meaning="The other party's local name of the animal.",
            example="22",
            required=True,
        ),
        text(
            name="verdict",
            meaning="Same animal, different animals, or not decided. The latest verdict on a pair holds.",
            example="same",
            required=True,
            vocabulary=("same", "different", "undecided"),
        ),
        text(name="certainty", meaning="How sure the judges were.", example="certain", vocabulary=CERTAINTIES),
        text(
            name="evidence",
            meaning="What the verdict rests on: flanks, photographs, genotype, place and time.",
            example="both flanks, 4 photographs",
            required=True,
        ),
        text(name="observer", meaning="Who judged.", example="Observer A; Observer B", required=True),
        instant(
            name="decidedAt",
            meaning="When it was judged. A later event on the same pair overrides an earlier one; both stay.",
            example="2015-09-15T10:00:00+08:00",
            required=True,
        ),
        text(name="comments", meaning="Anything else."),
    ),
    gotchas=(
        "A wrong link is not deleted: a later event with verdict 'different' undoes it.",
        "Links join through: A same as B and B same as C makes A the same as C.",
    ),
)

EVENT_KINDS = ("propose", "agree", "disagree", "link", "merge", "split", "undo", "rename", "die")
ON_PAIRS = ("propose", "agree", "disagree", "link", "merge")
"""The events that judge a pair of names."""


def _needs(column: str, kinds: tuple[str, ...]) -> Rule:
    """Return the rule that events of some kinds fill a column."""
    return Rule(
        "register-event-incomplete",
        column,
        lambda: pl.col("kind").is_in(kinds) & pl.col(column).is_null(),
        arguments=("kind",),
    )


REGISTER_EVENTS = Table(
    name="register_events",
    origin="Tumen",
    group="individuals",
    meaning="The joint register: every judgement on which names mean the same animal, by whom and on what evidence.",
    key="eventID",
    columns=(
        text(name="eventID", meaning="Identifier of the event.", example="e-3f2a91", required=True, unique=True),
        text(name="kind", meaning="What the event does.", example="agree", required=True, vocabulary=EVENT_KINDS),
        text(name="party", meaning="One party.", example="north-reserve", required=True),
        text(
            name="individualID",
            meaning="That party's local name of the animal; of an undo, that of the event it cancels.",
            example="T07F",
            required=True,
        ),
        text(
            name="otherParty",
            meaning="The other party, or the same one for a merge of two of its names. Events on pairs need it.",
            example="south-institute",
        ),
        text(name="otherIndividualID", meaning="The other local name. Events on pairs need it.", example="22"),
        text(
            name="aboutEventID",
            meaning="The event that an undo cancels. An undo may itself be undone.",
            example="e-3f2a90",
        ),
        text(
            name="members",
            meaning="The names that leave together in a split, as party/individualID, with | between them.",
            example="south-institute/22|south-institute/31",
        ),
        text(name="jointName", meaning="What a rename calls the joint animal from then on.", example="Denekli"),
        day(name="deathDate", meaning="Day of death, of a die; empty if unknown.", example="2015-02-11"),
        text(
            name="observer",
            meaning="Who judged. Capitals, blanks at the ends and signs of another width make no other observer.",
            example="Observer A",
            required=True,
        ),
        text(
            name="observerParty",
            meaning="The party for which the observer speaks; parties that judge differently are shown side by side.",
            example="north-reserve",
        ),
        text(
            name="role",
            meaning="In which role. Empty counts as observer.",
            example="observer",
            vocabulary=("observer", "adjudicator", "program"),
        ),
        boolean(
            name="blind",
            meaning="Whether the observer judged without knowing others' judgements.",
            example="true",
        ),
        text(name="certainty", meaning="How sure the observer was.", example="certain", vocabulary=CERTAINTIES),
        text(
            name="method",
            meaning="What the judgement rests on.",
            example="photo",
            vocabulary=("photo", "genotype", "collar", "other", "several"),
        ),
        text(
            name="flank",
            meaning="The flank the judgement rests on.",
            example="left",
            vocabulary=("left", "right", "both"),
        ),
        number(name="score", meaning="Score of the program that proposed the pair, in its own units.", example="31.5"),
        number(
            name="probability",
            meaning="Calibrated probability that the two names mean one animal.",
            example="0.97",
            minimum=0,
            maximum=1,
        ),
        text(
            name="evidence",
            meaning="What the judgement rests on, so that another person can look at it.",
            example="both flanks, 4 photographs",
            required=True,
        ),
        instant(
            name="decidedAt",
            meaning="When it was judged. Events are read in this order; at one instant by recordedAt, then by row.",
            example="2015-09-15T10:00:00+08:00",
            required=True,
        ),
        instant(
            name="recordedAt",
            meaning="When it was written into the register, by the program's clock. What was known at an instant is "
            "what was written by then; if empty, decidedAt counts instead.",
            example="2015-09-15T10:02:11+08:00",
        ),
        text(name="comments", meaning="Anything else."),
    ),
    rules=(
        _needs("otherParty", ON_PAIRS),
        _needs("otherIndividualID", ON_PAIRS),
        _needs("aboutEventID", ("undo",)),
        _needs("members", ("split",)),
        _needs("jointName", ("rename",)),
        Rule(
            "register-event-incomplete",
            "observer",
            # Blanks and signs that cannot be seen name nobody.
            lambda: pl.col("observer").str.replace_all(r"[\s\p{Cf}]", "") == "",
            arguments=("kind",),
        ),
        Rule(
            "register-event-circular",
            "otherIndividualID",
            lambda: (
                pl.col("kind").is_in(ON_PAIRS)
                & (pl.col("party") == pl.col("otherParty"))
                & (pl.col("individualID") == pl.col("otherIndividualID"))
            ),
        ),
    ),
    reasons=(
        "Experts misclassify one capture event in eight (Johansson 2020), mostly by splitting one animal into two. So "
        "each judgement on a pair is kept with its observer and its evidence, not only the name that came of it.",
        "A link stands when two named observers agreed blind and an adjudicator, who is neither, linked the pair. A "
        "study may ask for fewer or more.",
        "Events are added, never changed: a merge keeps both histories, a split brings them back, and what was held to "
        "be true on any past day can be recomputed.",
        "observerParty stands beside observer, because two parties may disagree, and both views must stay visible.",
    ),
    gotchas=(
        "A proposal joins nothing, and neither does the agreement of a program.",
        "An undo cancels an event as if it had never been made; to say that two names are different animals after "
        "all, an adjudicator disagrees, or splits.",
        "After a split the pairs it cut count as different animals until observers judge them anew and an adjudicator "
        "links them again; judgements from before a split, or a decision that the animals are two, do not count.",
        "A link rests on the judgements made and recorded before it. Later ones count only when an adjudicator links "
        "again.",
        "What was known on a past day goes by recordedAt. An event written by hand without it counts as known since "
        "decidedAt, so let the program add events.",
        "A party's own names never change. A rename names the joint animal.",
    ),
)

POSITIONS = Table(
    name="positions",
    origin="Tumen",
    group="individuals",
    meaning="Where a tracked, known individual was. Positions say where it was seen to be, never where it was not.",
    key="positionID",
    columns=(
        text(name="positionID", meaning="Identifier of the position.", example="329723310", required=True, unique=True),
        text(
            name="individualID",
            meaning="The party's local name of the animal.",
            example="Salif Keita",
            required=True,
        ),
        text(name="scientificName", meaning="Scientific name.", example="Loxodonta africana"),
        instant(name="timestamp", meaning="Instant of the position.", example="2008-03-22T17:00:00Z", required=True),
        number(
            name="latitude",
            meaning="WGS84 latitude.",
            unit="degree",
            example="15.653505",
            required=True,
            minimum=-90,
            maximum=90,
        ),
        number(
            name="longitude",
            meaning="WGS84 longitude.",
            unit="degree",
            example="-2.1601667",
            required=True,
            minimum=-180,
            maximum=180,
        ),
        number(
            name="coordinateUncertainty",
            meaning="Radius around the position that holds the true one.",
            unit="m",
            example="15",
            minimum=0,
        ),
        boolean(
            name="outlier",
            meaning="Whether the owner marked the position as wrong. Such positions are kept and not used.",
            example="false",
        ),
        text(name="sensorType", meaning="Kind of sensor.", example="gps"),
        text(name="tagID", meaning="The tag's own identifier.", example="267"),
        text(name="comments", meaning="Anything else."),
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
    "propose": "proposes",
    "agree": "agrees",
    "disagree": "disagrees",
    "link": "links",
    "merge": "merges",
    "split": "splits",
    "undo": "undoes",
    "rename": "renames",
    "die": "records a death",
    "observer": "observer",
    "adjudicator": "adjudicator",
    "program": "program",
    "several": "several",
}
"""English labels of the words that cells of these tables may hold."""
