"""The words of findings about decisions that a page of review saved."""

from tumen.tables.code import Code

CODES = (
    Code(
        "decision-malformed",
        "error",
        "Decision {number} of the file is no decision: {column} holds {value}.",
        "Save the decisions from the page again; this one is not taken in.",
        "maybe",
    ),
    Code(
        "decision-twice",
        "error",
        "The file holds several decisions on {value}.",
        "Save the decisions from the page again; none of them is taken in.",
        "north-reserve/T07, south-institute/22",
    ),
    Code(
        "decision-pair-unknown",
        "error",
        "The page did not show the pair {value}.",
        "Save the decisions from the page again; this one is not taken in.",
        "north-reserve/T07, south-institute/22",
    ),
    Code(
        "decision-name-unknown",
        "error",
        "The decision names {value}, which no package of the study contains.",
        "Review the pair on a new page; the packages have changed since this one was made.",
        "north-reserve/T07",
    ),
    Code(
        "decision-in-the-future",
        "error",
        "The decision on {value} bears an instant to come: {decided}.",
        "Set the clock of the computer and decide again; this decision is not taken in.",
        "north-reserve/T07, south-institute/22",
    ),
    Code(
        "decision-note-formula",
        "error",
        "The note on {value} begins as a formula of a spreadsheet program does: {beginning}.",
        "Begin the note with a letter and save the decisions again; this one is not taken in.",
        "north-reserve/T07, south-institute/22",
    ),
    Code(
        "decision-other-party",
        "warning",
        "{value} was judged to be {individual}, an animal of another party.",
        "Let {party} give the animal a name of its own, then judge the two names; the decision is kept until then.",
        "north-reserve/obs1",
    ),
    Code(
        "decisions-page-unknown",
        "error",
        "The file is of a page that was not made in this folder of results, so nobody can tell what the observer saw.",
        "Apply it where the page was made, or bring its table from the folder pages; nothing is taken in.",
        "3f2a91",
    ),
    Code(
        "decisions-page-differs",
        "error",
        "The file says that {column} is {value}; the page was made with {made}.",
        "Save the decisions from the page again; nothing is taken in.",
        "adjudicator",
    ),
    Code(
        "decisions-other-observer",
        "error",
        "The page was made for {made}, and the decisions are of {value}.",
        "Make a page for each observer; nothing is taken in.",
        "O. Kim",
    ),
    Code(
        "decisions-other-study",
        "warning",
        "The file was saved for the study {value}; this one is called {made}.",
        "Look whether it is the same study under another name; the decisions are taken in.",
        "Leopards of two reserves",
    ),
    Code(
        "decisions-applied-before",
        "note",
        "Decisions that had been taken in before and are not repeated: {count}.",
        "Nothing needs to be done.",
    ),
)
