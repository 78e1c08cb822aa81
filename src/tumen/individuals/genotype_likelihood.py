"""How much more likely are two readings if one animal left both?

Two animals are the same one, full siblings, parent and offspring, or unrelated. For each, the chance of two true
genotypes follows from the allele frequencies; the chance of what was read follows from the error rates, applied to
both readings. Per locus this is a table of observed genotypes by observed genotypes, worked out once; a pair of samples
is a sum over the loci that both have. A locus that is missing on one side says nothing.

Errors of one reading: a *dropout* hides one of the two alleles of a heterozygote, either with the same chance. After
it, each of the two alleles is false with half the rate of *false alleles*: any other allele of the locus, each with the
same chance. Nothing is then impossible, however many readings an animal has.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.individuals.genotype_matrix import MISSING, GenotypeMatrix

Shares = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

RELATIONS = ("same", "fullSibling", "parentOffspring", "unrelated")
DESCENT = ((0.0, 0.0, 1.0), (0.25, 0.5, 0.25), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))
"""Chance that two animals of each relation have 0, 1 or 2 alleles of a locus by common descent."""

LEAST_RATE = 0.0005
"""No reading is free of error: a lower rate counts as this one, so that one misprint does not exclude an animal."""
DROPOUT, FALSE_ALLELE = 0.05, 0.01
"""Rates where none are known: middling ones of faeces (Pompanon 2005 gives 0.2 to 15 % a locus)."""
BLOCK = 512


@dataclass(frozen=True)
class Rates:
    """Chance per reading of a dropout (if the animal is a heterozygote) and of a false allele, per locus."""

    dropout: Shares
    false_allele: Shares


@dataclass(frozen=True)
class Locus:
    """True genotypes of a locus (K x 2 allele codes), and what is likely of them.

    `relations` (4 x K x K) is the chance of the true genotypes of two animals, in the order of `RELATIONS`; `reading`
    (K x K) the chance of each reading (column) given the true genotype (row); `frequencies` those of the alleles.
    """

    genotypes: npt.NDArray[np.int64]
    frequencies: Shares
    relations: Shares
    reading: Shares

    @property
    def prior(self) -> Shares:
        """Chance of each true genotype: the diagonal of "same"."""
        diagonal: Shares = np.diagonal(self.relations[0])
        return diagonal


@dataclass(frozen=True)
class Model:
    """Loci, the samples' readings as places in `Locus.genotypes` (n x L, -1 missing), and tables of log ratios.

    `observed[l]` are the readings that occur; `codes` (n x L) their places, the last place meaning missing; `ratios[l]`
    (3 x O+1 x O+1) is ln of the chance of two readings as same, siblings, parent and offspring over unrelated.
    """

    loci: tuple[Locus, ...]
    readings: Rows
    codes: Rows
    ratios: tuple[npt.NDArray[np.float32], ...]


def rates_of(loci: tuple[str, ...], rates: pl.DataFrame | None = None) -> Rates:
    """Return the error rates of loci from a `RATES` frame; a locus without its own gets the mean of the others.

    Without a frame, or where it says nothing at all, `DROPOUT` and `FALSE_ALLELE`.

    >>> rates_of(("A", "B"), pl.DataFrame({"locus": ["A"], "dropout": [0.1], "falseAllele": [0.02]})).dropout.tolist()
    [0.1, 0.1]
    """
    found = []
    for column, usual in (("dropout", DROPOUT), ("falseAllele", FALSE_ALLELE)):
        known = {} if rates is None else dict(rates.drop_nulls(column).select("locus", column).iter_rows())
        mean = float(np.mean(list(known.values()))) if known else usual
        found.append(np.maximum([float(known.get(locus, mean)) for locus in loci], LEAST_RATE))
    return Rates(*found)


def frequencies(genotypes: GenotypeMatrix, weights: Shares | None = None) -> tuple[Shares, ...]:
    """Return allele frequencies per locus, corrected for a small sample: (count + 1 / kinds) / (counted + 1).

    One allele more, shared out among the kinds (Perks): an allele that is a single misprint stays rare.
    `weights` (one per sample) lets an animal that was sampled often count once.

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> frequencies(from_arrays([("103", "108"), ("103", "103")]))[0].round(3).tolist()
    [0.7, 0.3]
    """
    weight = np.ones(len(genotypes.samples)) if weights is None else weights
    found = []
    for number, alleles in enumerate(genotypes.alleles):
        code = genotypes.codes[:, number]
        known = code[:, 0] != MISSING
        count = np.bincount(code[known].ravel(), weights=np.repeat(weight[known], 2), minlength=len(alleles))
        found.append((count + 1.0 / max(len(alleles), 1)) / (count.sum() + 1.0))
    return tuple(found)


def genotypes_of(alleles: int) -> npt.NDArray[np.int64]:
    """Return every unordered pair of allele codes, the smaller first: place of (a, b) is b(b+1)/2 + a.

    >>> genotypes_of(2).tolist()
    [[0, 0], [0, 1], [1, 1]]
    """
    high, low = np.tril_indices(alleles)
    return np.stack([low, high], axis=1)


def relation_tables(share: Shares, theta: float = 0.0) -> Shares:
    """Return the chance of the true genotypes of two animals (4 x K x K) under each of `RELATIONS`.

    `theta` is the coancestry of the population: alleles seen before are likelier to be met again (Balding and Nichols
    1994); 0 is Hardy-Weinberg. A little below 0 it is a small sample from which alleles are drawn without being put
    back; chances that would then be negative are as good as none.

    >>> relation_tables(np.array([0.5, 0.5]))[1].round(4).tolist()
    [[0.1406, 0.0938, 0.0156], [0.0938, 0.3125, 0.0938], [0.0156, 0.0938, 0.1406]]
    """
    pair = genotypes_of(share.size)
    a, b = pair[:, None, 0], pair[:, None, 1]
    c, d = pair[None, :, 0], pair[None, :, 1]
    orders = np.where(a == b, 1.0, 2.0)
    own = orders * _drawn(share, theta, (a, b))
    none = orders * np.where(c == d, 1.0, 2.0) * _drawn(share, theta, (a, b, c, d))
    # One allele is passed on, either with the same chance; the other allele is drawn from the population.
    one = np.zeros_like(none)
    for passed in (a, b):
        one += np.where(passed == c, 0.5 * orders * _drawn(share, theta, (a, b, d)), 0.0)
        one += np.where((passed == d) & (c != d), 0.5 * orders * _drawn(share, theta, (a, b, c)), 0.0)
    if theta < 0.0:
        none, one, own = (np.maximum(chance, 1e-12) for chance in (none, one, own))
        none, one, own = (chance / chance.sum() for chance in (none, one, own))
    both = np.diag(own[:, 0])
    return np.stack([zero * none + single * one + two * both for zero, single, two in DESCENT])


def reading_table(alleles: int, dropout: float, false_allele: float) -> Shares:
    """Return the chance of each reading (columns) given the true genotype (rows); rows sum to 1.

    >>> reading_table(2, 0.2, 0.0)[1].round(3).tolist()
    [0.1, 0.8, 0.1]
    """
    pair = genotypes_of(alleles)
    place = np.arange(len(pair))
    low, high = pair[:, 0], pair[:, 1]
    mixed = low != high
    lost = np.zeros((len(pair), len(pair)))
    lost[place, place] = np.where(mixed, 1.0 - dropout, 1.0)
    for seen in (low, high):
        lost[place[mixed], _place(seen, seen)[mixed]] += dropout / 2
    kept, other = 1.0 - false_allele / 2, false_allele / 2 / max(alleles - 1, 1)
    copy = np.where(np.eye(alleles, dtype=bool), kept if alleles > 1 else 1.0, other)
    straight = copy[low][:, low] * copy[high][:, high]
    crossed = copy[low][:, high] * copy[high][:, low]
    false = straight + np.where(mixed, crossed, 0.0)
    reading: Shares = lost @ false
    return reading


def model(genotypes: GenotypeMatrix, shares: tuple[Shares, ...], rates: Rates, *, theta: float = 0.0) -> Model:
    """Return the tables of a panel and the readings of its samples.

    `shares` are allele frequencies in the order of `genotypes.alleles`. Raises `MisuseError` for a theta outside -0.5
    to below 1, or a rate that is no chance.
    """
    _check(rates, theta)
    loci, ratios = [], []
    readings = _places(genotypes)
    codes = np.empty_like(readings)
    for number, share in enumerate(shares):
        kinds = share.size
        locus = Locus(
            genotypes_of(kinds),
            share,
            relation_tables(share, theta),
            reading_table(kinds, float(rates.dropout[number]), float(rates.false_allele[number])),
        )
        column = readings[:, number]
        observed, code = np.unique(column[column >= 0], return_inverse=True)
        codes[:, number] = observed.size
        codes[column >= 0, number] = code
        loci.append(locus)
        ratios.append(_ratios(locus, observed))
    return Model(tuple(loci), readings, codes, tuple(ratios))


def pair_ratios(found: Model, first: Rows, second: Rows) -> Shares:
    """Return ln likelihood ratios (3 x pairs): same, full siblings, parent and offspring, each over unrelated.

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> two = from_arrays([("1", "2"), ("1", "2")], [("1", "1"), None])
    >>> tables = model(two, frequencies(two), rates_of(two.loci))
    >>> pair_ratios(tables, np.array([0]), np.array([1])).round(2).tolist()
    [[0.67], [0.21], [0.0]]
    """
    total = np.zeros((3, first.size))
    for number, table in enumerate(found.ratios):
        total += table[:, found.codes[first, number], found.codes[second, number]]
    return total


def all_ratios(found: Model) -> npt.NDArray[np.float32]:
    """Return ln likelihood ratios of all pairs (3 x n x n), as `pair_ratios` gives them; 12 n² bytes.

    A product of two matrices of zeros and ones with the tables between them, which is faster than looking up.
    """
    samples = len(found.codes)
    total = np.empty((3, samples, samples), dtype=np.float32)
    marks = _marks(found)
    for relation in range(3):
        for start, part in _blocks(found, marks, relation):
            total[relation, start : start + len(part), start:] = part
            total[relation, start:, start : start + len(part)] = part.T
    return total


def pairs_above(found: Model, least: float) -> tuple[Rows, Rows]:
    """Return the pairs (row numbers, first < second) whose ln ratio of same over unrelated is at least `least`.

    Works through all pairs in blocks: memory grows with the pairs that are returned.
    """
    parts: list[tuple[Rows, Rows]] = []
    for start, part in _blocks(found, _marks(found), 0):
        row, column = np.nonzero(part >= least)
        keep = column > row
        parts.append((row[keep] + start, column[keep] + start))
    if not parts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate([one for one, _ in parts]), np.concatenate([two for _, two in parts])


def _check(rates: Rates, theta: float) -> None:
    """Refuse what is no chance."""
    if not -0.5 <= theta < 1.0:
        raise MisuseError("a theta from -0.5 to below 1", Text("{theta}", theta=theta), "Give 0, or 0.01 to 0.05.")
    for rate in (*rates.dropout.tolist(), *rates.false_allele.tolist()):
        if not 0.0 <= rate < 1.0:
            raise MisuseError("error rates from 0 to below 1", Text("{rate}", rate=rate), "Give shares, not per cent.")


def _drawn(share: Shares, theta: float, alleles: tuple[npt.NDArray[np.int64], ...]) -> Shares:
    """Return the chance to draw these alleles in this order, from a population with coancestry theta."""
    chance: Shares = np.ones(1)
    for number, allele in enumerate(alleles):
        seen = sum(((before == allele).astype(np.float64) for before in alleles[:number]), np.zeros(1))
        chance = chance * (seen * theta + (1.0 - theta) * share[allele]) / (1.0 + (number - 1) * theta)
    return chance


def _place(one: npt.NDArray[np.int64], two: npt.NDArray[np.int64] | int) -> npt.NDArray[np.int64]:
    """Return the place of a genotype among `genotypes_of`."""
    high = np.maximum(one, two)
    place: npt.NDArray[np.int64] = high * (high + 1) // 2 + np.minimum(one, two)
    return place


def _places(genotypes: GenotypeMatrix) -> Rows:
    """Return the samples' readings as places, -1 where missing."""
    codes = genotypes.codes.astype(np.int64)
    return np.where(genotypes.known, _place(codes[:, :, 0], codes[:, :, 1]), MISSING)


def _ratios(locus: Locus, observed: Rows) -> npt.NDArray[np.float32]:
    """Return the table of ln ratios of a locus for the readings that occur, and a last row and column of zeros."""
    reading = locus.reading[:, observed]
    chance = reading.T @ locus.relations @ reading
    table = np.zeros((3, observed.size + 1, observed.size + 1), dtype=np.float32)
    table[:, :-1, :-1] = np.log(chance[:3] / chance[3])
    return table


def _marks(found: Model) -> npt.NDArray[np.float32]:
    """Return the readings as ones among zeros, locus beside locus (n x sum of the readings that occur)."""
    width = np.array([table.shape[1] - 1 for table in found.ratios], dtype=np.int64)
    begin = np.concatenate([[0], np.cumsum(width)])
    marks = np.zeros((len(found.codes), int(begin[-1])), dtype=np.float32)
    rows, columns = np.nonzero(found.codes < width)
    marks[rows, begin[columns] + found.codes[rows, columns]] = 1.0
    return marks


def _blocks(
    found: Model, marks: npt.NDArray[np.float32], relation: int
) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """Yield the ln ratios of a block of samples with itself and all later ones, and where the block starts."""
    for start in range(0, len(marks), BLOCK):
        code = found.codes[start : start + BLOCK]
        rows = [table[relation, code[:, number], :-1] for number, table in enumerate(found.ratios)]
        yield start, np.concatenate(rows, axis=1) @ marks[start:].T
