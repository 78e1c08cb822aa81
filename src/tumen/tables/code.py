"""A kind of finding, with its words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """A kind of finding: what it says, how to mend it, and an example value."""

    code: str
    severity: str
    message: str
    cure: str
    example: str = ""
