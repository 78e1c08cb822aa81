"""The words of what a pair of subjects can be, show and contradict, on the page where people judge it."""

from collections.abc import Mapping
from types import MappingProxyType

from tumen.report.words.marking import mark

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "individual": mark("individual"),
        "observation": mark("observation without a name"),
        "sample": mark("sample without a name"),
    }
)

AGAINST: Mapping[str, str] = MappingProxyType(
    {
        "species-differ": mark("They are recorded as two species."),
        "two-places-at-once": mark("One animal could not have been in both places in that time."),
        "sexes-differ": mark("They are recorded as a female and a male."),
        "genes-sexes-differ": mark("The sexes by genes and by record differ."),
        "photos-same-genes-differ": mark("Photographs say one animal, genotypes say two."),
        "genes-same-photos-differ": mark("Genotypes say one animal, photographs say two."),
        "dead-before": mark("One was dead before the other was seen."),
        "born-after": mark("One was born after the other was seen."),
        "births-differ": mark("Their recorded days of birth differ."),
        "flanks-disagree": mark("One flank says one animal, the other flank says two."),
        "opposite-flanks": mark(
            "One is known by its left flank only, the other by its right: photographs cannot decide."
        ),
    }
)
"""Words of the contradictions of `tumen.individuals.proposals`."""

RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "same": mark("the same animal"),
        "fullSibling": mark("full siblings"),
        "parentOffspring": mark("parent and offspring"),
        "unrelated": mark("unrelated"),
        "undecided": mark("undecided"),
    }
)

VIEWS: Mapping[str, str] = MappingProxyType(
    {
        "left": mark("Left flank"),
        "right": mark("Right flank"),
        "both": mark("Both flanks"),
        "front": mark("From the front"),
        "rear": mark("From the rear"),
    }
)

VIEW_UNKNOWN = mark("View not known")

MATCHES: Mapping[str, str] = MappingProxyType(
    {
        "same": mark("equal"),
        "half": mark("one allele shared"),
        "different": mark("no allele shared"),
        "missing": mark("not read in both"),
    }
)

SEXES: Mapping[str, str] = MappingProxyType({"female": mark("female"), "male": mark("male")})
FLANKS: Mapping[str, str] = MappingProxyType({"left": mark("left"), "right": mark("right"), "both": mark("both")})
VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "same": mark("the same animal"),
        "different": mark("different animals"),
        "undecided": mark("undecided"),
        "certain": mark("certain"),
        "probable": mark("probable"),
        "possible": mark("possible"),
    }
)
