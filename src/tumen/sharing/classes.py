"""What is each column, and from which level may it leave?

Every column of every table of the protocol is named here with its class. What is not named does not leave: a column
that somebody adds to the protocol stays at home until somebody has said what it is, and so does a column of others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tumen.errors import MisuseError, Text

CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "fact": "species, sex, counts, words of a vocabulary, published figures: leave as they are",
        "country": "the country, not the place: leaves as it is",
        "genotype": "loci and alleles: leave as they are",
        "key": "an identifier: a keyed name, one per receiver; of places and deployments from `generalised`",
        "animal": "the party's own name of an animal: replaced by a keyed name unless `name` is granted",
        "longitude": "the centre of the cell, from `generalised`",
        "latitude": "the centre of the cell, from `generalised`",
        "radius": "the uncertainty of a coordinate: that of the cell, from `generalised`",
        "start": "the first instant or day of its year, from `generalised` of its month; as it is with `time`",
        "end": "the last second or day of its year or month, like `start`",
        "time": "like `start`",
        "judged": "when somebody judged or wrote: like `time`, but the order within the period is kept as seconds",
        "place": "a name or number of a place: only where `place` is granted",
        "person": "who did it: only where `person` is granted",
        "text": "free text and tags: only where `text` is granted",
        "media": "a file and what describes it: only where `media` is granted",
        "detail": "what tells one station, device, picture or place from another: only at `full`",
    }
)
"""Classes of columns, and what a level lets out of them."""

GRANTABLE: Mapping[str, str] = MappingProxyType(
    {
        "animal": "name",
        "start": "time",
        "end": "time",
        "time": "time",
        "judged": "time",
        "place": "place",
        "person": "person",
        "text": "text",
        "media": "media",
    }
)
"""The class of a policy that frees a class of columns."""


@dataclass(frozen=True)
class Kept:
    """What a table lets out: its class per column, the `level` from which it leaves, and `needs`, a class of a policy.

    `kinds` says of each identifier what it names: columns of one kind can still be joined under their new names.
    """

    level: str
    columns: Mapping[str, str]
    kinds: Mapping[str, str]
    needs: str = ""


def kept(level: str, needs: str = "", **columns: str) -> Kept:
    """Return what a table lets out: column="class", or column="key of what it names"."""
    kinds = {name: said.partition(" of ")[2] for name, said in columns.items() if " of " in said}
    classes = {name: said.partition(" of ")[0] for name, said in columns.items()}
    kinds |= {name: "individual" for name, said in classes.items() if said == "animal"}
    unknown = sorted(set(classes.values()) - CLASSES.keys())
    if unknown:
        raise MisuseError("classes of columns", Text("{names}", names=", ".join(unknown)), "See CLASSES.")
    return Kept(level, MappingProxyType(classes), MappingProxyType(kinds), needs)


def every(said: str, names: str) -> dict[str, str]:
    """Say the same of several columns, whose names are separated by blanks."""
    return dict.fromkeys(names.split(), said)
