"""Read GenAlEx tables of codominant loci, saved as CSV: two columns a locus.

The first line counts loci, samples and populations, the second has the title, the third the names of the columns. An
allele written 0, NA or not at all is missing; 0 is only the whole cell, never a digit of it.

Tables with one column a locus are dominant markers or haploid data: no genotype of an animal can be told from them.
"""

from tumen.errors import FormatError, Text
from tumen.files.genotype_reading import Genotypes, Reading, count_differs, cut, distinct_names, unread_line
from tumen.tables.findings import finding

MISSING = ("", "0", "NA", "-1")
_CURE = "Save the codominant sheet of GenAlEx as CSV, with its three header lines."


def _counts(first: list[str]) -> list[int]:
    """Return the whole numbers with which the first line begins."""
    counts: list[int] = []
    for cell in first:
        if not cell.strip().isdecimal():
            break
        counts.append(int(cell))
    return counts


def is_genalex(text: str) -> bool:
    r"""Say whether a text is a GenAlEx table: three counts in its first line, names of columns in its third.

    >>> is_genalex("1,1,1\ntitle\nSample,Pop,L1,\na,p,120,122\n")
    True
    """
    rows = cut("\n".join(text.split("\n", 3)[:3]))
    if len(rows) < 3 or len(_counts(rows[0])) < 3:
        return False
    names = [cell.strip() for cell in rows[2]]
    return len(names) >= 2 + _counts(rows[0])[0] and not (names[0].isdecimal() and names[1].isdecimal())


def read_genalex(text: str) -> Genotypes:
    r"""Return the genotypes of a GenAlEx table of codominant loci.

    Raises `FormatError` for another layout, such as dominant markers, which have one column a locus.

    >>> genotypes = read_genalex("1,2,1,2\nt,,,p\nSample,Pop,L1,\na,p,120,100\nb,p,0,0\n")
    >>> [(reading.sample, reading.alleles) for reading in genotypes.readings]
    [('a', ('120', '100')), ('b', ())]
    """
    rows = cut(text)
    counts = _counts(rows[0]) if rows else []
    if len(counts) < 3 or len(rows) < 3:
        raise FormatError("the counts of loci, samples and populations in the first line", "others", _CURE)
    said_loci, said_samples, said_populations = counts[:3]
    names = [cell.strip() for cell in rows[2]]
    loci = _loci(names, said_loci)
    width = 2 + 2 * said_loci
    findings = []
    left = [name for name in names[width:] if name]
    if left:
        findings.append(finding("genotype-columns-left", table="genotypes", value=", ".join(left)))
    samples = []
    for number, row in enumerate(rows[3:], start=4):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) < width:
            findings.append(unread_line(number, ", ".join(row), max(0, len(row) - 2) // 2, said_loci))
            continue
        samples.append(row)
    findings += count_differs(said_samples, len(samples), "samples")
    findings += count_differs(said_populations, len({row[1].strip() for row in samples}), "populations")
    distinct, repeated = distinct_names([row[0].strip() for row in samples])
    readings = []
    for name, row in zip(distinct, samples, strict=True):
        for number, locus in enumerate(loci):
            cells = [cell.strip() for cell in row[2 + 2 * number : 4 + 2 * number]]
            alleles = tuple(cell for cell in cells if cell not in MISSING)
            readings.append(Reading(name, locus, alleles, row[1].strip() or None))
    return Genotypes(loci, readings, [*findings, *repeated])


def _loci(names: list[str], said: int) -> list[str]:
    """Return the names of the loci, each above the first of its two columns."""
    columns = names[2:]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) >= said > 0 and all(columns[:said]) and (said > 1 or len(names) < 4):
        raise FormatError(
            "two columns a locus, the second without a name",
            Text("{count} loci in {columns} columns: dominant markers or haploid data", count=said, columns=said),
            "Presence and absence of bands are no genotypes; give a table of codominant loci.",
        )
    firsts, seconds = names[2 : 2 + 2 * said : 2], names[3 : 2 + 2 * said : 2]
    if len(firsts) != said or not all(firsts) or any(seconds):
        raise FormatError(
            Text("names above every second of {columns} columns", columns=2 * said), ", ".join(columns)[:80], _CURE
        )
    return firsts
