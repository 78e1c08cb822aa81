"""What a page of review is made of: pairs of subjects, their pictures and genotypes, and who is to judge them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tumen.errors import MisuseError

ROLES = ("observer", "adjudicator")


@dataclass(frozen=True)
class Picture:
    """A picture as the page shows it: a JPEG without EXIF, its size in pixels, and the flank it shows."""

    jpeg: bytes
    width: int
    height: int
    flank: str | None = None


@dataclass(frozen=True)
class View:
    """Two pictures side by side; `points` are x, y in the one and x, y in the other, in pixels."""

    one: Picture
    other: Picture
    points: tuple[tuple[float, float, float, float], ...] = ()
    flank: str | None = None


@dataclass(frozen=True)
class Subject:
    """One side of a pair; `more` are other pictures of the same subject."""

    party: str
    kind: str
    name: str
    sex: str | None = None
    known_flanks: str | None = None
    more: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Locus:
    """What was read of both at one locus; None for an allele that was not read."""

    locus: str
    alleles: tuple[str | None, str | None]
    others: tuple[str | None, str | None]


@dataclass(frozen=True)
class Verdict:
    """What somebody said of a pair before."""

    observer: str
    verdict: str
    certainty: str | None = None
    decided: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Judged:
    """What only an adjudicator's page holds: scores, what speaks against the pair, and the observers' verdicts.

    `score` is the program's own, in its units; it is kept beside the page and printed in none.
    """

    probability: float | None = None
    score: float | None = None
    photo: float | None = None
    rank: int | None = None
    genotype: float | None = None
    relation: str | None = None
    contradictions: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True)
class Where:
    """Place and time: the smallest distance, the smallest time, and the speed that one animal would have needed."""

    km: float | None = None
    days: float | None = None
    speed: float | None = None


@dataclass(frozen=True)
class Pair:
    """Two subjects with everything that is known of the pair."""

    one: Subject
    other: Subject
    scientific_name: str = ""
    views: tuple[View, ...] = ()
    loci: tuple[Locus, ...] = ()
    laboratories: str = ""
    judged: Judged | None = None
    where: Where | None = None

    @property
    def names(self) -> tuple[str, str, str, str, str, str]:
        """The pair as the tables write it."""
        return (self.one.party, self.one.kind, self.one.name, self.other.party, self.other.kind, self.other.name)


@dataclass(frozen=True, kw_only=True)
class ReviewSource:
    """What a page is made of.

    `curves` holds, by species, (stated probability, share found, low, high) of known pairs of photographs; `left_out`
    is how many pairs the observer has judged before and does not see again.

    Raises `MisuseError` for an adjudicator who should judge blind, which is nothing an adjudicator can do.
    """

    study: str
    pairs: tuple[Pair, ...]
    observer: str
    role: str = "observer"
    blind: bool = True
    places: bool = False
    seed: int = 0
    curves: Mapping[str, tuple[tuple[float, float, float, float], ...]] = field(default_factory=dict)
    left_out: int = 0

    def __post_init__(self) -> None:
        """Refuse roles that do not exist and a blind adjudicator."""
        if self.role not in ROLES:
            raise MisuseError(
                "the role of an observer or an adjudicator", f"'{self.role}'", "Write observer or adjudicator."
            )
        if self.role == "adjudicator" and self.blind:
            raise MisuseError(
                "an adjudicator who sees the verdicts",
                "a blind one",
                "Make a page that is not blind, or one for an observer.",
            )
