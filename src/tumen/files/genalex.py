"""Read GenAlEx tables of codominant loci, saved as CSV: two columns a locus.

The first line counts loci, samples and populations, the second has the title, the third the names of the columns. An
allele written 0, NA or not at all is missing; 0 is only the whole cell, never a digit of it.

Tables with one column a locus are dominant markers or haploid data: no genotype of an animal can be told from them.
"""

from tumen.errors import FormatError, Text
from tumen.files.genotype_reading import Genotypes, Reading, count_differs, cut, cut_lines, distinct_names, unread_line
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
    rows = cut_lines(text)
    counts = _counts(rows[0][1]) if rows else []
    if len(counts) < 3 or len(rows) < 3:
        raise FormatError("the counts of loci, samples and populations in the first line", "others", _CURE)
    said_loci, said_samples, said_populations = counts[:3]
    above, names = rows[2][0], [cell.strip() for cell in rows[2][1]]
    body = [(number, [cell.strip() for cell in row]) for number, row in rows[3:]]
    body = [(number, row) for number, row in body if any(row)]
    loci = _loci(names, _before_blank(names, said_loci, [row for _, row in body]))
    width = 2 + 2 * len(loci)
    findings = count_differs(said_loci, len(loci), "loci")
    # A column without a name is told by its number, where it holds anything.
    left = [
        name or str(at + 1)
        for at, name in enumerate(names)
        if at >= width and (name or any(row[at : at + 1] not in ([], [""]) for _, row in body))
    ]
    if left:
        findings.append(finding("genotype-columns-left", table="genotypes", value=", ".join(left)))
    samples: list[tuple[int, list[str]]] = []
    for number, row in body:
        if len(row) < width:
            findings.append(unread_line(number, ", ".join(row), max(0, len(row) - 2) // 2, len(loci)))
        elif any(row[max(width, len(names)) :]):
            # A cell too many: every value behind it may stand in the wrong column.
            findings.append(unread_line(number, ", ".join(row), (len(row) - 1) // 2, len(loci)))
        else:
            samples.append((number, row))
    findings += count_differs(said_samples, len(samples), "samples")
    findings += count_differs(said_populations, len({row[1] for _, row in samples}), "populations")
    distinct, repeated = distinct_names([row[0] for _, row in samples])
    readings = []
    for name, (line, row) in zip(distinct, samples, strict=True):
        for number, locus in enumerate(loci):
            alleles = tuple(cell for cell in row[2 + 2 * number : 4 + 2 * number] if cell not in MISSING)
            readings.append(Reading(name, locus, alleles, row[1] or None, line=line))
    return Genotypes([(locus, above) for locus in loci], readings, [*findings, *repeated])


def _before_blank(names: list[str], said: int, rows: list[list[str]]) -> int:
    """Return how many of the loci that the file counts stand before a blank column: behind it may be coordinates."""
    if all(names[2 : 2 + said]):
        return said  # one column a locus, which is refused in its own words
    for number in range(1, said):
        at = 2 + 2 * number
        if at < len(names) and not names[at] and any(names[at:]) and not any(any(row[at : at + 1]) for row in rows):
            return number
    return said


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
