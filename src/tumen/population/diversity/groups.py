"""Group by group: the genotypes of each population or side on their own."""

from collections.abc import Iterator

import numpy as np

from tumen.population.diversity.genotypes import Floats, Genotypes

WHOLE = ""
"""What stands for the group where no individual has one: all individuals together."""


def parts(data: Genotypes) -> Iterator[tuple[str, Genotypes]]:
    """Yield the name and the genotypes of each group in order; all individuals where no group is known.

    >>> from tumen.population.diversity.genotypes import example
    >>> data = example([("1", "2"), ("1", "1"), ("2", "2")], groups=["RU", "CN", "RU"])
    >>> [(name, len(part.individuals)) for name, part in parts(data)]
    [('CN', 1), ('RU', 2)]
    """
    if not data.sides:
        yield WHOLE, data
    for place, name in enumerate(data.sides):
        yield name, data.of(np.flatnonzero(data.side == place))


def shares(data: Genotypes) -> Floats:
    """Return the frequencies of the alleles of all loci side by side (alleles,); nan where a locus is never known.

    >>> from tumen.population.diversity.genotypes import example
    >>> shares(example([("1", "2"), ("1", "1")])).tolist()
    [0.75, 0.25]
    """
    copies = np.repeat(2.0 * data.known.sum(axis=0), data.widths)
    frequencies: Floats = np.divide(data.doses.sum(axis=0), copies, out=np.full(len(copies), np.nan), where=copies > 0)
    return frequencies
