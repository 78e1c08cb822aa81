"""The words of findings about thresholds and population estimates.

Those that begin with `threshold-` also say why a threshold decides nothing, or what a reader should know of it.
"""

from tumen.tables.code import Code

_REASONS = (
    Code(
        "threshold-no-estimate",
        "note",
        "No population estimate of this species is at hand: there is no 1 % threshold.",
        "Add the rows of the species to population_estimates, for example with the format population-tables.",
    ),
    Code(
        "threshold-no-population",
        "note",
        "No population of this species is known from this place in this season: there is no 1 % threshold.",
        "Check countryCodes, seasons and range of the populations of the species.",
    ),
    Code(
        "threshold-no-edition",
        "note",
        "No edition of the population estimates is in force on the day of the assessment.",
        "Correct inForceFrom and inForceUntil, or the day of the assessment.",
    ),
    Code(
        "threshold-edition-later",
        "note",
        "Every edition of the population estimates of this species appeared after the day of the assessment.",
        "Add the edition that was there on that day, or give inForceFrom of the one that was used.",
    ),
    Code(
        "threshold-edition-unclear",
        "note",
        "The name of the edition says two editions, or not which one: there is no 1 % threshold.",
        "Give the row the name of the one edition that it is taken from, for example WPE5.",
    ),
    Code(
        "threshold-size-unknown",
        "note",
        "The size of a population is not known: there is no 1 % threshold.",
        "Use an edition that has an estimate; until then nothing can be decided.",
    ),
    Code(
        "threshold-estimate-zero",
        "note",
        "The mean of the estimate is 0: there is no 1 % of it.",
        "Check minimum and maximum.",
    ),
    Code(
        "threshold-recalled",
        "note",
        "The estimate was written from memory: nothing is decided by it.",
        "Look it up, give its source, and write published in evidence.",
    ),
)

_SAID = (
    Code(
        "threshold-differs",
        "note",
        "The published threshold is not the one that the rule of its edition gives; the published one is used.",
        "Nothing, if experts set it; say so in comments.",
    ),
    Code(
        "threshold-minimum-only",
        "note",
        "The estimate is only 'more than': the true 1 % threshold may be higher.",
        "Nothing, if no better estimate is published.",
    ),
    Code(
        "threshold-maximum-only",
        "note",
        "The estimate is only 'less than': the true 1 % threshold may be lower, so that fewer birds decide nothing.",
        "Use an estimate with a minimum, if there is one.",
    ),
    Code(
        "threshold-capped",
        "note",
        "The edition sets 20,000 for large populations, not 1 %.",
        "Nothing; later editions have no such cap.",
    ),
    Code(
        "threshold-edition-assumed",
        "note",
        "Nobody said which edition is in force: the newest is used.",
        "Give inForceFrom and inForceUntil.",
    ),
    Code(
        "threshold-contradicted",
        "note",
        "The edition has this population with different thresholds: the largest is used.",
        "Keep the row that the edition has, in every package.",
    ),
    Code(
        "threshold-populations-mixed",
        "note",
        "Birds of several populations may be meant: the largest threshold is used.",
        "If only one of them is met here, say so in countryCodes, seasons or range of the others.",
    ),
    Code(
        "threshold-of-several-species",
        "note",
        "The estimate is one number for several species: each is held against the threshold of all together.",
        "Use an estimate of each species when there is one.",
    ),
    Code(
        "threshold-of-subspecies",
        "note",
        "The estimate is of one subspecies, and the birds were counted as a species: others may be among them.",
        "Add the populations of the other subspecies, or name the subspecies in the counts.",
    ),
    Code(
        "threshold-place-unlocated",
        "note",
        "The place has no coordinates, so that the range of a population could not exclude it.",
        "Give latitude and longitude of the site.",
    ),
)

CODES: tuple[Code, ...] = (
    *_REASONS,
    *_SAID,
    Code(
        "edition-hybrid",
        "warning",
        "Edition {value} has rows of several sources: {source} here, {otherSource} in row {otherRow}.",
        "Give the rows of each source the name of their own edition: a verdict names one edition.",
        "WPE5",
    ),
    Code(
        "edition-unclear",
        "error",
        "{value} says two editions of Waterbird Population Estimates, or not which one. Rows: {count}. They have no "
        "1 % threshold.",
        "Give each row the name of the one edition that it is taken from: WPE4 and WPE5 make 1 % differently.",
        "WPE4/WPE5",
    ),
    Code(
        "edition-too-old",
        "warning",
        "Edition {value} appeared in {year}, but this estimate describes {endYear}.",
        "Give the row the name of the edition that it is taken from.",
        "WPE5",
    ),
    Code(
        "edition-of-other-rule",
        "warning",
        "The threshold {value} is that of the {otherRule} mean; edition {edition} takes the {rule} mean, which gives "
        "{computed}.",
        "Check the threshold and its edition; it may have been taken over from another one.",
        "690",
    ),
    Code(
        "mean-of-other-edition",
        "warning",
        "The row says {value} mean, but edition {edition} takes the other one.",
        "Leave meanRule empty unless the edition says it for this population.",
        "arithmetic",
    ),
    Code(
        "population-twice",
        "warning",
        "Edition {edition} has population {value} twice with different numbers: here and in row {otherRow}.",
        "Keep the row that the edition has; give the other one the edition that it is taken from.",
        "East Asia",
    ),
    Code(
        "force-overlaps",
        "warning",
        "Two editions of population {value} are in force at the same time: {edition}, and {otherEdition} in row "
        "{otherRow}.",
        "Correct inForceFrom and inForceUntil; until then the one that began later is used.",
        "av-east-asia",
    ),
    Code(
        "estimate-recalled",
        "warning",
        "The estimate of {value} was written from memory: no verdict is given by it.",
        "Look it up, give its source, and write published in evidence.",
        "Antigone vipio",
    ),
    Code(
        "season-word-unknown",
        "error",
        "{value} in seasons is not one of the seasons: {words}.",
        "Use the words of the list, separated by |.",
        "wintering",
    ),
    Code(
        "size-unreadable",
        "error",
        "{value} is no size of a population that can be read.",
        "Write a number, a range such as 6000-7000, or >14400.",
        "many",
    ),
    Code(
        "size-set-aside",
        "warning",
        "{value} is not used, because another number of its row cannot be read: the threshold would be another one.",
        "Correct the number that cannot be read, and read the table again.",
        "12500",
    ),
    Code(
        "size-letter",
        "error",
        "{value} is a letter for a range of sizes, and nothing says which range it stands for.",
        "Say what it means, for example --say letterRanges.B=10000-25000.",
        "B",
    ),
    Code(
        "size-of-pairs-perhaps",
        "warning",
        "The notes of this estimate speak of pairs or mature birds; the number was read as birds of all ages.",
        "If the number counts pairs or mature birds, say so in unit.",
        "1,940 breeding pairs",
    ),
    Code(
        "sizes-unknown",
        "note",
        "{count} sizes or thresholds are marked as unknown (-1): they were read as empty.",
        "Nothing: their populations have no threshold.",
    ),
    Code(
        "sizes-open-ended",
        "note",
        "{count} sizes are 'more than' (the maximum is the minimum + 1): they were read as a minimum only.",
        "Nothing: their 1 % thresholds are lower bounds.",
    ),
    Code(
        "years-unknown",
        "note",
        "{count} years are written 0: they were read as empty.",
        "Nothing, if the years are not known.",
    ),
    Code(
        "population-named",
        "note",
        "{count} populations have no identifier: they bear the names of species and population.",
        "Give a column of identifiers, so that editions of one population can be told to belong together.",
    ),
)
