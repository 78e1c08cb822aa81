"""How likely are two genotypes, if the two animals are kin?  Likelihoods of pairs, from shared descent.

Two animals without inbreeding share at a locus no, one or two alleles by descent with chances (k0, k1, k2): unrelated
(1, 0, 0), half siblings (1/2, 1/2, 0), parent and offspring (0, 1, 0), full siblings (1/4, 1/2, 1/4). With frequencies
p, the chance of both genotypes is

    P(g1, g2) = k0 P(g1) P(g2) + k1 P(g1) T(g2 | g1) + k2 P(g1) [g1 = g2]

where T takes one allele of g1 and draws the other: T = half the sum over the alleles of g1 of the chance that an
animal with it has g2. Where reading may fail (`error`), each locus is unrelated with that chance. Loci are multiplied:
they are taken to be unlinked. Source: Thompson (1975) Ann Hum Genet 39:173.
"""

from typing import NamedTuple

import numpy as np

from tumen.population.diversity.genotypes import Floats, Genotypes, Ints

KIN: dict[str, tuple[float, float, float]] = {
    "unrelated": (1.0, 0.0, 0.0),
    "half siblings": (0.5, 0.5, 0.0),
    "full siblings": (0.25, 0.5, 0.25),
    "parent and offspring": (0.0, 1.0, 0.0),
}
"""Chances of sharing no, one and two alleles by descent."""


class Dyads(NamedTuple):
    """Pairs of individuals (places first < second), loci known of both, and the log likelihood of each kin (pairs, 4).

    Likelihoods are relative to unrelated animals: the first column is 0.
    """

    first: Ints
    second: Ints
    loci: Floats
    log_likelihood: Floats


def dyads(data: Genotypes, frequencies: Floats | None = None, error: float = 0.0) -> Dyads:
    """Return the likelihoods of all pairs, in the order of `KIN`, with these frequencies of the alleles side by side.

    Without frequencies those of the sample are used, the pair itself left out (as if one gene more of the whole sample
    had been seen, so that no allele of the pair has a frequency of 0): frequencies that a pair has a part in make it
    look less related than it is.

    >>> from tumen.population.diversity.genotypes import example
    >>> pair = dyads(example([("1", "2"), ("1", "2")]), np.array([0.5, 0.5]))
    >>> np.exp(pair.log_likelihood).round(3).tolist()
    [[1.0, 1.0, 1.25, 1.0]]
    """
    first, second = np.triu_indices(len(data.individuals), 1)
    shares = np.array(list(KIN.values()))
    total = np.zeros((len(first), len(shares)))
    for place in range(len(data.loci)):
        columns = slice(int(data.offsets[place]), int(data.offsets[place + 1]))
        alleles = np.concatenate([data.alleles[first, place], data.alleles[second, place]], axis=1).T
        both = alleles.min(axis=0) >= 0
        if not both.any():
            continue
        alleles = alleles[:, both]
        if frequencies is None:
            chances = _without(alleles, data.doses[:, columns].sum(axis=0))
        else:
            chances = frequencies[columns][alleles[2:]]
        one, two = ratios(alleles, chances)
        ratio = shares[:, 0] + one[:, None] * shares[:, 1] + two[:, None] * shares[:, 2]
        with np.errstate(divide="ignore"):
            total[both] += np.log((1 - error) * ratio + error)
    known = data.known.astype(float)
    return Dyads(first, second, (known @ known.T)[first, second], total)


def ratios(alleles: Ints, chances: Floats) -> tuple[Floats, Floats]:
    """Return the chance of a second genotype given one and two alleles shared by descent, over that given none.

    `alleles` (4, pairs): a, b of one and c, d of the other animal; `chances` (2, pairs): the frequencies of c and d.

    >>> one, two = ratios(np.array([[0], [0], [0], [0]]), np.array([[0.25], [0.25]]))
    >>> one.tolist(), two.tolist()
    ([4.0], [16.0])
    """
    a, b, c, d = alleles
    p, q = chances
    chance = p * q * np.where(c == d, 1.0, 2.0)
    drawn = np.zeros(alleles.shape[1])
    for passed in (a, b):
        # The passed allele is one of the second genotype; the other one is drawn.
        drawn += 0.5 * np.where(c == d, (passed == c) * p, (passed == c) * q + (passed == d) * p)
    same = ((a == c) & (b == d)) | ((a == d) & (b == c))
    return drawn / chance, same / chance


def _without(alleles: Ints, counts: Floats) -> Floats:
    """Return the frequencies of the alleles of the second animal (2, pairs) in the sample without both animals."""
    total = counts.sum()
    left = [counts[one] - (alleles == one).sum(axis=0) + counts[one] / total for one in alleles[2:]]
    return np.asarray(np.stack(left) / (total - 3))
