"""Camera deployments (Camtrap DP 1.0.2) and when each camera worked (ours)."""

from functools import partial

import polars as pl

from tumen.tables.schema import Column, Kind, Reference, Rule, Table

text = partial(Column, kind=Kind.STRING)
number = partial(Column, kind=Kind.NUMBER)
integer = partial(Column, kind=Kind.INTEGER)
boolean = partial(Column, kind=Kind.BOOLEAN)
day = partial(Column, kind=Kind.DATE, example="2014-10-26")
instant = partial(Column, kind=Kind.DATETIME, example="2014-10-26T02:30:00+10:00")

NOT_OPERATING = ("failed", "stolen", "obstructed")
"""The states of a camera that cannot see an animal."""

DEPLOYMENTS = Table(
    name="deployments",
    origin="Camtrap DP 1.0.2",
    group="cameras",
    meaning="One camera at one place from one date to another.",
    key="deploymentID",
    columns=(
        text(name="deploymentID", meaning="Identifier of the deployment.", example="dep1", required=True, unique=True),
        text(name="locationID", meaning="Identifier of the place; several deployments may share it.", example="loc1"),
        text(name="locationName", meaning="Name of the place.", example="Ridge 12"),
        number(
            name="latitude",
            meaning="WGS84 latitude of the camera.",
            unit="degree",
            example="43.10422",
            required=True,
            minimum=-90,
            maximum=90,
        ),
        number(
            name="longitude",
            meaning="WGS84 longitude of the camera.",
            unit="degree",
            example="131.22017",
            required=True,
            minimum=-180,
            maximum=180,
        ),
        integer(
            name="coordinateUncertainty",
            meaning="Radius of the smallest circle around the point that holds the camera.",
            unit="m",
            example="100",
            minimum=1,
        ),
        instant(name="deploymentStart", meaning="When the camera was set.", required=True),
        instant(name="deploymentEnd", meaning="When the camera was taken down or last checked.", required=True),
        text(name="setupBy", meaning="Who set the camera.", example="Patrol 3"),
        text(name="cameraID", meaning="Identifier of the camera itself, such as its serial number.", example="P8HG081"),
        text(name="cameraModel", meaning="Maker and model of the camera.", example="Reconyx-PC800"),
        integer(name="cameraDelay", meaning="Time it ignores after a detection.", unit="s", example="60", minimum=0),
        number(
            name="cameraHeight",
            meaning="Height above ground; not together with cameraDepth.",
            unit="m",
            example="0.5",
            minimum=0,
        ),
        number(
            name="cameraDepth",
            meaning="Depth below a surface; not together with cameraHeight.",
            unit="m",
            example="1.2",
            minimum=0,
        ),
        integer(
            name="cameraTilt",
            meaning="Vertical angle: -90 down, 0 level, 90 up.",
            unit="degree",
            example="-10",
            minimum=-90,
            maximum=90,
        ),
        integer(
            name="cameraHeading",
            meaning="Direction of view, clockwise from north.",
            unit="degree",
            example="225",
            minimum=0,
            maximum=360,
        ),
        number(
            name="detectionDistance",
            meaning="Farthest distance at which the camera reliably reacts.",
            unit="m",
            example="9.5",
            minimum=0,
        ),
        boolean(name="timestampIssues", meaning="Whether its timestamps are known to be unreliable.", example="false"),
        boolean(name="baitUse", meaning="Whether bait was used.", example="false"),
        text(
            name="featureType",
            meaning="The kind of feature the camera watches.",
            example="trailGame",
            vocabulary=(
                "roadPaved",
                "roadDirt",
                "trailHiking",
                "trailGame",
                "roadUnderpass",
                "roadOverpass",
                "roadBridge",
                "culvert",
                "burrow",
                "nestSite",
                "carcass",
                "waterSource",
                "fruitingTree",
            ),
        ),
        text(name="habitat", meaning="Habitat around the camera.", example="Oak forest"),
        text(
            name="deploymentGroups",
            meaning="Groups the deployment belongs to, separated by |, each optionally key:value.",
            example="season:winter 2014 | grid:A1",
        ),
        text(
            name="deploymentTags",
            meaning="Tags, separated by |, each optionally key:value. countryCode:RU declares the country.",
            example="countryCode:RU",
        ),
        text(name="deploymentComments", meaning="Anything else."),
    ),
    rules=(
        Rule(
            "deployment-ends-before-start",
            "deploymentEnd",
            lambda: pl.col("deploymentEnd") < pl.col("deploymentStart"),
            ("deploymentStart", "deploymentEnd"),
        ),
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
    ),
    gotchas=(
        "deploymentEnd is when the camera was visited, which may be long after it stopped working: say so in "
        "operating_periods.",
        "Coordinates that were rounded or snapped need coordinateUncertainty, or a side of a border will be claimed "
        "that nobody knows.",
    ),
)

OPERATING_PERIODS = Table(
    name="operating_periods",
    origin="Tumen",
    group="effort",
    meaning="When a camera worked and when it did not. 'Not operating' is not 'no detection'.",
    columns=(
        text(name="deploymentID", meaning="The deployment.", example="dep1", required=True),
        instant(name="start", meaning="Beginning of the period.", required=True),
        instant(name="end", meaning="End of the period.", required=True),
        text(
            name="status",
            meaning="What the camera did in the period.",
            example="failed",
            required=True,
            vocabulary=("operating", *NOT_OPERATING),
        ),
        text(name="comments", meaning="Anything else.", example="battery empty"),
    ),
    references=(Reference("deploymentID", "deployments", "deploymentID"),),
    rules=(Rule("period-ends-before-start", "end", lambda: pl.col("end") < pl.col("start"), ("start", "end")),),
    gotchas=(
        "Where a deployment has rows with status 'operating', the camera worked in those periods only; where it has "
        "none, it worked from deploymentStart to deploymentEnd. Failures are taken away from either.",
        "A camera found stolen stopped on the day of its last picture, not on the day of the visit.",
    ),
)

LABELS = {
    "roadPaved": "paved road",
    "roadDirt": "dirt road",
    "trailHiking": "hiking trail",
    "trailGame": "game trail",
    "roadUnderpass": "road underpass",
    "roadOverpass": "road overpass",
    "roadBridge": "road bridge",
    "culvert": "culvert",
    "burrow": "burrow",
    "nestSite": "nest site",
    "carcass": "carcass",
    "waterSource": "water source",
    "fruitingTree": "fruiting tree",
    "operating": "working",
    "failed": "did not work",
    "stolen": "stolen",
    "obstructed": "view obstructed",
}
"""English labels of the words that cells of these tables may hold."""
