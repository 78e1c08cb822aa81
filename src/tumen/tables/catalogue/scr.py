"""The words of findings about fitted spatial capture-recapture models."""

from tumen.tables.code import Code

CODES = (
    Code(
        "session-long",
        "warning",
        "Session {value} lasts {days} days; in more than {longest} animals are born, die and move house.",
        "Give shorter sessions below [density]; survival between them is what tumen survival estimates.",
        "2013-08–2015-07",
    ),
    Code(
        "scr-not-converged",
        "error",
        "The likelihood of {value} has no clear maximum; its estimates are not to be used.",
        "Take a simpler model, or more data: sessions joined, parameters shared between them.",
        "HN: D ~ 1, g0 ~ bk, sigma ~ 1",
    ),
    Code(
        "scr-not-estimable",
        "warning",
        "The data say nothing of these parameters of {value}: {parameters}.",
        "Leave them out of the model, or share them between sessions or sexes.",
        "HN: D ~ 1, g0 ~ h2, sigma ~ 1, two classes",
    ),
    Code(
        "scr-no-likelihood",
        "error",
        "The data cannot have come about under {value}: their likelihood is 0 wherever it was looked for.",
        "Check that detectors lie on the mask, and that captures and usage belong together.",
        "UN: D ~ 1, g0 ~ 1, sigma ~ 1",
    ),
    Code(
        "scr-g0-at-one",
        "warning",
        "In {value} animals are certain to be detected at a distance of 0: g0 is at its limit of 1.",
        "Take a hazard form (HHN), longer occasions or counts.",
        "HN: D ~ 1, g0 ~ 1, sigma ~ 1",
    ),
    Code(
        "scr-detection-at-zero",
        "warning",
        "In {value} some animals are never detected: g0 or lambda0 is at 0.",
        "Leave out the effect that leads there, or the detectors that never worked.",
        "HN: D ~ 1, g0 ~ t, sigma ~ 1",
    ),
    Code(
        "scr-share-at-edge",
        "warning",
        "In {value} one class holds next to no animal.",
        "Take the model without classes.",
        "HN: D ~ 1, g0 ~ h2, sigma ~ 1, two classes",
    ),
    Code(
        "scr-sigma-beyond-mask",
        "warning",
        "In {value} sigma is more than half as long as the mask: animals range beyond the ground that was looked at.",
        "Give a larger buffer, and cameras farther apart; density and sigma are not to be trusted till then.",
        "HN: D ~ 1, g0 ~ 1, sigma ~ 1",
    ),
    Code(
        "scr-sigma-below-spacing",
        "warning",
        "In {value} sigma is less than half as long as a cell is wide: the sum over cells is too coarse.",
        "Give a smaller spacing.",
        "HN: D ~ 1, g0 ~ 1, sigma ~ 1",
    ),
    Code(
        "scr-no-fit",
        "error",
        "A model could not be fitted for {value} ({reason}).",
        "See the findings about its captures.",
        "Panthera tigris",
    ),
    Code(
        "scr-buffer-bias",
        "warning",
        "The buffer of {buffer} m leaves out {lost} % of the animals detected; density is too high by as much.",
        "Give buffer = {asked} below [density], or leave it to the rule.",
        "Panthera tigris",
    ),
    Code(
        "places-in-cells",
        "note",
        "The places of {stations} stations are told as cells about {value} m wide; animals range over a sigma of about "
        "{sigma} m. Detection was averaged over the cells.",
        "Nothing, if intervals this wide will do; else ask the party for finer places.",
        "1100",
    ),
    Code(
        "places-too-coarse-for-density",
        "error",
        "The places of {stations} stations are told as cells about {value} m wide, more than twice the sigma of the "
        "animals ({sigma} m); density was not estimated.",
        "Ask the party for finer cells, or for a joint fit in which its data stay with it.",
        "11000",
    ),
    Code(
        "times-too-coarse-for-occasions",
        "error",
        "The times of the observations are told to the month, and occasions are shorter; density was not estimated.",
        "Write an occasion as long as a session below [density], or ask the party for days.",
        "",
    ),
)
