"""The words of findings about lives: ages, mothers, births and deaths, and the names of species."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "individual-grew-younger",
        "warning",
        "Individual {value} is a juvenile on {juvenileOn}, after it was {lifeStage} on {grownOn}.",
        "Check both identifications and both life stages; two animals may share one name.",
        "T07",
    ),
    Code(
        "mother-itself",
        "error",
        "Individual {value} is given as its own mother.",
        "Give the mother's individualID, or leave motherID empty.",
        "T07",
    ),
    Code(
        "mother-male",
        "error",
        "The mother of {individual} is {value}, which is recorded as male.",
        "Check the sex of the mother, and who the mother is.",
        "T02",
    ),
    Code(
        "mother-not-older",
        "error",
        "The mother {value}, born {motherBirthDate}, is not older than {individual}, born {birthDate}.",
        "Check both dates of birth, and who the mother is.",
        "T02",
    ),
    Code(
        "mother-dead-at-birth",
        "error",
        "The mother {value} died on {motherDeathDate}, before {individual} was born on {birthDate}.",
        "Check the dates, and who the mother is.",
        "T02",
    ),
    Code(
        "mother-other-species",
        "error",
        "The mother {value} is recorded as {motherSpecies}, {individual} as {species}.",
        "Check both species, and who the mother is.",
        "T02",
    ),
    Code(
        "death-before-birth",
        "error",
        "The individual died on {value}, before it was born on {birthDate}.",
        "Check both dates.",
        "2013-01-05",
    ),
    Code(
        "seen-after-death",
        "error",
        "Individual {value} died on {deathDate} and was recorded later, first on {seenOn}. Records: {count}.",
        "Check the date of death, the identifications and the clock of the camera.",
        "T07",
    ),
    Code(
        "seen-before-birth",
        "error",
        "Individual {value} was born on {birthDate} and was recorded before, first on {seenOn}. Records: {count}.",
        "Check the date of birth, the identifications and the clock of the camera.",
        "T07",
    ),
    Code(
        "taxon-synonym",
        "warning",
        "{value} is an older name of {accepted}. Rows: {count}.",
        "Write {accepted}, so that all parties use one name for one species.",
        "Uncia uncia",
    ),
    Code(
        "taxon-misspelt",
        "warning",
        "{value} is not a name of the list; the nearest is {accepted}. Rows: {count}.",
        "Write {accepted} if that is meant, without an author.",
        "Panthera tigirs",
    ),
    Code(
        "taxon-unknown",
        "note",
        "{value} is not in the list of names for the region: its spelling was not checked. Rows: {count}.",
        "Check the spelling yourself.",
        "Puma concolor",
    ),
)
