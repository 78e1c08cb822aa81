"""Read exports of GeneMapper: a row for each sample and marker, with its alleles in columns Allele 1, Allele 2, ...

GeneMapper writes a homozygote as one allele or as two, as its user has set: one allele alone stays alone, unless it
was declared to be a homozygote. Heights, sizes and quality values have no place in the protocol.
"""

import re

from tumen.errors import FormatError
from tumen.files.genotype_reading import Genotypes, Reading, cut, cut_lines, unread_line
from tumen.tables.findings import finding

_ALLELE = re.compile(r"^allele (\d+)$")
_USED = ("sample name", "marker", "run name", "sample file", "omit")


def _plain(name: str) -> str:
    return re.sub(r"[ ._]+", " ", name.strip()).lower()


def is_genemapper(text: str) -> bool:
    r"""Say whether a text has GeneMapper's columns.

    >>> is_genemapper("Sample Name\tMarker\tAllele 1\tAllele 2\n")
    True
    """
    names = [_plain(cell) for cell in next(iter(cut(text.split("\n", 1)[0])), [])]
    return {"sample name", "marker", "allele 1"} <= set(names)


def read_genemapper(text: str, *, alone_is_homozygote: bool = False) -> Genotypes:
    r"""Return the genotypes of a GeneMapper export; `alone_is_homozygote` says what one allele without another means.

    Raises `FormatError` where the columns are not GeneMapper's.

    >>> genotypes = read_genemapper("Sample Name\tMarker\tAllele 1\tAllele 2\na\tL1\t120\t\n")
    >>> genotypes.readings[0].alleles
    ('120',)
    """
    rows = cut_lines(text)
    header = rows[0][1] if rows else []
    names = [_plain(cell) for cell in header]
    if not {"sample name", "marker", "allele 1"} <= set(names):
        raise FormatError(
            "the columns Sample Name, Marker and Allele 1", ", ".join(header)[:80], "Export the genotypes table."
        )
    alleles_at = [place for place, name in enumerate(names) if _ALLELE.match(name)]
    place = {name: names.index(name) for name in _USED if name in names}
    findings = []
    left = [cell for cell, name in zip(header, names, strict=True) if name and name not in _USED + _alleles(names)]
    if left:
        findings.append(finding("genotype-columns-left", table="genotypes", value=", ".join(left)))
    readings: list[Reading] = []
    for number, row in rows[1:]:
        if not any(cell.strip() for cell in row):
            continue
        # Spreadsheets cut off empty cells at the end of a row; the name, the marker and an allele cannot be cut off.
        cells = [cell.strip() for cell in row] + [""] * (len(header) - len(row))
        if len(row) > len(header) or not cells[place["sample name"]] or not cells[place["marker"]]:
            findings.append(unread_line(number, ", ".join(row), len(row), len(header)))
            continue
        alleles = tuple(cells[at] for at in alleles_at if cells[at])
        if len(alleles) == 1 and alone_is_homozygote:
            alleles *= 2
        said = {name: cells[at] or None for name, at in place.items()}
        readings.append(
            Reading(
                sample=cells[place["sample name"]],
                locus=cells[place["marker"]],
                alleles=alleles,
                run=said.get("run name"),
                comments="GeneMapper: OMIT" if (said.get("omit") or "").upper() == "TRUE" else None,
                reading="\t".join(cells),
                line=number,
            )
        )
    # The last of equal keys stays: from the end, that is the first line of a locus.
    first = {reading.locus: reading.line for reading in reversed(readings)}
    loci = dict.fromkeys(reading.locus for reading in readings)
    return Genotypes([(locus, first[locus]) for locus in loci], readings, findings)


def _alleles(names: list[str]) -> tuple[str, ...]:
    return tuple(name for name in names if _ALLELE.match(name))
