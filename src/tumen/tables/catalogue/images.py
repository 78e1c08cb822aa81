"""The words of findings about folders of pictures and what the pictures say of themselves."""

from tumen.tables.code import Code

CODES = (
    Code(
        "image-unreadable",
        "warning",
        "The file {value} cannot be read as a picture: {reason}.",
        "Copy it once more from the camera's card; the file is listed in media without a time.",
        "StationA/IMG_0001.JPG",
    ),
    Code(
        "image-without-time",
        "warning",
        "The file {value} does not say when it was taken. It was last changed at: {changed}.",
        "Get the original file. The time of a change is not the time of a picture and is not used.",
        "StationA/IMG_0001.JPG",
    ),
    Code(
        "image-without-deployment",
        "error",
        "The path {value} does not tell the deployment.",
        "Put the file into the folder of its deployment, or say where in the path the deployment stands.",
        "IMG_0001.JPG",
    ),
    Code(
        "image-tags-unreadable",
        "warning",
        "The tags in {value} cannot be read: {reason}.",
        "Save the tags again with the program that made them.",
        "StationA/IMG_0001.JPG",
    ),
    Code(
        "image-tags-ambiguous",
        "warning",
        "The picture {value} names several species and individuals; which is which cannot be told: {tags}.",
        "Add a row to observations for each animal. The species were taken over without the names of individuals.",
        "StationA/IMG_0001.JPG",
    ),
    Code(
        "image-positions-left",
        "note",
        "{count} pictures hold a position. It was not copied.",
        "Nothing. Remember that the pictures themselves still hold it.",
        "",
    ),
    Code(
        "image-positions-copied",
        "warning",
        "The positions in {count} pictures were copied into exifData, as was asked for.",
        "Do not hand on this table to anybody who must not know the places.",
        "",
    ),
    Code(
        "image-recordings",
        "warning",
        "{count} videos and sound files were listed and not opened: their times, and positions in them, are not known.",
        "Fill in their timestamps in the table media.",
        "",
    ),
    Code(
        "image-other-files",
        "note",
        "{count} other files lie in the folder. They were left alone.",
        "Nothing, if they are no media.",
        "",
    ),
)
