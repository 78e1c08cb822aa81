"""The words of findings about open populations in space: survival, recruitment and numbers over several years."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "open-no-recaptures",
        "error",
        "No animal was seen in two sessions, so survival cannot be estimated.",
        "Check that an animal has one name in all sessions. Fit each session as a closed population, or add sessions.",
    ),
    Code(
        "open-not-converged",
        "error",
        "The fit of the open population stopped before the highest likelihood was found.",
        "Do not use the estimates. Fit with fewer effects, or with other starting values.",
    ),
    Code(
        "open-at-bound",
        "warning",
        "Parameter {value} ran to the limit of what is possible and has no standard error.",
        "Read it as very large or very small. Leave out the effect, or join sessions with few animals.",
        "phi.session2014",
    ),
    Code(
        "open-not-estimable",
        "warning",
        "The data do not tell parameter {value}: the likelihood hardly changes with it.",
        "Leave out the effect, or make it the same for all sessions.",
        "phi.session2014",
    ),
    Code(
        "open-move-below-spacing",
        "warning",
        "Centres move by less than half the spacing of the mask, which is too coarse to tell how far.",
        "Use a finer mask, or keep centres in their places.",
    ),
    Code(
        "open-sigma-wide",
        "warning",
        "Sigma is more than half as wide as the mask.",
        "Use a mask that reaches farther from the detectors, or check for two animals with one name.",
    ),
    Code(
        "open-sex-unknown",
        "warning",
        "The sex of no animal is known; the two sexes of the model are two groups without names.",
        "Give the sex of some animals, or leave sex out of the model.",
    ),
    Code(
        "open-session-empty",
        "note",
        "Nobody was seen in session {value}.",
        "Check that the detections of the session are there. If so, nothing needs to be done.",
        "2014",
    ),
)
