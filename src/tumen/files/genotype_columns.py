"""Read genotypes from the sheet most laboratories keep: a row for each sample, and the loci beside each other.

A locus has two columns whose names differ in their end (LOC1a and LOC1b, FCA8_1 and FCA8_2), or one column with both
alleles in a cell (136/142). Such a sheet says too little of itself to be recognised: its format, the column that names
the samples and the words for missing alleles are declared. Columns that are no loci are left out with a note.
"""

import re
from collections.abc import Sequence

import polars as pl

from tumen.errors import ColumnError, FormatError, nearest
from tumen.files.genotype_reading import Genotypes, Reading, cut_lines, distinct_names, unread_cell, unread_line
from tumen.tables.findings import finding

_PAIR = re.compile(r"^(?P<locus>.*?)(?:[ ._-]?(?P<letter>[aAbB])|[ ._-](?P<number>[12]))$")
_BOTH = re.compile(r"^[^/]+/[^/]+$")
_EMPTY = ("", "NA")


def read_columns(text: str, *, sample: str, missing: Sequence[str] = (), population: str = "") -> Genotypes:
    r"""Return the genotypes of a sheet; `sample` is the column of sample names, `missing` are words for no allele.

    `population`: the column that names the population of each sample; "": none. Cells that are empty or NA are missing
    in any case. Raises `ColumnError` where there is no such column and `FormatError` where no column is a locus.

    >>> genotypes = read_columns("id,L1a,L1b,L2\nx,120,-99,96/102\n", sample="id", missing=["-99"])
    >>> [(reading.locus, reading.alleles) for reading in genotypes.readings]
    [('L1', ('120',)), ('L2', ('96', '102'))]
    """
    rows = cut_lines(text)
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    if sample not in header:
        raise ColumnError("the column that names the samples", f"'{sample}'", nearest(sample, header))
    if population and population not in header:
        raise ColumnError("the column that names the populations", f"'{population}'", nearest(population, header))
    words = {*_EMPTY, *missing}
    samples, findings = _samples(rows[1:], len(header), header.index(sample))
    loci = _loci(header, [cells for _, cells in samples], words)
    if not loci:
        raise FormatError("columns of loci", ", ".join(header)[:80], "Name them LOC1a and LOC1b, or write 136/142.")
    told = header.index(population) if population else None
    used = {header.index(sample), told, *(place for places in loci.values() for place in places)}
    left = [name for place, name in enumerate(header) if place not in used]
    if left:
        findings.append(finding("genotype-columns-left", table="genotypes", value=", ".join(left)))
    names, repeated = distinct_names([cells[header.index(sample)] for _, cells in samples])
    readings = []
    for name, (number, cells) in zip(names, samples, strict=True):
        of = None if told is None or cells[told] in _EMPTY else cells[told]
        for locus, places in loci.items():
            parts = [cells[place] for place in places]
            if len(parts) == 1 and parts[0] not in words:
                if not _BOTH.match(parts[0]):
                    findings.append(unread_cell(parts[0], number, locus, name))
                    continue
                parts = [part.strip() for part in parts[0].split("/")]
            alleles = tuple(part for part in parts if part not in words)
            readings.append(Reading(name, locus, alleles, of, line=number))
    return Genotypes([(locus, 1) for locus in loci], readings, [*findings, *repeated])


def _samples(
    rows: list[tuple[int, list[str]]], width: int, at: int
) -> tuple[list[tuple[int, list[str]]], list[pl.DataFrame]]:
    """Return the rows that name a sample and have a cell for each column, with their lines; the others are findings."""
    samples: list[tuple[int, list[str]]] = []
    findings = []
    for number, row in rows:
        cells = [cell.strip() for cell in row]
        if len(cells) == width and cells[at]:
            samples.append((number, cells))
        elif any(cells):
            findings.append(unread_line(number, ", ".join(cells), len(cells), width))
    return samples, findings


def _loci(header: list[str], rows: list[list[str]], missing: set[str]) -> dict[str, tuple[int, ...]]:
    """Return the columns of each locus: two whose names differ in their end, or one with both alleles."""
    loci: dict[str, tuple[int, ...]] = {}
    place = 0
    while place < len(header):
        pair = header[place : place + 2]
        if len(pair) == 2 and (locus := paired(*pair)):
            loci[locus] = (place, place + 1)
            place += 2
            continue
        cells = [row[place] for row in rows if row[place] not in missing]
        # One mistyped cell does not make a locus something else: it is a finding.
        if sum(1 for cell in cells if _BOTH.match(cell)) * 2 > len(cells):
            loci[header[place]] = (place,)
        place += 1
    return loci


def paired(first: str, second: str) -> str:
    """Return the locus two columns belong to, "" if they are no pair.

    >>> paired("F42a", "F42b"), paired("F42_1", "F42_2"), paired("sex", "age")
    ('F42', 'F42', '')
    """
    one, other = _PAIR.match(first), _PAIR.match(second)
    if not one or not other or not one["locus"] or one["locus"] != other["locus"]:
        return ""
    ends = (one["letter"] or one["number"], other["letter"] or other["number"])
    return one["locus"] if ends in {("a", "b"), ("A", "B"), ("1", "2")} else ""
