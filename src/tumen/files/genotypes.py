"""Read genotypes from the formats laboratories have: GENEPOP, GenAlEx, GeneMapper, Cervus, STRUCTURE, or columns.

These files name samples and say nothing of them: the package has the tables `genotypes` and `loci`, and no `samples`.
A population, where the format has one, is kept as a column of its own.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import NotRequired, TypedDict, Unpack

from tumen.errors import FormatError, MisuseError, Text, nearest
from tumen.files.cervus import is_cervus, read_cervus
from tumen.files.columns import in_order
from tumen.files.decode import decode
from tumen.files.genalex import is_genalex, read_genalex
from tumen.files.genemapper import is_genemapper, read_genemapper
from tumen.files.genepop import is_genepop, read_genepop
from tumen.files.genotype_columns import read_columns
from tumen.files.genotype_reading import Genotypes, Typing, to_tables
from tumen.files.structure import is_structure, read_structure
from tumen.tables.examine import in_file
from tumen.tables.findings import gather, of_package
from tumen.tables.genetics import ALLELE_KINDS
from tumen.tables.package import Package, assemble
from tumen.tables.protocol import TABLES

RECOGNISERS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "genemapper": is_genemapper,
        "genalex": is_genalex,
        "genepop": is_genepop,
        "cervus": is_cervus,
        "structure": is_structure,
    }
)
"""How a format is told from the others; in this order, for STRUCTURE's files say least of themselves."""

FORMATS = (*RECOGNISERS, "columns")
"""All formats; "columns", a row for each sample and the loci beside each other, is read only where it is named."""


class Declared(TypedDict):
    """What genotype files do not say of themselves.

    `laboratory` typed them; `kind` is what an allele is, "size" or "snp". `loci` is the number of loci of a STRUCTURE
    file that does not name them. `alone_is_homozygote` says that one allele alone in a GeneMapper export stands for
    two of the same. `sample`, `population` and `missing` are the columns of samples and of their populations, and the
    words for missing alleles, in format "columns". `encoding` is that of the text, where it is known.
    """

    laboratory: str
    kind: str
    loci: NotRequired[int | None]
    alone_is_homozygote: NotRequired[bool]
    sample: NotRequired[str]
    population: NotRequired[str]
    missing: NotRequired[Sequence[str]]
    encoding: NotRequired[str | None]


def read(
    path: Path | str,
    *,
    party: str,
    format: str | None = None,
    country: str | None = None,
    **declared: Unpack[Declared],
) -> Package:
    """Return the genotypes of one party from one file; its format is recognised by its content unless it is given.

    Raises `MisuseError` where the laboratory or the kind of alleles is not said, and `FormatError` where the file is
    of none of the formats or holds no genotypes of animals with two alleles, such as dominant markers.
    """
    for needed in ("laboratory", "kind"):
        if not declared.get(needed):
            cure = 'It cannot be guessed. Say it, for example laboratory="south-institute", kind="size".'
            raise MisuseError(Text("{needed} for a file of genotypes", needed=needed), "none", cure)
    if declared["kind"] not in ALLELE_KINDS:
        raise MisuseError("a kind of alleles", f"'{declared['kind']}'", nearest(declared["kind"], ALLELE_KINDS))
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FormatError(Text("a file of genotypes, {path}", path=str(path)), error.strerror or "no such file",
                          "Check the path.") from error  # fmt: skip
    decoded = decode(data, declared=declared.get("encoding"), name="genotypes")
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    format = format or recognise(text)
    genotypes = _genotypes(text, format, declared)
    told = to_tables(genotypes, Typing(declared["laboratory"], declared["kind"]))
    package = assemble(
        path.stem,
        {name: in_order(TABLES[name], text) for name, text in told.texts.items()},
        party=party,
        country=country,
        format=format,
        digests={path.name: hashlib.sha256(data).hexdigest()},
        rows=told.rows,
    )
    # The cast counts rows of tables that the file does not have; what its reader found bears lines of the file.
    own = of_package(gather([decoded.findings, told.findings]), package.party, package.name)
    return replace(package, findings=gather([own, in_file(package.findings, package)]))


def recognise(text: str) -> str:
    r"""Return the name of the format of a text.

    Raises `FormatError` for a text of none of the formats.

    >>> recognise("title\nL1\nPOP\na, 120122\n")
    'genepop'
    """
    for name, recognises in RECOGNISERS.items():
        if recognises(text):
            return name
    first = text.split("\n", 1)[0].strip()[:60]
    raise FormatError(
        Text("a file of one of the formats {formats}", formats=", ".join(sorted(RECOGNISERS))),
        Text("a file that begins with '{first}'", first=first),
        "Save the genotypes as one of these. Rows of samples with loci beside each other are format 'columns'.",
    )


def _genotypes(text: str, format: str, declared: Declared) -> Genotypes:
    if format == "genepop":
        return read_genepop(text)
    if format == "genalex":
        return read_genalex(text)
    if format == "genemapper":
        return read_genemapper(text, alone_is_homozygote=declared.get("alone_is_homozygote", False))
    if format == "cervus":
        return read_cervus(text)
    if format == "structure":
        return read_structure(text, loci=declared.get("loci"))
    if format == "columns":
        return read_columns(
            text,
            sample=declared.get("sample", ""),
            missing=declared.get("missing", ()),
            population=declared.get("population", ""),
        )
    raise MisuseError("a format of genotypes", f"'{format}'", nearest(format, FORMATS))
