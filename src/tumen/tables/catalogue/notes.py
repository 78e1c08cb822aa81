"""The words of the notes an answer carries (`tumen.tables.answer.Note`)."""

from collections.abc import Mapping
from types import MappingProxyType

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
