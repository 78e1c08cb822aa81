"""Read Cervus genotype files: comma- or tab-separated, a row for each sample, two columns a locus, LOCa and LOCb.

The first column names the samples. An allele written 0, * or not at all is missing; 0 is only the whole cell, never a
digit of it. Further columns before the loci, which Cervus ignores, are left out with a note.
"""

from tumen.errors import FormatError
from tumen.files.genotype_columns import paired, read_columns
from tumen.files.genotype_reading import Genotypes, cut

MISSING = ("0", "*")


def is_cervus(text: str) -> bool:
    r"""Say whether a text looks like Cervus': every column behind the first belongs to a locus, as LOCa and LOCb.

    >>> is_cervus("ID,F42a,F42b\nx,99,103\n"), is_cervus("ID,sex,F42a,F42b\nx,m,99,103\n")
    (True, False)
    """
    names = [cell.strip() for cell in next(iter(cut(text.split("\n", 1)[0])), [])]
    pairs = list(zip(names[1::2], names[2::2], strict=False))
    lettered = all(second[-1:] in ("b", "B") for _, second in pairs)
    return len(names) > 2 and len(names) % 2 == 1 and lettered and all(paired(*pair) for pair in pairs)


def read_cervus(text: str) -> Genotypes:
    r"""Return the genotypes of a Cervus file.

    Raises `FormatError` where no columns are loci.

    >>> genotypes = read_cervus("ID,F42a,F42b,F115a,F115b\nx,99,103,0,0\n")
    >>> [(reading.locus, reading.alleles) for reading in genotypes.readings]
    [('F42', ('99', '103')), ('F115', ())]
    """
    header = [cell.strip() for cell in next(iter(cut(text.split("\n", 1)[0])), [])]
    if not header or not header[0]:
        cure = "Give the first column, which names the samples, a heading such as ID."
        raise FormatError("a name above the first column of a Cervus file", "none", cure)
    return read_columns(text, sample=header[0], missing=MISSING)
