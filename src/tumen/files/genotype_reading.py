"""What a reader of a genotype format brings, and how it becomes text in the columns of the protocol."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from tumen.errors import FormatError
from tumen.tables.findings import finding, gather


@dataclass(frozen=True)
class Reading:
    """What was read of one sample at one locus, before anybody says what it means.

    `alleles` are those that were read, in file order: none, one, two, or more than an animal has. `reading` tells
    readings of one sample and locus apart. `line` is where in the file it stands; the same reading on another line is
    not another one.
    """

    sample: str
    locus: str
    alleles: tuple[str, ...]
    population: str | None = None
    run: str | None = None
    comments: str | None = None
    reading: str = ""
    line: int = field(kw_only=True, compare=False)


@dataclass(frozen=True)
class Genotypes:
    """What a reader found in a file: its loci in order with the line of each, its readings, and what is wrong."""

    loci: Sequence[tuple[str, int]]
    readings: Sequence[Reading]
    findings: Sequence[pl.DataFrame] = field(default_factory=tuple)


@dataclass(frozen=True)
class Typing:
    """What no genotype file says of itself: who typed it, and what its alleles are."""

    laboratory: str
    kind: str


@dataclass(frozen=True)
class Told:
    """The tables of text, the line of the file (Int64) that each of their rows came from, and the reader's findings."""

    texts: Mapping[str, pl.DataFrame]
    rows: Mapping[str, pl.Series]
    findings: pl.DataFrame


def to_tables(genotypes: Genotypes, typing: Typing) -> Told:
    """Return the tables `genotypes` and `loci` as text, the lines they came from, and the findings.

    A reading of more than two alleles is a finding and no row. Several readings of a sample at a locus are replicates
    in file order; a reading that is repeated word for word is not another one, and stays a duplicate.
    """
    found = list(genotypes.findings)
    seen: dict[tuple[str, str], list[Reading]] = {}
    rows: list[tuple[str | None, ...]] = []
    lines: list[int] = []
    for reading in genotypes.readings:
        if len(reading.alleles) > 2:
            found.append(
                finding(
                    "alleles-too-many",
                    table="genotypes",
                    row=reading.line,
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
        lines.append(reading.line)
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
    loci = pl.DataFrame({"locus": [name for name, _ in genotypes.loci]}, schema={"locus": pl.String})
    numbers = {"genotypes": lines, "loci": [line for _, line in genotypes.loci]}
    return Told(
        {"genotypes": table, "loci": loci.with_columns(pl.lit(typing.kind).alias("kind"))},
        {name: pl.Series(name, places, dtype=pl.Int64) for name, places in numbers.items()},
        gather(found),
    )


def cut(text: str) -> list[list[str]]:
    r"""Return the cells of delimited text: by tabs, semicolons or commas, whichever its first line has most of.

    Raises `FormatError` for text that cannot be cut, such as one with a cell as large as a file.

    >>> cut("a\tb\n1\t2\n")
    [['a', 'b'], ['1', '2']]
    """
    return [cells for _, cells in cut_lines(text)]


def cut_lines(text: str) -> list[tuple[int, list[str]]]:
    r"""Return the cells of delimited text as `cut` does, each row with the line on which it begins.

    >>> cut_lines('a,b\n"1\n2",3\n4,5\n')
    [(1, ['a', 'b']), (2, ['1\n2', '3']), (4, ['4', '5'])]
    """
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    delimiter = max("\t;,", key=lines[0].count) if lines else "\t"
    # A cell in quotes goes on to the next line only where that line ends with its mark.
    reader = csv.reader((line.removesuffix("\r") + "\n" for line in lines), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    try:
        while True:
            line = reader.line_num + 1
            rows.append((line, next(reader)))
    except StopIteration:
        return rows
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
