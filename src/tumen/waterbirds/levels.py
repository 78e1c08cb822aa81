"""What is asked of a site?  The criteria, their levels, and what each level rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tumen.waterbirds.regularly import Regularity

RAMSAR = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9")
"""The nine criteria of the Ramsar Convention."""

FLYWAY = ("FA", "FB1", "FB2", "FC")
"""The criteria of the flyway partnership: one of Ramsar's, the two of staging sites, and exceptional importance."""

CRITERIA = (*RAMSAR, *FLYWAY)
"""Every criterion, in the order in which they are shown."""

WORDS = {"R1": "C1", "R2": "C2", "R3": "C3", "R4": "C4", "R7": "C7", "R8": "C8", "FC": "C"}
"""The criteria that people judge in words, and the field of `sheet_texts` in which they do."""

STAGING = ("spring", "autumn")
"""The seasons in which birds are on passage."""

THREATENED = ("CR", "EN", "VU")
"""The categories that Ramsar's second criterion names."""

WATERBIRDS = "waterbirds"
"""The measure that is the total of all waterbirds present."""

GRADES = ("notMet", "needsStatement", "undecided", "provisional", "met")
"""The verdicts from the least to the best; of several the best stands for a place."""


@dataclass(frozen=True, kw_only=True)
class Levels:
    """The levels of the criteria, and what each rests on: "published", or "recalled" where we saw it in no print.

    `waterbirds` at one time make a site of Ramsar's fifth criterion, `flyway` on passage one of the partnership. Set a
    level to another number and its basis to "stated" to answer for it yourself.
    """

    waterbirds: int = 20_000
    flyway: int = 5_000
    waterbirds_basis: str = "published"
    flyway_basis: str = "recalled"
    quarter_basis: str = "published"
    flyway_criteria_basis: str = "recalled"
    regularly: Regularity = field(default_factory=Regularity)

    def bases(self) -> dict[str, str]:
        """Return what each rule rests on, for the notes of an answer.

        >>> Levels().bases()["flyway"]
        'recalled'
        """
        return {
            "waterbirds": self.waterbirds_basis,
            "flyway": self.flyway_basis,
            "quarter": self.quarter_basis,
            "flywayCriteria": self.flyway_criteria_basis,
            "regularly": self.regularly.basis,
        }


REASONS: Mapping[str, str] = MappingProxyType(
    {
        "noData": "verdict-no-data",
        "tooFewSeasons": "verdict-too-few-seasons",
        "fewSeasons": "verdict-few-seasons",
        "provisionalMean": "verdict-provisional-mean",
        "openBounds": "verdict-open-bounds",
        "partialCounts": "verdict-partial-counts",
        "thresholdMissing": "verdict-threshold-missing",
        "thresholdRecalled": "verdict-threshold-recalled",
        "thresholdAtMost": "verdict-threshold-at-most",
        "thresholdAtLeast": "verdict-threshold-at-least",
        "belowEveryThreshold": "verdict-below-every-threshold",
        "editionsDisagree": "verdict-editions-disagree",
        "listMissing": "verdict-list-missing",
        "noListedSpecies": "verdict-no-listed-species",
        "statementMissing": "verdict-statement-missing",
        "statementDraft": "verdict-statement-draft",
        "statementSigned": "verdict-statement-signed",
    }
)
"""The reasons of verdicts, and the code in the catalogue whose words explain each and say what would decide it.

Beside them `byR2`, `byR5` and `byR6` name the criteria on which criterion A of the partnership rests.
"""
