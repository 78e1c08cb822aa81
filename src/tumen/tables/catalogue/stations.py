"""The words of findings about stations and their media: overlaps, duplicates, coordinates and names."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "camera-in-two-deployments",
        "error",
        "Camera {camera} is in deployment {value} from {start}, and in {other} until {end}, at another place.",
        "A camera is at one place at a time: check cameraID and the dates of both deployments.",
        "dep2",
    ),
    Code(
        "deployments-overlap",
        "warning",
        "Deployment {value} starts at {start}, before {other} of the same camera at the same place ends at {end}.",
        "Check the dates; the time they share would count twice as effort.",
        "dep2",
    ),
    Code(
        "cameras-unnamed-overlap",
        "warning",
        "Deployments at {value} that overlap in time with another and name no camera: {count}. One is {deployment}.",
        "If several cameras stood there, give each a cameraID; else correct the dates. The shared time counts twice as "
        "effort.",
        "ridge-12",
    ),
    Code(
        "media-file-twice",
        "warning",
        "{count} rows are about the file {value}; the first is row {firstRow}.",
        "Keep one row for each file, and correct the paths of the others.",
        "media/IMG0001.JPG",
    ),
    Code(
        "media-picture-twice",
        "warning",
        "{count} rows hold the very same picture (SHA-256 {value}); the first is row {firstRow}, of deployment "
        "{deployment}.",
        "A card was probably copied twice. Keep each picture once, in the deployment it belongs to.",
        "",
    ),
    Code(
        "media-name-twice",
        "warning",
        "{count} rows of one deployment have the name {value} and the same time; the first is row {firstRow}.",
        "A card was probably read twice. Keep each file once.",
        "IMG0001.JPG",
    ),
    Code(
        "coordinates-shared",
        "warning",
        "{count} places have the same coordinates, {value}: {places}.",
        "Give each place its own coordinates; if they were rounded on purpose, state coordinateUncertainty.",
        "43.1, 131.2",
    ),
    Code(
        "coordinates-degrees-minutes",
        "error",
        "{value} is written in degrees and minutes; in degrees it would be {decimal}.",
        "Write decimal degrees; minutes are sixtieths, not hundredths.",
        "115°58'",
    ),
    Code(
        "coordinates-no-such-minute",
        "error",
        "{value} is written in degrees and minutes, and there is no minute or second {part}: they end at 59.",
        "Look up the original; a digit is wrong, or the number was decimal before someone wrote it so.",
        "115°98'",
    ),
    Code(
        "coordinates-minutes-as-decimals",
        "warning",
        "None of {count} places has a decimal pair of 60 or more in latitude or longitude, such as in {value}: this "
        "looks like degrees, minutes and seconds with a point between.",
        "Compare one place with a map. If so, convert all: minutes / 60 and seconds / 3600 are added to the degrees.",
        "43.0612, 131.2245",
    ),
    Code(
        "place-in-sea",
        "warning",
        "The point {value} is on no land of the map: {kilometres} km from the nearest, {country}.",
        "Check the coordinates and their datum. If the place is on water, or in a country that is not on the map, "
        "nothing is wrong.",
        "42.0, 132.5",
    ),
    Code(
        "location-names-alike",
        "warning",
        "The places {value} and {other} have names that look the same and are not.",
        "Use one spelling for one place; look for small letters, spaces, leading zeros and letters of another script.",
        "A1",
    ),
    Code(
        "location-names-near",
        "warning",
        "The places {value} and {other} differ by one letter and stand {metres} m apart.",
        "If they are one place, use one spelling.",
        "Kedrovaya",
    ),
    Code(
        "location-name-shared",
        "warning",
        "The name {value} is given to {count} places up to {kilometres} km apart.",
        "Give each place a name of its own, or correct the coordinates.",
        "Ridge 12",
    ),
)
