"""The words of findings about ties, indicators, law, assessments and statements."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "tie-to-itself",
        "error",
        "The tie leads from {value} to {value} itself.",
        "Give the other place.",
        "area-1",
    ),
    Code(
        "place-unlisted",
        "note",
        "{value} is neither an area nor a site of this package.",
        "Nothing, if it is the place of another party. Otherwise correct the identifier, or add the place.",
        "area-9",
    ),
    Code(
        "strength-without-unit",
        "warning",
        "The strength {value} has no unit.",
        "Say in strengthUnit what was counted or measured, and in which time.",
        "39",
    ),
    Code(
        "indicator-changes",
        "error",
        "Series {value} changes its {field} between rows: {values}.",
        "Give each series one identifier, with one name, role and unit throughout.",
        "lake-area",
    ),
    Code(
        "force-reversed",
        "error",
        "It is in force until {inForceUntil}, before it comes into force on {inForceFrom}.",
        "Check both dates.",
        "1994-01-01",
    ),
    Code(
        "score-above-maximum",
        "error",
        "The score {value} is above the best score of the question, {maximum}.",
        "Check both numbers.",
        "4",
    ),
    Code(
        "score-without-maximum",
        "warning",
        "The score {value} has no maximum: it cannot be compared with others.",
        "Give the best score the question has.",
        "2",
    ),
    Code(
        "assessment-mixed",
        "error",
        "Assessment {value} changes its {field} between rows: {values}.",
        "Give each filled-in set an identifier of its own.",
        "a-2024",
    ),
    Code(
        "statements-disagree",
        "note",
        "Sources disagree on {attribute} of {value}: {values}.",
        "Nothing: every value stays with its source. Which one an answer uses is for people to decide.",
        "Rason Migratory Bird Reserve",
    ),
    Code(
        "angle-impossible",
        "error",
        "{angle} in {value} is no angle: minutes and seconds end at 59, degrees at 180.",
        "Go back to the source; if the misprint is there, say so in comments and give another source.",
        "115°98'",
    ),
)
