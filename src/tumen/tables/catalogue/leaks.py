"""The words of findings about what a disclosed package may still give away.

None of them prints what leaks: a list of findings may be shown to anybody who may see the view.
"""

from tumen.tables.code import Code

_DISCLOSE = "Make the view anew with tumen package disclose; do not mend it by hand."
_TEXT = "Take it out of the text, or withhold the text."

CODES: tuple[Code, ...] = (
    Code(
        "leak-table",
        "error",
        "The view holds the table {table} with {count} rows, which the grant does not give.",
        _DISCLOSE,
    ),
    Code(
        "leak-column-undeclared",
        "error",
        "The table {table} has a column, {column}, of which nobody has said whether it may leave.",
        _DISCLOSE,
    ),
    Code(
        "leak-column-withheld",
        "error",
        "{count} cells of {column} in the table {table} hold what the grant does not give.",
        _DISCLOSE,
    ),
    Code(
        "leak-text-differs",
        "error",
        "What would be written of the table {table} is not what its values say, so it cannot be checked.",
        _DISCLOSE,
    ),
    Code(
        "leak-order",
        "error",
        "The rows of the table {table} are not in the order of their own cells: their order may tell that of times.",
        _DISCLOSE,
    ),
    Code(
        "leak-name-not-keyed",
        "error",
        "{count} cells of {column} in the table {table} are no keyed names of this receiver.",
        _DISCLOSE,
    ),
    Code(
        "leak-name-shared",
        "error",
        "{count} names in {column} of the table {table} are those that {value} sees: both views can be joined.",
        "Make each view under the name of its own receiver, with the secret that belongs to the ledger.",
        "east-institute",
    ),
    Code(
        "leak-name",
        "error",
        "A cell holds one of your own names, from {source}, which the grant does not give; {count} rows.",
        _TEXT,
    ),
    Code(
        "leak-name-short",
        "warning",
        "A cell holds a short word that is also one of your own names, from {source}; {count} rows.",
        "Look whether it means that name. " + _TEXT,
    ),
    Code(
        "leak-coordinates",
        "error",
        "Numbers in one cell or row are the coordinates of one of your places, more exactly than the grant gives them; "
        "{count} rows.",
        "Take them out, or withhold the column.",
    ),
    Code(
        "leak-coordinate-alone",
        "warning",
        "A number is the latitude or the longitude of one of your places; {count} rows.",
        "Look whether it is meant. Take it out, or withhold the column.",
    ),
    Code(
        "leak-day",
        "error",
        "A text or a name holds a day on which you recorded something, which the grant does not give; {count} rows.",
        _TEXT,
    ),
    Code(
        "leak-instant",
        "error",
        "{count} cells of {column} in the table {table} are more exact than a {period}.",
        _DISCLOSE,
    ),
    Code(
        "leak-cell-finer",
        "error",
        "{count} places in the table {table} are not the centres of cells of category {category}.",
        _DISCLOSE,
    ),
    Code(
        "leak-cell-radius",
        "error",
        "{count} places in the table {table} state a smaller uncertainty than that of their cell.",
        _DISCLOSE,
    ),
    Code(
        "leak-cell-unrecorded",
        "error",
        "{count} places in the table {table} lie in cells that your ledger of releases does not know.",
        "Give the ledger that was written with this view.",
    ),
    Code(
        "leak-cells-overlap",
        "error",
        "{count} locations have been told in different cells: where the cells overlap is less than the cell promised.",
        "Withhold those locations. What has left cannot be called back.",
    ),
    Code(
        "leak-distances-narrow",
        "error",
        "Of {count} locations different distances to the border have left: together they tell more than one of them.",
        "Withhold the encounters of those locations. What has left cannot be called back.",
    ),
    Code(
        "leak-border-pins",
        "error",
        "Side, distance to the border and cell together tell {count} locations to less than {metres} m.",
        "Use a larger step, or withhold the encounters or the coordinates of those locations.",
    ),
    Code(
        "leak-border-narrows",
        "warning",
        "The distance to the border leaves less than half of the cell of {count} locations; of the smallest, {percent} "
        "percent.",
        "Use a step as wide as the cell, or withhold the encounters.",
    ),
    Code(
        "leak-border-unchecked",
        "note",
        "Distances to the border leave, and without countries it was not checked what they tell of places.",
        "Give the countries, and check again.",
    ),
    Code(
        "leak-rare",
        "warning",
        "{count} records in the table {table} are the only ones of their species in their cell and month.",
        "Use a coarser category for rare species, or leave them out.",
    ),
    Code(
        "leak-few-cameras",
        "warning",
        "{count} months in the table {table} have so few camera-days that they tell of a single camera.",
        "Leave the table out, or wait until more cameras have worked.",
    ),
    Code(
        "leak-linkable",
        "warning",
        "{count} names in {column} of the table {table} can be recognised in the view of {value} by their records.",
        "Nothing can be done while both receive the same records; think of them as one receiver.",
        "east-institute",
    ),
    Code(
        "leak-media-metadata",
        "error",
        "The file holds more than a picture: {what}.",
        "Write the picture anew without metadata.",
    ),
    Code(
        "leak-media-unknown",
        "error",
        "The file is no whole JPEG or PNG picture, so it cannot be checked.",
        "Leave it out, or write it anew as JPEG.",
    ),
    Code(
        "leak-file-unlisted",
        "error",
        "The view holds a file that none of its tables names.",
        "Leave it out. GPS tracks and other files never belong to a view.",
    ),
    Code(
        "leak-descriptor",
        "error",
        "The metadata of the view hold {column}, which may tell places, times or people.",
        _DISCLOSE,
    ),
)
