"""The words of findings about what is disclosed, and what is withheld."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "release-finer",
        "error",
        "The receiver knows the location {value} to {was} degree; this release would tell it to {now} degree.",
        "Release it as before, or make a new agreement for the finer release and name it in the policy.",
        "place/ridge-12",
    ),
    Code(
        "release-finer-step",
        "error",
        "The receiver knows the distance of {value} from the border in steps of {was} m; this release has steps of "
        "{now} m.",
        "Release it as before, or make a new agreement for the finer release and name it in the policy.",
        "place/ridge-12",
    ),
    Code(
        "release-steps-cross",
        "error",
        "The distance of {value} from the border has left in steps of {was} m, and steps of {now} m do not fit: both "
        "together are finer than either.",
        "Use a step that is a multiple of the earlier one, or that divides it.",
        "place/ridge-12",
    ),
    Code(
        "release-other-grid",
        "error",
        "The location {value} has left on the grid {was}; this release uses the grid {now}, and the cells overlap.",
        "Use the version of the program that made the earlier release.",
        "place/ridge-12",
    ),
    Code(
        "release-after-end",
        "error",
        "The grant to {value} ended on {until}.",
        "Renew the grant in the policy, or release nothing.",
        "south-institute",
    ),
    Code(
        "release-nothing",
        "error",
        "The policy grants {value} nothing of this package.",
        "See what it grants: tumen package explain POLICY --for PARTY.",
        "south-institute",
    ),
    Code(
        "disclosed-rows-withheld",
        "note",
        "Of the table {table}, {count} rows are withheld: {reason}.",
        "Nothing to do; the view says so in informationWithheld.",
    ),
    Code(
        "disclosed-location-moved",
        "warning",
        "The location {value} lies outside the cell in which it was first told; the cell stays, its radius grows.",
        "Check the coordinates. If it is another place, give it another locationID.",
        "place/ridge-12",
    ),
    Code(
        "disclosed-levels-lowered",
        "note",
        "The policy grants several levels for parts of this package; the view has the least of them, {value}.",
        "Make a view of fewer tables or species to give more of them.",
        "crossing",
    ),
    Code(
        "policy-species-absent",
        "warning",
        "A rule of the policy names {value}, which the package does not have.",
        "Check the spelling of the name in the policy.",
        "Panthera tigris",
    ),
    Code(
        "disclosed-without-countries",
        "warning",
        "No countries were given, so sides and distances to the border are not known; the view has no encounters.",
        "Name a file of countries, or a region: --countries northeast_asia.",
    ),
    Code(
        "media-unreadable",
        "warning",
        "The picture {value} cannot be read and is withheld: {reason}.",
        "Copy it once more from the camera's card.",
        "media/m1.jpg",
    ),
    Code(
        "media-text-in-picture",
        "warning",
        "{count} whole pictures are in this view: what the camera wrote into them, as place and time, is readable.",
        "Look at them before you send them, or grant no media: then only cut-outs leave.",
    ),
    Code(
        "portrait-without-box",
        "note",
        "{count} pictures of animals have no box around the animal, so nothing can be cut out; they are withheld.",
        "Draw boxes (bboxX, bboxY, bboxWidth, bboxHeight), or grant media.",
    ),
)
