"""The words of findings and notes: one English message and one cure per code.

`{named}` parts are filled from the finding itself (`table`, `row`, `column`, `value`) and from its arguments. The
English texts are the message ids that `tumen.report.words` translates. Severities: an error cannot be used as it is, a
warning can but is doubtful, a note is something a reader should know.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tumen.tables.catalogue_files import FILES
from tumen.tables.code import Code as Code

_STANDARD = (
    Code(
        "table-missing",
        "error",
        "Table {table} is declared but its file {file} is not there.",
        "Add the file, or take the table out of datapackage.json.",
        "media.csv",
    ),
    Code(
        "table-not-declared",
        "error",
        "The standard requires table {table}; the package does not declare it.",
        "Declare the table in datapackage.json and add its file.",
        "deployments",
    ),
    Code("table-empty", "warning", "Table {table} has a header and no rows.", "Check that the export was complete."),
    Code(
        "table-foreign",
        "note",
        "A resource named {table} is not the protocol's table of that name: it lacks column {column}.",
        "Nothing, if it is your own table: it is kept as it is and not used. Otherwise rename its columns.",
        "individuals",
    ),
    Code(
        "column-missing",
        "error",
        "Table {table} lacks the required column {column}.",
        "Add the column with a value in every row.",
        "deploymentID",
    ),
    Code(
        "column-unknown",
        "note",
        "Table {table} has a column {column} that the protocol does not know.",
        "Nothing, if it is meant: it is kept and not used. Otherwise correct its name.",
        "depolymentID",
    ),
    Code("cell-required", "error", "{column} is empty.", "Give a value in every row.", ""),
    Code(
        "cell-type",
        "error",
        "{value} in {column} is not a valid {kind}.",
        "Write it like {example}.",
        "2020-07-29TT05:29:41Z",
    ),
    Code(
        "instant-without-offset",
        "error",
        "{value} in {column} says no offset from UTC: it may mean any of a day's instants.",
        "Add the offset, or declare the time zone of the package: timeZone in the study, --time-zone for a command.",
        "2020-07-29T05:29:41",
    ),
    Code(
        "cell-below-minimum",
        "error",
        "{value} in {column} is below the smallest permitted value, {limit}.",
        "Correct the value, or leave the cell empty if it is not known.",
        "-91.3",
    ),
    Code(
        "cell-above-maximum",
        "error",
        "{value} in {column} is above the largest permitted value, {limit}.",
        "Correct the value, or leave the cell empty if it is not known.",
        "91.3",
    ),
    Code(
        "cell-vocabulary",
        "error",
        "{value} in {column} is not one of the permitted words: {words}.",
        "Use a permitted word, or leave the cell empty if none fits.",
        "femelle",
    ),
    Code(
        "cell-pattern",
        "error",
        "{value} in {column} is not written as required.",
        "Write it like {example}.",
        "jpg",
    ),
    Code(
        "key-duplicate",
        "error",
        "{value} in {column} occurs more than once.",
        "Give every row an identifier of its own.",
        "dep1",
    ),
    Code(
        "reference-missing",
        "error",
        "{value} in {column} does not occur in {toTable}.{toColumn}.",
        "Correct the identifier, or add the row it refers to.",
        "dep9",
    ),
)

_FIELD = (
    Code(
        "deployment-ends-before-start",
        "error",
        "The deployment ends at {deploymentEnd}, before it starts at {deploymentStart}.",
        "Check both times, and whether day and month were exchanged.",
        "2014-03-01T00:00:00Z",
    ),
    Code(
        "event-ends-before-start",
        "error",
        "The observation ends at {eventEnd}, before it starts at {eventStart}.",
        "Check both times.",
        "2014-03-01T00:00:00Z",
    ),
    Code(
        "period-ends-before-start",
        "error",
        "The operating period ends at {end}, before it starts at {start}.",
        "Check both times.",
        "2014-03-01T00:00:00Z",
    ),
    Code(
        "period-outside-deployment",
        "warning",
        "The operating period {start} to {end} reaches outside its deployment ({deploymentStart} to {deploymentEnd}).",
        "Check the dates of the period and of the deployment. Only the part inside the deployment is used.",
        "2014-03-01T00:00:00Z",
    ),
    Code(
        "event-outside-deployment",
        "warning",
        "The observation at {value} lies outside its deployment ({deploymentStart} to {deploymentEnd}).",
        "Check the camera's clock and the deployment's dates; a whole deployment outside points to a wrong clock.",
        "2013-01-01T00:00:00Z",
    ),
    Code(
        "media-outside-deployment",
        "warning",
        "The media file at {value} lies outside its deployment ({deploymentStart} to {deploymentEnd}).",
        "Check the camera's clock and the deployment's dates; a whole deployment outside points to a wrong clock.",
        "2013-01-01T00:00:00Z",
    ),
    Code(
        "event-during-failure",
        "warning",
        "The observation at {value} was made while the camera is said to have been {status} ({start} to {end}).",
        "Check the failure's dates and the camera's clock.",
        "2014-03-01T00:00:00Z",
    ),
    Code(
        "coordinates-zero",
        "error",
        "The coordinates are 0, 0, a place in the Gulf of Guinea that stands for 'not known'.",
        "Give the true coordinates.",
        "0, 0",
    ),
    Code(
        "coordinates-swapped",
        "error",
        "The point {value} is not in {country}; with longitude and latitude exchanged it would be.",
        "Exchange longitude and latitude.",
        "131.2, 43.1",
    ),
    Code(
        "coordinates-outside-country",
        "error",
        "The point {value} is {kilometres} km outside {country}, the country declared for it.",
        "Check the coordinates, their datum, and the declared country.",
        "43.1, 131.2",
    ),
    Code(
        "coordinates-exchanged",
        "error",
        "Latitude {latitude} and longitude {longitude} are not a place on Earth; exchanged they would be.",
        "Exchange latitude and longitude.",
        "131.2, 43.1",
    ),
    Code(
        "country-not-on-map",
        "warning",
        "The country {country} declared for {value} is not on the map that was given.",
        "Correct the country, or give a map that has it.",
        "FR",
    ),
    Code(
        "places-unchecked",
        "note",
        "No countries were given: the coordinates were not held against any border.",
        "Give polygons with country codes: --countries countries.geojson.",
        "",
    ),
    Code(
        "location-moved",
        "warning",
        "The place {value} stands at coordinates up to {kilometres} km apart.",
        "Give each place a locationID of its own, or correct the coordinates.",
        "ridge-12",
    ),
    Code(
        "country-undecided",
        "note",
        "For {count} deployments it cannot be said on which side of a border they stand.",
        "Give finer coordinates, or declare the country of the deployment with the tag countryCode.",
        "",
    ),
    Code(
        "offset-doubtful",
        "warning",
        "{value} carries the offset {offset}; at this place and time clocks showed {expected}.",
        "Check the camera's clock and the time zone of the export; zones changed their rules over the years.",
        "2014-12-01T08:00:00+11:00",
    ),
    Code(
        "individual-too-fast",
        "error",
        "{value} was recorded at two places {kilometres} km apart within {hours} hours: at least {speed} km/h.",
        "Check both identifications and both clocks.",
        "T07",
    ),
    Code(
        "individual-two-species",
        "error",
        "Individual {value} is recorded as more than one species: {species}.",
        "Check the identifications; two animals may share one name.",
        "T07",
    ),
    Code(
        "individual-two-sexes",
        "warning",
        "Individual {value} is recorded as both female and male.",
        "Check the identifications; two animals may share one name.",
        "T07",
    ),
    Code(
        "individual-two-names",
        "error",
        "Observation {value} is given to different individuals: {individuals}.",
        "Decide which identification holds, and leave a record of the others with certainty 'possible'.",
        "obs17",
    ),
    Code(
        "identification-without-object",
        "error",
        "The identification names neither an observation nor a media file.",
        "Give observationID or mediaID.",
        "",
    ),
    Code(
        "individual-unlisted",
        "note",
        "{count} individuals occur in observations and not in table individuals: {value}.",
        "Add them to individuals with species and sex.",
        "T07",
    ),
    Code(
        "failures-unreported",
        "note",
        "The package reports no operating periods: every camera counts as working for its whole deployment.",
        "Add the table operating_periods; without it effort is an upper bound.",
        "",
    ),
    Code(
        "identity-contradiction",
        "error",
        "The package says its {field} is {value}; it was called with {given}.",
        "Correct the study, or ask the party. What the package says is used.",
        "RU",
    ),
    Code(
        "party-undeclared",
        "note",
        "The package names no party; {value} is used for it.",
        'Name the party in the study, or in datapackage.json under "tumen".',
        "north-reserve",
    ),
)

_REGISTER = (
    Code(
        "link-unknown-individual",
        "warning",
        "The link names individual {value}, which no package contains.",
        "Check the party and the local name; the link is not used.",
        "north-reserve/T07",
    ),
    Code(
        "link-contradiction",
        "error",
        "{value} were judged to be different animals and are joined through other links.",
        "Review the links of this group; one of them is wrong.",
        "north-reserve/T07, south-institute/22",
    ),
    Code(
        "link-between-species",
        "error",
        "The link joins individuals of different species: {species}.",
        "Review the link; it is not used.",
        "north-reserve/T07",
    ),
    Code(
        "link-between-sexes",
        "warning",
        "The link joins a female and a male.",
        "Review the link and both records of sex.",
        "north-reserve/T07",
    ),
    Code(
        "link-same-time",
        "error",
        "Two judgements of {value} bear the same instant and disagree.",
        "Correct the time of one; until then the pair counts as undecided.",
        "north-reserve/T07",
    ),
)

CATALOGUE: Mapping[str, Code] = MappingProxyType(
    {code.code: code for code in (*_STANDARD, *_FIELD, *_REGISTER, *FILES)}
)


NOTES: Mapping[str, str] = MappingProxyType(
    {
        "crossed-once": "Individuals that crossed once, with too little known effort behind them to say whether "
        "they stayed: {individuals}.",
        "crossings-impossible": "Crossings that would need more than {speed} km/h, so a clock or an identity is "
        "wrong: {crossings}. They are counted and marked.",
        "crossings-unlisted": "Crossings certain to have happened, but not between which countries: {crossings}. "
        "They are counted and not listed.",
        "detections-incomplete": "Detections without an instant or an individual, not used: {detections}.",
        "effort-unknown": "The effort behind the tracked positions of {parties} is unknown: a place without "
        "positions says nothing about absence.",
        "encounters-in-no-country": "Encounters in no country of the study, counted for none: {encounters}.",
        "left-out-doubtful-instant": "Detections outside their camera's deployment, not used because its clock is "
        "in doubt: {rows}.",
        "left-out-other-species": "Detections of species the study does not ask for, not used: {rows}.",
        "left-out-outliers": "Positions that their owners marked as wrong, not used: {rows}.",
        "left-out-outside-period": "Detections outside the study's period, not used: {rows}.",
        "left-out-unnamed": "Observations of animals without a name of their own, not used for counting "
        "individuals: {rows}.",
        "left-out-without-instant": "Detections without a readable instant, not used: {rows}.",
        "limits-declared": "Chosen for this answer, not published values: a crossing faster than {speed} km/h "
        "counts as impossible; cameras within {reach} km of where an animal had been seen could see it return; "
        "{days} camera-days there without it mean that it stayed away.",
        "no-individuals": "No detection of an identified individual was left to use: nothing can be said about "
        "crossings.",
        "no-side-surveyed": "{species}: in no country is it certain that a camera stood or an animal was seen; "
        "nothing can be said about crossings.",
        "one-side-surveyed": "{species}: only {country} was looked at. No crossing could show, and none found "
        "means nothing.",
        "possible-identifications-left-out": "Detections whose identification is only 'possible', not used: "
        "{detections}.",
        "sides-uncertain": "Encounters too near a border for their side to be certain: {encounters}. They widen "
        "the bounds and are not counted for any country.",
        "species-absent": "No package records {species}.",
        "stage-unknown": "Individuals without a recorded life stage, counted with the adults: {individuals}.",
    }
)
"""English texts of the notes an answer carries (`tumen.tables.answer.Note`)."""
