"""What a reader of a genotype format brings, and how it becomes text in the columns of the protocol."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from tumen.errors import FormatError
from tumen.tables.findings import finding, gather


@dataclass(frozen=True)
class Reading:
    """What was read of one sample at one locus, before anybody says what it means.

    `alleles` are those that were read, in file order: none, one, two, or more than an animal has. `reading` tells
    readings of one sample and locus apart.
    """

    sample: str
    locus: str
    alleles: tuple[str, ...]
    population: str | None = None
    run: str | None = None
    comments: str | None = None
    reading: str = ""


@dataclass(frozen=True)
class Genotypes:
    """What a reader found in a file: its loci in order, its readings, and what is wrong with it."""

    loci: Sequence[str]
    readings: Sequence[Reading]
    findings: Sequence[pl.DataFrame] = field(default_factory=tuple)


@dataclass(frozen=True)
class Typing:
    """What no genotype file says of itself: who typed it, and what its alleles are."""

    laboratory: str
    kind: str


def to_tables(genotypes: Genotypes, typing: Typing) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Return the tables `genotypes` and `loci` as text, and the findings.

    A reading of more than two alleles is a finding and no row. Several readings of a sample at a locus are replicates
    in file order; a reading that is repeated word for word is not another one, and stays a duplicate.
    """
    found = list(genotypes.findings)
    seen: dict[tuple[str, str], list[Reading]] = {}
    rows: list[tuple[str | None, ...]] = []
    for reading in genotypes.readings:
        if len(reading.alleles) > 2:
            found.append(
                finding(
                    "alleles-too-many",
                    table="genotypes",
                    column="allele1",
                    value=reading.sample,
                    alleles=", ".join(reading.alleles),
                    locus=reading.locus,
                    sampleID=reading.sample,
                )
            )
            continue
        earlier = seen.setdefault((reading.sample, reading.locus), [])
        if reading not in earlier:
            earlier.append(reading)
        first, second = (*reading.alleles, None, None)[:2]
        replicate = str(earlier.index(reading) + 1)
        rows.append(
            (
                reading.sample,
                typing.laboratory,
                replicate,
                reading.locus,
                first,
                second,
                typing.kind,
                reading.run,
                reading.comments,
                reading.population,
            )
        )
    several = sum(1 for readings in seen.values() if len(readings) > 1)
    if several:
        found.append(finding("replicates-numbered", table="genotypes", column="replicate", count=several))
    names = ("sampleID", "laboratory", "replicate", "locus", "allele1", "allele2", "kind", "runID", "comments")
    table = pl.DataFrame(rows, schema=dict.fromkeys((*names, "population"), pl.String), orient="row")
    if table["population"].null_count() == table.height:
        table = table.drop("population")
    loci = pl.DataFrame({"locus": genotypes.loci, "kind": typing.kind}, schema={"locus": pl.String, "kind": pl.String})
    return {"genotypes": table, "loci": loci}, gather(found)


def cut(text: str) -> list[list[str]]:
    r"""Return the cells of delimited text: by tabs, semicolons or commas, whichever its first line has most of.

    Raises `FormatError` for text that cannot be cut, such as one with a cell as large as a file.

    >>> cut("a\tb\n1\t2\n")
    [['a', 'b'], ['1', '2']]
    """
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    delimiter = max("\t;,", key=lines[0].count) if lines else "\t"
    try:
        return list(csv.reader((line.removesuffix("\r") for line in lines), delimiter=delimiter))
    except csv.Error as error:
        raise FormatError("a delimited text", str(error), "Correct the file.") from error


def distinct_names(names: Sequence[str]) -> tuple[list[str], list[pl.DataFrame]]:
    """Return a distinct name for each sample, and a finding where the file gave several samples one name.

    >>> distinct_names(["a", "b", "a"])[0]
    ['a#1', 'b', 'a#2']
    """
    counts = Counter(names)
    if len(counts) == len(names):
        return list(names), []
    used: Counter[str] = Counter()
    distinct = []
    taken = set(names)
    for name in names:
        used[name] += 1
        made = name if counts[name] == 1 else f"{name}#{used[name]}"
        while counts[name] > 1 and made in taken:
            made += "'"
        distinct.append(made)
    shown = [made for name, made in zip(names, distinct, strict=True) if counts[name] > 1][:3]
    repeated = finding(
        "sample-names-repeated",
        table="genotypes",
        column="sampleID",
        value=", ".join(shown) + ", …",
        samples=len(names),
        names=len(counts),
    )
    return distinct, [repeated]


def count_differs(said: int, found: int, things: str) -> list[pl.DataFrame]:
    """Return a finding where a file's own count of its `things` is not what it holds."""
    if said == found:
        return []
    return [
        finding("genotype-count-differs", table="genotypes", value=str(said), said=said, found=found, things=things)
    ]


def unread_line(line: int, text: str, found: int, needed: int) -> pl.DataFrame:
    """Return the finding of a line that has not as many cells as its place needs."""
    return finding("genotype-line-unread", table="genotypes", value=text[:80], line=line, found=found, needed=needed)


def unread_cell(cell: str, line: int, locus: str, sample: str) -> pl.DataFrame:
    """Return the finding of a genotype that cannot be cut into two alleles."""
    return finding(
        "genotype-unread", table="genotypes", column="allele1", value=cell, line=line, locus=locus, sampleID=sample
    )
