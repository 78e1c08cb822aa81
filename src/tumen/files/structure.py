"""Read the input files of STRUCTURE: integers in rows, one row a sample or one row for each copy of its genome.

The file does not say how many columns stand before the alleles. They are counted where its first line names the loci;
otherwise the number of loci must be given. The first of these columns is the sample, the second the population.
Missing is -9. A line of marker distances or of recessive alleles below the names is left out with a note.
"""

from collections import Counter
from itertools import groupby

import polars as pl

from tumen.errors import FormatError, MisuseError, Text
from tumen.files.genotype_reading import Genotypes, Reading, distinct_names, unread_line
from tumen.tables.findings import finding

MISSING = "-9"
_CURE = "See STRUCTURE's manual: a line of names, then samples with the same number of cells."

Sample = tuple[str, list[tuple[int, list[str]]]]
"""A sample with its rows, each with its line."""


def _is_integer(cell: str) -> bool:
    return cell.removeprefix("-").isdecimal()


def is_structure(text: str) -> bool:
    r"""Say whether a text looks like STRUCTURE's: rows of one width whose cells from some column on are integers.

    >>> is_structure("L1 L2\na 1 120 122\na 1 120 124\n")
    True
    """
    if "," in text or ";" in text:
        return False
    rows = [line.split() for line in text.split("\n") if line.strip()]
    body = _body(rows)
    if len(body) < 2 or any(len(row) != len(body[0]) or not _is_integer(row[-1]) for row in body):
        return False
    head = rows[: len(rows) - len(body)]
    if head:
        # FSTAT's files have names below their numbers, STRUCTURE's have none.
        return _are_names(head[0]) and all(_is_integer(cell) for row in head[1:] for cell in row)
    labels = [label for label, _ in groupby(row[0] for row in body)]
    return len(labels) < len(body) and len(set(labels)) == len(labels)


def _are_names(cells: list[str]) -> bool:
    return not all(_is_integer(cell) for cell in cells)


def _body(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows of samples: those of the width that the last one has."""
    if not rows:
        return []
    width = len(rows[-1])
    start = 0
    while start < len(rows) and len(rows[start]) < width:
        start += 1
    return rows[start:]


def read_structure(text: str, *, loci: int | None = None) -> Genotypes:
    r"""Return the genotypes of a STRUCTURE file; `loci` is their number, needed where the file does not name them.

    Raises `MisuseError` where the number of loci is needed and not given, `FormatError` where it does not fit.

    >>> genotypes = read_structure("L1 L2\na 1 120 -9\na 1 122 -9\n")
    >>> [(reading.sample, reading.locus, reading.alleles) for reading in genotypes.readings]
    [('a', 'L1', ('120', '122')), ('a', 'L2', ())]
    """
    lines = [(number, line.split()) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    body = _body([cells for _, cells in lines])
    head, lines = lines[: len(lines) - len(body)], lines[len(lines) - len(body) :]
    if not lines:
        raise FormatError("rows of genotypes", "none", _CURE)
    names, findings = _names([cells for _, cells in head], loci)
    width = len(lines[-1][1])
    whole = [(number, cells) for number, cells in lines if len(cells) == width]
    findings += [unread_line(n, " ".join(cells), len(cells), width) for n, cells in lines if len(cells) != width]
    # A sample's rows follow one another; a name that recurs later is another sample.
    samples = [(name, list(rows)) for name, rows in groupby(whole, key=lambda line: line[1][0])]
    samples, copies, odd = _diploid(samples)
    findings += odd
    one_row = copies == 1
    before = width - len(names) * (2 if one_row else 1)
    if before < 1:
        raise FormatError(
            Text("at least {count} columns", count=1 + width - before), Text("{count}", count=width), _CURE
        )
    if before > 2:
        shown = ", ".join(str(number) for number in range(3, before + 1))
        findings.append(finding("genotype-columns-left", table="genotypes", value=shown))
    distinct, repeated = distinct_names([name for name, _ in samples])
    readings = []
    for name, (_, rows) in zip(distinct, samples, strict=True):
        population = rows[0][1][1] if before > 1 else None
        for number, locus in enumerate(names):
            at = before + number * (2 if one_row else 1)
            cells = rows[0][1][at : at + 2] if one_row else [row[at] for _, row in rows]
            alleles = tuple(cell for cell in cells if cell != MISSING)
            readings.append(Reading(name, locus, alleles, population, line=rows[0][0]))
    first = (head or lines)[0][0]
    return Genotypes([(name, first) for name in names], readings, [*findings, *repeated])


def _diploid(
    samples: list[Sample],
) -> tuple[list[Sample], int, list[pl.DataFrame]]:
    """Return the samples that have as many rows as most have, how many that is, and the findings of the others."""
    counts = Counter(len(rows) for _, rows in samples)
    copies = counts.most_common(1)[0][0]
    if copies > 2:
        raise FormatError(
            "one or two rows a sample",
            Text("{count} rows of sample '{sample}': polyploid data", count=copies, sample=samples[0][0]),
            "The genotype of an animal has two copies; such data are not read.",
        )
    odd = [
        finding(
            "sample-rows-differ",
            table="genotypes",
            row=rows[0][0],
            column="sampleID",
            value=name,
            found=len(rows),
            needed=copies,
        )
        for name, rows in samples
        if len(rows) != copies
    ]
    return [(name, rows) for name, rows in samples if len(rows) == copies], copies, odd


def _names(head: list[list[str]], loci: int | None) -> tuple[list[str], list[pl.DataFrame]]:
    """Return the names of the loci: those of the first line, or numbers."""
    findings = []
    if head and _are_names(head[0]):
        names = head[0]
        if loci is not None and loci != len(names):
            raise FormatError(
                Text("{loci} loci, as was said", loci=loci), Text("{count} names", count=len(names)), _CURE
            )
        head = head[1:]
    elif loci is None:
        raise MisuseError(
            "the number of loci of a STRUCTURE file that does not name them", "none", "Say it, for example loci=9."
        )
    else:
        names = [f"locus{number}" for number in range(1, loci + 1)]
        findings.append(finding("loci-unnamed", table="loci", column="locus", value=", ".join(names[:3]) + ", …"))
    left = [" ".join(cells)[:40] for cells in head]
    if left:
        findings.append(finding("genotype-columns-left", table="genotypes", value="; ".join(left)))
    return names, findings
