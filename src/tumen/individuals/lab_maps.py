"""Which order-keeping maps of allele sizes explain what two laboratories read from the same animals?

A *map* gives each size of one laboratory a size of the other or none, and keeps the order of sizes: a longer fragment
is longer in both. It does not shift all sizes by one number. Every map that pairs sizes as the shared animals suggest
is weighed by its likelihood: the chance of all readings, summed over the true genotypes that the animals may have, with
dropout and false alleles. See `docs/methods/genotypes.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Chances = npt.NDArray[np.float64]

MOST_MAPS = 4_000
"""More maps than this are never weighed: the strongest pairings are taken for granted until there are fewer."""
CHUNK = 2_000_000
SMOOTH = 0.5
"""Prior weight of each base pair by which the shift changes between neighbouring alleles."""
FLOOR = 1e-5
"""Chance of a reading that no error explains, such as a tube mixed up."""
SIZES_CONCEIVABLE = 4
NO_SIZE = -1


@dataclass(frozen=True, kw_only=True)
class ReadingRates:
    """Chances of errors of one reading: a heterozygote that loses an allele, and a false allele."""

    dropout: float
    false_allele: float


@dataclass(frozen=True)
class Side:
    """What one laboratory read at one locus: the sizes that occur (rising), and per reading the animal and two codes.

    `animals` and `alleles` (readings x 2, codes into `sizes`, the smaller first); `dropout` and `false_allele` are the
    rates of each reading.
    """

    sizes: Codes
    animals: Codes
    alleles: Codes
    dropout: Chances
    false_allele: Chances

    def without(self, animal: int) -> "Side":
        """Return the readings of the other animals; the sizes stay as they are."""
        keep = self.animals != animal
        return Side(self.sizes, self.animals[keep], self.alleles[keep], self.dropout[keep], self.false_allele[keep])

    def carries(self, count: int) -> Codes:
        """Return in how many readings of each animal each size occurs: animals x sizes."""
        found = np.zeros((count, len(self.sizes)), dtype=np.int64)
        np.add.at(found, (self.animals, self.alleles[:, 0]), 1)
        other = self.alleles[:, 0] != self.alleles[:, 1]
        np.add.at(found, (self.animals[other], self.alleles[other, 1]), 1)
        return found


@dataclass(frozen=True)
class Weighed:
    """Maps and their posterior: `maps` (maps x sizes of this side, codes of the other side or -1), `chances` (maps).

    `contradicting` says for each animal whether the best map leaves its readings hardly possible.
    """

    maps: Codes
    chances: Chances
    contradicting: npt.NDArray[np.bool_]

    def marginal(self, sizes: int) -> Chances:
        """Return the chance that each size of this side is each size of the other (rows x `sizes`)."""
        found = np.zeros((self.maps.shape[1], sizes))
        for row in range(self.maps.shape[1]):
            paired = self.maps[:, row] != NO_SIZE
            np.add.at(found[row], self.maps[paired, row], self.chances[paired])
        return found


def weigh(this: Side, other: Side, animals: int, hardly: float) -> Weighed:
    """Weigh every map from the sizes of `this` to those of `other`; `animals` is the number of shared animals.

    An animal contradicts a map where the best genotype explains both laboratories' readings together less than
    `hardly` times as well as two genotypes would explain them apart.
    """
    maps = order_keeping(_support(this, other, animals))
    ours, theirs = genotype_chances(this, animals), genotype_chances(other, animals)
    logs = _map_likelihoods(maps, ours, theirs) + _prior(maps, this.sizes, other.sizes)
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    best = int(np.argmax(chances))
    return Weighed(maps, chances, _contradicting(maps[best], ours, theirs, hardly))


def genotype_chances(side: Side, animals: int) -> Chances:
    """Return the chance of all readings of each animal, given each genotype: animals x (sizes + 1) x (sizes + 1).

    The last size stands for an allele that this laboratory never read.
    """
    count = len(side.sizes) + 1
    first, second = np.arange(count)[:, None], np.arange(count)[None, :]
    a, b = side.alleles[:, 0, None, None], side.alleles[:, 1, None, None]
    lost, wrong = side.dropout[:, None, None], side.false_allele[:, None, None]
    has_first, has_second = (a == first) | (b == first), (a == second) | (b == second)
    alike = a == b
    uniform = wrong / max(SIZES_CONCEIVABLE, count - 1)
    whole = (1 - wrong) * (alike & has_first) + uniform * (has_first & ~alike)
    both = has_first & has_second & ~alike
    one = alike & (has_first | has_second)
    stray = has_first.astype(float) + has_second
    mixed = (1 - wrong) * ((1 - lost) * both + lost / 2 * one) + uniform * stray * ((1 - lost) / 2 + lost / 2 * ~alike)
    each = np.log(np.where(first == second, whole, mixed) + FLOOR)
    total = np.zeros((animals, count, count))
    np.add.at(total, side.animals, each)
    found: Chances = np.exp(total)
    return found


def order_keeping(support: npt.NDArray[np.integer]) -> Codes:
    """Return every map that keeps the order and pairs only sizes with support (rows: this side, columns: the other).

    Where there are more than `MOST_MAPS`, the pairing that is best for both its sizes, and among these the one with
    most support, is taken for granted, then the next, until there are not.

    >>> order_keeping(np.array([[1, 0], [1, 1]])).tolist()
    [[-1, -1], [-1, 0], [-1, 1], [0, -1], [0, 1]]
    """
    allowed, sure = support > 0, np.zeros(len(support), dtype=bool)
    most = np.maximum(support.max(axis=1, initial=1)[:, None] * support.max(axis=0, initial=1), 1)
    strength = support**2 / most + support / (1 + support.sum())
    while _number_of_maps(allowed, sure) > MOST_MAPS:
        left = np.where(allowed & ~sure[:, None], strength, -1.0)
        row, column = np.unravel_index(int(np.argmax(left)), left.shape)
        allowed[row], allowed[:, column] = False, False
        allowed[:row, column:], allowed[row + 1 :, :column] = False, False
        allowed[row, column] = sure[row] = True
    found: list[tuple[int, ...]] = [()]
    for line, certain in zip(allowed, sure, strict=True):
        fits = [int(code) for code in np.flatnonzero(line)]
        none = () if certain else (NO_SIZE,)
        found = [
            (*start, code)
            for start in found
            for code in (*none, *(code for code in fits if code > max(start, default=NO_SIZE)))
        ]
    return np.asarray(found, dtype=np.int64).reshape(len(found), len(allowed))


def _number_of_maps(allowed: npt.NDArray[np.bool_], sure: npt.NDArray[np.bool_]) -> int:
    """Count the maps without listing them: by the last size of the other side that is used."""
    last = [1] + [0] * allowed.shape[1]
    for row, certain in zip(allowed, sure, strict=True):
        last = [
            (0 if certain else count) + (sum(last[:code]) if code and row[code - 1] else 0)
            for code, count in enumerate(last)
        ]
    return sum(last)


def _support(this: Side, other: Side, animals: int) -> Codes:
    """Count the pairs of readings of one animal that suggest that two sizes are one allele.

    Two heterozygotes suggest smaller with smaller and larger with larger, since order is kept; a homozygote suggests
    its size for either allele of the other reading.
    """
    found = np.zeros((len(this.sizes), len(other.sizes)), dtype=np.int64)
    for animal in range(animals):
        for a, b in this.alleles[this.animals == animal]:
            for u, v in other.alleles[other.animals == animal]:
                pairs = {(a, u), (b, v)} if a != b and u != v else {(a, u), (a, v), (b, u), (b, v)}
                for pair in pairs:
                    found[pair] += 1
    return found


def _alleles(one: Codes, sizes: int) -> tuple[Sequence[int], Sequence[int]]:
    """Return the alleles that there are under a map: their codes on this and on the other side, the last for unread."""
    unread = [code for code in range(sizes) if code not in set(one.tolist())]
    ours = [*range(len(one)), *([len(one)] * len(unread))]
    theirs = [*(sizes if code == NO_SIZE else int(code) for code in one), *unread]
    return ours, theirs


def _map_likelihoods(maps: Codes, ours: Chances, theirs: Chances) -> Chances:
    """Return the log-likelihood of each map: all alleles under it are equally common, genotypes in proportion."""
    count, sizes = maps.shape[1], theirs.shape[1] - 1
    here = np.concatenate([np.arange(count), np.full(sizes, count)])
    there = np.concatenate([np.where(maps == NO_SIZE, sizes, maps), np.tile(np.arange(sizes), (len(maps), 1))], axis=1)
    used = np.zeros((len(maps), sizes + 1), dtype=bool)
    np.put_along_axis(used, np.where(maps == NO_SIZE, sizes, maps), True, axis=1)
    weight = np.concatenate([np.ones((len(maps), count)), ~used[:, :sizes]], axis=1)
    weight /= weight.sum(axis=1, keepdims=True)
    left = ours[:, here[:, None], here[None, :]]
    found = np.empty(len(maps))
    step = max(1, CHUNK // max(1, left.size))
    for start in range(0, len(maps), step):
        part = slice(start, start + step)
        right = theirs[:, there[part, :, None], there[part, None, :]]
        sums = np.einsum("cpq,cspq,sp,sq->sc", left, right, weight[part], weight[part])
        found[part] = np.log(sums).sum(axis=1)
    return found


def _prior(maps: Codes, ours: Codes, theirs: Codes) -> Chances:
    """Return the log of the prior weight of each map: shifts of neighbouring alleles are alike rather than not."""
    found = np.zeros(len(maps))
    last = np.full(len(maps), np.nan)
    for column, size in enumerate(ours):
        paired = maps[:, column] != NO_SIZE
        shift = np.where(paired, theirs[np.where(paired, maps[:, column], 0)] - size, np.nan) if len(theirs) else last
        change = np.abs(shift - last)
        found += np.where(np.isnan(change), 0.0, change * np.log(SMOOTH))
        last = np.where(paired, shift, last)
    return found


def _contradicting(best: Codes, ours: Chances, theirs: Chances, hardly: float) -> npt.NDArray[np.bool_]:
    here, there = _alleles(best, theirs.shape[1] - 1)
    rows, columns = np.ix_(here, here)
    others, beside = np.ix_(there, there)
    together = ours[:, rows, columns] * theirs[:, others, beside]
    apart = ours.max(axis=(1, 2)) * theirs.max(axis=(1, 2))
    found: npt.NDArray[np.bool_] = together.max(axis=(1, 2)) < hardly * apart
    return found
