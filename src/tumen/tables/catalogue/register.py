"""The words of findings about links between parties' names of animals."""

from tumen.tables.code import Code

CODES = (
    Code(
        "link-unknown-individual",
        "warning",
        "The link names individual {value}, which no package contains.",
        "Check the party and the local name; the link is not used.",
        "north-reserve/T07",
    ),
    Code(
        "link-contradiction",
        "error",
        "{value} were judged to be different animals and are joined through other links.",
        "Review the links of this group; one of them is wrong.",
        "north-reserve/T07, south-institute/22",
    ),
    Code(
        "link-between-species",
        "error",
        "The link joins individuals of different species: {species}.",
        "Review the link; it is not used.",
        "north-reserve/T07",
    ),
    Code(
        "link-between-sexes",
        "warning",
        "The link joins a female and a male.",
        "Review the link and both records of sex.",
        "north-reserve/T07",
    ),
    Code(
        "link-same-time",
        "error",
        "Two judgements of {value} bear the same instant and disagree.",
        "Correct the time of one; until then the pair counts as undecided.",
        "north-reserve/T07",
    ),
)
