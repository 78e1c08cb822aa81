"""The words of findings about capture histories and genotypes that other programs' files hold."""

from tumen.tables.code import Code

CODES = (
    Code(
        "detector-single",
        "note",
        "Traps that hold one animal are fitted as traps that hold several: density is next to right, but g0 is too low "
        "where many traps were full.",
        "Nothing, if density is what you ask for; read g0 as the chance that is left by full traps.",
        "single",
    ),
    Code(
        "mask-of-unknown-session",
        "error",
        "Cells of the mask belong to a session that is not among those of captures and detectors: {value} ({cells}).",
        "Name the sessions of the mask as those of the captures, or leave the column out for one mask of all.",
        "2",
    ),
    Code(
        "mask-sessions-by-number",
        "note",
        "The mask numbers its sessions, and they were taken in the order of the captures: {value}.",
        "Nothing, if the order is right; else name the sessions of the mask as those of the captures.",
        "2005, 2006",
    ),
    Code(
        "histories-columns-left",
        "note",
        "These columns of the histories were not used: {value}.",
        "Nothing, if they say nothing of survival or capture; what changes from year to year stands in a file of its "
        "own.",
        "weight, ring",
    ),
    Code(
        "histories-cell-unread",
        "error",
        "Row {row} of the histories has {value} in {column}; seen is 1 and not seen is 0.",
        "Correct it; the animal was left out.",
        "2",
    ),
    Code(
        "histories-length",
        "error",
        "Row {row} of the histories has {value} occasions where most have {occasions}.",
        "Write one 0 or 1 for every occasion, zeros in front included; the animal was left out.",
        "6",
    ),
    Code(
        "histories-never-seen",
        "warning",
        "Row {row} of the histories is an animal that was never seen; it was left out.",
        "Nothing, if it was only listed; else correct its history.",
        "a17",
    ),
    Code(
        "histories-animal-twice",
        "error",
        "Row {row} of the histories is a second one of {value}; it was left out.",
        "Give every animal one row.",
        "a17",
    ),
)
