"""The words of findings about proposals, views, decisions and contributions."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "deadline-before-proposal",
        "error",
        "The deadline {deadline} is before the day of the proposal, {proposedOn}.",
        "Check both dates.",
        "2024-01-01",
    ),
    Code(
        "view-before-proposal",
        "error",
        "The view is of {value}; the proposal was made only on {proposedOn}.",
        "Check both dates, and whether the view is on another proposal.",
        "2024-01-01",
    ),
    Code(
        "view-superseded",
        "note",
        "{party} stated another view on this proposal later, on {laterOn}: {laterPosition}.",
        "Nothing: the later view holds, and both stay on record.",
        "object",
    ),
    Code(
        "view-twice-same-day",
        "warning",
        "{party} stated two views on this proposal on {value}: which one holds cannot be said.",
        "Ask the party, and state the view that holds with a later date.",
        "2024-01-15",
    ),
    Code(
        "decision-before-proposal",
        "error",
        "The decision is of {value}; the proposal was made only on {proposedOn}.",
        "Check both dates, and whether the decision is on another proposal.",
        "2024-01-01",
    ),
    Code(
        "decision-contradicts-status",
        "warning",
        "The proposal's status is {value}, but the last decision on it, of {decidedOn}, is: {outcome}.",
        "Correct the status, or add the decision that is missing.",
        "agreed",
    ),
    Code(
        "delivered-above-pledged",
        "note",
        "{value} was delivered, more than the {pledged} pledged.",
        "Nothing, if it is so. Otherwise check the numbers and their unit.",
        "50",
    ),
    Code(
        "delivered-before-pledged",
        "warning",
        "It was delivered on {deliveredOn}, before it was pledged on {pledgedOn}.",
        "Check both dates.",
        "2024-01-01",
    ),
    Code(
        "delivered-without-pledge",
        "note",
        "{value} was delivered and nothing was pledged.",
        "Add the pledge if there was one.",
        "36",
    ),
    Code(
        "contribution-empty",
        "warning",
        "The contribution says neither what was pledged nor what was delivered.",
        "Give at least one of the two amounts.",
        "",
    ),
)
