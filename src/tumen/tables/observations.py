"""Media files and what was seen in them (Camtrap DP 1.0.2)."""

import polars as pl

from tumen.tables.cameras import boolean, instant, integer, number, text
from tumen.tables.individuals import SEXES
from tumen.tables.schema import Column, Kind, Reference, Rule, Table

MEDIA = Table(
    name="media",
    origin="Camtrap DP 1.0.2",
    group="cameras",
    meaning="One media file of one deployment.",
    key="mediaID",
    columns=(
        text(name="mediaID", meaning="Identifier of the media file.", example="m1", required=True, unique=True),
        text(name="deploymentID", meaning="The deployment it was recorded in.", example="dep1", required=True),
        text(
            name="captureMethod",
            meaning="What set off the recording.",
            example="activityDetection",
            vocabulary=("activityDetection", "timeLapse"),
        ),
        instant(name="timestamp", meaning="When it was recorded.", required=True),
        text(
            name="filePath",
            meaning="A URL, or a path below the package's folder.",
            example="media/IMG0001.JPG",
            required=True,
            pattern=r"^[^./~](?:[^.]|\.[^.])*\.?$",
        ),
        boolean(name="filePublic", meaning="Whether anybody may open the file.", example="false", required=True),
        text(name="fileName", meaning="Name of the file; sorts by time within a deployment.", example="IMG0001.JPG"),
        text(
            name="fileMediatype",
            meaning="Media type of the file.",
            example="image/jpeg",
            required=True,
            pattern=r"^(?:image|video|audio)/.*$",
        ),
        Column(name="exifData", kind=Kind.ANY, meaning="EXIF data as a JSON object.", example='{"Make":"RECONYX"}'),
        boolean(name="favorite", meaning="Whether the file is worth showing.", example="true"),
        text(name="mediaComments", meaning="Anything else."),
    ),
    references=(Reference("deploymentID", "deployments", "deploymentID"),),
    gotchas=("EXIF data may hold coordinates that the deployments table was careful to round.",),
)

OBSERVATIONS = Table(
    name="observations",
    origin="Camtrap DP 1.0.2",
    group="cameras",
    meaning="What was seen in one media file, or in one event of several.",
    key="observationID",
    columns=(
        text(
            name="observationID", meaning="Identifier of the observation.", example="obs1", required=True, unique=True
        ),
        text(name="deploymentID", meaning="The deployment.", example="dep1", required=True),
        text(name="mediaID", meaning="The media file, where a single one was judged.", example="m1"),
        text(name="eventID", meaning="Identifier of the event it belongs to.", example="event1"),
        instant(name="eventStart", meaning="Beginning of the event.", required=True),
        instant(name="eventEnd", meaning="End of the event.", required=True),
        text(
            name="observationLevel",
            meaning="Whether one media file or a whole event was judged.",
            example="event",
            required=True,
            vocabulary=("media", "event"),
        ),
        text(
            name="observationType",
            meaning="The kind of thing seen.",
            example="animal",
            required=True,
            vocabulary=("animal", "human", "vehicle", "blank", "unknown", "unclassified"),
        ),
        text(
            name="cameraSetupType",
            meaning="Which work on the camera it shows, if any.",
            example="setup",
            vocabulary=("setup", "calibration"),
        ),
        text(name="scientificName", meaning="Scientific name of the animal.", example="Panthera pardus"),
        integer(name="count", meaning="Number of animals seen.", unit="individuals", example="1", minimum=1),
        text(
            name="lifeStage",
            meaning="Age class of the animal.",
            example="adult",
            vocabulary=("adult", "subadult", "juvenile"),
        ),
        text(name="sex", meaning="Sex of the animal; empty when not known.", example="female", vocabulary=SEXES),
        text(name="behavior", meaning="Behaviour, the dominant one first, separated by |.", example="walking"),
        text(name="individualID", meaning="The party's local name of the animal, if identified.", example="T07F"),
        number(name="individualPositionRadius", meaning="Distance to the animal.", unit="m", example="6.81", minimum=0),
        number(
            name="individualPositionAngle",
            meaning="Angle of the animal off the line of view: left negative, right positive.",
            unit="degree",
            example="-8.56",
            minimum=-90,
            maximum=90,
        ),
        number(name="individualSpeed", meaning="Mean speed of the animal.", unit="m/s", example="1.75", minimum=0),
        number(name="bboxX", meaning="Left edge of the box, share of width.", example="0.2", minimum=0, maximum=1),
        number(name="bboxY", meaning="Top edge of the box, share of height.", example="0.25", minimum=0, maximum=1),
        number(name="bboxWidth", meaning="Width of the box, share.", example="0.4", minimum=1e-15, maximum=1),
        number(name="bboxHeight", meaning="Height of the box, share.", example="0.5", minimum=1e-15, maximum=1),
        text(
            name="classificationMethod",
            meaning="Whether a person or a machine judged.",
            example="human",
            vocabulary=("human", "machine"),
        ),
        text(name="classifiedBy", meaning="Who, or which model, judged.", example="Observer A"),
        instant(name="classificationTimestamp", meaning="When it was judged."),
        number(name="classificationProbability", meaning="Degree of certainty.", example="0.95", minimum=0, maximum=1),
        text(name="observationTags", meaning="Tags, separated by |, each optionally key:value.", example="flank:left"),
        text(name="observationComments", meaning="Anything else."),
    ),
    references=(
        Reference("deploymentID", "deployments", "deploymentID"),
        Reference("mediaID", "media", "mediaID"),
    ),
    rules=(
        Rule(
            "event-ends-before-start",
            "eventEnd",
            lambda: pl.col("eventEnd") < pl.col("eventStart"),
            ("eventStart", "eventEnd"),
        ),
    ),
    gotchas=(
        "The same animal may stand both in media-level and in event-level rows; encounters, not rows, are counted.",
        "individualID means nothing outside its party: the register's links say which names are one animal.",
    ),
)

LABELS = {
    "activityDetection": "set off by movement",
    "timeLapse": "at fixed intervals",
    "media": "one media file",
    "event": "an event of one or several media files",
    "animal": "animal",
    "human": "human",
    "vehicle": "vehicle",
    "blank": "nothing to see",
    "unknown": "unknown",
    "unclassified": "not yet judged",
    "setup": "setting up the camera",
    "calibration": "calibration",
    "adult": "adult",
    "subadult": "subadult",
    "juvenile": "juvenile",
    "machine": "machine",
}
"""English labels of the words that cells of these tables may hold."""
