"""The words of findings about survival: capture histories over years and what they cannot tell."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "survival-occasion-unknown",
        "error",
        "An animal was seen in occasion '{value}', which is not among the occasions: the row was not used.",
        "Add the occasion with its time, or correct its name.",
        "2031",
    ),
    Code(
        "survival-seen-idle",
        "error",
        "An animal was seen in occasion '{value}', in which nobody looked (effort 0): the row was not used.",
        "Correct the effort, or the occasion of the sighting.",
        "2015",
    ),
    Code(
        "survival-nameless",
        "note",
        "{count} sightings are of animals without a name, and were not used for survival.",
        "Name the animals where their pictures allow it.",
    ),
    Code(
        "survival-sex-unknown",
        "note",
        "The sex of {count} of {animals} animals is not known: where a model has sex, they belong to each sex with an "
        "estimated chance.",
        "Write the sex where it can be told.",
    ),
    Code(
        "survival-sex-contradicts",
        "error",
        "Animal {value} has more than one sex ({sexes}): its sex was taken as unknown.",
        "Keep the sex that is right.",
        "L7",
    ),
    Code(
        "survival-occasion-idle",
        "note",
        "Nobody looked in occasion '{value}' (effort 0): the chance to be seen in it is 0 and was not estimated.",
        "Nothing, if that is so.",
        "2015",
    ),
    Code("survival-no-animals", "error", "No animal was seen: survival cannot be estimated.", "Add sightings."),
    Code(
        "survival-one-occasion",
        "error",
        "Survival needs at least two occasions, and there are {occasions}.",
        "Part the sightings into years or seasons.",
    ),
    Code(
        "survival-one-animal",
        "warning",
        "Only one animal, {value}, was seen: what follows is about its history, not about a population.",
        "Add the animals of other years or parties.",
        "L7",
    ),
    Code(
        "survival-few-sightings",
        "error",
        "There are too few sightings for the parameters of the model: its estimates were not used.",
        "Add the animals of other years or parties.",
    ),
    Code(
        "survival-no-recaptures",
        "error",
        "None of {animals} animals was seen in more than one occasion: survival cannot be told from the chance to be "
        "seen.",
        "Check that names are kept from year to year, or add occasions.",
    ),
    Code(
        "survival-one-sex",
        "warning",
        "The model {model} has sex, and animals of at most one sex are known ({value}): sex was left out of it.",
        "Write the sex where it can be told, or leave sex out of the model.",
        "female",
    ),
    Code(
        "survival-not-converged",
        "error",
        "The likelihood has no maximum that could be found: the estimates must not be used.",
        "Use a simpler model, or give starting values.",
    ),
    Code(
        "survival-confounded",
        "warning",
        "The data cannot tell these {count} parameters apart, only what they have in common: {names}. They are not "
        "counted as estimated.",
        "Use a model in which some of them are equal, or read only estimates that are marked as estimable.",
        "phi.time2019",
    ),
    Code(
        "survival-ends-open",
        "warning",
        "In the model {model}, nothing tells how many animals were missed at the ends of the study ({ends} of 2 ends): "
        "numbers, entries and captures there, and the size of the super-population, are not estimates.",
        "Make capture the same in all occasions, or let it depend on effort.",
    ),
    Code(
        "survival-boundary",
        "warning",
        "The best value of a chance is 0 or 1 (or nobody was missed): {names}. A standard error does not exist there.",
        "Use the interval by profile likelihood, or a simpler model.",
        "p",
    ),
    Code(
        "survival-unfit",
        "warning",
        "The histories vary more than the model allows: variance inflation {inflation}, chance of so much or more "
        "{chance}.",
        "Look for groups that survive or are seen differently; use QAICc and wider intervals.",
        "TEST3.SR",
    ),
    Code(
        "survival-untestable",
        "note",
        "There are too few repeated sightings to test whether the model fits ({value}).",
        "Nothing; read the intervals as too narrow rather than too wide.",
        "TEST2.CL",
    ),
    Code(
        "survival-redraws-failed",
        "warning",
        "{failed} of {draws} simulated data sets could not be fitted, and were left out of the test.",
        "Use a simpler model.",
    ),
)
