"""The words of findings about seasons, criteria and verdicts.

The codes from `verdict-no-data` on are also what the reasons in the column `reason` of a verdict mean
(`tumen.waterbirds.levels.REASONS`): their cure says what would decide it.
"""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "verdict-season-empty",
        "warning",
        "No count falls into the season {value}, which the study asks for.",
        "Compare the days of the season in the study with the dates of the visits.",
        "spring",
    ),
    Code(
        "verdict-place-empty",
        "warning",
        "Nothing was counted at {value} in any season: no criterion of numbers can be decided there.",
        "Add its visits, or leave the site out.",
        "site-1",
    ),
    Code(
        "verdict-edition-unknown",
        "error",
        "No population estimate is of the edition {value}, which the study asks for. Known: {known}.",
        "Write the edition as the table population_estimates has it, or add its rows.",
        "WPE6",
    ),
    Code(
        "verdict-population-without-threshold",
        "warning",
        "{value} has no threshold under edition {edition} ({population}), at {places} places: undecided there.",
        "Add the estimate or the published threshold to population_estimates.",
        "Anser cygnoides",
    ),
    Code(
        "verdict-population-recalled",
        "warning",
        "The threshold of {value} under edition {edition} is from memory and decides nothing, at {places} places.",
        "Look it up where it is published, and give that as its source and evidence.",
        "Anser cygnoides",
    ),
    Code(
        "verdict-species-without-threshold",
        "note",
        "Species that were counted and have no threshold in any edition: {count} ({species}). Nothing is denied them.",
        "Add their populations to population_estimates if they are waterbirds.",
        "3",
    ),
    Code(
        "verdict-species-without-status",
        "note",
        "Species that were recorded and are in no list of species_status: {count} ({species}). Nobody says whether "
        "they are threatened.",
        "Add the category of each from a published list, with its day.",
        "3",
    ),
    Code(
        "verdict-species-beside",
        "note",
        "Birds that are no waterbirds, or were introduced: {count} ({species}). Nobody asks whether they reach 1 % of "
        "a population.",
        "Give taxonGroup to those that are waterbirds; correct nonNative, or the category introduced in "
        "species_status.",
        "3",
    ),
    Code(
        "verdict-animals-not-counted",
        "note",
        "No animal other than birds was counted: Ramsar's criterion 9 is undecided everywhere.",
        "Nothing needs to be done if nobody looks for them.",
    ),
    Code(
        "verdict-no-data",
        "note",
        "Undecided: nothing was counted.",
        "Count in at least three seasons of one kind.",
    ),
    Code(
        "verdict-too-few-seasons",
        "note",
        "Undecided: there are too few seasons with adequate data.",
        "Count the whole site in more seasons of this kind; three are the least.",
    ),
    Code(
        "verdict-few-seasons",
        "note",
        "Not met, on three or four seasons only.",
        "Count in five seasons or more: the mean of their maxima may still reach the level.",
    ),
    Code(
        "verdict-provisional-mean",
        "note",
        "Provisional: the mean of the maxima reaches the level, over less than five seasons.",
        "Count in more seasons of this kind until there are five.",
    ),
    Code(
        "verdict-open-bounds",
        "note",
        "Undecided: in some seasons the true number may lie above or below the level.",
        "Count the sites of a complex on one day, count all groups, or ask the owner for what is withheld.",
    ),
    Code(
        "verdict-partial-counts",
        "note",
        "Some seasons were counted only in part, and at least one of them reached the level.",
        "Count the whole site: what a part holds is only a lower bound.",
    ),
    Code(
        "verdict-threshold-missing",
        "note",
        "Undecided: no threshold of its population is known.",
        "Add the population's estimate or published threshold to population_estimates.",
    ),
    Code(
        "verdict-threshold-recalled",
        "note",
        "Undecided: the threshold of its population is from memory.",
        "Look it up where it is published.",
    ),
    Code(
        "verdict-threshold-at-most",
        "note",
        "Undecided: its population is only known to be 'less than' a number, so that the true threshold may be lower "
        "than the one that was not reached.",
        "Use an estimate with a minimum, if there is one.",
    ),
    Code(
        "verdict-threshold-at-least",
        "note",
        "Met under 1 % of a minimum: its population is only known to be 'more than' it, so that the true threshold may "
        "be higher.",
        "Say so in the sheet, and use an estimate with a maximum when there is one.",
    ),
    Code(
        "verdict-below-every-threshold",
        "note",
        "Not met: no threshold of its population is surely known, and so few birds came that none would be reached.",
        "Nothing needs to be done.",
    ),
    Code(
        "verdict-editions-disagree",
        "note",
        "Undecided: no edition is in force, and those there are decide differently.",
        "Say in population_estimates which edition is in force, and since when.",
    ),
    Code(
        "verdict-list-missing",
        "note",
        "Undecided: there is no list of threatened species, or it does not have all species that were recorded.",
        "Add the lists to species_status.",
    ),
    Code(
        "verdict-no-listed-species",
        "note",
        "No threatened species was recorded. Other animals, plants and communities count too.",
        "Somebody has to state whether any of them occurs.",
    ),
    Code(
        "verdict-statement-missing",
        "note",
        "This criterion is judged in words, and nobody has written any.",
        "Write a statement with its evidence into sheet_texts, and have it signed.",
    ),
    Code(
        "verdict-statement-draft",
        "note",
        "A statement on this criterion is written and not signed.",
        "Have it signed by whoever is responsible.",
    ),
    Code(
        "verdict-statement-signed",
        "note",
        "A signed statement on this criterion is there. It is shown, not judged.",
        "Read it.",
    ),
)
