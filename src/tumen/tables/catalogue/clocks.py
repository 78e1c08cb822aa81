"""The words of findings about clocks: jumps, drift between paired cameras, daylight at midnight."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "clock-before-cameras",
        "error",
        "Times of {value} before 1995, when no camera of this kind existed: {count}. The first is {first}.",
        "The camera's clock was not set, or the dates were misread. Give the true times, or mark the deployment with "
        "timestampIssues.",
        "1970-01-01T00:00:00Z",
    ),
    Code(
        "clock-reset",
        "warning",
        "Times of {value} on 1 January 2000, where cameras start whose clock was never set: {count}. "
        "The first is {first}.",
        "Correct the times by a picture whose true time is known, or mark the deployment with timestampIssues.",
        "2000-01-01T00:04:12Z",
    ),
    Code(
        "clock-future",
        "error",
        "Times of {value} in the future: {count}. The first is {first}.",
        "Check the year and the camera's clock.",
        "2041-06-01T00:00:00Z",
    ),
    Code(
        "date-future",
        "error",
        "{column} is {value}, which lies in the future.",
        "Check the year.",
        "2087-02-03",
    ),
    Code(
        "deployment-ends-in-future",
        "warning",
        "The deployment ends in the future, at {value}.",
        "Give the time of the last check of the camera; a planned end counts effort that was not made.",
        "2041-06-01T00:00:00Z",
    ),
    Code(
        "clock-backwards",
        "warning",
        "In deployment {value} the time goes back by {hours} h at the file {file}, in the order of the file names. "
        "Such steps in the deployment: {count}.",
        "Check whether the camera's clock was reset or set there.",
        "dep1",
    ),
    Code(
        "clock-wrong-year",
        "warning",
        "All {count} times of deployment {value} ({first} to {last}) lie outside it; with {years} added to the year "
        "all lie inside.",
        "The year of the camera's clock, or of the deployment, is probably wrong. Check, and correct one of them.",
        "dep1",
    ),
    Code(
        "clock-shifted",
        "warning",
        "All {count} times of deployment {value} ({first} to {last}) lie outside it; moved by {least} to {most} days "
        "all lie inside.",
        "Check the date of the camera's clock, and whether day and month were exchanged in the deployment.",
        "dep1",
    ),
    Code(
        "clock-half-day",
        "warning",
        "In deployment {value} {share} % of {count} hours with people or vehicles are between 22:00 and 04:00 by "
        "the sun.",
        "The clock may be 12 hours wrong. If people really come at night there, nothing is wrong.",
        "dep1",
    ),
    Code(
        "clock-against-sun",
        "warning",
        "In deployment {value} {count} of {judged} pictures contradict the sun: {days} taken in daylight while it was "
        "night, {nights} with flash while it was day.",
        "The clock, its time zone or the coordinates are probably wrong. Look at the pictures.",
        "dep1",
    ),
    Code(
        "clock-drift",
        "warning",
        "The clock of {other} was {seconds} s ahead of that of {value} (below zero: behind) in the middle of their "
        "{count} common events, and gained {perDay} s a day.",
        "Find out which clock was wrong, from pictures of a watch at set-up, and correct its times.",
        "dep1",
    ),
)
