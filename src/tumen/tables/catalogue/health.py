"""The words of findings about tests, assays and health events."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "assay-counts-reversed",
        "error",
        "The assay is said to have been right {value} times, more often than it was tried.",
        "Correct the two numbers; a percentage is no count.",
        "95",
    ),
    Code(
        "assay-counts-halved",
        "warning",
        "Of how often the assay was right and how often it was tried, one number is missing.",
        "Enter both numbers, or neither.",
        "42",
    ),
    Code(
        "cutoff-without-unit",
        "warning",
        "The cut-off {value} has no unit.",
        "Say the unit, such as 1/dilution for a titre.",
        "32",
    ),
    Code(
        "assay-accuracy-unknown",
        "note",
        "Sensitivity and specificity of the assay {value} are not stated: a prevalence from it cannot be corrected.",
        "Enter the counts of its validation, in the species nearest to yours, with the source.",
        "CDV-VN",
    ),
    Code(
        "assays-unlisted",
        "warning",
        "The package has tests and no table assays: it is not known what was tested for, and how.",
        "Add the table assays, with a row for each assay.",
        "",
    ),
    Code(
        "test-without-cutoff",
        "warning",
        "{count} results of assay {assayID} in {laboratory} have no cut-off, neither their own nor the assay's: "
        "positive and negative are not defined.",
        "Ask the laboratory for the cut-off, and enter it in assays.cutoff or tests.cutoff.",
        "CDV-VN",
    ),
    Code(
        "outcome-contradicts-titre",
        "error",
        "The outcome is {value}, but the titre {titre} against the cut-off {cutoff} says {other}.",
        "Correct the outcome, the titre or the cut-off. A reading that falls as there is more is no titre: move it to "
        "comments.",
        "negative",
    ),
    Code(
        "test-before-sample",
        "error",
        "The test was done on {testedOn}, before its sample {sampleID} was collected on {collectedOn}.",
        "Correct one of the two days.",
        "t1",
    ),
    Code(
        "tests-inconclusive",
        "note",
        "{count} of {tested} results of assay {value} are inconclusive or invalid.",
        "Nothing to mend: they stay out of a prevalence and are counted beside it. Test again where you can.",
        "CDV-VN",
    ),
    Code(
        "tests-disagree",
        "note",
        "Sample {value} was tested more than once with assay {assayID}, and the outcomes differ: {outcomes}.",
        "Keep all results. Say in comments which one the laboratory stands by, and why.",
        "NR-2015-014",
    ),
    Code(
        "event-count-missing",
        "warning",
        "Animals were found {kind}, and count is empty: it is not known how many.",
        "Enter the number of animals; 1 is a number too.",
        "",
    ),
    Code(
        "event-count-of-individual",
        "error",
        "The event is of the one animal {individualID}, and its count is {value}.",
        "Enter a row for each known animal.",
        "3",
    ),
    Code(
        "event-without-place",
        "warning",
        "The event has no coordinates and no country.",
        "Say where it was, if only the country.",
        "h1",
    ),
    Code(
        "event-before-birth",
        "error",
        "The event is of {eventDate}, before its animal {individualID} was born on {birthDate}.",
        "Correct the day of the event, the animal or the birth.",
        "h1",
    ),
    Code(
        "died-twice",
        "error",
        "{individualID} is reported dead or killed on {eventDate}, and again here on {value}.",
        "Correct the animal or the day. If both rows are one death, keep one and say so in comments.",
        "2015-03-02",
    ),
    Code(
        "dead-before-death",
        "error",
        "{individualID} is reported dead or killed on {value}, before it died on {deathDate} by the table individuals.",
        "Correct one of the two days, or the animal.",
        "2015-03-02",
    ),
    Code(
        "seen-after-death-event",
        "error",
        "{individualID} was seen on {seenOn}, after it was reported {kind} on {eventDate}.",
        "Correct the animal named in the observation or in the event, or one of the days.",
        "o17",
    ),
)
