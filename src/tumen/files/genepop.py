"""Read GENEPOP files: a title, the loci, and after each line POP the samples of one population.

Alleles are numbers of two or three digits, which are read as numbers: 096 is 96. An allele of zeros only is missing;
zeros within an allele are digits. A population has no name in the format, and is numbered.
"""

import re

from tumen.errors import FormatError, Text
from tumen.files.genotype_reading import Genotypes, Reading, distinct_names, unread_cell, unread_line

_POP = re.compile(r"^\s*pop\s*$", re.IGNORECASE)
_CURE = "See the GENEPOP manual: a title, the names of the loci, then POP and the samples."


def is_genepop(text: str) -> bool:
    r"""Say whether a text is a GENEPOP file: a line that says POP after a title and at least one locus.

    >>> is_genepop("title\nlocus\nPop\na, 0101\n")
    True
    """
    lines = text.split("\n")
    return any(_POP.match(line) for line in lines[2:])


def read_genepop(text: str) -> Genotypes:
    r"""Return the genotypes of a GENEPOP file.

    Raises `FormatError` where no line says POP, or no locus is named before it.

    >>> genotypes = read_genepop("title\nL1, L2\nPOP\ncat , 096120 000000\n")
    >>> [(reading.locus, reading.alleles) for reading in genotypes.readings]
    [('L1', ('96', '120')), ('L2', ())]
    """
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if number and _POP.match(line)]
    if not starts:
        raise FormatError("a GENEPOP file with a line POP", "none", _CURE)
    named = [
        (name.strip(), number)
        for number, line in enumerate(lines[1 : starts[0]], start=2)
        for name in line.split(",")
        if name.strip()
    ]
    loci = [name for name, _ in named]
    if not loci:
        raise FormatError("the names of the loci before the first line POP", "none", _CURE)
    samples: list[tuple[int, str, str, list[str]]] = []
    findings = []
    population = 0
    for number, line in enumerate(lines[starts[0] :], start=starts[0] + 1):
        if _POP.match(line):
            population += 1
        elif line.strip():
            name, comma, rest = line.partition(",")
            cells = rest.split()
            if not comma or len(cells) != len(loci):
                findings.append(unread_line(number, line.strip(), len(cells), len(loci)))
                continue
            samples.append((number, name.strip(), str(population), cells))
    digits = _digits([cell for *_, cells in samples for cell in cells])
    names, repeated = distinct_names([name for _, name, _, _ in samples])
    readings = []
    for name, (number, _, pop, cells) in zip(names, samples, strict=True):
        for locus, cell in zip(loci, cells, strict=True):
            alleles = _alleles(cell, digits)
            if alleles is None:
                findings.append(unread_cell(cell, number, locus, name))
            else:
                readings.append(Reading(name, locus, alleles, pop, line=number))
    return Genotypes(named, readings, [*findings, *repeated])


def _digits(cells: list[str]) -> int:
    """Return how many digits an allele has: the one width that fits the genotypes of the file."""
    widths = [len(cell) for cell in cells if cell.isdecimal()]
    common = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
    if common not in (2, 3, 4, 6):
        raise FormatError(
            "genotypes of two alleles with two or three digits each", Text("{count} digits", count=common), _CURE
        )
    # A file of three digits is haploid: two digits an allele would make an odd number of them.
    return {2: 2, 3: 3, 4: 2, 6: 3}[common]


def _alleles(cell: str, digits: int) -> tuple[str, ...] | None:
    """Cut a genotype into the alleles that were read; None where it cannot be cut."""
    if not (cell.isascii() and cell.isdecimal() and len(cell) in (digits, 2 * digits)):
        return None
    parts = [cell[start : start + digits] for start in range(0, len(cell), digits)]
    return tuple(str(int(part)) for part in parts if int(part))
