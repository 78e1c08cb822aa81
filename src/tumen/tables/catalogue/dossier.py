"""The words of findings about sheets and dossiers.

The codes from `dossier-text-missing` to `dossier-no-criterion` also stand in the table of gaps of a dossier, those from
`dossier-step-evidence` to `dossier-review-short` in its table of steps.
"""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "dossier-text-missing",
        "note",
        "Without a text: field {field}.",
        "Write one into sheet_texts, with its author and what it rests on.",
        "16",
    ),
    Code(
        "dossier-data-missing",
        "note",
        "Data that would fill field {field} are not there: {tables}.",
        "Give these data, or write a text for the field into sheet_texts.",
        "10",
    ),
    Code(
        "dossier-draft-only",
        "note",
        "Field {field} has only a draft, by {author}.",
        "Have it signed by whoever is responsible, or write another text.",
        "30",
    ),
    Code(
        "dossier-boundary-missing",
        "note",
        "The site has no outline.",
        "Give the area with its geometry in areas, and its areaID in sites.",
        "",
    ),
    Code(
        "dossier-statement-missing",
        "note",
        "Nobody wrote a statement on this criterion, which is judged in words: {criterion}.",
        "If it is met, write a statement with its evidence into sheet_texts, field {field}.",
        "R1",
    ),
    Code(
        "dossier-criterion-undecided",
        "note",
        "Criterion {criterion} is not decided. The nearest to it is {species}; seasons at the threshold that would "
        "meet it: {seasons}.",
        "Count in further seasons, completely and on one day; or give the numbers that were left out.",
        "R6",
    ),
    Code(
        "dossier-criterion-not-judged",
        "note",
        "Not judged, for want of counts or thresholds: {criterion}.",
        "Give counts and population estimates.",
        "R5",
    ),
    Code(
        "dossier-no-criterion",
        "warning",
        "No criterion is met so far. One is enough.",
        "Decide the criteria that are open.",
        "",
    ),
    Code(
        "dossier-step-evidence",
        "warning",
        "The step is said to be done, and no document shows it.",
        "Name the document.",
        "designated",
    ),
    Code(
        "dossier-step-digest-missing",
        "warning",
        "The step is said to be done without the digest of what it was done to: it does not hold.",
        "Make the dossier of your own part, read it, and enter its digest.",
        "signed",
    ),
    Code(
        "dossier-step-changed",
        "warning",
        "The part changed after this step: it no longer holds.",
        "Read the part again, and sign and release it with its new digest.",
        "signed",
    ),
    Code(
        "dossier-step-refused",
        "note",
        "The step was refused.",
        "Learn why, and take it up again.",
        "approved",
    ),
    Code(
        "dossier-review-short",
        "warning",
        "The review ended within {days} days of the letter; it takes 14.",
        "Check both days.",
        "technicalReview",
    ),
    Code(
        "dossier-step-foreign",
        "warning",
        "{party} states the step {value} of the part of {country}, which is not its own: it was left out.",
        "Let the owner of the part state it.",
        "released",
    ),
    Code(
        "dossier-step-unknown-part",
        "warning",
        "The step {value} is stated for {country}, which has no part of this place: it was left out.",
        "Correct the countryCode.",
        "signed",
    ),
    Code(
        "dossier-group-withheld",
        "note",
        "Numbers and verdicts of the whole are left out: they hold counts of parts that were not released.",
        "Have every part released by its owner.",
        "",
    ),
    Code(
        "dossier-conflict-area",
        "warning",
        "{subject}: sources give different values of '{attribute}': {value}. They are up to {apart} ha apart.",
        "Agree on one, and say on which ground; the others stay with their sources.",
        "3200 ha; 3500 ha",
    ),
    Code(
        "dossier-conflict-number",
        "warning",
        "{subject}: sources give different values of '{attribute}': {value}. They are up to {apart} {unit} apart.",
        "Agree on one, and say on which ground; the others stay with their sources.",
        "120; 228",
    ),
    Code(
        "dossier-conflict-point",
        "warning",
        "{subject}: sources give different coordinates: {value}. They are up to {apart} km apart.",
        "Agree on one, and say on which ground; the others stay with their sources.",
        "48 33 N 117 30 E; 48 45 N 117 28 E",
    ),
    Code(
        "dossier-conflict-date",
        "warning",
        "{subject}: sources give different dates of '{attribute}': {value}. Days apart: at least {apart}.",
        "Agree on one, and say on which ground; the others stay with their sources.",
        "2018-04; 2018-05",
    ),
    Code(
        "dossier-conflict-text",
        "warning",
        "{subject}: sources say different things of '{attribute}': {value}.",
        "Agree on one, and say on which ground; the others stay with their sources.",
        "Rason; Rajin",
    ),
    Code(
        "dossier-coordinate-unreadable",
        "error",
        "{subject}: '{value}' is no coordinate: minutes and seconds go up to 59, and each side needs its letter.",
        "Look it up at the source: {source}.",
        "50°05'N 115°98'E",
    ),
)
