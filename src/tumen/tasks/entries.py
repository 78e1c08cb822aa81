"""What is said about one package: where it is, whose it is, and what its format does not say of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tumen.errors import MisuseError, StudyError, Text, nearest

FORMATS = (
    "camtrap-dp",
    "camtrapr",
    "movebank",
    "mapping",
    "template",
    "images",
    "dwc-a",
    "smart",
    "genotypes",
    "count-form",
    "population-tables",
)
"""The formats that can be read. `mapping` is a TOML file that says how the tables of a party are to be read."""


@dataclass(frozen=True)
class Option:
    """One thing that a format needs to be told: for which formats, of which kind, and what it means."""

    formats: tuple[str, ...]
    kind: str
    meaning: str


OPTIONS: Mapping[str, Option] = MappingProxyType(
    {
        "laboratory": Option(("genotypes",), "text", "Where the genotypes were typed."),
        "alleles": Option(("genotypes",), "text", "size (lengths of microsatellites) or snp (letters)."),
        "loci": Option(("genotypes",), "integer", "How many loci a STRUCTURE file without their names has."),
        "sampleColumn": Option(("genotypes",), "text", "The column of samples in a plain table of genotypes."),
        "missingAlleles": Option(("genotypes",), "texts", "Words for alleles that could not be read."),
        "aloneIsHomozygote": Option(("genotypes",), "boolean", "Whether one allele alone stands for two of the same."),
        "encoding": Option(("genotypes",), "text", "The encoding of the text, where it is known."),
        "layout": Option(("genotypes",), "text", "genepop, genalex, genemapper, cervus, structure or columns."),
        "deploymentPattern": Option(("images",), "text", "Where in a path the deployment stands: (?P<deployment>...)."),
        "speciesTag": Option(("images",), "text", "The category of tags that name species."),
        "individualTag": Option(("images",), "text", "The category of tags that name individuals."),
        "positions": Option(("images",), "boolean", "Whether positions in pictures are copied."),
        "digests": Option(("images",), "boolean", "Whether the SHA-256 of every file is taken."),
        "coverageTerm": Option(("dwc-a",), "text", "The term that tells how much of a site was covered."),
        "coverageWords": Option(("dwc-a",), "words", "What its words mean: complete, partial or notSurveyed."),
        "emptyCells": Option(("count-form",), "text", "What an empty cell of a list means: noRow, notCounted or zero."),
        "dashes": Option(("count-form",), "text", "What a dash in a list means: noRow, notCounted or zero."),
        "transport": Option(("smart",), "words", "What words for transport mean: footPatrol, vehiclePatrol ..."),
        "edition": Option(("population-tables",), "text", "The edition of a table that does not name it: WPE5."),
        "source": Option(("population-tables",), "text", "Where a table is published that does not say it."),
        "letterRanges": Option(("population-tables",), "words", "What letters for sizes mean: 10000-25000."),
        "columns": Option(("smart", "images", "population-tables"), "words", "Which column is which in a CSV."),
        "scientificName": Option(("images",), "text", "The species in a list of pictures that does not name it."),
    }
)
"""Everything a study or a command may say about a package besides its general fields."""


@dataclass(frozen=True, kw_only=True)
class PackageEntry:
    """One package of a study or a command, and what is said about it; `options` are among `OPTIONS`.

    `records` is the second table of camtrapR and of Darwin Core, or the list of who is on which picture; `deployments`
    is a package that holds the deployments of pictures, with whatever else it holds.

    Raises `StudyError` for a party with a slash: in joint names it parts the party from the individual.
    """

    path: Path
    party: str | None = None
    country: str | None = None
    format: str | None = None
    time_zone: str | None = None
    records: Path | None = None
    deployments: Path | None = None
    crs: str | None = None
    date_format: str | None = None
    species_names: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a party whose joint names could be read two ways."""
        if self.party is not None and "/" in self.party:
            cure = "Write it without: joint names are party/individual."
            raise StudyError("a party without a slash", f"'{self.party}'", cure)

    def told(self, kind: str) -> dict[str, Any]:
        """Return the options, all of which must be for the format `kind`."""
        for name in self.options:
            if kind not in OPTIONS[name].formats:
                raise MisuseError(
                    Text("only what the format {format} can be told", format=kind),
                    f"'{name}'",
                    Text("Leave it out; it is for: {formats}.", formats=", ".join(OPTIONS[name].formats)),
                )
        return dict(self.options)


def spoken(pairs: list[str]) -> dict[str, Any]:
    """Return the options that were said as `name=value`, or `name.word=meaning` for words.

    >>> spoken(["laboratory=SNU", "loci=9", "coverageWords.all of it=complete"])
    {'laboratory': 'SNU', 'loci': 9, 'coverageWords': {'all of it': 'complete'}}
    """
    told: dict[str, Any] = {}
    for pair in pairs:
        said, equals, value = pair.partition("=")
        name, _, word = said.partition(".")
        if not equals:
            raise MisuseError("name=value for --say", f"'{pair}'", "Write for example --say laboratory=SNU.")
        if name not in OPTIONS:
            raise MisuseError("something a format can be told", f"'{name}'", nearest(name, OPTIONS))
        kind = OPTIONS[name].kind
        if kind == "words":
            told.setdefault(name, {})[word] = value
        elif kind == "texts":
            told.setdefault(name, []).append(value)
        else:
            told[name] = option(name, _typed(kind, value))
    return told


def _typed(kind: str, value: str) -> object:
    if kind == "integer" and value.isdecimal():
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


_KINDS: Mapping[str, tuple[type, str]] = MappingProxyType(
    {
        "text": (str, "a text"),
        "integer": (int, "a whole number"),
        "boolean": (bool, "true or false"),
        "texts": (list, "a list of texts"),
        "words": (dict, "words and their meanings"),
    }
)


def option(name: str, value: object) -> Any:
    """Return the value of an option if it is of its kind; raise `StudyError` otherwise."""
    kind, described = _KINDS[OPTIONS[name].kind]
    right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    parts = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    if not right or not all(isinstance(part, str) for part in parts):
        raise StudyError(Text("{kind} for {option}", kind=described, option=name), repr(value), OPTIONS[name].meaning)
    return value
