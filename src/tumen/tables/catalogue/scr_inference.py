"""The words of findings about what is made of spatial capture-recapture fits: simulations, intervals, tests, plans."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "scr-bootstrap-some-failed",
        "note",
        "{value} of {draws} simulated surveys gave no estimate ({unusable} of them could not be fitted at all): they "
        "were left out.",
        "Nothing; the interval is over the others.",
        "3",
    ),
    Code(
        "scr-bootstrap-failed",
        "warning",
        "{value} of {draws} simulated surveys gave no estimate ({unusable} of them could not be fitted at all): the "
        "interval over the others is too narrow.",
        "Use a simpler model, or the interval by profile likelihood.",
        "120",
    ),
    Code(
        "scr-profile-open",
        "warning",
        "The interval of {value} by profile likelihood has no {side} end: the data allow any value on that side.",
        "Say so, or use a simpler model.",
        "sigma",
    ),
    Code(
        "scr-profile-higher",
        "error",
        "While the profile of {value} was followed, a log-likelihood was found that is higher than that of the fit by "
        "{gain}.",
        "Fit again from other starting values.",
        "sigma",
    ),
    Code(
        "scr-unlike-data",
        "warning",
        "The data are unlike what the model gives: {value} (chance of so much or more {chance}).",
        "Look at what was expected beside what was seen; try learned responses, classes, or other detection functions.",
        "animals",
    ),
    Code(
        "scr-aicc-undefined",
        "warning",
        "There are too few animals for the AICc of model {value}: it has no weight.",
        "Use a model with fewer parameters.",
        "g0 ~ session",
    ),
    Code(
        "scr-model-unconverged",
        "warning",
        "Model {value} has not converged ({status}): it has no weight.",
        "Use a simpler model, or other starting values.",
        "g0 ~ session",
    ),
    Code(
        "scr-score-undefined",
        "warning",
        "The score test of {value} has no result: the information at the fit is not positive.",
        "Fit the larger model, and compare the likelihoods.",
        "g0.b",
    ),
    Code(
        "scr-plan-few-animals",
        "warning",
        "The design is expected to see {value} animals, {recaptures} of them again: too few for an estimate.",
        "Use more stations, more nights, or another spacing.",
        "4.1",
    ),
    Code(
        "scr-plan-too-wide",
        "warning",
        "Stations are {value} sigma apart: animals are seldom seen at two of them.",
        "Take a spacing of about two sigma, or clusters.",
        "4.5",
    ),
    Code(
        "scr-plan-too-narrow",
        "note",
        "The stations span {value} sigma, less than one home range: animals at the edge weigh heavily.",
        "Spread the same number of stations, or use clusters.",
        "3.2",
    ),
    Code(
        "scr-plan-trials-failed",
        "warning",
        "{value} of {trials} simulated surveys gave no estimate: precision and coverage are over the others.",
        "Use more stations or nights.",
        "7",
    ),
)
